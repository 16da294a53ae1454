//! `areas.geojson`: governorates, places, zones and who holds which ground.
//!
//! Coordinates go from text to integers; no float on the way. Simple polygons and multipolygons, points with a radius, or no
//! geometry at all for what is known by name only.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::area::Shape;
use truceline_model::place::Ring;
use truceline_model::{ActorId, Area, AreaId, AreaKind, Areas, Point, SourceId, Zone};

use super::{LANGUAGES, MissionFault, is_id, window};
use crate::json::{self, Node, Value};
use crate::nearest::did_you_mean;
use crate::refusal::{Fault, Refusal, quote};

const FILE: &str = "areas.geojson";

/// Largest file that is read, in bytes.
const BYTES_LIMIT: usize = 64 << 20;

/// Most vertices of one area: beyond it, simplify; every containment test walks them all.
const VERTICES_LIMIT: usize = 200_000;

const KINDS: [(&str, AreaKind); 6] = [
    ("line", AreaKind::Line),
    ("country", AreaKind::Country),
    ("governorate", AreaKind::Governorate),
    ("place", AreaKind::Place),
    ("zone", AreaKind::Zone),
    ("control", AreaKind::Control),
];

/// What is wrong with one property of a feature: fault, property, found, what would be right.
type Wrong = (Fault, &'static str, String, String);

/// Reads `areas.geojson`. Bare days of `from` and `to` are local to `zone`, the last included.
///
/// # Errors
/// Every fault, by the number of the feature, from 1.
pub fn areas(bytes: &[u8], zone: &Zone) -> Result<Areas, Vec<MissionFault>> {
    let file_fault = |found: String, say: String| vec![fault(0, (Fault::Json, "", found, say))];
    if bytes.len() > BYTES_LIMIT {
        let found = format!("{} bytes", bytes.len());
        return Err(file_fault(found, format!("at most {BYTES_LIMIT} bytes; simplify the boundaries")));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes)
        .map_err(|e| file_fault(format!("byte {}", e.valid_up_to()), "the file is in UTF-8".to_owned()))?;
    let root = json::parse(text).map_err(|f| file_fault(format!("at byte {}", f.at), f.say))?;
    let Some(features) = root.get("features").and_then(Node::items) else {
        return Err(file_fault("no list of features".to_owned(), "a GeoJSON FeatureCollection".to_owned()));
    };
    let (mut all, mut faults, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    let mut within = Vec::new();
    for (feature, number) in features.iter().zip(1_u64..) {
        for outer in outers(feature) {
            within.push((number, id_of(feature), outer));
        }
        match area(feature, zone) {
            Ok(area) if seen.insert(area.id.clone()) => all.push(area),
            Ok(area) => {
                let say = "each id stands once; this one is taken already".to_owned();
                faults.push(fault(number, (Fault::Id, "id", quote(area.id.as_str()), say)));
            }
            Err(wrong) => faults.push(fault(number, wrong)),
        }
    }
    for (area, number) in all.iter().zip(1_u64..) {
        if let Some(parent) = area.parent.as_ref().filter(|parent| !seen.contains(*parent)) {
            let near = did_you_mean(parent.as_str(), seen.iter().map(AreaId::as_str));
            let say = format!("the parent is an id of this file{near}");
            faults.push(fault(number, (Fault::Id, "parent", quote(parent.as_str()), say)));
        }
    }
    for (number, _, outer) in within.iter().filter(|(_, _, outer)| !seen.contains(outer)) {
        let near = did_you_mean(outer.as_str(), seen.iter().map(AreaId::as_str));
        let say = format!("what an area lies in is an id of this file{near}");
        faults.push(fault(*number, (Fault::Id, "lies_in", quote(outer.as_str()), say)));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut areas = Areas::new(all);
    for (_, inner, outer) in within {
        areas.note_within(inner, outer);
    }
    Ok(areas)
}

/// Areas that a feature is said to lie in by name, beside its parent.
fn outers(feature: &Node) -> Vec<AreaId> {
    let listed =
        feature.get("properties").and_then(|p| p.get("lies_in")).and_then(Node::items).unwrap_or_default();
    listed.iter().filter_map(Node::text).map(AreaId::new).collect()
}

fn id_of(feature: &Node) -> AreaId {
    AreaId::new(feature.get("properties").and_then(|p| p.get("id")).and_then(Node::text).unwrap_or_default())
}

fn fault(number: u64, (fault, column, found, would_be_right): Wrong) -> MissionFault {
    let column = (!column.is_empty()).then(|| column.to_owned());
    MissionFault {
        file: FILE,
        refusal: Refusal { fault, row: number, column, found, would_be_right, span: None },
    }
}

fn area(feature: &Node, zone: &Zone) -> Result<Area, Wrong> {
    let Some(properties) = feature.get("properties") else {
        return Err((
            Fault::Missing,
            "properties",
            "none".to_owned(),
            "a feature has an id and a kind".to_owned(),
        ));
    };
    let text = |key: &str| properties.get(key).and_then(Node::text).unwrap_or_default();
    let id = text("id");
    if !is_id(id) {
        let say = "an id is ASCII letters, digits and hyphens, at most 80".to_owned();
        return Err((Fault::Id, "id", quote(id), say));
    }
    let word = text("kind");
    let Some((_, kind)) = KINDS.iter().find(|(name, _)| *name == word) else {
        let words = KINDS.map(|(name, _)| name);
        let say = format!("{id}: a kind is one of {}{}", words.join(", "), did_you_mean(word, words));
        return Err((Fault::Word, "kind", quote(word), say));
    };
    let some = |key: &str| Some(text(key)).filter(|text| !text.is_empty());
    if *kind == AreaKind::Control && (some("held_by").is_none() || some("asserted_by").is_none()) {
        let say = format!("{id}: control says who holds the ground and who says so");
        return Err((Fault::Missing, "held_by", "not both of held_by and asserted_by".to_owned(), say));
    }
    let valid = window(zone, text("from"), text("to"))
        .map_err(|e| (Fault::Date, "from", quote(&format!("{}/{}", text("from"), text("to"))), e.say))?;
    let names: BTreeMap<String, String> = LANGUAGES
        .iter()
        .filter_map(|language| {
            some(&format!("name_{language}")).map(|n| ((*language).to_owned(), n.to_owned()))
        })
        .collect();
    let aliases = properties.get("aliases").and_then(Node::items).unwrap_or_default();
    Ok(Area {
        id: AreaId::new(id),
        kind: *kind,
        names,
        aliases: aliases.iter().filter_map(Node::text).map(str::to_owned).collect(),
        parent: some("parent").map(AreaId::new),
        shape: shape_of(feature, *kind, id)?,
        held_by: some("held_by").map(ActorId::new),
        asserted_by: some("asserted_by").map(SourceId::new),
        valid,
    })
}

/// Where an area is. A line is drawn as a line and nothing else is.
fn shape_of(feature: &Node, kind: AreaKind, id: &str) -> Result<Shape, Wrong> {
    let within_m = feature.get("properties").and_then(|properties| properties.get("within_m"));
    let shape = shape(feature.get("geometry"), within_m, id)?;
    let drawn = matches!(shape, Shape::Line(_));
    if (kind == AreaKind::Line) == drawn || shape == Shape::Nowhere {
        return Ok(shape);
    }
    let found = if drawn { "a line" } else { "no line" };
    let say = format!("{id}: what is of kind line is a LineString or MultiLineString, and nothing else is");
    Err((Fault::Coordinate, "geometry", found.to_owned(), say))
}

fn shape<'a>(geometry: Option<&'a Node>, within_m: Option<&Node>, id: &str) -> Result<Shape, Wrong> {
    let Some(geometry) = geometry.filter(|node| node.value != Value::Null) else { return Ok(Shape::Nowhere) };
    let kind = geometry.get("type").and_then(Node::text).unwrap_or_default();
    let wrong = |say: &str| (Fault::Coordinate, "geometry", quote(kind), format!("{id}: {say}"));
    let coordinates = geometry.get("coordinates").ok_or_else(|| wrong("a geometry has coordinates"))?;
    let list = |node: &'a Node| node.items().ok_or_else(|| wrong("coordinates are nested lists"));
    match kind {
        "Point" => {
            let metres = match within_m.map(|node| &node.value) {
                Some(Value::Number(text)) => text.parse::<u32>().ok().filter(|m| *m > 0),
                _ => None,
            };
            let metres =
                metres.ok_or_else(|| wrong("a point has within_m, a whole number of metres above 0"))?;
            Ok(Shape::Disc(point(coordinates, id)?, metres))
        }
        "Polygon" => Ok(Shape::Polygon(rings(std::slice::from_ref(coordinates), id)?)),
        "MultiPolygon" => Ok(Shape::Polygon(rings(list(coordinates)?, id)?)),
        "LineString" => Ok(Shape::Line(chains(std::slice::from_ref(coordinates), id)?)),
        "MultiLineString" => Ok(Shape::Line(chains(list(coordinates)?, id)?)),
        _ => {
            Err(wrong("a geometry is a Point, a Polygon, a MultiPolygon, a LineString or a MultiLineString"))
        }
    }
}

/// Chains of points, open at both ends. A point that repeats the one before it adds nothing.
fn chains(lines: &[Node], id: &str) -> Result<Vec<Ring>, Wrong> {
    let wrong = |say: &str| (Fault::Coordinate, "geometry", "coordinates".to_owned(), format!("{id}: {say}"));
    let mut out = Vec::new();
    let mut vertices = 0_usize;
    for line in lines {
        let points = line.items().ok_or_else(|| wrong("a line is a list of positions"))?;
        let mut read: Ring = points.iter().map(|node| point(node, id)).collect::<Result<_, _>>()?;
        read.dedup();
        if read.len() < 2 {
            return Err(wrong("a line has at least two different positions"));
        }
        vertices += read.len();
        if vertices > VERTICES_LIMIT {
            return Err(wrong(&format!("more than {VERTICES_LIMIT} positions; simplify the line")));
        }
        out.push(read);
    }
    if out.is_empty() { Err(wrong("a line has at least one chain of positions")) } else { Ok(out) }
}

fn rings(polygons: &[Node], id: &str) -> Result<Vec<Ring>, Wrong> {
    let wrong = |say: &str| (Fault::Coordinate, "geometry", "coordinates".to_owned(), format!("{id}: {say}"));
    let mut out = Vec::new();
    let mut vertices = 0_usize;
    for ring in polygons.iter().flat_map(|polygon| polygon.items().unwrap_or_default()) {
        let points = ring.items().ok_or_else(|| wrong("a ring is a list of positions"))?;
        let mut read: Ring = points.iter().map(|node| point(node, id)).collect::<Result<_, _>>()?;
        // GeoJSON repeats the first position at the end; the model closes rings itself.
        if read.len() > 1 && read.first() == read.last() {
            read.pop();
        }
        if read.len() < 3 {
            return Err(wrong("a ring has at least three different corners"));
        }
        vertices += read.len();
        if vertices > VERTICES_LIMIT {
            return Err(wrong(&format!("more than {VERTICES_LIMIT} corners; simplify the boundary")));
        }
        out.push(read);
    }
    if out.is_empty() { Err(wrong("a polygon has at least one ring")) } else { Ok(out) }
}

fn point(node: &Node, id: &str) -> Result<Point, Wrong> {
    let wrong =
        |say: String| (Fault::Coordinate, "geometry", "a position".to_owned(), format!("{id}: {say}"));
    let [lon, lat, ..] = node.items().unwrap_or_default() else {
        return Err(wrong("a position is [longitude, latitude]".to_owned()));
    };
    let number = |node: &Node, limit: i32| match &node.value {
        Value::Number(text) => Point::parse_degrees(text, limit).map_err(wrong),
        _ => Err(wrong(format!("a coordinate is a number, not {}", node.kind()))),
    };
    Ok(Point { lat: number(lat, 90)?, lon: number(lon, 180)? })
}
