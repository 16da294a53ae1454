//! The vault: objects as they came, named by SHA-256. Small ones are rows, large ones files.
//!
//! It never looks into an object, and never gives one back whose bytes do not have its name.

use std::fs::{self, File};
use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension};
use sha2::{Digest as _, Sha256};
use truceline_record::{Digest, digest_of};

use crate::error::{FileTrouble, ReadError, VaultError};
use crate::layout;
use crate::store::{Store, begin};

/// Objects up to this many bytes are rows of the database; larger ones are files.
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
            return write_stream(&self.dir, &head, &mut source, limit);
        }
        let digest = digest_of(&head);
        let transaction = begin(&mut self.connection)?;
        insert_small(&transaction, &digest, &head)?;
        transaction.commit()?;
        Ok(InVault { digest, bytes: head.len() as u64 })
    }

    /// An object's bytes, checked against its name; `None` if the vault does not have it.
    pub fn object(&self, digest: &Digest) -> Result<Option<Vec<u8>>, ReadError> {
        let row = small(&self.connection, digest)?;
        let bytes = match row {
            Some(bytes) => bytes,
            None => {
                let path = layout::vault_file(&self.dir, digest);
                if !path.is_file() {
                    return Ok(None);
                }
                fs::read(&path).map_err(FileTrouble::at(&path))?
            }
        };
        if digest_of(&bytes) == *digest {
            Ok(Some(bytes))
        } else {
            Err(ReadError::ObjectChanged { digest: *digest })
        }
    }

    /// A reader of an object that may be larger than memory; `None` if the vault does not have it. What it
    /// gives is not checked on the way: that is the audit's.
    pub fn object_reader(&self, digest: &Digest) -> Result<Option<Box<dyn Read>>, ReadError> {
        if let Some(bytes) = small(&self.connection, digest)? {
            return Ok(Some(Box::new(std::io::Cursor::new(bytes))));
        }
        let path = layout::vault_file(&self.dir, digest);
        if !path.is_file() {
            return Ok(None);
        }
        let file = File::open(&path).map_err(FileTrouble::at(&path))?;
        Ok(Some(Box::new(BufReader::new(file))))
    }
}

fn small(connection: &Connection, digest: &Digest) -> Result<Option<Vec<u8>>, rusqlite::Error> {
    connection
        .prepare_cached("SELECT bytes FROM vault WHERE digest = ?1")?
        .query_row([digest.0], |row| row.get(0))
        .optional()
}

pub(crate) fn insert_small(
    connection: &Connection,
    digest: &Digest,
    bytes: &[u8],
) -> Result<(), rusqlite::Error> {
    connection
        .prepare_cached("INSERT OR IGNORE INTO vault (digest, bytes) VALUES (?1, ?2)")?
        .execute((digest.0, bytes))
        .map(drop)
}

pub(crate) fn holds(connection: &Connection, dir: &Path, digest: &Digest) -> Result<bool, rusqlite::Error> {
    let row = connection.prepare_cached("SELECT 1 FROM vault WHERE digest = ?1")?.exists([digest.0])?;
    Ok(row || layout::vault_file(dir, digest).is_file())
}

pub(crate) fn write_large(dir: &Path, bytes: &[u8]) -> Result<InVault, VaultError> {
    write_stream(dir, bytes, &mut std::io::empty(), u64::MAX)
}

/// Writes `head` and the rest of `source` under a name of no meaning, and names it when its digest is known.
fn write_stream(dir: &Path, head: &[u8], source: &mut dyn Read, limit: u64) -> Result<InVault, VaultError> {
    let folder = layout::vault_unfinished(dir);
    layout::make_folder(&folder)?;
    // One process writes, one object at a time: one name is enough.
    let unfinished = folder.join("object");
    let written = copy(&unfinished, head, source, limit);
    let kept = match written {
        Ok(kept) => kept,
        Err(error) => {
            // The first error is the one to tell; a leftover is cleared at the next opening.
            let _ = fs::remove_file(&unfinished);
            return Err(error);
        }
    };
    let path = layout::vault_file(dir, &kept.digest);
    if let Some(parent) = path.parent() {
        layout::make_folder(parent)?;
        fs::rename(&unfinished, &path).map_err(FileTrouble::at(&path))?;
        layout::sync_folder(parent)?;
    }
    Ok(kept)
}

fn copy(path: &Path, head: &[u8], source: &mut dyn Read, limit: u64) -> Result<InVault, VaultError> {
    let mut file = File::create(path).map_err(FileTrouble::at(path))?;
    let mut hash = Sha256::new();
    let mut bytes = head.len() as u64;
    hash.update(head);
    file.write_all(head).map_err(FileTrouble::at(path))?;
    let mut buffer = vec![0_u8; 1 << 16];
    loop {
        let count = match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(VaultError::Source { reason: error.to_string() }),
        };
        bytes += count as u64;
        if bytes > limit {
            return Err(VaultError::TooLarge { limit });
        }
        let part = buffer.get(..count).unwrap_or_default();
        hash.update(part);
        file.write_all(part).map_err(FileTrouble::at(path))?;
    }
    file.sync_all().map_err(FileTrouble::at(path))?;
    Ok(InVault { digest: Digest(hash.finalize().into()), bytes })
}

/// Removes what a killed process left behind unnamed.
pub(crate) fn clear_unfinished(dir: &Path) -> Result<(), FileTrouble> {
    let path = layout::vault_unfinished(dir).join("object");
    if path.exists() { fs::remove_file(&path).map_err(FileTrouble::at(&path)) } else { Ok(()) }
}

/// The files of the vault with the digest that each is named by; `None` for a name that is no digest.
pub(crate) fn files(dir: &Path) -> Result<Vec<(PathBuf, Option<Digest>)>, FileTrouble> {
    let vault = layout::vault(dir);
    let mut found = Vec::new();
    let list = |path: &Path| -> Result<Vec<PathBuf>, FileTrouble> {
        let entries = fs::read_dir(path).map_err(FileTrouble::at(path))?;
        entries.map(|entry| entry.map(|entry| entry.path()).map_err(FileTrouble::at(path))).collect()
    };
    if !vault.is_dir() {
        return Ok(found);
    }
    for folder in list(&vault)? {
        if folder == layout::vault_unfinished(dir) || !folder.is_dir() {
            continue;
        }
        for path in list(&folder)? {
            let digest = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
            found.push((path, digest));
        }
    }
    found.sort();
    Ok(found)
}

/// The digest of a file, read in parts.
pub(crate) fn digest_file(path: &Path) -> Result<Digest, FileTrouble> {
    let mut file = File::open(path).map_err(FileTrouble::at(path))?;
    let mut hash = Sha256::new();
    std::io::copy(&mut file, &mut hash).map_err(FileTrouble::at(path))?;
    Ok(Digest(hash.finalize().into()))
}
