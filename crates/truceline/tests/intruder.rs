//! Somebody who has root on the log's machine, and the log's key, and one wish each: what either witness alone, or a reader with keys from
//! elsewhere, finds of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use common::bundled::{bundle, faults, files, log_key, verify, write};
use common::witnessed::{cosign, load, loaded, mission, naming, publish, stands, witness};
use common::{run, text};
use truceline_record::{Entry, LogVerifier, WitnessRequest, with_signatures};
use truceline_store::{NewEntry, Object, Store, WitnessFolder};

/// A published bulletin: its store, its entry, the checkpoint that both sides kept, and the log's key as both wrote it down.
fn honest(dir: &Path) -> (PathBuf, u64, PathBuf, String) {
    let store = loaded(dir, &naming(&[1, 2], 2));
    let n = publish(&store);
    cosign(&store, &[1, 2]);
    let kept = dir.path_of("kept");
    fs::copy(store.join(format!("cosigned/{}", n + 1)), &kept).unwrap();
    let log = log_key(&store);
    (store, n, kept, log)
}

trait PathOf {
    fn path_of(&self, name: &str) -> PathBuf;
}

impl PathOf for Path {
    fn path_of(&self, name: &str) -> PathBuf {
        self.join(name)
    }
}

/// What the log's machine holds of an entry, ready to be logged again.
fn again(store: &Store, entry: &Entry) -> NewEntry {
    let objects = entry.objects.iter().map(|d| Object::Bytes(store.object(d).unwrap().unwrap())).collect();
    let key = entry.key.map(|key| key.0);
    NewEntry { kind: entry.kind.clone(), at: entry.at.clone(), body: entry.body.clone(), key, objects }
}

/// Another history under the log's own key: each entry as it was, or as `change` makes it; it ends where that gives nothing.
fn forged(from: &Path, to: &Path, change: impl Fn(u64, NewEntry) -> Option<NewEntry>) {
    let honest = Store::open_read_only(from).unwrap();
    let key = fs::read_to_string(from.join("log.key")).unwrap();
    let seed = key.lines().nth(2).unwrap().parse::<truceline_record::Digest>().unwrap().0;
    let mut store = Store::create(to, honest.origin(), seed).unwrap();
    for n in 0..honest.len().unwrap() {
        let entry = honest.entry(n).unwrap().unwrap();
        let Some(entry) = change(n, again(&honest, &entry)) else { break };
        store.append(&[entry]).unwrap();
    }
    store.checkpoint("2016-05-05T00:00:00Z").unwrap();
}

/// A witness that has cosigned the honest record.
fn watching(dir: &Path, n: u8, log: &str, honest: &Path) -> WitnessFolder {
    let at = dir.join(format!("witness-{n}"));
    let mut witness = WitnessFolder::create(&at, &format!("witness.example/{n}"), &[n; 32]).unwrap();
    witness.trust(&LogVerifier::new(log).unwrap()).unwrap();
    assert_eq!(ask(&mut witness, honest, 0), 200);
    witness
}

/// What a witness answers to the last checkpoint of a store, asked as if it had seen `old` entries.
fn ask(witness: &mut WitnessFolder, store: &Path, old: u64) -> u16 {
    let store = Store::open_read_only(store).unwrap();
    let proof = store.prove_consistency(old).map(|(_, proof)| proof).unwrap_or_default();
    let note = store.checkpoint_note().unwrap().unwrap();
    witness.answer(&WitnessRequest { old, proof, note }.to_bytes(), now()).unwrap().status
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// Neither witness cosigns, whatever size it is told; and a bundle of the false record holds for nobody who kept a checkpoint or has a key.
fn is_found(dir: &Path, (store, kept, log): (&Path, &Path, &str), false_store: &Path, n: u64) {
    let size = Store::open_read_only(store).unwrap().last_checkpoint().unwrap().unwrap().size;
    for one in [1, 2] {
        let mut witness = watching(dir, one, log, store);
        for old in [0, size - 1, size] {
            assert_ne!(ask(&mut witness, false_store, old), 200, "witness {one}, told {old}");
        }
    }
    let at = dir.join("false.tar");
    bundle(false_store, n, &at);
    // By what was kept alone, with no witness's key; and by either key alone.
    let (run, told) = verify(&at, log, &[], &["--checkpoint", &text(kept)]);
    assert!(run.code == 1 && told["tree"] == false, "{}{}", run.out, run.err);
    for one in [1, 2] {
        let (run, told) = verify(&at, log, &[one], &[]);
        assert_eq!((run.code, faults(&told).contains("it is a draft")), (1, true), "{told}");
    }
}

#[test]
fn whoever_rewrites_an_entry_gets_no_cosignature_and_no_reader() {
    let dir = tempfile::tempdir().unwrap();
    let (store, n, kept, log) = honest(dir.path());
    let other = dir.path().join("rewritten");
    let first = Store::open_read_only(&store).unwrap().entry(n - 3).unwrap().unwrap();
    assert_eq!(first.kind, "report");
    forged(&store, &other, |at, entry| match (at == n - 3, entry.objects.first()) {
        (true, Some(Object::Bytes(bytes))) => {
            let bytes = [bytes.as_slice(), b" "].concat();
            Some(NewEntry { key: None, objects: vec![Object::Bytes(bytes)], ..entry })
        }
        _ => (at < n).then_some(entry),
    });
    let forged = publish(&other);
    is_found(dir.path(), (&store, &kept, &log), &other, forged);
}

#[test]
fn whoever_cuts_entries_off_gets_no_cosignature_and_no_reader() {
    let dir = tempfile::tempdir().unwrap();
    let (store, n, kept, log) = honest(dir.path());
    let other = dir.path().join("cut");
    forged(&store, &other, |at, entry| (at < n - 5).then_some(entry));
    let forged = publish(&other);
    is_found(dir.path(), (&store, &kept, &log), &other, forged);
}

#[test]
fn whoever_leads_a_second_history_beside_the_first_gets_no_cosignature_and_no_reader() {
    let dir = tempfile::tempdir().unwrap();
    let (store, n, kept, log) = honest(dir.path());
    let other = dir.path().join("second");
    forged(&store, &other, |at, entry| (at < n).then_some(entry));
    // The very same bulletin frozen within the same second would be the first history and no other.
    let memo = NewEntry {
        kind: "memo".into(),
        at: "2016-05-04T00:00:00Z".to_owned(),
        body: serde_json::json!({ "history": 2 }),
        key: None,
        objects: Vec::new(),
    };
    Store::open(&other).unwrap().append(&[memo]).unwrap();
    // It grows past the first, so that no size gives it away.
    publish(&other);
    publish(&other);
    let forged = publish(&other);
    is_found(dir.path(), (&store, &kept, &log), &other, forged);
}

#[test]
fn whoever_back_dates_an_entry_is_told_by_the_time_of_either_witness() {
    let dir = tempfile::tempdir().unwrap();
    let store = loaded(dir.path(), &naming(&[1, 2], 2));
    let log = log_key(&store);
    // The witnesses cosign today; the entry that comes after says that it is eight years old.
    let cosign_now = || {
        let store = Store::open_read_only(&store).unwrap();
        let mut note = store.checkpoint_note().unwrap().unwrap();
        for n in [1, 2] {
            note = with_signatures(&note, &witness(n).cosign(&note, now()).unwrap()).unwrap();
        }
        store.keep_cosigned(&note).unwrap();
    };
    cosign_now();
    let mut writing = Store::open(&store).unwrap();
    let at = "2018-01-01T00:00:00Z".to_owned();
    let late =
        NewEntry { kind: "memo".into(), at, body: serde_json::json!({}), key: None, objects: Vec::new() };
    let n = writing.append(&[late]).unwrap()[0].n;
    drop(writing);
    let frozen = publish(&store);
    cosign_now();
    let at = dir.path().join("b.tar");
    bundle(&store, frozen, &at);
    for one in [1, 2] {
        let (run, told) = verify(&at, &log, &[one], &[]);
        assert_eq!(run.code, 1, "{told}");
        assert!(faults(&told).contains(&format!("entry {n} is back-dated")), "{told}");
    }
}

#[test]
fn whoever_swaps_a_witness_key_in_the_record_is_told_by_the_entry_that_names_it() {
    let dir = tempfile::tempdir().unwrap();
    let (store, n, kept, log) = honest(dir.path());
    let (whole, at) = (dir.path().join("whole"), dir.path().join("swapped"));
    bundle(&store, n, &whole);
    let mut swapped = files(&whole);
    let (one, mine) = (witness(1).verifier_key(), witness(8).verifier_key());
    let names = |bytes: &[u8], key: &str| bytes.windows(key.len()).any(|part| part == key.as_bytes());
    let object = swapped.iter().find(|(name, bytes)| name.starts_with("object/") && names(bytes, &one));
    let object = object.unwrap().0.clone();
    let text_of = String::from_utf8(swapped[&object].clone()).unwrap().replace(&one, &mine);
    swapped.insert(object.clone(), text_of.into_bytes());
    write(&swapped, &at);
    for witnesses in [&[1, 2][..], &[]] {
        let (run, told) = verify(&at, &log, witnesses, &[]);
        assert!(run.code == 1 && faults(&told).contains(&object), "{told}");
    }
    // Swapped from the first entry on, in a history of its own that names the intruder's witnesses alone.
    let other = dir.path().join("other");
    forged(&store, &other, |at, entry| {
        let swap = |object: Object| match object {
            Object::Bytes(bytes) if names(&bytes, &one) => {
                let two = witness(2).verifier_key();
                let said = String::from_utf8(bytes).unwrap().replace(&one, &mine);
                Object::Bytes(said.replace(&two, &witness(9).verifier_key()).into_bytes())
            }
            object => object,
        };
        let objects = entry.objects.into_iter().map(swap).collect::<Vec<_>>();
        let mut body = entry.body;
        for (name, digest) in body.get_mut("files").and_then(|f| f.as_object_mut()).into_iter().flatten() {
            if let Some(Object::Bytes(bytes)) = objects
                .iter()
                .find(|_| name == "mission.kdl" && at == 0)
                .and(objects.iter().find(|o| matches!(o, Object::Bytes(b) if names(b, &mine))))
            {
                *digest = truceline_record::digest_of(bytes).to_string().into();
            }
        }
        (at < n).then_some(NewEntry { key: None, body, objects, ..entry })
    });
    let forged = publish(&other);
    cosign(&other, &[8, 9]);
    assert_eq!(stands(&other, forged)["state"], "published", "on that machine alone");
    let false_bundle = dir.path().join("own.tar");
    bundle(&other, forged, &false_bundle);
    assert!(run(&["verify", &text(&false_bundle)]).out.starts_with("BELIEVED ON THE BUNDLE'S OWN WORD"));
    is_found(dir.path(), (&store, &kept, &log), &other, forged);
}

#[test]
fn whoever_names_witnesses_of_his_own_in_a_new_mission_reaches_no_quorum() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _, _, log) = honest(dir.path());
    load(&mission(dir.path(), &naming(&[8, 9], 2)), &store);
    let n = publish(&store);
    cosign(&store, &[8, 9]);
    assert_eq!(stands(&store, n)["state"], "draft");
    assert!(run(&["published", "--store", &text(&store)]).out.contains("NOT IN FORCE"));
    let at = dir.path().join("b.tar");
    bundle(&store, n, &at);
    for witnesses in [&[1][..], &[2], &[1, 2], &[]] {
        let (run, told) = verify(&at, &log, witnesses, &[]);
        assert_eq!((run.code, faults(&told).contains("it is a draft")), (1, true), "{witnesses:?}: {told}");
    }
}

/// Both witnesses cosign it: they do not read entries, and it extends the history. What does not follow is found by deriving it again.
#[test]
fn whoever_freezes_figures_that_do_not_follow_is_told_which() {
    let dir = tempfile::tempdir().unwrap();
    let (store, n, _, log) = honest(dir.path());
    let mut writing = Store::open(&store).unwrap();
    let entry = writing.entry(n).unwrap().unwrap();
    let real = entry.body["figures"]["incidents"].as_u64().unwrap();
    let mut figures = again(&writing, &entry);
    figures.body["figures"]["incidents"] = (real - 1).into();
    // And a page with another figure on it, fixed by its digest as it should be.
    let mut page = again(&writing, &entry);
    let digest = page.body["files"]["bulletin.html"]["sha256"].as_str().unwrap().to_owned();
    let place = entry.objects.iter().position(|object| object.to_string() == digest).unwrap();
    let Object::Bytes(bytes) = &page.objects[place] else { panic!() };
    let said = String::from_utf8(bytes.clone()).unwrap().replacen("<strong>", "<strong>1", 1);
    page.body["files"]["bulletin.html"] = serde_json::json!({ "bytes": said.len(), "sha256": truceline_record::digest_of(said.as_bytes()).to_string() });
    page.objects[place] = Object::Bytes(said.into_bytes());
    let done = writing.append(&[figures, page]).unwrap();
    writing.checkpoint("2016-05-05T00:00:00Z").unwrap();
    drop(writing);
    cosign(&store, &[1, 2]);
    for (done, say) in [
        (&done[0], format!("figure `incidents`: the bulletin says {}, its entries give {real}", real - 1)),
        (&done[1], "bulletin.html: frozen and derived part at byte ".to_owned()),
    ] {
        assert_eq!(stands(&store, done.n)["state"], "published");
        let at = dir.path().join(format!("{}.tar", done.n));
        bundle(&store, done.n, &at);
        let (run, told) = verify(&at, &log, &[1, 2], &[]);
        assert_eq!((run.code, told["tree"].as_bool()), (1, Some(true)), "{told}");
        assert!(faults(&told).starts_with(&say), "{told}");
    }
}
