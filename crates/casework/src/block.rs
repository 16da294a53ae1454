//! Which pairs of reports are worth comparing: those that share a day and a grid cell, or a day and a governorate.
//!
//! Keeps the cost of one report flat however long the record grows. Never decides anything; a pair left out here is one
//! whose places or times exclude one another, or a vague report on a day too crowded for likeness to tell.

use std::collections::BTreeMap;

use truceline_model::{AreaId, ReceiptNo};

use crate::locate::cells;
use crate::resolve::Context;
use crate::unit::{Account, Unit};

/// Pairs of units by position, each once, the lower first; and vague reports left alone on crowded days.
pub(crate) struct Candidates {
    pub(crate) pairs: Vec<(u32, u32)>,
    pub(crate) crowded_out: Vec<ReceiptNo>,
}

/// Whether its words bring a unit together with others: where neither day nor place says where it belongs only they can, and where
/// day and place were read out of words they may have been misread.
pub(crate) fn is_loose(unit: &Account, ctx: &Context<'_>) -> bool {
    let misread = ctx.rules.wording.compare_all;
    unit.has_marks() && (misread || days(unit, ctx).is_none() || unit.at.says_nothing())
}

/// Whether it gives a day and no place.
pub(crate) fn has_day_alone(unit: &Account, ctx: &Context<'_>) -> bool {
    unit.at.says_nothing() && days(unit, ctx).is_some()
}

/// Marks by which a unit is compared with others.
pub(crate) fn marks(unit: &Account, ctx: &Context<'_>) -> impl Iterator<Item = u32> {
    let from = ctx.rules.wording.compare_from;
    let all = unit.wording.iter().flat_map(|w| w.words().iter().chain(w.names()));
    all.filter(move |mark| mark.surprise >= from).map(|mark| mark.hash).chain(unit.media.iter().copied())
}

type ByCell = BTreeMap<(i64, i32, i32), Vec<u32>>;
type ByGovernorate<'u> = BTreeMap<(i64, &'u AreaId), Vec<u32>>;

pub(crate) fn is_vague(unit: &Account, ctx: &Context<'_>) -> bool {
    unit.at.point.is_none() || unit.at.within_m > ctx.rules.vague_from_m
}

/// Days of a unit, when they are few enough to compare.
pub(crate) fn days(unit: &Account, ctx: &Context<'_>) -> Option<(i64, i64)> {
    unit.days.filter(|(first, last)| last - first < i64::from(ctx.rules.max_days))
}

/// A count in whole doublings. What a crowd takes off thus seldom changes as reports come in, and only then is a day compared anew.
pub(crate) fn doublings(count: u32) -> u32 {
    1 << count.max(1).ilog2()
}

/// Counts, for each unit, the units of its governorates within its days: the crowd among which a likeness is found. Who names no
/// place stands among all of these days; who gives no day either, but words, among all.
pub(crate) fn count_crowds(units: &mut [Unit<'_>], ctx: &Context<'_>) {
    let mut per_day: BTreeMap<AreaId, BTreeMap<i64, u32>> = BTreeMap::new();
    let mut of_day: BTreeMap<i64, u32> = BTreeMap::new();
    let mut standing = 0_u32;
    // A flood of copies must not make every likeness of its day look cheap.
    for unit in units.iter().filter(|unit| unit.follows.is_none()) {
        standing = standing.saturating_add(1);
        let Some((first, last)) = days(unit, ctx) else { continue };
        for day in first..=last {
            *of_day.entry(day).or_default() += 1;
            for governorate in unit.at.governorates.iter() {
                *per_day.entry(governorate.clone()).or_default().entry(day).or_default() += 1;
            }
        }
    }
    let within = |counts: Option<&BTreeMap<i64, u32>>, (first, last): (i64, i64)| {
        let counts = counts.into_iter().flat_map(|counts| counts.range(first..=last));
        counts.fold(0_u32, |sum, (_, count)| sum.saturating_add(*count))
    };
    for unit in units.iter_mut() {
        unit.crowd = match days(unit, ctx) {
            None if unit.has_marks() => doublings(standing),
            None => continue,
            Some(span) if unit.at.says_nothing() => doublings(within(Some(&of_day), span)),
            Some(span) => {
                let most =
                    unit.at.governorates.iter().map(|governorate| within(per_day.get(governorate), span));
                doublings(most.max().unwrap_or(1))
            }
        };
    }
}

/// Pairs worth comparing.
pub(crate) fn candidates(units: &[Unit<'_>], ctx: &Context<'_>) -> Candidates {
    near(units, ctx, |a, b| !speak_with_one_voice(a, b, ctx))
}

/// Pairs near in place and time that are to be kept.
pub(crate) fn near(
    units: &[Unit<'_>],
    ctx: &Context<'_>,
    keep: impl Fn(&Unit<'_>, &Unit<'_>) -> bool,
) -> Candidates {
    let mut by_cell: ByCell = BTreeMap::new();
    let mut by_governorate: ByGovernorate<'_> = BTreeMap::new();
    let slack = ctx.rules.gap_limit_m / 2 + 1;
    for (at, unit) in units.iter().enumerate().filter(|(_, unit)| unit.follows.is_none()) {
        let (Some((first, last)), Ok(at)) = (days(unit, ctx), u32::try_from(at)) else { continue };
        let precise = unit.at.point.filter(|_| !is_vague(unit, ctx));
        let covered = precise.map(|p| cells(p, unit.at.within_m.saturating_add(slack))).unwrap_or_default();
        for day in first..=last {
            for (x, y) in &covered {
                by_cell.entry((day, *x, *y)).or_default().push(at);
            }
            for governorate in unit.at.governorates.iter() {
                by_governorate.entry((day, governorate)).or_default().push(at);
            }
        }
    }
    let mut found = Candidates { pairs: Vec::new(), crowded_out: Vec::new() };
    let mut partners = Vec::new();
    let loose = Loose::of(units, ctx);
    for (at, unit) in units.iter().enumerate() {
        let Ok(at) = u32::try_from(at) else { continue };
        let follows = unit.follows.and_then(|first| u32::try_from(first).ok());
        if let Some(first) = follows.filter(|_| days(unit, ctx).is_some() || unit.has_marks()) {
            found.pairs.push((first, at));
            continue;
        }
        partners.clear();
        loose.partners(unit, ctx, &mut partners);
        let Some((first, last)) = days(unit, ctx) else {
            keep_partners((at, unit), units, &mut partners, &keep, &mut found.pairs);
            continue;
        };
        if is_vague(unit, ctx) {
            if !partners_in_governorates(unit, (first, last), &by_governorate, ctx, &mut partners) {
                found.crowded_out.push(unit.receipt());
            }
        } else if let Some(point) = unit.at.point {
            for (x, y) in cells(point, unit.at.within_m.saturating_add(slack)) {
                for day in first - 1..=last + 1 {
                    partners.extend(by_cell.get(&(day, x, y)).into_iter().flatten().filter(|p| **p < at));
                }
            }
        }
        keep_partners((at, unit), units, &mut partners, &keep, &mut found.pairs);
    }
    found.pairs.sort_unstable();
    found.pairs.dedup();
    found
}

fn keep_partners(
    (at, unit): (u32, &Unit<'_>),
    units: &[Unit<'_>],
    partners: &mut Vec<u32>,
    keep: &impl Fn(&Unit<'_>, &Unit<'_>) -> bool,
    pairs: &mut Vec<(u32, u32)>,
) {
    partners.sort_unstable();
    partners.dedup();
    let other = |p: u32| usize::try_from(p).ok().and_then(|p| units.get(p));
    let others = partners.iter().filter(|p| **p != at && other(**p).is_some_and(|other| keep(unit, other)));
    pairs.extend(others.map(|p| (at.min(*p), at.max(*p))));
}

/// Units that lack a day or a place, and what may be compared with them.
struct Loose {
    /// Everything of a day, when somebody has a day and no place.
    by_day: BTreeMap<i64, Vec<u32>>,
    /// Everything with a mark, when somebody is loose.
    by_mark: BTreeMap<u32, Vec<u32>>,
}

impl Loose {
    fn of(units: &[Unit<'_>], ctx: &Context<'_>) -> Self {
        let mut all = Self { by_day: BTreeMap::new(), by_mark: BTreeMap::new() };
        let standing = || units.iter().zip(0_u32..).filter(|(unit, _)| unit.follows.is_none());
        if standing().any(|(unit, _)| has_day_alone(unit, ctx)) {
            let somewhere = |unit: &Unit<'_>| unit.at.says_nothing() || !unit.at.governorates.is_empty();
            for (unit, at) in standing().filter(|(unit, _)| somewhere(unit)) {
                let Some((first, last)) = days(unit, ctx) else { continue };
                for day in first..=last {
                    all.by_day.entry(day).or_default().push(at);
                }
            }
        }
        if standing().any(|(unit, _)| is_loose(unit, ctx)) {
            for (unit, at) in standing() {
                for mark in marks(unit, ctx) {
                    all.by_mark.entry(mark).or_default().push(at);
                }
            }
        }
        all
    }

    /// What a loose unit is compared with. The other's partners need not name it: a pair is one pair.
    fn partners(&self, unit: &Unit<'_>, ctx: &Context<'_>, partners: &mut Vec<u32>) {
        if has_day_alone(unit, ctx)
            && unit.crowd <= ctx.rules.max_crowd
            && let Some((first, last)) = days(unit, ctx)
        {
            partners.extend(self.by_day.range(first - 1..=last + 1).flat_map(|(_, units)| units));
        }
        if is_loose(unit, ctx) {
            for mark in marks(unit, ctx) {
                let sharing =
                    self.by_mark.get(&mark).filter(|all| all.len() <= ctx.rules.wording.compare_up_to);
                partners.extend(sharing.into_iter().flatten());
            }
        }
    }
}

/// Two rows of one source for one origin are two events unless declared otherwise, so they need no comparison.
pub(crate) fn speak_with_one_voice(a: &Unit<'_>, b: &Unit<'_>, ctx: &Context<'_>) -> bool {
    a.shares_voice(b, ctx.rules)
}

/// Everything of a vague report's governorates about its days; `false` when a day is too crowded.
fn partners_in_governorates(
    unit: &Unit<'_>,
    (first, last): (i64, i64),
    by_governorate: &ByGovernorate<'_>,
    ctx: &Context<'_>,
    partners: &mut Vec<u32>,
) -> bool {
    if unit.crowd > ctx.rules.max_crowd {
        return false;
    }
    for governorate in unit.at.governorates.iter() {
        for day in first - 1..=last + 1 {
            partners.extend(by_governorate.get(&(day, governorate)).into_iter().flatten());
        }
    }
    true
}
