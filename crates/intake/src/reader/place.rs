//! Where it was: a point with its precision, named places and governorates, or the source's words where nothing matches.

use std::collections::BTreeSet;

use truceline_model::{Area, AreaId, AreaKind, Containment, Place, Point, area::Shape};

use super::row::Row;
use crate::degrees;
use crate::mapping::Field;
use crate::refusal::{Fault, quote};

/// Widest precision that a point may have, in metres: beyond it a governorate says more.
const WITHIN_LIMIT: u32 = 1_000_000;

/// The place; `None` when nothing is stated about it or a coordinate could not be read.
pub(super) fn place(row: &mut Row<'_>) -> Option<Place> {
    let point = point(row);
    let mut areas = BTreeSet::new();
    let mut words: Vec<String> = Vec::new();
    let mut spot: Option<Area> = None;
    if let Some(path) = row.find(Field::PlacePath) {
        along(row, &path.one(), &mut areas, &mut spot, &mut words);
    } else {
        let governorate = governorate(row, &mut words);
        areas.extend(governorate.clone());
        spot = named(row, governorate.as_ref(), &mut words);
    }
    if let Some(spot) = &spot {
        areas.insert(spot.id.clone());
    }
    let (point, within_m) = match (point, spot.map(|area| area.shape)) {
        (Some((point, within_m)), _) => (Some(point), within_m),
        (None, Some(Shape::Disc(centre, radius))) => (Some(centre), radius),
        _ => (None, 0),
    };
    if point.is_none() && areas.is_empty() && words.is_empty() {
        return None;
    }
    let unresolved = if words.is_empty() { None } else { Some(words.join(", ").into()) };
    let place = Place { point, within_m, areas, unresolved };
    outside(row, &place);
    Some(place)
}

fn point(row: &mut Row<'_>) -> Option<(Point, u32)> {
    let (lat, lon) = (row.find(Field::Lat), row.find(Field::Lon));
    let (lat, lon) = match (lat, lon) {
        (Some(lat), Some(lon)) => (lat, lon),
        (None, None) => return None,
        (one, other) => {
            if let Some(found) = one.or(other) {
                row.refuse(
                    Fault::Coordinate,
                    &found,
                    "latitude and longitude are given together or not at all",
                );
            }
            return None;
        }
    };
    let north = degrees::read(&lat.one(), 90).map_err(|say| row.refuse(Fault::Coordinate, &lat, say));
    let east = degrees::read(&lon.one(), 180).map_err(|say| row.refuse(Fault::Coordinate, &lon, say));
    let Some(within) = row.find(Field::WithinM) else {
        row.missing(
            Field::WithinM,
            "a point has a precision: metres within which it was; 0 is never assumed",
        );
        return None;
    };
    let metres = within.one().parse::<u32>().ok().filter(|metres| (1..=WITHIN_LIMIT).contains(metres));
    if metres.is_none() {
        let say = format!(
            "write the precision in whole metres, 1 to {WITHIN_LIMIT}, or add the word to the mapping"
        );
        row.refuse(Fault::Coordinate, &within, say);
    }
    let point = Point { lat: north.ok()?, lon: east.ok()? };
    if point.lat == 0 && point.lon == 0 {
        row.refuse(Fault::Coordinate, &lat, "0, 0 is an empty field written as a point; leave both empty");
        return None;
    }
    Some((point, metres?))
}

fn governorate(row: &mut Row<'_>, words: &mut Vec<String>) -> Option<AreaId> {
    let word = row.text(Field::Area)?;
    let found = wide(row, &word);
    if found.is_none() {
        row.warn(
            Field::Area,
            format!("{} is no area of this mission; kept in the source's words", quote(&word)),
        );
        words.push(word);
    }
    found
}

/// An area by its id, or a governorate or country by name.
fn wide(row: &Row<'_>, word: &str) -> Option<AreaId> {
    let areas = row.context.areas;
    if let Some(area) = areas.get(&AreaId::new(word)) {
        return Some(area.id.clone());
    }
    let wide = |area: &&&Area| matches!(area.kind, AreaKind::Governorate | AreaKind::Country);
    areas.named(word, None).iter().find(wide).map(|area| area.id.clone())
}

/// The first of the place columns that names a place the mission knows; the words of the first when none does.
fn named(row: &mut Row<'_>, governorate: Option<&AreaId>, words: &mut Vec<String>) -> Option<Area> {
    let all: Vec<String> = row.find_all(Field::Place).iter().map(|found| found.one()).collect();
    for word in &all {
        if let Some(area) = spot(row, word, governorate) {
            return Some(area);
        }
    }
    let first = all.into_iter().next()?;
    words.insert(0, first);
    None
}

/// One place by id or by name; a name that several places of the governorate bear names none.
fn spot(row: &mut Row<'_>, word: &str, governorate: Option<&AreaId>) -> Option<Area> {
    let areas = row.context.areas;
    let usable = |area: &Area| area.kind != AreaKind::Control;
    if let Some(area) = areas.get(&AreaId::new(word)).filter(|area| usable(area)) {
        return Some(area.clone());
    }
    let found: Vec<&Area> = areas.named(word, governorate).into_iter().filter(|area| usable(area)).collect();
    // A governorate and its capital share a name; the word alone then says no more than the governorate.
    let wide = found.iter().find(|area| area.kind == AreaKind::Governorate);
    match (wide, found.as_slice()) {
        (Some(area), _) => Some((*area).clone()),
        (None, [only]) => Some((*only).clone()),
        (None, []) => None,
        (None, many) => {
            let ids: Vec<&str> = many.iter().map(|area| area.id.as_str()).take(4).collect();
            row.warn(
                Field::Place,
                format!("{} names several places ({}); none was taken", quote(word), ids.join(", ")),
            );
            None
        }
    }
}

/// `Homs: Rastan: Kissin`: the governorate, then the innermost part that the mission knows.
fn along(
    row: &mut Row<'_>,
    path: &str,
    areas: &mut BTreeSet<AreaId>,
    innermost: &mut Option<Area>,
    words: &mut Vec<String>,
) {
    let parts: Vec<&str> = path.split(':').map(str::trim).filter(|part| !part.is_empty()).collect();
    let Some((first, rest)) = parts.split_first() else { return };
    let governorate = wide(row, first);
    let (within, inner) = match governorate {
        Some(id) => {
            areas.insert(id.clone());
            (Some(id), rest)
        }
        None => (None, parts.as_slice()),
    };
    // Aliases may hold the whole path as the source writes it.
    *innermost = spot(row, path, None)
        .or_else(|| inner.iter().rev().find_map(|part| spot(row, part, within.as_ref())));
    if innermost.is_none() && !inner.is_empty() {
        words.push(path.to_owned());
    }
}

/// A point outside the country that the mission is about is most often two swapped coordinates.
fn outside(row: &mut Row<'_>, place: &Place) {
    if place.point.is_none() {
        return;
    }
    let bare = Place { areas: BTreeSet::new(), unresolved: None, ..place.clone() };
    let areas = row.context.areas;
    let mut countries = areas.iter().filter(|area| area.kind == AreaKind::Country).peekable();
    if countries.peek().is_some()
        && countries.all(|country| areas.contains(&country.id, &bare) == Containment::Outside)
    {
        row.warn(Field::Lat, "the point lies outside the country; are latitude and longitude swapped?");
    }
}
