//! A statement of a `terms` block as a sentence: a verb, its words, and parts that begin with linking words.
//!
//! Sits on the KDL parser and hides it: above this file nobody knows that the surface is KDL. A statement is a line; only
//! lines that `lexical` finds plain reach that parser.

use kdl::{KdlDocument, KdlEntry, KdlError, KdlNode, KdlValue};
use truceline_model::Span;

use crate::diagnostic::{Diagnostic, meant, nearest};
use crate::lexical::good_lines;
use crate::markdown::{Block, span};

/// Largest block that is read, in bytes.
pub(crate) const BLOCK_LIMIT: usize = 16 * 1024;
/// A word of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) span: Span,
    pub(crate) quoted: bool,
}

/// A linking word with what follows it.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) link: Word,
    pub(crate) words: Vec<Word>,
    pub(crate) pairs: Vec<(Word, Word)>,
}

/// A statement before its linking words are told from the others.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(crate) verb: Word,
    items: Vec<Item>,
    pub(crate) span: Span,
}

#[derive(Clone, Debug)]
enum Item {
    Word(Word),
    Pair(Word, Word),
}

/// A statement with its linking words told: `head` stands before the first of them.
#[derive(Clone, Debug)]
pub(crate) struct Sentence {
    pub(crate) verb: Word,
    pub(crate) head: Vec<Word>,
    pub(crate) parts: Vec<Part>,
    /// `ar="…"` and `ru="…"` before the first linking word.
    pub(crate) tongues: Vec<(Word, Word)>,
    pub(crate) span: Span,
}

impl Statement {
    /// Splits at the linking words. A quoted word never links.
    pub(crate) fn split(&self, links: &[&str]) -> Sentence {
        let mut sentence = Sentence {
            verb: self.verb.clone(),
            head: Vec::new(),
            parts: Vec::new(),
            tongues: Vec::new(),
            span: self.span,
        };
        for item in &self.items {
            match (item, sentence.parts.last_mut()) {
                (Item::Word(word), _) if !word.quoted && links.contains(&word.text.as_str()) => {
                    let part = Part { link: word.clone(), words: Vec::new(), pairs: Vec::new() };
                    sentence.parts.push(part);
                }
                (Item::Word(word), Some(part)) => part.words.push(word.clone()),
                (Item::Word(word), None) => sentence.head.push(word.clone()),
                (Item::Pair(key, value), Some(part)) if !tongue(key) => {
                    part.pairs.push((key.clone(), value.clone()));
                }
                (Item::Pair(key, value), _) => sentence.tongues.push((key.clone(), value.clone())),
            }
        }
        sentence
    }
}

fn tongue(key: &Word) -> bool {
    matches!(key.text.as_str(), "ar" | "ru" | "en")
}

impl Sentence {
    /// The part that begins with that word.
    pub(crate) fn part(&self, link: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.link.text == link)
    }

    /// Linking words that may stand once only, standing twice.
    pub(crate) fn repeated(&self, may_repeat: &[&str], diagnostics: &mut Vec<Diagnostic>) {
        for (n, part) in self.parts.iter().enumerate() {
            let word = part.link.text.as_str();
            let first = self.parts.iter().take(n).find(|other| other.link.text == word);
            if let (Some(first), false) = (first, may_repeat.contains(&word)) {
                diagnostics.push(
                    Diagnostic::error(
                        "twice",
                        part.link.span,
                        format!("\"{word}\" stands twice in one sentence"),
                    )
                    .also(first.link.span, "the first stands here")
                    .help("keep one of them"),
                );
            }
        }
    }
}

/// Reads a block into statements; what cannot be read is said, and the other statements go on.
pub(crate) fn statements(block: &Block<'_>, diagnostics: &mut Vec<Diagnostic>) -> Vec<Statement> {
    if block.text.len() > BLOCK_LIMIT {
        let first_line = block.text.split('\n').next().unwrap_or_default().len().min(80);
        let here = span(block.offset, block.offset + first_line);
        let message =
            format!("this block has {} bytes; {BLOCK_LIMIT} is the most that is read", block.text.len());
        diagnostics
            .push(Diagnostic::error("too-large", here, message).help("give each clause a block of its own"));
        return Vec::new();
    }
    let mut found = Vec::new();
    for (at, line) in good_lines(block, diagnostics) {
        match KdlDocument::parse_v2(line) {
            Ok(document) => {
                let nodes = document.nodes().iter();
                found.extend(nodes.filter_map(|node| statement(node, block, at, diagnostics)));
            }
            Err(error) => say_syntax(&error, block, at, diagnostics),
        }
    }
    found
}

/// What the line check let through and KDL still does not read.
fn say_syntax(error: &KdlError, block: &Block<'_>, base: usize, diagnostics: &mut Vec<Diagnostic>) {
    for one in error.diagnostics.iter().take(8) {
        let start = block.offset + (base + one.span.offset()).min(block.text.len());
        let end = (start + one.span.len()).min(block.offset + block.text.len());
        let label = one.label.as_ref().filter(|label| label.as_str() != "here");
        let mut message = one.message.clone().unwrap_or_else(|| "this cannot be read".into());
        if let Some(label) = label {
            message = format!("{message} ({label})");
        }
        let help = one.help.clone().unwrap_or_else(|| {
            "words are separated by blanks; text and times stand in \"quotation marks\"".into()
        });
        diagnostics.push(Diagnostic::error("syntax", span(start, end), message).help(help));
    }
}

fn statement(
    node: &KdlNode,
    block: &Block<'_>,
    base: usize,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Statement> {
    let at = |start: usize, length: usize| trimmed(block, base + start, length);
    let verb_span = at(node.name().span().offset(), node.name().span().len());
    let verb = Word { text: node.name().value().to_owned(), span: verb_span, quoted: false };
    if let Some(children) = node.children() {
        let here = at(children.span().offset(), children.span().len());
        diagnostics.push(
            Diagnostic::error("braces", here, "no braces are used here")
                .help("write each statement on a line of its own, below the clause that it belongs to"),
        );
        return None;
    }
    if node.ty().is_some() {
        diagnostics.push(
            Diagnostic::error("annotation", verb_span, "no (annotation) is used here").help("leave it out"),
        );
        return None;
    }
    let mut items = Vec::new();
    let mut end = verb_span.end;
    for entry in node.entries() {
        let here = at(entry.span().offset(), entry.span().len());
        end = end.max(here.end);
        items.push(item(entry, here, block, diagnostics)?);
    }
    Some(Statement { verb, items, span: Span { start: verb_span.start, end } })
}

/// Spans of the parser can take in the blanks around a word; a caret should not.
fn trimmed(block: &Block<'_>, start: usize, length: usize) -> Span {
    let text = block.text.get(start..start + length).unwrap_or_default();
    let before = text.len() - text.trim_start().len();
    let kept = text.trim().len();
    span(block.offset + start + before, block.offset + start + before + kept)
}

fn item(entry: &KdlEntry, here: Span, block: &Block<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Item> {
    let text = match entry.value() {
        KdlValue::String(text) => text.clone(),
        KdlValue::Integer(number) => number.to_string(),
        _ => {
            let message = "only words, whole numbers and \"quoted text\" are used here";
            diagnostics.push(
                Diagnostic::error("value", here, message)
                    .help("write yes or no as words, and parts of days in hours"),
            );
            return None;
        }
    };
    let start = usize::try_from(here.start).unwrap_or(0).saturating_sub(block.offset);
    let written = block.text.get(start..).unwrap_or_default();
    match entry.name() {
        None => Some(Item::Word(Word { text, span: here, quoted: written.starts_with('"') })),
        Some(name) => {
            let length = u32::try_from(name.value().len()).unwrap_or(0);
            let key_span = Span { start: here.start, end: here.start.saturating_add(length).min(here.end) };
            let value_start = key_span.end.saturating_add(1).min(here.end);
            let value_span = Span { start: value_start, end: here.end };
            let key = Word { text: name.value().to_owned(), span: key_span, quoted: false };
            Some(Item::Pair(key, Word { text, span: value_span, quoted: true }))
        }
    }
}

/// "did you mean …?", or the words that are right here when they are few.
pub(crate) fn suggest<'a>(found: &str, right: impl IntoIterator<Item = &'a str>) -> String {
    let right: Vec<&str> = right.into_iter().collect();
    match nearest(found, right.iter().copied()) {
        Some(word) => meant(word),
        None if right.len() <= 24 => format!("it can be: {}", right.join(", ")),
        None => format!(
            "it can be one of {} words, such as {}",
            right.len(),
            right.iter().take(8).copied().collect::<Vec<_>>().join(", ")
        ),
    }
}
