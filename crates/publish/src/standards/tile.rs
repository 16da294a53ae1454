//! Vector tiles of incidents, areas, lines and zones: an index made once for a bulletin, and tiles cut out of it.
//!
//! Incidents lie in the order of a Z-curve, in which every tile, and every cell of a tile, is one run: a tile costs what it shows, not what there is. Where
//! a tile holds more than a thousand of them, cells of a thirty-second of its side stand for those within, each with how many there are of which
//! finding; nothing is left out and no tile is large. Incidents that nobody placed lie in no tile.

use serde_json::Value;
use truceline_model::Point;

use super::collections::{Collection, CollectionId};
use super::feature::{Feature, Geometry};
use super::mercator::{BITS, world};
use super::mvt::{Drawn, EXTENT, Given, Layer};
use super::rings::polygons;
use crate::view::Summary;

/// The deepest zoom: a unit of a tile is one of the world then.
pub const DEEPEST: u32 = 20;
/// Incidents that a tile shows one by one at the most.
const MOST: usize = 1_000;
/// A cell is a tile so many zooms deeper.
const CELL_ZOOM: u32 = 5;
/// Units round a tile within which outlines are kept, so that no edge of a tile is drawn as an edge of an area.
const MARGIN: i64 = 64;

/// Which tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    z: u32,
    x: u32,
    y: u32,
}

impl Tile {
    /// The tile of a zoom, east and south of the north-western corner; `None`: there is none.
    #[must_use]
    pub fn new(z: u32, x: u32, y: u32) -> Option<Self> {
        let side = 1_u64 << z.min(BITS);
        (z <= DEEPEST && u64::from(x) < side && u64::from(y) < side).then_some(Self { z, x, y })
    }

    /// How many bits of a coordinate lie within it.
    fn inner(self) -> u32 {
        BITS - self.z
    }

    /// From the world to units of the tile, rounded down.
    fn place(self, (x, y): (i64, i64)) -> (i64, i64) {
        let unit = |at: i64, tile: u32| {
            let within = i128::from(at) - (i128::from(tile) << self.inner());
            i64::try_from((within * i128::from(EXTENT)) >> self.inner()).unwrap_or(0)
        };
        (unit(x, self.x), unit(y, self.y))
    }
}

/// Where an incident lies on the curve, and which it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Placed {
    code: u64,
    x: u32,
    y: u32,
    one: usize,
}

/// Outlines of one feature, in units of the world.
#[derive(Debug)]
struct Outline {
    /// West, north, east, south.
    bounds: [i64; 4],
    paths: Vec<Vec<(i64, i64)>>,
    kind: Kind,
    given: Vec<(&'static str, Given)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Point,
    Chains,
    Rings,
}

/// The index.
#[derive(Debug, Default)]
pub struct Tiles {
    placed: Vec<Placed>,
    given: Vec<Vec<(&'static str, Given)>>,
    /// Before the incident of each number on the curve, how many there are of each finding.
    before: Vec<[u32; Summary::ALL.len()]>,
    areas: Vec<Outline>,
    lines: Vec<Outline>,
}

impl Tiles {
    /// The index of what a bulletin holds.
    #[must_use]
    pub fn new(collections: &[Collection]) -> Self {
        let of = |id: CollectionId| {
            collections.iter().filter(move |one| one.id == id).flat_map(|one| one.features.iter())
        };
        let mut tiles = Self {
            areas: of(CollectionId::Areas).filter_map(|one| outline(one, AREA)).collect(),
            lines: of(CollectionId::Lines).filter_map(|one| outline(one, LINE)).collect(),
            ..Self::default()
        };
        let mut findings = Vec::new();
        for one in of(CollectionId::Incidents) {
            let Geometry::Point(point) = one.geometry else { continue };
            let (x, y) = world(point);
            tiles.placed.push(Placed { code: code(x, y), x, y, one: tiles.given.len() });
            tiles.given.push(given(one, INCIDENT));
            findings.push(finding(one));
        }
        tiles.placed.sort_unstable();
        let mut sum = [0; Summary::ALL.len()];
        tiles.before.push(sum);
        for placed in &tiles.placed {
            if let Some(count) = findings.get(placed.one).and_then(|n| sum.get_mut(*n)) {
                *count += 1;
            }
            tiles.before.push(sum);
        }
        tiles
    }

    /// How many incidents lie somewhere.
    #[must_use]
    pub fn len(&self) -> usize {
        self.placed.len()
    }

    /// Whether no incident lies anywhere.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.placed.is_empty()
    }

    /// How many incidents lie in a tile.
    #[must_use]
    pub fn count(&self, tile: Tile) -> usize {
        let (from, until) = self.run(code(tile.x, tile.y), 2 * tile.inner(), 0, self.placed.len());
        until - from
    }

    /// A tile; empty where nothing lies in it.
    #[must_use]
    pub fn cut(&self, tile: Tile) -> Vec<u8> {
        let mut out = Vec::new();
        outlines("areas", &self.areas, tile).put(&mut out);
        outlines("lines", &self.lines, tile).put(&mut out);
        self.incidents(tile, &mut out);
        out
    }

    fn incidents(&self, tile: Tile, out: &mut Vec<u8>) {
        let (from, until) = self.run(code(tile.x, tile.y), 2 * tile.inner(), 0, self.placed.len());
        let is_many = until - from > MOST;
        // Counts that only this tile has; a layer borrows what it holds.
        let cells: Vec<(usize, usize)> = if is_many { self.cells(tile, from, until) } else { Vec::new() };
        let counts: Vec<Vec<(&'static str, Given)>> =
            cells.iter().map(|(from, until)| self.counted(*from, *until)).collect();
        let mut layer = Layer::new("incidents");
        let shift = 2 * (tile.inner() - CELL_ZOOM);
        for ((from, until), given) in cells.iter().zip(&counts) {
            let Some(first) = self.placed.get(*from) else { continue };
            if until - from == 1 {
                self.single(&mut layer, tile, first);
                continue;
            }
            // The middle of the cell: no place of any incident, and the cell says so by its count.
            let side = i64::from(tile.inner() - CELL_ZOOM);
            let (x, y) = decoded(first.code >> shift);
            let middle = |at: u32| (i64::from(at) << side) + (1_i64 << (side - 1));
            let (x, y) = tile.place((middle(x), middle(y)));
            layer.add(&Drawn::Point(x, y), given.iter().map(|(key, value)| (*key, value)));
        }
        if !is_many {
            for placed in self.placed.get(from..until).unwrap_or_default() {
                self.single(&mut layer, tile, placed);
            }
        }
        layer.put(out);
    }

    fn single<'t>(&'t self, layer: &mut Layer<'t>, tile: Tile, placed: &Placed) {
        let (x, y) = tile.place((i64::from(placed.x), i64::from(placed.y)));
        let given = self.given.get(placed.one).map(Vec::as_slice).unwrap_or_default();
        layer.add(&Drawn::Point(x, y), given.iter().map(|(key, value)| (*key, value)));
    }

    /// Runs of incidents that share a cell.
    fn cells(&self, tile: Tile, from: usize, until: usize) -> Vec<(usize, usize)> {
        let shift = 2 * (tile.inner() - CELL_ZOOM);
        let mut out = Vec::new();
        let mut at = from;
        while let Some(placed) = self.placed.get(at).filter(|_| at < until) {
            let (_, end) = self.run(placed.code >> shift, shift, at, until);
            out.push((at, end));
            at = end.max(at + 1);
        }
        out
    }

    /// The run of what has these bits before the last `shift`, looked for between two numbers.
    fn run(&self, prefix: u64, shift: u32, from: usize, until: usize) -> (usize, usize) {
        let all = self.placed.get(from..until).unwrap_or_default();
        // The whole world has no bits before.
        let bits = |placed: &Placed| placed.code.checked_shr(shift).unwrap_or(0);
        let begin = all.partition_point(|placed| bits(placed) < prefix);
        let end = all.partition_point(|placed| bits(placed) <= prefix);
        (from + begin, from + end)
    }

    /// How many of which finding are in a run, and the most pressing of them.
    fn counted(&self, from: usize, until: usize) -> Vec<(&'static str, Given)> {
        let (Some(before), Some(after)) = (self.before.get(from), self.before.get(until)) else {
            return Vec::new();
        };
        let mut out = vec![("incidents", Given::Count((until - from) as u64))];
        let counts: Vec<u32> = before.iter().zip(after).map(|(before, after)| after - before).collect();
        let most = counts.iter().position(|count| *count > 0).and_then(|n| Summary::ALL.get(n));
        if let Some(most) = most {
            out.push(("summary", Given::Text(most.as_str().to_owned())));
        }
        for (summary, count) in Summary::ALL.into_iter().zip(counts).filter(|(_, count)| *count > 0) {
            out.push((summary.as_str(), Given::Count(u64::from(count))));
        }
        out
    }
}

/// What a tile tells of an incident, an area, a line.
const INCIDENT: &[&str] =
    &["summary", "act", "place", "within_m", "from", "until", "killed_min", "killed_max"];
const AREA: &[&str] = &["name", "name_ar", "name_ru", "status"];
const LINE: &[&str] = &["kind", "name", "name_ar", "name_ru", "asserted_by", "within_m"];

fn given(feature: &Feature, names: &'static [&'static str]) -> Vec<(&'static str, Given)> {
    let mut out = vec![("id", Given::Text(feature.id.clone()))];
    for name in names {
        match feature.properties.get(*name) {
            Some(Value::String(text)) => out.push((name, Given::Text(text.clone()))),
            Some(Value::Number(number)) => {
                out.extend(number.as_u64().map(|count| (*name, Given::Count(count))));
            }
            Some(Value::Array(all)) if !all.is_empty() => {
                let all: Vec<&str> = all.iter().filter_map(Value::as_str).collect();
                out.push((name, Given::Text(all.join(" | "))));
            }
            _ => {}
        }
    }
    out
}

/// Which finding it comes to, as its place among all.
fn finding(feature: &Feature) -> usize {
    let word = feature.properties.get("summary").and_then(Value::as_str).unwrap_or_default();
    Summary::ALL.iter().position(|one| one.as_str() == word).unwrap_or(Summary::ALL.len())
}

/// The number of a place on the curve: the bits of south and east in turn.
fn code(x: u32, y: u32) -> u64 {
    spread(x) | (spread(y) << 1)
}

fn spread(value: u32) -> u64 {
    let mut out = u64::from(value);
    for (by, mask) in [
        (16, 0x0000_ffff_0000_ffff),
        (8, 0x00ff_00ff_00ff_00ff),
        (4, 0x0f0f_0f0f_0f0f_0f0f),
        (2, 0x3333_3333_3333_3333),
        (1, 0x5555_5555_5555_5555),
    ] {
        out = (out | (out << by)) & mask;
    }
    out
}

fn decoded(code: u64) -> (u32, u32) {
    (gathered(code), gathered(code >> 1))
}

fn gathered(code: u64) -> u32 {
    let mut out = code & 0x5555_5555_5555_5555;
    for (by, mask) in [
        (1, 0x3333_3333_3333_3333),
        (2, 0x0f0f_0f0f_0f0f_0f0f),
        (4, 0x00ff_00ff_00ff_00ff),
        (8, 0x0000_ffff_0000_ffff),
        (16, 0x0000_0000_ffff_ffff),
    ] {
        out = (out | (out >> by)) & mask;
    }
    u32::try_from(out).unwrap_or(u32::MAX)
}

fn outline(feature: &Feature, names: &'static [&'static str]) -> Option<Outline> {
    let chain = |points: &Vec<Point>| -> Vec<(i64, i64)> {
        points.iter().map(|point| world(*point)).map(|(x, y)| (i64::from(x), i64::from(y))).collect()
    };
    let (kind, paths) = match &feature.geometry {
        Geometry::Nowhere => return None,
        Geometry::Point(point) => (Kind::Point, vec![chain(&vec![*point])]),
        Geometry::Lines(chains) => (Kind::Chains, chains.iter().map(chain).collect()),
        // The order of outer rings and holes is that of the format.
        Geometry::Rings(rings) => {
            (Kind::Rings, polygons(rings).iter().flatten().map(chain).collect::<Vec<_>>())
        }
    };
    let all = || paths.iter().flatten();
    let bounds = [
        all().map(|at| at.0).min()?,
        all().map(|at| at.1).min()?,
        all().map(|at| at.0).max()?,
        all().map(|at| at.1).max()?,
    ];
    Some(Outline { bounds, paths, kind, given: given(feature, names) })
}

fn outlines<'t>(name: &'static str, all: &'t [Outline], tile: Tile) -> Layer<'t> {
    let mut layer = Layer::new(name);
    for one in all {
        let [west, north, east, south] = one.bounds;
        let (low, high) = (tile.place((west, north)), tile.place((east, south)));
        let reach = -MARGIN..=EXTENT + MARGIN;
        let is_apart = high.0 < *reach.start()
            || high.1 < *reach.start()
            || low.0 > *reach.end()
            || low.1 > *reach.end();
        if is_apart {
            continue;
        }
        let given = || one.given.iter().map(|(key, value)| (*key, value));
        let placed =
            || one.paths.iter().map(|path| path.iter().map(|at| tile.place(*at)).collect::<Vec<_>>());
        match one.kind {
            Kind::Point => {
                if let Some((x, y)) = placed().flatten().next() {
                    layer.add(&Drawn::Point(x, y), given());
                }
            }
            Kind::Chains => {
                let chains: Vec<_> = placed().flat_map(|chain| super::clip::chain(&chain, MARGIN)).collect();
                if !chains.is_empty() {
                    layer.add(&Drawn::Chains(&chains), given());
                }
            }
            Kind::Rings => {
                let rings = super::clip::rings(placed(), MARGIN);
                if !rings.is_empty() {
                    layer.add(&Drawn::Rings(&rings), given());
                }
            }
        }
    }
    layer
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn many(count: i32) -> Tiles {
        // A spiral of steps that meet no grid: dense in the middle, thin outside, on both sides of the equator.
        let one = |n: i32| {
            let mut properties = serde_json::Map::new();
            let summary = Summary::ALL[usize::try_from(n).unwrap() % Summary::ALL.len()];
            properties.insert("summary".into(), summary.as_str().into());
            let point = Point { lon: (n % 997) * 361 * (n % 13), lat: (n % 991) * 357 * (6 - n % 13) };
            Feature { id: format!("i-{n}"), geometry: Geometry::Point(point), when: None, properties }
        };
        Tiles::new(&[Collection::new(CollectionId::Incidents, (0..count).map(one).collect())])
    }

    #[test]
    fn every_incident_is_in_one_tile_of_each_zoom_and_in_one_cell_of_it() {
        let tiles = many(5_000);
        for z in [0, 1, 5, 9, 12] {
            let at: std::collections::BTreeSet<(u32, u32)> = tiles
                .placed
                .iter()
                .map(|one| {
                    let bits = |value: u32| value.checked_shr(BITS - z).unwrap_or(0);
                    (bits(one.x), bits(one.y))
                })
                .collect();
            let mut sum = 0;
            for (x, y) in at {
                let tile = Tile::new(z, x, y).unwrap();
                let (from, until) = tiles.run(code(x, y), 2 * tile.inner(), 0, tiles.len());
                let cells = tiles.cells(tile, from, until);
                assert!(cells.len() <= 1_024, "{z}/{x}/{y}: {}", cells.len());
                assert_eq!(cells.iter().map(|(from, until)| until - from).sum::<usize>(), until - from);
                for (from, until) in cells {
                    let counts = tiles.counted(from, until);
                    let counts: Vec<u64> = counts
                        .iter()
                        .filter_map(
                            |(_, one)| if let Given::Count(count) = one { Some(*count) } else { None },
                        )
                        .collect();
                    assert_eq!(counts[0], counts[1..].iter().sum::<u64>());
                }
                assert!(tiles.cut(tile).len() < 200_000);
                sum += tiles.count(tile);
            }
            assert_eq!(sum, 5_000, "zoom {z}");
        }
    }

    #[test]
    fn the_curve_goes_back_and_forth() {
        for (x, y) in [(0, 0), (1, 0), (0, 1), (u32::MAX, 7), (0x1234_5678, 0x9abc_def0)] {
            assert_eq!(decoded(code(x, y)), (x, y));
        }
        assert_eq!(code(1, 0), 1);
        assert!(
            Tile::new(21, 0, 0).is_none()
                && Tile::new(0, 0, 1).is_none()
                && Tile::new(u32::MAX, 0, 0).is_none()
        );
        assert!(many(0).cut(Tile::new(0, 0, 0).unwrap()).is_empty());
    }
}
