//! When entries count, tried one prefix of the record after the other.

use std::collections::{BTreeMap, BTreeSet};

use truceline_casework::case::{CaseAct, CaseEntry, Person, Setting};
use truceline_model::Instant;

use super::page::Page;
use super::people::in_force;

/// Whose word a person's is: of the mission's people their own, of all others that of whom they act for.
pub(super) fn voice(person: &Person, name: &str) -> String {
    person.acts_for.as_ref().map_or_else(|| format!("person {name}"), |actor| format!("actor {actor}"))
}

/// Entries known by a moment, with when each counts and whether the clock had been set back: the longest beginning of the record whose latest
/// good time is not later.
#[must_use]
pub fn known<'e>(
    settings: &BTreeMap<u64, Setting>,
    entries: &'e [CaseEntry],
    as_of: Instant,
    page: &Page,
) -> Vec<(&'e CaseEntry, Instant, bool)> {
    let mut record: Vec<&CaseEntry> = entries.iter().collect();
    record.sort_by_key(|entry| entry.entry);
    for length in (0..=record.len()).rev() {
        let beginning = record.get(..length).unwrap_or_default();
        let wrong = wrong(settings, beginning, page);
        let is_good = |entry: &&&CaseEntry| !wrong.contains(&entry.entry);
        let latest = beginning.iter().filter(is_good).map(|entry| entry.at).max();
        if latest.is_none_or(|latest| latest <= as_of) {
            return beginning
                .iter()
                .enumerate()
                .map(|(place, entry)| {
                    let before = beginning.iter().take(place).filter(is_good).map(|one| one.at).max();
                    let before = before.unwrap_or(Instant::FAR_PAST);
                    if wrong.contains(&entry.entry) {
                        return (*entry, before, false);
                    }
                    let is_set_back = before.seconds().saturating_sub(entry.at.seconds()) > 300;
                    (*entry, before.max(entry.at), is_set_back && before > Instant::FAR_PAST)
                })
                .collect();
        }
    }
    Vec::new()
}

/// Entries that two voices have said to show a wrong time.
fn wrong(settings: &BTreeMap<u64, Setting>, record: &[&CaseEntry], page: &Page) -> BTreeSet<u64> {
    let mut said: BTreeMap<(u64, u64), BTreeSet<String>> = BTreeMap::new();
    for entry in record {
        let CaseAct::ClockFault(fault) = &entry.what else { continue };
        let Some(person) = in_force(settings, entry.entry).and_then(|now| now.people.get(&entry.by)) else {
            continue;
        };
        if page.allows(person.role, "clock-fault", "none") && fault.from <= fault.to && fault.to < entry.entry
        {
            said.entry((fault.from, fault.to)).or_default().insert(voice(person, &entry.by));
        }
    }
    let both = said.into_iter().filter(|(_, voices)| voices.len() >= 2).map(|(fault, _)| fault);
    both.flat_map(|(from, to)| {
        record.iter().map(|one| one.entry).filter(move |one| (from..=to).contains(one))
    })
    .collect()
}
