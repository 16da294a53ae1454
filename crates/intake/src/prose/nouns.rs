//! Noun phrases of an English sentence, and what each speaks of: a person by name, people, a force, a thing, a weapon.
//!
//! No parser: a phrase is a run of words between little words, verbs and marks; its last word that a table knows says what
//! it is. A name is given names with what follows them, or unknown words after a title or a calling.

use std::collections::BTreeMap;

use super::chunks;
use super::lexicon::{Cat, Tag};
use super::page::Page;
use super::tokens::Class;

/// Most words of one phrase.
const LONGEST: usize = 12;

/// What a phrase speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    /// A person by name.
    Name,
    /// People by what they are.
    People,
    /// A force, a group, a government, or those who are only called attackers.
    Force,
    /// A thing that can be a target.
    Thing,
    Weapon,
    /// A noun of an act.
    Act,
    /// An organisation or a place of work: "the municipal council".
    Body,
    Other,
}

/// One noun phrase.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Phrase {
    /// With its article or figure.
    pub(crate) from: usize,
    /// Without them.
    pub(crate) core: usize,
    pub(crate) to: usize,
    pub(crate) sort: Sort,
    /// The words of a person's name.
    pub(crate) name: Option<(usize, usize)>,
    /// What a table says of its head.
    pub(crate) tag: Option<Tag>,
    /// A possessive follows: "the mayor's".
    pub(crate) owner: bool,
}

/// The phrases of a sentence, in order.
pub(crate) fn phrases(page: &Page<'_>, sentence: (usize, usize)) -> Vec<Phrase> {
    let mut out = Vec::new();
    let mut at = sentence.0;
    while at < sentence.1 {
        let Some((core, to)) = run(page, at, sentence.1) else {
            at += 1;
            continue;
        };
        let owner = page.token(to).class == Class::Other && page.token(to).glued && to < sentence.1;
        out.push(sorted(page, at, core, to, owner));
        at = to.max(at + 1);
    }
    beside_names(page, &mut out);
    out
}

/// Unknown words beside a name in a list are a name too.
fn beside_names(page: &Page<'_>, all: &mut [Phrase]) {
    let sorts: Vec<(bool, usize)> =
        all.iter().map(|p| (p.sort == Sort::People && !p.owner, p.from)).collect();
    for _ in 0..3 {
        let marks: Vec<(bool, usize, usize)> =
            all.iter().map(|p| (p.sort == Sort::Name, p.from, p.to)).collect();
        for (number, phrase) in all.iter_mut().enumerate() {
            let words = phrase.to - phrase.core;
            if phrase.sort != Sort::Other || phrase.from != phrase.core || !(2..=5).contains(&words) {
                continue;
            }
            let plain = unknown(page, phrase);
            // "X Y, another leader of the party": beside who that is.
            let called = sorts.get(number + 1).is_some_and(|(people, from)| {
                *people && *from == phrase.to + 1 && page.token(phrase.to).class == Class::Comma
            });
            let next = marks.get(number + 1).is_some_and(|m| m.0 && listed(page, phrase.to, m.1));
            let prior = number.checked_sub(1).and_then(|n| marks.get(n));
            let before = prior.is_some_and(|m| m.0 && listed(page, m.2, phrase.from));
            if plain && (next || before || called) {
                (phrase.sort, phrase.name) = (Sort::Name, Some((phrase.core, phrase.to)));
            }
        }
    }
}

/// Whether a phrase is two to four words that no table knows, written as names are.
pub(crate) fn unknown(page: &Page<'_>, phrase: &Phrase) -> bool {
    let words = phrase.to - phrase.core;
    phrase.sort == Sort::Other
        && phrase.from == phrase.core
        && (2..=5).contains(&words)
        && (phrase.core..phrase.to).all(|i| {
            let token = page.token(i);
            let ending = ["ly", "tion", "ment", "ness", "ity", "ism", "ings", "tions", "ments"];
            let part = !page.uncased && page.token(i + 1).hyphened && page.token(i + 1).upper;
            (page.uncased && !token.hyphened || token.upper || part)
                && !(token.fold.len() > 5 && ending.iter().any(|end| token.fold.ends_with(end)))
                && page.tags.starting(i).all(|t| matches!(t.cat, Cat::GivenName | Cat::PlaceStop))
        })
}

/// Whether only marks of a list stand between two phrases: commas, "and", ages.
fn listed(page: &Page<'_>, from: usize, to: usize) -> bool {
    to > from
        && to - from < 6
        && (from..to).all(|i| {
            let token = page.token(i);
            matches!(token.class, Class::Comma | Class::Semicolon | Class::Number) || token.is("and")
        })
}

fn opener(page: &Page<'_>, at: usize) -> bool {
    chunks::determiner(page, at) || page.token(at).any(&["my", "your", "both"])
}

/// Where a phrase's words begin and end, if one begins here.
fn run(page: &Page<'_>, at: usize, ceiling: usize) -> Option<(usize, usize)> {
    let mut core = at;
    for _ in 0..4 {
        if let Some(figure) = page.figure_from(core).filter(|f| f.to > core && page.date_over(core).is_none())
        {
            core = figure.to;
        } else if opener(page, core) {
            core += 1;
        } else {
            break;
        }
    }
    let mut to = core;
    while to < ceiling && to < core + LONGEST && goes_on(page, core, to) {
        to += 1;
    }
    (to > core && core < ceiling).then_some((core, to))
}

fn goes_on(page: &Page<'_>, core: usize, at: usize) -> bool {
    let token = page.token(at);
    if !token.word() {
        // "Col. Vargas", "J. Smith": a full stop that belongs to the word before it.
        let initial =
            token.class == Class::Stop && token.glued && at > core && page.token(at + 1).word() && {
                let before = page.token(at - 1);
                before.fold.chars().count() == 1 || page.tags.before(Cat::Title, at).is_some()
            };
        return initial && !page.opens_sentence(at + 1);
    }
    if token.breaks > 1 && at > core {
        return false;
    }
    if token.hyphened {
        return true;
    }
    if (at.saturating_sub(3)..=at)
        .any(|from| page.case.actors.at(&page.tokens, from).is_some_and(|(to, _)| to > at))
    {
        return true;
    }
    // "Was seriously wounded": an adverb is no phrase, but "heavily armed men" is one.
    let adverb = token.fold.len() > 4
        && token.fold.ends_with("ly")
        && !token.any(&[
            "family", "assembly", "july", "italy", "supply", "anomaly", "monopoly", "rally", "early",
            "daily", "elderly", "weekly", "monthly",
        ]);
    if adverb && !page.token(at + 1).is("armed") {
        return false;
    }
    let given = page.is(Cat::GivenName, at);
    if page.is(Cat::Stop, at) || page.is(Cat::Boundary, at) {
        return false;
    }
    if page.date_over(at).is_some() || (page.figure_from(at).is_some() && at > core) {
        return false;
    }
    given || !finite(page, core, at)
}

/// Whether a word is a verb of the sentence rather than a word of the phrase.
fn finite(page: &Page<'_>, core: usize, at: usize) -> bool {
    let token = page.token(at);
    if page.tags.over(Cat::Weapon, at).is_some_and(|tag| tag.from >= core && tag.to - tag.from > 1) {
        return false;
    }
    let opened = core > 0 && (opener(page, core - 1) || page.figure_to(core).is_some());
    let before = page.token(at.wrapping_sub(1));
    if page.is(Cat::ActNoun, at) && (at > core || opened || before.any(&["of", "in", "by", "for", "with"])) {
        let verb = token.fold.ends_with("ed") || token.fold.ends_with("ing") && !opened;
        return verb && at > core;
    }
    let ending = (token.fold.ends_with("ed") || token.fold.ends_with("ing")) && token.fold.len() > 4;
    if at == core && ending {
        // "Armed men", "wounded soldiers": before a noun, not after "were".
        let after_be = before.any(&[
            "is", "are", "was", "were", "been", "be", "being", "has", "had", "have", "to", "and", "who",
            "which", "that",
        ]);
        let noun = page.token(at + 1);
        let follows = noun.word() && !page.is(Cat::Stop, at + 1);
        let adjective = token.any(&[
            "armed",
            "unidentified",
            "alleged",
            "suspected",
            "hooded",
            "masked",
            "uniformed",
            "unarmed",
            "presumed",
            "retired",
            "united",
            "wounded",
            "murdered",
            "kidnapped",
            "slain",
            "assassinated",
        ]);
        let loose = !token.any(&["named", "called", "identified", "reported", "used", "tried", "failed"])
            && !page.is(Cat::ActVerb, at)
            && !page.is(Cat::Speech, at)
            && !page.is(Cat::Casualty, at);
        return !(follows && (opened || adjective || !after_be && loose && token.fold.ends_with("ed")));
    }
    if page.is(Cat::Verb, at) || page.is(Cat::Speech, at) || page.is(Cat::Casualty, at) {
        return !(opened && at == core);
    }
    if page.is(Cat::ActVerb, at) || page.is(Cat::DealVerb, at) {
        return !(opened && at == core) || ending;
    }
    ending
        && !token.any(&[
            "armed",
            "united",
            "building",
            "meeting",
            "unidentified",
            "wing",
            "guided",
            "shooting",
        ])
}

fn sorted(page: &Page<'_>, from: usize, core: usize, to: usize, owner: bool) -> Phrase {
    let mut phrase = Phrase { from, core, to, sort: Sort::Other, name: None, tag: None, owner };
    let head = |cat| page.tags.before(cat, to).filter(|t| t.from >= core);
    let body = head(Cat::Body);
    let kind = body.map(|tag| page.tags.kind(tag).to_owned()).unwrap_or_default();
    for (cat, sort) in [
        (Cat::Weapon, Sort::Weapon),
        (Cat::Target, Sort::Thing),
        (Cat::ActNoun, Sort::Act),
        (Cat::Actor, Sort::Force),
        (Cat::People, Sort::People),
        (Cat::Title, Sort::People),
    ] {
        if let Some(tag) = head(cat)
            && phrase.tag.is_none_or(|known| known.to - known.from < tag.to - tag.from)
        {
            (phrase.tag, phrase.sort) = (Some(tag), sort);
        }
    }
    let named = (core..to).any(|at| page.case.actors.at(&page.tokens, at).is_some_and(|(end, _)| end == to));
    // "Is" is no group's initials.
    let named = named && !super::aside::little(page, core, to);
    if named && matches!(phrase.sort, Sort::Other | Sort::People) {
        phrase.sort = Sort::Force;
    }
    if phrase.sort == Sort::Other && body.is_none() {
        phrase.name =
            given(page, core, to).or_else(|| called(page, core, to)).or_else(|| known(page, core, to));
    }
    if phrase.name.is_some() {
        phrase.sort = Sort::Name;
    } else if phrase.sort == Sort::Other {
        phrase.sort = match kind.as_str() {
            "body" => Sort::Body,
            "band" => Sort::Force,
            _ => Sort::Other,
        };
    }
    phrase
}

/// A name that begins with a given name.
fn given(page: &Page<'_>, core: usize, to: usize) -> Option<(usize, usize)> {
    let from = (core..to).find(|at| {
        page.is(Cat::GivenName, *at)
            && page.token(*at).upper
            && !page
                .token(at.wrapping_sub(1))
                .any(&["san", "santa", "santo", "el", "puerto", "villa", "saint", "st"])
    })?;
    let end =
        (from..to).find(|at| !page.token(*at).upper && page.token(*at).class != Class::Stop).unwrap_or(to);
    (end > from && end == to).then_some((from, end))
}

/// Titles after which a single unknown word is a name.
const STRONG: [&str; 24] = [
    "mr",
    "mrs",
    "ms",
    "dr",
    "msgr",
    "monsignor",
    "senator",
    "judge",
    "father",
    "sister",
    "col",
    "gen",
    "colonel",
    "general",
    "major",
    "captain",
    "lieutenant",
    "sergeant",
    "corporal",
    "archbishop",
    "bishop",
    "deputy",
    "magistrate",
    "don",
];

/// Unknown words after a title, a calling or a people: "senator X", "the journalist X Y", "italian X Y".
fn called(page: &Page<'_>, core: usize, to: usize) -> Option<(usize, usize)> {
    let at = (core + 1..to).rev().find(|at| {
        page.tags.before(Cat::Title, *at).is_some()
            || page.tags.before(Cat::People, *at).is_some()
            || page.tags.before(Cat::Country, *at).is_some_and(|t| page.tags.kind(t) == "demonym")
    })?;
    let tag = page.tags.before(Cat::People, at);
    let many =
        tag.is_some_and(|t| page.token(t.to - 1).fold.ends_with('s') && page.tags.value(t) == "people");
    let strong = page.token(at - 1).any(&STRONG);
    let at = if page.token(at).class == Class::Stop { at + 1 } else { at };
    let plain = |i: usize| {
        let token = page.token(i);
        token.class == Class::Stop
            || token.fold.chars().count() > 2
                && (page.uncased || token.upper)
                && !token.fold.ends_with("ly")
                && page.tags.starting(i).all(|t| matches!(t.cat, Cat::GivenName | Cat::PlaceStop))
    };
    let words = (at..to).filter(|i| page.token(*i).word()).count();
    let named = at < to && (if strong { 1 } else { 2 }..=4).contains(&words) && (at..to).all(plain);
    (named && !many).then_some((at, to))
}

/// A name that the text told in full elsewhere.
fn known(page: &Page<'_>, core: usize, to: usize) -> Option<(usize, usize)> {
    let at = to.checked_sub(1).filter(|at| *at >= core)?;
    let name = page.people.contains_key(&page.token(at).fold) && (page.uncased || page.token(at).upper);
    let led = (core..at).all(|i| {
        page.is(Cat::Title, i)
            || page.is(Cat::People, i)
            || page.is(Cat::Country, i)
            || page.token(i).class == Class::Stop
    });
    (name && led).then_some((at, to))
}

/// Full names of the text's persons by each part that may stand for them.
pub(crate) fn people(page: &Page<'_>) -> BTreeMap<String, String> {
    let mut out: BTreeMap<String, String> = BTreeMap::new();
    let mut at = 0;
    while at < page.tokens.len() {
        if !(page.is(Cat::GivenName, at) && page.token(at).upper) {
            at += 1;
            continue;
        }
        let end = page.name_end(at);
        let body = page.is(Cat::Body, end) || page.is(Cat::PlaceWord, end);
        let led = page.token(at.wrapping_sub(1)).any(&["san", "santa", "santo", "el", "puerto", "villa"]);
        if end > at + 1 && !body && !led {
            let full = page.folded(at, end);
            for i in at + 1..end {
                let part = &page.token(i).fold;
                if part.chars().count() > 3 && !page.is(Cat::GivenName, i) {
                    let best = out.entry(part.clone()).or_insert_with(|| full.clone());
                    if full.len() > best.len() && full.contains(best.as_str()) {
                        best.clone_from(&full);
                    }
                }
            }
        }
        at = end;
    }
    out
}

/// The phrase that begins at or holds a token.
pub(crate) fn over(all: &[Phrase], at: usize) -> Option<&Phrase> {
    let next = all.partition_point(|p| p.to <= at);
    all.get(next).filter(|p| p.from <= at)
}
