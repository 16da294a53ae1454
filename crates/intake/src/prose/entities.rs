//! Who and where: actors by registry, tables and description; persons by title and name; places by registry, gazetteer, or
//! only by how they are spoken of ("in Sarmin", "Kafr Nabl village"), which leaves them unresolved.

use std::collections::BTreeMap;

use super::Value;
use super::chunks;
use super::lexicon::Cat;
use super::notes;
use super::page::Page;
use super::tokens::Class;

/// What is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// A force, a group, a government.
    Actor,
    /// A country, which may act and may be a place.
    Country,
    Person,
    /// An agency, a monitor, an office.
    Source,
    Place,
    /// A description of ground without a name.
    Ground,
}

/// Somebody or somewhere in the text.
#[derive(Clone, Debug)]
pub(crate) struct Mention {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) what: What,
    pub(crate) norm: Option<String>,
    pub(crate) registry: Option<String>,
    /// A place that a preposition brings in.
    pub(crate) located: bool,
}

impl Mention {
    pub(crate) fn value(&self, page: &Page<'_>) -> Value {
        let mut value = Value::words(page.span(self.from, self.to));
        value.norm.clone_from(&self.norm);
        value.registry.clone_from(&self.registry);
        value
    }

    pub(crate) fn acts(&self) -> bool {
        matches!(self.what, What::Actor | What::Country | What::Person)
    }

    pub(crate) fn is_place(&self) -> bool {
        matches!(self.what, What::Place | What::Ground) || (self.what == What::Country && self.located)
    }
}

/// Everybody and everywhere, in order, none overlapping.
pub(crate) fn mentions(page: &Page<'_>) -> Vec<Mention> {
    let mut out: Vec<Mention> = Vec::new();
    let mut names: BTreeMap<String, Option<String>> = BTreeMap::new();
    let mut floor = 0;
    let mut at = 0;
    while at < page.tokens.len() {
        let sentence = page.sentence_at(at).unwrap_or((0, 0));
        let low = floor.max(sentence.0);
        let found = notes::place(page, at)
            .or_else(|| person(page, at, &mut names))
            .or_else(|| actor(page, at, low))
            .or_else(|| place(page, at, low));
        match found {
            Some(mention) if mention.to > at => {
                at = mention.to;
                floor = at;
                out.push(mention);
            }
            _ => at += 1,
        }
    }
    out
}

fn capitals(page: &Page<'_>, from: usize, limit: usize) -> usize {
    let mut at = from;
    while at < from + limit {
        let token = page.token(at);
        if at > from && token.breaks > 0 && !page.token(at - 1).word() {
            break;
        }
        let initial = token.word() && token.upper && token.fold.chars().count() == 1;
        let particle = token.any(&[
            "al", "el", "de", "von", "van", "bin", "ibn", "abu", "ben", "der", "la", "ul", "ur", "ad", "ash",
            "as", "an", "ez", "az",
        ]) && at > from
            && !token.is("as")
            && page.token(at + 1).upper
            && (page.token(at + 1).hyphened || !token.any(&["an", "la", "as"]));
        let dated =
            page.is(Cat::Month, at) && page.token(at + 1).class == Class::Number || page.is(Cat::Weekday, at);
        let little = page.is(Cat::Stop, at) && !token.hyphened && !particle;
        if !(token.word() && (token.upper || particle)) || dated || (little && !initial) {
            break;
        }
        at += 1;
        if initial && page.token(at).class == Class::Stop && page.token(at).glued {
            at += 1;
        }
    }
    at
}

/// "US Secretary of State John F. Kerry", "Mr. Kerry"; then "Kerry" alone.
fn person(page: &Page<'_>, at: usize, names: &mut BTreeMap<String, Option<String>>) -> Option<Mention> {
    let mut here = at;
    let mut norm: Option<String> = None;
    // A country may stand before the title: "Russian President".
    while let Some(tag) = page.tag(Cat::Country, here).filter(|_| !page.is(Cat::Title, here)) {
        norm = Some(page.tags.value(tag).to_owned());
        here = tag.to;
        if page.token(here).class == Class::Other {
            here += 1;
        }
    }
    let mut titled = false;
    while let Some(tag) = page.tag(Cat::Title, here) {
        let value = page.tags.value(tag);
        if norm.is_none() && !value.is_empty() {
            norm = Some(value.to_owned());
        }
        titled = true;
        here = tag.to;
        if page.token(here).class == Class::Stop
            && page.token(here).glued
            && page.slice(here, here + 1) == "."
        {
            here += 1;
        }
        while let Some(land) = page.tag(Cat::Country, here).filter(|_| page.is(Cat::Title, here + 1)) {
            here = land.to;
        }
    }
    let end = capitals(page, here, 6);
    let surname = |end: usize| page.token(end.wrapping_sub(1)).fold.clone();
    if titled && end > here {
        let known = names.entry(surname(end)).or_insert_with(|| norm.clone()).clone();
        if known.is_none() && norm.is_some() {
            names.insert(surname(end), norm.clone());
        }
        return Some(mention(at, end, What::Person, norm.or(known)));
    }
    if here > at || titled {
        return None;
    }
    // A name said before, alone or with a first name.
    let last = end.checked_sub(1).filter(|last| *last >= at)?;
    let (known, end) =
        (at..=last).rev().find_map(|i| names.get(&page.token(i).fold).map(|n| (n.clone(), i + 1)))?;
    Some(mention(at, end, What::Person, known))
}

fn mention(from: usize, to: usize, what: What, norm: Option<String>) -> Mention {
    Mention { from, to, what, norm, registry: None, located: false }
}

/// A force or a group: by the mission's names, by the tables' names, or by a description.
fn actor(page: &Page<'_>, at: usize, floor: usize) -> Option<Mention> {
    if !page.token(at).word() {
        return None;
    }
    if let Some(tag) = page.tag(Cat::Source, at) {
        return Some(source(page, at, floor, tag));
    }
    // Where letters tell no names, "far" is a word before it is a group's initials.
    let word = |end: usize| page.uncased && end == at + 1 && page.is(Cat::Stop, at);
    let registered = page.case.actors.at(&page.tokens, at).filter(|(end, _)| !word(*end));
    let tagged = page.tag(Cat::Actor, at);
    let country = page.tag(Cat::Country, at);
    let longest = [registered.as_ref().map(|r| r.0), tagged.map(|t| t.to)].into_iter().flatten().max();
    // A name of the registry within a longer phrase of the tables ("opposition" in "opposition groups") leaves it to the tables.
    if let Some((end, items)) = registered
        && Some(end) == longest
        && !hidden(page, at, end)
        && (page.token(at).shout || end > at + 1 || page.token(at).fold.len() > 3)
    {
        let id = items.first().and_then(|item| page.case.actor_ids.get(*item)).cloned();
        let land = country.filter(|c| c.to == end && page.tags.kind(*c) != "demonym");
        let head = page.tag(Cat::Actor, end);
        if head.is_none() && land.is_none() {
            let from =
                if page.token(at).upper { article(page, at, floor) } else { chunks::begin(page, at, floor) };
            let id = id.filter(|_| !of_another(page, from, at));
            let mut found = mention(from, belonging(page, end), What::Actor, id.clone());
            found.registry = id;
            return Some(found);
        }
        if let Some(land) = land.filter(|_| head.is_none()) {
            let mut found = mention(article(page, at, floor), land.to, What::Country, id.clone());
            found.registry = id;
            found.located = located(page, found.from);
            return Some(found);
        }
    }
    if let Some(mut tag) = tagged {
        // "Jihadist rebel forces": the last head is the head.
        while let Some(next) = onward(page, tag.to) {
            tag = next;
        }
        let name = page.tags.kind(tag) == "name";
        if page.language == "ar" {
            return Some(arabic_force(page, at, tag));
        }
        let from = if name { article(page, at, floor) } else { chunks::begin(page, at, floor) };
        let to = belonging(page, tag.to);
        let norm = described(page, from, tag.from).or_else(|| some(page.tags.value(tag)));
        let mut found = mention(from, to, What::Actor, norm);
        found.registry = registry(page, from, to);
        return Some(found);
    }
    let tag = country?;
    if let Some(found) = owned(page, at, floor, tag) {
        return Some(found);
    }
    if page.tags.kind(tag) == "demonym" {
        return None;
    }
    let from = article(page, at, floor);
    let mut found = mention(from, tag.to, What::Country, some(page.tags.value(tag)));
    found.located = located(page, from);
    if found.located && matches!(page.tags.kind(tag), "capital" | "region") {
        found.what = What::Place;
        found.norm = Some(page.slice(at, tag.to).to_owned());
    }
    (!page.token(tag.to).hyphened).then_some(found)
}

/// An agency, a monitor, an office.
fn source(page: &Page<'_>, at: usize, floor: usize, tag: super::lexicon::Tag) -> Mention {
    let named = page.tags.kind(tag) != "description";
    let mut from = if named { article(page, at, floor) } else { chunks::begin(page, at, floor) };
    // "The Norlandic defence ministry": whose it is belongs to the office.
    let whose = page.tags.before(Cat::Country, at).filter(|t| t.from >= floor);
    if let Some(whose) = whose.filter(|_| page.tags.kind(tag) == "office" && from == at) {
        from = article(page, whose.from, floor);
    }
    mention(from, tag.to, What::Source, some(page.tags.value(tag)))
}

/// A head behind a head; in Arabic what follows is another's.
fn onward(page: &Page<'_>, at: usize) -> Option<super::lexicon::Tag> {
    page.tag(Cat::Actor, at).filter(|n| page.tags.kind(*n) != "name" && page.language != "ar")
}

/// "الطيران الحربي الروسي": the country of a force stands behind it.
fn arabic_force(page: &Page<'_>, at: usize, tag: super::lexicon::Tag) -> Mention {
    let land = (tag.to..tag.to + 2).find_map(|i| page.tag(Cat::Country, i)).filter(|t| {
        page.tags.kind(*t) == "demonym"
            && (tag.to..t.from).all(|i| {
                page.token(i).word() && !page.is(Cat::Stop, i) && !page.token(i).fold.starts_with('و')
            })
    });
    let to = land.map_or(tag.to, |t| t.to);
    let head = page.tags.value(tag);
    let norm = match land.map(|t| page.tags.value(t)) {
        Some(land) if head.is_empty() => Some(land.to_owned()),
        Some(land) => Some(format!("{land}:{head}")),
        None => some(head),
    };
    let mut found = mention(at, to, What::Actor, norm);
    found.registry = registry(page, at, to);
    found
}

/// "South Sudan's government": the country belongs to what acts.
fn owned(page: &Page<'_>, at: usize, floor: usize, tag: super::lexicon::Tag) -> Option<Mention> {
    if page.token(tag.to).class != Class::Other {
        return None;
    }
    let head = (tag.to + 1..tag.to + 4).find_map(|i| page.tag(Cat::Actor, i))?;
    if !(tag.to + 1..head.from).all(|i| page.token(i).word() && !page.is(Cat::Stop, i)) {
        return None;
    }
    let norm = format!("{}:{}", page.tags.value(tag), page.tags.value(head));
    let mut found = mention(article(page, at, floor), head.to, What::Actor, Some(norm));
    found.registry = registry(page, at, head.to);
    Some(found)
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// A one-word lower-case alias inside a compound ("government-held") names no actor.
fn hidden(page: &Page<'_>, at: usize, end: usize) -> bool {
    page.token(end).hyphened || (page.token(at).hyphened && !page.token(at).upper)
}

/// "The" before a name belongs to it.
fn article(page: &Page<'_>, at: usize, floor: usize) -> usize {
    if at > floor && page.token(at - 1).is("the") { at - 1 } else { at }
}

/// "Elements of Al Nusra", "forces of Iran": the phrase goes on over "of" to a name.
fn belonging(page: &Page<'_>, to: usize) -> usize {
    if !page.token(to).any(&["of", "from"]) || page.token(to).is("from") {
        return to;
    }
    let the = usize::from(page.token(to + 1).is("the"));
    let next = to + 1 + the;
    let named = page.is(Cat::Actor, next)
        || page.is(Cat::Country, next)
        || page.case.actors.at(&page.tokens, next).is_some();
    if named && page.token(next).upper { capitals(page, next, 6).max(next + 1) } else { to }
}

/// Of which country a described force is: "Russian warplanes".
fn described(page: &Page<'_>, from: usize, head: usize) -> Option<String> {
    let words: Vec<String> = (from..head)
        .filter_map(|at| page.tag(Cat::Country, at))
        .map(|tag| page.tags.value(tag).to_owned())
        .collect();
    let head = page.tag(Cat::Actor, head).map(|tag| page.tags.value(tag).to_owned()).unwrap_or_default();
    match words.first() {
        Some(country) if head.is_empty() => Some(country.clone()),
        Some(country) => Some(format!("{country}:{head}")),
        None => None,
    }
}

/// The registered actor whose name a described phrase holds in full.
fn registry(page: &Page<'_>, from: usize, to: usize) -> Option<String> {
    (from..to).find_map(|at| {
        let (end, items) = page.case.actors.at(&page.tokens, at)?;
        let whole = end == to || page.token(end).class == Class::Other;
        let generic = end - at == 1 && to - from > 2 && !page.token(at).upper;
        if end > to || !whole || generic || of_another(page, from, at) {
            return None;
        }
        items.first().and_then(|item| page.case.actor_ids.get(*item)).cloned()
    })
}

/// "The Kelan government": a common noun that the registry knows ("government") with the name of another land or body before it is
/// another's, and not the mission's own.
fn of_another(page: &Page<'_>, from: usize, at: usize) -> bool {
    let own = |i: usize| {
        page.tag(Cat::Country, i).is_some_and(|t| Some(page.tags.value(t)) == page.country)
            || page.case.areas.at(&page.tokens, i).is_some()
    };
    page.language == "en"
        && !page.uncased
        && !page.token(at).upper
        && (from..at).any(|i| {
            page.token(i).upper
                && page.token(i).word()
                && !page.opens_sentence(i)
                && !page.is(Cat::Stop, i)
                && !own(i)
        })
}

/// Whether a locative preposition stands before a phrase.
pub(crate) fn located(page: &Page<'_>, from: usize) -> bool {
    page.tags.before(Cat::Preposition, from).is_some()
        || page.token(from).alts.len() > 1 && page.language == "ar" && page.token(from).fold.starts_with('ب')
}

/// Whether a phrase is a place with its name: "the village of Orvel".
pub(crate) fn by_name(page: &Page<'_>, from: usize, to: usize) -> bool {
    let whole = page.mention_at(to.saturating_sub(1)).filter(|m| m.from <= from + 1 && m.to >= to);
    whole.is_some_and(|m| {
        let of = (m.from..m.to).any(|i| page.is(Cat::PlaceWord, i) && page.token(i + 1).is("of"));
        matches!(m.what, What::Place | What::Ground) && of && page.token(m.to.saturating_sub(1)).upper
    })
}

/// A place by its name or by how it is spoken of.
fn place(page: &Page<'_>, at: usize, floor: usize) -> Option<Mention> {
    let token = page.token(at);
    if !token.word() || page.date_over(at).is_some() {
        return None;
    }
    if let Some(found) = ground(page, at, floor) {
        return Some(found);
    }
    let uncased = page.language == "ar";
    if !(token.upper || uncased)
        || (page.is(Cat::Stop, at) && !token.any(&["al"]))
        || page.is(Cat::PlaceStop, at)
    {
        return None;
    }
    let (end, id, norm) = named(page, at)?;
    if page.token(end).hyphened && !page.token(end).upper {
        return None;
    }
    let (from, to) = around(page, at, end, floor);
    let mut found = mention(from, to, What::Place, norm);
    found.registry = id;
    found.located = located(page, from)
        || near(page, from)
        || located_list(page, from)
        || page.token(to + usize::from(page.token(to).class == Class::Comma)).any(&["where"]);
    Some(found)
}

fn near(page: &Page<'_>, from: usize) -> bool {
    page.tag(Cat::Preposition, from).is_some()
}

/// "In Homs and Hama", "Sarmin, Idlib".
fn located_list(page: &Page<'_>, from: usize) -> bool {
    let before = page.token(from.wrapping_sub(1));
    (before.class == Class::Comma || before.any(&["and", "و", "и"]))
        && from >= 2
        && page.token(from - 2).upper
}

type Named = (usize, Option<String>, Option<String>);

/// "In the Saudi capital Riyadh": the name says it.
fn capital(page: &Page<'_>, at: usize) -> Option<Mention> {
    let (end, id, norm) = named(page, at).unwrap_or((capitals(page, at, 4), None, None));
    (end > at).then(|| Mention { registry: id, located: true, ..mention(at, end, What::Place, norm) })
}

/// A name at a token: of the mission, of the gazetteer, or unresolved after a preposition or beside a word for places.
fn named(page: &Page<'_>, at: usize) -> Option<Named> {
    let run = capitals(page, at, 5);
    let uncased = page.language == "ar";
    let fits = |end: usize| {
        uncased
            || end >= run
            || page.is(Cat::PlaceWord, end)
            || page.token(end).class == Class::Other
            || end - at > 1
    };
    if let Some((end, items)) = page.case.areas.at(&page.tokens, at).filter(|(end, _)| fits(*end)) {
        let id = items.first().and_then(|item| page.case.area_ids.get(*item)).map(|(id, _)| id.clone());
        return Some((end, id, Some(page.slice(at, end).to_owned())));
    }
    let led = page.tags.before(Cat::Preposition, at).is_some()
        || page.token(at.wrapping_sub(1)).any(&["of", "the", "and"])
        || page.token(at.wrapping_sub(1)).class == Class::Comma
        || page.tags.before(Cat::PlaceWord, at).is_some();
    if let Some((end, items)) = page.gazetteer.names.at(&page.tokens, at).filter(|(end, _)| fits(*end)) {
        let country = page.country.or(page.inferred.as_deref());
        if let Some(place) = page.gazetteer.choose(&items, country) {
            let home = country.is_none_or(|c| c == place.country);
            let word = page.is(Cat::PlaceWord, end);
            if led && (home || page.tags.before(Cat::Preposition, at).is_some())
                || word
                || (home && country.is_some() && !page.opens_sentence(at))
            {
                return Some((
                    end,
                    Some(place.id.clone()),
                    Some(format!("{}, {}", place.name, place.country)),
                ));
            }
        }
    }
    let second = page.token(at + 1);
    let two = second.word()
        && page.tags.starting(at + 1).next().is_none()
        && !page.is(Cat::Stop, at + 1)
        && page.date_over(at + 1).is_none();
    let end = if uncased { at + 1 + usize::from(two) } else { run };
    let preposed = page.tags.before(Cat::Preposition, at).is_some();
    let word_after = page.tag(Cat::PlaceWord, end).filter(|t| page.tags.kind(*t) == "admin").is_some();
    let word_before = page.token(at.wrapping_sub(1)).is("of")
        && page.tags.before(Cat::PlaceWord, at - 1).is_some()
        || page.tags.before(Cat::PlaceWord, at).is_some();
    if end <= at
        || page.is(Cat::Month, at)
        || page.is(Cat::Country, at)
        || page.is(Cat::Title, at)
        || page.is(Cat::Deal, at)
    {
        return None;
    }
    let arabic = uncased && word_before && !page.is(Cat::PlaceWord, at);
    (if uncased { arabic } else { preposed || word_after || word_before }).then_some((end, None, None))
}

/// Sides of a place, as adjectives.
const SIDES: [&str; 8] = ["شمالي", "جنوبي", "شرقي", "غربي", "شماليه", "جنوبيه", "شرقيه", "غربيه"];

/// A named place with the words that describe it: "the coastal province of Latakia", "Aleppo city", "near Aleppo".
fn around(page: &Page<'_>, at: usize, end: usize, floor: usize) -> (usize, usize) {
    let mut from = at;
    let mut to = end;
    if let Some(tag) = page.tag(Cat::PlaceWord, end).filter(|_| page.language != "ar") {
        to = tag.to;
        from = article(page, from, floor);
    }
    let of = usize::from(page.token(at.wrapping_sub(1)).is("of"));
    let the = usize::from(page.token(at.wrapping_sub(1)).is("the"));
    if at > floor
        && let Some(tag) = page.tags.before(Cat::PlaceWord, at - of.max(the))
        && tag.from >= floor
    {
        from = chunks::begin(page, tag.from, floor);
    }
    // "ريف ادلب الجنوبي": the side belongs to the name.
    if page.language == "ar"
        && from < at
        && page.token(to).fold.starts_with("ال")
        && page.token(to).any(&SIDES)
    {
        to += 1;
    }
    if from > floor
        && let Some(tag) = page.tags.before(Cat::Preposition, from)
        && page.tags.kind(tag) == "near"
        && tag.from >= floor
    {
        from = tag.from;
    }
    (from, to)
}

/// Ground without a name: "the rebel-held side of town", "several areas", "the suburbs of Damascus".
fn ground(page: &Page<'_>, at: usize, floor: usize) -> Option<Mention> {
    let tag = page.tag(Cat::PlaceWord, at)?;
    let from = chunks::begin(page, at, floor);
    let near = page
        .tags
        .before(Cat::Preposition, from)
        .filter(|t| !page.token(t.from).any(&["to", "for", "via", "against"]));
    let joined =
        page.token(from.wrapping_sub(1)).any(&["and", "or"]) && from >= 2 && page.token(from - 2).upper;
    if page.language == "ar" || (near.is_none() && !joined) {
        return None;
    }
    let mut tag = tag;
    if page.token(tag.to).class == Class::Other
        && let Some(owned) = page.tag(Cat::PlaceWord, tag.to + 1)
    {
        tag = owned;
    }
    let mut to = tag.to - usize::from(tag.to > tag.from + 1 && page.token(tag.to - 1).is("of"));
    let mut norm = None;
    let mut id = None;
    if page.token(to).is("of") {
        let the = usize::from(page.token(to + 1).is("the"));
        if page.token(to + 1 + the).upper
            && let Some((end, found, known)) = named(page, to + 1 + the)
        {
            (to, norm, id) = (end, known, found);
        } else {
            let end = chunks::end(page, to + 1, page.sentence_at(at).map_or(to, |s| s.1));
            if end > to + 1 {
                to = end;
            }
            let comma = page.token(to).class == Class::Comma && page.token(to + 1).upper;
            if comma && let Some((end, found, known)) = named(page, to + 1) {
                (to, norm, id) = (end, known, found);
            }
        }
    } else if page.tags.before(Cat::Preposition, to + 1).is_some()
        && let Some((end, found, known)) =
            Some(to + 1).filter(|i| page.token(*i).upper).and_then(|i| named(page, i))
    {
        (to, norm, id) = (end, known, found);
    } else if page.token(to).upper && page.token(to - 1).is("capital") {
        return capital(page, to);
    } else if page.token(to).upper && page.tags.kind(tag) == "admin" {
        return None;
    }
    // "Areas near a shrine outside Damascus".
    for _ in 0..2 {
        let Some(more) =
            page.tag(Cat::Preposition, to).filter(|t| page.tags.kind(*t) == "near" && norm.is_none())
        else {
            break;
        };
        if let Some((end, found, known)) =
            Some(more.to).filter(|i| page.token(*i).upper).and_then(|i| named(page, i))
        {
            (to, norm, id) = (end, known, found);
        } else {
            let end = chunks::end(page, more.to, page.sentence_at(at).map_or(to, |s| s.1));
            to = if end > more.to { end } else { break };
        }
    }
    let from = near.filter(|n| page.tags.kind(*n) == "near" && n.from >= floor).map_or(from, |n| n.from);
    let what = if norm.is_some() { What::Place } else { What::Ground };
    let mut found = mention(from, to, what, norm);
    found.registry = id;
    found.located = true;
    Some(found)
}
