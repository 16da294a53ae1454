//! What a clause says to the judge: whom it binds, what it forbids, its conditions and exceptions.
//!
//! Conditions are one question each about one fact; a rule joins them in fixed places. No rule refers to another.

use std::collections::BTreeSet;

use truceline_model::{
    Act, ActorId, AreaId, FactId, Instant, JudgementId, MatterId, Outcome, PositionId, Span, SystemId,
    Target, Weapon,
};

pub use truceline_model::{Compare, Counted};

/// Something holds only under one position on a matter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Under {
    /// The matter.
    pub matter: MatterId,
    /// The position.
    pub position: PositionId,
}

/// One question about one fact of an incident.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// What was attacked is one of these.
    Target(BTreeSet<Target>),
    /// The ground was held by this side.
    HeldBy(ActorId),
    /// A named fact holds.
    Holds(FactId),
    /// Nobody says that a named fact does not hold: silence counts as *yes* here.
    NotDenied(FactId),
    /// People have judged it so.
    Judged(JudgementId),
    /// What was done is one of these.
    Act(BTreeSet<Act>),
    /// What it was done with is one of these.
    Weapon(BTreeSet<Weapon>),
    /// The named weapon system is one of these.
    System(BTreeSet<SystemId>),
    /// Whose forces, people or property were struck is a member of this side, neither exempt nor excluded.
    Struck(ActorId),
    /// Whoever did it belongs to one of these sides.
    DoneBy(BTreeSet<ActorId>),
    /// Whoever commanded it belongs to one of these sides.
    CommandedBy(BTreeSet<ActorId>),
    /// It lies in one of these areas.
    In(BTreeSet<AreaId>),
    /// It lies within so many metres of one of these areas or lines.
    Near(BTreeSet<AreaId>, u32),
    /// A count compares so.
    Counted(Counted),
    /// It fell at or after this moment.
    From(Instant),
    /// It fell between these seconds of the local day; from the second up to the first of the next day when they cross midnight.
    Daily(u32, u32),
    /// Its time is exactly one local day, as a daily tally's is. Otherwise unknown, never *no*.
    WholeDay,
    /// The other way round.
    Not(Box<Condition>),
}

/// Where a clause applies: in, or within a distance of, any one of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applies {
    /// Only under these positions.
    pub under: Vec<Under>,
    /// Any one of these ([`Condition::In`], [`Condition::Near`]).
    pub at: Condition,
    /// Where it is said.
    pub span: Span,
}

/// What a duty asks for, for those who read it; the rule's conditions say the same to the judge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Required {
    /// The acts that fulfil it.
    pub acts: BTreeSet<Act>,
    /// By when.
    pub by: Option<Instant>,
    /// Each local day anew.
    pub each_day: bool,
    /// How many.
    pub counting: Vec<Counted>,
    /// Where it is said.
    pub span: Span,
}

/// What must be attacked for the clause to forbid it: any one of the conditions, under one position or under all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Only under these positions; empty: under every reading.
    pub under: Vec<Under>,
    /// Only when a member of this side did it.
    pub by: Option<ActorId>,
    /// Any one of these.
    pub any_of: Vec<Condition>,
    /// Where it is said.
    pub span: Span,
}

/// What lies outside the clause altogether: all the conditions together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outside {
    /// Only under these positions.
    pub under: Vec<Under>,
    /// All of these.
    pub all_of: Vec<Condition>,
    /// Where it is said.
    pub span: Span,
}

/// An exception: when all its conditions hold, it gives its outcome. Tried in the author's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// Its name.
    pub name: String,
    /// Only under these positions.
    pub under: Vec<Under>,
    /// All of these.
    pub all_of: Vec<Condition>,
    /// What it gives: [`Outcome::NotCovered`] or [`Outcome::NotProhibited`].
    pub gives: Outcome,
    /// Where it is said.
    pub span: Span,
}

/// What a finding clause says: whom it binds, where, what it forbids, and its exceptions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rule {
    /// Sides whose members it binds.
    pub binds: Vec<ActorId>,
    /// Only those members that had accepted by then.
    pub accepted: bool,
    /// A side answers for what others did under its command.
    pub affiliates: bool,
    /// The duty holds only once these have accepted too.
    pub provided: Vec<ActorId>,
    /// Where it applies: by any of these; empty: everywhere.
    pub applies: Vec<Applies>,
    /// What lies outside it.
    pub outside: Vec<Outside>,
    /// Acts that it forbids (or, for a permission, permits within measure).
    pub acts: BTreeSet<Act>,
    /// Weapons that it names; `None`: any weapon.
    pub weapons: Option<BTreeSet<Weapon>>,
    /// Weapon systems that it names; `None`: any.
    pub systems: Option<BTreeSet<SystemId>>,
    /// What must be attacked; empty: whatever was.
    pub objects: Vec<Object>,
    /// Further conditions: of each group at least one must hold.
    pub when: Vec<Vec<Condition>>,
    /// Exceptions, in the author's order.
    pub exceptions: Vec<Exception>,
    /// For a clause that requires: what.
    pub required: Option<Required>,
}
