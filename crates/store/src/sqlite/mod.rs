//! The tables as a SQLite file, with large objects as files beside it: the store of one machine, the default.
//!
//! It never decides what is written: that is the caller's (see [`Tables`]). SQLite syncs its write-ahead log before a commit returns; files are
//! synced with their folders. Statements are prepared once a connection.

mod copying;
mod destroy;
mod files;
mod folding;
mod open;
mod schema;
mod snapshot;

use std::io::Read;
use std::path::PathBuf;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use truceline_record::{Digest, TilePath};

pub(crate) use copying::{COPY, COPY_JOURNAL, copy, digest_of_file, large_files, name_copy, open_copy};
pub(crate) use open::{Found, create, found, open, open_read_only};

use crate::error::{Database, ReadError, VaultError};
use crate::tables::{Batch, CommitError, Known, Row, Signed, Snapshot, Tables};
use crate::vault::InVault;

/// An open SQLite file and the folder it stands in.
pub(crate) struct Sqlite {
    dir: PathBuf,
    /// Before the connection, and so let go before it: the last one to close folds the log in.
    folding: Option<folding::Folding>,
    connection: Connection,
}

impl Tables for Sqlite {
    fn count(&self) -> Result<u64, Database> {
        let mut query = self.connection.prepare_cached("SELECT coalesce(max(n) + 1, 0) FROM entries")?;
        Ok(query.query_row([], |row| row.get(0))?)
    }

    fn page(&self, first: u64, end: u64) -> Result<Vec<Row>, Database> {
        let mut query = self
            .connection
            .prepare_cached("SELECT n, bytes, leaf_hash FROM entries WHERE n >= ?1 AND n < ?2 ORDER BY n")?;
        let mut rows = query.query((first, end))?;
        let mut page = Vec::new();
        while let Some(row) = rows.next()? {
            let leaf = Digest::from_slice(row.get_ref(2)?.as_blob().unwrap_or_default());
            page.push(Row { n: row.get(0)?, bytes: row.get(1)?, leaf });
        }
        Ok(page)
    }

    fn leaf_hashes(&self, first: u64, end: u64) -> Result<Vec<Option<Digest>>, Database> {
        let mut query = self
            .connection
            .prepare_cached("SELECT leaf_hash FROM entries WHERE n >= ?1 AND n < ?2 ORDER BY n")?;
        let mut rows = query.query((first, end))?;
        let mut hashes = Vec::new();
        while let Some(row) = rows.next()? {
            hashes.push(Digest::from_slice(row.get_ref(0)?.as_blob().unwrap_or_default()));
        }
        Ok(hashes)
    }

    fn known(&self, keys: &[[u8; 32]]) -> Result<Vec<Option<Known>>, Database> {
        // One transaction: taking and giving back the reader's mark for every key would cost more than the look-up.
        let moment = self.connection.unchecked_transaction()?;
        let mut query = moment
            .prepare_cached("SELECT n, leaf_hash FROM receipts LEFT JOIN entries USING (n) WHERE key = ?1")?;
        let mut known = Vec::with_capacity(keys.len());
        for key in keys {
            let row = |row: &rusqlite::Row<'_>| {
                Ok((row.get(0)?, Digest::from_slice(row.get_ref(1)?.as_blob().unwrap_or_default())))
            };
            known.push(query.query_row([key], row).optional()?);
        }
        Ok(known)
    }

    fn meta(&self, name: &str) -> Result<Option<String>, Database> {
        Ok(open::meta(&self.connection, name)?)
    }

    fn tile(&self, full: &TilePath) -> Result<Option<Vec<u8>>, Database> {
        let mut query = self.connection.prepare_cached(
            "SELECT bytes FROM tiles WHERE path = ?1 OR (path > ?1 || '.p/' AND path < ?1 || '.p0')
             ORDER BY length(bytes) DESC LIMIT 1",
        )?;
        Ok(query.query_row([full.to_string()], |row| row.get(0)).optional()?)
    }

    fn last_note(&self) -> Result<Option<(u64, Vec<u8>)>, Database> {
        let mut query = self
            .connection
            .prepare_cached("SELECT size, note FROM checkpoints ORDER BY size DESC LIMIT 1")?;
        Ok(query.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
    }

    fn note_of(&self, size: u64) -> Result<Option<Vec<u8>>, Database> {
        let mut query = self.connection.prepare_cached("SELECT note FROM checkpoints WHERE size = ?1")?;
        Ok(query.query_row([size], |row| row.get(0)).optional()?)
    }

    fn small(&self, digest: &Digest) -> Result<Option<Vec<u8>>, Database> {
        let mut query = self.connection.prepare_cached("SELECT bytes FROM vault WHERE digest = ?1")?;
        Ok(query.query_row([digest.0], |row| row.get(0)).optional()?)
    }

    fn large(&self, digest: &Digest) -> Result<Option<Box<dyn Read + '_>>, ReadError> {
        files::reader(&self.dir, digest)
    }

    fn holds(&self, digest: &Digest) -> Result<bool, Database> {
        let mut query = self.connection.prepare_cached("SELECT 1 FROM vault WHERE digest = ?1")?;
        Ok(query.exists([digest.0])? || files::holds(&self.dir, digest))
    }

    fn keep_small(&mut self, digest: &Digest, bytes: &[u8]) -> Result<(), CommitError> {
        let transaction = begin(&mut self.connection)?;
        insert_small(&transaction, digest, bytes)?;
        Ok(transaction.commit()?)
    }

    fn keep_large(&mut self, head: &[u8], rest: &mut dyn Read, limit: u64) -> Result<InVault, VaultError> {
        files::write(&self.dir, head, rest, limit)
    }

    fn destroy(&mut self, digests: &[Digest]) -> Result<(), Database> {
        // Files alone need no new database file.
        if !digests.iter().all(|digest| files::holds(&self.dir, digest)) {
            destroy::rows(&mut self.connection, digests)?;
        }
        digests.iter().try_for_each(|digest| files::destroy(&self.dir, digest))
    }

    fn commit(&mut self, batch: &Batch<'_>) -> Result<(), CommitError> {
        let transaction = begin(&mut self.connection)?;
        insert(&transaction, batch)?;
        // After a failed sync nobody can tell what reached the disk; only reading it again can.
        transaction.commit().map_err(|error| CommitError::Unknown(error.to_string()))?;
        self.folding.iter_mut().for_each(|folding| folding.wrote(batch.entries.len()));
        Ok(())
    }

    fn expect_many(&mut self, log_pages: u64) -> Result<(), Database> {
        self.folding = Some(folding::Folding::start(&self.dir, &self.connection, log_pages)?);
        Ok(())
    }

    fn commit_signed(&mut self, batch: &Batch<'_>, signed: &Signed<'_>) -> Result<(), CommitError> {
        let transaction = begin(&mut self.connection)?;
        insert(&transaction, batch)?;
        insert_checkpoint(&transaction, signed)?;
        transaction.commit().map_err(|error| CommitError::Unknown(error.to_string()))?;
        self.folding.iter_mut().for_each(|folding| folding.wrote(batch.entries.len()));
        Ok(())
    }

    fn replace_key(&mut self, words: &[(&str, &str)]) -> Result<(), CommitError> {
        let transaction = begin(&mut self.connection)?;
        for word in words {
            transaction.execute(
                "INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                *word,
            )?;
        }
        transaction.commit().map_err(|error| CommitError::Unknown(error.to_string()))
    }

    fn commit_checkpoint(&mut self, signed: &Signed<'_>) -> Result<(), CommitError> {
        let transaction = begin(&mut self.connection)?;
        insert_checkpoint(&transaction, signed)?;
        transaction.commit().map_err(|error| CommitError::Unknown(error.to_string()))
    }

    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, Database> {
        Ok(Box::new(snapshot::Moment {
            dir: &self.dir,
            transaction: self.connection.unchecked_transaction()?,
        }))
    }

    #[cfg(test)]
    fn sqlite(&self) -> Option<&Connection> {
        Some(&self.connection)
    }
}

/// Begins a transaction that writes: the lock is taken now, not at the first write.
fn begin(connection: &mut Connection) -> Result<Transaction<'_>, rusqlite::Error> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate)
}

fn insert(connection: &Connection, batch: &Batch<'_>) -> Result<(), rusqlite::Error> {
    for (digest, bytes) in &batch.objects {
        insert_small(connection, digest, bytes)?;
    }
    let mut query =
        connection.prepare_cached("INSERT INTO entries (n, bytes, leaf_hash) VALUES (?1, ?2, ?3)")?;
    for (n, (bytes, leaf)) in (batch.first..).zip(&batch.entries) {
        query.execute((n, bytes, leaf.0))?;
    }
    let mut query = connection.prepare_cached("INSERT INTO receipts (key, n) VALUES (?1, ?2)")?;
    for row in &batch.keys {
        query.execute((row.0, row.1))?;
    }
    insert_tiles(connection, &batch.tiles)
}

fn insert_checkpoint(connection: &Connection, signed: &Signed<'_>) -> Result<(), rusqlite::Error> {
    for path in &signed.gone {
        connection
            .prepare_cached("DELETE FROM tiles WHERE path = ?1 AND path LIKE '%.p/%'")?
            .execute([path.to_string()])?;
    }
    insert_tiles(connection, &signed.partial)?;
    connection
        .prepare_cached("INSERT INTO checkpoints (size, at, note) VALUES (?1, ?2, ?3)")?
        .execute((signed.size, signed.at, signed.note))
        .map(drop)
}

fn insert_small(connection: &Connection, digest: &Digest, bytes: &[u8]) -> Result<(), rusqlite::Error> {
    connection
        .prepare_cached("INSERT OR IGNORE INTO vault (digest, bytes) VALUES (?1, ?2)")?
        .execute((digest.0, bytes))
        .map(drop)
}

fn insert_tiles(connection: &Connection, tiles: &[(TilePath, Vec<u8>)]) -> Result<(), rusqlite::Error> {
    let mut query = connection.prepare_cached("INSERT INTO tiles (path, bytes) VALUES (?1, ?2)")?;
    for (path, bytes) in tiles {
        query.execute((path.to_string(), bytes))?;
    }
    Ok(())
}
