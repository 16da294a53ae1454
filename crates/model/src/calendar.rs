//! The agreement's calendar: local days, numbered days, lengths of time in plain and in working hours.
//!
//! Where a change of clocks leaves a choice, one rule is stated and kept: an hour that was skipped stands for the first
//! moment after the gap, an hour that occurred twice for its first occurrence. Whole seconds; never reads the clock.

use std::collections::BTreeSet;
use std::fmt;

use jiff::civil::{self, Date};

use crate::time::refuse;
use crate::{Instant, Interval, TimeError, Zone};

/// Most days that are looked through for working hours; a calendar with hardly any must not hold us up.
const DAYS_LOOKED_THROUGH: u32 = 4_000;
/// Largest number of working hours or days that a length may have.
const WORKING_LIMIT: u32 = 1_000;
/// Seconds of a day of 24 hours.
const DAY: u32 = 86_400;

/// Days of the week as terms write them, Monday first.
pub const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// A length of time as terms state it. Months and years have no fixed length and are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Length {
    /// Hours that pass, whatever the clocks do.
    Hours(u32),
    /// Local days: the same hour so many days later; from the first moment of a day to the first moment of a day.
    Days(u32),
    /// Seven local days each.
    Weeks(u32),
    /// Hours that pass within working hours.
    WorkingHours(u32),
    /// Working days: up to the end of the working hours of the last; the day on which it begins does not count.
    WorkingDays(u32),
}

impl Length {
    /// Whether it can be told only by a calendar of working hours.
    #[must_use]
    pub fn is_working(self) -> bool {
        matches!(self, Self::WorkingHours(_) | Self::WorkingDays(_))
    }
}

impl fmt::Display for Length {
    /// As the terms write it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hours(n) => write!(f, "{n} hours"),
            Self::Days(n) => write!(f, "{n} days"),
            Self::Weeks(n) => write!(f, "{n} weeks"),
            Self::WorkingHours(n) => write!(f, "{n} working hours"),
            Self::WorkingDays(n) => write!(f, "{n} working days"),
        }
    }
}

/// On which days, and between which hours of the local clock, working hours run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkingHours {
    from: u32,
    until: u32,
    weekdays: [bool; 7],
    holidays: BTreeSet<Date>,
}

impl WorkingHours {
    /// From and until in seconds of the local day (`24:00` is 86,400); the days by their place in [`WEEKDAYS`].
    ///
    /// # Errors
    /// When there is less than an hour between them, or no day of the week.
    pub fn new(from: u32, until: u32, days: impl IntoIterator<Item = usize>) -> Result<Self, TimeError> {
        if until > DAY || until.saturating_sub(from) < 3_600 {
            return Err(refuse("working hours end at least an hour after they begin, on the same day"));
        }
        let mut weekdays = [false; 7];
        for day in days {
            if let Some(slot) = weekdays.get_mut(day) {
                *slot = true;
            }
        }
        if !weekdays.contains(&true) {
            return Err(refuse("working hours need at least one day of the week"));
        }
        Ok(Self { from, until, weekdays, holidays: BTreeSet::new() })
    }

    /// Notes that the local day which holds `at` does not count.
    pub fn holiday(&mut self, at: Instant, zone: &Zone) {
        self.holidays.extend(zone.date_of(at));
    }

    /// Seconds of the local day at which they begin and end.
    #[must_use]
    pub fn hours(&self) -> (u32, u32) {
        (self.from, self.until)
    }

    /// Whether they run on the local day that holds `at`.
    #[must_use]
    pub fn works_on(&self, at: Instant, zone: &Zone) -> bool {
        zone.date_of(at).is_some_and(|date| self.counts(date))
    }

    fn counts(&self, date: Date) -> bool {
        let place = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(usize::MAX);
        self.weekdays.get(place) == Some(&true) && !self.holidays.contains(&date)
    }
}

impl Zone {
    /// What the local clock shows, in seconds from its midnight: `22:00` is 79,200 also on a day of 23 hours.
    #[must_use]
    pub fn second_of_day(&self, at: Instant) -> u32 {
        let Some(local) = self.clock_at(at) else { return 0 };
        let time = local.time();
        [(time.hour(), 3_600), (time.minute(), 60), (time.second(), 1)]
            .iter()
            .map(|(count, each)| u32::try_from(*count).unwrap_or(0) * each)
            .sum()
    }

    /// Whether the interval is exactly one local day, be it of 23, 24 or 25 hours.
    #[must_use]
    pub fn is_whole_day(&self, when: Interval) -> bool {
        when == self.day_of(when.start())
    }

    /// The first moment of a numbered day, day 1 being the local day that holds `day_one`.
    ///
    /// # Errors
    /// For day 0, and beyond the years that can be handled.
    pub fn numbered_day(&self, day_one: Instant, number: u32) -> Result<Instant, TimeError> {
        let Some(after) = number.checked_sub(1) else {
            return Err(refuse("days are counted from day 1; there is no day 0"));
        };
        let first = self.date_of(day_one).ok_or_else(beyond)?;
        self.start_of(later(first, after)?)
    }

    /// The moment a length after another.
    ///
    /// # Errors
    /// When it lies beyond the years that can be handled, or is a length in working hours and there is no calendar of them.
    pub fn plus(
        &self,
        at: Instant,
        length: Length,
        working: Option<&WorkingHours>,
    ) -> Result<Instant, TimeError> {
        let calendar =
            || working.ok_or_else(|| refuse("nothing says which hours are working hours; declare them"));
        let end = match length {
            Length::Hours(0)
            | Length::Days(0)
            | Length::Weeks(0)
            | Length::WorkingHours(0)
            | Length::WorkingDays(0) => at,
            Length::Hours(n) => at.plus_seconds(i64::from(n) * 3_600),
            Length::Days(n) => self.days_after(at, n)?,
            Length::Weeks(n) => self.days_after(at, n.checked_mul(7).ok_or_else(beyond)?)?,
            Length::WorkingHours(n) => self.working_hours_after(at, within_limit(n)?, calendar()?)?,
            Length::WorkingDays(n) => self.working_days_after(at, within_limit(n)?, calendar()?)?,
        };
        if end < Instant::FAR_FUTURE { Ok(end) } else { Err(beyond()) }
    }

    fn days_after(&self, at: Instant, days: u32) -> Result<Instant, TimeError> {
        let local = self.clock_at(at).ok_or_else(beyond)?;
        let date = later(local.date(), days)?;
        if self.day_of(at).start() == at {
            return self.start_of(date);
        }
        self.clock_moment(date.to_datetime(local.time()))
    }

    fn working_hours_after(
        &self,
        at: Instant,
        hours: u32,
        calendar: &WorkingHours,
    ) -> Result<Instant, TimeError> {
        let mut left = i64::from(hours) * 3_600;
        let mut date = self.date_of(at).ok_or_else(beyond)?;
        for _ in 0..DAYS_LOOKED_THROUGH {
            if calendar.counts(date) {
                let opens = self.on_day(date, calendar.from)?.max(at);
                let closes = self.on_day(date, calendar.until)?;
                let passes = closes.seconds() - opens.seconds();
                if passes >= left {
                    return Ok(opens.plus_seconds(left));
                }
                left -= passes.max(0);
            }
            date = later(date, 1)?;
        }
        Err(too_few())
    }

    fn working_days_after(
        &self,
        at: Instant,
        days: u32,
        calendar: &WorkingHours,
    ) -> Result<Instant, TimeError> {
        let mut left = days;
        let mut date = self.date_of(at).ok_or_else(beyond)?;
        for _ in 0..DAYS_LOOKED_THROUGH {
            date = later(date, 1)?;
            left -= u32::from(calendar.counts(date));
            if left == 0 {
                return self.on_day(date, calendar.until);
            }
        }
        Err(too_few())
    }

    /// The moment at which the clock of that day shows so many seconds; 86,400 is the day's end.
    fn on_day(&self, date: Date, second: u32) -> Result<Instant, TimeError> {
        if second >= DAY {
            return self.start_of(later(date, 1)?);
        }
        let part = |n: u32| i8::try_from(n).unwrap_or(0);
        let time = civil::Time::new(part(second / 3_600), part(second / 60 % 60), part(second % 60), 0);
        self.clock_moment(date.to_datetime(time.map_err(|_| beyond())?))
    }

    fn date_of(&self, at: Instant) -> Option<Date> {
        self.clock_at(at).map(civil::DateTime::date)
    }
}

fn later(date: Date, days: u32) -> Result<Date, TimeError> {
    date.checked_add(jiff::Span::new().try_days(days).map_err(|_| beyond())?).map_err(|_| beyond())
}

fn within_limit(count: u32) -> Result<u32, TimeError> {
    if count <= WORKING_LIMIT {
        return Ok(count);
    }
    Err(refuse(format!(
        "{count} working hours or days are more than the {WORKING_LIMIT} that can be handled"
    )))
}

fn beyond() -> TimeError {
    refuse("this lies outside the years that can be handled")
}

fn too_few() -> TimeError {
    refuse("the calendar has too few working hours for this length")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> Zone {
        Zone::named(name).unwrap()
    }

    fn at(zone: &Zone, text: &str) -> Instant {
        zone.instant(text).unwrap()
    }

    /// Sunday to Thursday, 08:00 to 16:00: a weekend of Friday and Saturday.
    fn sunday_to_thursday() -> WorkingHours {
        WorkingHours::new(8 * 3_600, 16 * 3_600, [6, 0, 1, 2, 3]).unwrap()
    }

    /// In a zone, a start plus a length, and the local time that must come out.
    fn check(name: &str, rows: &[(&str, Length, &str)]) {
        let zone = zone(name);
        for (start, length, end) in rows {
            let calendar = sunday_to_thursday();
            let told = zone.plus(at(&zone, start), *length, Some(&calendar)).unwrap();
            assert_eq!(zone.local_text(told), *end, "{name}: {start} + {length}");
        }
    }

    #[test]
    fn days_go_by_the_local_clock_and_hours_by_what_passes() {
        use Length::{Days, Hours, Weeks};
        // Clocks went from 00:00 to 01:00 on Friday 25 March 2016.
        check(
            "Asia/Damascus",
            &[
                ("2016-03-24T12:00", Hours(24), "2016-03-25 13:00"),
                ("2016-03-24T12:00", Days(1), "2016-03-25 12:00"),
                ("2016-03-24T00:00", Hours(48), "2016-03-26 01:00"),
                ("2016-03-24T00:00", Days(1), "2016-03-25 01:00"),
                ("2016-03-24", Days(2), "2016-03-26 00:00"),
                ("2016-03-25", Days(1), "2016-03-26 00:00"),
                ("2016-03-24T00:30", Days(1), "2016-03-25 01:00"),
                ("2016-03-24T24:00", Days(0), "2016-03-25 01:00"),
                ("2016-03-18T00:30", Weeks(1), "2016-03-25 01:00"),
                ("2016-03-20T24:00", Days(14), "2016-04-04 00:00"),
            ],
        );
    }

    #[test]
    fn an_hour_that_occurs_twice_stands_for_its_first() {
        use Length::{Days, Hours};
        let kyiv = zone("Europe/Kyiv");
        // Clocks went back from 04:00 to 03:00 on 26 October 2014.
        let end = kyiv.plus(at(&kyiv, "2014-10-25T03:30"), Days(1), None).unwrap();
        assert_eq!(end.to_string(), "2014-10-26T00:30:00Z");
        let end = kyiv.plus(at(&kyiv, "2014-10-25T03:30"), Hours(24), None).unwrap();
        assert_eq!(end, kyiv.plus(at(&kyiv, "2014-10-25T03:30"), Days(1), None).unwrap());
        assert_eq!(kyiv.second_of_day(end.plus_seconds(3_600)), 3 * 3_600 + 1_800, "the second 03:30");
    }

    #[test]
    fn whole_days_have_twenty_three_to_twenty_five_hours() {
        for (name, day, hours) in [
            ("Asia/Damascus", "2016-03-25", 23),
            ("Asia/Damascus", "2016-03-24", 24),
            ("Asia/Damascus", "2016-10-27", 25),
            ("Europe/Kyiv", "2015-03-29", 23),
            ("Europe/Kyiv", "2015-10-25", 25),
            ("Asia/Gaza", "2025-04-12", 23),
            ("Asia/Gaza", "2025-10-25", 25),
            ("Asia/Hebron", "2025-10-25", 25),
            ("Asia/Beirut", "2023-03-26", 23),
            ("Asia/Beirut", "2023-03-30", 24),
            // Clocks went back for good from East to Central Africa Time at the end of January 2021.
            ("Africa/Juba", "2021-01-31", 25),
            ("Africa/Juba", "2021-02-01", 24),
        ] {
            let zone = zone(name);
            let when = zone.interval(day).unwrap();
            assert_eq!(when.seconds(), hours * 3_600, "{name} {day}");
            assert!(zone.is_whole_day(when), "{name} {day}");
            let shorter = Interval::new(when.start(), when.end().plus_seconds(-60)).unwrap();
            let shifted = Interval::new(when.start().plus_seconds(60), when.end().plus_seconds(60)).unwrap();
            let two = Interval::new(when.start(), when.end().plus_seconds(86_400)).unwrap();
            for other in [shorter, shifted, two] {
                assert!(!zone.is_whole_day(other), "{name} {day}");
            }
            let inside = [when.start(), when.end().plus_seconds(-1), when.start().plus_seconds(43_200)];
            assert!(inside.iter().all(|at| zone.day_of(*at) == when), "{name} {day}");
        }
        let gaza = zone("Asia/Gaza");
        assert!(!gaza.is_whole_day(Interval::ALWAYS));
    }

    #[test]
    fn where_a_country_kept_two_clocks_the_offset_tells() {
        // In March 2023 the government put the change of clocks off and then ordered it for the night to the 30th, while
        // others had changed on the 26th. The zone database holds the 26th; a time by the other clock carries its offset.
        let zone = zone("Asia/Beirut");
        let (by_zone, by_offset) = (at(&zone, "2023-03-28T10:00"), at(&zone, "2023-03-28T10:00+02:00"));
        assert_eq!(by_offset.seconds() - by_zone.seconds(), 3_600);
        assert!(zone.interval("2023-03-26T00:30").unwrap_err().say.contains("did not exist"));
    }

    #[test]
    fn days_are_one_after_another_also_where_clocks_go_back_over_midnight() {
        // Clocks went back from 00:01 to 23:01 of the day before, in 2006 and for years around it.
        let zone = zone("America/St_Johns");
        let mut day = zone.day_of(at(&zone, "2006-10-26T12:00"));
        for _ in 0..6 {
            let next = zone.day_of(day.end());
            assert_eq!(day.end(), next.start());
            assert!(zone.is_whole_day(next));
            let mut moment = next.start();
            while moment < next.end() {
                assert_eq!(zone.day_of(moment), next);
                moment = moment.plus_seconds(30);
            }
            day = next;
        }
    }

    #[test]
    fn the_local_clock_is_read_in_seconds() {
        let zone = zone("Asia/Damascus");
        for (text, second) in [
            ("2016-03-24T22:00", 79_200),
            ("2016-03-25T06:00:05", 21_605),
            ("2016-03-24T24:00", 3_600),
            ("2016-03-26", 0),
        ] {
            assert_eq!(zone.second_of_day(at(&zone, text)), second, "{text}");
        }
    }

    #[test]
    fn days_are_numbered_from_day_one() {
        let gaza = zone("Asia/Gaza");
        let one = at(&gaza, "2025-01-19T11:15");
        let first = |n| gaza.numbered_day(one, n).map(|at| gaza.local_text(at));
        assert_eq!(first(1).unwrap(), "2025-01-19 00:00");
        assert_eq!(first(16).unwrap(), "2025-02-03 00:00");
        assert_eq!(first(43).unwrap(), "2025-03-02 00:00");
        assert!(first(0).unwrap_err().say.contains("no day 0"));
        assert!(first(u32::MAX).unwrap_err().say.contains("outside the years"));
        // Day 84 is the day on which clocks were put forward over midnight.
        assert_eq!(first(85).unwrap(), "2025-04-13 00:00");
    }

    #[test]
    fn working_hours_pass_only_while_they_run() {
        use Length::WorkingHours as Hours;
        check(
            "Asia/Beirut",
            &[
                // Thursday noon: four hours that day, four on Sunday.
                ("2024-11-28T12:00", Hours(8), "2024-12-01 12:00"),
                // They end with the day's last hour, not with the next day's first.
                ("2024-11-28T12:00", Hours(4), "2024-11-28 16:00"),
                ("2024-11-28T16:00", Hours(1), "2024-12-01 09:00"),
                ("2024-11-28T20:00", Hours(8), "2024-12-01 16:00"),
                // Friday and Saturday do not count, nor do the hours before opening.
                ("2024-11-29T10:00", Hours(1), "2024-12-01 09:00"),
                ("2024-12-01T03:00", Hours(1), "2024-12-01 09:00"),
                ("2024-11-29T10:00", Hours(0), "2024-11-29 10:00"),
                ("2024-11-24T08:00", Hours(40), "2024-11-28 16:00"),
                ("2024-11-24T08:00", Hours(41), "2024-12-01 09:00"),
            ],
        );
    }

    #[test]
    fn working_days_end_with_their_last_working_hour() {
        use Length::WorkingDays as Days;
        check(
            "Asia/Beirut",
            &[
                ("2024-11-27T10:00", Days(1), "2024-11-28 16:00"),
                ("2024-11-28T10:00", Days(1), "2024-12-01 16:00"),
                ("2024-11-28T20:00", Days(1), "2024-12-01 16:00"),
                ("2024-11-30T20:00", Days(3), "2024-12-03 16:00"),
                ("2024-11-30T20:00", Days(0), "2024-11-30 20:00"),
            ],
        );
    }

    #[test]
    fn holidays_do_not_count() {
        let zone = zone("Asia/Beirut");
        let mut calendar = sunday_to_thursday();
        calendar.holiday(at(&zone, "2024-12-01"), &zone);
        let noon = at(&zone, "2024-11-28T12:00");
        let told = |length| zone.local_text(zone.plus(noon, length, Some(&calendar)).unwrap());
        assert_eq!(told(Length::WorkingHours(8)), "2024-12-02 12:00");
        assert_eq!(told(Length::WorkingDays(1)), "2024-12-02 16:00");
        assert!(!calendar.works_on(at(&zone, "2024-12-01T10:00"), &zone));
        assert!(calendar.works_on(at(&zone, "2024-12-02T10:00"), &zone));
    }

    #[test]
    fn working_hours_over_a_change_of_clocks_count_what_passes() {
        // Kyiv, 29 March 2015, a Sunday: 03:00 to 04:00 did not exist.
        let zone = zone("Europe/Kyiv");
        let night = WorkingHours::new(0, 86_400, 0..7).unwrap();
        let start = at(&zone, "2015-03-29");
        assert_eq!(
            zone.local_text(zone.plus(start, Length::WorkingHours(23), Some(&night)).unwrap()),
            "2015-03-30 00:00"
        );
        assert_eq!(
            zone.local_text(zone.plus(start, Length::WorkingHours(4), Some(&night)).unwrap()),
            "2015-03-29 05:00"
        );
    }

    #[test]
    fn what_cannot_be_told_is_refused_in_words() {
        let zone = zone("Asia/Beirut");
        let start = at(&zone, "2024-11-27T04:00");
        let calendar = sunday_to_thursday();
        for (length, calendar, words) in [
            (Length::WorkingHours(8), None, "working hours"),
            (Length::WorkingDays(1_001), Some(&calendar), "more than the 1000"),
            (Length::Days(u32::MAX), None, "outside the years"),
            (Length::Weeks(u32::MAX), None, "outside the years"),
            (Length::Hours(u32::MAX), None, "outside the years"),
        ] {
            let error = zone.plus(start, length, calendar).map(|at| zone.local_text(at)).unwrap_err();
            assert!(error.say.contains(words), "{length}: {error}");
        }
        assert!(WorkingHours::new(8 * 3_600, 8 * 3_600, 0..5).is_err());
        assert!(WorkingHours::new(8 * 3_600, 90_000, 0..5).is_err());
        assert!(WorkingHours::new(0, 86_400, []).is_err());
        let mut closed = WorkingHours::new(0, 86_400, [0]).unwrap();
        for week in 0..600_u32 {
            closed.holiday(zone.plus(at(&zone, "2024-12-02"), Length::Weeks(week), None).unwrap(), &zone);
        }
        assert!(zone.plus(start, Length::WorkingDays(1), Some(&closed)).unwrap_err().say.contains("too few"));
    }
}
