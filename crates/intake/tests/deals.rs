//! What is said of truces that no registry knows: who acts, whose word it is, what is held, denied, reserved, set by a day.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/tables.rs"]
mod tables;

use tables::{lexicons, slice};
use truceline_intake::prose::{self, Case, Day, Document, Field, Gazetteer, Kind, Proposal};

fn facts(text: &str) -> Vec<Proposal> {
    // A Wednesday.
    let document = Document { name: "t", text, date: Day::parse("2021-06-16"), country: None };
    let all = prose::read(&document, lexicons(), &Case::none(), &Gazetteer::none()).proposals;
    all.into_iter().filter(|p| p.kind == Kind::Agreement).collect()
}

fn said(text: &str) -> Vec<String> {
    facts(text).into_iter().map(|p| p.sub).collect()
}

fn words(text: &str, field: Field) -> Vec<String> {
    let all = facts(text);
    all.iter().flat_map(|p| p.fields.get(&field)).flatten().map(|v| slice(text, v).to_owned()).collect()
}

#[test]
fn parties_need_no_registry() {
    for (text, right) in [
        ("The truce was signed between the two hill rivals on Monday.", vec!["the two hill rivals"]),
        (
            "The Kelan cabinet said on Monday it had told the mediators of its decision to quit the truce.",
            vec!["The Kelan cabinet"],
        ),
        (
            "The Orvel Front, which signed a pact in May, on Monday extended the truce.",
            vec!["The Orvel Front"],
        ),
        (
            "The ceasefire was agreed on Monday between the River Guard (RG) and Port League.",
            vec!["the River Guard (RG)", "Port League"],
        ),
    ] {
        let found = words(text, Field::Party);
        assert!(right.iter().all(|p| found.iter().any(|f| f == p)), "{text}: {found:?}");
    }
}

#[test]
fn what_is_said_of_a_truce_has_its_kind() {
    for (text, right) in [
        ("Mortar fire shattered the truce in Orvel on Monday.", "status_collapsed"),
        ("The Kelan Front denied violating the ceasefire.", "violation_alleged"),
        ("The Kelan Front has not violated the ceasefire.", "status_holding"),
        ("The accord calls for both armies to leave the valley.", "scope"),
        ("Both armies will cease fire along the river at noon on Friday.", "deadline_set"),
        (
            "Перемирие вступило в силу во вторник. Ополченцы не намерены соблюдать перемирие.",
            "position_refuses",
        ),
    ] {
        let found = said(text);
        assert!(found.iter().any(|s| s == right), "{text}: {found:?}");
    }
}

#[test]
fn what_is_told_in_passing_is_no_fact() {
    for text in [
        "A long truce needs patience, the envoy, who brokered the deal, told reporters.",
        "He spoke of the hope of reaching a truce.",
        "Are the sides observing the truce?",
    ] {
        let found = said(text);
        assert!(
            !found.iter().any(|s| matches!(s.as_str(), "reached" | "announced" | "accepted")),
            "{text}: {found:?}"
        );
    }
}

#[test]
fn a_day_tells_how_long() {
    let text = "The army extended the truce to 21 July.";
    assert_eq!(words(text, Field::Duration), ["to 21 July"]);
}

#[test]
fn what_is_denied_says_so() {
    let hedges = |text: &str| -> Vec<String> {
        let all = facts(text);
        assert!(!all.is_empty(), "{text}");
        all.iter()
            .flat_map(|p| p.fields.get(&Field::Hedge))
            .flatten()
            .filter_map(|v| v.norm.clone())
            .collect()
    };
    for text in [
        "The colonel denied that the truce had collapsed.",
        "The Orvel Front denied that it had signed the ceasefire on Monday.",
        "ونفى المتحدث أن الهدنة انهارت.",
    ] {
        assert!(hedges(text).iter().any(|norm| norm == "denied"), "{text}: {:?}", hedges(text));
    }
    for text in [
        "The colonel denied the rumours, and the truce collapsed on Monday.",
        "The colonel denied wrongdoing; the mediators said the truce had collapsed.",
    ] {
        assert!(!hedges(text).iter().any(|norm| norm == "denied"), "{text}: {:?}", hedges(text));
    }
}

const BEFORE: &str = "A truce between the army and the Orvel Front was agreed last week. ";

#[test]
fn what_is_sought_due_or_only_says_when_is_no_fact_of_its_kind() {
    for (text, wrong) in [
        ("Envoys met to negotiate an extension of the truce.", "extended"),
        ("The truce could be extended if both sides agree.", "extended"),
        ("The cabinet must now order a ceasefire.", "announced"),
        ("Shells fell on Orvel minutes after the ceasefire took effect.", "in_force"),
        ("Should the Front fail to observe the truce, the talks would end.", "violation_alleged"),
        ("They met in Orvel at the end of the talks.", "talks_collapsed"),
    ] {
        let all = said(&format!("{BEFORE}{text}"));
        assert!(all.iter().skip(1).all(|sub| sub != wrong), "{text}: {all:?}");
    }
}

#[test]
fn duties_orders_and_talks_are_told_with_whom_they_bind() {
    let duty = format!("{BEFORE}Both sides must avoid unprovoked firing and allow farmers to return.");
    assert_eq!(said(&duty).last().map(String::as_str), Some("scope"));
    assert_eq!(words(&duty, Field::Terms).len(), 2, "{:?}", words(&duty, Field::Terms));
    let order = "The president on Monday ordered the national armed forces to halt military operations.";
    assert_eq!(words(order, Field::Target), ["the national armed forces"]);
    let held = format!("{BEFORE}The two sides held indirect talks in Orvel.");
    assert_eq!(said(&held).last().map(String::as_str), Some("talks_ongoing"));
    let paper = "According to a joint statement by the army and the Orvel Front, the truce was extended.";
    assert_eq!(words(paper, Field::AccordingTo), ["the army", "the Orvel Front"]);
}

#[test]
fn hours_with_their_zone_and_ordinals_are_one_time() {
    let text = "The two armies agreed on a ceasefire from 6 p.m. on Saturday.";
    let when: Vec<_> =
        facts(text).iter().flat_map(|p| p.fields.get(&Field::Effective).cloned()).flatten().collect();
    assert_eq!(when.first().and_then(|v| v.norm.clone()).as_deref(), Some("2021-06-19T18:00"));
    let arabic = "دخلت الهدنة حيز التنفيذ في الثاني من مايو الماضي.";
    let when: Vec<_> =
        facts(arabic).iter().flat_map(|p| p.fields.get(&Field::Effective).cloned()).flatten().collect();
    assert_eq!(when.first().and_then(|v| v.norm.clone()).as_deref(), Some("2021-05-02"));
}
