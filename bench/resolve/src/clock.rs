//! When a page was published, by what it says and by where it stands among the pages of its outlet.
//!
//! An outlet numbers its pages as they come. Where a page states no day, the stated days of pages numbered before and after it say
//! between which days it came, and the day of the week that it names says which. Looks at addresses and texts alone, of all pages
//! that are coded; never at an incident. A stated day that does not fit the run of numbers (a date in an old story) is left out.

use std::collections::BTreeMap;

/// A day, counted from 1970.
pub type DayNumber = i64;

/// What is known of a page's day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dated {
    /// Outlet and kind of page, and the page's number.
    pub numbered: Option<(String, u64)>,
    /// The day on which it was surely published.
    pub sure: Option<DayNumber>,
    /// Days on which it may have been, by dates in its text.
    pub may: Vec<DayNumber>,
    /// Of these the one whose year is told, the latest.
    pub whole: Option<DayNumber>,
    /// Days of the week that it names, Monday 0.
    pub weekdays: Vec<i64>,
    /// It was there on this day, at the latest.
    pub not_after: Option<DayNumber>,
}

/// First and last day on which a page may have been published.
pub type Span = (DayNumber, DayNumber);

/// How much a stated day weighs against others of its outlet, and one that may be meant.
const SURE: u32 = 8;
const MAY: u32 = 3;
/// An outlet's numbers tell time from so many days on.
const FEWEST: usize = 3;
/// Wider than this they tell nothing.
const WIDEST: i64 = 120;
/// The day of the week is looked for within so many days.
const WEEK: i64 = 13;
/// Archived at most so many days after it was published.
const ARCHIVED: i64 = 2;

/// The outlet, kind and number of a page, by its address. Posts whose number tells their time need none.
#[must_use]
pub fn numbered(address: &str) -> Option<(String, u64)> {
    let rest = address.split_once("//")?.1.to_lowercase();
    let (host, path) = rest.split_once('/').unwrap_or((rest.as_str(), ""));
    let host = ["www.", "m.", "ar.", "mobile."]
        .iter()
        .fold(host, |host, lead| host.strip_prefix(lead).unwrap_or(host));
    if host.contains("twitter.") || host == "x.com" {
        return None;
    }
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    if host.contains("facebook.") || host == "t.me" {
        // A number by which the page of a person is called stands elsewhere.
        let asked = |key: &str| query.split('&').find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='));
        if let Some(number) = asked("story_fbid").or_else(|| asked("fbid")).and_then(|n| n.parse().ok()) {
            // A picture is called by its album; of one without either nobody knows whose number it is.
            let whose = asked("id").or_else(|| asked("set"))?;
            return Some((format!("{host}/{whose}"), number));
        }
        if let ["groups", group] = parts.as_slice() {
            // The number in the path is the group's, alike for all its posts.
            let number = asked("multi_permalinks")?.parse().ok()?;
            return Some((format!("{host}/groups/{group}"), number));
        }
        let number = parts.iter().rev().find_map(|part| part.parse::<u64>().ok())?;
        let kind = parts.get(1).filter(|_| parts.len() > 2).unwrap_or(&"");
        return Some((format!("{host}/{}/{kind}", parts.first()?), number));
    }
    let asked = query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        ["p", "id", "newsid"].contains(&key).then(|| value.parse::<u64>().ok()).flatten()
    });
    let plausible = |n: &u64| (1000..100_000_000).contains(n) && !(2010..=2030).contains(n);
    let in_part = |part: &str| {
        let bare = part.trim_end_matches(".html").trim_end_matches(".htm").trim_end_matches(".php");
        // A letter may lead the number: `p461281`, `slug-h27529`.
        let letter = |piece: &str| piece.trim_start_matches(['p', 'h', 'n', 'a']).parse::<u64>().ok();
        let plain = |piece: &str| piece.parse::<u64>().ok().filter(plausible);
        letter(bare)
            .filter(plausible)
            .or_else(|| plain(bare.split('-').next()?))
            .or_else(|| letter(bare.rsplit('-').next()?).filter(plausible))
    };
    if let Some(number) = asked.filter(plausible) {
        return Some((format!("{host}{}", kind_of(&parts)), number));
    }
    let (at, number) = parts.iter().enumerate().rev().find_map(|(at, part)| Some((at, in_part(part)?)))?;
    Some((format!("{host}{}", kind_of(parts.get(..at)?)), number))
}

/// Which run of numbers of its outlet a page belongs to: the plain words of its path before the number (`/en`, `/ar/articles`).
fn kind_of(parts: &[&str]) -> String {
    let plain = |part: &&&str| part.len() <= 15 && part.chars().all(|c| c.is_ascii_alphabetic() || c == '_');
    let plain = parts.iter().filter(plain).filter(|part| **part != "public");
    plain.flat_map(|part| ["/", part]).collect()
}

/// One stated day of an outlet: the page's number, the day, how much it weighs.
type Stated = (u64, DayNumber, u32);

/// The heaviest run of stated days that never goes back as the numbers go up.
fn run(mut stated: Vec<Stated>) -> Vec<(u64, DayNumber)> {
    stated.sort_unstable();
    let mut best: Vec<(u32, Option<usize>)> = Vec::with_capacity(stated.len());
    for (at, (number, day, weight)) in stated.iter().enumerate() {
        let before = stated
            .iter()
            .zip(&best)
            .take(at)
            .enumerate()
            .filter(|(_, ((n, d, _), _))| n < number && d <= day);
        let heaviest = before.map(|(b, (_, (sum, _)))| (*sum, std::cmp::Reverse(b))).max();
        best.push(match heaviest {
            Some((sum, std::cmp::Reverse(b))) => (sum + weight, Some(b)),
            None => (*weight, None),
        });
    }
    let mut at = (0..best.len()).max_by_key(|at| (best.get(*at).map(|b| b.0), std::cmp::Reverse(*at)));
    let mut run = Vec::new();
    while let Some(now) = at {
        run.extend(stated.get(now).map(|(number, day, _)| (*number, *day)));
        at = best.get(now).and_then(|(_, before)| *before);
    }
    run.reverse();
    run
}

/// The weekday of a day, Monday 0; 1 January 1970 was a Thursday.
fn weekday(day: DayNumber) -> i64 {
    (day + 3).rem_euclid(7)
}

/// Of the days of a span the one of that weekday that lies nearest to `about`.
fn on_weekday((first, last): Span, weekdays: &[i64], about: DayNumber) -> Option<Span> {
    let wanted = *weekdays.first()?;
    let days = (first..=last).filter(|day| weekday(*day) == wanted);
    days.min_by_key(|day| ((day - about).abs(), *day)).map(|day| (day, day))
}

/// On which days each page may have been published.
#[must_use]
pub fn spans(pages: &[Dated]) -> Vec<Option<Span>> {
    let mut stated: BTreeMap<&str, Vec<Stated>> = BTreeMap::new();
    for page in pages {
        let Some((outlet, number)) = &page.numbered else { continue };
        let all = stated.entry(outlet.as_str()).or_default();
        match page.sure {
            Some(day) => all.push((*number, day, SURE)),
            None => all.extend(page.may.iter().map(|day| (*number, *day, MAY))),
        }
    }
    let runs: BTreeMap<&str, Vec<(u64, DayNumber)>> =
        stated.into_iter().map(|(outlet, stated)| (outlet, run(stated))).collect();
    pages.iter().map(|page| span(page, &runs)).collect()
}

fn span(page: &Dated, runs: &BTreeMap<&str, Vec<(u64, DayNumber)>>) -> Option<Span> {
    let by_number = page.numbered.as_ref().and_then(|(outlet, number)| {
        let run = runs.get(outlet.as_str()).filter(|run| run.len() >= FEWEST)?;
        between(run, *number)
    });
    if let Some(day) = page.sure {
        // What the text states is left out where the outlet's numbers say otherwise.
        return match by_number {
            Some(((first, last), about)) if day < first - 3 || day > last + 3 => {
                Some(narrowed((first, last), about, page))
            }
            _ => Some((day, day)),
        };
    }
    if let Some((span, about)) = by_number {
        return Some(narrowed(span, about, page)).filter(|(first, last)| last - first <= WIDEST);
    }
    let last = page.not_after?;
    on_weekday((last - 6, last), &page.weekdays, last).or(Some((last - ARCHIVED, last)))
}

fn narrowed(span: Span, about: DayNumber, page: &Dated) -> Span {
    let near = (span.0.max(about - WEEK / 2), span.1.min(about + WEEK / 2));
    let few = span.1 - span.0 <= WEEK;
    let named =
        if few { on_weekday(span, &page.weekdays, about) } else { on_weekday(near, &page.weekdays, about) };
    named.filter(|_| span.1 - span.0 <= WEEK * 2).unwrap_or(span)
}

/// Between which stated days a number lies, and about where.
fn between(run: &[(u64, DayNumber)], number: u64) -> Option<(Span, DayNumber)> {
    if let Some((_, day)) = run.iter().find(|(n, _)| *n == number) {
        return Some(((*day, *day), *day));
    }
    let (n0, first) = run.iter().rev().find(|(n, _)| *n < number)?;
    let (n1, last) = run.iter().find(|(n, _)| *n > number)?;
    let part = i64::try_from(u128::from(number - n0) * 1000 / u128::from(n1 - n0)).unwrap_or(0);
    let about = first + (last - first) * part / 1000;
    let slack = (last - first) / 4 + 1;
    Some((((*first).max(about - slack), (*last).min(about + slack)), about))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_numbered_in_many_ways() {
        let of = |address: &str| numbered(address).map(|(outlet, n)| format!("{outlet} {n}"));
        assert_eq!(
            of("https://www.example.org/en/262586/?fbclid=x").as_deref(),
            Some("example.org/en 262586")
        );
        assert_eq!(of("https://example.org/%d9%82/681991/").as_deref(), Some("example.org 681991"));
        assert_eq!(of("https://sana.example/en/?p=280605").as_deref(), Some("sana.example/en 280605"));
        assert_eq!(of("https://o.example/public/ar/news/77.html"), None, "too small to be a page's");
        assert_eq!(
            of("https://o.example/public/ar/news/slug-h27529.html").as_deref(),
            Some("o.example/ar/news 27529")
        );
        assert_eq!(
            of("https://facebook.com/permalink.php?id=9&story_fbid=123456").as_deref(),
            Some("facebook.com/9 123456")
        );
        assert_eq!(
            of("https://facebook.com/groups/777/?multi_permalinks=123456&x=y").as_deref(),
            Some("facebook.com/groups/777 123456")
        );
        assert_eq!(of("https://facebook.com/groups/777/"), None, "the group's own");
        assert_eq!(
            of("https://facebook.com/photo/?fbid=123456&set=a.42").as_deref(),
            Some("facebook.com/a.42 123456")
        );
        assert_eq!(of("https://twitter.com/a/status/1558072211407343620"), None);
        assert_eq!(of("https://example.org/2022/08/12/"), None);
    }

    /// Days stated at 10, 30 and 40; one that says 99 at number 20 fits no run.
    #[test]
    fn a_number_lies_between_stated_days() {
        let page = |number: u64, sure: Option<i64>, weekdays: &[i64]| Dated {
            numbered: Some(("o".to_owned(), number)),
            sure,
            weekdays: weekdays.to_vec(),
            ..Dated::default()
        };
        let pages = [
            page(100, Some(10), &[]),
            page(200, Some(99), &[]),
            page(300, Some(30), &[]),
            page(400, Some(40), &[]),
            page(350, None, &[]),
            page(350, None, &[weekday(36)]),
            page(500, None, &[]),
        ];
        let found = spans(&pages);
        assert_eq!(found.first(), Some(&Some((10, 10))));
        assert_eq!(found.get(1), Some(&Some((14, 26))), "what fits no run gives way to the numbers");
        assert_eq!(found.get(4), Some(&Some((32, 38))));
        assert_eq!(found.get(5), Some(&Some((36, 36))));
        assert_eq!(found.get(6), Some(&None), "after the last stated day nothing is known");
    }
}
