//! Reads the shipped mission's registries for tests: areas and actors, as plainly as they can be read.
//!
//! Small on purpose: the binary has its own loader with words for every fault; a test may stop at the first.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::Value;
use truceline_model::{
    Actor, ActorId, ActorKind, Actors, Area, AreaId, AreaKind, Areas, Instant, Interval, Membership, Point,
    Shape, SourceId, Zone,
};
use truceline_terms::{Severity, Terms};

/// The mission's folder in this repository.
pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../agreements/syria-2016")
}

/// A file of the mission.
pub(crate) fn read(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The agreement's zone.
pub(crate) fn zone() -> Zone {
    Zone::named("Asia/Damascus").unwrap()
}

/// `areas.geojson`.
pub(crate) fn areas() -> Areas {
    let all: Value = serde_json::from_str(&read("areas.geojson")).unwrap();
    let features = all["features"].as_array().unwrap();
    let mut areas = Areas::new(features.iter().map(area));
    for feature in features {
        let properties = &feature["properties"];
        for outer in properties["lies_in"].as_array().into_iter().flatten() {
            areas.note_within(
                AreaId::new(properties["id"].as_str().unwrap()),
                AreaId::new(outer.as_str().unwrap()),
            );
        }
    }
    areas
}

fn area(feature: &Value) -> Area {
    let field = |name: &str| feature["properties"][name].as_str().filter(|text| !text.is_empty());
    let names = ["en", "ar", "ru"].into_iter().filter_map(|language| {
        field(&format!("name_{language}")).map(|name| (language.to_owned(), name.to_owned()))
    });
    let listed = feature["properties"]["aliases"].as_array().into_iter().flatten();
    Area {
        id: AreaId::new(field("id").unwrap()),
        kind: match field("kind").unwrap() {
            "country" => AreaKind::Country,
            "governorate" => AreaKind::Governorate,
            "place" => AreaKind::Place,
            "zone" => AreaKind::Zone,
            "control" => AreaKind::Control,
            other => panic!("{other} is no kind of area"),
        },
        names: names.collect(),
        aliases: listed.filter_map(Value::as_str).map(str::to_owned).collect(),
        parent: field("parent").map(AreaId::new),
        shape: shape(feature),
        held_by: field("held_by").map(ActorId::new),
        asserted_by: field("asserted_by").map(SourceId::new),
        valid: window(field("from"), field("to")),
    }
}

fn window(from: Option<&str>, to: Option<&str>) -> Interval {
    let first = from.map_or(Instant::FAR_PAST, |day| zone().interval(day).unwrap().start());
    let last = to.map_or(Instant::FAR_FUTURE, |day| zone().interval(day).unwrap().end());
    Interval::new(first, last).unwrap()
}

fn shape(feature: &Value) -> Shape {
    let geometry = &feature["geometry"];
    let rings = |polygon: &Value| -> Vec<Vec<Point>> {
        polygon
            .as_array()
            .unwrap()
            .iter()
            .map(|ring| ring.as_array().unwrap().iter().map(point).collect())
            .collect()
    };
    match geometry["type"].as_str() {
        Some("Point") => {
            let within = feature["properties"]["within_m"].as_u64().unwrap_or(0);
            Shape::Disc(point(&geometry["coordinates"]), u32::try_from(within).unwrap())
        }
        Some("Polygon") => Shape::Polygon(rings(&geometry["coordinates"])),
        Some("MultiPolygon") => {
            Shape::Polygon(geometry["coordinates"].as_array().unwrap().iter().flat_map(rings).collect())
        }
        _ => Shape::Nowhere,
    }
}

/// GeoJSON gives longitude first; the number's own text is read, so that no float comes between.
fn point(pair: &Value) -> Point {
    Point::parse(&pair[1].to_string(), &pair[0].to_string()).unwrap()
}

/// `agreement.md`, which must be without fault.
pub(crate) fn terms(actors: &Actors, areas: &Areas) -> Terms {
    let checked = truceline_terms::parse(&read("agreement.md"), actors, areas);
    let errors: Vec<_> = checked.diagnostics.iter().filter(|one| one.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    checked.terms.unwrap()
}

/// Ids of `sources.csv`.
pub(crate) fn sources() -> BTreeSet<String> {
    let text = read("sources.csv");
    let mut table = csv::Reader::from_reader(text.as_bytes());
    table.records().map(|row| row.unwrap()[0].to_owned()).collect()
}

/// `actors.csv`.
pub(crate) fn actors() -> Actors {
    let text = read("actors.csv");
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let header = table.headers().unwrap().clone();
    Actors::new(table.records().map(|row| {
        let row: BTreeMap<String, String> =
            header.iter().map(str::to_owned).zip(row.unwrap().iter().map(str::to_owned)).collect();
        actor(&row)
    }))
}

fn actor(row: &BTreeMap<String, String>) -> Actor {
    let list = |name: &str| row[name].split(';').map(str::trim).filter(|word| !word.is_empty());
    Actor {
        id: ActorId::new(&row["id"]),
        kind: match row["kind"].as_str() {
            "party" => ActorKind::Party,
            "umbrella" => ActorKind::Umbrella,
            "group" => ActorKind::Group,
            "state" => ActorKind::State,
            "force" => ActorKind::Force,
            "unspecified" => ActorKind::Unspecified,
            other => panic!("{other} is no kind of actor"),
        },
        member_of: list("member_of").map(membership).collect(),
        names: ["en", "ar", "ru"]
            .map(|language| (language.to_owned(), row[&format!("name_{language}")].clone()))
            .into(),
        aliases: list("aliases").map(str::to_owned).collect::<BTreeSet<_>>(),
    }
}

/// `id`, or `id@from/to` with either end left out.
fn membership(word: &str) -> Membership {
    let (id, days) = word.split_once('@').unwrap_or((word, "/"));
    let (from, to) = days.split_once('/').unwrap_or((days, ""));
    let day = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Membership { of: ActorId::new(id), during: window(day(from).as_deref(), day(to).as_deref()) }
}
