//! A replica: a centre's record held at another place, kept up to date by whoever holds it, signing nothing.
//!
//! It takes entries only as the log's key signed them (and, where it was told so, as a quorum of witnesses cosigned them), each batch with the proof
//! that it stands in the signed tree and that the tree begins with all that the replica has. Two histories that cannot be one are kept as evidence, and
//! nothing more is followed. Objects come along before the entries that name them; what an erasure names is destroyed here, too.
//!
//! Killed at any point it goes on where it was: an entry is committed with its tiles in one transaction, its objects before it. A replica is marked as a
//! copy ([`Store::take_over`] is how it goes on when the centre is lost), so no program writes to it by mistake.

mod centre;
mod error;
mod fork;
mod round;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use truceline_record::{Digest, LogVerifier, Tiler, WitnessVerifier, empty_root};

pub use centre::{Centre, NOTE_LIMIT, StaticFolder, TILE_LIMIT};
pub use error::FollowError;

use crate::error::{Database, FileTrouble, OpenError};
use crate::store::{Store, resume, stored_verifier, vacant};
use crate::tables::CommitError;
use crate::{backup, key_change, layout, postgres, sqlite};

const HEADER: &str = "truceline replica 1";

/// Whose cosignatures a checkpoint needs before it is followed.
#[derive(Clone, Debug, Default)]
pub struct Cosigners {
    /// The witnesses that count.
    pub witnesses: Vec<WitnessVerifier>,
    /// How many of them are enough; 0 where the log's own signature is.
    pub needed: usize,
}

impl Cosigners {
    fn text(&self) -> String {
        let keys = self.witnesses.iter().map(|key| format!("witness {}\n", key.verifier_key()));
        format!("{HEADER}\nquorum {}\n{}", self.needed, keys.collect::<String>())
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        lines.next().filter(|line| *line == HEADER)?;
        let needed = lines.next()?.strip_prefix("quorum ")?.parse().ok()?;
        let key = |line: &str| WitnessVerifier::new(line.strip_prefix("witness ")?).ok();
        let witnesses: Vec<WitnessVerifier> = lines.map(key).collect::<Option<_>>()?;
        (needed <= witnesses.len()).then_some(Self { witnesses, needed })
    }
}

/// What one round of following came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Followed {
    /// Entries taken in now.
    pub entries: u64,
    /// Objects taken in now.
    pub objects: u64,
    /// Objects destroyed now, since an erasure names them.
    pub erased: u64,
    /// Entries held.
    pub size: u64,
    /// Entries of the checkpoint that the centre showed: fewer than are held where it shows an older one.
    pub shown: u64,
    /// Objects that entries name, that the centre does not have, and that no erasure names.
    pub lacking: BTreeSet<Digest>,
}

/// A replica, opened by the one process that follows.
pub struct Replica {
    store: Store,
    /// The tree over all entries held.
    tiler: Tiler,
    cosigners: Cosigners,
    lacking: BTreeSet<Digest>,
    _lock: File,
}

impl core::fmt::Debug for Replica {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Replica").field("dir", &self.store.dir()).finish_non_exhaustive()
    }
}

/// Files of a replica's folder that go when it takes over.
pub(crate) const OWN: [&str; 3] = ["replica", "pending", "lacking"];

fn told(dir: &Path) -> PathBuf {
    dir.join("replica")
}

fn lacking_file(dir: &Path) -> PathBuf {
    dir.join("lacking")
}

impl Replica {
    /// Whether a folder holds a replica.
    #[must_use]
    pub fn is_there(dir: &Path) -> bool {
        told(dir).is_file() && Store::is_there(dir)
    }

    /// Makes an empty replica of the log with this key, which must be known from elsewhere: a first answer proves nothing of whose it is. `at`: when,
    /// RFC 3339 in UTC.
    ///
    /// # Errors
    /// When the folder holds a store already, or cannot be written.
    pub fn create(dir: &Path, key: &LogVerifier, cosigners: &Cosigners, at: &str) -> Result<Self, OpenError> {
        let lock = vacant(dir)?;
        // The marks come first: a store without them might be taken for one that has lost its key.
        layout::write_file(&told(dir), &cosigners.text(), false)?;
        backup::mark_copy(dir, key.origin(), 0, empty_root(), at)?;
        layout::write_file(&layout::public_key(dir), &format!("{}\n", key.verifier_key()), false)?;
        drop(sqlite::create(dir, key.origin(), key.verifier_key())?);
        drop(lock);
        Self::open(dir)
    }

    /// Makes an existing copy ([`Store::backup`]) a replica, or changes whose cosignatures it needs.
    ///
    /// # Errors
    /// When the folder holds no copy, or cannot be written.
    pub fn tell(dir: &Path, cosigners: &Cosigners) -> Result<(), OpenError> {
        if !backup::is_copy(dir) {
            return Err(not_a_copy(dir));
        }
        Ok(layout::write_file(&told(dir), &cosigners.text(), false)?)
    }

    /// Opens a replica to follow.
    ///
    /// # Errors
    /// When it is none, another process follows with it, or it is damaged.
    pub fn open(dir: &Path) -> Result<Self, OpenError> {
        if !backup::is_copy(dir) || postgres::is_there(dir) {
            return Err(not_a_copy(dir));
        }
        let lock = layout::lock(dir)?;
        let text = fs::read_to_string(told(dir)).map_err(FileTrouble::at(&told(dir)))?;
        let cosigners = Cosigners::parse(&text).ok_or_else(|| OpenError::Inconsistent {
            reason: format!(
                "{} is not as it was written; tell the replica again whose cosignatures it needs",
                told(dir).display()
            ),
        })?;
        let tables: Box<dyn crate::tables::Tables> = Box::new(sqlite::open(dir)?);
        let verifier = stored_verifier(dir, tables.as_ref())?;
        let tiler = resume(tables.as_ref())?;
        let mut store = Store::of(dir, tables, None, verifier);
        store.finish_erasure()?;
        let lacking = match fs::read_to_string(lacking_file(dir)) {
            Ok(text) => text.lines().filter_map(|line| line.parse().ok()).collect(),
            Err(error) if error.kind() == ErrorKind::NotFound => BTreeSet::new(),
            Err(error) => return Err(FileTrouble::at(&lacking_file(dir))(error).into()),
        };
        Ok(Self { store, tiler, cosigners, lacking, _lock: lock })
    }

    /// Follows the log under another key from now on, which people brought by hand; the one before counts for what was signed so far. On disk when this
    /// returns.
    ///
    /// # Errors
    /// When the key is another log's or the one that it has, or the folder cannot be written.
    pub fn replace_key(&mut self, key: &LogVerifier) -> Result<(), OpenError> {
        let now = self.store.verifier();
        if key.origin() != now.origin() || key.verifier_key() == now.verifier_key() {
            return Err(OpenError::Key { reason: "it is no other key of this log".to_owned() });
        }
        let broken = |error: FollowError| OpenError::Inconsistent { reason: error.to_string() };
        let noted = [self.last().map_err(broken)?, self.pending().map_err(broken)?];
        let until = noted.iter().flatten().map(|note| note.size).max().unwrap_or_default();
        let verifier = key_change::with_former_of(key, now).after(now, until);
        key_change::keep(self.store.tables.as_mut(), &verifier).map_err(|error| match error {
            CommitError::Nothing(trouble) => OpenError::Database(trouble),
            CommitError::Unknown(reason) => OpenError::Database(Database::Other { reason }),
        })?;
        layout::write_file(
            &layout::public_key(self.dir()),
            &format!("{}\n", verifier.verifier_key()),
            false,
        )?;
        self.store.believe(verifier);
        Ok(())
    }

    /// What it holds, to read.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    fn dir(&self) -> &Path {
        self.store.dir()
    }

    fn keep_lacking(&self) -> Result<(), FileTrouble> {
        let path = lacking_file(self.dir());
        if self.lacking.is_empty() {
            return remove(&path);
        }
        let lines: String = self.lacking.iter().map(|digest| format!("{digest}\n")).collect();
        layout::write_file(&path, &lines, false)
    }
}

/// How many entries a replica saw signed, where it does not hold all of them.
pub(crate) fn owed(store: &Store) -> Result<Option<u64>, OpenError> {
    let path = store.dir().join("pending");
    match fs::read(&path) {
        Ok(note) => {
            let opened = store.verifier().open(&note);
            let wrong = |error: truceline_record::CheckpointError| OpenError::Inconsistent {
                reason: error.to_string(),
            };
            opened.map(|note| Some(note.size)).map_err(wrong)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(FileTrouble::at(&path)(error).into()),
    }
}

fn not_a_copy(dir: &Path) -> OpenError {
    let reason = format!(
        "{} holds no replica, and what it holds is not overwritten; choose a new folder, or one with a copy (truceline backup)",
        dir.display()
    );
    OpenError::Inconsistent { reason }
}

/// Removes a file, durably; one that is not there is no error.
fn remove(path: &Path) -> Result<(), FileTrouble> {
    match fs::remove_file(path) {
        Ok(()) => path.parent().map_or(Ok(()), layout::sync_folder),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(FileTrouble::at(path)(error)),
    }
}
