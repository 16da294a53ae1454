//! Positions of those who decide, in two records that were one: the same, only one's, otherwise, with reasons; and a difference that nothing
//! makes but what people did in a case.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::path::Path;

use common::{copy, good, root, text};
use serde_json::{Value, json};

const MISSION: &str = r#"mission small {
    title en="A small truce"
    zone "Asia/Damascus"
    opens-at "2016-06-01T00:00"
}
person "petrova" role="legal-officer"
person "operator" role="hotline-operator"
person "ivan" role="co-chair" for="russia"
person "jane" role="co-chair" for="united-states"
"#;
const ROWS: &str = "id,kind,known,source,act,when,actor\n\
    x1,event,2016-06-02,sohr,shelling,2016-06-01T12:00,ahrar\n";

/// A store with one report, and one case that waits for its judges.
fn store(dir: &Path) -> String {
    let folder = dir.join("mission");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("agreement.md"), include_str!("fixtures/small_truce.md")).unwrap();
    std::fs::write(folder.join("actors.csv"), include_str!("fixtures/small_truce.csv")).unwrap();
    std::fs::write(folder.join("mission.kdl"), MISSION).unwrap();
    std::fs::copy(root().join("agreements/syria-2016/sources.csv"), folder.join("sources.csv")).unwrap();
    let store = text(&dir.join("a"));
    good(&["load", &text(&folder), "--store", &store]);
    let rows = dir.join("rows.csv");
    std::fs::write(&rows, ROWS).unwrap();
    good(&["import", &text(&rows), "--store", &store]);
    let open = ["--procedure", "arbitration", "--clause", "fire", "--incident", "i-1", "--against", "ahrar"];
    let more = ["--complainant", "public", "--words", "shots"];
    act(&store, "2016-05-03T12:00", "operator", "open", &[&open[..], &more].concat());
    act(&store, "2016-05-03T13:00", "petrova", "step", &[&case(&store), "notice"]);
    store
}

fn case(store: &str) -> String {
    let listed = good(&["case", "list", "--store", store, "--as-of", "2016-05-04", "--format", "json"]);
    serde_json::from_str::<Value>(listed.lines().next().unwrap()).unwrap()["case"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn act(store: &str, at: &str, by: &str, what: &str, rest: &[&str]) {
    let base = ["case", what, "--store", store, "--when", at, "--by", by];
    good(&[&base[..], rest].concat());
}

fn judge(store: &str, at: &str, by: &str, prohibited: &str, words: &str) {
    let case = case(store);
    let gravity: &[&str] = if prohibited == "yes" { &["--gravity", "minor"] } else { &[] };
    let answers = ["--happened", "yes", "--who", "ahrar", "--prohibited", prohibited, "--words", words];
    let rest = [&[case.as_str(), "judge", "--then", "settled"], &answers[..], gravity].concat();
    act(store, at, by, "determine", &rest);
}

fn compare(a: &str, b: &str) -> Vec<Value> {
    let out = good(&["compare", "--a", a, "--b", b, "--as-of", "2016-07-01", "--format", "json"]);
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn one<'v>(lines: &'v [Value], kind: &str) -> &'v Value {
    lines.iter().find(|line| line["kind"] == kind).unwrap_or_else(|| panic!("no {kind}: {lines:?}"))
}

#[test]
fn positions_stand_side_by_side_with_reasons() {
    let dir = tempfile::tempdir().unwrap();
    let a = store(dir.path());
    judge(&a, "2016-05-03T14:00", "ivan", "yes", "heard by all");
    let b = text(&dir.path().join("b"));
    copy(&dir.path().join("a"), Path::new(&b));
    judge(&a, "2016-05-03T15:00", "jane", "yes", "I agree");
    judge(&b, "2016-05-03T15:00", "jane", "no", "outside the area");

    let lines = compare(&a, &b);
    assert_eq!(one(&lines, "instances")["differ_in"], json!(["positions"]), "the reports are the same");
    let of = one(&lines, "positions");
    assert_eq!((&of["case"], &of["is_agreed"]), (&json!("agreed"), &json!(false)), "{of}");
    let by: Vec<(&str, &str)> = of["positions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["by"].as_str().unwrap(), one["between"].as_str().unwrap()))
        .collect();
    assert_eq!(by, [("russia", "agreed"), ("united-states", "otherwise")], "{of}");
    let jane = &of["positions"][1];
    assert_eq!((&jane["a"]["words"], &jane["b"]["words"]), (&json!("I agree"), &json!("outside the area")));
    assert_eq!(
        (&jane["a"]["answers"]["prohibited"], &jane["b"]["answers"]["prohibited"]),
        (&json!("yes"), &json!("no"))
    );
    let held: Vec<&Value> = lines.iter().filter(|line| line["kind"] == "held").collect();
    assert_eq!(held.len(), 2);
    assert_eq!((&held[1]["by"], &held[1]["otherwise"]), (&json!("united-states"), &json!(1)));

    // Asked the other way round, the mirror image; who is silent in one record has no position there.
    let mirror = compare(&b, &a);
    assert_eq!(one(&mirror, "positions")["positions"][1]["b"]["words"], "I agree");
    let before = good(&["compare", "--a", &a, "--b", &b, "--as-of", "2016-05-03T14:30", "--format", "json"]);
    assert!(before.contains("\"between\":\"agreed\"") && !before.contains("united-states"), "{before}");
    let words = good(&["compare", "--a", &a, "--b", &b, "--as-of", "2016-07-01"]);
    assert!(
        words.contains("position of united-states: otherwise") && words.contains("because: outside the area"),
        "{words}"
    );
}

#[test]
fn a_party_put_out_in_one_record_is_a_difference_that_positions_make() {
    let dir = tempfile::tempdir().unwrap();
    let a = store(dir.path());
    let b = text(&dir.path().join("b"));
    copy(&dir.path().join("a"), Path::new(&b));
    let id = case(&b);
    judge(&b, "2016-05-03T14:00", "ivan", "yes", "seen");
    judge(&b, "2016-05-03T15:00", "jane", "no", "not seen");
    act(&b, "2016-05-03T17:00", "jane", "means", &[&id, "--words", "a call"]);
    act(&b, "2016-05-03T18:00", "ivan", "step", &[&id, "talk", "--then", "ministers", "--words", "a visit"]);
    act(&b, "2016-05-03T19:00", "petrova", "step", &[&id, "ministers", "--then", "out", "--words", "out"]);

    for (first, second) in [(&a, &b), (&b, &a)] {
        let lines = compare(first, second);
        let all: Vec<&Value> = lines.iter().filter(|line| line["kind"] == "difference").collect();
        assert_eq!(all.len(), 1, "{lines:?}");
        assert_eq!(all[0]["because_of"], json!(["positions"]), "{}", all[0]);
    }
}
