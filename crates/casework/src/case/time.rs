//! The times of entries, made to run one way.
//!
//! A machine's clock can be set back, set forward, or lie. Entries have an order that nobody can change, so time never runs back here: an entry
//! that shows an earlier time than one before it counts at that one's time, and, beyond what a clock is corrected by, is refused. Entries
//! written while the clock ran ahead are named by two people; they then count at the time of the last good one before them. That holds from
//! when the second of them said so: what was known before stays what it was.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{ActorId, Instant};

use super::act::{CaseAct, CaseEntry, ClockFault};
use super::people::Person;
use super::policy::{Action, Phase, may};
use super::setting::{Setting, setting_of};

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

/// Whose word it is: of a person of the mission their own, of everybody else that of whom they act for. Two people of one state are one voice.
pub(super) type Voice<'e> = (Option<&'e ActorId>, &'e str);

/// Whose word a person's is.
pub(super) fn voice<'e>(person: &'e Person, by: &'e str) -> Voice<'e> {
    match &person.acts_for {
        Some(actor) => (Some(actor), ""),
        None => (None, by),
    }
}

/// The entries that count by a moment, with when each does: as many from the first on as it takes until the latest good time lies beyond it.
/// Given in the order of their numbers.
pub(super) fn counted<'e>(
    entries: &[&'e CaseEntry],
    settings: &BTreeMap<u64, Setting>,
    as_of: Instant,
) -> Vec<(&'e CaseEntry, Counts)> {
    let (known, faulty) = known(entries, settings, as_of);
    let mut last = Instant::FAR_PAST;
    let counts = entries.iter().take(known).map(|entry| {
        // A fault holds from its confirmation on; later ones are not known yet.
        let is_faulty = faulty.get(&entry.entry).is_some_and(|since| *since < known);
        let is_set_back = !is_faulty && entry.at.plus_seconds(CORRECTED_BY) < last;
        if !is_faulty {
            last = last.max(entry.at);
        }
        (*entry, Counts { at: last, is_set_back })
    });
    counts.collect()
}

/// How many entries are known by a moment, and which of all show a wrong time, with the place at which that became known.
fn known(
    entries: &[&CaseEntry],
    settings: &BTreeMap<u64, Setting>,
    as_of: Instant,
) -> (usize, BTreeMap<u64, usize>) {
    let mut said: BTreeMap<ClockFault, BTreeSet<Voice<'_>>> = BTreeMap::new();
    let mut faulty: BTreeMap<u64, usize> = BTreeMap::new();
    // Good entries with their times, both ways, so that each is taken out once however many faults name it.
    let mut good: BTreeMap<u64, Instant> = BTreeMap::new();
    let mut times: BTreeSet<(Instant, u64)> = BTreeSet::new();
    let mut known = 0;
    for (place, entry) in entries.iter().enumerate() {
        good.insert(entry.entry, entry.at);
        times.insert((entry.at, entry.entry));
        if let Some((fault, voice)) = says_fault(entry, settings) {
            let voices = said.entry(fault).or_default();
            if voices.insert(voice) && voices.len() == 2 {
                let named: Vec<(u64, Instant)> =
                    good.range(fault.from..=fault.to).map(|(entry, at)| (*entry, *at)).collect();
                for (entry, at) in named {
                    good.remove(&entry);
                    times.remove(&(at, entry));
                    faulty.insert(entry, place);
                }
            }
        }
        if times.last().is_none_or(|(latest, _)| *latest <= as_of) {
            known = place + 1;
        }
    }
    (known, faulty)
}

/// The fault that an entry tells of, when whoever wrote it may.
fn says_fault<'e>(
    entry: &'e CaseEntry,
    settings: &'e BTreeMap<u64, Setting>,
) -> Option<(ClockFault, Voice<'e>)> {
    let CaseAct::ClockFault(fault) = &entry.what else { return None };
    let person = setting_of(settings, entry.entry)?.people.get(&entry.by)?;
    // What has not come yet cannot have come at a wrong time.
    let is_sound = fault.from <= fault.to && fault.to < entry.entry;
    (is_sound && may(person.role, Action::ClockFault, Phase::None))
        .then(|| (*fault, voice(person, &entry.by)))
}
