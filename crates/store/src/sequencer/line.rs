//! The line before the sequencer: who waits, in the order in which they came, within bounds; and the slot in which each finds the answer.
//!
//! It never forgets anybody: whoever is let go unanswered, whatever the reason, hears that nobody can tell.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Pace, SubmitError};
use crate::append::{Appended, NewEntry, Prepared};
use crate::error::AppendError;

pub(super) type Answer = Result<Appended, SubmitError>;

/// Where an answer is put and waited for.
#[derive(Clone, Default)]
pub(super) struct Slot(Arc<(Mutex<Option<Answer>>, Condvar)>);

impl Slot {
    pub(super) fn wait(&self) -> Answer {
        let mut answer = held(&self.0.0);
        loop {
            if let Some(answer) = answer.as_ref() {
                return answer.clone();
            }
            answer = self.0.1.wait(answer).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The first answer stands.
    fn put(&self, with: Answer) {
        held(&self.0.0).get_or_insert(with);
        self.0.1.notify_all();
    }
}

/// Somebody who waits for an answer.
pub(super) struct Waiting(Slot);

impl Waiting {
    pub(super) fn answer(self, with: Answer) {
        self.0.put(with);
    }
}

impl Drop for Waiting {
    /// Only one whom nobody answered is reached by this: the thread ended with the entry in hand.
    fn drop(&mut self) {
        let reason = "the thread that logs ended in the middle".to_owned();
        self.0.put(Err(SubmitError::Append(AppendError::Unknown { reason })));
    }
}

/// Entries to be logged in one go, and who waits for each.
#[derive(Default)]
pub(super) struct Round {
    pub(super) entries: Vec<Prepared>,
    pub(super) waiting: Vec<Waiting>,
}

struct Place {
    entry: Prepared,
    weight: usize,
    waiting: Waiting,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Place>,
    bytes: usize,
    /// Why nothing more is taken.
    closed: Option<String>,
}

/// The line itself.
pub(super) struct Line {
    pace: Pace,
    state: Mutex<State>,
    /// Somebody came, or the line was closed.
    came: Condvar,
    /// There is room again.
    room: Condvar,
}

impl Line {
    pub(super) fn new(pace: Pace) -> Self {
        Self { pace, state: Mutex::default(), came: Condvar::new(), room: Condvar::new() }
    }

    /// Takes a place at the end.
    pub(super) fn enter(&self, entry: NewEntry, patient: bool) -> Result<Slot, SubmitError> {
        // Before the lock: what can be done for an entry is done by whoever hands it in.
        let entry = Prepared::of(entry);
        let weight = entry.weight();
        let mut state = held(&self.state);
        loop {
            if let Some(reason) = &state.closed {
                return Err(SubmitError::Stopped { reason: reason.clone() });
            }
            let fits = state.waiting.len() < self.pace.room && state.bytes + weight <= self.pace.room_bytes;
            if fits || state.waiting.is_empty() {
                break;
            }
            if !patient {
                return Err(SubmitError::Full { room: self.pace.room });
            }
            state = self.room.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let slot = Slot::default();
        state.bytes += weight;
        state.waiting.push_back(Place { entry, weight, waiting: Waiting(slot.clone()) });
        drop(state);
        self.came.notify_one();
        Ok(slot)
    }

    /// Takes the next ones: waits for the first until `until`, and then a little for as many as `company`. Empty when time is up, or when the
    /// line is closed and nobody is left; `None` in the last case.
    pub(super) fn take(&self, company: usize, until: Option<Instant>) -> Option<Round> {
        let mut state = held(&self.state);
        while state.waiting.is_empty() {
            if state.closed.is_some() {
                return None;
            }
            state = match until.map(|until| until.saturating_duration_since(Instant::now())) {
                Some(Duration::ZERO) => return Some(Round::default()),
                Some(left) => self.came.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0,
                None => self.came.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
        let company = company.min(self.pace.batch);
        let gathered = Instant::now() + self.pace.gather;
        while state.waiting.len() < company && state.closed.is_none() {
            let left = gathered.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state = self.came.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        let count = state.waiting.len().min(self.pace.batch);
        let mut round = Round::default();
        let mut bytes = state.bytes;
        for place in state.waiting.drain(..count) {
            bytes = bytes.saturating_sub(place.weight);
            round.entries.push(place.entry);
            round.waiting.push(place.waiting);
        }
        state.bytes = bytes;
        drop(state);
        self.room.notify_all();
        Some(round)
    }

    /// Takes nothing more; the first reason stands. Who waits already is still served.
    pub(super) fn close(&self, reason: &str) {
        held(&self.state).closed.get_or_insert_with(|| reason.to_owned());
        self.came.notify_all();
        self.room.notify_all();
    }

    /// Takes nothing more, and tells all who wait that they are not logged.
    pub(super) fn end(&self, reason: &str) {
        self.close(reason);
        let left = core::mem::take(&mut held(&self.state).waiting);
        for place in left {
            place.waiting.answer(Err(SubmitError::Stopped { reason: reason.to_owned() }));
        }
    }
}

/// Nothing here is left half done by a panic, so a lock that one poisoned is as good as any.
pub(super) fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
