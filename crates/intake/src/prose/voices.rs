//! Whose word it is: "according to", verbs of speech with their speakers, agencies in between, and quotes that go on.
//!
//! A speaker is words of the text; who "he" is is told only where the last speaker is plain, and then as a note beside "he".

use super::Value;
use super::chunks;
use super::entities::{Mention, What};
use super::lexicon::{Cat, Tag};
use super::page::Page;
use super::speakers::{apposed, arabic_speaker, slavic_speaker};
use super::tokens::Class;

/// One act of saying.
#[derive(Clone, Debug)]
pub(crate) struct Voice {
    /// The sentence in which it stands.
    pub(crate) sentence: usize,
    /// Tokens of the verb or of "according to".
    pub(crate) cue: (usize, usize),
    /// Tokens of speaker and cue together.
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) speakers: Vec<Value>,
    pub(crate) via: Vec<Value>,
    /// What the table says of the cue: `said`, `according`, `announced`…
    pub(crate) kind: String,
}

/// Every act of saying, in order.
pub(crate) fn voices(page: &Page<'_>) -> Vec<Voice> {
    let mut out: Vec<Voice> = Vec::new();
    let mut last: Option<String> = None;
    for (number, sentence) in page.sentences.iter().enumerate() {
        for at in sentence.0..sentence.1 {
            let voice = if let Some(tag) = page.tag(Cat::SourceCue, at) {
                according(page, number, *sentence, tag)
            } else if let Some(tag) =
                page.tag(Cat::Speech, at).filter(|t| !super::aside::noun_of_speech(page, *t))
            {
                spoken(page, number, *sentence, tag, last.as_deref())
                    .or_else(|| same(page, number, tag, out.last()))
            } else {
                None
            };
            let Some(voice) = voice else { continue };
            if out.last().is_some_and(|v| v.sentence == number && v.to > voice.from && v.kind == "quoted") {
                continue;
            }
            if let Some(norm) = voice.speakers.first().and_then(|v| v.norm.clone()) {
                last = Some(norm);
            }
            out.push(voice);
        }
    }
    out
}

/// An Arabic verb of speech without a subject: whoever spoke before goes on.
fn same(page: &Page<'_>, sentence: usize, tag: Tag, last: Option<&Voice>) -> Option<Voice> {
    let next = page.token(tag.to);
    let leads = next.any(&["ان", "انه", "انها", "بان", "في", "قائلا", "بالقول"])
        || matches!(next.class, Class::Colon | Class::Open | Class::Comma);
    let own = page.language == "ar" && page.tags.kind(tag) == "said" && leads;
    let last =
        last.filter(|v| own && v.sentence + 4 > sentence && !v.speakers.is_empty() && v.kind != "according")?;
    Some(Voice {
        sentence,
        cue: (tag.from, tag.to),
        from: tag.from,
        to: tag.to,
        speakers: last.speakers.clone(),
        via: Vec::new(),
        kind: page.tags.kind(tag).to_owned(),
    })
}

/// The name of a speaker in a common form.
pub(crate) fn speaker(page: &Page<'_>, mention: &Mention) -> Value {
    let mut value = mention.value(page);
    // "Mr. Kerry's aides": whose they are belongs to who speaks.
    let mark = mention.from.wrapping_sub(1);
    let owned = page.token(mark).class == Class::Other && page.token(mark).glued && page.language == "en";
    if mention.what == What::Source
        && owned
        && let Some(owner) = page.mention_to(mark).filter(|m| m.acts())
    {
        value.span = page.span(owner.from, mention.to);
    }
    let described =
        mention.what == What::Source && page.language == "en" && !page.token(mention.from).upper && !owned;
    if mention.what == What::Actor || described {
        let floor = page.sentence_at(mention.from).map_or(mention.from, |s| s.0);
        let (from, to) = super::deal_who::whole(page, (mention.from, mention.to), floor);
        value.span = page.span(from, to);
    }
    if mention.what == What::Person {
        value.norm = super::named::plain(page, mention);
    }
    value
}

/// "According to the Observatory", "بحسب المرصد".
fn according(page: &Page<'_>, sentence: usize, range: (usize, usize), tag: Tag) -> Option<Voice> {
    let (speakers, to) = people_from(page, tag.to, range.1);
    let kind = page.tags.kind(tag).to_owned();
    let voice = Voice {
        sentence,
        cue: (tag.from, tag.to),
        from: tag.from,
        to,
        speakers,
        via: Vec::new(),
        kind: if kind.is_empty() { "according".to_owned() } else { kind },
    };
    (!voice.speakers.is_empty()).then(|| if voice.kind == "via" { to_via(voice) } else { voice })
}

fn to_via(mut voice: Voice) -> Voice {
    voice.via = std::mem::take(&mut voice.speakers);
    voice
}

/// Speakers named one after another from a place on.
fn people_from(page: &Page<'_>, from: usize, ceiling: usize) -> (Vec<Value>, usize) {
    let mut out = Vec::new();
    let mut at = from;
    let mut end = from;
    while out.len() < 3 {
        let Some((value, to)) = one_from(page, at, ceiling) else { break };
        out.push(value);
        end = to;
        at = to;
        while page.token(at).any(&["and", "و"])
            || (page.token(at).class == Class::Comma && page.token(at + 1).is("and"))
        {
            at += 1;
        }
        if at == end {
            break;
        }
    }
    (out, end)
}

fn one_from(page: &Page<'_>, at: usize, ceiling: usize) -> Option<(Value, usize)> {
    if let Some(mention) = (at..at + 3).find_map(|i| page.mention_from(i)) {
        let little = (at..mention.from).all(|i| page.token(i).any(&["the", "a"]));
        if little && mention.what != What::Place {
            return Some((speaker(page, mention), mention.to));
        }
    }
    let end = chunks::end(page, at, ceiling);
    (end > at && page.token(at).word()).then(|| (Value::words(page.span(at, end)), end))
}

/// "Kerry said", "said the Observatory", "the army said in a statement", "X quoted Y as saying".
fn spoken(
    page: &Page<'_>,
    sentence: usize,
    range: (usize, usize),
    tag: Tag,
    last: Option<&str>,
) -> Option<Voice> {
    let kind = page.tags.kind(tag).to_owned();
    let mut speakers = Vec::new();
    let mut from = tag.from;
    let inverted = page.token(tag.from.wrapping_sub(1)).class == Class::Comma
        || page.token(tag.from.wrapping_sub(1)).class == Class::Close
        || tag.from == range.0
        || page.language == "ar";
    let mut to = tag.to;
    // In Arabic the speaker follows the verb.
    let slavic = matches!(page.language, "ru" | "uk") && kind != "accused";
    if slavic && let Some((value, start, end)) = slavic_speaker(page, range, tag) {
        let (speakers, via) = (vec![value], Vec::new());
        return Some(Voice { sentence, cue: (tag.from, tag.to), from: start, to: end, speakers, via, kind });
    }
    let before = if page.language == "ar" || slavic {
        None
    } else {
        subject(page, range.0, tag.from, Some(last.unwrap_or_default()))
    };
    if let Some((found, start)) = before {
        // "What it said were terrorists" tells no report.
        if page.token(start.wrapping_sub(1)).is("what") {
            return None;
        }
        speakers = found;
        from = start;
    } else if page.language == "ar" && kind != "accused" {
        if let Some((value, end)) = arabic_speaker(page, tag.to, range.1) {
            speakers.push(value);
            to = end;
        }
    } else if inverted
        && !page.token(tag.from).fold.ends_with("ing")
        && kind != "accused"
        && (kind != "said" || !page.token(tag.to).any(&["that", "in"]))
    {
        let (found, end) = people_from(page, tag.to, range.1);
        // "Said the rebels had fled": whom the words are about.
        let about = page.token(end).any(&["has", "have", "had", "was", "were", "is", "are", "will", "would"]);
        if !about || page.language != "en" {
            speakers = found;
            to = end;
        }
    }
    if speakers.is_empty()
        && !page.token(tag.from.wrapping_sub(1)).is("as")
        && page.token(tag.from).fold.ends_with("ing")
        && page.token(tag.from).fold.is_ascii()
    {
        // "X spoke in Orvel, telling reporters": who is the subject of the sentence.
        let main = page
            .mentions_in(range.0, tag.from)
            .find(|m| !m.located && m.what != What::Place && m.what != What::Ground);
        speakers.extend(main.map(|m| speaker(page, m)));
    }
    if speakers.is_empty() {
        return None;
    }
    let via = through(page, range, tag, &kind, (&mut speakers, &mut to))?;
    Some(Voice { sentence, cue: (tag.from, tag.to), from, to, speakers, via, kind })
}

/// Through whom words came: the agency that quotes, the agency that was told; nothing where an agency quotes nobody.
fn through(
    page: &Page<'_>,
    range: (usize, usize),
    tag: Tag,
    kind: &str,
    (speakers, to): (&mut Vec<Value>, &mut usize),
) -> Option<Vec<Value>> {
    let mut via = Vec::new();
    if kind == "quoted" {
        // The agency quotes somebody as saying.
        let (found, end) = people_from(page, tag.to, range.1);
        if found.is_empty() {
            return None;
        }
        via = std::mem::replace(speakers, found);
        *to = end;
    } else if page.token(tag.from).any(&["told", "tell", "tells", "telling"]) {
        let agency =
            (tag.to..tag.to + 2).find_map(|i| page.mention_from(i)).filter(|m| m.what == What::Source);
        via.extend(agency.map(|m| m.value(page)));
        *to = agency.map_or(*to, |m| m.to);
    }
    Some(via)
}

/// Who stands before a verb as its subject; several when they are joined.
pub(crate) fn subject(
    page: &Page<'_>,
    floor: usize,
    verb: usize,
    last: Option<&str>,
) -> Option<(Vec<Value>, usize)> {
    let mut at = verb;
    loop {
        let dated =
            at.checked_sub(1).and_then(|i| page.date_over(i)).filter(|d| d.from > floor && d.to <= at);
        if let Some(date) = dated {
            at = date.from - usize::from(date.from > floor + 1 && page.token(date.from - 1).is("on"));
        } else if at > floor && skipped(page, at - 1) {
            at -= 1;
        } else if let Some(hedge) =
            page.tags.before(Cat::Hedge, at).filter(|h| h.from > floor && page.tags.kind(*h) != "unreal")
        {
            at = hedge.from;
        } else {
            break;
        }
    }
    if at == floor {
        return None;
    }
    let before = page.token(at - 1);
    if before.any(&["he", "she", "they", "it", "we", "i", "both", "who", "which"]) {
        if before.any(&["who", "which"]) {
            let comma = usize::from(page.token(at.wrapping_sub(2)).class == Class::Comma);
            let end = (at - 1).saturating_sub(comma);
            let mention = page.mention_to(end).filter(|m| m.from >= floor)?;
            return Some((vec![speaker(page, mention)], mention.from));
        }
        let mut value = Value::words(page.span(at - 1, at));
        let known = last.filter(|l| !l.is_empty());
        value.norm = known.map(str::to_owned).filter(|_| before.any(&["he", "she"]));
        return Some((vec![value], at - 1));
    }
    let comma = before.class == Class::Comma;
    let end = if comma { at - 1 } else { at };
    if comma && let Some(found) = apposed(page, floor, end) {
        return Some(found);
    }
    if let Some(mention) = page.mention_to(end).filter(|m| m.from >= floor) {
        // "A suburb of the capital, Damascus, killing": a place.
        let apposed = super::aside::capital(page, mention);
        let describes = comma && (mention.located || mention.is_place() || apposed);
        if !describes {
            return subjects_before(page, floor, mention, comma);
        }
        let main = page.mentions_in(floor, mention.from).find(|m| m.acts() && !m.located)?;
        return Some((vec![speaker(page, main)], main.from));
    }
    if comma || !before.word() || page.is(Cat::Stop, at - 1) {
        // An apposition stands between: "Kerry, the secretary of state, said".
        let outer = page.mentions_in(floor, at).find(|m| {
            m.to < at && m.what != What::Place && page.token(m.to).class == Class::Comma && !m.located
        })?;
        return comma.then(|| (vec![speaker(page, outer)], outer.from));
    }
    last?;
    let from = chunks::begin(page, at - 1, floor);
    let word = page.token(at - 1);
    if word.fold.chars().count() < 3 {
        return None;
    }
    // "A shopkeeper in Damascus": what stands before the place is the speaker.
    let (from, to) = super::deal_who::whole(page, (from, at), floor);
    let from = super::deal_who::before_initials(page, from, floor);
    if let Some(name) = beside_office(page, floor, from) {
        return Some((vec![Value::words(page.span(name, from - 1))], name));
    }
    Some((vec![Value::words(page.span(from, to))], from))
}

/// "Dan Orv, head of the mission said": the name before an office that no second comma closes.
fn beside_office(page: &Page<'_>, floor: usize, from: usize) -> Option<usize> {
    let comma = from.checked_sub(1).filter(|i| *i > floor && page.token(*i).class == Class::Comma)?;
    let mut at = comma;
    while at > floor && page.token(at - 1).word() && page.token(at - 1).upper {
        at -= 1;
    }
    let office = page.token(from).word() && !page.token(from).upper;
    (office && (2..5).contains(&(comma - at)) && (at == floor || !page.token(at - 1).word())).then_some(at)
}

fn skipped(page: &Page<'_>, at: usize) -> bool {
    let word = page.token(at);
    let manner = word.fold.ends_with("ly") && word.fold.len() > 4 && !word.upper;
    manner
        || word.any(&[
            "has",
            "have",
            "had",
            "also",
            "later",
            "then",
            "again",
            "already",
            "clearly",
            "repeatedly",
            "reportedly",
            "is",
            "are",
            "was",
            "were",
            "been",
            "being",
            "still",
            "now",
            "just",
            "once",
            "would",
            "will",
            "could",
            "not",
            "did",
            "do",
            "does",
            "may",
            "might",
            "be",
            "to",
            "only",
            "previously",
            "separately",
            "earlier",
            "never",
            "both",
            "have",
            "largely",
            "formally",
            "publicly",
            "immediately",
            "mainly",
            "قد",
            "should",
            "continue",
            "continues",
            "continued",
            "must",
            "can",
            "yet",
            "soon",
        ])
}

fn subjects_before(
    page: &Page<'_>,
    floor: usize,
    mention: &Mention,
    comma: bool,
) -> Option<(Vec<Value>, usize)> {
    let mut all = vec![speaker(page, mention)];
    let mut from = mention.from;
    if mention.is_place() && mention.what != What::Country || (mention.located && !comma) {
        // "The agency in Russia said": the place describes the speaker.
        let tag = page.tags.before(Cat::Preposition, mention.from)?;
        let inner = page.mention_to(tag.from).filter(|m| m.from >= floor && m.what != What::Place);
        if let Some(inner) = inner {
            return Some((vec![speaker(page, inner)], inner.from));
        }
        let start = chunks::begin(page, tag.from.checked_sub(1)?, floor);
        return (tag.from > floor && page.token(tag.from - 1).word())
            .then(|| (vec![Value::words(page.span(start, mention.to))], start));
    }
    if from > floor + 1
        && page.token(from - 1).any(&["his", "her", "its", "their", "the"])
        && page.token(from - 2).is("and")
    {
        from -= 1;
    }
    for _ in 0..3 {
        let Some(joined) = from.checked_sub(1).filter(|at| *at > floor) else { break };
        let mut end = joined;
        if page.token(joined).is("and") {
        } else if page.tags.before(Cat::Boundary, from).is_some_and(|t| page.tags.kind(t) == "with") {
            end = page.tags.before(Cat::Boundary, from).map_or(joined, |t| t.from);
        } else {
            break;
        }
        if end > floor && page.token(end - 1).class == Class::Comma {
            end -= 1;
        }
        let Some(other) = page.mention_to(end).filter(|m| m.from >= floor && !m.located) else {
            let start = chunks::begin(page, end.saturating_sub(1), floor);
            if start < end && page.token(end - 1).word() && !page.is(Cat::Stop, end - 1) {
                all.insert(0, Value::words(page.span(start, end)));
                from = start;
                continue;
            }
            break;
        };
        all.insert(0, speaker(page, other));
        from = other.from;
    }
    Some((all, from))
}
