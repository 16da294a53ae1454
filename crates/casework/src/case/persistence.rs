//! How often one party did not comply with one clause: from determinations and, apart, from findings, over the window that the terms define.
//!
//! The two are never added: what people determined and what the machine found are different things. Without a number in the terms the counts
//! are shown, and whether it is persistent is for people.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{ActorId, Answer, ClauseId, IncidentId, Instant};

use super::act::CaseId;
use super::docket::Docket;
use super::setting::Setting;
use super::state::{Case, Determination, Kind};

/// An incident that every reading finds prohibited under a clause, and who would have to answer for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundIn {
    /// The incident.
    pub incident: IncidentId,
    /// The clause.
    pub clause: ClauseId,
    /// Who would have to answer; counted only when it is one.
    pub respondents: BTreeSet<ActorId>,
    /// The earliest moment at which it can have happened (UTC).
    pub earliest: Instant,
}

/// What is counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Cases determined: that it is prohibited and whose doing it was, together or by whom the terms ask alone. Of several determinations of
    /// one case the last counts: what was held otherwise on new evidence is held against nobody.
    pub determined: BTreeSet<CaseId>,
    /// The same by one of several deciders only, since the last one together.
    pub separate: BTreeSet<CaseId>,
    /// Incidents that every reading finds prohibited.
    pub found: BTreeSet<IncidentId>,
    /// Allegations against it: the denominator.
    pub alleged: BTreeSet<CaseId>,
}

/// The counts of a party under a clause within the window that ends at the docket's moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// The party.
    pub party: ActorId,
    /// The clause.
    pub clause: ClauseId,
    /// From when they are counted.
    pub since: Instant,
    /// The counts.
    pub counted: Counted,
    /// The terms' number of determinations is reached; `None`: they give none.
    pub is_persistent_determined: Option<bool>,
    /// The terms' number of incidents found is reached; `None`: they give none.
    pub is_persistent_found: Option<bool>,
}

/// Counts per party and clause, in order. A determination counts from the day it was made, an incident from the day it happened.
#[must_use]
pub fn counts(docket: &Docket, found: &[FoundIn], setting: &Setting) -> Vec<Count> {
    let since = since(docket.as_of, setting);
    let mut all: BTreeMap<(ActorId, ClauseId), Counted> = BTreeMap::new();
    for case in docket.cases.values() {
        for party in case.respondents.iter().filter(|_| case.opened >= since) {
            all.entry((party.clone(), case.clause().clone())).or_default().alleged.insert(case.id);
        }
        for one in standing(case).filter(|one| one.at >= since) {
            if one.stance.happened != Answer::Yes || one.stance.prohibited != Answer::Yes {
                continue;
            }
            for party in held_against(case, one, setting) {
                let counted = all.entry((party.clone(), case.clause().clone())).or_default();
                match one.kind {
                    Kind::Joint | Kind::Sole | Kind::WithoutRecused => counted.determined.insert(case.id),
                    Kind::Separate => counted.separate.insert(case.id),
                };
            }
        }
    }
    for one in found.iter().filter(|one| one.earliest >= since && one.earliest <= docket.as_of) {
        let mut answers = one.respondents.iter();
        if let (Some(party), None) = (answers.next(), answers.next()) {
            let counted = all.entry((party.clone(), one.clause.clone())).or_default();
            counted.found.insert(one.incident.clone());
        }
    }
    let reached = |number: Option<u32>, count: usize| {
        number.map(|number| count >= usize::try_from(number).unwrap_or(usize::MAX))
    };
    let rule = setting.persistence.as_ref();
    all.into_iter()
        .map(|((party, clause), counted)| Count {
            party,
            clause,
            since,
            is_persistent_determined: reached(rule.and_then(|r| r.determined), counted.determined.len()),
            is_persistent_found: reached(rule.and_then(|r| r.found), counted.found.len()),
            counted,
        })
        .collect()
}

/// Whom a determination counts for: who is named in it, and each respondent of the case to whom they belonged when it was made. A party that is answered
/// for by its forces, each named by itself, would else never be found to do a thing again and again.
fn held_against<'c>(case: &'c Case, one: &'c Determination, setting: &Setting) -> BTreeSet<&'c ActorId> {
    let is_theirs = |party: &&ActorId| one.stance.who.iter().any(|actor| setting.is_of(actor, party, one.at));
    one.stance.who.iter().chain(case.respondents.iter().filter(is_theirs)).collect()
}

/// What was determined last of a case together, or by whom the terms ask alone, and what one of several held since.
pub(super) fn standing(case: &Case) -> impl Iterator<Item = &Determination> {
    let last = case.determinations.iter().rposition(|one| one.kind != Kind::Separate);
    case.determinations.iter().skip(last.unwrap_or(0))
}

/// The beginning of the window: the first second from which its length reaches the moment asked for.
fn since(as_of: Instant, setting: &Setting) -> Instant {
    let Some(rule) = &setting.persistence else { return Instant::FAR_PAST };
    // Lengths are added in the agreement's calendar and cannot be taken off; so the beginning is looked for.
    let (mut low, mut high) = (as_of.plus_seconds(-FARTHEST), as_of);
    while high.seconds() - low.seconds() > 1 {
        let middle = low.plus_seconds((high.seconds() - low.seconds()) / 2);
        if setting.after(middle, rule.over) >= as_of { high = middle } else { low = middle }
    }
    high
}

/// As far back as a window can reach: forty years of seconds.
const FARTHEST: i64 = 40 * 366 * 86_400;
