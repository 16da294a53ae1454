//! Which areas a point may have to do with: a grid over the areas that clauses ask for.
//!
//! Leaves out only what certainly lies elsewhere: every cell lists the areas whose box, widened by [`MARGIN_M`], touches it.
//! A place known less well than that, and areas that have no outline, are asked one by one. Exact answers come from the
//! outlines themselves.

use truceline_model::{Areas, Place, Point, PreparedRings, Truth};

use super::lanes::{Lane, bit};
use super::places;
use super::roll::Entry;
use super::shape::Leaf;
use super::sheet::Query;

/// Metres by which boxes are widened, and up to which a place's precision may go.
const MARGIN_M: u32 = 5_000;
/// Most cells.
const CELLS: i64 = 16_384;

/// How a query is answered for a bare point.
enum Way<'t> {
    /// By an outline.
    Outline(&'t PreparedRings),
    /// By outlines: in any of them.
    Outlines(Vec<&'t PreparedRings>),
    /// As the judge would.
    Plainly,
}

/// A query beside a cell, with who asks it, so that most are passed over at a glance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Near {
    pub(super) query: u32,
    /// The lane of all who ask, and their bits; no bit: they stand in several, and the query itself knows.
    pub(super) lane: u32,
    pub(super) bits: Lane,
}

/// Queries beside a cell: those that say where a clause applies, and the others.
pub(super) type Beside<'g> = [&'g [Near]; 2];

/// The grid.
pub(super) struct Grid<'t> {
    west: i64,
    south: i64,
    /// A cell is two to this power units wide and high.
    shift: u32,
    columns: i64,
    rows: i64,
    /// Per cell, where its first queries begin in `held`, where the others do, and where they end.
    starts: Vec<[u32; 3]>,
    held: Vec<Near>,
    /// Queries that are asked of every place, and all queries.
    always: [Vec<Near>; 2],
    every: [Vec<Near>; 2],
    ways: Vec<Way<'t>>,
}

impl<'t> Grid<'t> {
    pub(super) fn new(areas: &'t Areas, queries: &[Query<'t>]) -> Self {
        let ways: Vec<Way<'t>> = queries.iter().map(|query| way(areas, &query.leaf)).collect();
        let boxes: Vec<Option<[i64; 4]>> = ways.iter().map(box_of).collect();
        let mut grid = Self {
            west: 0,
            south: 0,
            shift: 16,
            columns: 0,
            rows: 0,
            starts: Vec::new(),
            held: Vec::new(),
            always: chosen(queries, |n| boxes.get(n).is_none_or(Option::is_none)),
            every: chosen(queries, |_| true),
            ways,
        };
        let whole = boxes
            .iter()
            .flatten()
            .copied()
            .reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]);
        let Some([west, south, east, north]) = whole else { return grid };
        (grid.west, grid.south) = (west, south);
        let cells = |shift: u32| (((east - west) >> shift) + 1, ((north - south) >> shift) + 1);
        while cells(grid.shift).0 * cells(grid.shift).1 > CELLS {
            grid.shift += 1;
        }
        (grid.columns, grid.rows) = cells(grid.shift);
        for cell in 0..grid.columns * grid.rows {
            let (x, y) = (cell % grid.columns, cell / grid.columns);
            let from = (west + (x << grid.shift), south + (y << grid.shift));
            let until = (west + ((x + 1) << grid.shift), south + ((y + 1) << grid.shift));
            let touches =
                |of: &[i64; 4]| of[0] < until.0 && of[2] >= from.0 && of[1] < until.1 && of[3] >= from.1;
            let [first, others] =
                chosen(queries, |n| boxes.get(n).is_none_or(|of| of.as_ref().is_none_or(touches)));
            let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            let from = grid.held.len();
            let middle = from + first.len();
            grid.held.extend(first.into_iter().chain(others));
            grid.starts.push([from, middle, grid.held.len()].map(number));
        }
        grid
    }

    /// Queries that may have another answer than *no* for a bare point.
    pub(super) fn near(&self, entry: &Entry) -> Beside<'_> {
        if entry.within_m > MARGIN_M {
            return self.every();
        }
        let (x, y) = (
            (i64::from(entry.point.lon) - self.west) >> self.shift,
            (i64::from(entry.point.lat) - self.south) >> self.shift,
        );
        if x < 0 || y < 0 || x >= self.columns || y >= self.rows {
            return [&self.always[0], &self.always[1]];
        }
        let cell = usize::try_from(y * self.columns + x).unwrap_or(usize::MAX);
        let Some([from, middle, until]) = self.starts.get(cell).map(|all| all.map(|n| n as usize)) else {
            return self.every();
        };
        match (self.held.get(from..middle), self.held.get(middle..until)) {
            (Some(first), Some(others)) => [first, others],
            _ => self.every(),
        }
    }

    /// All queries.
    pub(super) fn every(&self) -> Beside<'_> {
        [&self.every[0], &self.every[1]]
    }

    /// The truth of a query for a bare point.
    pub(super) fn truth(&self, areas: &Areas, query: u32, leaf: &Leaf<'_>, entry: &Entry) -> Truth {
        match self.ways.get(query as usize) {
            Some(Way::Outline(outline)) => outline.disc(entry.point, entry.within_m).into(),
            Some(Way::Outlines(outlines)) => outlines.iter().fold(Truth::False, |truth, outline| {
                truth.or(outline.disc(entry.point, entry.within_m).into())
            }),
            _ => {
                let place = Place {
                    point: Some(entry.point),
                    within_m: entry.within_m,
                    areas: std::collections::BTreeSet::new(),
                    unresolved: None,
                };
                places::truth(areas, leaf, &place)
            }
        }
    }
}

fn way<'t>(areas: &'t Areas, leaf: &Leaf<'t>) -> Way<'t> {
    let Leaf::In(of) = leaf else { return Way::Plainly };
    let outlines: Option<Vec<&PreparedRings>> = of.iter().map(|area| areas.outline(area)).collect();
    match outlines.as_deref() {
        None => Way::Plainly,
        Some([one]) => Way::Outline(one),
        Some(many) => Way::Outlines(many.to_vec()),
    }
}

/// Queries of some numbers, those that say where a clause applies apart.
fn chosen(queries: &[Query<'_>], of: impl Fn(usize) -> bool) -> [Vec<Near>; 2] {
    let mut all = [Vec::new(), Vec::new()];
    for (n, query) in queries.iter().enumerate().filter(|(n, _)| of(*n)) {
        let [first, others] = &mut all;
        let into = if query.first { first } else { others };
        let lane = query.uses.first().map_or(0, |(_, lane, _)| *lane);
        let alike = query.uses.iter().all(|(_, other, _)| *other == lane);
        let bits = query.uses.iter().filter(|_| alike).fold(0, |all, (_, _, place)| all | bit(*place));
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        into.push(Near { query: number(n), lane: number(lane), bits });
    }
    all
}

/// West, south, east and north of all outlines, widened; `None` when that cannot be said.
fn box_of(way: &Way<'_>) -> Option<[i64; 4]> {
    let outlines = match way {
        Way::Outline(one) => std::slice::from_ref(one),
        Way::Outlines(many) => many.as_slice(),
        Way::Plainly => return None,
    };
    let mut whole: Option<[i64; 4]> = None;
    for outline in outlines {
        let Some((low, high)) = outline.corners() else { continue };
        let (lat, lon) = margins(low, high)?;
        let one = [
            i64::from(low.lon) - lon,
            i64::from(low.lat) - lat,
            i64::from(high.lon) + lon,
            i64::from(high.lat) + lat,
        ];
        whole = Some(whole.map_or(one, |all| {
            [all[0].min(one[0]), all[1].min(one[1]), all[2].max(one[2]), all[3].max(one[3])]
        }));
    }
    whole
}

/// The margin in units of latitude and of longitude; `None` close to a pole, where no margin is wide enough.
fn margins(low: Point, high: Point) -> Option<(i64, i64)> {
    // No less than the radius by which edges are judged, at the latitude within the margin that is furthest from the equator.
    let lat = i64::from(MARGIN_M) * 92 + 2;
    let furthest = i64::from(low.lat).abs().max(i64::from(high.lat).abs()) + lat;
    let cosine = Point::cosine_millionths(i32::try_from(furthest).ok()?);
    (cosine >= 100_000).then(|| (lat, (lat + 2) * 1_000_000 / cosine + 2))
}
