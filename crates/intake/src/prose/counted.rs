//! Whom a figure counts: the people that stand after it, words that say their number themselves ("a child", an Arabic dual), and
//! what is no count of people at all.
//!
//! It never takes a year, an age, a distance, an hour, money or a share for people, and never a part for its whole.

use truceline_model::Bounds;

use super::Value;
use super::chunks::determiner;
use super::lexicon::{Cat, Tag};
use super::numbers::{Figure, bounded};
use super::page::Page;
use super::tokens::Class;

/// Most words from a figure to the noun that it counts.
const NOUN_REACH: usize = 9;

/// First token, token after the last, and what they say.
pub(crate) type Found = (usize, usize, Value);

/// A figure as a value; a qualifier that follows the people belongs to it: "47 dead at least".
pub(crate) fn found(page: &Page<'_>, figure: &Figure, people: Option<(usize, usize)>, end: usize) -> Found {
    let mut value = Value::words(page.span(figure.from, figure.to));
    value.bounds = Some(figure.bounds);
    value.who = people.map(|(from, to)| page.slice(from, to).to_owned());
    let mut to = people.map_or(figure.to, |(_, to)| to);
    let exact = figure.bounds.max == Some(figure.bounds.min);
    let after = |at: usize| page.tag(Cat::Qualifier, at).filter(|t| follows(page, *t));
    if let Some((tag, bounds)) = [to, end]
        .into_iter()
        .filter(|at| exact && *at > figure.to)
        .find_map(|at| after(at).and_then(|t| Some((t, bounded(page.tags.kind(t), figure.bounds.min)?))))
    {
        value.span = page.span(figure.from, tag.to);
        value.bounds = Some(bounds);
        to = tag.to;
    }
    (figure.from, to, value)
}

/// Whether a qualifier may stand after its number.
pub(crate) fn follows(page: &Page<'_>, tag: Tag) -> bool {
    // "38 deaths and more than 80 wounded": what follows is another figure's.
    matches!(page.tags.value(tag), "after" | "both") && !page.token(tag.to).is("than")
}

/// So many, by words that say it without a figure.
pub(crate) fn said(page: &Page<'_>, from: usize, to: usize, count: u32) -> Found {
    let mut value = Value::words(page.span(from, to));
    value.bounds = Some(Bounds::exactly(count));
    (from, to, value)
}

/// People named after a place: where the noun begins and ends. Adjectives and names may stand between, also two of them.
pub(crate) fn people_after(page: &Page<'_>, at: usize) -> Option<(usize, usize)> {
    let mut actor = None;
    for here in at..at.saturating_add(NOUN_REACH) {
        if let Some(tag) = page.tag(Cat::People, here) {
            return Some((tag.from, tag.to));
        }
        if let Some(tag) = page.tag(Cat::Actor, here) {
            actor = Some((tag.from, tag.to));
        }
        let token = page.token(here);
        // "Two abducted women": a participle before its noun.
        let verb = acting(page, here) && !(token.fold.ends_with("ed") && page.is(Cat::People, here + 1));
        // "An 11-year-old boy", "one 4th division member".
        let aged = token.class == Class::Number && page.token(here + 1).hyphened
            || token.hyphened && (page.is(Cat::Unit, here) || token.is("old"));
        let ordinal = token.class == Class::Number
            && page.token(here + 1).glued
            && page.token(here + 1).any(&["st", "nd", "rd", "th"]);
        let passes = (token.word() || ordinal || aged)
            && (page.is(Cat::Actor, here) || page.is(Cat::Country, here) || !page.is(Cat::Stop, here))
            && !page.is(Cat::Casualty, here)
            && !page.is(Cat::Speech, here)
            && (!page.is(Cat::Boundary, here) || token.hyphened)
            && (!page.is(Cat::Unit, here) || aged)
            && !verb;
        let little = token.any(&["of", "the", "other", "more", "من", "their", "its", "his", "our"]);
        if !(passes || little || (here > at && joins(page, here))) {
            return actor;
        }
    }
    actor
}

/// Whether a word is the verb of an act, and not the noun of one nor a part of a compound.
pub(crate) fn acting(page: &Page<'_>, at: usize) -> bool {
    page.is(Cat::ActVerb, at) && !page.is(Cat::ActNoun, at) && !page.token(at).hyphened
}

/// "Regime and pro-regime fighters": two describe one noun.
fn joins(page: &Page<'_>, at: usize) -> bool {
    let next = page.token(at + 1);
    let slash = page.token(at).class == Class::Other && matches!(page.slice(at, at + 1), "/" | "&");
    let plain = next.word()
        && !page.is(Cat::Stop, at + 1)
        && !page.is(Cat::Casualty, at + 1)
        && !determiner(page, at + 1)
        && !acting(page, at + 1)
        && page.figure_from(at + 1).is_none();
    (page.token(at).any(&["and", "or"]) || slash) && plain
}

/// Whether a figure may speak of people at all.
pub(crate) fn counts_people(page: &Page<'_>, figure: &Figure) -> bool {
    let next = page.token(figure.to);
    let before = page.token(figure.from.wrapping_sub(1));
    let dated = (figure.from..figure.to).any(|at| page.date_over(at).is_some());
    let unit =
        page.is(Cat::Unit, figure.to) || (next.class == Class::Dash && page.is(Cat::Unit, figure.to + 1));
    let money = before.any(&["$", "€", "£"]);
    let share = page.is(Cat::Share, figure.to) || page.is(Cat::Share, figure.from);
    let year = figure.year && people_after(page, figure.to).is_none_or(|(from, _)| from != figure.to);
    let clock =
        page.slice(figure.to, figure.to + 1) == ":" && page.token(figure.to + 1).class == Class::Number;
    let hyphened = next.hyphened && !page.is(Cat::People, figure.to);
    let no_one = before.any(&["no", "every", "any"]);
    let name = word(page, figure.from.wrapping_sub(1), "name");
    let far = figure.to + if page.language == "en" { 2 } else { 1 };
    let thing = (figure.to..far).any(|at| {
        word(page, at, "thing") && page.token(figure.to).word() && !page.is(Cat::People, figure.to)
    }) && people_after(page, figure.to).is_none();
    // "Around 1430": an hour of the day.
    let hour = figure.bounds.max == Some(figure.bounds.min)
        && (100..2400).contains(&figure.bounds.min)
        && page.token(figure.to.saturating_sub(1)).fold.len() == 4
        && (page.token(figure.from).any(&["around", "about", "approximately"])
            || before.any(&["at", "around"]))
        && !next.word();
    !(hour || dated || unit || money || share || year || clock || hyphened || no_one || name || thing)
}

/// Whether a figure of one is "one of" something: then the thing after it says whether it counts somebody.
pub(crate) fn one_of(page: &Page<'_>, figure: &Figure) -> bool {
    figure.bounds.max == Some(1) && page.token(figure.to).is("of")
}

/// Whether it is a part of a whole that is told beside it.
pub(crate) fn subset(page: &Page<'_>, figure: &Figure) -> bool {
    let before = (figure.from.saturating_sub(3)..figure.from).any(|at| word(page, at, "part"));
    let run = (figure.from.saturating_sub(9)..figure.from)
        .rev()
        .take_while(|at| {
            !page.is(Cat::Casualty, *at) && (!page.is(Cat::Boundary, *at) || page.token(*at).is("and"))
        })
        .any(|at| {
            page.token(at).any(&["including", "among", "whom"])
                && !(at..figure.from).any(|i| page.token(i).class == Class::Comma)
        });
    // "Three of them children": of those just counted. "Three of them were killed" is a figure of its own.
    let after = page.token(figure.to);
    let of_them = after.any(&["of", "من"])
        && page.token(figure.to + 1).any(&["them", "whom", "these", "those", "него", "них"])
        && !auxiliary(page, figure.to + 2)
        && !page.is(Cat::Casualty, figure.to + 2);
    let them = (figure.to..figure.to + 2).any(|at| page.token(at).any(&["منهم", "منها", "منهن"]));
    before || run || of_them || them
}

/// Whether a word of the table stands here.
fn word(page: &Page<'_>, at: usize, kind: &str) -> bool {
    page.tags.over(Cat::Counting, at).is_some_and(|tag| page.tags.kind(tag).split(' ').any(|k| k == kind))
}

/// A form of "be" or what stands for it before a participle.
pub(crate) fn auxiliary(page: &Page<'_>, at: usize) -> bool {
    word(page, at, "be")
}

/// Words between those who were hurt and the word that says so: "were reportedly also shot and".
pub(crate) fn chain_start(page: &Page<'_>, trigger: usize, floor: usize) -> usize {
    let mut at = trigger;
    while at > floor {
        let before = at - 1;
        let and = page.token(before).is("and") && before > floor && word(page, before - 1, "verb");
        let filler = and || word(page, before, "chain");
        if !filler || page.is(Cat::Casualty, before) {
            break;
        }
        at = before;
    }
    at
}

/// A noun that says its own number: "a child", "his brother", "him", "another"; Arabic and Slavic words in the singular or dual.
pub(crate) fn alone(page: &Page<'_>, at: usize) -> Option<Found> {
    let token = page.token(at);
    if token.any(&["him", "her"]) && !page.token(at + 1).word() {
        return Some(said(page, at, at + 1, 1));
    }
    if token.is("them") && page.token(at + 1).is("both") {
        return Some(said(page, at, at + 2, 2));
    }
    if token.any(&["both"]) && !sides(page, at + 1) {
        return Some(said(page, at, at + 1, 2));
    }
    if page.language == "en" {
        let pair =
            token.any(&["a", "the"]) && page.token(at + 1).is("couple") && !page.token(at + 2).is("of");
        return if pair { Some(said(page, at, at + 2, 2)) } else { one(page, at) };
    }
    if matches!(token.fold.as_str(), "احد" | "احدي") && page.token(at + 1).word() {
        let to = page.tag(Cat::People, at + 1).map_or(at + 2, |tag| tag.to);
        return (page.figure_from(at).is_none_or(|f| f.to <= at + 1)).then(|| said(page, at, to, 1));
    }
    let quoted = usize::from(matches!(token.class, Class::Open | Class::Other));
    // "ارتقاء الشهيد صالح": a word for the dead counts like a word for people.
    let dead = || page.tag(Cat::Casualty, at + quoted).filter(|t| page.tags.value(*t) == "adjacent");
    let tag = page.tag(Cat::People, at + quoted).or_else(dead)?;
    // The noun of a figure that stands before it counts nobody of its own.
    if page.figure_to(at).is_some() {
        return None;
    }
    let after =
        page.figure_from(tag.to).filter(|f| f.bounds.max == Some(f.bounds.min) && counts_people(page, f));
    let own: Option<u32> = page.tags.entry(tag).extra.parse().ok();
    // "مواطنين اثنين": the number that follows says it, or says it once more.
    let (count, to) = match (own, after) {
        (Some(own), Some(figure)) if figure.bounds == Bounds::exactly(own) => (own, figure.to),
        (None, Some(figure)) if figure.bounds.min > 1 => (figure.bounds.min, figure.to),
        (own, _) => (own?, tag.to),
    };
    let mut found = said(page, tag.from, to, count);
    found.2.who = Some(page.slice(tag.from, tag.to).to_owned());
    Some(found)
}

fn sides(page: &Page<'_>, at: usize) -> bool {
    page.token(at).any(&["sides", "parties", "camps", "armies", "forces", "groups", "the", "in"])
}

/// A noun of one person without an article, as headlines put it: "man killed", "strike kills senior commander".
pub(crate) fn bare(page: &Page<'_>, at: usize) -> Option<Found> {
    let (from, to) =
        people_after(page, at).filter(|(from, to)| *to < at + 7 && page.is(Cat::People, *from))?;
    let clear =
        (at..from).all(|i| page.token(i).word() && !page.is(Cat::Stop, i) && page.figure_over(i).is_none());
    let head = page.token(to - 1);
    let many = head.fold.ends_with('s') && !head.fold.ends_with("ss")
        || head.any(&["men", "women", "children", "people", "personnel", "police", "troops", "staff"])
        || head.fold.ends_with("men");
    if !clear || many || page.language != "en" {
        return None;
    }
    let mut found = said(page, at, to, 1);
    found.2.who = Some(page.slice(from, to).to_owned());
    Some(found)
}

/// "A senior commander", "another soldier", "his wife".
fn one(page: &Page<'_>, at: usize) -> Option<Found> {
    let token = page.token(at);
    let indefinite = token.any(&["a", "an"]);
    if indefinite && token.hyphened || page.token(at + 1).hyphened && token.is("a") {
        return None;
    }
    let other = token.is("another");
    if !(indefinite || other || token.any(&["his", "her", "their", "its"])) {
        return None;
    }
    let Some((from, to)) = people_after(page, at + 1) else {
        return (other && !page.token(at + 1).word()).then(|| said(page, at, at + 1, 1));
    };
    let head = page.token(to - 1);
    let plural = head.fold.ends_with('s') && !head.fold.ends_with("ss")
        || head.any(&["men", "women", "children", "people", "personnel", "police", "troops", "forces"])
        || page.tag(Cat::People, from).is_none();
    if plural || (at + 1..to).any(|i| page.token(i).any(&["number", "group", "dozen", "couple"])) {
        return None;
    }
    let mut found = said(page, at, to, 1);
    found.2.who = Some(page.slice(at + 1, to).to_owned());
    Some(found)
}

/// "A herder", "an imam": a person by a noun that no table knows, as the object or subject of a word that only persons can have.
pub(crate) fn somebody(page: &Page<'_>, at: usize) -> Option<Found> {
    if !page.token(at).any(&["a", "an"]) || page.token(at + 1).hyphened {
        return None;
    }
    let noun = |i: &usize| {
        let token = page.token(*i);
        token.word()
            && (!page.is(Cat::Stop, *i) || token.hyphened)
            && !page.is(Cat::Casualty, *i)
            && !auxiliary(page, *i)
    };
    let last = (at + 1..at + 6).take_while(noun).last()?;
    let nobody = |i: usize| {
        [
            Cat::Unit,
            Cat::Weapon,
            Cat::Target,
            Cat::ActNoun,
            Cat::Deal,
            Cat::Actor,
            Cat::Share,
            Cat::Number,
            Cat::PlaceWord,
        ]
        .iter()
        .any(|cat| page.is(*cat, i))
            || word(page, i, "thing")
            || page.token(i).any(COLLECTIVES)
    };
    let head = page.token(last);
    let plural = head.fold.ends_with('s') && !head.fold.ends_with("ss");
    if plural || nobody(last) || page.token(at + 1).any(COLLECTIVES) {
        return None;
    }
    let mut found = said(page, at, last + 1, 1);
    found.2.who = Some(page.slice(at + 1, last + 1).to_owned());
    Some(found)
}

/// Nouns in the singular that stand for many, or for no one.
const COLLECTIVES: &[&str] = &[
    "number",
    "lot",
    "handful",
    "dozen",
    "few",
    "series",
    "total",
    "string",
    "majority",
    "couple",
    "group",
    "family",
    "crowd",
    "unit",
    "squad",
    "patrol",
    "convoy",
    "team",
    "crew",
    "minimum",
    "maximum",
    "score",
    "hundred",
    "thousand",
    "result",
    "bill",
    "threat",
    "attempt",
    "effort",
    "plan",
    "idea",
    "hope",
    "motion",
    "proposal",
    "program",
    "programme",
    "process",
    "project",
    "time",
    "day",
];

/// Past the little words that may stand before a figure.
pub(crate) fn past_fillers(page: &Page<'_>, from: usize) -> usize {
    let mut at = from;
    for _ in 0..6 {
        let token = page.token(at);
        let mark = matches!(token.class, Class::Colon | Class::Other)
            && !matches!(page.slice(at, at + 1), "$" | "€" | "£");
        let filler = mark || page.date_over(at).is_some() || word(page, at, "filler");
        if page.figure_from(at).is_some_and(|f| counts_people(page, f)) || !filler {
            break;
        }
        at += 1;
    }
    at
}
