//! The reader of free text, measured: held against labels, against coded events, and against the clock.
//!
//! Every set but our own sentences is other people's text: it lies beside the repository, is never copied into it, and a job whose set is
//! absent says so and is skipped. Nothing here prints a word of a text, so that a set that nobody may look at can be scored too;
//! `--misses` names labels and fields, and is refused for the frozen half. What is right is decided in `truceline-score`.

pub mod acled;
pub mod airwars;
pub mod ceaf;
pub mod events;
pub mod flatten;
pub mod labelled;
pub mod losses;
pub mod maybe;
pub mod muc;
pub mod options;
pub mod reader;
pub mod report;
pub mod speed;
pub mod split;
pub mod weigh;

/// What goes wrong is said in words.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;
