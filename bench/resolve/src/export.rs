//! The same observations for peers, one line each: what the resolver is given, and nothing else.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};
use truceline_model::{AreaId, Body, Instant, Interval, LikelyDays, Observation, Point, Shape};

use crate::{Result, Set};

/// How likely an inferred day and its neighbours must be for a peer to be given it, in ten-thousandths.
const TAKEN: u32 = 3000;

/// Writes a set. `address` is given where peers may look up the text by it.
///
/// # Errors
/// When the file cannot be written.
pub fn write(set: &Set, address: Option<&BTreeMap<u64, String>>, to: &Path) -> Result<()> {
    let mut file = std::io::BufWriter::new(std::fs::File::create(to)?);
    for observation in &set.observations {
        let mut line = fields(observation, set);
        let receipt = observation.receipt.0;
        if let Some(line) = line.as_object_mut() {
            line.insert("gold".to_owned(), json!(set.gold.get(&receipt)));
            if let Some(address) = address {
                line.insert("address".to_owned(), json!(address.get(&receipt)));
            }
        }
        writeln!(file, "{line}")?;
    }
    Ok(())
}

fn fields(observation: &Observation, set: &Set) -> Value {
    let Body::Event(event) = &observation.body else { return json!({}) };
    // Peers know days, not how likely they are: they get the likeliest where it and its neighbours reach three tenths.
    let likely =
        observation.likely.as_ref().and_then(LikelyDays::best).filter(|(_, likely)| *likely >= TAKEN);
    let midnight = |(day, _): (i64, u32)| {
        let noon = Instant::from_seconds(day * 86_400 + 43_200);
        noon.plus_seconds(-43_200 - i64::from(set.zone.offset_seconds(noon)))
    };
    let began = event.when.map(Interval::start).or_else(|| likely.map(midnight));
    let place = event.place.as_ref();
    let point = place.and_then(|p| p.point);
    // Of several places peers get the one whose point they get.
    let meant = |id: &&AreaId| matches!(set.areas.get(id).map(|a| &a.shape), Some(Shape::Disc(p, _)) if Some(*p) == point);
    let meant = place.and_then(|p| p.areas.iter().find(meant));
    let all = place.iter().flat_map(|p| &p.areas).map(|a| a.as_str().to_owned()).collect::<Vec<_>>();
    let named = meant.map_or_else(|| all.join(" "), |id| id.as_str().to_owned());
    json!({
        "id": observation.receipt.0,
        "sender_id": observation.sender_id,
        "source": observation.source.as_str(),
        "date": began.map(|at| set.zone.local_date(at)),
        "day": began.map(|at| at.seconds().div_euclid(86_400)),
        "lat": point.map(|p| Point::degrees_text(p.lat)),
        "lon": point.map(|p| Point::degrees_text(p.lon)),
        "within_m": place.map(|p| p.within_m),
        "areas": named,
        "act": event.acts.iter().map(|a| a.as_str()).collect::<Vec<_>>().join(" "),
        "actor": event.actors.iter().map(|a| a.as_str()).collect::<Vec<_>>().join(" "),
        "weapons": event.weapons.iter().map(|w| w.as_str()).collect::<Vec<_>>(),
        "targets": event.targets.iter().map(|t| t.as_str()).collect::<Vec<_>>(),
        "marks": observation.wording.iter().flat_map(|w| w.words()).map(|m| m.hash).collect::<Vec<_>>(),
        "killed_min": event.casualties.killed.map(|b| b.min),
        "killed_max": event.casualties.killed.and_then(|b| b.max),
    })
}
