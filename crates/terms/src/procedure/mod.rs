//! Reads the course of a procedure: who may open a case, its steps, its ends; and checks that they lead somewhere.
//!
//! Runs nothing. A step without somebody who must act, without a time, or without a word on silence is refused.

mod opening;
mod reach;
mod step;

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{ClauseId, Span};

use crate::diagnostic::Diagnostic;
use crate::ir::{End, Opener, Procedure, Step, Threshold, Withdrawal};
use crate::reader::{Reader, short};
use crate::sentence::{Sentence, Statement, Word, suggest};

/// What has been read of a procedure so far.
#[derive(Default)]
pub(crate) struct Course {
    steps: Vec<Step>,
    ends: Vec<End>,
    takes: Vec<Word>,
    opened_by: BTreeSet<Opener>,
    opened_when: BTreeSet<Threshold>,
    withdrawn: Option<Withdrawal>,
    /// Statements that may stand once, where the first stands.
    said: BTreeMap<String, Span>,
    ids: BTreeMap<String, Span>,
    /// Every word that names a step, to be looked up when all are known.
    named: Vec<Word>,
    /// Something could not be read, so that what seems not to follow may only be misspelt.
    unread: bool,
    any: bool,
}

/// Reads one statement of a procedure.
pub(crate) fn statement(statement: &Statement, course: &mut Course, reader: &mut Reader<'_>) {
    course.any = true;
    let sentence = reader.split(statement);
    let read = match sentence.verb.text.as_str() {
        "final" => end(&sentence, course, reader),
        "step" => step::one(&sentence, course, reader),
        verb => once(verb, &sentence, course, reader).and_then(|()| opening::one(&sentence, course, reader)),
    };
    course.unread |= read.is_none();
}

/// Says so when a statement that may stand once stands again.
fn once(verb: &str, sentence: &Sentence, course: &mut Course, reader: &mut Reader<'_>) -> Option<()> {
    match course.said.get(verb) {
        None => {
            course.said.insert(verb.to_owned(), sentence.span);
            Some(())
        }
        Some(before) => {
            reader.say(
                Diagnostic::error(
                    "twice",
                    sentence.span,
                    format!("\"{verb}\" stands twice in this procedure"),
                )
                .also(*before, "the first is here")
                .help("say it all in one line"),
            );
            None
        }
    }
}

fn end(sentence: &Sentence, course: &mut Course, reader: &mut Reader<'_>) -> Option<()> {
    let (id, name) = named(sentence, course, reader)?;
    let name = reader.text(Some(name), sentence);
    let reopens = match reader.optional(sentence, "reopens", "a-step") {
        None => None,
        Some(part) => {
            let word = reader.one(&part.words, part.link.span, "a step")?;
            course.named.push(word.clone());
            Some(word.text.clone())
        }
    };
    let excludes = puts(sentence, "excluding", reader)?;
    let readmits = puts(sentence, "readmitting", reader)?;
    if excludes && readmits {
        reader.say(
            Diagnostic::error(
                "collide",
                sentence.span,
                "one end cannot both put a party out and take it back",
            )
            .help("make two ends of it"),
        );
    }
    course.ends.push(End { id, name, reopens, excludes, readmits, span: sentence.span });
    Some(())
}

/// `excluding respondent`, `readmitting respondent`: nobody else is before the case.
fn puts(sentence: &Sentence, link: &str, reader: &mut Reader<'_>) -> Option<bool> {
    let Some(part) = reader.optional(sentence, link, "respondent") else { return Some(false) };
    let word = reader.one(&part.words, part.link.span, "respondent")?;
    if word.text == "respondent" {
        return Some(true);
    }
    reader.unknown_word(
        word,
        "role that an end can put out or take back",
        format!("write {link} respondent"),
    );
    None
}

/// The id, new in this procedure, and the name.
fn named<'s>(
    sentence: &'s Sentence,
    course: &mut Course,
    reader: &mut Reader<'_>,
) -> Option<(String, &'s Word)> {
    let [id, name] = sentence.head.as_slice() else {
        let verb = &sentence.verb.text;
        reader.say(
            Diagnostic::error("missing-operand", sentence.span, format!("\"{verb}\" needs an id and a name"))
                .help(format!("{verb} reply \"The party replies\"")),
        );
        return None;
    };
    if id.text == "opening" {
        let message = "\"opening\" is the moment at which the case is opened";
        reader.say(Diagnostic::error("twice", id.span, message).help("give the step another id"));
        return None;
    }
    if let Some(before) = course.ids.get(&id.text) {
        let message = format!("step \"{}\" stands twice", short(&id.text));
        reader.say(
            Diagnostic::error("twice", id.span, message)
                .also(*before, "the first is here")
                .help("give one of them another id"),
        );
        return None;
    }
    course.ids.insert(id.text.clone(), id.span);
    Some((reader.new_id(id)?, name))
}

/// Checks the whole course. `None` when there are no steps, or they cannot be followed.
pub(crate) fn finish(course: Course, clauses: &mut Vec<Word>, reader: &mut Reader<'_>) -> Option<Procedure> {
    clauses.extend(course.takes.iter().cloned());
    if !course.any {
        return None;
    }
    let mut unread = course.unread;
    for word in &course.named {
        if !course.ids.contains_key(&word.text) {
            let help = suggest(&word.text, course.ids.keys().map(String::as_str).chain(["opening"]));
            let message = format!("no step of this procedure is called \"{}\"", short(&word.text));
            reader.say(Diagnostic::error("unknown-step", word.span, message).help(help));
            unread = true;
        }
    }
    let Course { steps, ends, takes, opened_by, opened_when, withdrawn, .. } = course;
    if unread {
        return None;
    }
    let Some(first) = steps.first() else {
        let span = ends.first().map_or(Span { start: 0, end: 0 }, |end| end.span);
        let message = "a procedure with an end needs a step that leads to it";
        reader.say(
            Diagnostic::error("missing-part", span, message)
                .help("step notice \"Notice\" by complainant within 24 hours of opening then … silence …"),
        );
        return None;
    };
    let first = first.id.clone();
    let takes = takes.iter().map(|word| ClauseId::new(&word.text)).collect();
    let procedure = Procedure { takes, opened_by, opened_when, withdrawn, steps, ends };
    reach::reach(&procedure, &first, reader);
    Some(procedure)
}
