//! The state of the truce itself, as of a moment: announced, missed, accepted, in force, and the local calms within it.
//!
//! Announced, missed and re-announced are states of their own; none of them is *in force*. Rival accounts of one window
//! stay side by side, each with its source.

use std::collections::BTreeSet;

use crate::{ActorId, AreaId, Instant, Interval, SourceId};

/// A start or deadline that was announced, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// Its id in the terms, e.g. `munich-start`.
    pub id: String,
    /// What was due, in the words of the terms' author.
    pub what: String,
    /// When it was announced.
    pub announced: Instant,
    /// When it was due.
    pub due: Instant,
    /// What became of it.
    pub state: DeadlineState,
}

/// What became of a deadline, as of a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeadlineState {
    /// Not yet due.
    Pending,
    /// Due passed and it was met.
    Met,
    /// Due passed and it was not.
    Missed,
    /// Due passed and nobody has recorded what happened.
    Lapsed,
}

impl DeadlineState {
    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Met => "met",
            Self::Missed => "missed",
            Self::Lapsed => "lapsed",
        }
    }
}

/// An acceptance as recorded: by whom, told to whom, when, with what reservation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acceptance {
    /// Who accepted; an umbrella for groups that it speaks for.
    pub by: ActorId,
    /// Who was told.
    pub to: Option<ActorId>,
    /// When; `None` when only that it happened is known.
    pub on: Option<Instant>,
    /// Whether it is recorded, or only said by some and not to be found.
    pub recorded: Recorded,
    /// A reservation made with it, in our words.
    pub reservation: Option<String>,
    /// Who says so.
    pub sources: BTreeSet<SourceId>,
}

/// How an acceptance stands in the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recorded {
    /// Recorded as given.
    Accepted,
    /// Recorded as refused.
    Refused,
    /// Nothing to be found either way.
    NotFound,
}

impl Recorded {
    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::NotFound => "not-found",
        }
    }
}

/// One step of a local calm or of the whole truce, as one account gives it: the start, an extension, a suspension, the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalmStep {
    /// `start`, `extension`, `suspended`, `resumed`, `ended`.
    pub step: String,
    /// The account's window for this step.
    pub window: Interval,
    /// The duration as announced, in hours, when one was; need not equal the window's, and both are kept.
    pub announced_hours: Option<u32>,
    /// Whose account.
    pub sources: BTreeSet<SourceId>,
    /// When it became known.
    pub known: Instant,
}

/// A regime of calm: a local overlay on the agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calm {
    /// Its id in the terms.
    pub id: String,
    /// Where.
    pub area: AreaId,
    /// Its chain, in the order of the terms; several accounts of one step stand side by side with the same ordinal.
    pub steps: Vec<(u32, CalmStep)>,
    /// Whether accounts of any step differ.
    pub disputed: bool,
    /// In force as of the moment, by every account, by some, or by none.
    pub in_force: crate::Truth,
}

/// All of it, as of a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TruceState {
    /// As of when.
    pub as_of: Instant,
    /// Announced starts and deadlines.
    pub deadlines: Vec<Deadline>,
    /// Acceptances known by then.
    pub acceptances: Vec<Acceptance>,
    /// The general truce's window, once its terms were known.
    pub window: Option<Interval>,
    /// Whether it was in force, by every account, by some, or by none.
    pub in_force: crate::Truth,
    /// The chain of its steps, when it is told step by step; accounts of one step share the ordinal.
    pub steps: Vec<(u32, CalmStep)>,
    /// Local calms known by then.
    pub calms: Vec<Calm>,
}
