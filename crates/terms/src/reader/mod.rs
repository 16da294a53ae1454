//! Reads words into typed values: actors, areas, acts, times, lengths; says what is wrong and what would be right.
//!
//! What it knows of the rest of the file was gathered before; it never looks ahead and assumes nothing that is not written.

mod names;
mod time;

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{
    Act, ActorId, Actors, Areas, FactId, Instant, JudgementId, MatterId, MeasureId, PhaseId, PositionId,
    Span, SystemId, Target, Weapon, WorkingHours, Zone,
};

use crate::cannot::cannot;
use crate::diagnostic::Diagnostic;
use crate::ir::{Text, Under};
use crate::sentence::{Part, Sentence, Statement, Word, suggest};
use crate::words;
use names::Groups;

/// Groups of words that these terms define.
#[derive(Default)]
pub(crate) struct Defined {
    pub(crate) acts: Groups<Act>,
    pub(crate) weapons: Groups<Weapon>,
    pub(crate) targets: Groups<Target>,
    pub(crate) systems: Groups<SystemId>,
}

/// Everything that reading a statement needs to know of the rest of the file.
pub(crate) struct Reader<'a> {
    pub(crate) actors: &'a Actors,
    pub(crate) areas: &'a Areas,
    pub(crate) zone: Zone,
    pub(crate) day_one: Option<Instant>,
    pub(crate) working: Option<WorkingHours>,
    pub(crate) groups: Defined,
    pub(crate) positions: BTreeMap<MatterId, BTreeSet<PositionId>>,
    pub(crate) facts: BTreeSet<FactId>,
    pub(crate) judgements: BTreeSet<JudgementId>,
    pub(crate) measures: BTreeSet<MeasureId>,
    pub(crate) phases: BTreeSet<PhaseId>,
    pub(crate) parties: BTreeMap<ActorId, BTreeSet<Target>>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(actors: &'a Actors, areas: &'a Areas) -> Self {
        Self {
            actors,
            areas,
            zone: Zone::utc(),
            day_one: None,
            working: None,
            groups: Defined::default(),
            positions: BTreeMap::new(),
            facts: BTreeSet::new(),
            judgements: BTreeSet::new(),
            measures: BTreeSet::new(),
            phases: BTreeSet::new(),
            parties: BTreeMap::new(),
            diagnostics: Vec::new(),
        }
    }

    pub(crate) fn say(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Splits a statement by the table of words and checks that no linking word stands twice.
    pub(crate) fn split(&mut self, statement: &Statement) -> Sentence {
        let (links, again) = words::links(&statement.verb.text);
        let sentence = statement.split(&links);
        sentence.repeated(&again, &mut self.diagnostics);
        for part in &sentence.parts {
            if part.link.text != "under" && part.link.text != "taking" {
                for (key, _) in &part.pairs {
                    self.say(stray_pair(key));
                }
            }
        }
        for (key, _) in &sentence.tongues {
            if !matches!(key.text.as_str(), "ar" | "ru") {
                self.say(stray_pair(key));
            }
        }
        sentence
    }

    /// The words of a part that has to be there and to have something after it.
    pub(crate) fn needed<'s>(&mut self, sentence: &'s Sentence, link: &str, what: &str) -> Option<&'s Part> {
        match sentence.part(link) {
            Some(part) if part.words.is_empty() && part.pairs.is_empty() => {
                self.missing(part.link.span, link, what);
                None
            }
            Some(part) => Some(part),
            None => {
                let verb = &sentence.verb.text;
                self.say(
                    Diagnostic::error(
                        "missing-part",
                        sentence.span,
                        format!("this sentence does not say \"{link}\""),
                    )
                    .help(format!("add: {verb} … {link} {what}")),
                );
                None
            }
        }
    }

    /// A part that may be left out; when it stands there, something has to follow.
    pub(crate) fn optional<'s>(
        &mut self,
        sentence: &'s Sentence,
        link: &str,
        what: &str,
    ) -> Option<&'s Part> {
        sentence.part(link)?;
        self.needed(sentence, link, what)
    }

    pub(crate) fn missing(&mut self, span: Span, link: &str, what: &str) {
        self.say(
            Diagnostic::error("missing-operand", span, format!("nothing follows \"{link}\""))
                .help(format!("write {link} {what}; without it nothing is assumed")),
        );
    }

    /// Exactly one word.
    pub(crate) fn one<'s>(&mut self, words: &'s [Word], at: Span, what: &str) -> Option<&'s Word> {
        match words {
            [only] => Some(only),
            [] => {
                self.say(
                    Diagnostic::error("missing-operand", at, format!("{what} is missing here"))
                        .help(format!("add {what}")),
                );
                None
            }
            [_, extra, ..] => {
                let message = format!(
                    "one word was expected here ({what}), and \"{}\" is a second",
                    short(&extra.text)
                );
                self.too_many(
                    extra,
                    message,
                    "leave it out, or link it to the sentence with the word that is missing",
                );
                None
            }
        }
    }

    /// A word too many, which may be one that the language says otherwise.
    pub(crate) fn too_many(&mut self, word: &Word, message: String, help: &str) {
        let told = if word.quoted { None } else { cannot(word) };
        self.say(told.unwrap_or_else(|| Diagnostic::error("too-many", word.span, message).help(help)));
    }

    /// Words before the first linking word, where there may be none.
    pub(crate) fn head_empty(&mut self, sentence: &Sentence) {
        if let Some(word) = sentence.head.first() {
            let (word_text, verb) = (short(&word.text), &sentence.verb.text);
            let message = format!("\"{word_text}\" was not expected after \"{verb}\"");
            self.too_many(word, message, "leave it out, or correct the word before it");
        }
    }

    /// A linking word after which nothing stands.
    pub(crate) fn alone(&mut self, part: &Part) {
        if let Some(word) = part.words.first() {
            let message = format!("\"{}\" was not expected after \"{}\"", short(&word.text), part.link.text);
            self.too_many(
                word,
                message,
                "leave it out, or link it to the sentence with the word that is missing",
            );
        }
    }

    /// A new id: lower-case words joined by hyphens.
    pub(crate) fn new_id(&mut self, word: &Word) -> Option<String> {
        let good = !word.text.is_empty()
            && word.text.len() <= 64
            && word.text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && word.text.starts_with(|c: char| c.is_ascii_lowercase());
        if good {
            return Some(word.text.clone());
        }
        self.say(
            Diagnostic::error("bad-id", word.span, format!("\"{}\" cannot be an id", short(&word.text)))
                .help("use small letters, digits and hyphens, like opposition-fire"),
        );
        None
    }

    /// `"English" ar="…" ru="…"`.
    pub(crate) fn text(&mut self, english: Option<&Word>, sentence: &Sentence) -> Text {
        let tongue = |key: &str| {
            sentence.tongues.iter().find(|(name, _)| name.text == key).map(|(_, value)| value.text.clone())
        };
        let en = english.map(|word| word.text.clone()).unwrap_or_default();
        Text { en, ar: tongue("ar"), ru: tongue("ru") }
    }

    /// `under object=letter`.
    pub(crate) fn under(&mut self, sentence: &Sentence) -> Vec<Under> {
        let Some(part) = self.optional(sentence, "under", "matter=position") else { return Vec::new() };
        for word in &part.words {
            self.say(
                Diagnostic::error(
                    "unknown-word",
                    word.span,
                    format!("\"{}\" is no matter=position", short(&word.text)),
                )
                .help("write under object=letter"),
            );
        }
        self.takes(part).into_iter().map(|(matter, position, _)| Under { matter, position }).collect()
    }

    /// `matter=position` pairs, each checked.
    pub(crate) fn takes(&mut self, part: &Part) -> Vec<(MatterId, PositionId, Span)> {
        let mut all = Vec::new();
        for (key, value) in &part.pairs {
            let (matter, position) = (MatterId::new(&key.text), PositionId::new(&value.text));
            let Some(known) = self.positions.get(&matter) else {
                let matters: Vec<String> = self.positions.keys().map(ToString::to_string).collect();
                let help = suggest(&key.text, matters.iter().map(String::as_str));
                let message = format!("\"{}\" is no matter of these terms", short(&key.text));
                self.say(Diagnostic::error("unknown-matter", key.span, message).help(help));
                continue;
            };
            if !known.contains(&position) {
                let words: Vec<String> = known.iter().map(ToString::to_string).collect();
                let help = suggest(&value.text, words.iter().map(String::as_str));
                let message = format!("\"{}\" is no position on {matter}", short(&value.text));
                self.say(Diagnostic::error("unknown-position", value.span, message).help(help));
                continue;
            }
            all.push((matter, position, key.span));
        }
        all
    }
}

fn stray_pair(key: &Word) -> Diagnostic {
    Diagnostic::error("stray-pair", key.span, format!("{}=… has no place here", short(&key.text))).help(
        "name=value stands only after under and taking, and as ar=\"…\" or ru=\"…\" beside English text",
    )
}

/// A word as a message quotes it: whole when short.
pub(crate) fn short(word: &str) -> String {
    if word.chars().count() <= 60 {
        return word.to_owned();
    }
    word.chars().take(60).chain(['…']).collect()
}
