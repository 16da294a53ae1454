//! One bit flipped anywhere in a store or a witness's folder at rest: it is found and named, or it means nothing; and what
//! is answered afterwards is right, or an error.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod trial;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use trial::{folder, seeds};
use truceline_record::{Digest, LogVerifier, WitnessRequest, check_inclusion, digest_of, leaf_hash};
use truceline_sim::dice::Dice;
use truceline_sim::life::Life;
use truceline_store::{Store, WitnessFolder};

const LIFE: Life = Life { seed: 2016, batches: 14, large: false, together: false };

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all.sort();
    all
}

fn copy(from: &Path, to: &Path) {
    for file in files(from) {
        let target = to.join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(&file, target).unwrap();
    }
}

/// What the store says when nothing is wrong with it.
struct Right {
    entries: Vec<Vec<u8>>,
    key: LogVerifier,
    root: Digest,
    signed: u64,
    cosigned: Vec<u64>,
}

impl Right {
    fn of(dir: &Path) -> Self {
        let store = Store::open_read_only(dir).unwrap();
        let signed = store.last_checkpoint().unwrap().unwrap();
        Self {
            entries: store.entries(0..u64::MAX).map(|entry| entry.unwrap().bytes).collect(),
            key: store.verifier().clone(),
            root: signed.root,
            signed: signed.size,
            cosigned: store.cosigned().unwrap().iter().map(|kept| kept.checkpoint.size).collect(),
        }
    }

    /// Every answer that is neither right nor an error, by kind; `damaged`: verifying has found something.
    fn wrong_answers(&self, life: &Life, store: &Store, damaged: bool) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut hold = |what: &str, right: bool| {
            if !right {
                wrong.push(what.to_owned());
            }
        };
        hold("length", store.len().map_or(true, |n| n == self.entries.len() as u64));
        for (n, right) in (0_u64..).zip(&self.entries) {
            let found = store.entries(n..n + 1).next();
            let decoded = found.and_then(Result::ok).filter(|stored| stored.decode().is_ok());
            hold("entry", decoded.is_none_or(|stored| stored.bytes == *right));
            if let Ok((checkpoint, proof)) = store.prove_inclusion(n) {
                let leaf = leaf_hash(right);
                let proven = check_inclusion(&proof, checkpoint.size, checkpoint.root, n, leaf).is_ok();
                hold("proof", proven && (checkpoint.size, checkpoint.root) == (self.signed, self.root));
            }
            let raw = life.raw(n);
            let object = store.object(&digest_of(&raw));
            hold("object", matches!(&object, Err(_) | Ok(None)) || object == Ok(Some(raw.clone())));
            let number = store.number_of(&digest_of(&raw).0);
            hold("number", matches!(&number, Err(_) | Ok(None)) || number == Ok(Some(n)));
            // What an index no longer finds is "not there" until somebody verifies.
            hold("there", damaged || (object != Ok(None) && number != Ok(None)));
        }
        if let Ok(last) = store.last_checkpoint() {
            let last = last.map(|last| (last.size, last.root));
            hold("checkpoint", last == Some((self.signed, self.root)));
        }
        hold("key", store.verifier().verifier_key() == self.key.verifier_key());
        wrong
    }
}

fn flip(dir: &Path, dice: &mut Dice) -> Option<(PathBuf, usize, u8)> {
    let all: Vec<(PathBuf, usize)> = files(dir)
        .into_iter()
        .map(|file| (file.clone(), usize::try_from(fs::metadata(&file).unwrap().len()).unwrap()))
        .filter(|(file, length)| *length > 0 && !file.ends_with("truceline.db-shm"))
        .collect();
    let (file, length) = all[dice.place(all.len())].clone();
    // Half of all flips go where most bytes are.
    let largest = all.iter().max_by_key(|(_, length)| *length).unwrap().clone();
    let (file, length) = if dice.chance(50) { largest } else { (file, length) };
    let (at, bit) = (dice.place(length), 1_u8 << dice.below(8));
    let mut bytes = fs::read(&file).unwrap();
    bytes[at] ^= bit;
    fs::write(&file, bytes).unwrap();
    Some((file.strip_prefix(dir).unwrap().to_owned(), at, bit))
}

#[test]
fn a_flipped_bit_of_a_store_is_found_or_means_nothing() {
    let whole = folder();
    LIFE.live(whole.path(), &mut |_| {}).unwrap();
    let store_dir = whole.path().join("store");
    let right = Right::of(&store_dir);
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    let mut bad = Vec::new();
    for seed in seeds(1, 1000) {
        let mut dice = Dice::new(seed);
        let dir = folder();
        copy(&store_dir, dir.path());
        let Some((file, at, bit)) = flip(dir.path(), &mut dice) else { continue };
        let told = format!("seed {seed}: bit {bit} of byte {at} of {}", file.display());
        let family = file.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
        let Ok(store) = Store::open_read_only(dir.path()) else {
            *counts.entry(format!("{family}: does not open")).or_default() += 1;
            continue;
        };
        let found = store.verify().map_or_else(
            |error| Some(error.to_string()),
            |report| report.faults.first().map(ToString::to_string),
        );
        let mut wrong = right.wrong_answers(&LIFE, &store, found.is_some());
        let kept: Vec<u64> =
            store.cosigned().unwrap_or_default().iter().map(|kept| kept.checkpoint.size).collect();
        if family != "cosigned" && kept != right.cosigned {
            wrong.push("cosigned".to_owned());
        }
        drop(store);
        let state = match (&found, wrong.is_empty()) {
            (Some(_), true) => "found",
            (None, true) => "means nothing",
            (Some(_), false) => "found, and answered wrongly before",
            (None, false) => "NOT FOUND and answered wrongly",
        };
        *counts.entry(format!("{family}: {state}")).or_default() += 1;
        if !wrong.is_empty() {
            wrong.dedup();
            bad.push(format!("{told}: {found:?}, wrong: {wrong:?}"));
        }
        // Whoever goes on with it signs no second history.
        if let Ok(mut store) = Store::open(dir.path())
            && let Ok(signed) =
                store.append(&[LIFE.entry(100_000)]).map(|_| store.checkpoint("2016-02-27T00:00:00Z"))
            && let Ok(signed) = signed
            && found.is_none()
        {
            assert_eq!(signed.size, right.signed + 1, "{told}");
            let report = store.verify().unwrap();
            assert!(report.is_clean(), "{told}: after going on {:?}", report.faults);
        }
    }
    println!("{counts:#?}");
    assert!(bad.is_empty(), "{} of them:\n{}", bad.len(), bad.join("\n"));
}

#[test]
fn a_flipped_bit_of_a_witness_lets_no_other_history_through() {
    let whole = folder();
    LIFE.live(whole.path(), &mut |_| {}).unwrap();
    let store = Store::open_read_only(&whole.path().join("store")).unwrap();
    let last = store.last_checkpoint().unwrap().unwrap();
    let right = WitnessFolder::open(&whole.path().join("witness")).unwrap();
    let (logs, key) = (right.logs().unwrap(), right.verifier_key());
    drop(right);
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for seed in seeds(1, 500) {
        let dir = folder();
        copy(&whole.path().join("witness"), dir.path());
        let Some((file, at, bit)) = flip(dir.path(), &mut Dice::new(seed)) else { continue };
        let told = format!("seed {seed}: bit {bit} of byte {at} of {}", file.display());
        let Ok(mut witness) = WitnessFolder::open(dir.path()) else {
            *counts.entry("does not open").or_default() += 1;
            continue;
        };
        assert_eq!(witness.verifier_key(), key, "{told}");
        match witness.logs() {
            Err(_) => *counts.entry("names it").or_default() += 1,
            Ok(found) => {
                let same = found == logs;
                // A key that can no longer be read is a log that is no longer known: asked, it refuses.
                assert!(same || !file.starts_with("seen"), "{told}: {found:?}");
                *counts.entry(if same { "means nothing" } else { "log no longer known" }).or_default() += 1;
            }
        }
        let (_, proof) = store.prove_consistency(0).unwrap();
        let anew = WitnessRequest { old: 0, proof, note: store.checkpoint_note().unwrap().unwrap() };
        if let Ok(answer) = witness.answer(&anew.to_bytes(), 1) {
            assert_ne!(answer.status, 200, "{told}: began anew over {} entries", last.size);
        }
    }
    println!("{counts:#?}");
}
