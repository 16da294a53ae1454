//! The judge's oracle: the same meaning, written down as naively as it can be.
//!
//! Every fact is fixed to every value that is possible, one by one, without classes, tables or short cuts; each world is
//! evaluated in Kleene's logic; the results are joined. It reads the public typed form only and shares no code with the
//! judge. It is slow on purpose and used by property tests alone.
#![allow(clippy::expect_used)] // A broken premise of the oracle has to fail the test that asked it.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{
    Act, ActorId, ActorKind, Actors, Alternatives, Answer, Areas, Fact, Incident, Instant, Interval, Outcome,
    Recorded, Target, Truth, Weapon,
};
use truceline_terms::{Clause, ClauseKind, Condition, Reading, Terms, Under};

mod words;

use words::{blast, common, named_values, time_fits, values, words};

/// What is supposed of some facts, as cruxes write it.
pub type Supposed = BTreeMap<Fact, String>;

/// One world. `None`: not known.
#[derive(Clone, Debug)]
struct World {
    time: Instant,
    actor: Option<ActorId>,
    act: Option<Act>,
    weapon: Option<Weapon>,
    target: Option<Target>,
    held: Option<ActorId>,
    inside: Truth,
    named: BTreeMap<Fact, Truth>,
    /// Named facts of which nobody speaks and nothing is supposed.
    silent: BTreeSet<Fact>,
    accounts: BTreeMap<usize, usize>,
}

/// The oracle for one clause under one reading, as of a moment.
#[derive(Clone, Copy, Debug)]
pub struct Oracle<'o> {
    /// The terms.
    pub terms: &'o Terms,
    /// The actors.
    pub actors: &'o Actors,
    /// The areas.
    pub areas: &'o Areas,
    /// As of when.
    pub as_of: Instant,
    /// The clause.
    pub clause: &'o Clause,
    /// The reading.
    pub reading: &'o Reading,
}

impl Oracle<'_> {
    /// The outcome with some facts supposed; `None` when a supposition leaves no world.
    #[must_use]
    pub fn outcome(&self, incident: &Incident, supposed: &Supposed) -> Option<Outcome> {
        let mut possible = BTreeSet::new();
        let mut may = false;
        let worlds = self.worlds(incident, supposed);
        for world in &worlds {
            let (outcomes, forbidden) = self.world(world);
            possible.extend(outcomes);
            may |= forbidden != Truth::False;
        }
        let only = possible.first().copied().filter(|_| possible.len() == 1);
        let neither = BTreeSet::from([Outcome::NotProhibited, Outcome::NotCovered]);
        match only {
            _ if worlds.is_empty() => None,
            Some(outcome) => Some(outcome),
            None if possible == neither && !may => Some(Outcome::NotProhibited),
            None => Some(Outcome::Undetermined),
        }
    }

    /// Every single supposition that could be made: what sources name, and for open facts every value there is.
    #[must_use]
    pub fn hypotheses(&self, incident: &Incident) -> Vec<(Fact, String)> {
        let mut all = Vec::new();
        for (from, until) in self.stretches() {
            let text = match (from == Instant::FAR_PAST, until == Instant::FAR_FUTURE) {
                (true, _) => format!("before {until}"),
                (false, true) => format!("from {from}"),
                (false, false) => format!("from {from} before {until}"),
            };
            all.push((Fact::Time, text));
        }
        let named =
            |id: &&ActorId| self.actors.get(id).is_none_or(|actor| actor.kind != ActorKind::Unspecified);
        let listed: Vec<&ActorId> = incident.actors.iter().map(|(actor, _)| actor).filter(named).collect();
        all.extend(listed.iter().map(|actor| (Fact::Actor, actor.to_string())));
        for actor in &listed {
            all.push((Fact::Acceptance((*actor).clone()), "yes".into()));
            all.push((Fact::Acceptance((*actor).clone()), "no".into()));
        }
        all.extend(words(&incident.acts, Act::ALL, |a| a.as_str(), Fact::Act));
        all.extend(words(&incident.targets, Target::ALL, |t| t.as_str(), Fact::Target));
        all.extend(incident.held_by.iter().map(|(holder, _)| (Fact::HeldBy, holder.to_string())));
        for (fact, possible) in self.answers(incident) {
            for (truth, word) in [(Truth::True, "yes"), (Truth::False, "no")] {
                if possible.contains(&truth) || possible.contains(&Truth::Unknown) {
                    all.push((fact.clone(), word.into()));
                }
            }
        }
        for (n, accounts) in self.accounts().into_iter().enumerate() {
            if accounts.len() > 1 {
                let fact = Fact::Window(format!("{}/{}", self.clause.id, n + 1));
                all.extend(accounts.into_iter().map(|account| (fact.clone(), account.value())));
            }
        }
        all
    }

    fn rule(&self) -> &truceline_terms::Rule {
        self.clause.rule.as_ref().expect("the oracle is asked of finding clauses only")
    }

    fn taken(&self, under: &[Under]) -> bool {
        under.iter().all(|one| self.reading.takes.get(&one.matter) == Some(&one.position))
    }

    fn conditions(&self) -> Vec<Condition> {
        let rule = self.rule();
        let mut all = rule.when.clone();
        all.extend(rule.objects.iter().filter(|o| self.taken(&o.under)).flat_map(|o| o.any_of.clone()));
        all.extend(rule.outside.iter().filter(|o| self.taken(&o.under)).flat_map(|o| o.all_of.clone()));
        all.extend(rule.exceptions.iter().filter(|e| self.taken(&e.under)).flat_map(|e| e.all_of.clone()));
        all
    }

    /// Named facts and judgements that the clause asks about.
    fn questions(&self) -> BTreeSet<Fact> {
        let each = self.conditions().into_iter().filter_map(|condition| match condition {
            Condition::Holds(fact) | Condition::NotDenied(fact) => Some(Fact::Named(fact)),
            Condition::Judged(judgement) => Some(Fact::Judgement(judgement)),
            Condition::Target(_) | Condition::HeldBy(_) => None,
        });
        each.collect()
    }

    fn accounts(&self) -> Vec<Vec<&truceline_terms::Account>> {
        if self.clause.kind != ClauseKind::Calm {
            return Vec::new();
        }
        let calm = self.terms.calm(self.clause.id.as_str()).expect("a calm's clause has a calm");
        calm.steps
            .iter()
            .map(|step| step.iter().filter(|account| account.step.known <= self.as_of).collect())
            .collect()
    }

    /// Every moment at which anything could change.
    fn boundaries(&self) -> BTreeSet<Instant> {
        let mut all = BTreeSet::from([Instant::FAR_PAST]);
        all.extend(self.terms.in_force.iter().flat_map(|f| [f.window.start(), f.window.end()]));
        all.extend(self.terms.acceptances.iter().filter_map(|entry| entry.acceptance.on));
        all.extend(self.terms.exempt.iter().filter_map(|entry| entry.from));
        all.extend(
            self.actors.iter().flat_map(|a| &a.member_of).flat_map(|m| [m.during.start(), m.during.end()]),
        );
        for account in self.accounts().iter().flatten() {
            all.extend([account.step.window.start(), account.step.window.end()]);
        }
        all
    }

    fn stretches(&self) -> Vec<(Instant, Instant)> {
        let all: Vec<Instant> = self.boundaries().into_iter().chain([Instant::FAR_FUTURE]).collect();
        all.windows(2).filter(|two| two[0] < two[1]).map(|two| (two[0], two[1])).collect()
    }

    /// Moments at which it may have happened: one per stretch that an account of the time touches.
    fn times(&self, incident: &Incident, supposed: &Supposed) -> Vec<Instant> {
        let given: Vec<Interval> = incident.when.iter().map(|(when, _)| *when).collect();
        let shared = given.iter().try_fold(Interval::ALWAYS, |all, next| all.intersect(*next));
        let spans = match shared {
            Some(one) => vec![one],
            None => given,
        };
        let mut all = BTreeSet::new();
        for span in spans {
            for (from, until) in self.stretches() {
                let start = span.start().max(from);
                if start < span.end().min(until) {
                    all.insert(start);
                }
            }
        }
        let fits = |at: &Instant| supposed.get(&Fact::Time).is_none_or(|text| time_fits(text, *at));
        all.into_iter().filter(fits).collect()
    }

    fn worlds(&self, incident: &Incident, supposed: &Supposed) -> Vec<World> {
        let actor_ids: Vec<ActorId> = self.actors.iter().map(|actor| actor.id.clone()).collect();
        // A supposition names something: never a mere description, never a blast of a kind not stated.
        let named: Vec<ActorId> = actor_ids.into_iter().filter(|id| !self.unspecified(id)).collect();
        let kinds: Vec<Act> = Act::ALL.iter().copied().filter(|act| *act != Act::Explosion).collect();
        let actors = values(&incident.actors, supposed.get(&Fact::Actor), &named, ActorId::to_string);
        let acts = values(&incident.acts, supposed.get(&Fact::Act), &kinds, Act::to_string);
        let weapons = values(&incident.weapons, supposed.get(&Fact::Weapon), Weapon::ALL, Weapon::to_string);
        let targets = values(&incident.targets, supposed.get(&Fact::Target), Target::ALL, Target::to_string);
        let mut held = values(&incident.held_by, supposed.get(&Fact::HeldBy), &named, ActorId::to_string);
        if let Some(text) = supposed.get(&Fact::HeldBy) {
            // Of ground, "not that side" leaves out its members too.
            held.retain(|holder| self.held_fits(text, holder.as_ref()));
        }
        let mut worlds: Vec<World> = Vec::new();
        for time in self.times(incident, supposed) {
            for actor in &actors {
                for act in &acts {
                    for weapon in &weapons {
                        for target in &targets {
                            for holder in &held {
                                worlds.push(World {
                                    time,
                                    actor: actor.clone(),
                                    act: *act,
                                    weapon: *weapon,
                                    target: *target,
                                    held: holder.clone(),
                                    inside: Truth::True,
                                    named: BTreeMap::new(),
                                    silent: BTreeSet::new(),
                                    accounts: BTreeMap::new(),
                                });
                            }
                        }
                    }
                }
            }
        }
        worlds = self.with_places(worlds, incident, supposed);
        worlds = self.with_questions(worlds, incident, supposed);
        self.with_accounts(worlds, supposed)
    }

    fn held_fits(&self, text: &str, holder: Option<&ActorId>) -> bool {
        let Some(list) = text.strip_prefix("none of ").or_else(|| text.strip_prefix("not ")) else {
            return true;
        };
        let outside = |side: &str| {
            holder.is_some_and(|holder| !self.actors.belongs(holder, &ActorId::new(side), self.as_of))
        };
        list.split(", ").all(outside)
    }

    fn with_places(&self, worlds: Vec<World>, incident: &Incident, supposed: &Supposed) -> Vec<World> {
        let areas = &self.rule().areas;
        if areas.is_empty() {
            return worlds;
        }
        let lies = |place| {
            let each = areas.iter().map(|area| Truth::from(self.areas.contains(area, place)));
            each.fold(Truth::False, Truth::or)
        };
        let told: BTreeSet<Truth> = incident.places.iter().map(|(place, _)| lies(place)).collect();
        let sure: BTreeSet<Truth> = told.into_iter().filter(|truth| *truth != Truth::Unknown).collect();
        let mut possible = if sure.is_empty() { BTreeSet::from([Truth::Unknown]) } else { sure };
        if let Some(text) = supposed.get(&Fact::Place) {
            possible = BTreeSet::from([Truth::from(!text.starts_with("not ") && !text.starts_with("none "))]);
        }
        let each = |world: World| {
            possible.iter().map(move |truth| World { inside: *truth, ..world.clone() }).collect::<Vec<_>>()
        };
        worlds.into_iter().flat_map(each).collect()
    }

    /// What each question may be answered by, as far as anybody says.
    fn answers(&self, incident: &Incident) -> BTreeMap<Fact, BTreeSet<Truth>> {
        let mut facts: BTreeMap<Fact, BTreeSet<Truth>> = BTreeMap::new();
        for fact in self.questions() {
            let possible = match &fact {
                Fact::Named(id) => {
                    let claim = self.terms.fact(id).is_some_and(|found| found.silence_means_no);
                    named_values(incident.facts.get(id), claim)
                }
                Fact::Judgement(id) => match incident.judgements.get(id) {
                    Some(Answer::Yes) => BTreeSet::from([Truth::True]),
                    Some(Answer::No) => BTreeSet::from([Truth::False]),
                    _ => BTreeSet::from([Truth::Unknown]),
                },
                _ => BTreeSet::new(),
            };
            facts.insert(fact, possible);
        }
        facts
    }

    fn with_questions(&self, worlds: Vec<World>, incident: &Incident, supposed: &Supposed) -> Vec<World> {
        let mut facts = self.answers(incident);
        // Acceptances are unknown unless supposed; whether one is asked for at all shows in the world.
        for (fact, text) in supposed {
            if matches!(fact, Fact::Acceptance(_)) || facts.contains_key(fact) {
                facts.insert(fact.clone(), BTreeSet::from([Truth::from(text == "yes")]));
            }
        }
        let mut all = worlds;
        for (fact, possible) in facts {
            if let Fact::Named(id) = &fact
                && !supposed.contains_key(&fact)
                && incident.facts.get(id).is_none_or(Alternatives::is_empty)
            {
                all.iter_mut().for_each(|world| {
                    world.silent.insert(fact.clone());
                });
            }
            all = all
                .into_iter()
                .flat_map(|world| {
                    let fact = fact.clone();
                    possible.iter().map(move |truth| {
                        let mut next = world.clone();
                        next.named.insert(fact.clone(), *truth);
                        next
                    })
                })
                .collect();
        }
        all
    }

    fn with_accounts(&self, worlds: Vec<World>, supposed: &Supposed) -> Vec<World> {
        let mut all = worlds;
        for (n, accounts) in self.accounts().iter().enumerate() {
            let fact = Fact::Window(format!("{}/{}", self.clause.id, n + 1));
            let wanted = supposed.get(&fact);
            let possible: Vec<usize> = (0..accounts.len())
                .filter(|k| wanted.is_none_or(|text| accounts[*k].value() == *text))
                .collect();
            if accounts.is_empty() {
                continue;
            }
            all = all
                .into_iter()
                .flat_map(|world| {
                    possible.clone().into_iter().map(move |k| {
                        let mut next = world.clone();
                        next.accounts.insert(n, k);
                        next
                    })
                })
                .collect();
        }
        all.retain(|world| self.told_whole(world));
        all
    }

    /// A source that tells of two disputed steps in a row is followed in both or in neither.
    fn told_whole(&self, world: &World) -> bool {
        let steps = self.accounts();
        (1..steps.len()).all(|n| {
            let (Some(one), Some(next)) = (world.accounts.get(&(n - 1)), world.accounts.get(&n)) else {
                return true;
            };
            let (before, after) = (&steps[n - 1], &steps[n]);
            if before.len() < 2 || after.len() < 2 {
                return true;
            }
            let everybody = before.iter().chain(after).flat_map(|account| &account.step.sources);
            let speaks = |accounts: &[&truceline_terms::Account], source| {
                accounts.iter().any(|account| account.step.sources.contains(source))
            };
            everybody.filter(|source| speaks(before, source) && speaks(after, source)).all(|source| {
                before[*one].step.sources.contains(source) == after[*next].step.sources.contains(source)
            })
        })
    }

    /// What remains possible in one world, and whether the clause forbids what was done.
    fn world(&self, world: &World) -> (BTreeSet<Outcome>, Truth) {
        let covered = self.covered(world);
        let forbidden = self.forbidden(world);
        let mut possible = BTreeSet::new();
        if covered != Truth::True {
            possible.insert(Outcome::NotCovered);
        }
        if covered == Truth::False {
            return (possible, forbidden);
        }
        if forbidden != Truth::True {
            possible.insert(Outcome::NotProhibited);
        }
        if forbidden == Truth::False {
            return (possible, forbidden);
        }
        let mut passed = true;
        for exception in self.rule().exceptions.iter().filter(|e| self.taken(&e.under)) {
            let holds = self.all(&exception.all_of, world);
            if holds != Truth::False {
                possible.insert(exception.gives);
            }
            if holds == Truth::True {
                passed = false;
                break;
            }
        }
        if passed {
            possible.insert(Outcome::Prohibited);
        }
        (possible, forbidden)
    }

    fn covered(&self, world: &World) -> Truth {
        let rule = self.rule();
        let mut covered = self.in_force(world).and(world.inside).and(self.bound(world));
        for party in &rule.provided {
            covered = covered.and(self.accepted(party, world));
        }
        for outside in rule.outside.iter().filter(|o| self.taken(&o.under)) {
            covered = covered.and(self.all(&outside.all_of, world).negate());
        }
        covered
    }

    fn in_force(&self, world: &World) -> Truth {
        if self.clause.kind == ClauseKind::Calm {
            let steps = self.accounts();
            let holds = world.accounts.iter().any(|(n, k)| {
                let account = steps[*n][*k];
                !account.denies && account.step.window.contains(world.time)
            });
            return holds.into();
        }
        let known = |known: Option<Instant>| known.is_none_or(|known| known <= self.as_of);
        let own = self.clause.window.iter().find(|entry| known(entry.known));
        let general = self.terms.in_force.iter().rfind(|entry| known(entry.known));
        own.or(general).is_some_and(|entry| entry.window.contains(world.time)).into()
    }

    fn unspecified(&self, actor: &ActorId) -> bool {
        self.actors.get(actor).is_some_and(|found| found.kind == ActorKind::Unspecified)
    }

    fn bound(&self, world: &World) -> Truth {
        let rule = self.rule();
        let Some(actor) = &world.actor else { return Truth::Unknown };
        let exempt = self.terms.exempt.iter().any(|entry| {
            entry.known.is_none_or(|known| known <= self.as_of)
                && entry.from.is_none_or(|from| from <= world.time)
                && entry.who.iter().any(|who| self.actors.belongs(actor, who, world.time))
        });
        if exempt {
            return Truth::False;
        }
        let member = rule.binds.iter().any(|side| self.actors.belongs(actor, side, world.time));
        match (member, self.unspecified(actor), rule.accepted) {
            (false, true, _) => Truth::Unknown,
            (false, false, _) => Truth::False,
            (true, _, false) => Truth::True,
            (true, _, true) => self.accepted(actor, world),
        }
    }

    fn accepted(&self, actor: &ActorId, world: &World) -> Truth {
        let mut own = Vec::new();
        let mut given = Vec::new();
        for entry in &self.terms.acceptances {
            let acceptance = &entry.acceptance;
            if entry.known.is_some_and(|known| known > self.as_of) {
                continue;
            }
            let by_then = acceptance.on.is_none_or(|on| on <= world.time);
            if acceptance.by == *actor {
                own.push((by_then, acceptance.on, acceptance.recorded));
            } else if self.actors.belongs(actor, &acceptance.by, world.time) {
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

    fn forbidden(&self, world: &World) -> Truth {
        let rule = self.rule();
        let one_act = |act: Act| match act {
            act if rule.acts.contains(&act) => Truth::True,
            Act::Explosion => blast(&rule.acts),
            _ => Truth::False,
        };
        let act = world.act.map_or_else(|| common(Act::ALL, one_act), one_act);
        let weapon = match (&rule.weapons, world.weapon) {
            (None, _) => Truth::True,
            (Some(set), None) => common(Weapon::ALL, |weapon| set.contains(&weapon).into()),
            (Some(set), Some(weapon)) => set.contains(&weapon).into(),
        };
        let mut object = Truth::from(rule.objects.is_empty());
        for one in rule.objects.iter().filter(|o| self.taken(&o.under)) {
            let any = one.any_of.iter().fold(Truth::False, |truth, one| truth.or(self.holds(one, world)));
            let by =
                one.by.as_ref().map_or(Truth::True, |side| self.belongs(world.actor.as_ref(), side, world));
            object = object.or(any.and(by));
        }
        act.and(weapon).and(object).and(self.all(&rule.when, world))
    }

    fn belongs(&self, who: Option<&ActorId>, side: &ActorId, world: &World) -> Truth {
        match who {
            None => Truth::Unknown,
            Some(who) if self.actors.belongs(who, side, world.time) => Truth::True,
            Some(who) if self.unspecified(who) => Truth::Unknown,
            Some(_) => Truth::False,
        }
    }

    fn all(&self, conditions: &[Condition], world: &World) -> Truth {
        conditions.iter().fold(Truth::True, |truth, one| truth.and(self.holds(one, world)))
    }

    fn holds(&self, condition: &Condition, world: &World) -> Truth {
        match condition {
            Condition::Target(set) => match world.target {
                Some(target) => set.contains(&target).into(),
                None => common(Target::ALL, |target| set.contains(&target).into()),
            },
            Condition::HeldBy(side) => self.belongs(world.held.as_ref(), side, world),
            Condition::NotDenied(fact) => match world.named.get(&Fact::Named(fact.clone())) {
                _ if world.silent.contains(&Fact::Named(fact.clone())) => Truth::True,
                Some(truth) => *truth,
                None => Truth::Unknown,
            },
            Condition::Holds(fact) => {
                world.named.get(&Fact::Named(fact.clone())).copied().unwrap_or(Truth::Unknown)
            }
            Condition::Judged(judgement) => {
                world.named.get(&Fact::Judgement(judgement.clone())).copied().unwrap_or(Truth::Unknown)
            }
        }
    }
}
