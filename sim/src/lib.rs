//! What goes wrong, made to go wrong on purpose: processes killed at seeded points, power
//! cut at seeded operations, disks and clocks that fail. A seed and a commit replay a failure.
//!
//! Nothing here runs in a mission. It never judges what it breaks: the subject under test says itself
//! whether what is left is right.

#[cfg(feature = "store")]
pub mod aftermath;
pub mod dice;
#[cfg(feature = "store")]
pub mod disk;
#[cfg(feature = "store")]
pub mod key_life;
#[cfg(feature = "store")]
pub mod kill;
#[cfg(feature = "store")]
pub mod left;
#[cfg(feature = "store")]
pub mod life;
pub mod oracle;
#[cfg(feature = "cases")]
pub mod plain;
