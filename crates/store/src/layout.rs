//! The files of a store besides its database, and how they are written so that a power cut leaves either
//! the old or the new: write beside, sync, rename, sync the folder.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use truceline_record::Digest;
use zeroize::Zeroizing;

use crate::error::{FileTrouble, OpenError};

pub(crate) fn database(dir: &Path) -> PathBuf {
    dir.join("truceline.db")
}

pub(crate) fn secret_key(dir: &Path) -> PathBuf {
    dir.join("log.key")
}

pub(crate) fn public_key(dir: &Path) -> PathBuf {
    dir.join("log.pub")
}

pub(crate) fn vault(dir: &Path) -> PathBuf {
    dir.join("vault")
}

/// Where objects are written before they have their name.
pub(crate) fn vault_unfinished(dir: &Path) -> PathBuf {
    vault(dir).join("unfinished")
}

/// Spread over 256 folders, so that none grows too long to list.
pub(crate) fn vault_file(dir: &Path, digest: &Digest) -> PathBuf {
    let name = digest.to_string();
    vault(dir).join(name.get(..2).unwrap_or_default()).join(name)
}

/// Makes names in a folder durable.
pub(crate) fn sync_folder(dir: &Path) -> Result<(), FileTrouble> {
    File::open(dir).and_then(|folder| folder.sync_all()).map_err(FileTrouble::at(dir))
}

/// Makes bytes durable that a process which was killed may have written and not synced; nothing if there is no such file.
pub(crate) fn sync_file(path: &Path) -> Result<(), FileTrouble> {
    match File::open(path).and_then(|file| file.sync_all()) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(FileTrouble::at(path)(error)),
        _ => Ok(()),
    }
}

/// Makes a folder, and those above it that are missing, with their names durable. One that is there may have been made by a
/// process that was killed before it synced the name, so the name is synced in any case.
pub(crate) fn make_folder(dir: &Path) -> Result<(), FileTrouble> {
    let above = dir.parent().filter(|above| !above.as_os_str().is_empty());
    if dir.is_dir() {
        return sync_folder(above.unwrap_or(Path::new(".")));
    }
    if let Some(above) = above {
        make_folder(above)?;
    }
    match fs::create_dir(dir) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(FileTrouble::at(dir)(error)),
        _ => {}
    }
    sync_folder(above.unwrap_or(Path::new(".")))
}

/// Writes a whole small file durably; `secret` makes it readable by its owner only, from its first byte.
pub(crate) fn write_file(path: &Path, text: &str, secret: bool) -> Result<(), FileTrouble> {
    let beside = path.with_extension("unfinished");
    // A leftover might have wider rights than a secret may have.
    if beside.exists() {
        fs::remove_file(&beside).map_err(FileTrouble::at(&beside))?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(if secret { 0o600 } else { 0o644 });
    }
    let mut file = options.open(&beside).map_err(FileTrouble::at(&beside))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(FileTrouble::at(&beside))?;
    fs::rename(&beside, path).map_err(FileTrouble::at(path))?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// Takes the writer's lock. It is released when the file is closed, also by the kernel after a kill.
pub(crate) fn lock(dir: &Path) -> Result<File, OpenError> {
    let path = dir.join("lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(FileTrouble::at(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse { dir: dir.to_owned() }),
        Err(TryLockError::Error(error)) => Err(FileTrouble::at(&path)(error).into()),
    }
}

fn closed_file(dir: &Path) -> PathBuf {
    dir.join("closed")
}

/// Why the store of a folder may not be written, where that is so.
pub(crate) fn closed(dir: &Path) -> Result<Option<String>, FileTrouble> {
    let path = closed_file(dir);
    match fs::read_to_string(&path) {
        Ok(reason) => Ok(Some(reason.trim_end().to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(FileTrouble::at(&path)(error)),
    }
}

/// Closes the store of a folder for writing.
pub(crate) fn close(dir: &Path, reason: &str) -> Result<(), FileTrouble> {
    write_file(&closed_file(dir), &format!("{reason}\n"), false)
}

/// Opens it again.
pub(crate) fn open_again(dir: &Path) -> Result<(), FileTrouble> {
    let path = closed_file(dir);
    fs::remove_file(&path).map_err(FileTrouble::at(&path))?;
    sync_folder(dir)
}

const KEY_HEADER: &str = "truceline log key 1";

/// The text of the log's secret key file.
pub(crate) fn key_text(origin: &str, seed: &[u8; 32]) -> Zeroizing<String> {
    secret_text(KEY_HEADER, origin, seed)
}

/// The origin and the seed of the log's secret key file. Reasons never show its contents.
pub(crate) fn read_key(dir: &Path) -> Result<(String, Zeroizing<[u8; 32]>), OpenError> {
    read_key_at(&secret_key(dir))
}

/// As [`read_key`], of a file under another name.
pub(crate) fn read_key_at(path: &Path) -> Result<(String, Zeroizing<[u8; 32]>), OpenError> {
    read_secret(path, KEY_HEADER)
}

/// The text of a secret key file: a header, the name of whose key it is, the seed in hexadecimal.
pub(crate) fn secret_text(header: &str, name: &str, seed: &[u8; 32]) -> Zeroizing<String> {
    // Long enough from the start: growing would leave a copy behind.
    let mut text = Zeroizing::new(String::with_capacity(header.len() + name.len() + 2 * seed.len() + 3));
    text.push_str(header);
    text.push('\n');
    text.push_str(name);
    text.push('\n');
    for byte in seed {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
    }
    text.push('\n');
    text
}

/// That a file with a secret in it can be read by its owner only; else why not.
pub(crate) fn only_its_owners(path: &Path) -> Result<(), String> {
    #[cfg(unix)]
    if let Ok(found) = fs::metadata(path) {
        use std::os::unix::fs::PermissionsExt;
        let mode = found.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            let path = path.display();
            return Err(format!(
                "{path}: others may read it (mode {mode:o}); find out who did, then chmod 600 it"
            ));
        }
    }
    Ok(())
}

/// The name and the seed of a secret key file. Reasons never show its contents.
pub(crate) fn read_secret(path: &Path, wanted: &str) -> Result<(String, Zeroizing<[u8; 32]>), OpenError> {
    let key_error = |reason: &str| OpenError::Key { reason: format!("{}: {reason}", path.display()) };
    // Whoever else could read it could sign another history; that is for a person to look into, not to mend in silence.
    only_its_owners(path).map_err(|reason| OpenError::Key { reason })?;
    let text = fs::read_to_string(path)
        .map(Zeroizing::new)
        .map_err(|error| key_error(&format!("{error}; put it back, or open the store for reading")))?;
    let mut lines = text.lines();
    let (header, name, seed) = (lines.next(), lines.next(), lines.next());
    match (header, name, seed.and_then(|seed| seed.parse::<Digest>().ok())) {
        (Some(header), Some(name), Some(seed)) if header == wanted => {
            Ok((name.to_owned(), Zeroizing::new(seed.0)))
        }
        _ => Err(key_error("not a key file; put the right one back")),
    }
}
