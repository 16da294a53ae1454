//! Reading: entries, tiles, checkpoints and proofs. Nothing here writes.

use std::collections::VecDeque;
use std::ops::Range;

use truceline_record::{
    Checkpoint, Digest, Entry, ProofError, TILE_WIDTH, TilePath, TileSource, TileTrees, encode_bundle,
    leaf_hash, prove_consistency, prove_inclusion,
};

use crate::error::ReadError;
use crate::store::Store;
use crate::tables::Tables;

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
        Ok(self.tables.count()?)
    }

    /// Whether the log has no entry.
    pub fn is_empty(&self) -> Result<bool, ReadError> {
        Ok(self.len()? == 0)
    }

    /// Entries by number, ascending, read in pages: a writing process is not held up. At the end of the log
    /// it simply ends; a gap before it is an error.
    pub fn entries(&self, range: Range<u64>) -> Entries<'_> {
        Entries { tables: self.tables.as_ref(), next: range.start, end: range.end, page: VecDeque::new() }
    }

    /// One entry, read and checked for form; `None` past the end of the log.
    pub fn entry(&self, n: u64) -> Result<Option<Entry>, ReadError> {
        self.entries(n..n.saturating_add(1)).next().transpose()?.map(|stored| stored.decode()).transpose()
    }

    /// The number of the entry that was logged under a key.
    pub fn number_of(&self, key: &[u8; 32]) -> Result<Option<u64>, ReadError> {
        let Some((n, _)) = self.tables.known(&[*key])?.into_iter().next().flatten() else { return Ok(None) };
        // The entry says it too, so that an index in which a bit has turned names no other report.
        match self.entry(n)? {
            Some(entry) if entry.key == Some(Digest(*key)) => Ok(Some(n)),
            _ => Err(ReadError::Changed { n }),
        }
    }

    /// The last signed checkpoint, as the note that a web server hands out under `checkpoint`.
    pub fn checkpoint_note(&self) -> Result<Option<Vec<u8>>, ReadError> {
        Ok(self.tables.last_note()?.map(|(_, note)| note))
    }

    /// The note that was signed over exactly so many entries, where one was.
    pub fn checkpoint_note_over(&self, size: u64) -> Result<Option<Vec<u8>>, ReadError> {
        Ok(self.tables.note_of(size)?)
    }

    /// The last signed checkpoint, its signature checked.
    pub fn last_checkpoint(&self) -> Result<Option<Checkpoint>, ReadError> {
        let Some((_, note)) = self.tables.last_note()? else { return Ok(None) };
        // A signature that held over these very bytes holds.
        if let Some((_, checkpoint)) = self.opened.borrow().as_ref().filter(|(opened, _)| *opened == note) {
            return Ok(Some(checkpoint.clone()));
        }
        let wrong = |error: truceline_record::CheckpointError| {
            ReadError::Proof(ProofError::Invalid { reason: error.to_string() })
        };
        let checkpoint = self.verifier().open(&note).map_err(wrong)?;
        self.opened.replace(Some((note, checkpoint.clone())));
        Ok(Some(checkpoint))
    }

    /// What the log serves under a path of `tlog-tiles`: hashes, or a bundle of entries. A partial tile
    /// of an older checkpoint is cut from a wider one. Only what is signed is served.
    pub fn tile_at(&self, path: TilePath) -> Result<Vec<u8>, ReadError> {
        match path {
            TilePath::Hashes { .. } => tile_bytes(self.tables.as_ref(), path),
            TilePath::Entries { index, width } => {
                let first = index.saturating_mul(u64::from(TILE_WIDTH));
                let end = first.saturating_add(u64::from(width));
                let signed = self.tables.last_note()?.map_or(0, |(size, _)| size);
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

    fn trees(&self) -> Option<&TileTrees> {
        Some(&self.trees)
    }
}

/// Entries by number, ascending.
pub struct Entries<'a> {
    tables: &'a dyn Tables,
    next: u64,
    end: u64,
    page: VecDeque<StoredEntry>,
}

const PAGE: u64 = 256;

impl Entries<'_> {
    fn fill(&mut self) -> Result<(), ReadError> {
        let end = self.end.min(self.tables.count()?);
        let upto = end.min(self.next.saturating_add(PAGE));
        for row in self.tables.page(self.next, upto)? {
            if row.n != self.next {
                return Err(ReadError::Missing { n: self.next });
            }
            let leaf = row.leaf.ok_or(ReadError::Hash { n: row.n })?;
            self.page.push_back(StoredEntry { n: row.n, bytes: row.bytes, leaf });
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

/// A tile of hashes as stored, or cut from a wider one: the full tile, or the partial one of the last checkpoint.
pub(crate) fn tile_bytes(tables: &dyn Tables, path: TilePath) -> Result<Vec<u8>, ReadError> {
    let missing = || ReadError::NoTile { path: path.to_string() };
    let TilePath::Hashes { level, index, width } = path else { return Err(missing()) };
    let found = tables.tile(&TilePath::hashes(level, index, TILE_WIDTH))?;
    cut(found.ok_or_else(missing)?, width).ok_or_else(missing)
}

/// The first hashes of a tile; `None` if it is narrower.
pub(crate) fn cut(mut tile: Vec<u8>, width: u16) -> Option<Vec<u8>> {
    let wanted = usize::from(width) * 32;
    (tile.len() >= wanted).then(|| {
        tile.truncate(wanted);
        tile
    })
}
