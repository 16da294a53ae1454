//! Disks that are slow: each sync of a real server's files is held up, on a standby, on both, on the primary. Nothing acknowledged is lost or
//! doubled, receipts come late or not at all, and bytes and order are those of the embedded store. (`partition.rs` slows the lines between them.)
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::time::{Duration, Instant};

use common::cluster::{Cluster, one_by_one, open_soon, unknown};
use common::{AT, row};
use truceline_store::Store;

#[test]
fn a_slow_disk_costs_time_and_no_entry() {
    let Some((mut cluster, mut store)) = Cluster::start(3) else { return };
    one_by_one(&mut cluster, &mut store, 0..5);
    // One standby's: the other is quorum enough, and nobody waits.
    let Some(slow) = cluster.one.slow_disk(5_000) else { return };
    let start = Instant::now();
    one_by_one(&mut cluster, &mut store, 5..15);
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    drop(slow);
    // Both, within the folder's patience: receipts come late, and come.
    let slow = [&cluster.one, &cluster.two].map(|standby| standby.slow_disk(400));
    let start = Instant::now();
    one_by_one(&mut cluster, &mut store, 15..18);
    assert!(start.elapsed() > Duration::from_millis(1_000), "{:?}", start.elapsed());
    drop(slow);
    // Beyond it nobody can tell, and nobody is told a number.
    let slow = [&cluster.one, &cluster.two].map(|standby| standby.slow_disk(8_000));
    let reason = unknown(store.append(&[row(18)]));
    assert!(reason.contains("standbys"), "{reason}");
    assert_eq!(
        Store::open_read_only(cluster.dir.path()).unwrap().len(),
        Ok(18),
        "a reader sees what a quorum has"
    );
    drop(store);
    drop(slow);
    let mut store = open_soon(&cluster);
    one_by_one(&mut cluster, &mut store, 18..25);
    store.checkpoint(AT).unwrap();
    // The primary's own.
    let slow = cluster.primary.slow_disk(400);
    let start = Instant::now();
    one_by_one(&mut cluster, &mut store, 25..28);
    assert!(start.elapsed() > Duration::from_millis(1_000), "{:?}", start.elapsed());
    drop(slow);
    one_by_one(&mut cluster, &mut store, 28..30);
    cluster.nothing_is_lost(&mut store);
}
