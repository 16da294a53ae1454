//! A copy of a store as it was at one moment, taken while others write and read; and a copy taken over.
//!
//! The database is copied in one transaction, then the files that its entries may name: objects and cosignatures are only ever added, so
//! whatever the moment refers to is there by then. The copy is verified before it gets its name; a copy that was there is replaced by a
//! later moment of the same history and by nothing else. It never writes to the store that it copies.
//!
//! A copy signs nothing. Two machines with the same key, each going on by itself, would make two histories, and every witness would show
//! it. So a copy is marked, and only [`Store::take_over`], which a person must ask for, removes the mark.

use std::fs::{self, File};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use truceline_record::{Digest, LogVerifier, Tiler};

use crate::error::{BackupError, FileTrouble, OpenError, ReadError};
use crate::store::Store;
use crate::{layout, pieces, replica, sqlite};

const MARK_HEADER: &str = "truceline copy 1";

/// What was copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// Entries of the moment.
    pub entries: u64,
    /// Entries that its last checkpoint covers.
    pub signed: u64,
    /// Root over all entries.
    pub root: Digest,
    /// Large objects copied now.
    pub copied: u64,
    /// Large objects that an earlier copy had brought.
    pub there: u64,
    /// Whether the secret key is in the copy.
    pub with_key: bool,
}

/// Where the mark of a copy stands.
fn mark(dir: &Path) -> PathBuf {
    dir.join("copy")
}

/// Whether a folder holds a copy that nobody has taken over.
pub(crate) fn is_copy(dir: &Path) -> bool {
    mark(dir).is_file()
}

/// Marks a folder as a copy: of which log, how far, and when.
pub(crate) fn mark_copy(
    dir: &Path,
    origin: &str,
    size: u64,
    root: Digest,
    at: &str,
) -> Result<(), FileTrouble> {
    layout::write_file(&mark(dir), &format!("{MARK_HEADER}\n{origin}\n{size}\n{root}\n{at}\n"), false)
}

/// Refuses to write to a copy that nobody has taken over.
pub(crate) fn refuse_copy(dir: &Path) -> Result<(), OpenError> {
    if mark(dir).exists() { Err(OpenError::Copy { dir: dir.to_owned() }) } else { Ok(()) }
}

impl Store {
    /// Copies the store in `from` to `to`, a folder that is not there, is empty, or holds an earlier copy of the same store. `at`: when,
    /// RFC 3339 in UTC, written into the copy's mark. A writing process goes on meanwhile.
    ///
    /// # Errors
    /// When the store or the copy does not verify, `to` holds something else, or a file cannot be read or written. An earlier copy is
    /// then as it was, or a later whole one.
    pub fn backup(from: &Path, to: &Path, with_key: bool, at: &str) -> Result<Backup, BackupError> {
        let origin = Self::open_read_only(from)?;
        if !layout::database(from).is_file() {
            return Err(BackupError::InServer);
        }
        layout::make_folder(to)?;
        let lock = layout::lock(to)?;
        suitable(from, to, with_key, origin.verifier())?;
        layout::make_folder(&layout::vault_unfinished(to))?;
        sqlite::copy(from, to)?;
        let (copied, there) = copy_objects(from, to)?;
        layout::write_file(
            &layout::public_key(to),
            &format!("{}\n", origin.verifier().verifier_key()),
            false,
        )?;
        let copy = Self::of_copy(to, origin.verifier().clone())?;
        let report = copy.verify()?;
        if let Some(fault) = report.faults.first() {
            return Err(BackupError::Damaged { reason: fault.to_string() });
        }
        let signed = copy.last_checkpoint()?.map_or(0, |last| last.size);
        if layout::database(to).is_file() {
            let earlier = Self::open_read_only(to)?;
            continues(&earlier, &copy)?;
        }
        drop(copy);
        copy_cosigned(&origin, to, signed)?;
        pieces::copy(from, to)?;
        if with_key {
            let key = layout::secret_key(from);
            let text = fs::read_to_string(&key).map_err(FileTrouble::at(&key))?;
            layout::write_file(&layout::secret_key(to), &text, true)?;
            let known = from.join("store.secret");
            if known.exists() {
                let text = fs::read_to_string(&known).map_err(FileTrouble::at(&known))?;
                layout::write_file(&to.join("store.secret"), &text, true)?;
            }
        }
        mark_copy(to, origin.origin(), report.entries, report.root, at)?;
        // Last: with it the copy is there, or a later moment in place of an earlier one.
        sqlite::name_copy(to)?;
        drop(lock);
        Ok(Backup { entries: report.entries, signed, root: report.root, copied, there, with_key })
    }

    /// Lets a copy go on in place of the store that it was taken from, which must never write again. Gives what stood in its mark: when it was
    /// taken.
    ///
    /// # Errors
    /// When `dir` is no copy, holds no key that fits, or does not verify.
    pub fn take_over(dir: &Path) -> Result<String, BackupError> {
        let path = mark(dir);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(BackupError::NotACopy { dir: dir.to_owned() });
            }
            text => text.map_err(FileTrouble::at(&path))?,
        };
        let store = Self::open_read_only(dir)?;
        let (origin, _) = layout::read_key(dir)?;
        if origin != store.origin() {
            return Err(OpenError::Key { reason: "log.key is the key of another log".to_owned() }.into());
        }
        if let Some(fault) = store.verify()?.faults.first() {
            return Err(BackupError::Damaged { reason: fault.to_string() });
        }
        let held = store.len()?;
        if let Some(signed) = replica::owed(&store)?.filter(|signed| *signed > held) {
            return Err(BackupError::Owed { held, signed });
        }
        drop(store);
        let lock = layout::lock(dir)?;
        for own in replica::OWN {
            let path = dir.join(own);
            if path.exists() {
                fs::remove_file(&path).map_err(FileTrouble::at(&path))?;
            }
        }
        fs::remove_file(&path).map_err(FileTrouble::at(&path))?;
        layout::sync_folder(dir)?;
        drop(lock);
        Ok(text.lines().nth(4).unwrap_or_default().to_owned())
    }
}

/// Whether a copy may be written there.
fn suitable(from: &Path, to: &Path, with_key: bool, key: &LogVerifier) -> Result<(), BackupError> {
    let other = |reason: &str| BackupError::Unsuitable { dir: to.to_owned(), reason: reason.to_owned() };
    let whole = |path: &Path| fs::canonicalize(path).map_err(FileTrouble::at(path));
    let (from, whole_to) = (whole(from)?, whole(to)?);
    if whole_to.starts_with(&from) || from.starts_with(&whole_to) {
        return Err(other("one folder lies in the other"));
    }
    let there = fs::read_to_string(layout::public_key(to)).ok();
    // An earlier copy may have been made under an earlier key.
    let is_ours =
        |there: &str| there == key.verifier_key() || key.former().any(|(former, _)| former == there);
    if there.is_some_and(|there| !is_ours(there.trim_end())) {
        return Err(other("what it holds is of another record"));
    }
    if layout::database(to).is_file() {
        return match (mark(to).is_file(), !with_key && layout::secret_key(to).exists()) {
            (false, _) => Err(other("it holds a store that is no copy")),
            (true, true) => Err(other("the copy in it has the secret key already")),
            (true, false) => Ok(()),
        };
    }
    // What a copy that was interrupted left is ours, and nothing else is.
    let ours = [
        "lock",
        "vault",
        "pieces",
        "cosigned",
        "copy",
        "log.pub",
        "log.key",
        "store.secret",
        "store.unfinished",
        "log.unfinished",
        "copy.unfinished",
        sqlite::COPY,
        sqlite::COPY_JOURNAL,
    ];
    for entry in fs::read_dir(to).map_err(FileTrouble::at(to))? {
        let name = entry.map_err(FileTrouble::at(to))?.file_name();
        if !ours.iter().any(|own| name == *own) {
            return Err(other("it holds other files"));
        }
    }
    Ok(())
}

/// Whether the later moment begins with the whole of the earlier one.
fn continues(earlier: &Store, later: &Store) -> Result<(), BackupError> {
    let size = earlier.len()?;
    let (before, now) = (root_over(earlier, size)?, root_over(later, size));
    if now.is_ok_and(|now| now == before) { Ok(()) } else { Err(BackupError::OtherHistory { size }) }
}

/// Root over the first `size` entries, from the hashes beside them.
pub(crate) fn root_over(store: &Store, size: u64) -> Result<Digest, BackupError> {
    const PAGE: u64 = 4096;
    let mut tiler = Tiler::new();
    while tiler.size() < size {
        let first = tiler.size();
        let page = store.tables.leaf_hashes(first, size.min(first + PAGE)).map_err(ReadError::Database)?;
        if page.is_empty() {
            return Err(ReadError::Missing { n: first }.into());
        }
        for hash in page {
            tiler.push(hash.ok_or(ReadError::Hash { n: tiler.size() })?);
        }
    }
    Ok(tiler.root())
}

/// Copies the large objects that are not there yet; gives how many, and how many were.
fn copy_objects(from: &Path, to: &Path) -> Result<(u64, u64), BackupError> {
    let (mut copied, mut there) = (0, 0);
    for (source, digest) in sqlite::large_files(from)? {
        // A file that is named otherwise is no object; verifying the copy does not need it.
        let Some(digest) = digest else { continue };
        let target = layout::vault_file(to, &digest);
        if target.is_file() {
            there += 1;
            continue;
        }
        let beside = layout::vault_unfinished(to).join("object");
        copy_file(&source, &beside)?;
        // A changed object would harm the earlier copy, which is whole.
        if sqlite::digest_of_file(&beside)? != digest {
            fs::remove_file(&beside).map_err(FileTrouble::at(&beside))?;
            return Err(BackupError::Damaged { reason: format!("object {digest}: its bytes were changed") });
        }
        if let Some(folder) = target.parent() {
            layout::make_folder(folder)?;
            fs::rename(&beside, &target).map_err(FileTrouble::at(&target))?;
            layout::sync_folder(folder)?;
        }
        copied += 1;
    }
    Ok((copied, there))
}

/// Copies a file in parts, durably.
fn copy_file(source: &Path, target: &Path) -> Result<(), FileTrouble> {
    let mut from = File::open(source).map_err(FileTrouble::at(source))?;
    let mut to = File::create(target).map_err(FileTrouble::at(target))?;
    let mut part = vec![0_u8; 1 << 16];
    loop {
        let count = from.read(&mut part).map_err(FileTrouble::at(source))?;
        if count == 0 {
            return to.sync_all().map_err(FileTrouble::at(target));
        }
        to.write_all(part.get(..count).unwrap_or_default()).map_err(FileTrouble::at(target))?;
    }
}

/// Copies the cosigned checkpoints that the moment has signed; one may have gained a cosignature since the last copy.
fn copy_cosigned(origin: &Store, to: &Path, signed: u64) -> Result<(), BackupError> {
    let kept = origin.cosigned()?;
    let dir = to.join("cosigned");
    for cosigned in kept.iter().filter(|kept| kept.checkpoint.size <= signed) {
        layout::make_folder(&dir)?;
        let text = String::from_utf8_lossy(&cosigned.note);
        layout::write_file(&dir.join(cosigned.checkpoint.size.to_string()), &text, false)?;
    }
    Ok(())
}
