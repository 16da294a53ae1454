//! What people say, where it is more than the source of another proposal: quotes with their speakers, denials and stances.
//!
//! A quote goes on over sentences until its mark closes or its paragraph ends; its speaker is the one of the cue beside it, or the
//! last in the paragraph. Words that another proposal already holds as told are not proposed again, unless they are a quote.

use std::collections::BTreeMap;

use truceline_model::Span;

use super::lexicon::Cat;
use super::page::Page;
use super::tokens::Class;
use super::voices::Voice;
use super::{Field, Granularity, Kind, Proposal, Value};

/// Fewest words of a quote that is a statement: shorter ones only name something, unless a verb of speech leads to them.
const WORDS_LEAST: usize = 6;

/// Every statement proposed.
pub(crate) fn statements(page: &Page<'_>, others: &[Proposal]) -> Vec<Proposal> {
    let mut out: Vec<Proposal> = Vec::new();
    for (from, to) in page.quotes.iter().copied() {
        let words = (from..to).filter(|at| page.token(*at).word()).count();
        let led = words > 1
            && page.voices_of(page.sentence_number(from)).iter().any(|v| v.cue.1 == from && v.to <= from);
        if words < WORDS_LEAST && !whole(page, from, to) && !led {
            continue;
        }
        let Some((voice, near)) = voice_of(page, from, to) else { continue };
        let content = Value::words(content(page, voice, near, from, to));
        // A quote parted by its cue is one statement.
        let cue = page.span(voice.cue.0, voice.cue.1);
        let same =
            |p: &Proposal| p.fields.get(&Field::Cue).and_then(|c| c.first()).is_some_and(|c| c.span == cue);
        if let Some(last) = out.last_mut().filter(|p| near && same(p)) {
            last.span.end = content.span.end.max(last.span.end);
            last.fields.entry(Field::Content).or_default().push(content);
            continue;
        }
        out.push(quoted(page, voice, near, content, (from, to)));
    }
    out.extend(indirect(page, &out, others));
    out
}

/// The proposal of a quote.
fn quoted(
    page: &Page<'_>,
    voice: &Voice,
    near: bool,
    content: Value,
    (from, to): (usize, usize),
) -> Proposal {
    let mut fields: BTreeMap<Field, Vec<Value>> = BTreeMap::new();
    fields.insert(Field::Speaker, voice.speakers.clone());
    let mut span = content.span;
    if near {
        fields.insert(Field::Cue, vec![page.words(voice.cue.0, voice.cue.1)]);
        let said = page.span(voice.from, voice.to);
        span.start = span.start.min(said.start);
        span.end = span.end.max(said.end);
        if let Some(place) = said_at(page, voice) {
            fields.insert(Field::Where, vec![place]);
        }
    }
    if !voice.via.is_empty() {
        fields.insert(Field::Via, voice.via.clone());
    }
    let direct = page.token(from.wrapping_sub(1)).class == Class::Stop
        || page.opens_sentence(from)
        || voice.cue.0 >= to
        || page.token(from.wrapping_sub(1)).class == Class::Colon;
    fields.insert(Field::Content, vec![content]);
    statement(if direct { "direct" } else { "mixed" }, span, fields)
}

/// The quote, or with the words that lead to it where they are half of what is said: "said a truce “could begin”".
fn content(page: &Page<'_>, voice: &Voice, near: bool, from: usize, to: usize) -> Span {
    let comma = matches!(page.token(from.wrapping_sub(1)).class, Class::Comma | Class::Colon | Class::Stop);
    let lead = voice.to.max(voice.cue.1);
    let words = (lead..from).filter(|at| page.token(*at).word()).count();
    let sentence = page.sentences.get(page.sentence_number(from));
    match sentence {
        Some(sentence)
            if near
                && voice.cue.1 <= from
                && words > 2
                && !comma
                && voice.sentence == page.sentence_number(from) =>
        {
            let (start, end) = told(page, voice, sentence.1.max(to));
            page.span(start.min(from), end.max(to))
        }
        _ => page.span(from, to),
    }
}

/// "Said in Geneva": where it was said.
fn said_at(page: &Page<'_>, voice: &Voice) -> Option<Value> {
    let end = page.sentences.get(voice.sentence)?.1.min(voice.to + 12);
    let mention = page.mentions_in(voice.to, end).find(|m| m.is_place() && m.located)?;
    let mention_is_near = (voice.to..mention.from)
        .all(|at| page.token(at).class != Class::Comma && page.quote_at(at).is_none());
    mention_is_near.then(|| mention.value(page))
}

/// Whether a short quote is a sentence of its own: "Well said," he said.
fn whole(page: &Page<'_>, from: usize, to: usize) -> bool {
    let last = page.token(to.saturating_sub(2));
    to > from + 3 && matches!(last.class, Class::Comma | Class::Stop) && page.token(from + 1).upper
}

/// Who says a quote: the cue beside it, else the last speaker of the paragraph.
pub(crate) fn voice_of<'p>(page: &'p Page<'_>, from: usize, to: usize) -> Option<(&'p Voice, bool)> {
    let (first, last) = (page.sentence_number(from), page.sentence_number(to.saturating_sub(1)));
    let beside = |v: &&Voice| {
        let own = (first..=last).contains(&v.sentence);
        let outside = v.to <= from || v.from >= to;
        let lead = if own && v.sentence == first { 40 } else { 4 };
        let close = v.from >= to && v.from - to < 3 || v.to <= from && from - v.to < lead;
        let line = v.from >= to && (to..=v.from).any(|at| page.token(at).breaks > 0);
        let clear = !line && (v.to..from).all(|at| page.quote_at(at).is_none());
        outside && close && clear && !v.speakers.is_empty() && v.kind != "according"
    };
    // The cue nearest before it in its sentence, else the one after it, else the one at the end of the sentence before.
    let own = page.voices_of(first).iter().rev().filter(|v| v.to <= from).find(beside);
    let near = own
        .or_else(|| (first..=last + 1).flat_map(|n| page.voices_of(n)).find(beside))
        .or_else(|| first.checked_sub(1).and_then(|n| page.voices_of(n).iter().rev().find(beside)));
    if let Some(voice) = near {
        return Some((voice, true));
    }
    let paragraph = (0..=first)
        .rev()
        .take(6)
        .take_while(|n| page.sentences.get(n + 1).is_none_or(|s| page.token(s.0).breaks == 0 || *n == first));
    let mut back = paragraph.filter_map(|n| page.voices_of(n).last());
    back.find(|v| v.from < from && !v.speakers.is_empty()).map(|v| (v, false))
}

/// What a voice tells without quotes: tokens from behind it to the end of its sentence.
fn told(page: &Page<'_>, voice: &Voice, ceiling: usize) -> (usize, usize) {
    let mut from = voice.to.max(voice.cue.1);
    let saying = (from..ceiling).find(|at| page.token(*at).is("as") && page.token(at + 1).is("saying"));
    if let Some(at) = saying.filter(|_| voice.kind == "quoted") {
        from = at + 2;
    }
    // "في بيان نشرته الوكالة ان": how it was said stands before what was said.
    let led = page.language == "ar" && page.token(from).any(&["في", "عبر", "خلال", "امام", "عقب", "علي"]);
    let that = (from..ceiling.min(from + 18)).find(|at| page.token(*at).any(&["ان", "بان", "انه", "انها"]));
    if let Some(at) = that.filter(|_| led) {
        from = at;
    }
    while from < ceiling
        && (page.token(from).any(&["that", "as", "saying", "only", "ان", "بان"])
            || page.token(from).class == Class::Comma)
    {
        from += 1;
    }
    let mut to = ceiling;
    while to > from && page.token(to - 1).class == Class::Stop {
        to -= 1;
    }
    (from, to)
}

/// "Russia maintains that", "see that as", "denied shelling": what is said without quotes.
fn indirect(page: &Page<'_>, quoted: &[Proposal], others: &[Proposal]) -> Vec<Proposal> {
    let mut out: Vec<Proposal> = Vec::new();
    for voice in &page.voices {
        let Some(sentence) = page.sentences.get(voice.sentence) else { continue };
        if voice.speakers.is_empty()
            || matches!(voice.kind.as_str(), "according" | "via" | "asked" | "accused")
            || page.token(voice.cue.0).class != Class::Word
            || voice.cue.1 >= sentence.1
            || page.quote_at(voice.cue.0).is_some()
        {
            continue;
        }
        let (from, mut to) = told(page, voice, sentence.1);
        if voice.kind == "stance" || voice.kind == "denied" {
            to = (from..to).find(|at| page.token(*at).class == Class::Semicolon).unwrap_or(to);
        }
        let least = if matches!(voice.kind.as_str(), "stance" | "denied") { 2 } else { 4 };
        let span = page.span(voice.from, to);
        let taken = quoted.iter().chain(&out).any(|p| p.span.start < span.end && span.start < p.span.end);
        if to < from + least
            || taken
            || page.token(voice.cue.1).class == Class::Comma
            || !matters(page, voice, (from, to), others)
        {
            continue;
        }
        let mut fields: BTreeMap<Field, Vec<Value>> = BTreeMap::new();
        fields.insert(Field::Speaker, voice.speakers.clone());
        let that = voice.cue.1 > voice.cue.0 + 1 && page.token(voice.cue.1 - 1).any(&["that", "ان"]);
        fields.insert(Field::Cue, vec![page.words(voice.cue.0, voice.cue.1 - usize::from(that))]);
        fields.insert(Field::Content, vec![page.words(from, to)]);
        if !voice.via.is_empty() {
            fields.insert(Field::Via, voice.via.clone());
        }
        if voice.kind == "denied" {
            fields.insert(Field::Hedge, vec![Value::normed(page.span(voice.cue.0, voice.cue.1), "denied")]);
        }
        let sub = if voice.kind == "stance" { "stance" } else { "indirect" };
        out.push(statement(sub, span, fields));
    }
    out
}

/// Whether what is told matters by itself: a stance, a claim, a denial; else words on the truce, on violence or on aid that no other
/// proposal holds.
fn matters(page: &Page<'_>, voice: &Voice, (from, to): (usize, usize), others: &[Proposal]) -> bool {
    let span = page.span(from, to);
    let held = |kind: Option<Kind>| {
        others
            .iter()
            .filter(|p| {
                kind.is_none_or(|k| p.kind == k) && p.span.start < span.end && span.start < p.span.end
            })
            .any(|p| !super::aside::told_before(page, p, voice.from))
    };
    match voice.kind.as_str() {
        "stance" | "quoted" => true,
        "claimed" | "denied" => !held(Some(Kind::Agreement)),
        "acknowledged" => !held(None) && !page.token(from).any(&["what"]),
        _ if !voice.via.is_empty() => !held(None),
        _ => {
            let war =
                [Cat::ActNoun, Cat::Aid].iter().any(|c| page.tags.within(*c, from, to).next().is_some())
                    || page
                        .tags
                        .within(Cat::Deal, from, to)
                        .any(|t| matches!(page.tags.kind(t), "truce" | "talks" | "violation"))
                    || (from..to).any(|at| {
                        page.token(at).any(&["violence", "war", "fighting", "siege", "peace", "bloodshed"])
                    });
            war && !held(None)
        }
    }
}

fn statement(sub: &str, span: Span, fields: BTreeMap<Field, Vec<Value>>) -> Proposal {
    let sub = sub.to_owned();
    Proposal { kind: Kind::Statement, sub, span, granularity: Granularity::Discrete, fields, detail_of: None }
}
