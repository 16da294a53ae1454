//! The sequencer's thread: round after round it takes who waits, commits once, answers, and signs when that is due.
//!
//! It never answers before the commit has returned, and never goes on after a commit of which nobody can tell whether it is on disk.

use std::time::{Duration, Instant};

use super::cover::Cover;
use super::line::{Line, Round};
use super::{Pace, SubmitError};
use crate::append::Logged;
use crate::error::{AppendError, SignError};
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
    // When the oldest entry that is not signed was logged.
    let mut unsigned: Option<Instant> = None;
    loop {
        let due = unsigned.zip(pace.sign_every).map(|(since, every)| since + every);
        let round = line.take(company, due);
        let last = round.is_none();
        let round = round.unwrap_or_default();
        company = round.entries.len();
        let since = if company > 0 { Some(*unsigned.get_or_insert_with(Instant::now)) } else { unsigned };
        // What is due at the end of this commit shares it: signed alone, it would cost a sync of its own.
        let due = since.zip(pace.sign_every).is_some_and(|(since, every)| last || since.elapsed() >= every);
        let at = due.then(&mut now);
        match log(&mut store, round, cover, at.as_deref()) {
            Done::Logged if due => unsigned = None,
            Done::Logged => {}
            // What is still to be signed is tried again, not at once.
            Done::Nothing => unsigned = Some(Instant::now() + AGAIN),
            Done::Ended(reason) => {
                ending.reason = reason;
                return store;
            }
        }
        if last {
            break;
        }
    }
    ending.reason = "it is being closed".to_owned();
    store
}

/// After how long signing is tried again where the database refused it for now.
const AGAIN: Duration = Duration::from_millis(200);

/// What became of a round.
enum Done {
    /// It is on disk.
    Logged,
    /// Nothing of it is; a full disk may have room again.
    Nothing,
    /// Nothing more can be logged.
    Ended(String),
}

/// Logs a round, with a checkpoint if `at` is given, and answers everybody in it.
fn log(store: &mut Store, round: Round, cover: &Cover, at: Option<&str>) -> Done {
    if round.entries.is_empty() && at.is_none() {
        return Done::Logged;
    }
    match store.log_each(&round.entries, at) {
        Ok(Logged { answers, signed }) => {
            for (waiting, answer) in round.waiting.into_iter().zip(answers) {
                waiting.answer(answer.map_err(SubmitError::Append));
            }
            match signed {
                Some(Ok(signed)) => cover.now_signed(signed),
                Some(Err(SignError::Database(trouble))) => {
                    cover.now_refused(&trouble.to_string());
                    return Done::Nothing;
                }
                Some(Err(refused)) => return Done::Ended(refused.to_string()),
                None => {}
            }
            Done::Logged
        }
        Err(error) => {
            for waiting in round.waiting {
                waiting.answer(Err(SubmitError::Append(error.clone())));
            }
            if at.is_some() {
                // Entries of earlier rounds were to be signed with these.
                cover.now_refused(&error.to_string());
            }
            match error {
                AppendError::Database(_) => Done::Nothing,
                error => Done::Ended(error.to_string()),
            }
        }
    }
}
