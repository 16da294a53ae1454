//! Aid on its way, captives freed, people brought out: an aid word and a word that says how far it came.
//!
//! What is only asked for, owed or promised is not delivered; a duty to let aid through gives nothing here.

use std::collections::BTreeMap;

use super::incidents::clauses;
use super::lexicon::{Cat, Tag};
use super::page::Page;
use super::{Field, Granularity, Kind, Proposal, Value, chunks, roles};

/// How far a verb may stand from its aid word, in tokens.
const REACH: usize = 9;

/// Every proposal about aid, release and evacuation.
pub(crate) fn aid(page: &Page<'_>) -> Vec<Proposal> {
    let mut out = Vec::new();
    for (number, sentence) in page.sentences.iter().enumerate() {
        let mut done: Vec<(usize, usize)> = Vec::new();
        for verb in page.tags.within(Cat::AidVerb, sentence.0, sentence.1) {
            let Some(noun) = noun(page, *sentence, verb) else { continue };
            let clause = clauses(page, *sentence)
                .into_iter()
                .find(|c| c.0 <= verb.from && verb.from < c.1)
                .unwrap_or(*sentence);
            if done.contains(&clause) || unreal(page, clause, verb, noun) {
                continue;
            }
            done.push(clause);
            out.push(proposal(page, number, clause, verb, noun));
        }
    }
    out
}

fn noun(page: &Page<'_>, sentence: (usize, usize), verb: Tag) -> Option<Tag> {
    let wanted: Vec<&str> = page.tags.value(verb).split(';').collect();
    let near = |t: &Tag| if t.from >= verb.to { t.from - verb.to } else { verb.from.saturating_sub(t.to) };
    page.tags
        .within(Cat::Aid, sentence.0, sentence.1)
        .filter(|t| {
            wanted.contains(&page.tags.kind(*t))
                && near(t) <= REACH
                && (t.to <= verb.from || t.from >= verb.to)
        })
        .min_by_key(near)
}

/// Only hoped for, conditional or negated.
fn unreal(page: &Page<'_>, clause: (usize, usize), verb: Tag, noun: Tag) -> bool {
    let kind = page.tags.kind(verb);
    let floor = clause.0.max(verb.from.min(noun.from).saturating_sub(4));
    (floor..verb.from).any(|i| {
        page.token(i)
            .any(&["if", "unless", "until", "would", "could", "should", "must", "may", "might", "hope", "to"])
            && kind != "delivery_asked"
            || page.token(i).any(&["not", "no", "never"])
    })
}

fn proposal(page: &Page<'_>, number: usize, clause: (usize, usize), verb: Tag, noun: Tag) -> Proposal {
    let mut fields: BTreeMap<Field, Vec<Value>> = BTreeMap::new();
    let mut add = |field: Field, value: Value| fields.entry(field).or_default().push(value);
    let from = chunks::begin(page, noun.from, clause.0);
    let counted =
        (from..noun.from).find_map(|i| page.figure_from(i)).filter(|f| f.to <= noun.from && !f.year);
    let start = counted.map_or(noun.from, |f| f.to);
    add(Field::What, Value::normed(page.span(start, noun.to), page.tags.value(noun)));
    if let Some(figure) = counted {
        let mut count = page.words(figure.from, figure.to);
        count.bounds = Some(figure.bounds);
        add(Field::Count, count);
    }
    for mention in page.mentions_in(clause.0, clause.1) {
        let to = page.token(mention.from.wrapping_sub(1)).any(&["to", "into", "for"]);
        if mention.is_place() && mention.located {
            add(Field::Where, mention.value(page));
        } else if mention.acts() && !to && mention.to <= verb.from {
            add(Field::Party, mention.value(page));
        }
    }
    // "To five besieged towns".
    let to = (noun.to..clause.1.min(noun.to + 3)).find(|i| page.token(*i).any(&["to", "into", "for"]));
    if let Some(at) = to.map(|i| i + 1).filter(|i| page.mention_at(*i).is_none()) {
        let end = chunks::end(page, at, clause.1);
        if (at..end).any(|i| page.is(Cat::PlaceWord, i)) {
            add(Field::Where, page.words(at, end));
            if let Some(figure) = page.figure_from(at) {
                let mut count = page.words(figure.from, figure.to);
                count.bounds = Some(figure.bounds);
                add(Field::Count, count);
            }
        }
    }
    for date in page.dates_in(clause.0, clause.1).filter(|d| !d.vague) {
        let mut value = page.words(date.from, date.to);
        value.norm.clone_from(&date.norm);
        add(Field::When, value);
    }
    roles::attributed(page, number, verb.from, &mut add);
    let sub = page.tags.kind(verb).to_owned();
    Proposal {
        kind: Kind::Humanitarian,
        sub,
        span: page.span(clause.0, clause.1),
        granularity: Granularity::Discrete,
        fields,
    }
}
