//! Reports resolved as they come: a desk that takes what is new by a moment, with the result of resolving everything.
//!
//! What became known later waits until its moment comes; what a person takes back goes again. Where that cannot be said in steps (a moment
//! before the last one, two observations under one receipt) everything is resolved anew.

use std::collections::{BTreeMap, BTreeSet};

use truceline_casework::{Context, Desk, PersonDecision, Resolved, resolve, undone_by};
use truceline_model::{Instant, Observation, ReceiptNo};

use crate::loaded::Loaded;

/// A desk, and how far it was told what the log says.
pub(super) struct Resolving<'c> {
    ctx: Context<'c>,
    desk: Desk<'c>,
    as_of: Instant,
    /// Observations and decisions looked at so far.
    seen: (usize, usize),
    /// Places of those that become known later.
    later: BTreeMap<Instant, Vec<usize>>,
    decided_later: BTreeMap<Instant, Vec<usize>>,
    /// Receipts of what people confirmed and took back.
    gone: BTreeSet<ReceiptNo>,
    last: Option<ReceiptNo>,
    /// Observations that share a receipt: a desk holds one under each.
    is_shared: bool,
}

impl<'c> Resolving<'c> {
    pub(super) fn new(ctx: Context<'c>) -> Self {
        Self {
            ctx,
            desk: Desk::new(ctx),
            as_of: Instant::FAR_PAST,
            seen: (0, 0),
            later: BTreeMap::new(),
            decided_later: BTreeMap::new(),
            gone: BTreeSet::new(),
            last: None,
            is_shared: false,
        }
    }

    /// What follows by a moment from all that the log says. Each call is given what the one before was, and perhaps more.
    pub(super) fn resolved(&mut self, loaded: &Loaded, as_of: Instant) -> Resolved {
        if as_of < self.as_of {
            *self = Self::new(self.ctx);
        }
        self.as_of = as_of;
        let undone = undone_by(&loaded.decisions, as_of);
        let gone = loaded.quoted.keys().filter(|receipt| undone.contains(&receipt.0));
        let gone: BTreeSet<ReceiptNo> = gone.copied().collect();
        self.take_observations(loaded, &gone);
        self.take_decisions(&loaded.decisions);
        for receipt in gone.difference(&self.gone) {
            self.desk.retract(*receipt);
        }
        for receipt in self.gone.difference(&gone) {
            let found = loaded.observations.binary_search_by_key(receipt, |o| o.receipt);
            let known = found.ok().and_then(|at| loaded.observations.get(at)).filter(|o| o.known <= as_of);
            known.into_iter().for_each(|o| self.desk.add(o.clone()));
        }
        self.gone = gone;
        if !self.is_shared {
            return self.desk.resolved();
        }
        let stand = loaded.observations.iter().filter(|o| !self.gone.contains(&o.receipt)).cloned();
        let stand: Vec<Observation> = stand.collect();
        resolve(&stand, &loaded.decisions, &self.ctx, as_of)
    }

    fn take_observations(&mut self, loaded: &Loaded, gone: &BTreeSet<ReceiptNo>) {
        for (at, one) in loaded.observations.iter().enumerate().skip(self.seen.0) {
            self.is_shared |= self.last.replace(one.receipt) == Some(one.receipt);
            self.later.entry(one.known).or_default().push(at);
        }
        self.seen.0 = loaded.observations.len();
        for at in ready(&mut self.later, self.as_of) {
            let one = loaded.observations.get(at).filter(|one| !gone.contains(&one.receipt));
            one.into_iter().for_each(|one| self.desk.add(one.clone()));
        }
    }

    fn take_decisions(&mut self, all: &[PersonDecision]) {
        for (at, one) in all.iter().enumerate().skip(self.seen.1) {
            self.decided_later.entry(one.at).or_default().push(at);
        }
        self.seen.1 = all.len();
        for one in ready(&mut self.decided_later, self.as_of).into_iter().filter_map(|at| all.get(at)) {
            self.desk.decide(one.clone());
        }
    }
}

/// Takes out what its moment has come for, in the order of the log.
fn ready(waiting: &mut BTreeMap<Instant, Vec<usize>>, as_of: Instant) -> Vec<usize> {
    let after = waiting.split_off(&as_of.plus_seconds(1));
    let mut now: Vec<usize> = std::mem::replace(waiting, after).into_values().flatten().collect();
    now.sort_unstable();
    now
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use std::sync::Arc;

    use super::*;
    use crate::pipeline::{Derived, derive, derive_resolved};
    use crate::proposals::standing;

    /// The shipped mission, as it stood after so many entries and as of moments that go forward: each time derived from what the time
    /// before held, and from nothing.
    #[test]
    fn what_is_derived_step_by_step_is_what_is_derived_whole() {
        let (all, steps) = Loaded::shipped_as_it_grew();
        let mission = Arc::clone(&all.mission);
        let rules = mission.rules();
        let ctx =
            Context { actors: &mission.actors, areas: &mission.areas, zone: &mission.zone, rules: &rules };
        let mut resolving = Resolving::new(ctx);
        let mut before: Option<Derived> = None;
        for (entries, moment) in steps {
            let as_of = Instant::parse(moment).unwrap();
            let loaded = Arc::new(all.when_it_had(entries));
            let resolved = resolving.resolved(&loaded, as_of);
            let stands = standing(Arc::clone(&loaded), as_of);
            let now = derive_resolved(stands, resolved, as_of, 2, before.as_ref()).unwrap();
            let whole = derive(loaded, as_of, 2).unwrap();
            assert!(now.resolved == whole.resolved, "incidents as of {moment}");
            assert!(now.findings == whole.findings, "findings as of {moment}");
            assert_eq!(now.statuses, whole.statuses, "{moment}");
            assert!(now.rivals == whole.rivals, "tallies as of {moment}");
            assert_eq!(now.docket, whole.docket, "{moment}");
            before = Some(now);
        }
    }
}
