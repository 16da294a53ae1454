//! What is wrong with an agreement file, said so that its author can mend it: where, what was found, what would be right.
//!
//! Diagnostics are data; rendering them is a function of the file's text. Nothing here stops the program.

use std::fmt::Write as _;

use truceline_model::Span;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The file cannot be judged by.
    Error,
    /// It can, but probably says something else than meant; or both of two things that differ are kept.
    Warning,
}

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad.
    pub severity: Severity,
    /// A stable code, e.g. `unknown-actor`.
    pub code: &'static str,
    /// What was found.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
    /// The place, in bytes of the Markdown file.
    pub primary: Span,
    /// Other places that belong to it, e.g. the other side of a conflict, each with a few words.
    pub secondary: Vec<(Span, String)>,
}

impl Diagnostic {
    pub(crate) fn error(code: &'static str, primary: Span, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { severity: Severity::Error, code, message, help: None, primary, secondary: Vec::new() }
    }

    pub(crate) fn warning(code: &'static str, primary: Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, primary, message) }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn also(mut self, span: Span, words: impl Into<String>) -> Self {
        self.secondary.push((span, words.into()));
        self
    }

    /// The word that was probably meant, when the help offers one.
    #[must_use]
    pub fn suggestion(&self) -> Option<&str> {
        let help = self.help.as_deref()?;
        let meant = || help.strip_prefix(MEANT)?.strip_suffix(MEANT_END);
        meant().or_else(|| help.strip_prefix(CALLED)?.strip_suffix('"'))
    }

    /// Line and column (both from 1, columns in characters) at which it begins.
    #[must_use]
    pub fn position(&self, source: &str) -> (usize, usize) {
        position(source, self.primary)
    }

    /// As text: the message, the line of the file with a caret under the place, the other places, the help.
    #[must_use]
    pub fn render_text(&self, file: &str, source: &str) -> String {
        let word = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let mut out = format!("{word}[{}]: {}\n", self.code, self.message);
        excerpt(&mut out, file, source, self.primary, "");
        for (span, words) in &self.secondary {
            excerpt(&mut out, file, source, *span, words);
        }
        if let Some(help) = &self.help {
            let _ = writeln!(out, "   = help: {help}");
        }
        out
    }
}

/// How a help begins and ends that offers the word that was probably meant.
const MEANT: &str = "did you mean \"";
const MEANT_END: &str = "\"?";
/// How a help begins that knows the id of a name.
const CALLED: &str = "the actors' list calls it \"";

/// The help that offers a word.
pub(crate) fn meant(word: &str) -> String {
    format!("{MEANT}{word}{MEANT_END}")
}

/// Line and column (from 1) of the start of a span.
#[must_use]
pub fn position(source: &str, span: Span) -> (usize, usize) {
    let start = floor(source, span.start);
    let before = source.get(..start).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

fn floor(source: &str, at: u32) -> usize {
    let mut at = usize::try_from(at).unwrap_or(usize::MAX).min(source.len());
    while !source.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Longest part of a line that is shown; a hostile line may have megabytes.
const SHOWN: usize = 160;

fn excerpt(out: &mut String, file: &str, source: &str, span: Span, words: &str) {
    let (line, column) = position(source, span);
    let text = source.split('\n').nth(line - 1).unwrap_or_default().trim_end_matches('\r');
    let from = if column > SHOWN { column - SHOWN / 2 } else { 1 };
    let shown: String = text.chars().skip(from - 1).take(SHOWN).map(plain).collect();
    let start = floor(source, span.start);
    let end = floor(source, span.end).max(start);
    let length = source.get(start..end).unwrap_or_default().split('\n').next().unwrap_or_default();
    let carets = length.chars().count().clamp(1, SHOWN);
    let gutter = line.to_string().len().max(2);
    let _ = writeln!(out, "{:gutter$}--> {file}:{line}:{column}", "");
    let _ = writeln!(out, "{:gutter$} |", "");
    let _ = writeln!(out, "{line:gutter$} | {}", shown.trim_end());
    let mark = format!("{}{}", " ".repeat(column - from), "^".repeat(carets));
    let _ = writeln!(out, "{:gutter$} | {}", "", format!("{mark} {words}").trim_end());
}

/// Control characters would let a file write on the reader's terminal.
fn plain(c: char) -> char {
    if c == '\t' {
        ' '
    } else if c.is_control() {
        '\u{fffd}'
    } else {
        c
    }
}

/// The word of the list that was probably meant, if one is near enough.
#[must_use]
pub fn nearest<'a>(found: &str, right: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if found.len() > 64 {
        return None;
    }
    let limit = (found.chars().count() / 3).clamp(1, 3);
    right
        .into_iter()
        .map(|word| (distance(found, word), word))
        .filter(|(away, _)| *away <= limit)
        .min()
        .map(|(_, word)| word)
}

/// Number of single-letter changes (insert, delete, replace, swap neighbours) from one word to the other.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], k: usize| row.get(k).copied().unwrap_or(usize::MAX / 2);
            let replaced = at(&last, j) + usize::from(x != y);
            let mut best = replaced.min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                best = best.min(at(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_found_and_far_ones_are_not() {
        assert_eq!(nearest("airstirke", ["airstrike", "shelling"]), Some("airstrike"));
        assert_eq!(nearest("opposition", ["government-side"]), None);
    }

    #[test]
    fn columns_count_characters_not_bytes() {
        let source = "# عنوان\nexempt x\n";
        let at = u32::try_from(source.find('x').unwrap()).unwrap();
        assert_eq!(position(source, Span { start: at, end: at + 1 }), (2, 2));
    }
}
