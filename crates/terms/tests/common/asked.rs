//! One clause before one incident, in few words: for tests of what a finding turns on.

use truceline_model::{Bounds, Finding, Incident, Interval, Outcome, SourceId, Zone};
use truceline_terms::judge;

use super::{actors, areas, at, cruxes, government_shelling, small};

const LATER: &str = "2016-06-01T00:00:00Z";
const OPEN: &str = "in-force from \"2016-02-27\"\nmeasure lorries \"Lorries\"\nmeasure prisoners \"Prisoners\"\n\
    measure hostages \"Hostages\"\nfact seen \"?\"\njudgement fair \"?\"\nexempt al-nusra\n\
    accepted government-side on \"2016-02-27\" per syrian-government\naccepted hnc on \"2016-02-27\" per hnc";

/// A clause on shelling by either side, with more lines.
pub fn clause(lines: &str) -> String {
    format!(
        "clause fire \"Fire\"\nbinds government-side opposition\nforbids shelling with any-weapon\n{lines}"
    )
}

/// What is found of an incident, where facts `f0`, `f1`, … and measures `m0`, `m1`, … can be asked too.
pub fn found_of_facts(count: usize, clause: &str, incident: &Incident) -> Finding {
    let facts: String = (0..count).map(|n| format!("\nfact f{n} \"?\"\nmeasure m{n} \"M\"")).collect();
    judge(&small("UTC", &format!("{OPEN}{facts}"), clause), &actors(), &areas(), incident, at(LATER))
        .remove(0)
}

pub fn found(clause: &str, incident: &Incident) -> Finding {
    found_of_facts(0, clause, incident)
}

/// What an undetermined finding turns on.
pub fn of(clause: &str, incident: &Incident) -> Vec<String> {
    let finding = found(clause, incident);
    assert_eq!((finding.outcome, finding.fault.as_deref()), (Outcome::Undetermined, None));
    cruxes(&finding)
}

pub fn shelling() -> Incident {
    government_shelling().when("2016-03-10T12:00Z", "sohr").0
}

/// The same, changed.
pub fn with(change: impl FnOnce(&mut Incident)) -> Incident {
    let mut one = shelling();
    change(&mut one);
    one
}

/// At other times.
pub fn when(all: &[&str]) -> Incident {
    let utc = |text: &str| -> Interval { Zone::utc().interval(text).unwrap() };
    with(|one| {
        one.when = Default::default();
        all.iter().for_each(|text| one.when.add(utc(text), "sohr".into()));
    })
}

/// Whoever leaves something open.
pub fn by() -> SourceId {
    "reuters".into()
}

/// Adds figures, each from a number up to another or without an end.
pub fn counted(measure: &str, figures: &[(u32, Option<u32>)], open: bool, mut one: Incident) -> Incident {
    let all = one.amounts.entry(measure.into()).or_default();
    for (min, max) in figures {
        let bounds = match max {
            Some(max) => Bounds::range(*min, *max).unwrap(),
            None => Bounds::parse(&format!(">={min}")).unwrap(),
        };
        all.add(bounds, "sohr".into());
    }
    if open {
        all.leave_open(by());
    }
    one
}
