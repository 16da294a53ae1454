//! Words that hold the certainty of a value down, each once; and a share of a whole, which carries no number of its own.
//!
//! "Could" doubts nothing where it tells what something is for, or that there can be none.

use std::collections::BTreeMap;

use super::incidents::Group;
use super::lexicon::{Cat, Tag};
use super::page::Page;
use super::tokens::Class;
use super::{Field, Value, chunks};

/// Words that hold the certainty down.
pub(crate) fn hedges(
    page: &Page<'_>,
    (from, to): (usize, usize),
    norms: &[&str],
    add: &mut impl FnMut(Field, Value),
) {
    for tag in page.tags.within(Cat::Hedge, from, to) {
        let norm = page.tags.value(tag);
        // "On 3 May" doubts nothing.
        if norms.contains(&norm) && page.date_over(tag.from).is_none() && !idle(page, tag) {
            add(Field::Hedge, Value::normed(page.span(tag.from, tag.to), norm));
        }
    }
}

/// "There could be no talks", "so that it could be watched", "a map of zones where people could shelter": no doubt about what is told.
fn idle(page: &Page<'_>, tag: Tag) -> bool {
    if page.language != "en" || page.tags.kind(tag) != "modal" || page.tags.value(tag) != "possible" {
        return false;
    }
    // "A May agreement".
    if page.is(Cat::Month, tag.from) && page.token(tag.from).upper && !page.opens_sentence(tag.from) {
        return true;
    }
    let none = page.token(tag.to).is("be") && page.token(tag.to + 1).is("no");
    let floor = tag.from.saturating_sub(10);
    let open = (floor..tag.from).rev().take_while(|i| {
        !matches!(page.token(*i).class, Class::Comma | Class::Semicolon | Class::Stop | Class::Dash)
    });
    let purpose = open.clone().any(|i| page.token(i).is("so") && page.token(i + 1).is("that"));
    let scene = open.clone().any(|i| page.token(i).is("where") && page.is(Cat::PlaceWord, i.wrapping_sub(1)));
    none || purpose || scene
}

/// Of words of doubt that overlap the longest stay.
pub(crate) fn longest(fields: &mut BTreeMap<Field, Vec<Value>>) {
    let Some(hedges) = fields.get_mut(&Field::Hedge) else { return };
    let spans: Vec<truceline_model::Span> = hedges.iter().map(|v| v.span).collect();
    hedges.retain(|v| {
        !spans.iter().any(|s| {
            s.start <= v.span.start && v.span.end <= s.end && s.end - s.start > v.span.end - v.span.start
        })
    });
}

/// "About two thirds of those deaths", "nearly half the town": a part of a whole.
pub(crate) fn shares(page: &Page<'_>, group: &Group<'_>, fields: &mut BTreeMap<Field, Vec<Value>>) {
    for tag in page.tags.within(Cat::Share, group.from, group.to) {
        if page.language != "en" || page.token(tag.from).any(&["most", "majority", "percent", "per"]) {
            continue;
        }
        let of = usize::from(page.token(tag.to).is("of"));
        let whole = tag.to + of;
        let told = chunks::determiner(page, whole)
            && page.token(whole).any(&["the", "those", "these", "its", "their", "all"]);
        let end = chunks::end(page, whole, group.to);
        if !told || end < whole + 2 || page.token(tag.from.wrapping_sub(1)).any(&["and", "-"]) {
            continue;
        }
        let led = page.token(tag.from.wrapping_sub(1)).any(&[
            "about",
            "nearly",
            "almost",
            "roughly",
            "around",
            "some",
            "approximately",
        ]);
        let from = tag.from - usize::from(led && tag.from > group.from);
        fields.entry(Field::Share).or_default().push(page.words(from, end));
    }
}
