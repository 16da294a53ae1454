//! The typed form of an agreement: what the machine's blocks say, with the place in the file where each thing is said.
//!
//! Holds no behaviour but look-ups. One typed form whatever the surface: a second surface would build the same values.
//! Nothing here serialises; files that leave the house have formats of their own.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{
    Acceptance, Act, ActorId, AreaId, CalmStep, ClauseId, Fact, FactId, Grade, Instant, Interval,
    JudgementId, MatterId, MeasureId, PhaseId, PositionId, ReadingId, SourceId, Span, Target, WorkingHours,
    Zone,
};

mod rule;

pub use truceline_model::Text;
pub use truceline_model::procedure::{
    Asks, End, Extendable, Opener, Persistence, Procedure, Since, Step, Threshold, Who, Withdrawal,
};

pub use rule::{Applies, Compare, Condition, Counted, Exception, Object, Outside, Required, Rule, Under};

/// A window of the agreement or of a clause, and since when it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce {
    /// From its start up to its end ([`Instant::FAR_FUTURE`] when open).
    pub window: Interval,
    /// When it became known; `None`: always.
    pub known: Option<Instant>,
    /// Where it is said.
    pub span: Span,
}

/// A side that the agreement names, and the words by which reports call its forces when something is fired at them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// The party.
    pub id: ActorId,
    /// Targets that are its forces.
    pub forces: BTreeSet<Target>,
    /// Where it is said.
    pub span: Span,
}

/// A body that speaks for groups of a side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Umbrella {
    /// The body.
    pub id: ActorId,
    /// The side for which it speaks.
    pub speaks_for: ActorId,
    /// Where it is said.
    pub span: Span,
}

/// A state that answers for a side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guarantor {
    /// The state.
    pub id: ActorId,
    /// The side.
    pub answers_for: ActorId,
    /// Where it is said.
    pub span: Span,
}

/// Groups that the agreement leaves outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exempt {
    /// By name; or, by reference, the registry's list whose members they are.
    pub who: BTreeSet<ActorId>,
    /// The words of a reference ("designated by the Security Council"), when they are not named.
    pub by_reference: Option<String>,
    /// From when on; `None`: always.
    pub from: Option<Instant>,
    /// Until when: readmitted, or taken off the list; `None`: no end known.
    pub until: Option<Instant>,
    /// A party that was put out of the agreement, rather than a group that was never in it.
    pub excluded: bool,
    /// When it became known; `None`: always.
    pub known: Option<Instant>,
    /// Who says so, for a party that was put out.
    pub sources: BTreeSet<SourceId>,
    /// Where it is said.
    pub span: Span,
}

/// An acceptance with what the record adds to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptanceEntry {
    /// The acceptance itself.
    pub acceptance: Acceptance,
    /// The umbrella through which it was given.
    pub through: Option<ActorId>,
    /// When it became known; `None`: always.
    pub known: Option<Instant>,
    /// Where it is said.
    pub span: Span,
}

/// A start or deadline, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadlineEntry {
    /// Its id.
    pub id: String,
    /// What was due.
    pub what: Text,
    /// When it was announced (and so became known).
    pub announced: Instant,
    /// When it was due.
    pub due: Instant,
    /// Whether it was met, once somebody has said so.
    pub met: Option<bool>,
    /// When it became known whether it was met; `None`: when it was due.
    pub known: Option<Instant>,
    /// Where it is said.
    pub span: Span,
}

/// A position on a matter, who holds it, and who says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// Its id, e.g. `letter`.
    pub id: PositionId,
    /// What it says.
    pub text: Text,
    /// Who is known to hold it.
    pub held_by: BTreeSet<ActorId>,
    /// Who says that they do.
    pub sources: BTreeSet<SourceId>,
    /// Where it is said.
    pub span: Span,
}

/// A matter on which readings differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matter {
    /// Its id, e.g. `object`.
    pub id: MatterId,
    /// The question.
    pub question: Text,
    /// The positions on it.
    pub positions: Vec<Position>,
    /// Where it is said.
    pub span: Span,
}

/// A named bundle of positions, one on every matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Its id, e.g. `purpose-strict`.
    pub id: ReadingId,
    /// Its name.
    pub name: Text,
    /// Its position on each matter.
    pub takes: BTreeMap<MatterId, PositionId>,
    /// Where it is said.
    pub span: Span,
}

/// An open-textured word that only people answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Its id.
    pub id: JudgementId,
    /// What people are asked.
    pub question: Text,
    /// Where it is said.
    pub span: Span,
}

/// A fact that the terms ask of an incident by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedFact {
    /// Its id.
    pub id: FactId,
    /// What is asked.
    pub question: Text,
    /// For a claim: as long as no source states it, it was not made. Otherwise silence is *unknown*.
    pub silence_means_no: bool,
    /// Where it is said.
    pub span: Span,
}

/// What evidence would settle a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settles {
    /// The kind of fact, as [`truceline_model::Fact::key`] writes it, or its part before the colon.
    pub fact: String,
    /// Only for these acts; empty: for any.
    pub acts: BTreeSet<Act>,
    /// The evidence.
    pub evidence: Text,
    /// Where it is said.
    pub span: Span,
}

/// The rule by which an area is said to hold, fray or have collapsed: data, applied by casework.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusRule {
    /// Length of the window that is looked at, in local days.
    pub window_days: u32,
    /// Days with incidents from which an area is fraying.
    pub fraying_days: u32,
    /// Days with incidents from which it has collapsed.
    pub collapsed_days: u32,
    /// Where it is said.
    pub span: Span,
}

impl Default for StatusRule {
    fn default() -> Self {
        Self { window_days: 7, fraying_days: 1, collapsed_days: 4, span: Span { start: 0, end: 0 } }
    }
}

/// Who must have cosigned before something counts as published: so many of these. Data, applied to signatures elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigning {
    /// How many different ones of them.
    pub needed: u32,
    /// The actors and bodies of whom it is asked.
    pub of: BTreeSet<ActorId>,
    /// Where it is said.
    pub span: Span,
}

/// Something that is counted or measured, and what of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Its id, e.g. `lorries`.
    pub id: MeasureId,
    /// What is counted, and by what unit.
    pub text: Text,
    /// Where it is said.
    pub span: Span,
}

/// A phase of the agreement. One that needs a further agreement has no window until that is recorded, in a later entry of the
/// same id; the latest known holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phase {
    /// Its id, e.g. `one`.
    pub id: PhaseId,
    /// Its name.
    pub name: Text,
    /// When it runs; `None`: not agreed.
    pub window: Option<Interval>,
    /// When that became known; `None`: always.
    pub known: Option<Instant>,
    /// Where it is said.
    pub span: Span,
}

/// The standard of proof for some facts: what a value needs so that the fact counts as told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The facts.
    pub facts: BTreeSet<Fact>,
    /// That many independent origins.
    pub origins: u32,
    /// Or one of these sources.
    pub or_from: BTreeSet<SourceId>,
    /// An origin counts only when the mission grades it so or better.
    pub graded: Option<Grade>,
    /// Where it is said.
    pub span: Span,
}

/// One step of the scale of gravity, mildest first. Shown beside a finding, never part of its outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gravity {
    /// Its id, e.g. `serious`.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// What makes it so, all together; empty: people choose.
    pub when: Vec<Condition>,
    /// Where it is said.
    pub span: Span,
}

/// What kind of clause it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClauseKind {
    /// Forbids acts; yields findings.
    Forbids,
    /// Permits acts within a measure that people judge; yields findings of its own, which never make an area fray.
    Permits,
    /// Requires acts, by a time or in a number; yields findings. A breach is *prohibited*.
    Requires,
    /// A local calm; yields findings.
    Calm,
    /// A duty that is not judged incident by incident; shown.
    Duty,
    /// A step or body of the procedure; shown.
    Procedure,
}

impl ClauseKind {
    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Forbids => "forbids",
            Self::Permits => "permits",
            Self::Requires => "requires",
            Self::Calm => "calm",
            Self::Duty => "duty",
            Self::Procedure => "procedure",
        }
    }
}

/// A clause: its words for people and its rule for the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// Its id.
    pub id: ClauseId,
    /// What it is.
    pub kind: ClauseKind,
    /// Its name.
    pub name: Text,
    /// The heading above it in the file.
    pub heading: String,
    /// The prose between the heading and its block: what an explanation quotes.
    pub prose: String,
    /// One sentence per language, where the author gives it; else the prose is quoted.
    pub says: Option<Text>,
    /// Which paragraph of the published text it restates, in the author's words.
    pub restates: Option<String>,
    /// Its own window, when it differs from the agreement's.
    pub window: Option<InForce>,
    /// The phases in which it holds; empty: whenever the agreement does.
    pub phases: Vec<PhaseId>,
    /// What it says to the machine; `None` for clauses that are only shown.
    pub rule: Option<Rule>,
    /// For a procedure whose steps are given: its course.
    pub procedure: Option<Procedure>,
    /// Where its block begins.
    pub span: Span,
}

/// What a step of a chain does within its window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// It is in force: a start, an extension, a resumption.
    Gives,
    /// It is not in force: a suspension, an end. Steps before it are overruled, those after it are not.
    Takes,
    /// Nothing: this account says that the step did not happen.
    Nothing,
}

/// One account of one step of a chain, of a calm or of the whole agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The account: window, announced hours, sources, known. With [`Effect::Nothing`] the window is the one denied.
    pub step: CalmStep,
    /// What it does.
    pub effect: Effect,
    /// The announcement gave hours that do not fit its own end; this account goes by the hours, another by the end.
    pub by_hours: bool,
    /// Where it is said.
    pub span: Span,
}

impl Account {
    /// The value by which a crux names this account: its sources, joined; `/hours` after them when it goes by the hours
    /// announced and not by the end.
    #[must_use]
    pub fn value(&self) -> String {
        let ids: Vec<&str> = self.step.sources.iter().map(SourceId::as_str).collect();
        let ids = ids.join("+");
        if self.by_hours { format!("{ids}/hours") } else { ids }
    }
}

/// A local calm. Each is judged as the clause of the same id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalmEntry {
    /// Its id; also its clause's.
    pub id: String,
    /// Where.
    pub area: AreaId,
    /// Its steps in order; each has one account or several rival ones.
    pub steps: Vec<Vec<Account>>,
    /// Where it is said.
    pub span: Span,
}

/// An agreement, checked.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: Text,
    /// Its own time zone.
    pub zone: Zone,
    /// When it is in force; several when it was changed, the latest known holds. Empty when `chain` says it.
    pub in_force: Vec<InForce>,
    /// The chain of its start, extensions, suspensions and end, when it is told step by step; rival accounts side by side.
    pub chain: Vec<Vec<Account>>,
    /// The first moment of day 1, when days are numbered.
    pub day_one: Option<InForce>,
    /// When working hours run, when any length is told in them.
    pub working_hours: Option<WorkingHours>,
    /// Its phases, in the file's order.
    pub phases: Vec<Phase>,
    /// Its parties.
    pub parties: Vec<Party>,
    /// Bodies that speak for groups.
    pub umbrellas: Vec<Umbrella>,
    /// Who answers for whom.
    pub guarantors: Vec<Guarantor>,
    /// Who is outside.
    pub exempt: Vec<Exempt>,
    /// Who accepted, refused, or cannot be found to have done either.
    pub acceptances: Vec<AcceptanceEntry>,
    /// Announced starts and deadlines.
    pub deadlines: Vec<DeadlineEntry>,
    /// Matters in dispute.
    pub matters: Vec<Matter>,
    /// Readings, in the author's order.
    pub readings: Vec<Reading>,
    /// Open-textured words.
    pub judgements: Vec<Judgement>,
    /// Named facts.
    pub facts: Vec<NamedFact>,
    /// What is counted or measured.
    pub measures: Vec<Measure>,
    /// The standard of proof.
    pub proof: Vec<Proof>,
    /// The scale of gravity, mildest first.
    pub gravity: Vec<Gravity>,
    /// Clauses, in the order in which they are shown and judged.
    pub clauses: Vec<Clause>,
    /// Local calms.
    pub calms: Vec<CalmEntry>,
    /// The rule of area status.
    pub status: StatusRule,
    /// What evidence settles what.
    pub settles: Vec<Settles>,
    /// Who must have cosigned before something counts as published: all of these. Empty where the agreement does not say.
    pub published_when: Vec<Cosigning>,
    /// When non-compliance counts as persistent; `None`: the terms do not say, and it is counted over all of their time.
    pub persistence: Option<Persistence>,
}

impl Terms {
    /// The clause with that id.
    #[must_use]
    pub fn clause(&self, id: &ClauseId) -> Option<&Clause> {
        self.clauses.iter().find(|clause| clause.id == *id)
    }

    /// The reading with that id.
    #[must_use]
    pub fn reading(&self, id: &ReadingId) -> Option<&Reading> {
        self.readings.iter().find(|reading| reading.id == *id)
    }

    /// The matter with that id.
    #[must_use]
    pub fn matter(&self, id: &MatterId) -> Option<&Matter> {
        self.matters.iter().find(|matter| matter.id == *id)
    }

    /// The judgement with that id.
    #[must_use]
    pub fn judgement(&self, id: &JudgementId) -> Option<&Judgement> {
        self.judgements.iter().find(|judgement| judgement.id == *id)
    }

    /// The named fact with that id.
    #[must_use]
    pub fn fact(&self, id: &FactId) -> Option<&NamedFact> {
        self.facts.iter().find(|fact| fact.id == *id)
    }

    /// The measure with that id.
    #[must_use]
    pub fn measure(&self, id: &MeasureId) -> Option<&Measure> {
        self.measures.iter().find(|measure| measure.id == *id)
    }

    /// The calm with that id.
    #[must_use]
    pub fn calm(&self, id: &str) -> Option<&CalmEntry> {
        self.calms.iter().find(|calm| calm.id == id)
    }

    /// Clauses that yield findings, in order.
    pub fn finding_clauses(&self) -> impl Iterator<Item = &Clause> {
        self.clauses.iter().filter(|clause| clause.rule.is_some())
    }

    /// What evidence would settle a fact, for an incident of one of these acts; the most particular hints first.
    #[must_use]
    pub fn settles(&self, fact: &truceline_model::Fact, acts: &BTreeSet<Act>) -> Vec<&Settles> {
        let key = fact.key();
        let kind = key.split(':').next().unwrap_or(&key);
        let fits = |hint: &&Settles| {
            (hint.fact == key || hint.fact == kind)
                && (hint.acts.is_empty() || hint.acts.intersection(acts).next().is_some())
        };
        let mut hints: Vec<&Settles> = self.settles.iter().filter(fits).collect();
        hints.sort_by_key(|hint| (hint.fact != key, hint.acts.is_empty()));
        hints
    }
}
