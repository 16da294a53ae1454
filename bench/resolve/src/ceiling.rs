//! How well anybody could do on the noise: each report is given to the real event that most likely made it, by somebody who knows the
//! list of real events and every number of the noise.
//!
//! No resolver knows either, so nobody is expected to get there: what this loses, the reports themselves have lost (two fights in one
//! village on one day, told by halves). Events that differ in nothing that a report tells are taken for one. Floats are used for
//! likelihoods only; the scores are those of everybody.
#![allow(clippy::float_arithmetic, clippy::cast_precision_loss)]

use std::collections::BTreeMap;
use std::path::Path;

use truceline_model::{Act, Body, Event, Observation, Qualifier};

use crate::noise::{self, Happened, Level};
use crate::{Result, Set};

/// The most likely event of each report, as groups.
///
/// # Errors
/// When a file cannot be read.
pub fn groups(root: &Path, data: &Path, set: &Set, level: &Level) -> Result<BTreeMap<u64, u64>> {
    let world = noise::world(root, data)?;
    let mut by_day: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for (at, event) in world.events.iter().enumerate() {
        by_day.entry(day_of(event.day.start().seconds())).or_default().push(at);
    }
    let mut found = BTreeMap::new();
    for report in &set.observations {
        let Body::Event(said) = &report.body else { continue };
        // An undated report is at most three days and a day older than the moment at which it became known.
        let days = match said.when {
            Some(when) => (day_of(when.start().seconds()) - 1)..=(day_of(when.start().seconds()) + 1),
            None => (day_of(report.known.seconds()) - 5)..=day_of(report.known.seconds()),
        };
        let mut best: Option<(f64, usize)> = None;
        for at in by_day.range(days).flat_map(|(_, events)| events) {
            let Some(event) = world.events.get(*at) else { continue };
            let likely = likelihood(report, said, event, world.rivals.len(), level);
            if likely > f64::NEG_INFINITY && best.is_none_or(|(most, _)| likely > most) {
                best = Some((likely, *at));
            }
        }
        if let Some((_, at)) = best {
            found.insert(report.receipt.0, u64::try_from(at)?);
        }
    }
    Ok(found)
}

fn day_of(seconds: i64) -> i64 {
    // Local midnight lies two or three hours before midnight.
    (seconds + 4 * 3600).div_euclid(86_400)
}

fn ln(weight: u64, of: u64) -> f64 {
    if weight == 0 { f64::NEG_INFINITY } else { (weight as f64 / of as f64).ln() }
}

fn likelihood(report: &Observation, said: &Event, event: &Happened, rivals: usize, level: &Level) -> f64 {
    let all = |weights: &[u64]| weights.iter().sum::<u64>();
    let day = match said.when {
        None => {
            let late = report.known.seconds() - event.day.end().seconds();
            if !(0..3 * 86_400).contains(&late) {
                return f64::NEG_INFINITY;
            }
            ln(level.day[3], all(&level.day))
        }
        Some(when) => match day_of(when.start().seconds()) - day_of(event.day.start().seconds()) {
            0 => ln(level.day[0], all(&level.day)),
            1 => ln(level.day[1], all(&level.day)),
            -1 => ln(level.day[2], all(&level.day)),
            _ => return f64::NEG_INFINITY,
        },
    };
    day + place(said, event, level)
        + act(said, event, level)
        + actor(said, event, rivals, level)
        + killed(said, event, level)
}

fn place(said: &Event, event: &Happened, level: &Level) -> f64 {
    let Some(place) = &said.place else { return f64::NEG_INFINITY };
    let Some(point) = place.point else {
        let there = event.governorate.as_ref().is_some_and(|g| place.areas.contains(g));
        return if there { ln(level.only_governorate, noise::WHOLE) } else { f64::NEG_INFINITY };
    };
    let named = match place.areas.first() {
        Some(name) if Some(name) == event.place.as_ref() => ln(noise::WHOLE - level.unnamed, noise::WHOLE),
        Some(_) => return f64::NEG_INFINITY,
        None => ln(level.unnamed, noise::WHOLE),
    };
    // Metres off along each side.
    let side = |a: i32, b: i32, units: i64| (i64::from(a) - i64::from(b)).abs() / units;
    let off = side(point.lat, event.point.lat, noise::UNITS.0).max(side(
        point.lon,
        event.point.lon,
        noise::UNITS.1,
    ));
    let reach = |times: u32| i64::from(place.within_m * times * 7 / 10);
    let density = |times: u32, weight: u64| {
        let side = reach(times) as f64 * 2.0;
        if off <= reach(times) { weight as f64 / noise::WHOLE as f64 / (side * side) } else { 0.0 }
    };
    named + (density(1, noise::WHOLE - level.overstated) + density(2, level.overstated)).ln()
}

fn act(said: &Event, event: &Happened, level: &Level) -> f64 {
    let all = level.act.iter().sum::<u64>() as f64;
    let Some(act) = said.acts.first() else { return (level.act[3] as f64 / all).ln() };
    let general =
        if matches!(event.act, Act::Airstrike | Act::Shelling) { Act::Explosion } else { Act::Other };
    let mut weight = 0.0;
    if *act == event.act {
        weight += level.act[0] as f64;
    }
    if *act == general {
        weight += level.act[1] as f64;
    }
    if noise::OTHERS.contains(act) {
        weight += level.act[2] as f64 / noise::OTHERS.len() as f64;
    }
    (weight / all).ln()
}

fn actor(said: &Event, event: &Happened, rivals: usize, level: &Level) -> f64 {
    let all = level.actor.iter().sum::<u64>() as f64;
    let Some(actor) = said.actors.first() else { return (level.actor[2] as f64 / all).ln() };
    let mut weight = 0.0;
    if *actor == event.actor {
        weight += level.actor[0] as f64;
    }
    if *actor == event.side {
        weight += level.actor[1] as f64;
    }
    if actor.as_str().starts_with("side-") {
        weight += level.actor[3] as f64 / rivals.max(1) as f64;
    }
    (weight / all).ln()
}

fn killed(said: &Event, event: &Happened, level: &Level) -> f64 {
    let all = level.killed.iter().sum::<u64>() as f64;
    match (event.killed, said.casualties.killed) {
        (None, None) => 0.0,
        (None, Some(_)) => f64::NEG_INFINITY,
        (Some(0), None) => ln(level.nought_unsaid, noise::WHOLE),
        (Some(0), Some(n)) if n.min == 0 && n.max == Some(0) => {
            ln(noise::WHOLE - level.nought_unsaid, noise::WHOLE)
        }
        (Some(0), Some(_)) => f64::NEG_INFINITY,
        (Some(_), None) => (level.killed[3] as f64 / all).ln(),
        (Some(n), Some(bounds)) if bounds.qualifier == Qualifier::Exactly => {
            let off = (n / 3).max(1);
            let mut weight = if bounds.min == n { level.killed[0] as f64 } else { 0.0 };
            if bounds.min.abs_diff(n) <= off {
                weight += level.killed[1] as f64 / f64::from(off * 2 + 1);
            }
            (weight / all).ln()
        }
        (Some(n), Some(bounds)) if bounds.min == (n / 2).max(1) => (level.killed[2] as f64 / all).ln(),
        _ => f64::NEG_INFINITY,
    }
}
