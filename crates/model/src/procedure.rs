//! The course of a procedure as data: who must act, within what time, what follows, and what silence and deadlock do.
//!
//! Holds no clock and runs nothing: the terms say it, casework goes through the steps and takes every moment from the record.

use std::collections::BTreeSet;

use crate::{ActorId, ClauseId, Length, Span, Text};

/// Who acts in a step.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// Whoever alleged it.
    Complainant,
    /// Whoever is said to have done it.
    Respondent,
    /// Those that answer for the respondent's side.
    Guarantor,
    /// The monitoring mission's own people.
    Mission,
    /// Anybody.
    Anybody,
    /// This actor.
    Actor(ActorId),
}

/// From when the time of a step runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Since {
    /// From the opening of the case.
    Opening,
    /// From when this step was done.
    Step(String),
}

/// What a step asks of those who act.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Asks {
    /// That they act; the terms say no more.
    #[default]
    Act,
    /// That somebody is told of the case.
    Notice,
    /// That notice is confirmed.
    Receipt,
    /// That the other side is asked for what it knows.
    Query,
    /// An answer.
    Reply,
    /// That it is found out what happened, at a desk.
    Inquiry,
    /// That it is found out on the spot.
    Visit,
    /// A written report of what was found.
    Report,
    /// That lawyers or a committee look the report over.
    Review,
    /// The four decisions: did it happen, who did it, is it prohibited, how grave.
    Determination,
    /// A means short of force, and that it is logged.
    Means,
    /// What is to be put right, and by when.
    Remedy,
    /// Whether it was put right.
    FollowUp,
    /// That the case is handed to somebody higher, with what was tried.
    Referral,
    /// That a ruling is accepted or contested.
    Objection,
}

impl Asks {
    /// All, in the order of a case.
    pub const ALL: [Self; 15] = [
        Self::Act,
        Self::Notice,
        Self::Receipt,
        Self::Query,
        Self::Reply,
        Self::Inquiry,
        Self::Visit,
        Self::Report,
        Self::Review,
        Self::Determination,
        Self::Means,
        Self::Remedy,
        Self::FollowUp,
        Self::Referral,
        Self::Objection,
    ];

    /// The words of the terms for them, in the order of [`Asks::ALL`].
    pub const WORDS: [&'static str; 15] = [
        "act",
        "notice",
        "receipt",
        "query",
        "reply",
        "inquiry",
        "visit",
        "report",
        "review",
        "determination",
        "means",
        "remedy",
        "follow-up",
        "referral",
        "objection",
    ];

    /// The word of the terms.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.into_iter().zip(Self::WORDS).find(|(asks, _)| *asks == self).map_or("act", |(_, word)| word)
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().zip(Self::WORDS).find(|(_, name)| *name == word).map(|(asks, _)| asks)
    }
}

/// By how much the time of a step may be lengthened, once, and who must all say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extendable {
    /// By how much.
    pub by: Length,
    /// All of these.
    pub who: BTreeSet<Who>,
}

/// One step: somebody must act within a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// What it asks.
    pub asks: Asks,
    /// Who must act; any one of them, unless they must concur or each of them is heard.
    pub by: BTreeSet<Who>,
    /// Each of them is heard: one who has acted ends the step for nobody else. It goes on when all have acted or its time has passed, to
    /// what stands first in [`Step::then`] of what any of them chose.
    pub hears_each: bool,
    /// Whom they address.
    pub to: BTreeSet<Who>,
    /// Through whom it is handed on.
    pub through: BTreeSet<Who>,
    /// Within what time.
    pub within: Length,
    /// From when that time runs.
    pub since: Since,
    /// The steps or ends that can follow when they have acted; those who act choose.
    pub then: Vec<String>,
    /// The step or end that follows when the time has passed and nobody has acted.
    pub silence: String,
    /// Who must agree.
    pub concur: BTreeSet<Who>,
    /// The step or end that follows when they do not agree; always there when somebody must.
    pub deadlock: Option<String>,
    /// Roles in which one who acts steps aside.
    pub recuse_when: BTreeSet<Who>,
    /// Who acts when nobody is left who has not stepped aside.
    pub instead: BTreeSet<Who>,
    /// That many means short of force have been logged before the step can be chosen.
    pub needs_means: u32,
    /// Whether its time can be lengthened.
    pub extendable: Option<Extendable>,
    /// Where it is said.
    pub span: Span,
}

/// An end of the procedure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// The step at which the case goes on when new evidence comes; `None`: it does not.
    pub reopens: Option<String>,
    /// The respondent is put out of the agreement.
    pub excludes: bool,
    /// The respondent is taken back into it.
    pub readmits: bool,
    /// Where it is said.
    pub span: Span,
}

/// Who may open a case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Opener {
    /// A party, by an allegation.
    Parties,
    /// Anybody, by an allegation that the mission takes down.
    Public,
    /// The mission of its own motion.
    Mission,
    /// This actor.
    Actor(ActorId),
}

/// What opens a case without anybody's allegation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Threshold {
    /// A party did not comply as often as the terms' [`Persistence`] says.
    Persistent,
    /// A duty was not met when its time had passed.
    Unmet,
}

/// How a case is withdrawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// Who may withdraw it.
    pub by: BTreeSet<Who>,
    /// The end that follows.
    pub then: String,
}

/// A procedure: it begins with its first step, and from every step an end can be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Procedure {
    /// Clauses that it takes; empty: every clause.
    pub takes: BTreeSet<ClauseId>,
    /// Who may open a case; empty: parties, the public and the mission.
    pub opened_by: BTreeSet<Opener>,
    /// What opens a case by itself.
    pub opened_when: BTreeSet<Threshold>,
    /// How it is withdrawn; `None`: it is not.
    pub withdrawn: Option<Withdrawal>,
    /// Its steps, in the file's order.
    pub steps: Vec<Step>,
    /// Its ends.
    pub ends: Vec<End>,
}

/// From how many on non-compliance of one party with one clause counts as persistent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Persistence {
    /// Within what time.
    pub over: Length,
    /// From so many determinations on; `None`: the terms give no number, and it is for people.
    pub determined: Option<u32>,
    /// From so many incidents that every reading finds prohibited.
    pub found: Option<u32>,
    /// Where it is said.
    pub span: Span,
}

impl Step {
    /// Every step or end that can follow.
    pub fn follows(&self) -> impl Iterator<Item = &str> {
        self.then.iter().chain([&self.silence]).chain(&self.deadlock).map(String::as_str)
    }
}

impl Procedure {
    /// The step with that id.
    #[must_use]
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }

    /// The end with that id.
    #[must_use]
    pub fn end(&self, id: &str) -> Option<&End> {
        self.ends.iter().find(|end| end.id == id)
    }

    /// The step with which a case begins.
    #[must_use]
    pub fn first(&self) -> Option<&Step> {
        self.steps.first()
    }
}
