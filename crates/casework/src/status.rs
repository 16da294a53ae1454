//! Whether the truce holds, area by area. Silence is not calm: where nobody reported from and nobody watched, the word is
//! *not observed*, never *holding*.
//!
//! Knows no clause: the worst outcome of each incident comes from the caller. The rule is data, shown with its result.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{
    AreaId, AreaKind, AreaStatus, Areas, Body, Holding, Incident, IncidentId, Instant, Interval, Observation,
    Place, SourceId, Zone,
};

use crate::locate::{Locator, governorate_of};
use crate::unit::day_number;

/// When an area is fraying, when it has collapsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusRule {
    /// Local days looked at, the day of `as_of` included.
    pub window_days: u32,
    /// Fraying from this many incidents found prohibited or undetermined.
    pub fraying_min_incidents: u32,
    /// Collapsed from this many days of the window with such an incident.
    pub collapsed_min_days: u32,
    /// Of these incidents, at least this many must be found prohibited under some reading for *collapsed*.
    pub collapsed_min_prohibited: u32,
}

impl Default for StatusRule {
    /// A week; fraying from one incident on; collapsed when most days of it saw one.
    fn default() -> Self {
        Self { window_days: 7, fraying_min_incidents: 1, collapsed_min_days: 4, collapsed_min_prohibited: 1 }
    }
}

/// The worst that any clause under any reading says of an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Worst {
    /// No clause forbids it or reaches it, under any reading.
    Neither,
    /// Undetermined under at least one reading, prohibited under none.
    Undetermined,
    /// Prohibited under at least one reading.
    Prohibited,
}

/// What status is derived from.
#[derive(Clone, Copy, Debug)]
pub struct StatusInput<'a> {
    /// Incidents as resolved by `as_of`.
    pub incidents: &'a [Incident],
    /// The worst outcome of each; one that is missing counts as undetermined: an unjudged incident is not calm.
    pub worst: &'a BTreeMap<IncidentId, Worst>,
    /// Every observation; those known later are left out.
    pub observations: &'a [Observation],
    /// The mission's areas.
    pub areas: &'a Areas,
    /// The agreement's zone.
    pub zone: &'a Zone,
}

/// The window of the rule: the local day of `as_of` up to that moment, and the days before it.
#[must_use]
pub fn window(rule: &StatusRule, zone: &Zone, as_of: Instant) -> Interval {
    let mut day = zone.day_of(as_of);
    for _ in 1..rule.window_days.max(1) {
        day = zone.day_of(day.start().plus_seconds(-1));
    }
    Interval::new(day.start(), as_of.plus_seconds(1)).unwrap_or(day)
}

/// The status of each governorate (or other area given), in the order given.
#[must_use]
pub fn status(
    input: &StatusInput<'_>,
    rule: &StatusRule,
    governorates: &[AreaId],
    as_of: Instant,
) -> Vec<AreaStatus> {
    status_at(input, rule, governorates, as_of, as_of)
}

/// The same on both clocks: how it stood at a moment, by what was known by another.
#[must_use]
pub fn status_at(
    input: &StatusInput<'_>,
    rule: &StatusRule,
    governorates: &[AreaId],
    at: Instant,
    known_by: Instant,
) -> Vec<AreaStatus> {
    let window = window(rule, input.zone, at);
    let observed = observers(input, window, known_by);
    let mut by_area: BTreeMap<&AreaId, Vec<(&Incident, Interval)>> = BTreeMap::new();
    for incident in input.incidents {
        let Some(shared) = incident.time().and_then(|when| when.intersect(window)) else { continue };
        for area in &incident.governorates {
            by_area.entry(area).or_default().push((incident, shared));
        }
    }
    let none = Vec::new();
    governorates
        .iter()
        .map(|area| {
            let incidents = by_area.get(area).unwrap_or(&none);
            let observed_by = observed.get(area).cloned().unwrap_or_default();
            area_status(area, incidents, observed_by, window, input, rule)
        })
        .collect()
}

fn area_status(
    area: &AreaId,
    incidents: &[(&Incident, Interval)],
    observed_by: BTreeSet<SourceId>,
    window: Interval,
    input: &StatusInput<'_>,
    rule: &StatusRule,
) -> AreaStatus {
    let (mut prohibited, mut undetermined, mut others) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut days = BTreeSet::new();
    for (incident, shared) in incidents {
        let worst = input.worst.get(&incident.id).copied().unwrap_or(Worst::Undetermined);
        match worst {
            Worst::Prohibited => prohibited.insert(incident.id.clone()),
            Worst::Undetermined => undetermined.insert(incident.id.clone()),
            Worst::Neither => others.insert(incident.id.clone()),
        };
        if worst != Worst::Neither {
            // One incident lies on one day: on its first, when its hour is not known.
            days.insert(day_number(input.zone, shared.start()));
        }
    }
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let days = count(days.len());
    let bad = count(prohibited.len()).saturating_add(count(undetermined.len()));
    let collapsed = days >= rule.collapsed_min_days.max(1)
        && bad > 0
        && count(prohibited.len()) >= rule.collapsed_min_prohibited;
    let holding = if collapsed {
        Holding::Collapsed
    } else if bad >= rule.fraying_min_incidents.max(1) {
        Holding::Fraying
    } else if observed_by.is_empty() && incidents.is_empty() {
        Holding::NotObserved
    } else {
        Holding::Holding
    };
    AreaStatus { area: area.clone(), holding, window, prohibited, undetermined, others, days, observed_by }
}

/// Per governorate, who reported from there within the window, or is recorded as watching it.
fn observers(
    input: &StatusInput<'_>,
    window: Interval,
    known_by: Instant,
) -> BTreeMap<AreaId, BTreeSet<SourceId>> {
    let mut all: BTreeMap<AreaId, BTreeSet<SourceId>> = BTreeMap::new();
    each_look(input, known_by, &|when| when.intersect(window).is_some(), &mut |area, report, _| {
        all.entry(area).or_default().insert(report.source.clone());
    });
    all
}

/// Until when somebody last looked at each governorate, up to a moment and by what was known by another. Nobody ever looked at one that is missing.
#[must_use]
pub fn last_looks(input: &StatusInput<'_>, at: Instant, known_by: Instant) -> BTreeMap<AreaId, Instant> {
    let mut all: BTreeMap<AreaId, Instant> = BTreeMap::new();
    each_look(input, known_by, &|when| when.start() <= at, &mut |area, _, when| {
        let until = when.end().min(at);
        let last = all.entry(area).or_insert(until);
        *last = until.max(*last);
    });
    all
}

/// Each time that somebody looked at a governorate: the area, the report, its time.
fn each_look<'a>(
    input: &StatusInput<'a>,
    known_by: Instant,
    counts: &dyn Fn(Interval) -> bool,
    take: &mut dyn FnMut(AreaId, &'a Observation, Interval),
) {
    let mut locator = Locator::new(input.areas);
    for report in input.observations.iter().filter(|o| o.known <= known_by) {
        // A report without a time of its own speaks of the time when it became known.
        let (when, place) = about(&report.body);
        let when = when.unwrap_or_else(|| Interval::second(report.known));
        if !counts(when) {
            continue;
        }
        let mut areas: BTreeSet<AreaId> = BTreeSet::new();
        if let Some(place) = place {
            let found = locator.locate(place).governorates;
            // A report that may lie in several governorates is no look at any of them.
            if found.len() == 1 {
                areas.extend(found.iter().cloned());
            }
        }
        match &report.body {
            Body::Tally(tally) => {
                areas.extend(tally.by_area.keys().filter_map(|id| governorate_of(input.areas, id)))
            }
            Body::Coverage(coverage) => areas.extend(covered(input.areas, &coverage.area)),
            _ => {}
        }
        for area in areas {
            take(area, report, when);
        }
    }
}

/// Governorates that a watched area covers: itself or the one that holds it; every one, for the country.
fn covered(areas: &Areas, id: &AreaId) -> BTreeSet<AreaId> {
    if areas.get(id).is_some_and(|a| a.kind == AreaKind::Country) {
        return areas.iter().filter(|a| a.kind == AreaKind::Governorate).map(|a| a.id.clone()).collect();
    }
    governorate_of(areas, id).into_iter().collect()
}

fn about(body: &Body) -> (Option<Interval>, Option<&Place>) {
    match body {
        Body::Event(event) => (event.when, event.place.as_ref()),
        Body::Total(total) => (total.when, total.place.as_ref()),
        Body::Tally(tally) => (Some(tally.when), None),
        Body::Delivery(delivery) => (delivery.when, delivery.place.as_ref()),
        Body::Coverage(coverage) => (Some(coverage.when), None),
        // What is said about a place is no look at it, and the agreement's own facts lie nowhere.
        Body::Statement(_) | Body::Agreement(_) => (None, None),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use truceline_model::{Area, Coverage, ReceiptNo, Shape};

    use super::*;

    const DAY_S: i64 = 86_400;

    fn day(number: i64) -> Instant {
        Instant::from_seconds(number * DAY_S)
    }

    fn governorate(id: &str) -> Area {
        Area {
            id: AreaId::new(id),
            kind: AreaKind::Governorate,
            names: BTreeMap::new(),
            aliases: BTreeSet::new(),
            parent: None,
            shape: Shape::Nowhere,
            held_by: None,
            asserted_by: None,
            valid: Interval::new(Instant::FAR_PAST, Instant::FAR_FUTURE).unwrap(),
        }
    }

    #[test]
    fn what_was_watched_and_became_known_later_is_unseen_before_and_seen_after_on_either_clock() {
        let when = Interval::new(day(10), day(11)).unwrap();
        let watched = Coverage { area: AreaId::new("north"), when, what: "the road".into() };
        let source = SourceId::new("monitors");
        let told = Observation::bare(ReceiptNo(1), "1".into(), day(20), source, Body::Coverage(watched));
        let (areas, zone) = (Areas::new([governorate("north"), governorate("south")]), Zone::utc());
        let (observations, worst) = ([told], BTreeMap::new());
        let input = StatusInput {
            incidents: &[],
            worst: &worst,
            observations: &observations,
            areas: &areas,
            zone: &zone,
        };
        let both = [AreaId::new("north"), AreaId::new("south")];
        let seen = |at, known| {
            let all = status_at(&input, &StatusRule::default(), &both, day(at), day(known));
            let looks = last_looks(&input, day(at), day(known));
            (all[0].holding, looks.get(&both[0]).copied(), all[1].holding, looks.get(&both[1]).copied())
        };
        let unseen = Holding::NotObserved;
        assert_eq!(seen(12, 15), (unseen, None, unseen, None), "nobody had told of it");
        assert_eq!(seen(12, 21), (Holding::Holding, Some(day(11)), unseen, None));
        assert_eq!(seen(30, 31), (unseen, Some(day(11)), unseen, None), "it was long ago");
        assert_eq!(seen(9, 31), (unseen, None, unseen, None), "it was still to come");
    }
}
