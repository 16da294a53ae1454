//! What is published, worked out once for all who ask in the same moment: bulletins with their files, and where the lines of their findings stand.
//!
//! Anybody may ask, as often as the server lets them, so nothing that takes long is done twice: which bulletins are published is kept for a second,
//! where a file's lines stand for as long as it is among the last that were asked for. Frozen bytes never change.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant as Counter};

use serde_json::Value;
use tokio::sync::Semaphore;
use truceline_record::{Digest, Entry as Logged, LeafList};
use truceline_store::Store;

use crate::api::Desk;
use crate::api::problem::Problem;
use crate::api::recording::{Head, Held, unread};
use crate::bulletins::{Bulletin, FINDINGS, Publication};
use crate::editions::stands;
use crate::failure::Failure;
use crate::log_reader::LogReader as _;

/// For so long what is published is not looked at again.
const FRESH: Duration = Duration::from_secs(1);
/// Files whose lines are kept.
const KEPT: usize = 4;
/// Bundles that are made at once.
const BUNDLES: usize = 2;

/// A published bulletin.
pub(in crate::api) struct Published {
    pub(in crate::api) entry: Logged,
    pub(in crate::api) bulletin: Bulletin,
    pub(super) stands: Publication,
    /// The cosigned checkpoint by which it is published.
    pub(super) head: Head,
}

pub(in crate::api) type All = Arc<Vec<Published>>;

/// What was worked out.
pub(in crate::api) struct Shelf {
    all: Mutex<Option<(Counter, All)>>,
    lines: Mutex<BTreeMap<Digest, Arc<Lines>>>,
    pub(super) bundles: Arc<Semaphore>,
}

impl Default for Shelf {
    fn default() -> Self {
        Self { all: Mutex::default(), lines: Mutex::default(), bundles: Arc::new(Semaphore::new(BUNDLES)) }
    }
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where the lines of a file of findings stand.
pub(in crate::api) struct Lines {
    pub(in crate::api) leaves: LeafList,
    /// By incident: number of the line, first byte, length.
    by: BTreeMap<String, Vec<(u64, u64, usize)>>,
    /// How many lines there are of each outcome.
    pub(in crate::api) outcomes: BTreeMap<String, u64>,
}

impl Lines {
    pub(in crate::api) fn of(file: &[u8]) -> Self {
        let mut by: BTreeMap<String, Vec<(u64, u64, usize)>> = BTreeMap::new();
        let mut outcomes: BTreeMap<String, u64> = BTreeMap::new();
        let mut at = 0;
        for (n, line) in file.split(|byte| *byte == b'\n').enumerate() {
            let read: Option<Value> = serde_json::from_slice(line).ok();
            let word = |name: &str| read.as_ref()?.get(name)?.as_str();
            if let Some(outcome) = word("outcome") {
                *outcomes.entry(outcome.to_owned()).or_default() += 1;
            }
            if let Some(incident) = word("incident") {
                by.entry(incident.to_owned()).or_default().push((n as u64, at, line.len()));
            }
            at += line.len() as u64 + 1;
        }
        Self { leaves: crate::bulletins::lines_of(file), by, outcomes }
    }

    /// The lines on an incident, each with its number; nothing where the bulletin holds none.
    pub(super) fn on(
        &self,
        store: &Store,
        digest: &Digest,
        incident: &str,
    ) -> Result<Vec<(u64, Vec<u8>)>, Problem> {
        let fail = |e: &dyn std::fmt::Display| Problem::ours(&Failure::operation("read the findings", e));
        let Some(places) = self.by.get(incident) else { return Ok(Vec::new()) };
        let reader = store.object_reader(digest).map_err(|e| unread(&e))?;
        let mut reader = reader.ok_or_else(|| fail(&"the vault does not have them"))?;
        let mut out = Vec::with_capacity(places.len());
        let mut at = 0;
        for (n, first, length) in places {
            std::io::copy(&mut (&mut reader).take(first.saturating_sub(at)), &mut std::io::sink())
                .map_err(|e| fail(&e))?;
            let mut line = vec![0; *length];
            reader.read_exact(&mut line).map_err(|e| fail(&e))?;
            at = first + *length as u64;
            out.push((*n, line));
        }
        Ok(out)
    }
}

impl Shelf {
    /// The published bulletins, the latest last.
    pub(in crate::api) fn all(&self, desk: &Desk) -> Result<All, Problem> {
        let mut kept = held(&self.all);
        if let Some((at, all)) = &*kept
            && at.elapsed() < FRESH
        {
            return Ok(Arc::clone(all));
        }
        let all = Arc::new(published(&Held::of(desk)?)?);
        *kept = Some((Counter::now(), Arc::clone(&all)));
        Ok(all)
    }

    /// Where the lines of a bulletin's findings stand.
    pub(in crate::api) fn lines(
        &self,
        store: &Store,
        bulletin: &Bulletin,
    ) -> Result<Option<Arc<Lines>>, Problem> {
        let Some(file) = bulletin.files.get(FINDINGS) else { return Ok(None) };
        let mut kept = held(&self.lines);
        if let Some(lines) = kept.get(&file.digest) {
            return Ok(Some(Arc::clone(lines)));
        }
        let Some(bytes) = store.object_bytes(&file.digest)? else { return Ok(None) };
        let lines = Arc::new(Lines::of(&bytes));
        while kept.len() >= KEPT {
            kept.pop_first();
        }
        kept.insert(file.digest, Arc::clone(&lines));
        Ok(Some(lines))
    }
}

fn published(held: &Held) -> Result<Vec<Published>, Problem> {
    let mut out = Vec::new();
    for entry in &held.live.loaded.bulletins {
        let Ok(bulletin) = Bulletin::of(entry) else { continue };
        let stands = stands(&held.live.loaded, entry, &held.signed);
        let Some(size) = stands.size.filter(|_| stands.published) else { continue };
        if let Some(head) = held.over(size)? {
            out.push(Published { entry: entry.clone(), bulletin, stands, head });
        }
    }
    Ok(out)
}
