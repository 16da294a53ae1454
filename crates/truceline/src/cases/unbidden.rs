//! Cases that the terms open by themselves, asked of a record and written into it. Casework says which; nobody's name stands under them.
//!
//! It is asked when somebody acts in a case, at each round of the watch, and, where the ops room is served, whenever the record has grown and
//! every half minute. What is written is worked out while nobody else can write, so that two who ask at once open nothing twice; after a
//! kill the next who asks goes on from what stands in the record.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use truceline_casework::case::{Act, BY_THE_TERMS, CaseAct, CaseEntry, Docket, FoundIn, UnmetDuty};
use truceline_model::{Instant, Threshold, Vouched};
use truceline_store::Store;

use super::format::write_complainant;
use super::{docket, found, settings_of, write_act};
use crate::duties::ledger;
use crate::failure::Failure;
use crate::loaded::{Loaded, load};
use crate::mission::Mission;
use crate::office::register;
use crate::pipeline::derive;
use crate::{import, log, secrets};

/// Whether a mission's terms open any case by themselves.
fn opens_by_terms(mission: &Mission) -> bool {
    settings_of(mission)
        .is_ok_and(|setting| setting.procedures.values().any(|procedure| !procedure.opened_when.is_empty()))
}

/// What the terms open by themselves as of a moment; `found` is asked only where they open for what is found.
///
/// # Errors
/// When the mission has no sound terms, or the record cannot be derived.
pub(super) fn due_by_terms(
    loaded: &Loaded,
    at: Instant,
    found: impl FnOnce() -> Result<Vec<FoundIn>, Failure>,
) -> Result<Vec<CaseAct>, Failure> {
    let setting = settings_of(&loaded.mission)?;
    let opens = |threshold| setting.procedures.values().any(|one| one.opened_when.contains(&threshold));
    let found = match opens(Threshold::Persistent) && setting.persistence.is_some() {
        true => found()?,
        false => Vec::new(),
    };
    let unmet: Vec<UnmetDuty> = match opens(Threshold::Unmet) {
        false => Vec::new(),
        true => ledger(loaded, at)?
            .chances
            .iter()
            .map(|chance| UnmetDuty {
                procedure: chance.procedure.clone(),
                clause: chance.unmet.clause.clone(),
                respondent: chance.unmet.respondent.clone(),
                since: chance.unmet.since,
            })
            .collect(),
    };
    let docket = docket(loaded, at);
    let openings = docket.opened_by_terms(&setting, &found, &unmet);
    those_taken(loaded, at, openings.into_iter().map(CaseAct::Open).collect())
}

/// Acts that would be taken: what stands in the way of one now may be gone later, and nothing is written for it meanwhile.
///
/// # Errors
/// When the mission has no sound terms.
pub(crate) fn those_taken(loaded: &Loaded, at: Instant, acts: Vec<CaseAct>) -> Result<Vec<CaseAct>, Failure> {
    // Before the first case nothing was read of what cases go by.
    let settings = match loaded.settings.is_empty() {
        true => Cow::Owned(BTreeMap::from([(0, settings_of(&loaded.mission)?)])),
        false => Cow::Borrowed(&loaded.settings),
    };
    let mut entries = loaded.case_entries.clone();
    let mut taken = Vec::new();
    for what in acts {
        let entry = loaded.entries.saturating_add(u64::try_from(taken.len()).unwrap_or(u64::MAX));
        let next = CaseEntry { entry, at, by: BY_THE_TERMS.to_owned(), what: what.clone() };
        if Docket::would(&settings, &entries, &next).is_ok() {
            entries.push(next);
            taken.push(what);
        }
    }
    Ok(taken)
}

/// Writes what the terms did by themselves, and signs; the entries. Nothing at an office.
///
/// # Errors
/// When the store cannot be written.
pub(crate) fn write_by_terms(store: &mut Store, at: Instant, acts: &[CaseAct]) -> Result<Vec<u64>, Failure> {
    // An office knows its own reports alone; its centre's terms act at the centre.
    if acts.is_empty() || register::centre(store)?.is_some() {
        return Ok(Vec::new());
    }
    let entry = |what: &CaseAct| {
        let (case, value, words) = write_act(what);
        log::case(&at.to_string(), (BY_THE_TERMS, Vouched::Terms), case.into(), value, words.as_deref())
    };
    let entries = acts.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
    // A store that commits to fields has a secret; without one a later report would take it for lost.
    secrets::of(store)?;
    let done = store.append(&entries).map_err(|e| Failure::operation("log what the terms do", &e))?;
    import::sign(store)?;
    Ok(done.into_iter().map(|one| one.n).collect())
}

/// What the terms do by themselves as of a moment: tell the record of clocks that ran out, and open cases. In a mission that looks back nobody's
/// clock runs, and no lapse is told.
///
/// # Errors
/// As [`due_by_terms`].
pub(crate) fn acts_by_terms(
    loaded: &Loaded,
    at: Instant,
    found: impl FnOnce() -> Result<Vec<FoundIn>, Failure>,
) -> Result<Vec<CaseAct>, Failure> {
    let mut acts: Vec<CaseAct> = Vec::new();
    if loaded.mission.opens_at.is_none() && !loaded.case_entries.is_empty() {
        let lapses = docket(loaded, at).lapses();
        acts.extend(lapses.into_iter().map(|one| CaseAct::On(one.case, Act::Lapse { step: one.step })));
    }
    if opens_by_terms(&loaded.mission) {
        acts.extend(due_by_terms(loaded, at, found)?);
    }
    Ok(acts)
}

/// Does what the terms do by themselves as of a moment; a line for people of each. `has_lapsed`: a clock ran out of which the record was not told.
///
/// # Errors
/// When the store cannot be read or written.
pub(crate) fn act_by_terms(
    dir: &Path,
    mission: &Mission,
    at: Instant,
    has_lapsed: bool,
) -> Result<Vec<String>, Failure> {
    // Where there is nothing of either kind the record is not read once more for it.
    if !opens_by_terms(mission) && (!has_lapsed || mission.opens_at.is_some()) {
        return Ok(Vec::new());
    }
    let mut store = log::open(dir)?;
    let loaded = Arc::new(load(&store, None, 2)?);
    let acts = acts_by_terms(&loaded, at, || Ok(found(&derive(Arc::clone(&loaded), at, 2)?)))?;
    let acts = those_taken(&loaded, at, acts)?;
    let entries = write_by_terms(&mut store, at, &acts)?;
    Ok(entries.into_iter().zip(&acts).filter_map(|(entry, what)| line(entry, what, at)).collect())
}

/// What the terms did, for people.
fn line(entry: u64, what: &CaseAct, at: Instant) -> Option<String> {
    match what {
        CaseAct::Open(one) => {
            let against: Vec<&str> = one.respondents.iter().map(|actor| actor.as_str()).collect();
            let since = one.since.unwrap_or(at);
            Some(format!(
                "c{entry}  opened by the terms: {} of {}, {} against {}, since {since}",
                write_complainant(&one.complainant),
                one.procedure,
                one.clause,
                against.join(", ")
            ))
        }
        CaseAct::On(case, Act::Lapse { step }) => {
            Some(format!("{case}  {step} had run out; the terms told the record (entry {entry})"))
        }
        CaseAct::On(..) | CaseAct::ClockFault(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load;

    /// In a mission whose own clock runs: an allegation of ten years ago, of which nobody has told the record anything since.
    #[test]
    fn who_acts_next_finds_every_clock_that_ran_out_told() {
        let dir = tempfile::tempdir().unwrap();
        let (store, folder) = (dir.path().join("ops"), dir.path().join("small"));
        std::fs::create_dir(&folder).unwrap();
        let mission =
            "mission small {\n    zone \"Asia/Damascus\"\n}\nperson \"operator\" role=\"hotline-operator\"\n";
        for (name, text) in [
            ("agreement.md", include_str!("../../tests/fixtures/small_truce.md")),
            ("actors.csv", include_str!("../../tests/fixtures/small_truce.csv")),
            ("mission.kdl", mission),
        ] {
            std::fs::write(folder.join(name), text).unwrap();
        }
        load::from_folder(&store, &folder).unwrap();
        let opening = truceline_casework::case::Opening {
            procedure: "arbitration".into(),
            clause: "fire".into(),
            incidents: [truceline_model::IncidentId::new("i-1")].into(),
            respondents: ["ahrar".into()].into(),
            complainant: truceline_casework::case::Complainant::Public(None),
            rests_on: [].into(),
            since: None,
            words: None,
        };
        let (case, value, words) = write_act(&CaseAct::Open(opening));
        let by = ("operator", Vouched::Machine);
        let entry = log::case("2016-05-03T09:00:00Z", by, case.into(), value, words.as_deref()).unwrap();
        let mut open = log::open(&store).unwrap();
        secrets::of(&open).unwrap();
        open.append(&[entry]).unwrap();
        import::sign(&mut open).unwrap();
        let before = crate::loaded::load(&open, None, 1).unwrap();
        drop(open);
        let at = Instant::parse("2016-06-03T09:00:00Z").unwrap();
        let lapsed: Vec<String> = docket(&before, at).lapses().into_iter().map(|one| one.step).collect();
        assert_eq!(lapsed, ["notice", "judge", "talk"]);
        let told = act_by_terms(&store, &before.mission, at, true).unwrap();
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(told[1].contains("judge had run out; the terms told the record"), "{told:?}");
        let after = crate::loaded::load(&log::open(&store).unwrap(), None, 1).unwrap();
        let after = docket(&after, at);
        assert!(after.lapses().is_empty());
        let case = after.cases.values().next().unwrap();
        for n in 1..case.clocks.len() {
            assert!(case.begun_by(n).unwrap().recorded.is_some(), "no clock without an entry");
        }
        assert_eq!(act_by_terms(&store, &before.mission, at, true).unwrap(), Vec::<String>::new(), "once");
    }
}
