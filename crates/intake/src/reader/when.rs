//! When it happened and when it became known.

use truceline_model::{Instant, Interval};

use super::row::{Found, Row};
use crate::dates;
use crate::mapping::{Field, KnownRule};
use crate::refusal::Fault;

const DAY_SECONDS: i64 = 86_400;

/// The interval within which it happened; `None` when it is not stated or could not be read.
pub(super) fn when(row: &mut Row<'_>) -> Option<Interval> {
    let found = row.find(Field::When).or_else(|| row.find(Field::WhenFrom))?;
    let mut text = iso(row, &found)?;
    if let Some(hour) = row.find(Field::Hour) {
        if text.contains(['T', '/']) {
            row.refuse(Fault::Date, &hour, "the day has an hour already; give it once");
            return None;
        }
        let clock = clock(row, &hour)?;
        text = format!("{text}T{clock}");
    }
    let mut interval = read(row, &found, &text)?;
    if let Some(to) = row.find(Field::WhenTo) {
        let last_text = iso(row, &to)?;
        let last = read(row, &to, &last_text)?;
        match Interval::new(interval.start(), last.end()) {
            Ok(both) => interval = both,
            Err(error) => {
                row.refuse(Fault::Date, &to, error.say);
                return None;
            }
        }
    }
    match row.find(Field::DateWithin) {
        Some(within) => widen(row, &within, interval),
        None => Some(interval),
    }
}

fn iso(row: &mut Row<'_>, found: &Found<'_>) -> Option<String> {
    let formats = found.rule.and_then(|rule| rule.dates.as_deref()).unwrap_or(&row.mapping.dates);
    let read = dates::read(&found.one(), formats).and_then(|text| {
        dates::plausible(&text, &row.mapping.plausible, row.mapping.epoch_is_a_date).map(|()| text)
    });
    read.map_err(|say| row.refuse(Fault::Date, found, say)).ok()
}

fn read(row: &mut Row<'_>, found: &Found<'_>, text: &str) -> Option<Interval> {
    match row.context.zone.interval(text) {
        Ok(interval) => Some(interval),
        Err(_) if dates::is_iso_day(text) => {
            row.refuse(Fault::Date, found, "no calendar has that day; is the month right?");
            None
        }
        Err(error) => {
            row.refuse(Fault::Date, found, error.say);
            None
        }
    }
}

/// `9:05`, `21:37` or `21:37:10`, with two digits for the hour.
fn clock(row: &mut Row<'_>, found: &Found<'_>) -> Option<String> {
    let text = found.one();
    let parts: Vec<&str> = text.split(':').collect();
    let plain = |part: &&str| part.len() <= 2 && !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if (2..=3).contains(&parts.len()) && parts.iter().all(plain) {
        let padded: Vec<String> = parts.iter().map(|part| format!("{part:0>2}")).collect();
        return Some(padded.join(":"));
    }
    row.refuse(Fault::Date, found, "write the local hour of 24 like 21:37");
    None
}

/// The day may be off by so much: the interval grows to hold every day that it can have been.
fn widen(row: &mut Row<'_>, found: &Found<'_>, interval: Interval) -> Option<Interval> {
    let around = |days: i64| {
        let (start, end) = (interval.start(), interval.end());
        Interval::new(start.plus_seconds(-days * DAY_SECONDS), end.plus_seconds(days * DAY_SECONDS)).ok()
    };
    let local = row.context.zone.local_date(interval.start());
    let (year, month) = (local.get(..4).unwrap_or_default(), local.get(5..7).unwrap_or_default());
    let word = found.one();
    match word.as_str() {
        "day" => Some(interval),
        "week" => around(6),
        "month" => {
            let days = (28..=31).rev().map(|last| format!("{year}-{month}-01/{year}-{month}-{last}"));
            days.into_iter().find_map(|text| row.context.zone.interval(&text).ok()).map(|m| m.hull(interval))
        }
        "year" => {
            let text = format!("{year}-01-01/{year}-12-31");
            row.context.zone.interval(&text).ok().map(|y| y.hull(interval))
        }
        _ => match word.strip_suffix('d').and_then(|days| days.parse::<u16>().ok()) {
            Some(days) if days <= 366 => around(i64::from(days)),
            _ => {
                row.refuse(Fault::Date, found, "write day, week, month, year or a number of days like 3d");
                None
            }
        },
    }
}

/// When it became known: a column, else by the mapping's stated assumption.
pub(super) fn known(row: &mut Row<'_>, when: Option<Interval>) -> Option<Instant> {
    if let Some(found) = row.find(Field::Known) {
        let text = iso(row, &found)?;
        return read(row, &found, &text).map(Interval::start);
    }
    match row.mapping.known {
        KnownRule::EventDay { plus_days } => match when {
            Some(when) => Some(days_after(row, when, plus_days)),
            // The date's own refusal says enough.
            None if row.refusals.iter().any(|refusal| refusal.fault == Fault::Date) => None,
            None => {
                row.missing(
                    Field::Known,
                    "give the day of the event, from which this mapping reckons when it became known",
                );
                None
            }
        },
        KnownRule::Received if row.context.received.is_some() => row.context.received,
        _ => {
            row.missing(Field::Known, "say when it became known: a day, or a moment with its offset");
            None
        }
    }
}

/// 00:00 local, `days` after the last local day of the interval.
fn days_after(row: &Row<'_>, when: Interval, days: u16) -> Instant {
    let zone = row.context.zone;
    let mut day = zone.day_of(when.end().plus_seconds(-1));
    for _ in 0..days {
        day = zone.day_of(day.end());
    }
    day.start()
}
