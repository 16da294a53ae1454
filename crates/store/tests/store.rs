//! The store as its callers meet it.

mod common;

use std::fs;

use common::{AT, ORIGIN, row, rows, store_of};
use serde_json::json;
use truceline_record::{TilePath, check_consistency, check_inclusion, decode_bundle, digest_of, leaf_hash};
use truceline_store::{
    AppendError, NewEntry, Object, OpenError, Outcome, ReadError, SMALL_OBJECT_BYTES, Store, VaultError,
};

#[test]
fn what_was_appended_is_there_after_opening_again() {
    let (dir, mut store) = store_of(700);
    store.checkpoint(AT).unwrap();
    let root = store.last_checkpoint().unwrap().unwrap().root;
    drop(store);
    let mut store = Store::open(dir.path()).unwrap();
    assert_eq!(store.len(), Ok(700));
    let entry = store.entry(123).unwrap().unwrap();
    assert_eq!((entry.n, entry.kind.as_str(), &entry.body["row"]), (123, "report", &json!(123)));
    let Object::Bytes(raw) = &row(123).objects[0] else { panic!() };
    assert_eq!(store.object(&entry.objects[0]).unwrap().as_ref(), Some(raw));
    assert_eq!(store.entry(700), Ok(None));
    assert_eq!(store.object(&digest_of(b"nowhere")), Ok(None));
    // The tree goes on where it was: the same entries in one go give the same root.
    store.append(&rows(700..900)).unwrap();
    let other = tempfile::tempdir().unwrap();
    let mut whole = Store::create(other.path(), ORIGIN, [7; 32]).unwrap();
    whole.append(&rows(0..700)).unwrap();
    assert_eq!(whole.checkpoint(AT).unwrap().root, root);
    whole.append(&rows(700..900)).unwrap();
    assert_eq!(whole.checkpoint(AT).unwrap(), store.checkpoint(AT).unwrap());
    let report = store.verify().unwrap();
    assert_eq!((report.faults, report.entries, report.signed, report.checkpoints), (vec![], 900, 900, 4));
}

#[test]
fn a_key_is_logged_once() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::create(dir.path(), ORIGIN, [1; 32]).unwrap();
    let first = store.append(&[row(1), row(2), row(1)]).unwrap();
    assert_eq!(first.iter().map(|a| a.n).collect::<Vec<_>>(), [0, 1, 0]);
    assert_eq!(first[2].outcome, Outcome::Duplicate);
    assert_eq!(first[2].leaf, first[0].leaf);
    let again = store.append(&[row(2), row(3)]).unwrap();
    assert_eq!((again[0].n, again[0].outcome), (1, Outcome::Duplicate));
    assert_eq!((again[1].n, again[1].outcome), (2, Outcome::Logged));
    assert_eq!(store.len(), Ok(3));
    assert_eq!(store.number_of(&row(3).key.unwrap()), Ok(Some(2)));
    // Without a key nothing is the same.
    let keyless = NewEntry { key: None, ..row(9) };
    store.append(&[keyless.clone(), keyless]).unwrap();
    assert_eq!(store.len(), Ok(5));
    assert!(store.verify().unwrap().is_clean());
}

#[test]
fn a_batch_is_all_or_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::create(dir.path(), ORIGIN, [1; 32]).unwrap();
    let bad = NewEntry { body: json!({"lat": 36.5}), ..row(2) };
    let error = store.append(&[row(1), bad]).unwrap_err();
    assert!(matches!(error, AppendError::Entry { place: 1, .. }), "{error}");
    assert_eq!(
        error.to_string(),
        "entry 1 of the batch: $.body.lat: 36.5 is not a whole number; write a scaled integer or text"
    );
    assert_eq!(store.len(), Ok(0));
    let unknown = NewEntry { objects: vec![Object::Kept(digest_of(b"?"))], ..row(2) };
    assert!(matches!(store.append(&[row(1), unknown]), Err(AppendError::UnknownObject { place: 1, .. })));
    assert_eq!(store.append(&[row(1)]).unwrap()[0].n, 0);
    assert!(store.verify().unwrap().is_clean());
}

#[test]
fn one_writes_and_others_read() {
    let (dir, mut store) = store_of(30);
    let error = Store::open(dir.path()).unwrap_err();
    assert_eq!(error, OpenError::InUse { dir: dir.path().into() });
    let mut reader = Store::open_read_only(dir.path()).unwrap();
    assert_eq!(reader.len(), Ok(30));
    store.append(&rows(30..40)).unwrap();
    assert_eq!(reader.len(), Ok(40));
    assert_eq!(reader.entries(35..99).map(|e| e.unwrap().n).collect::<Vec<_>>(), [35, 36, 37, 38, 39]);
    assert!(reader.verify().unwrap().is_clean());
    assert_eq!(reader.append(&[row(1)]), Err(AppendError::ReadOnly));
    assert_eq!(reader.put_stream(&b"x"[..], 9), Err(VaultError::ReadOnly));
    drop(store);
    Store::open(dir.path()).unwrap();
}

#[test]
fn folders_that_are_no_store_are_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(Store::open(dir.path()), Err(OpenError::NotAStore { .. })));
    assert!(!Store::is_there(dir.path()));
    fs::write(dir.path().join("truceline.db"), b"").unwrap();
    assert!(matches!(Store::open(dir.path()), Err(OpenError::Unfinished { .. })));
    // What an interrupted creation left is no hindrance.
    fs::write(dir.path().join("log.unfinished"), b"half").unwrap();
    drop(Store::create(dir.path(), ORIGIN, [1; 32]).unwrap());
    assert!(Store::is_there(dir.path()));
    assert!(matches!(Store::create(dir.path(), ORIGIN, [2; 32]), Err(OpenError::AlreadyThere { .. })));
    fs::write(dir.path().join("log.key"), "truceline log key 1\nx\n").unwrap();
    assert!(matches!(Store::open(dir.path()), Err(OpenError::Key { .. })));
    Store::open_read_only(dir.path()).unwrap();
    assert!(matches!(Store::create(&dir.path().join("n"), "a b", [1; 32]), Err(OpenError::Key { .. })));
}

#[cfg(unix)]
#[test]
fn the_secret_key_is_its_owners_only() {
    use std::os::unix::fs::PermissionsExt;
    let (dir, store) = store_of(1);
    let mode = fs::metadata(dir.path().join("log.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let public = fs::read_to_string(dir.path().join("log.pub")).unwrap();
    assert!(public.starts_with(&format!("{ORIGIN}+")), "{public}");
    drop(store);
    fs::set_permissions(dir.path().join("log.key"), fs::Permissions::from_mode(0o640)).unwrap();
    let Err(OpenError::Key { reason }) = Store::open(dir.path()) else {
        panic!("a key that others may read signs nothing")
    };
    assert!(reason.contains("mode 640") && reason.contains("chmod 600"), "{reason}");
    assert!(Store::open_read_only(dir.path()).is_ok());
}

#[test]
fn large_objects_are_files_and_limits_hold() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::create(dir.path(), ORIGIN, [1; 32]).unwrap();
    let large = vec![5_u8; SMALL_OBJECT_BYTES + 1];
    let streamed = vec![6_u8; SMALL_OBJECT_BYTES + 100_000];
    let kept = store.put_stream(&streamed[..], u64::MAX).unwrap();
    assert_eq!((kept.digest, kept.bytes), (digest_of(&streamed), streamed.len() as u64));
    let objects = vec![Object::Bytes(large.clone()), Object::Kept(kept.digest), Object::Bytes(vec![])];
    store.append(&[NewEntry { objects, ..row(1) }]).unwrap();
    let entry = store.entry(0).unwrap().unwrap();
    assert_eq!(store.object(&entry.objects[0]).unwrap().unwrap(), large);
    assert_eq!(store.object(&entry.objects[1]).unwrap().unwrap(), streamed);
    assert_eq!(store.object(&entry.objects[2]).unwrap().unwrap(), b"");
    let mut read = Vec::new();
    std::io::copy(&mut store.object_reader(&kept.digest).unwrap().unwrap(), &mut read).unwrap();
    assert_eq!(read, streamed);

    for limit in [10, SMALL_OBJECT_BYTES as u64 + 5] {
        assert_eq!(store.put_stream(&streamed[..], limit), Err(VaultError::TooLarge { limit }));
    }
    assert_eq!(store.put_stream(&b"0123456789"[..], 10).unwrap().bytes, 10);
    let report = store.verify().unwrap();
    assert_eq!((report.faults, report.objects), (vec![], 4));

    let name = kept.digest.to_string();
    let file = dir.path().join("vault").join(&name[..2]).join(&name);
    let mut bytes = fs::read(&file).unwrap();
    bytes[77] ^= 1;
    fs::write(&file, bytes).unwrap();
    assert_eq!(store.verify().unwrap().first_wrong_entry(), Some(0));
    assert!(store.object(&kept.digest).is_err());
    fs::remove_file(&file).unwrap();
    let report = store.verify().unwrap();
    assert_eq!(
        report.faults[0].to_string(),
        format!("object {name}: missing from the vault; referred to by entry 0")
    );
}

#[test]
fn proofs_and_static_files_come_from_the_last_checkpoint() {
    let (dir, mut store) = store_of(600);
    let old = store.last_checkpoint().unwrap().unwrap();
    let last = store.checkpoint(AT).unwrap();
    store.append(&rows(600..610)).unwrap();
    let key = store.verifier().clone();
    for n in [0, 255, 256, 599] {
        let (checkpoint, proof) = store.prove_inclusion(n).unwrap();
        let leaf = leaf_hash(&store.entry(n).unwrap().unwrap().to_bytes().unwrap());
        assert_eq!(check_inclusion(&proof, checkpoint.size, checkpoint.root, n, leaf), Ok(()));
    }
    assert!(store.prove_inclusion(600).is_err());
    let (new, proof) = store.prove_consistency(old.size).unwrap();
    assert_eq!(check_consistency(&proof, new.size, new.root, old.size, old.root), Ok(()));

    let out = dir.path().join("www");
    assert_eq!(store.export_static(&out), Ok(600));
    let note = fs::read(out.join("checkpoint")).unwrap();
    assert_eq!(note, last.note);
    assert_eq!(key.open(&note).unwrap().size, 600);
    let bundle = fs::read(out.join("tile/entries/002.p/88")).unwrap();
    let tile = fs::read(out.join("tile/0/002.p/88")).unwrap();
    let leaves: Vec<u8> = decode_bundle(&bundle).unwrap().iter().flat_map(|e| leaf_hash(e).0).collect();
    assert_eq!(leaves, tile);
    assert_eq!(fs::read(out.join("tile/1/000.p/2")).unwrap().len(), 64);
    // An older checkpoint's partial tile is cut from a wider one.
    assert_eq!(store.tile_at(TilePath::hashes(0, 2, 5)).unwrap(), tile[..160]);
    assert!(store.tile_at(TilePath::Entries { index: 2, width: 90 }).is_err());
}

#[test]
fn a_checkpoint_with_nothing_new_is_the_same() {
    let (_dir, mut store) = store_of(10);
    let first = store.checkpoint(AT).unwrap();
    assert_eq!(store.checkpoint("2020-01-01T00:00:00Z").unwrap(), first);
    let empty = tempfile::tempdir().unwrap();
    let mut empty = Store::create(empty.path(), ORIGIN, [1; 32]).unwrap();
    assert_eq!(empty.checkpoint(AT).unwrap().size, 0);
    empty.append(&rows(0..3)).unwrap();
    assert_eq!(empty.checkpoint(AT).unwrap().size, 3);
    let report = empty.verify().unwrap();
    assert_eq!((report.faults, report.checkpoints), (vec![], 2));
}

#[test]
fn sql_cannot_change_the_log_by_mistake() {
    let (dir, store) = store_of(10);
    drop(store);
    let raw = rusqlite::Connection::open(dir.path().join("truceline.db")).unwrap();
    for sql in [
        "UPDATE entries SET bytes = x'00' WHERE n = 3",
        "DELETE FROM entries WHERE n = 9",
        "INSERT INTO entries (n, bytes, leaf_hash) VALUES (11, x'00', x'00')",
        "INSERT OR REPLACE INTO entries (n, bytes, leaf_hash) VALUES (3, x'00', x'00')",
        "UPDATE vault SET bytes = x'00'",
        "DELETE FROM vault",
        "UPDATE checkpoints SET note = x'00'",
        "DELETE FROM checkpoints",
        "UPDATE tiles SET bytes = x'00'",
    ] {
        assert!(raw.execute(sql, []).is_err(), "{sql}");
    }
}

#[test]
fn creation_never_clears_away_what_might_be_a_store() {
    let (dir, store) = store_of(5);
    drop(store);
    let path = dir.path().join("truceline.db");
    let mut damaged = fs::read(&path).unwrap();
    damaged[..16].fill(0);
    fs::write(&path, &damaged).unwrap();
    assert!(Store::is_there(dir.path()));
    assert!(Store::create(dir.path(), ORIGIN, [2; 32]).is_err());
    assert_eq!(fs::read(&path).unwrap(), damaged);

    let other = tempfile::tempdir().unwrap();
    let path = other.path().join("truceline.db");
    rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE mine (x)").unwrap();
    assert!(matches!(Store::create(other.path(), ORIGIN, [2; 32]), Err(OpenError::AlreadyThere { .. })));
    assert!(path.is_file());
}

#[test]
fn a_store_whose_database_was_emptied_is_not_made_anew() {
    let (dir, store) = store_of(9);
    let left = tempfile::tempdir().unwrap();
    for name in ["truceline.db", "truceline.db-wal", "log.key", "log.pub"] {
        fs::copy(dir.path().join(name), left.path().join(name)).unwrap();
    }
    drop(store);
    fs::write(left.path().join("truceline.db"), b"").unwrap();
    let refused = Store::create(left.path(), ORIGIN, [9; 32]).unwrap_err();
    assert!(matches!(refused, OpenError::AlreadyThere { .. }), "{refused}");
    assert!(fs::metadata(left.path().join("truceline.db-wal")).unwrap().len() > 0);
}

#[test]
fn nothing_is_derived_from_a_damaged_entry() {
    let (dir, store) = store_of(600);
    drop(store);
    let raw = rusqlite::Connection::open(dir.path().join("truceline.db")).unwrap();
    raw.execute_batch("DROP TRIGGER entries_no_update; DROP TRIGGER entries_no_delete").unwrap();
    raw.execute("DELETE FROM entries WHERE n BETWEEN 100 AND 500", []).unwrap();
    let changed = store_of(1).1.entries(0..1).next().unwrap().unwrap().bytes;
    raw.execute("UPDATE entries SET bytes = ?1 WHERE n = 0", [changed]).unwrap();
    let store = Store::open_read_only(dir.path()).unwrap();
    assert_eq!(store.entry(1).unwrap().unwrap().n, 1);
    raw.execute("UPDATE entries SET leaf_hash = zeroblob(32) WHERE n = 2", []).unwrap();
    assert_eq!(store.entry(2), Err(ReadError::Changed { n: 2 }));
    let read: Vec<_> = store.entries(0..u64::MAX).collect();
    assert!(matches!(read.last(), Some(Err(ReadError::Missing { n: 100 }))));
    assert!(read.iter().rev().skip(1).all(Result::is_ok));
}
