//! Reads what a clause requires: by a time, or each day anew, perhaps in a number. A breach is stated as conditions.
//!
//! A duty without a time is refused: "from the start" or "some day" would be a guess. What is only shown opens with `duty`.

use std::collections::BTreeSet;

use truceline_model::{Act, Instant, Span};

use super::Draft;
use super::conditions::{counted, negation};
use crate::diagnostic::Diagnostic;
use crate::ir::{Condition, Counted, Required};
use crate::reader::Reader;
use crate::sentence::{Sentence, Statement};

/// `requires ACT… by "TIME" [counting …]` or `requires ACT… each-day counting …`.
pub(super) fn requires(statement: &Statement, draft: &mut Draft, reader: &mut Reader<'_>) {
    let sentence = reader.split(statement);
    draft.says_rule("requires", sentence.span, reader);
    if sentence.head.is_empty() {
        reader.one(&sentence.head, sentence.span, "an act");
    }
    let acts = reader.acts(&sentence.head);
    say_failures(&sentence, reader);
    if let Some(with) = sentence.part("with") {
        let message = "what a duty is about is said in a sentence of its own";
        reader.say(
            Diagnostic::error("unknown-word", with.link.span, message)
                .help("write only-when with tank artillery, in a line below"),
        );
    }
    let counting = countings(&sentence, reader);
    let by = sentence.part("by").map(|part| (part.link.span, reader.time_after(&sentence, "by")));
    let each_day = sentence.part("each-day").map(|part| {
        reader.alone(part);
        part.link.span
    });
    let Some(by) = when(by, each_day, sentence.span, reader) else { return };
    let (Some(counting), false) = (counting, acts.is_empty()) else { return };
    let failures: BTreeSet<Act> = acts.iter().filter_map(|act| act.failure()).collect();
    let each_day = each_day.is_some();
    if each_day && counting.is_empty() && failures.len() < acts.len() {
        reader.say(
            Diagnostic::error("missing-operand", sentence.span, "how many each day?")
                .help("add counting lorries at-least 600; without a number only a duty whose failure has a word, like report, can be asked each day"),
        );
        return;
    }
    draft.rule.acts = acts.union(&failures).copied().collect();
    draft.duty = breach(by, &failures, &counting);
    draft.rule.required = Some(Required { acts, by, each_day, counting, span: sentence.span });
}

/// The one time of a duty: `Some(None)` for each day, `None` when it was refused.
fn when(
    by: Option<(Span, Option<Instant>)>,
    each_day: Option<Span>,
    whole: Span,
    reader: &mut Reader<'_>,
) -> Option<Option<Instant>> {
    match (by, each_day) {
        (Some((by, _)), Some(each_day)) => {
            reader.say(
                Diagnostic::error("collide", each_day, "a duty is due by a time or each day, not both")
                    .also(by, "the time")
                    .help("for a quota during a time, write each-day, and in-force from \"…\" until \"…\" or in-phase …"),
            );
            None
        }
        (Some((_, told)), None) => told.map(Some),
        (None, Some(_)) => Some(None),
        (None, None) => {
            reader.say(Diagnostic::error("missing-operand", whole, "by when?").help(
                "add by \"2025-02-01\" or by \"day 16\", or each-day with counting; a time is never assumed",
            ));
            None
        }
    }
}

/// `counting lorries at-least 600 and counting fuel-lorries at-least 50`; `None` when one could not be read.
fn countings(sentence: &Sentence, reader: &mut Reader<'_>) -> Option<Vec<Counted>> {
    let mut all = Vec::new();
    let mut good = true;
    let mut joined = true;
    for part in &sentence.parts {
        match part.link.text.as_str() {
            "counting" => {
                if !joined {
                    let message = "two counts stand side by side";
                    let said = Diagnostic::error("missing-part", part.link.span, message);
                    reader.say(said.help("join them by and: both must be reached"));
                }
                let one = counted(part, reader);
                good &= one.is_some();
                all.extend(one);
                joined = false;
            }
            "and" => {
                if joined || !part.words.is_empty() {
                    let message = "and joins two counts here";
                    let help = "write counting lorries at-least 600 and counting fuel-lorries at-least 50";
                    reader.say(Diagnostic::error("missing-operand", part.link.span, message).help(help));
                    good = false;
                }
                joined = true;
            }
            _ => {}
        }
    }
    if joined && !all.is_empty() {
        reader.missing(sentence.span, "and", "counting lorries at-least 600");
        good = false;
    }
    good.then_some(all)
}

/// A duty names what is to be done, not the word for leaving it undone.
fn say_failures(sentence: &Sentence, reader: &mut Reader<'_>) {
    for word in &sentence.head {
        let named = Act::ALL.iter().find(|act| act.failure().is_some_and(|f| f.as_str() == word.text));
        if let Some(act) = named {
            let message = format!("\"{}\" is the word for not doing it", word.text);
            reader.say(
                Diagnostic::error("failure", word.span, message)
                    .help(format!("write what is to be done: requires {act}")),
            );
        }
    }
}

/// What makes it a breach: of each group one condition must hold.
fn breach(by: Option<Instant>, failures: &BTreeSet<Act>, counting: &[Counted]) -> Vec<Vec<Condition>> {
    let failed = (!failures.is_empty()).then(|| Condition::Act(failures.clone()));
    let short = counting.iter().map(|one| negation(Condition::Counted(one.clone())));
    let too_few: Vec<Condition> = failed.iter().cloned().chain(short).collect();
    match by {
        Some(by) if counting.is_empty() => vec![vec![Condition::From(by)]],
        Some(by) => vec![vec![Condition::From(by)], too_few],
        None if counting.is_empty() => vec![too_few],
        // A tally of anything but one day answers neither way: enough in a week may be too little on a day of it.
        None => vec![
            failed.into_iter().chain([Condition::WholeDay]).collect(),
            too_few.into_iter().chain([negation(Condition::WholeDay)]).collect(),
        ],
    }
}
