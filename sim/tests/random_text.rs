//! What an author writes and what the judge is given are the same: random rules are written out, read back, and judged
//! beside the typed form that they were written from.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use random::agreement::{typed, written};
use random::check::Mission;
use random::incident::{as_of, incident};
use random::mission::{actors, areas, sources};
use random::rule::rule;
use random::text::{clause, sayable};
use truceline_model::Zone;

mod random;

#[test]
fn what_is_written_is_what_is_judged() {
    let config = ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[16; 32]));
    let mission = Mission { actors: actors(), areas: areas(), sources: sources() };
    let (read, refused) = (std::cell::Cell::new(0_u32), std::cell::RefCell::new(Vec::new()));
    let result = runner.run(&(rule(), incident(), as_of()), |(rule, incident, as_of)| {
        let rule = sayable(rule);
        let text = clause(&rule);
        let terms = match written(&text) {
            Ok(terms) => terms,
            Err(said) => {
                refused.borrow_mut().push(said);
                return Ok(());
            }
        };
        read.set(read.get() + 1);
        let other = typed(rule);
        let incident = incident.in_zone(&Zone::utc());
        let (one, two) = (mission.judge(&terms, as_of), mission.judge(&other, as_of));
        prop_assert_eq!(one.outcomes(&incident), two.outcomes(&incident), "{}", text);
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error:#}");
    }
    // The language refuses what contradicts itself, or leaves two exceptions without an order; most rules it takes.
    let refused = refused.into_inner();
    assert!(read.get() > 2000, "{} read; refused, for example:\n{}", read.get(), refused[0]);
}
