//! Sources and actors: ids as registered, or names in any script that the registry knows.

use std::collections::BTreeSet;

use truceline_model::{ActorId, Attribution, SourceId};

use super::row::{Found, Row};
use crate::mapping::Field;
use crate::nearest::did_you_mean;
use crate::refusal::{Fault, quote};

/// What mappings and native rows write where the source says that the actor is not known.
const UNKNOWN: &str = "unknown";

/// The source of a field. One that is not registered is refused: a misspelt id would pass for a second, independent origin.
pub(super) fn source(row: &mut Row<'_>, field: Field) -> Option<SourceId> {
    let found = row.find(field)?;
    let word = found.one();
    let sources = row.context.sources;
    if sources.is_empty() {
        return Some(SourceId::new(&word));
    }
    let registered =
        sources.get(&SourceId::new(&word)).or_else(|| sources.named(&word)).map(|s| s.id.clone());
    if registered.is_none() {
        let near = did_you_mean(&word, sources.iter().map(|source| source.id.as_str()));
        let say = format!("use an id of sources.csv{near}, or add the source there");
        row.refuse(Fault::Source, &found, say);
    }
    registered
}

/// Channels; one that is not registered is kept by its id, for nothing is counted by channels.
pub(super) fn through(row: &mut Row<'_>) -> BTreeSet<SourceId> {
    let Some(found) = row.find(Field::Through) else { return BTreeSet::new() };
    let sources = row.context.sources;
    found.parts.iter().map(|p| sources.named(p).map_or_else(|| SourceId::new(p), |s| s.id.clone())).collect()
}

/// Alleged actors and how they are brought into it.
pub(super) fn actors(row: &mut Row<'_>) -> (BTreeSet<ActorId>, Option<Attribution>) {
    let found = row.find(Field::Actor);
    let how = how(row);
    let Some(found) = found else {
        // "Contested" or "unclear" is said even where nobody is named.
        return (BTreeSet::new(), how.filter(|h| matches!(h, Attribution::Contested | Attribution::Unclear)));
    };
    let named: Vec<&String> = found.parts.iter().filter(|part| part.as_str() != UNKNOWN).collect();
    let said_unknown = named.len() < found.parts.len();
    let actors = resolve(row, Field::Actor, &found);
    let lost = named.len() > actors.len() && named.iter().any(|part| lookup(row, part).is_none());
    let how = how.unwrap_or(Attribution::Stated);
    let how = if named.is_empty() {
        Attribution::Unclear
    } else if (said_unknown || (lost && !actors.is_empty())) && how != Attribution::Unclear {
        // The source names others than those that could be resolved: to keep only these would narrow what it says.
        Attribution::Contested
    } else {
        how
    };
    (actors, Some(how))
}

fn how(row: &mut Row<'_>) -> Option<Attribution> {
    let found = row.find(Field::ActorHow)?;
    let word = found.one();
    let how = Attribution::parse(&word);
    if how.is_none() {
        let words = Attribution::ALL.map(Attribution::as_str);
        let near = did_you_mean(&word, words);
        row.refuse(Fault::Word, &found, format!("write one of {}{near}", words.join(", ")));
    }
    how
}

/// Actors of a field that is only named, like who holds the ground.
pub(super) fn named_actors(row: &mut Row<'_>, field: Field) -> BTreeSet<ActorId> {
    match row.find(field) {
        Some(found) => resolve(row, field, &found),
        None => BTreeSet::new(),
    }
}

fn resolve(row: &mut Row<'_>, field: Field, found: &Found<'_>) -> BTreeSet<ActorId> {
    let mut out = BTreeSet::new();
    for part in found.parts.iter().filter(|part| part.as_str() != UNKNOWN) {
        match lookup(row, part) {
            Some(id) => {
                out.insert(id);
            }
            None => {
                let near = did_you_mean(part, row.context.actors.iter().map(|actor| actor.id.as_str()));
                let say = format!("{} is no actor of this mission{near}; who it was stays open", quote(part));
                row.warn(field, say);
            }
        }
    }
    out
}

pub(super) fn lookup(row: &Row<'_>, word: &str) -> Option<ActorId> {
    let actors = row.context.actors;
    actors.get(&ActorId::new(word)).or_else(|| actors.named(word)).map(|actor| actor.id.clone())
}
