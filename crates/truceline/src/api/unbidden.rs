//! What the terms do by themselves while the ops room is served: cases opened when a threshold is passed, and the word to the record of clocks
//! that ran out, without anybody's asking.
//!
//! Nothing in a case depends on it: a clock runs out by itself, and a case that was not opened now is opened when somebody next asks. Where the
//! machine's clock has jumped it writes nothing until that is right again. In a mission that looks back nobody's clock runs, and no lapse is told.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant as Counter};

use truceline_casework::case::CaseAct;
use truceline_model::Instant;
use truceline_store::Store;

use super::Desk;
use super::writer::NotLogged;
use crate::cases;
use crate::clocks::Clocks;
use crate::failure::Failure;
use crate::live::{Live, now};
use crate::loaded::{Loaded, load};

/// How often it looks whether there is something to look at.
const PACE: Duration = Duration::from_secs(1);
/// So long it leaves between two looks, however fast the record grows.
const LEAST: Duration = Duration::from_secs(5);
/// So long at the most, also where nothing comes: time passes by itself.
const MOST: Duration = Duration::from_secs(30);

/// Starts the thread; it ends with the desk.
pub(super) fn start(desk: &Arc<Desk>) {
    let desk = Arc::downgrade(desk);
    std::thread::spawn(move || keep(&desk));
}

fn keep(desk: &Weak<Desk>) {
    let mut clocks = Clocks::default();
    let mut looked: Option<(u64, Counter)> = None;
    let mut said = String::new();
    loop {
        std::thread::sleep(PACE);
        let Some(desk) = desk.upgrade() else { return };
        let Some(live) = desk.feed.ready() else { continue };
        let rests = looked.is_some_and(|(generation, since)| {
            let least = if generation == live.generation { MOST } else { LEAST };
            since.elapsed() < least
        });
        if rests {
            continue;
        }
        looked = Some((live.generation, Counter::now()));
        let say = match round(&desk, &live, &mut clocks) {
            Ok(None) => String::new(),
            Ok(Some(by)) => format!(
                "the machine's clock has jumped by {by} s; the terms open nothing by themselves until it is right, or the ops room is started again"
            ),
            Err(failure) => failure.to_string(),
        };
        // Once, not at every look.
        if !say.is_empty() && say != said {
            eprintln!("truceline: {say}");
        }
        said = say;
    }
}

/// Looks once; by how many seconds the clock has jumped, where it has and nothing was done.
fn round(desk: &Desk, live: &Live, clocks: &mut Clocks) -> Result<Option<i64>, Failure> {
    let loaded = &live.loaded;
    let at = now(loaded)?;
    let looks_back = loaded.mission.opens_at.is_some();
    if !looks_back && let Some(by) = clocks.jumped(Counter::now(), at) {
        return Ok(Some(by));
    }
    let acts = cases::acts_by_terms(loaded, at, || live.derived().map(|derived| cases::found(derived)))?;
    if acts.is_empty() {
        return Ok(None);
    }
    let read = Arc::clone(loaded);
    let done = desk.writer.work(move |store| write(store, &read, at, acts));
    desk.feed.wake();
    match done {
        // Another command writes: the next look is soon enough.
        Ok(()) | Err(NotLogged::Busy) => Ok(None),
        Err(NotLogged::Failed(failure)) => Err(failure),
    }
}

/// Writes what would still be taken, now that nobody else can write.
fn write(store: &mut Store, read: &Arc<Loaded>, at: Instant, acts: Vec<CaseAct>) -> Result<(), Failure> {
    let length = store.len().map_err(|e| Failure::operation("read the log", &e))?;
    let loaded = if length == read.entries { Arc::clone(read) } else { Arc::new(load(store, None, 2)?) };
    let acts = cases::those_taken(&loaded, at, acts)?;
    cases::write_by_terms(store, at, &acts).map(drop)
}
