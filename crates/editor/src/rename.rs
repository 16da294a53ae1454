//! Renaming what an agreement declares, in every place of its file. Ids of the registries and words of the vocabulary are
//! refused in words: other files and the program itself know them.

use std::collections::BTreeSet;

use lsp_types::{Position, Range, TextEdit, WorkspaceEdit};
use truceline_model::{Act, Target, Weapon};
use truceline_terms::grammar::{FORMS, NameKind};
use truceline_terms::symbols::Name;

use crate::document::Document;

/// What can be renamed at a position: its place and its name.
pub(crate) fn prepare(document: &Document, at: Position) -> Result<(Range, String), String> {
    let name = renamable(document, at)?;
    Ok((document.range(name.span), name.id.clone()))
}

/// The edits that give it another name.
pub(crate) fn rename(document: &Document, at: Position, new: &str) -> Result<WorkspaceEdit, String> {
    let name = renamable(document, at)?;
    free(document, name, new)?;
    let edits: Vec<TextEdit> = document
        .index
        .same_as(name)
        .map(|one| TextEdit { range: document.range(one.span), new_text: new.to_owned() })
        .collect();
    Ok(document.edit(edits))
}

fn renamable(document: &Document, at: Position) -> Result<&Name, String> {
    let name = document.name_at(at).ok_or("no name stands here")?;
    let (kind, id) = (name.kind.as_str(), &name.id);
    let file = match name.kind {
        NameKind::Actor => Some("actors.csv"),
        NameKind::Area => Some("areas.geojson"),
        NameKind::Source => Some("sources.csv"),
        _ => None,
    };
    if let Some(file) = file {
        return Err(format!(
            "{kind} \"{id}\" has its id from {file}; reports and other files use it, so it is changed there"
        ));
    }
    if document.index.given(name).next().is_none() {
        return Err(match name.kind {
            NameKind::Act | NameKind::Weapon | NameKind::Target => {
                format!("\"{id}\" is a word of the closed vocabulary and cannot be renamed")
            }
            _ => format!("this agreement declares no {kind} \"{id}\""),
        });
    }
    Ok(name)
}

/// Whether a name can be taken: an id, and nobody else's.
fn free(document: &Document, name: &Name, new: &str) -> Result<(), String> {
    let good = new.len() <= 64
        && new.starts_with(|c: char| c.is_ascii_lowercase())
        && new.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !good {
        return Err(format!(
            "\"{new}\" cannot be an id: use small letters, digits and hyphens, like opposition-fire"
        ));
    }
    let links: BTreeSet<&str> =
        FORMS.iter().flat_map(|form| form.all_links()).map(|link| link.word).collect();
    let word_of_ours = links.contains(new) || matches!(new, "true" | "false" | "null" | "inf" | "nan");
    let vocabulary = match name.kind {
        NameKind::Act => Act::parse(new).is_some(),
        NameKind::Weapon => Weapon::parse(new).is_some() || new == "any-weapon",
        NameKind::Target => Target::parse(new).is_some(),
        _ => false,
    };
    if word_of_ours || vocabulary {
        return Err(format!("\"{new}\" is a word of the language already"));
    }
    let taken = |one: &Name| one.gives && one.kind == name.kind && one.of == name.of && one.id == new;
    if document.index.names.iter().any(taken) {
        return Err(format!("there is a {} \"{new}\" already", name.kind.as_str()));
    }
    Ok(())
}
