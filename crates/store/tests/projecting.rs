//! What others read by SQL beside the log: no reader sees an entry without seeing whether what was derived knows it.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::server::Server;
use common::{AT, ORIGIN, row, rows};
use serde_json::json;
use tempfile::TempDir;
use truceline_store::{
    Deriver, NewEntry, Object, Pace, Postgres, ProjectError, Projection, Projector, ReaderRow, ReaderTable,
    Sequencer, Store,
};

struct Ground {
    server: Server,
    database: String,
    _folder: TempDir,
    dir: PathBuf,
}

impl Ground {
    fn new(project_each: bool) -> Option<(Self, Store)> {
        let server = Server::start()?;
        let (database, folder) = (server.database(), tempfile::tempdir().unwrap());
        let dir = folder.path().join("ops");
        let place = Postgres { project_each, ..server.place(&database, 0) };
        let store = Store::create_in(&dir, ORIGIN, [7; 32], &place).unwrap();
        Some((Self { server, database, _folder: folder, dir }, store))
    }

    fn sql(&self, sql: &str) -> String {
        self.server.psql(&self.database, sql)
    }
}

/// One incident and one finding for each entry: enough to see what was derived from what.
fn derived(entries: u64) -> Projection {
    let incidents = (0..entries).map(|n| incident(n, 1)).collect();
    Projection {
        up_to: entries,
        as_of: AT.to_owned(),
        software: "test".to_owned(),
        rows: [(ReaderTable::Incidents, incidents)].into(),
    }
}

fn incident(n: u64, version: u64) -> ReaderRow {
    let id = format!("i-{n}");
    let json = json!({
        "feature": {"type": "Feature", "id": id, "geometry": null, "properties": {
            "version": version, "summary": "one", "act": [], "target": [], "actor": [], "actor_standing": "unknown", "origins": 1,
        }},
        "findings": [{ "clause": "c", "reading": "r", "outcome": "undetermined" }],
    });
    ReaderRow::new(id, &json.to_string())
}

/// Derives by a closure; counts how often it was told to forget.
struct By<F>(F, AtomicU64);

impl<F: Fn(&Store) -> Option<Projection> + Send + Sync> Deriver for By<F> {
    fn derive(&self, store: &Store) -> Option<Projection> {
        (self.0)(store)
    }

    fn forget(&self) {
        self.1.fetch_add(1, Ordering::Relaxed);
    }
}

fn by(
    store: &mut Store,
    derive: impl Fn(&Store) -> Option<Projection> + Send + Sync + 'static,
) -> Arc<dyn Deriver> {
    let deriver: Arc<dyn Deriver> = Arc::new(By(derive, AtomicU64::new(0)));
    store.derive_with(Arc::clone(&deriver));
    deriver
}

/// Entries, incidents and how far behind, of one moment.
const MOMENT: &str = "SELECT (SELECT count(*) FROM truceline.entries), (SELECT count(*) FROM truceline.incidents),
    (SELECT behind FROM truceline.derived_now),
    (SELECT count(*) FROM truceline.incidents_now i JOIN truceline.findings_now f ON f.incident = i.id WHERE i.behind = f.behind)";

fn moment(ground: &Ground) -> [u64; 4] {
    let line = ground.sql(MOMENT);
    let numbers: Vec<u64> = line.split('|').map(|n| n.parse().unwrap()).collect();
    numbers.try_into().unwrap()
}

/// Looks again and again while `work` runs; gives how often, and how often something was behind.
fn watched(ground: &Ground, each: impl Fn([u64; 4]) + Sync, work: impl FnOnce()) -> (u64, u64) {
    let (over, looks, late) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                let seen = moment(ground);
                each(seen);
                looks.fetch_add(1, Ordering::Relaxed);
                late.fetch_add(u64::from(seen[2] > 0), Ordering::Relaxed);
            }
        });
        work();
        over.store(true, Ordering::Relaxed);
        reader.join().unwrap();
    });
    (looks.into_inner(), late.into_inner())
}

#[test]
fn behind_is_said_in_the_snapshot_that_shows_the_entry() {
    let Some((ground, mut store)) = Ground::new(false) else { return };
    by(&mut store, |_| panic!("nobody asked for that"));
    assert_eq!(moment(&ground), [0, 0, 0, 0]);
    store.append(&rows(0..5)).unwrap();
    assert_eq!(moment(&ground), [5, 0, 5, 0], "never derived");
    // Beside the process that writes, which is not disturbed.
    let mut projector = Projector::open(&ground.dir).unwrap();
    assert_eq!(projector.up_to().unwrap(), None);
    projector.project(&derived(5), true).unwrap();
    assert_eq!(moment(&ground), [5, 5, 0, 5]);
    store.append(&rows(5..6)).unwrap();
    assert_eq!(moment(&ground), [6, 5, 1, 5], "what is behind says so on each row");
    let since = "SELECT behind_since FROM truceline.derived_now";
    assert!(ground.sql(since).starts_with("2016-04-28 "), "{}", ground.sql(since));

    let told = |seen: [u64; 4]| {
        assert_eq!(seen[0] - seen[1], seen[2], "{seen:?}");
        assert_eq!(seen[1], seen[3], "{seen:?}");
    };
    let (looks, late) = watched(&ground, told, || {
        for n in 6..60 {
            store.append(&rows(n..n + 1)).unwrap();
            if n % 4 == 0 {
                projector.project(&derived(n + 1), true).unwrap();
            }
        }
    });
    assert!(looks > 3 && late > 0, "{looks} looks, {late} of them behind");

    // Never back, unless a person asks for an earlier moment; never from entries that are not there.
    assert_eq!(projector.project(&derived(3), true), Err(ProjectError::Newer(57)));
    projector.project(&derived(3), false).unwrap();
    assert_eq!(moment(&ground), [60, 3, 57, 3]);
    assert!(matches!(projector.project(&derived(61), true), Err(ProjectError::Database(_))));
    // Views that an older database does not have are made when somebody projects into it.
    ground.sql("DROP VIEW truceline.derived_now CASCADE; COMMENT ON SCHEMA truceline IS NULL");
    drop(Projector::open(&ground.dir).unwrap());
    assert_eq!(moment(&ground), [60, 3, 57, 3]);
}

fn deriving(store: &mut Store) {
    by(store, |store| Some(derived(store.len().unwrap())));
}

#[test]
fn ledger_and_projection_in_one_transaction() {
    let Some((ground, mut store)) = Ground::new(true) else { return };
    deriving(&mut store);
    let never_behind = |seen: [u64; 4]| assert!(seen[0] == seen[1] && seen[2] == 0, "{seen:?}");
    let (looks, _) = watched(&ground, never_behind, || {
        for n in (0..60).step_by(3) {
            store.append(&rows(n..n + 3)).unwrap();
            store.checkpoint(AT).unwrap();
        }
    });
    assert!(looks > 3, "{looks}");
    // Many writers, and signing in the same commit.
    drop(store);
    let mut store = Store::open(&ground.dir).unwrap();
    deriving(&mut store);
    let sequencer = Sequencer::start(store, Pace::default(), || AT.to_owned());
    let (looks, _) = watched(&ground, never_behind, || {
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let submitter = sequencer.submitter();
                scope.spawn(move || {
                    for n in 0..10 {
                        submitter.submit(row(60 + writer * 10 + n)).unwrap().receipt().unwrap();
                        std::thread::sleep(Duration::from_millis(3));
                    }
                });
            }
        });
    });
    assert!(looks > 1, "{looks}");
    let mut store = sequencer.stop().unwrap();
    assert_eq!(moment(&ground), [100, 100, 0, 100]);

    nothing_derived_stops_an_entry(&ground, &mut store);
    what_is_erased_is_derived_from_no_more(&ground, &mut store, &ground.dir);
}

/// What a derivation does not change stays as it stands, to the row; and what is gone is gone.
#[test]
fn only_what_differs_is_written() {
    let Some((ground, mut store)) = Ground::new(true) else { return };
    let shown: Arc<Mutex<Vec<ReaderRow>>> = Arc::default();
    let given = Arc::clone(&shown);
    by(&mut store, move |store| {
        let rows = [(ReaderTable::Incidents, given.lock().unwrap().clone())].into();
        Some(Projection { rows, ..derived(store.len().unwrap()) })
    });
    let rows_are =
        "SELECT string_agg(id || ':' || version || ':' || up_to, ' ' ORDER BY id) FROM truceline.incidents";
    let written = "SELECT string_agg(xmin::text, ' ' ORDER BY id) FROM truceline.incidents";
    *shown.lock().unwrap() = (0..3).map(|n| incident(n, 1)).collect();
    store.append(&rows(0..1)).unwrap();
    assert_eq!(ground.sql(rows_are), "i-0:1:1 i-1:1:1 i-2:1:1");
    let before = ground.sql(written);
    // Of three one says something else, one is gone, one is new.
    *shown.lock().unwrap() = vec![incident(0, 1), incident(1, 2), incident(3, 1)];
    store.append(&rows(1..2)).unwrap();
    assert_eq!(ground.sql(rows_are), "i-0:1:1 i-1:2:2 i-3:1:2");
    let after = ground.sql(written);
    let first = |list: &str| list.split(' ').next().unwrap().to_owned();
    assert_eq!(first(&after), first(&before), "the first was not written again");
    assert_eq!(ground.sql("SELECT count(*) FROM truceline.findings"), "3");
    // A derivation that says the same writes no incident.
    store.append(&rows(2..3)).unwrap();
    assert_eq!(ground.sql(written), after);
    assert_eq!(ground.sql("SELECT up_to FROM truceline.derived"), "3");
    // In a database of an older version, which kept no list, all is derived anew.
    drop(store);
    ground.sql("DROP TABLE truceline.derived_rows; COMMENT ON SCHEMA truceline IS 'truceline readers 3'");
    let mut store = Store::open(&ground.dir).unwrap();
    assert_eq!(moment(&ground), [3, 0, 3, 0]);
    by(&mut store, |store| Some(derived(store.len().unwrap())));
    store.append(&rows(3..4)).unwrap();
    assert_eq!(moment(&ground), [4, 4, 0, 4]);
}

/// A deriver reads entries that are not yet in the log; where they never are, it is told.
#[test]
fn a_commit_that_fails_is_forgotten() {
    let Some((ground, mut store)) = Ground::new(true) else { return };
    let deriver = Arc::new(By(|store: &Store| Some(derived(store.len().unwrap())), AtomicU64::new(0)));
    store.derive_with(Arc::clone(&deriver) as Arc<dyn Deriver>);
    store.append(&rows(0..1)).unwrap();
    assert_eq!(deriver.1.load(Ordering::Relaxed), 0);
    ground.sql(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not now'; END $$;
         CREATE CONSTRAINT TRIGGER late AFTER INSERT ON truceline_log.entries DEFERRABLE INITIALLY DEFERRED
             FOR EACH ROW EXECUTE FUNCTION refuse()",
    );
    store.append(&rows(1..2)).unwrap_err();
    assert_eq!(deriver.1.load(Ordering::Relaxed), 1);
    assert_eq!(moment(&ground), [1, 1, 0, 1]);
}

fn nothing_derived_stops_an_entry(ground: &Ground, store: &mut Store) {
    let behind = |n: u64| assert_eq!(moment(ground), [n, 100, n - 100, 100]);
    by(store, |_| None);
    store.append(&rows(100..101)).unwrap();
    behind(101);
    // A statement of it fails in the server, which would take the whole transaction along.
    let broken = || ReaderRow::new("i-0".to_owned(), "{");
    by(store, move |_| {
        Some(Projection { rows: [(ReaderTable::Incidents, vec![broken()])].into(), ..derived(1) })
    });
    store.append(&rows(101..102)).unwrap();
    behind(102);
    // It claims to know more than there is.
    by(store, |_| Some(derived(1_000)));
    store.append(&rows(102..103)).unwrap();
    behind(103);
    // Somebody else is projecting and takes his time.
    deriving(store);
    std::thread::scope(|scope| {
        let lock = format!("SELECT pg_advisory_lock({}), pg_sleep(1.5)", 0x5472_5072);
        let other = scope.spawn(move || ground.sql(&lock));
        let held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 1416777842";
        while ground.sql(held) == "0" {
            std::thread::sleep(Duration::from_millis(10));
        }
        store.append(&rows(103..104)).unwrap();
        behind(104);
        other.join().unwrap();
    });
    store.append(&rows(104..105)).unwrap();
    assert_eq!(moment(ground), [105, 105, 0, 105]);
    store.checkpoint(AT).unwrap();
    assert!(store.verify().unwrap().is_clean());
}

fn what_is_erased_is_derived_from_no_more(ground: &Ground, store: &mut Store, dir: &Path) {
    let secret = b"a canary in a report".to_vec();
    let digest = truceline_record::digest_of(&secret);
    store.append(&[NewEntry { objects: vec![Object::Bytes(secret)], ..row(105) }]).unwrap();
    // While it derives, the bytes must be gone; and with them goes what was derived before.
    by(store, move |store| {
        assert_eq!(store.object(&digest), Ok(None), "derived from what is being erased");
        Some(derived(store.len().unwrap()))
    });
    let body = json!({ "erased": [digest.to_string()], "of": [105] });
    let erasure = NewEntry { kind: "erasure".into(), body, key: None, objects: Vec::new(), ..row(106) };
    store.erase(erasure).unwrap();
    assert_eq!(moment(ground), [107, 107, 0, 107]);
    let named = "SELECT n, of_entries -> 0, jsonb_array_length(erased) FROM truceline.erasures";
    assert_eq!(ground.sql(named), "106|105|1");
    // Without it in each commit, nothing derived stands until somebody derives again.
    let place = std::fs::read_to_string(dir.join("postgres")).unwrap();
    assert!(place.ends_with("\nproject each\n"), "{place}");
}
