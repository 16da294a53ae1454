//! A life recorded, disturbed and looked at; what the tests of disturbances share.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::ops::Range;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use truceline_sim::aftermath::Undisturbed;
use truceline_sim::dice::Dice;
use truceline_sim::disk::{Counted, Cut, Fault, Image, Recorder, Recording, Run, can_record};
use truceline_sim::life::{Life, Said};

/// Where there is no recorder the tests are skipped, loudly; where it is required they fail.
pub(crate) fn recorder_is_here() -> bool {
    match can_record() {
        Ok(()) => true,
        Err(why) => {
            assert!(std::env::var_os("TRUCELINE_REQUIRE_STRACE").is_none(), "required here: {why}");
            eprintln!("SKIPPED: {why}; power cuts and failing disks were NOT tried");
            false
        }
    }
}

/// The seeds to try: those of the environment, or else these.
pub(crate) fn seeds(first: u64, count: u64) -> Range<u64> {
    let told = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    match (told("TRUCELINE_CRASH_SEED"), told("TRUCELINE_CRASH_SEEDS")) {
        (None, None) => first..first + count,
        (seed, seeds) => {
            let seed = seed.unwrap_or(first);
            seed..seed + seeds.unwrap_or(1)
        }
    }
}

/// Memory where there is some: what becomes durable is worked out here, not by this machine's disk.
pub(crate) fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir()
        && let Ok(folder) = tempfile::tempdir_in(memory)
    {
        return folder;
    }
    tempfile::tempdir().unwrap()
}

pub(crate) struct Trial {
    pub(crate) undisturbed: Undisturbed,
    pub(crate) life: Life,
}

impl Trial {
    pub(crate) fn of(life: Life) -> Self {
        let dir = folder();
        let undisturbed = Undisturbed::live(life, dir.path()).unwrap();
        Self { undisturbed, life }
    }

    /// Lives in `dir`, under the recorder, with these faults.
    pub(crate) fn run(&self, recorder: &mut Recorder, dir: &Path, faults: &[Fault]) -> Run {
        let Life { seed, batches, large, together } = self.life;
        let (seed, batches) = (seed.to_string(), batches.to_string());
        let word = |yes: bool| if yes { "1" } else { "0" };
        let arguments = [dir.to_str().unwrap(), &seed, &batches, word(large), word(together)];
        recorder.run(Path::new(env!("CARGO_BIN_EXE_sim-life")), &arguments, faults).unwrap()
    }

    /// The calls of an undisturbed life.
    pub(crate) fn calls(&self) -> Vec<Counted> {
        let dir = folder();
        let (live, trace) = (dir.path().join("life"), dir.path().join("trace"));
        std::fs::create_dir(&live).unwrap();
        self.run(&mut Recorder::new(&live, &trace), &live, &[]).calls
    }

    /// One of the calls that touch the folder, and which invocation of its name it is; only of that name, unless it is empty.
    pub(crate) fn draw_call(&self, calls: &[Counted], dice: &mut Dice, only: &str) -> (String, usize) {
        let wanted = |at: &usize| {
            let call = &calls[*at];
            call.here && call.name != "close" && (only.is_empty() || call.name == only)
        };
        let all: Vec<usize> = (0..calls.len()).filter(wanted).collect();
        let at = *all.get(dice.place(all.len())).expect("there are such calls");
        (calls[at].name.clone(), nth(calls, at))
    }

    /// Records a life that is disturbed so in one process after the other, and in a last one not at all.
    /// Gives also how many operations there were before that last one.
    pub(crate) fn recorded(&self, disturbances: &[Vec<Fault>]) -> (Recording, usize) {
        let dir = folder();
        let (live, trace) = (dir.path().join("life"), dir.path().join("trace"));
        std::fs::create_dir(&live).unwrap();
        let mut recorder = Recorder::new(&live, &trace);
        for faults in disturbances {
            let run = self.run(&mut recorder, &live, faults);
            assert!(!run.status.success(), "{faults:?} disturbed nothing");
            let kills = faults.iter().any(|fault| matches!(fault, Fault::Kills { .. }));
            assert_eq!(kills, run.status.code().is_none(), "{faults:?} ended in {}", run.status);
        }
        let before = recorder.operations();
        let last = self.run(&mut recorder, &live, &[]);
        assert!(last.status.success(), "after {disturbances:?} it does not go on: {}", last.complaint);
        (recorder.recording(), before)
    }

    /// What was promised before a cut.
    pub(crate) fn promised(&self, recording: &Recording, cut: Cut) -> Vec<Said> {
        recording.said(cut.after).filter_map(Said::parse).collect()
    }

    /// Lays an image out and looks at it.
    pub(crate) fn check(&self, image: &Image, promised: &[Said]) -> Result<(), String> {
        let dir = folder();
        image.lay(dir.path()).map_err(|error| error.to_string())?;
        let checked = self.undisturbed.check(dir.path(), promised);
        if checked.is_err() && std::env::var_os("TRUCELINE_CRASH_KEEP").is_some() {
            eprintln!("left in {}", keep(dir).display());
        }
        checked
    }

    /// Cuts power once a seed, on two threads; gives how many were tried.
    pub(crate) fn cuts(&self, recording: &Recording, from: usize, seeds: Range<u64>) -> u64 {
        let half = seeds.start + (seeds.end - seeds.start) / 2;
        let all = |seeds: Range<u64>| {
            for seed in seeds {
                let cut = Cut::drawn(recording, from, seed);
                let image = Image::after(recording, cut);
                if let Err(why) = self.check(&image, &self.promised(recording, cut)) {
                    panic!("seed {seed}, {cut:?} of {} operations: {why}", recording.operations.len());
                }
            }
        };
        std::thread::scope(|scope| {
            let first = scope.spawn(|| all(seeds.start..half));
            all(half..seeds.end);
            first.join().unwrap();
        });
        seeds.end - seeds.start
    }
}

/// Which invocation of its name in its thread a call is, from 1.
pub(crate) fn nth(calls: &[Counted], at: usize) -> usize {
    let the_same = |call: &&Counted| (&call.name, call.thread) == (&calls[at].name, calls[at].thread);
    calls[..=at].iter().filter(the_same).count()
}

fn keep(dir: TempDir) -> PathBuf {
    dir.keep()
}
