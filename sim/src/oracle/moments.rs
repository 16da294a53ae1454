//! The moments that a world is asked about: one for every stretch of time within which nothing changes.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{Fact, Incident, Instant, Interval, Truth};
use truceline_terms::Condition;

use super::words::{bounds_of, hours_of};
use super::worlds::Piece;
use super::{Oracle, Supposed};

/// Local days at the start of a stretch whose every hour is looked at. Clocks go by whole days: what a stretch of that
/// length has not shown by then, it does not have.
const DAYS: i64 = 4;
const DAY: i64 = 86_400;

impl Oracle<'_> {
    /// Every moment at which anything could change, but for the hours of the day.
    fn boundaries(&self) -> BTreeSet<Instant> {
        let mut all = BTreeSet::from([Instant::FAR_PAST]);
        let mut window = |window: Interval| all.extend([window.start(), window.end()]);
        self.terms.in_force.iter().chain(&self.clause.window).for_each(|entry| window(entry.window));
        self.terms.phases.iter().filter_map(|phase| phase.window).for_each(&mut window);
        self.actors.iter().flat_map(|actor| &actor.member_of).for_each(|m| window(m.during));
        self.accounts().iter().flatten().for_each(|account| window(account.step.window));
        all.extend(self.terms.acceptances.iter().filter_map(|entry| entry.acceptance.on));
        all.extend(self.terms.exempt.iter().flat_map(|entry| [entry.from, entry.until]).flatten());
        for condition in self.conditions() {
            if let Condition::From(at) = condition {
                all.insert(*at);
            }
        }
        all
    }

    pub(super) fn stretches(&self) -> Vec<(Instant, Instant)> {
        let all: Vec<Instant> = self.boundaries().into_iter().chain([Instant::FAR_FUTURE]).collect();
        all.windows(2).filter(|two| two[0] < two[1]).map(|two| (two[0], two[1])).collect()
    }

    /// The event's start; the moment asked for when no time is given.
    pub(super) fn start_of(&self, incident: &Incident) -> Instant {
        incident.time().map_or(self.as_of, Interval::start)
    }

    /// Accounts of the time that agree on a part are taken together; those that exclude one another stand side by side.
    fn spans(&self, incident: &Incident) -> Vec<Option<Interval>> {
        let given: Vec<Interval> = incident.when.iter().map(|(when, _)| *when).collect();
        let shared = given.iter().try_fold(Interval::ALWAYS, |all, next| all.intersect(*next));
        let mut spans: Vec<Option<Interval>> = match shared {
            _ if given.is_empty() => vec![None],
            Some(one) => vec![Some(one)],
            None => given.into_iter().map(Some).collect(),
        };
        if self.unproven(&Fact::Time, &incident.when) {
            spans.push(None);
        }
        spans
    }

    pub(super) fn time_pieces(&self, incident: &Incident, supposed: &Supposed) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for span in self.spans(incident) {
            let whole = span.unwrap_or(Interval::ALWAYS);
            if span.is_none()
                && !incident.when.is_empty()
                && incident.throughout
                && supposed.contains_key(&Fact::Time)
            {
                // Supposed is one of the accounts of what went on; a time below the standard of proof is none.
                continue;
            }
            // Of an interval that nobody gives, nothing is known to go on throughout.
            if incident.throughout && span.is_some() {
                // Then the account of the time is supposed, not a moment.
                let fits = |text: &String| {
                    let (from, until) = bounds_of(text);
                    from <= whole.start() && whole.end() <= until
                };
                if supposed.get(&Fact::Time).is_none_or(fits) {
                    pieces.push(Piece::Time(span, self.moments(whole)));
                }
            } else {
                let text = supposed.get(&Fact::Time);
                let (from, until) = text.map_or((whole.start(), whole.end()), |text| bounds_of(text));
                let part = Interval::new(from, until).ok().and_then(|bounds| whole.intersect(bounds));
                let moments = part.map(|part| self.moments(part)).unwrap_or_default();
                let fits = |at: &Instant| text.is_none_or(|text| self.hours_fit(text, span, *at));
                pieces.extend(moments.into_iter().filter(fits).map(|at| Piece::Time(span, vec![at])));
            }
        }
        pieces
    }

    /// Whether the hours supposed fit, and the whole day.
    fn hours_fit(&self, text: &str, span: Option<Interval>, at: Instant) -> bool {
        let hours = hours_of(text);
        let fits = |(start, end, inside): &(u32, u32, bool)| {
            self.daily(&Condition::Daily(*start, *end), at) == Truth::from(*inside)
        };
        let mut parts = text.split(" and ");
        let day = parts.find(|part| part.ends_with("one whole day")).is_none_or(|part| {
            let whole = span.is_some_and(|span| span == self.terms.zone.day_of(span.start()));
            whole != part.starts_with("not ")
        });
        day && hours.iter().all(fits)
    }

    /// One moment for every stretch that the span touches, and within it one for every answer that its hours give.
    fn moments(&self, span: Interval) -> Vec<Instant> {
        let hours: BTreeSet<&Condition> =
            self.conditions().into_iter().filter(|c| matches!(c, Condition::Daily(..))).collect();
        let mut all = Vec::new();
        for (from, until) in self.stretches() {
            let (start, end) = (span.start().max(from), span.end().min(until));
            if start >= end {
                continue;
            }
            let mut shown: BTreeMap<Vec<Truth>, Instant> = BTreeMap::new();
            for at in self.hours_within(&hours, start, end) {
                let answers = hours.iter().map(|condition| self.daily(condition, at)).collect();
                shown.entry(answers).or_insert(at);
            }
            all.extend(shown.into_values());
        }
        all
    }

    /// The start, and every moment of the first days at which the local clock passes one of the hours asked about, or jumps.
    fn hours_within(&self, hours: &BTreeSet<&Condition>, start: Instant, end: Instant) -> BTreeSet<Instant> {
        let mut all = BTreeSet::from([start]);
        let last = end.min(start.plus_seconds(DAYS * DAY));
        let marks: BTreeSet<u32> = hours
            .iter()
            .flat_map(|condition| match condition {
                Condition::Daily(from, until) => vec![*from, *until],
                _ => Vec::new(),
            })
            .collect();
        if marks.is_empty() {
            return all;
        }
        // Clocks jump at a full minute, and keep their pace between jumps: pieces of a quarter of an hour have one offset each.
        let mut at = start;
        while at < last {
            let next = at.plus_seconds(900 - at.seconds().rem_euclid(900)).min(last);
            all.insert(at);
            let clock = self.clock(at);
            for mark in &marks {
                let wait = (i64::from(*mark) - clock).rem_euclid(DAY);
                let then = at.plus_seconds(wait);
                if then < next {
                    all.insert(then);
                }
            }
            at = next;
        }
        all
    }

    /// The second of the local day.
    fn clock(&self, at: Instant) -> i64 {
        (at.seconds() + i64::from(self.terms.zone.offset_seconds(at))).rem_euclid(DAY)
    }

    pub(super) fn daily(&self, condition: &Condition, at: Instant) -> Truth {
        let Condition::Daily(from, until) = condition else { return Truth::Unknown };
        let (from, until, clock) = (i64::from(*from), i64::from(*until), self.clock(at));
        if from < until {
            (from <= clock && clock < until).into()
        } else {
            // Across midnight.
            (from <= clock || clock < until).into()
        }
    }
}
