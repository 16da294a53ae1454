//! Lives the life of a store whose key is replaced, to be disturbed: `sim-key-life DIR`. Each line of the standard output is a promise that was kept
//! before it was given, in one call of its own kind, as `sim-life` gives them.

use std::error::Error;
use std::fs::File;
use std::io::{IoSlice, Write as _};
use std::os::fd::AsFd as _;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let dir = std::env::args().nth(1).ok_or("usage: sim-key-life DIR")?;
    let mut output = File::from(std::io::stdout().as_fd().try_clone_to_owned()?);
    let mut heard = Ok(());
    truceline_sim::key_life::live(&PathBuf::from(dir), &mut |said| {
        if let Err(error) = output.write_vectored(&[IoSlice::new(format!("{said}\n").as_bytes())]) {
            heard = Err(error);
        }
    })?;
    heard?;
    Ok(())
}
