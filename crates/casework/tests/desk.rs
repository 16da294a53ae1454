//! Properties: whatever order reports, retractions and decisions come in, and however many at a time, the desk holds what the
//! whole resolution gives; and what it says has moved is what differs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeSet;

use proptest::prelude::*;
use support::draw::{decisions, reports, seed_of_shared_ids};
use support::{Mission, say, small};
use truceline_casework::{Desk, Moved, PersonDecision, Resolved, moved, resolve};
use truceline_model::{Act, Instant, Observation, ReceiptNo};

/// A mission in which marks are soon too common to tell, and a story may be told days later. Where day and place may have been misread,
/// marks bring any two together, and no place excludes another. Where datasets are linked, a source may have a
/// second row of one event.
fn mission(misread: bool, datasets: bool) -> Mission {
    let mut mission = small();
    if datasets {
        mission.rules.again = -2000;
    }
    if misread {
        mission.rules.place.apart_excludes = false;
        mission.rules.wording.compare_all = true;
        let shares = [&mut mission.rules.wording.words_share, &mut mission.rules.wording.names_share];
        for (_, weight) in shares.into_iter().flatten().skip(3) {
            *weight = 2500;
        }
    }
    mission.rules.wording.compare_up_to = 5;
    mission.rules.time.gap_limit_s = 2 * 86_400;
    mission
}

/// One thing that comes to the desk.
#[derive(Clone, Debug)]
enum Step {
    Report(Observation),
    Retract(Observation),
    Decide(PersonDecision),
}

fn whole(mission: &Mission, reports: &[Observation], taken: &[PersonDecision]) -> Resolved {
    resolve(reports, taken, &mission.ctx(), Instant::FAR_FUTURE)
}

/// Reports (some of which go again) and decisions, in an order drawn by keys.
fn steps(all: &[Observation], taken: &[PersonDecision], gone: &BTreeSet<usize>, keys: &[u32]) -> Vec<Step> {
    let mut drawn: Vec<(u32, Step)> = Vec::new();
    let key = |n: usize| keys.get(n % keys.len()).copied().unwrap_or(0);
    for (n, report) in all.iter().enumerate() {
        drawn.push((key(n), Step::Report(report.clone())));
        if gone.contains(&n) {
            drawn.push((key(n).saturating_add(key(n + 7) / 3), Step::Retract(report.clone())));
        }
    }
    drawn.extend(taken.iter().enumerate().map(|(n, d)| (key(n * 5 + 3), Step::Decide(d.clone()))));
    drawn.sort_by_key(|(key, _)| *key);
    drawn.into_iter().map(|(_, step)| step).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_order_and_any_batching_end_alike(
        seeds in prop::collection::vec(seed_of_shared_ids(), 1..24),
        picks in prop::collection::vec((any::<bool>(), 0u64..24, 0u64..24), 0..4),
        gone in prop::collection::btree_set(0usize..24, 0..6),
        keys in prop::collection::vec(any::<u32>(), 31),
        batch in 1usize..7,
        misread in any::<bool>(),
        datasets in any::<bool>(),
    ) {
        let mission = mission(misread, datasets);
        let all = reports(&mission, &seeds);
        let taken = decisions(&picks);
        let mut desk = Desk::new(mission.ctx());
        for (n, step) in steps(&all, &taken, &gone, &keys).into_iter().enumerate() {
            match step {
                Step::Report(report) => desk.add(report),
                Step::Retract(report) => drop(desk.retract(report.receipt)),
                Step::Decide(decision) => desk.decide(decision),
            }
            if n % batch == 0 {
                desk.settle();
            }
        }
        let left: Vec<Observation> =
            all.iter().enumerate().filter(|(n, _)| !gone.contains(n)).map(|(_, o)| o.clone()).collect();
        prop_assert_eq!(desk.resolved(), whole(&mission, &left, &taken));
    }

    #[test]
    fn after_every_step_it_stands_as_the_whole_and_says_what_moved(
        seeds in prop::collection::vec(seed_of_shared_ids(), 1..16),
        picks in prop::collection::vec((any::<bool>(), 0u64..16, 0u64..16), 0..3),
        gone in prop::collection::btree_set(0usize..16, 0..4),
        keys in prop::collection::vec(any::<u32>(), 31),
        misread in any::<bool>(),
        datasets in any::<bool>(),
    ) {
        let mission = mission(misread, datasets);
        // Totals add to incidents what `settle` does not tell of.
        let all: Vec<Observation> =
            reports(&mission, &seeds).into_iter().filter(|o| o.body.kind() == "event").collect();
        let (mut there, mut taken): (Vec<Observation>, Vec<PersonDecision>) = Default::default();
        let mut desk = Desk::new(mission.ctx());
        let mut before = Resolved::default();
        for step in steps(&all, &decisions(&picks), &gone, &keys) {
            match step {
                Step::Report(report) => {
                    there.push(report.clone());
                    desk.add(report);
                }
                Step::Retract(report) => {
                    there.retain(|o| o.receipt != report.receipt);
                    desk.retract(report.receipt);
                }
                Step::Decide(decision) => {
                    taken.push(decision.clone());
                    desk.decide(decision);
                }
            }
            let said: BTreeSet<Moved> = desk.settle().into_iter().collect();
            let after = whole(&mission, &there, &taken);
            prop_assert_eq!(&said, &moved(&before, &after).into_iter().collect::<BTreeSet<_>>());
            prop_assert_eq!(&desk.resolved(), &after);
            before = after;
        }
    }
}

/// Found by the fuzzer (`fuzz/found/links-671ebb878b7c`). A person joins two reports, and then comes the one that the second of them
/// repeats: the first stands by itself again, and is not lost.
#[test]
fn what_a_person_joined_with_a_report_stays_when_that_turns_out_to_be_a_copy() {
    let mission = small();
    let z = mission.zone.clone();
    let row = |n: u64, id: &str| say(&z, n, "lister", id, "2016-05-01").act(Act::Airstrike);
    let all = [row(1, "r0").done(), row(2, "r1").origin("msf").done(), row(0, "r1").origin("msf").done()];
    let taken = decisions(&[(true, 1, 2)]);
    let mut desk = Desk::new(mission.ctx());
    desk.decide(taken[0].clone());
    for (n, report) in all.iter().enumerate() {
        let before = whole(&mission, &all[..n], &taken);
        desk.add(report.clone());
        let said: BTreeSet<Moved> = desk.settle().into_iter().collect();
        let after = whole(&mission, &all[..=n], &taken);
        assert_eq!(said, moved(&before, &after).into_iter().collect(), "after {} reports", n + 1);
        assert_eq!(desk.resolved(), after, "after {} reports", n + 1);
    }
    let resolved = desk.resolved();
    assert_eq!(resolved.copies.iter().map(|copy| copy.receipt).collect::<Vec<_>>(), [ReceiptNo(2)]);
    assert_eq!(resolved.unlinked, [ReceiptNo(0), ReceiptNo(1)]);
}
