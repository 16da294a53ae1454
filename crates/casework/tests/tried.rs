//! A trial says what the real decision would: same reports, same incident. And what a turn weighs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use support::draw::{reports, seed};
use support::{Mission, small};
use truceline_casework::{
    Between, Decision, PersonDecision, Resolved, Trial, Turn, Weight, doubts, resolve, turns,
};
use truceline_model::{
    ClauseId, Finding, Incident, IncidentId, Instant, LinkDecision, Observation, Outcome, ReadingId,
    ReceiptNo,
};

fn trial<'a>(mission: &'a Mission, all: &'a [Observation], resolved: &'a Resolved) -> Trial<'a> {
    Trial { observations: all, decisions: &[], resolved, ctx: mission.ctx(), as_of: Instant::FAR_FUTURE }
}

fn taken(what: Decision) -> PersonDecision {
    let (by, why) = ("verifier".to_owned(), "seen".to_owned());
    PersonDecision { entry: 900, at: Instant::from_seconds(0), by, why, what }
}

/// What an incident says, without who linked what and by which decision.
fn said(incident: &Incident) -> Incident {
    Incident { links: Vec::new(), version: 0, ..incident.clone() }
}

fn held(incident: &Incident) -> BTreeSet<ReceiptNo> {
    incident.receipts().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_trial_says_what_the_decision_would(seeds in prop::collection::vec(seed(), 2..24), pick in any::<(usize, usize)>()) {
        let mission = small();
        let all = reports(&mission, &seeds);
        let now = resolve(&all, &[], &mission.ctx(), Instant::FAR_FUTURE);
        let trial = trial(&mission, &all, &now);
        let n = now.incidents.len();
        prop_assume!(n > 0);
        let (a, b) = (&now.incidents[pick.0 % n], &now.incidents[pick.1 % n]);
        if a.id != b.id {
            let tried = trial.merged(a, b);
            let real = resolve(&all, &[taken(Decision::merge(a, b).unwrap())], &mission.ctx(), Instant::FAR_FUTURE);
            let real = real.incident(&a.id).unwrap();
            prop_assert_eq!(tried.incidents.len(), 1);
            // The real one may draw further reports in; where it does not, both say the same.
            if held(real) == held(&tried.incidents[0]) {
                prop_assert_eq!(said(real), said(&tried.incidents[0]));
            }
        }
        if a.links.len() > 1 {
            let leaving = BTreeSet::from([a.links.last().unwrap().receipt]);
            let tried = trial.parted(a, &leaving);
            prop_assert_eq!(tried.incidents.len(), 2);
            let both: BTreeSet<ReceiptNo> = tried.incidents.iter().flat_map(|i| i.receipts()).collect();
            prop_assert_eq!(both, held(a));
        }
    }

    #[test]
    fn doubts_are_of_links_that_are_there_nearest_first(seeds in prop::collection::vec(seed(), 2..24), margin in 0i32..4000) {
        let mission = small();
        let all = reports(&mission, &seeds);
        let now = resolve(&all, &[], &mission.ctx(), Instant::FAR_FUTURE);
        let found = doubts(&now, mission.rules.threshold, margin);
        prop_assert!(found.is_sorted_by_key(|doubt| doubt.margin));
        for doubt in &found {
            match &doubt.between {
                Between::Two(a, b, _) => {
                    prop_assert_ne!(a, b);
                    prop_assert!(held(now.incident(a).unwrap()).contains(&doubt.to));
                    prop_assert!(held(now.incident(b).unwrap()).contains(&doubt.receipt));
                }
                Between::Within(id, leaving) => {
                    let incident = now.incident(id).unwrap();
                    prop_assert!(leaving.is_subset(&held(incident)) && leaving.contains(&doubt.receipt));
                    prop_assert!(!leaving.contains(&doubt.to) && doubt.margin <= margin);
                    let link = incident.links.iter().find(|link| link.receipt == doubt.receipt).unwrap();
                    let by_score = matches!(link.decision, LinkDecision::Threshold { .. });
                    prop_assert!(by_score);
                }
            }
        }
    }
}

#[test]
fn a_new_report_is_tried_where_it_would_stand() {
    let mission = small();
    let z = mission.zone.clone();
    let strike = |n: u64, source: &str, killed: &str| {
        let one =
            support::say(&z, n, source, &format!("s{n}"), "2016-04-28").when("2016-04-27").place("sukkari");
        one.act(truceline_model::Act::Airstrike).killed(killed).done()
    };
    let all = vec![strike(0, "msf", "5")];
    let now = resolve(&all, &[], &mission.ctx(), Instant::FAR_FUTURE);
    let trial = trial(&mission, &all, &now);
    let new = strike(1 << 52, "sohr", "9");
    let with = trial.joined(&new, &[&now.incidents[0]]);
    assert_eq!(with.incidents.len(), 1);
    assert_eq!(with.incidents[0].killed.range().unwrap().to_string(), "5-9");
    let alone = trial.joined(&new, &[]);
    assert_eq!(alone.incidents.len(), 1);
    assert_eq!(held(&alone.incidents[0]), BTreeSet::from([ReceiptNo(1 << 52)]));
    assert_eq!(now.incidents.len(), 1, "nothing was changed");
}

fn turn(before: &[(Outcome, u32)], after: &[(Outcome, u32)]) -> Turn {
    let (clause, reading) = (ClauseId::new("fire"), ReadingId::new("letter"));
    let map = |side: &[(Outcome, u32)]| side.iter().copied().collect::<BTreeMap<_, _>>();
    Turn { clause, reading, before: map(before), after: map(after) }
}

#[test]
fn what_settles_weighs_more_than_what_counts() {
    use Outcome::{NotProhibited as Not, Prohibited as Yes, Undetermined as Open};
    for (before, after, weight) in [
        (&[(Open, 1)][..], &[(Yes, 1)][..], Weight::Settles),
        (&[(Open, 1), (Not, 1)], &[(Not, 1)], Weight::Settles),
        (&[(Yes, 1)], &[(Open, 1)], Weight::Settles),
        (&[(Open, 1), (Yes, 1)], &[(Open, 1)], Weight::Settles),
        (&[(Open, 1)], &[], Weight::Settles),
        (&[(Not, 1)], &[(Yes, 1)], Weight::Flips),
        (&[(Yes, 1)], &[], Weight::Flips),
        (&[], &[(Yes, 1)], Weight::Opens),
        (&[], &[(Open, 1)], Weight::Opens),
        (&[(Open, 2)], &[(Open, 1)], Weight::Counts),
        (&[(Yes, 2)], &[(Yes, 1)], Weight::Counts),
        (&[(Open, 1)], &[(Open, 1), (Not, 1)], Weight::Counts),
    ] {
        assert_eq!(turn(before, after).weight(), weight, "{before:?} {after:?}");
    }
}

#[test]
fn turns_count_what_clauses_cover() {
    let finding = |incident: &str, outcome: Outcome| Finding {
        incident: IncidentId::new(incident),
        clause: ClauseId::new("fire"),
        reading: ReadingId::new("letter"),
        outcome,
        version: 1,
        respondents: BTreeSet::new(),
        reasons: Vec::new().into(),
        cruxes: Vec::new(),
        fault: None,
    };
    let before = [finding("a", Outcome::Undetermined), finding("b", Outcome::NotCovered)];
    let after = [finding("a", Outcome::Prohibited)];
    let found = turns(&before, &after);
    assert_eq!(found, vec![turn(&[(Outcome::Undetermined, 1)], &[(Outcome::Prohibited, 1)])]);
    assert!(
        turns(&before, &[finding("c", Outcome::Undetermined)]).is_empty(),
        "what is not covered is not counted"
    );
}
