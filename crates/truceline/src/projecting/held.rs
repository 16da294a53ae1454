//! A desk that is brought from what it holds to what may be published now, report by report.
//!
//! What may be published of a record does not only grow: a report of a sealed source is coarsened with those around it, and its name with it. So
//! what the desk holds is compared with what it is to hold, and what differs is taken out and put in. The result is that of resolving
//! all of it, and a test holds it to that.

use std::collections::BTreeMap;

use truceline_casework::{Context, Desk, PersonDecision, Resolved, resolve};
use truceline_model::{Instant, Observation, ReceiptNo};

use crate::loaded::Loaded;

/// A desk, and what it was given.
pub(super) struct Held<'c> {
    ctx: Context<'c>,
    desk: Desk<'c>,
    reports: BTreeMap<ReceiptNo, Observation>,
    decisions: Vec<PersonDecision>,
}

impl<'c> Held<'c> {
    pub(super) fn new(ctx: Context<'c>) -> Self {
        Self { ctx, desk: Desk::new(ctx), reports: BTreeMap::new(), decisions: Vec::new() }
    }

    /// What follows by a moment.
    pub(super) fn resolved(&mut self, loaded: &Loaded, as_of: Instant) -> Resolved {
        let known = || loaded.observations.iter().filter(|o| o.known <= as_of);
        let wanted: BTreeMap<ReceiptNo, &Observation> = known().map(|o| (o.receipt, o)).collect();
        if wanted.len() < known().count() {
            // A desk holds one report under each receipt.
            return resolve(&loaded.observations, &loaded.decisions, &self.ctx, as_of);
        }
        let decided: Vec<&PersonDecision> = loaded.decisions.iter().filter(|one| one.at <= as_of).collect();
        if !decided.iter().map(|one| &**one).take(self.decisions.len()).eq(&self.decisions) {
            *self = Self::new(self.ctx);
        }
        let gone: Vec<ReceiptNo> =
            self.reports.keys().filter(|receipt| !wanted.contains_key(receipt)).copied().collect();
        for receipt in gone {
            self.desk.retract(receipt);
            self.reports.remove(&receipt);
        }
        for (receipt, report) in wanted {
            if self.reports.get(&receipt) != Some(report) {
                self.desk.add(report.clone());
                self.reports.insert(receipt, report.clone());
            }
        }
        for decision in decided.into_iter().skip(self.decisions.len()) {
            self.desk.decide(decision.clone());
            self.decisions.push(decision.clone());
        }
        self.desk.resolved()
    }
}
