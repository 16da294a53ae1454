//! The converter sees facts and never outcomes: whatever is written into, or taken out of, what a mechanism concluded, the lines stay the
//! same, byte by byte.
#![allow(clippy::unwrap_used)]

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Value, json};
use truceline_truth::agreement::Agreement;
use truceline_truth::coded::read;
use truceline_truth::convert::convert;
use truceline_truth::docs::shipped;
use truceline_truth::tables::Tables;

/// What no converter may look at, of a report and of an incident.
const HIDDEN: [&str; 9] = [
    "outcomes",
    "summary",
    "doubts",
    "nature",
    "articles",
    "agreements",
    "justification_offered",
    "report_date",
    "mechanism",
];

fn made_up() -> Value {
    json!({
        "report": "made-up-1", "agreements": ["ACOH"], "doubts": "none", "report_date": "2019-01-01",
        "incidents": [{
            "id": "made-up-1-1", "summary": "s", "acts": ["attack", "looting", "other:beating of civilians"],
            "date_from": "2018-09-10", "date_to": "2018-09-14", "date_precision": "days", "place": "a village",
            "actors": [{ "party": "SSPDF", "signatory": true, "certainty": "established" },
                { "party": "SPLM/A-IO-aligned youth", "signatory": "unclear", "certainty": "alleged" }],
            "targets": ["civilians", "opposition forces"], "killed": { "min": 1, "max": 3 },
            "facts": [{ "fact": "Huts were burnt", "start": 1, "end": 2 }], "justification_offered": null,
            "outcomes": [{ "party": "SSPDF", "articles": ["ACOH 6(a)"], "outcome": "violation", "nature": "n" }]
        }]
    })
}

fn lines(report: &Value, agreements: &[Agreement], tables: &Tables) -> Vec<String> {
    let reports = read(&report.to_string()).unwrap();
    let all = agreements.iter().flat_map(|agreement| convert(&reports, agreement, tables));
    all.map(|line| line.json).collect()
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-z_ ]{0,12}".prop_map(Value::from),
        Just(json!("violation")),
        Just(json!("no_violation")),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(
                prop::sample::select(vec!["party", "outcome", "articles", "nature"]),
                inner,
                0..4
            )
            .prop_map(|map| map.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Value>()),
        ]
    })
}

proptest! {
    #[test]
    fn outcomes_change_no_byte(changes in prop::collection::vec((prop::sample::select(HIDDEN.to_vec()), any::<bool>(), prop::option::of(anything())), 0..8)) {
        static READ: LazyLock<(Vec<Agreement>, Tables)> = LazyLock::new(|| (shipped().unwrap(), Tables::shipped().unwrap()));
        let (agreements, tables) = &*READ;
        let before = made_up();
        let mut after = before.clone();
        for (key, inside, value) in changes {
            let at = if inside { &mut after["incidents"][0] } else { &mut after };
            let at = at.as_object_mut().unwrap();
            match value {
                Some(value) => at.insert(key.to_owned(), value),
                None => at.remove(key),
            };
        }
        prop_assert_eq!(lines(&before, agreements, tables), lines(&after, agreements, tables));
    }
}

#[test]
fn facts_do_change_lines() {
    let (agreements, tables) = (shipped().unwrap(), Tables::shipped().unwrap());
    let before = lines(&made_up(), &agreements, &tables);
    for (key, value) in [
        ("acts", json!(["ambush"])),
        ("targets", json!(["monitors"])),
        ("date_from", json!("2016-01-01")),
        ("killed", json!(null)),
        ("actors", json!([])),
    ] {
        let mut after = made_up();
        after["incidents"][0][key] = value;
        assert_ne!(before, lines(&after, &agreements, &tables), "{key}");
    }
}

#[test]
fn the_date_alone_says_which_agreement() {
    let (agreements, tables) = (shipped().unwrap(), Tables::shipped().unwrap());
    let reached = |from: Value, to: Value| {
        let mut report = made_up();
        report["incidents"][0]["date_from"] = from;
        report["incidents"][0]["date_to"] = to;
        let reports = read(&report.to_string()).unwrap();
        let reach = |agreement: &&Agreement| !convert(&reports, agreement, &tables).is_empty();
        agreements.iter().filter(reach).map(|agreement| agreement.id.clone()).collect::<Vec<_>>()
    };
    let (pctsa, acoh, rarcss) =
        ("south-sudan-pctsa-2015", "south-sudan-acoh-2017", "south-sudan-r-arcss-2018");
    assert_eq!(reached(json!("2016-03-01"), json!("2016-03-02")), [pctsa]);
    assert_eq!(reached(json!("2017-12-23"), json!("2017-12-23")), [pctsa]);
    assert_eq!(reached(json!("2017-12-25"), json!("2018-09-11")), [acoh]);
    assert_eq!(reached(json!("2018-09-12"), json!("2018-09-12")), [acoh, rarcss]);
    assert_eq!(reached(json!("2017-12-01"), json!("2018-10-01")), [pctsa, acoh, rarcss]);
    assert_eq!(reached(json!(null), json!(null)), [pctsa, acoh, rarcss]);
    assert_eq!(reached(json!("no day"), json!("2016-03-02")), [pctsa]);
}

#[test]
fn every_line_is_one_that_the_program_reads() {
    let (agreements, tables) = (shipped().unwrap(), Tables::shipped().unwrap());
    let reports = read(&made_up().to_string()).unwrap();
    for agreement in &agreements {
        let all: Vec<String> = convert(&reports, agreement, &tables).into_iter().map(|l| l.json).collect();
        assert_eq!(agreement.judge(&all).unwrap().len(), all.len());
        let ids: std::collections::BTreeSet<String> = all
            .iter()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["incident"].to_string())
            .collect();
        assert_eq!(ids.len(), all.len(), "ids are their own");
    }
}
