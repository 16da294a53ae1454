//! Reads words into typed values: actors, areas, acts, times, durations; says what is wrong and what would be right.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{
    Act, ActorId, Actors, AreaId, Areas, FactId, Instant, JudgementId, MatterId, PositionId, SourceId, Span,
    Target, Weapon, Zone,
};

use crate::diagnostic::Diagnostic;
use crate::ir::{Text, Under};
use crate::sentence::{Part, Sentence, Statement, Word, suggest};

/// Everything that reading a statement needs to know of the rest of the file.
pub(crate) struct Reader<'a> {
    pub(crate) actors: &'a Actors,
    pub(crate) areas: &'a Areas,
    pub(crate) zone: Zone,
    pub(crate) defined: BTreeMap<String, (BTreeSet<Act>, Span)>,
    pub(crate) positions: BTreeMap<MatterId, BTreeSet<PositionId>>,
    pub(crate) facts: BTreeSet<FactId>,
    pub(crate) judgements: BTreeSet<JudgementId>,
    pub(crate) parties: BTreeMap<ActorId, BTreeSet<Target>>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(actors: &'a Actors, areas: &'a Areas) -> Self {
        Self {
            actors,
            areas,
            zone: Zone::utc(),
            defined: BTreeMap::new(),
            positions: BTreeMap::new(),
            facts: BTreeSet::new(),
            judgements: BTreeSet::new(),
            parties: BTreeMap::new(),
            diagnostics: Vec::new(),
        }
    }

    pub(crate) fn say(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Splits a statement and checks that no linking word stands twice.
    pub(crate) fn split(&mut self, statement: &Statement, links: &[&str], may_repeat: &[&str]) -> Sentence {
        let sentence = statement.split(links);
        sentence.repeated(may_repeat, &mut self.diagnostics);
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

    fn missing(&mut self, span: Span, link: &str, what: &str) {
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
                self.say(
                    Diagnostic::error(
                        "too-many",
                        extra.span,
                        format!("one word was expected here ({what}), and \"{}\" is a second", extra.text),
                    )
                    .help("leave it out, or link it to the sentence with the word that is missing"),
                );
                None
            }
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

    pub(crate) fn actor(&mut self, word: &Word) -> Option<ActorId> {
        let id = ActorId::new(&word.text);
        if self.actors.get(&id).is_some() {
            return Some(id);
        }
        let help = match self.actors.named(&word.text) {
            Some(actor) => format!("the actors' list calls it \"{}\"", actor.id),
            None => suggest(&word.text, self.actors.iter().map(|actor| actor.id.as_str())),
        };
        let message = format!("no actor of the mission's list is called \"{}\"", short(&word.text));
        self.say(Diagnostic::error("unknown-actor", word.span, message).help(help));
        None
    }

    pub(crate) fn actors(&mut self, words: &[Word]) -> Vec<ActorId> {
        words.iter().filter_map(|word| self.actor(word)).collect()
    }

    pub(crate) fn party(&mut self, word: &Word) -> Option<ActorId> {
        let id = ActorId::new(&word.text);
        if self.parties.contains_key(&id) {
            return Some(id);
        }
        let parties: Vec<String> = self.parties.keys().map(ToString::to_string).collect();
        let help = suggest(&word.text, parties.iter().map(String::as_str));
        let message = format!("\"{}\" is no party to this agreement", short(&word.text));
        self.say(Diagnostic::error("unknown-party", word.span, message).help(help));
        None
    }

    pub(crate) fn area(&mut self, word: &Word) -> Option<AreaId> {
        let id = AreaId::new(&word.text);
        if self.areas.get(&id).is_some() {
            return Some(id);
        }
        let help = suggest(&word.text, self.areas.iter().map(|area| area.id.as_str()));
        let message = format!("no area of the mission's map is called \"{}\"", short(&word.text));
        self.say(Diagnostic::error("unknown-area", word.span, message).help(help));
        None
    }

    pub(crate) fn sources(words: &[Word]) -> BTreeSet<SourceId> {
        words.iter().map(|word| SourceId::new(&word.text)).collect()
    }

    pub(crate) fn acts(&mut self, words: &[Word]) -> BTreeSet<Act> {
        let mut all = BTreeSet::new();
        for word in words {
            if let Some((acts, _)) = self.defined.get(&word.text) {
                all.extend(acts.iter().copied());
            } else if let Some(act) = Act::parse(&word.text) {
                all.insert(act);
            } else {
                let defined: Vec<String> = self.defined.keys().cloned().collect();
                let right = Act::ALL.iter().map(|act| act.as_str()).chain(defined.iter().map(String::as_str));
                let help = suggest(&word.text, right);
                self.unknown_word(word, "act", help);
            }
        }
        all
    }

    /// `any-weapon` is `None`.
    pub(crate) fn weapons(&mut self, words: &[Word]) -> Option<BTreeSet<Weapon>> {
        let mut all = BTreeSet::new();
        for word in words {
            if word.text == "any-weapon" {
                return None;
            }
            match Weapon::parse(&word.text) {
                Some(weapon) => {
                    all.insert(weapon);
                }
                None => {
                    let right = Weapon::ALL.iter().map(|weapon| weapon.as_str()).chain(["any-weapon"]);
                    let help = suggest(&word.text, right);
                    self.unknown_word(word, "weapon", help);
                }
            }
        }
        Some(all)
    }

    pub(crate) fn targets(&mut self, words: &[Word]) -> BTreeSet<Target> {
        let mut all = BTreeSet::new();
        for word in words {
            match Target::parse(&word.text) {
                Some(target) => {
                    all.insert(target);
                }
                None => {
                    let help = suggest(&word.text, Target::ALL.iter().map(|target| target.as_str()));
                    self.unknown_word(word, "target", help);
                }
            }
        }
        all
    }

    pub(crate) fn unknown_word(&mut self, word: &Word, kind: &str, help: String) {
        let message = format!("\"{}\" is no {kind} of the vocabulary", short(&word.text));
        self.say(Diagnostic::error("unknown-word", word.span, message).help(help));
    }

    pub(crate) fn instant(&mut self, word: &Word) -> Option<Instant> {
        let at = self.zone.instant(&word.text);
        match at {
            Ok(at) if !word.text.contains('/') => Some(at),
            Ok(_) => {
                self.say(
                    Diagnostic::error("bad-time", word.span, "one moment was expected here, not an interval")
                        .help("write from \"…\" until \"…\""),
                );
                None
            }
            Err(error) => {
                self.say(Diagnostic::error("bad-time", word.span, error.say).help(
                    "times stand in quotation marks, in the agreement's own zone: \"2016-02-27T00:00\"",
                ));
                None
            }
        }
    }

    /// The moment after a linking word that may be left out.
    pub(crate) fn time_after(&mut self, sentence: &Sentence, link: &str) -> Option<Instant> {
        let part = self.optional(sentence, link, "\"2016-02-27T00:00\"")?;
        let word = self.one(&part.words, part.link.span, "a time")?;
        self.instant(word)
    }

    /// `for 48 hours`: seconds. Months are refused, because they have no number of hours.
    pub(crate) fn hours(&mut self, part: &Part) -> Option<u32> {
        let [number, unit] = part.words.as_slice() else {
            self.missing(part.link.span, &part.link.text, "48 hours");
            return None;
        };
        let Ok(count) = number.text.parse::<u32>() else {
            self.say(
                Diagnostic::error(
                    "bad-number",
                    number.span,
                    format!("\"{}\" is no whole number", short(&number.text)),
                )
                .help("write a number of hours or days, like 48 hours"),
            );
            return None;
        };
        let per = match unit.text.as_str() {
            "hour" | "hours" => 1,
            "day" | "days" => 24,
            "week" | "weeks" => 168,
            "month" | "months" | "year" | "years" => {
                let message = format!("\"{}\" is no fixed number of hours or days", unit.text);
                self.say(
                    Diagnostic::error("months-and-days", unit.span, message)
                        .help("give the end as a date (until \"…\"), or the length in days or hours"),
                );
                return None;
            }
            other => {
                let help = suggest(other, ["hours", "days", "weeks"]);
                self.unknown_word(unit, "length of time", help);
                return None;
            }
        };
        count.checked_mul(per)
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
