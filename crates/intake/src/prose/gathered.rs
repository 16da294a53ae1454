//! The values of one clause, grammar by grammar as its language has them, and what is taken away again because another field
//! tells it: those counted as hurt are no target, a platform that belongs to nobody is a weapon and no actor, a place no target.
//!
//! Nothing is put here that a grammar has not found.

use std::collections::BTreeMap;

use super::incidents::Group;
use super::page::Page;
use super::{Field, Value, arabic, frames, roles, slavic, spots};

/// Adds what the clause's words tell of weapons, victims, times, actors, targets and places.
pub(crate) fn values(page: &Page<'_>, group: &Group<'_>, fields: &mut BTreeMap<Field, Vec<Value>>) {
    let mut add = |field: Field, value: Value| fields.entry(field).or_default().push(value);
    roles::weapons(page, group, &mut add);
    roles::victims(page, group, &mut add);
    let whole = roles::scope(page, group);
    roles::times(page, group, whole, &mut add);
    roles::actors(page, group, &mut add);
    match page.language {
        "en" => {
            roles::targets(page, group, &mut add);
            spots::places(page, group, whole, &mut add);
        }
        "ar" => {
            roles::targets(page, group, &mut add);
            roles::places(page, group, whole, &mut add);
        }
        _ => {
            slavic::actors(page, group, &mut add);
            slavic::targets(page, group, &mut add);
            roles::places(page, group, whole, &mut add);
            slavic::places(page, group, &mut add);
        }
    }
    frames::fill(page, group, fields);
    tidy(page, group, fields);
    if matches!(page.language, "ru" | "uk") {
        whole_only(fields);
    }
    if let Some(places) = fields.get_mut(&Field::Where).filter(|_| page.language == "ar") {
        arabic::nested(page, places);
    }
}

/// Of values of one field that overlap the longest stays.
fn whole_only(fields: &mut BTreeMap<Field, Vec<Value>>) {
    for field in [Field::Where, Field::Actor, Field::Target] {
        if let Some(values) = fields.get_mut(&field) {
            let spans: Vec<truceline_model::Span> = values.iter().map(|v| v.span).collect();
            values.retain(|v| {
                !spans.iter().any(|s| {
                    s.start < v.span.end
                        && v.span.start < s.end
                        && s.end - s.start > v.span.end - v.span.start
                })
            });
            values.dedup_by(|a, b| a.span == b.span);
        }
    }
}

/// Takes away what another field tells: those counted as hurt are no target, a platform that belongs to nobody is a weapon and no
/// actor, a place is no target.
fn tidy(page: &Page<'_>, group: &Group<'_>, fields: &mut BTreeMap<Field, Vec<Value>>) {
    let hurt: Vec<truceline_model::Span> = group.tolls.iter().map(|t| page.span(t.from, t.to)).collect();
    let meets = |a: truceline_model::Span, b: truceline_model::Span| a.start < b.end && b.start < a.end;
    let weapons: Vec<truceline_model::Span> =
        fields.get(&Field::Weapon).into_iter().flatten().map(|v| v.span).collect();
    let places: Vec<truceline_model::Span> =
        fields.get(&Field::Where).into_iter().flatten().map(|v| v.span).collect();
    if let Some(targets) = fields.get_mut(&Field::Target) {
        targets.retain(|v| !hurt.iter().any(|h| meets(v.span, *h)));
        // What stands in both is a thing where a table knows it, else a place.
        targets.retain(|v| v.norm.as_deref().is_some_and(|n| n != "body") || !places.contains(&v.span));
    }
    if let Some(actors) = fields.get_mut(&Field::Actor) {
        let bare = |v: &Value| {
            let own = v.norm.as_deref().is_none_or(|n| n.is_empty() || n == "force") && v.registry.is_none();
            own && weapons
                .iter()
                .any(|w| meets(v.span, *w) && v.span.end - v.span.start <= w.end - w.start + 5)
        };
        actors.retain(|v| !bare(v));
    }
    fields.retain(|_, values| !values.is_empty());
}
