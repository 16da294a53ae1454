//! Incidents made from a seed: thick round some forty places, thin elsewhere, as years of a war are.

use serde_json::{Map, Value};
use truceline_model::Point;
use truceline_publish::standards::{Feature, Geometry};

const SUMMARIES: [&str; 5] = ["disputed", "prohibited", "undetermined", "not-prohibited", "not-covered"];
const ACTS: [&str; 6] = ["shelling", "airstrike", "clash", "ied", "detention", "obstruction"];

/// One incident.
pub(crate) struct Made {
    id: String,
    rank: usize,
    act: &'static str,
    place: String,
    within_m: u32,
    day: u32,
    killed: u32,
    at: Point,
}

/// Steps of a generator that is the same everywhere (`SplitMix64`).
fn draw(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut out = *state;
    out = (out ^ (out >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    out = (out ^ (out >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    out ^ (out >> 31)
}

fn below(state: &mut u64, most: u64) -> u64 {
    draw(state) % most.max(1)
}

fn small(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(0)
}

/// A number below `most` that follows from `n`.
pub(crate) fn drawn(n: usize, most: usize) -> usize {
    let mut state = n as u64 ^ 0x5eed;
    usize::try_from(below(&mut state, most as u64)).unwrap_or(0)
}

/// So many incidents, always the same.
pub(crate) fn incidents(count: usize) -> Vec<Made> {
    let mut state = 2016;
    let within = |state: &mut u64, low: i32, high: i32| {
        low + i32::try_from(below(state, u64::from((high - low).unsigned_abs()))).unwrap_or(0)
    };
    let towns: Vec<Point> = (0..40)
        .map(|_| Point {
            lon: within(&mut state, 357_000_000, 423_000_000),
            lat: within(&mut state, 323_000_000, 372_000_000),
        })
        .collect();
    let one = |n: usize| {
        let town = towns.get(usize::try_from(below(&mut state, 40)).unwrap_or(0)).copied();
        let town = town.unwrap_or(Point { lon: 370_000_000, lat: 360_000_000 });
        // The sum of draws is thick in the middle.
        let mut off = |reach: i32| (0..4).map(|_| within(&mut state, -reach, reach)).sum::<i32>() / 4;
        let at = Point { lon: town.lon + off(3_000_000), lat: town.lat + off(2_500_000) };
        Made {
            id: format!("i-{n}"),
            rank: usize::try_from(below(&mut state, 5)).unwrap_or(0),
            act: ACTS.get(usize::try_from(below(&mut state, 6)).unwrap_or(0)).copied().unwrap_or("clash"),
            place: format!("Place {}, Governorate {}", below(&mut state, 900), below(&mut state, 14)),
            within_m: small(200 + 100 * below(&mut state, 80)),
            day: small(below(&mut state, 28)),
            killed: small(below(&mut state, 9)),
            at,
        }
    };
    (0..count).map(one).collect()
}

impl Made {
    fn since(&self) -> String {
        format!("2016-{:02}-{:02}T21:00:00Z", 1 + self.killed, 1 + self.day)
    }

    fn until(&self) -> String {
        format!("2016-{:02}-{:02}T21:00:00Z", 1 + self.killed, 2 + self.day)
    }

    fn summary(&self) -> &'static str {
        SUMMARIES.get(self.rank).copied().unwrap_or("not-covered")
    }

    /// As it is published.
    pub(crate) fn feature(&self) -> Feature {
        let mut properties = Map::new();
        let mut put = |name: &str, value: Value| {
            properties.insert(name.to_owned(), value);
        };
        put("summary", self.summary().into());
        put("act", [self.act].into_iter().collect());
        put("place", self.place.clone().into());
        put("within_m", self.within_m.into());
        put("from", self.since().into());
        put("until", self.until().into());
        put("killed_min", self.killed.into());
        Feature { id: self.id.clone(), geometry: Geometry::Point(self.at), when: None, properties }
    }

    /// As a row.
    pub(crate) fn row(&self) -> String {
        let degrees = Point::degrees_text;
        format!(
            "{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}",
            self.id,
            self.summary(),
            self.rank,
            self.act,
            self.place,
            self.within_m,
            self.since(),
            self.until(),
            self.killed,
            degrees(self.at.lon),
            degrees(self.at.lat)
        )
    }

    /// The tile of a zoom in which it lies.
    pub(crate) fn tile(&self, zoom: u32) -> (u32, u32) {
        let (x, y) = truceline_publish::standards::world(self.at);
        (x.checked_shr(32 - zoom).unwrap_or(0), y.checked_shr(32 - zoom).unwrap_or(0))
    }
}
