//! The hour at which a deal begins or a deadline ends: "at noon on Tuesday", "0900 GMT", "الرابعة صباحا", "с полуночи".
//!
//! An hour is put beside the day that stands next to it, or the day of the text where no day is told; never without a day.

use super::Value;
use super::dates::Date;
use super::lexicon::Cat;
use super::page::Page;
use super::tokens::Class;

/// How far an hour may stand from its day, in tokens.
const REACH: usize = 7;

/// An hour in the text: its tokens, hour and minute.
type Clock = (usize, usize, u32, u32);

/// A day with the hour beside it.
pub(crate) fn moment(page: &Page<'_>, date: &Date, range: (usize, usize)) -> Option<Value> {
    let day = date.day?;
    let low = date.from.saturating_sub(REACH).max(range.0);
    let high = range.1.min(date.to + REACH);
    let (from, to, hour, minute) = (low..high)
        .filter_map(|at| clock(page, at))
        .find(|c| joined(page, (c.0, c.1), (date.from, date.to)))?;
    let value = page.words(from.min(date.from), to.max(date.to));
    Some(Value { norm: Some(format!("{day}T{hour:02}:{minute:02}")), ..value })
}

/// An hour without a day, on the day of the text.
pub(crate) fn alone(page: &Page<'_>, range: (usize, usize)) -> Option<Value> {
    let day = page.reference?;
    let (from, to, hour, minute) = (range.0..range.1).find_map(|at| clock(page, at))?;
    let value = page.words(from, to);
    Some(Value { norm: Some(format!("{day}T{hour:02}:{minute:02}")), ..value })
}

/// Whether only little words stand between an hour and a day.
fn joined(page: &Page<'_>, a: (usize, usize), b: (usize, usize)) -> bool {
    let (low, high) = if a.1 <= b.0 { (a.1, b.0) } else { (b.1, a.0) };
    low >= high
        || (low..high).all(|at| {
            page.token(at).any(&[
                "on",
                "of",
                "the",
                "at",
                "local",
                "time",
                "gmt",
                "utc",
                "hrs",
                "hours",
                "night",
                "morning",
                "evening",
                "starting",
                "from",
                "today",
                "عند",
                "من",
                "يوم",
                "الساعه",
                "ليل",
                "صباح",
                "مساء",
                "فجر",
                "صباحا",
                "مساء",
                "в",
                "с",
                "по",
                "о",
            ]) || page.token(at).class == Class::Comma && high - low < 3
                || matches!(
                    page.token(at).class,
                    Class::ParenOpen | Class::ParenClose | Class::Number | Class::Colon
                ) && high - low < 9
        })
}

/// The hour that is written at a token.
fn clock(page: &Page<'_>, at: usize) -> Option<Clock> {
    let token = page.token(at);
    if token.any(&["midnight", "полуночи", "полночь", "опівночі", "півночі"]) {
        return Some((at, at + 1, 0, 0));
    }
    if token.any(&["noon", "midday", "полудня", "полдень", "опівдні"]) {
        return Some((at, at + 1, 12, 0));
    }
    if token.is("منتصف") && page.token(at + 1).is("ليل") {
        return Some((at, at + 2, 0, 0));
    }
    if page.language == "ar"
        && let Some(found) = arabic(page, at)
    {
        return Some(found);
    }
    if token.class != Class::Number {
        return None;
    }
    let digits = &token.fold;
    let two = |text: &str| text.parse::<u32>().ok();
    let (hour, minute, mut to, sure) = if let Some((h, m)) = digits.split_once('.') {
        (two(h)?, two(m)?, at + 1, m.len() == 2 && page.language != "en")
    } else if page.slice(at + 1, at + 2) == ":" && page.token(at + 2).class == Class::Number {
        (two(digits)?, two(&page.token(at + 2).fold)?, at + 3, true)
    } else if digits.len() == 4 {
        let named = page.token(at + 1).any(&["hrs", "hours", "gmt", "utc", "local", "h", "lt"])
            || page.token(at.wrapping_sub(1)).any(&["fm", "at"]);
        (two(digits.get(..2)?)?, two(digits.get(2..)?)?, at + 1, named)
    } else {
        (two(digits)?, 0, at + 1, false)
    };
    let half = page.token(to);
    let (am, pm) = (half.any(&["am", "a.m"]), half.any(&["pm", "p.m"]));
    let named = page.token(to).any(&["gmt", "utc", "hrs", "hours"]);
    let hour = match (am, pm) {
        (true, _) if hour == 12 => 0,
        (_, true) if hour < 12 => hour + 12,
        _ => hour,
    };
    let named = named || page.token(to).any(&["часов", "часа", "час", "годин", "години", "годині"]);
    let sure = sure || named && matches!(page.language, "ru" | "uk");
    to += usize::from(am || pm || named);
    // The stop of "a.m.".
    let dot = page.token(to);
    to += usize::from((am || pm) && dot.class == Class::Stop && dot.glued && !page.token(to + 1).upper);
    ((am || pm || sure) && hour < 24 && minute < 60).then_some((at, to, hour, minute))
}

/// "الرابعة صباحا", "الثامنة من صباح": an hour by its ordinal.
fn arabic(page: &Page<'_>, at: usize) -> Option<Clock> {
    const HOURS: [&str; 10] =
        ["واحده", "ثانيه", "ثالثه", "رابعه", "خامسه", "سادسه", "سابعه", "ثامنه", "تاسعه", "عاشره"];
    let hour = HOURS.iter().position(|h| page.token(at).is(h)).and_then(|i| u32::try_from(i + 1).ok())?;
    let part = (at + 1..at + 3).find(|i| {
        page.token(*i).any(&["صباح", "صباحا", "فجر", "فجرا", "مساء", "عصر", "عصرا", "ظهر", "ظهرا", "ليلا"])
    })?;
    let late = page.token(part).any(&["مساء", "عصر", "عصرا", "ليلا"])
        || page.token(part).any(&["ظهر", "ظهرا"]) && hour < 6;
    Some((at, part + 1, if late { hour + 12 } else { hour }, 0))
}

/// "Accepted a truce from 0200 on Friday", told on a Thursday: a weekday from which it is to hold lies ahead.
pub(super) fn to_come(
    page: &Page<'_>,
    fact: &super::deals::Fact,
    date: &super::dates::Date,
    norm: Option<String>,
) -> Option<String> {
    let agreed = matches!(fact.sub.as_str(), "accepted" | "announced" | "extended" | "reached" | "signed");
    let weekday = (date.from..date.to).any(|at| page.is(Cat::Weekday, at))
        && !(date.from..date.to).any(|at| page.is(Cat::Month, at) || page.token(at).is("last"));
    let led =
        page.token(date.from.wrapping_sub(1)).any(&["from", "starting", "beginning", "fm", "effective"])
            || page.token(date.from).any(&["from", "starting", "beginning", "fm"])
            || (date.from.saturating_sub(10)..date.from).rev().any(|at| {
                page.token(at).any(&["from", "fm", "starting", "beginning", "effective"])
                    && (at + 1..date.from).all(|i| {
                        !page.is(Cat::DealVerb, i)
                            && !page.is(Cat::Speech, i)
                            && page.token(i).class != Class::Comma
                    })
            });
    let told = norm.as_deref()?;
    let (Some(day), Some(today)) = (told.get(..10).and_then(super::Day::parse), page.reference) else {
        return norm;
    };
    let past = day.until(today) > 0 && day.until(today) < 7;
    if !(agreed && weekday && led && past) {
        return norm;
    }
    let ahead = day.plus(7)?;
    Some(format!("{ahead}{}", told.get(10..).unwrap_or_default()))
}
