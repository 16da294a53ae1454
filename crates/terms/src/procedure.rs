//! Reads the steps of a procedure and checks that they lead somewhere: from the first every step can be reached, and from
//! every step an end.
//!
//! Runs nothing. A step without somebody who must act, without a time, or without a word on silence is refused.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::Span;

use crate::diagnostic::Diagnostic;
use crate::ir::{End, Procedure, Since, Step, Who};
use crate::reader::{Reader, short};
use crate::sentence::{Part, Sentence, Statement, Word, suggest};
use crate::words::ROLES;

/// What has been read of a procedure so far.
#[derive(Default)]
pub(crate) struct Course {
    steps: Vec<Step>,
    ends: Vec<End>,
    ids: BTreeMap<String, Span>,
    /// Every word that names a step, to be looked up when all are known.
    named: Vec<Word>,
    /// Something could not be read, so that what seems not to follow may only be misspelt.
    unread: bool,
    any: bool,
}

/// Reads `step …` or `final …`.
pub(crate) fn step(statement: &Statement, course: &mut Course, reader: &mut Reader<'_>) {
    course.any = true;
    let sentence = reader.split(statement);
    let read = match sentence.verb.text.as_str() {
        "final" => end(&sentence, course, reader),
        _ => one(&sentence, course, reader),
    };
    course.unread |= read.is_none();
}

fn end(sentence: &Sentence, course: &mut Course, reader: &mut Reader<'_>) -> Option<()> {
    let (id, name) = named(sentence, course, reader)?;
    let name = reader.text(Some(name), sentence);
    course.ends.push(End { id, name, span: sentence.span });
    Some(())
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

fn one(sentence: &Sentence, course: &mut Course, reader: &mut Reader<'_>) -> Option<()> {
    let (id, name) = named(sentence, course, reader)?;
    let name = reader.text(Some(name), sentence);
    let by = reader.needed(sentence, "by", "respondent").map(|part| who(part, reader));
    let within =
        reader.needed(sentence, "within", "48 hours of opening").and_then(|part| reader.length_of(part));
    let since = reader.needed(sentence, "of", "opening").and_then(|part| {
        let word = reader.one(&part.words, part.link.span, "opening, or a step")?;
        Some(since(word, course))
    });
    let mut next = |link: &str, example: &str| -> Option<Vec<String>> {
        let part = reader.needed(sentence, link, example)?;
        course.named.extend(part.words.iter().cloned());
        Some(part.words.iter().map(|word| word.text.clone()).collect())
    };
    let then = next("then", "the-step-that-follows");
    let silence = next("silence", "the-step-that-follows-when-nobody-acts");
    let deadlock =
        if sentence.part("deadlock").is_some() { next("deadlock", "a-step") } else { Some(Vec::new()) };
    for link in ["silence", "deadlock"] {
        if let Some([_, extra, ..]) = sentence.part(link).map(|part| part.words.as_slice()) {
            let message = format!("one step follows {link}, and \"{}\" is a second", short(&extra.text));
            reader.too_many(
                extra,
                message,
                "name one step; only those who act choose among several, after then",
            );
        }
    }
    let concur = reader.optional(sentence, "concur", "russia united-states").map(|part| who(part, reader));
    let concur = concur.unwrap_or_default();
    let recuse = reader.optional(sentence, "recuse-when", "respondent").map(|part| roles(part, reader));
    let (by, within, since, then, silence, deadlock) = (by?, within?, since?, then?, silence?, deadlock?);
    agreement(sentence, &by, &concur, reader);
    course.steps.push(Step {
        id,
        name,
        by,
        within,
        since,
        then,
        silence: silence.into_iter().next()?,
        concur,
        deadlock: deadlock.into_iter().next(),
        recuse_when: recuse.unwrap_or_default(),
        span: sentence.span,
    });
    Some(())
}

fn since(word: &Word, course: &mut Course) -> Since {
    if word.text == "opening" {
        return Since::Opening;
    }
    course.named.push(word.clone());
    Since::Step(word.text.clone())
}

/// Whoever must concur acts in the step, and something is said of their not agreeing.
fn agreement(sentence: &Sentence, by: &BTreeSet<Who>, concur: &BTreeSet<Who>, reader: &mut Reader<'_>) {
    let (told, deadlock) = (sentence.part("concur"), sentence.part("deadlock"));
    match (told, deadlock) {
        (Some(told), None) => reader.say(
            Diagnostic::error("missing-part", told.link.span, "what if they do not agree?")
                .help("add deadlock and the step that then follows"),
        ),
        (None, Some(deadlock)) => reader.say(
            Diagnostic::error(
                "missing-part",
                deadlock.link.span,
                "nobody has to agree here, so nobody can fail to",
            )
            .help("add concur and who must agree, or leave deadlock out"),
        ),
        _ => {}
    }
    if let (Some(told), false) = (told, concur.is_subset(by)) {
        reader.say(
            Diagnostic::error("collide", told.link.span, "somebody must agree who does not act in this step")
                .help("name them after by as well"),
        );
    }
}

/// Actors of the mission's list, and roles.
fn who(part: &Part, reader: &mut Reader<'_>) -> BTreeSet<Who> {
    let mut all = BTreeSet::new();
    for word in &part.words {
        match role(word) {
            Some(role) => {
                all.insert(role);
            }
            None => all.extend(reader.actor(word).map(Who::Actor)),
        }
    }
    all
}

fn roles(part: &Part, reader: &mut Reader<'_>) -> BTreeSet<Who> {
    let mut all = BTreeSet::new();
    for word in &part.words {
        match role(word).filter(|role| *role != Who::Anybody) {
            Some(role) => {
                all.insert(role);
            }
            None => {
                let help = suggest(&word.text, ["complainant", "respondent", "guarantor"]);
                reader.unknown_word(word, "role in which one steps aside", help);
            }
        }
    }
    all
}

fn role(word: &Word) -> Option<Who> {
    let place = ROLES.iter().position(|role| *role == word.text)?;
    [Who::Complainant, Who::Respondent, Who::Guarantor, Who::Anybody].into_iter().nth(place)
}

/// Checks the whole course. `None` when there are no steps, or they cannot be followed.
pub(crate) fn finish(course: Course, reader: &mut Reader<'_>) -> Option<Procedure> {
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
    let Course { steps, ends, .. } = course;
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
    let procedure = Procedure { steps, ends };
    reach(&procedure, &first, reader);
    Some(procedure)
}

/// Everything can be reached from the first step; from every step an end; and no time runs from a step that cannot have come.
fn reach(procedure: &Procedure, first: &str, reader: &mut Reader<'_>) {
    let from_first = after(procedure, first);
    let spans = procedure.steps.iter().map(|step| (&step.id, step.span));
    for (id, span) in spans.chain(procedure.ends.iter().map(|end| (&end.id, end.span))) {
        if id != first && !from_first.contains(id.as_str()) {
            let message = format!("nothing leads to \"{id}\"");
            reader.say(Diagnostic::error("unreachable", span, message).help(format!(
                "name it after then, silence or deadlock of a step; the first step is \"{first}\""
            )));
        }
    }
    for step in &procedure.steps {
        let ahead = after(procedure, &step.id);
        if !procedure.ends.iter().any(|end| ahead.contains(end.id.as_str())) {
            let message = format!("from \"{}\" no end can be reached", step.id);
            reader.say(Diagnostic::error("no-end", step.span, message).help(
                "let a step lead to an end: final ended \"Its name\", named after then, silence or deadlock",
            ));
        }
        if let Since::Step(of) = &step.since
            && (*of == step.id || !after(procedure, of).contains(step.id.as_str()))
        {
            let message =
                format!("the time of \"{}\" runs from \"{of}\", which does not come before it", step.id);
            reader.say(
                Diagnostic::error("step-order", step.span, message)
                    .help("let the time run from opening, or from a step that leads here"),
            );
        }
    }
}

/// Every step and end that can come after one.
fn after<'p>(procedure: &'p Procedure, from: &str) -> BTreeSet<&'p str> {
    let mut seen = BTreeSet::new();
    let mut waiting: Vec<&str> = vec![from];
    while let Some(id) = waiting.pop() {
        for next in procedure.step(id).into_iter().flat_map(Step::follows) {
            if seen.insert(next) {
                waiting.push(next);
            }
        }
    }
    seen
}
