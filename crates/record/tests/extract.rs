//! Extracts: what is cut from a log reads back as it was, proves itself, and proves nothing once a byte of it is another's.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

use proptest::prelude::*;
use truceline_record::{
    Checkpoint, Digest, Extends, Extract, Item, LogSigner, LogVerifier, TilePath, TileSource, Tiler,
    leaf_hash, peaks_at, prove_consistency,
};

/// A log in memory: entries, tiles, key.
struct Log {
    entries: Vec<Vec<u8>>,
    tiles: BTreeMap<TilePath, Vec<u8>>,
    tiler: Tiler,
    signer: LogSigner,
}

impl Log {
    fn of(entries: usize, seed: u8) -> Self {
        let mut log = Self {
            entries: Vec::new(),
            tiles: BTreeMap::new(),
            tiler: Tiler::new(),
            signer: LogSigner::new("truceline.test/office", &[seed; 32]).unwrap(),
        };
        for n in 0..entries {
            let bytes = format!("entry {n}").into_bytes();
            for (path, tile) in log.tiler.push(leaf_hash(&bytes)) {
                log.tiles.insert(path, tile);
            }
            log.entries.push(bytes);
        }
        log.tiles.extend(log.tiler.partial_tiles());
        log
    }

    fn size(&self) -> u64 {
        self.entries.len() as u64
    }

    fn verifier(&self) -> LogVerifier {
        self.signer.verifier().unwrap()
    }

    fn extract(&self, from: u64, to: u64, hidden: u64, seen: Option<u64>) -> Extract {
        let (size, root) = (self.size(), self.tiler.root());
        let item = |n: u64| {
            let bytes = self.entries[usize::try_from(n).unwrap()].clone();
            if n % 3 == hidden { Item::Hash(leaf_hash(&bytes)) } else { Item::Entry(bytes) }
        };
        Extract {
            from,
            peaks: peaks_at(self, size, root, from).unwrap(),
            items: (from..to).map(item).collect(),
            proof: prove_consistency(self, size, root, to).unwrap(),
            note: self.signer.sign_checkpoint(size, root).unwrap(),
            extends: seen.map(|seen| Extends {
                size: seen,
                proof: prove_consistency(self, size, root, seen).unwrap(),
            }),
            objects: vec![b"an object".to_vec(), Vec::new(), vec![b'\n'; 300]],
        }
    }
}

impl TileSource for Log {
    type Error = String;

    fn tile(&self, path: TilePath) -> Result<Vec<u8>, String> {
        let TilePath::Hashes { level, index, width } = path else { return Err("no bundle".to_owned()) };
        let same = |other: &&TilePath| matches!(other, TilePath::Hashes { level: l, index: i, width: w } if (*l, *i) == (level, index) && *w >= width);
        let found = self.tiles.iter().find(|(path, _)| same(path)).ok_or("no such tile")?;
        Ok(found.1[..usize::from(width) * 32].to_vec())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn an_extract_reads_back_and_proves_itself(
        (size, from, to, seen) in (1_u64..700).prop_flat_map(|size| {
            (Just(size), 0..=size, 0..=size, 0..=size)
        }),
        hidden in 0_u64..4,
    ) {
        let (from, to) = (from.min(to), from.max(to));
        let log = Log::of(usize::try_from(size).unwrap(), 1);
        let extract = log.extract(from, to, hidden, Some(seen));
        let bytes = extract.to_bytes().unwrap();
        prop_assert_eq!(&Extract::parse(&bytes).unwrap(), &extract);
        let proven = extract.check(&log.verifier()).unwrap();
        prop_assert_eq!(proven.checkpoint.size, size);
        let roots = |size: u64| Log::of(usize::try_from(size).unwrap(), 1).tiler.root();
        let earlier = Checkpoint { size: seen, root: roots(seen), ..proven.checkpoint.clone() };
        extract.check_extends(&proven.checkpoint, &earlier).unwrap();
        for at in [from, (from + to) / 2, to] {
            prop_assert_eq!(proven.root_at(at), Some(roots(at)));
        }
        prop_assert_eq!(proven.root_at(to + 1), None);
        prop_assert_eq!(from.checked_sub(1).and_then(|before| proven.root_at(before)), None);
    }

    /// Objects are known by their digests to whoever uses them; everything else is under the signature.
    #[test]
    fn no_byte_can_be_another(at in any::<prop::sample::Index>(), bit in 0_u8..8, size in 2_u64..600) {
        let log = Log::of(usize::try_from(size).unwrap(), 1);
        let extract = log.extract(size / 3, size - 1, 1, Some(size / 2));
        let mut bytes = extract.to_bytes().unwrap();
        let objects: usize = extract.objects.iter().map(Vec::len).sum();
        let at = at.index(bytes.len() - objects);
        bytes[at] ^= 1 << bit;
        if let Ok(changed) = Extract::parse(&bytes) {
            let held = changed.check(&log.verifier());
            let seen = Checkpoint {
                size: size / 2,
                root: Log::of(usize::try_from(size / 2).unwrap(), 1).tiler.root(),
                ..log.verifier().open(&extract.note).unwrap()
            };
            let extends = |proven: &truceline_record::Extracted| changed.check_extends(&proven.checkpoint, &seen);
            // Lengths of two neighbouring objects may move against each other; the entries never.
            let same = changed.items == extract.items && changed.from == extract.from;
            prop_assert!(held.is_err() || extends(&held.unwrap()).is_err() || same);
        }
    }

    #[test]
    fn any_bytes_are_read_within_bounds(bytes in prop::collection::vec(any::<u8>(), 0..400), cut in any::<prop::sample::Index>()) {
        let _ = Extract::parse(&bytes);
        let log = Log::of(20, 1);
        let whole = log.extract(3, 17, 1, None).to_bytes().unwrap();
        let cut = cut.index(whole.len());
        prop_assert!(Extract::parse(&whole[..cut]).is_err());
    }
}

#[test]
fn entries_of_another_log_or_another_place_prove_nothing() {
    let (ours, theirs) = (Log::of(300, 1), Log::of(300, 2));
    assert!(ours.extract(10, 20, 9, None).check(&theirs.verifier()).is_err());
    let moved = Extract { from: 11, ..ours.extract(10, 20, 9, None) };
    assert!(moved.check(&ours.verifier()).is_err());
    let mut shorter = ours.extract(10, 20, 9, None);
    shorter.items.pop();
    assert!(shorter.check(&ours.verifier()).is_err());
    let mut swapped = ours.extract(10, 20, 9, None);
    swapped.items.swap(0, 1);
    assert!(swapped.check(&ours.verifier()).is_err());
    let mut emptied = ours.extract(256, 300, 9, None);
    emptied.peaks = vec![Digest([0; 32])];
    assert!(emptied.check(&ours.verifier()).is_err());
}

#[test]
fn a_log_that_does_not_extend_what_was_seen_is_found_out() {
    let log = Log::of(300, 1);
    let extract = log.extract(290, 300, 9, Some(200));
    let proven = extract.check(&log.verifier()).unwrap();
    let forged = Checkpoint { size: 200, root: Digest([7; 32]), ..proven.checkpoint.clone() };
    assert!(extract.check_extends(&proven.checkpoint, &forged).is_err());
    let other_size =
        Checkpoint { size: 199, root: Log::of(199, 1).tiler.root(), ..proven.checkpoint.clone() };
    assert!(extract.check_extends(&proven.checkpoint, &other_size).is_err());
}
