//! Engine: what must be judged again, and where it runs: many incidents at once, over worker threads.
//!
//! Decides nothing itself: every outcome is the judge's. The same incidents give the same bytes and the same digest with one
//! worker or sixteen. Its only reach into the world is the threads that it starts and joins; it never reads a clock or a file.
#![forbid(unsafe_code)]

mod again;
mod batch;
mod spread;

pub use again::{Again, Pair, judge_again};
pub use batch::{Batch, Counts, Kept, digest, judge_all};
