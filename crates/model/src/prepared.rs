//! Polygons prepared for many questions: their edges sorted into bands of latitude, so that a question looks only at edges
//! near the point.
//!
//! Answers exactly as [`disc_in_rings`](crate::place::disc_in_rings) does, whatever the polygon: a band only leaves out edges
//! that could not have had a say. A property test holds both together. Integers throughout, no float.

use crate::place::{Containment, Point, Ring, cosine_millionths, cross, edge_within, edges, on_segment};

/// Most bands of one polygon; more would cost memory and find nothing sooner.
const BANDS: i64 = 64;

/// One edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Edge {
    a: Point,
    b: Point,
}

/// A point and how well it is known, made ready to be asked of many outlines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disc {
    point: Point,
    within_m: u32,
    /// See [`reach`].
    reach: Option<[i64; 4]>,
}

impl Disc {
    /// The disc of `within_m` metres round `point`.
    #[must_use]
    pub fn new(point: Point, within_m: u32) -> Self {
        Self { point, within_m, reach: reach(point, within_m) }
    }

    /// Its middle.
    #[must_use]
    pub fn point(&self) -> Point {
        self.point
    }

    /// Its radius in metres.
    #[must_use]
    pub fn within_m(&self) -> u32 {
        self.within_m
    }
}

/// Rings (even-odd) with their edges in bands of latitude.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PreparedRings {
    /// South-west and north-east corner; `None` when there is no edge.
    corners: Option<(Point, Point)>,
    /// A band is two to this power units of latitude high.
    shift: u32,
    /// Where each band begins in `edges`, and where the last one ends.
    starts: Vec<usize>,
    /// Edges by band; one that crosses several stands in each.
    edges: Vec<Edge>,
    /// Per place in `edges`: whether this is the first band that holds the edge.
    first: Vec<bool>,
}

impl PreparedRings {
    /// Sorts the edges of the rings.
    #[must_use]
    pub fn new(rings: &[Ring]) -> Self {
        let all: Vec<Edge> = rings.iter().flat_map(edges).map(|(a, b)| Edge { a, b }).collect();
        let Some(first) = all.first() else { return Self::default() };
        let (mut low, mut high) = (first.a, first.a);
        for edge in &all {
            low = Point { lon: low.lon.min(edge.a.lon), lat: low.lat.min(edge.a.lat) };
            high = Point { lon: high.lon.max(edge.a.lon), lat: high.lat.max(edge.a.lat) };
        }
        let tall = i64::from(high.lat) - i64::from(low.lat) + 1;
        let mut shift = 0;
        while tall >> shift >= BANDS {
            shift += 1;
        }
        let bands = usize::try_from(tall >> shift).unwrap_or(0) + 1;
        let mut by_band: Vec<Vec<(Edge, bool)>> = vec![Vec::new(); bands];
        for edge in all {
            let (south, north) = (edge.a.lat.min(edge.b.lat), edge.a.lat.max(edge.b.lat));
            let (from, until) = (band(south, low.lat, shift), band(north, low.lat, shift));
            for (n, held) in by_band.iter_mut().enumerate().take(until + 1).skip(from) {
                held.push((edge, n == from));
            }
        }
        let mut prepared =
            Self { corners: Some((low, high)), shift, starts: vec![0], edges: Vec::new(), first: Vec::new() };
        for held in by_band {
            for (edge, first) in held {
                prepared.edges.push(edge);
                prepared.first.push(first);
            }
            prepared.starts.push(prepared.edges.len());
        }
        prepared
    }

    /// South-west and north-east corner of what the rings enclose; `None` when there is no edge.
    #[must_use]
    pub fn corners(&self) -> Option<(Point, Point)> {
        self.corners
    }

    /// Every edge once, from corner to corner.
    pub fn edges(&self) -> impl Iterator<Item = (Point, Point)> + '_ {
        let all = self.edges.iter().zip(&self.first);
        all.filter(|(_, first)| **first).map(|(edge, _)| (edge.a, edge.b))
    }

    /// Whether the disc of `within_m` metres round `point` lies in the rings.
    #[must_use]
    pub fn disc(&self, point: Point, within_m: u32) -> Containment {
        self.holds(&Disc::new(point, within_m))
    }

    /// Whether the disc lies in the rings.
    #[must_use]
    pub fn holds(&self, disc: &Disc) -> Containment {
        let (Some((low, high)), point) = (self.corners, disc.point) else { return Containment::Outside };
        let boxed = (low.lat..=high.lat).contains(&point.lat) && (low.lon..=high.lon).contains(&point.lon);
        let centre = if boxed { self.point(point, low) } else { Containment::Outside };
        if centre == Containment::CannotSay || disc.within_m == 0 {
            return centre;
        }
        if self.near(disc, low, high) { Containment::CannotSay } else { centre }
    }

    fn point(&self, point: Point, low: Point) -> Containment {
        let mut inside = false;
        for Edge { a, b } in self.band_edges(band(point.lat, low.lat, self.shift)) {
            // An edge wholly to the west of the point is never crossed eastwards, nor is the point on it.
            let (a, b) = (*a, *b);
            if a.lon < point.lon && b.lon < point.lon {
                continue;
            }
            // Half-open in latitude, so that a vertex is counted once.
            let passes = (a.lat > point.lat) != (b.lat > point.lat);
            if a.lon > point.lon && b.lon > point.lon {
                inside ^= passes;
                continue;
            }
            if on_segment(point, a, b) {
                return Containment::CannotSay;
            }
            inside ^= passes && (cross(a, b, point) > 0) == (b.lat > a.lat);
        }
        if inside { Containment::Inside } else { Containment::Outside }
    }

    /// Whether any edge passes through the disc. An edge that lies further off than the radius in latitude, or in longitude,
    /// does not.
    fn near(&self, disc: &Disc, low: Point, high: Point) -> bool {
        let Disc { point, within_m, reach } = *disc;
        let Some([west, south, east, north]) = reach else {
            return self.edges.iter().any(|edge| edge_within(point, within_m, edge.a, edge.b));
        };
        let (low_lat, high_lat) = (i64::from(low.lat), i64::from(high.lat));
        if north < low_lat || south > high_lat || east < i64::from(low.lon) || west > i64::from(high.lon) {
            return false;
        }
        let of =
            |lat: i64| usize::try_from((lat.clamp(low_lat, high_lat) - low_lat) >> self.shift).unwrap_or(0);
        let (from, until) = (of(south), of(north));
        let start = |band: usize| self.starts.get(band).copied().unwrap_or(0);
        let range = start(from)..start(until + 1);
        let whole = start(from + 1) - start(from);
        let held = self.edges.get(range.clone()).unwrap_or_default();
        let first = self.first.get(range).unwrap_or_default();
        held.iter().zip(first).enumerate().any(|(n, (edge, first))| {
            let (a, b) = (edge.a, edge.b);
            // Asked once: in the first band that is looked at, or in the first that holds it.
            i64::from(a.lon.max(b.lon)) >= west
                && i64::from(a.lon.min(b.lon)) <= east
                && i64::from(a.lat.max(b.lat)) >= south
                && i64::from(a.lat.min(b.lat)) <= north
                && (*first || n < whole)
                && edge_within(point, within_m, a, b)
        })
    }

    fn band_edges(&self, band: usize) -> &[Edge] {
        let from = self.starts.get(band).copied().unwrap_or(0);
        let until = self.starts.get(band + 1).copied().unwrap_or(from);
        self.edges.get(from..until).unwrap_or_default()
    }
}

/// West, south, east and north of what may lie in the disc, in units, never too narrow; `None` close to a pole.
fn reach(point: Point, within_m: u32) -> Option<[i64; 4]> {
    // No less than the radius by which edges are then judged; more only looks at more of them.
    let lat = i64::from(within_m) * 92 + 2;
    let cosine = cosine_millionths(point.lat);
    if cosine < 10_000 {
        return None;
    }
    let lon = (lat + 2) * 1_000_000 / cosine + 2;
    let (x, y) = (i64::from(point.lon), i64::from(point.lat));
    Some([x - lon, y - lat, x + lon, y + lat])
}

fn band(lat: i32, low: i32, shift: u32) -> usize {
    usize::try_from((i64::from(lat) - i64::from(low)) >> shift).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::disc_in_rings;
    use proptest::prelude::*;

    fn points(size: i32) -> impl Strategy<Value = Point> {
        (-size..size, -size..size).prop_map(|(lon, lat)| Point { lon, lat })
    }

    fn rings(size: i32) -> impl Strategy<Value = Vec<Ring>> {
        prop::collection::vec(prop::collection::vec(points(size), 3..40), 0..4)
    }

    proptest! {
        /// Small coordinates, so that points on edges, on vertices and on latitudes of vertices are common.
        #[test]
        fn small_ones_answer_as_the_plain_way(all in rings(12), point in points(14), m in 0u32..3) {
            prop_assert_eq!(PreparedRings::new(&all).disc(point, m), disc_in_rings(point, m, &all));
        }

        #[test]
        fn wide_ones_answer_as_the_plain_way(all in rings(30_000_000), point in points(40_000_000), m in 0u32..200_000) {
            prop_assert_eq!(PreparedRings::new(&all).disc(point, m), disc_in_rings(point, m, &all));
        }

        #[test]
        fn the_far_north_too(all in rings(3_000_000), point in points(3_000_000), m in 0u32..200_000) {
            let north = |p: &Point| Point { lon: p.lon, lat: p.lat + 880_000_000 };
            let all: Vec<Ring> = all.iter().map(|ring| ring.iter().map(north).collect()).collect();
            let point = north(&point);
            prop_assert_eq!(PreparedRings::new(&all).disc(point, m), disc_in_rings(point, m, &all));
        }
    }
}
