//! The house's own checks: `cargo xtask tidy` (shape of the code and the words) and `cargo xtask purity` (what the pure
//! crates may not touch). They only read and report; nothing is fixed here, because a person should see what slipped.

mod glossary;
mod purity;
mod source;
mod tidy;

use std::process::ExitCode;

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let all = wanted.is_empty();
    let mut faults = Vec::new();
    for name in ["tidy", "purity", "glossary"] {
        if !all && !wanted.iter().any(|w| w == name) {
            continue;
        }
        let found = match name {
            "tidy" => tidy::check(),
            "purity" => purity::check(),
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
    if let Some(unknown) = wanted.iter().find(|w| !["tidy", "purity", "glossary"].contains(&w.as_str())) {
        eprintln!("no check is called \"{unknown}\"; there are: tidy, purity, glossary");
        return ExitCode::from(2);
    }
    for fault in &faults {
        eprintln!("{fault}");
    }
    if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
