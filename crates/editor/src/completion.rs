//! What may follow: the statements of this kind of block, the linking words of this statement, the names that exist.

use lsp_types::{CompletionItem, CompletionItemKind, CompletionTextEdit, Position, Range, TextEdit};
use truceline_model::{Act, Target, Weapon};
use truceline_terms::grammar::{FACT_KEYS, NameKind, ROLES, Slot};
use truceline_terms::symbols::{Expected, expected_at};

use crate::document::Document;
use crate::folder::Folder;
use crate::hover::Words;

/// Most items of one answer; what is typed narrows them.
const ITEMS: usize = 2_000;

/// Everything that may stand at a position.
pub(crate) fn complete(
    document: &Document,
    folder: &Folder,
    words: &Words,
    at: Position,
) -> Vec<CompletionItem> {
    if !document.is_read() {
        return Vec::new();
    }
    let byte = document.byte(at);
    let Some(expected) = expected_at(&document.text, byte) else { return Vec::new() };
    let range = Range { start: document.lines.position(&document.text, expected.from), end: at };
    let mut list = List { range, items: Vec::new() };
    for form in &expected.forms {
        list.add(form.verb, CompletionItemKind::KEYWORD, form.shape);
    }
    if let Some(slot) = expected.slot {
        operands(slot, &expected, document, folder, words, &mut list);
    }
    for link in &expected.links {
        list.add(link.word, CompletionItemKind::KEYWORD, "linking word");
    }
    list.items.truncate(ITEMS);
    list.items
}

struct List {
    range: Range,
    items: Vec<CompletionItem>,
}

impl List {
    fn add(&mut self, word: &str, kind: CompletionItemKind, detail: &str) {
        let edit = TextEdit { range: self.range, new_text: word.to_owned() };
        self.items.push(CompletionItem {
            label: word.to_owned(),
            kind: Some(kind),
            detail: Some(detail.to_owned()).filter(|detail| !detail.is_empty()),
            // What stands here by the grammar comes in that order, names before linking words.
            sort_text: Some(format!("{:05}", self.items.len())),
            filter_text: Some(word.to_owned()),
            text_edit: Some(CompletionTextEdit::Edit(edit)),
            ..CompletionItem::default()
        });
    }
}

fn operands(
    slot: Slot,
    expected: &Expected,
    document: &Document,
    folder: &Folder,
    words: &Words,
    list: &mut List,
) {
    match slot {
        Slot::New(NameKind::Actor) => registered(NameKind::Actor, folder, list),
        Slot::Name(kind) | Slot::Names(kind) => {
            registered(kind, folder, list);
            declared(kind, expected, document, list);
            closed(kind, words, list);
        }
        Slot::Actors => {
            ROLES.iter().for_each(|role| list.add(role, CompletionItemKind::ENUM_MEMBER, "role"));
            registered(NameKind::Actor, folder, list);
        }
        Slot::Party | Slot::Parties => declared(NameKind::Actor, expected, document, list),
        Slot::Positions => positions(expected, document, list),
        Slot::FactKey => {
            FACT_KEYS.iter().for_each(|key| list.add(key, CompletionItemKind::ENUM_MEMBER, "kind of fact"));
            for (key, kind) in [
                ("fact", NameKind::Fact),
                ("judgement", NameKind::Judgement),
                ("matter", NameKind::Matter),
                ("measure", NameKind::Measure),
            ] {
                for name in document.index.gives(kind) {
                    list.add(&format!("{key}:{}", name.id), CompletionItemKind::ENUM_MEMBER, &name.text.en);
                }
            }
        }
        Slot::Word(all) | Slot::Words(all) => {
            all.iter().for_each(|word| list.add(word, CompletionItemKind::ENUM_MEMBER, ""));
        }
        Slot::New(_) | Slot::Number | Slot::Time | Slot::Text | Slot::Zone | Slot::Free => {}
    }
}

/// Names of the registries.
fn registered(kind: NameKind, folder: &Folder, list: &mut List) {
    let en =
        |names: &std::collections::BTreeMap<String, String>| names.get("en").cloned().unwrap_or_default();
    match kind {
        NameKind::Actor => {
            for actor in folder.actors.iter().flat_map(|all| all.iter()) {
                list.add(actor.id.as_str(), CompletionItemKind::CLASS, &en(&actor.names));
            }
        }
        NameKind::Area => {
            for area in folder.areas.iter().flat_map(|all| all.iter()) {
                list.add(area.id.as_str(), CompletionItemKind::VALUE, &en(&area.names));
            }
        }
        NameKind::Source => {
            for source in folder.sources.iter().flat_map(|all| all.iter()) {
                list.add(source.id.as_str(), CompletionItemKind::VALUE, &en(&source.names));
            }
        }
        _ => {}
    }
}

/// Names that the agreement gives; of exceptions and steps, those of this clause.
fn declared(kind: NameKind, expected: &Expected, document: &Document, list: &mut List) {
    let clause = expected.clause.as_deref().unwrap_or_default();
    for name in document.index.gives(kind) {
        let within = matches!(kind, NameKind::Exception | NameKind::Step);
        if !within || name.of == clause {
            list.add(&name.id, CompletionItemKind::VARIABLE, &name.text.en);
        }
    }
}

/// Words of the vocabulary.
fn closed(kind: NameKind, words: &Words, list: &mut List) {
    let all: Vec<&str> = match kind {
        NameKind::Act => Act::ALL.iter().map(|act| act.as_str()).collect(),
        NameKind::Weapon => {
            ["any-weapon"].into_iter().chain(Weapon::ALL.iter().map(|w| w.as_str())).collect()
        }
        NameKind::Target => Target::ALL.iter().map(|target| target.as_str()).collect(),
        _ => return,
    };
    for word in all {
        let said = words.of(kind, word).remove("en").unwrap_or_default();
        list.add(word, CompletionItemKind::ENUM_MEMBER, &said);
    }
}

/// `matter=`, and after it the positions on that matter.
fn positions(expected: &Expected, document: &Document, list: &mut List) {
    match &expected.matter {
        None => {
            for matter in document.index.gives(NameKind::Matter) {
                list.add(&format!("{}=", matter.id), CompletionItemKind::VARIABLE, &matter.text.en);
            }
        }
        Some(matter) => {
            for position in document.index.gives(NameKind::Position).filter(|one| one.of == *matter) {
                list.add(&position.id, CompletionItemKind::ENUM_MEMBER, &position.text.en);
            }
        }
    }
}
