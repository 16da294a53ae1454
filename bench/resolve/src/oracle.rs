//! Where likeness to people's groups is lost, by classes, and what it would be if one thing about every record were known.
//!
//! Of the learning part alone, and only to say what is worth mending: nothing here is learned from, and no figure of it is a result.
//! B-cubed loses a fixed share for every pair that is missed (one over its group, for each of both) or wrongly joined (one over what
//! was found), so that what each class of pairs costs can be added up.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use truceline_casework::resolve;
use truceline_model::{Body, Event, Instant, Interval, Place, Point};

use crate::airwars::{Gold, MEASURED_FROM};
use crate::{Result, Set, groups};

/// Texts with fewer seldom words tell nothing: pages to log in, videos, notices.
const FEWEST_MARKS: usize = 6;
/// A place is right within so many metres.
const RIGHT_WITHIN_M: u64 = 10_000;
/// An inferred day is taken for one from so many ten-thousandths on.
const LOOKED_FOR: u32 = 3000;
const DAY: i64 = 86_400;

/// What people noted of the incident of a record.
#[derive(Clone, Copy, Debug)]
pub struct Truth {
    /// Its local day.
    day: Interval,
    /// Where it was.
    point: Option<Point>,
}

/// One thing that is known of every record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// The incident's day.
    Day,
    /// The incident's point.
    Place,
    /// Both.
    DayAndPlace,
    /// That acts, actors and targets tell nothing.
    NothingOfWhat,
    /// That numbers of killed tell nothing.
    NothingOfKilled,
}

/// All of them.
pub const ALL: [Known; 5] =
    [Known::Day, Known::Place, Known::DayAndPlace, Known::NothingOfWhat, Known::NothingOfKilled];

#[derive(Deserialize)]
struct IncidentRow {
    code: String,
    date: String,
    lat: String,
    lon: String,
}

#[derive(Deserialize)]
struct SourceRow {
    code: String,
    url: String,
}

/// What people noted of the incidents of these records, which are all of the learning part.
///
/// # Errors
/// When a file cannot be read.
pub fn truth(data: &Path, gold: &Gold) -> Result<BTreeMap<u64, Truth>> {
    let folder = data.join("airwars-syria");
    let mut incidents: BTreeMap<String, Truth> = BTreeMap::new();
    for row in csv::Reader::from_path(folder.join("incidents.csv"))?.deserialize() {
        let row: IncidentRow = row?;
        if row.date.as_str() >= MEASURED_FROM {
            continue;
        }
        let Ok(at) = gold.set.zone.instant(&row.date) else { continue };
        let point = Point::parse(&row.lat, &row.lon).ok();
        incidents.insert(row.code, Truth { day: gold.set.zone.day_of(at), point });
    }
    let mut code_of: BTreeMap<String, String> = BTreeMap::new();
    for row in csv::Reader::from_path(folder.join("sources.csv"))?.deserialize() {
        let row: SourceRow = row?;
        code_of.insert(row.url.trim().to_owned(), row.code);
    }
    let scored = gold.set.gold.keys();
    let of = |receipt: &u64| Some((*receipt, *incidents.get(code_of.get(gold.address.get(receipt)?)?)?));
    Ok(scored.filter_map(of).collect())
}

/// The set, if one thing about every scored record were known.
#[must_use]
pub fn told(set: &Set, truth: &BTreeMap<u64, Truth>, known: Known) -> Set {
    let mut set = set.clone();
    for observation in &mut set.observations {
        let Body::Event(event) = &mut observation.body else { continue };
        match (known, truth.get(&observation.receipt.0)) {
            (Known::NothingOfWhat, _) => {
                event.acts = BTreeSet::new();
                event.actors = BTreeSet::new();
                event.targets = BTreeSet::new();
            }
            (Known::NothingOfKilled, _) => event.casualties.killed = None,
            (_, None) => {}
            (Known::Day, Some(truth)) => event.when = Some(truth.day),
            (Known::Place, Some(truth)) => put(event, truth),
            (Known::DayAndPlace, Some(truth)) => {
                event.when = Some(truth.day);
                put(event, truth);
            }
        }
    }
    set
}

fn put(event: &mut Event, truth: &Truth) {
    if let Some(point) = truth.point {
        event.place =
            Some(Place { point: Some(point), within_m: 1000, areas: BTreeSet::new(), unresolved: None });
    }
}

/// What is wrong with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    NoWords,
    NoDay,
    WrongDay,
    NoPlace,
    WrongPlace,
    None,
}

fn fault(event: &Event, likely: Option<Interval>, marks: usize, truth: &Truth) -> Fault {
    let off = |when: Interval| (when.start().seconds() - truth.day.start().seconds()).abs();
    let place = event.place.as_ref();
    let far = |p: Point| truth.point.is_some_and(|q| p.metres_to(q) > RIGHT_WITHIN_M);
    match (event.when.or(likely), place.and_then(|p| p.point)) {
        _ if marks < FEWEST_MARKS => Fault::NoWords,
        (None, _) => Fault::NoDay,
        (Some(when), _) if off(when) > DAY + 3600 && when.intersect(truth.day).is_none() => Fault::WrongDay,
        (_, None) => Fault::NoPlace,
        (_, Some(point)) if far(point) => Fault::WrongPlace,
        _ => Fault::None,
    }
}

/// What each class of pairs costs: of a missed pair the worse fault of both, of a wrongly joined one how far both incidents lie apart.
#[must_use]
pub fn lost(set: &Set, truth: &BTreeMap<u64, Truth>) -> String {
    let found = groups(&resolve(&set.observations, &[], &set.context(), Instant::FAR_FUTURE));
    let faults: BTreeMap<u64, Fault> = set
        .observations
        .iter()
        .filter_map(|o| {
            let Body::Event(event) = &o.body else { return None };
            let marks = o.wording.as_ref().map_or(0, |w| w.words().len());
            // A day that others tell counts as a day, where it is likely enough to be looked for.
            let best = o.likely.as_ref().and_then(|days| days.best()).filter(|(_, near)| *near > LOOKED_FOR);
            let noon = |(day, _): (i64, u32)| set.zone.day_of(Instant::from_seconds(day * DAY + DAY / 2));
            Some((o.receipt.0, fault(event, best.map(noon), marks, truth.get(&o.receipt.0)?)))
        })
        .collect();
    let size = |of: &BTreeMap<u64, u64>| {
        let mut sizes: BTreeMap<u64, u64> = BTreeMap::new();
        set.gold.keys().filter_map(|r| of.get(r)).for_each(|group| *sizes.entry(*group).or_default() += 1);
        sizes
    };
    let (gold_sizes, found_sizes) = (size(&set.gold), size(&found));
    let whole = u64::try_from(set.gold.len()).unwrap_or(1).max(1);
    // Ten-thousandths of the whole, times the size of the group.
    let share = |size: Option<&u64>| 100_000_000 / whole / size.copied().unwrap_or(1).max(1);
    let mut missed: BTreeMap<Fault, (u64, u64)> = BTreeMap::new();
    let mut joined: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for (a, group) in &set.gold {
        for (b, _) in set.gold.iter().filter(|(b, _)| *b != a) {
            let together = found.get(a) == found.get(b) && found.contains_key(a);
            match (set.gold.get(b) == Some(group), together) {
                (true, false) => {
                    let of = |r: &u64| faults.get(r).copied().unwrap_or(Fault::None);
                    let cost = missed.entry(of(a).min(of(b))).or_default();
                    *cost = (cost.0 + 1, cost.1 + share(gold_sizes.get(group)));
                }
                (false, true) => {
                    let cost = joined.entry(apart(truth.get(a), truth.get(b))).or_default();
                    *cost = (cost.0 + 1, cost.1 + share(found.get(a).and_then(|g| found_sizes.get(g))));
                }
                _ => {}
            }
        }
    }
    let mut records: BTreeMap<Fault, u64> = BTreeMap::new();
    faults.values().for_each(|fault| *records.entry(*fault).or_default() += 1);
    let line = |what: &str, class: &str, (pairs, cost): &(u64, u64)| {
        format!("{what} {class}: {} pairs, costs {} ten-thousandths\n", pairs / 2, cost / 10_000)
    };
    let mut out = format!("records: {records:?}\n");
    missed.iter().for_each(|(class, cost)| out.push_str(&line("missed", &format!("{class:?}"), cost)));
    joined.iter().for_each(|(class, cost)| out.push_str(&line("wrongly joined,", class, cost)));
    out
}

fn apart(a: Option<&Truth>, b: Option<&Truth>) -> &'static str {
    let (Some(a), Some(b)) = (a, b) else { return "unknown" };
    let days = (a.day.start().seconds() - b.day.start().seconds()).abs() / DAY;
    let near = a.point.zip(b.point).is_some_and(|(p, q)| p.metres_to(q) <= RIGHT_WITHIN_M);
    match (days, near) {
        (0, true) => "same day and place",
        (0, false) => "same day, elsewhere",
        (1..=3, true) => "within three days, same place",
        (1..=3, false) => "within three days, elsewhere",
        (_, true) => "days apart, same place",
        (_, false) => "days apart, elsewhere",
    }
}
