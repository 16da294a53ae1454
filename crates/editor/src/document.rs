//! An open text: what the client has on the screen, and what is known of it.
//!
//! The names are indexed and the terms checked only when somebody asks, and once a version; typing costs nothing else.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use lsp_types::{Position, Range, TextDocumentContentChangeEvent, TextEdit, Uri, WorkspaceEdit};
use truceline_model::{Actors, Areas, Span};
use truceline_terms::symbols::{Index, Name, index};
use truceline_terms::{Diagnostic, Severity, parse};

use crate::folder::Folder;
use crate::positions::Lines;

/// Longest text that is kept.
pub(crate) const TEXT_LIMIT: usize = 8 << 20;

/// Longest text that is read while somebody types: thirty times the longest agreement that ships. `terms check` reads more.
const READ_LIMIT: usize = 1 << 20;

/// An open text.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) uri: Uri,
    pub(crate) path: Option<PathBuf>,
    pub(crate) version: i32,
    pub(crate) text: String,
    pub(crate) lines: Lines,
    pub(crate) index: Index,
    /// What is wrong with it.
    pub(crate) said: Vec<Diagnostic>,
    indexed: bool,
    checked: bool,
}

impl Document {
    pub(crate) fn new(uri: Uri, version: i32, text: String) -> Self {
        let path = path_of(&uri);
        let lines = Lines::of(&text);
        let (index, said) = (Index::default(), Vec::new());
        Self { uri, path, version, text, lines, index, said, indexed: false, checked: false }
    }

    /// The folder in which it lies.
    pub(crate) fn folder(&self) -> PathBuf {
        self.path.as_deref().and_then(Path::parent).map(Path::to_path_buf).unwrap_or_default()
    }

    /// Takes in what was typed.
    pub(crate) fn change(&mut self, version: i32, changes: Vec<TextDocumentContentChangeEvent>) {
        for change in changes {
            match change.range {
                None => self.text = change.text,
                Some(range) => {
                    let from = self.lines.byte(&self.text, range.start);
                    let to = self.lines.byte(&self.text, range.end).max(from);
                    self.text.replace_range(from..to, &change.text);
                }
            }
            if self.text.len() > TEXT_LIMIT {
                self.text.clear();
            }
            self.lines = Lines::of(&self.text);
        }
        self.version = version;
        self.indexed = false;
        self.checked = false;
    }

    /// Indexes its names, if that was not done since it changed.
    pub(crate) fn index(&mut self) {
        if !self.indexed {
            self.index = if self.is_read() { index(&self.text) } else { Index::default() };
            self.indexed = true;
        }
    }

    /// Checks its terms against the registries, if that was not done since either changed.
    pub(crate) fn check(&mut self, folder: &Folder) {
        self.index();
        if self.checked {
            return;
        }
        self.checked = true;
        self.said.clear();
        // Other Markdown is none of our business.
        if self.index.passages.is_empty() && !self.text.contains("```terms") {
            return;
        }
        if !self.is_read() {
            self.said.push(too_large(self.text.len()));
            return;
        }
        let (no_actors, no_areas) = (Actors::default(), Areas::default());
        let actors = folder.actors.as_ref();
        let areas = folder.areas.as_ref();
        let checked = parse(&self.text, actors.unwrap_or(&no_actors), areas.unwrap_or(&no_areas));
        self.said = checked.diagnostics;
        self.said.retain(|one| match one.code {
            "unknown-actor" => actors.is_some(),
            "unknown-area" => areas.is_some(),
            _ => true,
        });
    }

    /// Whether it is short enough to be read.
    pub(crate) fn is_read(&self) -> bool {
        self.text.len() <= READ_LIMIT
    }

    /// Its terms are to be checked again: a registry changed.
    pub(crate) fn forget(&mut self) {
        self.checked = false;
    }

    /// Edits of this text, as the protocol carries them.
    #[expect(
        clippy::mutable_key_type,
        reason = "the protocol's type; the map holds one address, which nobody changes"
    )]
    pub(crate) fn edit(&self, edits: Vec<TextEdit>) -> WorkspaceEdit {
        let changes = HashMap::from([(self.uri.clone(), edits)]);
        WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }
    }

    pub(crate) fn byte(&self, at: Position) -> usize {
        self.lines.byte(&self.text, at)
    }

    pub(crate) fn range(&self, span: Span) -> Range {
        self.lines.range(&self.text, span)
    }

    /// The name at a position.
    pub(crate) fn name_at(&self, at: Position) -> Option<&Name> {
        self.index.name_at(self.byte(at))
    }

    /// The text of a span.
    pub(crate) fn written(&self, span: Span) -> &str {
        let wide = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        self.text.get(wide(span.start)..wide(span.end)).unwrap_or_default()
    }
}

fn too_large(bytes: usize) -> Diagnostic {
    Diagnostic {
        severity: Severity::Warning,
        code: "too-large",
        message: format!("this text has {bytes} bytes; {READ_LIMIT} is the most that is read in an editor"),
        help: Some("truceline terms check reads more".to_owned()),
        primary: Span { start: 0, end: 0 },
        secondary: Vec::new(),
    }
}

/// The path of a `file:` address.
pub(crate) fn path_of(uri: &Uri) -> Option<PathBuf> {
    let rest = uri.as_str().strip_prefix("file://")?;
    let rest = rest.strip_prefix("localhost").unwrap_or(rest);
    let mut bytes = Vec::new();
    let mut chars = rest.bytes();
    while let Some(byte) = chars.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |b: Option<u8>| char::from(b?).to_digit(16);
        let (high, low) = (digit(chars.next())?, digit(chars.next())?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    let path = String::from_utf8(bytes).ok()?;
    if path.contains('\0') || !path.starts_with('/') {
        return None;
    }
    let drive = path.as_bytes().get(2) == Some(&b':');
    Some(PathBuf::from(if cfg!(windows) && drive { path.get(1..)? } else { path.as_str() }))
}

/// The `file:` address of a path.
pub(crate) fn uri_of(path: &Path) -> Option<Uri> {
    let mut out = String::from("file://");
    let path = path.to_str()?.replace('\\', "/");
    if !path.starts_with('/') {
        out.push('/');
    }
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    Uri::from_str(&out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_paths() {
        for path in ["/a/b c/agreement.md", "/سوريا/x%20.md", "/a#b?.md"] {
            let uri = uri_of(Path::new(path)).unwrap();
            assert_eq!(path_of(&uri).unwrap(), Path::new(path));
        }
        for bad in ["untitled:Untitled-1", "file:///a%zz", "file://host/x", "file:///a%00b"] {
            let uri = Uri::from_str(bad);
            assert!(uri.ok().and_then(|uri| path_of(&uri)).is_none(), "{bad}");
        }
    }
}
