//! When: days, months, spans of days, hours, and words like "last Friday", resolved against the day of the text.
//!
//! Without that day a weekday stays a weekday: the words are kept and nothing is put for them. A year that is not written is
//! that of the day nearest to the day of the text. Months and weekdays come from tables, the calendar is the Gregorian one.

use super::Day;
use super::clock;
use super::day::days_in;
use super::lexicon::{Cat, Tag};
use super::page::Page;
use super::tokens::Class;

/// A time in the text.
#[derive(Clone, Debug)]
pub(crate) struct Date {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Day, month, year, `a/b`, or a word of the tables.
    pub(crate) norm: Option<String>,
    /// The day, when it is one.
    pub(crate) day: Option<Day>,
    /// Speaks of what is to come, whatever the verb.
    pub(crate) ahead: bool,
    /// No more than a part of a day, or a vague time.
    pub(crate) vague: bool,
    /// With its day, month and year.
    pub(crate) full: bool,
}

/// What a reader of dates knows besides the words.
pub(crate) struct Reader<'p, 'a> {
    pub(crate) page: &'p Page<'a>,
    pub(crate) reference: Option<Day>,
}

/// Every time of the text, in order.
pub(crate) fn dates(page: &Page<'_>, reference: Option<Day>) -> Vec<Date> {
    let reader = Reader { page, reference };
    let mut out: Vec<Date> = Vec::new();
    let mut at = 0;
    while at < page.tokens.len() {
        let anchor = out.iter().rev().take_while(|d| at < d.to + 60).find_map(|d| d.day);
        match reader.date(at, anchor) {
            Some(date) => {
                at = date.to.max(at + 1);
                if let Some(first) = out.last_mut()
                    && let Some(both) = clock::between(page, first, &date)
                {
                    *first = both;
                    continue;
                }
                out.push(date);
            }
            None => at += 1,
        }
    }
    out
}

/// The day that the text gives for itself: a full date before its first sentence is done.
pub(crate) fn dateline(page: &Page<'_>) -> Option<Day> {
    let reader = Reader { page, reference: None };
    let end = page.sentences.iter().take(3).map(|s| s.1).max().unwrap_or(0).min(60);
    let first = (0..end).find_map(|at| reader.absolute(at).filter(|d| d.full).map(|d| (at, d)))?;
    // A date in running text is no dateline: it stands before a dash, or alone in its line.
    let (at, date) = first;
    let after = page.token(date.to);
    let alone = after.breaks > 0 || date.to >= page.tokens.len();
    let stamped = at < 2 && page.token(0).any(&["date", "published", "updated"]);
    let dash = (date.to..date.to + 6).any(|i| page.token(i).class == Class::Dash && !page.token(i).glued);
    (alone || stamped || (dash && at < 12)).then_some(date.day).flatten()
}

/// The days that a note gives for itself, in headers or its first line.
pub(crate) fn days_of_note(page: &Page<'_>) -> Vec<(usize, Day)> {
    let reader = Reader { page, reference: page.reference };
    super::notes::days(page, |at| reader.day(at).and_then(|d| d.day))
}

impl Reader<'_, '_> {
    fn date(&self, at: usize, anchor: Option<Day>) -> Option<Date> {
        let page = self.page;
        // "Evening of 3 May", "مساء الخميس": the part of the day goes with the day after it.
        if let Some(part) = page.tag(Cat::Relative, at).filter(|t| page.tags.kind(*t) == "part") {
            let little = page.token(part.to).any(&["of", "on", "في", "من"]);
            let next = part.to + usize::from(little);
            if page.token(next).breaks == 0
                && let Some(day) = self.dated(next, anchor).filter(|d| !d.vague)
            {
                return Some(Date { from: at, ..day });
            }
        }
        self.dated(at, anchor)
    }

    fn dated(&self, at: usize, anchor: Option<Day>) -> Option<Date> {
        let page = self.page;
        let mut date = self
            .absolute(at)
            .or_else(|| self.modified(at))
            .or_else(|| self.relative(at))
            .or_else(|| self.counted(at, anchor))
            .or_else(|| self.weekday(at))
            .or_else(|| clock::short_day(self, at))
            .or_else(|| clock::alone(self, at, anchor))?;
        // "Monday evening", "on Friday at midnight", "Sunday, May 5": a part of the day or a second name of it belongs to it.
        loop {
            let next = date.to + usize::from(page.token(date.to).any(&["at", "في", "в"]));
            if let Some(tag) = page.tag(Cat::Relative, next).filter(|t| page.tags.kind(*t) == "part") {
                date.to = tag.to;
                continue;
            }
            let comma = usize::from(page.token(date.to).class == Class::Comma);
            // "Today, Friday", "اليوم الجمعة": one day by two names.
            let today = page.tag(Cat::Relative, at).is_some_and(|t| page.tags.kind(t) == "day");
            let named = page.tag(Cat::Weekday, date.to + comma);
            if let Some(day) = named
                .or_else(|| page.tag(Cat::Weekday, at).filter(|t| t.to > date.to))
                .filter(|_| today && !date.full)
            {
                date.to = day.to;
                continue;
            }
            let more = if date.full || page.token(date.to).breaks > 1 {
                None
            } else {
                self.absolute(date.to + comma)
            };
            match more {
                Some(more) if more.day.is_some() && (today || page.is(Cat::Weekday, at)) => {
                    date = Date { from: at, ..more };
                }
                _ => return Some(clock::joined(self, date)),
            }
        }
    }

    /// A day by its date, its name or "yesterday".
    pub(crate) fn day(&self, at: usize) -> Option<Date> {
        let relative = || self.relative(at).filter(|d| d.day.is_some());
        self.absolute(at)
            .or_else(|| clock::short_day(self, at))
            .or_else(|| self.weekday(at))
            .or_else(relative)
    }

    pub(crate) fn month(&self, at: usize) -> Option<(u8, usize)> {
        let page = self.page;
        let tag = page.tag(Cat::Month, at)?;
        let token = page.token(at);
        // "الاب" is the father, "اب" the month.
        if token.fold.starts_with("ال") && page.language == "ar" {
            return None;
        }
        // May and march are words, too.
        // "JaN" is a group.
        let mixed = page.slice(at, at + 1).chars().skip(1).any(char::is_uppercase) && !token.shout;
        if mixed {
            return None;
        }
        let word = token.any(&["may", "march", "mar", "sun", "sat", "dec", "jan"]);
        if word && !token.upper {
            return None;
        }
        let dot = usize::from(
            page.token(tag.to).class == Class::Stop
                && page.token(tag.to).glued
                && short(page, tag)
                && page.sentence_at(tag.to).is_none_or(|s| tag.to + 1 < s.1),
        );
        let other = page.token(tag.to + dot).class == Class::Other
            && page.slice(tag.to + dot, tag.to + dot + 1) == "/";
        // شباط/فبراير: one month by two names.
        let end = match page.tag(Cat::Month, tag.to + dot + 1) {
            Some(second) if other => second.to,
            _ => tag.to + dot,
        };
        Some((page.tags.value(tag).parse().ok()?, end))
    }

    fn number(&self, at: usize, digits: usize) -> Option<i32> {
        let token = self.page.token(at);
        let fits = token.class == Class::Number && token.fold.len() <= digits;
        if fits { token.fold.parse().ok() } else { None }
    }

    fn year(&self, at: usize) -> Option<(i32, usize)> {
        let page = self.page;
        let comma = usize::from(page.token(at).class == Class::Comma);
        let of = usize::from(page.token(at).any(&["of", "من", "عام"]));
        let here = at + comma.max(of);
        let token = page.token(here);
        let year =
            (token.class == Class::Number && token.fold.len() == 4).then(|| token.fold.parse().ok())??;
        let after = usize::from(page.token(here + 1).any(&["года", "году", "год", "року", "г", "р"]));
        (1900..2100).contains(&year).then_some((year, here + 1 + after))
    }

    /// A date by its numbers: `2016-02-21`, `21.02.2016`, "Feb. 12", "12 February 2016", "in March 2011", "in 2013".
    fn absolute(&self, at: usize) -> Option<Date> {
        self.numeric(at)
            .or_else(|| self.day_month(at))
            .or_else(|| self.month_day(at))
            .or_else(|| self.bare_year(at))
    }

    fn numeric(&self, at: usize) -> Option<Date> {
        let page = self.page;
        let token = page.token(at);
        if token.class != Class::Number {
            return None;
        }
        let mut parts = vec![token.fold.clone()];
        let mut end = at + 1;
        if token.fold.contains('.') {
            // The tokens keep 21.02.2016 together.
            parts = token.fold.split('.').map(str::to_owned).collect();
        } else {
            while parts.len() < 3
                && matches!(page.slice(end, end + 1), "-" | "/" | "–")
                && page.token(end).glued
                && page.token(end + 1).class == Class::Number
                && page.token(end + 1).glued
            {
                parts.push(page.token(end + 1).fold.clone());
                end += 2;
            }
        }
        let [a, b, c] = parts.as_slice() else { return None };
        let small = |t: &str| t.parse::<u8>().ok().filter(|_| t.len() <= 2);
        let year = |t: &str| t.parse::<i32>().ok().filter(|y| t.len() == 4 && (1900..2100).contains(y));
        let day = match (year(a), year(c)) {
            (Some(year), _) => Day::new(year, small(b)?, small(c)?)?,
            (_, Some(year)) => {
                let dots = token.fold.contains('.');
                return self.either(at, end, (year, small(a)?, small(b)?), dots || page.language != "en");
            }
            _ => return None,
        };
        Some(full(at, end, day))
    }

    /// "3/4/2016": where neither language nor marks say which is the day, it stays open, unless the day of the text is one of the two.
    fn either(&self, from: usize, to: usize, (year, a, b): (i32, u8, u8), day_first: bool) -> Option<Date> {
        let (first, second) = (Day::new(year, b, a), Day::new(year, a, b));
        let close = |day: Day| self.reference.is_some_and(|reference| reference.until(day).abs() <= 1);
        let day = match (first, second) {
            (Some(day), None) | (None, Some(day)) => Some(day),
            (Some(day), Some(_)) if day_first || a == b => Some(day),
            (Some(one), Some(other)) => match (close(one), close(other)) {
                (true, false) => Some(one),
                (false, true) => Some(other),
                _ => None,
            },
            (None, None) => return None,
        };
        Some(day.map_or_else(|| self.one(from, to, None, (0, 0, true)), |day| full(from, to, day)))
    }

    fn day_month(&self, at: usize) -> Option<Date> {
        let page = self.page;
        let mut start = at;
        let mut first = self.ordinal(at)?;
        let mut second = None;
        // "12 to 15 February", "12-15 February", "12 and 13 February".
        let joint = page.token(first.1);
        let joined = joint.class == Class::Dash || joint.any(&["to", "and", "-", "الي", "и", "по", "до"]);
        if joined && let Some(other) = self.ordinal(first.1 + 1) {
            second = Some(first.0);
            first = other;
        }
        let of = usize::from(page.token(first.1).any(&["of", "من"]));
        let (month, end) = self.month(first.1 + of)?;
        let year = self.year(end);
        let day = self.complete(year.map(|y| y.0), month, first.0);
        let (day, end) = match year {
            None => super::arabic_days::which(page, self.reference, day, end),
            Some((_, end)) => (day, end),
        };
        if page.token(at).any(&["from", "between"]) {
            start = at + 1;
        }
        let mut date = self.one(start, end, day, (month, first.0, year.is_some()));
        if let (Some(low), Some(day)) = (second, day) {
            let low = Day::new(day.year(), month, low)?;
            date.norm = Some(format!("{low}/{day}"));
            date.day = None;
        }
        Some(date)
    }

    fn ordinal(&self, at: usize) -> Option<(u8, usize)> {
        let page = self.page;
        if page.language == "ar"
            && let Some(found) = super::arabic_days::ordinal(page, at)
        {
            return Some(found);
        }
        let day = self.number(at, 2).and_then(|n| u8::try_from(n).ok()).filter(|n| (1..=31).contains(n))?;
        let next = page.token(at + 1);
        let suffix = next.glued && next.any(&["st", "nd", "rd", "th"]);
        Some((day, at + 1 + usize::from(suffix)))
    }

    fn month_day(&self, at: usize) -> Option<Date> {
        let page = self.page;
        let (month, end) = self.month(at)?;
        let the = usize::from(page.token(end).is("the"));
        if page.token(end).breaks < 2
            && let Some((day, after)) = self.ordinal(end + the)
            && !page.token(after).any(&["people", "civilians"])
        {
            let led = page.token(at.wrapping_sub(1));
            let spans = led.is("between") && page.token(after).is("and")
                || led.is("from") && page.token(after).any(&["to", "until", "through"]);
            if (page.token(after).class == Class::Dash && page.token(after).glued || spans)
                && !page.is(Cat::Month, after + 2)
                && let Some((last, after)) = self.ordinal(after + 1)
            {
                let year = self.year(after);
                let end = year.map_or(after, |y| y.1);
                let to = self.complete(year.map(|y| y.0), month, last);
                let mut date = self.one(at, end, None, (month, last, year.is_some()));
                let from = to.and_then(|to| Day::new(to.year(), month, day));
                date.norm = from.zip(to).map(|(from, to)| format!("{from}/{to}"));
                return Some(date);
            }
            let year = self.year(after);
            let date = self.complete(year.map(|y| y.0), month, day);
            return Some(self.one(at, year.map_or(after, |y| y.1), date, (month, day, year.is_some())));
        }
        let year = self.year(end);
        let which = match (year, self.reference) {
            (Some((year, _)), _) => Some(year),
            (None, Some(day)) => Some(day.year() - i32::from(month > day.month())),
            _ => None,
        };
        let norm = which.map(|year| format!("{year:04}-{month:02}"));
        let end = year.map_or(end, |y| y.1);
        let lone = year.is_none() && page.token(at).any(&["may", "march"]) && !self.preceded_by_in(at);
        (!lone).then_some(Date {
            from: at,
            to: end,
            norm,
            day: None,
            ahead: false,
            vague: false,
            full: false,
        })
    }

    fn preceded_by_in(&self, at: usize) -> bool {
        let before = self.page.token(at.wrapping_sub(1));
        before.any(&[
            "in", "since", "of", "until", "by", "last", "next", "this", "from", "early", "late", "mid",
            "during",
        ])
    }

    fn bare_year(&self, at: usize) -> Option<Date> {
        let page = self.page;
        let before = page.token(at.wrapping_sub(1));
        let (year, end) = self.year(at).filter(|_| page.token(at).class == Class::Number)?;
        let led = before.any(&[
            "in", "since", "of", "until", "by", "early", "late", "during", "from", "year", "عام", "سنه",
            "منذ", "في", "с",
        ]);
        let marked = end > at + 1;
        (led || marked).then(|| Date {
            from: at,
            to: end,
            norm: Some(format!("{year:04}")),
            day: None,
            ahead: false,
            vague: false,
            full: false,
        })
    }

    /// The day in its year; without one, the nearest to the day of the text.
    pub(crate) fn complete(&self, year: Option<i32>, month: u8, day: u8) -> Option<Day> {
        if let Some(year) = year {
            return Day::new(year, month, day);
        }
        let reference = self.reference?;
        (-1..=1)
            .filter_map(|step| Day::new(reference.year() + step, month, day))
            .min_by_key(|day| far(reference.until(*day)))
    }

    fn one(&self, from: usize, to: usize, day: Option<Day>, (_, _, full): (u8, u8, bool)) -> Date {
        Date { from, to, norm: day.map(|d| d.to_string()), day, ahead: false, vague: false, full }
    }

    /// "Last Friday", "next month", "last September", "this Sunday".
    fn modified(&self, at: usize) -> Option<Date> {
        let page = self.page;
        let tag = page.tag(Cat::Relative, at)?;
        let how = page.tags.kind(tag);
        if !matches!(how, "back" | "next" | "near") {
            return None;
        }
        if let Some(weekday) = page.tag(Cat::Weekday, tag.to) {
            let wanted: i64 = page.tags.value(weekday).parse().ok()?;
            let day = self.reference.and_then(|day| match how {
                "back" => day.plus(-((day.weekday() - wanted - 1).rem_euclid(7) + 1)),
                "next" => day.plus((wanted - day.weekday() - 1).rem_euclid(7) + 1),
                _ => day.plus(wanted - day.weekday()),
            });
            let mut date = self.one(at, weekday.to, day, (0, 0, false));
            date.ahead = how == "next";
            return Some(date);
        }
        let (month, end) = self.month(tag.to)?;
        let year = self.reference.map(|day| match how {
            "back" => day.year() - i32::from(month >= day.month()),
            "next" => day.year() + i32::from(month <= day.month()),
            _ => day.year(),
        });
        let norm = year.map(|year| format!("{year:04}-{month:02}"));
        Some(Date { from: at, to: end, norm, day: None, ahead: how == "next", vague: false, full: false })
    }

    /// "Yesterday", "last week", "in the coming days".
    fn relative(&self, at: usize) -> Option<Date> {
        let page = self.page;
        let tag = page.tag(Cat::Relative, at)?;
        let (kind, value) = (page.tags.kind(tag), page.tags.value(tag));
        let steps: i64 = value.parse().unwrap_or(0);
        let mut date =
            Date { from: at, to: tag.to, norm: None, day: None, ahead: false, vague: false, full: false };
        match kind {
            "day" => {
                date.day = self.reference.and_then(|day| day.plus(steps));
                date.norm = date.day.map(|d| d.to_string());
                date.ahead = steps > 0;
            }
            "ahead" => {
                date.norm = Some(value.to_owned());
                date.ahead = true;
            }
            "vague" => date.vague = true,
            "week" | "weekend" | "month" | "year" | "season" | "past" => {
                date.norm = self.reference.and_then(|day| stretch(kind, steps, day));
                date.ahead = steps > 0 && kind != "past";
            }
            _ => return None,
        }
        Some(date)
    }

    /// "Three days ago", "a week later", "within 48 hours" counted from another day.
    fn counted(&self, at: usize, anchor: Option<Day>) -> Option<Date> {
        let page = self.page;
        let within = page.token(at).any(&["within", "خلال", "течение"]);
        let before = page.token(at).any(&["قبل", "منذ"]) && page.language == "ar";
        let first = at + usize::from(within || before);
        let figure = page.figure_from(first);
        let (count, end) = match figure {
            Some(figure) => (i64::from(figure.bounds.min), figure.to),
            None if page.token(first).any(&["a", "an", "one"]) => (1, first + 1),
            None => return None,
        };
        let unit = page.tag(Cat::Unit, end)?;
        let hours = page.tags.kind(unit) == "hour";
        let days: i64 = if hours { 1 } else { page.tags.value(unit).parse().ok()? };
        let count = if hours { count / 24 } else { count };
        let (sign, from, to) = match page.token(unit.to) {
            t if t.any(&["ago", "earlier", "назад", "тому"]) => (-1, self.reference, unit.to + 1),
            _ if before => (-1, self.reference, unit.to),
            t if t.any(&["later"]) => (1, anchor.or(self.reference), unit.to + 1),
            _ if within => (1, anchor.or(self.reference), unit.to),
            _ => return None,
        };
        let day = from.and_then(|day| day.plus(sign * count.min(40_000) * days));
        let mut date = self.one(at, to, day, (0, 0, false));
        date.ahead = sign > 0;
        if days >= 28 {
            // Months have no fixed length.
            date.norm = None;
            date.day = None;
        }
        Some(date)
    }

    fn weekday(&self, at: usize) -> Option<Date> {
        let page = self.page;
        let tag = page.tag(Cat::Weekday, at)?;
        let token = page.token(at);
        if token.any(&["sun", "sat", "mon", "wed", "fri", "thu", "tue"]) && !token.upper {
            return None;
        }
        let wanted: i64 = page.tags.value(tag).parse().ok()?;
        let ahead = self.future_verb(at);
        let after = page.tag(Cat::Relative, tag.to).filter(|t| matches!(page.tags.kind(*t), "back" | "next"));
        let day = self.reference.and_then(|day| {
            let back = (day.weekday() - wanted).rem_euclid(7);
            let next = after.is_some_and(|t| page.tags.kind(t) == "next");
            match after {
                Some(_) if next => day.plus((wanted - day.weekday() - 1).rem_euclid(7) + 1),
                Some(_) => day.plus(-((day.weekday() - wanted - 1).rem_euclid(7) + 1)),
                None if ahead => day.plus((7 - back) % 7),
                None => day.plus(-back),
            }
        });
        Some(self.one(at, after.map_or(tag.to, |t| t.to), day, (0, 0, false)))
    }

    /// Whether the nearest verb before speaks of what is to come.
    fn future_verb(&self, at: usize) -> bool {
        let page = self.page;
        if let Some(ahead) = self.deadline(at) {
            return ahead;
        }
        for back in (at.saturating_sub(12)..at).rev() {
            let token = page.token(back);
            if matches!(token.class, Class::Stop | Class::Semicolon | Class::Close) {
                return false;
            }
            if token.any(&[
                "will",
                "would",
                "due",
                "scheduled",
                "expected",
                "planned",
                "set",
                "planning",
                "until",
                "starting",
                "beginning",
                "سوف",
                "ستبدا",
                "المقرر",
            ]) {
                return true;
            }
            if page.is(Cat::Speech, back) || token.any(&["was", "were", "had", "that"]) && back + 3 < at {
                return false;
            }
        }
        false
    }
}

/// How far a day lies from the day of the text: what is told has rather happened, so that days ahead count more.
fn far(days: i64) -> i64 {
    if days > 0 { days.saturating_mul(3) / 2 } else { -days }
}

fn full(from: usize, to: usize, day: Day) -> Date {
    Date { from, to, norm: Some(day.to_string()), day: Some(day), ahead: false, vague: false, full: true }
}

fn short(page: &Page<'_>, tag: Tag) -> bool {
    page.slice(tag.from, tag.to).chars().count() <= 4
}

/// A week from Monday, a weekend, a month, a year, a season, or the days up to now.
fn stretch(kind: &str, steps: i64, day: Day) -> Option<String> {
    let span = |a: Day, b: Day| format!("{a}/{b}");
    let whole = |months: i64| {
        let count = i64::from(day.year()) * 12 + i64::from(day.month()) - 1 + months;
        (count.div_euclid(12), count.rem_euclid(12) + 1)
    };
    Some(match kind {
        "week" => {
            let monday = day.plus(steps * 7 - day.weekday())?;
            span(monday, monday.plus(6)?)
        }
        "weekend" => {
            let saturday = day.plus(steps * 7 + 5 - day.weekday())?;
            // On a Sunday evening "this weekend" is that of the same week.
            span(saturday, saturday.plus(1)?)
        }
        "month" => {
            let (year, month) = whole(steps);
            format!("{year:04}-{month:02}")
        }
        "year" => format!("{:04}", i64::from(day.year()) + steps),
        "past" => span(day.plus(-steps)?, day),
        // The value is minus the last month of the season; the season before this one.
        "season" => {
            let first = match steps {
                -3 => 3,
                -6 => 6,
                -9 => 9,
                _ => 12,
            };
            let year = day.year() - i32::from(first + 2 >= day.month());
            let last = if first == 12 { (year + 1, 2) } else { (year, first + 2) };
            let _ = days_in(last.0, last.1);
            format!("{year:04}-{first:02}/{:04}-{:02}", last.0, last.1)
        }
        _ => return None,
    })
}
