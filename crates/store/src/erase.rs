//! Erasing: the one way in which something leaves a store. An entry of kind `erasure` names the digests; then the bytes behind them, salts
//! among them, are destroyed in every file of the store. Entries and tree stay as they are.
//!
//! A note of what is under way is on disk before the entry is, so that whatever a kill leaves half done is finished when the store is next opened
//! for writing; a note without its entry erases nothing. It cannot reach copies: backups, replicas, and what a disk keeps of overwritten blocks.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use core::fmt;

use truceline_record::{Digest, ERASURE, erased_by};

use crate::append::{Appended, NewEntry};
use crate::error::{AppendError, Database, FileTrouble, OpenError, ReadError};
use crate::layout;
use crate::pieces;
use crate::store::Store;
use crate::tables::{Batch, CommitError};
use crate::vault::InVault;

/// Why nothing was erased, or not all of it yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EraseError {
    /// The entry names no digest as an erasure does, or is of another kind.
    NotAnErasure,
    /// It names what no entry refers to.
    NotReferred {
        /// The digest.
        digest: Digest,
    },
    /// The entry was not logged; nothing was destroyed.
    Append(AppendError),
    /// The log could not be read; nothing was destroyed.
    Read(ReadError),
    /// The entry is logged, and its objects are not all destroyed yet: the next opening for writing goes on.
    Unfinished {
        /// The number of the entry.
        n: u64,
        /// What stood in the way.
        reason: String,
    },
    /// A file could not be written; nothing was destroyed.
    File(FileTrouble),
}

impl fmt::Display for EraseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnErasure => f.write_str("an erasure names the digests of what it destroys"),
            Self::NotReferred { digest } => write!(f, "no entry refers to {digest}: nothing was destroyed"),
            Self::Append(error) => write!(f, "nothing was destroyed: {error}"),
            Self::Read(error) => write!(f, "nothing was destroyed: {error}"),
            Self::Unfinished { n, reason } => write!(
                f,
                "the erasure is entry {n}, and its bytes are not all destroyed yet ({reason}); end every other program that reads the store, \
                 then run any command that writes to it: it goes on with this first"
            ),
            Self::File(trouble) => write!(f, "nothing was destroyed: {trouble}"),
        }
    }
}

impl core::error::Error for EraseError {}

fn note_file(dir: &Path) -> PathBuf {
    dir.join("erasing")
}

/// Writes the note: what entry `n` is to destroy, once it is logged.
pub(crate) fn announce(dir: &Path, n: u64, digests: &BTreeSet<Digest>) -> Result<(), FileTrouble> {
    let lines: Vec<String> = digests.iter().map(Digest::to_string).collect();
    layout::write_file(&note_file(dir), &format!("{n}\n{}\n", lines.join("\n")), true)
}

impl Store {
    /// Logs an erasure and destroys what it names. When this returns, both are done and on disk; where the entry is and the destruction
    /// is not, the error says so.
    ///
    /// # Errors
    /// See [`EraseError`].
    pub fn erase(&mut self, entry: NewEntry) -> Result<Appended, EraseError> {
        // What follows from an erasure is known when the bytes are gone, not before.
        let deriver = self.deriver.take();
        let erased = self.log_and_destroy(entry);
        self.deriver = deriver;
        let done = erased?;
        self.derive_again().map_err(|reason| EraseError::Unfinished { n: done.n, reason })?;
        Ok(done)
    }

    fn log_and_destroy(&mut self, entry: NewEntry) -> Result<Appended, EraseError> {
        let done = self.log_erasure(entry)?;
        let unfinished =
            |error: &dyn fmt::Display| EraseError::Unfinished { n: done.n, reason: error.to_string() };
        self.finish_erasure().map_err(|error| unfinished(&error))?;
        Ok(done)
    }

    /// Puts what follows from the log as it is now beside it, where every commit is to hold that.
    fn derive_again(&mut self) -> Result<(), String> {
        if self.deriver.is_none() {
            return Ok(());
        }
        self.commit_batch(&Batch::default(), None).map_err(|error| match error {
            CommitError::Nothing(trouble) => trouble.to_string(),
            CommitError::Unknown(reason) => reason,
        })
    }

    /// Note and entry.
    fn log_erasure(&mut self, entry: NewEntry) -> Result<Appended, EraseError> {
        let wanted: BTreeSet<Digest> = named(&entry).into_iter().collect();
        if wanted.is_empty() || entry.kind != ERASURE {
            return Err(EraseError::NotAnErasure);
        }
        self.all_referred(&wanted)?;
        let n = self.len().map_err(EraseError::Read)?;
        announce(&self.dir, n, &wanted).map_err(EraseError::File)?;
        let done = self.append(&[entry]).map_err(EraseError::Append)?;
        done.first().copied().ok_or(EraseError::NotAnErasure)
    }

    /// An erasure that names what nobody logged would be a word to cover what goes missing later.
    fn all_referred(&self, wanted: &BTreeSet<Digest>) -> Result<(), EraseError> {
        let mut left = wanted.clone();
        for stored in self.entries(0..self.len().map_err(EraseError::Read)?) {
            let entry = stored.and_then(|stored| stored.decode()).map_err(EraseError::Read)?;
            left.retain(|digest| !entry.objects.contains(digest));
            if left.is_empty() {
                return Ok(());
            }
        }
        left.first().map_or(Ok(()), |digest| Err(EraseError::NotReferred { digest: *digest }))
    }

    /// Destroys what the note names, if its entry stands in the log, and takes the note away.
    pub(crate) fn finish_erasure(&mut self) -> Result<(), OpenError> {
        let path = note_file(&self.dir);
        if !path.exists() {
            return Ok(());
        }
        let text = fs::read_to_string(&path).map_err(FileTrouble::at(&path))?;
        let mut lines = text.lines();
        let n = lines.next().and_then(|n| n.parse::<u64>().ok());
        let noted: BTreeSet<Digest> = lines.filter_map(|line| line.parse().ok()).collect();
        let entry = n.map(|n| self.entry(n)).transpose().map_err(inconsistent)?.flatten();
        // Only what the log itself names: a note is a file that anybody may have written.
        let named: Vec<Digest> =
            entry.iter().flat_map(erased_by).filter(|digest| noted.contains(digest)).collect();
        if !named.is_empty() {
            pieces::forget(&self.dir, &named)?;
            self.tables.destroy(&named)?;
        }
        fs::remove_file(&path).map_err(FileTrouble::at(&path))?;
        Ok(layout::sync_folder(&self.dir)?)
    }

    /// Takes an object back that [`Store::put_stream`] just kept, when no entry came of it.
    ///
    /// # Errors
    /// When the database will not.
    pub fn discard(&mut self, kept: &InVault) -> Result<(), Database> {
        if self.writer.is_none() {
            return Err(Database::ReadOnly);
        }
        let forgotten = pieces::forget(&self.dir, &[kept.digest]);
        forgotten.map_err(|trouble| Database::Other { reason: trouble.to_string() })?;
        self.tables.destroy(&[kept.digest])
    }
}

fn inconsistent(error: ReadError) -> OpenError {
    OpenError::Inconsistent { reason: error.to_string() }
}

fn named(entry: &NewEntry) -> Vec<Digest> {
    let listed = entry.body.get("erased").and_then(serde_json::Value::as_array).into_iter().flatten();
    listed.filter_map(|digest| digest.as_str()?.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;
    use truceline_record::{Fault, digest_of};

    use super::*;
    use crate::append::Object;
    use crate::vault::SMALL_OBJECT_BYTES;

    const CANARY: &[u8] = b"canary of the erasure test 7c1f";
    const AT: &str = "2016-04-28T06:00:00Z";

    fn entry(kind: &str, body: serde_json::Value, objects: Vec<Object>) -> NewEntry {
        NewEntry { kind: kind.into(), at: AT.into(), body, key: None, objects }
    }

    /// Reports before and after, so that the canary's page is shared, split and copied; `large` comes as a file.
    fn filled(dir: &Path, large: bool) -> (Store, Digest) {
        let mut canary = CANARY.repeat(40);
        if large {
            canary.resize(SMALL_OBJECT_BYTES + 1, b'.');
            canary.extend_from_slice(CANARY);
        }
        let mut store = Store::create(dir, "example.org/log", [1; 32]).unwrap();
        let other =
            |i: u32| entry("report", json!(i), vec![Object::Bytes(format!("{i} ").repeat(300).into())]);
        store.append(&(0..200).map(other).collect::<Vec<_>>()).unwrap();
        store.append(&[entry("report", json!("canary"), vec![Object::Bytes(canary.clone())])]).unwrap();
        store.append(&(200..400).map(other).collect::<Vec<_>>()).unwrap();
        store.checkpoint(AT).unwrap();
        (store, digest_of(&canary))
    }

    fn erasure(digest: &Digest) -> NewEntry {
        entry("erasure", json!({ "erased": [digest.to_string()] }), Vec::new())
    }

    /// Files of the store in which the canary can be read.
    fn shows(dir: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for file in fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()) {
            if file.is_dir() {
                found.extend(shows(&file));
            } else if fs::read(&file).unwrap().windows(CANARY.len()).any(|window| window == CANARY) {
                found.push(file);
            }
        }
        found
    }

    #[test]
    fn what_is_erased_is_in_no_file_and_the_tree_stands() {
        for large in [false, true] {
            let dir = tempfile::tempdir().unwrap();
            let (mut store, digest) = filled(dir.path(), large);
            assert!(!shows(dir.path()).is_empty(), "the search finds it while it is there");
            let (root, before) = {
                let report = store.verify().unwrap();
                (report.root, report.entries)
            };
            let done = store.erase(erasure(&digest)).unwrap();
            assert_eq!(shows(dir.path()), Vec::<PathBuf>::new(), "large: {large}");
            assert_eq!(store.object(&digest), Ok(None));
            store.checkpoint(AT).unwrap();
            let report = store.verify().unwrap();
            assert!(report.is_clean(), "{:?}", report.faults);
            assert_eq!((done.n, report.entries), (before, before + 1));
            drop(store);
            let store = Store::open(dir.path()).unwrap();
            assert_eq!(store.prove_consistency(before).unwrap().0.size, before + 1);
            assert_ne!(store.verify().unwrap().root, root);
            assert_eq!(shows(dir.path()), Vec::<PathBuf>::new());
        }
    }

    #[test]
    fn a_kill_between_the_entry_and_the_destruction_is_finished_at_the_next_opening() {
        let dir = tempfile::tempdir().unwrap();
        let (mut store, digest) = filled(dir.path(), false);
        store.log_erasure(erasure(&digest)).unwrap();
        assert!(store.object(&digest).unwrap().is_some());
        let still = |faults: &[Fault]| faults.iter().any(|f| f.to_string().contains("erased by entry"));
        assert!(still(&store.verify().unwrap().faults), "verify says that it is not done");
        drop(store);
        let store = Store::open(dir.path()).unwrap();
        assert_eq!(store.object(&digest), Ok(None));
        assert_eq!(shows(dir.path()), Vec::<PathBuf>::new());
        assert!(store.verify().unwrap().is_clean());
        assert!(!note_file(dir.path()).exists());
    }

    #[test]
    fn a_note_without_its_entry_erases_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let (store, digest) = filled(dir.path(), false);
        drop(store);
        for n in [401, 200, u64::MAX] {
            fs::write(note_file(dir.path()), format!("{n}\n{digest}\n")).unwrap();
            let store = Store::open(dir.path()).unwrap();
            assert!(store.object(&digest).unwrap().is_some(), "{n}");
            assert!(!note_file(dir.path()).exists());
        }
    }

    #[test]
    fn verify_accepts_what_an_erasure_names_and_nothing_else_missing() {
        let dir = tempfile::tempdir().unwrap();
        let (mut store, digest) = filled(dir.path(), false);
        let other = digest_of("7 ".repeat(300).as_bytes());
        assert_eq!(
            store.erase(erasure(&digest_of(b"nobody logged this"))),
            Err(EraseError::NotReferred { digest: digest_of(b"nobody logged this") })
        );
        store.erase(erasure(&digest)).unwrap();
        store.tables.destroy(&[other]).unwrap();
        let faults = store.verify().unwrap().faults;
        assert!(
            matches!(&faults[..], [Fault::ObjectMissing { digest, .. }] if *digest == other),
            "{faults:?}"
        );
    }

    #[test]
    fn the_guard_against_deletion_stands_again_afterwards() {
        let dir = tempfile::tempdir().unwrap();
        let (mut store, digest) = filled(dir.path(), false);
        store.erase(erasure(&digest)).unwrap();
        let refused = store.tables.sqlite().unwrap().execute("DELETE FROM vault", []);
        assert!(refused.unwrap_err().to_string().contains("never deleted"));
    }
}
