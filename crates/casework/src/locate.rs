//! Where a report lies, for comparison: its point and radius, named places, governorates, grid cells.
//!
//! Uses the mission's areas only; never moves a point. Governorates are remembered by place, because many reports name
//! the same few, and tried only where the point lies in the governorate's bounding box.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use truceline_model::place::Ring;
use truceline_model::{ActorId, Area, AreaId, AreaKind, Areas, Containment, Place, Point, Shape};

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
    pub(crate) named: Shared<AreaId>,
    pub(crate) governorates: Shared<AreaId>,
}

/// A set of ids that many reports name: held once.
pub(crate) type Shared<T> = Arc<BTreeSet<T>>;

impl Where {
    /// Whether nothing is said of a place.
    pub(crate) fn says_nothing(&self) -> bool {
        self.point.is_none() && self.named.is_empty() && self.governorates.is_empty()
    }
}

/// A bounding box: lowest and highest longitude, lowest and highest latitude.
type Bbox = (i32, i32, i32, i32);

/// Looks places up and remembers them, and holds each set of ids once.
pub(crate) struct Locator<'a> {
    areas: &'a Areas,
    boxes: Vec<(&'a Area, Option<Bbox>)>,
    /// What names alone tell.
    names: BTreeMap<BTreeSet<AreaId>, Named>,
    /// Governorates of points without a name.
    points: BTreeMap<(Point, u32), Shared<AreaId>>,
    governorates: BTreeMap<BTreeSet<AreaId>, Shared<AreaId>>,
    people: BTreeMap<BTreeSet<ActorId>, Shared<ActorId>>,
}

/// What a place's names tell.
#[derive(Clone, Default)]
struct Named {
    named: Shared<AreaId>,
    governorates: Shared<AreaId>,
    /// The point and radius that the most precise name lends.
    lent: Option<(u32, Point)>,
}

/// The one set equal to this.
fn held<T: Clone + Ord>(all: &mut BTreeMap<BTreeSet<T>, Shared<T>>, set: BTreeSet<T>) -> Shared<T> {
    if let Some(found) = all.get(&set) {
        return Arc::clone(found);
    }
    make_room(all);
    let one = Arc::new(set.clone());
    all.insert(set, Arc::clone(&one));
    one
}

/// Remembering is for the few names that many reports use; a record of a million points must not stay in memory twice.
fn make_room<K, V>(all: &mut BTreeMap<K, V>) {
    if all.len() >= REMEMBERED {
        all.clear();
    }
}

impl<'a> Locator<'a> {
    pub(crate) fn new(areas: &'a Areas) -> Self {
        let boxes =
            areas.iter().filter(|a| a.kind == AreaKind::Governorate).map(|a| (a, bbox(&a.shape))).collect();
        Self {
            areas,
            boxes,
            names: BTreeMap::new(),
            points: BTreeMap::new(),
            governorates: BTreeMap::new(),
            people: BTreeMap::new(),
        }
    }

    /// The one set equal to this.
    pub(crate) fn people(&mut self, set: BTreeSet<ActorId>) -> Shared<ActorId> {
        held(&mut self.people, set)
    }

    pub(crate) fn locate(&mut self, place: &Place) -> Where {
        let names = self.named(&place.areas);
        let lent = names.lent.filter(|_| place.point.is_none());
        let (within_m, point) =
            lent.map_or((place.within_m, place.point), |(radius, point)| (radius, Some(point)));
        let governorates = match point {
            Some(point) if names.governorates.is_empty() => self.about(place, point, within_m),
            _ => names.governorates,
        };
        Where { point, within_m, named: names.named, governorates }
    }

    fn named(&mut self, areas: &BTreeSet<AreaId>) -> Named {
        if let Some(found) = self.names.get(areas) {
            return found.clone();
        }
        let named: BTreeSet<AreaId> = areas
            .iter()
            .filter(|id| self.areas.get(id).is_none_or(|a| a.kind == AreaKind::Place))
            .cloned()
            .collect();
        // A name that has a point lends it; of several the most precise.
        let discs = named.iter().filter_map(|id| match self.areas.get(id).map(|a| &a.shape) {
            Some(Shape::Disc(point, radius)) => Some((*radius, *point)),
            _ => None,
        });
        let lent = discs.min();
        let governorates = areas.iter().filter_map(|id| governorate_of(self.areas, id)).collect();
        let governorates = held(&mut self.governorates, governorates);
        let found = Named { named: Arc::new(named), governorates, lent };
        make_room(&mut self.names);
        self.names.insert(areas.clone(), found.clone());
        found
    }

    /// Governorates in which a point lies or may lie.
    fn about(&mut self, place: &Place, point: Point, within_m: u32) -> Shared<AreaId> {
        let key = (point, within_m);
        // What a name of no governorate adds is not remembered.
        if let Some(found) = self.points.get(&key).filter(|_| place.areas.is_empty()) {
            return Arc::clone(found);
        }
        let at = Place { point: Some(point), within_m, ..place.clone() };
        let near = self.boxes.iter().filter(|(_, bbox)| bbox.is_none_or(|b| reaches(b, point, within_m)));
        let mut sure = BTreeSet::new();
        let mut may = BTreeSet::new();
        for (area, _) in near {
            match self.areas.contains(&area.id, &at) {
                Containment::Inside => sure.insert(area.id.clone()),
                Containment::CannotSay => may.insert(area.id.clone()),
                Containment::Outside => false,
            };
        }
        let found = held(&mut self.governorates, if sure.is_empty() { may } else { sure });
        if place.areas.is_empty() {
            make_room(&mut self.points);
            self.points.insert(key, Arc::clone(&found));
        }
        found
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
