//! The Merkle tree of RFC 6962, kept as it grows: a [`Frontier`] when only roots are wanted, a
//! [`Tiler`] when its tiles are to be stored too.
//!
//! Both cost O(1) hashes an entry, amortised, and O(log n) memory (a tiler at most 255 hashes a
//! level). Neither ever looks back at entries, and neither trusts a stored hash: what they are built
//! from is the caller's to check (see the audit).

use crate::digest::{Digest, node_hash};
use crate::tile::{TILE_WIDTH, TilePath};

/// The root of a tree without entries: SHA-256 of nothing.
pub fn empty_root() -> Digest {
    Digest(tlog_tiles::EMPTY_HASH.0)
}

/// The right edge of a tree: the roots of its complete subtrees, largest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Digest>,
}

impl Frontier {
    /// A tree without entries.
    pub fn new() -> Self {
        Self::default()
    }

    /// A tree of `size` entries with these complete subtrees, largest first; `None` when their number is not that of such a tree.
    pub fn from_peaks(size: u64, peaks: &[Digest]) -> Option<Self> {
        let wanted = usize::try_from(size.count_ones()).ok()?;
        (peaks.len() == wanted).then(|| Self { size, peaks: peaks.to_vec() })
    }

    /// Entries in the tree.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds the next leaf.
    pub fn push(&mut self, leaf: Digest) {
        let mut hash = leaf;
        // Every trailing one bit of the size is a complete subtree that the new leaf completes a larger one with.
        for _ in 0..self.size.trailing_ones() {
            let Some(left) = self.peaks.pop() else { break };
            hash = node_hash(left, hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The root of the tree.
    pub fn root(&self) -> Digest {
        fold(&self.peaks)
    }
}

/// The root of the tree over these leaf hashes.
pub fn root_of(leaves: &[Digest]) -> Digest {
    let mut frontier = Frontier::new();
    leaves.iter().for_each(|leaf| frontier.push(*leaf));
    frontier.root()
}

fn fold(peaks: &[Digest]) -> Digest {
    let mut from_right = peaks.iter().rev();
    let Some(last) = from_right.next() else { return empty_root() };
    from_right.fold(*last, |right, left| node_hash(*left, right))
}

/// A tree that also gives its tiles: full ones as they fill, partial ones when asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tiler {
    frontier: Frontier,
    /// Per level the hashes of its last tile, never more than 255.
    levels: Vec<Vec<Digest>>,
}

impl Tiler {
    /// A tree without entries.
    pub fn new() -> Self {
        Self::default()
    }

    /// Picks a tree of `size` entries up again from what is stored: `tile(level, index, width)` gives the
    /// hashes of that tile. At level 0 only the last, partial tile is asked for; above it, full tiles of
    /// the level below are asked for, so that no partial tile above level 0 need ever have been stored.
    pub fn resume<E>(
        size: u64,
        mut tile: impl FnMut(u8, u64, u16) -> Result<Vec<Digest>, E>,
    ) -> Result<Self, E> {
        let wide = u64::from(TILE_WIDTH);
        let mut levels = Vec::new();
        let mut count = size;
        let mut level = 0_u8;
        while count > 0 {
            let first = count - count % wide;
            let mut hashes = Vec::new();
            if level == 0 {
                if let Ok(width @ 1..) = u16::try_from(count % wide) {
                    hashes = tile(0, count / wide, width)?;
                }
            } else {
                for index in first..count {
                    hashes.push(root_of(&tile(level - 1, index, TILE_WIDTH)?));
                }
            }
            levels.push(hashes);
            count /= wide;
            level += 1;
        }
        let peaks = levels.iter().rev().flat_map(|hashes| peaks_of(hashes)).collect();
        Ok(Self { frontier: Frontier { size, peaks }, levels })
    }

    /// Entries in the tree.
    pub fn size(&self) -> u64 {
        self.frontier.size
    }

    /// The root of the tree.
    pub fn root(&self) -> Digest {
        self.frontier.root()
    }

    /// Adds the next leaf and gives the tiles that it fills, level 0 first.
    pub fn push(&mut self, leaf: Digest) -> Vec<(TilePath, Vec<u8>)> {
        let mut filled = Vec::new();
        let mut hash = leaf;
        let mut count = self.frontier.size;
        self.frontier.push(leaf);
        for level in 0_u8.. {
            let at = usize::from(level);
            if self.levels.len() == at {
                self.levels.push(Vec::new());
            }
            let Some(hashes) = self.levels.get_mut(at) else { break };
            hashes.push(hash);
            count += 1;
            if hashes.len() < usize::from(TILE_WIDTH) {
                break;
            }
            hash = root_of(hashes);
            let path = TilePath::hashes(level, count / u64::from(TILE_WIDTH) - 1, TILE_WIDTH);
            filled.push((path, concat(hashes)));
            hashes.clear();
            // The next level counts full tiles of this one; the one just filled is added there.
            count = count / u64::from(TILE_WIDTH) - 1;
        }
        filled
    }

    /// The last tile of each level that is not full, level 0 first.
    pub fn partial_tiles(&self) -> Vec<(TilePath, Vec<u8>)> {
        let mut tiles = Vec::new();
        let mut count = self.frontier.size;
        for (level, hashes) in (0_u8..).zip(&self.levels) {
            if let Ok(width @ 1..) = u16::try_from(hashes.len()) {
                let path = TilePath::hashes(level, count / u64::from(TILE_WIDTH), width);
                tiles.push((path, concat(hashes)));
            }
            count /= u64::from(TILE_WIDTH);
        }
        tiles
    }
}

/// The complete subtrees that a run of equal-height hashes decomposes into, largest first.
fn peaks_of(hashes: &[Digest]) -> Vec<Digest> {
    let mut frontier = Frontier::new();
    hashes.iter().for_each(|hash| frontier.push(*hash));
    frontier.peaks
}

fn concat(hashes: &[Digest]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}
