//! The log as static files: `checkpoint` and everything under `tile/`. Any web server can serve the
//! folder, and a witness or a stranger needs nothing else.
//!
//! It never writes outside the folder that it is given, and only what is signed. Full tiles that are
//! there already are left alone: they never change.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use truceline_record::TilePath;

use crate::error::{FileTrouble, ReadError};
use crate::store::Store;

impl Store {
    /// Writes the log of the last signed checkpoint under `dir`, the checkpoint last, so that a reader
    /// never meets a checkpoint whose tiles are not there. Gives the number of entries written.
    pub fn export_static(&self, dir: &Path) -> Result<u64, ReadError> {
        let Some(last) = self.last_checkpoint()? else { return Ok(0) };
        let tiles = TilePath::all_hashes(last.size).into_iter().chain(TilePath::all_entries(last.size));
        for path in tiles {
            let file = dir.join(path.to_string());
            if path.is_partial() || !file.is_file() {
                write(&file, &self.tile_at(path)?)?;
            }
        }
        // With whatever witnesses have put under it by now.
        let kept = self.cosigned()?.into_iter().find(|kept| kept.checkpoint == last);
        if let Some(note) = kept.map_or_else(|| self.checkpoint_note(), |kept| Ok(Some(kept.note)))? {
            write(&dir.join("checkpoint"), &note)?;
        }
        Ok(last.size)
    }
}

impl Store {
    /// Writes every object under `dir/object/`, named by its digest, for a replica on the other side of a stick; those that the store does not have any
    /// more go. The files are readable by their owner only: they hold what reports say. Gives how many were written.
    ///
    /// # Errors
    /// When an object cannot be read, or a file cannot be written.
    pub fn export_objects(&self, dir: &Path) -> Result<u64, ReadError> {
        let folder = dir.join("object");
        private_folder(&folder)?;
        let mut names = BTreeSet::new();
        for stored in self.entries(0..self.len()?) {
            names.extend(stored?.decode()?.objects);
        }
        let mut written = 0;
        for digest in names {
            let path = folder.join(digest.to_string());
            match self.object_reader(&digest)? {
                None if path.exists() => fs::remove_file(&path).map_err(FileTrouble::at(&path))?,
                Some(mut object) if !path.exists() => {
                    private_file(&path, &mut object)?;
                    written += 1;
                }
                _ => {}
            }
        }
        Ok(written)
    }
}

fn private_folder(path: &Path) -> Result<(), FileTrouble> {
    fs::create_dir_all(path).map_err(FileTrouble::at(path))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(FileTrouble::at(path))?;
    }
    Ok(())
}

fn private_file(path: &Path, bytes: &mut dyn Read) -> Result<(), FileTrouble> {
    let beside = path.with_extension("unfinished");
    let mut file = File::create(&beside).map_err(FileTrouble::at(&beside))?;
    std::io::copy(bytes, &mut file).map_err(FileTrouble::at(&beside))?;
    file.sync_all().map_err(FileTrouble::at(&beside))?;
    fs::rename(&beside, path).map_err(FileTrouble::at(path))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), FileTrouble> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(FileTrouble::at(parent))?;
    }
    // Renamed into place: a reader meets a whole file or none.
    let mut name = path.as_os_str().to_owned();
    name.push(".unfinished");
    let beside = Path::new(&name);
    fs::write(beside, bytes).map_err(FileTrouble::at(beside))?;
    fs::rename(beside, path).map_err(FileTrouble::at(path))
}
