//! The log as static files: `checkpoint` and everything under `tile/`. Any web server can serve the
//! folder, and a witness or a stranger needs nothing else.
//!
//! It never writes outside the folder that it is given, and only what is signed. Full tiles that are
//! there already are left alone: they never change.

use std::fs;
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
