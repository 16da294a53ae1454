//! What the sides of a truce are to do by it: "both sides must avoid", "agreed to freeze all movements and let people return".
//!
//! English only, where a truce is told of; who is bound stands before the verb, what he is bound to behind it. A wish, an offer and a
//! threat bind nobody.

use super::chunks;
use super::deal_who::somebody;
use super::deals::Fact;
use super::lexicon::{Cat, Tag};
use super::page::Page;
use super::parties::subject_of;
use super::phrases::party;
use super::tokens::Class;
use super::{Field, Value};

/// Verbs by which a side binds itself, before "to".
const BINDS: [&str; 8] = ["agree", "commit", "undertak", "undertook", "pledg", "promis", "consent", "vow"];
/// What is done with talks, meetings and the truce itself is told by other grammars.
const OTHERS: [&str; 30] = [
    "meet",
    "talk",
    "speak",
    "discuss",
    "hold",
    "resume",
    "continue",
    "begin",
    "start",
    "join",
    "sign",
    "extend",
    "renew",
    "accept",
    "work",
    "take",
    "be",
    "have",
    "do",
    "make",
    "negotiate",
    "attend",
    "send",
    "establish",
    "set",
    "form",
    "create",
    "give",
    "consider",
    "cooperate",
];

/// "Agreed to freeze all movements": a verb of binding oneself before a plain infinitive.
pub(crate) fn binds(page: &Page<'_>, verb: Tag) -> bool {
    let last = page.token(verb.to.wrapping_sub(1));
    let first = page.token(verb.from);
    page.language == "en"
        && last.is("to")
        && BINDS.iter().any(|stem| first.fold.starts_with(stem))
        && infinitive(page, verb.to)
}

/// Whether a plain verb stands at a token that no other grammar reads.
fn infinitive(page: &Page<'_>, at: usize) -> bool {
    let token = page.token(at);
    token.word()
        && !token.upper
        && token.fold.chars().count() > 3
        && !token.fold.ends_with("ing")
        && !chunks::determiner(page, at)
        && !page.is(Cat::Stop, at)
        && !page.is(Cat::Deal, at)
        && !page.is(Cat::DealVerb, at)
        && !token.any(&OTHERS)
}

/// "Both sides must avoid firing": the token of "must", "shall", "are to".
pub(crate) fn owed(page: &Page<'_>, part: (usize, usize)) -> Option<Tag> {
    // "Under the deal, the army will pull back".
    let opens = page.token(part.0);
    let under = (opens.is("under") || opens.is("as") && page.token(part.0 + 1).is("part"))
        && page.tags.within(Cat::Deal, part.0, part.0 + 7).next().is_some();
    let modal = (part.0..part.1).find_map(|at| {
        let tag = page.tags.at(Cat::DealWord, at)?;
        let kind = page.tags.kind(tag);
        let due = kind == "must"
            || kind == "will" && page.token(tag.from).any(&["shall"])
            || kind == "will" && under && page.token(tag.from).is("will")
            || kind == "will"
                && page.token(tag.from).any(&["are", "were"])
                && page.token(tag.to - 1).is("to");
        due.then_some(tag)
    })?;
    // "Had to flee", "has to be seen": no duty of a side.
    let told = page.token(modal.from).any(&["had", "have", "has"]);
    let asked = page.tags.within(Cat::Condition, part.0, modal.from).next().is_some();
    (!told && !asked && infinitive(page, modal.to)).then_some(modal)
}

/// Whether somebody who can be bound stands before a verb: the sides of a truce, and nobody else.
pub(crate) fn bound(page: &Page<'_>, fact: &Fact) -> bool {
    let who = subject_of(page, fact);
    // "Any halt must lead to peace": who is bound stands right before the verb.
    let beside = who.last().is_some_and(|p| p.1 <= fact.verb.from && p.1 + 2 >= fact.verb.from);
    beside
        && who.iter().all(|p| somebody(page, p.0, p.1))
        && who.iter().any(|p| {
            let side = (p.0..p.1)
                .any(|i| page.tags.over(Cat::DealWord, i).is_some_and(|t| page.tags.kind(t) == "side"));
            side || page.mentions_in(p.0, p.1).any(|m| m.acts()) || page.token(p.0).is("both")
        })
}

/// "The two sides will meet": whether a verb without a deal word has sides for its subject.
pub(crate) fn sided(page: &Page<'_>, sentence: (usize, usize), verb: Tag) -> bool {
    super::phrases::subjects(page, verb.from, sentence.0, 1).iter().any(|p| {
        let side =
            (p.0..p.1).any(|i| page.tags.over(Cat::DealWord, i).is_some_and(|t| page.tags.kind(t) == "side"));
        somebody(page, p.0, p.1)
            && (side || page.mentions_in(p.0, p.1).any(|m| m.acts() && m.registry.is_some()))
    })
}

/// Who is bound, and to what: each thing of a list by itself.
pub(crate) fn fields(page: &Page<'_>, fact: &Fact, add: &mut impl FnMut(Field, Value)) {
    for p in subject_of(page, fact) {
        add(Field::Party, party(page, p));
    }
    let end = (fact.verb.to..fact.sentence.1)
        .find(|i| {
            let token = page.token(*i);
            matches!(token.class, Class::Semicolon | Class::Stop | Class::Close | Class::Colon)
                || token.class == Class::Comma
                    && (page.token(i + 1).fold.ends_with("ing")
                        || page.is(Cat::Speech, *i + 1)
                        || said(page, *i))
                || super::deal_fields::parted(page, *i)
        })
        .unwrap_or(fact.sentence.1);
    let mut from = fact.verb.to;
    for at in fact.verb.to..=end {
        let joint = page.token(at).is("and") && infinitive(page, at + 1);
        if at < end && !joint {
            continue;
        }
        if at > from + 1 {
            let to = at - usize::from(page.token(at - 1).class == Class::Comma);
            add(Field::Terms, page.words(from, to));
        }
        from = at + 1;
    }
}

/// "…, the statement said": who says so stands behind the comma.
fn said(page: &Page<'_>, comma: usize) -> bool {
    page.voices_of(page.sentence_number(comma)).iter().any(|v| v.from == comma + 1)
}

/// Whether a fact is a duty that this grammar read.
pub(crate) fn is(page: &Page<'_>, fact: &Fact) -> bool {
    let modal = fact.verb.cat == Cat::DealWord && page.tags.kind(fact.verb) != "occasion";
    fact.sub == "scope" && fact.noun.is_none() && (modal || binds(page, fact.verb))
}
