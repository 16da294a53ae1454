//! Who acts, as a whole phrase of an English text: with its article, what it belongs to, and the initials behind it.
//!
//! Names need not be known beforehand: a phrase is somebody when it names an actor, holds a proper name, or its head is a word for
//! a side. The subject of a clause is the phrase that opens it, when none stands before the verb itself. Nothing found is nothing said.

use super::chunks;
use super::deals::Fact;
use super::entities::What;
use super::lexicon::Cat;
use super::page::Page;
use super::tokens::Class;

/// Most members of a list of parties.
const LISTED: usize = 6;

/// Whether a phrase is somebody who can agree, refuse or break.
pub(crate) fn somebody(page: &Page<'_>, from: usize, to: usize) -> bool {
    if to <= from || page.date_over(from).is_some() || page.is(Cat::Unit, to - 1) {
        return false;
    }
    let head = (from..to).rev().find(|i| page.token(*i).word()).unwrap_or(from);
    if to - from == 1 && page.token(from).any(&["both", "neither", "some", "all", "others", "each"]) {
        return true;
    }
    let deal = page.tags.within(Cat::Deal, from, to).any(|t| t.to > head);
    if deal && !page.token(head).upper {
        return false;
    }
    let named = page
        .mentions_in(from, to)
        .any(|m| m.acts() && !(m.what == What::Country && m.located) || m.what == What::Source);
    let worded = [Cat::Actor, Cat::People, Cat::Source]
        .iter()
        .any(|c| page.tags.over(*c, head).is_some_and(|t| t.from >= from));
    let side =
        page.tags.over(Cat::DealWord, head).is_some_and(|t| matches!(page.tags.kind(t), "side" | "mutual"));
    let proper = (from..to).any(|i| {
        let token = page.token(i);
        let first = page.opens_sentence(i) && !token.shout && !page.token(i + 1).upper && i + 1 < to;
        token.word() && token.upper && !first && page.date_over(i).is_none() && !page.is(Cat::Stop, i)
    });
    let capital = page.is(Cat::Country, from);
    let place =
        !capital && page.mentions_in(from, to).any(|m| m.what == What::Place && m.located && m.to == to);
    named || worded || side || proper && !place
}

/// The phrase that begins at a token, over "of", with the initials in brackets behind it.
pub(crate) fn phrase_from(page: &Page<'_>, at: usize, ceiling: usize) -> Option<(usize, usize)> {
    let token = page.token(at);
    let little = page.is(Cat::Stop, at) && !chunks::determiner(page, at) && !token.any(&["both"]);
    if !token.word() && token.class != Class::Number || little || page.is(Cat::Boundary, at) {
        return None;
    }
    let named = page.mention_from(at).filter(|m| m.acts() || m.what == What::Source);
    let mut end = named.map_or(at, |m| m.to).max(chunks::end(page, at, ceiling));
    for _ in 0..3 {
        let adjacent = page.mention_from(end).filter(|m| m.acts() && page.token(end).word());
        if let Some(mention) = adjacent {
            end = mention.to;
        } else if let Some(close) = brackets(page, end) {
            end = close;
            // "The River Guard (RG) militia".
            let more = chunks::end(page, end, ceiling);
            if page.token(end).word() && !page.is(Cat::Stop, end) && !chunks::verbal(page, end) {
                end = more.max(end);
            }
        } else if page.token(end).is("from") && page.token(end + 1).any(&["both", "the", "all"]) && end > at {
            // "Negotiators from both sides".
            let more = chunks::end(page, end + 1, ceiling);
            if more <= end + 2
                || page.tags.over(Cat::DealWord, more - 1).is_none_or(|t| page.tags.kind(t) != "side")
            {
                break;
            }
            end = more;
        } else {
            break;
        }
    }
    (end > at && end <= ceiling).then_some((at, end))
}

/// Where brackets with a few words close that open at a token.
fn brackets(page: &Page<'_>, at: usize) -> Option<usize> {
    if page.token(at).class != Class::ParenOpen {
        return None;
    }
    (at + 2..at + 6).find(|i| page.token(*i).class == Class::ParenClose).map(|i| i + 1)
}

/// "The River Guard (RG) militia": where the phrase begins whose initials stand in brackets before a token.
pub(crate) fn before_initials(page: &Page<'_>, from: usize, floor: usize) -> usize {
    let close = from.checked_sub(1).filter(|i| page.token(*i).class == Class::ParenClose);
    let open = close
        .and_then(|close| {
            (close.saturating_sub(4).max(floor)..close)
                .rev()
                .find(|i| page.token(*i).class == Class::ParenOpen)
        })
        .filter(|open| *open > floor && page.token(open + 1).shout && page.token(open - 1).upper);
    open.map_or(from, |open| {
        let named = page.mention_to(open).filter(|m| m.from >= floor).map_or(open - 1, |m| m.from);
        chunks::begin(page, open - 1, floor).min(named)
    })
}

/// A phrase with the initials behind it.
pub(crate) fn with_initials(page: &Page<'_>, (from, to): (usize, usize)) -> (usize, usize) {
    let short = brackets(page, to).filter(|end| *end == to + 3 && page.token(to + 1).shout);
    (from, short.unwrap_or(to))
}

/// Somebody, and whoever is joined to them by commas and "and".
pub(crate) fn listed(page: &Page<'_>, at: usize, ceiling: usize) -> Vec<(usize, usize)> {
    let mut out: Vec<(usize, usize)> = Vec::new();
    let both = page.token(at).is("both") && !page.is(Cat::Actor, at);
    let mut next = at + usize::from(both && page.is(Cat::Stop, at + 1));
    let mut closed = 0;
    while out.len() < LISTED {
        let Some(found) = phrase_from(page, next, ceiling).filter(|p| somebody(page, p.0, p.1)) else {
            break;
        };
        out.push(found);
        let comma = usize::from(page.token(found.1).class == Class::Comma);
        let and = page.token(found.1 + comma).any(&["and", "or"]);
        if and {
            closed = out.len() + 1;
        } else if comma == 0 {
            break;
        }
        next = found.1 + comma + usize::from(and);
    }
    let whole = if closed > 0 { closed.min(out.len()) } else { 1 };
    out.truncate(whole);
    out
}

/// The phrases that open the clause of a fact: its subject, where none stands before the verb itself.
pub(crate) fn opening(page: &Page<'_>, fact: &Fact) -> Vec<(usize, usize)> {
    let said = page
        .voices_of(page.sentence_number(fact.verb.from))
        .iter()
        .rev()
        .find(|v| v.to <= fact.verb.from && v.cue.1 > v.from && v.cue.0 >= fact.sentence.0);
    let inner = said.map(|v| v.to.max(v.cue.1));
    for start in [inner, Some(fact.part.0), Some(fact.sentence.0)].into_iter().flatten() {
        let Some(start) = opened(page, start, fact.verb.from) else { continue };
        let found = listed(page, start, fact.verb.from);
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// Past what stands before the subject: "In a statement on Monday,", "that", "but".
fn opened(page: &Page<'_>, from: usize, to: usize) -> Option<usize> {
    let mut at = from;
    for _ in 0..12 {
        let token = page.token(at);
        if at >= to {
            return None;
        }
        if let Some(date) = page.date_over(at) {
            at = date.to;
        } else if page.tag(Cat::Preposition, at).is_some()
            || page.tag(Cat::Boundary, at).is_some_and(|t| page.tags.kind(t) == "clause")
            || token.any(&["under", "during", "following", "by", "of", "according", "upon", "within", "as"])
        {
            at = (at..to).find(|i| page.token(*i).class == Class::Comma)? + 1;
        } else if !token.word() && token.class != Class::Number
            || page.is(Cat::Stop, at) && !chunks::determiner(page, at) && !token.any(&["both"])
            || token.fold.ends_with("ly")
            || token.is("that") && page.token(at + 1).any(&["the", "a", "it", "they"])
        {
            at += 1;
        } else {
            return Some(at);
        }
    }
    None
}

/// The whole phrase of a mention: grown to the left to its article, to the right over its initials.
pub(crate) fn whole(page: &Page<'_>, (from, to): (usize, usize), floor: usize) -> (usize, usize) {
    if page.language != "en" || page.uncased {
        return (from, to);
    }
    let mut begin = chunks::begin(page, from, floor).min(from);
    begin -= usize::from(begin > floor && page.token(begin - 1).is("the"));
    // "The defence ministries of the two countries".
    for _ in 0..2 {
        let of = begin > floor + 1 && page.token(begin - 1).is("of") && page.token(begin - 2).word();
        if !of || page.is(Cat::Stop, begin - 2) || page.is(Cat::Deal, begin - 2) {
            break;
        }
        let outer = chunks::begin(page, begin - 2, floor);
        if !somebody(page, outer, begin - 1) {
            break;
        }
        begin = outer;
    }
    with_initials(page, (begin, to))
}
