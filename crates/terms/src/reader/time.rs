//! Reads operands of time: moments, numbered days, moments plus a length, lengths, hours of the local clock.
//!
//! An operand that is missing is an error, and so is a length that is none: months and years have no number of days.

use truceline_model::{Instant, Length, WEEKDAYS};

use super::{Reader, short};
use crate::diagnostic::Diagnostic;
use crate::sentence::{Part, Sentence, Word, suggest};

/// Units of a length, for a proposal.
const LENGTHS: &[&str] = &["hours", "days", "weeks", "working hours", "working days"];

impl Reader<'_> {
    /// One moment: a time, `day 16`, `end of day 42`, or one of these plus a length.
    pub(crate) fn instant(&mut self, word: &Word) -> Option<Instant> {
        match self.moment(&word.text) {
            Ok(at) => Some(at),
            Err((code, message, help)) => {
                self.say(Diagnostic::error(code, word.span, message).help(help));
                None
            }
        }
    }

    /// The one moment that a part holds.
    pub(crate) fn moment_of(&mut self, part: &Part) -> Option<Instant> {
        if let [first, _, ..] = part.words.as_slice()
            && !first.quoted
        {
            let words: Vec<&str> = part.words.iter().map(|word| word.text.as_str()).collect();
            let message = "a time stands in quotation marks as one";
            let help = format!("write {} \"{}\"", part.link.text, short(&words.join(" ")));
            self.say(Diagnostic::error("bad-time", first.span, message).help(help));
            return None;
        }
        let word = self.one(&part.words, part.link.span, "a time")?;
        self.instant(word)
    }

    /// The moment after a linking word that has to be there.
    pub(crate) fn time_needed(&mut self, sentence: &Sentence, link: &str, example: &str) -> Option<Instant> {
        let part = self.needed(sentence, link, example)?;
        self.moment_of(part)
    }

    /// The moment after a linking word that may be left out.
    pub(crate) fn time_after(&mut self, sentence: &Sentence, link: &str) -> Option<Instant> {
        let part = self.optional(sentence, link, "\"2016-02-27T00:00\"")?;
        self.moment_of(part)
    }

    fn moment(&self, text: &str) -> Result<Instant, Refusal> {
        let text = text.trim();
        let (base, added) = match text.split_once(" + ") {
            None => (text, None),
            Some((base, added)) => (base.trim(), Some(added.trim())),
        };
        if let Some((time, _)) = text.split_once(" - ") {
            let help = format!("give the time itself, or write \"{} + 2 days\"", short(time));
            return Err(("bad-time", "lengths are added to a time, never taken from it".into(), help));
        }
        if base.is_empty() || text.starts_with('+') {
            let help = "write \"2017-12-21T00:00 + 72 hours\"; it is never assumed";
            return Err((
                "missing-operand",
                "nothing says from when this length is counted".into(),
                help.into(),
            ));
        }
        if text.ends_with('+') || added == Some("") {
            let help = "write \"… + 72 hours\" or \"… + 14 days\"; nothing is assumed";
            return Err(("missing-operand", "nothing follows the plus".into(), help.into()));
        }
        let start = self.base(base)?;
        let Some(added) = added else { return Ok(start) };
        let length = self.added(added)?;
        self.zone.plus(start, length, self.working.as_ref()).map_err(|error| {
            ("bad-time", error.say, "write a length of hours, days or weeks that ends in our time".into())
        })
    }

    /// A time, or the first moment of a numbered day or of the day after it.
    fn base(&self, text: &str) -> Result<Instant, Refusal> {
        let lower = text.to_ascii_lowercase();
        let (number, after) = match (lower.strip_prefix("end of day "), lower.strip_prefix("day ")) {
            (Some(number), _) => (number, 1),
            (None, Some(number)) => (number, 0),
            (None, None) => return self.told(text),
        };
        let number: u32 = number.trim().parse().map_err(|_| {
            let message = format!("\"{}\" is no number of a day", short(number));
            ("bad-number", message, "write \"day 16\" or \"end of day 42\"".to_owned())
        })?;
        let Some(one) = self.day_one else {
            let message = "nothing says which day is day 1".to_owned();
            return Err((
                "no-day-one",
                message,
                "declare it: day-one \"2025-01-19\" known \"2025-01-15\"".into(),
            ));
        };
        let told = match number {
            0 => self.zone.numbered_day(one, 0),
            _ => self.zone.numbered_day(one, number.saturating_add(after)),
        };
        told.map_err(|error| {
            ("bad-time", error.say, "days are numbered from 1, the day that day-one names".to_owned())
        })
    }

    fn told(&self, text: &str) -> Result<Instant, Refusal> {
        if text.contains('/') {
            let message = "one moment was expected here, not an interval";
            return Err(("bad-time", message.into(), "write from \"…\" until \"…\"".into()));
        }
        self.zone.instant(text).map_err(|error| {
            let help = "times stand in quotation marks, in the agreement's own zone: \"2016-02-27T00:00\"";
            ("bad-time", error.say, help.to_owned())
        })
    }

    /// `72 hours`, `14 days`, `8 working hours`, as they follow a plus.
    fn added(&self, text: &str) -> Result<Length, Refusal> {
        if text.contains(" + ") {
            let help = "give one length, like \"… + 74 hours\"";
            return Err(("bad-time", "one length is added to a time, not two".into(), help.into()));
        }
        let words: Vec<&str> = text.split_whitespace().collect();
        let (Some(number), units) = (words.first(), words.get(1..).unwrap_or_default()) else {
            return Err((
                "missing-operand",
                "nothing follows the plus".into(),
                "write \"… + 72 hours\"".into(),
            ));
        };
        self.length(number, &units.join(" "))
    }

    /// A length from its number and its unit.
    fn length(&self, number: &str, unit: &str) -> Result<Length, Refusal> {
        let Ok(count) = number.parse::<u32>() else {
            let message = format!("\"{}\" is no whole number", short(number));
            return Err((
                "bad-number",
                message,
                "write a whole number and its unit, like 72 hours or 14 days".into(),
            ));
        };
        let length = match unit {
            "hour" | "hours" => Length::Hours(count),
            "day" | "days" => Length::Days(count),
            "week" | "weeks" => Length::Weeks(count),
            "working hour" | "working hours" => Length::WorkingHours(count),
            "working day" | "working days" => Length::WorkingDays(count),
            other => return Err(no_unit(other)),
        };
        if length.is_working() && self.working.is_none() {
            let message = format!("\"{unit}\": nothing says which hours are working hours");
            let help = "declare them: working-hours from \"08:00\" until \"16:00\" on mon tue wed thu fri";
            return Err(("no-working-hours", message, help.into()));
        }
        Ok(length)
    }

    /// `48 hours` or `8 working hours`, as words of a statement.
    pub(crate) fn length_of(&mut self, part: &Part) -> Option<Length> {
        let [number, unit @ ..] = part.words.as_slice() else {
            self.missing(part.link.span, &part.link.text, "48 hours");
            return None;
        };
        let Some(last) = unit.last() else {
            let help = format!("write {} {} hours", part.link.text, short(&number.text));
            let message = "this number has no unit";
            self.say(Diagnostic::error("missing-operand", number.span, message).help(help));
            return None;
        };
        let units: Vec<&str> = unit.iter().map(|word| word.text.as_str()).collect();
        match self.length(&number.text, &units.join(" ")) {
            Ok(length) => Some(length),
            Err((code, message, help)) => {
                let span = if code == "bad-number" { number.span } else { last.span };
                self.say(Diagnostic::error(code, span, message).help(help));
                None
            }
        }
    }

    /// `for 48 hours`: hours that pass. Months are refused, because they have no number of hours.
    pub(crate) fn hours(&mut self, part: &Part) -> Option<u32> {
        match self.length_of(part)? {
            Length::Hours(count) => Some(count),
            Length::Days(count) => self.in_hours(count, 24, part),
            Length::Weeks(count) => self.in_hours(count, 168, part),
            length => {
                let message = format!("{length} are no number of hours that pass");
                let help = "give the end: until \"2016-02-27T09:00 + 8 working hours\"";
                self.say(Diagnostic::error("bad-number", part.link.span, message).help(help));
                None
            }
        }
    }

    fn in_hours(&mut self, count: u32, each: u32, part: &Part) -> Option<u32> {
        let hours = count.checked_mul(each);
        if hours.is_none() {
            let message = format!("\"{count}\" is too large a number");
            self.say(
                Diagnostic::error("bad-number", part.link.span, message)
                    .help("give the end as a date: until \"…\""),
            );
        }
        hours
    }

    /// `"22:00"`: seconds of the local day; `"24:00"` is its end.
    pub(crate) fn clock(&mut self, word: &Word) -> Option<u32> {
        let told = word.text.split_once(':').and_then(|(hour, minute)| {
            let two = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
            let (h, m) = (hour.parse::<u32>().ok()?, minute.parse::<u32>().ok()?);
            let good = two(hour) && two(minute) && m < 60 && (h < 24 || (h, m) == (24, 0));
            good.then_some(h * 3_600 + m * 60)
        });
        if told.is_none() {
            let message = format!("\"{}\" is no hour of the local clock", short(&word.text));
            self.say(
                Diagnostic::error("bad-time", word.span, message)
                    .help("write hours and minutes in quotation marks: \"06:00\", \"22:30\", \"24:00\""),
            );
        }
        told
    }

    /// `mon tue wed`: places in the week.
    pub(crate) fn weekdays(&mut self, words: &[Word]) -> Vec<usize> {
        let mut all = Vec::new();
        for word in words {
            match WEEKDAYS.iter().position(|day| *day == word.text) {
                Some(place) => all.push(place),
                None => {
                    let lower = word.text.to_ascii_lowercase();
                    let begins = WEEKDAYS.iter().find(|day| lower.starts_with(**day));
                    let help = begins.map_or_else(
                        || suggest(&word.text, WEEKDAYS.iter().copied()),
                        |day| crate::diagnostic::meant(day),
                    );
                    self.unknown_word(word, "day of the week", help);
                }
            }
        }
        all
    }
}

/// Code, message, help.
type Refusal = (&'static str, String, String);

fn no_unit(unit: &str) -> Refusal {
    let message = format!("\"{}\" is no fixed number of hours or days", short(unit));
    let help = match unit {
        "month" | "months" | "year" | "years" => {
            "give the end as a date (until \"…\"), or the length in days or hours: a month has no number of days"
                .to_owned()
        }
        "" => return ("missing-operand", "this number has no unit".into(), "write 72 hours or 14 days".into()),
        "calendar days" | "calendar day" => "write days: they are calendar days".to_owned(),
        "business days" | "business day" => "write working days".to_owned(),
        "business hours" | "business hour" | "office hours" => "write working hours".to_owned(),
        "minutes" | "minute" | "seconds" | "second" => {
            "lengths are whole hours or days; give the end as a time: until \"…\"".to_owned()
        }
        other => {
            let message = format!("\"{}\" is no length of time", short(other));
            return ("unknown-word", message, suggest(other, LENGTHS.iter().copied()));
        }
    };
    ("months-and-days", message, help)
}
