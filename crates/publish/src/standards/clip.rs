//! Chains and rings, cut at the edge of a tile. In integers; a crossing is rounded to the unit that it lies in.

use super::mvt::EXTENT;

type At = (i64, i64);

/// A side of the tile: which coordinate it bounds, where, and whether what lies beyond is greater.
#[derive(Clone, Copy)]
struct Side {
    is_x: bool,
    at: i64,
    is_upper: bool,
}

fn sides(margin: i64) -> [Side; 4] {
    let side = |is_x, is_upper| Side { is_x, at: if is_upper { EXTENT + margin } else { -margin }, is_upper };
    [side(true, false), side(true, true), side(false, false), side(false, true)]
}

impl Side {
    fn along(self, at: At) -> i64 {
        if self.is_x { at.0 } else { at.1 }
    }

    fn holds(self, at: At) -> bool {
        if self.is_upper { self.along(at) <= self.at } else { self.along(at) >= self.at }
    }

    /// Where the way from one to the other meets it; they lie on different sides.
    fn crossing(self, a: At, b: At) -> At {
        let (from, to) = (i128::from(self.along(a)), i128::from(self.along(b)));
        let across = |a: i64, b: i64| {
            let (a, b) = (i128::from(a), i128::from(b));
            let way = (to - from).abs().max(1);
            let part = (i128::from(self.at) - from).abs();
            i64::try_from(a + ((b - a) * part).div_euclid(way)).unwrap_or(self.at)
        };
        if self.is_x { (self.at, across(a.1, b.1)) } else { (across(a.0, b.0), self.at) }
    }
}

/// What of a chain lies in the tile or its margin: none, one or several chains.
pub(crate) fn chain(points: &[At], margin: i64) -> Vec<Vec<At>> {
    let mut all = vec![points.to_vec()];
    for side in sides(margin) {
        all = all.iter().flat_map(|one| cut(one, side)).collect();
    }
    all.into_iter().map(|one| plain(one, false)).filter(|one| one.len() > 1).collect()
}

fn cut(points: &[At], side: Side) -> Vec<Vec<At>> {
    let mut out: Vec<Vec<At>> = Vec::new();
    let mut under: Vec<At> = Vec::new();
    let mut last: Option<At> = None;
    for point in points.iter().copied() {
        if let Some(last) = last
            && side.holds(last) != side.holds(point)
        {
            under.push(side.crossing(last, point));
            if side.holds(last) {
                out.push(std::mem::take(&mut under));
            }
        }
        if side.holds(point) {
            under.push(point);
        }
        last = Some(point);
    }
    out.push(under);
    out.retain(|one| one.len() > 1);
    out
}

/// What of polygons lies in the tile or its margin. Outer rings come against the clock on the ground, their holes after them with it; a ring that
/// is left without area is dropped, an outer one with its holes.
pub(crate) fn rings(all: impl Iterator<Item = Vec<At>>, margin: i64) -> Vec<Vec<At>> {
    let mut out = Vec::new();
    let mut has_outer = false;
    for ring in all {
        // South is down, so that against the clock on the ground is a negative area here.
        let is_outer = area(&ring) < 0;
        let mut cut = ring;
        for side in sides(margin) {
            cut = bounded(&cut, side);
        }
        let cut = plain(cut, true);
        let is_sound = cut.len() > 2 && area(&cut) != 0;
        if is_outer {
            has_outer = is_sound;
        }
        if is_sound && has_outer {
            out.push(turned(cut, is_outer));
        }
    }
    out
}

fn bounded(ring: &[At], side: Side) -> Vec<At> {
    let mut out = Vec::with_capacity(ring.len());
    let Some(mut last) = ring.last().copied() else { return out };
    for point in ring.iter().copied() {
        if side.holds(last) != side.holds(point) {
            out.push(side.crossing(last, point));
        }
        if side.holds(point) {
            out.push(point);
        }
        last = point;
    }
    out
}

/// Without points that say nothing: repeated ones, and those on the straight way between their neighbours.
fn plain(points: Vec<At>, is_closed: bool) -> Vec<At> {
    let mut out: Vec<At> = Vec::with_capacity(points.len());
    for point in points {
        if out.last() == Some(&point) {
            continue;
        }
        if let [.., a, b] = out.as_slice()
            && is_between(*a, *b, point)
        {
            out.pop();
        }
        out.push(point);
    }
    while is_closed && out.len() > 1 && out.first() == out.last() {
        out.pop();
    }
    out
}

fn is_between(a: At, b: At, c: At) -> bool {
    let cross = i128::from(b.0 - a.0) * i128::from(c.1 - b.1) - i128::from(b.1 - a.1) * i128::from(c.0 - b.0);
    let ahead = i128::from(b.0 - a.0) * i128::from(c.0 - b.0) + i128::from(b.1 - a.1) * i128::from(c.1 - b.1);
    cross == 0 && ahead >= 0
}

/// Twice the area; positive where the ring runs with the clock as it is seen, south being down. The format wants outer rings so.
fn area(ring: &[At]) -> i128 {
    let next = ring.iter().cycle().skip(1);
    let each = |(a, b): (&At, &At)| i128::from(a.0) * i128::from(b.1) - i128::from(b.0) * i128::from(a.1);
    ring.iter().zip(next).map(each).sum()
}

fn turned(mut ring: Vec<At>, is_outer: bool) -> Vec<At> {
    if (area(&ring) > 0) != is_outer {
        ring.reverse();
    }
    ring
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_that_leaves_and_comes_back_is_two() {
        let out = chain(&[(10, 10), (10, -500), (90, -500), (90, 10), (90, 20)], 64);
        assert_eq!(out, [vec![(10, 10), (10, -64)], vec![(90, -64), (90, 20)]]);
        assert!(chain(&[(-500, 0), (0, -500)], 64).is_empty(), "past the corner");
        assert_eq!(chain(&[(-10_000, 7), (10_000, 7)], 0), [vec![(0, 7), (4096, 7)]]);
    }

    #[test]
    fn rings_are_cut_and_run_as_the_format_wants() {
        let outer = vec![(-9_000, -9_000), (-9_000, 9_000), (9_000, 9_000), (9_000, -9_000)];
        let hole = vec![(10, 10), (20, 10), (20, 20), (10, 20)];
        let far = vec![(5_000, 5_000), (6_000, 5_000), (6_000, 6_000), (5_000, 6_000)];
        let out = rings([outer, hole, far].into_iter(), 64);
        assert_eq!(out.len(), 2, "{out:?}");
        assert_eq!(area(&out[0]), 2 * 4_224 * 4_224);
        assert_eq!(area(&out[1]), -200);
        let apart = vec![(5_000, 5_000), (5_000, 6_000), (6_000, 6_000)];
        assert!(rings(std::iter::once(apart), 64).is_empty());
    }
}
