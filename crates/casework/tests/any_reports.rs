//! The fuzzer's properties of the linker, in small on every build: reports and decisions of any bytes, in any order; and what the
//! fuzzer has found.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use proptest::prelude::*;

#[path = "../../../fuzz/fuzz_targets/held/reports.rs"]
mod reports;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

static MISSION: LazyLock<reports::Mission> = LazyLock::new(|| reports::syria(&root()));

/// Bytes of a report, whether it bears one of the few ids that are shared, and how many rounds of these ids earlier the report stands
/// whose bytes it repeats, if it does.
type Drawn = ([u8; 12], bool, Option<usize>);

/// Reports many of which repeat an earlier one under its own id. Of bytes drawn freely no two are ever alike, so there would be no copies.
fn repeating() -> impl Strategy<Value = Vec<u8>> {
    let one = (any::<[u8; 12]>(), any::<bool>(), prop::option::weighted(0.4, 1usize..4));
    (any::<[u8; 3]>(), prop::collection::vec(one, 9..40)).prop_map(|(head, drawn)| bytes_of(head, &drawn))
}

fn bytes_of(head: [u8; 3], drawn: &[Drawn]) -> Vec<u8> {
    let mut all: Vec<[u8; 12]> = Vec::with_capacity(drawn.len());
    for (n, (fresh, shares_id, again)) in drawn.iter().enumerate() {
        let mut bytes = *fresh;
        if *shares_id {
            // The last byte says so by what is left of it after fives.
            bytes[11] -= bytes[11] % 5;
        }
        let earlier = again.and_then(|rounds| all.get(n.checked_sub(8 * rounds)?)).copied();
        all.push(earlier.unwrap_or(bytes));
    }
    head.into_iter().chain(all.into_iter().flatten()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn one_at_a_time_is_as_all_at_once(bytes in prop::collection::vec(any::<u8>(), 0..480)) {
        reports::check(&MISSION, &bytes);
    }

    #[test]
    fn one_at_a_time_is_as_all_at_once_where_many_repeat_others(bytes in repeating()) {
        reports::check(&MISSION, &bytes);
    }
}

#[test]
fn what_the_fuzzer_found_stays_mended() {
    let folder = std::fs::read_dir(root().join("fuzz/found")).expect("the folder of findings is there");
    let found: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    let of_links = |path: &&PathBuf| path.file_name().unwrap().to_string_lossy().starts_with("links-");
    assert!(found.iter().any(|path| of_links(&path)), "no finding of the linker");
    for path in found.iter().filter(of_links) {
        println!("{}", path.display());
        reports::check(&MISSION, &std::fs::read(path).unwrap());
    }
}
