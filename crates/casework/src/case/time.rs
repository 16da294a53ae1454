//! The times of entries, made to run one way.
//!
//! A machine's clock can be set back, set forward, or lie. Entries have an order that nobody can change, so time never runs back here: an entry
//! that shows an earlier time than one before it counts at that one's time, and, beyond what a clock is corrected by, is refused. Entries
//! written while the clock ran ahead are named by two people; they then count at the time of the last good one before them.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::Instant;

use super::act::{CaseAct, CaseEntry, ClockFault};
use super::people::Person;
use super::policy::{Action, Phase, may};

/// By so many seconds a clock may be corrected backwards without anything being refused.
const CORRECTED_BY: i64 = 300;

/// When an entry counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counts {
    /// At this moment.
    pub(super) at: Instant,
    /// The clock stood so much earlier than an entry before it that the entry's act is refused.
    pub(super) is_set_back: bool,
}

/// When each entry counts, in the order given (of their numbers).
pub(super) fn counts(entries: &[&CaseEntry], people: &BTreeMap<String, Person>) -> Vec<Counts> {
    let faults = confirmed(entries, people);
    let mut last = Instant::FAR_PAST;
    let mut all = Vec::with_capacity(entries.len());
    for entry in entries {
        let is_faulty = faults.iter().any(|fault| (fault.from..=fault.to).contains(&entry.entry));
        let is_set_back = !is_faulty && entry.at.plus_seconds(CORRECTED_BY) < last;
        if !is_faulty {
            last = last.max(entry.at);
        }
        all.push(Counts { at: last, is_set_back });
    }
    all
}

/// Faults that two people who may say so have said.
fn confirmed(entries: &[&CaseEntry], people: &BTreeMap<String, Person>) -> BTreeSet<ClockFault> {
    let mut said: BTreeMap<ClockFault, BTreeSet<&str>> = BTreeMap::new();
    for entry in entries {
        let CaseAct::ClockFault(fault) = &entry.what else { continue };
        let allowed = people.get(&entry.by).is_some_and(|one| may(one.role, Action::ClockFault, Phase::None));
        // What has not come yet cannot have come at a wrong time.
        if allowed && fault.from <= fault.to && fault.to < entry.entry {
            said.entry(*fault).or_default().insert(&entry.by);
        }
    }
    said.into_iter().filter(|(_, by)| by.len() > 1).map(|(fault, _)| fault).collect()
}
