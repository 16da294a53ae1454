//! Signing: a checkpoint over all entries, with the tiles that it needs, in one transaction.
//!
//! The key signs only what provably extends what it signed last. A store that was tampered with between
//! two checkpoints gets no second signature.

use truceline_record::{
    Digest, LogSigner, LogVerifier, TilePath, TileSource, Tiler, check_consistency, empty_root,
    prove_consistency,
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
        let signing = Signing::over(self.tables.as_ref(), &verifier, &writer.signer, &writer.tiler, &[])?;
        let Some((gone, partial)) = signing.tiles else { return Ok(signing.checkpoint) };
        let SignedCheckpoint { size, root: _, note } = &signing.checkpoint;
        match self.tables.commit_checkpoint(&Signed { size: *size, at, note, gone, partial }) {
            Ok(()) => Ok(signing.checkpoint),
            Err(CommitError::Nothing(trouble)) => Err(SignError::Database(trouble)),
            Err(CommitError::Unknown(reason)) => {
                writer.failed = Some(reason.clone());
                Err(SignError::Unknown { reason })
            }
        }
    }
}

/// Paths of partial tiles that go, and those that come.
type PartialTiles = (Vec<TilePath>, Vec<(TilePath, Vec<u8>)>);

/// A checkpoint that is signed and not kept yet.
pub(crate) struct Signing {
    pub(crate) checkpoint: SignedCheckpoint,
    /// Partial tiles that go, and those that come; `None` where the checkpoint is the last one again.
    pub(crate) tiles: Option<PartialTiles>,
}

impl Signing {
    /// Signs the tree as it will stand when `full`, tiles that are not stored yet, are: if it extends what was signed last.
    pub(crate) fn over(
        tables: &dyn Tables,
        verifier: &LogVerifier,
        signer: &LogSigner,
        tiler: &Tiler,
        full: &[(TilePath, Vec<u8>)],
    ) -> Result<Self, SignError> {
        let (size, root) = (tiler.size(), tiler.root());
        let (old_size, old_root, old_note) = last_signed(tables, verifier)?;
        if let Some(note) = old_note
            && old_size == size
        {
            if old_root != root {
                return Err(refusal(size, "the root is another"));
            }
            return Ok(Self { checkpoint: SignedCheckpoint { size, root, note }, tiles: None });
        }
        let partial = tiler.partial_tiles();
        extends(&ToBe { tables, new: [full, &partial] }, (size, root), (old_size, old_root))?;
        let note = signer
            .sign_checkpoint(size, root)
            .map_err(|error| SignError::Unknown { reason: error.to_string() })?;
        let tiles = Some((TilePath::partial_hashes(old_size), partial));
        Ok(Self { checkpoint: SignedCheckpoint { size, root, note }, tiles })
    }
}

/// The tiles as they stand once the new ones, full and partial, are in place of the old ones.
struct ToBe<'a> {
    tables: &'a dyn Tables,
    new: [&'a [(TilePath, Vec<u8>)]; 2],
}

impl TileSource for ToBe<'_> {
    type Error = ReadError;

    fn tile(&self, path: TilePath) -> Result<Vec<u8>, ReadError> {
        let place = |path: &TilePath| match *path {
            TilePath::Hashes { level, index, .. } => Some((level, index)),
            TilePath::Entries { .. } => None,
        };
        let TilePath::Hashes { width, .. } = path else { return tile_bytes(self.tables, path) };
        match self.new.into_iter().flatten().find(|(new, _)| place(new) == place(&path)) {
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
