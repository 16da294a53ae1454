//! Sums checked before anything is released: do the parts of a figure fit the figure?
//!
//! Reports what does not fit, with both numbers; never mends it. Parts below a total are no fault by themselves (a
//! breakdown may name only some areas); parts above it always are.

use std::collections::BTreeMap;

use truceline_model::{Body, IncidentId, Instant, Observation, ReceiptNo, SourceId};

use crate::known::Known;
use crate::resolve::Resolved;

/// Which breakdown was summed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Breakdown {
    /// A tally by area.
    ByArea,
    /// A tally by accused.
    ByActor,
    /// Tallies that say they are parts of a tally.
    Tallies,
    /// Killed of events that are parts of a total.
    Killed,
    /// Wounded of events that are parts of a total.
    Wounded,
}

impl Breakdown {
    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ByArea => "by-area",
            Self::ByActor => "by-actor",
            Self::Tallies => "tallies",
            Self::Killed => "killed",
            Self::Wounded => "wounded",
        }
    }
}

/// A figure whose parts do not fit it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SumFault {
    /// The report with the figure.
    pub receipt: ReceiptNo,
    /// Whose figure it is.
    pub source: SourceId,
    /// What was summed.
    pub breakdown: Breakdown,
    /// What the parts sum to (at least).
    pub parts: u32,
    /// The figure (at most).
    pub whole: u32,
}

impl SumFault {
    /// Whether the parts exceed the figure, which no unnamed part can explain.
    #[must_use]
    pub fn exceeds(&self) -> bool {
        self.parts > self.whole
    }
}

/// Every figure known by `as_of` whose parts do not fit it: parts above it, or a tally's breakdown that sums to less
/// (`exceeds` tells them apart). Parts of a total of people are held only against exceeding it.
#[must_use]
pub fn sum_faults(observations: &[Observation], resolved: &Resolved, as_of: Instant) -> Vec<SumFault> {
    let known = Known::by(observations, as_of);
    let replaced = replaced(&known);
    let parts = parts(&known, &replaced, resolved);
    let mut faults = Vec::new();
    for (at, report) in known.reports.iter().enumerate().filter(|(at, _)| !replaced.contains_key(at)) {
        let mut check = |breakdown, parts: u32, whole: u32, less_is_fault: bool| {
            if parts > whole || (less_is_fault && parts < whole) {
                let (receipt, source) = (report.receipt, report.source.clone());
                faults.push(SumFault { receipt, source, breakdown, parts, whole });
            }
        };
        let part = |breakdown| parts.get(&(at, breakdown)).copied();
        match &report.body {
            Body::Tally(tally) => {
                let sum = |all: Vec<&u32>| all.into_iter().fold(0_u32, |s, n| s.saturating_add(*n));
                if !tally.by_area.is_empty() {
                    check(Breakdown::ByArea, sum(tally.by_area.values().collect()), tally.count, true);
                }
                if !tally.by_actor.is_empty() {
                    check(Breakdown::ByActor, sum(tally.by_actor.values().collect()), tally.count, true);
                }
                if let Some(parts) = part(Breakdown::Tallies) {
                    check(Breakdown::Tallies, parts, tally.count, true);
                }
            }
            Body::Total(total) => {
                let figures = &total.casualties;
                for (breakdown, bounds) in
                    [(Breakdown::Killed, figures.killed), (Breakdown::Wounded, figures.wounded)]
                {
                    if let (Some(parts), Some(most)) = (part(breakdown), bounds.and_then(|b| b.max)) {
                        check(breakdown, parts, most, false);
                    }
                }
            }
            _ => {}
        }
    }
    faults.sort();
    faults
}

/// Sums of what reports declare to be parts, by the figure and what is summed. Only parts of the same origin are held
/// against a total of people: another's figure for a part may well exceed it, and that is a dispute, not a fault. One
/// incident counts once, by its highest figure, however many outlets carried it.
fn parts(
    known: &Known<'_>,
    replaced: &BTreeMap<usize, usize>,
    resolved: &Resolved,
) -> BTreeMap<(usize, Breakdown), u32> {
    let mut tallies: BTreeMap<(usize, Breakdown), u32> = BTreeMap::new();
    let mut people: BTreeMap<(usize, Breakdown, &IncidentId), u32> = BTreeMap::new();
    for (at, report) in known.reports.iter().enumerate().filter(|(at, _)| !replaced.contains_key(at)) {
        // Parts declared of a figure that was since revised are parts of the revision.
        let wholes = report.part_of.iter().filter_map(|id| known.meant(at, id)).map(|w| latest(replaced, w));
        for whole in wholes {
            match (&report.body, resolved.incident_of.get(&report.receipt)) {
                (Body::Tally(tally), _) => {
                    let sum = tallies.entry((whole, Breakdown::Tallies)).or_default();
                    *sum = sum.saturating_add(tally.count);
                }
                (Body::Event(event), Some(incident))
                    if known.get(whole).is_some_and(|w| w.origin == report.origin) =>
                {
                    let figures = &event.casualties;
                    for (breakdown, bounds) in
                        [(Breakdown::Killed, figures.killed), (Breakdown::Wounded, figures.wounded)]
                    {
                        let most = people.entry((whole, breakdown, incident)).or_default();
                        *most = (*most).max(bounds.map_or(0, |b| b.min));
                    }
                }
                _ => {}
            }
        }
    }
    for ((whole, breakdown, _), n) in people {
        let sum = tallies.entry((whole, breakdown)).or_default();
        *sum = sum.saturating_add(n);
    }
    tallies
}

/// Reports that a later one replaces, and which.
fn replaced(known: &Known<'_>) -> BTreeMap<usize, usize> {
    let mut all = BTreeMap::new();
    for (at, report) in known.reports.iter().enumerate() {
        let earlier = report.revises.iter().filter_map(|id| known.meant(at, id)).chain(known.amends(at));
        for other in earlier.filter(|other| *other < at) {
            all.insert(other, at);
        }
    }
    all
}

fn latest(replaced: &BTreeMap<usize, usize>, mut at: usize) -> usize {
    // Each step leads to a later report, so it ends.
    while let Some(next) = replaced.get(&at) {
        at = *next;
    }
    at
}
