//! Any bytes as reports and decisions in any order: linked one at a time as all at once, each event in one incident, no panic.
#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

#[path = "held/reports.rs"]
mod reports;

/// Read once: a fuzzer lives on speed.
static MISSION: LazyLock<reports::Mission> =
    LazyLock::new(|| reports::syria(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")));

fuzz_target!(|data: &[u8]| reports::check(&MISSION, data));
