//! Incidents put together when somebody looks: the desk keeps which units stand together and by which links, and no more.
//!
//! What an incident says is worked out by the very code of the whole resolution, and kept until something is about to change it. Where a change is about to
//! take away what it is worked out from, a print of it is taken first, so that afterwards one can still say whether it changed.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use truceline_model::{Incident, IncidentId, ReceiptNo};

use super::Desk;
use super::group::{Frozen, Group};
use crate::assemble::{Accusation, assemble};
use crate::cluster::{Join, decided};
use crate::resolve::incident_id;
use crate::score::weigh_accounts;
use crate::unit::Unit;

/// A number that is the same for the same thing on every machine; unlike things share one once in 2⁶⁴.
pub(super) fn print_of(thing: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    thing.hash(&mut hasher);
    hasher.finish()
}

/// What an incident says, and who accuses whom of it.
pub(super) type Told = (Incident, Vec<Accusation>);

impl Desk<'_> {
    /// What a group says, under that id; kept for the next who looks.
    pub(super) fn told(&mut self, key: ReceiptNo, id: IncidentId) -> Option<Arc<Told>> {
        let group = self.groups.get(&key)?;
        if let Some(told) = group.told.as_ref().filter(|told| told.0.id == id) {
            return Some(Arc::clone(told));
        }
        let told = Arc::new(self.assembled(group, id));
        self.groups.get_mut(&key)?.told = Some(Arc::clone(&told));
        Some(told)
    }

    /// What a group says, under that id.
    pub(super) fn assembled(&self, group: &Group, id: IncidentId) -> (Incident, Vec<Accusation>) {
        let cards = || group.members.iter().filter_map(|unit| self.ground.cards.get(unit));
        let units: Vec<Unit<'_>> = cards()
            .map(|card| {
                let reports = card.reports.iter().filter_map(|receipt| self.report(*receipt)).collect();
                Unit::of(reports, Arc::clone(&card.account))
            })
            .collect();
        let members: Vec<usize> = (0..units.len()).collect();
        let at = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        let tree: Vec<(usize, Join)> = group
            .branches
            .iter()
            .map(|one| (at(one.parent), Join { a: at(one.child), b: at(one.parent), how: one.how }))
            .collect();
        let shown = |join: &Join| {
            let branch = group.branches.iter().find(|one| at(one.child) == join.a);
            let crowd = branch.map_or(1, |one| one.crowd);
            let both = units.get(join.a).zip(units.get(join.b));
            let evidence =
                both.and_then(|(a, b)| weigh_accounts(&a.account, &b.account, crowd, &self.ctx).ok());
            decided(join, evidence.map(|e| e.reasons()).unwrap_or_default(), &self.ctx)
        };
        let (mut incident, accusations) = assemble(id, &units, &members, &tree, &shown, &self.ctx);
        incident.version = group.version;
        (incident, accusations)
    }

    /// The id that a group would bear if no other claimed it.
    pub(super) fn wanted(&self, group: &Group) -> IncidentId {
        match &group.frozen {
            Some(frozen) => frozen.wanted.clone(),
            None => self.report(group.first).map_or_else(|| IncidentId::new("i-unnamed"), incident_id),
        }
    }

    /// All reports of a group.
    pub(super) fn receipts(&self, group: &Group) -> Vec<ReceiptNo> {
        match &group.frozen {
            Some(frozen) => frozen.receipts.clone(),
            None => {
                let cards = group.members.iter().filter_map(|unit| self.ground.cards.get(unit));
                cards.flat_map(|card| card.reports.iter().copied()).collect()
            }
        }
    }

    /// A print of what a group says, whatever id it bears.
    pub(super) fn print(&self, group: &Group) -> u64 {
        match &group.frozen {
            Some(frozen) => frozen.print,
            None => print_of(&self.assembled(group, IncidentId::new("")).0),
        }
    }

    /// Takes the print of the incident that holds a unit, before its reports change.
    pub(super) fn freeze(&mut self, unit: ReceiptNo) {
        let Some(key) = self.group_of.get(&unit).copied() else { return };
        let Some(group) = self.groups.get(&key).filter(|group| group.frozen.is_none()) else { return };
        let frozen =
            Frozen { wanted: self.wanted(group), receipts: self.receipts(group), print: self.print(group) };
        if let Some(group) = self.groups.get_mut(&key) {
            group.frozen = Some(Box::new(frozen));
            group.told = None;
        }
    }
}
