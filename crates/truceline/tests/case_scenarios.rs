//! Case scenarios by the real program: every shipped procedure with steps has them, all hold, and a wrong one says where.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::path::Path;

use common::{good, root, run, text};
use serde_json::Value;

fn told(folder: &Path) -> Vec<Value> {
    let said = good(&["scenarios", &text(folder), "--format", "json"]);
    said.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Each procedure that ships was run on at least four scenarios, which take every way that it gives: every choice, every silence, every
/// deadlock, every reopening.
#[test]
fn every_way_of_every_shipped_procedure_was_taken() {
    let mut procedures = 0;
    for folder in std::fs::read_dir(root().join("agreements")).unwrap() {
        let folder = folder.unwrap().path();
        if !folder.join("agreement.md").exists() {
            continue;
        }
        let has_steps = std::fs::read_to_string(folder.join("agreement.md")).unwrap().contains("\nstep ");
        let said = told(&folder);
        let of: Vec<&Value> = said.iter().filter(|line| line["procedure"].is_string()).collect();
        assert_eq!(has_steps, !of.is_empty(), "{}: procedures with steps have cases", folder.display());
        for line in of {
            procedures += 1;
            assert_eq!(line["gaps"].as_array().unwrap().len(), 0, "{}: {line}", folder.display());
            let least =
                if line["procedure"] == "readmission" || line["procedure"] == "persistent-non-compliance" {
                    2
                } else {
                    4
                };
            assert!(line["scenarios"].as_u64().unwrap() >= least, "{}: {line}", folder.display());
        }
    }
    assert!(procedures >= 9, "{procedures} procedures");
}

/// The plain folder with one case changed.
fn changed(dir: &Path, from: &str, to: &str) -> (i32, String) {
    let (source, copy) = (root().join("agreements/plain"), dir.join("plain"));
    for part in ["", "scenarios", "cases"] {
        std::fs::create_dir_all(copy.join(part)).unwrap();
        for entry in std::fs::read_dir(source.join(part)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                std::fs::copy(&path, copy.join(part).join(path.file_name().unwrap())).unwrap();
            }
        }
    }
    let file = copy.join("cases/01-put-right.md");
    let words = std::fs::read_to_string(&file).unwrap();
    assert!(words.contains(from), "{from}");
    std::fs::write(file, words.replacen(from, to, 1)).unwrap();
    let ran = run(&["scenarios", &text(&copy)]);
    (ran.code, ran.out)
}

#[test]
fn what_does_not_come_out_is_said_at_its_line() {
    let dir = tempfile::tempdir().unwrap();
    for (from, to, say) in [
        ("due=\"2026-02-03T10:00\"", "due=\"2026-02-03T10:01\"", "expected due=2026-02-03T10:01; found"),
        ("stands=inquiry", "stands=determination", "expected stands=determination; found inquiry"),
        ("determined=joint", "determined=separate", "expected determined=separate; found joint"),
        ("counted=1", "counted=2", "expected counted=2; found 1"),
        ("first does reply", "second does reply", "refused: this step is for"),
        (
            "watch does notice",
            "watch does notice refused=nothing",
            "should be refused (nothing); it is taken",
        ),
        ("then=determination", "then=remedy", "refused: say what follows: determination, dropped"),
        ("role=watch-officer", "role=watchman", "\"watchman\" is not a role"),
        ("does notice", "dose notice", "\"dose\" is not one of opens, does"),
        ("gravity=serious then", "gravty=serious then", "\"gravty=\" is not one of then, happened"),
        ("```case", "```cases", "no ```case block"),
        ("kept=yes\nat", "kept=maybe\nat", "\"maybe\" is neither yes nor no"),
    ] {
        let (code, said) = changed(dir.path(), from, to);
        assert_eq!(code, 1, "{from} → {to}: {said}");
        assert!(said.contains("FAILS cases/01-put-right.md") && said.contains(say), "{from} → {to}: {said}");
    }
}

#[test]
fn a_hostile_case_file_is_refused_in_words_and_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let started = std::time::Instant::now();
    let acts = "at \"2026-02-02T12:00\" watch means\n".repeat(600);
    for hostile in ["{".repeat(40_000), "/-{".repeat(20_000), "x=\"".repeat(9_000), acts, "a".repeat(70_000)]
    {
        let (code, said) =
            changed(dir.path(), "procedure default\n", &format!("procedure default\n{hostile}\n"));
        assert_eq!(code, 1, "{}", said.chars().take(300).collect::<String>());
    }
    assert!(started.elapsed().as_secs() < 60);
}
