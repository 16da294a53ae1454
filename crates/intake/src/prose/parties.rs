//! Who is party to what is said of a deal, whom it asks and whom it leaves out.
//!
//! A party is a phrase of the text: the subject, "between X and Y", "with X", "by X". A mediator who announces is none by that.

use super::deal_who::{listed, opening, somebody};
use super::deals::{Around, Fact};
use super::entities::What;
use super::lexicon::{Cat, Tag};
use super::page::Page;
use super::phrases::{after_verb, arabic_phrase, party, slavic_subject, subjects};
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
        "violation_alleged" => return super::breaches::violators(page, fact, range, add),
        "position_unclear" => return silent(page, fact, add),
        "scope" if super::deal_duties::is(page, fact) => return super::deal_duties::fields(page, fact, add),
        "scope" => {
            let end = (fact.verb.to..range.1)
                .find(|i| page.token(*i).any(&["backed", "supported", "led", "according"]))
                .unwrap_or(range.1);
            for mention in page.mentions_in(fact.verb.to, end).filter(|m| m.acts()) {
                add(Field::Party, mention.value(page));
            }
            return;
        }
        "open_issue" => return,
        "responsibility" => return super::tasks::tasked(page, fact, add),
        _ => {}
    }
    if fact.sub == "announced" && page.language == "en" && ordered(page, fact, add) {
        return;
    }
    let intransitive =
        fact.noun.is_some_and(|n| n.to <= fact.verb.from && n != fact.verb) && !active(page, fact);
    let intransitive = intransitive && !slavic_active(page, fact);
    let stands = fact.pronoun.is_some_and(|p| p.0 < fact.verb.from);
    // "Are expected to speak" is no passive.
    let active =
        (fact.verb.from..fact.verb.to).any(|i| page.token(i).is("to") && !page.token(i + 1).is("be"));
    let passive = super::deal_facts::passive(page, fact.verb) && !active;
    let does = page.token(fact.verb.from).any(&["cease", "halt", "stop", "suspend", "silence", "end"]);
    let bare = fact.noun == Some(fact.verb) && !does
        || fact.sub.starts_with("status_") && fact.sub != "status_at_risk";
    if bare && page.language == "en" {
    } else if !intransitive && !stands && !passive {
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
    if passive && fact.sub == "monitoring" {
        super::tasks::on_purpose(page, fact, add);
    }
    joined(page, fact, range, add);
}

/// "The president ordered the army to halt": who orders, and whom.
fn ordered(page: &Page<'_>, fact: &Fact, add: &mut impl FnMut(Field, Value)) -> bool {
    let stems = ["order", "instruct", "direct", "command"];
    let active = stems.iter().any(|stem| page.token(fact.verb.from).fold.starts_with(stem))
        && !super::deal_facts::passive(page, fact.verb);
    let end = chunks::end(page, fact.verb.to, fact.sentence.1);
    if !active || end <= fact.verb.to || !page.token(end).is("to") || !somebody(page, fact.verb.to, end) {
        return false;
    }
    for p in subject_of(page, fact) {
        add(Field::Party, party(page, p));
    }
    add(Field::Target, party(page, (fact.verb.to, end)));
    true
}

/// Whether a Russian or Ukrainian verb has somebody for its subject although a deal word stands before it: "о перемирии договорились".
fn slavic_active(page: &Page<'_>, fact: &Fact) -> bool {
    let made = ["reached", "accepted", "signed", "announced", "extended", "proposal"];
    let word = &page.token(fact.verb.from).fold;
    let active = ["ли", "ла", "лись", "лась", "лися", "лася", "ло"].iter().any(|e| word.ends_with(e));
    matches!(page.language, "ru" | "uk") && made.contains(&fact.sub.as_str()) && active
}

/// Whether the verb has a subject of its own although a deal word stands before it: "the truce that the army broke".
fn active(page: &Page<'_>, fact: &Fact) -> bool {
    let after = fact.noun.is_some_and(|n| n.from >= fact.verb.to);
    after || (page.language == "ar" && !page.tags.entry(fact.verb).extra.starts_with("before"))
}

/// "Between X and Y", "with X", "by X".
fn joined(page: &Page<'_>, fact: &Fact, range: (usize, usize), add: &mut impl FnMut(Field, Value)) {
    let sub = fact.sub.as_str();
    let own = matches!(sub, "demand" | "accepted" | "proposal") || sub.starts_with("position_");
    if own || sub == "in_force" && fact.noun.is_none() {
        return;
    }
    let by = !sub.starts_with("status_") && sub != "announced" && sub != "in_force";
    if page.language == "en" {
        return joined_phrases(page, fact, range, by, add);
    }
    let mut chain = false;
    for mention in
        page.mentions_in(range.0, range.1).filter(|m| m.what != What::Ground && m.what != What::Source)
    {
        let before = page.token(mention.from.wrapping_sub(1));
        let near = mention.from > fact.verb.from || fact.noun.is_some_and(|n| mention.from > n.from);
        // "A truce between", "agreed with": right behind a deal word or its verb, not "a call between".
        let beside = mention.from.checked_sub(1).is_some_and(|prep| {
            // "A truce of 72 hours between": how long it is may stand in between.
            let long = (prep.saturating_sub(3)..prep).any(|i| page.is(Cat::Unit, i));
            (prep.saturating_sub(if long { 6 } else { 3 })..prep)
                .any(|i| page.tags.over(Cat::Deal, i).is_some() || page.tags.over(Cat::DealVerb, i).is_some())
        });
        let agent = before.any(&["by"]) && by && super::deal_facts::passive(page, fact.verb);
        let named = mention.what != What::Place;
        let agent = agent && named;
        let with = before.any(&["with", "مع"]) && !sub.starts_with("status_") && named && beside;
        let between = before.any(&["between", "بين", "между", "між"]) && beside;
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
            let whole = if page.language == "ar" { arabic_phrase(page, mention.from, range.1) } else { None };
            add(Field::Party, whole.map_or_else(|| mention.value(page), |phrase| party(page, phrase)));
        }
    }
}

/// The same in English, by whole phrases, known or not: "between the two rivals", "with Kelan Front", "by the army".
fn joined_phrases(
    page: &Page<'_>,
    fact: &Fact,
    range: (usize, usize),
    by: bool,
    add: &mut impl FnMut(Field, Value),
) {
    let passive = super::deal_facts::passive(page, fact.verb);
    for at in range.0..range.1 {
        let token = page.token(at);
        let mut low = at;
        while let Some(date) = low.checked_sub(1).and_then(|i| page.date_over(i)) {
            low = date.from - usize::from(page.token(date.from.wrapping_sub(1)).is("on"));
        }
        let beside = (low.saturating_sub(3)..low)
            .any(|i| page.tags.over(Cat::Deal, i).is_some() || page.tags.over(Cat::DealVerb, i).is_some());
        let near = at > fact.verb.from || fact.noun.is_some_and(|n| at >= n.to);
        let between = token.is("between") && beside;
        let with = token.is("with") && beside && !fact.sub.starts_with("status_");
        let of = token.any(&["of", "among"])
            && page.tags.before(Cat::Deal, at).is_some_and(|t| {
                page.tags.kind(t) == "deal" && page.token(t.from).any(&["agreement", "commitment"])
            });
        let agent = token.is("by")
            && (by || fact.sub == "announced")
            && (passive || at == fact.verb.to)
            && at >= fact.verb.to
            && at < fact.verb.to + 6;
        if !near || !(between || with || agent || of) {
            continue;
        }
        let found = listed(page, at + 1, fact.sentence.1);
        if token.is("by") && fact.sub == "announced" {
            found.iter().for_each(|p| add(Field::AccordingTo, party(page, *p)));
            continue;
        }
        if with && found.iter().any(|p| page.mention_from(p.0).is_some_and(|m| m.what == What::Place)) {
            continue;
        }
        for p in found {
            add(Field::Party, party(page, p));
        }
    }
}

pub(crate) fn subject_party(page: &Page<'_>, fact: &Fact, add: &mut impl FnMut(Field, Value)) {
    // Who brokers a truce is no party to it.
    let broker = brokers(page, fact.verb);
    if broker && fact.sub != "violation_alleged" {
        return;
    }
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
        subject_of(page, fact)
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
            meant(page, fact, (from, to), add);
            continue;
        }
        let place =
            page.mention_from(from).is_some_and(|m| m.is_place() && m.what != What::Country && m.to == to);
        let deal = page.tags.within(Cat::Deal, from, to).any(|t| t.to == to && !page.token(t.from).upper);
        let dated = page.date_over(from).is_some();
        // "Ensure monitoring", "eight months": no party.
        let bare = from == fact.sentence.0 && to - from == 1 && page.mention_at(from).is_none();
        if bare || page.is(Cat::Unit, to - 1) {
            continue;
        }
        let person = page.mentions_in(from, to).any(|m| m.what == What::Person);
        let word = page.token(from).fold.chars().count() > 1 || chunks::determiner(page, from);
        if !place && !deal && !dated && word {
            let field = if person && fact.sub == "announced" { Field::AccordingTo } else { Field::Party };
            let speaks = speaks(page, from, to);
            if speaks && (fact.sub == "accepted" || fact.sub.starts_with("position_")) {
                add(Field::AccordingTo, party(page, (from, to)));
                if let Some(whose) = spoken_for(page, (from, to)) {
                    add(field, party(page, whose));
                    continue;
                }
            }
            add(field, party(page, (from, to)));
        }
    }
}

/// Whether a phrase is of somebody who speaks for others.
fn speaks(page: &Page<'_>, from: usize, to: usize) -> bool {
    (from..to).any(|i| {
        page.token(i).any(&[
            "official",
            "spokesman",
            "spokeswoman",
            "spokesperson",
            "representative",
            "delegate",
            "negotiator",
        ])
    })
}

/// "A spokesman for the River Guard", "the movement's spokesman": for whom somebody speaks.
fn spoken_for(page: &Page<'_>, (from, to): (usize, usize)) -> Option<(usize, usize)> {
    let spokes = |i: usize| page.token(i).any(&["spokesman", "spokeswoman", "spokesperson"]);
    let at = (from..to).find(|i| spokes(*i))?;
    if page.token(at + 1).any(&["for", "of"]) && at + 2 < to {
        return somebody(page, at + 2, to).then_some((at + 2, to));
    }
    let mark = at.checked_sub(1).filter(|i| page.token(*i).class == Class::Other && page.token(*i).glued)?;
    (mark > from && somebody(page, from, mark)).then_some((from, mark))
}

/// Whether a verb tells that somebody mediated.
fn brokers(page: &Page<'_>, verb: Tag) -> bool {
    let stems = ["broker", "mediat", "facilitat", "sponsor", "midwif", "arrang"];
    stems.iter().any(|stem| page.token(verb.from).fold.starts_with(stem))
}

/// Whether the verb's word is a noun: "violation of", "commitment to".
fn nominal(page: &Page<'_>, fact: &Fact) -> bool {
    let word = &page.token(fact.verb.from).fold;
    let led = page.token(fact.verb.to - 1).any(&["of", "to", "from", "for", "with", "on"])
        || page.token(fact.verb.to).any(&["of", "to", "from", "for"]);
    let endings = [
        "ion", "ions", "ment", "ments", "al", "ance", "ence", "each", "eaches", "ure", "ness", "pse", "take",
    ];
    led && endings.iter().any(|e| word.ends_with(e))
}

/// "Kelan's open violation of the truce": whose act a noun tells of.
fn owner(page: &Page<'_>, fact: &Fact) -> Option<(usize, usize)> {
    let at = fact.verb.from;
    if !nominal(page, fact) {
        return None;
    }
    let mark = (at.saturating_sub(3).max(fact.sentence.0 + 1)..at).rev().find(|i| {
        page.token(*i).class == Class::Other && page.token(*i).fold.ends_with('s') && page.token(*i).glued
    })?;
    let clear = (mark + 1..at).all(|i| page.token(i).word() && !page.is(Cat::Stop, i));
    let from = chunks::begin(page, mark - 1, fact.sentence.0);
    (clear && somebody(page, from, mark)).then_some((from, mark))
}

/// Who does it in an English clause: the phrase before the verb; whose decision it is; else the phrase that opens the clause.
pub(crate) fn subject_of(page: &Page<'_>, fact: &Fact) -> Vec<(usize, usize)> {
    let at = fact.verb.from;
    let pronoun =
        |p: &(usize, usize)| p.1 - p.0 == 1 && page.token(p.0).any(&["he", "she", "they", "it", "we", "i"]);
    if let Some(owner) = owner(page, fact) {
        return vec![owner];
    }
    let mut direct = subjects(page, at, fact.sentence.0, 2);
    // "With the help of X, Y and Z agreed": what opens the sentence is no subject.
    let fronted = page.tag(Cat::Preposition, fact.sentence.0).is_some()
        || page.token(fact.sentence.0).any(&[
            "with",
            "under",
            "during",
            "following",
            "after",
            "despite",
            "amid",
        ]);
    if let Some(comma) = (fact.sentence.0..at)
        .find(|i| page.token(*i).class == Class::Comma)
        .filter(|_| fronted && direct.len() > 1)
        && direct.iter().any(|p| p.0 > comma)
    {
        direct.retain(|p| p.0 > comma);
    }
    // "Called out X for specific breaches of": the word before a noun describes it.
    if nominal(page, fact) {
        direct.retain(|p| p.1 < at || page.token(p.1 - 1).upper);
    }
    let near = at.saturating_sub(4).max(fact.sentence.0);
    // "Its decision to withdraw", "the policy decision to withdraw": whose it is stands at the head of the clause.
    let own = (near..at).any(|i| page.token(i).any(&["its", "their", "his", "her"]))
        && (page.token(at - 1).is("to") || nominal(page, fact));
    // "The army, which signed in the north state, recently extended": who stands before the clause that is set in.
    let head = opening(page, fact);
    let relative = head.last().is_some_and(|p| {
        page.token(p.1).class == Class::Comma
            && page.token(p.1 + 1).any(&["which", "who", "whose", "led"])
            && (p.1 + 1..at).any(|i| page.token(i).class == Class::Comma)
            && direct.iter().all(|d| d.0 > p.1)
    });
    if relative && !direct.iter().any(pronoun) {
        return head;
    }
    let sane = |p: &(usize, usize)| pronoun(p) || somebody(page, p.0, p.1);
    if !own && !direct.is_empty() && direct.iter().all(sane) {
        return direct;
    }
    if fact.sub.starts_with("status_") {
        return direct.into_iter().filter(sane).collect();
    }
    let opening = opening(page, fact);
    if opening.is_empty() { direct.into_iter().filter(sane).collect() } else { opening }
}

/// Who "they" are: the speaker of the sentence, or the subject of the verb before.
fn meant(page: &Page<'_>, fact: &Fact, (from, to): (usize, usize), add: &mut impl FnMut(Field, Value)) {
    let said = page
        .voices_of(page.sentence_number(fact.verb.from))
        .iter()
        .find(|v| v.from < fact.verb.from && v.cue.0 != fact.verb.from && !v.speakers.is_empty());
    if let Some(voice) = said {
        let whose = voice.speakers.iter().flat_map(|v| super::said_in::owners(page, v));
        whose.for_each(|v| add(Field::Party, v));
        return;
    }
    // "X and Y announced that they had": the subject of the verb before.
    let floor = fact.sentence.0;
    let verb = (floor + 1..from).rev().find(|i| page.is(Cat::DealVerb, *i) || page.is(Cat::Speech, *i));
    let outer = verb.map_or_else(Vec::new, |at| subjects(page, at, floor, 0));
    let own = if outer.is_empty() { vec![(from, to)] } else { outer };
    own.iter().for_each(|p| add(Field::Party, party(page, *p)));
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
        if let Some((who, whom)) = subject.first().and_then(|p| super::aside::considered(page, fact, p.0)) {
            who.iter().for_each(|p| add(Field::AccordingTo, party(page, *p)));
            return add(Field::Excluded, party(page, whom));
        }
        for (from, to) in subject.iter().copied() {
            let place =
                page.mentions_in(from, to).any(|m| m.is_place() && m.to == to && m.what != What::Country);
            let place = place || page.language == "en" && super::aside::ground(page, (from, to));
            let deal = page.tags.within(Cat::Deal, from, to).next().is_some();
            if !deal && !page.token(from).is("it") {
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
            let whole = super::deal_who::phrase_from(page, mention.from, fact.part.1)
                .filter(|p| page.language == "en" && page.token(p.1).is("to"));
            match whole {
                Some(phrase) => add(Field::Target, party(page, phrase)),
                None => add(Field::Target, mention.value(page)),
            }
            from = whole.map_or(mention.to, |p| p.1);
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
                || *i > from && page.token(*i).is("and") && page.is(Cat::Speech, *i + 1)
                || *i > from && *i >= fact.part.1
                || (page.is(Cat::Boundary, *i)
                    && page.tags.kind(page.tag(Cat::Boundary, *i).unwrap_or(fact.verb)) == "clause")
        })
        .unwrap_or(fact.part.1);
    if end > from {
        add(Field::What, page.words(from, end));
    }
}
