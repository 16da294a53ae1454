//! Power cut at seeded calls of the real store and witness: nothing that was promised is lost, doubled or changed, and
//! both go on. `make crash SEED=… SEEDS=…` tries other seeds.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod trial;

use std::collections::BTreeSet;

use trial::{Trial, recorder_is_here, seeds};
use truceline_sim::dice::Dice;
use truceline_sim::disk::{Cut, Fault, Image, Operation, Recording};
use truceline_sim::life::Life;

const LIFE: Life = Life { seed: 2016, batches: 16, large: false, together: false };
const TOGETHER: Life = Life { seed: 1974, batches: 24, large: false, together: true };
const WITH_LARGE: Life = Life { seed: 1994, batches: 6, large: true, together: false };

#[test]
fn a_power_cut_loses_nothing_that_was_promised() {
    if !recorder_is_here() {
        return;
    }
    let trial = Trial::of(LIFE);
    let (recording, _) = trial.recorded(&[]);
    let tried = trial.cuts(&recording, 0, seeds(1, 1000));
    println!("{tried} power cuts over {} operations", recording.operations.len());
}

/// The sequencer's thread writes, another folds its log in beside it, and several wait for their receipts.
#[test]
fn a_power_cut_loses_nothing_that_was_promised_to_several_at_once() {
    if !recorder_is_here() {
        return;
    }
    let trial = Trial::of(TOGETHER);
    let writing: BTreeSet<usize> = trial
        .calls()
        .iter()
        .filter(|call| call.here && call.name == "pwrite64")
        .map(|call| call.thread)
        .collect();
    // The main thread, three sequencers, and those that fold.
    assert!(writing.len() > 4, "nothing was folded beside the writer: {writing:?}");
    let (recording, _) = trial.recorded(&[]);
    let tried = trial.cuts(&recording, 0, seeds(30_000, 500));
    println!(
        "{tried} power cuts of {} threads over {} operations",
        writing.len(),
        recording.operations.len()
    );
}

#[test]
fn a_power_cut_loses_no_large_object() {
    if !recorder_is_here() {
        return;
    }
    let trial = Trial::of(WITH_LARGE);
    let (recording, _) = trial.recorded(&[]);
    let tried = trial.cuts(&recording, 0, seeds(5_000, 60));
    println!("{tried} power cuts with a large object over {} operations", recording.operations.len());
}

/// A kill leaves in memory what no disk has; who opens the store next must not take it for durable. Killed at calls that
/// sync, and at others; then power is cut while the next process gives its first answers.
#[test]
fn a_power_cut_after_a_kill_loses_nothing_that_was_promised() {
    if !recorder_is_here() {
        return;
    }
    let trial = Trial::of(Life { batches: 5, ..LIFE });
    let calls = trial.calls();
    let mut tried = 0;
    for seed in seeds(10_000, 40) {
        let mut dice = Dice::new(seed);
        let only = ["fsync", "fsync", ""][dice.place(3)];
        let (call, when) = trial.draw_call(&calls, &mut dice, only);
        let (recording, killed) = trial.recorded(&[vec![Fault::Kills { call, when }]]);
        tried += trial.cuts(&recording, killed, seed * 100..seed * 100 + 10);
    }
    println!("{tried} power cuts after kills");
}

/// A harness that finds nothing proves nothing: programs that forget to sync must be caught.
mod forgetful {
    use super::*;

    fn lost(trial: &Trial, recording: &Recording) -> usize {
        let lost = |seed: &u64| {
            let cut = Cut::drawn(recording, 0, *seed);
            trial.check(&Image::after(recording, cut), &trial.promised(recording, cut)).is_err()
        };
        (0..100).filter(lost).count()
    }

    #[test]
    fn receipts_without_a_sync_are_found_lost() {
        if !recorder_is_here() {
            return;
        }
        let trial = Trial::of(Life { batches: 8, ..LIFE });
        let (recording, _) = trial.recorded(&[]);
        assert_eq!(lost(&trial, &recording), 0, "nothing is lost with all syncs");
        let files = recording.without(|done| matches!(done, Operation::SyncFile { .. }));
        let folders = recording.without(|done| matches!(done, Operation::SyncFolder { .. }));
        let (files, folders) = (lost(&trial, &files), lost(&trial, &folders));
        println!(
            "of 100 cuts, {files} lose promises without syncs of files, {folders} without syncs of folders"
        );
        assert!(files > 20 && folders > 20, "{files} and {folders}");
    }
}
