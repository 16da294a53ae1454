//! What is said of a truce: reached, accepted on a condition, extended, fraying, violated; of its talks, deadlines and scope.
//!
//! A sentence is parted where another thing is said; within a part a deal word and a word that says something of it make a fact.
//! What is said of "it" is said of the truce named shortly before. A text without any word for a truce gives no agreement facts,
//! and a question gives none.

use std::collections::BTreeSet;

use truceline_model::Span;

use super::deal_open::{self, Open};
use super::lexicon::{Cat, Tag};
use super::page::Page;
use super::tokens::Class;
use super::{Field, Proposal, chunks, deal_bare, deal_facts, deal_fields};

/// How many sentences back a truce may have been named for "it" to mean it.
const RECENT: usize = 3;

/// One thing said of a deal.
#[derive(Clone, Debug)]
pub(crate) struct Fact {
    pub(crate) sub: String,
    pub(crate) verb: Tag,
    pub(crate) noun: Option<Tag>,
    /// "It", where it stands for the truce.
    pub(crate) pronoun: Option<(usize, usize)>,
    /// The part of the sentence that says it.
    pub(crate) part: (usize, usize),
    pub(crate) sentence: (usize, usize),
    pub(crate) condition: Option<(usize, usize)>,
}

/// What one sentence is read with.
pub(crate) struct Around<'n> {
    pub(crate) sentence: (usize, usize),
    pub(crate) part: (usize, usize),
    /// Deal words of the sentence.
    pub(crate) nouns: &'n [Tag],
    /// Whether a truce was named shortly before.
    pub(crate) recent: bool,
}

/// Every agreement fact proposed: those that rules tell, and what weighs enough of the rest.
pub(crate) fn deals(page: &Page<'_>) -> Vec<Proposal> {
    let (mut all, open) = told_and_open(page);
    all.extend(open.into_iter().filter(|(_, open)| open.enough(page)).map(|(proposal, _)| proposal));
    all
}

/// What rules tell, and what may be said besides.
pub(crate) fn told_and_open(page: &Page<'_>) -> (Vec<Proposal>, Vec<(Proposal, Open)>) {
    let (mut out, mut rest) = (Vec::new(), Vec::new());
    if !speaks_of_truce(page) {
        return (out, rest);
    }
    let mut last: Option<(usize, usize)> = None;
    let mut before_it: Option<String> = None;
    for (number, sentence) in page.sentences.iter().enumerate() {
        let asks = sentence
            .1
            .checked_sub(1)
            .is_some_and(|end| page.slice(end.saturating_sub(1), end + 1).contains(['?', '؟']));
        let before = page.sentences.get(number.saturating_sub(RECENT)).map_or(0, |s| s.0);
        let recent = last.is_some_and(|(from, _)| from >= before);
        let mut facts = if asks { Vec::new() } else { facts(page, *sentence, recent) };
        if facts.is_empty() && recent && !asks {
            facts.extend(again(page, *sentence, before_it.as_deref()));
        }
        before_it = facts.last().map(|f| f.sub.clone());
        let alone = facts.len() == 1;
        let begun = out.len();
        for fact in &facts {
            let mut own = deal_fields::proposal(page, number, fact, alone, last);
            resumed(page, fact, &mut own, &out);
            out.push(own);
        }
        let open = if asks { Vec::new() } else { deal_open::open(page, *sentence, &facts, recent) };
        for one in open {
            let own = deal_fields::proposal(page, number, &one.fact, false, last);
            if !out.iter().skip(begun).any(|other: &Proposal| like(own.span, other.span)) {
                rest.push((own, one));
            }
        }
        for tag in page.tags.within(Cat::Deal, sentence.0, sentence.1) {
            if matches!(page.tags.kind(tag), "truce" | "deal" | "plan") {
                last = Some(phrase(page, tag, sentence.0));
            }
        }
        // What a sentence tells something of is meant by "it" before what it only names.
        let told =
            facts.iter().filter_map(|f| f.noun).rfind(|n| matches!(page.tags.kind(*n), "truce" | "deal"));
        if let Some(noun) = told.filter(|_| page.language == "en") {
            last = Some(phrase(page, noun, sentence.0));
        }
    }
    (out, rest)
}

/// Whether two stretches are half the same.
fn like(a: Span, b: Span) -> bool {
    let shared = a.end.min(b.end).saturating_sub(a.start.max(b.start));
    let either = (a.end - a.start).saturating_add(b.end - b.start).saturating_sub(shared);
    shared > 0 && shared.saturating_mul(2) >= either
}

/// What a fact has from those told before it: what was done another time, the day of "that deadline".
fn resumed(page: &Page<'_>, fact: &Fact, own: &mut Proposal, before: &[Proposal]) {
    if fact.noun.is_none() && fact.verb.cat == Cat::DealWord && page.tags.kind(fact.verb) == "occasion" {
        let Some(first) = before.last() else { return };
        for field in [Field::What, Field::AccordingTo] {
            if let Some(values) = first.fields.get(&field) {
                own.fields.insert(field, values.clone());
            }
        }
    }
    let that = fact.noun.is_some_and(|n| {
        page.tags.kind(n) == "deadline" && page.token(n.from.wrapping_sub(1)).any(&["that", "this"])
    });
    if own.sub == "deadline_lapsed" && that && !own.fields.contains_key(&Field::When) {
        let set = before.iter().rev().take(3).find(|p| p.sub == "deadline_set");
        let due = set.and_then(|p| p.fields.get(&Field::Effective).or_else(|| p.fields.get(&Field::When)));
        if let Some(days) = due.filter(|days| days.iter().any(|d| d.norm.is_some())) {
            own.fields.insert(Field::When, days.clone());
        }
    }
}

/// "The first occasion was in Orvel on 3 May": the same was done before, there and then.
fn again(page: &Page<'_>, sentence: (usize, usize), sub: Option<&str>) -> Option<Fact> {
    let verb = page
        .tags
        .within(Cat::DealWord, sentence.0, sentence.0 + 3)
        .find(|t| page.tags.kind(*t) == "occasion")
        .filter(|t| page.token(t.to).any(&["was", "came", "had", "were"]))?;
    let dated = page.dates_in(verb.to, sentence.1).any(|d| d.norm.is_some());
    let sub = sub.filter(|_| dated)?.to_owned();
    Some(Fact { sub, verb, noun: None, pronoun: None, part: sentence, sentence, condition: None })
}

/// Deals and talks of other kinds are no matter of war and peace unless the text says more.
fn speaks_of_truce(page: &Page<'_>) -> bool {
    let end = page.tokens.len();
    let kinds: BTreeSet<&str> =
        page.tags.within(Cat::Deal, 0, end).map(|t| page.tags.kind(t)).filter(|k| *k != "other").collect();
    let acts = [Cat::ActNoun, Cat::ActVerb].iter().any(|c| page.tags.within(*c, 0, end).next().is_some());
    let armed = page.tags.within(Cat::People, 0, end).any(|t| page.tags.kind(t) == "combatant")
        || page.tags.within(Cat::Actor, 0, end).any(|t| matches!(page.tags.kind(t), "force" | "group"));
    // Whom the mission knows as its own is a party to it.
    let own = page.mentions.iter().any(|m| m.registry.is_some() && m.acts());
    kinds.contains("truce") || kinds.len() >= if acts || armed || own || sides(page) { 1 } else { 2 }
}

/// Whether a text names somebody of whom only wars and their ends tell: mediators, factions, fronts.
fn sides(page: &Page<'_>) -> bool {
    const STEMS: [&str; 27] = [
        "faction",
        "militia",
        "rebel",
        "guerrilla",
        "insurgent",
        "separatist",
        "belligerent",
        "signatory",
        "mediator",
        "negotiator",
        "envoy",
        "paramilitar",
        "warring",
        "фракци",
        "повстан",
        "боевик",
        "сепаратист",
        "посредник",
        "ополчен",
        "бойовик",
        "посередник",
        "فصايل",
        "فصائل",
        "متمرد",
        "وسطاء",
        "مسلح",
        "ميليشيا",
    ];
    page.tokens.iter().any(|token| {
        std::iter::once(&token.fold)
            .chain(&token.alts)
            .any(|word| STEMS.iter().any(|stem| word.starts_with(stem)))
    })
}

/// The deal's words: from its article, with the quotes around it.
pub(crate) fn phrase(page: &Page<'_>, tag: Tag, floor: usize) -> (usize, usize) {
    if page.language == "ar" {
        return (tag.from, arabic_end(page, tag));
    }
    if matches!(page.language, "ru" | "uk") {
        return (
            slavic_begin(page, tag, floor),
            tag.to + usize::from(page.token(tag.to).class == Class::Close),
        );
    }
    if page.tags.value(tag) == "halt" {
        let end = (tag.to..tag.to + 8).find(|i| {
            let token = page.token(*i);
            !token.word()
                || page.is(Cat::Boundary, *i)
                || page.is(Cat::DealVerb, *i)
                || page.date_over(*i).is_some()
                || page.tag(Cat::DealWord, *i).is_some_and(|t| page.tags.kind(t) == "length_led")
        });
        return (tag.from, end.unwrap_or(tag.to).max(tag.to));
    }
    let mut from = chunks::begin(page, tag.from, floor);
    // "A final, full peace agreement".
    if from > floor + 3
        && page.token(from - 1).class == Class::Comma
        && page.token(from - 2).word()
        && !page.token(from - 2).upper
        && chunks::determiner(page, from - 3)
        && !chunks::determiner(page, from)
    {
        from -= 3;
    }
    // What only tells for how long or by whom opens the phrase and is no part of what it is.
    if page.token(tag.from).is("deadline") && page.token(from.wrapping_sub(1)).is("the") {
        from -= 1;
    }
    if page.tags.kind(tag) == "deadline" {
        // "Monday's deadline", "the deadline for the departure of".
        if page.token(from.wrapping_sub(1)).fold == "'s"
            && let Some(date) = page.date_over(from.wrapping_sub(2)).filter(|d| d.from >= floor)
        {
            from = date.from;
        }
        let end = chunks::end(page, tag.to + 1, tag.to + 12);
        return (from, if page.token(tag.to).is("for") && end > tag.to + 1 { end } else { tag.to });
    }
    let opened = from > floor && page.token(from - 1).class == Class::Open;
    let inner = (from..tag.from).find(|i| page.token(*i).class == Class::Open);
    if opened && page.token(tag.to).class == Class::Close {
        (from - 1, tag.to + 1)
    } else if opened
        && page.token(tag.to).class == Class::Comma
        && page.token(tag.to + 1).class == Class::Close
    {
        (from - 1, tag.to + 2)
    } else if inner.is_some() && page.token(tag.to).class == Class::Close {
        (from, tag.to + 1)
    } else {
        (from, tag.to)
    }
}

/// In Arabic what describes a noun follows it: "الصيغة المعدلة", "جولة القاهرة".
fn arabic_end(page: &Page<'_>, tag: Tag) -> usize {
    let mut to = tag.to;
    let definite = page.token(tag.to - 1).fold.contains("ال") || page.token(tag.from).alts.len() > 1;
    while to < tag.to + 2 {
        let token = page.token(to);
        let other = [
            Cat::Stop,
            Cat::Preposition,
            Cat::Boundary,
            Cat::DealVerb,
            Cat::Deal,
            Cat::DealWord,
            Cat::Speech,
            Cat::Actor,
        ];
        let named = page.tags.kind(tag) == "talks"
            && page.token(to).word()
            && page.date_over(to).is_none()
            && to == tag.to
            && !definite;
        let adjective = token.fold.starts_with("ال") && definite && page.date_over(to).is_none();
        if !token.word() || other.iter().any(|c| page.is(*c, to)) || !(named || adjective) {
            break;
        }
        to += 1;
    }
    to
}

/// Adjectives before a Russian or Ukrainian noun, with the quote that opens there.
fn slavic_begin(page: &Page<'_>, tag: Tag, floor: usize) -> usize {
    const ENDINGS: [&str; 22] = [
        "ое", "ого", "ом", "ому", "ый", "ий", "ая", "ую", "ой", "ые", "ых", "ым", "им", "ее", "его", "не",
        "ну", "на", "ної", "ний", "ного", "ному",
    ];
    let mut from = tag.from;
    while from > floor && tag.from - from < 4 {
        let before = page.token(from - 1);
        let adjective = before.word()
            && before.fold.chars().count() > 4
            && ENDINGS.iter().any(|e| before.fold.ends_with(e))
            && !page.is(Cat::DealVerb, from - 1)
            && !before.any(&["впервые", "вновь", "якобы"])
            && !before.fold.starts_with("называем")
            && page.tag(Cat::DealWord, from - 1).is_none_or(|t| page.tags.kind(t) != "length");
        let joint = before.any(&["та", "и", "і"]) && from - 1 > floor && from < tag.from;
        if !(adjective || joint || before.class == Class::Open) {
            break;
        }
        from -= 1;
    }
    if page.token(from).any(&["та", "и", "і"]) { from + 1 } else { from }
}

fn facts(page: &Page<'_>, sentence: (usize, usize), recent: bool) -> Vec<Fact> {
    let nouns: Vec<Tag> = page
        .tags
        .within(Cat::Deal, sentence.0, sentence.1)
        .filter(|t| page.tags.kind(*t) != "other")
        .collect();
    let mut out: Vec<Fact> = Vec::new();
    for part in parts(page, sentence) {
        let around = Around { sentence, part, nouns: &nouns, recent };
        for verb in page.tags.within(Cat::DealVerb, part.0, part.1) {
            if let Some(fact) = deal_facts::fact(page, &around, verb) {
                keep(&mut out, fact);
            }
        }
    }
    absorb(page, &mut out);
    for fact in deal_bare::verbless(page, sentence, &nouns, &out, recent) {
        keep(&mut out, fact);
    }
    out
}

/// "Reached an agreement that could start within days": when it starts belongs to the fact before.
fn absorb(page: &Page<'_>, out: &mut Vec<Fact>) {
    let made =
        |f: &Fact| matches!(f.sub.as_str(), "reached" | "announced" | "signed" | "extended" | "accepted");
    let mut at = 1;
    while at < out.len() {
        // "Has until noon to reply" is told of another than who accepted.
        let own = |f: &Fact| f.sub == "deadline_set" && f.noun.is_none() && f.pronoun.is_none();
        let begins =
            out.get(at).filter(|f| matches!(f.sub.as_str(), "in_force" | "deadline_set") && !own(f)).cloned();
        let before = out.iter_mut().take(at).rev().find(|f| made(f));
        match (begins, before) {
            (Some(begins), Some(fact))
                if begins.noun == fact.noun || ahead(page, &begins) && !told_apart(page, fact, &begins) =>
            {
                fact.part.1 = fact.part.1.max(begins.part.1);
                out.remove(at);
            }
            _ => at += 1,
        }
    }
}

/// Whether somebody speaks between two facts of different deals: "the envoy, who mediated the accord, said the truce would start".
fn told_apart(page: &Page<'_>, fact: &Fact, begins: &Fact) -> bool {
    begins.noun.is_some() && page.tags.within(Cat::Speech, fact.verb.to, begins.verb.from).next().is_some()
}

/// Whether a beginning is one to come, or only describes the truce that is told of: "the truce in force since May".
fn ahead(page: &Page<'_>, fact: &Fact) -> bool {
    let describes = fact.noun.is_some_and(|n| n.to == fact.verb.from && page.token(fact.verb.from).is("in"));
    let starting = page.language == "en" && page.token(fact.verb.from).fold.ends_with("ing");
    fact.noun.is_none()
        || starting
        || describes
        || (fact.verb.from.saturating_sub(3)..fact.verb.from)
            .any(|i| page.token(i).any(&["could", "would", "will", "to", "should", "may"]))
}

/// Takes a fact, or leaves it where a better one says the same.
fn keep(out: &mut Vec<Fact>, fact: Fact) {
    let same = |f: &Fact| {
        f.part == fact.part
            && (f.noun == fact.noun || f.sub == fact.sub || f.noun.is_none() || fact.noun.is_none())
    };
    if let Some(place) = out.iter().position(same) {
        // "Refused an extension of the truce": what is refused has not happened.
        let refused = out
            .get(place)
            .is_some_and(|f| f.sub.starts_with("position_refuses") && f.verb.from < fact.verb.from);
        if refused
            && matches!(
                fact.sub.as_str(),
                "extended" | "renewed" | "signed" | "reached" | "in_force" | "suspended"
            )
        {
            return;
        }
        // "The truce, which was to expire on Sunday, has been extended".
        let lasts = matches!(fact.sub.as_str(), "extended" | "renewed")
            && out.get(place).is_some_and(|f| {
                matches!(f.sub.as_str(), "deadline_lapsed" | "deadline_set")
                    && f.verb.from < fact.verb.from
                    && fact.noun.is_some()
                    && f.noun == fact.noun
            });
        let better = lasts || out.get(place).is_some_and(|f| rank(&fact.sub) < rank(&f.sub));
        if better && let Some(slot) = out.get_mut(place) {
            *slot = fact;
        }
        return;
    }
    // "It has frayed in some areas and fallen in others": one account of how it stands.
    let status = |f: &Fact| f.sub.starts_with("status_");
    let told = out.iter_mut().find(|f| {
        status(f)
            && status(&fact)
            && f.sentence == fact.sentence
            && (fact.noun.is_none() || f.noun == fact.noun)
    });
    if let Some(first) = told {
        first.part.1 = fact.part.1;
        return;
    }
    out.push(fact);
}

/// Which of two things said of one deal in one part of a sentence is kept: the lower.
fn rank(sub: &str) -> usize {
    match sub {
        "scope_exclusion" | "position_unclear" | "position_conditional" | "condition" | "demand" => 0,
        "deadline_lapsed" | "violation_alleged" | "talks_slipped" | "talks_collapsed" | "pending_step" => 1,
        "status_collapsed" | "extended" | "renewed" | "terminated" | "suspended" | "open_issue" => 2,
        "signed" | "talks_scheduled" | "status_fraying" | "status_at_risk" | "position_refuses" => 3,
        "position_accepts_hedged" | "position_refuses_hedged" => 3,
        "reached" | "responsibility" | "scope" => 4,
        "talks_ongoing" => 6,
        "announced" => 7,
        "in_force" | "deadline_set" | "monitoring" | "mechanism" | "proposal" => 8,
        _ => 5,
    }
}

/// The parts of a sentence that each may say something of their own.
pub(crate) fn parts(page: &Page<'_>, sentence: (usize, usize)) -> Vec<(usize, usize)> {
    let mut cuts = vec![sentence.0];
    for at in sentence.0 + 1..sentence.1 {
        let last = cuts.last().copied().unwrap_or(sentence.0);
        if cut(page, sentence, last, at) {
            cuts.push(at);
        }
    }
    cuts.push(sentence.1);
    cuts.windows(2).filter_map(|w| Some((*w.first()?, *w.last()?))).collect()
}

fn cut(page: &Page<'_>, sentence: (usize, usize), last: usize, at: usize) -> bool {
    let token = page.token(at);
    let before = page.token(at - 1);
    let dash = token.class == Class::Dash && !token.glued;
    if matches!(token.class, Class::Semicolon | Class::Colon) && !page.token(at + 1).glued || dash {
        return true;
    }
    if page.tags.over(Cat::DealVerb, at).is_some_and(|t| t.from < at) {
        return false;
    }
    let comma = before.class == Class::Comma;
    let said = page.tags.within(Cat::DealVerb, last, at).next().is_some();
    if let Some(tag) = page.tag(Cat::Boundary, at).filter(|t| page.tags.kind(*t) == "clause") {
        // "Until Tuesday", "before the end of the week": a time, not a clause.
        let dated = (tag.to..tag.to + 3).any(|i| page.date_over(i).is_some());
        let verb = (tag.to..sentence.1.min(tag.to + 12))
            .any(|i| acts(page, i) || page.is(Cat::ActVerb, i) || page.is(Cat::ActNoun, i));
        let not = page.token(tag.to).is("not") && page.is(Cat::Preposition, tag.to + 1);
        return (comma || !dated && verb) && !condition(page, at) && !not;
    }
    if token.any(&["and", "و", "и", "і", "та"]) && token.class == Class::Word && page.language != "ar" {
        return said && joined(page, sentence, at);
    }
    if page.language == "ar" && comma {
        return token.fold.starts_with('و') && (acts(page, at) || acts(page, at + 1)) || acts(page, at);
    }
    // "Within minutes of its start, the two sides accused".
    let opened = page.is(Cat::Boundary, last)
        || page.token(last).any(&[
            "within",
            "after",
            "before",
            "hours",
            "minutes",
            "days",
            "despite",
            "following",
            "shortly",
            "just",
        ]);
    if comma && said && opened && (at..sentence.1.min(at + 9)).any(|i| page.is(Cat::DealVerb, i)) {
        return true;
    }
    // "The truce, which excludes Orvel, has expired": the clause goes on behind what was set in.
    let relative = comma
        && said
        && page.language == "en"
        && (last..at).any(|i| page.token(i).any(&["which", "who"]))
        && (at..at + 3)
            .find(|i| !page.is(Cat::Stop, *i))
            .is_some_and(|i| page.is(Cat::DealVerb, i) && !page.token(i).fold.ends_with("ing"));
    if relative {
        return true;
    }
    if comma && last == sentence.0 && made_known(page, last, at) {
        return true;
    }
    // ", accusing", ", which".
    comma
        && said
        && (token.fold.ends_with("ing") && acts(page, at)
            || page.language != "en" && acts(page, at)
            || token.any(&["which", "who"]) && (at..at + 8).any(|i| page.is(Cat::DealVerb, i)))
}

/// "Announced by envoys in May, the truce failed to": how it was made stands before the clause.
fn made_known(page: &Page<'_>, from: usize, at: usize) -> bool {
    page.language == "en"
        && page.is(Cat::DealVerb, from)
        && page.token(from).fold.ends_with("ed")
        && page.token(from + 1).any(&["by", "in", "on", "last", "earlier", "after", "under"])
        && chunks::determiner(page, at)
}

fn condition(page: &Page<'_>, at: usize) -> bool {
    page.is(Cat::Condition, at) && !page.token(at).any(&["until", "once"])
}

/// Whether a word says something of a deal, or that somebody speaks.
fn acts(page: &Page<'_>, at: usize) -> bool {
    page.is(Cat::DealVerb, at) || page.is(Cat::Speech, at)
}

/// Whether "and" joins a new thing said: another verb, or another subject with its verb.
fn joined(page: &Page<'_>, sentence: (usize, usize), at: usize) -> bool {
    if page.token(at - 1).class == Class::Comma {
        return (at + 1..sentence.1.min(at + 12)).any(|i| acts(page, i));
    }
    let verb =
        (at + 1..sentence.1.min(at + 4)).find(|i| !(page.is(Cat::Stop, *i) || page.is(Cat::DealWord, *i)));
    let base = page.token(at - 1).fold.ends_with("ed") || page.token(at - 1).fold.ends_with("ing");
    if verb
        .is_some_and(|i| page.is(Cat::DealVerb, i) && !page.token(i - 1).any(&["the", "a", "its", "their"]))
    {
        return !base && !page.token(at + 1).fold.ends_with("ing");
    }
    let known = page.mention_from(at + 1).filter(|m| m.acts()).map(|m| m.to);
    let phrase = || super::deal_who::phrase_from(page, at + 1, sentence.1);
    let subject = known.or_else(|| {
        let found = phrase().filter(|_| page.language == "en")?;
        super::deal_who::somebody(page, found.0, found.1).then_some(found.1)
    });
    subject.is_some_and(|to| (to..sentence.1.min(to + 5)).any(|i| acts(page, i)))
        && !(at.saturating_sub(8)..at).any(|i| page.token(i).any(&["between", "both"]))
        && (sentence.0..at).any(|i| page.is(Cat::DealVerb, i))
}
