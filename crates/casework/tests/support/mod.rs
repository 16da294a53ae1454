//! Reports written by hand in a few words, and the shipped mission read just far enough to resolve it.
//!
//! The real readers are intake's; this one knows only the files shipped here and stops at the first row it cannot read.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use truceline_casework::{Context, PersonDecision, Resolved, Rules, resolve};
use truceline_model::finding::Answer;
use truceline_model::{
    Act, Actor, ActorId, ActorKind, Actors, Area, AreaId, AreaKind, Areas, Attribution, Body, Bounds,
    CasualtyFigures, Credibility, Event, FactId, Grade, Incident, Instant, Interval, Membership, Observation,
    Place, Point, ReceiptNo, Shape, SourceId, Statement, Tally, Target, Total, Weapon, Zone,
};

pub struct Mission {
    pub actors: Actors,
    pub areas: Areas,
    pub zone: Zone,
    pub rules: Rules,
    pub observations: Vec<Observation>,
}

impl Mission {
    pub fn ctx(&self) -> Context<'_> {
        Context { actors: &self.actors, areas: &self.areas, zone: &self.zone, rules: &self.rules }
    }

    pub fn at(&self, local: &str) -> Instant {
        self.zone.instant(local).unwrap()
    }

    pub fn resolve(&self, as_of: &str) -> Resolved {
        resolve(&self.observations, &[], &self.ctx(), self.at(as_of))
    }

    pub fn resolve_with(&self, decisions: &[PersonDecision], as_of: &str) -> Resolved {
        resolve(&self.observations, decisions, &self.ctx(), self.at(as_of))
    }

    pub fn receipt(&self, sender_id: &str) -> ReceiptNo {
        let found = self.observations.iter().find(|o| o.sender_id == sender_id);
        found.unwrap_or_else(|| panic!("no report {sender_id}")).receipt
    }

    pub fn sender(&self, receipt: ReceiptNo) -> &str {
        &self.observations.iter().find(|o| o.receipt == receipt).unwrap().sender_id
    }

    /// The incident that holds a report.
    pub fn incident<'r>(&self, resolved: &'r Resolved, sender_id: &str) -> &'r Incident {
        let id = resolved.incident_of.get(&self.receipt(sender_id)).expect(sender_id);
        resolved.incident(id).unwrap()
    }

    /// Sender ids of the reports of the incident that holds a report.
    pub fn with(&self, resolved: &Resolved, sender_id: &str) -> BTreeSet<String> {
        self.incident(resolved, sender_id).receipts().map(|r| self.sender(r).to_owned()).collect()
    }
}

fn governorate(id: &str, west: i32, south: i32, east: i32, north: i32) -> Area {
    let p = |lon: i32, lat: i32| Point { lon: lon * 1_000_000, lat: lat * 1_000_000 };
    let ring = vec![p(west, south), p(east, south), p(east, north), p(west, north)];
    area(id, AreaKind::Governorate, None, Shape::Polygon(vec![ring]))
}

fn area(id: &str, kind: AreaKind, parent: Option<&str>, shape: Shape) -> Area {
    Area {
        id: AreaId::new(id),
        kind,
        names: BTreeMap::new(),
        aliases: BTreeSet::new(),
        parent: parent.map(AreaId::new),
        shape,
        held_by: None,
        asserted_by: None,
        valid: Interval::ALWAYS,
    }
}

fn spot(id: &str, parent: &str, lat: &str, lon: &str, within_m: u32) -> Area {
    area(id, AreaKind::Place, Some(parent), Shape::Disc(Point::parse(lat, lon).unwrap(), within_m))
}

fn actor(id: &str, kind: ActorKind, of: &[&str]) -> Actor {
    Actor {
        id: ActorId::new(id),
        kind,
        member_of: of.iter().map(|o| Membership { of: ActorId::new(o), during: Interval::ALWAYS }).collect(),
        names: BTreeMap::new(),
        aliases: BTreeSet::new(),
    }
}

/// A small made-up mission: two governorates, four quarters of one city, a hospital, a far town.
pub fn small() -> Mission {
    let areas = Areas::new([
        governorate("SY02", 365, 355, 385, 370),
        governorate("SY04", 365, 340, 385, 350),
        spot("sukkari", "SY02", "36.17594", "37.14111", 1000),
        spot("hospital-q", "SY02", "36.17594", "37.14111", 300),
        spot("kalassa", "SY02", "36.19231", "37.14771", 1000),
        spot("marjah", "SY02", "36.18556", "37.18022", 1000),
        spot("midan", "SY02", "36.2231", "37.1664", 1000),
        spot("homs", "SY04", "34.73", "36.71", 4000),
    ]);
    let actors = Actors::new([
        actor("gov-side", ActorKind::Party, &[]),
        actor("gov-forces", ActorKind::Force, &["gov-side"]),
        actor("russian-forces", ActorKind::Force, &[]),
        actor("group-a", ActorKind::Group, &[]),
        actor("group-b", ActorKind::Group, &[]),
        actor("insurgents", ActorKind::Unspecified, &[]),
    ]);
    Mission {
        actors,
        areas,
        zone: Zone::named("Asia/Damascus").unwrap(),
        rules: Rules::default(),
        observations: Vec::new(),
    }
}

/// One report, said in a few words.
pub struct Say<'z> {
    zone: &'z Zone,
    pub observation: Observation,
}

pub fn say<'z>(zone: &'z Zone, receipt: u64, source: &str, id: &str, known: &str) -> Say<'z> {
    let observation = Observation {
        receipt: ReceiptNo(receipt),
        sender_id: id.to_owned(),
        known: zone.instant(known).unwrap(),
        source: SourceId::new(source),
        origin: SourceId::new(source),
        through: BTreeSet::new(),
        address: None,
        grade: Grade::F,
        credibility: Credibility::UNJUDGED,
        part_of: BTreeSet::new(),
        revises: BTreeSet::new(),
        same_as: BTreeSet::new(),
        body: Body::Event(Event {
            acts: BTreeSet::new(),
            weapons: BTreeSet::new(),
            targets: BTreeSet::new(),
            when: None,
            place: None,
            actors: BTreeSet::new(),
            attribution: None,
            held_by: BTreeSet::new(),
            casualties: CasualtyFigures::default(),
            facts: BTreeMap::new(),
        }),
        note: None,
        spans: BTreeMap::new(),
    };
    Say { zone, observation }
}

impl Say<'_> {
    fn event(mut self, change: impl FnOnce(&mut Event)) -> Self {
        if let Body::Event(event) = &mut self.observation.body {
            change(event);
        }
        self
    }
    pub fn origin(mut self, origin: &str) -> Self {
        self.observation.origin = SourceId::new(origin);
        self
    }
    pub fn when(self, when: &str) -> Self {
        let when = self.zone.interval(when).unwrap();
        self.event(|e| e.when = Some(when))
    }
    pub fn place(self, id: &str) -> Self {
        let place =
            Place { point: None, within_m: 0, areas: BTreeSet::from([AreaId::new(id)]), unresolved: None };
        self.event(|e| e.place = Some(place))
    }
    pub fn point(self, lat: &str, lon: &str, within_m: u32) -> Self {
        let point = Some(Point::parse(lat, lon).unwrap());
        let place = Place { point, within_m, areas: BTreeSet::new(), unresolved: None };
        self.event(|e| e.place = Some(place))
    }
    pub fn act(self, act: Act) -> Self {
        self.event(|e| {
            e.acts.insert(act);
        })
    }
    pub fn weapon(self, weapon: Weapon) -> Self {
        self.event(|e| {
            e.weapons.insert(weapon);
        })
    }
    pub fn target(self, target: Target) -> Self {
        self.event(|e| {
            e.targets.insert(target);
        })
    }
    pub fn actor(self, actor: &str, how: Attribution) -> Self {
        self.event(|e| {
            e.actors.insert(ActorId::new(actor));
            e.attribution = Some(how);
        })
    }
    pub fn how(self, how: Attribution) -> Self {
        self.event(|e| e.attribution = Some(how))
    }
    pub fn killed(self, bounds: &str) -> Self {
        let bounds = Bounds::parse(bounds).unwrap();
        self.event(|e| e.casualties.killed = Some(bounds))
    }
    pub fn wounded(self, bounds: &str) -> Self {
        let bounds = Bounds::parse(bounds).unwrap();
        self.event(|e| e.casualties.wounded = Some(bounds))
    }
    pub fn fact(self, fact: &str, answer: Answer) -> Self {
        self.event(|e| {
            e.facts.insert(FactId::new(fact), answer);
        })
    }
    pub fn revises(mut self, id: &str) -> Self {
        self.observation.revises.insert(id.to_owned());
        self
    }
    pub fn same_as(mut self, id: &str) -> Self {
        self.observation.same_as.insert(id.to_owned());
        self
    }
    pub fn part_of(mut self, id: &str) -> Self {
        self.observation.part_of.insert(id.to_owned());
        self
    }
    /// The same, as a total.
    pub fn total(mut self) -> Self {
        if let Body::Event(e) = &self.observation.body {
            let total = Total {
                when: e.when,
                place: e.place.clone(),
                actors: e.actors.clone(),
                casualties: e.casualties,
                count: None,
            };
            self.observation.body = Body::Total(total);
        }
        self
    }
    /// The same, as a statement.
    pub fn statement(mut self) -> Self {
        if let Body::Event(e) = &self.observation.body {
            let (when, place) = (e.when, e.place.clone());
            let statement = Statement { when, place, actors: e.actors.clone(), facts: e.facts.clone() };
            self.observation.body = Body::Statement(statement);
        }
        self
    }
    /// The same, as a tally.
    pub fn tally(mut self, count: u32, by_area: &[(&str, u32)], by_actor: &[(&str, u32)]) -> Self {
        if let Body::Event(e) = &self.observation.body {
            self.observation.body = Body::Tally(Tally {
                when: e.when.unwrap(),
                count,
                unit: "violations".to_owned(),
                definition: None,
                by_area: by_area.iter().map(|(a, n)| (AreaId::new(a), *n)).collect(),
                by_actor: by_actor.iter().map(|(a, n)| (ActorId::new(a), *n)).collect(),
            });
        }
        self
    }
    pub fn done(self) -> Observation {
        self.observation
    }
}

/// The shipped mission, when it is there.
pub fn shipped() -> Option<Mission> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agreements/syria-2016");
    if !folder.join("reports/anchors.csv").exists() {
        eprintln!("skipped: no agreements/syria-2016/reports");
        return None;
    }
    let zone = Zone::named("Asia/Damascus").unwrap();
    let areas = read_areas(&folder.join("areas.geojson"));
    let actors = read_actors(&folder.join("actors.csv"));
    let mut reader = ReadMission { zone: &zone, areas: &areas, actors: &actors, observations: Vec::new() };
    for name in ["articles", "anchors", "airwars", "syrian-archive", "vdc", "tallies"] {
        let path = folder.join(format!("reports/{name}.csv"));
        for row in rows(&path) {
            match name {
                "airwars" => reader.airwars(&row),
                "vdc" => reader.vdc(&row),
                _ => reader.native(&row),
            }
        }
    }
    let observations = reader.observations;
    Some(Mission { actors, areas, zone, rules: Rules::default(), observations })
}

type Row = BTreeMap<String, String>;

fn rows(path: &PathBuf) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(|row| row.unwrap()).collect()
}

fn read_actors(path: &PathBuf) -> Actors {
    let zone = Zone::named("Asia/Damascus").unwrap();
    Actors::new(rows(path).into_iter().map(|row| {
        let kind = match row["kind"].as_str() {
            "party" => ActorKind::Party,
            "umbrella" => ActorKind::Umbrella,
            "group" => ActorKind::Group,
            "state" => ActorKind::State,
            "force" => ActorKind::Force,
            _ => ActorKind::Unspecified,
        };
        let member_of = row["member_of"].split(';').filter(|m| !m.is_empty()).map(|m| {
            let (of, during) = m.split_once('@').unwrap_or((m, ""));
            let (from, to) = during.split_once('/').unwrap_or(("", ""));
            let from = if from.is_empty() { Instant::FAR_PAST } else { zone.instant(from).unwrap() };
            let to = if to.is_empty() { Instant::FAR_FUTURE } else { zone.instant(to).unwrap() };
            Membership { of: ActorId::new(of), during: Interval::new(from, to).unwrap() }
        });
        Actor {
            id: ActorId::new(&row["id"]),
            kind,
            member_of: member_of.collect(),
            names: BTreeMap::from([("en".to_owned(), row["name_en"].clone())]),
            aliases: row["aliases"].split(';').filter(|a| !a.is_empty()).map(str::to_owned).collect(),
        }
    }))
}

fn read_areas(path: &PathBuf) -> Areas {
    let text = std::fs::read_to_string(path).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let units = |v: &serde_json::Value| Point::parse_degrees(&v.to_string(), 180).unwrap();
    let point = |v: &serde_json::Value| Point { lon: units(&v[0]), lat: units(&v[1]) };
    let ring = |v: &serde_json::Value| v.as_array().unwrap().iter().map(point).collect::<Vec<_>>();
    Areas::new(json["features"].as_array().unwrap().iter().map(|feature| {
        let p = &feature["properties"];
        let text = |name: &str| p[name].as_str().unwrap_or_default().to_owned();
        let kind = match p["kind"].as_str().unwrap() {
            "country" => AreaKind::Country,
            "governorate" => AreaKind::Governorate,
            "place" => AreaKind::Place,
            "control" => AreaKind::Control,
            _ => AreaKind::Zone,
        };
        let c = &feature["geometry"]["coordinates"];
        let shape = match feature["geometry"]["type"].as_str() {
            Some("Point") => {
                Shape::Disc(point(c), u32::try_from(p["within_m"].as_u64().unwrap_or(1000)).unwrap())
            }
            Some("Polygon") => Shape::Polygon(c.as_array().unwrap().iter().map(ring).collect()),
            Some("MultiPolygon") => Shape::Polygon(
                c.as_array().unwrap().iter().flat_map(|p| p.as_array().unwrap()).map(ring).collect(),
            ),
            _ => Shape::Nowhere,
        };
        let mut aliases: BTreeSet<String> = p["aliases"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|a| a.as_str())
            .map(str::to_owned)
            .collect();
        aliases.insert(text("name_en"));
        aliases.insert(text("name_ar"));
        let mut found = area(&text("id"), kind, p["parent"].as_str(), shape);
        found.aliases = aliases;
        found
    }))
}

struct ReadMission<'m> {
    zone: &'m Zone,
    areas: &'m Areas,
    actors: &'m Actors,
    observations: Vec<Observation>,
}

fn get<'r>(row: &'r Row, name: &str) -> &'r str {
    row.get(name).map(String::as_str).unwrap_or_default()
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(';').map(str::trim).filter(|part| !part.is_empty())
}

impl ReadMission<'_> {
    fn push(&mut self, say: Say<'_>) {
        self.observations.push(say.observation);
    }

    fn say(&self, source: &str, id: &str, known: &str) -> Say<'static> {
        // The observation does not keep the zone; a leaked copy spares a lifetime in a test.
        let zone: &'static Zone = Box::leak(Box::new(self.zone.clone()));
        say(zone, u64::try_from(self.observations.len()).unwrap(), source, id, known)
    }

    fn place(&self, governorate: &str, name: &str, point: Option<(&str, &str, u32)>) -> Option<Place> {
        let within =
            self.areas.named(governorate, None).into_iter().find(|a| a.kind == AreaKind::Governorate);
        let found =
            self.areas.named(name, within.map(|a| &a.id)).into_iter().find(|a| a.kind == AreaKind::Place);
        let mut place = Place { point: None, within_m: 0, areas: BTreeSet::new(), unresolved: None };
        place.areas.extend(within.map(|a| a.id.clone()));
        if let Some(found) = found {
            place.areas.insert(found.id.clone());
            if let Shape::Disc(centre, radius) = &found.shape {
                (place.point, place.within_m) = (Some(*centre), *radius);
            }
        } else if !name.is_empty() {
            place.unresolved = Some(name.into());
        }
        if let Some((lat, lon, within_m)) = point {
            (place.point, place.within_m) = (Some(Point::parse(lat, lon).unwrap()), within_m);
        }
        (place.point.is_some() || !place.areas.is_empty() || place.unresolved.is_some()).then_some(place)
    }

    fn airwars(&mut self, row: &Row) {
        let within = match get(row, "geo_accuracy") {
            "exact_location" => 50,
            "within_100m" => 100,
            "neighbourhood_area" => 1000,
            "village" => 1500,
            "town" => 2500,
            "city" => 5000,
            "subdistrict" => 15_000,
            "province_governorate" => 80_000,
            _ => 30_000,
        };
        let place = self.place(
            get(row, "governorate"),
            get(row, "location_en"),
            Some((get(row, "lat"), get(row, "lon"), within)),
        );
        let how = if get(row, "evidence_grade").starts_with("Contested") {
            Attribution::Contested
        } else {
            Attribution::Suspected
        };
        let mut one = self
            .say("airwars", get(row, "code"), get(row, "known"))
            .when(get(row, "date"))
            .act(Act::Airstrike)
            .event(|e| e.place = place);
        if !get(row, "killed_min").is_empty() {
            one = one.killed(&format!("{}-{}", get(row, "killed_min"), get(row, "killed_max")));
        }
        for word in get(row, "belligerent").split(',') {
            one = match word.trim() {
                "Russian Military" => one.actor("russian-forces", how),
                "U.S.-led Coalition" => one.actor("us-led-coalition", how),
                "Turkish Military" => one.actor("turkish-forces", how),
                _ => one,
            };
        }
        self.push(one);
    }

    fn vdc(&mut self, row: &Row) {
        let (name, governorate) = match get(row, "location").rsplit_once(':') {
            Some((first, last)) => (last.trim(), first.trim()),
            None => (get(row, "area"), get(row, "province")),
        };
        let governorate = match governorate {
            "Damascus Suburbs" => "Rural Damascus",
            "Lattakia" => "Latakia",
            "Dara" => "Daraa",
            other => other,
        };
        let place = self.place(governorate, name, None);
        let act = match get(row, "cause") {
            "Warplane shelling" => Act::Airstrike,
            "Shelling" => Act::Shelling,
            "Shooting" => Act::SmallArmsFire,
            "Explosion" => Act::Explosion,
            "Chemical and toxic gases" => Act::ChemicalAttack,
            "Detention - Torture" | "Kidnapping - Torture" => Act::Detention,
            cause if cause.contains("Execution") => Act::Execution,
            _ => Act::Other,
        };
        let n = |name: &str| get(row, name).parse::<u32>().unwrap();
        let killed = n("killed_civilian") + n("killed_noncivilian");
        let mut one = self
            .say("vdc", get(row, "id"), get(row, "known"))
            .when(get(row, "date"))
            .act(act)
            .killed(&format!(">={killed}"))
            .event(|e| e.place = place);
        if let Some(actor) = self.actors.named(get(row, "actors")) {
            one = one.actor(actor.id.as_str(), Attribution::Accused);
        }
        self.push(one);
    }

    fn native(&mut self, row: &Row) {
        let mut one = self.say(get(row, "source"), get(row, "id"), get(row, "known"));
        if !get(row, "origin").is_empty() {
            one = one.origin(get(row, "origin"));
        }
        one.observation.through = parts(get(row, "through")).map(SourceId::new).collect();
        one.observation.part_of = parts(get(row, "part_of")).map(str::to_owned).collect();
        one.observation.revises = parts(get(row, "revises")).map(str::to_owned).collect();
        one.observation.same_as = parts(get(row, "same_as")).map(str::to_owned).collect();
        let point = (!get(row, "lat").is_empty())
            .then(|| (get(row, "lat"), get(row, "lon"), get(row, "within_m").parse().unwrap()));
        let place = self.place(get(row, "area"), get(row, "place"), point);
        let number = |name: &str| {
            let text = get(row, name);
            (!text.is_empty()).then(|| Bounds::parse(text).unwrap())
        };
        let casualties = CasualtyFigures {
            killed: number("killed"),
            wounded: number("wounded"),
            killed_civilian: number("killed_civilian"),
            killed_combatant: number("killed_combatant"),
        };
        let when = get(row, "when");
        let when = (!when.is_empty()).then(|| self.zone.interval(when).unwrap());
        one = one.event(|e| {
            e.when = when;
            e.place = place;
            e.acts = parts(get(row, "act")).filter_map(Act::parse).collect();
            e.weapons = parts(get(row, "weapon")).filter_map(Weapon::parse).collect();
            e.targets = parts(get(row, "target")).filter_map(Target::parse).collect();
            e.actors = parts(get(row, "actor")).map(ActorId::new).collect();
            e.attribution = Attribution::parse(get(row, "actor_how"));
            e.held_by = parts(get(row, "held_by")).map(ActorId::new).collect();
            e.casualties = casualties;
            e.facts = parts(get(row, "facts"))
                .filter_map(|f| f.split_once('='))
                .filter_map(|(f, a)| Some((FactId::new(f), Answer::parse(a)?)))
                .collect();
        });
        one = match get(row, "kind") {
            "event" => one,
            "total" => one.total(),
            "statement" => one.statement(),
            "tally" => {
                let pairs = |name: &str| -> Vec<(String, u32)> {
                    let split = parts(get(row, name)).filter_map(|p| p.split_once('='));
                    split.map(|(k, n)| (k.to_owned(), n.parse().unwrap())).collect()
                };
                let (areas, actors) = (pairs("by_area"), pairs("by_actor"));
                fn refs(v: &[(String, u32)]) -> Vec<(&str, u32)> {
                    v.iter().map(|(k, n)| (k.as_str(), *n)).collect()
                }
                one.tally(get(row, "count").parse().unwrap(), &refs(&areas), &refs(&actors))
            }
            _ => return,
        };
        self.push(one);
    }
}
