//! CEAF-REE, strict: entities of a role, found and labelled, as GRIT's scorer counts them (Du, Rush and Cardie 2021).
//!
//! A mention is its words in small letters without ASCII punctuation, without the articles a, an, the, with single spaces. An entity is
//! a set of mentions. A found entity may stand for a labelled one when all its mentions are mentions of that one; each is taken once,
//! as many as can be. Precision is right over found, recall right over labelled, both summed over documents.

use std::collections::BTreeSet;

use truceline_score::right::{Held, most};

/// A set of mentions.
pub type Entity = BTreeSet<String>;

/// A mention as it is compared.
#[must_use]
pub fn normal(words: &str) -> String {
    let plain: String = words.to_lowercase().chars().filter(|c| !c.is_ascii_punctuation()).collect();
    let kept = plain.split_whitespace().filter(|word| !["a", "an", "the"].contains(word));
    kept.collect::<Vec<_>>().join(" ")
}

/// Labelled entities of several templates as those of one document: one whose mentions all belong to another is that one.
pub fn merge(into: &mut Vec<Entity>, entity: Entity) {
    let known = into.iter().any(|other| entity.is_subset(other) || other.is_subset(&entity));
    if !entity.is_empty() && !known {
        into.push(entity);
    }
}

/// Holds found entities of one role in one document against the labelled ones.
#[must_use]
pub fn hold(gold: &[Entity], found: &[Entity]) -> Held {
    let edges: Vec<Vec<usize>> = gold
        .iter()
        .map(|labelled| {
            let able = found.iter().enumerate().filter(|(_, entity)| entity.is_subset(labelled));
            able.map(|(at, _)| at).collect()
        })
        .collect();
    let count = |of: usize| u64::try_from(of).unwrap_or(u64::MAX);
    Held { gold: count(gold.len()), found: count(found.len()), right: count(most(&edges, found.len())) }
}
