//! An act of an office in a case of its centre: an entry of the office's log under the centre's number, which is forwarded with everything else that
//! waits. Decides nothing: the centre says whether it is taken, when it takes it in.

use truceline_casework::case::CaseAct;
use truceline_model::Vouched;
use truceline_store::{NewEntry, Outcome, Store};

use super::register;
use crate::cases;
use crate::failure::Failure;
use crate::log::InCase;
use crate::{import, log, secrets};

/// Why nothing was logged.
pub(crate) enum NotForCentre {
    /// This store has joined no centre.
    NoOffice,
    /// It is in no case of anybody's.
    NoCase,
}

/// Logs an act for the centre and signs: its entry, and whether it stood there already under the key.
///
/// # Errors
/// When the store cannot be read or written.
pub(crate) fn log_for_centre(
    store: &mut Store,
    at: &str,
    by: (&str, Vouched),
    what: &CaseAct,
    key: Option<[u8; 32]>,
) -> Result<Result<(u64, bool), NotForCentre>, Failure> {
    let (Some(case), value, words) = cases::write_act(what) else { return Ok(Err(NotForCentre::NoCase)) };
    if register::centre(store)?.is_none() {
        return Ok(Err(NotForCentre::NoOffice));
    }
    let entry = log::case(at, by, InCase::Centre(case), value, words.as_deref())?;
    // A store that commits to fields has a secret; without one a later report would take it for lost.
    secrets::of(store)?;
    let done = store
        .append(&[NewEntry { key: key.or(entry.key), ..entry }])
        .map_err(|e| Failure::operation("log the act", &e))?;
    import::sign(store)?;
    let done = done.first().map(|one| (one.n, one.outcome == Outcome::Duplicate));
    Ok(Ok(done.unwrap_or_default()))
}
