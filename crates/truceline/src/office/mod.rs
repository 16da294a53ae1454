//! Offices with bad links: each works alone on a store and log of its own, and forwards what it has to its centre.
//!
//! A letter is an extract of the office's log, encrypted to the centre; it goes over HTTP, on a stick, or in a mail. The centre takes each
//! entry in under a number of its own, around the bytes that the office logged, and answers with an extract of its log. Only when
//! that proves, under the centre's signature, that an entry stands in the centre's log does it leave the outbox. Both sides remember what the
//! other has signed and take nothing that does not extend it. Letters and answers may be lost, doubled or come late: nothing is taken twice.
//!
//! Nothing here decides anything: where an office and the centre decided the same matter unlike, both decisions are shown to people.

pub(crate) mod acts;
pub(crate) mod erasures;
pub(crate) mod letter;
pub(crate) mod outbox;
pub(crate) mod register;
pub(crate) mod renumber;
pub(crate) mod take;
pub(crate) mod unlike;

use truceline_record::Entry;
use truceline_store::Store;

use crate::failure::Failure;
use crate::log::kind;

/// Kinds of entries that an office forwards. What it says of itself (its mission, its centre, what is covered) stays with it.
pub(crate) fn is_forwarded(entry: &Entry) -> bool {
    [
        kind::MAPPING,
        kind::FILE,
        kind::REPORT,
        kind::WORDS,
        kind::DECISION,
        kind::CASE,
        kind::ERASURE,
        kind::BULLETIN,
    ]
    .contains(&entry.kind.as_str())
}

/// Kinds whose objects stay at the office: the files of a bulletin are long for a bad line, and the entry has the digest of each.
pub(crate) const STAYING: &[&str] = &[kind::BULLETIN];

/// Entries of these kinds, in the order of the log.
///
/// # Errors
/// When the log cannot be read.
pub(crate) fn of_kinds(store: &Store, kinds: &[&str]) -> Result<Vec<Entry>, Failure> {
    let fail = |e| Failure::operation("read the log", &e);
    let mut found = Vec::new();
    for stored in store.entries(0..store.len().map_err(fail)?) {
        let entry = stored.and_then(|stored| stored.decode()).map_err(fail)?;
        if kinds.contains(&entry.kind.as_str()) {
            found.push(entry);
        }
    }
    Ok(found)
}

/// The office's entry of that kind around which an entry of the centre's log was put, under the centre's number.
///
/// # Errors
/// When the vault cannot be read.
pub(crate) fn inner(store: &Store, outer: &Entry, kind: &str) -> Result<Option<Entry>, Failure> {
    let Some(digest) = outer.objects.first() else { return Ok(None) };
    let bytes = store.object(digest).map_err(|e| Failure::operation("read the vault", &e))?;
    let inner = bytes.and_then(|bytes| Entry::from_bytes(&bytes).ok());
    Ok(inner.filter(|inner| inner.kind == kind).map(|inner| Entry { n: outer.n, ..inner }))
}
