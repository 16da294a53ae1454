//! A text with everything that the first grammars found in it, on which the later ones work.

use std::collections::BTreeMap;

use truceline_model::Span;

use super::casualties::{Toll, tolls};
use super::dates::{Date, dateline, dates, days_of_note};
use super::entities::{Mention, mentions};
use super::lexicon::{Cat, Language, Tag, Tags};
use super::numbers::{Figure, figures};
use super::registry::{Case, Gazetteer};
use super::tokens::{self, Class, Layout, Token, span, tokens as split};
use super::voices::{Voice, voices};
use super::{
    Day, Document, Field, Proposal, Value, aid, deals, incidents, named, notes, nouns, statements, story,
    uncased,
};

/// Most proposals of one text; beyond them it is no report.
const PROPOSALS_LIMIT: usize = 2_000;

/// A text, its tokens, and what the tables and the first grammars say of them.
pub(crate) struct Page<'a> {
    pub(crate) text: &'a str,
    pub(crate) language: &'static str,
    pub(crate) tokens: Vec<Token>,
    pub(crate) sentences: Vec<(usize, usize)>,
    /// For each token, the sentence that holds it.
    in_sentence: Vec<usize>,
    pub(crate) quotes: Vec<(usize, usize)>,
    pub(crate) tags: Tags<'a>,
    pub(crate) reference: Option<Day>,
    pub(crate) country: Option<&'a str>,
    /// The country that the text names most.
    pub(crate) inferred: Option<String>,
    pub(crate) case: &'a Case,
    pub(crate) gazetteer: &'a Gazetteer,
    /// Field message, hotline note, log or post.
    pub(crate) note: bool,
    /// The days that a note gives, and where.
    noted: Vec<(usize, Day)>,
    pub(crate) headers: Vec<notes::Header>,
    pub(crate) heads: Vec<notes::Head>,
    pub(crate) figures: Vec<Figure>,
    pub(crate) dates: Vec<Date>,
    pub(crate) mentions: Vec<Mention>,
    pub(crate) voices: Vec<Voice>,
    pub(crate) tolls: Vec<Toll>,
    /// Letters tell no names.
    pub(crate) uncased: bool,
    /// Full names of persons by each part that may stand for them.
    pub(crate) people: BTreeMap<String, String>,
}

impl<'a> Page<'a> {
    pub(crate) fn new(
        document: &Document<'a>,
        language: &'static str,
        tables: &'a Language,
        case: &'a Case,
        gazetteer: &'a Gazetteer,
    ) -> Self {
        let mut tokens = split(document.text);
        let uncased = language == "en" && uncased::is(&tokens);
        if uncased {
            uncased::plain(&mut tokens);
        }
        let Layout { sentences, quotes } =
            tokens::layout(&tokens, uncased, |word| tables.has(Cat::Abbreviation, word));
        let sentences = without_datelines(&tokens, sentences);
        let tags = tables.tags(&tokens);
        if uncased {
            uncased::mark(&mut tokens, &tags, case);
        }
        let mut in_sentence = vec![0; tokens.len()];
        for (number, (from, to)) in sentences.iter().enumerate() {
            for slot in in_sentence.iter_mut().take(*to).skip(*from) {
                *slot = number;
            }
        }
        let mut page = Self {
            text: document.text,
            language,
            tokens,
            sentences,
            in_sentence,
            quotes,
            tags,
            reference: document.date,
            country: document.country,
            inferred: None,
            case,
            gazetteer,
            note: false,
            noted: Vec::new(),
            headers: Vec::new(),
            heads: Vec::new(),
            figures: Vec::new(),
            dates: Vec::new(),
            mentions: Vec::new(),
            voices: Vec::new(),
            tolls: Vec::new(),
            uncased,
            people: BTreeMap::new(),
        };
        if page.nothing().is_some() {
            return page;
        }
        page.figures = figures(&page);
        if page.reference.is_none() {
            page.reference = dateline(&page);
        }
        page.headers = notes::headers(&page);
        page.note = notes::is_note(&page, &page.headers);
        if page.note {
            page.noted = days_of_note(&page);
        }
        page.dates = dates(&page, page.reference);
        page.heads = notes::heads(&page);
        page.inferred = page.most_named();
        page.mentions = mentions(&page);
        page.voices = voices(&page);
        page.tolls = tolls(&page);
        if language == "en" {
            page.people = nouns::people(&page);
        }
        page
    }

    /// The country whose name, people or capital the text names most.
    fn most_named(&self) -> Option<String> {
        let mut counts: BTreeMap<&str, usize> = std::collections::BTreeMap::new();
        for tag in self.tags.within(Cat::Country, 0, self.tokens.len()) {
            *counts.entry(self.tags.value(tag)).or_default() += 1;
        }
        let most = counts.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(a.0)));
        most.filter(|(_, n)| *n > 1).map(|(code, _)| code.to_owned())
    }

    /// Why there is nothing to read, when there is nothing.
    pub(crate) fn nothing(&self) -> Option<&'static str> {
        let words = self.tokens.iter().filter(|t| t.word()).count();
        if words == 0 {
            return Some("the text holds no words");
        }
        let walls = self.tags.within(Cat::Wall, 0, self.tokens.len()).count();
        if walls > 0 && words < 60 + 40 * walls.min(5) {
            return Some("this looks like a page that asks to log in, not like a report");
        }
        None
    }

    /// The acts of saying of one sentence.
    pub(crate) fn voices_of(&self, sentence: usize) -> &[Voice] {
        let first = self.voices.partition_point(|v| v.sentence < sentence);
        let last = self.voices.partition_point(|v| v.sentence <= sentence);
        self.voices.get(first..last).unwrap_or_default()
    }

    /// Whose quote goes on at a token of a sentence without an act of saying: whoever spoke last in the paragraph.
    pub(crate) fn quote_goes_on(&self, sentence: usize, at: usize) -> Option<&Voice> {
        self.quote_at(at)?;
        let new = self.sentences.get(sentence).is_some_and(|s| self.token(s.0).breaks > 1);
        let before = self.voices_of(sentence.checked_sub(1)?).last();
        before.filter(|_| !new)
    }

    pub(crate) fn sentence_number(&self, at: usize) -> usize {
        self.in_sentence.get(at).copied().unwrap_or(0)
    }

    /// Everything proposed, in the order of the text.
    pub(crate) fn proposals(&self) -> Vec<Proposal> {
        self.proposals_with(deals::deals(self))
    }

    /// The same with these facts about the agreement.
    pub(crate) fn proposals_with(&self, deals: Vec<Proposal>) -> Vec<Proposal> {
        let mut all = story::told(self, incidents::incidents(self));
        all.extend(deals);
        all.extend(aid::aid(self));
        all.extend(statements::statements(self, &all));
        all.truncate(PROPOSALS_LIMIT);
        all.sort_by_key(|p| (p.span.start, p.kind, p.span.end));
        named::in_full(self, &mut all);
        all.iter_mut().for_each(|proposal| self.settled(proposal));
        all
    }

    /// Values without words are none; each once, in the order of the text, and whether it stands outside.
    pub(crate) fn settled(&self, proposal: &mut Proposal) {
        proposal.fields.retain(|_, values| values.iter().any(|v| v.span.start < v.span.end));
        for values in proposal.fields.values_mut() {
            // A grammar that finds a place for a value and no words of it has found nothing.
            values.retain(|v| v.span.start < v.span.end);
            values.sort_by_key(|v| (v.span.start, v.span.end));
            values.dedup_by(|a, b| a.span == b.span && a.bounds == b.bounds);
            for value in values {
                value.outside = value.span.start < proposal.span.start || proposal.span.end < value.span.end;
            }
        }
        if let Some(said) = proposal.fields.get_mut(&Field::AccordingTo) {
            named::once(self.text, said);
        }
    }

    /// Bytes of a range of tokens.
    pub(crate) fn span(&self, from: usize, to: usize) -> Span {
        let start = self.tokens.get(from).map_or(0, |t| t.start);
        let end = to.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(start, |t| t.end);
        span(start, end.max(start))
    }

    pub(crate) fn words(&self, from: usize, to: usize) -> Value {
        Value::words(self.span(from, to))
    }

    pub(crate) fn slice(&self, from: usize, to: usize) -> &'a str {
        let span = self.span(from, to);
        let index = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        self.text.get(index(span.start)..index(span.end)).unwrap_or_default()
    }

    /// Where a name ends that begins at a token.
    pub(crate) fn name_end(&self, at: usize) -> usize {
        let end = uncased::name_end(&self.tokens, &self.tags, at);
        (at + 1..end).find(|i| !self.uncased && self.token(*i).word() && !self.token(*i).upper).unwrap_or(end)
    }

    /// The words of a range in small letters, with single spaces.
    pub(crate) fn folded(&self, from: usize, to: usize) -> String {
        let words = (from..to).map(|at| self.token(at)).filter(|t| t.word()).map(|t| t.fold.as_str());
        words.collect::<Vec<_>>().join(" ")
    }

    /// A person's name as the text gives it in full.
    pub(crate) fn full_name(&self, from: usize, to: usize) -> String {
        let own = self.folded(from, to);
        let last = &self.token(to.wrapping_sub(1)).fold;
        self.people.get(last).filter(|full| full.contains(&own)).cloned().unwrap_or(own)
    }

    /// The token at a place; past the end, a full stop.
    pub(crate) fn token(&self, at: usize) -> &Token {
        static NOTHING: Token = Token {
            start: 0,
            end: 0,
            class: Class::Stop,
            fold: String::new(),
            alts: Vec::new(),
            upper: false,
            shout: false,
            glued: false,
            hyphened: false,
            breaks: 2,
        };
        self.tokens.get(at).unwrap_or(&NOTHING)
    }

    pub(crate) fn sentence_at(&self, at: usize) -> Option<(usize, usize)> {
        self.in_sentence.get(at).and_then(|number| self.sentences.get(*number)).copied()
    }

    pub(crate) fn opens_sentence(&self, at: usize) -> bool {
        self.sentence_at(at).is_some_and(|s| (s.0..at).all(|i| !self.token(i).word()))
    }

    pub(crate) fn tag(&self, cat: Cat, at: usize) -> Option<Tag> {
        self.tags.at(cat, at).filter(|tag| self.cased(*tag))
    }

    /// A name is written with a capital, a short one in capitals: "US" is no "us". A verb of speech is not.
    fn cased(&self, tag: Tag) -> bool {
        let token = self.token(tag.from);
        let name = match tag.cat {
            Cat::Country => true,
            Cat::Actor => self.tags.kind(tag) == "name",
            Cat::Source => matches!(self.tags.kind(tag), "agency" | "monitor"),
            Cat::Speech => {
                return !token.upper || token.shout || self.language != "en" || self.opens_sentence(tag.from);
            }
            _ => return true,
        };
        if !name || !token.fold.is_ascii() {
            return true;
        }
        let short = tag.to == tag.from + 1 && token.fold.len() <= 3 && token.fold != "un";
        if short { token.shout } else { token.upper }
    }

    /// Whether a phrase of a table begins here.
    pub(crate) fn is(&self, cat: Cat, at: usize) -> bool {
        self.tag(cat, at).is_some()
    }

    /// Whether a line or a sentence begins here, but for a bullet.
    pub(crate) fn opens_line(&self, at: usize) -> bool {
        let start = self.sentence_at(at).map_or(0, |s| s.0);
        (start..at).rev().all(|i| !self.token(i).word()) && (at - start) < 5
            || self.token(at).breaks > 0
            || at > 0 && self.tags.before(Cat::Link, at).is_some_and(|t| self.tags.kind(t) == "note")
    }

    /// The day that a note gives for what stands at a token.
    pub(crate) fn noted(&self, at: usize) -> Option<Day> {
        let next = self.noted.partition_point(|(from, _)| *from <= at);
        let given =
            next.checked_sub(1).and_then(|before| self.noted.get(before)).or_else(|| self.noted.first());
        given.map(|(_, day)| *day)
    }

    /// The header line that a sentence is.
    pub(crate) fn header_in(&self, sentence: usize) -> Option<&notes::Header> {
        let at = self.headers.binary_search_by_key(&sentence, |h| h.sentence).ok()?;
        self.headers.get(at)
    }

    /// The quote that holds a token.
    pub(crate) fn quote_at(&self, at: usize) -> Option<(usize, usize)> {
        let next = self.quotes.partition_point(|(_, to)| *to <= at);
        self.quotes.get(next).copied().filter(|(from, _)| *from <= at)
    }

    /// The mention that holds a token.
    pub(crate) fn mention_at(&self, at: usize) -> Option<&Mention> {
        let next = self.mentions.partition_point(|m| m.to <= at);
        self.mentions.get(next).filter(|m| m.from <= at)
    }

    /// Mentions that lie within a range.
    pub(crate) fn mentions_in(&self, from: usize, to: usize) -> impl Iterator<Item = &Mention> {
        let first = self.mentions.partition_point(|m| m.from < from);
        self.mentions.iter().skip(first).take_while(move |m| m.from < to).filter(move |m| m.to <= to)
    }

    /// The figure that begins at a token.
    pub(crate) fn figure_from(&self, at: usize) -> Option<&Figure> {
        let next = self.figures.partition_point(|f| f.from < at);
        self.figures.get(next).filter(|f| f.from == at)
    }

    /// The figure that ends before a token.
    pub(crate) fn figure_to(&self, at: usize) -> Option<&Figure> {
        let next = self.figures.partition_point(|f| f.to < at);
        self.figures.get(next).filter(|f| f.to == at)
    }

    /// The figure that holds a token.
    pub(crate) fn figure_over(&self, at: usize) -> Option<&Figure> {
        let next = self.figures.partition_point(|f| f.to <= at);
        self.figures.get(next).filter(|f| f.from <= at)
    }

    /// Figures that lie within a range.
    pub(crate) fn figures_in(&self, from: usize, to: usize) -> &[Figure] {
        let first = self.figures.partition_point(|f| f.from < from);
        let last = self.figures.partition_point(|f| f.to <= to);
        self.figures.get(first..last.max(first)).unwrap_or_default()
    }

    /// The date that holds a token.
    pub(crate) fn date_over(&self, at: usize) -> Option<&Date> {
        let next = self.dates.partition_point(|d| d.to <= at);
        self.dates.get(next).filter(|d| d.from <= at)
    }

    /// The mention that ends before a token.
    pub(crate) fn mention_to(&self, at: usize) -> Option<&Mention> {
        let next = self.mentions.partition_point(|m| m.to < at);
        self.mentions.get(next).filter(|m| m.to == at)
    }

    /// The mention that begins at a token.
    pub(crate) fn mention_from(&self, at: usize) -> Option<&Mention> {
        let next = self.mentions.partition_point(|m| m.from < at);
        self.mentions.get(next).filter(|m| m.from == at)
    }

    /// Whether a figure of people hurt stands within a range.
    pub(crate) fn tolls_near(&self, from: usize, to: usize) -> bool {
        let first = self.tolls.partition_point(|t| t.trigger.from + 40 < from);
        self.tolls.iter().skip(first).take(12).any(|t| t.from < to && from < t.to)
    }

    pub(crate) fn dates_in(&self, from: usize, to: usize) -> impl Iterator<Item = &Date> {
        let first = self.dates.partition_point(|d| d.from < from);
        self.dates.iter().skip(first).take_while(move |d| d.from < to).filter(move |d| d.to <= to)
    }
}

/// "BEIRUT, Lebanon — " stands before the first sentence and says nothing of what happened where.
fn without_datelines(tokens: &[Token], sentences: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    let class = |at: usize| tokens.get(at).map(|t| t.class);
    let cut = |(from, to): (usize, usize)| {
        // "date 2023-05-20 The army said": the day of the page, written before its first sentence.
        let stamped = tokens.get(from).is_some_and(|t| t.any(&["date", "published", "updated"]))
            && class(from + 1) == Some(Class::Number)
            && class(from + 2) == Some(Class::Dash)
            && class(from + 4) == Some(Class::Dash)
            && class(from + 5) == Some(Class::Number);
        let from = if stamped && from + 6 < to { from + 6 } else { from };
        // "ORVEL, June 9, 2023 (Agency) The army": a dateline that ends with its agency.
        let agency =
            (from + 1..to.min(from + 14)).find(|at| class(*at) == Some(Class::ParenOpen)).filter(|open| {
                (from..*open).all(|at| {
                    tokens.get(at).is_some_and(|t| {
                        t.shout
                            || matches!(t.class, Class::Comma | Class::Number)
                            || at + 5 > *open && t.upper
                    })
                })
            });
        let agency = agency.and_then(|open| {
            (open + 2..to.min(open + 7)).find(|at| class(*at) == Some(Class::ParenClose)).map(|at| at + 1)
        });
        let shouts = tokens.get(from).is_some_and(|t| t.shout);
        let dash = (from..to.min(from + 10))
            .find(|at| tokens.get(*at).is_some_and(|t| t.class == Class::Dash && !t.glued));
        match dash {
            Some(dash) if shouts && dash + 1 < to => (dash + 1, to),
            _ => match agency {
                Some(end) if shouts && end + 1 < to => (end, to),
                _ => (from, to),
            },
        }
    };
    sentences.into_iter().map(cut).collect()
}
