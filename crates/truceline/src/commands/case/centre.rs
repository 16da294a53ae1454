//! An act at an office in a case of its centre: logged here, under the centre's number, and forwarded with everything else that waits.
//!
//! The centre decides whether it is taken, by when it took it. Where a replica of the centre's record lies beside, what the centre would say as
//! far as is known here is told at once; the act is logged whatever that is, since the record may have gone on.

use std::path::Path;

use serde_json::json;
use truceline_casework::case::{CaseAct, CaseEntry, Docket, Refused};
use truceline_model::{Instant, Vouched};

use super::acting::{latest, moment_of};
use crate::cases;
use crate::cli::case::Acts;
use crate::failure::Failure;
use crate::loaded::Loaded;
use crate::office::acts::log_for_centre;
use crate::pipeline::Source;
use crate::{log, out};

/// Logs the act, for the centre.
///
/// # Errors
/// When this is no office, or the store or the replica cannot be used.
pub(super) fn put(acts: &Acts, loaded: &Loaded, vouched: Vouched, what: &CaseAct) -> Result<u8, Failure> {
    let at = moment_of(&loaded.mission, acts.when.as_deref())?;
    let (case, _, _) = cases::write_act(what);
    let case = case.ok_or_else(|| Failure::usage("this is in no case"))?;
    // Asked first, so that a replica that cannot be read costs no entry.
    let foreseen = acts.beside.as_deref().map(|beside| foresee(beside, &acts.by, at, what)).transpose()?;
    let mut store = log::open(&acts.at.store)?;
    let (entry, _) = log_for_centre(&mut store, &at.to_string(), (&acts.by, vouched), what, None)?
        .map_err(|_| {
            Failure::usage(
                "this store is no office: it has joined no centre (truceline office join), so that no case of a centre can be meant",
            )
        })?;
    let known = match &foreseen {
        None => String::new(),
        Some((entries, Ok(()))) => format!("; by the {entries} entries known here it would be taken"),
        Some((entries, Err(why))) => {
            format!("; by the {entries} entries known here it would be refused: {why}")
        }
    };
    let told = json!({
        "case": format!("centre:c{case}"), "entry": entry, "waits": true,
        "known_entries": foreseen.as_ref().map(|(entries, _)| entries),
        "would_be_taken": foreseen.as_ref().map(|(_, said)| said.is_ok()),
        "why": foreseen.as_ref().and_then(|(_, said)| said.as_ref().err().map(ToString::to_string)),
    });
    let words =
        format!("centre:c{case}: entry {entry} waits for the centre, which says whether it is taken{known}");
    out::told(acts.format, words, &told)?;
    Ok(0)
}

/// What the centre would say, by a replica of its record; with how many entries that has.
fn foresee(
    replica: &Path,
    by: &str,
    at: Instant,
    what: &CaseAct,
) -> Result<(u64, Result<(), Refused>), Failure> {
    let loaded = Source::new(replica.to_path_buf()).loaded(None, 2)?;
    let at = latest(&loaded, at);
    let next = CaseEntry { entry: loaded.entries, at, by: by.to_owned(), what: what.clone() };
    let said = if loaded.settings.is_empty() {
        match what {
            CaseAct::On(case, _) => Err(Refused::NoCase(*case)),
            _ => Ok(()),
        }
    } else {
        Docket::would(&loaded.settings, &loaded.case_entries, &next)
    };
    Ok((loaded.entries, said))
}
