//! Calls of the real store and witness made to fail: a full disk, errors of reading and writing, a disk that turned
//! read-only. The program says so in words and ends; nothing that was promised is lost, also when power is cut
//! afterwards; and with room again it goes on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod trial;

use std::collections::BTreeMap;
use std::ops::Range;

use trial::{Trial, folder, nth, recorder_is_here, seeds};
use truceline_sim::dice::Dice;
use truceline_sim::disk::{Counted, Fault, Recorder};
use truceline_sim::life::{Life, Said};

const LIFE: Life = Life { seed: 2016, batches: 10, large: false, together: false };

const TOGETHER: Life = Life { seed: 1974, batches: 12, large: false, together: true };

/// Calls that need room.
const GROW: [&str; 3] = ["pwrite64", "write", "mkdir"];
/// Calls that a disk refuses when it has turned read-only.
const CHANGE: [&str; 6] = ["pwrite64", "write", "mkdir", "rename", "unlink", "ftruncate"];

/// All calls of these names from a point on.
fn from_then_on(calls: &[Counted], at: usize, names: &[&str], error: &'static str) -> Vec<Fault> {
    let same = |call: &&Counted, name: &str| call.thread == calls[at].thread && call.name == name;
    let before = |name: &str| calls[..at].iter().filter(|call| same(call, name)).count();
    let fault = |name: &&str| Fault::Fails {
        call: (*name).to_owned(),
        when: before(name) + 1,
        and_later: true,
        error,
    };
    names.iter().map(fault).collect()
}

fn drawn(calls: &[Counted], dice: &mut Dice) -> (&'static str, Vec<Fault>) {
    let here = |names: &[&str], at: &usize| calls[*at].here && names.contains(&calls[*at].name.as_str());
    let among = |names: &[&str], dice: &mut Dice| {
        let places: Vec<usize> = (0..calls.len()).filter(|at| here(names, at)).collect();
        places[dice.place(places.len())]
    };
    match dice.below(4) {
        0 => ("full", from_then_on(calls, among(&GROW, dice), &GROW, "ENOSPC")),
        1 => ("read-only", from_then_on(calls, among(&CHANGE, dice), &CHANGE, "EROFS")),
        more => {
            let names =
                ["pwrite64", "write", "fsync", "ftruncate", "rename", "mkdir", "openat", "pread64", "unlink"];
            let at = among(if more == 2 { &names[..3] } else { &names }, dice);
            let (call, when) = (calls[at].name.clone(), nth(calls, at));
            ("error", vec![Fault::Fails { call, when, and_later: false, error: "EIO" }])
        }
    }
}

#[test]
fn what_fails_says_so_and_loses_nothing() {
    if recorder_is_here() {
        disturb(&Trial::of(LIFE), seeds(20_000, 150));
    }
}

/// In the sequencer's thread and in the one that folds beside it, with several who wait for receipts: each hears of it, or has a receipt that holds.
#[test]
fn what_fails_for_several_at_once_says_so_and_loses_nothing() {
    if recorder_is_here() {
        let mut trial = Trial::of(TOGETHER);
        trial.undisturbed.in_order = false;
        disturb(&trial, seeds(40_000, 60));
    }
}

fn disturb(trial: &Trial, seeds: Range<u64>) {
    let calls = trial.calls();
    let mut outcomes: BTreeMap<(&str, bool), u32> = BTreeMap::new();
    for seed in seeds {
        let (kind, faults) = drawn(&calls, &mut Dice::new(seed));
        let dir = folder();
        let (live, trace) = (dir.path().join("life"), dir.path().join("trace"));
        std::fs::create_dir(&live).unwrap();
        let mut recorder = Recorder::new(&live, &trace);
        let run = trial.run(&mut recorder, &live, &faults);
        let told = format!("seed {seed}, {faults:?}: {} {}", run.status, run.complaint);
        // 1 is an end in words; 101 would be a panic. Some calls may fail without harm: a leftover that cannot be removed.
        assert!(matches!(run.status.code(), Some(0 | 1)), "{told}");
        assert!(run.status.success() || run.complaint.contains("Error: "), "{told}");
        *outcomes.entry((kind, run.status.success())).or_default() += 1;

        let end = recorder.operations();
        let again = trial.run(&mut recorder, &live, &[]);
        assert!(again.status.success(), "{told}; then it does not go on: {}", again.complaint);
        let recording = recorder.recording();
        let promised: Vec<Said> = recording.said(end).filter_map(Said::parse).collect();
        if let Err(why) = trial.undisturbed.check(&live, &promised) {
            panic!("{told}; then: {why}");
        }
        trial.cuts(&recording, end, seed * 100..seed * 100 + 2);
    }
    println!("kind of fault, whether the program still succeeded, how often: {outcomes:?}");
}
