//! Reads statements that declare: parties, acceptances, deadlines, matters, readings, questions, thresholds.
//!
//! Two passes: names first ([`names`]), then everything that refers to them ([`declaration`]).

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{
    Acceptance, ActorId, FactId, Instant, Interval, JudgementId, MatterId, PositionId, ReadingId, Recorded,
    Span, Zone,
};

use crate::diagnostic::Diagnostic;
use crate::ir::{
    AcceptanceEntry, DeadlineEntry, Exempt, Guarantor, InForce, Judgement, Matter, NamedFact, Party,
    Position, Reading, Settles, StatusRule, Terms, Umbrella,
};
use crate::reader::{Reader, short};
use crate::sentence::{Sentence, Statement, Word, suggest};

/// Verbs of declarations.
pub(crate) const VERBS: &[&str] = &[
    "agreement",
    "title",
    "zone",
    "in-force",
    "party",
    "umbrella",
    "guarantor",
    "exempt",
    "exempt-by-reference",
    "accepted",
    "refused",
    "not-found",
    "deadline",
    "matter",
    "position",
    "reading",
    "judgement",
    "fact",
    "claim",
    "settles",
    "status",
    "define",
    "order",
];

/// What of the whole file is kept apart until the end.
#[derive(Default)]
pub(crate) struct Loose {
    pub(crate) agreement: Option<(String, Span)>,
    pub(crate) order: Vec<Word>,
    pub(crate) seen: BTreeMap<(&'static str, String), Span>,
}

impl Loose {
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

/// First pass: the zone, and the names that other statements refer to.
pub(crate) fn names(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms) {
    let plain = statement.split(&["on", "whose-forces-are", "means"]);
    let Some(first) = plain.head.first() else { return };
    match statement.verb.text.as_str() {
        "zone" => match Zone::named(&first.text) {
            Ok(zone) => {
                reader.zone = zone.clone();
                terms.zone = zone;
            }
            Err(error) => reader.say(
                Diagnostic::error("bad-zone", first.span, error.say).help("like zone \"Asia/Damascus\""),
            ),
        },
        "party" => {
            let targets = plain.part("whose-forces-are").map(|part| part.words.clone()).unwrap_or_default();
            let targets = reader.targets(&targets);
            reader.parties.insert(ActorId::new(&first.text), targets);
        }
        "matter" => {
            reader.positions.entry(MatterId::new(&first.text)).or_default();
        }
        "position" => {
            if let Some(matter) = plain.part("on").and_then(|part| part.words.first()) {
                let matter = MatterId::new(&matter.text);
                reader.positions.entry(matter).or_default().insert(PositionId::new(&first.text));
            }
        }
        "fact" | "claim" => {
            reader.facts.insert(FactId::new(&first.text));
        }
        "judgement" => {
            reader.judgements.insert(JudgementId::new(&first.text));
        }
        "define" => {
            let words = plain.part("means").map(|part| part.words.clone()).unwrap_or_default();
            let acts = reader.acts(&words);
            reader.defined.insert(first.text.clone(), (acts, statement.span));
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
            let sentence = reader.split(statement, &[], &[]);
            if let Some(word) = reader.one(&sentence.head, sentence.span, "the title") {
                terms.title = reader.text(Some(word), &sentence);
            }
        }
        "zone" => {}
        "in-force" => terms.in_force.extend(in_force(statement, reader)),
        "party" => party(statement, reader, terms, loose),
        "umbrella" => umbrella(statement, reader, terms),
        "guarantor" => guarantor(statement, reader, terms),
        "exempt" => exempt(statement, reader, terms),
        "exempt-by-reference" => exempt_by_reference(statement, reader, terms),
        "accepted" => acceptance(statement, Recorded::Accepted, reader, terms),
        "refused" => acceptance(statement, Recorded::Refused, reader, terms),
        "not-found" => acceptance(statement, Recorded::NotFound, reader, terms),
        "deadline" => deadline(statement, reader, terms, loose),
        "matter" => matter(statement, reader, terms, loose),
        "position" => position(statement, reader, terms),
        "reading" => reading(statement, reader, terms, loose),
        "judgement" | "fact" | "claim" => question(statement, reader, terms, loose),
        "settles" => settles(statement, reader, terms),
        "status" => status(statement, reader, terms),
        "define" => define(statement, reader, loose),
        "order" => loose.order.extend(reader.split(statement, &[], &[]).head),
        _ => {}
    }
}

fn agreement(statement: &Statement, reader: &mut Reader<'_>, loose: &mut Loose) {
    let sentence = reader.split(statement, &[], &[]);
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

/// `in-force from "…" until "…" known "…"`, of the agreement or of one clause.
pub(crate) fn in_force(statement: &Statement, reader: &mut Reader<'_>) -> Option<InForce> {
    let sentence = reader.split(statement, &["from", "until", "known"], &[]);
    head_empty(&sentence, reader);
    reader.needed(&sentence, "from", "\"2016-02-27T00:00\"")?;
    let from = reader.time_after(&sentence, "from");
    let until = match sentence.part("until") {
        None => Some(Instant::FAR_FUTURE),
        Some(_) => reader.time_after(&sentence, "until"),
    };
    let known = reader.time_after(&sentence, "known");
    let (from, until) = (from?, until?);
    window(from, until, sentence.span, reader).map(|window| InForce { window, known, span: sentence.span })
}

/// The interval, or why it is none.
pub(crate) fn window(from: Instant, until: Instant, span: Span, reader: &mut Reader<'_>) -> Option<Interval> {
    match Interval::new(from, until) {
        Ok(window) => Some(window),
        Err(error) => {
            reader.say(Diagnostic::error("bad-time", span, error.say).help("the end comes after the start"));
            None
        }
    }
}

/// Words before the first linking word, where there may be none.
pub(crate) fn head_empty(sentence: &Sentence, reader: &mut Reader<'_>) {
    if let Some(word) = sentence.head.first() {
        let message = format!("\"{}\" was not expected after \"{}\"", short(&word.text), sentence.verb.text);
        reader.say(
            Diagnostic::error("too-many", word.span, message)
                .help("leave it out, or correct the word before it"),
        );
    }
}

fn party(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms, loose: &mut Loose) {
    let sentence = reader.split(statement, &["whose-forces-are"], &[]);
    let Some(word) = reader.one(&sentence.head, sentence.span, "the party") else { return };
    loose.first("party", word, reader);
    reader.needed(&sentence, "whose-forces-are", "government-forces");
    if let Some(id) = reader.actor(word) {
        let forces = reader.parties.get(&id).cloned().unwrap_or_default();
        terms.parties.push(Party { id, forces, span: sentence.span });
    }
}

fn umbrella(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms) {
    let sentence = reader.split(statement, &["speaks-for"], &[]);
    let Some(word) = reader.one(&sentence.head, sentence.span, "the body") else { return };
    let id = reader.actor(word);
    let Some(part) = reader.needed(&sentence, "speaks-for", "opposition") else { return };
    let side = reader.one(&part.words, part.link.span, "the side").and_then(|word| reader.party(word));
    if let (Some(id), Some(speaks_for)) = (id, side) {
        terms.umbrellas.push(Umbrella { id, speaks_for, span: sentence.span });
    }
}

fn guarantor(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms) {
    let sentence = reader.split(statement, &["answers-for"], &[]);
    let Some(word) = reader.one(&sentence.head, sentence.span, "the guarantor") else { return };
    let id = reader.actor(word);
    let Some(part) = reader.needed(&sentence, "answers-for", "government-side") else { return };
    let side = reader.one(&part.words, part.link.span, "the side").and_then(|word| reader.party(word));
    if let (Some(id), Some(answers_for)) = (id, side) {
        terms.guarantors.push(Guarantor { id, answers_for, span: sentence.span });
    }
}

fn exempt(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms) {
    let sentence = reader.split(statement, &["from", "known"], &[]);
    let who: BTreeSet<ActorId> = reader.actors(&sentence.head).into_iter().collect();
    let from = reader.time_after(&sentence, "from");
    let known = reader.time_after(&sentence, "known");
    terms.exempt.push(Exempt {
        who,
        by_reference: None,
        from,
        until: None,
        excluded: false,
        known,
        span: sentence.span,
    });
}

fn exempt_by_reference(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms) {
    let sentence = reader.split(statement, &["listed-as", "from", "known"], &[]);
    let Some(word) = reader.one(&sentence.head, sentence.span, "the words of the reference") else { return };
    let by_reference = Some(word.text.clone());
    let listed =
        reader.optional(&sentence, "listed-as", "un-designated-groups").map(|part| part.words.clone());
    let who: BTreeSet<ActorId> = reader.actors(&listed.unwrap_or_default()).into_iter().collect();
    let from = reader.time_after(&sentence, "from");
    let known = reader.time_after(&sentence, "known");
    terms.exempt.push(Exempt {
        who,
        by_reference,
        from,
        until: None,
        excluded: false,
        known,
        span: sentence.span,
    });
}

fn acceptance(statement: &Statement, recorded: Recorded, reader: &mut Reader<'_>, terms: &mut Terms) {
    let links = ["through", "told", "on", "known", "reserving", "per"];
    let sentence = reader.split(statement, &links, &[]);
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

fn deadline(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms, loose: &mut Loose) {
    let sentence = reader.split(statement, &["announced", "due", "met", "missed", "known"], &[]);
    let [id, what] = sentence.head.as_slice() else {
        reader.say(
            Diagnostic::error("missing-operand", sentence.span, "a deadline has an id and says what is due")
                .help("deadline munich-start \"the cessation begins\" announced \"…\" due \"…\""),
        );
        return;
    };
    loose.first("deadline", id, reader);
    let id = reader.new_id(id);
    reader.needed(&sentence, "announced", "\"2016-02-12\"");
    reader.needed(&sentence, "due", "\"2016-02-19\"");
    let announced = sentence.part("announced").and_then(|part| part.words.first());
    let announced = announced.and_then(|word| reader.instant(word));
    let due = sentence.part("due").and_then(|part| part.words.first()).and_then(|word| reader.instant(word));
    let known = reader.time_after(&sentence, "known");
    let met = match (sentence.part("met"), sentence.part("missed")) {
        (Some(met), Some(missed)) => {
            reader.say(
                Diagnostic::error("collide", missed.link.span, "a deadline cannot be both met and missed")
                    .also(met.link.span, "it is said to be met here")
                    .help("keep one of the two words"),
            );
            None
        }
        (Some(_), None) => Some(true),
        (None, Some(_)) => Some(false),
        (None, None) => None,
    };
    let what = reader.text(Some(what), &sentence);
    if let (Some(id), Some(announced), Some(due)) = (id, announced, due) {
        terms.deadlines.push(DeadlineEntry { id, what, announced, due, met, known, span: sentence.span });
    }
}

/// The id and the question of `matter`, `fact`, `judgement`.
fn id_and_text<'s>(sentence: &'s Sentence, reader: &mut Reader<'_>) -> Option<(&'s Word, &'s Word)> {
    match sentence.head.as_slice() {
        [id, text] if text.quoted => Some((id, text)),
        _ => {
            let verb = &sentence.verb.text;
            reader.say(
                Diagnostic::error(
                    "missing-operand",
                    sentence.span,
                    format!("\"{verb}\" needs an id and a text in quotation marks"),
                )
                .help(format!("{verb} some-id \"the question, as people are asked it\"")),
            );
            None
        }
    }
}

fn matter(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms, loose: &mut Loose) {
    let sentence = reader.split(statement, &[], &[]);
    let Some((id, text)) = id_and_text(&sentence, reader) else { return };
    loose.first("matter", id, reader);
    let question = reader.text(Some(text), &sentence);
    if let Some(id) = reader.new_id(id) {
        terms.matters.push(Matter {
            id: MatterId::new(&id),
            question,
            positions: Vec::new(),
            span: sentence.span,
        });
    }
}

fn position(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms) {
    let sentence = reader.split(statement, &["on", "saying", "held-by", "per"], &[]);
    let Some(id) = reader.one(&sentence.head, sentence.span, "the position's id") else { return };
    let Some(part) = reader.needed(&sentence, "on", "a matter") else { return };
    let Some(matter) = reader.one(&part.words, part.link.span, "a matter") else { return };
    let saying = reader.needed(&sentence, "saying", "\"what it says\"");
    let saying = saying.and_then(|part| reader.one(&part.words, part.link.span, "what it says"));
    let text = reader.text(saying, &sentence);
    let held = reader.optional(&sentence, "held-by", "an actor").map(|part| part.words.clone());
    let held_by = reader.actors(&held.unwrap_or_default()).into_iter().collect();
    let sources = reader.optional(&sentence, "per", "a source").map(|part| Reader::sources(&part.words));
    let sources = sources.unwrap_or_default();
    let Some(position) = reader.new_id(id) else { return };
    let wanted = MatterId::new(&matter.text);
    let Some(target) = terms.matters.iter_mut().find(|one| one.id == wanted) else {
        let matters: Vec<String> = terms.matters.iter().map(|one| one.id.to_string()).collect();
        let help = suggest(&matter.text, matters.iter().map(String::as_str));
        let message = format!("\"{}\" is no matter declared above", short(&matter.text));
        reader.say(Diagnostic::error("unknown-matter", matter.span, message).help(help));
        return;
    };
    let id = PositionId::new(&position);
    target.positions.push(Position { id, text, held_by, sources, span: sentence.span });
}

fn reading(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms, loose: &mut Loose) {
    let sentence = reader.split(statement, &["taking"], &[]);
    let Some((id, name)) = id_and_text(&sentence, reader) else { return };
    loose.first("reading", id, reader);
    let name = reader.text(Some(name), &sentence);
    let taken = match sentence.part("taking") {
        Some(part) => reader.takes(part),
        None => Vec::new(),
    };
    let mut takes = BTreeMap::new();
    let mut spans: BTreeMap<MatterId, Span> = BTreeMap::new();
    for (matter, position, span) in taken {
        if let Some(before) = spans.insert(matter.clone(), span) {
            reader.say(
                Diagnostic::error("twice", span, format!("this reading takes two positions on {matter}"))
                    .also(before, "the first is here")
                    .help("one reading takes one position on each matter"),
            );
        }
        takes.insert(matter, position);
    }
    if let Some(id) = reader.new_id(id) {
        terms.readings.push(Reading { id: ReadingId::new(&id), name, takes, span: sentence.span });
    }
}

fn question(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms, loose: &mut Loose) {
    let sentence = reader.split(statement, &[], &[]);
    let Some((id, text)) = id_and_text(&sentence, reader) else { return };
    let question = reader.text(Some(text), &sentence);
    let span = sentence.span;
    let judgement = statement.verb.text == "judgement";
    loose.first(if judgement { "judgement" } else { "fact" }, id, reader);
    let Some(id) = reader.new_id(id) else { return };
    if judgement {
        terms.judgements.push(Judgement { id: JudgementId::new(&id), question, span });
    } else {
        let silence_means_no = statement.verb.text == "claim";
        terms.facts.push(NamedFact { id: FactId::new(&id), question, silence_means_no, span });
    }
}

/// Kinds of fact that evidence can settle.
const FACT_KINDS: &[&str] = &[
    "actor",
    "act",
    "weapon",
    "target",
    "time",
    "place",
    "held-by",
    "acceptance",
    "window",
    "fact",
    "judgement",
    "matter",
];

fn settles(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms) {
    let sentence = reader.split(statement, &["for"], &[]);
    let Some((fact, text)) = id_and_text(&sentence, reader) else { return };
    let kind = fact.text.split(':').next().unwrap_or_default();
    if !FACT_KINDS.contains(&kind) {
        let help = suggest(kind, FACT_KINDS.iter().copied());
        let message = format!("\"{}\" is no kind of fact", short(&fact.text));
        reader.say(Diagnostic::error("unknown-fact", fact.span, message).help(help));
    }
    let acts = reader.optional(&sentence, "for", "an act").map(|part| part.words.clone());
    let acts = reader.acts(&acts.unwrap_or_default());
    let evidence = reader.text(Some(text), &sentence);
    terms.settles.push(Settles { fact: fact.text.clone(), acts, evidence, span: sentence.span });
}

fn status(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms) {
    let sentence = reader.split(statement, &["over", "fraying-from", "collapsed-from"], &[]);
    head_empty(&sentence, reader);
    let mut days = |link: &str| {
        let part = reader.needed(&sentence, link, "7 days")?;
        let hours = reader.hours(part)?;
        if hours % 24 == 0 && hours > 0 {
            return Some(hours / 24);
        }
        reader.say(
            Diagnostic::error("bad-number", part.link.span, "whole days were expected here")
                .help("like 7 days"),
        );
        None
    };
    let (window, fraying, collapsed) = (days("over"), days("fraying-from"), days("collapsed-from"));
    let (Some(window_days), Some(fraying_days), Some(collapsed_days)) = (window, fraying, collapsed) else {
        return;
    };
    if fraying_days > collapsed_days || collapsed_days > window_days {
        reader.say(
            Diagnostic::error(
                "bad-number",
                sentence.span,
                "fraying comes before collapsed, and both fit into the window",
            )
            .help("like status over 7 days fraying-from 1 day collapsed-from 4 days"),
        );
    }
    terms.status = StatusRule { window_days, fraying_days, collapsed_days, span: sentence.span };
}

fn define(statement: &Statement, reader: &mut Reader<'_>, loose: &mut Loose) {
    let sentence = reader.split(statement, &["means"], &[]);
    let Some(word) = reader.one(&sentence.head, sentence.span, "the word that is defined") else { return };
    loose.first("definition", word, reader);
    reader.needed(&sentence, "means", "airstrike shelling");
    if truceline_model::Act::parse(&word.text).is_some() {
        reader.say(
            Diagnostic::error(
                "twice",
                word.span,
                format!("\"{}\" is a word of the vocabulary already", word.text),
            )
            .help("choose another word for the group of acts"),
        );
    }
}
