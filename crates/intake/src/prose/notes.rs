//! Field messages, hotline notes, logs and posts: header lines, entries that begin with an hour and a place, coordinates, hashtags,
//! and acts that are told without a verb.
//!
//! A header line gives what its word says and tells no event itself. What headers and the beginning of an entry give is put to the
//! incidents under them that lack it, with its own span; nothing is put that is not written there.

use std::collections::BTreeMap;

use super::entities::{Mention, What};
use super::lexicon::{Cat, Tag};
use super::page::Page;
use super::tokens::Class;
use super::{Day, Field, Kind, Proposal, Value};

/// Longest text that is taken for a note by its words alone, in tokens.
const NOTE_LIMIT: usize = 700;

/// A line "Place: Orvel": its word's kind and where its value stands.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    pub(crate) kind: String,
    pub(crate) sentence: usize,
    pub(crate) from: usize,
    pub(crate) to: usize,
}

impl Header {
    /// Whether its line tells no event of its own.
    pub(crate) fn tells_nothing(&self) -> bool {
        matches!(self.kind.as_str(), "date" | "time" | "received" | "place" | "source" | "other" | "actor")
    }
}

/// How an entry begins: "0510L Orvel:", "[22/03/2017, 14:07] Name:".
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) sentence: usize,
    pub(crate) place: Option<(usize, usize)>,
    pub(crate) sender: Option<(usize, usize)>,
    /// Where what it tells begins.
    pub(crate) after: usize,
}

/// Past bullets and numbers of a list.
fn past_bullet(page: &Page<'_>, (from, to): (usize, usize)) -> usize {
    let mut at = from;
    while at < to {
        let token = page.token(at);
        let listed = token.class == Class::Number
            && page.token(at + 1).class == Class::ParenClose
            && page.token(at + 1).glued;
        let mark = matches!(token.class, Class::Dash | Class::Comma)
            || token.class == Class::Other && page.slice(at, at + 1) != "#";
        if listed {
            at += 2;
        } else if mark {
            at += 1;
        } else {
            break;
        }
    }
    at
}

/// Header lines of a text, in order.
pub(crate) fn headers(page: &Page<'_>) -> Vec<Header> {
    let mut out = Vec::new();
    for (sentence, range) in page.sentences.iter().enumerate() {
        let at = past_bullet(page, *range);
        let Some(tag) = page.tag(Cat::Header, at).filter(|t| page.token(t.to).class == Class::Colon) else {
            continue;
        };
        // "Aleppo 10:30" is no header.
        if tag.to + 1 >= range.1 {
            continue;
        }
        let mut to = range.1;
        while to > tag.to + 1 && page.token(to - 1).class == Class::Stop {
            to -= 1;
        }
        out.push(Header { kind: page.tags.kind(tag).to_owned(), sentence, from: tag.to + 1, to });
    }
    out
}

/// Whether a text is a note: header lines, stamps, or the words of notes.
pub(crate) fn is_note(page: &Page<'_>, headers: &[Header]) -> bool {
    let facts = headers.iter().filter(|h| h.kind != "text" && h.kind != "other").count();
    if facts >= 2 {
        return true;
    }
    if page.tokens.len() > NOTE_LIMIT {
        return false;
    }
    let words = page.tags.within(Cat::Link, 0, page.tokens.len()).any(|t| {
        page.tags.kind(t) == "note" && (page.tags.value(t) != "first" || page.opens_sentence(t.from))
    });
    let stamped = page.sentences.iter().any(|range| stamp(page, past_bullet(page, *range)));
    let tagged = page
        .tokens
        .iter()
        .enumerate()
        .any(|(at, t)| t.class == Class::Other && page.slice(at, at + 1) == "#");
    // A short telegram in capitals.
    let letters = page.tokens.iter().filter(|t| t.word() && t.fold.len() > 1);
    let (all, shouted) = letters.fold((0, 0), |(all, loud), t| (all + 1, loud + usize::from(t.shout)));
    let telegram = page.tokens.len() < 160 && all > 3 && shouted * 10 > all * 8;
    telegram || words || stamped || tagged || facts == 1 && page.sentences.len() < 8
}

/// Whether an entry begins with an hour or a bracketed time: "0510L", "21:50", "[22/03/2017, 14:07]".
fn stamp(page: &Page<'_>, at: usize) -> bool {
    let token = page.token(at);
    let opened = token.class == Class::ParenOpen && page.token(at + 1).class == Class::Number;
    let next = page.token(at + 1);
    let clock = token.class == Class::Number
        && next.class == Class::Colon
        && next.glued
        && page.token(at + 2).class == Class::Number;
    // "Nabatieh 0940:".
    let placed = token.word()
        && (at + 1..at + 5).any(|i| {
            let (hour, mark) = (page.token(i), page.token(i + 1));
            let digits =
                hour.class == Class::Number && hour.fold.len() == 4 && hour.fold.starts_with(['0', '1', '2']);
            digits && mark.class == Class::Colon && mark.glued && !page.token(i + 2).glued
        });
    let military = token.class == Class::Number
        && matches!(token.fold.len(), 4 | 6)
        && next.glued
        && next.word()
        && next.fold.len() == 1
        && next.upper;
    opened || clock || military || placed
}

/// The days that headers give, with where they stand; without one, what the first line gives.
pub(crate) fn days(page: &Page<'_>, read: impl Fn(usize) -> Option<Day>) -> Vec<(usize, Day)> {
    let of = |kinds: &[&str]| -> Vec<(usize, Day)> {
        let dated = page.headers.iter().filter(|h| kinds.contains(&h.kind.as_str()));
        dated.filter_map(|h| Some((h.from, (h.from..h.to.min(h.from + 8)).find_map(&read)?))).collect()
    };
    let mut out = of(&["date", "time"]);
    if out.is_empty() {
        out = of(&["received"]);
    }
    if out.is_empty() {
        // "SITREP 10/02", "[22/03/2017, 14:07]": the first line.
        let (from, to) = page.sentences.first().copied().unwrap_or((0, 0));
        out.extend((from..to.min(from + 8)).find_map(&read).map(|day| (from, day)));
    }
    out
}

/// How entries begin, by sentence.
pub(crate) fn heads(page: &Page<'_>) -> Vec<Head> {
    let mut out = Vec::new();
    if !page.note {
        return out;
    }
    for (sentence, range) in page.sentences.iter().enumerate() {
        if page.header_in(sentence).is_none() {
            out.extend(head(page, sentence, *range));
        }
    }
    out
}

fn head(page: &Page<'_>, sentence: usize, range: (usize, usize)) -> Option<Head> {
    let mut at = past_bullet(page, range);
    let stamped = page.token(at).class == Class::ParenOpen;
    at += usize::from(stamped);
    let (mut timed, mut run): (bool, Option<(usize, usize)>) = (false, None);
    let stop = range.1.min(at + 14);
    let mut after = None;
    while at < stop {
        let token = page.token(at);
        if let Some(date) = page.date_over(at) {
            timed = true;
            at = date.to.max(at + 1);
            continue;
        }
        let mark = matches!(token.class, Class::Colon | Class::Dash) && !page.token(at + 1).glued;
        if mark || token.class == Class::Stop && timed {
            after = Some(at + 1);
            break;
        }
        let skipped = matches!(token.class, Class::Comma | Class::ParenClose)
            || page.slice(at, at + 1) == "#"
            || page.tags.over(Cat::Link, at).is_some_and(|t| page.tags.kind(t) == "note");
        if skipped {
            at += 1;
            continue;
        }
        // An hour with nothing after it but the event: "1430 SAA pos. hit".
        let end = name(page, at, stop);
        if end == at || run.is_some() {
            break;
        }
        run = Some((at, end));
        at = end;
    }
    let told = run.filter(|_| {
        after.is_some() && (timed || page.token(after.unwrap_or(0).wrapping_sub(1)).class == Class::Colon)
    });
    if !timed && told.is_none() {
        return None;
    }
    let dated = stamped || page.slice(range.0, range.1.min(range.0 + 6)).contains('/');
    let sender = told
        .filter(|_| timed && dated && page.token(after.unwrap_or(0).wrapping_sub(1)).class == Class::Colon);
    let place = told.filter(|_| sender.is_none());
    Some(Head { sentence, place, sender, after: after.unwrap_or(range.0) })
}

/// Where a name of a place may end that begins here: words with capitals, or up to four of an Arabic line, and what parts them.
fn name(page: &Page<'_>, from: usize, stop: usize) -> usize {
    let uncased = page.language == "ar";
    let mut at = from;
    let mut words = 0;
    while at < stop && words < 7 {
        let token = page.token(at);
        let event = page.is(Cat::ActNoun, at)
            || page.is(Cat::ActVerb, at)
            || page.is(Cat::Weapon, at)
            || page.is(Cat::NoteAct, at)
            || page.is(Cat::Casualty, at)
            || page.is(Cat::Speech, at)
            || page.is(Cat::People, at) && !uncased
            || page.is(Cat::Actor, at);
        let inner = at > from;
        let mark = inner
            && token.class == Class::Other
            && token.glued
            && token.end - token.start < 4
            && page.slice(at, at + 1) != "/";
        let comma = inner
            && token.class == Class::Comma
            && page.date_over(at + 1).is_none()
            && page.token(at + 1).word();
        let part = inner && token.any(&["al", "el", "of", "de"])
            || page.is(Cat::PlaceWord, at)
            || page.is(Cat::Preposition, at)
                && page.tag(Cat::Preposition, at).is_some_and(|t| page.tags.kind(t) == "near");
        let word = token.word() && (uncased || token.upper || token.hyphened || part);
        if event || page.date_over(at).is_some() || token.breaks > 0 && inner || !(word || comma || mark) {
            break;
        }
        words += usize::from(token.word());
        at += 1;
    }
    if page.token(at.wrapping_sub(1)).class == Class::Comma { at - 1 } else { at }
}

/// A place that the form of a note gives: a header, the beginning of an entry, coordinates, a hashtag.
pub(crate) fn place(page: &Page<'_>, at: usize) -> Option<Mention> {
    let located =
        |from, to, norm| Mention { from, to, what: What::Place, norm, registry: None, located: true };
    if let Some((to, norm)) = coordinate(page, at) {
        return Some(located(at, to, norm));
    }
    if !page.note {
        return None;
    }
    let header = page.header_in(page.sentence_number(at)).filter(|h| h.kind == "place" && h.from == at);
    if let Some(header) = header {
        let to = (at..header.to).find(|i| page.token(*i).class == Class::ParenOpen).unwrap_or(header.to);
        return (to > at).then(|| located(at, to, None));
    }
    let next = page.heads.partition_point(|h| h.sentence < page.sentence_number(at));
    let head = page.heads.get(next).and_then(|h| h.place).filter(|(from, _)| *from == at);
    if let Some((from, to)) = head {
        return Some(located(from, to, None));
    }
    hashtag(page, at).map(|to| located(at, to, None))
}

/// `#Name_of_place` at the beginning of a post, or after a word for places: the words without their mark.
fn hashtag(page: &Page<'_>, at: usize) -> Option<usize> {
    let marked = at > 0 && page.slice(at - 1, at) == "#" && page.token(at).glued;
    if !marked || page.tags.over(Cat::Link, at).is_some() {
        return None;
    }
    let mut to = at + 1;
    while page.slice(to, to + 1) == "_" && page.token(to + 1).glued {
        to += 2;
    }
    let early = page.sentence_number(at) == 0;
    let led = (at.saturating_sub(5)..at).any(|i| page.is(Cat::PlaceWord, i) || page.is(Cat::Preposition, i));
    let acts = (at..to).any(|i| {
        page.is(Cat::ActNoun, i)
            || page.is(Cat::ActVerb, i)
            || page.is(Cat::Actor, i)
            || page.is(Cat::Month, i)
    });
    ((early || led) && !acts).then_some(to)
}

/// "36.8506, 40.0706", "36.19N 37.12E", "37T CN 8914 1230": where it ends, and latitude and longitude when it says them.
pub(crate) fn coordinate(page: &Page<'_>, at: usize) -> Option<(usize, Option<String>)> {
    let decimals = |at: usize| {
        let token = page.token(at);
        let (whole, part) = token.fold.split_once('.').filter(|_| token.class == Class::Number)?;
        let fits =
            part.len() >= 2 && whole.parse::<u32>().ok()? <= 180 && part.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| token.fold.clone())
    };
    let side = |at: usize, sides: &[&str]| {
        let token = page.token(at);
        let degree = usize::from(page.slice(at, at + 1) == "°");
        let letter = page.token(at + degree);
        (token.glued && letter.glued && letter.any(sides)).then(|| (at + degree + 1, letter.any(&["s", "w"])))
    };
    if let Some(first) = decimals(at) {
        let lettered = side(at + 1, &["n", "s"]);
        let mut next = lettered.map_or(at + 1, |(to, _)| to);
        let comma = page.token(next).class == Class::Comma;
        next += usize::from(comma || page.slice(next, next + 1) == "/");
        let second = decimals(next)?;
        let east = side(next + 1, &["e", "w"]);
        let bare = lettered.is_none() && east.is_none();
        let exact = |text: &str| text.split_once('.').is_some_and(|(_, part)| part.len() >= 3);
        if bare && !(comma && exact(&first) && exact(&second)) || lettered.is_some() != east.is_some() {
            return None;
        }
        let sign = |side: Option<(usize, bool)>| if side.is_some_and(|(_, minus)| minus) { "-" } else { "" };
        let norm = format!("{}{first},{}{second}", sign(lettered), sign(east));
        return Some((east.map_or(next + 1, |(to, _)| to), Some(norm)));
    }
    grid(page, at).map(|to| (to, None))
}

/// A reference of the military grid: zone, square, easting and northing.
fn grid(page: &Page<'_>, at: usize) -> Option<usize> {
    let zone = page.token(at);
    let number = zone.class == Class::Number && zone.fold.parse::<u32>().is_ok_and(|n| (1..=60).contains(&n));
    let band = page.token(at + 1);
    if !number || !band.glued || !band.word() || !band.upper {
        return None;
    }
    let letters = |at: usize, count: usize| {
        let token = page.token(at);
        token.word() && token.fold.len() == count && token.fold.is_ascii() && token.upper
    };
    let square = if letters(at + 1, 3) {
        at + 2
    } else if letters(at + 1, 1) && letters(at + 2, 2) {
        at + 3
    } else {
        return None;
    };
    let mut to = square;
    while page.token(to).class == Class::Number && page.token(to).breaks == 0 && to < square + 2 {
        to += 1;
    }
    let digits: usize = (square..to).map(|i| page.token(i).fold.len()).sum();
    ((4..=10).contains(&digits) && digits.is_multiple_of(2)).then_some(to)
}

/// Puts what headers and the beginning of entries give to the incidents that lack it.
pub(crate) fn fill<'p>(page: &Page<'_>, proposals: impl Iterator<Item = &'p mut Proposal>) {
    if !page.note {
        return;
    }
    let mut own: BTreeMap<&str, Vec<&Header>> = BTreeMap::new();
    for header in &page.headers {
        own.entry(&header.kind).or_default().push(header);
    }
    for proposal in proposals.filter(|p| p.kind == Kind::Incident) {
        let sentence = begun(page, proposal);
        let next = page.heads.partition_point(|h| h.sentence <= sentence);
        let head = next.checked_sub(1).and_then(|at| page.heads.get(at));
        placed(page, proposal, head, &own);
        timed(page, proposal, head, &own);
        if !proposal.fields.contains_key(&Field::AccordingTo) {
            let sender = head.and_then(|h| h.sender).map(|(from, to)| page.words(from, to));
            let source = own
                .get("source")
                .and_then(|all| nearest(all, sentence))
                .map(|h| page.words(h.from, said(page, h)));
            proposal.fields.extend(sender.or(source).map(|v| (Field::AccordingTo, vec![v])));
        }
    }
}

/// The source's words up to the first comma or bracket.
fn said(page: &Page<'_>, header: &Header) -> usize {
    (header.from + 1..header.to)
        .find(|i| matches!(page.token(*i).class, Class::Comma | Class::ParenOpen | Class::Semicolon))
        .unwrap_or(header.to)
}

/// The last header before a sentence, else the first after it.
fn nearest<'h>(all: &[&'h Header], sentence: usize) -> Option<&'h Header> {
    let next = all.partition_point(|h| h.sentence < sentence);
    next.checked_sub(1).and_then(|at| all.get(at)).or_else(|| all.first()).copied()
}

/// The sentence in which a proposal begins.
fn begun(page: &Page<'_>, proposal: &Proposal) -> usize {
    let start = proposal.span.start;
    page.sentence_number(page.tokens.partition_point(|t| u32::try_from(t.end).unwrap_or(u32::MAX) <= start))
}

/// Whether another form or entry begins between two sentences: one that names its own place or day.
pub(crate) fn apart(page: &Page<'_>, first: usize, later: usize) -> bool {
    let from = page.headers.partition_point(|h| h.sentence <= first);
    let headers = page.headers.iter().skip(from).take_while(|h| h.sentence <= later);
    let before = page.headers.get(..from).unwrap_or_default().iter().rev().take(16);
    let mut anew = headers.filter(|h| matches!(h.kind.as_str(), "place" | "date"));
    let again = anew.any(|h| before.clone().any(|b| b.kind == h.kind));
    let from = page.heads.partition_point(|h| h.sentence <= first);
    again || page.heads.iter().skip(from).take_while(|h| h.sentence <= later).any(|h| h.place.is_some())
}

fn placed(page: &Page<'_>, proposal: &mut Proposal, head: Option<&Head>, own: &BTreeMap<&str, Vec<&Header>>) {
    let sentence = begun(page, proposal);
    let header = own.get("place").and_then(|all| nearest(all, sentence)).map(|h| h.from);
    let from = head.and_then(|h| h.place).map(|(from, _)| from).or(header);
    let first =
        || page.mentions_in(0, page.sentences.first().map_or(0, |s| s.1)).find(|m| m.is_place() && m.located);
    let beside = || beside(page, sentence);
    let mention = from.and_then(|at| page.mention_from(at)).or_else(beside).or_else(first);
    let stated = from.is_some_and(|at| page.sentence_number(at) == sentence || header.is_some())
        || mention.is_some_and(|m| coordinate(page, m.from).is_some());
    let has = proposal.fields.contains_key(&Field::Where);
    if let Some(mention) = mention.filter(|_| stated || !has) {
        let value = mention.value(page);
        let all = proposal.fields.entry(Field::Where).or_default();
        if all.iter().all(|v| v.span.end <= value.span.start || value.span.end <= v.span.start) {
            all.push(value);
        }
    }
}

/// A grid, coordinates or "vic. Orvel" in the sentence before or after.
fn beside<'p>(page: &'p Page<'_>, sentence: usize) -> Option<&'p Mention> {
    let from = page.sentences.get(sentence.saturating_sub(1)).map_or(0, |s| s.0);
    let to = page.sentences.get(sentence + 1).or(page.sentences.get(sentence)).map_or(from, |s| s.1);
    page.mentions_in(from, to).find(|m| coordinate(page, m.from).is_some())
}

fn timed(page: &Page<'_>, proposal: &mut Proposal, head: Option<&Head>, own: &BTreeMap<&str, Vec<&Header>>) {
    let dates = |from: usize, to: usize| {
        page.dates_in(from, to).filter(|d| d.norm.is_some() && !d.ahead).map(|date| {
            let mut value = page.words(date.from, date.to);
            value.norm.clone_from(&date.norm);
            value
        })
    };
    let sentence = begun(page, proposal);
    let mut given: Vec<Value> = Vec::new();
    for kind in ["date", "time"] {
        let header = own.get(kind).and_then(|all| nearest(all, sentence));
        given.extend(header.into_iter().flat_map(|h| dates(h.from, h.to)));
    }
    if let Some((head, (from, _))) = head.and_then(|h| Some((h, page.sentences.get(h.sentence)?))) {
        given.extend(dates(*from, head.after));
    }
    if given.is_empty() && !proposal.fields.contains_key(&Field::When) {
        // A call's hour is not the event's; its day is, as far as the note says.
        let first = page.sentences.first().copied().unwrap_or((0, 0));
        let received = own.get("received").and_then(|all| nearest(all, sentence));
        let received = received.into_iter().flat_map(|h| dates(h.from, h.to));
        let called = received.map(|mut value| {
            value.norm = value.norm.take().map(|n| n.get(..10).map(str::to_owned).unwrap_or(n));
            value
        });
        let called: Vec<Value> = called.collect();
        given.extend(if called.is_empty() {
            dates(first.0, first.1.min(first.0 + 12)).collect()
        } else {
            called
        });
        given.truncate(1);
    }
    if given.is_empty() {
        return;
    }
    let all = proposal.fields.entry(Field::When).or_default();
    for value in given {
        if all.iter().all(|v| v.span != value.span && (v.norm != value.norm || v.norm.is_none())) {
            all.push(value);
        }
    }
}

/// What stands for the act where none is named: "tank shell through kitchen wall", "A shell fell", "قذيفة هاون على منزل".
pub(crate) fn verbless(page: &Page<'_>, sentence: (usize, usize)) -> Option<Tag> {
    page.tags.within(Cat::NoteAct, sentence.0, sentence.1).find_map(|tag| {
        let negated = (tag.from.saturating_sub(2)..tag.from)
            .any(|i| page.token(i).any(&["no", "not", "without", "لا", "без", "нет"]));
        let lands = |from: usize, to: usize| {
            page.tags
                .within(Cat::Link, from.max(sentence.0), to.min(sentence.1))
                .find(|t| page.tags.kind(*t) == "lands")
        };
        let after = lands(tag.to, tag.to + 4);
        let before = lands(tag.from.saturating_sub(3), tag.from).filter(|_| page.language != "en");
        let wide = |from: usize, to: usize| {
            let mut wide = tag;
            (wide.from, wide.to) = (from, to);
            Some(wide)
        };
        match (
            negated,
            after.filter(|t| t.from <= tag.to + 1),
            before.filter(|t| t.to + 1 >= tag.from),
            after,
        ) {
            (true, ..) => None,
            (_, Some(verb), ..) => wide(tag.from, verb.to),
            (_, _, Some(verb), _) => wide(verb.from, tag.to),
            (_, _, _, Some(_)) => Some(tag),
            _ => page.note.then_some(tag),
        }
    })
}

/// "Killed: 14", "Загиблих 7": a figure behind the word, as forms have it.
pub(crate) fn counted(page: &Page<'_>, trigger: Tag) -> Option<(usize, usize, Value)> {
    let marked = page.token(trigger.to).class == Class::Colon && page.token(trigger.to).breaks == 0;
    let listed = page.note && page.tags.value(trigger) == "adjacent";
    let figure = page.figure_from(trigger.to + usize::from(marked))?;
    let other = page.is(Cat::People, figure.to)
        || page.is(Cat::Unit, figure.to)
        || page.is(Cat::Casualty, figure.to) && !marked;
    let clock = page.token(figure.to).class == Class::Colon && page.token(figure.to).glued;
    if !(marked || listed) || clock || figure.year || other && !marked {
        return None;
    }
    let mut value = page.words(figure.from, figure.to);
    value.bounds = Some(figure.bounds);
    Some((figure.from, figure.to, value))
}
