//! Every mapping that ships is read without a fault and under its own name.
#![allow(clippy::unwrap_used, clippy::panic)] // a failed unwrap is a failed test

use std::path::Path;

#[test]
fn shipped_mappings_parse() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../mappings");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "kdl") {
            let text = std::fs::read_to_string(&path).unwrap();
            let mapping = truceline_intake::mapping::parse(&text)
                .unwrap_or_else(|faults| panic!("{}: {faults:#?}", path.display()));
            assert_eq!(Some(mapping.name.as_str()), path.file_stem().and_then(|s| s.to_str()));
            seen += 1;
        }
    }
    assert!(seen >= 7, "{seen} mappings");
}
