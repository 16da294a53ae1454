//! Random rules: every question that the typed form has, in every place where one may stand.

use std::collections::BTreeSet;

use proptest::prelude::*;
use truceline_model::{Act, ActorId, AreaId, MeasureId, Outcome, Span, SystemId, Target, Weapon};
use truceline_terms::{Applies, Compare, Condition, Counted, Exception, Object, Outside, Rule, Under};

use super::mission::at;

const SPAN: Span = Span { start: 0, end: 0 };

pub fn some<T: Clone + std::fmt::Debug + 'static>(
    all: &'static [T],
    least: usize,
    most: usize,
) -> impl Strategy<Value = Vec<T>> {
    proptest::sample::subsequence(all, least..=most.min(all.len()))
}

fn set<T: Clone + Ord + std::fmt::Debug + 'static>(
    all: &'static [T],
    least: usize,
    most: usize,
) -> impl Strategy<Value = BTreeSet<T>> {
    some(all, least, most).prop_map(|all| all.into_iter().collect())
}

fn sides(least: usize) -> impl Strategy<Value = BTreeSet<ActorId>> {
    some(&["gov", "opp"], least, 2).prop_map(|all| all.into_iter().map(ActorId::new).collect())
}

fn side() -> impl Strategy<Value = ActorId> {
    prop_oneof![Just("gov"), Just("opp")].prop_map(ActorId::new)
}

fn systems() -> impl Strategy<Value = BTreeSet<SystemId>> {
    some(&["tornado-s", "grad"], 1, 2).prop_map(|all| all.into_iter().map(SystemId::new).collect())
}

pub fn counted() -> impl Strategy<Value = Counted> {
    let compare = prop_oneof![
        3 => Just(Compare::AtLeast),
        1 => Just(Compare::AtMost),
        1 => Just(Compare::MoreThan),
        1 => Just(Compare::FewerThan),
        1 => Just(Compare::Exactly),
    ];
    let pair = prop_oneof![
        3 => Just(("lorries", None)),
        1 => Just(("prisoners", None)),
        2 => Just(("prisoners", Some("hostages"))),
    ];
    let number = prop_oneof![Just(0_u32), Just(1), Just(3), Just(30), Just(600)];
    (pair, compare, number).prop_map(|((measure, per), compare, number)| Counted {
        measure: MeasureId::new(measure),
        compare,
        number,
        per: per.map(MeasureId::new),
    })
}

pub fn near() -> impl Strategy<Value = Condition> {
    let metres = prop_oneof![Just(1_500_u32), Just(5_000), Just(15_000), Just(40_000)];
    (some(&["front", "town", "square"], 1, 2), metres)
        .prop_map(|(all, metres)| Condition::Near(all.into_iter().map(AreaId::new).collect(), metres))
}

pub fn within() -> impl Strategy<Value = Condition> {
    some(&["z", "p2", "square", "town"], 1, 2)
        .prop_map(|all| Condition::In(all.into_iter().map(AreaId::new).collect()))
}

fn daily() -> impl Strategy<Value = Condition> {
    prop_oneof![
        Just((22 * 3600, 6 * 3600)),
        Just((0, 3600)),
        Just((23 * 3600 + 1800, 1800)),
        Just((9 * 3600, 17 * 3600)),
    ]
    .prop_map(|(from, until)| Condition::Daily(from, until))
}

fn question() -> impl Strategy<Value = Condition> {
    prop_oneof![
        3 => set(&[Target::Hospital, Target::GovernmentForces, Target::ExemptGroupForces], 0, 2)
            .prop_map(Condition::Target),
        2 => side().prop_map(Condition::HeldBy),
        3 => side().prop_map(Condition::Struck),
        2 => prop_oneof![Just("present"), Just("claimed")].prop_map(|fact| Condition::Holds(fact.into())),
        1 => Just(Condition::NotDenied("present".into())),
        2 => prop_oneof![Just("prop"), Just("sd")].prop_map(|word| Condition::Judged(word.into())),
        1 => set(&[Act::Shelling, Act::Bombing, Act::Overflight], 1, 2).prop_map(Condition::Act),
        1 => set(&[Weapon::Mortar, Weapon::SmallArms], 1, 2).prop_map(Condition::Weapon),
        1 => systems().prop_map(Condition::System),
        1 => sides(1).prop_map(Condition::DoneBy),
        2 => sides(1).prop_map(Condition::CommandedBy),
        1 => within(),
        1 => near(),
        3 => counted().prop_map(Condition::Counted),
        2 => prop_oneof![Just("2016-02-12T12:00:00Z"), Just("2016-02-20T00:00:00Z"), Just("2016-03-25T00:30:00Z")]
            .prop_map(|text| Condition::From(at(text))),
        2 => daily(),
        1 => Just(Condition::WholeDay),
    ]
}

pub fn condition() -> impl Strategy<Value = Condition> {
    (question(), proptest::bool::weighted(0.15))
        .prop_map(|(one, not)| if not { Condition::Not(Box::new(one)) } else { one })
}

fn under() -> impl Strategy<Value = Vec<Under>> {
    let one = |matter: &'static str, position: &'static str| {
        vec![Under { matter: matter.into(), position: position.into() }]
    };
    prop_oneof![
        6 => Just(Vec::new()),
        1 => Just(one("object", "letter")),
        1 => Just(one("object", "purpose")),
        1 => Just(one("licence", "wide")),
    ]
}

fn few(most: usize) -> impl Strategy<Value = Vec<Condition>> {
    proptest::collection::vec(condition(), 1..=most)
}

fn exceptions() -> impl Strategy<Value = Vec<Exception>> {
    proptest::collection::vec((under(), few(2), any::<bool>()), 0..=2).prop_map(|all| {
        let one = |(n, (under, all_of, covers)): (usize, (_, _, bool))| Exception {
            name: format!("e{n}"),
            under,
            all_of,
            gives: if covers { Outcome::NotProhibited } else { Outcome::NotCovered },
            span: SPAN,
        };
        all.into_iter().enumerate().map(one).collect()
    })
}

fn reach() -> impl Strategy<Value = (Vec<ActorId>, bool, bool, Vec<ActorId>, Vec<Applies>)> {
    let binds = some(&["gov", "opp"], 1, 2);
    let provided = prop_oneof![6 => Just(Vec::new()), 1 => Just(vec!["gov"]), 1 => Just(vec!["lost"])];
    let place = (under(), prop_oneof![within(), near()]);
    let applies = prop_oneof![3 => Just(Vec::new()), 2 => proptest::collection::vec(place, 1..=2)];
    (binds, any::<bool>(), any::<bool>(), provided, applies).prop_map(
        |(binds, accepted, affiliates, provided, applies)| {
            let ids = |all: Vec<&str>| all.into_iter().map(ActorId::new).collect();
            let applies = applies.into_iter().map(|(under, at)| Applies { under, at, span: SPAN }).collect();
            (ids(binds), accepted, affiliates, ids(provided), applies)
        },
    )
}

pub fn rule() -> impl Strategy<Value = Rule> {
    let acts = set(&[Act::Airstrike, Act::Shelling, Act::Detention, Act::Delivery], 1, 2);
    let weapons = prop_oneof![
        4 => Just(None),
        1 => Just(Some(BTreeSet::from([Weapon::Mortar, Weapon::Rocket]))),
    ];
    let systems = prop_oneof![5 => Just(None), 1 => systems().prop_map(Some)];
    let by = prop_oneof![4 => Just(None), 1 => side().prop_map(Some)];
    let object =
        (under(), few(2), by).prop_map(|(under, any_of, by)| Object { under, by, any_of, span: SPAN });
    let objects = proptest::collection::vec(object, 0..=2);
    let outside = (under(), few(2)).prop_map(|(under, all_of)| Outside { under, all_of, span: SPAN });
    let outside = proptest::collection::vec(outside, 0..=1);
    let when = prop_oneof![2 => Just(Vec::new()), 2 => proptest::collection::vec(few(2), 1..=2)];
    (reach(), acts, weapons, systems, objects, outside, when, exceptions()).prop_map(
        |(reach, acts, weapons, systems, objects, outside, when, exceptions)| {
            let (binds, accepted, affiliates, provided, applies) = reach;
            Rule {
                binds,
                accepted,
                affiliates,
                provided,
                applies,
                outside,
                acts,
                weapons,
                systems,
                objects,
                when,
                exceptions,
                required: None,
            }
        },
    )
}
