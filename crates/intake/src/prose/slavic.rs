//! Where it happened, who did it and what was struck, in Russian and Ukrainian: cases in place of prepositions ("обстрел Донецка",
//! "украинскими силовиками"), words for places with their names on either side, and targets after "по" or as the verb's object.
//!
//! Stems of the tables stand for all cases; nothing is put where no word of the tables, no capital and no preposition says it.

use super::entities::What;
use super::incidents::{Act, Group};
use super::lexicon::Cat;
use super::page::Page;
use super::tokens::Class;
use super::{Field, Value};

/// How far behind an act what it struck may stand, in tokens.
const REACH: usize = 7;
/// Most words of a phrase for a place.
const LONGEST: usize = 8;

/// Places of a clause: phrases after a preposition, behind the noun of an act, and words for places with a name.
pub(crate) fn places(page: &Page<'_>, group: &Group<'_>, add: &mut impl FnMut(Field, Value)) {
    let mut floor = group.from;
    let mut at = group.from;
    while at < group.to {
        let lead = page
            .tag(Cat::Preposition, at)
            .filter(|t| page.tags.kind(*t) != "path" || page.token(at).is("по"));
        let struck = group.acts.iter().any(|act| act.noun && act.tag.to == at);
        let from = lead.map_or(at, |t| t.to);
        let word = page.is(Cat::PlaceWord, at) && named_near(page, at, group.to);
        if from < floor || !(lead.is_some() || struck || word) {
            at += 1;
            continue;
        }
        let Some(to) = phrase(page, from, group.to) else {
            at += 1;
            continue;
        };
        // "Советский район": a name before its word.
        let begin = if word && lead.is_none() { before(page, at, floor) } else { from };
        let near = lead.filter(|t| page.tags.kind(*t) == "near").map_or(begin, |t| t.from);
        put(page, near, to, add);
        floor = to;
        at = to.max(at + 1);
        // "Донецка и его окрестностей".
        if page.token(at).any(&["и", "та", "і"])
            && let Some(end) = phrase(page, at + 1, group.to)
        {
            put(page, at + 1, end, add);
            floor = end;
            at = end;
        }
    }
}

fn put(page: &Page<'_>, from: usize, to: usize, add: &mut impl FnMut(Field, Value)) {
    let mut value = page.words(from, to);
    let known = page
        .mentions_in(from, to)
        .find(|m| m.what == What::Place && (m.registry.is_some() || m.norm.is_some()));
    if let Some(mention) = known {
        value.norm.clone_from(&mention.norm);
        value.registry = mention.registry.clone().filter(|_| to - from < 3);
    }
    add(Field::Where, value);
}

fn named_near(page: &Page<'_>, at: usize, ceiling: usize) -> bool {
    let Some(tag) = page.tag(Cat::PlaceWord, at) else { return false };
    let dot = usize::from(page.token(tag.to).class == Class::Stop && page.token(tag.to).glued);
    tag.to + dot < ceiling && name(page, tag.to + dot) || at > 0 && name(page, at - 1)
}

fn before(page: &Page<'_>, at: usize, floor: usize) -> usize {
    if at > floor && name(page, at - 1) && !page.opens_sentence(at - 1) { at - 1 } else { at }
}

/// Whether a word may be a place's name.
fn name(page: &Page<'_>, at: usize) -> bool {
    let token = page.token(at);
    let acts =
        page.mention_at(at).is_some_and(|m| matches!(m.what, What::Actor | What::Person | What::Source));
    let initials = token.shout && token.fold.chars().count() < 6;
    let somebody = acts || page.is(Cat::Actor, at) || page.is(Cat::Source, at) || page.is(Cat::Casualty, at);
    token.word() && token.upper && !initials && !somebody && page.date_over(at).is_none()
}

/// Where a phrase for a place ends: words for places, names, adjectives before a word for places.
fn phrase(page: &Page<'_>, from: usize, ceiling: usize) -> Option<usize> {
    let (mut at, mut end, mut named, mut ground) = (from, from, false, false);
    while at < ceiling && at < from + LONGEST {
        let token = page.token(at);
        let dot = token.class == Class::Stop && token.glued && page.tags.before(Cat::PlaceWord, at).is_some();
        if dot || at > from && token.hyphened && token.word() {
            at += 1;
            end = at.max(end);
            continue;
        }
        if let Some(tag) = page.tag(Cat::PlaceWord, at) {
            ground = true;
            at = tag.to;
            end = at;
            continue;
        }
        if name(page, at) && (named || token.upper) {
            named = true;
            at += 1;
            end = at;
            continue;
        }
        // "Его окрестностей", "центральном районе".
        let led = token.word()
            && (1..3)
                .any(|on| page.is(Cat::PlaceWord, at + on) && (at..at + on).all(|i| page.token(i).word()));
        let busy = page.is(Cat::ActNoun, at)
            || page.is(Cat::ActVerb, at)
            || page.is(Cat::Casualty, at)
            || page.is(Cat::People, at)
            || page.is(Cat::Speech, at);
        if !led || busy || page.date_over(at).is_some() {
            break;
        }
        at += 1;
    }
    (end > from && (named || ground)).then_some(end)
}

/// Who did it: an actor in the case of an agent behind the act, or the subject of its verb.
pub(crate) fn actors(page: &Page<'_>, group: &Group<'_>, add: &mut impl FnMut(Field, Value)) {
    for act in &group.acts {
        let stop = group.to.min(act.tag.to + 12);
        let agent = page.mentions_in(act.tag.to, stop).find(|m| {
            let last = &page.token(m.to.wrapping_sub(1)).fold;
            m.what == What::Actor
                && ["ами", "ями", "ими"]
                    .iter()
                    .any(|end| last.ends_with(end) || page.token(m.from).fold.ends_with(end))
        });
        let owner = act
            .noun
            .then(|| page.mention_from(act.tag.to).filter(|m| m.what == What::Actor && m.to <= group.to))
            .flatten();
        let subject = (!act.noun).then(|| {
            page.mentions_in(group.from, act.tag.from).filter(|m| m.what == What::Actor).last().filter(|m| {
                act.tag.from - m.to < 4
                    && (m.to..act.tag.from).all(|i| page.token(i).word() && !page.is(Cat::Casualty, i))
            })
        });
        let after =
            (!act.noun).then(|| page.mention_from(act.tag.to).filter(|m| m.what == What::Actor)).flatten();
        if let Some(mention) = agent.or(owner).or(subject.flatten()).or(after) {
            // "украинскими силовиками": its adjective stands before.
            let from = mention.from
                - usize::from(mention.from > group.from && page.is(Cat::Country, mention.from - 1));
            add(Field::Actor, Value { span: page.span(from, mention.to), ..mention.value(page) });
            return;
        }
    }
}

/// What was struck: things of the table behind the act, with what stands before and belongs to them.
pub(crate) fn targets(page: &Page<'_>, group: &Group<'_>, add: &mut impl FnMut(Field, Value)) {
    for act in &group.acts {
        if matches!(page.tags.kind(act.tag), "clash" | "arrest" | "abduction") {
            continue;
        }
        let mut found = 0;
        let mut at = act.tag.to;
        while at < group.to.min(act.tag.to + REACH) && found < 3 {
            if page.is(Cat::Casualty, at) || matches!(page.token(at).class, Class::Semicolon | Class::Stop) {
                break;
            }
            let Some(tag) = page.tag(Cat::Target, at) else {
                at += 1;
                continue;
            };
            put_target(page, group, tag.from, tag.to, add);
            found += 1;
            at = tag.to.max(at + 1);
        }
        if found == 0 && !act.noun {
            subject_of(page, group, act, add);
        }
    }
}

/// "Жилой дом был обстрелян", "Повреждены три дома": the thing before a passive.
fn subject_of(page: &Page<'_>, group: &Group<'_>, act: &Act, add: &mut impl FnMut(Field, Value)) {
    let floor = group.from.max(act.tag.from.saturating_sub(5));
    let tag = (floor..act.tag.from).rev().find_map(|at| page.tag(Cat::Target, at));
    if let Some(tag) = tag.filter(|t| (t.to..act.tag.from).all(|i| page.token(i).word())) {
        put_target(page, group, tag.from, tag.to, add);
    }
}

fn put_target(
    page: &Page<'_>,
    group: &Group<'_>,
    head: usize,
    end: usize,
    add: &mut impl FnMut(Field, Value),
) {
    let mut from = head;
    while from > group.from && head - from < 3 {
        let before = page.token(from - 1);
        let adjective = before.word()
            && !page.is(Cat::Stop, from - 1)
            && !page.is(Cat::Preposition, from - 1)
            && !page.is(Cat::ActNoun, from - 1)
            && !page.is(Cat::ActVerb, from - 1)
            && !page.is(Cat::Casualty, from - 1)
            && !page.is(Cat::Link, from - 1)
            && page.date_over(from - 1).is_none()
            && [
                "ый", "ий", "ой", "ая", "яя", "ую", "юю", "ое", "ее", "ые", "ие", "ых", "их", "ому", "ему",
                "ным", "ими", "ний", "ного", "ної", "ній", "ну", "ні", "ної",
            ]
            .iter()
            .any(|e| before.fold.ends_with(e));
        if let Some(figure) = page.figure_to(from).filter(|f| f.from >= group.from) {
            from = figure.from;
            break;
        }
        if !adjective {
            break;
        }
        from -= 1;
    }
    let mut to = end;
    while to < group.to && page.token(to).word() && name(page, to) && to < end + 3 {
        to += 1;
    }
    let kind = page.tag(Cat::Target, head).map(|t| page.tags.kind(t).to_owned());
    add(Field::Target, Value { norm: kind, ..page.words(from, to) });
}
