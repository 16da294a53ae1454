//! Reports that name one another, worked into units anew.
//!
//! Copies, revisions and references depend on sender's ids alone, so everything that bears or names an id is looked at
//! together and nothing else is. Never weighs anything.

use std::collections::BTreeSet;
use std::sync::Arc;

use truceline_model::{Observation, ReceiptNo};

use super::ground::{Card, Changes};
use super::{Desk, Waiting, names_of};
use crate::known::Known;
use crate::resolve::is_event;
use crate::unit::{combine, gather};

impl Desk<'_> {
    /// Every report that bears or names one of these ids, or is named along with one that does.
    fn kin(&self, names: &BTreeSet<u64>) -> BTreeSet<ReceiptNo> {
        let mut seen = names.clone();
        let mut waiting: Vec<u64> = names.iter().copied().collect();
        let mut kin = BTreeSet::new();
        while let Some(name) = waiting.pop() {
            for (_, receipt) in self.named.range((name, ReceiptNo(0))..=(name, ReceiptNo(u64::MAX))) {
                if kin.insert(*receipt) {
                    let others = self.report(*receipt).into_iter().flat_map(names_of);
                    waiting.extend(others.filter(|other| seen.insert(*other)));
                }
            }
        }
        kin
    }

    /// Works the units of touched reports anew; says which units came, went or say something else.
    pub(super) fn work_units(&mut self, waiting: &Waiting) -> Changes {
        let kin = self.kin(&waiting.names);
        let mut old = BTreeSet::new();
        for receipt in kin.union(&waiting.reports) {
            old.extend(self.unit_of.remove(receipt));
            self.copies.remove(receipt);
            self.revisions.remove(receipt);
            self.dangling.remove(receipt);
        }
        if let Some(changes) = self.work_one(&kin, waiting, &old) {
            return changes;
        }
        let reports: Vec<&Observation> =
            kin.iter().filter_map(|r| self.reports.get(r)).map(|report| &**report).collect();
        let known = Known::of(reports);
        let gathered = gather(&known, &self.constraints, &mut self.locator, &self.ctx);
        self.copies.extend(known.copies.iter().map(|copy| (copy.receipt, *copy)));
        for revision in gathered.revisions {
            self.revisions.entry(revision.later).or_default().insert(revision);
        }
        for dangling in gathered.dangling {
            self.dangling.entry(dangling.receipt).or_default().insert(dangling);
        }
        let keys: Vec<ReceiptNo> = gathered.units.iter().map(crate::unit::Unit::receipt).collect();
        let mut same: Vec<BTreeSet<ReceiptNo>> = vec![BTreeSet::new(); keys.len()];
        for (a, b) in &gathered.same {
            for (x, y) in [(a, b), (b, a)] {
                if let (Some(set), Some(key)) = (same.get_mut(*x), keys.get(*y)) {
                    set.insert(*key);
                }
            }
        }
        let cards: Vec<(ReceiptNo, Card)> = gathered
            .units
            .iter()
            .zip(&gathered.roots)
            .zip(same)
            .map(|((unit, root), same)| {
                (unit.receipt(), Card::new(unit, root.receipt, same, Arc::clone(&unit.account)))
            })
            .collect();
        let mut changes = Changes::default();
        for (key, card) in cards {
            self.unit_of.extend(card.reports.iter().map(|receipt| (*receipt, key)));
            old.remove(&key);
            let touched = card.reports.iter().any(|receipt| waiting.reports.contains(receipt));
            let stands = self.ground.cards.get(&key).is_some_and(|held| held.says_as(&card));
            if touched || !stands {
                self.take_out(key, &mut changes);
                self.ground.put_in(key, card, &mut changes);
            }
        }
        for key in old {
            self.take_out(key, &mut changes);
        }
        // What a person joined with a report that went may stand apart without it. A report is gone too when it has turned out to
        // be a copy, because one that it repeats has come.
        for receipt in kin.union(&waiting.reports).filter(|receipt| !self.unit_of.contains_key(receipt)) {
            let others = self.together.get(receipt).into_iter().flatten();
            changes.touched.extend(others.filter_map(|other| self.unit_of.get(other)));
        }
        changes
    }

    /// The same for one new report that names no other and that no other names, which is what most reports are.
    fn work_one(
        &mut self,
        kin: &BTreeSet<ReceiptNo>,
        waiting: &Waiting,
        old: &BTreeSet<ReceiptNo>,
    ) -> Option<Changes> {
        let only = *kin.first()?;
        let report = self.reports.get(&only)?;
        let names_others = !report.revises.is_empty() || !report.same_as.is_empty();
        let more = kin.len() > 1 || waiting.reports.len() > 1 || !waiting.reports.contains(&only);
        let known = !old.is_empty() || self.together.contains_key(&only);
        if names_others || more || known || !is_event(report) {
            return None;
        }
        let unit = combine(vec![&**report], &mut self.locator, &self.ctx);
        let card = Card::new(&unit, only, BTreeSet::new(), Arc::clone(&unit.account));
        self.unit_of.insert(only, only);
        let mut changes = Changes::default();
        self.ground.put_in(only, card, &mut changes);
        changes.came = Some(only);
        Some(changes)
    }

    /// Takes a unit out; what its incident says is kept as a print.
    fn take_out(&mut self, key: ReceiptNo, changes: &mut Changes) {
        self.freeze(key);
        self.ground.take_out(key, changes, &self.ctx);
    }
}
