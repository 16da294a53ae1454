//! Governorates, named places and zones of a mission, with their names in several scripts.

use std::collections::{BTreeMap, BTreeSet};

use crate::place::{Containment, Point, Ring, disc_in_rings, disc_near_lines, point_in_rings};
use crate::prepared::PreparedRings;
use crate::{ActorId, AreaId, Interval, Place, SourceId};

/// What an area is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AreaKind {
    /// The whole country.
    Country,
    /// First administrative level.
    Governorate,
    /// A town, a neighbourhood, a building.
    Place,
    /// A zone that the terms name: a regime of calm, a corridor, a safe zone.
    Zone,
    /// Ground that a named source says a named side holds.
    Control,
    /// A line: of contact, of withdrawal, a border. Nothing lies in it; things lie near it.
    Line,
}

/// Where an area is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One or more rings, even-odd.
    Polygon(Vec<Ring>),
    /// A point and the radius in metres within which the place lies.
    Disc(Point, u32),
    /// One or more chains of points, open at both ends; each has at least two.
    Line(Vec<Ring>),
    /// Known by name only.
    Nowhere,
}

/// One feature of the mission's `areas.geojson`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Area {
    /// P-code or place id.
    pub id: AreaId,
    /// What it is.
    pub kind: AreaKind,
    /// Names by language code (`en`, `ar`, `ru`).
    pub names: BTreeMap<String, String>,
    /// Other spellings found in sources.
    pub aliases: BTreeSet<String>,
    /// The area that holds it, by P-code.
    pub parent: Option<AreaId>,
    /// Where it is.
    pub shape: Shape,
    /// For control: who holds it.
    pub held_by: Option<ActorId>,
    /// For control: who says so.
    pub asserted_by: Option<SourceId>,
    /// For control and zones: when it holds.
    pub valid: Interval,
}

/// The mission's areas, by id and by name.
#[derive(Clone, Debug, Default)]
pub struct Areas {
    by_id: BTreeMap<AreaId, Area>,
    by_name: BTreeMap<String, BTreeSet<AreaId>>,
    within: BTreeMap<AreaId, BTreeSet<AreaId>>,
    /// Polygons, ready for many questions.
    prepared: BTreeMap<AreaId, PreparedRings>,
}

impl Areas {
    /// Indexes the areas by id and by every name; a later area with the same id replaces an earlier.
    #[must_use]
    pub fn new(areas: impl IntoIterator<Item = Area>) -> Self {
        let mut all = Self::default();
        for area in areas {
            for name in area.names.values().chain(&area.aliases) {
                all.by_name.entry(fold(name)).or_default().insert(area.id.clone());
            }
            all.by_name.entry(fold(area.id.as_str())).or_default().insert(area.id.clone());
            all.prepared.remove(&area.id);
            if let Shape::Polygon(rings) = &area.shape {
                all.prepared.insert(area.id.clone(), PreparedRings::new(rings));
            }
            all.by_id.insert(area.id.clone(), area);
        }
        all
    }

    /// The outline of an area that is a polygon, ready for many questions.
    #[must_use]
    pub fn outline(&self, id: &AreaId) -> Option<&PreparedRings> {
        self.prepared.get(id)
    }

    /// Notes that an area lies in another by name, whatever their outlines: a quarter in a city's zone. A town known to within
    /// kilometres would else straddle the zone that is named after it.
    pub fn note_within(&mut self, inner: AreaId, outer: AreaId) {
        self.within.entry(inner).or_default().insert(outer);
    }

    /// The area with that id.
    #[must_use]
    pub fn get(&self, id: &AreaId) -> Option<&Area> {
        self.by_id.get(id)
    }

    /// Every area, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Area> {
        self.by_id.values()
    }

    /// Areas that bear the name, in any script, however it is cased or spaced; `within` narrows to a governorate.
    #[must_use]
    pub fn named(&self, name: &str, within: Option<&AreaId>) -> Vec<&Area> {
        let found = self.by_name.get(&fold(name)).into_iter().flatten().filter_map(|id| self.by_id.get(id));
        found
            .filter(|area| {
                within.is_none_or(|outer| area.id == *outer || area.parent.as_ref() == Some(outer))
            })
            .collect()
    }

    /// Whether a place lies in an area, by name when it is said to, else by geometry, with its precision.
    #[must_use]
    pub fn contains(&self, area: &AreaId, place: &Place) -> Containment {
        if place.areas.contains(area) || place.areas.iter().any(|inner| self.lies_in(inner, area)) {
            return Containment::Inside;
        }
        let Some(outer) = self.by_id.get(area) else { return Containment::CannotSay };
        match (&outer.shape, place.point) {
            (Shape::Polygon(rings), Some(point)) => match self.prepared.get(area) {
                Some(outline) => outline.disc(point, place.within_m),
                None => disc_in_rings(point, place.within_m, rings),
            },
            (Shape::Disc(centre, radius), Some(point)) => {
                let metres = centre.metres_to(point);
                let (radius, slack) = (u64::from(*radius), u64::from(place.within_m));
                if metres + slack <= radius {
                    Containment::Inside
                } else if metres > radius + slack {
                    Containment::Outside
                } else {
                    Containment::CannotSay
                }
            }
            _ => self.apart_by_name(area, place),
        }
    }

    /// Whether a place lies within so many metres of an area or line, with its precision. What lies in an area is near it.
    #[must_use]
    pub fn near(&self, area: &AreaId, margin_m: u32, place: &Place) -> Containment {
        if place.areas.contains(area) || place.areas.iter().any(|inner| self.lies_in(inner, area)) {
            return Containment::Inside;
        }
        let (Some(outer), Some(point)) = (self.by_id.get(area), place.point) else {
            return Containment::CannotSay;
        };
        let within_m = place.within_m;
        match &outer.shape {
            Shape::Line(lines) => disc_near_lines(point, within_m, margin_m, lines, false),
            Shape::Polygon(rings) => {
                let inside = point_in_rings(point, rings) != Containment::Outside;
                if inside && within_m <= margin_m {
                    return Containment::Inside;
                }
                match disc_near_lines(point, within_m, margin_m, rings, true) {
                    Containment::Outside if inside => Containment::CannotSay,
                    told => told,
                }
            }
            Shape::Disc(centre, radius) => {
                let metres = centre.metres_to(point);
                let reach = u64::from(*radius) + u64::from(margin_m);
                let slack = u64::from(within_m);
                if metres + slack <= reach {
                    Containment::Inside
                } else if metres > reach + slack {
                    Containment::Outside
                } else {
                    Containment::CannotSay
                }
            }
            Shape::Nowhere => Containment::CannotSay,
        }
    }

    /// Two different governorates exclude one another; with nothing else to go by, no more can be said.
    fn apart_by_name(&self, area: &AreaId, place: &Place) -> Containment {
        let governorate = |id: &AreaId| {
            self.by_id
                .get(id)
                .and_then(|a| if a.kind == AreaKind::Governorate { Some(&a.id) } else { a.parent.as_ref() })
                .cloned()
        };
        let outer = governorate(area);
        let apart = outer.is_some()
            && !place.areas.is_empty()
            && place.areas.iter().all(|a| governorate(a).is_some() && governorate(a) != outer);
        if apart { Containment::Outside } else { Containment::CannotSay }
    }

    /// Whether an area lies in another by its parents or by name.
    fn lies_in(&self, inner: &AreaId, outer: &AreaId) -> bool {
        let mut seen = BTreeSet::new();
        let mut waiting = vec![inner];
        while let Some(at) = waiting.pop() {
            // A loop in bad data must not hang us.
            if !seen.insert(at) {
                continue;
            }
            let parent = self.by_id.get(at).and_then(|area| area.parent.as_ref());
            let outers = parent.into_iter().chain(self.within.get(at).into_iter().flatten());
            for next in outers {
                if next == outer {
                    return true;
                }
                waiting.push(next);
            }
        }
        false
    }

    /// Governorates in which a place may lie: one when it can be told, several when its disc crosses a boundary.
    #[must_use]
    pub fn governorates_of(&self, place: &Place) -> BTreeSet<AreaId> {
        let all = || self.by_id.values().filter(|area| area.kind == AreaKind::Governorate);
        let sure: BTreeSet<AreaId> = all()
            .filter(|area| self.contains(&area.id, place) == Containment::Inside)
            .map(|area| area.id.clone())
            .collect();
        if !sure.is_empty() || place.point.is_none() {
            return sure;
        }
        all()
            .filter(|area| self.contains(&area.id, place) == Containment::CannotSay)
            .map(|area| area.id.clone())
            .collect()
    }
}

/// Folds a name for look-up: lower case, letters and digits only, Arabic letter variants, marks and direction signs dropped.
#[must_use]
pub fn fold(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{640}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'))
        .flat_map(char::to_lowercase)
        .filter_map(|c| match c {
            'أ' | 'إ' | 'آ' | 'ٱ' => Some('ا'),
            'ى' => Some('ي'),
            'ة' => Some('ه'),
            c if c.is_alphanumeric() => Some(c),
            _ => None,
        })
        .collect()
}
