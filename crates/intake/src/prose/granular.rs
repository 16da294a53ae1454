//! How a text speaks of an incident: one event, several in one figure, a campaign that goes on, or a word in passing.

use std::collections::BTreeMap;

use super::incidents::{Act, Group};
use super::page::Page;
use super::{Field, Granularity, Value};

/// What an incident is told as.
pub(crate) fn granularity(
    page: &Page<'_>,
    group: &Group<'_>,
    fields: &BTreeMap<Field, Vec<Value>>,
    best: Option<&Act>,
) -> Granularity {
    let count = |field| fields.get(&field).map_or(0, Vec::len);
    let has = |field| count(field) > 0;
    let ongoing = group.acts.iter().any(|a| page.tags.entry(a.tag).extra.contains("ongoing"))
        || (group.from..group.to).any(|i| {
            page.token(i).any(&[
                "continued",
                "continue",
                "continues",
                "continuing",
                "ongoing",
                "raged",
                "campaign",
            ])
        });
    let series = (group.from..group.to)
        .any(|i| page.token(i).any(&["series", "string", "wave", "multiple", "total", "toll", "repeatedly"]));
    let span = fields
        .get(&Field::When)
        .is_some_and(|all| all.iter().any(|v| v.norm.as_ref().is_some_and(|n| n.contains('/'))));
    let single = best.is_some_and(|a| a.noun && !page.token(a.tag.to.saturating_sub(1)).fold.ends_with('s'));
    if has(Field::Killed) || has(Field::Wounded) {
        return if series || span || count(Field::Where) > 2 {
            Granularity::Aggregate
        } else {
            Granularity::Discrete
        };
    }
    if best.is_some_and(|a| page.tags.kind(a.tag) == "violence_background") {
        return Granularity::Background;
    }
    if ongoing {
        return Granularity::Ongoing;
    }
    if series || span {
        return Granularity::Aggregate;
    }
    // "Gunmen later attacked a clinic": told as done.
    let done = best.is_some_and(|a| !a.noun && page.token(a.tag.to.saturating_sub(1)).fold.ends_with("ed"));
    if done && has(Field::Target) && has(Field::Actor) {
        return Granularity::Discrete;
    }
    if !has(Field::When) && !has(Field::Where) {
        return if single { Granularity::Mention } else { Granularity::Ongoing };
    }
    Granularity::Discrete
}
