//! The first wrong byte of a store, changed in the database's file itself, as a failing disk or somebody with root would.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod common;

use std::fs;
use std::path::Path;

use common::{AT, Dice, store_of};
use truceline_record::TilePath;
use truceline_store::{Store, WrongByte};

const COUNT: u64 = 600;

/// What stands in a store, to know where to hit.
struct Held {
    dir: tempfile::TempDir,
    file: Vec<u8>,
}

impl Held {
    fn new() -> Self {
        let (dir, mut store) = store_of(COUNT);
        store.checkpoint(AT).unwrap();
        drop(store);
        let file = fs::read(dir.path().join("truceline.db")).unwrap();
        Self { dir, file }
    }

    fn open(&self) -> Store {
        Store::open_read_only(self.dir.path()).unwrap()
    }

    /// Where these bytes stand in the file, which must be in one place.
    fn place(&self, bytes: &[u8]) -> usize {
        let mut found = self.file.windows(bytes.len()).enumerate().filter(|(_, part)| *part == bytes);
        let (at, _) = found.next().unwrap();
        assert!(found.next().is_none(), "not one place");
        at
    }

    /// Flips a bit of a byte of the file; what is found then.
    fn flipped(&self, at: usize, bit: u8) -> WrongByte {
        let mut changed = self.file.clone();
        changed[at] ^= bit;
        self.with(&changed).unwrap()
    }

    fn with(&self, file: &[u8]) -> Option<WrongByte> {
        let to = tempfile::tempdir().unwrap();
        fs::copy(self.dir.path().join("log.pub"), to.path().join("log.pub")).unwrap();
        fs::write(to.path().join("truceline.db"), file).unwrap();
        let store = Store::open_read_only(to.path()).unwrap();
        let found = store.first_wrong_byte(self.open().verifier(), &[]).unwrap();
        assert_eq!(found.0.is_clean(), found.1.is_none());
        found.1
    }
}

fn page_size(file: &[u8]) -> u64 {
    u64::from(u16::from_be_bytes([file[16], file[17]]))
}

#[test]
fn a_changed_byte_of_an_entry_is_named_with_what_it_was_and_where_it_is() {
    let held = Held::new();
    assert_eq!(held.with(&held.file), None);
    let mut dice = Dice(21);
    for _ in 0..25 {
        let n = dice.next() % COUNT;
        let bytes = held.open().entries(n..n + 1).next().unwrap().unwrap().bytes;
        let (place, offset) = (held.place(&bytes), dice.below(bytes.len()));
        let bit = 1 << dice.below(8);
        let wrong = held.flipped(place + offset, bit);
        assert_eq!(wrong.part, format!("entry {n}"), "{wrong:?}");
        assert_eq!(wrong.offset, Some(offset as u64));
        assert_eq!((wrong.found, wrong.right), (Some(bytes[offset] ^ bit), Some(bytes[offset])));
        let file = wrong.file.unwrap();
        assert_eq!(file.offset, (place + offset) as u64);
        assert_eq!(file.page, Some((place + offset) as u64 / page_size(&held.file) + 1));
    }
}

#[test]
fn a_changed_byte_of_a_tile_an_object_a_hash_or_a_checkpoint_is_named() {
    let held = Held::new();
    let store = held.open();
    let tile = store.tile_at(TilePath::hashes(0, 1, 256)).unwrap();
    // Its hashes stand beside entries too; the tile holds two that follow one another.
    let place = held.place(&tile[..64]);
    let wrong = held.flipped(place + 40, 4);
    assert_eq!((wrong.part.as_str(), wrong.offset, wrong.right), ("tile/0/001", Some(40), Some(tile[40])));

    let entry = store.entry(77).unwrap().unwrap();
    let object = store.object(&entry.objects[0]).unwrap().unwrap();
    let wrong = held.flipped(held.place(&object) + 3, 1);
    assert_eq!(wrong.part, format!("object {}", entry.objects[0]));
    assert_eq!((wrong.offset, wrong.found, wrong.right), (Some(3), Some(object[3] ^ 1), Some(object[3])));

    // The hash beside an entry follows the entry's bytes in its row.
    let stored = store.entries(90..91).next().unwrap().unwrap();
    let row = [stored.bytes.as_slice(), stored.leaf.as_bytes()].concat();
    let wrong = held.flipped(held.place(&row) + stored.bytes.len() + 7, 2);
    assert_eq!(wrong.part, "the hash beside entry 90");
    assert_eq!((wrong.offset, wrong.right), (Some(7), Some(stored.leaf.0[7])));

    let note = store.checkpoint_note().unwrap().unwrap();
    for at in [0, 30, note.len() - 4] {
        let wrong = held.flipped(held.place(&note) + at, 1);
        assert_eq!(wrong.part, format!("checkpoint over {COUNT} entries"), "{wrong:?}");
        assert_eq!((wrong.offset, wrong.right), (Some(at as u64), Some(note[at])));
    }
}

#[test]
fn what_cannot_be_told_is_not_guessed() {
    let held = Held::new();
    let bytes = held.open().entries(90..91).next().unwrap().unwrap().bytes;
    let place = held.place(&bytes);
    let mut changed = held.file.clone();
    let digits: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at].is_ascii_hexdigit()).collect();
    let (one, other) = (digits[digits.len() / 2], digits[digits.len() / 2 + 9]);
    for at in [one, other] {
        // More than two bits: these would be found.
        changed[place + at] = bytes[at] ^ 3;
    }
    let wrong = held.with(&changed).unwrap();
    assert_eq!((wrong.part.as_str(), wrong.right), ("entry 90", None), "{wrong:?}");
}

#[test]
fn another_key_beside_the_record_is_named_by_its_first_byte() {
    let held = Held::new();
    let verifier = held.open().verifier().clone();
    let path = held.dir.path().join("log.pub");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen('+', "-", 1)).unwrap();
    let (_, wrong) = held.open().first_wrong_byte(&verifier, &[]).unwrap();
    let wrong = wrong.unwrap();
    assert_eq!((wrong.part.as_str(), wrong.offset), ("log.pub", Some(text.find('+').unwrap() as u64)));
    assert!(Path::new(&wrong.file.unwrap().path).ends_with("log.pub"));
}

/// Objects of a store of their own: one a row of the database, one over 8 MiB and a file.
fn with_objects(objects: &[Vec<u8>]) -> (tempfile::TempDir, Vec<truceline_record::Digest>) {
    let (dir, mut store) = store_of(3);
    let digests: Vec<_> =
        objects.iter().map(|bytes| store.put_stream(bytes.as_slice(), u64::MAX).unwrap().digest).collect();
    let kept = digests.iter().map(|digest| truceline_store::Object::Kept(*digest)).collect();
    let entry = truceline_store::NewEntry {
        kind: "file".into(),
        at: AT.into(),
        body: serde_json::json!({}),
        key: None,
        objects: kept,
    };
    store.append(&[entry]).unwrap();
    store.checkpoint(AT).unwrap();
    (dir, digests)
}

fn find(dir: &Path) -> WrongByte {
    let store = Store::open_read_only(dir).unwrap();
    store.first_wrong_byte(store.verifier(), &[]).unwrap().1.unwrap()
}

#[test]
fn of_a_large_object_the_first_wrong_byte_is_named_cut_lengthened_or_changed_in_many_places() {
    let mut dice = Dice(5);
    let bytes: Vec<u8> = (0..(8 << 20) + 5000).map(|_| dice.below(256) as u8).collect();
    let (dir, digests) = with_objects(std::slice::from_ref(&bytes));
    let name = digests[0].to_string();
    let path = dir.path().join("vault").join(&name[..2]).join(&name);
    let with = |changed: &[u8]| {
        fs::write(&path, changed).unwrap();
        find(dir.path())
    };
    for _ in 0..4 {
        let at = dice.below(bytes.len());
        let mut changed = bytes.clone();
        changed[at] ^= 0x20;
        (at + 2000..bytes.len()).step_by(100_000).for_each(|later| changed[later] ^= 1);
        let wrong = with(&changed);
        assert_eq!(wrong.part, format!("object {name}"));
        assert_eq!((wrong.offset, wrong.right), (Some(at as u64), Some(bytes[at])), "{wrong:?}");
        assert_eq!((wrong.file.unwrap().offset, wrong.found), (at as u64, Some(bytes[at] ^ 0x20)));
    }
    let wrong = with(&bytes[..1024 * 5000]);
    assert_eq!((wrong.offset, wrong.found), (Some(1024 * 5000), None), "{wrong:?}");
    let wrong = with(&bytes[..1024 * 5000 + 600]);
    assert_eq!(wrong.within, Some((1024 * 5000, 1024 * 5000 + 601)), "{wrong:?}");
    let wrong = with(&[&bytes[..], b"and more"].concat());
    assert_eq!((wrong.offset, wrong.beyond), (Some(bytes.len() as u64), true), "{wrong:?}");
    // Without the list the object alone can be named.
    fs::remove_dir_all(dir.path().join("pieces")).unwrap();
    let wrong = with(&bytes[..100]);
    assert_eq!((wrong.offset, wrong.within, wrong.right), (None, None, None));
}

#[test]
fn of_an_object_in_the_database_the_byte_is_found_in_the_file_too() {
    let mut dice = Dice(6);
    let bytes: Vec<u8> = (0..300_000).map(|_| dice.below(256) as u8).collect();
    let (dir, digests) = with_objects(std::slice::from_ref(&bytes));
    let file = dir.path().join("truceline.db");
    let held = fs::read(&file).unwrap();
    for _ in 0..12 {
        // Anywhere in a page of the file that is full of the object's bytes; a byte of its own list tells which.
        let at = dice.below(bytes.len() - 64);
        let Some(place) = held.windows(40).position(|part| *part == bytes[at..at + 40]) else { continue };
        let mut changed = held.clone();
        changed[place] ^= 0x11;
        fs::write(&file, &changed).unwrap();
        let wrong = find(dir.path());
        assert_eq!(wrong.part, format!("object {}", digests[0]));
        assert_eq!((wrong.offset, wrong.right), (Some(at as u64), Some(bytes[at])), "{wrong:?}");
        assert_eq!(wrong.file.unwrap().offset, place as u64);
    }
}

#[test]
fn what_is_erased_takes_the_hashes_of_its_pieces_along() {
    let bytes = vec![7_u8; 20_000];
    let (dir, digests) = with_objects(&[bytes]);
    let name = digests[0].to_string();
    let list = dir.path().join("pieces").join(&name[..2]).join(&name);
    assert!(list.is_file());
    let mut store = Store::open(dir.path()).unwrap();
    let body = serde_json::json!({ "erased": [name] });
    let entry = truceline_store::NewEntry {
        kind: truceline_record::ERASURE.into(),
        at: AT.into(),
        body,
        key: None,
        objects: Vec::new(),
    };
    store.erase(entry).unwrap();
    assert!(!list.exists());
    assert!(store.verify().unwrap().is_clean());
}

/// Objects are written before the entry that names them: what a kill in between leaves is named, told apart from damage, and harmless.
#[test]
fn what_no_entry_names_is_listed_and_what_nobody_wrote_is_a_fault() {
    let held = Held::new();
    let dir = held.dir.path();
    let mut store = Store::open(dir).unwrap();
    let large = vec![b'a'; truceline_store::SMALL_OBJECT_BYTES + 1];
    let kept = [store.put_stream(&b"a small one"[..], 100), store.put_stream(large.as_slice(), u64::MAX)];
    let mut kept = kept.map(|kept| kept.unwrap().digest);
    kept.sort();
    let report = store.verify().unwrap();
    assert!(report.is_clean() && report.orphans == kept, "{:?} {:?}", report.faults, report.orphans);
    // What a writer that was killed in the middle of an object leaves is no object yet.
    fs::write(dir.join("vault/unfinished/object"), b"half of").unwrap();
    assert_eq!(store.verify().unwrap(), report);
    // An entry takes it up: then it is nobody's orphan.
    let name = truceline_store::Object::Kept(kept[0]);
    store
        .append(&[truceline_store::NewEntry { key: None, objects: vec![name], ..common::row(9_999) }])
        .unwrap();
    assert_eq!(store.verify().unwrap().orphans, kept[1..]);
    let faults = |store: &Store| {
        let faults = store.verify().unwrap().faults;
        faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    // Beside them: a file that nothing writes, an object where nobody looks for it, and one whose bytes are others.
    for name in ["vault/unfinished/other", "vault/loose", "vault/aa/no-digest"] {
        let path = dir.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, b"x").unwrap();
        assert!(!faults(&store).is_empty(), "{name}");
        fs::remove_file(&path).unwrap();
        assert_eq!(faults(&store), "");
    }
    let name = truceline_record::digest_of(&large).to_string();
    let (right, wrong) = (dir.join("vault").join(&name[..2]).join(&name), dir.join("vault/zz").join(&name));
    fs::create_dir_all(wrong.parent().unwrap()).unwrap();
    fs::rename(&right, &wrong).unwrap();
    assert!(faults(&store).contains(&name), "{}", faults(&store));
    fs::rename(&wrong, &right).unwrap();
    fs::write(&right, b"other bytes").unwrap();
    assert!(faults(&store).contains("no entry refers to it"), "{}", faults(&store));
}
