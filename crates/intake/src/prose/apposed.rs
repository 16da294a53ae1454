//! What is set beside a thing told and only says it again or further off: distances behind a place, the doer of a list of events.
//!
//! Takes values away, or carries on the subject that a list leaves out; puts nothing that the text does not say.

use std::collections::BTreeMap;

use super::lexicon::Cat;
use super::page::Page;
use super::tokens::Class;
use super::{Field, Proposal, Value};

fn token_at(page: &Page<'_>, byte: u32) -> usize {
    page.tokens.partition_point(|t| u32::try_from(t.end).unwrap_or(u32::MAX) <= byte)
}

/// "In Orvel, some 40 km north of the capital,": where Orvel lies, and no second place.
pub(crate) fn distances(page: &Page<'_>, fields: &mut BTreeMap<Field, Vec<Value>>) {
    let Some(places) = fields.get_mut(&Field::Where).filter(|all| all.len() > 1) else { return };
    let ends: Vec<usize> = places.iter().map(|v| token_at(page, v.span.end.saturating_sub(1)) + 1).collect();
    places.retain(|value| {
        let from = token_at(page, value.span.start);
        let comma = from.checked_sub(1).filter(|i| page.token(*i).class == Class::Comma);
        let measured = (from..from + 4).any(|i| {
            page.figure_from(i)
                .is_some_and(|f| page.tag(Cat::Unit, f.to).is_some_and(|t| page.tags.kind(t) == "measure"))
        });
        !(measured && comma.is_some_and(|comma| ends.contains(&comma)))
    });
}

/// "Rebels 3 May raided X; 10 May clashed with Y": who did the first did the next, where its verb has no subject.
pub(crate) fn carried(page: &Page<'_>, first: &Proposal, next: &mut Proposal, from: usize) {
    if next.fields.contains_key(&Field::Actor) || page.token(from).class != Class::Semicolon {
        return;
    }
    let at = page.date_over(from + 1).map(|d| d.to);
    let verb = at.is_some_and(|at| page.is(Cat::ActVerb, at) || page.is(Cat::Casualty, at));
    for field in [Field::Actor, Field::Hedge] {
        if let Some(values) = first.fields.get(&field).filter(|_| verb) {
            next.fields.entry(field).or_insert_with(|| values.clone());
        }
    }
}
