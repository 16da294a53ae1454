//! Who is party to what is said of a deal, whom it asks and whom it leaves out.
//!
//! A party is a phrase of the text: the subject, "between X and Y", "with X", "by X". A mediator who announces is none by that.

use super::deal_fields::accusing;
use super::deals::{Around, Fact};
use super::entities::{Mention, What};
use super::lexicon::{Cat, Tag};
use super::page::Page;
use super::tokens::Class;
use super::{Field, Value, chunks};

/// Parties: the subject, "between X and Y", "with X", "by X"; those left out of an exclusion go to `excluded`.
pub(crate) fn parties(
    page: &Page<'_>,
    fact: &Fact,
    range: (usize, usize),
    add: &mut impl FnMut(Field, Value),
) {
    match fact.sub.as_str() {
        "scope_exclusion" => return excluded(page, fact, range, add),
        "violation_alleged" => return violators(page, fact, range, add),
        "position_unclear" => return silent(page, fact, add),
        "scope" => {
            for mention in page.mentions_in(fact.verb.to, range.1).filter(|m| m.acts()) {
                add(Field::Party, mention.value(page));
            }
            return;
        }
        "open_issue" => return,
        "responsibility" => return tasked(page, fact, add),
        _ => {}
    }
    let intransitive = fact.noun.is_some_and(|n| n.to <= fact.verb.from) && !active(page, fact);
    let stands = fact.pronoun.is_some_and(|p| p.0 < fact.verb.from);
    let passive = super::deal_facts::passive(page, fact.verb);
    if !intransitive && !stands && !passive {
        subject_party(page, fact, add);
    } else if passive && matches!(fact.sub.as_str(), "extended" | "renewed" | "suspended" | "terminated") {
        // "The army said that the truce would be extended": who says so does so.
        for voice in page.voices_of(page.sentence_number(fact.verb.from)) {
            let own = voice.cue.0 < fact.verb.from && voice.kind != "according";
            for value in voice.speakers.iter().filter(|v| own && v.registry.is_some()) {
                add(Field::Party, value.clone());
            }
        }
    }
    joined(page, fact, range, add);
}

/// Whose task a thing is: who stands before "responsible for", or after "up to".
fn tasked(page: &Page<'_>, fact: &Fact, add: &mut impl FnMut(Field, Value)) {
    if page.token(fact.verb.to.wrapping_sub(1)).is("to") {
        if let Some(mention) =
            (fact.verb.to..fact.verb.to + 2).find_map(|i| page.mention_from(i)).filter(|m| m.acts())
        {
            add(Field::Party, mention.value(page));
        }
        return;
    }
    for p in subjects(page, fact.verb.from, fact.sentence.0, 1) {
        add(Field::Party, party(page, p));
    }
}

/// Whether the verb has a subject of its own although a deal word stands before it: "the truce that the army broke".
fn active(page: &Page<'_>, fact: &Fact) -> bool {
    let after = fact.noun.is_some_and(|n| n.from >= fact.verb.to);
    after || (page.language == "ar" && !page.tags.entry(fact.verb).extra.starts_with("before"))
}

/// "Between X and Y", "with X", "by X".
fn joined(page: &Page<'_>, fact: &Fact, range: (usize, usize), add: &mut impl FnMut(Field, Value)) {
    let sub = fact.sub.as_str();
    if sub == "demand" || sub.starts_with("position_") || sub == "in_force" && fact.noun.is_none() {
        return;
    }
    let by = !sub.starts_with("status_") && sub != "announced" && sub != "in_force";
    let mut chain = false;
    for mention in page.mentions_in(range.0, range.1).filter(|m| m.acts() || m.what == What::Country) {
        let before = page.token(mention.from.wrapping_sub(1));
        let near = mention.from > fact.verb.from || fact.noun.is_some_and(|n| mention.from > n.from);
        let agent = before.any(&["by"]) && by && super::deal_facts::passive(page, fact.verb);
        let with = before.any(&["with", "مع"]) && !sub.starts_with("status_");
        let between = before.any(&["between", "بين", "между", "між"])
            || mention.from > 0 && page.token(mention.from).fold == "بين";
        let and = chain
            && (before.any(&["and", "و", "и", "і", "та"]) || page.token(mention.from).fold.starts_with('و'));
        let follows = chain && page.mention_to(mention.from).is_some();
        chain = near && (between || with || agent || and || follows);
        if chain
            && page.mention_from(mention.to).is_some_and(|m| m.acts() && page.token(mention.to - 1).word())
        {
            // "Paramilitary Rapid Support Forces": what describes and what names are one party.
            let to = page.mention_from(mention.to).map_or(mention.to, |m| m.to);
            add(Field::Party, party(page, (mention.from, to)));
        } else if chain && !follows {
            add(Field::Party, mention.value(page));
        }
    }
}

/// The phrase that ends before a token, over "of", "in", "for"; from its article.
pub(crate) fn phrase_before(page: &Page<'_>, end: usize, floor: usize) -> Option<(usize, usize)> {
    let mut at = end;
    let skipped = |i: usize| {
        let token = page.token(i);
        let word = page.is(Cat::Stop, i)
            && !token.any(&[
                "he", "she", "they", "it", "we", "i", "both", "who", "which", "some", "all", "most", "each",
            ])
            || token.any(&[
                "has",
                "have",
                "jointly",
                "reportedly",
                "now",
                "earlier",
                "unanimously",
                "started",
                "began",
                "continued",
                "immediately",
                "قد",
            ])
            || token.class == Class::Open;
        let left = token.class == Class::Other
            && token.glued
            && i > floor
            && !matches!(token.fold.as_str(), "'s" | "'");
        word || left || token.fold.ends_with("ly") && token.word()
    };
    loop {
        let dated =
            at.checked_sub(1).and_then(|i| page.date_over(i)).filter(|d| d.from > floor && d.to <= at);
        if let Some(date) = dated {
            at = date.from;
        } else if at > floor && skipped(at - 1) {
            at -= 1;
        } else {
            break;
        }
    }
    if at <= floor {
        return None;
    }
    let last = page.token(at - 1);
    if last.any(&["he", "she", "they", "it", "we", "i"]) {
        return Some((at - 1, at));
    }
    if last.class == Class::Comma || last.class == Class::ParenClose {
        // An apposition or a clause stands between: "Kerry, the secretary of state, said".
        let open = (floor..at - 1)
            .rev()
            .find(|i| matches!(page.token(*i).class, Class::Comma | Class::ParenOpen))?;
        let opens = page.token(open + 1);
        let apposed = opens.any(&["who", "whose", "which", "the", "a", "an", "led", "chaired", "backed"])
            || page.mention_from(open + 1).is_some()
            || last.class == Class::ParenClose;
        return if apposed && open > floor { phrase_before(page, open, floor) } else { None };
    }
    if last.any(&["who", "which", "that"]) {
        let comma = usize::from(page.token(at.wrapping_sub(2)).class == Class::Comma);
        return if at - 1 - comma > floor { phrase_before(page, at - 1 - comma, floor) } else { None };
    }
    if !(last.word() || last.class == Class::Number || last.class == Class::Close)
        || page.is(Cat::Boundary, at - 1)
    {
        return None;
    }
    let from = left(page, at, floor);
    (from < at).then_some((from, at))
}

/// Where a phrase begins that ends at `at`.
fn left(page: &Page<'_>, at: usize, floor: usize) -> usize {
    let mention = page.mention_to(at).filter(|m| m.from >= floor).map_or(at - 1, |m| m.from);
    let mut from = chunks::begin(page, at - 1, floor).min(mention);
    for _ in 0..3 {
        let joint = from > floor + 1
            && page.token(from - 1).any(&["of", "in", "from", "to", "for", "on", "at", "loyal"])
            && page.token(from - 2).word()
            && !page.is(Cat::Speech, from - 2)
            && !page.is(Cat::DealVerb, from - 2)
            && page.date_over(from - 2).is_none()
            && !page.is(Cat::Stop, from - 2);
        if !joint {
            break;
        }
        let head = page.mention_to(from - 1).filter(|m| m.from >= floor).map_or(from - 2, |m| m.from);
        from = chunks::begin(page, from - 2, floor).min(head);
    }
    if from > floor && page.figure_from(from).is_some() && chunks::determiner(page, from - 1) {
        from -= 1;
    }
    // "The start date": a word that could be a verb stands between the article and the head.
    if from > floor + 1
        && !chunks::determiner(page, from)
        && page.token(from - 1).word()
        && chunks::determiner(page, from - 2)
    {
        from -= 2;
    }
    from
}

/// A phrase as a party: with the id of the actor that it names.
fn party(page: &Page<'_>, (from, to): (usize, usize)) -> Value {
    let mut value = page.words(from, to);
    let named: Vec<&Mention> =
        page.mentions_in(from, to).filter(|m| m.what != What::Place && m.what != What::Ground).collect();
    if let Some(mention) = named.iter().find(|m| m.to == to).or(named.first()) {
        value.norm.clone_from(&mention.norm);
        value.registry.clone_from(&mention.registry);
    }
    value
}

/// The subjects before a verb: one phrase, or several that are joined.
fn subjects(page: &Page<'_>, verb: usize, floor: usize, depth: u8) -> Vec<(usize, usize)> {
    let mut end = verb;
    // "Voted to accept", "agreed to extend", "has refused to sign": the subject is that of the first verb.
    loop {
        let led = page.tags.before(Cat::DealWord, end).filter(|t| {
            t.from >= floor && matches!(page.tags.kind(*t), "meant" | "will" | "may" | "not" | "aim")
        });
        let verb = page
            .tags
            .before(Cat::DealVerb, end)
            .filter(|t| t.from > floor && page.token(t.to.wrapping_sub(1)).any(&["to"]));
        match led.or(verb) {
            Some(tag) if tag.from < end => end = tag.from,
            _ => break,
        }
    }
    let Some((from, to)) = phrase_before(page, end, floor) else {
        return before_and(page, end, floor, depth);
    };
    let mut out = vec![(from, to)];
    let mut at = from;
    for _ in 0..3 {
        let mut and = at.checked_sub(1).filter(|i| *i > floor);
        if !and.is_some_and(|i| {
            page.token(i).any(&["and", "и", "і", "та"]) || page.token(i).class == Class::Comma
        }) {
            break;
        }
        if and.is_some_and(|i| page.token(i - 1).class == Class::Comma) {
            and = and.map(|i| i - 1);
        }
        let Some(end) = and else { break };
        let mention = page.mention_to(end).is_some_and(|m| m.acts() && !m.located)
            || page.token(end - 1).any(&["he", "she", "they"]);
        let Some(other) = phrase_before(page, end, floor).filter(|p| mention && p.1 == end) else { break };
        at = other.0;
        out.insert(0, other);
    }
    if out.len() == 1 && page.token(from).is("both") && to - from > 2 {
        return out;
    }
    out
}

/// "X dismissed it and put forward Y", "X signed, accusing Y": the subject stands before the verb before.
fn before_and(page: &Page<'_>, end: usize, floor: usize, depth: u8) -> Vec<(usize, usize)> {
    let joint = end > floor
        && (page.token(end - 1).any(&["and", "but", "then", "и", "і", "та"])
            || page.token(end - 1).class == Class::Comma);
    if !joint || depth == 0 {
        return Vec::new();
    }
    let verb = (floor + 1..end - 1).rev().find(|i| {
        (page.is(Cat::DealVerb, *i) || page.is(Cat::Speech, *i)) && !page.token(*i).fold.ends_with("ing")
    });
    verb.map_or_else(Vec::new, |at| subjects(page, at, floor, depth - 1))
}

fn subject_party(page: &Page<'_>, fact: &Fact, add: &mut impl FnMut(Field, Value)) {
    let floor = fact.sentence.0;
    if page.language == "ar" {
        for (from, to) in after_verb(page, fact) {
            add(Field::Party, party(page, (from, to)));
        }
        return;
    }
    let found = if matches!(page.language, "ru" | "uk") {
        slavic_subject(page, fact)
    } else if page.token(fact.verb.from).is("in") {
        // "Has attacked the town in breach of the truce": who acts in the clause.
        page.mentions_in(fact.part.0, fact.verb.from)
            .find(|m| m.acts() && !m.located)
            .map(|m| (m.from, m.to))
            .into_iter()
            .collect()
    } else {
        subjects(page, fact.verb.from, floor, 2)
    };
    if fact.sub == "demand"
        && found.first().is_none_or(|p| page.tags.within(Cat::Deal, p.0, p.1).next().is_some())
    {
        // "X said that any truce must include": who says so asks.
        let said =
            page.voices_of(page.sentence_number(fact.verb.from)).iter().find(|v| v.from < fact.verb.from);
        for value in said.iter().flat_map(|v| &v.speakers) {
            add(Field::Party, value.clone());
        }
        return;
    }
    for (from, to) in found {
        if to - from == 1 && page.token(from).any(&["he", "she", "they", "it", "we", "i"]) {
            let said = page
                .voices_of(page.sentence_number(fact.verb.from))
                .iter()
                .find(|v| v.from < fact.verb.from && v.cue.0 != fact.verb.from && !v.speakers.is_empty());
            match said {
                Some(voice) => voice.speakers.iter().for_each(|v| add(Field::Party, v.clone())),
                None => {
                    // "X and Y announced that they had": the subject of the verb before.
                    let verb = (floor + 1..from)
                        .rev()
                        .find(|i| page.is(Cat::DealVerb, *i) || page.is(Cat::Speech, *i));
                    let outer = verb.map_or_else(Vec::new, |at| subjects(page, at, floor, 0));
                    let own = if outer.is_empty() { vec![(from, to)] } else { outer };
                    own.iter().for_each(|p| add(Field::Party, party(page, *p)));
                }
            }
            continue;
        }
        let place =
            page.mention_from(from).is_some_and(|m| m.is_place() && m.what != What::Country && m.to == to);
        let deal = page.tags.within(Cat::Deal, from, to).any(|t| t.to == to && !page.token(t.from).upper);
        let dated = page.date_over(from).is_some();
        let person = page.mentions_in(from, to).any(|m| m.what == What::Person);
        if !place && !deal && !dated && page.token(from).fold.chars().count() > 1 {
            let field = if person && fact.sub == "announced" { Field::AccordingTo } else { Field::Party };
            add(field, party(page, (from, to)));
        }
    }
}

/// The subject of a Russian or Ukrainian verb: what opens the clause up to a preposition or a verb, or who stands right after the verb.
fn slavic_subject(page: &Page<'_>, fact: &Fact) -> Vec<(usize, usize)> {
    if let Some(mention) = page.mention_from(fact.verb.to).filter(|m| m.acts()) {
        return vec![(mention.from, mention.to)];
    }
    let stops = |i: usize| {
        let token = page.token(i);
        !token.word()
            || page.is(Cat::Preposition, i)
            || page.is(Cat::DealVerb, i)
            || page.is(Cat::DealWord, i)
            || (page.is(Cat::Stop, i) && !token.any(&["и", "і", "та"]))
            || page.is(Cat::Speech, i)
            || page.date_over(i).is_some()
    };
    for floor in [fact.part.0, fact.sentence.0] {
        let mut from = floor;
        while from < fact.verb.from {
            if let Some(place) =
                page.mention_at(from).filter(|m| m.is_place() && m.located && m.to < fact.verb.from)
            {
                from = place.to;
            } else if stops(from)
                || page.token(from).any(&["и", "і", "та"])
                || page.token(from).fold.ends_with("ее")
            {
                from += 1;
            } else {
                break;
            }
        }
        let mut to = from;
        while to < fact.verb.from && !stops(to) {
            to += 1;
        }
        // "Украинские военные и сторонники": two that are joined.
        let and = (from..to).find(|i| page.token(*i).any(&["и", "і", "та"]));
        let deal = page.tags.within(Cat::Deal, from, to).next().is_some();
        if to > from && !deal && page.figure_from(from).is_none() {
            return match and {
                Some(at) if at > from && at + 1 < to => vec![(from, at), (at + 1, to)],
                _ => vec![(from, to)],
            };
        }
    }
    Vec::new()
}

/// In Arabic the subject follows its verb, or stands after "that" before it.
fn after_verb(page: &Page<'_>, fact: &Fact) -> Vec<(usize, usize)> {
    let mut at = fact.verb.to;
    let last = &page.token(fact.verb.to.wrapping_sub(1)).fold;
    let owned = ["هم", "ها", "هما", "ته"].iter().any(|e| last.ends_with(e)) && last.chars().count() > 4;
    if owned {
        // "اعلن الحوثيون التزامهم": who is meant stands after the verb before.
        let verb = [Cat::DealVerb, Cat::Speech]
            .iter()
            .flat_map(|c| page.tags.within(*c, fact.sentence.0, fact.verb.from))
            .filter(|t| t.to <= fact.verb.from)
            .max_by_key(|t| t.from);
        at = verb.map_or(at, |t| t.to);
    }
    if page.token(at).any(&["ان", "انه", "انها", "فيه"]) {
        at += 1;
    }
    let mut out = Vec::new();
    for _ in 0..3 {
        let Some((from, to)) = arabic_phrase(page, at, fact.sentence.1) else { break };
        out.push((from, to));
        if !(page.token(to).fold.starts_with('و') && page.token(to).alts.len() > 1 || page.token(to).is("و"))
        {
            break;
        }
        at = to;
    }
    if !out.is_empty() {
        return out;
    }
    // "ان الحكومة رفضت": the phrase after "that" or at the start.
    let that = (fact.part.0..fact.verb.from).rev().take(7).find(|i| page.token(*i).any(&["ان", "بان"]));
    let start = that.map_or(fact.part.0, |i| i + 1);
    if fact.verb.from > start && fact.verb.from - start < 6 {
        out.extend(arabic_phrase(page, start, fact.verb.from));
    } else if page.mention_to(fact.verb.from).is_some_and(Mention::acts) {
        let mention = page.mention_to(fact.verb.from);
        out.extend(mention.map(|m| (m.from, m.to)));
    }
    out
}

/// A phrase from a place on: a named actor with what belongs to it, else words up to a preposition, a verb or a deal word.
fn arabic_phrase(page: &Page<'_>, at: usize, ceiling: usize) -> Option<(usize, usize)> {
    if let Some(mention) = page.mention_from(at).filter(|m| m.acts()) {
        let mut to = mention.to;
        // An adjective agrees in its article: "الوفد الفلسطيني الموحد".
        while to < ceiling.min(mention.to + 2)
            && page.token(to).fold.starts_with("ال")
            && page.token(to - 1).fold.starts_with("ال")
            && page.tags.starting(to).all(|t| t.cat == Cat::Country)
            && page.token(to).alts.len() < 2
        {
            to += 1;
        }
        return Some((at, to));
    }
    let mut to = at;
    while to < ceiling && to - at < 5 {
        let token = page.token(to);
        let little = page.is(Cat::Stop, to) || page.is(Cat::Preposition, to) || page.is(Cat::Boundary, to);
        let other = page.is(Cat::Deal, to)
            || page.is(Cat::DealVerb, to)
            || page.is(Cat::Condition, to)
            || page.is(Cat::Speech, to);
        let led = to > at && token.alts.len() > 1 && token.fold.starts_with(['ب', 'ل', 'و', 'ف', 'ك']);
        if !token.word()
            || little
            || other
            || led
            || page.date_over(to).is_some()
            || page.is(Cat::DealWord, to)
        {
            break;
        }
        to += 1;
    }
    let placed = page.mention_from(at).is_some_and(|m| m.is_place() && m.located);
    (to > at && !placed && page.token(at).fold.chars().count() > 2).then_some((at, to))
}

/// Whether a verb of asking has somebody who asks.
pub(crate) fn says(page: &Page<'_>, around: &Around<'_>, verb: Tag) -> bool {
    if page.language != "en" {
        return true;
    }
    let noun = page.token(verb.from.wrapping_sub(1)).any(&[
        "the",
        "a",
        "their",
        "its",
        "his",
        "international",
        "repeated",
    ]);
    noun || !subjects(page, verb.from, around.sentence.0, 2).is_empty()
        || super::deal_facts::passive(page, verb)
        || page.token(verb.from).fold.ends_with("ing")
}

/// Who is said to have broken the truce: whom "accused" names, else the subject; who accuses is whose word it is.
fn violators(page: &Page<'_>, fact: &Fact, range: (usize, usize), add: &mut impl FnMut(Field, Value)) {
    let Some(accuses) = accusing(page, fact) else {
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

/// Who has not said: the subject, or who stands after "no word from".
fn silent(page: &Page<'_>, fact: &Fact, add: &mut impl FnMut(Field, Value)) {
    let doubt = page
        .tags
        .within(Cat::Hedge, fact.sentence.0, fact.verb.from)
        .find(|t| page.tags.kind(*t) == "unclear");
    if let Some(hedge) = doubt {
        for mention in page.mentions_in(hedge.to, fact.verb.from).filter(|m| m.acts()) {
            add(Field::Party, mention.value(page));
        }
        return;
    }
    let floor = fact.sentence.0;
    let after = page.token(fact.verb.to.wrapping_sub(1)).any(&["from", "من"])
        || page.token(fact.verb.to).any(&["from", "من"]);
    if after {
        let from = fact.verb.to + usize::from(page.token(fact.verb.to).any(&["from", "من"]));
        let end = chunks::end(page, from, fact.sentence.1);
        if end > from {
            add(Field::Party, party(page, (from, end)));
        }
        return;
    }
    if page.language == "ar" {
        return subject_party(page, fact, add);
    }
    for p in subjects(page, fact.verb.from, floor, 1) {
        add(Field::Party, party(page, p));
    }
}

fn excluded(page: &Page<'_>, fact: &Fact, range: (usize, usize), add: &mut impl FnMut(Field, Value)) {
    let left_out = super::deal_facts::passive(page, fact.verb)
        || page.token(fact.verb.from).any(&["is", "are", "remain", "remains", "remained", "stays"])
        || page.token(fact.verb.to.wrapping_sub(1)).is("from");
    if left_out {
        let subject = subjects(page, fact.verb.from, fact.sentence.0, 1);
        for (from, to) in subject.iter().copied() {
            let place =
                page.mentions_in(from, to).any(|m| m.is_place() && m.to == to && m.what != What::Country);
            let deal = page.tags.within(Cat::Deal, from, to).next().is_some();
            if !deal {
                add(if place { Field::ExcludedArea } else { Field::Excluded }, party(page, (from, to)));
            }
        }
        if !subject.is_empty() {
            return;
        }
    }
    let (from, to) = if left_out { (range.0, fact.verb.from) } else { (fact.verb.to, range.1) };
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
    if fact.sub == "demand" {
        let target = (from..from + 2).find_map(|i| page.mention_from(i)).filter(|m| m.acts());
        if let Some(mention) = target {
            // "Urged Lavrov to have Russia halt": whom the verb names, or whom they are to move.
            let moved = (mention.to..mention.to + 3)
                .find(|i| page.token(*i).any(&["have", "get", "make"]))
                .and_then(|i| page.mention_from(i + 1))
                .filter(|m| m.acts());
            let mention = moved.unwrap_or(mention);
            add(Field::Target, mention.value(page));
            from = mention.to;
        } else if page.language == "en" && !page.token(from).any(&["to", "for", "that", "a", "an"]) {
            let end = chunks::end(page, from, fact.part.1);
            if end > from && page.token(end).is("to") {
                add(Field::Target, page.words(from, end));
                from = end;
            }
        }
    }
    if page.token(from).any(&["to", "for", "that", "الي", "ان"]) {
        from += 1;
    }
    let end = (from..fact.sentence.1)
        .find(|i| {
            let token = page.token(*i);
            let stop = token.class == Class::Stop && i + 2 >= fact.sentence.1;
            (stop || matches!(token.class, Class::Comma | Class::Semicolon | Class::Open))
                && *i > from
                && !page.token(i + 1).is("and")
                && page.mention_from(i + 1).is_none()
                || (*i > from && page.token(*i).any(&["that", "which", "who", "also"]))
                || *i > from && *i >= fact.part.1
                || (page.is(Cat::Boundary, *i)
                    && page.tags.kind(page.tag(Cat::Boundary, *i).unwrap_or(fact.verb)) == "clause")
        })
        .unwrap_or(fact.part.1);
    if end > from {
        add(Field::What, page.words(from, end));
    }
}
