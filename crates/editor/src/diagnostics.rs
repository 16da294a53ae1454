//! What the parser says, as the protocol carries it: message and help, both places of a conflict.

use lsp_types::{
    Diagnostic as Shown, DiagnosticRelatedInformation, DiagnosticSeverity, Location, NumberOrString,
    Position, Range,
};
use truceline_terms::{Diagnostic, Severity};

use crate::document::Document;
use crate::folder::Folder;

/// Where it comes from, as editors show it.
const SOURCE: &str = "truceline";

/// Everything that is wrong with a text, and with the registries that it is checked against.
pub(crate) fn all(document: &Document, folder: &Folder, related: bool) -> Vec<Shown> {
    let registries = folder.faults.iter().map(|say| registry(say));
    let ours = !document.index.passages.is_empty();
    registries.filter(|_| ours).chain(document.said.iter().map(|one| shown(one, document, related))).collect()
}

/// A fault of a registry, at the head of the agreement.
fn registry(say: &str) -> Shown {
    Shown {
        range: Range { start: Position::new(0, 0), end: Position::new(0, 0) },
        severity: Some(DiagnosticSeverity::WARNING),
        code: Some(NumberOrString::String("registry".to_owned())),
        source: Some(SOURCE.to_owned()),
        message: say.to_owned(),
        ..Shown::default()
    }
}

/// One of the parser's.
pub(crate) fn shown(one: &Diagnostic, document: &Document, related: bool) -> Shown {
    let mut message = one.message.clone();
    if let Some(help) = &one.help {
        message.push('\n');
        message.push_str(help);
    }
    let mut other = Vec::new();
    for (span, words) in &one.secondary {
        let range = document.range(*span);
        if related {
            let location = Location { uri: document.uri.clone(), range };
            other.push(DiagnosticRelatedInformation { location, message: words.clone() });
        } else {
            message.push_str(&format!("\nline {}: {words}", range.start.line.saturating_add(1)));
        }
    }
    Shown {
        range: document.range(one.primary),
        severity: Some(match one.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
        }),
        code: Some(NumberOrString::String(one.code.to_owned())),
        source: Some(SOURCE.to_owned()),
        message,
        related_information: Some(other).filter(|other| !other.is_empty()),
        ..Shown::default()
    }
}
