//! The faulty files, each with what comes of it, word for word: a refusal that nobody can act on is a fault of ours.
#![allow(clippy::unwrap_used, clippy::panic)] // a failed unwrap is a failed test

mod common;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use common::{counts, run_with, shipped};
use truceline_intake::{Context, Encoding, mission};
use truceline_model::Zone;

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults")
}

#[test]
fn what_comes_of_each() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agreements/syria-2016");
    let bytes = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let zone = Zone::named("Asia/Damascus").unwrap();
    let actors = mission::actors(&bytes("actors.csv"), &zone).unwrap();
    let areas = mission::areas(&bytes("areas.geojson"), &zone).unwrap();
    let sources = mission::sources(&bytes("sources.csv"), &actors).unwrap();
    let context = Context { zone: &zone, actors: &actors, areas: &areas, sources: &sources, received: None };
    let mut files: Vec<PathBuf> = std::fs::read_dir(here()).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    let mut told = String::new();
    for path in files.iter().filter(|p| p.extension().is_some_and(|e| e == "csv" || e == "jsonl")) {
        let file = std::fs::read(path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy();
        let mapping = shipped(match file.get(..4) {
            Some(b"code") => "airwars",
            Some(b"even") => "acled",
            _ => "truceline",
        });
        let report = run_with(&mapping, &file, &context);
        writeln!(told, "== {name} ({}): {}", mapping.name, counts(&report)).unwrap();
        for line in &report.words {
            writeln!(told, "   {line}").unwrap();
        }
        for line in &report.warning_words {
            writeln!(told, "   look at: {line}").unwrap();
        }
    }
    insta::assert_snapshot!(told);
}

#[test]
fn windows_1256_is_read_when_said() {
    let zone = Zone::named("Asia/Damascus").unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agreements/syria-2016");
    let areas = mission::areas(&std::fs::read(folder.join("areas.geojson")).unwrap(), &zone).unwrap();
    let file = std::fs::read(here().join("windows-1256.csv")).unwrap();
    let mapping = shipped("airwars").with_encoding(Encoding::Windows1256);
    let report = common::run_bytes(&mapping, &file, &truceline_model::Actors::default(), &areas);
    assert_eq!(counts(&report), "rows 2, read 2, left out 0, refused 0");
}

#[test]
fn a_line_of_two_gigabytes_is_refused_and_the_next_row_read() {
    // Smaller here; constant memory is the splitter's own test.
    let mut file = b"id,kind,known,source\na,statement,2016-03-01,sohr\nb,".to_vec();
    file.extend(std::iter::repeat_n(b'x', 3 << 20));
    file.extend(b"\nc,statement,2016-03-01,sohr\n");
    let none = (truceline_model::Actors::default(), truceline_model::Areas::default());
    let report = common::run_bytes(&shipped("truceline"), &file, &none.0, &none.1);
    assert_eq!(counts(&report), "rows 3, read 2, left out 0, refused 1");
    assert!(report.words[0].contains("a row of 3145730 bytes"), "{}", report.words[0]);
}
