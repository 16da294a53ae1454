//! Who read what that could harm somebody: an entry of the record, on disk before the answer is given.
//!
//! Reads are gathered into entries: the first at once, then one entry for each second in which there was any, so that a flood of reads cannot fill the log.
//! Somebody who reads the same again within a minute stands there once for it. What cannot be noted is not shown. Never says what was read in it, and
//! shows in the open neither who read nor what: both are closed fields.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use truceline_casework::case::Role;

use super::asked::Asked as Query;
use super::gate::Caller;
use super::problem::{Problem, told};
use super::writer::{Noted, Writer};
use super::{Desk, aside};
use crate::log::{self, kind};
use crate::who_read;

/// One entry for so long, where many read.
const EVERY: Duration = Duration::from_secs(1);
/// Entries that may come one after the other before that holds; they come back one in `EVERY`.
const AT_ONCE: u32 = 8;
/// Who reads the same again within so long is not noted again.
const SAME: Duration = Duration::from_secs(60);
/// Most reads of one entry, that may wait, and that are remembered.
const MOST: usize = 256;
const ROOM: usize = 1_024;
const REMEMBERED: usize = 16_384;

/// One thing that was read: by whom, of which kind, which one.
pub(super) type Read = (String, &'static str, String);

/// Reads of one answer, where nothing else is asked, and at the most.
const PAGE: u64 = 200;
const LARGEST: u64 = 2_000;

/// The routes of this area.
pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new().route("/api/reads", get(listed))
}

/// Who was shown what: for who guards the sources, and noted like any other read.
async fn listed(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    uri: Uri,
) -> Result<Response, Problem> {
    if caller.person.role != Role::SourceProtectionOfficer {
        let role = caller.person.role.as_str();
        return Err(Problem::not_theirs(format!(
            "a {role} is not shown who read what (docs/authority.md says who is)"
        )));
    }
    let asked = Query::of(&uri, &["from", "limit"])?;
    let from = asked.number("from", 0, u64::MAX)?.unwrap_or(0);
    let limit = asked.number("limit", 1, LARGEST)?.unwrap_or(PAGE);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let asking = Arc::clone(&desk);
    let value = aside(move || {
        let store = log::open_read_only(asking.source.store())?;
        let (reads, next) = who_read::reads(&store, from, limit)?;
        let reads: Vec<Value> = reads.iter().map(who_read::Read::json).collect();
        Ok(json!({ "next": next, "reads": reads }))
    })
    .await?;
    desk.read_log.note(&caller.name, &[("reads", format!("e{from}"))]).await?;
    Ok(told(StatusCode::OK, &value))
}

struct Asked {
    reads: Vec<Read>,
    told: oneshot::Sender<bool>,
}

/// Hands reads to the thread that notes them.
pub(super) struct ReadLog(SyncSender<Asked>);

impl ReadLog {
    /// Starts the thread; it ends when this is dropped.
    pub(super) fn start(writer: Arc<Writer>) -> Self {
        let (line, asked) = sync_channel(ROOM);
        std::thread::spawn(move || run(&writer, &asked));
        Self(line)
    }

    /// Notes that somebody is about to be shown something, and waits until that is on disk.
    ///
    /// # Errors
    /// When it cannot be noted: then nothing is shown.
    pub(super) async fn note(&self, by: &str, what: &[(&'static str, String)]) -> Result<(), Problem> {
        if what.is_empty() {
            return Ok(());
        }
        let reads = what.iter().map(|(kind, of)| (by.to_owned(), *kind, of.clone())).collect();
        let later = || {
            let say = "that it was read could not be noted, so it is not shown; another command may be writing. Ask again";
            Problem::later(StatusCode::SERVICE_UNAVAILABLE, say, 2)
        };
        let (told, hears) = oneshot::channel();
        self.0.try_send(Asked { reads, told }).map_err(|_| later())?;
        match hears.await {
            Ok(true) => Ok(()),
            _ => Err(later()),
        }
    }
}

/// When an entry may be written: some at once, then one in a while.
struct Pace {
    left: u32,
    since: Instant,
}

impl Pace {
    /// How long to wait for the next entry, which is then taken as written.
    fn next(&mut self, now: Instant) -> Duration {
        while self.left < AT_ONCE && now.saturating_duration_since(self.since) >= EVERY {
            self.left += 1;
            self.since += EVERY;
        }
        if self.left == AT_ONCE {
            self.since = now;
        }
        if let Some(left) = self.left.checked_sub(1) {
            self.left = left;
            return Duration::ZERO;
        }
        self.since += EVERY;
        self.since.saturating_duration_since(now)
    }
}

fn run(writer: &Writer, line: &Receiver<Asked>) {
    let mut known: BTreeMap<Read, Instant> = BTreeMap::new();
    let mut pace = Pace { left: AT_ONCE, since: Instant::now() };
    while let Ok(first) = line.recv() {
        let Some(first) = unknown(first, &known) else { continue };
        let until = Instant::now() + pace.next(Instant::now());
        let mut round = vec![first];
        let mut reads: BTreeSet<Read> = round.iter().flat_map(|one| one.reads.iter().cloned()).collect();
        while reads.len() < MOST {
            let left = until.saturating_duration_since(Instant::now());
            match line.recv_timeout(left) {
                Ok(next) => {
                    if let Some(next) = unknown(next, &known) {
                        reads.extend(next.reads.iter().cloned());
                        round.push(next);
                    }
                }
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        // Full before its second is over: the others wait, and are told to come again when too many do.
        std::thread::sleep(until.saturating_duration_since(Instant::now()));
        let is_noted = writer.note(noted(&reads)).is_ok();
        if is_noted {
            let now = Instant::now();
            known.retain(|_, at| now.saturating_duration_since(*at) < SAME);
            known.extend(reads.into_iter().map(|read| (read, now)));
            while known.len() > REMEMBERED {
                known.pop_first();
            }
        }
        for one in round {
            // Who has gone read nothing, and is noted all the same.
            let _ = one.told.send(is_noted);
        }
    }
}

/// What is not noted already; who asks for nothing else is answered.
fn unknown(mut asked: Asked, known: &BTreeMap<Read, Instant>) -> Option<Asked> {
    let now = Instant::now();
    asked.reads.retain(|read| known.get(read).is_none_or(|at| now.saturating_duration_since(*at) >= SAME));
    if asked.reads.is_empty() {
        let _ = asked.told.send(true);
        return None;
    }
    Some(asked)
}

fn noted(reads: &BTreeSet<Read>) -> Noted {
    let reads: Vec<Value> =
        reads.iter().map(|(by, what, of)| json!({ "by": by, "what": what, "of": of })).collect();
    Noted { kind: kind::READ, key: None, fields: vec![("reads", json!(reads))], open: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_makes_one_entry_a_second_and_a_few_reads_none_late() {
        let start = Instant::now();
        let mut pace = Pace { left: AT_ONCE, since: start };
        let mut now = start;
        let mut written = 0_u32;
        while now < start + Duration::from_secs(60) {
            now += pace.next(now);
            written += 1;
        }
        assert!((60..=70).contains(&written), "{written} entries in a minute");
        let later = now + Duration::from_secs(600);
        let waits: Vec<Duration> = (0..AT_ONCE + 1).map(|_| pace.next(later)).collect();
        assert_eq!(waits.iter().filter(|wait| wait.is_zero()).count(), AT_ONCE as usize, "{waits:?}");
    }
}
