//! The centre's side: a letter opened, checked against what the office signed before, and taken in.
//!
//! All of a letter is taken or nothing; taken twice it changes nothing. The order of an office's log is kept, and no entry of it can be left
//! out unseen. Never parses a report: each goes into the log as the office's own bytes, before anything reads it.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use truceline_record::{Digest, Entry, Extract, Extracted, Item, digest_of};
use truceline_store::{CARRIED_BYTES, Cut, NewEntry, Object, Outcome, Store};

use super::letter::Letter;
use super::register::{Office, offices};
use super::{STAYING, is_forwarded, of_kinds};
use crate::failure::Failure;
use crate::log::{self, Shape, kind};

/// Longest answer, in bytes of entries; more waits for the next letter.
const ANSWER_BYTES: usize = 32 << 20;

/// Why a letter is not taken.
#[derive(Debug)]
pub(crate) enum Refused {
    /// No letter, or nothing that it says holds.
    Wrong(String),
    /// Nobody admitted whoever signed it.
    Unknown,
    /// It was admitted, and sent away.
    Dismissed(String),
    /// Entries before it are missing here: the number from which on they are wanted.
    Gap(u64),
    /// The office signed another history before; its name.
    Forked(String),
    /// The store would not.
    Operation(Failure),
}

impl Refused {
    /// For the office, and for the HTTP status: nothing in it helps a stranger.
    pub(crate) fn say(&self) -> String {
        match self {
            Self::Wrong(say) => format!("this letter is refused: {say}"),
            Self::Unknown => {
                "this letter is refused: no office with this log is admitted here; truceline office admit"
                    .to_owned()
            }
            Self::Dismissed(name) => format!("this letter is refused: the office {name} was sent away"),
            Self::Gap(from) => format!("this letter is refused: entries from {from} on are wanted first"),
            Self::Forked(name) => {
                format!(
                    "this letter is refused: the log of {name} has two histories; both are on record here"
                )
            }
            Self::Operation(failure) => failure.to_string(),
        }
    }

    /// As a status of HTTP.
    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::Wrong(_) => 400,
            Self::Unknown | Self::Dismissed(_) => 403,
            Self::Gap(_) => 409,
            Self::Forked(_) => 422,
            Self::Operation(_) => 503,
        }
    }
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self::Operation(failure)
    }
}

/// A letter taken in.
#[derive(Debug)]
pub(crate) struct Taken {
    /// From whom.
    pub(crate) office: String,
    /// Entries taken in now.
    pub(crate) new: u64,
    /// Entries that had been taken in before.
    pub(crate) known: u64,
    /// The answer to send back.
    pub(crate) answer: Vec<u8>,
}

/// Takes a letter in, and signs.
///
/// # Errors
/// Why not; then nothing of it is taken.
pub(crate) fn take(store: &mut Store, letter: &Letter) -> Result<Taken, Refused> {
    let (office, proven) = from_whom(store, &letter.extract)?;
    let last = last_taken(store, &office)?;
    goes_on(store, &office, letter, &proven, last)?;
    let at = log::now();
    let mut carried: BTreeMap<Digest, &[u8]> =
        letter.extract.objects.iter().map(|object| (digest_of(object), object.as_slice())).collect();
    let mut new = Vec::new();
    for (n, item) in (letter.extract.from..).zip(&letter.extract.items) {
        let entry = match item {
            Item::Entry(bytes) => Entry::from_bytes(bytes).map_err(|e| Refused::Wrong(e.to_string()))?,
            Item::Hash(_) => continue,
        };
        if entry.n != n || !is_forwarded(&entry) {
            return Err(Refused::Wrong(format!("entry {n} is none that an office forwards")));
        }
        new.push(forwarded(store, &office, &at, (&entry, item), &mut carried)?);
    }
    if letter.extract.to() > last.map_or(0, |(to, _)| to) {
        new.push(taken_entry(&office, &at, &letter.extract, &proven));
    }
    let done = store.append(&new).map_err(|e| Failure::operation("take the letter in", &e))?;
    crate::import::sign(store)?;
    let of_reports = done.iter().zip(&new).filter(|(_, new)| new.kind == kind::FORWARDED);
    let known = of_reports.clone().filter(|(done, _)| done.outcome == Outcome::Duplicate).count() as u64;
    let first = of_reports.clone().map(|(done, _)| done.n).min();
    let answer = answer(store, &office, letter.seen, first)?;
    Ok(Taken { office: office.name, new: of_reports.count() as u64 - known, known, answer })
}

fn from_whom(store: &Store, extract: &Extract) -> Result<(Office, Extracted), Refused> {
    let all = offices(store)?;
    let signed = all.into_values().find(|office| office.key.open(&extract.note).is_ok());
    let office = signed.ok_or(Refused::Unknown)?;
    if !office.admitted {
        return Err(Refused::Dismissed(office.name));
    }
    let proven = extract.check(&office.key).map_err(|e| Refused::Wrong(e.to_string()))?;
    Ok((office, proven))
}

/// How much of an office's log was taken in, and its root there.
fn last_taken(store: &Store, office: &Office) -> Result<Option<(u64, Digest)>, Failure> {
    let log = office.log().to_string();
    let read = |entry: &Entry| {
        let word = |name: &str| entry.body.get(name).and_then(Value::as_str);
        word("log").filter(|found| *found == log)?;
        Some((entry.body.get("to")?.as_u64()?, word("root")?.parse().ok()?))
    };
    Ok(of_kinds(store, &[kind::TAKEN])?.iter().filter_map(read).max_by_key(|(to, _)| *to))
}

/// How many entries of an office's log were taken in.
///
/// # Errors
/// When the log cannot be read.
pub(crate) fn taken_to(store: &Store, office: &Office) -> Result<u64, Failure> {
    Ok(last_taken(store, office)?.map_or(0, |(to, _)| to))
}

/// The receipt that an office's entry has here; of a report that had come here before, that one's.
///
/// # Errors
/// When the log cannot be read.
pub(crate) fn number_of(store: &Store, office: &Office, n: u64) -> Result<Option<u64>, Failure> {
    let fail = |e| Failure::operation("read the log", &e);
    let Some(number) = store.number_of(&forwarded_key(office, n)).map_err(fail)? else { return Ok(None) };
    let entry = store.entry(number).map_err(fail)?;
    let same = entry.as_ref().and_then(|entry| entry.body.get("same")).and_then(Value::as_u64);
    Ok(Some(same.unwrap_or(number)))
}

/// Whether the letter goes on from what was taken before, and is the same history.
fn goes_on(
    store: &mut Store,
    office: &Office,
    letter: &Letter,
    proven: &Extracted,
    last: Option<(u64, Digest)>,
) -> Result<(), Refused> {
    let (to, root) = last.unwrap_or((0, truceline_record::empty_root()));
    let extract = &letter.extract;
    if extract.from > to {
        return Err(Refused::Gap(to));
    }
    let same = match proven.root_at(to) {
        Some(found) => found == root,
        // All of it was taken in before: each entry must be the very one.
        None => same_as_before(store, office, extract)?,
    };
    if same {
        return Ok(());
    }
    let body = json!({
        "office": office.name, "log": office.log().to_string(), "to": to, "root": root.to_string(),
        "note": String::from_utf8_lossy(&extract.note),
    });
    let key = digest_of(format!("forked {} {}", office.log(), digest_of(&extract.note)).as_bytes());
    let evidence = NewEntry {
        kind: kind::FORKED.into(),
        at: log::now(),
        body,
        key: Some(key.0),
        objects: vec![Object::Bytes(extract.to_bytes().unwrap_or_default())],
    };
    store.append(&[evidence]).map_err(|e| Failure::operation("keep the two histories", &e))?;
    crate::import::sign(store)?;
    Err(Refused::Forked(office.name.clone()))
}

fn same_as_before(store: &Store, office: &Office, extract: &Extract) -> Result<bool, Refused> {
    let fail = |e| Refused::Operation(Failure::operation("read the log", &e));
    for (n, item) in (extract.from..).zip(&extract.items) {
        let Item::Entry(_) = item else { continue };
        let number = store.number_of(&forwarded_key(office, n)).map_err(fail)?;
        let entry = number.map(|number| store.entry(number)).transpose().map_err(fail)?.flatten();
        let leaf = entry.as_ref().and_then(|entry| entry.body.get("leaf")).and_then(Value::as_str);
        if leaf != Some(item.leaf().to_string().as_str()) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Under which key an office's entry is taken in, once.
fn forwarded_key(office: &Office, n: u64) -> [u8; 32] {
    digest_of(format!("forwarded {} {n}", office.log()).as_bytes()).0
}

/// The centre's entry around an office's.
fn forwarded(
    store: &Store,
    office: &Office,
    at: &str,
    (entry, item): (&Entry, &Item),
    carried: &mut BTreeMap<Digest, &[u8]>,
) -> Result<NewEntry, Refused> {
    let fail = |e| Refused::Operation(Failure::operation("read the vault", &e));
    let bytes = entry.to_bytes().map_err(|e| Refused::Wrong(e.to_string()))?;
    let mut objects = vec![Object::Bytes(bytes)];
    let mut missing = Vec::new();
    for digest in &entry.objects {
        if let Some(object) = carried.get(digest) {
            objects.push(Object::Bytes(object.to_vec()));
        } else if store.holds(digest).map_err(fail)? {
            objects.push(Object::Kept(*digest));
        } else if !stays_behind(entry) {
            missing.push(digest.to_string());
        }
    }
    let mut body = json!({
        "office": office.name, "log": office.log().to_string(), "n": entry.n, "leaf": item.leaf().to_string(),
    });
    // The same report may have come to the centre too: then it is one report, and the office's number stands for that one.
    let same = entry.key.map(|key| store.number_of(&key.0)).transpose().map_err(fail)?.flatten();
    let same =
        same.filter(|same| store.entry(*same).ok().flatten().is_some_and(|own| own.kind == entry.kind));
    if let (Some(same), Some(body)) = (same, body.as_object_mut()) {
        body.insert("same".to_owned(), json!(same));
    }
    // Erased at the office, it says; the entry stands all the same, and that it came so is on record.
    if let (false, Some(body)) = (missing.is_empty(), body.as_object_mut()) {
        body.insert("missing".to_owned(), json!(missing));
    }
    let key = Some(forwarded_key(office, entry.n));
    Ok(NewEntry { kind: kind::FORWARDED.into(), at: at.to_owned(), body, key, objects })
}

/// Whether an entry may come without its bytes: a bulletin's files stay at the office, nothing as long as [`CARRIED_BYTES`] is ever parsed, and it says so itself.
fn stays_behind(entry: &Entry) -> bool {
    const { assert!(CARRIED_BYTES > truceline_intake::prose::TEXT_LIMIT) };
    let shape = entry.body.get("shape").and_then(Value::as_str).and_then(Shape::parse);
    STAYING.contains(&entry.kind.as_str()) || matches!(shape, Some(Shape::Oversized | Shape::File))
}

fn taken_entry(office: &Office, at: &str, extract: &Extract, proven: &Extracted) -> NewEntry {
    let to = extract.to();
    let root = proven.root_at(to).unwrap_or_else(truceline_record::empty_root);
    let body = json!({
        "office": office.name, "log": office.log().to_string(), "from": extract.from, "to": to, "root": root.to_string(),
        "note": String::from_utf8_lossy(&extract.note),
    });
    NewEntry { kind: kind::TAKEN.into(), at: at.to_owned(), body, key: None, objects: Vec::new() }
}

/// An extract of this log from the first entry of the letter on: what the office must see to believe.
fn answer(store: &Store, office: &Office, seen: u64, first: Option<u64>) -> Result<Vec<u8>, Refused> {
    let fail = |e: &dyn std::fmt::Display| Refused::Operation(Failure::operation("write the answer", e));
    let last = store.last_checkpoint().map_err(|e| fail(&e))?.map_or(0, |last| last.size);
    let log = office.log().to_string();
    let theirs = |entry: &Entry| {
        entry.kind == kind::FORWARDED && entry.body.get("log").and_then(Value::as_str) == Some(&log)
    };
    let seen = Some(seen).filter(|seen| (1..=last).contains(seen));
    let cut = Cut { from: first.unwrap_or(last), at_most: ANSWER_BYTES, seen, objects: false, staying: &[] };
    // The office has its own bytes; the centre's entries around them are what it lacks.
    let extract = store.extract(cut, theirs).map_err(|e| fail(&e))?;
    extract.to_bytes().map_err(|e| fail(&e))
}
