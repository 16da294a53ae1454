//! The shipped mission folder through the crate's own readers: registries without a fault, every row of every report file read.
#![allow(clippy::unwrap_used, clippy::panic)] // a failed unwrap is a failed test

mod common;

use std::path::{Path, PathBuf};

use common::{Report, counts, run_with, shipped};
use truceline_intake::{Context, mission};
use truceline_model::{Actors, Areas, Body, Sources, Zone};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agreements/syria-2016")
}

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap()
}

struct Mission {
    zone: Zone,
    actors: Actors,
    areas: Areas,
    sources: Sources,
}

fn mission() -> Mission {
    let zone = Zone::named("Asia/Damascus").unwrap();
    let actors = mission::actors(&bytes("actors.csv"), &zone).unwrap_or_else(|f| panic!("{f:#?}"));
    let areas = mission::areas(&bytes("areas.geojson"), &zone).unwrap_or_else(|f| panic!("{f:#?}"));
    let sources = mission::sources(&bytes("sources.csv"), &actors).unwrap_or_else(|f| panic!("{f:#?}"));
    Mission { zone, actors, areas, sources }
}

fn run(mission: &Mission, mapping: &str, file: &str) -> Report {
    let Mission { zone, actors, areas, sources } = mission;
    let context = Context { zone, actors, areas, sources, received: None };
    run_with(&shipped(mapping), &bytes(&format!("reports/{file}")), &context)
}

#[test]
fn registries_are_whole() {
    let mission = mission();
    assert_eq!(mission.areas.iter().count(), 241);
    let definitions = mission::definitions(&bytes("definitions.csv"), &mission.sources).unwrap();
    assert_eq!(definitions.len(), 7);
}

#[test]
fn every_row_is_read() {
    let mission = mission();
    let mut seen = String::new();
    for (mapping, file) in [
        ("truceline", "agreement-facts.csv"),
        ("truceline", "articles.csv"),
        ("truceline", "anchors.csv"),
        ("truceline", "coverage.csv"),
        ("airwars", "airwars.csv"),
        ("truceline", "syrian-archive.csv"),
        ("vdc", "vdc.csv"),
        ("truceline", "tallies.csv"),
    ] {
        let report = run(&mission, mapping, file);
        assert_eq!(report.refused.len(), 0, "{file}: {:#?}", report.words);
        let open =
            |w: &&String| w.contains("no actor of this mission") || w.contains("no area of this mission");
        let lost: Vec<&String> = report.warning_words.iter().filter(open).collect();
        assert!(lost.is_empty(), "{file}: {lost:#?}");
        seen.push_str(&format!("{file}: {}, warnings {}\n", counts(&report), report.warnings));
        if std::env::var_os("SHOW").is_some() {
            seen.push_str(&format!("{:#?}\n", report.warning_words));
        }
    }
    println!("{seen}");
}

#[test]
fn sukkari_and_al_quds_are_near() {
    let mission = mission();
    let airwars = run(&mission, "airwars", "airwars.csv");
    let sukkari = airwars.observations.iter().find(|o| {
        matches!(&o.body, Body::Event(e) if e.casualties.killed.is_some_and(|k| k.min == 58 || k.max == Some(58)))
    });
    let Body::Event(event) = &sukkari.unwrap().body else { panic!("an event") };
    assert_eq!(mission.areas.governorates_of(event.place.as_ref().unwrap()).len(), 1);
}
