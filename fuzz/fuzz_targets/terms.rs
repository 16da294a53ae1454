//! Any text as an agreement, and as a scenario: read, or refused with diagnostics that lie inside it; sound terms judge an
//! empty incident without a fault of their own.
#![no_main]

use libfuzzer_sys::fuzz_target;
use truceline_model::{Actors, Areas, Incident, IncidentId, Instant, Zone};
use truceline_terms::scenario::parse_scenario;
use truceline_terms::{Judge, parse, truce_state};

fuzz_target!(|text: &str| {
    let (actors, areas) = (Actors::default(), Areas::default());
    let checked = parse(text, &actors, &areas);
    for diagnostic in &checked.diagnostics {
        assert!(!diagnostic.render_text("agreement.md", text).is_empty());
    }
    if let Some(terms) = &checked.terms {
        let as_of = Instant::from_seconds(1_460_000_000);
        let _ = truce_state(terms, as_of);
        let incident = Incident::empty(IncidentId::new("fuzz"));
        let _ = Judge::new(terms, &actors, &areas, as_of).judge(&incident);
    }
    let _ = parse_scenario(text, &Zone::utc(), &areas);
});
