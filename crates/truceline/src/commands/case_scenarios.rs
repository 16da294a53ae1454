//! `scenarios`, the part on cases: every file of the folder's `cases/`, run through the case machine by the agreement's procedures.

use std::path::{Path, PathBuf};

use serde_json::json;
use truceline_casework::case::Setting;
use truceline_casework::case_scenario::{Coverage, parse_case_scenario};

use super::desk::Desk;
use crate::cli::Format;
use crate::failure::Failure;
use crate::{files, out};

/// Largest file: what the reader takes, and a little, so that it says so itself.
const LIMIT: u64 = 1 << 17;

/// Runs them and tells; gives how many failed. A folder without `cases/` has none.
///
/// # Errors
/// When a file cannot be read or the terms are not sound.
pub(crate) fn run(folder: &Path, desk: &Desk, format: Format) -> Result<u32, Failure> {
    let paths = paths(&folder.join("cases"))?;
    if paths.is_empty() {
        return Ok(0);
    }
    let setting = crate::cases::settings_of(&desk.mission)?;
    let mut coverage = Coverage::default();
    let mut failed = 0;
    for path in &paths {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let text = files::text(path, LIMIT)
            .map_err(|e| Failure::usage(format!("could not read {}: {e}", path.display())))?;
        let faults = match parse_case_scenario(&text, &setting.zone) {
            Ok(scenario) => {
                coverage.add(&scenario, &setting);
                scenario.compare(&setting)
            }
            Err(faults) => faults,
        };
        failed += u32::from(!faults.is_empty());
        match format {
            Format::Json => {
                out::line(json!({ "case": name, "holds": faults.is_empty(), "faults": faults }))?;
            }
            Format::Text => {
                out::line(format_args!(
                    "{} cases/{name}",
                    if faults.is_empty() { "holds" } else { "FAILS" }
                ))?;
                faults.iter().try_for_each(|fault| out::line(format_args!("      {fault}")))?;
            }
        }
    }
    gaps(&coverage, &setting, format)?;
    if format == Format::Text {
        out::line(format_args!("{} case scenarios, {failed} failed", paths.len()))?;
    }
    Ok(failed)
}

/// Files of a folder that end in `.md`, in order; none when there is no such folder.
fn paths(dir: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !dir.is_dir() {
        return Ok(Vec::new());
    }
    let listed = std::fs::read_dir(dir)
        .map_err(|e| Failure::usage(format!("could not read {}: {e}", dir.display())))?;
    let mut paths: Vec<PathBuf> = listed
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .collect();
    paths.sort();
    Ok(paths)
}

/// What no case scenario covers of the procedures that have steps.
fn gaps(coverage: &Coverage, setting: &Setting, format: Format) -> Result<(), Failure> {
    for (id, procedure) in setting.procedures.iter().filter(|(_, procedure)| !procedure.steps.is_empty()) {
        let gaps = coverage.gaps(id, procedure);
        let n = coverage.scenarios(id);
        match format {
            Format::Json => out::line(json!({ "procedure": id.as_str(), "scenarios": n, "gaps": gaps }))?,
            Format::Text if gaps.is_empty() => {
                out::line(format_args!("{id}: {n} case scenarios, every way on was taken"))?;
            }
            Format::Text => {
                out::line(format_args!("{id}: {n} case scenarios; none covers"))?;
                gaps.iter().try_for_each(|gap| out::line(format_args!("      {gap}")))?;
            }
        }
    }
    Ok(())
}
