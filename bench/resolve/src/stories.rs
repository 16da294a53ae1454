//! What the prose beside a coded row adds: kinds of deed, weapon and target by a list of words, and marks of its seldom words.
//!
//! For rows of datasets that code unlike things, so that only their notes tell one killing of a day and town from another. The
//! list (`data/four-words.csv`) is data and holds classes of words, no row's. Text stays outside: a row keeps marks alone.
//! Never sees another row when it reads one, but for how common each word is among all, and whether it is written small.

use std::collections::{BTreeMap, BTreeSet};

use truceline_intake::wording::{Commonness, wording};
use truceline_model::{Act, Target, Weapon, Wording};

use crate::Result;

/// Fewer marks than this tell nothing apart: a row with a bare headline is silent.
const ENOUGH_MARKS: usize = 3;
/// Numbers that are looked at; days and years lie beyond, as far as that can be said.
const NUMBERS: std::ops::RangeInclusive<u32> = 3..=400;
const SPELLED: [&str; 18] = [
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
/// Words that every dataset uses of every row, or that say nothing of what happened.
const EMPTY: [&str; 66] = [
    "the",
    "and",
    "that",
    "this",
    "with",
    "from",
    "for",
    "was",
    "were",
    "has",
    "had",
    "have",
    "been",
    "are",
    "its",
    "his",
    "her",
    "their",
    "they",
    "who",
    "whom",
    "which",
    "when",
    "where",
    "while",
    "into",
    "over",
    "near",
    "after",
    "before",
    "between",
    "against",
    "also",
    "one",
    "two",
    "not",
    "there",
    "group",
    "claimed",
    "responsibility",
    "incident",
    "attack",
    "attacks",
    "attacked",
    "assailants",
    "unknown",
    "unidentified",
    "reported",
    "reportedly",
    "least",
    "city",
    "town",
    "district",
    "state",
    "area",
    "province",
    "said",
    "according",
    "source",
    "sources",
    "suspected",
    "members",
    "people",
    "person",
    "applicable",
    "however",
];

/// The list of words.
pub struct Words {
    rows: Vec<(String, Class)>,
}

enum Class {
    Act(Act),
    Weapon(Weapon),
    Target(Target),
    /// A class that the model has no word for: alike words become one mark.
    Mark(String),
}

/// What a text tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Deeds.
    pub acts: BTreeSet<Act>,
    /// Weapons.
    pub weapons: BTreeSet<Weapon>,
    /// What was hit.
    pub targets: BTreeSet<Target>,
    /// The text as it is marked: word stems, names by their consonants, classes and numbers.
    pub marked: String,
    /// Of these the names.
    pub named: String,
}

/// How words are written over many texts: a headline writes every word large, and a sentence its first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// How often a word begins small, and large.
    begins: BTreeMap<String, (u32, u32)>,
}

impl Usage {
    /// Counts one more text.
    pub fn count(&mut self, text: &str) {
        for word in split(text) {
            let (small, large) = self.begins.entry(word.to_lowercase()).or_default();
            if word.starts_with(char::is_uppercase) { *large += 1 } else { *small += 1 }
        }
    }

    /// Whether a word is a name: hardly ever written small.
    fn is_name(&self, word: &str, lower: &str) -> bool {
        let (small, large) = self.begins.get(lower).copied().unwrap_or_default();
        word.starts_with(char::is_uppercase) && small * 5 <= large
    }
}

impl Words {
    /// The shipped list.
    ///
    /// # Errors
    /// When a line names no class.
    pub fn shipped() -> Result<Self> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(include_str!("../data/four-words.csv").as_bytes());
        let mut rows = Vec::new();
        for row in reader.records() {
            let row = row?;
            let [word, kind, value] = [0, 1, 2].map(|at| row.get(at).unwrap_or_default());
            let class = match kind {
                "act" => Act::parse(value).map(Class::Act),
                "weapon" => Weapon::parse(value).map(Class::Weapon),
                "target" => Target::parse(value).map(Class::Target),
                _ => Some(Class::Mark(value.to_owned())),
            };
            // A word is met where one begins with it; one that ends in a low line must end there as well.
            let begins = format!(" {}", word.replace(['-'], " ").replace('_', " "));
            rows.push((begins, class.ok_or_else(|| format!("\"{value}\" is no {kind}"))?));
        }
        Ok(Self { rows })
    }

    /// Reads one text, among others of which it is known how they write their words.
    #[must_use]
    pub fn read(&self, text: &str, usage: &Usage) -> Told {
        let words = split(text);
        let flat = format!(" {} ", words.iter().map(|w| w.to_lowercase()).collect::<Vec<_>>().join(" "));
        let mut told = Told::default();
        let (mut marked, mut named): (BTreeSet<String>, BTreeSet<String>) = Default::default();
        for (word, class) in &self.rows {
            if flat.contains(word.as_str()) {
                match class {
                    Class::Act(act) => drop(told.acts.insert(*act)),
                    Class::Weapon(weapon) => drop(told.weapons.insert(*weapon)),
                    Class::Target(target) => drop(told.targets.insert(*target)),
                    Class::Mark(mark) => drop(marked.insert(format!("class{}", mark.replace('-', "")))),
                }
            }
        }
        for (at, word) in words.iter().enumerate() {
            let lower = word.to_lowercase();
            let beside = |by: usize| words.get(by).map(|w| w.to_lowercase()).unwrap_or_default();
            let of_month = |word: String| MONTHS.contains(&word.as_str());
            if let Some(number) = number(&lower) {
                if !of_month(beside(at + 1)) && !at.checked_sub(1).map(beside).is_some_and(of_month) {
                    marked.insert(format!("number{number}x"));
                }
            } else if lower.len() > 2 && !EMPTY.contains(&lower.as_str()) && !of_month(lower.clone()) {
                if usage.is_name(word, &lower) {
                    named.insert(bones(&lower));
                } else {
                    marked.insert(stem(&lower));
                }
            }
        }
        let all = |marks: &BTreeSet<String>| marks.iter().cloned().collect::<Vec<_>>().join(" ");
        told.named = all(&named);
        marked.extend(named);
        told.marked = all(&marked);
        told
    }
}

/// Marks of what was read; names stand among the words as well, by the same consonants.
#[must_use]
pub fn marks(told: &Told, common: &Commonness) -> Option<Wording> {
    let all = wording(&told.marked, common)?;
    let names = wording(&told.named, common).map(|names| names.words().to_vec()).unwrap_or_default();
    let words = all.words().to_vec();
    (words.len() >= ENOUGH_MARKS).then(|| Wording::new(words, names))
}

fn split(text: &str) -> Vec<&str> {
    // Two of the files write apostrophes and quotes as letters with marks.
    let part = |c: char| !c.is_alphanumeric() || matches!(c, 'Õ' | 'Ê' | 'Ò' | 'Ó' | 'Ð' | 'Ô' | '\u{fffd}');
    text.split(part).filter(|word| !word.is_empty()).collect()
}

fn number(word: &str) -> Option<u32> {
    let spelled = SPELLED.iter().zip(3_u32..).find(|(name, _)| **name == word).map(|(_, n)| n);
    spelled.or_else(|| word.parse().ok()).filter(|n| NUMBERS.contains(n))
}

/// A word without its endings.
fn stem(word: &str) -> String {
    const ENDINGS: [&str; 14] =
        ["ations", "ation", "ings", "ing", "ers", "ies", "ied", "ed", "es", "er", "ly", "s", "e", "y"];
    let short = ENDINGS.iter().find_map(|end| word.strip_suffix(end).filter(|rest| rest.len() >= 4));
    short.unwrap_or(word).to_owned()
}

/// What sounds alike in names of two consonants.
const ALIKE: [(&str, &str); 7] =
    [("ay", "e"), ("ey", "e"), ("ai", "e"), ("ei", "e"), ("ou", "u"), ("oo", "u"), ("y", "i")];

/// A name by what its ways of being written share; one of two consonants keeps its vowels, as far as writers agree on them.
fn bones(word: &str) -> String {
    let bare = stem(word);
    let bones = crate::four::skeleton(&bare);
    if bones.len() >= 3 {
        return format!("name{bones}");
    }
    let heard = ALIKE.iter().fold(word.to_owned(), |heard, (written, as_one)| heard.replace(written, as_one));
    let end = |c: char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'h');
    let rest = heard.trim_end_matches(end);
    format!("name{}", if rest.len() < 3 { &heard } else { rest })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_stems_names_and_numbers() {
        let words = Words::shipped().unwrap_or(Words { rows: Vec::new() });
        let told = words.read(
            "Gunmen in Derna kidnapped Abdessalam, a lawyer, and wounded five others on 3 June",
            &Usage::default(),
        );
        assert!(told.acts.contains(&Act::Abduction) && told.weapons.contains(&Weapon::SmallArms));
        let has = |mark: &str| told.marked.split(' ').any(|one| one == mark);
        assert!(has("classlawyer") && has("number5x") && !has("number3x"));
        assert!(words.read("Abdelsalam", &Usage::default()).marked != told.marked);
    }

    #[test]
    fn a_word_is_met_where_one_begins() {
        let words = Words::shipped().unwrap_or(Words { rows: Vec::new() });
        assert!(words.read("the airport road", &Usage::default()).targets.contains(&Target::Infrastructure));
        assert!(!words.read("they support it", &Usage::default()).targets.contains(&Target::Port));
    }

    #[test]
    fn what_is_also_written_small_is_no_name() {
        let words = Words::shipped().unwrap_or(Words { rows: Vec::new() });
        let mut usage = Usage::default();
        ["soldiers shot a trader in Hawary", "Trader Shot", "a trader fled"]
            .iter()
            .for_each(|t| usage.count(t));
        assert_eq!(words.read("Trader Shot in Hawari", &usage).named, "namehawar");
        assert_eq!(bones("laythi"), bones("leithi"));
    }
}
