//! Signing: a checkpoint over all entries, with the tiles that it needs, in one transaction.
//!
//! The key signs only what provably extends what it signed last. A store that was tampered with between
//! two checkpoints gets no second signature.

use rusqlite::Connection;
use truceline_record::{Digest, LogVerifier, TilePath, check_consistency, empty_root, prove_consistency};

use crate::error::{Database, SignError};
use crate::read::{Tiles, last_note};
use crate::store::{Store, begin};

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
        let transaction = begin(&mut self.connection)?;
        let (old_size, old_root, old_note) = last_signed(&transaction, &verifier)?;
        if let Some(note) = old_note
            && old_size == size
        {
            if old_root != root {
                return Err(refusal(size, "the root is another"));
            }
            return Ok(SignedCheckpoint { size, root, note });
        }
        for path in TilePath::partial_hashes(old_size) {
            transaction
                .prepare_cached("DELETE FROM tiles WHERE path = ?1 AND path LIKE '%.p/%'")?
                .execute([path.to_string()])?;
        }
        for (path, bytes) in writer.tiler.partial_tiles() {
            transaction
                .prepare_cached("INSERT INTO tiles (path, bytes) VALUES (?1, ?2)")?
                .execute((path.to_string(), bytes))?;
        }
        extends(&transaction, (size, root), (old_size, old_root))?;
        let note = writer
            .signer
            .sign_checkpoint(size, root)
            .map_err(|error| SignError::Unknown { reason: error.to_string() })?;
        transaction
            .prepare_cached("INSERT INTO checkpoints (size, at, note) VALUES (?1, ?2, ?3)")?
            .execute((size, at, &note))?;
        if let Err(error) = transaction.commit() {
            writer.failed = Some(error.to_string());
            return Err(SignError::Unknown { reason: error.to_string() });
        }
        Ok(SignedCheckpoint { size, root, note })
    }
}

fn refusal(signed: u64, reason: &str) -> SignError {
    SignError::NotAnExtension { signed, reason: reason.to_owned() }
}

type LastSigned = (u64, Digest, Option<Vec<u8>>);

fn last_signed(connection: &Connection, verifier: &LogVerifier) -> Result<LastSigned, SignError> {
    let last = last_note(connection)
        .map_err(|error| SignError::Database(Database::Other { reason: error.to_string() }))?;
    let Some((filed, note)) = last else { return Ok((0, empty_root(), None)) };
    match verifier.open(&note) {
        Ok(opened) if opened.size == filed => Ok((opened.size, opened.root, Some(note))),
        Ok(_) => Err(refusal(filed, "it is filed under another size")),
        Err(error) => Err(refusal(filed, &error.to_string())),
    }
}

fn extends(connection: &Connection, new: (u64, Digest), old: (u64, Digest)) -> Result<(), SignError> {
    let proof = prove_consistency(&Tiles(connection), new.0, new.1, old.0);
    proof
        .and_then(|proof| check_consistency(&proof, new.0, new.1, old.0, old.1))
        .map_err(|error| refusal(old.0, &error.to_string()))
}
