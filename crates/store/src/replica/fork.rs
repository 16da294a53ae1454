//! Two histories that one key signed, kept as evidence: both notes, and where the tiles could tell it, the proof that the second does not begin
//! with the first. Whoever has the log's public key can check it.
//!
//! Evidence is never overwritten and never removed by a program.

use std::fs;
use std::path::PathBuf;

use serde_json::json;
use truceline_record::{Digest, digest_of};

use super::Replica;
use super::error::FollowError;
use crate::error::FileTrouble;
use crate::layout;

/// One signed note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) size: u64,
    pub(super) root: Digest,
    pub(super) bytes: Vec<u8>,
}

/// That a note's tree has, over its first entries, another root than the other note's.
pub(super) struct Differs {
    /// Over so many entries.
    pub(super) at: u64,
    /// The root of the second note's tree there.
    pub(super) root: Digest,
    /// The consistency proof from there to the second note, as witnesses check it.
    pub(super) proof: Vec<Digest>,
}

impl Replica {
    /// Refuses where evidence lies.
    pub(super) fn refuse_forked(&self) -> Result<(), FollowError> {
        let dir = self.dir().join("forked");
        if !dir.is_dir() {
            return Ok(());
        }
        let mut files = fs::read_dir(&dir).map_err(FileTrouble::at(&dir))?;
        match files.next() {
            Some(file) => Err(FollowError::Forked { evidence: file.map_err(FileTrouble::at(&dir))?.path() }),
            None => Ok(()),
        }
    }

    /// Keeps two notes that cannot both be true; gives the error that says so.
    pub(super) fn forked(&self, first: &Note, second: &Note, differs: Option<&Differs>) -> FollowError {
        match self.keep_evidence(first, second, differs) {
            Ok(evidence) => FollowError::Forked { evidence },
            Err(trouble) => FollowError::from(trouble),
        }
    }

    fn keep_evidence(
        &self,
        first: &Note,
        second: &Note,
        differs: Option<&Differs>,
    ) -> Result<PathBuf, FileTrouble> {
        let text = |note: &Note| String::from_utf8_lossy(&note.bytes).into_owned();
        let shown = differs.map(|differs| {
            let proof: Vec<String> = differs.proof.iter().map(Digest::to_string).collect();
            json!({ "at": differs.at, "root": differs.root.to_string(), "proof": proof })
        });
        let evidence = json!({
            "log": self.store.verifier().verifier_key(), "first": text(first), "second": text(second), "second_differs": shown,
        });
        let evidence = format!("{evidence:#}\n");
        let dir = self.dir().join("forked");
        layout::make_folder(&dir)?;
        let short: String = digest_of(evidence.as_bytes()).to_string().chars().take(12).collect();
        let path = dir.join(format!("{}-{}-{short}.json", first.size, second.size));
        layout::write_file(&path, &evidence, false)?;
        Ok(path)
    }
}
