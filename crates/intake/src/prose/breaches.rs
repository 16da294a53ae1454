//! Who is said to have broken a truce, and who says so: accusations, breaches that somebody counts, breaches told as nouns.
//!
//! Whoever accuses is whose word it is; nobody is a party to a breach whom the sentence does not say broke it.

use super::deal_fields::accusing;
use super::deal_who::somebody;
use super::deals::Fact;
use super::lexicon::{Cat, Tag};
use super::page::Page;
use super::parties::{subject_of, subject_party};
use super::phrases::{arabic_phrase, party, slavic_subject, subjects};
use super::tokens::Class;
use super::{Field, Value, chunks};

/// Who is said to have broken the truce: whom "accused" names, else the subject; who accuses is whose word it is.
pub(crate) fn violators(
    page: &Page<'_>,
    fact: &Fact,
    range: (usize, usize),
    add: &mut impl FnMut(Field, Value),
) {
    let Some(accuses) = accusing(page, fact) else {
        if let Some((from, to)) = breach_of(page, fact) {
            add(Field::Party, party(page, (from, to)));
            return;
        }
        if records(page, fact) {
            for p in subject_of(page, fact) {
                add(Field::AccordingTo, party(page, p));
            }
        }
        if let Some(by) =
            (fact.noun.map_or(fact.verb.to, |n| n.to)..range.1.min(fact.verb.to + 14)).find(|i| {
                page.token(*i).any(&["by"]) || page.token(*i).is("جانب") || page.token(*i).is("стороны")
            })
            && let Some(mention) = (by + 1..by + 3).find_map(|i| page.mention_from(i)).filter(|m| m.acts())
        {
            add(Field::Party, mention.value(page));
            return;
        }
        let counts = fact.noun.is_some_and(|n| page.tags.kind(n) == "violation");
        if !counts && !super::deal_facts::passive(page, fact.verb) {
            subject_party(page, fact, add);
        }
        return;
    };
    let both = (fact.part.0..fact.part.1)
        .filter_map(|i| page.tags.at(Cat::DealWord, i))
        .any(|t| page.tags.kind(t) == "reciprocal" || page.tags.kind(t) == "mutual");
    let (subject, object) = accused(page, fact, accuses);
    if both || object.is_none() && subject.len() > 1 {
        for p in &subject {
            add(Field::Party, party(page, *p));
        }
        return;
    }
    if let Some(p) = object {
        add(Field::Party, party(page, p));
        for p in &subject {
            add(Field::AccordingTo, party(page, *p));
        }
    }
}

/// "The army's repeated violations of the truce": whose breaches a noun tells of.
fn breach_of(page: &Page<'_>, fact: &Fact) -> Option<(usize, usize)> {
    let noun = fact.noun.filter(|n| page.tags.kind(*n) == "violation" && page.language == "en")?;
    let mark = (noun.from.saturating_sub(4).max(fact.sentence.0 + 1)..noun.from).rev().find(|i| {
        page.token(*i).class == Class::Other && page.token(*i).glued && page.token(*i).fold.starts_with('\'')
    })?;
    let clear = (mark + 1..noun.from).all(|i| page.token(i).word() && !page.is(Cat::Stop, i));
    let from = chunks::begin(page, mark - 1, fact.sentence.0);
    (clear && somebody(page, from, mark)).then_some((from, mark))
}

/// "The mission recorded 12 breaches": who counts them tells of them.
fn records(page: &Page<'_>, fact: &Fact) -> bool {
    let stems = [
        "record", "register", "document", "report", "log", "count", "observ", "detect", "note", "verif",
        "cite", "confirm",
    ];
    page.language == "en"
        && fact.noun.is_some_and(|n| page.tags.kind(n) == "violation" && n.from >= fact.verb.to)
        && stems.iter().any(|stem| page.token(fact.verb.from).fold.starts_with(stem))
        && !super::deal_facts::passive(page, fact.verb)
}

/// Who accuses, and who is accused.
type Accused = (Vec<(usize, usize)>, Option<(usize, usize)>);

/// Who accuses and who is accused.
fn accused(page: &Page<'_>, fact: &Fact, accuses: Tag) -> Accused {
    if page.language == "ar" {
        let dated = |at: usize| page.date_over(at).map_or(at, |d| d.to);
        let first = arabic_phrase(page, accuses.to, fact.sentence.1);
        let second = first.and_then(|f| arabic_phrase(page, dated(f.1), fact.sentence.1));
        return match (first, second) {
            (Some(f), Some(s)) => (vec![f], Some(s)),
            (Some(f), None) => {
                let before = page.mention_to(accuses.from).filter(|m| m.acts());
                before.map_or((vec![f], None), |m| (vec![(m.from, m.to)], Some(f)))
            }
            _ => (Vec::new(), None),
        };
    }
    if accuses.to - accuses.from > 1 {
        return (
            subjects(page, accuses.from, fact.sentence.0, 2),
            page.mentions_in(accuses.to, accuses.to + 6).find(|m| m.acts()).map(|m| (m.from, m.to)),
        );
    }
    // "Both sides were trading accusations of": who does stands before the verb.
    if page.tags.kind(accuses) == "mutual" {
        return (subjects(page, accuses.from, fact.sentence.0, 2), None);
    }
    let noun = page.token(accuses.from).any(&["accusation", "accusations", "blame"])
        && accuses.from > fact.sentence.0;
    if noun
        && page.tag(Cat::DealVerb, accuses.from - 1).is_some_and(|t| page.tags.kind(t) == "violation_alleged")
    {
        return (subjects(page, accuses.from - 1, fact.sentence.0, 2), None);
    }
    let subject = if matches!(page.language, "ru" | "uk") {
        slavic_subject(page, &Fact { verb: accuses, ..fact.clone() })
    } else {
        subjects(page, accuses.from, fact.sentence.0, 2)
    };
    let from = accuses.to;
    let end = (from..fact.sentence.1.min(from + 16))
        .find(|i| {
            page.token(*i).any(&["of", "for", "в", "у"])
                && !page.mention_at(*i).is_some_and(|m| m.from < *i && *i < m.to)
                || matches!(page.token(*i).class, Class::Comma | Class::Stop | Class::Semicolon)
                || page.is(Cat::DealVerb, *i)
        })
        .unwrap_or(from);
    (subject, (end > from).then_some((from, end)))
}
