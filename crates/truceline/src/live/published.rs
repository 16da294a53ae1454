//! The record as it may be published, beside each moment that somebody reads it of: for who is not of the mission.
//!
//! Where no source is sealed it is the record itself, and nothing is derived again. Otherwise it is derived when somebody asks, one at a
//! time, and the last few are kept; what it found before is not found again. Decides nothing about who may see what.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use truceline_model::Instant;

use super::{Live, THREADS, held};
use crate::failure::Failure;
use crate::loaded::Loaded;
use crate::pipeline::{Derived, derive_published};

/// Moments kept ready.
const KEPT: usize = 4;
/// So many wait while one is derived.
const WAITING: usize = 8;
/// What was published so many seconds before a moment stands for that moment where nothing became known in between.
const FRESH_S: i64 = 60;

/// One that is ready: of which record, and what is published of it.
type Ready = (Arc<Loaded>, Arc<Derived>);

/// The last asked for last.
#[derive(Default)]
pub(super) struct PublishedMoments {
    kept: Mutex<Vec<Ready>>,
    /// Held while one is derived.
    turn: Mutex<()>,
    waiting: AtomicUsize,
}

impl PublishedMoments {
    /// What may be published of a moment; `None`: too many wait for theirs.
    pub(super) fn of(&self, live: &Live) -> Result<Option<Arc<Derived>>, Failure> {
        let whole = live.derived()?;
        if !crate::protected::holds_sealed(&whole.loaded) {
            return Ok(Some(Arc::clone(whole)));
        }
        if let Some(ready) = self.ready(live) {
            return Ok(Some(ready));
        }
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        let made = if before < WAITING { self.made(live).map(Some) } else { Ok(None) };
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        made
    }

    fn made(&self, live: &Live) -> Result<Arc<Derived>, Failure> {
        let _turn = held(&self.turn);
        if let Some(ready) = self.ready(live) {
            return Ok(ready);
        }
        let made = Arc::new(derive_published(Arc::clone(&live.loaded), live.as_of, THREADS)?);
        let mut kept = held(&self.kept);
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push((Arc::clone(&live.loaded), Arc::clone(&made)));
        Ok(made)
    }

    fn ready(&self, live: &Live) -> Option<Arc<Derived>> {
        let mut kept = held(&self.kept);
        let place = kept.iter().position(|(loaded, one)| {
            let age = live.as_of.seconds().saturating_sub(one.as_of.seconds());
            Arc::ptr_eq(loaded, &live.loaded)
                && (age == 0 || ((0..=FRESH_S).contains(&age) && is_quiet(loaded, one.as_of, live.as_of)))
        })?;
        let found = kept.remove(place);
        kept.push(found.clone());
        Some(found.1)
    }
}

/// Whether nothing of a record became known after a moment and by another.
fn is_quiet(loaded: &Loaded, from: Instant, to: Instant) -> bool {
    let mut moments = (loaded.observations.iter().map(|one| one.known))
        .chain(loaded.decisions.iter().map(|one| one.at))
        .chain(loaded.judged.iter().map(|one| one.at))
        .chain(loaded.proposed.iter().map(|one| one.at))
        .chain(loaded.case_entries.iter().map(|one| one.at));
    let is_between = |at: &Instant| *at > from && *at <= to;
    let terms = loaded.mission.terms().is_ok_and(|terms| terms.known_moments().iter().any(is_between));
    !terms && !moments.any(|at| is_between(&at))
}
