//! Real events, each told by several made-up monitors with the faults that monitors have. Every number of the noise stands here.
//!
//! The events are rows of ACLED and Airwars as they are, so that towns are as crowded as they were. What a monitor writes is drawn
//! from a seed. Not the truth about any monitor: a stated model, the same for everybody who is measured on it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use truceline_casework::Rules;
use truceline_model::{
    Act, Actor, ActorId, ActorKind, Actors, Area, AreaId, Areas, Attribution, Body, Bounds, CasualtyFigures,
    Credibility, Event, Grade, Instant, Interval, Membership, Observation, Place, Point, ReceiptNo, SourceId,
    Zone,
};

use crate::{Result, Set, ground, times};
use truceline_bench::judging::chance::Chance;

/// How often each thing happens, in hundredths unless said otherwise.
mod model {
    /// Reports of one event: one to six.
    pub(super) const REPORTS: [u64; 6] = [22, 20, 18, 16, 13, 11];
    /// Monitors.
    pub(super) const MONITORS: usize = 12;
    /// The same monitor files the event a second time under another id.
    pub(super) const FILED_TWICE: u64 = 2;
    /// Stated precision in metres, and how often; the point then lies up to that far off, each way.
    pub(super) const PRECISION: [(u32, u64); 4] = [(500, 15), (1500, 45), (3000, 25), (5000, 15)];
    /// The point lies up to twice its stated precision off.
    pub(super) const OVERSTATED: u64 = 8;
    /// Only the governorate is given.
    pub(super) const ONLY_GOVERNORATE: u64 = 4;
    /// The place is named.
    pub(super) const NAMED: u64 = 75;
    /// The right day, the day after, the day before, no day.
    pub(super) const DAY: [u64; 4] = [84, 11, 4, 1];
    /// The act as it was, a general word, another act, none.
    pub(super) const ACT: [u64; 4] = [76, 10, 10, 4];
    /// The actor, only its side, unknown, a rival.
    pub(super) const ACTOR: [u64; 4] = [60, 14, 17, 9];
    /// The number of killed, up to a third off, "at least" a half, nothing said.
    pub(super) const KILLED: [u64; 4] = [52, 22, 14, 12];
    /// "Nobody" is said of an event without dead; otherwise nothing is said.
    pub(super) const NOUGHT_SAID: u64 = 40;
    /// Metres in ten-millionths of a degree of latitude, and of longitude at 35° N.
    pub(super) const UNITS: (i64, i64) = (90, 110);
}

/// A real event.
struct Happened {
    day: Interval,
    point: Point,
    place: Option<AreaId>,
    governorate: Option<AreaId>,
    act: Act,
    actor: ActorId,
    side: ActorId,
    killed: Option<u32>,
}

/// The events, and the world that they lie in.
struct World {
    events: Vec<Happened>,
    areas: Areas,
    actors: Actors,
    zone: Zone,
    rivals: Vec<ActorId>,
}

/// Makes the set: `limit` events at most, all copied `rounds` times three hundred days later each.
///
/// # Errors
/// When a file cannot be read.
pub fn read(root: &Path, data: &Path, seed: u64, rounds: u32) -> Result<Set> {
    let world = world(root, data)?;
    let mut chance = Chance::new(seed);
    let mut set = Set {
        observations: Vec::new(),
        gold: BTreeMap::new(),
        actors: world.actors.clone(),
        areas: world.areas.clone(),
        zone: world.zone.clone(),
        rules: Rules::default(),
    };
    let mut incident = 0;
    for round in 0..rounds {
        // Twenty years, so that no copy meets another.
        let later = i64::from(round) * 86_400 * 365 * 20;
        for event in &world.events {
            incident += 1;
            let reports = chance.pick(&model::REPORTS) + 1;
            let mut monitors: BTreeSet<u64> = BTreeSet::new();
            while monitors.len() < reports {
                monitors.insert(chance.below(u64::try_from(model::MONITORS)?));
            }
            for monitor in monitors {
                let times = if chance.below(100) < model::FILED_TWICE { 2 } else { 1 };
                for _ in 0..times {
                    let receipt = u64::try_from(set.observations.len())?;
                    let one = report(event, &world, monitor, (receipt, later), &mut chance);
                    set.gold.insert(receipt, incident);
                    set.observations.push(one);
                }
            }
        }
    }
    Ok(set)
}

fn report(
    event: &Happened,
    world: &World,
    monitor: u64,
    (receipt, later): (u64, i64),
    chance: &mut Chance,
) -> Observation {
    let shift = |i: Interval, by: i64| {
        Interval::new(i.start().plus_seconds(by), i.end().plus_seconds(by)).unwrap_or(i)
    };
    let when = match chance.pick(&model::DAY) {
        0 => Some(shift(event.day, later)),
        1 => Some(shift(event.day, later + 86_400)),
        2 => Some(shift(event.day, later - 86_400)),
        _ => None,
    };
    let (actors, attribution) = actor(event, world, chance);
    let source = SourceId::new(&format!("monitor-{monitor:02}"));
    let delay = i64::try_from(chance.below(3 * 86_400)).unwrap_or(0);
    Observation {
        receipt: ReceiptNo(receipt),
        sender_id: format!("n{receipt}"),
        known: event.day.end().plus_seconds(later + delay),
        source: source.clone(),
        origin: source,
        through: BTreeSet::new(),
        address: None,
        grade: Grade::F,
        credibility: Credibility::UNJUDGED,
        part_of: BTreeSet::new(),
        revises: BTreeSet::new(),
        same_as: BTreeSet::new(),
        body: Body::Event(Event {
            acts: act(event.act, chance),
            weapons: BTreeSet::new(),
            targets: BTreeSet::new(),
            when,
            place: place(event, chance),
            actors,
            attribution,
            held_by: BTreeSet::new(),
            casualties: CasualtyFigures {
                killed: killed(event.killed, chance),
                ..CasualtyFigures::default()
            },
            facts: BTreeMap::new(),
        }),
        note: None,
        spans: BTreeMap::new(),
    }
}

fn place(event: &Happened, chance: &mut Chance) -> Option<Place> {
    let only = chance.below(100) < model::ONLY_GOVERNORATE;
    if let (true, Some(governorate)) = (only, &event.governorate) {
        let areas = BTreeSet::from([governorate.clone()]);
        return Some(Place { point: None, within_m: 80_000, areas, unresolved: None });
    }
    let weights: Vec<u64> = model::PRECISION.iter().map(|(_, weight)| *weight).collect();
    let within_m = model::PRECISION.get(chance.pick(&weights)).map_or(1500, |(metres, _)| *metres);
    let off = if chance.below(100) < model::OVERSTATED { within_m * 2 } else { within_m };
    let (lat, lon) =
        (chance.about(off * 7 / 10) * model::UNITS.0, chance.about(off * 7 / 10) * model::UNITS.1);
    let moved = |at: i32, by: i64| i32::try_from(i64::from(at) + by).unwrap_or(at);
    let point = Point { lon: moved(event.point.lon, lon), lat: moved(event.point.lat, lat) };
    let named = chance.below(100) < model::NAMED;
    let areas = event.place.iter().filter(|_| named).cloned().collect();
    Some(Place { point: Some(point), within_m, areas, unresolved: None })
}

fn act(act: Act, chance: &mut Chance) -> BTreeSet<Act> {
    const OTHERS: [Act; 7] = [
        Act::Airstrike,
        Act::Shelling,
        Act::RocketFire,
        Act::SmallArmsFire,
        Act::Bombing,
        Act::Clash,
        Act::GainingGround,
    ];
    let one = match chance.pick(&model::ACT) {
        0 => act,
        1 if act == Act::Airstrike || act == Act::Shelling => Act::Explosion,
        1 => Act::Other,
        2 => {
            let at = chance.below(7);
            usize::try_from(at).ok().and_then(|at| OTHERS.get(at)).copied().unwrap_or(act)
        }
        _ => return BTreeSet::new(),
    };
    BTreeSet::from([one])
}

fn actor(event: &Happened, world: &World, chance: &mut Chance) -> (BTreeSet<ActorId>, Option<Attribution>) {
    let named = |id: &ActorId| (BTreeSet::from([id.clone()]), Some(Attribution::Stated));
    match chance.pick(&model::ACTOR) {
        0 => named(&event.actor),
        1 => named(&event.side),
        2 => (BTreeSet::new(), Some(Attribution::Unclear)),
        _ => {
            let n = chance.below(u64::try_from(world.rivals.len()).unwrap_or(1));
            usize::try_from(n)
                .ok()
                .and_then(|n| world.rivals.get(n))
                .map_or_else(|| named(&event.actor), named)
        }
    }
}

fn killed(killed: Option<u32>, chance: &mut Chance) -> Option<Bounds> {
    let n = killed?;
    if n == 0 {
        return (chance.below(100) < model::NOUGHT_SAID).then(|| Bounds::exactly(0));
    }
    match chance.pick(&model::KILLED) {
        0 => Some(Bounds::exactly(n)),
        1 => {
            let off = chance.about((n / 3).max(1));
            Some(Bounds::exactly(u32::try_from(i64::from(n) + off).unwrap_or(n)))
        }
        2 => Bounds::parse(&format!(">={}", (n / 2).max(1))).ok(),
        _ => None,
    }
}

fn world(root: &Path, data: &Path) -> Result<World> {
    let zone = ground::zone()?;
    let shipped = ground::shipped(root, &zone)?;
    let mut areas: Vec<Area> = ground::governorates(&shipped);
    let ids: Vec<AreaId> = areas.iter().map(|a| a.id.clone()).collect();
    let mut world = World {
        events: Vec::new(),
        areas: Areas::default(),
        actors: Actors::default(),
        zone,
        rivals: Vec::new(),
    };
    let mut actors: BTreeMap<ActorId, ActorId> = BTreeMap::new();
    let mut seen: BTreeMap<String, (AreaId, Option<AreaId>)> = BTreeMap::new();
    for row in acled(data)?.into_iter().chain(airwars(data)?) {
        let Some(point) = row.point else { continue };
        let Some(day) = times::day(&world.zone, &row.date) else { continue };
        let key = format!("{}/{}", row.district, row.location);
        let (place, governorate) = seen.entry(key).or_insert_with_key(|_| {
            let governorate = ground::governorate_at(&shipped, &ids, point);
            let id = format!("place-{}", areas.len());
            areas.push(ground::named_place(&id, governorate.clone(), point, 1500));
            (AreaId::new(&id), governorate)
        });
        let (actor, side) = (slug("a", &row.actor), slug("side", &row.side));
        actors.insert(actor.clone(), side.clone());
        world.events.push(Happened {
            day,
            point,
            place: Some(place.clone()),
            governorate: governorate.clone(),
            act: row.act,
            actor,
            side,
            killed: row.killed,
        });
    }
    world.areas = Areas::new(areas);
    world.rivals = actors.values().cloned().collect::<BTreeSet<_>>().into_iter().collect();
    let sides = world.rivals.iter().map(|id| party(id, None));
    let all: Vec<Actor> = sides.chain(actors.iter().map(|(id, side)| party(id, Some(side)))).collect();
    world.actors = Actors::new(all);
    Ok(world)
}

fn party(id: &ActorId, of: Option<&ActorId>) -> Actor {
    let member_of =
        of.map(|of| Membership { of: of.clone(), during: Interval::ALWAYS }).into_iter().collect();
    let kind = if of.is_some() { ActorKind::Group } else { ActorKind::Party };
    Actor { id: id.clone(), kind, member_of, names: BTreeMap::new(), aliases: BTreeSet::new() }
}

fn slug(kind: &str, name: &str) -> ActorId {
    let words: Vec<String> = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    ActorId::new(&format!("{kind}-{}", words.join("-")))
}

struct Row {
    date: String,
    location: String,
    district: String,
    point: Option<Point>,
    act: Act,
    actor: String,
    side: String,
    killed: Option<u32>,
}

fn table(path: &Path) -> Result<Vec<BTreeMap<String, String>>> {
    let mut reader = csv::Reader::from_path(path).map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(reader.deserialize().collect::<std::result::Result<_, _>>()?)
}

fn acled(data: &Path) -> Result<Vec<Row>> {
    let rows = table(&data.join("acled-syria-battles/battles.csv"))?;
    let make = |row: BTreeMap<String, String>| {
        let cell = |name: &str| row.get(name).map(String::as_str).unwrap_or_default();
        Some(Row {
            date: times::long_english(cell("event_date"))?,
            location: cell("location").to_owned(),
            district: cell("admin2").to_owned(),
            point: Point::parse(cell("latitude"), cell("longitude")).ok(),
            act: if cell("sub_event_type") == "Armed clash" { Act::Clash } else { Act::GainingGround },
            actor: cell("actor1").to_owned(),
            side: format!("inter-{}", cell("inter1")),
            killed: cell("fatalities").split('.').next().and_then(|n| n.parse().ok()),
        })
    };
    Ok(rows.into_iter().filter_map(make).collect())
}

fn airwars(data: &Path) -> Result<Vec<Row>> {
    let rows = table(&data.join("airwars-syria/incidents.csv"))?;
    let make = |row: BTreeMap<String, String>| {
        let cell = |name: &str| row.get(name).map(String::as_str).unwrap_or_default();
        let first = cell("belligerent").split(',').next().unwrap_or_default().to_owned();
        let on_ground = cell("strike_type").contains("round");
        Row {
            date: cell("date").to_owned(),
            location: cell("location_en").to_owned(),
            district: cell("region").to_owned(),
            point: Point::parse(cell("lat"), cell("lon")).ok(),
            act: match cell("strike_type") {
                "Artillery" => Act::Shelling,
                _ if on_ground => Act::SmallArmsFire,
                _ => Act::Airstrike,
            },
            side: format!("air-{first}"),
            actor: first,
            killed: cell("killed_min").parse().ok(),
        }
    };
    Ok(rows.into_iter().map(make).collect())
}

/// The moment at which everything is known.
pub const END: Instant = Instant::FAR_FUTURE;
