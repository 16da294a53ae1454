//! The proof of one entry in one text file (C2SP `tlog-proof`): its number, the hashes beside its path, and the checkpoint with its
//! signatures.
//!
//! Whoever holds the entry's bytes, the log's key and the keys of the witnesses can check it without anybody, years later. It proves that the
//! entry stands in the log and who saw the log grow; never that what the entry says is true.

use core::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::checkpoint::{Checkpoint, CheckpointError, LogVerifier};
use crate::cosignature::{WitnessVerifier, cosigners};
use crate::digest::{Digest, leaf_hash};
use crate::lines;
use crate::proof::{ProofError, check_inclusion};

/// The first line.
const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// Longest proof, in bytes.
const LIMIT: usize = 1 << 20;

/// An entry's proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryProof {
    /// Whatever its maker put beside it; nobody vouches for it.
    pub extra: Option<Vec<u8>>,
    /// The entry's number, from 0.
    pub index: u64,
    /// The hashes beside its path, leaf first.
    pub hashes: Vec<Digest>,
    /// The checkpoint, a signed note.
    pub note: Vec<u8>,
}

/// Why a proof is none, or proves nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryProofError {
    /// It is not in the standard's form.
    Malformed {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Its checkpoint is not the log's, or a cosignature does not hold.
    Checkpoint(CheckpointError),
    /// The entry is not in the log that the checkpoint signs.
    Inclusion(ProofError),
    /// Fewer witnesses than wanted cosigned.
    Quorum {
        /// How many did.
        found: usize,
        /// How many must.
        wanted: usize,
    },
}

impl fmt::Display for EntryProofError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { reason } => write!(f, "no proof of an entry: {reason}"),
            Self::Checkpoint(error) => error.fmt(f),
            Self::Inclusion(error) => error.fmt(f),
            Self::Quorum { found, wanted } => write!(f, "{found} of the {wanted} wanted witnesses cosigned"),
        }
    }
}

impl core::error::Error for EntryProofError {}

/// What a proof proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven<'w> {
    /// The checkpoint that covers the entry.
    pub checkpoint: Checkpoint,
    /// Which witnesses cosigned it, and when (seconds since 1970-01-01, UTC).
    pub witnesses: Vec<(&'w str, u64)>,
}

impl EntryProof {
    /// Reads a `.tlog-proof` file.
    ///
    /// # Errors
    /// [`EntryProofError::Malformed`].
    pub fn parse(text: &[u8]) -> Result<Self, EntryProofError> {
        let wrong = |reason| EntryProofError::Malformed { reason };
        if text.len() > LIMIT {
            return Err(wrong("it is longer than 1 MB"));
        }
        let text = core::str::from_utf8(text).map_err(|_| wrong("it is no text"))?;
        let rest = text.strip_prefix(HEADER).and_then(|rest| rest.strip_prefix('\n'));
        let rest = rest.ok_or_else(|| wrong("its first line is not that of a proof"))?;
        let (head, note) =
            rest.split_once("\n\n").ok_or_else(|| wrong("no empty line parts hashes and checkpoint"))?;
        let mut rows = head.split('\n').peekable();
        let extra = match rows.peek().and_then(|line| line.strip_prefix("extra ")) {
            None => None,
            Some(extra) => {
                let extra =
                    BASE64_STANDARD.decode(extra).map_err(|_| wrong("its extra data is no base64"))?;
                rows.next();
                Some(extra)
            }
        };
        let index = rows.next().and_then(|line| line.strip_prefix("index ")).and_then(lines::decimal);
        let index = index.ok_or_else(|| wrong("it has no line `index NUMBER`"))?;
        let hashes = lines::hashes(rows).ok_or_else(|| wrong("its proof is not of at most 63 hashes"))?;
        Ok(Self { extra, index, hashes, note: note.as_bytes().to_vec() })
    }

    /// The file's bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut head = format!("{HEADER}\n");
        if let Some(extra) = &self.extra {
            head.push_str(&format!("extra {}\n", BASE64_STANDARD.encode(extra)));
        }
        head.push_str(&format!("index {}\n", self.index));
        lines::push_hashes(&mut head, &self.hashes);
        head.push('\n');
        [head.as_bytes(), self.note.as_slice()].concat()
    }

    /// Checks that these bytes are the entry, that the log signed a checkpoint over it, and that at least `quorum` of these witnesses
    /// cosigned.
    ///
    /// # Errors
    /// What does not hold.
    pub fn check<'w>(
        &self,
        entry: &[u8],
        log: &LogVerifier,
        witnesses: &'w [WitnessVerifier],
        quorum: usize,
    ) -> Result<Proven<'w>, EntryProofError> {
        let checkpoint = log.open(&self.note).map_err(EntryProofError::Checkpoint)?;
        check_inclusion(&self.hashes, checkpoint.size, checkpoint.root, self.index, leaf_hash(entry))
            .map_err(EntryProofError::Inclusion)?;
        let witnesses = cosigners(&self.note, witnesses).map_err(EntryProofError::Checkpoint)?;
        if witnesses.len() < quorum {
            return Err(EntryProofError::Quorum { found: witnesses.len(), wanted: quorum });
        }
        Ok(Proven { checkpoint, witnesses })
    }
}
