//! Who or what an English verb speaks of: the phrases before it, over appositions, lists and clauses told between.

use super::lexicon::{Cat, Tag};
use super::nouns::{Phrase, Sort, over};
use super::page::Page;
use super::tokens::Class;

/// Most phrases of one subject.
const MOST: usize = 12;

/// Words that lead to a phrase that is no subject.
const LEADS: [&str; 11] =
    ["in", "at", "on", "with", "by", "to", "from", "near", "against", "during", "after"];

/// What a phrase on the way back is.
enum Step {
    /// It belongs to the subject.
    Take,
    /// It belongs to another phrase; the walk goes on before a token.
    Past(usize),
    Stop,
}

/// Phrases that are subject of what begins at a token, nearest first; none before `floor`.
pub(crate) fn subjects(page: &Page<'_>, all: &[Phrase], floor: usize, verb: usize) -> Vec<Phrase> {
    let mut at = past_relative(page, all, floor, verb).unwrap_or(verb);
    let mut out: Vec<Phrase> = Vec::new();
    let (mut little, mut relative) = (0, false);
    while at > floor && out.len() < MOST {
        let before = at - 1;
        if let Some(phrase) = over(all, before).copied() {
            if relative {
                // "For the murder of X, who was attacked": X, whatever leads to it.
                out.extend(with_those_beside(page, all, floor, phrase));
                break;
            }
            little = 0;
            at = match step(page, all, floor, &phrase, out.is_empty()) {
                Step::Take => {
                    out.push(phrase);
                    phrase.from
                }
                Step::Past(before) => before,
                Step::Stop => break,
            };
            continue;
        }
        relative |= page.token(before).any(&["who", "which", "whom"]) && out.is_empty();
        if !passes(page, before, out.is_empty()) || little > 6 {
            break;
        }
        little += 1;
        at = before;
    }
    out
}

fn step(page: &Page<'_>, all: &[Phrase], floor: usize, phrase: &Phrase, first: bool) -> Step {
    let led = page.token(phrase.from.wrapping_sub(1));
    if led.class == Class::Other && led.glued {
        let owner = over(all, phrase.from.saturating_sub(2)).filter(|p| p.owner && p.from > floor);
        if let Some(owner) = owner.filter(|p| page.token(p.from - 1).any(&["of", "for", "in", "at", "by"])) {
            return Step::Past(owner.from - 1);
        }
    }
    if phrase.from == floor {
        return Step::Take;
    }
    if led.any(&["of", "for"]) && phrase.sort != Sort::Act {
        // What a phrase belongs to is no subject: "the home of X was attacked".
        return Step::Past(phrase.from - 1);
    }
    if led.any(&LEADS) && (!first || phrase.sort != Sort::Weapon) {
        let scene = first && matches!(phrase.sort, Sort::Other | Sort::Thing);
        return if scene { Step::Past(phrase.from - 1) } else { Step::Stop };
    }
    Step::Take
}

/// Whether a word between phrases, or between them and the verb, lets the walk go on.
fn passes(page: &Page<'_>, at: usize, first: bool) -> bool {
    let token = page.token(at);
    matches!(token.class, Class::Comma | Class::ParenOpen | Class::ParenClose | Class::Open | Class::Close)
        || token.class == Class::Number
        || token.any(&["and", "who", "which", "that", "whom", "also", "have", "has", "had", "both"])
        || page.is(Cat::Hedge, at)
        || page.date_over(at).is_some()
        || token.fold.ends_with("ly")
        || first && token.any(&["was", "were", "been", "being", "is", "are", "be"])
}

/// "X, who was staying in a hotel, was kidnapped": before what is told between.
pub(crate) fn past_relative(page: &Page<'_>, all: &[Phrase], floor: usize, verb: usize) -> Option<usize> {
    let mut at = verb;
    while at > 0
        && (page.token(at - 1).any(&["was", "were", "been", "has", "have", "had", "is", "are"])
            || page.is(Cat::Hedge, at - 1)
            || page.token(at - 1).fold.ends_with("ly"))
    {
        at -= 1;
    }
    let comma = at.checked_sub(1).filter(|c| page.token(*c).class == Class::Comma)?;
    let floor = floor.max(comma.saturating_sub(24));
    let mut between = (floor + 1..comma).rev();
    if let Some(who) = between.find(|i| page.token(*i).any(&["who", "whose", "which", "where"])) {
        return (page.token(who - 1).class == Class::Comma).then_some(who - 1);
    }
    // "X, one of the leaders of the party, was killed".
    let found = (floor + 1..comma).rev().find(|i| {
        let before = over(all, i - 1).filter(|p| p.to == *i && page.token(*i).class == Class::Comma);
        let beside = page.token(i + 1).any(&[
            "in",
            "with",
            "backed",
            "supported",
            "including",
            "along",
            "aided",
            "assisted",
            "led",
            "accompanied",
            "using",
            "under",
            "together",
            "from",
        ]);
        before.is_some_and(|p| {
            p.sort == Sort::Name || beside && matches!(p.sort, Sort::Force | Sort::People | Sort::Weapon)
        })
    });
    // "Forces, backed by warplanes, clashed" may also be told without the second comma.
    found
}

/// A phrase with those before it in a list or beside it: "X, Y and", "X, a teacher".
fn with_those_beside(page: &Page<'_>, all: &[Phrase], floor: usize, phrase: Phrase) -> Vec<Phrase> {
    let mut out = vec![phrase];
    let mut first = phrase.from;
    while out.len() < MOST {
        let mut at = first;
        while at > floor + 1 && (page.token(at - 1).class == Class::Comma || page.token(at - 1).is("and")) {
            at -= 1;
        }
        let Some(more) = over(all, at.wrapping_sub(1)).filter(|p| at < first && p.to == at) else { break };
        out.push(*more);
        first = more.from;
    }
    out
}

/// Whether a verb is in the passive: a form of "be" before it.
pub(crate) fn passive(page: &Page<'_>, tag: Tag) -> bool {
    if page.token(tag.from).fold.ends_with("ing") {
        return false;
    }
    // "The engineer, kidnapped by rebels", "the man killed by a shell".
    let part = page.token(tag.to.saturating_sub(1)).fold.ends_with("ed")
        || page.token(tag.from).any(&["shot", "slain", "hit"]);
    if part && page.language == "en" && tag.from + 1 == tag.to {
        let next = page.token(tag.to);
        let free = next.is("by") || page.date_over(tag.to).is_some() || page.is(Cat::Preposition, tag.to);
        let before = page.token(tag.from.wrapping_sub(1));
        if next.is("by") || free && before.class == Class::Comma {
            return true;
        }
    }
    let mut at = tag.from;
    for _ in 0..4 {
        let Some(before) = at.checked_sub(1) else { return false };
        let token = page.token(before);
        if token.any(&["was", "were", "been", "being", "is", "are", "be", "got", "gets"]) {
            return true;
        }
        // "Were rocketed and machine-gunned".
        let coordinated = token.is("and") && page.token(before.wrapping_sub(1)).fold.ends_with("ed")
            || at < tag.from && token.fold.ends_with("ed") && page.token(at).is("and");
        if !(page.is(Cat::Hedge, before)
            || coordinated
            || token.fold.ends_with("ly")
            || token.any(&["also", "again", "not"]))
        {
            return false;
        }
        at = before;
    }
    false
}
