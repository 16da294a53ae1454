//! Who is party to what is said of a deal, when and where it holds, for how long, and whom it leaves out.

use super::deals::Fact;
use super::entities::What;
use super::lexicon::Cat;
use super::page::Page;
use super::tokens::Class;
use super::voices::subject;
use super::{Field, Value};

/// Parties: the subject, "between X and Y", "with X", "by X"; those left out of an exclusion go to `excluded`.
pub(crate) fn parties(
    page: &Page<'_>,
    fact: &Fact,
    range: (usize, usize),
    add: &mut impl FnMut(Field, Value),
) {
    let sub = fact.sub.as_str();
    if sub == "scope_exclusion" {
        excluded(page, fact, range, add);
        return;
    }
    let status = sub.starts_with("status_")
        || sub.starts_with("deadline_")
        || sub == "in_force"
        || sub == "terminated" && super::roles::passive(page, fact.verb);
    let intransitive = fact.noun.is_some_and(|n| n.to <= fact.verb.from)
        && page.tags.entry(fact.verb).extra.starts_with("before");
    if sub == "position_unclear" {
        let hedge =
            page.tags.within(Cat::Hedge, range.0, fact.verb.from).find(|t| page.tags.kind(*t) == "unclear");
        let from = hedge.map_or(range.0, |t| t.to);
        for mention in page.mentions_in(from, fact.verb.from).filter(|m| m.acts()) {
            add(Field::Party, mention.value(page));
        }
        return;
    }
    if sub == "scope" {
        for mention in page.mentions_in(fact.verb.to, range.1).filter(|m| m.acts()) {
            add(Field::Party, mention.value(page));
        }
        return;
    }
    let passive = super::roles::passive(page, fact.verb);
    if !status && !intransitive && !passive {
        subject_party(page, fact, add);
    } else if passive && matches!(sub, "extended" | "renewed" | "suspended" | "terminated" | "announced") {
        for voice in page.voices_of(page.sentence_number(fact.verb.from)) {
            for value in voice.speakers.iter().filter(|v| v.registry.is_some()) {
                add(Field::Party, value.clone());
            }
        }
    }
    for mention in page.mentions_in(range.0, range.1).filter(|m| m.acts()) {
        let before = page.token(mention.from.wrapping_sub(1));
        let near = mention.from > fact.verb.from || fact.noun.is_some_and(|n| mention.from > n.from);
        let with = before.any(&["with", "between", "بين", "между", "by", "مع"]) && near;
        let and = before.any(&["and", "و", "и"])
            && page.mention_to(mention.from - 1).is_some_and(|m| {
                page.token(m.from.wrapping_sub(1)).any(&["between", "with", "by", "بين", "между"])
            });
        if (with || and) && sub != "demand" && !sub.starts_with("position_") && !sub.starts_with("status_") {
            add(Field::Party, mention.value(page));
        }
    }
}

fn subject_party(page: &Page<'_>, fact: &Fact, add: &mut impl FnMut(Field, Value)) {
    let floor = fact.sentence.0;
    if page.language == "ar" {
        // The verb stands first.
        let after = (fact.verb.to..fact.verb.to + 2).find_map(|i| page.mention_from(i)).filter(|m| m.acts());
        if let Some(mention) = after {
            add(Field::Party, mention.value(page));
            return;
        }
    }
    let found = subject(page, floor, fact.verb.from, None);
    let pronoun =
        found.as_ref().is_some_and(|(_, from)| page.token(*from).any(&["he", "she", "they", "it", "we"]));
    if pronoun {
        let said = page
            .voices_of(page.sentence_number(fact.verb.from))
            .iter()
            .find(|v| v.from < fact.verb.from && v.cue.0 != fact.verb.from);
        if let Some(voice) = said {
            for value in &voice.speakers {
                add(Field::Party, value.clone());
            }
            return;
        }
    }
    if let Some((values, from)) = found {
        let place = page.mention_from(from).is_some_and(|m| m.is_place() && m.what != What::Country);
        if !place {
            for value in values {
                add(Field::Party, value);
            }
        }
        return;
    }
    // "Assad said he is open to": the pronoun's sentence has one speaker.
    let outer = page.mentions_in(floor, fact.verb.from).filter(|m| m.acts() && !m.located).last();
    if let Some(mention) = outer.filter(|m| fact.verb.from - m.to < 12) {
        add(Field::Party, mention.value(page));
    }
}

fn excluded(page: &Page<'_>, fact: &Fact, range: (usize, usize), add: &mut impl FnMut(Field, Value)) {
    let passive =
        super::roles::passive(page, fact.verb) || page.token(fact.verb.to.wrapping_sub(1)).is("from");
    let (from, to) = if passive { (range.0, fact.verb.from) } else { (fact.verb.to, range.1) };
    let mut any = false;
    let mut last = from;
    for mention in page.mentions_in(from, to).filter(|m| m.what == What::Actor) {
        let joined = (last..mention.from)
            .all(|i| page.token(i).any(&["and", "on", "or", "other"]) || page.token(i).class == Class::Comma);
        if any && !joined {
            break;
        }
        add(Field::Excluded, mention.value(page));
        (any, last) = (true, mention.to);
    }
}

/// What is asked, and of whom: "urged Russia to pressure Assad".
pub(crate) fn asked(page: &Page<'_>, fact: &Fact, add: &mut impl FnMut(Field, Value)) {
    let mut from = fact.verb.to;
    if fact.sub == "demand"
        && let Some(mention) = (from..from + 2).find_map(|i| page.mention_from(i)).filter(|m| m.acts())
    {
        add(Field::Target, mention.value(page));
        from = mention.to;
    }
    if page.token(from).any(&["to", "for", "that"]) {
        from += 1;
    }
    let end = (from..fact.clause.1)
        .find(|i| {
            let token = page.token(*i);
            let stop = token.class == Class::Stop && i + 2 >= fact.sentence.1;
            (stop || matches!(token.class, Class::Comma | Class::Semicolon | Class::Open))
                && *i > from
                && !page.token(i + 1).is("and")
                && page.mention_from(i + 1).is_none()
                || (*i > from && page.token(*i).any(&["that", "which", "who", "also"]))
                || (page.is(Cat::Boundary, *i)
                    && page.tags.kind(page.tag(Cat::Boundary, *i).unwrap_or(fact.verb)) == "clause")
        })
        .unwrap_or(fact.clause.1);
    if end > from {
        add(Field::What, page.words(from, end));
    }
}

/// Times of what is said, from when it holds, and for how long.
pub(crate) fn times(page: &Page<'_>, fact: &Fact, range: (usize, usize), add: &mut impl FnMut(Field, Value)) {
    let mut taken = Vec::new();
    durations(page, range, &mut taken, add);
    for date in page.dates_in(range.0, range.1) {
        if taken.iter().any(|(a, b)| *a < date.to && date.from < *b)
            || (date.vague && date.norm.is_none() && !fact.sub.starts_with("status"))
        {
            continue;
        }
        let mut value = page.words(date.from, date.to);
        value.norm.clone_from(&date.norm);
        let starts = (date.from.saturating_sub(5)..date.from).any(|i| {
            page.token(i).any(&[
                "start",
                "begin",
                "effect",
                "force",
                "starting",
                "beginning",
                "starts",
                "begins",
            ])
        });
        let deal = matches!(
            fact.sub.as_str(),
            "reached" | "announced" | "signed" | "accepted" | "in_force" | "deadline_set" | "extended"
        );
        let ahead = starts
            || fact.sub == "in_force"
            || (date.ahead && page.token(date.from).any(&["within", "with"]));
        add(if deal && ahead && fact.sub != "deadline_set" { Field::Effective } else { Field::When }, value);
    }
}

fn durations(
    page: &Page<'_>,
    range: (usize, usize),
    taken: &mut Vec<(usize, usize)>,
    add: &mut impl FnMut(Field, Value),
) {
    for figure in page.figures_in(range.0, range.1) {
        let Some(unit) = page.tag(Cat::Unit, figure.to) else { continue };
        let letter = match page.tags.kind(unit) {
            "hour" => "H",
            "day" => "D",
            "week" => "W",
            "month" => "M",
            "year" => "Y",
            "minute" => "MIN",
            _ => continue,
        };
        let mut from = figure.from;
        while from > range.0
            && page.token(from - 1).any(&[
                "an",
                "additional",
                "another",
                "a",
                "further",
                "initial",
                "extra",
                "the",
                "first",
                "renewable",
            ])
        {
            from -= 1;
        }
        let led = page
            .token(from.wrapping_sub(1))
            .any(&["for", "lasting", "last", "by", "of", "لمده", "на", "another"]);
        let before_deal =
            page.token(unit.from).hyphened && (unit.to..unit.to + 4).any(|i| page.is(Cat::Deal, i));
        let ago = page.token(unit.to).any(&["ago", "later", "earlier", "old"]);
        if !(led || before_deal) || ago {
            continue;
        }
        let count = figure.bounds.min;
        let norm = match letter {
            "H" => format!("PT{count}H"),
            "MIN" => format!("PT{count}M"),
            letter => format!("P{count}{letter}"),
        };
        taken.push((from, unit.to));
        let from = if before_deal { figure.from } else { from };
        add(Field::Duration, Value::normed(page.span(from, unit.to), norm));
    }
}

/// Where it holds, and where it does not.
pub(crate) fn places(
    page: &Page<'_>,
    fact: &Fact,
    range: (usize, usize),
    add: &mut impl FnMut(Field, Value),
) {
    for mention in page.mentions_in(range.0, range.1) {
        if !(mention.is_place() && mention.located)
            || page
                .voices_of(page.sentence_number(mention.from))
                .iter()
                .any(|v| v.from <= mention.from && mention.from < v.cue.0)
        {
            continue;
        }
        if page.mention_at(fact.verb.from).is_some()
            || fact.condition.is_some_and(|(a, b)| a <= mention.from && mention.from < b)
        {
            continue;
        }
        let before = page.tags.before(Cat::Preposition, mention.from).map_or(mention.from, |t| t.from);
        let path = page.tags.before(Cat::Preposition, mention.from).is_some_and(|t| {
            page.token(t.from).any(&["from", "on", "against", "for", "into", "via", "toward", "towards"])
        });
        let out = page.token(before.wrapping_sub(1)).any(&["not", "except", "excluding"]);
        let country = matches!(mention.what, What::Country | What::Ground) && path;
        if country || (path && page.token(before).any(&["against"])) {
            continue;
        }
        add(if out { Field::ExcludedArea } else { Field::Where }, mention.value(page));
    }
}
