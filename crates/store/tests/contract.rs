//! What every database must do for a store: one list of behaviours, run over each, and both side by side.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use common::server::Server;
use common::{AT, ORIGIN, row, rows};
use serde_json::json;
use tempfile::TempDir;
use truceline_record::{Fault, check_consistency, check_inclusion, digest_of, leaf_hash};
use truceline_store::{
    AppendError, MoveError, NewEntry, Object, OpenError, Outcome, Pace, SMALL_OBJECT_BYTES, Sequencer, Store,
    VaultError,
};

/// Where stores are made.
struct Ground {
    server: Option<Server>,
    folders: TempDir,
    /// The database of each folder.
    databases: RefCell<BTreeMap<PathBuf, String>>,
}

impl Ground {
    fn sqlite() -> Self {
        Self { server: None, folders: tempfile::tempdir().unwrap(), databases: RefCell::default() }
    }

    fn postgres() -> Option<Self> {
        Some(Self { server: Some(Server::start()?), ..Self::sqlite() })
    }

    fn store(&self, name: &str) -> (PathBuf, Store) {
        let dir = self.folders.path().join(name);
        let store = match &self.server {
            None => Store::create(&dir, ORIGIN, [7; 32]),
            Some(server) => {
                let database = server.database();
                let place = server.place(&database, 0);
                self.databases.borrow_mut().insert(dir.clone(), database);
                Store::create_in(&dir, ORIGIN, [7; 32], &place)
            }
        };
        (dir, store.unwrap())
    }

    /// A copy of a closed store, as somebody with root makes one.
    fn copy(&self, from: &Path, name: &str) -> PathBuf {
        let to = self.folders.path().join(name);
        fs::create_dir(&to).unwrap();
        for file in fs::read_dir(from).unwrap().map(|file| file.unwrap().path()).filter(|file| file.is_file())
        {
            fs::copy(&file, to.join(file.file_name().unwrap())).unwrap();
        }
        if let Some(server) = &self.server {
            let database = self.databases.borrow().get(from).unwrap().clone();
            let copied = server.copy(&database);
            let place = fs::read_to_string(to.join("postgres")).unwrap();
            let (was, is) = (format!("dbname={database}\n"), format!("dbname={copied}\n"));
            fs::write(to.join("postgres"), place.replace(&was, &is)).unwrap();
            self.databases.borrow_mut().insert(to.clone(), copied);
        }
        to
    }

    /// Runs SQL as its guards' owner; `past` them as an intruder would.
    fn sql(&self, dir: &Path, sql: &str, past: bool) -> Result<(), String> {
        match &self.server {
            None => {
                let raw = rusqlite::Connection::open(dir.join("truceline.db")).unwrap();
                let guards = "SELECT name || ' ' || sql FROM sqlite_master WHERE type = 'trigger'";
                let guards: Vec<String> = raw
                    .prepare(guards)
                    .unwrap()
                    .query_map([], |row| row.get(0))
                    .unwrap()
                    .map(Result::unwrap)
                    .collect();
                let named = guards.iter().map(|guard| guard.split_once(' ').unwrap());
                if past {
                    named
                        .clone()
                        .for_each(|(name, _)| raw.execute_batch(&format!("DROP TRIGGER {name}")).unwrap());
                }
                let done = raw.execute_batch(sql).map_err(|error| error.to_string());
                if past {
                    named.for_each(|(_, guard)| raw.execute_batch(guard).unwrap());
                }
                done
            }
            Some(server) => {
                let database = self.databases.borrow().get(dir).unwrap().clone();
                let role = if past { "SET session_replication_role = replica;" } else { "" };
                let script = format!("SET search_path = truceline_log; {role} {sql}");
                server.try_psql(&database, &script).map(drop)
            }
        }
    }
}

type Behaviour = (&'static str, fn(&Ground));

const CONTRACT: [Behaviour; 11] = [
    ("erased", erased),
    ("reopened", what_was_appended_is_there_after_opening_again),
    ("keys", a_key_is_logged_once),
    ("whole", a_batch_is_all_or_nothing),
    ("two", one_writes_and_others_read),
    ("objects", objects_small_and_large_are_kept_and_limits_hold),
    ("proofs", proofs_and_static_files_come_from_the_last_checkpoint),
    ("guards", sql_cannot_change_the_log_by_mistake),
    ("made-twice", a_store_is_not_made_over_another),
    ("many", many_writers_share_commits_that_are_signed),
    ("damage", nothing_is_derived_from_a_damaged_entry),
];

#[test]
fn sqlite_keeps_the_contract() {
    let ground = Ground::sqlite();
    CONTRACT.iter().for_each(|(_, keep)| keep(&ground));
}

#[test]
fn postgres_keeps_the_contract() {
    let Some(ground) = Ground::postgres() else { return };
    for (name, keep) in CONTRACT {
        eprintln!("{name}");
        keep(&ground);
    }
    both_keep_the_same_bytes(&ground);
    verify_finds_the_same_in_both(&ground);
    moving_there_and_back_loses_nothing(&ground);
}

fn grow(store: &mut Store) {
    for range in [0..200, 200..400, 400..600] {
        store.append(&rows(range)).unwrap();
        store.checkpoint(AT).unwrap();
    }
}

fn what_was_appended_is_there_after_opening_again(ground: &Ground) {
    let (dir, mut store) = ground.store("reopened");
    store.append(&rows(0..300)).unwrap();
    store.checkpoint(AT).unwrap();
    store.append(&rows(300..700)).unwrap();
    drop(store);
    let mut store = Store::open(&dir).unwrap();
    assert_eq!(store.len(), Ok(700));
    let entry = store.entry(123).unwrap().unwrap();
    assert_eq!((entry.n, entry.kind.as_str(), &entry.body["row"]), (123, "report", &json!(123)));
    let Object::Bytes(raw) = &row(123).objects[0] else { panic!() };
    assert_eq!(store.object(&entry.objects[0]).unwrap().as_ref(), Some(raw));
    assert_eq!(store.entry(700), Ok(None));
    assert_eq!(store.entry(u64::MAX), Ok(None));
    assert_eq!(store.object(&digest_of(b"nowhere")), Ok(None));
    store.append(&rows(700..900)).unwrap();
    let last = store.checkpoint(AT).unwrap();
    assert_eq!(store.checkpoint("2020-01-01T00:00:00Z").unwrap(), last, "nothing new");
    let report = store.verify().unwrap();
    assert_eq!((report.faults, report.entries, report.signed, report.checkpoints), (vec![], 900, 900, 2));
}

fn a_key_is_logged_once(ground: &Ground) {
    let (_, mut store) = ground.store("keys");
    let first = store.append(&[row(1), row(2), row(1)]).unwrap();
    assert_eq!(first.iter().map(|a| a.n).collect::<Vec<_>>(), [0, 1, 0]);
    assert_eq!((first[2].outcome, first[2].leaf), (Outcome::Duplicate, first[0].leaf));
    let again = store.append(&[row(2), row(3)]).unwrap();
    assert_eq!((again[0].n, again[0].outcome, again[0].leaf), (1, Outcome::Duplicate, first[1].leaf));
    assert_eq!((again[1].n, again[1].outcome), (2, Outcome::Logged));
    assert_eq!(store.append(&[row(3), row(1)]).unwrap().iter().map(|a| a.n).collect::<Vec<_>>(), [2, 0]);
    assert_eq!(store.number_of(&row(3).key.unwrap()), Ok(Some(2)));
    assert_eq!(store.number_of(&[9; 32]), Ok(None));
    let keyless = NewEntry { key: None, ..row(9) };
    store.append(&[keyless.clone(), keyless]).unwrap();
    assert_eq!(store.len(), Ok(5));
    assert_eq!(store.verify().unwrap().faults, []);
}

fn a_batch_is_all_or_nothing(ground: &Ground) {
    let (_, mut store) = ground.store("whole");
    let bad = NewEntry { body: json!({"lat": 36.5}), ..row(2) };
    assert!(matches!(store.append(&[row(1), bad]), Err(AppendError::Entry { place: 1, .. })));
    let unknown = NewEntry { objects: vec![Object::Kept(digest_of(b"?"))], ..row(2) };
    assert!(matches!(store.append(&[row(1), unknown]), Err(AppendError::UnknownObject { place: 1, .. })));
    assert_eq!(store.len(), Ok(0));
    // An object that comes with one entry of a batch can be named by the next.
    let Object::Bytes(raw) = row(1).objects.remove(0) else { panic!() };
    let names = NewEntry { objects: vec![Object::Kept(digest_of(&raw))], ..row(2) };
    assert_eq!(store.append(&[row(1), names]).unwrap()[1].n, 1);
    assert_eq!(store.append(&[]).unwrap(), []);
    assert_eq!(store.verify().unwrap().faults, []);
}

fn one_writes_and_others_read(ground: &Ground) {
    let (dir, mut store) = ground.store("two");
    store.append(&rows(0..30)).unwrap();
    assert_eq!(Store::open(&dir).unwrap_err(), OpenError::InUse { dir: dir.clone() });
    let mut reader = Store::open_read_only(&dir).unwrap();
    assert_eq!(reader.len(), Ok(30));
    store.append(&rows(30..40)).unwrap();
    assert_eq!(reader.len(), Ok(40));
    assert_eq!(reader.entries(35..99).map(|e| e.unwrap().n).collect::<Vec<_>>(), [35, 36, 37, 38, 39]);
    assert_eq!(reader.verify().unwrap().faults, []);
    if ground.server.is_some() {
        // The same database through another folder: there the file of the lock is another, and the database's own lock is not.
        let other = ground.folders.path().join("two-too");
        fs::create_dir(&other).unwrap();
        for file in ["log.key", "log.pub", "postgres"] {
            fs::copy(dir.join(file), other.join(file)).unwrap();
        }
        assert_eq!(Store::open(&other).unwrap_err(), OpenError::InUse { dir: other.clone() });
        assert_eq!(Store::open_read_only(&other).unwrap().len(), Ok(40));
    }
    assert_eq!(reader.append(&[row(1)]), Err(AppendError::ReadOnly));
    assert_eq!(reader.put_stream(&b"x"[..], 9), Err(VaultError::ReadOnly));
    drop(store);
    Store::open(&dir).unwrap();
}

fn objects_small_and_large_are_kept_and_limits_hold(ground: &Ground) {
    let (_, mut store) = ground.store("objects");
    let large: Vec<u8> = (0..SMALL_OBJECT_BYTES + 1).map(|at| (at % 251) as u8).collect();
    let streamed = vec![6_u8; SMALL_OBJECT_BYTES + 100_000];
    let kept = store.put_stream(&streamed[..], u64::MAX).unwrap();
    assert_eq!((kept.digest, kept.bytes), (digest_of(&streamed), streamed.len() as u64));
    assert_eq!(store.put_stream(&streamed[..], u64::MAX), Ok(kept), "a second time it is the same");
    let objects = vec![Object::Bytes(large.clone()), Object::Kept(kept.digest), Object::Bytes(vec![])];
    store.append(&[NewEntry { objects, ..row(1) }]).unwrap();
    let entry = store.entry(0).unwrap().unwrap();
    assert_eq!(store.object(&entry.objects[0]).unwrap().unwrap(), large);
    assert_eq!(store.object(&entry.objects[1]).unwrap().unwrap(), streamed);
    assert_eq!(store.object(&entry.objects[2]).unwrap().unwrap(), b"");
    let mut read = Vec::new();
    store.object_reader(&entry.objects[0]).unwrap().unwrap().read_to_end(&mut read).unwrap();
    assert_eq!(read, large);
    for limit in [10, SMALL_OBJECT_BYTES as u64 + 5] {
        assert_eq!(store.put_stream(&streamed[..], limit), Err(VaultError::TooLarge { limit }));
    }
    assert_eq!(store.put_stream(&b"0123456789"[..], 10).unwrap().bytes, 10);
    let report = store.verify().unwrap();
    assert_eq!((report.faults, report.objects), (vec![], 4));
}

fn proofs_and_static_files_come_from_the_last_checkpoint(ground: &Ground) {
    let (dir, mut store) = ground.store("proofs");
    grow(&mut store);
    store.append(&rows(600..610)).unwrap();
    for n in [0, 255, 256, 599] {
        let (checkpoint, proof) = store.prove_inclusion(n).unwrap();
        let leaf = leaf_hash(&store.entry(n).unwrap().unwrap().to_bytes().unwrap());
        assert_eq!(check_inclusion(&proof, checkpoint.size, checkpoint.root, n, leaf), Ok(()));
    }
    assert!(store.prove_inclusion(600).is_err());
    let (new, proof) = store.prove_consistency(200).unwrap();
    assert_eq!(new.size, 600);
    assert!(check_consistency(&proof, new.size, new.root, 200, new.root).is_err());
    let out = dir.join("www");
    assert_eq!(store.export_static(&out), Ok(600));
    assert_eq!(fs::read(out.join("tile/1/000.p/2")).unwrap().len(), 64);
    let note = store.checkpoint_note().unwrap().unwrap();
    assert_eq!(fs::read(out.join("checkpoint")).unwrap(), note);
    assert_eq!(store.keep_cosigned(&note).unwrap().size, 600);
    assert_eq!(store.cosigned().unwrap().len(), 1);
}

fn sql_cannot_change_the_log_by_mistake(ground: &Ground) {
    let (dir, mut store) = ground.store("guards");
    store.append(&rows(0..300)).unwrap();
    store.checkpoint(AT).unwrap();
    let copied = "SELECT 302, bytes, leaf_hash FROM entries WHERE n = 1";
    for sql in [
        "UPDATE entries SET bytes = leaf_hash WHERE n = 3",
        "DELETE FROM entries WHERE n = 299",
        &format!("INSERT INTO entries (n, bytes, leaf_hash) {copied}"),
        "INSERT INTO entries (n, bytes, leaf_hash) SELECT -1, bytes, leaf_hash FROM entries WHERE n = 1",
        "INSERT INTO entries (n, bytes, leaf_hash) SELECT 5, bytes, leaf_hash FROM entries WHERE n = 1",
        "UPDATE vault SET bytes = digest",
        "DELETE FROM vault",
        "UPDATE checkpoints SET size = 7",
        "DELETE FROM checkpoints",
        "UPDATE tiles SET bytes = (SELECT leaf_hash FROM entries WHERE n = 1)",
        "DELETE FROM tiles WHERE path = 'tile/0/000'",
    ] {
        assert!(ground.sql(&dir, sql, false).is_err(), "{sql}");
    }
    assert_eq!(store.verify().unwrap().faults, []);
}

fn a_store_is_not_made_over_another(ground: &Ground) {
    let (dir, store) = ground.store("made-twice");
    drop(store);
    assert!(matches!(Store::create(&dir, ORIGIN, [7; 32]), Err(OpenError::AlreadyThere { .. })));
    if let Some(server) = &ground.server {
        let database = ground.databases.borrow().get(&dir).unwrap().clone();
        let place = server.place(&database, 0);
        assert!(matches!(
            Store::create_in(&dir, ORIGIN, [7; 32], &place),
            Err(OpenError::AlreadyThere { .. })
        ));
        // Another log in the same database is refused; the same log, whose creation was interrupted, is not.
        let other = ground.folders.path().join("made-other");
        assert!(matches!(
            Store::create_in(&other, ORIGIN, [8; 32], &place),
            Err(OpenError::AlreadyThere { .. })
        ));
        fs::remove_file(dir.join("postgres")).unwrap();
        assert!(!Store::is_there(&dir));
        drop(Store::create_in(&dir, ORIGIN, [9; 32], &place).unwrap());
    }
    assert!(Store::is_there(&dir));
    assert_eq!(Store::open(&dir).unwrap().verify().unwrap().faults, []);
}

fn many_writers_share_commits_that_are_signed(ground: &Ground) {
    let (dir, store) = ground.store("many");
    let pace = Pace { sign_every: Some(std::time::Duration::ZERO), ..Pace::default() };
    let sequencer = Sequencer::start(store, pace, || AT.to_owned());
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let to = sequencer.submitter();
            scope.spawn(move || {
                for n in 0..50 {
                    // Every second key is everybody's.
                    let number = if n % 2 == 0 { n } else { 1_000 * (writer + 1) + n };
                    let (receipt, signed) = to.submit(row(number)).unwrap().signed().unwrap();
                    assert!(signed.size > receipt.n);
                }
            });
        }
    });
    drop(sequencer.stop().unwrap());
    let store = Store::open(&dir).unwrap();
    let report = store.verify().unwrap();
    assert_eq!((report.faults, report.entries, report.signed), (vec![], 125, 125));
    assert!(report.checkpoints > 1);
}

fn nothing_is_derived_from_a_damaged_entry(ground: &Ground) {
    let (dir, mut store) = ground.store("damage");
    store.append(&rows(0..600)).unwrap();
    drop(store);
    ground.sql(&dir, "DELETE FROM entries WHERE n BETWEEN 100 AND 500", true).unwrap();
    ground.sql(&dir, "UPDATE entries SET bytes = leaf_hash WHERE n = 2", true).unwrap();
    let store = Store::open_read_only(&dir).unwrap();
    assert_eq!(store.entry(1).unwrap().unwrap().n, 1);
    assert!(store.entry(2).is_err());
    let read: Vec<_> = store.entries(0..u64::MAX).collect();
    assert!(read.last().unwrap().is_err() && read.iter().rev().skip(1).all(Result::is_ok));
}

fn both_keep_the_same_bytes(ground: &Ground) {
    let embedded = Ground::sqlite();
    let ((here, mut one), (there, mut other)) = (embedded.store("same"), ground.store("same"));
    grow(&mut one);
    grow(&mut other);
    let bytes = |store: &Store| store.entries(0..600).map(|e| e.unwrap()).collect::<Vec<_>>();
    assert_eq!(bytes(&one), bytes(&other));
    assert_eq!(one.checkpoint_note(), other.checkpoint_note());
    let (a, b) = (here.join("www"), there.join("www"));
    assert_eq!(one.export_static(&a), other.export_static(&b));
    for tile in ["checkpoint", "tile/0/000", "tile/0/002.p/88", "tile/1/000.p/2", "tile/entries/002.p/88"] {
        assert_eq!(fs::read(a.join(tile)).unwrap(), fs::read(b.join(tile)).unwrap(), "{tile}");
    }
}

/// Each tampering, as an intruder with root would do it.
const TAMPERING: [&str; 14] = [
    "UPDATE entries SET bytes = (SELECT leaf_hash FROM entries WHERE n = 5) WHERE n = 4",
    "UPDATE entries SET bytes = (SELECT bytes FROM entries WHERE n = 5) WHERE n = 4",
    "UPDATE entries SET leaf_hash = (SELECT leaf_hash FROM entries WHERE n = 1) WHERE n = 3",
    "UPDATE entries SET leaf_hash = bytes WHERE n = 3",
    "DELETE FROM entries WHERE n >= 590",
    "DELETE FROM entries WHERE n = 300",
    "UPDATE receipts SET n = 5 WHERE n = 9",
    "DELETE FROM receipts WHERE n = 9",
    "UPDATE vault SET bytes = digest WHERE digest = (SELECT digest FROM vault ORDER BY digest LIMIT 1)",
    "DELETE FROM vault WHERE digest = (SELECT digest FROM vault ORDER BY digest LIMIT 1)",
    "UPDATE tiles SET bytes = (SELECT leaf_hash FROM entries WHERE n = 1) WHERE path = 'tile/0/001'",
    "UPDATE tiles SET path = 'tile/0/007' WHERE path = 'tile/0/001'",
    "UPDATE checkpoints SET note = (SELECT bytes FROM entries WHERE n = 1) WHERE size = 400",
    "UPDATE checkpoints SET size = 300 WHERE size = 200",
];

fn verify_finds_the_same_in_both(ground: &Ground) {
    let embedded = Ground::sqlite();
    let whole = |ground: &Ground| {
        let (dir, mut store) = ground.store("untouched");
        grow(&mut store);
        dir
    };
    let (here, there) = (whole(&embedded), whole(ground));
    let mut rows = 0;
    for (number, sql) in TAMPERING.iter().enumerate() {
        let found = |ground: &Ground, whole: &Path| -> Vec<Fault> {
            let dir = ground.copy(whole, &format!("tampered-{number}"));
            ground.sql(&dir, sql, true).unwrap();
            Store::open_to_verify(&dir).unwrap().verify().unwrap().faults
        };
        let first = |ground: &Ground| {
            let store =
                Store::open_to_verify(&ground.folders.path().join(format!("tampered-{number}"))).unwrap();
            let wrong = store.first_wrong_byte(store.verifier(), &[]).unwrap().1.unwrap();
            let row = wrong.row.clone();
            ((wrong.part, wrong.offset, wrong.found, wrong.right, wrong.within), row)
        };
        let faults = found(&embedded, &here);
        assert!(!faults.is_empty(), "{sql}");
        assert_eq!(faults, found(ground, &there), "{sql}");
        let ((byte, no_row), (same, row)) = (first(&embedded), first(ground));
        assert_eq!((&byte, no_row), (&same, None), "{sql}");
        // A row that is gone, or a fault of no row, has no place.
        rows += usize::from(row.is_some_and(|row| {
            row.starts_with("table truceline_log.") && row.contains(": page 0, from 0, of base/")
        }));
    }
    assert!(rows > 0, "a row of the server is named");
    let (dir, mut store) = ground.store("unguarded");
    grow(&mut store);
    ground.sql(&dir, "DROP TRIGGER vault_guard ON vault", false).unwrap();
    let report = store.verify().unwrap();
    assert!(report.faults[0].to_string().contains("9 of the 10 guards"), "{:?}", report.faults);
}

fn moving_there_and_back_loses_nothing(ground: &Ground) {
    let (server, embedded) = (ground.server.as_ref().unwrap(), Ground::sqlite());
    let (home, mut store) = embedded.store("home");
    store.put_stream(&vec![6_u8; SMALL_OBJECT_BYTES + 9][..], u64::MAX).unwrap();
    store.put_stream(&b"named by no entry"[..], 99).unwrap();
    store.checkpoint(AT).unwrap();
    grow(&mut store);
    store.keep_cosigned(&store.checkpoint_note().unwrap().unwrap()).unwrap();
    store.append(&rows(600..700)).unwrap();
    let report = store.verify().unwrap();
    assert_eq!((report.faults.len(), report.entries, report.checkpoints, report.objects), (0, 700, 4, 702));
    drop(store);
    fs::write(home.join("note-of-the-office"), "kept").unwrap();
    let place = server.place(&server.database(), 0);
    let (away, back) = (ground.folders.path().join("away"), embedded.folders.path().join("back"));
    assert_eq!(Store::relocate(&home, &away, Some(&place)), Ok(report.clone()));
    assert!(matches!(Store::open(&home), Err(OpenError::Closed { .. })), "one key writes in one place");
    assert!(matches!(Store::relocate(&home, &back, None), Err(MoveError::Open(OpenError::Closed { .. }))));
    assert_eq!(Store::open_read_only(&home).unwrap().verify().unwrap(), report);

    // Interrupted in the middle, the way back goes on when it is repeated.
    fs::create_dir(&back).unwrap();
    let key = fs::read_to_string(home.join("log.key")).unwrap();
    let mut half = Store::create(&back, ORIGIN, [7; 32]).unwrap();
    half.append(&rows(0..150)).unwrap();
    drop(half);
    fs::write(back.join("closed"), "a move into it is not complete; repeat the move\n").unwrap();
    assert!(matches!(Store::open(&back), Err(OpenError::Closed { .. })));
    assert_eq!(Store::relocate(&away, &back, None), Ok(report.clone()));
    assert!(matches!(Store::open(&away), Err(OpenError::Closed { .. })));
    assert_eq!(fs::read_to_string(back.join("log.key")).unwrap(), key);
    assert_eq!(fs::read_to_string(back.join("note-of-the-office")).unwrap(), "kept");
    let (old, mut new) = (Store::open_read_only(&home).unwrap(), Store::open(&back).unwrap());
    assert_eq!(old.cosigned(), new.cosigned());
    let bytes = |store: &Store| store.entries(0..700).map(|e| e.unwrap()).collect::<Vec<_>>();
    assert_eq!(bytes(&old), bytes(&new));
    let checkpoints = |dir: &Path| -> Vec<(u64, String, Vec<u8>)> {
        let raw = rusqlite::Connection::open(dir.join("truceline.db")).unwrap();
        let mut query = raw.prepare("SELECT size, at, note FROM checkpoints ORDER BY size").unwrap();
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
        rows.map(Result::unwrap).collect()
    };
    assert_eq!(checkpoints(&home), checkpoints(&back));
    assert_eq!(new.append(&[row(5), row(700)]).unwrap().iter().map(|a| a.n).collect::<Vec<_>>(), [5, 700]);
    assert_eq!(new.checkpoint(AT).unwrap().size, 701);

    // What is damaged is not carried on, and what holds another store is not overwritten.
    drop(new);
    assert!(matches!(
        Store::relocate(&back, &home, None),
        Err(MoveError::Open(OpenError::AlreadyThere { .. }))
    ));
    embedded.sql(&back, "DELETE FROM receipts WHERE n = 9", true).unwrap();
    let third = embedded.folders.path().join("third");
    assert!(matches!(Store::relocate(&back, &third, None), Err(MoveError::Damaged { .. })));
    assert!(!Store::is_there(&third));
}

fn erased(ground: &Ground) {
    let (dir, mut store) = ground.store("erased");
    let (small, large) = (b"a small canary".to_vec(), vec![b'!'; SMALL_OBJECT_BYTES + 9]);
    let digests = [digest_of(&small), digest_of(&large)];
    let objects = vec![Object::Bytes(small), Object::Bytes(large)];
    store.append(&[NewEntry { objects, ..row(0) }]).unwrap();
    store.append(&rows(1..5)).unwrap();
    store.checkpoint(AT).unwrap();
    let named: Vec<String> = digests.iter().map(ToString::to_string).collect();
    let body = json!({ "erased": named });
    let erasure = NewEntry { kind: "erasure".into(), body, key: None, objects: Vec::new(), ..row(9) };
    let n = store.erase(erasure).unwrap().n;
    assert_eq!(n, 5);
    for digest in &digests {
        assert_eq!(store.object(digest), Ok(None));
    }
    store.checkpoint(AT).unwrap();
    let report = store.verify().unwrap();
    assert!(report.is_clean(), "{:?}", report.faults);
    drop(store);
    assert!(ground.sql(&dir, "DELETE FROM vault", false).is_err(), "the guard stands again");
    assert!(Store::open(&dir).unwrap().verify().unwrap().is_clean());
}
