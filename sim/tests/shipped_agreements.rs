//! The judge against the oracle on every scenario of every agreement in `agreements/`: outcomes, respondents, cruxes (each
//! settles it, none is larger than it need be), changes of position.
//!
//! Random agreements are small; these are what people wrote. Reads the folders with the house's own readers, so that an
//! agreement added tomorrow is compared tomorrow. A case with more worlds than the oracle tries is no comparison.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};

use truceline_intake::mission;
use truceline_model::{Zone, area::Areas};
use truceline_terms::scenario::parse_scenario;
use truceline_terms::{Terms, parse};

#[path = "random/check.rs"]
#[allow(dead_code, unreachable_pub)] // Random agreements use the rest of it.
mod check;

use check::Mission;

fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../agreements");
    let mut all: Vec<PathBuf> = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.retain(|path| path.join("agreement.md").exists() && path.join("scenarios").exists());
    all.sort();
    all
}

/// The mission of a folder, its zone and its terms.
fn read(folder: &Path) -> (Mission, Zone, Terms) {
    let bytes = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let kdl = String::from_utf8(bytes("mission.kdl")).unwrap();
    let zone = kdl.lines().find_map(|line| line.trim().strip_prefix("zone \"")?.strip_suffix('"')).unwrap();
    let zone = Zone::named(zone).unwrap();
    let areas: Areas = mission::areas(&bytes("areas.geojson"), &zone).unwrap();
    let actors = mission::actors(&bytes("actors.csv"), &zone).unwrap();
    let sources = mission::sources(&bytes("sources.csv"), &actors).unwrap();
    let mission = Mission { actors, areas, sources };
    let text = String::from_utf8(bytes("agreement.md")).unwrap();
    let terms = parse(&text, &mission.actors, &mission.areas).terms;
    let terms = terms.unwrap_or_else(|| panic!("{}: the terms are not sound", folder.display()));
    (mission, zone, terms)
}

#[test]
fn judge_and_oracle_agree_on_every_scenario() {
    let (mut compared, mut faults) = (0, Vec::new());
    for folder in folders() {
        let (mission, zone, terms) = read(&folder);
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(folder.join("scenarios")).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "md")) {
            let name =
                format!("{}/{}", folder.file_name().unwrap().display(), file.file_name().unwrap().display());
            let text = std::fs::read_to_string(file).unwrap();
            let scenario = parse_scenario(&text, &zone, &mission.areas).unwrap();
            match check::outcomes(&mission, &terms, &scenario.incident, scenario.as_of) {
                Ok(count) => compared += count,
                Err(fault) => faults.push(format!("{name}: {fault}")),
            }
            if let Err(fault) = check::findings(&mission, &terms, &scenario.incident, scenario.as_of, false) {
                faults.push(format!("{name}: {fault}"));
            }
        }
    }
    assert!(faults.is_empty(), "{} disagreements\n{}", faults.len(), faults.join("\n"));
    assert!(compared > 10_000, "{compared} findings compared");
}
