//! What people determined in the cases of two records: where their positions differ. Nothing here says who is right.

use std::collections::{BTreeMap, BTreeSet};

use truceline_casework::case::{Case, Docket};
use truceline_model::{ActorId, ClauseId, IncidentId};

/// What tells cases of two records to be the same: procedure, clause, incidents, respondents.
type CaseKey = (ClauseId, ClauseId, BTreeSet<IncidentId>, BTreeSet<ActorId>);

/// One case on which two records differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parted {
    /// The clause.
    pub(crate) clause: ClauseId,
    /// Its incidents.
    pub(crate) incidents: BTreeSet<IncidentId>,
    /// Against whom.
    pub(crate) respondents: BTreeSet<ActorId>,
    /// What was determined by the first's record, one line each; `None`: it has no such case.
    pub(crate) a: Option<BTreeSet<String>>,
    /// By the second's.
    pub(crate) b: Option<BTreeSet<String>>,
}

/// Cases that only one has, or on which the determinations are not the same.
pub(crate) fn positions(a: &Docket, b: &Docket) -> Vec<Parted> {
    let (left, right) = (by_key(a), by_key(b));
    let keys: BTreeSet<&CaseKey> = left.keys().chain(right.keys()).collect();
    let one = |key: &CaseKey| {
        let (a, b) = (left.get(key).cloned(), right.get(key).cloned());
        let (_, clause, incidents, respondents) = key.clone();
        (a != b).then_some(Parted { clause, incidents, respondents, a, b })
    };
    keys.into_iter().filter_map(one).collect()
}

fn by_key(docket: &Docket) -> BTreeMap<CaseKey, BTreeSet<String>> {
    let mut all: BTreeMap<CaseKey, BTreeSet<String>> = BTreeMap::new();
    for case in docket.cases.values() {
        let opening = &case.opening;
        let key = (
            opening.procedure.clone(),
            opening.clause.clone(),
            case.incidents.clone(),
            case.respondents.clone(),
        );
        all.entry(key).or_default().extend(determined(case));
    }
    all
}

fn determined(case: &Case) -> impl Iterator<Item = String> + '_ {
    case.determinations.iter().map(|one| {
        let stance = &one.stance;
        let who: Vec<&str> = stance.who.iter().map(ActorId::as_str).collect();
        let by: Vec<String> = one.by.iter().map(ToString::to_string).collect();
        let who = if who.is_empty() { "not established".to_owned() } else { who.join(", ") };
        let gravity = stance.gravity.as_deref().unwrap_or("not said");
        let (happened, prohibited) = (stance.happened.as_str(), stance.prohibited.as_str());
        format!(
            "{} ({}): happened {happened}; who {who}; prohibited {prohibited}; gravity {gravity}",
            by.join(", "),
            one.kind.as_str()
        )
    })
}
