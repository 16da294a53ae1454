//! Where units lie: by grid cell and day, by governorate and day; how crowded each is; and which pairs may link.
//!
//! The same blocks and weights as the whole resolution, kept up as units come and go. A pair is weighed again only when
//! one of the two has changed or its crowd has doubled. Never joins anything.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use truceline_model::{AreaId, Interval, Observation, Point, ReceiptNo, SourceId};

use crate::block::{days, doublings, is_vague};
use crate::copies::alike;
use crate::known::order;
use crate::locate::cells;
use crate::resolve::Context;
use crate::score::weigh_accounts;
use crate::unit::{Account, Unit};

/// What is kept of a unit.
#[derive(Debug)]
pub(super) struct Card {
    /// The report by which it stands in the order of units.
    pub(super) root: ReceiptNo,
    pub(super) reports: Vec<ReceiptNo>,
    pub(super) account: Arc<Account>,
    /// Units that a source calls the same.
    pub(super) same: BTreeSet<ReceiptNo>,
    pub(super) crowd: u32,
    /// The first with the same account of the same origin, when another outlet carried it.
    pub(super) follows: Option<ReceiptNo>,
    /// Scores of the pairs that link or nearly do.
    pub(super) edges: BTreeMap<ReceiptNo, i32>,
    voices: Vec<(SourceId, SourceId)>,
    origin: SourceId,
    placed: bool,
}

impl Card {
    pub(super) fn new(
        unit: &Unit<'_>,
        root: ReceiptNo,
        same: BTreeSet<ReceiptNo>,
        account: Arc<Account>,
    ) -> Self {
        Self {
            root,
            reports: unit.reports.iter().map(|o| o.receipt).collect(),
            account,
            same,
            crowd: 1,
            follows: None,
            edges: BTreeMap::new(),
            voices: unit
                .voices
                .iter()
                .map(|(source, origin)| ((*source).clone(), (*origin).clone()))
                .collect(),
            origin: unit.reports.last().map_or_else(|| SourceId::new(""), |o| o.origin.clone()),
            placed: false,
        }
    }

    /// Whether both are the same reports saying the same.
    pub(super) fn says_as(&self, other: &Self) -> bool {
        self.root == other.root
            && self.reports == other.reports
            && self.same == other.same
            && self.account == other.account
    }

    /// Whether a vague report is left alone because its day is too crowded.
    pub(super) fn is_crowded_out(&self, ctx: &Context<'_>) -> bool {
        self.follows.is_none()
            && days(&self.account, ctx).is_some()
            && is_vague(&self.account, ctx)
            && self.crowd > ctx.rules.max_crowd
    }

    fn shares_voice(&self, other: &Self, ctx: &Context<'_>) -> bool {
        self.voices
            .iter()
            .any(|voice| other.voices.contains(voice) && !ctx.rules.itemwise_sources.contains(&voice.0))
    }

    fn account_key(&self) -> AccountKey {
        (self.origin.clone(), self.account.when, self.account.at.point)
    }
}

/// Equal for accounts that say the same; accounts that do not may share it.
type AccountKey = (SourceId, Option<Interval>, Option<Point>);

/// What has changed since the desk was last settled.
#[derive(Default)]
pub(super) struct Changes {
    /// Units that came, went, say something else or stand in another crowd.
    pub(super) units: BTreeSet<ReceiptNo>,
    /// Units that a change of those may bring to another incident.
    pub(super) touched: BTreeSet<ReceiptNo>,
    accounts: BTreeSet<AccountKey>,
    /// Days of a governorate whose crowd was, before, so large.
    days: BTreeMap<(AreaId, i64), u32>,
}

/// One day of a governorate.
#[derive(Debug, Default)]
struct Day {
    /// Units that are not another's copy.
    standing: u32,
    /// All units, copies too.
    all: BTreeSet<ReceiptNo>,
    /// Those without a narrow place, which meet everything of the day.
    vague: BTreeSet<ReceiptNo>,
    /// Those that lie in several days or governorates.
    wide: BTreeSet<ReceiptNo>,
}

/// All units by place and day.
#[derive(Debug, Default)]
pub(super) struct Ground {
    pub(super) cards: BTreeMap<ReceiptNo, Card>,
    by_cell: BTreeMap<(i64, i32, i32), Vec<ReceiptNo>>,
    by_governorate: BTreeMap<AreaId, BTreeMap<i64, Day>>,
    by_account: BTreeMap<AccountKey, BTreeSet<ReceiptNo>>,
}

impl Ground {
    /// Takes a unit in; where it lies is noted when it is known whether it follows another.
    pub(super) fn put_in(&mut self, key: ReceiptNo, card: Card, changes: &mut Changes) {
        changes.units.insert(key);
        changes.touched.extend(card.same.iter().copied());
        let account = card.account_key();
        self.by_account.entry(account.clone()).or_default().insert(key);
        changes.accounts.insert(account);
        self.cards.insert(key, card);
    }

    /// Takes a unit out, with all its possible links.
    pub(super) fn take_out(&mut self, key: ReceiptNo, changes: &mut Changes, ctx: &Context<'_>) {
        self.unplace(key, changes, ctx);
        self.cut(key, changes, ctx);
        let Some(card) = self.cards.remove(&key) else { return };
        changes.units.insert(key);
        changes.touched.extend(card.same.iter().copied());
        let account = card.account_key();
        if let Some(all) = self.by_account.get_mut(&account) {
            all.remove(&key);
            if all.is_empty() {
                self.by_account.remove(&account);
            }
        }
        changes.accounts.insert(account);
    }

    /// Takes away a unit's possible links.
    fn cut(&mut self, key: ReceiptNo, changes: &mut Changes, ctx: &Context<'_>) {
        let edges = self.cards.get_mut(&key).map(|card| std::mem::take(&mut card.edges)).unwrap_or_default();
        for (other, score) in edges {
            if let Some(card) = self.cards.get_mut(&other) {
                card.edges.remove(&key);
            }
            if score >= ctx.rules.threshold {
                changes.touched.insert(other);
            }
        }
    }

    /// Finds who repeats whom, and how crowded each unit's days are.
    pub(super) fn recount(
        &mut self,
        changes: &mut Changes,
        reports: &BTreeMap<ReceiptNo, Box<Observation>>,
        ctx: &Context<'_>,
    ) {
        for account in std::mem::take(&mut changes.accounts) {
            for (key, follows) in self.followers(&account, reports, ctx) {
                let Some(card) = self.cards.get(&key) else { continue };
                let moved = !card.placed || card.follows != follows;
                if moved || follows.is_some_and(|first| changes.units.contains(&first)) {
                    changes.units.insert(key);
                }
                if moved {
                    self.unplace(key, changes, ctx);
                    if let Some(card) = self.cards.get_mut(&key) {
                        card.follows = follows;
                    }
                    self.place(key, changes, ctx);
                }
            }
        }
        let mut crowds: BTreeSet<ReceiptNo> = changes.units.clone();
        for ((governorate, day), before) in std::mem::take(&mut changes.days) {
            let Some(day) = self.by_governorate.get(&governorate).and_then(|days| days.get(&day)) else {
                continue;
            };
            let same = doublings(before) == doublings(day.standing);
            crowds.extend(if same { &day.wide } else { &day.all });
        }
        for key in crowds {
            let Some(crowd) = self.cards.get(&key).and_then(|card| self.crowd(&card.account, ctx)) else {
                continue;
            };
            if let Some(card) = self.cards.get_mut(&key)
                && card.crowd != crowd
            {
                card.crowd = crowd;
                changes.units.insert(key);
            }
        }
    }

    /// Of units that may say the same, which each one follows.
    fn followers(
        &self,
        account: &AccountKey,
        reports: &BTreeMap<ReceiptNo, Box<Observation>>,
        ctx: &Context<'_>,
    ) -> Vec<(ReceiptNo, Option<ReceiptNo>)> {
        let mut members: Vec<(&Observation, ReceiptNo, &Card)> = self
            .by_account
            .get(account)
            .into_iter()
            .flatten()
            .filter_map(|key| {
                let card = self.cards.get(key)?;
                Some((&**reports.get(&card.root)?, *key, card))
            })
            .collect();
        members.sort_by(|(a, ..), (b, ..)| order(a, b));
        let mut firsts: Vec<(ReceiptNo, &Card)> = Vec::new();
        let mut found = Vec::new();
        for (_, key, card) in members {
            match firsts.iter().find(|(_, first)| alike(&first.account, &card.account)) {
                Some((first, held)) => {
                    found.push((key, (!held.shares_voice(card, ctx)).then_some(*first)));
                }
                None => {
                    firsts.push((key, card));
                    found.push((key, None));
                }
            }
        }
        found
    }

    fn crowd(&self, account: &Account, ctx: &Context<'_>) -> Option<u32> {
        let (first, last) = days(account, ctx)?;
        let most = account.at.governorates.iter().map(|governorate| {
            let days = self.by_governorate.get(governorate);
            days.into_iter()
                .flat_map(|days| days.range(first..=last))
                .fold(0_u32, |sum, (_, day)| sum.saturating_add(day.standing))
        });
        Some(doublings(most.max().unwrap_or(1)))
    }

    fn place(&mut self, key: ReceiptNo, changes: &mut Changes, ctx: &Context<'_>) {
        let Some(card) = self.cards.get_mut(&key) else { return };
        card.placed = true;
        let (account, stands) = (Arc::clone(&card.account), card.follows.is_none());
        let Some((first, last)) = days(&account, ctx) else { return };
        let vague = is_vague(&account, ctx);
        let wide = first != last || account.at.governorates.len() > 1;
        for governorate in account.at.governorates.iter() {
            if !self.by_governorate.contains_key(governorate) {
                self.by_governorate.insert(governorate.clone(), BTreeMap::new());
            }
            let Some(all) = self.by_governorate.get_mut(governorate) else { continue };
            for number in first..=last {
                let day = all.entry(number).or_default();
                day.all.insert(key);
                if wide {
                    day.wide.insert(key);
                }
                if stands {
                    changes.days.entry((governorate.clone(), number)).or_insert(day.standing);
                    day.standing += 1;
                    if vague {
                        day.vague.insert(key);
                    }
                }
            }
        }
        if stands && !vague {
            for (x, y) in covered(&account, ctx) {
                for number in first..=last {
                    self.by_cell.entry((number, x, y)).or_default().push(key);
                }
            }
        }
    }

    fn unplace(&mut self, key: ReceiptNo, changes: &mut Changes, ctx: &Context<'_>) {
        let Some(card) = self.cards.get_mut(&key) else { return };
        if !std::mem::take(&mut card.placed) {
            return;
        }
        let (account, stood) = (Arc::clone(&card.account), card.follows.is_none());
        let Some((first, last)) = days(&account, ctx) else { return };
        for governorate in account.at.governorates.iter() {
            let Some(all) = self.by_governorate.get_mut(governorate) else { continue };
            for (number, day) in all.range_mut(first..=last) {
                if day.all.remove(&key) && stood {
                    changes.days.entry((governorate.clone(), *number)).or_insert(day.standing);
                    day.standing = day.standing.saturating_sub(1);
                }
                day.vague.remove(&key);
                day.wide.remove(&key);
            }
        }
        for (x, y) in covered(&account, ctx) {
            for number in first..=last {
                if let Some(all) = self.by_cell.get_mut(&(number, x, y)) {
                    all.retain(|one| *one != key);
                    if all.is_empty() {
                        self.by_cell.remove(&(number, x, y));
                    }
                }
            }
        }
    }

    /// Weighs every pair of which one has changed.
    pub(super) fn reweigh(&mut self, changes: &mut Changes, ctx: &Context<'_>) {
        let worth = ctx.rules.threshold.saturating_sub(ctx.rules.near_miss);
        let keys: Vec<ReceiptNo> = changes.units.iter().copied().collect();
        for key in &keys {
            self.cut(*key, changes, ctx);
        }
        for key in keys {
            let mut scores = Vec::new();
            if let Some(card) = self.cards.get(&key) {
                for other in self.partners(key, card, ctx) {
                    let Some(held) = self.cards.get(&other) else { continue };
                    let crowd = card.crowd.max(held.crowd);
                    let score =
                        weigh_accounts(&card.account, &held.account, crowd, ctx).ok().map(|e| e.score());
                    scores.extend(score.filter(|score| *score >= worth).map(|score| (other, score)));
                }
            }
            for (other, score) in scores {
                for (one, another) in [(key, other), (other, key)] {
                    if let Some(card) = self.cards.get_mut(&one) {
                        card.edges.insert(another, score);
                    }
                }
                if score >= ctx.rules.threshold {
                    changes.touched.insert(other);
                }
            }
        }
    }

    /// Units worth comparing with one.
    fn partners(&self, key: ReceiptNo, card: &Card, ctx: &Context<'_>) -> BTreeSet<ReceiptNo> {
        let mut found = BTreeSet::new();
        let Some((first, last)) = days(&card.account, ctx) else { return found };
        if let Some(first) = card.follows {
            found.insert(first);
            return found;
        }
        let vague = is_vague(&card.account, ctx);
        for governorate in card.account.at.governorates.iter() {
            let all = self.by_governorate.get(governorate).into_iter();
            for (_, day) in all.flat_map(|days| days.range(first - 1..=last + 1)) {
                if vague && card.crowd <= ctx.rules.max_crowd {
                    found.extend(&day.all);
                }
                let heard =
                    |one: &&ReceiptNo| self.cards.get(one).is_some_and(|c| c.crowd <= ctx.rules.max_crowd);
                found.extend(day.vague.iter().filter(heard));
            }
        }
        if !vague {
            for (x, y) in covered(&card.account, ctx) {
                for number in first - 1..=last + 1 {
                    found.extend(self.by_cell.get(&(number, x, y)).into_iter().flatten());
                }
            }
        }
        found.remove(&key);
        found.retain(|other| {
            self.cards.get(other).is_some_and(|o| o.follows.is_none() && !o.shares_voice(card, ctx))
        });
        found
    }
}

/// Grid cells in which a unit with a narrow place may meet others.
fn covered(account: &Account, ctx: &Context<'_>) -> Vec<(i32, i32)> {
    let slack = ctx.rules.gap_limit_m / 2 + 1;
    account.at.point.map(|p| cells(p, account.at.within_m.saturating_add(slack))).unwrap_or_default()
}
