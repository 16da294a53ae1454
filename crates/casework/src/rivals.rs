//! Rival tallies of one local day: what each centre counted by its own definition, and what any two can share.
//!
//! Exact, incident by incident, when both list theirs; else only bounds, by area where both break their count down. Never
//! adds two tallies, never takes a count for a list, and never takes a source's silence from a number.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{
    AreaId, Body, Comparison, Count, FactId, Incident, IncidentId, Instant, Interval, Observation, ReceiptNo,
    RivalDay, SourceId, Tally, Zone, finding::Answer,
};

use crate::known::Known;

/// What rival tallies are derived from.
#[derive(Clone, Copy, Debug)]
pub struct RivalInput<'a> {
    /// Every observation; those known later are left out.
    pub observations: &'a [Observation],
    /// Incidents as resolved by `as_of`.
    pub incidents: &'a [Incident],
    /// Sources that list incidents one by one, whose counts are made from the links.
    pub listers: &'a BTreeSet<SourceId>,
    /// The agreement's zone.
    pub zone: &'a Zone,
    /// As of when.
    pub as_of: Instant,
}

/// A tally over more seconds than this is no daily one: a bulletin's day may begin at noon.
const LONGEST_DAILY_S: i64 = 49 * 3600;

/// The fact by which a source's own statement about an incident says whether its tally holds it.
pub const IN_TALLY: &str = "in-tally";

/// Whether a count holds an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holds {
    /// It lists it.
    Listed,
    /// It lists its incidents, or its bulletin was read: this one is not among them.
    Silent,
    /// It gives a number and no list.
    CannotSay,
}

impl Holds {
    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Silent => "silent",
            Self::CannotSay => "cannot-say",
        }
    }
}

/// Each day with the counts given for it and every pair of them compared; days without a count stay, empty. A bulletin's
/// twenty-four hours mostly lie across two local days: it is shown on both, with its own time, and never split.
#[must_use]
pub fn rivals(days: &[Interval], input: &RivalInput<'_>) -> Vec<RivalDay> {
    let known = Known::by(input.observations, input.as_of);
    let tallies = daily_tallies(&known);
    let listed = listed(&known, input);
    days.iter()
        .map(|day| {
            let mut counts: Vec<Count> = Vec::new();
            for (at, tally) in tallies.iter().filter(|(_, tally)| tally.when.intersect(*day).is_some()) {
                counts.extend(known.get(*at).map(|report| stated(report, tally, &listed)));
            }
            for ((source, start), incidents) in &listed {
                if *start == day.start() && input.listers.contains(source) {
                    counts.push(from_list(source, *day, incidents, input.incidents));
                }
            }
            counts.sort_by(|a, b| (&a.source, a.receipt).cmp(&(&b.source, b.receipt)));
            let comparisons = counts
                .iter()
                .enumerate()
                .flat_map(|(n, one)| counts.iter().skip(n + 1).map(move |other| compare(one, other)))
                .filter(|c| c.one != c.other)
                .collect();
            RivalDay { day: *day, counts, comparisons }
        })
        .collect()
}

/// Which of a day's counts hold an incident. A source's own statement about it, with the fact [`IN_TALLY`], tells of a
/// count that is no list.
#[must_use]
pub fn who_lists(
    incident: &Incident,
    day: &RivalDay,
    observations: &[Observation],
) -> BTreeMap<SourceId, Holds> {
    let fact = FactId::new(IN_TALLY);
    let said = |source: &SourceId| {
        let mine =
            observations.iter().filter(|o| incident.statements.contains(&o.receipt) && o.source == *source);
        mine.filter_map(|o| if let Body::Statement(s) = &o.body { s.facts.get(&fact).copied() } else { None })
            .next_back()
    };
    let mut all = BTreeMap::new();
    for count in &day.counts {
        let holds = match (&count.listed, said(&count.source)) {
            (Some(listed), _) if listed.contains(&incident.id) => Holds::Listed,
            (Some(_), _) | (None, Some(Answer::No)) => Holds::Silent,
            (None, Some(Answer::Yes)) => Holds::Listed,
            (None, _) => Holds::CannotSay,
        };
        all.insert(count.source.clone(), holds);
    }
    all
}

/// Tallies of about a day; of each chain of revisions the latest.
fn daily_tallies<'a>(known: &Known<'a>) -> Vec<(usize, &'a Tally)> {
    let mut replaced = BTreeSet::new();
    for (at, report) in known.reports.iter().enumerate() {
        if matches!(report.body, Body::Tally(_)) {
            replaced.extend(report.revises.iter().filter_map(|id| known.meant(at, id)));
            replaced.extend(known.amends(at));
        }
    }
    let mut all = Vec::new();
    for (at, report) in known.reports.iter().enumerate().filter(|(at, _)| !replaced.contains(at)) {
        if let Body::Tally(tally) = &report.body
            && tally.when.seconds() <= LONGEST_DAILY_S
        {
            all.push((at, tally));
        }
    }
    all
}

type Listed = BTreeMap<(SourceId, Instant), BTreeSet<IncidentId>>;

/// Incidents that a source's own event reports put on each local day.
fn listed(known: &Known<'_>, input: &RivalInput<'_>) -> Listed {
    let mut incident_of: BTreeMap<ReceiptNo, &IncidentId> = BTreeMap::new();
    for incident in input.incidents {
        incident_of.extend(incident.receipts().map(|receipt| (receipt, &incident.id)));
    }
    let mut all: Listed = BTreeMap::new();
    for report in &known.reports {
        let Body::Event(event) = &report.body else { continue };
        let (Some(when), Some(incident)) = (event.when, incident_of.get(&report.receipt)) else { continue };
        let day = input.zone.day_of(when.start());
        if when.seconds() <= LONGEST_DAILY_S {
            all.entry((report.source.clone(), day.start())).or_default().insert((*incident).clone());
        }
    }
    all
}

fn stated(report: &Observation, tally: &Tally, listed: &Listed) -> Count {
    let days =
        listed.iter().filter(|((source, day), _)| *source == report.source && tally.when.contains(*day));
    let list: BTreeSet<IncidentId> = days.flat_map(|(_, incidents)| incidents).cloned().collect();
    // Event rows beside a tally are its list only when they are all there.
    let whole = (tally.count > 0 && u32::try_from(list.len()) == Ok(tally.count)).then_some(list);
    Count {
        source: report.source.clone(),
        when: tally.when,
        count: tally.count,
        unit: tally.unit.clone(),
        definition: tally.definition.clone(),
        by_area: tally.by_area.clone(),
        listed: whole,
        receipt: Some(report.receipt),
    }
}

fn from_list(source: &SourceId, day: Interval, ids: &BTreeSet<IncidentId>, incidents: &[Incident]) -> Count {
    let mut by_area: BTreeMap<AreaId, u32> = BTreeMap::new();
    for id in ids {
        let found = incidents.binary_search_by(|i| i.id.cmp(id)).ok().and_then(|at| incidents.get(at));
        let areas: Vec<&AreaId> = found.iter().flat_map(|i| &i.governorates).collect();
        if let [only] = areas.as_slice() {
            *by_area.entry((*only).clone()).or_default() += 1;
        }
    }
    Count {
        source: source.clone(),
        when: day,
        count: u32::try_from(ids.len()).unwrap_or(u32::MAX),
        unit: "incidents".to_owned(),
        definition: None,
        by_area,
        listed: Some(ids.clone()),
        receipt: None,
    }
}

/// What two counts can share.
#[must_use]
pub fn compare(one: &Count, other: &Count) -> Comparison {
    if let (Some(a), Some(b)) = (&one.listed, &other.listed) {
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let shared = number(a.intersection(b).count());
        let (left, right) = (number(a.len()) - shared, number(b.len()) - shared);
        return Comparison {
            one: one.source.clone(),
            other: other.source.clone(),
            agreed: (shared, shared),
            only_one: (left, left),
            only_other: (right, right),
            exact: true,
        };
    }
    let most = most_shared(one, other);
    Comparison {
        one: one.source.clone(),
        other: other.source.clone(),
        // Nothing forces two counts without lists to share anything.
        agreed: (0, most),
        only_one: (one.count - most, one.count),
        only_other: (other.count - most, other.count),
        exact: false,
    }
}

/// The most that two counts can share: area by area where both break down, and what a breakdown leaves out may lie
/// anywhere. Different governorates cannot share an incident.
fn most_shared(one: &Count, other: &Count) -> u32 {
    let most = one.count.min(other.count);
    if one.by_area.is_empty() || other.by_area.is_empty() {
        return most;
    }
    let sum = |areas: &BTreeMap<AreaId, u32>| areas.values().fold(0_u32, |s, n| s.saturating_add(*n));
    let in_areas = one.by_area.iter().fold(0_u32, |s, (area, n)| {
        s.saturating_add((*n).min(other.by_area.get(area).copied().unwrap_or(0)))
    });
    let (sum_one, sum_other) = (sum(&one.by_area), sum(&other.by_area));
    let (rest_one, rest_other) = (one.count.saturating_sub(sum_one), other.count.saturating_sub(sum_other));
    let into_other = rest_one.min(sum_other - in_areas);
    let into_one = rest_other.min(sum_one - in_areas);
    let rests = (rest_one - into_other).min(rest_other - into_one);
    in_areas.saturating_add(into_other).saturating_add(into_one).saturating_add(rests).min(most)
}
