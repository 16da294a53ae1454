//! Every kind of entry, as a version of one night wrote it, read by this one: what follows from it is still what followed then, and it goes on.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use common::bundled::{bundle, faults};
use common::{copy, good, root, run, text};
use serde_json::Value;
use truceline_record::{LogVerifier, WitnessRequest};
use truceline_store::{Store, WitnessFolder};

const ENTRIES: u64 = 37;
const ROOT: &str = "6ff51648cebe6d8438a7104cae03a40584455733279f6025b05c10d435d8fe6c";
/// How often each kind is in it.
const KINDS: [(&str, usize); 21] = [
    ("attachment", 1),
    ("bulletin", 1),
    ("case", 3),
    ("decision", 3),
    ("erasure", 1),
    ("file", 2),
    ("forwarded", 6),
    ("handover", 1),
    ("key-change", 1),
    ("mapping", 1),
    ("mission", 1),
    ("office", 1),
    ("read", 1),
    ("report", 3),
    ("seal-opening", 1),
    ("seal-release", 2),
    ("seal-request", 1),
    ("sign-off", 2),
    ("taken", 1),
    ("takeover", 1),
    ("words", 3),
];

/// A copy to work on; the tree keeps no rights, and a secret that others may read opens nothing.
fn copied(dir: &Path) -> (PathBuf, PathBuf) {
    copy(&root().join("crates/truceline/tests/fixtures/format-1-kinds"), dir);
    let (store, witness) = (dir.join("store"), dir.join("witness"));
    #[cfg(unix)]
    for name in ["log.key", "store.secret", "attachments.key", "letters.key", "accounts"] {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(store.join(name), fs::Permissions::from_mode(0o600)).unwrap();
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(witness.join("witness.key"), fs::Permissions::from_mode(0o600)).unwrap();
    }
    (store, witness)
}

fn lines(asked: &[&str], store: &str) -> Vec<Value> {
    let out = run(&[asked, &["--store", store, "--format", "json"]].concat());
    assert!(out.code <= 1, "{asked:?}: {}", out.err);
    out.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_kind_is_read_and_what_followed_follows() {
    let dir = tempfile::tempdir().unwrap();
    let (path, _) = copied(dir.path());
    let (at, store) = (text(&path), Store::open_read_only(&path).unwrap());
    let report = store.verify().unwrap();
    assert!(report.is_clean(), "{:?}", report.faults);
    assert_eq!((report.entries, report.root.to_string().as_str()), (ENTRIES, ROOT));
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for entry in store.entries(0..ENTRIES) {
        *kinds.entry(entry.unwrap().decode().unwrap().kind).or_default() += 1;
    }
    let kinds: Vec<(&str, usize)> = kinds.iter().map(|(kind, count)| (kind.as_str(), *count)).collect();
    assert_eq!(kinds, KINDS);
    drop(store);

    // The text that was merged with a row was erased: the row is left.
    let incidents = lines(&["incidents"], &at);
    let receipts =
        |one: &Value| one["receipts"].as_array().unwrap().iter().filter_map(Value::as_u64).collect();
    let all: BTreeSet<Vec<u64>> = incidents.iter().map(receipts).collect();
    assert_eq!(all, BTreeSet::from(RECEIPTS.map(<[u64]>::to_vec)), "{all:?}");
    let cases = lines(&["case", "list"], &at);
    assert_eq!(cases.len(), 1, "{cases:?}");
    // Whatever its clocks have come to since.
    let case = good(&["case", "show", "c10", "--store", &at]);
    assert!(
        case.contains("refused step of operator (entry 15)") && case.contains("(acted, entry 29)"),
        "{case}"
    );
    let published = lines(&["published"], &at);
    assert_eq!(
        (&published[0]["entry"], &published[0]["state"]),
        (&30.into(), &"published".into()),
        "{published:?}"
    );
    assert!(good(&["reads", "--store", &at]).contains("sealed-attachment a26"));
    assert!(good(&["handover", "list", "--store", &at]).contains("vera"));
    assert!(good(&["office", "list", "--store", &at]).contains("amman: admitted"));
    let refused = lines(&["refused"], &at);
    assert!(refused.len() == 1 && refused[0].to_string().contains("erased"), "{refused:?}");
    // Signed under the key before, and checked by it.
    let tar = dir.path().join("b.tar");
    bundle(&path, 30, &tar);
    let told: Value =
        serde_json::from_str(run(&["verify", &text(&tar), "--format", "json"]).out.trim()).unwrap();
    assert_eq!((&told["tree"], &told["state"]), (&true.into(), &"published".into()), "{}", faults(&told));
}

#[test]
fn it_goes_on_and_so_does_its_witness() {
    let dir = tempfile::tempdir().unwrap();
    let (path, at) = copied(dir.path());
    let rows = dir.path().join("rows.csv");
    fs::write(&rows, "id,kind,known,source,when,act,actor,killed\nr30,event,2016-05-07T10:00:00Z,agency,2016-05-07,shelling,ahrar,2\n").unwrap();
    good(&["import", &text(&rows), "--store", &text(&path)]);
    let note = dir.path().join("note.txt");
    fs::write(&note, "Ahrar shelled a road on 8 May 2016, killing 2 people.").unwrap();
    good(&["receive", &text(&note), "--source", "agency", "--store", &text(&path)]);
    // Taken or, once the case is closed, refused and kept.
    let act =
        run(&["case", "evidence", "c10", "--by", "ivan", "--words", "As we said.", "--store", &text(&path)]);
    assert!(act.code <= 1, "{}", act.err);
    good(&["verify", "--store", &text(&path)]);
    let store = Store::open_read_only(&path).unwrap();
    let (_, proof) = store.prove_consistency(ENTRIES).unwrap();
    let note = store.checkpoint_note().unwrap().unwrap();
    let mut witness = WitnessFolder::open(&at).unwrap();
    assert_eq!(witness.logs().unwrap()[0].size, ENTRIES);
    assert_eq!(witness.logs().unwrap()[0].keys.len(), 1, "the key before is no longer believed");
    let asked = WitnessRequest { old: ENTRIES, proof, note: note.clone() };
    assert_eq!(witness.answer(&asked.to_bytes(), 1).unwrap().status, 200);
    let key = LogVerifier::new(&fs::read_to_string(path.join("log.pub")).unwrap()).unwrap();
    assert!(key.open(&note).is_ok());
}

/// On which reports each incident rests.
const RECEIPTS: [&[u64]; 5] = [&[3], &[4], &[8], &[23], &[36]];
