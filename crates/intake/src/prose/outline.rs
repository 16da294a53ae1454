//! What the sentences of an English text are made of, in order: noun phrases by what they speak of, words for acts, blame, harm, dates.
//!
//! For a program that weighs what proposals say, or looks for what they left out: the same marks that the grammars of this folder
//! work on, and no judgement. Nothing here says that anything happened.

use truceline_model::Span;

use super::incidents::acts;
use super::lexicon::{Cat, Tag};
use super::nouns::{Phrase, Sort, phrases};
use super::page::Page;
use super::subjects::passive;
use super::{Case, Document, Gazetteer, Lexicons};

/// A stretch of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its words; of a noun phrase with article and figure.
    pub span: Span,
    /// The same without them.
    pub core: Span,
    /// The sentence that holds it.
    pub sentence: usize,
    /// `name`, `people`, `force`, `thing`, `weapon`, `act`, `body`, `other` of noun phrases; `does` (an act's verb), `suffers` (the
    /// same in the passive), `noun` (an act's noun), `hurt`, `blame`, `says`, `hedge`, `date`, `place`, `arm` (a word for a weapon),
    /// and `sentence`, which all of a sentence's marks lie within.
    pub sort: &'static str,
    /// What the table says of its head.
    pub kind: String,
    /// The common form of its head.
    pub value: String,
    /// The full name of a person named.
    pub name: Option<String>,
    /// A possessive follows.
    pub owner: bool,
}

/// The marks of a text, sentence by sentence, in order; none where it is not in English or too long to be read.
#[must_use]
pub fn outline(
    document: &Document<'_>,
    lexicons: &Lexicons,
    case: &Case,
    gazetteer: &Gazetteer,
) -> Vec<Mark> {
    let language = super::language::of(document.text);
    let Some(tables) = lexicons.language(language).filter(|_| language == "en") else { return Vec::new() };
    if document.text.len() > super::TEXT_LIMIT {
        return Vec::new();
    }
    let page = Page::new(document, language, tables, case, gazetteer);
    if page.nothing().is_some() {
        return Vec::new();
    }
    let mut all = Vec::new();
    for (number, sentence) in page.sentences.iter().enumerate() {
        let first = all.len();
        all.extend(phrases(&page, *sentence).iter().map(|phrase| noun(&page, number, phrase)));
        words(&page, number, *sentence, &mut all);
        if let Some(own) = all.get_mut(first..) {
            own.sort_by_key(|mark: &Mark| (mark.span.start, u32::MAX - mark.span.end, mark.sort));
        }
    }
    all
}

fn noun(page: &Page<'_>, sentence: usize, phrase: &Phrase) -> Mark {
    let sort = match phrase.sort {
        Sort::Name => "name",
        Sort::People => "people",
        Sort::Force => "force",
        Sort::Thing => "thing",
        Sort::Weapon => "weapon",
        Sort::Act => "act",
        Sort::Body => "body",
        Sort::Other => "other",
    };
    let name = phrase.name.map(|(from, to)| page.full_name(from, to));
    Mark {
        span: page.span(phrase.from, phrase.to),
        core: page.span(phrase.core, phrase.to),
        sentence,
        sort,
        kind: phrase.tag.map(|tag| page.tags.kind(tag).to_owned()).unwrap_or_default(),
        value: phrase.tag.map(|tag| page.tags.value(tag).to_owned()).unwrap_or_default(),
        name,
        owner: phrase.owner,
    }
}

fn words(page: &Page<'_>, number: usize, sentence: (usize, usize), all: &mut Vec<Mark>) {
    let bare = |span: Span, sort: &'static str| Mark {
        span,
        core: span,
        sentence: number,
        sort,
        kind: String::new(),
        value: String::new(),
        name: None,
        owner: false,
    };
    let tagged = |tag: Tag, sort: &'static str| Mark {
        kind: page.tags.kind(tag).to_owned(),
        value: page.tags.value(tag).to_owned(),
        ..bare(page.span(tag.from, tag.to), sort)
    };
    all.push(bare(page.span(sentence.0, sentence.1), "sentence"));
    for act in acts(page, sentence) {
        let sort = match (act.noun, !act.noun && passive(page, act.tag)) {
            (true, _) => "noun",
            (false, true) => "suffers",
            (false, false) => "does",
        };
        all.push(tagged(act.tag, sort));
    }
    for (cat, sort) in [
        (Cat::Casualty, "hurt"),
        (Cat::Responsibility, "blame"),
        (Cat::Speech, "says"),
        (Cat::Hedge, "hedge"),
        (Cat::Weapon, "arm"),
    ] {
        all.extend(page.tags.within(cat, sentence.0, sentence.1).map(|tag| tagged(tag, sort)));
    }
    for date in page.dates_in(sentence.0, sentence.1) {
        let kind = if date.vague { "vague" } else { "" };
        all.push(Mark { kind: kind.to_owned(), ..bare(page.span(date.from, date.to), "date") });
    }
    let inside = page.mentions_in(sentence.0, sentence.1);
    for mention in inside.filter(|m| m.is_place()) {
        all.push(bare(page.span(mention.from, mention.to), "place"));
    }
}
