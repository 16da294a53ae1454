//! What a derivation reads of a log, wherever it lies: in a store, or in a bundle that somebody handed over.
//!
//! Reads only. What it gives has been held against the hashes beside it; that these are the signed ones is for `verify`.

use truceline_record::{Digest, Entry as Logged};
use truceline_store::Store;

use crate::failure::Failure;

/// A log that can be read.
pub(crate) trait LogReader {
    /// Entries in it.
    fn size(&self) -> Result<u64, Failure>;

    /// The entries before number `end`, ascending.
    fn entries_before(&self, end: u64) -> Box<dyn Iterator<Item = Result<Logged, Failure>> + '_> {
        self.entries_between(0, end)
    }

    /// The entries from number `start` on and before number `end`, ascending.
    fn entries_between(&self, start: u64, end: u64)
    -> Box<dyn Iterator<Item = Result<Logged, Failure>> + '_>;

    /// An object's bytes; `None` when the log's keeper does not have it.
    fn object_bytes(&self, digest: &Digest) -> Result<Option<Vec<u8>>, Failure>;

    /// The log's own checkpoint over so many entries, as text, where one was signed.
    fn checkpoint_over(&self, size: u64) -> Result<Option<String>, Failure>;

    /// The log's public key that counts over so many entries, as text.
    fn key_over(&self, size: u64) -> &str;
}

impl LogReader for Store {
    fn size(&self) -> Result<u64, Failure> {
        self.len().map_err(|e| Failure::operation("read the log", &e))
    }

    fn entries_between(
        &self,
        start: u64,
        end: u64,
    ) -> Box<dyn Iterator<Item = Result<Logged, Failure>> + '_> {
        let decoded = self.entries(start..end).map(|stored| stored.and_then(|stored| stored.decode()));
        Box::new(decoded.map(|entry| entry.map_err(|e| Failure::operation("read the log", &e))))
    }

    fn object_bytes(&self, digest: &Digest) -> Result<Option<Vec<u8>>, Failure> {
        self.object(digest).map_err(|e| Failure::operation("read the vault", &e))
    }

    fn checkpoint_over(&self, size: u64) -> Result<Option<String>, Failure> {
        let note = self.checkpoint_note_over(size);
        let note = note.map_err(|e| Failure::operation("read the checkpoint", &e))?;
        Ok(note.map(|note| String::from_utf8_lossy(&note).into_owned()))
    }

    fn key_over(&self, size: u64) -> &str {
        self.verifier().key_over(size)
    }
}
