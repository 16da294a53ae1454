//! The record at speed: `truceline-bench-record [device ingest publish log quorum projecting] [--seconds N] [--rounds N] [--entries N] [--program PATH] [--format json]`.
//!
//! One run measures the disk's own rate of syncing, Truceline and PostgreSQL in turn, round by round, on the same disk, so that whatever disturbs
//! the machine disturbs all of them. One line a figure, each with the load beside it. What is measured and why it is fair: README.md.
//!
//! It judges nothing and keeps no history. Everything that it makes lies in one folder beside the program and is removed at the end.

mod device;
mod figure;
mod folder;
mod ingest;
mod log;
mod postgres;
mod projecting;
mod publish;
mod quorum;
mod rows;
mod witnesses;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use figure::Figures;

/// The program's own, so that its figures are these.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Anything that stops a measurement; there is nobody to recover for.
pub(crate) type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What is to be measured, and how long.
pub(crate) struct Plan {
    parts: Vec<String>,
    /// How long one measurement takes.
    pub(crate) time: Duration,
    /// How often each is repeated; the median is told.
    pub(crate) rounds: usize,
    /// Entries of the largest log.
    pub(crate) entries: u64,
    /// The program, whose witnesses cosign.
    pub(crate) program: PathBuf,
    json: bool,
}

const PARTS: [&str; 6] = ["device", "ingest", "publish", "log", "quorum", "projecting"];

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
    // The program calls itself for each size of log, so that every size has a peak of memory of its own.
    if let [word, entries] = words
        && word == "one-log"
    {
        return log::one(entries.parse()?);
    }
    let plan = plan(words)?;
    let figures = Figures::new(plan.json);
    let all = plan.parts.is_empty();
    let wanted = |part: &str| all || plan.parts.iter().any(|wanted| wanted == part);
    if wanted("device") || wanted("ingest") {
        ingest::measure(&figures, &plan, wanted("ingest"))?;
    }
    if wanted("publish") {
        publish::measure(&figures, &plan)?;
    }
    if wanted("quorum") {
        quorum::measure(&figures, &plan)?;
    }
    if wanted("projecting") {
        projecting::measure(&figures, &plan)?;
    }
    if wanted("log") {
        log::measure(&figures, &plan)?;
    }
    Ok(())
}

fn plan(words: &[String]) -> Result<Plan> {
    let here = std::env::current_exe()?;
    let mut plan = Plan {
        parts: Vec::new(),
        time: Duration::from_secs(5),
        rounds: 3,
        entries: 1_000_000,
        program: here.parent().ok_or("this program lies in no folder")?.join("truceline"),
        json: false,
    };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} wants a value"));
        match word.as_str() {
            "--seconds" => plan.time = Duration::from_secs(value()?.parse()?),
            "--rounds" => plan.rounds = value()?.parse()?,
            "--entries" => plan.entries = value()?.parse()?,
            "--program" => plan.program = value()?.into(),
            "--format" => plan.json = value()? == "json",
            part if PARTS.contains(&part) => plan.parts.push(part.to_owned()),
            other => {
                return Err(format!("no part is called \"{other}\"; there are {}", PARTS.join(", ")).into());
            }
        }
    }
    Ok(plan)
}
