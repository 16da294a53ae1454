//! Reads what is asked: matters with their positions, readings, judgements, facts, measures, evidence, proof, gravity.
//!
//! Asks only; what the answers change is said in clauses.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{Fact, FactId, Grade, JudgementId, MatterId, MeasureId, PositionId, ReadingId, Span};

use super::Loose;
use crate::clause::conditions;
use crate::diagnostic::Diagnostic;
use crate::grammar::FACT_KEYS;
use crate::ir::{Gravity, Judgement, Matter, Measure, NamedFact, Position, Proof, Reading, Settles, Terms};
use crate::reader::{Reader, short};
use crate::sentence::{Part, Sentence, Statement, Word, suggest};

/// The id and the question of `matter`, `fact`, `judgement`.
pub(super) fn id_and_text<'s>(
    sentence: &'s Sentence,
    reader: &mut Reader<'_>,
) -> Option<(&'s Word, &'s Word)> {
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

pub(super) fn matter(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms, loose: &mut Loose) {
    let sentence = reader.split(statement);
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

pub(super) fn position(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms) {
    let sentence = reader.split(statement);
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

pub(super) fn reading(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms, loose: &mut Loose) {
    let sentence = reader.split(statement);
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

pub(super) fn question(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms, loose: &mut Loose) {
    let sentence = reader.split(statement);
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

pub(super) fn settles(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms) {
    let sentence = reader.split(statement);
    let Some((fact, text)) = id_and_text(&sentence, reader) else { return };
    let kind = fact.text.split(':').next().unwrap_or_default();
    if !FACT_KEYS.contains(&kind) {
        let help = suggest(kind, FACT_KEYS.iter().copied());
        let message = format!("\"{}\" is no kind of fact", short(&fact.text));
        reader.say(Diagnostic::error("unknown-fact", fact.span, message).help(help));
    }
    let acts = reader.optional(&sentence, "for", "an act").map(|part| part.words.clone());
    let acts = reader.acts(&acts.unwrap_or_default());
    let evidence = reader.text(Some(text), &sentence);
    terms.settles.push(Settles { fact: fact.text.clone(), acts, evidence, span: sentence.span });
}

pub(super) fn measure(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms, loose: &mut Loose) {
    let sentence = reader.split(statement);
    let Some((id, text)) = id_and_text(&sentence, reader) else { return };
    loose.first("measure", id, reader);
    let text = reader.text(Some(text), &sentence);
    if let Some(id) = reader.new_id(id) {
        terms.measures.push(Measure { id: MeasureId::new(&id), text, span: sentence.span });
    }
}

/// Facts for which a standard of proof can be asked, as terms write them.
const PROVABLE: [Fact; 10] = [
    Fact::Actor,
    Fact::Commander,
    Fact::Act,
    Fact::Weapon,
    Fact::System,
    Fact::Target,
    Fact::Struck,
    Fact::Time,
    Fact::Place,
    Fact::HeldBy,
];

/// `proof actor act from 2 origins [or-from SOURCE…] [graded B]`.
pub(super) fn proof(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms) {
    let sentence = reader.split(statement);
    if sentence.head.is_empty() {
        reader.one(&sentence.head, sentence.span, "a kind of fact");
    }
    let mut facts = BTreeSet::new();
    for word in &sentence.head {
        match PROVABLE.iter().find(|fact| fact.key() == word.text) {
            Some(fact) => {
                if let Some(before) = terms.proof.iter().find(|one| one.facts.contains(fact)) {
                    let before = before.span;
                    let message = format!("two standards of proof are given for \"{}\"", word.text);
                    reader.say(
                        Diagnostic::error("twice", word.span, message)
                            .also(before, "the first is given here")
                            .help("keep one of them for each kind of fact"),
                    );
                }
                facts.insert(fact.clone());
            }
            None => {
                let keys: Vec<String> = PROVABLE.iter().map(Fact::key).collect();
                let help = suggest(&word.text, keys.iter().map(String::as_str));
                reader.unknown_word(word, "fact that can be proved", help);
            }
        }
    }
    let origins = reader.needed(&sentence, "from", "2 origins").and_then(|part| origins(part, reader));
    let or_from = reader.optional(&sentence, "or-from", "a source").map(|part| Reader::sources(&part.words));
    let graded = match reader.optional(&sentence, "graded", "B") {
        Some(part) => match grade(part, reader) {
            Some(grade) => Some(grade),
            None => return,
        },
        None => None,
    };
    let Some(origins) = origins else { return };
    let or_from = or_from.unwrap_or_default();
    terms.proof.push(Proof { facts, origins, or_from, graded, span: sentence.span });
}

/// `2 origins`.
fn origins(part: &Part, reader: &mut Reader<'_>) -> Option<u32> {
    let [number, unit] = part.words.as_slice() else {
        reader.missing(part.link.span, &part.link.text, "2 origins");
        return None;
    };
    if !matches!(unit.text.as_str(), "origin" | "origins") {
        let help = suggest(&unit.text, ["origins"]);
        reader.unknown_word(unit, "unit of proof", help);
        return None;
    }
    match reader.number(number)? {
        0 => {
            reader.say(
                Diagnostic::error("bad-number", number.span, "nothing is proved by no origin")
                    .help("write from 1 origins, or leave the standard out"),
            );
            None
        }
        count => Some(count),
    }
}

fn grade(part: &Part, reader: &mut Reader<'_>) -> Option<Grade> {
    let word = reader.one(&part.words, part.link.span, "a grade")?;
    match Grade::parse(&word.text) {
        Some(Grade::F) => {
            let message = "F says that a source cannot be judged, so no origin could count";
            reader.say(
                Diagnostic::error("bad-grade", word.span, message).help("write A, B, C, D or E; A is best"),
            );
            None
        }
        Some(grade) => Some(grade),
        None => {
            let message = format!("\"{}\" is no grade of a source", short(&word.text));
            reader.say(
                Diagnostic::error("bad-grade", word.span, message).help("write A, B, C, D or E; A is best"),
            );
            None
        }
    }
}

/// `gravity serious "…" [when CONDITION and …]`, mildest first.
pub(super) fn gravity(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms, loose: &mut Loose) {
    let sentence = reader.split(statement);
    let Some((id, name)) = id_and_text(&sentence, reader) else { return };
    loose.first("gravity", id, reader);
    let name = reader.text(Some(name), &sentence);
    let when = match sentence.parts.first() {
        None => Vec::new(),
        Some(first) if first.link.text != "when" => {
            let message = format!("\"{}\" follows no when", first.link.text);
            reader.say(
                Diagnostic::error("missing-part", first.link.span, message)
                    .help("write gravity serious \"…\" when CONDITION and …"),
            );
            return;
        }
        Some(first) => conditions(sentence.parts.get(1..).unwrap_or_default(), first.link.span, reader),
    };
    if let Some(id) = reader.new_id(id) {
        terms.gravity.push(Gravity { id, name, when, span: sentence.span });
    }
}
