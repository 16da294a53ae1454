//! The files that others read: findings, incidents, GeoJSON.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

// Tables by hand: a row a line says more than the formatter would leave of it.
#[rustfmt::skip]
mod support;

use std::collections::BTreeSet;

use serde_json::Value;
use support::World;
use truceline_model::*;
use truceline_publish::*;
use truceline_record::{canonical_bytes, check_canonical, digest_of};

fn lines(world: &World) -> Vec<String> {
    let inputs = digest_of(b"inputs");
    let text = findings_jsonl(&world.findings, world.truce.as_of, &inputs).unwrap();
    assert!(text.ends_with('\n'));
    text.lines().map(str::to_owned).collect()
}

fn schema() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/schema/finding.schema.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn words(value: &Value) -> BTreeSet<String> {
    value.as_array().unwrap().iter().map(|v| v.as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_line_is_canonical_and_carries_its_own_digest() {
    for line in lines(&World::new()) {
        let mut value = check_canonical(line.as_bytes()).unwrap();
        let said = value.as_object_mut().unwrap().remove("digest").unwrap();
        assert_eq!(said.as_str().unwrap(), digest_of(&canonical_bytes(&value).unwrap()).to_string());
    }
}

/// A small validator: the keywords that our schema uses, nothing more; an unknown keyword is a failure.
fn check(value: &Value, rule: &Value, root: &Value, at: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for (keyword, wanted) in rule.as_object().unwrap() {
        let wrong = match keyword.as_str() {
            "$schema" | "$id" | "title" | "description" | "$defs" | "examples" => false,
            "$ref" => {
                let target = wanted.as_str().unwrap().trim_start_matches('#');
                faults.extend(check(value, root.pointer(target).unwrap(), root, at));
                false
            }
            "type" => {
                let types = if wanted.is_array() {
                    words(wanted)
                } else {
                    [wanted.as_str().unwrap().to_owned()].into()
                };
                let found = match value {
                    Value::Null => "null",
                    Value::Bool(_) => "boolean",
                    Value::Number(_) => "integer",
                    Value::String(_) => "string",
                    Value::Array(_) => "array",
                    Value::Object(_) => "object",
                };
                !types.contains(found)
            }
            "const" => value != wanted,
            "enum" => !wanted.as_array().unwrap().contains(value),
            "minimum" => value.as_i64().is_some_and(|n| n < wanted.as_i64().unwrap()),
            "minItems" => value.as_array().is_some_and(|a| (a.len() as u64) < wanted.as_u64().unwrap()),
            "uniqueItems" => {
                value.as_array().is_some_and(|a| a.iter().enumerate().any(|(i, x)| a[..i].contains(x)))
            }
            "pattern" => value.as_str().is_some_and(|text| !matches(text, wanted.as_str().unwrap())),
            "required" => {
                value.as_object().is_some_and(|o| words(wanted).iter().any(|key| !o.contains_key(key)))
            }
            "additionalProperties" => {
                let known = rule["properties"].as_object().unwrap();
                value.as_object().is_some_and(|o| o.keys().any(|key| !known.contains_key(key)))
            }
            "properties" => {
                for (key, rule) in wanted.as_object().unwrap() {
                    if let Some(value) = value.get(key) {
                        faults.extend(check(value, rule, root, &format!("{at}.{key}")));
                    }
                }
                false
            }
            "items" => {
                for (i, item) in value.as_array().into_iter().flatten().enumerate() {
                    faults.extend(check(item, wanted, root, &format!("{at}[{i}]")));
                }
                false
            }
            other => panic!("keyword {other}"),
        };
        if wrong {
            faults.push(format!("{at}: {keyword} {wanted}: {value}"));
        }
    }
    faults
}

/// The few patterns of our schema.
fn matches(text: &str, pattern: &str) -> bool {
    match pattern {
        "^[0-9a-f]{64}$" => text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')),
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$" => {
            Instant::parse(text).is_ok_and(|at| at.to_string() == text)
        }
        other => panic!("pattern {other}"),
    }
}

#[test]
fn lines_follow_the_schema() {
    let schema = schema();
    for line in lines(&World::new()) {
        let value: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(check(&value, &schema, &schema, "$"), Vec::<String>::new());
    }
    let mut bad: Value = serde_json::from_str(&lines(&World::new())[0]).unwrap();
    bad["outcome"] = "violation".into();
    bad["more"] = 1.into();
    assert_eq!(check(&bad, &schema, &schema, "$").len(), 2);
}

#[test]
fn the_schema_knows_every_outcome_truth_and_test() {
    let schema = schema();
    let outcomes: BTreeSet<String> = Outcome::ALL.iter().map(|o| o.as_str().to_owned()).collect();
    assert_eq!(words(&schema["$defs"]["outcome"]["enum"]), outcomes);
    let truths: BTreeSet<String> =
        [Truth::False, Truth::Unknown, Truth::True].iter().map(|t| t.as_str().to_owned()).collect();
    assert_eq!(words(&schema["$defs"]["truth"]["enum"]), truths);
    let mut finding = World::new().findings[0].clone();
    let step = |test| Reason { test, truth: Truth::Unknown, tried: true, seen: vec![], under: vec![] };
    let all = [
        Test::All,
        Test::Any,
        Test::Not,
        Test::InForce("a".into()),
        Test::InArea("a".into()),
        Test::Binds("a".into()),
        Test::Accepted("a".into()),
        Test::ActorIs("a".into()),
        Test::ActIs("a".into()),
        Test::WeaponIs("a".into()),
        Test::TargetIs("a".into()),
        Test::SystemIs("a".into()),
        Test::StruckIs("a".into()),
        Test::CommandedBy("a".into()),
        Test::HeldBy("a".into()),
        Test::Near("15 km of a".into()),
        Test::From("2016-05-04T00:00:00Z".into()),
        Test::Daily("22:00-06:00".into()),
        Test::WholeDay,
        Test::Counted("lorries at-least 600".into()),
        Test::Holds("a".into()),
        Test::Judged("a".into()),
        Test::Takes("a".into(), "b".into()),
        Test::Exception("a".into(), Outcome::NotCovered),
    ];
    finding.reasons = all.map(step).into();
    let line = finding_line(&finding, support::at("2016-05-04"), &digest_of(b"")).unwrap();
    let value: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(check(&value, &schema, &schema, "$"), Vec::<String>::new());
    let used: BTreeSet<String> =
        value["reasons"].as_array().unwrap().iter().map(|r| r["test"].as_str().unwrap().to_owned()).collect();
    assert_eq!(words(&schema["$defs"]["reason"]["properties"]["test"]["enum"]), used);
}

/// The example in the documentation is what the code writes; `UPDATE_EXAMPLES=1` writes it anew.
#[test]
fn the_documented_example_is_true() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/schema/findings/example.jsonl");
    let world = World::new();
    let wanted = ["opposition-fire", "government-fire"];
    let some: Vec<&Finding> = world
        .findings
        .iter()
        .filter(|f| wanted.contains(&f.clause.as_str()) && f.incident.as_str() != "r31")
        .collect();
    let text = findings_jsonl(some, world.truce.as_of, &digest_of(b"example")).unwrap();
    if std::env::var_os("UPDATE_EXAMPLES").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), text);
}

#[test]
fn incident_lines_are_canonical_and_whole() {
    let world = World::new();
    for incident in &world.incidents {
        let line = incident_json(incident).unwrap();
        check_canonical(line.as_bytes()).unwrap();
    }
    let value: Value = serde_json::from_str(&incident_json(&world.incidents[0]).unwrap()).unwrap();
    assert_eq!(value["actor_open"], serde_json::json!(["sohr"]));
    assert_eq!(value["place"][0]["value"]["lat"], "36.1759");
    insta::assert_snapshot!("incident-line", serde_json::to_string_pretty(&value).unwrap());
}

/// What is written is read back as it was: every attribute with its origins, and who leaves it open.
#[test]
fn incident_lines_are_read_back() {
    let mut world = World::new();
    let mut rare = Incident::empty("rare".into());
    rare.systems.add("tornado-s".into(), "sohr".into());
    rare.struck.add("opposition".into(), "sohr".into());
    rare.struck.leave_open("msf".into());
    rare.commanders.leave_open("hnc".into());
    rare.throughout = true;
    rare.origins = ["hnc", "msf", "sohr"].map(SourceId::from).into();
    let lorries = rare.amounts.entry("lorries".into()).or_default();
    lorries.add(Bounds::range(500, 600).unwrap(), "sohr".into());
    lorries.add(Bounds::exactly(540), "msf".into());
    lorries.leave_open("hnc".into());
    world.incidents.push(rare.clone());
    let context = truceline_intake::IncidentContext {
        zone: &world.zone,
        areas: &Areas::default(),
        actors: &Actors::default(),
        facts: None,
        judgements: None,
        measures: None,
    };
    for incident in &world.incidents {
        let line = incident_json(incident).unwrap();
        let back = truceline_intake::read_incident(line.as_bytes(), 1, &context).unwrap();
        assert_eq!(incident_json(&back).unwrap(), line);
    }
    let line = incident_json(&rare).unwrap();
    assert_eq!(truceline_intake::read_incident(line.as_bytes(), 1, &context).unwrap(), rare);
}

#[test]
fn geojson_holds_every_incident_and_no_float() {
    let mut world = World::new();
    world.incidents[2].places = Alternatives::unknown();
    let text = incidents_geojson(&world.view()).unwrap();
    assert!(text.contains("\"coordinates\":[37.134,36.1759]"), "{text}");
    let value: Value = serde_json::from_str(&text).unwrap();
    let features = value["features"].as_array().unwrap();
    assert_eq!(features.len(), world.incidents.len());
    assert!(features[2]["geometry"].is_null());
    assert_eq!(features[0]["properties"]["summary"], "disputed");
    assert_eq!(features[0]["properties"]["killed_max"], 58);
    insta::assert_snapshot!("geojson", text);
}
