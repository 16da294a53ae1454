//! What is published of reports whose source is sealed: coarsened by one stated rule before anything is derived from it, so that no
//! page, map, finding or explanation can say more than the rule lets through.
//!
//! The rule. **Place**: the smallest cell of a fixed grid (a quarter, a half, one or two degrees a side) that holds at least [`CROWD`] registered
//! places; where none does, no place. **Time**, when it happened and when it became known: whole local days, the second one at its end. **Words**,
//! notes, addresses, channels, spans, grades, the sender's ids and receipt numbers: none. **Source**: an id made of cell and day alone, the
//! same for two reports of one source in one cell on one day (they are one origin), another everywhere else, so that nobody can follow
//! a source from report to report. Events alone are published; what else sealed sources say is not.
//!
//! It decides nothing: the mission's own view is derived from the reports as they came. All integers.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{
    AreaKind, Areas, Body, Credibility, Event, Grade, Interval, Observation, Place, Point, ReceiptNo, Shape,
    SourceId, Zone,
};

/// How many registered places a cell must hold.
pub const CROWD: usize = 10;
/// Sides of cells, in 10⁻⁷ degrees, the smallest first.
const SIDES: [i32; 4] = [2_500_000, 5_000_000, 10_000_000, 20_000_000];
/// Metres in a degree at most, in thousandths of 10⁻⁷ degrees: 111 694 m a degree.
const METRES_A_DEGREE: i64 = 111_694;
/// Receipt numbers of published reports begin here: beyond any entry, within what every reader of JSON takes.
const FIRST_RECEIPT: u64 = 1_000_000_000_000;

/// Reports as they may be published.
#[derive(Clone, Debug, Default)]
pub struct Published {
    /// All observations, those of sealed sources coarsened.
    pub observations: Vec<Observation>,
    /// The number under which each coarsened report is published; those that are left out have none.
    pub receipts: BTreeMap<ReceiptNo, ReceiptNo>,
    /// Reports of sealed sources that are left out.
    pub left_out: BTreeSet<ReceiptNo>,
}

/// Coarsens the reports of sealed sources; the others stay as they are. `is_sealed` says which sources are.
#[must_use]
pub fn published(
    observations: &[Observation],
    is_sealed: &dyn Fn(&SourceId) -> bool,
    areas: &Areas,
    zone: &Zone,
) -> Published {
    let crowd: Vec<Point> = areas
        .iter()
        .filter(|area| area.kind == AreaKind::Place)
        .filter_map(|area| match &area.shape {
            Shape::Disc(point, _) => Some(*point),
            Shape::Polygon(rings) => rings.first().and_then(|ring| ring.first()).copied(),
            Shape::Line(_) | Shape::Nowhere => None,
        })
        .collect();
    let mut all = Published::default();
    let mut coarse: Vec<Coarse<'_>> = Vec::new();
    for observation in observations {
        let sealed = is_sealed(&observation.source)
            || is_sealed(&observation.origin)
            || observation.through.iter().any(is_sealed);
        match (&observation.body, sealed) {
            (_, false) => all.observations.push(observation.clone()),
            (Body::Event(event), true) => coarse.push(Coarse::of(observation, event, &crowd, areas, zone)),
            (_, true) => drop(all.left_out.insert(observation.receipt)),
        }
    }
    // In an order that follows from what is published, never from the order in which reports came.
    coarse.sort_by_key(|place| place.shown());
    let mut origins: BTreeMap<(String, &SourceId), usize> = BTreeMap::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (number, one) in (FIRST_RECEIPT..).zip(&coarse) {
        let group = one.group();
        let of_group = counts.entry(group.clone()).or_default();
        let origin = *origins.entry((group.clone(), &one.original.origin)).or_insert_with(|| {
            *of_group += 1;
            *of_group
        });
        let receipt = ReceiptNo(number);
        all.receipts.insert(one.original.receipt, receipt);
        let source = SourceId::new(&format!("protected-{group}-{origin}"));
        let mut observation = Observation::bare(
            receipt,
            (number - FIRST_RECEIPT).to_string(),
            one.known,
            source,
            Body::Event(one.event.clone()),
        );
        observation.grade = Grade::F;
        observation.credibility = Credibility::UNJUDGED;
        all.observations.push(observation);
    }
    all.observations.sort_by_key(|o| o.receipt);
    all
}

/// One event of a sealed source as it may be published.
struct Coarse<'o> {
    original: &'o Observation,
    event: Event,
    known: truceline_model::Instant,
    cell: Option<Cell>,
    day: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Cell {
    side: i32,
    east: i32,
    north: i32,
}

impl<'o> Coarse<'o> {
    fn of(original: &'o Observation, event: &Event, crowd: &[Point], areas: &Areas, zone: &Zone) -> Self {
        let days = |span: Interval| {
            let last = span.end().plus_seconds(-1);
            zone.day_of(span.start()).hull(zone.day_of(last))
        };
        let cell = event.place.as_ref().and_then(|place| cell(place, crowd));
        let when = event.when.map(days);
        let known = zone.day_of(original.known).end();
        let day = when.map_or_else(|| zone.day_of(original.known).start(), Interval::start).seconds();
        let place = event.place.as_ref().and_then(|place| coarse_place(place, cell, areas));
        Self { original, event: Event { place, when, ..event.clone() }, known, cell, day }
    }

    /// Cell and day in the letters of an id.
    fn group(&self) -> String {
        let cell = self.cell.map_or_else(
            || "nowhere".to_owned(),
            |cell| {
                let part = |n: i32| if n < 0 { format!("m{}", n.unsigned_abs()) } else { n.to_string() };
                format!("{}x{}x{}", cell.side / 2_500_000, part(cell.east), part(cell.north))
            },
        );
        format!("{cell}-{}", self.day.div_euclid(86_400))
    }

    /// All that is published of it: by this they are put in order.
    fn shown(&self) -> (i64, Option<Cell>, i64, String) {
        (self.day, self.cell, self.known.seconds(), format!("{:?}", self.event))
    }
}

/// The smallest cell around a place that holds enough registered places, and the place's own uncertainty.
fn cell(place: &Place, crowd: &[Point]) -> Option<Cell> {
    let point = place.point?;
    let cells = SIDES.into_iter().map(|side| Cell {
        side,
        east: point.lon.div_euclid(side),
        north: point.lat.div_euclid(side),
    });
    let holds = |cell: &Cell| {
        let inside = |p: &&Point| {
            p.lon.div_euclid(cell.side) == cell.east && p.lat.div_euclid(cell.side) == cell.north
        };
        crowd.iter().filter(inside).count() >= CROWD && metres(cell.side) >= place.within_m
    };
    cells.into_iter().find(|cell| holds(cell))
}

/// The side of a cell in metres, rounded up.
fn metres(side: i32) -> u32 {
    let metres = i64::from(side) * METRES_A_DEGREE / 10_000_000 + 1;
    u32::try_from(metres).unwrap_or(u32::MAX)
}

/// The middle of the cell and a radius that covers it. Without a cell: the governorate, where one is named; nothing otherwise.
fn coarse_place(place: &Place, cell: Option<Cell>, areas: &Areas) -> Option<Place> {
    if let Some(cell) = cell {
        let middle = |n: i32| n.saturating_mul(cell.side).saturating_add(cell.side / 2);
        let point = Point { lon: middle(cell.east), lat: middle(cell.north) };
        // Half a diagonal: 0.7072 of a side.
        let within_m = u32::try_from(u64::from(metres(cell.side)) * 7_072 / 10_000 + 1).unwrap_or(u32::MAX);
        return Some(Place { point: Some(point), within_m, areas: BTreeSet::new(), unresolved: None });
    }
    let wide = |id: &&truceline_model::AreaId| {
        areas.get(id).is_some_and(|a| matches!(a.kind, AreaKind::Governorate | AreaKind::Country))
    };
    let kept: BTreeSet<_> = place.areas.iter().filter(wide).cloned().collect();
    // A point in no cell with a crowd: a named governorate may be a hamlet's only one, but it is a governorate.
    (!kept.is_empty()).then_some(Place { point: None, within_m: 0, areas: kept, unresolved: None })
}
