//! What a word means: a clause with its prose, the paragraph that it restates and its plain sentence; names of actors, areas,
//! acts in the mission's languages; what was declared; the shape of a statement.
//!
//! Text of files is shown as text: it makes no link and loads no picture in an editor that renders Markdown.

use std::collections::BTreeMap;

use lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind, Position};
use truceline_model::{ActorId, AreaId, SourceId, Span};
use truceline_publish::{Lang, clean, vocabulary};
use truceline_terms::Text;
use truceline_terms::grammar::NameKind;
use truceline_terms::symbols::{Name, Passage};

use crate::document::Document;
use crate::folder::Folder;

/// Words of the vocabulary, by language code and key.
#[derive(Debug)]
pub(crate) struct Words {
    by_language: Vec<(&'static str, BTreeMap<String, String>)>,
}

impl Words {
    pub(crate) fn new() -> Self {
        Self { by_language: Lang::ALL.into_iter().map(|lang| (lang.code(), vocabulary(lang))).collect() }
    }

    /// The word in each language that has one.
    pub(crate) fn of(&self, kind: NameKind, id: &str) -> BTreeMap<String, String> {
        let key = format!("{}.{id}", kind.as_str());
        let in_each = self.by_language.iter();
        in_each.filter_map(|(code, words)| Some(((*code).to_owned(), words.get(&key)?.clone()))).collect()
    }
}

/// What the word at a position means.
pub(crate) fn hover(document: &Document, folder: &Folder, words: &Words, at: Position) -> Option<Hover> {
    let (span, value) = match document.name_at(at) {
        Some(name) => (name.span, about(name, document, folder, words)),
        None => {
            let word = document.index.keyword_at(document.byte(at))?;
            (word.span, format!("`{}`", word.form.shape))
        }
    };
    let contents = HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value });
    Some(Hover { contents, range: Some(document.range(span)) })
}

/// Everything that is known of a name, as Markdown.
fn about(name: &Name, document: &Document, folder: &Folder, words: &Words) -> String {
    let mut out = vec![format!("{} `{}`", name.kind.as_str(), safe(&name.id))];
    match name.kind {
        NameKind::Actor => actor(name, folder, &mut out),
        NameKind::Area => {
            if let Some(area) = folder.areas.as_ref().and_then(|all| all.get(&AreaId::new(&name.id))) {
                names(&area.names, &mut out);
            }
        }
        NameKind::Source => {
            if let Some(source) = folder.sources.as_ref().and_then(|all| all.get(&SourceId::new(&name.id))) {
                names(&source.names, &mut out);
            }
        }
        NameKind::Act | NameKind::Weapon | NameKind::Target => {
            names(&words.of(name.kind, &name.id), &mut out);
        }
        _ => {}
    }
    for given in document.index.given(name).take(4) {
        text(&given.text, &mut out);
        match name.kind {
            NameKind::Clause => {
                if let Some(passage) = document.index.passages.get(given.block) {
                    clause(passage, &mut out);
                }
            }
            _ => out.push(statement(document, given.statement)),
        }
    }
    out.join("\n\n")
}

fn actor(name: &Name, folder: &Folder, out: &mut Vec<String>) {
    let Some(actors) = &folder.actors else { return };
    let Some(actor) = actors.get(&ActorId::new(&name.id)) else { return };
    names(&actor.names, out);
    let of: Vec<String> = actor.member_of.iter().map(|m| format!("`{}`", safe(m.of.as_str()))).collect();
    if !of.is_empty() {
        out.push(format!("member of {}", of.join(", ")));
    }
}

/// A clause: its plain sentence, its prose, the paragraph that it restates.
fn clause(passage: &Passage, out: &mut Vec<String>) {
    if let Some(says) = &passage.says {
        text(says, out);
    }
    out.push("---".to_owned());
    out.push(format!("**{}**", safe(&passage.heading)));
    out.extend(passage.prose.split('\n').filter(|line| !line.is_empty()).map(safe));
    out.extend(passage.restates.as_deref().map(|quoted| format!("> {}", safe(&quoted.replace('\n', " ")))));
}

fn text(text: &Text, out: &mut Vec<String>) {
    let all = [Some(&text.en), text.ar.as_ref(), text.ru.as_ref()];
    out.extend(all.into_iter().flatten().filter(|text| !text.is_empty()).map(|text| safe(text)));
}

fn names(by_language: &BTreeMap<String, String>, out: &mut Vec<String>) {
    let shown = ["en", "ar", "ru"].iter().filter_map(|code| by_language.get(*code));
    out.extend(shown.filter(|name| !name.is_empty()).map(|name| safe(name)));
}

fn statement(document: &Document, span: Span) -> String {
    let written: String = document.written(span).chars().take(400).collect();
    format!("```\n{}\n```", clean(&written).replace("```", ""))
}

/// Text that stays text.
fn safe(text: &str) -> String {
    clean(text).replace('`', "'").replace('[', "\\[").replace('<', "\\<")
}
