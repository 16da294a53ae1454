//! Measures the resolver: `truceline-resolve-bench <command> --data FOLDER`.
//!
//! Prints one line a figure. Never learns from the measured part: what learns is a command of its own and reads the other part.
#![forbid(unsafe_code)]

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant as Clock;

use truceline_casework::resolve;
use truceline_resolve_bench::airwars::{self, Part, Which};
use truceline_resolve_bench::score::{Scores, digits, score};
use truceline_resolve_bench::{Result, Set, export, groups, noise};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const HELP: &str = "truceline-resolve-bench airwars|noise|export [--data FOLDER] [--root FOLDER] [--out FOLDER] [--rounds N] [--seed N]";

struct Asked {
    command: String,
    data: PathBuf,
    root: PathBuf,
    out: PathBuf,
    rounds: u32,
    seed: u64,
}

fn main() -> ExitCode {
    match asked().and_then(|asked| run(&asked)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("truceline-resolve-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn asked() -> Result<Asked> {
    let mut words = std::env::args().skip(1);
    let command = words.next().ok_or(HELP)?;
    let mut asked = Asked {
        command,
        data: PathBuf::from("../shared/data"),
        root: PathBuf::from("."),
        out: PathBuf::from("."),
        rounds: 1,
        seed: 2026,
    };
    while let Some(word) = words.next() {
        let value = words.next().ok_or_else(|| format!("{word} needs a value\n{HELP}"))?;
        match word.as_str() {
            "--data" => asked.data = PathBuf::from(value),
            "--root" => asked.root = PathBuf::from(value),
            "--out" => asked.out = PathBuf::from(value),
            "--rounds" => asked.rounds = value.parse()?,
            "--seed" => asked.seed = value.parse()?,
            _ => return Err(format!("{word} is no option\n{HELP}").into()),
        }
    }
    Ok(asked)
}

fn run(asked: &Asked) -> Result<()> {
    match asked.command.as_str() {
        "airwars" => {
            for (which, part, name) in PARTS {
                let gold = airwars::read(&asked.root, &asked.data, which)?.part(part);
                describe(name, &gold.set);
                measure(name, &gold.set);
            }
        }
        "noise" => {
            let set = noise::read(&asked.root, &asked.data, asked.seed, asked.rounds)?;
            describe("noise", &set);
            measure("noise", &set);
        }
        "export" => {
            for (which, part, name) in PARTS {
                let gold = airwars::read(&asked.root, &asked.data, which)?.part(part);
                export::write(&gold.set, Some(&gold.address), &asked.out.join(format!("{name}.jsonl")))?;
            }
            let set = noise::read(&asked.root, &asked.data, asked.seed, asked.rounds)?;
            export::write(&set, None, &asked.out.join("noise.jsonl"))?;
        }
        other => return Err(format!("{other} is no command\n{HELP}").into()),
    }
    Ok(())
}

const PARTS: [(Which, Part, &str); 4] = [
    (Which::WithText, Part::Learning, "texts-learning"),
    (Which::WithText, Part::Measured, "texts-measured"),
    (Which::All, Part::Learning, "all-learning"),
    (Which::All, Part::Measured, "all-measured"),
];

fn describe(name: &str, set: &Set) {
    let events = || {
        set.observations.iter().filter_map(|o| {
            if let truceline_model::Body::Event(event) = &o.body { Some(event) } else { None }
        })
    };
    println!(
        "{name}: {} observations, {} scored, {} dated, {} with a point, {} with act, {} with actor, {} with killed",
        set.observations.len(),
        set.gold.len(),
        events().filter(|e| e.when.is_some()).count(),
        events().filter(|e| e.place.as_ref().is_some_and(|p| p.point.is_some())).count(),
        events().filter(|e| !e.acts.is_empty()).count(),
        events().filter(|e| !e.actors.is_empty()).count(),
        events().filter(|e| e.casualties.killed.is_some()).count(),
    );
}

fn measure(name: &str, set: &Set) {
    let start = Clock::now();
    let resolved = resolve(&set.observations, &[], &set.context(), noise::END);
    let took = start.elapsed();
    say(name, "resolve", &score(&set.gold, &groups(&resolved)));
    let each = set.observations.len() as u128 * 1_000_000_000 / took.as_nanos().max(1);
    println!("{name}: resolve took {} ms, {each} reports/s", took.as_millis());
}

fn say(name: &str, how: &str, s: &Scores) {
    println!(
        "{name}: {how}: B3 {} (P {} R {}), pairwise {} (P {} R {}); {} items, {} gold groups, {} found",
        digits(s.b_cubed.f1),
        digits(s.b_cubed.precision),
        digits(s.b_cubed.recall),
        digits(s.pairwise.f1),
        digits(s.pairwise.precision),
        digits(s.pairwise.recall),
        s.items,
        s.gold,
        s.found,
    );
}
