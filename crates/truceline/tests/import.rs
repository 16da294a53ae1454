//! Bad input, met by the real program: kept, refused in words, never lost, never doubled, never in the way of the rest.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;

use common::{good, root, run, text};
use serde_json::Value;

/// A store with the shipped mission's terms and registries, and no report.
fn mission_store(dir: &Path) -> String {
    let folder = dir.join("mission");
    std::fs::create_dir_all(&folder).unwrap();
    for name in
        ["agreement.md", "actors.csv", "areas.geojson", "definitions.csv", "sources.csv", "mission.kdl"]
    {
        let from = root().join("agreements/syria-2016").join(name);
        let mut bytes = std::fs::read_to_string(from).unwrap();
        if name == "mission.kdl" {
            bytes = bytes.lines().filter(|line| !line.starts_with("reports")).collect::<Vec<_>>().join("\n");
        }
        std::fs::write(folder.join(name), bytes).unwrap();
    }
    let store = text(&dir.join("store"));
    good(&["load", &text(&folder), "--store", &store]);
    store
}

fn faulty(name: &str) -> String {
    text(&root().join("crates/intake/tests/faults").join(name))
}

fn refused(store: &str) -> Vec<Value> {
    run(&["refused", "--store", store, "--format", "json"])
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn a_faulty_row_is_kept_and_refused_and_the_others_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let store = mission_store(dir.path());
    let done = run(&["import", &faulty("longitude-out-of-range.csv"), "--store", &store, "--format", "json"]);
    assert_eq!(done.code, 1, "{}{}", done.out, done.err);
    let summary: Value = serde_json::from_str(done.out.trim()).unwrap();
    assert_eq!((summary["taken_in"].as_u64(), summary["refused"].as_u64()), (Some(3), Some(1)), "{summary}");
    let refused = refused(&store);
    let refusal = &refused[0];
    assert_eq!(refusal["file"], "longitude-out-of-range.csv");
    assert_eq!(refusal["row"], 3);
    assert_eq!(refusal["column"], "lon");
    assert!(refusal["found"].as_str().unwrap().contains("4239.00416"));
    assert!(!refusal["would_be_right"].as_str().unwrap().is_empty());
}

#[test]
fn every_faulty_file_is_met_with_words() {
    let dir = tempfile::tempdir().unwrap();
    let store = mission_store(dir.path());
    let mut names: Vec<_> = std::fs::read_dir(root().join("crates/intake/tests/faults"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    names.sort();
    let mut met = BTreeSet::new();
    for path in names.iter().filter(|p| p.extension().is_some_and(|e| e != "md")) {
        for mapping in ["truceline", "airwars", "acled"] {
            let done = run(&["import", &text(path), "--mapping", mapping, "--store", &store]);
            assert!(
                matches!(done.code, 0 | 1),
                "{} by {mapping}: {} {}",
                path.display(),
                done.code,
                done.err
            );
            assert!(!done.err.contains("panicked"), "{} by {mapping}: {}", path.display(), done.err);
        }
        met.insert(path.file_name().unwrap().to_owned());
    }
    assert!(met.len() >= 20);
    for refusal in refused(&store) {
        assert!(!refusal["would_be_right"].as_str().unwrap().is_empty(), "{refusal}");
    }
    good(&["verify", "--store", &store]);
}

#[test]
fn the_same_file_twice_brings_nothing_new() {
    let dir = tempfile::tempdir().unwrap();
    let store = mission_store(dir.path());
    let file = text(&root().join("agreements/syria-2016/reports/anchors.csv"));
    let first = good(&["import", &file, "--store", &store, "--receipts"]);
    let copy = dir.path().join("renamed.csv");
    std::fs::copy(&file, &copy).unwrap();
    let second = good(&["import", &text(&copy), "--store", &store, "--receipts"]);
    let receipts = |out: &str| -> Vec<String> {
        out.lines().filter(|l| l.starts_with("receipt")).map(str::to_owned).collect()
    };
    assert_eq!(receipts(&first), receipts(&second), "the same reports get the receipts they had");
    assert!(second.contains("0 reports taken in, 16 known already"), "{second}");
}

#[test]
fn an_encoding_is_named_or_refused() {
    let dir = tempfile::tempdir().unwrap();
    let store = mission_store(dir.path());
    let guess = run(&["import", &faulty("windows-1256.csv"), "--mapping", "airwars", "--store", &store]);
    assert_eq!(guess.code, 1, "{}", guess.out);
    let named = run(&[
        "import",
        &faulty("windows-1256.csv"),
        "--mapping",
        "airwars",
        "--encoding",
        "windows-1256",
        "--store",
        &store,
        "--format",
        "json",
    ]);
    let summary: Value = serde_json::from_str(named.out.trim()).unwrap();
    assert_eq!(summary["refused"], 0, "{}", named.out);
}

#[test]
fn a_line_without_end_is_kept_in_little_memory() {
    let dir = tempfile::tempdir().unwrap();
    let store = mission_store(dir.path());
    let path = dir.path().join("endless.csv");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    file.write_all(b"id,kind,known,source,when,act\nx1,event,2016-04-01,vdc,2016-04-01,").unwrap();
    let chunk = vec![b'a'; 1 << 20];
    for _ in 0..64 {
        file.write_all(&chunk).unwrap();
    }
    file.write_all(b"\nx2,event,2016-04-01,vdc,2016-04-01,shelling\n").unwrap();
    drop(file);
    let done = run(&["import", &text(&path), "--store", &store, "--format", "json"]);
    let summary: Value = serde_json::from_str(done.out.trim()).unwrap();
    assert_eq!(
        (summary["taken_in"].as_u64(), summary["refused"].as_u64()),
        (Some(2), Some(1)),
        "{}{}",
        done.out,
        done.err
    );
    assert_eq!(refused(&store)[0]["fault"], "oversized");
    good(&["verify", "--store", &store]);
}

#[test]
fn a_new_mapping_needs_no_code_and_explains_itself() {
    let dir = tempfile::tempdir().unwrap();
    let csv = dir.path().join("ours.csv");
    std::fs::write(&csv, "no;tag;ort;was\n7;27.04.2016;Homs;Beschuss\n").unwrap();
    let airwars = text(&root().join("agreements/syria-2016/reports/airwars.csv"));
    let explained = good(&[
        "import",
        &airwars,
        "--mapping",
        "airwars",
        "--explain",
        "--mission",
        &text(&root().join("agreements/syria-2016")),
    ]);
    assert!(explained.contains("belligerent") && explained.contains("evidence_grade"), "{explained}");
    let wrong = run(&["import", &text(&csv), "--mapping", "no-such-mapping", "--explain"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("airwars") && wrong.err.contains("acled"), "{}", wrong.err);
}

#[test]
fn wrong_calls_say_what_would_be_right() {
    let dir = tempfile::tempdir().unwrap();
    let nowhere = text(&dir.path().join("nowhere"));
    let store = text(&dir.path().join("store"));
    for (arguments, code, word) in [
        (vec!["verify", "--store", &nowhere], 3, "nowhere"),
        (vec!["replay", "--store", &nowhere, "--out", &nowhere], 3, "nowhere"),
        (vec!["judge", &nowhere, "--incidents", &nowhere], 2, "agreement.md"),
        (vec!["import", &nowhere, "--store", &store], 2, "nowhere"),
        (vec!["serve-pages", "--store", &nowhere], 3, "nowhere"),
    ] {
        let run = run(&arguments);
        assert_eq!(run.code, code, "{arguments:?}: {}", run.err);
        assert!(run.err.contains(word), "{arguments:?}: {}", run.err);
    }
}

#[test]
fn a_wrong_call_takes_nothing_in_and_says_what_would_be_right() {
    let dir = tempfile::tempdir().unwrap();
    let store = text(&dir.path().join("store"));
    let good_file = text(&root().join("agreements/syria-2016/reports/airwars.csv"));
    for wrong in [text(&dir.path().join("missing.csv")), text(dir.path())] {
        let done = run(&["import", &good_file, &wrong, "--mapping", "airwars", "--store", &store]);
        assert_eq!(done.code, 2, "{}", done.err);
        assert!(!Path::new(&store).exists(), "nothing is made for a call that is wrong");
    }
    let done = run(&["verify", "--store", &text(dir.path())]);
    assert_eq!((done.code, done.err.contains("truceline load")), (3, true), "{}", done.err);
    let done = run(&["import", &good_file, "--explain", "--mapping", "syrian-archive"]);
    assert_eq!(done.code, 0, "{}", done.err);
}

#[test]
fn a_file_name_does_not_act_on_the_terminal() {
    let dir = tempfile::tempdir().unwrap();
    let store = mission_store(dir.path());
    let odd = text(&dir.path().join("a\u{202e}\u{1b}[2Jb.csv"));
    std::fs::write(&odd, "id,kind\nq\n").unwrap();
    for arguments in [
        &["import", &odd, "--store", &store][..],
        &["refused", "--store", &store],
        &["refused", "--store", &store, "--format", "json"],
    ] {
        let done = run(arguments);
        assert_eq!(done.code, 1, "{}", done.err);
        for said in [&done.out, &done.err] {
            assert!(!said.contains(['\u{202e}', '\u{1b}']), "{said:?}");
        }
    }
    assert_eq!(refused(&store)[0]["file"], "a\u{202e}\u{1b}[2Jb.csv");
}
