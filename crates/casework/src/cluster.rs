//! Units into incidents: the best link first, and nobody joins whom a member speaks against.
//!
//! No chaining: before two groups join, every report of the one is held against every report of the other, and a source
//! that lists events one by one has one report in each. What a source or a person declares joins first and is not
//! weighed; what a person keeps apart never joins. Ties fall by the canonical order of reports, so input order is nothing.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{LinkDecision, LinkReason, ReceiptNo};

use crate::decisions::Constraints;
use crate::resolve::Context;
use crate::score::weigh;
use crate::unit::Unit;

/// A link between two units by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) score: i32,
    pub(crate) a: usize,
    pub(crate) b: usize,
}

/// How two units came together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    Scored(i32),
    Declared,
    Person(u64),
}

/// One accepted link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Join {
    pub(crate) a: usize,
    pub(crate) b: usize,
    pub(crate) how: How,
}

/// Why a likely link was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// The score stays below the threshold.
    BelowThreshold,
    /// Both incidents hold a report of one source, which lists events one by one.
    SameSource,
    /// Another report of the incident speaks against it.
    SpokenAgainst,
    /// It fits two incidents that exclude one another equally well: a person decides.
    Ambiguous,
    /// A person keeps them apart; the entry of the decision.
    Person(u64),
}

impl Refusal {
    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BelowThreshold => "below-threshold",
            Self::SameSource => "same-source",
            Self::SpokenAgainst => "spoken-against",
            Self::Ambiguous => "ambiguous",
            Self::Person(_) => "person",
        }
    }
}

/// Groups of units, with the links that made them.
pub(crate) struct Clusters<'u, 'a, 'c> {
    units: &'u [Unit<'a>],
    constraints: &'c Constraints,
    ctx: &'c Context<'c>,
    /// Members of each group; empty once it has joined another.
    groups: Vec<Vec<usize>>,
    group_of: Vec<usize>,
    /// Within a group, the part that was weighed together: what a person or a source joined is not weighed across.
    part_of: Vec<usize>,
    pub(crate) joins: Vec<Join>,
    pub(crate) refused: Vec<(Edge, Refusal)>,
}

impl<'u, 'a, 'c> Clusters<'u, 'a, 'c> {
    pub(crate) fn new(units: &'u [Unit<'a>], constraints: &'c Constraints, ctx: &'c Context<'c>) -> Self {
        let n = units.len();
        Self {
            units,
            constraints,
            ctx,
            groups: (0..n).map(|at| vec![at]).collect(),
            group_of: (0..n).collect(),
            part_of: (0..n).collect(),
            joins: Vec::new(),
            refused: Vec::new(),
        }
    }

    /// Joins what people decided (latest first), then what sources declare.
    pub(crate) fn declare(&mut self, same: &[(usize, usize)]) {
        let mut unit_of: BTreeMap<ReceiptNo, usize> = BTreeMap::new();
        for (at, unit) in self.units.iter().enumerate() {
            unit_of.extend(unit.reports.iter().map(|o| (o.receipt, at)));
        }
        for (entry, x, y) in &self.constraints.together {
            if let (Some(a), Some(b)) = (unit_of.get(x), unit_of.get(y)) {
                self.unite(*a, *b, How::Person(*entry));
            }
        }
        for (a, b) in same {
            self.unite(*a, *b, How::Declared);
        }
    }

    /// Joins by score, best first. Edges below the threshold are only noted.
    pub(crate) fn link(&mut self, mut edges: Vec<Edge>) {
        edges.sort_by_key(|e| (std::cmp::Reverse(e.score), e.a, e.b));
        let mut by_unit: BTreeMap<usize, Vec<(i32, usize)>> = BTreeMap::new();
        for edge in edges.iter().filter(|e| e.score >= self.ctx.rules.threshold) {
            by_unit.entry(edge.a).or_default().push((edge.score, edge.b));
            by_unit.entry(edge.b).or_default().push((edge.score, edge.a));
        }
        for edge in edges {
            if self.group(edge.a) == self.group(edge.b) {
                continue;
            }
            if edge.score < self.ctx.rules.threshold {
                self.refused.push((edge, Refusal::BelowThreshold));
            } else if let Some(refusal) = self.against(edge.a, edge.b) {
                self.refused.push((edge, refusal));
            } else if self.is_ambiguous(edge, &by_unit) {
                self.refused.push((edge, Refusal::Ambiguous));
            } else {
                self.fuse_parts(edge.a, edge.b);
                self.fuse(edge.a, edge.b);
                self.joins.push(Join { a: edge.a, b: edge.b, how: How::Scored(edge.score) });
            }
        }
        self.keep_best_refusals();
    }

    /// Groups with their members in canonical order, by their first member.
    pub(crate) fn groups(&self) -> impl Iterator<Item = &Vec<usize>> {
        self.groups.iter().filter(|members| !members.is_empty())
    }

    /// The group of a unit.
    pub(crate) fn group(&self, unit: usize) -> usize {
        self.group_of.get(unit).copied().unwrap_or(unit)
    }

    fn members(&self, unit: usize) -> &[usize] {
        self.groups.get(self.group(unit)).map(Vec::as_slice).unwrap_or_default()
    }

    fn unit(&self, at: usize) -> Option<&'u Unit<'a>> {
        self.units.get(at)
    }

    /// What speaks against joining the groups of two units.
    fn against(&self, a: usize, b: usize) -> Option<Refusal> {
        for x in self.members(a) {
            for y in self.members(b) {
                let (Some(ux), Some(uy)) = (self.unit(*x), self.unit(*y)) else { continue };
                if let Some(entry) = self.kept_apart(ux, uy) {
                    return Some(Refusal::Person(entry));
                }
                if ux.shares_voice(uy, self.ctx.rules) {
                    return Some(Refusal::SameSource);
                }
                if self.part_of.get(*x) == self.part_of.get(a)
                    && self.part_of.get(*y) == self.part_of.get(b)
                    && !weigh(ux, uy, self.ctx).is_ok_and(|e| e.score() >= self.ctx.rules.floor)
                {
                    return Some(Refusal::SpokenAgainst);
                }
            }
        }
        None
    }

    fn kept_apart(&self, a: &Unit<'_>, b: &Unit<'_>) -> Option<u64> {
        if self.constraints.none_apart() {
            return None;
        }
        let pairs = a.reports.iter().flat_map(|x| b.reports.iter().map(move |y| (x.receipt, y.receipt)));
        pairs.filter_map(|(x, y)| self.constraints.apart(x, y)).max()
    }

    /// Whether a report that still stands alone fits, nearly as well, an incident that the chosen one excludes.
    fn is_ambiguous(&self, edge: Edge, by_unit: &BTreeMap<usize, Vec<(i32, usize)>>) -> bool {
        let torn = |alone: usize, chosen: usize| {
            self.members(alone).len() == 1
                && by_unit.get(&alone).into_iter().flatten().any(|(score, other)| {
                    *score >= edge.score.saturating_sub(self.ctx.rules.margin)
                        && self.group(*other) != self.group(chosen)
                        && self.against(*other, chosen).is_some()
                })
        };
        torn(edge.a, edge.b) || torn(edge.b, edge.a)
    }

    /// Joins without weighing, unless a person keeps any two of them apart.
    fn unite(&mut self, a: usize, b: usize, how: How) {
        if self.group(a) == self.group(b) {
            return;
        }
        let apart = self.members(a).iter().find_map(|x| {
            self.members(b).iter().find_map(|y| self.kept_apart(self.unit(*x)?, self.unit(*y)?))
        });
        if let Some(entry) = apart {
            self.refused.push((Edge { score: 0, a: a.min(b), b: a.max(b) }, Refusal::Person(entry)));
            return;
        }
        self.fuse(a, b);
        self.joins.push(Join { a, b, how });
    }

    fn fuse(&mut self, a: usize, b: usize) {
        let (into, from) = (self.group(a).min(self.group(b)), self.group(a).max(self.group(b)));
        let moved = self.groups.get_mut(from).map(std::mem::take).unwrap_or_default();
        for at in &moved {
            if let Some(group) = self.group_of.get_mut(*at) {
                *group = into;
            }
        }
        if let Some(members) = self.groups.get_mut(into) {
            members.extend(moved);
            members.sort_unstable();
        }
    }

    fn fuse_parts(&mut self, a: usize, b: usize) {
        let (Some(pa), Some(pb)) = (self.part_of.get(a).copied(), self.part_of.get(b).copied()) else { return };
        let members: Vec<usize> = self.members(a).iter().chain(self.members(b)).copied().collect();
        for at in members {
            if let Some(part) = self.part_of.get_mut(at)
                && *part == pb
            {
                *part = pa;
            }
        }
    }

    /// Of refused links that still lead elsewhere, each report keeps its three best, so that memory stays linear.
    fn keep_best_refusals(&mut self) {
        let mut refused = std::mem::take(&mut self.refused);
        refused.retain(|(edge, _)| self.group(edge.a) != self.group(edge.b));
        refused.sort_by_key(|(edge, _)| (std::cmp::Reverse(edge.score), edge.a, edge.b));
        let mut kept: BTreeMap<usize, u32> = BTreeMap::new();
        refused.retain(|(edge, _)| {
            let room = |unit: usize| kept.get(&unit).copied().unwrap_or(0) < 3;
            let keep = room(edge.a) || room(edge.b);
            if keep {
                *kept.entry(edge.a).or_default() += 1;
                *kept.entry(edge.b).or_default() += 1;
            }
            keep
        });
        self.refused = refused;
    }

    /// The parent of each member of a group other than its first, over the accepted links, nearest to the first first.
    pub(crate) fn tree(&self, members: &[usize], links: &BTreeMap<usize, Vec<Join>>) -> Vec<(usize, Join)> {
        let mut out = Vec::new();
        let Some(root) = members.first() else { return out };
        let mut seen = BTreeSet::from([*root]);
        let mut ring = vec![*root];
        while !ring.is_empty() {
            let mut next = Vec::new();
            for at in &ring {
                for join in links.get(at).into_iter().flatten() {
                    let other = if join.a == *at { join.b } else { join.a };
                    if seen.insert(other) {
                        out.push((*at, Join { a: other, b: *at, how: join.how }));
                        next.push(other);
                    }
                }
            }
            next.sort_unstable();
            ring = next;
        }
        out.sort_by_key(|(_, join)| join.a);
        out
    }

    /// What is shown of a link: who decided, and why.
    pub(crate) fn shown(&self, join: &Join) -> (LinkDecision, Vec<LinkReason>) {
        let evidence = self.unit(join.a).zip(self.unit(join.b)).and_then(|(a, b)| weigh(a, b, self.ctx).ok());
        let reasons = evidence.map(|e| e.reasons()).unwrap_or_default();
        match join.how {
            How::Scored(score) => {
                (LinkDecision::Threshold { score, threshold: self.ctx.rules.threshold }, reasons)
            }
            How::Declared => (LinkDecision::Declared, reasons),
            How::Person(entry) => (LinkDecision::Person(entry), reasons),
        }
    }
}
