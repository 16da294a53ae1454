//! Speakers in Arabic, Russian and Ukrainian: whose phrase runs up to the next mark, verb or little word, after the verb of speech or
//! before it. What English needs stands in [`super::sourced`]; nobody is a speaker whom no words name.

use super::lexicon::{Cat, Tag};
use super::page::Page;
use super::sourced::heard;
use super::tokens::Class;

/// Most words of a phrase.
const LONGEST: usize = 8;

/// Words at which an Arabic phrase for a speaker ends.
const ARABIC_ENDS: [&str; 28] = [
    "ان",
    "انه",
    "انها",
    "بان",
    "عن",
    "من",
    "الي",
    "علي",
    "بعد",
    "قبل",
    "مساء",
    "صباح",
    "امس",
    "اليوم",
    "وقوع",
    "مقتل",
    "استشهاد",
    "اصابه",
    "سقوط",
    "التي",
    "الذي",
    "الذين",
    "قوله",
    "قولها",
    "قولهم",
    "خلال",
    "وهي",
    "وهو",
];
/// The same in Russian and Ukrainian.
const SLAVIC_ENDS: [&str; 12] =
    ["что", "що", "о", "об", "про", "который", "которая", "которые", "со", "через", "із", "з"];

/// In the other languages: up to the next mark, verb, number or little word that opens another part.
pub(super) fn run(page: &Page<'_>, from: usize, ceiling: usize) -> usize {
    let arabic = page.language == "ar";
    let mut at = from;
    while at < ceiling && at < from + LONGEST {
        let token = page.token(at);
        let quoted = matches!(token.class, Class::Open | Class::Close) && at > from;
        let verb = [Cat::Speech, Cat::ActVerb, Cat::Casualty, Cat::Responsibility]
            .iter()
            .any(|cat| page.is(*cat, at))
            || page.tag(Cat::Boundary, at).is_some_and(|t| page.tags.kind(t) == "clause");
        let little = if arabic {
            token.any(&ARABIC_ENDS) || at > from && page.is(Cat::ActNoun, at)
        } else {
            page.is(Cat::Boundary, at)
                || token.any(&SLAVIC_ENDS)
                || page.is(Cat::Preposition, at) && at > from
                || page.is(Cat::ActNoun, at) && at > from
        };
        let mark = !(token.word()
            || token.hyphened
            || token.class == Class::Open && at == from
            || matches!(token.class, Class::Open | Class::Close));
        if mark
            || quoted && !arabic
            || verb
            || little
            || page.date_over(at).is_some()
            || page.figure_from(at).is_some()
        {
            break;
        }
        // "لجان المقاومة في السودان،": a place ends the phrase.
        if arabic && token.any(&["في"]) && at > from {
            let placed = matches!(page.token(at + 2).class, Class::Comma | Class::Colon);
            if placed && page.token(at + 1).word() {
                at += 2;
            }
            break;
        }
        let and = arabic
            && at > from
            && token.fold.starts_with('و')
            && token.alts.len() > 1
            && token.fold.chars().count() > 3;
        if token.breaks > 0 && at > from || and {
            break;
        }
        at += 1;
    }
    while at > from && !(page.token(at - 1).word() || page.token(at - 1).class == Class::Close) {
        at -= 1;
    }
    at
}

/// Arabic, Russian, Ukrainian: who follows the verb, else who stands before it.
pub(super) fn elsewhere(page: &Page<'_>, range: (usize, usize), tag: Tag) -> Vec<(usize, usize, bool)> {
    let mut out = Vec::new();
    let mut from = tag.to;
    if page.language == "ar" {
        let before = page.mention_to(tag.from).filter(|m| m.acts() && !m.located && m.from >= range.0);
        let behind = run(page, from, range.1);
        let quoted = page.tags.kind(tag) == "quoted";
        if behind > from {
            out.push((from, behind, quoted));
            // "شهود وعاملون": an "and" that is a letter of the word behind it.
            let next = run(page, behind, range.1);
            let joined = page.token(behind).fold.starts_with('و')
                && page.token(behind).alts.len() > 1
                && page.token(behind).breaks == 0;
            if joined && next > behind && !page.is(Cat::Speech, behind) {
                out.push((behind, next, quoted));
            }
        } else if let Some(mention) = before {
            out.push((mention.from, mention.to, quoted));
        } else if let Some((from, to)) = heard(page, page.sentence_number(tag.from)) {
            // "واوضحت في بيان": whoever spoke before.
            out.push((from, to, quoted));
        }
        if quoted && let Some(on) = (behind..range.1.min(behind + 6)).find(|at| page.token(*at).is("عن")) {
            let to = run(page, on + 1, range.1);
            if to > on + 1 {
                out.push((on + 1, to, false));
            }
        }
        return out;
    }
    // "Сообщили в больнице": the place stands for who is in it.
    let placed = page.token(from).any(&["в", "у", "во", "на"]);
    from += usize::from(placed);
    let to = run(page, from, range.1);
    if to > from {
        let on = page.token(to).any(&["со", "из", "з"]) || page.token(to + 1).any(&["ссылкой", "посиланням"]);
        out.push((from - usize::from(placed), to, on));
        return out;
    }
    let floor = floor_of(page, range.0, tag.from);
    let mut start = floor;
    while start < tag.from
        && (page.is(Cat::Stop, start)
            || page.date_over(start).is_some()
            || page.is(Cat::Link, start)
            || !page.token(start).word())
    {
        start += 1;
    }
    let end = run(page, start, tag.from);
    if end > start && end == tag.from {
        out.push((start, end, false));
    }
    out
}

/// The last comma or mark before a verb.
fn floor_of(page: &Page<'_>, from: usize, verb: usize) -> usize {
    (from..verb)
        .rev()
        .find(|at| !page.token(*at).word() && !page.token(*at).glued || page.token(*at).class == Class::Comma)
        .map_or(from, |at| at + 1)
}
