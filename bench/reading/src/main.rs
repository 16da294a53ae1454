//! `truceline-reading`: the reader of free text, measured, job by job. `bench/reading/README.md` says what each figure is.

use std::process::ExitCode;

use truceline_reading::options::{HELP, Job, Options};
use truceline_reading::report::Report;
use truceline_reading::{Result, acled, airwars, events, labelled, losses, maybe, muc, speed};

/// The program's own, so that its times are these.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("truceline-reading: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[String]) -> Result<()> {
    let options = Options::parse(words)?;
    if options.jobs.is_empty() {
        print!("{HELP}");
        return Ok(());
    }
    for job in &options.jobs {
        let report = match job {
            Job::Seeds => labelled::seeds(&options)?,
            Job::Open => labelled::sentences(&options, "open")?,
            Job::Frozen => labelled::sentences(&options, "frozen")?,
            Job::Notes => labelled::sentences(&options, "notes_open")?,
            Job::NotesFrozen => labelled::sentences(&options, "notes_frozen")?,
            Job::Abroad => labelled::sentences(&options, "abroad_open")?,
            Job::AbroadFrozen => labelled::sentences(&options, "abroad_frozen")?,
            Job::Muc => muc::measure(&options)?,
            Job::Airwars => airwars::measure(&options)?,
            Job::Acled => {
                Report::print(&acled::measure(&options)?, job.as_str(), options.json);
                Report::print(&events::measure(&options)?, "acled, other files", options.json);
                continue;
            }
            Job::Losses => losses::measure(&options)?,
            Job::MayBe => maybe::measure(&options)?,
            Job::Speed => speed::measure(&options)?,
        };
        Report::print(&report, job.as_str(), options.json);
    }
    Ok(())
}
