//! One event told over several sentences: what later sentences add to an incident is put to it, with its own span outside.
//!
//! A sentence that only counts the dead, or speaks of "the attack", belongs to the nearest incident before it that it fits: no
//! other place, no other day, no word that opens another event. Figures are never added: where an incident has a figure already,
//! the later one stays a proposal of its own, marked as a detail of the first. Two events are never made one because they lie near.

use std::collections::BTreeMap;

use super::lexicon::Cat;
use super::page::Page;
use super::tokens::Class;
use super::{Field, Granularity, Proposal, Value, chunks, notes};

/// How many sentences an event is told over.
const REACH: usize = 5;

/// What a later sentence may bring to an incident.
const BRINGS: [Field; 7] =
    [Field::Weapon, Field::Actor, Field::Claim, Field::Hedge, Field::Victims, Field::AccordingTo, Field::Via];

/// An incident with how its sentence speaks of it.
struct Scene {
    proposal: Proposal,
    sentence: usize,
    /// Where its clause ends.
    to: usize,
    /// "The death toll rose": its time is that of the count.
    toll: bool,
    /// Only counts those hurt; names no act of its own.
    bare: bool,
    /// "The attack", "الغارة": an act that was named before.
    definite: bool,
    /// Opens another event.
    other: bool,
    also: bool,
    /// "There", "the same area".
    there: bool,
}

/// Incidents with what later sentences say of them.
pub(crate) fn told(page: &Page<'_>, incidents: Vec<Proposal>) -> Vec<Proposal> {
    let mut out: Vec<Scene> = Vec::with_capacity(incidents.len());
    let mut scenes: Vec<Scene> = incidents.into_iter().map(|proposal| scene(page, proposal)).collect();
    notes::fill(page, scenes.iter_mut().filter(|s| !s.bare).map(|s| &mut s.proposal));
    for scene in scenes {
        // Clauses of one sentence were parted because they are two events.
        let near = out.iter().enumerate().rev().take_while(|(_, q)| q.sentence + REACH >= scene.sentence);
        let whole = near.filter(|(_, q)| q.proposal.granularity != Granularity::Detail);
        let belongs = |(back, (_, first)): &(usize, (usize, &Scene))| belongs(page, &scene, first, *back);
        let first = whole.enumerate().find(belongs).map(|(_, (at, _))| at);
        match first {
            Some(at) => join(page, &mut out, at, scene),
            None => out.push(scene),
        }
    }
    notes::fill(page, out.iter_mut().map(|s| &mut s.proposal));
    loose(page, &mut out);
    settle(page, &mut out);
    out.into_iter().map(|scene| scene.proposal).collect()
}

/// The token at a byte.
fn token_at(page: &Page<'_>, byte: u32) -> usize {
    page.tokens.partition_point(|t| u32::try_from(t.end).unwrap_or(u32::MAX) <= byte)
}

fn scene(page: &Page<'_>, proposal: Proposal) -> Scene {
    let from = token_at(page, proposal.span.start);
    let to = token_at(page, proposal.span.end);
    let sentence = page.sentence_number(from);
    let has = |field| proposal.fields.contains_key(&field);
    let what = proposal.fields.get(&Field::What).into_iter().flatten();
    let heads: Vec<usize> = what.map(|v| token_at(page, v.span.start)).collect();
    let hurt = has(Field::Killed) || has(Field::Wounded) || has(Field::Victims);
    let casualty = heads.iter().all(|at| {
        page.is(Cat::Casualty, *at)
            || page.tag(Cat::ActVerb, *at).is_some_and(|t| page.tags.kind(t) == "killing")
    });
    let own = [Field::Actor, Field::Weapon].into_iter().any(has) && !has(Field::Claim);
    let opening = links(page, from.saturating_sub(2), to.min(from + 7));
    let all = links(page, from, to);
    let act_after = |at: usize| (at..at + 3).any(|i| page.is(Cat::ActNoun, i) || page.is(Cat::Weapon, i));
    Scene {
        bare: casualty && hurt && !own,
        definite: !heads.is_empty() && heads.iter().all(|at| definite(page, *at)),
        other: opening
            .iter()
            .any(|(kind, extra, at)| *kind == "other" && (extra.is_empty() || act_after(*at))),
        also: opening.iter().any(|(kind, ..)| *kind == "also"),
        there: all.iter().any(|(kind, ..)| *kind == "there"),
        toll: heads
            .iter()
            .any(|at| page.tag(Cat::Casualty, *at).is_some_and(|t| page.tags.value(t) == "toll")),
        proposal,
        sentence,
        to,
    }
}

/// Words of the table of links: kind, extra, and where they begin.
fn links<'p>(page: &'p Page<'_>, from: usize, to: usize) -> Vec<(&'p str, &'p str, usize)> {
    let tags = page.tags.within(Cat::Link, from, to);
    tags.map(|t| (page.tags.kind(t), page.tags.value(t), t.to)).collect()
}

/// "The attack", "this raid", "القصف": not a first, a second or another.
fn definite(page: &Page<'_>, at: usize) -> bool {
    let token = page.token(at);
    if page.language == "ar" {
        let bare = token.fold.trim_start_matches(['و', 'ف', 'ب', 'ل', 'ك']);
        return page.is(Cat::ActNoun, at) && (bare.starts_with("ال") || token.fold.contains("لل"));
    }
    let near = |back: usize| at.checked_sub(back).map(|i| page.token(i));
    let article = |back: usize| near(back).is_some_and(|t| t.any(&["the", "this", "that", "these", "those"]));
    let plain = near(1).is_some_and(|t| {
        t.word()
            && !t.upper
            && !t.any(&["latest", "new", "second", "third", "first", "other", "same", "fresh", "next", "of"])
    });
    page.is(Cat::ActNoun, at) && (article(1) || (article(2) && plain))
}

/// Whether a scene speaks of an incident told before it.
fn belongs(page: &Page<'_>, later: &Scene, first: &Scene, back: usize) -> bool {
    if later.sentence == first.sentence || first.bare && back > 0 {
        return false;
    }
    let going_on = later.proposal.granularity == Granularity::Ongoing;
    let anaphor = later.bare
        || wrecked(later, first)
        || !going_on && later.definite && kin(&later.proposal.sub, &first.proposal.sub);
    if !anaphor || later.other || (later.also && !later.bare) || told_of_old(first) && !page.note {
        return false;
    }
    let entry = page.note && notes::apart(page, first.sentence, later.sentence);
    !entry
        && same_place(page, later, first)
        && same_time(later, first)
        && (back == 0 || named(page, later, first))
}

/// "Two houses were damaged", right behind a strike: by it.
fn wrecked(later: &Scene, first: &Scene) -> bool {
    let none = [Field::Actor, Field::Weapon, Field::Where, Field::When, Field::Killed, Field::Wounded];
    later.proposal.sub == "damage"
        && later.sentence == first.sentence + 1
        && later.proposal.fields.contains_key(&Field::Target)
        && none.iter().all(|field| !later.proposal.fields.contains_key(field))
        && matches!(
            first.proposal.sub.as_str(),
            "shelling"
                | "air_strike"
                | "bombing"
                | "missile_strike"
                | "explosion"
                | "attack"
                | "drone_strike"
        )
}

/// A campaign or history is no event that a figure belongs to.
fn told_of_old(scene: &Scene) -> bool {
    matches!(
        scene.proposal.granularity,
        Granularity::Background | Granularity::Pattern | Granularity::Ongoing
    ) || !scene.proposal.fields.contains_key(&Field::Where)
        && !scene.proposal.fields.contains_key(&Field::When)
        && !scene.proposal.fields.contains_key(&Field::Target)
}

/// Whether it points past the last incident to this one: by its place.
fn named(page: &Page<'_>, later: &Scene, first: &Scene) -> bool {
    let own = values(&later.proposal, Field::Where);
    !own.is_empty()
        && own.iter().any(|a| values(&first.proposal, Field::Where).iter().any(|b| alike(page, a, b)))
}

/// Whether two kinds of act can be one event.
fn kin(later: &str, first: &str) -> bool {
    let class = |sub: &str| match sub {
        "air_strike" | "bombing" | "shelling" | "explosion" | "missile_strike" | "chemical_attack" => 1,
        "clash" | "ground_offensive" | "small_arms_fire" | "sniper_fire" | "ambush" => 2,
        "killing" | "abduction" | "arrest" => 3,
        _ => 0,
    };
    let both = (class(later), class(first));
    later == first || both.0 == 0 || both.1 == 0 || both.0 == both.1 && !swap(later, first)
}

/// A strike from the air is not the shelling told before it.
fn swap(later: &str, first: &str) -> bool {
    matches!((later, first), ("air_strike", "shelling") | ("shelling", "air_strike"))
}

fn values(proposal: &Proposal, field: Field) -> &[Value] {
    proposal.fields.get(&field).map_or(&[], Vec::as_slice)
}

fn text<'p>(page: &'p Page<'_>, value: &Value) -> &'p str {
    page.slice(token_at(page, value.span.start), token_at(page, value.span.end.saturating_sub(1)) + 1)
}

fn alike(page: &Page<'_>, a: &Value, b: &Value) -> bool {
    let fold = |v: &Value| super::tokens::fold(text(page, v));
    let (left, right) = (fold(a), fold(b));
    let by_name = left.contains(&right) || right.contains(&left) || shared_name(page, a, b);
    by_name || a.registry.is_some() && a.registry == b.registry || a.norm.is_some() && a.norm == b.norm
}

/// A name that both phrases hold: "the Zahraa district" and "Zahraa".
fn shared_name(page: &Page<'_>, a: &Value, b: &Value) -> bool {
    let range = |v: &Value| token_at(page, v.span.start)..token_at(page, v.span.end.saturating_sub(1)) + 1;
    let uncased = page.language == "ar";
    range(a).any(|i| {
        let token = page.token(i);
        let name = token.word()
            && (token.upper || uncased)
            && !page.is(Cat::PlaceWord, i)
            && !page.is(Cat::Stop, i)
            && token.fold.chars().count() > 3;
        name && range(b).any(|j| page.token(j).fold == token.fold)
    })
}

fn same_place(page: &Page<'_>, later: &Scene, first: &Scene) -> bool {
    let (own, old) = (values(&later.proposal, Field::Where), values(&first.proposal, Field::Where));
    let pointed = |v: &Value| page.tags.over(Cat::Link, token_at(page, v.span.start)).is_some();
    own.iter().all(pointed)
        || later.there && own.is_empty()
        || own.iter().any(|a| old.iter().any(|b| alike(page, a, b)))
        || old.is_empty() && later.sentence <= first.sentence + 1
}

/// No other day: what is vague or left open is no other day.
fn same_time(later: &Scene, first: &Scene) -> bool {
    let days = |scene: &Scene| -> Vec<String> {
        let all = values(&scene.proposal, Field::When).iter().filter_map(|v| v.norm.clone());
        all.filter(|n| n.starts_with(|c: char| c.is_ascii_digit())).collect()
    };
    let (own, old) = (days(later), days(first));
    // "A total of 800 were killed in 2013": a year is no day of an event.
    if later.bare && own.iter().any(|n| n.len() == 4) && !old.iter().any(|n| n.len() == 4) {
        return false;
    }
    let day = |norm: &str| norm.get(..10).unwrap_or(norm).to_owned();
    later.toll
        || own.is_empty()
        || old.is_empty()
        || own.iter().any(|a| old.iter().any(|b| day(a) == day(b) || a.contains(b) || b.contains(a.as_str())))
}

/// Puts a later scene to the incident at a place, or keeps it as a detail where its figures are others.
fn join(page: &Page<'_>, out: &mut Vec<Scene>, at: usize, mut later: Scene) {
    let Some(first) = out.get_mut(at) else { return };
    if wrecked(&later, first) {
        let hit = later.proposal.fields.remove(&Field::Target).unwrap_or_default();
        first.proposal.fields.entry(Field::Target).or_default().extend(hit);
        return;
    }
    let clash = [Field::Killed, Field::Wounded].into_iter().any(|field| {
        let (old, new) = (values(&first.proposal, field), values(&later.proposal, field));
        let bounds = |all: &[Value]| all.iter().map(|v| v.bounds).collect::<Vec<_>>();
        !old.is_empty() && !new.is_empty() && bounds(old) != bounds(new)
    });
    let figures = [Field::Killed, Field::Wounded].iter().any(|f| later.proposal.fields.contains_key(f));
    let brings = figures
        || BRINGS
            .iter()
            .any(|f| later.proposal.fields.contains_key(f) && !first.proposal.fields.contains_key(f));
    // "The attack took place at dawn in X": told on its own, of the same event.
    let whole = later.definite
        && !later.bare
        && !page.note
        && [Field::Where, Field::When, Field::Target, Field::Actor]
            .iter()
            .any(|f| later.proposal.fields.contains_key(f));
    if whole && !clash {
        for field in [Field::Where, Field::When] {
            if let Some(values) = later.proposal.fields.get(&field)
                && !first.proposal.fields.contains_key(&field)
            {
                let values = values.clone();
                first.proposal.fields.insert(field, values);
            }
        }
    }
    if clash || !brings || whole {
        later.proposal.granularity = if clash || whole { Granularity::Detail } else { Granularity::Mention };
        later.proposal.detail_of = Some(first.proposal.span);
        inherit(&mut later.proposal.fields, &first.proposal.fields);
        out.push(later);
        return;
    }
    let own = std::mem::take(&mut later.proposal.fields);
    let fields = &mut first.proposal.fields;
    for (field, new) in own {
        let old = fields.get(&field).is_some_and(|v| !v.is_empty());
        let wanted = match field {
            Field::When => !old && !later.toll,
            Field::Killed | Field::Wounded | Field::Where | Field::Weapon | Field::Actor => !old,
            Field::Target => !old && later.definite && !figures,
            field => BRINGS.contains(&field),
        };
        if wanted {
            let known = fields.entry(field).or_default();
            for value in new {
                let modal = field == Field::Hedge && value.norm.as_deref() == Some("possible");
                let twice = known.iter().any(|v| text(page, v) == text(page, &value));
                if !modal && !twice {
                    known.push(value);
                }
            }
        }
    }
    if first.proposal.granularity == Granularity::Mention {
        first.proposal.granularity = Granularity::Discrete;
    }
}

/// A later telling without place or time has those of the first.
fn inherit(to: &mut BTreeMap<Field, Vec<Value>>, from: &BTreeMap<Field, Vec<Value>>) {
    for field in [Field::Where, Field::When] {
        if let Some(values) = from.get(&field).filter(|_| !to.contains_key(&field)) {
            to.insert(field, values.clone());
        }
    }
}

/// How many sentences on a place or a day that was told holds for what has none.
const HOLDS: usize = 6;

/// An incident without a time or a place of its own, close behind one with them, is of that day and there as far as the text says;
/// one that the text opens with is of the day and the place that its details give.
fn settle(page: &Page<'_>, scenes: &mut [Scene]) {
    for field in [Field::When, Field::Where] {
        if field == Field::Where && page.note {
            continue;
        }
        let mut last: Option<(usize, Value)> = if field == Field::When { headed(page) } else { None };
        for at in 0..scenes.len() {
            let Some(scene) = scenes.get(at) else { break };
            let single = matches!(scene.proposal.granularity, Granularity::Discrete | Granularity::Detail);
            let sentence = scene.sentence;
            if let Some(own) = main(values(&scene.proposal, field), field) {
                // A place is that of the event; what its details name beside it holds for them alone.
                let beside = field == Field::Where
                    && last.is_some()
                    && (scene.definite
                        || scene.proposal.granularity == Granularity::Detail
                        || wide(page, &own));
                if single && !beside {
                    last = Some((sentence, own));
                }
                continue;
            }
            if field == Field::When && !page.note {
                of_day(page, scenes, at, last.as_ref());
            }
            let Some(scene) = scenes.get(at) else { break };
            let none = values(&scene.proposal, field).is_empty() && single && !scene.other;
            let before =
                last.as_ref().filter(|(from, _)| sentence <= from + HOLDS).map(|(_, value)| value.clone());
            let given = if none { before.or_else(|| after(scenes, at, field)) } else { None };
            if let (Some(value), Some(scene)) = (given, scenes.get_mut(at)) {
                scene.proposal.fields.insert(field, vec![value]);
            }
        }
    }
}

/// An hour alone is of the day told before.
fn of_day(page: &Page<'_>, scenes: &mut [Scene], at: usize, last: Option<&(usize, Value)>) {
    let day = last.and_then(|(_, v)| v.norm.as_deref()?.get(..10).map(str::to_owned));
    let (Some(day), Some(scene)) = (day, scenes.get_mut(at)) else { return };
    for value in scene.proposal.fields.get_mut(&Field::When).into_iter().flatten() {
        let clock = (token_at(page, value.span.start)..token_at(page, value.span.end.saturating_sub(1)) + 1)
            .any(|i| page.token(i).class == Class::Number);
        if value.norm.is_none() && clock {
            value.norm = Some(day.clone());
        }
    }
}

/// The day that a page gives its incident: a date alone in its line under a line that says so.
fn headed(page: &Page<'_>) -> Option<(usize, Value)> {
    let date = page.dates.first().filter(|d| d.full && d.from < 12)?;
    let alone = page.token(date.from).breaks > 0 && page.token(date.to).breaks > 0;
    let said = (0..date.from).any(|at| page.token(at).any(&["date", "تاريخ", "التاريخ", "дата"]));
    let mut value = page.words(date.from, date.to);
    value.norm.clone_from(&date.norm);
    (alone && said).then(|| (page.sentence_number(date.to), value))
}

/// A whole country.
fn wide(page: &Page<'_>, value: &Value) -> bool {
    let from = token_at(page, value.span.start);
    page.tag(Cat::Country, from).is_some_and(|t| page.span(t.from, t.to).end >= value.span.end)
}

/// The day of a scene, when it gives one; the first place.
fn main(values: &[Value], field: Field) -> Option<Value> {
    if field == Field::Where {
        return values.first().cloned();
    }
    let day = |v: &&Value| {
        let norm = v.norm.as_deref().unwrap_or_default();
        norm.starts_with(|c: char| c.is_ascii_digit()) && norm.len() >= 10 && !norm.contains('/')
    };
    values.iter().find(day).cloned()
}

/// What a detail close behind gives to an event that lacks it.
fn after(scenes: &[Scene], at: usize, field: Field) -> Option<Value> {
    let scene = scenes.get(at)?;
    let next = scenes.get(at + 1).filter(|next| next.sentence <= scene.sentence + 2 && !next.other)?;
    let same = next.definite || next.proposal.granularity == Granularity::Detail;
    main(values(&next.proposal, field), field).filter(|_| same && at == 0)
}

/// Sentences that tell no incident and speak of the one before: who is among the dead, who claims or is blamed, what is not confirmed.
fn loose(page: &Page<'_>, scenes: &mut [Scene]) {
    let mut taken: Vec<usize> =
        scenes.iter().flat_map(|s| [s.sentence, page.sentence_number(s.to.saturating_sub(1))]).collect();
    taken.sort_unstable();
    let starts: Vec<usize> = scenes.iter().map(|s| s.sentence).collect();
    for (at, scene) in scenes.iter_mut().enumerate() {
        let stop = starts.get(at + 1).copied().unwrap_or(usize::MAX).min(scene.sentence + REACH);
        if told_of_old(scene) || stop <= scene.sentence {
            continue;
        }
        for number in scene.sentence + 1..stop {
            let Some((from, to)) = page.sentences.get(number).copied() else { break };
            if taken.binary_search(&number).is_ok() {
                continue;
            }
            if links(page, from, to.min(from + 4)).iter().any(|(kind, ..)| *kind == "other") {
                break;
            }
            if page.note && page.header_in(number).is_some() {
                continue;
            }
            let mut add = |field: Field, value: Value| {
                let known = scene.proposal.fields.entry(field).or_default();
                if !known.iter().any(|v| v.span == value.span) {
                    known.push(value);
                }
            };
            part(page, from, to, &mut add);
            doubt(page, from, to, &mut add);
        }
        scene.proposal.fields.retain(|_, values| !values.is_empty());
    }
}

/// "The dead included three children", "among the dead was a nurse", "وبين القتلى طبيب".
fn part(page: &Page<'_>, from: usize, to: usize, add: &mut impl FnMut(Field, Value)) {
    let Some(tag) = page.tags.within(Cat::Link, from, to).find(|t| page.tags.kind(*t) == "part") else {
        return;
    };
    let mut at = tag.to;
    while page.token(at).any(&["was", "were", "is", "are", "were:", "at", "least"]) && at < to {
        at += 1;
    }
    // "Two teachers and a driver are among the dead."
    if at >= to || !page.token(at).word() && page.figure_from(at).is_none() {
        let verb = (from..tag.from).rev().take(2).find(|i| page.token(*i).any(&["are", "were", "is", "was"]));
        if let Some(end) = verb.filter(|end| *end > from) {
            add(Field::Victims, page.words(from, end));
        }
        return;
    }
    for _ in 0..4 {
        let end = chunks::end(page, at, to).max(page.figure_from(at).map_or(at, |f| f.to));
        if end <= at {
            return;
        }
        let people = (at..end).rev().find_map(|i| page.tag(Cat::People, i)).filter(|p| p.to <= end);
        let figure = page.figure_from(at);
        let mut value = page.words(at, end);
        value.bounds = figure.map(|f| f.bounds);
        value.norm = people.map(|p| page.tags.value(p).to_owned()).filter(|n| !n.is_empty());
        if people.is_some() || figure.is_some() {
            add(Field::Victims, value);
        }
        let joined =
            page.token(end).class == Class::Comma || page.token(end).any(&["and", "و", "и", "та", "і"]);
        if !joined {
            return;
        }
        at = end + 1 + usize::from(page.token(end + 1).is("and"));
    }
}

/// Claims, blame and doubt about what was told before.
fn doubt(page: &Page<'_>, from: usize, to: usize, add: &mut impl FnMut(Field, Value)) {
    for tag in page.tags.within(Cat::Responsibility, from, to).filter(|t| !super::blame::duty(page, *t)) {
        let kind = page.tags.kind(tag);
        if kind == "denied" {
            // Who is said to have done it says no: a claim of its own, and nobody's deed.
            let who = page.mentions_in(from, tag.from).filter(|m| m.acts() && !m.located).last();
            let norm = who.and_then(|m| m.registry.clone().or_else(|| m.norm.clone()));
            let mut value = page.words(who.map_or(tag.from, |m| m.from), tag.to);
            value.norm = Some(norm.map_or("denied".to_owned(), |who| format!("denied_by:{who}")));
            add(Field::Claim, value);
            continue;
        }
        let before = page.tags.value(tag) == "before";
        let none = (from..tag.from)
            .rev()
            .take(6)
            .any(|i| page.token(i).any(&["no", "not", "nobody", "none", "لم", "никто"]));
        if none {
            continue;
        }
        let actor = if before {
            page.mentions_in(from, tag.from).filter(|m| m.acts() && !m.located).last()
        } else {
            page.mentions_in(tag.to, to.min(tag.to + 6)).find(|m| m.acts())
        };
        let mut value = page.words(tag.from, tag.to);
        let who = actor.and_then(|m| m.registry.clone().or_else(|| m.norm.clone()));
        value.norm = Some(who.map_or(kind.to_owned(), |who| format!("{kind}:{who}")));
        add(Field::Claim, value);
        if kind != "claimed" {
            add(Field::Hedge, Value::normed(page.span(tag.from, tag.to), "accusation"));
        }
        if let Some(actor) = actor {
            add(Field::Actor, actor.value(page));
        }
    }
    let acts = (from..to).any(|i| page.is(Cat::ActNoun, i) || page.is(Cat::ActVerb, i));
    for tag in page.tags.within(Cat::Hedge, from, to).filter(|_| !acts) {
        if page.tags.value(tag) == "unconfirmed" && page.tags.kind(tag) == "soft" {
            add(Field::Hedge, Value::normed(page.span(tag.from, tag.to), "unconfirmed"));
        }
    }
}
