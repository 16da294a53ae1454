//! Touched units into incidents anew: everything that a possible link, a source or a person connects with them.
//!
//! Joins by the very code of the whole resolution, over these units alone: what is not connected cannot have a say.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{Incident, IncidentId, Observation, ReceiptNo};

use super::Desk;
use super::ground::Changes;
use crate::assemble::{Accusation, assemble};
use crate::cluster::{Clusters, Edge};
use crate::copies;
use crate::known::order;
use crate::moved::{Moved, moved};
use crate::resolve::{Resolved, incident_id, version};
use crate::unit::Unit;

/// One incident and the units in it.
pub(super) struct Group {
    pub(super) incident: Incident,
    pub(super) accusations: Vec<Accusation>,
    /// First to last.
    members: Vec<ReceiptNo>,
    /// The id that it would bear if no other claimed it.
    wanted: IncidentId,
}

impl Desk<'_> {
    /// Works the incidents of touched units anew.
    pub(super) fn regroup(&mut self, changes: &Changes) -> Vec<Moved> {
        let reached = self.reached(changes);
        let mut before = Resolved::default();
        let mut wanted = BTreeSet::new();
        for unit in reached.iter().chain(&changes.units) {
            self.refused.remove(unit);
            if let Some(group) = self.group_of.get(unit).copied().and_then(|group| self.take(group)) {
                wanted.insert(group.wanted.clone());
                before.hold(group.incident, group.accusations);
            }
        }
        let made = self.cluster(&reached);
        wanted.extend(made.iter().map(|group| group.wanted.clone()));
        let mut after = self.rivals_of_names(&wanted, &mut before);
        after.extend(made);
        for group in after {
            self.keep(group);
        }
        let changed = self.name(&wanted);
        let mut now = Resolved::default();
        for group in changed.iter().filter_map(|key| self.groups.get(key)) {
            now.hold(group.incident.clone(), group.accusations.clone());
        }
        before.incidents.sort_by(|a, b| a.id.cmp(&b.id));
        now.incidents.sort_by(|a, b| a.id.cmp(&b.id));
        moved(&before, &now)
    }

    /// All units that something connects with the touched ones, in canonical order.
    fn reached(&self, changes: &Changes) -> Vec<ReceiptNo> {
        let mut seen: BTreeSet<ReceiptNo> = BTreeSet::new();
        let mut waiting: Vec<ReceiptNo> = changes.units.union(&changes.touched).copied().collect();
        while let Some(unit) = waiting.pop() {
            let Some(card) = self.ground.cards.get(&unit) else { continue };
            if !seen.insert(unit) {
                continue;
            }
            // What stays below the threshold joins nothing and refuses nothing; `considered` looks at it when asked.
            let links = card.edges.iter().filter(|(_, score)| **score >= self.ctx.rules.threshold);
            waiting.extend(links.map(|(other, _)| other).chain(&card.same));
            if !self.together.is_empty() {
                let others = card.reports.iter().filter_map(|r| self.together.get(r)).flatten();
                waiting.extend(others.filter_map(|r| self.unit_of.get(r)));
            }
        }
        let mut all: Vec<ReceiptNo> = seen.into_iter().collect();
        all.sort_by(|a, b| self.units_in_order(*a, *b));
        all
    }

    fn cluster(&mut self, reached: &[ReceiptNo]) -> Vec<Group> {
        let place: BTreeMap<ReceiptNo, usize> =
            reached.iter().enumerate().map(|(at, unit)| (*unit, at)).collect();
        let mut units: Vec<Unit<'_>> = Vec::with_capacity(reached.len());
        let (mut edges, mut same) = (Vec::new(), Vec::new());
        for (at, key) in reached.iter().enumerate() {
            let Some(card) = self.ground.cards.get(key) else { continue };
            let reports = card.reports.iter().filter_map(|r| self.reports.get(r)).collect();
            let mut unit = Unit::of(reports, std::sync::Arc::clone(&card.account));
            unit.crowd = card.crowd;
            units.push(unit);
            let later = |other: &ReceiptNo| place.get(other).copied().filter(|other| *other > at);
            edges.extend(
                card.edges
                    .iter()
                    .filter(|(_, score)| **score >= self.ctx.rules.threshold)
                    .filter_map(|(other, score)| later(other).map(|b| Edge { score: *score, a: at, b })),
            );
            same.extend(card.same.iter().filter_map(later).map(|b| (at, b)));
        }
        same.sort_unstable();
        same.dedup();
        copies::mark(&mut units, self.ctx.rules);
        let mut clusters = Clusters::new(&units, &self.constraints, &self.ctx);
        clusters.declare(&same);
        clusters.link(edges);
        for (edge, refusal) in &clusters.refused {
            if let (Some(a), Some(b)) = (reached.get(edge.a), reached.get(edge.b)) {
                self.refused.entry(*a).or_default().push((*b, edge.score, *refusal));
            }
        }
        let links = clusters.links();
        let mut made = Vec::new();
        for members in clusters.groups() {
            let of_group =
                members.iter().filter_map(|at| units.get(*at)).flat_map(|u| u.reports.iter().copied());
            let first: Option<&Observation> = of_group.min_by(|a, b| order(a, b));
            let wanted = first.map_or_else(|| IncidentId::new("i-unnamed"), incident_id);
            let tree = clusters.tree(members, &links);
            let (mut incident, accusations) =
                assemble(wanted.clone(), &units, members, &tree, &clusters, &self.ctx);
            incident.version = version(&incident, &self.constraints);
            let members = members.iter().filter_map(|at| reached.get(*at)).copied().collect();
            made.push(Group { incident, accusations, members, wanted });
        }
        made
    }

    /// Takes an incident off the desk.
    fn take(&mut self, key: ReceiptNo) -> Option<Group> {
        let group = self.groups.remove(&key)?;
        for unit in &group.members {
            self.group_of.remove(unit);
        }
        if let Some(all) = self.claims.get_mut(&group.wanted) {
            all.remove(&key);
            if all.is_empty() {
                self.claims.remove(&group.wanted);
            }
        }
        Some(group)
    }

    fn keep(&mut self, group: Group) {
        let Some(key) = group.members.first().copied() else { return };
        self.group_of.extend(group.members.iter().map(|unit| (*unit, key)));
        self.claims.entry(group.wanted.clone()).or_default().insert(key);
        self.groups.insert(key, group);
    }

    /// Other incidents that claim one of these ids: which of them bears it may change.
    fn rivals_of_names(&mut self, wanted: &BTreeSet<IncidentId>, before: &mut Resolved) -> Vec<Group> {
        let keys: Vec<ReceiptNo> =
            wanted.iter().filter_map(|id| self.claims.get(id)).flatten().copied().collect();
        let mut rivals = Vec::new();
        for group in keys.into_iter().filter_map(|key| self.take(key)) {
            before.hold(group.incident.clone(), group.accusations.clone());
            rivals.push(group);
        }
        rivals
    }

    /// Names the incidents that claim these ids, the first in order first; gives them all.
    fn name(&mut self, wanted: &BTreeSet<IncidentId>) -> Vec<ReceiptNo> {
        let mut named = Vec::new();
        for id in wanted {
            let mut claiming: Vec<ReceiptNo> = self.claims.get(id).into_iter().flatten().copied().collect();
            claiming.sort_by(|a, b| self.units_in_order(*a, *b));
            for (n, key) in (1_u32..).zip(&claiming) {
                if let Some(group) = self.groups.get_mut(key) {
                    group.incident.id =
                        if n == 1 { id.clone() } else { IncidentId::new(&format!("{id}-{n}")) };
                }
            }
            named.extend(claiming);
        }
        named
    }
}
