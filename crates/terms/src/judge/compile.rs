//! Prepares the terms for judging many incidents: what was known by `as_of`, which stretch of time treats whom how, and one
//! shape for every different set of positions.
//!
//! Everything that depends on an actor and a moment is decided here once, for stretches of time within which nothing
//! changes; an incident then only looks up. Memory grows with clauses × stretches × actors, never with incidents.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{ActorId, ActorKind, Actors, Instant, Interval, Recorded, Truth};

use super::shape::{Shape, moments, shape, sides};
use crate::ir::{AcceptanceEntry, Account, Clause, ClauseKind, Effect, Exempt, Rule, Terms};

/// Whether a clause binds an actor during one stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Bind {
    /// It does not.
    No,
    /// It cannot be told: a description rather than a name.
    Unknown,
    /// It does if this actor's acceptance, of which nothing is found, was given.
    Turns,
    /// It does.
    Yes,
}

/// Whether somebody had accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Accepted {
    Yes,
    No,
    NotFound,
}

/// A stretch of time within which a clause treats everybody alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) during: Interval,
    /// By the agreement's or the clause's windows; true where only a chain says it.
    pub(super) in_force: bool,
    /// Per step and known account of the chain: what the account does then; `Nothing` outside its window.
    pub(super) steps: Vec<Vec<Effect>>,
    /// Per actor of the registry.
    pub(super) binds: Vec<Bind>,
    /// Per actor on whose acceptance the duty is conditional.
    pub(super) provided: Vec<Accepted>,
    /// Per actor and side that a question asks about: whether it belongs to it; and whether it is left outside.
    people: Vec<(Vec<Truth>, bool)>,
}

impl Cell {
    fn same(&self, other: &Self) -> bool {
        self.in_force == other.in_force
            && self.steps == other.steps
            && self.binds == other.binds
            && self.provided == other.provided
            && self.people == other.people
    }
}

/// A finding clause, prepared.
#[derive(Clone, Debug)]
pub(super) struct Law<'t> {
    pub(super) clause: &'t Clause,
    pub(super) rule: &'t Rule,
    /// What its chain of steps is called, of a calm or of the agreement; `None`: it has windows only.
    pub(super) chain: Option<&'t str>,
    /// Per step of the chain, the accounts known by `as_of`.
    pub(super) accounts: Vec<Vec<&'t Account>>,
    /// Its windows, any of which; `None`: the chain says it all.
    pub(super) windows: Option<Vec<Interval>>,
    pub(super) cells: Vec<Cell>,
    pub(super) shapes: Vec<Shape<'t>>,
    /// Per reading of the terms, its shape.
    pub(super) shape_of: Vec<usize>,
}

impl Law<'_> {
    /// The stretch that holds a moment.
    pub(super) fn cell(&self, at: Instant) -> Option<&Cell> {
        let after = self.cells.partition_point(|cell| cell.during.start() <= at);
        self.cells.get(after.checked_sub(1)?)
    }

    /// How many ways there are to choose an account for every step of its chain.
    pub(super) fn choices(&self) -> usize {
        self.accounts.iter().fold(1, |all, step| all.saturating_mul(step.len().max(1)))
    }

    /// Whether it is in force in a stretch by its windows, and in the steps of its chain by the accounts chosen.
    pub(super) fn in_force(&self, cell: &Cell, chosen: impl Fn(usize) -> usize) -> bool {
        if self.chain.is_none() || !cell.in_force {
            return cell.in_force;
        }
        let mut in_force = false;
        for (n, effects) in cell.steps.iter().enumerate() {
            match effects.get(chosen(n)) {
                Some(Effect::Gives) => in_force = true,
                Some(Effect::Takes) => in_force = false,
                Some(Effect::Nothing) | None => {}
            }
        }
        in_force
    }

    /// Whether accounts of a chain are chosen as they are told: a source that speaks of two steps in a row is followed in
    /// both or in neither, so that no gap opens between two accounts of which nobody tells.
    pub(super) fn told_whole(&self, chosen: impl Fn(usize) -> usize) -> bool {
        // Where only one account exists there is no choice to make.
        let disputed = || self.accounts.iter().enumerate().filter(|(_, accounts)| accounts.len() > 1);
        disputed().zip(disputed().skip(1)).all(|((n, one), (m, next))| {
            let (here, there) = (one.get(chosen(n)), next.get(chosen(m)));
            let follows = |mine: Option<&&Account>, other: Option<&&Account>, others: &[&Account]| {
                mine.into_iter().flat_map(|account| &account.step.sources).all(|source| {
                    let speaks = others.iter().any(|account| account.step.sources.contains(source));
                    !speaks || other.is_some_and(|account| account.step.sources.contains(source))
                })
            };
            follows(here, there, next) && follows(there, here, one)
        })
    }

    /// Whether it is in force in a stretch by some account that is told whole, and whether it is not by some.
    pub(super) fn in_force_by_any(&self, cell: &Cell) -> (bool, bool) {
        let (mut may, mut may_not) = (false, false);
        for number in 0..self.choices() {
            let chosen = |step: usize| {
                let before = self.accounts.iter().take(step).fold(1, |all, step| all * step.len().max(1));
                number / before % self.accounts.get(step).map_or(1, |step| step.len().max(1))
            };
            if self.told_whole(chosen) {
                let in_force = self.in_force(cell, chosen);
                may |= in_force;
                may_not |= !in_force;
            }
        }
        (may, may_not)
    }
}

/// How an actor stands during one stretch of time, whatever the clause.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Standing {
    exempt: bool,
    accepted: Accepted,
    /// Whether it belongs to each party.
    sides: Vec<Truth>,
}

/// What was known by `as_of`.
pub(super) struct Known<'t> {
    pub(super) as_of: Instant,
    pub(super) actors: &'t Actors,
    pub(super) acceptances: Vec<&'t AcceptanceEntry>,
    pub(super) exempt: Vec<&'t Exempt>,
    pub(super) ids: Vec<&'t ActorId>,
    pub(super) index: BTreeMap<&'t ActorId, usize>,
    pub(super) parties: Vec<&'t ActorId>,
    /// From each moment at which anybody's standing changes: everybody's.
    moments: Vec<(Instant, Vec<Standing>)>,
}

/// Whether something dated was known by then; what has no date always was.
pub(crate) fn known_by(known: Option<Instant>, as_of: Instant) -> bool {
    known.is_none_or(|known| known <= as_of)
}

impl<'t> Known<'t> {
    pub(super) fn new(terms: &'t Terms, actors: &'t Actors, as_of: Instant) -> Self {
        let ids: Vec<&ActorId> = actors.iter().map(|actor| &actor.id).collect();
        let index = ids.iter().enumerate().map(|(n, id)| (*id, n)).collect();
        let acceptances = terms.acceptances.iter().filter(|entry| known_by(entry.known, as_of)).collect();
        let exempt = terms.exempt.iter().filter(|entry| known_by(entry.known, as_of)).collect();
        let parties = terms.parties.iter().map(|party| &party.id).collect();
        let mut known = Self { as_of, actors, acceptances, exempt, ids, index, parties, moments: Vec::new() };
        let everybody = |at: Instant| known.ids.iter().map(|actor| known.stand(actor, at)).collect();
        let moments = known.changes().into_iter().map(|at| (at, everybody(at))).collect();
        known.moments = moments;
        known
    }

    /// Whether another knows the same of everybody at every moment.
    pub(super) fn same(&self, other: &Known<'_>) -> bool {
        self.as_of == other.as_of
            && self.ids == other.ids
            && self.parties == other.parties
            && self.moments == other.moments
    }

    /// Moments at which somebody's standing changes, in order; the first is that of everything.
    pub(super) fn moments(&self) -> impl Iterator<Item = Instant> + '_ {
        self.moments.iter().map(|(at, _)| *at)
    }

    /// Moments at which somebody's standing changes.
    fn changes(&self) -> BTreeSet<Instant> {
        let mut cuts = BTreeSet::from([Instant::FAR_PAST]);
        cuts.extend(self.acceptances.iter().filter_map(|entry| entry.acceptance.on));
        cuts.extend(self.exempt.iter().flat_map(|entry| [entry.from, entry.until]).flatten());
        let memberships = self.actors.iter().flat_map(|actor| &actor.member_of);
        cuts.extend(memberships.flat_map(|m| [m.during.start(), m.during.end()]));
        cuts
    }

    fn stand(&self, actor: &ActorId, at: Instant) -> Standing {
        Standing {
            exempt: self.find_exempt(actor, at),
            accepted: self.find_acceptance(actor, at),
            sides: self.parties.iter().map(|side| self.find_member(actor, side, at)).collect(),
        }
    }

    /// How a registered actor stood at a moment.
    fn standing(&self, actor: &ActorId, at: Instant) -> Option<&Standing> {
        let place = self.index.get(actor)?;
        let after = self.moments.partition_point(|(from, _)| *from <= at);
        self.moments.get(after.checked_sub(1)?)?.1.get(*place)
    }

    /// What the record has on an actor's acceptance at a moment.
    pub(super) fn acceptance(&self, actor: &ActorId, at: Instant) -> Accepted {
        self.standing(actor, at).map_or_else(|| self.find_acceptance(actor, at), |found| found.accepted)
    }

    /// Whether an actor is one of those whom the agreement leaves outside.
    pub(super) fn exempt(&self, actor: &ActorId, at: Instant) -> bool {
        self.standing(actor, at).map_or_else(|| self.find_exempt(actor, at), |found| found.exempt)
    }

    /// Whether an actor belongs to a side: unknown for descriptions that do not say so.
    pub(super) fn member(&self, actor: &ActorId, side: &ActorId, at: Instant) -> Truth {
        let place = self.parties.iter().position(|party| *party == side);
        let told = self.standing(actor, at).and_then(|found| found.sides.get(place?).copied());
        told.unwrap_or_else(|| self.find_member(actor, side, at))
    }

    /// Its own entry first, then one given for it.
    fn find_acceptance(&self, actor: &ActorId, at: Instant) -> Accepted {
        let own: Vec<&&AcceptanceEntry> =
            self.acceptances.iter().filter(|entry| entry.acceptance.by == *actor).collect();
        let by_then = |entry: &&AcceptanceEntry| entry.acceptance.on.is_none_or(|on| on <= at);
        let of = |entry: &AcceptanceEntry| match entry.acceptance.recorded {
            Recorded::Accepted => Accepted::Yes,
            Recorded::Refused => Accepted::No,
            Recorded::NotFound => Accepted::NotFound,
        };
        // What it said last by then; what it said only later does not reach back.
        let last = own.iter().filter(|entry| by_then(entry)).max_by_key(|entry| entry.acceptance.on);
        if let Some(entry) = last {
            return of(entry);
        }
        if !own.is_empty() {
            return Accepted::No;
        }
        let given = self.acceptances.iter().filter(|entry| {
            entry.acceptance.recorded != Recorded::NotFound
                && self.actors.belongs(actor, &entry.acceptance.by, at)
        });
        let found: Vec<Accepted> =
            given.map(|entry| if by_then(entry) { of(entry) } else { Accepted::No }).collect();
        if found.contains(&Accepted::Yes) {
            Accepted::Yes
        } else {
            found.first().copied().unwrap_or(Accepted::NotFound)
        }
    }

    fn find_exempt(&self, actor: &ActorId, at: Instant) -> bool {
        self.exempt.iter().any(|entry| {
            entry.from.is_none_or(|from| from <= at)
                && entry.until.is_none_or(|until| at < until)
                && entry.who.iter().any(|who| self.actors.belongs(actor, who, at))
        })
    }

    /// Whether the actor is a description rather than a name, or not in the registry at all.
    pub(super) fn unspecified(&self, actor: &ActorId) -> bool {
        self.actors.get(actor).is_some_and(|found| found.kind == ActorKind::Unspecified)
    }

    fn find_member(&self, actor: &ActorId, side: &ActorId, at: Instant) -> Truth {
        if self.actors.belongs(actor, side, at) {
            Truth::True
        } else if self.unspecified(actor) {
            Truth::Unknown
        } else {
            Truth::False
        }
    }

    /// Whether the rule binds an actor at a moment.
    pub(super) fn bind(&self, rule: &Rule, actor: &ActorId, at: Instant) -> Bind {
        if self.exempt(actor, at) {
            return Bind::No;
        }
        let sides = rule.binds.iter().map(|side| self.member(actor, side, at));
        let member = sides.fold(Truth::False, Truth::or);
        match member {
            Truth::False => Bind::No,
            Truth::Unknown => Bind::Unknown,
            Truth::True if !rule.accepted => Bind::Yes,
            Truth::True => match self.acceptance(actor, at) {
                Accepted::Yes => Bind::Yes,
                Accepted::No => Bind::No,
                Accepted::NotFound if self.unspecified(actor) => Bind::Unknown,
                Accepted::NotFound => Bind::Turns,
            },
        }
    }
}

/// Prepares every finding clause.
pub(super) fn laws<'t>(terms: &'t Terms, known: &Known<'t>) -> Vec<Law<'t>> {
    let laws = terms.clauses.iter().filter_map(|clause| clause.rule.as_ref().map(|rule| (clause, rule)));
    laws.map(|(clause, rule)| law(terms, clause, rule, known)).collect()
}

fn law<'t>(terms: &'t Terms, clause: &'t Clause, rule: &'t Rule, known: &Known<'t>) -> Law<'t> {
    let calm = match clause.kind {
        ClauseKind::Calm => terms.calm(clause.id.as_str()),
        _ => None,
    };
    let (chain, steps) = match calm {
        Some(calm) => (Some(calm.id.as_str()), calm.steps.as_slice()),
        None if terms.chain.is_empty() => (None, [].as_slice()),
        None => (Some("agreement"), terms.chain.as_slice()),
    };
    let as_of = known.as_of;
    let accounts: Vec<Vec<&Account>> = steps
        .iter()
        .map(|step| step.iter().filter(|account| account.step.known <= as_of).collect())
        .collect();
    let windows = if calm.is_some() { None } else { windows(terms, clause, as_of) };
    let cells = cells(rule, windows.as_deref(), &accounts, known);
    let mut shapes: Vec<Shape<'_>> = Vec::new();
    let mut shape_of = Vec::new();
    for reading in &terms.readings {
        let shape = shape(rule, reading);
        let place = shapes.iter().position(|other| other.takes == shape.takes);
        shape_of.push(place.unwrap_or(shapes.len()));
        if place.is_none() {
            shapes.push(shape);
        }
    }
    Law { clause, rule, chain, accounts, windows, cells, shapes, shape_of }
}

/// The windows of a clause: its own and its phases', both when it has both; else the agreement's. `None` when a chain alone
/// says when it is in force.
fn windows(terms: &Terms, clause: &Clause, as_of: Instant) -> Option<Vec<Interval>> {
    let own = clause.window.as_ref().filter(|entry| known_by(entry.known, as_of)).map(|entry| entry.window);
    let phases = clause.phases.iter().filter_map(|id| {
        let told = terms.phases.iter().filter(|phase| phase.id == *id && known_by(phase.known, as_of));
        told.max_by_key(|phase| phase.known).and_then(|phase| phase.window)
    });
    let phases: Vec<Interval> = phases.collect();
    match (own, clause.phases.is_empty()) {
        (None, false) => Some(phases),
        (Some(own), false) => Some(phases.into_iter().filter_map(|phase| phase.intersect(own)).collect()),
        (Some(own), true) => Some(vec![own]),
        (None, true) if !terms.chain.is_empty() => None,
        (None, true) => {
            let general = terms.in_force.iter().rfind(|entry| known_by(entry.known, as_of));
            Some(general.map(|entry| entry.window).into_iter().collect())
        }
    }
}

fn cells(
    rule: &Rule,
    windows: Option<&[Interval]>,
    accounts: &[Vec<&Account>],
    known: &Known<'_>,
) -> Vec<Cell> {
    let mut cuts = known.changes();
    cuts.insert(Instant::FAR_FUTURE);
    cuts.extend(windows.iter().copied().flatten().flat_map(|w| [w.start(), w.end()]));
    cuts.extend(accounts.iter().flatten().flat_map(|a| [a.step.window.start(), a.step.window.end()]));
    let asked = moments(rule);
    cuts.extend(&asked);
    let sides = sides(rule);
    let person = |actor: &ActorId, at: Instant| {
        (sides.iter().map(|side| known.member(actor, side, at)).collect(), known.exempt(actor, at))
    };
    let people = |at: Instant| match sides.is_empty() {
        true => Vec::new(),
        false => known.ids.iter().map(|actor| person(actor, at)).collect(),
    };
    let mut all: Vec<Cell> = Vec::new();
    for (start, end) in cuts.iter().zip(cuts.iter().skip(1)) {
        let Ok(during) = Interval::new(*start, *end) else { continue };
        let effect = |a: &&Account| if a.step.window.contains(*start) { a.effect } else { Effect::Nothing };
        let next = Cell {
            during,
            in_force: windows.is_none_or(|all| all.iter().any(|window| window.contains(*start))),
            steps: accounts.iter().map(|step| step.iter().map(effect).collect()).collect(),
            binds: known.ids.iter().map(|actor| known.bind(rule, actor, *start)).collect(),
            provided: rule.provided.iter().map(|party| known.acceptance(party, *start)).collect(),
            people: people(*start),
        };
        match all.last_mut() {
            Some(last) if last.same(&next) && !asked.contains(start) => {
                last.during = last.during.hull(next.during);
            }
            _ => all.push(next),
        }
    }
    all
}
