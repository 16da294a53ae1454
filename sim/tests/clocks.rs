//! Clocks that jump to and fro: order, proofs and what a witness remembers are the same whatever the time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod trial;

use trial::{folder, seeds};
use truceline_record::{check_consistency, check_inclusion, leaf_hash};
use truceline_sim::life::{Life, Said};
use truceline_store::{Store, WitnessFolder};

#[test]
fn jumping_clocks_change_neither_order_nor_proofs() {
    let mut back = 0;
    for seed in seeds(1, 40) {
        let life = Life { seed, batches: 10, large: false, together: false };
        let dir = folder();
        let (mut times, mut numbers, mut signed) = (Vec::new(), Vec::new(), Vec::new());
        let mut say = |said: Said| match said {
            Said::Witnessed { time, .. } => times.push(time),
            Said::Receipt { row, n } => numbers.push((row, n)),
            Said::Signed { size, root } => signed.push((size, root)),
            _ => {}
        };
        life.live(dir.path(), &mut say).unwrap();
        let moments: Vec<String> = (0..life.all_rows()).map(|row| life.entry(row).at).collect();
        back += moments.windows(2).filter(|pair| pair[1] < pair[0]).count();
        assert!(numbers.iter().all(|(row, n)| row == n), "seed {seed}: numbers follow the order of sending");
        assert!(times.is_sorted(), "seed {seed}: a cosignature is dated before the last one: {times:?}");

        let store = Store::open_read_only(&dir.path().join("store")).unwrap();
        assert!(store.verify().unwrap().is_clean());
        for (n, at) in (0_u64..).zip(&moments) {
            let entry = store.entries(n..n + 1).next().unwrap().unwrap();
            assert_eq!(entry.decode().unwrap().at, *at);
            let (last, proof) = store.prove_inclusion(n).unwrap();
            check_inclusion(&proof, last.size, last.root, n, leaf_hash(&entry.bytes)).unwrap();
        }
        for (size, root) in signed {
            let (last, proof) = store.prove_consistency(size).unwrap();
            check_consistency(&proof, last.size, last.root, size, root).unwrap();
        }
        let witness = WitnessFolder::open(&dir.path().join("witness")).unwrap();
        assert_eq!(witness.logs().unwrap()[0].size, life.all_rows());
    }
    assert!(back > 100, "the clocks did jump back: {back} times");
}
