//! The house's own checks: `cargo xtask tidy` (shape of the code and the words), `cargo xtask purity` (what the pure
//! crates may not touch), `glossary` (one word, one type), `secrets` (what may not be shown), `openapi`
//! (the whole fits its pieces). They only read and report; nothing is fixed here, because a person should see what slipped. `join-openapi` alone writes.

mod glossary;
mod openapi;
mod purity;
mod secrets;
mod source;
mod tidy;

use std::process::ExitCode;

const CHECKS: [&str; 5] = ["tidy", "purity", "glossary", "secrets", "openapi"];
/// Writes docs/openapi.json anew.
const JOIN: &str = "join-openapi";

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
            "openapi" => openapi::check(),
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
    if wanted.iter().any(|w| w == JOIN) {
        match openapi::write() {
            Ok(found) => faults.extend(found),
            Err(error) => faults.push(format!("{JOIN}: could not run: {error}")),
        }
    }
    if let Some(unknown) = wanted.iter().find(|w| !CHECKS.contains(&w.as_str()) && *w != JOIN) {
        eprintln!("no check is called \"{unknown}\"; there are: {}", CHECKS.join(", "));
        return ExitCode::from(2);
    }
    for fault in &faults {
        eprintln!("{fault}");
    }
    if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
