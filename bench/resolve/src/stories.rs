//! What the prose beside a coded row adds: kinds of deed, weapon and target by a list of words, and marks of its seldom words.
//!
//! For rows of datasets that code unlike things, so that only their notes tell one killing of a day and town from another. The
//! list (`data/four-words.csv`) is data and holds classes of words, no row's. Text stays outside: a row keeps marks alone.
//! Never sees another row when it reads one, but for how common each word is among all.

use std::collections::BTreeSet;

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

    /// Reads one text.
    #[must_use]
    pub fn read(&self, text: &str) -> Told {
        let words = split(text);
        let flat = format!(" {} ", words.iter().map(|w| w.to_lowercase()).collect::<Vec<_>>().join(" "));
        let mut told = Told::default();
        let mut marked: BTreeSet<String> = BTreeSet::new();
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
                marked.insert(if word.starts_with(char::is_uppercase) {
                    bones(&lower)
                } else {
                    stem(&lower)
                });
            }
        }
        told.marked = marked.into_iter().collect::<Vec<_>>().join(" ");
        told
    }
}

/// Marks of what was read, words and names in one: what a name shares it shares as a word.
#[must_use]
pub fn marks(told: &Told, common: &Commonness) -> Option<Wording> {
    let all = wording(&told.marked, common)?;
    let words = all.words().to_vec();
    (words.len() >= ENOUGH_MARKS).then(|| Wording::new(words.clone(), words))
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

/// A name by what its ways of being written share; a short one as it is.
fn bones(word: &str) -> String {
    let bare = stem(word);
    let bones = crate::four::skeleton(&bare);
    if bones.len() < 3 { bare } else { format!("name{bones}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_stems_names_and_numbers() {
        let words = Words::shipped().unwrap_or(Words { rows: Vec::new() });
        let told =
            words.read("Gunmen in Derna kidnapped Abdessalam, a lawyer, and wounded five others on 3 June");
        assert!(told.acts.contains(&Act::Abduction) && told.weapons.contains(&Weapon::SmallArms));
        let has = |mark: &str| told.marked.split(' ').any(|one| one == mark);
        assert!(has("classlawyer") && has("number5x") && !has("number3x"));
        assert!(words.read("Abdelsalam").marked != told.marked);
    }

    #[test]
    fn a_word_is_met_where_one_begins() {
        let words = Words::shipped().unwrap_or(Words { rows: Vec::new() });
        assert!(words.read("the airport road").targets.contains(&Target::Infrastructure));
        assert!(!words.read("they support it").targets.contains(&Target::Port));
    }
}
