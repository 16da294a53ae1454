//! A SQLite file, created and opened.
//!
//! Creation can be killed at any point and repeated: the file says that it is finished in the same transaction that makes its tables, and before
//! that nothing can have been logged. It never clears away what might be a store.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction};

use super::{Sqlite, files, schema};
use crate::error::{FileTrouble, OpenError};
use crate::layout;

/// How long a statement waits for another process's short transactions.
const PATIENCE: Duration = Duration::from_secs(10);

/// Makes the file, in place of what an interrupted creation left.
pub(crate) fn create(dir: &Path, origin: &str, verifier_key: &str) -> Result<Sqlite, OpenError> {
    for leftover in ["truceline.db", "truceline.db-wal", "truceline.db-shm", "truceline.db-journal"] {
        let leftover = dir.join(leftover);
        if leftover.exists() {
            fs::remove_file(&leftover).map_err(FileTrouble::at(&leftover))?;
        }
    }
    layout::make_folder(&layout::vault_unfinished(dir))?;
    let mut connection = Connection::open(layout::database(dir))?;
    // Outside the write-ahead log, so that the finished file stands alone once this returns.
    connection.execute_batch("PRAGMA synchronous = FULL;")?;
    make_tables(connection.transaction()?, origin, verifier_key)?;
    layout::sync_folder(dir)?;
    for_writing(dir, connection)
}

/// Opens the file for writing.
pub(crate) fn open(dir: &Path) -> Result<Sqlite, OpenError> {
    let connection = open_checked(dir, &existing(dir)?, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    files::clear_unfinished(dir)?;
    // Whoever was killed before he synced left entries that are seen here and are on no disk. A report that is sent again is
    // answered with the number of such an entry, so they are made durable before anything is answered.
    layout::sync_file(&dir.join("truceline.db-wal"))?;
    layout::sync_folder(dir)?;
    for_writing(dir, connection)
}

/// Opens the file for reading, also on a medium that cannot be written.
pub(crate) fn open_read_only(dir: &Path) -> Result<Sqlite, OpenError> {
    let path = existing(dir)?;
    let connection = match open_checked(dir, &path, OpenFlags::SQLITE_OPEN_READ_ONLY) {
        Err(OpenError::Database(_)) if at_rest(dir) => open_checked(
            dir,
            &unchanging(&path),
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI,
        )?,
        opened => opened?,
    };
    Ok(Sqlite { dir: dir.to_owned(), folding: None, connection })
}

fn for_writing(dir: &Path, connection: Connection) -> Result<Sqlite, OpenError> {
    connection.busy_timeout(PATIENCE)?;
    connection.execute_batch(schema::WRITER)?;
    Ok(Sqlite { dir: dir.to_owned(), folding: None, connection })
}

/// What of a store is in a folder.
pub(crate) enum Found {
    Nothing,
    /// An empty database: creation was interrupted before its one transaction was committed.
    Unfinished,
    Something,
}

/// Looks into a folder. A file that might be a store counts as one.
pub(crate) fn found(dir: &Path) -> Result<Found, rusqlite::Error> {
    let path = layout::database(dir);
    if !path.is_file() {
        return Ok(Found::Nothing);
    }
    // Creating never leaves an empty file beside a write-ahead log with something in it: that is damage, and what could still be
    // saved would be lost by so much as opening it.
    let length = |name: &str| fs::metadata(dir.join(name)).map_or(0, |found| found.len());
    if length("truceline.db") == 0 && length("truceline.db-wal") > 0 {
        return Ok(Found::Something);
    }
    // For writing where possible: a transaction that a kill left half done is rolled back on opening.
    let (connection, format) = open_file(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)
        .or_else(|_| open_file(&path, OpenFlags::SQLITE_OPEN_READ_ONLY))?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(if format == 0 && tables == 0 { Found::Unfinished } else { Found::Something })
}

fn existing(dir: &Path) -> Result<PathBuf, OpenError> {
    let path = layout::database(dir);
    if path.is_file() { Ok(path) } else { Err(OpenError::NotAStore { dir: dir.to_owned() }) }
}

/// Whether the folder is on a medium that cannot be written, with nothing left in the write-ahead log: a record handed over on
/// a disc. Nobody can write it while it is read, so the reader needs no room for marks of its own.
fn at_rest(dir: &Path) -> bool {
    let waiting = fs::metadata(dir.join("truceline.db-wal")).map_or(0, |found| found.len());
    let probe = OpenOptions::new().write(true).open(layout::database(dir));
    waiting == 0 && probe.is_err_and(|error| error.kind() == ErrorKind::ReadOnlyFilesystem)
}

/// The address of a database file that does not change.
fn unchanging(path: &Path) -> PathBuf {
    let mut address = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                address.push(char::from(*byte))
            }
            other => {
                let _ = write!(address, "%{other:02X}");
            }
        }
    }
    PathBuf::from(address + "?immutable=1")
}

fn open_file(path: &Path, flags: OpenFlags) -> Result<(Connection, i64), rusqlite::Error> {
    // The store is one thread's: SQLite need not guard against others.
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(PATIENCE)?;
    let format = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    Ok((connection, format))
}

pub(super) fn open_checked(dir: &Path, path: &Path, flags: OpenFlags) -> Result<Connection, OpenError> {
    let (connection, format) = open_file(path, flags)?;
    let id: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    match format {
        0 => Err(OpenError::Unfinished { dir: dir.to_owned() }),
        _ if id != schema::APPLICATION_ID => Err(OpenError::NotAStore { dir: dir.to_owned() }),
        schema::FORMAT => Ok(connection),
        newer => Err(OpenError::Newer { format: newer }),
    }
}

fn make_tables(
    transaction: Transaction<'_>,
    origin: &str,
    verifier_key: &str,
) -> Result<(), rusqlite::Error> {
    transaction.execute_batch(schema::TABLES)?;
    let mut insert = transaction.prepare("INSERT INTO meta (name, value) VALUES (?1, ?2)")?;
    insert.execute(["origin", origin])?;
    insert.execute(["verifier-key", verifier_key])?;
    drop(insert);
    transaction.pragma_update(None, "application_id", schema::APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", schema::FORMAT)?;
    transaction.commit()
}

pub(super) fn meta(connection: &Connection, name: &str) -> Result<Option<String>, rusqlite::Error> {
    connection.query_row("SELECT value FROM meta WHERE name = ?1", [name], |row| row.get(0)).optional()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;

    #[test]
    fn a_file_that_does_not_change_opens_by_its_address_whatever_it_is_called() {
        let dir = tempfile::tempdir().unwrap();
        let odd = dir.path().join("a b?mode=rw#c%25 \u{647}");
        drop(Store::create(&odd, "truceline.test/odd", [3; 32]).unwrap());
        let address = unchanging(&layout::database(&odd));
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        let connection = open_checked(&odd, &address, flags).unwrap();
        assert_eq!(meta(&connection, "origin").unwrap().as_deref(), Some("truceline.test/odd"));
        assert!(!at_rest(&odd), "this folder can be written");
    }
}
