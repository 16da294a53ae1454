//! Large objects as files beside the database, each named by its SHA-256.
//!
//! A file has its name only once all of it is on disk. It never looks into an object.

use std::fs::{self, File, OpenOptions};
use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use truceline_record::Digest;

use crate::error::{Database, FileTrouble, ReadError, VaultError};
use crate::layout;
use crate::vault::InVault;

pub(super) fn holds(dir: &Path, digest: &Digest) -> bool {
    layout::vault_file(dir, digest).is_file()
}

pub(super) fn reader(dir: &Path, digest: &Digest) -> Result<Option<Box<dyn Read>>, ReadError> {
    let path = layout::vault_file(dir, digest);
    if !path.is_file() {
        return Ok(None);
    }
    let file = File::open(&path).map_err(FileTrouble::at(&path))?;
    Ok(Some(Box::new(BufReader::new(file))))
}

/// Writes `head` and the rest of `source` under a name of no meaning, and names it when its digest is known.
pub(super) fn write(
    dir: &Path,
    head: &[u8],
    source: &mut dyn Read,
    limit: u64,
) -> Result<InVault, VaultError> {
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

/// Overwrites a file with zeros and removes it; one that is not there is no error.
pub(super) fn destroy(dir: &Path, digest: &Digest) -> Result<(), Database> {
    let path = layout::vault_file(dir, digest);
    let wrong = |error: std::io::Error| Database::Other { reason: FileTrouble::at(&path)(error).to_string() };
    let mut file = match OpenOptions::new().write(true).open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(wrong(error)),
    };
    let length = file.metadata().map_err(wrong)?.len();
    std::io::copy(&mut std::io::repeat(0).take(length), &mut file).map_err(wrong)?;
    file.sync_all().map_err(wrong)?;
    drop(file);
    fs::remove_file(&path).map_err(wrong)?;
    let parent = path.parent().map_or(Ok(()), layout::sync_folder);
    parent.map_err(|trouble| Database::Other { reason: trouble.to_string() })
}

/// Removes what a killed process left behind unnamed.
pub(super) fn clear_unfinished(dir: &Path) -> Result<(), FileTrouble> {
    let path = layout::vault_unfinished(dir).join("object");
    if path.exists() { fs::remove_file(&path).map_err(FileTrouble::at(&path)) } else { Ok(()) }
}

/// The files of the vault with the digest that each is named by; `None` for a name that is no digest, and for one in a folder where nobody looks for it.
pub(super) fn all(dir: &Path) -> Result<Vec<(PathBuf, Option<Digest>)>, FileTrouble> {
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
            let digest = digest.filter(|digest| layout::vault_file(dir, digest) == path);
            found.push((path, digest));
        }
    }
    found.sort();
    Ok(found)
}

/// The digest of a file, read in parts.
pub(super) fn digest(path: &Path) -> Result<Digest, FileTrouble> {
    let mut file = File::open(path).map_err(FileTrouble::at(path))?;
    let mut hash = Sha256::new();
    std::io::copy(&mut file, &mut hash).map_err(FileTrouble::at(path))?;
    Ok(Digest(hash.finalize().into()))
}
