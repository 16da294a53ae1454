//! Quick fixes, where what would be right is one change: the word that was meant, marks around a time, an invisible sign gone.

use lsp_types::{CodeAction, CodeActionKind, Range, TextEdit};
use truceline_terms::Diagnostic;

use crate::diagnostics::shown;
use crate::document::Document;

/// The fixes for what is wrong within a range.
pub(crate) fn fixes(document: &Document, range: Range, related: bool) -> Vec<CodeAction> {
    let touches = |one: &&Diagnostic| {
        let place = document.range(one.primary);
        place.start <= range.end && range.start <= place.end
    };
    document.said.iter().filter(touches).filter_map(|one| fix(document, one, related)).collect()
}

fn fix(document: &Document, one: &Diagnostic, related: bool) -> Option<CodeAction> {
    let written = document.written(one.primary);
    let (title, new_text) = match (one.code, one.suggestion()) {
        ("invisible" | "nul", _) => ("Delete the invisible sign".to_owned(), String::new()),
        ("unquoted", _) => ("Put it into quotation marks".to_owned(), format!("\"{written}\"")),
        (_, Some(word)) => (format!("Change to {word}"), replaced(written, word)),
        _ => return None,
    };
    let edit = TextEdit { range: document.range(one.primary), new_text };
    Some(CodeAction {
        title,
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: Some(vec![shown(one, document, related)]),
        edit: Some(document.edit(vec![edit])),
        is_preferred: Some(true),
        ..CodeAction::default()
    })
}

/// The word in place of what is written: within its marks, and before what follows a colon.
fn replaced(written: &str, word: &str) -> String {
    let marks = if written.starts_with('"') { "\"" } else { "" };
    let inner = written.trim_matches('"');
    let rest = inner.split_once(':').map_or(String::new(), |(_, rest)| format!(":{rest}"));
    let rest = if word.contains(':') { String::new() } else { rest };
    format!("{marks}{word}{rest}{marks}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_changed_where_it_stands() {
        assert_eq!(replaced("shellng", "shelling"), "shelling");
        assert_eq!(replaced("\"shellng\"", "shelling"), "\"shelling\"");
        assert_eq!(replaced("fct:a", "fact"), "fact:a");
    }
}
