//! A folder of missions, each under its own digest: what an executor may judge by.
//!
//! What is asked for is data, never code: a digest of 64 hexadecimal digits is looked up, the files found there are hashed, and
//! files that do not fit their name are refused. Bounded: so many missions on a shelf, so many held in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::mission::{self, Files, Mission};
use crate::trouble::{Fallible, Trouble};

/// Most missions on a shelf; their digests travel in a header.
pub const MOST: usize = 64;
/// Most missions held in memory, ready to judge by.
const HELD: usize = 8;

/// The folder, and what was read of it.
#[derive(Debug)]
pub struct Shelf {
    folder: PathBuf,
    held: Mutex<BTreeMap<String, Arc<Mission>>>,
}

impl std::fmt::Debug for Mission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Mission({})", self.version())
    }
}

impl Shelf {
    /// A shelf in a folder, which need not be there yet.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_path_buf(), held: Mutex::default() }
    }

    /// Digests of the missions on it.
    ///
    /// # Errors
    /// When the folder cannot be read, or holds more than [`MOST`].
    pub fn digests(&self) -> Fallible<BTreeSet<String>> {
        let fail = |error: std::io::Error| Trouble::doing(format!("read {}", self.folder.display()), &error);
        let mut all = BTreeSet::new();
        for entry in std::fs::read_dir(&self.folder).map_err(fail)? {
            let name = entry.map_err(fail)?.file_name();
            all.extend(name.to_str().filter(|name| is_digest(name)).map(str::to_owned));
            if all.len() > MOST {
                return Err(Trouble::new(format!(
                    "{} holds more than {MOST} missions; take away those that nobody judges by any more",
                    self.folder.display()
                )));
            }
        }
        Ok(all)
    }

    /// Puts a mission on it, unless it is there, and gives it back.
    ///
    /// # Errors
    /// When the mission cannot be used, or the folder cannot be written.
    pub fn put(&self, files: &Files) -> Fallible<Arc<Mission>> {
        let read = Arc::new(Mission::read(files)?);
        let place = self.folder.join(read.digest());
        let fail = |error: std::io::Error| Trouble::doing(format!("write {}", place.display()), &error);
        if !place.exists() {
            let draft = self.folder.join(format!("_draft-{}-{}", read.digest(), std::process::id()));
            std::fs::create_dir_all(&draft).map_err(fail)?;
            for (name, bytes) in files {
                std::fs::write(draft.join(name), bytes).map_err(fail)?;
            }
            // Another process may have been first; its files are the same.
            if std::fs::rename(&draft, &place).is_err() {
                std::fs::remove_dir_all(&draft).map_err(fail)?;
            }
        }
        self.mission(read.digest())
    }

    /// The mission of a digest.
    ///
    /// # Errors
    /// When it is not there, or the files are not those of the digest.
    pub fn mission(&self, digest: &str) -> Fallible<Arc<Mission>> {
        if !is_digest(digest) {
            return Err(Trouble::new("terms are named by 64 lower-case hexadecimal digits"));
        }
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mission) = held.get(digest) {
            return Ok(Arc::clone(mission));
        }
        let files = mission::files_of(&self.folder.join(digest)).map_err(|trouble| {
            Trouble::new(format!(
                "no terms {digest} on this shelf ({trouble}); truceline-cluster export puts them there"
            ))
        })?;
        if mission::digest(&files) != digest {
            return Err(Trouble::new(format!(
                "the files under {digest} are not those of that digest; somebody has changed them: put the mission there anew"
            )));
        }
        let mission = Arc::new(Mission::read(&files)?);
        if held.len() >= HELD {
            held.clear();
        }
        held.insert(digest.to_owned(), Arc::clone(&mission));
        Ok(mission)
    }
}

/// Whether a name is a SHA-256 as it is written here.
#[must_use]
pub fn is_digest(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}
