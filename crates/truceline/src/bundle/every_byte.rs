//! Every byte of a small archive flipped, and the archive cut at every length: each must be found. What the check of one file's digest finds is
//! left to that check; whatever it does not look at goes through everything that `verify` does.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use clap::Parser as _;
use truceline_record::{LogVerifier, WitnessSigner, with_signatures};
use truceline_store::Store;

use super::LIST;
use super::files::Files;
use super::verify::{Known, check};
use crate::cli::Cli;

const THREADS: u64 = 2;

const AGREEMENT: &str = r#"
## The truce
Both stop firing at each other on the first of March.
```terms
agreement small
title "A small truce"
zone "UTC"
in-force from "2016-03-01T00:00"
party north whose-forces-are government-forces
party south whose-forces-are armed-opposition-forces
reading plain "As written"
published-when 2 of north south
```
## Fire by the north
The north fires no weapon at the south's forces.
```terms
clause fire "Fire by the north"
binds north
forbids shelling with any-weapon
against forces-of south
```
"#;

const ACTORS: &str = "id,kind,side,member_of,name_en,name_ar,name_ru,aliases,note,source\n\
    north,party,government,,North,,,,,\nsouth,party,opposition,,South,,,,,\n";

const REPORTS: &str = "id,kind,known,source,origin,through,address,act,weapon,target,when,place,area,actor,actor_how,held_by,killed,wounded,part_of,revises,same_as,facts,note\n\
    r1,event,2016-03-03,observer,,,,shelling,,armed-opposition-forces,2016-03-02,,,north,accused,,2,,,,,,\n";

fn run(words: &[&str]) {
    let cli = Cli::try_parse_from([&["truceline"], words].concat()).unwrap();
    let code = crate::commands::run(cli).unwrap_or_else(|failure| panic!("{failure}"));
    assert!(code <= 1, "{words:?}");
}

fn witness(n: u8) -> WitnessSigner {
    WitnessSigner::new(&format!("witness.example/{n}"), &[n; 32]).unwrap()
}

/// An archive of a published bulletin, and keys to check it with.
fn archive(dir: &Path) -> (PathBuf, Known) {
    let mission = dir.join("mission");
    fs::create_dir_all(mission.join("reports")).unwrap();
    let lines = [(1, "north"), (2, "south")]
        .map(|(n, actor)| format!("witness \"W{n}\" key=\"{}\" for={actor}\n", witness(n).verifier_key()));
    let said = "mission small {\n  title en=\"Small\"\n  zone \"UTC\"\n}\nreports \"reports/a.csv\" mapping=truceline\n";
    for (name, text) in [
        ("mission.kdl", &(said.to_owned() + &lines.concat())),
        ("agreement.md", &AGREEMENT.to_owned()),
        ("actors.csv", &ACTORS.to_owned()),
        ("reports/a.csv", &REPORTS.to_owned()),
    ] {
        fs::write(mission.join(name), text).unwrap();
    }
    let (ops, out) = (dir.join("ops"), dir.join("b.tar"));
    let path = |path: &Path| path.to_str().unwrap().to_owned();
    run(&["load", &path(&mission), "--store", &path(&ops)]);
    run(&["publish", "--store", &path(&ops), "--as-of", "2016-03-04T00:00:00Z", "--by", "duty officer"]);
    let store = Store::open_read_only(&ops).unwrap();
    let mut note = store.checkpoint_note().unwrap().unwrap();
    for n in [1, 2] {
        note = with_signatures(&note, &witness(n).cosign(&note, 1_457_000_000).unwrap()).unwrap();
    }
    store.keep_cosigned(&note).unwrap();
    let entry = (store.len().unwrap() - 1).to_string();
    run(&["bundle", &entry, "--store", &path(&ops), "--out", &path(&out)]);
    let log = LogVerifier::new(store.verifier().verifier_key()).unwrap();
    let witnesses =
        [1, 2].map(|n| truceline_record::WitnessVerifier::new(&witness(n).verifier_key()).unwrap());
    (out, Known { log: Some(log), witnesses: witnesses.to_vec(), quorum: None, kept: Vec::new() })
}

/// Whether opening the bundle, or holding its files against its list, says that something is wrong.
fn found_early(at: &Path, right: &Files) -> bool {
    let Ok(files) = Files::open(at).unwrap() else { return true };
    // Files that are listed otherwise than they were: nearly always the changed place.
    let other = files.list.files.iter().filter(|(name, listed)| right.list.files.get(*name) != Some(*listed));
    other.into_iter().any(|(name, listed)| files.damage_of(name, listed).is_some())
        || !files.damage().is_empty()
}

/// Flips a bit of each byte from `from` on, every `THREADS`th; how many needed all that `verify` does.
fn flip(whole: &Path, copy: &Path, known: &Known, from: u64) -> u64 {
    fs::copy(whole, copy).unwrap();
    let file = OpenOptions::new().read(true).write(true).open(copy).unwrap();
    let files = Files::open(copy).unwrap().unwrap();
    let original = Files::open(whole).unwrap().unwrap();
    let place = |name: &String| files.within_archive(name).unwrap();
    let listed: Vec<_> = files.list.files.iter().map(|(name, listed)| (place(name), name, listed)).collect();
    let (length, mut late) = (file.metadata().unwrap().len(), 0);
    let (list, of_list) = place(&LIST.to_owned());
    // The list is what no digest is of: each of its bits.
    let bits = |at: u64| if (list..list + of_list).contains(&at) { (0..8).collect() } else { vec![at % 8] };
    for (at, bit) in
        (from..length).step_by(THREADS as usize).flat_map(|at| bits(at).into_iter().map(move |bit| (at, bit)))
    {
        let mut held = [0];
        file.read_exact_at(&mut held, at).unwrap();
        file.write_all_at(&[held[0] ^ (1 << bit)], at).unwrap();
        let part = listed.iter().find(|((start, bytes), _, _)| (*start..start + bytes).contains(&at));
        let found = match part {
            Some((_, name, listed)) => files.damage_of(name, listed).is_some(),
            None => {
                found_early(copy, &original) || {
                    late += 1;
                    !check(copy, known, 1).unwrap().faults.is_empty()
                }
            }
        };
        assert!(found, "byte {at} of {length}");
        file.write_all_at(&held, at).unwrap();
    }
    late
}

/// Cuts at every length, from the whole down to nothing.
fn cut(whole: &Path, copy: &Path) {
    fs::copy(whole, copy).unwrap();
    let original = Files::open(whole).unwrap().unwrap();
    let file = File::options().write(true).open(copy).unwrap();
    for length in (0..file.metadata().unwrap().len()).rev() {
        file.set_len(length).unwrap();
        assert!(found_early(copy, &original), "cut to {length}");
    }
}

#[test]
fn every_flipped_byte_and_every_cut_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let (whole, known) = archive(dir.path());
    let right = check(&whole, &known, 1).unwrap();
    assert_eq!(right.faults, Vec::<String>::new());
    assert!(right.stands.is_some_and(|stands| stands.published) && right.replayed.whole);
    let late: u64 = std::thread::scope(|scope| {
        let (whole, known) = (&whole, &known);
        let flips = (0..THREADS).map(|from| {
            let copy = dir.path().join(format!("flip-{from}.tar"));
            scope.spawn(move || flip(whole, &copy, known, from))
        });
        let flips: Vec<_> = flips.collect();
        cut(whole, &dir.path().join("cut.tar"));
        flips.into_iter().map(|flip| flip.join().unwrap()).sum()
    });
    // The number of the bulletin's entry is what no digest in the list is of.
    assert!((1..=8).contains(&late), "{late}");
}
