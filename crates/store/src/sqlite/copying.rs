//! A SQLite file copied as it is at one moment, beside a process that writes to it.
//!
//! The copy stands under a name that nobody takes for a store until [`name_copy`]. It never writes to the file that it copies.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::OpenFlags;
use truceline_record::Digest;

use super::open::{open_checked, open_read_only};
use super::{Sqlite, files};
use crate::error::{BackupError, FileTrouble, OpenError};
use crate::layout;

/// The copy before it has its name.
pub(crate) const COPY: &str = "truceline.db.copy";
/// What SQLite may leave beside it when it is killed.
pub(crate) const COPY_JOURNAL: &str = "truceline.db.copy-journal";

/// Copies the file in one transaction; durable when this returns.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), BackupError> {
    for leftover in [COPY, COPY_JOURNAL].map(|name| to.join(name)) {
        if leftover.exists() {
            fs::remove_file(&leftover).map_err(FileTrouble::at(&leftover))?;
        }
    }
    let target = fs::canonicalize(to).map_err(FileTrouble::at(to))?.join(COPY);
    let name = target.to_str().ok_or_else(|| BackupError::Unsuitable {
        dir: to.to_owned(),
        reason: "its name is not in UTF-8".to_owned(),
    })?;
    let source = open_read_only(from)?;
    source.connection.execute("VACUUM INTO ?1", [name]).map_err(OpenError::from)?;
    layout::sync_file(&target)?;
    Ok(())
}

/// Opens a copy that has no name yet.
pub(crate) fn open_copy(dir: &Path) -> Result<Sqlite, OpenError> {
    let connection = open_checked(dir, &dir.join(COPY), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    Ok(Sqlite { dir: dir.to_owned(), folding: None, connection })
}

/// Gives the copy its name, in place of an earlier one; durable when this returns.
pub(crate) fn name_copy(dir: &Path) -> Result<(), BackupError> {
    // A log of writes that belongs to the earlier file would be applied to this one.
    let waiting = dir.join("truceline.db-wal");
    if fs::metadata(&waiting).is_ok_and(|found| found.len() > 0) {
        let reason = "somebody has written to the copy in it".to_owned();
        return Err(BackupError::Unsuitable { dir: dir.to_owned(), reason });
    }
    let database = layout::database(dir);
    fs::rename(dir.join(COPY), &database).map_err(FileTrouble::at(&database))?;
    Ok(layout::sync_folder(dir)?)
}

/// The files of large objects.
pub(crate) fn large_files(dir: &Path) -> Result<Vec<(PathBuf, Option<Digest>)>, FileTrouble> {
    files::all(dir)
}

/// The digest of a file, read in parts.
pub(crate) fn digest_of_file(path: &Path) -> Result<Digest, FileTrouble> {
    files::digest(path)
}
