//! Each trap of resolving by itself, on a small made-up mission.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeSet;

use support::{Mission, Say, say, small};
use truceline_casework::{Moved, Refusal, moved, origins, toll_history};
use truceline_model::{
    Act, Attribution, LinkDecision, Observation, SourceId, Standing, Target, Weapon, Zone,
};

fn strike<'z>(
    zone: &'z Zone,
    n: u64,
    source: &str,
    id: &str,
    known: &str,
    day: &str,
    place: &str,
) -> Say<'z> {
    say(zone, n, source, id, known).act(Act::Airstrike).when(day).place(place)
}

fn mission(make: impl Fn(&Zone) -> Vec<Say<'_>>) -> Mission {
    let mut mission = small();
    let zone = mission.zone.clone();
    mission.observations = make(&zone).into_iter().map(Say::done).collect::<Vec<Observation>>();
    mission
}

fn set(ids: &[&str]) -> BTreeSet<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

const DAY: &str = "2016-04-27";
const KNOWN: &str = "2016-04-28";
const LATER: &str = "2016-06-01";

#[test]
fn one_attack_from_three_sources_is_one_incident_with_its_range() {
    let m = mission(|z| {
        vec![
            strike(z, 0, "lister", "L1", KNOWN, DAY, "sukkari")
                .killed("58")
                .actor("russian-forces", Attribution::Contested),
            strike(z, 1, "deaths", "D1", KNOWN, DAY, "sukkari")
                .killed(">=6")
                .actor("gov-forces", Attribution::Accused),
            strike(z, 2, "hospital-org", "H1", KNOWN, DAY, "hospital-q")
                .killed("14")
                .target(Target::Hospital),
        ]
    });
    let r = m.resolve(LATER);
    assert_eq!(m.with(&r, "L1"), set(&["L1", "D1", "H1"]));
    let i = m.incident(&r, "L1");
    assert_eq!(i.id.as_str(), "i-deaths-d1");
    assert_eq!(i.killed.range().unwrap().to_string(), "14-58");
    assert_eq!(i.acts.standing(), Standing::Agreed);
    assert_eq!(i.version, 3);
    // The rival is named by another report, so the contested attribution no longer leaves it open.
    assert!(!i.actors.is_open());
    assert_eq!(i.actors.len(), 2);
}

#[test]
fn a_contested_attribution_is_open_only_while_nobody_names_the_rival() {
    fn contested(z: &Zone) -> Vec<Say<'_>> {
        vec![
            strike(z, 0, "lister", "L1", KNOWN, DAY, "sukkari")
                .actor("russian-forces", Attribution::Contested),
        ]
    }
    let alone = mission(contested);
    assert!(alone.incident(&alone.resolve(LATER), "L1").actors.is_open());
    let agreeing = mission(|z| {
        let mut all = contested(z);
        all.push(
            strike(z, 1, "deaths", "D1", KNOWN, DAY, "sukkari").actor("russian-forces", Attribution::Accused),
        );
        all
    });
    assert!(agreeing.incident(&agreeing.resolve(LATER), "L1").actors.is_open());
    let unclear = mission(|z| {
        let mut all = contested(z);
        all.push(
            strike(z, 1, "deaths", "D1", KNOWN, DAY, "sukkari").actor("gov-forces", Attribution::Unclear),
        );
        all
    });
    let r = unclear.resolve(LATER);
    let i = unclear.incident(&r, "L1");
    assert_eq!((i.links.len(), i.actors.len(), i.actors.is_open()), (2, 1, true));
}

#[test]
fn a_description_leaves_the_actor_open_unless_its_origin_names_somebody() {
    let m = mission(|z| {
        vec![
            strike(z, 0, "tv", "T1", KNOWN, DAY, "sukkari").actor("insurgents", Attribution::Stated),
            strike(z, 1, "army", "A1", KNOWN, DAY, "sukkari").actor("group-a", Attribution::Accused),
            strike(z, 2, "army", "A2", KNOWN, DAY, "sukkari")
                .same_as("A1")
                .actor("insurgents", Attribution::Stated),
        ]
    });
    let r = m.resolve(LATER);
    let i = m.incident(&r, "T1");
    assert_eq!(i.actors.open_origins(), &BTreeSet::from([SourceId::new("tv")]));
    assert_eq!(i.actors.len(), 1);
}

#[test]
fn a_source_that_lists_one_by_one_has_one_report_in_an_incident() {
    let m = mission(|z| {
        vec![
            strike(z, 0, "lister", "L1", KNOWN, DAY, "sukkari").killed("3"),
            strike(z, 1, "lister", "L2", KNOWN, DAY, "sukkari").killed("20"),
            strike(z, 2, "deaths", "D1", KNOWN, DAY, "sukkari").killed("20"),
        ]
    });
    let r = m.resolve(LATER);
    assert_eq!(m.with(&r, "D1"), set(&["L2", "D1"]));
    assert_eq!(m.with(&r, "L1"), set(&["L1"]));
    let refused =
        r.considered.iter().find(|c| c.receipt == m.receipt("L1") || c.to == m.receipt("L1")).unwrap();
    assert_eq!(refused.refusal, Refusal::SameSource);
    assert!(!refused.reasons.is_empty());
}

#[test]
fn a_report_that_fits_two_incidents_alike_is_left_to_a_person() {
    let m = mission(|z| {
        vec![
            strike(z, 0, "lister", "L1", KNOWN, DAY, "sukkari"),
            strike(z, 1, "lister", "L2", KNOWN, DAY, "sukkari"),
            strike(z, 2, "deaths", "D1", KNOWN, DAY, "sukkari"),
        ]
    });
    let r = m.resolve(LATER);
    assert_eq!(r.incidents.len(), 3);
    assert!(r.considered.iter().all(|c| c.refusal == Refusal::Ambiguous));
    assert_eq!(r.considered.len(), 2);
}

#[test]
fn videos_of_one_attack_share_an_incident() {
    let m = mission(|z| {
        vec![
            strike(z, 0, "syrian-archive", "V1", KNOWN, DAY, "sukkari").killed(">20"),
            strike(z, 1, "syrian-archive", "V2", KNOWN, DAY, "sukkari").killed("3"),
        ]
    });
    let r = m.resolve(LATER);
    assert_eq!(m.with(&r, "V1"), set(&["V1", "V2"]));
    let i = m.incident(&r, "V1");
    assert_eq!(i.origins.len(), 1);
    assert!(i.killed.figures.iter().all(|f| !f.superseded));
}

#[test]
fn ten_outlets_that_quote_one_observatory_are_one_origin() {
    let m = mission(|z| {
        let outlet = |n: u64| {
            strike(z, n, &format!("outlet-{n}"), &format!("O{n}"), KNOWN, DAY, "sukkari")
                .origin("observatory")
                .killed("27")
        };
        (0..10).map(outlet).collect()
    });
    let r = m.resolve(LATER);
    assert_eq!(r.incidents.len(), 1);
    let i = &r.incidents[0];
    assert_eq!(i.origins, BTreeSet::from([SourceId::new("observatory")]));
    assert_eq!(i.acts.standing(), Standing::SingleSource);
    let counted = origins(i, &m.observations, &m.rules.carries);
    assert_eq!(counted.len(), 1);
    assert_eq!((counted[0].receipts.len(), counted[0].outlets.len(), counted[0].circular), (10, 10, false));
}

#[test]
fn quotations_lead_to_their_root_and_a_circle_counts_once() {
    let m = mission(|z| {
        vec![
            strike(z, 0, "wire", "W1", KNOWN, DAY, "sukkari").origin("observatory"),
            strike(z, 1, "paper", "P1", KNOWN, DAY, "sukkari").origin("wire"),
        ]
    });
    let r = m.resolve(LATER);
    assert_eq!(r.incidents[0].origins, BTreeSet::from([SourceId::new("observatory")]));
    let circle = mission(|z| {
        vec![
            strike(z, 0, "one", "A", KNOWN, DAY, "sukkari").origin("two"),
            strike(z, 1, "two", "B", KNOWN, DAY, "sukkari").origin("one"),
        ]
    });
    let r = circle.resolve(LATER);
    assert_eq!(r.incidents[0].origins.len(), 1);
    assert!(origins(&r.incidents[0], &circle.observations, &circle.rules.carries)[0].circular);
}

#[test]
fn the_toll_grows_as_reports_come_in() {
    fn hospital<'z>(z: &'z Zone, n: u64, source: &str, id: &str, known: &str) -> Say<'z> {
        strike(z, n, source, id, known, DAY, "hospital-q").target(Target::Hospital)
    }
    let m = mission(|z| {
        vec![
            hospital(z, 0, "msf", "M1", "2016-04-28T08:00").killed("14"),
            hospital(z, 1, "sohr", "S1", "2016-04-28T12:00").killed("27"),
            hospital(z, 2, "msf", "M2", "2016-04-29").killed(">50").revises("M1"),
            hospital(z, 3, "msf", "M3", "2016-05-03").killed("55").revises("M2"),
        ]
    });
    let toll = |as_of: &str| {
        let r = m.resolve(as_of);
        m.incident(&r, "M1").killed.range().unwrap().to_string()
    };
    assert_eq!(toll("2016-04-28T09:00"), "14");
    assert_eq!(toll("2016-04-28T13:00"), "14-27");
    assert_eq!(toll("2016-04-29T12:00"), ">=27");
    assert_eq!(toll("2016-05-03T12:00"), "27-55");
    let r = m.resolve(LATER);
    let i = m.incident(&r, "M1");
    let steps: Vec<String> = toll_history(i, m.at(LATER))
        .iter()
        .map(|s| format!("{} {} {}", s.origin, s.bounds, s.range))
        .collect();
    assert_eq!(steps, ["msf 14 14", "sohr 27 14-27", "msf >50 >=27", "msf 55 27-55"]);
    assert_eq!(i.version, 4);
    assert_eq!(r.revisions.len(), 2);
    assert_eq!(i.links[3].decision, LinkDecision::Declared);
}

#[test]
fn a_total_is_never_an_incident_and_its_revision_has_the_same_parts() {
    let m = mission(|z| {
        vec![
            say(z, 0, "paper", "T1", KNOWN).when(DAY).killed(">100").total(),
            say(z, 1, "agency", "T2", KNOWN).when(DAY).killed(">=179").same_as("T1").total(),
            strike(z, 2, "sohr", "E1", KNOWN, DAY, "sukkari").killed(">60").part_of("T1"),
            strike(z, 3, "sohr", "E2", KNOWN, DAY, "homs").killed(">=46").part_of("T1"),
        ]
    });
    let r = m.resolve(LATER);
    assert_eq!(r.incidents.len(), 2);
    for id in ["E1", "E2"] {
        let i = m.incident(&r, id);
        assert_eq!(i.part_of.len(), 2);
        assert_eq!((i.links.len(), i.killed.figures.len()), (1, 1));
    }
    assert_eq!(r.totals.len(), 2);
    assert!(r.totals.values().all(|parts| parts.len() == 2));
    assert!(r.dangling.is_empty());
}

#[test]
fn neighbouring_quarters_other_days_and_other_acts_stay_apart() {
    let m = mission(|z| {
        vec![
            strike(z, 0, "lister", "L1", KNOWN, DAY, "sukkari"),
            strike(z, 1, "deaths", "other-quarter", KNOWN, DAY, "marjah"),
            strike(z, 2, "archive-b", "next-quarter", KNOWN, DAY, "kalassa"),
            strike(z, 3, "deaths", "next-day", "2016-04-29", "2016-04-28", "sukkari"),
            say(z, 4, "other", "shot", KNOWN).act(Act::SmallArmsFire).when(DAY).place("sukkari"),
            strike(z, 5, "vague", "somewhere", KNOWN, DAY, "SY02"),
        ]
    });
    let r = m.resolve(LATER);
    assert_eq!(r.incidents.len(), 6, "{:?}", r.considered);
    assert!(r.considered.iter().all(|c| c.refusal == Refusal::BelowThreshold));
}

#[test]
fn a_field_hospital_on_the_next_day_somewhere_in_the_city_is_not_enough() {
    let m = mission(|z| {
        vec![
            strike(z, 0, "msf", "M1", KNOWN, DAY, "hospital-q").target(Target::Hospital),
            strike(z, 1, "syrian-archive", "V1", "2016-04-28", "2016-04-28", "SY02").target(Target::Hospital),
        ]
    });
    let r = m.resolve(LATER);
    assert_eq!(r.incidents.len(), 2);
    let near = &r.considered[0];
    assert_eq!(
        (near.refusal, near.reasons[0].evidence, near.reasons[0].weight),
        (Refusal::BelowThreshold, "target", 2500)
    );
    assert!(near.reasons.iter().any(|reason| reason.evidence == "time" && reason.weight < 0));
}

#[test]
fn likeness_is_cheap_on_a_barrage_day() {
    let quiet = mission(|z| {
        vec![
            say(z, 0, "a", "A", KNOWN).act(Act::Shelling).when(DAY).point("36.20", "37.15", 800),
            say(z, 1, "b", "B", KNOWN).act(Act::Shelling).when(DAY).point("36.205", "37.155", 800),
        ]
    });
    assert_eq!(quiet.resolve(LATER).incidents.len(), 1);
    let barrage = mission(|z| {
        let mut all = vec![
            say(z, 0, "a", "A", KNOWN).act(Act::Shelling).when(DAY).point("36.20", "37.15", 800),
            say(z, 1, "b", "B", KNOWN).act(Act::Shelling).when(DAY).point("36.205", "37.155", 800),
        ];
        for n in 0..200 {
            all.push(
                say(z, 10 + n, "c", &format!("C{n}"), KNOWN)
                    .act(Act::Shelling)
                    .when(DAY)
                    .point("36.9", "38.1", 800),
            );
        }
        all
    });
    let r = barrage.resolve(LATER);
    assert_eq!(barrage.with(&r, "A"), set(&["A"]));
}

#[test]
fn no_chain_glues_two_incidents_of_one_source() {
    let m = mission(|z| {
        vec![
            strike(z, 0, "lister", "L1", KNOWN, DAY, "sukkari").killed("58"),
            strike(z, 1, "lister", "L2", KNOWN, DAY, "kalassa").killed("8"),
            // A glue: a wide disc over both quarters.
            say(z, 2, "glue", "G", KNOWN)
                .act(Act::Airstrike)
                .when(DAY)
                .point("36.184", "37.144", 2500)
                .killed("58"),
        ]
    });
    let r = m.resolve(LATER);
    assert_ne!(r.incident_of[&m.receipt("L1")], r.incident_of[&m.receipt("L2")]);
}

#[test]
fn one_report_cannot_join_two_incidents_alone_and_no_more_can_a_flood_of_it() {
    let apart = |z: &Zone, glues: u64| -> Vec<Observation> {
        let mut all = vec![
            strike(z, 0, "lister", "L", KNOWN, DAY, "sukkari").killed("12").done(),
            strike(z, 1, "deaths", "D", KNOWN, DAY, "sukkari").killed("12").done(),
            strike(z, 2, "msf", "M", KNOWN, DAY, "kalassa").killed("9").done(),
            strike(z, 3, "sohr", "S", KNOWN, DAY, "kalassa").killed("9").done(),
        ];
        // Between the two quarters, with a figure for each: near to both, and made to be.
        for n in 0..glues {
            let glue = say(z, 10 + n, &format!("outlet-{n}"), &format!("G{n}"), KNOWN)
                .origin("glue")
                .act(Act::Airstrike)
                .when(DAY)
                .point("36.184", "37.144", 900)
                .killed(if n % 2 == 0 { "12" } else { "9" })
                .weapon(Weapon::AerialBomb);
            all.push(glue.done());
        }
        all
    };
    for glues in [0, 1, 2, 30] {
        let mut m = small();
        m.observations = apart(&m.zone, glues);
        let r = m.resolve(LATER);
        assert_ne!(m.incident(&r, "L").id, m.incident(&r, "M").id, "{glues} glued them");
        assert!(m.with(&r, "L").contains("D") && m.with(&r, "M").contains("S"));
    }
}

#[test]
fn a_general_word_is_no_rival_of_a_special_one() {
    let m = mission(|z| {
        let rocket = |n, source: &str, id: &str| {
            say(z, n, source, id, KNOWN).when(DAY).place("hospital-q").target(Target::Hospital)
        };
        vec![
            rocket(0, "tv", "T").act(Act::RocketFire).weapon(Weapon::Rocket),
            rocket(1, "sohr", "S").act(Act::RocketFire),
            rocket(2, "deaths", "D").act(Act::Shelling).target(Target::Civilians),
        ]
    });
    let r = m.resolve(LATER);
    let i = m.incident(&r, "T");
    assert_eq!(i.links.len(), 3);
    assert_eq!((i.acts.len(), i.acts.standing()), (1, Standing::Agreed));
    assert_eq!(i.targets.len(), 1);
}

#[test]
fn a_statement_speaks_of_the_incident_that_it_names_or_of_the_only_one_at_its_place() {
    let m = mission(|z| {
        vec![
            strike(z, 0, "tv", "T", KNOWN, DAY, "hospital-q"),
            say(z, 1, "journalist", "J", "2016-04-29").when(DAY).place("hospital-q").statement(),
            say(z, 2, "envoy", "E", "2016-04-29").same_as("T").statement(),
            say(z, 3, "minister", "X", "2016-04-29").place("SY02").statement(),
        ]
    });
    let r = m.resolve(LATER);
    let i = m.incident(&r, "T");
    assert_eq!(i.statements, BTreeSet::from([m.receipt("J"), m.receipt("E")]));
    assert_eq!((i.links.len(), i.origins.len(), i.version), (1, 1, 3));
    assert!(r.statements[&m.receipt("X")].is_empty());
}

#[test]
fn a_re_dated_report_moves_and_says_so() {
    let m = mission(|z| {
        vec![
            strike(z, 0, "lister", "L1", "2016-04-28", DAY, "sukkari").killed("5"),
            strike(z, 1, "deaths", "D1", "2016-04-28", DAY, "sukkari").killed("5"),
            strike(z, 2, "archive-b", "A1", "2016-05-02", "2016-05-01", "sukkari").killed("5"),
            strike(z, 3, "lister", "L1b", "2016-05-05", "2016-05-01", "sukkari").revises("L1").killed("5"),
        ]
    });
    let before = m.resolve("2016-05-03");
    let after = m.resolve("2016-05-06");
    assert_eq!(m.with(&before, "L1"), set(&["L1", "D1"]));
    assert_eq!(m.with(&after, "L1"), set(&["L1", "L1b", "A1"]));
    assert_eq!(m.with(&after, "D1"), set(&["D1"]));
    let moves = moved(&before, &after);
    assert!(
        moves.iter().any(|x| matches!(x, Moved::Went { receipt, .. } if *receipt == m.receipt("L1"))),
        "{moves:?}"
    );
    assert!(moves.iter().any(|x| matches!(x, Moved::Joined { receipt, .. } if *receipt == m.receipt("L1b"))));
}

#[test]
fn the_same_file_twice_adds_nothing_and_a_changed_row_is_a_revision() {
    let m = mission(|z| {
        vec![
            strike(z, 0, "lister", "L1", KNOWN, DAY, "sukkari").killed("5"),
            strike(z, 1, "lister", "L1", "2016-04-30", DAY, "sukkari").killed("5"),
            strike(z, 2, "lister", "L1", "2016-05-02", DAY, "sukkari").killed("9"),
        ]
    });
    let r = m.resolve(LATER);
    assert_eq!((r.incidents.len(), r.copies.len(), r.revisions.len()), (1, 1, 1));
    assert_eq!(r.incidents[0].killed.range().unwrap().to_string(), "9");
    assert_eq!(r.incidents[0].version, 2);
}

#[test]
fn what_became_known_later_does_not_show_through() {
    let m = mission(|z| {
        vec![
            strike(z, 0, "lister", "L1", "2016-04-28T10:00", DAY, "sukkari"),
            strike(z, 1, "deaths", "D1", "2016-04-28T12:00", DAY, "sukkari"),
        ]
    });
    let r = m.resolve("2016-04-28T11:00");
    assert_eq!((r.incidents.len(), r.incidents[0].version), (1, 1));
    assert_eq!(r.incidents[0].id.as_str(), "i-lister-l1");
    assert!(m.resolve("2016-04-28T09:00").incidents.is_empty());
}

#[test]
fn a_reference_to_nothing_is_kept_and_said() {
    let m = mission(|z| {
        vec![strike(z, 0, "lister", "L1", KNOWN, DAY, "sukkari").same_as("nowhere").part_of("nothing")]
    });
    let r = m.resolve(LATER);
    let fields: Vec<&str> = r.dangling.iter().map(|d| d.field).collect();
    assert_eq!(fields, ["part_of", "same_as"]);
}

#[test]
fn a_citys_name_brings_no_two_quarters_together() {
    let m = mission(|z| {
        let quarter = |n, source: &str, id: &str, lat: &str| {
            let mut one = strike(z, n, source, id, KNOWN, DAY, "sukkari").point(lat, "37.15", 500);
            if let truceline_model::Body::Event(event) = &mut one.observation.body {
                event.place.as_mut().unwrap().areas.insert("homs".into());
            }
            one
        };
        vec![quarter(0, "a", "A", "36.20"), quarter(1, "b", "B", "36.24")]
    });
    assert_eq!(m.resolve(LATER).incidents.len(), 2);
}

#[test]
fn a_flood_of_copies_is_one_incident_with_one_origin_and_ends_in_time() {
    let m = mission(|z| {
        let copy = |n: u64| {
            strike(z, n, &format!("fake-{n}"), &format!("F{n}"), KNOWN, DAY, "sukkari")
                .origin("agency")
                .killed("500")
        };
        (0..800).map(copy).collect()
    });
    let r = m.resolve(LATER);
    assert_eq!(r.incidents.len(), 1);
    assert_eq!(r.incidents[0].origins.len(), 1);
    assert_eq!(r.incidents[0].killed.figures.len(), 800);
}
