//! The engine on made data: the same bytes with any number of workers, the same findings as the judge's, and after a change only
//! what it can touch.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use truceline_bench::judging::agreement::{self, DAY, DAYS, Made, START};
use truceline_bench::judging::incidents;
use truceline_engine::{Kept, judge_again, judge_all};
use truceline_model::{Incident, Instant, Outcome};
use truceline_terms::{Change, Judge, Roll, Terms, parse};

const CLAUSES: usize = 23;

fn as_of() -> Instant {
    Instant::from_seconds(START + DAYS * DAY)
}

fn made(count: usize) -> (Made, Terms, Vec<Incident>) {
    let made = agreement::agreement(CLAUSES, 3);
    let terms = agreement::terms(&made).unwrap();
    let incidents = incidents::incidents(&incidents::rows(count, 4), 5);
    (made, terms, incidents)
}

#[test]
fn workers_change_nothing() {
    let (made, terms, incidents) = made(5_000);
    let judge = Judge::new(&terms, &made.actors, &made.areas, as_of());
    let roll = Roll::of(&made.actors, &incidents);
    let one = judge_all(&judge, &roll, &incidents, 1, Kept::Outcomes);
    for workers in [2, 16] {
        assert_eq!(judge_all(&judge, &roll, &incidents, workers, Kept::Outcomes), one);
    }
    // A digest that does not see an incident would be no digest.
    let fewer = judge_all(&judge, &roll, incidents.get(..4_999).unwrap(), 2, Kept::Outcomes);
    assert_ne!(fewer.digest, one.digest);
}

#[test]
fn the_findings_are_the_judges() {
    let (made, terms, incidents) = made(2_000);
    let judge = Judge::new(&terms, &made.actors, &made.areas, as_of());
    let roll = Roll::of(&made.actors, &incidents);
    let batch = judge_all(&judge, &roll, &incidents, 2, Kept::Outcomes);
    let mut counts = [0; 4];
    for incident in &incidents {
        for brief in judge.outcomes(incident) {
            let order =
                [Outcome::Prohibited, Outcome::NotProhibited, Outcome::NotCovered, Outcome::Undetermined];
            counts[order.iter().position(|one| *one == brief.outcome).unwrap()] += 1;
        }
    }
    assert_eq!(batch.counts, counts);
    assert!(counts.iter().all(|count| *count > 0), "every outcome occurs: {counts:?}");
}

/// Judges again after a change of the text, and holds it to judging everything.
fn changed(find: &str, replace: &str) -> (Change, usize) {
    let (made, before, incidents) = made(3_000);
    assert!(made.text.contains(find));
    let text = made.text.replacen(find, replace, 1);
    let checked = parse(&text, &made.actors, &made.areas);
    let now = checked.terms.unwrap_or_else(|| panic!("{:?}", checked.diagnostics));
    let before = Judge::new(&before, &made.actors, &made.areas, as_of());
    let now = Judge::new(&now, &made.actors, &made.areas, as_of());
    let roll = Roll::of(&made.actors, &incidents);
    let again = judge_again(&before, &now, &roll, &incidents, 2);
    let mut old = judge_all(&before, &roll, &incidents, 2, Kept::Outcomes).bytes;
    let new = judge_all(&now, &roll, &incidents, 2, Kept::Outcomes).bytes;
    assert_ne!(old, new, "the change must matter, or this shows nothing");
    again.mend(&mut old, CLAUSES * 2);
    assert!(old == new, "what was not judged again has changed");
    (again.change, again.judged)
}

#[test]
fn a_changed_clause_touches_only_what_it_can_cover() {
    let (change, judged) = changed("forbids ", "forbids explosion execution overflight detention ");
    assert_eq!(change, Change::Clauses(["c000".into()].into()));
    assert!(judged > 0 && judged < 3_000 / 2, "{judged}");
}

#[test]
fn a_moved_window_touches_both_windows() {
    let (made, _, _) = made(1);
    let first = made.text.split("clause c000").nth(1).unwrap();
    let window = first.lines().find(|line| line.starts_with("in-force")).unwrap();
    let (change, judged) =
        changed(window, "in-force from \"2018-06-01T00:00:00Z\" until \"2018-12-01T00:00:00Z\"");
    assert_eq!(change, Change::Clauses(["c000".into()].into()));
    assert!(judged > 0 && judged < 3_000 / 2, "{judged}");
}

#[test]
fn what_all_clauses_share_touches_everything() {
    let (change, judged) = changed("exempt outsiders", "exempt outsiders south-first");
    assert_eq!(change, Change::Everything);
    assert_eq!(judged, 3_000 * CLAUSES);
}
