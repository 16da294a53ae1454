//! A text with everything that the first grammars found in it, on which the later ones work.

use truceline_model::Span;

use super::lexicon::{Cat, Language, Tag, Tags};
use super::registry::{Case, Gazetteer};
use super::tokens::{self, Class, Layout, Token, span, tokens as split};
use super::{Day, Document, Proposal};

/// A text, its tokens, and what the tables say of them.
pub(crate) struct Page<'a> {
    pub(crate) text: &'a str,
    pub(crate) tokens: Vec<Token>,
    pub(crate) sentences: Vec<(usize, usize)>,
    pub(crate) quotes: Vec<(usize, usize)>,
    pub(crate) tags: Tags<'a>,
    pub(crate) reference: Option<Day>,
    pub(crate) country: Option<&'a str>,
    pub(crate) case: &'a Case,
    pub(crate) gazetteer: &'a Gazetteer,
}

impl<'a> Page<'a> {
    pub(crate) fn new(
        document: &Document<'a>,
        tables: &'a Language,
        case: &'a Case,
        gazetteer: &'a Gazetteer,
    ) -> Self {
        let tokens = split(document.text);
        let Layout { sentences, quotes } =
            tokens::layout(&tokens, |word| tables.has(Cat::Abbreviation, word));
        let tags = tables.tags(&tokens);
        Self {
            text: document.text,
            tokens,
            sentences,
            quotes,
            tags,
            reference: document.date,
            country: document.country,
            case,
            gazetteer,
        }
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

    pub(crate) fn proposals(&self) -> Vec<Proposal> {
        Vec::new()
    }

    /// Bytes of a range of tokens.
    pub(crate) fn span(&self, from: usize, to: usize) -> Span {
        let start = self.tokens.get(from).map_or(0, |t| t.start);
        let end = to.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(start, |t| t.end);
        span(start, end.max(start))
    }

    pub(crate) fn slice(&self, from: usize, to: usize) -> &'a str {
        let span = self.span(from, to);
        let index = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        self.text.get(index(span.start)..index(span.end)).unwrap_or_default()
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

    pub(crate) fn tag(&self, cat: Cat, at: usize) -> Option<Tag> {
        self.tags.at(cat, at)
    }

    /// Whether a one-word phrase of a table, or the beginning of one, stands here.
    pub(crate) fn is(&self, cat: Cat, at: usize) -> bool {
        self.tags.at(cat, at).is_some()
    }
}
