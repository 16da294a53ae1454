//! The tables. Entries, vault and checkpoints refuse change and deletion, and entries any number but the
//! next; that guards against our own mistakes, and the audit against everybody else's.

/// The format of the store; in the database's `user_version`, which is 0 while creation is unfinished.
pub(crate) const FORMAT: i64 = 1;

/// Tells our files from other SQLite files: "TrLn".
pub(crate) const APPLICATION_ID: i64 = 0x5472_4c6e;

pub(crate) const TABLES: &str = "
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE entries (n INTEGER PRIMARY KEY, bytes BLOB NOT NULL, leaf_hash BLOB NOT NULL) STRICT;
CREATE TABLE vault (digest BLOB PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE receipts (key BLOB PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE tiles (path TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE checkpoints (size INTEGER PRIMARY KEY, at TEXT NOT NULL, note BLOB NOT NULL) STRICT;

CREATE TRIGGER entries_next BEFORE INSERT ON entries
WHEN NEW.n <> (SELECT coalesce(max(n) + 1, 0) FROM entries)
BEGIN SELECT RAISE(ABORT, 'the log is append-only: not the next entry'); END;
CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER vault_no_update BEFORE UPDATE ON vault
BEGIN SELECT RAISE(ABORT, 'objects of the vault never change'); END;
CREATE TRIGGER vault_no_delete BEFORE DELETE ON vault
BEGIN SELECT RAISE(ABORT, 'objects of the vault are never deleted'); END;
CREATE TRIGGER checkpoints_no_update BEFORE UPDATE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints never change'); END;
CREATE TRIGGER checkpoints_no_delete BEFORE DELETE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints are never deleted'); END;
CREATE TRIGGER tiles_no_update BEFORE UPDATE ON tiles
BEGIN SELECT RAISE(ABORT, 'tiles never change'); END;
CREATE TRIGGER tiles_no_delete BEFORE DELETE ON tiles WHEN OLD.path NOT LIKE '%.p/%'
BEGIN SELECT RAISE(ABORT, 'full tiles are never deleted'); END;
";

/// The guard that erasing lifts and puts back: the same words as in [`TABLES`].
pub(crate) const VAULT_NO_DELETE: &str = "
CREATE TRIGGER vault_no_delete BEFORE DELETE ON vault
BEGIN SELECT RAISE(ABORT, 'objects of the vault are never deleted'); END;
";

/// Settings of every connection that writes. FULL: a commit returns after the log is synced. Keys and
/// digests fall on random pages, so the cache holds 64 MiB and the log 32 MiB before it is folded in.
pub(crate) const WRITER: &str = "
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA cache_size = -65536;
PRAGMA wal_autocheckpoint = 8192;
PRAGMA cell_size_check = ON;
";
