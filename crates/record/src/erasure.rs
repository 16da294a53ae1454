//! Erasures: entries that name what was destroyed on purpose, so that an audit can tell it from what was lost or taken.
//!
//! The tree stands as it was: an entry that committed to something goes on committing to it, and only the bytes and the salt are gone.
//! This is the one kind of entry that the record itself reads.

use serde_json::Value;

use crate::digest::Digest;
use crate::entry::Entry;

/// The kind of such entries.
pub const ERASURE: &str = "erasure";

/// The digests that an entry names as erased; none, unless it is an erasure.
pub fn erased_by(entry: &Entry) -> Vec<Digest> {
    if entry.kind != ERASURE {
        return Vec::new();
    }
    let named = entry.body.get("erased").and_then(Value::as_array).into_iter().flatten();
    named.filter_map(|digest| digest.as_str()?.parse().ok()).collect()
}
