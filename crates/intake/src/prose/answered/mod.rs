//! What another reader answers about one passage, held against the passage: the gate through which a language model's words pass.
//!
//! An answer gives quotations, never positions, numbers, dates or ids. A quotation that does not stand in the passage is dropped and
//! counted, never mended. A figure is the number grammar's or nobody's, a date the calendar's, an id the registry's, and a
//! claim of responsibility needs a word that claims. An act that the tables find asked for, denied or only possible is dropped, and so is a
//! delivery that they do not find; where they read a fact about an agreement in the same words, their kind of fact holds. Whatever holds the
//! passage's certainty down is added, whether the answer says so or not. Words in the passage that give orders to a reader are
//! words like others: nothing here obeys.

use truceline_model::Span;

use super::lexicon::{Cat, Lexicons};
use super::page::Page;
use super::registry::{Case, Gazetteer};
use super::{By, Document, Field, Proposal, Reading, language};
use crate::json::{self, Node};

mod held;
mod question;

pub use question::{INSTRUCTIONS, schema};

/// Most proposals of one answer.
const PROPOSALS_LIMIT: usize = 40;

/// Something in an answer that was dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// Of which field.
    pub field: Field,
    /// Why.
    pub why: &'static str,
}

/// What is left of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answered {
    /// Proposals of which every value stands in the passage.
    pub proposals: Vec<Proposal>,
    /// What was dropped.
    pub dropped: Vec<Dropped>,
}

/// A text made ready to be asked about, passage by passage.
pub struct Asking<'a> {
    page: Option<Page<'a>>,
    /// What the rules propose for the same text.
    ruled: Vec<Proposal>,
}

impl<'a> Asking<'a> {
    /// Reads a text as far as passages, figures, dates and names; none of it when no table speaks its language.
    #[must_use]
    pub fn new(
        document: &Document<'a>,
        lexicons: &'a Lexicons,
        case: &'a Case,
        gazetteer: &'a Gazetteer,
    ) -> Self {
        let code = language::of(document.text);
        let tables = lexicons.language(code).filter(|_| document.text.len() <= super::TEXT_LIMIT);
        let page = tables.map(|tables| Page::new(document, code, tables, case, gazetteer));
        let page = page.filter(|page| page.nothing().is_none());
        let ruled = page.as_ref().map(Page::proposals).unwrap_or_default();
        Self { page, ruled }
    }

    /// Passages worth asking about: sentences that hold a word of an act, a casualty, a weapon, a truce or aid, or words in quotes.
    #[must_use]
    pub fn passages(&self) -> Vec<Span> {
        let Some(page) = &self.page else { return Vec::new() };
        let speaks = |sentence: &&(usize, usize)| {
            [Cat::ActNoun, Cat::ActVerb, Cat::Casualty, Cat::Weapon, Cat::Deal, Cat::Aid]
                .iter()
                .any(|cat| page.tags.within(*cat, sentence.0, sentence.1).next().is_some())
                || page.quotes.iter().any(|(from, to)| *from < sentence.1 && sentence.0 < *to)
        };
        page.sentences.iter().filter(speaks).map(|(from, to)| page.span(*from, *to)).collect()
    }

    /// The reading that these proposals make; they are in the order of the passages.
    #[must_use]
    pub fn reading(&self, document: &Document<'_>, proposals: Vec<Proposal>) -> Reading {
        Reading {
            language: language::of(document.text).to_owned(),
            reference: self.page.as_ref().map_or(document.date, |page| page.reference),
            proposals,
            nothing: if self.page.is_none() {
                Some("no passage that a reader could be asked about")
            } else {
                None
            },
            by: By::Other,
        }
    }

    /// Holds an answer about a passage against it.
    ///
    /// # Errors
    /// When the answer is no JSON of the schema's shape; says where.
    pub fn hold(&self, passage: Span, answer: &str) -> Result<Answered, String> {
        let tree: Node = json::parse(answer).map_err(|fault| format!("byte {}: {}", fault.at, fault.say))?;
        let mut lists = Vec::new();
        for part in &question::PARTS {
            match tree.get(part.name) {
                None => {}
                Some(list) => {
                    let claims = list.items().ok_or_else(|| format!("\"{}\" is no list", part.name))?;
                    lists.push((part, claims));
                }
            }
        }
        if lists.is_empty() {
            return Err(
                "it has none of the lists \"incidents\", \"agreements\", \"deliveries\", \"statements\""
                    .to_owned(),
            );
        }
        let mut told = Answered::default();
        let Some(page) = &self.page else { return Ok(told) };
        for (part, claims) in lists {
            for claim in claims.iter().take(PROPOSALS_LIMIT) {
                let ruled = &self.ruled;
                told.proposals.extend(held::proposal(page, ruled, passage, part, claim, &mut told.dropped));
            }
        }
        Ok(told)
    }
}
