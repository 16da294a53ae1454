//! The state of the truce as of a moment, and what settles what, from the shipped terms.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::BTreeSet;

use common::{at, syria};
use truceline_model::{Act, DeadlineState, Fact, Recorded, Truth};
use truceline_terms::{ClauseKind, truce_state};

fn deadline(as_of: &str, id: &str) -> Option<DeadlineState> {
    truce_state(&syria(), at(as_of)).deadlines.into_iter().find(|one| one.id == id).map(|one| one.state)
}

#[test]
fn announced_missed_and_announced_again_are_states_of_their_own() {
    assert_eq!(deadline("2016-02-11T12:00:00Z", "munich-start"), None);
    assert_eq!(deadline("2016-02-15T12:00:00Z", "munich-start"), Some(DeadlineState::Pending));
    assert_eq!(deadline("2016-02-21T12:00:00Z", "munich-start"), Some(DeadlineState::Missed));
    assert_eq!(deadline("2016-02-21T12:00:00Z", "start"), None);
    assert_eq!(deadline("2016-02-25T12:00:00Z", "start"), Some(DeadlineState::Pending));
    assert_eq!(deadline("2016-02-27T12:00:00Z", "start"), Some(DeadlineState::Met));
}

#[test]
fn in_force_from_midnight_in_damascus() {
    let terms = syria();
    assert_eq!(truce_state(&terms, at("2016-02-21T12:00:00Z")).window, None);
    assert_eq!(truce_state(&terms, at("2016-02-26T21:59:59Z")).in_force, Truth::False);
    let state = truce_state(&terms, at("2016-02-26T22:00:00Z"));
    assert_eq!(state.in_force, Truth::True);
    assert_eq!(state.window.unwrap().start().to_string(), "2016-02-26T22:00:00Z");
}

#[test]
fn acceptances_are_hidden_until_they_were_known() {
    let by = |as_of: &str| -> Vec<(String, Recorded)> {
        let all = truce_state(&syria(), at(as_of)).acceptances;
        all.into_iter().map(|one| (one.by.to_string(), one.recorded)).collect()
    };
    assert_eq!(by("2016-02-22T12:00:00Z"), [("ahrar-al-sham".to_owned(), Recorded::NotFound)]);
    assert_eq!(by("2016-02-24T12:00:00Z").len(), 2);
    let all = by("2016-03-01T12:00:00Z");
    assert!(all.contains(&("hnc".to_owned(), Recorded::Accepted)));
    assert_eq!(all.len(), 4);
}

#[test]
fn calms_keep_every_account() {
    let terms = syria();
    let calm =
        |as_of: &str, id: &str| truce_state(&terms, at(as_of)).calms.into_iter().find(|calm| calm.id == id);
    assert!(calm("2016-05-03T12:00:00Z", "calm-aleppo").is_none(), "not announced before 5 May");
    let ghouta = calm("2016-04-29T21:30:00Z", "calm-ghouta").unwrap();
    assert!(
        ghouta.disputed && ghouta.in_force == Truth::Unknown,
        "00:30 local: Russia yes, the army not yet"
    );
    let aleppo = calm("2016-05-20T12:00:00Z", "calm-aleppo").unwrap();
    assert_eq!(aleppo.in_force, Truth::False);
    let last: Vec<_> = aleppo.steps.iter().filter(|(ordinal, _)| *ordinal == 3).collect();
    assert_eq!(last.len(), 2, "48 hours, and until midnight: both are kept");
    assert!(last.iter().all(|(_, step)| step.announced_hours == Some(48)));
    assert_eq!(
        last.iter().map(|(_, step)| step.window.seconds()).collect::<Vec<_>>(),
        [47 * 3600, 48 * 3600]
    );
    let latakia = calm("2016-05-20T12:00:00Z", "calm-latakia").unwrap();
    assert!(latakia.steps.iter().any(|(_, step)| step.step == "not-extended"));
}

#[test]
fn what_would_settle_who_fired_depends_on_the_act() {
    let terms = syria();
    let hints = |act| terms.settles(&Fact::Actor, &BTreeSet::from([act]));
    assert!(hints(Act::RocketFire)[0].evidence.en.contains("azimuth"));
    assert!(hints(Act::Airstrike)[0].evidence.in_language("ru").contains("Полётные"));
    assert_eq!(terms.settles(&Fact::Acceptance("ahrar-al-sham".into()), &BTreeSet::new()).len(), 1);
}

#[test]
fn what_is_only_shown_yields_no_finding_and_keeps_its_prose() {
    let terms = syria();
    let response = terms.clause(&"response-order".into()).unwrap();
    assert_eq!(response.kind, ClauseKind::Procedure);
    assert!(response.rule.is_none() && response.prose.contains("Non-forcible"));
    assert!(terms.clauses.iter().all(|clause| !clause.prose.is_empty() && clause.restates.is_some()));
    let judged: Vec<&str> = terms.finding_clauses().map(|clause| clause.id.as_str()).collect();
    assert_eq!(
        judged,
        [
            "opposition-fire",
            "government-fire",
            "territory",
            "aid-access",
            "self-defence",
            "calm-ghouta",
            "calm-latakia",
            "calm-aleppo"
        ]
    );
}
