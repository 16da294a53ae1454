//! The recorded figures: `cargo run --release -p truceline-bench [-- demo|scale|import|judge] [--format json]`.
//!
//! Measures the real program and the library crates on the shipped mission, one line a figure, each with the load of the
//! machine beside it: a figure taken while others compile is no figure. Judges nothing and keeps no history; what is to be
//! remembered stands in `bench/README.md`, with the day, the machine and the command.

mod demo;
mod figure;
mod import;
mod judge;
mod mission;
mod program;
mod scale;

use std::error::Error;
use std::process::ExitCode;

use figure::Figures;

/// The program's own, so that its figures are these.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Anything that stops a measurement; there is nobody to recover for.
pub(crate) type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[String]) -> Result<()> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    // The program calls itself for each size, so that every size has a peak of memory of its own.
    if let ["one-size", incidents] = words.as_slice() {
        return scale::one_size(incidents.parse()?);
    }
    if let ["one-load", incidents] = words.as_slice() {
        return judge::one_load(incidents.parse()?);
    }
    let (json, wanted) = match words.as_slice() {
        [rest @ .., "--format", "json"] => (true, rest),
        [rest @ .., "--format", "text"] => (false, rest),
        rest => (false, rest),
    };
    if let Some(unknown) = wanted.iter().find(|word| !["demo", "scale", "import", "judge"].contains(*word)) {
        return Err(
            format!("no benchmark is called \"{unknown}\"; there are demo, scale, import, judge").into()
        );
    }
    let figures = Figures::new(json);
    let all = wanted.is_empty();
    if all || wanted.contains(&"demo") {
        demo::measure(&figures)?;
    }
    if all || wanted.contains(&"import") {
        import::measure(&figures)?;
    }
    if all || wanted.contains(&"scale") {
        scale::measure(&figures)?;
    }
    if wanted.contains(&"judge") {
        judge::measure(&figures)?;
    }
    Ok(())
}
