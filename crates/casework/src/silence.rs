//! Sources that went quiet: who spoke day after day and does not any more.
//!
//! Says only how long, against how long that source was ever silent before. Why (nothing to tell, no line, no hands) it cannot know, and takes
//! no silence for calm. All in whole seconds; the rule is data, shown with its result.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{Instant, Observation, SourceId, Zone};

/// Seconds of a day.
const DAY_S: i64 = 86_400;

/// When a source counts as quiet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SilenceRule {
    /// Its last report and so many days before it are looked at.
    pub look_back_days: u32,
    /// It spoke on at least so many local days of these; who speaks now and then is missed by nobody.
    pub least_days: u32,
    /// It is silent for so many times its longest gap of these days…
    pub times: u32,
    /// …and for at least so many hours.
    pub least_hours: u32,
    /// Who has been silent for longer than so many days is told of no more.
    pub longest_days: u32,
}

impl Default for SilenceRule {
    /// Five days of two weeks, twice the longest gap, a day at least, a month at most.
    fn default() -> Self {
        Self { look_back_days: 14, least_days: 5, times: 2, least_hours: 24, longest_days: 30 }
    }
}

/// A source that went quiet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quiet {
    /// The source.
    pub source: SourceId,
    /// When its last report became known.
    pub last: Instant,
    /// For how long it has been silent, in seconds.
    pub silent_s: i64,
    /// For how long it was silent at the most before, in seconds.
    pub usual_s: i64,
}

/// Sources that are quiet as of a moment, the longest silent for its own measure first. The order of the reports does not matter.
#[must_use]
pub fn quiet(observations: &[Observation], rule: &SilenceRule, zone: &Zone, as_of: Instant) -> Vec<Quiet> {
    let mut spoke: BTreeMap<&SourceId, BTreeSet<Instant>> = BTreeMap::new();
    for report in observations.iter().filter(|report| report.known <= as_of) {
        spoke.entry(&report.source).or_default().insert(report.known);
    }
    let mut all: Vec<Quiet> =
        spoke.into_iter().filter_map(|(source, moments)| one(source, &moments, rule, zone, as_of)).collect();
    let beyond = |one: &Quiet| std::cmp::Reverse(one.silent_s / (one.usual_s / 60).max(1));
    all.sort_by(|a, b| (beyond(a), &a.source).cmp(&(beyond(b), &b.source)));
    all
}

fn one(
    source: &SourceId,
    moments: &BTreeSet<Instant>,
    rule: &SilenceRule,
    zone: &Zone,
    as_of: Instant,
) -> Option<Quiet> {
    let last = *moments.last()?;
    let silent_s = as_of.seconds().saturating_sub(last.seconds());
    let too_short = silent_s < i64::from(rule.least_hours) * 3_600;
    if too_short || silent_s > i64::from(rule.longest_days) * DAY_S {
        return None;
    }
    let from = last.plus_seconds(-i64::from(rule.look_back_days) * DAY_S);
    let seen: Vec<Instant> = moments.range(from..).copied().collect();
    let days: BTreeSet<Instant> = seen.iter().map(|at| zone.day_of(*at).start()).collect();
    if days.len() < usize::try_from(rule.least_days).unwrap_or(usize::MAX) {
        return None;
    }
    let gaps = seen.windows(2).filter_map(|pair| match pair {
        [a, b] => Some(b.seconds().saturating_sub(a.seconds())),
        _ => None,
    });
    let usual_s = gaps.max()?;
    let is_quiet = silent_s > usual_s.saturating_mul(i64::from(rule.times));
    is_quiet.then(|| Quiet { source: source.clone(), last, silent_s, usual_s })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use truceline_model::{Body, ReceiptNo, Statement};

    use super::*;

    fn spoke(source: &str, hours: &[i64]) -> Vec<Observation> {
        let said = Statement { when: None, place: None, actors: BTreeSet::new(), facts: BTreeMap::new() };
        let one = |hour: &i64| {
            let at = Instant::from_seconds(hour * 3_600);
            Observation::bare(
                ReceiptNo(u64::try_from(*hour).unwrap()),
                hour.to_string(),
                at,
                SourceId::new(source),
                Body::Statement(said.clone()),
            )
        };
        hours.iter().map(one).collect()
    }

    fn quiet_at(all: &[Observation], hour: i64) -> Vec<(String, i64)> {
        let at = Instant::from_seconds(hour * 3_600);
        let found = quiet(all, &SilenceRule::default(), &Zone::utc(), at);
        found.into_iter().map(|one| (one.source.to_string(), one.silent_s / 3_600)).collect()
    }

    #[test]
    fn who_spoke_every_day_is_missed_after_two_of_its_gaps_and_who_spoke_now_and_then_is_not() {
        let mut all = spoke("daily", &[0, 24, 48, 72, 96, 120]);
        all.extend(spoke("rare", &[0, 48, 120]));
        all.extend(spoke("often", &[0, 24, 48, 72, 96, 97, 98, 99, 120]));
        assert_eq!(quiet_at(&all, 168), []);
        assert_eq!(quiet_at(&all, 169), [("daily".into(), 49), ("often".into(), 49)]);
        assert_eq!(quiet_at(&all, 120 + 31 * 24), [], "nobody is missed for ever");
        assert_eq!(quiet_at(&all[..5], 168), [("daily".into(), 72)]);
        all.reverse();
        assert_eq!(quiet_at(&all, 169).len(), 2, "whatever the order");
        all.extend(spoke("daily", &[150]));
        assert_eq!(
            quiet_at(&all, 169),
            [("often".into(), 49)],
            "what became known later in the log counts by its moment"
        );
    }

    #[test]
    fn a_source_with_an_hour_between_its_reports_is_given_a_day() {
        let hours: Vec<i64> = (0..120).collect();
        let all = spoke("wire", &hours);
        assert_eq!(quiet_at(&all, 119 + 23), []);
        assert_eq!(quiet_at(&all, 119 + 24), [("wire".into(), 24)]);
    }
}
