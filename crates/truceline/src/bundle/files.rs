//! The files of a bundle, in a folder or in an archive: their names, and their bytes as the list says that they are.
//!
//! Follows no link, goes into no folder deeper than a bundle has, gives no byte whose digest is not the listed one.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use truceline_record::Digest;

use super::list::{LIST_LIMIT, List};
use super::{LIST, Part, tar};
use crate::bulletins::Frozen;
use crate::failure::Failure;

/// Folders within folders that a bundle has at most: a tile of a log of 2^53 entries.
const DEEPEST: usize = 10;

/// Where the files are.
enum Place {
    Folder(PathBuf),
    Archive(RefCell<File>, BTreeMap<String, (u64, u64)>),
}

/// A bundle, opened.
pub(crate) struct Files {
    place: Place,
    /// What should be in it.
    pub(crate) list: List,
}

impl Files {
    /// Opens a bundle and reads its list.
    ///
    /// # Errors
    /// A wrong call when nothing is there; `Ok(Err(words))` when it is no bundle, or a damaged one.
    pub(crate) fn open(path: &Path) -> Result<Result<Self, String>, Failure> {
        let unreadable =
            |e: io::Error| Failure::usage(format!("could not read the bundle {}: {e}", path.display()));
        let place = if fs::metadata(path).map_err(unreadable)?.is_dir() {
            Place::Folder(path.to_owned())
        } else {
            let mut file = File::open(path).map_err(unreadable)?;
            match tar::index(&mut file) {
                Ok(index) => Place::Archive(RefCell::new(file), index),
                Err(say) => return Ok(Err(say)),
            }
        };
        let mut bytes = Vec::new();
        let read = stream(&place, LIST, &mut |part| {
            bytes.extend_from_slice(part);
            bytes.len() as u64 <= LIST_LIMIT
        });
        if let Err(e) = read {
            return Ok(Err(format!("bundle.json cannot be read: {e}")));
        }
        Ok(List::parse(&bytes).map(|list| Self { place, list }))
    }

    /// What is not as the list says, a line each: missing, changed, or there without being listed.
    pub(crate) fn damage(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (name, listed) in &self.list.files {
            faults.extend(self.damage_of(name, listed));
        }
        match self.names() {
            Ok(names) => {
                let known = |name: &String| *name == LIST || self.list.files.contains_key(name);
                let other = names.into_iter().filter(|name| !known(name));
                faults.extend(other.map(|name| format!("{name}: it is not in the list of files")));
            }
            Err(say) => faults.push(say),
        }
        faults
    }

    /// What of one file is not as the list says.
    pub(super) fn damage_of(&self, name: &str, listed: &Frozen) -> Option<String> {
        let (mut hash, mut bytes) = (Sha256::new(), 0_u64);
        let read = stream(&self.place, name, &mut |part| {
            hash.update(part);
            bytes += part.len() as u64;
            bytes <= listed.bytes
        });
        match read {
            Err(e) => Some(format!("{name}: it cannot be read: {e}")),
            Ok(()) if bytes != listed.bytes => {
                Some(format!("{name}: it is not {} bytes long, as listed", listed.bytes))
            }
            Ok(()) if Digest(hash.finalize().into()) != listed.digest => {
                Some(format!("{name}: its bytes are not those listed"))
            }
            Ok(()) => None,
        }
    }

    /// Where a file of an archive begins, and how long it is.
    #[cfg(test)]
    pub(super) fn within_archive(&self, name: &str) -> Option<(u64, u64)> {
        match &self.place {
            Place::Archive(_, index) => index.get(name).copied(),
            Place::Folder(_) => None,
        }
    }

    /// A part's bytes; `None` when the list does not name it.
    ///
    /// # Errors
    /// In words, when it is not there as listed, or longer than `limit`.
    pub(crate) fn read(&self, part: &Part, limit: u64) -> Result<Option<Vec<u8>>, String> {
        let name = part.name();
        let Some(listed) = self.list.files.get(&name) else { return Ok(None) };
        let mut bytes = Vec::new();
        let taken = stream(&self.place, &name, &mut |part| {
            bytes.extend_from_slice(part);
            bytes.len() as u64 <= limit.min(listed.bytes)
        });
        taken.map_err(|e| format!("{name}: it cannot be read: {e}"))?;
        let same = bytes.len() as u64 == listed.bytes && truceline_record::digest_of(&bytes) == listed.digest;
        if same {
            Ok(Some(bytes))
        } else {
            Err(format!("{name}: its bytes are not those listed, or too many"))
        }
    }

    fn names(&self) -> Result<Vec<String>, String> {
        match &self.place {
            Place::Archive(_, index) => Ok(index.keys().cloned().collect()),
            Place::Folder(root) => {
                let mut names = Vec::new();
                below(root, "", DEEPEST, &mut names)?;
                names.sort();
                Ok(names)
            }
        }
    }
}

/// Hands a file's bytes on in parts, until `take` has had enough.
fn stream(place: &Place, name: &str, take: &mut dyn FnMut(&[u8]) -> bool) -> io::Result<()> {
    let mut reader: Box<dyn Read> = match place {
        Place::Folder(root) => {
            let path = root.join(name);
            // A link, a pipe or a device is no file of a bundle, and reading it might never end.
            if !plain(root, name)? {
                return Err(io::Error::other("it is no plain file"));
            }
            Box::new(File::open(path)?)
        }
        Place::Archive(file, index) => {
            let (start, bytes) =
                index.get(name).copied().ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
            let mut file = file.borrow().try_clone()?;
            file.seek(SeekFrom::Start(start))?;
            Box::new(file.take(bytes))
        }
    };
    let mut buffer = vec![0_u8; 1 << 16];
    loop {
        let count = reader.read(&mut buffer)?;
        if count == 0 || !take(buffer.get(..count).unwrap_or_default()) {
            return Ok(());
        }
    }
}

/// Whether the file, and every folder on the way to it, is what it seems.
fn plain(root: &Path, name: &str) -> io::Result<bool> {
    let mut path = root.to_owned();
    let mut parts = name.split('/').peekable();
    while let Some(part) = parts.next() {
        path.push(part);
        let kind = fs::symlink_metadata(&path)?.file_type();
        let right = if parts.peek().is_some() { kind.is_dir() } else { kind.is_file() };
        if !right {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The names of everything under a folder.
fn below(folder: &Path, prefix: &str, deeper: usize, names: &mut Vec<String>) -> Result<(), String> {
    let trouble = |e: io::Error| format!("{prefix}: the folder cannot be read: {e}");
    for entry in fs::read_dir(folder).map_err(trouble)? {
        let entry = entry.map_err(trouble)?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        // The entry's own kind: what a link leads to is not asked.
        if entry.file_type().map_err(trouble)?.is_dir() && deeper > 0 {
            below(&entry.path(), &format!("{name}/"), deeper - 1, names)?;
        } else {
            names.push(name);
        }
    }
    Ok(())
}
