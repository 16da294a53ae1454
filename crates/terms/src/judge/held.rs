//! Who held the ground, who was struck, which weapon system: facts told by names, asked for by side or list.

use std::collections::BTreeSet;

use truceline_model::{ActorId, Fact, Incident, Instant, SystemId, Target, Truth};

use super::Judge;
use super::case::{Class, Values};
use super::proof;
use super::rows::{Row, add_open};
use super::shape::Leaf;

/// Rows of a fact that names actors, asked for by side, at one or several moments: per side, one answer for each moment.
fn by_side<'a>(
    judge: &'a Judge<'a>,
    given: &'a truceline_model::Alternatives<ActorId>,
    open: bool,
    sides: &[&'a ActorId],
    moments: &[Instant],
    member: impl Fn(&ActorId, &ActorId, Instant) -> Truth,
) -> Vec<Row<'a>> {
    let truths = |actor: &ActorId| -> Vec<Truth> {
        sides.iter().flat_map(|side| moments.iter().map(|at| member(actor, side, *at))).collect()
    };
    let asked = sides.len() * moments.len();
    let mut rows: Vec<Row<'a>> = Vec::new();
    let mut all_open = open;
    for (actor, _) in given.iter() {
        let row = truths(actor);
        let vague = judge.known.unspecified(actor) && row.contains(&Truth::Unknown);
        all_open |= vague;
        match rows.iter_mut().find(|(other, _)| *other == row) {
            Some((_, class)) => class.values.list(actor.as_str()),
            None => {
                let values = if vague { Values::Open } else { Values::Listed(vec![actor.as_str()]) };
                rows.push((row, Class { play: true, values }));
            }
        }
    }
    if !all_open {
        return rows;
    }
    let nobody = vec![Truth::False; asked];
    let supposed = sides.iter().map(|side| (truths(side), Values::OneOf(vec![side.as_str()])));
    let none = Values::NoneOf(sides.iter().map(|side| side.as_str()).collect());
    for (row, values) in supposed.chain([(nobody, none)]) {
        if !rows.iter().any(|(other, _)| *other == row) {
            rows.push((row, Class { play: false, values }));
        }
    }
    if open {
        add_open(&mut rows, vec![Truth::Unknown; asked]);
    }
    rows
}

/// Who held the ground.
pub(super) fn held<'a>(
    judge: &'a Judge<'a>,
    incident: &'a Incident,
    leaves: &[Leaf<'a>],
    at: Instant,
) -> Vec<Row<'a>> {
    let sides: Vec<&'a ActorId> = leaves
        .iter()
        .filter_map(|leaf| if let Leaf::HeldBy(side) = leaf { Some(*side) } else { None })
        .collect();
    let open = proof::open(judge, &Fact::HeldBy, &incident.held_by);
    let member = |actor: &ActorId, side: &ActorId, at: Instant| judge.known.member(actor, side, at);
    by_side(judge, &incident.held_by, open, &sides, &[at], member)
}

/// Whether somebody struck counts as of a side: a member, neither exempt nor excluded.
pub(super) fn protected(judge: &Judge<'_>, actor: &ActorId, side: &ActorId, at: Instant) -> Truth {
    if judge.known.exempt(actor, at) { Truth::False } else { judge.known.member(actor, side, at) }
}

/// Whose forces, people or property were struck. Where nobody says, nobody's that is asked for; but forces of which it is not
/// said whose may be anybody's.
pub(super) fn struck<'a>(
    judge: &'a Judge<'a>,
    incident: &'a Incident,
    leaves: &[Leaf<'a>],
    moments: &[Instant],
) -> Vec<Row<'a>> {
    let sides: Vec<&'a ActorId> = leaves
        .iter()
        .filter_map(|leaf| if let Leaf::Struck(side) = leaf { Some(*side) } else { None })
        .collect();
    let given = &incident.struck;
    let silent = given.is_empty() && given.open_origins().is_empty();
    if silent && !incident.targets.iter().any(|(target, _)| *target == Target::ArmedForces) {
        let class = Class { play: true, values: Values::Listed(vec!["nobody"]) };
        return vec![(vec![Truth::False; sides.len() * moments.len()], class)];
    }
    let open = silent || proof::open(judge, &Fact::Struck, given);
    by_side(judge, given, open, &sides, moments, |actor, side, at| protected(judge, actor, side, at))
}

/// Which weapon system.
pub(super) fn systems<'a>(judge: &Judge<'_>, incident: &'a Incident, leaves: &[Leaf<'a>]) -> Vec<Row<'a>> {
    let truths = |system: &SystemId| -> Vec<Truth> {
        leaves.iter().map(|leaf| matches!(leaf, Leaf::System(set) if set.contains(system)).into()).collect()
    };
    let mut rows: Vec<Row<'a>> = Vec::new();
    for (system, _) in incident.systems.iter() {
        let row = truths(system);
        match rows.iter_mut().find(|(other, _)| *other == row) {
            Some((_, class)) => class.values.list(system.as_str()),
            None => rows.push((row, Class { play: true, values: Values::Listed(vec![system.as_str()]) })),
        }
    }
    if !proof::open(judge, &Fact::System, &incident.systems) {
        return rows;
    }
    let listed = rows.len();
    let sets = leaves.iter().filter_map(|leaf| if let Leaf::System(set) = leaf { Some(*set) } else { None });
    let named: BTreeSet<&'a SystemId> = sets.flatten().collect();
    for system in &named {
        let row = truths(system);
        match rows.iter_mut().position(|(other, _)| *other == row) {
            Some(place) if place < listed => {}
            Some(place) => {
                if let Some((_, class)) = rows.get_mut(place) {
                    class.values.list(system.as_str());
                }
            }
            None => {
                rows.push((row, Class { play: false, values: Values::OneOf(vec![system.as_str()]) }));
            }
        }
    }
    let none = vec![Truth::False; leaves.len()];
    if !rows.iter().any(|(other, _)| *other == none) {
        let values = Values::NoneOf(named.iter().map(|system| system.as_str()).collect());
        rows.push((none, Class { play: false, values }));
    }
    add_open(&mut rows, vec![Truth::Unknown; leaves.len()]);
    rows
}
