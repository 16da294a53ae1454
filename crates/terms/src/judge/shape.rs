//! A clause as one set of positions shapes it: its questions, each asked once, and the places in the rule where they stand.
//!
//! Readings that take the same positions on what the clause turns on share a shape. Holds no facts.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{
    Act, ActorId, AreaId, FactId, Instant, JudgementId, MatterId, PositionId, SystemId, Target, Weapon,
};

use crate::ir::{Condition, Counted, Exception, Object, Reading, Rule, Under};

/// One question about one fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaf<'t> {
    Act(&'t BTreeSet<Act>),
    Weapon(&'t BTreeSet<Weapon>),
    System(&'t BTreeSet<SystemId>),
    Target(&'t BTreeSet<Target>),
    Struck(&'t ActorId),
    HeldBy(&'t ActorId),
    Holds(&'t FactId),
    NotDenied(&'t FactId),
    /// Whoever did it belongs to this side.
    Member(&'t ActorId),
    /// Whoever did it belongs to one of these sides.
    DoneBy(&'t BTreeSet<ActorId>),
    /// Whoever commanded it belongs to one of these sides.
    CommandedBy(&'t BTreeSet<ActorId>),
    In(&'t BTreeSet<AreaId>),
    Near(&'t BTreeSet<AreaId>, u32),
    Counted(&'t Counted),
    From(Instant),
    Daily(u32, u32),
    WholeDay,
    Judged(&'t JudgementId),
}

/// A question where a rule asks it, perhaps the other way round. The number indexes [`Shape::leaves`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) leaf: usize,
    pub(super) no: bool,
}

/// What must be attacked, perhaps only when a member of a side did it.
#[derive(Clone, Debug)]
pub(super) struct Aim {
    pub(super) by: Option<Asked>,
    pub(super) any: Vec<Asked>,
}

/// A clause as one set of positions shapes it.
#[derive(Clone, Debug)]
pub(super) struct Shape<'t> {
    pub(super) takes: Vec<(&'t MatterId, &'t PositionId)>,
    pub(super) leaves: Vec<Leaf<'t>>,
    /// Any of these; `None`: everywhere.
    pub(super) applies: Option<Vec<Asked>>,
    pub(super) outside: Vec<Vec<Asked>>,
    pub(super) act: Asked,
    pub(super) weapon: Option<Asked>,
    pub(super) system: Option<Asked>,
    /// Any of these; `None`: whatever was attacked.
    pub(super) object: Option<Vec<Aim>>,
    /// Of each group, any.
    pub(super) when: Vec<Vec<Asked>>,
    pub(super) exceptions: Vec<(&'t Exception, Vec<Asked>)>,
}

/// The question of a condition, and whether it is asked the other way round.
pub(super) fn leaf_of(condition: &Condition) -> (Leaf<'_>, bool) {
    let leaf = match condition {
        Condition::Target(targets) => Leaf::Target(targets),
        Condition::HeldBy(side) => Leaf::HeldBy(side),
        Condition::Holds(fact) => Leaf::Holds(fact),
        Condition::NotDenied(fact) => Leaf::NotDenied(fact),
        Condition::Judged(judgement) => Leaf::Judged(judgement),
        Condition::Act(acts) => Leaf::Act(acts),
        Condition::Weapon(weapons) => Leaf::Weapon(weapons),
        Condition::System(systems) => Leaf::System(systems),
        Condition::Struck(side) => Leaf::Struck(side),
        Condition::DoneBy(sides) => Leaf::DoneBy(sides),
        Condition::CommandedBy(sides) => Leaf::CommandedBy(sides),
        Condition::In(areas) => Leaf::In(areas),
        Condition::Near(areas, metres) => Leaf::Near(areas, *metres),
        Condition::Counted(counted) => Leaf::Counted(counted),
        Condition::From(moment) => Leaf::From(*moment),
        Condition::Daily(from, until) => Leaf::Daily(*from, *until),
        Condition::WholeDay => Leaf::WholeDay,
        Condition::Not(inner) => {
            let (leaf, no) = leaf_of(inner);
            return (leaf, !no);
        }
    };
    (leaf, false)
}

/// Questions in the order in which they were first asked.
#[derive(Default)]
struct Leaves<'t>(Vec<Leaf<'t>>);

impl<'t> Leaves<'t> {
    fn ask(&mut self, leaf: Leaf<'t>) -> Asked {
        let place = self.0.iter().position(|other| *other == leaf).unwrap_or_else(|| {
            self.0.push(leaf);
            self.0.len() - 1
        });
        Asked { leaf: place, no: false }
    }

    fn condition(&mut self, condition: &'t Condition) -> Asked {
        let (leaf, no) = leaf_of(condition);
        Asked { no, ..self.ask(leaf) }
    }

    fn all(&mut self, conditions: &'t [Condition]) -> Vec<Asked> {
        conditions.iter().map(|condition| self.condition(condition)).collect()
    }
}

pub(super) fn shape<'t>(rule: &'t Rule, reading: &'t Reading) -> Shape<'t> {
    let mut takes = BTreeMap::new();
    let mut under = |all: &'t [Under]| {
        takes.extend(all.iter().filter_map(|one| reading.takes.get_key_value(&one.matter)));
        all.iter().all(|one| reading.takes.get(&one.matter) == Some(&one.position))
    };
    let mut leaves = Leaves::default();
    let act = leaves.ask(Leaf::Act(&rule.acts));
    let weapon = rule.weapons.as_ref().map(|weapons| leaves.ask(Leaf::Weapon(weapons)));
    let system = rule.systems.as_ref().map(|systems| leaves.ask(Leaf::System(systems)));
    let applies: Vec<Asked> =
        rule.applies.iter().filter(|one| under(&one.under)).map(|one| leaves.condition(&one.at)).collect();
    let outside =
        rule.outside.iter().filter(|one| under(&one.under)).map(|one| leaves.all(&one.all_of)).collect();
    let objects: Vec<&Object> = rule.objects.iter().filter(|one| under(&one.under)).collect();
    let objects: Vec<Aim> = objects
        .into_iter()
        .map(|one| {
            let any = leaves.all(&one.any_of);
            Aim { by: one.by.as_ref().map(|side| leaves.ask(Leaf::Member(side))), any }
        })
        .collect();
    let when = rule.when.iter().map(|group| leaves.all(group)).collect();
    let exceptions = rule
        .exceptions
        .iter()
        .filter(|one| under(&one.under))
        .map(|one| (one, leaves.all(&one.all_of)))
        .collect();
    Shape {
        takes: takes.into_iter().collect(),
        leaves: leaves.0,
        applies: (!rule.applies.is_empty()).then_some(applies),
        outside,
        act,
        weapon,
        system,
        object: (!rule.objects.is_empty()).then_some(objects),
        when,
        exceptions,
    }
}

/// Every condition of a rule, whatever the positions.
fn conditions(rule: &Rule) -> impl Iterator<Item = &Condition> {
    rule.applies
        .iter()
        .map(|one| &one.at)
        .chain(rule.outside.iter().flat_map(|one| &one.all_of))
        .chain(rule.objects.iter().flat_map(|one| &one.any_of))
        .chain(rule.when.iter().flatten())
        .chain(rule.exceptions.iter().flat_map(|one| &one.all_of))
}

/// Moments at which a question of the rule changes its answer.
pub(super) fn moments(rule: &Rule) -> BTreeSet<Instant> {
    let from = |one| if let (Leaf::From(at), _) = leaf_of(one) { Some(at) } else { None };
    conditions(rule).filter_map(from).collect()
}

/// Sides of which the rule asks who belonged to them at the time, beside those whom it binds.
pub(super) fn sides(rule: &Rule) -> BTreeSet<&ActorId> {
    let asked = conditions(rule).flat_map(|one| match leaf_of(one).0 {
        Leaf::Struck(side) => vec![side],
        Leaf::DoneBy(sides) | Leaf::CommandedBy(sides) => sides.iter().collect(),
        _ => Vec::new(),
    });
    asked.chain(rule.objects.iter().filter_map(|one| one.by.as_ref())).collect()
}
