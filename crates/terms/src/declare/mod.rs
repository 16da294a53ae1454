//! Reads statements that declare: parties, acceptances, times, matters, readings, questions, thresholds.
//!
//! Names and the calendar come first ([`names`]), then everything that refers to them ([`declaration`]).

mod groups;
mod parties;
mod published;
mod questions;
mod times;

use std::collections::BTreeMap;

use truceline_model::{
    ActorId, FactId, JudgementId, MatterId, MeasureId, PhaseId, PositionId, Recorded, Span, Zone,
};

use crate::diagnostic::Diagnostic;
use crate::ir::{Account, Terms};
use crate::reader::{Reader, short};
use crate::sentence::{Statement, Word};
use crate::words::{self, Place};

pub use published::cosigning;
pub(crate) use times::{in_force, window};

/// What of the whole file is kept apart until the end.
#[derive(Default)]
pub(crate) struct Loose {
    pub(crate) agreement: Option<(String, Span)>,
    pub(crate) order: Vec<Word>,
    /// Clauses that a procedure takes, to be looked up when all are known.
    pub(crate) taken: Vec<Word>,
    /// The agreement's own chain, and whether a step of it could not be read.
    pub(crate) chain: Vec<Vec<Account>>,
    pub(crate) unread: bool,
    /// The first statement of the chain.
    pub(crate) chained: Option<Span>,
    pub(crate) seen: BTreeMap<(&'static str, String), Span>,
}

impl Loose {
    /// Notes a statement that may stand once in a file.
    fn once(&mut self, statement: &Statement, reader: &mut Reader<'_>) {
        let verb = &statement.verb;
        match self.seen.get(&("statement", verb.text.clone())) {
            None => {
                self.seen.insert(("statement", verb.text.clone()), verb.span);
            }
            Some(before) => {
                let said = Diagnostic::error("twice", verb.span, format!("\"{}\" stands twice", verb.text));
                let said = said.also(*before, "the first is here");
                reader.say(said.help("an agreement has one; keep one of them"));
            }
        }
    }

    /// Notes a name; says so when it was there before.
    pub(crate) fn first(&mut self, kind: &'static str, word: &Word, reader: &mut Reader<'_>) -> bool {
        match self.seen.get(&(kind, word.text.clone())) {
            None => {
                self.seen.insert((kind, word.text.clone()), word.span);
                true
            }
            Some(before) => {
                reader.say(
                    Diagnostic::error(
                        "twice",
                        word.span,
                        format!("{kind} \"{}\" is declared twice", short(&word.text)),
                    )
                    .also(*before, "it was declared here first")
                    .help("give one of them another name, or leave it out"),
                );
                false
            }
        }
    }
}

/// How many rounds [`names`] is called in: what a round reads may refer to what the rounds before it read.
pub(crate) const ROUNDS: u8 = 3;

/// First pass: the zone, then groups of words and the calendar, then the names that other statements refer to.
pub(crate) fn names(statement: &Statement, round: u8, reader: &mut Reader<'_>, terms: &mut Terms) {
    let verb = statement.verb.text.as_str();
    match (round, verb) {
        (0, "zone") => zone(statement, reader, terms),
        (1, "working-hours") => times::working_hours(statement, reader, terms),
        (1, "define" | "define-weapons" | "define-targets" | "define-systems") => {
            groups::gather(statement, reader);
        }
        (2, "holiday") => times::holiday(statement, reader, terms),
        (2, "day-one") => times::day_one(statement, reader, terms),
        (2, _) => name(statement, reader),
        _ => {}
    }
}

fn zone(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms) {
    let sentence = statement.split(&[]);
    let Some(first) = sentence.head.first() else { return };
    match Zone::named(&first.text) {
        Ok(zone) => {
            reader.zone = zone.clone();
            terms.zone = zone;
        }
        Err(error) => reader
            .say(Diagnostic::error("bad-zone", first.span, error.say).help("like zone \"Asia/Damascus\"")),
    }
}

fn name(statement: &Statement, reader: &mut Reader<'_>) {
    let plain = statement.split(&words::links(&statement.verb.text).0);
    let Some(first) = plain.head.first() else { return };
    let name = first.text.as_str();
    match statement.verb.text.as_str() {
        "party" => {
            let targets = plain.part("whose-forces-are").map(|part| part.words.clone()).unwrap_or_default();
            let targets = reader.targets(&targets);
            reader.parties.insert(ActorId::new(name), targets);
        }
        "matter" => {
            reader.positions.entry(MatterId::new(name)).or_default();
        }
        "position" => {
            if let Some(matter) = plain.part("on").and_then(|part| part.words.first()) {
                let matter = MatterId::new(&matter.text);
                reader.positions.entry(matter).or_default().insert(PositionId::new(name));
            }
        }
        "fact" | "claim" => {
            reader.facts.insert(FactId::new(name));
        }
        "judgement" => {
            reader.judgements.insert(JudgementId::new(name));
        }
        "measure" => {
            reader.measures.insert(MeasureId::new(name));
        }
        "phase" => {
            reader.phases.insert(PhaseId::new(name));
        }
        _ => {}
    }
}

/// Second pass: reads one declaration into the terms.
pub(crate) fn declaration(
    statement: &Statement,
    reader: &mut Reader<'_>,
    terms: &mut Terms,
    loose: &mut Loose,
) {
    match statement.verb.text.as_str() {
        "agreement" => agreement(statement, reader, loose),
        "title" => {
            loose.once(statement, reader);
            let sentence = reader.split(statement);
            if let Some(word) = reader.one(&sentence.head, sentence.span, "the title") {
                terms.title = reader.text(Some(word), &sentence);
            }
        }
        "zone" => {
            loose.once(statement, reader);
            let sentence = reader.split(statement);
            reader.one(&sentence.head, sentence.span, "the zone");
        }
        "in-force" => terms.in_force.extend(in_force(statement, reader)),
        "phase" => times::phase(statement, reader, terms),
        "party" => parties::party(statement, reader, terms, loose),
        "umbrella" => parties::umbrella(statement, reader, terms),
        "guarantor" => parties::guarantor(statement, reader, terms),
        "exempt" => parties::exempt(statement, reader, terms),
        "exempt-by-reference" => parties::exempt_by_reference(statement, reader, terms),
        "excluded" => parties::excluded(statement, reader, terms),
        "accepted" => parties::acceptance(statement, Recorded::Accepted, reader, terms),
        "refused" => parties::acceptance(statement, Recorded::Refused, reader, terms),
        "not-found" => parties::acceptance(statement, Recorded::NotFound, reader, terms),
        "deadline" => times::deadline(statement, reader, terms, loose),
        "matter" => questions::matter(statement, reader, terms, loose),
        "position" => questions::position(statement, reader, terms),
        "reading" => questions::reading(statement, reader, terms, loose),
        "judgement" | "fact" | "claim" => questions::question(statement, reader, terms, loose),
        "measure" => questions::measure(statement, reader, terms, loose),
        "settles" => questions::settles(statement, reader, terms),
        "proof" => questions::proof(statement, reader, terms),
        "gravity" => questions::gravity(statement, reader, terms, loose),
        "status" => {
            loose.once(statement, reader);
            times::status(statement, reader, terms);
        }
        "persistence" => {
            loose.once(statement, reader);
            times::persistence(statement, reader, terms);
        }
        "define" | "define-weapons" | "define-targets" | "define-systems" => {
            groups::define(statement, reader, loose);
        }
        "published-when" => published::published_when(statement, reader, terms),
        "order" => loose.order.extend(reader.split(statement).head),
        verb if words::stands(verb, Place::Chain) => {
            loose.chained.get_or_insert(statement.span);
            let step = crate::chain::step(statement, &mut loose.chain, loose.unread, reader);
            loose.unread |= step.is_none();
        }
        _ => {}
    }
}

fn agreement(statement: &Statement, reader: &mut Reader<'_>, loose: &mut Loose) {
    let sentence = reader.split(statement);
    let Some(word) = reader.one(&sentence.head, sentence.span, "the agreement's id") else { return };
    let Some(id) = reader.new_id(word) else { return };
    match &loose.agreement {
        None => loose.agreement = Some((id, word.span)),
        Some((_, before)) => {
            let before = *before;
            reader.say(
                Diagnostic::error("twice", word.span, "one file holds one agreement")
                    .also(before, "the first is declared here")
                    .help("keep one of them; a second agreement has a folder of its own"),
            );
        }
    }
}
