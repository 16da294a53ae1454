//! Power cut at any call while one key of the log comes in place of another: the store opens with a secret key that is its own, nothing that was
//! promised is lost, and it goes on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod trial;

use std::path::Path;

use trial::{folder, recorder_is_here, seeds};
use truceline_sim::disk::{Cut, Image, Operation, Recorder, Recording};
use truceline_sim::key_life::check;

fn recorded() -> Recording {
    let dir = folder();
    let (live, trace) = (dir.path().join("life"), dir.path().join("trace"));
    std::fs::create_dir(&live).unwrap();
    let mut recorder = Recorder::new(&live, &trace);
    let run = recorder.run(Path::new(env!("CARGO_BIN_EXE_sim-key-life")), &[live.to_str().unwrap()], &[]);
    let run = run.unwrap();
    assert!(run.status.success(), "{}", run.complaint);
    recorder.recording()
}

/// What is wrong after one cut.
fn after(recording: &Recording, seed: u64) -> Result<(), String> {
    let cut = Cut::drawn(recording, 0, seed);
    let promised: Vec<String> = recording.said(cut.after).map(str::to_owned).collect();
    let dir = folder();
    Image::after(recording, cut).lay(dir.path()).map_err(|error| error.to_string())?;
    check(dir.path(), &promised).map_err(|why| format!("{cut:?}: {why}"))
}

#[test]
fn a_power_cut_leaves_the_log_a_key_of_its_own() {
    if !recorder_is_here() {
        return;
    }
    let recording = recorded();
    let seeds = seeds(60_000, 400);
    let count = seeds.end - seeds.start;
    for seed in seeds {
        if let Err(why) = after(&recording, seed) {
            panic!("seed {seed} of {} operations: {why}", recording.operations.len());
        }
    }
    println!("{count} power cuts over {} operations", recording.operations.len());
    // A harness that finds nothing proves nothing: without the syncs of folders a key is lost.
    let forgetful = recording.without(|done| matches!(done, Operation::SyncFolder { .. }));
    let lost = (0..100).filter(|seed| after(&forgetful, *seed).is_err()).count();
    assert!(lost > 10, "{lost}");
}
