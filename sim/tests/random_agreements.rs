//! The judge against the oracle on random agreements and random incidents, over the whole typed form: 100,000 cases in four
//! parts, so that they spread over the cores. One case in ten is also checked for respondents and cruxes.
//!
//! The cases are the same on every run, so that a change is not blamed for what another broke: `TRUCELINE_SEED=n` draws
//! others, `PROPTEST_CASES=n` as many. A failure is shrunk, and prints its seed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use random::case::case;
use random::check::{Mission, findings, outcomes};
use random::mission::{actors, areas, sources};

mod random;

/// Cases of each of the four parts.
const PART: u32 = 25_000;

fn part(number: u64) {
    let seed: u64 = std::env::var("TRUCELINE_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(2016);
    let asked = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    // A name of its own, for a run that asks less of the other tests: a case here costs little.
    let cases = asked("TRUCELINE_CASES").or_else(|| asked("PROPTEST_CASES")).unwrap_or(PART);
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..ProptestConfig::default()
    };
    let mut bytes = [0_u8; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&number.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let mission = Mission { actors: actors(), areas: areas(), sources: sources() };
    let compared = std::cell::Cell::new(0_u32);
    let result = runner.run(&case(), |one| {
        if one.whole {
            findings(&mission, &one.terms, &one.incident, one.as_of, false)?;
        }
        compared.set(compared.get() + outcomes(&mission, &one.terms, &one.incident, one.as_of)?);
        Ok(())
    });
    if let Err(error) = result {
        panic!("part {number} of seed {seed}: {error:#}");
    }
    println!("part {number} of seed {seed}: {cases} cases, {} findings compared", compared.get());
    // Two readings each; a comparison that is given up too often would prove little.
    assert!(compared.get() > cases * 2 * 95 / 100, "only {} of {} were compared", compared.get(), cases * 2);
}

#[test]
fn random_agreements_1() {
    part(1);
}

#[test]
fn random_agreements_2() {
    part(2);
}

#[test]
fn random_agreements_3() {
    part(3);
}

#[test]
fn random_agreements_4() {
    part(4);
}
