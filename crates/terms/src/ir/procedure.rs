//! The course of a procedure as data: who must act, within what time, what follows, and what silence and deadlock do.
//!
//! Holds no clock and runs nothing: casework goes through the steps, and takes every moment from the record.

use std::collections::BTreeSet;

use truceline_model::{ActorId, Length, Span};

use super::Text;

/// Who acts in a step.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// Whoever alleged the breach.
    Complainant,
    /// Whoever is said to have done it.
    Respondent,
    /// Those that answer for the respondent's side.
    Guarantor,
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

/// One step: somebody must act within a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// Who must act; any one of them, unless they must concur.
    pub by: BTreeSet<Who>,
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
    /// Where it is said.
    pub span: Span,
}

/// A procedure: it begins with its first step, and from every step an end can be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Procedure {
    /// Its steps, in the file's order.
    pub steps: Vec<Step>,
    /// Its ends.
    pub ends: Vec<End>,
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
}
