//! What people do in a case, as the record holds it.
//!
//! Shapes only. Words are `None` where they were erased; nothing here depends on them.

use std::collections::BTreeSet;
use std::fmt;

pub use truceline_model::Stance;
use truceline_model::{ActorId, ClauseId, IncidentId, Instant, ReceiptNo, Threshold};

/// A case: the number of the entry that opened it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseId(pub u64);

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "c{}", self.0)
    }
}

impl CaseId {
    /// Reads `c17`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.strip_prefix('c')?.parse().ok().map(Self)
    }
}

/// One entry of the record that speaks of cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseEntry {
    /// Its number.
    pub entry: u64,
    /// When the record took it (UTC). What counts for a deadline is this, and not what somebody says the hour was.
    pub at: Instant,
    /// Who did it, as the mission names people.
    pub by: String,
    /// What.
    pub what: CaseAct,
}

/// What an entry does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaseAct {
    /// Opens a case.
    Open(Opening),
    /// Acts in one.
    On(CaseId, Act),
    /// Says that the times of some entries are wrong.
    ClockFault(ClockFault),
}

/// The record's clock ran wrong from one entry to another, both included. It holds once two people have said the same; these entries then
/// count as having come at the time of the last good one before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClockFault {
    /// The first.
    pub from: u64,
    /// The last.
    pub to: u64,
}

/// Who alleges.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Complainant {
    /// A party, itself or through its guarantor.
    Party(ActorId),
    /// Somebody of the public, whose words came under this receipt; who it was is sealed.
    Public(Option<ReceiptNo>),
    /// The mission, of its own motion.
    Mission,
    /// A threshold of the terms was reached.
    Threshold(Threshold),
}

/// How a case is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// By which procedure.
    pub procedure: ClauseId,
    /// Of which clause.
    pub clause: ClauseId,
    /// About which incidents; may be empty when a duty was not met, or the case rests on others.
    pub incidents: BTreeSet<IncidentId>,
    /// Against whom: one; several where it is not yet named which of them; none where nobody is known.
    pub respondents: BTreeSet<ActorId>,
    /// Who alleges.
    pub complainant: Complainant,
    /// Cases that it rests on, when it refers what has gone on.
    pub rests_on: BTreeSet<CaseId>,
    /// When the threshold was passed (UTC), where the terms opened it by themselves; nobody else says it.
    pub since: Option<Instant>,
    /// In their words.
    pub words: Option<String>,
}

/// A means short of force that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// Entry.
    pub entry: u64,
    /// When.
    pub at: Instant,
    /// By whom.
    pub by: super::Doer,
    /// What.
    pub words: Option<String>,
}

/// What somebody does in a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// What the present step asks.
    Step {
        /// The step, so that what comes late is not taken for the next.
        step: String,
        /// What follows; `None` where only one thing can.
        then: Option<String>,
        /// By when something is to be put right, in a step that asks for a remedy.
        due: Option<Instant>,
        /// In their words.
        words: Option<String>,
    },
    /// The four decisions, in a step that asks for them.
    Determine {
        /// The step.
        step: String,
        /// What follows; `None` where only one thing can.
        then: Option<String>,
        /// The answers.
        stance: Stance,
        /// Reasons.
        words: Option<String>,
    },
    /// Another complainant joins.
    Join(Complainant),
    /// A means short of force was tried outside the step that asks for one.
    Means(Option<String>),
    /// Something for the list of evidence of one's side.
    Evidence {
        /// Receipt under which it came, when it did.
        receipt: Option<ReceiptNo>,
        /// Only the mission and the deciders see it.
        is_sealed: bool,
        /// What it is.
        words: Option<String>,
    },
    /// An item of evidence is shown to a party.
    Disclose {
        /// Entry of the item.
        item: u64,
        /// To whom.
        to: ActorId,
    },
    /// It is now known which of the respondents it is.
    Name(ActorId),
    /// Another incident belongs to the case.
    Incident(IncidentId),
    /// A decider steps aside.
    Recuse(Option<String>),
    /// A decider keeps to another view than what was determined.
    Dissent {
        /// Entry of the determination.
        of: u64,
        /// Why.
        words: Option<String>,
    },
    /// More time for the present step.
    Extend(Option<String>),
    /// A party undertakes to do something.
    Undertake {
        /// By when.
        due: Instant,
        /// What.
        words: Option<String>,
    },
    /// Whether an undertaking or remedy was kept.
    FollowUp {
        /// Its entry.
        of: u64,
        /// Whether it was.
        is_kept: bool,
        /// What was seen.
        words: Option<String>,
    },
    /// The complainant takes the allegation back.
    Withdraw(Option<String>),
    /// The case goes on, for new evidence.
    Reopen {
        /// Entry of the evidence.
        evidence: u64,
        /// Why.
        words: Option<String>,
    },
    /// The record is told that a clock has run out; it has by itself.
    Lapse {
        /// The step whose clock it was.
        step: String,
    },
}

impl Act {
    /// The word used in files and messages.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Step { .. } => "step",
            Self::Determine { .. } => "determine",
            Self::Join(_) => "join",
            Self::Means(_) => "means",
            Self::Evidence { .. } => "evidence",
            Self::Disclose { .. } => "disclose",
            Self::Name(_) => "name",
            Self::Incident(_) => "incident",
            Self::Recuse(_) => "recuse",
            Self::Dissent { .. } => "dissent",
            Self::Extend(_) => "extend",
            Self::Undertake { .. } => "undertake",
            Self::FollowUp { .. } => "follow-up",
            Self::Withdraw(_) => "withdraw",
            Self::Reopen { .. } => "reopen",
            Self::Lapse { .. } => "lapse",
        }
    }
}
