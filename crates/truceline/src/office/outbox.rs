//! The office's side: what is still to be forwarded, the next letter, and what the centre's answer proves.
//!
//! The outbox is never stored: it is what an office forwards of its log, less what an answer has proven to stand in the centre's. So it cannot be
//! emptied by a lost letter, a lying centre or a kill: only by the centre's signature over each entry.

use serde_json::{Value, json};
use truceline_record::{Checkpoint, Entry, Extract, Item, leaf_hash};
use truceline_store::{Cut, NewEntry, Object, Store};

use super::letter::{self, Letter};
use super::register::{Centre, log_of};
use super::{STAYING, is_forwarded, of_kinds};
use crate::failure::Failure;
use crate::log::{self, kind};

/// How far the centre has proven to have this office's log.
#[derive(Clone, Debug)]
pub(crate) struct Covered {
    /// Entries of this log before this number are covered, or concern nobody else.
    pub(crate) to: u64,
    /// The centre's checkpoint that covers them.
    pub(crate) seen: Option<Checkpoint>,
}

/// What the log says is covered by this centre.
///
/// # Errors
/// When the log cannot be read, or holds a proof that is none.
pub(crate) fn covered(store: &Store, centre: &Centre) -> Result<Covered, Failure> {
    let mut covered = Covered { to: 0, seen: None };
    for entry in of_kinds(store, &[kind::COVERED])? {
        let note = entry.body.get("note").and_then(Value::as_str).unwrap_or_default();
        // Of a centre that was left, nothing counts.
        let Ok(checkpoint) = centre.key.open(note.as_bytes()) else { continue };
        let to = entry.body.get("to").and_then(Value::as_u64).unwrap_or_default();
        covered = Covered { to: to.max(covered.to), seen: Some(checkpoint) };
    }
    Ok(covered)
}

/// Entries that wait, in the order of the log.
///
/// # Errors
/// When the log cannot be read.
pub(crate) fn waiting(store: &Store, covered: &Covered) -> Result<Vec<Entry>, Failure> {
    let fail = |e| Failure::operation("read the log", &e);
    let mut all = Vec::new();
    for stored in store.entries(covered.to..store.len().map_err(fail)?) {
        let entry = stored.and_then(|stored| stored.decode()).map_err(fail)?;
        if is_forwarded(&entry) {
            all.push(entry);
        }
    }
    Ok(all)
}

/// The next letter, encrypted; `None` when nothing waits.
///
/// # Errors
/// When the log cannot be read, or what waits is not signed yet.
pub(crate) fn next(store: &Store, centre: &Centre, at_most: usize) -> Result<Option<Vec<u8>>, Failure> {
    let covered = covered(store, centre)?;
    if waiting(store, &covered)?.is_empty() {
        return Ok(None);
    }
    let cut = Cut { from: covered.to, at_most, seen: None, objects: true, staying: STAYING };
    let extract =
        store.extract(cut, is_forwarded).map_err(|e| Failure::operation("cut the next letter", &e))?;
    let seen = covered.seen.map_or(0, |seen| seen.size);
    Letter { seen, extract }.sealed(&letter::recipient(&centre.recipient)?).map(Some)
}

/// What an answer came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Settled {
    /// Entries that left the outbox now.
    pub(crate) covered: u64,
    /// Entries that still wait.
    pub(crate) waiting: u64,
}

/// Believes of an answer what it proves, and logs that.
///
/// # Errors
/// In words what it does not prove; or when the log cannot be written.
pub(crate) fn settle(store: &mut Store, centre: &Centre, answer: &[u8]) -> Result<Settled, Failure> {
    let wrong = |say: String| {
        Failure::not_found(format!(
            "the centre's answer proves nothing, and the outbox stays as it is: {say}"
        ))
    };
    let extract = Extract::parse(answer).map_err(|e| wrong(e.to_string()))?;
    let proven = extract.check(&centre.key).map_err(|e| wrong(e.to_string()))?;
    let before = covered(store, centre)?;
    if let Some(seen) = &before.seen {
        extract.check_extends(&proven.checkpoint, seen).map_err(|e| {
            wrong(format!("its log does not extend the {} entries that it signed before ({e})", seen.size))
        })?;
    }
    let mut waiting = waiting(store, &before)?.into_iter().peekable();
    let mut count = 0;
    let mut to = before.to;
    let own = log_of(store.verifier()).to_string();
    for taken in extract.items.iter().filter_map(|item| taken(item, &own)) {
        let Some(next) = waiting.peek() else { break };
        if taken.0 != next.n {
            continue;
        }
        let bytes = next.to_bytes().map_err(|e| Failure::operation("read the log", &e))?;
        if leaf_hash(&bytes).to_string() != taken.1 {
            return Err(wrong(format!("it took in another entry {} than was sent", next.n)));
        }
        to = next.n + 1;
        count += 1;
        waiting.next();
    }
    let left = waiting.count() as u64;
    if count > 0 {
        let note = String::from_utf8_lossy(&extract.note).into_owned();
        let entry = NewEntry {
            kind: kind::COVERED.into(),
            at: log::now(),
            body: json!({ "to": to, "centre": centre.key.verifier_key(), "note": note }),
            key: None,
            objects: vec![Object::Bytes(answer.to_vec())],
        };
        store.append(&[entry]).map_err(|e| Failure::operation("log what is covered", &e))?;
        crate::import::sign(store)?;
    }
    Ok(Settled { covered: count, waiting: left })
}

/// Which entry of this office an entry of the centre's log took in, and its hash.
fn taken(item: &Item, own: &str) -> Option<(u64, String)> {
    let Item::Entry(bytes) = item else { return None };
    let entry = Entry::from_bytes(bytes).ok().filter(|entry| entry.kind == kind::FORWARDED)?;
    let word = |name: &str| entry.body.get(name).and_then(Value::as_str);
    word("log").filter(|log| *log == own)?;
    Some((entry.body.get("n")?.as_u64()?, word("leaf")?.to_owned()))
}
