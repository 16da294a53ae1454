//! What people say, where it is more than the source of another proposal: quotes with their speakers, and stances.
//!
//! A quote goes on over sentences until its mark closes; its speaker is the one of the cue beside it, or the last in the paragraph.

use std::collections::BTreeMap;

use truceline_model::Span;

use super::page::Page;
use super::tokens::Class;
use super::voices::Voice;
use super::{Field, Granularity, Kind, Proposal, Value};

/// Fewest words of a quote that is a statement: shorter ones only name something.
const WORDS_LEAST: usize = 6;

/// Every statement proposed.
pub(crate) fn statements(page: &Page<'_>, _others: &[Proposal]) -> Vec<Proposal> {
    let mut out: Vec<Proposal> = Vec::new();
    for (from, to) in &page.quotes {
        let words = (*from..*to).filter(|at| page.token(*at).word()).count();
        if words < WORDS_LEAST && !whole(page, *from, *to) {
            continue;
        }
        let Some((voice, near)) = voice_of(page, *from, *to) else { continue };
        let content = Value::words(page.span(*from, *to));
        // A quote parted by its cue is one statement.
        let same = voice.cue.0;
        if let Some(last) = out.last_mut().filter(|p| {
            p.fields
                .get(&Field::Cue)
                .and_then(|c| c.first())
                .is_some_and(|c| c.span == page.span(voice.cue.0, voice.cue.1))
        }) {
            last.span.end = content.span.end.max(last.span.end);
            last.fields.entry(Field::Content).or_default().push(content);
            continue;
        }
        let mut fields: BTreeMap<Field, Vec<Value>> = BTreeMap::new();
        fields.insert(Field::Speaker, voice.speakers.clone());
        if near {
            fields.insert(Field::Cue, vec![page.words(voice.cue.0, voice.cue.1)]);
        }
        if !voice.via.is_empty() {
            fields.insert(Field::Via, voice.via.clone());
        }
        let mut span = content.span;
        if near {
            let said = page.span(voice.from, voice.to);
            span.start = span.start.min(said.start);
            span.end = span.end.max(said.end);
        }
        fields.insert(Field::Content, vec![content]);
        let direct = page.token(from.wrapping_sub(1)).class == Class::Stop
            || page.opens_sentence(*from)
            || same > *from;
        let sub = if direct { "direct" } else { "mixed" };
        out.push(statement(sub, span, fields));
    }
    out.extend(indirect(page, &out));
    out
}

/// Whether a short quote is a sentence of its own: "Well said," he said.
fn whole(page: &Page<'_>, from: usize, to: usize) -> bool {
    let last = page.token(to.saturating_sub(2));
    to > from + 3 && matches!(last.class, Class::Comma | Class::Stop) && page.token(from + 1).upper
}

/// Who says a quote: the cue beside it, else the last speaker of the paragraph.
fn voice_of<'p>(page: &'p Page<'_>, from: usize, to: usize) -> Option<(&'p Voice, bool)> {
    let (first, last) = (page.sentence_number(from), page.sentence_number(to.saturating_sub(1)));
    let near = (first..=last).flat_map(|n| page.voices_of(n)).find(|v| {
        let outside = v.to <= from || v.from >= to;
        let close = v.from >= to && v.from - to < 3 || v.to <= from && from - v.to < 14;
        outside && close && !v.speakers.is_empty() && v.kind != "according"
    });
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

/// "Russia maintains that", "see that as": a stance without quotes.
fn indirect(page: &Page<'_>, quoted: &[Proposal]) -> Vec<Proposal> {
    let mut out = Vec::new();
    for voice in &page.voices {
        let token = page.token(voice.cue.0);
        let stance = matches!(voice.kind.as_str(), "stance" | "claimed" | "acknowledged" | "quoted")
            || !voice.via.is_empty();
        let Some(sentence) = page.sentences.get(voice.sentence) else { continue };
        let taken = quoted.iter().any(|p| {
            let cue = page.span(voice.cue.0, voice.cue.1);
            p.span.start <= cue.start && cue.end <= p.span.end
        });
        if !stance
            || taken
            || voice.kind == "according"
            || token.class != Class::Word
            || voice.cue.1 >= sentence.1
        {
            continue;
        }
        let mut from = voice.to.max(voice.cue.1);
        while from < sentence.1
            && (page.token(from).any(&["that", "as", "saying", "only"])
                || page.token(from).class == Class::Comma)
        {
            from += 1;
        }
        let mut to = sentence.1;
        while to > from && page.token(to - 1).class == Class::Stop {
            to -= 1;
        }
        if to < from + 4 {
            continue;
        }
        let mut fields: BTreeMap<Field, Vec<Value>> = BTreeMap::new();
        fields.insert(Field::Speaker, voice.speakers.clone());
        fields.insert(Field::Cue, vec![page.words(voice.cue.0, voice.cue.1)]);
        fields.insert(Field::Content, vec![page.words(from, to)]);
        if !voice.via.is_empty() {
            fields.insert(Field::Via, voice.via.clone());
        }
        let sub = if voice.kind == "stance" { "stance" } else { "indirect" };
        let span = page.span(voice.from, to);
        out.push(statement(sub, span, fields));
    }
    out
}

fn statement(sub: &str, span: Span, fields: BTreeMap<Field, Vec<Value>>) -> Proposal {
    let sub = sub.to_owned();
    Proposal { kind: Kind::Statement, sub, span, granularity: Granularity::Discrete, fields }
}
