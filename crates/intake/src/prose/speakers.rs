//! Who speaks, by the grammar of a language: in Arabic behind the verb, in Russian and Ukrainian with the office before the name, in English
//! over what is set beside a name by commas.

use super::Value;
use super::lexicon::{Cat, Tag};
use super::page::Page;
use super::tokens::Class;
use super::voices::speaker;

/// In Arabic who speaks stands behind the verb up to "that" or a mark: a title, a name, one set beside the other.
pub(crate) fn arabic_speaker(page: &Page<'_>, at: usize, ceiling: usize) -> Option<(Value, usize)> {
    let mut to = at;
    let mut commas = 0;
    while to < ceiling.min(at + 13) {
        let token = page.token(to);
        let that = token.any(&["ان", "انه", "انها", "بان", "انهم", "قوله", "قولها"]);
        let led = page
            .token(to)
            .any(&["في", "خلال", "عن", "عبر", "علي", "بعد", "قبل", "امام", "عقب", "من", "مع", "ردا"]);
        let toward = token.is("الي") && !page.is(Cat::Country, to + 1);
        let other = page.is(Cat::DealVerb, to) || page.is(Cat::Deal, to) || page.is(Cat::Speech, to);
        // "أبلغت حماس الوسيطين": whom it is told stands behind who tells it.
        let told = to > at
            && page.mention_to(to).is_some_and(|m| m.from == at && m.acts())
            && token.fold.starts_with("ال")
            && !page.token(to - 1).fold.starts_with("ال")
            && !page.is(Cat::Country, to);
        if told || that || led || toward || other || page.date_over(to).is_some() {
            break;
        }
        let quoted =
            token.class == Class::Open && (to + 1..to + 5).any(|i| page.token(i).class == Class::Close);
        let goes_on = match token.class {
            Class::Comma => commas == 0 && name_beside(page, to + 1, ceiling),
            Class::Open => quoted,
            Class::Close => true,
            _ => token.word(),
        };
        commas += usize::from(token.class == Class::Comma);
        if !goes_on {
            break;
        }
        to += 1;
    }
    while to > at && !page.token(to - 1).word() && page.token(to - 1).class != Class::Close {
        to -= 1;
    }
    let first = page.token(at);
    let led = first.fold.starts_with("بال") || first.fold.starts_with("لل");
    (to > at && first.word() && !led && !page.is(Cat::Stop, at)).then(|| {
        let named = (at..at + 2).find_map(|i| page.mention_from(i));
        let mut value = Value::words(page.span(at, to));
        value.norm = named.and_then(|m| m.norm.clone());
        value.registry = named.and_then(|m| m.registry.clone());
        (value, to)
    })
}

/// Whether a name stands beside an office, between commas or before "that".
fn name_beside(page: &Page<'_>, from: usize, ceiling: usize) -> bool {
    let that = |i: usize| page.token(i).any(&["ان", "انه", "انها", "بان"]);
    let next = (from..ceiling.min(from + 5)).find(|i| !page.token(*i).word() || that(*i));
    let other = page.is(Cat::Stop, from)
        || page.date_over(from).is_some()
        || page.is(Cat::DealVerb, from)
        || page.is(Cat::Speech, from);
    !other && next.is_some_and(|n| n > from && (page.token(n).class == Class::Comma || that(n)))
}

/// In Russian and Ukrainian: from the word for an office or a side on, with what belongs to it, before the verb or behind it.
pub(crate) fn slavic_speaker(
    page: &Page<'_>,
    range: (usize, usize),
    tag: Tag,
) -> Option<(Value, usize, usize)> {
    let side = |i: usize| {
        page.tags.over(Cat::DealWord, i).is_some_and(|t| page.tags.kind(t) == "side")
            || page.is(Cat::Actor, i)
            || page.is(Cat::Source, i)
    };
    let ends = |i: usize| {
        let token = page.token(i);
        !(token.word()
            || matches!(token.class, Class::ParenOpen | Class::ParenClose)
            || token.class == Class::Number)
            || page.is(Cat::Speech, i)
            || page.is(Cat::DealVerb, i)
            || page.date_over(i).is_some()
            || token.any(&["что", "що", "как", "як"])
    };
    let name = |i: usize| page.token(i).word() && page.token(i).upper && !page.is(Cat::Stop, i);
    let mut from = tag.from;
    while from > range.0 && tag.from - from < 14 && !ends(from - 1) {
        from -= 1;
    }
    let start = (from..tag.from)
        .find(|i| side(*i) || name(*i) && (*i > range.0 || name(i + 1)) && !page.is(Cat::Preposition, *i));
    if let Some(start) = start {
        // An adjective before it belongs to it.
        let before = start > from && page.token(start - 1).fold.ends_with("ий");
        let start = start - usize::from(before);
        return Some((Value::words(page.span(start, tag.from)), start, tag.to));
    }
    let mut to = tag.to;
    while let Some(date) = page.date_over(to) {
        to = date.to;
    }
    let begin = to;
    while to < range.1 && to - begin < 12 && !ends(to) {
        to += 1;
    }
    // "По итогам встречи", "в ходе": when or how it was said.
    let aside = (begin + 1..to).find(|i| {
        page.token(*i).any(&["по", "накануне", "після", "после", "во", "під", "перед"])
            || page.token(*i).any(&["в", "у", "на"])
                && page.token(i + 1).any(&["ходе", "своей", "своїй", "своем", "интервью", "эфире", "ході"])
    });
    to = aside.unwrap_or(to);
    // What leads on to a place or a medium is no part of a name: "в Telegram".
    let last = (begin..to).rev().find(|i| page.is(Cat::Preposition, *i));
    if let Some(at) = last.filter(|at| *at > begin && to - at < 3) {
        to = at;
    }
    let known = (begin..to).any(|i| side(i) || name(i));
    (to > begin && known && !page.is(Cat::Preposition, begin))
        .then(|| (Value::words(page.span(begin, to)), tag.from, to))
}

/// "Dan Orv, aide to the Kelan chief Tam Sil, told": who is described between commas, when that ends in another's name.
pub(crate) fn apposed(page: &Page<'_>, floor: usize, end: usize) -> Option<(Vec<Value>, usize)> {
    let inner = page.mention_to(end).filter(|m| m.from > floor)?;
    let open = (floor + 1..inner.from).rev().take(14).find(|i| page.token(*i).class == Class::Comma)?;
    let described = (open + 1..inner.from).any(|i| {
        page.token(i).word() && !page.token(i).upper && !page.is(Cat::Stop, i) && !page.is(Cat::Country, i)
    }) && !(open + 1..inner.from).any(|i| {
        page.token(i).any(&["and", "who", "which", "that"])
            || page.is(Cat::Speech, i)
            || page.is(Cat::DealVerb, i)
    });
    if !described || page.token(open + 1).upper && page.mention_from(open + 1).is_some() {
        return None;
    }
    if let Some(mention) = page.mention_to(open).filter(|m| m.from >= floor && !m.is_place()) {
        return Some((vec![speaker(page, mention)], mention.from));
    }
    let mut from = open;
    while from > floor && page.token(from - 1).word() && page.token(from - 1).upper {
        from -= 1;
    }
    (from < open && open - from < 6).then(|| (vec![Value::words(page.span(from, open))], from))
}
