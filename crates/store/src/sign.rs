//! Signing: a checkpoint over all entries, with the tiles that it needs, in one transaction.
//!
//! The key signs only what provably extends what it signed last. A store that was tampered with between
//! two checkpoints gets no second signature.

use truceline_record::{
    Digest, LogVerifier, TilePath, TileSource, check_consistency, empty_root, prove_consistency,
};

use crate::error::{ReadError, SignError};
use crate::read::{cut, tile_bytes};
use crate::store::Store;
use crate::tables::{CommitError, Signed, Tables};

/// A signed checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    /// Entries covered.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Digest,
    /// The signed note.
    pub note: Vec<u8>,
}

impl Store {
    /// Signs all entries and stores note and tiles; on disk when this returns. `at` is kept beside the
    /// note and is not part of it. With nothing new since the last checkpoint, that one is given again.
    pub fn checkpoint(&mut self, at: &str) -> Result<SignedCheckpoint, SignError> {
        let verifier = self.verifier().clone();
        let writer = self.writer.as_mut().ok_or(SignError::ReadOnly)?;
        if let Some(reason) = &writer.failed {
            return Err(SignError::Unknown { reason: reason.clone() });
        }
        let (size, root) = (writer.tiler.size(), writer.tiler.root());
        let (old_size, old_root, old_note) = last_signed(self.tables.as_ref(), &verifier)?;
        if let Some(note) = old_note
            && old_size == size
        {
            if old_root != root {
                return Err(refusal(size, "the root is another"));
            }
            return Ok(SignedCheckpoint { size, root, note });
        }
        let partial = writer.tiler.partial_tiles();
        let tiles = ToBe { tables: self.tables.as_ref(), partial: &partial };
        extends(&tiles, (size, root), (old_size, old_root))?;
        let note = writer
            .signer
            .sign_checkpoint(size, root)
            .map_err(|error| SignError::Unknown { reason: error.to_string() })?;
        let gone = TilePath::partial_hashes(old_size);
        match self.tables.commit_checkpoint(&Signed { size, at, note: &note, gone, partial }) {
            Ok(()) => Ok(SignedCheckpoint { size, root, note }),
            Err(CommitError::Nothing(trouble)) => Err(SignError::Database(trouble)),
            Err(CommitError::Unknown(reason)) => {
                writer.failed = Some(reason.clone());
                Err(SignError::Unknown { reason })
            }
        }
    }
}

/// The tiles as they stand once the partial ones of the new checkpoint are in place of the old ones.
struct ToBe<'a> {
    tables: &'a dyn Tables,
    partial: &'a [(TilePath, Vec<u8>)],
}

impl TileSource for ToBe<'_> {
    type Error = ReadError;

    fn tile(&self, path: TilePath) -> Result<Vec<u8>, ReadError> {
        let place = |path: &TilePath| match *path {
            TilePath::Hashes { level, index, .. } => Some((level, index)),
            TilePath::Entries { .. } => None,
        };
        let TilePath::Hashes { width, .. } = path else { return tile_bytes(self.tables, path) };
        match self.partial.iter().find(|(partial, _)| place(partial) == place(&path)) {
            Some((_, bytes)) => {
                cut(bytes.clone(), width).ok_or_else(|| ReadError::NoTile { path: path.to_string() })
            }
            None => tile_bytes(self.tables, path),
        }
    }
}

fn refusal(signed: u64, reason: &str) -> SignError {
    SignError::NotAnExtension { signed, reason: reason.to_owned() }
}

type LastSigned = (u64, Digest, Option<Vec<u8>>);

fn last_signed(tables: &dyn Tables, verifier: &LogVerifier) -> Result<LastSigned, SignError> {
    let Some((filed, note)) = tables.last_note()? else { return Ok((0, empty_root(), None)) };
    match verifier.open(&note) {
        Ok(opened) if opened.size == filed => Ok((opened.size, opened.root, Some(note))),
        Ok(_) => Err(refusal(filed, "it is filed under another size")),
        Err(error) => Err(refusal(filed, &error.to_string())),
    }
}

fn extends(tiles: &ToBe<'_>, new: (u64, Digest), old: (u64, Digest)) -> Result<(), SignError> {
    let proof = prove_consistency(tiles, new.0, new.1, old.0);
    proof
        .and_then(|proof| check_consistency(&proof, new.0, new.1, old.0, old.1))
        .map_err(|error| refusal(old.0, &error.to_string()))
}
