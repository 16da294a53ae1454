//! Rings that are even-odd, as polygons with holes, as GeoJSON and vector tiles want them.
//!
//! Exact: which ring lies in which is asked of the predicates that decide findings.

use truceline_model::place::{Ring, point_in_rings};
use truceline_model::{Containment, Point};

/// One outer ring and its holes.
pub(crate) type Polygon = Vec<Ring>;

/// Polygons out of even-odd rings: a ring in an odd number of others is a hole of the smallest that holds it. Outer rings run against the clock,
/// holes with it.
pub(crate) fn polygons(rings: &[Ring]) -> Vec<Polygon> {
    let holders: Vec<Vec<usize>> = (0..rings.len()).map(|n| holders(rings, n)).collect();
    let is_outer = |n: usize| holders.get(n).is_some_and(|all| all.len().is_multiple_of(2));
    let mut out: Vec<Polygon> = Vec::new();
    for (n, ring) in rings.iter().enumerate().filter(|(n, _)| is_outer(*n)) {
        let mut polygon = vec![turned(ring, true)];
        for (m, hole) in rings.iter().enumerate().filter(|(m, _)| !is_outer(*m)) {
            let Some(all) = holders.get(m) else { continue };
            // The innermost holder is the one that lies in most of the others.
            let innermost = all.iter().max_by_key(|holder| holders.get(**holder).map_or(0, Vec::len));
            if innermost == Some(&n) {
                polygon.push(turned(hole, false));
            }
        }
        out.push(polygon);
    }
    out
}

/// Which other rings hold this one.
fn holders(rings: &[Ring], n: usize) -> Vec<usize> {
    let Some(ring) = rings.get(n) else { return Vec::new() };
    let holds = |other: &Ring| {
        // A vertex on the other's edge says nothing; another one does.
        let mut told = ring.iter().map(|point| point_in_rings(*point, std::slice::from_ref(other)));
        told.find(|one| *one != Containment::CannotSay) == Some(Containment::Inside)
    };
    let others = rings.iter().enumerate().filter(|(m, other)| *m != n && holds(other));
    others.map(|(m, _)| m).collect()
}

/// Twice the area, positive against the clock.
fn area(ring: &[Point]) -> i128 {
    let next = ring.iter().cycle().skip(1);
    ring.iter()
        .zip(next)
        .map(|(a, b)| i128::from(a.lon) * i128::from(b.lat) - i128::from(b.lon) * i128::from(a.lat))
        .sum()
}

fn turned(ring: &Ring, is_against_the_clock: bool) -> Ring {
    let mut out = ring.clone();
    if (area(ring) > 0) != is_against_the_clock {
        out.reverse();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(from: i32, to: i32) -> Ring {
        [(from, from), (from, to), (to, to), (to, from)].map(|(lon, lat)| Point { lon, lat }).to_vec()
    }

    #[test]
    fn a_ring_in_a_ring_is_a_hole_and_one_in_that_an_island() {
        let out = polygons(&[square(30, 40), square(0, 100), square(20, 60), square(200, 300)]);
        let shape: Vec<usize> = out.iter().map(Vec::len).collect();
        assert_eq!(shape, [1, 2, 1], "an island, the outer one with its hole, one apart");
        for polygon in &out {
            assert!(area(&polygon[0]) > 0);
            assert!(polygon[1..].iter().all(|hole| area(hole) < 0));
        }
    }
}
