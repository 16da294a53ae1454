//! Points with a precision, polygons, and whether one lies in the other: inside, outside, or cannot say.
//!
//! Coordinates are integers (ten-millionths of a degree, about 11 mm), predicates are exact in 128 bits, and the
//! conversion of metres to degrees is integer and rounds towards "cannot say": a boundary case answers alike on every
//! machine. No projection, no ellipsoid: a degree of latitude is taken as 110 574 m to 111 694 m, whichever is careful.

use std::collections::BTreeSet;

use crate::{AreaId, Truth};

/// Units of a coordinate in one degree.
pub const UNITS_PER_DEGREE: i32 = 10_000_000;

/// WGS 84, in ten-millionths of a degree. Latitude within ±90°, longitude within ±180°.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Point {
    /// East, in 10⁻⁷ degrees.
    pub lon: i32,
    /// North, in 10⁻⁷ degrees.
    pub lat: i32,
}

impl Point {
    /// Reads a decimal number of degrees without passing through a float.
    ///
    /// # Errors
    /// In words: not a number, or beyond `limit` degrees.
    pub fn parse_degrees(text: &str, limit: i32) -> Result<i32, String> {
        let text = text.trim();
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !plain(whole) || !plain(fraction) {
            return Err(format!("\"{text}\" is no number of degrees; write a decimal like 36.17594"));
        }
        let beyond = || format!("{text} degrees is beyond ±{limit}; is the decimal point in its place?");
        let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| beyond())? };
        let mut units: i64 = 0;
        let mut fraction_bytes = fraction.bytes();
        for _ in 0..7 {
            units = units * 10 + i64::from(fraction_bytes.next().unwrap_or(b'0') - b'0');
        }
        let total = whole
            .checked_mul(i64::from(UNITS_PER_DEGREE))
            .and_then(|w| w.checked_add(units))
            .ok_or_else(beyond)?;
        if total > i64::from(limit) * i64::from(UNITS_PER_DEGREE) {
            return Err(beyond());
        }
        let signed = if negative { -total } else { total };
        i32::try_from(signed).map_err(|_| beyond())
    }

    /// Reads latitude and longitude.
    ///
    /// # Errors
    /// As [`Point::parse_degrees`].
    pub fn parse(lat: &str, lon: &str) -> Result<Self, String> {
        Ok(Self { lat: Self::parse_degrees(lat, 90)?, lon: Self::parse_degrees(lon, 180)? })
    }

    /// Decimal degrees of one coordinate, as files write it.
    #[must_use]
    pub fn degrees_text(units: i32) -> String {
        let magnitude = units.unsigned_abs();
        let per = UNITS_PER_DEGREE.unsigned_abs();
        let sign = if units < 0 { "-" } else { "" };
        let fraction = format!("{:07}", magnitude % per);
        let fraction = fraction.trim_end_matches('0');
        if fraction.is_empty() {
            format!("{sign}{}", magnitude / per)
        } else {
            format!("{sign}{}.{fraction}", magnitude / per)
        }
    }

    /// Distance in whole metres on a plane that touches here; within 1 % below 100 km, which is all it is used for.
    #[must_use]
    pub fn metres_to(self, other: Self) -> u64 {
        let dlat = i128::from(self.lat) - i128::from(other.lat);
        let dlon = i128::from(self.lon) - i128::from(other.lon);
        let middle = i32::try_from((i64::from(self.lat) + i64::from(other.lat)) / 2).unwrap_or(self.lat);
        // 111.2 m per 10⁻³ degree; x is shrunk by the cosine of the latitude.
        let y = dlat * 1112 / 100_000;
        let x = dlon * 1112 / 100_000 * i128::from(cosine_millionths(middle)) / 1_000_000;
        u64::try_from((x * x + y * y).unsigned_abs().isqrt()).unwrap_or(u64::MAX)
    }

    /// Cosine of a latitude in millionths, as all distances here use it.
    #[must_use]
    pub fn cosine_millionths(lat: i32) -> i64 {
        cosine_millionths(lat)
    }
}

/// Cosine of a latitude in millionths, from a table by degree and a straight line between: deterministic, error < 0.00004.
pub(crate) fn cosine_millionths(lat: i32) -> i64 {
    let magnitude = i64::from(lat.unsigned_abs());
    let per = i64::from(UNITS_PER_DEGREE);
    let degree = usize::try_from((magnitude / per).clamp(0, 90)).unwrap_or(90);
    let low = COSINE.get(degree).copied().unwrap_or(0);
    let high = COSINE.get(degree + 1).copied().unwrap_or(0);
    low - (low - high) * (magnitude % per) / per
}

const COSINE: [i64; 91] = [
    1_000_000, 999_848, 999_391, 998_630, 997_564, 996_195, 994_522, 992_546, 990_268, 987_688, 984_808,
    981_627, 978_148, 974_370, 970_296, 965_926, 961_262, 956_305, 951_057, 945_519, 939_693, 933_580,
    927_184, 920_505, 913_545, 906_308, 898_794, 891_007, 882_948, 874_620, 866_025, 857_167, 848_048,
    838_671, 829_038, 819_152, 809_017, 798_636, 788_011, 777_146, 766_044, 754_710, 743_145, 731_354,
    719_340, 707_107, 694_658, 681_998, 669_131, 656_059, 642_788, 629_320, 615_661, 601_815, 587_785,
    573_576, 559_193, 544_639, 529_919, 515_038, 500_000, 484_810, 469_472, 453_990, 438_371, 422_618,
    406_737, 390_731, 374_607, 358_368, 342_020, 325_568, 309_017, 292_372, 275_637, 258_819, 241_922,
    224_951, 207_912, 190_809, 173_648, 156_434, 139_173, 121_869, 104_528, 87_156, 69_756, 52_336, 34_899,
    17_452, 0,
];

/// Where something was, as one source gives it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The point, when one is given or follows from a named place.
    pub point: Option<Point>,
    /// Radius in metres within which it was; 0 is never assumed.
    pub within_m: u32,
    /// Named places and governorates that it is said to lie in.
    pub areas: BTreeSet<AreaId>,
    /// The place in the source's words, when no area of the mission bears that name.
    pub unresolved: Option<Box<str>>,
}

/// Whether a place lies in a polygon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Containment {
    /// All of the disc does.
    Inside,
    /// None of it does.
    Outside,
    /// The boundary passes through it, or touches it.
    CannotSay,
}

impl From<Containment> for Truth {
    fn from(containment: Containment) -> Self {
        match containment {
            Containment::Inside => Self::True,
            Containment::Outside => Self::False,
            Containment::CannotSay => Self::Unknown,
        }
    }
}

/// A closed ring of points, first not repeated at the end. At least three.
pub type Ring = Vec<Point>;

/// Even-odd: whether `point` lies inside the rings, exactly; a point on an edge counts as [`Containment::CannotSay`].
#[must_use]
pub fn point_in_rings(point: Point, rings: &[Ring]) -> Containment {
    let mut inside = false;
    for ring in rings {
        for (a, b) in edges(ring) {
            if on_segment(point, a, b) {
                return Containment::CannotSay;
            }
            // Half-open in latitude, so that a vertex is counted once.
            if (a.lat > point.lat) != (b.lat > point.lat) {
                let turn = cross(a, b, point);
                if (turn > 0) == (b.lat > a.lat) {
                    inside = !inside;
                }
            }
        }
    }
    if inside { Containment::Inside } else { Containment::Outside }
}

/// Whether the disc of `within_m` metres round `point` lies in the rings.
#[must_use]
pub fn disc_in_rings(point: Point, within_m: u32, rings: &[Ring]) -> Containment {
    let centre = point_in_rings(point, rings);
    if centre == Containment::CannotSay || within_m == 0 {
        return centre;
    }
    let near = rings.iter().flat_map(edges).any(|(a, b)| edge_within(point, within_m, a, b));
    if near { Containment::CannotSay } else { centre }
}

/// Whether the disc of `within_m` metres round `point` lies within `margin_m` metres of a chain of edges: all of it, none of
/// it, or it cannot be said. Distances are held to 2 %, for the earth's shape, and err towards *cannot say*.
#[must_use]
pub fn disc_near_lines(
    point: Point,
    within_m: u32,
    margin_m: u32,
    lines: &[Ring],
    closed: bool,
) -> Containment {
    // 10⁷ units of latitude are 110 574 m to 111 694 m: 89.53 to 90.44 units a metre, and 2 % off or on.
    let surely = i128::from(margin_m.saturating_sub(within_m)) * 8_774 / 100;
    let perhaps = (i128::from(margin_m) + i128::from(within_m)) * 9_225 / 100 + 1;
    let mut near = Containment::Outside;
    for line in lines {
        let ends = line.iter().skip(1).chain(line.first().filter(|_| closed));
        for (a, b) in line.iter().copied().zip(ends.copied()) {
            if margin_m >= within_m && edge_nearer(point, surely, a, b) {
                return Containment::Inside;
            }
            if edge_nearer(point, perhaps, a, b) {
                near = Containment::CannotSay;
            }
        }
    }
    near
}

pub(crate) fn edges(ring: &Ring) -> impl Iterator<Item = (Point, Point)> + '_ {
    let next = ring.iter().skip(1).chain(ring.first());
    ring.iter().copied().zip(next.copied())
}

pub(crate) fn cross(a: Point, b: Point, p: Point) -> i128 {
    let (ax, ay) = (i128::from(a.lon), i128::from(a.lat));
    (i128::from(b.lon) - ax) * (i128::from(p.lat) - ay) - (i128::from(b.lat) - ay) * (i128::from(p.lon) - ax)
}

pub(crate) fn on_segment(p: Point, a: Point, b: Point) -> bool {
    let in_box = p.lon >= a.lon.min(b.lon)
        && p.lon <= a.lon.max(b.lon)
        && p.lat >= a.lat.min(b.lat)
        && p.lat <= a.lat.max(b.lat);
    in_box && cross(a, b, p) == 0
}

/// Whether an edge passes within `within_m` metres, erring towards yes: the radius is taken 1 % larger.
pub(crate) fn edge_within(p: Point, within_m: u32, a: Point, b: Point) -> bool {
    // 10⁷ units are at least 110 574 m: units per metre at most 90.44; 1 % on top for the cosine's change over the disc.
    edge_nearer(p, i128::from(within_m) * 9_135 / 100 + 1, a, b)
}

/// Whether an edge passes within a radius: x and y are scaled to a common unit of 10⁻⁷ degrees of latitude, with the cosine at
/// the point.
fn edge_nearer(p: Point, radius: i128, a: Point, b: Point) -> bool {
    // Differences and their product with the cosine fit 64 bits; only products of two distances need more.
    let cosine = cosine_millionths(p.lat);
    let x = |q: Point| i128::from((i64::from(q.lon) - i64::from(p.lon)) * cosine / 1_000_000);
    let y = |q: Point| i128::from(i64::from(q.lat) - i64::from(p.lat));
    let (ax, ay, bx, by) = (x(a), y(a), x(b), y(b));
    let (dx, dy) = (bx - ax, by - ay);
    let length2 = dx * dx + dy * dy;
    let along = -(ax * dx + ay * dy);
    if along <= 0 || length2 == 0 {
        return ax * ax + ay * ay <= radius * radius;
    }
    if along >= length2 {
        return bx * bx + by * by <= radius * radius;
    }
    let off = ax * dy - ay * dx;
    off * off <= radius * radius * length2
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn square() -> Vec<Ring> {
        let p = |lon, lat| Point { lon: lon * UNITS_PER_DEGREE, lat: lat * UNITS_PER_DEGREE };
        vec![vec![p(36, 35), p(38, 35), p(38, 37), p(36, 37)]]
    }

    #[test]
    fn degrees_are_read_without_a_float() {
        assert_eq!(Point::parse_degrees("36.17594", 90).unwrap(), 361_759_400);
        assert_eq!(Point::parse_degrees("-0.5", 90).unwrap(), -5_000_000);
        assert!(Point::parse_degrees("4239.00416", 180).unwrap_err().contains("beyond"));
        assert!(Point::parse_degrees("36,1", 90).unwrap_err().contains("decimal"));
        for text in ["36.17594", "-0.5", "0", "179.9999999"] {
            assert_eq!(Point::degrees_text(Point::parse_degrees(text, 180).unwrap()), text);
        }
    }

    #[test]
    fn inside_outside_and_cannot_say() {
        let at = |lat, lon| Point::parse(lat, lon).unwrap();
        assert_eq!(disc_in_rings(at("36", "37"), 1000, &square()), Containment::Inside);
        assert_eq!(disc_in_rings(at("36", "38.001"), 1000, &square()), Containment::CannotSay);
        assert_eq!(disc_in_rings(at("36", "38.1"), 1000, &square()), Containment::Outside);
        assert_eq!(disc_in_rings(at("36", "38"), 0, &square()), Containment::CannotSay);
    }

    #[test]
    fn metres_are_about_right() {
        let (a, b) = (Point::parse("36.2", "37.1").unwrap(), Point::parse("36.2", "37.2").unwrap());
        let metres = a.metres_to(b);
        assert!((8_900..9_100).contains(&metres), "{metres}");
    }

    proptest! {
        #[test]
        fn a_wider_disc_is_never_surer(lon in 355_000_000i32..385_000_000, lat in 345_000_000i32..375_000_000, m in 0u32..60_000) {
            let point = Point { lon, lat };
            let (narrow, wide) = (disc_in_rings(point, m, &square()), disc_in_rings(point, m + 500, &square()));
            prop_assert!(wide == narrow || wide == Containment::CannotSay);
        }
    }
}
