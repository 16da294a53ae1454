//! Looks words up: actors, parties, areas, the vocabulary, and what these terms declare. Says what was probably meant.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use truceline_model::{
    Act, ActorId, AreaId, AreaKind, FactId, Interval, JudgementId, MeasureId, PhaseId, SourceId, SystemId,
    Target, Weapon,
};

use super::{Reader, short};
use crate::cannot::cannot;
use crate::diagnostic::Diagnostic;
use crate::sentence::{Word, suggest};

/// Words of the vocabulary, and groups of them that these terms define.
pub(crate) type Groups<T> = BTreeMap<String, BTreeSet<T>>;

impl Reader<'_> {
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
        self.unknown_name(word, "unknown-actor", message, help);
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
        self.unknown_name(word, "unknown-party", message, help);
        None
    }

    pub(crate) fn area(&mut self, word: &Word) -> Option<AreaId> {
        let id = AreaId::new(&word.text);
        if let Some(valid) = self.areas.get(&id).map(|area| area.valid) {
            self.always_valid(word, valid);
            return Some(id);
        }
        let named: Vec<&str> =
            self.areas.named(&word.text, None).into_iter().map(|area| area.id.as_str()).collect();
        let help = match named.as_slice() {
            [] => suggest(&word.text, self.areas.iter().map(|area| area.id.as_str())),
            ids => format!("the map calls it \"{}\"", ids.join("\" or \"")),
        };
        let message = format!("no area of the mission's map is called \"{}\"", short(&word.text));
        self.unknown_name(word, "unknown-area", message, help);
        None
    }

    /// A clause asks where, and never since when the map draws it so: to overlook the area's dates would be a silent mistake.
    fn always_valid(&mut self, word: &Word, valid: Interval) {
        if valid == Interval::ALWAYS {
            return;
        }
        let name = short(&word.text);
        let message =
            format!("cannot express an area that holds for a time: \"{name}\" has dates on the map");
        let help = "say the time in the clause itself (in-force from \"…\" until \"…\"), and give the clause an area without dates";
        self.say(Diagnostic::error("cannot-express", word.span, message).help(help.to_owned()));
    }

    /// Areas in which something can lie: no lines.
    pub(crate) fn areas_in(&mut self, words: &[Word]) -> BTreeSet<AreaId> {
        let mut all = BTreeSet::new();
        for word in words {
            let Some(id) = self.area(word) else { continue };
            if self.areas.get(&id).is_some_and(|area| area.kind == AreaKind::Line) {
                let message = format!("\"{}\" is a line, and nothing lies in a line", short(&word.text));
                self.say(
                    Diagnostic::error("line", word.span, message)
                        .help(format!("write within 15 km of {}", short(&word.text))),
                );
                continue;
            }
            all.insert(id);
        }
        all
    }

    pub(crate) fn sources(words: &[Word]) -> BTreeSet<SourceId> {
        words.iter().map(|word| SourceId::new(&word.text)).collect()
    }

    pub(crate) fn acts(&mut self, words: &[Word]) -> BTreeSet<Act> {
        let all: Vec<&str> = Act::ALL.iter().map(|act| act.as_str()).collect();
        let (found, unknown) = look_up(words, &self.groups.acts, Act::parse, &all);
        self.say_unknown(unknown, "act");
        found
    }

    /// `any-weapon` is `None`.
    pub(crate) fn weapons(&mut self, words: &[Word]) -> Option<BTreeSet<Weapon>> {
        if words.iter().any(|word| word.text == "any-weapon") {
            return None;
        }
        let all: Vec<&str> = Weapon::ALL.iter().map(|weapon| weapon.as_str()).chain(["any-weapon"]).collect();
        let (found, unknown) = look_up(words, &self.groups.weapons, Weapon::parse, &all);
        self.say_unknown(unknown, "weapon");
        Some(found)
    }

    pub(crate) fn targets(&mut self, words: &[Word]) -> BTreeSet<Target> {
        let all: Vec<&str> = Target::ALL.iter().map(|target| target.as_str()).collect();
        let (found, mut unknown) = look_up(words, &self.groups.targets, Target::parse, &all);
        for (word, help) in &mut unknown {
            if self.parties.contains_key(&ActorId::new(&word.text)) {
                *help =
                    format!("a party is no target: write forces-of {0}, or ground-held-by {0}", word.text);
            }
        }
        self.say_unknown(unknown, "target");
        found
    }

    /// Weapon systems: free ids, or defined groups of them.
    pub(crate) fn systems(&mut self, words: &[Word]) -> BTreeSet<SystemId> {
        let mut all = BTreeSet::new();
        for word in words {
            match self.groups.systems.get(&word.text) {
                Some(group) => all.extend(group.iter().cloned()),
                None => all.extend(self.new_id(word).map(|id| SystemId::new(&id))),
            }
        }
        all
    }

    pub(crate) fn measure(&mut self, word: &Word) -> Option<MeasureId> {
        let id = MeasureId::new(&word.text);
        if self.measures.contains(&id) {
            return Some(id);
        }
        let declare = "measure NAME \"what is counted, and by what unit\"";
        self.undeclared(word, "unknown-measure", "measure", &self.measures.clone(), declare);
        None
    }

    pub(crate) fn phase(&mut self, word: &Word) -> Option<PhaseId> {
        let id = PhaseId::new(&word.text);
        if self.phases.contains(&id) {
            return Some(id);
        }
        let declare = "phase NAME \"its name\" from \"…\" until \"…\"";
        self.undeclared(word, "unknown-phase", "phase", &self.phases.clone(), declare);
        None
    }

    pub(crate) fn judgement(&mut self, word: &Word) -> Option<JudgementId> {
        let id = JudgementId::new(&word.text);
        if self.judgements.contains(&id) {
            return Some(id);
        }
        let declare = "judgement NAME \"the question that people are asked\"";
        self.undeclared(word, "unknown-judgement", "judgement", &self.judgements.clone(), declare);
        None
    }

    pub(crate) fn fact(&mut self, word: &Word) -> Option<FactId> {
        let id = FactId::new(&word.text);
        if self.facts.contains(&id) {
            return Some(id);
        }
        self.undeclared(word, "unknown-fact", "fact", &self.facts.clone(), "fact NAME \"what is asked\"");
        None
    }

    /// A name that these terms should have declared: what they did declare, or how to.
    fn undeclared<T: Display>(
        &mut self,
        word: &Word,
        code: &'static str,
        kind: &str,
        known: &BTreeSet<T>,
        declare: &str,
    ) {
        let known: Vec<String> = known.iter().map(ToString::to_string).collect();
        let help = match known.is_empty() {
            true => format!("declare it: {}", declare.replacen("NAME", &short(&word.text), 1)),
            false => suggest(&word.text, known.iter().map(String::as_str)),
        };
        let message = format!("no {kind} is called \"{}\"", short(&word.text));
        self.say(Diagnostic::error(code, word.span, message).help(help));
    }

    fn say_unknown(&mut self, unknown: Vec<(Word, String)>, kind: &str) {
        for (word, help) in unknown {
            self.unknown_word(&word, kind, help);
        }
    }

    /// A word that does not belong there; when it is one that the language knows to say otherwise, or not at all, that.
    pub(crate) fn unknown_word(&mut self, word: &Word, kind: &str, help: String) {
        let of = if matches!(kind, "act" | "weapon" | "target") { " of the vocabulary" } else { "" };
        let message = format!("\"{}\" is no {kind}{of}", short(&word.text));
        self.unknown_name(word, "unknown-word", message, help);
    }

    fn unknown_name(&mut self, word: &Word, code: &'static str, message: String, help: String) {
        let told = cannot(word).filter(|_| !word.quoted && !help.starts_with("did you mean"));
        self.say(told.unwrap_or_else(|| Diagnostic::error(code, word.span, message).help(help)));
    }
}

/// Words of a closed vocabulary or of its defined groups; and those that are neither, each with what was probably meant.
fn look_up<T: Copy + Ord>(
    words: &[Word],
    groups: &Groups<T>,
    parse: impl Fn(&str) -> Option<T>,
    all: &[&str],
) -> (BTreeSet<T>, Vec<(Word, String)>) {
    let (mut found, mut unknown) = (BTreeSet::new(), Vec::new());
    for word in words {
        if let Some(group) = groups.get(&word.text) {
            found.extend(group.iter().copied());
        } else if let Some(one) = parse(&word.text) {
            found.insert(one);
        } else {
            let right = all.iter().copied().chain(groups.keys().map(String::as_str));
            unknown.push((word.clone(), suggest(&word.text, right)));
        }
    }
    (found, unknown)
}
