//! A small registry, and incidents in few words, for tests.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{
    Act, Actor, ActorId, ActorKind, Actors, Answer, Area, AreaId, AreaKind, Areas, Crux, FactId, Finding,
    Incident, IncidentId, Instant, Interval, Membership, Place, Point, Shape, SourceId, Target, Zone,
};
use truceline_terms::{Terms, parse};

pub mod asked;

pub const SYRIA: &str = include_str!("../../../../agreements/syria-2016/agreement.md");

/// The folder of the documentation.
pub fn docs() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

/// Every page of the language's reference, the index first, by file name.
pub fn pages() -> Vec<(String, String)> {
    let entries = std::fs::read_dir(docs().join("terms")).unwrap();
    let mut all: Vec<std::path::PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all.insert(0, docs().join("terms.md"));
    let read = |path: std::path::PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (name, std::fs::read_to_string(path).unwrap())
    };
    all.into_iter().map(read).collect()
}

/// Every text that is an agreement: the shipped one, and the pages of the reference that show blocks.
pub fn agreements() -> Vec<String> {
    let pages = pages().into_iter().map(|(_, page)| page).filter(|page| page.contains("```terms"));
    [SYRIA.to_owned()].into_iter().chain(pages).collect()
}

pub fn actor(id: &str, kind: ActorKind, member_of: &[&str]) -> Actor {
    let member_of =
        member_of.iter().map(|of| Membership { of: ActorId::new(of), during: Interval::ALWAYS }).collect();
    Actor { id: ActorId::new(id), kind, member_of, names: BTreeMap::new(), aliases: BTreeSet::new() }
}

pub fn actors() -> Actors {
    use ActorKind::{Force, Group, Party, State, Umbrella, Unspecified};
    Actors::new([
        actor("government-side", Party, &[]),
        actor("opposition", Party, &[]),
        actor("hnc", Umbrella, &["opposition"]),
        actor("un-designated-groups", Umbrella, &[]),
        actor("syrian-government-forces", Force, &["government-side"]),
        actor("russian-forces", Force, &["government-side"]),
        actor("hezbollah", Group, &["government-side"]),
        actor("jaysh-al-islam", Group, &["hnc"]),
        actor("ahrar-al-sham", Group, &["opposition"]),
        actor("free-syrian-army", Group, &["hnc"]),
        actor("islamic-state", Group, &["un-designated-groups"]),
        actor("al-nusra", Group, &["un-designated-groups"]),
        actor("self-administration-forces", Force, &[]),
        actor("coalition-forces", Force, &[]),
        actor("russia", State, &[]),
        actor("united-states", State, &[]),
        actor("un-envoy", Umbrella, &[]),
        actor("issg-ministers", Umbrella, &[]),
        actor("insurgents-unspecified", Unspecified, &[]),
        actor("unidentified", Unspecified, &[]),
        actor("opposition-unspecified", Unspecified, &["opposition"]),
    ])
}

pub fn area(id: &str, kind: AreaKind, parent: Option<&str>, shape: Shape) -> Area {
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

pub fn areas() -> Areas {
    let point = |lat: &str, lon: &str| Point::parse(lat, lon).unwrap();
    Areas::new([
        area("SY02", AreaKind::Governorate, None, Shape::Nowhere),
        area("SY03", AreaKind::Governorate, None, Shape::Nowhere),
        area("SY06", AreaKind::Governorate, None, Shape::Nowhere),
        area("zone-aleppo-city", AreaKind::Zone, Some("SY02"), Shape::Disc(point("36.2", "37.15"), 8_000)),
        area("zone-eastern-ghouta", AreaKind::Zone, Some("SY03"), Shape::Disc(point("33.53", "36.4"), 9_000)),
        area("line-of-contact", AreaKind::Line, None, Shape::Nowhere),
        area("line-of-february", AreaKind::Line, None, Shape::Nowhere),
        area("zone-north-latakia", AreaKind::Zone, Some("SY06"), Shape::Disc(point("35.75", "36.0"), 20_000)),
    ])
}

pub fn syria() -> Terms {
    read(SYRIA)
}

/// The terms that a text says; it must be without error.
pub fn read(text: &str) -> Terms {
    let checked = parse(text, &actors(), &areas());
    let said: Vec<String> = checked.diagnostics.iter().map(|d| d.render_text("agreement.md", text)).collect();
    checked.terms.unwrap_or_else(|| panic!("{}", said.join("\n")))
}

/// A small agreement in a zone, with more declarations and a clause.
pub fn small_text(zone: &str, declared: &str, clause: &str) -> String {
    let parties = "party government-side whose-forces-are government-forces\n\
                   party opposition whose-forces-are armed-opposition-forces\n\
                   reading plain \"As written\"";
    format!(
        "# Small\n```terms\nagreement small\ntitle \"Small\"\nzone \"{zone}\"\n{parties}\n{declared}\n```\n\
         ## Clause\nProse.\n```terms\n{clause}\n```\n"
    )
}

/// The terms of such an agreement.
pub fn small(zone: &str, declared: &str, clause: &str) -> Terms {
    read(&small_text(zone, declared, clause))
}

/// What a finding turns on: `actor=al-nusra & time=before … -> not-covered`.
pub fn cruxes(finding: &Finding) -> Vec<String> {
    let one = |crux: &Crux| {
        let all: Vec<String> = crux.if_.iter().map(|h| format!("{}={}", h.fact.key(), h.value)).collect();
        format!("{} -> {}", all.join(" & "), crux.then)
    };
    finding.cruxes.iter().map(one).collect()
}

pub fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

pub fn aleppo() -> Place {
    let point = Point::parse("36.2", "37.15").unwrap();
    Place {
        point: Some(point),
        within_m: 150,
        areas: BTreeSet::from([AreaId::new("SY02")]),
        unresolved: None,
    }
}

pub struct Build(pub Incident);

impl Build {
    pub fn new(id: &str) -> Self {
        Self(Incident::empty(IncidentId::new(id)))
    }
    pub fn act(mut self, act: Act, by: &str) -> Self {
        self.0.acts.add(act, SourceId::new(by));
        self
    }
    pub fn target(mut self, target: Target, by: &str) -> Self {
        self.0.targets.add(target, SourceId::new(by));
        self
    }
    pub fn actor(mut self, actor: &str, by: &str) -> Self {
        self.0.actors.add(ActorId::new(actor), SourceId::new(by));
        self
    }
    pub fn held(mut self, holder: &str, by: &str) -> Self {
        self.0.held_by.add(ActorId::new(holder), SourceId::new(by));
        self
    }
    pub fn when(mut self, text: &str, by: &str) -> Self {
        let zone = Zone::named("Asia/Damascus").unwrap();
        self.0.when.add(zone.interval(text).unwrap(), SourceId::new(by));
        self
    }
    pub fn place(mut self, place: Place, by: &str) -> Self {
        self.0.places.add(place, SourceId::new(by));
        self
    }
    pub fn fact(mut self, fact: &str, answer: Answer, by: &str) -> Self {
        self.0.facts.entry(FactId::new(fact)).or_default().add(answer, SourceId::new(by));
        self
    }
}

/// Shelling of civilians by the government's forces, without time and place.
pub fn government_shelling() -> Build {
    Build::new("shelling")
        .act(Act::Shelling, "sohr")
        .target(Target::Civilians, "sohr")
        .actor("syrian-government-forces", "sohr")
}

/// Names of the agreements' pages in a folder, in order.
pub fn pages_in(folder: &std::path::Path) -> Vec<String> {
    let all = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = all
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".md"))
        .collect();
    names.sort();
    names
}

/// Hospital in eastern Aleppo, from the air, 27 April: two air forces, both bound, are named.
pub fn al_quds() -> Incident {
    Build::new("al-quds")
        .act(Act::Airstrike, "msf")
        .act(Act::Airstrike, "sohr")
        .target(Target::Hospital, "msf")
        .actor("syrian-government-forces", "residents-aleppo")
        .actor("russian-forces", "us-officials")
        .held("opposition", "article-003")
        .when("2016-04-27T17:00/2016-04-28T00:00", "msf")
        .place(aleppo(), "msf")
        .fact("exempt-group-present", Answer::Yes, "russian-government")
        .fact("exempt-group-present", Answer::No, "us-officials")
        .0
}

/// Hospital in western Aleppo, by rockets, 3 May: three groups are named, one exempt, of one no acceptance is found.
pub fn al_dabbit() -> Incident {
    let mut build = Build::new("al-dabbit")
        .act(Act::RocketFire, "syrian-state-tv")
        .act(Act::RocketFire, "sohr")
        .target(Target::Hospital, "syrian-state-tv")
        .target(Target::GovernmentForces, "wires-unnamed")
        .actor("al-nusra", "syrian-army-command")
        .actor("ahrar-al-sham", "syrian-army-command")
        .actor("jaysh-al-islam", "syrian-army-command")
        .actor("insurgents-unspecified", "syrian-state-tv")
        .held("government-side", "sohr")
        .when("2016-05-03", "sohr")
        .place(aleppo(), "sohr");
    build.0.actors.leave_open(SourceId::new("sohr"));
    build.0
}
