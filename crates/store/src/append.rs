//! Appending: one transaction a batch, on disk before it returns.
//!
//! A key that the log knows is never logged twice: whoever was killed before he heard the answer sends
//! the same again and hears the number it has.

use rusqlite::{Connection, OptionalExtension};
use serde_json::Value;
use truceline_record::{Digest, Entry, Tiler, digest_of, leaf_hash};

use crate::error::AppendError;
use crate::store::{Store, begin};
use crate::vault;

/// An entry to be logged.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEntry {
    /// What the body is, e.g. `report`: lower-case words joined by `-`.
    pub kind: String,
    /// When it is logged: RFC 3339 in UTC, e.g. `2016-04-28T06:00:00Z`.
    pub at: String,
    /// The body: whole numbers within ±(2^53 - 1) only, no fractions.
    pub body: Value,
    /// A key under which this is logged once only, e.g. the digest of the sender, file and row.
    pub key: Option<[u8; 32]>,
    /// Objects that the entry refers to, kept before the entry is.
    pub objects: Vec<Object>,
}

/// An object that an entry refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Object {
    /// To be kept now.
    Bytes(Vec<u8>),
    /// Kept already, e.g. by [`Store::put_stream`].
    Kept(Digest),
}

/// Whether an entry was logged now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Logged now.
    Logged,
    /// Its key was known: it was logged before, and nothing was added.
    Duplicate,
}

/// An entry in the log: the sender's receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Its number.
    pub n: u64,
    /// Its leaf hash: with it and the number, a proof from any checkpoint shows that it is in the log.
    pub leaf: Digest,
    /// Whether it was logged now or before.
    pub outcome: Outcome,
}

impl Store {
    /// Logs a batch, all or nothing, in order. When this returns, it is on disk. One answer an entry.
    pub fn append(&mut self, batch: &[NewEntry]) -> Result<Vec<Appended>, AppendError> {
        let writer = self.writer.as_mut().ok_or(AppendError::ReadOnly)?;
        if let Some(reason) = &writer.failed {
            return Err(AppendError::Unknown { reason: reason.clone() });
        }
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        for object in batch.iter().flat_map(|new| &new.objects) {
            if let Object::Bytes(bytes) = object
                && bytes.len() > vault::SMALL_OBJECT_BYTES
            {
                vault::write_large(&self.dir, bytes)?;
            }
        }
        let mut tiler = writer.tiler.clone();
        let transaction = begin(&mut self.connection)?;
        let mut receipts = Vec::with_capacity(batch.len());
        for (place, new) in batch.iter().enumerate() {
            let in_vault = |digest: &Digest| vault::holds(&transaction, &self.dir, digest);
            receipts.push(append_one(&transaction, &mut tiler, new, place, &in_vault)?);
        }
        if let Err(error) = transaction.commit() {
            // After a failed sync nobody can tell what reached the disk; only reading it again can.
            writer.failed = Some(error.to_string());
            return Err(AppendError::Unknown { reason: error.to_string() });
        }
        writer.tiler = tiler;
        Ok(receipts)
    }
}

fn append_one(
    connection: &Connection,
    tiler: &mut Tiler,
    new: &NewEntry,
    place: usize,
    in_vault: &dyn Fn(&Digest) -> Result<bool, rusqlite::Error>,
) -> Result<Appended, AppendError> {
    if let Some(key) = new.key
        && let Some(known) = known(connection, &key)?
    {
        return Ok(known);
    }
    let mut objects = Vec::with_capacity(new.objects.len());
    for object in &new.objects {
        objects.push(match object {
            Object::Bytes(bytes) => keep(connection, bytes)?,
            Object::Kept(digest) if in_vault(digest)? => *digest,
            Object::Kept(digest) => return Err(AppendError::UnknownObject { place, digest: *digest }),
        });
    }
    let n = tiler.size();
    let entry = Entry {
        n,
        kind: new.kind.clone(),
        at: new.at.clone(),
        key: new.key.map(Digest),
        objects,
        body: new.body.clone(),
    };
    let bytes = entry.to_bytes().map_err(|error| AppendError::Entry { place, error })?;
    let leaf = leaf_hash(&bytes);
    connection
        .prepare_cached("INSERT INTO entries (n, bytes, leaf_hash) VALUES (?1, ?2, ?3)")?
        .execute((n, &bytes, leaf.0))?;
    if let Some(key) = new.key {
        connection.prepare_cached("INSERT INTO receipts (key, n) VALUES (?1, ?2)")?.execute((key, n))?;
    }
    for (path, tile) in tiler.push(leaf) {
        connection
            .prepare_cached("INSERT INTO tiles (path, bytes) VALUES (?1, ?2)")?
            .execute((path.to_string(), tile))?;
    }
    Ok(Appended { n, leaf, outcome: Outcome::Logged })
}

fn known(connection: &Connection, key: &[u8; 32]) -> Result<Option<Appended>, AppendError> {
    let found: Option<(u64, [u8; 32])> = connection
        .prepare_cached("SELECT n, leaf_hash FROM receipts JOIN entries USING (n) WHERE key = ?1")?
        .query_row([key], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(found.map(|(n, leaf)| Appended { n, leaf: Digest(leaf), outcome: Outcome::Duplicate }))
}

/// Keeps a small object; a large one was written to its file before the transaction began.
fn keep(connection: &Connection, bytes: &[u8]) -> Result<Digest, AppendError> {
    let digest = digest_of(bytes);
    if bytes.len() <= vault::SMALL_OBJECT_BYTES {
        vault::insert_small(connection, &digest, bytes)?;
    }
    Ok(digest)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::error::Database;

    fn rows(range: std::ops::Range<u64>) -> Vec<NewEntry> {
        let row = |i: u64| NewEntry {
            kind: "report".into(),
            at: "2016-04-28T06:00:00Z".into(),
            body: json!(i),
            key: Some(digest_of(&i.to_be_bytes()).0),
            objects: vec![Object::Bytes(vec![7; 500])],
        };
        range.map(row).collect()
    }

    #[test]
    fn a_full_disk_loses_nothing_and_half_applies_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::create(dir.path(), "example.org/log", [1; 32]).unwrap();
        store.append(&rows(0..10)).unwrap();
        let pages: i64 = store.connection.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
        let limit = |store: &Store, pages: i64| {
            let sql = format!("PRAGMA max_page_count = {pages}");
            let _: i64 = store.connection.query_row(&sql, [], |row| row.get(0)).unwrap();
        };
        limit(&store, pages + 3);
        assert_eq!(store.append(&rows(10..500)), Err(AppendError::Database(Database::Full)));
        assert_eq!(store.len(), Ok(10));
        assert!(store.verify().unwrap().is_clean());
        limit(&store, 1 << 30);
        let receipts = store.append(&rows(5..500)).unwrap();
        assert!(receipts.iter().zip(5..).all(|(receipt, n)| receipt.n == n));
        store.checkpoint("2016-04-28T06:00:00Z").unwrap();
        assert!(store.verify().unwrap().is_clean());
    }

    /// A kill cannot tell whether the disk was synced, so the settings that make it so are held here.
    #[test]
    fn commits_are_synced() {
        let dir = tempfile::tempdir().unwrap();
        drop(Store::create(dir.path(), "example.org/log", [1; 32]).unwrap());
        let store = Store::open(dir.path()).unwrap();
        let ask = |sql: &str| -> rusqlite::types::Value {
            store.connection.query_row(sql, [], |row| row.get(0)).unwrap()
        };
        assert_eq!(ask("PRAGMA synchronous"), 2_i64.into());
        assert_eq!(ask("PRAGMA journal_mode"), "wal".to_owned().into());
    }

    #[test]
    fn a_store_can_be_handed_to_another_thread() {
        fn is_send<T: Send>() {}
        is_send::<Store>();
    }
}
