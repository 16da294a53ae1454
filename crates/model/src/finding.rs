//! A finding: per clause and reading one of four outcomes, why, and what it turns on.
//!
//! The machine finds; the word *violation* belongs to people. *Not covered* is not *lawful*.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use crate::{
    ActorId, ClauseId, FactId, IncidentId, JudgementId, MatterId, MeasureId, PositionId, ReadingId, SourceId,
    Truth,
};

/// What the machine finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The clause forbids it, and no exception applies.
    Prohibited,
    /// The clause reaches it and does not forbid it, or an exception permits it.
    NotProhibited,
    /// The agreement does not reach it: its time, its actor, its area or an exempt group. Humanitarian law still does.
    NotCovered,
    /// It turns on something not known, disputed, or for people to judge.
    Undetermined,
}

impl Outcome {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Prohibited, Self::NotProhibited, Self::NotCovered, Self::Undetermined];

    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prohibited => "prohibited",
            Self::NotProhibited => "not-prohibited",
            Self::NotCovered => "not-covered",
            Self::Undetermined => "undetermined",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == word)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Yes, no, or said to be unclear: the answer to a named fact or to a judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// It does not hold.
    No,
    /// The source says that it is unclear.
    Unclear,
    /// It holds.
    Yes,
}

impl Answer {
    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Unclear => "unclear",
            Self::Yes => "yes",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::No, Self::Unclear, Self::Yes].into_iter().find(|answer| answer.as_str() == word)
    }
}

/// Something that an outcome can turn on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fact {
    /// Who did it.
    Actor,
    /// Under whose command they did it.
    Commander,
    /// What was done.
    Act,
    /// With what.
    Weapon,
    /// With which named weapon system.
    System,
    /// At what.
    Target,
    /// Whose forces, people or property were struck.
    Struck,
    /// When.
    Time,
    /// Where.
    Place,
    /// Who held the ground.
    HeldBy,
    /// Whether this actor had accepted by then.
    Acceptance(ActorId),
    /// Which of rival accounts of a window holds, e.g. when a local calm began.
    Window(String),
    /// What was counted or measured.
    Measure(MeasureId),
    /// A named fact.
    Named(FactId),
    /// A judgement that only people give.
    Judgement(JudgementId),
    /// A matter on which readings differ: a question of law, not of fact.
    Matter(MatterId),
}

impl Fact {
    /// `actor`, `acceptance:ahrar-al-sham`, `fact:exempt-group-present`, `judgement:proportionate`…
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Actor => "actor".into(),
            Self::Commander => "commander".into(),
            Self::Act => "act".into(),
            Self::Weapon => "weapon".into(),
            Self::System => "system".into(),
            Self::Target => "target".into(),
            Self::Struck => "struck".into(),
            Self::Time => "time".into(),
            Self::Place => "place".into(),
            Self::HeldBy => "held-by".into(),
            Self::Acceptance(actor) => format!("acceptance:{actor}"),
            Self::Window(of) => format!("window:{of}"),
            Self::Measure(measure) => format!("measure:{measure}"),
            Self::Named(fact) => format!("fact:{fact}"),
            Self::Judgement(judgement) => format!("judgement:{judgement}"),
            Self::Matter(matter) => format!("matter:{matter}"),
        }
    }

    /// Reads what [`Fact::key`] writes.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Some(match key.split_once(':') {
            Some(("acceptance", id)) => Self::Acceptance(id.into()),
            Some(("window", of)) => Self::Window(of.to_owned()),
            Some(("measure", id)) => Self::Measure(id.into()),
            Some(("fact", id)) => Self::Named(id.into()),
            Some(("judgement", id)) => Self::Judgement(id.into()),
            Some(("matter", id)) => Self::Matter(id.into()),
            Some(_) => return None,
            None => {
                let plain = [
                    Self::Actor,
                    Self::Commander,
                    Self::Act,
                    Self::Weapon,
                    Self::System,
                    Self::Target,
                    Self::Struck,
                    Self::Time,
                    Self::Place,
                    Self::HeldBy,
                ];
                return plain.into_iter().find(|fact| fact.key() == key);
            }
        })
    }
}

/// One fact taken to have one value: `actor = al-nusra`, `time = before 2016-02-26T22:00:00Z`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hypothesis {
    /// The fact.
    pub fact: Fact,
    /// The value, as files write it: an id, a word, or a condition on time or place.
    pub value: String,
}

/// A smallest set of hypotheses that changes the outcome: with all of them it is `outcome`, with any proper subset it is
/// still what the finding says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Crux {
    /// What is supposed, ordered by fact.
    pub if_: Vec<Hypothesis>,
    /// What the outcome would then be.
    pub then: Outcome,
}

impl Crux {
    /// The facts without their values: "turns on".
    #[must_use]
    pub fn facts(&self) -> BTreeSet<Fact> {
        self.if_.iter().map(|h| h.fact.clone()).collect()
    }
}

/// What a step of the explanation tests.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Test {
    /// All of the steps below.
    All,
    /// Any of the steps below.
    Any,
    /// The step below, the other way round.
    Not,
    /// The clause is in force at the event's time; the parameter is its window.
    InForce(String),
    /// The event lies in the area.
    InArea(String),
    /// The actor is one of those whom the clause binds.
    Binds(String),
    /// The actor, at that time, had accepted.
    Accepted(String),
    /// The actor is one of these: an exempt group, an excluded party.
    ActorIs(String),
    /// The act is one of these.
    ActIs(String),
    /// The weapon is one of these.
    WeaponIs(String),
    /// What was attacked is one of these.
    TargetIs(String),
    /// The named weapon system is one of these.
    SystemIs(String),
    /// Whose forces, people or property were struck is one of these.
    StruckIs(String),
    /// It was done under the command of one of these.
    CommandedBy(String),
    /// The ground was held by one of these.
    HeldBy(String),
    /// The event lies within a distance of an area or line: `15 km of contact-line`.
    Near(String),
    /// The event fell from this moment on.
    From(String),
    /// The event fell between these hours of the local day: `22:00-06:00`.
    Daily(String),
    /// The event's time is one whole local day, as a daily tally has.
    WholeDay,
    /// What was counted compares so: `lorries at-least 600`.
    Counted(String),
    /// A named fact holds.
    Holds(FactId),
    /// People have judged it so.
    Judged(JudgementId),
    /// The reading takes this position on this matter.
    Takes(MatterId, PositionId),
    /// An exception of the clause, by its name, and the outcome that it gives.
    Exception(String, Outcome),
}

/// A value that a step saw, and who gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The value, as files write it.
    pub value: String,
    /// Whether it satisfies the step.
    pub truth: Truth,
    /// Who gives it; empty for what the terms themselves say.
    pub origins: BTreeSet<SourceId>,
}

/// One step of the explanation, down to what sources say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What is tested.
    pub test: Test,
    /// What came of it.
    pub truth: Truth,
    /// Whether the outcome rests on this step, or it was not reached.
    pub tried: bool,
    /// The values it saw.
    pub seen: Vec<Seen>,
    /// Steps below it.
    pub under: Vec<Reason>,
}

/// The outcome of one clause for one incident under one reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The incident.
    pub incident: IncidentId,
    /// Its version.
    pub version: u32,
    /// The clause.
    pub clause: ClauseId,
    /// The reading.
    pub reading: ReadingId,
    /// What was found.
    pub outcome: Outcome,
    /// Who would have to answer: the bound actors among the alternatives. Several: which of them turns on who did it.
    pub respondents: BTreeSet<ActorId>,
    /// Steps, in the order in which the clause asks them; readings that the clause does not tell apart share them.
    pub reasons: Arc<[Reason]>,
    /// What it turns on; empty when nothing open could change it.
    pub cruxes: Vec<Crux>,
    /// Words of an evaluation that could not be finished (too many alternatives); never skipped, always undetermined.
    pub fault: Option<String>,
}
