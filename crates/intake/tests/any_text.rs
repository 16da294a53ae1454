//! The fuzzer's properties of the reader of free text, in small on every build: bytes and phrases of the tables in any order.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;

#[path = "../../../fuzz/fuzz_targets/held/text.rs"]
mod text;

static KNOWN: LazyLock<text::Known> =
    LazyLock::new(|| text::known(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")));

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_must_hold_of_any_text_holds(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        text::check(&KNOWN, &text::text(&KNOWN, &bytes));
    }
}
