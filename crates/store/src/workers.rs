//! Entries read and hashed by several threads, and given back in the order in which they came.
//!
//! Whatever the number of threads, what comes out is the same; with none, the caller's own does the work. Little is held at a time: a few
//! chunks of entries each.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Builder, Scope};

use truceline_record::{Digest, EntryRead};

/// Entries handed over at once.
const CHUNK: usize = 512;

/// Chunks that a worker may have before it.
const AHEAD: usize = 4;

/// An entry as it was read.
pub(crate) struct Checked {
    /// The number that it is stored under.
    pub(crate) n: u64,
    /// The hash beside it, where it is one.
    pub(crate) beside: Option<Digest>,
    pub(crate) read: EntryRead,
}

/// Entries as they stand, one behind the other.
#[derive(Default)]
struct Chunk {
    bytes: Vec<u8>,
    /// Number, hash beside it, and where its bytes end.
    entries: Vec<(u64, Option<Digest>, usize)>,
}

impl Chunk {
    fn check(&self) -> Vec<Checked> {
        let mut start = 0;
        let mut checked = Vec::with_capacity(self.entries.len());
        for (n, beside, end) in &self.entries {
            let bytes = self.bytes.get(start..*end).unwrap_or_default();
            start = *end;
            checked.push(Checked { n: *n, beside: *beside, read: EntryRead::of(bytes) });
        }
        checked
    }
}

struct Worker {
    to: SyncSender<Chunk>,
    from: Receiver<Vec<Checked>>,
}

/// The workers, and what is under way.
pub(crate) struct Workers<F: FnMut(Checked)> {
    workers: Vec<Worker>,
    filling: Chunk,
    /// Which worker has each chunk that is under way, oldest first.
    under_way: VecDeque<usize>,
    next: usize,
    each: F,
}

impl<F: FnMut(Checked)> Workers<F> {
    /// Starts up to `count` threads; `each` gets the entries, in order, in the caller's thread.
    pub(crate) fn start<'scope>(scope: &'scope Scope<'scope, '_>, count: usize, each: F) -> Self {
        let mut workers = Vec::new();
        for _ in 0..count {
            let (to, chunks) = sync_channel::<Chunk>(AHEAD);
            let (done, from) = sync_channel(AHEAD);
            let work = move || {
                while let Ok(chunk) = chunks.recv() {
                    if done.send(chunk.check()).is_err() {
                        break;
                    }
                }
            };
            // Where the system gives no more threads, fewer do it.
            if Builder::new().spawn_scoped(scope, work).is_ok() {
                workers.push(Worker { to, from });
            }
        }
        Self { workers, filling: Chunk::default(), under_way: VecDeque::new(), next: 0, each }
    }

    /// The next entry.
    pub(crate) fn entry(&mut self, n: u64, bytes: &[u8], beside: Option<Digest>) {
        self.filling.bytes.extend_from_slice(bytes);
        self.filling.entries.push((n, beside, self.filling.bytes.len()));
        if self.filling.entries.len() == CHUNK {
            self.send();
        }
    }

    /// Waits for all that is under way.
    pub(crate) fn finish(mut self) {
        self.send();
        while !self.under_way.is_empty() {
            self.collect();
        }
    }

    fn send(&mut self) {
        let chunk = core::mem::take(&mut self.filling);
        if self.workers.is_empty() {
            return chunk.check().into_iter().for_each(&mut self.each);
        }
        // One that has all the chunks it may have gives one back first; else both would wait for the other.
        if self.under_way.len() >= self.workers.len() * AHEAD {
            self.collect();
        }
        let worker = self.next % self.workers.len();
        self.next += 1;
        if let Some(Worker { to, .. }) = self.workers.get(worker) {
            // A worker ends only when this lets go of it; a panic in it ends the scope, and is not hidden.
            let _ = to.send(chunk);
            self.under_way.push_back(worker);
        }
    }

    fn collect(&mut self) {
        let worker = self.under_way.pop_front().and_then(|worker| self.workers.get(worker));
        if let Some(Ok(checked)) = worker.map(|worker| worker.from.recv()) {
            checked.into_iter().for_each(&mut self.each);
        }
    }
}
