//! Touched units into incidents anew: everything that a possible link, a source or a person connects with them.
//!
//! Joins by the very code of the whole resolution, over these units alone: what is not connected cannot have a say.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use truceline_model::{IncidentId, Observation, ReceiptNo};

use super::Desk;
use super::flood::Flood;
use super::ground::Changes;
use super::show::{Told, print_of};
use crate::cluster::{Clusters, Edge, How, Join, Refusal};
use crate::copies;
use crate::known::order;
use crate::moved::{Moved, Stand, compare};
use crate::resolve::version;
use crate::unit::Unit;

/// One incident: which units stand in it, and the links by which they do. What it says is worked out when somebody looks.
#[derive(Debug)]
pub(super) struct Group {
    /// First to last.
    pub(super) members: Vec<ReceiptNo>,
    /// The link by which each member but the first came in.
    pub(super) branches: Vec<Branch>,
    /// The report after which it is called.
    pub(super) first: ReceiptNo,
    pub(super) version: u32,
    /// Which it is of those that claim its id: the first bears it as it is, the others with their number.
    pub(super) nth: u32,
    /// What it was when its reports were about to change.
    pub(super) frozen: Option<Box<Frozen>>,
    /// What is known of it where copies stand in it.
    pub(super) flood: Option<Box<Flood>>,
    /// What it says, once somebody has looked.
    pub(super) told: Option<Arc<Told>>,
}

/// A link between two members by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Branch {
    pub(super) child: u32,
    pub(super) parent: u32,
    /// Among how many reports their likeness was found.
    pub(super) crowd: u32,
    pub(super) how: How,
}

/// What is left of an incident whose reports change.
#[derive(Debug)]
pub(super) struct Frozen {
    pub(super) wanted: IncidentId,
    pub(super) receipts: Vec<ReceiptNo>,
    pub(super) print: u64,
}

impl Group {
    pub(super) fn key(&self) -> ReceiptNo {
        self.members.first().copied().unwrap_or(self.first)
    }

    /// Whether both are the same members by the same links, and nothing that they say has changed.
    fn is_as(&self, other: &Self) -> bool {
        self.frozen.is_none()
            && self.members == other.members
            && self.branches == other.branches
            && self.version == other.version
    }
}

/// A unit, and a link of it that was refused: to which other, its score, why.
type Refused = (ReceiptNo, (ReceiptNo, i32, Refusal));

/// The id of the nth incident that claims it.
pub(super) fn numbered(wanted: &IncidentId, nth: u32) -> IncidentId {
    if nth == 1 { wanted.clone() } else { IncidentId::new(&format!("{wanted}-{nth}")) }
}

impl Desk<'_> {
    /// Works the incidents of touched units anew.
    pub(super) fn regroup(&mut self, changes: &Changes) -> Vec<Moved> {
        let reached = self.reached(changes);
        for unit in reached.iter().chain(&changes.units) {
            self.refused.remove(unit);
        }
        let work = u64::try_from(reached.len()).unwrap_or(u64::MAX);
        self.ground.compared = self.ground.compared.saturating_add(work);
        let (mut made, refused) = self.cluster(&reached);
        for (unit, one) in refused {
            self.refused.entry(unit).or_default().push(one);
        }
        let mut standing = BTreeSet::new();
        made.retain(|group| {
            let stands = self.groups.get(&group.key()).is_some_and(|held| held.is_as(group));
            if stands {
                standing.insert(group.key());
                // What is about it may have changed.
                if let Some(held) = self.groups.get_mut(&group.key()) {
                    held.flood = None;
                }
            }
            !stands
        });
        let mut before: Vec<(Stand, Option<Group>)> = Vec::new();
        let mut wanted = BTreeSet::new();
        for unit in reached.iter().chain(&changes.units) {
            let key = self.group_of.get(unit).copied().filter(|key| !standing.contains(key));
            if let Some(group) = key.and_then(|key| self.take(key)) {
                wanted.insert(self.wanted(&group));
                before.push((self.stand(&group), Some(group)));
            }
        }
        wanted.extend(made.iter().map(|group| self.wanted(group)));
        let rivals: BTreeSet<ReceiptNo> = wanted.iter().flat_map(|id| self.claiming(id)).collect();
        before.extend(rivals.iter().filter_map(|key| Some((self.stand(self.groups.get(key)?), None))));
        let mut keys: Vec<ReceiptNo> = made.iter().map(Group::key).collect();
        keys.extend(&rivals);
        for group in made {
            self.keep(group);
        }
        for id in &wanted {
            self.name(id);
        }
        let after: Vec<Stand> =
            keys.iter().filter_map(|key| self.groups.get(key)).map(|group| self.stand(group)).collect();
        let (before, taken): (Vec<Stand>, Vec<Option<Group>>) = before.into_iter().unzip();
        compare(&before, &after, |a, b| {
            let (Some(was), Some(is)) = (before.get(a), after.get(b)) else { return false };
            if was.receipts != is.receipts || was.version != is.version {
                return true;
            }
            // A rival that was not taken says what it said.
            let (Some(Some(old)), Some(new)) =
                (taken.get(a), keys.get(b).and_then(|key| self.groups.get(key)))
            else {
                return false;
            };
            self.print(old) != self.print(new)
        })
    }

    fn stand(&self, group: &Group) -> Stand {
        let mut receipts = self.receipts(group);
        receipts.sort_unstable();
        let id = numbered(&self.wanted(group), group.nth);
        Stand { id, first: Some(group.first), version: group.version, receipts }
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
            waiting.extend(links.map(|(other, _)| other).chain(&card.same).chain(&card.follows));
            if !self.together.is_empty() {
                let others = card.reports.iter().filter_map(|r| self.together.get(r)).flatten();
                waiting.extend(others.filter_map(|r| self.unit_of.get(r)));
            }
        }
        let mut all: Vec<ReceiptNo> = seen.into_iter().collect();
        all.sort_by(|a, b| self.units_in_order(*a, *b));
        all
    }

    fn cluster(&self, reached: &[ReceiptNo]) -> (Vec<Group>, Vec<Refused>) {
        if let [only] = reached {
            return (self.alone(*only).into_iter().collect(), Vec::new());
        }
        let place: BTreeMap<ReceiptNo, usize> =
            reached.iter().enumerate().map(|(at, unit)| (*unit, at)).collect();
        let mut units: Vec<Unit<'_>> = Vec::with_capacity(reached.len());
        let (mut edges, mut same) = (Vec::new(), Vec::new());
        for (at, key) in reached.iter().enumerate() {
            let Some(card) = self.ground.cards.get(key) else { continue };
            let reports = card.reports.iter().filter_map(|r| self.report(*r)).collect();
            let mut unit = Unit::of(reports, Arc::clone(&card.account));
            unit.crowd = card.crowd;
            // Whom it follows turns on all that stand on the ground, not only on those that links reach.
            unit.follows = card.follows.and_then(|first| place.get(&first).copied());
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
        copies::number(&mut units);
        let mut clusters = Clusters::new(&units, &self.constraints, &self.ctx);
        clusters.declare(&same);
        clusters.link(edges);
        let refused = clusters.refused.iter().filter_map(|(edge, refusal)| {
            Some((*reached.get(edge.a)?, (*reached.get(edge.b)?, edge.score, *refusal)))
        });
        let refused = refused.collect();
        let links = clusters.links();
        let mut made = Vec::new();
        for members in clusters.groups() {
            let tree = clusters.tree(members, &links);
            made.push(self.group(reached, &units, members, &tree));
        }
        (made, refused)
    }

    /// A unit that nothing connects with another: most reports open an incident of their own.
    fn alone(&self, unit: ReceiptNo) -> Option<Group> {
        let card = self.ground.cards.get(&unit)?;
        let reports: Vec<&Observation> = card.reports.iter().filter_map(|r| self.report(*r)).collect();
        let first = reports.iter().copied().min_by(|a, b| order(a, b))?.receipt;
        let version = self.version_of(&reports);
        Some(Group {
            members: vec![unit],
            branches: Vec::new(),
            first,
            version,
            nth: 1,
            frozen: None,
            flood: None,
            told: None,
        })
    }

    fn version_of(&self, reports: &[&Observation]) -> u32 {
        if self.decisions.is_empty() {
            u32::try_from(reports.len()).unwrap_or(u32::MAX)
        } else {
            version(&reports.iter().map(|o| o.receipt).collect(), &self.constraints)
        }
    }

    fn group(
        &self,
        reached: &[ReceiptNo],
        units: &[Unit<'_>],
        members: &[usize],
        tree: &[(usize, Join)],
    ) -> Group {
        let reports: Vec<&Observation> =
            members.iter().filter_map(|at| units.get(*at)).flat_map(|u| u.reports.iter().copied()).collect();
        let first =
            reports.iter().copied().min_by(|a, b| order(a, b)).map_or(ReceiptNo(u64::MAX), |o| o.receipt);
        let version = self.version_of(&reports);
        let place =
            |unit: usize| members.iter().position(|at| *at == unit).and_then(|at| u32::try_from(at).ok());
        let crowd = |at: usize| units.get(at).map_or(1, |unit| unit.crowd);
        let branches = tree.iter().filter_map(|(_, join)| {
            let (child, parent) = (place(join.a)?, place(join.b)?);
            Some(Branch { child, parent, crowd: crowd(join.a).max(crowd(join.b)), how: join.how })
        });
        Group {
            branches: branches.collect(),
            members: members.iter().filter_map(|at| reached.get(*at)).copied().collect(),
            first,
            version,
            nth: 1,
            frozen: None,
            flood: None,
            told: None,
        }
    }

    /// Takes an incident off the desk.
    fn take(&mut self, key: ReceiptNo) -> Option<Group> {
        let group = self.groups.remove(&key)?;
        for unit in &group.members {
            self.group_of.remove(unit);
        }
        let claim = print_of(&self.wanted(&group));
        self.claims.remove(&(claim, key));
        Some(group)
    }

    fn keep(&mut self, group: Group) {
        let key = group.key();
        self.group_of.extend(group.members.iter().map(|unit| (*unit, key)));
        self.claims.insert((print_of(&self.wanted(&group)), key));
        self.groups.insert(key, group);
    }

    /// Incidents on the desk that claim an id: which of them bears it may change.
    fn claiming(&self, id: &IncidentId) -> Vec<ReceiptNo> {
        let claim = print_of(id);
        let all = self.claims.range((claim, ReceiptNo(0))..=(claim, ReceiptNo(u64::MAX)));
        let claims = |key: &ReceiptNo| self.groups.get(key).is_some_and(|group| self.wanted(group) == *id);
        all.map(|(_, key)| *key).filter(claims).collect()
    }

    /// Numbers the incidents that claim an id, the first in order first.
    fn name(&mut self, id: &IncidentId) {
        let mut claiming = self.claiming(id);
        if claiming.len() > 1 {
            claiming.sort_by(|a, b| self.units_in_order(*a, *b));
        }
        for (nth, key) in (1..).zip(&claiming) {
            if let Some(group) = self.groups.get_mut(key) {
                group.nth = nth;
            }
        }
    }
}
