//! What a lawyer reads: explanations of findings, clauses in plain words, terms held against terms, tests of terms.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use common::{copy, good, root, run, text};
use serde_json::Value;

fn lines(out: &str) -> Vec<Value> {
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn word<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

/// Paragraphs of a part, wherever they stand.
fn parts<'v>(node: &'v Value, part: &str, into: &mut Vec<&'v Value>) {
    for below in node["sections"].as_array().into_iter().chain(node["under"].as_array()).flatten() {
        if word(below, "part") == part {
            into.push(below);
        }
        parts(below, part, into);
    }
}

fn syria() -> String {
    text(&root().join("agreements/syria-2016"))
}

/// Every undetermined finding of the demo: its explanation has a question for every fact of its cruxes, every value that the
/// incident's own line gives with who gives it, or that nobody does, and what would settle it.
#[test]
fn every_undetermined_finding_says_what_it_needs() {
    let dir = tempfile::tempdir().unwrap();
    good(&["demo", "--once", &text(dir.path())]);
    let store = text(&dir.path().join("store"));
    let incidents: BTreeMap<String, Value> =
        lines(&good(&["incidents", "--store", &store, "--format", "json"]))
            .into_iter()
            .map(|value| (word(&value, "incident").to_owned(), value))
            .collect();
    let findings = std::fs::read_to_string(dir.path().join("findings.jsonl")).unwrap();
    let mut undetermined: BTreeMap<(String, String, String), Value> = BTreeMap::new();
    for value in lines(&findings) {
        if word(&value, "outcome") == "undetermined" {
            let key = ["incident", "clause", "reading"].map(|key| word(&value, key).to_owned());
            undetermined.insert(key.into(), value);
        }
    }
    assert!(undetermined.len() > 1000);
    let mut explained = 0;
    for value in good(&["explain", "--store", &store, "--format", "json"]).lines() {
        let value: Value = serde_json::from_str(value).unwrap();
        for reading in value["readings"].as_array().unwrap() {
            let key = (
                word(&value, "incident").to_owned(),
                word(&value, "clause").to_owned(),
                reading.as_str().unwrap().to_owned(),
            );
            if let Some(finding) = undetermined.remove(&key) {
                needs(&value, &finding, &incidents[&key.0]);
                explained += 1;
            }
        }
    }
    assert_eq!(undetermined.keys().next(), None, "explained: {explained}");
}

fn needs(explained: &Value, finding: &Value, incident: &Value) {
    let mut questions = Vec::new();
    parts(explained, "question", &mut questions);
    let cruxes = finding["cruxes"].as_array().unwrap();
    let facts: BTreeSet<&str> =
        cruxes.iter().flat_map(|crux| crux["if"].as_array().unwrap()).map(|one| word(one, "fact")).collect();
    let at = format!("{} {}", word(finding, "incident"), word(finding, "clause"));
    assert!(!facts.is_empty() || !finding["fault"].is_null(), "{at}: undetermined and turns on nothing");
    for fact in facts {
        let question = questions.iter().find(|node| word(node, "fact") == fact);
        let question = question.unwrap_or_else(|| panic!("{at}: nothing is said of {fact}"));
        let of = |part: &str| -> Vec<&Value> {
            question["under"].as_array().unwrap().iter().filter(|node| word(node, "part") == part).collect()
        };
        assert!(!of("if").is_empty(), "{at}: no supposition on {fact}");
        assert!(fact.starts_with("matter:") || !of("settles").is_empty(), "{at}: nothing settles {fact}");
        let said = of("said");
        assert!(!said.is_empty(), "{at}: nobody and nothing on {fact}");
        let attribute = fact
            .strip_prefix("fact:")
            .map_or(&incident[fact.replace('-', "_").as_str()], |named| &incident["facts"][named]);
        for given in attribute.as_array().into_iter().flatten().filter(|_| !matches!(fact, "time" | "place"))
        {
            let shown = said.iter().find(|node| node["value"] == given["value"]);
            let shown = shown.unwrap_or_else(|| panic!("{at}: {fact} = {} is not shown", given["value"]));
            assert_eq!(shown["origins"], given["origins"], "{at}: {fact}");
        }
        let open = &incident[format!("{}_open", fact.replace('-', "_")).as_str()];
        if let Some(open) = open.as_array() {
            let shown = said
                .iter()
                .any(|node| word(node, "value") == "unknown" && node["origins"] == Value::from(open.clone()));
            assert!(shown, "{at}: nobody is said to leave {fact} open");
        }
    }
}

#[test]
fn an_explanation_is_text_page_and_json() {
    let dir = tempfile::tempdir().unwrap();
    good(&["demo", "--once", &text(dir.path())]);
    let store = text(&dir.path().join("store"));
    let of = |format: &str, lang: &str| {
        good(&[
            "explain",
            "i-sohr-ad-sohr-1",
            "opposition-fire",
            "--reading",
            "letter-strict",
            "--store",
            &store,
            "--format",
            format,
            "--lang",
            lang,
        ])
    };
    let told = lines(&of("json", "en"));
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["outcome"], "undetermined");
    let plain = of("text", "en");
    assert!(
        plain.contains("If it was done by Al-Nusra Front, the clause does not reach it (not covered)."),
        "{plain}"
    );
    assert!(plain.contains("Left open by") && plain.contains("r163"), "{plain}");
    assert!(of("text", "ru").contains("Что позволило бы решить"));
    assert!(of("text", "ar").contains("ما الذي يحسمه"));
    let page = of("html", "ar");
    assert!(
        page.starts_with("<!DOCTYPE html>")
            && page.contains("dir=\"rtl\"")
            && page.contains("data-node=\"3.1\"")
    );
    let none = run(&["explain", "nothing", "--store", &store]);
    assert_eq!(none.code, 1);
    assert!(none.err.contains("truceline incidents lists them"), "{}", none.err);
    assert_eq!(run(&["explain", "--store", &store, "--format", "html"]).code, 2);
    // People answer a word for one incident; the next one shows it, and nothing is decided by it.
    let before =
        lines(&good(&["explain", "i-sohr-ad-sohr-1", "self-defence", "--store", &store, "--format", "json"]));
    good(&[
        "decide",
        "--store",
        &store,
        "--by",
        "duty officer",
        "--why",
        "one shot in answer to many",
        "judgement",
        "i-msf-aq-msf-1",
        "proportionate",
        "yes",
    ]);
    let after =
        lines(&good(&["explain", "i-sohr-ad-sohr-1", "self-defence", "--store", &store, "--format", "json"]));
    let mut shown = Vec::new();
    parts(&after[0], "precedent", &mut shown);
    assert_eq!(shown.len(), 1);
    assert!(word(shown[0], "words").contains("one shot in answer to many"));
    assert!(shown[0]["under"].as_array().unwrap().iter().any(|node| word(node, "value") == "unlike"));
    assert_eq!(before[0]["outcome"], after[0]["outcome"]);
}

/// Clauses of every shipped agreement, composed from the rule: the same words every time, and no word of the files in them.
#[test]
fn shipped_clauses_in_plain_words() {
    let mut agreements: Vec<_> =
        std::fs::read_dir(root().join("agreements")).unwrap().map(|e| e.unwrap().path()).collect();
    agreements.retain(|path| path.join("agreement.md").exists());
    agreements.sort();
    assert!(!agreements.is_empty());
    for agreement in agreements {
        for lang in ["en", "ar", "ru"] {
            let told = good(&["terms", "explain", &text(&agreement), "--lang", lang]);
            let name = agreement.file_name().unwrap().to_str().unwrap();
            for line in told.lines().filter(|line| !line.is_empty()) {
                let bare: String = line.chars().filter(|c| !matches!(c, '\u{2066}'..='\u{2069}')).collect();
                for key in ["plain.", "if.", "test.", "act.", "target.", "weapon.", "compare.", "then.", "{"]
                {
                    assert!(
                        !bare.split_whitespace().any(|w| w.len() > key.len() && w.starts_with(key)),
                        "{name} {lang}: {bare}"
                    );
                }
                let sentence = bare.strip_prefix("  ").filter(|rest| !rest.starts_with(' '));
                assert!(
                    sentence.is_none_or(|s| s.ends_with(['.', ':', '?', '؟', '!'])),
                    "{name} {lang}: {bare}"
                );
            }
            if lang == "en" || name.starts_with("syria") {
                insta::assert_snapshot!(format!("plain-{name}-{lang}"), told);
            }
        }
    }
}

#[test]
fn plain_words_come_as_json_and_refuse_what_there_is_not() {
    let told =
        lines(&good(&["terms", "explain", &syria(), "government-fire", "--format", "json", "--lang", "ru"]));
    assert_eq!(told[0]["clause"], "government-fire");
    let about: BTreeSet<&str> =
        told[0]["says"].as_array().unwrap().iter().map(|one| word(one, "about")).collect();
    for wanted in ["acts", "binds", "in-force", "applies", "objects", "outside", "exceptions", "reading"] {
        assert!(about.contains(wanted), "{wanted}");
    }
    assert_eq!(run(&["terms", "explain", &syria(), "fire"]).code, 2);
}

/// A copy of the shipped mission whose agreement is changed.
fn changed(dir: &Path, from: &str, to: &str) -> String {
    let new = dir.join("changed");
    copy(Path::new(&syria()), &new);
    let file = new.join("agreement.md");
    let words = std::fs::read_to_string(&file).unwrap();
    assert!(words.contains(from), "{from}");
    std::fs::write(file, words.replace(from, to)).unwrap();
    text(&new)
}

#[test]
fn a_change_of_terms_is_told_by_what_it_changes() {
    let dir = tempfile::tempdir().unwrap();
    let same = lines(&good(&["terms", "diff", &syria(), &syria(), "--over", &syria(), "--format", "json"]));
    assert_eq!(same.len(), 1);
    assert_eq!(same[0]["counts"]["changed"], 0);
    assert!(same[0]["counts"]["findings"].as_u64().unwrap() > 1000);
    // Without the exempt groups in the terms, their own fire is no longer outside.
    let new = changed(dir.path(), "\nexempt islamic-state al-nusra\n", "\nexempt islamic-state\n");
    let told = lines(&good(&["terms", "diff", &syria(), &new, "--over", &syria(), "--format", "json"]));
    assert!(
        told.iter().any(|v| word(v, "change") == "declaration" && word(v, "says").contains("al-nusra")),
        "{told:?}"
    );
    // A clause that no longer names ground: each finding that it changes is told with the step that parts them.
    let new = changed(
        dir.path(),
        "against forces-of government-side or ground-held-by government-side under object=purpose",
        "against forces-of government-side under object=purpose",
    );
    let told = lines(&good(&["terms", "diff", &syria(), &new, "--over", &syria(), "--format", "json"]));
    let clause = told.iter().find(|v| word(v, "change") == "clause").unwrap();
    assert_eq!(clause["clause"], "opposition-fire");
    assert!(clause["removed"][0].as_str().unwrap().contains("the ground was held by"), "{clause}");
    let findings: Vec<&Value> = told.iter().filter(|v| word(v, "change") == "finding").collect();
    assert!(!findings.is_empty());
    for finding in &findings {
        assert_eq!(finding["clause"], "opposition-fire");
        assert!(word(finding, "reading").starts_with("purpose"));
        assert!(finding["first_difference"]["old"].is_string(), "{finding}");
    }
    let rockets = findings.iter().find(|v| word(v, "incident").starts_with("18-")).unwrap();
    assert_eq!((word(rockets, "old"), word(rockets, "new")), ("prohibited", "not-prohibited"));
    let counts = &told.last().unwrap()["counts"];
    assert_eq!(counts["changed"].as_u64().unwrap(), findings.len() as u64);
    let words = good(&["terms", "diff", &syria(), &new, "--over", &syria()]);
    assert!(
        words.contains("clause opposition-fire: changed") && words.contains("prohibited → not-prohibited"),
        "{words}"
    );
    // Incidents of a file, and a line that cannot be read.
    let file = dir.path().join("incidents.jsonl");
    std::fs::write(&file, "{\"incident\":\"x\",\"act\":\"shelling\"}\nno line\n").unwrap();
    let some = run(&["terms", "diff", &syria(), &new, "--over", &text(&file), "--format", "json"]);
    assert_eq!(some.code, 1);
    assert!(some.err.contains("row 2"), "{}", some.err);
    assert_eq!(lines(&some.out).last().unwrap()["counts"]["incidents"], 1);
}

#[test]
fn terms_are_tested_by_scenarios_golden_findings_and_coverage() {
    let dir = tempfile::tempdir().unwrap();
    let mission = changed(dir.path(), "# The cessation", "# The cessation");
    let golden = Path::new(&mission).join("scenarios/golden.jsonl");
    if golden.exists() {
        std::fs::remove_file(&golden).unwrap();
    }
    let first = run(&["terms", "test", &mission]);
    assert_eq!(first.code, 0, "{}", first.out);
    assert!(first.out.contains("no findings are recorded"), "{}", first.out);
    assert!(first.out.contains("self-defence: 4 expectations"), "{}", first.out);
    assert_eq!(run(&["terms", "test", &mission, "--require-coverage"]).code, 1);
    good(&["terms", "test", &mission, "--accept"]);
    let held = good(&["terms", "test", &mission]);
    assert!(held.contains("held against the recorded ones, 0 differ"), "{held}");
    // What no scenario expects is held all the same.
    let file = Path::new(&mission).join("agreement.md");
    let words = std::fs::read_to_string(&file).unwrap();
    let fire = "define fire means airstrike rocket-fire";
    assert!(words.contains(fire));
    std::fs::write(&file, words.replace(fire, "define fire means overflight rocket-fire")).unwrap();
    let told = run(&["terms", "test", &mission, "--format", "json"]);
    assert_eq!(told.code, 1);
    let all = lines(&told.out);
    assert!(all.iter().any(|v| word(v, "golden") == "differs"));
    assert!(all.iter().any(|v| v["holds"] == Value::Bool(false)));
    let clause =
        all.iter().find(|v| word(v, "clause") == "government-fire" && v["points"].is_array()).unwrap();
    let points = clause["points"].as_array().unwrap();
    let kinds: BTreeSet<&str> = points.iter().map(|point| word(point, "kind")).collect();
    assert_eq!(kinds, ["condition", "exception", "object", "outside"].into());
    assert!(clause["outcomes"]["not-covered"].as_u64().unwrap() > 0);
    let gaps = all.iter().filter(|v| v["gap"].is_string()).count() as u64;
    assert_eq!(all.last().unwrap()["gaps"].as_u64(), Some(gaps));
}
