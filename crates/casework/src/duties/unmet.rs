//! Duties whose time passed unmet, and what a procedure may open a case for. It never opens one: people do, and may not.

use std::collections::BTreeSet;

use truceline_model::{ActorId, ClauseId, Instant, Procedure, ReadingId, Threshold};

use super::{Duty, DutyState};

/// A duty that was not met when its time had passed, as everybody says who reports on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmet {
    /// The clause.
    pub clause: ClauseId,
    /// Of whom it was due.
    pub respondent: ActorId,
    /// Since when it is unmet.
    pub since: Instant,
    /// It was done later.
    pub made_good: bool,
    /// Readings under which leaving it undone is prohibited.
    pub readings: BTreeSet<ReadingId>,
}

/// Duties that are short or late, and that at least one reading makes a breach of. What cannot be told is not among them: silence
/// accuses nobody.
#[must_use]
pub fn unmet(ledger: &[Duty]) -> Vec<Unmet> {
    let mut all: Vec<Unmet> = ledger
        .iter()
        .filter(|duty| matches!(duty.state, DutyState::Short | DutyState::Late))
        .map(|duty| Unmet {
            clause: duty.due.clause.clone(),
            respondent: duty.due.respondent.clone(),
            since: duty.due.at.passed(),
            made_good: duty.state == DutyState::Late,
            readings: duty.due.prohibiting().cloned().collect(),
        })
        .filter(|unmet| !unmet.readings.is_empty())
        .collect();
    all.sort_by(|a, b| (a.since, &a.clause, &a.respondent).cmp(&(b.since, &b.clause, &b.respondent)));
    all
}

/// A case that a procedure of the terms may open because a duty was not met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chance {
    /// The procedure.
    pub procedure: ClauseId,
    /// Of what.
    pub unmet: Unmet,
}

/// For each duty not met, the procedures that open a case for such a thing and take its clause.
pub fn may_open<'p>(
    unmet: &[Unmet],
    procedures: impl IntoIterator<Item = (&'p ClauseId, &'p Procedure)>,
) -> Vec<Chance> {
    let procedures: Vec<_> = procedures
        .into_iter()
        .filter(|(_, procedure)| procedure.opened_when.contains(&Threshold::Unmet))
        .collect();
    let takes = |procedure: &Procedure, unmet: &Unmet| {
        procedure.takes.is_empty() || procedure.takes.contains(&unmet.clause)
    };
    let of = |unmet: &Unmet| {
        let taking = procedures.iter().filter(|(_, procedure)| takes(procedure, unmet));
        taking.map(|(id, _)| Chance { procedure: (*id).clone(), unmet: unmet.clone() }).collect::<Vec<_>>()
    };
    unmet.iter().flat_map(of).collect()
}
