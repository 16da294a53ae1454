//! One more copy of an account that many have carried already: taken in without looking at the others again.
//!
//! A flood that comes report by report, settled after each, would otherwise cost the square of its length. This way is gone only where
//! the copy can change nothing for anybody else, and where it stands afterwards is where the whole resolution puts it: it links
//! with the first of its account alone, it adds no account to the incident, it speaks with nobody's voice among all that links reach,
//! and so many copies went before it that it is not even looked at as a rival. In all other cases nothing is done here.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{Observation, ReceiptNo, SourceId};

use super::Desk;
use super::ground::{Card, Changes, Ground};
use super::group::{Branch, numbered};
use crate::cluster::{How, RIVALS_LOOKED_AT};
use crate::copies::{LOOKED_AT, alike, say_alike};
use crate::known::order;
use crate::moved::Moved;
use crate::resolve::Context;
use crate::wording::{COPY_MARKS, near_copies};

/// What is known of an incident in which copies stand.
#[derive(Debug)]
pub(super) struct Flood {
    /// The unit whose account the copies repeat, and its position.
    first: ReceiptNo,
    at: u32,
    /// A copy that scores no more than this comes after so many others that nobody looks at it as a rival.
    up_to: i32,
    /// Everybody who speaks in what links reach from here.
    voices: BTreeSet<(SourceId, SourceId)>,
}

impl Ground {
    /// Notes whom a new unit follows, where one that says the same is known to follow somebody earlier; tells whether it did.
    pub(super) fn follow_quickly(
        &mut self,
        reports: &BTreeMap<ReceiptNo, Box<Observation>>,
        changes: &mut Changes,
        ctx: &Context<'_>,
    ) -> bool {
        let Some(key) = changes.came else { return false };
        let Some(first) = self.followed(key, reports, ctx) else { return false };
        self.stand_by(key, Some(first));
        if let Some(card) = self.cards.get_mut(&key) {
            card.follows = Some(first);
        }
        self.place(key, changes, ctx);
        true
    }

    /// The first that a new unit repeats and may follow: of those under its signs, a few each, the earliest before it that says the same.
    /// Whoever repeats somebody has no say in whom others repeat, so that nothing else need be looked at.
    fn followed(
        &mut self,
        key: ReceiptNo,
        reports: &BTreeMap<ReceiptNo, Box<Observation>>,
        ctx: &Context<'_>,
    ) -> Option<ReceiptNo> {
        let card = self.cards.get(&key)?;
        let own = reports.get(&card.root)?;
        let mut looked_at: Vec<(&Observation, ReceiptNo, &Card)> = Vec::new();
        let mut compared = 0_u64;
        for account in card.account_keys() {
            let under = self.firsts.get(&account).into_iter().flatten();
            let before = under.filter_map(|first| {
                let held = self.cards.get(first)?;
                let root = reports.get(&held.root)?;
                let earlier = order(root, own).is_lt() && say_alike(&held.account, &card.account);
                earlier.then_some((&**root, *first, held))
            });
            let mut before: Vec<(&Observation, ReceiptNo, &Card)> = before.collect();
            before.sort_by(|(a, ..), (b, ..)| order(a, b));
            before.truncate(LOOKED_AT);
            looked_at.extend(before);
        }
        looked_at.sort_by(|(a, ..), (b, ..)| order(a, b));
        looked_at.dedup_by_key(|(_, first, _)| *first);
        let first = looked_at.into_iter().find(|(_, _, held)| {
            compared = compared.saturating_add(1);
            alike(&held.account, &card.account)
        });
        let first = first.filter(|(_, _, held)| !held.shares_voice(card, ctx)).map(|(_, first, _)| first);
        self.compared = self.compared.saturating_add(compared);
        first
    }
}

/// Whether a follower adds no account to the first's: it is the same origin's, or nearly the same words.
fn adds_nothing(first: &Card, copy: &Card, origin: impl Fn(&Card) -> Option<SourceId>) -> bool {
    match (&first.account.wording, &copy.account.wording) {
        (Some(a), Some(b)) if a.words().len() >= COPY_MARKS => near_copies(a, b),
        _ => origin(first).is_some() && origin(first) == origin(copy),
    }
}

impl Desk<'_> {
    /// Lets a copy join the incident of the first of its account, and says what that moved; `None` where it may move more.
    pub(super) fn join_quickly(&mut self, changes: &Changes) -> Option<Vec<Moved>> {
        let new = changes.came.filter(|_| changes.units.len() == 1)?;
        let card = self.ground.cards.get(&new)?;
        let first = card.follows?;
        let held = self.ground.cards.get(&first)?;
        let score = *card.edges.get(&first)?;
        let free = card.same.is_empty() && !self.constraints.speaks_of(new);
        if score < self.ctx.rules.threshold || !free || !adds_nothing(held, card, |c| self.origin_of(c)) {
            return None;
        }
        let key = *self.group_of.get(&first)?;
        if self.groups.get(&key)?.flood.as_ref().is_none_or(|flood| flood.first != first) {
            let flood = self.flood(first, key, new)?;
            self.groups.get_mut(&key)?.flood = Some(Box::new(flood));
        }
        let card = self.ground.cards.get(&new)?;
        let group = self.groups.get(&key)?;
        let flood = group.flood.as_ref()?;
        let heard = card.voices.iter().any(|voice| flood.voices.contains(voice));
        let is_last = self.units_in_order(*group.members.last()?, new).is_lt();
        if score > flood.up_to || heard || !is_last || group.frozen.is_some() {
            return None;
        }
        let incident = numbered(&self.wanted(group), group.nth);
        let crowd = card.crowd.max(self.ground.cards.get(&first)?.crowd);
        let (voices, before) = (card.voices.clone(), group.version);
        let child = u32::try_from(group.members.len()).ok()?;
        let group = self.groups.get_mut(&key)?;
        let parent = group.flood.as_ref()?.at;
        group.branches.push(Branch { child, parent, crowd, how: How::Scored(score) });
        group.members.push(new);
        group.told = None;
        group.version = before.saturating_add(1);
        group.flood.as_mut()?.voices.extend(voices);
        let after = group.version;
        self.group_of.insert(new, key);
        let joined = Moved::Joined { receipt: new, incident: incident.clone() };
        Some(vec![joined, Moved::Changed { incident, before, after }])
    }

    fn origin_of(&self, card: &Card) -> Option<SourceId> {
        card.reports.last().and_then(|receipt| self.report(*receipt)).map(|report| report.origin.clone())
    }

    /// What is known of the incident in which a first stands; `None` where a copy of it might be refused, or change more than itself.
    fn flood(&self, first: ReceiptNo, key: ReceiptNo, new: ReceiptNo) -> Option<Flood> {
        let group = self.groups.get(&key)?;
        let held = self.ground.cards.get(&first)?;
        let at = u32::try_from(group.members.iter().position(|unit| *unit == first)?).ok()?;
        if group.branches.iter().any(|branch| !matches!(branch.how, How::Scored(_))) {
            return None;
        }
        // Whoever stands here must link with the first: then most do, whenever a copy is weighed.
        let threshold = self.ctx.rules.threshold;
        let mut copies: Vec<i32> = Vec::new();
        for unit in &group.members {
            let card = self.ground.cards.get(unit)?;
            let stands_for = card.follows.unwrap_or(*unit);
            if stands_for != first && held.edges.get(&stands_for).is_none_or(|score| *score < threshold) {
                return None;
            }
            if card.follows == Some(first) && adds_nothing(held, card, |c| self.origin_of(c)) {
                copies.extend(card.edges.get(&first).copied());
            }
        }
        copies.sort_unstable_by(|a, b| b.cmp(a));
        let up_to = *copies.get(RIVALS_LOOKED_AT)?;
        let voices = self.voices_reached(first, new)?;
        Some(Flood { first, at, up_to, voices })
    }

    /// Everybody who speaks in what links reach from a unit, but for one that has just come; `None` where somebody declared or decided anything there.
    fn voices_reached(&self, from: ReceiptNo, new: ReceiptNo) -> Option<BTreeSet<(SourceId, SourceId)>> {
        let mut voices = BTreeSet::new();
        let mut seen = BTreeSet::from([from, new]);
        let mut waiting = vec![from];
        while let Some(unit) = waiting.pop() {
            let card = self.ground.cards.get(&unit)?;
            if !card.same.is_empty() || card.reports.iter().any(|receipt| self.together.contains_key(receipt))
            {
                return None;
            }
            voices.extend(card.voices.iter().cloned());
            let links = card.edges.iter().filter(|(_, score)| **score >= self.ctx.rules.threshold);
            let others = links.map(|(other, _)| other).chain(&card.follows);
            waiting.extend(others.filter(|other| seen.insert(**other)));
        }
        Some(voices)
    }
}
