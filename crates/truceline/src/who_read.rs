//! Who was shown what, out of the record: each read that the ops room noted, with the entry that holds it. Shows nothing of what was read.

use serde_json::{Value, json};
use truceline_store::Store;

use crate::committed::{self, Missing};
use crate::failure::Failure;
use crate::log::kind;

/// One read.
pub(crate) struct Read {
    /// The entry that holds it.
    pub(crate) entry: u64,
    /// When that was logged (UTC); the read was within the second before it, or within the minute after it, again.
    pub(crate) at: String,
    /// Who was shown it.
    pub(crate) by: String,
    /// What kind of thing: `case`, `sealed-evidence`, `words`, `export`, `reads` …
    pub(crate) what: String,
    /// Which one.
    pub(crate) of: String,
}

impl Read {
    /// As JSON.
    pub(crate) fn json(&self) -> Value {
        json!({ "entry": self.entry, "at": self.at, "by": self.by, "what": self.what, "of": self.of })
    }
}

/// Reads that stand in entries from `from` on, until at least `most` were found; and the entry to go on from, where there are more entries.
///
/// # Errors
/// When the log cannot be read.
pub(crate) fn reads(store: &Store, from: u64, most: usize) -> Result<(Vec<Read>, Option<u64>), Failure> {
    let fail = |e: &dyn std::fmt::Display| Failure::operation("read the log", e);
    let length = store.len().map_err(|e| fail(&e))?;
    let mut all = Vec::new();
    for stored in store.entries(from.min(length)..length) {
        let entry = stored.and_then(|stored| stored.decode()).map_err(|e| fail(&e))?;
        if entry.kind != kind::READ {
            continue;
        }
        if all.len() >= most {
            return Ok((all, Some(entry.n)));
        }
        let body = committed::body(store, &entry, &mut Missing::new())?;
        let at = body.get("at").and_then(Value::as_str).unwrap_or(&entry.at).to_owned();
        for read in body.get("reads").and_then(Value::as_array).into_iter().flatten() {
            let text = |name: &str| read.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            all.push(Read {
                entry: entry.n,
                at: at.clone(),
                by: text("by"),
                what: text("what"),
                of: text("of"),
            });
        }
    }
    Ok((all, None))
}
