//! Aid on its way, captives freed, people brought out: an aid word and a word that says how far it came.
//!
//! What is only asked for, owed or promised is not delivered; a duty to let aid through gives nothing here. What was not allowed was
//! refused.

use std::collections::BTreeMap;

use super::deal_who::listed;
use super::incidents::clauses;
use super::lexicon::{Cat, Tag};
use super::page::Page;
use super::tokens::Class;
use super::{Field, Granularity, Kind, Proposal, Value, chunks, phrases, roles};

/// How far a verb may stand from its aid word, in tokens.
const REACH: usize = 12;

/// Every proposal about aid, release and evacuation.
pub(crate) fn aid(page: &Page<'_>) -> Vec<Proposal> {
    let mut out = Vec::new();
    for (number, sentence) in page.sentences.iter().enumerate() {
        let parts = whole(page, clauses(page, *sentence));
        let mut done: Vec<((usize, usize), String)> = Vec::new();
        for verb in page.tags.within(Cat::AidVerb, sentence.0, sentence.1) {
            let clause =
                parts.iter().copied().find(|c| c.0 <= verb.from && verb.from < c.1).unwrap_or(*sentence);
            let Some(noun) = noun(page, clause, verb).or_else(|| noun(page, *sentence, verb)) else {
                continue;
            };
            let Some(sub) = sub(page, clause, verb, noun) else { continue };
            if done.iter().any(|(c, s)| *c == clause && (*s == sub || rank(s) <= rank(&sub))) {
                continue;
            }
            if let Some(place) = done.iter().position(|(c, _)| *c == clause) {
                out.truncate(out.len() - (done.len() - place));
                done.truncate(place);
            }
            done.push((clause, sub.clone()));
            out.push(proposal(page, number, clause, (verb, noun), &sub));
        }
    }
    out
}

/// Clauses, where "since Thursday" opens none.
fn whole(page: &Page<'_>, parts: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    let mut out: Vec<(usize, usize)> = Vec::new();
    for part in parts {
        let dated =
            page.is(Cat::Boundary, part.0) && (part.0 + 1..part.0 + 3).any(|i| page.date_over(i).is_some());
        match out.last_mut().filter(|_| dated) {
            Some(last) => last.1 = part.1,
            None => out.push(part),
        }
    }
    out
}

/// Which of two things said of aid in one clause is kept: the lower.
fn rank(sub: &str) -> usize {
    match sub {
        "delivery_refused" | "release" | "evacuation" => 0,
        "delivery_approved" => 1,
        "delivery_reached" => 2,
        "delivery_begun" => 3,
        _ => 4,
    }
}

fn noun(page: &Page<'_>, range: (usize, usize), verb: Tag) -> Option<Tag> {
    let wanted: Vec<&str> = page.tags.value(verb).split(';').collect();
    let near = |t: &Tag| if t.from >= verb.to { t.from - verb.to } else { verb.from.saturating_sub(t.to) };
    let within = |t: &Tag| t.from < verb.to && verb.from < t.to;
    let clear = |t: &Tag| {
        let (low, high) = if t.from >= verb.to { (verb.to, t.from) } else { (t.to, verb.from) };
        (low..high).all(|i| !matches!(page.token(i).class, Class::Semicolon | Class::Stop))
            && (t.from >= verb.to || !(low..high).any(|i| page.is(Cat::Speech, i)))
    };
    let mut best: Option<Tag> = None;
    for tag in page.tags.within(Cat::Aid, range.0, range.1) {
        let kind = page.tags.kind(tag);
        let other = page.token(tag.to).any(&[
            "agency",
            "agencies",
            "worker",
            "workers",
            "group",
            "groups",
            "organisation",
            "organisations",
            "organization",
            "organizations",
            "commission",
            "official",
            "officials",
            "chief",
            "coordinator",
            "operation",
            "operations",
            "crossing",
            "programme",
            "program",
            "plan",
        ]);
        if other {
            continue;
        }
        if !wanted.contains(&kind) || near(&tag) > REACH || within(&tag) || !clear(&tag) {
            continue;
        }
        // A bare lorry is aid only where the sentence speaks of aid.
        if kind == "load" && !page.tags.within(Cat::Aid, range.0, range.1).any(|t| page.tags.kind(t) == "aid")
        {
            continue;
        }
        let better = best.is_none_or(|b| {
            let order = |t: &Tag| (page.tags.kind(*t) == "load", near(t));
            order(&tag) < order(&b)
        });
        if better {
            best = Some(tag);
        }
    }
    best
}

/// How far the aid came; nothing where it is only hoped for or conditional.
fn sub(page: &Page<'_>, clause: (usize, usize), verb: Tag, noun: Tag) -> Option<String> {
    let kind = page.tags.kind(verb);
    let floor = clause.0.max(verb.from.min(noun.from).saturating_sub(4));
    let any = |words: &[&str]| (floor..verb.from).any(|i| page.token(i).any(words));
    let led = |i: usize| page.token(i).is("to") && page.tags.before(Cat::AidVerb, i).is_none();
    let ahead = any(&[
        "if", "unless", "until", "would", "could", "should", "must", "may", "might", "hope", "hoped", "will",
        "can",
    ]) || (verb.from > 0 && led(verb.from - 1))
        || (floor..verb.from).any(|i| page.tag(Cat::DealWord, i).is_some_and(|t| page.tags.kind(t) == "aim"));
    let negated = (verb.from.saturating_sub(4).max(floor)..verb.from)
        .any(|i| page.token(i).any(&["not", "no", "never", "none", "لم", "لن", "عدم", "не", "without"]));
    let condition =
        page.tags.within(Cat::Condition, clause.0, verb.from).any(|t| t.to <= verb.from && t.from > clause.0);
    let thing = chunks::determiner(page, verb.from.wrapping_sub(1))
        && !page.token(verb.to).is("of")
        && verb.to == verb.from + 1
        && !page.token(verb.from).any(&["released", "freed", "evacuated"])
        && page.token(verb.from - 1).any(&["a", "an", "the"]);
    if condition || thing {
        return None;
    }
    if kind == "delivery_asked" {
        return (!negated).then(|| kind.to_owned());
    }
    if kind != "delivery_refused" && ahead
        || (kind == "delivery_refused" && any(&["if", "unless", "could", "may", "might"]))
    {
        return None;
    }
    // A person takes the floor to refuse a truce, not aid.
    let people = page.tags.kind(noun) == "people";
    if kind == "evacuation" && people && verb.from > noun.to + 6 {
        return None;
    }
    match (kind, negated) {
        ("delivery_approved" | "delivery_reached", true) => Some("delivery_refused".to_owned()),
        ("evacuation", true) => Some(kind.to_owned()),
        (_, true) => None,
        _ => Some(kind.to_owned()),
    }
}

fn proposal(
    page: &Page<'_>,
    number: usize,
    clause: (usize, usize),
    (verb, noun): (Tag, Tag),
    sub: &str,
) -> Proposal {
    let mut fields: BTreeMap<Field, Vec<Value>> = BTreeMap::new();
    let mut add = |field: Field, value: Value| fields.entry(field).or_default().push(value);
    let (from, to) = what(page, clause, verb, noun);
    add(Field::What, Value::normed(page.span(from, to), page.tags.value(noun)));
    counts(page, clause, &mut add);
    parties(page, clause, verb, noun, &mut add);
    places(page, clause, verb, &mut add);
    let mut days: Vec<String> = Vec::new();
    for date in page.dates_in(clause.0, clause.1).filter(|d| !d.vague) {
        let known = date.norm.as_ref().is_some_and(|n| days.contains(n));
        if !known {
            days.extend(date.norm.clone());
            let mut value = page.words(date.from, date.to);
            value.norm.clone_from(&date.norm);
            add(Field::When, value);
        }
    }
    roles::attributed(page, number, verb.from, &mut add);
    super::doubts::hedges(
        page,
        clause,
        &["unconfirmed", "possible", "provisional", "expected", "planned"],
        &mut add,
    );
    let (mut low, mut high) = (clause.0.min(from), clause.1.max(to));
    while low < high
        && (page.is(Cat::Boundary, low)
            || !page.token(low).word()
                && page.token(low).class != Class::Number
                && page.token(low).class != Class::Open)
    {
        low += 1;
    }
    while high > low && matches!(page.token(high - 1).class, Class::Comma | Class::Semicolon | Class::Dash) {
        high -= 1;
    }
    Proposal {
        kind: Kind::Humanitarian,
        sub: sub.to_owned(),
        span: page.span(low, high),
        granularity: Granularity::Discrete,
        fields,
        detail_of: None,
    }
}

/// The aid in its phrase, with its lorries: "a joint convoy of 41 trucks"; without the figure that counts it.
fn what(page: &Page<'_>, clause: (usize, usize), verb: Tag, noun: Tag) -> (usize, usize) {
    let exchange = page.token(verb.from).any(&["exchange", "swap", "release", "evacuation"])
        && verb.to <= noun.from
        && noun.from - verb.to < 4;
    if exchange {
        return (verb.from, noun.to);
    }
    let begin = if page.language == "en" { chunks::begin(page, noun.from, clause.0) } else { noun.from };
    let counted =
        (begin..noun.from).find_map(|i| page.figure_from(i)).filter(|f| f.to <= noun.from && !f.year);
    let from = counted.map_or(begin, |f| f.to);
    let of = page.token(noun.to).is("of") || page.token(noun.to - 1).is("of");
    let start = if page.token(noun.to).is("of") { noun.to + 1 } else { noun.to };
    let load = page.figure_from(start).filter(|_| of).and_then(|f| page.tag(Cat::Aid, f.to));
    (
        from.min(noun.from),
        load.map_or(noun.to - usize::from(page.token(noun.to - 1).any(&["of", "for"])), |t| t.to),
    )
}

/// Figures of lorries, parcels, people and captives.
fn counts(page: &Page<'_>, clause: (usize, usize), add: &mut impl FnMut(Field, Value)) {
    for figure in page.figures_in(clause.0, clause.1).iter().filter(|f| !f.year) {
        if page.date_over(figure.from).is_some() {
            continue;
        }
        let after = (figure.to..clause.1.min(figure.to + 5)).find(|i| {
            page.is(Cat::Aid, *i)
                || page.is(Cat::People, *i)
                || page.is(Cat::PlaceWord, *i)
                || !page.token(*i).word()
        });
        let counted = after.is_some_and(|i| page.token(i).word())
            && !(figure.to..figure.to + 2).any(|i| page.is(Cat::Unit, i) && !page.is(Cat::Aid, i))
            && !page.token(figure.to).any(&["per", "percent", "of"]);
        if counted {
            let mut count = page.words(figure.from, figure.to);
            count.bounds = Some(figure.bounds);
            add(Field::Count, count);
        }
    }
}

/// Who brings, blocks, allows or asks: the subject, and who stands after "by".
fn parties(
    page: &Page<'_>,
    clause: (usize, usize),
    verb: Tag,
    noun: Tag,
    add: &mut impl FnMut(Field, Value),
) {
    let mut found: Vec<(usize, usize)> = if page.language == "ar" {
        phrases::arabic_phrase(page, verb.to, clause.1).into_iter().collect()
    } else {
        phrases::subjects(page, verb.from, clause.0, 1)
    };
    found.retain(|(from, to)| {
        page.tags.within(Cat::Aid, *from, *to).next().is_none() && !(*from <= noun.from && noun.from < *to)
    });
    if found.is_empty() && page.language == "en" && verb.from >= noun.to {
        whose(page, clause, noun, add);
    }
    if found.is_empty() && page.language != "en" {
        found.extend(
            page.mentions_in(clause.0, verb.from).filter(|m| m.acts() && !m.located).map(|m| (m.from, m.to)),
        );
    }
    for span in found {
        let place = page.mention_from(span.0).is_some_and(|m| m.is_place() && m.to == span.1);
        if !place && page.date_over(span.0).is_none() {
            add(Field::Party, phrases::party(page, span));
        }
    }
    for at in verb.from..clause.1 {
        let by = page.token(at).any(&["by", "between"])
            || page.token(at).fold == "باشراف"
            || page.token(at).fold == "بين";
        let Some(first) = (at + 1..at + 3)
            .find_map(|i| page.mention_from(i))
            .filter(|m| by && (m.acts() || m.what == super::entities::What::Source))
        else {
            continue;
        };
        let list = if page.language == "en" { listed(page, at + 1, clause.1) } else { Vec::new() };
        if list.len() > 1 {
            list.into_iter().for_each(|p| add(Field::Party, phrases::party(page, p)));
        } else {
            add(Field::Party, first.value(page));
        }
    }
}

/// "A Red Cross convoy reached X", "the mission said its convoy": whose aid it is.
fn whose(page: &Page<'_>, clause: (usize, usize), noun: Tag, add: &mut impl FnMut(Field, Value)) {
    let begin = chunks::begin(page, noun.from, clause.0);
    let own = page
        .mentions_in(begin, noun.from)
        .find(|m| m.acts() && !m.located || m.what == super::entities::What::Source);
    if let Some(mention) = own {
        add(Field::Party, mention.value(page));
    } else if page.token(begin).any(&["its", "their"]) {
        let said = page.voices_of(page.sentence_number(noun.from)).iter().find(|v| v.from < noun.from);
        said.iter().flat_map(|v| &v.speakers).for_each(|v| add(Field::Party, v.clone()));
    }
}

/// Where it went: brought in by a preposition, or right after "reached" and "entered".
fn places(page: &Page<'_>, clause: (usize, usize), verb: Tag, add: &mut impl FnMut(Field, Value)) {
    let mut any = false;
    for mention in page.mentions_in(clause.0, clause.1) {
        let object =
            (verb.to..verb.to + 2).contains(&mention.from) && page.tags.kind(verb) == "delivery_reached";
        let spoken = page
            .voices_of(page.sentence_number(mention.from))
            .iter()
            .any(|v| v.from <= mention.from && mention.from < v.cue.0);
        let place = mention.is_place() || mention.what == super::entities::What::Country && object;
        let before = mention.to <= verb.from && (mention.to..verb.from).any(|i| page.is(Cat::Speech, i));
        if place && (mention.located || object) && !spoken && !before {
            any = true;
            add(Field::Where, mention.value(page));
        }
    }
    // "To five besieged towns", "entered Sarvel".
    let start = (verb.from..clause.1.min(verb.to + 12)).find(|i| {
        page.token(*i).any(&["to", "into"])
            && page.mention_at(i + 1).is_none_or(|m| m.what == super::entities::What::Ground)
    });
    let start = start.map(|i| i + 1).or((page.tags.kind(verb) == "delivery_reached").then_some(verb.to));
    if let Some(from) = start.filter(|_| !any) {
        let end = chunks::end(page, from, clause.1);
        let named = page.token(from).upper && page.mention_at(from).is_none();
        if end > from
            && ((from..end).any(|i| page.is(Cat::PlaceWord, i)) || named)
            && page.date_over(from).is_none()
        {
            add(Field::Where, page.words(from, end));
        }
    }
}
