//! `docs/openapi.json` against the desk: the same routes and methods, and every answer of the shape that it gives.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::common::root;
use crate::room::{Answer, Desk, PEOPLE, Room, evidence, opening, parsed};

pub(crate) fn described() -> Value {
    let text = std::fs::read_to_string(root().join("docs/openapi.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn is_of(value: &Value, rule: &Value) -> bool {
    let one = |name: &str| match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("no type is called {other}"),
    };
    match rule {
        Value::String(name) => one(name),
        names => names.as_array().unwrap().iter().filter_map(Value::as_str).any(one),
    }
}

fn is_case(value: &Value) -> bool {
    value.as_str().is_none_or(|text| {
        text.strip_prefix('c')
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
    })
}

/// What stands against a value in a schema: the parts of JSON Schema that the document uses, and a fault for any other.
fn faults(doc: &Value, schema: &Value, value: &Value, place: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut say = |what: String| out.push(format!("{place}: {what}"));
    for (word, rule) in schema.as_object().unwrap() {
        match word.as_str() {
            "$ref" => {
                let target = doc.pointer(rule.as_str().unwrap().trim_start_matches('#')).unwrap();
                faults(doc, target, value, place).into_iter().for_each(&mut say);
            }
            "oneOf" => {
                let all: Vec<Vec<String>> =
                    rule.as_array().unwrap().iter().map(|one| faults(doc, one, value, place)).collect();
                let fit = all.iter().filter(|faults| faults.is_empty()).count();
                if fit != 1 {
                    say(format!("{fit} of the shapes fit: {all:?}"));
                }
            }
            "type" if !is_of(value, rule) => say(format!("{value} is no {rule}")),
            "const" if value != rule => say(format!("{value} is not {rule}")),
            "enum" if !rule.as_array().unwrap().contains(value) => say(format!("{value} is none of {rule}")),
            "minimum" if value.is_number() && value.as_i64() < rule.as_i64() => {
                say(format!("{value} < {rule}"))
            }
            "pattern" if rule == "^c[0-9]+$" && !is_case(value) => say(format!("{value} is no case")),
            "required" if value.is_object() => {
                for name in rule.as_array().unwrap().iter().filter_map(Value::as_str) {
                    if value.get(name).is_none() {
                        say(format!("{name} is missing"));
                    }
                }
            }
            "properties" => {
                for (name, one) in value.as_object().into_iter().flatten() {
                    let closed = schema.get("additionalProperties") == Some(&json!(false));
                    match rule.get(name) {
                        Some(below) => {
                            faults(doc, below, one, &format!("{place}.{name}"))
                                .into_iter()
                                .for_each(&mut say);
                        }
                        None if closed => say(format!("{name} is not described")),
                        None => {}
                    }
                }
            }
            "items" => {
                for (at, one) in value.as_array().into_iter().flatten().enumerate() {
                    faults(doc, rule, one, &format!("{place}[{at}]")).into_iter().for_each(&mut say);
                }
            }
            "const"
            | "enum"
            | "minimum"
            | "pattern"
            | "required"
            | "type"
            | "additionalProperties"
            | "description"
            | "format"
            | "minLength"
            | "maxLength"
            | "maximum"
            | "default" => {}
            other => panic!("{place}: the test does not know \"{other}\""),
        }
    }
    out
}

/// Holds an answer against what is described for its route, method and code.
pub(crate) fn held(doc: &Value, method: &str, route: &str, told: &Answer) {
    let described = &doc["paths"][route][method]["responses"][told.code.to_string()]["content"];
    let kind = told.head.lines().find_map(|line| line.strip_prefix("content-type: ")).unwrap_or_default();
    let schema = &described[kind]["schema"];
    assert!(schema.is_object(), "{method} {route}: {} as {kind} is not described: {told:?}", told.code);
    let faults = faults(doc, schema, &told.body, route);
    assert!(faults.is_empty(), "{method} {route} {}: {faults:#?}\n{:#}", told.code, told.body);
}

/// Every route that the source names, in whichever area; the screens are no part of the API.
fn routes(folder: &std::path::Path) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(routes(&path));
        } else if !path.ends_with("app.rs") {
            let source = std::fs::read_to_string(&path).unwrap();
            let named =
                source.split(".route(\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
            all.extend(named);
        }
    }
    all
}

#[test]
fn routes_and_methods_are_those_that_are_described() {
    let doc = described();
    let paths: BTreeSet<&str> = doc["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    let source = routes(&root().join("crates/truceline/src/api"));
    let routed: BTreeSet<&str> = source.iter().map(String::as_str).collect();
    assert_eq!(paths, routed);
    let room = Room::new();
    let desk = room.desk();
    let case = desk.open("operator", "public", "i-1");
    // Each path by somebody else, so that nobody asks too often.
    for (path, person) in paths.into_iter().zip(PEOPLE.into_iter().cycle()) {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            // A stream does not end by itself.
            if (path, method) == ("/api/events", "GET") {
                continue;
            }
            let asked = path.replace("{id}", &case);
            let told = parsed(&desk.raw(format!("{}\r\n", desk.head(method, &asked, person)).as_bytes()));
            let is_described = doc["paths"][path][method.to_ascii_lowercase()].is_object();
            assert_eq!(told.code == 405, !is_described, "{method} {path}: {told:?}");
        }
    }
}

fn looked_at(doc: &Value, desk: &Desk, case: &str) {
    for person in PEOPLE {
        for route in [
            "/api/cases",
            "/api/cases/{id}",
            "/api/cases/{id}/offered",
            "/api/due",
            "/api/counts",
            "/api/exclusions",
            "/api/mission",
            "/api/watch",
            "/api/watch/feed",
            "/api/watch/changes",
            "/api/map",
            "/api/map/areas",
            "/api/handovers",
            "/api/bulletins",
            "/api/rivals",
            "/api/record",
            "/api/record/entries",
            "/api/public/record",
            "/api/public/bulletins",
            "/api/reports",
            "/api/report-form",
            "/api/places",
            "/api/terms",
            "/api/terms/amendments",
            "/api/access",
        ] {
            held(doc, "get", route, &desk.get(person, &route.replace("{id}", case)));
        }
        held(doc, "get", "/api/due", &desk.get(person, "/api/due?within=8760"));
        let since = desk.get(person, "/api/watch/changes?since=2020-01-01T00:00:00Z");
        held(doc, "get", "/api/watch/changes", &since);
        held(doc, "get", "/api/cases/{id}", &desk.get(person, "/api/cases/c999"));
        held(doc, "get", "/api/cases", &desk.get(person, "/api/cases?limit=0"));
        held(doc, "get", "/api/record/proof", &desk.get(person, "/api/record/proof?entry=0"));
        held(doc, "get", "/api/record/consistency", &desk.get(person, "/api/record/consistency?from=0"));
        held(doc, "get", "/api/public/bulletins/{id}", &desk.get(person, "/api/public/bulletins/1"));
    }
}

fn stance() -> Value {
    json!({ "happened": "yes", "who": ["ahrar"], "prohibited": "yes", "gravity": "serious" })
}

/// One of each act, by somebody, some of them refused.
fn acts() -> Vec<(&'static str, Value, Option<&'static str>)> {
    vec![
        ("petrova", json!({ "join": "party:government-side" }), None),
        ("petrova", evidence(true), Some("sealed")),
        ("gov", evidence(false), Some("open")),
        ("petrova", json!({ "incident": "i-2" }), None),
        ("petrova", json!({ "name": "ahrar" }), None),
        ("operator", json!({ "means": {} }), Some("a call")),
        ("petrova", json!({ "step": { "step": "notice", "then": null, "due": null } }), Some("be told")),
        ("jane", json!({ "undertake": { "due": "2099-01-01T00:00:00Z" } }), Some("we will see to it")),
        ("ivan", json!({ "extend": {} }), None),
        ("ivan", json!({ "recuse": {} }), Some("ours")),
        (
            "jane",
            json!({ "determine": { "step": "judge", "then": "settled", "stance": stance() } }),
            Some("so"),
        ),
        ("omar", json!({ "withdraw": {} }), None),
        ("night-watch", json!({ "lapse": { "step": "notice" } }), None),
        ("ivan", json!({ "dissent": { "of": 2 } }), Some("no")),
        ("vera", json!({ "follow-up": { "of": 2, "kept": true } }), None),
        ("petrova", json!({ "disclose": { "item": 2, "to": "russia" } }), None),
        ("petrova", json!({ "reopen": { "evidence": 2 } }), None),
    ]
}

/// A file with a report, and the report with its file.
fn attached(doc: &Value, desk: &Desk, receipt: &str) {
    let table = "place,killed\nb,3\n";
    let path = format!("/api/reports/{receipt}/attachments");
    let bytes = format!(
        "{}Content-Type: application/octet-stream\r\nIdempotency-Key: {}\r\nContent-Length: {}\r\n\r\n{table}",
        desk.head("POST", &path, "operator"),
        crate::room::key(),
        table.len()
    );
    held(doc, "post", "/api/reports/{id}/attachments", &parsed(&desk.raw(bytes.as_bytes())));
    held(doc, "get", "/api/reports/{id}", &desk.get("operator", &format!("/api/reports/{receipt}")));
}

#[test]
fn answers_have_the_shapes_that_are_described() {
    let (doc, room) = (described(), Room::new());
    let desk = room.desk();
    let written = |person: &str, route: &str, case: &str, body: &Value| {
        let sent = desk.post(person, &route.replace("{id}", case), body);
        held(&doc, "post", route, &sent);
        // What the document says of bodies holds for those that were understood.
        if matches!(sent.code, 201 | 422) {
            let schema = &doc["paths"][route]["post"]["requestBody"]["content"]["application/json"]["schema"];
            let faults = faults(&doc, schema, body, route);
            assert!(faults.is_empty(), "{body}: {faults:#?}");
        }
        sent
    };
    looked_at(&doc, &desk, "c1");
    let opened = written("operator", "/api/cases", "", &opening("public", "ahrar", "i-1"));
    let case = opened.body["case"].as_str().unwrap().to_owned();
    looked_at(&doc, &desk, &case);
    let mut entries = Vec::new();
    for (person, act, words) in acts() {
        let mut body = json!({ "act": act });
        if let Some(words) = words {
            body["words"] = json!(words);
        }
        let told = written(person, "/api/cases/{id}/acts", &case, &body);
        entries.push(told.code);
    }
    assert!(entries.contains(&201) && entries.contains(&422), "{entries:?}");
    written("petrova", "/api/clock-faults", "", &json!({ "from": 0, "to": 0 }));
    written("petrova", "/api/clock-faults", "", &json!({ "from": 0 }));
    written("petrova", "/api/cases/{id}/acts", "c999", &json!({ "act": { "recuse": {} } }));
    let fields =
        json!({ "act": "shelling", "place": "nowhere known", "killed": "3-5", "actor": "nobody known" });
    let report = written(
        "operator",
        "/api/reports",
        "",
        &json!({ "words": "shelling", "said_by": { "caller": null }, "fields": fields }),
    );
    let receipt = report.body["receipt"].as_str().unwrap();
    held(&doc, "get", "/api/reports/{id}", &desk.get("operator", &format!("/api/reports/{receipt}")));
    held(&doc, "get", "/api/reports/{id}", &desk.get("hum", &format!("/api/reports/{receipt}")));
    held(&doc, "get", "/api/reports", &desk.get("operator", "/api/reports"));
    attached(&doc, &desk, receipt);
    written("operator", "/api/reports", "", &json!({ "words": "shelling", "fields": { "killed": "many" } }));
    let told = "Shelling killed 3 people in Aleppo on 3 May 2016.";
    let read = written("vera", "/api/proposals", "", &json!({ "words": told, "said_by": "myself" }));
    let steps = json!([{ "proposal": read.body["proposals"][0]["id"], "said": "rejected" }]);
    written("vera", "/api/proposals/confirmed", "", &json!({ "words": told, "steps": steps }));
    written("anyone", "/api/cases", "", &opening("public", "ahrar", "i-1"));
    looked_at(&doc, &desk, &case);
    // An end that puts a party out.
    let other = desk.open("operator", "public", "i-5");
    let judge = json!({ "determine": { "step": "judge", "then": "talk", "stance": stance() } });
    for (person, act) in [
        ("petrova", json!({ "step": { "step": "notice" } })),
        ("ivan", judge.clone()),
        ("jane", judge),
        ("operator", json!({ "means": {} })),
        ("jane", json!({ "step": { "step": "talk", "then": "ministers" } })),
        ("petrova", json!({ "step": { "step": "ministers", "then": "out" } })),
    ] {
        let told = written(person, "/api/cases/{id}/acts", &other, &json!({ "act": act }));
        assert_eq!(told.code, 201, "{told:?}");
    }
    let out = desk.get("petrova", "/api/exclusions");
    assert_eq!(out.body["exclusions"][0]["actor"], "ahrar", "{out:?}");
    looked_at(&doc, &desk, &other);
}

#[test]
fn incidents_and_decisions_have_the_shapes_that_are_described() {
    let (doc, room) = (described(), crate::incidents::room());
    let desk = room.desk();
    for person in PEOPLE {
        let told = desk.get(person, "/api/incidents");
        held(&doc, "get", "/api/incidents", &told);
        held(&doc, "get", "/api/incidents", &desk.get(person, "/api/incidents?limit=0"));
        held(&doc, "get", "/api/incidents/{id}", &desk.get(person, "/api/incidents/none"));
        for one in told.body["incidents"].as_array().into_iter().flatten() {
            let path = format!("/api/incidents/{}", one["incident"].as_str().unwrap());
            held(&doc, "get", "/api/incidents/{id}", &desk.get(person, &path));
            let why = desk.get(person, &format!("{path}/explanations?clause=fire"));
            held(&doc, "get", "/api/incidents/{id}/explanations", &why);
        }
        held(
            &doc,
            "post",
            "/api/decisions",
            &desk.post(person, "/api/decisions", &json!({ "undo": 0, "why": "w" })),
        );
        held(&doc, "post", "/api/decisions", &desk.post(person, "/api/decisions", &json!({ "undo": 0 })));
    }
}
