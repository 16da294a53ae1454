//! Instants, intervals and the agreement's own zone.
//!
//! An event's time is an interval *within which it happened*; two such intervals compare as before, after, or cannot say.
//! Whole seconds, UTC; the zone database is compiled in (see the workspace's `jiff` features), so that one machine's
//! files never decide a finding. Never reads the clock: `as_of` comes from the caller.

use std::fmt;

use jiff::civil;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::Truth;

/// A moment: whole seconds since 1970-01-01T00:00:00Z. Written in RFC 3339 with `Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

/// Why a time could not be read; the words are for the person who wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeError {
    /// What was found, and what would be right.
    pub say: String,
}

impl fmt::Display for TimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say)
    }
}

impl std::error::Error for TimeError {}

pub(crate) fn refuse(say: impl Into<String>) -> TimeError {
    TimeError { say: say.into() }
}

impl Instant {
    /// The latest moment a report may carry (year 9999 starts after it); stands for "no end".
    pub const FAR_FUTURE: Self = Self(253_370_764_799);
    /// The earliest moment; stands for "no start".
    pub const FAR_PAST: Self = Self(-62_135_596_800);

    /// From seconds since 1970-01-01T00:00:00Z, held within the years 1 to 9998.
    #[must_use]
    pub fn from_seconds(seconds: i64) -> Self {
        Self(seconds.clamp(Self::FAR_PAST.0, Self::FAR_FUTURE.0))
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.0
    }

    /// This moment moved by whole seconds, held within the representable years.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_seconds(self.0.saturating_add(seconds))
    }

    /// Reads RFC 3339 with an offset (`2016-05-04T12:00:00Z`); fractions of a second are cut off.
    ///
    /// # Errors
    /// When there is no offset or the date does not exist.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        let stamp: jiff::Timestamp = text.parse().map_err(|_| {
            refuse(format!("\"{text}\" is no moment; write date, time and offset, like 2016-02-26T22:00:00Z"))
        })?;
        Ok(Self::from_seconds(stamp.as_second()))
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_second(self.0) {
            Ok(stamp) => write!(f, "{stamp}"),
            Err(_) => write!(f, "@{}", self.0),
        }
    }
}

/// From `start` on, up to but without `end`; both in UTC. Never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interval {
    start: Instant,
    end: Instant,
}

impl Interval {
    /// Everything.
    pub const ALWAYS: Self = Self { start: Instant::FAR_PAST, end: Instant::FAR_FUTURE };

    /// The interval `[start, end)`.
    ///
    /// # Errors
    /// When `end` is not after `start`.
    pub fn new(start: Instant, end: Instant) -> Result<Self, TimeError> {
        if start < end {
            Ok(Self { start, end })
        } else {
            Err(refuse(format!(
                "the interval ends ({end}) before it has begun ({start}); swap them or mend one"
            )))
        }
    }

    /// The one second that begins at `at`: a time known to the minute is given as `new(at, at + 60 s)` instead.
    #[must_use]
    pub fn second(at: Instant) -> Self {
        let start = at.min(Instant::FAR_FUTURE.plus_seconds(-1));
        Self { start, end: start.plus_seconds(1) }
    }

    /// First moment.
    #[must_use]
    pub fn start(self) -> Instant {
        self.start
    }

    /// First moment after it.
    #[must_use]
    pub fn end(self) -> Instant {
        self.end
    }

    /// Length in seconds.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.end.0 - self.start.0
    }

    /// Whether the moment lies in it.
    #[must_use]
    pub fn contains(self, at: Instant) -> bool {
        self.start <= at && at < self.end
    }

    /// The part that both share, if any.
    #[must_use]
    pub fn intersect(self, other: Self) -> Option<Self> {
        Self::new(self.start.max(other.start), self.end.min(other.end)).ok()
    }

    /// The smallest interval that holds both.
    #[must_use]
    pub fn hull(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Whether something that happened at one unknown moment of `self` happened within `window`.
    #[must_use]
    pub fn happened_within(self, window: Self) -> Truth {
        match self.intersect(window) {
            None => Truth::False,
            Some(shared) if shared == self => Truth::True,
            Some(_) => Truth::Unknown,
        }
    }

    /// Seconds between two intervals; 0 when they touch or overlap.
    #[must_use]
    pub fn gap_seconds(self, other: Self) -> i64 {
        (self.start.0 - other.end.0).max(other.start.0 - self.end.0).max(0)
    }
}

/// The agreement's own time zone, by its IANA name.
#[derive(Clone, Debug)]
pub struct Zone {
    name: Box<str>,
    zone: TimeZone,
}

impl Zone {
    /// UTC.
    #[must_use]
    pub fn utc() -> Self {
        Self { name: "UTC".into(), zone: TimeZone::UTC }
    }

    /// Looks the zone up in the compiled-in database, never in the machine's.
    ///
    /// # Errors
    /// When no zone has that name.
    pub fn named(name: &str) -> Result<Self, TimeError> {
        let zone = TimeZoneDatabase::bundled().get(name).map_err(|_| {
            refuse(format!("no time zone is called \"{name}\"; write an IANA name like Asia/Damascus"))
        })?;
        Ok(Self { name: name.into(), zone })
    }

    /// The IANA name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Reads a time as reports write it: `2016-04-27` (that local day), `2016-04-27T21:37` (that minute),
    /// `2016-04-27T21:37:10` (that second), the same with an offset, `24:00` for the end of a day, or `a/b` of these
    /// (from a's start up to b's start if b gives an hour, up to b's end if b is a bare day).
    ///
    /// # Errors
    /// When the date does not exist (`0000-00-00`, 30 February), the hour was skipped by a change of clocks, or the
    /// interval is empty. An hour that occurred twice gives the interval over both.
    pub fn interval(&self, text: &str) -> Result<Interval, TimeError> {
        let text = text.trim();
        match text.split_once('/') {
            None => self.one(text),
            Some((a, b)) => {
                let start = self.one(a.trim())?.start;
                let last = self.one(b.trim())?;
                let end = if b.contains('T') { last.start } else { last.end };
                Interval::new(start, end)
            }
        }
    }

    /// The first moment of [`Zone::interval`]: for deadlines and starts.
    ///
    /// # Errors
    /// As [`Zone::interval`].
    pub fn instant(&self, text: &str) -> Result<Instant, TimeError> {
        Ok(self.interval(text)?.start)
    }

    fn one(&self, text: &str) -> Result<Interval, TimeError> {
        let not_a_date = || {
            refuse(format!(
                "\"{text}\" is no date; write year-month-day like 2016-04-27, or with the local hour like 2016-04-27T21:37"
            ))
        };
        let (day_text, hour_text) = match text.split_once('T') {
            None => (text, None),
            Some((day, hour)) => (day, Some(hour)),
        };
        if day_text.len() != 10 || !day_text.is_ascii() {
            return Err(not_a_date());
        }
        let day: civil::Date = day_text.parse().map_err(|_| not_a_date())?;
        let Some(hour_text) = hour_text else { return self.day(day) };
        if hour_text.ends_with('Z') || hour_text.contains(['+', '-']) {
            let start = Instant::parse(&with_seconds(text)).map_err(|_| not_a_date())?;
            let length = if has_seconds(hour_text) { 1 } else { 60 };
            return Interval::new(start, start.plus_seconds(length));
        }
        if hour_text == "24:00" || hour_text == "24:00:00" {
            let end = self.day(day)?.end;
            return Interval::new(end, end.plus_seconds(60));
        }
        let hour: civil::Time = hour_text.parse().map_err(|_| not_a_date())?;
        let length = if has_seconds(hour_text) { 1 } else { 60 };
        self.local(day.to_datetime(hour), length)
    }

    fn day(&self, day: civil::Date) -> Result<Interval, TimeError> {
        let next = day
            .tomorrow()
            .map_err(|_| refuse(format!("{day} lies outside the years that can be handled")))?;
        let start = self.start_of(day)?;
        let end = self.start_of(next)?;
        Interval::new(start, end)
    }

    /// The first moment of a local day: midnight, or the end of the gap that swallowed it.
    pub(crate) fn start_of(&self, day: civil::Date) -> Result<Instant, TimeError> {
        self.clock_moment(day.to_datetime(civil::Time::midnight()))
    }

    /// The moment at which the local clock shows this: after the gap when it was skipped, the first when it occurred twice.
    pub(crate) fn clock_moment(&self, clock: civil::DateTime) -> Result<Instant, TimeError> {
        let outside = |_| refuse(format!("{clock} lies outside the years that can be handled"));
        let ambiguous = self.zone.to_ambiguous_timestamp(clock);
        let gap = matches!(ambiguous.offset(), jiff::tz::AmbiguousOffset::Gap { .. });
        let stamp = ambiguous.earlier().map_err(outside)?;
        let change = if gap { self.zone.following(stamp).next() } else { None };
        let stamp = change.map_or(stamp, |change| change.timestamp());
        Ok(Instant::from_seconds(stamp.as_second()))
    }

    /// What the local clock shows at a moment.
    pub(crate) fn clock_at(&self, at: Instant) -> Option<civil::DateTime> {
        jiff::Timestamp::from_second(at.0).ok().map(|stamp| self.zone.to_datetime(stamp))
    }

    fn local(&self, at: civil::DateTime, length: i64) -> Result<Interval, TimeError> {
        use jiff::tz::AmbiguousOffset::{Fold, Gap, Unambiguous};
        let ambiguous = self.zone.to_ambiguous_timestamp(at);
        let outside = |_| refuse(format!("{at} lies outside the years that can be handled"));
        match ambiguous.offset() {
            Unambiguous { .. } => {
                let start = Instant::from_seconds(ambiguous.compatible().map_err(outside)?.as_second());
                Interval::new(start, start.plus_seconds(length))
            }
            Fold { .. } => {
                let first = ambiguous.earlier().map_err(outside)?.as_second();
                let second = ambiguous.later().map_err(outside)?.as_second();
                Interval::new(
                    Instant::from_seconds(first),
                    Instant::from_seconds(second).plus_seconds(length),
                )
            }
            Gap { .. } => Err(refuse(format!(
                "{at} did not exist in {}: clocks were put forward over it; give the hour with its offset",
                self.name
            ))),
        }
    }

    /// The local day that holds `at`. Where clocks are put back over midnight, the new day begins at its first midnight.
    #[must_use]
    pub fn day_of(&self, at: Instant) -> Interval {
        let date = self.clock_at(at).map(civil::DateTime::date);
        let days = date.into_iter().flat_map(|date| [Ok(date), date.tomorrow()]).flatten();
        days.filter_map(|date| self.day(date).ok())
            .find(|day| day.contains(at))
            .unwrap_or(Interval { start: at, end: at.plus_seconds(86_400) })
    }

    /// The moment in local words: `2016-04-27 21:37`.
    #[must_use]
    pub fn local_text(&self, at: Instant) -> String {
        match jiff::Timestamp::from_second(at.0) {
            Ok(stamp) => {
                let local = self.zone.to_datetime(stamp);
                format!("{} {:02}:{:02}", local.date(), local.hour(), local.minute())
            }
            Err(_) => at.to_string(),
        }
    }

    /// The local date: `2016-04-27`.
    #[must_use]
    pub fn local_date(&self, at: Instant) -> String {
        let mut text = self.local_text(at);
        text.truncate(10);
        text
    }

    /// Seconds east of UTC at that moment.
    #[must_use]
    pub fn offset_seconds(&self, at: Instant) -> i32 {
        jiff::Timestamp::from_second(at.0).map_or(0, |stamp| self.zone.to_offset(stamp).seconds())
    }
}

fn has_seconds(hour_text: &str) -> bool {
    hour_text.split(['Z', '+', '-']).next().is_some_and(|hour| hour.matches(':').count() == 2)
}

/// RFC 3339 wants seconds; reports often stop at the minute.
fn with_seconds(text: &str) -> String {
    match text.split_once('T') {
        Some((day, hour)) if !has_seconds(hour) => {
            let cut = hour.find(['Z', '+', '-']).unwrap_or(hour.len());
            let (clock, offset) = hour.split_at(cut);
            format!("{day}T{clock}:00{offset}")
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn damascus() -> Zone {
        Zone::named("Asia/Damascus").unwrap()
    }

    #[test]
    fn the_truce_begins_at_midnight_in_damascus() {
        assert_eq!(damascus().instant("2016-02-27T00:00").unwrap().to_string(), "2016-02-26T22:00:00Z");
        assert_eq!(damascus().instant("2016-02-26T12:00").unwrap().to_string(), "2016-02-26T10:00:00Z");
    }

    #[test]
    fn clocks_went_forward_on_25_march_2016() {
        let zone = damascus();
        assert!(zone.interval("2016-03-25T00:30").unwrap_err().say.contains("did not exist"));
        assert_eq!(zone.interval("2016-03-25").unwrap().seconds(), 23 * 3600);
        assert_eq!(zone.instant("2016-05-05T01:00").unwrap().to_string(), "2016-05-04T22:00:00Z");
    }

    #[test]
    fn forty_eight_hours_that_are_forty_seven() {
        let calm = damascus().interval("2016-05-10T01:00/2016-05-11T24:00").unwrap();
        assert_eq!(calm.seconds(), 47 * 3600);
    }

    #[test]
    fn a_bare_end_day_is_included() {
        let window = damascus().interval("2016-04-27/2016-04-28").unwrap();
        assert_eq!(window.seconds(), 48 * 3600);
    }

    #[test]
    fn impossible_dates_are_refused_with_words() {
        for bad in ["0000-00-00", "2016-02-30", "27/04/2016", "06 December 2022", "2016-4-7", ""] {
            assert!(damascus().interval(bad).unwrap_err().say.contains("is no date"), "{bad}");
        }
        assert!(damascus().interval("2016-05-02/2016-05-01").is_err());
    }

    #[test]
    fn a_night_across_the_start_cannot_be_told() {
        let zone = damascus();
        let truce = Interval::new(zone.instant("2016-02-27T00:00").unwrap(), Instant::FAR_FUTURE).unwrap();
        assert_eq!(zone.interval("2016-02-26T23:59").unwrap().happened_within(truce), Truth::False);
        assert_eq!(zone.interval("2016-02-26T22:01Z").unwrap().happened_within(truce), Truth::True);
        assert_eq!(
            zone.interval("2016-02-26T18:00/2016-02-27T06:00").unwrap().happened_within(truce),
            Truth::Unknown
        );
    }
}
