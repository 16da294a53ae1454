//! Web Mercator (EPSG:3857) on a world of 2³² units a side, in integers: the same on every machine, to within one unit (a centimetre at the equator).
//!
//! The one place where a sine and a logarithm are needed; both are worked out in fixed point with 60 bits behind the point.

use truceline_model::Point;

/// Bits of a coordinate of the world.
pub(crate) const BITS: u32 = 32;

/// Bits behind the point.
const POINT: u32 = 60;
/// π and ln 2 ∕ 2π, with so many bits behind the point.
const PI: i128 = 3_622_009_729_038_561_421;
const LN2_BY_TWO_PI: i128 = 127_187_764_048_914_875;
/// Half a turn in 10⁻⁷ degrees.
const HALF_TURN: i128 = 1_800_000_000;
/// The world ends at 85.0511287°, north and south.
const EDGE: i32 = 850_511_287;
/// Bits of the logarithm behind the point.
const LOG: u32 = 40;

/// East and south of the world's north-western corner, of which the world has 2³² a side.
#[must_use]
pub fn world(point: Point) -> (u32, u32) {
    let east = i64::from(point.lon) + 1_800_000_000;
    let x = (i128::from(east) << BITS) / 3_600_000_000;
    (bounded(x), bounded((1 << (BITS - 1)) - north(point.lat)))
}

fn bounded(value: i128) -> u32 {
    u32::try_from(value.clamp(0, i128::from(u32::MAX))).unwrap_or(u32::MAX)
}

/// How far north of the equator, in units of the world: half a world times atanh(sin φ) ∕ π.
fn north(lat: i32) -> i128 {
    let lat = lat.clamp(-EDGE, EDGE);
    let sine = sine(i128::from(lat.unsigned_abs()) * PI / HALF_TURN);
    let one = 1_i128 << POINT;
    // atanh s = ½ ln((1 + s) ∕ (1 − s)); s stays below 0.9963.
    let ratio = ((one + sine) << POINT) / (one - sine).max(1);
    let units = ((logarithm(ratio) * LN2_BY_TWO_PI) >> POINT) >> (LOG - (BITS - 1));
    if lat < 0 { -units } else { units }
}

/// The sine of an angle of at most a quarter of a turn, by its series.
fn sine(angle: i128) -> i128 {
    let square = (angle * angle) >> POINT;
    let (mut term, mut sum) = (angle, angle);
    for n in 1..=13 {
        term = -((term * square) >> POINT) / ((2 * n) * (2 * n + 1));
        sum += term;
    }
    sum
}

/// The binary logarithm of a number from 1 on, bit by bit.
fn logarithm(number: i128) -> i128 {
    let whole = (127 - POINT).saturating_sub(number.leading_zeros());
    let mut rest = number >> whole;
    let mut out = i128::from(whole) << LOG;
    for bit in (0..LOG).rev() {
        rest = (rest * rest) >> POINT;
        if rest >= 2_i128 << POINT {
            rest >>= 1;
            out |= 1 << bit;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_lie_where_every_web_map_has_them() {
        for (lat, wanted) in EXPECTED {
            let (_, y) = world(Point { lon: 0, lat });
            assert!(i64::from(y).abs_diff(wanted) <= 1, "{lat}: {y}, not {wanted}");
        }
        assert_eq!(world(Point { lon: 0, lat: 0 }), (1 << 31, 1 << 31));
        assert_eq!(world(Point { lon: -1_800_000_000, lat: 900_000_000 }).0, 0);
        assert_eq!(world(Point { lon: 1_800_000_000, lat: 0 }).0, u32::MAX);
        let (north, south) =
            (world(Point { lon: 0, lat: 900_000_000 }).1, world(Point { lon: 0, lat: -900_000_000 }).1);
        assert!(north < 16 && south > u32::MAX - 16, "{north} {south}");
    }

    #[test]
    fn further_north_is_never_further_south() {
        let mut last = u32::MAX;
        for step in -9_000..=9_000 {
            let (_, y) = world(Point { lon: 0, lat: step * 100_000 });
            assert!(y <= last, "{step}");
            last = y;
        }
    }

    /// Worked out elsewhere, to fifty places.
    const EXPECTED: [(i32, i64); 7] = [
        (10_000_000, 2_135_552_577),
        (152_805_000, 1_962_979_848),
        (362_012_345, 1_683_600_968),
        (-338_688_000, 2_577_376_594),
        (600_000_000, 1_247_256_960),
        (850_000_000, 7_034_790),
        (1, 2_147_483_646),
    ];
}
