//! What is signed and cosigned so far, for those who wait to see their entry under it.
//!
//! It never takes anybody's word: a checkpoint counts as cosigned when enough signatures of the witnesses named hold over it.

use core::fmt;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use truceline_record::{LogVerifier, WitnessVerifier, cosigners};

use super::SubmitError;
use super::line::held;
use crate::error::ReadError;
use crate::sign::SignedCheckpoint;

#[derive(Default)]
struct State {
    signed: Option<SignedCheckpoint>,
    /// Entries under a checkpoint that enough witnesses cosigned.
    cosigned: u64,
    /// Since when the database refuses what is signed, and why.
    refused: Option<(Instant, String)>,
    ended: Option<String>,
}

/// What is signed and cosigned so far.
#[derive(Clone)]
pub struct Cover {
    verifier: LogVerifier,
    patience: Duration,
    state: Arc<(Mutex<State>, Condvar)>,
}

impl fmt::Debug for Cover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cover").field("log", &self.verifier).finish_non_exhaustive()
    }
}

impl Cover {
    pub(super) fn of(verifier: LogVerifier, patience: Duration) -> Self {
        Self { verifier, patience, state: Arc::default() }
    }

    pub(super) fn now_signed(&self, checkpoint: SignedCheckpoint) {
        let mut state = held(&self.state.0);
        state.signed = Some(checkpoint);
        state.refused = None;
        drop(state);
        self.state.1.notify_all();
    }

    /// Signing was tried and refused; it will be tried again.
    pub(super) fn now_refused(&self, reason: &str) {
        held(&self.state.0).refused.get_or_insert_with(|| (Instant::now(), reason.to_owned()));
        self.state.1.notify_all();
    }

    pub(super) fn end(&self, reason: &str) {
        held(&self.state.0).ended.get_or_insert_with(|| reason.to_owned());
        self.state.1.notify_all();
    }

    /// Waits for a signed checkpoint, on disk, that covers entry `n`.
    ///
    /// # Errors
    /// [`SubmitError::Uncovered`] when the sequencer ended before one was signed, or signing has been refused for longer than is waited.
    pub fn signed(&self, n: u64) -> Result<SignedCheckpoint, SubmitError> {
        self.wait(n, |state| state.signed.as_ref().filter(|signed| signed.size > n).cloned())
    }

    /// Waits until enough witnesses cosigned a checkpoint that covers entry `n`; gives the entries covered.
    ///
    /// # Errors
    /// As [`Cover::signed`].
    pub fn cosigned(&self, n: u64) -> Result<u64, SubmitError> {
        self.wait(n, |state| Some(state.cosigned).filter(|size| *size > n))
    }

    /// The newest checkpoint of more than `size` entries: at once, or when it comes, or `None` after `patience`. For whoever brings
    /// checkpoints to witnesses.
    ///
    /// # Errors
    /// When the sequencer ended and no such checkpoint is there.
    pub fn newer_than(&self, size: u64, patience: Duration) -> Result<Option<SignedCheckpoint>, SubmitError> {
        let until = Instant::now() + patience;
        let mut state = held(&self.state.0);
        loop {
            if let Some(signed) = state.signed.as_ref().filter(|signed| signed.size > size) {
                return Ok(Some(signed.clone()));
            }
            if let Some(reason) = &state.ended {
                return Err(SubmitError::Stopped { reason: reason.clone() });
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            state = self.state.1.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Says that a checkpoint came back from witnesses, and tells whoever waits for it; gives the entries that it covers.
    ///
    /// # Errors
    /// When it is no checkpoint of this log, or fewer than `quorum` signatures of these witnesses hold over it.
    pub fn now_cosigned(
        &self,
        note: &[u8],
        witnesses: &[WitnessVerifier],
        quorum: usize,
    ) -> Result<u64, ReadError> {
        let wrong = |reason: String| ReadError::Cosigned { reason };
        let opened = self.verifier.open(note).map_err(|error| wrong(error.to_string()))?;
        let found = cosigners(note, witnesses).map_err(|error| wrong(error.to_string()))?.len();
        if found < quorum {
            return Err(wrong(format!("{found} of the witnesses cosigned it, and {quorum} are wanted")));
        }
        let mut state = held(&self.state.0);
        state.cosigned = state.cosigned.max(opened.size);
        drop(state);
        self.state.1.notify_all();
        Ok(opened.size)
    }

    fn wait<T>(&self, n: u64, found: impl Fn(&State) -> Option<T>) -> Result<T, SubmitError> {
        let mut state = held(&self.state.0);
        loop {
            if let Some(found) = found(&state) {
                return Ok(found);
            }
            let given_up = state.refused.as_ref().filter(|(since, _)| since.elapsed() >= self.patience);
            if let Some(reason) = state.ended.as_ref().or(given_up.map(|(_, reason)| reason)) {
                return Err(SubmitError::Uncovered { n, reason: reason.clone() });
            }
            // Each attempt that is refused wakes whoever waits.
            state = self.state.1.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
