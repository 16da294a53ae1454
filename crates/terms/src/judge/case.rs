//! One incident before one shape of one clause: its facts as slots, each with the classes of values that the clause tells
//! apart, and the truth of every question for every class.
//!
//! A class is *in play* when some source leaves it possible; the others are values that could still be supposed where a
//! fact is open. Values that no question tells apart share a class, so that the number of worlds stays small.

use std::collections::BTreeMap;

use truceline_model::{Act, ActorId, Answer, Fact, Incident, Instant, Interval, MeasureId, Truth};

use super::Judge;
use super::compile::{Accepted, Bind, Law};
use super::people::{self, Person};
use super::rows::{Row, act_truths, answer_rows, fact_of, fact_rows, listed, target_truth, words, yes_or_no};
use super::shape::{Leaf, Shape};
use super::{amounts, held, places, proof, when};
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
    /// Could be supposed, in these words.
    Said(String),
    /// From a moment (unless the first) up to another (unless the last), and at which hours of the day.
    Time(Option<Instant>, Option<Instant>, String),
    /// A rival account of a step.
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

/// Where a question's answer is read off.
#[derive(Clone, Debug)]
pub(super) enum Told {
    /// Its slot, and its truth per class.
    Of(usize, Vec<Truth>),
    /// Two slots, and its truth per class of the first and of the second: a ratio.
    Pair(usize, usize, Vec<Vec<Truth>>),
    /// Its slot, and its truth per class in each stretch of time: who belonged to whom then.
    Dated(usize, Vec<Vec<Truth>>),
    /// The stretch of time: place in [`when::Piece::told`].
    Time(usize),
}

/// The incident before the clause.
pub(super) struct Case<'a> {
    pub(super) shape: &'a Shape<'a>,
    pub(super) slots: Vec<Slot<'a>>,
    /// Per leaf.
    pub(super) leaves: Vec<Told>,
    /// Stretches of time within which the clause treats the event alike.
    pub(super) pieces: Vec<when::Piece>,
    /// Per class of the time slot: its stretches; one unless the act went on throughout.
    pub(super) spans: Vec<Vec<usize>>,
    /// Per actor class, per stretch.
    pub(super) binds: Vec<Vec<Bound>>,
    /// The commander's slot, and per class and stretch whether a side is bound through them.
    pub(super) commander: Option<(usize, Vec<Vec<Bound>>)>,
    /// Per condition, per stretch.
    pub(super) provided: Vec<Vec<Bound>>,
    /// Per step of a chain: the slot of its accounts, when they rival.
    pub(super) choice: Vec<Option<usize>>,
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
        let times = when::times(judge, law, shape, incident);
        let mut case = Self {
            shape,
            slots: vec![times.slot],
            leaves: vec![Told::Of(TIME, Vec::new()); shape.leaves.len()],
            pieces: times.pieces,
            spans: times.spans,
            binds: Vec::new(),
            commander: None,
            provided: Vec::new(),
            choice: Vec::new(),
            law,
        };
        for (place, leaf) in times.leaves.into_iter().enumerate() {
            case.tell(leaf, Told::Time(place));
        }
        case.actor(judge, incident);
        case.commander(judge, incident);
        case.conditional();
        case.windows();
        case.places(judge, incident);
        case.questions(judge, incident);
        case.amounts(incident);
        case
    }

    fn push(&mut self, slot: Slot<'a>) -> usize {
        self.slots.push(slot);
        self.slots.len() - 1
    }

    fn tell(&mut self, leaf: usize, told: Told) {
        if let Some(place) = self.leaves.get_mut(leaf) {
            *place = told;
        }
    }

    /// Adds a slot from its rows; the questions are answered column by column.
    fn rows(&mut self, fact: Fact, leaves: &[usize], rows: &[Row<'a>]) -> usize {
        let classes = rows.iter().map(|(_, class)| class.clone()).collect();
        let slot = self.push(Slot { fact, classes });
        for (place, leaf) in leaves.iter().enumerate() {
            let truths = rows.iter().map(|(row, _)| row.get(place).copied().unwrap_or(Truth::Unknown));
            self.tell(*leaf, Told::Of(slot, truths.collect()));
        }
        slot
    }

    /// The same where every question has one answer for each stretch of time, side by side in the row.
    fn dated_rows(&mut self, fact: Fact, leaves: &[usize], rows: &[Row<'a>]) -> usize {
        let classes = rows.iter().map(|(_, class)| class.clone()).collect();
        let slot = self.push(Slot { fact, classes });
        let pieces = self.pieces.len();
        for (place, leaf) in leaves.iter().enumerate() {
            let part = |row: &[Truth]| row.iter().skip(place * pieces).take(pieces).copied().collect();
            self.tell(*leaf, Told::Dated(slot, rows.iter().map(|(row, _)| part(row)).collect()));
        }
        slot
    }

    /// A moment of each stretch of time; nobody's standing changes within one.
    pub(super) fn moments(&self) -> Vec<Instant> {
        let cells = self.pieces.iter().filter_map(|piece| self.law.cells.get(piece.cell));
        cells.map(|cell| cell.during.start()).collect()
    }

    /// Numbers of the questions of a kind.
    fn numbers(&self, kind: impl Fn(&Leaf<'_>) -> bool) -> Vec<usize> {
        let leaves = self.shape.leaves.iter().enumerate();
        leaves.filter(|(_, leaf)| kind(leaf)).map(|(n, _)| n).collect()
    }

    /// The slot of somebody's acceptance, of which nothing is found.
    fn acceptance(&mut self, actor: &ActorId) -> usize {
        let fact = Fact::Acceptance(actor.clone());
        match self.slots.iter().position(|slot| slot.fact == fact) {
            Some(found) => found,
            None => self.push(Slot { fact, classes: yes_or_no(None) }),
        }
    }

    /// What a clause asks of people: whether it binds them in each stretch, and the sides that it asks for.
    fn person(&self, judge: &Judge<'_>, actor: &ActorId, leaves: &[usize], moments: &[Instant]) -> Person {
        let place = judge.known.index.get(actor);
        let bind = |cell: usize| self.law.cells.get(cell)?.binds.get(*place?).copied();
        let member = |leaf: &usize, at: Instant| match self.shape.leaves.get(*leaf) {
            Some(Leaf::Member(side)) => judge.known.member(actor, side, at),
            Some(Leaf::DoneBy(sides) | Leaf::CommandedBy(sides)) => {
                sides.iter().fold(Truth::False, |truth, side| truth.or(judge.known.member(actor, side, at)))
            }
            _ => Truth::Unknown,
        };
        Person {
            binds: self.pieces.iter().map(|piece| bind(piece.cell).unwrap_or(Bind::No)).collect(),
            member: leaves.iter().flat_map(|leaf| moments.iter().map(|at| member(leaf, *at))).collect(),
        }
    }

    /// Adds a slot of people; returns it with how its classes are bound.
    fn people(
        &mut self,
        fact: Fact,
        leaves: &[usize],
        rows: Vec<people::Group<'a>>,
    ) -> (usize, Vec<Vec<Bound>>) {
        let told: Vec<Row<'a>> = rows.iter().map(|row| (row.how.member.clone(), row.class.clone())).collect();
        let slot = self.dated_rows(fact, leaves, &told);
        let mut binds = Vec::with_capacity(rows.len());
        for row in rows {
            let whose = row.whose;
            let bound = row.how.binds.into_iter().map(|bind| match (bind, whose) {
                (Bind::Yes, _) => Bound::Known(Truth::True),
                (Bind::No, _) => Bound::Known(Truth::False),
                (Bind::Turns, Some(actor)) => Bound::Turns(self.acceptance(actor)),
                (Bind::Unknown | Bind::Turns, _) => Bound::Known(Truth::Unknown),
            });
            binds.push(bound.collect());
        }
        (slot, binds)
    }

    fn actor(&mut self, judge: &'a Judge<'a>, incident: &'a Incident) {
        let moments = self.moments();
        let leaves = self.numbers(|leaf| matches!(leaf, Leaf::Member(_) | Leaf::DoneBy(_)));
        let open = proof::open(judge, &Fact::Actor, &incident.actors);
        let how = |actor: &ActorId| self.person(judge, actor, &leaves, &moments);
        let unknown = Person {
            binds: vec![Bind::Unknown; moments.len()],
            member: vec![Truth::Unknown; leaves.len() * moments.len()],
        };
        let rows = people::groups(judge, &incident.actors, open.then_some(unknown), &judge.offered, how);
        (_, self.binds) = self.people(Fact::Actor, &leaves, rows);
    }

    /// Under whose command it was done, when the clause asks. Where nobody speaks of it, under nobody's.
    fn commander(&mut self, judge: &'a Judge<'a>, incident: &'a Incident) {
        let leaves = self.numbers(|leaf| matches!(leaf, Leaf::CommandedBy(_)));
        if !self.law.rule.affiliates && leaves.is_empty() {
            return;
        }
        let moments = self.moments();
        let given = &incident.commanders;
        let silent = given.is_empty() && given.open_origins().is_empty();
        let nobody = Person {
            binds: vec![Bind::No; moments.len()],
            member: vec![Truth::False; leaves.len() * moments.len()],
        };
        let mut rows = Vec::new();
        if !silent {
            let open = proof::open(judge, &Fact::Commander, given);
            let unknown = Person {
                binds: vec![Bind::Unknown; moments.len()],
                member: vec![Truth::Unknown; leaves.len() * moments.len()],
            };
            let how = |actor: &ActorId| self.person(judge, actor, &leaves, &moments);
            rows = people::groups(judge, given, open.then_some(unknown), &judge.known.parties, how);
            if rows.iter().any(|row| row.class.values == Values::Open) {
                people::nobody(&mut rows, &nobody, &judge.known.parties);
            }
        }
        if rows.is_empty() {
            rows.push(people::Group { how: nobody, whose: None, class: listed("nobody") });
        }
        self.commander = Some(self.people(Fact::Commander, &leaves, rows));
    }

    fn conditional(&mut self) {
        let rule = self.law.rule;
        for (n, party) in rule.provided.iter().enumerate() {
            let found: Vec<Accepted> = self
                .pieces
                .iter()
                .map(|piece| self.law.cells.get(piece.cell).and_then(|cell| cell.provided.get(n)).copied())
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

    /// One slot for every step of a chain on which accounts differ.
    fn windows(&mut self) {
        let law = self.law;
        let chain = law.chain.unwrap_or_default();
        for (n, step) in law.accounts.iter().enumerate() {
            let slot = (step.len() > 1).then(|| {
                let classes = step
                    .iter()
                    .map(|account| Class { play: true, values: Values::Account(account) })
                    .collect();
                self.push(Slot { fact: Fact::Window(format!("{chain}/{}", n + 1)), classes })
            });
            self.choice.push(slot);
        }
    }

    fn places(&mut self, judge: &Judge<'_>, incident: &'a Incident) {
        let leaves = self.numbers(|leaf| matches!(leaf, Leaf::In(_) | Leaf::Near(..)));
        if leaves.is_empty() {
            return;
        }
        let asked: Vec<Leaf<'a>> = leaves.iter().filter_map(|n| self.shape.leaves.get(*n)).copied().collect();
        let open = proof::below(judge, &Fact::Place, &incident.places);
        let rows = places::rows(judge.areas, &incident.places, open, &asked);
        self.rows(Fact::Place, &leaves, &rows);
    }

    fn questions(&mut self, judge: &'a Judge<'a>, incident: &'a Incident) {
        let shape = self.shape;
        let mut groups: BTreeMap<Fact, Vec<usize>> = BTreeMap::new();
        for (n, leaf) in shape.leaves.iter().enumerate() {
            if let Some(fact) = fact_of(leaf) {
                groups.entry(fact).or_default().push(n);
            }
        }
        let at = incident.time().map_or(judge.known.as_of, Interval::start);
        for (fact, members) in groups {
            let leaves: Vec<Leaf<'a>> =
                members.iter().filter_map(|n| shape.leaves.get(*n)).copied().collect();
            if fact == Fact::Struck {
                let rows = held::struck(judge, incident, &leaves, &self.moments());
                self.dated_rows(fact, &members, &rows);
                continue;
            }
            let rows = rows_of(judge, incident, &fact, &leaves, at);
            self.rows(fact, &members, &rows);
        }
    }

    fn amounts(&mut self, incident: &'a Incident) {
        let counted: Vec<usize> = self.numbers(|leaf| matches!(leaf, Leaf::Counted(_)));
        if counted.is_empty() {
            return;
        }
        let asked: Vec<_> = counted
            .iter()
            .filter_map(|n| match self.shape.leaves.get(*n) {
                Some(Leaf::Counted(counted)) => Some((*n, *counted)),
                _ => None,
            })
            .collect();
        let questions: Vec<_> = asked.iter().map(|(_, counted)| *counted).collect();
        let mut slots: BTreeMap<MeasureId, (usize, Vec<amounts::Figure>)> = BTreeMap::new();
        for measure in amounts::measures(&questions) {
            let figures = amounts::figures(measure, incident, &questions);
            let classes = figures.iter().map(amounts::class).collect();
            let slot = self.push(Slot { fact: Fact::Measure(measure.clone()), classes });
            slots.insert(measure.clone(), (slot, figures));
        }
        for (leaf, counted) in asked {
            let Some((slot, figures)) = slots.get(&counted.measure) else { continue };
            let told = match counted.per.as_ref().and_then(|per| slots.get(per)) {
                None => {
                    Told::Of(*slot, figures.iter().map(|f| amounts::holds(counted, f.range, None)).collect())
                }
                Some((per, others)) => {
                    let row = |f: &amounts::Figure| {
                        others.iter().map(|o| amounts::holds(counted, f.range, Some(o.range))).collect()
                    };
                    Told::Pair(*slot, *per, figures.iter().map(row).collect())
                }
            };
            self.tell(leaf, told);
        }
    }
}

/// Rows of a fact that is told by words, names or answers.
fn rows_of<'a>(
    judge: &'a Judge<'a>,
    incident: &'a Incident,
    fact: &Fact,
    leaves: &[Leaf<'a>],
    at: Instant,
) -> Vec<Row<'a>> {
    match fact {
        Fact::Act => {
            let open = proof::open(judge, fact, &incident.acts);
            words(&incident.acts, open, Act::ALL, Act::as_str, |act| act_truths(act, leaves))
        }
        Fact::Weapon => {
            use truceline_model::Weapon;
            let truth = |weapon: Weapon| {
                let each = leaves
                    .iter()
                    .map(|leaf| matches!(leaf, Leaf::Weapon(set) if set.contains(&weapon)).into());
                each.collect()
            };
            let open = proof::open(judge, fact, &incident.weapons);
            words(&incident.weapons, open, Weapon::ALL, Weapon::as_str, truth)
        }
        Fact::Target => {
            use truceline_model::Target;
            let truth = |target: Target| leaves.iter().map(|leaf| target_truth(target, leaf)).collect();
            let open = proof::open(judge, fact, &incident.targets);
            words(&incident.targets, open, Target::ALL, Target::as_str, truth)
        }
        Fact::System => held::systems(judge, incident, leaves),
        Fact::HeldBy => held::held(judge, incident, leaves, at),
        Fact::Named(id) => {
            let silent_no = judge.terms.fact(id).is_some_and(|fact| fact.silence_means_no);
            fact_rows(incident.facts.get(id), silent_no, leaves)
        }
        Fact::Judgement(id) => match incident.judgements.get(id) {
            Some(Answer::Yes) => vec![(vec![Truth::True], listed("yes"))],
            Some(Answer::No) => vec![(vec![Truth::False], listed("no"))],
            _ => answer_rows(None, false),
        },
        _ => Vec::new(),
    }
}
