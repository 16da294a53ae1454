//! Collected pages as a coder needs them: without what an outlet prints beside every story, and with the days that they state.
//!
//! A line that three pages of one outlet share is furniture: menus, notices, sentences repeated in each story. It goes, with its
//! dates. Looks at texts and addresses alone; never at an incident, and keeps nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::clock::{Dated, DayNumber, numbered};
use crate::coder::{fold, words};
use crate::times;

/// Pages of one outlet that share a line which is furniture.
const SHARED_BY: u32 = 3;
/// A whole date among the first so many words is the page's own.
const HEAD: usize = 60;
/// Dates are looked for among so many words.
const READ: usize = 1200;
/// Days of the week are looked for among so many words.
const WEEKDAYS_READ: usize = 150;

const WEEKDAYS: [&[&str]; 7] = [
    &["monday", "اثنين", "اتنين"],
    &["tuesday", "ثلاثاء", "تلاتاء"],
    &["wednesday", "اربعاء"],
    &["thursday", "خميس"],
    &["friday", "جمعه"],
    &["saturday", "سبت"],
    &["sunday", "احد"],
];

/// The host of an address.
#[must_use]
pub fn host(address: &str) -> &str {
    let rest = address.split_once("//").map_or(address, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest).trim_start_matches("www.")
}

/// Sentences and the like. The points of `24.08.2023` part no lines: a day alone would be furniture, and the date be lost.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut last = ' ';
    let mut coming = text.chars().skip(1).chain([' ']);
    let parts = move |c: char| {
        let next = coming.next().unwrap_or(' ');
        let in_a_number = c == '.' && last.is_ascii_digit() && next.is_ascii_digit();
        last = c;
        matches!(c, '\n' | '.' | '!' | '?' | '؟' | '|' | '•') && !in_a_number
    };
    text.split(parts).map(str::trim).filter(|line| !line.is_empty())
}

/// Lines that pages of one outlet share.
#[derive(Default)]
pub struct Furniture {
    shared: BTreeMap<String, BTreeMap<String, u32>>,
}

impl Furniture {
    /// Counts the lines of a page.
    pub fn count(&mut self, address: &str, text: &str) {
        let counts = self.shared.entry(host(address).to_owned()).or_default();
        for line in lines(text).map(fold).collect::<BTreeSet<String>>() {
            *counts.entry(line).or_default() += 1;
        }
    }

    /// A page's text without furniture.
    #[must_use]
    pub fn cleared(&self, address: &str, text: &str) -> String {
        let counts = self.shared.get(host(address));
        let own = |line: &&str| counts.and_then(|c| c.get(&fold(line))).is_none_or(|n| *n < SHARED_BY);
        lines(text).filter(own).collect::<Vec<_>>().join(" . ")
    }
}

/// A date in a text: where, the year if there is one, month, day.
type Date = (usize, Option<u32>, u32, u32);

fn month(words: &[String], at: usize) -> Option<(u32, usize)> {
    let word = words.get(at)?;
    let pair = words.get(at + 1).map(|next| format!("{word} {next}"));
    let two = pair.and_then(|pair| match pair.as_str() {
        "كانون الاول" => Some(12),
        "كانون الثاني" => Some(1),
        "تشرين الاول" => Some(10),
        "تشرين الثاني" => Some(11),
        _ => None,
    });
    two.map(|m| (m, 2)).or_else(|| times::month(word).map(|m| (m, 1)))
}

fn dates(words: &[String]) -> Vec<Date> {
    let number = |at: usize| words.get(at).filter(|w| w.len() <= 4).and_then(|w| w.parse::<u32>().ok());
    let day = |at: usize| number(at).filter(|d| (1..=31).contains(d));
    let year = |at: usize| number(at).filter(|y| (2011..=2030).contains(y));
    let mut found = Vec::new();
    for at in 0..words.len() {
        if let Some((m, length)) = month(words, at) {
            let mut after = at + length;
            // Both names of a month: "15 ab aghustus".
            while let Some((_, more)) = month(words, after) {
                after += more;
            }
            let of = |at: usize| {
                words.get(at).is_some_and(|w| ["of", "st", "nd", "rd", "th", "من"].contains(&w.as_str()))
            };
            let before = at.checked_sub(1).and_then(|b| if of(b) { day(b.checked_sub(1)?) } else { day(b) });
            if let Some(d) = before {
                found.push((at, year(after), m, d));
            } else if let Some(d) = day(after) {
                let then = if of(after + 1) { after + 2 } else { after + 1 };
                found.push((at, year(then), m, d));
            }
            continue;
        }
        if let (Some(a), Some(b), Some(c)) = (number(at), number(at + 1), number(at + 2)) {
            let plain = |y: u32, m: u32, d: u32| {
                (2011..=2030).contains(&y) && (1..=12).contains(&m) && (1..=31).contains(&d)
            };
            let tried = [(a, b, c), (c, b, a), (c, a, b)].into_iter().find(|(y, m, d)| plain(*y, *m, *d));
            found.extend(tried.map(|(y, m, d)| (at, Some(y), m, d)));
        }
    }
    found
}

/// Number of a day of the calendar, by the civil calendar's own arithmetic.
fn number(year: u32, month: u32, day: u32) -> Option<DayNumber> {
    let (y, m, d) = (i64::from(year), i64::from(month), i64::from(day));
    let y = if m <= 2 { y - 1 } else { y };
    let of_year = (153 * (if m > 2 { m - 3 } else { m + 9 }) + 2) / 5 + d - 1;
    let era = y.div_euclid(400);
    let of_era = y - era * 400;
    (month <= 12 && day <= 31)
        .then_some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

fn weekday(word: &str) -> Option<i64> {
    let bare = word.strip_prefix("ال").unwrap_or(word);
    WEEKDAYS.iter().zip(0..).find(|(names, _)| names.contains(&bare) || names.contains(&word)).map(|(_, n)| n)
}

/// What a page says of its day. `posted` is the day of a post whose number tells it; `window` the first and last day of such posts
/// among all pages: within it a date without a year is looked for.
#[must_use]
pub fn dated(
    address: &str,
    slug: &str,
    archived: &str,
    text: &str,
    posted: Option<DayNumber>,
    window: (DayNumber, DayNumber),
) -> Dated {
    let body = words(text);
    let body = body.get(..body.len().min(READ)).unwrap_or_default();
    let found = dates(body);
    let whole = |(at, y, m, d): &Date| Some((*at, number((*y)?, *m, *d)?));
    let within = |day: &DayNumber| (window.0..=window.1).contains(day);
    let full: Vec<(usize, DayNumber)> =
        found.iter().filter_map(whole).filter(|(_, day)| within(day)).collect();
    let in_address = dates(&words(slug)).iter().find_map(whole).map(|(_, day)| day);
    let head = full.iter().find(|(at, _)| *at < HEAD).map(|(_, day)| *day);
    let near_weekday =
        |at: usize| body.get(at.saturating_sub(4)..at).into_iter().flatten().rev().find_map(|w| weekday(w));
    let latest = full.iter().map(|(_, day)| *day).max();
    let mut may: Vec<DayNumber> = latest.into_iter().collect();
    let mut named = None;
    for (at, _, m, d) in found.iter().filter(|(_, y, ..)| y.is_none()).take(2) {
        let years = (2011..=2030).filter_map(|y| number(y, *m, *d)).filter(within);
        let years: Vec<DayNumber> = years.collect();
        let fits = |day: &&DayNumber| near_weekday(*at).is_some_and(|w| (**day + 3).rem_euclid(7) == w);
        let fitting: Vec<&DayNumber> = years.iter().filter(fits).collect();
        if let (None, [only]) = (named, fitting.as_slice()) {
            named = Some(**only);
        }
        may.extend(years);
    }
    Dated {
        numbered: numbered(address),
        sure: posted.or(in_address).or(head).or(named),
        may,
        whole: latest,
        weekdays: body.iter().take(WEEKDAYS_READ).filter_map(|w| weekday(w)).collect(),
        // Last in the archive's address stands the day on which it was kept.
        not_after: dates(&words(archived)).iter().rev().find_map(whole).map(|(_, day)| day),
    }
}

/// The days of the year that a text names, as words that no language has: "3 Aug" and "3 آب" share one.
#[must_use]
pub fn days_of_the_year(text: &str) -> String {
    let body = words(text);
    let found = dates(body.get(..body.len().min(400)).unwrap_or_default());
    let named: BTreeSet<(u32, u32)> = found.into_iter().map(|(_, _, m, d)| (m, d)).take(3).collect();
    named.into_iter().map(|(m, d)| format!("zday{m:02}x{d:02} ")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn furniture_goes_and_the_story_stays() {
        let mut furniture = Furniture::default();
        let page = |n: u32| format!("story {n}\nFollow us. 15 May 2024");
        for n in 0..3 {
            furniture.count("https://o.example/a", &page(n));
        }
        assert_eq!(furniture.cleared("https://o.example/b", &page(7)), "story 7");
        assert_eq!(
            furniture.cleared("https://other.example/b", &page(7)),
            "story 7 . Follow us . 15 May 2024"
        );
    }

    #[test]
    fn points_of_a_date_part_no_lines() {
        assert_eq!(
            lines("Updated: 24.08.2023 | a.b. c").collect::<Vec<_>>(),
            ["Updated: 24.08.2023", "a", "b", "c"]
        );
    }

    #[test]
    fn days_are_read_as_they_are_stated() {
        let window = (number(2021, 8, 1).unwrap_or(0), number(2023, 12, 31).unwrap_or(0));
        let of = |text: &str| dated("https://o.example/x", "", "", text, None, window);
        assert_eq!(of("الاثنين 15 آب").sure, number(2022, 8, 15), "the weekday tells the year");
        assert_eq!(of("12 August، 2022 two wounded").sure, number(2022, 8, 12));
        assert_eq!(of("on August 3 somebody").may.len(), 3, "2021, 2022 or 2023");
        assert_eq!(of("5 March 2020").sure, None, "an old story");
        assert_eq!(number(1970, 1, 1), Some(0));
        assert_eq!(days_of_the_year("Aug 3, 2022"), days_of_the_year("3 آب"));
    }
}
