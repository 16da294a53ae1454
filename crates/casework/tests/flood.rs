//! A flood of copies that comes report by report and is settled after each: in the time of its length, and as the whole resolution
//! has it, whatever else stands about.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeSet;
use std::time::{Duration, Instant as Clock};

use proptest::prelude::*;
use support::{Mission, say, small};
use truceline_casework::{Desk, Moved, Resolved, moved, resolve};
use truceline_model::{Act, Instant, Mark, Observation, Wording};

fn whole(mission: &Mission, reports: &[Observation]) -> Resolved {
    resolve(reports, &[], &mission.ctx(), Instant::FAR_FUTURE)
}

fn strike(mission: &Mission, n: u64, source: &str, place: &str) -> Observation {
    let one = say(&mission.zone, n, source, &format!("r{n}"), "2016-05-01");
    let mut one = one.when("2016-04-27").place(place).act(Act::Airstrike).done();
    one.known = one.known.plus_seconds(i64::try_from(n).unwrap());
    one
}

/// The same forty words, one of them changed.
fn wording(changed: u32) -> Wording {
    let words = (0..40).filter(|word| *word != changed % 40).chain([10_000 + changed]);
    Wording::new(words.map(|hash| Mark { hash, surprise: 5000 }).collect(), Vec::new())
}

fn copy(mission: &Mission, n: u64) -> Observation {
    let mut one = strike(mission, n, &format!("puppet-{n}"), "sukkari");
    one.wording = Some(wording(u32::try_from(n).unwrap()));
    one
}

fn one_by_one(flood: impl Iterator<Item = Observation>, mission: &Mission) -> Duration {
    let mut desk = Desk::new(mission.ctx());
    let begun = Clock::now();
    for report in flood {
        desk.add(report);
        assert_eq!(desk.settle().iter().filter(|m| matches!(m, Moved::Went { .. })).count(), 0);
    }
    let took = begun.elapsed();
    let found = desk.resolved();
    assert_eq!((found.incidents.len(), found.incidents[0].origins.len()), (1, 1), "a flood is one origin");
    took
}

#[test]
fn twenty_thousand_copies_one_by_one_take_seconds() {
    let mission = small();
    let same = |n: u64| Observation { wording: Some(wording(39)), ..copy(&mission, n) };
    let took = one_by_one((0..20_000).map(same), &mission);
    println!("20,000 copies: {took:?}");
    assert!(took < Duration::from_secs(60), "{took:?}");
}

/// The same forty words, a tenth of them changed: of two such, a fifth differs.
fn far(changed: u32) -> Wording {
    let words =
        (0..40).filter(|word| word % 10 != changed % 10).chain(20_000 + 4 * changed..20_004 + 4 * changed);
    Wording::new(words.map(|hash| Mark { hash, surprise: 5000 }).collect(), Vec::new())
}

/// How much is compared while so many copies come, each with words changed in it.
fn compared(many: u64, mission: &Mission, wording: impl Fn(u32) -> Wording) -> u64 {
    let mut desk = Desk::new(mission.ctx());
    for n in 0..many {
        let wording = Some(wording(u32::try_from(n).unwrap()));
        desk.add(Observation { wording, ..copy(mission, n) });
        desk.settle();
    }
    let found = desk.resolved();
    assert_eq!((found.incidents.len(), found.incidents[0].origins.len()), (1, 1), "a flood is one origin");
    desk.compared()
}

/// Eight times as many cost about eight times as much; by their square it would be sixty-four.
#[test]
fn near_copies_are_compared_as_often_as_they_are_many() {
    let mission = small();
    let (few, many) = (compared(1_000, &mission, wording), compared(8_000, &mission, wording));
    println!("a word changed: {few}, {many}");
    assert!(many < few * 12, "{few}, {many}");
    let (few, many) = (compared(500, &mission, far), compared(4_000, &mission, far));
    println!("a tenth changed: {few}, {many}");
    assert!(many < few * 24, "{few}, {many}");
}

#[test]
fn twenty_thousand_near_copies_one_by_one_take_seconds() {
    let mission = small();
    let took = one_by_one((0..20_000).map(|n| copy(&mission, n)), &mission);
    println!("20,000 near copies: {took:?}");
    assert!(took < Duration::from_secs(60), "{took:?}");
}

/// Copies that each change a word hardly ever hide from one another.
#[test]
fn two_thousand_near_copies_one_by_one_take_seconds() {
    let mission = small();
    let took = one_by_one((0..2_000).map(|n| copy(&mission, n)), &mission);
    println!("2,000 near copies: {took:?}");
    assert!(took < Duration::from_secs(60), "{took:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// What each report is: a copy (mostly), one of another's, an account of its own, one under a voice that has spoken; and some go again.
    #[test]
    fn a_flood_among_others_stands_as_the_whole(
        kinds in prop::collection::vec((0u8..60, 0u64..6, any::<bool>()), 20..90),
    ) {
        let mission = small();
        let mut desk = Desk::new(mission.ctx());
        let (mut there, mut before): (Vec<Observation>, Resolved) = Default::default();
        for (n, (kind, pick, late)) in (0_u64..).zip(&kinds) {
            let mut one = copy(&mission, n);
            // All but a few say it in the same words, but for one that none lacks.
            let number = u32::try_from(n).unwrap();
            one.wording = Some(match kind {
                7..20 => wording(number),
                20..28 => far(number),
                _ => wording(39),
            });
            match kind {
                0 => one = strike(&mission, n, &format!("own-{pick}"), "sukkari"),
                1 => one.source = truceline_model::SourceId::new(&format!("puppet-{pick}")),
                2 => one.wording = None,
                3 => one = strike(&mission, n, &format!("own-{pick}"), "homs"),
                4 if *late => one.known = one.known.plus_seconds(-400),
                5 => one.same_as = BTreeSet::from([format!("r{pick}")]),
                _ => {}
            }
            there.push(one.clone());
            desk.add(one);
            if *kind == 6 && *late {
                let gone = there.remove(usize::try_from(*pick).unwrap() % there.len());
                desk.retract(gone.receipt);
            }
            let said: BTreeSet<Moved> = desk.settle().into_iter().collect();
            let after = whole(&mission, &there);
            prop_assert_eq!(&said, &moved(&before, &after).into_iter().collect::<BTreeSet<_>>());
            prop_assert_eq!(&desk.resolved(), &after);
            before = after;
        }
    }
}
