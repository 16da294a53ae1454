//! `replace-key`: another key for the log, by the word of two people: because it is time, because the one before was stolen, or because it is lost.
//!
//! The record goes on as it was, tree and all. Nobody outside believes the new key by this: witnesses, readers, replicas and offices are told by people.

use serde_json::json;
use truceline_record::LogSigner;
use truceline_store::Store;

use super::erase::two_people;
use crate::cli::record::ReplaceKey;
use crate::committed::{self, Raw};
use crate::failure::Failure;
use crate::log::{self, kind};
use crate::office::register;
use crate::out;
use crate::pipeline::Source;

/// Replaces the key.
///
/// # Errors
/// When two people of the mission are not named, the record does not hold together, or the store is an office's that forwards under its key.
pub(crate) fn run(asked: &ReplaceKey) -> Result<u8, Failure> {
    let dir = &asked.at.store;
    let (by, and, why) = (asked.by.trim(), asked.and.trim(), asked.why.trim());
    let loaded = Source::new(dir.clone()).loaded(None, 2)?;
    two_people("a new key", &loaded.mission.folder.people, by, and)?;
    if why.is_empty() || why.len() > 2000 {
        return Err(Failure::usage("--why says why in a few words; it cannot be empty"));
    }
    let fail = |e: &dyn std::fmt::Display| Failure::operation("replace the key", e);
    let reading = log::open_read_only(dir)?;
    if register::centre(&reading)?.is_some() {
        return Err(Failure::usage(
            "this office forwards to a centre, which knows it by its key: begin a new office, let the centre admit that one, and dismiss this",
        ));
    }
    // What somebody changed is not to be signed by a key that nobody has reason to doubt.
    let report = reading.verify().map_err(|e| fail(&e))?;
    if let Some(fault) = report.faults.first() {
        return Err(Failure::not_found(format!(
            "the record does not hold together, and keeps its key: {fault}"
        )));
    }
    let seed = log::seed()?;
    let to = LogSigner::new(reading.origin(), &seed).map_err(|e| fail(&e))?.verifier_key();
    let from = reading.verifier().verifier_key().to_owned();
    drop(reading);
    let at = log::now();
    let fields = [("by", json!(by)), ("and", json!(and)), ("why", json!(why))];
    let open = [("from", json!(from)), ("to", json!(to)), ("lost", json!(asked.lost))];
    let entry = committed::entry(kind::KEY_CHANGE, &at, &fields, &open, Raw::None)?;
    let done = if asked.lost {
        Store::replace_lost_key(dir, &seed, entry, &at)
    } else {
        log::open(dir)?.replace_key(&seed, entry, &at)
    };
    let done = done.map_err(|e| fail(&e))?;
    out::told(
        asked.format,
        format_args!(
            "entry {n}: the log signs under another key from here on\n{to}\nBring it by hand to everybody who has the one before, which counts for the first {n} entries and for no more:\n  \
             witnesses: truceline witness trust --log NEW, then witness distrust --log OLD; then truceline cosign\n  \
             readers: verify --key NEW\n  replicas: follow --key NEW --was OLD\n  offices: office join --key NEW\n\
             If the one before was stolen, say so loudly: whoever has it can sign another history of what came before, and show it to whoever was not told",
            n = done.n,
        ),
        &json!({ "entry": done.n, "from": done.from, "to": done.to, "signed": done.checkpoint.size }),
    )?;
    Ok(0)
}
