//! A log that this crate never touched, read by it: signed by the note crate's own signer, its hashes, tiles and proofs made by the tile crate's own
//! functions over entries that are none of ours. What holds there holds here, and what was changed does not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::cell::RefCell;
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use signed_note::{Note, StandardSigner, new_ed25519_verifier_key};
use tlog_tiles::{Checkpoint, Error, Hash, HashReader, Tile, record_hash, stored_hash_count, stored_hashes};
use truceline_record::{
    Digest, EntryProof, LogVerifier, Seen, TilePath, TileSource, WitnessRequest, check_consistency,
    check_inclusion, digest_of, leaf_hash, prove_consistency, prove_inclusion,
};

const NAME: &str = "other.example/log";

/// Their log: entries, the hashes that they store, a key in their own text form.
struct Theirs {
    entries: Vec<Vec<u8>>,
    stored: RefCell<Vec<Hash>>,
    signer: StandardSigner,
    key: String,
}

impl HashReader for Theirs {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, Error> {
        let stored = self.stored.borrow();
        Ok(indexes.iter().map(|index| stored[usize::try_from(*index).unwrap()]).collect())
    }
}

impl Theirs {
    fn of(size: u64) -> Self {
        let seed = [5_u8; 32];
        let public = ed25519_dalek::SigningKey::from_bytes(&seed).verifying_key();
        let id = signed_note::key_id(NAME, &[&[1_u8], public.as_bytes().as_slice()].concat());
        let secret = BASE64_STANDARD.encode([&[1_u8], seed.as_slice()].concat());
        let signer = StandardSigner::new(&format!("PRIVATE+KEY+{NAME}+{id:08x}+{secret}")).unwrap();
        let key = new_ed25519_verifier_key(NAME, &public);
        let mut log = Self { entries: Vec::new(), stored: RefCell::default(), signer, key };
        for n in 0..size {
            let entry = format!("certificate {n}, or whatever they log").into_bytes();
            let hashes = stored_hashes(n, &entry, &log).unwrap();
            log.stored.borrow_mut().extend(hashes);
            log.entries.push(entry);
        }
        assert_eq!(log.stored.borrow().len() as u64, stored_hash_count(size));
        log
    }

    fn root(&self, size: u64) -> Digest {
        Digest(tlog_tiles::tree_hash(size, self).unwrap().0)
    }

    /// Their note over the first `size` entries.
    fn note(&self, size: u64) -> Vec<u8> {
        let text = Checkpoint::new(NAME, size, Hash(self.root(size).0), "").unwrap().to_bytes();
        let mut note = Note::new(&text, &[]).unwrap();
        note.add_sigs(&[&self.signer]).unwrap();
        note.to_bytes()
    }

    /// Their tiles under their paths, as a web server would hand them out.
    fn tiles(&self, size: u64) -> Files {
        let tiles = Tile::new_tiles(8, 0, size);
        Files(tiles.iter().map(|tile| (tile.path(), tile.read_data(self).unwrap())).collect())
    }
}

struct Files(BTreeMap<String, Vec<u8>>);

impl TileSource for Files {
    type Error = String;

    /// Their paths begin with the height of a tile, and name the width of a partial one; the standard's leave the height out.
    fn tile(&self, path: TilePath) -> Result<Vec<u8>, String> {
        let wanted = path.to_string().replacen("tile/", "tile/8/", 1);
        self.0.get(&wanted).cloned().ok_or(wanted)
    }
}

/// Sizes around the ends of tiles, and one with three levels of peaks.
const SIZES: [u64; 9] = [1, 2, 3, 255, 256, 257, 700, 1_023, 66_000];

#[test]
fn their_checkpoints_tiles_and_proofs_hold_here() {
    let log = Theirs::of(66_000);
    let verifier = LogVerifier::new(&log.key).unwrap();
    for size in SIZES {
        let opened = verifier.open(&log.note(size)).unwrap();
        assert_eq!((opened.origin.as_str(), opened.size, opened.root), (NAME, size, log.root(size)));
        let tiles = log.tiles(size);
        for n in [0, size / 3, size / 2, size - 1] {
            let leaf = leaf_hash(&log.entries[usize::try_from(n).unwrap()]);
            assert_eq!(leaf.0, record_hash(&log.entries[usize::try_from(n).unwrap()]).0);
            let theirs: Vec<Digest> =
                tlog_tiles::prove_record(size, n, &log).unwrap().into_iter().map(|h| Digest(h.0)).collect();
            check_inclusion(&theirs, size, opened.root, n, leaf).unwrap();
            // From their tiles the same proof is made here.
            assert_eq!(prove_inclusion(&tiles, size, opened.root, n).unwrap(), theirs, "{n} of {size}");
            let other = digest_of(b"another entry");
            assert!(check_inclusion(&theirs, size, opened.root, n, other).is_err());
        }
        for old in [1, size / 2, size - 1].into_iter().filter(|old| (1..size).contains(old)) {
            let theirs: Vec<Digest> =
                tlog_tiles::prove_tree(size, old, &log).unwrap().into_iter().map(|h| Digest(h.0)).collect();
            check_consistency(&theirs, size, opened.root, old, log.root(old)).unwrap();
            assert_eq!(prove_consistency(&tiles, size, opened.root, old).unwrap(), theirs, "{old} of {size}");
            assert!(check_consistency(&theirs, size, opened.root, old, opened.root).is_err());
        }
    }
}

#[test]
fn any_changed_byte_of_theirs_is_refused_here() {
    let log = Theirs::of(700);
    let verifier = LogVerifier::new(&log.key).unwrap();
    let note = log.note(700);
    for at in 0..note.len() {
        let mut changed = note.clone();
        changed[at] ^= 1;
        assert!(verifier.open(&changed).is_err(), "byte {at}");
    }
    let tiles = log.tiles(700);
    for (path, bytes) in &tiles.0 {
        for at in [0, bytes.len() / 2, bytes.len() - 1] {
            let mut changed = Files(tiles.0.clone());
            changed.0.get_mut(path).unwrap()[at] ^= 1;
            // Entries under the changed tile get no proof, or the true one; never a wrong one.
            for n in [0, 255, 256, 511, 512, 699] {
                if let Ok(proof) = prove_inclusion(&changed, 700, log.root(700), n) {
                    let leaf = leaf_hash(&log.entries[usize::try_from(n).unwrap()]);
                    check_inclusion(&proof, 700, log.root(700), n, leaf).unwrap();
                }
            }
        }
    }
}

#[test]
fn a_proof_and_a_request_in_the_standards_text_are_read_and_judged_here() {
    let log = Theirs::of(700);
    let verifier = LogVerifier::new(&log.key).unwrap();
    let lines = |hashes: Vec<Hash>| -> String {
        hashes.iter().map(|hash| format!("{}\n", BASE64_STANDARD.encode(hash.0))).collect()
    };
    let note = String::from_utf8(log.note(700)).unwrap();
    let proof = lines(tlog_tiles::prove_record(700, 317, &log).unwrap());
    let text = format!("c2sp.org/tlog-proof@v1\nindex 317\n{proof}\n{note}");
    let read = EntryProof::parse(text.as_bytes()).unwrap();
    assert_eq!(read.check(&log.entries[317], &verifier, &[], 0).unwrap().checkpoint.size, 700);
    assert!(read.check(&log.entries[318], &verifier, &[], 0).is_err());
    // As a witness is asked by them.
    let grows = lines(tlog_tiles::prove_tree(700, 300, &log).unwrap());
    let asked = WitnessRequest::parse(format!("old 300\n{grows}\n{note}").as_bytes()).unwrap();
    let seen = Seen { size: 300, root: log.root(300) };
    assert_eq!(asked.judge(std::slice::from_ref(&verifier), seen).unwrap().size, 700);
    let forked = Seen { size: 300, root: log.root(299) };
    assert_eq!(asked.judge(&[verifier], forked).unwrap_err().status(), 422);
}
