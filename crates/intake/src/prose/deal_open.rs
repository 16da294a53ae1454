//! What a sentence may say of a deal although no rule reads it: a part of the sentence that speaks of a deal, by words that the tables do
//! not hold or in a construction that a rule leaves out.
//!
//! Signs of such a part (what stands in it and around it) are weighed; the weights are whole numbers of a table, learned elsewhere from
//! labelled texts. What weighs too little is not proposed. The values are those that the grammars of every fact find: nothing is guessed.

use std::collections::BTreeSet;

use truceline_model::Span;

use super::dates::Date;
use super::deal_facts::Meaning;
use super::deals::{Fact, parts, phrase};
use super::entities::What;
use super::lexicon::{Cat, Tag};
use super::page::Page;
use super::tokens::Class;
use super::{Value, chunks, deal_who};

/// What must be outweighed for a fact to be proposed, in thousandths; in a long text most of what is said of a deal is told already.
const ENOUGH: (i32, i32) = (500, 1500);
/// Sentences of a text that is not long.
const SOME: usize = 8;

/// What is told by words that no table holds: that the deal is spoken of, and no more.
pub(crate) const SPOKEN_OF: &str = "spoken_of";

/// Something that may be said of a deal.
#[derive(Clone, Debug)]
pub(crate) struct Open {
    pub(crate) fact: Fact,
    /// What speaks for it and against it, each once.
    pub(crate) signs: BTreeSet<String>,
}

impl Open {
    /// Whether it weighs enough to be proposed.
    pub(crate) fn enough(&self, page: &Page<'_>) -> bool {
        self.weight(page) > least(page)
    }

    /// What its signs weigh together, in thousandths.
    fn weight(&self, page: &Page<'_>) -> i32 {
        let all = self.signs.iter().map(String::as_str).chain(std::iter::once("always"));
        all.fold(0, |sum: i32, sign| sum.saturating_add(page.tags.weight(sign)))
    }
}

/// What must be outweighed in a text.
pub(crate) fn least(page: &Page<'_>) -> i32 {
    if page.sentences.len() > SOME { ENOUGH.1 } else { ENOUGH.0 }
}

/// What may be said in a sentence besides the facts told.
pub(crate) fn open(page: &Page<'_>, sentence: (usize, usize), told: &[Fact], recent: bool) -> Vec<Open> {
    let all = parts(page, sentence);
    let mut out = Vec::new();
    for (number, part) in all.iter().copied().enumerate() {
        let inside = |at: usize| part.0 <= at && at < part.1;
        let taken = told.iter().any(|fact| {
            fact.part == part || inside(fact.verb.from) || fact.noun.is_some_and(|noun| inside(noun.from))
        });
        if taken {
            continue;
        }
        let Some(fact) = candidate(page, sentence, part) else { continue };
        let mut signs = BTreeSet::new();
        let mut add = |sign: String| {
            signs.insert(sign);
        };
        add(format!("part={}", if number == 0 { "first" } else { "later" }));
        add(format!("parts={}", all.len().min(4)));
        add(format!("told={}", told.len().min(2)));
        of_fact(page, &fact, &mut add);
        of_part(page, part, &mut add);
        of_text(page, &fact, recent, &mut add);
        out.push(Open { fact, signs });
    }
    out
}

/// The fact that a part would tell of the first of its deal words that matter most; none where a verb of the tables stands with one, for
/// then a rule has decided.
fn candidate(page: &Page<'_>, sentence: (usize, usize), part: (usize, usize)) -> Option<Fact> {
    let own = || page.tags.within(Cat::Deal, part.0, part.1).filter(|tag| page.tags.kind(*tag) != "other");
    let order = |noun: &Tag| match page.tags.kind(*noun) {
        "truce" => 0,
        "deal" => 1,
        "violation" => 2,
        "talks" => 3,
        _ => 4,
    };
    let noun = own().min_by_key(|noun| (order(noun), noun.from))?;
    let kinds: BTreeSet<&str> = own().map(|noun| page.tags.kind(noun)).collect();
    let decided = page.tags.within(Cat::DealVerb, part.0, part.1).any(|verb| {
        let meaning = Meaning::of(page, verb);
        kinds.iter().any(|kind| meaning.sub(kind).is_some())
    });
    if decided {
        return None;
    }
    let verb = main_verb(page, part, noun).map_or(noun, |(from, to)| noun.moved(from, to));
    let sub = SPOKEN_OF.to_owned();
    Some(Fact { sub, verb, noun: Some(noun), pronoun: None, part, sentence, condition: None })
}

/// Whether an English word is a verb as far as its ending and the little word before it tell.
fn verbal(page: &Page<'_>, part: (usize, usize), at: usize) -> bool {
    let free = page.token(at).word()
        && !page.is(Cat::Stop, at)
        && !page.is(Cat::Boundary, at)
        && page.mention_at(at).is_none()
        && page.date_over(at).is_none()
        && page.tags.over(Cat::Deal, at).is_none()
        && !page.token(at).fold.ends_with("ly");
    let word = &page.token(at).fold;
    let led = at > part.0 && page.token(at - 1).any(&AUXILIARIES);
    free && (word.len() > 4 && word.ends_with("ed") || led)
}

/// Forms of verbs that stand before another.
const AUXILIARIES: [&str; 21] = [
    "is", "are", "was", "were", "be", "been", "has", "have", "had", "will", "would", "could", "may", "might",
    "should", "must", "can", "did", "does", "do", "to",
];

/// The English verb that a deal word is subject or object of, as far as endings and little words tell.
fn main_verb(page: &Page<'_>, part: (usize, usize), noun: Tag) -> Option<(usize, usize)> {
    if page.language != "en" {
        return None;
    }
    let after = (noun.to..part.1.min(noun.to + 8))
        .take_while(|at| page.token(*at).class != Class::Comma)
        .find(|at| verbal(page, part, *at));
    let begin = phrase(page, noun, part.0).0;
    let before = || {
        (part.0..begin)
            .rev()
            .take(10)
            .take_while(|at| page.token(*at).class != Class::Comma)
            .find(|at| verbal(page, part, *at) && !chunks::determiner(page, at.wrapping_sub(1)))
    };
    after.or_else(before).map(|at| (at, at + 1))
}

/// Whether a day is one on which what is spoken of is to come.
pub(crate) fn to_come(page: &Page<'_>, fact: &Fact, date: &Date) -> bool {
    date.ahead
        || page
            .tags
            .within(Cat::DealWord, fact.part.0, fact.verb.from.max(fact.part.0))
            .any(|tag| page.tags.kind(tag) == "will")
}

/// Of a deal by a word unknown whoever acts in the part and says nothing of it; else who speaks, where "it" or "they" stand for them.
pub(crate) fn parties(page: &Page<'_>, fact: &Fact, said: &[Value]) -> Vec<Value> {
    let free = |span: Span| said.iter().all(|v| span.end <= v.span.start || v.span.end <= span.start);
    let acting = page.mentions_in(fact.part.0, fact.part.1);
    let acting = acting.filter(|m| m.acts() && !m.located && m.what != What::Person).map(|m| {
        let (from, to) = deal_who::whole(page, (m.from, m.to), fact.part.0);
        Value { span: page.span(from, to), ..m.value(page) }
    });
    let found: Vec<Value> = acting.filter(|value| free(value.span)).collect();
    let spoken = page.voices_of(page.sentence_number(fact.part.0)).iter().map(|v| v.cue.1).min();
    let meant = spoken.is_some_and(|from| {
        (from..fact.verb.from.max(from)).any(|at| page.token(at).any(&["it", "they", "its", "their"]))
    });
    match said {
        [one] if found.is_empty() && meant => vec![one.clone()],
        _ => found,
    }
}

/// How the deal is spoken of.
fn of_fact(page: &Page<'_>, fact: &Fact, add: &mut impl FnMut(String)) {
    let Some(noun) = fact.noun else { return };
    let deal = page.tags.kind(noun);
    add(format!("deal={deal}"));
    of_noun(page, fact, noun, add);
    if fact.noun == Some(fact.verb) {
        add("no verb".to_owned());
        return;
    }
    let led = fact.verb.from.checked_sub(1).filter(|at| *at >= fact.part.0);
    let led = led.map_or("^", |at| little(page, at));
    add(format!("led={led}"));
    add(format!("led={led}:{deal}"));
    let form = &page.token(fact.verb.from).fold;
    if page.language == "en" {
        let ending = ["ing", "ed", "s"].into_iter().find(|end| form.ends_with(end)).unwrap_or("");
        add(format!("ending={ending}"));
        add(format!("ending={ending}:{led}"));
    }
    if page.token(fact.verb.to).is("of") {
        add("of".to_owned());
    }
    let next = if fact.verb.to < fact.part.1 { little(page, fact.verb.to) } else { "$" };
    add(format!("then={next}:{deal}"));
    let subject = fact.part.0 + 1 < fact.verb.from && deal_who::somebody(page, fact.part.0, fact.verb.from);
    add(format!("somebody={subject}:{deal}"));
}

/// How the deal word stands.
fn of_noun(page: &Page<'_>, fact: &Fact, noun: Tag, add: &mut impl FnMut(String)) {
    add(format!("value={}", page.tags.value(noun)));
    let (from, to) = phrase(page, noun, fact.sentence.0);
    add(format!("opens={}", word(page, from)));
    let before = from.checked_sub(1).filter(|at| *at >= fact.part.0);
    add(format!("before={}", before.map_or("^", |at| little(page, at))));
    add(format!("after={}", if to < fact.part.1 { little(page, to) } else { "$" }));
    if page.token(noun.from).upper && page.language == "en" {
        add("named".to_owned());
    }
    let side = if fact.verb.from < noun.from { "before" } else { "after" };
    let far = fact.verb.from.abs_diff(noun.from).min(20) / 4;
    add(format!("verb={side}"));
    add(format!("verb={side}:{far}"));
}

/// What stands in the part.
fn of_part(page: &Page<'_>, (from, to): (usize, usize), add: &mut impl FnMut(String)) {
    add(format!("long={}", ((to - from) / 5).min(7)));
    add(format!("first={}", little(page, from)));
    for (cat, name) in [
        (Cat::DealWord, "word"),
        (Cat::DealVerb, "says"),
        (Cat::Hedge, "hedge"),
        (Cat::Condition, "if"),
        (Cat::Speech, "speech"),
        (Cat::Boundary, "clause"),
        (Cat::Deal, "deal too"),
        (Cat::Link, "link"),
    ] {
        for tag in page.tags.within(cat, from, to) {
            add(format!("{name}={}", page.tags.kind(tag)));
        }
    }
    for (cat, name) in
        [(Cat::ActNoun, "act"), (Cat::ActVerb, "act"), (Cat::Casualty, "hurt"), (Cat::Aid, "aid")]
    {
        if page.tags.within(cat, from, to).next().is_some() {
            add(name.to_owned());
        }
    }
    let acting = page.mentions_in(from, to).filter(|m| m.acts()).count();
    add(format!("who={}", acting.min(3)));
    if page.mentions_in(from, to).any(|m| m.is_place() && m.located) {
        add("where".to_owned());
    }
    for date in page.dates_in(from, to) {
        add(format!("when={}", if date.norm.is_some() { "told" } else { "vague" }));
    }
    if !page.figures_in(from, to).is_empty() {
        add("figure".to_owned());
    }
    if (from..to).any(|at| page.quote_at(at).is_some()) {
        add("quote".to_owned());
    }
    for at in from..to {
        if page.token(at).any(&AUXILIARIES) {
            add(format!("aux={}", page.token(at).fold));
        }
    }
}

/// Where in the text it stands, and who speaks.
fn of_text(page: &Page<'_>, fact: &Fact, recent: bool, add: &mut impl FnMut(String)) {
    let number = page.sentence_number(fact.part.0);
    let long = match page.sentences.len() {
        0..=2 => "short",
        3..=SOME => "some",
        _ => "long",
    };
    add(format!("text={long}"));
    let deal = fact.noun.map_or("none", |noun| page.tags.kind(noun));
    add(format!("text={long}:{deal}"));
    add(format!("sentence={}", number.min(5)));
    if recent {
        add("recent".to_owned());
    }
    let first = page.tags.within(Cat::Deal, 0, fact.part.0).next().is_some();
    add(format!("named before={first}"));
    if page.note {
        add("note".to_owned());
    }
    for voice in page.voices_of(number) {
        let side = if voice.cue.0 < fact.verb.from { "before" } else { "after" };
        add(format!("voice={}:{side}", voice.kind));
    }
    if page.voices_of(number).is_empty() {
        add("no voice".to_owned());
    }
}

/// A word of the text.
fn word<'p>(page: &'p Page<'_>, at: usize) -> &'p str {
    &page.token(at).fold
}

/// A little word, or what kind of word or mark it is.
pub(crate) fn little<'p>(page: &'p Page<'_>, at: usize) -> &'p str {
    let token = page.token(at);
    match token.class {
        Class::Word
            if page.is(Cat::Stop, at) || page.is(Cat::Boundary, at) || page.is(Cat::Preposition, at) =>
        {
            &token.fold
        }
        Class::Word if page.mention_at(at).is_some() => "name",
        Class::Word if page.date_over(at).is_some() => "date",
        Class::Word if page.is(Cat::DealVerb, at) => "deal verb",
        Class::Word => "word",
        Class::Number => "number",
        Class::Comma => "comma",
        _ => "mark",
    }
}
