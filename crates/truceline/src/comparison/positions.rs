//! What people hold in the cases of two records: each decider's position, with reasons, and what was determined. Nothing here says who is right.
//!
//! A position is what one decider answered last in a step that asks for the four decisions, whether a determination came of it or not. Two are
//! the same when all four answers are; reasons are shown and not compared. A decider of whom a record has nothing has no position there, which
//! is not the opposite of the other's.

use std::collections::{BTreeMap, BTreeSet};

use truceline_casework::case::{Case, Docket, Doer, Stance};
use truceline_model::{ActorId, ClauseId, IncidentId};

use crate::pipeline::Derived;

/// What tells cases of two records to be the same: procedure, clause, incidents, whom it was opened against.
type CaseKey = (ClauseId, ClauseId, BTreeSet<IncidentId>, BTreeSet<ActorId>);

/// How two of something stand to one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Between {
    /// Both have it, and it is the same.
    Agreed,
    /// Only the first has it.
    OnlyA,
    /// Only the second has it.
    OnlyB,
    /// Both have it, and it is not the same.
    Otherwise,
}

impl Between {
    /// The word used in files.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Agreed => "agreed",
            Self::OnlyA => "only-a",
            Self::OnlyB => "only-b",
            Self::Otherwise => "otherwise",
        }
    }

    fn of<T: PartialEq>(a: Option<&T>, b: Option<&T>) -> Option<Self> {
        match (a, b) {
            (Some(a), Some(b)) if a == b => Some(Self::Agreed),
            (Some(_), Some(_)) => Some(Self::Otherwise),
            (Some(_), None) => Some(Self::OnlyA),
            (None, Some(_)) => Some(Self::OnlyB),
            (None, None) => None,
        }
    }
}

/// What one decider answered last, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    /// The answers.
    pub(crate) stance: Stance,
    /// In which step.
    pub(crate) step: String,
    /// Their reasons; `None`: they gave none, or these were destroyed.
    pub(crate) words: Option<String>,
}

/// One decider's position in both records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PositionPair {
    /// Whose.
    pub(crate) by: Doer,
    /// How the two stand.
    pub(crate) between: Between,
    /// In the first's record.
    pub(crate) a: Option<Position>,
    /// In the second's.
    pub(crate) b: Option<Position>,
}

/// One case in which anybody took a position or determined anything, or that only one record has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parted {
    /// The procedure.
    pub(crate) procedure: ClauseId,
    /// The clause.
    pub(crate) clause: ClauseId,
    /// Its incidents.
    pub(crate) incidents: BTreeSet<IncidentId>,
    /// Against whom it was opened.
    pub(crate) respondents: BTreeSet<ActorId>,
    /// How the two records stand about the case itself.
    pub(crate) case: Between,
    /// What was determined by the first's record, one line each; `None`: it has no such case.
    pub(crate) a: Option<BTreeSet<String>>,
    /// By the second's.
    pub(crate) b: Option<BTreeSet<String>>,
    /// Each decider's position.
    pub(crate) positions: Vec<PositionPair>,
}

impl Parted {
    /// Whether both records have the same case, and in it the same determinations and positions.
    pub(crate) fn is_agreed(&self) -> bool {
        let same = |one: &PositionPair| one.between == Between::Agreed;
        self.case == Between::Agreed && self.a == self.b && self.positions.iter().all(same)
    }
}

/// How often deciders hold the same about one clause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Held {
    /// The same in both records.
    pub(crate) agreed: usize,
    /// Only in the first's.
    pub(crate) only_a: usize,
    /// Only in the second's.
    pub(crate) only_b: usize,
    /// In both, and not the same.
    pub(crate) otherwise: usize,
}

/// Positions counted by clause and decider.
pub(crate) fn held(all: &[Parted]) -> BTreeMap<(ClauseId, Doer), Held> {
    let mut counts: BTreeMap<(ClauseId, Doer), Held> = BTreeMap::new();
    for one in all {
        for pair in &one.positions {
            let count = counts.entry((one.clause.clone(), pair.by.clone())).or_default();
            match pair.between {
                Between::Agreed => count.agreed += 1,
                Between::OnlyA => count.only_a += 1,
                Between::OnlyB => count.only_b += 1,
                Between::Otherwise => count.otherwise += 1,
            }
        }
    }
    counts
}

/// Cases of two records side by side: those in which anybody took a position or determined anything, and those that only one has.
pub(crate) fn positions(a: &Derived, b: &Derived) -> Vec<Parted> {
    let (left, right) = (by_key(a, &a.docket), by_key(b, &b.docket));
    let keys: BTreeSet<&CaseKey> = left.keys().chain(right.keys()).collect();
    keys.into_iter().filter_map(|key| parted(key, left.get(key), right.get(key))).collect()
}

fn parted(key: &CaseKey, a: Option<&OfCase>, b: Option<&OfCase>) -> Option<Parted> {
    let case = Between::of(a.map(|_| &()), b.map(|_| &()))?;
    let taken = |of: Option<&OfCase>| of.map(|of| of.positions.clone()).unwrap_or_default();
    let (mine, theirs) = (taken(a), taken(b));
    let deciders: BTreeSet<&Doer> = mine.keys().chain(theirs.keys()).collect();
    let pair = |by: &Doer| {
        let (a, b) = (mine.get(by), theirs.get(by));
        let between = Between::of(a.map(|one| &one.stance), b.map(|one| &one.stance))?;
        Some(PositionPair { by: by.clone(), between, a: a.cloned(), b: b.cloned() })
    };
    let positions: Vec<PositionPair> = deciders.into_iter().filter_map(pair).collect();
    let lines = |of: Option<&OfCase>| of.map(|of| of.determined.clone());
    let (a, b) = (lines(a), lines(b));
    let is_told = |lines: &Option<BTreeSet<String>>| lines.as_ref().is_some_and(|all| !all.is_empty());
    let (procedure, clause, incidents, respondents) = key.clone();
    let is_shown = case != Between::Agreed || !positions.is_empty() || is_told(&a) || is_told(&b);
    is_shown.then_some(Parted { procedure, clause, incidents, respondents, case, a, b, positions })
}

/// What one record has of a case; of several alike, all of them.
#[derive(Default)]
struct OfCase {
    determined: BTreeSet<String>,
    positions: BTreeMap<Doer, Position>,
}

fn by_key(derived: &Derived, docket: &Docket) -> BTreeMap<CaseKey, OfCase> {
    let mut all: BTreeMap<CaseKey, OfCase> = BTreeMap::new();
    for case in docket.cases.values() {
        let opening = &case.opening;
        // Under whatever id people opened it: an incident that was merged since answers to another now.
        let incidents = case.incidents.iter().map(|id| derived.incident_id(id.as_str())).collect();
        let key = (opening.procedure.clone(), opening.clause.clone(), incidents, opening.respondents.clone());
        let of = all.entry(key).or_default();
        of.determined.extend(determined(case));
        for done in &case.done {
            if let Some(stance) = &done.stance {
                let position =
                    Position { stance: stance.clone(), step: done.step.clone(), words: done.words.clone() };
                of.positions.insert(done.doer.clone(), position);
            }
        }
    }
    all
}

/// Four answers on one line.
pub(crate) fn stance_words(stance: &Stance) -> String {
    let who: Vec<&str> = stance.who.iter().map(ActorId::as_str).collect();
    let who = if who.is_empty() { "not established".to_owned() } else { who.join(", ") };
    let gravity = stance.gravity.as_deref().unwrap_or("not said");
    let (happened, prohibited) = (stance.happened.as_str(), stance.prohibited.as_str());
    format!("happened {happened}; who {who}; prohibited {prohibited}; gravity {gravity}")
}

fn determined(case: &Case) -> impl Iterator<Item = String> + '_ {
    case.determinations.iter().map(|one| {
        let by: Vec<String> = one.by.iter().map(ToString::to_string).collect();
        format!("{} ({}): {}", by.join(", "), one.kind.as_str(), stance_words(&one.stance))
    })
}
