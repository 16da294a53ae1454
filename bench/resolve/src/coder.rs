//! What a coder who has one source before them, and nothing else, would write down of it: act, place, actor, number of killed.
//!
//! A stand-in for a reader of texts: a list of words (`data/words.csv`) and a list of places, no grammar. It sees one text at a time;
//! never the incident under which researchers put it, nor any other source. Where a text names several places the first that is led
//! by a word for a place holds, else the first: round-ups are coded badly, and that is part of what is measured.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{Act, ActorId, AreaId, Bounds, Target};

use crate::Result;

/// Letters that are written several ways become one; marks, hashes and joiners go.
#[must_use]
pub fn fold(text: &str) -> String {
    let folded = text.chars().filter_map(|c| match c {
        'أ' | 'إ' | 'آ' | 'ٱ' => Some('ا'),
        'ى' | 'ی' => Some('ي'),
        'ة' => Some('ه'),
        'ک' => Some('ك'),
        'ؤ' => Some('و'),
        'ئ' => Some('ي'),
        '\u{64b}'..='\u{65f}' | '\u{640}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => None,
        '٠'..='٩' => char::from_digit(u32::from(c) - u32::from('٠'), 10),
        c => Some(c),
    });
    folded.flat_map(char::to_lowercase).collect()
}

/// Words of a folded text.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let mut all: Vec<String> = Vec::new();
    for run in folded.split(|c: char| !c.is_alphanumeric()).filter(|run| !run.is_empty()) {
        // Dates run into words where a page's lines were joined: "2025مشاركة".
        let mut word = String::new();
        for c in run.chars() {
            if word.chars().last().is_some_and(|last| last.is_ascii_digit() != c.is_ascii_digit()) {
                all.push(std::mem::take(&mut word));
            }
            word.push(c);
        }
        all.push(word);
    }
    all
}

/// A word without its article and the particles written onto it.
fn stem(word: &str) -> &str {
    for lead in ["وبال", "وال", "بال", "فال", "كال", "لل", "ال"] {
        if let Some(rest) = word.strip_prefix(lead).filter(|rest| rest.chars().count() >= 2) {
            return rest;
        }
    }
    word
}

/// The same with a particle of one letter taken off, which may as well belong to the word.
fn shorter(word: &str) -> Option<&str> {
    let rest = word.strip_prefix(['و', 'ب', 'ل', 'ف'])?;
    (rest.chars().count() >= 3).then(|| stem(rest))
}

/// So many places of a text are noted.
const PLACES: usize = 4;

/// A place that can be named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// Its id among the areas.
    pub id: AreaId,
    /// The governorate.
    pub governorate: Option<AreaId>,
    /// How often it was named where the list comes from.
    pub weight: u32,
}

/// What one source says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coded {
    /// Acts.
    pub acts: BTreeSet<Act>,
    /// Targets.
    pub targets: BTreeSet<Target>,
    /// Actors, as alternatives.
    pub actors: BTreeSet<ActorId>,
    /// The place.
    pub place: Option<AreaId>,
    /// Other places that it names near its beginning: which of them is meant only another text can tell.
    pub beside: BTreeSet<AreaId>,
    /// Governorates named.
    pub governorates: BTreeSet<AreaId>,
    /// Killed.
    pub killed: Option<Bounds>,
    /// Whether it speaks of yesterday.
    pub yesterday: bool,
}

/// Lists of words and places.
#[derive(Clone, Debug, Default)]
pub struct Coder {
    places: BTreeMap<Vec<String>, Vec<Spot>>,
    governorates: BTreeMap<Vec<String>, AreaId>,
    acts: Vec<(String, Act)>,
    targets: Vec<(String, Target)>,
    actors: Vec<(String, ActorId)>,
    leads: BTreeSet<String>,
    killed: Vec<String>,
    yesterday: BTreeSet<String>,
    common: BTreeSet<String>,
}

/// Words of a name that a coder compares.
fn key(name: &str) -> Vec<String> {
    words(name).iter().map(|w| stem(w).to_owned()).collect()
}

impl Coder {
    /// Reads the list of words: `kind,value,word`.
    ///
    /// # Errors
    /// When a line names no kind or value that there is.
    pub fn new(list: &str) -> Result<Self> {
        let mut coder = Self::default();
        let mut reader = csv::Reader::from_reader(list.as_bytes());
        for row in reader.records() {
            let row = row?;
            let (Some(kind), Some(value), Some(word)) = (row.get(0), row.get(1), row.get(2)) else {
                continue;
            };
            let word = fold(word);
            let unknown = || format!("words.csv: {kind},{value} is not known");
            match kind {
                "act" => coder.acts.push((word, Act::parse(value).ok_or_else(unknown)?)),
                "target" => coder.targets.push((word, Target::parse(value).ok_or_else(unknown)?)),
                "actor" => coder.actors.push((word, ActorId::new(value))),
                "governorate" => {
                    coder.governorates.insert(key(&word), AreaId::new(value));
                }
                "lead" => drop(coder.leads.insert(word)),
                "killed" => coder.killed.push(word),
                "yesterday" => drop(coder.yesterday.insert(word)),
                "common" => drop(coder.common.insert(key(&word).join(" "))),
                _ => return Err(unknown().into()),
            }
        }
        Ok(coder)
    }

    /// Adds a place under a name. Names that are too short or are common words are left out.
    pub fn add_place(&mut self, name: &str, spot: Spot) {
        let key = key(name);
        let letters: usize = key.iter().map(|w| w.chars().count()).sum();
        if letters < 4 || key.len() > 4 || key.is_empty() || self.common.contains(&key.join(" ")) {
            return;
        }
        if self.governorates.contains_key(&key) || key.iter().all(|w| w.chars().all(|c| c.is_ascii_digit())) {
            return;
        }
        let all = self.places.entry(key).or_default();
        if !all.contains(&spot) {
            all.push(spot);
        }
    }

    /// Adds a place under a name that no place has yet.
    pub fn add_new_place(&mut self, name: &str, spot: Spot) {
        let known =
            self.places.get(&key(name)).is_some_and(|spots| spots.iter().any(|held| held.id != spot.id));
        if !known {
            self.add_place(name, spot);
        }
    }

    /// Adds the name of a district, which says in which governorate something lies unless a place or governorate is called so.
    pub fn add_district(&mut self, name: &str, governorate: AreaId) {
        let key = key(name);
        let letters: usize = key.iter().map(|w| w.chars().count()).sum();
        let taken = self.places.contains_key(&key) || self.common.contains(&key.join(" "));
        if letters >= 4 && key.len() <= 2 && !taken {
            self.governorates.entry(key).or_insert(governorate);
        }
    }

    /// Names of places that it knows.
    #[must_use]
    pub fn names(&self) -> usize {
        self.places.len()
    }

    /// Codes one text.
    #[must_use]
    pub fn code(&self, text: &str) -> Coded {
        let words = words(text);
        // What a page carries below and beside its text would be coded too; the beginning is where the event stands.
        let words: &[String] = words.get(..words.len().min(220)).unwrap_or_default();
        let mut coded = Coded {
            governorates: self.governorates_in(words),
            killed: self.killed_in(words).map(Bounds::exactly),
            yesterday: words.iter().take(120).any(|w| self.yesterday.contains(w)),
            ..Coded::default()
        };
        let mut places = self.places_in(words, &coded.governorates).into_iter();
        coded.place = places.next();
        coded.beside = places.collect();
        let head: Vec<&str> = words.iter().take(90).map(String::as_str).collect();
        let has = |stem_of: &str| {
            head.iter()
                .any(|w| stem(w).starts_with(stem_of) || shorter(w).is_some_and(|w| w.starts_with(stem_of)))
        };
        coded.acts = self.acts.iter().filter(|(w, _)| has(w)).map(|(_, act)| *act).collect();
        coded.targets = self.targets.iter().filter(|(w, _)| has(w)).map(|(_, target)| *target).collect();
        coded.actors = self.actors.iter().filter(|(w, _)| has(w)).map(|(_, actor)| actor.clone()).collect();
        coded
    }

    fn governorates_in(&self, words: &[String]) -> BTreeSet<AreaId> {
        let mut found = BTreeSet::new();
        for at in 0..words.len().min(120) {
            for length in 1..=2 {
                let Some(span) = words.get(at..at + length) else { continue };
                let plain: Vec<String> = span.iter().map(|w| stem(w).to_owned()).collect();
                let bare = shortened(span);
                let hit = self.governorates.get(&plain).or_else(|| self.governorates.get(&bare?));
                found.extend(hit.cloned());
            }
        }
        found
    }

    /// Places named, the one that is meant most likely first.
    fn places_in(&self, words: &[String], governorates: &BTreeSet<AreaId>) -> Vec<AreaId> {
        let mut named: Vec<(bool, usize, AreaId)> = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let longest = (1..=4).rev().find_map(|length| {
                let span = words.get(at..at + length)?;
                let plain: Vec<String> = span.iter().map(|w| stem(w).to_owned()).collect();
                let hit = self.places.get(&plain).or_else(|| self.places.get(&shortened(span)?));
                Some((length, choose(hit?, governorates)?))
            });
            let led = at.checked_sub(1).and_then(|before| words.get(before));
            let led = led.is_some_and(|w| {
                self.leads.contains(stem(w)) || shorter(w).is_some_and(|w| self.leads.contains(w))
            });
            at += longest.as_ref().map_or(1, |(length, _)| *length);
            if let Some((_, spot)) = longest {
                named.push((!led, at, spot));
            }
        }
        named.sort();
        let mut places: Vec<AreaId> = Vec::new();
        for (_, _, spot) in named {
            if places.len() < PLACES && !places.contains(&spot) {
                places.push(spot);
            }
        }
        places
    }

    /// A number within three words of one for death.
    fn killed_in(&self, words: &[String]) -> Option<u32> {
        let is_death = |w: &String| self.killed.iter().any(|k| stem(w).starts_with(k.as_str()));
        let at = words.iter().take(120).position(is_death)?;
        let near = words.get(at.saturating_sub(2)..(at + 4).min(words.len()))?;
        near.iter().find_map(|w| w.parse().ok()).filter(|n| (1..=500).contains(n))
    }
}

fn shortened(span: &[String]) -> Option<Vec<String>> {
    let mut all: Vec<String> = span.iter().map(|w| stem(w).to_owned()).collect();
    let first = shorter(span.first()?)?;
    all.first_mut()?.replace_range(.., first);
    Some(all)
}

/// Of several places of one name that in a named governorate, then the one most often named.
fn choose(spots: &[Spot], governorates: &BTreeSet<AreaId>) -> Option<AreaId> {
    let named = |s: &Spot| s.governorate.as_ref().is_some_and(|g| governorates.contains(g));
    let best = spots.iter().max_by_key(|s| (named(s), s.weight, std::cmp::Reverse(&s.id)))?;
    // A name that lies elsewhere than all that the text speaks of is another place or a word.
    (governorates.is_empty() || named(best) || best.governorate.is_none()).then(|| best.id.clone())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_made_up_post_is_coded() {
        let list = "kind,value,word\nact,airstrike,غار\nactor,russian-forces,روسي\ngovernorate,SY07,ادلب\n\
                    lead,,قريه\nkilled,,قتل\nkilled,,قتيل\n";
        let mut coder = Coder::new(list).unwrap();
        let spot = Spot { id: AreaId::new("p1"), governorate: Some(AreaId::new("SY07")), weight: 1 };
        coder.add_place("كفرنبل", spot.clone());
        coder.add_place("المثال", Spot { id: AreaId::new("p2"), ..spot });
        let coded = coder.code("قُتل 4 في غارات روسية على المثال وقرية كفرنبل بإدلب");
        assert_eq!(coded.place, Some(AreaId::new("p1")), "a led name goes before an earlier one");
        assert_eq!(
            coded.beside,
            BTreeSet::from([AreaId::new("p2")]),
            "which is meant only another text can tell"
        );
        assert_eq!(coded.killed, Some(Bounds::exactly(4)));
        assert!(coded.acts.contains(&Act::Airstrike) && coded.governorates.contains(&AreaId::new("SY07")));
        assert!(coded.actors.contains(&ActorId::new("russian-forces")));
    }
}
