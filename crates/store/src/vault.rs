//! The vault: objects as they came, named by SHA-256. Where they stand is the database's affair.
//!
//! It never looks into an object, and never gives one back whose bytes do not have its name.

use std::io::Read;

use truceline_record::{Digest, digest_of};

use crate::error::{ReadError, VaultError};
use crate::pieces::{self, Listed, Lister};
use crate::store::Store;

/// Objects up to this many bytes are rows of the database; larger ones are files, or rows in parts.
pub const SMALL_OBJECT_BYTES: usize = 8 << 20;

/// An object that is in the vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InVault {
    /// Its SHA-256.
    pub digest: Digest,
    /// Its length in bytes.
    pub bytes: u64,
}

impl Store {
    /// Keeps all that `source` gives, up to `limit` bytes; on disk when this returns. Memory stays at
    /// [`SMALL_OBJECT_BYTES`]. Past the limit nothing is kept.
    pub fn put_stream(&mut self, mut source: impl Read, limit: u64) -> Result<InVault, VaultError> {
        if self.writer.is_none() {
            return Err(VaultError::ReadOnly);
        }
        let mut head = Vec::new();
        let mut start = (&mut source).take((SMALL_OBJECT_BYTES as u64).min(limit) + 1);
        start.read_to_end(&mut head).map_err(|error| VaultError::Source { reason: error.to_string() })?;
        if head.len() as u64 > limit {
            return Err(VaultError::TooLarge { limit });
        }
        if head.len() > SMALL_OBJECT_BYTES {
            let mut lister = Lister::default();
            lister.push(&head);
            let mut listed = Listed { from: &mut source, lister: &mut lister };
            let kept = self.tables.keep_large(&head, &mut listed, limit)?;
            lister.keep(&self.dir, &kept.digest);
            return Ok(kept);
        }
        let digest = digest_of(&head);
        self.tables.keep_small(&digest, &head)?;
        pieces::note(&self.dir, &digest, &head);
        Ok(InVault { digest, bytes: head.len() as u64 })
    }

    /// An object's bytes, checked against its name; `None` if the vault does not have it.
    pub fn object(&self, digest: &Digest) -> Result<Option<Vec<u8>>, ReadError> {
        let bytes = match self.tables.small(digest)? {
            Some(bytes) => bytes,
            None => {
                let Some(mut reader) = self.tables.large(digest)? else { return Ok(None) };
                let mut bytes = Vec::new();
                let read = reader.read_to_end(&mut bytes);
                read.map_err(|error| ReadError::Object { digest: *digest, reason: error.to_string() })?;
                bytes
            }
        };
        if digest_of(&bytes) == *digest {
            Ok(Some(bytes))
        } else {
            Err(ReadError::ObjectChanged { digest: *digest })
        }
    }

    /// Whether the vault has an object, small or large.
    pub fn holds(&self, digest: &Digest) -> Result<bool, ReadError> {
        Ok(self.tables.holds(digest)?)
    }

    /// A reader of an object that may be larger than memory; `None` if the vault does not have it. What it
    /// gives is not checked on the way: that is the audit's.
    pub fn object_reader(&self, digest: &Digest) -> Result<Option<Box<dyn Read + '_>>, ReadError> {
        if let Some(bytes) = self.tables.small(digest)? {
            return Ok(Some(Box::new(std::io::Cursor::new(bytes))));
        }
        self.tables.large(digest)
    }
}
