//! Made incidents for any mission: points within its areas, actors of its registry, three years from 2016, some with rival values,
//! some with a fact left open, some without time or place. Made from a seed; nothing of anybody's is in them.

#![allow(unreachable_pub)]

use std::fmt::Write as _;

use serde_json::{Map, Value, json};
use truceline_cluster::mission::Mission;
use truceline_model::{Act, Instant, Point, Shape, Target, Weapon};

/// First moment of the made years: 1 January 2016.
const START: i64 = 1_451_606_400;
/// Their length.
const SECONDS: i64 = 1_096 * 86_400;

/// Numbers that look like chance and are the same on every machine (SplitMix64).
struct Chance(u64);

impl Chance {
    fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn within(&mut self, from: i64, until: i64) -> i64 {
        let span = u64::try_from(until - from).unwrap_or(0).max(1);
        from + i64::try_from(self.number() % span).unwrap_or(0)
    }

    fn percent(&mut self, of_hundred: i64) -> bool {
        self.within(0, 100) < of_hundred
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(usize::try_from(self.within(0, i64::try_from(of.len()).unwrap_or(0))).unwrap_or(0))
    }
}

/// An incident file of so many lines, read under the mission.
pub fn incidents(mission: &Mission, count: usize, seed: u64) -> String {
    let mut chance = Chance(seed);
    let actors: Vec<String> = mission.actors().iter().map(|actor| actor.id.to_string()).collect();
    let corners: Vec<Point> = mission.areas().iter().flat_map(|area| points(&area.shape)).collect();
    let mut out = String::new();
    for n in 0..count {
        let mut line = Map::new();
        line.insert("incident".into(), format!("made-{seed}-{n}").into());
        line.insert("act".into(), rival(&mut chance, Act::ALL, |act| act.as_str().into()));
        line.insert("weapon".into(), rival(&mut chance, Weapon::ALL, |weapon| weapon.as_str().into()));
        line.insert("target".into(), rival(&mut chance, Target::ALL, |target| target.as_str().into()));
        line.insert("actor".into(), rival(&mut chance, &actors, |actor| actor.as_str().into()));
        line.insert("held_by".into(), rival(&mut chance, &actors, |actor| actor.as_str().into()));
        if !chance.percent(3) {
            let moments: Vec<i64> = (0..4).map(|_| START + chance.within(0, SECONDS)).collect();
            let length = *chance.one(&[1, 3_600, 86_400]).unwrap_or(&1);
            let interval = |from: &i64| {
                format!("{}/{}", Instant::from_seconds(*from), Instant::from_seconds(from + length)).into()
            };
            line.insert("when".into(), rival(&mut chance, &moments, interval));
        }
        if !chance.percent(3) {
            let places: Vec<Value> = (0..3).map(|_| place(&mut chance, &corners)).collect();
            line.insert("place".into(), rival(&mut chance, &places, Clone::clone));
        }
        for key in ["actor_open", "target_open", "weapon_open"] {
            if chance.percent(4) {
                line.insert(key.into(), json!(["three"]));
            }
        }
        let _ = writeln!(out, "{}", Value::Object(line));
    }
    out
}

/// One value, in one case of eight two, each with its origin.
fn rival<T>(chance: &mut Chance, of: &[T], value: impl Fn(&T) -> Value) -> Value {
    let count = if chance.percent(12) { 2 } else { 1 };
    let mut all: Vec<Value> = Vec::new();
    for origin in ["one", "two"].iter().take(count) {
        all.extend(chance.one(of).map(|one| json!({ "value": value(one), "origins": [origin] })));
    }
    Value::Array(all)
}

/// Near a corner of some area, so that many lie on edges.
fn place(chance: &mut Chance, corners: &[Point]) -> Value {
    let near = chance.one(corners).copied().unwrap_or(Point { lon: 0, lat: 0 });
    let mut shift = |at: i32| at + i32::try_from(chance.within(-1_500_000, 1_500_000)).unwrap_or(0);
    let (lon, lat) = (shift(near.lon), shift(near.lat));
    let within_m = *chance.one(&[25, 100, 500, 3_000]).unwrap_or(&100);
    json!({ "lat": Point::degrees_text(lat), "lon": Point::degrees_text(lon), "within_m": within_m })
}

fn points(shape: &Shape) -> Vec<Point> {
    match shape {
        Shape::Polygon(rings) => rings.iter().flatten().copied().collect(),
        Shape::Disc(point, _) => vec![*point],
        _ => Vec::new(),
    }
}
