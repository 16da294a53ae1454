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

fn one_area(kind: &str, geometry: &str) -> Result<truceline_model::Areas, String> {
    let text = format!(
        r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{"id":"a","kind":"{kind}",
        "asserted_by":"sohr","from":"2016-05-01","to":"2016-05-03"}},"geometry":{geometry}}}]}}"#
    );
    let zone = truceline_model::Zone::named("Asia/Damascus").unwrap();
    mission::areas(text.as_bytes(), &zone).map_err(|f| f.iter().map(ToString::to_string).collect())
}

#[test]
fn lines_are_read_with_who_asserts_them_and_when() {
    use truceline_model::Shape;
    let one = r#"{"type":"LineString","coordinates":[[37.1,36.2],[37.1,36.2],[37.2,36.3]]}"#;
    let areas = one_area("line", one).unwrap();
    let line = areas.get(&"a".into()).unwrap();
    let Shape::Line(chains) = &line.shape else { panic!("{:?}", line.shape) };
    assert_eq!(chains.iter().map(Vec::len).collect::<Vec<_>>(), [2]);
    assert_eq!(line.asserted_by, Some("sohr".into()));
    assert_eq!(line.valid.start().to_string(), "2016-04-30T21:00:00Z");
    assert_eq!(line.valid.end().to_string(), "2016-05-03T21:00:00Z");
    let two = r#"{"type":"MultiLineString","coordinates":[[[37.1,36.2],[37.2,36.3]],[[38.0,36.0],[38.1,36.0],[38.2,36.1]]]}"#;
    let Shape::Line(chains) = &one_area("line", two).unwrap().get(&"a".into()).unwrap().shape.clone() else {
        panic!("no line")
    };
    assert_eq!(chains.len(), 2);
    for (kind, geometry, say) in [
        (
            "line",
            r#"{"type":"LineString","coordinates":[[37.1,36.2],[37.1,36.2]]}"#,
            "two different positions",
        ),
        ("line", r#"{"type":"MultiLineString","coordinates":[]}"#, "at least one chain"),
        (
            "line",
            r#"{"type":"Polygon","coordinates":[[[37,36],[38,36],[38,37],[37,36]]]}"#,
            "nothing else is",
        ),
        ("zone", one, "nothing else is"),
        ("line", r#"{"type":"Curve","coordinates":[]}"#, "a LineString"),
    ] {
        let told = one_area(kind, geometry).unwrap_err();
        assert!(told.contains(say), "{geometry}: {told}");
    }
    assert!(one_area("line", "null").is_ok());
}
