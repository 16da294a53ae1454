//! Where a report lies, for comparison: its point and radius, named places, governorates, grid cells.
//!
//! Uses the mission's areas only; never moves a point. Governorates are remembered by place, because many reports name
//! the same few, and tried only where the point lies in the governorate's bounding box.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::place::Ring;
use truceline_model::{Area, AreaId, AreaKind, Areas, Containment, Place, Point, Shape};

/// Side of a grid cell: a tenth of a degree, in coordinate units.
const CELL: i32 = 1_000_000;
/// Coordinate units in a metre of latitude, rounded up; and the same of longitude up to 60° of latitude.
const UNITS_PER_METRE: i64 = 91;

/// Places remembered at most.
const REMEMBERED: usize = 1 << 15;

/// What a place says, ready to compare.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Where {
    pub(crate) point: Option<Point>,
    pub(crate) within_m: u32,
    /// Named places, without governorates and the country.
    pub(crate) named: BTreeSet<AreaId>,
    pub(crate) governorates: BTreeSet<AreaId>,
}

/// A bounding box: lowest and highest longitude, lowest and highest latitude.
type Bbox = (i32, i32, i32, i32);

/// Looks places up and remembers them.
pub(crate) struct Locator<'a> {
    areas: &'a Areas,
    boxes: Vec<(&'a Area, Option<Bbox>)>,
    seen: BTreeMap<Place, Where>,
}

impl<'a> Locator<'a> {
    pub(crate) fn new(areas: &'a Areas) -> Self {
        let boxes =
            areas.iter().filter(|a| a.kind == AreaKind::Governorate).map(|a| (a, bbox(&a.shape))).collect();
        Self { areas, boxes, seen: BTreeMap::new() }
    }

    pub(crate) fn locate(&mut self, place: &Place) -> Where {
        if let Some(found) = self.seen.get(place) {
            return found.clone();
        }
        let found = self.look_up(place);
        // Remembering is for the few names that many reports use; a record of a million points must not stay in memory twice.
        if self.seen.len() >= REMEMBERED {
            self.seen.clear();
        }
        self.seen.insert(place.clone(), found.clone());
        found
    }

    fn look_up(&self, place: &Place) -> Where {
        let named: BTreeSet<AreaId> = place
            .areas
            .iter()
            .filter(|id| self.areas.get(id).is_none_or(|a| a.kind == AreaKind::Place))
            .cloned()
            .collect();
        let mut found = Where { point: place.point, within_m: place.within_m, named, ..Where::default() };
        if found.point.is_none() {
            // A name that has a point lends it; of several the most precise.
            let discs = found.named.iter().filter_map(|id| match self.areas.get(id).map(|a| &a.shape) {
                Some(Shape::Disc(point, radius)) => Some((*radius, *point)),
                _ => None,
            });
            if let Some((radius, point)) = discs.min() {
                found.point = Some(point);
                found.within_m = radius;
            }
        }
        found.governorates = self.governorates(place, &found);
        found
    }

    fn governorates(&self, place: &Place, found: &Where) -> BTreeSet<AreaId> {
        let by_name: BTreeSet<AreaId> =
            place.areas.iter().filter_map(|id| governorate_of(self.areas, id)).collect();
        if !by_name.is_empty() {
            return by_name;
        }
        let Some(point) = found.point else { return BTreeSet::new() };
        let at = Place { point: Some(point), within_m: found.within_m, ..place.clone() };
        let near =
            self.boxes.iter().filter(|(_, bbox)| bbox.is_none_or(|b| reaches(b, point, found.within_m)));
        let mut sure = BTreeSet::new();
        let mut may = BTreeSet::new();
        for (area, _) in near {
            match self.areas.contains(&area.id, &at) {
                Containment::Inside => sure.insert(area.id.clone()),
                Containment::CannotSay => may.insert(area.id.clone()),
                Containment::Outside => false,
            };
        }
        if sure.is_empty() { may } else { sure }
    }
}

/// The governorate that an area is or lies in, by the chain of parents.
pub(crate) fn governorate_of(areas: &Areas, id: &AreaId) -> Option<AreaId> {
    let mut at = areas.get(id)?;
    // Parents form a short chain; a loop in bad data must not hang us.
    for _ in 0..8 {
        if at.kind == AreaKind::Governorate {
            return Some(at.id.clone());
        }
        at = areas.get(at.parent.as_ref()?)?;
    }
    None
}

/// Whether one named place holds another, by the chain of parents.
pub(crate) fn holds(areas: &Areas, outer: &AreaId, inner: &AreaId) -> bool {
    let mut at = inner;
    for _ in 0..8 {
        match areas.get(at).and_then(|a| a.parent.as_ref()) {
            Some(parent) if parent == outer => return true,
            Some(parent) => at = parent,
            None => return false,
        }
    }
    false
}

fn bbox(shape: &Shape) -> Option<Bbox> {
    let Shape::Polygon(rings) = shape else { return None };
    let points = || rings.iter().flat_map(|ring: &Ring| ring.iter());
    Some((
        points().map(|p| p.lon).min()?,
        points().map(|p| p.lon).max()?,
        points().map(|p| p.lat).min()?,
        points().map(|p| p.lat).max()?,
    ))
}

/// Reach of a radius in coordinate units; longitude shrinks with latitude, so it is taken twice.
fn reach(within_m: u32) -> (i64, i64) {
    let lat = i64::from(within_m) * UNITS_PER_METRE;
    (lat * 2, lat)
}

fn reaches(bbox: Bbox, point: Point, within_m: u32) -> bool {
    let (dlon, dlat) = reach(within_m);
    let (lon, lat) = (i64::from(point.lon), i64::from(point.lat));
    lon + dlon >= i64::from(bbox.0)
        && lon - dlon <= i64::from(bbox.1)
        && lat + dlat >= i64::from(bbox.2)
        && lat - dlat <= i64::from(bbox.3)
}

/// Grid cells that a disc of `within_m` metres may touch.
pub(crate) fn cells(point: Point, within_m: u32) -> Vec<(i32, i32)> {
    let (dlon, dlat) = reach(within_m);
    let cell = |at: i32, by: i64| {
        let moved = (i64::from(at) + by).clamp(i64::from(i32::MIN), i64::from(i32::MAX));
        i32::try_from(moved.div_euclid(i64::from(CELL))).unwrap_or(0)
    };
    let mut all = Vec::new();
    for x in cell(point.lon, -dlon)..=cell(point.lon, dlon) {
        for y in cell(point.lat, -dlat)..=cell(point.lat, dlat) {
            all.push((x, y));
        }
    }
    all
}
