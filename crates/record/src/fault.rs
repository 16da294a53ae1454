//! What an audit can find wrong, each with the entry that it concerns and words that a person can act on.
//!
//! A fault says what the bytes prove and never who did it: a failing disk and an intruder look alike.

use core::fmt;

use crate::digest::Digest;

/// One thing wrong with a stored record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The bytes of an entry are not those that the tree was built over.
    EntryChanged {
        /// The entry.
        n: u64,
    },
    /// An entry stands where another belongs: entries were reordered or renumbered.
    EntryMisplaced {
        /// Where it stands.
        n: u64,
        /// The number in its bytes.
        says: u64,
    },
    /// Entries are missing between others.
    EntriesMissing {
        /// The first missing.
        from: u64,
        /// The first after them that is there.
        until: u64,
    },
    /// The log is shorter than a checkpoint that it has signed.
    Truncated {
        /// Entries there are.
        have: u64,
        /// Entries signed for.
        signed: u64,
    },
    /// The bytes of an entry are not an entry.
    EntryUnreadable {
        /// The entry.
        n: u64,
        /// Why.
        reason: String,
    },
    /// The hash stored beside an entry is wrong; the entry itself is right.
    LeafHashChanged {
        /// The entry.
        n: u64,
    },
    /// A stored tile has a wrong hash.
    TileChanged {
        /// Its path.
        path: String,
        /// The first entry under the wrong hash.
        from: u64,
        /// The first entry after it.
        until: u64,
    },
    /// A tile that the log should have is not there.
    TileMissing {
        /// Its path.
        path: String,
        /// The first entry under it.
        from: u64,
    },
    /// Something is stored as a tile that the log does not have.
    TileUnexpected {
        /// Its path as stored.
        path: String,
    },
    /// A checkpoint is damaged or was not signed by the log's key.
    CheckpointForged {
        /// The size it is filed under.
        size: u64,
        /// Why.
        reason: String,
    },
    /// An earlier key of the log is said to count, and the record does not bear that out.
    KeyUnfounded {
        /// The size up to which it is said to count.
        until: u64,
        /// What is missing.
        reason: String,
    },
    /// Entries agree with their stored hashes, and not with what was signed: history was rewritten
    /// somewhere in this range.
    HistoryRewritten {
        /// The first entry that may be wrong: those before it are proven by a smaller checkpoint.
        from: u64,
        /// The size of the checkpoint that does not hold.
        until: u64,
    },
    /// Two checkpoints of the log's own key cannot both be true: the key has signed two histories.
    Forked {
        /// The size of the one that does not hold.
        size: u64,
    },
    /// An object of the vault is not what its digest says.
    ObjectChanged {
        /// Its digest.
        digest: Digest,
        /// The entries that refer to it.
        entries: Vec<u64>,
    },
    /// An object that entries refer to is not in the vault.
    ObjectMissing {
        /// Its digest.
        digest: Digest,
        /// The entries that refer to it.
        entries: Vec<u64>,
    },
    /// The index that keeps a key from being logged twice says otherwise than the entries do.
    ReceiptChanged {
        /// The entry.
        n: u64,
    },
    /// A part of the store besides the entries is not as it was made.
    StoreChanged {
        /// Which part, and what is wrong with it.
        part: String,
    },
}

impl Fault {
    /// The first entry concerned; `None` where it concerns none or all.
    pub fn entry(&self) -> Option<u64> {
        match self {
            Self::EntryChanged { n }
            | Self::EntryMisplaced { n, .. }
            | Self::EntryUnreadable { n, .. }
            | Self::LeafHashChanged { n }
            | Self::ReceiptChanged { n } => Some(*n),
            Self::EntriesMissing { from, .. }
            | Self::TileChanged { from, .. }
            | Self::TileMissing { from, .. }
            | Self::HistoryRewritten { from, .. } => Some(*from),
            Self::Truncated { have, .. } => Some(*have),
            Self::CheckpointForged { size, .. } | Self::Forked { size } => size.checked_sub(1),
            Self::ObjectChanged { entries, .. } | Self::ObjectMissing { entries, .. } => {
                entries.first().copied()
            }
            Self::TileUnexpected { .. } | Self::KeyUnfounded { .. } | Self::StoreChanged { .. } => None,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EntryChanged { n } => write!(f, "entry {n}: its bytes were changed after it was logged"),
            Self::EntryMisplaced { n, says } => write!(f, "entry {n}: entry {says} stands in its place"),
            Self::EntriesMissing { from, until } => {
                write!(f, "entry {from}: missing, and {} in all before entry {until}", until - from)
            }
            Self::Truncated { have, signed } => write!(
                f,
                "entry {have}: missing; the log ends there, and a checkpoint was signed over {signed} entries"
            ),
            Self::EntryUnreadable { n, reason } => write!(f, "entry {n}: not an entry: {reason}"),
            Self::LeafHashChanged { n } => {
                write!(f, "entry {n}: the hash stored beside it is wrong; the entry itself is right")
            }
            Self::TileChanged { path, from, until } => {
                write!(f, "tile {path}: wrong over entries {from} to {}", until.saturating_sub(1))
            }
            Self::TileMissing { path, from } => write!(f, "tile {path}: missing; it begins at entry {from}"),
            Self::TileUnexpected { path } => write!(f, "tile {path}: the log has no such tile"),
            Self::CheckpointForged { size, reason } => write!(f, "checkpoint over {size} entries: {reason}"),
            Self::KeyUnfounded { reason, .. } => write!(f, "an earlier key of the log: {reason}"),
            Self::HistoryRewritten { from, until } => write!(
                f,
                "entries {from} to {}: not what the checkpoint over {until} entries signed; stored hashes were changed with them",
                until.saturating_sub(1)
            ),
            Self::Forked { size } => write!(
                f,
                "checkpoint over {size} entries: contradicts a larger one of the same key; the key has signed two histories"
            ),
            Self::ObjectChanged { digest, entries } => {
                write!(f, "object {digest}: its bytes were changed; {}", Referrers(entries))
            }
            Self::ObjectMissing { digest, entries } => {
                write!(f, "object {digest}: missing from the vault; {}", Referrers(entries))
            }
            Self::ReceiptChanged { n } => {
                write!(f, "entry {n}: the index of keys says otherwise than the entry")
            }
            Self::StoreChanged { part } => f.write_str(part),
        }
    }
}

/// Names the first few entries, since an object can be referred to by thousands.
struct Referrers<'a>(&'a [u64]);

impl fmt::Display for Referrers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((first, rest)) = self.0.split_first() else { return f.write_str("no entry refers to it") };
        write!(f, "referred to by entry {first}")?;
        rest.iter().take(4).try_for_each(|n| write!(f, ", {n}"))?;
        if rest.len() > 4 { write!(f, " and {} more", rest.len() - 4) } else { Ok(()) }
    }
}

/// The words of a foreign error, so that no foreign type is part of our interface.
pub(crate) fn reason_of(error: &dyn fmt::Display) -> String {
    error.to_string()
}
