//! Reading: entries, tiles, checkpoints and proofs. Nothing here writes.

use std::collections::VecDeque;
use std::ops::Range;

use rusqlite::{Connection, OptionalExtension};
use truceline_record::{
    Checkpoint, Digest, Entry, ProofError, TILE_WIDTH, TilePath, TileSource, encode_bundle, leaf_hash,
    prove_consistency, prove_inclusion,
};

use crate::error::ReadError;
use crate::store::Store;

/// An entry as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEntry {
    /// The number it is stored under.
    pub n: u64,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The leaf hash stored beside it.
    pub leaf: Digest,
}

impl StoredEntry {
    /// The entry that the bytes hold. Bytes that do not have the hash beside them are refused, so that
    /// nothing is derived from a damaged entry.
    pub fn decode(&self) -> Result<Entry, ReadError> {
        if leaf_hash(&self.bytes) != self.leaf {
            return Err(ReadError::Changed { n: self.n });
        }
        let wrong = |error| ReadError::Entry { n: self.n, error };
        Entry::from_bytes(&self.bytes).map_err(wrong)
    }
}

impl Store {
    /// Entries in the log.
    pub fn len(&self) -> Result<u64, ReadError> {
        count(&self.connection)
    }

    /// Whether the log has no entry.
    pub fn is_empty(&self) -> Result<bool, ReadError> {
        Ok(self.len()? == 0)
    }

    /// Entries by number, ascending, read in pages: a writing process is not held up. At the end of the log
    /// it simply ends; a gap before it is an error.
    pub fn entries(&self, range: Range<u64>) -> Entries<'_> {
        Entries { connection: &self.connection, next: range.start, end: range.end, page: VecDeque::new() }
    }

    /// One entry, read and checked for form; `None` past the end of the log.
    pub fn entry(&self, n: u64) -> Result<Option<Entry>, ReadError> {
        self.entries(n..n.saturating_add(1)).next().transpose()?.map(|stored| stored.decode()).transpose()
    }

    /// The number of the entry that was logged under a key.
    pub fn number_of(&self, key: &[u8; 32]) -> Result<Option<u64>, ReadError> {
        let found = self
            .connection
            .prepare_cached("SELECT n FROM receipts WHERE key = ?1")?
            .query_row([key], |row| row.get(0))
            .optional()?;
        Ok(found)
    }

    /// The last signed checkpoint, as the note that a web server hands out under `checkpoint`.
    pub fn checkpoint_note(&self) -> Result<Option<Vec<u8>>, ReadError> {
        Ok(last_note(&self.connection)?.map(|(_, note)| note))
    }

    /// The last signed checkpoint, its signature checked.
    pub fn last_checkpoint(&self) -> Result<Option<Checkpoint>, ReadError> {
        let Some((_, note)) = last_note(&self.connection)? else { return Ok(None) };
        let wrong = |error: truceline_record::CheckpointError| {
            ReadError::Proof(ProofError::Invalid { reason: error.to_string() })
        };
        self.verifier().open(&note).map(Some).map_err(wrong)
    }

    /// What the log serves under a path of `tlog-tiles`: hashes, or a bundle of entries. A partial tile
    /// of an older checkpoint is cut from a wider one. Only what is signed is served.
    pub fn tile_at(&self, path: TilePath) -> Result<Vec<u8>, ReadError> {
        match path {
            TilePath::Hashes { .. } => tile_bytes(&self.connection, path),
            TilePath::Entries { index, width } => {
                let first = index.saturating_mul(u64::from(TILE_WIDTH));
                let end = first.saturating_add(u64::from(width));
                let signed = last_note(&self.connection)?.map_or(0, |(size, _)| size);
                let missing = || ReadError::NoTile { path: path.to_string() };
                if end > signed {
                    return Err(missing());
                }
                let entries: Result<Vec<Vec<u8>>, ReadError> =
                    self.entries(first..end).map(|entry| Ok(entry?.bytes)).collect();
                let entries = entries?;
                if entries.len() != usize::from(width) {
                    return Err(missing());
                }
                encode_bundle(&entries).map_err(|_| missing())
            }
        }
    }

    /// Proves that entry `n` is in the log of the last signed checkpoint.
    pub fn prove_inclusion(&self, n: u64) -> Result<(Checkpoint, Vec<Digest>), ReadError> {
        let last = self.signed_for(n)?;
        let proof = prove_inclusion(self, last.size, last.root, n).map_err(ReadError::Proof)?;
        Ok((last, proof))
    }

    /// Proves that the log of the last signed checkpoint begins with its first `old_size` entries as they were.
    pub fn prove_consistency(&self, old_size: u64) -> Result<(Checkpoint, Vec<Digest>), ReadError> {
        let last = self.signed_for(old_size.saturating_sub(1))?;
        let proof = prove_consistency(self, last.size, last.root, old_size).map_err(ReadError::Proof)?;
        Ok((last, proof))
    }

    fn signed_for(&self, n: u64) -> Result<Checkpoint, ReadError> {
        self.last_checkpoint()?.ok_or_else(|| {
            let reason = format!("nothing is signed yet, so entry {n} cannot be proven");
            ReadError::Proof(ProofError::Range { reason })
        })
    }
}

impl TileSource for Store {
    type Error = ReadError;

    fn tile(&self, path: TilePath) -> Result<Vec<u8>, ReadError> {
        self.tile_at(path)
    }
}

/// Tiles as one connection or transaction sees them.
pub(crate) struct Tiles<'a>(pub(crate) &'a Connection);

impl TileSource for Tiles<'_> {
    type Error = ReadError;

    fn tile(&self, path: TilePath) -> Result<Vec<u8>, ReadError> {
        tile_bytes(self.0, path)
    }
}

/// Entries by number, ascending.
pub struct Entries<'a> {
    connection: &'a Connection,
    next: u64,
    end: u64,
    page: VecDeque<StoredEntry>,
}

const PAGE: u64 = 256;

impl Entries<'_> {
    fn fill(&mut self) -> Result<(), ReadError> {
        let end = self.end.min(count(self.connection)?);
        let upto = end.min(self.next.saturating_add(PAGE));
        let mut query = self
            .connection
            .prepare_cached("SELECT n, bytes, leaf_hash FROM entries WHERE n >= ?1 AND n < ?2 ORDER BY n")?;
        let mut rows = query.query((self.next, upto))?;
        while let Some(row) = rows.next()? {
            let n: u64 = row.get(0)?;
            if n != self.next {
                return Err(ReadError::Missing { n: self.next });
            }
            let leaf = Digest::from_slice(row.get_ref(2)?.as_blob().unwrap_or_default());
            let leaf = leaf.ok_or(ReadError::Hash { n })?;
            self.page.push_back(StoredEntry { n, bytes: row.get(1)?, leaf });
            self.next += 1;
        }
        if self.next < upto { Err(ReadError::Missing { n: self.next }) } else { Ok(()) }
    }
}

impl Iterator for Entries<'_> {
    type Item = Result<StoredEntry, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.page.is_empty()
            && self.next < self.end
            && let Err(error) = self.fill()
        {
            // Told once; what was read of the page before it is not given, for it would look like the end.
            self.page.clear();
            self.end = self.next;
            return Some(Err(error));
        }
        self.page.pop_front().map(Ok)
    }
}

pub(crate) fn count(connection: &Connection) -> Result<u64, ReadError> {
    let count = connection
        .prepare_cached("SELECT coalesce(max(n) + 1, 0) FROM entries")?
        .query_row([], |row| row.get(0))?;
    Ok(count)
}

pub(crate) fn leaf_hashes(connection: &Connection, first: u64, end: u64) -> Result<Vec<Digest>, ReadError> {
    let mut query =
        connection.prepare_cached("SELECT n, leaf_hash FROM entries WHERE n >= ?1 AND n < ?2 ORDER BY n")?;
    let mut rows = query.query((first, end))?;
    let mut hashes = Vec::new();
    while let Some(row) = rows.next()? {
        let n: u64 = row.get(0)?;
        let hash = Digest::from_slice(row.get_ref(1)?.as_blob().unwrap_or_default());
        hashes.push(hash.ok_or(ReadError::Hash { n })?);
    }
    if hashes.len() as u64 == end - first { Ok(hashes) } else { Err(ReadError::Hash { n: first }) }
}

pub(crate) fn last_note(connection: &Connection) -> Result<Option<(u64, Vec<u8>)>, ReadError> {
    let found = connection
        .prepare_cached("SELECT size, note FROM checkpoints ORDER BY size DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(found)
}

/// The signed note over so many entries.
pub(crate) fn note_of(connection: &Connection, size: u64) -> Result<Option<Vec<u8>>, ReadError> {
    let found = connection
        .prepare_cached("SELECT note FROM checkpoints WHERE size = ?1")?
        .query_row([size], |row| row.get(0))
        .optional()?;
    Ok(found)
}

/// A tile of hashes as stored, or cut from a wider one: the full tile, or the partial one of the last checkpoint.
pub(crate) fn tile_bytes(connection: &Connection, path: TilePath) -> Result<Vec<u8>, ReadError> {
    let missing = || ReadError::NoTile { path: path.to_string() };
    let TilePath::Hashes { level, index, width } = path else { return Err(missing()) };
    let full = TilePath::hashes(level, index, TILE_WIDTH).to_string();
    let mut query = connection.prepare_cached(
        "SELECT bytes FROM tiles WHERE path = ?1 OR (path > ?1 || '.p/' AND path < ?1 || '.p0')
         ORDER BY length(bytes) DESC LIMIT 1",
    )?;
    let bytes: Option<Vec<u8>> = query.query_row([full], |row| row.get(0)).optional()?;
    let mut bytes = bytes.ok_or_else(missing)?;
    let wanted = usize::from(width) * 32;
    if bytes.len() < wanted {
        return Err(missing());
    }
    bytes.truncate(wanted);
    Ok(bytes)
}
