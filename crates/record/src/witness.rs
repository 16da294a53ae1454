//! What a witness decides (C2SP `tlog-witness`): whether a checkpoint extends the last one that it cosigned for this log.
//!
//! A witness holds one key and, for each log that it knows, one size and one root; nothing else is needed to make it impossible for
//! the log to show two histories. The state comes from the caller, who must write the new one to disk before the cosignature leaves, and let
//! no other request between the look and the write. Nothing here signs, stores or listens.

use core::fmt;

use signed_note::Note;

use crate::checkpoint::{Checkpoint, CheckpointError, LogVerifier};
use crate::digest::Digest;
use crate::fault::reason_of;
use crate::lines;
use crate::proof::check_consistency;
use crate::tree::empty_root;

/// Longest request, in bytes: a proof, and a note with a hundred signatures.
pub const REQUEST_LIMIT: usize = 64 << 10;

/// What a log asks of a witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessRequest {
    /// Size of the checkpoint that the log takes for the witness's last.
    pub old: u64,
    /// That the new checkpoint extends it.
    pub proof: Vec<Digest>,
    /// The new checkpoint, a signed note.
    pub note: Vec<u8>,
}

/// The last checkpoint that a witness cosigned for a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Entries covered.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Digest,
}

impl Seen {
    /// A log of which nothing was cosigned.
    #[must_use]
    pub fn nothing() -> Self {
        Self { size: 0, root: empty_root() }
    }
}

/// Why there is no cosignature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WitnessRefusal {
    /// The request is not in the standard's form, or its old size lies beyond the new one.
    Malformed {
        /// What is wrong with it.
        reason: String,
    },
    /// No log of this name is known here.
    UnknownLog {
        /// The name.
        origin: String,
    },
    /// None of the log's keys signed it.
    Unsigned {
        /// What is wrong.
        reason: String,
    },
    /// The last checkpoint cosigned is of another size than the log takes it for.
    OtherSize {
        /// Its size.
        size: u64,
    },
    /// The same size has another root: two histories, both signed by the log.
    OtherRoot {
        /// The size.
        size: u64,
    },
    /// The proof does not show that the new checkpoint extends the last one.
    NoExtension {
        /// What is wrong with it.
        reason: String,
    },
}

impl WitnessRefusal {
    /// The HTTP status code of the standard.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed { .. } => 400,
            Self::Unsigned { .. } => 403,
            Self::UnknownLog { .. } => 404,
            Self::OtherSize { .. } | Self::OtherRoot { .. } => 409,
            Self::NoExtension { .. } => 422,
        }
    }

    /// The size that is answered in the body (`text/x.tlog.size`), where the standard wants one.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        match self {
            Self::OtherSize { size } => Some(*size),
            _ => None,
        }
    }

    /// Whether this shows, to whoever keeps the request, that the log signed two histories or one that does not follow from the other.
    #[must_use]
    pub fn shows_misbehaviour(&self) -> bool {
        matches!(self, Self::OtherRoot { .. })
    }
}

impl fmt::Display for WitnessRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { reason } => write!(f, "the request cannot be read: {reason}"),
            Self::UnknownLog { origin } => write!(f, "no log named `{origin}` is known to this witness"),
            Self::Unsigned { reason } => write!(f, "not signed by a key of this log: {reason}"),
            Self::OtherSize { size } => write!(f, "the last checkpoint cosigned covers {size} entries"),
            Self::OtherRoot { size } => {
                write!(
                    f,
                    "another root over the same {size} entries was cosigned: the log has signed two histories"
                )
            }
            Self::NoExtension { reason } => {
                write!(f, "it is not shown to extend the last checkpoint: {reason}")
            }
        }
    }
}

impl core::error::Error for WitnessRefusal {}

impl WitnessRequest {
    /// Reads a request as it comes over HTTP.
    ///
    /// # Errors
    /// [`WitnessRefusal::Malformed`].
    pub fn parse(body: &[u8]) -> Result<Self, WitnessRefusal> {
        let wrong = |reason: &str| WitnessRefusal::Malformed { reason: reason.to_owned() };
        if body.len() > REQUEST_LIMIT {
            return Err(wrong("it is too long"));
        }
        let text = core::str::from_utf8(body).map_err(|_| wrong("it is no text"))?;
        let (head, note) =
            text.split_once("\n\n").ok_or_else(|| wrong("no empty line parts proof and checkpoint"))?;
        let mut rows = head.split('\n');
        let old = rows.next().and_then(|line| line.strip_prefix("old "));
        let old = old.and_then(lines::decimal).ok_or_else(|| wrong("its first line is not `old SIZE`"))?;
        let proof = lines::hashes(rows).ok_or_else(|| wrong("its proof is not of at most 63 hashes"))?;
        Ok(Self { old, proof, note: note.as_bytes().to_vec() })
    }

    /// The request as it goes over HTTP.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut head = format!("old {}\n", self.old);
        lines::push_hashes(&mut head, &self.proof);
        head.push('\n');
        [head.as_bytes(), self.note.as_slice()].concat()
    }

    /// The name of the log that the checkpoint says it is of; nothing of it is believed yet.
    ///
    /// # Errors
    /// [`WitnessRefusal::Malformed`].
    pub fn origin(&self) -> Result<String, WitnessRefusal> {
        let malformed = |reason: String| WitnessRefusal::Malformed { reason };
        let note = Note::from_bytes(&self.note).map_err(|error| malformed(reason_of(&error)))?;
        let checkpoint = tlog_tiles::Checkpoint::from_bytes(note.text());
        Ok(checkpoint.map_err(|error| malformed(reason_of(&error)))?.origin().to_owned())
    }

    /// Whether a witness that knows these keys of the log, and cosigned `seen` last, may cosign. Gives what it then will have seen.
    ///
    /// # Errors
    /// Why not; [`WitnessRefusal::status`] is the standard's answer.
    pub fn judge(&self, keys: &[LogVerifier], seen: Seen) -> Result<Checkpoint, WitnessRefusal> {
        let checkpoint = self.signed_by(keys)?;
        if self.old > checkpoint.size {
            let reason = format!("the old size {} lies beyond the new one {}", self.old, checkpoint.size);
            return Err(WitnessRefusal::Malformed { reason });
        }
        if self.old != seen.size {
            return Err(WitnessRefusal::OtherSize { size: seen.size });
        }
        if checkpoint.size == seen.size {
            if checkpoint.root != seen.root {
                return Err(WitnessRefusal::OtherRoot { size: seen.size });
            }
            return match self.proof.as_slice() {
                [] => Ok(checkpoint),
                _ => {
                    Err(WitnessRefusal::NoExtension { reason: "a proof where nothing was added".to_owned() })
                }
            };
        }
        check_consistency(&self.proof, checkpoint.size, checkpoint.root, seen.size, seen.root)
            .map_err(|error| WitnessRefusal::NoExtension { reason: error.to_string() })?;
        Ok(checkpoint)
    }

    fn signed_by(&self, keys: &[LogVerifier]) -> Result<Checkpoint, WitnessRefusal> {
        let origin = self.origin()?;
        let mut refusal = WitnessRefusal::UnknownLog { origin: origin.clone() };
        for key in keys.iter().filter(|key| key.origin() == origin) {
            match key.open(&self.note) {
                Ok(checkpoint) => return Ok(checkpoint),
                Err(CheckpointError::Malformed { reason }) => refusal = WitnessRefusal::Malformed { reason },
                Err(error) => refusal = WitnessRefusal::Unsigned { reason: error.to_string() },
            }
        }
        Err(refusal)
    }
}
