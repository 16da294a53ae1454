//! What one question saw: every value that a source gives, and whether it satisfies.

use std::collections::BTreeSet;

use truceline_model::{ActorId, Alternatives, FactId, Instant, Interval, Seen, Test, Truth};

use super::case::{Told, Values};
use super::explain::{Explain, ids, join, open, seen, words};
use super::shape::Leaf;
use super::{amounts, held, places, when};

/// Truth of a question per class in play, with the values listed in the class.
type Truths<'e> = Vec<(Truth, Vec<&'e str>)>;

impl<'e> Explain<'e> {
    /// The test of a question and the values that it saw.
    pub(super) fn seen_of(&self, leaf: &Leaf<'_>, truth: Truth, truths: &Truths<'e>) -> (Test, Vec<Seen>) {
        let of = |value: &str| {
            let found = truths.iter().find(|(_, words)| words.contains(&value)).map(|(truth, _)| *truth);
            found.unwrap_or(Truth::Unknown)
        };
        let incident = self.incident;
        match leaf {
            Leaf::Act(set) => {
                let test = Test::ActIs(words(set.iter().copied(), |act| act.as_str()));
                (test, values(&incident.acts, |act| act.as_str(), of))
            }
            Leaf::Weapon(set) => {
                let test = Test::WeaponIs(words(set.iter().copied(), |weapon| weapon.as_str()));
                (test, values(&incident.weapons, |weapon| weapon.as_str(), of))
            }
            Leaf::System(set) => {
                let names: Vec<&str> = set.iter().map(|system| system.as_str()).collect();
                (Test::SystemIs(names.join(", ")), values(&incident.systems, |system| system.as_str(), of))
            }
            Leaf::Target(set) => {
                let test = Test::TargetIs(words(set.iter().copied(), |target| target.as_str()));
                (test, values(&incident.targets, |target| target.as_str(), of))
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
                (Test::Holds((*fact).clone()), seen.unwrap_or_else(|| vec![seen_by_nobody()]))
            }
            Leaf::Judged(judgement) => {
                let answer = incident.judgements.get(*judgement).map(|answer| answer.as_str());
                let value = seen(answer.unwrap_or("unanswered"), truth, &BTreeSet::new());
                (Test::Judged((*judgement).clone()), vec![value])
            }
            Leaf::Member(_) | Leaf::DoneBy(_) | Leaf::CommandedBy(_) | Leaf::Struck(_) => {
                self.seen_people(leaf)
            }
            Leaf::In(_) | Leaf::Near(..) => self.seen_places(leaf),
            Leaf::From(_) | Leaf::Daily(..) | Leaf::WholeDay => self.seen_times(leaf),
            Leaf::Counted(counted) => {
                let given = incident.amounts.get(&counted.measure);
                let figures = given.into_iter().flat_map(|all| all.iter());
                // A ratio's figure alone answers nothing; the step's truth does.
                let truth = |range| match counted.per {
                    None => amounts::holds(counted, range, None),
                    Some(_) => truth,
                };
                let one = |(bounds, origins): (&truceline_model::Bounds, &BTreeSet<_>)| {
                    let range = (u64::from(bounds.min), bounds.max.map(u64::from));
                    seen(amounts::range_words(range), truth(range), origins)
                };
                let mut all: Vec<Seen> = figures.map(one).collect();
                match given {
                    Some(given) => all.extend(open(given)),
                    None => all.push(seen("unknown", Truth::Unknown, &BTreeSet::new())),
                }
                (Test::Counted(amounts::words(counted)), all)
            }
        }
    }

    fn seen_people(&self, leaf: &Leaf<'_>) -> (Test, Vec<Seen>) {
        // Who belonged to whom is asked in every stretch of time; where they differ, it turns on when.
        let moments = self.case.moments();
        let ever = |truth: &dyn Fn(Instant) -> Truth| join(moments.iter().map(|at| truth(*at)));
        let known = &self.judge.known;
        let member = |actor: &ActorId, sides: &BTreeSet<ActorId>| {
            ever(&|at| sides.iter().fold(Truth::False, |truth, side| truth.or(known.member(actor, side, at))))
        };
        let incident = self.incident;
        match leaf {
            Leaf::Member(side) => {
                let one = |actor: &ActorId| ever(&|at| known.member(actor, side, at));
                (Test::ActorIs(side.to_string()), self.people(&incident.actors, one))
            }
            Leaf::DoneBy(sides) => {
                let all = self.people(&incident.actors, |actor| member(actor, sides));
                (Test::ActorIs(ids(*sides)), all)
            }
            Leaf::CommandedBy(sides) => {
                let given = &incident.commanders;
                let nobody = || vec![seen("nobody", Truth::False, &BTreeSet::new())];
                let silent = given.is_empty() && given.open_origins().is_empty();
                let all = if silent { nobody() } else { self.people(given, |actor| member(actor, sides)) };
                (Test::CommandedBy(ids(*sides)), all)
            }
            Leaf::Struck(side) => {
                let given = &incident.struck;
                let one = |actor: &ActorId| ever(&|at| held::protected(self.judge, actor, side, at));
                (Test::StruckIs(side.to_string()), self.people(given, one))
            }
            _ => (Test::All, Vec::new()),
        }
    }

    fn seen_places(&self, leaf: &Leaf<'_>) -> (Test, Vec<Seen>) {
        let mut all: Vec<Seen> = Vec::new();
        for (place, origins) in self.incident.places.iter() {
            let named = place.areas.iter().map(|area| area.as_str()).collect::<Vec<_>>().join(", ");
            let value = match (&place.unresolved, named.is_empty()) {
                (_, false) => named,
                (Some(words), true) => words.to_string(),
                (None, true) => "a point".to_owned(),
            };
            all.push(seen(value, places::truth(self.judge.areas, leaf, place), origins));
        }
        all.extend(open(&self.incident.places));
        let test = match leaf {
            Leaf::In(of) => Test::InArea(of.iter().map(|area| area.as_str()).collect::<Vec<_>>().join(", ")),
            _ => Test::Near(places::words(leaf).trim_start_matches("within ").to_owned()),
        };
        (test, all)
    }

    fn seen_times(&self, leaf: &Leaf<'_>) -> (Test, Vec<Seen>) {
        let truth = |when: &Interval| match leaf {
            Leaf::From(at) if when.start() >= *at => Truth::True,
            Leaf::From(at) if when.end() <= *at => Truth::False,
            Leaf::WholeDay => match self.judge.terms.zone.is_whole_day(*when) {
                true => Truth::True,
                false => Truth::Unknown,
            },
            Leaf::Daily(from, until) => when::daily(self.judge, *from, *until, *when),
            _ => Truth::Unknown,
        };
        let given = &self.incident.when;
        let mut all: Vec<Seen> = given
            .iter()
            .map(|(when, origins)| seen(format!("{}/{}", when.start(), when.end()), truth(when), origins))
            .collect();
        all.extend(open(given));
        let test = match leaf {
            Leaf::From(at) => Test::From(at.to_string()),
            Leaf::Daily(from, until) => Test::Daily(when::hours_words(*from, *until)),
            _ => Test::WholeDay,
        };
        (test, all)
    }

    /// Nobody states a named fact: unknown, or, for a claim, not made.
    fn silence(&self, fact: &FactId) -> Vec<Seen> {
        let nobody = BTreeSet::new();
        let claim = self.judge.terms.fact(fact).is_some_and(|found| found.silence_means_no);
        vec![if claim { seen("no", Truth::False, &nobody) } else { seen("unknown", Truth::Unknown, &nobody) }]
    }

    /// Truth of a question per class in play, with the values listed in the class.
    pub(super) fn truths(&self, leaf: usize) -> Truths<'e> {
        let in_play = |slot: usize| {
            let classes = self.case.slots.get(slot).map(|slot| slot.classes.as_slice()).unwrap_or_default();
            classes.iter().map(|class| class.play).collect::<Vec<bool>>()
        };
        let by_class = |slot: usize, truths: Vec<Truth>| -> Truths<'e> {
            let classes = self.case.slots.get(slot).map(|slot| slot.classes.as_slice()).unwrap_or_default();
            let play = truths.into_iter().zip(classes).filter(|(_, class)| class.play);
            let listed = |values: &Values<'e>| match values {
                Values::Listed(words) => words.clone(),
                _ => Vec::new(),
            };
            play.map(|(truth, class)| (truth, listed(&class.values))).collect()
        };
        match self.case.leaves.get(leaf) {
            Some(Told::Of(slot, truths)) => by_class(*slot, truths.clone()),
            Some(Told::Dated(slot, rows)) => {
                by_class(*slot, rows.iter().map(|row| join(row.iter().copied())).collect())
            }
            Some(Told::Pair(one, other, rows)) => {
                let (one, other) = (in_play(*one), in_play(*other));
                let rows = rows.iter().zip(one).filter(|(_, play)| *play).map(|(row, _)| row);
                let told = rows.flat_map(|row| row.iter().zip(&other).filter(|(_, play)| **play));
                told.map(|(truth, _)| (*truth, Vec::new())).collect()
            }
            Some(Told::Time(place)) => {
                let told = self.case.pieces.iter().filter_map(|piece| piece.told.get(*place));
                told.map(|truth| (*truth, Vec::new())).collect()
            }
            None => Vec::new(),
        }
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
