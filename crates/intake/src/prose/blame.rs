//! Who is said to have done it by others: suspected, charged, blamed, or claiming it. An actor under accusation, never an established
//! one: the words that accuse stand beside as its hedge.

use super::Field;
use super::frames::Frame;
use super::lexicon::{Cat, Tag};
use super::nouns::{Phrase, Sort, over};
use super::page::Page;

/// "Responsible for getting the rebels on board": whose task it is, and no charge.
pub(super) fn duty(page: &Page<'_>, cue: Tag) -> bool {
    page.token(cue.to.wrapping_sub(1)).is("for")
        && (cue.from..cue.to).any(|at| page.token(at).is("responsible"))
        && page.token(cue.to).fold.ends_with("ing")
        && ![Cat::ActVerb, Cat::ActNoun, Cat::Casualty].iter().any(|cat| page.is(*cat, cue.to))
}

impl Frame<'_, '_> {
    /// Somebody who is said to have done it: an actor, held down to an accusation.
    pub(super) fn suspect(&mut self, phrase: &Phrase) {
        match phrase.sort {
            Sort::Name => self.named(Field::Actor, phrase),
            Sort::People | Sort::Force if !phrase.owner => {
                let to = self.members(phrase);
                self.put(Field::Actor, phrase.from, to, None);
            }
            _ => {}
        }
    }

    /// Whoever is blamed or claims; a name that no table knows is one by its capitals.
    fn blamed(&mut self, phrase: &Phrase) {
        let page = self.page;
        let capital = !page.uncased && page.token(phrase.core).upper && !phrase.owner;
        if capital && matches!(phrase.sort, Sort::Other | Sort::Body) {
            self.put(Field::Actor, phrase.from, self.belonging(phrase.to), None);
        } else {
            self.suspect(phrase);
        }
    }

    /// "No group claimed responsibility".
    fn nobody(&self, verb: usize) -> bool {
        (self.group.sentence.0.max(verb.saturating_sub(8))..verb)
            .any(|at| self.page.token(at).any(&["no", "nobody", "none", "neither", "not", "yet"]))
    }

    /// "Two men suspected of the murder", "X, who was charged with", "blamed X for": who is said to have done it.
    pub(super) fn charged(&mut self) {
        let page = self.page;
        let cues: Vec<Tag> = page.tags.within(Cat::Responsibility, self.group.from, self.group.to).collect();
        for cue in cues.into_iter().filter(|cue| !duty(page, *cue)) {
            let before = self.fields.get(&Field::Actor).map_or(0, Vec::len);
            match (page.tags.kind(cue), page.tags.value(cue)) {
                ("charged", _) => {
                    for phrase in self.subjects(cue.from).into_iter().take(8) {
                        self.suspect(&phrase);
                    }
                }
                ("claimed", "before") if !self.nobody(cue.from) => {
                    for phrase in self.subjects(cue.from).into_iter().take(1) {
                        self.blamed(&phrase);
                    }
                }
                ("blamed", value) if value != "before" => {
                    let next = (cue.to..cue.to + 3).find_map(|at| over(&self.all, at)).copied();
                    if let Some(phrase) = next.filter(|p| p.to <= self.group.sentence.1) {
                        self.blamed(&phrase);
                    }
                }
                _ => continue,
            }
            let more = self.fields.get(&Field::Actor).map_or(0, Vec::len) > before;
            if more && page.tags.kind(cue) != "claimed" {
                self.put(Field::Hedge, cue.from, cue.to, Some("accusation"));
            }
        }
    }
}
