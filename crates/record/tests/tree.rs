//! The tree, its tiles and its proofs against a naive reading of RFC 6962 kept here, sharing no code
//! with the crate; and checkpoints against the note crate's own verifier.

use proptest::prelude::*;
use sha2::{Digest as _, Sha256};
use truceline_record::{
    Digest, Frontier, LogSigner, TilePath, TileSource, TileTrees, Tiler, check_consistency, check_inclusion,
    empty_root, leaf_hash, prove_consistency, prove_inclusion, root_of,
};

/// RFC 6962 §2.1, word for word.
fn naive_root(entries: &[Vec<u8>]) -> [u8; 32] {
    match entries {
        [] => Sha256::digest([]).into(),
        [one] => Sha256::new().chain_update([0]).chain_update(one).finalize().into(),
        many => {
            let split = largest_power_below(many.len());
            let (left, right) = many.split_at(split);
            let nodes = (naive_root(left), naive_root(right));
            Sha256::new().chain_update([1]).chain_update(nodes.0).chain_update(nodes.1).finalize().into()
        }
    }
}

fn largest_power_below(n: usize) -> usize {
    let mut k = 1;
    while k * 2 < n {
        k *= 2;
    }
    k
}

/// RFC 6962 §2.1.1, word for word.
fn naive_path(m: usize, entries: &[Vec<u8>]) -> Vec<[u8; 32]> {
    if entries.len() == 1 {
        return vec![];
    }
    let k = largest_power_below(entries.len());
    let (left, right) = entries.split_at(k);
    if m < k {
        let mut path = naive_path(m, left);
        path.push(naive_root(right));
        path
    } else {
        let mut path = naive_path(m - k, right);
        path.push(naive_root(left));
        path
    }
}

/// RFC 6962 §2.1.2, word for word.
fn naive_consistency(m: usize, entries: &[Vec<u8>], whole: bool) -> Vec<[u8; 32]> {
    if m == entries.len() {
        return if whole { vec![] } else { vec![naive_root(entries)] };
    }
    let k = largest_power_below(entries.len());
    let (left, right) = entries.split_at(k);
    if m <= k {
        let mut proof = naive_consistency(m, left, whole);
        proof.push(naive_root(right));
        proof
    } else {
        let mut proof = naive_consistency(m - k, right, false);
        proof.push(naive_root(left));
        proof
    }
}

fn entries(count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|n| format!("entry {n}").into_bytes()).collect()
}

/// Tiles as a folder would hold them: exact paths, and nothing else.
struct Folder(std::collections::BTreeMap<TilePath, Vec<u8>>);

impl TileSource for Folder {
    type Error = String;

    fn tile(&self, path: TilePath) -> Result<Vec<u8>, String> {
        self.0.get(&path).cloned().ok_or_else(|| "not there".to_owned())
    }
}

fn tiled(entries: &[Vec<u8>]) -> (Tiler, Folder) {
    let mut tiler = Tiler::new();
    let mut folder = Folder(Default::default());
    for entry in entries {
        folder.0.extend(tiler.push(leaf_hash(entry)));
    }
    folder.0.extend(tiler.partial_tiles());
    (tiler, folder)
}

#[test]
fn roots_agree_with_the_rfc_for_every_small_size() {
    let all = entries(600);
    let (mut frontier, mut tiler) = (Frontier::new(), Tiler::new());
    assert_eq!(empty_root().0, naive_root(&[]));
    for (size, entry) in (1..).zip(&all) {
        frontier.push(leaf_hash(entry));
        tiler.push(leaf_hash(entry));
        assert_eq!(frontier.root().0, naive_root(&all[..size]), "size {size}");
        assert_eq!(tiler.root(), frontier.root(), "size {size}");
    }
}

#[test]
fn a_tree_with_three_levels_of_tiles_agrees_too() {
    let all = entries(256 * 256 + 300);
    let (tiler, folder) = tiled(&all);
    assert_eq!(tiler.root().0, naive_root(&all));
    let listed: Vec<TilePath> = TilePath::all_hashes(all.len() as u64);
    assert_eq!(
        folder.0.keys().copied().collect::<std::collections::BTreeSet<_>>(),
        listed.into_iter().collect()
    );
    for n in [0, 255, 256, 65_535, 65_536, all.len() - 1] {
        let proof = prove_inclusion(&folder, all.len() as u64, tiler.root(), n as u64).unwrap();
        assert_eq!(proof.iter().map(|hash| hash.0).collect::<Vec<_>>(), naive_path(n, &all), "entry {n}");
    }
}

#[test]
fn a_tiler_resumes_where_it_was() {
    for size in [0_usize, 1, 255, 256, 257, 511, 512, 4000, 65_535, 65_536, 65_537, 66_100] {
        let all = entries(size);
        let (tiler, folder) = tiled(&all);
        let resumed = Tiler::resume(size as u64, |level, index, width| {
            let bytes = folder.tile(TilePath::hashes(level, index, width))?;
            Ok::<_, String>(bytes.chunks(32).filter_map(Digest::from_slice).collect())
        });
        assert_eq!(resumed, Ok(tiler), "size {size}");
    }
}

#[test]
fn the_note_crate_itself_accepts_our_checkpoints() {
    use signed_note::{Note, StandardVerifier, VerifierList};
    let signer = LogSigner::new("example.org/log", &[3; 32]).unwrap();
    let root = root_of(&[leaf_hash(b"a"), leaf_hash(b"b")]);
    let bytes = signer.sign_checkpoint(2, root).unwrap();
    let note = Note::from_bytes(&bytes).unwrap();
    let key = StandardVerifier::new(&signer.verifier_key()).unwrap();
    let (verified, unknown) = note.verify(&VerifierList::new(vec![Box::new(key)])).unwrap();
    assert_eq!((verified.len(), unknown.len()), (1, 0));
    let checkpoint = tlog_tiles::Checkpoint::from_bytes(note.text()).unwrap();
    assert_eq!((checkpoint.origin(), checkpoint.size()), ("example.org/log", 2));
    assert_eq!(checkpoint.hash().0, root.0);
    let text = String::from_utf8(bytes).unwrap();
    assert!(
        text.starts_with("example.org/log\n2\n") && text.contains("\n\n\u{2014} example.org/log "),
        "{text}"
    );
}

#[test]
fn a_damaged_tile_spoils_a_proof_and_never_makes_a_wrong_one() {
    let all = entries(700);
    let (tiler, folder) = tiled(&all);
    for (path, bytes) in &folder.0 {
        for place in [0, bytes.len() / 2, bytes.len() - 1] {
            let mut damaged = Folder(folder.0.clone());
            damaged.0.get_mut(path).unwrap()[place] ^= 1;
            for n in [0, 300, 699] {
                if let Ok(proof) = prove_inclusion(&damaged, 700, tiler.root(), n) {
                    let leaf = leaf_hash(&all[n as usize]);
                    assert_eq!(
                        check_inclusion(&proof, 700, tiler.root(), n, leaf),
                        Ok(()),
                        "{path} {place} {n}"
                    );
                }
            }
        }
    }
    let mut missing = Folder(folder.0.clone());
    missing.0.remove(&TilePath::hashes(0, 1, 256));
    let error = prove_inclusion(&missing, 700, tiler.root(), 300).unwrap_err();
    assert_eq!(error.to_string(), "tile tile/0/001: not there");
}

/// A folder that keeps trees of tiles, and counts how often it was read.
struct Keeping {
    folder: Folder,
    trees: TileTrees,
    reads: std::cell::Cell<usize>,
}

impl TileSource for Keeping {
    type Error = String;

    fn tile(&self, path: TilePath) -> Result<Vec<u8>, String> {
        self.reads.set(self.reads.get() + 1);
        self.folder.tile(path)
    }

    fn trees(&self) -> Option<&TileTrees> {
        Some(&self.trees)
    }
}

#[test]
fn kept_trees_give_the_same_proofs_and_one_that_is_wrong_is_read_again() {
    let all = entries(256 * 3 + 40);
    let (tiler, folder) = tiled(&all);
    let (size, root) = (all.len() as u64, tiler.root());
    let fresh = |n| prove_inclusion(&folder, size, root, n);
    let mut keeping =
        Keeping { folder: Folder(folder.0.clone()), trees: TileTrees::new(3), reads: Default::default() };
    for n in [0, 300, 1, 767, 807, 512, 0] {
        assert_eq!(prove_inclusion(&keeping, size, root, n), fresh(n), "entry {n}");
    }
    keeping.reads.set(0);
    prove_inclusion(&keeping, size, root, 5).unwrap();
    assert_eq!(keeping.reads.get(), 0, "what was read before is read no more");
    // What is stored is damaged later: the proof is still the right one.
    let first = TilePath::hashes(0, 0, 256);
    keeping.folder.0.get_mut(&first).unwrap()[0] ^= 1;
    assert_eq!(prove_inclusion(&keeping, size, root, 1), fresh(1));
    // Read while it was damaged, and mended: not served from what is kept. Entry 0 shows the damage, entry 255 does not.
    keeping.trees.forget();
    prove_inclusion(&keeping, size, root, 300).unwrap();
    assert!(prove_inclusion(&keeping, size, root, 0).is_err());
    keeping.folder.0.get_mut(&first).unwrap()[0] ^= 1;
    assert_eq!(prove_inclusion(&keeping, size, root, 0), fresh(0));
}

#[test]
fn sizes_that_do_not_fit_are_refused() {
    let (tiler, folder) = tiled(&entries(3));
    assert!(prove_inclusion(&folder, 3, tiler.root(), 3).is_err());
    assert!(prove_inclusion(&folder, 0, empty_root(), 0).is_err());
    assert!(prove_consistency(&folder, 3, tiler.root(), 4).is_err());
    assert_eq!(prove_consistency(&folder, 3, tiler.root(), 0), Ok(vec![]));
    assert_eq!(check_consistency(&[], 3, tiler.root(), 0, empty_root()), Ok(()));
    assert!(check_consistency(&[], 3, tiler.root(), 0, tiler.root()).is_err());
    assert!(check_inclusion(&[], u64::MAX, tiler.root(), u64::MAX, leaf_hash(b"")).is_err());
    assert!(check_inclusion(&[], 0, empty_root(), 0, leaf_hash(b"")).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn proofs_agree_with_the_rfc_and_check(size in 1_usize..900, a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>()) {
        let all = entries(size);
        let (tiler, folder) = tiled(&all);
        let (n, old) = (a.index(size), b.index(size) + 1);
        let root = tiler.root();

        let proof = prove_inclusion(&folder, size as u64, root, n as u64).unwrap();
        prop_assert_eq!(proof.iter().map(|hash| hash.0).collect::<Vec<_>>(), naive_path(n, &all));
        prop_assert_eq!(check_inclusion(&proof, size as u64, root, n as u64, leaf_hash(&all[n])), Ok(()));
        prop_assert!(check_inclusion(&proof, size as u64, root, n as u64, leaf_hash(b"another")).is_err());

        let proof = prove_consistency(&folder, size as u64, root, old as u64).unwrap();
        prop_assert_eq!(
            proof.iter().map(|hash| hash.0).collect::<Vec<_>>(),
            naive_consistency(old, &all, true)
        );
        let old_root = Digest(naive_root(&all[..old]));
        prop_assert_eq!(check_consistency(&proof, size as u64, root, old as u64, old_root), Ok(()));
        if old < size {
            prop_assert!(check_consistency(&proof, size as u64, root, old as u64, root).is_err());
        }
    }

    #[test]
    fn a_changed_proof_does_not_check(size in 2_usize..600, n in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let all = entries(size);
        let (tiler, folder) = tiled(&all);
        let n = n.index(size);
        let mut proof = prove_inclusion(&folder, size as u64, tiler.root(), n as u64).unwrap();
        let place = at.index(proof.len());
        proof[place].0[place % 32] ^= 1 << bit;
        prop_assert!(check_inclusion(&proof, size as u64, tiler.root(), n as u64, leaf_hash(&all[n])).is_err());
    }
}
