//! Where parts lie: `agreement=VERSION/month=YYYY-MM/incidents-0000.parquet` in a folder of incidents, the same with `findings` in a
//! folder of findings.
//!
//! The layout is that of Hive, so that other engines read a folder as one table with two more columns. A month in which
//! much happened is several parts, for as one task it would keep one executor busy and the others waiting. Names that begin with `_` are
//! ours and not data. Never reads what a part holds.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::trouble::{Fallible, Trouble};

/// How files of incidents are called.
pub const INCIDENTS: &str = "incidents";
/// How files of findings are called.
pub const FINDINGS: &str = "findings";
/// What begins the name of a file that is not finished.
const DRAFT: &str = "_draft-";
/// Says by which terms a version is judged: the digest, in the version's folder.
pub const TERMS: &str = "_terms";
/// Most parts of one folder.
pub const MOST: usize = 100_000;

/// One version of an agreement, one month (UTC), `unknown` for incidents of which no time is given, and a number in that month.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// Version of the agreement, as [`crate::mission::Mission::version`].
    pub version: String,
    /// `2016-03`.
    pub month: String,
    /// From 0, in the order of the incident file.
    pub number: u32,
}

impl Part {
    /// Its folder in a folder of parts: its month's.
    #[must_use]
    pub fn folder(&self, root: &Path) -> PathBuf {
        version_folder(root, &self.version).join(format!("month={}", self.month))
    }

    /// Name of its file of [`INCIDENTS`] or [`FINDINGS`].
    #[must_use]
    pub fn name(&self, kind: &str) -> String {
        format!("{kind}-{:04}.parquet", self.number)
    }

    /// Name of the file that says what its findings follow from.
    #[must_use]
    pub fn follows(&self) -> String {
        format!("_part-{:04}.json", self.number)
    }

    /// Name of a file of it that is not finished, by whose attempt it is.
    #[must_use]
    pub fn draft(&self, attempt: &str) -> String {
        format!("{DRAFT}{:04}-{attempt}.parquet", self.number)
    }

    /// Removes what earlier attempts at it left in its folder; drafts of others may be in work.
    pub fn sweep(&self, root: &Path) {
        let (folder, key) = (self.folder(root), format!("{DRAFT}{:04}-", self.number));
        for draft in named(&folder, &key).unwrap_or_default() {
            // What cannot be removed now is swept by the next run; it is no data, and nobody reads it.
            let _ = std::fs::remove_file(folder.join(format!("{key}{draft}")));
        }
    }
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.version, self.month, self.number)
    }
}

/// The folder of a version in a folder of parts.
#[must_use]
pub fn version_folder(root: &Path, version: &str) -> PathBuf {
    root.join(format!("agreement={version}"))
}

/// All parts of a folder that have a file of this kind, in order.
///
/// # Errors
/// When a folder cannot be read, or holds more than [`MOST`] parts.
pub fn all(root: &Path, kind: &str) -> Fallible<Vec<Part>> {
    let mut parts = Vec::new();
    for version in named(root, "agreement=")? {
        for month in named(&version_folder(root, &version), "month=")? {
            let mut part = Part { version: version.clone(), month, number: 0 };
            for rest in named(&part.folder(root), &format!("{kind}-"))? {
                let number = rest.strip_suffix(".parquet").and_then(|digits| digits.parse().ok());
                part.number = number.unwrap_or_default();
                if part.name(kind) == format!("{kind}-{rest}") {
                    parts.push(part.clone());
                }
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

/// Writes a small file whole or not at all, by a draft beside it.
///
/// # Errors
/// When the disk refuses.
pub fn write_whole(place: &Path, draft: &str, text: &str) -> Fallible<()> {
    let draft = place.with_file_name(draft);
    std::fs::write(&draft, text)
        .map_err(|error| Trouble::doing(format!("write {}", draft.display()), &error))?;
    finish(&draft, place)
}

/// Takes away what a version's folder holds beside these parts: months that have none of them, and in the other months our files
/// and drafts of no part. What others put there stays.
///
/// # Errors
/// When the disk refuses.
pub fn keep_only(root: &Path, version: &str, kept: &BTreeSet<Part>, kind: &str) -> Fallible<()> {
    let months: BTreeSet<PathBuf> = kept.iter().map(|part| part.folder(root)).collect();
    let files: BTreeSet<PathBuf> = kept
        .iter()
        .flat_map(|part| [part.name(kind), part.follows()].map(|name| part.folder(root).join(name)))
        .collect();
    let folder = version_folder(root, version);
    for month in named(&folder, "month=")? {
        let month = folder.join(format!("month={month}"));
        let fail = |error: std::io::Error| Trouble::doing(format!("clear {}", month.display()), &error);
        if !months.contains(&month) {
            std::fs::remove_dir_all(&month).map_err(fail)?;
            continue;
        }
        for name in named(&month, "")? {
            let file = month.join(&name);
            if (name.starts_with(kind) || name.starts_with('_')) && !files.contains(&file) {
                std::fs::remove_file(&file).map_err(fail)?;
            }
        }
    }
    Ok(())
}
