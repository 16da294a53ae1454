//! Reads who may open a case, what opens one by itself, which clauses it can be about, and who may withdraw it.

use std::collections::BTreeSet;

use super::{Course, step};
use crate::diagnostic::Diagnostic;
use crate::ir::{Opener, Threshold, Withdrawal};
use crate::reader::Reader;
use crate::sentence::{Sentence, suggest};
use crate::words::{OPENERS, THRESHOLDS};

/// Reads `takes …`, `opened-by …`, `opened-when …` or `withdrawn-by …`.
pub(super) fn one(sentence: &Sentence, course: &mut Course, reader: &mut Reader<'_>) -> Option<()> {
    if sentence.head.is_empty() {
        let verb = &sentence.verb.text;
        reader.say(
            Diagnostic::error("missing-operand", sentence.span, format!("nothing follows \"{verb}\""))
                .help(format!("write {}", example(verb))),
        );
        return None;
    }
    match sentence.verb.text.as_str() {
        "takes" => course.takes.extend(sentence.head.iter().cloned()),
        "opened-by" => course.opened_by = openers(sentence, reader),
        "opened-when" => course.opened_when = thresholds(sentence, reader),
        _ => course.withdrawn = Some(withdrawal(sentence, course, reader)?),
    }
    Some(())
}

fn example(verb: &str) -> &'static str {
    match verb {
        "takes" => "takes opposition-fire government-fire",
        "opened-by" => "opened-by parties public mission",
        "opened-when" => "opened-when persistent",
        _ => "withdrawn-by complainant then a-final",
    }
}

fn openers(sentence: &Sentence, reader: &mut Reader<'_>) -> BTreeSet<Opener> {
    let mut all = BTreeSet::new();
    for word in &sentence.head {
        let opener = match OPENERS.iter().position(|opener| *opener == word.text) {
            Some(0) => Some(Opener::Parties),
            Some(1) => Some(Opener::Public),
            Some(_) => Some(Opener::Mission),
            None => reader.actor(word).map(Opener::Actor),
        };
        all.extend(opener);
    }
    all
}

fn thresholds(sentence: &Sentence, reader: &mut Reader<'_>) -> BTreeSet<Threshold> {
    let mut all = BTreeSet::new();
    for word in &sentence.head {
        match THRESHOLDS.iter().position(|threshold| *threshold == word.text) {
            Some(0) => all.insert(Threshold::Persistent),
            Some(_) => all.insert(Threshold::Unmet),
            None => {
                let help = suggest(&word.text, THRESHOLDS.iter().copied());
                reader.unknown_word(word, "thing that opens a case", help);
                false
            }
        };
    }
    all
}

/// `withdrawn-by complainant then withdrawn`.
fn withdrawal(sentence: &Sentence, course: &mut Course, reader: &mut Reader<'_>) -> Option<Withdrawal> {
    let part = reader.needed(sentence, "then", "a-final")?;
    let then = reader.one(&part.words, part.link.span, "an end")?;
    let by = step::who_of(&sentence.head, reader);
    course.named.push(then.clone());
    Some(Withdrawal { by, then: then.text.clone() })
}
