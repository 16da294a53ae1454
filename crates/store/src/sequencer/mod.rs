//! Many writers, one log: whoever has an entry hands it in and waits for its receipt; one thread owns the store, takes all that wait, commits once,
//! and answers each.
//!
//! A disk syncs a few hundred times a second, whatever is written: sixty writers who each sync for themselves stand in line for the disk, and
//! sixty entries in one commit cost one sync. Nobody is answered before that sync has returned. One entry that cannot be logged is refused alone.
//! What is signed shares the commit of the entries where it is due, so that publishing costs no sync of its own.
//!
//! It never drops an entry unsaid: whoever waits is answered with a receipt, with a refusal, or with words that say that nobody can tell. It
//! bounds what waits, in entries and in bytes. It draws no wall-clock time; how long it waits for company is measured by the machine's
//! running clock and decides nothing but speed.

mod cover;
mod line;
mod round;

use core::fmt;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

pub use cover::Cover;
use line::{Line, Slot};

use crate::append::{Appended, NewEntry};
use crate::error::AppendError;
use crate::sign::SignedCheckpoint;
use crate::store::Store;

/// How a sequencer paces itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Entries that may wait; who comes after waits for room.
    pub room: usize,
    /// Bytes of objects that may wait. One entry larger than that is let in when nothing else waits.
    pub room_bytes: usize,
    /// Most entries of one commit.
    pub batch: usize,
    /// How long a commit waits for those who were answered with the last one to come again. A lone writer never waits.
    pub gather: Duration,
    /// Signs what is logged so often at most; `None`: only when asked by nobody but [`Sequencer::stop`]'s caller.
    pub sign_every: Option<Duration>,
    /// How long signing may be refused by the database before those who wait for a signature are told so; it goes on being tried.
    pub sign_patience: Duration,
    /// Pages of SQLite's write-ahead log at which the writer itself folds in what a thread beside it has not: a log of that length is laid out
    /// beforehand. PostgreSQL has its own.
    pub log_pages: u64,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            room: 4096,
            room_bytes: 64 << 20,
            batch: 1024,
            gather: Duration::from_millis(1),
            sign_every: Some(Duration::from_millis(20)),
            sign_patience: Duration::from_secs(5),
            log_pages: 16_384,
        }
    }
}

/// Why there is no receipt, or no signature over what has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubmitError {
    /// As many wait as may; nothing was taken.
    Full {
        /// How many may wait.
        room: usize,
    },
    /// The sequencer takes nothing more, and this entry was not logged.
    Stopped {
        /// Why.
        reason: String,
    },
    /// This entry was refused, or its commit failed.
    Append(AppendError),
    /// This entry is on disk and stands; what was waited for beyond that did not come.
    Uncovered {
        /// Its number: the receipt holds.
        n: u64,
        /// Why.
        reason: String,
    },
}

impl fmt::Display for SubmitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full { room } => {
                write!(f, "{room} entries wait to be logged, and no more may; send it again in a moment")
            }
            Self::Stopped { reason } => {
                write!(
                    f,
                    "not logged: the log takes nothing more ({reason}); open the store again and send it again"
                )
            }
            Self::Append(error) => error.fmt(f),
            Self::Uncovered { n, reason } => {
                write!(
                    f,
                    "entry {n} is logged and stands, and is under no checkpoint yet ({reason}); wait again, nothing need be sent again"
                )
            }
        }
    }
}

impl core::error::Error for SubmitError {}

/// A store's one writing thread, and the line before it.
pub struct Sequencer {
    line: Arc<Line>,
    cover: Cover,
    thread: Option<JoinHandle<Store>>,
}

impl fmt::Debug for Sequencer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sequencer").finish_non_exhaustive()
    }
}

impl Sequencer {
    /// Hands the store to a thread of its own. `now` gives the time that is kept beside a checkpoint: RFC 3339 in UTC.
    pub fn start(mut store: Store, pace: Pace, now: impl FnMut() -> String + Send + 'static) -> Self {
        // Only speed depends on it.
        let _ = store.tables.expect_many(pace.log_pages);
        let line = Arc::new(Line::new(pace));
        let cover = Cover::of(store.verifier().clone(), pace.sign_patience);
        let (before, told) = (Arc::clone(&line), cover.clone());
        let thread = std::thread::spawn(move || round::run(store, &before, &told, pace, now));
        Self { line, cover, thread: Some(thread) }
    }

    /// Somebody who hands entries in; any number of them, in any thread.
    #[must_use]
    pub fn submitter(&self) -> Submitter {
        Submitter { line: Arc::clone(&self.line), cover: self.cover.clone() }
    }

    /// What is signed and cosigned so far, to be waited for.
    #[must_use]
    pub fn cover(&self) -> Cover {
        self.cover.clone()
    }

    /// Takes nothing more, logs and answers all that waits, signs where it signs by itself, and gives the store back.
    ///
    /// # Errors
    /// When the thread had ended before its time; the store is closed then, and whoever waited was told.
    pub fn stop(mut self) -> Result<Store, SubmitError> {
        self.line.close("it is being closed");
        let ended = || SubmitError::Stopped { reason: "its thread ended before its time".to_owned() };
        self.thread.take().ok_or_else(ended)?.join().map_err(|_| ended())
    }
}

impl Drop for Sequencer {
    /// As [`Sequencer::stop`]; the store is closed.
    fn drop(&mut self) {
        self.line.close("it is being closed");
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has told everybody who waited.
            let _ = thread.join();
        }
    }
}

/// Hands entries in.
#[derive(Clone)]
pub struct Submitter {
    line: Arc<Line>,
    cover: Cover,
}

impl fmt::Debug for Submitter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Submitter").finish_non_exhaustive()
    }
}

impl Submitter {
    /// Hands an entry in; waits while the line is full. Entries of one submitter are logged in the order of the calls.
    ///
    /// # Errors
    /// When nothing more is taken.
    pub fn submit(&self, entry: NewEntry) -> Result<Ticket, SubmitError> {
        self.line.enter(entry, true).map(|slot| self.ticket(slot))
    }

    /// Hands an entry in, or says at once that the line is full.
    ///
    /// # Errors
    /// [`SubmitError::Full`], or when nothing more is taken.
    pub fn try_submit(&self, entry: NewEntry) -> Result<Ticket, SubmitError> {
        self.line.enter(entry, false).map(|slot| self.ticket(slot))
    }

    fn ticket(&self, slot: Slot) -> Ticket {
        Ticket { slot, cover: self.cover.clone() }
    }
}

/// An entry that was handed in.
pub struct Ticket {
    slot: Slot,
    cover: Cover,
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticket").finish_non_exhaustive()
    }
}

impl Ticket {
    /// Waits for the receipt: the entry is on disk, or this says why not. Asked again, it answers the same.
    ///
    /// # Errors
    /// Why it is not logged, or that nobody can tell.
    pub fn receipt(&self) -> Result<Appended, SubmitError> {
        self.slot.wait()
    }

    /// Waits for the receipt, and then for a signed checkpoint over the entry that is on disk.
    ///
    /// # Errors
    /// As [`Ticket::receipt`]; or [`SubmitError::Uncovered`]: the sequencer ended before it had signed, or the database refuses to take what is
    /// signed, which the receipt survives. Asked again, it waits again.
    pub fn signed(&self) -> Result<(Appended, SignedCheckpoint), SubmitError> {
        let receipt = self.receipt()?;
        Ok((receipt, self.cover.signed(receipt.n)?))
    }
}
