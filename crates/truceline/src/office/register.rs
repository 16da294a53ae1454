//! Who forwards to whom: the offices that a centre admitted, and the centre that an office joined. Both are entries of a log, so that
//! it stays on record who admitted an office, when and why, and who sent it away.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use truceline_record::{Digest, Entry, LogVerifier, digest_of};
use truceline_store::{NewEntry, Store};

use super::{letter, of_kinds};
use crate::failure::Failure;
use crate::log::kind;

/// An office as the centre knows it.
#[derive(Clone, Debug)]
pub(crate) struct Office {
    /// Its name in this mission.
    pub(crate) name: String,
    /// The key of its log.
    pub(crate) key: LogVerifier,
    /// Whether it may forward now.
    pub(crate) admitted: bool,
    /// The entry that says so.
    pub(crate) entry: u64,
}

impl Office {
    /// Names its log in entries: the digest of its key.
    pub(crate) fn log(&self) -> Digest {
        log_of(&self.key)
    }
}

/// Names a log in entries: the digest of its key.
pub(crate) fn log_of(key: &LogVerifier) -> Digest {
    digest_of(key.verifier_key().as_bytes())
}

/// The centre as an office knows it.
#[derive(Clone, Debug)]
pub(crate) struct Centre {
    /// The key of its log.
    pub(crate) key: LogVerifier,
    /// Whom letters are encrypted to.
    pub(crate) recipient: String,
}

/// Offices by the digest of their key, the last word on each.
///
/// # Errors
/// When the log cannot be read.
pub(crate) fn offices(store: &Store) -> Result<BTreeMap<Digest, Office>, Failure> {
    let mut all = BTreeMap::new();
    for entry in of_kinds(store, &[kind::OFFICE])? {
        if let Some(office) = office(&entry) {
            all.insert(office.log(), office);
        }
    }
    Ok(all)
}

fn office(entry: &Entry) -> Option<Office> {
    let word = |name: &str| entry.body.get(name).and_then(Value::as_str);
    Some(Office {
        name: word("name")?.to_owned(),
        key: LogVerifier::new(word("key")?).ok()?,
        admitted: word("standing")? == "admitted",
        entry: entry.n,
    })
}

/// The centre that this office joined last; none when it joined none.
///
/// # Errors
/// When the log cannot be read.
pub(crate) fn centre(store: &Store) -> Result<Option<Centre>, Failure> {
    let read = |entry: &Entry| {
        let word = |name: &str| entry.body.get(name).and_then(Value::as_str);
        let key = LogVerifier::new(word("key")?).ok()?;
        Some(Centre { key, recipient: word("recipient")?.to_owned() })
    };
    Ok(of_kinds(store, &[kind::CENTRE])?.last().and_then(read))
}

/// Who says it, and why.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said<'a> {
    /// Who.
    pub(crate) by: &'a str,
    /// Why.
    pub(crate) why: &'a str,
}

/// An entry that admits an office, or sends it away.
///
/// # Errors
/// When the name is empty or too long.
pub(crate) fn standing(
    at: &str,
    name: &str,
    key: &LogVerifier,
    admitted: bool,
    said: Said<'_>,
) -> Result<NewEntry, Failure> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.len() > 100 || !name.chars().all(plain) {
        return Err(Failure::usage("--name: letters, digits, `-`, `_` and `.`, at most 100 bytes"));
    }
    let standing = if admitted { "admitted" } else { "dismissed" };
    let body = json!({
        "name": name, "key": key.verifier_key(), "standing": standing, "by": said.by, "why": said.why,
    });
    Ok(entry(kind::OFFICE, at, body))
}

/// An entry that names the centre of this office.
///
/// # Errors
/// When the recipient is none.
pub(crate) fn joined(
    at: &str,
    key: &LogVerifier,
    recipient: &str,
    said: Said<'_>,
) -> Result<NewEntry, Failure> {
    letter::recipient(recipient)?;
    let body = json!({ "key": key.verifier_key(), "recipient": recipient, "by": said.by, "why": said.why });
    Ok(entry(kind::CENTRE, at, body))
}

fn entry(kind: &str, at: &str, body: Value) -> NewEntry {
    NewEntry { kind: kind.into(), at: at.into(), body, key: None, objects: Vec::new() }
}
