//! The log's key replaced: because it is time, because it was stolen, or because it is lost.
//!
//! An entry says which key came in place of which; the key before it counts for what lies before that entry, and for nothing after. Where it is at
//! hand it signs all that is there once more, so that nothing is left to be signed by the wrong one. Killed at any point, the store goes on with the
//! one key or with the other: the new one lies in `next.key` until all else is done, and opening the store for writing finishes what was begun.

use core::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use truceline_record::{KEY_CHANGE, LogSigner, LogVerifier};

use crate::append::NewEntry;
use crate::error::{AppendError, Database, FileTrouble, OpenError, ReadError, SignError};
use crate::sign::SignedCheckpoint;
use crate::store::{Store, key_error, write_keys};
use crate::tables::{CommitError, Tables};
use crate::{backup, layout};

/// A key that was replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// The entry that says so.
    pub n: u64,
    /// The key before.
    pub from: String,
    /// The key from then on.
    pub to: String,
    /// What the new key signed first.
    pub checkpoint: SignedCheckpoint,
}

/// Why a key was not replaced. Where something was written already, opening the store for writing goes on with it or takes it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplaceError {
    /// The entry does not say of these two keys what such an entry says.
    NotAChange,
    /// The key is said to be lost and lies there.
    NotLost {
        /// Where.
        path: PathBuf,
    },
    /// The store could not be opened.
    Open(OpenError),
    /// The entry was not logged.
    Append(AppendError),
    /// Nothing could be signed.
    Sign(SignError),
    /// The tables could not be written.
    Write {
        /// Why.
        reason: String,
    },
    /// A file could not be written.
    File(FileTrouble),
}

impl fmt::Display for ReplaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAChange => f.write_str("the entry does not name the key before and the new one"),
            Self::NotLost { path } => {
                write!(f, "{} is there; replace the key without saying that it is lost", path.display())
            }
            Self::Open(error) => error.fmt(f),
            Self::Append(error) => error.fmt(f),
            Self::Sign(error) => error.fmt(f),
            Self::Write { reason } => write!(f, "{reason}; open the store for writing, it goes on"),
            Self::File(trouble) => trouble.fmt(f),
        }
    }
}

impl core::error::Error for ReplaceError {}

macro_rules! from {
    ($($error:ident => $variant:ident),*) => {$(
        impl From<$error> for ReplaceError {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        }
    )*};
}

from!(OpenError => Open, AppendError => Append, SignError => Sign, FileTrouble => File);

/// Where the new key lies while it comes in place of the other.
fn next(dir: &Path) -> PathBuf {
    dir.join("next.key")
}

/// The name under which the tables keep earlier keys.
const FORMER: &str = "former-keys";

/// The earlier keys as the tables keep them: the size up to which each counts, and the key, one a line.
fn former_text(verifier: &LogVerifier) -> String {
    verifier.former().map(|(key, until)| format!("{until} {key}\n")).collect()
}

/// A key with the earlier ones that stand in the tables. They prove nothing there: verifying holds them against the entries.
pub(crate) fn with_stored(key: LogVerifier, tables: &dyn Tables) -> LogVerifier {
    let text = tables.meta(FORMER).ok().flatten().unwrap_or_default();
    let read = |line: &str| {
        let (until, key) = line.split_once(' ')?;
        Some((until.parse::<u64>().ok()?, LogVerifier::new(key).ok()?))
    };
    text.lines().filter_map(read).fold(key, |key, (until, former)| key.after(&former, until))
}

/// A key from elsewhere, which counts together with the earlier keys that the store names.
pub(crate) fn with_former_of(key: &LogVerifier, stored: &LogVerifier) -> LogVerifier {
    let bare = LogVerifier::new(key.verifier_key()).unwrap_or_else(|_| key.clone());
    let former = stored.former().filter_map(|(text, until)| Some((LogVerifier::new(text).ok()?, until)));
    former.fold(bare, |key, (former, until)| key.after(&former, until))
}

/// Puts a key in place in the tables, with those before it.
pub(crate) fn keep(tables: &mut dyn Tables, verifier: &LogVerifier) -> Result<(), CommitError> {
    tables.replace_key(&[("verifier-key", verifier.verifier_key()), (FORMER, &former_text(verifier))])
}

/// Goes on with a change that a kill interrupted, or takes it back: the tables say which. Whether there is still something to sign.
pub(crate) fn resume(dir: &Path, tables: &dyn Tables) -> Result<bool, OpenError> {
    let path = next(dir);
    if !path.exists() {
        return Ok(false);
    }
    let (origin, seed) = layout::read_key_at(&path)?;
    let signer = LogSigner::new(&origin, &seed).map_err(key_error)?;
    if tables.meta("verifier-key")?.as_deref() == Some(signer.verifier_key().as_str()) {
        write_keys(dir, &signer, &seed)?;
        return Ok(true);
    }
    forget(dir)?;
    Ok(false)
}

fn forget(dir: &Path) -> Result<(), FileTrouble> {
    let path = next(dir);
    fs::remove_file(&path).map_err(FileTrouble::at(&path))?;
    layout::sync_folder(dir)
}

impl Store {
    /// Puts the key of this seed in place of the log's. `entry` is of kind [`KEY_CHANGE`] and names both keys (`from`, `to`); `at` is kept beside the
    /// checkpoints that are signed, by the old key before it and by the new one after. On disk when this returns.
    ///
    /// # Errors
    /// See [`ReplaceError`].
    pub fn replace_key(
        &mut self,
        seed: &[u8; 32],
        entry: NewEntry,
        at: &str,
    ) -> Result<Replaced, ReplaceError> {
        self.checkpoint(at)?;
        self.put_in_place(seed, entry, at)
    }

    /// Whether the key that this store was opened with is still the log's: whoever reads for a long time asks now and then, and opens again when it is not.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn has_its_key(&self) -> Result<bool, ReadError> {
        Ok(self.tables.meta("verifier-key")?.as_deref() == Some(self.verifier().verifier_key()))
    }

    /// As [`Store::replace_key`], for a store whose secret key is gone: what it had not signed any more the new one signs.
    ///
    /// # Errors
    /// See [`ReplaceError`].
    pub fn replace_lost_key(
        dir: &Path,
        seed: &[u8; 32],
        entry: NewEntry,
        at: &str,
    ) -> Result<Replaced, ReplaceError> {
        let path = layout::secret_key(dir);
        if path.exists() {
            return Err(ReplaceError::NotLost { path });
        }
        if let Some(reason) = layout::closed(dir)? {
            return Err(OpenError::Closed { reason }.into());
        }
        backup::refuse_copy(dir)?;
        Self::open_without_key(dir, seed)?.put_in_place(seed, entry, at)
    }

    fn put_in_place(&mut self, seed: &[u8; 32], entry: NewEntry, at: &str) -> Result<Replaced, ReplaceError> {
        let signer = LogSigner::new(self.origin(), seed).map_err(key_error)?;
        let (from, to) = (self.verifier().verifier_key().to_owned(), signer.verifier_key());
        let says = |name: &str| entry.body.get(name).and_then(serde_json::Value::as_str);
        if entry.kind != KEY_CHANGE
            || from == to
            || (says("from"), says("to")) != (Some(from.as_str()), Some(to.as_str()))
        {
            return Err(ReplaceError::NotAChange);
        }
        layout::write_file(&next(&self.dir), &layout::key_text(self.origin(), seed), true)?;
        let done = self.append(&[entry])?;
        let n = done.first().map(|done| done.n).ok_or(ReplaceError::NotAChange)?;
        let verifier = signer.verifier().map_err(key_error)?;
        let verifier = with_former_of(&verifier, self.verifier()).after(self.verifier(), n);
        keep(self.tables.as_mut(), &verifier).map_err(|error| self.unclear(error))?;
        write_keys(&self.dir, &signer, seed)?;
        self.take_key(signer, verifier);
        let checkpoint = self.checkpoint(at)?;
        forget(&self.dir)?;
        Ok(Replaced { n, from, to, checkpoint })
    }

    /// What is in the tables after this only opening them again can tell.
    fn unclear(&mut self, error: CommitError) -> ReplaceError {
        let reason = match error {
            CommitError::Nothing(trouble) => trouble.to_string(),
            CommitError::Unknown(reason) => reason,
        };
        if let Some(writer) = &mut self.writer {
            writer.failed = Some(reason.clone());
        }
        ReplaceError::Write { reason }
    }

    /// Signs what an interrupted change left to be signed by the new key, dated as the last entry is.
    pub(crate) fn sign_after_change(&mut self) -> Result<(), OpenError> {
        let last = self.len().and_then(|len| self.entry(len.saturating_sub(1)));
        let last = last.map_err(|error: ReadError| OpenError::Inconsistent { reason: error.to_string() })?;
        self.checkpoint(&last.map_or_else(String::new, |entry| entry.at)).map_err(|error| match error {
            SignError::Database(trouble) => OpenError::Database(trouble),
            other => OpenError::Database(Database::Other { reason: other.to_string() }),
        })?;
        Ok(forget(&self.dir)?)
    }
}
