//! Replicas: what a centre hands out is held against its key, whoever it is and however often it stops; two histories are kept as evidence.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::cell::{Cell, RefCell};
use std::fs;
use std::io::Read;
use std::path::Path;

use common::{AT, Dice, ORIGIN, row, rows};
use serde_json::{Value, json};
use tempfile::TempDir;
use truceline_record::{
    Digest, Entry, LogVerifier, TilePath, WitnessSigner, check_consistency, decode_bundle, digest_of,
    encode_bundle, with_signatures,
};
use truceline_store::{
    BackupError, Centre, Cosigners, FollowError, NewEntry, Object, OpenError, Outcome, Replica,
    SMALL_OBJECT_BYTES, StaticFolder, Store,
};

struct Ground {
    folders: TempDir,
    centre: Store,
}

impl Ground {
    fn new(entries: u64) -> Self {
        let folders = tempfile::tempdir().unwrap();
        let mut centre = Store::create(&folders.path().join("geneva"), ORIGIN, [7; 32]).unwrap();
        grow(&mut centre, 0..entries);
        Self { folders, centre }
    }

    fn replica(&self, name: &str) -> Replica {
        let key = self.centre.verifier();
        Replica::create(&self.folders.path().join(name), key, &Cosigners::default(), AT).unwrap()
    }

    /// A second history of the same log: the same key, the same first entries.
    fn other(&self, name: &str, same: u64, then: std::ops::Range<u64>) -> Store {
        let mut other = Store::create(&self.folders.path().join(name), ORIGIN, [7; 32]).unwrap();
        grow(&mut other, 0..same);
        grow(&mut other, then);
        other
    }
}

fn grow(store: &mut Store, range: std::ops::Range<u64>) {
    store.append(&rows(range)).unwrap();
    store.checkpoint(AT).unwrap();
}

fn bytes(store: &Store) -> Vec<Vec<u8>> {
    store.entries(0..store.len().unwrap()).map(|entry| entry.unwrap().bytes).collect()
}

/// The replica holds the first entries of the centre, and nothing that does not verify.
fn is_sound(replica: &Replica, centre: &Store) {
    let (held, all) = (bytes(replica.store()), bytes(centre));
    assert_eq!(held, all[..held.len()]);
    let report = replica.store().verify().unwrap();
    assert!(report.is_clean(), "{:?}", report.faults);
}

fn is_the_same(replica: &Replica, centre: &Store) {
    is_sound(replica, centre);
    assert_eq!(replica.store().len(), centre.len());
    assert_eq!(replica.store().checkpoint_note(), centre.checkpoint_note());
}

#[test]
fn a_replica_is_the_record_and_signs_nothing() {
    let mut ground = Ground::new(700);
    let large = vec![5; SMALL_OBJECT_BYTES + 3];
    ground.centre.append(&[NewEntry { objects: vec![Object::Bytes(large.clone())], ..row(700) }]).unwrap();
    ground.centre.checkpoint(AT).unwrap();
    let mut replica = ground.replica("amman");
    let done = replica.follow(&ground.centre, AT).unwrap();
    assert_eq!((done.entries, done.objects, done.size, done.lacking.len()), (701, 701, 701, 0));
    is_the_same(&replica, &ground.centre);
    assert_eq!(replica.store().object(&digest_of(&large)).unwrap(), Some(large));
    assert_eq!(replica.follow(&ground.centre, AT).unwrap().entries, 0);
    for n in [702, 703, 900, 1300] {
        let first = ground.centre.len().unwrap();
        grow(&mut ground.centre, first..n);
        let done = replica.follow(&ground.centre, AT).unwrap();
        assert_eq!((done.entries, done.size), (n - first, n));
        is_the_same(&replica, &ground.centre);
    }
    // What is not signed yet is not there yet.
    ground.centre.append(&rows(1300..1305)).unwrap();
    assert_eq!(replica.follow(&ground.centre, AT).unwrap().entries, 0);

    // Nobody writes to it by mistake, anybody reads it, and another can follow it.
    let dir = replica.store().dir().to_owned();
    assert!(matches!(Store::open(&dir), Err(OpenError::Copy { .. })));
    assert!(matches!(Replica::open(&dir), Err(OpenError::InUse { .. })));
    let read = Store::open_read_only(&dir).unwrap();
    let mut third = ground.replica("latakia");
    third.follow(&read, AT).unwrap();
    is_the_same(&third, &read);
    // By a stick: static files that any web server could hand out, and objects beside them.
    let stick = ground.folders.path().join("stick");
    ground.centre.export_static(&stick).unwrap();
    ground.centre.export_objects(&stick).unwrap();
    let mut by_stick = ground.replica("aleppo");
    by_stick.follow(&StaticFolder::new(&stick), AT).unwrap();
    is_the_same(&by_stick, &read);
    drop(replica);
    is_the_same(&Replica::open(&dir).unwrap(), &read);
}

/// What a centre hands out, changed on its way: one bit of each so-manieth answer, or cut off after so many.
struct Changed<'s> {
    inner: &'s Store,
    dice: RefCell<Dice>,
    answers: Cell<u32>,
    /// Spoils about one answer in so many.
    one_in: usize,
    /// Ends after so many answers.
    cut_after: u32,
}

impl<'s> Changed<'s> {
    fn new(inner: &'s Store, seed: u64, one_in: usize, cut_after: u32) -> Self {
        Self { inner, dice: RefCell::new(Dice(seed)), answers: Cell::new(0), one_in, cut_after }
    }

    fn spoil(&self, mut bytes: Vec<u8>, one_in: usize) -> Result<Vec<u8>, String> {
        self.answers.set(self.answers.get() + 1);
        if self.answers.get() > self.cut_after {
            return Err("the line went dead".to_owned());
        }
        let mut dice = self.dice.borrow_mut();
        if dice.below(one_in) == 0 && !bytes.is_empty() {
            let at = dice.below(bytes.len());
            match dice.below(4) {
                0 => bytes.truncate(at),
                1 => bytes.extend_from_slice(b"more"),
                _ => bytes[at] ^= 1 << dice.below(8),
            }
        }
        Ok(bytes)
    }
}

impl Centre for Changed<'_> {
    fn shown(&self) -> Result<Vec<u8>, String> {
        self.spoil(Centre::shown(self.inner)?, self.one_in)
    }

    fn tile(&self, path: TilePath) -> Result<Vec<u8>, String> {
        // There are few of them, and each matters.
        self.spoil(Centre::tile(self.inner, path)?, (self.one_in / 40).max(2))
    }

    fn object(&self, digest: &Digest) -> Result<Option<Box<dyn Read + '_>>, String> {
        let Some(mut object) = Centre::object(self.inner, digest)? else { return Ok(None) };
        let mut bytes = Vec::new();
        object.read_to_end(&mut bytes).unwrap();
        Ok(Some(Box::new(std::io::Cursor::new(self.spoil(bytes, self.one_in)?))))
    }
}

#[test]
fn nothing_is_taken_that_was_changed_on_the_way_and_every_end_is_gone_on_from() {
    let ground = Ground::new(600);
    let (mut refused, mut far) = (0, 0);
    for seed in 0..40 {
        let name = format!("replica-{seed}");
        let mut replica = ground.replica(&name);
        for round in 0..4 {
            let line =
                Changed::new(&ground.centre, seed * 10 + round, 300, 40 + 90 * u32::try_from(seed).unwrap());
            refused += u32::from(match replica.follow(&line, AT) {
                Ok(_) => false,
                Err(FollowError::Forked { evidence }) => panic!("seed {seed}: {}", evidence.display()),
                Err(_) => true,
            });
            is_sound(&replica, &ground.centre);
            far += u64::from(replica.store().len().unwrap() > 0);
            // As after a kill: nothing of it is in memory any more.
            let dir = replica.store().dir().to_owned();
            drop(replica);
            replica = Replica::open(&dir).unwrap();
        }
        replica.follow(&ground.centre, AT).unwrap();
        is_the_same(&replica, &ground.centre);
    }
    println!("{refused} of 160 rounds refused, {far} with something held");
    assert!(refused > 60 && far > 60, "{refused} refused, {far} with something held");
}

/// A centre that hands out one entry otherwise than it signed it, in every other way as it should be.
struct Forging<'s>(&'s Store, u64);

impl Centre for Forging<'_> {
    fn shown(&self) -> Result<Vec<u8>, String> {
        Centre::shown(self.0)
    }

    fn tile(&self, path: TilePath) -> Result<Vec<u8>, String> {
        let bytes = Centre::tile(self.0, path)?;
        let TilePath::Entries { index, .. } = path else { return Ok(bytes) };
        if self.1 / 256 != index {
            return Ok(bytes);
        }
        let mut entries: Vec<Vec<u8>> =
            decode_bundle(&bytes).unwrap().into_iter().map(<[u8]>::to_vec).collect();
        let at = usize::try_from(self.1 % 256).unwrap();
        let mut entry = Entry::from_bytes(&entries[at]).unwrap();
        entry.body = json!({ "row": 7_000, "file": "another.csv" });
        entries[at] = entry.to_bytes().unwrap();
        Ok(encode_bundle(&entries).unwrap())
    }

    fn object(&self, digest: &Digest) -> Result<Option<Box<dyn Read + '_>>, String> {
        Centre::object(self.0, digest)
    }
}

#[test]
fn an_entry_that_is_whole_and_not_the_signed_one_is_refused() {
    let ground = Ground::new(600);
    for n in [0, 5, 255, 256, 511, 598, 599] {
        let mut replica = ground.replica(&format!("replica-{n}"));
        let refused = replica.follow(&Forging(&ground.centre, n), AT).unwrap_err();
        assert!(matches!(refused, FollowError::Wrong { .. }), "{n}: {refused}");
        assert_eq!(replica.store().len(), Ok(n / 256 * 256), "what came before it is right");
        is_sound(&replica, &ground.centre);
        replica.follow(&ground.centre, AT).unwrap();
        is_the_same(&replica, &ground.centre);
    }
}

/// What the file proves to whoever has the log's key.
fn proves(evidence: &Path, key: &LogVerifier) {
    let file: Value = serde_json::from_str(&fs::read_to_string(evidence).unwrap()).unwrap();
    let note = |name: &str| key.open(file[name].as_str().unwrap().as_bytes()).unwrap();
    let (first, second) = (note("first"), note("second"));
    if first.size == second.size {
        assert_ne!(first.root, second.root);
        return;
    }
    let shown = &file["second_differs"];
    let root: Digest = shown["root"].as_str().unwrap().parse().unwrap();
    let proof: Vec<Digest> =
        shown["proof"].as_array().unwrap().iter().map(|d| d.as_str().unwrap().parse().unwrap()).collect();
    assert_eq!(shown["at"], first.size);
    check_consistency(&proof, second.size, second.root, first.size, root).unwrap();
    assert_ne!(root, first.root, "that would be no fork");
}

#[test]
fn a_centre_that_shows_another_history_is_refused_and_kept_as_evidence() {
    let ground = Ground::new(500);
    // Longer, as long, and shorter than what is held; parting early and late.
    for (case, (same, then)) in
        [(499, 900..950), (300, 900..1101), (300, 900..950), (0, 900..903)].into_iter().enumerate()
    {
        let other = ground.other(&format!("other-{case}"), same, then);
        let mut replica = ground.replica(&format!("replica-{case}"));
        replica.follow(&ground.centre, AT).unwrap();
        let caught = replica.follow(&other, AT).unwrap_err();
        let FollowError::Forked { evidence } = caught else { panic!("{case}: {caught}") };
        proves(&evidence, ground.centre.verifier());
        is_the_same(&replica, &ground.centre);
        // Nothing more is followed, not even what is right, until people have decided.
        assert_eq!(
            replica.follow(&ground.centre, AT),
            Err(FollowError::Forked { evidence: evidence.clone() })
        );
        fs::remove_file(&evidence).unwrap();
        assert_eq!(replica.follow(&ground.centre, AT).unwrap().entries, 0);
    }
    // As long as what is held.
    let other = ground.other("as-long", 400, 900..1000);
    let mut replica = ground.replica("as-long-replica");
    replica.follow(&ground.centre, AT).unwrap();
    let Err(FollowError::Forked { evidence }) = replica.follow(&other, AT) else { panic!() };
    proves(&evidence, ground.centre.verifier());
    // An older moment of the same history is no fork, and another log is none either.
    let older = ground.other("older", 200, 200..201);
    let mut replica = ground.replica("older-replica");
    replica.follow(&ground.centre, AT).unwrap();
    let done = replica.follow(&older, AT).unwrap();
    assert_eq!((done.entries, done.size, done.shown), (0, 500, 201));
    let mut stranger = Store::create(&ground.folders.path().join("stranger"), ORIGIN, [8; 32]).unwrap();
    grow(&mut stranger, 0..600);
    assert!(matches!(replica.follow(&stranger, AT), Err(FollowError::Wrong { .. })));
}

#[test]
fn a_centre_that_parts_from_what_it_signed_while_the_replica_was_interrupted_is_caught() {
    let ground = Ground::new(600);
    let mut replica = ground.replica("amman");
    // It saw 600 entries signed and has taken some of them when the line goes dead.
    let line = Changed::new(&ground.centre, 1, usize::MAX, 350);
    assert!(matches!(replica.follow(&line, AT), Err(FollowError::Centre { .. })));
    let held = replica.store().len().unwrap();
    assert!((1..600).contains(&held), "{held}");
    let dir = replica.store().dir().to_owned();
    drop(replica);
    // What it holds stands in the other history, too; what it saw signed does not.
    let other = ground.other("other", held + 10, 900..1400);
    let mut replica = Replica::open(&dir).unwrap();
    let caught = replica.follow(&other, AT).unwrap_err();
    let FollowError::Forked { evidence } = caught else { panic!("{caught}") };
    proves(&evidence, ground.centre.verifier());
    assert!(replica.store().len().unwrap() < 600 && replica.store().verify().unwrap().is_clean());
}

#[test]
fn only_what_the_quorum_cosigned_is_followed() {
    let mut ground = Ground::new(300);
    let witnesses: Vec<WitnessSigner> =
        (1..4).map(|n| WitnessSigner::new(&format!("witness.example/{n}"), &[n; 32]).unwrap()).collect();
    let cosign = |centre: &Store, by: &[usize]| {
        let mut note = centre.checkpoint_note().unwrap().unwrap();
        for n in by {
            let line = witnesses[*n].cosign(&note, 1_460_000_000).unwrap();
            note = with_signatures(&note, &line).unwrap();
        }
        centre.keep_cosigned(&note).unwrap();
    };
    let counting = |n: &[usize]| n.iter().map(|n| witnesses[*n].verifier().unwrap()).collect();
    let wanted = Cosigners { witnesses: counting(&[0, 1]), needed: 2 };
    let dir = ground.folders.path().join("amman");
    let mut replica = Replica::create(&dir, ground.centre.verifier(), &wanted, AT).unwrap();
    let none = FollowError::NotCosigned { held: 0, needed: 2 };
    assert_eq!(replica.follow(&ground.centre, AT), Err(none));
    // One of those that count, and one that does not.
    cosign(&ground.centre, &[0, 2]);
    assert_eq!(replica.follow(&ground.centre, AT), Err(FollowError::NotCosigned { held: 1, needed: 2 }));
    assert_eq!(replica.store().len(), Ok(0));
    cosign(&ground.centre, &[0, 1, 2]);
    assert_eq!(replica.follow(&ground.centre, AT).unwrap().size, 300);
    assert_eq!(replica.store().cosigned().unwrap()[0].note, ground.centre.cosigned().unwrap()[0].note);
    // The last one is not cosigned yet: the one before is followed, also after opening again.
    grow(&mut ground.centre, 300..400);
    cosign(&ground.centre, &[0, 1]);
    grow(&mut ground.centre, 400..500);
    drop(replica);
    let mut replica = Replica::open(&dir).unwrap();
    assert_eq!(replica.follow(&ground.centre, AT).unwrap().size, 400);
    is_sound(&replica, &ground.centre);
}

fn erasure(digest: &Digest) -> NewEntry {
    let body = json!({ "erased": [digest.to_string()] });
    NewEntry { kind: "erasure".into(), at: AT.into(), body, key: None, objects: Vec::new() }
}

fn shows(dir: &Path, canary: &[u8]) -> bool {
    fs::read_dir(dir).unwrap().map(|file| file.unwrap().path()).any(|path| {
        if path.is_dir() {
            shows(&path, canary)
        } else {
            fs::read(&path).unwrap().windows(canary.len()).any(|w| w == canary)
        }
    })
}

#[test]
fn what_is_erased_at_the_centre_is_erased_at_the_replica() {
    let mut ground = Ground::new(300);
    let canary = b"a canary that two people erase 91b4".to_vec();
    let digest = digest_of(&canary);
    ground.centre.append(&[NewEntry { objects: vec![Object::Bytes(canary.clone())], ..row(300) }]).unwrap();
    grow(&mut ground.centre, 301..310);
    let mut early = ground.replica("early");
    early.follow(&ground.centre, AT).unwrap();
    let dir = early.store().dir().to_owned();
    assert!(shows(&dir, &canary));
    ground.centre.erase(erasure(&digest)).unwrap();
    grow(&mut ground.centre, 311..320);
    let done = early.follow(&ground.centre, AT).unwrap();
    assert_eq!((done.erased, done.lacking.len()), (1, 0));
    assert!(!shows(&dir, &canary));
    is_the_same(&early, &ground.centre);
    // Who comes later never sees it, and lacks nothing.
    let mut late = ground.replica("late");
    assert_eq!(late.follow(&ground.centre, AT).unwrap().lacking.len(), 0);
    is_the_same(&late, &ground.centre);
    // What the centre lost without a word is told, and fetched when somebody has it again.
    let lost = ground.centre.entry(20).unwrap().unwrap().objects[0];
    struct Without<'s>(&'s Store, Digest);
    impl Centre for Without<'_> {
        fn shown(&self) -> Result<Vec<u8>, String> {
            Centre::shown(self.0)
        }
        fn tile(&self, path: TilePath) -> Result<Vec<u8>, String> {
            Centre::tile(self.0, path)
        }
        fn object(&self, digest: &Digest) -> Result<Option<Box<dyn Read + '_>>, String> {
            if *digest == self.1 { Ok(None) } else { Centre::object(self.0, digest) }
        }
    }
    let mut third = ground.replica("third");
    let done = third.follow(&Without(&ground.centre, lost), AT).unwrap();
    assert_eq!(done.lacking.into_iter().collect::<Vec<_>>(), [lost]);
    assert!(!third.store().verify().unwrap().is_clean());
    let dir = third.store().dir().to_owned();
    drop(third);
    let mut third = Replica::open(&dir).unwrap();
    assert_eq!(third.follow(&ground.centre, AT).unwrap().lacking.len(), 0);
    is_the_same(&third, &ground.centre);
}

#[test]
fn a_replica_takes_over_and_owes_nothing() {
    let ground = Ground::new(600);
    let mut replica = ground.replica("amman");
    let dir = replica.store().dir().to_owned();
    let key = fs::read_to_string(ground.centre.dir().join("log.key")).unwrap();
    let line = Changed::new(&ground.centre, 1, usize::MAX, 400);
    replica.follow(&line, AT).unwrap_err();
    drop(replica);
    // It has no key, and when somebody brings it from the safe, it still owes what it saw signed.
    assert!(Store::take_over(&dir).is_err());
    fs::write(dir.join("log.key"), &key).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(dir.join("log.key"), fs::Permissions::from_mode(0o600)).unwrap();
    }
    let owed = Store::take_over(&dir).unwrap_err();
    assert!(matches!(owed, BackupError::Owed { signed: 600, .. }), "{owed}");
    let mut replica = Replica::open(&dir).unwrap();
    replica.follow(&ground.centre, AT).unwrap();
    drop(replica);
    assert_eq!(Store::take_over(&dir).unwrap(), AT);
    assert!(!Replica::is_there(&dir));
    let mut store = Store::open(&dir).unwrap();
    let again = store.append(&[row(5), row(600)]).unwrap();
    assert_eq!(
        again.iter().map(|a| (a.n, a.outcome)).collect::<Vec<_>>(),
        [(5, Outcome::Duplicate), (600, Outcome::Logged)]
    );
    assert_eq!(store.checkpoint(AT).unwrap().size, 601);
    let (last, proof) = store.prove_consistency(600).unwrap();
    let old = ground.centre.last_checkpoint().unwrap().unwrap();
    check_consistency(&proof, last.size, last.root, old.size, old.root).unwrap();
    assert!(store.verify().unwrap().is_clean());
}

#[test]
fn a_copy_becomes_a_replica_and_nothing_else_does() {
    let mut ground = Ground::new(300);
    let copy = ground.folders.path().join("copy");
    Store::backup(ground.centre.dir(), &copy, false, AT).unwrap();
    grow(&mut ground.centre, 300..400);
    assert!(Replica::open(&copy).is_err(), "nobody told it");
    Replica::tell(&copy, &Cosigners::default()).unwrap();
    let mut replica = Replica::open(&copy).unwrap();
    let done = replica.follow(&ground.centre, AT).unwrap();
    assert_eq!((done.entries, done.size), (100, 400));
    is_the_same(&replica, &ground.centre);
    let dir = ground.centre.dir().to_owned();
    assert!(Replica::tell(&dir, &Cosigners::default()).is_err(), "a store that writes is no replica");
    assert!(Replica::open(&dir).is_err());
    let key = ground.centre.verifier().clone();
    assert!(Replica::create(&dir, &key, &Cosigners::default(), AT).is_err());
    assert!(ground.centre.verify().unwrap().is_clean());
}
