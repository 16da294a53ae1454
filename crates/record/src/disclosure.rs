//! Fields that an entry commits to and does not show: each lies in the vault as a disclosure in the form of SD-JWT (RFC 9901),
//! `["SALT","name",value]`, and the entry holds the SHA-256 of its bytes. Who is shown the disclosure can check it; who is not learns
//! nothing, since the salt keeps a guess from being confirmed. Bytes as they came are committed to in the same way, behind a header.
//!
//! Two things differ from the RFC. The digest is over the canonical bytes themselves, not over their base64url, so that a disclosure is an object
//! of the vault like any other. And the names of fields stand open beside the digests, in place of decoys: every entry of one kind
//! commits to every field of that kind, given or not (then the value is null), so that neither names nor their number tell anything.
//!
//! Salts come from the caller. Nothing here is read leniently: one disclosure has one spelling.

use core::fmt;
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use crate::canonical::{CanonicalError, canonical_bytes, check_canonical};
use crate::digest::{Digest, digest_of};
use crate::entry::Entry;

/// Bytes of salt of a disclosure made here.
pub const DISCLOSURE_SALT: usize = 16;
/// Bytes of salt before bytes as they came.
pub const RAW_SALT: usize = 32;
/// Most bytes of a disclosure that is read.
const DISCLOSURE_LIMIT: usize = 1 << 20;
/// Most fields of one entry.
const FIELDS_LIMIT: usize = 64;
/// The first bytes of a salted object.
const HEADER: &[u8; 8] = b"TLsalt1\n";
/// Bytes before those that came.
pub const RAW_HEAD: usize = HEADER.len() + RAW_SALT;
/// The member of a body that lists its fields, and the one that says that the first object is salted.
const FIELDS: &str = "fields";
const RAW: &str = "raw";
const SALTED: &str = "salted";

/// One field of an entry, opened.
#[derive(Clone, PartialEq)]
pub struct Disclosure {
    salt: String,
    /// Its name.
    pub name: String,
    /// Its value; null where nothing was given.
    pub value: Value,
}

/// Shows the name only: values and salts may be secrets.
impl fmt::Debug for Disclosure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Disclosure").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Why bytes open no field of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DisclosureError {
    /// They are no disclosure.
    Malformed {
        /// What is wrong with them.
        reason: String,
    },
    /// The entry does not commit to them.
    NotCommitted {
        /// The name that they give themselves.
        name: String,
    },
    /// One field is opened twice.
    Twice {
        /// Its name.
        name: String,
    },
    /// The entry's own list of fields cannot be read.
    Fields {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The bytes are not those that came, or not behind their salt.
    Raw,
}

impl fmt::Display for DisclosureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { reason } => write!(f, "no disclosure [salt, name, value]: {reason}"),
            Self::NotCommitted { name } => write!(f, "the entry does not commit to this value of `{name}`"),
            Self::Twice { name } => write!(f, "`{name}` is opened twice"),
            Self::Fields { reason } => write!(f, "the fields that the entry commits to: {reason}"),
            Self::Raw => f.write_str("the bytes are not those that the entry commits to"),
        }
    }
}

impl core::error::Error for DisclosureError {}

impl Disclosure {
    /// A field with its salt: bytes of a secure source of randomness, drawn for this field alone.
    pub fn new(salt: &[u8; DISCLOSURE_SALT], name: &str, value: Value) -> Self {
        Self { salt: BASE64_URL_SAFE_NO_PAD.encode(salt), name: name.to_owned(), value }
    }

    /// Its bytes: canonical JSON.
    ///
    /// # Errors
    /// When the value has no canonical bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CanonicalError> {
        canonical_bytes(&json!([self.salt, self.name, self.value]))
    }

    /// Reads a disclosure; at least 16 bytes of salt are wanted of anybody's.
    ///
    /// # Errors
    /// When the bytes are none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DisclosureError> {
        let wrong = |reason: &str| DisclosureError::Malformed { reason: reason.to_owned() };
        if bytes.len() > DISCLOSURE_LIMIT {
            return Err(wrong("longer than 1 MiB"));
        }
        let found = check_canonical(bytes)
            .map_err(|error| DisclosureError::Malformed { reason: error.to_string() })?;
        let Value::Array(parts) = found else { return Err(wrong("not an array")) };
        let Ok([Value::String(salt), Value::String(name), value]) = <[Value; 3]>::try_from(parts) else {
            return Err(wrong("not three members, the first two of them text"));
        };
        let drawn = BASE64_URL_SAFE_NO_PAD.decode(&salt).map_err(|_| wrong("the salt is no base64url"))?;
        if !(DISCLOSURE_SALT..=64).contains(&drawn.len()) {
            return Err(wrong("a salt has 16 to 64 bytes"));
        }
        Ok(Self { salt, name, value })
    }
}

/// What an entry commits to without showing it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commitments {
    /// Digest of each field's disclosure, by name.
    pub fields: BTreeMap<String, Digest>,
    /// The bytes as they came, salted.
    pub raw: Option<Digest>,
}

/// The members of a body that commit to these fields, and to salted bytes where there are some. The digests belong into the entry's
/// objects too, the salted bytes first.
pub fn committed_body(fields: &BTreeMap<String, Digest>, raw: bool) -> Map<String, Value> {
    let listed: Map<String, Value> =
        fields.iter().map(|(name, digest)| (name.clone(), Value::String(digest.to_string()))).collect();
    let mut body = Map::new();
    body.insert(FIELDS.to_owned(), Value::Object(listed));
    if raw {
        mark_salted(&mut body);
    }
    body
}

/// Says in a body that the entry's first object is salted.
pub fn mark_salted(body: &mut Map<String, Value>) {
    body.insert(RAW.to_owned(), Value::String(SALTED.to_owned()));
}

impl Commitments {
    /// What an entry commits to; nothing, for an entry that shows all it says.
    ///
    /// # Errors
    /// When its list of fields is malformed, or names what is not among its objects.
    pub fn of(entry: &Entry) -> Result<Self, DisclosureError> {
        let wrong = |reason| DisclosureError::Fields { reason };
        let mut all = Self::default();
        if let Some(listed) = entry.body.get(FIELDS) {
            let listed = listed.as_object().ok_or_else(|| wrong("not an object"))?;
            if listed.len() > FIELDS_LIMIT {
                return Err(wrong("more than 64"));
            }
            for (name, digest) in listed {
                let digest: Option<Digest> = digest.as_str().and_then(|text| text.parse().ok());
                let digest = digest.ok_or_else(|| wrong("a digest is 64 hexadecimal digits"))?;
                if !entry.objects.contains(&digest) {
                    return Err(wrong("a digest that is not among the entry's objects"));
                }
                all.fields.insert(name.clone(), digest);
            }
        }
        if entry.body.get(RAW).and_then(Value::as_str) == Some(SALTED) {
            let first = entry.objects.first().ok_or_else(|| wrong("salted bytes without an object"))?;
            all.raw = Some(*first);
        }
        Ok(all)
    }

    /// Checks disclosures against the entry: the values that they open, by name.
    ///
    /// # Errors
    /// When one is malformed, opens what the entry does not commit to under that name, or opens a field again.
    pub fn open<'b>(
        &self,
        disclosures: impl IntoIterator<Item = &'b [u8]>,
    ) -> Result<BTreeMap<String, Value>, DisclosureError> {
        let mut opened = BTreeMap::new();
        for bytes in disclosures {
            let Disclosure { name, value, .. } = Disclosure::from_bytes(bytes)?;
            if self.fields.get(&name) != Some(&digest_of(bytes)) {
                return Err(DisclosureError::NotCommitted { name });
            }
            if opened.insert(name.clone(), value).is_some() {
                return Err(DisclosureError::Twice { name });
            }
        }
        Ok(opened)
    }

    /// Checks a salted object against the entry and gives the bytes that came.
    ///
    /// # Errors
    /// When the entry does not commit to it.
    pub fn open_raw<'b>(&self, object: &'b [u8]) -> Result<&'b [u8], DisclosureError> {
        if self.raw != Some(digest_of(object)) {
            return Err(DisclosureError::Raw);
        }
        unsalted(object).ok_or(DisclosureError::Raw)
    }
}

/// The bytes before those that came: header and salt, drawn for this object alone.
pub fn salted_head(salt: &[u8; RAW_SALT]) -> [u8; RAW_HEAD] {
    let mut head = [0_u8; RAW_HEAD];
    for (at, byte) in head.iter_mut().zip(HEADER.iter().chain(salt)) {
        *at = *byte;
    }
    head
}

/// Bytes as they came, as an object that no guess at them confirms.
pub fn salted(salt: &[u8; RAW_SALT], bytes: &[u8]) -> Vec<u8> {
    let mut object = Vec::with_capacity(RAW_HEAD.saturating_add(bytes.len()));
    object.extend_from_slice(&salted_head(salt));
    object.extend_from_slice(bytes);
    object
}

/// The bytes that came, out of a salted object.
pub fn unsalted(object: &[u8]) -> Option<&[u8]> {
    object.strip_prefix(HEADER).and_then(|rest| rest.get(RAW_SALT..))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(fields: &[&Disclosure], raw: Option<&[u8]>) -> Entry {
        let listed = fields.iter().map(|d| (d.name.clone(), digest_of(&d.to_bytes().unwrap()))).collect();
        let objects = raw.map(digest_of).into_iter().chain(BTreeMap::clone(&listed).into_values()).collect();
        let body = Value::Object(committed_body(&listed, raw.is_some()));
        Entry { n: 3, kind: "words".into(), at: "2016-04-28T00:00:00Z".into(), key: None, objects, body }
    }

    #[test]
    fn a_field_opens_for_whom_it_is_shown_to_and_proves_itself() {
        let source = Disclosure::new(&[1; 16], "source", json!("amber"));
        let through = Disclosure::new(&[2; 16], "through", json!(null));
        let raw = salted(&[3; 32], "قصف".as_bytes());
        let commitments = Commitments::of(&entry(&[&source, &through], Some(&raw))).unwrap();
        let bytes = source.to_bytes().unwrap();
        assert_eq!(bytes, br#"["AQEBAQEBAQEBAQEBAQEBAQ","source","amber"]"#);
        assert_eq!(Disclosure::from_bytes(&bytes).unwrap(), source);
        assert_eq!(
            commitments.open([&bytes[..]]).unwrap(),
            BTreeMap::from([("source".into(), json!("amber"))])
        );
        assert_eq!(commitments.open_raw(&raw).unwrap(), "قصف".as_bytes());
        assert!(!format!("{source:?}").contains("amber"));
    }

    #[test]
    fn what_the_entry_does_not_commit_to_is_refused() {
        let source = Disclosure::new(&[1; 16], "source", json!("amber"));
        let raw = salted(&[3; 32], b"a");
        let commitments = Commitments::of(&entry(&[&source], Some(&raw))).unwrap();
        let opened = |d: &Disclosure| commitments.open([&d.to_bytes().unwrap()[..]]);
        let not = |name: &str| Err(DisclosureError::NotCommitted { name: name.into() });
        assert_eq!(opened(&Disclosure { value: json!("basalt"), ..source.clone() }), not("source"));
        assert_eq!(opened(&Disclosure { name: "address".into(), ..source.clone() }), not("address"));
        assert_eq!(opened(&Disclosure::new(&[9; 16], "source", json!("amber"))), not("source"));
        let bytes = source.to_bytes().unwrap();
        assert_eq!(
            commitments.open([&bytes[..], &bytes]),
            Err(DisclosureError::Twice { name: "source".into() })
        );
        assert_eq!(commitments.open_raw(&salted(&[4; 32], b"a")), Err(DisclosureError::Raw));
        // An entry whose first object is not salted: its bytes do not pass for such.
        let plain = Commitments::of(&entry(&[], Some(b"a"))).unwrap();
        assert_eq!(plain.open_raw(b"a"), Err(DisclosureError::Raw));
    }

    #[test]
    fn only_one_spelling_is_a_disclosure() {
        for bytes in [
            &br#"["AQEBAQEBAQEBAQEBAQEBAQ", "source","amber"]"#[..],
            br#"["AQEBAQEBAQEBAQEBAQEB","source","amber"]"#,
            br#"["AQEBAQEBAQEBAQEBAQEBAQ==","source","amber"]"#,
            br#"["AQEBAQEBAQEBAQEBAQEBAQ","source"]"#,
            br#"["AQEBAQEBAQEBAQEBAQEBAQ",1,"amber"]"#,
            br#"{"salt":"AQEBAQEBAQEBAQEBAQEBAQ"}"#,
            b"\xff",
        ] {
            assert!(matches!(Disclosure::from_bytes(bytes), Err(DisclosureError::Malformed { .. })));
        }
    }

    #[test]
    fn an_entry_lists_only_what_it_refers_to() {
        let source = Disclosure::new(&[1; 16], "source", json!("amber"));
        let mut with = entry(&[&source], None);
        with.objects.clear();
        assert!(matches!(Commitments::of(&with), Err(DisclosureError::Fields { .. })));
        with.body = json!({ "fields": { "source": "no digest" } });
        assert!(matches!(Commitments::of(&with), Err(DisclosureError::Fields { .. })));
        with.body = json!({ "raw": "salted" });
        assert!(matches!(Commitments::of(&with), Err(DisclosureError::Fields { .. })));
        with.body = json!({ "name": "plain" });
        assert_eq!(Commitments::of(&with), Ok(Commitments::default()));
    }
}
