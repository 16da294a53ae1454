//! Imports numbered rows into a store and prints a receipt for each once it is durable: something small
//! to kill. `sim-import STORE ROWS`. Batches of one to seven, a checkpoint now and then, one large object.
//!
//! It sends everything again and lets the keys tell what is there; only the large object is not written
//! twice, to be quick.

use std::error::Error;
use std::io::Write as _;
use std::path::PathBuf;

use serde_json::json;
use truceline_record::digest_of;
use truceline_store::{NewEntry, Object, SMALL_OBJECT_BYTES, Store};

const AT: &str = "2016-04-28T06:00:00Z";
const LARGE_AT: u64 = 40;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let dir = PathBuf::from(arguments.next().ok_or("usage: sim-import STORE ROWS")?);
    let rows: u64 =
        arguments.next().and_then(|rows| rows.to_str()?.parse().ok()).ok_or("ROWS is a number")?;
    let mut store = if Store::is_there(&dir) {
        Store::open(&dir)?
    } else {
        Store::create(&dir, "truceline.example/sim", [9; 32])?
    };
    let mut first = 0;
    while first < rows {
        let end = rows.min(first + 1 + first % 7);
        let mut batch: Vec<NewEntry> = (first..end).map(row).collect();
        if (first..end).contains(&LARGE_AT)
            && let Some(entry) = batch.last_mut()
            && store.number_of(&entry.key.unwrap_or_default())?.is_none()
        {
            let large = std::io::Read::take(std::io::repeat(1), SMALL_OBJECT_BYTES as u64 + 100_000);
            entry.objects.push(Object::Kept(store.put_stream(large, u64::MAX)?.digest));
        }
        let receipts = store.append(&batch)?;
        let mut out = std::io::stdout().lock();
        for (new, receipt) in batch.iter().zip(receipts) {
            writeln!(out, "receipt {} {}", new.body, receipt.n)?;
        }
        out.flush()?;
        if first % 5 == 0 {
            store.checkpoint(AT)?;
        }
        first = end;
    }
    store.checkpoint(AT)?;
    Ok(())
}

fn row(i: u64) -> NewEntry {
    let raw = format!("row {i}").into_bytes();
    NewEntry {
        kind: "report".to_owned(),
        at: AT.to_owned(),
        body: json!(i),
        key: Some(digest_of(&raw).0),
        objects: vec![Object::Bytes(raw)],
    }
}
