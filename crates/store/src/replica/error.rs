//! Why a replica did not follow: the centre is away, or handed out what its key did not sign, or signed two histories.

use core::fmt;
use std::path::PathBuf;

use crate::error::{Database, FileTrouble, OpenError, ReadError, VaultError};
use crate::tables::CommitError;

/// Why a round of following ended early. What was taken in before stays, and is signed for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FollowError {
    /// The centre did not give what was asked for.
    Centre {
        /// What it said.
        reason: String,
    },
    /// It gave what the log's key did not sign: damage on its side or on the way, or somebody else's.
    Wrong {
        /// What does not hold.
        reason: String,
    },
    /// Too few of the witnesses cosigned what it shows.
    NotCosigned {
        /// How many did.
        held: usize,
        /// How many must.
        needed: usize,
    },
    /// The log's key signed two histories.
    Forked {
        /// The evidence.
        evidence: PathBuf,
    },
    /// The replica could not be read.
    Read(ReadError),
    /// An object could not be kept.
    Vault(VaultError),
    /// What was taken in could not be written.
    Write {
        /// Why.
        reason: String,
    },
}

impl fmt::Display for FollowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Centre { reason } => write!(f, "the centre does not answer as it should: {reason}"),
            Self::Wrong { reason } => write!(
                f,
                "what the centre handed out is not what its key signed ({reason}); nothing of it was taken: ask the centre to run truceline verify"
            ),
            Self::NotCosigned { held, needed } => write!(
                f,
                "{held} of the {needed} witnesses wanted have cosigned what the centre shows; it is followed when they have"
            ),
            Self::Forked { evidence } => write!(
                f,
                "the centre's key signed two histories; the evidence is {}. Nothing more is followed: show it to the witnesses and to both \
                 sides, and remove it only when people have decided which history goes on",
                evidence.display()
            ),
            Self::Read(error) => error.fmt(f),
            Self::Vault(error) => error.fmt(f),
            Self::Write { reason } => {
                write!(f, "the replica could not be written ({reason}); follow again, it goes on")
            }
        }
    }
}

impl core::error::Error for FollowError {}

impl From<ReadError> for FollowError {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

impl From<VaultError> for FollowError {
    fn from(error: VaultError) -> Self {
        Self::Vault(error)
    }
}

impl From<Database> for FollowError {
    fn from(trouble: Database) -> Self {
        Self::Read(ReadError::Database(trouble))
    }
}

impl From<FileTrouble> for FollowError {
    fn from(trouble: FileTrouble) -> Self {
        Self::Read(ReadError::File(trouble))
    }
}

impl From<OpenError> for FollowError {
    fn from(error: OpenError) -> Self {
        Self::Write { reason: error.to_string() }
    }
}

impl From<CommitError> for FollowError {
    fn from(error: CommitError) -> Self {
        let reason = match error {
            CommitError::Nothing(trouble) => trouble.to_string(),
            CommitError::Unknown(reason) => reason,
        };
        Self::Write { reason }
    }
}
