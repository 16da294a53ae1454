//! The ledger of duties of one record as of one moment: terms, judge and reports brought together. Holds no rule of its own.

use truceline_casework::duties::{AidPassage, Chance, Duty, DutyInput, aid, duties, may_open, unmet};
use truceline_model::Instant;
use truceline_terms::Judge;
use truceline_terms::duties::{concerns, dues, without_proof};

use crate::failure::Failure;
use crate::loaded::Loaded;

/// Everything that is known of duties.
pub(crate) struct Ledger {
    /// What is due and how it stands.
    pub(crate) duties: Vec<Duty>,
    /// Earlier days of quotas that are not told because there are too many.
    pub(crate) days_left_out: usize,
    /// Aid on its way.
    pub(crate) aid: Vec<AidPassage>,
    /// What procedures of the terms may open a case for.
    pub(crate) chances: Vec<Chance>,
}

/// Derives the ledger from what the log says (undone steps already left out).
///
/// # Errors
/// When the mission has no sound terms.
pub(crate) fn ledger(loaded: &Loaded, as_of: Instant) -> Result<Ledger, Failure> {
    let mission = loaded.mission.as_ref();
    let docket = crate::cases::docket(loaded, as_of);
    let terms = without_proof(&crate::cases::amended(mission.terms()?, &docket));
    let judge = Judge::new(&terms, &mission.actors, &mission.areas, as_of).with_sources(&mission.sources);
    let mut due = dues(&terms, &judge, as_of);
    // What readings part on is told by reading already.
    due.all.iter_mut().for_each(|due| due.turns_on.retain(|fact| !fact.starts_with("matter:")));
    let about = |due: &_, report: &_| concerns(&judge, due, report);
    let input =
        DutyInput { observations: &loaded.observations, zone: &mission.zone, as_of, concerns: &about };
    let duties = duties(due.all, &input);
    let unmet = unmet(&duties);
    let procedures = terms.clauses.iter().filter_map(|clause| Some((&clause.id, clause.procedure.as_ref()?)));
    Ok(Ledger {
        chances: may_open(&unmet, procedures),
        aid: aid(&loaded.observations, as_of),
        days_left_out: due.days_left_out,
        duties,
    })
}
