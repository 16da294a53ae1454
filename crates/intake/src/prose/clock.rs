//! Hours of a day: "21:50", "0510L", "0630Z", "at 1540", "10 p.m.", "الساعة 11 صباحا", date-time groups of field messages; and
//! the words before a day that make it a deadline.
//!
//! An hour beside a day is one time (`2016-04-28T05:10`, with `Z` where the text says Zulu). An hour alone is of the day that the
//! form or the log gives; of the day of the text only in a note, which is written on its day. Else it stays without a day.

use super::Day;
use super::dates::{Date, Reader};
use super::lexicon::Cat;
use super::page::Page;
use super::tokens::Class;

/// An hour in the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hour {
    pub(crate) to: usize,
    hour: u32,
    minute: u32,
    zulu: bool,
    /// Of a date-time group: day of the month, month, year.
    day: Option<Day>,
}

impl Hour {
    fn of(self, day: Day) -> String {
        format!("{day}T{:02}:{:02}{}", self.hour, self.minute, if self.zulu { "Z" } else { "" })
    }
}

/// A day with the hour after it, or the hour with the day after it.
pub(crate) fn joined(reader: &Reader<'_, '_>, mut date: Date) -> Date {
    let page = reader.page;
    let Some(day) = date.day else { return date };
    let mut next = date.to;
    for _ in 0..3 {
        let token = page.token(next);
        let between = token.class == Class::Comma
            || token.any(&[
                "at",
                "о",
                "об",
                "в",
                "с",
                "з",
                "الساعه",
                "ساعه",
                "about",
                "around",
                "from",
                "t",
                "عند",
                "في",
            ]);
        if !between || token.breaks > 1 {
            break;
        }
        next += 1;
    }
    if page.token(next).breaks > 0 && next > date.from {
        return date;
    }
    if let Some(hour) = hour(reader, next, next > date.to || page.note) {
        date.norm = Some(hour.of(day));
        date.to = hour.to;
        date.vague = false;
    }
    date
}

/// "Between 19:00 on 3 May and 06:00 on 4 May", "21:40–22:15": two hours of which the act lies in between are one time.
pub(crate) fn between(page: &Page<'_>, first: &Date, last: &Date) -> Option<Date> {
    let led = first.from > 0 && page.token(first.from - 1).any(&["between", "между", "між", "بين"]);
    let mark = page.token(first.to);
    let joined = last.from == first.to + 1
        && (mark.any(&["and", "и", "і", "та", "و"]) && led || mark.class == Class::Dash && mark.glued);
    let hours = |date: &Date| date.norm.clone().filter(|norm| norm.contains('T') && !norm.contains('/'));
    let (a, b) = (hours(first)?, hours(last)?);
    let from = first.from - usize::from(led && page.language == "en");
    (joined && a < b).then(|| Date {
        from,
        to: last.to,
        norm: Some(format!("{a}/{b}")),
        day: None,
        ahead: false,
        vague: false,
        full: first.full,
    })
}

/// An hour that begins at a token, with the day beside it or that of the note.
pub(crate) fn alone(reader: &Reader<'_, '_>, at: usize, anchor: Option<Day>) -> Option<Date> {
    let page = reader.page;
    let led = at.checked_sub(1).is_some_and(|b| {
        page.token(b).any(&[
            "at",
            "since",
            "from",
            "fm",
            "around",
            "about",
            "by",
            "till",
            "until",
            "circa",
            "о",
            "об",
            "в",
            "с",
            "з",
            "الساعه",
            "hotline",
        ])
    });
    let hour = hour(reader, at, led)?;
    let mut date =
        Date { from: at, to: hour.to, norm: None, day: None, ahead: false, vague: true, full: false };
    if let Some(day) = hour.day {
        return Some(Date { norm: Some(hour.of(day)), day: Some(day), vague: false, full: true, ..date });
    }
    let skip = |mut on: usize| {
        on += usize::from(page.token(on).class == Class::Comma);
        on += usize::from(page.token(on).any(&["local", "gmt", "utc"]));
        on += usize::from(page.token(on).any(&["time"]));
        on + usize::from(page.token(on).any(&["on", "в", "у", "во", "يوم"]))
    };
    let on = skip(hour.to);
    if page.token(on).breaks == 0
        && let Some(day) = reader.day(on)
    {
        let norm = day.day.map(|d| hour.of(d)).or(day.norm.clone());
        return Some(Date { from: at, norm, ..day });
    }
    let given = if page.note { page.noted(at).or(anchor).or(reader.reference) } else { None };
    if let Some(day) = given {
        date.norm = Some(hour.of(day));
        date.vague = false;
    }
    Some(date)
}

/// The hour written at a token; `led` when a word before it says that an hour follows.
fn hour(reader: &Reader<'_, '_>, at: usize, led: bool) -> Option<Hour> {
    let page = reader.page;
    let from = at + usize::from(page.token(at).any(&["الساعه", "ساعه"]) && page.token(at).word());
    let from = from + usize::from(from > at && page.token(from).class == Class::Colon);
    let led = led || from > at;
    let token = page.token(from);
    if token.class != Class::Number {
        return None;
    }
    let found = match token.fold.len() {
        6 => group(reader, from),
        4 if !token.fold.contains('.') => four(page, from, led),
        3..=5 if token.fold.contains('.') && meridiem(page, from + 1, 1).is_some() => halved(page, from),
        1 | 2 => colon(page, from).or_else(|| half(page, from, led)),
        5 if led => dotted(page, from),
        _ => None,
    }?;
    (found.hour < 24 && found.minute < 60).then_some(found)
}

fn plain(to: usize, hour: u32, minute: u32) -> Hour {
    Hour { to, hour, minute, zulu: false, day: None }
}

/// `L`, `Z`, "hrs local", "GMT" after an hour.
fn zone(page: &Page<'_>, mut hour: Hour) -> (Hour, bool) {
    let start = hour.to;
    let letter = page.token(hour.to);
    if letter.glued && letter.fold.len() == 1 && letter.upper {
        hour.zulu = letter.is("z");
        hour.to += 1;
    }
    for _ in 0..3 {
        let token = page.token(hour.to);
        if token.any(&["hrs", "hours", "hr", "h", "local", "lt", "gmt", "utc", "год", "ч", "г"])
            && token.breaks == 0
        {
            hour.zulu |= token.any(&["gmt", "utc"]);
            hour.to += 1;
            let dot = page.token(hour.to);
            hour.to += usize::from(
                dot.class == Class::Stop
                    && dot.glued
                    && !page.token(hour.to + 1).upper
                    && page.token(hour.to + 1).breaks == 0,
            );
        }
    }
    (hour, hour.to > start)
}

/// "0510L", "1115 hrs local", "at 1540".
fn four(page: &Page<'_>, at: usize, led: bool) -> Option<Hour> {
    let digits = &page.token(at).fold;
    let number: u32 = digits.parse().ok()?;
    let (hour, zoned) = zone(page, plain(at + 1, number / 100, number % 100));
    let year = (1900..2100).contains(&number);
    let counted = page.is(Cat::People, hour.to) || page.is(Cat::Unit, hour.to);
    if zoned || counted {
        return zoned.then_some(hour);
    }
    let next = page.token(at + 1);
    let ends = !next.word()
        || next.breaks > 0
        || next.any(&["on", "and", "to", "in", "the", "a", "of"])
        || page.is(Cat::Month, at + 1);
    let mark = matches!(next.class, Class::Colon | Class::Stop | Class::Comma);
    let alone = !next.glued || mark;
    // "Nabatieh 0940: two dead".
    let start = page.sentence_at(at).map_or(at, |s| s.0);
    let placed = next.class == Class::Colon && next.glued && !page.token(at + 2).glued && at < start + 5;
    let begins = page.note && (page.opens_line(at) || placed);
    (alone && (begins || led && ends && (page.note || !year))).then_some(hour)
}

/// "23/9", "10/02", "14.06" in a note: a day without its year.
pub(crate) fn short_day(reader: &Reader<'_, '_>, at: usize) -> Option<Date> {
    let page = reader.page;
    let token = page.token(at);
    if !page.note || token.class != Class::Number {
        return None;
    }
    let line = (at.saturating_sub(7)..at).rev().find(|i| page.token(i + 1).breaks > 0);
    let early = line.is_some() || at < 8 || page.is(Cat::Header, at.saturating_sub(2));
    let small = |text: &str| text.parse::<u8>().ok().filter(|_| text.len() <= 2);
    let mark = matches!(page.slice(at + 1, at + 2), "/" | "-") && page.token(at + 1).glued;
    let (day, month, to) = match token.fold.split_once('.') {
        Some((day, month)) if month.len() == 2 => (small(day)?, small(month)?, at + 1),
        None if mark && page.token(at + 2).glued => {
            (small(&token.fold)?, small(&page.token(at + 2).fold)?, at + 3)
        }
        _ => return None,
    };
    let after = page.token(to);
    let ends =
        !after.glued || matches!(after.class, Class::Colon | Class::Comma | Class::Stop | Class::ParenClose);
    let counted = page.is(Cat::Unit, to) || page.is(Cat::People, to) || page.is(Cat::Casualty, to);
    if !early || !ends || counted {
        return None;
    }
    let day = reader.complete(None, month, day)?;
    let near = reader.reference.is_some_and(|reference| reference.until(day).abs() < 100);
    near.then(|| Date {
        from: at,
        to,
        norm: Some(day.to_string()),
        day: Some(day),
        ahead: false,
        vague: false,
        full: false,
    })
}

/// "21:50", "4:30 p.m.", "٤:٣٠ عصرا".
fn colon(page: &Page<'_>, at: usize) -> Option<Hour> {
    let marked = page.token(at + 1).class == Class::Colon && page.token(at + 1).glued;
    let minutes = page.token(at + 2);
    if !marked || !minutes.glued || minutes.class != Class::Number || minutes.fold.len() != 2 {
        return None;
    }
    let hour: u32 = page.token(at).fold.parse().ok()?;
    let minute: u32 = minutes.fold.parse().ok()?;
    let (to, hour) = meridiem(page, at + 3, hour).unwrap_or((at + 3, hour));
    Some(zone(page, plain(to, hour, minute)).0)
}

/// "10 p.m.", "الساعة 11 صباحا".
fn half(page: &Page<'_>, at: usize, led: bool) -> Option<Hour> {
    let hour: u32 = page.token(at).fold.parse().ok()?;
    let arabic = page.language == "ar";
    let (to, hour) = meridiem(page, at + 1, hour).filter(|_| !arabic || led)?;
    Some(plain(to, hour, 0))
}

/// "8.20am".
fn halved(page: &Page<'_>, at: usize) -> Option<Hour> {
    let (hour, minute) = page.token(at).fold.split_once('.')?;
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    let (to, hour) = meridiem(page, at + 1, hour)?;
    Some(plain(to, hour, minute))
}

/// "23.15" after a word that says that an hour follows.
fn dotted(page: &Page<'_>, at: usize) -> Option<Hour> {
    let (hour, minute) = page.token(at).fold.split_once('.')?;
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    Some(zone(page, plain(at + 1, hour, minute)).0)
}

/// Half of the day after an hour of it, and the hour on a clock of 24.
fn meridiem(page: &Page<'_>, at: usize, hour: u32) -> Option<(usize, u32)> {
    let token = page.token(at);
    if hour > 12 || token.breaks > 0 {
        return None;
    }
    let (later, length) = if token.any(&["p.m", "pm", "مساء", "عصرا", "ظهرا", "вечера", "дня", "вечора", "م"])
    {
        (true, 1)
    } else if token.any(&["a.m", "am", "صباحا", "فجرا", "утра", "ранку", "ص"]) {
        (false, 1)
    } else {
        return None;
    };
    let dot = page.token(at + length);
    let stop = dot.class == Class::Stop
        && dot.glued
        && page.token(at + length + 1).breaks == 0
        && !page.token(at + length + 1).upper;
    let hour = match (later, hour) {
        (true, 12) | (false, 0..=11) => hour,
        (true, hour) => hour + 12,
        (false, _) => 0,
    };
    Some((at + length + usize::from(stop), hour))
}

/// "231420C DEC 18": day of the month, hour and zone, month, year.
fn group(reader: &Reader<'_, '_>, at: usize) -> Option<Hour> {
    let page = reader.page;
    let number: u32 = page.token(at).fold.parse().ok()?;
    let letter = page.token(at + 1);
    if !(letter.glued && letter.word() && letter.fold.len() == 1) {
        return None;
    }
    let (month, end) = reader.month(at + 2)?;
    let day = u8::try_from(number / 10_000).ok()?;
    let short = page.token(end);
    let (year, to) = match short.fold.parse::<i32>() {
        Ok(year) if short.class == Class::Number && short.fold.len() == 2 => (Some(2000 + year), end + 1),
        Ok(year) if short.class == Class::Number && short.fold.len() == 4 => (Some(year), end + 1),
        _ => (None, end),
    };
    let day = reader.complete(year, month, day)?;
    let hour = plain(to, number / 100 % 100, number % 100);
    Some(Hour { zulu: letter.is("z"), day: Some(day), ..hour })
}

impl Reader<'_, '_> {
    /// "Until Friday", "حتى ظهر الجمعة": to come, save where something is told to have lasted until then.
    pub(crate) fn deadline(&self, at: usize) -> Option<bool> {
        let page = self.page;
        let words = (at.saturating_sub(3)..at).rev().take_while(|i| page.token(*i).word());
        let until = words.take(3).find(|i| {
            page.token(*i).any(&[
                "until",
                "till",
                "til",
                "through",
                "thru",
                "حتي",
                "لغايه",
                "لغاية",
                "до",
                "к",
            ]) || page.token(*i).is("by") && self.pressing(*i)
        })?;
        if !(until + 1..at).all(|i| {
            page.tag(Cat::Relative, i).is_some_and(|t| page.tags.kind(t) == "part") || page.is(Cat::Stop, i)
        }) {
            return None;
        }
        let lasted = (until.saturating_sub(9)..until).any(|i| {
            page.token(i).any(&[
                "lasted",
                "continued",
                "raged",
                "persisted",
                "remained",
                "lingered",
                "dragged",
                "استمر",
                "استمرت",
                "تواصل",
                "تواصلت",
                "دام",
                "دامت",
                "продолжался",
                "продолжались",
                "продолжалась",
                "длился",
                "тривав",
                "тривали",
            ])
        });
        Some(!lasted)
    }

    /// Whether a word before says that something is to be done: "must leave by Saturday".
    fn pressing(&self, at: usize) -> bool {
        (at.saturating_sub(12)..at).any(|i| {
            self.page.token(i).any(&[
                "must",
                "should",
                "shall",
                "will",
                "would",
                "to",
                "deadline",
                "ultimatum",
                "demanded",
                "ordered",
                "unless",
            ])
        })
    }
}
