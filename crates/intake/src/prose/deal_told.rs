//! Where a word that could say something of a deal tells nothing: it describes, it is part of another word, it stands in a condition, it is
//! mentioned in passing, or the deal only holds it as one of its terms.

use super::chunks;
use super::deal_facts::{Meaning, clear_before, nominal, passive};
use super::deals::{Around, Fact};
use super::lexicon::{Cat, Tag};
use super::page::Page;
use super::tokens::Class;

/// Whether a verb tells something of its deal, and is no part of another's telling; may make of an announcement an agreement reached.
pub(crate) fn told(
    page: &Page<'_>,
    around: &Around<'_>,
    verb: Tag,
    noun: Option<Tag>,
    sub: &mut String,
) -> bool {
    let first = page.token(verb.from);
    if first.fold.starts_with("threat") && page.token(verb.to).is("to") && verb.to == verb.from + 1 {
        return false;
    }
    let adjective = first.is("ongoing") && noun.is_some_and(|n| n.from == verb.to);
    let nominal_start = *sub == "in_force"
        && first.any(&["start", "beginning"])
        && chunks::determiner(page, verb.from.wrapping_sub(1));
    let extension = first.fold.starts_with("agree")
        && noun.is_some_and(|n| {
            page.tags.at(Cat::DealVerb, n.from).is_some_and(|t| page.tags.kind(t) == "extended")
        });
    if adjective || nominal_start || extension {
        return false;
    }
    let more = noun.is_some_and(|n| {
        page.tags.kind(n) == "deal"
            && page.token(n.to).is("to")
            && (n.to..n.to + 3).any(|i| page.is(Cat::DealVerb, i))
    });
    if *sub == "announced" && reports(page, verb) || matches!(sub.as_str(), "announced" | "reached") && more {
        return false;
    }
    let with =
        noun.is_some_and(|n| page.tags.kind(n) == "deal" && page.token(n.to).any(&["with", "between"]));
    if *sub == "announced" && with && !page.token(verb.from).fold.starts_with("br") {
        "reached".clone_into(sub);
    }
    let over = noun.is_some_and(|n| {
        page.token(n.to).any(&["over", "dead", "finished", "void", "null"]) && n.from >= verb.to
    });
    if *sub == "announced" && over && page.language == "en" {
        "terminated".clone_into(sub);
    }
    let wanted = noun.is_some_and(|n| {
        matches!(sub.as_str(), "signed" | "reached" | "announced" | "talks_ongoing")
            && page.token(chunks::begin(page, n.from, around.sentence.0)).is("any")
    });
    if wanted || *sub == "scope" && !holds(page, verb, noun) {
        return false;
    }
    if purpose(page, verb, sub) || gerund(page, verb, sub) || nominal_object(page, verb, noun, sub) {
        return false;
    }
    true
}

/// What an agreement itself asks for, as a fact of what it holds.
pub(crate) fn held(page: &Page<'_>, around: &Around<'_>, verb: Tag) -> Option<Fact> {
    let noun = held_by(page, around, verb)?;
    let (part, sentence) = (around.part, around.sentence);
    let sub = "scope".to_owned();
    Some(Fact { sub, verb, noun: Some(noun), pronoun: None, part, sentence, condition: None })
}

/// "Announced that the truce had begun", "announced the extension of": what was announced is the fact.
fn reports(page: &Page<'_>, verb: Tag) -> bool {
    let next =
        page.tags.within(Cat::DealVerb, verb.to, verb.to + 4).find(|t| page.tags.kind(*t) != "announced");
    let that = (verb.to..verb.to + 8)
        .take_while(|i| !page.is(Cat::Deal, *i) && page.token(*i).class != Class::Comma)
        .any(|i| page.token(i).any(&["that", "ان"]));
    // "Announced an agreement had been reached".
    let had = |i: usize| page.token(i).any(&["had", "has", "have"]) && page.token(i + 1).is("been");
    let reported = page.language == "en"
        && (verb.to..verb.to + 9)
            .take_while(|i| page.token(*i).word())
            .any(|i| had(i) && page.is(Cat::DealVerb, i + 2));
    that || reported || (page.language == "ar" && next.is_some())
}

/// Whether the deal is the subject right before a verb of what it holds; "applies to" and the like may stand further off.
fn holds(page: &Page<'_>, verb: Tag, noun: Option<Tag>) -> bool {
    let meaning = Meaning::of(page, verb);
    if page.language != "en" || meaning.sub("plan").is_none() {
        return true;
    }
    let Some(noun) = noun.filter(|n| n.to <= verb.from) else { return false };
    let near = (noun.to..verb.from).all(|i| {
        page.is(Cat::Stop, i) && !page.token(i).is("that")
            || page.token(i).fold.ends_with("ly")
            || page.token(i).class == Class::Comma
    });
    near && !page.token(verb.to).is("by") && !page.token(verb.from).fold.ends_with("ing")
}

/// The deal whose words ask for something: "the accord calls for".
fn held_by(page: &Page<'_>, around: &Around<'_>, verb: Tag) -> Option<Tag> {
    let calls = ["call", "demand", "requir", "ask", "urg", "stipulat", "insist"];
    if page.language != "en" || !calls.iter().any(|c| page.token(verb.from).fold.starts_with(c)) {
        return None;
    }
    let noun = around.nouns.iter().rev().find(|n| n.to <= verb.from && n.from >= around.part.0)?;
    let kind = matches!(page.tags.kind(*noun), "truce" | "deal" | "plan");
    let near = (noun.to..verb.from).all(|i| page.is(Cat::Stop, i) || page.token(i).fold.ends_with("ly"));
    (kind && near && clear_before(page, noun, verb)).then_some(*noun)
}

/// "The envoys, who brokered the deal, said": told in passing.
pub(crate) fn brokers(page: &Page<'_>, verb: Tag) -> bool {
    let stems = ["broker", "mediat", "facilitat", "sponsor", "midwif", "negotiat"];
    let relative = |i: usize| page.token(i).any(&["who", "which", "helped", "that"]);
    let before = verb.from.wrapping_sub(1);
    let passive = page.token(before).any(&["was", "were", "been"]) && page.token(verb.to).is("by");
    stems.iter().any(|stem| page.token(verb.from).fold.starts_with(stem))
        && (relative(before) || passive && relative(before.wrapping_sub(1)))
}

/// "مهلة للتوقيع على": what something is for has not been done.
fn purpose(page: &Page<'_>, verb: Tag, sub: &str) -> bool {
    let token = page.token(verb.from);
    let led = token.fold.starts_with('ل') && token.alts.len() > 1 && token.fold.chars().count() > 5;
    page.language == "ar" && led && matches!(sub, "signed" | "accepted" | "announced")
}

/// "The aim of reaching a truce", "for signing the accord": what is spoken of, not told.
fn gerund(page: &Page<'_>, verb: Tag, sub: &str) -> bool {
    let made = matches!(
        sub,
        "reached" | "announced" | "signed" | "accepted" | "proposal" | "in_force" | "extended" | "renewed"
    );
    made && page.language == "en"
        && page.token(verb.from).fold.ends_with("ing")
        && (page
            .token(verb.from.wrapping_sub(1))
            .any(&["that", "for", "about", "on", "toward", "towards", "of", "without"])
            || page.is(Cat::Preposition, verb.from.wrapping_sub(1)))
}

/// "Announced an extension of the truce": what was announced is a thing said of a deal of its own.
fn nominal_object(page: &Page<'_>, verb: Tag, noun: Option<Tag>, sub: &str) -> bool {
    sub == "announced"
        && page.language == "en"
        && noun.is_some_and(|n| {
            n.from >= verb.to
                && n.from - verb.to < 8
                && page.tags.over(Cat::DealVerb, n.from).is_some_and(|t| {
                    t.from >= verb.to
                        && page.tags.kind(t) != "in_force"
                        && page.token(t.to - 1).any(&["of", "to"])
                })
        })
}

/// Whether the verb's word is part of a deal word, or only describes one: "the proposed truce".
pub(crate) fn beside(page: &Page<'_>, verb: Tag, nouns: &[Tag]) -> bool {
    let kind = page.tags.kind(verb);
    let breach = |n: &Tag| kind == "violation_alleged" && page.tags.kind(*n) == "violation";
    // "Conditional on guarantees": a noun.
    let assured = page.token(verb.from).any(&["guarantee", "guarantees"])
        && page
            .token(verb.from.wrapping_sub(1))
            .any(&["on", "of", "for", "with", "without", "upon", "security", "no", "any"]);
    if assured {
        return true;
    }
    let own = |n: &Tag| n.from == verb.from && n.to < verb.to;
    let within = nouns.iter().any(|n| n.from < verb.to && verb.from < n.to && !breach(n) && !own(n));
    within
        || page.token(verb.from).hyphened
        || (page.token(verb.to).hyphened && verb.to == verb.from + 1)
        || (passing(page, verb.from) && !kind.starts_with("status_") && kind != "open_issue")
}

pub(crate) fn passing(page: &Page<'_>, at: usize) -> bool {
    page.token(at).fold.ends_with("ed")
        && chunks::determiner(page, at.wrapping_sub(1))
        && !page.token(at.wrapping_sub(1)).any(&["that", "this", "all", "some", "both"])
}

/// "If the truce collapses": within the condition nothing is said to have happened.
pub(crate) fn conditional(page: &Page<'_>, around: &Around<'_>, verb: Tag) -> bool {
    let opens = page.tags.within(Cat::Condition, around.part.0, verb.from).last();
    opens.is_some_and(|c| {
        page.token(c.from).any(&[
            "if",
            "unless",
            "provided",
            "providing",
            "once",
            "until",
            "only",
            "as",
            "so",
            "in",
            "on",
            "اذا",
            "شرط",
            "بشرط",
            "شريطه",
            "حال",
            "ما",
            "если",
            "пока",
            "якщо",
        ]) && c.to <= verb.from
            && !(c.to..verb.from).any(|i| page.token(i).class == Class::Comma)
            && page.tags.kind(verb) != "position_unclear"
    })
}

/// What a text of terms lays down, "within 72 hours of the signing", "after the truce was reached": not told as having happened.
pub(crate) fn told_in_passing(page: &Page<'_>, around: &Around<'_>, verb: Tag, sub: &str) -> bool {
    let floor = around.sentence.0;
    let near = |reach: usize, words: &[&str]| {
        (verb.from.saturating_sub(reach).max(floor)..verb.from).any(|i| page.token(i).any(words))
    };
    let lays_down = !matches!(sub, "in_force" | "scope" | "scope_exclusion" | "monitoring" | "mechanism");
    let event = matches!(sub, "signed" | "accepted" | "reached" | "extended" | "renewed" | "in_force");
    let dated = nominal(page, verb)
        && near(
            4,
            &["after", "upon", "within", "prior", "following", "moment", "since", "date", "until", "before"],
        );
    let after =
        (around.part.0..around.part.0 + 3).any(|i| page.token(i).any(&["after", "since", "before", "when"]));
    // "After X announced a deal had been reached": what X made known is told.
    let made_known = (around.part.0..verb.from).any(|i| page.is(Cat::Speech, i));
    let was = matches!(sub, "reached" | "announced" | "signed")
        && after
        && !made_known
        && passive(page, verb)
        && page.dates_in(verb.from, around.part.1).next().is_none();
    lays_down && near(5, &["shall"]) || dated && event || was
}

/// "The deadline for the withdrawal passed": what belongs to the noun stands before the verb.
pub(crate) fn complement(page: &Page<'_>, noun: Tag, verb: Tag) -> bool {
    let led = page.token(noun.to).any(&["for", "of", "with", "between", "in", "over", "along"]);
    led && !page.token(verb.from).fold.ends_with("ing")
        && verb.from - noun.to < 9
        && (noun.to..verb.from).all(|i| {
            page.token(i).word()
                && !page.is(Cat::DealVerb, i)
                && !page.is(Cat::Speech, i)
                && !page.token(i).any(&["which", "that", "who", "to"])
        })
}

/// "The respite brought by the truce has ended": what the clause is about stands before what brought it.
pub(crate) fn brought<'n>(page: &Page<'_>, nouns: &'n [Tag], noun: &'n Tag) -> &'n Tag {
    let begin = chunks::begin(page, noun.from, noun.from.saturating_sub(8));
    let begin = begin - usize::from(chunks::determiner(page, begin.wrapping_sub(1)));
    let by = page.token(begin.wrapping_sub(1)).is("by")
        && page
            .token(begin.wrapping_sub(2))
            .any(&["brought", "created", "ushered", "provided", "produced", "offered"]);
    let first = nouns.iter().rev().find(|n| n.to + 1 < begin && begin - n.to < 4);
    if let Some(head) = headed(page, nouns, noun) {
        return head;
    }
    first.filter(|n| by && page.tags.kind(**n) == "truce").unwrap_or(noun)
}

/// "Indirect talks with X on a truce broke down": the clause is about the talks.
fn headed<'n>(page: &Page<'_>, nouns: &'n [Tag], noun: &Tag) -> Option<&'n Tag> {
    if page.language != "en" || page.tags.kind(*noun) == "talks" {
        return None;
    }
    nouns.iter().rev().find(|n| {
        n.to < noun.from
            && noun.from - n.to < 10
            && page.tags.kind(**n) == "talks"
            && page.token(n.to).any(&["with", "on", "for", "over", "about", "between", "aimed", "in", "to"])
            && (n.to..noun.from).all(|i| {
                page.token(i).word()
                    && !page.is(Cat::Speech, i)
                    && !page.is(Cat::DealVerb, i)
                    && !page
                        .token(i)
                        .any(&["that", "which", "who", "and", "was", "were", "is", "are", "has", "had"])
            })
    })
}
