//! A fact about a deal with its values: what it is about, on what terms, what is still to come, whose word it is, what holds it down.

use std::collections::BTreeMap;

use super::deals::{Fact, parts, phrase};
use super::lexicon::{Cat, Tag};
use super::page::Page;
use super::tokens::Class;
use super::voices::Voice;
use super::{
    Field, Granularity, Kind, Proposal, Value, aside, chunks, deal_times, doubts, parties, phrases,
    statements, tasks,
};

pub(crate) fn proposal(
    page: &Page<'_>,
    number: usize,
    fact: &Fact,
    alone: bool,
    last: Option<(usize, usize)>,
) -> Proposal {
    let mut fields: BTreeMap<Field, Vec<Value>> = BTreeMap::new();
    let mut add = |field: Field, value: Value| fields.entry(field).or_default().push(value);
    let (low, mut high) = if alone { wide(page, fact) } else { bounds(page, fact) };
    // A deadline is told of from its own words on: what stands before speaks of the truce.
    let own =
        fact.noun.filter(|n| page.tags.kind(*n) == "deadline").map(|n| phrase(page, n, fact.sentence.0).0);
    let low = own.filter(|from| *from < fact.verb.from && *from > low && !alone).unwrap_or(low);
    what(page, fact, last, &mut add);
    if let Some((from, to)) = fact.condition {
        add(Field::Condition, page.words(from, to));
    }
    attributed(page, number, fact, &mut add);
    parties::parties(page, fact, (low, high), &mut add);
    deal_times::times(page, fact, (low, high), &mut add);
    deal_times::places(page, fact, (low, high), &mut add);
    terms(page, fact, high, &mut add);
    let norms = hedges_of(&fact.sub);
    doubts::hedges(page, (low, high), norms, &mut add);
    cue_hedge(page, fact, &mut add);
    denied(page, fact, &mut add);
    if let Some(tag) = aside::withdrawn(page, fact, high) {
        add(Field::Hedge, Value::normed(page.span(tag.from, tag.to), "date_withdrawn"));
        let said = page.voices_of(number).iter().filter(|v| high <= v.cue.0 && v.cue.0 < tag.from);
        said.flat_map(|v| &v.speakers).for_each(|value| add(Field::AccordingTo, value.clone()));
        high = tag.to;
    }
    doubts::longest(&mut fields);
    if let Some(said) = fields.get_mut(&Field::AccordingTo) {
        *said = said.iter().flat_map(|value| super::said_in::owners(page, value)).collect();
    }
    let mut sub = fact.sub.clone();
    settle(page, fact, &mut sub, &mut fields);
    let mut end = high;
    while end > low
        && matches!(page.token(end - 1).class, Class::Comma | Class::Dash | Class::Semicolon | Class::Colon)
    {
        end -= 1;
    }
    let span = page.span(low, end);
    Proposal { kind: Kind::Agreement, sub, span, granularity: Granularity::Discrete, fields, detail_of: None }
}

/// Words by which one phrase means several sides.
const MANY: [&str; 24] = [
    "both",
    "two ",
    "sides",
    "parties",
    "leaders",
    "delegations",
    "rivals",
    "countries",
    "factions",
    "warring",
    "belligerents",
    "combatants",
    "foes",
    "enemies",
    "neighbours",
    "neighbors",
    "governments",
    "armies",
    "nations",
    "militaries",
    "negotiators",
    "adversaries",
    "generals",
    "clans",
];

/// What the parties found make of a fact: "X agreed to a truce" is X's yes; both sides' yes is a truce reached.
fn settle(page: &Page<'_>, fact: &Fact, sub: &mut String, fields: &mut BTreeMap<Field, Vec<Value>>) {
    let parties = fields.get(&Field::Party).map_or(0, Vec::len);
    let agrees = page.token(fact.verb.from).fold.starts_with("agree");
    let many = fields.get(&Field::Party).is_some_and(|all| {
        all.iter().any(|v| {
            let norm = v.norm.as_deref().unwrap_or_default();
            let text =
                page.text.get(index(v.span.start)..index(v.span.end)).unwrap_or_default().to_lowercase();
            norm == "parties" || MANY.iter().any(|w| text.contains(w))
        })
    });
    if agrees && sub == "reached" && parties == 1 && !many && !super::deal_facts::passive(page, fact.verb) {
        "accepted".clone_into(sub);
    }
    // "The leader announced his refusal": who says no is whose no it is.
    let own = sub.starts_with("position_") && sub != "position_unclear"
        || sub == "accepted" && page.language == "ar";
    if own && !fields.contains_key(&Field::Party) && fact.condition.is_none_or(|c| c.0 >= fact.verb.from) {
        let said = fields.get(&Field::AccordingTo).filter(|said| said.len() == 1).cloned();
        fields.extend(said.map(|s| (Field::Party, s)));
    }
    if sub == super::deal_open::SPOKEN_OF && !fields.contains_key(&Field::Party) {
        let said = fields.get(&Field::AccordingTo).map_or(&[][..], Vec::as_slice);
        let found = super::deal_open::parties(page, fact, said);
        fields.insert(Field::Party, found);
    }
    if sub == "demand" && !fields.contains_key(&Field::AccordingTo) {
        let pronoun = |v: &Value| v.span.end - v.span.start < 5 && v.registry.is_none();
        let party = fields.get(&Field::Party).filter(|all| !all.iter().any(pronoun)).cloned();
        fields.extend(party.map(|p| (Field::AccordingTo, p)));
    }
}

fn index(n: u32) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

/// Which hedges bear on which fact.
fn hedges_of(sub: &str) -> &'static [&'static str] {
    match sub {
        "position_unclear" => &["unclear"][..],
        "position_accepts_hedged" | "position_refuses_hedged" => {
            &["authors_assessment", "possible", "opinion"]
        }
        "position_refuses" => &["authors_assessment"],
        "scope" => &["conditional"],
        "scope_exclusion" => &["opinion"],
        "reached" | "announced" => &["provisional", "possible"],
        "violation_alleged" => &["unconfirmed", "denied", "accusation"],
        "in_force" | "deadline_set" | "extended" | "renewed" => &["provisional", "possible", "expected"],
        "pending_step" => &["expected"],
        "mechanism" | "monitoring" => &["provisional", "possible", "expected", "planned", "unconfirmed"],
        _ => &["provisional", "possible", "expected", "under_consideration", "unconfirmed", "date_withdrawn"],
    }
}

/// The word that itself holds the fact down: who accuses accuses, who does not comment has not said.
fn cue_hedge(page: &Page<'_>, fact: &Fact, add: &mut impl FnMut(Field, Value)) {
    let doubt =
        page.tags.within(Cat::Hedge, fact.part.0, fact.verb.from).any(|t| page.tags.kind(t) == "unclear");
    match fact.sub.as_str() {
        "position_unclear" if !doubt => {
            add(Field::Hedge, Value::normed(page.span(fact.verb.from, fact.verb.to), "no_comment"));
        }
        "violation_alleged" => {
            if let Some(tag) = accusing(page, fact) {
                add(Field::Hedge, Value::normed(page.span(tag.from, tag.to), "accusation"));
            }
        }
        "position_conditional" | "position_accepts_hedged" if fact.condition.is_none() => {}
        // "Talks will resume if the truce holds": set for a case that may not come.
        "talks_scheduled" if fact.condition.is_some() => {
            if let Some(tag) = fact.condition.and_then(|(from, _)| page.tags.at(Cat::Condition, from)) {
                add(Field::Hedge, Value::normed(page.span(tag.from, tag.to), "conditional"));
            }
        }
        "monitoring" | "pending_step" | "mechanism" => {
            let planned = (fact.part.0..fact.verb.to)
                .filter_map(|i| page.tags.at(Cat::DealWord, i))
                .find(|t| page.tags.kind(*t) == "will" && t.from + 4 > fact.verb.from);
            if let Some(tag) = planned {
                add(Field::Hedge, Value::normed(page.span(tag.from, tag.to), "planned"));
            }
        }
        _ => {}
    }
}

/// "Denied that the truce had collapsed": the fact is told as denied, whatever it is.
fn denied(page: &Page<'_>, fact: &Fact, add: &mut impl FnMut(Field, Value)) {
    let denies = |at: usize| {
        let spoken = page.tags.at(Cat::Speech, at).filter(|tag| page.tags.kind(*tag) == "denied");
        spoken.or_else(|| page.tags.at(Cat::Hedge, at).filter(|tag| page.tags.value(*tag) == "denied"))
    };
    if fact.sub == "violation_alleged" {
        return;
    }
    let last =
        (fact.sentence.0..fact.verb.from).rev().find(|at| denies(*at).is_some() || page.is(Cat::Speech, *at));
    let Some(tag) = last.and_then(denies) else { return };
    let leads = page.token(tag.to).any(&["that", "ان", "أن", "что", "що"])
        || page.token(tag.to).class == Class::Comma && page.token(tag.to + 1).any(&["что", "що"]);
    let broken = |at: usize| {
        matches!(page.token(at).class, Class::Semicolon | Class::Comma) || page.token(at).any(&["and", "but"])
    };
    if leads || !(tag.to..fact.verb.from).any(broken) && fact.verb.from - tag.to < 6 {
        add(Field::Hedge, Value::normed(page.span(tag.from, tag.to), "denied"));
    }
}

/// "Accused", "trading accusations": the word that makes a breach an accusation.
pub(crate) fn accusing(page: &Page<'_>, fact: &Fact) -> Option<Tag> {
    let mut near = page.tags.within(Cat::DealWord, fact.part.0, fact.part.1);
    let word = |t: &Tag| {
        page.tags.kind(*t) == "accuse"
            || page.tags.kind(*t) == "mutual" && (t.from..t.to).any(|i| page.token(i).is("accusations"))
    };
    near.find(word)
}

/// What the fact is about.
fn what(page: &Page<'_>, fact: &Fact, last: Option<(usize, usize)>, add: &mut impl FnMut(Field, Value)) {
    match (fact.noun, fact.sub.as_str()) {
        (_, "demand") => parties::asked(page, fact, add),
        (None, "position_refuses_hedged" | "position_refuses") if fact.pronoun.is_none() => {
            parties::asked(page, fact, add);
        }
        (None, "position_conditional") if fact.pronoun.is_none() => {
            let end = fact.condition.map_or(fact.part.1, |c| c.0).max(fact.verb.to);
            let from = (fact.verb.from..fact.verb.to)
                .find(|i| page.token(*i).any(&["right", "право"]))
                .map_or(fact.verb.from, |i| i - usize::from(page.token(i - 1).is("the")));
            let end = (fact.verb.to..end)
                .find(|i| {
                    !page.token(*i).word() && page.token(*i).class != Class::Open
                        || page.is(Cat::Boundary, *i)
                })
                .unwrap_or(end);
            add(Field::What, page.words(from, end));
        }
        (None, "position_unclear") if page.token(fact.verb.to.wrapping_sub(1)).is("to") => {
            parties::asked(page, fact, add);
        }
        (Some(noun), "violation_alleged") if page.tags.kind(noun) != "violation" => {
            let (from, to) = (fact.verb.from.min(noun.from), fact.verb.to.max(noun.to));
            let passive = fact.verb.from > noun.from;
            let (from, to) = if passive { phrase(page, noun, fact.sentence.0) } else { (from, to) };
            add(Field::What, Value::normed(page.span(from, to), "violation"));
        }
        (Some(noun), "violation_alleged") => {
            let (from, to) = phrase(page, noun, fact.sentence.0);
            let truce = page.tags.within(Cat::Deal, to, fact.sentence.1.min(to + 5)).find(|t| {
                let next = matches!(page.language, "ru" | "uk") && t.from < to + 3;
                page.tags.kind(*t) == "truce" && (next || page.token(to).any(&["of", "to", "in"]))
                    || page.language == "ar"
            });
            let to = truce.map_or(to, |t| t.to);
            add(Field::What, Value::normed(page.span(from, to), "violation"));
        }
        // "Responsible for getting the agreement of": what is to be got is no deal.
        (Some(noun), "responsibility") if page.token(noun.to).any(&["of", "from"]) => {}
        (Some(noun), _) => {
            let noun = truce_of(page, noun, fact.sentence.1);
            let (from, to) = phrase(page, noun, fact.sentence.0);
            add(Field::What, Value::normed(page.span(from, to), page.tags.value(noun)));
        }
        (None, "open_issue") if !tasks::questions(page, fact).is_empty() => {
            tasks::questions(page, fact)
                .into_iter()
                .for_each(|(from, to)| add(Field::What, page.words(from, to)));
        }
        (None, "open_issue") => {
            let (from, to) = phrases::phrase_before(page, fact.verb.from, fact.part.0)
                .unwrap_or((fact.verb.from, fact.verb.to));
            add(Field::What, page.words(from, to));
        }
        (None, "deadline_set" | "pending_step") if fact.verb.cat == Cat::DealWord => {
            let led = |i: &usize| page.token(*i).any(&["within", "by", "before", "no"]);
            let end = (fact.verb.to..fact.part.1).find(led).unwrap_or(fact.part.1);
            add(Field::What, page.words(fact.verb.to, end));
        }
        (None, "pending_step") => tasks::step(page, fact, add),
        (None, "position_unclear" | "responsibility" | "condition") => {}
        (None, "scope") if super::deal_duties::is(page, fact) => {}
        (None, _) => {
            add_meant(page, fact, last, add);
        }
    }
}

/// "It", with what it stands for; without it, the truce named shortly before.
fn add_meant(page: &Page<'_>, fact: &Fact, last: Option<(usize, usize)>, add: &mut impl FnMut(Field, Value)) {
    let Some((from, to)) = fact.pronoun.or(last) else { return };
    let mut value = page.words(from, to);
    let meant = last.filter(|_| fact.pronoun.is_some() && page.language == "en");
    value.norm = meant.map(|(from, to)| tasks::name_of(page, from, to)).filter(|n| !n.is_empty());
    add(Field::What, value);
}

/// "An agreement on a cessation of hostilities" is about the cessation.
fn truce_of(page: &Page<'_>, noun: Tag, ceiling: usize) -> Tag {
    if !matches!(page.tags.kind(noun), "deal" | "plan") {
        return noun;
    }
    let truce = page
        .tags
        .within(Cat::Deal, noun.to, ceiling.min(noun.to + 14))
        .find(|t| page.tags.kind(*t) == "truce");
    truce
        .filter(|t| {
            page.token(noun.to).any(&["for", "on", "of", "to", "о", "об", "про"])
                || (noun.to..t.from).any(|i| page.token(i).any(&["for", "on", "of"])) && t.from - noun.to < 14
                || page.language == "ar" && t.from - noun.to < 2
        })
        .unwrap_or(noun)
}

/// "Which provides for a withdrawal", "pending a vote".
fn terms(page: &Page<'_>, fact: &Fact, high: usize, add: &mut impl FnMut(Field, Value)) {
    let deal = matches!(
        fact.sub.as_str(),
        "reached"
            | "signed"
            | "announced"
            | "accepted"
            | "in_force"
            | "extended"
            | "renewed"
            | "proposal"
            | "condition"
    );
    if fact.sub == "scope" {
        if super::deal_duties::is(page, fact) {
            return;
        }
        let area = page.token(fact.verb.from).fold.clone();
        let applies = [
            "appl",
            "cover",
            "extend",
            "hold",
            "valid",
            "encompass",
            "ينطبق",
            "تنطبق",
            "يسري",
            "распростран",
            "поширю",
        ];
        if !applies.iter().any(|stem| area.starts_with(stem)) {
            listed_terms(page, fact, add);
        }
        return;
    }
    if !deal {
        return;
    }
    tasks::spelled_out(page, fact, add);
    let from = fact.noun.map_or(fact.verb.to, |n| n.to.max(fact.verb.to));
    let ceiling = fact.sentence.1.max(high);
    for at in from..ceiling {
        let Some(tag) = page.tags.at(Cat::DealWord, at) else { continue };
        let field = match page.tags.kind(tag) {
            "terms" => Field::Terms,
            "pending" => Field::Pending,
            _ => continue,
        };
        let whole = page.token(tag.from).is("on");
        let start = if whole { tag.from } else { tag.to };
        let end = (start + 1..ceiling)
            .find(|i| {
                let token = page.token(*i);
                matches!(token.class, Class::Comma | Class::Semicolon | Class::Stop | Class::Dash)
                    && !(token.class == Class::Comma && page.token(i + 1).is("and"))
                    || page.tags.at(Cat::DealWord, *i).is_some_and(|t| page.tags.kind(t) == "terms")
                    || field == Field::Pending && page.token(*i).is("to")
            })
            .unwrap_or(ceiling);
        if end > start {
            add(field, page.words(start, end));
        }
        if field == Field::Pending {
            return;
        }
    }
}

/// "Is limited to X, Y and Z", "وينص الاتفاق على": each thing that it holds.
fn listed_terms(page: &Page<'_>, fact: &Fact, add: &mut impl FnMut(Field, Value)) {
    let after = fact.noun.map_or(fact.verb.to, |n| n.to.max(fact.verb.to));
    let mut from = after;
    // Behind the deal's own words: "the agreement between X and Y on".
    if page.language == "ar" {
        let on = (after..fact.sentence.1.min(after + 16))
            .take_while(|i| page.token(*i).class != Class::Comma)
            .find(|i| page.token(*i).is("علي"));
        let told = page.token(fact.verb.from).any(&["ينص", "تنص", "نص", "نصت", "يقتصر", "تقتصر"]);
        match on {
            Some(at) => from = at + 1,
            None if told => return,
            None => {}
        }
    }
    while page.token(from).class == Class::Open || page.token(from).any(&["to", "that"]) {
        from += 1;
    }
    let end = (from..fact.sentence.1)
        .find(|i| {
            matches!(page.token(*i).class, Class::Semicolon | Class::Stop | Class::Close) || parted(page, *i)
        })
        .unwrap_or(fact.sentence.1);
    let list = (from..end).any(|i| page.token(i).class == Class::Comma);
    let mut start = from;
    for at in from..=end {
        let and = page.token(at).any(&["and", "и", "та"]) && (list || chunks::determiner(page, at + 1));
        let wa = page.language == "ar" && at > from && page.token(at).is("و");
        if at < end && page.token(at).class != Class::Comma && !and && !wa {
            continue;
        }
        if at > start + 1 {
            add(Field::Terms, page.words(start, at));
        }
        start = at + 1;
    }
}

/// Whose word the fact is: of the voices of the sentence those that govern its part.
fn attributed(page: &Page<'_>, number: usize, fact: &Fact, add: &mut impl FnMut(Field, Value)) {
    let at = fact.verb.from;
    // Within a quote it is the word of whoever is quoted.
    if let Some(quote) =
        page.quote_at(at).filter(|q| (q.0..q.1).filter(|i| page.token(*i).word()).count() > 5)
        && let Some((voice, _)) = statements::voice_of(page, quote.0, quote.1)
    {
        voice.speakers.iter().for_each(|value| add(Field::AccordingTo, value.clone()));
        voice.via.iter().for_each(|value| add(Field::Via, value.clone()));
        return;
    }
    let any = std::cell::Cell::new(false);
    let mut add = |field: Field, value: Value| {
        any.set(true);
        add(field, value);
    };
    let add = &mut add;
    super::roles::said_by(page, number, at, add, |voice| {
        let own = voice.cue.0 <= at && at < voice.cue.1
            || voice.cue.0 < fact.verb.to && fact.verb.from < voice.cue.1;
        let inside = voice.from <= at && at < voice.to && !own;
        let of_another = matches!(voice.kind.as_str(), "asked" | "stance")
            || voice.kind == "accused" && fact.sub != "violation_alleged"
            || own && !speaks_for_it(page, fact, voice);
        !inside && !of_another && governs(page, fact, voice)
    });
    if !any.get()
        && let Some(after) = page.sentences.get(number + 1)
        && (page.token(after.0).any(&["об", "про"]) && page.token(after.0 + 1).any(&["этом", "это", "це"]))
        && let Some(voice) = page.voices_of(number + 1).first()
    {
        voice.speakers.iter().for_each(|value| add(Field::AccordingTo, value.clone()));
        voice.via.iter().for_each(|value| add(Field::Via, value.clone()));
    }
}

/// "Kerry announced a truce": a person or an office makes known what others do; "the rebels declared a truce" is their own act.
fn speaks_for_it(page: &Page<'_>, fact: &Fact, voice: &Voice) -> bool {
    if fact.sub == "violation_alleged" {
        return true;
    }
    let first = voice.speakers.first().map(|v| v.span.start);
    let mention = page.mentions.iter().find(|m| Some(page.span(m.from, m.to).start) == first);
    let person = mention
        .is_some_and(|m| matches!(m.what, super::entities::What::Person | super::entities::What::Source));
    person
        || (matches!(fact.sub.as_str(), "in_force" | "reached" | "extended") && fact.verb.from > voice.cue.1)
}

/// Whether nothing parts a voice from the fact: no semicolon, and no other thing said by another.
fn governs(page: &Page<'_>, fact: &Fact, voice: &Voice) -> bool {
    let (low, high) =
        if voice.cue.0 < fact.part.0 { (voice.cue.1, fact.verb.from) } else { (fact.verb.to, voice.cue.0) };
    if low >= high {
        return true;
    }
    let strong = (low..high).any(|i| parted(page, i) || aside::recalls(page, i));
    // "Areas that Russia believes are held": no word on the fact.
    if voice.from > fact.verb.from && page.token(voice.from.wrapping_sub(1)).any(&["that", "which", "whom"]) {
        return false;
    }
    // A voice before the fact governs over "and"; one after it only when it closes the sentence.
    !strong && (voice.cue.0 < fact.verb.from || closes(page, fact, voice))
}

/// "…, the minister said": it follows a comma or a quote and stands at the end.
fn closes(page: &Page<'_>, fact: &Fact, voice: &Voice) -> bool {
    let before = page.token(voice.from.min(voice.cue.0).wrapping_sub(1));
    let mark = matches!(before.class, Class::Comma | Class::Close)
        || voice.kind == "according"
        || voice.kind == "via";
    mark || (fact.part.0 <= voice.cue.0 && voice.cue.0 < fact.part.1)
}

/// A mark or a word that ends what a voice or a wide part covers.
pub(crate) fn parted(page: &Page<'_>, at: usize) -> bool {
    let token = page.token(at);
    token.class == Class::Semicolon
        || token.class == Class::Dash && !token.glued
        || token.any(&[
            "but",
            "while",
            "whereas",
            "although",
            "though",
            "however",
            "لكن",
            "بينما",
            "فيما",
            "غير",
            "но",
            "однако",
            "але",
        ])
}

/// All that a fact that stands alone in its sentence may take its values from.
fn wide(page: &Page<'_>, fact: &Fact) -> (usize, usize) {
    let all = parts(page, fact.sentence);
    let (mut low, mut high) = bounds(page, fact);
    let act = |p: &(usize, usize)| {
        [Cat::ActVerb, Cat::ActNoun].iter().any(|c| page.tags.within(*c, p.0, p.1).next().is_some())
    };
    for part in all.iter().rev().filter(|p| p.1 <= fact.part.0) {
        if act(part) {
            break;
        }
        let cut = all.iter().map(|p| p.0).find(|from| *from >= part.1 && *from <= low);
        if cut.is_some_and(|at| parted(page, at)) {
            break;
        }
        low = low.min(part.0);
    }
    for part in all.iter().filter(|p| p.0 >= fact.part.1) {
        if parted(page, part.0) || act(part) {
            break;
        }
        high = high.max(part.1);
    }
    trim(page, low, high)
}

/// The part, widened to hold the deal word and the condition.
fn bounds(page: &Page<'_>, fact: &Fact) -> (usize, usize) {
    let (mut from, mut to) = fact.part;
    let reach = if fact.sub.starts_with("status_") && !page.token(from).is("which") { 20 } else { 6 };
    if let Some(noun) = fact.noun.filter(|n| n.to + reach > fact.part.0 && n.from < fact.part.1 + 6) {
        from = from.min(phrase(page, noun, fact.sentence.0).0);
        to = to.max(noun.to);
    }
    if let Some((a, b)) = fact.condition {
        from = from.min(a);
        to = to.max(b);
    }
    trim(page, from, to)
}

fn trim(page: &Page<'_>, mut from: usize, to: usize) -> (usize, usize) {
    while from < to
        && !page.token(from).word()
        && page.token(from).class != Class::Open
        && page.token(from).class != Class::Number
    {
        from += 1;
    }
    if from > 0 && page.token(from - 1).is("so") && page.token(from).is("far") {
        from += 1 + usize::from(page.token(from + 1).class == Class::Comma);
    }
    while from < to && (page.is(Cat::Boundary, from) && !page.token(from).any(&["which", "that"])) {
        from += 1;
    }
    (from, to)
}
