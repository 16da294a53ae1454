//! The four articles that started this, as coded: every trap that their readers fall into is left alone.
//!
//! The gold labels name thirteen traps. Twelve are held here, row by row and in what is resolved; the thirteenth, a quotation
//! that is never closed, is one of reading words, and no words are read yet.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
#![allow(clippy::panic, reason = "a panic is a failed test")]

mod support;

use std::collections::BTreeSet;

use support::{Mission, shipped};
use truceline_model::{ActorId, Attribution, Body, CasualtyFigures, Observation, Target};

const END: &str = "2016-06-01";

fn row<'m>(m: &'m Mission, id: &str) -> &'m Observation {
    m.observations.iter().find(|o| o.sender_id == id).unwrap_or_else(|| panic!("{id} is not coded"))
}

fn figures(o: &Observation) -> CasualtyFigures {
    match &o.body {
        Body::Event(event) => event.casualties,
        Body::Total(total) => total.casualties,
        _ => CasualtyFigures::default(),
    }
}

/// Every count of killed or wounded in an article's rows, as it is written.
fn counts(m: &Mission, article: &str) -> BTreeSet<String> {
    let mine = m.observations.iter().filter(|o| o.sender_id.starts_with(article));
    let all = mine.map(figures).flat_map(|f| [f.killed, f.wounded, f.killed_civilian, f.killed_combatant]);
    all.flatten().map(|bounds| bounds.to_string()).collect()
}

#[test]
fn a_total_is_not_added_to_its_parts_and_no_other_number_is_a_toll() {
    let m = shipped();
    let r = m.resolve(END);
    assert_eq!(row(&m, "s0-i1").body.kind(), "total");
    assert!(!r.incident_of.contains_key(&m.receipt("s0-i1")), "a total is no incident");
    for part in ["s0-i4", "s0-i5"] {
        assert!(row(&m, part).part_of.contains("s0-i1"), "{part}");
        assert!(m.incident(&r, part).part_of.contains(&m.receipt("s0-i1")), "{part}");
    }
    // Neither towns besieged, nor announcements, blasts and car bombs.
    let written = BTreeSet::from([">100", "dozens", ">60", "180", ">=46"].map(str::to_owned));
    assert_eq!(counts(&m, "s0-"), written);
}

#[test]
fn a_claim_of_responsibility_stays_a_claim() {
    let m = shipped();
    for id in ["s0-i3", "s0-i4", "s0-i5"] {
        let Body::Event(event) = &row(&m, id).body else { panic!("{id} is an event") };
        assert_eq!(event.attribution, Some(Attribution::Claimed), "{id}");
    }
}

#[test]
fn an_article_without_a_toll_gives_none_and_its_question_is_no_event() {
    let m = shipped();
    assert_eq!(counts(&m, "s1-"), BTreeSet::new());
    let kinds: BTreeSet<&str> =
        m.observations.iter().filter(|o| o.sender_id.starts_with("s1-")).map(|o| o.body.kind()).collect();
    assert_eq!(kinds, BTreeSet::from(["agreement", "statement"]), "does the bombing have an impact?");
}

#[test]
fn rival_totals_of_one_day_stand_side_by_side() {
    let m = shipped();
    let r = m.resolve(END);
    for (id, killed) in [("s0-i1", ">100"), ("s2-i3", ">=179")] {
        assert_eq!(figures(row(&m, id)).killed.unwrap().to_string(), killed);
        assert!(r.totals.contains_key(&m.receipt(id)), "{id} is kept as a total");
    }
}

#[test]
fn dates_are_those_of_the_event() {
    let m = shipped();
    let zone = m.ctx().zone;
    for o in m.observations.iter().filter(|o| o.sender_id.starts_with("s2-")) {
        let when = match &o.body {
            Body::Event(event) => event.when,
            Body::Total(total) => total.when,
            _ => None,
        };
        assert!(
            when.is_none_or(|w| zone.local_date(w.start()).starts_with("2016-")),
            "{}: the war's own date",
            o.sender_id
        );
    }
    // "Feb. 12", with a space that does not break.
    let Body::Agreement(munich) = &row(&m, "s0-a3").body else { panic!("an agreement fact") };
    assert_eq!(zone.local_date(munich.when.unwrap().start()), "2016-02-12");
    let Body::Agreement(due) = &row(&m, "s1-a6").body else { panic!("an agreement fact") };
    assert_eq!(zone.local_date(due.when.unwrap().start()), "2016-02-19");
}

#[test]
fn other_agreements_are_not_this_one() {
    let m = shipped();
    let about =
        |o: &Observation| if let Body::Agreement(fact) = &o.body { Some(fact.subject.clone()) } else { None };
    let subjects: BTreeSet<String> = m.observations.iter().filter_map(about).collect();
    let ours = [
        "calm-aleppo",
        "calm-ghouta",
        "calm-latakia",
        "coh",
        "munich",
        "peace-talks",
        "safe-zones",
        "task-force",
    ];
    assert_eq!(subjects, ours.map(str::to_owned).into());
}

#[test]
fn who_is_not_there_is_no_target_and_a_share_is_no_number() {
    let m = shipped();
    let r = m.resolve(END);
    let nusra = row(&m, "s3-i7");
    match &nusra.body {
        Body::Event(event) => assert!(!event.targets.contains(&Target::ExemptGroupForces)),
        Body::Statement(said) => assert!(!said.actors.contains(&ActorId::new("al-nusra"))),
        other => panic!("{other:?}"),
    }
    assert_eq!(figures(row(&m, "s3-i4")), CasualtyFigures::default(), "two thirds of them");
    assert!(!r.incident_of.contains_key(&m.receipt("s3-i4")));
}

#[test]
fn an_obligation_is_no_delivery() {
    let m = shipped();
    let deliveries = m.observations.iter().filter(|o| matches!(o.body, Body::Delivery(_)));
    let ids: Vec<&str> = deliveries.map(|o| o.sender_id.as_str()).collect();
    assert_eq!(ids, ["s0-h1"], "aid that began, and none that is only owed");
    let Body::Delivery(begun) = &row(&m, "s0-h1").body else { panic!("a delivery") };
    assert_eq!(begun.reached.as_str(), "begun");
}
