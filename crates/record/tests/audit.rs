//! The audit alone, without a store: whatever is changed at random is named, and a healthy record is clean.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use proptest::prelude::*;
use serde_json::json;
use truceline_record::{Audit, AuditReport, Digest, Entry, Fault, LogSigner, TilePath, Tiler, leaf_hash};

/// A record as a store or a folder would hold it.
#[derive(Clone)]
struct Stored {
    entries: Vec<(u64, Vec<u8>, Digest)>,
    tiles: Vec<(String, Vec<u8>)>,
    notes: Vec<(u64, Vec<u8>)>,
}

fn entry(n: u64) -> Vec<u8> {
    let entry = Entry {
        n,
        kind: "report".into(),
        at: "2016-04-28T06:00:00Z".into(),
        key: None,
        objects: vec![],
        body: json!({"row": n, "said": "قصف"}),
    };
    entry.to_bytes().unwrap()
}

fn signer() -> LogSigner {
    LogSigner::new("example.org/log", &[5; 32]).unwrap()
}

/// `size` entries, checkpoints at the half and, with `signed`, at the end.
fn stored(size: u64, signed: bool) -> Stored {
    let mut tiler = Tiler::new();
    let mut stored = Stored { entries: vec![], tiles: vec![], notes: vec![] };
    for n in 0..size {
        let bytes = entry(n);
        let leaf = leaf_hash(&bytes);
        let full = tiler.push(leaf);
        stored.tiles.extend(full.into_iter().map(|(path, bytes)| (path.to_string(), bytes)));
        stored.entries.push((n, bytes, leaf));
        if n + 1 == size / 2 || (signed && n + 1 == size) {
            stored.notes.push((n + 1, signer().sign_checkpoint(n + 1, tiler.root()).unwrap()));
            stored.tiles.retain(|(path, _)| !path.parse::<TilePath>().unwrap().is_partial());
            let partial = tiler.partial_tiles();
            stored.tiles.extend(partial.into_iter().map(|(path, bytes)| (path.to_string(), bytes)));
        }
    }
    stored
}

fn audit(stored: &Stored) -> AuditReport {
    let mut audit = Audit::new(signer().verifier().unwrap());
    stored.notes.iter().for_each(|(size, note)| audit.checkpoint(*size, note));
    stored.tiles.iter().for_each(|(path, bytes)| audit.tile(path, bytes));
    for (n, bytes, leaf) in &stored.entries {
        audit.entry(*n, bytes, Some(*leaf));
    }
    audit.finish()
}

#[test]
fn a_healthy_record_is_clean_at_every_size_near_a_tile() {
    for size in [0, 1, 2, 3, 255, 256, 257, 511, 512, 513, 700] {
        for signed in [false, true] {
            let report = audit(&stored(size, signed));
            assert_eq!((report.faults, report.entries), (vec![], size), "{size} {signed}");
            assert_eq!(report.signed, if signed { size } else { size / 2 }, "{size} {signed}");
        }
    }
}

#[test]
fn wild_numbers_neither_pass_nor_fill_the_memory() {
    let mut wild = stored(10, true);
    wild.entries[9].0 = u64::MAX;
    let report = audit(&wild);
    assert!(report.faults.contains(&Fault::EntryMisplaced { n: u64::MAX, says: 9 }), "{:?}", report.faults);
    assert!(report.faults.contains(&Fault::Truncated { have: 9, signed: 10 }), "{:?}", report.faults);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_changed_entry_is_named(
        size in 2_u64..700, signed: bool, at in any::<prop::sample::Index>(),
        byte in any::<prop::sample::Index>(), bit in 0_u8..8, hash_too: bool,
    ) {
        let mut changed = stored(size, signed);
        let n = at.index(size as usize);
        let (_, bytes, leaf) = &mut changed.entries[n];
        let byte = byte.index(bytes.len());
        bytes[byte] ^= 1 << bit;
        let proven = signed || (n as u64) < size / 2 || n < size as usize / 256 * 256;
        if hash_too && proven {
            *leaf = leaf_hash(bytes);
        }
        let report = audit(&changed);
        prop_assert_eq!(report.first_wrong_entry(), Some(n as u64), "{:?}", report.faults);
        prop_assert!(report.faults.iter().all(|fault| fault.entry() == Some(n as u64)), "{:?}", report.faults);
    }

    #[test]
    fn a_changed_tile_names_what_lies_under_it(
        size in 2_u64..700, signed: bool, at in any::<prop::sample::Index>(),
        byte in any::<prop::sample::Index>(), bit in 0_u8..8,
    ) {
        let mut changed = stored(size, signed);
        let tile = at.index(changed.tiles.len());
        let (path, bytes) = &mut changed.tiles[tile];
        let byte = byte.index(bytes.len());
        bytes[byte] ^= 1 << bit;
        let Ok(TilePath::Hashes { level, index, .. }) = path.parse() else { panic!() };
        let from = (index * 256 + byte as u64 / 32) * 256_u64.pow(u32::from(level));
        let until = from + 256_u64.pow(u32::from(level));
        let wanted = Fault::TileChanged { path: path.clone(), from, until };
        let report = audit(&changed);
        prop_assert_eq!(report.faults, vec![wanted]);
    }

    #[test]
    fn a_history_that_fits_itself_is_held_against_what_was_signed(
        size in 4_u64..300, at in any::<prop::sample::Index>(),
    ) {
        let n = at.index(size as usize);
        let honest = stored(size, true);
        let mut forged = stored(size, true);
        forged.entries[n].1 = entry(n as u64 + 1_000_000);
        let text = String::from_utf8(forged.entries[n].1.clone()).unwrap();
        let number = format!("\"n\":{},", n as u64 + 1_000_000);
        forged.entries[n].1 = text.replace(&number, &format!("\"n\":{n},")).into_bytes();
        // Every hash is made to fit.
        let mut tiler = Tiler::new();
        forged.tiles.clear();
        for (_, bytes, leaf) in &mut forged.entries {
            *leaf = leaf_hash(bytes);
            let full = tiler.push(*leaf);
            forged.tiles.extend(full.into_iter().map(|(path, bytes)| (path.to_string(), bytes)));
        }
        forged.tiles.extend(tiler.partial_tiles().into_iter().map(|(path, bytes)| (path.to_string(), bytes)));
        prop_assert_eq!(&forged.notes, &honest.notes);
        let report = audit(&forged);
        let (from, until) = if (n as u64) < size / 2 { (0, size / 2) } else { (size / 2, size) };
        prop_assert_eq!(report.faults, vec![Fault::HistoryRewritten { from, until }]);
        prop_assert!(audit(&honest).is_clean());
    }
}
