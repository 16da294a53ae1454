//! Random incidents: values that agree, rival one another or are left open, each with one to three origins.

use std::collections::BTreeSet;

use proptest::prelude::*;
use truceline_model::{
    Act, ActorId, Alternatives, Answer, AreaId, Bounds, Incident, IncidentId, Instant, Interval, MeasureId,
    Place, Qualifier, SourceId, SystemId, Target, Weapon, Zone,
};

use super::mission::east_of_line;
use super::rule::some;

/// Who says so: few, so that standards of proof are met now and then.
fn origins() -> impl Strategy<Value = Vec<&'static str>> {
    some(&["s1", "s2", "s3", "s4", "s5"], 1, 3)
}

/// Up to so many values with their origins, and whether somebody leaves it open.
fn given<T: Clone + std::fmt::Debug + 'static>(
    all: &'static [T],
    most: usize,
) -> impl Strategy<Value = (Vec<(T, Vec<&'static str>)>, bool)> {
    let values = prop_oneof![1 => some(all, 0, 0), 4 => some(all, 1, 1), 3 => some(all, 2, most.max(2))];
    let values =
        values.prop_flat_map(|all| all.into_iter().map(|value| (Just(value), origins())).collect::<Vec<_>>());
    (values, proptest::bool::weighted(0.12))
}

fn fill<T, V: Ord + Clone>(
    into: &mut Alternatives<V>,
    (values, open): (Vec<(T, Vec<&'static str>)>, bool),
    value: impl Fn(T) -> V,
) {
    for (one, origins) in values {
        let one = value(one);
        origins.iter().for_each(|origin| into.add(one.clone(), SourceId::new(origin)));
    }
    if open {
        into.leave_open("s3".into());
    }
}

/// Nobody speaks of it, three times in five.
fn seldom<T: Clone + std::fmt::Debug + 'static>(
    all: &'static [T],
    most: usize,
) -> impl Strategy<Value = (Vec<(T, Vec<&'static str>)>, bool)> {
    prop_oneof![3 => Just((Vec::new(), false)), 2 => given(all, most)]
}

/// When it happened, in the agreement's own zone: moments, nights, whole days (one of 23 hours), weeks.
const TIMES: &[&str] = &[
    "2016-02-05",
    "2016-02-09/2016-02-10",
    "2016-02-12",
    "2016-02-12T08:00",
    "2016-02-11T12:00/2016-02-12T12:00",
    "2016-02-11T23:00/2016-02-12T01:00",
    "2016-02-13",
    "2016-02-19/2016-02-21",
    "2016-03-01",
    "2016-03-20",
    "2016-03-25",
    "2016-03-24T22:00/2016-03-25T03:00",
    "2016-03-26T23:45",
    "2016-02-01/2016-04-10",
];

/// Named areas, or so far from the line (in ten-thousandths of a degree), known to within so many metres.
const PLACES: &[(&str, Option<(i32, u32)>)] = &[
    ("", None),
    ("g1", None),
    ("z1", None),
    ("p2", None),
    ("g1", Some((100, 100))),
    ("", Some((0, 20_000))),
    ("g1", Some((1000, 500))),
    ("g1", Some((3000, 2_000))),
    ("", Some((4500, 50))),
    ("g2", Some((20_000, 1_000))),
];

fn place((area, point): (&str, Option<(i32, u32)>)) -> Place {
    let areas = if area.is_empty() { BTreeSet::new() } else { BTreeSet::from([AreaId::new(area)]) };
    let (point, within_m) = point.map_or((None, 0), |(east, within)| (Some(east_of_line(east)), within));
    Place { point, within_m, areas, unresolved: None }
}

const FIGURES: &[(u32, Option<u32>)] = &[
    (0, Some(0)),
    (1, Some(1)),
    (2, Some(4)),
    (3, None),
    (20, Some(30)),
    (30, Some(30)),
    (60, Some(90)),
    (599, Some(599)),
    (540, Some(620)),
    (600, None),
];

fn bounds((min, max): (u32, Option<u32>)) -> Bounds {
    max.map_or(Bounds { min, max, qualifier: Qualifier::AtLeast }, |max| Bounds::range(min, max).unwrap())
}

fn answers() -> impl Strategy<Value = Vec<Answer>> {
    prop_oneof![
        3 => Just(Vec::new()),
        2 => Just(vec![Answer::Yes]),
        2 => Just(vec![Answer::No]),
        1 => Just(vec![Answer::Yes, Answer::No]),
        1 => Just(vec![Answer::Unclear]),
    ]
}

/// What was done, with what, at what.
fn deed() -> impl Strategy<Value = Incident> {
    let acts = given(&[Act::Shelling, Act::Airstrike, Act::Overflight, Act::Explosion, Act::Delivery], 2);
    let weapons = seldom(&[Weapon::Mortar, Weapon::SmallArms], 2);
    let systems = seldom(&["tornado-s", "grad", "uragan"], 2);
    let targets = given(
        &[
            Target::Hospital,
            Target::GovernmentForces,
            Target::Market,
            Target::ExemptGroupForces,
            Target::ArmedForces,
        ],
        2,
    );
    (acts, weapons, systems, targets).prop_map(|(acts, weapons, systems, targets)| {
        let mut one = Incident::empty(IncidentId::new("i"));
        fill(&mut one.acts, acts, |act| act);
        fill(&mut one.weapons, weapons, |weapon| weapon);
        fill(&mut one.systems, systems, SystemId::new);
        fill(&mut one.targets, targets, |target| target);
        one
    })
}

const WHO: &[&str] =
    &["army", "member", "late", "lost", "turncoat", "out", "proxy", "third", "somebody", "some-rebels"];

/// Who did it, to whom, under whom, on whose ground; when and where; how many; what people answered.
pub fn incident() -> impl Strategy<Value = IncidentInZone> {
    let people = (
        given(WHO, 3),
        seldom(WHO, 2),
        seldom(WHO, 2),
        seldom(&["gov", "opp", "member", "out", "somebody"], 2),
    );
    let frame = (given(TIMES, 2), given(PLACES, 2), proptest::bool::weighted(0.2));
    let counts = (seldom(FIGURES, 2), seldom(FIGURES, 2), seldom(FIGURES, 2));
    let told = ([answers(), answers()], [answers(), answers()]);
    (deed(), people, frame, counts, told).prop_map(|(mut one, people, frame, counts, told)| {
        fill(&mut one.actors, people.0, ActorId::new);
        fill(&mut one.struck, people.1, ActorId::new);
        fill(&mut one.commanders, people.2, ActorId::new);
        fill(&mut one.held_by, people.3, ActorId::new);
        fill(&mut one.places, frame.1, place);
        one.throughout = frame.2;
        for (id, figures) in
            ["lorries", "prisoners", "hostages"].into_iter().zip([counts.0, counts.1, counts.2])
        {
            if !figures.0.is_empty() || figures.1 {
                fill(one.amounts.entry(MeasureId::new(id)).or_default(), figures, bounds);
            }
        }
        for (id, answers) in ["present", "claimed"].into_iter().zip(told.0) {
            for answer in answers {
                one.facts.entry(id.into()).or_default().add(answer, "s1".into());
            }
        }
        for (id, answers) in ["prop", "sd"].into_iter().zip(told.1) {
            if let Some(answer) = answers.first() {
                one.judgements.insert(id.into(), *answer);
            }
        }
        IncidentInZone { incident: one, times: frame.0 }
    })
}

/// An incident whose times are still words: they mean moments only in the agreement's zone.
#[derive(Clone, Debug)]
pub struct IncidentInZone {
    incident: Incident,
    times: (Vec<(&'static str, Vec<&'static str>)>, bool),
}

impl IncidentInZone {
    pub fn in_zone(self, zone: &Zone) -> Incident {
        let mut one = self.incident;
        let read = |text: &str| -> Interval { zone.interval(text).unwrap() };
        fill(&mut one.when, self.times, read);
        one
    }
}

/// Early, in the middle of things, late.
pub fn as_of() -> impl Strategy<Value = Instant> {
    prop_oneof![
        1 => Just("2016-02-05T00:00:00Z"),
        1 => Just("2016-02-18T00:00:00Z"),
        3 => Just("2016-06-01T00:00:00Z"),
    ]
    .prop_map(super::mission::at)
}
