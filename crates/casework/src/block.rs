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

/// Counts, for each unit, the units of its governorates within its days: the crowd among which a likeness is found.
pub(crate) fn count_crowds(units: &mut [Unit<'_>], ctx: &Context<'_>) {
    let mut per_day: BTreeMap<(AreaId, i64), u32> = BTreeMap::new();
    // A flood of copies must not make every likeness of its day look cheap.
    for unit in units.iter().filter(|unit| unit.follows.is_none()) {
        let Some((first, last)) = days(unit, ctx) else { continue };
        for governorate in unit.at.governorates.iter() {
            for day in first..=last {
                *per_day.entry((governorate.clone(), day)).or_default() += 1;
            }
        }
    }
    for unit in units.iter_mut() {
        let Some((first, last)) = days(unit, ctx) else { continue };
        let most = unit.at.governorates.iter().map(|governorate| {
            let on = |day: i64| per_day.get(&(governorate.clone(), day)).copied().unwrap_or(0);
            (first..=last).fold(0_u32, |sum, day| sum.saturating_add(on(day)))
        });
        unit.crowd = doublings(most.max().unwrap_or(1));
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
    for (at, unit) in units.iter().enumerate() {
        let (Some((first, last)), Ok(at)) = (days(unit, ctx), u32::try_from(at)) else { continue };
        if let Some(first) = unit.follows.and_then(|first| u32::try_from(first).ok()) {
            found.pairs.push((first, at));
            continue;
        }
        partners.clear();
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
        partners.sort_unstable();
        partners.dedup();
        let other = |p: u32| usize::try_from(p).ok().and_then(|p| units.get(p));
        let others =
            partners.iter().filter(|p| **p != at && other(**p).is_some_and(|other| keep(unit, other)));
        found.pairs.extend(others.map(|p| (at.min(*p), at.max(*p))));
    }
    found.pairs.sort_unstable();
    found.pairs.dedup();
    found
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
