//! The fuzzer's properties of the judge in small, on every build: random bytes as incidents before every shipped agreement.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;
use proptest::strategy::ValueTree;

#[path = "../../fuzz/fuzz_targets/arbitrary/mod.rs"]
#[allow(dead_code, unreachable_pub, missing_docs)]
mod arbitrary;

#[test]
fn any_bytes_are_judged_without_contradiction() {
    let missions = arbitrary::missions();
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let bytes = proptest::collection::vec(any::<u8>(), 0..160);
    let mut judged = 0;
    for _ in 0..80 {
        let drawn = bytes.new_tree(&mut runner).unwrap().current();
        for mission in &missions {
            let (incident, as_of) = arbitrary::incident(mission, &drawn);
            judged += arbitrary::check(mission, &incident, as_of);
        }
    }
    assert!(judged > 2_000, "{judged} findings");
}
