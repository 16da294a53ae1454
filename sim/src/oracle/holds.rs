//! One world: what the clause gives in it, question by question, in Kleene's logic.

use std::collections::BTreeSet;

use truceline_model::{
    Act, ActorId, Bounds, Fact, Instant, Outcome, Qualifier, Recorded, Target, Truth, Weapon,
};
use truceline_terms::{Compare, Condition, Counted};

use super::Oracle;
use super::words::{blast, common};
use super::worlds::{Whose, World};

/// What remains possible in one world.
#[derive(Clone, Debug, Default)]
pub(super) struct Result {
    pub(super) possible: BTreeSet<Outcome>,
    /// The clause forbids what was done, or may.
    pub(super) may: bool,
    /// Who would have to answer, should it be prohibited.
    pub(super) respondents: BTreeSet<ActorId>,
}

/// Prohibited before not prohibited before not covered.
fn gravest(one: Outcome, other: Outcome) -> Outcome {
    let order = [Outcome::Prohibited, Outcome::NotProhibited, Outcome::NotCovered];
    order.into_iter().find(|outcome| *outcome == one || *outcome == other).unwrap_or(one)
}

impl Oracle<'_> {
    /// One moment, or all of them when it went on throughout: then every choice of an outcome per moment is taken, and of
    /// each choice the gravest.
    pub(super) fn world(&self, world: &World<'_>) -> Result {
        let mut all: Option<Result> = None;
        for at in &world.moments {
            let next = self.moment(world, *at);
            all = Some(match all {
                None => next,
                Some(mut all) => {
                    let pairs =
                        all.possible.iter().flat_map(|one| next.possible.iter().map(|other| (*one, *other)));
                    all.possible = pairs.map(|(one, other)| gravest(one, other)).collect();
                    all.may |= next.may;
                    all.respondents.extend(next.respondents);
                    all
                }
            });
        }
        all.unwrap_or_default()
    }

    fn moment(&self, world: &World<'_>, at: Instant) -> Result {
        let covered = self.covered(world, at);
        let forbidden = self.forbidden(world, at);
        let mut result = Result { may: forbidden != Truth::False, ..Result::default() };
        if covered != Truth::True {
            result.possible.insert(Outcome::NotCovered);
        }
        if covered == Truth::False {
            return result;
        }
        if forbidden != Truth::True {
            result.possible.insert(Outcome::NotProhibited);
        }
        if forbidden == Truth::False {
            return result;
        }
        for exception in self.rule().exceptions.iter().filter(|e| self.taken(&e.under)) {
            let holds = self.all(&exception.all_of, world, at);
            if holds != Truth::False {
                result.possible.insert(exception.gives);
            }
            if holds == Truth::True {
                return result;
            }
        }
        result.possible.insert(Outcome::Prohibited);
        result.respondents = self.who_answers(world, at);
        result
    }

    fn covered(&self, world: &World<'_>, at: Instant) -> Truth {
        let rule = self.rule();
        let mut covered = self.in_force(world, at).and(self.applies(world, at)).and(self.bound(world, at));
        for party in &rule.provided {
            covered = covered.and(self.accepted(party, world, at));
        }
        for outside in rule.outside.iter().filter(|o| self.taken(&o.under)) {
            covered = covered.and(self.all(&outside.all_of, world, at).negate());
        }
        covered
    }

    /// In any of the places that the clause names; everywhere when it names none.
    fn applies(&self, world: &World<'_>, at: Instant) -> Truth {
        let applies = &self.rule().applies;
        let taken = applies.iter().filter(|one| self.taken(&one.under));
        taken.fold(applies.is_empty().into(), |truth, one| truth.or(self.holds(&one.at, world, at)))
    }

    fn bound(&self, world: &World<'_>, at: Instant) -> Truth {
        let actor = world.actor.as_ref().map_or(Truth::Unknown, |actor| self.binds(actor, world, at));
        actor.or(self.bound_by_command(world, at))
    }

    fn bound_by_command(&self, world: &World<'_>, at: Instant) -> Truth {
        match &world.commander {
            _ if !self.rule().affiliates => Truth::False,
            Whose::Silence => Truth::False,
            Whose::NotKnown => Truth::Unknown,
            Whose::Is(commander) => self.binds(commander, world, at),
        }
    }

    /// Named actors that may be bound themselves, and commanders through whom the bond may be.
    fn who_answers(&self, world: &World<'_>, at: Instant) -> BTreeSet<ActorId> {
        let mut all = BTreeSet::new();
        let mut name = |who: &ActorId| {
            if !self.unspecified(who) && self.binds(who, world, at) != Truth::False {
                all.insert(who.clone());
            }
        };
        world.actor.iter().for_each(&mut name);
        if let (Whose::Is(commander), true) = (&world.commander, self.rule().affiliates) {
            name(commander);
        }
        all
    }

    fn exempt(&self, who: &ActorId, at: Instant) -> bool {
        self.terms.exempt.iter().any(|entry| {
            self.known(entry.known)
                && entry.from.is_none_or(|from| from <= at)
                && entry.until.is_none_or(|until| at < until)
                && entry.who.iter().any(|outside| self.actors.belongs(who, outside, at))
        })
    }

    fn binds(&self, who: &ActorId, world: &World<'_>, at: Instant) -> Truth {
        let rule = self.rule();
        if self.exempt(who, at) {
            return Truth::False;
        }
        let member = rule.binds.iter().any(|side| self.actors.belongs(who, side, at));
        match (member, self.unspecified(who), rule.accepted) {
            (false, true, _) => Truth::Unknown,
            (false, false, _) => Truth::False,
            (true, _, false) => Truth::True,
            (true, _, true) => self.accepted(who, world, at),
        }
    }

    fn accepted(&self, actor: &ActorId, world: &World<'_>, at: Instant) -> Truth {
        let mut own = Vec::new();
        let mut given = Vec::new();
        for entry in self.terms.acceptances.iter().filter(|entry| self.known(entry.known)) {
            let acceptance = &entry.acceptance;
            let by_then = acceptance.on.is_none_or(|on| on <= at);
            if acceptance.by == *actor {
                own.push((by_then, acceptance.on, acceptance.recorded));
            } else if self.actors.belongs(actor, &acceptance.by, at) {
                given.push((by_then, acceptance.recorded));
            }
        }
        let unknown = world.named.get(&Fact::Acceptance(actor.clone())).copied().unwrap_or(Truth::Unknown);
        if !own.is_empty() {
            let last = own.iter().filter(|(by_then, ..)| *by_then).max_by_key(|(_, on, _)| *on);
            return match last {
                Some((_, _, Recorded::Accepted)) => Truth::True,
                Some((_, _, Recorded::NotFound)) => unknown,
                Some((_, _, Recorded::Refused)) | None => Truth::False,
            };
        }
        given.retain(|(_, recorded)| *recorded != Recorded::NotFound);
        if given.contains(&(true, Recorded::Accepted)) {
            Truth::True
        } else if given.is_empty() {
            unknown
        } else {
            Truth::False
        }
    }

    fn forbidden(&self, world: &World<'_>, at: Instant) -> Truth {
        let rule = self.rule();
        let act = self.act_is(&rule.acts, world);
        let weapon = rule.weapons.as_ref().map_or(Truth::True, |set| weapon_is(set, world));
        let system = rule.systems.as_ref().map_or(Truth::True, |set| system_is(set, world));
        let mut object = Truth::from(rule.objects.is_empty());
        for one in rule.objects.iter().filter(|o| self.taken(&o.under)) {
            let by = one.by.as_ref().map_or(Truth::True, |side| self.belongs(world.actor.as_ref(), side, at));
            object = object.or(self.any(&one.any_of, world, at).and(by));
        }
        let mut forbidden = act.and(weapon).and(system).and(object);
        for group in &rule.when {
            forbidden = forbidden.and(self.any(group, world, at));
        }
        forbidden
    }

    fn act_is(&self, set: &BTreeSet<Act>, world: &World<'_>) -> Truth {
        let one = |act: Act| match act {
            act if set.contains(&act) => Truth::True,
            Act::Explosion => blast(set),
            _ => Truth::False,
        };
        world.act.map_or_else(|| common(Act::ALL, one), one)
    }

    fn belongs(&self, who: Option<&ActorId>, side: &ActorId, at: Instant) -> Truth {
        match who {
            None => Truth::Unknown,
            Some(who) if self.actors.belongs(who, side, at) => Truth::True,
            Some(who) if self.unspecified(who) => Truth::Unknown,
            Some(_) => Truth::False,
        }
    }

    fn all(&self, conditions: &[Condition], world: &World<'_>, at: Instant) -> Truth {
        conditions.iter().fold(Truth::True, |truth, one| truth.and(self.holds(one, world, at)))
    }

    fn any(&self, conditions: &[Condition], world: &World<'_>, at: Instant) -> Truth {
        conditions.iter().fold(Truth::False, |truth, one| truth.or(self.holds(one, world, at)))
    }

    fn holds(&self, condition: &Condition, world: &World<'_>, at: Instant) -> Truth {
        let answer = |fact: Fact| world.named.get(&fact).copied().unwrap_or(Truth::Unknown);
        let any_side = |who: Option<&ActorId>, sides: &BTreeSet<ActorId>| {
            sides.iter().fold(Truth::False, |truth, side| truth.or(self.belongs(who, side, at)))
        };
        match condition {
            Condition::Not(inner) => self.holds(inner, world, at).negate(),
            Condition::Act(set) => self.act_is(set, world),
            Condition::Weapon(set) => weapon_is(set, world),
            Condition::System(set) => system_is(set, world),
            Condition::Target(set) => match world.target {
                Some(target) => set.contains(&target).into(),
                None => common(Target::ALL, |target| set.contains(&target).into()),
            },
            Condition::HeldBy(side) => self.belongs(world.held.as_ref(), side, self.start_of(world.incident)),
            Condition::Struck(side) => self.struck(side, world, at),
            Condition::DoneBy(sides) => any_side(world.actor.as_ref(), sides),
            Condition::CommandedBy(sides) => match &world.commander {
                Whose::Silence => Truth::False,
                Whose::NotKnown => any_side(None, sides),
                Whose::Is(commander) => any_side(Some(commander), sides),
            },
            Condition::In(_) | Condition::Near(..) => {
                world.place.get(condition).copied().unwrap_or(Truth::Unknown)
            }
            Condition::Counted(counted) => counts(counted, world),
            Condition::From(moment) => (*moment <= at).into(),
            Condition::Daily(..) => self.daily(condition, at),
            Condition::WholeDay => match world.span {
                Some(span) if span == self.terms.zone.day_of(span.start()) => Truth::True,
                _ => Truth::Unknown,
            },
            Condition::NotDenied(fact) if world.silent.contains(&Fact::Named(fact.clone())) => Truth::True,
            Condition::NotDenied(fact) | Condition::Holds(fact) => answer(Fact::Named(fact.clone())),
            Condition::Judged(judgement) => answer(Fact::Judgement(judgement.clone())),
        }
    }

    /// Forces of the side, its people or property; nobody of those whom the agreement leaves outside is protected by it.
    fn struck(&self, side: &ActorId, world: &World<'_>, at: Instant) -> Truth {
        match &world.struck {
            Whose::Silence => {
                let forces = world.incident.targets.iter().any(|(target, _)| *target == Target::ArmedForces);
                if forces { Truth::Unknown } else { Truth::False }
            }
            Whose::NotKnown => Truth::Unknown,
            Whose::Is(who) if self.exempt(who, at) => Truth::False,
            Whose::Is(who) => self.belongs(Some(who), side, at),
        }
    }
}

fn weapon_is(set: &BTreeSet<Weapon>, world: &World<'_>) -> Truth {
    match world.weapon {
        Some(weapon) => set.contains(&weapon).into(),
        None => common(Weapon::ALL, |weapon| set.contains(&weapon).into()),
    }
}

/// There are more systems than anybody could list, so that one that is not known may always be another.
fn system_is(set: &BTreeSet<truceline_model::SystemId>, world: &World<'_>) -> Truth {
    match &world.system {
        Some(system) => set.contains(system).into(),
        None if set.is_empty() => Truth::False,
        None => Truth::Unknown,
    }
}

fn counts(counted: &Counted, world: &World<'_>) -> Truth {
    // Where nobody gives a figure it may be any number; what every number answers alike is answered.
    let any = Bounds { min: 0, max: None, qualifier: Qualifier::AtLeast };
    let figure = |measure| world.amounts.get(measure).copied().flatten().unwrap_or(any);
    let bounds = figure(&counted.measure);
    let number = u64::from(counted.number);
    let Some(per) = &counted.per else {
        return compares(bounds, counted.compare, Some(number), Some(number), 1);
    };
    let other = figure(per);
    let least = u64::from(other.min) * number;
    let most = other.max.map(|max| u64::from(max) * number);
    // Nothing for each, however many there are.
    let most = if number == 0 { Some(0) } else { most };
    compares(bounds, counted.compare, Some(least), most, number)
}

/// Whether every number of the bounds compares so with every number from `least` up to `most` in steps, none with any, or
/// some. `None`: without end.
fn compares(bounds: Bounds, compare: Compare, least: Option<u64>, most: Option<u64>, step: u64) -> Truth {
    let least = least.unwrap_or(0);
    let (low, high) = (u64::from(bounds.min), bounds.max.map(u64::from));
    let (every_pair, no_pair) = match compare {
        Compare::AtLeast => (most.is_some_and(|most| low >= most), high.is_some_and(|high| high < least)),
        Compare::MoreThan => (most.is_some_and(|most| low > most), high.is_some_and(|high| high <= least)),
        Compare::AtMost => (high.is_some_and(|high| high <= least), most.is_some_and(|most| low > most)),
        Compare::FewerThan => (high.is_some_and(|high| high < least), most.is_some_and(|most| low >= most)),
        Compare::Exactly => {
            let one = high == Some(low) && most == Some(least) && low == least;
            (one, !meets(low, high, least, most, step))
        }
    };
    if every_pair {
        Truth::True
    } else if no_pair {
        Truth::False
    } else {
        Truth::Unknown
    }
}

/// Whether any of `least`, `least + step`, … up to `most` lies between `low` and `high`.
fn meets(low: u64, high: Option<u64>, least: u64, most: Option<u64>, step: u64) -> bool {
    let mut at = least;
    loop {
        if most.is_some_and(|most| at > most) || high.is_some_and(|high| at > high) {
            return false;
        }
        if at >= low {
            return true;
        }
        if step == 0 {
            return false;
        }
        at += step;
    }
}
