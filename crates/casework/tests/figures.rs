//! Area status, rival tallies, and sums: silence is not calm, a number is no list, parts are held against their figure.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use support::{Mission, say, small};
use truceline_casework::{
    Breakdown, Holds, IN_TALLY, RivalInput, StatusInput, StatusRule, Worst, rivals, status, sum_faults,
    who_lists,
};
use truceline_model::finding::Answer;
use truceline_model::{
    Act, AreaStatus, Body, Coverage, Holding, IncidentId, Observation, RivalDay, SourceId, Zone,
};

fn with(make: impl Fn(&Zone) -> Vec<Observation>) -> Mission {
    let mut m = small();
    m.observations = make(&m.zone);
    m
}

fn strike(z: &Zone, n: u64, source: &str, id: &str, day: &str, place: &str) -> Observation {
    say(z, n, source, id, day).act(Act::Airstrike).when(day).place(place).done()
}

fn areas(m: &Mission, worst: &BTreeMap<IncidentId, Worst>, as_of: &str) -> Vec<AreaStatus> {
    let r = m.resolve(as_of);
    let input = StatusInput {
        incidents: &r.incidents,
        worst,
        observations: &m.observations,
        areas: &m.areas,
        zone: &m.zone,
    };
    status(&input, &StatusRule::default(), &["SY02".into(), "SY04".into()], m.at(as_of))
}

#[test]
fn silence_is_not_calm() {
    let m = with(|z| vec![strike(z, 0, "lister", "L1", "2016-04-27", "sukkari")]);
    let judged = BTreeMap::from([(IncidentId::new("i-lister-l1"), Worst::Neither)]);
    let states = areas(&m, &judged, "2016-04-28T12:00");
    assert_eq!(states[0].holding, Holding::Holding, "watched, and nothing that may have been prohibited");
    assert_eq!(states[0].others.len(), 1);
    assert_eq!(states[1].holding, Holding::NotObserved);
    // A fortnight later nobody has reported from either.
    assert!(areas(&m, &judged, "2016-05-12").iter().all(|s| s.holding == Holding::NotObserved));
    // Before it became known, nothing was.
    assert!(areas(&m, &judged, "2016-04-26").iter().all(|s| s.holding == Holding::NotObserved));
}

#[test]
fn recorded_coverage_makes_silence_speak() {
    let m = with(|z| {
        let mut watch = say(z, 0, "monitor", "W1", "2016-04-25").done();
        let when = z.interval("2016-04-25/2016-04-28").unwrap();
        watch.body = Body::Coverage(Coverage { area: "SY04".into(), when, what: "patrols".to_owned() });
        vec![watch]
    });
    let states = areas(&m, &BTreeMap::new(), "2016-04-28T12:00");
    assert_eq!((states[0].holding, states[1].holding), (Holding::NotObserved, Holding::Holding));
    assert_eq!(states[1].observed_by, BTreeSet::from([SourceId::new("monitor")]));
}

#[test]
fn fraying_from_one_and_collapsed_on_most_days() {
    let m = with(|z| {
        (0..5)
            .map(|n| strike(z, n, "lister", &format!("L{n}"), &format!("2016-04-2{}", n + 2), "sukkari"))
            .collect()
    });
    let judged: BTreeMap<IncidentId, Worst> =
        (0..5).map(|n| (IncidentId::new(&format!("i-lister-l{n}")), Worst::Prohibited)).collect();
    let at = |as_of: &str| areas(&m, &judged, as_of).remove(0);
    assert_eq!((at("2016-04-22T12:00").holding, at("2016-04-22T12:00").days), (Holding::Fraying, 1));
    assert_eq!((at("2016-04-25T12:00").holding, at("2016-04-25T12:00").days), (Holding::Collapsed, 4));
    // Undetermined ones alone never make it collapsed, and an unjudged incident is not calm.
    let unjudged = areas(&m, &BTreeMap::new(), "2016-04-26T12:00").remove(0);
    assert_eq!((unjudged.holding, unjudged.undetermined.len()), (Holding::Fraying, 5));
}

fn rival_day(m: &Mission, day: &str) -> RivalDay {
    let r = m.resolve("2016-06-01");
    let listers = BTreeSet::from([SourceId::new("lister"), SourceId::new("deaths")]);
    let input = RivalInput {
        observations: &m.observations,
        incidents: &r.incidents,
        listers: &listers,
        zone: &m.zone,
        as_of: m.at("2016-06-01"),
    };
    rivals(&[m.zone.interval(day).unwrap()], &input).remove(0)
}

#[test]
fn lists_compare_incident_by_incident_and_numbers_by_area() {
    let m = with(|z| {
        vec![
            strike(z, 0, "lister", "L1", "2016-04-27", "sukkari"),
            strike(z, 1, "lister", "L2", "2016-04-27", "marjah"),
            strike(z, 2, "deaths", "D1", "2016-04-27", "sukkari"),
            strike(z, 3, "deaths", "D2", "2016-04-27", "homs"),
            say(z, 4, "centre", "T1", "2016-04-28")
                .when("2016-04-27/2016-04-28")
                .tally(8, &[("SY02", 1), ("SY01", 7)], &[])
                .done(),
            say(z, 5, "snhr", "T2", "2016-04-28").when("2016-04-27").tally(14, &[], &[]).done(),
            say(z, 6, "snhr", "T3", "2016-04-28").when("2016-04-01/2016-04-28").tally(300, &[], &[]).done(),
        ]
    });
    let day = rival_day(&m, "2016-04-27");
    let sources: Vec<&str> = day.counts.iter().map(|c| c.source.as_str()).collect();
    assert_eq!(sources, ["centre", "deaths", "lister", "snhr"], "a month's tally is no day's");
    let pair = |a: &str, b: &str| {
        day.comparisons.iter().find(|c| c.one.as_str() == a && c.other.as_str() == b).unwrap()
    };
    let lists = pair("deaths", "lister");
    assert_eq!((lists.exact, lists.agreed, lists.only_one, lists.only_other), (true, (1, 1), (1, 1), (1, 1)));
    // The centre counts one in the governorate where the lister has two: at most one can be shared.
    let bounds = pair("centre", "lister");
    assert_eq!(
        (bounds.exact, bounds.agreed, bounds.only_one, bounds.only_other),
        (false, (0, 1), (7, 8), (1, 2))
    );
    assert_eq!(pair("centre", "snhr").agreed, (0, 8));
}

#[test]
fn a_revised_tally_stands_once() {
    let m = with(|z| {
        vec![
            say(z, 0, "centre", "T1", "2016-04-28").when("2016-04-27").tally(8, &[], &[]).done(),
            say(z, 1, "centre", "T2", "2016-04-29")
                .when("2016-04-27")
                .revises("T1")
                .tally(9, &[], &[])
                .done(),
        ]
    });
    let day = rival_day(&m, "2016-04-27");
    assert_eq!(day.counts.len(), 1);
    assert_eq!(day.counts[0].count, 9);
    assert!(day.comparisons.is_empty());
}

#[test]
fn who_lists_an_incident_and_who_is_silent() {
    let m = with(|z| {
        vec![
            strike(z, 0, "lister", "L1", "2016-04-27", "sukkari"),
            strike(z, 1, "deaths", "D1", "2016-04-27", "homs"),
            say(z, 2, "centre", "T1", "2016-04-28").when("2016-04-27/2016-04-28").tally(8, &[], &[]).done(),
            say(z, 3, "snhr", "T2", "2016-04-28").when("2016-04-27").tally(14, &[], &[]).done(),
            say(z, 4, "centre", "S1", "2016-04-28")
                .same_as("L1")
                .fact(IN_TALLY, Answer::No)
                .statement()
                .done(),
        ]
    });
    let r = m.resolve("2016-06-01");
    let held = who_lists(m.incident(&r, "L1"), &rival_day(&m, "2016-04-27"), &m.observations);
    let of = |source: &str| held[&SourceId::new(source)];
    assert_eq!((of("lister"), of("deaths")), (Holds::Listed, Holds::Silent));
    assert_eq!((of("centre"), of("snhr")), (Holds::Silent, Holds::CannotSay));
}

#[test]
fn sums_are_held_against_their_figure() {
    let m = with(|z| {
        vec![
            // 219 combat and 32 arrests in an excerpt, 242 in the headline.
            say(z, 0, "snhr", "W", "2016-09-23")
                .when("2016-09-12/2016-09-18")
                .tally(242, &[], &[("gov-forces", 221), ("russian-forces", 10), ("group-a", 11)])
                .done(),
            say(z, 1, "snhr", "W-combat", "2016-09-23")
                .when("2016-09-12/2016-09-18")
                .part_of("W")
                .tally(219, &[], &[])
                .done(),
            say(z, 2, "snhr", "W-arrests", "2016-09-23")
                .when("2016-09-12/2016-09-18")
                .part_of("W")
                .tally(32, &[], &[])
                .done(),
            say(z, 3, "centre", "T", "2016-02-28").when("2016-02-27").tally(9, &[("SY02", 6)], &[]).done(),
            say(z, 4, "sohr", "total", "2016-05-03").when("2016-05-03").killed("16-19").total().done(),
            say(z, 5, "sohr", "part", "2016-05-03")
                .act(Act::RocketFire)
                .when("2016-05-03")
                .place("midan")
                .killed("12")
                .part_of("total")
                .done(),
            say(z, 6, "outlet", "part-again", "2016-05-03")
                .origin("sohr")
                .act(Act::RocketFire)
                .when("2016-05-03")
                .place("midan")
                .killed("12")
                .part_of("total")
                .done(),
            say(z, 7, "tv", "rival", "2016-05-03")
                .act(Act::RocketFire)
                .when("2016-05-03")
                .place("homs")
                .killed("90")
                .part_of("total")
                .done(),
        ]
    });
    let r = m.resolve("2016-10-02");
    let faults = sum_faults(&m.observations, &r, m.at("2016-10-02"));
    let said: Vec<(&str, Breakdown, u32, u32, bool)> =
        faults.iter().map(|f| (m.sender(f.receipt), f.breakdown, f.parts, f.whole, f.exceeds())).collect();
    assert_eq!(
        said,
        [("W", Breakdown::Tallies, 251, 242, true), ("T", Breakdown::ByArea, 6, 9, false)],
        "one incident counts once, and a rival's figure is no part of another's sum"
    );
}
