//! Reports written by hand in a few words, and the shipped mission read by the shipped mappings.
//!
//! Each test target uses a part of it, so some of it is unused in each.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod draw;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use truceline_casework::{Context, PersonDecision, Resolved, Rules, resolve};
use truceline_intake::{Piece, Reader, Splitter, mapping, mission};
use truceline_model::finding::Answer;
use truceline_model::{
    Act, Actor, ActorId, ActorKind, Actors, Area, AreaId, AreaKind, Areas, Attribution, Body, Bounds, Event,
    FactId, Incident, Instant, Interval, LikelyDays, Membership, Observation, Place, Point, ReceiptNo, Shape,
    SourceId, Statement, Tally, Target, Total, Weapon, Wording, Zone,
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
    let (known, body) = (zone.instant(known).unwrap(), Body::Event(Event::default()));
    let observation =
        Observation::bare(ReceiptNo(receipt), id.to_owned(), known, SourceId::new(source), body);
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
    pub fn wording(mut self, wording: Wording) -> Self {
        self.observation.wording = Some(wording);
        self
    }
    pub fn shows(mut self, page: &str) -> Self {
        self.observation.media.insert(page.to_owned());
        self
    }
    pub fn likely(mut self, days: LikelyDays) -> Self {
        self.observation.likely = Some(days);
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

/// The shipped mission, read by the shipped mappings. Every row of it can be read.
pub fn shipped() -> Mission {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = root.join("agreements/syria-2016");
    let zone = Zone::named("Asia/Damascus").unwrap();
    let bytes = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let actors = mission::actors(&bytes("actors.csv"), &zone).unwrap();
    let areas = mission::areas(&bytes("areas.geojson"), &zone).unwrap();
    let sources = mission::sources(&bytes("sources.csv"), &actors).unwrap();
    let context = truceline_intake::Context {
        zone: &zone,
        actors: &actors,
        areas: &areas,
        sources: &sources,
        received: None,
    };
    let mut observations = Vec::new();
    for (file, by) in [
        ("agreement-facts", "truceline"),
        ("articles", "truceline"),
        ("anchors", "truceline"),
        ("airwars", "airwars"),
        ("syrian-archive", "truceline"),
        ("vdc", "vdc"),
        ("coverage", "truceline"),
        ("tallies", "truceline"),
    ] {
        let mapping = std::fs::read_to_string(root.join(format!("mappings/{by}.kdl"))).unwrap();
        let mapping = mapping::parse(&mapping).unwrap();
        let bytes = bytes(&format!("reports/{file}.csv"));
        let layout = mapping.layout(bytes.first().copied());
        let mut splitter = Splitter::new(layout);
        let mut pieces = splitter.push(&bytes);
        pieces.extend(splitter.finish());
        let mut reader = None;
        for piece in pieces {
            let Piece::Record(record) = piece else { panic!("{file}: no text") };
            match &reader {
                None => reader = Some(Reader::open(&mapping, layout, &record).unwrap()),
                Some(reader) => {
                    let receipt = ReceiptNo(u64::try_from(observations.len()).unwrap());
                    let read = reader.read_record(&record, &context, receipt);
                    let read = read.unwrap_or_else(|faults| panic!("{file}:{}: {faults:?}", record.row));
                    observations.extend(read.observations);
                }
            }
        }
    }
    Mission { actors, areas, zone, rules: Rules::default(), observations }
}
