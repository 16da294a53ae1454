//! How fast rows are logged, signed and verified: `cargo run --release -p truceline-store --example
//! append_speed [ROWS] [BATCH] [FOLDER]`. Prints one line of JSON a figure.
#![allow(clippy::float_arithmetic, reason = "a rate is shown, and decides nothing")]

use std::error::Error;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::json;
use truceline_record::digest_of;
use truceline_store::{NewEntry, Object, Store};

const AT: &str = "2016-04-28T06:00:00Z";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let rows: u64 = arguments.next().map_or(Ok(100_000), |rows| rows.parse())?;
    let batch: u64 = arguments.next().map_or(Ok(1_000), |batch| batch.parse())?;
    let folder = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let dir = folder.join(format!("append-speed-{}", std::process::id()));
    let done = measure(&dir, rows, batch);
    std::fs::remove_dir_all(&dir)?;
    done
}

fn measure(dir: &Path, rows: u64, batch: u64) -> Result<(), Box<dyn Error>> {
    let mut seed = [0; 32];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut seed)?;
    let mut store = Store::create(dir, "truceline.example/speed", seed)?;

    let mut first = 0;
    let start = Instant::now();
    while first < rows {
        let end = rows.min(first + batch);
        store.append(&(first..end).map(row).collect::<Vec<_>>())?;
        first = end;
    }
    report("append", rows, start);

    let start = Instant::now();
    for n in rows..rows + 200 {
        store.append(&[row(n)])?;
    }
    report("append one by one", 200, start);

    let start = Instant::now();
    let again: Vec<NewEntry> = (0..rows.min(10_000)).map(row).collect();
    let prepared = Instant::now();
    store.append(&again)?;
    report("duplicates refused", again.len() as u64, prepared.max(start));

    let start = Instant::now();
    store.checkpoint(AT)?;
    report("checkpoint", 1, start);

    let start = Instant::now();
    for n in 0..100 {
        store.prove_inclusion(n * rows / 100)?;
    }
    report("inclusion proof", 100, start);

    drop(store);
    let start = Instant::now();
    let store = Store::open(dir)?;
    report("open", 1, start);

    let start = Instant::now();
    let read = store.entries(0..u64::MAX).filter(Result::is_ok).count();
    report("read", read as u64, start);

    let start = Instant::now();
    let verified = store.verify()?;
    report("verify", verified.entries, start);
    if verified.is_clean() { Ok(()) } else { Err(format!("{:?}", verified.faults).into()) }
}

fn report(what: &str, count: u64, start: Instant) {
    let micros = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX).max(1);
    let each = micros as f64 / count as f64;
    println!(
        "{}",
        json!({"what": what, "count": count, "ms": micros / 1000, "each_us": each, "per_second": 1e6 / each})
    );
}

/// A row as long as a report of the demo data.
fn row(i: u64) -> NewEntry {
    let raw = format!(
        "r{i},event,2016-04-28,airwars,,,https://example.org/{i},C,3,airstrike,aerial-bomb,hospital,2016-04-27T21:37,aleppo-sukkari,SY02,36.19,37.14,250,russian-forces,accused"
    );
    NewEntry {
        kind: "report".to_owned(),
        at: AT.to_owned(),
        body: json!({"file": "0".repeat(64), "row": i, "mapping": "truceline", "bytes": raw.len()}),
        key: Some(digest_of(raw.as_bytes()).0),
        objects: vec![Object::Bytes(raw.into_bytes())],
    }
}
