//! What an entry commits to and does not show: read by whoever has the tree alone, opened for somebody, erased by two people. The sentences
//! and names here are our own; the canaries are looked for as an intruder would.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::path::{Path, PathBuf};

use common::{good, root, run, text};
use serde_json::Value;

const SOURCE: &str = "reuters";
const THROUGH: &str = "canary-channel-5521";
const TEXT: &str = "ALEPPO, 28 April 2016 - Warplanes bombed a hospital in the Sukkari district of Aleppo on Wednesday, killing at least \
    14 people, a canary called quetzal-7719 said.";
const CANARY: &str = "quetzal-7719";

/// The shipped mission without its reports, with more in its mission.kdl.
fn mission(dir: &Path, more: &str) -> String {
    let folder = dir.join("mission");
    std::fs::create_dir_all(&folder).unwrap();
    for name in
        ["agreement.md", "actors.csv", "areas.geojson", "definitions.csv", "sources.csv", "mission.kdl"]
    {
        let mut bytes = std::fs::read_to_string(root().join("agreements/syria-2016").join(name)).unwrap();
        if name == "mission.kdl" {
            let kept: Vec<&str> = bytes.lines().filter(|line| !line.starts_with("reports")).collect();
            bytes = format!("{}\n{more}\n", kept.join("\n"));
        }
        std::fs::write(folder.join(name), bytes).unwrap();
    }
    let store = text(&dir.join("store"));
    good(&["load", &text(&folder), "--store", &store]);
    store
}

fn received(dir: &Path, store: &str) -> u64 {
    let file = dir.join("wire.txt");
    std::fs::write(&file, TEXT).unwrap();
    let out = good(&[
        "receive",
        &text(&file),
        "--source",
        SOURCE,
        "--through",
        THROUGH,
        "--known",
        "2016-04-28T12:34:56Z",
        "--country",
        "SY",
        "--store",
        store,
        "--format",
        "json",
    ]);
    let line: Value = serde_json::from_str(&out).unwrap();
    line["receipt"].as_u64().unwrap()
}

/// Files below a folder in which these bytes stand.
fn shows(dir: &Path, canary: &[u8]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            found.extend(shows(&path, canary));
        } else if std::fs::read(&path).unwrap().windows(canary.len()).any(|window| window == canary) {
            found.push(path);
        }
    }
    found
}

/// The bytes of an entry, as everybody who has the tree has them.
fn entry(dir: &Path, store: &str, n: u64) -> String {
    let out = text(&dir.join("bare.json"));
    good(&["open", &n.to_string(), "--store", store, "--out", &out]);
    let view: Value = serde_json::from_str(&std::fs::read_to_string(&out).unwrap()).unwrap();
    view["entry"].as_str().unwrap().to_owned()
}

fn python(arguments: &[&str]) -> (bool, String) {
    let script = root().join("docs/verify/verify.py");
    let done = std::process::Command::new("python3").arg(script).args(arguments).output().unwrap();
    let out = [done.stdout, done.stderr].concat();
    (done.status.success(), String::from_utf8(out).unwrap())
}

#[test]
fn the_tree_shows_neither_who_sent_a_text_nor_what_it_says() {
    let dir = tempfile::tempdir().unwrap();
    let store = mission(dir.path(), "");
    let n = received(dir.path(), &store);
    let entry = entry(dir.path(), &store, n);
    for closed in [SOURCE, THROUGH, CANARY, "wire.txt", "12:34:56", "SY\""] {
        assert!(!entry.contains(closed), "{closed}: {entry}");
    }
    // Nor is a guess confirmed: no digest in it is that of the text itself.
    let guess = truceline_record::digest_of(TEXT.as_bytes()).to_string();
    assert!(!entry.contains(&guess));
    // When it came is told by the day only.
    let at: Value = serde_json::from_str(&entry).unwrap();
    assert!(at["at"].as_str().unwrap().ends_with("T00:00:00Z"));
    // The mission itself reads it as before, and knows it again.
    assert_eq!(received(dir.path(), &store), n);
    let proposals = good(&["proposals", "--store", &store, "--format", "json"]);
    assert!(proposals.contains("2016-04-28T12:34:56Z") || proposals.contains(SOURCE), "{proposals}");
    good(&["verify", "--store", &store]);
}

#[test]
fn an_opened_entry_proves_what_it_shows_to_anybody_and_shows_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let store = mission(dir.path(), "");
    let n = received(dir.path(), &store).to_string();
    let key = std::fs::read_to_string(dir.path().join("store/log.pub")).unwrap();
    let key = key.trim();
    let view = text(&dir.path().join("view.json"));
    good(&["open", &n, "--store", &store, "--fields", "source,known", "--out", &view]);
    let bytes = std::fs::read_to_string(&view).unwrap();
    assert!(!bytes.contains(THROUGH) && !bytes.contains(CANARY));
    let told = good(&["check-proof", &view, "--key", key, "--format", "json"]);
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["fields"], serde_json::json!({ "source": SOURCE, "known": "2016-04-28T12:34:56Z" }));
    let closed = told["closed"].as_array().unwrap();
    assert!(closed.contains(&Value::from("raw")) && closed.contains(&Value::from("through")), "{closed:?}");
    let (holds, said) = python(&["opened", &view, "--log", key]);
    assert!(holds && said.contains(SOURCE) && said.contains("closed"), "{said}");

    // With the text itself, as it came.
    let whole = text(&dir.path().join("whole.json"));
    good(&["open", &n, "--store", &store, "--fields", "raw", "--out", &whole]);
    assert!(good(&["check-proof", &whole, "--key", key]).contains(CANARY));
    assert!(python(&["opened", &whole, "--log", key]).1.contains(CANARY));

    // Changed in any part, it holds for neither.
    for (from, to) in
        [(SOURCE, "sohr-en"), ("\\\"known\\\"", "\\\"date\\\""), ("2016-04-28T12", "2016-04-28T13")]
    {
        assert!(bytes.contains(from), "{from}");
        std::fs::write(&view, bytes.replace(from, to)).unwrap();
        assert_eq!(run(&["check-proof", &view, "--key", key]).code, 1, "{from}");
        assert!(!python(&["opened", &view, "--log", key]).0, "{from}");
    }
    let refused = run(&["open", &n, "--store", &store, "--fields", "colour", "--out", &view]);
    assert_eq!((refused.code, refused.err.contains("it has address")), (2, true), "{}", refused.err);
}

#[test]
fn a_row_of_a_table_cannot_be_guessed_from_the_record_and_is_known_again() {
    let dir = tempfile::tempdir().unwrap();
    let store = mission(dir.path(), "");
    let table = dir.path().join("a.csv");
    let rows =
        "id,kind,known,source,act,when,place\n1,event,2016-04-28,reuters,airstrike,2016-04-27,Aleppo\n";
    std::fs::write(&table, rows).unwrap();
    let import = ["import", &text(&table), "--store", &store, "--receipts"];
    let first = run(&import).out;
    let n: u64 = first.split_whitespace().nth(1).unwrap().trim_start_matches('r').parse().unwrap();
    let entry = entry(dir.path(), &store, n);
    let row = rows.lines().nth(1).unwrap();
    for guess in [row.to_owned(), format!("{row}\n"), format!("{row}\r\n")] {
        let digest = truceline_record::digest_of(guess.as_bytes()).to_string();
        assert!(!entry.contains(&digest));
    }
    assert!(run(&import).out.contains("0 reports taken in, 1 known already"));
    // Without the store's secret nothing can be known again, so nothing is written.
    std::fs::rename(dir.path().join("store/store.secret"), dir.path().join("kept")).unwrap();
    let refused = run(&import);
    assert_eq!((refused.code, refused.err.contains("store.secret is gone")), (3, true), "{}", refused.err);
    std::fs::rename(dir.path().join("kept"), dir.path().join("store/store.secret")).unwrap();
    assert!(run(&import).out.contains("1 known already"));
}

#[test]
fn two_people_erase_a_text_and_every_trace_of_it_and_the_record_stands() {
    let dir = tempfile::tempdir().unwrap();
    let store = mission(dir.path(), "person \"A\"\nperson \"B\"");
    let n = received(dir.path(), &store);
    let proposals = good(&["proposals", "--store", &store, "--format", "json"]);
    let strike = proposals
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .find(|one| one["kind"] == "incident")
        .unwrap();
    let id = strike["id"].as_str().unwrap();
    good(&["decide", "--store", &store, "--by", "A", "--why", "because of quetzal-7719", "confirm", id]);
    let incidents = ["incidents", "--store", &store, "--as-of", "2016-05-04", "--format", "json"];
    assert_eq!(good(&incidents).lines().count(), 1);
    let folder = dir.path().join("store");
    assert!(!shows(&folder, CANARY.as_bytes()).is_empty(), "the search finds it while it is there");

    let number = n.to_string();
    let erase = |by: &str, and: &str| {
        run(&[
            "erase",
            &number,
            "--store",
            &store,
            "--by",
            by,
            "--and",
            and,
            "--why",
            "the source asked for it",
        ])
    };
    for (by, and, word) in
        [("A", "A", "same one twice"), ("A", "a", "same one twice"), ("A", "C", "names A, B")]
    {
        let refused = erase(by, and);
        assert_eq!((refused.code, refused.err.contains(word)), (2, true), "{}", refused.err);
    }
    let done = erase("A", "B");
    assert_eq!((done.code, done.out.contains("gone")), (0, true), "{}{}", done.out, done.err);
    for canary in [CANARY, THROUGH] {
        assert_eq!(shows(&folder, canary.as_bytes()), Vec::<PathBuf>::new(), "{canary}");
    }
    good(&["verify", "--store", &store]);
    assert_eq!(good(&incidents).lines().count(), 0, "nothing follows from it any more");
    let refused = run(&["refused", "--store", &store, "--format", "json"]);
    assert!(refused.out.contains("erased"), "{}", refused.out);
    // It does not come back with the next delivery of the same text.
    assert_eq!(received_code(dir.path(), &store), n);
    assert!(shows(&folder, CANARY.as_bytes()).is_empty());
    // What happened before it can still be asked for, and is derived without it.
    good(&["replay", "--store", &store, "--out", &text(&dir.path().join("out")), "--as-of", "2016-05-04"]);
    let view = run(&[
        "open",
        &number,
        "--store",
        &store,
        "--fields",
        "source",
        "--out",
        &text(&dir.path().join("v")),
    ]);
    assert_eq!((view.code, view.err.contains("erased")), (1, true), "{}", view.err);
}

fn received_code(dir: &Path, store: &str) -> u64 {
    let file = text(&dir.join("wire.txt"));
    let run = run(&[
        "receive",
        &file,
        "--source",
        SOURCE,
        "--through",
        THROUGH,
        "--known",
        "2016-04-28T12:34:56Z",
        "--country",
        "SY",
        "--store",
        store,
        "--format",
        "json",
    ]);
    let line: Value = serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{}{}", run.out, run.err));
    line["receipt"].as_u64().unwrap()
}

#[test]
fn one_field_can_go_and_the_rest_stays() {
    let dir = tempfile::tempdir().unwrap();
    let store = mission(dir.path(), "person \"A\"\nperson \"B\"");
    let n = received(dir.path(), &store).to_string();
    good(&[
        "erase",
        &n,
        "--field",
        "through",
        "--store",
        &store,
        "--by",
        "A",
        "--and",
        "B",
        "--why",
        "the channel was found out",
    ]);
    assert!(shows(&dir.path().join("store"), THROUGH.as_bytes()).is_empty());
    good(&["verify", "--store", &store]);
    let view = text(&dir.path().join("view.json"));
    good(&["open", &n, "--store", &store, "--fields", "source,raw", "--out", &view]);
    let mission_files = run(&["erase", "0", "--store", &store, "--by", "A", "--and", "B", "--why", "x"]);
    assert_eq!(
        (mission_files.code, mission_files.err.contains("kind mission")),
        (2, true),
        "{}",
        mission_files.err
    );
}
