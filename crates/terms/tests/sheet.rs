//! A sheet (all clauses at once) and the judge (clause by clause) give the same outcomes, on random clauses and incidents.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use truceline_model::{
    Act, Actor, ActorId, ActorKind, Actors, Answer, AreaId, AreaKind, Areas, Bounds, Incident, IncidentId,
    Instant, Interval, Membership, Outcome, Place, Point, Shape, Span, Target, Weapon,
};
use truceline_terms::ir::Applies;
use truceline_terms::{Condition, Desk, Exception, Judge, Object, Outside, Roll, Rule, Terms, Under, parse};

const BASE: &str = r#"
# Test
```terms
agreement test
title "Test"
zone "UTC"
in-force from "2016-02-10T00:00" until "2016-03-10T00:00"
party gov whose-forces-are government-forces
party opp whose-forces-are armed-opposition-forces
exempt out
accepted gov on "2016-02-01"
accepted umb on "2016-02-12"
refused late on "2016-02-20"
accepted late on "2016-02-01"
not-found lost
matter object "?"
position letter on object saying "l"
position purpose on object saying "p"
reading l "l" taking object=letter
reading p "p" taking object=purpose
fact present "?"
claim claimed "?"
judgement prop "?"
```
## One
```terms
clause a "A"
binds opp
forbids shelling with any-weapon
```
## Two
```terms
clause b "B"
binds opp
in-force from "2016-02-15T00:00" until "2016-03-01T00:00"
forbids shelling with any-weapon
```
## Three
```terms
clause c "C"
binds opp
forbids shelling with any-weapon
```
## Calm
```terms
calm k "K" in square
binds gov opp
forbids shelling with any-weapon
start from "2016-02-12T00:00" for 24 hours per s1 known "2016-02-01"
or-start from "2016-02-11T00:00" for 24 hours per s2 known "2016-02-01"
extension from "2016-02-13T00:00" for 48 hours per s1 known "2016-02-01"
or-no-extension from "2016-02-13T00:00" for 48 hours per s2 known "2016-02-01"
```
"#;

const SPAN: Span = Span { start: 0, end: 0 };

fn actors() -> Actors {
    let from = |text: &str| Instant::parse(text).unwrap();
    let one = |id: &str, kind, of: &[&str]| Actor {
        id: ActorId::new(id),
        kind,
        member_of: of
            .iter()
            .map(|of| Membership { of: ActorId::new(of), during: Interval::ALWAYS })
            .collect(),
        names: BTreeMap::new(),
        aliases: BTreeSet::new(),
    };
    use ActorKind::{Force, Group, Party, Umbrella, Unspecified};
    let mut member = one("member", Group, &["umb"]);
    member.member_of[0].during =
        Interval::new(from("2016-02-13T00:00:00Z"), from("2016-02-25T00:00:00Z")).unwrap();
    Actors::new([
        one("gov", Party, &[]),
        one("opp", Party, &[]),
        one("umb", Umbrella, &["opp"]),
        one("army", Force, &["gov"]),
        member,
        one("late", Group, &["opp"]),
        one("lost", Group, &["opp"]),
        one("out", Group, &[]),
        one("somebody", Unspecified, &[]),
        one("some-rebels", Unspecified, &["opp"]),
    ])
}

fn point(lon: i32, lat: i32) -> Point {
    Point { lon: lon * 1_000, lat: 360_000_000 + lat * 1_000 }
}

fn areas() -> Areas {
    let area = |id: &str, kind, shape, parent: Option<&str>| common::area(id, kind, parent, shape);
    let ring = |all: &[(i32, i32)]| vec![all.iter().map(|(lon, lat)| point(*lon, *lat)).collect()];
    Areas::new([
        area("g1", AreaKind::Governorate, Shape::Nowhere, None),
        area("g2", AreaKind::Governorate, Shape::Nowhere, None),
        area(
            "square",
            AreaKind::Zone,
            Shape::Polygon(ring(&[(0, 0), (400, 0), (400, 400), (0, 400)])),
            Some("g1"),
        ),
        area(
            "wedge",
            AreaKind::Zone,
            Shape::Polygon(ring(&[(200, 200), (900, 100), (600, 900)])),
            Some("g1"),
        ),
        area("disc", AreaKind::Zone, Shape::Disc(point(500, 500), 9_000), None),
        area("street", AreaKind::Place, Shape::Nowhere, Some("square")),
        area("far", AreaKind::Place, Shape::Nowhere, Some("g2")),
    ])
}

fn base() -> Terms {
    let checked = parse(BASE, &actors(), &areas());
    let said: Vec<String> = checked.diagnostics.iter().map(|d| d.render_text("test.md", BASE)).collect();
    checked.terms.unwrap_or_else(|| panic!("{}", said.join("\n")))
}

fn some<T: Clone + std::fmt::Debug + 'static>(
    all: &'static [T],
    most: usize,
) -> impl Strategy<Value = Vec<T>> {
    proptest::sample::subsequence(all, 0..=most.min(all.len()))
}

fn set<T: Clone + Ord + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = BTreeSet<T>> {
    some(all, 2).prop_map(|all| all.into_iter().collect())
}

fn side() -> impl Strategy<Value = ActorId> {
    prop_oneof![Just("gov"), Just("opp")].prop_map(ActorId::new)
}

fn zones() -> impl Strategy<Value = BTreeSet<AreaId>> {
    proptest::sample::subsequence(&["square", "wedge", "disc", "g1"][..], 1..=2)
        .prop_map(|all| all.into_iter().map(AreaId::new).collect())
}

fn ground() -> impl Strategy<Value = Condition> {
    prop_oneof![
        zones().prop_map(Condition::In),
        (zones(), prop_oneof![Just(0), Just(3_000), Just(20_000)]).prop_map(|(of, m)| Condition::Near(of, m)),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    let plain = prop_oneof![
        set(&[Target::Hospital, Target::GovernmentForces, Target::ArmedForces]).prop_map(Condition::Target),
        side().prop_map(Condition::HeldBy),
        prop_oneof![Just("present"), Just("claimed")].prop_map(|fact| Condition::Holds(fact.into())),
        Just(Condition::NotDenied("present".into())),
        Just(Condition::Judged("prop".into())),
        set(&[Act::Shelling, Act::Airstrike, Act::Detention]).prop_map(Condition::Act),
        set(&[Weapon::Mortar, Weapon::Rocket]).prop_map(Condition::Weapon),
        side().prop_map(Condition::Struck),
        side().prop_map(|side| Condition::DoneBy([side].into())),
        side().prop_map(|side| Condition::CommandedBy([side].into())),
        ground(),
        prop_oneof![Just("2016-02-20T00:00:00Z"), Just("2016-02-12T00:00:00Z")]
            .prop_map(|at| Condition::From(Instant::parse(at).unwrap())),
        Just(Condition::Daily(79_200, 21_600)),
    ];
    (plain, proptest::bool::weighted(0.2))
        .prop_map(|(one, no)| if no { Condition::Not(Box::new(one)) } else { one })
}

fn under() -> impl Strategy<Value = Vec<Under>> {
    let one = |position: &'static str| vec![Under { matter: "object".into(), position: position.into() }];
    prop_oneof![3 => Just(Vec::new()), 1 => Just(one("letter")), 1 => Just(one("purpose"))]
}

fn few(most: usize) -> impl Strategy<Value = Vec<Condition>> {
    proptest::collection::vec(condition(), 1..=most)
}

fn rule() -> impl Strategy<Value = Rule> {
    let binds = prop_oneof![Just(vec!["gov"]), Just(vec!["opp"]), Just(vec!["gov", "opp"])];
    let provided = prop_oneof![3 => Just(Vec::new()), 1 => Just(vec!["gov"]), 1 => Just(vec!["lost"])];
    let acts = some(&[Act::Airstrike, Act::Shelling, Act::Detention], 2);
    let weapons = prop_oneof![3 => Just(None), 1 => set(&[Weapon::Mortar, Weapon::Rocket]).prop_map(Some)];
    let by = proptest::option::weighted(0.4, side());
    let objects = proptest::collection::vec((under(), few(2), by), 0..=2);
    let outside = proptest::collection::vec((under(), few(2)), 0..=2);
    let exceptions = proptest::collection::vec((under(), few(2), any::<bool>()), 0..=2);
    let applies = proptest::collection::vec((under(), ground()), 0..=2);
    let when = proptest::collection::vec(few(2), 0..=2);
    let scalars = (any::<bool>(), proptest::bool::weighted(0.3));
    (binds, provided, acts, weapons, objects, outside, exceptions, applies, when, scalars).prop_map(
        |(
            binds,
            provided,
            acts,
            weapons,
            objects,
            outside,
            exceptions,
            applies,
            when,
            (accepted, affiliates),
        )| Rule {
            binds: binds.into_iter().map(ActorId::new).collect(),
            accepted,
            affiliates,
            provided: provided.into_iter().map(ActorId::new).collect(),
            applies: applies.into_iter().map(|(under, at)| Applies { under, at, span: SPAN }).collect(),
            outside: outside
                .into_iter()
                .map(|(under, all_of)| Outside { under, all_of, span: SPAN })
                .collect(),
            acts: acts.into_iter().collect(),
            weapons,
            systems: None,
            objects: objects
                .into_iter()
                .map(|(under, any_of, by)| Object { under, by, any_of, span: SPAN })
                .collect(),
            when,
            exceptions: exceptions
                .into_iter()
                .enumerate()
                .map(|(n, (under, all_of, covers))| Exception {
                    name: format!("e{n}"),
                    under,
                    all_of,
                    gives: if covers { Outcome::NotProhibited } else { Outcome::NotCovered },
                    span: SPAN,
                })
                .collect(),
            required: None,
        },
    )
}

fn place() -> impl Strategy<Value = Place> {
    let named = |area: &str| BTreeSet::from([AreaId::new(area)]);
    let at = |lon: i32, lat: i32, within_m| Place {
        point: Some(point(lon, lat)),
        within_m,
        areas: BTreeSet::new(),
        unresolved: None,
    };
    prop_oneof![
        6 => (-200..1_200, -200..1_200, prop_oneof![Just(0), Just(50), Just(1_000), Just(9_000)])
            .prop_map(move |(lon, lat, m)| at(lon, lat, m)),
        1 => prop_oneof![Just("street"), Just("far"), Just("g1")]
            .prop_map(move |area| Place { point: None, within_m: 0, areas: named(area), unresolved: None }),
        1 => (0..400, 0..400).prop_map(move |(lon, lat)| Place { areas: named("street"), ..at(lon, lat, 500) }),
    ]
}

type Said = (Option<Vec<Answer>>, Option<Vec<Answer>>, Option<Answer>);

fn said() -> impl Strategy<Value = Said> {
    let answers = || {
        prop_oneof![
            2 => Just(None),
            1 => Just(Some(vec![Answer::Yes])),
            1 => Just(Some(vec![Answer::No])),
            1 => Just(Some(vec![Answer::Yes, Answer::No])),
            1 => Just(Some(vec![Answer::Unclear])),
        ]
    };
    let judged = prop_oneof![2 => Just(None), 1 => Just(Some(Answer::Yes)), 1 => Just(Some(Answer::No))];
    (answers(), answers(), judged)
}

fn incident() -> impl Strategy<Value = Incident> {
    let who = some(&["army", "member", "late", "lost", "out", "somebody", "some-rebels", "unheard-of"], 2);
    let acts = some(&[Act::Airstrike, Act::Shelling, Act::Overflight, Act::Explosion], 2);
    let weapons = some(&[Weapon::Mortar, Weapon::SmallArms], 1);
    let targets = some(&[Target::Hospital, Target::GovernmentForces, Target::Market, Target::ArmedForces], 2);
    let held = some(&["gov", "opp", "member", "out", "somebody"], 2);
    let struck = some(&["army", "late", "out", "somebody"], 1);
    let command = some(&["gov", "opp", "lost", "somebody"], 1);
    let times = some(
        &[
            "2016-02-05",
            "2016-02-12",
            "2016-02-11T12:00/2016-02-12T12:00",
            "2016-02-13",
            "2016-02-11/2016-02-21",
            "2016-03-01",
        ],
        2,
    );
    let places = proptest::collection::vec(place(), 0..=2);
    let rare = proptest::array::uniform8(proptest::bool::weighted(0.1));
    (who, acts, weapons, targets, held, (struck, command), times, places, said(), rare).prop_map(
        |(who, acts, weapons, targets, held, (struck, command), times, places, said, rare)| {
            let mut one = Incident::empty(IncidentId::new("i"));
            who.iter().for_each(|id| one.actors.add(ActorId::new(id), "s".into()));
            acts.iter().for_each(|act| one.acts.add(*act, "s".into()));
            weapons.iter().for_each(|weapon| one.weapons.add(*weapon, "s".into()));
            targets.iter().for_each(|target| one.targets.add(*target, "s".into()));
            held.iter().for_each(|id| one.held_by.add(ActorId::new(id), "s".into()));
            struck.iter().for_each(|id| one.struck.add(ActorId::new(id), "s".into()));
            command.iter().for_each(|id| one.commanders.add(ActorId::new(id), "s".into()));
            let utc = truceline_model::Zone::utc();
            times.iter().for_each(|time| one.when.add(utc.interval(time).unwrap(), "s".into()));
            places.into_iter().for_each(|place| one.places.add(place, "s".into()));
            let mut facts = |id: &str, answers: Option<Vec<Answer>>| {
                for answer in answers.into_iter().flatten() {
                    one.facts.entry(id.into()).or_default().add(answer, "s".into());
                }
            };
            facts("present", said.0);
            facts("claimed", said.1);
            if rare[6] {
                one.facts.entry("present".into()).or_default().leave_open("t".into());
            }
            one.judgements.extend(said.2.map(|answer| ("prop".into(), answer)));
            let t = || "t".into();
            for (is, open) in rare.into_iter().zip(0..) {
                match open {
                    _ if !is => {}
                    0 => one.actors.leave_open(t()),
                    1 => one.targets.leave_open(t()),
                    2 => one.held_by.leave_open(t()),
                    3 => one.struck.leave_open(t()),
                    4 => one.commanders.leave_open(t()),
                    5 => one.throughout = true,
                    7 => one.amounts.entry("lorries".into()).or_default().add(Bounds::exactly(3), t()),
                    _ => {}
                }
            }
            one
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(400), ..ProptestConfig::default() })]

    #[test]
    fn all_at_once_is_as_one_by_one(
        rules in proptest::array::uniform4(rule()),
        incidents in proptest::collection::vec(incident(), 1..12),
    ) {
        let (actors, areas, mut terms) = (actors(), areas(), base());
        let ruled = terms.clauses.iter_mut().filter(|clause| clause.rule.is_some());
        for (clause, rule) in ruled.zip(rules) {
            clause.rule = Some(rule);
        }
        let judge = Judge::new(&terms, &actors, &areas, Instant::parse("2016-06-01T00:00:00Z").unwrap());
        let sheet = judge.sheet();
        let roll = Roll::of(&actors, &incidents);
        let sitting = sheet.sit(&roll);
        let mut desk = Desk::default();
        for (n, incident) in incidents.iter().enumerate() {
            let one_by_one: Vec<Outcome> = judge.outcomes(incident).iter().map(|brief| brief.outcome).collect();
            let at_once = sitting.outcomes(n, incident, &mut desk);
            let all: Vec<Outcome> = at_once.iter().collect();
            prop_assert_eq!(&all, &one_by_one, "{:#?}", incident);
            let counted = |outcome| u64::try_from(all.iter().filter(|one| **one == outcome).count()).unwrap();
            let heard = sheet.hear(incident, &mut Desk::default());
            prop_assert_eq!(heard.findings(), judge.judge(incident));
            let outcomes: Vec<Outcome> = heard.iter().map(|one| one.outcome).collect();
            prop_assert_eq!(&outcomes, &all);
            let order = [Outcome::Prohibited, Outcome::NotProhibited, Outcome::NotCovered, Outcome::Undetermined];
            prop_assert_eq!(at_once.counts(), order.map(counted));
        }
    }
}

/// `PROPTEST_CASES=100000` tries that many.
fn cases(usual: u32) -> u32 {
    match ProptestConfig::default().cases {
        256 => usual,
        asked => asked,
    }
}
