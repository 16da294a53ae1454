//! Taking in: one writer and sixty-four, each waiting for the receipt of one entry before the next, beside PostgreSQL with the same rows on the same
//! disk; and one writer who does not wait, beside PostgreSQL in batches.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use truceline_store::{Pace as Pacing, Sequencer, SubmitError, Submitter, Ticket};

use crate::figure::{Figures, Pace, us};
use crate::folder::Folder;
use crate::postgres::{self, Cluster, Script};
use crate::rows::{now, row, store};
use crate::{Plan, Result, device};

/// Writers at once.
pub(crate) const MANY: u64 = 64;

/// Entries that a writer who does not wait for each may have under way.
const AHEAD: usize = 8;

/// What one round gives.
#[derive(Default)]
struct Rounds {
    over: Vec<Pace>,
    longer: Vec<Pace>,
    one: Vec<Pace>,
    many: Vec<Pace>,
    not_waiting: Vec<Pace>,
    many_ahead: Vec<Pace>,
    pg_one: Vec<Pace>,
    pg_many: Vec<Pace>,
    pg_delayed: Vec<Pace>,
    pg_batch: Vec<Pace>,
    pg_ahead: Vec<Pace>,
}

/// Measures it, ours and theirs in turn.
///
/// # Errors
/// When a store or a server does not run.
pub(crate) fn measure(figures: &Figures, plan: &Plan, all: bool) -> Result<()> {
    let cluster = if all { postgres::programs().map(Cluster::start).transpose()? } else { None };
    let mut rounds = Rounds::default();
    for _ in 0..plan.rounds {
        let folder = Folder::new("device")?;
        rounds.over.push(device::over(folder.path(), plan.time)?);
        rounds.longer.push(device::longer(folder.path(), plan.time)?);
        if !all {
            continue;
        }
        rounds.one.push(waiting(1, plan.time)?);
        rounds.many.push(waiting(MANY, plan.time)?);
        rounds.not_waiting.push(not_waiting(1, 2000, plan.time)?);
        rounds.many_ahead.push(not_waiting(MANY, AHEAD, plan.time)?);
        if let Some(cluster) = &cluster {
            rounds.pg_one.push(cluster.bench(&Script::Each, 1, plan.time)?);
            rounds.pg_many.push(cluster.bench(&Script::Each, MANY, plan.time)?);
            cluster.delay(1000)?;
            rounds.pg_delayed.push(cluster.bench(&Script::Each, MANY, plan.time)?);
            cluster.delay(0)?;
            rounds.pg_batch.push(cluster.bench(&Script::Batch(64), 1, plan.time)?);
            rounds.pg_ahead.push(cluster.bench(&Script::Batch(AHEAD), MANY, plan.time)?);
        }
    }
    say(figures, &rounds, cluster.as_ref())
}

fn say(figures: &Figures, rounds: &Rounds, cluster: Option<&Cluster>) -> Result<()> {
    let tell = |what: &str, runs: &[Pace], unit: &str| {
        let pace = Pace::median(runs);
        let rates: Vec<String> = runs.iter().map(|run| run.per_second.to_string()).collect();
        if !runs.is_empty() {
            figures.say(
                what,
                pace.per_second,
                unit,
                &format!("{}; rounds {}", pace.words(), rates.join(" ")),
            );
        }
        pace
    };
    let over = tell("device: a page written over and synced", &rounds.over, "syncs/s");
    let longer = tell("device: a page written at the end and synced", &rounds.longer, "syncs/s");
    if rounds.one.is_empty() {
        return Ok(());
    }
    let one = tell("ingest: 1 writer, each entry waited for", &rounds.one, "entries/s");
    let many = tell("ingest: 64 writers, each entry waited for", &rounds.many, "entries/s");
    let all = tell("ingest: 1 writer with 2000 entries under way", &rounds.not_waiting, "entries/s");
    let ahead =
        tell("ingest: 64 writers, up to 8 entries of each under way", &rounds.many_ahead, "entries/s");
    figures.ratio(
        "ingest: 1 writer by the disk's better rate",
        one.per_second,
        over.per_second.max(longer.per_second),
        "100 is as fast as the disk syncs",
    );
    let Some(cluster) = cluster else {
        eprintln!("PostgreSQL is not installed; nothing to compare with");
        return Ok(());
    };
    let pg_one = tell("PostgreSQL: 1 connection, one insert a commit", &rounds.pg_one, "rows/s");
    let pg_many = tell("PostgreSQL: 64 connections, one insert a commit", &rounds.pg_many, "rows/s");
    let delayed = tell("PostgreSQL: the same, commit_delay 1000", &rounds.pg_delayed, "rows/s");
    let batch = tell("PostgreSQL: 1 connection, 64 pipelined inserts a commit", &rounds.pg_batch, "rows/s");
    let pg_ahead =
        tell("PostgreSQL: 64 connections, 8 pipelined inserts a commit", &rounds.pg_ahead, "rows/s");
    let best = pg_many.per_second.max(delayed.per_second);
    figures.ratio("ingest: 1 writer, ours by PostgreSQL", one.per_second, pg_one.per_second, "");
    figures.ratio("ingest: 64 writers, ours by PostgreSQL's better", many.per_second, best, "");
    shares(figures, over.per_second.max(longer.per_second), many.per_second, best);
    figures.ratio(
        "ingest: 1 writer with 2000 under way, ours by PostgreSQL in batches",
        all.per_second,
        batch.per_second,
        "",
    );
    figures.ratio(
        "ingest: 64 writers with 8 under way, ours by PostgreSQL with one commit an insert",
        ahead.per_second,
        best,
        "",
    );
    figures.ratio(
        "ingest: 64 writers with 8 under way, ours by PostgreSQL with 8 inserts a commit",
        ahead.per_second,
        pg_ahead.per_second,
        "",
    );
    figures.say("PostgreSQL: on disk, a row with its two indexes", cluster.bytes_a_row()?, "bytes", "");
    Ok(())
}

/// What part each has of all there is: who waits for each entry has one entry a sync, whoever keeps the log, and no program that syncs before it
/// answers exceeds that.
fn shares(figures: &Figures, syncs: u64, ours: u64, theirs: u64) {
    let bound = MANY * syncs;
    figures.ratio("ingest: 64 writers, ours by 64 entries a sync", ours, bound, "100 is all there is");
    figures.ratio("ingest: 64 writers, PostgreSQL's better by 64 entries a sync", theirs, bound, "");
}

/// Some writers on the embedded store, each of which waits for its receipt before it hands in the next.
pub(crate) fn waiting(writers: u64, time: Duration) -> Result<Pace> {
    let folder = Folder::new("ingest")?;
    let pacing = Pacing { sign_every: None, ..Pacing::default() };
    let sequencer = Sequencer::start(store(&folder.path().join("store"))?, pacing, now);
    waiting_on(sequencer, writers, time, |ticket| ticket.receipt().map(drop))
}

/// Writers on any store, each of which hands in the next entry when it has `heard` what it waits for of the last.
pub(crate) fn waiting_on(
    sequencer: Sequencer,
    writers: u64,
    time: Duration,
    heard: impl Fn(Ticket) -> std::result::Result<(), SubmitError> + Sync,
) -> Result<Pace> {
    let start = Instant::now();
    let each = each_writer(&sequencer, writers, |writer, to| {
        let mut each = Vec::new();
        let mut i = writer << 40;
        while start.elapsed() < time {
            let entry = row(i);
            let begun = Instant::now();
            heard(to.submit(entry)?)?;
            each.push(us(begun.elapsed()));
            i += 1;
        }
        Ok(each)
    })?;
    let pace = Pace::of(each.into_iter().flatten().collect(), start.elapsed());
    sequencer.stop()?;
    Ok(pace)
}

/// Writers that hand in all the time and hear each receipt when `ahead` more entries are handed in.
fn not_waiting(writers: u64, ahead: usize, time: Duration) -> Result<Pace> {
    let folder = Folder::new("ingest")?;
    let pacing = Pacing { sign_every: None, ..Pacing::default() };
    let sequencer = Sequencer::start(store(&folder.path().join("store"))?, pacing, now);
    let start = Instant::now();
    let each = each_writer(&sequencer, writers, |writer, to| {
        let mut under_way = VecDeque::new();
        let mut each = Vec::new();
        let mut i = writer << 40;
        while start.elapsed() < time || !under_way.is_empty() {
            let more = start.elapsed() < time;
            if more {
                let entry = row(i);
                under_way.push_back((Instant::now(), to.submit(entry)?));
                i += 1;
            }
            if (!more || under_way.len() >= ahead)
                && let Some((begun, ticket)) = under_way.pop_front()
            {
                ticket.receipt()?;
                each.push(us(begun.elapsed()));
            }
        }
        Ok(each)
    })?;
    let pace = Pace::of(each.into_iter().flatten().collect(), start.elapsed());
    sequencer.stop()?;
    Ok(pace)
}

/// Runs each writer in a thread of its own and gives what they give.
pub(crate) fn each_writer<T: Send>(
    sequencer: &Sequencer,
    writers: u64,
    write: impl Fn(u64, Submitter) -> std::result::Result<T, SubmitError> + Sync,
) -> Result<Vec<T>> {
    let write = &write;
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..writers)
            .map(|writer| {
                let to = sequencer.submitter();
                scope.spawn(move || write(writer, to))
            })
            .collect();
        let mut given = Vec::new();
        for one in running {
            given.push(one.join().map_err(|_| "a writer panicked")??);
        }
        Ok(given)
    })
}
