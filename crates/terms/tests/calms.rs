//! The shipped calms hour by hour: by rival accounts of every step, alone and followed from step to step; the judge, what it
//! turns on, and all clauses at once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{actors, areas, at, cruxes, government_shelling, small, syria};
use truceline_model::{AreaId, Incident, Instant, Interval, Outcome, Place, Test, Truth};
use truceline_terms::{Desk, Judge, Roll, Terms, judge};

fn shelling(area: &str, when: Interval) -> Incident {
    let mut one = government_shelling().0;
    one.when.add(when, "sohr".into());
    let areas = [AreaId::new(area)].into();
    one.places.add(Place { point: None, within_m: 0, areas, unresolved: None }, "sohr".into());
    one
}

/// A minute from each of so many hours on.
fn hours(from: &str, count: i64) -> impl Iterator<Item = Interval> {
    let from = at(from);
    (0..count).map(move |hour| {
        let start = from.plus_seconds(hour * 3600);
        Interval::new(start, start.plus_seconds(60)).unwrap()
    })
}

/// Outcomes of a clause at those times, each with the first moment from which it is found.
fn course(terms: &Terms, clause: &str, area: &str, from: &str, count: i64, as_of: Instant) -> Vec<String> {
    let (actors, areas) = (actors(), areas());
    let judge = Judge::new(terms, &actors, &areas, as_of);
    let incidents: Vec<Incident> = hours(from, count).map(|when| shelling(area, when)).collect();
    let (sheet, roll) = (judge.sheet_of(&[clause.into()].into()), Roll::of(&actors, &incidents));
    let (sitting, mut desk) = (sheet.sit(&roll), Desk::default());
    let mut all: Vec<String> = Vec::new();
    let mut last = None;
    for (n, incident) in incidents.iter().enumerate() {
        let finding = judge.judge_clause(&clause.into(), incident).remove(0);
        let outcome = sitting.outcomes(n, incident, &mut desk).get(sheet.findings().next().unwrap());
        assert_eq!(outcome, Some(finding.outcome), "{:?}", incident.when);
        // The reasons say the same as the outcome.
        let covered = finding.reasons.iter().find(|one| one.test == Test::All).map(|one| one.truth);
        match finding.outcome {
            Outcome::Prohibited => assert_eq!(covered, Some(Truth::True), "{:?}", incident.when),
            Outcome::NotCovered => assert_eq!(covered, Some(Truth::False), "{:?}", incident.when),
            _ => {}
        }
        let mut words = finding.outcome.to_string();
        for crux in cruxes(&finding).iter().filter(|crux| !crux.starts_with("matter")) {
            words.push_str(&format!("\n    {crux}"));
        }
        if last.as_ref() != Some(&words) {
            all.push(format!("{}: {words}", incident.time().unwrap().start()));
            last = Some(words);
        }
    }
    all
}

#[test]
fn the_calm_of_ghouta_hour_by_hour() {
    let later = at("2016-06-01T00:00:00Z");
    let all = course(&syria(), "calm-ghouta", "zone-eastern-ghouta", "2016-04-29T20:30:00Z", 108, later);
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn the_calm_of_latakia_as_of_its_third_day_and_later() {
    let of = |as_of: &str| {
        course(&syria(), "calm-latakia", "zone-north-latakia", "2016-04-29T20:30:00Z", 280, at(as_of))
            .join("\n")
    };
    insta::assert_snapshot!("latakia_as_of_its_third_day", of("2016-05-01T21:00:00Z"));
    insta::assert_snapshot!("latakia_later", of("2016-06-01T00:00:00Z"));
}

#[test]
fn steps_that_take_force_away_and_steps_that_did_not_happen() {
    let chain = "start from \"2016-03-01\" for 48 hours per sohr known \"2016-03-01\"\n\
                 or-start from \"2016-03-01T06:00\" for 48 hours per reuters known \"2016-03-01\"\n\
                 or-start from \"2016-03-01T12:00\" for 48 hours per xinhua known \"2016-03-01\"\n\
                 suspended from \"2016-03-02\" for 6 hours per sohr known \"2016-03-02\"\n\
                 or-suspended from \"2016-03-02T03:00\" for 6 hours per hnc known \"2016-03-02\"\n\
                 extension from \"2016-03-03\" for 12 hours per reuters known \"2016-03-02\"\n\
                 or-no-extension from \"2016-03-03\" for 12 hours per hnc known \"2016-03-02\"";
    let clause = "clause fire \"Fire\"\nbinds government-side\nforbids shelling with any-weapon";
    let terms = small("UTC", chain, clause);
    let all = course(&terms, "fire", "SY02", "2016-02-29T22:30:00Z", 72, at("2016-06-01T00:00:00Z"));
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn what_became_known_at_that_very_moment_is_used() {
    let clause =
        "clause fire \"Fire\"\nbinds government-side that-accepted\nforbids shelling with any-weapon";
    let declared = "in-force from \"2016-02-27\" known \"2016-03-01\"\n\
        accepted government-side on \"2016-03-02\" known \"2016-03-03\" per syrian-government\n\
        excluded government-side from \"2016-03-10\" until \"2016-03-12\" known \"2016-03-11\" per sohr";
    let terms = small("UTC", declared, clause);
    let outcome = |when: &str, as_of: &str| {
        let incident = shelling("SY02", truceline_model::Zone::utc().interval(when).unwrap());
        judge(&terms, &actors(), &areas(), &incident, at(as_of)).remove(0).outcome
    };
    use Outcome::{NotCovered, Prohibited, Undetermined};
    let later = "2016-06-01T00:00:00Z";
    assert_eq!(outcome("2016-03-05", "2016-02-29T23:59:59Z"), NotCovered);
    assert_eq!(outcome("2016-03-05", "2016-03-01T00:00:00Z"), Undetermined);
    assert_eq!(outcome("2016-03-05", "2016-03-02T23:59:59Z"), Undetermined);
    assert_eq!(outcome("2016-03-05", "2016-03-03T00:00:00Z"), Prohibited);
    assert_eq!(outcome("2016-03-01T23:59Z", later), NotCovered);
    assert_eq!(outcome("2016-03-02T00:00Z", later), Prohibited);
    assert_eq!(outcome("2016-03-10T12:00Z", "2016-03-10T23:59:59Z"), Prohibited);
    assert_eq!(outcome("2016-03-10T12:00Z", "2016-03-11T00:00:00Z"), NotCovered);
    assert_eq!(outcome("2016-03-09T23:59Z", later), Prohibited);
    assert_eq!(outcome("2016-03-10T00:00Z", later), NotCovered);
    assert_eq!(outcome("2016-03-11T23:59Z", later), NotCovered);
    assert_eq!(outcome("2016-03-12T00:00Z", later), Prohibited);
}
