//! The published schemas say what the readers read: the same names, the same words, and their own examples are read.
#![allow(clippy::unwrap_used, clippy::panic)] // a failed unwrap is a failed test

mod common;

use std::collections::BTreeSet;
use std::path::Path;

use common::shipped;
use serde_json::Value;
use truceline_intake::incident_file::{KEYS, UNREAD};
use truceline_intake::reader::KINDS;
use truceline_intake::{Context, Header, IncidentContext, Reader, read_incident};
use truceline_model::{Act, Actors, Areas, ReceiptNo, Sources, Target, Weapon, Zone};

fn schema(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../docs/schema/{name}.schema.json"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn keys(value: &Value) -> BTreeSet<String> {
    value.as_object().unwrap().keys().cloned().collect()
}

fn words(value: &Value) -> BTreeSet<String> {
    value.as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect()
}

fn vocabulary(all: impl Iterator<Item = &'static str>, nothing: &str) -> BTreeSet<String> {
    all.map(str::to_owned).chain([nothing.to_owned()]).collect()
}

#[test]
fn the_report_schema_is_the_native_mapping() {
    let schema = schema("report");
    let columns: BTreeSet<String> = shipped("truceline").columns.iter().map(|c| c.column.clone()).collect();
    assert_eq!(keys(&schema["properties"]), columns);
    assert_eq!(words(&schema["properties"]["kind"]["enum"]), KINDS.map(str::to_owned).into());
    let acts = words(&schema["properties"]["act"]["oneOf"][1]["items"]["enum"]);
    assert_eq!(acts, vocabulary(Act::ALL.iter().map(|w| w.as_str()), "unknown"));
    let weapons = words(&schema["properties"]["weapon"]["oneOf"][1]["items"]["enum"]);
    assert_eq!(weapons, vocabulary(Weapon::ALL.iter().map(|w| w.as_str()), "none-stated"));
    let targets = words(&schema["properties"]["target"]["oneOf"][1]["items"]["enum"]);
    assert_eq!(targets, vocabulary(Target::ALL.iter().map(|w| w.as_str()), "unknown"));
}

#[test]
fn the_incident_schema_is_the_reader() {
    let schema = schema("incident");
    let read: BTreeSet<String> = KEYS.iter().chain(&UNREAD).map(|key| (*key).to_owned()).collect();
    assert_eq!(keys(&schema["properties"]), read);
    let acts = words(&schema["$defs"]["act"]["enum"]);
    assert_eq!(acts, vocabulary(Act::ALL.iter().map(|w| w.as_str()), "unknown"));
}

#[test]
fn examples_are_read() {
    let zone = Zone::named("Asia/Damascus").unwrap();
    let (actors, areas, sources) = (Actors::default(), Areas::default(), Sources::default());
    let context = Context { zone: &zone, actors: &actors, areas: &areas, sources: &sources, received: None };
    let native = shipped("truceline");
    let reader = Reader::new(&native, Header::JsonLines).unwrap();
    for example in schema("report")["examples"].as_array().unwrap() {
        let read = reader.read(example.to_string().as_bytes(), 1, &context, ReceiptNo(0));
        assert_eq!(read.unwrap_or_else(|f| panic!("{f:#?}")).observations.len(), 1);
    }
    let context = IncidentContext {
        zone: &zone,
        areas: &areas,
        actors: &actors,
        facts: None,
        judgements: None,
        measures: None,
    };
    for example in schema("incident")["examples"].as_array().unwrap() {
        read_incident(example.to_string().as_bytes(), 1, &context).unwrap_or_else(|f| panic!("{f:#?}"));
    }
}
