//! An opened entry: one entry with its proof and some of the fields that it commits to, in one file that anybody can check offline.
//!
//! The file is canonical JSON: `{"disclosures":[TEXT…],"entry":TEXT,"proof":TEXT,"raw":BASE64,"v":1}`, where each text is the bytes
//! themselves and `raw`, the salted bytes as they came, is left out when closed. It shows no more than its maker put into it.

use core::fmt;
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::canonical::{CanonicalError, canonical_bytes, check_canonical};
use crate::checkpoint::LogVerifier;
use crate::cosignature::WitnessVerifier;
use crate::disclosure::{Commitments, DisclosureError};
use crate::entry::Entry;
use crate::entry_proof::{EntryProof, EntryProofError, Proven};

/// Longest file, in bytes: a text of 10 MB in base64, with room.
const LIMIT: usize = 32 << 20;

/// One entry, its proof, and what is opened of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedEntry {
    /// The entry's bytes.
    pub entry: Vec<u8>,
    /// The proof that it stands in the log (C2SP `tlog-proof`).
    pub proof: Vec<u8>,
    /// Disclosures of the fields opened.
    pub disclosures: Vec<Vec<u8>>,
    /// The salted object with the bytes as they came, where opened.
    pub raw: Option<Vec<u8>>,
}

/// Why an opened entry is none, or proves nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenedError {
    /// It is not in the form above.
    Malformed {
        /// What is wrong with it.
        reason: String,
    },
    /// The entry is not proven to stand in the log.
    Proof(EntryProofError),
    /// What is opened is not what the entry commits to.
    Disclosure(DisclosureError),
}

impl fmt::Display for OpenedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { reason } => write!(f, "no opened entry: {reason}"),
            Self::Proof(error) => error.fmt(f),
            Self::Disclosure(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for OpenedError {}

/// What an opened entry proves.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened<'w> {
    /// The entry.
    pub entry: Entry,
    /// Where it stands, and who saw the log grow.
    pub proven: Proven<'w>,
    /// The fields opened.
    pub fields: BTreeMap<String, Value>,
    /// The bytes as they came, where opened.
    pub raw: Option<Vec<u8>>,
    /// Names of what stays closed; `raw` for the bytes as they came.
    pub closed: Vec<String>,
}

impl OpenedEntry {
    /// The file.
    ///
    /// # Errors
    /// When the parts are no texts, or cannot be written.
    pub fn to_bytes(&self) -> Result<Vec<u8>, OpenedError> {
        let text = |bytes: &[u8]| {
            core::str::from_utf8(bytes).map(str::to_owned).map_err(|_| wrong("a part of it is no text"))
        };
        let disclosures = self.disclosures.iter().map(|d| text(d)).collect::<Result<Vec<_>, _>>()?;
        let mut file = json!({
            "disclosures": disclosures, "entry": text(&self.entry)?, "proof": text(&self.proof)?, "v": 1,
        });
        if let (Some(raw), Some(file)) = (&self.raw, file.as_object_mut()) {
            file.insert("raw".to_owned(), Value::String(BASE64_STANDARD.encode(raw)));
        }
        canonical_bytes(&file).map_err(not_canonical)
    }

    /// Reads the file.
    ///
    /// # Errors
    /// [`OpenedError::Malformed`].
    pub fn parse(bytes: &[u8]) -> Result<Self, OpenedError> {
        if bytes.len() > LIMIT {
            return Err(wrong("longer than 32 MiB"));
        }
        let Value::Object(mut file) = check_canonical(bytes).map_err(not_canonical)? else {
            return Err(wrong("not an object"));
        };
        if file.remove("v") != Some(json!(1)) {
            return Err(wrong("of a version that this program does not read"));
        }
        let mut text = |name: &str| match file.remove(name) {
            Some(Value::String(text)) => Ok(text.into_bytes()),
            _ => Err(wrong(&format!("it lacks its {name}"))),
        };
        let (entry, proof) = (text("entry")?, text("proof")?);
        let Some(Value::Array(listed)) = file.remove("disclosures") else {
            return Err(wrong("it lacks its disclosures"));
        };
        let mut disclosures = Vec::with_capacity(listed.len());
        for one in listed {
            let Value::String(one) = one else { return Err(wrong("a disclosure that is no text")) };
            disclosures.push(one.into_bytes());
        }
        let raw = match file.remove("raw") {
            None => None,
            Some(Value::String(raw)) => {
                Some(BASE64_STANDARD.decode(raw).map_err(|_| wrong("its bytes are no base64"))?)
            }
            Some(_) => return Err(wrong("its bytes are no base64")),
        };
        if let Some(name) = file.keys().next() {
            return Err(wrong(&format!("`{name}` is no part of it")));
        }
        Ok(Self { entry, proof, disclosures, raw })
    }

    /// Checks all of it with keys that the reader has from elsewhere; `quorum` witnesses must have cosigned.
    ///
    /// # Errors
    /// When the entry is not proven, or something opened is not what it commits to.
    pub fn check<'w>(
        &self,
        log: &LogVerifier,
        witnesses: &'w [WitnessVerifier],
        quorum: usize,
    ) -> Result<Opened<'w>, OpenedError> {
        let proof = EntryProof::parse(&self.proof).map_err(OpenedError::Proof)?;
        let proven = proof.check(&self.entry, log, witnesses, quorum).map_err(OpenedError::Proof)?;
        let entry = Entry::from_bytes(&self.entry).map_err(|error| wrong(&error.to_string()))?;
        if entry.n != proof.index {
            return Err(wrong("the entry gives itself another number than its proof does"));
        }
        let commitments = Commitments::of(&entry).map_err(OpenedError::Disclosure)?;
        let fields =
            commitments.open(self.disclosures.iter().map(Vec::as_slice)).map_err(OpenedError::Disclosure)?;
        let raw = self.raw.as_deref().map(|raw| commitments.open_raw(raw).map(<[u8]>::to_vec));
        let raw = raw.transpose().map_err(OpenedError::Disclosure)?;
        let mut closed: Vec<String> =
            commitments.fields.into_keys().filter(|name| !fields.contains_key(name)).collect();
        if raw.is_none() && commitments.raw.is_some() {
            closed.push("raw".to_owned());
        }
        Ok(Opened { entry, proven, fields, raw, closed })
    }
}

fn wrong(reason: &str) -> OpenedError {
    OpenedError::Malformed { reason: reason.to_owned() }
}

fn not_canonical(error: CanonicalError) -> OpenedError {
    wrong(&error.to_string())
}
