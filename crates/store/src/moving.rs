//! A whole store to another folder and another database, and the one it came from closed.
//!
//! Every entry with its bytes and number, every checkpoint where it was signed, every object, what witnesses signed, the key, and whatever
//! else stands in the folder. A move that was interrupted goes on when it is repeated. The same key never writes in two places: until the move is
//! complete the new store does not open for writing, and from then on the old one does not. Nothing of the old one is removed.

use core::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use truceline_record::{Digest, Entry, TilePath, Tiler};

use crate::error::{Database, FileTrouble, OpenError, ReadError, VaultError, VerifyError};
use crate::key_change;
use crate::layout;
use crate::postgres::Postgres;
use crate::store::Store;
use crate::tables::{Batch, CommitError, Signed, Unreadable};
use crate::verify::VerifyReport;

/// Entries, and bytes of objects, that are written in one commit.
const ENTRIES: u64 = 1_024;
const BYTES: usize = 8 << 20;

/// What stands in the new folder until the move is complete.
const INCOMPLETE: &str = "a move into it is not complete; repeat the move";

/// Why a store was not moved. The old one is as it was, and open for writing, unless it says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MoveError {
    /// The old store, or the new one, could not be opened or made.
    Open(OpenError),
    /// Something could not be read.
    Read(ReadError),
    /// A store could not be verified.
    Verify(VerifyError),
    /// The old store does not hold together, and what is damaged is not carried on.
    Damaged {
        /// What is wrong.
        fault: String,
    },
    /// The new store holds something else.
    Another {
        /// What.
        reason: String,
    },
    /// An object could not be carried over.
    Vault(VaultError),
    /// Writing failed.
    Write {
        /// Why.
        reason: String,
    },
}

impl fmt::Display for MoveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(error) => error.fmt(f),
            Self::Read(error) => error.fmt(f),
            Self::Verify(error) => error.fmt(f),
            Self::Damaged { fault } => write!(f, "not moved, for it is damaged: {fault}; restore it first"),
            Self::Another { reason } => {
                write!(f, "the new place holds something else ({reason}); choose an empty one")
            }
            Self::Vault(error) => error.fmt(f),
            Self::Write { reason } => write!(f, "writing failed ({reason}); repeat the move, it goes on"),
        }
    }
}

impl core::error::Error for MoveError {}

macro_rules! from {
    ($($error:ident => $variant:ident),*) => {$(
        impl From<$error> for MoveError {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        }
    )*};
}

from!(OpenError => Open, ReadError => Read, VerifyError => Verify, VaultError => Vault);

impl From<Database> for MoveError {
    fn from(trouble: Database) -> Self {
        Self::Read(ReadError::Database(trouble))
    }
}

impl From<FileTrouble> for MoveError {
    fn from(trouble: FileTrouble) -> Self {
        Self::Read(ReadError::File(trouble))
    }
}

impl From<CommitError> for MoveError {
    fn from(error: CommitError) -> Self {
        let reason = match error {
            CommitError::Nothing(trouble) => trouble.to_string(),
            CommitError::Unknown(reason) => reason,
        };
        Self::Write { reason }
    }
}

impl Store {
    /// Moves the store in `from` to the folder `to`, with its tables in `database` or else in SQLite; gives what verifying the new one found.
    ///
    /// # Errors
    /// As [`MoveError`] says; repeating an interrupted move goes on with it.
    pub fn relocate(from: &Path, to: &Path, database: Option<&Postgres>) -> Result<VerifyReport, MoveError> {
        let moved = format!("it was moved to {}; open that one", absolute(to).display());
        if layout::closed(from)?.is_some_and(|reason| reason != moved) {
            return Err(OpenError::Closed { reason: layout::closed(from)?.unwrap_or_default() }.into());
        }
        let old = Self::open_though_closed(from)?;
        let report = old.verify()?;
        if let Some(fault) = report.faults.first() {
            return Err(MoveError::Damaged { fault: fault.to_string() });
        }
        let mut new = destination(&old, to, database)?;
        adopt_keys(&old, &mut new)?;
        objects(&old, &mut new)?;
        History::of(&old)?.replay(&old, &mut new)?;
        for cosigned in old.cosigned()?.iter().rev() {
            new.keep_cosigned(&cosigned.note)?;
        }
        drop(new);
        let new = Self::open_though_closed(to)?;
        let found = new.verify()?;
        if found != report {
            let reason = found.faults.first().map_or("it is not the same".to_owned(), ToString::to_string);
            return Err(MoveError::Another { reason });
        }
        others(from, to)?;
        layout::close(from, &moved)?;
        layout::open_again(to)?;
        Ok(found)
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The new store: made now, or by a move that was interrupted.
fn destination(old: &Store, to: &Path, database: Option<&Postgres>) -> Result<Store, MoveError> {
    let (origin, seed) = layout::read_key(old.dir())?;
    let interrupted = layout::closed(to)?.as_deref() == Some(INCOMPLETE);
    if !interrupted && Store::is_there(to) {
        return Err(OpenError::AlreadyThere { dir: to.to_owned() }.into());
    }
    layout::make_folder(to)?;
    layout::close(to, INCOMPLETE)?;
    if Store::is_there(to) {
        let new = Store::open_though_closed(to)?;
        if new.verifier().verifier_key() != old.verifier().verifier_key() {
            return Err(MoveError::Another { reason: "a store with another key".to_owned() });
        }
        return Ok(new);
    }
    let made = match database {
        Some(database) => Store::create_in(to, &origin, *seed, database),
        None => Store::create(to, &origin, *seed),
    };
    made.map_err(MoveError::from)
}

/// What earlier keys signed is carried over, and has to be believed there.
fn adopt_keys(old: &Store, new: &mut Store) -> Result<(), MoveError> {
    if old.verifier().former().next().is_some() {
        key_change::keep(new.tables.as_mut(), old.verifier())?;
        new.believe(old.verifier().clone());
    }
    Ok(())
}

fn unreadable(reason: Unreadable) -> MoveError {
    MoveError::Damaged { fault: reason }
}

/// Objects, also those that no entry names.
fn objects(old: &Store, new: &mut Store) -> Result<(), MoveError> {
    let (mut small, mut large) = (Vec::new(), Vec::new());
    let moment = old.tables.snapshot()?;
    moment.small_objects(&mut |name, _| small.extend(name)).map_err(unreadable)?;
    moment
        .large_objects(&mut |object| {
            if let Ok((name, _)) = object {
                large.extend(name);
            }
        })
        .map_err(unreadable)?;
    drop(moment);
    let mut together: Vec<(Digest, Vec<u8>)> = Vec::new();
    let mut bytes = 0;
    for name in small {
        if new.tables.holds(&name)? {
            continue;
        }
        let object = old.tables.small(&name)?.ok_or(ReadError::ObjectChanged { digest: name })?;
        bytes += object.len();
        together.push((name, object));
        if bytes >= BYTES {
            keep(new, &together)?;
            (bytes, together) = (0, Vec::new());
        }
    }
    keep(new, &together)?;
    for name in large {
        if !new.tables.holds(&name)? {
            let reader = old.tables.large(&name)?;
            let mut reader = reader.ok_or(ReadError::ObjectChanged { digest: name })?;
            new.tables.keep_large(&[], &mut reader, u64::MAX)?;
        }
    }
    Ok(())
}

fn keep(new: &mut Store, objects: &[(Digest, Vec<u8>)]) -> Result<(), MoveError> {
    let objects = objects.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    Ok(new.tables.commit(&Batch { objects, ..Batch::default() })?)
}

/// A checkpoint as it stands in the old store.
struct Old {
    size: u64,
    at: String,
    note: Vec<u8>,
}

/// The checkpoints of the old store, by size: entries are written up to each, and then it, as they once were.
struct History {
    checkpoints: Vec<Old>,
}

impl History {
    fn of(old: &Store) -> Result<Self, MoveError> {
        let mut checkpoints = Vec::new();
        old.tables
            .snapshot()?
            .checkpoints(&mut |size, at, note| {
                // Verified before: no size is below 0.
                let size = u64::try_from(size).unwrap_or_default();
                checkpoints.push(Old { size, at: at.to_owned(), note: note.to_vec() });
            })
            .map_err(unreadable)?;
        Ok(Self { checkpoints })
    }

    fn replay(&self, old: &Store, new: &mut Store) -> Result<(), MoveError> {
        let count = old.tables.count()?;
        let mut tiler = match &new.writer {
            Some(writer) => writer.tiler.clone(),
            None => return Err(MoveError::Write { reason: "the new store is open for reading".to_owned() }),
        };
        if tiler.size() > count {
            return Err(MoveError::Another { reason: "it has more entries".to_owned() });
        }
        let mut signed_before = 0;
        for checkpoint in &self.checkpoints {
            let there = new.tables.note_of(checkpoint.size)?;
            if there.as_ref().is_some_and(|note| *note != checkpoint.note) {
                return Err(MoveError::Another { reason: "a checkpoint of it is another".to_owned() });
            }
            if there.is_none() {
                carry(old, new, &mut tiler, checkpoint.size)?;
                new.tables.commit_checkpoint(&Signed {
                    size: checkpoint.size,
                    at: &checkpoint.at,
                    note: &checkpoint.note,
                    gone: TilePath::partial_hashes(signed_before),
                    partial: tiler.partial_tiles(),
                })?;
            }
            signed_before = checkpoint.size;
        }
        carry(old, new, &mut tiler, count)
    }
}

/// Writes the entries up to a number.
fn carry(old: &Store, new: &mut Store, tiler: &mut Tiler, end: u64) -> Result<(), MoveError> {
    while tiler.size() < end {
        let first = tiler.size();
        let mut batch = Batch { first, ..Batch::default() };
        for stored in old.entries(first..end.min(first.saturating_add(ENTRIES))) {
            let stored = stored?;
            let wrong = |error| ReadError::Entry { n: stored.n, error };
            let entry = Entry::from_bytes(&stored.bytes).map_err(wrong)?;
            if let Some(key) = entry.key {
                batch.keys.push((key.0, stored.n));
            }
            batch.tiles.extend(tiler.push(stored.leaf));
            batch.entries.push((stored.bytes, stored.leaf));
        }
        new.tables.commit(&batch)?;
    }
    Ok(())
}

/// Names of a folder's files that belong to its database, or that are made anew.
const OWN: [&str; 11] = [
    "truceline.db",
    "truceline.db-wal",
    "truceline.db-shm",
    "truceline.db-journal",
    "vault",
    "lock",
    "postgres",
    "postgres.pem",
    "signed",
    "closed",
    "cosigned",
];

/// Whatever else stands in the folder.
fn others(from: &Path, to: &Path) -> Result<(), FileTrouble> {
    for entry in fs::read_dir(from).map_err(FileTrouble::at(from))? {
        let entry = entry.map_err(FileTrouble::at(from))?;
        let name = entry.file_name();
        let own = OWN.iter().any(|own| name == *own) || name.to_string_lossy().ends_with(".unfinished");
        if !own {
            copy(&entry.path(), &to.join(&name))?;
        }
    }
    layout::sync_folder(to)
}

fn copy(from: &Path, to: &Path) -> Result<(), FileTrouble> {
    if from.is_dir() {
        layout::make_folder(to)?;
        for entry in fs::read_dir(from).map_err(FileTrouble::at(from))? {
            let entry = entry.map_err(FileTrouble::at(from))?;
            copy(&entry.path(), &to.join(entry.file_name()))?;
        }
        return layout::sync_folder(to);
    }
    fs::copy(from, to).map_err(FileTrouble::at(to))?;
    fs::File::open(to).and_then(|file| file.sync_all()).map_err(FileTrouble::at(to))
}
