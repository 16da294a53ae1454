//! Any bytes as an incident before one of the shipped agreements: judged without a panic; a determined outcome turns on no
//! fact, reasons never contradict the outcome, and a crux that is told as a fact gives what it promises.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

mod arbitrary;

/// Read once: a fuzzer lives on speed.
static MISSIONS: LazyLock<Vec<arbitrary::Mission>> = LazyLock::new(arbitrary::missions);

fuzz_target!(|data: &[u8]| {
    let Some((&first, bytes)) = data.split_first() else { return };
    let mission = &MISSIONS[usize::from(first) % MISSIONS.len()];
    let (incident, as_of) = arbitrary::incident(mission, bytes);
    arbitrary::check(mission, &incident, as_of);
});
