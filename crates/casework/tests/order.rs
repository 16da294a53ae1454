//! Properties: the order of reports and decisions is nothing, each report lies in one incident, and rules that no
//! report may break.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeSet;

use proptest::prelude::*;
use support::draw::{decisions, reports, seed, seed_of_shared_ids};
use support::small;
use truceline_casework::{PersonDecision, StatusRule, incident_id, resolve, status_window};
use truceline_model::{Instant, LinkDecision, Observation, ReceiptNo};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_permutation_gives_the_same(
        seeds in prop::collection::vec(seed_of_shared_ids(), 1..24),
        picks in prop::collection::vec((any::<bool>(), 0u64..24, 0u64..24), 0..4),
        order in prop::collection::vec(any::<u32>(), 24),
        as_of in 1u8..8,
    ) {
        let mission = small();
        let as_of = mission.at(&format!("2016-05-0{as_of}"));
        let straight = reports(&mission, &seeds);
        let taken = decisions(&picks);
        let expected = resolve(&straight, &taken, &mission.ctx(), as_of);
        let mut keyed: Vec<(u32, Observation)> = order.into_iter().zip(straight).collect();
        keyed.sort_by_key(|(key, _)| *key);
        let shuffled: Vec<Observation> = keyed.into_iter().map(|(_, o)| o).collect();
        let backwards: Vec<PersonDecision> = taken.into_iter().rev().collect();
        prop_assert_eq!(resolve(&shuffled, &backwards, &mission.ctx(), as_of), expected);
    }

    #[test]
    fn every_report_lies_in_one_incident_and_no_list_twice(seeds in prop::collection::vec(seed(), 1..24)) {
        let mut mission = small();
        mission.observations = reports(&mission, &seeds);
        let r = mission.resolve("2016-06-01");
        let copied: BTreeSet<ReceiptNo> = r.copies.iter().map(|c| c.receipt).collect();
        let events = mission.observations.iter().filter(|o| o.body.kind() == "event" && !copied.contains(&o.receipt));
        let mut held: Vec<ReceiptNo> = r.incidents.iter().flat_map(|i| i.receipts()).collect();
        held.sort_unstable();
        prop_assert_eq!(held, events.map(|o| o.receipt).collect::<Vec<_>>());
        let ids: BTreeSet<_> = r.incidents.iter().map(|i| &i.id).collect();
        prop_assert_eq!(ids.len(), r.incidents.len());
        for incident in &r.incidents {
            let find = |receipt| mission.observations.iter().find(|o| o.receipt == receipt).unwrap();
            prop_assert_eq!(r.incident(&incident_id(find(incident.links[0].receipt))).map(|i| &i.id), Some(&incident.id));
            for (n, link) in incident.links.iter().enumerate() {
                prop_assert!(n == 0 || link.to != link.receipt);
                let LinkDecision::Threshold { score, threshold } = link.decision else { continue };
                prop_assert!(score >= threshold);
                let sum: i32 = link.reasons.iter().map(|reason| reason.weight).sum();
                prop_assert_eq!(sum, score, "what is shown adds up to the score");
            }
            let by_score: Vec<&Observation> = incident
                .links.iter()
                .filter(|l| matches!(l.decision, LinkDecision::Threshold { .. }))
                .map(|l| find(l.receipt))
                .collect();
            let rows: BTreeSet<_> = by_score.iter().filter(|o| o.source.as_str() != "syrian-archive").map(|o| (&o.source, &o.origin)).collect();
            prop_assert_eq!(rows.len(), by_score.iter().filter(|o| o.source.as_str() != "syrian-archive").count());
        }
    }

    #[test]
    fn an_earlier_moment_is_the_record_cut_there(seeds in prop::collection::vec(seed_of_shared_ids(), 1..20), cut in 1u8..6) {
        let mission = small();
        let all = reports(&mission, &seeds);
        let as_of = mission.at(&format!("2016-05-0{cut}"));
        let known: Vec<Observation> = all.iter().filter(|o| o.known <= as_of).cloned().collect();
        prop_assert_eq!(
            resolve(&all, &[], &mission.ctx(), as_of),
            resolve(&known, &[], &mission.ctx(), Instant::FAR_FUTURE)
        );
    }

    #[test]
    fn the_status_window_holds_its_days(day in 10u8..30, days in 1u32..15) {
        let mission = small();
        let rule = StatusRule { window_days: days, ..StatusRule::default() };
        let as_of = mission.at(&format!("2016-04-{day}T12:00"));
        let window = status_window(&rule, &mission.zone, as_of);
        prop_assert!(window.contains(as_of));
        let begun = mission.zone.day_of(window.start());
        prop_assert_eq!(begun.start(), window.start());
    }
}
