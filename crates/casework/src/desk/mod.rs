//! The desk: reports, retractions and decisions one at a time, in any order, and what each of them moved.
//!
//! Keeps what the last answer rested on and works anew only the neighbourhood that a change touches: reports that name one
//! another, days of a governorate whose crowd has doubled, and incidents that share a possible link. What it holds is at
//! any moment what [`crate::resolve`] gives for the same reports and decisions, whatever order they came in; a property
//! test holds it to that. Never decides anything by itself: weighing and joining are those of the whole resolution.

mod flood;
mod ground;
mod group;
mod kin;
mod show;

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{IncidentId, Observation, ReceiptNo};

use crate::cluster::{Edge, Refusal, keep_best};
use crate::decisions::{Constraints, PersonDecision};
use crate::known::{Copy, Dangling, Known, order};
use crate::locate::Locator;
use crate::moved::Moved;
use crate::resolve::{Considered, Context, Names, Resolved};
use crate::score::weigh_accounts;
use crate::unit::Revision;
use ground::Ground;
use group::Group;
use show::print_of;

/// Everything known so far, and the incidents that follow from it.
pub struct Desk<'c> {
    ctx: Context<'c>,
    locator: Locator<'c>,
    /// Boxed, for a tree's half empty nodes would otherwise hold room for as many reports again.
    reports: BTreeMap<ReceiptNo, Box<Observation>>,
    /// Prints of sender's ids, with the reports that bear or name each. Two ids under one print are only looked at together.
    named: BTreeSet<(u64, ReceiptNo)>,
    decisions: BTreeMap<u64, PersonDecision>,
    constraints: Constraints,
    together: BTreeMap<ReceiptNo, BTreeSet<ReceiptNo>>,
    /// The unit of each report that is in one; a unit is known by its first report.
    unit_of: BTreeMap<ReceiptNo, ReceiptNo>,
    ground: Ground,
    /// Incidents by the unit that comes first in each, and the incident of each unit.
    groups: BTreeMap<ReceiptNo, Group>,
    group_of: BTreeMap<ReceiptNo, ReceiptNo>,
    /// Prints of ids, with the incidents that would bear each.
    claims: BTreeSet<(u64, ReceiptNo)>,
    /// Links that were refused though they reach the threshold or a person asked for them.
    refused: BTreeMap<ReceiptNo, Vec<(ReceiptNo, i32, Refusal)>>,
    copies: BTreeMap<ReceiptNo, Copy>,
    revisions: BTreeMap<ReceiptNo, BTreeSet<Revision>>,
    dangling: BTreeMap<ReceiptNo, BTreeSet<Dangling>>,
    waiting: Waiting,
}

/// What has come in since the desk was last settled.
#[derive(Default)]
struct Waiting {
    /// Reports that came, went or were decided upon.
    reports: BTreeSet<ReceiptNo>,
    /// Prints of sender's ids that they bear or name, or did.
    names: BTreeSet<u64>,
}

/// Prints of the sender's ids that a report bears or by which it names others; totals that it is a part of are related afterwards.
fn names_of(report: &Observation) -> impl Iterator<Item = u64> + '_ {
    std::iter::once(&report.sender_id).chain(&report.revises).chain(&report.same_as).map(print_of)
}

impl<'c> Desk<'c> {
    /// An empty desk.
    #[must_use]
    pub fn new(ctx: Context<'c>) -> Self {
        Self {
            ctx,
            locator: Locator::new(ctx.areas),
            reports: BTreeMap::new(),
            named: BTreeSet::new(),
            decisions: BTreeMap::new(),
            constraints: Constraints::default(),
            together: BTreeMap::new(),
            unit_of: BTreeMap::new(),
            ground: Ground::default(),
            groups: BTreeMap::new(),
            group_of: BTreeMap::new(),
            claims: BTreeSet::new(),
            refused: BTreeMap::new(),
            copies: BTreeMap::new(),
            revisions: BTreeMap::new(),
            dangling: BTreeMap::new(),
            waiting: Waiting::default(),
        }
    }

    /// Takes a report in. One under a receipt that is there already takes its place.
    pub fn add(&mut self, report: Observation) {
        self.retract(report.receipt);
        self.named.extend(names_of(&report).map(|name| (name, report.receipt)));
        self.waiting.names.extend(names_of(&report));
        self.waiting.reports.insert(report.receipt);
        self.reports.insert(report.receipt, Box::new(report));
    }

    /// Takes a report out, as if it had never come; gives it back if it was there.
    pub fn retract(&mut self, receipt: ReceiptNo) -> Option<Observation> {
        if !self.reports.contains_key(&receipt) {
            return None;
        }
        if let Some(unit) = self.unit_of.get(&receipt).copied() {
            self.freeze(unit);
        }
        let report = self.reports.remove(&receipt)?;
        for name in names_of(&report) {
            self.named.remove(&(name, receipt));
        }
        self.waiting.names.extend(names_of(&report));
        self.waiting.reports.insert(receipt);
        Some(*report)
    }

    /// Takes a person's decision in.
    pub fn decide(&mut self, decision: PersonDecision) {
        let entry = decision.entry;
        let mut spoken: BTreeSet<ReceiptNo> = self.constraints.spoken(entry).collect();
        self.decisions.insert(entry, decision);
        let all: Vec<PersonDecision> = self.decisions.values().cloned().collect();
        self.constraints = Constraints::of(&all, truceline_model::Instant::FAR_FUTURE);
        spoken.extend(self.constraints.spoken(entry));
        self.together.clear();
        for (_, x, y) in &self.constraints.together {
            self.together.entry(*x).or_default().insert(*y);
            self.together.entry(*y).or_default().insert(*x);
        }
        for receipt in spoken {
            if let Some(report) = self.reports.get(&receipt) {
                self.waiting.names.extend(names_of(report));
                self.waiting.reports.insert(receipt);
            }
        }
    }

    /// Works in what has come since the last time, and says what it moved: reports that opened, joined or left incidents, and
    /// incidents that now say something else. What totals and statements add to incidents shows in [`Self::resolved`].
    pub fn settle(&mut self) -> Vec<Moved> {
        let waiting = std::mem::take(&mut self.waiting);
        if waiting.reports.is_empty() {
            return Vec::new();
        }
        let mut changes = self.work_units(&waiting);
        self.ground.recount(&mut changes, &self.reports, &self.ctx);
        self.ground.reweigh(&mut changes, &self.ctx);
        if let Some(moved) = self.join_quickly(&changes) {
            return moved;
        }
        self.regroup(&changes)
    }

    /// Everything that follows from the reports and decisions so far, as [`crate::resolve`] would give it.
    pub fn resolved(&mut self) -> Resolved {
        self.settle();
        let mut resolved = Resolved::default();
        let mut names = Names::default();
        let mut groups: Vec<(&Observation, &Group)> =
            self.groups.iter().filter_map(|(unit, group)| Some((self.root(*unit)?, group))).collect();
        groups.sort_by(|(a, _), (b, _)| order(a, b));
        let mut named: Vec<(ReceiptNo, IncidentId)> = Vec::with_capacity(groups.len());
        for (_, group) in groups {
            let receipts = self.receipts(group);
            let id = names.give(receipts.into_iter().filter_map(|r| self.report(r)).collect());
            named.push((group.key(), id));
        }
        for told in named.into_iter().filter_map(|(key, id)| self.told(key, id)) {
            let (incident, accusations) = &*told;
            resolved.hold(incident.clone(), accusations.clone());
        }
        resolved.answers_to = names.answers_to;
        resolved.considered = self.considered();
        resolved.crowded_out = self.crowded_out();
        resolved.revisions =
            self.revisions.values().flatten().cloned().collect::<BTreeSet<_>>().into_iter().collect();
        let mut copies: Vec<Copy> = self.copies.values().copied().collect();
        copies.sort_by(|a, b| self.in_order(a.receipt, b.receipt));
        resolved.copies = copies;
        resolved.dangling = self.dangling.values().flatten().cloned().collect();
        resolved.finish(&Known::of(self.reports.values().map(|report| &**report).collect()), &self.ctx);
        resolved
    }

    /// How much was compared so far: accounts held against one another, and units of incidents that were worked anew. It grows with
    /// the number of reports, not with its square, however much alike they are.
    #[must_use]
    pub fn compared(&self) -> u64 {
        self.ground.compared
    }

    /// Number of reports.
    #[must_use]
    pub fn len(&self) -> usize {
        self.reports.len()
    }

    /// Whether nothing has come in yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.reports.is_empty()
    }

    /// The report by which a unit stands in the order of units.
    fn root(&self, unit: ReceiptNo) -> Option<&Observation> {
        self.report(self.ground.cards.get(&unit)?.root)
    }

    fn report(&self, receipt: ReceiptNo) -> Option<&Observation> {
        self.reports.get(&receipt).map(|report| &**report)
    }

    fn in_order(&self, a: ReceiptNo, b: ReceiptNo) -> std::cmp::Ordering {
        match (self.reports.get(&a), self.reports.get(&b)) {
            (Some(x), Some(y)) => order(x, y),
            _ => a.cmp(&b),
        }
    }

    fn units_in_order(&self, a: ReceiptNo, b: ReceiptNo) -> std::cmp::Ordering {
        match (self.root(a), self.root(b)) {
            (Some(x), Some(y)) => order(x, y),
            _ => a.cmp(&b),
        }
    }

    /// Likely links that were not made, best first: of each unit its three best.
    fn considered(&self) -> Vec<Considered> {
        let mut units: Vec<ReceiptNo> = self.ground.cards.keys().copied().collect();
        units.sort_by(|a, b| self.units_in_order(*a, *b));
        let rank: BTreeMap<ReceiptNo, usize> =
            units.iter().enumerate().map(|(at, unit)| (*unit, at)).collect();
        let at = |unit: &ReceiptNo| rank.get(unit).copied().unwrap_or(usize::MAX);
        let refused = self.refused.iter().flat_map(|(a, list)| list.iter().map(move |one| (*a, one)));
        let mut all: Vec<(Edge, Refusal)> = refused
            .map(|(a, (b, score, refusal))| (Edge { score: *score, a: at(&a), b: at(b) }, *refusal))
            .collect();
        for (a, card) in &self.ground.cards {
            let below = card.edges.iter().filter(|(_, score)| **score < self.ctx.rules.threshold);
            all.extend(
                below
                    .map(|(b, score)| Edge { score: *score, a: at(a), b: at(b) })
                    .filter(|edge| edge.a < edge.b)
                    .map(|edge| (edge, Refusal::BelowThreshold)),
            );
        }
        let group = |at: usize| units.get(at).and_then(|unit| self.group_of.get(unit));
        all.retain(|(edge, _)| group(edge.a) != group(edge.b));
        keep_best(&mut all);
        let shown = all.into_iter().filter_map(|(edge, refusal)| {
            let (receipt, to) = (*units.get(edge.b)?, *units.get(edge.a)?);
            let (a, b) = (self.ground.cards.get(&to)?, self.ground.cards.get(&receipt)?);
            let evidence = weigh_accounts(&a.account, &b.account, a.crowd.max(b.crowd), &self.ctx);
            let reasons = evidence.map(|e| e.reasons()).unwrap_or_default();
            Some(Considered { receipt, to, score: edge.score, refusal, reasons })
        });
        shown.collect()
    }

    fn crowded_out(&self) -> Vec<ReceiptNo> {
        let cards = self.ground.cards.iter().filter(|(_, card)| card.is_crowded_out(&self.ctx));
        let mut all: Vec<ReceiptNo> = cards.map(|(unit, _)| *unit).collect();
        all.sort_by(|a, b| self.units_in_order(*a, *b));
        all
    }
}
