//! Any bytes as case scenarios under the procedures of Syria, Aceh and South Sudan: read or refused with the line, run without a panic, the same in
//! any order of entries; no case waits for nobody.
#![no_main]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use truceline_casework::case::Setting;
use truceline_intake::mission;
use truceline_model::Areas;
use truceline_terms::{ClauseKind, parse};

#[path = "held/scenarios.rs"]
mod scenarios;

const FOLDERS: [&str; 3] = ["syria-2016", "aceh-2005", "south-sudan-r-arcss-2018"];

/// Read once: a fuzzer lives on speed.
static SETTINGS: LazyLock<Vec<Setting>> = LazyLock::new(|| FOLDERS.iter().map(|name| setting(name)).collect());

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
    let mut guarantors: BTreeMap<_, std::collections::BTreeSet<_>> = BTreeMap::new();
    for guarantor in &terms.guarantors {
        guarantors.entry(guarantor.answers_for.clone()).or_default().insert(guarantor.id.clone());
    }
    Setting {
        zone: terms.zone.clone(),
        working: terms.working_hours.clone(),
        procedures: procedures.collect(),
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
    if let Some(setting) = SETTINGS.get(which % SETTINGS.len().max(1)) {
        scenarios::check(setting, rest);
    }
});
