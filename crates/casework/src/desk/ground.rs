//! Where units lie: by grid cell and day, by governorate and day; how crowded each is; and which pairs may link.
//!
//! The same blocks and weights as the whole resolution. A pair is weighed again only when one has changed or its crowd doubled. Never joins anything.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use truceline_model::{AreaId, Interval, Observation, Point, ReceiptNo, SourceId};

use crate::block::{days, doublings, has_day_alone, is_loose, is_vague, marks};
use crate::copies::{Sign, repeated, signs};
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
    pub(super) voices: Vec<(SourceId, SourceId)>,
    /// The first whose account it repeats, whether it follows it or speaks with its voice; none of a first.
    pub(super) repeats: Option<ReceiptNo>,
    /// By what copies of it are looked for.
    signs: Vec<Sign>,
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
            repeats: None,
            signs: unit.reports.last().map(|o| signs(&o.origin, unit)).unwrap_or_default(),
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

    pub(super) fn shares_voice(&self, other: &Self, ctx: &Context<'_>) -> bool {
        self.voices
            .iter()
            .any(|voice| other.voices.contains(voice) && !ctx.rules.itemwise_sources.contains(&voice.0))
    }

    pub(super) fn account_keys(&self) -> impl Iterator<Item = AccountKey> + '_ {
        self.signs.iter().map(|sign| (sign.clone(), self.account.when, self.account.at.point))
    }
}

/// Accounts that say the same share one; accounts that do not may share it.
pub(super) type AccountKey = (Sign, Option<Interval>, Option<Point>);

/// What has changed since the desk was last settled.
#[derive(Default)]
pub(super) struct Changes {
    /// Units that came, went, say something else or stand in another crowd.
    pub(super) units: BTreeSet<ReceiptNo>,
    /// Units that a change of those may bring to another incident.
    pub(super) touched: BTreeSet<ReceiptNo>,
    /// The one unit that came, where nothing else has changed.
    pub(super) came: Option<ReceiptNo>,
    accounts: BTreeSet<AccountKey>,
    /// Days of a governorate whose crowd was, before, so large.
    days: BTreeMap<(AreaId, i64), u32>,
    /// Days on which units came or went.
    of_day: BTreeSet<i64>,
    /// Marks that so many bore before.
    marks: BTreeMap<u32, usize>,
    /// How many stood before, when that has changed.
    standing: Option<u32>,
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
    /// Of those, the ones that repeat nobody.
    pub(super) firsts: BTreeMap<AccountKey, BTreeSet<ReceiptNo>>,
    /// How often an account was held against another, and a unit against those that links reach.
    pub(super) compared: u64,
    /// Units that are not another's copy, of each day, and in all.
    of_day: BTreeMap<i64, u32>,
    standing: u32,
    loose: Loose,
}

/// Units that lack a day or a place, and the marks by which others are compared with them.
#[derive(Debug, Default)]
struct Loose {
    by_mark: BTreeMap<u32, Sharers>,
    /// With words and no day.
    undated: BTreeSet<ReceiptNo>,
    /// With a day and no place.
    unplaced: BTreeMap<i64, BTreeSet<ReceiptNo>>,
}

/// Who bears one mark.
#[derive(Debug, Default)]
struct Sharers {
    all: BTreeSet<ReceiptNo>,
    loose: BTreeSet<ReceiptNo>,
}

impl Ground {
    /// Takes a unit in; where it lies is noted when it is known whether it follows another.
    pub(super) fn put_in(&mut self, key: ReceiptNo, card: Card, changes: &mut Changes) {
        changes.units.insert(key);
        changes.touched.extend(card.same.iter().copied());
        for account in card.account_keys() {
            self.by_account.entry(account.clone()).or_default().insert(key);
            changes.accounts.insert(account);
        }
        self.cards.insert(key, card);
    }

    /// Takes a unit out, with all its possible links.
    pub(super) fn take_out(&mut self, key: ReceiptNo, changes: &mut Changes, ctx: &Context<'_>) {
        self.unplace(key, changes, ctx);
        self.cut(key, changes, ctx);
        let Some(card) = self.cards.remove(&key) else { return };
        changes.units.insert(key);
        changes.touched.extend(card.same.iter().copied());
        for account in card.account_keys() {
            remove(&mut self.by_account, &account, key);
            remove(&mut self.firsts, &account, key);
            changes.accounts.insert(account);
        }
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
        let accounts = std::mem::take(&mut changes.accounts);
        let quick = self.follow_quickly(reports, changes, ctx);
        let all = if quick { Vec::new() } else { self.followers(accounts, reports, ctx) };
        for (key, repeats, follows) in all {
            self.stand_by(key, repeats);
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
        let mut crowds: BTreeSet<ReceiptNo> = changes.units.clone();
        let number = |day: &i64| self.loose.unplaced.get(day).into_iter().flatten();
        crowds.extend(changes.of_day.iter().flat_map(number));
        for ((governorate, day), before) in std::mem::take(&mut changes.days) {
            let Some(day) = self.by_governorate.get(&governorate).and_then(|days| days.get(&day)) else {
                continue;
            };
            let same = doublings(before) == doublings(day.standing);
            crowds.extend(if same { &day.wide } else { &day.all });
        }
        crowds.extend(self.reached_loosely(changes, ctx));
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

    /// Of units that may say the same as one under these signs: whom each repeats, and whom it follows.
    fn followers(
        &mut self,
        accounts: BTreeSet<AccountKey>,
        reports: &BTreeMap<ReceiptNo, Box<Observation>>,
        ctx: &Context<'_>,
    ) -> Vec<(ReceiptNo, Option<ReceiptNo>, Option<ReceiptNo>)> {
        // Whoever shares a sign with them, and so on: nobody else has a say.
        let mut waiting: Vec<AccountKey> = accounts.iter().cloned().collect();
        let (mut seen, mut found) = (accounts, BTreeSet::new());
        while let Some(account) = waiting.pop() {
            for key in self.by_account.get(&account).into_iter().flatten() {
                if found.insert(*key) {
                    let signs = self.cards.get(key).into_iter().flat_map(Card::account_keys);
                    waiting.extend(signs.filter(|sign| seen.insert(sign.clone())));
                }
            }
        }
        self.compared = self.compared.saturating_add(u64::try_from(found.len()).unwrap_or(u64::MAX));
        let mut members: Vec<(&Observation, ReceiptNo, &Card)> = found
            .into_iter()
            .filter_map(|key| {
                let card = self.cards.get(&key)?;
                Some((&**reports.get(&card.root)?, key, card))
            })
            .collect();
        members.sort_by(|(a, ..), (b, ..)| order(a, b));
        let told: Vec<(&Account, Vec<Sign>)> =
            members.iter().map(|(_, _, card)| (&*card.account, card.signs.clone())).collect();
        let firsts = repeated(&told);
        let whom = members.iter().zip(firsts).map(|((_, key, card), first)| {
            let first = first.and_then(|at| members.get(at));
            let follows = first.filter(|(_, _, held)| !held.shares_voice(card, ctx)).map(|one| one.1);
            (*key, first.map(|one| one.1), follows)
        });
        whom.collect()
    }

    /// Notes whom a unit repeats; one that repeats nobody is looked at for those to come.
    pub(super) fn stand_by(&mut self, key: ReceiptNo, repeats: Option<ReceiptNo>) {
        let Some(card) = self.cards.get_mut(&key) else { return };
        card.repeats = repeats;
        let signs: Vec<AccountKey> = card.account_keys().collect();
        for account in signs {
            if repeats.is_none() {
                self.firsts.entry(account).or_default().insert(key);
            } else {
                remove(&mut self.firsts, &account, key);
            }
        }
    }

    /// Units that other units' coming and going brings into another crowd, or within reach of others, though they share no ground.
    fn reached_loosely(&self, changes: &mut Changes, ctx: &Context<'_>) -> BTreeSet<ReceiptNo> {
        let up_to = ctx.rules.wording.compare_up_to;
        for (mark, before) in std::mem::take(&mut changes.marks) {
            let Some(sharers) = self.loose.by_mark.get(&mark) else { continue };
            if (before <= up_to) != (sharers.all.len() <= up_to) {
                changes.units.extend(&sharers.loose);
            }
        }
        match changes.standing.take() {
            Some(before) if doublings(before) != doublings(self.standing) => self.loose.undated.clone(),
            _ => BTreeSet::new(),
        }
    }

    fn crowd(&self, account: &Account, ctx: &Context<'_>) -> Option<u32> {
        let Some((first, last)) = days(account, ctx) else {
            return account.has_marks().then(|| doublings(self.standing));
        };
        if account.at.says_nothing() {
            let counts = self.of_day.range(first..=last);
            return Some(doublings(counts.fold(0, |sum: u32, (_, count)| sum.saturating_add(*count))));
        }
        let most = account.at.governorates.iter().map(|governorate| {
            let days = self.by_governorate.get(governorate);
            days.into_iter()
                .flat_map(|days| days.range(first..=last))
                .fold(0_u32, |sum, (_, day)| sum.saturating_add(day.standing))
        });
        Some(doublings(most.max().unwrap_or(1)))
    }

    pub(super) fn place(&mut self, key: ReceiptNo, changes: &mut Changes, ctx: &Context<'_>) {
        let Some(card) = self.cards.get_mut(&key) else { return };
        card.placed = true;
        let (account, stands) = (Arc::clone(&card.account), card.follows.is_none());
        self.place_loosely(key, &account, stands, changes, ctx);
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

    /// Notes what does not depend on a governorate: how many stand in all and on each day, who lacks a day or place, marks.
    fn place_loosely(
        &mut self,
        key: ReceiptNo,
        account: &Account,
        stands: bool,
        changes: &mut Changes,
        ctx: &Context<'_>,
    ) {
        let span = days(account, ctx);
        if span.is_none() && account.has_marks() {
            self.loose.undated.insert(key);
        }
        for day in
            span.filter(|_| account.at.says_nothing()).into_iter().flat_map(|(first, last)| first..=last)
        {
            self.loose.unplaced.entry(day).or_default().insert(key);
        }
        if !stands {
            return;
        }
        changes.standing.get_or_insert(self.standing);
        self.standing += 1;
        for day in span.into_iter().flat_map(|(first, last)| first..=last) {
            *self.of_day.entry(day).or_default() += 1;
            changes.of_day.insert(day);
        }
        let loose = is_loose(account, ctx);
        for mark in marks(account, ctx) {
            let sharers = self.loose.by_mark.entry(mark).or_default();
            changes.marks.entry(mark).or_insert(sharers.all.len());
            sharers.all.insert(key);
            if loose {
                sharers.loose.insert(key);
            }
        }
    }

    fn unplace_loosely(
        &mut self,
        key: ReceiptNo,
        account: &Account,
        stood: bool,
        changes: &mut Changes,
        ctx: &Context<'_>,
    ) {
        let span = days(account, ctx);
        self.loose.undated.remove(&key);
        for day in
            span.filter(|_| account.at.says_nothing()).into_iter().flat_map(|(first, last)| first..=last)
        {
            if let Some(all) = self.loose.unplaced.get_mut(&day) {
                all.remove(&key);
                if all.is_empty() {
                    self.loose.unplaced.remove(&day);
                }
            }
        }
        if !stood {
            return;
        }
        changes.standing.get_or_insert(self.standing);
        self.standing = self.standing.saturating_sub(1);
        for day in span.into_iter().flat_map(|(first, last)| first..=last) {
            if let Some(count) = self.of_day.get_mut(&day) {
                *count = count.saturating_sub(1);
            }
            changes.of_day.insert(day);
        }
        for mark in marks(account, ctx) {
            let Some(sharers) = self.loose.by_mark.get_mut(&mark) else { continue };
            changes.marks.entry(mark).or_insert(sharers.all.len());
            sharers.all.remove(&key);
            sharers.loose.remove(&key);
            if sharers.all.is_empty() {
                self.loose.by_mark.remove(&mark);
            }
        }
    }

    /// What only words, or only a day, bring together.
    fn loose_partners(&self, card: &Card, ctx: &Context<'_>, found: &mut BTreeSet<ReceiptNo>) {
        let (account, up_to) = (&card.account, ctx.rules.wording.compare_up_to);
        if let Some((first, last)) = days(account, ctx) {
            let near = first - 1..=last + 1;
            if has_day_alone(account, ctx) && card.crowd <= ctx.rules.max_crowd {
                for days in self.by_governorate.values() {
                    found.extend(days.range(near.clone()).flat_map(|(_, day)| &day.all));
                }
                found.extend(self.loose.unplaced.range(near.clone()).flat_map(|(_, units)| units));
            }
            let heard =
                |one: &&ReceiptNo| self.cards.get(one).is_some_and(|c| c.crowd <= ctx.rules.max_crowd);
            found.extend(self.loose.unplaced.range(near).flat_map(|(_, units)| units).filter(heard));
        }
        let loose = is_loose(account, ctx);
        for mark in marks(account, ctx) {
            let sharers = self.loose.by_mark.get(&mark).filter(|sharers| sharers.all.len() <= up_to);
            found.extend(sharers.into_iter().flat_map(|s| if loose { &s.all } else { &s.loose }));
        }
    }

    fn unplace(&mut self, key: ReceiptNo, changes: &mut Changes, ctx: &Context<'_>) {
        let Some(card) = self.cards.get_mut(&key) else { return };
        if !std::mem::take(&mut card.placed) {
            return;
        }
        let (account, stood) = (Arc::clone(&card.account), card.follows.is_none());
        self.unplace_loosely(key, &account, stood, changes, ctx);
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
            let (mut scores, mut compared) = (Vec::new(), 0_u64);
            if let Some(card) = self.cards.get(&key) {
                for other in self.partners(key, card, ctx) {
                    compared = compared.saturating_add(1);
                    let Some(held) = self.cards.get(&other) else { continue };
                    let crowd = card.crowd.max(held.crowd);
                    let score =
                        weigh_accounts(&card.account, &held.account, crowd, ctx).ok().map(|e| e.score());
                    scores.extend(score.filter(|score| *score >= worth).map(|score| (other, score)));
                }
            }
            self.compared = self.compared.saturating_add(compared);
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
        let span = days(&card.account, ctx);
        if let Some(first) = card.follows {
            found.extend((span.is_some() || card.account.has_marks()).then_some(first));
            return found;
        }
        self.loose_partners(card, ctx, &mut found);
        if let Some(span) = span {
            self.near_partners(card, span, ctx, &mut found);
        }
        found.remove(&key);
        found.retain(|other| {
            self.cards.get(other).is_some_and(|o| o.follows.is_none() && !o.shares_voice(card, ctx))
        });
        found
    }

    /// What lies near in place and time.
    fn near_partners(
        &self,
        card: &Card,
        (first, last): (i64, i64),
        ctx: &Context<'_>,
        found: &mut BTreeSet<ReceiptNo>,
    ) {
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
    }
}

fn remove(from: &mut BTreeMap<AccountKey, BTreeSet<ReceiptNo>>, account: &AccountKey, key: ReceiptNo) {
    if let Some(all) = from.get_mut(account) {
        all.remove(&key);
        if all.is_empty() {
            from.remove(account);
        }
    }
}

/// Grid cells in which a unit with a narrow place may meet others.
fn covered(account: &Account, ctx: &Context<'_>) -> Vec<(i32, i32)> {
    let slack = ctx.rules.gap_limit_m / 2 + 1;
    account.at.point.map(|p| cells(p, account.at.within_m.saturating_add(slack))).unwrap_or_default()
}
