//! Reads whom a clause binds, where it applies, and what it forbids or permits, with what, against what.
//!
//! What is left out is not guessed: an act without "with any-weapon" is refused, a clause without "against" protects all.

use truceline_model::{Outcome, Span};

use super::Draft;
use super::conditions::{conditions, near};
use crate::diagnostic::Diagnostic;
use crate::ir::{Applies, Condition, Exception, Object};
use crate::reader::Reader;
use crate::sentence::{Part, Sentence, Statement};

pub(super) fn binds(statement: &Statement, draft: &mut Draft, reader: &mut Reader<'_>) {
    let sentence = reader.split(statement);
    draft.binds = true;
    for word in &sentence.head {
        draft.rule.binds.extend(reader.party(word));
    }
    if sentence.head.is_empty() {
        reader.one(&sentence.head, sentence.span, "a party");
    }
    for link in ["that-accepted", "with-affiliates", "accepted"] {
        if let Some(part) = sentence.part(link) {
            reader.alone(part);
        }
    }
    draft.rule.accepted |= sentence.part("that-accepted").is_some();
    draft.rule.affiliates |= sentence.part("with-affiliates").is_some();
    if let Some(part) = reader.optional(&sentence, "provided", "government-side accepted") {
        for word in &part.words {
            draft.rule.provided.extend(reader.party(word));
        }
        if sentence.part("accepted").is_none() {
            reader.say(
                Diagnostic::error("missing-part", part.link.span, "provided that they did what?")
                    .help("write provided government-side accepted"),
            );
        }
    } else if let Some(part) = sentence.part("accepted") {
        reader
            .say(Diagnostic::error("missing-part", part.link.span, "\"accepted\" follows no provided").help(
                "write provided government-side accepted; of those who are bound, write that-accepted",
            ));
    }
}

/// `applies in AREA…` or `applies within 15 km of AREA-OR-LINE… [under MATTER=POSITION]`.
pub(super) fn applies(statement: &Statement, draft: &mut Draft, reader: &mut Reader<'_>) {
    let sentence = reader.split(statement);
    reader.head_empty(&sentence);
    let at = match (sentence.part("in"), sentence.part("within")) {
        (Some(inside), Some(within)) => {
            reader.say(
                Diagnostic::error("collide", within.link.span, "in and within stand in one line")
                    .also(inside.link.span, "in stands here")
                    .help("write two lines: several lines of applies are any-of"),
            );
            None
        }
        (None, Some(part)) => near(part, reader),
        _ => reader
            .needed(&sentence, "in", "an area, or within 15 km of a line")
            .map(|part| Condition::In(reader.areas_in(&part.words))),
    };
    let under = reader.under(&sentence);
    if let Some(at) = at {
        draft.rule.applies.push(Applies { under, at, span: sentence.span });
    }
}

pub(super) fn forbids(statement: &Statement, draft: &mut Draft, reader: &mut Reader<'_>) {
    let sentence = reader.split(statement);
    draft.says_rule("forbids", sentence.span, reader);
    acts(&sentence, draft, reader);
    for part in sentence.parts.iter().filter(|part| matches!(part.link.text.as_str(), "when" | "so-far-as")) {
        let message = format!("\"{}\" belongs to permits", part.link.text);
        reader.say(
            Diagnostic::error("unknown-word", part.link.span, message)
                .help("after forbids, say further conditions in a sentence of their own: only-when …"),
        );
    }
}

/// The acts, their weapons and weapon systems.
fn acts(sentence: &Sentence, draft: &mut Draft, reader: &mut Reader<'_>) {
    if sentence.head.is_empty() {
        reader.one(&sentence.head, sentence.span, "an act");
    }
    let found = reader.acts(&sentence.head);
    draft.rule.acts.extend(found);
    let weapons = reader.needed(sentence, "with", "any-weapon").map(|part| reader.weapons(&part.words));
    let systems = reader.optional(sentence, "of-system", "tornado-s").map(|part| reader.systems(&part.words));
    let Some(weapons) = weapons else { return };
    if let Some(first) = draft.armed
        && (draft.rule.weapons != weapons || draft.rule.systems != systems)
    {
        let message = "one clause goes by one list of weapons, and this line names another";
        reader.say(
            Diagnostic::error("collide", sentence.span, message).also(first, "the other stands here").help(
                "give it a heading and a clause of its own; acts with the same weapons stand in one line",
            ),
        );
    }
    draft.armed.get_or_insert(sentence.span);
    draft.rule.weapons = weapons;
    draft.rule.systems = systems;
}

/// `permits ACT… with … when CONDITION and … so-far-as CONDITION and …`.
pub(super) fn permits(statement: &Statement, draft: &mut Draft, reader: &mut Reader<'_>) {
    let mut sentence = reader.split(statement);
    draft.says_rule("permits", sentence.span, reader);
    let at = |sentence: &Sentence, link: &str| sentence.parts.iter().position(|part| part.link.text == link);
    let measure = at(&sentence, "so-far-as").map(|n| sentence.parts.split_off(n));
    let engaged = at(&sentence, "when").map(|n| sentence.parts.split_off(n));
    if let Some(stray) =
        sentence.parts.iter().find(|part| !matches!(part.link.text.as_str(), "with" | "of-system"))
    {
        let message = format!("the condition \"{}\" stands before when", stray.link.text);
        reader.say(
            Diagnostic::error("missing-part", stray.link.span, message)
                .help("write permits ACT… with any-weapon when CONDITION so-far-as CONDITION"),
        );
    }
    acts(&sentence, draft, reader);
    let engaged = of_permission(engaged, "when", "judged self-defence", sentence.span, reader);
    draft.rule.when.extend(engaged.into_iter().map(|one| vec![one]));
    let all_of = of_permission(measure, "so-far-as", "judged proportionate", sentence.span, reader);
    if all_of.is_empty() {
        return;
    }
    let name = match all_of.first() {
        Some(Condition::Judged(id)) => id.to_string(),
        _ => "measure".to_owned(),
    };
    let gives = Outcome::NotProhibited;
    draft.rule.exceptions.push(Exception { name, under: Vec::new(), all_of, gives, span: sentence.span });
}

/// The conditions after `when` or `so-far-as`, the first part being that word.
fn of_permission(
    parts: Option<Vec<Part>>,
    link: &str,
    example: &str,
    at: Span,
    reader: &mut Reader<'_>,
) -> Vec<Condition> {
    let Some((first, rest)) = parts.as_deref().and_then(<[Part]>::split_first) else {
        reader.say(
            Diagnostic::error("missing-part", at, format!("this sentence does not say \"{link}\""))
                .help(format!("add: permits … {link} {example}")),
        );
        return Vec::new();
    };
    reader.alone(first);
    if rest.is_empty() {
        let message = format!("\"{link}\" needs a condition");
        reader.say(
            Diagnostic::error("missing-operand", first.link.span, message)
                .help(format!("write {link} {example}")),
        );
        return Vec::new();
    }
    conditions(rest, first.link.span, reader)
}

pub(super) fn against(statement: &Statement, draft: &mut Draft, reader: &mut Reader<'_>) {
    let sentence = reader.split(statement);
    let mut any_of = Vec::new();
    if !sentence.head.is_empty() {
        any_of.push(Condition::Target(reader.targets(&sentence.head)));
    }
    for part in &sentence.parts {
        match part.link.text.as_str() {
            "or" if !part.words.is_empty() => any_of.push(Condition::Target(reader.targets(&part.words))),
            "forces-of" => {
                let word = reader.one(&part.words, part.link.span, "a party");
                if let Some(party) = word.and_then(|word| reader.party(word)) {
                    let forces = reader.parties.get(&party).cloned().unwrap_or_default();
                    let named = (!forces.is_empty()).then_some(Condition::Target(forces));
                    any_of.extend(named.into_iter().chain([Condition::Struck(party)]));
                }
            }
            "ground-held-by" => {
                let word = reader.one(&part.words, part.link.span, "a party");
                any_of.extend(word.and_then(|word| reader.party(word)).map(Condition::HeldBy));
            }
            _ => {}
        }
    }
    let by = reader.optional(&sentence, "done-by", "government-side");
    let by = by.and_then(|part| reader.one(&part.words, part.link.span, "a party"));
    let by = by.and_then(|word| reader.party(word));
    let under = reader.under(&sentence);
    if any_of.is_empty() {
        reader.say(Diagnostic::error("missing-operand", sentence.span, "against what?").help(
            "against forces-of government-side, or ground-held-by government-side, or a target like hospital",
        ));
        return;
    }
    draft.rule.objects.push(Object { under, by, any_of, span: sentence.span });
}
