//! What many screens read at once: the record as it stands, derived once for all of them and handed out as one shared moment.
//!
//! One thread keeps it. It is woken when the log grows, waits a little so that what comes together is worked together, and puts the new
//! moment in the place of the old; who reads takes the last one that is ready and waits for nothing. Past moments are derived when somebody
//! asks, one at a time, and a few are kept. Never writes, and decides nothing about who may see what.

mod governing;
mod keeper;
mod moments;
mod published;
mod resolving;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant as Counter};

use tokio::sync::watch;
use truceline_casework::case::Docket;
use truceline_model::Instant;

use crate::failure::Failure;
use crate::loaded::Loaded;
use crate::log;
use crate::pipeline::Derived;
use governing::Governing;
use moments::Moments;
use published::PublishedMoments;

/// Workers of one derivation.
const THREADS: usize = 2;
/// For so long a log that cannot be read just now is answered from what was read before.
const PATIENCE: Duration = Duration::from_secs(5);

/// The record up to an entry, and what follows from it as of a moment.
pub(crate) struct Live {
    /// Goes up by one with each that is made: what was answered from one holds for it and no other.
    pub(crate) generation: u64,
    /// As of when.
    pub(crate) as_of: Instant,
    /// What the log says; `entries` in it is the number of entries read.
    pub(crate) loaded: Arc<Loaded>,
    /// Cases.
    pub(crate) docket: Arc<Docket>,
    /// Everything else; or why nothing can be derived, in words.
    derived: Result<Arc<Derived>, String>,
}

impl Live {
    /// Incidents, findings, statuses.
    ///
    /// # Errors
    /// When the mission has no sound terms, so that nothing can be judged.
    pub(crate) fn derived(&self) -> Result<&Arc<Derived>, Failure> {
        self.derived.as_ref().map_err(|why| Failure::operation("judge", why))
    }
}

/// Hands out the record as it stands, and any moment of it.
pub(crate) struct Feed {
    shared: Arc<Shared>,
    moments: Moments,
    published: PublishedMoments,
    governing: Governing,
}

/// What the thread that keeps and those who read have in common.
struct Shared {
    store: PathBuf,
    standing: Mutex<Standing>,
    /// Something newer is ready, or cannot be.
    changed: Condvar,
    /// Somebody says that the log has grown.
    woken: (Mutex<bool>, Condvar),
    /// The generation that is ready: for streams, which wait without a thread.
    told: watch::Sender<u64>,
}

#[derive(Default)]
struct Standing {
    live: Option<Arc<Live>>,
    /// Since when the log cannot be read, and why.
    failing: Option<(Counter, String)>,
    has_ended: bool,
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is in there is put in whole or not at all, so that it is sound whoever stopped.
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Feed {
    /// Starts the thread that keeps it; it ends when this is dropped.
    pub(crate) fn start(store: &Path) -> Self {
        let (told, _) = watch::channel(0);
        let shared = Arc::new(Shared {
            store: store.to_path_buf(),
            standing: Mutex::default(),
            changed: Condvar::new(),
            woken: (Mutex::new(false), Condvar::new()),
            told,
        });
        let kept = Arc::clone(&shared);
        std::thread::spawn(move || keeper::keep(&kept));
        Self {
            shared,
            moments: Moments::default(),
            published: PublishedMoments::default(),
            governing: Governing::default(),
        }
    }

    /// The record as it stands. Waits only for the first, right after the start.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub(crate) fn now(&self) -> Result<Arc<Live>, Failure> {
        self.reached(0)
    }

    /// The same with everything before entry `end` in it: for who has just written and looks at what came of it. Gives what there is when that
    /// takes too long.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub(crate) fn reached(&self, end: u64) -> Result<Arc<Live>, Failure> {
        let since = Counter::now();
        let mut standing = held(&self.shared.standing);
        loop {
            let waited = since.elapsed();
            if let Some((from, why)) = &standing.failing
                && (standing.live.is_none() || from.elapsed() > PATIENCE)
            {
                return Err(Failure::operation("read the log", why));
            }
            match &standing.live {
                Some(live) if live.loaded.entries >= end || waited > PATIENCE || standing.has_ended => {
                    return Ok(Arc::clone(live));
                }
                None if standing.has_ended => {
                    return Err(Failure::operation("read the log", &"the thread that reads it has ended"));
                }
                _ => {}
            }
            self.wake();
            let left = PATIENCE.saturating_sub(waited).max(Duration::from_millis(100));
            let waiting = self.shared.changed.wait_timeout(standing, left);
            standing = waiting.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The record as it stands under the mission that the log registered last, by whoever wrote it; waits for that where it has just changed.
    /// `None`: it took too long.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub(crate) fn governed(&self) -> Result<Option<Arc<Live>>, Failure> {
        let live = self.now()?;
        let since = self.governing.since(&self.shared.store, live.loaded.entries)?;
        let live = if since > live.loaded.entries { self.reached(since)? } else { live };
        Ok(Some(live).filter(|live| live.loaded.entries >= since))
    }

    /// The record as it stands, if there is one yet. Does not wait.
    pub(crate) fn ready(&self) -> Option<Arc<Live>> {
        held(&self.shared.standing).live.clone()
    }

    /// The record as of a moment; `None`: too many wait for moments of theirs.
    ///
    /// # Errors
    /// When the log cannot be read, or the mission has no sound terms.
    pub(crate) fn at(&self, as_of: Instant) -> Result<Option<Arc<Live>>, Failure> {
        self.moments.at(&self.now()?, as_of)
    }

    /// What may be published of a moment, for who is not of the mission; `None`: too many wait for moments of theirs.
    ///
    /// # Errors
    /// When the mission has no sound terms.
    pub(crate) fn published(&self, live: &Live) -> Result<Option<Arc<Derived>>, Failure> {
        self.published.of(live)
    }

    /// The log has grown: there is no need to look for that.
    pub(crate) fn wake(&self) {
        self.shared.wake();
    }

    /// The number of the generation that is ready, as it changes.
    pub(crate) fn told(&self) -> watch::Receiver<u64> {
        self.shared.told.subscribe()
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        held(&self.shared.standing).has_ended = true;
        self.wake();
    }
}

impl Shared {
    fn wake(&self) {
        *held(&self.woken.0) = true;
        self.woken.1.notify_all();
    }

    /// Waits until somebody says that the log has grown, so long at the most.
    fn rest(&self, most: Duration) {
        let woken = held(&self.woken.0);
        let waited = self.woken.1.wait_timeout_while(woken, most, |woken| !*woken);
        *waited.unwrap_or_else(PoisonError::into_inner).0 = false;
    }

    fn has_ended(&self) -> bool {
        held(&self.standing).has_ended
    }

    fn put(&self, live: Live) {
        let generation = live.generation;
        let mut standing = held(&self.standing);
        standing.live = Some(Arc::new(live));
        standing.failing = None;
        drop(standing);
        self.changed.notify_all();
        self.told.send_replace(generation);
    }

    fn failed(&self, why: &Failure) {
        let mut standing = held(&self.standing);
        if standing.failing.is_none() {
            eprintln!("truceline: {why}");
            standing.failing = Some((Counter::now(), why.to_string()));
        }
        drop(standing);
        self.changed.notify_all();
    }

    fn is_well(&self) {
        held(&self.standing).failing = None;
    }

    fn ended(&self) {
        held(&self.standing).has_ended = true;
        self.changed.notify_all();
    }
}

/// Now; in a mission that looks back, the latest moment of any act, or that at which it opens.
///
/// # Errors
/// When the clock cannot be read.
pub(crate) fn now(loaded: &Loaded) -> Result<Instant, Failure> {
    match loaded.mission.opens_at {
        Some(opens) => Ok(loaded.case_entries.iter().map(|entry| entry.at).max().unwrap_or(opens).max(opens)),
        None => Instant::parse(&log::now()).map_err(|e| Failure::operation("read the clock", &e)),
    }
}
