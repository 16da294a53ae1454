//! Reads groups of words that the agreement names: of acts, weapons, targets, weapon systems.
//!
//! A group stands for its words wherever they may stand; it never changes what a word means.

use truceline_model::{Act, Target, Weapon};

use super::Loose;
use crate::diagnostic::Diagnostic;
use crate::reader::Reader;
use crate::sentence::Statement;
use crate::words;

/// First pass: the words of the group.
pub(super) fn gather(statement: &Statement, reader: &mut Reader<'_>) {
    let plain = statement.split(&words::links(&statement.verb.text).0);
    let Some(first) = plain.head.first() else { return };
    let name = first.text.clone();
    let means = plain.part("means").map(|part| part.words.clone()).unwrap_or_default();
    match statement.verb.text.as_str() {
        "define-weapons" => {
            let weapons = match reader.weapons(&means) {
                Some(weapons) => weapons,
                None => Weapon::ALL.iter().copied().collect(),
            };
            reader.groups.weapons.insert(name, weapons);
        }
        "define-targets" => {
            let targets = reader.targets(&means);
            reader.groups.targets.insert(name, targets);
        }
        "define-systems" => {
            let systems = reader.systems(&means);
            reader.groups.systems.insert(name, systems);
        }
        _ => {
            let acts = reader.acts(&means);
            reader.groups.acts.insert(name, acts);
        }
    }
}

/// Second pass: whether the name is good and new, and the group has words.
pub(super) fn define(statement: &Statement, reader: &mut Reader<'_>, loose: &mut Loose) {
    let sentence = reader.split(statement);
    let Some(word) = reader.one(&sentence.head, sentence.span, "the word that is defined") else { return };
    let (kind, of, example, taken) = match statement.verb.text.as_str() {
        "define-weapons" => (
            "weapons group",
            "weapons",
            "mortar artillery",
            Weapon::parse(&word.text).is_some() || word.text == "any-weapon",
        ),
        "define-targets" => {
            ("targets group", "targets", "school hospital", Target::parse(&word.text).is_some())
        }
        "define-systems" => ("systems group", "weapon systems", "uragan smerch", false),
        _ => ("definition", "acts", "airstrike shelling", Act::parse(&word.text).is_some()),
    };
    loose.first(kind, word, reader);
    reader.needed(&sentence, "means", example);
    reader.new_id(word);
    if taken {
        let message = format!("\"{}\" is a word of the vocabulary already", word.text);
        reader.say(
            Diagnostic::error("twice", word.span, message)
                .help(format!("choose another word for the group of {of}")),
        );
    }
}
