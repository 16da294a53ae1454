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
