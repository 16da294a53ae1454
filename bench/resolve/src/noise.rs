//! Real events, each told by several made-up monitors with the faults that monitors have. Every number of the noise stands here.
//!
//! The events are rows of ACLED and Airwars as they are, so that towns are as crowded as they were. What a monitor writes is drawn
//! from a seed. Not the truth about any monitor: a stated model, the same for everybody who is measured on it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use truceline_casework::Rules;
use truceline_model::{
    Act, Actor, ActorId, ActorKind, Actors, Area, AreaId, Areas, Attribution, Body, Bounds, CasualtyFigures,
    Event, Instant, Interval, Membership, Observation, Place, Point, ReceiptNo, SourceId, Zone,
};

use crate::{Result, Set, ground, times};
use truceline_bench::judging::chance::Chance;

/// How often each thing happens, in ten-thousandths.
#[derive(Clone, Copy, Debug)]
pub struct Level {
    /// Reports of one event: one to six.
    pub reports: [u64; 6],
    /// The same monitor files the event a second time under another id.
    pub filed_twice: u64,
    /// Stated precision in metres, and how often; the point then lies up to that far off, each way.
    pub precision: [(u32, u64); 4],
    /// The point lies up to twice its stated precision off.
    pub overstated: u64,
    /// Only the governorate is given.
    pub only_governorate: u64,
    /// The place is not named.
    pub unnamed: u64,
    /// The right day, the day after, the day before, no day.
    pub day: [u64; 4],
    /// The act as it was, a general word, another act, none.
    pub act: [u64; 4],
    /// The actor, only its side, unknown, a rival.
    pub actor: [u64; 4],
    /// The number of killed, up to a third off, "at least" a half, nothing said.
    pub killed: [u64; 4],
    /// Nothing is said of the dead of an event without any; otherwise that nobody died.
    pub nought_unsaid: u64,
}

/// Ten thousand: what the shares below are parts of.
pub(crate) const WHOLE: u64 = 10_000;

impl Level {
    /// Monitors that are often late, vague or wrong.
    pub const HARSH: Self = Self {
        reports: [22, 20, 18, 16, 13, 11],
        filed_twice: 200,
        precision: [(500, 15), (1500, 45), (3000, 25), (5000, 15)],
        overstated: 800,
        only_governorate: 400,
        unnamed: 2500,
        day: [8400, 1100, 400, 100],
        act: [7600, 1000, 1000, 400],
        actor: [6000, 1400, 1700, 900],
        killed: [5200, 2200, 1400, 1200],
        nought_unsaid: 6000,
    };

    /// The same monitors with so many hundredths of their faults.
    #[must_use]
    pub fn of(hundredths: u64) -> Self {
        let harsh = Self::HARSH;
        let less = |n: u64| n * hundredths / 100;
        let right = |[_, a, b, c]: [u64; 4]| [WHOLE - less(a) - less(b) - less(c), less(a), less(b), less(c)];
        Self {
            filed_twice: less(harsh.filed_twice),
            overstated: less(harsh.overstated),
            only_governorate: less(harsh.only_governorate),
            unnamed: less(harsh.unnamed),
            day: right(harsh.day),
            act: right(harsh.act),
            actor: right(harsh.actor),
            killed: right(harsh.killed),
            nought_unsaid: less(harsh.nought_unsaid),
            ..harsh
        }
    }
}

/// Monitors.
const MONITORS: u64 = 12;
/// Metres in ten-millionths of a degree of latitude, and of longitude at 35° N.
pub(crate) const UNITS: (i64, i64) = (90, 110);
/// What an act is taken for.
pub(crate) const OTHERS: [Act; 7] = [
    Act::Airstrike,
    Act::Shelling,
    Act::RocketFire,
    Act::SmallArmsFire,
    Act::Bombing,
    Act::Clash,
    Act::GainingGround,
];

/// A real event.
pub(crate) struct Happened {
    pub(crate) day: Interval,
    pub(crate) point: Point,
    pub(crate) place: Option<AreaId>,
    pub(crate) governorate: Option<AreaId>,
    pub(crate) act: Act,
    pub(crate) actor: ActorId,
    pub(crate) side: ActorId,
    pub(crate) killed: Option<u32>,
}

/// The events, and the world that they lie in.
pub(crate) struct World {
    pub(crate) events: Vec<Happened>,
    areas: Areas,
    actors: Actors,
    zone: Zone,
    pub(crate) rivals: Vec<ActorId>,
}

/// Makes the set: `limit` events at most, all copied `rounds` times three hundred days later each.
///
/// # Errors
/// When a file cannot be read.
pub fn read(root: &Path, data: &Path, seed: u64, rounds: u32, level: &Level) -> Result<Set> {
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
            let reports = chance.pick(&level.reports) + 1;
            let mut monitors: BTreeSet<u64> = BTreeSet::new();
            while monitors.len() < reports {
                monitors.insert(chance.below(MONITORS));
            }
            for monitor in monitors {
                let times = if chance.below(WHOLE) < level.filed_twice { 2 } else { 1 };
                for _ in 0..times {
                    let receipt = u64::try_from(set.observations.len())?;
                    let one = report(event, &world, monitor, (receipt, later), level, &mut chance);
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
    level: &Level,
    chance: &mut Chance,
) -> Observation {
    let shift = |i: Interval, by: i64| {
        Interval::new(i.start().plus_seconds(by), i.end().plus_seconds(by)).unwrap_or(i)
    };
    let when = match chance.pick(&level.day) {
        0 => Some(shift(event.day, later)),
        1 => Some(shift(event.day, later + 86_400)),
        2 => Some(shift(event.day, later - 86_400)),
        _ => None,
    };
    let (actors, attribution) = actor(event, world, level, chance);
    let source = SourceId::new(&format!("monitor-{monitor:02}"));
    let delay = i64::try_from(chance.below(3 * 86_400)).unwrap_or(0);
    let known = event.day.end().plus_seconds(later + delay);
    let told = Event {
        acts: act(event.act, level, chance),
        when,
        place: place(event, level, chance),
        actors,
        attribution,
        casualties: CasualtyFigures {
            killed: killed(event.killed, level, chance),
            ..CasualtyFigures::default()
        },
        ..Event::default()
    };
    Observation::bare(ReceiptNo(receipt), format!("n{receipt}"), known, source, Body::Event(told))
}

fn place(event: &Happened, level: &Level, chance: &mut Chance) -> Option<Place> {
    let only = chance.below(WHOLE) < level.only_governorate;
    if let (true, Some(governorate)) = (only, &event.governorate) {
        let areas = BTreeSet::from([governorate.clone()]);
        return Some(Place { point: None, within_m: 80_000, areas, unresolved: None });
    }
    let weights: Vec<u64> = level.precision.iter().map(|(_, weight)| *weight).collect();
    let within_m = level.precision.get(chance.pick(&weights)).map_or(1500, |(metres, _)| *metres);
    let off = if chance.below(WHOLE) < level.overstated { within_m * 2 } else { within_m };
    let (lat, lon) = (chance.about(off * 7 / 10) * UNITS.0, chance.about(off * 7 / 10) * UNITS.1);
    let moved = |at: i32, by: i64| i32::try_from(i64::from(at) + by).unwrap_or(at);
    let point = Point { lon: moved(event.point.lon, lon), lat: moved(event.point.lat, lat) };
    let named = chance.below(WHOLE) < WHOLE - level.unnamed;
    let areas = event.place.iter().filter(|_| named).cloned().collect();
    Some(Place { point: Some(point), within_m, areas, unresolved: None })
}

fn act(act: Act, level: &Level, chance: &mut Chance) -> BTreeSet<Act> {
    let one = match chance.pick(&level.act) {
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

fn actor(
    event: &Happened,
    world: &World,
    level: &Level,
    chance: &mut Chance,
) -> (BTreeSet<ActorId>, Option<Attribution>) {
    let named = |id: &ActorId| (BTreeSet::from([id.clone()]), Some(Attribution::Stated));
    match chance.pick(&level.actor) {
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

fn killed(killed: Option<u32>, level: &Level, chance: &mut Chance) -> Option<Bounds> {
    let n = killed?;
    if n == 0 {
        return (chance.below(WHOLE) < WHOLE - level.nought_unsaid).then(|| Bounds::exactly(0));
    }
    match chance.pick(&level.killed) {
        0 => Some(Bounds::exactly(n)),
        1 => {
            let off = chance.about((n / 3).max(1));
            Some(Bounds::exactly(u32::try_from(i64::from(n) + off).unwrap_or(n)))
        }
        2 => Bounds::parse(&format!(">={}", (n / 2).max(1))).ok(),
        _ => None,
    }
}

pub(crate) fn world(root: &Path, data: &Path) -> Result<World> {
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

pub(crate) fn table(path: &Path) -> Result<Vec<BTreeMap<String, String>>> {
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
