//! Any bytes as case scenarios under the procedures of Syria, Aceh and South Sudan: read or refused with the line, run without a panic, the same in
//! any order of entries; no case waits for nobody.
#![no_main]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use truceline_casework::case::Setting;
use truceline_intake::mission;
use truceline_model::{Actor, ActorId, Actors, Areas, ClauseId, Procedure, Who};
use truceline_terms::{ClauseKind, parse};

#[path = "held/scenarios.rs"]
mod scenarios;

const FOLDERS: [&str; 3] = ["syria-2016", "aceh-2005", "south-sudan-r-arcss-2018"];

/// Read once: a fuzzer lives on speed.
static STAGES: LazyLock<Vec<scenarios::Stage>> =
    LazyLock::new(|| FOLDERS.iter().map(|name| scenarios::Stage::of(setting(name))).collect());

/// Actors beyond those that the procedures need; the rest of a registry would be copied in every run and named in none.
const OTHERS: usize = 6;

/// A registry with whom procedures and guarantors name, and a few that belong to them.
fn few(all: &Actors, procedures: &BTreeMap<ClauseId, Procedure>, sides: &BTreeSet<ActorId>) -> Actors {
    let mut named = sides.clone();
    for step in procedures.values().flat_map(|one| &one.steps) {
        let words =
            step.by.iter().chain(&step.concur).chain(&step.instead).chain(&step.to).chain(&step.through);
        named.extend(words.filter_map(|who| match who {
            Who::Actor(actor) => Some(actor.clone()),
            _ => None,
        }));
    }
    let belongs = |one: &&Actor| one.member_of.iter().any(|of| named.contains(&of.of));
    let others: Vec<ActorId> = all
        .iter()
        .filter(belongs)
        .map(|one| one.id.clone())
        .filter(|id| !named.contains(id))
        .take(OTHERS)
        .collect();
    named.extend(others);
    Actors::new(all.iter().filter(|one| named.contains(&one.id)).cloned())
}

/// What an agreement's folder says of cases.
fn setting(name: &str) -> Setting {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../agreements").join(name);
    let bytes = |file: &str| std::fs::read(folder.join(file)).expect("the mission is there");
    let text = String::from_utf8(bytes("agreement.md")).expect("an agreement is text");
    let zone = truceline_model::Zone::utc();
    let actors = mission::actors(&bytes("actors.csv"), &zone).expect("actors");
    let areas = mission::areas(&bytes("areas.geojson"), &zone).unwrap_or_else(|_| Areas::default());
    let terms = parse(&text, &actors, &areas).terms.expect("sound terms");
    let procedures = terms.clauses.iter().filter_map(|one| Some((one.id.clone(), one.procedure.clone()?)));
    let clauses = terms.clauses.iter().filter(|one| one.kind != ClauseKind::Procedure);
    let mut guarantors: BTreeMap<ActorId, BTreeSet<ActorId>> = BTreeMap::new();
    for guarantor in &terms.guarantors {
        guarantors.entry(guarantor.answers_for.clone()).or_default().insert(guarantor.id.clone());
    }
    let procedures: BTreeMap<ClauseId, Procedure> = procedures.collect();
    let sides = guarantors.iter().flat_map(|(side, all)| all.iter().chain([side])).cloned().collect();
    let actors = few(&actors, &procedures, &sides);
    Setting {
        zone: terms.zone.clone(),
        working: terms.working_hours.clone(),
        procedures,
        clauses: clauses.map(|one| one.id.clone()).collect(),
        guarantors,
        actors,
        gravity: terms.gravity.iter().map(|gravity| gravity.id.clone()).collect(),
        persistence: terms.persistence.clone(),
        people: BTreeMap::new(),
    }
}

fuzz_target!(|data: &[u8]| {
    let (which, rest) = data.split_first().map_or((0, data), |(first, rest)| (usize::from(*first), rest));
    if let Some(stage) = STAGES.get(which % STAGES.len().max(1)) {
        scenarios::check(stage, rest);
    }
});
