//! Whether a threshold of the terms is reached, on which somebody wants to open a case.
//!
//! Asked when the case is opened, of what is known then: the record holds that it was opened on a threshold, and what was counted is counted
//! again by whoever verifies the record, from the entries before it and as of its moment. What people determined and what the machine found are
//! never added up.

use std::sync::Arc;

use truceline_casework::case::{CaseAct, Complainant, Opening, counts};
use truceline_model::{ActorId, Instant, Threshold};

use super::format::write_complainant;
use super::unbidden::due_by_terms;
use super::{docket, found, read, settings_of};
use crate::committed::Missing;
use crate::duties::ledger;
use crate::failure::Failure;
use crate::loaded::{Loaded, load};
use crate::log::kind;
use crate::log_reader::LogReader;
use crate::out;
use crate::pipeline::derive;

/// Says nothing of openings that rest on no threshold, and of those whose threshold is reached.
///
/// # Errors
/// When it is not reached, with what it would need; or the mission's terms are not sound.
pub(crate) fn reached(loaded: &Arc<Loaded>, opening: &Opening, at: Instant) -> Result<(), Failure> {
    let Complainant::Threshold(threshold) = &opening.complainant else { return Ok(()) };
    if is_reached(loaded, opening, *threshold, at)? {
        return Ok(());
    }
    Err(Failure::usage(match threshold {
        Threshold::Persistent => {
            "the terms' number is not reached for this clause and respondent; truceline case counts shows the counts, and whoever thinks it persistent alleges it"
        }
        Threshold::Unmet => {
            "no duty of this clause is known to be unmet by this respondent; truceline duties shows the ledger, and whoever knows better alleges it"
        }
    }))
}

fn is_reached(
    loaded: &Arc<Loaded>,
    opening: &Opening,
    threshold: Threshold,
    at: Instant,
) -> Result<bool, Failure> {
    let against = |actor: &ActorId| opening.respondents.is_empty() || opening.respondents.contains(actor);
    Ok(match threshold {
        Threshold::Persistent => {
            let setting = settings_of(&loaded.mission)?;
            let derived = derive(Arc::clone(loaded), at, 2)?;
            counts(&derived.docket, &found(&derived), &setting).iter().any(|count| {
                count.clause == opening.clause
                    && against(&count.party)
                    && [count.is_persistent_determined, count.is_persistent_found].contains(&Some(true))
            })
        }
        Threshold::Unmet => ledger(loaded, at)?.chances.iter().any(|chance| {
            chance.procedure == opening.procedure
                && chance.unmet.clause == opening.clause
                && against(&chance.unmet.respondent)
        }),
    })
}

/// What came of looking again at the thresholds on which cases of a record were opened.
#[derive(Clone, Debug, Default)]
pub(crate) struct Again {
    /// So many were looked at.
    pub(crate) looked_at: usize,
    /// Those that this version does not find passed, by the entry and in words.
    pub(crate) not_passed: Vec<(u64, String)>,
}

/// Looks again, from the entries before each and as of its moment, whether the threshold was passed. What was destroyed since is not there to
/// be counted, and another version can find otherwise: both show here, and it is for people to say which it was.
///
/// # Errors
/// When the record cannot be read or derived.
pub(crate) fn thresholds_again(log: &dyn LogReader) -> Result<Again, Failure> {
    let mut again = Again::default();
    // Most records have none, and are not worked out for it.
    if !rests_on_thresholds(log)? {
        return Ok(again);
    }
    let loaded = load(log, None, 2)?;
    let latest = loaded.case_entries.iter().map(|one| one.at).max().unwrap_or(Instant::FAR_PAST);
    let docket = docket(&loaded, latest);
    for one in &loaded.case_entries {
        let CaseAct::Open(opening) = &one.what else { continue };
        let Complainant::Threshold(threshold) = opening.complainant else { continue };
        // What was refused opened nothing.
        if !docket.cases.keys().any(|case| case.0 == one.entry) {
            continue;
        }
        again.looked_at += 1;
        let before = Arc::new(load(log, Some(one.entry), 2)?);
        if !is_passed(&before, opening, threshold, one.at)? {
            let against: Vec<&str> = opening.respondents.iter().map(|actor| actor.as_str()).collect();
            let say = format!(
                "c{}: opened on {} of {} against {}; by the entries before it that was not passed",
                one.entry,
                write_complainant(&opening.complainant),
                out::shown(opening.clause.as_str()),
                out::shown(&against.join(", "))
            );
            again.not_passed.push((one.entry, say));
        }
    }
    Ok(again)
}

fn rests_on_thresholds(log: &dyn LogReader) -> Result<bool, Failure> {
    for entry in log.entries_before(log.size()?) {
        let entry = entry?;
        // One that an office forwarded is read with the whole record.
        if entry.kind == kind::FORWARDED {
            return Ok(true);
        }
        if entry.kind == kind::CASE
            && let Some(read) = read(log, &entry, &mut Missing::default())?
            && let CaseAct::Open(opening) = &read.act.what
            && matches!(opening.complainant, Complainant::Threshold(_))
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What the terms opened by themselves they must open again, since the same time; of a person's opening the threshold must be passed.
fn is_passed(
    before: &Arc<Loaded>,
    opening: &Opening,
    threshold: Threshold,
    at: Instant,
) -> Result<bool, Failure> {
    let Some(since) = opening.since else { return is_reached(before, opening, threshold, at) };
    let due = due_by_terms(before, at, || Ok(found(&derive(Arc::clone(before), at, 2)?)))?;
    Ok(due.iter().any(|what| {
        matches!(what, CaseAct::Open(one) if one.since == Some(since)
            && (&one.procedure, &one.clause, &one.respondents, &one.complainant)
                == (&opening.procedure, &opening.clause, &opening.respondents, &opening.complainant))
    }))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use truceline_casework::case::BY_THE_TERMS;
    use truceline_model::Vouched;

    use super::*;
    use crate::{cases, import, load, log, secrets};

    /// A store under the memorandum for Aceh, in which somebody who could write to it put an opening that the terms never made.
    #[test]
    fn an_opening_that_no_threshold_made_is_found() {
        let dir = tempfile::tempdir().unwrap();
        let store = dir.path().join("store");
        let mission = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agreements/aceh-2005");
        load::from_folder(&store, &mission).unwrap();
        assert_eq!(thresholds_again(&log::open_read_only(&store).unwrap()).unwrap().looked_at, 0);
        let opening = Opening {
            procedure: "ladder".into(),
            clause: "weapons".into(),
            incidents: [].into(),
            respondents: ["gam".into()].into(),
            complainant: Complainant::Threshold(Threshold::Unmet),
            rests_on: [].into(),
            since: Some(Instant::parse("2005-10-01T00:00:00Z").unwrap()),
            words: None,
        };
        let (case, value, words) = cases::write_act(&CaseAct::Open(opening));
        let at = "2005-10-02T00:00:00Z";
        let by = (BY_THE_TERMS, Vouched::Terms);
        let entry = log::case(at, by, case.into(), value, words.as_deref()).unwrap();
        let mut open = log::open(&store).unwrap();
        secrets::of(&open).unwrap();
        let n = open.append(&[entry]).unwrap()[0].n;
        import::sign(&mut open).unwrap();
        let again = thresholds_again(&open).unwrap();
        assert_eq!(again.looked_at, 1);
        let [(entry, say)] = again.not_passed.as_slice() else { panic!("{again:?}") };
        assert_eq!(*entry, n);
        assert!(say.contains("threshold:unmet of weapons against gam"), "{say}");
    }
}
