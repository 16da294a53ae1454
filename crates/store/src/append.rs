//! Appending: one transaction a batch, on disk before it returns.
//!
//! A key that the log knows is never logged twice: whoever was killed before he heard the answer sends
//! the same again and hears the number it has.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use truceline_record::{Digest, Draft, EntryError, Tiler, digest_of, leaf_hash};

use crate::error::{AppendError, Database, SignError};
use crate::pieces;
use crate::sign::{SignedCheckpoint, Signing};
use crate::store::{Store, Writer};
use crate::tables::{Batch, CommitError, Signed, Tables};
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

/// An entry as it was handed in, with what could be made of it before it has a number.
pub(crate) struct Prepared {
    entry: NewEntry,
    /// Digests of its objects, in order.
    objects: Vec<Digest>,
    draft: Result<Draft, EntryError>,
}

impl Prepared {
    /// Hashes its objects and writes it down. A mistake in it is kept for whoever logs it to tell: a known key is answered all the same.
    pub(crate) fn of(entry: NewEntry) -> Self {
        let objects: Vec<Digest> = digests(&entry.objects);
        let draft = Draft::new(&entry.kind, &entry.at, entry.key.map(Digest), &objects, &entry.body);
        Self { entry, objects, draft }
    }

    /// Bytes that it holds while it waits.
    pub(crate) fn weight(&self) -> usize {
        let bytes = |object: &Object| match object {
            Object::Bytes(bytes) => bytes.len(),
            Object::Kept(_) => 0,
        };
        let draft = self.draft.as_ref().map_or(0, Draft::held);
        draft + self.entry.objects.iter().map(bytes).sum::<usize>()
    }
}

fn digests(objects: &[Object]) -> Vec<Digest> {
    let digest = |object: &Object| match object {
        Object::Bytes(bytes) => digest_of(bytes),
        Object::Kept(digest) => *digest,
    };
    objects.iter().map(digest).collect()
}

/// What became of entries that were logged each for itself.
pub(crate) struct Logged {
    /// One an entry. A place in an error is always 0.
    pub(crate) answers: Vec<Result<Appended, AppendError>>,
    /// The checkpoint over them, where one was asked for; entries are logged also where signing was refused.
    pub(crate) signed: Option<Result<SignedCheckpoint, SignError>>,
}

impl Store {
    /// Logs a batch, all or nothing, in order. When this returns, it is on disk. One answer an entry.
    pub fn append(&mut self, batch: &[NewEntry]) -> Result<Vec<Appended>, AppendError> {
        let writer = self.writer.as_mut().ok_or(AppendError::ReadOnly)?;
        writer.usable()?;
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        let tables = self.tables.as_mut();
        let keys: Vec<Option<[u8; 32]>> = batch.iter().map(|new| new.key).collect();
        let known = known(tables, &keys)?;
        let mut making = Making::after(&writer.tiler);
        let mut receipts = Vec::with_capacity(batch.len());
        for (place, (new, known)) in batch.iter().zip(known).enumerate() {
            receipts.push(match known {
                Some(known) => known,
                None => {
                    let objects = digests(&new.objects);
                    let draft = Draft::new(&new.kind, &new.at, new.key.map(Digest), &objects, &new.body);
                    making.add(tables, new, &objects, draft.as_ref(), place)?
                }
            });
        }
        if making.batch.entries.is_empty() {
            return Ok(receipts);
        }
        let Making { batch, tiler, .. } = making;
        let done = self.commit_batch(&batch, None);
        self.settle(done, tiler)?;
        pieces::note_batch(&self.dir, &batch);
        Ok(receipts)
    }

    /// Logs entries in order in one transaction, each for itself: one that cannot be logged leaves nothing behind and stops no other. With `at`,
    /// the same transaction holds a checkpoint over them. When this returns, all of it is on disk.
    ///
    /// # Errors
    /// When nothing of it was logged, or nobody can tell.
    pub(crate) fn log_each(&mut self, handed: &[Prepared], at: Option<&str>) -> Result<Logged, AppendError> {
        let verifier = at.map(|_| self.verifier().clone());
        let writer = self.writer.as_mut().ok_or(AppendError::ReadOnly)?;
        writer.usable()?;
        let tables = self.tables.as_mut();
        let keys: Vec<Option<[u8; 32]>> = handed.iter().map(|handed| handed.entry.key).collect();
        let known = known(tables, &keys)?;
        let mut making = Making::after(&writer.tiler);
        let mut answers = Vec::with_capacity(handed.len());
        for (Prepared { entry, objects, draft }, known) in handed.iter().zip(known) {
            answers.push(match known {
                Some(known) => Ok(known),
                None => match making.add(tables, entry, objects, draft.as_ref(), 0) {
                    // Not this entry's affair: nothing can be logged.
                    Err(AppendError::Database(trouble)) => return Err(AppendError::Database(trouble)),
                    answer => answer,
                },
            });
        }
        let signing = verifier.map(|verifier| {
            Signing::over(tables, &verifier, &writer.signer, &making.tiler, &making.batch.tiles)
        });
        let Making { batch, tiler, .. } = making;
        let nothing_new = batch.entries.is_empty();
        let (signed, tiles) = match signing {
            Some(Ok(Signing { checkpoint, tiles })) => (Some(Ok(checkpoint)), tiles),
            Some(Err(refused)) => (Some(Err(refused)), None),
            None => (None, None),
        };
        let done = match (&signed, tiles, at) {
            (Some(Ok(SignedCheckpoint { size, note, .. })), Some((gone, partial)), Some(at)) => {
                self.commit_batch(&batch, Some(&Signed { size: *size, at, note, gone, partial }))
            }
            _ if nothing_new => Ok(()),
            _ => self.commit_batch(&batch, None),
        };
        self.settle(done, tiler)?;
        pieces::note_batch(&self.dir, &batch);
        Ok(Logged { answers, signed })
    }

    /// Takes the tree over when its entries are on disk.
    fn settle(&mut self, done: Result<(), CommitError>, tiler: Tiler) -> Result<(), AppendError> {
        let writer = self.writer.as_mut().ok_or(AppendError::ReadOnly)?;
        match done {
            Ok(()) => {
                writer.tiler = tiler;
                Ok(())
            }
            Err(CommitError::Nothing(trouble)) => Err(AppendError::Database(trouble)),
            Err(CommitError::Unknown(reason)) => {
                writer.failed = Some(reason.clone());
                Err(AppendError::Unknown { reason })
            }
        }
    }
}

impl Writer {
    fn usable(&self) -> Result<(), AppendError> {
        match &self.failed {
            Some(reason) => Err(AppendError::Unknown { reason: reason.clone() }),
            None => Ok(()),
        }
    }
}

/// For each entry to be logged, the answer that its key has already.
fn known(tables: &dyn Tables, keys: &[Option<[u8; 32]>]) -> Result<Vec<Option<Appended>>, AppendError> {
    let asked: Vec<[u8; 32]> = keys.iter().flatten().copied().collect();
    let mut found = tables.known(&asked)?.into_iter();
    let mut answers = Vec::with_capacity(keys.len());
    for key in keys {
        let row = key.and_then(|_| found.next().flatten());
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

    /// Adds one entry, or leaves the batch as it was and says why.
    fn add(
        &mut self,
        tables: &mut dyn Tables,
        new: &'a NewEntry,
        objects: &[Digest],
        draft: Result<&Draft, &EntryError>,
        place: usize,
    ) -> Result<Appended, AppendError> {
        if let Some(first) = new.key.and_then(|key| self.keys.get(&key)) {
            return Ok(Appended { outcome: Outcome::Duplicate, ..*first });
        }
        self.check_objects(tables, new, objects, place)?;
        let wrong = |error: &EntryError| AppendError::Entry { place, error: error.clone() };
        let n = self.tiler.size();
        let bytes = draft.map_err(wrong)?.bytes(n).map_err(|error| wrong(&error))?;
        self.take_objects(tables, new, objects)?;
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

    /// Whether all objects that should be there already are, in the vault, in this batch or with this entry.
    fn check_objects(
        &self,
        tables: &dyn Tables,
        new: &NewEntry,
        objects: &[Digest],
        place: usize,
    ) -> Result<(), AppendError> {
        for (at, (object, digest)) in new.objects.iter().zip(objects).enumerate() {
            let brought = |digest: &Digest| {
                let before = new.objects.iter().zip(objects).take(at);
                before.into_iter().any(|(object, its)| matches!(object, Object::Bytes(_)) && its == digest)
            };
            let there = match object {
                Object::Bytes(_) => true,
                Object::Kept(_) => {
                    self.objects.contains(digest) || brought(digest) || tables.holds(digest)?
                }
            };
            if !there {
                return Err(AppendError::UnknownObject { place, digest: *digest });
            }
        }
        Ok(())
    }

    /// Takes along the objects that the entry brings. A large one goes to its place at once; without its entry it is in nobody's way.
    fn take_objects(
        &mut self,
        tables: &mut dyn Tables,
        new: &'a NewEntry,
        objects: &[Digest],
    ) -> Result<(), AppendError> {
        for (object, digest) in new.objects.iter().zip(objects) {
            match object {
                Object::Bytes(bytes) if bytes.len() > SMALL_OBJECT_BYTES => {
                    tables.keep_large(bytes, &mut std::io::empty(), u64::MAX)?;
                }
                Object::Bytes(bytes) if self.objects.insert(*digest) => {
                    self.batch.objects.push((*digest, bytes));
                }
                Object::Bytes(_) | Object::Kept(_) => {}
            }
        }
        Ok(())
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
