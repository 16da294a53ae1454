//! Vectors for whoever checks the record in another language: what our own proofs, notes and cosignatures are. The screens are held against them
//! (`ops-room/tests/proof.spec.ts`), and this holds the file against the code.
//!
//! `TRUCELINE_VECTORS=write cargo nextest run -p truceline --test desk vectors` writes it anew.

use serde_json::{Value, json};
use truceline_record::{
    Digest, Frontier, LeafList, LogSigner, TILE_WIDTH, TilePath, TileSource, WitnessSigner, leaf_hash,
    prove_consistency, prove_inclusion, root_of, with_signatures,
};

use crate::common::root;

/// A tree over `entry 0`, `entry 1`, …
struct Tree(Vec<Digest>);

impl Tree {
    fn of(size: u64) -> Self {
        Self((0..size).map(|n| leaf_hash(format!("entry {n}").as_bytes())).collect())
    }
}

impl TileSource for Tree {
    type Error = String;

    fn tile(&self, path: TilePath) -> Result<Vec<u8>, String> {
        let TilePath::Hashes { level, index, width } = path else { return Err("no hashes".to_owned()) };
        let mut row = self.0.clone();
        for _ in 0..level {
            row = row.chunks_exact(usize::from(TILE_WIDTH)).map(root_of).collect();
        }
        let first = usize::try_from(index).unwrap() * usize::from(TILE_WIDTH);
        let part = row.get(first..first + usize::from(width)).ok_or("not there")?;
        Ok(part.iter().flat_map(|hash| hash.0).collect())
    }
}

fn texts(hashes: &[Digest]) -> Vec<String> {
    hashes.iter().map(Digest::to_string).collect()
}

fn vectors() -> Value {
    let mut inclusions = Vec::new();
    let mut consistencies = Vec::new();
    for size in [1_u64, 2, 3, 4, 5, 7, 8, 13, 255, 256, 257, 700] {
        let tree = Tree::of(size);
        let root = root_of(&tree.0);
        for n in [0, size / 3, size / 2, size - 1] {
            let hashes = prove_inclusion(&tree, size, root, n).unwrap();
            inclusions.push(json!({
                "entry": format!("entry {n}"), "n": n, "size": size, "root": root.to_string(), "hashes": texts(&hashes),
            }));
        }
        for old in [0, 1, size / 2, size.saturating_sub(1), size] {
            let hashes = prove_consistency(&tree, size, root, old).unwrap();
            let old_root = root_of(&Tree::of(old).0);
            consistencies.push(json!({
                "old": old, "old_root": old_root.to_string(), "size": size, "root": root.to_string(), "hashes": texts(&hashes),
            }));
        }
    }
    let log = LogSigner::new("example.org/log", &[7; 32]).unwrap();
    let witnesses = [1_u8, 2].map(|n| WitnessSigner::new(&format!("witness.example/{n}"), &[n; 32]).unwrap());
    let note = log.sign_checkpoint(13, root_of(&Tree::of(13).0)).unwrap();
    let both = with_signatures(&note, &witnesses[0].cosign(&note, 1_462_400_000).unwrap()).unwrap();
    let lines = LeafList::of([b"a".as_slice(), "قصف".as_bytes(), b"c"].into_iter());
    let line = lines.prove(1).unwrap();
    assert_eq!(Frontier::default().root(), root_of(&[]));
    json!({
        "inclusions": inclusions, "consistencies": consistencies,
        "note": String::from_utf8(both).unwrap(), "key": log.verifier_key(), "cosigned_at": 1_462_400_000,
        "witnesses": witnesses.map(|one| one.verifier_key()),
        "line": { "text": "قصف", "n": 1, "lines": 3, "root": lines.root().to_string(), "hashes": texts(&line.hashes) },
    })
}

#[test]
fn the_vectors_that_others_check_by_are_ours() {
    let path = root().join("ops-room/tests/vectors/record.json");
    let made = serde_json::to_string_pretty(&vectors()).unwrap() + "\n";
    if std::env::var("TRUCELINE_VECTORS").is_ok_and(|word| word == "write") {
        std::fs::write(&path, &made).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), made, "write them anew as the file's top says");
}
