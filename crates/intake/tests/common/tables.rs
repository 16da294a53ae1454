//! The shipped tables of every language, read once a test binary.
#![allow(dead_code, clippy::unwrap_used)] // a test that cannot find its files has failed

use std::path::Path;
use std::sync::OnceLock;

use truceline_intake::prose::{Lexicons, Value};

/// Each table's name and bytes, in order of language and name.
pub(crate) fn tables() -> &'static [(String, Vec<u8>)] {
    static TABLES: OnceLock<Vec<(String, Vec<u8>)>> = OnceLock::new();
    TABLES.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lexicons");
        let mut all = Vec::new();
        for language in ["ar", "en", "ru", "uk"] {
            for table in std::fs::read_dir(root.join(language)).unwrap() {
                let path = table.unwrap().path();
                let name = format!("{language}/{}", path.file_name().unwrap().to_str().unwrap());
                all.push((name, std::fs::read(&path).unwrap()));
            }
        }
        all.sort();
        all
    })
}

/// The tables, as the program reads them.
pub(crate) fn lexicons() -> &'static Lexicons {
    static LEXICONS: OnceLock<Lexicons> = OnceLock::new();
    LEXICONS.get_or_init(|| {
        Lexicons::parse(tables().iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))).unwrap()
    })
}

/// The words of a value.
pub(crate) fn slice<'t>(text: &'t str, value: &Value) -> &'t str {
    &text[value.span.start as usize..value.span.end as usize]
}
