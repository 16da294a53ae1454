//! The thread that keeps the record as it stands: looks whether the log has grown, reads what has come, derives, and hands it out.
//!
//! It works only what is new: entries after the last one read, reports that they touch, incidents that say something else than before. Where
//! a new mission or an erasure changes what was read, all of it is worked again.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant as Counter};

use truceline_casework::Context;
use truceline_store::Store;

use super::resolving::Resolving;
use super::{Live, Shared, THREADS, now};
use crate::failure::Failure;
use crate::loaded::{Growing, Loaded};
use crate::pipeline::{Derived, derive_resolved};
use crate::proposals::standing;
use crate::{cases, log};

/// How often the log is looked at for entries of others, who cannot wake us.
const LOOK: Duration = Duration::from_millis(100);
/// How long what comes is waited for before it is worked, so that a hundred reports are worked once.
const GATHER: Duration = Duration::from_millis(60);
/// How often what follows from time alone is derived again: clocks of cases run out, days end.
const TICK: Duration = Duration::from_secs(5);

/// Keeps it until nobody reads any more.
pub(super) fn keep(shared: &Shared) {
    let mut log = Log::new(&shared.store);
    let mut next = None;
    let mut generation = 0;
    while !shared.has_ended() {
        match next.take().map_or_else(|| log.read(), Ok) {
            Ok(loaded) => next = under(shared, &mut log, loaded, &mut generation),
            Err(failure) => {
                shared.failed(&failure);
                shared.rest(LOOK);
            }
        }
    }
    shared.ended();
}

/// The log, open as long as it can be read.
struct Log<'s> {
    folder: &'s Path,
    open: Option<Store>,
    growing: Growing,
}

impl<'s> Log<'s> {
    fn new(folder: &'s Path) -> Self {
        Self { folder, open: None, growing: Growing::default() }
    }

    /// Everything that the log says by now.
    fn read(&mut self) -> Result<Arc<Loaded>, Failure> {
        let held = self.open.take().filter(|store| store.has_its_key().unwrap_or(true));
        if held.is_none() {
            // Under another key pages say another one, also those of entries that were read already.
            self.growing = Growing::default();
        }
        let store = held.map_or_else(|| log::open_read_only(self.folder), Ok)?;
        let read = self.growing.read(&store, THREADS)?;
        self.open = Some(store);
        Ok(read)
    }
}

/// Keeps it as long as what was read is only added to; gives what was read when it is not.
fn under(
    shared: &Shared,
    log: &mut Log<'_>,
    mut loaded: Arc<Loaded>,
    generation: &mut u64,
) -> Option<Arc<Loaded>> {
    let mission = Arc::clone(&loaded.mission);
    let rules = mission.rules();
    let ctx = Context { actors: &mission.actors, areas: &mission.areas, zone: &mission.zone, rules: &rules };
    let mut resolving = Resolving::new(ctx);
    let mut before: Option<Arc<Derived>> = None;
    while !shared.has_ended() {
        let made = make(&mut resolving, &loaded, before.as_deref(), *generation + 1);
        let at = Counter::now();
        match made {
            Ok(live) => {
                *generation = live.generation;
                before = live.derived().ok().cloned();
                shared.put(live);
                std::thread::sleep(GATHER);
            }
            Err(failure) => {
                shared.failed(&failure);
                shared.rest(LOOK);
            }
        }
        loop {
            match log.read() {
                Ok(read) if !read.mission.is_of_one_reading(&mission) => return Some(read),
                Ok(read) if !Arc::ptr_eq(&read, &loaded) => {
                    loaded = read;
                    break;
                }
                Ok(_) => shared.is_well(),
                Err(failure) => shared.failed(&failure),
            }
            let ticks = mission.opens_at.is_none() && at.elapsed() >= TICK;
            if ticks || shared.has_ended() {
                break;
            }
            shared.rest(LOOK);
        }
    }
    None
}

fn make(
    resolving: &mut Resolving<'_>,
    loaded: &Arc<Loaded>,
    before: Option<&Derived>,
    generation: u64,
) -> Result<Live, Failure> {
    let as_of = now(loaded)?;
    let loaded = Arc::clone(loaded);
    let derived = match loaded.mission.terms() {
        Ok(_) => {
            let resolved = resolving.resolved(&loaded, as_of);
            derive_resolved(standing(Arc::clone(&loaded), as_of), resolved, as_of, THREADS, before)
        }
        Err(why) => Err(why),
    };
    Ok(match derived {
        Ok(derived) => {
            let docket = Arc::clone(&derived.docket);
            Live { generation, as_of, loaded, docket, derived: Ok(Arc::new(derived)) }
        }
        Err(why) => {
            let docket = Arc::new(cases::docket(&loaded, as_of));
            Live { generation, as_of, loaded, docket, derived: Err(why.to_string()) }
        }
    })
}
