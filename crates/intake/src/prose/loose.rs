//! What could be a value of a claim, as far as the first grammars see: more than any rule takes, for each sentence and field.
//!
//! Decides nothing. A program that measures asks here what could have been taken; what weighs values chooses among these.

use truceline_model::Span;

use super::deal_bare::condition_after;
use super::deals::{Around, phrase};
use super::entities::What;
use super::lexicon::Cat;
use super::page::Page;
use super::{Case, Document, Field, Gazetteer, Kind, Lexicons, Proposal, Value, chunks, deal_who};

/// A value that could be one.
#[derive(Clone, Debug)]
pub struct Loose {
    /// Of a claim of this kind.
    pub kind: Kind,
    /// In this field.
    pub field: Field,
    /// The words, with what follows from them.
    pub value: Value,
    /// What the words are.
    pub sort: &'static str,
    /// The sentence that holds them.
    pub sentence: Span,
}

/// Every such value of a text; none of one that is not read.
#[must_use]
pub fn loose(document: &Document<'_>, lexicons: &Lexicons, case: &Case, gazetteer: &Gazetteer) -> Vec<Loose> {
    let language = super::language::of(document.text);
    let Some(tables) = lexicons.language(language) else { return Vec::new() };
    if document.text.len() > super::TEXT_LIMIT {
        return Vec::new();
    }
    let page = Page::new(document, language, tables, case, gazetteer);
    let mut out = Vec::new();
    for (number, sentence) in page.sentences.iter().enumerate() {
        of_sentence(&page, number, *sentence, &mut |kinds, field, sort, value| {
            let span = page.span(sentence.0, sentence.1);
            out.extend(kinds.iter().map(|kind| Loose {
                kind: *kind,
                field,
                value: value.clone(),
                sort,
                sentence: span,
            }));
        });
    }
    out
}

/// A fact about the agreement that no rule tells.
#[derive(Clone, Debug)]
pub struct MayBe {
    /// What it would be.
    pub proposal: Proposal,
    /// What speaks for it and against it.
    pub signs: Vec<String>,
    /// What they must outweigh together, in thousandths.
    pub least: i32,
}

/// What rules propose alone, and what may be said of the agreement besides: for a program that learns what signs weigh.
#[must_use]
pub fn may_be(
    document: &Document<'_>,
    lexicons: &Lexicons,
    case: &Case,
    gazetteer: &Gazetteer,
) -> (Vec<Proposal>, Vec<MayBe>) {
    let language = super::language::of(document.text);
    let Some(tables) = lexicons.language(language) else { return (Vec::new(), Vec::new()) };
    if document.text.len() > super::TEXT_LIMIT {
        return (Vec::new(), Vec::new());
    }
    let page = Page::new(document, language, tables, case, gazetteer);
    if page.nothing().is_some() {
        return (Vec::new(), Vec::new());
    }
    let (told, open) = super::deals::told_and_open(&page);
    let open = open.into_iter().map(|(mut proposal, open)| {
        page.settled(&mut proposal);
        MayBe { proposal, signs: open.signs.into_iter().collect(), least: super::deal_open::least(&page) }
    });
    let open = open.collect();
    (page.proposals_with(told), open)
}

const DEAL: &[Kind] = &[Kind::Agreement];
const ACT: &[Kind] = &[Kind::Incident];
const TOLD: &[Kind] = &[Kind::Agreement, Kind::Incident, Kind::Humanitarian];
const ALL: &[Kind] = &[Kind::Agreement, Kind::Incident, Kind::Humanitarian, Kind::Statement];

fn of_sentence(
    page: &Page<'_>,
    number: usize,
    (from, to): (usize, usize),
    add: &mut impl FnMut(&[Kind], Field, &'static str, Value),
) {
    for mention in page.mentions_in(from, to) {
        let value = mention.value(page);
        if mention.is_place() || mention.what == What::Country {
            let sort = if mention.located { "located" } else { "place" };
            add(ALL, Field::Where, sort, value.clone());
        }
        if mention.acts() || mention.what == What::Source {
            let sort = match mention.what {
                What::Person => "person",
                What::Source => "source",
                What::Country => "country",
                _ => "actor",
            };
            let whole = deal_who::whole(page, (mention.from, mention.to), from);
            for field in [Field::Party, Field::Target, Field::Excluded] {
                add(DEAL, field, sort, value.clone());
                add(DEAL, field, "whole", page.words(whole.0, whole.1));
            }
            for field in [Field::Actor, Field::Target] {
                add(ACT, field, sort, value.clone());
                add(ACT, field, "whole", page.words(whole.0, whole.1));
            }
            add(ALL, Field::AccordingTo, sort, value.clone());
            add(&[Kind::Statement], Field::Speaker, sort, value);
        }
    }
    tagged(page, number, (from, to), add);
    counted(page, (from, to), add);
    phrased(page, (from, to), add);
}

/// Days, whoever speaks, and phrases of the tables.
fn tagged(
    page: &Page<'_>,
    number: usize,
    (from, to): (usize, usize),
    add: &mut impl FnMut(&[Kind], Field, &'static str, Value),
) {
    for date in page.dates_in(from, to) {
        let mut value = page.words(date.from, date.to);
        value.norm.clone_from(&date.norm);
        add(TOLD, Field::When, "date", value.clone());
        add(DEAL, Field::Effective, "date", value);
    }
    let near = [number.checked_sub(1), Some(number), Some(number + 1)];
    for voice in near.into_iter().flatten().flat_map(|n| page.voices_of(n)) {
        voice.speakers.iter().for_each(|v| add(TOLD, Field::AccordingTo, "speaker", v.clone()));
        voice.speakers.iter().for_each(|v| add(&[Kind::Statement], Field::Speaker, "speaker", v.clone()));
        voice.via.iter().for_each(|v| add(TOLD, Field::Via, "via", v.clone()));
    }
    for (cat, kinds, field) in [
        (Cat::Hedge, ALL, Field::Hedge),
        (Cat::Weapon, ACT, Field::Weapon),
        (Cat::Responsibility, ACT, Field::Claim),
        (Cat::Casualty, ACT, Field::What),
        (Cat::ActNoun, ACT, Field::What),
        (Cat::ActVerb, ACT, Field::What),
        (Cat::Speech, &[Kind::Statement], Field::Cue),
        (Cat::Aid, &[Kind::Humanitarian], Field::What),
    ] {
        for tag in page.tags.within(cat, from, to) {
            let value = Value::normed(page.span(tag.from, tag.to), page.tags.value(tag));
            add(kinds, field, "tag", value);
        }
    }
    for cat in [Cat::Target, Cat::People, Cat::Actor] {
        for tag in page.tags.within(cat, from, to) {
            let begin = chunks::begin(page, tag.from, from);
            let end = chunks::end(page, begin, to).max(tag.to);
            for field in [Field::Target, Field::Victims, Field::Actor] {
                add(ACT, field, "chunk", page.words(begin, end));
                add(ACT, field, "chunk", page.words(begin, tag.to));
            }
            add(DEAL, Field::Party, "chunk", page.words(begin, end));
        }
    }
}

/// Figures, and lengths of time.
fn counted(
    page: &Page<'_>,
    (from, to): (usize, usize),
    add: &mut impl FnMut(&[Kind], Field, &'static str, Value),
) {
    for figure in page.figures_in(from, to) {
        let mut value = page.words(figure.from, figure.to);
        value.bounds = Some(figure.bounds);
        for field in [Field::Killed, Field::Wounded, Field::Count] {
            add(ALL, field, "figure", value.clone());
        }
        let unit = (figure.to..figure.to + 2).find_map(|i| page.tag(Cat::Unit, i));
        if let Some(unit) = unit {
            add(DEAL, Field::Duration, "length", page.words(figure.from, unit.to));
        }
    }
}

/// Noun phrases, deal words and conditions.
fn phrased(
    page: &Page<'_>,
    (from, to): (usize, usize),
    add: &mut impl FnMut(&[Kind], Field, &'static str, Value),
) {
    if page.language == "en" {
        for own in super::nouns::phrases(page, (from, to)) {
            let words = page.words(own.from, own.to);
            add(ACT, Field::Target, "phrase", words.clone());
            add(ACT, Field::Actor, "phrase", words.clone());
            add(ACT, Field::Victims, "phrase", words.clone());
            add(DEAL, Field::Party, "phrase", words.clone());
            add(DEAL, Field::What, "phrase", words);
        }
    }
    let nouns: Vec<_> = page.tags.within(Cat::Deal, from, to).collect();
    for noun in &nouns {
        let (a, b) = phrase(page, *noun, from);
        add(DEAL, Field::What, "deal", page.words(a, b));
    }
    let around = Around { sentence: (from, to), part: (from, to), nouns: &nouns, recent: true };
    if let Some((a, b)) = condition_after(page, &around, from) {
        add(DEAL, Field::Condition, "condition", page.words(a, b));
    }
}
