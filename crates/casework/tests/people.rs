//! Merge, split and undo by a person: honoured ever after, whatever comes in later.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeSet;

use support::{Mission, say, small};
use truceline_casework::{DecideError, Decision, PersonDecision, Refusal, Resolved};
use truceline_model::{Act, LinkDecision, Observation};

fn mission() -> Mission {
    let mut m = small();
    let z = m.zone.clone();
    let strike = |n: u64, source: &str, id: &str, known: &str, day: &str, place: &str| -> Observation {
        say(&z, n, source, id, known).act(Act::Airstrike).when(day).place(place).killed("5").done()
    };
    m.observations = vec![
        strike(0, "lister", "L1", "2016-04-28", "2016-04-27", "sukkari"),
        strike(1, "deaths", "D1", "2016-04-28", "2016-04-27", "sukkari"),
        strike(2, "lister", "L2", "2016-04-28", "2016-04-27", "kalassa"),
        strike(3, "deaths", "D2", "2016-04-28", "2016-04-27", "kalassa"),
        strike(4, "msf", "M1", "2016-05-20", "2016-04-27", "sukkari"),
        strike(5, "sohr", "S1", "2016-05-21", "2016-04-27", "kalassa"),
    ];
    m
}

fn taken(m: &Mission, entry: u64, what: Decision) -> PersonDecision {
    PersonDecision {
        entry,
        at: m.at("2016-05-10"),
        by: "verifier".to_owned(),
        why: "seen on site".to_owned(),
        what,
    }
}

fn set(ids: &[&str]) -> BTreeSet<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

fn merge(m: &Mission, seen: &Resolved) -> Decision {
    Decision::merge(m.incident(seen, "L1"), m.incident(seen, "L2")).unwrap()
}

#[test]
fn a_merge_holds_when_later_reports_join_either_side() {
    let m = mission();
    let seen = m.resolve("2016-05-09");
    assert_eq!(m.with(&seen, "L1"), set(&["L1", "D1"]));
    let decisions = [taken(&m, 50, merge(&m, &seen))];
    let before = m.resolve_with(&decisions, "2016-05-09");
    assert_eq!(before, seen, "a decision does not exist before it was taken");
    let after = m.resolve_with(&decisions, "2016-06-01");
    assert_eq!(m.with(&after, "L1"), set(&["L1", "D1", "L2", "D2", "M1", "S1"]));
    let incident = m.incident(&after, "L1");
    assert_eq!(incident.version, 7, "six reports and a decision");
    assert!(incident.links.iter().any(|l| l.decision == LinkDecision::Person(50)));
    // Both old ids still lead there.
    for id in ["L1", "L2", "D2"] {
        let old = &m.incident(&seen, id).id;
        assert_eq!(after.incident(old).unwrap().id, incident.id);
    }
}

#[test]
fn a_split_holds_and_the_next_report_finds_its_side() {
    let m = mission();
    let seen = m.resolve("2016-05-09");
    let only = BTreeSet::from([m.receipt("D1")]);
    let split = Decision::split(m.incident(&seen, "L1"), &only).unwrap();
    let decisions = [taken(&m, 50, split)];
    let after = m.resolve_with(&decisions, "2016-06-01");
    assert!(!m.with(&after, "L1").contains("D1"));
    // The later report fits both sides alike, and they exclude one another now: a person decides, the machine does not.
    assert_eq!(m.with(&after, "M1"), set(&["M1"]));
    assert!(after.considered.iter().any(|c| c.refusal == Refusal::Person(50)));
    assert!(after.considered.iter().any(|c| c.refusal == Refusal::Ambiguous));
}

#[test]
fn undo_takes_back_and_undoing_the_undo_restores() {
    let m = mission();
    let seen = m.resolve("2016-05-09");
    let plain = m.resolve("2016-06-01");
    let mut decisions = vec![taken(&m, 50, merge(&m, &seen)), taken(&m, 51, Decision::Undo { entry: 50 })];
    let undone = m.resolve_with(&decisions, "2016-06-01");
    assert_eq!(m.with(&undone, "L1"), m.with(&plain, "L1"));
    assert!(
        m.incident(&undone, "L1").version > m.incident(&plain, "L1").version,
        "both decisions changed it"
    );
    decisions.push(taken(&m, 52, Decision::Undo { entry: 51 }));
    let restored = m.resolve_with(&decisions, "2016-06-01");
    assert_eq!(m.with(&restored, "L1").len(), 6);
}

#[test]
fn the_later_decision_on_the_same_reports_holds() {
    let m = mission();
    let seen = m.resolve("2016-05-09");
    let merged = taken(&m, 50, merge(&m, &seen));
    let then = m.resolve_with(std::slice::from_ref(&merged), "2016-05-11");
    let leaving = BTreeSet::from([m.receipt("L2"), m.receipt("D2")]);
    let split = taken(&m, 51, Decision::split(m.incident(&then, "L1"), &leaving).unwrap());
    let after = m.resolve_with(&[split, merged], "2016-06-01");
    assert_eq!(m.with(&after, "L1"), set(&["L1", "D1", "M1"]));
    assert_eq!(m.with(&after, "L2"), set(&["L2", "D2", "S1"]));
}

#[test]
fn a_split_can_take_a_revision_out_of_its_chain() {
    let mut m = mission();
    let z = m.zone.clone();
    m.observations.push(
        say(&z, 6, "lister", "L1b", "2016-05-01")
            .act(Act::Airstrike)
            .when("2016-04-27")
            .place("sukkari")
            .killed("9")
            .revises("L1")
            .done(),
    );
    let seen = m.resolve("2016-05-09");
    assert_eq!(m.with(&seen, "L1"), set(&["L1", "L1b", "D1"]));
    let split = Decision::split(m.incident(&seen, "L1"), &BTreeSet::from([m.receipt("L1b")])).unwrap();
    let after = m.resolve_with(&[taken(&m, 50, split)], "2016-05-11");
    assert_eq!(m.with(&after, "L1b"), set(&["L1b"]));
    assert!(after.revisions.is_empty());
}

#[test]
fn what_cannot_be_decided_is_refused_in_words() {
    let m = mission();
    let r = m.resolve("2016-05-09");
    let (one, other) = (m.incident(&r, "L1"), m.incident(&r, "L2"));
    assert_eq!(Decision::merge(one, one), Err(DecideError::SameIncident));
    assert_eq!(Decision::split(one, &BTreeSet::new()), Err(DecideError::NothingLeft));
    assert_eq!(Decision::split(one, &one.receipts().collect()), Err(DecideError::NothingLeft));
    let stranger = other.links[0].receipt;
    assert_eq!(Decision::split(one, &BTreeSet::from([stranger])), Err(DecideError::NotInIncident(stranger)));
}
