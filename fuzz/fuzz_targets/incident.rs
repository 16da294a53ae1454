//! Any bytes as a line of an incident file, and as a mission's registries: read or refused.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use truceline_intake::{IncidentContext, mission, read_incident};
use truceline_model::{Actors, Areas, Zone};

static ZONE: LazyLock<Zone> = LazyLock::new(|| Zone::named("Asia/Damascus").expect("a zone"));

fuzz_target!(|data: &[u8]| {
    let (actors, areas) = (Actors::default(), Areas::default());
    let context = IncidentContext { zone: &ZONE, areas: &areas, actors: &actors, facts: None, judgements: None, measures: None };
    if let Err(refusals) = read_incident(data, 1, &context) {
        assert!(!refusals.is_empty());
    }
    let _ = mission::areas(data, &ZONE);
    let _ = mission::actors(data, &ZONE);
});
