//! Incidents as numbers: every value of every fact by its place in the registry or the vocabulary, so that judging many
//! incidents reads a few bytes of each.
//!
//! Knows nothing of any terms: one roll serves every version of them, as long as the registry of actors stays. What it cannot
//! put into numbers it marks, and the judge then looks at the incident itself. Loses nothing: it is an index, not a record.

use std::collections::BTreeMap;

use truceline_model::{
    Act, ActorId, Actors, Alternatives, Answer, FactId, Incident, Interval, JudgementId, Place, Point,
    Target, Weapon,
};

/// A value's number, or with [`MANY`] the number of a list of them.
pub(super) type Code = u16;
/// Set: the rest is the number of a list.
pub(super) const MANY: Code = 0x8000;

/// Facts whose values are numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Dim {
    Act,
    Weapon,
    Target,
    Doer,
    Commander,
    Struck,
    Holder,
}

/// How many there are.
pub(super) const DIMS: usize = 7;

/// What was said of the facts that terms name: nothing, *yes*, *no*, or left open.
pub(super) const SILENT: Code = 0;
/// See [`SILENT`].
pub(super) const YES: Code = 1;
/// See [`SILENT`].
pub(super) const NO: Code = 2;
/// See [`SILENT`].
pub(super) const UNCLEAR: Code = 3;

/// One incident in numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Seconds: from, and up to.
    pub(super) when: (i64, i64),
    pub(super) point: Point,
    pub(super) within_m: u32,
    /// Number of the place in full, plus 1, when it is more than a point, or none: then `u32::MAX`.
    pub(super) place: u32,
    pub(super) codes: [Code; DIMS],
    /// Number of what was said of named facts and judgements; 0: nothing.
    pub(super) said: Code,
    pub(super) timeless: bool,
    /// Something about it has no number.
    pub(super) odd: bool,
}

#[cfg(test)]
impl Entry {
    /// A point and nothing else.
    pub(super) fn bare(point: Point, within_m: u32) -> Self {
        let when = (0, 0);
        let (place, codes, said, timeless, odd) = (0, [0; DIMS], 0, true, false);
        Self { when, point, within_m, place, codes, said, timeless, odd }
    }
}

/// What was said of named facts and judgements.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Said {
    pub(super) facts: Vec<(FactId, Vec<Code>)>,
    pub(super) judgements: Vec<(JudgementId, Answer)>,
}

/// The numbers of the registry's actors: made for this roll, or lent by a judge.
pub(super) enum Index<'r> {
    Own(BTreeMap<&'r ActorId, usize>),
    Lent(&'r BTreeMap<&'r ActorId, usize>),
}

impl<'r> Index<'r> {
    fn all(&self) -> &BTreeMap<&'r ActorId, usize> {
        match self {
            Self::Own(all) => all,
            Self::Lent(all) => all,
        }
    }
}

/// Incidents in numbers, in the order in which they were added.
pub struct Roll<'r> {
    index: Index<'r>,
    pub(super) entries: Vec<Entry>,
    pub(super) lists: Vec<Vec<Code>>,
    list_of: BTreeMap<Vec<Code>, Code>,
    pub(super) said: Vec<Said>,
    said_of: BTreeMap<Said, Code>,
    pub(super) places: Vec<&'r Place>,
}

fn code_of(place: usize) -> Code {
    Code::try_from(place).unwrap_or(MANY - 3)
}

/// Codes of people after those of the registry: not in it, not known, nobody at all.
pub(super) fn stranger(actors: usize) -> Code {
    code_of(actors)
}

pub(super) fn unknown_person(actors: usize) -> Code {
    stranger(actors).saturating_add(1)
}

pub(super) fn nobody(actors: usize) -> Code {
    stranger(actors).saturating_add(2)
}

impl<'r> Roll<'r> {
    /// An empty roll for a registry of actors.
    #[must_use]
    pub fn new(actors: &'r Actors) -> Self {
        let index = (0..).zip(actors.iter()).map(|(n, actor)| (&actor.id, n)).collect();
        Self::with(Index::Own(index))
    }

    /// An empty roll for a registry that somebody has numbered already, in its order.
    pub(super) fn with(index: Index<'r>) -> Self {
        Self {
            index,
            entries: Vec::new(),
            lists: Vec::new(),
            list_of: BTreeMap::new(),
            said: vec![Said::default()],
            said_of: BTreeMap::from([(Said::default(), 0)]),
            places: Vec::new(),
        }
    }

    /// A roll of these incidents.
    #[must_use]
    pub fn of(actors: &'r Actors, incidents: &'r [Incident]) -> Self {
        let mut roll = Self::new(actors);
        roll.entries.reserve_exact(incidents.len());
        incidents.iter().for_each(|incident| roll.add(incident));
        roll
    }

    /// How many incidents it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Bytes that it takes in memory, tables of its own included; for figures.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let lists: usize = self.lists.iter().map(|list| 2 * (size_of::<Vec<Code>>() + list.len() * 2)).sum();
        self.entries.capacity() * size_of::<Entry>() + lists + self.places.capacity() * size_of::<&Place>()
    }

    /// Adds an incident at the end.
    pub fn add(&mut self, incident: &'r Incident) {
        let mut odd = incident.throughout
            || incident.places.len() > 1
            || !incident.systems.is_empty()
            || !incident.amounts.is_empty();
        let (when, timeless) = match one_time(incident) {
            Ok(Some(when)) => (when, false),
            Ok(None) => (Interval::ALWAYS, true),
            Err(()) => {
                odd = true;
                (Interval::ALWAYS, true)
            }
        };
        let place = incident.places.iter().map(|(place, _)| place).next();
        let plain = place.filter(|place| place.areas.is_empty()).and_then(|place| place.point);
        let number = match (place, plain) {
            (_, Some(_)) => 0,
            (Some(place), None) => {
                self.places.push(place);
                u32::try_from(self.places.len()).unwrap_or(u32::MAX)
            }
            (None, None) => u32::MAX,
        };
        let codes = self.codes(incident);
        let said = self.said(incident);
        odd |= codes.contains(&Code::MAX) || said == Code::MAX;
        self.entries.push(Entry {
            when: (when.start().seconds(), when.end().seconds()),
            point: plain.unwrap_or(Point { lon: 0, lat: 0 }),
            within_m: place.map_or(0, |place| place.within_m),
            place: number,
            codes,
            said,
            timeless,
            odd,
        });
    }

    /// In the order of [`Dim`].
    fn codes(&mut self, incident: &Incident) -> [Code; DIMS] {
        let people = self.index.all().len();
        let (open, none) = (unknown_person(people), nobody(people));
        let acts = self.words(&incident.acts, |act: Act| act as Code, Act::ALL.len());
        let weapons = self.words(&incident.weapons, |weapon: Weapon| weapon as Code, Weapon::ALL.len());
        let targets = self.words(&incident.targets, |target: Target| target as Code, Target::ALL.len());
        let silent = |given: &Alternatives<ActorId>| given.is_empty() && given.open_origins().is_empty();
        let doers = self.people(&incident.actors, incident.actors.is_open().then_some(open));
        let commanders = match silent(&incident.commanders) {
            true => none,
            false => self.people(&incident.commanders, incident.commanders.is_open().then_some(open)),
        };
        let forces = incident.targets.iter().any(|(target, _)| *target == Target::ArmedForces);
        let struck = match (silent(&incident.struck), forces) {
            (true, false) => none,
            (true, true) => open,
            (false, _) => self.people(&incident.struck, incident.struck.is_open().then_some(open)),
        };
        let holders = self.people(&incident.held_by, incident.held_by.is_open().then_some(open));
        [acts, weapons, targets, doers, commanders, struck, holders]
    }

    fn words<T: Copy + Ord>(
        &mut self,
        given: &Alternatives<T>,
        code: impl Fn(T) -> Code,
        open: usize,
    ) -> Code {
        let open = given.is_open().then(|| Code::try_from(open).unwrap_or(MANY - 1));
        self.list(given.iter().map(|(value, _)| code(*value)), open)
    }

    fn people(&mut self, given: &Alternatives<ActorId>, open: Option<Code>) -> Code {
        let stranger = stranger(self.index.all().len());
        let codes: Vec<Code> = given
            .iter()
            .map(|(actor, _)| self.index.all().get(actor).map_or(stranger, |n| code_of(*n)))
            .collect();
        self.list(codes.into_iter(), open)
    }

    fn list(&mut self, codes: impl Iterator<Item = Code>, open: Option<Code>) -> Code {
        let mut codes = codes.chain(open);
        let (Some(first), next) = (codes.next(), codes.next()) else { return Code::MAX };
        let Some(next) = next else { return first };
        let all: Vec<Code> = [first, next].into_iter().chain(codes).collect();
        if let Some(found) = self.list_of.get(&all) {
            return *found;
        }
        let Some(number) = Code::try_from(self.lists.len()).ok().filter(|n| *n < MANY - 1) else {
            return Code::MAX;
        };
        self.lists.push(all.clone());
        self.list_of.insert(all, number | MANY);
        number | MANY
    }

    fn said(&mut self, incident: &Incident) -> Code {
        if incident.facts.is_empty() && incident.judgements.is_empty() {
            return 0;
        }
        let facts = incident.facts.iter().map(|(fact, answers)| (fact.clone(), answer_codes(answers)));
        let said = Said {
            facts: facts.collect(),
            judgements: incident.judgements.iter().map(|(of, answer)| (of.clone(), *answer)).collect(),
        };
        if let Some(found) = self.said_of.get(&said) {
            return *found;
        }
        let Some(number) = Code::try_from(self.said.len()).ok().filter(|n| *n < Code::MAX) else {
            return Code::MAX;
        };
        self.said.push(said.clone());
        self.said_of.insert(said, number);
        number
    }
}

/// What sources answer to a named fact.
fn answer_codes(answers: &Alternatives<Answer>) -> Vec<Code> {
    if answers.is_empty() {
        return vec![SILENT];
    }
    let given = |wanted: Answer| answers.iter().any(|(answer, _)| *answer == wanted);
    let open = given(Answer::Unclear) || answers.is_open();
    let all = [(open, UNCLEAR), (given(Answer::Yes), YES), (given(Answer::No), NO)];
    all.into_iter().filter(|(is, _)| *is).map(|(_, code)| code).collect()
}

/// The one interval within which it happened; none when nobody says.
fn one_time(incident: &Incident) -> Result<Option<Interval>, ()> {
    let mut given = incident.when.iter().map(|(when, _)| *when);
    let Some(first) = given.next() else { return Ok(None) };
    given.try_fold(first, |all, next| all.intersect(next)).map(Some).ok_or(())
}
