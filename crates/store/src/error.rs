//! What can go wrong, one enum per operation, each with words that say what to do.
//!
//! No foreign error type is part of them: the databases' are sorted into [`Database`] by what a person can do.

mod backup;

use core::fmt;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use truceline_record::{Digest, EntryError, ProofError};

pub use backup::BackupError;

use crate::tables::CommitError;

/// Trouble with the database file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Database {
    /// The disk is full.
    Full,
    /// Another process holds the database.
    Busy,
    /// The file is damaged.
    Damaged {
        /// The database's words.
        reason: String,
    },
    /// The file or its folder cannot be written.
    ReadOnly,
    /// A later writer took over.
    Taken,
    /// A commit would not be, or was not, as durable as the folder demands.
    Weak {
        /// What is missing, and what would be right.
        reason: String,
    },
    /// Reading or writing failed.
    Other {
        /// The database's words.
        reason: String,
    },
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("the disk is full; free some space and repeat"),
            Self::Busy => f.write_str("the database is held by another process; wait for it and repeat"),
            Self::Damaged { reason } => {
                write!(f, "the database file is damaged ({reason}); stop writing and run verify on a copy")
            }
            Self::ReadOnly => f.write_str("the database cannot be written; check the rights of its folder"),
            Self::Taken => f.write_str(
                "another process has taken over writing; nothing was written here: stop this one, or open the store again",
            ),
            Self::Weak { reason } => write!(f, "no receipt can be given: {reason}"),
            Self::Other { reason } => write!(f, "the database failed: {reason}"),
        }
    }
}

impl core::error::Error for Database {}

impl From<rusqlite::Error> for Database {
    fn from(error: rusqlite::Error) -> Self {
        let reason = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged { reason },
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly,
            _ => Self::Other { reason },
        }
    }
}

/// A file and what failed on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileTrouble {
    /// The file or folder.
    pub path: PathBuf,
    /// What failed.
    pub reason: String,
}

impl FileTrouble {
    pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |error| Self { path: path.to_owned(), reason: error.to_string() }
    }
}

impl fmt::Display for FileTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.reason)
    }
}

/// Why a store was not created or opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenError {
    /// The folder holds no store.
    NotAStore {
        /// The folder.
        dir: PathBuf,
    },
    /// A store is there already.
    AlreadyThere {
        /// The folder.
        dir: PathBuf,
    },
    /// Another process writes to the store.
    InUse {
        /// The folder.
        dir: PathBuf,
    },
    /// Creating the store was interrupted; nothing was logged in it.
    Unfinished {
        /// The folder.
        dir: PathBuf,
    },
    /// The store was written by a newer program.
    Newer {
        /// Its format.
        format: i64,
    },
    /// The key file is missing, unreadable or not that of this log.
    Key {
        /// What is wrong with it.
        reason: String,
    },
    /// The store was moved away, or a move into the folder is not complete.
    Closed {
        /// Which.
        reason: String,
    },
    /// The address of the database cannot be used.
    Address {
        /// Why, and what would be right. Never the address: a password may stand in it.
        reason: String,
    },
    /// The database is not the one that the folder last signed, or an earlier state of it.
    RolledBack {
        /// Entries that the folder's last checkpoint covers.
        signed: u64,
        /// What does not fit.
        reason: String,
    },
    /// What is stored does not hold together.
    Inconsistent {
        /// What does not.
        reason: String,
    },
    /// The folder holds a copy, which signs nothing until somebody lets it take over.
    Copy {
        /// The folder.
        dir: PathBuf,
    },
    /// Trouble with a file.
    File(FileTrouble),
    /// Trouble with the database.
    Database(Database),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAStore { dir } => write!(f, "{} holds no store; create one there first", dir.display()),
            Self::AlreadyThere { dir } => {
                write!(f, "{} holds a store already; open it, or choose another folder", dir.display())
            }
            Self::InUse { dir } => {
                write!(f, "the store {} is in use by another process; let it finish", dir.display())
            }
            Self::Unfinished { dir } => {
                write!(f, "creating the store {} was interrupted; create it again", dir.display())
            }
            Self::Newer { format } => {
                write!(f, "the store has format {format}, written by a newer program; use that one")
            }
            Self::Key { reason } => write!(f, "the log's key: {reason}"),
            Self::Closed { reason } => write!(f, "the store is closed for writing: {reason}"),
            Self::Address { reason } => write!(f, "the address of the database: {reason}"),
            Self::RolledBack { signed, reason } => write!(
                f,
                "refused: this folder signed a checkpoint over {signed} entries, and the database does not extend it ({reason}); a standby was promoted too early or an old copy restored: find the server that has it"
            ),
            Self::Inconsistent { reason } => {
                write!(f, "the store does not hold together: {reason}; run verify, and restore from a backup")
            }
            Self::Copy { dir } => write!(
                f,
                "{0} holds a copy, which can be read and not written; if the store that it was taken from will never write again: truceline restore --store {0} --takes-over",
                dir.display()
            ),
            Self::File(trouble) => trouble.fmt(f),
            Self::Database(trouble) => trouble.fmt(f),
        }
    }
}

/// Why nothing was appended. Nothing of the batch is in the log then, unless [`AppendError::Unknown`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppendError {
    /// The store was opened for reading.
    ReadOnly,
    /// An entry of the batch cannot be written.
    Entry {
        /// Its place in the batch, from 0.
        place: usize,
        /// Why.
        error: EntryError,
    },
    /// An entry names an object that is not in the vault.
    UnknownObject {
        /// Its place in the batch, from 0.
        place: usize,
        /// The object.
        digest: Digest,
    },
    /// An object could not be kept.
    Vault(VaultError),
    /// Committing failed, or had failed before: what is on disk is unknown until the store is opened again.
    Unknown {
        /// What failed.
        reason: String,
    },
    /// Trouble with the database.
    Database(Database),
}

impl fmt::Display for AppendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReadOnly => f.write_str("the store was opened for reading; open it for writing"),
            Self::Entry { place, error } => write!(f, "entry {place} of the batch: {error}"),
            Self::UnknownObject { place, digest } => {
                write!(
                    f,
                    "entry {place} of the batch: object {digest} is not in the vault; put it there first"
                )
            }
            Self::Vault(error) => error.fmt(f),
            Self::Unknown { reason } => {
                write!(f, "a commit failed ({reason}); open the store again and send the same keys once more")
            }
            Self::Database(trouble) => trouble.fmt(f),
        }
    }
}

/// Why a derivation was not put in place; the one before stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProjectError {
    /// The store is in SQLite, which others do not read by SQL.
    NoTables,
    /// The database could not be opened.
    Open(OpenError),
    /// What stands there was derived from more entries: from those before this one.
    Newer(u64),
    /// Committing failed, or had failed before: which derivation stands is unknown; put this one there again.
    Unknown {
        /// What failed.
        reason: String,
    },
    /// Trouble with the database.
    Database(Database),
}

impl fmt::Display for ProjectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTables => f.write_str(
                "a store in SQLite has no tables for others to read; move it to PostgreSQL, or use the files that `replay` writes",
            ),
            Self::Open(error) => error.fmt(f),
            Self::Newer(up_to) => {
                write!(f, "what stands there was derived from the entries before {up_to}, which is more")
            }
            Self::Unknown { reason } => {
                write!(f, "a commit failed ({reason}); open the store again and repeat")
            }
            Self::Database(trouble) => trouble.fmt(f),
        }
    }
}

/// Why no checkpoint was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignError {
    /// The store was opened for reading.
    ReadOnly,
    /// The log as stored does not extend what was signed last: signing would sign a second history.
    NotAnExtension {
        /// Size of the last checkpoint.
        signed: u64,
        /// What does not hold.
        reason: String,
    },
    /// Committing failed, or had failed before.
    Unknown {
        /// What failed.
        reason: String,
    },
    /// Trouble with the database.
    Database(Database),
}

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReadOnly => f.write_str("the store was opened for reading; open it for writing"),
            Self::NotAnExtension { signed, reason } => write!(
                f,
                "refused to sign: the log does not extend its checkpoint over {signed} entries ({reason}); run verify"
            ),
            Self::Unknown { reason } => write!(f, "a commit failed ({reason}); open the store again"),
            Self::Database(trouble) => trouble.fmt(f),
        }
    }
}

/// Why something could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// An entry's bytes are not an entry.
    Entry {
        /// Its number.
        n: u64,
        /// Why.
        error: EntryError,
    },
    /// An entry's bytes do not have the hash that stands beside them.
    Changed {
        /// Its number.
        n: u64,
    },
    /// An entry is missing between others.
    Missing {
        /// Its number.
        n: u64,
    },
    /// A stored hash is not 32 bytes long.
    Hash {
        /// The entry it stands beside.
        n: u64,
    },
    /// An object could not be read to its end.
    Object {
        /// The digest.
        digest: Digest,
        /// Why.
        reason: String,
    },
    /// An object's bytes are not those of its digest.
    ObjectChanged {
        /// The digest.
        digest: Digest,
    },
    /// The log has no such tile (yet).
    NoTile {
        /// Its path.
        path: String,
    },
    /// A proof could not be made.
    Proof(ProofError),
    /// A note is not a checkpoint that this log signed.
    Cosigned {
        /// What is wrong with it.
        reason: String,
    },
    /// Trouble with a file.
    File(FileTrouble),
    /// Trouble with the database.
    Database(Database),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entry { n, error } => write!(f, "entry {n}: {error}; run verify"),
            Self::Changed { n } => {
                write!(
                    f,
                    "entry {n}: its bytes or their hash were changed; run verify, and restore from a backup"
                )
            }
            Self::Missing { n } => {
                write!(f, "entry {n} is missing; run verify, and restore from a backup")
            }
            Self::Hash { n } => write!(f, "entry {n}: the hash beside it is not a hash; run verify"),
            Self::Object { digest, reason } => {
                write!(
                    f,
                    "object {digest} cannot be read ({reason}); run verify, and restore it from a backup"
                )
            }
            Self::ObjectChanged { digest } => {
                write!(f, "object {digest}: its bytes were changed; run verify, and restore it from a backup")
            }
            Self::NoTile { path } => write!(f, "the log has no tile {path}; sign a checkpoint first"),
            Self::Proof(error) => error.fmt(f),
            Self::Cosigned { reason } => write!(f, "not kept with its cosignatures: {reason}"),
            Self::File(trouble) => trouble.fmt(f),
            Self::Database(trouble) => trouble.fmt(f),
        }
    }
}

/// Why an object could not be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VaultError {
    /// The store was opened for reading.
    ReadOnly,
    /// The object is longer than the caller allows.
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// The sender's bytes could not be read.
    Source {
        /// Why.
        reason: String,
    },
    /// Trouble with a file.
    File(FileTrouble),
    /// Trouble with the database.
    Database(Database),
}

impl fmt::Display for VaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReadOnly => f.write_str("the store was opened for reading; open it for writing"),
            Self::TooLarge { limit } => {
                write!(f, "longer than {limit} bytes; nothing was kept: split it, or raise the limit")
            }
            Self::Source { reason } => write!(f, "what was sent could not be read to its end: {reason}"),
            Self::File(trouble) => trouble.fmt(f),
            Self::Database(trouble) => trouble.fmt(f),
        }
    }
}

/// Why a store could not be verified at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VerifyError {
    /// There is no key to verify with.
    Key {
        /// What is wrong.
        reason: String,
    },
    /// Trouble with the database.
    Database(Database),
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key { reason } => write!(f, "no key to verify with: {reason}; give the log's public key"),
            Self::Database(trouble) => trouble.fmt(f),
        }
    }
}

macro_rules! plumbing {
    ($($error:ident),*) => {$(
        impl core::error::Error for $error {}

        impl From<Database> for $error {
            fn from(trouble: Database) -> Self {
                Self::Database(trouble)
            }
        }
    )*};
}

plumbing!(ProjectError, OpenError, AppendError, SignError, ReadError, VaultError, VerifyError);

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.into())
    }
}

impl From<CommitError> for VaultError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Nothing(trouble) => Self::Database(trouble),
            CommitError::Unknown(reason) => Self::Database(Database::Other { reason }),
        }
    }
}

impl From<FileTrouble> for OpenError {
    fn from(trouble: FileTrouble) -> Self {
        Self::File(trouble)
    }
}

impl From<FileTrouble> for ReadError {
    fn from(trouble: FileTrouble) -> Self {
        Self::File(trouble)
    }
}

impl From<FileTrouble> for VaultError {
    fn from(trouble: FileTrouble) -> Self {
        Self::File(trouble)
    }
}

impl From<VaultError> for AppendError {
    fn from(error: VaultError) -> Self {
        Self::Vault(error)
    }
}

impl From<ReadError> for OpenError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Database(trouble) => Self::Database(trouble),
            ReadError::File(trouble) => Self::File(trouble),
            other => Self::Inconsistent { reason: other.to_string() },
        }
    }
}
