//! Checkpoints with the cosignatures of witnesses, one file each: `cosigned/SIZE`, as any web server can hand it out.
//!
//! They stand beside the database, not in it: a checkpoint there never changes, and a cosignature comes later or not at all. A file is
//! written only when the note in it is the log's own checkpoint of that size; whoever reads one checks its signatures, so that a file
//! that was changed on disk proves nothing and harms nothing.

use std::fs;

use truceline_record::{Checkpoint, WitnessVerifier, cosigners};

use crate::error::{FileTrouble, ReadError};
use crate::layout;
use crate::store::Store;

/// A checkpoint and who cosigned it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigned {
    /// What is signed.
    pub checkpoint: Checkpoint,
    /// The note with all its signatures.
    pub note: Vec<u8>,
}

impl Cosigned {
    /// Which of these witnesses cosigned, and when (seconds since 1970-01-01, UTC). A cosignature that does not hold counts for nothing.
    #[must_use]
    pub fn by<'w>(&self, witnesses: &'w [WitnessVerifier]) -> Vec<(&'w str, u64)> {
        let held = |witness: &'w WitnessVerifier| {
            cosigners(&self.note, std::slice::from_ref(witness)).unwrap_or_default()
        };
        let mut all: Vec<(&str, u64)> = witnesses.iter().flat_map(held).collect();
        all.sort_unstable();
        all.dedup_by(|a, b| a.0 == b.0);
        all
    }
}

impl Store {
    /// Keeps a checkpoint of this log with the signatures that witnesses put under it; durable when this returns.
    ///
    /// # Errors
    /// When it is not the log's own checkpoint of that size, or the file cannot be written.
    pub fn keep_cosigned(&self, note: &[u8]) -> Result<Checkpoint, ReadError> {
        let other = |reason: &str| ReadError::Cosigned { reason: reason.to_owned() };
        let checkpoint = self.verifier().open(note).map_err(|error| other(&error.to_string()))?;
        let own = self.tables.note_of(checkpoint.size)?;
        let own = own.ok_or_else(|| other("the log has no checkpoint of that size"))?;
        let own = self.verifier().open(&own).map_err(|error| other(&error.to_string()))?;
        if own != checkpoint {
            return Err(other("the log's own checkpoint of that size has another root"));
        }
        let text = core::str::from_utf8(note).map_err(|_| other("it is no text"))?;
        let dir = self.dir.join("cosigned");
        layout::make_folder(&dir)?;
        layout::write_file(&dir.join(checkpoint.size.to_string()), text, false)?;
        Ok(checkpoint)
    }

    /// Checkpoints that were kept with cosignatures, the largest first. Files that are no checkpoint of this log are left out.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn cosigned(&self) -> Result<Vec<Cosigned>, ReadError> {
        let dir = self.dir.join("cosigned");
        if !dir.is_dir() {
            return Ok(Vec::new());
        }
        let mut all = Vec::new();
        for file in fs::read_dir(&dir).map_err(FileTrouble::at(&dir))? {
            let path = file.map_err(FileTrouble::at(&dir))?.path();
            let note = fs::read(&path).map_err(FileTrouble::at(&path))?;
            if let Ok(checkpoint) = self.verifier().open(&note) {
                all.push(Cosigned { checkpoint, note });
            }
        }
        all.sort_by_key(|cosigned| core::cmp::Reverse(cosigned.checkpoint.size));
        Ok(all)
    }
}
