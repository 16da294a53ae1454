//! What stands beside a thing told and is none of it: a truce that a speaker only recalls, a clause before who speaks, a place of which
//! something is told, the deaths that a sentence goes on to.

use super::deals::Fact;
use super::lexicon::{Cat, Tag};
use super::page::Page;
use super::tokens::Class;

/// "…, referring to a truce of May": what it recalls is told by whoever writes.
pub(crate) fn recalls(page: &Page<'_>, at: usize) -> bool {
    let before = page.token(at.wrapping_sub(1));
    let refers = before.class == Class::Comma && page.token(at).any(&["referring", "alluding"]);
    let reference = page.token(at).any(&["reference", "allusion"]) && before.any(&["a", "apparent"]);
    (refers || reference) && page.token(at + 1).is("to")
}

/// "After a series of bombings in X, a shopkeeper said": whoever speaks says only what follows.
pub(crate) fn before_speaker(page: &Page<'_>, at: usize, speaker: usize) -> bool {
    let Some(sentence) = page.sentence_at(at).filter(|_| page.language == "en") else { return false };
    let leads = ["after", "before", "following", "amid", "despite", "since", "hours", "minutes", "days", "just"];
    at < speaker
        && page.token(sentence.0).any(&leads)
        && page.token(speaker.wrapping_sub(1)).class == Class::Comma
        && !(sentence.0..speaker).any(|i| page.tag(Cat::SourceCue, i).is_some())
}

/// "The city of X, which a surge of violence has torn apart": what the clause is told of is the place, and not the deal before it.
pub(crate) fn of_place(page: &Page<'_>, noun: Tag, verb: Tag) -> bool {
    page.language == "en"
        && (noun.to..verb.from).any(|at| {
            let comma = at.wrapping_sub(1);
            let object = super::chunks::determiner(page, at + 1)
                || page.mention_from(at + 1).is_some_and(super::entities::Mention::acts);
            page.token(at).any(&["which", "whom"])
                && page.token(comma).class == Class::Comma
                && object
                && page.mention_to(comma).is_some_and(|m| m.is_place() && m.from >= noun.to)
        })
}

/// "…, where more than 200 people have died in the past week": the time of what is told there.
pub(crate) fn elsewhere(page: &Page<'_>, fact: &Fact, at: usize) -> bool {
    let from = fact.noun.map_or(fact.verb.to, |n| n.to.max(fact.verb.to));
    (from..at).any(|i| {
        page.token(i).is("where")
            && [Cat::Casualty, Cat::ActVerb].iter().any(|c| page.tags.within(*c, i, at).next().is_some())
    })
}

/// "Some reports suggested": the word is a noun.
pub(crate) fn noun_of_speech(page: &Page<'_>, tag: Tag) -> bool {
    page.language == "en"
        && page.token(tag.from).any(&["reports", "claims", "statements", "comments"])
        && page.token(tag.from.wrapping_sub(1)).any(&[
            "some", "other", "media", "news", "local", "initial", "several", "unconfirmed", "early", "press", "earlier",
            "many", "these", "those", "such", "the",
        ])
}
