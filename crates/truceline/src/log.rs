//! What each entry of the log holds, and the store opened for it. The bodies written here stay readable in every later
//! version: a field may be added, none changes its meaning.
//!
//! Never interprets a report: it is logged before anything parses it.

use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};
use truceline_intake::Layout;
use truceline_model::Vouched;
use truceline_record::{Digest, Secret, digest_of};
use truceline_store::{NewEntry, Object, OpenError, Store};

use crate::committed::{self, Raw};
use crate::failure::Failure;
use crate::projecting;

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
    /// A file that came with a report.
    pub(crate) const ATTACHMENT: &str = "attachment";
    /// A person's decision.
    pub(crate) const DECISION: &str = "decision";
    /// What somebody does in a case.
    pub(crate) const CASE: &str = "case";
    /// A bulletin, frozen.
    pub(crate) const BULLETIN: &str = "bulletin";
    /// Somebody passed a bulletin, by its digest.
    pub(crate) const SIGN_OFF: &str = "sign-off";
    /// A note that the watch hands over.
    pub(crate) const HANDOVER: &str = "handover";
    /// Somebody took a note over, by its digest.
    pub(crate) const TAKEOVER: &str = "takeover";
    /// Somebody asks that a sealed source be opened.
    pub(crate) const SEAL_REQUEST: &str = "seal-request";
    /// A holder releases its share for one request.
    pub(crate) const SEAL_RELEASE: &str = "seal-release";
    /// A sealed source was opened, by whom and why.
    pub(crate) const SEAL_OPENING: &str = "seal-opening";
    /// Who was shown what that could harm somebody: a second's worth of reads.
    pub(crate) const READ: &str = "read";
    /// What two people had destroyed, by its digests.
    pub(crate) const ERASURE: &str = truceline_record::ERASURE;
    /// Another key of the log in place of the one before.
    pub(crate) const KEY_CHANGE: &str = truceline_record::KEY_CHANGE;
    /// An office, admitted or sent away.
    pub(crate) const OFFICE: &str = "office";
    /// The centre that this office forwards to.
    pub(crate) const CENTRE: &str = "centre";
    /// An entry of an office's log.
    pub(crate) const FORWARDED: &str = "forwarded";
    /// How far an office's log was taken in.
    pub(crate) const TAKEN: &str = "taken";
    /// How far this office's log is proven to stand in the centre's.
    pub(crate) const COVERED: &str = "covered";
    /// Two histories that an office signed.
    pub(crate) const FORKED: &str = "forked";
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

/// The same clock in seconds since 1970-01-01 (UTC), as witnesses date what they sign.
pub(crate) fn seconds() -> u64 {
    u64::try_from(Timestamp::now().as_second()).unwrap_or_default()
}

/// An entry of what somebody does now: these fields, closed, with the moment beside them; `open` stays for everybody to read.
///
/// # Errors
/// When there is no randomness.
pub(crate) fn noted(
    kind: &str,
    fields: Vec<(&'static str, Value)>,
    open: &[(&str, Value)],
) -> Result<NewEntry, Failure> {
    let now = now();
    let mut all = vec![("at", json!(now))];
    all.extend(fields);
    committed::entry(kind, &day_of(&now), &all, open, Raw::None)
}

/// The day of a moment, at its first second: what the envelope of an entry shows where the hour could help to find a person.
pub(crate) fn day_of(at: &str) -> String {
    format!("{}T00:00:00Z", at.get(..10).unwrap_or("1970-01-01"))
}

/// Opens the store for writing, or makes it. `origin` names the log in its checkpoints.
///
/// # Errors
/// When the folder cannot be used; the words say what to do.
pub(crate) fn open_or_create(dir: &Path, origin: &str) -> Result<Store, Failure> {
    if Store::is_there(dir) {
        return open(dir);
    }
    Store::create(dir, origin, *seed()?).map_err(|e| Failure::operation("make the store", &e))
}

/// A secret key for a log, from the system's source of randomness; wiped when it is dropped.
///
/// # Errors
/// When the system has none to give.
pub(crate) fn seed() -> Result<zeroize::Zeroizing<[u8; 32]>, Failure> {
    crate::secrets::draw_secret()
}

/// How long another process that writes is waited for: a desk at work holds the store for the length of a commit, again and again.
const TURN: Duration = Duration::from_secs(5);
/// How often it is looked whether the other one has ended.
const LOOK: Duration = Duration::from_millis(20);

/// Opens an existing store for writing, in its turn.
///
/// # Errors
/// When there is none, or another process goes on writing to it.
pub(crate) fn open(dir: &Path) -> Result<Store, Failure> {
    if let Some(opened) = open_in_turn(dir)? {
        return Ok(opened);
    }
    let opened = Store::open(dir).map_err(|e| Failure::operation("open the store", &e))?;
    Ok(projecting::with_each_commit(opened))
}

/// As [`open`]; `None` where another process writes to it for too long.
///
/// # Errors
/// When there is none, or it cannot be opened.
pub(crate) fn open_in_turn(dir: &Path) -> Result<Option<Store>, Failure> {
    let since = Instant::now();
    loop {
        let opened = open_unless_in_use(dir)?;
        if opened.is_some() || since.elapsed() > TURN {
            return Ok(opened);
        }
        std::thread::sleep(LOOK);
    }
}

/// As [`open`], at once; `None` while another process writes to it.
///
/// # Errors
/// When there is none, or it cannot be opened.
pub(crate) fn open_unless_in_use(dir: &Path) -> Result<Option<Store>, Failure> {
    there(dir)?;
    match Store::open(dir) {
        Ok(opened) => Ok(Some(projecting::with_each_commit(opened))),
        Err(OpenError::InUse { .. }) => Ok(None),
        Err(error) => Err(Failure::operation("open the store", &error)),
    }
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
/// file's name is not in it: the same file under another name brings nothing new. First the key under the store's secret; second the one
/// that entries of older stores have, by which they are found again.
pub(crate) fn report_keys(
    secret: &Secret,
    mapping: &Digest,
    header: &[u8],
    raw: &Digest,
    occurrence: u64,
) -> ([u8; 32], [u8; 32]) {
    let (mapping, raw, occurrence) = (mapping.to_string(), raw.to_string(), occurrence.to_string());
    let parts = ["report", &mapping, &raw, &occurrence];
    (secret.digest(&parts, &[header]).0, key(&parts, &[header]))
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

/// An entry for one report: its bytes are salted, since a row of a table is easily guessed.
///
/// # Errors
/// When there is no randomness.
pub(crate) fn report(at: &str, row: Row, key: [u8; 32], raw: Raw) -> Result<NewEntry, Failure> {
    let open = [
        ("file", json!(row.file)),
        ("row", json!(row.row)),
        ("start", json!(row.start)),
        ("shape", json!(row.shape.as_str())),
    ];
    Ok(NewEntry { key: Some(key), ..committed::entry(kind::REPORT, at, &[], &open, raw)? })
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
    /// The sealed name of its source, where that is sealed.
    pub(crate) seal: Option<Value>,
    /// Who of the mission took it down, where that is known.
    pub(crate) by: Option<String>,
    /// Digest of all that they sent: by it a second sending under the same key is told from another report.
    pub(crate) sent: Option<String>,
}

/// What makes a text the same text: its bytes, its source and the stated time, whatever the file's name. First the key under the store's
/// secret, then that of older entries.
pub(crate) fn words_keys(secret: &Secret, told: &Told, raw: &Digest) -> ([u8; 32], [u8; 32]) {
    let raw = raw.to_string();
    let parts = ["words", &told.source, told.known.as_deref().unwrap_or_default(), &raw];
    (secret.digest(&parts, &[]).0, key(&parts, &[]))
}

/// An entry for a text. It shows that a text came, on which day, and its shape; everything else it commits to. Whether the source is
/// sealed cannot be told from it either.
///
/// # Errors
/// When there is no randomness.
pub(crate) fn words(
    at: &str,
    told: &Told,
    shape: Shape,
    key: [u8; 32],
    raw: Raw,
) -> Result<NewEntry, Failure> {
    let mut fields = vec![
        ("at", json!(at)),
        ("name", json!(told.name)),
        ("source", json!(told.source)),
        ("known", json!(told.known)),
        ("date", json!(told.date)),
        ("country", json!(told.country)),
        ("language", json!(told.language)),
        ("address", json!(told.address)),
        ("through", json!(told.through)),
        ("seal", told.seal.clone().unwrap_or_default()),
    ];
    let more = [("by", &told.by), ("sent", &told.sent)];
    fields.extend(more.into_iter().filter_map(|(name, value)| Some((name, json!(value.as_ref()?)))));
    let open = [("shape", json!(shape.as_str()))];
    Ok(NewEntry { key: Some(key), ..committed::entry(kind::WORDS, &day_of(at), &fields, &open, raw)? })
}

/// An entry for a text that is kept elsewhere: its digest, and no byte of it. It is published, so that nothing of it is hidden.
pub(crate) fn words_elsewhere(at: &str, told: &Told, raw: &Digest) -> NewEntry {
    let known = told.known.as_deref();
    NewEntry {
        kind: kind::WORDS.into(),
        at: at.into(),
        body: json!({
            "name": told.name, "source": told.source, "known": known, "date": told.date, "country": told.country,
            "language": told.language, "address": told.address, "through": told.through,
            "shape": Shape::Elsewhere.as_str(), "digest": raw.to_string(),
        }),
        key: Some(key(&["words", &told.source, known.unwrap_or_default(), &raw.to_string()], &[])),
        objects: Vec::new(),
    }
}

/// What makes two decisions on one proposal the same step: the proposal, and the entry that it stood by before.
pub(crate) fn step_key(proposal: &str, after: u64) -> [u8; 32] {
    key(&["proposal", proposal, &after.to_string()], &[])
}

/// An entry for a person's step on a text: all that it says is closed, for it quotes the text.
///
/// # Errors
/// When there is no randomness.
pub(crate) fn step(
    at: &str,
    known: &str,
    by: &str,
    why: &str,
    what: Value,
    key: [u8; 32],
) -> Result<NewEntry, Failure> {
    let fields =
        [("at", json!(at)), ("by", json!(by)), ("known", json!(known)), ("why", json!(why)), ("what", what)];
    let entry = committed::entry(kind::DECISION, &day_of(at), &fields, &[], Raw::None)?;
    Ok(NewEntry { key: Some(key), ..entry })
}

/// An entry for an act in a case. It shows which case, and the day; who acts, when, what and in which words it commits to, so that an entry
/// does not tell when somebody of the public called, and words can be destroyed without the act. What vouches for whoever is named stands in it, too.
///
/// # Errors
/// When there is no randomness.
pub(crate) fn case(
    at: &str,
    (by, vouched): (&str, Vouched),
    case: InCase,
    act: Value,
    words: Option<&str>,
) -> Result<NewEntry, Failure> {
    let fields = [
        ("act", act),
        ("at", json!(at)),
        ("by", json!(by)),
        ("vouched", json!(vouched.as_str())),
        ("words", json!(words)),
    ];
    let open = match case {
        InCase::None => ("case", Value::Null),
        InCase::Own(case) => ("case", json!(case)),
        InCase::Centre(case) => ("centre", json!(case)),
    };
    committed::entry(kind::CASE, &day_of(at), &fields, &[open], Raw::None)
}

/// In which case an act is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InCase {
    /// In none: it opens one, or speaks of the clock.
    None,
    /// In one of this log.
    Own(u64),
    /// In one of the log of the centre that this office forwards to, under that log's number.
    Centre(u64),
}

impl From<Option<u64>> for InCase {
    fn from(case: Option<u64>) -> Self {
        case.map_or(Self::None, Self::Own)
    }
}

/// An entry for a person's decision, which holds from the moment `known` on. What is decided is open; who decided and why are closed, since a
/// reason can name a source, and whoever has the tree has no need of either.
///
/// # Errors
/// When there is no randomness.
pub(crate) fn decision(at: &str, known: &str, by: &str, why: &str, what: Value) -> Result<NewEntry, Failure> {
    let fields = [("by", json!(by)), ("why", json!(why))];
    committed::entry(kind::DECISION, at, &fields, &[("known", json!(known)), ("what", what)], Raw::None)
}

/// The same for what a mission ships and publishes on purpose: nothing of it is closed.
pub(crate) fn shown_decision(at: &str, known: &str, by: &str, why: &str, what: Value) -> NewEntry {
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
