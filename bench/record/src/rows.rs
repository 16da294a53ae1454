//! The rows that all are given: as long as a report of the demo data, each another, from a number.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;
use truceline_record::digest_of;
use truceline_store::{NewEntry, Object, Store};

use crate::Result;

/// The time that stands in each.
pub(crate) const AT: &str = "2016-04-28T06:00:00Z";

/// What follows the number in the raw text of a row.
pub(crate) const RAW: &str = ",event,2016-04-28,airwars,,,https://example.org/report/of/the/day,C,3,airstrike,aerial-bomb,hospital,2016-04-27T21:37,aleppo-sukkari,SY02,36.19,37.14,250,russian-forces,accused";

/// The name of the file that each row says it is of.
pub(crate) fn file() -> String {
    "0".repeat(64)
}

/// Row number `i`.
pub(crate) fn row(i: u64) -> NewEntry {
    let raw = format!("r{i}{RAW}");
    NewEntry {
        kind: "report".to_owned(),
        at: AT.to_owned(),
        body: json!({"file": file(), "row": i, "mapping": "truceline", "bytes": raw.len()}),
        key: Some(digest_of(raw.as_bytes()).0),
        objects: vec![Object::Bytes(raw.into_bytes())],
    }
}

/// An empty store with a key of its own.
pub(crate) fn store(dir: &Path) -> Result<Store> {
    Ok(Store::create(dir, "truceline.example/speed", seed()?)?)
}

/// The seed of a log's key.
pub(crate) fn seed() -> Result<[u8; 32]> {
    let mut seed = [0; 32];
    std::io::Read::read_exact(&mut std::fs::File::open("/dev/urandom")?, &mut seed)?;
    Ok(seed)
}

/// Now, as it is kept beside a checkpoint: seconds are enough here.
pub(crate) fn now() -> String {
    // The label is not part of the note, and nothing is measured by it.
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    format!("2016-04-28T06:{:02}:{:02}Z", seconds / 60 % 60, seconds % 60)
}
