//! The reasons of a finding, as a tree: each step of the clause in the order in which it is asked, what it saw, who says so.
//!
//! Says what the judge did and nothing else: the truths come from the same look-ups, so that a reason never contradicts
//! its outcome.

use std::collections::BTreeSet;

use truceline_model::{
    ActorId, Alternatives, Fact, Incident, Instant, Interval, Reason, Seen, SourceId, Test, Truth,
};

use super::Judge;
use super::case::{Case, TIME};
use super::compile::{Accepted, Bind};
use super::shape::Asked;
use crate::ir::{Effect, Exception};

/// A step without anything below it.
pub(super) fn step(test: Test, truth: Truth, tried: bool, seen: Vec<Seen>) -> Reason {
    Reason { test, truth, tried, seen, under: Vec::new() }
}

fn above(test: Test, truth: Truth, tried: bool, under: Vec<Reason>) -> Reason {
    Reason { test, truth, tried, seen: Vec::new(), under }
}

/// All alike: that; otherwise not known.
pub(super) fn join(truths: impl IntoIterator<Item = Truth>) -> Truth {
    let mut all = truths.into_iter();
    let first = all.next().unwrap_or(Truth::Unknown);
    if all.all(|truth| truth == first) { first } else { Truth::Unknown }
}

fn conjunction(steps: &[Reason]) -> Truth {
    steps.iter().fold(Truth::True, |truth, step| truth.and(step.truth))
}

pub(super) fn seen(value: impl Into<String>, truth: Truth, origins: &BTreeSet<SourceId>) -> Seen {
    Seen { value: value.into(), truth, origins: origins.clone() }
}

/// What is said of values that nobody names: `unknown`, with those who leave it open.
pub(super) fn open<T: Ord>(given: &Alternatives<T>) -> Option<Seen> {
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

pub(super) fn ids<'a>(all: impl IntoIterator<Item = &'a ActorId>) -> String {
    all.into_iter().map(ActorId::as_str).collect::<Vec<_>>().join(", ")
}

pub(super) fn words<T: Copy>(all: impl IntoIterator<Item = T>, word: impl Fn(T) -> &'static str) -> String {
    all.into_iter().map(word).collect::<Vec<_>>().join(", ")
}

/// The reasons of one case.
pub(super) fn reasons(judge: &Judge<'_>, case: &Case<'_>, incident: &Incident) -> Vec<Reason> {
    let explain = Explain { judge, case, incident };
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
    for (exception, asked) in &case.shape.exceptions {
        let one = explain.exception(exception, asked, tried && !stopped);
        stopped |= one.truth == Truth::True;
        all.push(one);
    }
    all
}

pub(super) struct Explain<'e> {
    pub(super) judge: &'e Judge<'e>,
    pub(super) case: &'e Case<'e>,
    pub(super) incident: &'e Incident,
}

impl Explain<'_> {
    fn covered(&self) -> Reason {
        let rule = self.case.law.rule;
        let mut under = vec![self.in_force()];
        if let Some(applies) = &self.case.shape.applies {
            match applies.as_slice() {
                [one] => under.push(self.asked(*one, true)),
                many => {
                    let steps: Vec<Reason> = many.iter().map(|one| self.asked(*one, true)).collect();
                    let truth = steps.iter().fold(Truth::False, |truth, step| truth.or(step.truth));
                    under.push(above(Test::Any, truth, true, steps));
                }
            }
        }
        under.push(self.bound());
        under.extend(rule.provided.iter().map(|party| self.provided(party)));
        under.extend(self.case.shape.outside.iter().map(|outside| {
            let steps: Vec<Reason> = outside.iter().map(|one| self.asked(*one, true)).collect();
            let truth = conjunction(&steps).negate();
            above(Test::Not, truth, true, steps)
        }));
        let truth = conjunction(&under);
        above(Test::All, truth, true, under)
    }

    fn in_force(&self) -> Reason {
        let law = self.case.law;
        let given =
            || law.accounts.iter().flatten().filter(|a| a.effect == Effect::Gives).map(|a| a.step.window);
        let windows: Vec<Interval> = match (&law.windows, law.chain.is_some()) {
            (Some(windows), false) => windows.clone(),
            (None, _) => given().collect(),
            (Some(windows), true) => {
                given().flat_map(|a| windows.iter().filter_map(move |b| a.intersect(*b))).collect()
            }
        };
        let name = match windows.is_empty() {
            true => window_words(None),
            false => windows.iter().map(|w| window_words(Some(*w))).collect::<Vec<_>>().join(" or "),
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
        for (class, pieces) in self.case.spans.iter().enumerate() {
            let mut world = vec![0; self.case.slots.len()];
            if let Some(time) = world.get_mut(TIME) {
                *time = class;
            }
            // What went on throughout was in force when any part of it was.
            truths.push(
                pieces.iter().fold(Truth::False, |any, piece| any.or(self.over_choices(&mut world, *piece))),
            );
        }
        step(Test::InForce(name), join(truths), true, values)
    }

    /// Whether it is in force by every choice among rival accounts, by none, or by some.
    fn over_choices(&self, world: &mut [usize], piece: usize) -> Truth {
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
            // Accounts that nobody tells together are no account.
            let told = self.case.law.told_whole(|step| self.case.chosen(step, world));
            told.then(|| self.case.in_force(world, piece))
        });
        join(truths.flatten().collect::<Vec<_>>())
    }

    pub(super) fn people(
        &self,
        given: &Alternatives<ActorId>,
        truth: impl Fn(&ActorId) -> Truth,
    ) -> Vec<Seen> {
        let mut all: Vec<Seen> =
            given.iter().map(|(actor, origins)| seen(actor.as_str(), truth(actor), origins)).collect();
        all.extend(open(given));
        all
    }

    /// Whether the actor is bound, or a side through whoever commanded it.
    fn bound(&self) -> Reason {
        let actor = self.binds(&self.incident.actors);
        if !self.case.law.rule.affiliates {
            return actor;
        }
        let given = &self.incident.commanders;
        let silent = given.is_empty() && given.open_origins().is_empty();
        let rule = self.case.law.rule;
        let commander = if silent {
            let nobody = seen("nobody", Truth::False, &BTreeSet::new());
            step(Test::CommandedBy(ids(&rule.binds)), Truth::False, true, vec![nobody])
        } else {
            Reason { test: Test::CommandedBy(ids(&rule.binds)), ..self.binds(given) }
        };
        let truth = actor.truth.or(commander.truth);
        above(Test::Any, truth, true, vec![actor, commander])
    }

    fn binds(&self, given: &Alternatives<ActorId>) -> Reason {
        let (rule, known) = (self.case.law.rule, &self.judge.known);
        let bound = |actor: &ActorId| {
            self.over_time(|at| match known.bind(rule, actor, at) {
                Bind::Yes => Truth::True,
                Bind::No => Truth::False,
                Bind::Turns | Bind::Unknown => Truth::Unknown,
            })
        };
        let values = self.people(given, bound);
        let mut under = Vec::new();
        if rule.accepted {
            let accepted = self.people(given, |actor| self.accepted(actor));
            let truth = join(accepted.iter().map(|s| s.truth));
            under.push(step(Test::Accepted(ids(&rule.binds)), truth, true, accepted));
        }
        let names: BTreeSet<&ActorId> = known.exempt.iter().flat_map(|entry| &entry.who).collect();
        // Where the agreement leaves nobody outside there is nothing to ask.
        if !names.is_empty() {
            let exempt = self.people(given, |actor| {
                self.over_time(|at| match (known.unspecified(actor), known.exempt(actor, at)) {
                    (true, false) => Truth::Unknown,
                    (_, exempt) => exempt.into(),
                })
            });
            let truth = join(exempt.iter().map(|s| s.truth));
            let is = step(Test::ActorIs(ids(names)), truth, true, exempt);
            under.push(above(Test::Not, truth.negate(), true, vec![is]));
        }
        let truth = join(values.iter().map(|s| s.truth));
        Reason { test: Test::Binds(ids(&rule.binds)), truth, tried: true, seen: values, under }
    }

    fn accepted(&self, actor: &ActorId) -> Truth {
        self.over_time(|at| match self.judge.known.acceptance(actor, at) {
            Accepted::Yes => Truth::True,
            Accepted::No => Truth::False,
            Accepted::NotFound => Truth::Unknown,
        })
    }

    /// What holds in every stretch of time in play, in none, or in some; of what went on throughout, in any part of it.
    fn over_time(&self, truth: impl Fn(Instant) -> Truth) -> Truth {
        let moments = self.case.moments();
        let at = |piece: &usize| moments.get(*piece).map_or(Truth::Unknown, |at| truth(*at));
        join(self.case.spans.iter().map(|pieces| pieces.iter().map(at).fold(Truth::False, Truth::or)))
    }

    fn provided(&self, party: &ActorId) -> Reason {
        let truth = self.accepted(party);
        let entries = self.judge.known.acceptances.iter().filter(|entry| entry.acceptance.by == *party);
        let origins = entries.flat_map(|entry| entry.acceptance.sources.clone()).collect();
        step(Test::Accepted(party.to_string()), truth, true, vec![seen(party.as_str(), truth, &origins)])
    }

    fn forbidden(&self, tried: bool) -> Reason {
        let shape = self.case.shape;
        let mut under: Vec<Reason> = [shape.act]
            .iter()
            .chain(&shape.weapon)
            .chain(&shape.system)
            .map(|one| self.asked(*one, tried))
            .collect();
        if let Some(object) = &shape.object {
            let steps: Vec<Reason> = object
                .iter()
                .flat_map(|aim| {
                    let steps: Vec<Reason> = aim.any.iter().map(|one| self.asked(*one, tried)).collect();
                    match aim.by.map(|by| self.asked(by, tried)) {
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
        under.extend(shape.when.iter().filter_map(|group| match group.as_slice() {
            [] => None,
            [one] => Some(self.asked(*one, tried)),
            many => {
                let steps: Vec<Reason> = many.iter().map(|one| self.asked(*one, tried)).collect();
                let truth = steps.iter().fold(Truth::False, |truth, step| truth.or(step.truth));
                Some(above(Test::Any, truth, tried, steps))
            }
        }));
        let truth = conjunction(&under);
        above(Test::All, truth, tried, under)
    }

    fn exception(&self, exception: &Exception, asked: &[Asked], tried: bool) -> Reason {
        let steps: Vec<Reason> = asked.iter().map(|one| self.asked(*one, tried)).collect();
        let truth = conjunction(&steps);
        above(Test::Exception(exception.name.clone(), exception.gives), truth, tried, steps)
    }

    /// One question as the rule asks it, perhaps the other way round.
    fn asked(&self, asked: Asked, tried: bool) -> Reason {
        let truths = self.truths(asked.leaf);
        let truth = join(truths.iter().map(|(truth, _)| *truth));
        let Some(leaf) = self.case.shape.leaves.get(asked.leaf) else {
            return step(Test::All, Truth::Unknown, tried, Vec::new());
        };
        let (test, values) = self.seen_of(leaf, truth, &truths);
        let told = step(test, truth, tried, values);
        if asked.no { above(Test::Not, truth.negate(), tried, vec![told]) } else { told }
    }
}

/// Facts that a finding's reasons can be asked about; kept beside the tests that name them.
#[must_use]
pub fn fact_of_test(test: &Test) -> Option<Fact> {
    Some(match test {
        Test::InForce(_) | Test::From(_) | Test::Daily(_) | Test::WholeDay => Fact::Time,
        Test::InArea(_) | Test::Near(_) => Fact::Place,
        Test::CommandedBy(_) => Fact::Commander,
        Test::SystemIs(_) => Fact::System,
        Test::StruckIs(_) => Fact::Struck,
        Test::Counted(words) => Fact::Measure(words.split(' ').next().unwrap_or_default().into()),
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
