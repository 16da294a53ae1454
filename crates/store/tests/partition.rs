//! Partitions and slow disks as they are: connections stay open and nothing comes through, or it comes late. Nothing acknowledged is lost or
//! doubled, and nothing is acknowledged that only one side has.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::fs;
use std::time::{Duration, Instant};

use common::cluster::{Cluster, one_by_one, open_soon, unknown};
use common::{AT, Dice, row, rows};
use truceline_store::{AppendError, NewEntry, OpenError, Outcome, Store};

#[test]
fn a_partition_that_heals() {
    let Some((mut cluster, mut store)) = Cluster::start(2) else { return };
    one_by_one(&mut cluster, &mut store, 0..10);
    store.checkpoint(AT).unwrap();

    // One standby is cut off: the other is quorum enough, and nobody waits for the lost one.
    cluster.lines[0].cut();
    one_by_one(&mut cluster, &mut store, 10..20);

    // Both are: packets vanish, connections stay open.
    cluster.lines[1].cut();
    let reason = unknown(store.append(&[row(20)]));
    assert!(reason.contains("standbys"), "{reason}");
    let reader = Store::open_read_only(cluster.dir.path()).unwrap();
    assert_eq!(reader.len(), Ok(20), "a reader sees what a quorum has");
    drop(reader);
    // Longer than it takes the primary to give the standbys up.
    std::thread::sleep(Duration::from_secs(6));
    assert_eq!(cluster.primary.psql("postgres", "SELECT count(*) FROM pg_stat_replication"), "0");
    drop(store);
    assert!(Store::open(cluster.dir.path()).is_err(), "nobody gets a receipt meanwhile");

    // Healed: the retry hears the number that it may have had all along, once.
    cluster.lines[1].mend();
    let mut store = open_soon(&cluster);
    assert_eq!(store.append(&[row(20)]).unwrap()[0].n, 20);
    one_by_one(&mut cluster, &mut store, 20..30);
    // The one that was away for all of it comes back and is quorum enough by itself.
    cluster.lines[0].mend();
    caught_up(&cluster, "one");
    cluster.lines[1].cut();
    one_by_one(&mut cluster, &mut store, 30..35);
    cluster.nothing_is_lost(&mut store);
}

fn caught_up(cluster: &Cluster, name: &str) {
    let until = Instant::now() + Duration::from_secs(90);
    let sql = format!(
        "SELECT count(*) FROM pg_stat_replication WHERE application_name = '{name}' AND state = 'streaming'"
    );
    while cluster.primary.psql("postgres", &sql) != "1" {
        assert!(Instant::now() < until, "{name} does not come back");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_primary_on_the_wrong_side_acknowledges_nothing_while_the_other_side_goes_on() {
    let Some((mut cluster, mut store)) = Cluster::start(2) else { return };
    one_by_one(&mut cluster, &mut store, 0..20);
    store.checkpoint(AT).unwrap();
    cluster.lines.iter().for_each(common::line::Line::cut);
    // The primary lives, alone. What it takes it cannot acknowledge.
    unknown(store.append(&rows(20..23)));
    drop(store);

    // On the far side a standby is promoted, as the procedure says, but for its first step: the old primary is still on.
    let old = tempfile::tempdir().unwrap();
    for file in fs::read_dir(cluster.dir.path()).unwrap().map(|file| file.unwrap().path()) {
        if file.is_file() {
            fs::copy(&file, old.path().join(file.file_name().unwrap())).unwrap();
        }
    }
    let position = "SELECT pg_wal_lsn_diff(pg_last_wal_receive_lsn(), '0/0')::bigint";
    let far = |server: &common::server::Server| server.psql("postgres", position).parse::<u64>().unwrap();
    let first = far(&cluster.one) >= far(&cluster.two);
    let (next, other) = if first { (&cluster.one, &cluster.two) } else { (&cluster.two, &cluster.one) };
    next.promote();
    cluster.go_to(next);
    other.follow(next, if first { "two" } else { "one" });
    next.wait_for(1, "one, two");
    let mut store = open_soon(&cluster);
    assert_eq!(store.len(), Ok(20), "what was acknowledged, and no more");
    // The senders repeat what they got no receipt for, and others come before them.
    let receipts = store.append(&rows(20..25)).unwrap();
    cluster.hear(20, &receipts);
    store.checkpoint(AT).unwrap();

    // The line heals, and the old primary still finds nobody who follows it: whoever writes there hears nothing but that nobody can tell.
    cluster.lines.iter().for_each(common::line::Line::mend);
    std::thread::sleep(Duration::from_secs(2));
    let refused = Store::open(old.path())
        .err()
        .map(|error| matches!(error, OpenError::InUse { .. } | OpenError::Database(_)));
    assert_eq!(refused, Some(true));
    let receipts = store.append(&rows(25..40)).unwrap();
    cluster.hear(25, &receipts);
    let again = store.append(&rows(0..40)).unwrap();
    assert!(again.iter().all(|receipt| receipt.outcome == Outcome::Duplicate));
    cluster.hear(0, &again);
    cluster.nothing_is_lost(&mut store);
}

#[test]
fn a_slow_standby_is_waited_for_as_long_as_the_folder_says() {
    let Some((mut cluster, mut store)) = Cluster::start(3) else { return };
    one_by_one(&mut cluster, &mut store, 0..5);
    // One disk is slow: the other answers.
    cluster.lines[0].slow(5_000);
    let start = Instant::now();
    one_by_one(&mut cluster, &mut store, 5..15);
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    // Both are, within patience: receipts come late, and come.
    cluster.lines.iter().for_each(|line| line.slow(400));
    let start = Instant::now();
    one_by_one(&mut cluster, &mut store, 15..18);
    assert!(start.elapsed() > Duration::from_millis(900), "{:?}", start.elapsed());
    // Beyond it.
    cluster.lines.iter().for_each(|line| line.slow(8_000));
    unknown(store.append(&[row(18)]));
    drop(store);
    cluster.lines.iter().for_each(common::line::Line::mend);
    let mut store = open_soon(&cluster);
    one_by_one(&mut cluster, &mut store, 18..25);
    cluster.nothing_is_lost(&mut store);
}

/// A sender that never gives up, on lines that are cut, slow and whole by turns, as a seed has it.
#[test]
fn whatever_the_lines_do_each_report_is_there_once() {
    let Some((mut cluster, store)) = Cluster::start(1) else { return };
    let mut dice = Dice(20_160_227);
    let mut store = Some(store);
    let (mut n, mut unknowns, mut opened) = (0, 0, 0);
    // On a machine with much else to do a server takes long to answer again: then the seed's turns go on until something has been tried.
    let (until, last) = (Instant::now() + Duration::from_secs(25), Instant::now() + Duration::from_secs(180));
    let mut next_turn = Instant::now();
    while Instant::now() < until || (unknowns < 2 && Instant::now() < last) {
        if Instant::now() >= next_turn {
            for line in &cluster.lines {
                match dice.below(4) {
                    0 => line.cut(),
                    1 => line.slow(dice.below(700) as u64),
                    _ => line.mend(),
                }
            }
            next_turn = Instant::now() + Duration::from_millis(200 + dice.below(1_500) as u64);
        }
        let Some(writing) = &mut store else {
            store = Store::open(cluster.dir.path()).ok();
            opened += u32::from(store.is_some());
            continue;
        };
        let batch: Vec<NewEntry> = rows(n..n + 1 + dice.below(4) as u64);
        match writing.append(&batch) {
            Ok(receipts) => {
                cluster.hear(n, &receipts);
                n += batch.len() as u64;
            }
            Err(error) => {
                unknowns += u32::from(matches!(error, AppendError::Unknown { .. }));
                store = None;
            }
        }
    }
    cluster.lines.iter().for_each(common::line::Line::mend);
    drop(store);
    let mut store = open_soon(&cluster);
    println!("{n} acknowledged, {unknowns} of which nobody could tell, opened again {opened} times");
    assert!(n > 20 && unknowns > 1, "{n} acknowledged, {unknowns} unknown: nothing was tried");
    cluster.nothing_is_lost(&mut store);
}
