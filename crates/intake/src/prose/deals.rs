//! What is said of a truce: reached, accepted on a condition, extended, fraying, violated; of its talks, deadlines and scope.
//!
//! A deal word and a word that says something of it, near each other in one sentence, make a proposal; negation, "may", "if" and
//! "whether" turn what the verb alone would say. A text without any word for a truce gives no agreement facts.

use std::collections::BTreeMap;

use super::incidents::clauses;
use super::lexicon::{Cat, Tag};
use super::page::Page;
use super::tokens::Class;
use super::{Field, Granularity, Kind, Proposal, Value, chunks, parties};

/// How far a verb may stand from its deal word, in tokens.
const REACH: usize = 18;

/// One thing said of a deal.
#[derive(Clone, Debug)]
pub(crate) struct Fact {
    pub(crate) sub: String,
    pub(crate) verb: Tag,
    pub(crate) noun: Option<Tag>,
    pub(crate) clause: (usize, usize),
    pub(crate) sentence: (usize, usize),
    pub(crate) condition: Option<(usize, usize)>,
}

/// Every agreement fact proposed.
pub(crate) fn deals(page: &Page<'_>) -> Vec<Proposal> {
    let all = 0..page.tokens.len();
    let kinds: std::collections::BTreeSet<&str> = page
        .tags
        .within(Cat::Deal, all.start, all.end)
        .map(|t| page.tags.kind(t))
        .filter(|k| *k != "other")
        .collect();
    let acts = [Cat::ActNoun, Cat::ActVerb]
        .iter()
        .any(|c| page.tags.within(*c, all.start, all.end).next().is_some());
    // Deals and talks of other kinds are no matter of war and peace unless the text says more.
    if !kinds.contains("truce") && kinds.len() < if acts { 1 } else { 2 } {
        return Vec::new();
    }
    let mut out = Vec::new();
    let mut last: Option<(usize, usize)> = None;
    for (number, sentence) in page.sentences.iter().enumerate() {
        let asks = sentence
            .1
            .checked_sub(1)
            .is_some_and(|end| page.slice(end.saturating_sub(1), end + 1).contains(['?', '؟']));
        let before = page.sentences.get(number.saturating_sub(3)).map_or(0, |s| s.0);
        let recent = last.is_some_and(|(from, _)| from >= before);
        let facts = if asks { Vec::new() } else { facts(page, *sentence, recent) };
        let alone = facts.len() == 1;
        for fact in &facts {
            out.push(proposal(page, number, fact, alone, last));
        }
        for tag in page.tags.within(Cat::Deal, sentence.0, sentence.1) {
            if page.tags.kind(tag) == "truce" {
                last = Some(phrase(page, tag, sentence.0));
            }
        }
    }
    out
}

/// The deal's words: from its article, with the quotes around it.
pub(crate) fn phrase(page: &Page<'_>, tag: Tag, floor: usize) -> (usize, usize) {
    let from = chunks::begin(page, tag.from, floor);
    let quoted =
        from > floor && page.token(from - 1).class == Class::Open && page.token(tag.to).class == Class::Close;
    let comma = from > floor
        && page.token(from - 1).class == Class::Open
        && page.token(tag.to).class == Class::Comma
        && page.token(tag.to + 1).class == Class::Close;
    if quoted {
        (from - 1, tag.to + 1)
    } else if comma {
        (from - 1, tag.to + 2)
    } else {
        (from, tag.to)
    }
}

fn facts(page: &Page<'_>, sentence: (usize, usize), recent: bool) -> Vec<Fact> {
    let parts = clauses(page, sentence);
    let nouns: Vec<Tag> = page
        .tags
        .within(Cat::Deal, sentence.0, sentence.1)
        .filter(|t| page.tags.kind(*t) != "other")
        .collect();
    let mut out: Vec<Fact> = Vec::new();
    for verb in page.tags.within(Cat::DealVerb, sentence.0, sentence.1) {
        let clause = parts.iter().copied().find(|c| c.0 <= verb.from && verb.from < c.1).unwrap_or(sentence);
        let Some(fact) = fact(page, sentence, clause, verb, (&nouns, recent)) else { continue };
        let same = |a: &Fact, b: &Fact| a.noun == b.noun || a.clause == b.clause && b.noun.is_none();
        if let Some(place) =
            out.iter().position(|f| f.clause == fact.clause && (same(f, &fact) || f.sub == fact.sub))
        {
            let keep = out.get(place).is_some_and(|f| rank(&f.sub) <= rank(&fact.sub));
            if !keep && let Some(slot) = out.get_mut(place) {
                *slot = fact;
            }
            continue;
        }
        // "It has frayed in some areas and fallen in others": one account of how it stands.
        let status = |f: &Fact| f.sub.starts_with("status_");
        let whole = out
            .iter_mut()
            .find(|f| status(f) && status(&fact) && (fact.noun.is_none() || f.noun == fact.noun));
        if let Some(first) = whole {
            first.clause.1 = fact.clause.1;
            continue;
        }
        out.push(fact);
    }
    out.extend(verbless(page, sentence, &nouns, &out));
    let deal = out
        .iter()
        .any(|f| matches!(f.sub.as_str(), "reached" | "announced" | "signed" | "extended" | "accepted"));
    out.retain(|f| !(deal && matches!(f.sub.as_str(), "in_force" | "deadline_set")) || f.noun.is_none());
    out
}

/// "No talks until…", "an agreement for a truce within a week": said without a verb of its own.
fn verbless(page: &Page<'_>, sentence: (usize, usize), nouns: &[Tag], found: &[Fact]) -> Vec<Fact> {
    let mut out = Vec::new();
    for noun in nouns {
        let kind = page.tags.kind(*noun);
        let told = found.iter().any(|f| f.noun == Some(*noun) && f.sub != "in_force");
        let no = (noun.from.saturating_sub(5).max(sentence.0)..noun.from)
            .any(|i| page.token(i).any(&["no", "without"]))
            || (noun.to..noun.to + 8).any(|i| page.token(i).any(&["impossible"]));
        let make = |sub: &str, verb, condition| Fact {
            sub: sub.to_owned(),
            verb,
            noun: Some(*noun),
            clause: sentence,
            sentence,
            condition,
        };
        if matches!(kind, "talks" | "truce") && no && !told {
            if let Some((from, to)) = condition_after(page, sentence, noun.to)
                && let Some(verb) = page.tags.at(Cat::Condition, from)
                && out.is_empty()
            {
                out.push(make("condition", verb, Some((from, to))));
            }
        } else if kind == "truce" && !told {
            let within = (noun.to..noun.to + 4).find(|i| page.token(*i).is("within"));
            let dated = within.and_then(|i| page.date_over(i)).filter(|d| d.day.is_some());
            let clause = clauses(page, sentence).into_iter().find(|c| c.0 <= noun.from && noun.from < c.1);
            if let (Some(date), Some(clause)) = (dated, clause) {
                let from = page.dates_in(clause.0, noun.from).last().map_or(noun.from, |d| d.from);
                out.push(Fact { clause: (from, date.to), ..make("deadline_set", *noun, None) });
            }
        }
    }
    out
}

/// Which of two things said of one deal in one clause is kept.
fn rank(sub: &str) -> usize {
    match sub {
        "scope_exclusion" | "position_unclear" | "position_conditional" | "deadline_lapsed" => 0,
        "violation_alleged" | "status_collapsed" | "extended" | "renewed" | "terminated" | "signed"
        | "suspended" => 1,
        "demand" | "talks_scheduled" | "talks_collapsed" | "talks_slipped" => 2,
        "reached" | "position_refuses" | "position_accepts_hedged" | "position_refuses_hedged" => 3,
        "in_force" | "deadline_set" | "monitoring" | "mechanism" | "scope" => 7,
        "announced" => 6,
        "talks_ongoing" => 5,
        "status_fraying" | "status_at_risk" => 2,
        _ => 4,
    }
}

fn fact(
    page: &Page<'_>,
    sentence: (usize, usize),
    clause: (usize, usize),
    verb: Tag,
    (nouns, recent): (&[Tag], bool),
) -> Option<Fact> {
    if beside(page, verb, nouns) {
        return None;
    }
    let entry = page.tags.entry(verb);
    let mut sub = entry.kind.clone();
    if sub == "demand" {
        return demand(page, sentence, clause, verb, nouns);
    }
    let kinds: Vec<&str> = entry.value.split(';').collect();
    let (position, other) = entry.extra.split_once(';').unwrap_or((&entry.extra, ""));
    let noun = nearest(page, clause, verb, nouns, &kinds, position)
        .or_else(|| nearest(page, sentence, verb, nouns, &kinds, position));
    let pronoun = noun.is_none()
        && kinds.contains(&"truce")
        && position != "after"
        && (recent || noun_before(page, clause.0, sentence.0, nouns))
        && it_before(page, clause.0, verb);
    let nounless = kinds.contains(&"none")
        && (sub == "position_unclear" || page.token(verb.to.saturating_sub(1)).is("to"));
    if noun.is_none() && !pronoun && !nounless {
        return None;
    }
    if noun.is_some_and(|n| {
        page.tags.kind(n) == "plan" && !matches!(sub.as_str(), "proposal" | "accepted" | "position_refuses")
    }) {
        return None;
    }
    if aside(page, sentence, verb, &sub) {
        return None;
    }
    let negated = negated(page, sentence.0, verb.from);
    let modal = modal(page, sentence.0, verb.from);
    if !turned(page, sentence, verb, negated, modal, other, &mut sub) {
        return None;
    }
    let definite = page.dates_in(verb.to, sentence.1).any(|d| d.day.is_some());
    if matches!(sub.as_str(), "in_force" | "deadline_set") && modal && !definite {
        return None;
    }
    let with =
        noun.is_some_and(|n| page.tags.kind(n) == "deal" && page.token(n.to).any(&["with", "between"]));
    if sub == "announced" && with {
        "reached".clone_into(&mut sub);
    }
    if nounless && noun.is_none() && !matches!(sub.as_str(), "position_unclear" | "position_refuses_hedged") {
        return None;
    }
    let condition = conditioned(page, sentence, verb, &mut sub);
    Some(Fact { sub, verb, noun, clause, sentence, condition })
}

/// Whether the verb is only aimed at, or stands under a "whether" that no doubt explains.
fn aside(page: &Page<'_>, sentence: (usize, usize), verb: Tag, sub: &str) -> bool {
    let whether =
        (verb.from.saturating_sub(7).max(sentence.0)..verb.from).any(|i| page.token(i).any(&["whether"]));
    let unclear = page.tags.within(Cat::Hedge, sentence.0, verb.from).any(|t| page.tags.kind(t) == "unclear");
    only_aimed_at(page, sentence.0, verb, sub) || (whether && !unclear && sub != "proposal")
}

fn passing(page: &Page<'_>, at: usize) -> bool {
    page.token(at).fold.ends_with("ed") && chunks::determiner(page, at.wrapping_sub(1))
}

fn noun_before(page: &Page<'_>, at: usize, floor: usize, nouns: &[Tag]) -> bool {
    nouns.iter().any(|n| floor <= n.from && n.from < at && page.tags.kind(*n) == "truce")
}

/// Whether a verb in the infinitive is only aimed at: "efforts to restore a truce", but not "agreed to extend it".
fn only_aimed_at(page: &Page<'_>, floor: usize, verb: Tag, sub: &str) -> bool {
    let to = verb.from.checked_sub(1).filter(|b| *b >= floor && page.token(*b).is("to"));
    let Some(to) = to else { return false };
    let meant = (to.saturating_sub(3).max(floor)..to).any(|i| {
        let t = &page.token(i).fold;
        [
            "agreed", "agrees", "decid", "vow", "pledg", "refus", "declin", "willing", "ready", "prepared",
            "promis", "fail", "open", "due", "set",
        ]
        .iter()
        .any(|w| t.starts_with(w))
    });
    !meant && !matches!(sub, "talks_scheduled" | "demand")
}

/// The condition beside a verb, and what it makes of it.
fn conditioned(
    page: &Page<'_>,
    sentence: (usize, usize),
    verb: Tag,
    sub: &mut String,
) -> Option<(usize, usize)> {
    let accepts = sub.starts_with("position_accept") || sub == "accepted";
    if !accepts && sub != "talks_ongoing" && !sub.starts_with("position_refuses") {
        return None;
    }
    let condition = condition_after(page, sentence, verb.to)?;
    if accepts {
        "position_conditional".clone_into(sub);
    } else if sub == "talks_ongoing" {
        "condition".clone_into(sub);
    }
    Some(condition)
}

/// Whether the verb's word is part of a deal word, or only describes one: "the proposed truce".
fn beside(page: &Page<'_>, verb: Tag, nouns: &[Tag]) -> bool {
    let kind = page.tags.kind(verb);
    let breach = |n: &Tag| kind == "violation_alleged" && page.tags.kind(*n) == "violation";
    let within = nouns.iter().any(|n| n.from < verb.to && verb.from < n.to && !breach(n));
    within || page.token(verb.from).hyphened || (passing(page, verb.from) && !kind.starts_with("status_"))
}

/// The deal word that a verb speaks of.
fn nearest(
    page: &Page<'_>,
    range: (usize, usize),
    verb: Tag,
    nouns: &[Tag],
    kinds: &[&str],
    position: &str,
) -> Option<Tag> {
    let fits = |n: &&Tag| range.0 <= n.from && n.to <= range.1 && kinds.contains(&page.tags.kind(**n));
    let before =
        nouns.iter().rev().filter(fits).find(|n| n.to <= verb.from && verb.from - n.to <= REACH).copied();
    let after = nouns.iter().filter(fits).find(|n| n.from >= verb.to && n.from - verb.to <= REACH).copied();
    let clear = |n: &Tag| {
        (verb.to..n.from).all(|i| {
            let little = [
                "do", "does", "is", "are", "was", "were", "will", "would", "has", "have", "had", "which",
                "who", "where",
            ];
            (!page.is(Cat::DealVerb, i)
                || passing(page, i)
                || page.token(i).is("to")
                || page.token(i - 1).is("to"))
                && !page.token(i).any(&little)
                && !page.is(Cat::Speech, i)
        })
    };
    let after = after.filter(clear);
    match position {
        "before" => before,
        "after" => after,
        _ => {
            // The noun stands before a passive or a bare participle: "a truce brokered by"; else it is the object.
            let passive = super::roles::passive(page, verb);
            let participle = |n: &Tag| {
                (verb.from - n.to < 3 && !page.is(Cat::Boundary, verb.from - 1))
                    || page.tags.kind(*n) == "talks"
                    || page.language != "en"
            };
            let before = before.filter(|n| passive || participle(n));
            if passive { before.or(after) } else { after.or(before) }
        }
    }
}

/// "It would exempt", "it has been renewed".
fn it_before(page: &Page<'_>, floor: usize, verb: Tag) -> bool {
    (verb.from.saturating_sub(5).max(floor)..verb.from)
        .rev()
        .take_while(|at| page.is(Cat::Stop, *at))
        .any(|at| page.token(at).is("it"))
        && page.tags.kind(verb) != "accepted"
}

fn negated(page: &Page<'_>, floor: usize, at: usize) -> bool {
    (at.saturating_sub(4).max(floor)..at).any(|i| {
        page.token(i).any(&[
            "not", "never", "won't", "wouldn't", "didn't", "don't", "doesn't", "can't", "cannot", "no",
            "neither", "refused", "refuse", "refuses", "declined", "failed", "without", "دون", "بدون", "без",
            "لم", "لن", "لا", "не",
        ])
    })
}

fn modal(page: &Page<'_>, floor: usize, at: usize) -> bool {
    (at.saturating_sub(4).max(floor)..at).any(|i| {
        page.token(i)
            .any(&["may", "might", "could", "would", "probably", "likely", "possibly", "perhaps", "should"])
    })
}

/// What negation, "may" and "whether" make of a verb; false when nothing is left to propose.
fn turned(
    page: &Page<'_>,
    sentence: (usize, usize),
    verb: Tag,
    negated: bool,
    modal: bool,
    other: &str,
    sub: &mut String,
) -> bool {
    let unclear = page.tags.within(Cat::Hedge, sentence.0, verb.from).any(|t| page.tags.kind(t) == "unclear");
    let to = match (sub.as_str(), negated, modal) {
        ("accepted" | "position_refuses" | "reached", _, _) if unclear => "position_unclear",
        ("position_unclear", _, _) => return true,
        (_, _, _) if unclear && page.tags.kind(verb) != "talks_ongoing" => return false,
        ("accepted", true, true) => "position_refuses_hedged",
        ("accepted", true, false) => "position_refuses",
        ("accepted", false, true) => "position_accepts_hedged",
        ("position_refuses", false, true) => "position_refuses",
        ("position_refuses", true, _) => "accepted",
        (_, true, _) if !other.is_empty() => other,
        ("scope", false, _) => "scope",
        ("reached" | "signed" | "announced" | "extended" | "renewed", true, _) => return false,
        ("in_force", true, _) => "deadline_lapsed",
        ("in_force", false, true) if page.dates_in(verb.to, sentence.1).next().is_some() => "deadline_set",
        ("terminated", false, true) => "position_refuses_hedged",
        ("status_holding", true, _) => "status_fraying",
        ("violation_alleged" | "terminated" | "status_collapsed", true, _) => return false,
        (_, _, _) => return true,
    };
    to.clone_into(sub);
    true
}

/// "If Russia stops", "as long as": to the end of the clause.
fn condition_after(page: &Page<'_>, sentence: (usize, usize), from: usize) -> Option<(usize, usize)> {
    let tag = page.tags.within(Cat::Condition, from, sentence.1).next().or_else(|| {
        page.tags.within(Cat::Condition, sentence.0, sentence.1).next().filter(|t| t.from <= sentence.0 + 1)
    })?;
    let closes = |i: usize| {
        let token = page.token(i);
        matches!(token.class, Class::Semicolon | Class::Stop)
            && page.token(i + 1).breaks + u8::from(i + 1 >= sentence.1) > 0
            || (token.class == Class::Dash && !token.glued)
            || (token.class == Class::Comma
                && page.voices_of(page.sentence_number(i)).iter().any(|v| v.from == i + 1))
    };
    let mut end = (tag.to..sentence.1).find(|i| closes(*i)).unwrap_or(sentence.1);
    while end > tag.to
        && !page.token(end - 1).word()
        && page.token(end - 1).class != Class::Number
        && page.token(end - 1).class != Class::Close
    {
        end -= 1;
    }
    Some((tag.from, end))
}

/// "Urged Russia to pressure Assad to stop the attacks", "demanded a halt".
fn demand(
    page: &Page<'_>,
    sentence: (usize, usize),
    clause: (usize, usize),
    verb: Tag,
    nouns: &[Tag],
) -> Option<Fact> {
    let end = clause.1.min(verb.to + 24);
    let stops = (verb.to..end).any(|i| {
        page.tag(Cat::Hedge, i).is_some_and(|t| page.tags.kind(t) == "stop")
            || page.token(i).any(&[
                "respect",
                "withdraw",
                "comply",
                "implement",
                "honour",
                "honor",
                "accept",
                "وقف",
            ])
    });
    let noun =
        nouns.iter().find(|n| n.from >= verb.to && n.to <= end && page.tags.kind(**n) == "truce").copied();
    (stops || noun.is_some()).then(|| Fact {
        sub: "demand".to_owned(),
        verb,
        noun: None,
        clause,
        sentence,
        condition: None,
    })
}

fn proposal(
    page: &Page<'_>,
    number: usize,
    fact: &Fact,
    alone: bool,
    last: Option<(usize, usize)>,
) -> Proposal {
    let mut fields: BTreeMap<Field, Vec<Value>> = BTreeMap::new();
    let mut add = |field: Field, value: Value| fields.entry(field).or_default().push(value);
    let (low, high) = if alone { fact.sentence } else { bounds(page, fact) };
    what(page, fact, last, &mut add);
    if let Some((from, to)) = fact.condition {
        add(Field::Condition, page.words(from, to));
    }
    parties::parties(page, fact, (low, high), &mut add);
    parties::times(page, fact, (low, high), &mut add);
    parties::places(page, fact, (low, high), &mut add);
    super::roles::attributed(page, number, fact.verb.from, &mut add);
    if fact.sub == "demand" && !fields.contains_key(&Field::AccordingTo) {
        let party = fields.get(&Field::Party).cloned();
        fields.extend(party.map(|p| (Field::AccordingTo, p)));
    }
    let mut add = |field: Field, value: Value| fields.entry(field).or_default().push(value);
    let norms = hedges_of(&fact.sub);
    super::roles::hedges(page, (low, high), norms, &mut add);
    let mut span = page.span(low, high);
    let mut end = high;
    while end > low && matches!(page.token(end - 1).class, Class::Comma | Class::Dash | Class::Semicolon) {
        end -= 1;
        span = page.span(low, end);
    }
    Proposal {
        kind: Kind::Agreement,
        sub: fact.sub.clone(),
        span,
        granularity: Granularity::Discrete,
        fields,
    }
}

/// Which hedges bear on which fact.
fn hedges_of(sub: &str) -> &'static [&'static str] {
    match sub {
        "position_unclear" => &["unclear"][..],
        "position_accepts_hedged" | "position_refuses_hedged" => &["authors_assessment", "possible"],
        "position_refuses" => &["authors_assessment"],
        "scope" => &["conditional"],
        "scope_exclusion" => &["opinion"],
        "reached" | "announced" => &["provisional", "possible"],
        _ => &[
            "provisional",
            "possible",
            "expected",
            "planned",
            "under_consideration",
            "unconfirmed",
            "date_withdrawn",
        ],
    }
}

/// What the fact is about.
fn what(page: &Page<'_>, fact: &Fact, last: Option<(usize, usize)>, add: &mut impl FnMut(Field, Value)) {
    match (fact.noun, fact.sub.as_str()) {
        (_, "demand" | "position_refuses_hedged" | "position_refuses" | "position_unclear")
            if fact.noun.is_none() =>
        {
            parties::asked(page, fact, add);
        }
        (Some(noun), "violation_alleged") if page.tags.kind(noun) != "violation" => {
            add(Field::What, Value::normed(page.span(fact.verb.from, noun.to), "violation"));
        }
        (Some(noun), _) => {
            let noun = truce_of(page, noun, fact.sentence.1);
            let (from, to) = phrase(page, noun, fact.sentence.0);
            let norm = page.tags.value(noun).to_owned();
            add(Field::What, Value::normed(page.span(from, to), norm));
        }
        (None, _) => {
            if let Some((from, to)) = last {
                add(Field::What, page.words(from, to));
            }
        }
    }
}

/// "An agreement on a cessation of hostilities" is about the cessation.
fn truce_of(page: &Page<'_>, noun: Tag, ceiling: usize) -> Tag {
    if page.tags.kind(noun) != "deal" {
        return noun;
    }
    let truce = page
        .tags
        .within(Cat::Deal, noun.to, ceiling.min(noun.to + 14))
        .find(|t| page.tags.kind(*t) == "truce");
    truce.filter(|t| (noun.to..t.from).any(|i| page.token(i).any(&["for", "on", "of"]))).unwrap_or(noun)
}

/// The clause, widened to hold the deal word and the condition.
fn bounds(page: &Page<'_>, fact: &Fact) -> (usize, usize) {
    let (mut from, mut to) = fact.clause;
    if let Some(noun) = fact.noun {
        from = from.min(phrase(page, noun, fact.sentence.0).0);
        to = to.max(noun.to);
    }
    if let Some((a, b)) = fact.condition {
        from = from.min(a);
        to = to.max(b);
    }
    while from < to
        && !page.token(from).word()
        && page.token(from).class != Class::Open
        && page.token(from).class != Class::Number
    {
        from += 1;
    }
    while from < to && (page.is(Cat::Boundary, from) && !page.token(from).any(&["which", "that"])) {
        from += 1;
    }
    (from, to)
}
