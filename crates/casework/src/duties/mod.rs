//! The ledger of duties: what was due of whom and when, what is recorded of it by each origin, and whether it was met.
//!
//! Never takes silence for a zero or for a refusal: where nobody reported, it cannot be told. Never adds two counts, never averages
//! rival ones, and opens no case: [`may_open`] only lists what a procedure may open one for. Which report is about what is due comes from
//! the caller, who asks the terms.

mod account;
mod aid;
mod unmet;

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{Body, Due, DueAt, Instant, Observation, SourceId, Truth, Zone};

use crate::known::Known;

pub use account::{Account, Said, Telling};
pub use aid::{AidPassage, StageSaid, aid};
pub use unmet::{Chance, Unmet, may_open, unmet};

/// Asks the terms whether a report is about what is due; `None`: it is of another kind altogether.
pub type Concerns<'a> = dyn Fn(&Due, &Observation) -> Option<Truth> + 'a;

/// What the ledger is derived from.
#[derive(Clone, Copy)]
pub struct DutyInput<'a> {
    /// Every observation; those known later are left out.
    pub observations: &'a [Observation],
    /// The agreement's zone.
    pub zone: &'a Zone,
    /// As of when.
    pub as_of: Instant,
    /// Whether a report is about what is due.
    pub concerns: &'a Concerns<'a>,
}

/// How a duty stands, as of a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DutyState {
    /// Its time has not passed, and nobody reports it done.
    NotYetDue,
    /// Everybody who reports on it reports it done in time.
    Met,
    /// Everybody who reports on it reports it done, after its time.
    Late,
    /// Everybody who reports on it reports that it was not done, or not enough, when its time had passed.
    Short,
    /// Nobody reports, what is reported does not decide it, or origins say different things.
    CannotBeTold,
}

impl DutyState {
    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotYetDue => "not-yet-due",
            Self::Met => "met",
            Self::Late => "late",
            Self::Short => "short",
            Self::CannotBeTold => "cannot-be-told",
        }
    }
}

/// Why it cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Untold {
    /// Nobody reported on it. That is no zero and no refusal.
    NobodyReported,
    /// What is reported leaves it open: bounds on both sides of the number, or a count of another time.
    LeavesOpen,
    /// Origins say different things; they stand side by side.
    Disputed,
}

impl Untold {
    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NobodyReported => "nobody-reported",
            Self::LeavesOpen => "leaves-open",
            Self::Disputed => "disputed",
        }
    }
}

/// One thing that is due and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// What is due, of whom, when.
    pub due: Due,
    /// How it stands.
    pub state: DutyState,
    /// Why it cannot be told, when it cannot.
    pub untold: Option<Untold>,
    /// What each origin says, side by side.
    pub accounts: BTreeMap<SourceId, Account>,
    /// Who says that they were watching then, whether or not they reported on this.
    pub watched_by: BTreeSet<SourceId>,
}

/// The ledger, in the order of `dues`. The order of the reports does not matter.
#[must_use]
pub fn duties(dues: Vec<Due>, input: &DutyInput<'_>) -> Vec<Duty> {
    let known = Known::by(input.observations, input.as_of);
    let mut standing = standing(&known);
    standing.retain(|report| matches!(report.body, Body::Event(_) | Body::Delivery(_) | Body::Coverage(_)));
    dues.into_iter().map(|due| duty(due, &standing, input)).collect()
}

/// Reports known by then without those that a later one of the same source replaces.
fn standing<'a>(known: &Known<'a>) -> Vec<&'a Observation> {
    let mut replaced = BTreeSet::new();
    for (at, report) in known.reports.iter().enumerate() {
        replaced.extend(report.revises.iter().filter_map(|id| known.meant(at, id)));
        replaced.extend(known.amends(at));
    }
    let stands = |(at, _): &(usize, &&'a Observation)| !replaced.contains(at);
    known.reports.iter().enumerate().filter(stands).map(|(_, report)| *report).collect()
}

fn duty(due: Due, standing: &[&Observation], input: &DutyInput<'_>) -> Duty {
    let mut said: BTreeMap<SourceId, Vec<Said>> = BTreeMap::new();
    for report in standing {
        let Some(concerns) = (input.concerns)(&due, report) else { continue };
        if let Some(one) = account::said(&due, report, concerns) {
            said.entry(report.origin.clone()).or_default().push(one);
        }
    }
    let accounts: BTreeMap<SourceId, Account> =
        said.into_iter().map(|(origin, said)| (origin, account::of(&due, said, input.zone))).collect();
    let told: BTreeSet<DutyState> = accounts.values().filter_map(|account| account.state).collect();
    let open = accounts.values().any(|account| account.state.is_none());
    let passed = input.as_of >= due.at.passed();
    let only = told.first().copied().filter(|_| told.len() == 1);
    let (state, untold) = match (only, passed) {
        // Before its time nothing can be short; what is done already is done.
        (Some(DutyState::Met), _) => (DutyState::Met, None),
        (_, false) => (DutyState::NotYetDue, None),
        (Some(state), true) => (state, None),
        (None, true) => {
            let why = match (told.is_empty(), open) {
                (true, false) => Untold::NobodyReported,
                (true, true) => Untold::LeavesOpen,
                (false, _) => Untold::Disputed,
            };
            (DutyState::CannotBeTold, Some(why))
        }
    };
    let watched_by = watching(&due, standing);
    Duty { due, state, untold, accounts, watched_by }
}

/// Sources whose coverage meets the time of what is due: its day; for a deadline, the moment itself.
fn watching(due: &Due, standing: &[&Observation]) -> BTreeSet<SourceId> {
    let meets = |report: &&&Observation| match (&report.body, due.at) {
        (Body::Coverage(coverage), DueAt::Day(day)) => coverage.when.intersect(day).is_some(),
        (Body::Coverage(coverage), DueAt::By(by)) => coverage.when.contains(by),
        _ => false,
    };
    standing.iter().filter(meets).map(|report| report.origin.clone()).collect()
}
