//! What the tests of the store share.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

pub(crate) mod authority;
#[cfg(unix)]
pub(crate) mod cluster;
#[cfg(unix)]
pub(crate) mod line;
#[cfg(unix)]
pub(crate) mod server;

use serde_json::json;
use tempfile::TempDir;
use truceline_record::digest_of;
use truceline_store::{NewEntry, Object, Store};

pub(crate) const ORIGIN: &str = "truceline.example/test";
pub(crate) const AT: &str = "2016-04-28T06:00:00Z";

pub(crate) fn row(i: u64) -> NewEntry {
    let raw = format!("row {i},Aleppo,مستشفى القدس").into_bytes();
    NewEntry {
        kind: "report".into(),
        at: AT.into(),
        body: json!({"row": i, "file": "airwars.csv"}),
        key: Some(digest_of(&raw).0),
        objects: vec![Object::Bytes(raw)],
    }
}

pub(crate) fn rows(range: std::ops::Range<u64>) -> Vec<NewEntry> {
    range.map(row).collect()
}

/// A store of `count` entries, with checkpoints over the first third and two thirds.
pub(crate) fn store_of(count: u64) -> (TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::create(dir.path(), ORIGIN, [7; 32]).unwrap();
    for range in [0..count / 3, count / 3..count * 2 / 3, count * 2 / 3..count] {
        let last = range.end == count;
        store.append(&rows(range)).unwrap();
        if !last {
            store.checkpoint(AT).unwrap();
        }
    }
    (dir, store)
}

/// Small reproducible randomness: splitmix64.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }
}
