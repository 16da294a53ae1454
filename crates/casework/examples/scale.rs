//! How resolving scales: the shipped reports, shifted in time again and again, resolved in growing numbers.
//!
//! `cargo run --release -p truceline-casework --example scale [-- ROUNDS…]` prints reports, incidents, milliseconds and
//! microseconds a report. The rows are real, their repetition is not: it keeps the crowd of each day as it was.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_arithmetic)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::collections::BTreeSet;
use std::time::Instant as Clock;

use truceline_casework::resolve;
use truceline_model::{Body, Instant, Interval, Observation, ReceiptNo};

/// Longer than the window of the shipped reports, so that copies do not crowd one another.
const SHIFT_DAYS: i64 = 300;

fn moved(at: Instant, round: u64) -> Instant {
    at.plus_seconds(i64::try_from(round).unwrap() * SHIFT_DAYS * 86_400)
}

fn shift(one: &Observation, round: u64, receipt: u64) -> Observation {
    let rename = |ids: &BTreeSet<String>| ids.iter().map(|id| format!("{id}-{round}")).collect();
    let mut copy = one.clone();
    copy.receipt = ReceiptNo(receipt);
    copy.sender_id = format!("{}-{round}", one.sender_id);
    copy.known = moved(one.known, round);
    (copy.part_of, copy.revises, copy.same_as) =
        (rename(&one.part_of), rename(&one.revises), rename(&one.same_as));
    let when = |when: Option<Interval>| {
        when.map(|w| Interval::new(moved(w.start(), round), moved(w.end(), round)).unwrap())
    };
    match &mut copy.body {
        Body::Event(event) => event.when = when(event.when),
        Body::Total(total) => total.when = when(total.when),
        Body::Statement(statement) => statement.when = when(statement.when),
        Body::Tally(tally) => tally.when = when(Some(tally.when)).unwrap(),
        _ => {}
    }
    copy
}

fn main() {
    let mission = support::shipped();
    let rounds: Vec<u64> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let rounds = if rounds.is_empty() { vec![1, 12, 36, 119] } else { rounds };
    println!("reports  incidents  ms  us/report");
    for rounds in rounds {
        let mut all = Vec::new();
        for round in 0..rounds {
            for one in &mission.observations {
                let receipt = u64::try_from(all.len()).unwrap();
                all.push(shift(one, round, receipt));
            }
        }
        let begun = Clock::now();
        let resolved = resolve(&all, &[], &mission.ctx(), Instant::FAR_FUTURE);
        let took = begun.elapsed().as_micros();
        let per = took / u128::try_from(all.len()).unwrap();
        println!("{:7}  {:9}  {:5}  {per}", all.len(), resolved.incidents.len(), took / 1000);
    }
    flood(&mission, "copies of one origin", 10_000, |n| (format!("outlet-{n}"), "agency".to_owned(), 58));
    flood(&mission, "unlike accounts of one strike", 2000, |n| {
        (format!("o-{n}"), format!("o-{n}"), 1 + n % 500)
    });
}

/// A flood on one day at one spot: what an adversary can make it cost.
fn flood(mission: &support::Mission, what: &str, reports: u64, make: impl Fn(u64) -> (String, String, u64)) {
    let all: Vec<Observation> = (0..reports)
        .map(|n| {
            let (source, origin, killed) = make(n);
            support::say(&mission.zone, n, &source, &format!("f{n}"), "2016-04-28")
                .origin(&origin)
                .act(truceline_model::Act::Airstrike)
                .when("2016-04-27")
                .place("aleppo-sukkari")
                .killed(&killed.to_string())
                .done()
        })
        .collect();
    let begun = Clock::now();
    let resolved = resolve(&all, &[], &mission.ctx(), Instant::FAR_FUTURE);
    println!("{reports} {what}: {} incidents, {} ms", resolved.incidents.len(), begun.elapsed().as_millis());
}
