//! One incident before one shape of one clause: its facts as slots, each with the classes of values that the clause tells
//! apart, and the truth of every question for every class.
//!
//! A class is *in play* when some source leaves it possible; the others are values that could still be supposed where a
//! fact is open. Values that no question tells apart share a class, so that the number of worlds stays small.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{Act, ActorId, Answer, Fact, Incident, Instant, Interval, Truth};

use super::Judge;
use super::compile::{Accepted, Bind, Law, Leaf, Shape};
use super::rows::{act_truths, answer_rows, fact_of, fact_rows, held_rows, listed, words, yes_or_no};
use crate::ir::Account;

/// What a class stands for, as a hypothesis would name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Values<'a> {
    /// Named by sources: one hypothesis each.
    Listed(Vec<&'a str>),
    /// Could be supposed: any one of these.
    OneOf(Vec<&'a str>),
    /// Could be supposed: anything but these.
    NoneOf(Vec<&'a str>),
    /// From a moment (unless the first) up to another (unless the last).
    Time(Option<Instant>, Option<Instant>),
    /// A rival account of a calm's step.
    Account(&'a Account),
    /// Nothing that can be supposed: not known, or a description.
    Open,
}

/// A class of values of one fact.
#[derive(Clone, Debug)]
pub(super) struct Class<'a> {
    pub(super) play: bool,
    pub(super) values: Values<'a>,
}

/// A fact with its classes; never empty.
#[derive(Clone, Debug)]
pub(super) struct Slot<'a> {
    pub(super) fact: Fact,
    pub(super) classes: Vec<Class<'a>>,
}

/// Whether the clause binds whoever is meant by a class, in a stretch of time; `Turns` names the acceptance's slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    Known(Truth),
    Turns(usize),
}

/// The incident before the clause.
pub(super) struct Case<'a> {
    pub(super) shape: &'a Shape<'a>,
    pub(super) slots: Vec<Slot<'a>>,
    /// Per leaf: its slot, and its truth per class.
    pub(super) leaves: Vec<(usize, Vec<Truth>)>,
    /// Per class of the time slot: the cell.
    pub(super) cells: Vec<usize>,
    /// Per actor class, per time class.
    pub(super) binds: Vec<Vec<Bound>>,
    /// Per condition, per time class.
    pub(super) provided: Vec<Vec<Bound>>,
    /// Per step of a calm: the slot of its accounts, when they rival.
    pub(super) choice: Vec<Option<usize>>,
    /// The slot of the place and its truth per class, when the clause has an area.
    pub(super) place: Option<(usize, Vec<Truth>)>,
    pub(super) law: &'a Law<'a>,
}

/// The slot of time is always the first, that of the actor the second.
pub(super) const TIME: usize = 0;
/// See [`TIME`].
pub(super) const ACTOR: usize = 1;

impl<'a> Case<'a> {
    pub(super) fn new(
        judge: &'a Judge<'a>,
        law: &'a Law<'a>,
        shape: &'a Shape<'a>,
        incident: &'a Incident,
    ) -> Self {
        let (time, cells) = time_slot(law, incident);
        let mut case = Self {
            shape,
            slots: vec![time],
            leaves: vec![(TIME, Vec::new()); shape.leaves.len()],
            cells,
            binds: Vec::new(),
            provided: Vec::new(),
            choice: Vec::new(),
            place: None,
            law,
        };
        case.actor(judge, incident);
        case.conditional();
        case.windows();
        case.area(judge, incident);
        case.questions(judge, incident);
        case
    }

    fn push(&mut self, slot: Slot<'a>) -> usize {
        self.slots.push(slot);
        self.slots.len() - 1
    }

    /// The slot of somebody's acceptance, of which nothing is found.
    fn acceptance(&mut self, actor: &ActorId) -> usize {
        let fact = Fact::Acceptance(actor.clone());
        match self.slots.iter().position(|slot| slot.fact == fact) {
            Some(found) => found,
            None => self.push(Slot { fact, classes: yes_or_no(None) }),
        }
    }

    fn actor(&mut self, judge: &'a Judge<'a>, incident: &'a Incident) {
        let at = incident.time().map_or(judge.known.as_of, Interval::start);
        let sides: Vec<(usize, &ActorId)> = self
            .shape
            .leaves
            .iter()
            .enumerate()
            .filter_map(|(n, leaf)| if let Leaf::Member(side) = leaf { Some((n, *side)) } else { None })
            .collect();
        let cells = self.cells.clone();
        let treatment = |actor: &ActorId| Treatment {
            binds: bind_row(judge, self.law, actor, &cells),
            member: sides.iter().map(|(_, side)| judge.known.member(actor, side, at)).collect(),
        };
        let mut rows: Vec<ActorRow<'a>> = Vec::new();
        let mut open = incident.actors.is_open();
        for (actor, _) in incident.actors.iter() {
            let how = treatment(actor);
            let turns = how.binds.contains(&Bind::Turns);
            let vague = judge.known.unspecified(actor);
            open |= vague;
            let same = rows.iter_mut().find(|row| {
                row.how == how && !turns && row.whose.is_none() && (row.class.values == Values::Open) == vague
            });
            match (same, vague) {
                (Some(row), false) => row.class.values.list(actor.as_str()),
                (Some(_), true) => {}
                (None, _) => {
                    let values = if vague { Values::Open } else { Values::Listed(vec![actor.as_str()]) };
                    rows.push(ActorRow {
                        how,
                        whose: turns.then_some(actor),
                        class: Class { play: true, values },
                    });
                }
            }
        }
        if open {
            extra_actors(judge, &mut rows, &treatment);
        }
        if incident.actors.is_open() {
            let binds = vec![Bind::Unknown; cells.len()];
            let how = Treatment { binds, member: vec![Truth::Unknown; sides.len()] };
            if !rows.iter().any(|row| row.how == how && row.class.play) {
                rows.push(ActorRow { how, whose: None, class: Class { play: true, values: Values::Open } });
            }
        }
        let classes = rows.iter().map(|row| row.class.clone()).collect();
        self.push(Slot { fact: Fact::Actor, classes });
        for (place, (n, _)) in sides.iter().enumerate() {
            let truths = rows.iter().map(|row| row.how.member.get(place).copied().unwrap_or(Truth::Unknown));
            if let Some(leaf) = self.leaves.get_mut(*n) {
                *leaf = (ACTOR, truths.collect());
            }
        }
        for row in rows {
            let whose = row.whose;
            let bound = row.how.binds.into_iter().map(|bind| match (bind, whose) {
                (Bind::Yes, _) => Bound::Known(Truth::True),
                (Bind::No, _) => Bound::Known(Truth::False),
                (Bind::Turns, Some(actor)) => Bound::Turns(self.acceptance(actor)),
                (Bind::Unknown | Bind::Turns, _) => Bound::Known(Truth::Unknown),
            });
            let bound = bound.collect();
            self.binds.push(bound);
        }
    }

    fn conditional(&mut self) {
        let rule = self.law.rule;
        for (n, party) in rule.provided.iter().enumerate() {
            let found: Vec<Accepted> = self
                .cells
                .iter()
                .map(|c| self.law.cells.get(*c).and_then(|cell| cell.provided.get(n)).copied())
                .map(|found| found.unwrap_or(Accepted::NotFound))
                .collect();
            let bound = found
                .into_iter()
                .map(|found| match found {
                    Accepted::Yes => Bound::Known(Truth::True),
                    Accepted::No => Bound::Known(Truth::False),
                    Accepted::NotFound => Bound::Turns(self.acceptance(party)),
                })
                .collect();
            self.provided.push(bound);
        }
    }

    /// One slot for every step of a calm on which accounts differ.
    fn windows(&mut self) {
        let law = self.law;
        for (n, step) in law.accounts.iter().enumerate() {
            let slot = (step.len() > 1).then(|| {
                let classes = step
                    .iter()
                    .map(|account| Class { play: true, values: Values::Account(account) })
                    .collect();
                self.push(Slot { fact: Fact::Window(format!("{}/{}", law.clause.id, n + 1)), classes })
            });
            self.choice.push(slot);
        }
    }

    fn area(&mut self, judge: &Judge<'_>, incident: &Incident) {
        let areas = &self.law.rule.areas;
        if areas.is_empty() {
            return;
        }
        let lies = |place| {
            let each = areas.iter().map(|area| Truth::from(judge.areas.contains(area, place)));
            each.fold(Truth::False, Truth::or)
        };
        let all: BTreeSet<Truth> = incident.places.iter().map(|(place, _)| lies(place)).collect();
        // A place given more coarsely than another does not rival it: only when nobody can tell is it open.
        let told: Vec<Truth> = all.into_iter().filter(|truth| *truth != Truth::Unknown).collect();
        let ids: Vec<&'a str> = areas.iter().map(truceline_model::AreaId::as_str).collect();
        let class = |truth: Truth, play| {
            let values = match truth {
                Truth::True => Values::OneOf(ids.clone()),
                Truth::False => Values::NoneOf(ids.clone()),
                Truth::Unknown => Values::Open,
            };
            (truth, Class { play, values })
        };
        let classes: Vec<(Truth, Class<'a>)> = if told.is_empty() {
            vec![class(Truth::Unknown, true), class(Truth::True, false), class(Truth::False, false)]
        } else {
            told.into_iter().map(|truth| class(truth, true)).collect()
        };
        let truths = classes.iter().map(|(truth, _)| *truth).collect();
        let classes = classes.into_iter().map(|(_, class)| class).collect();
        let slot = self.push(Slot { fact: Fact::Place, classes });
        self.place = Some((slot, truths));
    }

    fn questions(&mut self, judge: &'a Judge<'a>, incident: &'a Incident) {
        let shape = self.shape;
        let mut groups: BTreeMap<Fact, Vec<usize>> = BTreeMap::new();
        for (n, leaf) in shape.leaves.iter().enumerate() {
            // Membership was told with the actor.
            if !matches!(leaf, Leaf::Member(_)) {
                groups.entry(fact_of(leaf)).or_default().push(n);
            }
        }
        let at = incident.time().map_or(judge.known.as_of, Interval::start);
        for (fact, members) in groups {
            let leaves: Vec<Leaf<'a>> =
                members.iter().filter_map(|n| shape.leaves.get(*n)).copied().collect();
            let rows = match &fact {
                Fact::Act => words(&incident.acts, Act::ALL, Act::as_str, |act| act_truths(act, &leaves)),
                Fact::Weapon => words(
                    &incident.weapons,
                    truceline_model::Weapon::ALL,
                    truceline_model::Weapon::as_str,
                    |weapon| {
                        leaves
                            .iter()
                            .map(|leaf| matches!(leaf, Leaf::Weapon(set) if set.contains(&weapon)).into())
                            .collect()
                    },
                ),
                Fact::Target => words(
                    &incident.targets,
                    truceline_model::Target::ALL,
                    truceline_model::Target::as_str,
                    |target| {
                        leaves
                            .iter()
                            .map(|leaf| matches!(leaf, Leaf::Target(set) if set.contains(&target)).into())
                            .collect()
                    },
                ),
                Fact::HeldBy => held_rows(judge, incident, &leaves, at),
                Fact::Named(id) => {
                    let silent_no = judge.terms.fact(id).is_some_and(|fact| fact.silence_means_no);
                    fact_rows(incident.facts.get(id), silent_no, &leaves)
                }
                Fact::Judgement(id) => match incident.judgements.get(id) {
                    Some(Answer::Yes) => vec![(vec![Truth::True], listed("yes"))],
                    Some(Answer::No) => vec![(vec![Truth::False], listed("no"))],
                    _ => answer_rows(None, false),
                },
                _ => Vec::new(),
            };
            let classes = rows.iter().map(|(_, class)| class.clone()).collect();
            let slot = self.push(Slot { fact, classes });
            for (place, n) in members.iter().enumerate() {
                let truths = rows.iter().map(|(row, _)| row.get(place).copied().unwrap_or(Truth::Unknown));
                if let Some(leaf) = self.leaves.get_mut(*n) {
                    *leaf = (slot, truths.collect());
                }
            }
        }
    }
}

/// How a clause treats an actor: bound or not in each stretch of time, and of which sides that it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Treatment {
    binds: Vec<Bind>,
    member: Vec<Truth>,
}

/// A class of actors in the making.
struct ActorRow<'a> {
    how: Treatment,
    /// The one actor whose own acceptance it turns on.
    whose: Option<&'a ActorId>,
    class: Class<'a>,
}

fn bind_row(judge: &Judge<'_>, law: &Law<'_>, actor: &ActorId, cells: &[usize]) -> Vec<Bind> {
    let place = judge.known.index.get(actor);
    let bind = |cell: &usize| law.cells.get(*cell)?.binds.get(*place?).copied();
    cells.iter().map(|cell| bind(cell).unwrap_or(Bind::No)).collect()
}

/// Actors that nobody named, by how the clause treats them; an actor whose own acceptance is not found is not offered,
/// because supposing it would open a second question.
fn extra_actors<'a>(
    judge: &'a Judge<'a>,
    rows: &mut Vec<ActorRow<'a>>,
    treatment: &impl Fn(&ActorId) -> Treatment,
) {
    let listed = rows.len();
    for actor in &judge.offered {
        let how = treatment(actor);
        if how.binds.iter().any(|bind| matches!(bind, Bind::Turns | Bind::Unknown)) {
            continue;
        }
        match rows.iter().position(|row| row.how == how && row.class.values != Values::Open) {
            Some(place) if place < listed => {}
            Some(place) => {
                if let Some(row) = rows.get_mut(place) {
                    row.class.values.list(actor.as_str());
                }
            }
            None => {
                let class = Class { play: false, values: Values::OneOf(vec![actor.as_str()]) };
                rows.push(ActorRow { how, whose: None, class });
            }
        }
    }
}

/// The stretches of time that the event touches. Accounts of the time that agree on a part are taken together; accounts
/// that exclude one another stand side by side. With no time at all, every stretch is in play.
fn time_slot<'a>(law: &Law<'a>, incident: &Incident) -> (Slot<'a>, Vec<usize>) {
    let given: Vec<Interval> = incident.when.iter().map(|(when, _)| *when).collect();
    let shared = given
        .split_first()
        .and_then(|(first, rest)| rest.iter().try_fold(*first, |all, next| all.intersect(*next)));
    let spans: Vec<Interval> = match (given.is_empty(), shared) {
        (true, _) => vec![Interval::ALWAYS],
        (false, Some(shared)) => vec![shared],
        (false, None) => given,
    };
    let touched: Vec<usize> = law
        .cells
        .iter()
        .enumerate()
        .filter(|(_, cell)| spans.iter().any(|span| span.intersect(cell.during).is_some()))
        .map(|(n, _)| n)
        .collect();
    let last = touched.len().saturating_sub(1);
    let classes = touched
        .iter()
        .enumerate()
        .map(|(n, c)| {
            let during = law.cells.get(*c).map_or(Interval::ALWAYS, |cell| cell.during);
            let from = (n > 0).then(|| during.start());
            let until = (n < last).then(|| during.end());
            Class { play: true, values: Values::Time(from, until) }
        })
        .collect();
    (Slot { fact: Fact::Time, classes }, touched)
}
