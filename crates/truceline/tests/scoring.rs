//! `bench read`: proposals of any reader held against labels, through the real program.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

const TEXT: &str = "Rebels shelled Dera, killing three people.";

fn run(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_truceline"))
        .current_dir(folder)
        .args(["bench", "read"])
        .args(words)
        .output()
        .unwrap()
}

fn value(words: &str) -> Value {
    let start = TEXT.find(words).unwrap();
    json!({ "text": words, "start": start, "end": start + words.len() })
}

fn claim(actor: &Value) -> Value {
    json!({ "id": "1", "kind": "incident", "sub": "shelling", "tier": "core", "text": TEXT, "start": 0, "end": TEXT.len(),
        "what": [value("shelled")], "actor": [actor],
        "killed": [{ "text": "three", "start": 29, "end": 34, "min": 3, "max": 3, "value": 3 }] })
}

fn figures(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
}

#[test]
fn any_readers_proposals_are_held_against_labels() {
    let folder = tempfile::tempdir().unwrap();
    let write =
        |name: &str, json: &Value| std::fs::write(folder.path().join(name), json.to_string()).unwrap();
    let mut labelled = claim(&value("Rebels"));
    labelled["doc"] = json!("a.txt");
    write(
        "labels.json",
        &json!({ "docs": { "a.txt": { "chars": TEXT.len() } }, "claims": [labelled],
        "traps": [{ "doc": "a.txt", "rule": "not_actor", "texts": ["people"] }] }),
    );
    write("found.jsonl", &json!({ "doc": "a.txt", "claims": [claim(&value("Rebels"))] }));
    write("trapped.jsonl", &json!({ "doc": "a.txt", "claims": [claim(&value("people"))] }));
    write(
        "invented.jsonl",
        &json!({ "doc": "a.txt", "claims": [claim(&json!({ "text": "rebels", "start": 0, "end": 6 }))] }),
    );
    let asked =
        |found: &str| run(folder.path(), &["--gold", "labels.json", "--found", found, "--format", "json"]);

    let without_text = asked("found.jsonl");
    assert_eq!(without_text.status.code(), Some(1), "{without_text:?}");
    assert_eq!(figures(&without_text)["documents"], 0);
    std::fs::write(folder.path().join("a.txt"), "Another text altogether.").unwrap();
    assert!(String::from_utf8_lossy(&asked("found.jsonl").stderr).contains("not the text that was labelled"));

    std::fs::write(folder.path().join("a.txt"), TEXT).unwrap();
    let right = asked("found.jsonl");
    assert_eq!(right.status.code(), Some(0), "{right:?}");
    assert_eq!(figures(&right)["field_f1"]["all"]["f1"], 1000);
    assert_eq!(figures(&right)["bounds"]["right"], 1);
    let trapped = asked("trapped.jsonl");
    assert_eq!((trapped.status.code(), &figures(&trapped)["traps"]["sprung"]), (Some(1), &json!(1)));
    let invented = asked("invented.jsonl");
    assert_eq!((invented.status.code(), &figures(&invented)["invented_values"]), (Some(1), &json!(1)));
}

#[test]
fn our_own_reader_is_asked_when_no_proposals_are_given() {
    let folder = tempfile::tempdir().unwrap();
    let mut line = json!({ "id": "s1", "text": TEXT, "claims": [claim(&value("Rebels"))] });
    line["claims"][0]["id"] = json!("s1-I1");
    std::fs::write(folder.path().join("own.jsonl"), format!("{line}\n")).unwrap();
    let read = run(folder.path(), &["--gold", "own.jsonl", "--format", "json"]);
    assert_eq!(read.status.code(), Some(0), "{read:?}");
    assert_eq!(figures(&read)["all_claims"]["labelled"], 1);
    assert_eq!(figures(&read)["invented_values"], 0);
    let table = run(folder.path(), &["--gold", "own.jsonl", "--misses"]);
    assert!(String::from_utf8_lossy(&table.stdout).contains("ms an article"), "{table:?}");
}

#[test]
fn wrong_calls_are_told() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("bad.json"), "{\"docs\": 3}").unwrap();
    for (words, says) in [
        (&[][..], "no labels"),
        (&["--gold", "none.json"], "could not read"),
        (&["--gold", "bad.json"], "an object of documents"),
    ] {
        let output = run(folder.path(), words);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(says), "{output:?}");
    }
}
