//! The log in a bundle, read as a store's is: entries from their tiles, objects by digest.
//!
//! Reports and texts whose bytes are not in the bundle are passed over, and named: what rests on them cannot be derived again.

use std::collections::{BTreeMap, BTreeSet};

use truceline_record::{
    Digest, Entry as Logged, LogVerifier, MAX_ENTRY_BYTES, TILE_WIDTH, TilePath, decode_bundle, digest_of,
};

use super::Part;
use super::files::Files;
use crate::failure::Failure;
use crate::log_reader::LogReader;

/// Largest bundle of 256 entries.
const ENTRIES_LIMIT: u64 = TILE_WIDTH as u64 * (MAX_ENTRY_BYTES as u64 + 2);

/// Largest object that is read into memory: 1 GiB.
pub(crate) const OBJECT_LIMIT: u64 = 1 << 30;

/// The log of a bundle.
pub(crate) struct BundleLog<'b> {
    pub(crate) files: &'b Files,
    /// Entries under its checkpoint.
    pub(crate) size: u64,
    /// The log's key, with those before it.
    pub(crate) key: LogVerifier,
    /// Checkpoints of the log itself, by size.
    pub(crate) notes: BTreeMap<u64, Vec<u8>>,
    /// Entries that are passed over.
    pub(crate) closed: BTreeSet<u64>,
}

/// The entries of one tile, in order.
///
/// # Errors
/// In words, when it is missing or damaged.
pub(crate) fn tile(files: &Files, path: TilePath) -> Result<Vec<Vec<u8>>, String> {
    let bytes = files.read(&Part::Tile(path), ENTRIES_LIMIT)?;
    let bytes = bytes.ok_or_else(|| format!("{path}: it is not in the bundle"))?;
    let entries = decode_bundle(&bytes).map_err(|e| format!("{path}: {e}"))?;
    Ok(entries.into_iter().map(<[u8]>::to_vec).collect())
}

impl LogReader for BundleLog<'_> {
    fn size(&self) -> Result<u64, Failure> {
        Ok(self.size)
    }

    fn entries_between(
        &self,
        start: u64,
        end: u64,
    ) -> Box<dyn Iterator<Item = Result<Logged, Failure>> + '_> {
        let tiles = TilePath::all_entries(self.size).into_iter();
        let bytes = tiles.flat_map(|path| match tile(self.files, path) {
            Ok(entries) => entries.into_iter().map(Ok).collect::<Vec<_>>(),
            Err(say) => vec![Err(say)],
        });
        let decoded = bytes.map(|bytes| {
            let bytes = bytes.map_err(|say| Failure::operation("read the bundle", &say))?;
            Logged::from_bytes(&bytes).map_err(|e| Failure::operation("read the bundle", &e))
        });
        let open = |entry: &Result<Logged, Failure>| {
            entry.as_ref().map_or(true, |entry| !self.closed.contains(&entry.n))
        };
        let place = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        Box::new(decoded.take(place(end)).skip(place(start)).filter(open))
    }

    fn object_bytes(&self, digest: &Digest) -> Result<Option<Vec<u8>>, Failure> {
        let found = self.files.read(&Part::Object(*digest), OBJECT_LIMIT);
        let found = found.map_err(|say| Failure::operation("read the bundle", &say))?;
        match found {
            Some(bytes) if digest_of(&bytes) != *digest => {
                Err(Failure::operation("read the bundle", &format!("object {digest} has other bytes")))
            }
            found => Ok(found),
        }
    }

    fn checkpoint_over(&self, size: u64) -> Result<Option<String>, Failure> {
        Ok(self.notes.get(&size).map(|note| String::from_utf8_lossy(note).into_owned()))
    }

    fn key_over(&self, size: u64) -> &str {
        self.key.key_over(size)
    }
}
