//! Made incidents: points round made towns, with the precision that reports have, one act, doer, weapon and target each; some
//! with rival values, some with a fact left open. The same rows go to a database, which sees the first value of each.

use truceline_model::{
    Act, ActorId, Answer, Incident, IncidentId, Instant, Interval, Place, Point, Target, Weapon,
};

use super::agreement::{ACTS, COUNTRY, DAY, DAYS, DOERS, START, TARGETS, WEAPONS};
use super::chance::Chance;

/// The count that the figures are told for.
pub const COUNT: usize = 84_303;

/// One incident, as a database would hold it: the first value of every attribute.
#[derive(Clone, Debug)]
pub struct Row {
    /// When it happened: from, in seconds, and up to.
    pub when: (i64, i64),
    /// Where.
    pub point: Point,
    /// Metres within which it was.
    pub within_m: u32,
    /// Place in [`DOERS`].
    pub doer: usize,
    /// What.
    pub act: Act,
    /// With what.
    pub weapon: Weapon,
    /// At what.
    pub target: Target,
    /// Place in [`DOERS`] of who held the ground: one of the two sides or the exempt group.
    pub holder: usize,
    /// Whether self-defence was claimed.
    pub claimed: bool,
    /// Whether every attribute has one value and none is open.
    pub certain: bool,
}

/// So many rows. The first rows of a longer run are the rows of a shorter one.
#[must_use]
pub fn rows(count: usize, seed: u64) -> Vec<Row> {
    let mut chance = Chance::new(seed);
    let [west, east, south, north] = COUNTRY;
    let towns: Vec<(i64, i64)> =
        (0..40).map(|_| (chance.within(west, east), chance.within(south, north))).collect();
    (0..count).map(|_| row(&mut chance, &towns)).collect()
}

fn row(chance: &mut Chance, towns: &[(i64, i64)]) -> Row {
    let [west, east, south, north] = COUNTRY;
    let (lon, lat) = match chance.one(towns) {
        Some((lon, lat)) if chance.percent(70) => {
            // Three throws added: thick in the middle, thin at the edge.
            let mut near = || (0..3).map(|_| chance.within(-1_000_000, 1_000_000)).sum::<i64>();
            (lon + near(), lat + near())
        }
        _ => (chance.within(west, east), chance.within(south, north)),
    };
    let from = START + chance.within(0, DAYS * DAY);
    let length = *chance.one(&[1, 3_600, 3_600, DAY]).unwrap_or(&1);
    Row {
        when: (from, from + length),
        point: Point { lon: i32::try_from(lon).unwrap_or(0), lat: i32::try_from(lat).unwrap_or(0) },
        within_m: *chance.one(&[25, 100, 100, 500, 1_000, 3_000]).unwrap_or(&100),
        doer: usize::try_from(chance.within(0, 9)).unwrap_or(0),
        act: *chance.one(&ACTS).unwrap_or(&Act::Shelling),
        weapon: *chance.one(&WEAPONS).unwrap_or(&Weapon::Rocket),
        target: *chance.one(&TARGETS).unwrap_or(&Target::Civilians),
        holder: *chance.one(&[0, 3, 8]).unwrap_or(&0),
        claimed: chance.percent(2),
        certain: chance.percent(85),
    }
}

/// The incidents of the rows. A row that is not certain has one more value in one attribute, or leaves it open.
#[must_use]
pub fn incidents(rows: &[Row], seed: u64) -> Vec<Incident> {
    let mut chance = Chance::new(seed);
    rows.iter().enumerate().map(|(n, row)| incident(&mut chance, n, row)).collect()
}

fn incident(chance: &mut Chance, n: usize, row: &Row) -> Incident {
    let mut made = Incident::empty(IncidentId::new(&format!("m{n}")));
    let source =
        |n: u64| ["one", "two", "three"].get(usize::try_from(n % 3).unwrap_or(0)).map_or("one", |id| *id);
    let by = source(chance.next_number());
    let who = |n: usize| ActorId::new(DOERS.get(n).map_or("insurgents", |(who, _)| *who));
    if let Ok(when) = Interval::new(Instant::from_seconds(row.when.0), Instant::from_seconds(row.when.1)) {
        made.when.add(when, by.into());
    }
    let place = Place { point: Some(row.point), within_m: row.within_m, areas: [].into(), unresolved: None };
    made.places.add(place, by.into());
    made.actors.add(who(row.doer), by.into());
    made.acts.add(row.act, by.into());
    made.weapons.add(row.weapon, by.into());
    made.targets.add(row.target, by.into());
    made.held_by.add(who(row.holder), by.into());
    if row.claimed {
        made.facts.entry("self-defence-claimed".into()).or_default().add(Answer::Yes, by.into());
    }
    if !row.certain {
        let also = source(chance.next_number());
        match chance.within(0, 8) {
            0 => made.actors.add(who(usize::try_from(chance.within(0, 10)).unwrap_or(9)), also.into()),
            1 => made.actors.leave_open(also.into()),
            2 => made.acts.add(*chance.one(&ACTS).unwrap_or(&Act::Shelling), also.into()),
            3 => made.weapons.leave_open(also.into()),
            4 => made.targets.add(*chance.one(&TARGETS).unwrap_or(&Target::Civilians), also.into()),
            5 => made.targets.leave_open(also.into()),
            6 => made.held_by.leave_open(also.into()),
            _ => made.held_by.add(who(3), also.into()),
        }
    }
    made
}
