//! Puts the blocks of an agreement into plain spacing: one blank between words, quotation marks only where a word needs them,
//! no empty lines at the ends of a block or in rows. Aligns nothing, reorders nothing, breaks no line.
//!
//! Everything outside the blocks stays byte for byte, every remark stays at its statement. What a changed line says is compared
//! before and after, word by word; a file of which any line cannot be read is not touched at all.

use std::collections::BTreeSet;

use truceline_model::{Act, Span, Target, Weapon};

use crate::cannot::cannot;
use crate::diagnostic::Diagnostic;
use crate::grammar::{Form, Slot, form};
use crate::markdown::{Block, blocks, span};
use crate::parse::FILE_LIMIT;
use crate::sentence::{Word, statements};
use crate::symbols::{Part, index, parts};
use crate::tokens::{Sort, Token, tokens};
use crate::words::links;

/// Most faults that are said of one file.
const FAULTS: usize = 200;

/// One line that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its number in the file as it is, from 1.
    pub line: usize,
    /// What is replaced: the line without its end, or with it when the line goes.
    pub span: Span,
    /// The line as it is.
    pub before: String,
    /// The line as it will be; `None` when it goes.
    pub after: Option<String>,
}

/// A file in plain spacing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formatted {
    /// The whole text.
    pub text: String,
    /// The lines that differ, in order.
    pub changes: Vec<Change>,
}

/// Formats the blocks of a file.
///
/// # Errors
/// When a line of a block cannot be read, or the file is too large: what is wrong. Nothing is formatted then.
pub fn format(markdown: &str) -> Result<Formatted, Vec<Diagnostic>> {
    if markdown.len() > FILE_LIMIT {
        let message = format!("the file has {} bytes; {FILE_LIMIT} is the most that is read", markdown.len());
        return Err(vec![
            Diagnostic::error("too-large", span(0, 0), message).help("is this the agreement's file?"),
        ]);
    }
    let mut faults = Vec::new();
    let found = blocks(markdown, &mut faults);
    let mut changes = Vec::new();
    let names = index(markdown).names.into_iter();
    let given: BTreeSet<String> = names.filter(|name| name.gives).map(|name| name.id).collect();
    let mut counted = Lines { at: 0, number: 1 };
    for block in &found {
        statements(block, &mut faults);
        if faults.len() > FAULTS {
            break;
        }
        if !faults.is_empty() {
            continue;
        }
        let number = counted.line_of(markdown, block.offset);
        for change in block_changes(block, number, indent(markdown, block), &given) {
            if said(&change.before) != said(change.after.as_deref().unwrap_or_default()) {
                let message = "this line would say something else in plain spacing";
                faults.push(
                    Diagnostic::error("format", change.span, message)
                        .help("leave it as it is and report it: the formatter is at fault"),
                );
            }
            changes.push(change);
        }
    }
    if !faults.is_empty() {
        faults.truncate(FAULTS);
        faults.sort_by_key(|one| one.primary);
        return Err(faults);
    }
    Ok(Formatted { text: apply(markdown, 0, &changes), changes })
}

/// Line numbers of places that are asked for in order.
struct Lines {
    at: usize,
    number: usize,
}

impl Lines {
    fn line_of(&mut self, text: &str, at: usize) -> usize {
        self.number += text.get(self.at..at).unwrap_or_default().matches('\n').count();
        self.at = at;
        self.number
    }
}

/// What a line says: the words of its statement as the parser reads them, and what each is.
fn said(line: &str) -> (Vec<String>, Vec<Part>) {
    let alone = Block { heading: String::new(), prose: String::new(), quoted: None, text: line, offset: 0 };
    let mut words = Vec::new();
    for statement in statements(&alone, &mut Vec::new()) {
        let sentence = statement.split(&[]);
        words.push(sentence.verb.text);
        words.extend(sentence.head.into_iter().map(|word| word.text));
        words.extend(sentence.tongues.into_iter().flat_map(|(key, value)| [key.text, value.text]));
    }
    let line = tokens(line);
    let form = line.first().filter(|verb| verb.sort != Sort::Remark).and_then(|verb| form(&verb.text()));
    (words, form.map(|form| parts(form, &line)).unwrap_or_default())
}

/// The blanks before the fence: a block in a list keeps its place there.
fn indent<'a>(markdown: &'a str, block: &Block<'_>) -> &'a str {
    let fence = markdown.get(..block.offset).unwrap_or_default().lines().next_back().unwrap_or_default();
    fence.get(..fence.len() - fence.trim_start_matches([' ', '\t']).len()).unwrap_or_default()
}

fn block_changes(block: &Block<'_>, first: usize, indent: &str, given: &BTreeSet<String>) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut at = block.offset;
    let mut empty_before = true;
    let mut last_kept: Option<usize> = None;
    let mut lines: Vec<(usize, &str, Option<String>)> = Vec::new();
    for raw in block.text.split_inclusive('\n') {
        let line = line_of(raw.trim_end(), indent, given);
        let keep = !(line.is_empty() && empty_before);
        empty_before = line.is_empty();
        if keep && !line.is_empty() {
            last_kept = Some(lines.len());
        }
        lines.push((at, raw, keep.then_some(line)));
        at += raw.len();
    }
    for (n, (at, raw, line)) in lines.into_iter().enumerate() {
        let line = line.filter(|_| last_kept.is_some_and(|last| n <= last));
        let ending = if raw.ends_with("\r\n") { 2 } else { usize::from(raw.ends_with('\n')) };
        let body = raw.get(..raw.len() - ending).unwrap_or(raw);
        let length = if line.is_some() { body.len() } else { raw.len() };
        if line.as_deref() != Some(body) {
            let before = body.to_owned();
            changes.push(Change { line: first + n, span: span(at, at + length), before, after: line });
        }
    }
    changes
}

/// One line in plain spacing.
fn line_of(line: &str, indent: &str, given: &BTreeSet<String>) -> String {
    let found = tokens(line);
    let Some(verb) = found.first() else { return String::new() };
    let form = form(&verb.text()).filter(|_| verb.sort != Sort::Remark);
    let kinds = form.map(|form| parts(form, &found)).unwrap_or_default();
    let mut out = indent.to_owned();
    for (n, token) in found.iter().enumerate() {
        if n > 0 {
            out.push(' ');
        }
        match (form, kinds.get(n)) {
            (Some(form), Some(part)) => out.push_str(&written(token, *part, form, given)),
            _ => out.push_str(token.raw),
        }
    }
    out
}

/// A token as it is written in plain spacing.
fn written(token: &Token<'_>, part: Part, form: &Form, given: &BTreeSet<String>) -> String {
    let names = match part {
        Part::Verb => true,
        Part::Operand(slot) => {
            !matches!(slot, Slot::Text | Slot::Time | Slot::Zone | Slot::Number | Slot::FactKey)
        }
        _ => false,
    };
    let (_, value) = token.value();
    let text = token.text();
    if !names
        || !value.starts_with('"')
        || !is_plain(&text)
        || (part != Part::Verb && means_more(&text, form, given))
    {
        return token.raw.to_owned();
    }
    match token.key() {
        Some(key) => format!("{key}={text}"),
        None => text,
    }
}

/// Whether a word can stand without quotation marks and be the same word.
fn is_plain(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic())
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        && !matches!(word, "true" | "false" | "null" | "inf" | "nan")
}

/// Whether a word says something of its own without its marks: one that links in this statement, or one that the language
/// refuses by name and that nobody has given.
fn means_more(word: &str, form: &Form, given: &BTreeSet<String>) -> bool {
    let vocabulary =
        Act::parse(word).is_some() || Weapon::parse(word).is_some() || Target::parse(word).is_some();
    let bare = Word { text: word.to_owned(), span: span(0, 0), quoted: false };
    form.link(word).is_some()
        || links(form.verb).0.contains(&word)
        || (!vocabulary && !given.contains(word) && cannot(&bare).is_some())
}

fn apply(text: &str, base: usize, changes: &[Change]) -> String {
    let place = |n: u32| usize::try_from(n).unwrap_or(usize::MAX).saturating_sub(base);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for change in changes {
        out.push_str(text.get(at..place(change.span.start)).unwrap_or_default());
        out.push_str(change.after.as_deref().unwrap_or_default());
        at = place(change.span.end);
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}
