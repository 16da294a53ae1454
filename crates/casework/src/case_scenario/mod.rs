//! Case scenarios: people, dated acts and what is expected at moments, written so that a lawyer can check a procedure without reading code.
//!
//! A Markdown file with one fenced `case` block. This module reads the block and holds what the case machine makes of the acts against
//! the expectations; it never takes a step itself, so that a scenario cannot agree with the machine by construction. Bounded: a text of
//! 64 KiB, 500 acts.

mod check;
mod coverage;
mod expectation;
mod line;
mod read;

use std::collections::BTreeMap;

use truceline_model::Zone;

use crate::case::{CaseEntry, Docket, Person, Setting};
pub use coverage::Coverage;
pub use expectation::Expectation;

/// One act, with what the scenario says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The entry that it makes.
    pub entry: CaseEntry,
    /// Part of the words with which it is refused; `None`: it is taken.
    pub refused: Option<String>,
    /// Line of the file.
    pub line: usize,
}

/// One case scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseScenario {
    /// People, by name.
    pub people: BTreeMap<String, Person>,
    /// Acts, in the order in which the record took them; not always in that of their times.
    pub acts: Vec<Told>,
    /// What must come out.
    pub expect: Vec<Expectation>,
}

/// Reads a case scenario.
///
/// # Errors
/// Every fault found, each beginning with its line.
pub fn parse_case_scenario(markdown: &str, zone: &Zone) -> Result<CaseScenario, Vec<String>> {
    read::read(markdown, zone)
}

impl CaseScenario {
    /// Runs the acts through the case machine; gives what does not come out as expected, in words, each beginning with its line. Empty: it
    /// holds. Of the setting everything is taken but its people, who are the scenario's.
    #[must_use]
    pub fn compare(&self, setting: &Setting) -> Vec<String> {
        let mut setting = setting.clone();
        setting.people.clone_from(&self.people);
        let zone = setting.zone.clone();
        let settings = BTreeMap::from([(0, setting)]);
        let entries: Vec<CaseEntry> = self.acts.iter().map(|told| told.entry.clone()).collect();
        let mut faults = self.refusals(&settings, &entries);
        for expected in &self.expect {
            let above = entries.get(..expected.after).unwrap_or(&entries);
            let docket = Docket::of(&settings, above, expected.at);
            let setting = settings.get(&0);
            let mut said = match (docket.cases.get(&expected.case), setting) {
                (Some(case), Some(setting)) => check::differs(expected, case, &docket, setting),
                _ => vec![format!("there is no case {} at {}", expected.case, zone.local_text(expected.at))],
            };
            said.iter_mut().for_each(|say| *say = format!("{}: {say}", expected.line));
            faults.extend(said);
        }
        faults.sort_by_key(|fault| line_of(fault));
        faults
    }

    /// Acts that were refused and should not have been, and the other way round.
    fn refusals(&self, settings: &BTreeMap<u64, Setting>, entries: &[CaseEntry]) -> Vec<String> {
        let Some(last) = entries.iter().map(|entry| entry.at).max() else { return Vec::new() };
        let docket = Docket::of(settings, entries, last);
        let of_cases = docket.cases.values().flat_map(|case| &case.refused);
        let refused: BTreeMap<u64, String> =
            of_cases.chain(&docket.refused).map(|one| (one.entry, one.why.to_string())).collect();
        let one = |told: &Told| match (&told.refused, refused.get(&told.entry.entry)) {
            (None, Some(why)) => Some(format!("{}: refused: {why}", told.line)),
            (Some(part), None) => Some(format!("{}: should be refused ({part}); it is taken", told.line)),
            (Some(part), Some(why)) if !why.contains(part.as_str()) => {
                Some(format!("{}: should be refused with \"{part}\"; the words are: {why}", told.line))
            }
            _ => None,
        };
        self.acts.iter().filter_map(one).collect()
    }
}

fn line_of(fault: &str) -> usize {
    fault.split(':').next().and_then(|line| line.parse().ok()).unwrap_or(0)
}
