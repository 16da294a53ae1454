//! A witness's folder: what it cosigned it never goes behind, whoever asks and however often it is killed or its clock set back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::Path;

use truceline_record::{Digest, LogSigner, LogVerifier, WitnessRequest, WitnessVerifier, with_signatures};
use truceline_store::{NewEntry, OpenError, Store, WitnessFolder};

const NAME: &str = "witness.example/geneva";

fn log(dir: &Path, entries: usize) -> Store {
    let mut store = Store::create(dir, "truceline.example/mission", [7; 32]).unwrap();
    grow(&mut store, entries);
    store
}

fn grow(store: &mut Store, entries: usize) {
    for n in 0..entries {
        let body = serde_json::json!({ "n": n });
        let entry = NewEntry {
            kind: "test".into(),
            at: "2016-02-27T00:00:00Z".into(),
            body,
            key: None,
            objects: Vec::new(),
        };
        store.append(&[entry]).unwrap();
    }
    store.checkpoint("2016-02-27T00:00:00Z").unwrap();
}

fn request(store: &Store, old: u64) -> WitnessRequest {
    let (_, proof) = store.prove_consistency(old).unwrap();
    WitnessRequest { old, proof, note: store.checkpoint_note().unwrap().unwrap() }
}

fn cosigned(request: &WitnessRequest, lines: &[u8], key: &str) -> Option<u64> {
    let both = with_signatures(&request.note, lines).unwrap();
    WitnessVerifier::new(key).unwrap().cosigned(&both).unwrap()
}

#[test]
fn it_cosigns_what_grows_and_remembers_it_over_a_restart() {
    let (log_dir, dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut store = log(log_dir.path(), 3);
    let mut witness = WitnessFolder::create(dir.path(), NAME, &[1; 32]).unwrap();
    let key = witness.verifier_key();
    let first = request(&store, 0);
    assert_eq!(witness.answer(&first.to_bytes(), 100).unwrap().status, 404);
    witness.trust(store.verifier()).unwrap();
    let answer = witness.answer(&first.to_bytes(), 100).unwrap();
    assert_eq!((answer.status, cosigned(&first, &answer.body, &key)), (200, Some(100)));

    drop(witness);
    grow(&mut store, 300);
    let mut witness = WitnessFolder::open(dir.path()).unwrap();
    // What it saw last it still knows; the log is told where it stands.
    let behind = witness.answer(&request(&store, 0).to_bytes(), 200).unwrap();
    assert_eq!((behind.status, behind.content, behind.body), (409, "text/x.tlog.size", b"3\n".to_vec()));
    let next = request(&store, 3);
    // A clock that was set back dates nothing before what was dated already.
    let answer = witness.answer(&next.to_bytes(), 50).unwrap();
    assert_eq!((answer.status, cosigned(&next, &answer.body, &key)), (200, Some(100)));
    let seen = witness.logs().unwrap();
    assert_eq!((seen[0].size, seen[0].time, seen[0].caught.len()), (303, 100, 0));
}

#[test]
fn two_histories_of_one_key_are_caught_and_the_proof_kept() {
    let (one, other, dir) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let honest = log(one.path(), 5);
    let mut witness = WitnessFolder::create(dir.path(), NAME, &[1; 32]).unwrap();
    witness.trust(honest.verifier()).unwrap();
    assert_eq!(witness.answer(&request(&honest, 0).to_bytes(), 1).unwrap().status, 200);

    // The same key, as many entries, other contents.
    let mut forked = Store::create(other.path(), "truceline.example/mission", [7; 32]).unwrap();
    grow(&mut forked, 2);
    grow(&mut forked, 3);
    let fork = WitnessRequest { old: 5, proof: Vec::new(), note: forked.checkpoint_note().unwrap().unwrap() };
    assert_eq!(witness.answer(&fork.to_bytes(), 2).unwrap().status, 409);
    assert_eq!(witness.logs().unwrap()[0].caught, [5]);
    let kept = fs::read_dir(dir.path().join("caught")).unwrap().next().unwrap().unwrap().path();
    let (kept, seen) = (fs::read(kept).unwrap(), witness.logs().unwrap()[0].root);
    // Two notes under one key with one size and two roots: nobody needs the witness to believe it.
    let opened = honest.verifier().open(&kept).unwrap();
    assert_eq!((opened.size, opened.root == seen), (5, false));
}

#[test]
fn a_changed_memory_cosigns_nothing() {
    let (log_dir, dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = log(log_dir.path(), 3);
    let mut witness = WitnessFolder::create(dir.path(), NAME, &[1; 32]).unwrap();
    witness.trust(store.verifier()).unwrap();
    witness.answer(&request(&store, 0).to_bytes(), 1).unwrap();
    let path = fs::read_dir(dir.path().join("seen")).unwrap().next().unwrap().unwrap().path();
    fs::write(&path, "").unwrap();
    let error = witness.answer(&request(&store, 0).to_bytes(), 2).unwrap_err();
    assert!(matches!(error, OpenError::Inconsistent { .. }), "{error}");
}

#[test]
fn a_key_is_replaced_without_forgetting_what_was_seen() {
    let (log_dir, dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = log(log_dir.path(), 3);
    let mut witness = WitnessFolder::create(dir.path(), NAME, &[1; 32]).unwrap();
    witness.trust(store.verifier()).unwrap();
    witness.answer(&request(&store, 0).to_bytes(), 1).unwrap();
    let stolen = store.verifier().clone();
    let next = LogSigner::new("truceline.example/mission", &[9; 32]).unwrap();
    witness.trust(&next.verifier().unwrap()).unwrap();
    witness.distrust(&stolen).unwrap();
    assert!(witness.distrust(&stolen).is_err());
    let again = WitnessRequest { old: 3, proof: Vec::new(), note: store.checkpoint_note().unwrap().unwrap() };
    // The thief's checkpoint is refused; the new key goes on from where the old one stopped, and from nowhere else.
    assert_eq!(witness.answer(&again.to_bytes(), 2).unwrap().status, 403);
    let opened = stolen.open(&again.note).unwrap();
    let note = |root: Digest| next.sign_checkpoint(3, root).unwrap();
    assert_eq!(
        witness
            .answer(&WitnessRequest { note: note(Digest([0; 32])), ..again.clone() }.to_bytes(), 2)
            .unwrap()
            .status,
        409
    );
    let good = WitnessRequest { note: note(opened.root), ..again };
    assert_eq!(witness.answer(&good.to_bytes(), 2).unwrap().status, 200);
}

#[test]
fn its_folder_is_one_witnesss_and_its_key_its_owners() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(WitnessFolder::open(dir.path()), Err(OpenError::NotAStore { .. })));
    let witness = WitnessFolder::create(dir.path(), NAME, &[1; 32]).unwrap();
    assert!(matches!(WitnessFolder::open(dir.path()), Err(OpenError::InUse { .. })));
    let shown = format!("{witness:?}");
    assert!(!shown.contains("0101") && !shown.contains("[1, 1"), "{shown}");
    drop(witness);
    assert!(matches!(WitnessFolder::create(dir.path(), NAME, &[2; 32]), Err(OpenError::AlreadyThere { .. })));
    assert!(LogVerifier::new(&fs::read_to_string(dir.path().join("witness.pub")).unwrap()).is_err());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let key = dir.path().join("witness.key");
        assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(WitnessFolder::open(dir.path()), Err(OpenError::Key { .. })));
    }
}
