//! Reads one step of a procedure.

use std::collections::BTreeSet;

use super::{Course, named};
use crate::diagnostic::Diagnostic;
use crate::ir::{Asks, Extendable, Since, Step, Who};
use crate::reader::{Reader, short};
use crate::sentence::{Part, Sentence, Word, suggest};
use crate::words::{ASKS, ROLES};

/// Most means that a step can need.
const MOST_MEANS: u32 = 100;

/// Reads `step …`.
pub(super) fn one(sentence: &Sentence, course: &mut Course, reader: &mut Reader<'_>) -> Option<()> {
    let (id, name) = named(sentence, course, reader)?;
    let name = reader.text(Some(name), sentence);
    let asks = match reader.optional(sentence, "asks", "reply") {
        None => Some(Asks::Act),
        Some(part) => asks(part, reader),
    };
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
    let mut several = |link: &str| {
        let part = reader.optional(sentence, link, "russia united-states");
        part.map(|part| who(part, reader)).unwrap_or_default()
    };
    let (concur, to, through, instead) =
        (several("concur"), several("to"), several("through"), several("instead"));
    let recuse = reader.optional(sentence, "recuse-when", "respondent").map(|part| roles(part, reader));
    let needs_means = means(sentence, reader)?;
    let extendable = extendable(sentence, reader)?;
    let (asks, by, within, since) = (asks?, by?, within?, since?);
    let (then, silence, deadlock) = (then?, silence?, deadlock?);
    agreement(sentence, &by, &concur, reader);
    let hears_each = each(sentence, asks, reader);
    stepping_aside(sentence, reader);
    course.steps.push(Step {
        id,
        name,
        asks,
        by,
        hears_each,
        to,
        through,
        within,
        since,
        then,
        silence: silence.into_iter().next()?,
        concur,
        deadlock: deadlock.into_iter().next(),
        recuse_when: recuse.unwrap_or_default(),
        instead,
        needs_means,
        extendable,
        span: sentence.span,
    });
    Some(())
}

/// `asks reply`.
fn asks(part: &Part, reader: &mut Reader<'_>) -> Option<Asks> {
    let word = reader.one(&part.words, part.link.span, "what the step asks")?;
    let found = Asks::parse(&word.text);
    if found.is_none() {
        let help = suggest(&word.text, ASKS.iter().copied());
        reader.unknown_word(word, "thing that a step can ask", help);
    }
    found
}

/// `needs 2 means`: how many have been logged before the step can be chosen. `None` when it cannot be read.
fn means(sentence: &Sentence, reader: &mut Reader<'_>) -> Option<u32> {
    let Some(part) = reader.optional(sentence, "needs", "1 means") else { return Some(0) };
    if let [number, word] = part.words.as_slice()
        && word.text == "means"
        && let Ok(number) = number.text.parse::<u32>()
        && (1..=MOST_MEANS).contains(&number)
    {
        return Some(number);
    }
    reader.say(
        Diagnostic::error(
            "bad-number",
            part.link.span,
            "how many means short of force must have been tried?",
        )
        .help(format!("write needs 1 means, or a number up to {MOST_MEANS}")),
    );
    None
}

/// `extendable 24 hours extended-by russia`. `None` when it cannot be read.
fn extendable(sentence: &Sentence, reader: &mut Reader<'_>) -> Option<Option<Extendable>> {
    let (told, by) = (sentence.part("extendable"), sentence.part("extended-by"));
    match (told, by) {
        (None, None) => Some(None),
        (Some(told), Some(by)) => {
            let length = reader.length_of(told);
            let who = who(by, reader);
            if by.words.is_empty() {
                reader.missing(by.link.span, "extended-by", "russia united-states");
                return None;
            }
            Some(Some(Extendable { by: length?, who }))
        }
        (Some(lonely), None) | (None, Some(lonely)) => {
            let missing = if told.is_some() { "who may extend it" } else { "by how much it can be extended" };
            reader.say(
                Diagnostic::error("missing-part", lonely.link.span, format!("this does not say {missing}"))
                    .help("write extendable 24 hours extended-by russia united-states"),
            );
            None
        }
    }
}

/// Where all who act may have to step aside, something is said of who acts then.
fn stepping_aside(sentence: &Sentence, reader: &mut Reader<'_>) {
    let (recuse, instead) = (sentence.part("recuse-when"), sentence.part("instead"));
    match (recuse, instead) {
        (Some(recuse), None) if sentence.part("deadlock").is_none() => reader.say(
            Diagnostic::error("missing-part", recuse.link.span, "what if everybody has to step aside?")
                .help("add instead and who acts then, or concur and deadlock"),
        ),
        (None, Some(instead)) => reader.say(
            Diagnostic::error("missing-part", instead.link.span, "nobody steps aside here")
                .help("add recuse-when and the roles in which they do, or leave instead out"),
        ),
        _ => {}
    }
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

/// `each`: whoever acts is heard for themselves. It does not go with agreeing, nor with deciding, which one alone does or all do together.
fn each(sentence: &Sentence, asks: Asks, reader: &mut Reader<'_>) -> bool {
    let Some(part) = sentence.part("each") else { return false };
    if let Some(extra) = part.words.first() {
        let message = format!("nothing stands after each, and \"{}\" does", short(&extra.text));
        reader.too_many(extra, message, "write who acts after by, then each: by respondent each");
    }
    let other = if sentence.part("concur").is_some() {
        Some("those who must agree are all heard already")
    } else if asks == Asks::Determination {
        Some("a determination is by one, or by those who agree")
    } else {
        None
    };
    if let Some(other) = other {
        reader.say(
            Diagnostic::error("collide", part.link.span, other)
                .help("leave each out; or let the step ask something else, without concur"),
        );
    }
    true
}

fn who(part: &Part, reader: &mut Reader<'_>) -> BTreeSet<Who> {
    who_of(&part.words, reader)
}

/// Actors of the mission's list, and roles.
pub(super) fn who_of(words: &[Word], reader: &mut Reader<'_>) -> BTreeSet<Who> {
    let mut all = BTreeSet::new();
    for word in words {
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
        match role(word).filter(|role| !matches!(role, Who::Anybody | Who::Mission)) {
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
    [Who::Complainant, Who::Respondent, Who::Guarantor, Who::Mission, Who::Anybody].into_iter().nth(place)
}
