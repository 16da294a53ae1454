//! One year of one country as four datasets have it: their rows into observations, for linking across datasets.
//!
//! Reads coded columns, and of the prose beside them classes of words and marks (`stories`). There is no gold: `draw` takes pairs by a stated rule for people to judge.
//! A degree square stands for a governorate, for the four do not share one gazetteer.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use truceline_casework::{Context, Rules, Weighed, resolve, weighed};
use truceline_intake::wording::Commonness;
use truceline_model::place::Ring;
use truceline_model::{
    Act, Actor, ActorId, ActorKind, Actors, Area, AreaId, AreaKind, Areas, Attribution, Body, Bounds,
    CasualtyFigures, Event, Interval, Observation, Place, Point, ReceiptNo, Shape, SourceId, Zone,
};

use crate::judged;
use crate::stories::{self, Told, Usage, Words};
use crate::{Result, Set, ground, groups, noise};
use truceline_bench::judging::chance::Chance;

/// Country-years, by the beginning of their files' names.
pub const COUNTRIES: [&str; 3] = ["SSudan_2015", "Libya_2014", "Nigeria_2011"];

/// Targets that notes name for many reasons.
const ABOUT: [truceline_model::Target; 4] = {
    use truceline_model::Target::{Civilians, Officials, ResidentialArea, Vehicle};
    [Civilians, Officials, ResidentialArea, Vehicle]
};

type Row = BTreeMap<String, String>;
/// What a row of one dataset says.
type Reader = fn(&Row, &Zone) -> Said;

/// What a row says, whatever dataset it is of.
struct Said {
    id: String,
    when: Option<Interval>,
    at: Option<(Point, u32)>,
    town: String,
    /// The city of which the town may be a quarter.
    city: String,
    acts: Vec<Act>,
    actors: String,
    killed: Option<Bounds>,
    /// Its prose, and what stands beside it in words.
    story: String,
}

/// Reads one country-year.
///
/// # Errors
/// When a file cannot be read.
pub fn read(data: &Path, country: &str) -> Result<Set> {
    let zone = Zone::utc();
    let mut areas = squares();
    let mut towns: BTreeMap<String, AreaId> = BTreeMap::new();
    let words = actor_words()?;
    let mut set = Set {
        observations: Vec::new(),
        gold: BTreeMap::new(),
        actors: actors(&words),
        areas: Areas::default(),
        rules: rules(),
        zone: zone.clone(),
    };
    let list = Words::shipped()?;
    let mut told: Vec<Told> = Vec::new();
    let mut notes: Vec<Option<String>> = Vec::new();
    let all = said(data, country, &zone)?;
    let mut usage = Usage::default();
    all.iter().for_each(|(_, said)| usage.count(&said.story));
    let named: Vec<Option<AreaId>> = all.iter().map(|(_, said)| town(said, &mut towns, &mut areas)).collect();
    for ((dataset, said), town) in all.into_iter().zip(named) {
        let named = town.into_iter().chain(city(&said, &towns, &areas)).collect();
        let receipt = ReceiptNo(u64::try_from(set.observations.len())?);
        let tells = list.read(&said.story, &usage);
        notes.push((dataset == "acled").then(|| format!("{} {}", said.town, said.story)));
        set.observations.push(observation(receipt, dataset, said, named, &words));
        if let Some(last) = set.observations.last_mut() {
            tell(last, &tells);
        }
        told.push(tells);
    }
    let mut common = Commonness::new();
    told.iter().for_each(|one| common.count(&one.marked));
    for (observation, one) in set.observations.iter_mut().zip(&told) {
        observation.wording = stories::marks(one, &common);
    }
    set.areas = Areas::new(areas);
    join_dyads(&mut set.observations, &notes);
    Ok(set)
}

/// What every row of the four files says, with its dataset.
fn said(data: &Path, country: &str, zone: &Zone) -> Result<Vec<(&'static str, Said)>> {
    let readers: [(&'static str, Reader); 4] = [("acled", acled), ("ged", ged), ("gtd", gtd), ("scad", scad)];
    let mut all = Vec::new();
    for (dataset, reader) in readers {
        let path = data.join(format!("four-datasets/{country}_{dataset}.csv"));
        all.extend(noise::table(&path)?.iter().map(|row| (dataset, reader(row, zone))));
    }
    Ok(all)
}

/// ACLED gives one event a row for each pair of actors in it, under one note: rows of one day and place with the same note are
/// declared to be one. GTD's rows with one summary are not: it says that each is another attack.
fn join_dyads(observations: &mut [Observation], notes: &[Option<String>]) {
    let mut first: BTreeMap<(Option<Interval>, &String), String> = BTreeMap::new();
    for (observation, note) in observations.iter_mut().zip(notes) {
        let (Body::Event(event), Some(note)) = (&observation.body, note) else { continue };
        match first.get(&(event.when, note)) {
            Some(earlier) => drop(observation.same_as.insert(earlier.clone())),
            None => drop(first.insert((event.when, note), observation.sender_id.clone())),
        }
    }
}

/// Adds what a row's prose tells to what it codes. A general act gives way to what the prose names.
fn tell(observation: &mut Observation, told: &Told) {
    let Body::Event(event) = &mut observation.body else { return };
    event.weapons.extend(&told.weapons);
    event.targets.extend(&told.targets);
    if !told.acts.is_empty() && event.acts == BTreeSet::from([Act::KillingOfCivilians]) {
        event.acts.clear();
    }
    event.acts.extend(&told.acts);
}

/// Words that leave room for others are these datasets' own: an attack may be any, killing of civilians may be by any fire.
fn rules() -> Rules {
    use Act::{
        Abduction, Airstrike, Attack, Bombing, Clash, Execution, Explosion, GainingGround, GroundOffensive,
        KillingOfCivilians, MortarFire, RocketFire, Shelling, SmallArmsFire,
    };
    let mut rules = Rules::default();
    let fire = [Airstrike, Bombing, Clash, Execution, Explosion, GainingGround, GroundOffensive, MortarFire];
    let more = [RocketFire, Shelling, SmallArmsFire, Abduction];
    let all: BTreeSet<Act> = fire.into_iter().chain(more).collect();
    let mut attack = all.clone();
    attack.insert(KillingOfCivilians);
    rules.general_acts.insert(Attack, attack);
    rules.general_acts.insert(KillingOfCivilians, all);
    rules.general_acts.insert(Clash, [SmallArmsFire, Shelling, GainingGround, Airstrike].into());
    rules.rare_acts.clear();
    // Nobody is there to whom a doubtful link could be left.
    rules.margin = NOBODY_LOOKS;
    // Two things hit, each seldom, are two events here; what stands about in every note is not.
    rules.rare_targets =
        truceline_model::Target::ALL.iter().copied().filter(|t| !ABOUT.contains(t)).collect();
    rules
}

/// No link is left to a person.
const NOBODY_LOOKS: i32 = -100_000;

fn observation(
    receipt: ReceiptNo,
    dataset: &str,
    said: Said,
    named: BTreeSet<AreaId>,
    words: &[(String, ActorId)],
) -> Observation {
    let text = said.actors.to_lowercase();
    let actors: BTreeSet<ActorId> =
        words.iter().filter(|(word, _)| text.contains(word.as_str())).map(|(_, id)| id.clone()).collect();
    let source = SourceId::new(dataset);
    let place = said.at.map(|(point, within_m)| Place {
        point: Some(point),
        within_m,
        areas: named,
        unresolved: None,
    });
    let known = said.when.map_or(noise::END, Interval::end);
    let event = Event {
        acts: said.acts.into_iter().collect(),
        when: said.when,
        place,
        attribution: Some(if actors.is_empty() { Attribution::Unclear } else { Attribution::Stated }),
        actors,
        casualties: CasualtyFigures { killed: said.killed, ..CasualtyFigures::default() },
        ..Event::default()
    };
    Observation::bare(receipt, said.id, known, source, Body::Event(event))
}

fn cell<'r>(row: &'r Row, name: &str) -> &'r str {
    row.get(name).map(|text| text.trim()).unwrap_or_default()
}

fn number(row: &Row, name: &str) -> Option<u32> {
    cell(row, name).split('.').next().and_then(|n| n.parse().ok())
}

/// A point with the radius that a step of a dataset's own scale of precision stands for; past the scale, no place.
fn point(row: &Row, (lat, lon): (&str, &str), step: Option<u32>, metres: &[u32]) -> Option<(Point, u32)> {
    let step = usize::try_from(step.unwrap_or(1).max(1)).ok()? - 1;
    Some((Point::parse(cell(row, lat), cell(row, lon)).ok()?, *metres.get(step)?))
}

/// A span of days from so many before to so many after a date.
fn days(zone: &Zone, date: &str, before: i64, after: i64) -> Option<Interval> {
    let day = zone.interval(date.get(..10)?).ok()?;
    Interval::new(day.start().plus_seconds(-before * 86_400), day.end().plus_seconds(after * 86_400)).ok()
}

fn acled(row: &Row, zone: &Zone) -> Said {
    let spread = match cell(row, "TIME_PRECISION") {
        "1" => 0,
        "2" => 3,
        _ => 15,
    };
    let acts = match cell(row, "EVENT_TYPE") {
        kind if kind.starts_with("Battle") => vec![Act::Clash],
        "Remote violence" => vec![Act::Explosion],
        "Violence against civilians" => vec![Act::KillingOfCivilians],
        kind if kind.contains("iot") || kind.contains("rotest") => vec![Act::Harassment],
        _ => vec![Act::Presence],
    };
    Said {
        id: cell(row, "EVENT_ID_NO_CNTY").to_owned(),
        when: days(zone, cell(row, "EVENT_DATE"), spread, spread),
        at: point(row, ("LATITUDE", "LONGITUDE"), number(row, "GEO_PRECISION"), &[5000, 25_000, 80_000]),
        town: cell(row, "LOCATION").to_owned(),
        city: cell(row, "ADMIN2").to_owned(),
        acts,
        actors: format!("{} {} {}", cell(row, "ACTOR1"), cell(row, "ALLY_ACTOR_1"), cell(row, "ACTOR2")),
        // Nought stands for "not known" as well.
        killed: number(row, "FATALITIES").filter(|n| *n > 0).map(Bounds::exactly),
        story: ["NOTES", "LOCATION"].map(|name| cell(row, name)).join(" . "),
    }
}

fn ged(row: &Row, zone: &Zone) -> Said {
    let when = zone.interval(&format!(
        "{}/{}",
        cell(row, "date_start").get(..10).unwrap_or_default(),
        cell(row, "date_end").get(..10).unwrap_or_default()
    ));
    let best = number(row, "best").or_else(|| number(row, "best_est"));
    let low = number(row, "low").or_else(|| number(row, "low_est"));
    let high = number(row, "high").or_else(|| number(row, "high_est"));
    let killed = match (best, low, high) {
        // Where it is not sure that the dead fell in its conflict, nought is best and what was told is high.
        (Some(0), _, Some(high)) => Some(Bounds::exactly(high)),
        (Some(best), ..) => Some(Bounds::exactly(best)),
        (None, Some(low), Some(high)) if low < high => Bounds::range(low, high),
        _ => None,
    };
    let civilians = cell(row, "type_of_violence") == "3";
    Said {
        id: cell(row, "id").to_owned(),
        when: when.ok(),
        at: point(row, ("latitude", "longitude"), number(row, "where_prec"), &[5000, 25_000, 50_000, 80_000]),
        town: cell(row, "where_coordinates").to_owned(),
        city: String::new(),
        acts: vec![if civilians { Act::KillingOfCivilians } else { Act::Attack }],
        actors: format!("{} {}", cell(row, "side_a"), cell(row, "side_b")),
        killed,
        story: [
            &headlines(cell(row, "source_article"), cell(row, "source_headline")),
            cell(row, "where_coordinates"),
            cell(row, "where_description"),
        ]
        .join(" . "),
    }
}

fn gtd(row: &Row, zone: &Zone) -> Said {
    let (year, month, day) = (number(row, "iyear"), number(row, "imonth"), number(row, "iday"));
    let (year, month) = (year.unwrap_or(0), month.unwrap_or(0));
    let date = match day {
        Some(day) if day > 0 => days(zone, &format!("{year:04}-{month:02}-{day:02}"), 0, 0),
        _ => days(zone, &format!("{year:04}-{month:02}-15"), 14, 15),
    };
    let spread = if cell(row, "approxdate").is_empty() { 0 } else { 3 * 86_400 };
    let when =
        date.and_then(|w| Interval::new(w.start().plus_seconds(-spread), w.end().plus_seconds(spread)).ok());
    let acts = match cell(row, "attacktype1_txt") {
        "Bombing/Explosion" => vec![Act::Bombing, Act::Explosion],
        "Armed Assault" => vec![Act::SmallArmsFire, Act::Clash],
        "Assassination" => vec![Act::KillingOfCivilians, Act::SmallArmsFire],
        kind if kind.starts_with("Hostage") => vec![Act::Abduction],
        "Facility/Infrastructure Attack" => vec![Act::DestructionOfProperty, Act::Attack],
        _ => vec![Act::Attack],
    };
    Said {
        id: cell(row, "eventid").to_owned(),
        when,
        at: point(
            row,
            ("latitude", "longitude"),
            number(row, "specificity"),
            &[5000, 25_000, 50_000, 80_000],
        ),
        town: cell(row, "city").to_owned(),
        city: String::new(),
        acts,
        actors: format!("{} {}", cell(row, "gname"), cell(row, "gname2")),
        killed: number(row, "nkill").map(Bounds::exactly),
        story: told_by_gtd(row),
    }
}

fn scad(row: &Row, zone: &Zone) -> Said {
    let start = cell(row, "startdate").get(..10).unwrap_or_default();
    let end = cell(row, "enddate").get(..10).unwrap_or_default();
    let when = zone.interval(&format!("{start}/{end}")).or_else(|_| zone.interval(start)).ok();
    let acts = match cell(row, "etype") {
        "1" | "2" | "3" | "4" | "5" | "6" => vec![Act::Harassment],
        _ => vec![Act::Attack],
    };
    // Nationwide, unknown.
    let step = match cell(row, "gislocnum") {
        "6" => 3,
        "3" | "5" => 2,
        "7" | "8" => 9,
        _ => 1,
    };
    Said {
        id: format!("{}-{}", cell(row, "eventid"), cell(row, "sublocal")),
        when,
        at: point(row, ("latitude", "longitude"), Some(step), &[5000, 10_000, 80_000]),
        // Each place of an event in several has a row of its own.
        town: cell(row, "ilocal").to_owned(),
        city: String::new(),
        acts,
        actors: format!("{} {} {}", cell(row, "actor1"), cell(row, "actor2"), cell(row, "target1")),
        killed: number(row, "ndeath").map(Bounds::exactly),
        story: ["issuenote", "notes", "actor1", "actor2", "actor3", "target1", "target2", "elocal"]
            .map(|name| cell(row, name))
            .join(" . "),
    }
}

/// The headlines among what GED names as its sources: "outlet,date,headline" or "outlet date headline".
fn headlines(articles: &str, headline: &str) -> String {
    let quoted = articles.split('"').filter(|part| part.len() > 3);
    let of = |article: &str| article.splitn(3, ',').nth(2).unwrap_or(article).to_owned();
    let mut all: Vec<String> = quoted.map(of).collect();
    all.push(headline.to_owned());
    all.join(" . ")
}

/// GTD's summary without the date before it, with what it codes in words.
fn told_by_gtd(row: &Row) -> String {
    let summary = cell(row, "summary");
    let begins = summary.find(": ").filter(|at| *at < 12).map_or(0, |at| at + 2);
    let coded = [
        "corp1",
        "target1",
        "corp2",
        "target2",
        "targsubtype1_txt",
        "weapsubtype1_txt",
        "weapdetail",
        "city",
        "location",
        "scite1",
        "scite2",
    ];
    let coded = coded.map(|name| cell(row, name)).join(" . ");
    format!("{} . {coded}", summary.get(begins..).unwrap_or_default())
}

/// Degree squares over the three countries: what a governorate is elsewhere.
fn squares() -> Vec<Area> {
    let mut all = Vec::new();
    for (lon, lat) in (2..36).flat_map(|lon| (3..34).map(move |lat| (lon, lat))) {
        let corner = |x: i32, y: i32| Point { lon: (lon + x) * 10_000_000, lat: (lat + y) * 10_000_000 };
        let ring: Ring = vec![corner(0, 0), corner(1, 0), corner(1, 1), corner(0, 1), corner(0, 0)];
        let mut area = ground::named_place(&format!("square-{lon}-{lat}"), None, corner(0, 0), 0);
        (area.kind, area.shape) = (AreaKind::Governorate, Shape::Polygon(vec![ring]));
        all.push(area);
    }
    all
}

/// The consonants of a town's name: what the ways of writing it in Latin letters share.
pub(crate) fn skeleton(name: &str) -> String {
    const ADDED: [&str; 12] =
        ["town", "city", "village", "state", "district", "county", "lga", "al", "el", "area", "payam", "the"];
    let lower = name.split([',', '(']).next().unwrap_or_default().to_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphabetic()).filter(|w| !ADDED.contains(w));
    let mut bones = String::new();
    for c in words.flat_map(str::chars).filter(|c| !"aeiouyhw".contains(*c)) {
        let c = match c {
            'q' | 'c' => 'k',
            'g' => 'j',
            'z' => 's',
            'p' => 'b',
            other => other,
        };
        if !bones.ends_with(c) {
            bones.push(c);
        }
    }
    bones
}

/// The town that a row names; its place is where the first row that names it lies.
fn town(said: &Said, towns: &mut BTreeMap<String, AreaId>, areas: &mut Vec<Area>) -> Option<AreaId> {
    let (point, within_m) = said.at?;
    let bones = skeleton(&said.town);
    if bones.len() < 2 || within_m > 5000 {
        return None;
    }
    let id = towns.entry(bones).or_insert_with_key(|bones| {
        let id = format!("town-{bones}");
        areas.push(ground::named_place(&id, None, point, 3000));
        AreaId::new(&id)
    });
    Some(id.clone())
}

/// How far a quarter may lie from the point of its city.
const QUARTER_WITHIN_M: u64 = 12_000;

/// The city in which a row's town is a quarter, where other rows name it as a town near by.
fn city(said: &Said, towns: &BTreeMap<String, AreaId>, areas: &[Area]) -> Option<AreaId> {
    let (point, within_m) = said.at?;
    let id = towns.get(&skeleton(&said.city)).filter(|_| within_m <= 5000)?;
    let of = areas.iter().find(|area| area.id == *id)?;
    let Shape::Disc(middle, _) = &of.shape else { return None };
    (middle.metres_to(point) <= QUARTER_WITHIN_M).then(|| id.clone())
}

fn actor_words() -> Result<Vec<(String, ActorId)>> {
    let mut reader = csv::Reader::from_reader(include_str!("../data/four-actors.csv").as_bytes());
    let rows = reader.records().collect::<std::result::Result<Vec<_>, _>>()?;
    let word = |row: &csv::StringRecord| Some((row.get(0)?.to_owned(), ActorId::new(row.get(1)?)));
    Ok(rows.iter().filter_map(word).collect())
}

fn actors(words: &[(String, ActorId)]) -> Actors {
    let ids: BTreeSet<&ActorId> = words.iter().map(|(_, id)| id).collect();
    let all = ids.into_iter().map(|id| Actor {
        id: id.clone(),
        kind: ActorKind::Party,
        member_of: Vec::new(),
        names: BTreeMap::new(),
        aliases: BTreeSet::new(),
    });
    Actors::new(all)
}

/// A pair of rows of two datasets: where they stand, and what they were weighed at.
pub struct Pair {
    /// Their receipts.
    pub pair: (u64, u64),
    /// Their score by the weights that are measured; that of a pair which others brought together may be below the threshold.
    pub score: i32,
    /// Whether they stand in one incident by these weights.
    pub linked: bool,
    /// The same by the weights set by hand.
    pub linked_by_hand: bool,
    /// By which weights it was weighed.
    pub by: Vec<String>,
    /// Why a likely link was not made.
    pub refused: Option<&'static str>,
}

fn in_order(a: u64, b: u64) -> (u64, u64) {
    (a.min(b), a.max(b))
}

/// A table of weights as scores are added up from it.
struct Table(BTreeMap<String, i32>);

impl Table {
    fn of(rules: &Rules) -> Self {
        Self(rules.clone().weights().into_iter().map(|(name, w)| (name, *w)).collect())
    }

    fn weight(&self, name: &str) -> i32 {
        self.0.get(name).copied().unwrap_or(0)
    }

    /// The score of a pair: of words and names the stronger counts.
    fn score(&self, pair: &Weighed) -> i32 {
        let is_wording = |name: &&String| name.starts_with("words.") || name.starts_with("names.");
        let plain: i32 = pair.weights.iter().filter(|n| !is_wording(n)).map(|n| self.weight(n)).sum();
        let wording = pair.weights.iter().filter(is_wording).map(|n| self.weight(n)).max().unwrap_or(0);
        let crowd = i32::try_from(pair.crowd.max(1).ilog2()).unwrap_or(0);
        plain + wording - crowd * self.weight("coincidence")
    }
}

/// The score of a pair by a table of weights.
#[must_use]
pub fn score(rules: &Rules, pair: &Weighed) -> i32 {
    Table::of(rules).score(pair)
}

/// Every pair of rows that is compared.
#[must_use]
pub fn pairs(set: &Set, weights: &Rules) -> Vec<Pair> {
    let found =
        |rules: &Rules| resolve(&set.observations, &[], &Context { rules, ..set.context() }, noise::END);
    let table = Table::of(weights);
    let measured = found(weights);
    let refused: BTreeMap<(u64, u64), &'static str> =
        measured.considered.iter().map(|c| (in_order(c.to.0, c.receipt.0), c.refusal.as_str())).collect();
    let (measured, by_hand) = (groups(&measured), groups(&found(&set.rules)));
    let together = |found: &BTreeMap<u64, u64>, (a, b): (u64, u64)| {
        found.get(&a).is_some_and(|group| found.get(&b) == Some(group))
    };
    let compared = weighed(&set.observations, &set.context()).into_iter().filter(|pair| !pair.one_voice);
    let mut all: Vec<Pair> = compared
        .map(|pair| {
            let of = (pair.pair.0.0, pair.pair.1.0);
            Pair {
                pair: of,
                score: table.score(&pair),
                linked: together(&measured, of),
                linked_by_hand: together(&by_hand, of),
                by: pair.weights,
                refused: refused.get(&in_order(of.0, of.1)).copied(),
            }
        })
        .collect();
    all.sort_by_key(|pair| pair.pair);
    all
}

/// How many pairs of each band are drawn to be judged.
pub const DRAWN: [(&str, usize); 4] = [("linked", 80), ("other", 50), ("near", 50), ("far", 20)];

/// The band of a pair: linked by the weights that are measured; else by those set by hand; else near, when its score stays below the
/// threshold by less than 2,500; else far.
#[must_use]
pub fn band(pair: &Pair, threshold: i32) -> &'static str {
    match pair {
        Pair { linked: true, .. } => "linked",
        Pair { linked_by_hand: true, .. } => "other",
        Pair { score, .. } if *score > threshold - 2500 => "near",
        _ => "far",
    }
}

/// Pairs of one band: how many there are, and the positions of those drawn.
pub type Band = (usize, Vec<usize>);

/// Draws pairs of each band by a seed, over all three country-years.
#[must_use]
pub fn draw(all: &[(usize, Pair)], threshold: i32, seed: u64) -> BTreeMap<&'static str, Band> {
    let mut chance = Chance::new(seed);
    let mut drawn = BTreeMap::new();
    for (name, wanted) in DRAWN {
        let of_band = |at: &usize| all.get(*at).is_some_and(|(_, pair)| band(pair, threshold) == name);
        let mut left: Vec<usize> = (0..all.len()).filter(of_band).collect();
        let (size, mut taken) = (left.len(), Vec::new());
        while taken.len() < wanted && !left.is_empty() {
            let at = usize::try_from(chance.below(u64::try_from(left.len()).unwrap_or(1))).unwrap_or(0);
            taken.push(left.swap_remove(at));
        }
        taken.sort_unstable();
        drawn.insert(name, (size, taken));
    }
    drawn
}

/// The rows of a pair by name, in order.
#[must_use]
pub fn names(pair: &Pair, named: &[String]) -> Option<(String, String)> {
    let row = |receipt: u64| usize::try_from(receipt).ok().and_then(|at| named.get(at)).cloned();
    row(pair.pair.0).zip(row(pair.pair.1)).map(|(a, b)| judged::in_order(a, b))
}

/// The file of pairs that are drawn to be judged; `named` holds the rows' names of each country-year.
#[must_use]
pub fn drawn(all: &[(usize, Pair)], named: &[Vec<String>], threshold: i32, seed: u64) -> String {
    let mut file = String::from("country,a,b,score,linked,by_hand,band,of,drawn\n");
    for (name, (size, drawn)) in draw(all, threshold, seed) {
        for (n, pair) in drawn.iter().filter_map(|at| all.get(*at)) {
            let rows = named.get(*n).and_then(|named| names(pair, named));
            let (Some((a, b)), Some(country)) = (rows, COUNTRIES.get(*n)) else { continue };
            let (score, linked, by_hand) = (pair.score, pair.linked, pair.linked_by_hand);
            let of = format!("{name},{size},{}", drawn.len());
            file.push_str(&format!("{country},{a},{b},{score},{linked},{by_hand},{of}\n"));
        }
    }
    file
}
