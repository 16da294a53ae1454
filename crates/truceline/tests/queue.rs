//! The queue by the real program: first what would settle an open finding, and deciding it does what the queue said.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::BTreeMap;
use std::path::Path;

use common::{good, root, text};
use serde_json::Value;

const ROWS: &str = "id,kind,known,source,act,target,when,place,killed\n\
    a1,event,2016-04-28,sohr,airstrike,hospital,2016-04-27,aleppo-sukkari,14\n\
    a2,event,2016-04-28,vdc,shelling,market,2016-04-25,Idlib,3\n";

const TEXT: &str = "Russian forces bombed a hospital in the Sukkari district of Aleppo on Wednesday, killing 14 people, Reuters said. \
    Gunmen shot at a market in Homs on Tuesday. The High Negotiations Committee accepted the truce on Tuesday.";

fn store(dir: &Path) -> String {
    let folder = dir.join("mission");
    std::fs::create_dir_all(&folder).unwrap();
    for name in
        ["agreement.md", "actors.csv", "areas.geojson", "definitions.csv", "sources.csv", "mission.kdl"]
    {
        let bytes = std::fs::read_to_string(root().join("agreements/syria-2016").join(name)).unwrap();
        let kept: Vec<&str> =
            bytes.lines().filter(|line| name != "mission.kdl" || !line.starts_with("reports")).collect();
        std::fs::write(folder.join(name), kept.join("\n")).unwrap();
    }
    let (store, rows, words) = (text(&dir.join("store")), dir.join("rows.csv"), dir.join("wire.txt"));
    good(&["load", &text(&folder), "--store", &store]);
    std::fs::write(&rows, ROWS).unwrap();
    good(&["import", &text(&rows), "--store", &store]);
    std::fs::write(&words, TEXT).unwrap();
    good(&[
        "receive",
        &text(&words),
        "--source",
        "msf",
        "--date",
        "2016-04-28",
        "--known",
        "2016-04-28T12:00",
        "--store",
        &store,
    ]);
    store
}

fn queue(store: &str, more: &[&str]) -> Vec<Value> {
    let base = ["queue", "--store", store, "--format", "json"];
    good(&[&base[..], more].concat()).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Incidents by clause, reading and outcome; those not covered left out.
fn counts(dir: &Path, store: &str, name: &str) -> BTreeMap<(String, String, String), i64> {
    let out = dir.join(name);
    good(&["replay", "--store", store, "--out", &text(&out), "--as-of", "2016-05-04"]);
    let mut all = BTreeMap::new();
    for line in std::fs::read_to_string(out.join("findings.jsonl")).unwrap().lines() {
        let finding: Value = serde_json::from_str(line).unwrap();
        let word = |key: &str| finding[key].as_str().unwrap().to_owned();
        if word("outcome") != "not-covered" {
            *all.entry((word("clause"), word("reading"), word("outcome"))).or_default() += 1;
        }
    }
    all
}

const ORDER: [&str; 6] = ["open-finding", "threshold", "deadline", "new-finding", "count", "rest"];

fn rank(item: &Value) -> usize {
    ORDER.iter().position(|word| item["why"] == *word).unwrap()
}

#[test]
fn what_settles_an_open_finding_comes_first_and_deciding_does_what_was_said() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path());
    let items = queue(&store, &["--as-of", "2016-05-04"]);
    assert!(items.is_sorted_by_key(rank), "{items:?}");
    let first = &items[0];
    assert_eq!(first["why"], "open-finding", "{first}");
    assert!(
        first["words"]["text"].as_str().unwrap().contains("Sukkari"),
        "it names who did what nobody was named for"
    );
    let other =
        items.iter().find(|one| one["words"]["text"].as_str().is_some_and(|t| t.contains("Homs"))).unwrap();
    assert_eq!(other["why"], "new-finding");

    let before = counts(dir.path(), &store, "before");
    let step: Vec<&str> = first["decide"].as_str().unwrap().split(' ').collect();
    good(
        &[&["decide", "--store", &store, "--by", "duty officer", "--why", "called back"], &step[..]].concat(),
    );
    let after = counts(dir.path(), &store, "after");
    let mut said = before.clone();
    for turn in first["turns"].as_array().unwrap() {
        let (clause, reading) = (turn["clause"].as_str().unwrap(), turn["reading"].as_str().unwrap());
        for (side, sign) in [("before", -1), ("after", 1)] {
            for (outcome, n) in turn[side].as_object().unwrap() {
                let key = (clause.to_owned(), reading.to_owned(), outcome.clone());
                *said.entry(key).or_default() += sign * n.as_i64().unwrap();
            }
        }
    }
    // Permissions are not asked; what they count is left aside on both sides.
    let asked = |all: BTreeMap<(String, String, String), i64>| -> BTreeMap<_, _> {
        all.into_iter().filter(|((clause, _, _), n)| clause != "self-defence" && *n != 0).collect()
    };
    assert_ne!(asked(before), asked(after.clone()), "it changed something");
    assert_eq!(asked(said), asked(after), "and just what the queue said");
    let left = queue(&store, &["--as-of", "2016-05-04"]);
    assert!(left.iter().all(|one| one["proposal"] != first["proposal"]), "what is decided leaves the queue");
}

#[test]
fn a_word_about_a_deadline_comes_before_what_changes_no_finding() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path());
    // The text is told of as if it had come on the eve of the day on which parties had to say that they accept.
    let words = dir.path().join("eve.txt");
    std::fs::write(&words, "The High Negotiations Committee accepted the truce on Tuesday. Shops were open.")
        .unwrap();
    let known = ["--date", "2016-02-25", "--known", "2016-02-25T12:00"];
    good(&[&["receive", &text(&words), "--source", "afp", "--store", &store], &known[..]].concat());
    let items = queue(&store, &["--as-of", "2016-02-25T18:00"]);
    assert_eq!(items[0]["why"], "deadline", "{items:?}");
    assert!(items[0]["deadline"].as_str().unwrap().starts_with("acceptance is due"), "{}", items[0]);
    assert!(
        items.iter().all(|one| one["words"]["text"].as_str().is_none_or(|t| !t.contains("Sukkari"))),
        "not known yet"
    );
}

#[test]
fn the_queue_of_the_shipped_mission_is_bounded_and_the_same_each_time() {
    let dir = tempfile::tempdir().unwrap();
    good(&["demo", "--once", &text(dir.path())]);
    let store = text(&dir.path().join("store"));
    let few = ["--as-of", "2016-05-04", "--judged", "10", "--limit", "1000"];
    let items = queue(&store, &few);
    assert!(items.iter().filter(|one| one["tried"] == true).count() <= 10);
    assert!(items.is_sorted_by_key(rank));
    assert_eq!(items, queue(&store, &[&few[..], &["--threads", "4"]].concat()));
    let shown = good(&["queue", "--store", &store, "--as-of", "2016-05-04", "--limit", "3"]);
    assert_eq!(shown.lines().filter(|line| line.starts_with('[')).count(), 3, "{shown}");
}
