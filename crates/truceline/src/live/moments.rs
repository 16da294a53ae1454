//! Moments other than now: derived when somebody asks, one at a time, the few last asked for kept ready.
//!
//! What has come to the log since a moment was derived need not change it: a report that became known later does not. Only where something
//! else has come is it derived again.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use truceline_model::Instant;

use super::{Live, THREADS, held};
use crate::failure::Failure;
use crate::loaded::Loaded;
use crate::pipeline::derive;

/// Moments kept ready; a call of co-chairs goes back and forth between a few.
const KEPT: usize = 8;
/// So many wait while one is derived; who comes after is told to come again, so that a flood of moments leaves room for everybody else.
const WAITING: usize = 8;

/// The last asked for last.
#[derive(Default)]
pub(super) struct Moments {
    kept: Mutex<Vec<Arc<Live>>>,
    /// Held while one is derived: many who ask at once must not hold many records in memory.
    turn: Mutex<()>,
    waiting: AtomicUsize,
}

impl Moments {
    /// The record as of a moment; `None`: too many wait for theirs.
    pub(super) fn at(&self, live: &Arc<Live>, as_of: Instant) -> Result<Option<Arc<Live>>, Failure> {
        if live.as_of == as_of {
            return Ok(Some(Arc::clone(live)));
        }
        if let Some(ready) = self.ready(&live.loaded, as_of) {
            return Ok(Some(ready));
        }
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        let made = if before < WAITING { self.made(live, as_of).map(Some) } else { Ok(None) };
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        made
    }

    fn made(&self, live: &Arc<Live>, as_of: Instant) -> Result<Arc<Live>, Failure> {
        let _turn = held(&self.turn);
        if let Some(ready) = self.ready(&live.loaded, as_of) {
            return Ok(ready);
        }
        let derived = Arc::new(derive(Arc::clone(&live.loaded), as_of, THREADS)?);
        let made = Arc::new(Live {
            generation: live.generation,
            as_of,
            loaded: Arc::clone(&live.loaded),
            docket: Arc::clone(&derived.docket),
            derived: Ok(derived),
        });
        let mut kept = held(&self.kept);
        kept.retain(|one| one.as_of != as_of);
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push(Arc::clone(&made));
        Ok(made)
    }

    fn ready(&self, loaded: &Arc<Loaded>, as_of: Instant) -> Option<Arc<Live>> {
        let mut kept = held(&self.kept);
        let place =
            kept.iter().position(|one| one.as_of == as_of && is_unchanged(&one.loaded, loaded, as_of))?;
        let found = kept.remove(place);
        kept.push(Arc::clone(&found));
        Some(found)
    }
}

/// Whether nothing that was known by a moment has come since.
fn is_unchanged(then: &Arc<Loaded>, now: &Arc<Loaded>, as_of: Instant) -> bool {
    let counts = |loaded: &Loaded| {
        (
            loaded.decisions.len(),
            loaded.judged.len(),
            loaded.proposed.len(),
            loaded.bulletins.len(),
            loaded.case_entries.len(),
            loaded.settings.len(),
            loaded.erased.len(),
            loaded.conflicts.len(),
        )
    };
    let after = |loaded: &Loaded| loaded.observations.partition_point(|o| o.receipt.0 < then.entries);
    let more = now.observations.get(after(now)..).unwrap_or_default();
    Arc::ptr_eq(then, now)
        || (then.mission.is_of_one_reading(&now.mission)
            && now.entries >= then.entries
            && counts(then) == counts(now)
            && after(now) == then.observations.len()
            && more.iter().all(|o| o.known > as_of))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use std::time::Duration;

    use super::*;
    use crate::cases;
    use crate::loaded::load;
    use crate::mission::Mission;

    fn live(loaded: &Arc<Loaded>, generation: u64) -> Arc<Live> {
        let as_of = Instant::FAR_FUTURE;
        let docket = Arc::new(cases::docket(loaded, as_of));
        Arc::new(Live {
            generation,
            as_of,
            loaded: Arc::clone(loaded),
            docket,
            derived: Err("not asked".into()),
        })
    }

    #[test]
    fn a_moment_that_is_kept_is_what_deriving_it_anew_gives() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("store");
        crate::load::shipped(&path, true, "").unwrap();
        let store = crate::log::open_read_only(&path).unwrap();
        let all = Arc::new(load(&store, None, 2).unwrap());
        let mut fewer = Loaded::clone(&all);
        fewer.entries = all.entries * 9 / 10;
        let end = fewer.entries;
        fewer.observations.retain(|o| o.receipt.0 < end);
        fewer.decisions.retain(|one| one.entry < end);
        fewer.proposed.retain(|one| one.entry < end);
        fewer.quoted.retain(|receipt, _| receipt.0 < end);
        let (then, now) = (live(&Arc::new(fewer), 1), live(&all, 2));
        let moments = Moments::default();
        for as_of in ["2016-02-20T00:00:00Z", "2016-04-28T00:00:00Z", "2016-05-10T00:00:00Z"] {
            let as_of = Instant::parse(as_of).unwrap();
            let before = moments.at(&then, as_of).unwrap().unwrap();
            assert!(Arc::ptr_eq(&before, &moments.at(&then, as_of).unwrap().unwrap()), "kept");
            let after = moments.at(&now, as_of).unwrap().unwrap();
            let whole = derive(Arc::clone(&all), as_of, 2).unwrap();
            let made = after.derived().unwrap();
            assert!(made.resolved == whole.resolved && made.findings == whole.findings, "as of {as_of}");
        }
    }

    #[test]
    fn who_comes_when_many_wait_is_told_so_and_the_others_are_answered() {
        let none = live(&Arc::new(Loaded::empty(Arc::new(Mission::none()))), 1);
        let moments = Arc::new(Moments::default());
        let turn = held(&moments.turn);
        let all: Vec<_> = (0..8)
            .map(|second| {
                let (moments, none) = (Arc::clone(&moments), Arc::clone(&none));
                std::thread::spawn(move || moments.at(&none, Instant::from_seconds(second)).is_err())
            })
            .collect();
        while moments.waiting.load(Ordering::Relaxed) < 8 {
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(moments.at(&none, Instant::from_seconds(99)).unwrap().is_none(), "too many wait");
        drop(turn);
        for one in all {
            assert!(one.join().unwrap(), "a mission without terms is judged by nothing");
        }
        assert!(moments.at(&none, Instant::from_seconds(99)).is_err(), "there is room again");
    }
}
