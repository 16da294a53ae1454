//! How long the judge takes: `cargo run --release -p truceline-terms --example judge_speed [COUNT]`.
//!
//! Judges al-Quds, al-Dabbit, a plain strike and an incident of which nothing is known, COUNT times each, shifted in time,
//! with and without reasons, and prints microseconds per clause and reading.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

#[path = "../tests/common/mod.rs"]
mod common;

use common::{Build, actors, al_dabbit, al_quds, aleppo, areas, at, syria};
use truceline_model::{Act, Alternatives, Incident, IncidentId, Interval, Target};
use truceline_terms::Judge;

fn shifted(incident: &Incident, seconds: i64) -> Incident {
    let mut next = incident.clone();
    next.when = Alternatives::unknown();
    for (when, origins) in incident.when.iter() {
        let moved =
            Interval::new(when.start().plus_seconds(seconds), when.end().plus_seconds(seconds)).unwrap();
        origins.iter().for_each(|origin| next.when.add(moved, origin.clone()));
    }
    next
}

fn main() {
    let count: u32 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(2_000);
    let (terms, actors, areas) = (syria(), actors(), areas());
    let started = std::time::Instant::now();
    let judge = Judge::new(&terms, &actors, &areas, at("2016-06-01T00:00:00Z"));
    println!("prepared in {:?}", started.elapsed());
    let strike = Build::new("strike")
        .act(Act::Airstrike, "airwars")
        .actor("russian-forces", "airwars")
        .target(Target::ResidentialArea, "airwars")
        .when("2016-03-10", "airwars")
        .place(aleppo(), "airwars")
        .0;
    let nothing = Incident::empty(IncidentId::new("nothing"));
    for (name, incident) in
        [("al-quds", al_quds()), ("al-dabbit", al_dabbit()), ("strike", strike), ("nothing", nothing)]
    {
        let all: Vec<Incident> = (0..count).map(|n| shifted(&incident, i64::from(n % 997) * 61)).collect();
        let pairs = u128::from(count) * u128::try_from(judge.outcomes(&incident).len()).unwrap();
        let started = std::time::Instant::now();
        let found: usize = all.iter().map(|one| judge.judge(one).len()).sum();
        let whole = started.elapsed().as_nanos() / pairs;
        let started = std::time::Instant::now();
        let brief: usize = all.iter().map(|one| judge.outcomes(one).len()).sum();
        let bare = started.elapsed().as_nanos() / pairs;
        assert_eq!(found, brief);
        println!("{name}: {whole} ns per clause and reading with reasons and cruxes, {bare} ns without");
    }
}
