//! What the terms do without anybody: a case that they open when a threshold is passed, and the word to the record that a clock ran out.
//!
//! Such an entry stands under a name that no person can have, says which threshold and since when, and is held to the terms whenever the record
//! is read: a second one for the same, or one for a time that had not come, is refused and kept like anybody's. Never reads a clock; what is
//! found and which duties are unmet are the caller's to derive.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{ActorId, Answer, ClauseId, IncidentId, Instant, Procedure, Threshold};

use super::act::{Act, CaseAct, CaseEntry, CaseId, Complainant, Opening};
use super::docket::Docket;
use super::people::{Person, Role};
use super::persistence::{Count, FoundIn, counts, standing};
use super::refusal::Refused;
use super::setting::Setting;
use super::state::Case;

/// Under this name the record holds what the terms did by themselves.
pub const BY_THE_TERMS: &str = "the-terms";

/// The terms act as the mission's watch would; what they may do is less, and said below.
static TERMS: Person = Person { role: Role::WatchOfficer, acts_for: None };

/// Who acts when nobody does.
pub(super) fn unbidden(entry: &CaseEntry, at: Instant) -> Result<&'static Person, Refused> {
    let is_theirs = match &entry.what {
        CaseAct::Open(opening) => {
            let is_threshold = matches!(opening.complainant, Complainant::Threshold(_));
            // What was written while the clock ran ahead falls with it.
            if opening.since.is_some_and(|since| since > at) {
                return Err(Refused::NotYet(opening.since.unwrap_or(at)));
            }
            is_threshold && opening.since.is_some() && opening.respondents.len() == 1
        }
        CaseAct::On(_, Act::Lapse { .. }) => true,
        CaseAct::On(..) | CaseAct::ClockFault(_) => false,
    };
    if is_theirs { Ok(&TERMS) } else { Err(Refused::NotGiven("act of this kind without a person")) }
}

/// A threshold passed by one party under one clause.
#[derive(Clone, Copy, Debug)]
pub struct Passed<'a> {
    /// The procedure that opens a case for it.
    pub procedure: &'a ClauseId,
    /// The clause.
    pub clause: &'a ClauseId,
    /// The party.
    pub respondent: &'a ActorId,
    /// Which.
    pub threshold: Threshold,
    /// Since when (UTC).
    pub since: Instant,
}

impl<'a> Passed<'a> {
    /// What an opening by the terms says; `None`: it is none.
    pub(super) fn of(opening: &'a Opening) -> Option<Self> {
        let Complainant::Threshold(threshold) = opening.complainant else { return None };
        Some(Self {
            procedure: &opening.procedure,
            clause: &opening.clause,
            respondent: opening.respondents.first()?,
            threshold,
            since: opening.since?,
        })
    }

    /// Whether a case is about the same, whenever it was opened.
    pub(super) fn is_about(&self, case: &Case) -> bool {
        let opening = &case.opening;
        opening.procedure == *self.procedure
            && opening.clause == *self.clause
            && opening.complainant == Complainant::Threshold(self.threshold)
            && (opening.respondents.is_empty() || opening.respondents.contains(self.respondent))
    }

    /// Whether a case answers it: one on the same that runs, or that was opened after it was passed, by whomever.
    #[must_use]
    pub fn is_answered_by(&self, case: &Case) -> bool {
        self.is_about(case) && (case.turn.is_some() || case.opened >= self.since)
    }
}

/// A duty not met for which a procedure of the terms opens a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnmetDuty {
    /// The procedure.
    pub procedure: ClauseId,
    /// The clause.
    pub clause: ClauseId,
    /// Of whom it was due.
    pub respondent: ActorId,
    /// Since when it is unmet (UTC).
    pub since: Instant,
}

impl Docket {
    /// The cases that the terms open by themselves as of this docket's moment, and that no case answers yet. One at the most for each
    /// procedure, clause, party and threshold: what is passed again while it runs is part of it.
    #[must_use]
    pub fn opened_by_terms(&self, setting: &Setting, found: &[FoundIn], unmet: &[UnmetDuty]) -> Vec<Opening> {
        let mut all = self.persistent(setting, found);
        all.extend(unmet.iter().map(|one| Opening {
            procedure: one.procedure.clone(),
            clause: one.clause.clone(),
            incidents: BTreeSet::new(),
            respondents: [one.respondent.clone()].into(),
            complainant: Complainant::Threshold(Threshold::Unmet),
            rests_on: BTreeSet::new(),
            since: Some(one.since),
            words: None,
        }));
        all.retain(|opening| opening.since.is_some_and(|since| since <= self.as_of));
        all.retain(|opening| {
            Passed::of(opening)
                .is_some_and(|passed| !self.cases.values().any(|case| passed.is_answered_by(case)))
        });
        all.sort_by_key(|one| one.since);
        let mut seen = BTreeSet::new();
        all.retain(|one| {
            seen.insert((
                one.procedure.clone(),
                one.clause.clone(),
                one.respondents.clone(),
                one.complainant.clone(),
            ))
        });
        all
    }

    /// Non-compliance that has reached the terms' number.
    fn persistent(&self, setting: &Setting, found: &[FoundIn]) -> Vec<Opening> {
        let opens = |procedure: &Procedure, clause: &ClauseId| {
            procedure.opened_when.contains(&Threshold::Persistent)
                && (procedure.takes.is_empty() || procedure.takes.contains(clause))
        };
        let mut all = Vec::new();
        for count in counts(self, found, setting) {
            let Some(basis) = self.basis(&count, found) else { continue };
            for (id, _) in setting.procedures.iter().filter(|(_, one)| opens(one, &count.clause)) {
                all.push(Opening {
                    procedure: id.clone(),
                    clause: count.clause.clone(),
                    incidents: basis.incidents.clone(),
                    respondents: [count.party.clone()].into(),
                    complainant: Complainant::Threshold(Threshold::Persistent),
                    rests_on: basis.cases.clone(),
                    since: Some(basis.since),
                    words: None,
                });
            }
        }
        all
    }

    /// On what a number that was reached rests; `None`: none was, or nothing in it came from elsewhere than from a case opened for persistence:
    /// such a case is not the cause of another.
    fn basis(&self, count: &Count, found: &[FoundIn]) -> Option<Basis> {
        let mut basis =
            Basis { cases: BTreeSet::new(), incidents: BTreeSet::new(), since: Instant::FAR_PAST };
        let by_persistence =
            |case: &Case| case.opening.complainant == Complainant::Threshold(Threshold::Persistent);
        if count.is_persistent_determined == Some(true) {
            for id in &count.counted.determined {
                let Some(case) = self.cases.get(id).filter(|case| !by_persistence(case)) else { continue };
                basis.cases.insert(*id);
                let against = standing(case).filter(|one| {
                    one.stance.prohibited == Answer::Yes && one.stance.who.contains(&count.party)
                });
                basis.since = against.map(|one| one.at).fold(basis.since, Instant::max);
            }
        }
        if count.is_persistent_found == Some(true) {
            basis.incidents.clone_from(&count.counted.found);
            let times: BTreeMap<&IncidentId, Instant> =
                found.iter().map(|one| (&one.incident, one.earliest)).collect();
            let times = basis.incidents.iter().filter_map(|id| times.get(id)).copied();
            basis.since = times.fold(basis.since, Instant::max);
        }
        (basis.since > Instant::FAR_PAST).then_some(basis)
    }
}

/// What a count of non-compliance rests on.
struct Basis {
    cases: BTreeSet<CaseId>,
    incidents: BTreeSet<IncidentId>,
    /// When the last of it came.
    since: Instant,
}
