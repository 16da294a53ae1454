//! The reasons of a finding, as a tree: each step of the clause in the order in which it is asked, what it saw, who says so.
//!
//! Says what the judge did and nothing else: the truths come from the same look-ups, so that a reason never contradicts
//! its outcome.

use std::collections::BTreeSet;

use truceline_model::{
    ActorId, Alternatives, AreaId, Fact, Incident, Instant, Interval, Reason, Seen, SourceId, Test, Truth,
};

use super::Judge;
use super::case::{Case, TIME};
use super::compile::{Accepted, Leaf};
use crate::ir::{Exception, Outside};

/// A step without anything below it.
fn step(test: Test, truth: Truth, tried: bool, seen: Vec<Seen>) -> Reason {
    Reason { test, truth, tried, seen, under: Vec::new() }
}

fn above(test: Test, truth: Truth, tried: bool, under: Vec<Reason>) -> Reason {
    Reason { test, truth, tried, seen: Vec::new(), under }
}

/// All alike: that; otherwise not known.
fn join(truths: impl IntoIterator<Item = Truth>) -> Truth {
    let mut all = truths.into_iter();
    let first = all.next().unwrap_or(Truth::Unknown);
    if all.all(|truth| truth == first) { first } else { Truth::Unknown }
}

fn conjunction(steps: &[Reason]) -> Truth {
    steps.iter().fold(Truth::True, |truth, step| truth.and(step.truth))
}

fn seen(value: impl Into<String>, truth: Truth, origins: &BTreeSet<SourceId>) -> Seen {
    Seen { value: value.into(), truth, origins: origins.clone() }
}

/// What is said of values that nobody names: `unknown`, with those who leave it open.
fn open<T: Ord>(given: &Alternatives<T>) -> Option<Seen> {
    given.is_open().then(|| seen("unknown", Truth::Unknown, given.open_origins()))
}

/// `2016-02-26T22:00:00Z/` with nothing after the stroke when it has no end.
fn window_words(window: Option<Interval>) -> String {
    match window {
        None => "none known".to_owned(),
        Some(window) if window.end() == Instant::FAR_FUTURE => format!("{}/", window.start()),
        Some(window) => format!("{}/{}", window.start(), window.end()),
    }
}

fn ids<'a>(all: impl IntoIterator<Item = &'a ActorId>) -> String {
    all.into_iter().map(ActorId::as_str).collect::<Vec<_>>().join(", ")
}

fn words<T: Copy>(all: impl IntoIterator<Item = T>, word: impl Fn(T) -> &'static str) -> String {
    all.into_iter().map(word).collect::<Vec<_>>().join(", ")
}

/// The reasons of one case.
pub(super) fn reasons(judge: &Judge<'_>, case: &Case<'_>, incident: &Incident) -> Vec<Reason> {
    let explain = Explain { judge, case, incident, at: representative(judge, case, incident) };
    let covered = explain.covered();
    let reached = covered.truth != Truth::False;
    let forbidden = explain.forbidden(reached);
    let tried = reached && forbidden.truth != Truth::False;
    let mut all: Vec<Reason> = case
        .shape
        .takes
        .iter()
        .map(|(matter, position)| {
            step(Test::Takes((*matter).clone(), (*position).clone()), Truth::True, true, Vec::new())
        })
        .collect();
    all.extend([covered, forbidden]);
    let mut stopped = false;
    for (exception, _) in &case.shape.exceptions {
        let one = explain.exception(exception, tried && !stopped);
        stopped |= one.truth == Truth::True;
        all.push(one);
    }
    all
}

/// The moment for which membership and acceptance are shown: the start of the last stretch of time in play.
fn representative(judge: &Judge<'_>, case: &Case<'_>, incident: &Incident) -> Instant {
    let start = incident.time().map_or(judge.known.as_of, Interval::start);
    let last = case.cells.last().and_then(|cell| case.law.cells.get(*cell));
    last.map_or(start, |cell| cell.during.start().max(start))
}

struct Explain<'e> {
    judge: &'e Judge<'e>,
    case: &'e Case<'e>,
    incident: &'e Incident,
    at: Instant,
}

impl Explain<'_> {
    fn covered(&self) -> Reason {
        let rule = self.case.law.rule;
        let mut under = vec![self.in_force()];
        if !rule.areas.is_empty() {
            under.push(self.in_area());
        }
        under.push(self.binds());
        under.extend(rule.provided.iter().map(|party| self.provided(party)));
        let shaped = |outside: &&Outside| outside.under.iter().all(|one| self.takes(one));
        under.extend(rule.outside.iter().filter(shaped).map(|outside| {
            let steps: Vec<Reason> = outside.all_of.iter().map(|c| self.leaf(&leaf(c), true)).collect();
            let truth = conjunction(&steps).negate();
            above(Test::Not, truth, true, steps)
        }));
        let truth = conjunction(&under);
        above(Test::All, truth, true, under)
    }

    fn takes(&self, under: &crate::ir::Under) -> bool {
        self.case.shape.takes.iter().any(|(m, p)| **m == under.matter && **p == under.position)
    }

    fn in_force(&self) -> Reason {
        let law = self.case.law;
        let windows: Vec<Interval> = match law.calm {
            None => law.window.into_iter().collect(),
            Some(_) => law.accounts.iter().flatten().filter(|a| !a.denies).map(|a| a.step.window).collect(),
        };
        let name = match law.calm {
            None => window_words(law.window),
            Some(_) if windows.is_empty() => window_words(None),
            Some(_) => windows.iter().map(|w| window_words(Some(*w))).collect::<Vec<_>>().join(" or "),
        };
        let mut values: Vec<Seen> = self
            .incident
            .when
            .iter()
            .map(|(when, origins)| {
                let truth = windows.iter().map(|w| when.happened_within(*w)).fold(Truth::False, Truth::or);
                seen(format!("{}/{}", when.start(), when.end()), truth, origins)
            })
            .collect();
        values.extend(open(&self.incident.when));
        // The same look-up as the judge's, over the stretches of time and accounts in play.
        let mut truths = Vec::new();
        for class in 0..self.case.cells.len() {
            let mut world = vec![0; self.case.slots.len()];
            if let Some(time) = world.get_mut(TIME) {
                *time = class;
            }
            truths.push(self.over_choices(&mut world));
        }
        step(Test::InForce(name), join(truths), true, values)
    }

    /// Whether it is in force by every choice among rival accounts, by none, or by some.
    fn over_choices(&self, world: &mut [usize]) -> Truth {
        let slots: Vec<usize> = self.case.choice.iter().flatten().copied().collect();
        let counts: Vec<usize> =
            slots.iter().map(|s| self.case.slots.get(*s).map_or(1, |slot| slot.classes.len())).collect();
        let total: usize = counts.iter().product::<usize>().min(4096);
        let truths = (0..total).map(|mut n| {
            for (slot, count) in slots.iter().zip(&counts) {
                if let Some(place) = world.get_mut(*slot) {
                    *place = n % count;
                }
                n /= count;
            }
            self.case.in_force(world)
        });
        join(truths.collect::<Vec<_>>())
    }

    fn in_area(&self) -> Reason {
        let areas = &self.case.law.rule.areas;
        let name = areas.iter().map(AreaId::as_str).collect::<Vec<_>>().join(", ");
        let lies = |place| {
            let each = areas.iter().map(|area| Truth::from(self.judge.areas.contains(area, place)));
            each.fold(Truth::False, Truth::or)
        };
        let mut values: Vec<Seen> = Vec::new();
        for (place, origins) in self.incident.places.iter() {
            let named = place.areas.iter().map(AreaId::as_str).collect::<Vec<_>>().join(", ");
            let value = match (&place.unresolved, named.is_empty()) {
                (_, false) => named,
                (Some(words), true) => words.to_string(),
                (None, true) => "a point".to_owned(),
            };
            values.push(seen(value, lies(place), origins));
        }
        values.extend(open(&self.incident.places));
        let truth = self.case.place.as_ref().map_or(Truth::Unknown, |(slot, truths)| {
            let classes = self.case.slots.get(*slot).map(|s| s.classes.as_slice()).unwrap_or_default();
            join(truths.iter().zip(classes).filter(|(_, class)| class.play).map(|(truth, _)| *truth))
        });
        step(Test::InArea(name), truth, true, values)
    }

    fn actors(&self, truth: impl Fn(&ActorId) -> Truth) -> Vec<Seen> {
        let given = &self.incident.actors;
        let mut all: Vec<Seen> =
            given.iter().map(|(actor, origins)| seen(actor.as_str(), truth(actor), origins)).collect();
        all.extend(open(given));
        all
    }

    fn binds(&self) -> Reason {
        let (rule, known) = (self.case.law.rule, &self.judge.known);
        let bound = |actor: &ActorId| match known.bind(rule, actor, self.at) {
            super::compile::Bind::Yes => Truth::True,
            super::compile::Bind::No => Truth::False,
            _ => Truth::Unknown,
        };
        let values = self.actors(bound);
        let mut under = Vec::new();
        if rule.accepted {
            let accepted = self.actors(|actor| self.accepted(actor));
            let truth = join(accepted.iter().map(|s| s.truth));
            under.push(step(Test::Accepted(ids(&rule.binds)), truth, true, accepted));
        }
        let exempt = self.actors(|actor| match known.unspecified(actor) && !known.exempt(actor, self.at) {
            true => Truth::Unknown,
            false => known.exempt(actor, self.at).into(),
        });
        let names: BTreeSet<&ActorId> = known.exempt.iter().flat_map(|entry| &entry.who).collect();
        let truth = join(exempt.iter().map(|s| s.truth));
        let is = step(Test::ActorIs(ids(names)), truth, true, exempt);
        under.push(above(Test::Not, truth.negate(), true, vec![is]));
        let truth = join(values.iter().map(|s| s.truth));
        Reason { test: Test::Binds(ids(&rule.binds)), truth, tried: true, seen: values, under }
    }

    fn accepted(&self, actor: &ActorId) -> Truth {
        match self.judge.known.acceptance(actor, self.at) {
            Accepted::Yes => Truth::True,
            Accepted::No => Truth::False,
            Accepted::NotFound => Truth::Unknown,
        }
    }

    fn provided(&self, party: &ActorId) -> Reason {
        let truth = self.accepted(party);
        let entries = self.judge.known.acceptances.iter().filter(|entry| entry.acceptance.by == *party);
        let origins = entries.flat_map(|entry| entry.acceptance.sources.clone()).collect();
        step(Test::Accepted(party.to_string()), truth, true, vec![seen(party.as_str(), truth, &origins)])
    }

    fn forbidden(&self, tried: bool) -> Reason {
        let shape = self.case.shape;
        let one = |n: &usize| shape.leaves.get(*n).map(|leaf| self.leaf(leaf, tried));
        let mut under: Vec<Reason> = one(&shape.act).into_iter().collect();
        under.extend(shape.weapon.as_ref().and_then(one));
        if let Some(object) = &shape.object {
            let steps: Vec<Reason> = object
                .iter()
                .flat_map(|(by, any)| {
                    let steps: Vec<Reason> = any.iter().filter_map(one).collect();
                    match by.as_ref().and_then(one) {
                        None => steps,
                        Some(by) => {
                            let any = steps.iter().fold(Truth::False, |truth, step| truth.or(step.truth));
                            let truth = any.and(by.truth);
                            let any = above(Test::Any, any, tried, steps);
                            vec![above(Test::All, truth, tried, vec![by, any])]
                        }
                    }
                })
                .collect();
            let truth = steps.iter().fold(Truth::False, |truth, step| truth.or(step.truth));
            under.push(above(Test::Any, truth, tried, steps));
        }
        under.extend(shape.when.iter().filter_map(one));
        let truth = conjunction(&under);
        above(Test::All, truth, tried, under)
    }

    fn exception(&self, exception: &Exception, tried: bool) -> Reason {
        let steps: Vec<Reason> = exception.all_of.iter().map(|c| self.leaf(&leaf(c), tried)).collect();
        let truth = conjunction(&steps);
        above(Test::Exception(exception.name.clone(), exception.gives), truth, tried, steps)
    }

    /// One question, with every value that a source gives and whether it satisfies.
    fn leaf(&self, leaf: &Leaf<'_>, tried: bool) -> Reason {
        let truths = self.class_truths(leaf);
        let truth = join(truths.iter().map(|(truth, _)| *truth));
        let of = |value: &str| {
            let found = truths.iter().find(|(_, words)| words.contains(&value)).map(|(truth, _)| *truth);
            found.unwrap_or(Truth::Unknown)
        };
        let incident = self.incident;
        let (test, values) = match leaf {
            Leaf::Act(set) => (
                Test::ActIs(words(set.iter().copied(), |a| a.as_str())),
                values(&incident.acts, |a| a.as_str(), of),
            ),
            Leaf::Weapon(set) => {
                let test = Test::WeaponIs(words(set.iter().copied(), |w| w.as_str()));
                (test, values(&incident.weapons, |w| w.as_str(), of))
            }
            Leaf::Target(set) => {
                let test = Test::TargetIs(words(set.iter().copied(), |t| t.as_str()));
                (test, values(&incident.targets, |t| t.as_str(), of))
            }
            Leaf::HeldBy(side) => {
                (Test::HeldBy(side.to_string()), values(&incident.held_by, |holder| holder.as_str(), of))
            }
            Leaf::Holds(fact) => {
                let seen = incident.facts.get(*fact).map(|given| values(given, |answer| answer.as_str(), of));
                (Test::Holds((*fact).clone()), seen.unwrap_or_else(|| self.silence(fact)))
            }
            Leaf::NotDenied(fact) => {
                let seen = incident.facts.get(*fact).map(|given| values(given, |answer| answer.as_str(), of));
                let nobody = vec![seen_by_nobody()];
                (Test::Holds((*fact).clone()), seen.unwrap_or(nobody))
            }
            Leaf::Member(side) => {
                let at = self.incident.time().map_or(self.judge.known.as_of, Interval::start);
                let member = |actor: &ActorId| self.judge.known.member(actor, side, at);
                (Test::ActorIs(side.to_string()), self.actors(member))
            }
            Leaf::Judged(judgement) => {
                let answer = incident.judgements.get(*judgement).map(|answer| answer.as_str());
                let nobody = BTreeSet::new();
                let value = seen(answer.unwrap_or("unanswered"), truth, &nobody);
                (Test::Judged((*judgement).clone()), vec![value])
            }
        };
        step(test, truth, tried, values)
    }

    /// Nobody states a named fact: unknown, or, for a claim, not made.
    fn silence(&self, fact: &truceline_model::FactId) -> Vec<Seen> {
        let nobody = BTreeSet::new();
        let claim = self.judge.terms.fact(fact).is_some_and(|found| found.silence_means_no);
        vec![if claim { seen("no", Truth::False, &nobody) } else { seen("unknown", Truth::Unknown, &nobody) }]
    }

    /// Truth of a leaf per class in play, with the values listed in the class.
    fn class_truths(&self, leaf: &Leaf<'_>) -> Vec<(Truth, Vec<&str>)> {
        let place = self.case.shape.leaves.iter().position(|other| other == leaf);
        let Some((slot, truths)) = place.and_then(|n| self.case.leaves.get(n)) else { return Vec::new() };
        let classes = self.case.slots.get(*slot).map(|slot| slot.classes.as_slice()).unwrap_or_default();
        let play = truths.iter().zip(classes).filter(|(_, class)| class.play);
        play.map(|(truth, class)| match &class.values {
            super::case::Values::Listed(words) => (*truth, words.clone()),
            _ => (*truth, Vec::new()),
        })
        .collect()
    }
}

fn leaf(condition: &crate::ir::Condition) -> Leaf<'_> {
    use crate::ir::Condition::{HeldBy, Holds, Judged, NotDenied, Target};
    match condition {
        Target(targets) => Leaf::Target(targets),
        HeldBy(side) => Leaf::HeldBy(side),
        Holds(fact) => Leaf::Holds(fact),
        NotDenied(fact) => Leaf::NotDenied(fact),
        Judged(judgement) => Leaf::Judged(judgement),
    }
}

fn values<T: Ord>(
    given: &Alternatives<T>,
    word: impl Fn(&T) -> &str,
    truth: impl Fn(&str) -> Truth,
) -> Vec<Seen> {
    let mut all: Vec<Seen> =
        given.iter().map(|(value, origins)| seen(word(value), truth(word(value)), origins)).collect();
    all.extend(open(given));
    all
}

/// Nobody denies it: silence counts as *yes*.
fn seen_by_nobody() -> Seen {
    seen("not denied", Truth::True, &BTreeSet::new())
}

/// Facts that a finding's reasons can be asked about; kept beside the tests that name them.
#[must_use]
pub fn fact_of_test(test: &Test) -> Option<Fact> {
    Some(match test {
        Test::InForce(_) => Fact::Time,
        Test::InArea(_) => Fact::Place,
        Test::Binds(_) | Test::Accepted(_) | Test::ActorIs(_) => Fact::Actor,
        Test::ActIs(_) => Fact::Act,
        Test::WeaponIs(_) => Fact::Weapon,
        Test::TargetIs(_) => Fact::Target,
        Test::HeldBy(_) => Fact::HeldBy,
        Test::Holds(fact) => Fact::Named(fact.clone()),
        Test::Judged(judgement) => Fact::Judgement(judgement.clone()),
        Test::Takes(matter, _) => Fact::Matter(matter.clone()),
        Test::All | Test::Any | Test::Not | Test::Exception(..) => return None,
    })
}
