//! Reads who must have cosigned before something counts as published: `published-when 2 of russia united-states`.
//!
//! Says how many of whom. Whose key speaks for whom stands in the mission's folder, and no signature is looked at here. Several such
//! statements must all hold: two co-chairs, and one office that is neither's.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{ActorId, Actors, Areas, Span};

use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::{Cosigning, Terms};
use crate::markdown::blocks;
use crate::parse::FILE_LIMIT;
use crate::reader::{Reader, short};
use crate::sentence::{Statement, statements};

const VERB: &str = "published-when";

pub(super) fn published_when(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms) {
    let before = reader.diagnostics.len();
    let Some(read) = read(statement, reader) else { return };
    let part = statement.split(&["of"]);
    let words = part.part("of").map(|part| part.words.clone()).unwrap_or_default();
    reader.actors(&words);
    if reader.diagnostics.len() == before {
        terms.published_when.push(read);
    }
}

/// The statement by itself, without the mission's list of actors.
fn read(statement: &Statement, reader: &mut Reader<'_>) -> Option<Cosigning> {
    let sentence = reader.split(statement);
    let number = reader.one(&sentence.head, sentence.span, "how many must have cosigned");
    let needed = number.and_then(|word| Some((reader.number(word)?, word.span)));
    let part = reader.needed(&sentence, "of", "russia united-states")?;
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    for word in &part.words {
        if let Some(first) = seen.insert(word.text.as_str(), word.span) {
            let message = format!("\"{}\" stands twice, and can cosign only as one", short(&word.text));
            reader.say(
                Diagnostic::error("twice", word.span, message)
                    .also(first, "the first stands here")
                    .help("keep one of them"),
            );
            return None;
        }
    }
    let of: BTreeSet<ActorId> = seen.keys().map(|id| ActorId::new(id)).collect();
    let (needed, at) = needed?;
    let named = of.len();
    let message = match usize::try_from(needed) {
        Ok(0) => "what nobody has cosigned is not published".to_owned(),
        Ok(count) if count <= named => return Some(Cosigning { needed, of, span: sentence.span }),
        _ => format!("{needed} can never have cosigned, where {named} are named"),
    };
    let help = format!("write a number from 1 to {named}");
    reader.say(Diagnostic::error("bad-number", at, message).help(help));
    None
}

/// What an agreement says of who must have cosigned, read alone: without the mission's lists, and without judging what other statements
/// say. By this it is decided whose cosignatures count, so it must not hang on how a version checks the rest. A file that says it and whose
/// blocks cannot be read asks for what nobody can give: then nothing counts as published.
#[must_use]
pub fn cosigning(markdown: &str) -> Vec<Cosigning> {
    if !markdown.contains(VERB) {
        return Vec::new();
    }
    let nobody =
        || vec![Cosigning { needed: u32::MAX, of: BTreeSet::new(), span: Span { start: 0, end: 0 } }];
    if markdown.len() > FILE_LIMIT {
        return nobody();
    }
    let (actors, areas) = (Actors::default(), Areas::default());
    let mut reader = Reader::new(&actors, &areas);
    let mut all = Vec::new();
    for block in blocks(markdown, &mut reader.diagnostics) {
        for statement in statements(&block, &mut reader.diagnostics) {
            if statement.verb.text == VERB {
                all.extend(read(&statement, &mut reader));
            }
        }
    }
    let unread = reader.diagnostics.iter().any(|one| one.severity == Severity::Error);
    if unread { nobody() } else { all }
}
