//! Whose task a thing is, and whom they are to move: "it is up to X to get Y to agree", "with X responsible for winning over Y, and Z
//! for W"; and what is still open, told as questions: "are how it is watched and who does it".
//!
//! English only. Whoever is to be moved is no party by that; nothing found is nothing said.

use super::deal_who::{listed, phrase_from, somebody};
use super::deals::Fact;
use super::lexicon::Cat;
use super::page::Page;
use super::phrases::{party, subjects};
use super::tokens::Class;
use super::{Field, Value, chunks};

/// Verbs by which somebody is moved to something.
const MOVES: [&str; 32] = [
    "get",
    "getting",
    "persuade",
    "persuading",
    "convince",
    "convincing",
    "bring",
    "bringing",
    "press",
    "pressing",
    "pressure",
    "pressuring",
    "induce",
    "inducing",
    "make",
    "making",
    "have",
    "having",
    "push",
    "pushing",
    "compel",
    "compelling",
    "urge",
    "urging",
    "force",
    "forcing",
    "coax",
    "coaxing",
    "restrain",
    "restraining",
    "win",
    "winning",
];

/// Verbs by which somebody's consent is got.
const GAINS: [&str; 20] = [
    "enlist",
    "enlisting",
    "secure",
    "securing",
    "win",
    "winning",
    "obtain",
    "obtaining",
    "get",
    "getting",
    "gain",
    "gaining",
    "ensure",
    "ensuring",
    "guarantee",
    "guaranteeing",
    "deliver",
    "delivering",
    "seek",
    "seeking",
];

/// What is got of somebody.
const CONSENT: [&str; 16] = [
    "acquiescence",
    "agreement",
    "consent",
    "assent",
    "support",
    "backing",
    "approval",
    "cooperation",
    "co-operation",
    "compliance",
    "acceptance",
    "commitment",
    "commitments",
    "signature",
    "signatures",
    "participation",
];

/// Whose task it is, each with those whom they are to move.
pub(crate) fn tasked(page: &Page<'_>, fact: &Fact, add: &mut impl FnMut(Field, Value)) {
    let to = fact.verb.to;
    if page.token(to.wrapping_sub(1)).is("to") {
        let Some(first) = phrase_from(page, to, fact.sentence.1) else { return };
        add(Field::Party, party(page, first));
        moved(page, first.1, fact.sentence.1, add);
        // "And up to Y to do that".
        let next = (first.1..fact.sentence.1)
            .find(|i| page.token(*i).is("and") && page.token(i + 1).is("up") && page.token(i + 2).is("to"))
            .and_then(|and| phrase_from(page, and + 3, fact.sentence.1));
        if let Some(other) = next {
            add(Field::Party, party(page, other));
            moved(page, other.1, fact.sentence.1, add);
        }
        return;
    }
    for p in subjects(page, fact.verb.from, fact.sentence.0, 1) {
        if somebody(page, p.0, p.1) || page.language != "en" {
            add(Field::Party, party(page, p));
        }
    }
    if !page.token(to.wrapping_sub(1)).is("for") {
        return;
    }
    moved(page, to.wrapping_sub(1), fact.sentence.1, add);
    // "…, and Y for doing that": the same word is left out.
    let gerund = |at: usize| page.token(at).is("for") && page.token(at + 1).fold.ends_with("ing");
    for and in (to..fact.sentence.1).filter(|i| page.token(*i).is("and")) {
        let Some(other) = whose(page, and + 1, fact.sentence.1).filter(|p| gerund(p.1)) else { continue };
        add(Field::Party, party(page, other));
        moved(page, other.1, fact.sentence.1, add);
    }
}

/// Somebody at a token.
fn whose(page: &Page<'_>, at: usize, ceiling: usize) -> Option<(usize, usize)> {
    phrase_from(page, at, ceiling).filter(|p| somebody(page, p.0, p.1))
}

/// Whom a task is to move: "to get X to agree", "for winning the consent of X".
fn moved(page: &Page<'_>, at: usize, ceiling: usize, add: &mut impl FnMut(Field, Value)) {
    if !page.token(at).any(&["to", "for"]) {
        return;
    }
    let verb = page.token(at + 1);
    let noun = (at + 2..ceiling.min(at + 8))
        .take_while(|i| page.token(*i).word() && !page.is(Cat::Preposition, *i))
        .find(|i| page.token(*i).any(&CONSENT) && page.token(i + 1).any(&["of", "from"]));
    let from = match noun {
        Some(noun) if verb.any(&GAINS) => noun + 2,
        None if verb.any(&MOVES) => at + 2,
        _ => return,
    };
    for p in listed(page, from, ceiling) {
        add(Field::Target, party(page, p));
    }
}

/// What is open, as the questions that the sentence puts: "unsettled issues are how X and whether Y".
pub(crate) fn questions(page: &Page<'_>, fact: &Fact) -> Vec<(usize, usize)> {
    let asks = |at: usize| page.token(at).any(&["how", "whether", "who", "when", "where", "what", "which"]);
    let end = fact.sentence.1 - usize::from(page.token(fact.sentence.1 - 1).class == Class::Stop);
    let mut out: Vec<(usize, usize)> = Vec::new();
    let near = fact.verb.to..end.min(fact.verb.to + 6);
    let Some(first) = near.into_iter().find(|i| asks(*i)) else { return out };
    let led = page.token(first - 1);
    if page.language != "en"
        || !(led.any(&["are", "is", "include", "includes", "over", "on"]) || led.class == Class::Colon)
    {
        return out;
    }
    let mut from = first;
    for at in first + 1..=end {
        let joint = page.token(at).any(&["and", "or"]) || page.token(at).class == Class::Comma;
        let next = asks(at + 1) || joint && page.token(at + 1).any(&["and", "or"]) && asks(at + 2);
        if at == end || joint && next {
            out.push((from, at));
            from = at + 1 + usize::from(!asks(at + 1));
        }
        if at < end && page.token(at).class == Class::Semicolon {
            break;
        }
    }
    out.retain(|(from, to)| to > from && chunks::end(page, from + 1, *to) > *from);
    out.truncate(6);
    out
}

/// Occasions at which a step is to be taken.
const OCCASIONS: [&str; 12] = [
    "call",
    "conversation",
    "meeting",
    "summit",
    "session",
    "vote",
    "visit",
    "conference",
    "ceremony",
    "talks",
    "round",
    "consultation",
];

/// A step to come: the occasion that it is to be taken at, and who meets there.
pub(crate) fn step(page: &Page<'_>, fact: &Fact, add: &mut impl FnMut(Field, Value)) {
    if page.language != "en" {
        return;
    }
    let end = fact.sentence.1.min(fact.verb.to + 14);
    let occasion = (fact.verb.to..end)
        .take_while(|i| !matches!(page.token(*i).class, Class::Comma | Class::Semicolon))
        .find(|i| page.token(*i).any(&OCCASIONS) && page.token(i + 1).any(&["between", "with", "of"]));
    if let Some(noun) = occasion {
        let from = chunks::begin(page, noun, fact.verb.to);
        add(Field::What, page.words(from, noun + 1));
        meeting(page, noun + 2, fact.sentence.1, add);
    }
    let talks = page.token(fact.verb.to - 1).any(&["talk", "speak", "meet", "confer"]);
    if talks {
        let with = usize::from(page.token(fact.verb.to).any(&["to", "with"]));
        meeting(page, fact.verb.to + with, fact.sentence.1, add);
    }
}

/// Those who meet, by name where one stands beside their office: "his counterpart, Minister X".
fn meeting(page: &Page<'_>, at: usize, ceiling: usize, add: &mut impl FnMut(Field, Value)) {
    for p in listed(page, at, ceiling) {
        let named = page.mention_from(p.1 + 1).filter(|m| {
            page.token(p.1).class == Class::Comma
                && page.token(p.1 - 1).any(&["counterpart", "successor", "deputy"])
                && m.acts()
        });
        let p = named.map_or(p, |m| (m.from, m.to));
        add(Field::Party, party(page, p));
    }
}

/// "The agreement — a full halt and the delivery of aid": what stands behind the dash is what it says.
pub(crate) fn spelled_out(page: &Page<'_>, fact: &Fact, add: &mut impl FnMut(Field, Value)) {
    let dash = |i: &usize| page.token(*i).class == Class::Dash && !page.token(*i).glued;
    let Some(at) = (fact.sentence.0..fact.sentence.1).find(dash).filter(|_| page.language == "en") else {
        return;
    };
    let deal = page
        .tags
        .before(Cat::Deal, at)
        .is_some_and(|t| matches!(page.tags.kind(t), "deal" | "truce" | "plan"));
    let end = (at + 1..fact.sentence.1)
        .find(|i| matches!(page.token(*i).class, Class::Dash | Class::Semicolon | Class::Stop | Class::Close))
        .unwrap_or(fact.sentence.1);
    let told = (at + 1..end).any(|i| {
        page.is(Cat::Speech, i) || page.token(i).any(&["is", "are", "was", "were", "that", "which"])
    });
    let holds = [Cat::Deal, Cat::Aid].iter().any(|c| page.tags.within(*c, at + 1, end).next().is_some());
    if !deal || told || !holds || !chunks::determiner(page, at + 1) {
        return;
    }
    let mut from = at + 1;
    for i in at + 1..=end {
        let joint =
            page.token(i).is("and") && chunks::determiner(page, i + 1) || page.token(i).class == Class::Comma;
        if i == end || joint {
            if i > from + 1 {
                add(Field::Terms, page.words(from, i));
            }
            from = i + 1;
        }
    }
}

/// A deal's words as a common form: without articles, "cease-fire" as one word.
pub(crate) fn name_of(page: &Page<'_>, from: usize, to: usize) -> String {
    let mut out = String::new();
    for at in (from..to).filter(|at| page.token(*at).word() && !chunks::determiner(page, *at)) {
        if !out.is_empty() && !page.token(at).hyphened {
            out.push('_');
        }
        out.push_str(&page.token(at).fold);
    }
    out
}

/// "X and Y would add staff so that the truce could be watched": who does it stands at the head of the sentence.
pub(crate) fn on_purpose(page: &Page<'_>, fact: &Fact, add: &mut impl FnMut(Field, Value)) {
    let so = (fact.part.0.saturating_sub(14).max(fact.sentence.0)..fact.verb.from).find(|i| {
        page.token(*i).is("so") && (page.token(i + 1).is("that") || chunks::determiner(page, i + 1))
    });
    let modal = so.and_then(|so| {
        let will = |i: &usize| page.token(*i).any(&["would", "will", "are", "have", "had"]);
        (fact.sentence.0..so).rev().find(will)
    });
    let Some(modal) = modal.filter(|_| page.language == "en") else { return };
    for p in subjects(page, modal, fact.sentence.0, 1) {
        if somebody(page, p.0, p.1) {
            add(Field::Party, party(page, p));
        }
    }
}
