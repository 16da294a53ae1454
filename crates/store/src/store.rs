//! A store, opened: by one process to write, by any to read.
//!
//! Which database keeps its tables is told by the files of its folder. Creation can be killed at any point and repeated. The store knows the tree
//! over its entries and nothing of the database but [`Tables`].

use std::cell::RefCell;
use std::fs::{self, File};
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use truceline_record::{Checkpoint, Digest, KeyError, LogSigner, LogVerifier, TileTrees, Tiler};
use zeroize::Zeroizing;

use crate::error::{FileTrouble, OpenError, ReadError};
use crate::postgres::{self, Postgres};
use crate::projection::Deriver;
use crate::tables::Tables;
use crate::{key_change, layout, read, sqlite};

/// One mission's store.
pub struct Store {
    pub(crate) dir: PathBuf,
    pub(crate) tables: Box<dyn Tables>,
    pub(crate) writer: Option<Writer>,
    verifier: LogVerifier,
    /// Trees of tiles that proofs were made from.
    pub(crate) trees: TileTrees,
    /// What every commit is to hold beside its entries, where that is wanted.
    pub(crate) deriver: Option<Arc<dyn Deriver>>,
    /// The last checkpoint whose signature was checked, with the note that it was read from.
    pub(crate) opened: RefCell<Option<(Vec<u8>, Checkpoint)>>,
}

/// Tiles whose trees are kept for proofs: 16 KiB each, a million entries' worth.
const TREES: usize = 4096;

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
        postgres::is_there(dir)
            || !matches!(sqlite::found(dir), Ok(sqlite::Found::Nothing | sqlite::Found::Unfinished))
    }

    /// Creates a store in `dir` (made if absent) and opens it for writing. `origin` names the log in its
    /// checkpoints, e.g. `truceline.example/syria-2016`; `seed` is the secret key of the log: 32 bytes
    /// from a secure source of randomness.
    pub fn create(dir: &Path, origin: &str, seed: [u8; 32]) -> Result<Self, OpenError> {
        let seed = Zeroizing::new(seed);
        let signer = LogSigner::new(origin, &seed).map_err(key_error)?;
        let lock = vacant(dir)?;
        write_keys(dir, &signer, &seed)?;
        let tables = sqlite::create(dir, signer.origin(), &signer.verifier_key())?;
        let verifier = signer.verifier().map_err(key_error)?;
        Self::with_writer(dir, Box::new(tables), (signer, verifier), lock)
    }

    /// As [`Store::create`], with the tables in a PostgreSQL database, which holds no other store. The folder keeps the key, what witnesses signed
    /// and the last checkpoint. Creation that was interrupted goes on with the key that it drew then.
    pub fn create_in(
        dir: &Path,
        origin: &str,
        seed: [u8; 32],
        database: &Postgres,
    ) -> Result<Self, OpenError> {
        let lock = vacant(dir)?;
        let seed = match layout::read_key(dir) {
            Ok((drawn_for, drawn)) if drawn_for == origin => drawn,
            _ => Zeroizing::new(seed),
        };
        let signer = LogSigner::new(origin, &seed).map_err(key_error)?;
        write_keys(dir, &signer, &seed)?;
        let tables = postgres::create(dir, database, &signer)?;
        let verifier = signer.verifier().map_err(key_error)?;
        Self::with_writer(dir, Box::new(tables), (signer, verifier), lock)
    }

    /// Opens the store in `dir` for writing; no other process may have it open for writing.
    pub fn open(dir: &Path) -> Result<Self, OpenError> {
        match layout::closed(dir)? {
            Some(reason) => Err(OpenError::Closed { reason }),
            None => Self::open_though_closed(dir),
        }
    }

    /// As [`Store::open`], also a store that is being moved.
    pub(crate) fn open_though_closed(dir: &Path) -> Result<Self, OpenError> {
        let (tables, lock) = Self::tables_to_write(dir)?;
        let interrupted = key_change::resume(dir, tables.as_ref())?;
        let (origin, seed) = layout::read_key(dir)?;
        let signer = LogSigner::new(&origin, &seed).map_err(key_error)?;
        if tables.meta("verifier-key")?.as_deref() != Some(signer.verifier_key().as_str()) {
            let reason = format!("{} is the key of another log", layout::secret_key(dir).display());
            return Err(OpenError::Key { reason });
        }
        let verifier = stored_verifier(dir, tables.as_ref())?;
        let mut store = Self::with_writer(dir, tables, (signer, verifier), lock)?;
        if interrupted {
            store.sign_after_change()?;
        }
        Ok(store)
    }

    /// As [`Store::open`], for a store without its secret key, to be signed with the key of this seed from now on. It is to be put in place at once:
    /// until then the store believes the key before.
    pub(crate) fn open_without_key(dir: &Path, seed: &[u8; 32]) -> Result<Self, OpenError> {
        let (tables, lock) = Self::tables_to_write(dir)?;
        let verifier = stored_verifier(dir, tables.as_ref())?;
        let signer = LogSigner::new(verifier.origin(), seed).map_err(key_error)?;
        Self::with_writer(dir, tables, (signer, verifier), lock)
    }

    /// The tables of a folder that is no copy, and the one writer's lock.
    fn tables_to_write(dir: &Path) -> Result<(Box<dyn Tables>, File), OpenError> {
        let in_server = postgres::is_there(dir);
        if !in_server && !layout::database(dir).is_file() {
            return Err(OpenError::NotAStore { dir: dir.to_owned() });
        }
        crate::backup::refuse_copy(dir)?;
        let lock = layout::lock(dir)?;
        let tables: Box<dyn Tables> =
            if in_server { Box::new(postgres::open(dir)?) } else { Box::new(sqlite::open(dir)?) };
        Ok((tables, lock))
    }

    /// Opens the store in `dir` for reading, beside a writing process or none. Needs no secret key.
    pub fn open_read_only(dir: &Path) -> Result<Self, OpenError> {
        let store = Self::open_to_verify(dir)?;
        not_rolled_back(store.tables.as_ref(), &store.verifier)?;
        Ok(store)
    }

    /// As [`Store::open_read_only`], also where the database is an earlier state than the folder signed: for [`Store::verify`] to say so, and
    /// for nothing else.
    pub fn open_to_verify(dir: &Path) -> Result<Self, OpenError> {
        let tables: Box<dyn Tables> = if postgres::is_there(dir) {
            Box::new(postgres::open_read_only(dir)?)
        } else {
            Box::new(sqlite::open_read_only(dir)?)
        };
        let verifier = stored_verifier(dir, tables.as_ref())?;
        Ok(Self::of(dir, tables, None, verifier))
    }

    /// A copy that has no name yet, for reading.
    pub(crate) fn of_copy(dir: &Path, verifier: LogVerifier) -> Result<Self, OpenError> {
        let tables: Box<dyn Tables> = Box::new(sqlite::open_copy(dir)?);
        Ok(Self::of(dir, tables, None, verifier))
    }

    fn with_writer(
        dir: &Path,
        tables: Box<dyn Tables>,
        (signer, verifier): (LogSigner, LogVerifier),
        lock: File,
    ) -> Result<Self, OpenError> {
        not_rolled_back(tables.as_ref(), &verifier)?;
        let tiler = resume(tables.as_ref())?;
        // A checkpoint that was committed when its writer was killed is remembered now.
        if let (Some((_, last)), Some(kept)) =
            (tables.last_note()?, tables.remembered()?.or(Some(Vec::new())))
            && last != kept
        {
            tables.remember(&last)?;
        }
        let writer = Writer { signer, tiler, failed: None, _lock: lock };
        let mut store = Self::of(dir, tables, Some(writer), verifier);
        store.finish_erasure()?;
        Ok(store)
    }

    pub(crate) fn of(
        dir: &Path,
        tables: Box<dyn Tables>,
        writer: Option<Writer>,
        verifier: LogVerifier,
    ) -> Self {
        let (trees, opened) = (TileTrees::new(TREES), RefCell::default());
        Self { dir: dir.to_owned(), tables, writer, verifier, trees, deriver: None, opened }
    }

    /// Signs with this key from now on.
    pub(crate) fn take_key(&mut self, signer: LogSigner, verifier: LogVerifier) {
        if let Some(writer) = &mut self.writer {
            writer.signer = signer;
        }
        self.believe(verifier);
    }

    /// Believes this key, and those before it, from now on.
    pub(crate) fn believe(&mut self, verifier: LogVerifier) {
        self.verifier = verifier;
        self.opened.replace(None);
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

/// Takes the lock of a folder that holds no store. Only what is certainly an interrupted creation counts as none; damage does not.
pub(crate) fn vacant(dir: &Path) -> Result<File, OpenError> {
    layout::make_folder(dir)?;
    let lock = layout::lock(dir)?;
    match sqlite::found(dir)? {
        _ if postgres::is_there(dir) => Err(OpenError::AlreadyThere { dir: dir.to_owned() }),
        sqlite::Found::Nothing | sqlite::Found::Unfinished => Ok(lock),
        sqlite::Found::Something => Err(OpenError::AlreadyThere { dir: dir.to_owned() }),
    }
}

pub(crate) fn write_keys(dir: &Path, signer: &LogSigner, seed: &[u8; 32]) -> Result<(), OpenError> {
    layout::write_file(&layout::secret_key(dir), &layout::key_text(signer.origin(), seed), true)?;
    Ok(layout::write_file(&layout::public_key(dir), &format!("{}\n", signer.verifier_key()), false)?)
}

/// That the tables hold the checkpoint that is remembered outside them, and the entries under it. That what came after extends it is held when
/// the next one is signed.
fn not_rolled_back(tables: &dyn Tables, verifier: &LogVerifier) -> Result<(), OpenError> {
    let Some(note) = tables.remembered()? else { return Ok(()) };
    let kept = verifier.open(&note).map_err(|error| OpenError::Inconsistent {
        reason: format!("the checkpoint beside the database: {error}"),
    })?;
    let refused = |reason: &str| OpenError::RolledBack { signed: kept.size, reason: reason.to_owned() };
    let found = tables.note_of(kept.size)?.ok_or_else(|| refused("it does not have that checkpoint"))?;
    if verifier.open(&found).ok().as_ref() != Some(&kept) {
        return Err(refused("its checkpoint of that size is another"));
    }
    if tables.count()? < kept.size {
        return Err(refused("it has fewer entries"));
    }
    Ok(())
}

/// The public key, with those before it: as the database has it, or else the file beside it.
pub(crate) fn stored_verifier(dir: &Path, tables: &dyn Tables) -> Result<LogVerifier, OpenError> {
    let stored = tables.meta("verifier-key").ok().flatten();
    if let Some(Ok(verifier)) = stored.map(|text| LogVerifier::new(&text)) {
        return Ok(key_change::with_stored(verifier, tables));
    }
    let path = layout::public_key(dir);
    let text = fs::read_to_string(&path).map_err(FileTrouble::at(&path))?;
    let verifier = LogVerifier::new(&text).map_err(key_error)?;
    Ok(key_change::with_stored(verifier, tables))
}

pub(crate) fn key_error(error: KeyError) -> OpenError {
    OpenError::Key { reason: error.to_string() }
}

/// Picks the tree up from the full tiles and the hashes beside the last entries.
pub(crate) fn resume(tables: &dyn Tables) -> Result<Tiler, ReadError> {
    let size = tables.count()?;
    Tiler::resume(size, |level, index, width| {
        if level == 0 && width < truceline_record::TILE_WIDTH {
            let first = size - u64::from(width);
            let hashes: Option<Vec<Digest>> = tables.leaf_hashes(first, size)?.into_iter().collect();
            let whole = hashes.filter(|hashes| hashes.len() == usize::from(width));
            return whole.ok_or(ReadError::Hash { n: first });
        }
        let path = truceline_record::TilePath::hashes(level, index, width);
        let bytes = read::tile_bytes(tables, path)?;
        Ok(bytes.chunks_exact(32).filter_map(Digest::from_slice).collect())
    })
}
