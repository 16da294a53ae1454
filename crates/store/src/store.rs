//! A store, opened: by one process to write, by any to read.
//!
//! Creation can be killed at any point and repeated: the database says that it is finished in the same
//! transaction that makes its tables, and before that nothing can have been logged.

use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior};
use truceline_record::{Digest, KeyError, LogSigner, LogVerifier, Tiler};

use crate::error::{FileTrouble, OpenError, ReadError};
use crate::{layout, read, schema};

/// How long a statement waits for another process's short transactions.
const PATIENCE: Duration = Duration::from_secs(10);

/// One mission's store.
pub struct Store {
    pub(crate) dir: PathBuf,
    pub(crate) connection: Connection,
    pub(crate) writer: Option<Writer>,
    verifier: LogVerifier,
}

/// What only the writing process has.
pub(crate) struct Writer {
    pub(crate) signer: LogSigner,
    /// The tree over all committed entries.
    pub(crate) tiler: Tiler,
    /// Set once a commit has failed: what is on disk is unknown from then on.
    pub(crate) failed: Option<String>,
    /// Held for as long as the store is open.
    _lock: File,
}

impl core::fmt::Debug for Store {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Store").field("dir", &self.dir).finish_non_exhaustive()
    }
}

impl Store {
    /// Whether a store is in this folder, one that opens or one that is damaged. One whose creation was
    /// interrupted does not count: create it again.
    pub fn is_there(dir: &Path) -> bool {
        !matches!(found(dir), Ok(Found::Nothing | Found::Unfinished))
    }

    /// Creates a store in `dir` (made if absent) and opens it for writing. `origin` names the log in its
    /// checkpoints, e.g. `truceline.example/syria-2016`; `seed` is the secret key of the log: 32 bytes
    /// from a secure source of randomness.
    pub fn create(dir: &Path, origin: &str, seed: [u8; 32]) -> Result<Self, OpenError> {
        let signer = LogSigner::new(origin, &seed).map_err(key_error)?;
        layout::make_folder(dir)?;
        let lock = layout::lock(dir)?;
        // Only what is certainly an interrupted creation is cleared away; damage is not.
        match found(dir)? {
            Found::Nothing | Found::Unfinished => {}
            Found::Something => return Err(OpenError::AlreadyThere { dir: dir.to_owned() }),
        }
        let path = layout::database(dir);
        for leftover in ["truceline.db", "truceline.db-wal", "truceline.db-shm", "truceline.db-journal"] {
            let leftover = dir.join(leftover);
            if leftover.exists() {
                fs::remove_file(&leftover).map_err(FileTrouble::at(&leftover))?;
            }
        }
        layout::make_folder(&layout::vault_unfinished(dir))?;
        layout::write_file(&layout::secret_key(dir), &layout::key_text(origin, &seed), true)?;
        layout::write_file(&layout::public_key(dir), &format!("{}\n", signer.verifier_key()), false)?;
        let mut connection = Connection::open(&path)?;
        // Outside the write-ahead log, so that the finished file stands alone once this returns.
        connection.execute_batch("PRAGMA synchronous = FULL;")?;
        make_tables(connection.transaction()?, &signer)?;
        layout::sync_folder(dir)?;
        Self::with_writer(dir, connection, signer, lock)
    }

    /// Opens the store in `dir` for writing; no other process may have it open for writing.
    pub fn open(dir: &Path) -> Result<Self, OpenError> {
        let path = existing(dir)?;
        let lock = layout::lock(dir)?;
        let connection = open_checked(dir, &path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let (origin, seed) = layout::read_key(dir)?;
        let signer = LogSigner::new(&origin, &seed).map_err(key_error)?;
        if meta(&connection, "verifier-key")?.as_deref() != Some(signer.verifier_key().as_str()) {
            let reason = format!("{} is the key of another log", layout::secret_key(dir).display());
            return Err(OpenError::Key { reason });
        }
        crate::vault::clear_unfinished(dir)?;
        Self::with_writer(dir, connection, signer, lock)
    }

    /// Opens the store in `dir` for reading, beside a writing process or none. Needs no secret key.
    pub fn open_read_only(dir: &Path) -> Result<Self, OpenError> {
        let path = existing(dir)?;
        let connection = match open_checked(dir, &path, OpenFlags::SQLITE_OPEN_READ_ONLY) {
            Err(OpenError::Database(_)) if at_rest(dir) => open_checked(
                dir,
                &unchanging(&path),
                OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI,
            )?,
            opened => opened?,
        };
        let verifier = stored_verifier(dir, &connection)?;
        Ok(Self { dir: dir.to_owned(), connection, writer: None, verifier })
    }

    fn with_writer(
        dir: &Path,
        connection: Connection,
        signer: LogSigner,
        lock: File,
    ) -> Result<Self, OpenError> {
        connection.busy_timeout(PATIENCE)?;
        connection.execute_batch(schema::WRITER)?;
        let tiler = resume(&connection)?;
        let verifier = signer.verifier().map_err(key_error)?;
        let writer = Writer { signer, tiler, failed: None, _lock: lock };
        Ok(Self { dir: dir.to_owned(), connection, writer: Some(writer), verifier })
    }

    /// The folder of the store.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The log's name.
    pub fn origin(&self) -> &str {
        self.verifier.origin()
    }

    /// The log's public key, as it stands in the store. Whoever checks must have it from elsewhere.
    pub fn verifier(&self) -> &LogVerifier {
        &self.verifier
    }
}

enum Found {
    Nothing,
    /// An empty database: creation was interrupted before its one transaction was committed.
    Unfinished,
    Something,
}

fn found(dir: &Path) -> Result<Found, rusqlite::Error> {
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

fn open_checked(dir: &Path, path: &Path, flags: OpenFlags) -> Result<Connection, OpenError> {
    let (connection, format) = open_file(path, flags)?;
    let id: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    match format {
        0 => Err(OpenError::Unfinished { dir: dir.to_owned() }),
        _ if id != schema::APPLICATION_ID => Err(OpenError::NotAStore { dir: dir.to_owned() }),
        schema::FORMAT => Ok(connection),
        newer => Err(OpenError::Newer { format: newer }),
    }
}

fn make_tables(transaction: Transaction<'_>, signer: &LogSigner) -> Result<(), rusqlite::Error> {
    transaction.execute_batch(schema::TABLES)?;
    let mut insert = transaction.prepare("INSERT INTO meta (name, value) VALUES (?1, ?2)")?;
    insert.execute(["origin", signer.origin()])?;
    insert.execute(["verifier-key", &signer.verifier_key()])?;
    drop(insert);
    transaction.pragma_update(None, "application_id", schema::APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", schema::FORMAT)?;
    transaction.commit()
}

pub(crate) fn meta(connection: &Connection, name: &str) -> Result<Option<String>, rusqlite::Error> {
    connection.query_row("SELECT value FROM meta WHERE name = ?1", [name], |row| row.get(0)).optional()
}

/// The public key: as the database has it, or else the file beside it.
pub(crate) fn stored_verifier(dir: &Path, connection: &Connection) -> Result<LogVerifier, OpenError> {
    let stored = meta(connection, "verifier-key").ok().flatten();
    if let Some(Ok(verifier)) = stored.map(|text| LogVerifier::new(&text)) {
        return Ok(verifier);
    }
    let path = layout::public_key(dir);
    let text = fs::read_to_string(&path).map_err(FileTrouble::at(&path))?;
    LogVerifier::new(&text).map_err(key_error)
}

fn key_error(error: KeyError) -> OpenError {
    OpenError::Key { reason: error.to_string() }
}

/// Picks the tree up from the full tiles and the hashes beside the last entries.
fn resume(connection: &Connection) -> Result<Tiler, ReadError> {
    let size = read::count(connection)?;
    Tiler::resume(size, |level, index, width| {
        if level == 0 && width < truceline_record::TILE_WIDTH {
            let first = size - u64::from(width);
            return read::leaf_hashes(connection, first, size);
        }
        let path = truceline_record::TilePath::hashes(level, index, width);
        let bytes = read::tile_bytes(connection, path)?;
        Ok(bytes.chunks_exact(32).filter_map(Digest::from_slice).collect())
    })
}

/// Begins a transaction that writes: the lock is taken now, not at the first write.
pub(crate) fn begin(connection: &mut Connection) -> Result<Transaction<'_>, rusqlite::Error> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate)
}

#[cfg(test)]
mod tests {
    use super::*;

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
