//! A made agreement: two sides, an exempt group, and as many clauses as asked for, each with a zone of 64 corners, a window, a
//! list of acts, perhaps weapons and an exemption zone, under two readings. Written out in the language of terms and read by
//! its parser, like any other; the rows beside it say the same to a database.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use truceline_model::{
    Act, Actor, ActorId, ActorKind, Actors, Area, AreaId, AreaKind, Areas, Instant, Interval, Membership,
    Point, Shape, Target, Weapon,
};

use truceline_terms::Terms;

use super::chance::Chance;

/// The first moment of the made period: 1 January 2016.
pub const START: i64 = 1_451_606_400;
/// Its length: three years.
pub const DAYS: i64 = 1_096;
/// Seconds in a day.
pub const DAY: i64 = 86_400;
/// The made country, in ten-millionths of a degree: west, east, south, north.
pub const COUNTRY: [i64; 4] = [360_000_000, 420_000_000, 325_000_000, 370_000_000];

/// Whom reports name, and of which side they are: `n`orth, `s`outh, `x` exempt, `?` a description.
pub const DOERS: [(&str, char); 10] = [
    ("north", 'n'),
    ("north-army", 'n'),
    ("north-militia", 'n'),
    ("south", 's'),
    ("south-first", 's'),
    ("south-second", 's'),
    ("south-refused", 's'),
    ("south-silent", 's'),
    ("outsiders", 'x'),
    ("insurgents", '?'),
];

/// Acts, weapons and targets that the made incidents and clauses use.
pub const ACTS: [Act; 16] = [
    Act::Airstrike,
    Act::RocketFire,
    Act::Shelling,
    Act::MortarFire,
    Act::MissileStrike,
    Act::SmallArmsFire,
    Act::SniperFire,
    Act::Bombing,
    Act::ChemicalAttack,
    Act::Clash,
    Act::GroundOffensive,
    Act::GainingGround,
    Act::Detention,
    Act::Execution,
    Act::AccessDenied,
    Act::Overflight,
];
/// See [`ACTS`].
pub const WEAPONS: [Weapon; 8] = [
    Weapon::AerialBomb,
    Weapon::BarrelBomb,
    Weapon::ClusterMunition,
    Weapon::Rocket,
    Weapon::Mortar,
    Weapon::Artillery,
    Weapon::Missile,
    Weapon::SmallArms,
];
/// See [`ACTS`].
pub const TARGETS: [Target; 8] = [
    Target::Hospital,
    Target::School,
    Target::Market,
    Target::ResidentialArea,
    Target::AidConvoy,
    Target::ArmedOppositionForces,
    Target::GovernmentForces,
    Target::Civilians,
];

/// One clause as a database would hold it.
#[derive(Clone, Debug)]
pub struct ClauseRow {
    /// Window: from, in seconds, and up to.
    pub window: (i64, i64),
    /// Corners of the zone.
    pub zone: Vec<Point>,
    /// Corners of the exemption zone, when it has one.
    pub exempt: Option<Vec<Point>>,
    /// Per place in [`DOERS`]: bound for certain. The one of whose acceptance nothing is found never is.
    pub bound: Vec<bool>,
    /// Acts.
    pub acts: Vec<Act>,
    /// Weapons; empty: any.
    pub weapons: Vec<Weapon>,
    /// The side that it protects.
    pub protects: char,
    /// Whether self-defence is an exception to it.
    pub defence: bool,
}

/// The agreement, its lists, and the same for a database.
pub struct Made {
    /// The file.
    pub text: String,
    /// The registry.
    pub actors: Actors,
    /// The zones.
    pub areas: Areas,
    /// The clauses.
    pub rows: Vec<ClauseRow>,
}

/// Targets that are the forces of a side.
#[must_use]
pub fn forces(side: char) -> Target {
    if side == 'n' { Target::GovernmentForces } else { Target::ArmedOppositionForces }
}

/// Makes an agreement of so many clauses.
#[must_use]
pub fn agreement(clauses: usize, seed: u64) -> Made {
    let mut chance = Chance::new(seed);
    let rows: Vec<ClauseRow> = (0..clauses).map(|_| clause(&mut chance)).collect();
    let mut text = HEAD.to_owned();
    for (n, row) in rows.iter().enumerate() {
        write_clause(&mut text, n, row);
    }
    let mut areas = Vec::new();
    for (n, row) in rows.iter().enumerate() {
        areas.push(area(&zone_id(n), &row.zone));
        areas.extend(row.exempt.as_ref().map(|exempt| area(&exempt_id(n), exempt)));
    }
    Made { text, actors: actors(), areas: Areas::new(areas), rows }
}

fn clause(chance: &mut Chance) -> ClauseRow {
    let [west, east, south, north] = COUNTRY;
    let centre = (chance.within(west, east), chance.within(south, north));
    let radius_m = chance.within(20_000, 80_000);
    let zone = ring(chance, centre, radius_m);
    let exempt = chance.percent(50).then(|| {
        let shift = radius_m * 45;
        let centre = (centre.0 + chance.within(-shift, shift), centre.1 + chance.within(-shift, shift));
        ring(chance, centre, radius_m / 3)
    });
    let from = chance.within(0, DAYS * 2 / 3);
    let until = (from + chance.within(120, 900)).min(DAYS);
    let (binds, accepted) = (*chance.one(&["n", "s", "ns"]).unwrap_or(&"ns"), chance.percent(50));
    let bound = DOERS
        .iter()
        .map(|(who, side)| {
            binds.contains(*side) && !(accepted && ["south-refused", "south-silent"].contains(who))
        })
        .collect();
    let acts = chance.within(2, 8);
    let weapons = if chance.percent(33) { chance.within(2, 5) } else { 0 };
    ClauseRow {
        window: (START + from * DAY, START + until * DAY),
        zone,
        exempt,
        bound,
        acts: chance.some(&ACTS, acts),
        weapons: if weapons > 0 { chance.some(&WEAPONS, weapons) } else { Vec::new() },
        protects: match binds {
            "n" => 's',
            "s" => 'n',
            _ if chance.percent(50) => 'n',
            _ => 's',
        },
        defence: chance.percent(33),
    }
}

/// Cosines of the first quarter of 64 directions, in ten-thousandths.
const QUARTER: [i64; 17] = [
    10_000, 9_952, 9_808, 9_569, 9_239, 8_819, 8_315, 7_730, 7_071, 6_344, 5_556, 4_714, 3_827, 2_903, 1_951,
    980, 0,
];

fn cosine(direction: usize) -> i64 {
    let at = |n: usize| QUARTER.get(n).copied().unwrap_or(0);
    match direction % 64 {
        n @ 0..=16 => at(n),
        n @ 17..=31 => -at(32 - n),
        n @ 32..=47 => -at(n - 32),
        n => at(64 - n),
    }
}

/// 64 corners round a centre, none as far off as the next.
fn ring(chance: &mut Chance, centre: (i64, i64), radius_m: i64) -> Vec<Point> {
    (0..64)
        .map(|n| {
            // About 90 units a metre of latitude; a fifth more of longitude at these latitudes.
            let units = radius_m * 90 * chance.within(75, 115) / 100;
            let lon = centre.0 + units * cosine(n) / 10_000 * 122 / 100;
            let lat = centre.1 + units * cosine(n + 48) / 10_000;
            Point { lon: i32::try_from(lon).unwrap_or(0), lat: i32::try_from(lat).unwrap_or(0) }
        })
        .collect()
}

fn zone_id(n: usize) -> String {
    format!("zone-{n:03}")
}

fn exempt_id(n: usize) -> String {
    format!("exempt-zone-{n:03}")
}

fn area(id: &str, corners: &[Point]) -> Area {
    Area {
        id: AreaId::new(id),
        kind: AreaKind::Zone,
        names: BTreeMap::new(),
        aliases: BTreeSet::new(),
        parent: None,
        shape: Shape::Polygon(vec![corners.to_vec()]),
        held_by: None,
        asserted_by: None,
        valid: Interval::ALWAYS,
    }
}

fn actors() -> Actors {
    let actor = |id: &str, kind, of: Option<&str>| Actor {
        id: ActorId::new(id),
        kind,
        member_of: of
            .map(|of| Membership { of: ActorId::new(of), during: Interval::ALWAYS })
            .into_iter()
            .collect(),
        names: BTreeMap::new(),
        aliases: BTreeSet::new(),
    };
    let members = DOERS.iter().map(|(who, side)| match (*who, side) {
        ("north" | "south", _) => actor(who, ActorKind::Party, None),
        (_, 'n') => actor(who, ActorKind::Force, Some("north")),
        (_, 's') => actor(who, ActorKind::Group, Some("south")),
        (_, '?') => actor(who, ActorKind::Unspecified, None),
        _ => actor(who, ActorKind::Group, None),
    });
    Actors::new(members.chain([actor("depositary", ActorKind::State, None)]))
}

const HEAD: &str = r#"# A made agreement

Made from a seed, to be judged at scale.

```terms
agreement made
title "A made agreement"
zone "UTC"
in-force from "2016-01-01T00:00" known "2016-01-01"
party north whose-forces-are government-forces
party south whose-forces-are armed-opposition-forces
exempt outsiders
accepted north told depositary on "2015-12-01" known "2015-12-01"
accepted north-army told depositary on "2015-12-01" known "2015-12-01"
accepted north-militia told depositary on "2015-12-01" known "2015-12-01"
accepted south told depositary on "2015-12-01" known "2015-12-01"
refused south-refused on "2015-12-01" known "2015-12-01"
not-found south-silent
matter object "What do the clauses protect?"
position letter on object saying "Forces only."
position purpose on object saying "Also the ground that they hold, and hospitals."
reading letter "Letter" taking object=letter
reading purpose "Purpose" taking object=purpose
claim self-defence-claimed "Did the actor claim self-defence?"
judgement proportionate "Was it no greater than the threat needed?"
```
"#;

fn write_clause(text: &mut String, n: usize, row: &ClauseRow) {
    let side = |side: char| if side == 'n' { "north" } else { "south" };
    let binds: Vec<&str> = DOERS
        .iter()
        .zip(&row.bound)
        .filter(|((who, _), bound)| ["north", "south"].contains(who) && **bound)
        .map(|((who, _), _)| *who)
        .collect();
    let silent = DOERS.iter().position(|(who, _)| *who == "south-silent");
    let asked = binds.contains(&"south") && silent.is_some_and(|n| row.bound.get(n) == Some(&false));
    let accepted = if asked { " that-accepted" } else { "" };
    let acts: Vec<&str> = row.acts.iter().map(|act| act.as_str()).collect();
    let weapons: Vec<&str> = row.weapons.iter().map(|weapon| weapon.as_str()).collect();
    let weapons = if weapons.is_empty() { "any-weapon".to_owned() } else { weapons.join(" ") };
    let protects = side(row.protects);
    let moment = |at: i64| Instant::from_seconds(at).to_string();
    let lines = [
        format!(
            "\n## Clause {n}\n\nNothing of this kind in zone {n}.\n\n```terms\nclause c{n:03} \"Clause {n}\"\n"
        ),
        format!("binds {}{accepted}\n", binds.join(" ")),
        format!("applies in {}\n", zone_id(n)),
        format!("in-force from \"{}\" until \"{}\"\n", moment(row.window.0), moment(row.window.1)),
        format!("forbids {} with {weapons}\n", acts.join(" ")),
        format!("against forces-of {protects} under object=letter\n"),
        format!(
            "against forces-of {protects} or ground-held-by {protects} or hospital under object=purpose\n"
        ),
    ];
    text.extend(lines);
    if row.exempt.is_some() {
        let _ = writeln!(text, "outside when in {}", exempt_id(n));
    }
    if row.defence {
        text.push_str("except self-defence gives not-prohibited when found self-defence-claimed and judged proportionate\n");
    }
    text.push_str("```\n");
}

/// The agreement, read by the parser.
///
/// # Errors
/// In the parser's words.
pub fn terms(made: &Made) -> Result<Terms, String> {
    let checked = truceline_terms::parse(&made.text, &made.actors, &made.areas);
    let said: Vec<String> =
        checked.diagnostics.iter().map(|one| one.render_text("made.md", &made.text)).collect();
    checked.terms.ok_or_else(|| said.join("\n"))
}
