//! A tree over a list of lines: its root fixes them all, and one line is proven by a few hashes.
//!
//! The same tree as the log's (RFC 6962), over lines in place of entries. The root stands in an entry, which a checkpoint covers: so a
//! single line of a long file is proven to whoever has neither the file nor the log.

use core::convert::Infallible;

use crate::audit::levels_over;
use crate::digest::{Digest, leaf_hash};
use crate::lines;
use crate::proof::{ProofError, TileSource, check_inclusion, prove_inclusion};
use crate::tile::{TILE_WIDTH, TilePath};
use crate::tree::root_of;

const HEADER: &str = "truceline line proof 1";

/// Lines as leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeafList {
    leaves: Vec<Digest>,
}

impl LeafList {
    /// From lines, each without its end.
    pub fn of<'l>(lines: impl Iterator<Item = &'l [u8]>) -> Self {
        Self { leaves: lines.map(leaf_hash).collect() }
    }

    /// How many lines there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.leaves.len() as u64
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.leaves.is_empty()
    }

    /// The root over them; that of the empty tree where there is none.
    #[must_use]
    pub fn root(&self) -> Digest {
        root_of(&self.leaves)
    }

    /// Proves that line `index`, counted from 0, is among them.
    ///
    /// # Errors
    /// When there is no such line.
    pub fn prove(&self, index: u64) -> Result<LineProof, ProofError> {
        let mut proofs = self.prove_all(&[index])?;
        proofs.pop().ok_or_else(|| ProofError::Range { reason: format!("no line {index}") })
    }

    /// Proves each of these lines: the tree over them is worked out once.
    ///
    /// # Errors
    /// When one of them is none.
    pub fn prove_all(&self, indexes: &[u64]) -> Result<Vec<LineProof>, ProofError> {
        let (levels, root) = (Levels(levels_over(&self.leaves)), self.root());
        let one = |index: &u64| {
            let hashes = prove_inclusion(&levels, self.len(), root, *index)?;
            Ok(LineProof { index: *index, lines: self.len(), hashes })
        };
        indexes.iter().map(one).collect()
    }
}

/// The tiles of a list, in memory.
struct Levels(Vec<Vec<Digest>>);

impl TileSource for Levels {
    type Error = Infallible;

    fn tile(&self, path: TilePath) -> Result<Vec<u8>, Infallible> {
        let TilePath::Hashes { level, index, width } = path else { return Ok(Vec::new()) };
        let first = usize::try_from(index.saturating_mul(u64::from(TILE_WIDTH))).unwrap_or(usize::MAX);
        let part = self.0.get(usize::from(level));
        let part = part.and_then(|all| all.get(first..first.saturating_add(usize::from(width))));
        Ok(part.unwrap_or_default().iter().flat_map(|hash| hash.0).collect())
    }
}

/// The proof of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineProof {
    /// Number of the line, from 0.
    pub index: u64,
    /// How many lines there are.
    pub lines: u64,
    /// Hashes beside its path, nearest first.
    pub hashes: Vec<Digest>,
}

impl LineProof {
    /// Reads what [`LineProof::to_bytes`] wrote; `None` for anything else.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let mut rows = core::str::from_utf8(text).ok()?.strip_suffix('\n')?.split('\n');
        let head = rows.next()? == HEADER;
        let index = rows.next()?.strip_prefix("line ").and_then(lines::decimal)?;
        let count = rows.next()?.strip_prefix("of ").and_then(lines::decimal)?;
        let hashes = lines::hashes(rows)?;
        head.then_some(Self { index, lines: count, hashes })
    }

    /// As text: a header, the line's number, how many there are, a hash a line.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut text = format!("{HEADER}\nline {}\nof {}\n", self.index, self.lines);
        lines::push_hashes(&mut text, &self.hashes);
        text.into_bytes()
    }

    /// Checks that this is the line, among as many as stated, under this root.
    ///
    /// # Errors
    /// When it is not.
    pub fn check(&self, line: &[u8], lines: u64, root: Digest) -> Result<(), ProofError> {
        if self.lines != lines {
            return Err(ProofError::Range {
                reason: format!("the proof speaks of {} lines, the entry of {lines}", self.lines),
            });
        }
        check_inclusion(&self.hashes, lines, root, self.index, leaf_hash(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_proven_and_no_other() {
        for count in [1_usize, 2, 3, 255, 256, 257, 700] {
            let lines: Vec<String> = (0..count).map(|n| format!("line {n}")).collect();
            let list = LeafList::of(lines.iter().map(String::as_bytes));
            for index in [0, count / 2, count - 1] {
                let proof = list.prove(index as u64).unwrap();
                let proof = LineProof::parse(&proof.to_bytes()).unwrap();
                let line = lines[index].as_bytes();
                assert_eq!(proof.check(line, list.len(), list.root()), Ok(()), "{index} of {count}");
                assert!(proof.check(b"line x", list.len(), list.root()).is_err());
                assert!(proof.check(line, list.len() + 1, list.root()).is_err());
                assert!(proof.check(line, list.len(), leaf_hash(b"another root")).is_err());
            }
            assert!(list.prove(count as u64).is_err());
        }
        assert!(LeafList::default().prove(0).is_err());
    }

    #[test]
    fn only_what_was_written_is_read() {
        let list = LeafList::of([b"a".as_slice(), b"b", b"c"].into_iter());
        let text = String::from_utf8(list.prove(1).unwrap().to_bytes()).unwrap();
        for wrong in
            [text.trim_end(), &text.replace("line 1", "line 01"), &text.replace("of 3", "of three"), "", "\n"]
        {
            assert_eq!(LineProof::parse(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
