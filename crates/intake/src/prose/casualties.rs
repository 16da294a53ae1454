//! Who was killed and wounded, with what the words commit to: a figure is tied to the word that says what befell them.
//!
//! Both orders ("killing 46", "46 were killed"), lists ("12 killed and 30 wounded"), tolls. A part ("including five children",
//! "three of them") is never added to its whole, and figures of two kinds of people stay two values.

use truceline_model::Bounds;

use super::lexicon::{Cat, Tag};
use super::numbers::Figure;
use super::page::Page;
use super::tokens::Class;
use super::{Field, Value};

/// How far before its verb a figure may stand, in tokens.
const REACH: usize = 16;

/// A figure of people killed or wounded.
#[derive(Clone, Debug)]
pub(crate) struct Toll {
    pub(crate) field: Field,
    pub(crate) value: Value,
    /// The word that says what befell them.
    pub(crate) trigger: Tag,
    /// Tokens of figure and people.
    pub(crate) from: usize,
    pub(crate) to: usize,
}

/// Every toll of the text.
pub(crate) fn tolls(page: &Page<'_>) -> Vec<Toll> {
    let mut out: Vec<Toll> = Vec::new();
    for sentence in &page.sentences {
        let triggers: Vec<Tag> = page.tags.within(Cat::Casualty, sentence.0, sentence.1).collect();
        for trigger in triggers {
            let found = of_trigger(page, *sentence, trigger);
            for toll in found {
                let taken = out
                    .iter()
                    .rev()
                    .take(8)
                    .any(|t| t.from < toll.to && toll.from < t.to && t.trigger != toll.trigger);
                if !taken {
                    out.push(toll);
                }
            }
        }
    }
    out
}

fn of_trigger(page: &Page<'_>, sentence: (usize, usize), trigger: Tag) -> Vec<Toll> {
    let field = if page.tags.kind(trigger) == "killed" { Field::Killed } else { Field::Wounded };
    let found = match page.tags.value(trigger) {
        "right" => right(page, sentence, trigger),
        "left" => left(page, sentence, trigger),
        "adjacent" => adjacent(page, sentence, trigger),
        "toll" => toll(page, sentence, trigger),
        "none" => {
            let before = page.token(trigger.from.wrapping_sub(1)).any(&["no", "without"]);
            return if before { nobody(page, trigger) } else { Vec::new() };
        }
        _ => {
            let found = right(page, sentence, trigger);
            if found.is_empty() { left(page, sentence, trigger) } else { found }
        }
    };
    let toll = |(from, to, value)| Toll { field, value, trigger, from, to };
    found.into_iter().map(toll).collect()
}

/// "No casualties": none killed, none wounded.
fn nobody(page: &Page<'_>, trigger: Tag) -> Vec<Toll> {
    let mut value = Value::words(page.span(trigger.from - 1, trigger.to));
    value.bounds = Some(Bounds::exactly(0));
    let toll = |field| Toll { field, value: value.clone(), trigger, from: trigger.from - 1, to: trigger.to };
    vec![toll(Field::Killed), toll(Field::Wounded)]
}

type Found = (usize, usize, Value);

fn found(page: &Page<'_>, figure: &Figure, people: Option<(usize, usize)>) -> Found {
    let mut value = Value::words(page.span(figure.from, figure.to));
    value.bounds = Some(figure.bounds);
    value.who = people.map(|(from, to)| page.slice(from, to).to_owned());
    (figure.from, people.map_or(figure.to, |(_, to)| to), value)
}

/// People named after a place: where the noun begins and ends. Adjectives may stand between.
pub(crate) fn people_after(page: &Page<'_>, at: usize) -> Option<(usize, usize)> {
    for here in at..at.saturating_add(6) {
        if let Some(tag) = page.tag(Cat::People, here) {
            return Some((tag.from, tag.to));
        }
        let token = page.token(here);
        let passes = token.word()
            && (page.is(Cat::Actor, here) || page.is(Cat::Country, here) || !page.is(Cat::Stop, here))
            && !page.is(Cat::Casualty, here)
            && !page.is(Cat::Speech, here)
            && !page.is(Cat::Boundary, here)
            && !page.is(Cat::Unit, here);
        if !(passes || token.any(&["of", "the", "other", "more", "من", "their"])) {
            return None;
        }
    }
    None
}

/// Whether a figure may speak of people at all.
fn counts_people(page: &Page<'_>, figure: &Figure) -> bool {
    let next = page.token(figure.to);
    let dated = (figure.from..figure.to).any(|at| page.date_over(at).is_some());
    let unit =
        page.is(Cat::Unit, figure.to) || (next.class == Class::Dash && page.is(Cat::Unit, figure.to + 1));
    let money = page.token(figure.from.wrapping_sub(1)).any(&["$", "€", "£"]);
    let share = page.is(Cat::Share, figure.to) || page.is(Cat::Share, figure.from);
    let year = figure.year && people_after(page, figure.to).is_none_or(|(from, _)| from != figure.to);
    let clock =
        page.slice(figure.to, figure.to + 1) == ":" && page.token(figure.to + 1).class == Class::Number;
    let one_of = figure.bounds.max == Some(1) && next.is("of");
    let hyphened = next.hyphened && !page.is(Cat::People, figure.to);
    let no_one = page.token(figure.from.wrapping_sub(1)).any(&["no", "every", "any"]);
    !(dated || unit || money || share || year || clock || one_of || hyphened || no_one)
}

/// Whether it is a part of a whole that is told beside it.
fn subset(page: &Page<'_>, figure: &Figure) -> bool {
    let after = page.token(figure.to);
    let of_them =
        after.any(&["of", "من"]) && page.token(figure.to + 1).any(&["them", "whom", "these", "those"]);
    let before = (figure.from.saturating_sub(3)..figure.from).any(|at| {
        page.token(at).any(&[
            "including",
            "includes",
            "included",
            "among",
            "بينهم",
            "بينها",
            "ضمنهم",
            "منهم",
            "включая",
            "числе",
            "числі",
            "включно",
            "counting",
        ])
    });
    let run = (figure.from.saturating_sub(9)..figure.from)
        .rev()
        .take_while(|at| !page.is(Cat::Casualty, *at) && !page.is(Cat::Boundary, *at))
        .any(|at| page.token(at).any(&["including", "among"]) && !closed_between(page, at, figure.from));
    let them =
        page.token(figure.to).any(&["منهم", "منها"]) || page.token(figure.to + 1).any(&["منهم", "منها"]);
    of_them || before || run || them
}

fn closed_between(page: &Page<'_>, from: usize, to: usize) -> bool {
    (from..to).any(|at| page.token(at).class == Class::Comma)
}

fn figures_in<'p>(page: &'p Page<'_>, from: usize, to: usize) -> impl DoubleEndedIterator<Item = &'p Figure> {
    page.figures_in(from, to).iter().filter(|f| counts_people(page, f))
}

fn figure_at<'p>(page: &'p Page<'_>, at: usize) -> Option<&'p Figure> {
    page.figure_from(at).filter(|f| counts_people(page, f))
}

/// Past the little words that may stand before a figure.
fn past_fillers(page: &Page<'_>, from: usize) -> usize {
    let mut at = from;
    for _ in 0..5 {
        let filler = page.token(at).any(&[
            "another",
            "the",
            "a",
            "further",
            "also",
            "all",
            "other",
            "reportedly",
            "of",
            "about",
            "and",
            "in",
            "total",
            "as",
            "least",
            "ما",
            "لا",
            "يقل",
            "عن",
            "نحو",
            "حوالي",
            "اكثر",
            "من",
            "around",
            "some",
            "estimated",
            "an",
            "были",
            "было",
            "еще",
            "ще",
            "было",
            "как",
            "минимум",
            "по",
            "меньшей",
            "мере",
        ]);
        if figure_at(page, at).is_some() || !filler {
            break;
        }
        at += 1;
    }
    at
}

/// "Killing 46", "killed two soldiers and five civilians", "killed a child".
fn right(page: &Page<'_>, sentence: (usize, usize), trigger: Tag) -> Vec<Found> {
    let at = past_fillers(page, trigger.to);
    let joins = page.token(trigger.to).is("and") && !page.is(Cat::Number, at);
    let Some(figure) = figure_at(page, at).filter(|f| f.to <= sentence.1 && !joins && !subset(page, f))
    else {
        return single_right(page, trigger);
    };
    // "20 killed 30 wounded": the second figure belongs to the word after it.
    let people = people_after(page, figure.to);
    let end = people.map_or(figure.to, |(_, to)| to);
    if next_is_other_casualty(page, trigger, end) && page.figure_to(trigger.from).is_some() {
        return Vec::new();
    }
    let mut out = vec![found(page, figure, people)];
    let mut end = end;
    while page.token(end).any(&["and", ",", "و", "и", "та"]) || page.token(end).class == Class::Comma {
        let next = if page.token(end + 1).is("and") { end + 2 } else { end + 1 };
        let Some(more) = figure_at(page, next) else { break };
        let Some(people) = people_after(page, more.to) else { break };
        if page.is(Cat::Casualty, people.1) || aux_then_casualty(page, people.1) || subset(page, more) {
            break;
        }
        out.push(found(page, more, Some(people)));
        end = people.1;
    }
    out
}

fn aux_then_casualty(page: &Page<'_>, at: usize) -> bool {
    page.token(at).any(&["were", "was", "have", "had", "others", "more"])
        && (at..at + 3).any(|next| page.is(Cat::Casualty, next))
}

fn next_is_other_casualty(page: &Page<'_>, trigger: Tag, at: usize) -> bool {
    page.tag(Cat::Casualty, at).is_some_and(|next| page.tags.kind(next) != page.tags.kind(trigger))
}

/// "Killing a child".
fn single_right(page: &Page<'_>, trigger: Tag) -> Vec<Found> {
    let at = trigger.to;
    if !page.token(at).any(&["a", "an"]) {
        return Vec::new();
    }
    let Some((_, to)) = people_after(page, at + 1) else { return Vec::new() };
    single(page, at, to)
}

fn single(page: &Page<'_>, from: usize, to: usize) -> Vec<Found> {
    let mut value = Value::words(page.span(from, to));
    value.bounds = Some(Bounds::exactly(1));
    value.who = Some(page.slice(from + 1, to).to_owned());
    vec![(from, to, value)]
}

/// "46 were killed", "two soldiers and five civilians have died".
fn left(page: &Page<'_>, sentence: (usize, usize), trigger: Tag) -> Vec<Found> {
    let floor = sentence.0.max(trigger.from.saturating_sub(REACH));
    let floor =
        (floor..trigger.from).rev().find(|at| stops_left(page, *at, trigger)).map_or(floor, |at| at + 1);
    let mut all: Vec<Found> = Vec::new();
    for figure in figures_in(page, floor, trigger.from).rev() {
        if subset(page, figure) {
            continue;
        }
        let people = people_after(page, figure.to).filter(|(_, to)| *to <= trigger.from);
        // "28 cadets lost their lives": a noun that no table knows.
        let noun = page.token(figure.to).fold.ends_with('s')
            && !page.is(Cat::Stop, figure.to)
            && !page.is(Cat::Unit, figure.to)
            && !page.is(Cat::Weapon, figure.to)
            && !page.is(Cat::Target, figure.to)
            && !page.is(Cat::ActNoun, figure.to)
            && (figure.to + 1..trigger.from).all(|at| page.is(Cat::Stop, at));
        let touches = noun
            || (figure.to..trigger.from)
                .all(|at| page.is(Cat::Stop, at) || page.token(at).any(&["reportedly"]));
        if people.is_none() && !touches {
            continue;
        }
        if let Some((next, ..)) = all.last() {
            let joined =
                page.token(next - 1).any(&["and", "و", "и"]) || page.token(next - 1).class == Class::Comma;
            if !joined || people.is_none_or(|(_, to)| to + 1 != *next) {
                break;
            }
        }
        all.push(found(page, figure, people));
    }
    all.reverse();
    if all.is_empty() { single_left(page, floor, trigger) } else { all }
}

fn stops_left(page: &Page<'_>, at: usize, trigger: Tag) -> bool {
    let token = page.token(at);
    let ends = matches!(token.class, Class::Stop | Class::Semicolon | Class::Colon | Class::Open);
    let other =
        page.tag(Cat::Casualty, at).is_some_and(|t| t.to < trigger.from || t.kind_differs(page, trigger));
    ends || other || page.is(Cat::Speech, at) || token.any(&["while", "after", "when", "before", "but"])
}

impl Tag {
    fn kind_differs(self, page: &Page<'_>, other: Tag) -> bool {
        page.tags.kind(self) != page.tags.kind(other)
    }
}

/// "A child was killed", "no one was killed".
fn single_left(page: &Page<'_>, floor: usize, trigger: Tag) -> Vec<Found> {
    let mut at = trigger.from;
    while at > floor && page.is(Cat::Stop, at - 1) && !page.token(at - 1).any(&["a", "an", "no", "nobody"]) {
        at -= 1;
    }
    if let Some(people) = page.tags.before(Cat::People, at) {
        for from in (people.from.saturating_sub(4).max(floor)..people.from).rev() {
            if page.token(from).any(&["a", "an"]) {
                return single(page, from, people.to);
            }
            if page.token(from).is("no") {
                return zero(page, from, from + 1);
            }
            if page.is(Cat::Stop, from) {
                break;
            }
        }
    }
    let before = at.checked_sub(1).filter(|b| *b >= floor);
    match before {
        Some(b) if page.token(b).is("nobody") => zero(page, b, b + 1),
        Some(b) if page.token(b).is("no") && page.tags.value(trigger) == "adjacent" => zero(page, b, b + 1),
        Some(b) if page.token(b).is("one") && b > floor && page.token(b - 1).is("no") => {
            zero(page, b - 1, b + 1)
        }
        _ => Vec::new(),
    }
}

fn zero(page: &Page<'_>, from: usize, to: usize) -> Vec<Found> {
    let mut value = Value::words(page.span(from, to));
    value.bounds = Some(Bounds::exactly(0));
    vec![(from, to, value)]
}

/// "12 deaths", "12 قتيلا": the figure touches the word.
fn adjacent(page: &Page<'_>, sentence: (usize, usize), trigger: Tag) -> Vec<Found> {
    let of = page.token(trigger.to).is("of") || page.token(trigger.to).is("among");
    if of && let Some(figure) = figure_at(page, trigger.to + 1).filter(|f| f.to <= sentence.1) {
        return vec![found(page, figure, people_after(page, figure.to))];
    }
    if let Ok(count) = page.tags.entry(trigger).extra.parse::<u32>() {
        // The word itself says how many: an Arabic dual.
        let mut value = Value::words(page.span(trigger.from, trigger.to));
        value.bounds = Some(Bounds::exactly(count));
        return vec![(trigger.from, trigger.to, value)];
    }
    for back in 0..4 {
        let Some(end) = trigger.from.checked_sub(back).filter(|end| *end > sentence.0) else { break };
        if let Some(figure) = page.figure_to(end).filter(|f| counts_people(page, f)) {
            return if subset(page, figure) { Vec::new() } else { vec![found(page, figure, None)] };
        }
        let passes = page.token(end - 1).word() && !page.is(Cat::Stop, end - 1);
        let people = page.tags.before(Cat::People, end).is_some();
        if !passes && !people && !page.token(end - 1).any(&["of"]) {
            break;
        }
    }
    if page.token(trigger.from.wrapping_sub(1)).is("no") {
        return zero(page, trigger.from - 1, trigger.from);
    }
    Vec::new()
}

/// "The death toll rose from 12 to 27".
fn toll(page: &Page<'_>, sentence: (usize, usize), trigger: Tag) -> Vec<Found> {
    let end = sentence.1.min(trigger.to + 14);
    let end = (trigger.to..end).find(|at| page.token(*at).class == Class::Semicolon).unwrap_or(end);
    let mut all = figures_in(page, trigger.to, end).filter(|f| !subset(page, f));
    let Some(first) = all.next() else { return Vec::new() };
    let from = page.token(first.from.wrapping_sub(1)).any(&["from", "من", "с"]);
    let figure = if from { all.next().unwrap_or(first) } else { first };
    let people = people_after(page, figure.to);
    vec![found(page, figure, people)]
}
