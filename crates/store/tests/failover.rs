//! Servers fail, and nothing acknowledged is lost or doubled: a primary with two standbys, one of which must have each commit on disk.
//!
//! What was acknowledged is noted by number and leaf hash as a sender would; at the end it is held against what is there, and all of it against
//! an embedded store that was fed the same in the same order.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::fs;
use std::time::{Duration, Instant};

use common::cluster::{Cluster, one_by_one, open_soon, unknown};
use common::server::Server;
use common::{AT, row, rows};
use truceline_store::{AppendError, Database, NewEntry, OpenError, Outcome, SignError, Store};

#[test]
fn a_killed_primary_and_a_promoted_standby_lose_and_double_nothing() {
    let Some((mut cluster, mut store)) = Cluster::start(3) else { return };
    one_by_one(&mut cluster, &mut store, 0..20);
    store.checkpoint(AT).unwrap();
    // A sender goes on, batch by batch, while the primary is killed under it.
    let lost = std::thread::scope(|scope| {
        let primary = &cluster.primary;
        let killer = scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(300));
            primary.kill();
        });
        let mut heard = Vec::new();
        for first in (20..).step_by(5) {
            match store.append(&rows(first..first + 5)) {
                Ok(receipts) => heard.push((first, receipts)),
                Err(error) => {
                    killer.join().unwrap();
                    return (heard, first, error);
                }
            }
        }
        unreachable!()
    });
    let (heard, first, error) = lost;
    for (first, receipts) in &heard {
        cluster.hear(*first, receipts);
    }
    assert!(cluster.told.len() > 20, "nothing was acknowledged before the kill");
    eprintln!("{} acknowledged; then {error}", cluster.told.len());
    // The store says no more of what it cannot know.
    assert!(store.append(&rows(first..first + 5)).is_err());
    drop(store);
    assert!(Store::open(cluster.dir.path()).is_err(), "the primary is dead");

    // The standby that has more is promoted; the other follows it, and the folder names it.
    let position = "SELECT pg_wal_lsn_diff(pg_last_wal_receive_lsn(), '0/0')::bigint";
    let far = |server: &Server| server.psql("postgres", position).parse::<u64>().unwrap();
    let first_has_more = far(&cluster.one) >= far(&cluster.two);
    let (next, other) =
        if first_has_more { (&cluster.one, &cluster.two) } else { (&cluster.two, &cluster.one) };
    next.promote();
    cluster.go_to(next);
    let weak = Store::open(cluster.dir.path()).unwrap_err();
    assert!(matches!(weak, OpenError::Database(Database::Weak { .. })), "it waits for nobody yet: {weak}");
    other.follow(next, if first_has_more { "two" } else { "one" });
    next.wait_for(1, "one, two");

    let mut store = Store::open(cluster.dir.path()).unwrap();
    let receipts = store.append(&rows(first..first + 10)).unwrap();
    cluster.hear(first, &receipts);
    let again = store.append(&rows(0..first + 10)).unwrap();
    assert!(again.iter().all(|receipt| receipt.outcome == Outcome::Duplicate));
    cluster.hear(0, &again);
    cluster.nothing_is_lost(&mut store);
}

#[test]
fn a_lost_standby_a_partition_and_a_slow_disk() {
    let Some((mut cluster, mut store)) = Cluster::start(3) else { return };
    one_by_one(&mut cluster, &mut store, 0..5);

    // One standby lost: the other is quorum enough.
    cluster.one.kill();
    one_by_one(&mut cluster, &mut store, 5..15);
    store.checkpoint(AT).unwrap();

    // The last one is too slow for the patience of the folder: no receipt, and none later from this store.
    cluster.two.freeze();
    let start = Instant::now();
    let reason = unknown(store.append(&[row(15)]));
    assert!(reason.contains("standbys"), "{reason}");
    assert!(start.elapsed() < Duration::from_secs(15));
    assert!(matches!(store.append(&[row(0)]), Err(AppendError::Unknown { .. })));
    assert!(matches!(store.checkpoint(AT), Err(SignError::Unknown { .. })));
    // A reader beside it does not see what no quorum has.
    let reader = Store::open_read_only(cluster.dir.path()).unwrap();
    assert_eq!(reader.len(), Ok(15));
    drop(store);
    // Nobody else gets a receipt either, nor the key that it has already, until the quorum is there again.
    let refused = Store::open(cluster.dir.path()).unwrap_err();
    assert!(matches!(refused, OpenError::InUse { .. }), "{refused}");
    cluster.two.thaw();
    let mut store = open_soon(&cluster);
    assert_eq!(store.append(&[row(15)]).unwrap()[0].n, 15, "the retry settles it");
    one_by_one(&mut cluster, &mut store, 15..25);

    // A partition: the primary alone. Its administrator cuts the wait short, and the server says *committed* with a warning.
    cluster.two.kill();
    let waits = std::thread::scope(|scope| {
        let primary = &cluster.primary;
        let database = "postgres";
        scope.spawn(move || {
            let cancel = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
            for _ in 0..100 {
                if primary.psql(database, cancel).contains('t') {
                    return;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            panic!("nobody waited for a standby");
        });
        unknown(store.append(&[row(25)]))
    });
    assert!(waits.contains("cancel"), "{waits}");
    drop(store);
    // The entry stands in the primary now. Its key is known there, and still nobody is given a receipt for it.
    assert!(Store::open(cluster.dir.path()).is_err());

    cluster.one.up();
    let mut store = open_soon(&cluster);
    one_by_one(&mut cluster, &mut store, 25..30);
    cluster.nothing_is_lost(&mut store);
}

#[test]
fn a_paused_writer_and_an_old_copy_are_refused() {
    let Some((cluster, mut store)) = Cluster::start(3) else { return };
    store.append(&rows(0..10)).unwrap();
    store.checkpoint(AT).unwrap();
    let database = "store0";
    drop(store);
    let old = cluster.primary.copy(database);
    let mut store = Store::open(cluster.dir.path()).unwrap();
    store.append(&rows(10..20)).unwrap();
    store.checkpoint(AT).unwrap();

    // Another writer took over while this one was paused: nothing of it is committed, and it is told so.
    cluster.primary.psql(database, "UPDATE truceline_log.writer SET epoch = epoch + 1");
    assert_eq!(store.append(&[row(20)]), Err(AppendError::Database(Database::Taken)));
    assert!(matches!(store.checkpoint(AT), Ok(_) | Err(SignError::Database(Database::Taken))));
    assert_eq!(store.len(), Ok(20));
    let kept = store.put_stream(&b"late"[..], 9);
    assert!(kept.is_err(), "{kept:?}");
    drop(store);
    drop(Store::open(cluster.dir.path()).unwrap());

    // The setting of the server was weakened under a running store.
    let mut store = Store::open(cluster.dir.path()).unwrap();
    cluster.primary.set("synchronous_standby_names=''\n");
    cluster.primary.reload();
    std::thread::sleep(Duration::from_millis(300));
    let weak = store.append(&[NewEntry { key: None, ..row(20) }]).unwrap_err();
    assert!(matches!(&weak, AppendError::Database(Database::Weak { .. })), "{weak}");
    assert!(weak.to_string().contains("ANY 1 (s1, s2)"), "{weak}");
    drop(store);
    cluster.primary.wait_for(1, "one, two");

    // An old copy in place of the database, and another log's database.
    let path = cluster.dir.path().join("postgres");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("dbname=store0", &format!("dbname={old}"))).unwrap();
    for refused in [Store::open(cluster.dir.path()), Store::open_read_only(cluster.dir.path())] {
        let refused = refused.unwrap_err();
        assert!(matches!(refused, OpenError::RolledBack { signed: 20, .. }), "{refused}");
        assert!(refused.to_string().contains("promoted too early"), "{refused}");
    }
    let faults = Store::open_to_verify(cluster.dir.path()).unwrap().verify().unwrap().faults;
    assert!(!faults.is_empty());
}
