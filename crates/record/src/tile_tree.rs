//! The hashes within one tile, those stored and all that they make together, and a bounded store of such trees.
//!
//! A proof needs one hash of every height of a tile, two hundred hashings in all; the tile of a given width never changes, so they are done once.
//! Nothing here is believed: every proof that is made from these trees is checked against a signed root before anybody sees it, and one that
//! does not hold is made again from what is stored.

use core::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::digest::{Digest, node_hash};
use crate::tile::TilePath;

/// Heights of a tile: 256 hashes, 128 of two each, up to 2 of 128 each; the one of 256 is the next level's.
const HEIGHTS: usize = 8;

/// All complete subtrees within a tile.
#[derive(Debug)]
pub(crate) struct TileTree {
    rows: Vec<Vec<Digest>>,
}

impl TileTree {
    /// Of a tile's bytes, whose length is a multiple of 32.
    pub(crate) fn of(tile: &[u8]) -> Self {
        let mut row: Vec<Digest> = tile.chunks_exact(32).filter_map(Digest::from_slice).collect();
        let mut rows = Vec::with_capacity(HEIGHTS);
        while rows.len() < HEIGHTS && !row.is_empty() {
            let above = row.as_chunks::<2>().0.iter().map(|[left, right]| node_hash(*left, *right)).collect();
            rows.push(core::mem::replace(&mut row, above));
        }
        Self { rows }
    }

    /// The subtree at this height and place, where the tile is wide enough to hold it.
    pub(crate) fn at(&self, height: usize, place: usize) -> Option<Digest> {
        self.rows.get(height)?.get(place).copied()
    }
}

/// Trees of tiles that were read before, up to a number of tiles (16 KiB each); the oldest goes first.
#[derive(Debug)]
pub struct TileTrees {
    limit: usize,
    kept: RefCell<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    trees: BTreeMap<TilePath, Arc<TileTree>>,
    oldest: VecDeque<TilePath>,
}

impl TileTrees {
    /// Room for so many tiles; 0 keeps none.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { limit, kept: RefCell::default() }
    }

    /// Forgets all.
    pub fn forget(&self) {
        *self.kept.borrow_mut() = Kept::default();
    }

    pub(crate) fn get(&self, path: TilePath) -> Option<Arc<TileTree>> {
        self.kept.borrow().trees.get(&path).cloned()
    }

    pub(crate) fn keep(&self, path: TilePath, tree: &Arc<TileTree>) {
        if self.limit == 0 {
            return;
        }
        let mut kept = self.kept.borrow_mut();
        while kept.oldest.len() >= self.limit
            && let Some(oldest) = kept.oldest.pop_front()
        {
            kept.trees.remove(&oldest);
        }
        if kept.trees.insert(path, Arc::clone(tree)).is_none() {
            kept.oldest.push_back(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::digest_of;
    use crate::tree::root_of;

    #[test]
    fn every_complete_subtree_is_that_of_the_leaves_under_it() {
        for width in [1_usize, 2, 3, 200, 255, 256] {
            let leaves: Vec<Digest> = (0..width).map(|i| digest_of(&i.to_be_bytes())).collect();
            let tile: Vec<u8> = leaves.iter().flat_map(|leaf| leaf.0).collect();
            let tree = TileTree::of(&tile);
            for height in 0..HEIGHTS {
                for place in 0..=(width >> height) {
                    let right = leaves.get(place << height..(place + 1) << height).map(root_of);
                    assert_eq!(tree.at(height, place), right, "{width} {height} {place}");
                }
            }
        }
    }

    #[test]
    fn no_more_is_kept_than_the_limit() {
        let trees = TileTrees::new(3);
        let path = |index| TilePath::hashes(0, index, 256);
        let tree = Arc::new(TileTree::of(&[7; 64]));
        (0..10).for_each(|index| trees.keep(path(index), &tree));
        let there: Vec<u64> = (0..10).filter(|index| trees.get(path(*index)).is_some()).collect();
        assert_eq!(there, [7, 8, 9]);
        trees.forget();
        assert!(trees.get(path(9)).is_none());
    }
}
