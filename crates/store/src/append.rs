//! Appending: one transaction a batch, on disk before it returns.
//!
//! A key that the log knows is never logged twice: whoever was killed before he heard the answer sends
//! the same again and hears the number it has.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use truceline_record::{Digest, Entry, Tiler, digest_of, leaf_hash};

use crate::error::{AppendError, Database};
use crate::store::Store;
use crate::tables::{Batch, CommitError, Tables};
use crate::vault::SMALL_OBJECT_BYTES;

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
        let tables = self.tables.as_mut();
        let known = known(tables, batch)?;
        let mut making = Making::after(&writer.tiler);
        let mut receipts = Vec::with_capacity(batch.len());
        for (place, (new, known)) in batch.iter().zip(known).enumerate() {
            receipts.push(match known {
                Some(known) => known,
                None => making.add(tables, new, place)?,
            });
        }
        if making.batch.entries.is_empty() {
            return Ok(receipts);
        }
        match tables.commit(&making.batch) {
            Ok(()) => writer.tiler = making.tiler,
            Err(CommitError::Nothing(trouble)) => return Err(AppendError::Database(trouble)),
            Err(CommitError::Unknown(reason)) => {
                writer.failed = Some(reason.clone());
                return Err(AppendError::Unknown { reason });
            }
        }
        Ok(receipts)
    }
}

/// For each entry to be logged, the answer that its key has already.
fn known(tables: &dyn Tables, batch: &[NewEntry]) -> Result<Vec<Option<Appended>>, AppendError> {
    let keys: Vec<[u8; 32]> = batch.iter().filter_map(|new| new.key).collect();
    let mut found = tables.known(&keys)?.into_iter();
    let mut answers = Vec::with_capacity(batch.len());
    for new in batch {
        let row = new.key.and_then(|_| found.next().flatten());
        answers.push(match row {
            Some((n, Some(leaf))) => Some(Appended { n, leaf, outcome: Outcome::Duplicate }),
            Some((n, None)) => {
                let reason = format!("entry {n} is logged under this key, and it or its hash is missing");
                return Err(AppendError::Database(Database::Damaged { reason }));
            }
            None => None,
        });
    }
    Ok(answers)
}

/// A batch as it is made, and the tree with it.
struct Making<'a> {
    tiler: Tiler,
    batch: Batch<'a>,
    /// Keys of this batch: an entry may repeat another one of it.
    keys: BTreeMap<[u8; 32], Appended>,
    /// Small objects of this batch.
    objects: BTreeSet<Digest>,
}

impl<'a> Making<'a> {
    fn after(tiler: &Tiler) -> Self {
        let batch = Batch { first: tiler.size(), ..Batch::default() };
        Self { tiler: tiler.clone(), batch, keys: BTreeMap::new(), objects: BTreeSet::new() }
    }

    fn add(
        &mut self,
        tables: &mut dyn Tables,
        new: &'a NewEntry,
        place: usize,
    ) -> Result<Appended, AppendError> {
        if let Some(first) = new.key.and_then(|key| self.keys.get(&key)) {
            return Ok(Appended { outcome: Outcome::Duplicate, ..*first });
        }
        let mut objects = Vec::with_capacity(new.objects.len());
        for object in &new.objects {
            objects.push(self.object(tables, object, place)?);
        }
        let n = self.tiler.size();
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
        let receipt = Appended { n, leaf, outcome: Outcome::Logged };
        self.batch.entries.push((bytes, leaf));
        self.batch.tiles.extend(self.tiler.push(leaf));
        if let Some(key) = new.key {
            self.batch.keys.push((key, n));
            self.keys.insert(key, receipt);
        }
        Ok(receipt)
    }

    /// The digest of an object that the batch brings along, or that is there.
    fn object(
        &mut self,
        tables: &mut dyn Tables,
        object: &'a Object,
        place: usize,
    ) -> Result<Digest, AppendError> {
        match object {
            Object::Bytes(bytes) if bytes.len() > SMALL_OBJECT_BYTES => {
                Ok(tables.keep_large(bytes, &mut std::io::empty(), u64::MAX)?.digest)
            }
            Object::Bytes(bytes) => {
                let digest = digest_of(bytes);
                if self.objects.insert(digest) {
                    self.batch.objects.push((digest, bytes));
                }
                Ok(digest)
            }
            Object::Kept(digest) if self.objects.contains(digest) || tables.holds(digest)? => Ok(*digest),
            Object::Kept(digest) => Err(AppendError::UnknownObject { place, digest: *digest }),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
        let pages: i64 =
            store.tables.sqlite().unwrap().query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
        let limit = |store: &Store, pages: i64| {
            let sql = format!("PRAGMA max_page_count = {pages}");
            let _: i64 = store.tables.sqlite().unwrap().query_row(&sql, [], |row| row.get(0)).unwrap();
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
            store.tables.sqlite().unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
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
