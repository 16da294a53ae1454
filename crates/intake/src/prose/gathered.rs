//! The values of one clause, grammar by grammar as its language has them, and what is taken away again because another field
//! tells it: those counted as hurt are no target, a platform that belongs to nobody is a weapon and no actor, a place no target.
//!
//! Nothing is put here that a grammar has not found.

use std::collections::BTreeMap;

use super::incidents::Group;
use super::lexicon::Cat;
use super::page::Page;
use super::{Field, Value, arabic, chunks, frames, roles, slavic, spots};

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
            let mut own = Vec::new();
            slavic::places(page, group, &mut |field, value| own.push((field, value)));
            if own.is_empty() {
                roles::places(page, group, whole, &mut add);
            }
            own.into_iter().for_each(|(field, value)| add(field, value));
        }
    }
    frames::fill(page, group, fields);
    tidy(page, group, fields);
    hours(page, fields);
    if page.language == "en" {
        composition(page, group, fields);
        super::doubts::shares(page, group, fields);
    }
    if matches!(page.language, "ru" | "uk") {
        whole_only(fields);
    }
    if let Some(places) = fields.get_mut(&Field::Where).filter(|_| page.language == "ar") {
        arabic::nested(page, places);
    }
}

/// The token at a byte.
fn token_at(page: &Page<'_>, byte: u32) -> usize {
    page.tokens.partition_point(|t| u32::try_from(t.end).unwrap_or(u32::MAX) <= byte)
}

/// "Between 12:10 and 12:50hrs on 16 January": one stretch of that day, and no two hours.
fn hours(page: &Page<'_>, fields: &mut BTreeMap<Field, Vec<Value>>) {
    let Some(times) = fields.get_mut(&Field::When) else { return };
    times.sort_by_key(|v| v.span.start);
    let mut at = 0;
    while let [Some(first), Some(second)] = [times.get(at), times.get(at + 1)] {
        let (from, end) =
            (token_at(page, first.span.start), token_at(page, first.span.end.saturating_sub(1)) + 1);
        let next = token_at(page, second.span.start);
        let day = |v: &Value| v.norm.as_deref().and_then(|n| n.get(..10)).map(str::to_owned);
        let same = day(first).is_none() || day(first) == day(second);
        let clock =
            |v: &Value| page.token(token_at(page, v.span.start)).class == super::tokens::Class::Number;
        let led = page.token(from.wrapping_sub(1)).any(&["between", "from"]);
        let joint = next == end + 1 && page.token(end).any(&["and", "to", "until", "till"]);
        if led && joint && same && clock(first) && clock(second) {
            let to = token_at(page, second.span.end.saturating_sub(1)) + 1;
            let merged = Value { norm: day(second), ..page.words(from - 1, to) };
            times.splice(at..at + 2, [merged]);
        } else {
            at += 1;
        }
    }
}

/// Most kinds of people that a sentence tells apart.
const KINDS: usize = 5;

/// "Including three soldiers and two children", "among them a nurse": who they were, each kind by itself.
fn composition(page: &Page<'_>, group: &Group<'_>, fields: &mut BTreeMap<Field, Vec<Value>>) {
    if group.tolls.is_empty() && !fields.contains_key(&Field::Victims) {
        return;
    }
    let mut found: Vec<Value> = Vec::new();
    for at in group.from..group.to {
        let part = page.tag(Cat::Link, at).filter(|t| page.tags.kind(*t) == "part").map(|t| t.to);
        let led = page.token(at).is("including").then_some(at + 1).or(part);
        let Some(mut here) = led else { continue };
        while page.token(here).any(&["at", "least", "was", "were", "is", "are"])
            && page.figure_from(here).is_none()
        {
            here += 1;
        }
        for _ in 0..KINDS {
            let end = chunks::end(page, here, group.to).max(page.figure_from(here).map_or(here, |f| f.to));
            let people = (here..end).any(|i| page.is(Cat::People, i) || page.is(Cat::Actor, i));
            if end <= here || !people {
                break;
            }
            let mut value = page.words(here, end);
            value.bounds = page.figure_from(here).map(|f| f.bounds);
            let kind = (here..end).rev().find_map(|i| page.tag(Cat::People, i));
            value.norm = kind.map(|t| page.tags.value(t).to_owned()).filter(|n| !n.is_empty());
            found.push(value);
            let comma = usize::from(page.token(end).class == super::tokens::Class::Comma);
            let and = usize::from(page.token(end + comma).is("and"));
            if comma + and == 0 {
                break;
            }
            here = end + comma + and;
        }
    }
    if found.is_empty() {
        return;
    }
    let victims = fields.entry(Field::Victims).or_default();
    victims.retain(|v| found.iter().all(|f| v.span.end <= f.span.start || f.span.end <= v.span.start));
    victims.extend(found);
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
    // A known side stays who was struck, counted or not.
    let side = |v: &Value| {
        let (from, to) = (token_at(page, v.span.start), token_at(page, v.span.end.saturating_sub(1)) + 1);
        v.registry.is_some()
            || page.mentions_in(from, to).any(|m| m.registry.is_some())
            || (from..to).any(|at| page.tag(Cat::Actor, at).is_some_and(|t| page.tags.kind(t) == "name"))
    };
    if let Some(targets) = fields.get_mut(&Field::Target) {
        targets.retain(|v| side(v) || !hurt.iter().any(|h| meets(v.span, *h)));
        // "Struck the X suburb of Y, home to a shrine": where it was, and what else is there.
        let named = |v: &Value| {
            let (from, to) = (token_at(page, v.span.start), token_at(page, v.span.end.saturating_sub(1)) + 1);
            let home = |at: usize| page.token(at).is("home") && page.token(at + 1).is("to");
            let lived = home(from) || from > 1 && home(from - 2);
            let of = |i: usize| {
                page.is(Cat::PlaceWord, i) && page.token(i + 1).is("of") && page.token(i + 2).upper
            };
            lived || places.contains(&v.span) && (from..to).any(of)
        };
        targets.retain(|v| !named(v));
        // What stands in both is a thing where a table knows it, else a place.
        targets.retain(|v| {
            side(v) || v.norm.as_deref().is_some_and(|n| n != "body") || !places.contains(&v.span)
        });
    }
    if let Some(actors) = fields.get_mut(&Field::Actor) {
        let bare = |v: &Value| {
            let own = v.norm.as_deref().is_none_or(|n| n.is_empty() || n == "force") && v.registry.is_none();
            own && weapons
                .iter()
                .any(|w| meets(v.span, *w) && v.span.end - v.span.start <= w.end - w.start + 5)
        };
        actors.retain(|v| side(v) || !bare(v));
    }
    fields.retain(|_, values| !values.is_empty());
}
