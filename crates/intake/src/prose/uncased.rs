//! Texts whose letters tell no names: wires all in small letters, and messages all in capitals.
//!
//! Everywhere else a capital marks a name. Here the words that tables know as names, and unknown words that follow a given
//! name or a title, are taken as if they were written with one. The text itself is never altered.

use super::lexicon::{Cat, Tags};
use super::registry::Case;
use super::tokens::{Class, Token};

/// Fewest words by which a text is judged.
const FEWEST: usize = 30;

/// Whether capitals tell nothing: hardly any, or nearly nothing else.
pub(crate) fn is(tokens: &[Token]) -> bool {
    let words = tokens.iter().filter(|t| t.word()).count();
    let capitals = tokens.iter().filter(|t| t.word() && t.upper).count();
    let shouted = tokens.iter().filter(|t| t.word() && t.shout).count();
    words >= FEWEST && (capitals * 100 < words || shouted * 10 > words * 8)
}

/// Every word as if in small letters.
pub(crate) fn plain(tokens: &mut [Token]) {
    for token in tokens {
        (token.upper, token.shout) = (false, false);
    }
}

/// Words between the parts of a name.
const PARTICLES: [&str; 12] =
    ["de", "la", "del", "los", "las", "y", "da", "dos", "san", "santa", "von", "van"];

/// Marks the words that are names as far as tables tell.
pub(crate) fn mark(tokens: &mut [Token], tags: &Tags<'_>, case: &Case) {
    let mut upper = vec![false; tokens.len()];
    let mut shout = vec![false; tokens.len()];
    for at in 0..tokens.len() {
        for tag in tags.starting(at) {
            let name = match tag.cat {
                Cat::Country | Cat::Month | Cat::Weekday => true,
                Cat::Actor => tags.kind(tag) == "name",
                Cat::Source => matches!(tags.kind(tag), "agency" | "monitor"),
                _ => false,
            };
            // "us", "is", "may" are words first.
            let word = tokens.get(at).is_some_and(|t| {
                t.any(&["us", "is", "may", "march", "un", "it", "in", "no", "chad", "turkey"])
            });
            if name && !(word && tag.to == at + 1) {
                let short = tag.to == at + 1 && tokens.get(at).is_some_and(|t| t.fold.len() <= 4);
                for i in at..tag.to {
                    set(&mut upper, i);
                    if short {
                        set(&mut shout, i);
                    }
                }
            }
        }
        if let Some((end, _)) = case.actors.at(tokens, at) {
            for i in at..end {
                set(&mut upper, i);
                set(&mut shout, i);
            }
        }
        if tags.at(Cat::GivenName, at).is_some() {
            for i in at..name_end(tokens, tags, at) {
                set(&mut upper, i);
            }
        }
    }
    for ((token, upper), shout) in tokens.iter_mut().zip(upper).zip(shout) {
        token.upper |= upper;
        token.shout |= shout;
    }
}

fn set(all: &mut [bool], at: usize) {
    if let Some(slot) = all.get_mut(at) {
        *slot = true;
    }
}

/// Where a name ends that begins with a given name: over given names, particles before a further word, and unknown words.
pub(crate) fn name_end(tokens: &[Token], tags: &Tags<'_>, from: usize) -> usize {
    let mut at = from + 1;
    while at < from + 7 {
        let Some(token) = tokens.get(at).filter(|t| t.breaks < 2) else { break };
        let initial = token.word() && token.fold.chars().count() == 1 && token.fold != "a";
        let particle = token.any(&PARTICLES) && tokens.get(at + 1).is_some_and(|t| surname(t, tags, at + 1));
        if !(initial || particle || surname(token, tags, at)) {
            break;
        }
        at += 1;
        if initial
            && tokens.get(at).is_some_and(|t| t.class == Class::Stop && t.glued && t.end - t.start == 1)
        {
            at += 1;
        }
    }
    at
}

/// Whether a word may go on a name: a given name, or a word that no table knows and that has no ending of a verb.
fn surname(token: &Token, tags: &Tags<'_>, at: usize) -> bool {
    if !token.word() {
        return false;
    }
    if tags.at(Cat::GivenName, at).is_some() {
        return true;
    }
    let known = tags.starting(at).any(|tag| {
        !matches!(tag.cat, Cat::PlaceStop | Cat::PlaceWord) || tag.cat == Cat::PlaceStop && tag.to > at + 1
    });
    let long = token.fold.len() > 5;
    let ending =
        long && ["ed", "ing", "ly", "ment", "tion", "ions"].iter().any(|end| token.fold.ends_with(end));
    !known && !ending && token.fold.chars().count() > 2
}
