//! Who did it, at what, and who suffered, in Arabic: the agent follows the verb or the noun of the act, adjectives follow their noun, and
//! a relative verb ("which the army carried out") brings the agent in.
//!
//! Apart from English because the order is another, not because the rules are: claims and blame stay what they are, and nothing
//! is put where no word of the tables stands.

use super::entities::{Mention, What};
use super::incidents::{Act, Group};
use super::lexicon::Cat;
use super::page::Page;
use super::{Field, Value};

/// How far behind the noun of an act its agent may stand, in tokens.
const AGENT_REACH: usize = 4;
/// How far behind an act its target may stand, in tokens.
const TARGET_REACH: usize = 16;
/// Most targets of one clause.
const TARGETS: usize = 3;

/// Verbs with "it" that bring in who did it: "غارات شنتها طائرات".
const DONE_BY: [&str; 18] = [
    "نفذته",
    "نفذها",
    "نفذتها",
    "نفذه",
    "نفذتهما",
    "شنته",
    "شنها",
    "شنتها",
    "شنه",
    "شنتهما",
    "ارتكبتها",
    "ارتكبها",
    "ارتكبته",
    "اطلقتها",
    "اطلقها",
    "اطلقته",
    "القاها",
    "القتها",
];

/// Who did it: agents of verbs and of nouns, "by", and the country of an adjective.
pub(crate) fn actors(
    page: &Page<'_>,
    group: &Group<'_>,
    found: &mut Vec<(usize, usize)>,
    add: &mut impl FnMut(Field, Value),
) {
    for act in &group.acts {
        if act.noun {
            of_noun(page, group, act, found, add);
        } else if let Some(mention) = of_verb(page, group, act) {
            take(page, mention, found, add);
        }
    }
    if found.is_empty() {
        of_platform(page, group, found, add);
    }
    for at in group.from..group.to {
        let done = page.token(at).any(&DONE_BY);
        let by = page.token(at).is("من") && page.token(at + 1).any(&["قبل", "جانب", "طرف"])
            || page.token(at).is("علي") && page.token(at + 1).any(&["يد", "ايدي"]);
        let fire = page.token(at).any(&["برصاص", "بنيران"]);
        let from = at + 1 + usize::from(by);
        if (done || by || fire)
            && let Some(mention) =
                (from..from + 2).find_map(|i| page.mention_from(i)).filter(|m| m.acts() && m.to <= group.to)
        {
            take(page, mention, found, add);
        }
    }
}

/// "مسيرة إسرائيلية": whose the platform is.
fn of_platform(
    page: &Page<'_>,
    group: &Group<'_>,
    found: &mut Vec<(usize, usize)>,
    add: &mut impl FnMut(Field, Value),
) {
    let platform = |tag: &super::lexicon::Tag| matches!(page.tags.value(*tag), "drone" | "air_strike");
    let land = page
        .tags
        .within(Cat::Weapon, group.from, group.to)
        .filter(platform)
        .find_map(|t| page.tag(Cat::Country, t.to).filter(|c| page.tags.kind(*c) == "demonym"));
    if let Some(tag) = land {
        found.push((tag.from, tag.to));
        add(Field::Actor, Value::normed(page.span(tag.from, tag.to), page.tags.value(tag)));
    }
}

fn take(
    page: &Page<'_>,
    mention: &Mention,
    found: &mut Vec<(usize, usize)>,
    add: &mut impl FnMut(Field, Value),
) {
    if found.iter().any(|(a, b)| *a < mention.to && mention.from < *b) {
        return;
    }
    found.push((mention.from, mention.to));
    add(Field::Actor, mention.value(page));
    // "قوات النظام وروسيا": two did it.
    let joined = page.token(mention.to).fold.starts_with('و');
    let next = mention.to + usize::from(page.token(mention.to).fold == "و");
    if joined && let Some(other) = page.mention_from(next).filter(|m| m.acts() && !m.located) {
        take(page, other, found, add);
    }
}

/// "قصف قوات النظام", "غارات روسية", "قصف مدفعي تركي".
fn of_noun(
    page: &Page<'_>,
    group: &Group<'_>,
    act: &Act,
    found: &mut Vec<(usize, usize)>,
    add: &mut impl FnMut(Field, Value),
) {
    if matches!(page.tags.kind(act.tag), "killing" | "abduction" | "arrest" | "clash" | "siege") {
        return;
    }
    for at in act.tag.to..group.to.min(act.tag.to + AGENT_REACH) {
        let token = page.token(at);
        if !token.word() && token.class != super::tokens::Class::Other {
            return;
        }
        if let Some(tag) = page.tag(Cat::Country, at).filter(|t| page.tags.kind(*t) == "demonym") {
            if !found.iter().any(|(a, b)| *a < tag.to && tag.from < *b) {
                found.push((tag.from, tag.to));
                add(Field::Actor, Value::normed(page.span(tag.from, tag.to), page.tags.value(tag)));
            }
            return;
        }
        if let Some(mention) = page.mention_from(at).filter(|m| m.acts() && m.to <= group.to) {
            // "استهداف حاجز لقوات النظام" strikes whom it names; "قصف لقوات النظام" is theirs.
            let struck = page.tags.value(act.tag) == "attack" && !governs(page, mention.to, group.to);
            if !mention.located && !struck {
                take(page, mention, found, add);
            }
            return;
        }
        let led = page.is(Cat::Preposition, at)
            || page.is(Cat::Stop, at)
            || page.is(Cat::Target, at)
            || page.is(Cat::PlaceWord, at);
        if led {
            return;
        }
    }
}

/// Whether an object with "to" or "on" follows: then what stands before it is the agent.
fn governs(page: &Page<'_>, from: usize, to: usize) -> bool {
    (from..to.min(from + 10)).any(|at| {
        let token = page.token(at);
        let object = page.is(Cat::PlaceWord, at) || page.is(Cat::Target, at) || page.is(Cat::Weapon, at);
        token.is("علي")
            || (object && token.fold.starts_with(['ل', 'ب']) && token.alts.len() == 1)
            || (object && token.fold.starts_with("ل"))
    })
}

/// The agent of a verb: after it, as Arabic puts it, or before it.
fn of_verb<'p>(page: &'p Page<'_>, group: &Group<'_>, act: &Act) -> Option<&'p Mention> {
    let fits = |m: &&Mention| m.acts() && !m.located;
    let after = (act.tag.to..act.tag.to + 2)
        .find_map(|i| page.mention_from(i))
        .filter(fits)
        .filter(|m| m.to <= group.to);
    after.or_else(|| {
        let before = page
            .mentions_in(group.sentence.0.max(act.tag.from.saturating_sub(9)), act.tag.from)
            .filter(fits)
            .last()?;
        let clear = (before.to..act.tag.from).all(|i| {
            let token = page.token(i);
            token.word() && !page.is(Cat::Casualty, i) && !page.is(Cat::ActVerb, i)
                || token.class == super::tokens::Class::Other
        });
        (clear && act.tag.from - before.to < 5).then_some(before)
    })
}

/// At what: things of the tables behind the act, with whose they are; not what it was done with.
pub(crate) fn targets(page: &Page<'_>, group: &Group<'_>, add: &mut impl FnMut(Field, Value)) {
    let mut taken = 0;
    let mut floor = group.from;
    for act in &group.acts {
        if matches!(page.tags.kind(act.tag), "clash" | "arrest" | "siege") {
            continue;
        }
        for at in act.tag.to.max(floor)..group.to.min(act.tag.to + TARGET_REACH) {
            let tolled = page.is(Cat::Casualty, at)
                || page.tag(Cat::Boundary, at).is_some_and(|t| page.tags.kind(t) == "clause");
            if tolled || taken >= TARGETS {
                break;
            }
            let Some(tag) =
                page.tag(Cat::Target, at).filter(|t| page.tags.over(Cat::Weapon, t.from).is_none())
            else {
                continue;
            };
            let sourced = page
                .mention_at(at)
                .is_some_and(|m| m.what == What::Source || m.what == What::Place && m.from == at);
            if sourced || tag.to > group.to {
                continue;
            }
            // "مواقع قوات النظام": with whose they are.
            let owner = page.mention_from(tag.to).filter(|m| m.acts() && m.to <= group.to);
            let people = page.tag(Cat::People, tag.to).map(|t| t.to);
            let to = owner.map(|m| m.to).or(people).unwrap_or(tag.to);
            add(Field::Target, Value::normed(page.span(tag.from, to), page.tags.kind(tag)));
            taken += 1;
            floor = to;
        }
    }
}

/// "بينهم ثلاثة اطفال": who they were, in part.
pub(crate) fn victims(page: &Page<'_>, group: &Group<'_>, add: &mut impl FnMut(Field, Value)) {
    if group.tolls.is_empty() {
        return;
    }
    for at in group.from..group.to {
        if !page.token(at).any(&["بينهم", "بينها", "بينهن", "ضمنهم", "منهم"]) {
            continue;
        }
        let mut here = at + 1;
        for _ in 0..3 {
            let first = page.figure_from(here).map_or(here, |f| f.to);
            let Some(people) = page.tag(Cat::People, first).filter(|t| t.to <= group.to) else { break };
            add(Field::Victims, Value::normed(page.span(here, people.to), page.tags.value(people)));
            here = people.to;
            here += usize::from(page.token(here).fold == "و");
            if page.token(here).alts.is_empty() && page.figure_from(here).is_none() {
                break;
            }
        }
    }
}

/// Whether what is called shelling was done from the air: "قصفت طائرات حربية".
pub(crate) fn from_the_air(page: &Page<'_>, group: &Group<'_>) -> bool {
    let weapons: Vec<&str> =
        page.tags.within(Cat::Weapon, group.from, group.to).map(|t| page.tags.value(t)).collect();
    let air = weapons.iter().any(|w| matches!(*w, "air_strike" | "aerial_bomb" | "drone"));
    let ground = weapons.iter().any(|w| matches!(*w, "artillery" | "mortar"));
    page.language == "ar" && air && !ground
}

/// Places that lie in one another are one: "بلدة الخيام بقضاء مرجعيون (جنوب لبنان)", "مديرية التحرير في العاصمة صنعاء".
pub(crate) fn nested(page: &Page<'_>, places: &mut Vec<Value>) {
    let token = |byte: u32| page.tokens.partition_point(|t| u32::try_from(t.end).unwrap_or(u32::MAX) <= byte);
    places.sort_by_key(|v| (v.span.start, v.span.end));
    places.dedup_by(|later, first| later.span == first.span);
    let mut out: Vec<Value> = Vec::new();
    for place in places.drain(..) {
        let from = token(place.span.start);
        let Some(last) = out.last_mut() else {
            out.push(place);
            continue;
        };
        let end = token(last.span.end.saturating_sub(1)) + 1;
        let other = page.token(from).fold.starts_with('و') && page.token(from).alts.len() > 1;
        let little = |at: usize| {
            page.token(at).any(&[
                "في",
                "ب",
                "من",
                "ضمن",
                "جنوب",
                "شمال",
                "شرق",
                "غرب",
                "قرب",
                "جنوبي",
                "شمالي",
                "شرقي",
                "غربي",
                "العاصمه",
            ]) || page.token(at).class == super::tokens::Class::ParenOpen
        };
        let gap = from.checked_sub(end).is_some_and(|gap| gap <= 2)
            && (end..from).all(little)
            && page.token(from).breaks == 0;
        if gap && !other {
            let to = token(place.span.end.saturating_sub(1)) + 1;
            let close = page.token(to).class == super::tokens::Class::ParenClose
                && (end..from).any(|at| page.token(at).class == super::tokens::Class::ParenOpen);
            last.span = page.span(token(last.span.start), to + usize::from(close));
        } else {
            out.push(place);
        }
    }
    *places = out;
}
