//! Entries that commit to what they say: made with fresh salts, and opened again with what the vault holds.
//!
//! Whoever has the vault reads such an entry like any other; whoever has the tree alone sees which fields there are and nothing of what
//! they say. What was erased is told apart from what is lost: the caller asks the log which digests an erasure names.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use truceline_record::{
    Commitments, Digest, Disclosure, Entry as Logged, committed_body, digest_of, mark_salted, salted,
    unsalted,
};
use truceline_store::{NewEntry, Object};

use crate::failure::Failure;
use crate::loaded::broken;
use crate::log::kind;
use crate::log_reader::LogReader;
use crate::secrets;

/// Raw bytes of a report, for an entry that commits to them.
pub(crate) enum Raw {
    /// None: the entry has only fields.
    None,
    /// To be salted and kept now.
    Bytes(Vec<u8>),
    /// Salted and kept already.
    Kept(Digest),
}

impl Raw {
    fn object(self) -> Result<Option<Object>, Failure> {
        Ok(match self {
            Self::None => None,
            Self::Bytes(bytes) => Some(Object::Bytes(salted(&secrets::raw_salt()?, &bytes))),
            Self::Kept(digest) => Some(Object::Kept(digest)),
        })
    }
}

/// Lets an entry commit to fields and raw bytes; `open` stays in its body for everybody to read.
///
/// # Errors
/// When there is no randomness, or a value has no canonical bytes.
pub(crate) fn entry(
    kind: &str,
    at: &str,
    fields: &[(&str, Value)],
    open: &[(&str, Value)],
    raw: Raw,
) -> Result<NewEntry, Failure> {
    let raw = raw.object()?;
    let mut digests = BTreeMap::new();
    let mut kept = BTreeMap::new();
    for (name, value) in fields {
        let disclosure = Disclosure::new(&secrets::field_salt()?, name, value.clone());
        let bytes = disclosure.to_bytes().map_err(|e| Failure::operation("write an entry", &e))?;
        digests.insert((*name).to_owned(), digest_of(&bytes));
        kept.insert(*name, bytes);
    }
    let mut body = if digests.is_empty() { Map::new() } else { committed_body(&digests, raw.is_some()) };
    if raw.is_some() {
        mark_salted(&mut body);
    }
    body.extend(open.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    let objects = raw.into_iter().chain(kept.into_values().map(Object::Bytes)).collect();
    Ok(NewEntry { kind: kind.to_owned(), at: at.to_owned(), body: Value::Object(body), key: None, objects })
}

/// Digests that entries refer to and the vault does not hold, with the entry.
pub(crate) type Missing = BTreeMap<Digest, u64>;

/// What an entry says, fields and all. An entry of an older form, which shows all that it says, gives its body.
///
/// # Errors
/// When a field is not what the entry commits to. One that the vault lacks is left out and noted in `missing`.
pub(crate) fn body(log: &dyn LogReader, entry: &Logged, missing: &mut Missing) -> Result<Value, Failure> {
    let commitments = Commitments::of(entry).map_err(|e| broken(entry, &e.to_string()))?;
    if commitments.fields.is_empty() {
        return Ok(entry.body.clone());
    }
    let mut said = entry.body.as_object().cloned().unwrap_or_default();
    said.remove("fields");
    for digest in commitments.fields.values() {
        let found = log.object_bytes(digest)?;
        let Some(bytes) = found else {
            missing.insert(*digest, entry.n);
            continue;
        };
        said.extend(commitments.open([&bytes[..]]).map_err(|e| broken(entry, &e.to_string()))?);
    }
    Ok(Value::Object(said))
}

/// The bytes of a report as they came; `None` where the vault lacks them, noted in `missing`.
///
/// # Errors
/// When the vault cannot be read, or the bytes are not those that the entry names.
pub(crate) fn raw(
    log: &dyn LogReader,
    entry: &Logged,
    missing: &mut Missing,
) -> Result<Option<Vec<u8>>, Failure> {
    let digest = entry.objects.first().copied();
    let digest = digest.ok_or_else(|| broken(entry, "no object where one is needed"))?;
    match log.object_bytes(&digest)? {
        Some(object) => raw_of(is_salted(entry), object)
            .map(Some)
            .ok_or_else(|| broken(entry, "bytes without their salt")),
        None => {
            missing.insert(digest, entry.n);
            Ok(None)
        }
    }
}

/// Whether an entry's first object is salted.
pub(crate) fn is_salted(entry: &Logged) -> bool {
    entry.body.get("raw").and_then(Value::as_str) == Some("salted")
}

/// The bytes that came, out of an object.
pub(crate) fn raw_of(is_salted: bool, mut object: Vec<u8>) -> Option<Vec<u8>> {
    if !is_salted {
        return Some(object);
    }
    let head = object.len().checked_sub(unsalted(&object)?.len())?;
    object.drain(..head);
    Some(object)
}

/// Which erasure took what is missing: the erasure's entry, by the entry that lacks something.
///
/// # Errors
/// When something is missing that no erasure of the log names.
pub(crate) fn erased(log: &dyn LogReader, missing: &Missing) -> Result<BTreeMap<u64, u64>, Failure> {
    let mut by_entry = BTreeMap::new();
    if missing.is_empty() {
        return Ok(by_entry);
    }
    let erasures = erasures(log)?;
    for (digest, n) in missing {
        let Some(erasure) = erasures.get(digest) else {
            return Err(Failure::operation(
                "read the log",
                &format!("entry {n} holds an object that the vault does not have; run truceline verify"),
            ));
        };
        by_entry.insert(*n, *erasure);
    }
    Ok(by_entry)
}

/// Digests that erasures of the log name, each with the first entry that names it.
///
/// # Errors
/// When the log cannot be read.
pub(crate) fn erasures(log: &dyn LogReader) -> Result<BTreeMap<Digest, u64>, Failure> {
    let mut all = BTreeMap::new();
    for entry in log.entries_before(log.size()?) {
        let entry = entry?;
        if entry.kind == kind::ERASURE {
            for digest in truceline_record::erased_by(&entry) {
                all.entry(digest).or_insert(entry.n);
            }
        }
    }
    Ok(all)
}
