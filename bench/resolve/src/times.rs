//! Days from what files write: ISO, long English and Arabic dates, and the times that are hidden in addresses.

use truceline_model::{Instant, Interval, Zone};

const MONTHS: [&[&str]; 12] = [
    &["january", "jan", "يناير", "كانون الثاني"],
    &["february", "feb", "فبراير", "شباط"],
    &["march", "mar", "مارس", "اذار"],
    &["april", "apr", "ابريل", "نيسان"],
    &["may", "مايو", "ايار"],
    &["june", "jun", "يونيو", "حزيران"],
    &["july", "jul", "يوليو", "تموز"],
    &["august", "aug", "اغسطس", "اب"],
    &["september", "sept", "sep", "سبتمبر", "ايلول"],
    &["october", "oct", "اكتوبر"],
    &["november", "nov", "نوفمبر"],
    &["december", "dec", "ديسمبر"],
];

/// The number of a month by its name, folded as by the coder.
#[must_use]
pub fn month(word: &str) -> Option<u32> {
    let found = (1..).zip(MONTHS).find(|(_, names)| names.contains(&word));
    found.map(|(number, _)| number)
}

/// A date that may exist.
#[must_use]
pub fn date(year: u32, month: u32, day: u32) -> Option<String> {
    let real = (2010..=2030).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    real.then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// The local day of a date.
#[must_use]
pub fn day(zone: &Zone, iso: &str) -> Option<Interval> {
    zone.interval(iso.get(..10)?).ok()
}

/// `02 June 2023`.
#[must_use]
pub fn long_english(text: &str) -> Option<String> {
    let mut parts = text.split_whitespace();
    let day = parts.next()?.parse().ok()?;
    let month = month(&parts.next()?.to_lowercase())?;
    date(parts.next()?.parse().ok()?, month, day)
}

/// The first date that some words hold: `23 november 2025`, `aug 25 2022`, `2021 11 07`, `07 11 2021`. Day before month when both
/// could be either, as in the region.
#[must_use]
pub fn first_date(words: &[String]) -> Option<String> {
    let number = |at: usize| words.get(at).and_then(|w| w.parse::<u32>().ok());
    let named = |at: usize| words.get(at).and_then(|w| month(w));
    (0..words.len()).find_map(|at| {
        if let Some(m) = named(at) {
            // Arabic gives both names of a month: "23 ayar mayo 2025".
            let after = if named(at + 1).is_some() { at + 2 } else { at + 1 };
            let before = at.checked_sub(1).and_then(number).zip(number(after));
            let us = number(at + 1).zip(number(at + 2));
            return before.and_then(|(d, y)| date(y, m, d)).or_else(|| us.and_then(|(d, y)| date(y, m, d)));
        }
        let (a, b, c) = (number(at)?, number(at + 1)?, number(at + 2)?);
        date(a, b, c).or_else(|| date(c, b, a)).or_else(|| date(c, a, b))
    })
}

/// When a post was made, from its number: a post's number counts milliseconds since November 2010.
#[must_use]
pub fn of_post(address: &str) -> Option<Instant> {
    let digits: String = address.split("/status/").nth(1)?.chars().take_while(char::is_ascii_digit).collect();
    let number: i64 = digits.parse().ok().filter(|n| *n > 100_000_000_000_000)?;
    Some(Instant::from_seconds(((number >> 22) + 1_288_834_974_657) / 1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_they_are_written() {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(first_date(&words("on 23 november 2025 there")).as_deref(), Some("2025-11-23"));
        assert_eq!(first_date(&words("4 46 pm aug 25 2022 twitter")).as_deref(), Some("2022-08-25"));
        assert_eq!(first_date(&words("x 2021 11 07 210")).as_deref(), Some("2021-11-07"));
        assert_eq!(first_date(&words("10 اب اغسطس 2021")).as_deref(), Some("2021-08-10"));
        assert_eq!(long_english("02 June 2023").as_deref(), Some("2023-06-02"));
        assert_eq!(first_date(&words("no date 5 6")), None);
    }

    #[test]
    fn a_post_tells_its_time() {
        let at = of_post("https://twitter.com/someone/status/1562843955711987713").map(Instant::seconds);
        // 25 August 2022, 16:46 in Damascus.
        assert_eq!(at.map(|s| s / 60), Some(27_690_766));
    }
}
