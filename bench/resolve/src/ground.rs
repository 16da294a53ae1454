//! The ground: governorates and named places of the shipped mission, to which a benchmark adds places of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use truceline_intake::mission;
use truceline_model::{Area, AreaId, AreaKind, Areas, Interval, Place, Point, Shape, Zone};

use crate::Result;

/// The mission's own zone.
///
/// # Errors
/// When the zone database lacks it.
pub fn zone() -> Result<Zone> {
    Ok(Zone::named("Asia/Damascus")?)
}

/// The areas that the mission ships.
///
/// # Errors
/// When the file cannot be read.
pub fn shipped(root: &Path, zone: &Zone) -> Result<Areas> {
    let path = root.join("agreements/syria-2016/areas.geojson");
    let bytes = std::fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    mission::areas(&bytes, zone).map_err(|faults| format!("areas.geojson has {} faults", faults.len()).into())
}

/// Governorates alone.
#[must_use]
pub fn governorates(areas: &Areas) -> Vec<Area> {
    areas.iter().filter(|a| a.kind == AreaKind::Governorate).cloned().collect()
}

/// The governorate in which a point lies, by the areas' polygons.
#[must_use]
pub fn governorate_at(areas: &Areas, governorates: &[AreaId], point: Point) -> Option<AreaId> {
    let place = Place { point: Some(point), within_m: 100, areas: BTreeSet::new(), unresolved: None };
    let inside = |id: &&AreaId| areas.contains(id, &place) == truceline_model::Containment::Inside;
    governorates.iter().find(inside).cloned()
}

/// A named place: a point and how wide it is.
#[must_use]
pub fn named_place(id: &str, parent: Option<AreaId>, point: Point, within_m: u32) -> Area {
    Area {
        id: AreaId::new(id),
        kind: AreaKind::Place,
        names: BTreeMap::new(),
        aliases: BTreeSet::new(),
        parent,
        shape: Shape::Disc(point, within_m),
        held_by: None,
        asserted_by: None,
        valid: Interval::ALWAYS,
    }
}

/// A town of a list of names.
pub struct Town {
    /// Its names, in every script.
    pub names: Vec<String>,
    /// Where it lies.
    pub point: Point,
}

fn json(path: &Path) -> Result<serde_json::Value> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(serde_json::from_str(&text)?)
}

/// Syria's towns by GeoNames, in the order of their numbers there.
///
/// # Errors
/// When the file cannot be read.
pub fn towns(data: &Path) -> Result<Vec<Town>> {
    let all = json(&data.join("geo/geonames_cities500_conflict_countries.json"))?;
    let of_syria = all.as_object().into_iter().flatten().filter(|(_, town)| town["countrycode"] == "SY");
    let mut towns: BTreeMap<u64, Town> = BTreeMap::new();
    for (_, town) in of_syria {
        let text = |key: &str| town[key].as_f64().map(|degrees| format!("{degrees:.5}")).unwrap_or_default();
        let Ok(point) = Point::parse(&text("latitude"), &text("longitude")) else { continue };
        let others = town["alternatenames"].as_array().into_iter().flatten();
        let names =
            others.chain([&town["name"]]).filter_map(|name| name.as_str().map(str::to_owned)).collect();
        towns.insert(town["geonameid"].as_u64().unwrap_or_default(), Town { names, point });
    }
    Ok(towns.into_values().collect())
}

/// Names of districts and subdistricts, each with the code of its governorate.
///
/// # Errors
/// When a file cannot be read.
pub fn districts(data: &Path) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for file in ["geo/syr_admin2.geojson", "geo/syr_admin3.geojson"] {
        let all = json(&data.join(file))?;
        for feature in all["features"].as_array().into_iter().flatten() {
            let of = |key: &str| feature["properties"][key].as_str().unwrap_or_default().to_owned();
            found.extend([(of("NAME_AR"), of("ADM1_PCODE")), (of("NAME_EN"), of("ADM1_PCODE"))]);
        }
    }
    Ok(found)
}
