//! What one incident costs as the record grows from a thousand to a hundred thousand: read → resolve → judge, on the
//! library crates, one thread, each size in a process of its own so that its memory can be told. Time is the time on the
//! core, as the kernel accounts it, so that neighbours disturb it little.
//!
//! Rows are real and repeated 300 days later again and again (see `mission`). Judged apart, too: the incidents of the spring
//! itself moved by minutes, which stay within the regimes of calm that copies in later years lie outside of.

use std::hint::black_box;
use std::process::Command;

use serde_json::{Value, json};
use truceline_casework::resolve;
use truceline_model::Incident;
use truceline_terms::Judge;

use crate::Result;
use crate::figure::{Cpu, Figures, median, ns_each};
use crate::mission::{END, Mission, incident_later};
use crate::program::memory_kib;

/// Incidents aimed at.
const SIZES: [usize; 5] = [1_000, 3_000, 10_000, 30_000, 100_000];
/// A size is measured again until it has taken this long or was measured seven times.
const ENOUGH_NS: u64 = 1_500_000_000;
/// Findings kept in memory to weigh them.
const KEPT: usize = 2_000;

/// What is measured of each size: its name in JSON, in words, and its unit.
const COSTS: [(&str, &str); 6] = [
    ("read_ns", "read, a row"),
    ("resolve_ns", "resolve, an incident"),
    ("outcomes_ns", "outcomes of every clause and reading, an incident"),
    ("findings_ns", "full findings, an incident"),
    ("spring_ns", "full findings, an incident of the spring moved by minutes"),
    ("total_ns", "read, resolve and full findings, an incident"),
];

/// Measures every size.
///
/// # Errors
/// When a size fails.
pub(crate) fn measure(figures: &Figures) -> Result<()> {
    let mut sizes: Vec<Value> = Vec::new();
    for size in SIZES {
        let output = Command::new(std::env::current_exe()?).args(["one-size", &size.to_string()]).output()?;
        if !output.status.success() {
            return Err(format!("size {size}: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        let found: Value = serde_json::from_slice(&output.stdout)?;
        let note = format!("{} incidents of {} rows", number(&found, "incidents"), number(&found, "rows"));
        for (key, words) in COSTS {
            figures.say(&format!("scale: {words}"), number(&found, key) / 1000, "us", &note);
        }
        figures.say(
            "scale: peak memory of read and resolve",
            number(&found, "peak_kib") / 1024,
            "MiB",
            &note,
        );
        let each = number(&found, "peak_kib") * 1024 / number(&found, "incidents").max(1);
        figures.say("scale: memory of it, an incident", each, "bytes", &note);
        if sizes.is_empty() {
            // Later sizes fill gaps that resolving left, so that the growth of the process no longer tells.
            let bytes = number(&found, "findings_bytes");
            figures.say("scale: full findings held in memory, an incident", bytes, "bytes", &note);
        }
        sizes.push(found);
    }
    for (key, words) in COSTS {
        let all: Vec<u64> = sizes.iter().map(|found| number(found, key)).collect();
        let (most, least) = (all.iter().max().copied().unwrap_or(0), all.iter().min().copied().unwrap_or(0));
        let flat = most * 100 / least.max(1);
        figures.say(&format!("scale: dearest by cheapest size, {words}"), flat, "%", "100 is flat");
    }
    Ok(())
}

fn number(found: &Value, key: &str) -> u64 {
    found.get(key).and_then(Value::as_u64).unwrap_or(0)
}

/// Measures one size and prints it as one line of JSON, for the process that asked.
///
/// # Errors
/// When the mission cannot be read.
pub(crate) fn one_size(aim: usize) -> Result<()> {
    let mission = Mission::read()?;
    let (once, _, _) = mission.observations(1)?;
    let spring = resolve(&once, &[], &mission.context(), END).incidents;
    let rounds = u64::try_from(aim.div_ceil(spring.len().max(1)))?;
    let (observations, rows, read) = mission.observations(rounds)?;
    let mut incidents = Vec::new();
    let resolve_ns = repeated(|| {
        incidents = resolve(&observations, &[], &mission.context(), END).incidents;
        incidents.len()
    });
    let peak_kib = memory_kib(std::process::id(), "VmHWM");
    drop(observations);
    let judge = Judge::new(&mission.terms, &mission.actors, &mission.areas, END);
    let outcomes_ns = in_worker(|| {
        black_box(incidents.iter().map(|one| judge.outcomes(one).len()).sum::<usize>());
        incidents.len()
    });
    let findings_ns = in_worker(|| {
        black_box(incidents.iter().map(|one| judge.judge(one).len()).sum::<usize>());
        incidents.len()
    });
    let findings_bytes = weighed(&judge, &incidents);
    let count = incidents.len();
    drop(incidents);
    let mut minutes: Vec<Incident> = Vec::new();
    for (n, one) in (0_i64..).zip(spring.iter().cycle().take(count)) {
        minutes.push(incident_later(one, n % 97 * 61)?);
    }
    let spring_ns = in_worker(|| {
        black_box(minutes.iter().map(|one| judge.judge(one).len()).sum::<usize>());
        minutes.len()
    });
    let total_ns = ns_each(read, count) + resolve_ns + findings_ns;
    println!(
        "{}",
        json!({
            "incidents": count, "rows": rows, "read_ns": ns_each(read, rows), "resolve_ns": resolve_ns,
            "outcomes_ns": outcomes_ns, "findings_ns": findings_ns, "spring_ns": spring_ns, "total_ns": total_ns,
            "peak_kib": peak_kib, "findings_bytes": findings_bytes,
        })
    );
    Ok(())
}

/// Median nanoseconds an incident; `one` does it once for all incidents and says how many there were.
fn repeated(mut one: impl FnMut() -> usize) -> u64 {
    let (mut each, mut spent) = (Vec::new(), 0);
    while each.len() < 7 && spent < ENOUGH_NS {
        let start = Cpu::start();
        let count = one();
        let took = start.ns();
        spent += took.max(1);
        each.push(ns_each(took, count));
    }
    median(each)
}

/// The same in a worker of its own, as the program judges with two threads and more: its memory is then its own, too, and
/// not the gaps that resolving left.
fn in_worker(one: impl FnMut() -> usize + Send) -> u64 {
    std::thread::scope(|scope| scope.spawn(|| repeated(one)).join().unwrap_or(0))
}

/// Bytes that the findings of one incident take in memory, by the growth of this process.
fn weighed(judge: &Judge<'_>, incidents: &[Incident]) -> u64 {
    let before = memory_kib(std::process::id(), "VmRSS");
    let kept: Vec<_> = incidents.iter().take(KEPT).map(|one| judge.judge(one)).collect();
    let grown = memory_kib(std::process::id(), "VmRSS").saturating_sub(before);
    grown * 1024 / u64::try_from(kept.len()).unwrap_or(1).max(1)
}
