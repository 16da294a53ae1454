//! What a database does for the store: this trait, twice implemented (`sqlite/`, `postgres/`), and nothing else of either is seen above it.
//!
//! It keeps rows and gives them back. It never decides what is logged: a known key, the tree, signing, proofs and verifying stand once, above
//! it, so that two databases cannot differ in them. One contract test runs over both.
//!
//! Reading tells what stands there, damaged or not; whether that is right is for the caller to judge. All that one call writes is on disk when it
//! returns, or none of it is, or [`CommitError::Unknown`] says that nobody can tell.

use std::io::Read;

use truceline_record::{Digest, TilePath};

use crate::error::{Database, FileTrouble, ReadError, VaultError};
use crate::projection::Projection;
use crate::vault::InVault;

/// An entry as it stands in its row.
pub(crate) struct Row {
    pub(crate) n: u64,
    pub(crate) bytes: Vec<u8>,
    /// `None` where what stands beside the entry is not 32 bytes long.
    pub(crate) leaf: Option<Digest>,
}

/// The entry that a key was logged under, and the leaf hash beside it.
pub(crate) type Known = (u64, Option<Digest>);

/// A row that a fault was narrowed to.
pub(crate) enum RowOf<'a> {
    /// An entry and the hash beside it.
    Entry(u64),
    /// A small object.
    Object(&'a Digest),
    /// A tile, by the path of a full one.
    Tile(&'a TilePath),
    /// A checkpoint.
    Checkpoint(u64),
}

/// What one append writes.
#[derive(Default)]
pub(crate) struct Batch<'a> {
    /// Number of the first entry; the others follow.
    pub(crate) first: u64,
    /// Bytes and leaf hash of each.
    pub(crate) entries: Vec<(Vec<u8>, Digest)>,
    /// Keys, and the entry that each was logged under.
    pub(crate) keys: Vec<([u8; 32], u64)>,
    /// Small objects; one that is kept already stays as it is.
    pub(crate) objects: Vec<(Digest, &'a [u8])>,
    /// Tiles that became full.
    pub(crate) tiles: Vec<(TilePath, Vec<u8>)>,
}

/// What signing writes.
pub(crate) struct Signed<'a> {
    /// Entries covered.
    pub(crate) size: u64,
    /// When: kept beside the note, no part of it.
    pub(crate) at: &'a str,
    pub(crate) note: &'a [u8],
    /// Partial tiles of the last checkpoint, which go.
    pub(crate) gone: Vec<TilePath>,
    /// Partial tiles of this one.
    pub(crate) partial: Vec<(TilePath, Vec<u8>)>,
}

/// Why something was not committed.
#[derive(Debug)]
pub(crate) enum CommitError {
    /// Nothing of it is there.
    Nothing(Database),
    /// It may be there or not; only opening the store again can tell.
    Unknown(String),
}

impl<E: Into<Database>> From<E> for CommitError {
    fn from(error: E) -> Self {
        Self::Nothing(error.into())
    }
}

/// The tables of one store. One process writes to them, any number read.
pub(crate) trait Tables: Send {
    /// One more than the largest number of an entry; 0 without entries.
    fn count(&self) -> Result<u64, Database>;

    /// Entries with `first <= n < end`, ascending; where some are missing, they are left out.
    fn page(&self, first: u64, end: u64) -> Result<Vec<Row>, Database>;

    /// As [`Tables::page`], only what stands beside each entry as its leaf hash.
    fn leaf_hashes(&self, first: u64, end: u64) -> Result<Vec<Option<Digest>>, Database>;

    /// For each key, the number of the entry that was logged under it, and the leaf hash beside that.
    fn known(&self, keys: &[[u8; 32]]) -> Result<Vec<Option<Known>>, Database>;

    /// A word of the store about itself: `origin`, `verifier-key`, `former-keys`.
    fn meta(&self, name: &str) -> Result<Option<String>, Database>;

    /// The tile of hashes under the path of a full one: full, or else the widest partial one.
    fn tile(&self, full: &TilePath) -> Result<Option<Vec<u8>>, Database>;

    /// The largest size signed, and its note.
    fn last_note(&self) -> Result<Option<(u64, Vec<u8>)>, Database>;

    /// The note over so many entries.
    fn note_of(&self, size: u64) -> Result<Option<Vec<u8>>, Database>;

    /// A small object.
    fn small(&self, digest: &Digest) -> Result<Option<Vec<u8>>, Database>;

    /// A large object, to be read from its beginning.
    fn large(&self, digest: &Digest) -> Result<Option<Box<dyn Read + '_>>, ReadError>;

    /// Where a row stands in the database's files, in words, where it is for the database to say. `None` where the file can be searched.
    fn place_of(&self, _row: &RowOf<'_>) -> Option<String> {
        None
    }

    /// Whether an object is there, small or large.
    fn holds(&self, digest: &Digest) -> Result<bool, Database>;

    /// Keeps a small object.
    fn keep_small(&mut self, digest: &Digest, bytes: &[u8]) -> Result<(), CommitError>;

    /// Keeps `head` and all that `rest` gives as one large object, up to `limit` bytes; past it, nothing is kept.
    fn keep_large(&mut self, head: &[u8], rest: &mut dyn Read, limit: u64) -> Result<InVault, VaultError>;

    /// Destroys objects: when this returns, no file or row of the database shows their bytes. Objects that are not there are no error.
    fn destroy(&mut self, digests: &[Digest]) -> Result<(), Database> {
        let reason = format!("this database cannot destroy objects, and {} were to be", digests.len());
        Err(Database::Other { reason })
    }

    /// Logs a batch in one transaction.
    fn commit(&mut self, batch: &Batch<'_>) -> Result<(), CommitError>;

    /// Prepares for many small commits over a long time, where that differs from few.
    fn expect_many(&mut self, _log_pages: u64) -> Result<(), Database> {
        Ok(())
    }

    /// Logs a batch and keeps a checkpoint over it, in one transaction where the database has overridden this. In two, a checkpoint that fails
    /// leaves unknown what the caller has to know, and says so.
    fn commit_signed(&mut self, batch: &Batch<'_>, signed: &Signed<'_>) -> Result<(), CommitError> {
        self.commit(batch)?;
        self.commit_checkpoint(signed).map_err(|error| match error {
            CommitError::Nothing(trouble) => CommitError::Unknown(trouble.to_string()),
            unknown @ CommitError::Unknown(_) => unknown,
        })
    }

    /// Puts words of the store about its key in place of others, all or none.
    fn replace_key(&mut self, words: &[(&str, &str)]) -> Result<(), CommitError>;

    /// Keeps a checkpoint with its partial tiles in one transaction.
    fn commit_checkpoint(&mut self, signed: &Signed<'_>) -> Result<(), CommitError>;

    /// Whether what was derived is to stand in each commit beside the entries that it follows from.
    fn projects_each(&self) -> bool {
        false
    }

    /// Writes a batch, with a checkpoint over it, and leaves the transaction open: what is read through these tables now shows it, and
    /// nobody else sees it until [`Tables::finish`]. Only where [`Tables::projects_each`].
    fn begin(&mut self, _batch: &Batch<'_>, _signed: Option<&Signed<'_>>) -> Result<(), CommitError> {
        Err(CommitError::Nothing(Database::ReadOnly))
    }

    /// Puts what was derived beside the batch and commits both. Where nothing was derived, or it cannot be put there, the batch is committed
    /// alone: a derivation never stands in the way of a report.
    fn finish(
        &mut self,
        _derived: Option<&Projection>,
        _signed: Option<&Signed<'_>>,
    ) -> Result<(), CommitError> {
        Err(CommitError::Nothing(Database::ReadOnly))
    }

    /// Everything as it stands at one moment, for as long as this is held; a writing process goes on.
    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, Database>;

    /// The last signed note that stands outside the database, where something does: the tables may be put back to an earlier state then, and
    /// it is not put back with them.
    fn remembered(&self) -> Result<Option<Vec<u8>>, FileTrouble> {
        Ok(None)
    }

    /// Keeps a signed note outside the database.
    fn remember(&self, _note: &[u8]) -> Result<(), FileTrouble> {
        Ok(())
    }

    /// The connection, where it is SQLite's: tests narrow it.
    #[cfg(test)]
    fn sqlite(&self) -> Option<&rusqlite::Connection> {
        None
    }
}

/// A table's rows could not be read to their end: the database's words.
pub(crate) type Unreadable = String;

/// Takes the number, the bytes and the leaf hash of an entry.
pub(crate) type EachEntry<'a> = dyn FnMut(i64, &[u8], &[u8]) + 'a;

/// Takes the name and the digest of a large object, or why it cannot be read.
pub(crate) type EachLarge<'a> = dyn FnMut(Result<(Option<Digest>, Digest), Unreadable>) + 'a;

/// One moment of the tables, read row by row whatever state the rows are in: a number below 0 or a hash that is none is given as it stands.
pub(crate) trait Snapshot {
    /// What the database itself says is damaged.
    fn damage(&self) -> Option<String>;

    /// As [`Tables::meta`].
    fn meta(&self, name: &str) -> Option<String>;

    /// Size, time and note of each checkpoint, by size.
    fn checkpoints(&self, each: &mut dyn FnMut(i64, &str, &[u8])) -> Result<(), Unreadable>;

    /// Number, bytes and leaf hash of each entry, by number.
    fn entries(&self, each: &mut EachEntry<'_>) -> Result<(), Unreadable>;

    /// Path and hashes of each tile, by path.
    fn tiles(&self, each: &mut dyn FnMut(&str, &[u8])) -> Result<(), Unreadable>;

    /// Each key with its entry's number, in any order.
    fn keys(&self, each: &mut dyn FnMut(&[u8], i64)) -> Result<(), Unreadable>;

    /// Name and digest of each small object.
    fn small_objects(&self, each: &mut dyn FnMut(Option<Digest>, Digest)) -> Result<(), Unreadable>;

    /// Name and digest of each large object, or why one cannot be read.
    fn large_objects(&self, each: &mut EachLarge<'_>) -> Result<(), Unreadable>;
}
