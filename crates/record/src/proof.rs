//! Proofs: that an entry is in the log (inclusion), and that a larger log extends a smaller one
//! (consistency). Made from tiles, and every proof is checked against the root before it is handed out,
//! so that a damaged tile can spoil a proof but never make a wrong one.
//!
//! It does not use the tile reader of the crate that we hash with: in version 0.2 that reader leaves a
//! tile unchecked where several subtrees of the root lie in one tile (700 entries will do).

use core::cell::RefCell;
use core::fmt;
use std::collections::BTreeMap;
use std::sync::Arc;

use tlog_tiles::{Hash, HashReader};

use crate::canonical::MAX_INTEGER;
use crate::digest::Digest;
use crate::fault::reason_of;
use crate::tile::{TILE_WIDTH, TilePath};
use crate::tile_tree::{TileTree, TileTrees};

/// Whoever can give tiles by path: a store, a folder, a web server's client.
pub trait TileSource {
    /// Why a tile could not be given.
    type Error: fmt::Display;

    /// The bytes of a tile of hashes, exactly `width` × 32. A partial tile may be cut from a wider one.
    fn tile(&self, path: TilePath) -> Result<Vec<u8>, Self::Error>;

    /// Where this source keeps trees of tiles from one proof to the next, if it does.
    fn trees(&self) -> Option<&TileTrees> {
        None
    }
}

/// Why a proof could not be made, or does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProofError {
    /// A tile could not be read.
    Tile {
        /// Which.
        path: String,
        /// Why.
        reason: String,
    },
    /// The sizes or the entry's number do not fit together.
    Range {
        /// What is wrong with them.
        reason: String,
    },
    /// The tiles do not belong to this root, or the proof does not hold.
    Invalid {
        /// What was found.
        reason: String,
    },
}

impl fmt::Display for ProofError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tile { path, reason } => write!(f, "tile {path}: {reason}"),
            Self::Range { reason } => f.write_str(reason),
            Self::Invalid { reason } => write!(f, "the proof does not hold: {reason}"),
        }
    }
}

impl core::error::Error for ProofError {}

/// Proves that entry `n` is among the `size` entries under `root`: the hashes beside its path, leaf first.
pub fn prove_inclusion<S: TileSource>(
    source: &S,
    size: u64,
    root: Digest,
    n: u64,
) -> Result<Vec<Digest>, ProofError> {
    check_range(n.saturating_add(1), size)?;
    with_reader(source, size, |reader| {
        let proof = tlog_tiles::prove_record(size, n, reader)?;
        let leaf = reader.read_hashes(&[tlog_tiles::stored_hash_index(0, n)])?;
        let leaf = leaf.first().ok_or(tlog_tiles::Error::BadMath)?;
        tlog_tiles::check_record(&proof, size, Hash(root.0), n, *leaf)?;
        Ok(proof)
    })
}

/// Proves that the log of `size` entries under `root` begins with the entries of its first `old_size`.
pub fn prove_consistency<S: TileSource>(
    source: &S,
    size: u64,
    root: Digest,
    old_size: u64,
) -> Result<Vec<Digest>, ProofError> {
    if old_size == 0 {
        return Ok(Vec::new());
    }
    check_range(old_size, size)?;
    with_reader(source, size, |reader| {
        let proof = tlog_tiles::prove_tree(size, old_size, reader)?;
        let old_root = tlog_tiles::tree_hash(old_size, reader)?;
        tlog_tiles::check_tree(&proof, size, Hash(root.0), old_size, old_root)?;
        Ok(proof)
    })
}

/// The roots of the complete subtrees of the first `at` entries, largest first, out of the tiles of a log of `size` entries under `root`.
/// They are checked together against that root.
pub fn peaks_at<S: TileSource>(
    source: &S,
    size: u64,
    root: Digest,
    at: u64,
) -> Result<Vec<Digest>, ProofError> {
    check_range(at, size)?;
    let mut indexes = Vec::new();
    let mut first = 0_u64;
    for level in (0..u64::BITS).rev().filter(|level| at >> level & 1 == 1) {
        let level8 = u8::try_from(level).unwrap_or(u8::MAX);
        indexes.push(tlog_tiles::stored_hash_index(level8, first >> level));
        first += 1 << level;
    }
    let peaks = with_reader(source, size, |reader| reader.read_hashes(&indexes))?;
    let frontier = crate::tree::Frontier::from_peaks(at, &peaks);
    let old = frontier.map(|frontier| frontier.root()).unwrap_or_else(crate::tree::empty_root);
    let proof = prove_consistency(source, size, root, at)?;
    check_consistency(&proof, size, root, at, old)?;
    Ok(peaks)
}

/// Checks that the entry with this leaf hash is number `n` of the `size` entries under `root`.
pub fn check_inclusion(
    proof: &[Digest],
    size: u64,
    root: Digest,
    n: u64,
    leaf: Digest,
) -> Result<(), ProofError> {
    check_range(n.saturating_add(1), size)?;
    tlog_tiles::check_record(&hashes(proof), size, Hash(root.0), n, Hash(leaf.0)).map_err(invalid)
}

/// Checks that the log of `size` entries under `root` begins with the `old_size` entries under `old_root`.
pub fn check_consistency(
    proof: &[Digest],
    size: u64,
    root: Digest,
    old_size: u64,
    old_root: Digest,
) -> Result<(), ProofError> {
    if old_size == 0 {
        // Every log extends the empty one, and there is only one empty root.
        return if proof.is_empty() && old_root == crate::tree::empty_root() {
            Ok(())
        } else {
            Err(ProofError::Invalid { reason: "not the empty log".to_owned() })
        };
    }
    check_range(old_size, size)?;
    tlog_tiles::check_tree(&hashes(proof), size, Hash(root.0), old_size, Hash(old_root.0)).map_err(invalid)
}

fn check_range(wanted: u64, size: u64) -> Result<(), ProofError> {
    if size > MAX_INTEGER {
        return Err(ProofError::Range { reason: format!("size {size} lies beyond 2^53 - 1") });
    }
    if wanted > size {
        return Err(ProofError::Range {
            reason: format!("{wanted} entries are asked for and the checkpoint covers {size}"),
        });
    }
    Ok(())
}

fn hashes(proof: &[Digest]) -> Vec<Hash> {
    proof.iter().map(|digest| Hash(digest.0)).collect()
}

fn invalid(error: tlog_tiles::Error) -> ProofError {
    ProofError::Invalid { reason: reason_of(&error) }
}

/// Gives hashes of the tree out of our tiles, and keeps the first reason why one could not be given.
struct Reader<'a, S> {
    source: &'a S,
    size: u64,
    kept: Option<&'a TileTrees>,
    read: RefCell<BTreeMap<TilePath, Arc<TileTree>>>,
    trouble: RefCell<Option<ProofError>>,
}

impl<S: TileSource> HashReader for Reader<'_, S> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
        indexes.iter().map(|index| self.read_hash(*index)).collect()
    }
}

impl<S: TileSource> Reader<'_, S> {
    fn read_hash(&self, index: u64) -> Result<Hash, tlog_tiles::Error> {
        let outside = || tlog_tiles::Error::IndexesNotInTree;
        // Height and place in the whole tree; eight heights make one level of tiles.
        let (height, place) = tlog_tiles::split_stored_hash_index(index);
        let (level, within) = (height / 8, height % 8);
        let wide = 8 - u32::from(within);
        let tile = place.checked_shr(wide).unwrap_or_default();
        // The tile as wide as it is in a tree of this size: narrower ones need not be stored.
        let hashes = self.size.checked_shr(8 * u32::from(level)).unwrap_or_default();
        let width = hashes.saturating_sub(tile.saturating_mul(u64::from(TILE_WIDTH)));
        let width = u16::try_from(width.min(u64::from(TILE_WIDTH))).map_err(|_| outside())?;
        if width == 0 {
            return Err(outside());
        }
        let tree = self.tree(TilePath::hashes(level, tile, width))?;
        let place = usize::try_from(place & ((1 << wide) - 1)).map_err(|_| outside())?;
        tree.at(usize::from(within), place).map(|hash| Hash(hash.0)).ok_or_else(outside)
    }

    fn tree(&self, path: TilePath) -> Result<Arc<TileTree>, tlog_tiles::Error> {
        if let Some(tree) = self.read.borrow().get(&path) {
            return Ok(Arc::clone(tree));
        }
        if let Some(tree) = self.kept.and_then(|kept| kept.get(path)) {
            return Ok(tree);
        }
        let TilePath::Hashes { width, .. } = path else { return Err(tlog_tiles::Error::InvalidTile) };
        let wanted = usize::from(width) * 32;
        let reason = match self.source.tile(path) {
            Ok(bytes) if bytes.len() == wanted => {
                let tree = Arc::new(TileTree::of(&bytes));
                self.read.borrow_mut().insert(path, Arc::clone(&tree));
                return Ok(tree);
            }
            Ok(bytes) => format!("{} bytes where {wanted} are wanted", bytes.len()),
            Err(error) => error.to_string(),
        };
        self.trouble.replace(Some(ProofError::Tile { path: path.to_string(), reason }));
        Err(tlog_tiles::Error::InvalidTile)
    }
}

fn with_reader<S: TileSource>(
    source: &S,
    size: u64,
    prove: impl Fn(&Reader<'_, S>) -> Result<Vec<Hash>, tlog_tiles::Error>,
) -> Result<Vec<Digest>, ProofError> {
    let kept = source.trees();
    let once = |kept| {
        let reader =
            Reader { source, size, kept, read: RefCell::new(BTreeMap::new()), trouble: RefCell::new(None) };
        let proved = prove(&reader);
        (proved, reader.trouble.take(), reader.read.into_inner())
    };
    let (mut proved, mut trouble, mut read) = once(kept);
    if let (Err(_), Some(kept)) = (&proved, kept) {
        // A tile that was kept may have been damaged when it was read: once more from what is stored.
        kept.forget();
        (proved, trouble, read) = once(None);
    }
    match (trouble, proved) {
        (Some(trouble), _) => Err(trouble),
        (None, Ok(proof)) => {
            // Only what gave a proof that holds is kept.
            read.iter().for_each(|(path, tree)| kept.into_iter().for_each(|kept| kept.keep(*path, tree)));
            Ok(proof.iter().map(|hash| Digest(hash.0)).collect())
        }
        (None, Err(error)) => Err(invalid(error)),
    }
}
