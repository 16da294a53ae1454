//! Hashes of the pieces of whatever is larger than a digest alone can be searched in: entries and objects over 4 KiB. Of one that was changed
//! the first wrong piece can be named by them, and mostly the byte.
//!
//! They help to find and prove nothing: a list that is not there, or does not fit, costs exactness and no answer. So they are written after what
//! they describe is on disk, without syncing, and a list that cannot be written is left out. They go when their object is erased, since
//! they would confirm a guess of a piece. Digests of objects name them as files under `pieces/`; no entry refers to them and no bundle
//! takes them along; copies do.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use truceline_record::{Digest, digest_of};

use crate::error::FileTrouble;
use crate::layout;
use crate::tables::Batch;

/// Bytes of a piece.
pub(crate) const PIECE_BYTES: usize = 1024;
/// Up to here every byte can be tried against the digest of the whole.
pub(crate) const FROM_BYTES: u64 = 4096;
/// Larger objects have no list: it would have over 8 MiB.
const MOST_BYTES: u64 = 256 << 20;
const HASH: usize = 32;

fn file(dir: &Path, whole: &Digest) -> PathBuf {
    let name = whole.to_string();
    dir.join("pieces").join(name.get(..2).unwrap_or_default()).join(name)
}

/// The pieces of something, as they were when it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pieces {
    /// How many bytes it had.
    pub(crate) bytes: u64,
    /// SHA-256 of each piece, the last one shorter than others.
    pub(crate) hashes: Vec<Digest>,
}

/// Makes a list while bytes go by.
#[derive(Default)]
pub(crate) struct Lister {
    bytes: u64,
    piece: Vec<u8>,
    list: Vec<u8>,
}

impl Lister {
    /// Takes further bytes.
    pub(crate) fn push(&mut self, mut bytes: &[u8]) {
        self.bytes = self.bytes.saturating_add(bytes.len() as u64);
        while !bytes.is_empty() && self.bytes <= MOST_BYTES {
            let (now, rest) = bytes.split_at(bytes.len().min(PIECE_BYTES - self.piece.len()));
            self.piece.extend_from_slice(now);
            bytes = rest;
            if self.piece.len() == PIECE_BYTES {
                self.close();
            }
        }
    }

    fn close(&mut self) {
        self.list.extend_from_slice(digest_of(&self.piece).as_bytes());
        self.piece.clear();
    }

    /// Keeps the list beside what it describes, where that is worth it.
    pub(crate) fn keep(mut self, dir: &Path, whole: &Digest) {
        if self.bytes <= FROM_BYTES || self.bytes > MOST_BYTES {
            return;
        }
        if !self.piece.is_empty() {
            self.close();
        }
        let path = file(dir, whole);
        if read(dir, whole).is_some() {
            return;
        }
        let mut text = self.bytes.to_be_bytes().to_vec();
        text.append(&mut self.list);
        let end = seal(whole, &text);
        text.extend_from_slice(&end);
        // Nothing is promised of it: what cannot be written is not there.
        let _ = path.parent().map(fs::create_dir_all);
        let _ = fs::write(&path, &text);
    }
}

/// A reader that lists what is read from it.
pub(crate) struct Listed<'a, R> {
    pub(crate) from: R,
    pub(crate) lister: &'a mut Lister,
}

impl<R: Read> Read for Listed<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.from.read(buffer)?;
        self.lister.push(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}

/// By which a list that was itself changed is known.
fn seal(whole: &Digest, text: &[u8]) -> [u8; HASH] {
    Sha256::new().chain_update(whole.as_bytes()).chain_update(text).finalize().into()
}

/// Keeps the list of bytes that are on disk.
pub(crate) fn note(dir: &Path, whole: &Digest, bytes: &[u8]) {
    if bytes.len() as u64 > FROM_BYTES {
        let mut lister = Lister::default();
        lister.push(bytes);
        lister.keep(dir, whole);
    }
}

/// Keeps the lists of a batch that is on disk: entries under their leaf hashes, objects under their digests.
pub(crate) fn note_batch(dir: &Path, batch: &Batch<'_>) {
    batch.entries.iter().for_each(|(bytes, leaf)| note(dir, leaf, bytes));
    batch.objects.iter().for_each(|(digest, bytes)| note(dir, digest, bytes));
}

/// The list of something; `None` where none is kept, or not one that was written so.
pub(crate) fn read(dir: &Path, whole: &Digest) -> Option<Pieces> {
    let text = fs::read(file(dir, whole)).ok()?;
    let (text, end) = text.split_last_chunk::<HASH>()?;
    if seal(whole, text) != *end {
        return None;
    }
    let (bytes, list) = text.split_first_chunk::<8>()?;
    let hashes: Option<Vec<Digest>> = list.chunks(HASH).map(Digest::from_slice).collect();
    let (bytes, hashes) = (u64::from_be_bytes(*bytes), hashes?);
    (bytes.div_ceil(PIECE_BYTES as u64) == hashes.len() as u64).then_some(Pieces { bytes, hashes })
}

/// Overwrites and removes the lists of objects that are to be destroyed.
///
/// # Errors
/// When one is there and will not go.
pub(crate) fn forget(dir: &Path, objects: &[Digest]) -> Result<(), FileTrouble> {
    for path in objects.iter().map(|digest| file(dir, digest)) {
        let mut open = match OpenOptions::new().write(true).open(&path) {
            Ok(open) => open,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(FileTrouble::at(&path)(error)),
        };
        let over = || -> io::Result<()> {
            let length = open.metadata()?.len();
            io::copy(&mut io::repeat(0).take(length), &mut open)?;
            open.sync_all()?;
            fs::remove_file(&path)
        };
        let mut over = over;
        over().map_err(FileTrouble::at(&path))?;
        path.parent().map_or(Ok(()), layout::sync_folder)?;
    }
    Ok(())
}

/// Takes the lists of one store's folder into that of its copy, and those out of it that the first no longer has: their objects were erased.
///
/// # Errors
/// When one that is to go will not.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), FileTrouble> {
    let (there, here) = (listed(from), listed(to));
    for whole in there.difference(&here) {
        let target = file(to, whole);
        let _ = target.parent().map(fs::create_dir_all);
        let _ = fs::copy(file(from, whole), &target);
    }
    let gone: Vec<Digest> = here.difference(&there).copied().collect();
    forget(to, &gone)
}

/// What has a list in a folder.
fn listed(dir: &Path) -> BTreeSet<Digest> {
    let below = |path: &Path| {
        let entries = fs::read_dir(path).ok().into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect::<Vec<_>>()
    };
    let files = below(&dir.join("pieces")).into_iter().flat_map(|folder| below(&folder));
    files.filter_map(|path| path.file_name()?.to_str()?.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_reads_back_whatever_the_parts_it_was_made_of_and_a_changed_one_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let bytes: Vec<u8> = (0..10_000_u32).map(|n| (n % 251) as u8).collect();
        let whole = digest_of(&bytes);
        let mut lister = Lister::default();
        bytes.chunks(333).for_each(|part| lister.push(part));
        lister.keep(dir.path(), &whole);
        let read_back = read(dir.path(), &whole).unwrap();
        assert_eq!((read_back.bytes, read_back.hashes.len()), (10_000, 10));
        assert_eq!(read_back.hashes[9], digest_of(&bytes[9 * 1024..]));
        let path = file(dir.path(), &whole);
        let held = fs::read(&path).unwrap();
        for at in 0..held.len() {
            let mut changed = held.clone();
            changed[at] ^= 1;
            fs::write(&path, &changed).unwrap();
            assert_eq!(read(dir.path(), &whole), None, "{at}");
        }
        // What is kept again mends it; what is erased takes it along, in a copy too.
        note(dir.path(), &whole, &bytes);
        assert!(read(dir.path(), &whole).is_some());
        let other = tempfile::tempdir().unwrap();
        copy(dir.path(), other.path()).unwrap();
        assert_eq!(read(other.path(), &whole), read(dir.path(), &whole));
        copy(tempfile::tempdir().unwrap().path(), other.path()).unwrap();
        assert_eq!(read(other.path(), &whole), None);
        forget(dir.path(), &[whole, digest_of(b"none")]).unwrap();
        assert!(!path.exists());
        note(dir.path(), &digest_of(b"small"), b"small");
        assert_eq!(read(dir.path(), &digest_of(b"small")), None, "what is small needs none");
    }
}
