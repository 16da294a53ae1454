//! Work in blocks over worker threads, results in the order of the blocks.
//!
//! Which worker takes which block is chance; what comes out is not, because a block's result depends on the block alone.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Incidents in a block. Part of the digest's definition.
pub(crate) const BLOCK: usize = 1_024;

/// Calls `work` for every block of `count` incidents and gives the results in order. `desk` makes a worker's room to work in.
pub(crate) fn spread<D, R: Send>(
    count: usize,
    workers: usize,
    desk: impl Fn() -> D + Sync,
    work: impl Fn(Range<usize>, &mut D) -> R + Sync,
) -> Vec<R> {
    let blocks = count.div_ceil(BLOCK);
    let range = |block: usize| block * BLOCK..((block + 1) * BLOCK).min(count);
    if workers < 2 {
        let mut desk = desk();
        return (0..blocks).map(|block| work(range(block), &mut desk)).collect();
    }
    let next = AtomicUsize::new(0);
    let worker = || {
        let (mut desk, mut done) = (desk(), Vec::new());
        loop {
            let block = next.fetch_add(1, Ordering::Relaxed);
            if block >= blocks {
                return done;
            }
            done.push((block, work(range(block), &mut desk)));
        }
    };
    let mut all: Vec<(usize, R)> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..workers.min(blocks)).map(|_| scope.spawn(worker)).collect();
        running
            .into_iter()
            .flat_map(|one| one.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    all.sort_by_key(|(block, _)| *block);
    all.into_iter().map(|(_, result)| result).collect()
}
