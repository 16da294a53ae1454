//! How many: figures and number words with what they commit the text to, in any script.
//!
//! "More than 60" is at least 61; "dozens" at least 24; a share of a whole is no figure. Years, dates, ages, hours and money are
//! numbers too and are not taken for people: that is told by what stands after them, not here.

use truceline_model::{Bounds, Qualifier};

use super::counted::follows;
use super::lexicon::{Cat, Tag};
use super::page::Page;
use super::tokens::{Class, digit};

/// A number in the text with its qualifier.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    /// First token, the qualifier included.
    pub(crate) from: usize,

    /// Token after the number, a qualifier that follows included.
    pub(crate) to: usize,
    pub(crate) bounds: Bounds,
    /// Written in four digits without a qualifier: may be a year.
    pub(crate) year: bool,
}

/// The value of a number and where it ends.
type Core = (u32, usize);

/// "Rose from 12 to 27" names two counts, no range.
const RISES: &[&str] = &[
    "rose",
    "rises",
    "risen",
    "rising",
    "climbed",
    "increased",
    "increase",
    "up",
    "raised",
    "jumped",
    "grew",
    "revised",
    "went",
    "fell",
    "dropped",
    "down",
    "changed",
    "updated",
    "ارتفع",
    "ارتفعت",
    "ارتفاع",
    "ارتفعا",
    "يرتفع",
    "ترتفع",
    "выросло",
    "возросло",
    "увеличилось",
    "выросла",
    "зросло",
    "збільшилося",
    "зросла",
];

/// Every figure of the text, in order; none overlap.
pub(crate) fn figures(page: &Page<'_>) -> Vec<Figure> {
    let mut out: Vec<Figure> = Vec::new();
    let mut at = 0;
    while at < page.tokens.len() {
        match figure(page, at) {
            Some(figure) => {
                at = figure.to.max(at + 1);
                out.push(figure);
            }
            None => at += 1,
        }
    }
    out
}

fn figure(page: &Page<'_>, at: usize) -> Option<Figure> {
    // "between 14 and 27", where the two are of one kind.
    let prefix = page.tag(Cat::Qualifier, at).filter(|tag| page.tags.value(*tag) != "after");
    // "Rose to 38", where the word for "to" also says "up to".
    let risen = |tag: &Tag| {
        page.tags.kind(*tag) == "at_most" && (at.saturating_sub(8)..at).any(|i| page.token(i).any(RISES))
    };
    if page.language != "en" && prefix.as_ref().is_some_and(risen) {
        return None;
    }
    let kind = prefix.map_or("", |tag| page.tags.kind(tag));
    let core = prefix.map_or(at, |tag| tag.to);
    let (low, to) = match core_at(page, core) {
        Some(found) => found,
        None => return vague(page, at, core, kind),
    };
    let from = core > 0 && page.token(core - 1).any(&["from", "من", "от", "від", "с", "з"]);
    let rises = from && (core.saturating_sub(4)..core).any(|at| page.token(at).any(RISES));
    let joined = |to: usize| {
        let token = page.token(to);
        let dash = token.class == Class::Dash && token.glued && page.token(to + 1).glued;
        let word = token.any(&["to", "or", "-", "الي", "او", "до", "или", "або", "чи"]);
        (kind == "between" && token.any(&["and", "و", "и", "та", "і"])) || dash || (word && !rises)
    };
    let arabic_and = kind == "between" && !page.token(to).alts.is_empty();
    let second = if joined(to) { core_at(page, to + 1) } else { None }
        .or_else(|| if arabic_and { core_at(page, to) } else { None });
    if let Some((high, end)) = second
        && low < high
        && !followed_by_month(page, end)
    {
        let bounds = Bounds::range(low, high)?;
        let year = low > 1900 && high < 2100 && prefix.is_none();
        return Some(Figure { from: at, to: end, bounds, year });
    }
    let after = page.tag(Cat::Qualifier, to).filter(|tag| follows(page, *tag));
    // "400+" is at least 400.
    let plus = page.token(to).glued && page.slice(to, to + 1) == "+";
    let word = if plus { "at_least" } else { after.map_or(kind, |tag| page.tags.kind(tag)) };
    let end = if plus { to + 1 } else { after.map_or(to, |tag| tag.to) };
    let digits = page.slice(core, to);
    let year = prefix.is_none()
        && after.is_none()
        && digits.chars().count() == 4
        && digits.chars().all(|c| digit(c).is_some())
        && (1900..2100).contains(&low);
    let bounds = bounded(word, low)?;
    Some(Figure { from: at, to: end, bounds, year })
}

fn followed_by_month(page: &Page<'_>, at: usize) -> bool {
    page.is(Cat::Month, at) || page.token(at).is("percent") || page.slice(at, at + 1) == "%"
}

/// What a qualifier makes of a number.
pub(crate) fn bounded(qualifier: &str, value: u32) -> Option<Bounds> {
    Some(match qualifier {
        "more_than" => Bounds { min: value.checked_add(1)?, max: None, qualifier: Qualifier::MoreThan },
        "at_least" => Bounds { min: value, max: None, qualifier: Qualifier::AtLeast },
        "at_most" => Bounds { min: 0, max: Some(value), qualifier: Qualifier::AtMost },
        "less_than" => Bounds { min: 0, max: Some(value.checked_sub(1)?), qualifier: Qualifier::AtMost },
        _ => Bounds::exactly(value),
    })
}

/// "Dozens", "dozens of", "hundreds": a least number and no most.
fn vague(page: &Page<'_>, from: usize, at: usize, kind: &str) -> Option<Figure> {
    let tag = page.tag(Cat::Number, at).filter(|tag| page.tags.kind(*tag) == "vague")?;
    let min: u32 = page.tags.value(tag).parse().ok()?;
    if kind == "at_most" || kind == "less_than" {
        return None;
    }
    let qualifier = if min == 24 { Qualifier::Dozens } else { Qualifier::AtLeast };
    let bounds = Bounds { min, max: None, qualifier };
    Some(Figure { from, to: tag.to, bounds, year: false })
}

/// A number in figures or words, without its qualifier.
fn core_at(page: &Page<'_>, at: usize) -> Option<Core> {
    let token = page.token(at);
    if token.class == Class::Number {
        let value = plain(&token.fold)?;
        // "The 5th corps" counts nobody.
        let next = page.token(at + 1);
        if next.glued && next.any(&["st", "nd", "rd", "th"]) {
            return None;
        }
        let (scaled, end) = scale(page, value, at + 1)?;
        // "20-year" and "1.5" are no counts; a percentage is a share.
        if page.slice(end, end + 1) == "%" || page.token(end).any(&["percent", "%"]) {
            return None;
        }
        return Some((scaled, end));
    }
    words(page, at)
}

/// `1,200` and `1200`, but not `1.5`.
fn plain(text: &str) -> Option<u32> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let mut groups = text.split([',', '٬', '.', '٫']).skip(1);
    let grouped = groups.all(|group| group.len() == 3);
    if !grouped || digits.is_empty() { None } else { digits.parse().ok() }
}

fn scale(page: &Page<'_>, value: u32, at: usize) -> Option<Core> {
    let tag = page.tag(Cat::Number, at).filter(|tag| matches!(page.tags.kind(*tag), "thousand" | "hundred"));
    match tag {
        Some(tag) => Some((value.checked_mul(page.tags.value(tag).parse().ok()?)?, tag.to)),
        None => Some((value, at)),
    }
}

/// "Two hundred and fifty-three", "خمسة وعشرون", "двадцать пять".
fn words(page: &Page<'_>, at: usize) -> Option<Core> {
    let (mut total, mut part, mut here) = (0_u32, 0_u32, at);
    let (mut last, mut found) = (u32::MAX, false);
    loop {
        let mut next = here;
        if found && page.token(next).any(&["and", "و"]) && page.token(next).fold.len() < 4 {
            next += 1;
        }
        let Some(tag) = page.tag(Cat::Number, next) else { break };
        // "وأحد" is "and one of", "واحد" is "one": only the sign above the letter tells.
        if page.token(next).fold == "واحد" && page.slice(next, next + 1).contains('أ') {
            break;
        }
        let value: u32 = page.tags.value(tag).parse().ok()?;
        match page.tags.kind(tag) {
            "unit" | "ten" => {
                // "two or three" are two numbers, "twenty three" is one; Arabic says three and twenty.
                let order = value < last || (last < 10 && value >= 20 && !page.token(next).alts.is_empty());
                let gap = next > here && last < 100;
                if found && (!order || gap || (last < 20 && value < 20)) {
                    break;
                }
                part = part.checked_add(value)?;
                last = value;
            }
            "hundred" if last != 100 || !found => {
                part = part.max(1).checked_mul(value)?;
                last = 100;
            }
            "whole" => {
                part = part.checked_add(value)?;
                last = 100;
            }
            "thousand" if found => {
                total = total.checked_add(part.max(1).checked_mul(value)?)?;
                (part, last) = (0, 1000);
            }
            "thousand" | "hundred" => {
                total = total.checked_add(value)?;
                last = 1000;
            }
            _ => break,
        }
        found = true;
        here = tag.to;
    }
    found.then_some((total.checked_add(part)?, here))
}
