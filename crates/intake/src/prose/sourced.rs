//! Whose word an incident is: speakers as whole phrases ("the spokesman of the governor of X"), names rather than what they are
//! called by, "he" by whom was heard last, observers by what they saw, and agencies that words came through.
//!
//! Whoever denies or claims the act is not its source here; they are claims. Nothing is said of a speaker but his words.

use super::chunks;
use super::entities::What;
use super::lexicon::{Cat, Tag};
use super::page::Page;
use super::phrases::phrase_before;
use super::tellers::{elsewhere, run};
use super::tokens::Class;
use super::{Field, Value};

/// Most speakers of one sentence.
const MOST: usize = 4;
/// How many sentences back somebody may be "he".
const BACK: usize = 4;

/// Somebody who tells, and where.
#[derive(Clone, Debug)]
struct Teller {
    from: usize,
    to: usize,
    /// Where speaker and cue stand together.
    all: (usize, usize),
    cue: (usize, usize),
    /// The words only came through whoever it is.
    via: bool,
    /// "He", "they", "it".
    pronoun: bool,
}

/// Whose word the act at a token is, and through whom it came.
pub(crate) fn attributed(page: &Page<'_>, number: usize, at: usize, add: &mut impl FnMut(Field, Value)) {
    let all = tellers(page, number);
    let several = all.len() > 1;
    let mut any = false;
    for teller in all.iter().filter(|t| counts(page, t, at, several)).take(MOST) {
        any = true;
        let field = if teller.via { Field::Via } else { Field::AccordingTo };
        if !teller.pronoun {
            add(field, value(page, teller.from, teller.to));
        } else if let Some((from, to)) = heard(page, number) {
            add(field, value(page, from, to));
        }
    }
    if !any && page.language != "en" {
        for teller in behind(page, number).into_iter().take(MOST) {
            any = true;
            let field = if teller.via { Field::Via } else { Field::AccordingTo };
            add(field, value(page, teller.from, teller.to));
        }
    }
    if !any && let Some(voice) = page.quote_goes_on(number, at) {
        let before = tellers(page, voice.sentence);
        match before.iter().rev().find(|t| !t.via && !t.pronoun) {
            Some(teller) => add(Field::AccordingTo, value(page, teller.from, teller.to)),
            None => voice.speakers.iter().for_each(|value| add(Field::AccordingTo, value.clone())),
        }
    }
}

/// "Об этом сообщает X": the sentence behind says whose word this one is.
fn behind(page: &Page<'_>, number: usize) -> Vec<Teller> {
    let Some((from, to)) = page.sentences.get(number + 1).copied() else { return Vec::new() };
    let about = (from..to.min(from + 2)).any(|at| page.token(at).any(&["об", "про", "وجاء", "جاء"]))
        && (from..to.min(from + 3)).any(|at| page.token(at).any(&["этом", "це", "ذلك", "цьому"]));
    if about { tellers(page, number + 1) } else { Vec::new() }
}

fn counts(page: &Page<'_>, teller: &Teller, at: usize, several: bool) -> bool {
    let inside = teller.all.0 <= at && at < teller.all.1 && !(teller.cue.0 <= at && at < teller.cue.1);
    if super::aside::before_speaker(page, at, teller.all.0) {
        return false;
    }
    let mut between = at.min(teller.all.0)..at.max(teller.all.0);
    let parted = between.any(|i| page.token(i).class == Class::Semicolon);
    !(inside || parted && several)
}

/// Who was heard last by name or by office, in the sentences before.
pub(super) fn heard(page: &Page<'_>, number: usize) -> Option<(usize, usize)> {
    (number.saturating_sub(BACK)..number).rev().find_map(|before| {
        let all = tellers(page, before);
        all.iter().rev().find(|t| !t.via && !t.pronoun).map(|t| (t.from, t.to))
    })
}

fn value(page: &Page<'_>, from: usize, to: usize) -> Value {
    let mut value = page.words(from, to);
    let known =
        page.mentions_in(from, to).find(|m| m.what != What::Place && m.what != What::Ground && m.to == to);
    if let Some(mention) = known {
        value.norm.clone_from(&mention.norm);
        value.registry.clone_from(&mention.registry);
    }
    value
}

/// Everybody who tells in a sentence, in its order.
fn tellers(page: &Page<'_>, number: usize) -> Vec<Teller> {
    let Some(range) = page.sentences.get(number).copied() else { return Vec::new() };
    let mut out: Vec<Teller> = Vec::new();
    let mut at = range.0;
    while at < range.1 && out.len() < MOST * 2 {
        let claims = page.tags.over(Cat::Responsibility, at).is_some_and(|t| page.tags.kind(t) == "claimed");
        let found = if let Some(tag) = page.tag(Cat::SourceCue, at) {
            according(page, range, tag)
        } else if let Some(tag) =
            page.tag(Cat::Speech, at).filter(|t| !claims && !super::aside::noun_of_speech(page, *t))
        {
            spoken(page, range, tag)
        } else if page.language == "en" && page.token(at).any(&OBSERVES) {
            observed(page, range, at)
        } else {
            Vec::new()
        };
        for teller in found {
            if out.iter().all(|known| known.to <= teller.from || teller.to <= known.from) {
                out.push(teller);
            }
        }
        at += 1;
    }
    // "X news said: "The head of Y said that"": the first carries the word of the second.
    let inner = out.iter().any(|t| !t.via && !media(page, t));
    if inner && let Some(first) = out.iter_mut().find(|t| !t.via && !t.pronoun && media(page, t)) {
        first.via = true;
    }
    out
}

/// Whether a speaker is a paper, an agency or a broadcaster.
fn media(page: &Page<'_>, teller: &Teller) -> bool {
    let table = (teller.from..teller.to)
        .any(|at| page.tag(Cat::Source, at).is_some_and(|t| page.tags.kind(t) == "agency"));
    table
        || (teller.from..teller.to).any(|at| {
            page.token(at).any(&[
                "news",
                "tv",
                "radio",
                "television",
                "agency",
                "press",
                "newspaper",
                "daily",
                "channel",
                "online",
                "وكاله",
                "قناه",
                "صحيفه",
                "اذاعه",
                "موقع",
                "агентство",
                "телеканал",
                "газета",
                "агенція",
            ])
        })
}

/// What those who watch do.
const OBSERVES: [&str; 22] = [
    "observed",
    "heard",
    "saw",
    "recorded",
    "noted",
    "documented",
    "assessed",
    "registered",
    "learned",
    "verified",
    "counted",
    "found",
    "established",
    "monitored",
    "received",
    "witnessed",
    "logged",
    "investigated",
    "concluded",
    "spotted",
    "listed",
    "identified",
];

/// Words of those who watch.
const WATCHERS: [&str; 18] = [
    "mission",
    "monitors",
    "monitor",
    "observers",
    "observer",
    "team",
    "patrol",
    "observatory",
    "commission",
    "network",
    "investigators",
    "office",
    "researchers",
    "unit",
    "reporter",
    "correspondent",
    "committee",
    "section",
];

/// "The mission heard twelve explosions".
fn observed(page: &Page<'_>, range: (usize, usize), at: usize) -> Vec<Teller> {
    let apposed = (page.token(at.wrapping_sub(1)).class == Class::Comma)
        .then(|| beside(page, range.0, at - 1))
        .flatten();
    if let Some((from, to)) = apposed {
        return vec![Teller { from, to, all: (from, at + 1), cue: (at, at + 1), via: false, pronoun: false }];
    }
    let Some((from, to)) = phrase_before(page, at, range.0) else { return Vec::new() };
    let watcher = (from..to).any(|i| {
        let token = page.token(i);
        token.shout && token.fold.len() > 2 && !page.is(Cat::Actor, i)
            || token.any(&WATCHERS)
            || page.is(Cat::Source, i)
    });
    let near = at - to < 4 && to - from < 9;
    if !(watcher && near) {
        return Vec::new();
    }
    vec![Teller { from, to, all: (from, at + 1), cue: (at, at + 1), via: false, pronoun: false }]
}

fn according(page: &Page<'_>, range: (usize, usize), tag: Tag) -> Vec<Teller> {
    let via = page.tags.kind(tag) == "via";
    let mut at = tag.to;
    if page.language == "ar" {
        // "بحسب ما افاد مصدر": the verb stands between.
        at += usize::from(page.token(at).any(&["ما"]));
        at = page.tag(Cat::Speech, at).map_or(at, |t| t.to);
    }
    let mut out = list(page, at, range.1);
    let last = out.last().map_or(tag.to, |(_, to)| *to);
    out.truncate(3);
    out.into_iter()
        .map(|(from, to)| Teller {
            from,
            to,
            all: (tag.from, last),
            cue: (tag.from, tag.to),
            via,
            pronoun: false,
        })
        .collect()
}

/// Phrases one after another from a place on.
fn list(page: &Page<'_>, from: usize, ceiling: usize) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut at = from;
    while out.len() < 3 {
        let to = rightward(page, at, ceiling);
        if to <= at {
            break;
        }
        out.push((at, to));
        let comma = usize::from(page.token(to).class == Class::Comma);
        let and = page.token(to + comma).any(&["and", "и", "та", "і"]);
        if !and {
            break;
        }
        at = to + comma + 1;
        // "According to X and killed": no phrase of people.
        if page.language == "en" && chunks::verbal(page, at) {
            break;
        }
    }
    out
}

/// Where a phrase for somebody ends that begins at a token.
fn rightward(page: &Page<'_>, from: usize, ceiling: usize) -> usize {
    if page.language != "en" {
        return run(page, from, ceiling);
    }
    let mention = page
        .mention_from(from)
        .or_else(|| page.mention_from(from + 1).filter(|_| page.token(from).is("the")));
    let mut to = chunks::end(page, from, ceiling)
        .max(mention.filter(|m| m.what != What::Place).map_or(from, |m| m.to));
    for _ in 0..3 {
        let joint = page.token(to).any(&["for", "in", "from", "at", "within", "with"]);
        let next = page.token(to + 1);
        let named = next.upper || next.is("the") || chunks::determiner(page, to + 1);
        if !(joint && named && to > from && page.date_over(to + 1).is_none()) || page.token(to).breaks > 0 {
            break;
        }
        let end = chunks::end(page, to + 1, ceiling).max(page.mention_from(to + 1).map_or(to, |m| m.to));
        if end <= to + 1 {
            break;
        }
        to = end;
    }
    to.min(ceiling)
}

/// Somebody at a phrase, speaking by a verb.
fn one(page: &Page<'_>, tag: Tag, (from, to): (usize, usize), via: bool) -> Teller {
    let far = to <= tag.from && from + 40 < tag.from;
    let all = if far { (tag.from, tag.to) } else { (from.min(tag.from), to.max(tag.to)) };
    let pronoun = to == from + 1 && page.token(from).any(&["he", "she", "they", "it", "we", "i"]);
    Teller { from, to, all, cue: (tag.from, tag.to), via, pronoun }
}

fn spoken(page: &Page<'_>, range: (usize, usize), tag: Tag) -> Vec<Teller> {
    let kind = page.tags.kind(tag);
    if matches!(kind, "asked" | "denied" | "stance") {
        return Vec::new();
    }
    if page.language != "en" {
        let all = elsewhere(page, range, tag).into_iter();
        return all.map(|(from, to, via)| one(page, tag, (from, to), via)).collect();
    }
    let joined = joint(page, tag);
    if joined.len() > 1 {
        return joined.into_iter().map(|phrase| one(page, tag, phrase, false)).collect();
    }
    let about = (tag.to..tag.to + 5).any(|at| page.is(Cat::Deal, at));
    if kind == "announced" && about && !page.token(tag.to).is("that") {
        return Vec::new();
    }
    let before = page.token(tag.from.wrapping_sub(1));
    if let Some(out) = shared(page, range, tag) {
        return out;
    }
    if before.any(&["was", "were", "been", "is", "are", "be"]) {
        return told_by(page, range, tag);
    }
    let mut out: Vec<Teller> = speaker(page, range, tag).into_iter().collect();
    if kind == "quoted" {
        let to = rightward(page, tag.to, range.1);
        if to > tag.to && named(page, tag.to) {
            out.iter_mut().for_each(|t| t.via = true);
            out.push(one(page, tag, (tag.to, to), false));
        }
    }
    if page.token(tag.from).any(&["told", "tells", "telling"]) {
        let end = chunks::end(page, tag.to, range.1);
        let to = end.max(page.mention_from(tag.to).map_or(tag.to, |m| m.to));
        let name = (tag.to..to).any(|i| page.token(i).upper);
        if to > tag.to && name && page.token(tag.to).breaks == 0 {
            out.push(one(page, tag, (tag.to, to), true));
        }
    }
    out
}

/// "The commander denied it and said": the subject stands before the verb before.
fn shared(page: &Page<'_>, range: (usize, usize), tag: Tag) -> Option<Vec<Teller>> {
    let before = page.token(tag.from.wrapping_sub(1));
    let ing = before.class == Class::Comma && page.token(tag.from).fold.ends_with("ing");
    if !(before.any(&["and", "but", "then"]) || ing) {
        return None;
    }
    let earlier = (range.0..tag.from.saturating_sub(1))
        .rev()
        .find_map(|at| page.tag(Cat::Speech, at).filter(|t| t.from == at))?;
    let subject = phrase_before(page, earlier.from, floor(page, range.0, earlier.from));
    Some(subject.map(|phrase| one(page, tag, phrase, false)).into_iter().collect())
}

/// "The monitors were told by the commissioner".
fn told_by(page: &Page<'_>, range: (usize, usize), tag: Tag) -> Vec<Teller> {
    let Some(by) = (tag.to..range.1.min(tag.to + 3)).find(|at| page.token(*at).is("by")) else {
        return Vec::new();
    };
    let mut out: Vec<Teller> =
        list(page, by + 1, range.1).into_iter().map(|phrase| one(page, tag, phrase, false)).collect();
    if page.token(tag.from).is("told")
        && let Some(phrase) = phrase_before(page, tag.from, range.0)
    {
        out.push(one(page, tag, phrase, true));
    }
    out
}

/// Who speaks by an English verb: behind it after a quote, else its subject, with the name where one stands beside.
fn speaker(page: &Page<'_>, range: (usize, usize), tag: Tag) -> Option<Teller> {
    let before = page.token(tag.from.wrapping_sub(1));
    let opened = matches!(before.class, Class::Comma | Class::Close) || tag.from == range.0;
    let low = floor(page, range.0, tag.from);
    let apposed = (before.class == Class::Comma).then(|| beside(page, range.0, tag.from - 1)).flatten();
    let inverted = rightward(page, tag.to, range.1);
    if opened && apposed.is_none() && inverted > tag.to && named(page, tag.to) {
        return Some(one(page, tag, (tag.to, inverted), false));
    }
    let office = page.tags.before(Cat::Source, tag.from).map(|t| (chunks::begin(page, t.from, low), t.to));
    let (from, to) = apposed.or(office).or_else(|| phrase_before(page, tag.from, low))?;
    // "Imagery revealed", "what it said": nobody's word.
    let thing = page
        .token(to.wrapping_sub(1))
        .any(&["reports", "report", "number", "figures", "videos", "footage", "imagery", "images"])
        && page.token(from).any(&["the", "a", "that", "these", "its"]);
    let own = to == from + 1 && page.token(from).any(&["we", "i"]);
    let named = !(own || thing || page.token(from.wrapping_sub(1)).is("what"));
    named.then(|| one(page, tag, (from, to), false))
}

/// Speakers that are joined, as the act of saying has them: "X, as well as residents, say".
fn joint(page: &Page<'_>, tag: Tag) -> Vec<(usize, usize)> {
    let voices = page.voices_of(page.sentence_number(tag.from));
    let Some(voice) = voices.iter().find(|v| v.cue.0 == tag.from) else { return Vec::new() };
    let token = |byte: u32| page.tokens.partition_point(|t| u32::try_from(t.end).unwrap_or(u32::MAX) <= byte);
    let mut all: Vec<(usize, usize)> = voice
        .speakers
        .iter()
        .map(|v| (token(v.span.start), token(v.span.end.saturating_sub(1)) + 1))
        .collect();
    all.retain(|(from, to)| to > from);
    all
}

/// Where the part of a sentence begins in which a verb of speech stands.
fn floor(page: &Page<'_>, from: usize, verb: usize) -> usize {
    (from..verb)
        .rev()
        .find(|at| matches!(page.token(*at).class, Class::Semicolon | Class::Close | Class::Colon))
        .map_or(from, |at| at + 1)
}

/// Whether somebody may be named from a token on: behind a verb that its speaker follows.
fn named(page: &Page<'_>, at: usize) -> bool {
    let token = page.token(at);
    let people = (at..at + 5).take_while(|i| page.token(*i).word()).any(|i| {
        page.is(Cat::People, i)
            || page.is(Cat::Source, i)
            || page.is(Cat::Title, i)
            || page.is(Cat::Actor, i)
            || page.is(Cat::Body, i)
    });
    let pronoun = token.any(&["it", "he", "she", "they", "that", "this", "there", "in", "on"]);
    !pronoun && (token.upper || people)
}

/// "Another resident, X Y, said", "X Y, spokesman for the governor, said": the name of the two.
fn beside(page: &Page<'_>, floor: usize, comma: usize) -> Option<(usize, usize)> {
    let open = (floor + 1..comma).rev().find(|at| page.token(*at).class == Class::Comma)?;
    let name = |from: usize, to: usize| {
        let words = to.saturating_sub(from);
        let all = (from..to).all(|i| {
            page.token(i).upper || page.token(i).hyphened || page.token(i).any(&["al", "el", "bin", "de"])
        });
        (2..=6).contains(&words)
            && all
            && !page.is(Cat::PlaceWord, to - 1)
            && page.mention_from(from).is_none_or(|m| !m.is_place())
    };
    if name(open + 1, comma) {
        return Some((open + 1, comma));
    }
    let first = phrase_before(page, open, floor)
        .or_else(|| (open > floor).then(|| (chunks::begin(page, open - 1, floor), open)))?;
    let who = page.token(open + 1);
    let describes = who.any(&[
        "the",
        "a",
        "an",
        "who",
        "which",
        "whose",
        "spokesman",
        "spokeswoman",
        "spokesperson",
        "head",
        "chief",
        "director",
        "one",
    ]) || page.is(Cat::People, open + 1)
        || page.is(Cat::Title, open + 1);
    let capital = (first.0..first.1).any(|i| page.token(i).upper);
    (describes && (capital || chunks::determiner(page, first.0))).then_some(first)
}
