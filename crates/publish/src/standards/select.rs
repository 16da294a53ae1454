//! Which features are asked for: a box, a time, a page. As OGC API – Features says it (parts 7.15.2 to 7.15.4 of its core).
//!
//! Exact, in integers. A box that begins east of where it ends crosses the antimeridian. What nobody placed lies in no box, and what nobody dated in
//! no time: unknown is neither in nor out, and a filter gives what is in.

use truceline_model::place::{Ring, UNITS_PER_DEGREE, point_in_rings};
use truceline_model::{Containment, Instant, Interval, Point};

use super::feature::{Feature, Geometry};

/// A box in degrees of WGS 84; `west` beyond `east`: across the antimeridian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bbox {
    west: i32,
    south: i32,
    east: i32,
    north: i32,
}

impl Bbox {
    /// Reads `west,south,east,north`, or the same with heights in between, which nothing here has.
    ///
    /// # Errors
    /// In words: what was found and what would be right.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split(',').collect();
        let (west, south, east, north) = match parts.as_slice() {
            [west, south, east, north] => (west, south, east, north),
            [west, south, low, east, north, high] => {
                // Heights are read, so that what is no number is no number there either.
                let is_height = |text: &str| {
                    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
                    let is_plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
                    is_plain && !digits.is_empty() && digits.matches('.').count() < 2 && digits != "."
                };
                if let Some(wrong) = [low, high].into_iter().find(|text| !is_height(text)) {
                    return Err(format!("bbox: \"{}\" is no height", short(wrong)));
                }
                (west, south, east, north)
            }
            _ => return Err("bbox: four numbers, west,south,east,north (or six, with heights)".to_owned()),
        };
        let degrees = |part: &str, limit: i32| {
            Point::parse_degrees(part, limit).map_err(|_| {
                format!("bbox: \"{}\" is no number of degrees between -{limit} and {limit}", short(part))
            })
        };
        let bbox = Self {
            west: degrees(west, 180)?,
            south: degrees(south, 90)?,
            east: degrees(east, 180)?,
            north: degrees(north, 90)?,
        };
        if bbox.south > bbox.north {
            return Err("bbox: its south lies north of its north".to_owned());
        }
        Ok(bbox)
    }

    /// Whether some of a geometry lies in it, its edges with it.
    #[must_use]
    pub fn holds(self, geometry: &Geometry) -> bool {
        let edge = 180 * UNITS_PER_DEGREE;
        if self.west > self.east {
            return Self { east: edge, ..self }.holds(geometry)
                || Self { west: -edge, ..self }.holds(geometry);
        }
        match geometry {
            Geometry::Nowhere => false,
            Geometry::Point(point) => self.has(*point),
            Geometry::Lines(chains) => chains.iter().any(|chain| self.meets(chain, false)),
            Geometry::Rings(rings) => {
                let corner = Point { lon: self.west, lat: self.south };
                rings.iter().any(|ring| self.meets(ring, true))
                    || point_in_rings(corner, rings) != Containment::Outside
            }
        }
    }

    fn has(self, point: Point) -> bool {
        (self.west..=self.east).contains(&point.lon) && (self.south..=self.north).contains(&point.lat)
    }

    fn meets(self, points: &Ring, is_closed: bool) -> bool {
        let next = points.iter().cycle().skip(1);
        let edges = if is_closed { points.len() } else { points.len().saturating_sub(1) };
        points.iter().zip(next).take(edges).any(|(a, b)| self.crosses(*a, *b))
    }

    /// Whether a straight edge has a point in the box.
    fn crosses(self, a: Point, b: Point) -> bool {
        if a.lon.max(b.lon) < self.west
            || a.lon.min(b.lon) > self.east
            || a.lat.max(b.lat) < self.south
            || a.lat.min(b.lat) > self.north
        {
            return false;
        }
        // The boxes meet, so the edge misses only if all corners lie on one side of its line.
        let side = |lon: i32, lat: i32| {
            let (dx, dy) = (i128::from(b.lon) - i128::from(a.lon), i128::from(b.lat) - i128::from(a.lat));
            let (x, y) = (i128::from(lon) - i128::from(a.lon), i128::from(lat) - i128::from(a.lat));
            (dx * y - dy * x).signum()
        };
        let corners = [
            side(self.west, self.south),
            side(self.east, self.south),
            side(self.east, self.north),
            side(self.west, self.north),
        ];
        !(corners.iter().all(|one| *one > 0) || corners.iter().all(|one| *one < 0))
    }
}

/// A time: an instant, or from one to another, either end open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    from: Instant,
    until: Instant,
}

impl When {
    /// Reads `2016-05-04T12:00:00Z`, `a/b`, `../b`, `/b`, `a/..`, `a/`. Both ends belong to it.
    ///
    /// # Errors
    /// In words: what was found and what would be right.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = |part: &str| {
            format!(
                "datetime: \"{}\" is no moment; write 2016-05-04T12:00:00Z, or two with / between, .. for an open end",
                short(part)
            )
        };
        let moment = |part: &str| Instant::parse(part).map_err(|_| wrong(part));
        let Some((from, until)) = text.split_once('/') else {
            let at = moment(text)?;
            return Ok(Self { from: at, until: at });
        };
        let is_open = |part: &str| part.is_empty() || part == "..";
        let from = if is_open(from) { Instant::FAR_PAST } else { moment(from)? };
        let until = if is_open(until) { Instant::FAR_FUTURE } else { moment(until)? };
        if until < from {
            return Err("datetime: it ends before it begins".to_owned());
        }
        Ok(Self { from, until })
    }

    /// Whether some of an interval lies in it.
    #[must_use]
    pub fn holds(self, when: Interval) -> bool {
        when.start() <= self.until && self.from < when.end()
    }
}

/// What is asked of a collection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Somewhere in this box.
    pub bbox: Option<Bbox>,
    /// At some time of this.
    pub when: Option<When>,
}

/// A page of what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selected<'f> {
    /// How many fit in all.
    pub matched: usize,
    /// Those of the page.
    pub features: Vec<&'f Feature>,
}

impl Selection {
    /// Whether a feature is asked for.
    #[must_use]
    pub fn holds(&self, feature: &Feature) -> bool {
        self.when.is_none_or(|asked| feature.when.is_some_and(|when| asked.holds(when)))
            && self.bbox.is_none_or(|bbox| bbox.holds(&feature.geometry))
    }

    /// Those that fit, from the one of that number on, so many at the most.
    #[must_use]
    pub fn of<'f>(&self, features: &'f [Feature], offset: usize, limit: usize) -> Selected<'f> {
        let fitting: Vec<&Feature> = features.iter().filter(|one| self.holds(one)).collect();
        let page = fitting.iter().skip(offset).take(limit).copied().collect();
        Selected { matched: fitting.len(), features: page }
    }
}

fn short(text: &str) -> String {
    crate::safe::clean(&text.chars().take(40).collect::<String>())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(lon: i32, lat: i32) -> Point {
        Point { lon: lon * 10_000_000, lat: lat * 10_000_000 }
    }

    fn holds(bbox: &str, geometry: &Geometry) -> bool {
        Bbox::parse(bbox).unwrap().holds(geometry)
    }

    #[test]
    fn boxes_hold_what_touches_them_also_across_the_antimeridian() {
        let fiji = Geometry::Point(at(179, -17));
        assert!(holds("170,-20,-170,-10", &fiji) && !holds("-170,-20,170,-10", &fiji));
        assert!(holds("-180,-90,180,90", &fiji) && holds("179,-17,179,-17", &fiji));
        assert!(holds("178,-18,0,180,-16,100", &fiji));
        let line = Geometry::Lines(vec![vec![at(0, 0), at(10, 10)]]);
        assert!(holds("4,4,6,6", &line) && holds("4,0,6,5", &line));
        assert!(!holds("6,0,10,3", &line), "the boxes meet, the line passes by");
        let ring = vec![at(0, 0), at(10, 0), at(10, 10), at(0, 10)];
        let hole = vec![at(4, 4), at(6, 4), at(6, 6), at(4, 6)];
        let area = Geometry::Rings(vec![ring, hole]);
        assert!(holds("1,1,2,2", &area), "wholly inside");
        assert!(!holds("4.5,4.5,5.5,5.5", &area), "wholly in the hole");
        assert!(holds("-5,-5,20,20", &area) && !holds("11,0,12,1", &area));
        assert!(!holds("-180,-90,180,90", &Geometry::Nowhere));
    }

    #[test]
    fn what_is_no_box_is_refused_in_words() {
        for wrong in [
            "",
            "1,2,3",
            "NaN,0,1,1",
            "0,0,inf,1",
            "0,0,1e9,1",
            "-181,0,0,1",
            "0,0,1,91",
            "0,5,1,4",
            "1,2,3,4,5",
            "1;2;3;4",
            "0,0,x,1,1,1",
            "99999999999999999999,0,1,1",
            "0,0,1,1,1,1,1",
            "--1,0,1,1",
        ] {
            assert!(Bbox::parse(wrong).unwrap_err().starts_with("bbox: "), "{wrong}");
        }
    }

    #[test]
    fn times_are_instants_and_intervals_with_open_ends() {
        let day = Interval::new(
            Instant::parse("2016-05-04T00:00:00Z").unwrap(),
            Instant::parse("2016-05-05T00:00:00Z").unwrap(),
        )
        .unwrap();
        for (asked, is_in) in [
            ("2016-05-04T12:00:00Z", true),
            ("2016-05-04T00:00:00Z", true),
            ("2016-05-05T00:00:00Z", false),
            ("2016-05-03T00:00:00Z/2016-05-04T00:00:00Z", true),
            ("../2016-05-03T23:59:59Z", false),
            ("/2016-05-04T00:00:00Z", true),
            ("2016-05-04T23:59:59Z/..", true),
            ("2016-05-05T00:00:00Z/", false),
            ("../..", true),
            ("2016-05-04T14:00:00+03:00", true),
        ] {
            assert_eq!(When::parse(asked).unwrap().holds(day), is_in, "{asked}");
        }
        for wrong in [
            "",
            "yesterday",
            "2016",
            "2016-05-04",
            "2016-05-05T00:00:00Z/2016-05-04T00:00:00Z",
            "a/b/c",
            "..",
            "2016-13-01T00:00:00Z",
        ] {
            assert!(When::parse(wrong).is_err(), "{wrong}");
        }
    }
}
