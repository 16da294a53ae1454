//! A scene: what an agreement says, people of every role for it, and whom a case can be against.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use truceline_casework::case::{Person, Role, Setting};
use truceline_intake::mission;
use truceline_model::{
    Actor, ActorId, ActorKind, Actors, Areas, ClauseId, Instant, Interval, Membership, Opener, Procedure,
    Who, Zone,
};
use truceline_terms::{ClauseKind, Terms, parse};

/// What a trial plays in.
#[derive(Clone)]
pub struct Scene {
    pub name: String,
    /// By entry: the mission's files change while cases go on.
    pub settings: BTreeMap<u64, Setting>,
    /// Procedures with steps.
    pub procedures: Vec<ClauseId>,
    /// Whom a case can be against, and who can allege.
    pub actors: Vec<ActorId>,
    /// When it begins.
    pub start: Instant,
}

impl Scene {
    /// The mission's files as they are now.
    pub fn now(&self, entry: u64) -> &Setting {
        self.settings.range(..=entry).next_back().unwrap().1
    }

    /// The same with a mission that changes at an entry: one co-chair is replaced, and the procedures lose their last choice of each step.
    pub fn that_changes(&self, at: u64) -> Self {
        let mut scene = self.clone();
        let mut later = scene.settings[&0].clone();
        let gone: Vec<String> =
            later.people.keys().filter(|name| name.starts_with("chair-")).cloned().collect();
        if let Some(name) = gone.first() {
            let person = later.people.remove(name).unwrap();
            later.people.insert(format!("{name}-after"), person);
        }
        for procedure in later.procedures.values_mut() {
            for step in &mut procedure.steps {
                step.within = truceline_model::Length::Hours(7);
            }
        }
        scene.settings.insert(at, later);
        scene
    }
}

/// People of every role: two of those who watch the clock, and for every actor that a procedure names, for guarantors and sides, somebody.
fn people(setting: &Setting, sides: &[ActorId]) -> BTreeMap<String, Person> {
    let mut all = BTreeMap::new();
    let mut put = |name: String, role: Role, acts_for: Option<&ActorId>| {
        all.insert(name, Person { role, acts_for: acts_for.cloned() });
    };
    for role in Role::ALL.into_iter().filter(|role| role.is_mission()) {
        put(format!("{}-1", role.as_str()), role, None);
        put(format!("{}-2", role.as_str()), role, None);
    }
    put("passer-by".into(), Role::Public, None);
    let mut deciding: BTreeSet<ActorId> = setting.guarantors.values().flatten().cloned().collect();
    for procedure in setting.procedures.values() {
        deciding.extend(named(procedure));
    }
    for (n, actor) in deciding.iter().enumerate() {
        put(format!("chair-{actor}"), Role::CoChair, Some(actor));
        if n < 2 {
            put(format!("chair-{actor}-deputy"), Role::CoChair, Some(actor));
        }
    }
    for side in sides {
        put(format!("liaison-{side}"), Role::PartyLiaison, Some(side));
    }
    all
}

/// Every actor that a procedure names.
fn named(procedure: &Procedure) -> BTreeSet<ActorId> {
    let mut words: BTreeSet<Who> = BTreeSet::new();
    for step in &procedure.steps {
        let more = step.extendable.iter().flat_map(|more| &more.who);
        words.extend(step.by.iter().chain(&step.concur).chain(&step.instead).chain(more).cloned());
    }
    words.extend(procedure.withdrawn.iter().flat_map(|withdrawn| withdrawn.by.clone()));
    let mut all: BTreeSet<ActorId> = words
        .into_iter()
        .filter_map(|who| match who {
            Who::Actor(actor) => Some(actor),
            _ => None,
        })
        .collect();
    for opener in &procedure.opened_by {
        if let Opener::Actor(actor) = opener {
            all.insert(actor.clone());
        }
    }
    all
}

/// The scene that sound terms make.
pub fn of(name: &str, terms: &Terms, actors: &Actors, start: Instant) -> Scene {
    let mut guarantors: BTreeMap<ActorId, BTreeSet<ActorId>> = BTreeMap::new();
    for one in &terms.guarantors {
        guarantors.entry(one.answers_for.clone()).or_default().insert(one.id.clone());
    }
    let procedures: BTreeMap<ClauseId, Procedure> =
        terms.clauses.iter().filter_map(|one| Some((one.id.clone(), one.procedure.clone()?))).collect();
    let clauses = terms.clauses.iter().filter(|one| one.kind != ClauseKind::Procedure);
    let mut sides: Vec<ActorId> = terms.parties.iter().map(|party| party.id.clone()).collect();
    let belongs =
        |one: &&Actor| sides.iter().any(|side| one.id != *side && actors.belongs(&one.id, side, start));
    let members: Vec<ActorId> = actors.iter().filter(belongs).take(4).map(|one| one.id.clone()).collect();
    sides.extend(members);
    // Forces of those who decide: a case against them makes these step aside.
    let deciding: BTreeSet<ActorId> = procedures.values().flat_map(named).collect();
    let forces = actors.iter().filter(|one| deciding.iter().any(|of| actors.belongs(&one.id, of, start)));
    sides.extend(forces.take(4).map(|one| one.id.clone()));
    let mut setting = Setting {
        zone: terms.zone.clone(),
        working: terms.working_hours.clone(),
        clauses: clauses.map(|one| one.id.clone()).collect(),
        guarantors,
        actors: actors.clone(),
        gravity: terms.gravity.iter().map(|one| one.id.clone()).collect(),
        persistence: terms.persistence.clone(),
        people: BTreeMap::new(),
        procedures: procedures.clone(),
    };
    setting.people = people(&setting, &sides);
    Scene {
        name: name.to_owned(),
        settings: [(0, setting)].into(),
        procedures: procedures.into_keys().collect(),
        actors: sides,
        start,
    }
}

/// Every folder of `agreements/` that gives a procedure with steps: an agreement added tomorrow is tried tomorrow.
pub fn shipped() -> Vec<Scene> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../agreements");
    let mut all: Vec<PathBuf> = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.retain(|path| path.join("agreement.md").exists());
    all.sort();
    let scenes = all.iter().map(|folder| {
        let bytes = |name: &str| std::fs::read(folder.join(name)).unwrap();
        let kdl = String::from_utf8(bytes("mission.kdl")).unwrap();
        let zone =
            kdl.lines().find_map(|line| line.trim().strip_prefix("zone \"")?.strip_suffix('"')).unwrap();
        let zone = Zone::named(zone).unwrap();
        let areas: Areas = if folder.join("areas.geojson").exists() {
            mission::areas(&bytes("areas.geojson"), &zone).unwrap()
        } else {
            Areas::default()
        };
        let actors = mission::actors(&bytes("actors.csv"), &zone).unwrap();
        let text = String::from_utf8(bytes("agreement.md")).unwrap();
        let terms = parse(&text, &actors, &areas).terms;
        let terms = terms.unwrap_or_else(|| panic!("{}: the terms are not sound", folder.display()));
        let start = terms.in_force.first().map_or(Instant::FAR_PAST, |one| one.window.start());
        of(&folder.file_name().unwrap().display().to_string(), &terms, &actors, start)
    });
    scenes.filter(|scene| !scene.procedures.is_empty()).collect()
}

/// The actors of scenes that are drawn; one group changes sides.
pub fn actors() -> Actors {
    let turned = Instant::parse("2016-04-05T00:00:00Z").unwrap();
    let always = |of: &str| vec![Membership { of: of.into(), during: Interval::ALWAYS }];
    let one = |id: &str, member_of: Vec<Membership>| Actor {
        id: id.into(),
        kind: ActorKind::Group,
        member_of,
        names: BTreeMap::new(),
        aliases: BTreeSet::new(),
    };
    let turncoat = vec![
        Membership { of: "opposition".into(), during: Interval::new(Instant::FAR_PAST, turned).unwrap() },
        Membership { of: "russia".into(), during: Interval::new(turned, Instant::FAR_FUTURE).unwrap() },
    ];
    Actors::new([
        one("government-side", vec![]),
        one("opposition", vec![]),
        one("ahrar", always("opposition")),
        one("jaysh", always("opposition")),
        one("turncoat", turncoat),
        one("army", always("government-side")),
        one("russia", vec![]),
        one("russian-air-force", always("russia")),
        one("united-states", vec![]),
        one("us-air-force", always("united-states")),
        one("un-envoy", vec![]),
    ])
}
