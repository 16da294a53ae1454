//! The audit: everything stored is given to it once, in order, and it names what is wrong, entry by entry.
//!
//! Three things tell what entry `n` was: its bytes, the hash stored beside it, and its hash in a tile.
//! A signed checkpoint tells which of the three to believe; where none of them gives the signed root,
//! the range between the last checkpoint that holds and the first that does not is named instead.
//!
//! It believes nothing that is stored beside the log but the key that the caller vouches for. It never
//! repairs, and it cannot see what was cut off together with its checkpoints: hand it a checkpoint that
//! was kept elsewhere ([`Audit::vouch`]), and it can.

use std::collections::{BTreeMap, BTreeSet};

use crate::checkpoint::LogVerifier;
use crate::digest::{Digest, leaf_hash};
use crate::entry::Entry;
use crate::fault::Fault;
use crate::head::{EntryHead, EntryRead};
use crate::key_change::{KeyChange, key_change};
use crate::tile::{TILE_WIDTH, TilePath};
use crate::tree::{Frontier, root_of};

/// Missing entries are held open up to this many; a wilder number is a misplaced entry, not a gap.
const MAX_GAP: u64 = 1 << 20;

/// What an audit found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditReport {
    /// Entries seen.
    pub entries: u64,
    /// Entries covered by the largest signed checkpoint that holds; those after it are not signed yet.
    pub signed: u64,
    /// Checkpoints that hold.
    pub checkpoints: u64,
    /// The root over the bytes of all entries as they are now.
    pub root: Digest,
    /// What is wrong, by entry.
    pub faults: Vec<Fault>,
}

impl AuditReport {
    /// Whether nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.faults.is_empty()
    }

    /// The first wrong entry, where a fault names one.
    pub fn first_wrong_entry(&self) -> Option<u64> {
        self.faults.iter().filter_map(Fault::entry).min()
    }
}

/// What was seen of one entry.
#[derive(Clone, Copy, Default)]
struct Seen {
    /// Hash of the bytes as they are now; `None` where the entry is missing.
    now: Option<Digest>,
    /// Hash stored beside the entry.
    beside: Option<Digest>,
    /// Hash in a tile.
    in_tile: Option<Digest>,
    /// The number in its bytes, where it is another.
    says: Option<u64>,
}

impl Seen {
    /// What two of the three agree on, or else the bytes as they are now.
    fn likely(&self) -> Option<Digest> {
        match (self.now, self.beside, self.in_tile) {
            (_, Some(beside), Some(tile)) if beside == tile => Some(tile),
            (Some(now), _, _) => Some(now),
            (None, beside, tile) => tile.or(beside),
        }
    }
}

/// An audit under way: [`Audit::new`], then checkpoints, entries and tiles in any order among each other
/// (entries ascending), then [`Audit::finish`].
pub struct Audit {
    verifier: LogVerifier,
    signed: BTreeMap<u64, Digest>,
    /// Entries under the largest checkpoint that the key of today signed itself.
    own: u64,
    /// What entries say of the log's key.
    changes: Vec<KeyChange>,
    seen: Vec<Seen>,
    entries: u64,
    tiles: BTreeMap<TilePath, Vec<u8>>,
    /// Where the last stored checkpoint says that partial tiles should end.
    tiled: u64,
    faults: Vec<Fault>,
}

impl Audit {
    /// An audit of the log with this key.
    pub fn new(verifier: LogVerifier) -> Self {
        Self {
            verifier,
            signed: BTreeMap::new(),
            own: 0,
            changes: Vec::new(),
            seen: Vec::new(),
            entries: 0,
            tiles: BTreeMap::new(),
            tiled: 0,
            faults: Vec::new(),
        }
    }

    /// A checkpoint as stored, and the size it is filed under.
    pub fn checkpoint(&mut self, filed: u64, note: &[u8]) {
        self.tiled = self.tiled.max(filed);
        match self.verifier.open(note) {
            Ok(opened) if opened.size == filed => self.believe_signed(note, opened.size, opened.root),
            Ok(opened) => self.faults.push(Fault::CheckpointForged {
                size: filed,
                reason: format!("it covers {} entries", opened.size),
            }),
            Err(error) => {
                self.faults.push(Fault::CheckpointForged { size: filed, reason: error.to_string() })
            }
        }
    }

    /// A checkpoint that the caller kept elsewhere: the log must hold what it says.
    pub fn vouch(&mut self, note: &[u8]) {
        match self.verifier.open(note) {
            Ok(opened) => self.believe_signed(note, opened.size, opened.root),
            Err(error) => self.faults.push(Fault::CheckpointForged { size: 0, reason: error.to_string() }),
        }
    }

    fn believe_signed(&mut self, note: &[u8], size: u64, root: Digest) {
        // Without keys before it there is nothing to tell apart.
        if self.verifier.former().next().is_some() && self.verifier.open_itself(note).is_ok() {
            self.own = self.own.max(size);
        }
        self.believe(size, root);
    }

    fn believe(&mut self, size: u64, root: Digest) {
        if self.signed.insert(size, root).is_some_and(|other| other != root) {
            self.faults.push(Fault::Forked { size });
        }
    }

    /// The next entry as stored: the number it is stored under, its bytes, the hash stored beside it.
    /// Gives the entry where its bytes can be read.
    pub fn entry(&mut self, n: u64, bytes: &[u8], beside: Option<Digest>) -> Option<Entry> {
        let read = Entry::from_bytes(bytes);
        let says = read.as_ref().map(|entry| entry.n).map_err(ToString::to_string);
        self.seen_as(n, says, leaf_hash(bytes), beside);
        self.changes.extend(read.as_ref().ok().and_then(key_change));
        read.ok()
    }

    /// As [`Audit::entry`], for bytes that were read and hashed already. Gives the head where there is one.
    pub fn entry_read(&mut self, n: u64, read: EntryRead, beside: Option<Digest>) -> Option<EntryHead> {
        let says = read.head.as_ref().map(|head| head.n).map_err(ToString::to_string);
        self.seen_as(n, says, read.leaf, beside);
        self.changes.extend(read.head.as_ref().ok().and_then(|head| head.key_change.clone()));
        read.head.ok()
    }

    fn seen_as(&mut self, n: u64, says: Result<u64, String>, leaf: Digest, beside: Option<Digest>) {
        self.entries += 1;
        let expected = self.seen.len() as u64;
        let says = match says {
            Ok(says) => Some(says),
            Err(reason) => {
                self.faults.push(Fault::EntryUnreadable { n, reason });
                None
            }
        };
        if n < expected || n - expected > MAX_GAP {
            self.faults.push(Fault::EntryMisplaced { n, says: says.unwrap_or(n) });
            return;
        }
        if n > expected {
            self.faults.push(Fault::EntriesMissing { from: expected, until: n });
            (expected..n).for_each(|_| self.seen.push(Seen::default()));
        }
        let says = says.filter(|says| *says != n);
        self.seen.push(Seen { now: Some(leaf), beside, in_tile: None, says });
    }

    /// A tile of hashes as stored.
    pub fn tile(&mut self, path: &str, bytes: &[u8]) {
        match path.parse() {
            Ok(path @ TilePath::Hashes { width, .. }) if bytes.len() == usize::from(width) * 32 => {
                self.tiles.insert(path, bytes.to_vec());
            }
            Ok(TilePath::Hashes { level, index, .. }) => {
                let (from, until) = covered(level, index, 0, u64::from(TILE_WIDTH));
                self.faults.push(Fault::TileChanged { path: path.to_owned(), from, until });
            }
            _ => self.faults.push(Fault::TileUnexpected { path: path.to_owned() }),
        }
    }

    /// What is wrong.
    pub fn finish(mut self) -> AuditReport {
        let root = root_of(&self.seen.iter().filter_map(|seen| seen.now).collect::<Vec<_>>());
        let have = self.seen.len() as u64;
        if let Some((&signed, _)) = self.signed.last_key_value()
            && signed > have
        {
            self.faults.push(Fault::Truncated { have, signed });
            // What was cut off is held open: tiles may still tell it, and then prove what is left.
            (have..signed.min(have + MAX_GAP)).for_each(|_| self.seen.push(Seen::default()));
        }
        self.read_leaf_tiles();
        let believed = self.believed();
        let checkpoints = self.check_checkpoints(&believed, have);
        let truth = self.check_entries(&believed);
        self.check_tiles(&truth);
        self.check_tiles_are_there(have);
        self.faults.extend(self.verifier.unfounded(&self.changes, self.own));
        self.faults.sort();
        self.faults.dedup();
        let signed = believed.len() as u64;
        AuditReport { entries: self.entries, signed, checkpoints, root, faults: self.faults }
    }

    /// Full and partial tiles of level 0 say what each entry's hash was.
    fn read_leaf_tiles(&mut self) {
        for (path, bytes) in &self.tiles {
            let TilePath::Hashes { level: 0, index, .. } = path else { continue };
            let first = index.saturating_mul(u64::from(TILE_WIDTH));
            for (n, hash) in (first..).zip(bytes.chunks_exact(32)) {
                let in_tile = Digest::from_slice(hash);
                let Ok(at) = usize::try_from(n) else { break };
                if let Some(seen) = self.seen.get_mut(at) {
                    seen.in_tile = in_tile;
                }
            }
        }
    }

    /// The leaf hashes that the largest possible signed checkpoint proves.
    fn believed(&self) -> Vec<Digest> {
        type Witness = fn(&Seen) -> Option<Digest>;
        let witnesses: [Witness; 4] =
            [|seen| seen.now, |seen| seen.in_tile, |seen| seen.beside, Seen::likely];
        for (size, root) in self.signed.iter().rev() {
            let Some(part) = usize::try_from(*size).ok().and_then(|size| self.seen.get(..size)) else {
                continue;
            };
            for witness in witnesses {
                let leaves: Option<Vec<Digest>> = part.iter().map(witness).collect();
                if let Some(leaves) = leaves
                    && root_of(&leaves) == *root
                {
                    return leaves;
                }
            }
        }
        Vec::new()
    }

    /// Counts the checkpoints that hold; of the larger ones that do not, only the first is named.
    fn check_checkpoints(&mut self, believed: &[Digest], have: u64) -> u64 {
        let mut holding = 0;
        let mut frontier = Frontier::new();
        let mut leaves = believed.iter();
        for (size, root) in &self.signed {
            while frontier.size() < *size
                && let Some(leaf) = leaves.next()
            {
                frontier.push(*leaf);
            }
            if frontier.size() == *size && frontier.root() == *root {
                holding += 1;
            } else if frontier.size() == *size {
                self.faults.push(Fault::Forked { size: *size });
            } else {
                if *size <= have {
                    let from = believed.len() as u64;
                    self.faults.push(Fault::HistoryRewritten { from, until: *size });
                }
                break;
            }
        }
        holding
    }

    /// Holds every entry against what is believed, and gives the leaf hashes to hold tiles against.
    fn check_entries(&mut self, believed: &[Digest]) -> Vec<Digest> {
        let mut truth = Vec::with_capacity(self.seen.len());
        for (at, seen) in self.seen.iter().enumerate() {
            let n = at as u64;
            let right = believed.get(at).copied().or_else(|| seen.likely());
            if let Some(says) = seen.says {
                self.faults.push(Fault::EntryMisplaced { n, says });
            } else if seen.now.is_some() && seen.now != right {
                self.faults.push(Fault::EntryChanged { n });
            } else if seen.now.is_some() && seen.beside.is_some() && seen.beside != seen.now {
                // With nothing signed or tiled over it, which of the two was changed cannot be told.
                let told = at < believed.len() || seen.in_tile.is_some();
                let fault = if told { Fault::LeafHashChanged { n } } else { Fault::EntryChanged { n } };
                self.faults.push(fault);
            }
            truth.push(right.unwrap_or(Digest([0; 32])));
        }
        truth
    }

    fn check_tiles(&mut self, truth: &[Digest]) {
        let levels = levels_over(truth);
        for (path, bytes) in &self.tiles {
            let TilePath::Hashes { level, index, width } = *path else { continue };
            let first = index.checked_mul(u64::from(TILE_WIDTH)).and_then(|at| usize::try_from(at).ok());
            let right = levels
                .get(usize::from(level))
                .zip(first)
                .and_then(|(hashes, first)| hashes.get(first..first.checked_add(usize::from(width))?));
            let Some(right) = right else {
                self.faults.push(Fault::TileUnexpected { path: path.to_string() });
                continue;
            };
            let wrong: Vec<u64> = (0_u64..)
                .zip(bytes.chunks_exact(32).zip(right))
                .filter(|(_, (found, right))| *found != right.as_bytes())
                .map(|(place, _)| place)
                .collect();
            if let (Some(first), Some(last)) = (wrong.first(), wrong.last()) {
                let (from, until) = covered(level, index, *first, *last + 1);
                self.faults.push(Fault::TileChanged { path: path.to_string(), from, until });
            }
        }
    }

    /// Full tiles over the entries there are, and the partial ones of the last checkpoint. Of a log that was
    /// cut, nothing past the cut is asked for: the cut itself is the finding.
    fn check_tiles_are_there(&mut self, have: u64) {
        let full = TilePath::all_hashes(have).into_iter().filter(|path| !path.is_partial());
        let partial = if self.tiled > have { Vec::new() } else { TilePath::partial_hashes(self.tiled) };
        let damaged: BTreeSet<TilePath> = self
            .faults
            .iter()
            .filter_map(|fault| match fault {
                Fault::TileChanged { path, .. } => path.parse().ok(),
                _ => None,
            })
            .collect();
        for path in full.chain(partial) {
            let TilePath::Hashes { level, index, .. } = path else { continue };
            if !self.tiles.contains_key(&path) && !damaged.contains(&path) {
                let (from, _) = covered(level, index, 0, 1);
                self.faults.push(Fault::TileMissing { path: path.to_string(), from });
            }
        }
    }
}

/// The hashes of every level of tiles over these leaves: level `l` holds one for each full 256^`l` leaves.
pub(crate) fn levels_over(leaves: &[Digest]) -> Vec<Vec<Digest>> {
    let mut levels = vec![leaves.to_vec()];
    while let Some(last) = levels.last()
        && last.len() >= usize::from(TILE_WIDTH)
    {
        levels.push(last.chunks_exact(usize::from(TILE_WIDTH)).map(root_of).collect());
    }
    levels
}

/// The entries under hashes `first` to `end` of a tile.
fn covered(level: u8, index: u64, first: u64, end: u64) -> (u64, u64) {
    let wide = u64::from(TILE_WIDTH);
    let each = wide.saturating_pow(u32::from(level));
    let at = |place: u64| index.saturating_mul(wide).saturating_add(place).saturating_mul(each);
    (at(first), at(end))
}
