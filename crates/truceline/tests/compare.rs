//! Two instances that differ in exactly one thing: the real program names that thing as the cause, and the mirror image when asked the
//! other way round. The rows are our own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::path::{Path, PathBuf};

use common::{copy, good, root, run, text};
use serde_json::Value;

const HEAD: &str = "id,kind,known,source,act,target,when,area,lat,lon,within_m,actor,held_by,facts\n";
const FORCES: &str = "f1,event,2016-03-11,sohr,shelling,armed-opposition-forces,2016-03-10T12:00,SY02,36.2000,37.1600,100,syrian-government-forces,opposition,exempt-group-present=no\n";
const MARKET: &str = "m1,event,2016-04-21,sohr,shelling,market,2016-04-20T12:00,SY02,36.2100,37.1700,100,syrian-government-forces,opposition,exempt-group-present=no\n";
const CALM: &str = "c1,event,2016-05-07,sohr,shelling,market,2016-05-06T12:00,SY02,36.2000,37.1500,100,syrian-government-forces,opposition,exempt-group-present=no\n";

/// The shipped mission without its reports, in a folder of its own.
fn mission(dir: &Path, name: &str, change: impl Fn(&str, String) -> String) -> PathBuf {
    let folder = dir.join(name);
    std::fs::create_dir_all(&folder).unwrap();
    for file in
        ["agreement.md", "actors.csv", "areas.geojson", "definitions.csv", "sources.csv", "mission.kdl"]
    {
        let shipped = std::fs::read_to_string(root().join("agreements/syria-2016").join(file)).unwrap();
        let brought = |line: &&str| !line.starts_with("reports") && !line.starts_with("steps");
        let kept: Vec<&str> = shipped.lines().filter(|line| file != "mission.kdl" || brought(line)).collect();
        std::fs::write(folder.join(file), change(file, kept.join("\n") + "\n")).unwrap();
    }
    folder
}

fn plain(dir: &Path) -> PathBuf {
    mission(dir, "mission", |_, text| text)
}

fn store(dir: &Path, name: &str, mission: &Path, rows: &[&str]) -> String {
    let store = text(&dir.join(name));
    good(&["load", &text(mission), "--store", &store]);
    import(dir, &store, rows);
    store
}

fn import(dir: &Path, store: &str, rows: &[&str]) {
    let path = dir.join("rows.csv");
    std::fs::write(&path, HEAD.to_owned() + &rows.concat()).unwrap();
    good(&["import", &text(&path), "--store", store]);
}

fn compare(args: &[&str]) -> Vec<Value> {
    let base = ["compare", "--as-of", "2016-06-01", "--format", "json"];
    let out = good(&[&base[..], args].concat());
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn of<'v>(lines: &'v [Value], kind: &str) -> Vec<&'v Value> {
    lines.iter().filter(|line| line["kind"] == kind).collect()
}

/// Every difference names exactly this cause; there is at least one; the mirror image says the same the other way round.
fn only_because_of(cause: &str, a: &[&str], b: &[&str]) -> Vec<Value> {
    let named = |first: &[&str], second: &[&str]| -> Vec<String> {
        let one = |(n, arg): (usize, &&str)| {
            let names = ["--a", "--a-mission", "--a-reading"];
            (!arg.is_empty()).then(|| [names[n].to_owned(), (*arg).to_owned()])
        };
        let mut all: Vec<String> = first.iter().enumerate().filter_map(one).flatten().collect();
        let other = second.iter().enumerate().filter_map(one).flatten();
        all.extend(other.map(|arg| arg.replace("--a", "--b")));
        all
    };
    let ask = |args: Vec<String>| compare(&args.iter().map(String::as_str).collect::<Vec<_>>());
    let (lines, mirror) = (ask(named(a, b)), ask(named(b, a)));
    let differences = of(&lines, "difference");
    assert!(!differences.is_empty(), "nothing differs: {lines:?}");
    for one in &differences {
        assert_eq!(one["because_of"], serde_json::json!([cause]), "{one}");
    }
    let turned = |lines: &[Value], a: &str, b: &str| -> Vec<(String, Value, Value, Value)> {
        let one = |line: &&Value| {
            let what = format!("{} {} {}", line["incident"], line["clause"], line["day"]);
            (what, line[a].clone(), line[b].clone(), line["because_of"].clone())
        };
        of(lines, "difference").iter().map(one).collect()
    };
    assert_eq!(turned(&lines, "a", "b"), turned(&mirror, "b", "a"));
    let figures = |lines: &[Value], a: &str, b: &str| -> Vec<(String, Value, Value, Value)> {
        let one = |line: &&Value| {
            let what = format!("{} {} {}", line["day"], line["clause"], line["party"]);
            (what, line["agreed"].clone(), line[a].clone(), line[b].clone())
        };
        of(lines, "figure").iter().map(one).collect()
    };
    assert_eq!(figures(&lines, "only_a", "only_b"), figures(&mirror, "only_b", "only_a"));
    lines
}

#[test]
fn the_same_inputs_differ_in_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mission = plain(dir.path());
    let a = store(dir.path(), "a", &mission, &[FORCES, MARKET]);
    let b = text(&dir.path().join("b"));
    copy(Path::new(&a), Path::new(&b));
    let lines = compare(&["--a", &a, "--b", &b]);
    assert_eq!(lines[0]["record"]["relation"], "same");
    assert_eq!(lines[0]["differ_in"], serde_json::json!([]));
    assert!(of(&lines, "difference").is_empty(), "{lines:?}");
    let figures = of(&lines, "figure");
    assert!(figures.iter().any(|f| f["clause"] == "government-fire" && f["agreed"] == 1), "{figures:?}");
    assert!(figures.iter().all(|f| f["only_a"] == 0 && f["only_b"] == 0 && f["party"] == "government-side"));
    assert_eq!(figures[0]["definitions"]["a"], figures[0]["definitions"]["b"]);
    let words = good(&["compare", "--a", &a, "--b", &b, "--as-of", "2016-06-01"]);
    assert!(words.contains("no difference") && words.contains("2016-03-10"), "{words}");
}

#[test]
fn facts_a_record_that_is_behind_forked_or_another_is_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let mission = plain(dir.path());
    let a = store(dir.path(), "a", &mission, &[MARKET]);
    let behind = text(&dir.path().join("behind"));
    copy(Path::new(&a), Path::new(&behind));
    import(dir.path(), &a, &[FORCES]);
    let lines = only_because_of("facts", &[&a], &[&behind]);
    let record = &lines[0]["record"];
    assert_eq!(record["relation"], "behind");
    assert!(record["entries"]["b_behind_by"].as_u64().unwrap() >= 1, "{record}");
    assert_eq!(record["reports"]["only_a"], serde_json::json!([["sohr", "f1"]]));
    let common = lines[0]["b"]["entries"].as_u64().unwrap();
    // The other history: signed by the same key, and different from the entry on at which they part.
    import(dir.path(), &behind, &[CALM]);
    let lines = only_because_of("facts", &[&a], &[&behind]);
    assert_eq!(lines[0]["record"]["relation"], "forked");
    let at = lines[0]["record"]["entries"]["alike_before_entry"].as_u64().unwrap();
    // Within one second the first new entry, a file's name, may be the same in both.
    assert!((common..=common + 1).contains(&at), "they part at {at}, and had {common} entries in common");
    let apart = store(dir.path(), "apart", &mission, &[MARKET]);
    let lines = compare(&["--a", &a, "--b", &apart]);
    let relation = lines[0]["record"]["relation"].as_str().unwrap();
    assert!(["separate", "forked"].contains(&relation), "a record of its own is neither the same nor behind");
    assert_eq!(lines[0]["record"]["reports"]["only_a"], serde_json::json!([["sohr", "f1"]]));
}

#[test]
fn maps_who_draws_the_calm_elsewhere() {
    let dir = tempfile::tempdir().unwrap();
    let mine = plain(dir.path());
    let other = mission(dir.path(), "other", |file, text| {
        if file != "areas.geojson" {
            return text;
        }
        let mut map: Value = serde_json::from_str(&text).unwrap();
        for feature in map["features"].as_array_mut().unwrap() {
            if feature["properties"]["id"] == "zone-aleppo-city" {
                feature["geometry"] = serde_json::json!({ "type": "Point", "coordinates": [38.5, 35.0] });
                feature["properties"]["within_m"] = 2000.into();
            }
        }
        map.to_string()
    });
    let a = store(dir.path(), "a", &mine, &[CALM]);
    let lines = only_because_of("maps", &[&a], &[&a, &text(&other)]);
    assert_eq!(lines[0]["record"]["relation"], "same");
    assert_eq!(lines[0]["areas"]["otherwise"], serde_json::json!(["zone-aleppo-city"]));
    let words = good(&["compare", "--a", &a, "--b-mission", &text(&other), "--as-of", "2016-06-01"]);
    assert!(
        words.contains("maps different: zone-aleppo-city") && words.contains("because of maps"),
        "{words}"
    );
}

#[test]
fn readings_each_side_goes_by_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let a = store(dir.path(), "a", &plain(dir.path()), &[MARKET]);
    let lines = only_because_of("readings", &[&a, "", "purpose-strict"], &[&a, "", "letter-strict"]);
    let figure = of(&lines, "figure")[0];
    assert_eq!((&figure["only_a"], &figure["clause"]), (&1.into(), &"government-fire".into()), "{figure}");
    let wrong = run(&["compare", "--a", &a, "--a-reading", "no-such"]);
    assert!(wrong.code == 2 && wrong.err.contains("purpose-strict"), "{}", wrong.err);
}

#[test]
fn terms_a_clause_that_one_side_has_otherwise() {
    let dir = tempfile::tempdir().unwrap();
    let mine = plain(dir.path());
    let other = mission(dir.path(), "other", |file, text| match file {
        "agreement.md" => {
            let clause = "against forces-of opposition under object=letter\n";
            assert!(text.contains(clause));
            text.replace(clause, &format!("{clause}in-force from \"2016-04-01T00:00\"\n"))
        }
        _ => text,
    });
    let a = store(dir.path(), "a", &mine, &[FORCES]);
    let lines = only_because_of("terms", &[&a], &[&a, &text(&other)]);
    let changed = of(&lines, "terms");
    assert!(changed.iter().any(|change| change["clause"] == "government-fire"), "{changed:?}");
    let figure = of(&lines, "figure")[0];
    assert_ne!(figure["definitions"]["a"], figure["definitions"]["b"]);
}

#[test]
fn registry_who_belongs_to_whom() {
    let dir = tempfile::tempdir().unwrap();
    let mine = plain(dir.path());
    let other = mission(dir.path(), "other", |file, text| match file {
        "actors.csv" => {
            let member = "syrian-government-forces,force,government,government-side,";
            assert!(text.contains(member));
            text.replace(member, "syrian-government-forces,force,government,,")
        }
        _ => text,
    });
    let a = store(dir.path(), "a", &mine, &[FORCES]);
    only_because_of("registry", &[&a], &[&a, &text(&other)]);
}
