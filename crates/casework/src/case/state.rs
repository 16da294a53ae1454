//! A case as it stands: derived, never stored.
//!
//! Everything here names the entry that it follows from; what followed from time alone names none.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{ActorId, ClauseId, IncidentId, Instant, Procedure, Step};

use super::act::{CaseId, Complainant, Opening, Stance, Tried};
use super::clock::{Clock, Stopped};
use super::people::Doer;
use super::policy::{Phase, phase_of};
use super::refusal::Refused;

/// How a case got from one step to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// It was opened.
    Opened,
    /// They acted, and chose this.
    Acted,
    /// They did not agree.
    Deadlock,
    /// All had stepped aside, or had to.
    SteppedAside,
    /// Nobody acted in time.
    Silence,
    /// Time ran out when some of those who are each heard had been: what they chose follows.
    Heard,
    /// It was withdrawn.
    Withdrawn,
    /// It was reopened.
    Reopened,
}

impl Way {
    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Acted => "acted",
            Self::Deadlock => "deadlock",
            Self::SteppedAside => "stepped-aside",
            Self::Silence => "silence",
            Self::Heard => "heard",
            Self::Withdrawn => "withdrawn",
            Self::Reopened => "reopened",
        }
    }
}

/// One passage from a step to a step or an end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// From where; `None`: from the opening.
    pub from: Option<String>,
    /// To where.
    pub to: String,
    /// How.
    pub way: Way,
    /// When (UTC).
    pub at: Instant,
    /// The entry that it follows from; `None`: from time alone.
    pub entry: Option<u64>,
}

/// What was done in a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// Entry.
    pub entry: u64,
    /// When.
    pub at: Instant,
    /// The person.
    pub by: String,
    /// For whom.
    pub doer: Doer,
    /// In which step.
    pub step: String,
    /// What they chose to follow.
    pub then: String,
    /// Their four answers, when the step asks for them.
    pub stance: Option<Stance>,
    /// In their words.
    pub words: Option<String>,
}

/// Who stands behind a determination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// All whom the terms name, together.
    Joint,
    /// Those who had not stepped aside, together.
    WithoutRecused,
    /// One, where the terms ask for one.
    Sole,
    /// One of several who did not agree, or did not all speak.
    Separate,
}

impl Kind {
    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Joint => "joint",
            Self::WithoutRecused => "without-recused",
            Self::Sole => "sole",
            Self::Separate => "separate",
        }
    }
}

/// What people determined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Determination {
    /// The entry by which it was complete; of separate ones, the entry of each. After silence, too.
    pub entry: u64,
    /// When it counts from.
    pub at: Instant,
    /// In which step.
    pub step: String,
    /// Who stands behind it, how.
    pub kind: Kind,
    /// Who.
    pub by: BTreeSet<Doer>,
    /// Who had stepped aside.
    pub without: BTreeSet<Doer>,
    /// The answers.
    pub stance: Stance,
    /// The entries in which it was given, with the reasons.
    pub given: Vec<u64>,
}

/// Another view that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dissent {
    /// Entry.
    pub entry: u64,
    /// From which determination.
    pub of: u64,
    /// Whose.
    pub by: Doer,
    /// Why.
    pub words: Option<String>,
}

/// An item of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Entry; its number in the lists.
    pub entry: u64,
    /// When it was added.
    pub at: Instant,
    /// The person.
    pub by: String,
    /// On whose list.
    pub side: Doer,
    /// The receipt under which it came.
    pub receipt: Option<truceline_model::ReceiptNo>,
    /// Only the mission and those it is disclosed to see it.
    pub is_sealed: bool,
    /// To whom it was disclosed, by which entry.
    pub disclosed: BTreeMap<ActorId, u64>,
    /// What it is.
    pub words: Option<String>,
}

/// Something to be done by a time: undertaken by a party, or laid on it by a remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undertaking {
    /// Entry.
    pub entry: u64,
    /// When it was given.
    pub at: Instant,
    /// Whose it is.
    pub by: BTreeSet<Doer>,
    /// Laid on them by a step that asks for a remedy, rather than undertaken.
    pub is_remedy: bool,
    /// By when.
    pub due: Instant,
    /// Whether it was kept, by which entry, when.
    pub kept: Option<(bool, u64, Instant)>,
    /// What.
    pub words: Option<String>,
}

/// An act that was refused, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedAct {
    /// Entry.
    pub entry: u64,
    /// When.
    pub at: Instant,
    /// The person.
    pub by: String,
    /// What they tried.
    pub act: &'static str,
    /// Why not.
    pub why: Refused,
}

/// The step that a case stands at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Its id.
    pub step: String,
    /// Since when.
    pub entered: Instant,
    /// Place of its clock in [`Case::clocks`].
    pub clock: usize,
    /// Who has acted so far, where several must.
    pub given: BTreeMap<Doer, Done>,
    /// Who has asked for more time, by which entry.
    pub asked_more: BTreeMap<Doer, u64>,
}

/// Who must act, by when, and what happens if they don't.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Awaited {
    /// The step.
    pub step: String,
    /// Who; never empty.
    pub who: BTreeSet<Doer>,
    /// Any one of them is enough.
    pub is_any: bool,
    /// By when (UTC).
    pub due: Instant,
    /// What they can choose.
    pub then: Vec<String>,
    /// Where their silence leads.
    pub silence: String,
}

/// A case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its number.
    pub id: CaseId,
    /// When it was opened (UTC).
    pub opened: Instant,
    /// The person who took it down.
    pub opened_by: String,
    /// How it was opened.
    pub opening: Opening,
    /// Its procedure, as it stood then.
    pub procedure: Procedure,
    /// Who alleges, with the entry; those that took it back are gone from here.
    pub complainants: BTreeMap<Complainant, u64>,
    /// Incidents that it is about.
    pub incidents: BTreeSet<IncidentId>,
    /// Against whom; several: not yet named which of them.
    pub respondents: BTreeSet<ActorId>,
    /// Where it stands; `None`: it has ended.
    pub turn: Option<Turn>,
    /// Its clocks, in their order.
    pub clocks: Vec<Clock>,
    /// How it got here.
    pub trail: Vec<Passage>,
    /// When it was opened, or opened again last (UTC).
    pub begun: Instant,
    /// When each step was last left since then (UTC).
    pub left_at: BTreeMap<String, Instant>,
    /// What was done.
    pub done: Vec<Done>,
    /// What was determined.
    pub determinations: Vec<Determination>,
    /// Other views kept.
    pub dissents: Vec<Dissent>,
    /// Means short of force that were tried.
    pub means: Vec<Tried>,
    /// Evidence, by entry.
    pub evidence: Vec<Evidence>,
    /// To whom the words of the allegation were disclosed, by which entry.
    pub disclosed: BTreeMap<ActorId, u64>,
    /// Undertakings and remedies.
    pub undertakings: Vec<Undertaking>,
    /// Who has stepped aside by saying so, with the entry.
    pub recused: BTreeMap<Doer, u64>,
    /// What was refused.
    pub refused: Vec<RefusedAct>,
}

impl Case {
    /// The clause.
    #[must_use]
    pub fn clause(&self) -> &ClauseId {
        &self.opening.clause
    }

    /// The respondent, when there is exactly one.
    #[must_use]
    pub fn respondent(&self) -> Option<&ActorId> {
        let mut all = self.respondents.iter();
        all.next().filter(|_| all.next().is_none())
    }

    /// The step that it stands at.
    #[must_use]
    pub fn step(&self) -> Option<&Step> {
        self.turn.as_ref().and_then(|turn| self.procedure.step(&turn.step))
    }

    /// How far it is.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.step().map_or(Phase::Ended, |step| phase_of(step.asks))
    }

    /// Where it stands: the id of its step or end.
    #[must_use]
    pub fn stands(&self) -> &str {
        self.trail.last().map_or("", |passage| passage.to.as_str())
    }

    /// The clock that runs.
    #[must_use]
    pub fn clock(&self) -> Option<&Clock> {
        self.turn.as_ref().and_then(|turn| self.clocks.get(turn.clock))
    }

    /// Of a clock that began by time alone: the clock by whose running out it began. The record is told of both by the entry that tells of that one.
    #[must_use]
    pub fn begun_by(&self, place: usize) -> Option<&Clock> {
        let clock = self.clocks.get(place).filter(|clock| clock.started_by.is_none())?;
        // In the same second it may have gone on from a step in which nobody was left to act.
        let before = self.clocks.get(..place)?.iter().rev();
        before
            .take_while(|one| one.stopped.is_some_and(|(at, _)| at == clock.started))
            .find(|one| matches!(one.stopped, Some((_, Stopped::Lapsed))))
    }

    /// Undertakings and remedies of which nobody has said whether they were kept, and whose time has passed.
    pub fn overdue(&self, as_of: Instant) -> impl Iterator<Item = &Undertaking> {
        self.undertakings.iter().filter(move |one| one.kept.is_none() && one.due < as_of)
    }
}
