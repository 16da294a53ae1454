//! The log's key replaced in a store: what each key counts for afterwards, and what an intruder makes of it who has the one before and the disk.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::fs;

use common::{AT, ORIGIN, rows, store_of};
use rusqlite::Connection;
use serde_json::json;
use truceline_record::{Digest, KEY_CHANGE, LogSigner, LogVerifier, WitnessRequest};
use truceline_store::{NewEntry, OpenError, ReplaceError, Store, VerifyReport, WitnessFolder};

const OLD: [u8; 32] = [7; 32];

fn key(seed: u8) -> String {
    LogSigner::new(ORIGIN, &[seed; 32]).unwrap().verifier_key()
}

fn verifier(seed: u8) -> LogVerifier {
    LogVerifier::new(&key(seed)).unwrap()
}

fn change(from: u8, to: u8) -> NewEntry {
    let body = json!({ "from": key(from), "to": key(to) });
    NewEntry { kind: KEY_CHANGE.into(), at: AT.into(), body, key: None, objects: Vec::new() }
}

fn replace(store: &mut Store, from: u8, to: u8) -> u64 {
    store.replace_key(&[to; 32], change(from, to), AT).unwrap().n
}

fn faults(report: &VerifyReport) -> String {
    report.faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn clean(store: &Store, key: &LogVerifier) {
    let report = store.verify_against(key, &[]).unwrap();
    assert!(report.is_clean(), "{}", faults(&report));
}

#[test]
fn each_key_counts_for_its_own_part_and_the_record_is_one() {
    let (dir, mut store) = store_of(300);
    store.checkpoint(AT).unwrap();
    let kept = store.checkpoint_note().unwrap().unwrap();
    let at_300 = store.last_checkpoint().unwrap().unwrap();
    assert_eq!(replace(&mut store, 7, 8), 300);
    let first = store.last_checkpoint().unwrap().unwrap();
    assert_eq!((first.size, store.verifier().verifier_key()), (301, key(8).as_str()));
    store.append(&rows(300..600)).unwrap();
    store.checkpoint(AT).unwrap();
    assert_eq!(replace(&mut store, 8, 9), 601);
    store.append(&rows(600..610)).unwrap();
    store.checkpoint(AT).unwrap();
    drop(store);

    // Nothing of the keys before is left but their public halves.
    let text = fs::read_to_string(dir.path().join("log.key")).unwrap();
    assert!(text.contains(&Digest([9; 32]).to_string()) && !dir.path().join("next.key").exists());
    assert_eq!(fs::read_to_string(dir.path().join("log.pub")).unwrap().trim(), key(9));
    for store in [Store::open(dir.path()).unwrap(), Store::open_read_only(dir.path()).unwrap()] {
        clean(&store, store.verifier());
        // With the key of today from elsewhere, and with a checkpoint that was kept from the first.
        let report = store.verify_against(&verifier(9), std::slice::from_ref(&kept)).unwrap();
        assert!(report.is_clean() && report.entries == 612 && report.checkpoints >= 5, "{}", faults(&report));
        assert_eq!(store.checkpoint_note_over(300).unwrap().as_ref(), Some(&kept));
        let (now, proof) = store.prove_consistency(300).unwrap();
        truceline_record::check_consistency(&proof, now.size, now.root, 300, at_300.root).unwrap();
        // Neither key before is the record's key.
        for old in [7, 8] {
            assert!(!store.verify_against(&verifier(old), &[]).unwrap().is_clean());
        }
        assert_eq!(
            [300, 301, 601, 602].map(|size| store.verifier().key_over(size).to_owned()),
            [key(7), key(8), key(8), key(9)]
        );
    }
    // A copy, also into the folder of one from before, and whoever takes over.
    let copy = tempfile::tempdir().unwrap();
    Store::backup(dir.path(), copy.path(), true, AT).unwrap();
    Store::take_over(copy.path()).unwrap();
    let mut other = Store::open(copy.path()).unwrap();
    other.append(&rows(700..701)).unwrap();
    other.checkpoint(AT).unwrap();
    clean(&other, &verifier(9));
    // Moved, it is the same.
    let moved = tempfile::tempdir().unwrap();
    let report = Store::relocate(dir.path(), &moved.path().join("s"), None).unwrap();
    assert_eq!(report.entries, 612);
    clean(&Store::open(&moved.path().join("s")).unwrap(), &verifier(9));
}

#[test]
fn a_copy_from_before_is_brought_up_to_the_new_key() {
    let (dir, mut store) = store_of(30);
    store.checkpoint(AT).unwrap();
    let copy = tempfile::tempdir().unwrap();
    Store::backup(dir.path(), copy.path(), false, AT).unwrap();
    replace(&mut store, 7, 8);
    Store::backup(dir.path(), copy.path(), false, AT).unwrap();
    clean(&Store::open_read_only(copy.path()).unwrap(), &verifier(8));
    assert!(Store::backup(dir.path(), copy.path(), false, AT).is_ok());
}

#[test]
fn whoever_has_the_key_before_and_the_disk_is_found_out_by_the_new_one() {
    let (dir, mut store) = store_of(30);
    store.checkpoint(AT).unwrap();
    replace(&mut store, 7, 8);
    store.append(&rows(40..50)).unwrap();
    store.checkpoint(AT).unwrap();
    drop(store);
    let thief = LogSigner::new(ORIGIN, &OLD).unwrap();
    let raw = || Connection::open(dir.path().join("truceline.db")).unwrap();
    let report = || Store::open_to_verify(dir.path()).unwrap().verify_against(&verifier(8), &[]).unwrap();
    let root = report().root;
    let former = |text: String| {
        raw().execute("UPDATE meta SET value = ?1 WHERE name = 'former-keys'", [text]).unwrap();
    };
    // He signs what is there, and says that his key still counts.
    raw().execute_batch("DROP TRIGGER checkpoints_no_delete; DROP TRIGGER checkpoints_no_update").unwrap();
    let last = thief.sign_checkpoint(41, root).unwrap();
    raw().execute("UPDATE checkpoints SET note = ?1 WHERE size = 41", [last]).unwrap();
    assert!(faults(&report()).contains("checkpoint over 41 entries"), "{}", faults(&report()));
    former(format!("900 {}\n", key(7)));
    assert!(
        faults(&report()).contains("no entry says that it counted for the first 900"),
        "{}",
        faults(&report())
    );
    // He takes away all that the new key signed; then nothing says up to where his counted.
    former(format!("30 {}\n", key(7)));
    raw().execute("DELETE FROM checkpoints WHERE size > 30", []).unwrap();
    assert!(faults(&report()).contains("the key of today has not signed entry 30"), "{}", faults(&report()));
    // A key that never was the log's.
    former(format!("30 {}\n5 {}\n", key(7), key(66)));
    assert!(faults(&report()).contains("first 5 entries"), "{}", faults(&report()));
    former(String::new());
    assert!(!report().is_clean());
}

#[test]
fn a_lost_key_is_replaced_and_what_was_not_signed_is_signed_by_the_new_one() {
    let (dir, mut store) = store_of(30);
    store.checkpoint(AT).unwrap();
    store.append(&rows(90..95)).unwrap();
    drop(store);
    let seed = [8; 32];
    let there = Store::replace_lost_key(dir.path(), &seed, change(7, 8), AT).unwrap_err();
    assert!(matches!(there, ReplaceError::NotLost { .. }), "{there}");
    fs::remove_file(dir.path().join("log.key")).unwrap();
    assert!(matches!(Store::open(dir.path()), Err(OpenError::Key { .. })));
    // An entry that names other keys than these two changes nothing.
    for wrong in [change(6, 8), change(7, 9), NewEntry { kind: "memo".into(), ..change(7, 8) }] {
        let refused = Store::replace_lost_key(dir.path(), &seed, wrong, AT).unwrap_err();
        assert_eq!(refused, ReplaceError::NotAChange);
    }
    let done = Store::replace_lost_key(dir.path(), &seed, change(7, 8), AT).unwrap();
    assert_eq!((done.n, done.checkpoint.size), (35, 36));
    let mut store = Store::open(dir.path()).unwrap();
    clean(&store, &verifier(8));
    store.append(&rows(95..99)).unwrap();
    store.checkpoint(AT).unwrap();
    clean(&store, &verifier(8));
}

/// The files of a change that a kill can leave, each state opened again: by the one key or by the other, never by neither.
#[test]
fn whatever_a_kill_leaves_is_gone_on_with_or_taken_back() {
    let (dir, mut store) = store_of(30);
    store.checkpoint(AT).unwrap();
    // The new key is there, and nothing else yet.
    let next = dir.path().join("next.key");
    let text = fs::read_to_string(dir.path().join("log.key")).unwrap();
    let of = |seed: u8| text.replace(&Digest(OLD).to_string(), &Digest([seed; 32]).to_string());
    let put = |seed: u8| {
        fs::write(&next, of(seed)).unwrap();
        #[cfg(unix)]
        fs::set_permissions(&next, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    };
    put(8);
    // Logged, and the tables say nothing of it yet: it never came.
    store.append(&[change(7, 8)]).unwrap();
    drop(store);
    let mut store = Store::open(dir.path()).unwrap();
    assert!(!next.exists() && store.verifier().verifier_key() == key(7));
    store.checkpoint(AT).unwrap();
    clean(&store, &verifier(7));
    // The tables have it, the files and the first signature are missing.
    let n = replace(&mut store, 7, 9);
    drop(store);
    let raw = Connection::open(dir.path().join("truceline.db")).unwrap();
    raw.execute_batch("DROP TRIGGER checkpoints_no_delete").unwrap();
    raw.execute("DELETE FROM checkpoints WHERE size > ?1", [n]).unwrap();
    raw.execute("DELETE FROM tiles WHERE path LIKE '%.p/%'", []).unwrap();
    drop(raw);
    put(9);
    fs::write(dir.path().join("log.key"), of(7)).unwrap();
    fs::write(dir.path().join("log.pub"), format!("{}\n", key(7))).unwrap();
    let store = Store::open(dir.path()).unwrap();
    assert!(!next.exists());
    assert_eq!(store.last_checkpoint().unwrap().unwrap().size, n + 1);
    assert_eq!(fs::read_to_string(dir.path().join("log.pub")).unwrap().trim(), key(9));
    let report = store.verify_against(&verifier(9), &[]).unwrap();
    // The partial tiles were taken away above, and signing puts them back.
    assert!(report.is_clean(), "{}", faults(&report));
}

#[test]
fn a_witness_goes_on_with_the_new_key_from_where_the_old_one_stopped() {
    let (_dir, mut store) = store_of(30);
    store.checkpoint(AT).unwrap();
    let at = tempfile::tempdir().unwrap();
    let mut witness = WitnessFolder::create(at.path(), "witness.example/geneva", &[1; 32]).unwrap();
    witness.trust(store.verifier()).unwrap();
    let ask = |witness: &mut WitnessFolder, store: &Store, old: u64| {
        let (_, proof) = store.prove_consistency(old).unwrap();
        let note = store.checkpoint_note().unwrap().unwrap();
        witness.answer(&WitnessRequest { old, proof, note }.to_bytes(), 100).unwrap()
    };
    assert_eq!(ask(&mut witness, &store, 0).status, 200);
    replace(&mut store, 7, 8);
    assert_eq!(ask(&mut witness, &store, 30).status, 403, "nobody told it");
    witness.trust(&verifier(8)).unwrap();
    witness.distrust(&verifier(7)).unwrap();
    let answer = ask(&mut witness, &store, 30);
    assert_eq!(answer.status, 200);
    let note = store.checkpoint_note().unwrap().unwrap();
    store.keep_cosigned(&truceline_record::with_signatures(&note, &answer.body).unwrap()).unwrap();
    assert_eq!(store.cosigned().unwrap()[0].checkpoint.size, 31);
    // A thief with the key before signs another history of the same beginning: it has no key there any more.
    let other = tempfile::tempdir().unwrap();
    let mut forged = Store::create(other.path(), ORIGIN, OLD).unwrap();
    forged.append(&rows(0..31)).unwrap();
    forged.checkpoint(AT).unwrap();
    assert_eq!(ask(&mut witness, &forged, 30).status, 403);
}

#[cfg(unix)]
#[test]
fn with_tables_in_postgresql_it_is_the_same() {
    let Some(server) = common::server::Server::start() else { return };
    let dir = tempfile::tempdir().unwrap();
    let place = server.place(&server.database(), 0);
    let mut store = Store::create_in(dir.path(), ORIGIN, OLD, &place).unwrap();
    store.append(&rows(0..20)).unwrap();
    replace(&mut store, 7, 8);
    store.append(&rows(20..30)).unwrap();
    store.checkpoint(AT).unwrap();
    drop(store);
    let store = Store::open(dir.path()).unwrap();
    clean(&store, &verifier(8));
    assert!(store.verify_against(&verifier(7), &[]).is_ok_and(|report| !report.is_clean()));
    drop(store);
    clean(&Store::open_read_only(dir.path()).unwrap(), &verifier(8));
    let other = tempfile::tempdir().unwrap();
    let home = other.path().join("home");
    Store::relocate(dir.path(), &home, None).unwrap();
    clean(&Store::open(&home).unwrap(), &verifier(8));
}
