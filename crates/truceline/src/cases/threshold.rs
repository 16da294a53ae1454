//! Whether a threshold of the terms is reached, on which somebody wants to open a case.
//!
//! Asked when the case is opened, of what is known then: the record holds that it was opened on a threshold, and what was counted can be counted
//! again as of that moment. What people determined and what the machine found are never added up.

use std::sync::Arc;

use truceline_casework::case::{Complainant, Opening, counts};
use truceline_model::{ActorId, Instant, Threshold};

use super::{found, settings_of};
use crate::duties::ledger;
use crate::failure::Failure;
use crate::loaded::Loaded;
use crate::pipeline::derive;

/// Says nothing of openings that rest on no threshold, and of those whose threshold is reached.
///
/// # Errors
/// When it is not reached, with what it would need; or the mission's terms are not sound.
pub(crate) fn reached(loaded: &Arc<Loaded>, opening: &Opening, at: Instant) -> Result<(), Failure> {
    let Complainant::Threshold(threshold) = &opening.complainant else { return Ok(()) };
    let against = |actor: &ActorId| opening.respondents.is_empty() || opening.respondents.contains(actor);
    let is_reached = match threshold {
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
    };
    if is_reached {
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
