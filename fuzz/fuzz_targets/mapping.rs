//! Any text as a mapping: read, or refused with faults that lie inside it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use truceline_intake::mapping;

fuzz_target!(|text: &str| {
    if let Err(faults) = mapping::parse(text) {
        assert!(!faults.is_empty());
        for fault in faults {
            assert!(fault.start <= fault.end && fault.line >= 1 && !fault.say.is_empty());
        }
    }
});
