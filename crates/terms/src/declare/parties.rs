//! Reads who the agreement is between: parties, bodies, guarantors, acceptances, and who is outside.
//!
//! Every actor is one of the mission's list; nothing is supposed of one of whom nothing is said.

use std::collections::BTreeSet;

use truceline_model::{Acceptance, ActorId, Recorded};

use super::{Loose, window};
use crate::ir::{AcceptanceEntry, Exempt, Guarantor, Party, Terms, Umbrella};
use crate::reader::Reader;
use crate::sentence::{Sentence, Statement};

pub(super) fn party(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms, loose: &mut Loose) {
    let sentence = reader.split(statement);
    let Some(word) = reader.one(&sentence.head, sentence.span, "the party") else { return };
    loose.first("party", word, reader);
    reader.optional(&sentence, "whose-forces-are", "government-forces");
    if let Some(id) = reader.actor(word) {
        let forces = reader.parties.get(&id).cloned().unwrap_or_default();
        terms.parties.push(Party { id, forces, span: sentence.span });
    }
}

pub(super) fn umbrella(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms) {
    let sentence = reader.split(statement);
    let Some(word) = reader.one(&sentence.head, sentence.span, "the body") else { return };
    let id = reader.actor(word);
    let Some(part) = reader.needed(&sentence, "speaks-for", "opposition") else { return };
    let side = reader.one(&part.words, part.link.span, "the side").and_then(|word| reader.party(word));
    if let (Some(id), Some(speaks_for)) = (id, side) {
        terms.umbrellas.push(Umbrella { id, speaks_for, span: sentence.span });
    }
}

pub(super) fn guarantor(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms) {
    let sentence = reader.split(statement);
    let Some(word) = reader.one(&sentence.head, sentence.span, "the guarantor") else { return };
    let id = reader.actor(word);
    let Some(part) = reader.needed(&sentence, "answers-for", "government-side") else { return };
    let side = reader.one(&part.words, part.link.span, "the side").and_then(|word| reader.party(word));
    if let (Some(id), Some(answers_for)) = (id, side) {
        terms.guarantors.push(Guarantor { id, answers_for, span: sentence.span });
    }
}

pub(super) fn exempt(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms) {
    let sentence = reader.split(statement);
    let who: BTreeSet<ActorId> = reader.actors(&sentence.head).into_iter().collect();
    if sentence.head.is_empty() {
        reader.one(&sentence.head, sentence.span, "an actor");
    }
    terms.exempt.extend(outside(&sentence, who, None, reader));
}

pub(super) fn exempt_by_reference(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms) {
    let sentence = reader.split(statement);
    let Some(word) = reader.one(&sentence.head, sentence.span, "the words of the reference") else { return };
    let by_reference = Some(word.text.clone());
    let listed =
        reader.optional(&sentence, "listed-as", "un-designated-groups").map(|part| part.words.clone());
    let who: BTreeSet<ActorId> = reader.actors(&listed.unwrap_or_default()).into_iter().collect();
    terms.exempt.extend(outside(&sentence, who, by_reference, reader));
}

/// `excluded PARTY from "…" [until "…"] known "…" per S`: put out of the agreement by somebody's word.
pub(super) fn excluded(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms) {
    let sentence = reader.split(statement);
    let who = reader.one(&sentence.head, sentence.span, "the party that was put out");
    let who = who.and_then(|word| reader.actor(word));
    let missing = ["from", "known", "per"].iter().any(|link| sentence.part(link).is_none());
    for (link, what) in [("from", "\"2016-03-04\""), ("known", "\"2016-03-05\""), ("per", "a source")] {
        if sentence.part(link).is_none() {
            reader.needed(&sentence, link, what);
        }
    }
    let entry = outside(&sentence, who.iter().cloned().collect(), None, reader);
    if let (Some(_), false, Some(entry)) = (who, missing, entry) {
        terms.exempt.push(Exempt { excluded: true, ..entry });
    }
}

/// The window in which somebody is outside, and since when that is known.
fn outside(
    sentence: &Sentence,
    who: BTreeSet<ActorId>,
    by_reference: Option<String>,
    reader: &mut Reader<'_>,
) -> Option<Exempt> {
    let from = reader.time_after(sentence, "from");
    let until = reader.time_after(sentence, "until");
    let known = reader.time_after(sentence, "known");
    let sources = reader.optional(sentence, "per", "a source").map(|part| Reader::sources(&part.words));
    if let (Some(from), Some(until)) = (from, until) {
        window(from, until, sentence.span, reader)?;
    }
    let sources = sources.unwrap_or_default();
    let span = sentence.span;
    Some(Exempt { who, by_reference, from, until, excluded: false, known, sources, span })
}

pub(super) fn acceptance(
    statement: &Statement,
    recorded: Recorded,
    reader: &mut Reader<'_>,
    terms: &mut Terms,
) {
    let sentence = reader.split(statement);
    let Some(word) = reader.one(&sentence.head, sentence.span, "who") else { return };
    let by = reader.actor(word);
    let actor_after = |link: &str, reader: &mut Reader<'_>| {
        let part = reader.optional(&sentence, link, "united-states")?;
        let word = reader.one(&part.words, part.link.span, "an actor")?;
        reader.actor(word)
    };
    let through = actor_after("through", reader);
    let to = actor_after("told", reader);
    let on = reader.time_after(&sentence, "on");
    let known = reader.time_after(&sentence, "known");
    let reservation = reader.optional(&sentence, "reserving", "\"two weeks only\"").and_then(|part| {
        reader.one(&part.words, part.link.span, "the reservation").map(|word| word.text.clone())
    });
    let sources = reader.optional(&sentence, "per", "a source").map(|part| Reader::sources(&part.words));
    let Some(by) = by else { return };
    let acceptance = Acceptance { by, to, on, recorded, reservation, sources: sources.unwrap_or_default() };
    terms.acceptances.push(AcceptanceEntry { acceptance, through, known, span: sentence.span });
}
