//! `bundle.json`: which bulletin a bundle is of, and length and SHA-256 of every other file. Canonical bytes and one line end, so that it has
//! one spelling. It proves nothing by itself: it tells damage from completeness; what the files prove is for `verify`.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use truceline_record::{canonical_bytes, check_canonical};

use super::Part;
use crate::bulletins::Frozen;

/// Largest list that is read: two million files.
pub(crate) const LIST_LIMIT: u64 = 256 << 20;

/// The list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct List {
    /// The bulletin's entry.
    pub(crate) bulletin: u64,
    /// Every file but the list itself, by name.
    pub(crate) files: BTreeMap<String, Frozen>,
}

impl List {
    /// Its bytes.
    ///
    /// # Errors
    /// When a number lies beyond what JSON readers keep.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, String> {
        let file = |(name, file): (&String, &Frozen)| {
            (name.clone(), json!({ "bytes": file.bytes, "sha256": file.digest.to_string() }))
        };
        let files: Map<String, Value> = self.files.iter().map(file).collect();
        let list = json!({ "bulletin": self.bulletin, "files": files, "truceline-bundle": 1 });
        let mut bytes = canonical_bytes(&list).map_err(|e| e.to_string())?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Reads it; anything but the bytes that [`List::to_bytes`] gives is refused.
    ///
    /// # Errors
    /// In words.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let wrong = |what: &str| format!("bundle.json cannot be used: {what}");
        let line = bytes.strip_suffix(b"\n").ok_or_else(|| wrong("it is cut short"))?;
        let list = check_canonical(line).map_err(|e| wrong(&e.to_string()))?;
        let number = |value: &Value, name: &str| value.get(name).and_then(Value::as_u64);
        if number(&list, "truceline-bundle") != Some(1) {
            return Err(wrong("it is of no form that this version knows"));
        }
        let mut files = BTreeMap::new();
        for (name, file) in list.get("files").and_then(Value::as_object).into_iter().flatten() {
            if Part::parse(name).is_none_or(|part| part == Part::List) {
                let shown: String = name.chars().take(80).collect();
                return Err(wrong(&format!("no part of a bundle is called \"{shown}\"")));
            }
            let digest = file.get("sha256").and_then(Value::as_str).and_then(|d| d.parse().ok());
            let frozen = number(file, "bytes").zip(digest).map(|(bytes, digest)| Frozen { bytes, digest });
            files.insert(name.clone(), frozen.ok_or_else(|| wrong("a file without length or digest"))?);
        }
        let bulletin = number(&list, "bulletin").ok_or_else(|| wrong("it names no bulletin"))?;
        let read = Self { bulletin, files };
        if read.to_bytes().as_deref() != Ok(bytes) {
            return Err(wrong("it says more than a list does"));
        }
        Ok(read)
    }
}
