//! How much the judge tries and how much it says: up to 20,000 worlds, four suppositions in a crux, two dozen cruxes; and the
//! words of a case that is larger.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::asked::{clause, counted, found_of_facts, of, shelling, with};
use common::cruxes;
use truceline_model::{Act, Alternatives, Answer, Incident, Outcome};

#[test]
fn four_suppositions_are_offered_and_five_are_not() {
    let all = |count: usize| {
        let lines: Vec<String> = (0..count).map(|n| format!("only-when found f{n}")).collect();
        cruxes(&found_of_facts(count, &clause(&lines.join("\n")), &shelling()))
    };
    assert_eq!(
        all(4),
        [
            "fact:f0=no -> not-prohibited",
            "fact:f1=no -> not-prohibited",
            "fact:f2=no -> not-prohibited",
            "fact:f3=no -> not-prohibited",
            "fact:f0=yes & fact:f1=yes & fact:f2=yes & fact:f3=yes -> prohibited",
        ]
    );
    assert_eq!(all(5).len(), 5);
    assert!(all(5).iter().all(|one| one.ends_with("=no -> not-prohibited")));
}

#[test]
fn of_more_than_two_dozen_no_kind_is_crowded_out() {
    let many = with(|one| Act::ALL.iter().take(40).for_each(|act| one.acts.add(*act, "sohr".into())));
    let said = of(&clause(""), &many);
    assert_eq!(said.len(), 24);
    assert!(said.contains(&"act=shelling -> prohibited".to_owned()), "{said:#?}");
    assert_eq!(said.iter().filter(|one| one.ends_with("-> not-prohibited")).count(), 23);
}

/// Four measures with five figures each, and so many facts that are both affirmed and denied: with five, 20,000 worlds; and a
/// question about each of them.
fn twenty_thousand(facts: usize) -> (Incident, Vec<String>) {
    let mut one = shelling();
    for n in 0..4 {
        let figures: Vec<(u32, Option<u32>)> = (0..5).map(|count| (count, Some(count))).collect();
        one = counted(&format!("m{n}"), &figures, false, one);
    }
    for n in 0..facts {
        for answer in [Answer::Yes, Answer::No] {
            one.facts.entry(format!("f{n}").as_str().into()).or_default().add(answer, "sohr".into());
        }
    }
    let measures = (0..4).map(|n| format!("counted m{n} at-least 4"));
    (one, measures.chain((0..facts).map(|n| format!("found f{n}"))).collect())
}

#[test]
fn more_worlds_than_are_tried_are_said_in_words() {
    let (one, asked) = twenty_thousand(5);
    let lines = clause(&format!("only-when {}", asked.join(" or ")));
    let finding = found_of_facts(6, &lines, &one);
    assert_eq!(finding.outcome, Outcome::Undetermined);
    assert_eq!(
        finding.fault.as_deref(),
        Some("too many alternatives to say all that it turns on; what is named here does settle it")
    );
    assert_eq!(
        cruxes(&finding)[..3],
        ["measure:m0=4 -> prohibited", "measure:m1=4 -> prohibited", "measure:m2=4 -> prohibited"]
    );
    // One more to be unsure of, and none is tried.
    let (one, asked) = twenty_thousand(6);
    let finding = found_of_facts(6, &clause(&format!("only-when {}", asked.join(" or "))), &one);
    assert_eq!(
        (finding.outcome, finding.cruxes.len(), finding.respondents.len()),
        (Outcome::Undetermined, 0, 0)
    );
    assert_eq!(
        finding.fault.as_deref(),
        Some("too many alternatives to try them all: 40000 worlds, 20000 are tried at most")
    );
    // Few in play, too many that could be supposed.
    let mut open = shelling();
    open.facts.entry("f0".into()).or_default().add(Answer::No, "sohr".into());
    let asked: Vec<String> = (1..11).map(|n| format!("found f{n}")).collect();
    let finding = found_of_facts(11, &clause(&format!("only-when {}", asked.join(" or "))), &open);
    assert_eq!(finding.outcome, Outcome::Undetermined);
    assert_eq!(
        finding.fault.as_deref(),
        Some("too many alternatives to try them all: 59049 worlds, 20000 are tried at most")
    );
    assert_eq!(finding.cruxes, []);
}

#[test]
fn what_is_certainly_not_forbidden_is_not_tried() {
    let (one, asked) = twenty_thousand(6);
    // By its act, by its target, by whoever did it, by another condition.
    let acquitted = |lines: &str, one: &Incident| {
        let text = clause(&format!("{lines}only-when {}", asked.join(" or ")));
        let finding = found_of_facts(6, &text, one);
        (finding.outcome, finding.fault)
    };
    let arrest = Incident { acts: Alternatives::one(Act::Detention, "sohr".into()), ..one.clone() };
    assert_eq!(acquitted("", &arrest), (Outcome::NotProhibited, None));
    assert_eq!(acquitted("against hospital\n", &one), (Outcome::NotProhibited, None));
    assert_eq!(acquitted("against civilians done-by opposition\n", &one), (Outcome::NotProhibited, None));
    assert_eq!(
        acquitted("only-when fired-at hospital or commanded-by opposition\n", &one),
        (Outcome::NotProhibited, None)
    );
    assert_eq!(acquitted("only-when not fired-at civilians\n", &one), (Outcome::NotProhibited, None));
    assert!(acquitted("against civilians\n", &one).1.is_some());
    assert!(acquitted("only-when fired-at civilians or commanded-by opposition\n", &one).1.is_some());
    // Nor an exception that certainly does not hold.
    let excepted = |lines: &str| {
        let text = clause(&format!("except mercy gives not-prohibited when {lines}{}", asked.join(" and ")));
        let finding = found_of_facts(6, &text, &one);
        (finding.outcome, finding.fault.is_some())
    };
    assert_eq!(excepted(""), (Outcome::Undetermined, true));
    assert_eq!(excepted("fired-at hospital and "), (Outcome::Prohibited, false));
}

/// What is found of an incident at a place, all clauses at once and one by one, which must be the same.
fn both_ways(line: &str, place: truceline_model::Place) -> Outcome {
    let text =
        format!("clause fire \"Fire\"\nbinds government-side\nforbids shelling with any-weapon\n{line}");
    let terms = common::small("UTC", "in-force from \"2016-02-27\"", &text);
    let (actors, areas) = (common::actors(), common::areas());
    let judge = truceline_terms::Judge::new(&terms, &actors, &areas, common::at("2017-01-01T00:00:00Z"));
    let incidents = [with(|one| one.places.add(place, "sohr".into()))];
    let (sheet, roll) = (judge.sheet(), truceline_terms::Roll::of(&actors, &incidents));
    let mut desk = truceline_terms::Desk::default();
    let at_once = sheet.sit(&roll).outcomes(0, &incidents[0], &mut desk).get(0);
    let alone = judge.judge(&incidents[0])[0].outcome;
    assert_eq!(at_once, Some(alone), "{line}");
    alone
}

#[test]
fn several_areas_asked_together_are_left_to_the_judge() {
    // Within one of three that must all hold it: not outside.
    let all = "outside when in zone-aleppo-city and in zone-eastern-ghouta and in zone-north-latakia";
    assert_eq!(both_ways(all, common::aleppo()), Outcome::Prohibited);
    // Any of three will do, and one is asked the other way round.
    let any = "only-when in zone-eastern-ghouta or in zone-north-latakia or not in zone-aleppo-city";
    assert_eq!(both_ways(any, common::aleppo()), Outcome::NotProhibited);
    let ghouta = truceline_model::Place {
        point: truceline_model::Point::parse("33.53", "36.4").ok(),
        areas: ["SY03".into()].into(),
        ..common::aleppo()
    };
    assert_eq!(both_ways(any, ghouta), Outcome::Prohibited);
}
