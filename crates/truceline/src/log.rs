//! What each entry of the log holds, and the store opened for it. The bodies written here stay readable in every later
//! version: a field may be added, none changes its meaning.
//!
//! Never interprets a report: it is logged before anything parses it.

use std::path::Path;

use jiff::Timestamp;
use serde_json::{Value, json};
use truceline_intake::Layout;
use truceline_record::{Digest, digest_of};
use truceline_store::{NewEntry, Object, Store};

use crate::failure::Failure;

/// Kinds of entries.
pub(crate) mod kind {
    /// Files of a mission folder.
    pub(crate) const MISSION: &str = "mission";
    /// A column mapping.
    pub(crate) const MAPPING: &str = "mapping";
    /// A file of reports: its name, mapping and header.
    pub(crate) const FILE: &str = "file";
    /// One report as it came.
    pub(crate) const REPORT: &str = "report";
    /// A text as it came.
    pub(crate) const WORDS: &str = "words";
    /// A person's decision.
    pub(crate) const DECISION: &str = "decision";
    /// A bulletin, frozen.
    pub(crate) const BULLETIN: &str = "bulletin";
}

/// How much of a report's bytes could be kept in one piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// All of it.
    Whole,
    /// The file ended inside it.
    Cut,
    /// Longer than a record may be; kept in the vault, never parsed.
    Oversized,
    /// A whole file in which no records could be told apart.
    File,
    /// A text that is kept by whoever read it; here only its digest, and what people confirmed of it.
    Elsewhere,
}

impl Shape {
    /// The word in the log.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Cut => "cut",
            Self::Oversized => "oversized",
            Self::File => "file",
            Self::Elsewhere => "elsewhere",
        }
    }

    /// Reads the word.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        [Self::Whole, Self::Cut, Self::Oversized, Self::File, Self::Elsewhere]
            .into_iter()
            .find(|shape| shape.as_str() == word)
    }
}

/// The clock: the only place where the program asks what time it is. UTC, whole seconds.
pub(crate) fn now() -> String {
    let second = Timestamp::now().as_second();
    Timestamp::from_second(second).map_or_else(|_| "1970-01-01T00:00:00Z".into(), |t| t.to_string())
}

/// Opens the store for writing, or makes it. `origin` names the log in its checkpoints.
///
/// # Errors
/// When the folder cannot be used; the words say what to do.
pub(crate) fn open_or_create(dir: &Path, origin: &str) -> Result<Store, Failure> {
    if Store::is_there(dir) {
        return Store::open(dir).map_err(|e| Failure::operation("open the store", &e));
    }
    Store::create(dir, origin, seed()?).map_err(|e| Failure::operation("make the store", &e))
}

/// A secret key for a log, from the system's source of randomness.
///
/// # Errors
/// When the system has none to give.
pub(crate) fn seed() -> Result<[u8; 32], Failure> {
    let mut seed = [0_u8; 32];
    getrandom::fill(&mut seed).map_err(|e| Failure::operation("draw a key for the log", &e))?;
    Ok(seed)
}

/// Opens an existing store for writing.
///
/// # Errors
/// When there is none, or another process writes to it.
pub(crate) fn open(dir: &Path) -> Result<Store, Failure> {
    there(dir)?;
    Store::open(dir).map_err(|e| Failure::operation("open the store", &e))
}

/// A folder without a store: what would be right is a command.
fn there(dir: &Path) -> Result<(), Failure> {
    if Store::is_there(dir) {
        return Ok(());
    }
    let say = format!("{} holds no store; truceline load MISSION --store DIR makes one", dir.display());
    Err(Failure::operation("open the store", &say))
}

/// Opens an existing store for reading.
///
/// # Errors
/// When there is none.
pub(crate) fn open_read_only(dir: &Path) -> Result<Store, Failure> {
    there(dir)?;
    Store::open_read_only(dir).map_err(|e| Failure::operation("open the store", &e))
}

/// Opens an existing store to verify it: also one that is refused for anything else.
///
/// # Errors
/// When there is none.
pub(crate) fn open_to_verify(dir: &Path) -> Result<Store, Failure> {
    there(dir)?;
    Store::open_to_verify(dir).map_err(|e| Failure::operation("open the store", &e))
}

/// An entry for the files of a mission folder. Logged once for the same bytes.
pub(crate) fn mission(at: &str, id: &str, files: &[(&str, &[u8])]) -> NewEntry {
    let listed: serde_json::Map<String, Value> = files
        .iter()
        .map(|(name, bytes)| ((*name).to_owned(), Value::String(digest_of(bytes).to_string())))
        .collect();
    let body = json!({ "id": id, "files": listed });
    NewEntry {
        kind: kind::MISSION.into(),
        at: at.into(),
        key: Some(key(&["mission", &body.to_string()], &[])),
        objects: files.iter().map(|(_, bytes)| Object::Bytes(bytes.to_vec())).collect(),
        body,
    }
}

/// An entry for a mapping. Logged once for the same bytes.
pub(crate) fn mapping(at: &str, id: &str, text: &[u8]) -> NewEntry {
    NewEntry {
        kind: kind::MAPPING.into(),
        at: at.into(),
        body: json!({ "id": id, "digest": digest_of(text).to_string() }),
        key: Some(key(&["mapping", id], &[text])),
        objects: vec![Object::Bytes(text.to_vec())],
    }
}

/// An entry for a file of reports; its reports refer to its number. `header` is the raw header record of a CSV file.
pub(crate) fn file(
    at: &str,
    name: &str,
    mapping_entry: u64,
    encoding: Option<&str>,
    layout: Layout,
    header: &[u8],
) -> NewEntry {
    let laid_out = match layout {
        Layout::Csv { delimiter } => format!("csv:{delimiter}"),
        Layout::JsonLines => "jsonl".to_owned(),
    };
    let mapping = mapping_entry.to_string();
    NewEntry {
        kind: kind::FILE.into(),
        at: at.into(),
        body: json!({ "name": name, "mapping": mapping_entry, "encoding": encoding, "layout": laid_out }),
        key: Some(key(&["file", name, &mapping, encoding.unwrap_or_default(), &laid_out], &[header])),
        objects: vec![Object::Bytes(header.to_vec())],
    }
}

/// What makes a report the same report: mapping, header, bytes, and how many equal rows came before it in its file. The
/// file's name is not in it: the same file under another name brings nothing new.
pub(crate) fn report_key(mapping: &Digest, header: &[u8], raw: &Digest, occurrence: u64) -> [u8; 32] {
    let occurrence = occurrence.to_string();
    key(&["report", &mapping.to_string(), &raw.to_string(), &occurrence], &[header])
}

/// Where a report stood in its file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    /// Entry of its file.
    pub(crate) file: u64,
    /// Row as a spreadsheet numbers it.
    pub(crate) row: u64,
    /// First byte in the file.
    pub(crate) start: u64,
    /// How it was cut.
    pub(crate) shape: Shape,
}

/// An entry for one report.
pub(crate) fn report(at: &str, row: Row, key: [u8; 32], raw: Object) -> NewEntry {
    NewEntry {
        kind: kind::REPORT.into(),
        at: at.into(),
        body: json!({ "file": row.file, "row": row.row, "start": row.start, "shape": row.shape.as_str() }),
        key: Some(key),
        objects: vec![raw],
    }
}

/// What is told of a text beside its bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    /// Name of the file or message.
    pub(crate) name: String,
    /// Who sent or published it.
    pub(crate) source: String,
    /// When it became known, where that is stated.
    pub(crate) known: Option<String>,
    /// The day on which it was written.
    pub(crate) date: Option<String>,
    /// The country that it speaks of.
    pub(crate) country: Option<String>,
    /// The language that it is said to be in.
    pub(crate) language: Option<String>,
    /// Its public address.
    pub(crate) address: Option<String>,
    /// Channels that it came through.
    pub(crate) through: Vec<String>,
}

/// An entry for a text. The same bytes from the same source at the same stated time are one text, whatever the file's name.
pub(crate) fn words(at: &str, told: &Told, shape: Shape, raw: &Digest, object: Object) -> NewEntry {
    let known = told.known.as_deref();
    NewEntry {
        kind: kind::WORDS.into(),
        at: at.into(),
        body: json!({
            "name": told.name, "source": told.source, "known": known, "date": told.date, "country": told.country,
            "language": told.language, "address": told.address, "through": told.through, "shape": shape.as_str(),
        }),
        key: Some(key(&["words", &told.source, known.unwrap_or_default(), &raw.to_string()], &[])),
        objects: vec![object],
    }
}

/// An entry for a text that is kept elsewhere: its digest, and no byte of it.
pub(crate) fn words_elsewhere(at: &str, told: &Told, raw: &Digest) -> NewEntry {
    let mut entry = words(at, told, Shape::Elsewhere, raw, Object::Bytes(Vec::new()));
    entry.objects.clear();
    if let Some(body) = entry.body.as_object_mut() {
        body.insert("digest".to_owned(), json!(raw.to_string()));
    }
    entry
}

/// What makes two decisions on one proposal the same step: the proposal, and the entry that it stood by before.
pub(crate) fn step_key(proposal: &str, after: u64) -> [u8; 32] {
    key(&["proposal", proposal, &after.to_string()], &[])
}

/// An entry for a person's decision, which holds from the moment `known` on.
pub(crate) fn decision(at: &str, known: &str, by: &str, why: &str, what: Value) -> NewEntry {
    NewEntry {
        kind: kind::DECISION.into(),
        at: at.into(),
        body: json!({ "by": by, "known": known, "why": why, "what": what }),
        key: None,
        objects: Vec::new(),
    }
}

/// A digest over parts, each with its length before it, so that no two lists of parts run together.
fn key(words: &[&str], bytes: &[&[u8]]) -> [u8; 32] {
    let mut all = Vec::new();
    for part in words.iter().map(|w| w.as_bytes()).chain(bytes.iter().copied()) {
        all.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        all.extend_from_slice(part);
    }
    digest_of(&all).0
}
