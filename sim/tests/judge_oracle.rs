//! The judge against the oracle, on random clauses and random incidents: outcomes, and cruxes for sufficiency, minimality
//! and completeness.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use truceline_model::{
    Act, Actor, ActorId, ActorKind, Actors, Answer, Area, AreaId, AreaKind, Areas, Incident, IncidentId,
    Instant, Interval, Membership, Outcome, Place, Shape, Sources, Target, Weapon,
};
use truceline_terms::{Applies, Condition, Exception, Object, Outside, Rule, Terms, Under, parse};

use random::check::{Mission, findings};

mod random;

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
accepted umb on "2016-02-01"
refused late on "2016-02-20"
accepted late on "2016-02-01"
not-found lost
matter object "?"
position letter on object saying "l"
position purpose on object saying "p"
matter licence "?"
position strict on licence saying "s"
position wide on licence saying "w"
reading ls "ls" taking object=letter licence=strict
reading lw "lw" taking object=letter licence=wide
reading ps "ps" taking object=purpose licence=strict
reading pw "pw" taking object=purpose licence=wide
fact present "?"
claim claimed "?"
judgement prop "?"
judgement sd "?"
```
## Clause
```terms
clause c "C"
binds opp
forbids shelling with any-weapon
against forces-of gov under object=letter
outside when found present under licence=wide
```
## Calm
```terms
calm k "K" in z
binds gov opp
forbids shelling with any-weapon
start from "2016-02-12T00:00" for 24 hours per s1 known "2016-02-01"
or-start from "2016-02-11T00:00" for 24 hours per s2 known "2016-02-01"
extension from "2016-02-13T00:00" for 48 hours per s1 known "2016-02-01"
or-no-extension from "2016-02-13T00:00" for 48 hours per s2 known "2016-02-01"
```
"#;

fn actors() -> Actors {
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
    Actors::new([
        one("gov", Party, &[]),
        one("opp", Party, &[]),
        one("umb", Umbrella, &["opp"]),
        one("army", Force, &["gov"]),
        one("air", Force, &["gov"]),
        one("member", Group, &["umb"]),
        one("late", Group, &["opp"]),
        one("lost", Group, &["opp"]),
        one("out", Group, &[]),
        one("third", Force, &[]),
        one("somebody", Unspecified, &[]),
        one("some-rebels", Unspecified, &["opp"]),
    ])
}

fn areas() -> Areas {
    let area = |id: &str, kind, parent: Option<&str>| Area {
        id: AreaId::new(id),
        kind,
        names: BTreeMap::new(),
        aliases: BTreeSet::new(),
        parent: parent.map(AreaId::new),
        shape: Shape::Nowhere,
        held_by: None,
        asserted_by: None,
        valid: Interval::ALWAYS,
    };
    Areas::new([
        area("g1", AreaKind::Governorate, None),
        area("g2", AreaKind::Governorate, None),
        area("z", AreaKind::Zone, Some("g1")),
        area("z1", AreaKind::Place, Some("z")),
        area("p2", AreaKind::Place, Some("g2")),
    ])
}

fn mission() -> Mission {
    Mission { actors: actors(), areas: areas(), sources: Sources::default() }
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

fn targets() -> impl Strategy<Value = BTreeSet<Target>> {
    some(&[Target::Hospital, Target::GovernmentForces, Target::ExemptGroupForces], 2)
        .prop_map(|all| all.into_iter().collect())
}

fn condition() -> impl Strategy<Value = Condition> {
    prop_oneof![
        targets().prop_map(Condition::Target),
        prop_oneof![Just("gov"), Just("opp")].prop_map(|side| Condition::HeldBy(ActorId::new(side))),
        prop_oneof![Just("present"), Just("claimed")].prop_map(|fact| Condition::Holds(fact.into())),
        Just(Condition::NotDenied("present".into())),
        prop_oneof![Just("prop"), Just("sd")].prop_map(|judgement| Condition::Judged(judgement.into())),
    ]
}

fn under() -> impl Strategy<Value = Vec<Under>> {
    let one = |matter: &'static str, position: &'static str| {
        vec![Under { matter: matter.into(), position: position.into() }]
    };
    prop_oneof![
        3 => Just(Vec::new()),
        1 => Just(one("object", "letter")),
        1 => Just(one("object", "purpose")),
        1 => Just(one("licence", "wide")),
    ]
}

fn few(most: usize) -> impl Strategy<Value = Vec<Condition>> {
    proptest::collection::vec(condition(), 1..=most)
}

fn rule() -> impl Strategy<Value = Rule> {
    let span = truceline_model::Span { start: 0, end: 0 };
    let binds = prop_oneof![Just(vec!["gov"]), Just(vec!["opp"]), Just(vec!["gov", "opp"])];
    let provided = prop_oneof![3 => Just(Vec::new()), 1 => Just(vec!["gov"]), 1 => Just(vec!["lost"])];
    let acts = some(&[Act::Airstrike, Act::Shelling, Act::Detention], 2);
    let weapons = prop_oneof![
        3 => Just(None),
        1 => Just(Some(BTreeSet::from([Weapon::Mortar, Weapon::Rocket]))),
    ];
    let by = prop_oneof![2 => Just(None), 1 => Just(Some("gov")), 1 => Just(Some("opp"))];
    let objects = proptest::collection::vec((under(), few(2), by), 0..=2);
    let outside = proptest::collection::vec((under(), few(2)), 0..=1);
    let exceptions = proptest::collection::vec((under(), few(2), any::<bool>()), 0..=2);
    let when = prop_oneof![3 => Just(Vec::new()), 1 => few(1)];
    let scalars = (any::<bool>(), any::<bool>());
    (binds, provided, acts, weapons, objects, outside, exceptions, when, scalars).prop_map(
        move |(binds, provided, acts, weapons, objects, outside, exceptions, when, (accepted, in_area))| {
            Rule {
                binds: binds.into_iter().map(ActorId::new).collect(),
                accepted,
                provided: provided.into_iter().map(ActorId::new).collect(),
                applies: if in_area {
                    let at = Condition::In(BTreeSet::from([AreaId::new("z")]));
                    vec![Applies { under: Vec::new(), at, span }]
                } else {
                    Vec::new()
                },
                outside: outside.into_iter().map(|(under, all_of)| Outside { under, all_of, span }).collect(),
                acts: acts.into_iter().collect(),
                weapons,
                objects: objects
                    .into_iter()
                    .map(|(under, any_of, by)| Object { under, by: by.map(ActorId::new), any_of, span })
                    .collect(),
                when: when.into_iter().map(|one| vec![one]).collect(),
                exceptions: exceptions
                    .into_iter()
                    .enumerate()
                    .map(|(n, (under, all_of, covers))| Exception {
                        name: format!("e{n}"),
                        under,
                        all_of,
                        gives: if covers { Outcome::NotProhibited } else { Outcome::NotCovered },
                        span,
                    })
                    .collect(),
                ..Rule::default()
            }
        },
    )
}

fn day(text: &str) -> Interval {
    truceline_model::Zone::utc().interval(text).unwrap()
}

fn place(area: &str) -> Place {
    let areas = if area.is_empty() { BTreeSet::new() } else { BTreeSet::from([AreaId::new(area)]) };
    Place { point: None, within_m: 0, areas, unresolved: None }
}

fn incident() -> impl Strategy<Value = Incident> {
    let who = some(&["army", "air", "member", "late", "lost", "out", "third", "somebody", "some-rebels"], 3);
    let acts = some(&[Act::Airstrike, Act::Shelling, Act::Overflight, Act::Explosion], 2);
    let weapons = some(&[Weapon::Mortar, Weapon::SmallArms], 1);
    let targets =
        some(&[Target::Hospital, Target::GovernmentForces, Target::Market, Target::ExemptGroupForces], 2);
    let held = some(&["gov", "opp", "member", "out", "somebody"], 2);
    let times = some(
        &[
            "2016-02-05",
            "2016-02-09/2016-02-10",
            "2016-02-12",
            "2016-02-11T12:00/2016-02-12T12:00",
            "2016-02-13",
            "2016-02-19/2016-02-21",
            "2016-03-01",
            "2016-03-20",
        ],
        2,
    );
    let places = some(&["", "z1", "p2", "g1"], 2);
    let answer = || {
        prop_oneof![
            2 => Just(None),
            1 => Just(Some(vec![Answer::Yes])),
            1 => Just(Some(vec![Answer::No])),
            1 => Just(Some(vec![Answer::Yes, Answer::No])),
            1 => Just(Some(vec![Answer::Unclear])),
        ]
    };
    let opens = proptest::array::uniform3(proptest::bool::weighted(0.2));
    (who, acts, weapons, targets, held, times, places, [answer(), answer()], [answer(), answer()], opens)
        .prop_map(|(who, acts, weapons, targets, held, times, places, facts, judged, opens)| {
            let mut one = Incident::empty(IncidentId::new("i"));
            who.iter().for_each(|id| one.actors.add(ActorId::new(id), "s".into()));
            acts.iter().for_each(|act| one.acts.add(*act, "s".into()));
            weapons.iter().for_each(|weapon| one.weapons.add(*weapon, "s".into()));
            targets.iter().for_each(|target| one.targets.add(*target, "s".into()));
            held.iter().for_each(|id| one.held_by.add(ActorId::new(id), "s".into()));
            times.iter().for_each(|time| one.when.add(day(time), "s".into()));
            places.iter().for_each(|area| one.places.add(place(area), "s".into()));
            if opens[0] {
                one.actors.leave_open("t".into());
            }
            if opens[1] {
                one.targets.leave_open("t".into());
            }
            if opens[2] {
                one.held_by.leave_open("t".into());
            }
            for (id, answers) in ["present", "claimed"].into_iter().zip(facts) {
                for answer in answers.into_iter().flatten() {
                    one.facts.entry(id.into()).or_default().add(answer, "s".into());
                }
            }
            for (id, answers) in ["prop", "sd"].into_iter().zip(judged) {
                if let Some(answer) = answers.and_then(|all| all.first().copied()) {
                    one.judgements.insert(id.into(), answer);
                }
            }
            one
        })
}

/// `PROPTEST_CASES=100000` tries that many.
fn cases(usual: u32) -> u32 {
    match ProptestConfig::default().cases {
        256 => usual,
        asked => asked,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(200), ..ProptestConfig::default() })]

    #[test]
    fn the_judge_agrees_with_enumeration(rule in rule(), incident in incident()) {
        let mut terms = base();
        terms.clauses[0].rule = Some(rule);
        findings(&mission(), &terms, &incident, Instant::parse("2016-06-01T00:00:00Z").unwrap(), false)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(40), ..ProptestConfig::default() })]

    #[test]
    fn no_crux_of_up_to_three_is_missed(rule in rule(), incident in incident()) {
        let mut terms = base();
        terms.clauses[0].rule = Some(rule);
        terms.clauses.truncate(1);
        terms.readings.truncate(1);
        findings(&mission(), &terms, &incident, Instant::parse("2016-06-01T00:00:00Z").unwrap(), true)?;
    }
}
