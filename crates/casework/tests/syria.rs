//! The shipped reports of spring 2016: what must meet, what must stay apart, what is a total, and how the toll grew.
//! Skips, saying so, where the mission's reports are not there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeSet;

use support::shipped;
use truceline_casework::{Holds, IN_TALLY, RivalInput, origins, rivals, sum_faults, toll_history, who_lists};
use truceline_model::{ActorId, LinkDecision, SourceId, Standing};

const END: &str = "2016-10-02";

#[test]
fn al_quds_is_one_incident_with_every_account_of_it() {
    let m = shipped();
    let r = m.resolve(END);
    let al_quds = m.with(&r, "RS0775");
    for id in [
        "aq-msf-1",
        "aq-msf-2",
        "aq-msf-3",
        "aq-msf-4",
        "aq-sohr-1",
        "aq-amc-1",
        "aq-us-1",
        "aq-article-1",
        "sa-30730",
        "vdc-2016-04-27-07",
    ] {
        assert!(al_quds.contains(id), "{id} is missing from {al_quds:?}");
    }
    let i = m.incident(&r, "RS0775");
    let actors: BTreeSet<&str> = i.actors.iter().map(|(a, _)| a.as_str()).collect();
    assert_eq!(actors, BTreeSet::from(["russian-forces", "syrian-government-forces"]));
    assert!(!i.actors.is_open(), "contested by one source, its rival named by others");
    assert_eq!(i.acts.standing(), Standing::Agreed);
    assert_eq!(i.killed.range().unwrap().to_string(), "27-58");
    assert_eq!(i.killed.best(), Some(55));
    // The Observatory spoke through a network, and counts for itself.
    assert!(origins(i, &m.observations, &m.rules.carries).iter().any(|o| o.origin == SourceId::new("sohr")));
    let toll: Vec<String> = toll_history(i, m.at(END))
        .iter()
        .filter(|s| ["msf", "sohr"].contains(&s.origin.as_str()))
        .map(|s| format!("{} {}", s.origin, s.bounds))
        .collect();
    assert_eq!(toll, ["msf >=14", "sohr 27", "msf >50", "msf 55"]);
}

#[test]
fn what_is_another_strike_stays_apart_from_al_quds() {
    let m = shipped();
    let r = m.resolve(END);
    let al_quds = m.with(&r, "RS0775");
    for id in ["RS0774", "RS0773", "RS0776", "RS0778", "vdc-2016-04-28-06", "vdc-2016-04-27-06"] {
        assert!(!al_quds.contains(id), "{id}");
    }
    assert_eq!(m.with(&r, "RS0778"), BTreeSet::from(["RS0778".to_owned(), "vdc-2016-04-28-06".to_owned()]));
    for one in ["RS0774", "RS0773", "RS0776"] {
        assert_eq!(m.with(&r, one).iter().filter(|id| id.starts_with("RS")).count(), 1);
    }
}

#[test]
fn al_dabbit_is_one_incident_beside_its_totals() {
    let m = shipped();
    let r = m.resolve(END);
    let dabbit = m.with(&r, "ad-tv-1");
    for id in ["ad-sohr-1", "ad-army-1", "ad-digest-1"] {
        assert!(dabbit.contains(id), "{id} is missing from {dabbit:?}");
    }
    assert!(dabbit.iter().any(|id| id.starts_with("vdc-2016-05-03")), "{dabbit:?}");
    let i = m.incident(&r, "ad-tv-1");
    assert_eq!(i.part_of, BTreeSet::from([m.receipt("ad-sohr-2"), m.receipt("ad-sohr-3")]));
    assert_eq!(i.statements, BTreeSet::from([m.receipt("ad-journalist-1")]));
    assert_eq!(i.killed.range().unwrap().to_string(), "3", "sixteen and nineteen are totals and never added");
    assert_eq!(i.acts.iter().map(|(act, _)| act.as_str()).collect::<Vec<_>>(), ["rocket-fire"]);
    assert!(i.actors.is_open(), "insurgents, says one: it may be a group that nobody names");
    for group in ["al-nusra", "ahrar-al-sham", "jaysh-al-islam"] {
        assert!(i.actors.iter().any(|(a, _)| *a == ActorId::new(group)));
    }
    // The digest repeats state television's figures and counts with it.
    assert_eq!(i.killed.figures.iter().filter(|f| f.origin == SourceId::new("syrian-state-tv")).count(), 2);
}

#[test]
fn the_bombings_of_21_february_are_two_incidents_under_two_totals() {
    let m = shipped();
    let r = m.resolve(END);
    let (shrine, homs) = (m.incident(&r, "s0-i4"), m.incident(&r, "s0-i5"));
    assert_ne!(shrine.id, homs.id);
    let totals = BTreeSet::from([m.receipt("s0-i1"), m.receipt("s2-i3")]);
    for i in [shrine, homs] {
        assert_eq!(i.part_of, totals);
        assert_eq!(i.actors.only(), Some(&ActorId::new("islamic-state")));
        let accusations = &r.accusations[&i.id];
        assert!(accusations.iter().any(|a| a.how == Some(truceline_model::Attribution::Claimed)));
    }
    assert!(!r.incident_of.contains_key(&m.receipt("s0-i1")));
    assert_eq!(shrine.killed.range().unwrap().to_string(), ">60");
    assert_eq!(homs.killed.range().unwrap().to_string(), ">=46");
}

#[test]
fn nothing_dangles_and_every_link_adds_up() {
    let m = shipped();
    let r = m.resolve(END);
    assert_eq!(r.dangling, []);
    for link in r.incidents.iter().flat_map(|i| &i.links) {
        if let LinkDecision::Threshold { score, .. } = link.decision {
            assert_eq!(link.reasons.iter().map(|reason| reason.weight).sum::<i32>(), score);
        }
    }
    // One row of a list in an incident, unless it says so itself.
    for i in &r.incidents {
        let of = |start: &str| i.receipts().filter(|x| m.sender(*x).starts_with(start)).count();
        assert!(of("RS") <= 1 && of("vdc-") <= 1, "{}", i.id);
    }
}

#[test]
fn the_centre_is_silent_on_al_quds_as_far_as_it_says() {
    let m = shipped();
    let r = m.resolve(END);
    let listers: BTreeSet<SourceId> =
        ["airwars", "vdc", "syrian-archive"].into_iter().map(SourceId::new).collect();
    let input = RivalInput {
        observations: &m.observations,
        incidents: &r.incidents,
        listers: &listers,
        zone: &m.zone,
        as_of: m.at(END),
    };
    let day = rivals(&[m.zone.interval("2016-04-27").unwrap()], &input).remove(0);
    let sources: BTreeSet<&str> = day.counts.iter().map(|c| c.source.as_str()).collect();
    assert_eq!(sources, BTreeSet::from(["airwars", "russian-centre", "syrian-archive", "vdc"]));
    let held = who_lists(m.incident(&r, "RS0775"), &day, &m.observations);
    for lister in &listers {
        assert_eq!(held[lister], Holds::Listed);
    }
    // Silent once its statement is coded as one about this incident; until then a number says nothing.
    let says = m.observations.iter().any(|o| match &o.body {
        truceline_model::Body::Statement(s) => s.facts.keys().any(|f| f.as_str() == IN_TALLY),
        _ => false,
    });
    let expected = if says { Holds::Silent } else { Holds::CannotSay };
    assert_eq!(held[&SourceId::new("russian-centre")], expected);
}

#[test]
fn no_shipped_tally_has_parts_above_it() {
    let m = shipped();
    let r = m.resolve(END);
    let faults = sum_faults(&m.observations, &r, m.at(END));
    assert!(faults.iter().all(|f| !f.exceeds()), "{faults:?}");
    assert!(!faults.is_empty(), "some breakdowns name only a few areas, and that is said");
}
