//! Persons in their common form: the name in full, as the text gives it, for whoever is called by the surname or "he" later.
//!
//! Two persons with one surname stay as the text calls them; a name that the text never gives in full is not completed.

use std::collections::{BTreeMap, BTreeSet};

use super::entities::{Mention, What};
use super::lexicon::Cat;
use super::page::Page;
use super::{Field, Proposal, Value};

/// Fields that hold persons by name.
const PERSONS: [Field; 3] = [Field::AccordingTo, Field::Speaker, Field::Party];

/// The words of a person's name without office, country and initials.
pub(crate) fn plain(page: &Page<'_>, mention: &Mention) -> Option<String> {
    let words: Vec<&str> = (mention.from..mention.to)
        .filter(|at| {
            let token = page.token(*at);
            let initial = token.fold.chars().count() == 1 && page.language == "en";
            let office = [Cat::Title, Cat::Country].iter().any(|c| page.tags.over(*c, *at).is_some());
            token.word() && !initial && !office
        })
        .map(|at| page.token(at).fold.as_str())
        .collect();
    Some(words.join("_")).filter(|name| !name.is_empty())
}

/// Gives those who are called by their surname the name in full.
pub(crate) fn in_full(page: &Page<'_>, all: &mut [Proposal]) {
    let mut full: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for name in page.mentions.iter().filter(|m| m.what == What::Person).filter_map(|m| plain(page, m)) {
        if let Some((_, last)) = name.split_once('_') {
            full.entry(last.to_owned()).or_default().insert(name);
        }
    }
    for (field, values) in all.iter_mut().flat_map(|p| p.fields.iter_mut()) {
        for value in values.iter_mut().filter(|_| PERSONS.contains(field)) {
            let known = value.norm.as_ref().and_then(|norm| full.get(norm)).filter(|names| names.len() == 1);
            if let Some(name) = known.and_then(|names| names.first()) {
                value.norm = Some(name.clone());
            }
        }
    }
}

/// Whoever is named within a proposal is not named again from outside of it.
pub(crate) fn once(text: &str, said: &mut Vec<Value>) {
    let at = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
    let words = |v: &Value| text.get(at(v.span.start)..at(v.span.end)).unwrap_or_default();
    let inside: Vec<&str> = said.iter().filter(|v| !v.outside).map(words).collect();
    let keep: Vec<bool> = said.iter().map(|v| !v.outside || !inside.contains(&words(v))).collect();
    let mut keep = keep.into_iter();
    said.retain(|_| keep.next().unwrap_or(true));
}
