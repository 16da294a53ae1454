//! An entry but for its number: written and checked by whoever hands it in, so that whoever numbers it has little left to do.
//!
//! It never differs from [`crate::Entry`]: the entry's own bytes are made by this.

use serde_json::Value;

use crate::canonical::{CanonicalError, MAX_INTEGER, write_canonical, write_text};
use crate::digest::Digest;
use crate::entry::{ENVELOPE_VERSION, EntryError, MAX_ENTRY_BYTES, is_kind, is_utc};

/// The canonical bytes of an entry before and after its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    front: Vec<u8>,
    back: Vec<u8>,
}

impl Draft {
    /// Writes all but the number; members as in [`crate::Entry`].
    ///
    /// # Errors
    /// When no entry can be made of it, whatever its number.
    pub fn new(
        kind: &str,
        at: &str,
        key: Option<Digest>,
        objects: &[Digest],
        body: &Value,
    ) -> Result<Self, EntryError> {
        if !is_kind(kind) {
            return Err(EntryError::Kind { found: kind.to_owned() });
        }
        if !is_utc(at) {
            return Err(EntryError::Time { found: at.to_owned() });
        }
        // Written member by member in canonical order, since copying every body into a map costs more.
        let mut front = Vec::with_capacity(512);
        front.extend_from_slice(b"{\"at\":");
        write_text(&mut front, at);
        front.extend_from_slice(b",\"body\":");
        write_canonical(&mut front, body, 1).map_err(in_body)?;
        if let Some(key) = key {
            front.extend_from_slice(b",\"key\":");
            push_digest(&mut front, &key);
        }
        front.extend_from_slice(b",\"kind\":");
        write_text(&mut front, kind);
        front.extend_from_slice(b",\"n\":");
        let mut back = Vec::with_capacity(8 + objects.len() * 67 + 16);
        for (place, object) in objects.iter().enumerate() {
            back.extend_from_slice(if place == 0 { b",\"objects\":[" } else { b"," });
            push_digest(&mut back, object);
        }
        if !objects.is_empty() {
            back.push(b']');
        }
        back.extend_from_slice(format!(",\"v\":{ENVELOPE_VERSION}}}").as_bytes());
        // One digit is the least that a number takes.
        let least = front.len() + 1 + back.len();
        if least > MAX_ENTRY_BYTES {
            return Err(EntryError::TooLong { bytes: least });
        }
        Ok(Self { front, back })
    }

    /// The bytes of the entry with this number.
    ///
    /// # Errors
    /// When the number lies beyond 2^53 - 1, or the entry is longer with it than an entry may be.
    pub fn bytes(&self, n: u64) -> Result<Vec<u8>, EntryError> {
        if n > MAX_INTEGER {
            return Err(EntryError::Number);
        }
        let number = n.to_string();
        let bytes = [self.front.as_slice(), number.as_bytes(), self.back.as_slice()].concat();
        if bytes.len() > MAX_ENTRY_BYTES {
            return Err(EntryError::TooLong { bytes: bytes.len() });
        }
        Ok(bytes)
    }

    /// How many bytes it holds in memory.
    #[must_use]
    pub fn held(&self) -> usize {
        self.front.capacity() + self.back.capacity()
    }
}

/// A digest in quotes; nothing in it needs an escape.
fn push_digest(out: &mut Vec<u8>, digest: &Digest) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.push(b'"');
    for byte in digest.as_bytes() {
        for nibble in [byte >> 4, byte & 15] {
            out.extend(DIGITS.get(usize::from(nibble)));
        }
    }
    out.push(b'"');
}

/// Paths in an error begin at the envelope, not at the body.
fn in_body(error: CanonicalError) -> CanonicalError {
    let longer = |path: String| format!("$.body{}", path.strip_prefix('$').unwrap_or(&path));
    match error {
        CanonicalError::TooLarge { path, found } => CanonicalError::TooLarge { path: longer(path), found },
        CanonicalError::Fraction { path, found } => CanonicalError::Fraction { path: longer(path), found },
        CanonicalError::TooDeep { path } => CanonicalError::TooDeep { path: longer(path) },
        other => other,
    }
}
