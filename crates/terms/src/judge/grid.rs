//! Which areas a point may have to do with: a grid over the areas that clauses ask for.
//!
//! Leaves out only what certainly lies elsewhere: every cell lists the areas whose box, widened by [`MARGIN_M`], touches it, and
//! how far at least their edges are from any point of the cell. Where that is further than a place is known well, the cell lies
//! in the area or outside it as a whole. A place known less well than [`MARGIN_M`], and areas that have no outline, are asked
//! one by one. Exact answers come from the outlines themselves.

use truceline_model::{Areas, Containment, Disc, Place, Point, PreparedRings, Truth};

use super::lanes::{Lane, bit};
use super::places;
use super::roll::Entry;
use super::shape::Leaf;
use super::sheet::Query;

/// Metres by which boxes are widened, and up to which a place's precision may go.
const MARGIN_M: u32 = 5_000;
/// More than the units of latitude in a metre, by which outlines tell what a disc may reach.
const UNITS_PER_M: i64 = 92;
/// Most cells.
const CELLS: i64 = 4_096;

/// How a query is answered for a bare point.
enum Way<'t> {
    /// By an outline.
    Outline(&'t PreparedRings),
    /// By outlines: in any of them.
    Outlines(Vec<&'t PreparedRings>),
    /// As the judge would.
    Plainly,
}

/// A query beside a cell, with who asks it, so that most are passed over or answered at a glance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Near {
    /// The bits of all who ask; none: they stand in several lanes or grounds, and the query itself knows.
    pub(super) bits: Lane,
    pub(super) query: u32,
    /// The place of their truths among the grounds of a world.
    pub(super) slot: u32,
    pub(super) lane: u16,
    told: Told,
}

impl Near {
    /// The truth for a place of that precision, where the cell tells it without a look at the outline.
    pub(super) fn told(&self, within_m: u32) -> Option<Truth> {
        (within_m < u32::from(self.told.clear)).then(|| self.told.inside.into())
    }
}

/// What a cell tells of an area as a whole.
#[derive(Clone, Copy, Debug, Default)]
struct Told {
    /// Every point of the cell is further than one metre less from every edge; zero: an edge may pass through.
    clear: u16,
    inside: bool,
}

impl Told {
    /// Outside, and further than any place that is asked through the grid can reach.
    fn far(self) -> bool {
        !self.inside && u32::from(self.clear) > MARGIN_M
    }
}

/// Queries beside a cell: those that say where a clause applies, and the others.
pub(super) type Beside<'g> = [&'g [Near]; 2];

/// The grid.
pub(super) struct Grid<'t> {
    /// Lanes of a ground.
    lanes: usize,
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
    pub(super) fn new(areas: &'t Areas, queries: &[Query<'t>], lanes: usize) -> Self {
        let ways: Vec<Way<'t>> = queries.iter().map(|query| way(areas, &query.leaf)).collect();
        let boxes: Vec<Option<[i64; 4]>> = ways.iter().map(box_of).collect();
        let mut grid = Self {
            lanes,
            west: 0,
            south: 0,
            shift: 16,
            columns: 0,
            rows: 0,
            starts: Vec::new(),
            held: Vec::new(),
            always: chosen(queries, lanes, |n| boxes.get(n).is_none_or(Option::is_none)),
            every: chosen(queries, lanes, |_| true),
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
        grid.sort_into_cells(queries, &boxes);
        grid
    }

    /// Lists in every cell the queries that may have another answer than *no* there; always-asked ones in each.
    fn sort_into_cells(&mut self, queries: &[Query<'t>], boxes: &[Option<[i64; 4]>]) {
        let cells = usize::try_from(self.columns * self.rows).unwrap_or(0);
        let whole = Block { west: 0, south: 0, east: self.columns - 1, north: self.rows - 1 };
        let told: Vec<(Block, Vec<Told>)> = (0..)
            .zip(&self.ways)
            .map(|(n, way)| match boxes.get(n).copied().flatten() {
                Some(bounds) => (self.block(bounds), clear(self, &self.block(bounds), way)),
                None => (whole, Vec::new()),
            })
            .collect();
        // Per cell two heaps: queries that say where a clause applies, and the others. First how large, then what.
        let each = |heap: &mut dyn FnMut(usize, usize, Told)| {
            for (n, (query, (block, told))) in queries.iter().zip(&told).enumerate() {
                for (place, (x, y)) in block.cells().enumerate() {
                    let told = told.get(place).copied().unwrap_or_default();
                    let cell = usize::try_from(y * self.columns + x).unwrap_or(0);
                    if !told.far() {
                        heap(n, cell * 2 + usize::from(!query.first), told);
                    }
                }
            }
        };
        let mut starts = vec![0_u32; cells * 2 + 1];
        each(&mut |_, heap, _| starts.iter_mut().skip(heap + 1).take(1).for_each(|count| *count += 1));
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let borders = starts.windows(3).step_by(2).filter_map(|all| all.first_chunk().copied()).collect();
        let plain: Vec<Near> =
            queries.iter().enumerate().map(|(n, query)| one(n, query, self.lanes)).collect();
        let mut held = vec![one(0, &Query::NOBODY, self.lanes); sum as usize];
        each(&mut |n, heap, told| {
            if let (Some(start), Some(near)) = (starts.get_mut(heap), plain.get(n)) {
                held.iter_mut()
                    .skip(*start as usize)
                    .take(1)
                    .for_each(|place| *place = Near { told, ..*near });
                *start += 1;
            }
        });
        (self.starts, self.held) = (borders, held);
    }

    /// The cells that a box touches.
    fn block(&self, [west, south, east, north]: [i64; 4]) -> Block {
        let x = |lon: i64| ((lon - self.west) >> self.shift).clamp(0, self.columns - 1);
        let y = |lat: i64| ((lat - self.south) >> self.shift).clamp(0, self.rows - 1);
        Block { west: x(west), south: y(south), east: x(east), north: y(north) }
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
    pub(super) fn truth(&self, areas: &Areas, query: u32, leaf: &Leaf<'_>, disc: &Disc) -> Truth {
        match self.ways.get(query as usize) {
            Some(Way::Outline(outline)) => outline.holds(disc).into(),
            Some(Way::Outlines(outlines)) => {
                outlines.iter().fold(Truth::False, |truth, outline| truth.or(outline.holds(disc).into()))
            }
            _ => {
                let place = Place {
                    point: Some(disc.point()),
                    within_m: disc.within_m(),
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
fn chosen(queries: &[Query<'_>], lanes: usize, of: impl Fn(usize) -> bool) -> [Vec<Near>; 2] {
    let mut all = [Vec::new(), Vec::new()];
    for (n, query) in queries.iter().enumerate().filter(|(n, _)| of(*n)) {
        all[usize::from(!query.first)].push(one(n, query, lanes));
    }
    all
}

/// A query as a cell lists it, nothing being known beforehand.
fn one(n: usize, query: &Query<'_>, lanes: usize) -> Near {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let (ground, lane, _) = query.uses.first().copied().unwrap_or_default();
    let alike = query.uses.iter().all(|(other, beside, _)| (*other, *beside) == (ground, lane));
    let bits = query.uses.iter().filter(|_| alike).fold(0, |all, (_, _, place)| all | bit(*place));
    Near {
        bits,
        query: number(n),
        slot: number(ground * lanes + lane),
        lane: u16::try_from(lane).unwrap_or(u16::MAX),
        told: Told::default(),
    }
}

/// Cells from corner to corner, both included.
#[derive(Clone, Copy, Debug)]
struct Block {
    west: i64,
    south: i64,
    east: i64,
    north: i64,
}

impl Block {
    fn cells(&self) -> impl Iterator<Item = (i64, i64)> + use<> {
        let Self { west, south, east, north } = *self;
        (south..=north).flat_map(move |y| (west..=east).map(move |x| (x, y)))
    }

    fn within(self, other: &Self) -> Self {
        Self {
            west: self.west.max(other.west),
            south: self.south.max(other.south),
            east: self.east.min(other.east),
            north: self.north.min(other.north),
        }
    }

    fn len(&self) -> usize {
        usize::try_from((self.east - self.west + 1) * (self.north - self.south + 1)).unwrap_or(0)
    }

    fn place(&self, x: i64, y: i64) -> usize {
        usize::try_from((y - self.south) * (self.east - self.west + 1) + (x - self.west))
            .unwrap_or(usize::MAX)
    }
}

/// Per cell of a block: how far every edge of one outline is at least from every point of it, and whether it lies inside. Of
/// several outlines nothing is said.
fn clear(grid: &Grid<'_>, block: &Block, way: &Way<'_>) -> Vec<Told> {
    let Way::Outline(outline) = way else { return Vec::new() };
    let Some(units) = apart(grid, block, outline) else { return Vec::new() };
    let mut all = Vec::with_capacity(units.len());
    let mut before: Option<bool> = None;
    for (units, (x, y)) in units.into_iter().zip(block.cells()) {
        let known = before.take().filter(|_| x > block.west);
        // One point speaks for a cell through which no edge passes, and for all such cells that follow it in the row.
        let middle = || {
            let of = |from: i64, n: i64| i32::try_from(from + (n << grid.shift) + (1 << grid.shift) / 2).ok();
            let point = Point { lon: of(grid.west, x)?, lat: of(grid.south, y)? };
            Some(outline.disc(point, 0) == Containment::Inside)
        };
        before = if units < 0 { None } else { known.or_else(middle) };
        all.push(before.map_or_else(Told::default, |inside| {
            // Rounded down: the other way round of how an outline tells which edges a disc may reach (`PreparedRings`).
            Told { clear: u16::try_from(units / UNITS_PER_M + 1).unwrap_or(u16::MAX), inside }
        }));
    }
    all
}

/// Per cell of a block: how far every edge is from it at least, in units of latitude; below nothing where one may touch. Of what
/// is further off than the margin it says only that. `None` close to a pole.
fn apart(grid: &Grid<'_>, block: &Block, outline: &PreparedRings) -> Option<Vec<i64>> {
    let edge_of = |n: i64| grid.south + (n << grid.shift);
    let furthest = edge_of(block.south).abs().max(edge_of(block.north + 1).abs());
    // Never too wide: the cosine of the latitude furthest from the equator.
    let cosine = Point::cosine_millionths(i32::try_from(furthest).ok()?);
    let mut all = vec![i64::from(MARGIN_M) * UNITS_PER_M; block.len()];
    let mut columns: Vec<i64> = Vec::new();
    for (a, b) in outline.edges() {
        let low = Point { lon: a.lon.min(b.lon), lat: a.lat.min(b.lat) };
        let high = Point { lon: a.lon.max(b.lon), lat: a.lat.max(b.lat) };
        let (lat, lon) = margins(low, high)?;
        let (west, south) = (i64::from(low.lon), i64::from(low.lat));
        let (east, north) = (i64::from(high.lon), i64::from(high.lat));
        let near = grid.block([west - lon, south - lat, east + lon, north + lat]).within(block);
        columns.clear();
        columns.extend((near.west..=near.east).map(|x| {
            let from = grid.west + (x << grid.shift);
            let lon = (west - (from + (1 << grid.shift) - 1)).max(from - east);
            (lon - 4) * cosine / 1_000_000 - 5
        }));
        for y in near.south..=near.north {
            let by_lat = (south - edge_of(y + 1) + 1).max(edge_of(y) - north) - 4;
            let row = all.get_mut(block.place(near.west, y)..).unwrap_or_default();
            for (least, by_lon) in row.iter_mut().zip(&columns) {
                *least = by_lat.max(*by_lon).min(*least);
            }
        }
    }
    Some(all)
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
    let lat = i64::from(MARGIN_M) * UNITS_PER_M + 2;
    let furthest = i64::from(low.lat).abs().max(i64::from(high.lat).abs()) + lat;
    let cosine = Point::cosine_millionths(i32::try_from(furthest).ok()?);
    (cosine >= 100_000).then(|| (lat, (lat + 2) * 1_000_000 / cosine + 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};
    use truceline_model::{Area, AreaId, AreaKind, Interval, Shape};

    /// Stars of many corners about a middle: some slender, some wide, edges long and short.
    fn outline() -> impl Strategy<Value = Vec<Point>> {
        let corner = (-1_000i64..1_000, -1_000i64..1_000);
        (-8i64..8, 30i64..40, 1i64..900, prop::collection::vec(corner, 3..24)).prop_map(
            |(lon, lat, size, corners)| {
                let at = |n: i64| i32::try_from(n).unwrap_or(0);
                let corner = |(x, y)| Point {
                    lon: at(lon * 1_000_000 + x * size * 8),
                    lat: at(lat * 10_000_000 + y * size * 8),
                };
                corners.into_iter().map(corner).collect()
            },
        )
    }

    fn areas(all: Vec<Vec<Point>>) -> Areas {
        Areas::new((0..).zip(all).map(|(n, ring): (u32, Vec<Point>)| Area {
            id: AreaId::new(&format!("z{n}")),
            kind: AreaKind::Zone,
            names: BTreeMap::new(),
            aliases: BTreeSet::new(),
            parent: None,
            shape: Shape::Polygon(vec![ring]),
            held_by: None,
            asserted_by: None,
            valid: Interval::ALWAYS,
        }))
    }

    proptest! {
        /// What the grid leaves out is outside, and what a cell tells is what the outline would have told.
        #[test]
        fn a_cell_tells_what_the_outline_would(
            rings in prop::collection::vec(outline(), 1..5),
            asked in prop::collection::vec((0usize..24, -90_000i32..90_000, -90_000i32..90_000, 0u32..6_000), 40),
        ) {
            let areas = areas(rings.clone());
            let sets: Vec<BTreeSet<AreaId>> = areas.iter().map(|area| BTreeSet::from([area.id.clone()])).collect();
            let ask = |(n, set)| Query { leaf: Leaf::In(set), uses: vec![(0, 0, n)], first: n % 2 == 0 };
            let queries: Vec<Query<'_>> = sets.iter().enumerate().map(ask).collect();
            let grid = Grid::new(&areas, &queries, 1);
            for (corner, lon, lat, within_m) in asked {
                // Near a corner or the middle of an edge, where cells have most to say and most to get wrong.
                let ring = &rings[corner % rings.len()];
                let (a, b) = (ring[corner % ring.len()], ring[(corner + corner % 2) % ring.len()]);
                let middle = |a: i32, b: i32, by: i32| (a / 2 + b / 2).saturating_add(by);
                let point = Point { lon: middle(a.lon, b.lon, lon), lat: middle(a.lat, b.lat, lat) };
                let entry = Entry::bare(point, within_m);
                let [first, others] = grid.near(&entry);
                for (n, query) in queries.iter().enumerate() {
                    let truth = grid.truth(&areas, n as u32, &query.leaf, &Disc::new(point, within_m));
                    let near = first.iter().chain(others).find(|near| near.query as usize == n);
                    match near.map(|near| near.told(within_m)) {
                        None => prop_assert_eq!(truth, Truth::False),
                        Some(Some(told)) => prop_assert_eq!(told, truth),
                        Some(None) => {}
                    }
                }
            }
        }
    }
}
