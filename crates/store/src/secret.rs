//! The store's own secret: 32 bytes in a file that its owner alone may read. Entries carry digests under it where a plain hash would
//! confirm a guess (which report was logged before).
//!
//! It belongs to the store like the log's key: whoever moves, restores or copies the folder takes it along. It is never drawn here, and a file
//! that is there is never written over.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::error::OpenError;
use crate::layout;

const HEADER: &str = "truceline store secret 1";
const ATTACHMENTS: &str = "truceline attachments key 1";

fn file(dir: &Path) -> PathBuf {
    dir.join("store.secret")
}

fn attachments(dir: &Path) -> PathBuf {
    dir.join("attachments.key")
}

/// The secret of the store in `dir`; `None` where it has none yet. `origin` is the log's name: a secret of another log is refused.
///
/// # Errors
/// When the file cannot be read, others may read it, or it belongs to another log.
pub fn store_secret(dir: &Path, origin: &str) -> Result<Option<Zeroizing<[u8; 32]>>, OpenError> {
    read(&file(dir), HEADER, origin)
}

fn read(file: &Path, header: &str, origin: &str) -> Result<Option<Zeroizing<[u8; 32]>>, OpenError> {
    if !file.exists() {
        return Ok(None);
    }
    let (of, seed) = layout::read_secret(file, header)?;
    if of != origin {
        let reason = format!("{} is the secret of the log {of}; put back that of {origin}", file.display());
        return Err(OpenError::Key { reason });
    }
    Ok(Some(seed))
}

/// Keeps a secret for the store in `dir`, on disk when this returns. The caller has the store open for writing.
///
/// # Errors
/// When there is one already, or the file cannot be written.
pub fn keep_store_secret(dir: &Path, origin: &str, seed: &Zeroizing<[u8; 32]>) -> Result<(), OpenError> {
    keep(&file(dir), HEADER, origin, seed)
}

fn keep(file: &Path, header: &str, origin: &str, seed: &Zeroizing<[u8; 32]>) -> Result<(), OpenError> {
    if file.exists() {
        return Err(OpenError::Key { reason: format!("{} is there already", file.display()) });
    }
    Ok(layout::write_file(file, &layout::secret_text(header, origin, seed), true)?)
}

/// The key under which the keys of attachments are encrypted; `None` where there is none yet. No backup and no replica takes it along: a copy of the
/// store holds no attachment that it could open.
///
/// # Errors
/// As [`store_secret`].
pub fn attachments_key(dir: &Path, origin: &str) -> Result<Option<Zeroizing<[u8; 32]>>, OpenError> {
    read(&attachments(dir), ATTACHMENTS, origin)
}

/// Keeps the key of attachments, as [`keep_store_secret`] does the secret.
///
/// # Errors
/// As [`keep_store_secret`].
pub fn keep_attachments_key(dir: &Path, origin: &str, seed: &Zeroizing<[u8; 32]>) -> Result<(), OpenError> {
    keep(&attachments(dir), ATTACHMENTS, origin, seed)
}
