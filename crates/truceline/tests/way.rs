//! The way of a report, end to end, on the shipped mission: the real program, its real files.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use common::{good, run, text, truceline};
use serde_json::Value;

/// Runs the demo once into a folder of its own.
fn demo() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    good(&["demo", "--once", &text(dir.path())]);
    dir
}

fn store(dir: &Path) -> String {
    text(&dir.join("store"))
}

fn incident(dir: &Path, id: &str, as_of: &str) -> Value {
    let out = good(&["incidents", "--store", &store(dir), id, "--as-of", as_of, "--format", "json"]);
    serde_json::from_str(out.trim()).unwrap()
}

/// Findings by incident, clause and reading.
fn findings(dir: &Path) -> BTreeMap<(String, String, String), Value> {
    let lines = std::fs::read_to_string(dir.join("findings.jsonl")).unwrap();
    let word = |v: &Value, key: &str| v[key].as_str().unwrap().to_owned();
    lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|v| ((word(&v, "incident"), word(&v, "clause"), word(&v, "reading")), v))
        .collect()
}

fn turns_on(finding: &Value) -> BTreeSet<String> {
    let cruxes = finding["cruxes"].as_array().unwrap();
    let facts = |crux: &Value| {
        let mut facts: Vec<&str> =
            crux["if"].as_array().unwrap().iter().map(|h| h["fact"].as_str().unwrap()).collect();
        facts.sort_unstable();
        facts.join("+")
    };
    cruxes.iter().map(facts).collect()
}

const READINGS: [&str; 4] = ["letter-strict", "letter-licence", "purpose-strict", "purpose-licence"];

#[test]
fn the_demo_finds_what_the_worked_example_says() {
    let dir = demo();
    for name in
        ["bulletin.html", "bulletin.ar.html", "bulletin.ru.html", "findings.jsonl", "incidents.geojson"]
    {
        assert!(std::fs::metadata(dir.path().join(name)).unwrap().len() > 1000, "{name}");
    }
    let all = findings(dir.path());
    let end = "2016-06-01T00:00";
    let of =
        |id: &str, clause: &str, reading: &str| &all[&(id.to_owned(), clause.to_owned(), reading.to_owned())];

    // al-Quds: disputed between readings, over law; who answers turns on who flew.
    let quds = incident(dir.path(), "i-msf-aq-msf-1", end)["incident"].as_str().unwrap().to_owned();
    let strict = of(&quds, "government-fire", "purpose-strict");
    assert_eq!(strict["outcome"], "prohibited");
    assert_eq!(strict["respondents"].as_array().unwrap().len(), 2);
    assert!(turns_on(strict).contains("matter:object"), "{:?}", turns_on(strict));
    let licence = of(&quds, "government-fire", "purpose-licence");
    assert_eq!(licence["outcome"], "undetermined");
    assert!(turns_on(licence).contains("fact:exempt-group-present"), "{:?}", turns_on(licence));
    assert!(turns_on(licence).contains("matter:exempt-presence"), "{:?}", turns_on(licence));
    assert_eq!(of(&quds, "government-fire", "letter-strict")["outcome"], "not-prohibited");

    // al-Dabbit: undetermined, turning on which group fired; by the letter also on what was hit.
    let dabbit = incident(dir.path(), "i-sohr-ad-sohr-1", end)["incident"].as_str().unwrap().to_owned();
    for reading in READINGS {
        let finding = of(&dabbit, "opposition-fire", reading);
        assert_eq!(finding["outcome"], "undetermined", "{reading}");
        assert!(turns_on(finding).contains("actor"), "{reading}: {:?}", turns_on(finding));
        assert_eq!(turns_on(finding).contains("target"), reading.starts_with("letter"), "{reading}");
        assert!(turns_on(finding).iter().any(|t| t.contains("acceptance:ahrar-al-sham")), "{reading}");
        assert_eq!(of(&dabbit, "territory", reading)["outcome"], "not-prohibited");
        assert_eq!(of(&dabbit, "aid-access", reading)["outcome"], "not-prohibited");
    }

    // The bombings of 21 February: before the truce, not covered by any clause under any reading.
    for id in ["i-article-000-s0-i4", "i-article-000-s0-i5"] {
        let mut seen = 0;
        for ((_, _, _), finding) in all.iter().filter(|((i, _, _), _)| i == id) {
            assert_eq!(finding["outcome"], "not-covered", "{id} {}", finding["clause"]);
            seen += 1;
        }
        assert!(seen >= 20, "{id}: {seen} findings");
    }
}

#[test]
fn two_clocks_and_totals() {
    let dir = demo();
    let killed = |as_of: &str| -> Vec<String> {
        let incident = incident(dir.path(), "i-msf-aq-msf-1", as_of);
        let figures = incident["killed"].as_array().unwrap();
        figures
            .iter()
            .map(|f| format!("{} {}", f["origin"].as_str().unwrap(), f["bounds"].as_str().unwrap()))
            .collect()
    };
    let has = |all: &[String], figure: &str| all.iter().any(|f| f == figure);
    let first = killed("2016-04-28");
    assert!(has(&first, "msf >=14") && has(&first, "sohr 27"), "{first:?}");
    assert!(!first.iter().any(|f| f.contains(">50") || f.contains("55") || f.contains("58")), "{first:?}");
    let second = killed("2016-04-29T12:00");
    assert!(has(&second, "msf >50") && !second.iter().any(|f| f.contains("55")), "{second:?}");
    let third = killed("2016-05-03T12:00");
    assert!(has(&third, "msf 55") && !third.iter().any(|f| f.contains("58")), "{third:?}");
    assert!(killed("2016-06-01").iter().any(|f| f.starts_with("airwars 58")));

    // Totals are related to their parts and never among the figures of one.
    let dabbit = incident(dir.path(), "i-sohr-ad-sohr-1", "2016-05-04T12:00:00Z");
    let figures: BTreeSet<&str> =
        dabbit["killed"].as_array().unwrap().iter().map(|f| f["bounds"].as_str().unwrap()).collect();
    assert!(
        figures.contains("3") && !figures.iter().any(|f| f.contains("16") || f.contains("19")),
        "{figures:?}"
    );
    assert_eq!(dabbit["part_of"].as_array().unwrap().len(), 2, "{}", dabbit["part_of"]);
}

#[test]
fn replay_gives_the_same_bytes() {
    let dir = demo();
    let first = outputs(dir.path());
    for (n, (threads, zone, locale)) in
        [("1", "UTC", "C"), ("4", "Asia/Tokyo", "ar_SY.UTF-8"), ("4", "America/Santiago", "ru_RU.UTF-8")]
            .into_iter()
            .enumerate()
    {
        let again = dir.path().join(format!("again-{n}"));
        let run = common::finish(
            truceline()
                .args(["replay", "--store", &store(dir.path()), "--out", &text(&again), "--threads", threads])
                .env("TZ", zone)
                .env("LC_ALL", locale)
                .env("LANG", locale)
                .output()
                .unwrap(),
        );
        assert_eq!(run.code, 0, "{}", run.err);
        let second = outputs(&again);
        assert_eq!(first.keys().collect::<Vec<_>>(), second.keys().collect::<Vec<_>>());
        for (name, bytes) in &first {
            assert!(second[name] == *bytes, "{name} differs with {threads} threads in {zone}");
        }
    }
}

fn outputs(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let names =
        ["bulletin.html", "bulletin.ar.html", "bulletin.ru.html", "findings.jsonl", "incidents.geojson"];
    names.iter().map(|name| ((*name).to_owned(), std::fs::read(dir.join(name)).unwrap())).collect()
}

#[test]
fn a_changed_byte_is_found_and_its_entry_named() {
    let dir = demo();
    good(&["verify", "--store", &store(dir.path())]);
    let path = dir.path().join("store/truceline.db");
    let mut bytes = std::fs::read(&path).unwrap();
    // A sentence that is in one report only, changed as somebody with the disk in hand would.
    let needle = b"Three women killed in the hospital";
    let at = bytes.windows(needle.len()).position(|w| w == needle).expect("the report is in the store");
    bytes[at] = b'N';
    std::fs::write(&path, bytes).unwrap();
    let found = run(&["verify", "--store", &store(dir.path()), "--format", "json"]);
    assert_eq!(found.code, 1, "{}{}", found.out, found.err);
    let report: Value = serde_json::from_str(found.out.trim()).unwrap();
    assert_eq!(report["clean"], false);
    assert!(report["first_wrong_entry"].is_u64(), "{}", found.out);
}

/// Files below a folder in which these bytes stand.
fn holding(dir: &std::path::Path, bytes: &[u8]) -> usize {
    let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let each = entries.map(|path| match path.is_dir() {
        true => holding(&path, bytes),
        false => usize::from(std::fs::read(&path).unwrap().windows(bytes.len()).any(|part| part == bytes)),
    });
    each.sum()
}

#[test]
fn people_merge_split_and_undo() {
    let dir = demo();
    let at = store(dir.path());
    let end = "2016-06-01T00:00";
    let receipts = |id: &str| -> BTreeSet<u64> {
        let incident = incident(dir.path(), id, end);
        incident["receipts"].as_array().unwrap().iter().map(|r| r.as_u64().unwrap()).collect()
    };
    let (a, b) = ("i-airwars-rs0774", "i-airwars-rs0776");
    let (ra, rb) = (receipts(a), receipts(b));
    assert!(ra.is_disjoint(&rb));
    let by = ["decide", "--store", &at, "--by", "duty officer", "--why", "one raid, by the pilot's log"];
    let merged = good(&[&by[..], &["merge", a, b]].concat());
    let both: BTreeSet<u64> = ra.union(&rb).copied().collect();
    assert_eq!(receipts(a), both);
    assert_eq!(receipts(b), both, "either id answers to it");
    let entry = merged.split([' ', ':']).nth(1).unwrap().to_owned();
    // Whoever has the tree sees what was decided, and not who decided it or why; the mission does.
    let tiles = dir.path().join("tiles");
    good(&["export-tiles", "--store", &at, "--out", &text(&tiles)]);
    let view = text(&dir.path().join("view.json"));
    let opened = |fields: &[&str]| {
        let asked = ["open", &entry, "--store", &at, "--out", &view];
        good(&[&asked, fields].concat());
        std::fs::read_to_string(&view).unwrap()
    };
    let bare = opened(&[]);
    assert!(bare.contains("merge") && bare.contains(a) && !bare.contains("pilot") && !bare.contains("duty"));
    assert!(opened(&["--fields", "by,why"]).contains("pilot's log"));
    assert_eq!(holding(&tiles, b"pilot's log"), 0);
    assert!(holding(&tiles, b"i-airwars-rs0774") > 0);
    good(&[&by[..], &["undo", &entry]].concat());
    assert_eq!((receipts(a), receipts(b)), (ra, rb));

    let quds = receipts("i-msf-aq-msf-1");
    let leaving = *quds.iter().next_back().unwrap();
    good(&[&by[..], &["split", "i-msf-aq-msf-1", &format!("r{leaving}")]].concat());
    let after = receipts("i-msf-aq-msf-1");
    assert!(!after.contains(&leaving) && after.len() < quds.len());
    good(&["verify", "--store", &at]);

    let refused = run(&[&by[..], &["merge", a, a]].concat());
    assert_eq!((refused.code, refused.err.contains("one incident already")), (2, true), "{}", refused.err);
}

#[test]
fn what_the_store_says_the_incident_file_says() {
    let dir = demo();
    let end = "2016-06-01T00:00";
    let lines = good(&["incidents", "--store", &store(dir.path()), "--as-of", end, "--format", "json"]);
    let file = dir.path().join("incidents.jsonl");
    std::fs::write(&file, &lines).unwrap();
    let mission = text(&common::root().join("agreements/syria-2016"));
    let judged = good(&["judge", &mission, "--incidents", &text(&file), "--as-of", end, "--format", "json"]);
    let stored = findings(dir.path());
    let mut compared = 0;
    for line in judged.lines() {
        let finding: Value = serde_json::from_str(line).unwrap();
        let word = |key: &str| finding[key].as_str().unwrap().to_owned();
        let same = &stored[&(word("incident"), word("clause"), word("reading"))];
        assert_eq!(finding["outcome"], same["outcome"], "{line}");
        assert_eq!(finding["cruxes"], same["cruxes"], "{line}");
        compared += 1;
    }
    assert_eq!(compared, stored.len());
}

#[test]
fn the_demo_publishes_a_bulletin_and_says_whose_witnesses_it_has() {
    let dir = tempfile::tempdir().unwrap();
    let make = || good(&["demo", "--once", &text(dir.path()), "--people", "--published"]);
    let published = || {
        let told = good(&["published", "--store", &store(dir.path()), "--format", "json"]);
        told.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect::<Vec<_>>()
    };
    make();
    let first = published();
    assert_eq!((first.len(), &first[0]["state"]), (1, &Value::from("published")), "{first:?}");
    let by = first[0]["cosigned"].as_array().unwrap();
    assert_eq!(by.len(), 2, "{first:?}");
    for one in by {
        assert!(one["witness"].as_str().unwrap().contains("proves nothing about two sides"), "{one}");
    }
    // Made again, it is the same one.
    make();
    assert_eq!(published().len(), 1);
    good(&["verify", "--store", &store(dir.path())]);
    let without = run(&["demo", "--once", &text(dir.path()), "--published"]);
    assert_eq!(without.code, 2, "who passes it has to be there");
}
