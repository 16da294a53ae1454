//! Lives the life of a store and its witness, to be disturbed: `sim-life DIR SEED BATCHES LARGE TOGETHER`, the last two 0 or 1. Each line of the
//! standard output is a promise that was kept before it was given, written in one call of its own kind, so that calls
//! which write files can be made to fail without it.

use std::error::Error;
use std::fs::File;
use std::io::{IoSlice, Write as _};
use std::os::fd::AsFd as _;
use std::path::PathBuf;
use std::process::ExitCode;

use truceline_sim::life::{Life, Said};

fn main() -> ExitCode {
    let Err(error) = run() else { return ExitCode::SUCCESS };
    // As with promises: what ends it must be told even where no call that writes files works any more.
    let told = format!("Error: {error}\n");
    let heard = std::io::stderr()
        .as_fd()
        .try_clone_to_owned()
        .and_then(|errors| File::from(errors).write_vectored(&[IoSlice::new(told.as_bytes())]));
    ExitCode::from(if heard.is_ok() { 1 } else { 2 })
}

fn run() -> Result<(), Box<dyn Error>> {
    const USAGE: &str = "usage: sim-life DIR SEED BATCHES LARGE TOGETHER";
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [dir, seed, batches, large, together] = arguments.as_slice() else { return Err(USAGE.into()) };
    let (large, together) = (large == "1", together == "1");
    let life = Life { seed: seed.parse()?, batches: batches.parse()?, large, together };
    let mut output = File::from(std::io::stdout().as_fd().try_clone_to_owned()?);
    let mut heard = Ok(());
    let mut say = |said: Said| {
        let line = format!("{said}\n");
        if let Err(error) = output.write_vectored(&[IoSlice::new(line.as_bytes())]) {
            heard = Err(error);
        }
    };
    life.live(&PathBuf::from(dir), &mut say)?;
    heard?;
    Ok(())
}
