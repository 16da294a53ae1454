//! Who did it, to whom, with what, where and when: values that stand around the act words of a clause.

use super::entities::{What, by_name, located};
use super::incidents::{Act, Group};
use super::lexicon::{Cat, Tag};
use super::nouns::phrases;
use super::page::Page;
use super::subjects::{passive, past_relative};
use super::tokens::Class;
use super::voices::{Voice, subject};
use super::{Field, Value, arabic, chunks};

/// The clause, or the whole sentence when the other clauses tell of no other act.
pub(crate) fn scope(page: &Page<'_>, group: &Group<'_>) -> (usize, usize) {
    let (from, to) = group.sentence;
    let other = |a: usize, b: usize| {
        (a..b).any(|i| page.is(Cat::ActNoun, i) || page.is(Cat::ActVerb, i) || page.is(Cat::Casualty, i))
    };
    let low = if other(from, group.from) { group.from } else { from };
    let high = if other(group.to, to) { group.to } else { to };
    (low, high)
}

/// Weapons named, and those that an act implies by its word.
pub(crate) fn weapons(page: &Page<'_>, group: &Group<'_>, add: &mut impl FnMut(Field, Value)) {
    for tag in page.tags.within(Cat::Weapon, group.from, group.to) {
        if page.token(tag.to).hyphened && !page.token(tag.from).is("suicide") {
            continue;
        }
        let mut value = page.words(tag.from, tag.to);
        value.norm = Some(page.tags.value(tag).to_owned());
        let begun = chunks::begin(page, tag.from, group.from);
        // Only in English do words between a figure and a noun belong to one phrase.
        let near = |f: &&super::numbers::Figure| !f.year && (page.language == "en" || f.to == tag.from);
        if let Some(figure) = page.figure_from(begun).filter(near) {
            value.span = page.span(figure.from, tag.to);
            let mut count = page.words(figure.from, figure.to);
            count.bounds = Some(figure.bounds);
            add(Field::Count, count);
        }
        add(Field::Weapon, value);
    }
    let named = page.language == "ar" && page.tags.within(Cat::Weapon, group.from, group.to).next().is_some();
    for act in group.acts.iter().filter(|_| !named) {
        let implied = page.tags.entry(act.tag).extra.split(';').next().unwrap_or_default();
        if !implied.is_empty() && implied != "ongoing" && page.tags.over(Cat::Weapon, act.tag.from).is_none()
        {
            let mut value = page.words(act.tag.from, act.tag.to);
            value.norm = Some(implied.to_owned());
            add(Field::Weapon, value);
        }
    }
}

/// Where the weapon ends that a verb has for its object.
pub(crate) fn object_weapon(page: &Page<'_>, from: usize, ceiling: usize) -> Option<usize> {
    let mut end = None;
    for at in from..ceiling.min(from + 8) {
        if let Some(tag) = page.tag(Cat::Weapon, at) {
            end = Some(tag.to);
        } else {
            let past = end.is_some_and(|e| at >= e) && !page.token(at).is("and");
            if past || page.is(Cat::Preposition, at) || page.token(at).class == Class::Comma {
                break;
            }
        }
    }
    end
}

/// "Most of those killed were civilians", "including five children".
pub(crate) fn victims(page: &Page<'_>, group: &Group<'_>, add: &mut impl FnMut(Field, Value)) {
    if page.language == "ar" {
        arabic::victims(page, group, add);
        return;
    }
    for at in group.from..group.to {
        let token = page.token(at);
        let most = token.any(&["most", "mostly", "majority", "many", "half"]);
        if most {
            let end = (at + 1..group.to.min(at + 9)).rev().find_map(|i| page.tag(Cat::People, i));
            let killed = (at..at + 8).any(|i| {
                page.token(i).any(&["those", "them", "victims", "dead"]) || page.is(Cat::Casualty, i)
            });
            if let Some(people) = end.filter(|_| killed) {
                let stop = if page.token(people.to).any(&["casualties", "deaths"]) {
                    people.to + 1
                } else {
                    people.to
                };
                add(Field::Victims, Value::normed(page.span(at, stop), page.tags.value(people)));
            }
        } else if token.any(&["including", "among"]) && !group.tolls.is_empty() {
            let end = chunks::end(page, at + 1, group.to);
            let people = (at + 1..end).rev().find_map(|i| page.tag(Cat::People, i));
            if let Some(people) = people {
                add(Field::Victims, Value::normed(page.span(at + 1, people.to), page.tags.value(people)));
            }
        }
    }
}

/// Times of the clause; a time that dates something else is left out.
pub(crate) fn times(
    page: &Page<'_>,
    group: &Group<'_>,
    scope: (usize, usize),
    add: &mut impl FnMut(Field, Value),
) {
    let own: Vec<_> =
        page.dates_in(group.from, group.to).filter(|d| !since(page, d.from) && !d.ahead).collect();
    let dates = if own.is_empty() {
        page.dates_in(scope.0, scope.1).filter(|d| !since(page, d.from) && !d.ahead && !d.vague).collect()
    } else {
        own
    };
    for date in dates.into_iter().filter(|d| !super::aside::remembered(page, group, d.to)) {
        let mut value = page.words(date.from, date.to);
        value.norm.clone_from(&date.norm);
        add(Field::When, value);
    }
}

/// "Since the conflict began in March 2011": dates something else.
fn since(page: &Page<'_>, at: usize) -> bool {
    (at.saturating_sub(8)..at).any(|i| page.token(i).any(&["since", "until", "منذ", "с", "began", "erupted"]))
}

/// Places that a preposition brings in, save those that are a target or the scene of a statement.
pub(crate) fn places(
    page: &Page<'_>,
    group: &Group<'_>,
    scope: (usize, usize),
    add: &mut impl FnMut(Field, Value),
) {
    let own = page.mentions_in(group.from, group.to).any(|m| m.is_place());
    let (from, to) = if own { (group.from, group.to) } else { scope };
    for mention in page.mentions_in(from, to) {
        let told = page.voices_of(page.sentence_number(mention.from)).iter().any(|v| {
            v.kind == "according" && v.to <= mention.from && group.acts.iter().all(|a| a.tag.from < v.from)
        });
        if !mention.is_place() || told || super::aside::spoken_at(page, mention.from) {
            continue;
        }
        let near_act = group.acts.iter().any(|a| {
            !a.noun
                && mention.from >= a.tag.to
                && mention.from <= a.tag.to + 3
                && (a.tag.to..mention.from).all(|i| chunks::determiner(page, i))
        });
        // An Arabic place with its word ("بلدة") is the object of the act, or where it was.
        let near_act =
            near_act || page.language == "ar" && mention.what == What::Place && mention.to > mention.from + 1;
        let held = page.is(Cat::Held, mention.to);
        if (mention.located || near_act || mention.what == What::Place && page.is(Cat::Boundary, mention.to))
            && !held
        {
            add(Field::Where, mention.value(page));
        }
    }
}

/// Actors by voice, by "by", by what stands before the act, and by claim or blame.
pub(crate) fn actors(page: &Page<'_>, group: &Group<'_>, add: &mut impl FnMut(Field, Value)) {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for at in group.from..group.to {
        if let Some(tag) = page.tag(Cat::Responsibility, at) {
            responsible(page, group, tag, &mut found, add);
        }
    }
    if page.language == "ar" {
        arabic::actors(page, group, &mut found, add);
        return;
    }
    for act in group.acts.iter().filter(|act| !super::aside::denies(page, act.tag)) {
        if act.noun {
            modifier(page, group, act, &mut found, add);
        } else if !passive(page, act.tag) {
            agent(page, group, act, &mut found, add);
        }
        by(page, group, act.tag.to, &mut found, add);
    }
}

fn take(
    page: &Page<'_>,
    from: usize,
    to: usize,
    found: &mut Vec<(usize, usize)>,
    add: &mut impl FnMut(Field, Value),
) {
    if found.iter().any(|(a, b)| *a < to && from < *b) {
        return;
    }
    found.push((from, to));
    let from = member(page, from);
    let value = match page.mention_at(to.saturating_sub(1)).filter(|m| m.from >= from || m.to == to) {
        Some(mention) => Value { span: page.span(from, to), ..mention.value(page) },
        None => page.words(from, to),
    };
    add(Field::Actor, value);
}

/// "Members of the front": the words begin before.
fn member(page: &Page<'_>, from: usize) -> usize {
    let of = from.checked_sub(1).filter(|at| page.language == "en" && page.token(*at).is("of"));
    let head = of.and_then(|at| at.checked_sub(1)).filter(|at| {
        page.token(*at).any(&[
            "members",
            "member",
            "elements",
            "militants",
            "fighters",
            "followers",
            "guerrillas",
            "column",
        ])
    });
    head.map_or(from, |at| chunks::begin(page, at, page.sentence_at(at).map_or(at, |s| s.0)))
}

/// "Claimed by the Islamic State", "blamed on the government", "accused of bombing".
fn responsible(
    page: &Page<'_>,
    group: &Group<'_>,
    tag: Tag,
    found: &mut Vec<(usize, usize)>,
    add: &mut impl FnMut(Field, Value),
) {
    let kind = page.tags.kind(tag).to_owned();
    if kind == "charged" || kind == "denied" {
        return;
    }
    let forward = page.tags.value(tag) != "before";
    // "Launched strikes but has been accused of": the subject stands before the verb before.
    let shared = page.token(tag.from.wrapping_sub(1)).any(&["and", "but"]) && page.language == "en";
    let mention = if forward {
        (tag.to..tag.to + 4)
            .find_map(|i| page.mention_from(i))
            .filter(|m| m.acts() && m.to <= group.sentence.1)
    } else {
        (0..2)
            .find_map(|_| subject(page, group.sentence.0, tag.from, None))
            .and_then(|(_, from)| page.mention_from(from))
            .or_else(|| {
                page.mentions_in(group.sentence.0, tag.from).find(|m| shared && m.acts() && !m.located)
            })
    };
    let own = page.token(tag.from).any(&["he", "she", "they"]);
    let whole = forward && (kind == "claimed" || page.language == "en" && !own);
    let mut value = page.words(tag.from, mention.filter(|_| whole).map_or(tag.to, |m| m.to));
    let who = mention.and_then(|m| m.norm.clone().or_else(|| m.registry.clone()));
    value.norm = Some(who.map_or(kind.clone(), |who| format!("{kind}:{who}")));
    add(Field::Claim, value);
    if kind != "claimed" {
        add(Field::Hedge, Value::normed(page.span(tag.from, tag.to), "accusation"));
    }
    if let Some(mention) = mention {
        take(page, mention.from, mention.to, found, add);
    }
}

/// "Russian airstrikes", "a government offensive": an actor within the phrase of the act.
fn modifier(
    page: &Page<'_>,
    group: &Group<'_>,
    act: &Act,
    found: &mut Vec<(usize, usize)>,
    add: &mut impl FnMut(Field, Value),
) {
    let from = chunks::begin(page, act.tag.from, group.from);
    for at in from..act.tag.from {
        let possessive = page.token(at + 1).class == Class::Other;
        if let Some(mention) =
            page.mention_from(at).filter(|m| m.acts() && m.to <= act.tag.from && (!m.located || possessive))
        {
            let mut from = mention.from;
            while !possessive
                && from + 1 < mention.to
                && !page.is(Cat::Actor, from)
                && !page.is(Cat::Country, from)
                && !page.token(from).upper
            {
                from += 1;
            }
            take(page, from, mention.to, found, add);
            return;
        }
        if let Some(tag) = page
            .tag(Cat::Country, at)
            .filter(|t| page.tags.kind(*t) == "demonym" && !page.token(t.to).hyphened)
        {
            if !found.iter().any(|(a, b)| *a < tag.to && tag.from < *b) {
                found.push((tag.from, tag.to));
                add(Field::Actor, Value::normed(page.span(tag.from, tag.to), page.tags.value(tag)));
            }
            return;
        }
    }
    // "Its offensive", "launched by".
    let before = page.token(from);
    let near = before.any(&["its", "their", "his"]) || from >= act.tag.from;
    let owner = page.mentions_in(group.from, act.tag.from).filter(|m| m.acts() && !m.located).last();
    if let Some(owner) = owner.filter(|m| near && act.tag.from - m.to < 6) {
        take(page, owner.from, owner.to, found, add);
        return;
    }
    for (from, to) in super::aside::stopped_by(page, from) {
        take(page, from, to, found, add);
    }
}

/// The subject of an active verb.
fn agent(
    page: &Page<'_>,
    group: &Group<'_>,
    act: &Act,
    found: &mut Vec<(usize, usize)>,
    add: &mut impl FnMut(Field, Value),
) {
    if page.language == "ar" {
        // The verb stands first.
        let after = (act.tag.to..act.tag.to + 2)
            .find_map(|i| page.mention_from(i))
            .filter(|m| m.acts() && m.to <= group.to);
        if let Some(mention) = after {
            take(page, mention.from, mention.to, found, add);
            return;
        }
    }
    let comma = (act.tag.from.saturating_sub(6)..act.tag.from).any(|at| page.token(at).class == Class::Comma);
    let past = (page.language == "en" && comma)
        .then(|| past_relative(page, &phrases(page, group.sentence), group.sentence.0, act.tag.from));
    let verb = past.flatten().unwrap_or(act.tag.from);
    let Some((_, from)) =
        subject(page, group.sentence.0, verb, None).or_else(|| far_subject(page, group, act))
    else {
        return;
    };
    let mention = page.mention_from(from).or_else(|| page.mentions_in(from, act.tag.from).next());
    if let Some(mention) = mention {
        // "A soldier's car": the soldier does nothing.
        let owner = page.language == "en"
            && page.token(mention.to).class == Class::Other
            && page.token(mention.to).glued
            && mention.to < act.tag.from
            && page.is(Cat::Target, mention.to + 1);
        if mention.acts() && !mention.located && !owner && !super::aside::capital(page, mention) {
            take(page, mention.from, mention.to, found, add);
        }
        return;
    }
    if page.token(from).is("it") && page.language == "en" {
        let main = super::aside::head(page, from).filter(|_| page.tags.kind(act.tag) == "support");
        return main.into_iter().for_each(|m| take(page, m.from, m.to, found, add));
    }
    let pronoun = page.token(from).any(&["they", "he", "it"]);
    if pronoun && page.tags.kind(act.tag) != "support" && page.token(from).is("they") {
        take(page, from, from + 1, found, add);
    }
}

/// A subject that other words part from its verb: "government forces backed by Russia pushed".
fn far_subject(page: &Page<'_>, group: &Group<'_>, act: &Act) -> Option<(Vec<Value>, usize)> {
    let inside = page.mentions_in(group.from.max(act.tag.from.saturating_sub(24)), act.tag.from);
    let all: Vec<_> = inside.filter(|m| m.acts() && !m.located).collect();
    let found = all.into_iter().rev().find(|m| {
        let before = page.token(m.from.wrapping_sub(1));
        let led = before.any(&["by", "with", "of", "against", "on", "for", "from", "to", "and"]);
        let clear = (m.to..act.tag.from).all(|i| {
            !matches!(page.token(i).class, Class::Open | Class::Close | Class::Semicolon)
                && !page.is(Cat::Speech, i)
                && page.tag(Cat::Boundary, i).is_none_or(|t| page.tags.kind(t) != "clause")
        });
        clear && !led
    })?;
    Some((Vec::new(), found.from))
}

/// "By government forces" after the act.
fn by(
    page: &Page<'_>,
    group: &Group<'_>,
    from: usize,
    found: &mut Vec<(usize, usize)>,
    add: &mut impl FnMut(Field, Value),
) {
    for at in from..group.to.min(from + 16) {
        let token = page.token(at);
        if matches!(token.class, Class::Semicolon | Class::Stop)
            || (token.class == Class::Comma && at > from + 8)
        {
            break;
        }
        if !token.any(&["by", "من", "بواسطه"]) || page.tags.over(Cat::SourceCue, at).is_some() {
            continue;
        }
        if page.tags.before(Cat::Held, at).is_some()
            || page.token(at.wrapping_sub(1)).any(&[
                "controlled",
                "held",
                "backed",
                "supported",
                "led",
                "followed",
                "run",
            ])
        {
            continue;
        }
        let by_word = token.is("by");
        let mention = (at + 1..at + 3).find_map(|i| page.mention_from(i));
        match mention.filter(|m| m.acts() && (by_word || page.language == "ar")) {
            Some(mention) => take(page, mention.from, mention.to, found, add),
            None if by_word && page.language != "en" => {
                let end = chunks::end(page, at + 1, group.to);
                let people = (at + 1..end).find(|i| page.is(Cat::People, *i) || page.is(Cat::Actor, *i));
                if people.is_some() && !page.is(Cat::Casualty, at + 1) {
                    take(page, at + 1, end, found, add);
                }
            }
            None => {}
        }
        break;
    }
}

/// At what: the object of the verb, what stands after "on" or "against", the subject of a passive.
pub(crate) fn targets(page: &Page<'_>, group: &Group<'_>, add: &mut impl FnMut(Field, Value)) {
    if page.language == "ar" {
        arabic::targets(page, group, add);
        return;
    }
    for act in &group.acts {
        let mut at = act.tag.to;
        // "Took three nurses hostage": who stands within the verb.
        let taken = page.token(at - 1).any(&["hostage", "hostages", "captive", "prisoner"]);
        if !act.noun && taken && at > act.tag.from + 2 && !passive(page, act.tag) {
            let (sentence, from) = (group.sentence, group.from);
            let inner = Group { sentence, from, to: at - 1, acts: Vec::new(), tolls: Vec::new() };
            listed(page, &inner, act.tag.from + 1, add);
            continue;
        }
        // "Struck by bombs, including on a hospital".
        if let Some(including) = (at..group.to.min(at + 18))
            .find(|i| page.token(*i).is("including") && page.token(i + 1).any(&["on", "against"]))
        {
            listed(page, group, including + 2, add);
        }
        if !act.noun && passive(page, act.tag) {
            passive_target(page, group, act, add);
            continue;
        }
        let support = page.tags.kind(act.tag) == "support";
        if act.noun || page.token(at).any(&["on", "at", "against", "toward", "towards", "into", "through"]) {
            let stop = group.to.min(at + 7);
            let Some(on) = (at..stop).find(|i| {
                page.token(*i).any(&[
                    "on",
                    "against",
                    "targeting",
                    "toward",
                    "towards",
                    "at",
                    "of",
                    "for",
                    "علي",
                    "ضد",
                    "по",
                    "на",
                    "against",
                ])
            }) else {
                continue;
            };
            let clear = (at..on)
                .all(|i| page.token(i).word() && !page.is(Cat::Speech, i) || page.date_over(i).is_some());
            let act_of = page.token(on).any(&["of", "for"]) && on > act.tag.to;
            if !clear || act_of {
                continue;
            }
            at = on + 1;
        } else if support {
            continue;
        }
        listed(page, group, at, add);
    }
}

/// One thing after another: "a hospital and three clinics".
fn listed(page: &Page<'_>, group: &Group<'_>, mut at: usize, add: &mut impl FnMut(Field, Value)) {
    for _ in 0..4 {
        let led =
            page.token(at).any(&["by", "with", "in", "from", "near", "during", "after", "before", "because"]);
        let verb = page.is(Cat::ActVerb, at) && page.token(at).fold.ends_with("ing");
        if at >= group.to.max(group.sentence.1) || page.token(at).class == Class::Stop {
            return;
        }
        if page.date_over(at).is_some() || page.is(Cat::Casualty, at) || led || verb {
            return;
        }
        let mention = (at..at + 2).find_map(|i| page.mention_from(i));
        let end = chunks::end(page, at, group.to).max(mention.filter(|m| m.acts()).map_or(at, |m| m.to));
        let figure = (at..=end).any(|i| page.figure_over(i).is_some());
        let hurt = figure && page.tolls_near(at, end + 2);
        if end <= at || hurt || (at..end).any(|i| page.is(Cat::Weapon, i)) {
            return;
        }
        let place = page
            .mentions_in(at, end.max(at + 1))
            .any(|m| m.what == What::Place || (m.what == What::Country && located(page, m.from)));
        // "Shelled the village of Orvel": where, and no thing.
        if by_name(page, at, end) {
            return;
        }
        let known = (at..end).find_map(|i| page.tag(Cat::Target, i));
        let people = (at..end).find_map(|i| page.tag(Cat::People, i)).is_some();
        let acted = mention.is_some_and(|m| m.acts() && m.from < end);
        let ground = (at..end).any(|i| page.is(Cat::PlaceWord, i));
        let mut to = end;
        if (known.is_some() || people || acted || ground) && !(place && known.is_none() && !ground) {
            // "Areas controlled by other groups".
            let held = page
                .tag(Cat::Held, to)
                .or_else(|| page.tag(Cat::Held, to + 1).filter(|_| page.token(to).any(&["not", "mainly"])));
            if let Some(held) = held {
                to = chunks::end(page, held.to, group.to).max(held.to);
            }
            let mut value = page.words(at, to);
            value.norm = known
                .map(|t| page.tags.kind(t).to_owned())
                .or_else(|| mention.filter(|m| m.to >= end && held.is_none()).and_then(|m| m.norm.clone()));
            value.registry = mention
                .filter(|m| m.to >= end && m.from <= at + 1 && held.is_none())
                .and_then(|m| m.registry.clone());
            let bare =
                ground && known.is_none() && held.is_none() && !acted && group.acts.iter().any(|a| a.noun);
            if !bare || page.token(at).hyphened {
                add(Field::Target, value);
            }
        } else {
            return;
        }
        let next = page.token(to);
        let comma = next.class == Class::Comma;
        let and = usize::from(comma && page.token(to + 1).is("and"));
        if !(comma || next.is("and")) || page.figure_from(to + 1).is_some() && page.is(Cat::Casualty, to + 3)
        {
            return;
        }
        at = to + 1 + and;
    }
}

fn passive_target(page: &Page<'_>, group: &Group<'_>, act: &Act, add: &mut impl FnMut(Field, Value)) {
    let Some((values, from)) = subject(page, group.from, act.tag.from, Some("")) else { return };
    let little = page.is(Cat::Stop, from) && !chunks::determiner(page, from);
    let little = little || page.token(from).any(&["is", "are", "was", "were", "being", "been"]);
    let object = !little
        && (from..act.tag.from)
            .any(|i| page.is(Cat::Target, i) || page.is(Cat::Actor, i) || page.is(Cat::PlaceWord, i));
    if object && !page.token(from).any(&["who", "which", "it"]) && page.tags.kind(act.tag) != "support" {
        let end = chunks::end(page, from, act.tag.from);
        let own = page.mention_from(from).is_none() && end > from;
        for value in values {
            add(Field::Target, if own { page.words(from, end) } else { value });
        }
    }
}

/// Whose word the clause is, and through whom it came.
pub(crate) fn attributed(page: &Page<'_>, number: usize, at: usize, add: &mut impl FnMut(Field, Value)) {
    let several = page.voices_of(number).len() > 1;
    said_by(page, number, at, add, |voice| {
        let inside = voice.from <= at && at < voice.to && !(voice.cue.0 <= at && at < voice.cue.1);
        let mut between = at.min(voice.from)..at.max(voice.from);
        let parted = between.any(|i| page.token(i).class == Class::Semicolon);
        !(inside || voice.kind == "asked" || parted && several)
    });
}

/// The speakers of a sentence that `counts` lets in, with whom they came through; without any, whoever's quote goes on.
pub(crate) fn said_by(
    page: &Page<'_>,
    number: usize,
    at: usize,
    add: &mut impl FnMut(Field, Value),
    counts: impl Fn(&Voice) -> bool,
) {
    let mut any = false;
    for voice in page.voices_of(number).iter().filter(|voice| counts(voice)) {
        any = true;
        voice.speakers.iter().for_each(|value| add(Field::AccordingTo, value.clone()));
        voice.via.iter().for_each(|value| add(Field::Via, value.clone()));
    }
    if let Some(voice) = page.quote_goes_on(number, at).filter(|_| !any) {
        voice.speakers.iter().for_each(|value| add(Field::AccordingTo, value.clone()));
    }
}
