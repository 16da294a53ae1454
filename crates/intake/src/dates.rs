//! Days as other people's tables write them, brought to `YYYY-MM-DD`.
//!
//! Never guesses between two readings: 05/04/2016 without a stated order is refused, and both readings are named. An empty
//! field that a database has turned into a date (`0000-00-00`, 1 January 1970) is said to be one. Whether a day exists in
//! the calendar, and which moment it begins, is the model's business.

/// A way of writing a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DateFormat {
    /// The native report file's own: day, minute, moment or interval, passed on as it is.
    Native,
    /// `2016-04-27`, with or without an hour after a `T` or a space.
    Iso,
    /// Day, month, year: `27/04/2016`, also with dots or hyphens.
    DmySlash,
    /// Month, day, year: `04/27/2016`.
    MdySlash,
    /// `06 December 2022`, `Dec 6, 2022`.
    LongEnglish,
}

impl DateFormat {
    /// Every format.
    pub const ALL: [Self; 5] = [Self::Native, Self::Iso, Self::DmySlash, Self::MdySlash, Self::LongEnglish];
    /// What is tried when a mapping says nothing: all but the native one.
    pub const FOREIGN: [Self; 4] = [Self::Iso, Self::DmySlash, Self::MdySlash, Self::LongEnglish];

    /// The word used in mappings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Iso => "iso",
            Self::DmySlash => "dmy-slash",
            Self::MdySlash => "mdy-slash",
            Self::LongEnglish => "long-english",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == word)
    }

    fn example(self) -> &'static str {
        match self {
            Self::Native | Self::Iso => "2016-04-27",
            Self::DmySlash => "27/04/2016 (day first)",
            Self::MdySlash => "04/27/2016 (month first)",
            Self::LongEnglish => "27 April 2016",
        }
    }
}

const EMPTY_AS_DATE: &str =
    "that is an empty field written as a date; leave it empty, or write the day as 2016-04-27";

/// Brings a day to `YYYY-MM-DD`, or with an hour to `YYYY-MM-DDTHH:MM`; native text passes as it is.
///
/// # Errors
/// In words, what would be right.
pub fn read(text: &str, formats: &[DateFormat]) -> Result<String, String> {
    let text = text.trim();
    if formats.contains(&DateFormat::Native) {
        return Ok(text.to_owned());
    }
    if text.starts_with("0000") || text.ends_with("/0000") {
        return Err(EMPTY_AS_DATE.to_owned());
    }
    let mut readings: Vec<(DateFormat, String)> = Vec::new();
    for format in formats {
        if let Some(day) = one(text, *format)
            && readings.iter().all(|(_, other)| *other != day)
        {
            readings.push((*format, day));
        }
    }
    match readings.as_slice() {
        [] => {
            let examples: Vec<&str> = formats.iter().map(|f| f.example()).collect();
            let others: Vec<String> = DateFormat::FOREIGN
                .iter()
                .filter_map(|format| Some(format!("{} by {}", one(text, *format)?, format.as_str())))
                .collect();
            let hint = if others.is_empty() {
                String::new()
            } else {
                format!("; it would be {}: if that is meant, say so in the mapping", others.join(", or "))
            };
            Err(format!(
                "no date of this mapping is written so; write it like {}{hint}",
                examples.join(" or ")
            ))
        }
        [(_, day)] => Ok(day.clone()),
        [(a, first), (b, second), ..] => Err(format!(
            "this can be {first} ({}) or {second} ({}); say which in the mapping: dates \"{}\" or dates \"{}\"",
            a.as_str(),
            b.as_str(),
            a.as_str(),
            b.as_str()
        )),
    }
}

/// Checks what [`read`] gave: no empty field in disguise, no day that cannot be meant.
///
/// # Errors
/// In words, what would be right.
pub fn plausible(text: &str, window: &(String, String), epoch_is_a_date: bool) -> Result<(), String> {
    for part in text.split('/') {
        let Some(day) = part.trim().get(..10).filter(|day| is_iso_day(day)) else { continue };
        if day.starts_with("0000") {
            return Err(EMPTY_AS_DATE.to_owned());
        }
        if day == "1970-01-01" && !epoch_is_a_date {
            return Err(
                "epoch date, almost surely an empty field; leave it empty, or write epoch-dates allowed in \
                        the mapping"
                    .to_owned(),
            );
        }
        if day < window.0.as_str() || day > window.1.as_str() {
            return Err(format!(
                "{day} lies outside the days that the mapping holds plausible, {} to {}",
                window.0, window.1
            ));
        }
    }
    Ok(())
}

/// Whether the text has the shape `YYYY-MM-DD`.
#[must_use]
pub fn is_iso_day(text: &str) -> bool {
    text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() })
}

fn one(text: &str, format: DateFormat) -> Option<String> {
    match format {
        DateFormat::Native => None,
        DateFormat::Iso => iso(text),
        DateFormat::DmySlash => numbers(text).and_then(|(a, b, y)| day(y, b, a)),
        DateFormat::MdySlash => numbers(text).and_then(|(a, b, y)| day(y, a, b)),
        DateFormat::LongEnglish => long_english(text),
    }
}

fn iso(text: &str) -> Option<String> {
    let day = text.get(..10).filter(|day| is_iso_day(day))?;
    let rest = text.get(10..)?;
    if rest.is_empty() {
        return Some(day.to_owned());
    }
    let hour = rest.strip_prefix(['T', ' '])?;
    let clock = hour.trim_end_matches('Z');
    // Databases write a bare day with the hour zero; nobody means the minute of midnight by it.
    if !clock.is_empty() && clock.bytes().all(|b| matches!(b, b'0' | b':' | b'.')) {
        return Some(day.to_owned());
    }
    let plain = hour.bytes().all(|b| b.is_ascii_digit() || matches!(b, b':' | b'Z' | b'+' | b'-' | b'.'));
    // Fractions of a second say nothing about a strike.
    let (kept, _) = hour.split_once('.').unwrap_or((hour, ""));
    plain.then(|| format!("{day}T{kept}"))
}

/// Three numbers, the last of four digits.
fn numbers(text: &str) -> Option<(u32, u32, u32)> {
    let separator = text.chars().find(|c| matches!(c, '/' | '.' | '-'))?;
    let mut parts = text.split(separator).map(|part| {
        let plain = !part.is_empty() && part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| part.parse::<u32>().ok()).flatten()
    });
    let (a, b, year) = (parts.next()??, parts.next()??, parts.next()??);
    (parts.next().is_none() && year >= 1000).then_some((a, b, year))
}

fn day(year: u32, month: u32, day: u32) -> Option<String> {
    let exists = (1..=12).contains(&month) && (1..=31).contains(&day);
    exists.then(|| format!("{year:04}-{month:02}-{day:02}"))
}

pub(crate) const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

fn long_english(text: &str) -> Option<String> {
    let words: Vec<&str> =
        text.split([' ', ',', '-']).map(|w| w.trim_end_matches('.')).filter(|w| !w.is_empty()).collect();
    let [a, b, year] = words.as_slice() else { return None };
    let (day_text, month_text) = if a.starts_with(|c: char| c.is_ascii_digit()) { (a, b) } else { (b, a) };
    let folded = month_text.to_lowercase();
    if folded.len() < 3 {
        return None;
    }
    let month = MONTHS.iter().position(|month| month.starts_with(&folded))?;
    let number = day_text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let year: u32 = year.parse().ok().filter(|_| year.len() == 4)?;
    day(year, u32::try_from(month).ok()? + 1, number.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_of_writing_one_day() {
        for text in [
            "2016-04-27",
            "2016-04-27 00:00:00.000",
            "27/04/2016",
            "04/27/2016",
            "27.4.2016",
            "27 April 2016",
            "27 Apr 2016",
            "April 27, 2016",
            "April 27th, 2016",
        ] {
            assert_eq!(read(text, &DateFormat::FOREIGN).as_deref(), Ok("2016-04-27"), "{text}");
        }
        assert_eq!(read("2016-04-27 21:37:10.5", &DateFormat::FOREIGN).as_deref(), Ok("2016-04-27T21:37:10"));
        assert_eq!(read("06 December 2022", &[DateFormat::LongEnglish]).as_deref(), Ok("2022-12-06"));
    }

    #[test]
    fn two_readings_are_named() {
        let say = read("05/04/2016", &DateFormat::FOREIGN).unwrap_err();
        assert!(say.contains("2016-04-05 (dmy-slash)") && say.contains("2016-05-04 (mdy-slash)"), "{say}");
        assert_eq!(read("05/04/2016", &[DateFormat::DmySlash]).as_deref(), Ok("2016-04-05"));
        assert_eq!(read("04/04/2016", &DateFormat::FOREIGN).as_deref(), Ok("2016-04-04"));
    }

    #[test]
    fn empty_fields_in_disguise() {
        assert!(read("0000-00-00", &DateFormat::FOREIGN).unwrap_err().contains("empty field"));
        let window = ("2011-01-01".to_owned(), "2030-01-01".to_owned());
        assert!(plausible("1970-01-01", &window, false).unwrap_err().contains("epoch"));
        assert!(plausible("2106-04-27", &window, false).unwrap_err().contains("outside"));
        assert!(plausible("2016-04-27/2106-04-28", &window, false).is_err());
        assert!(plausible("2016-04-27", &window, false).is_ok());
    }

    #[test]
    fn other_texts_are_no_dates() {
        for text in ["", "27/04/16", "yesterday", "2016", "31/13/2016", "13/31/2016x", "0 May 2016"] {
            assert!(read(text, &DateFormat::FOREIGN).is_err(), "{text}");
        }
    }
}
