//! The fuzzer's properties of the linker, in small on every build: reports and decisions of any bytes, in any order.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;

#[path = "../../../fuzz/fuzz_targets/held/reports.rs"]
mod reports;

static MISSION: LazyLock<reports::Mission> =
    LazyLock::new(|| reports::syria(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")));

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn one_at_a_time_is_as_all_at_once(bytes in prop::collection::vec(any::<u8>(), 0..480)) {
        reports::check(&MISSION, &bytes);
    }
}
