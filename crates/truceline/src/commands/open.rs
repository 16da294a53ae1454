//! `open` and the check of what it makes: one entry with its proof and chosen fields, for somebody who has neither store nor network.

use std::path::Path;

use serde_json::{Value, json};
use truceline_record::{Commitments, EntryProof, LogVerifier, Opened, OpenedEntry, WitnessVerifier};
use truceline_store::Store;

use crate::cli::secrets::Open;
use crate::cli::{EXIT_FOUND, Format};
use crate::failure::Failure;
use crate::loaded::broken;
use crate::{log, out};

/// Reads `r12` or `12`.
pub(super) fn entry_number(text: &str) -> Result<u64, Failure> {
    super::decide::receipt(text).map(|receipt| receipt.0)
}

/// The proof of an entry under the checkpoint with most cosignatures that covers it.
///
/// # Errors
/// When it is not signed yet, or the store cannot be read.
pub(super) fn proof(store: &Store, n: u64) -> Result<(EntryProof, u64), Failure> {
    let (last, hashes) = store.prove_inclusion(n).map_err(|e| Failure::operation("prove the entry", &e))?;
    let note = store.checkpoint_note().map_err(|e| Failure::operation("read the checkpoint", &e))?;
    let kept = store.cosigned().map_err(|e| Failure::operation("read what was cosigned", &e))?;
    let cosigned = kept.into_iter().find(|kept| kept.checkpoint == last).map(|kept| kept.note);
    let note = cosigned.or(note).unwrap_or_default();
    Ok((EntryProof { extra: None, index: n, hashes, note }, last.size))
}

/// Writes the opened entry into a file.
///
/// # Errors
/// When there is no such entry or field, something was erased, or the file cannot be written.
pub(crate) fn open(asked: &Open) -> Result<u8, Failure> {
    let n = entry_number(&asked.entry)?;
    let store = log::open_read_only(&asked.at.store)?;
    let names: Vec<&str> = asked.fields.iter().map(|name| name.trim()).collect();
    let (opened, size) = opened(&store, n, &names)?;
    let bytes = opened.to_bytes().map_err(|e| Failure::operation("open the entry", &e))?;
    write(&asked.out, &bytes)?;
    let out = asked.out.display().to_string();
    out::told(
        asked.format,
        format_args!("entry {n} of {size}, open: {}: {out}", list(&asked.fields)),
        &json!({ "entry": n, "size": size, "open": asked.fields, "out": out }),
    )?;
    Ok(0)
}

/// One entry with its proof and these fields, and how many entries the proof is under.
///
/// # Errors
/// When there is no such entry or field, something was erased, or nothing is signed that covers it.
pub(super) fn opened(store: &Store, n: u64, fields: &[&str]) -> Result<(OpenedEntry, u64), Failure> {
    let stored = store.entries(n..n.saturating_add(1)).next().transpose();
    let stored = stored.map_err(|e| Failure::operation("read the entry", &e))?;
    let stored = stored.ok_or_else(|| Failure::not_found(format!("the record holds no entry {n}")))?;
    let entry = stored.decode().map_err(|e| Failure::operation("read the entry", &e))?;
    let commitments = Commitments::of(&entry).map_err(|e| broken(&entry, &e.to_string()))?;
    let object = |name: &str, digest| {
        let found = store.object(digest).map_err(|e| Failure::operation("read the vault", &e))?;
        found.ok_or_else(|| {
            Failure::not_found(format!("{name} of entry {n} is not there any more: it was erased"))
        })
    };
    let mut opened =
        OpenedEntry { entry: stored.bytes, proof: Vec::new(), disclosures: Vec::new(), raw: None };
    for name in fields {
        match (*name, &commitments.raw, commitments.fields.get(*name)) {
            ("raw", Some(digest), _) => opened.raw = Some(object(name, digest)?),
            (_, _, Some(digest)) => opened.disclosures.push(object(name, digest)?),
            _ => return Err(no_field(n, name, &commitments)),
        }
    }
    let (proof, size) = proof(store, n)?;
    opened.proof = proof.to_bytes();
    Ok((opened, size))
}

/// Writes a file that is carried to somebody.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes).map_err(|e| Failure::operation(&format!("write {}", path.display()), &e))
}

fn no_field(n: u64, name: &str, commitments: &Commitments) -> Failure {
    let mut known: Vec<&str> = commitments.fields.keys().map(String::as_str).collect();
    known.extend(commitments.raw.map(|_| "raw"));
    let name = out::shown(name);
    Failure::usage(if known.is_empty() {
        format!("entry {n} commits to no field: all that it says stands in it")
    } else {
        format!("entry {n} has no field \"{name}\"; it has {}", known.join(", "))
    })
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}

/// Checks an opened entry; 1 when it does not hold.
///
/// # Errors
/// When nothing can be printed.
pub(super) fn check(
    bytes: &[u8],
    log: &LogVerifier,
    witnesses: &[WitnessVerifier],
    quorum: usize,
    format: Format,
) -> Result<u8, Failure> {
    let checked = OpenedEntry::parse(bytes).and_then(|opened| opened.check(log, witnesses, quorum));
    let opened = match checked {
        Ok(opened) => opened,
        Err(why) => {
            let why = out::shown(&why.to_string());
            out::told(format, format_args!("not proven: {why}"), &json!({ "holds": false, "why": why }))?;
            return Ok(EXIT_FOUND);
        }
    };
    told(&opened, format)?;
    Ok(0)
}

fn told(opened: &Opened<'_>, format: Format) -> Result<(), Failure> {
    let names: Vec<&str> = opened.proven.witnesses.iter().map(|(name, _)| *name).collect();
    let by = if names.is_empty() { "nobody".to_owned() } else { names.join(", ") };
    let checkpoint = &opened.proven.checkpoint;
    let raw = opened.raw.as_ref().map(|raw| String::from_utf8_lossy(raw).into_owned());
    let mut words = format!(
        "entry {} ({}) stands in the record of {} as {} entries of it were signed; cosigned by {by}",
        opened.entry.n, opened.entry.kind, checkpoint.origin, checkpoint.size
    );
    for (name, value) in &opened.fields {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        words.push_str(&format!("\n  {name}: {value}"));
    }
    if let Some(raw) = &raw {
        words.push_str(&format!("\n  raw: {raw}"));
    }
    words.push_str(&format!("\n  closed: {}", list(&opened.closed)));
    let json = json!({
        "holds": true, "entry": opened.entry.n, "kind": opened.entry.kind, "size": checkpoint.size, "witnesses": names,
        "fields": Value::Object(opened.fields.clone().into_iter().collect()), "raw": raw, "closed": opened.closed,
    });
    out::told(format, words, &json)
}
