//! A log of a million entries and smaller ones: what they take on disk and in memory, how long they take to open, to prove from and to verify.
//! Each size in a process of its own, so that its memory can be told.

use std::process::Command;
use std::time::Instant;

use serde_json::{Value, json};
use truceline_store::Store;

use crate::figure::{Figures, median, us};
use crate::folder::Folder;
use crate::rows::{AT, row, store};
use crate::{Plan, Result};

/// Entries of one batch while the log is made.
const BATCH: u64 = 1000;

/// Proofs timed.
const PROOFS: u64 = 20_000;

/// How often the log is verified with each number of workers.
const RUNS: usize = 3;

/// What is told of each size: its name in JSON, in words, and its unit.
const TOLD: [(&str, &str, &str); 13] = [
    ("append_us", "logged in batches of 1000, each synced, for all", "us"),
    ("disk", "on disk, an entry with its raw row, indexes and tiles", "bytes"),
    ("open_us", "opened for writing", "us"),
    ("cold_p50", "inclusion proof, tiles not read before, p50", "ns"),
    ("cold_p99", "inclusion proof, tiles not read before, p99", "ns"),
    ("warm_p50", "inclusion proof, warm, p50", "ns"),
    ("warm_p99", "inclusion proof, warm, p99", "ns"),
    ("verify_0", "verify, no worker beside the reader", "us"),
    ("verify_1", "verify, 1 worker", "us"),
    ("verify_2", "verify, 2 workers", "us"),
    ("read_us", "all entries read, undecoded", "us"),
    ("before_kib", "memory before verifying, peak", "KiB"),
    ("peak_kib", "memory while verifying, peak", "KiB"),
];

/// Measures every size.
///
/// # Errors
/// When a size fails.
pub(crate) fn measure(figures: &Figures, plan: &Plan) -> Result<()> {
    for size in [plan.entries / 100, plan.entries / 10, plan.entries] {
        let output = Command::new(std::env::current_exe()?).args(["one-log", &size.to_string()]).output()?;
        if !output.status.success() {
            return Err(format!("{size} entries: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        let found: Value = serde_json::from_slice(&output.stdout)?;
        for (key, words, unit) in TOLD {
            let value = found.get(key).and_then(Value::as_u64).unwrap_or(0);
            figures.say(&format!("log of {size}: {words}"), value, unit, "");
        }
    }
    Ok(())
}

/// Measures one size and prints it as one line of JSON, for the process that asked.
///
/// # Errors
/// When the store fails, or what it says of itself is not clean.
pub(crate) fn one(entries: u64) -> Result<()> {
    let folder = Folder::new(&format!("log-{entries}"))?;
    let dir = folder.path().join("store");
    let mut writing = store(&dir)?;
    let start = Instant::now();
    let mut first = 0;
    while first < entries {
        let end = entries.min(first + BATCH);
        writing.append(&(first..end).map(row).collect::<Vec<_>>())?;
        first = end;
    }
    writing.checkpoint(AT)?;
    let append_us = us(start.elapsed());
    drop(writing);
    let disk = folder.bytes()? / entries.max(1);
    let start = Instant::now();
    drop(Store::open(&dir)?);
    let open_us = us(start.elapsed());
    let (cold, warm) = proofs(&dir, entries)?;
    let before_kib = peak_kib();
    let store = Store::open_read_only(&dir)?;
    let start = Instant::now();
    let read = store.entries(0..u64::MAX).filter(std::result::Result::is_ok).count();
    let read_us = us(start.elapsed());
    let mut verify = Vec::new();
    for workers in 0..=2 {
        let mut times = Vec::new();
        for _ in 0..RUNS {
            let start = Instant::now();
            let report = store.verify_with(store.verifier(), &[], workers)?;
            times.push(us(start.elapsed()));
            if !report.is_clean() || report.entries != entries || read as u64 != entries {
                return Err(format!("not as it was logged: {:?}", report.faults.first()).into());
            }
        }
        verify.push(median(times));
    }
    let line = json!({
        "append_us": append_us, "disk": disk, "open_us": open_us, "cold_p50": cold.0, "cold_p99": cold.1, "warm_p50": warm.0,
        "warm_p99": warm.1, "verify_0": verify.first(), "verify_1": verify.get(1), "verify_2": verify.get(2), "read_us": read_us,
        "before_kib": before_kib, "peak_kib": peak_kib(),
    });
    println!("{line}");
    Ok(())
}

/// Nanoseconds in the middle and at the hundredth worst.
type Times = (u64, u64);

/// Proofs of entries drawn at random: each tile for the first time, and then, when all have been read, again.
fn proofs(dir: &std::path::Path, entries: u64) -> Result<(Times, Times)> {
    let reader = Store::open_read_only(dir)?;
    let mut dice = 20_161_123_u64;
    let mut draw = || {
        // splitmix64
        dice = dice.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = dice;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % entries
    };
    let mut cold = Vec::new();
    // One entry of each tile, so that none was read before.
    for tile in 0..(entries / 256).min(2000) {
        let n = tile * (entries / 256 / 2000).max(1) * 256 + draw() % 256;
        cold.push(timed(&reader, n.min(entries - 1))?);
    }
    for n in (0..entries).step_by(256) {
        timed(&reader, n)?;
    }
    let warm: Result<Vec<u64>> = (0..PROOFS).map(|_| timed(&reader, draw())).collect();
    Ok((middle_and_worst(cold), middle_and_worst(warm?)))
}

fn timed(reader: &Store, n: u64) -> Result<u64> {
    let start = Instant::now();
    reader.prove_inclusion(n)?;
    Ok(u64::try_from(start.elapsed().as_nanos())?)
}

fn middle_and_worst(mut times: Vec<u64>) -> Times {
    times.sort_unstable();
    let at = |hundredth: usize| times.get(times.len() * hundredth / 100).copied().unwrap_or(0);
    (at(50), at(99))
}

/// Most memory that this process has held, in KiB; 0 where the kernel does not tell.
fn peak_kib() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.split_ascii_whitespace().next()).and_then(|n| n.parse().ok()).unwrap_or(0)
}
