//! `verify`: a store, byte by byte; or a bundle, offline. Prints what was found and says by its exit code whether all of it holds.

use std::path::{Path, PathBuf};

use serde_json::json;
use truceline_record::LogVerifier;
use truceline_store::Store;

use super::prove::witness_keys;
use crate::bundle::verify::{Checked, Known, check};
use crate::cases::thresholds_again;
use crate::cli::record::Verify;
use crate::cli::{EXIT_FOUND, Format};
use crate::editions::Passing;
use crate::failure::Failure;
use crate::{files, log, out};

/// Verifies what is asked; 1 when something is wrong.
///
/// # Errors
/// When the call is wrong, or the store or bundle cannot be opened.
pub(crate) fn verify(asked: &Verify) -> Result<u8, Failure> {
    let kept = kept(asked.checkpoint.as_ref())?;
    match (&asked.store, &asked.bundle) {
        (Some(dir), _) => store(asked, dir, &kept),
        (None, Some(path)) => bundle(asked, path, kept),
        (None, None) => Err(Failure::usage("name a bundle, or a store: --store DIR")),
    }
}

/// The checkpoint that the call names, if any.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn kept(path: Option<&PathBuf>) -> Result<Vec<Vec<u8>>, Failure> {
    let read = |path: &PathBuf| {
        files::read(path, 1 << 20)
            .map_err(|e| Failure::usage(format!("could not read {}: {e}", path.display())))
    };
    path.map(read).into_iter().collect()
}

/// The log's key that the call gives, if any.
///
/// # Errors
/// When it is none.
pub(crate) fn log_key(text: Option<&String>) -> Result<Option<LogVerifier>, Failure> {
    let key =
        |text: &String| LogVerifier::new(text.trim()).map_err(|e| Failure::usage(format!("--key: {e}")));
    text.map(key).transpose()
}

fn bundle(asked: &Verify, path: &Path, kept: Vec<Vec<u8>>) -> Result<u8, Failure> {
    let quorum = asked.quorum.map(|n| usize::try_from(n).unwrap_or(usize::MAX));
    let known =
        Known { log: log_key(asked.key.as_ref())?, witnesses: witness_keys(&asked.witnesses)?, quorum, kept };
    let checked = check(path, &known, asked.threads)?;
    let closed = !checked.closed.is_empty();
    let holds = checked.faults.is_empty() && (checked.replayed.whole || (closed && asked.closed));
    match asked.format {
        Format::Text => told(&checked, holds)?,
        Format::Json => out::line(as_json(&checked, holds))?,
    }
    Ok(if holds { 0 } else { EXIT_FOUND })
}

fn told(checked: &Checked, holds: bool) -> Result<(), Failure> {
    if !checked.own_keys.is_empty() {
        out::line(format_args!(
            "BELIEVED ON THE BUNDLE'S OWN WORD: {}. Whoever made it chose them; give --key and --witness as you know them from elsewhere.",
            checked.own_keys.join("; ")
        ))?;
    }
    if let Some(bulletin) = &checked.bulletin {
        out::line(format_args!(
            "bulletin of entry {}, as of {}, from {} entries, frozen by {} with {}",
            checked.entry, bulletin.as_of, bulletin.entries, bulletin.by, bulletin.software
        ))?;
    }
    if let Some(size) = checked.proven {
        out::line(format_args!("tree: {size} entries are those that were signed"))?;
    }
    if let Some(stands) = checked.stands.as_ref().filter(|stands| stands.published) {
        let by: Vec<&str> = stands.by.iter().map(|(name, _)| name.as_str()).collect();
        out::line(format_args!("published: cosigned by {} ({} needed)", by.join(", "), stands.needed))?;
    }
    if let Some(passing) = &checked.passing {
        out::line(passed(passing))?;
    }
    let replayed = &checked.replayed;
    if replayed.whole {
        out::line(format_args!(
            "derived again: {} files byte for byte, {} figures",
            replayed.files, replayed.figures
        ))?;
    }
    if !checked.closed.is_empty() {
        out::line(format_args!(
            "{} entries are closed: their bytes are not in the bundle; {} figures come out without them; these cannot be derived again: {}",
            checked.closed.len(),
            replayed.figures,
            if replayed.not.is_empty() { "none".to_owned() } else { replayed.not.join(", ") }
        ))?;
    }
    replayed.notes.iter().try_for_each(|note| out::line(format_args!("note: {note}")))?;
    checked.faults.iter().take(50).try_for_each(|fault| out::line(format_args!("WRONG: {fault}")))?;
    if checked.faults.len() > 50 {
        out::line(format_args!("and {} more", checked.faults.len() - 50))?;
    }
    out::line(if holds {
        "the bulletin holds"
    } else {
        "THE BULLETIN DOES NOT HOLD, or not all of it could be checked"
    })
}

/// Who passed it, in words: two people of the ops room, or nobody but who froze it on the machine.
fn passed(passing: &Passing) -> String {
    if passing.needed == 0 {
        return "frozen on the machine by one person alone: nobody else passed it".to_owned();
    }
    let roles: Vec<&str> = passing.signed.iter().map(|one| one.role.as_str()).collect();
    let roles = if roles.is_empty() { "nobody".to_owned() } else { roles.join(", ") };
    format!(
        "passed by {} of {} people: {roles}; their names are closed, and that they are different people is the record's word where their roles are the same",
        passing.signed.len(),
        passing.needed
    )
}

fn passed_json(passing: &Passing) -> serde_json::Value {
    let signed = passing.signed.iter().map(|one| json!({ "entry": one.entry, "role": one.role.as_str() }));
    json!({
        "needed": passing.needed, "signed": signed.collect::<Vec<_>>(), "is_answered_for": passing.is_answered_for,
        "is_passed": passing.at.is_some(), "by_one_alone": passing.needed == 0,
    })
}

fn as_json(checked: &Checked, holds: bool) -> serde_json::Value {
    let stands = checked.stands.as_ref();
    let by: Vec<&str> = stands.iter().flat_map(|s| &s.by).map(|(name, _)| name.as_str()).collect();
    json!({
        "holds": holds, "entry": checked.entry, "as_of": checked.bulletin.as_ref().map(|b| b.as_of.to_string()),
        "entries": checked.proven, "tree": checked.proven.is_some(), "believed_on_its_own_word": checked.own_keys,
        "state": stands.map(|s| if s.published { "published" } else { "draft" }), "cosigned": by,
        "missing": stands.map(|s| &s.missing), "passed": checked.passing.as_ref().map(passed_json), "replayed": checked.replayed.whole, "closed_entries": checked.closed.len(),
        "not_replayed": checked.replayed.not, "notes": checked.replayed.notes, "faults": checked.faults,
    })
}

/// What to know of a key that the store says was replaced. It proves nothing: a thief's store can say so, too.
fn replaced(store: &Store, given: &LogVerifier) -> Option<String> {
    let now = store.verifier();
    let (_, until) = now.former().find(|(key, _)| *key == given.verifier_key())?;
    Some(format!(
        "the key that you gave counted for the first {until} entries, says this store, and then came {}. Whoever you know there can tell you whether that is so; then verify with it",
        now.verifier_key()
    ))
}

fn store(asked: &Verify, dir: &Path, kept: &[Vec<u8>]) -> Result<u8, Failure> {
    let store = log::open_to_verify(dir)?;
    let verifier = match log_key(asked.key.as_ref())? {
        Some(key) => key,
        None => store.verifier().clone(),
    };
    let replaced = replaced(&store, &verifier);
    let report =
        store.verify_against(&verifier, kept).map_err(|e| Failure::operation("verify the store", &e))?;
    let faults: Vec<String> = report.faults.iter().map(ToString::to_string).collect();
    // What is derived from bytes that do not hold says nothing.
    let again = report.is_clean().then(|| thresholds_again(&store)).transpose()?.unwrap_or_default();
    let not_passed: Vec<&String> = again.not_passed.iter().map(|(_, say)| say).collect();
    match asked.format {
        Format::Json => out::line(format_args!(
            "{}",
            json!({
                "replaced": replaced, "thresholds": { "looked_at": again.looked_at, "not_passed": not_passed },
                "entries": report.entries, "signed": report.signed, "checkpoints": report.checkpoints, "objects": report.objects, "orphans": report.orphans.len(),
                "root": report.root.to_string(), "clean": report.is_clean(), "first_wrong_entry": report.first_wrong_entry(), "faults": faults,
            })
        ))?,
        Format::Text => {
            out::line(format_args!(
                "{} entries, {} of them signed by {} checkpoints, {} objects",
                report.entries, report.signed, report.checkpoints, report.objects
            ))?;
            out::line(format_args!("root {}", report.root))?;
            replaced.iter().try_for_each(out::line)?;
            if !report.orphans.is_empty() {
                out::line(format_args!(
                    "{} objects that no entry names, as an interrupted command leaves them; truceline fsck lists them",
                    report.orphans.len()
                ))?;
            }
            if let Some(n) = report.first_wrong_entry() {
                out::line(format_args!("first wrong entry: {n}"))?;
            }
            faults.iter().try_for_each(|fault| out::line(format_args!("{fault}")))?;
            out::line(format_args!(
                "{}",
                if report.is_clean() {
                    "every byte is as it was signed"
                } else {
                    "the record has been changed or damaged"
                }
            ))?;
            if again.looked_at > 0 {
                out::line(format_args!(
                    "{} of {} cases opened on a threshold: it was passed by the entries before",
                    again.looked_at - not_passed.len(),
                    again.looked_at
                ))?;
            }
            not_passed.iter().try_for_each(out::line)?;
        }
    }
    Ok(if report.is_clean() && not_passed.is_empty() { 0 } else { EXIT_FOUND })
}
