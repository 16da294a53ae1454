//! Where parts lie: `agreement=VERSION/month=YYYY-MM/`, in a folder of incidents and in a folder of findings.
//!
//! The layout is that of Hive, so that other engines read a folder as one table with two more columns. Names that begin with `_`
//! are ours and not data. Never reads what a part holds.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::trouble::{Fallible, Trouble};

/// File of a part of incidents.
pub const INCIDENTS: &str = "incidents.parquet";
/// File of a part of findings.
pub const FINDINGS: &str = "findings.parquet";
/// What begins the name of a file that is not finished.
pub const DRAFT: &str = "_draft-";
/// Says by which terms a version is judged: the digest, in the version's folder.
pub const TERMS: &str = "_terms";
/// Most parts of one folder.
pub const MOST: usize = 100_000;

/// One version of an agreement and one month (UTC), `unknown` for incidents of which no time is given.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// Version of the agreement, as [`crate::mission::Mission::version`].
    pub version: String,
    /// `2016-03`.
    pub month: String,
}

impl Part {
    /// Its folder in a folder of parts.
    #[must_use]
    pub fn folder(&self, root: &Path) -> PathBuf {
        version_folder(root, &self.version).join(format!("month={}", self.month))
    }
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.version, self.month)
    }
}

/// The folder of a version in a folder of parts.
#[must_use]
pub fn version_folder(root: &Path, version: &str) -> PathBuf {
    root.join(format!("agreement={version}"))
}

/// All parts of a folder that hold a file of this name, in order.
///
/// # Errors
/// When a folder cannot be read, or holds more than [`MOST`] parts.
pub fn all(root: &Path, file: &str) -> Fallible<Vec<Part>> {
    let mut parts = Vec::new();
    for version in named(root, "agreement=")? {
        for month in named(&version_folder(root, &version), "month=")? {
            let part = Part { version: version.clone(), month };
            if part.folder(root).join(file).is_file() {
                parts.push(part);
            }
        }
        if parts.len() > MOST {
            return Err(Trouble::new(format!("{} holds more than {MOST} parts", root.display())));
        }
    }
    parts.sort();
    Ok(parts)
}

/// What follows `key` in the names of a folder's folders, in order.
///
/// # Errors
/// When the folder cannot be read.
pub fn named(folder: &Path, key: &str) -> Fallible<Vec<String>> {
    let fail = |error: std::io::Error| Trouble::doing(format!("read {}", folder.display()), &error);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        let name = entry.map_err(fail)?.file_name();
        names.extend(name.to_str().and_then(|name| name.strip_prefix(key)).map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

/// SHA-256 of a file, without holding it in memory.
///
/// # Errors
/// When it cannot be read.
pub fn file_digest(path: &Path) -> Fallible<String> {
    let fail = |error: std::io::Error| Trouble::doing(format!("read {}", path.display()), &error);
    let mut file = File::open(path).map_err(fail)?;
    let (mut hash, mut piece) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        let count = file.read(&mut piece).map_err(fail)?;
        if count == 0 {
            break;
        }
        hash.update(piece.get(..count).unwrap_or_default());
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Puts a draft in its place for good: on disk, then under its name, then the folder on disk.
///
/// # Errors
/// When the disk refuses.
pub fn finish(draft: &Path, place: &Path) -> Fallible<()> {
    let fail = |error: std::io::Error| Trouble::doing(format!("write {}", place.display()), &error);
    File::open(draft).and_then(|file| file.sync_all()).map_err(fail)?;
    std::fs::rename(draft, place).map_err(fail)?;
    match place.parent() {
        Some(folder) => File::open(folder).and_then(|folder| folder.sync_all()).map_err(fail),
        None => Ok(()),
    }
}

/// Writes a small file whole or not at all.
///
/// # Errors
/// When the disk refuses.
pub fn write_whole(place: &Path, text: &str) -> Fallible<()> {
    let name = place.file_name().and_then(|name| name.to_str()).unwrap_or("file");
    let draft = place.with_file_name(format!("{DRAFT}{name}-{}", std::process::id()));
    std::fs::write(&draft, text)
        .map_err(|error| Trouble::doing(format!("write {}", draft.display()), &error))?;
    finish(&draft, place)
}

/// Removes what earlier attempts left in a part's folder.
pub fn sweep(folder: &Path) {
    for draft in named(folder, DRAFT).unwrap_or_default() {
        // What cannot be removed now is swept by the next run; it is no data, and nobody reads it.
        let _ = std::fs::remove_file(folder.join(format!("{DRAFT}{draft}")));
    }
}
