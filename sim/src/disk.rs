//! A disk that fails: what a process did to a folder is recorded call by call, and then power is cut in thought,
//! at any of the calls, as often as one likes; or a call is made to fail while the process runs.
//!
//! The program that is tried is the real one, unchanged; the recorder is `strace`, which must be installed and
//! allowed to trace. Nothing here knows what the files mean.

mod calls;
mod image;
mod operation;
mod recorder;

pub use image::{Cut, Image, Loss};
pub use operation::{Counted, Operation};
pub use recorder::{Fault, Recorder, Recording, Run, can_record};
