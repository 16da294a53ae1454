//! One entry of the log: an envelope around a body that this crate does not understand.
//!
//! The envelope says which number the entry has, what kind its body is, when it was logged, which
//! objects of the vault it refers to, and under which key it is not to be logged twice. All of it is
//! under the tree's hash, so an index that repeats any of it can be checked and rebuilt.
//!
//! It never says what a body means, and never decodes an entry leniently: bytes that this module
//! would not have written are refused.

use core::fmt;

use serde_json::{Map, Value};

use crate::canonical::{CanonicalError, MAX_INTEGER, check_canonical};
use crate::digest::Digest;
use crate::draft::Draft;

/// Longest entry in bytes: `tlog-tiles` bundles give its length two bytes.
pub const MAX_ENTRY_BYTES: usize = 65_535;

/// The version of the envelope that this crate writes.
pub const ENVELOPE_VERSION: u64 = 1;

/// One entry. Its bytes are the canonical JSON of
/// `{"v":1,"n":…,"kind":…,"at":…,"key":…,"objects":[…],"body":…}`; `key` and an empty `objects` are left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The number of the entry, counted from 0.
    pub n: u64,
    /// What the body is: lower-case words joined by `-`, at most 64 bytes. Named by the caller.
    pub kind: String,
    /// When it was logged: RFC 3339 in UTC, e.g. `2016-04-28T06:00:00Z`.
    pub at: String,
    /// A key under which nothing else is ever logged: the same key sent twice is one entry.
    pub key: Option<Digest>,
    /// Objects of the vault that the entry refers to, in the caller's order.
    pub objects: Vec<Digest>,
    /// The body, defined by the caller for its kind.
    pub body: Value,
}

/// Why an entry cannot be written, or why bytes are not an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryError {
    /// No canonical bytes.
    Canonical(CanonicalError),
    /// Longer than [`MAX_ENTRY_BYTES`].
    TooLong {
        /// How long it would be, in bytes.
        bytes: usize,
    },
    /// The number lies beyond 2^53 - 1.
    Number,
    /// The kind is not lower-case words joined by `-`.
    Kind {
        /// The kind as given.
        found: String,
    },
    /// The time is not RFC 3339 in UTC.
    Time {
        /// The time as given.
        found: String,
    },
    /// A member of the envelope is missing, has the wrong type or is unknown.
    Envelope {
        /// The member.
        member: String,
    },
    /// A version of the envelope that this crate cannot read.
    Version {
        /// The version as written.
        found: String,
    },
}

impl fmt::Display for EntryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Canonical(error) => error.fmt(f),
            Self::TooLong { bytes } => write!(
                f,
                "{bytes} bytes, and an entry holds {MAX_ENTRY_BYTES}; put the large part in the vault and name it in `objects`"
            ),
            Self::Number => f.write_str("the entry's number lies beyond 2^53 - 1"),
            Self::Kind { found } => {
                write!(f, "kind `{found}`: wanted lower-case words joined by `-`, at most 64 bytes")
            }
            Self::Time { found } => {
                write!(f, "time `{found}`: wanted RFC 3339 in UTC, like 2016-04-28T06:00:00Z")
            }
            Self::Envelope { member } => {
                write!(f, "member `{member}` of the envelope is missing, unknown or of the wrong type")
            }
            Self::Version { found } => {
                write!(
                    f,
                    "envelope version {found}: this program reads version {ENVELOPE_VERSION}; use a newer one"
                )
            }
        }
    }
}

impl core::error::Error for EntryError {}

impl From<CanonicalError> for EntryError {
    fn from(error: CanonicalError) -> Self {
        Self::Canonical(error)
    }
}

impl Entry {
    /// The entry's bytes: what is hashed, stored and served.
    pub fn to_bytes(&self) -> Result<Vec<u8>, EntryError> {
        Draft::new(&self.kind, &self.at, self.key, &self.objects, &self.body)?.bytes(self.n)
    }

    /// Reads an entry; anything but the bytes that [`Entry::to_bytes`] gives is refused.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EntryError> {
        if bytes.len() > MAX_ENTRY_BYTES {
            return Err(EntryError::TooLong { bytes: bytes.len() });
        }
        let Value::Object(mut envelope) = check_canonical(bytes)? else {
            return Err(envelope_error("$"));
        };
        let version = envelope.remove("v").ok_or_else(|| envelope_error("v"))?;
        if version != ENVELOPE_VERSION {
            return Err(EntryError::Version { found: version.to_string() });
        }
        let n = envelope.remove("n").and_then(|n| n.as_u64()).ok_or_else(|| envelope_error("n"))?;
        let entry = Self {
            n,
            kind: take_text(&mut envelope, "kind")?,
            at: take_text(&mut envelope, "at")?,
            key: envelope.remove("key").map(|key| read_digest(&key, "key")).transpose()?,
            objects: envelope.remove("objects").map_or(Ok(Vec::new()), |list| read_objects(&list))?,
            body: envelope.remove("body").ok_or_else(|| envelope_error("body"))?,
        };
        if let Some(unknown) = envelope.keys().next() {
            return Err(envelope_error(unknown));
        }
        entry.check()?;
        Ok(entry)
    }

    fn check(&self) -> Result<(), EntryError> {
        if self.n > MAX_INTEGER {
            return Err(EntryError::Number);
        }
        if !is_kind(&self.kind) {
            return Err(EntryError::Kind { found: self.kind.clone() });
        }
        if !is_utc(&self.at) {
            return Err(EntryError::Time { found: self.at.clone() });
        }
        Ok(())
    }
}

fn envelope_error(member: &str) -> EntryError {
    EntryError::Envelope { member: member.to_owned() }
}

fn take_text(envelope: &mut Map<String, Value>, member: &str) -> Result<String, EntryError> {
    match envelope.remove(member) {
        Some(Value::String(text)) => Ok(text),
        _ => Err(envelope_error(member)),
    }
}

fn read_digest(value: &Value, member: &str) -> Result<Digest, EntryError> {
    value.as_str().and_then(|text| text.parse().ok()).ok_or_else(|| envelope_error(member))
}

/// An empty list is refused: it is written as no list, and one entry has one spelling.
fn read_objects(list: &Value) -> Result<Vec<Digest>, EntryError> {
    match list.as_array() {
        Some(items) if !items.is_empty() => items.iter().map(|item| read_digest(item, "objects")).collect(),
        _ => Err(envelope_error("objects")),
    }
}

pub(crate) fn is_kind(kind: &str) -> bool {
    kind.len() <= 64
        && kind.split('-').all(|word| {
            word.starts_with(|c: char| c.is_ascii_lowercase())
                && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        })
}

/// `YYYY-MM-DDTHH:MM:SS[.fraction]Z`, each part within its range. The month's length is left to the
/// caller's calendar: here the time is a label under the hash, and nothing is computed from it.
pub(crate) fn is_utc(at: &str) -> bool {
    let Some(rest) = at.strip_suffix('Z') else { return false };
    let (whole, fraction) = rest.split_once('.').unwrap_or((rest, "0"));
    let fraction_ok = (1..=9).contains(&fraction.len()) && fraction.bytes().all(|b| b.is_ascii_digit());
    let shape_ok = whole.len() == 19
        && whole
            .bytes()
            .zip("0000-00-00T00:00:00".bytes())
            .all(|(found, wanted)| if wanted == b'0' { found.is_ascii_digit() } else { found == wanted });
    let part = |from: usize, to: usize| whole.get(from..to).and_then(|text| text.parse::<u8>().ok());
    fraction_ok
        && shape_ok
        && part(5, 7).is_some_and(|month| (1..=12).contains(&month))
        && part(8, 10).is_some_and(|day| (1..=31).contains(&day))
        && part(11, 13).is_some_and(|hour| hour < 24)
        && part(14, 16).is_some_and(|minute| minute < 60)
        && part(17, 19).is_some_and(|second| second <= 60)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::digest::digest_of;

    fn entry() -> Entry {
        Entry {
            n: 7,
            kind: "report".into(),
            at: "2016-04-28T06:00:00Z".into(),
            key: Some(digest_of(b"key")),
            objects: vec![digest_of(b"a"), digest_of(b"b")],
            body: json!({"row": 3, "text": "مستشفى القدس"}),
        }
    }

    #[test]
    fn bytes_read_back_as_the_same_entry() {
        let full = entry();
        assert_eq!(Entry::from_bytes(&full.to_bytes().unwrap()).unwrap(), full);
        let bare = Entry { key: None, objects: vec![], ..entry() };
        let bytes = bare.to_bytes().unwrap();
        assert_eq!(
            String::from_utf8(bytes.clone()).unwrap(),
            r#"{"at":"2016-04-28T06:00:00Z","body":{"row":3,"text":"مستشفى القدس"},"kind":"report","n":7,"v":1}"#
        );
        assert_eq!(Entry::from_bytes(&bytes).unwrap(), bare);
    }

    #[test]
    fn kinds_and_times_are_checked() {
        for kind in ["", "Report", "a--b", "-a", "a-", "a b", "é"] {
            let bad = Entry { kind: kind.into(), ..entry() };
            assert!(matches!(bad.to_bytes(), Err(EntryError::Kind { .. })), "{kind}");
        }
        for at in ["2016-04-28", "2016-04-28T06:00:00+03:00", "2016-13-01T00:00:00Z", "2016-04-28T24:00:00Z"]
        {
            let bad = Entry { at: at.into(), ..entry() };
            assert!(matches!(bad.to_bytes(), Err(EntryError::Time { .. })), "{at}");
        }
        assert!(Entry { at: "2016-04-28T06:00:00.123Z".into(), ..entry() }.to_bytes().is_ok());
    }

    #[test]
    fn a_body_at_the_limit_of_depth_reads_back() {
        let mut body = json!(1);
        for _ in 0..99 {
            body = json!([body]);
        }
        let deep = Entry { body: body.clone(), ..entry() };
        assert_eq!(Entry::from_bytes(&deep.to_bytes().unwrap()), Ok(deep));
        assert!(Entry { body: json!([body]), ..entry() }.to_bytes().is_err());
    }

    #[test]
    fn a_long_entry_is_refused_and_told_where_to_go() {
        let long = Entry { body: json!("x".repeat(70_000)), ..entry() };
        let error = long.to_bytes().unwrap_err();
        assert!(error.to_string().contains("vault"), "{error}");
    }

    #[test]
    fn foreign_bytes_are_refused() {
        for bytes in [
            r#"[]"#,
            r#"{"at":"2016-04-28T06:00:00Z","body":1,"kind":"report","n":7,"v":2}"#,
            r#"{"at":"2016-04-28T06:00:00Z","body":1,"extra":1,"kind":"report","n":7,"v":1}"#,
            r#"{"at":"2016-04-28T06:00:00Z","body":1,"kind":"report","n":7,"objects":[],"v":1}"#,
            r#"{"at":"2016-04-28T06:00:00Z","kind":"report","n":7,"v":1}"#,
        ] {
            assert!(Entry::from_bytes(bytes.as_bytes()).is_err(), "{bytes}");
        }
    }
}
