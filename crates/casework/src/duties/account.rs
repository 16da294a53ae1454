//! What one origin says of one thing that is due, and what follows from it alone.
//!
//! Of one origin the latest word on a time holds. A count of a part of the time decides only what more cannot undo; a report of
//! which it is not known whether it is about the duty decides nothing.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{
    Body, Bounds, Counted, Due, DueAt, Event, Instant, Interval, MeasureId, Observation, ReceiptNo, Truth,
    Zone, duty::range,
};

use super::DutyState;

/// What a report says of a duty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Telling {
    /// Done, or so many.
    Done,
    /// Left undone.
    LeftUndone,
}

/// One report of one origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The report.
    pub receipt: ReceiptNo,
    /// When it became known (UTC).
    pub known: Instant,
    /// Of which time it speaks; `None`: it says no time.
    pub when: Option<Interval>,
    /// What it says.
    pub telling: Telling,
    /// What it counts, as bounds.
    pub amounts: BTreeMap<MeasureId, Bounds>,
    /// Whether it is about this duty.
    pub concerns: Truth,
}

/// Everything that one origin says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its reports, by the time they speak of, then as they became known.
    pub said: Vec<Said>,
    /// How the duty stands by this origin alone; `None`: it leaves that open.
    pub state: Option<DutyState>,
}

/// What a report says of what is due; `None` when it is about something else.
pub(super) fn said(due: &Due, report: &Observation, concerns: Truth) -> Option<Said> {
    if concerns == Truth::False {
        return None;
    }
    let arrived;
    let event: &Event = match &report.body {
        Body::Event(event) => event,
        Body::Delivery(aid) => {
            arrived = aid.arrived()?;
            &arrived
        }
        _ => return None,
    };
    let all_in = |words: &BTreeSet<_>| !event.acts.is_empty() && event.acts.is_subset(words);
    let telling = match (all_in(&due.acts), all_in(&due.failures)) {
        (true, _) => Telling::Done,
        (_, true) => Telling::LeftUndone,
        // "Released or not released" says neither.
        _ => return None,
    };
    let counts = |counted: &Counted| event.amounts.contains_key(&counted.measure);
    if telling == Telling::Done && !due.counting.is_empty() && !due.counting.iter().any(counts) {
        // It counts nothing that is asked here: lorries are no tents.
        return None;
    }
    if let (DueAt::Day(day), Some(when)) = (due.at, event.when)
        && when.intersect(day).is_none()
    {
        return None;
    }
    Some(Said {
        receipt: report.receipt,
        known: report.known,
        when: event.when,
        telling,
        amounts: event.amounts.clone(),
        concerns,
    })
}

/// The account of one origin.
pub(super) fn of(due: &Due, mut said: Vec<Said>, zone: &Zone) -> Account {
    said.sort_by_key(|one| (one.when.map(|when| (when.start(), when.end())), one.known, one.receipt));
    let telling: Vec<&Said> =
        said.iter().filter(|one| one.concerns == Truth::True && one.when.is_some()).collect();
    let state = match due.at {
        DueAt::Day(day) => of_day(due, day, &telling, zone),
        DueAt::By(by) => by_time(due, by, &telling),
    };
    Account { said, state }
}

/// A quota of one day, or an act asked each day.
fn of_day(due: &Due, day: Interval, said: &[&Said], zone: &Zone) -> Option<DutyState> {
    let mut latest: Vec<&&Said> = said.iter().collect();
    latest.sort_by_key(|one| (one.known, one.receipt));
    let within =
        |one: &&&&Said| one.when.is_some_and(|when| day.start() <= when.start() && when.end() <= day.end());
    if due.counting.is_empty() {
        // Done at any hour of the day is done.
        let last = latest.iter().rfind(within)?;
        return Some(if last.telling == Telling::Done { DutyState::Met } else { DutyState::Short });
    }
    let whole = |one: &&Said| one.when.is_some_and(|when| when == day && zone.is_whole_day(when));
    let failed = latest.iter().rfind(|one| whole(one)).is_some_and(|one| one.telling == Telling::LeftUndone);
    if failed {
        return Some(DutyState::Short);
    }
    let each = due.counting.iter().map(|counted| {
        let of_day = latest.iter().rev().filter(|one| whole(one)).find_map(|one| holds(counted, one, false));
        let of_part = || {
            let mut parts = latest.iter().filter(within).filter(|one| !whole(one));
            parts.find_map(|one| holds(counted, one, true).filter(|truth| *truth == Truth::True))
        };
        of_day.or_else(of_part).unwrap_or(Truth::Unknown)
    });
    match each.fold(Truth::True, Truth::and) {
        Truth::True => Some(DutyState::Met),
        Truth::False => Some(DutyState::Short),
        Truth::Unknown => None,
    }
}

/// Whether what a report counts satisfies a count; `None` when it does not count that. Of a part of the time the count is a least.
fn holds(counted: &Counted, said: &Said, part: bool) -> Option<Truth> {
    let given = |measure: &MeasureId| said.amounts.get(measure).copied().map(range);
    let mut mine = given(&counted.measure)?;
    let per = match &counted.per {
        Some(per) => Some(given(per)?),
        None => None,
    };
    if part {
        if !counted.compare.grows() || per.is_some() {
            return None;
        }
        mine.1 = None;
    }
    Some(counted.holds(mine, per))
}

/// A duty by a time: an act, or counts of everything so far.
fn by_time(due: &Due, by: Instant, said: &[&Said]) -> Option<DutyState> {
    if due.counting.is_empty() {
        return by_act(by, said);
    }
    let each: Vec<Option<DutyState>> =
        due.counting.iter().map(|counted| by_count(counted, by, said)).collect();
    if each.contains(&Some(DutyState::Short)) {
        return Some(DutyState::Short);
    }
    let all: Option<Vec<DutyState>> = each.into_iter().collect();
    let late = all?.contains(&DutyState::Late);
    Some(if late { DutyState::Late } else { DutyState::Met })
}

/// Reports stand in the order of the times they speak of; what speaks of the latest time says how it stands at last.
fn by_act(by: Instant, said: &[&Said]) -> Option<DutyState> {
    let mut state = None;
    for one in said {
        let Some(when) = one.when else { continue };
        let after = when.start() >= by;
        state = match (one.telling, after, when.end() <= by) {
            (Telling::Done, false, true) => Some(DutyState::Met),
            // Done, it stays done; said again later it is not done again.
            (Telling::Done, true, _) if state == Some(DutyState::Met) => state,
            (Telling::Done, true, _) => Some(DutyState::Late),
            // Around the time itself: in time or late, nobody can say.
            (Telling::Done, false, false) => state.filter(|state| *state == DutyState::Met),
            // The same origin says that it was done and later that it was not: it says neither.
            (Telling::LeftUndone, true, _) if matches!(state, Some(DutyState::Met | DutyState::Late)) => None,
            (Telling::LeftUndone, true, _) => Some(DutyState::Short),
            // Before its time nothing follows from its being undone, but that it was not done yet.
            (Telling::LeftUndone, false, _) => state,
        };
    }
    state
}

fn by_count(counted: &Counted, by: Instant, said: &[&Said]) -> Option<DutyState> {
    let mut state = None;
    for one in said {
        let Some(when) = one.when else { continue };
        let (before, after) = (when.end() <= by, when.start() >= by);
        if one.telling == Telling::LeftUndone {
            if after && state != Some(DutyState::Met) {
                state = Some(DutyState::Short);
            }
            continue;
        }
        let Some(truth) = holds(counted, one, false) else { continue };
        state = match (truth, before, after) {
            // Enough stays enough where more cannot undo it.
            (Truth::True, true, _) if counted.compare.grows() => Some(DutyState::Met),
            (Truth::True, _, true) if !counted.compare.grows() => Some(DutyState::Met),
            (Truth::True, _, true) if state == Some(DutyState::Short) => Some(DutyState::Late),
            (Truth::False, _, true) if state != Some(DutyState::Met) || !counted.compare.grows() => {
                Some(DutyState::Short)
            }
            // The same origin counts fewer after more: it says neither.
            (Truth::False, _, true) => None,
            _ => state,
        };
    }
    state
}
