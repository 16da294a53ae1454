//! Random agreements and incidents, small enough that an oracle can try every world of them, and what is checked of each.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod agreement;
pub mod case;
pub mod check;
pub mod incident;
pub mod mission;
pub mod rule;
pub mod text;
