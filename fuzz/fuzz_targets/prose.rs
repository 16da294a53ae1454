//! Any bytes as a text: read without a panic, in time; every span whole characters of the text; every row read or refused.
#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

#[path = "held/text.rs"]
mod text;

/// Read once: a fuzzer lives on speed.
static KNOWN: LazyLock<text::Known> =
    LazyLock::new(|| text::known(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")));

fuzz_target!(|data: &[u8]| text::check(&KNOWN, &text::text(&KNOWN, data)));
