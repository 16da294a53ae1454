//! From bytes and the digest that they should have to the first wrong byte among them: by trying what one damage could have done, by the hashes
//! of their pieces where those are kept, and not at all where neither can tell.
//!
//! Never guesses: what is named as right makes the digest come out, or stands in a list of pieces; otherwise only bounds are told. Bounded in
//! time by bytes that are hashed.

use sha2::{Digest as _, Sha256};
use truceline_record::Digest;

use crate::pieces::{PIECE_BYTES, Pieces};

/// Bytes that are hashed at most in each kind of search: some seconds.
const WORK: u64 = 3 << 30;

/// What is known of the first wrong byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// This one, and what should stand there, where that can be told.
    At(usize, Option<u8>),
    /// Nothing should stand there any more: the right bytes end before it.
    Beyond(usize),
    /// It lies from the first on and before the second.
    Within(usize, usize),
}

/// The hash of bytes after a prefix that is no part of them (`[0]` for the leaf of a tree).
fn hash(before: &[u8], bytes: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(before).chain_update(bytes).finalize().into()
}

/// The first wrong byte of what should hash to `target`; `None` where nothing tells more than that something is wrong.
pub(crate) fn narrow(before: &[u8], bytes: &[u8], target: Digest, pieces: Option<&Pieces>) -> Option<Wrong> {
    if let Some(pieces) = pieces {
        let found = by_pieces(bytes, pieces);
        if found.is_some() {
            return found;
        }
    }
    lengthened(before, bytes, target)
        .or_else(|| shortened(before, bytes, target))
        .or_else(|| one_byte(before, bytes, target))
        .or_else(|| two_bits(before, bytes, target))
}

/// By the first piece that is another. A list that fits the bytes is no help: then the list is of something else.
fn by_pieces(bytes: &[u8], pieces: &Pieces) -> Option<Wrong> {
    let full = usize::try_from(pieces.bytes).ok()?;
    let mut at = 0;
    for right in &pieces.hashes {
        let width = PIECE_BYTES.min(full.saturating_sub(at));
        let end = at.saturating_add(width);
        let piece = bytes.get(at..bytes.len().min(end)).unwrap_or_default();
        if piece.len() < width {
            // Cut within this piece: whether what is left of it is right can be told of the last bytes only.
            return Some(match shortened(&[], piece, *right) {
                _ if piece.is_empty() => Wrong::At(bytes.len(), None),
                Some(Wrong::At(within, right)) => Wrong::At(at + within, right),
                _ => Wrong::Within(at, bytes.len().saturating_add(1)),
            });
        }
        if hash(&[], piece) != right.0 {
            return Some(match one_byte(&[], piece, *right) {
                Some(Wrong::At(within, right)) => Wrong::At(at + within, right),
                _ => Wrong::Within(at, end),
            });
        }
        at = end;
    }
    (bytes.len() > full).then_some(Wrong::Beyond(full))
}

/// Bytes were added at the end.
fn lengthened(before: &[u8], bytes: &[u8], target: Digest) -> Option<Wrong> {
    let mut head = Sha256::new().chain_update(before);
    for (at, held) in bytes.iter().enumerate() {
        if <[u8; 32]>::from(head.clone().finalize()) == target.0 {
            return Some(Wrong::Beyond(at));
        }
        head.update([*held]);
    }
    None
}

/// One byte or two are missing at the end.
fn shortened(before: &[u8], bytes: &[u8], target: Digest) -> Option<Wrong> {
    let head = Sha256::new().chain_update(before).chain_update(bytes);
    for one in 0..=u8::MAX {
        let next = head.clone().chain_update([one]);
        if <[u8; 32]>::from(next.clone().finalize()) == target.0 {
            return Some(Wrong::At(bytes.len(), Some(one)));
        }
        for two in 0..=u8::MAX {
            if <[u8; 32]>::from(next.clone().chain_update([two]).finalize()) == target.0 {
                return Some(Wrong::At(bytes.len(), Some(one)));
            }
        }
    }
    None
}

/// The one byte that has to be another for the hash of `before` and `bytes` to be `target`, and which: one turned bit of larger ones, any change
/// of smaller ones. `None` where no single byte will do, or trying would be too much work.
fn one_byte(before: &[u8], bytes: &[u8], target: Digest) -> Option<Wrong> {
    let pairs = (bytes.len() as u64).saturating_mul(bytes.len() as u64) / 2;
    // The likely first: a bit that turned at rest.
    if pairs.saturating_mul(8) <= WORK {
        let bits = |held: u8| (0..8_u8).map(move |bit| held ^ (1 << bit));
        let found = tried(before, bytes, target, bits);
        if found.is_some() {
            return found;
        }
    }
    if pairs.saturating_mul(255) > WORK {
        return None;
    }
    tried(before, bytes, target, |held| (0..=u8::MAX).filter(move |right| *right != held))
}

/// Two turned bits, wherever they are, of what is small; the first byte of the two is named.
fn two_bits(before: &[u8], bytes: &[u8], target: Digest) -> Option<Wrong> {
    let length = bytes.len() as u64;
    // So many pairs of bits, and a third of the bytes behind the second of them, on average, with the hash's own block.
    let pairs = length.saturating_mul(length).saturating_mul(32);
    if pairs.saturating_mul(length / 3 + 64) > WORK {
        return None;
    }
    let mut head = Sha256::new().chain_update(before);
    for (at, held) in bytes.iter().enumerate() {
        let tail = bytes.get(at + 1..).unwrap_or_default();
        for bit in 0..8 {
            let right = held ^ (1 << bit);
            let first = head.clone().chain_update([right]);
            let bits = |held: u8| (0..8_u8).map(move |bit| held ^ (1 << bit));
            if tried_after(first, tail, target, bits).is_some() {
                return Some(Wrong::At(at, Some(right)));
            }
        }
        head.update([*held]);
    }
    None
}

/// Tries at each place what could have stood there.
fn tried<I: Iterator<Item = u8>>(
    before: &[u8],
    bytes: &[u8],
    target: Digest,
    could: impl Fn(u8) -> I,
) -> Option<Wrong> {
    tried_after(Sha256::new().chain_update(before), bytes, target, could)
}

/// The same behind what was hashed already.
fn tried_after<I: Iterator<Item = u8>>(
    mut head: Sha256,
    bytes: &[u8],
    target: Digest,
    could: impl Fn(u8) -> I,
) -> Option<Wrong> {
    for (at, held) in bytes.iter().enumerate() {
        let tail = bytes.get(at + 1..).unwrap_or_default();
        for right in could(*held) {
            if <[u8; 32]>::from(head.clone().chain_update([right]).chain_update(tail).finalize()) == target.0
            {
                return Some(Wrong::At(at, Some(right)));
            }
        }
        head.update([*held]);
    }
    None
}

#[cfg(test)]
mod tests {
    use truceline_record::{digest_of, leaf_hash};

    use super::*;
    use crate::pieces;

    fn bytes(count: usize) -> Vec<u8> {
        (0..count).map(|n| (n * 7 % 251) as u8).collect()
    }

    #[test]
    fn one_changed_byte_is_found_wherever_it_is_and_two_are_not_guessed() {
        let right = bytes(120);
        for at in [0, 1, 60, 119] {
            let mut changed = right.clone();
            changed[at] ^= 0x41;
            let found = Some(Wrong::At(at, Some(right[at])));
            assert_eq!(narrow(&[], &changed, digest_of(&right), None), found);
            assert_eq!(narrow(&[0], &changed, leaf_hash(&right), None), found);
            changed[(at + 5) % 120] ^= 1;
            assert_eq!(narrow(&[], &changed, digest_of(&right), None), None);
        }
        // Two bits are few enough to be tried, in one byte or in two.
        let mut changed = right.clone();
        changed[100] ^= 4;
        changed[31] ^= 0x80;
        assert_eq!(narrow(&[], &changed, digest_of(&right), None), Some(Wrong::At(31, Some(right[31]))));
        assert_eq!(one_byte(&[], &vec![0; 1 << 20], digest_of(b"x")), None, "too much work is not begun");
    }

    #[test]
    fn what_was_added_or_cut_at_the_end_is_found() {
        let right = bytes(300);
        let target = digest_of(&right);
        assert_eq!(narrow(&[], &[&right[..], b"xyz"].concat(), target, None), Some(Wrong::Beyond(300)));
        assert_eq!(narrow(&[], &right[..299], target, None), Some(Wrong::At(299, Some(right[299]))));
        assert_eq!(narrow(&[], &right[..298], target, None), Some(Wrong::At(298, Some(right[298]))));
        assert_eq!(narrow(&[], &right[..200], target, None), None, "a hash cannot tell more");
    }

    #[test]
    fn with_pieces_the_first_wrong_byte_is_found_at_any_size_and_among_many() {
        let dir = tempfile::tempdir().unwrap();
        let right = bytes(300_000);
        let target = digest_of(&right);
        pieces::note(dir.path(), &target, &right);
        let list = pieces::read(dir.path(), &target).unwrap();
        let find = |changed: &[u8]| narrow(&[], changed, target, Some(&list));
        for at in [0, 1023, 1024, 200_001, 299_999] {
            let mut changed = right.clone();
            changed[at] ^= 0x80;
            assert_eq!(find(&changed), Some(Wrong::At(at, Some(right[at]))));
            // Later ones do not hide the first.
            (at + 1024..right.len()).step_by(5000).for_each(|later| changed[later] ^= 1);
            assert_eq!(find(&changed), Some(Wrong::At(at, Some(right[at]))));
        }
        let mut two = right.clone();
        two[5000] ^= 1;
        two[5007] ^= 9;
        assert_eq!(find(&two), Some(Wrong::Within(4096, 5120)), "two in one piece are bounded");
        assert_eq!(find(&right[..204_800]), Some(Wrong::At(204_800, None)), "cut between pieces");
        assert_eq!(find(&right[..205_000]), Some(Wrong::Within(204_800, 205_001)), "cut within one");
        assert_eq!(find(&right[..299_999]), Some(Wrong::At(299_999, Some(right[299_999]))));
        assert_eq!(find(&[&right[..], b"more"].concat()), Some(Wrong::Beyond(300_000)));
        assert_eq!(find(&[]), Some(Wrong::At(0, None)));
        assert_eq!(by_pieces(&right, &list), None);
    }
}
