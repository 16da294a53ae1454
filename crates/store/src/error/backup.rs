//! What can go wrong with copies and replicas that take over, with words that say what to do.
//!
//! It never says that a copy is whole: that is for verifying.

use core::fmt;
use std::path::PathBuf;

use super::{FileTrouble, OpenError, ReadError, VerifyError};

/// Why no copy was made, or none took over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BackupError {
    /// The folder holds no copy.
    NotACopy {
        /// The folder.
        dir: PathBuf,
    },
    /// The tables are in a database server, which makes its own copies.
    InServer,
    /// The folder is not one to copy into.
    Unsuitable {
        /// The folder.
        dir: PathBuf,
        /// Why not.
        reason: String,
    },
    /// The copy that is there already does not begin the store that was to replace it.
    OtherHistory {
        /// Entries in the copy.
        size: u64,
    },
    /// What was copied, or was to take over, does not verify.
    Damaged {
        /// The first fault.
        reason: String,
    },
    /// A replica that lacks entries which it saw signed: going on without them would be a second history.
    Owed {
        /// Entries held.
        held: u64,
        /// Entries that it saw signed.
        signed: u64,
    },
    /// A store could not be opened.
    Open(OpenError),
    /// Something could not be read.
    Read(ReadError),
    /// The copy could not be verified.
    Verify(VerifyError),
    /// Trouble with a file.
    File(FileTrouble),
}

impl fmt::Display for BackupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotACopy { dir } => {
                write!(f, "{} holds no copy; only a copy can take over", dir.display())
            }
            Self::Owed { held, signed } => write!(
                f,
                "the replica holds {held} entries and saw {signed} signed; follow whoever has the others first (another replica, a copy): \
                 without them it would begin a second history"
            ),
            Self::InServer => f.write_str(
                "the record's tables are in PostgreSQL; copy them by its own means (pg_basebackup), and this folder with them",
            ),
            Self::Unsuitable { dir, reason } => {
                write!(f, "cannot copy into {}: {reason}; choose an empty folder", dir.display())
            }
            Self::OtherHistory { size } => write!(
                f,
                "the copy that is there holds {size} entries that are not the beginning of this store: one of them was rewritten; keep both, and verify each"
            ),
            Self::Damaged { reason } => write!(f, "the copy does not verify: {reason}; run verify on the store"),
            Self::Open(error) => error.fmt(f),
            Self::Read(error) => error.fmt(f),
            Self::Verify(error) => error.fmt(f),
            Self::File(trouble) => trouble.fmt(f),
        }
    }
}

impl core::error::Error for BackupError {}

macro_rules! becomes {
    ($($from:ident => $variant:ident),*) => {$(
        impl From<$from> for BackupError {
            fn from(error: $from) -> Self {
                Self::$variant(error)
            }
        }
    )*};
}

becomes!(OpenError => Open, ReadError => Read, VerifyError => Verify, FileTrouble => File);
