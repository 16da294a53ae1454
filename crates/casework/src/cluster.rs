//! Units into incidents: the best link first, and nobody joins whom a member speaks against.
//!
//! No chaining: before two groups join, every report of the one is held against every report of the other, and a source
//! that lists events one by one has one report in each. What a source or a person declares joins first and is not
//! weighed; what a person keeps apart never joins. Ties fall by the canonical order of reports, so input order is nothing.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{LinkDecision, LinkReason, ReceiptNo, SourceId};

use crate::decisions::Constraints;
use crate::resolve::Context;
use crate::rules::Rules;
use crate::score::weigh;
use crate::unit::Unit;
use crate::wording::near_copies;

/// How many of a report's other links are looked at for one that the chosen incident excludes.
pub(crate) const RIVALS_LOOKED_AT: usize = 16;

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
    /// Half of the other incident's origins or more do not link with it: one report cannot join two incidents alone.
    TooFewLinks,
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
            Self::TooFewLinks => "too-few-links",
            Self::Ambiguous => "ambiguous",
            Self::Person(_) => "person",
        }
    }
}

/// Of refused links, best first, each unit keeps its three best.
pub(crate) fn keep_best(refused: &mut Vec<(Edge, Refusal)>) {
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
    /// Of each part, one unit for each thing that somebody tells in it: what is told again needs no second weighing.
    said: Vec<BTreeMap<(&'a SourceId, usize), usize>>,
    /// Of each group, who speaks in it.
    voices: Vec<BTreeSet<(&'a SourceId, &'a SourceId)>>,
    /// Pairs of classes and their score; `None` when they exclude one another.
    weighed: BTreeMap<(usize, usize), Option<i32>>,
    /// Pairs of parts that cannot join. Parts only grow, so what once spoke against them always will.
    closed: BTreeMap<(usize, usize), Refusal>,
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
            said: Vec::new(),
            voices: units.iter().map(|unit| unit.list_voices(ctx.rules)).collect(),
            weighed: BTreeMap::new(),
            closed: BTreeMap::new(),
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
        self.hear(&edges);
        let mut by_unit: BTreeMap<usize, Vec<(i32, usize)>> = BTreeMap::new();
        for edge in edges.iter().filter(|e| e.score >= self.ctx.rules.threshold) {
            by_unit.entry(edge.a).or_default().push((edge.score, edge.b));
            by_unit.entry(edge.b).or_default().push((edge.score, edge.a));
        }
        let mut waiting = edges;
        loop {
            let joined_before = self.joins.len();
            let (mut later, mut refused) = (Vec::new(), Vec::new());
            for edge in waiting {
                if self.group(edge.a) == self.group(edge.b) {
                    continue;
                }
                match self.try_to_join(edge, &by_unit) {
                    // More of the incident's reports may link once it has grown.
                    Some(Refusal::TooFewLinks) => later.push(edge),
                    Some(refusal) => refused.push((edge, refusal)),
                    None => {}
                }
            }
            self.refused.append(&mut refused);
            if self.joins.len() == joined_before || later.is_empty() {
                self.refused.extend(later.into_iter().map(|edge| (edge, Refusal::TooFewLinks)));
                break;
            }
            waiting = later;
        }
        self.tell_again();
        self.keep_best_refusals();
    }

    /// A source may have two rows of one event, as it learned of it twice. When all else has joined, a row that stands alone joins an
    /// incident in which its source has spoken, if what others say there fits it far better than a link must.
    fn tell_again(&mut self) {
        let again = self.ctx.rules.again;
        if again >= Rules::NEVER_AGAIN {
            return;
        }
        let second = |(edge, refusal): &(Edge, Refusal)| (*refusal == Refusal::SameSource).then_some(*edge);
        let edges: Vec<Edge> = self.refused.iter().filter_map(second).collect();
        for edge in edges {
            let alone = |unit: usize| self.members(unit).len() == 1;
            let (one, of) = if alone(edge.a) { (edge.a, edge.b) } else { (edge.b, edge.a) };
            let apart = self.group(one) != self.group(of) && self.members_kept_apart(one, of).is_none();
            if alone(one) && apart && self.fits_others(one, of) && self.most_link(one, of) {
                self.fuse_parts(one, of);
                self.fuse(one, of);
                self.joins.push(Join { a: edge.a, b: edge.b, how: How::Scored(edge.score) });
            }
        }
    }

    /// Whether a unit fits those of an incident who speak with another voice: none speaks against it, and on average they stand above
    /// the threshold by as much as a second row needs.
    fn fits_others(&mut self, one: usize, of: usize) -> bool {
        let own = self.voices.get(one).cloned().unwrap_or_default();
        let with_another = |at: &usize| self.voices.get(*at).is_some_and(|voices| voices.is_disjoint(&own));
        let others: Vec<usize> = self.members(of).iter().copied().filter(with_another).collect();
        let (mut sum, mut count) = (0_i64, 0_i64);
        for other in others {
            let Some(score) = self.scored(one, other).filter(|score| *score >= self.ctx.rules.floor) else {
                return false;
            };
            (sum, count) = (sum + i64::from(score), count + 1);
        }
        let least = i64::from(self.ctx.rules.threshold) + i64::from(self.ctx.rules.again);
        count > 0 && sum >= least * count
    }

    /// Finds out who tells each account. Near copies, however many and however signed, are one account: the first one's. Only
    /// copies that link are looked at, so that what lies elsewhere has no say.
    fn hear(&mut self, edges: &[Edge]) {
        let mut first: Vec<usize> = (0..self.units.len()).collect();
        let root = |first: &[usize], mut at: usize| {
            while let Some(up) = first.get(at).copied().filter(|up| *up != at) {
                at = up;
            }
            at
        };
        for edge in edges.iter().filter(|e| e.score >= self.ctx.rules.threshold) {
            let (Some(a), Some(b)) = (self.units.get(edge.a), self.units.get(edge.b)) else { continue };
            let (Some(x), Some(y)) = (&a.wording, &b.wording) else { continue };
            let (p, q) = (root(&first, edge.a), root(&first, edge.b));
            if p != q
                && near_copies(x, y)
                && let Some(up) = first.get_mut(p.max(q))
            {
                *up = p.min(q);
            }
        }
        let told_by = |at: usize| self.units.get(root(&first, at))?.reports.last().map(|o| &o.origin);
        self.said = (0..self.units.len())
            .map(|at| told_by(at).map(|told| ((told, self.class(at)), at)).into_iter().collect())
            .collect();
    }

    /// The unit whose account stands for this one: near copies are weighed as the first of them is.
    fn stands_for(&self, at: usize) -> usize {
        self.units.get(at).and_then(|unit| unit.follows).unwrap_or(at)
    }

    fn class(&self, at: usize) -> usize {
        self.units.get(self.stands_for(at)).map_or(at, |unit| unit.class)
    }

    fn try_to_join(&mut self, edge: Edge, by_unit: &BTreeMap<usize, Vec<(i32, usize)>>) -> Option<Refusal> {
        if edge.score < self.ctx.rules.threshold {
            return Some(Refusal::BelowThreshold);
        }
        if let Some(refusal) = self.against(edge.a, edge.b) {
            return Some(refusal);
        }
        if !self.most_link(edge.a, edge.b) {
            return Some(Refusal::TooFewLinks);
        }
        if self.is_ambiguous(edge, by_unit) {
            return Some(Refusal::Ambiguous);
        }
        self.fuse_parts(edge.a, edge.b);
        self.fuse(edge.a, edge.b);
        self.joins.push(Join { a: edge.a, b: edge.b, how: How::Scored(edge.score) });
        None
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
    fn against(&mut self, a: usize, b: usize) -> Option<Refusal> {
        let (pa, pb) = (self.part(a), self.part(b));
        let key = (pa.min(pb), pa.max(pb));
        if let Some(refusal) = self.closed.get(&key) {
            return Some(*refusal);
        }
        let refusal = self.find_against(a, b, pa, pb)?;
        self.closed.insert(key, refusal);
        Some(refusal)
    }

    fn find_against(&mut self, a: usize, b: usize, pa: usize, pb: usize) -> Option<Refusal> {
        if let Some(entry) = self.members_kept_apart(a, b) {
            return Some(Refusal::Person(entry));
        }
        let voices = |unit: usize| self.voices.get(self.group(unit));
        if let (Some(x), Some(y)) = (voices(a), voices(b)) {
            let (few, many) = if x.len() < y.len() { (x, y) } else { (y, x) };
            if few.iter().any(|voice| many.contains(voice)) {
                return Some(Refusal::SameSource);
            }
        }
        let (left, right) = (self.accounts(pa), self.accounts(pb));
        for (_, x) in &left {
            for (_, y) in &right {
                if self.scored(*x, *y).is_none_or(|score| score < self.ctx.rules.floor) {
                    return Some(Refusal::SpokenAgainst);
                }
            }
        }
        None
    }

    /// Whether of all pairs of origins, one from each side, more than half link by themselves. An origin that speaks on both
    /// sides is no bridge, so it counts only where nobody else does. One report, or a flood of one origin's, thus never
    /// joins what would stay apart without it.
    fn most_link(&mut self, a: usize, b: usize) -> bool {
        let (left, right) = (self.accounts(self.part(a)), self.accounts(self.part(b)));
        let on_the_right: BTreeSet<&SourceId> = right.iter().map(|(origin, _)| *origin).collect();
        let on_both: BTreeSet<&SourceId> =
            left.iter().map(|(origin, _)| *origin).filter(|origin| on_the_right.contains(origin)).collect();
        let mut pairs: BTreeMap<(&SourceId, &SourceId), bool> = BTreeMap::new();
        for (origin_x, x) in &left {
            for (origin_y, y) in &right {
                let links = self.scored(*x, *y).is_some_and(|score| score >= self.ctx.rules.threshold);
                *pairs.entry((*origin_x, *origin_y)).or_default() |= links;
            }
        }
        let is_bridge = |(x, y): &(&SourceId, &SourceId)| on_both.contains(x) || on_both.contains(y);
        if pairs.keys().any(|pair| !is_bridge(pair)) {
            pairs.retain(|pair, _| !is_bridge(pair));
        }
        pairs.values().filter(|links| **links).count() * 2 > pairs.len()
    }

    /// What each origin says in a part: one unit for each unlike account.
    fn accounts(&self, part: usize) -> Vec<(&'a SourceId, usize)> {
        self.said.get(part).into_iter().flatten().map(|((origin, _), unit)| (*origin, *unit)).collect()
    }

    /// The score of two units, remembered by what they say.
    fn scored(&mut self, x: usize, y: usize) -> Option<i32> {
        let (units, ctx) = (self.units, self.ctx);
        let (x, y) = units.get(self.stands_for(x)).zip(units.get(self.stands_for(y)))?;
        let key = (x.class.min(y.class), x.class.max(y.class));
        *self.weighed.entry(key).or_insert_with(|| weigh(x, y, ctx).ok().map(|e| e.score()))
    }

    fn part(&self, unit: usize) -> usize {
        self.part_of.get(unit).copied().unwrap_or(unit)
    }

    fn members_kept_apart(&self, a: usize, b: usize) -> Option<u64> {
        if self.constraints.none_apart() {
            return None;
        }
        let pairs = self.members(a).iter().flat_map(|x| self.members(b).iter().map(move |y| (*x, *y)));
        pairs.filter_map(|(x, y)| self.kept_apart(self.unit(x)?, self.unit(y)?)).max()
    }

    fn kept_apart(&self, a: &Unit<'_>, b: &Unit<'_>) -> Option<u64> {
        let pairs = a.reports.iter().flat_map(|x| b.reports.iter().map(move |y| (x.receipt, y.receipt)));
        pairs.filter_map(|(x, y)| self.constraints.apart(x, y)).max()
    }

    /// Whether a report that still stands alone fits, nearly as well, an incident that the chosen one excludes. Its best
    /// few other links are looked at.
    fn is_ambiguous(&mut self, edge: Edge, by_unit: &BTreeMap<usize, Vec<(i32, usize)>>) -> bool {
        self.is_torn(edge.a, edge.b, edge.score, by_unit) || self.is_torn(edge.b, edge.a, edge.score, by_unit)
    }

    fn is_torn(
        &mut self,
        alone: usize,
        chosen: usize,
        score: i32,
        by_unit: &BTreeMap<usize, Vec<(i32, usize)>>,
    ) -> bool {
        if self.members(alone).len() != 1 {
            return false;
        }
        let least = score.saturating_sub(self.ctx.rules.margin);
        let links = by_unit.get(&alone).into_iter().flatten().take_while(|(score, _)| *score >= least);
        let mut others: Vec<usize> = Vec::new();
        for (_, other) in links {
            if self.group(*other) != self.group(chosen) && others.len() < RIVALS_LOOKED_AT {
                others.push(*other);
            }
        }
        others.into_iter().any(|other| self.against(other, chosen).is_some())
    }

    /// Joins without weighing, unless a person keeps any two of them apart.
    fn unite(&mut self, a: usize, b: usize, how: How) {
        if self.group(a) == self.group(b) {
            return;
        }
        let apart = self.members_kept_apart(a, b);
        if let Some(entry) = apart {
            self.refused.push((Edge { score: 0, a: a.min(b), b: a.max(b) }, Refusal::Person(entry)));
            return;
        }
        self.fuse(a, b);
        self.joins.push(Join { a, b, how });
    }

    fn fuse(&mut self, a: usize, b: usize) {
        let (into, from) = (self.group(a).min(self.group(b)), self.group(a).max(self.group(b)));
        let spoken = self.voices.get_mut(from).map(std::mem::take).unwrap_or_default();
        if let Some(voices) = self.voices.get_mut(into) {
            voices.extend(spoken);
        }
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
        let (pa, pb) = (self.part(a), self.part(b));
        if pa == pb {
            return;
        }
        let members: Vec<usize> = self.members(b).to_vec();
        for at in members {
            if let Some(part) = self.part_of.get_mut(at)
                && *part == pb
            {
                *part = pa;
            }
        }
        let said = self.said.get_mut(pb).map(std::mem::take).unwrap_or_default();
        if let Some(all) = self.said.get_mut(pa) {
            for (account, unit) in said {
                all.entry(account).or_insert(unit);
            }
        }
    }

    /// Keeps refused links that still lead elsewhere, a few a report, so that memory stays linear.
    fn keep_best_refusals(&mut self) {
        let mut refused = std::mem::take(&mut self.refused);
        refused.retain(|(edge, _)| self.group(edge.a) != self.group(edge.b));
        keep_best(&mut refused);
        self.refused = refused;
    }

    /// Accepted links by the units that they join.
    pub(crate) fn links(&self) -> BTreeMap<usize, Vec<Join>> {
        let mut links: BTreeMap<usize, Vec<Join>> = BTreeMap::new();
        for join in &self.joins {
            links.entry(join.a).or_default().push(*join);
            links.entry(join.b).or_default().push(*join);
        }
        links
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
}

/// What is shown of a link: who decided, and why.
pub(crate) fn shown(units: &[Unit<'_>], join: &Join, ctx: &Context<'_>) -> (LinkDecision, Vec<LinkReason>) {
    let evidence = units.get(join.a).zip(units.get(join.b)).and_then(|(a, b)| weigh(a, b, ctx).ok());
    decided(join, evidence.map(|e| e.reasons()).unwrap_or_default(), ctx)
}

/// Who decided a link, with the reasons for it.
pub(crate) fn decided(
    join: &Join,
    reasons: Vec<LinkReason>,
    ctx: &Context<'_>,
) -> (LinkDecision, Vec<LinkReason>) {
    let decision = match join.how {
        How::Scored(score) => LinkDecision::Threshold { score, threshold: ctx.rules.threshold },
        How::Declared => LinkDecision::Declared,
        How::Person(entry) => LinkDecision::Person(entry),
    };
    (decision, reasons)
}
