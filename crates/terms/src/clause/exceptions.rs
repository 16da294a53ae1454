//! Reads what lies outside a clause, its exceptions, and the order in which they are tried.
//!
//! Never orders them itself: two that can both hold and give different outcomes are refused until the author has.

use std::collections::BTreeMap;

use truceline_model::Outcome;

use super::Draft;
use super::conditions::{conditions, exclude};
use crate::diagnostic::Diagnostic;
use crate::ir::{Exception, Outside};
use crate::reader::{Reader, short};
use crate::sentence::{Part, Sentence, Statement, suggest};
use crate::words::OUTCOMES;

/// The parts of a sentence that are conditions: those between `when` (or the verb) and the linking words of the sentence itself.
pub(super) fn condition_parts(sentence: &Sentence, own: &[&str]) -> Vec<Part> {
    let own = |part: &&Part| !own.contains(&part.link.text.as_str());
    sentence.parts.iter().filter(own).cloned().collect()
}

pub(super) fn outside(statement: &Statement, draft: &mut Draft, reader: &mut Reader<'_>) {
    let sentence = reader.split(statement);
    reader.head_empty(&sentence);
    if let Some(when) = sentence.part("when") {
        reader.alone(when);
    }
    let parts = condition_parts(&sentence, &["when", "under"]);
    let all_of = conditions(&parts, sentence.span, reader);
    let under = reader.under(&sentence);
    draft.rule.outside.push(Outside { under, all_of, span: sentence.span });
}

pub(super) fn except(statement: &Statement, draft: &mut Draft, reader: &mut Reader<'_>) {
    let sentence = reader.split(statement);
    let Some(name) = reader.one(&sentence.head, sentence.span, "the exception's name") else { return };
    if let Some(before) = draft.rule.exceptions.iter().find(|other| other.name == name.text) {
        let before = before.span;
        let message = format!("exception \"{}\" stands twice", short(&name.text));
        reader.say(
            Diagnostic::error("twice", name.span, message)
                .also(before, "the first is here")
                .help("give one of them another name"),
        );
        return;
    }
    let gives = reader.needed(&sentence, "gives", "not-covered");
    let gives =
        gives.and_then(|part| reader.one(&part.words, part.link.span, "an outcome")).and_then(|word| {
            match Outcome::parse(&word.text) {
                Some(outcome @ (Outcome::NotCovered | Outcome::NotProhibited)) => Some(outcome),
                _ => {
                    let help = suggest(&word.text, OUTCOMES.iter().copied());
                    reader.unknown_word(word, "outcome of an exception", help);
                    None
                }
            }
        });
    let Some(when) = sentence.part("when") else {
        reader.needed(&sentence, "when", "found some-fact");
        return;
    };
    reader.alone(when);
    let parts = condition_parts(&sentence, &["gives", "when", "under"]);
    let all_of = conditions(&parts, sentence.span, reader);
    let under = reader.under(&sentence);
    let (Some(gives), Some(name)) = (gives, reader.new_id(name)) else { return };
    draft.rule.exceptions.push(Exception { name, under, all_of, gives, span: sentence.span });
}

/// Puts the exceptions into the order that `try … then …` states, and refuses two that could collide unordered.
pub(super) fn finish(draft: &mut Draft, reader: &mut Reader<'_>) {
    let names: Vec<String> = draft.rule.exceptions.iter().map(|e| e.name.clone()).collect();
    let mut rank: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (chain, words) in draft.tries.iter().enumerate() {
        for (place, word) in words.iter().enumerate() {
            if !names.contains(&word.text) {
                let help = suggest(&word.text, names.iter().map(String::as_str));
                let message = format!("no exception of this clause is called \"{}\"", short(&word.text));
                reader.say(Diagnostic::error("unknown-exception", word.span, message).help(help));
            }
            rank.insert(word.text.clone(), (chain, place));
        }
    }
    let exceptions = &draft.rule.exceptions;
    for (n, later) in exceptions.iter().enumerate() {
        for earlier in exceptions.iter().take(n) {
            let same_chain = match (rank.get(&earlier.name), rank.get(&later.name)) {
                (Some(a), Some(b)) => a.0 == b.0,
                _ => false,
            };
            if earlier.gives != later.gives && !same_chain && together(earlier, later) {
                let (a, b) = (&earlier.name, &later.name);
                let message =
                    format!("exceptions \"{a}\" and \"{b}\" can both hold and give different outcomes");
                reader.say(
                    Diagnostic::error("collide", later.span, message)
                        .also(earlier.span, format!("this gives {}", earlier.gives))
                        .help(format!("state which is tried first: try {a} then {b}")),
                );
            }
        }
    }
    draft.rule.exceptions.sort_by_key(|e| rank.get(&e.name).map_or(usize::MAX, |r| r.1));
}

/// Whether some reading takes both, and no condition of one shuts out one of the other.
fn together(a: &Exception, b: &Exception) -> bool {
    let under =
        a.under.iter().all(|x| b.under.iter().all(|y| x.matter != y.matter || x.position == y.position));
    under && !a.all_of.iter().any(|x| b.all_of.iter().any(|y| exclude(x, y)))
}
