//! Noun phrases around a head that a table knows: how far its words reach to the left and to the right.
//!
//! No parser: a phrase runs over words that no table knows as little words, verbs or marks, and begins with its article.

use super::lexicon::Cat;
use super::page::Page;
use super::tokens::Class;

/// Most words before a head.
const LEFT_LIMIT: usize = 9;

/// Whether a word may open a phrase and nothing of it stands before.
pub(crate) fn determiner(page: &Page<'_>, at: usize) -> bool {
    let before = at.wrapping_sub(1);
    if page.token(at).is("that")
        && (page.is(Cat::Speech, before) || page.token(before).any(&["only", "and", "so"]))
    {
        return false;
    }
    // "Said on Monday that talks", "shocked that the": it opens a clause.
    if page.token(at).is("that")
        && (page.token(at + 1).any(&["the", "a", "an", "its", "their", "his", "no", "both", "it", "they"])
            || before < at && page.date_over(before).is_some())
    {
        return false;
    }
    page.token(at).any(&[
        "the", "a", "an", "some", "any", "several", "many", "this", "that", "these", "those", "its", "their",
        "his", "her", "our", "all", "another", "each", "every", "neither", "no", "such", "various",
        "certain", "few", "other", "any",
    ])
}

fn possessive(page: &Page<'_>, at: usize) -> bool {
    let token = page.token(at);
    token.class == Class::Other && token.glued && matches!(token.fold.as_str(), "'s" | "'")
}

/// Whether the word is a verb as far as tables or its ending tell.
pub(crate) fn verbal(page: &Page<'_>, at: usize) -> bool {
    let token = page.token(at);
    if token.hyphened || page.token(at + 1).hyphened {
        return false;
    }
    // "The national armed forces", "the united front": no participle of a verb that is told.
    if token.any(&["armed", "united", "unified", "combined", "allied", "organized", "organised", "so-called"])
    {
        return false;
    }
    // "The draft agreement": right behind its article a word is no verb.
    let described = at > 0 && page.token(at - 1).any(&["the", "a", "an", "its", "their"]);
    if page.is(Cat::ActVerb, at) || page.is(Cat::Speech, at) || page.is(Cat::DealVerb, at) && !described {
        return true;
    }
    if page.is(Cat::Casualty, at) {
        return true;
    }
    let ending = token.fold.ends_with("ed") || token.fold.ends_with("ing");
    if !ending || token.fold.len() < 5 || token.upper && at > 0 && page.token(at - 1).upper {
        return false;
    }
    let before = at.checked_sub(1);
    !before.is_none_or(|b| {
        determiner(page, b)
            || possessive(page, b)
            || (page.is(Cat::Stop, b)
                && !page
                    .token(b)
                    .any(&["is", "are", "was", "were", "been", "be", "has", "had", "have", "to", "and"]))
            || page.figure_to(at).is_some()
            || page.token(b).class == Class::Comma
            || page.token(b).class == Class::Stop
            || page.sentence_at(at).is_some_and(|s| s.0 == at)
    })
}

/// Where the phrase begins whose head begins at `head`; never before `floor`.
pub(crate) fn begin(page: &Page<'_>, head: usize, floor: usize) -> usize {
    if page.language == "ar" {
        // Adjectives follow their noun; only a number stands before it.
        return page
            .figure_to(head)
            .filter(|f| f.from >= floor && page.date_over(f.from).is_none())
            .map_or(head, |f| f.from);
    }
    let mut at = head;
    while at > floor && head - at < LEFT_LIMIT {
        let before = at - 1;
        let token = page.token(before);
        if token.breaks > 1 && before < head && page.token(at).breaks > 1 {
            break;
        }
        if page.token(at).breaks > 1 {
            break;
        }
        if possessive(page, before) {
            at = before;
            continue;
        }
        if let Some(figure) = page.figure_to(at) {
            if page.date_over(figure.from).is_some() {
                return at;
            }
            let from = figure.from.max(floor);
            // "The two presidents", "a nationwide 72-hour truce".
            let article = from > floor && determiner(page, from - 1);
            return if article { from - 1 } else { from };
        }
        if determiner(page, before) {
            at = before;
            if page.token(before).is("other")
                || page.token(before).is("various")
                || page.token(before).is("few")
            {
                continue;
            }
            break;
        }
        let dated = page.date_over(before).is_some();
        let stop = page.is(Cat::Stop, before) || page.is(Cat::Boundary, before);
        let person = page.is(Cat::Title, before) || page.tags.before(Cat::Title, at).is_some();
        if !token.word() || (!token.hyphened && (stop || dated || verbal(page, before)) && !person) {
            break;
        }
        at = before;
    }
    // A phrase does not begin with what is left of a possessive or with a bare hyphen.
    while at < head
        && (possessive(page, at) || page.token(at).hyphened && at > floor && !page.token(at - 1).word())
    {
        at += 1;
    }
    at
}

/// Where a phrase ends that begins at `from`: at the last word that may belong to it; "of" carries it on.
pub(crate) fn end(page: &Page<'_>, from: usize, ceiling: usize) -> usize {
    let mut at = from;
    let mut words = 0;
    while at < ceiling && words < 14 {
        let token = page.token(at);
        if at > from && token.breaks > 1 {
            break;
        }
        let opens = at == from && (determiner(page, at) || page.figure_from(at).is_some());
        // "Positions 5 km north of": how far is no part of what.
        let measured = at > from
            && page
                .figure_from(at)
                .is_some_and(|f| page.tag(Cat::Unit, f.to).is_some_and(|t| page.tags.kind(t) == "measure"));
        if measured {
            break;
        }
        if possessive(page, at) || opens || page.figure_over(at).is_some() {
            at += 1;
            continue;
        }
        // "The spokesman of the "River Republic"".
        let named =
            at > from && token.class == Class::Open && page.token(at - 1).any(&["of", "the", "called"]);
        let close = (at + 1..ceiling.min(at + 6)).find(|i| page.token(*i).class == Class::Close);
        if let Some(close) = close.filter(|_| named) {
            at = close + 1;
            words += 1;
            continue;
        }
        if !token.word() {
            break;
        }
        let little = page.is(Cat::Stop, at) || page.is(Cat::Boundary, at) || page.is(Cat::Preposition, at);
        if little && !token.hyphened {
            let of = token.any(&["of"]) && at > from && at + 1 < ceiling;
            if !(of || (determiner(page, at) && at > from && page.token(at - 1).is("of"))) {
                break;
            }
        } else if at > from && verbal(page, at) && !determiner(page, at - 1) {
            break;
        }
        if page.date_over(at).is_some_and(|d| d.from == at) {
            break;
        }
        at += 1;
        words += 1;
    }
    while at > from && (page.token(at - 1).is("of") || determiner(page, at - 1)) {
        at -= 1;
    }
    at
}
