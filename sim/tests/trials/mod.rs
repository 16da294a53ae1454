//! Trials of cases: missions, procedures, people who behave and people who do not, what must hold after each entry, and what was tried.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod cast;
pub mod draw;
pub mod hold;
pub mod run;
pub mod scene;
pub mod tally;
