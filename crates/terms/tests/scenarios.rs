//! Every scenario of the shipped mission: it can be read, it speaks to a person first, and the judge fulfils it.

// A test may stop at the first fault; what is read here ships with the repository.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;
mod mission;

use std::collections::BTreeSet;

use truceline_terms::Judge;
use truceline_terms::scenario::{Scenario, compare, parse_scenario};

/// File name, text and reading of each scenario, in order.
fn all() -> Vec<(String, String, Scenario)> {
    let (zone, areas) = (mission::zone(), mission::areas());
    let names = common::pages_in(&mission::folder().join("scenarios"));
    let read = |name: String| {
        let text = mission::read(&format!("scenarios/{name}"));
        match parse_scenario(&text, &zone, &areas) {
            Ok(scenario) => (name, text, scenario),
            Err(faults) => panic!("{name}:\n{}", faults.join("\n")),
        }
    };
    names.into_iter().map(read).collect()
}

#[test]
fn a_person_reads_first() {
    let all = all();
    assert!(all.len() >= 36, "{} scenarios", all.len());
    for (name, text, _) in &all {
        let (prose, _) = text.split_once("```scenario").unwrap();
        assert!(prose.starts_with("# "), "{name}: begins with a heading");
        assert!(
            prose.split_whitespace().count() > 30,
            "{name}: tells a lawyer what happened and why the answer is what it is"
        );
    }
    let numbers: BTreeSet<&str> = all.iter().filter_map(|(name, ..)| name.split('-').next()).collect();
    assert_eq!(numbers.len(), all.len(), "each has a number of its own");
}

#[test]
fn actors_and_sources_are_registered_or_plainly_made_up() {
    let (actors, sources) = (mission::actors(), mission::sources());
    for (name, _, scenario) in all() {
        let incident = &scenario.incident;
        for (actor, _) in incident.actors.iter().chain(incident.held_by.iter()) {
            assert!(actors.get(actor).is_some(), "{name}: {actor} is not in actors.csv");
        }
        let claims = incident.facts.values().flat_map(truceline_model::Alternatives::origins);
        let origins = [incident.acts.origins(), incident.actors.origins(), incident.held_by.origins()];
        for origin in origins.into_iter().flatten().chain(claims) {
            let known = sources.contains(origin.as_str()) || actors.get(&origin.as_str().into()).is_some();
            assert!(
                known || origin.as_str().starts_with("example-"),
                "{name}: {origin} is not in sources.csv"
            );
        }
    }
}

#[test]
fn all_four_outcomes_are_expected_somewhere() {
    let outcomes: BTreeSet<_> =
        all().iter().flat_map(|(_, _, scenario)| scenario.expect.iter().map(|e| e.outcome)).collect();
    assert_eq!(outcomes.len(), 4);
}

#[test]
fn the_skipped_hour_is_refused_and_its_offset_read() {
    let scenario = all().into_iter().find(|(name, ..)| name.contains("hour-that-was-skipped")).unwrap();
    assert_eq!(scenario.2.incident.time().unwrap().start().to_string(), "2016-03-24T22:30:00Z");
    let bare = scenario.1.replace("00:30+02:00", "00:30");
    let faults = parse_scenario(&bare, &mission::zone(), &mission::areas()).unwrap_err();
    assert!(faults[0].contains("did not exist"), "{faults:?}");
}

/// Where a scenario and the machine still differ, and why. A scenario that comes to hold must leave this list, so that it only
/// shrinks; none is bent to fit.
const OPEN: &[(&str, &str)] = &[];

#[test]
fn the_judge_fulfils_every_scenario() {
    let (actors, areas) = (mission::actors(), mission::areas());
    let terms = mission::terms(&actors, &areas);
    let mut faults = Vec::new();
    let mut open = BTreeSet::new();
    for (name, _, scenario) in all() {
        let findings = Judge::new(&terms, &actors, &areas, scenario.as_of).judge(&scenario.incident);
        let differs = compare(&scenario, &findings);
        match OPEN.iter().find(|(number, _)| name.starts_with(number)) {
            Some((number, _)) if !differs.is_empty() => {
                open.insert(*number);
            }
            Some((_, why)) => {
                faults.push(format!("{name} holds now; it leaves the list of what is open ({why})"))
            }
            None => faults.extend(differs.into_iter().map(|fault| format!("{name}:{fault}"))),
        }
    }
    assert!(faults.is_empty(), "{} disagreements\n{}", faults.len(), faults.join("\n"));
    assert_eq!(open.len(), OPEN.len(), "every open question has a scenario");
}
