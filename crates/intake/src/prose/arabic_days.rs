//! Days of the month by their ordinal in Arabic, "الحادي والعشرين من يونيو", and which year's: "الماضي", "المقبل".
//!
//! The month itself, and everything else about a day, is read in [`super::dates`]; without a day of reference nothing is moved.

use super::Day;
use super::page::Page;

/// Ordinals of one to ten, folded, without their article.
const UNITS: [(&str, u8); 12] = [
    ("اول", 1),
    ("ثاني", 2),
    ("ثالث", 3),
    ("رابع", 4),
    ("خامس", 5),
    ("سادس", 6),
    ("سابع", 7),
    ("ثامن", 8),
    ("تاسع", 9),
    ("عاشر", 10),
    ("حادي", 1),
    ("واحد", 1),
];

/// A day of the month by its ordinal, with "من" behind it, and the token after the ordinal.
pub(crate) fn ordinal(page: &Page<'_>, at: usize) -> Option<(u8, usize)> {
    let (day, to) = number(page, at)?;
    page.token(to).is("من").then_some((day, to))
}

fn number(page: &Page<'_>, at: usize) -> Option<(u8, usize)> {
    let token = page.token(at);
    if token.any(&["العشرين", "العشرون"]) {
        return Some((20, at + 1));
    }
    if token.any(&["الثلاثين", "الثلاثون"]) {
        return Some((30, at + 1));
    }
    if !token.fold.contains("ال") {
        return None;
    }
    let unit = UNITS.iter().find(|(word, _)| token.is(word)).map(|(_, n)| *n)?;
    let next = page.token(at + 1);
    let small = unit < 10;
    if small && next.is("عشر") {
        return Some((10 + unit, at + 2));
    }
    if small && next.fold.starts_with('و') && next.any(&["عشرين", "عشرون"]) {
        return Some((20 + unit, at + 2));
    }
    if unit == 1 && next.fold.starts_with('و') && next.any(&["ثلاثين", "ثلاثون"]) {
        return Some((31, at + 2));
    }
    Some((unit, at + 1))
}

/// "الثاني من يونيو الماضي": the day before or after the day of the text, and the token after the word that says so.
pub(crate) fn which(
    page: &Page<'_>,
    reference: Option<Day>,
    day: Option<Day>,
    end: usize,
) -> (Option<Day>, usize) {
    let (Some(found), Some(today)) = (day, reference) else { return (day, end) };
    let token = page.token(end);
    let year = |step: i32| Day::new(found.year() + step, found.month(), found.day());
    if page.language == "ar" && token.any(&["الماضي", "المنصرم", "الفائت", "الفايت"])
    {
        let moved = if today.until(found) > 0 { year(-1) } else { Some(found) };
        return (moved, end + 1);
    }
    if page.language == "ar" && token.any(&["المقبل", "القادم"]) {
        let moved = if today.until(found) < 0 { year(1) } else { Some(found) };
        return (moved, end + 1);
    }
    if page.language == "ar" && token.any(&["الحالي", "الجاري"]) {
        return (day, end + 1);
    }
    (day, end)
}
