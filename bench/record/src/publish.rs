//! From handing an entry in to its being public: under a signed checkpoint that is on disk; and under one that two witnesses cosigned.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use truceline_record::{Checkpoint, Digest, WitnessRequest, WitnessVerifier, with_signatures};
use truceline_store::{Cover, Pace as Pacing, Sequencer, Store};

use crate::figure::{Figures, Pace, us};
use crate::folder::Folder;
use crate::ingest::{MANY, each_writer, waiting_on};
use crate::rows::{now, row, store};
use crate::witnesses::Witness;
use crate::{Plan, Result};

/// How often what is logged is signed where witnesses cosign: they need longer than that for one.
const SIGN_EVERY: Duration = Duration::from_millis(20);

/// Measures both.
///
/// # Errors
/// When a store or a witness does not run.
pub(crate) fn measure(figures: &Figures, plan: &Plan) -> Result<()> {
    let (mut signed, mut cosigned, mut held, mut counts) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        signed.push(to_signed(plan.time)?);
        let (pace, rate, checkpoints) = to_cosigned(plan)?;
        cosigned.push(pace);
        held.push(rate);
        counts.push(checkpoints);
    }
    let tell = |what: &str, runs: &[Pace]| {
        let pace = Pace::median(runs);
        let rates: Vec<String> = runs.iter().map(|run| run.per_second.to_string()).collect();
        figures.say(
            what,
            pace.per_second,
            "entries/s",
            &format!("{}; rounds {}", pace.words(), rates.join(" ")),
        );
    };
    tell("publish: 64 writers, each waiting for a signed checkpoint over its entry", &signed);
    tell("publish: 64 writers, from handing in to two witnesses' cosignatures", &cosigned);
    figures.say("publish: entries logged meanwhile", crate::figure::median(held), "entries/s", "");
    figures.say("publish: checkpoints cosigned by both", crate::figure::median(counts), "per second", "");
    Ok(())
}

/// Every commit holds a checkpoint, and every writer waits for the one over its entry before it hands in the next.
fn to_signed(time: Duration) -> Result<Pace> {
    let folder = Folder::new("publish")?;
    let pacing = Pacing { sign_every: Some(Duration::ZERO), ..Pacing::default() };
    let sequencer = Sequencer::start(store(&folder.path().join("store"))?, pacing, now);
    waiting_on(sequencer, MANY, time, |ticket| ticket.signed().map(drop))
}

/// Writers wait for receipts; meanwhile one thread brings the newest checkpoint to both witnesses, again and again. Gives the pace to the
/// cosigned checkpoint, entries logged a second, and checkpoints cosigned a second.
fn to_cosigned(plan: &Plan) -> Result<(Pace, u64, u64)> {
    let folder = Folder::new("cosign")?;
    let at = folder.path().join("store");
    let store = store(&at)?;
    let log = store.verifier().verifier_key().to_owned();
    let start_witness = |name: &str| {
        Witness::start(&plan.program, &folder.path().join(name), &format!("witness.example/{name}"), &log)
    };
    let witnesses = [start_witness("one")?, start_witness("two")?];
    let pacing = Pacing { sign_every: Some(SIGN_EVERY), ..Pacing::default() };
    let sequencer = Sequencer::start(store, pacing, now);
    let (cover, over) = (sequencer.cover(), AtomicBool::new(false));
    let start = Instant::now();
    let (written, cosigned) = std::thread::scope(|scope| {
        let cosigning =
            scope.spawn(|| cosign(&at, &cover, &witnesses, &over).map_err(|error| error.to_string()));
        let written = each_writer(&sequencer, MANY, |writer, to| {
            let mut handed = Vec::new();
            let mut i = writer << 40;
            while start.elapsed() < plan.time {
                let entry = row(i);
                let begun = Instant::now();
                handed.push((begun, to.submit(entry)?.receipt()?.n));
                i += 1;
            }
            Ok(handed)
        });
        over.store(true, Ordering::Relaxed);
        (written, cosigning.join())
    });
    let (written, cosigned) = (written?, cosigned.map_err(|_| "cosigning panicked")??);
    sequencer.stop()?;
    let took = plan.time;
    let mut each = Vec::new();
    let mut handed = 0;
    for (begun, n) in written.into_iter().flatten() {
        handed += 1;
        // What came too late to be cosigned within the time is not counted as published.
        let first = cosigned.partition_point(|(size, _)| *size <= n);
        each.extend(cosigned.get(first).map(|(_, when)| us(when.duration_since(begun))));
    }
    let per_second = |count: u64| count * 1_000_000 / us(took).max(1);
    Ok((Pace::of(each, took), per_second(handed), per_second(u64::try_from(cosigned.len())?)))
}

/// Sizes that both witnesses cosigned, ascending, and when that was on disk here.
type Cosigned = Vec<(u64, Instant)>;

fn cosign(at: &Path, cover: &Cover, witnesses: &[Witness; 2], over: &AtomicBool) -> Result<Cosigned> {
    let reader = Store::open_read_only(at)?;
    let keys: Vec<WitnessVerifier> = witnesses.iter().map(|witness| witness.key.clone()).collect();
    let mut cosigned = Vec::new();
    let mut old = 0;
    while !over.load(Ordering::Relaxed) {
        if cover.newer_than(old, Duration::from_millis(100))?.is_none() {
            continue;
        }
        let Some((checkpoint, note, proof)) = newest(&reader, old)? else { continue };
        let request = WitnessRequest { old, proof, note: note.clone() };
        let lines = std::thread::scope(|scope| {
            let asked: Vec<_> = witnesses
                .iter()
                .map(|witness| scope.spawn(|| witness.ask(&request).map_err(|error| error.to_string())))
                .collect();
            asked
                .into_iter()
                .map(|one| one.join().unwrap_or_else(|_| Err("asking panicked".to_owned())))
                .collect::<Vec<_>>()
        });
        let mut signed = note;
        for line in lines {
            signed = with_signatures(&signed, &line?)?;
        }
        reader.keep_cosigned(&signed)?;
        cover.now_cosigned(&signed, &keys, witnesses.len())?;
        cosigned.push((checkpoint.size, Instant::now()));
        old = checkpoint.size;
    }
    Ok(cosigned)
}

/// A checkpoint, its note, and the proof that it extends an earlier one.
type Newest = (Checkpoint, Vec<u8>, Vec<Digest>);

/// The newest checkpoint with a proof that it extends the first `old` entries; `None` where a newer one came in between.
fn newest(reader: &Store, old: u64) -> Result<Option<Newest>> {
    let Some(note) = reader.checkpoint_note()? else { return Ok(None) };
    let opened = reader.verifier().open(&note)?;
    // The partial tiles of a checkpoint go when the next one comes.
    let Ok((last, proof)) = reader.prove_consistency(old) else { return Ok(None) };
    Ok((last == opened && last.size > old).then_some((last, note, proof)))
}
