//! Where a name is given and where it is used: definitions, references, the outline.

use lsp_types::{DocumentSymbol, Location, Position, Range, SymbolKind};
use truceline_terms::grammar::NameKind;
use truceline_terms::symbols::Name;

use crate::document::{Document, uri_of};
use crate::folder::Folder;
use crate::positions::Lines;

/// Where the name at a position is given: in the agreement, or its row or feature in a registry.
pub(crate) fn definition(document: &Document, folder: &Folder, at: Position) -> Vec<Location> {
    let Some(name) = document.name_at(at) else { return Vec::new() };
    let given: Vec<Location> = document
        .index
        .given(name)
        .filter(|one| one.span != name.span)
        .map(|one| here(document, one))
        .collect();
    if given.is_empty() {
        // A name that is given right here and is no registry's leads to itself, so that the editor stays put.
        return row(folder, name).or_else(|| name.gives.then(|| here(document, name))).into_iter().collect();
    }
    given
}

/// Every place of what the name at a position names.
pub(crate) fn references(
    document: &Document,
    folder: &Folder,
    at: Position,
    declared: bool,
) -> Vec<Location> {
    let Some(name) = document.name_at(at) else { return Vec::new() };
    let wanted = |one: &&Name| declared || !one.gives;
    let mut all: Vec<Location> =
        document.index.same_as(name).filter(wanted).map(|one| here(document, one)).collect();
    if declared {
        all.extend(row(folder, name));
    }
    all
}

fn here(document: &Document, name: &Name) -> Location {
    Location { uri: document.uri.clone(), range: document.range(name.span) }
}

/// The line of a registry on which it stands.
fn row(folder: &Folder, name: &Name) -> Option<Location> {
    let (path, text, at) = folder.place(name.kind, &name.id)?;
    let start = Lines::of(text).position(text, at);
    Some(Location { uri: uri_of(&path)?, range: Range { start, end: start } })
}

/// The clauses and what is declared, for an editor's outline.
#[expect(deprecated, reason = "the protocol's type has a field that is no longer used and must be filled")]
pub(crate) fn outline(document: &Document) -> Vec<DocumentSymbol> {
    let shown = |name: &&Name| name.gives && !matches!(name.kind, NameKind::Exception | NameKind::Step);
    let symbol = |name: &Name| DocumentSymbol {
        name: name.id.clone(),
        detail: Some(name.text.en.clone()).filter(|text| !text.is_empty()),
        kind: match name.kind {
            NameKind::Clause => SymbolKind::FUNCTION,
            NameKind::Actor | NameKind::Agreement => SymbolKind::CLASS,
            NameKind::Matter | NameKind::Position | NameKind::Reading => SymbolKind::ENUM_MEMBER,
            _ => SymbolKind::CONSTANT,
        },
        tags: None,
        deprecated: None,
        range: document.range(name.statement),
        selection_range: document.range(name.span),
        children: None,
    };
    document.index.names.iter().filter(shown).map(symbol).collect()
}
