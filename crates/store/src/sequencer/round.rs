//! The sequencer's thread: round after round it takes who waits, commits once, answers, and signs when that is due.
//!
//! It never answers before the commit has returned, and never goes on after a commit of which nobody can tell whether it is on disk.

use std::time::Instant;

use super::cover::Cover;
use super::line::{Line, Round};
use super::{Pace, SubmitError};
use crate::error::AppendError;
use crate::store::Store;

/// Tells everybody when the thread ends, also by a panic.
struct Ending<'a> {
    line: &'a Line,
    cover: &'a Cover,
    reason: String,
}

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.line.end(&self.reason);
        self.cover.end(&self.reason);
    }
}

/// Serves the line until it is closed and empty, or until the store can no longer be written.
pub(super) fn run(
    mut store: Store,
    line: &Line,
    cover: &Cover,
    pace: Pace,
    mut now: impl FnMut() -> String,
) -> Store {
    let mut ending = Ending { line, cover, reason: "the thread that logs ended in the middle".to_owned() };
    let mut company = 0;
    let mut unsigned_since: Option<Instant> = None;
    loop {
        let due = unsigned_since.zip(pace.sign_every).map(|(since, every)| since + every);
        let Some(round) = line.take(company, due) else { break };
        company = round.entries.len();
        if company > 0 {
            unsigned_since.get_or_insert_with(Instant::now);
        }
        if let Err(reason) = log(&mut store, round) {
            ending.reason = reason;
            return store;
        }
        let due = unsigned_since.zip(pace.sign_every).map(|(since, every)| since + every);
        if due.is_some_and(|due| due <= Instant::now()) {
            match store.checkpoint(&now()) {
                Ok(signed) => cover.now_signed(signed),
                Err(error) => {
                    ending.reason = error.to_string();
                    return store;
                }
            }
            unsigned_since = None;
        }
    }
    if unsigned_since.is_some() && pace.sign_every.is_some() {
        match store.checkpoint(&now()) {
            Ok(signed) => cover.now_signed(signed),
            Err(error) => ending.reason = error.to_string(),
        }
    }
    ending.reason = "it is being closed".to_owned();
    store
}

/// Logs a round and answers everybody in it; the words say why nothing more can be logged.
fn log(store: &mut Store, round: Round) -> Result<(), String> {
    if round.entries.is_empty() {
        return Ok(());
    }
    let Round { mut entries, mut waiting } = round;
    loop {
        match store.append(&entries) {
            Ok(receipts) => {
                for (waiting, receipt) in waiting.into_iter().zip(receipts) {
                    waiting.answer(Ok(receipt));
                }
                return Ok(());
            }
            Err(error) => {
                let place = match &error {
                    AppendError::Entry { place, .. } | AppendError::UnknownObject { place, .. } => *place,
                    _ => {
                        let fatal = matches!(error, AppendError::Unknown { .. });
                        for waiting in waiting {
                            waiting.answer(Err(SubmitError::Append(error.clone())));
                        }
                        return if fatal { Err(error.to_string()) } else { Ok(()) };
                    }
                };
                entries.remove(place);
                waiting.remove(place).answer(Err(SubmitError::Append(alone(error))));
            }
        }
    }
}

/// Whoever handed one entry in does not know in which batch it went: its place is the first.
fn alone(error: AppendError) -> AppendError {
    match error {
        AppendError::Entry { error, .. } => AppendError::Entry { place: 0, error },
        AppendError::UnknownObject { digest, .. } => AppendError::UnknownObject { place: 0, digest },
        other => other,
    }
}
