//! Judging again after a change of terms: only the clauses that changed, and only the incidents that they may cover.
//!
//! What no version of a changed clause can cover is *not covered* under both, and is not looked at again. Says how many pairs
//! were judged, so that the saving is a count and not a promise.

use std::collections::BTreeSet;

use truceline_model::{Incident, Outcome};
use truceline_terms::{Change, Desk, Judge, Roll};

use crate::spread::spread;

/// A clause and reading (as a place in the findings of one incident) on one incident, and what is now found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    /// Place of the incident.
    pub incident: usize,
    /// Place of the finding.
    pub finding: usize,
    /// The outcome.
    pub outcome: Outcome,
}

/// What was judged again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Again {
    /// What the change touches.
    pub change: Change,
    /// Incidents that a changed clause may cover, before or now.
    pub incidents: usize,
    /// Pairs of clause and incident that were judged again, under every reading.
    pub judged: usize,
    /// Findings of those, as they are now, in order.
    pub pairs: Vec<Pair>,
}

impl Again {
    /// Writes the outcomes found into the bytes of a batch of all incidents before the change, of `findings` findings each. The
    /// clauses are as many as before and in the same order.
    pub fn mend(&self, bytes: &mut [u8], findings: usize) {
        let half = findings.div_ceil(8);
        for pair in &self.pairs {
            let low = matches!(pair.outcome, Outcome::NotProhibited | Outcome::Undetermined);
            let high = matches!(pair.outcome, Outcome::NotCovered | Outcome::Undetermined);
            let at = pair.incident * half * 2 + pair.finding / 8;
            let bit = 1 << (pair.finding % 8);
            for (at, is) in [(at, low), (at + half, high)] {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = if is { *byte | bit } else { *byte & !bit };
                }
            }
        }
    }
}

/// Judges again what differs between two judges of the same actors and areas. The findings are those of `now`; a clause that is
/// gone has none.
#[must_use]
pub fn judge_again(
    before: &Judge<'_>,
    now: &Judge<'_>,
    roll: &Roll<'_>,
    incidents: &[Incident],
    workers: usize,
) -> Again {
    let change = now.change_from(before);
    let (then, sheet) = match &change {
        Change::Everything => (before.sheet(), now.sheet()),
        Change::Clauses(clauses) => (before.sheet_of(clauses), now.sheet_of(clauses)),
    };
    let findings: BTreeSet<usize> = sheet.findings().collect();
    let (then, sitting) = (then.sit(roll), sheet.sit(roll));
    let everything = change == Change::Everything;
    let count = roll.len().min(incidents.len());
    let blocks = spread(count, workers, Desk::default, |range, desk| {
        let (mut touched, mut pairs) = (0, Vec::new());
        for (place, incident) in range.clone().zip(incidents.get(range).unwrap_or_default()) {
            if !everything && !then.touches(place, desk) && !sitting.touches(place, desk) {
                continue;
            }
            touched += 1;
            let outcomes = sitting.outcomes(place, incident, desk);
            let found = findings.iter().filter_map(|finding| {
                Some(Pair { incident: place, finding: *finding, outcome: outcomes.get(*finding)? })
            });
            pairs.extend(found);
        }
        (touched, pairs)
    });
    let incidents: usize = blocks.iter().map(|(touched, _)| touched).sum();
    let judged = incidents * sheet.clauses();
    Again { change, incidents, judged, pairs: blocks.into_iter().flat_map(|(_, pairs)| pairs).collect() }
}
