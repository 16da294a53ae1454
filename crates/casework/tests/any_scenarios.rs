//! Any bytes as case scenarios, a few hundred on every build; the fuzzer draws on for hours (`fuzz/fuzz_targets/cases.rs`).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bench;
#[path = "../../../fuzz/fuzz_targets/held/scenarios.rs"]
mod scenarios;

use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_a_scenario_or_refused_with_a_line(data in prop::collection::vec(any::<u8>(), 0..400)) {
        scenarios::check(&scenarios::Stage::of(bench::settings()[&0].clone()), &data);
    }
}
