//! The house's own checks: `cargo xtask tidy` (shape of the code and the words), `cargo xtask purity` (what the pure
//! crates may not touch), `glossary` (one word, one type) and `secrets` (what may not be shown). They only read and report; nothing is fixed here, because a person should see what slipped.

mod glossary;
mod purity;
mod secrets;
mod source;
mod tidy;

use std::process::ExitCode;

const CHECKS: [&str; 4] = ["tidy", "purity", "glossary", "secrets"];

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let all = wanted.is_empty();
    let mut faults = Vec::new();
    for name in CHECKS {
        if !all && !wanted.iter().any(|w| w == name) {
            continue;
        }
        let found = match name {
            "tidy" => tidy::check(),
            "purity" => purity::check(),
            "secrets" => secrets::check(),
            _ => glossary::check(),
        };
        match found {
            Ok(found) => {
                println!("{name}: {} faults", found.len());
                faults.extend(found);
            }
            Err(error) => faults.push(format!("{name}: could not run: {error}")),
        }
    }
    if let Some(unknown) = wanted.iter().find(|w| !CHECKS.contains(&w.as_str())) {
        eprintln!("no check is called \"{unknown}\"; there are: {}", CHECKS.join(", "));
        return ExitCode::from(2);
    }
    for fault in &faults {
        eprintln!("{fault}");
    }
    if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
