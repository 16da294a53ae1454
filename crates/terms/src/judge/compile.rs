//! Prepares the terms for judging many incidents: what was known by `as_of`, which stretch of time treats whom how, and one
//! shape for every different set of positions.
//!
//! Everything that depends on an actor and a moment is decided here once, for stretches of time within which nothing
//! changes; an incident then only looks up. Memory grows with clauses × stretches × actors, never with incidents.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{
    Act, ActorId, ActorKind, Actors, FactId, Instant, Interval, JudgementId, MatterId, PositionId, Recorded,
    Target, Truth, Weapon,
};

use crate::ir::{
    AcceptanceEntry, Account, CalmEntry, Clause, ClauseKind, Condition, Exception, Exempt, Object, Reading,
    Rule, Terms, Under,
};

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
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub(super) during: Interval,
    /// By the agreement's or the clause's window; true for calms, which have steps instead.
    pub(super) in_force: bool,
    /// Per step and known account of a calm: whether the account has it in force.
    pub(super) steps: Vec<Vec<bool>>,
    /// Per actor of the registry.
    pub(super) binds: Vec<Bind>,
    /// Per actor on whose acceptance the duty is conditional.
    pub(super) provided: Vec<Accepted>,
}

impl Cell {
    fn same(&self, other: &Self) -> bool {
        self.in_force == other.in_force
            && self.steps == other.steps
            && self.binds == other.binds
            && self.provided == other.provided
    }
}

/// One question about one fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaf<'t> {
    Act(&'t BTreeSet<Act>),
    Weapon(&'t BTreeSet<Weapon>),
    Target(&'t BTreeSet<Target>),
    HeldBy(&'t ActorId),
    Holds(&'t FactId),
    NotDenied(&'t FactId),
    /// Whoever did it belongs to this side.
    Member(&'t ActorId),
    Judged(&'t JudgementId),
}

/// A clause as one set of positions shapes it. Numbers index `leaves`.
#[derive(Clone, Debug)]
pub(super) struct Shape<'t> {
    pub(super) takes: Vec<(&'t MatterId, &'t PositionId)>,
    pub(super) leaves: Vec<Leaf<'t>>,
    pub(super) outside: Vec<Vec<usize>>,
    pub(super) act: usize,
    pub(super) weapon: Option<usize>,
    /// Any of these, each perhaps only when a member of a side did it; `None`: whatever was attacked.
    pub(super) object: Option<Vec<(Option<usize>, Vec<usize>)>>,
    pub(super) when: Vec<usize>,
    pub(super) exceptions: Vec<(&'t Exception, Vec<usize>)>,
}

/// A finding clause, prepared.
#[derive(Clone, Debug)]
pub(super) struct Law<'t> {
    pub(super) clause: &'t Clause,
    pub(super) rule: &'t Rule,
    pub(super) calm: Option<&'t CalmEntry>,
    /// Per step of the calm, the accounts known by `as_of`.
    pub(super) accounts: Vec<Vec<&'t Account>>,
    pub(super) window: Option<Interval>,
    pub(super) cells: Vec<Cell>,
    pub(super) shapes: Vec<Shape<'t>>,
    /// Per reading of the terms, its shape.
    pub(super) shape_of: Vec<usize>,
}

/// How an actor stands during one stretch of time, whatever the clause.
#[derive(Clone, Debug)]
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
    parties: Vec<&'t ActorId>,
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

    /// Moments at which somebody's standing changes.
    fn changes(&self) -> BTreeSet<Instant> {
        let mut cuts = BTreeSet::from([Instant::FAR_PAST]);
        cuts.extend(self.acceptances.iter().filter_map(|entry| entry.acceptance.on));
        cuts.extend(self.exempt.iter().filter_map(|entry| entry.from));
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
    let as_of = known.as_of;
    let accounts: Vec<Vec<&Account>> = calm
        .map(|calm| calm.steps.iter())
        .into_iter()
        .flatten()
        .map(|step| step.iter().filter(|account| account.step.known <= as_of).collect())
        .collect();
    let general = terms.in_force.iter().rfind(|entry| known_by(entry.known, as_of));
    let own = clause.window.as_ref().filter(|entry| known_by(entry.known, as_of));
    let window = if calm.is_some() { None } else { own.or(general).map(|entry| entry.window) };
    let cells = cells(rule, calm.is_some(), window, &accounts, known);
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
    Law { clause, rule, calm, accounts, window, cells, shapes, shape_of }
}

fn cells(
    rule: &Rule,
    calm: bool,
    window: Option<Interval>,
    accounts: &[Vec<&Account>],
    known: &Known<'_>,
) -> Vec<Cell> {
    let mut cuts = known.changes();
    cuts.insert(Instant::FAR_FUTURE);
    cuts.extend(window.iter().flat_map(|w| [w.start(), w.end()]));
    cuts.extend(accounts.iter().flatten().flat_map(|a| [a.step.window.start(), a.step.window.end()]));
    let mut all: Vec<Cell> = Vec::new();
    for (start, end) in cuts.iter().zip(cuts.iter().skip(1)) {
        let Ok(during) = Interval::new(*start, *end) else { continue };
        let next = Cell {
            during,
            in_force: calm || window.is_some_and(|window| window.contains(*start)),
            steps: accounts
                .iter()
                .map(|step| step.iter().map(|a| !a.denies && a.step.window.contains(*start)).collect())
                .collect(),
            binds: known.ids.iter().map(|actor| known.bind(rule, actor, *start)).collect(),
            provided: rule.provided.iter().map(|party| known.acceptance(party, *start)).collect(),
        };
        match all.last_mut() {
            Some(last) if last.same(&next) => last.during = last.during.hull(next.during),
            _ => all.push(next),
        }
    }
    all
}

fn shape<'t>(rule: &'t Rule, reading: &'t Reading) -> Shape<'t> {
    let mut takes = BTreeMap::new();
    let mut under = |all: &'t [Under]| {
        takes.extend(all.iter().filter_map(|one| reading.takes.get_key_value(&one.matter)));
        all.iter().all(|one| reading.takes.get(&one.matter) == Some(&one.position))
    };
    let mut leaves: Vec<Leaf<'t>> = Vec::new();
    let mut leaf = |leaf: Leaf<'t>| {
        leaves.iter().position(|other| *other == leaf).unwrap_or_else(|| {
            leaves.push(leaf);
            leaves.len() - 1
        })
    };
    let act = leaf(Leaf::Act(&rule.acts));
    let weapon = rule.weapons.as_ref().map(|weapons| leaf(Leaf::Weapon(weapons)));
    let mut all = |conditions: &'t [Condition]| -> Vec<usize> {
        let leaves = conditions.iter().map(|condition| match condition {
            Condition::Target(targets) => Leaf::Target(targets),
            Condition::HeldBy(side) => Leaf::HeldBy(side),
            Condition::Holds(fact) => Leaf::Holds(fact),
            Condition::NotDenied(fact) => Leaf::NotDenied(fact),
            Condition::Judged(judgement) => Leaf::Judged(judgement),
        });
        leaves.map(&mut leaf).collect()
    };
    let outside = rule.outside.iter().filter(|one| under(&one.under)).map(|one| all(&one.all_of)).collect();
    let objects: Vec<(&Object, Vec<usize>)> =
        rule.objects.iter().filter(|one| under(&one.under)).map(|one| (one, all(&one.any_of))).collect();
    let when = all(&rule.when);
    let exceptions =
        rule.exceptions.iter().filter(|one| under(&one.under)).map(|one| (one, all(&one.all_of))).collect();
    let mut member = |side: &'t ActorId| {
        let leaf = Leaf::Member(side);
        leaves.iter().position(|other| *other == leaf).unwrap_or_else(|| {
            leaves.push(leaf);
            leaves.len() - 1
        })
    };
    let objects = objects.into_iter().map(|(one, any)| (one.by.as_ref().map(&mut member), any)).collect();
    let object = if rule.objects.is_empty() { None } else { Some(objects) };
    Shape { takes: takes.into_iter().collect(), leaves, outside, act, weapon, object, when, exceptions }
}
