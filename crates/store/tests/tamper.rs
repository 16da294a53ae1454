//! What an intruder with root could do to the files, and whether `verify` names the entry.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod common;

use std::fs;
use std::path::Path;

use common::{AT, Dice, ORIGIN, rows, store_of};
use rusqlite::{Connection, params};
use tempfile::TempDir;
use truceline_record::{Entry, Fault, LogSigner, TILE_WIDTH, TilePath, Tiler, leaf_hash};
use truceline_store::{SignError, Store, VerifyReport};

const COUNT: u64 = 600;

/// A signed store of 600 entries, closed: checkpoints over 200, 400 and 600.
fn signed() -> TempDir {
    let (dir, mut store) = store_of(COUNT);
    store.checkpoint(AT).unwrap();
    assert_eq!(store.verify().unwrap().faults, []);
    drop(store);
    dir
}

/// A copy of a store, for one tampering.
fn copy(from: &Path) -> TempDir {
    let to = tempfile::tempdir().unwrap();
    for file in ["truceline.db", "truceline.db-wal", "log.key", "log.pub"] {
        if from.join(file).exists() {
            fs::copy(from.join(file), to.path().join(file)).unwrap();
        }
    }
    to
}

/// The database without its guards.
fn raw(dir: &Path) -> Connection {
    let raw = Connection::open(dir.join("truceline.db")).unwrap();
    let names: Vec<String> = raw
        .prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    for name in names {
        raw.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
    }
    raw
}

/// What verify says of a copy after a tampering.
fn after(original: &TempDir, tamper: impl FnOnce(&Connection)) -> VerifyReport {
    let dir = copy(original.path());
    let raw = raw(dir.path());
    tamper(&raw);
    drop(raw);
    let store = Store::open_read_only(dir.path()).unwrap();
    let report = store.verify().unwrap();
    for workers in [0, 1, 2, 3] {
        let same = store.verify_with(store.verifier(), &[], workers).unwrap();
        assert_eq!(same, report, "with {workers} workers");
    }
    report
}

fn flip(raw: &Connection, table: &str, column: &str, place: &str, dice: &mut Dice) -> usize {
    let query = format!("SELECT {column} FROM {table} WHERE {place}");
    let mut bytes: Vec<u8> = raw.query_row(&query, [], |row| row.get(0)).unwrap();
    let at = dice.below(bytes.len());
    bytes[at] ^= 1 << dice.below(8);
    let changed = raw.execute(&format!("UPDATE {table} SET {column} = ?1 WHERE {place}"), [bytes]).unwrap();
    assert_eq!(changed, 1);
    at
}

fn entry_bytes(raw: &Connection, n: u64) -> Vec<u8> {
    raw.query_row("SELECT bytes FROM entries WHERE n = ?1", [n], |row| row.get(0)).unwrap()
}

/// Writes other bytes and the hash that fits them.
fn rewrite(raw: &Connection, n: u64) {
    let mut entry = Entry::from_bytes(&entry_bytes(raw, n)).unwrap();
    entry.body["row"] = 999_999.into();
    let bytes = entry.to_bytes().unwrap();
    raw.execute(
        "UPDATE entries SET bytes = ?2, leaf_hash = ?3 WHERE n = ?1",
        params![n, bytes, leaf_hash(&bytes).0],
    )
    .unwrap();
}

/// Makes all tiles fit the entries again.
fn retile(raw: &Connection) -> Tiler {
    let mut tiler = Tiler::new();
    raw.execute("DELETE FROM tiles", []).unwrap();
    let mut put = raw.prepare("INSERT INTO tiles (path, bytes) VALUES (?1, ?2)").unwrap();
    let count: u64 = raw.query_row("SELECT count(*) FROM entries", [], |row| row.get(0)).unwrap();
    for n in 0..count {
        for (path, bytes) in tiler.push(leaf_hash(&entry_bytes(raw, n))) {
            put.execute(params![path.to_string(), bytes]).unwrap();
        }
    }
    for (path, bytes) in tiler.partial_tiles() {
        put.execute(params![path.to_string(), bytes]).unwrap();
    }
    tiler
}

#[test]
fn a_flipped_bit_of_an_entry_names_it() {
    let original = signed();
    let mut dice = Dice(1);
    for _ in 0..60 {
        let n = dice.next() % COUNT;
        let report = after(&original, |raw| {
            flip(raw, "entries", "bytes", &format!("n = {n}"), &mut dice);
        });
        assert_eq!(report.first_wrong_entry(), Some(n), "{:?}", report.faults);
        assert!(
            report.faults.contains(&Fault::EntryChanged { n })
                || matches!(report.faults[..], [Fault::EntryMisplaced { .. }, ..]),
            "{:?}",
            report.faults
        );
        assert_eq!(report.signed, COUNT, "the rest is still proven");
    }
}

#[test]
fn a_flipped_bit_of_a_stored_hash_names_its_entry() {
    let original = signed();
    let mut dice = Dice(2);
    for _ in 0..30 {
        let n = dice.next() % COUNT;
        let report = after(&original, |raw| {
            flip(raw, "entries", "leaf_hash", &format!("n = {n}"), &mut dice);
        });
        assert_eq!(report.faults, [Fault::LeafHashChanged { n }]);
    }
}

#[test]
fn a_flipped_bit_of_an_object_names_the_entries_that_refer_to_it() {
    let original = signed();
    let mut dice = Dice(3);
    for round in 0..40 {
        let n = dice.next() % COUNT;
        let column = if round % 2 == 0 { "bytes" } else { "digest" };
        let report = after(&original, |raw| {
            let object = Entry::from_bytes(&entry_bytes(raw, n)).unwrap().objects[0];
            flip(raw, "vault", column, &format!("digest = x'{object}'"), &mut dice);
        });
        assert_eq!(report.first_wrong_entry(), Some(n), "{:?}", report.faults);
    }
    let report = after(&original, |raw| {
        let object = Entry::from_bytes(&entry_bytes(raw, 77)).unwrap().objects[0];
        raw.execute("DELETE FROM vault WHERE digest = ?1", [object.0]).unwrap();
    });
    assert!(matches!(&report.faults[..], [Fault::ObjectMissing { entries, .. }] if *entries == [77]));
}

#[test]
fn a_flipped_bit_of_a_tile_names_the_entries_under_it() {
    let original = signed();
    let mut dice = Dice(4);
    let paths: Vec<TilePath> = TilePath::all_hashes(COUNT);
    for _ in 0..40 {
        let path = paths[dice.below(paths.len())];
        let TilePath::Hashes { level, index, .. } = path else { panic!() };
        let mut at = 0;
        let report = after(&original, |raw| {
            at = flip(raw, "tiles", "bytes", &format!("path = '{path}'"), &mut dice) as u64;
        });
        let each = u64::from(TILE_WIDTH).pow(u32::from(level));
        let from = (index * u64::from(TILE_WIDTH) + at / 32) * each;
        assert_eq!(report.faults, [Fault::TileChanged { path: path.to_string(), from, until: from + each }]);
    }
    let report = after(&original, |raw| {
        raw.execute("UPDATE tiles SET path = 'tile/0/007' WHERE path = 'tile/0/001'", []).unwrap();
    });
    let words: Vec<String> = report.faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        words,
        ["tile tile/0/001: missing; it begins at entry 256", "tile tile/0/007: the log has no such tile"]
    );
    let report = after(&original, |raw| {
        raw.execute("UPDATE tiles SET bytes = x'00' WHERE path = 'tile/0/001'", []).unwrap();
    });
    assert_eq!(report.first_wrong_entry(), Some(256));
}

#[test]
fn every_flipped_byte_of_a_checkpoint_is_seen() {
    let original = signed();
    let mut dice = Dice(5);
    for size in [200, 400, 600] {
        for _ in 0..25 {
            let report = after(&original, |raw| {
                flip(raw, "checkpoints", "note", &format!("size = {size}"), &mut dice);
            });
            assert!(
                matches!(&report.faults[..], [Fault::CheckpointForged { size: at, .. }] if *at == size),
                "{:?}",
                report.faults
            );
            assert_eq!(report.first_wrong_entry(), Some(size - 1));
            assert_eq!(report.checkpoints, 2);
        }
    }
    let report = after(&original, |raw| {
        raw.execute("UPDATE checkpoints SET size = 300 WHERE size = 200", []).unwrap();
    });
    assert_eq!(report.faults[0].to_string(), "checkpoint over 300 entries: it covers 200 entries");
}

#[test]
fn a_flipped_bit_of_the_index_of_keys_names_its_entry() {
    let original = signed();
    let mut dice = Dice(6);
    for _ in 0..20 {
        let n = dice.next() % COUNT;
        let report = after(&original, |raw| {
            flip(raw, "receipts", "key", &format!("n = {n}"), &mut dice);
        });
        assert_eq!(report.faults, [Fault::ReceiptChanged { n }]);
    }
    let report = after(&original, |raw| {
        raw.execute("UPDATE receipts SET n = 5 WHERE n = 9", []).unwrap();
    });
    assert_eq!(report.faults, [Fault::ReceiptChanged { n: 9 }]);
    let report = after(&original, |raw| {
        raw.execute("DELETE FROM receipts WHERE n = 9", []).unwrap();
    });
    assert_eq!(report.faults, [Fault::ReceiptChanged { n: 9 }]);
}

#[test]
fn an_entry_rewritten_with_its_hash_is_still_told_by_tiles() {
    let original = signed();
    for n in [0, 199, 256, 511, 512, 599] {
        let report = after(&original, |raw| rewrite(raw, n));
        assert_eq!(report.faults, [Fault::EntryChanged { n }]);
    }
}

#[test]
fn a_history_rewritten_with_all_hashes_is_told_by_what_was_signed() {
    let original = signed();
    for (n, from, until) in [(7, 0, 200), (250, 200, 400), (599, 400, 600)] {
        let report = after(&original, |raw| {
            rewrite(raw, n);
            retile(raw);
        });
        assert_eq!(report.faults, [Fault::HistoryRewritten { from, until }], "entry {n}");
        assert_eq!(report.signed, from);
    }
}

#[test]
fn cuts_gaps_and_swaps_are_named() {
    let original = signed();
    let report = after(&original, |raw| {
        raw.execute("DELETE FROM entries WHERE n >= 590", []).unwrap();
        raw.execute("DELETE FROM receipts WHERE n >= 590", []).unwrap();
    });
    assert_eq!(report.faults, [Fault::Truncated { have: 590, signed: 600 }]);
    assert_eq!(report.signed, 600, "what is left is proven by tiles");

    let report = after(&original, |raw| {
        raw.execute("DELETE FROM entries WHERE n >= 590", []).unwrap();
        raw.execute("DELETE FROM receipts WHERE n >= 590", []).unwrap();
        retile(raw);
    });
    assert_eq!(report.faults, [Fault::Truncated { have: 590, signed: 600 }]);
    assert_eq!(report.signed, 400, "with the tiles gone too, only the smaller checkpoint proves anything");

    let report = after(&original, |raw| {
        raw.execute("DELETE FROM entries WHERE n = 300", []).unwrap();
    });
    assert_eq!(report.first_wrong_entry(), Some(300));
    assert!(report.faults.contains(&Fault::EntriesMissing { from: 300, until: 301 }));

    let report = after(&original, |raw| {
        raw.execute("UPDATE entries SET n = -1 WHERE n = 10", []).unwrap();
        raw.execute("UPDATE entries SET n = 10 WHERE n = 20", []).unwrap();
        raw.execute("UPDATE entries SET n = 20 WHERE n = -1", []).unwrap();
    });
    assert_eq!(report.faults[0], Fault::EntryMisplaced { n: 10, says: 20 });
    assert!(report.faults.contains(&Fault::EntryMisplaced { n: 20, says: 10 }));

    // Renumbered over a gap: all that follow stand in another's place.
    let report = after(&original, |raw| {
        raw.execute("DELETE FROM entries WHERE n = 580", []).unwrap();
        for n in 581..600 {
            raw.execute("UPDATE entries SET n = ?1 - 1 WHERE n = ?1", [n]).unwrap();
        }
    });
    assert_eq!(report.faults[0], Fault::EntryMisplaced { n: 580, says: 581 });
}

#[test]
fn a_cut_that_takes_its_checkpoint_along_is_told_by_one_kept_elsewhere() {
    let original = signed();
    let store = Store::open_read_only(original.path()).unwrap();
    let (kept, key) = (store.checkpoint_note().unwrap().unwrap(), store.verifier().clone());
    let dir = copy(original.path());
    let raw = raw(dir.path());
    raw.execute_batch("DELETE FROM entries WHERE n >= 400; DELETE FROM receipts WHERE n >= 400; DELETE FROM checkpoints WHERE size > 400;").unwrap();
    retile(&raw);
    drop(raw);
    let cut = Store::open_read_only(dir.path()).unwrap();
    assert!(cut.verify().unwrap().is_clean(), "nothing in the folder can tell");
    let report = cut.verify_against(&key, &[kept]).unwrap();
    assert_eq!(report.faults, [Fault::Truncated { have: 400, signed: 600 }]);
}

#[test]
fn another_key_or_the_stolen_key_is_told_by_what_was_kept_elsewhere() {
    let original = signed();
    let store = Store::open_read_only(original.path()).unwrap();
    let (kept, key) = (store.checkpoint_note().unwrap().unwrap(), store.verifier().clone());
    for seed in [[8; 32], [7; 32]] {
        let dir = copy(original.path());
        let raw = raw(dir.path());
        rewrite(&raw, 3);
        let root = retile(&raw).root();
        let signer = LogSigner::new(ORIGIN, &seed).unwrap();
        let note = signer.sign_checkpoint(COUNT, root).unwrap();
        raw.execute("DELETE FROM checkpoints", []).unwrap();
        raw.execute("INSERT INTO checkpoints VALUES (?1, '', ?2)", params![COUNT, note]).unwrap();
        raw.execute("UPDATE meta SET value = ?1 WHERE name = 'verifier-key'", [signer.verifier_key()])
            .unwrap();
        fs::write(dir.path().join("log.pub"), signer.verifier_key()).unwrap();
        drop(raw);
        let forged = Store::open_read_only(dir.path()).unwrap();
        assert!(forged.verify().unwrap().is_clean(), "nothing in the folder can tell");
        let report = forged.verify_against(&key, std::slice::from_ref(&kept)).unwrap();
        let told = |fault: &Fault| matches!(fault, Fault::Forked { .. } | Fault::CheckpointForged { .. });
        assert!(report.faults.iter().any(told), "{:?}", report.faults);
    }
}

#[test]
fn a_tampered_log_gets_no_second_signature() {
    let original = signed();
    let dir = copy(original.path());
    let raw = raw(dir.path());
    rewrite(&raw, 3);
    retile(&raw);
    drop(raw);
    let mut store = Store::open(dir.path()).unwrap();
    assert!(matches!(store.checkpoint(AT), Err(SignError::NotAnExtension { signed: 600, .. })));
    store.append(&rows(600..610)).unwrap();
    let error = store.checkpoint(AT).unwrap_err();
    assert!(error.to_string().contains("run verify"), "{error}");
    assert!(store.last_checkpoint().unwrap().is_some_and(|last| last.size == 600));
}

/// Whatever a flipped bit of the database file hits: either it is told, or nothing that counts changed.
#[test]
fn a_flipped_bit_of_the_file_is_told_or_harmless() {
    let original = signed();
    let whole = Store::open_read_only(original.path()).unwrap();
    let root = whole.verify().unwrap().root;
    drop(whole);
    let file = fs::read(original.path().join("truceline.db")).unwrap();
    let mut dice = Dice(7);
    let mut told = 0;
    for _ in 0..150 {
        let dir = copy(original.path());
        let mut changed = file.clone();
        let at = dice.below(changed.len());
        changed[at] ^= 1 << dice.below(8);
        fs::write(dir.path().join("truceline.db"), changed).unwrap();
        let report = Store::open_read_only(dir.path()).map(|store| store.verify());
        match report {
            Ok(Ok(report)) if report.is_clean() => {
                assert_eq!(
                    (report.root, report.entries, report.signed, report.objects),
                    (root, COUNT, COUNT, COUNT),
                    "byte {at}"
                );
            }
            _ => told += 1,
        }
    }
    assert!(told > 75, "only {told} of 150 were told");
}

/// A torn end of the write-ahead log, as a disk leaves that lied about syncing: a prefix of the batches
/// is left, whole, and the rest can be sent again.
#[test]
fn a_torn_write_ahead_log_leaves_whole_batches() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::create(dir.path(), ORIGIN, [7; 32]).unwrap();
    let mut ends = vec![0];
    for batch in 0..60 {
        let first = *ends.last().unwrap();
        let end = first + 1 + batch % 5;
        store.append(&rows(first..end)).unwrap();
        if batch % 7 == 0 {
            store.checkpoint(AT).unwrap();
        }
        ends.push(end);
    }
    let count = *ends.last().unwrap();
    let root = store.checkpoint(AT).unwrap().root;
    let log = fs::read(dir.path().join("truceline.db-wal")).unwrap();
    let mut dice = Dice(8);
    let mut shorter = 0;
    for round in 0..40 {
        let torn = copy(dir.path());
        let mut left = log.clone();
        left.truncate(dice.below(log.len()));
        if round % 2 == 0 {
            // The last page is there and is rubbish.
            let from = left.len().saturating_sub(dice.below(4096));
            left[from..].iter_mut().for_each(|byte| *byte = dice.next() as u8);
        }
        fs::write(torn.path().join("truceline.db-wal"), left).unwrap();
        let mut again = Store::open(torn.path()).unwrap();
        let have = again.len().unwrap();
        assert!(ends.contains(&have), "{have} is within a batch");
        shorter += u32::from(have < count);
        assert_eq!(again.verify().unwrap().faults, []);
        let receipts = again.append(&rows(0..count)).unwrap();
        assert!(receipts.iter().zip(0..).all(|(receipt, n)| receipt.n == n));
        assert_eq!(again.checkpoint(AT).unwrap().root, root);
        assert_eq!(again.verify().unwrap().faults, []);
    }
    assert!(shorter > 20);
}

#[test]
fn faults_come_by_entry_and_in_words() {
    let original = signed();
    let report = after(&original, |raw| {
        for n in [500, 20, 333] {
            raw.execute("UPDATE entries SET bytes = x'7b7d' WHERE n = ?1", [n]).unwrap();
        }
    });
    assert_eq!(report.first_wrong_entry(), Some(20));
    let named: Vec<Option<u64>> = report.faults.iter().map(Fault::entry).collect();
    assert!(named.is_sorted(), "{named:?}");
    assert_eq!(report.faults[0].to_string(), "entry 20: its bytes were changed after it was logged");
}
