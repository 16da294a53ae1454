//! A folder beside the program, on the disk of the build (not in memory: syncing is what is measured), removed when let go.

use std::path::{Path, PathBuf};

use crate::Result;

/// An empty folder for one measurement.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// Makes it, empty.
    pub(crate) fn new(name: &str) -> Result<Self> {
        let here = std::env::current_exe()?;
        let above = here.parent().ok_or("this program lies in no folder")?.join("bench-record-work");
        let path = above.join(format!("{name}-{}", std::process::id()));
        if path.exists() {
            std::fs::remove_dir_all(&path)?;
        }
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Bytes of all files in it.
    pub(crate) fn bytes(&self) -> Result<u64> {
        let mut sum = 0;
        let mut folders = vec![self.0.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder)? {
                let entry = entry?;
                let about = entry.metadata()?;
                if about.is_dir() { folders.push(entry.path()) } else { sum += about.len() }
            }
        }
        Ok(sum)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed now is removed by whoever cleans the build.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
