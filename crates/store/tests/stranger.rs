//! The record checked by a program that shares no line with ours: `docs/verify/verify.py`, plain Python. What we wrote it accepts; what an
//! intruder with root on the server changed it names.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::Path;
use std::process::Command;

use truceline_record::{EntryProof, WitnessSigner, with_signatures};
use truceline_store::{NewEntry, Store};

fn store(dir: &Path, entries: usize) -> Store {
    let mut store = Store::create(dir, "truceline.example/mission", [7; 32]).unwrap();
    grow(&mut store, 0, entries);
    store
}

fn grow(store: &mut Store, from: usize, to: usize) {
    let batch: Vec<NewEntry> = (from..to)
        .map(|n| NewEntry {
            kind: "test".into(),
            at: "2016-02-27T00:00:00Z".into(),
            body: serde_json::json!({ "n": n, "words": "وقف إطلاق النار" }),
            key: None,
            objects: Vec::new(),
        })
        .collect();
    store.append(&batch).unwrap();
    store.checkpoint("2016-02-27T00:00:00Z").unwrap();
}

/// What the stranger says, and whether it holds.
fn ask(arguments: &[&str]) -> (bool, String) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/verify/verify.py");
    let output = Command::new("python3").arg(script).args(arguments).output().expect("python3 is needed");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

fn at(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn tiles_are_accepted_at_every_kind_of_size_and_extend_what_was_kept() {
    for size in [1, 2, 255, 256, 257, 700] {
        let (dir, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut store = store(dir.path(), size);
        let kept = files.path().join("kept");
        fs::write(&kept, store.checkpoint_note().unwrap().unwrap()).unwrap();
        grow(&mut store, size, size + 3);
        let folder = files.path().join("static");
        store.export_static(&folder).unwrap();
        let key = store.verifier().verifier_key();
        let (holds, said) = ask(&["tiles", at(&folder), "--log", key, "--kept", at(&kept)]);
        assert!(holds, "{size}: {said}");
    }
}

#[test]
fn a_changed_byte_anywhere_is_named() {
    let (dir, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = store(dir.path(), 300);
    let folder = files.path().join("static");
    store.export_static(&folder).unwrap();
    let key = store.verifier().verifier_key();
    for file in [
        "checkpoint",
        "tile/0/000",
        "tile/0/001.p/44",
        "tile/1/000.p/1",
        "tile/entries/000",
        "tile/entries/001.p/44",
    ] {
        let path = folder.join(file);
        let whole = fs::read(&path).unwrap();
        for place in [0, whole.len() / 2, whole.len() - 2] {
            let mut changed = whole.clone();
            changed[place] ^= 1;
            fs::write(&path, &changed).unwrap();
            let (holds, said) = ask(&["tiles", at(&folder), "--log", key]);
            assert!(!holds && said.contains("does not hold"), "{file} {place}: {said}");
        }
        fs::write(&path, &whole).unwrap();
    }
    assert!(ask(&["tiles", at(&folder), "--log", key]).0);
}

#[test]
fn a_rewritten_history_is_told_by_what_was_kept() {
    let (one, other, files) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let honest = store(one.path(), 20);
    let kept = files.path().join("kept");
    fs::write(&kept, honest.checkpoint_note().unwrap().unwrap()).unwrap();
    // The intruder has the key: everything is signed and fits together, and is another history.
    let mut forged = Store::create(other.path(), "truceline.example/mission", [7; 32]).unwrap();
    grow(&mut forged, 100, 130);
    let folder = files.path().join("static");
    forged.export_static(&folder).unwrap();
    let key = honest.verifier().verifier_key();
    assert!(ask(&["tiles", at(&folder), "--log", key]).0);
    let (holds, said) = ask(&["tiles", at(&folder), "--log", key, "--kept", at(&kept)]);
    assert!(!holds && said.contains("not its beginning"), "{said}");
}

#[test]
fn one_entry_is_proven_with_the_quorum_that_cosigned() {
    let (dir, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = store(dir.path(), 300);
    let [geneva, amman] =
        [1, 2].map(|n| WitnessSigner::new(&format!("witness.example/{n}"), &[n; 32]).unwrap());
    let note = store.checkpoint_note().unwrap().unwrap();
    let note = with_signatures(&note, &geneva.cosign(&note, 1_456_500_000).unwrap()).unwrap();
    store.keep_cosigned(&note).unwrap();
    let cosigned = store.cosigned().unwrap();
    assert_eq!(cosigned[0].by(&[geneva.verifier().unwrap(), amman.verifier().unwrap()]).len(), 1);
    let (_, hashes) = store.prove_inclusion(17).unwrap();
    let proof = EntryProof { extra: Some(b"x".to_vec()), index: 17, hashes, note: cosigned[0].note.clone() };
    let (proof_at, entry_at) = (files.path().join("p"), files.path().join("e"));
    fs::write(&proof_at, proof.to_bytes()).unwrap();
    fs::write(&entry_at, store.entries(17..18).next().unwrap().unwrap().bytes).unwrap();
    let (log, geneva, amman) = (store.verifier().verifier_key(), geneva.verifier_key(), amman.verifier_key());
    let asked = ["proof", at(&proof_at), "--entry", at(&entry_at), "--log", log, "--witness", &geneva];
    let (holds, said) = ask(&asked);
    assert!(holds && said.contains("entry 17 stands among the 300 entries"), "{said}");
    let (holds, said) = ask(&[asked.as_slice(), &["--witness", &amman]].concat());
    assert!(!holds && said.contains("1 of 2 wanted witnesses"), "{said}");
    assert!(ask(&[asked.as_slice(), &["--witness", &amman, "--quorum", "1"]].concat()).0);
    fs::write(&entry_at, store.entries(18..19).next().unwrap().unwrap().bytes).unwrap();
    assert!(!ask(&asked).0);
}

#[test]
fn only_the_logs_own_checkpoint_is_kept_with_cosignatures() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = store(dir.path(), 5);
    let mut forged = Store::create(other.path(), "truceline.example/mission", [7; 32]).unwrap();
    grow(&mut forged, 100, 105);
    assert!(store.keep_cosigned(&forged.checkpoint_note().unwrap().unwrap()).is_err());
    grow(&mut forged, 105, 109);
    assert!(store.keep_cosigned(&forged.checkpoint_note().unwrap().unwrap()).is_err());
    assert!(store.keep_cosigned(b"no note").is_err());
    assert_eq!(store.cosigned().unwrap(), []);
}
