//! Where it happened, in English: noun phrases that a preposition, the verb or the noun of the act brings in, whole.
//!
//! A name that no table knows is a place where it stands as one does: a run of capitals after "in", "at", "near", behind or
//! before a word for places, or as what was shelled or stormed. A phrase goes on over what it lies in ("the Homs district of X",
//! "the road near Y"); what follows a comma is a place of its own. Where somebody spoke, or whom a force belongs to, is no scene.

use super::chunks;
use super::entities::{Mention, What};
use super::incidents::{Act, Group};
use super::lexicon::Cat;
use super::page::Page;
use super::subjects::passive;
use super::tokens::Class;
use super::{Field, Value};

/// Most places of one clause.
const MOST: usize = 12;
/// Most words before the head of a phrase.
const BEFORE: usize = 6;

/// What a phrase for a place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Head {
    /// A name alone.
    Name,
    /// A word for places, with or without a name.
    Ground,
    /// A building or a work: a target before it is a place.
    Facility,
}

/// A phrase for a place.
#[derive(Clone, Copy, Debug)]
struct Spot {
    from: usize,
    to: usize,
    head: Head,
}

/// The places of a clause; of its sentence when it names none and nothing else is told there.
pub(crate) fn places(
    page: &Page<'_>,
    group: &Group<'_>,
    scope: (usize, usize),
    add: &mut impl FnMut(Field, Value),
) {
    let mut all = within(page, group, group.from, group.to);
    if let Some(mention) = super::aside::scene(page, group.from).filter(|_| all.is_empty()) {
        all.push(Spot { from: mention.from, to: mention.to, head: Head::Name });
    }
    if all.is_empty() && scope != (group.from, group.to) {
        all = within(page, group, scope.0, scope.1);
    }
    if all.is_empty() {
        all.extend(of_speaker(page, group));
    }
    all.sort_by_key(|spot| spot.from);
    all.truncate(MOST);
    for spot in all {
        add(Field::Where, value(page, spot));
    }
}

/// "The mayor of X said": where nothing else says it, of the place whose office tells it.
fn of_speaker(page: &Page<'_>, group: &Group<'_>) -> Option<Spot> {
    let voices = page.voices_of(page.sentence_number(group.from));
    voices.iter().filter(|v| v.from >= group.sentence.0).find_map(|voice| {
        let of = (voice.from..voice.cue.0.max(voice.to)).find(|at| page.token(*at).is("of"))?;
        simple(page, of + 1, voice.cue.0.max(voice.to)).filter(|s| s.head == Head::Name)
    })
}

fn within(page: &Page<'_>, group: &Group<'_>, from: usize, to: usize) -> Vec<Spot> {
    let mut out: Vec<Spot> = Vec::new();
    let mut put = |spot: Option<Spot>| {
        let Some(spot) = spot.filter(|s| s.to > s.from) else { return };
        if out.iter().all(|known| known.to <= spot.from || spot.to <= known.from) {
            out.push(spot);
        }
    };
    for act in &group.acts {
        for spot in done_to(page, group, act) {
            put(Some(spot));
        }
    }
    let mut at = from;
    while at < to {
        let Some((start, led)) = lead(page, at) else {
            at += 1;
            continue;
        };
        at = led;
        if led >= to || spoken(page, group, start) {
            continue;
        }
        let Some(mut spot) = phrase(page, led, to) else { continue };
        if !lies(page, start, spot) {
            continue;
        }
        if near(page, start) {
            // "5 km north of Orvel": how far belongs to where.
            let far = page.figure_to(start).filter(|f| f.from >= from && page.is(Cat::Unit, start));
            spot.from = far.map_or(start, |f| f.from);
        }
        spot.to = embraced(page, spot.to, to);
        let mut end = spot.to;
        put(Some(spot));
        while let Some(other) = beyond(page, end, to) {
            end = embraced(page, other.to, to);
            put(Some(Spot { to: end, ..other }));
        }
        at = end.max(led);
    }
    out
}

/// Where a preposition of place begins at a token, and where what it leads to begins.
fn lead(page: &Page<'_>, at: usize) -> Option<(usize, usize)> {
    let tag = page.tag(Cat::Preposition, at)?;
    if page.tags.kind(tag) == "path" && !page.token(at).any(&["on", "into", "toward", "towards", "against"]) {
        return None;
    }
    (!page.token(at).any(&["over", "through", "between"])
        || page.token(tag.to).upper
        || determined(page, tag.to))
    .then_some((at, tag.to))
}

fn determined(page: &Page<'_>, at: usize) -> bool {
    chunks::determiner(page, at)
}

/// Whether what stands after "on" or "into" is ground that something happened on, and no aim: "on the road", "on Homs".
fn lies(page: &Page<'_>, lead: usize, spot: Spot) -> bool {
    if page.token(spot.to).is("of") && page.token(spot.to - 1).is("front") {
        return false;
    }
    if spot.head == Head::Facility
        && page.tag(Cat::Preposition, lead).is_some_and(|t| page.tags.kind(t) == "path")
    {
        return false;
    }
    let aim = page.token(lead).any(&["on", "into", "toward", "towards", "against"]);
    let line = LINES.split(' ').any(|word| page.token(spot.to.saturating_sub(1)).is(word));
    let act =
        [Cat::ActNoun, Cat::Weapon, Cat::NoteAct].iter().any(|cat| page.tags.before(*cat, lead).is_some())
            && !super::aside::went_off(page, lead);
    !aim || capital(page, spot) || line && !act
}

/// Ground that things happen on.
const LINES: &str = "road highway street thoroughfare coast border outskirts square avenue route motorway island beach roads bridge front";

/// Whether the preposition belongs to the place: "near Butig", "west of Homs".
fn near(page: &Page<'_>, at: usize) -> bool {
    page.tag(Cat::Preposition, at).is_some_and(|t| page.tags.kind(t) == "near")
        && !page.token(at).is("between")
}

/// Names of places that the act is done to: "shelled Hays", "the shelling of Termanin", "Zamalka was hit".
fn done_to(page: &Page<'_>, group: &Group<'_>, act: &Act) -> Vec<Spot> {
    let mut out = Vec::new();
    let kind = page.tags.kind(act.tag);
    if matches!(kind, "killing" | "abduction" | "arrest" | "support" | "clash" | "robbery" | "violence") {
        return out;
    }
    let named = |at: usize| {
        let spot = phrase(page, at, group.to)?;
        (spot.head == Head::Name || spot.head == Head::Ground && by_name(page, spot)).then_some(spot)
    };
    if act.noun {
        if page.token(act.tag.to).any(&["of", "on", "against", "at"]) {
            out.extend(named(act.tag.to + 1));
        }
    } else if passive(page, act.tag) {
        // "Opposition-held Zamalka was hit".
        let floor = group.sentence.0;
        let mut at = act.tag.from;
        while at > floor
            && (page.is(Cat::Stop, at - 1)
                || page.is(Cat::Hedge, at - 1)
                || page.token(at - 1).fold.ends_with("ly"))
            && !page.token(at - 1).upper
        {
            at -= 1;
        }
        let from = chunks::begin(page, at.saturating_sub(1), floor);
        if from < at {
            out.extend(named(from).filter(|s| s.to == at));
        }
    } else {
        let little = usize::from(page.token(act.tag.to).any(&["on", "at", "into"]));
        out.extend(named(act.tag.to + little));
    }
    if let Some(first) = out.first_mut() {
        first.to = embraced(page, first.to, group.to);
    }
    while let Some(other) = out.last().and_then(|last| beyond(page, last.to, group.to)) {
        out.push(Spot { to: embraced(page, other.to, group.to), ..other });
        if out.len() > 3 {
            break;
        }
    }
    out
}

/// "The village of Orvel", "Mitika village": a word for places with its name.
fn by_name(page: &Page<'_>, spot: Spot) -> bool {
    (spot.from..spot.to).any(|at| page.is(Cat::PlaceWord, at)) && capital(page, spot)
}

/// Whether a phrase has a name in it.
fn capital(page: &Page<'_>, spot: Spot) -> bool {
    (spot.from..spot.to).any(|at| page.token(at).upper && !page.is(Cat::PlaceWord, at))
        || page.uncased && spot.head == Head::Name
}

/// Where a place ends with what it lies in: "Solhan (Yagha province, Sahel)", "Bankass, Mopti".
fn embraced(page: &Page<'_>, to: usize, ceiling: usize) -> usize {
    let mut end = to;
    for _ in 0..3 {
        match page.token(end).class {
            Class::Comma => match outer(page, end + 1, ceiling) {
                Some(spot) if !page.token(end + 1).is("and") => end = spot.to,
                _ => break,
            },
            Class::ParenOpen if page.token(end + 1).upper || page.token(end + 1).is("the") => {
                let close =
                    (end + 1..ceiling.min(end + 10)).find(|at| page.token(*at).class == Class::ParenClose);
                match (outer(page, end + 1, ceiling), close) {
                    (Some(spot), Some(close)) if embraced(page, spot.to, close) == close => end = close + 1,
                    _ => break,
                }
            }
            _ => break,
        }
    }
    end
}

/// Another place behind "and", or in a list that ends with one.
fn beyond(page: &Page<'_>, at: usize, ceiling: usize) -> Option<Spot> {
    let mark = page.token(at);
    let joined = mark.class == Class::Comma && page.token(at + 1).is("and");
    if !(mark.is("and") || joined) || at + 1 >= ceiling {
        return None;
    }
    let from = at + 1 + usize::from(joined);
    // "In Homs and in Hama" is led anew.
    outer(page, from, ceiling).filter(|spot| {
        let country =
            page.tag(Cat::Country, from).is_some_and(|t| t.to == spot.to && page.tags.kind(t) == "country");
        !country
    })
}

/// A phrase with a name that may stand behind a mark, and is no subject of what follows.
fn outer(page: &Page<'_>, from: usize, ceiling: usize) -> Option<Spot> {
    if from >= ceiling || page.is(Cat::Preposition, from) {
        return None;
    }
    if page.figure_from(from).is_some() || page.token(from).fold.ends_with("ly") {
        return None;
    }
    let spot = phrase(page, from, ceiling)?;
    let capital = capital(page, spot);
    let after = page.token(spot.to);
    // "In Homs, Russia said", "in Homs and Iran condemned": who speaks or acts next is no place.
    let verb = page.is(Cat::Speech, spot.to)
        || page.is(Cat::ActVerb, spot.to) && !page.is(Cat::ActNoun, spot.to)
        || after.any(&["was", "were", "is", "are", "has", "have", "had", "will", "also", "reportedly"]);
    (capital && !verb).then_some(spot)
}

/// A phrase for a place that begins at a token.
fn phrase(page: &Page<'_>, at: usize, ceiling: usize) -> Option<Spot> {
    let mut spot = simple(page, at, ceiling)?;
    for _ in 0..3 {
        let next = page.token(spot.to);
        // "A suburb of the capital, Damascus".
        if next.class == Class::Comma && spot.head == Head::Ground && !capital(page, spot) {
            let named = simple(page, spot.to + 1, ceiling).filter(|s| s.head == Head::Name);
            let city = page.token(spot.to - 1).any(&["capital", "city", "town", "village"]);
            if let Some(named) = named.filter(|_| city) {
                spot.to = named.to;
            }
            break;
        }
        let of = next.is("of");
        let ground = spot.head != Head::Name;
        let tag = page.tag(Cat::Preposition, spot.to).filter(|t| {
            let outer = matches!(page.tags.kind(*t), "in" | "near")
                && !page.token(t.from).any(&["over", "through", "between"]);
            outer && ground && !page.token(t.from).is("between")
        });
        let from = match tag {
            Some(tag) => tag.to,
            None if of && ground => spot.to + 1,
            None => break,
        };
        let Some(more) = simple(page, from, ceiling) else { break };
        // "A base in Orvel": in Orvel.
        if spot.head == Head::Facility {
            if capital(page, more) {
                spot = more;
                continue;
            }
            break;
        }
        spot.to = more.to;
        spot.head = if of && more.head == Head::Name { Head::Ground } else { more.head };
        if !of && more.head == Head::Name {
            break;
        }
    }
    Some(spot)
}

/// Article, descriptions, and a name or a word for places.
fn simple(page: &Page<'_>, at: usize, ceiling: usize) -> Option<Spot> {
    let mut here = at;
    if page.token(here).any(&["most", "part", "parts", "much", "both"]) && page.token(here + 1).is("of") {
        here += 2;
    }
    while determined(page, here) && here < at + 4 {
        here += 1;
    }
    if page.figure_from(here).is_some() && page.date_over(here).is_none() {
        here = page.figure_from(here).map_or(here, |f| f.to);
    }
    let mut words = 0;
    loop {
        if here >= ceiling || words > BEFORE {
            return None;
        }
        if page.date_over(here).is_some() {
            return None;
        }
        if let Some(to) = headed(page, here, ceiling) {
            return Some(to).filter(|s| s.to <= ceiling).map(|s| Spot { from: at, ..s });
        }
        let token = page.token(here);
        let owner = token.class == Class::Other && token.glued && matches!(token.fold.as_str(), "'s" | "'");
        let descriptive = token.word()
            && (token.hyphened || page.token(here + 1).hyphened || !page.is(Cat::Stop, here))
            && (!token.upper
                || page.is(Cat::Country, here)
                || page.token(here + 1).hyphened
                || token.hyphened)
            && (token.hyphened || page.token(here + 1).hyphened || !busy(page, here));
        if !(descriptive || owner) {
            return None;
        }
        words += 1;
        here += 1;
    }
}

/// Whether a word is a verb, an act, a casualty, people or a weapon, and describes no place.
fn busy(page: &Page<'_>, at: usize) -> bool {
    [
        Cat::ActNoun,
        Cat::Casualty,
        Cat::Speech,
        Cat::Deal,
        Cat::Boundary,
        Cat::Preposition,
        Cat::People,
        Cat::Weapon,
        Cat::Unit,
        Cat::Source,
    ]
    .iter()
    .any(|cat| page.is(*cat, at))
}

/// The name or the word for places that begins at a token, with what goes on behind it.
fn headed(page: &Page<'_>, at: usize, ceiling: usize) -> Option<Spot> {
    let titled = page.token(at).upper
        && page.token(at + 1).upper
        && page.token(at + 1).word()
        && !page.opens_sentence(at)
        && !page.token(at).shout;
    let word = page.tag(Cat::PlaceWord, at);
    // "Port Sudan": the first word of a name.
    if let Some(tag) = word.filter(|t| !(titled && page.tags.kind(*t) == "ground")) {
        // "The city's suburbs".
        let mark = page.token(tag.to);
        if mark.class == Class::Other && mark.glued && page.is(Cat::PlaceWord, tag.to + 1) {
            return headed(page, tag.to + 1, ceiling).map(|s| Spot { from: at, ..s });
        }
        // "A suburb of the capital": the table's words end with "of", and no name follows.
        let of = page.token(tag.to - 1).is("of") && tag.to > at + 1 && !page.token(tag.to).upper;
        let to = if of { tag.to - 1 } else { trailing(page, tag.to).0 };
        // "Province of X", "Camp Ashraf", "K5 junction".
        let name = capitals(page, to, ceiling);
        let named = name > to && page.tags.kind(tag) == "admin" && nobody(page, to, name);
        return Some(Spot { from: at, to: if named { name } else { to }, head: Head::Ground });
    }
    let token = page.token(at);
    if page.uncased && !token.upper {
        let end = unheard(page, at, ceiling);
        return (end > at).then_some(Spot { from: at, to: trailing(page, end).0, head: Head::Name });
    }
    if !token.upper
        || !token.word()
        || page.is(Cat::Title, at)
        || page.is(Cat::Month, at)
        || page.is(Cat::Weekday, at)
    {
        return None;
    }
    let country = page.tag(Cat::Country, at);
    if country.is_some_and(|t| page.tags.kind(t) == "demonym") {
        return None;
    }
    let end = capitals(page, at, ceiling).max(country.map_or(at, |t| t.to));
    if end == at {
        return None;
    }
    let owned = page.token(end).class == Class::Other && page.token(end).glued;
    if owned {
        // "Mogadishu's K5 junction", "Kabul's airport": the name belongs to the place behind it.
        return simple(page, end + 1, ceiling).map(|s| Spot { from: at, to: s.to, head: s.head });
    }
    let (to, head) = trailing(page, end);
    let described = to > end;
    if !(described || nobody(page, at, end) && !page.token(end).hyphened) {
        return None;
    }
    Some(Spot { from: at, to, head: if described { head } else { Head::Name } })
}

/// Where letters tell no names: a run of words that no table knows.
fn unheard(page: &Page<'_>, from: usize, ceiling: usize) -> usize {
    let plain = |at: &usize| {
        let token = page.token(*at);
        let ending = ["ed", "ing", "ly", "tion", "ment"].iter().any(|end| token.fold.ends_with(end));
        let known = page.tags.starting(*at).any(|t| t.cat != Cat::PlaceStop);
        token.word()
            && !ending
            && !known
            && page.date_over(*at).is_none()
            && (token.fold.chars().count() > 2 || *at > from)
    };
    (from..ceiling.min(from + 4)).take_while(plain).last().map_or(from, |at| at + 1)
}

/// Words for places behind a name: "refugee camp", "central railway station", "district".
fn trailing(page: &Page<'_>, from: usize) -> (usize, Head) {
    let (mut to, mut head) = (from, Head::Ground);
    let mut at = from;
    for _ in 0..4 {
        let token = page.token(at);
        if let Some(tag) = page.tag(Cat::PlaceWord, at) {
            (to, head) = (tag.to, Head::Ground);
            at = tag.to;
            continue;
        }
        if let Some(tag) = page.tag(Cat::Target, at) {
            (to, head) = (tag.to, Head::Facility);
            at = tag.to;
            continue;
        }
        let plain = token.word()
            && !page.is(Cat::Stop, at)
            && !busy(page, at)
            && !chunks::verbal(page, at)
            && page.date_over(at).is_none()
            && token.breaks == 0;
        if !plain || at > from + 2 {
            break;
        }
        at += 1;
    }
    (to, head)
}

/// A run of words with capitals and the little words of names.
fn capitals(page: &Page<'_>, from: usize, ceiling: usize) -> usize {
    let mut at = from;
    while at < ceiling && at < from + 6 {
        let token = page.token(at);
        let particle = at > from
            && token.any(&[
                "al", "el", "de", "la", "bin", "abu", "ul", "e", "i", "of", "del", "le", "du", "es", "as",
                "ar", "ad", "an",
            ])
            && page.token(at + 1).upper
            && (token.hyphened
                || page.token(at + 1).hyphened
                || token.any(&["de", "del", "du", "la", "al", "el"]));
        let dated = page.is(Cat::Weekday, at)
            || page.is(Cat::Month, at)
                && (page.token(at + 1).class == Class::Number
                    || page.token(at.wrapping_sub(1)).class == Class::Number)
            || page.date_over(at).is_some();
        let little = page.is(Cat::Stop, at) && !token.hyphened && !particle && !page.token(at + 1).hyphened;
        // "The Mile 9 junction", "Sector 5 checkpoint".
        let numbered = at > from
            && token.class == Class::Number
            && token.fold.len() < 4
            && (page.is(Cat::PlaceWord, at + 1) || page.is(Cat::Target, at + 1))
            && page.date_over(at).is_none();
        let fits = numbered
            || token.word() && (token.upper || particle || token.hyphened && at > from) && !dated && !little;
        if !fits || token.breaks > 0 && at > from {
            break;
        }
        at += 1;
    }
    at
}

/// Whether a run of capitals is no actor, person, organisation or source.
fn nobody(page: &Page<'_>, from: usize, to: usize) -> bool {
    let somebody = |m: &Mention| matches!(m.what, What::Actor | What::Person | What::Source);
    let held = (from..to).filter_map(|at| page.mention_at(at)).any(somebody);
    let body = page.tags.before(Cat::Body, to).is_some_and(|t| page.tags.kind(t) != "place");
    let other = (from..to).any(|at| {
        page.is(Cat::Actor, at)
            || page.is(Cat::Source, at)
            || page.is(Cat::Title, at)
            || page.is(Cat::Deal, at)
            || page.is(Cat::People, at) && !page.token(at + 1).word()
            || page.is(Cat::GivenName, at)
                && page.tags.before(Cat::PlaceWord, at).is_none()
                && page.mention_at(at).is_none()
    });
    // "IDF", "KIA": initials are a place's only where a table or a word for places says so.
    let initials = to == from + 1
        && page.token(from).shout
        && page.token(from).fold.len() < 5
        && !page.uncased
        && !page.is(Cat::PlaceWord, to)
        && !page.is(Cat::Country, from);
    // The last word's table says what it is: "Ramadan", "Parliament".
    let stop = page.is(Cat::PlaceStop, to.saturating_sub(1));
    let follows = page.is(Cat::Actor, to) || page.is(Cat::People, to) || page.is(Cat::Weapon, to);
    !(held || body || other || stop || follows || initials)
}

/// Where somebody spoke, or who speaks: "a resident in Homs said", "told reporters in Geneva".
fn spoken(page: &Page<'_>, group: &Group<'_>, at: usize) -> bool {
    let voices = page.voices_of(page.sentence_number(at));
    let told = voices.iter().any(|v| {
        let behind = v.kind == "according"
            && v.to <= at
            && group.acts.iter().all(|a| a.tag.from < v.from)
            && at < v.to + 3;
        // "According to the Observatory, which watches from Britain through contacts in Syria".
        let its = page.token(v.to).class == Class::Comma
            && page.token(v.to + 1).any(&["which", "who"])
            && v.to < at
            && group.acts.iter().all(|a| a.tag.from < v.from);
        behind || its || v.from <= at && at < v.to
    });
    let floor = at.saturating_sub(4);
    let speech = (floor..at).rev().find(|i| page.is(Cat::Speech, *i));
    let close = speech.is_some_and(|i| {
        (i + 1..at).all(|j| page.token(j).word() && !page.is(Cat::ActNoun, j) && !page.is(Cat::Casualty, j))
    });
    // "A resident of X said": the phrase before the cue.
    told || close
        || page.token(at.wrapping_sub(1)).any(&[
            "statement",
            "interview",
            "conference",
            "briefing",
            "spokesman",
            "spokesperson",
            "spokeswoman",
        ])
}

fn value(page: &Page<'_>, spot: Spot) -> Value {
    let mut out = page.words(spot.from, spot.to);
    let known = page
        .mentions_in(spot.from, spot.to)
        .filter(|m| matches!(m.what, What::Place | What::Country | What::Ground))
        .find(|m| m.registry.is_some() || m.norm.is_some());
    if let Some(mention) = known {
        out.norm.clone_from(&mention.norm);
        if let (Some(norm), Some(country)) =
            (&mut out.norm, page.country.filter(|_| mention.what == What::Place))
            && !norm.contains(',')
        {
            *norm = format!("{norm}, {country}");
        }
        // An id is that of the place itself, not of what it lies in.
        let own = mention.from <= spot.from + 2 && mention.to + 2 >= spot.to;
        out.registry = mention.registry.clone().filter(|_| own);
    }
    out
}
