//! The standard of proof that the terms set: whether the values given for a fact carry enough to count as told.
//!
//! A value below the standard stays in play; the fact is only open beside it.

use truceline_model::{Alternatives, Fact, SourceId};

use super::Judge;

/// Whether a fact is open: nobody gives a value, somebody leaves it open, or no value meets the standard.
pub(super) fn open<T: Ord>(judge: &Judge<'_>, fact: &Fact, given: &Alternatives<T>) -> bool {
    given.is_open() || below(judge, fact, given)
}

/// Whether no value given meets the standard.
pub(super) fn below<T: Ord>(judge: &Judge<'_>, fact: &Fact, given: &Alternatives<T>) -> bool {
    let mut standards = judge.terms.proof.iter().filter(|proof| proof.facts.contains(fact));
    standards.any(|proof| {
        let counts = |origin: &&SourceId| {
            proof.graded.is_none_or(|least| {
                let source = judge.sources.and_then(|sources| sources.get(origin));
                source.is_some_and(|source| source.grade <= least)
            })
        };
        let needed = usize::try_from(proof.origins).unwrap_or(usize::MAX);
        !given.is_empty()
            && !given.iter().any(|(_, origins)| {
                origins.iter().any(|origin| proof.or_from.contains(origin))
                    || origins.iter().filter(counts).count() >= needed
            })
    })
}
