//! `prove` and `check-proof`: one entry with its proof in two files, and the check of them by somebody who has neither store nor network.
//! Of a bulletin's entry, one of its findings can be proven too: the bulletin fixes a tree over its findings' lines.

use std::path::PathBuf;

use serde_json::{Value, json};
use truceline_record::{
    Checkpoint, Entry, EntryProof, LineProof, LogVerifier, Proven, WitnessVerifier, prove_inclusion,
};
use truceline_store::Store;

use super::published;
use crate::bulletins::{Bulletin, FINDINGS, lines_of, publication};
use crate::cli::record::{CheckProof, Prove};
use crate::cli::{EXIT_FOUND, Format};
use crate::editions::stands;
use crate::failure::Failure;
use crate::log_reader::LogReader as _;
use crate::pipeline::Source;
use crate::{files, log, out};

/// Largest file that is read.
const LIMIT: u64 = 1 << 20;
/// Largest opened entry that is read.
const OPENED_LIMIT: u64 = 32 << 20;

/// Writes the proof and the entry's bytes, under the checkpoint that says most: published before cosigned before signed.
///
/// # Errors
/// When the entry is not there or not signed yet, or the files cannot be written.
pub(crate) fn make(asked: &Prove) -> Result<u8, Failure> {
    let store = log::open_read_only(&asked.at.store)?;
    let entry = store.entries(asked.entry..asked.entry.saturating_add(1)).next();
    let entry = entry.transpose().map_err(|e| Failure::operation("read the entry", &e))?;
    let entry =
        entry.ok_or_else(|| Failure::not_found(format!("the record holds no entry {}", asked.entry)))?;
    let finding = match &asked.finding {
        Some(wanted) => Some(finding(&store, &entry.bytes, wanted)?),
        None => None,
    };
    let (over, note) = checkpoint(&store, asked)?;
    let hashes = prove_inclusion(&store, over.size, over.root, asked.entry);
    let hashes = hashes.map_err(|e| Failure::operation("prove the entry", &e))?;
    let extra = finding.as_ref().map(|(proof, _)| proof.to_bytes());
    let proof = EntryProof { extra, index: asked.entry, hashes, note };
    let beside = |ending: &str| asked.out.with_extension(ending);
    let mut files = vec![(beside("tlog-proof"), proof.to_bytes()), (beside("json"), entry.bytes)];
    files.extend(finding.map(|(_, line)| (beside("finding.json"), line)));
    for (path, bytes) in &files {
        std::fs::write(path, bytes)
            .map_err(|e| Failure::operation(&format!("write {}", path.display()), &e))?;
    }
    let names: Vec<String> = files.iter().map(|(path, _)| path.display().to_string()).collect();
    out::told(
        asked.format,
        format_args!("entry {} of {}: {}", asked.entry, over.size, names.join(", ")),
        &json!({
            "entry": asked.entry, "size": over.size, "proof": names.first(), "bytes": names.get(1), "finding": names.get(2),
        }),
    )?;
    Ok(0)
}

/// The checkpoint to prove under, with its note.
fn checkpoint(store: &Store, asked: &Prove) -> Result<(Checkpoint, Vec<u8>), Failure> {
    let fail = |e: &dyn std::fmt::Display| Failure::operation("read the checkpoint", e);
    let loaded = Source::new(asked.at.store.clone()).loaded(None, 2)?;
    let signed = published::signed(store)?;
    let wanted = match loaded.bulletins.iter().find(|entry| entry.n == asked.entry) {
        Some(bulletin) => stands(&loaded, bulletin, &signed).size,
        None => publication(asked.entry, &loaded.key_sets, &signed).size,
    };
    let covering = store.cosigned().map_err(|e| fail(&e))?.into_iter();
    let mut covering: Vec<_> = covering.filter(|one| one.checkpoint.size > asked.entry).collect();
    // Stable: among equals the largest stays first.
    covering.sort_by_key(|one| {
        let lines = one.note.iter().filter(|byte| **byte == b'\n').count();
        (Some(one.checkpoint.size) != wanted, core::cmp::Reverse(lines))
    });
    if let Some(best) = covering.into_iter().next() {
        return Ok((best.checkpoint, best.note));
    }
    let last = store.last_checkpoint().map_err(|e| fail(&e))?;
    let note = store.checkpoint_note().map_err(|e| fail(&e))?;
    last.zip(note).ok_or_else(|| fail(&"nothing is signed yet"))
}

/// The proof of a finding within its bulletin, and its line.
fn finding(store: &Store, entry: &[u8], wanted: &str) -> Result<(LineProof, Vec<u8>), Failure> {
    let entry = Entry::from_bytes(entry).map_err(|e| Failure::operation("read the entry", &e))?;
    let bulletin = Bulletin::of(&entry).map_err(Failure::not_found)?;
    let frozen = bulletin.files.get(FINDINGS);
    let frozen = frozen.ok_or_else(|| Failure::not_found("the bulletin has no findings"))?;
    let file = store.object_bytes(&frozen.digest)?;
    let file = file.ok_or_else(|| Failure::not_found("the bulletin's findings are not in this store"))?;
    let found = file.split(|byte| *byte == b'\n').position(|line| names(line).as_deref() == Some(wanted));
    let none = || {
        let wanted = out::shown(wanted);
        Failure::not_found(format!("no finding of the bulletin is {wanted}; write INCIDENT/CLAUSE/READING"))
    };
    let index = found.ok_or_else(none)?;
    let line = file.split(|byte| *byte == b'\n').nth(index).unwrap_or_default().to_vec();
    let proof = lines_of(&file).prove(index as u64);
    Ok((proof.map_err(|e| Failure::operation("prove the finding", &e))?, line))
}

/// What a line is called.
fn names(line: &[u8]) -> Option<String> {
    let line: Value = serde_json::from_slice(line).ok()?;
    let word = |name: &str| line.get(name).and_then(Value::as_str);
    Some(format!("{}/{}/{}", word("incident")?, word("clause")?, word("reading")?))
}

/// Checks a proof; 1 when it does not hold.
///
/// # Errors
/// When the call is wrong or a file cannot be read.
pub(crate) fn check(asked: &CheckProof) -> Result<u8, Failure> {
    let read = |path: &PathBuf| {
        files::read(path, LIMIT)
            .map_err(|e| Failure::usage(format!("could not read {}: {e}", path.display())))
    };
    let log = LogVerifier::new(&asked.key).map_err(|e| Failure::usage(format!("--key: {e}")))?;
    let witnesses = witness_keys(&asked.witnesses)?;
    let quorum = asked.quorum.unwrap_or(witnesses.len());
    let Some(entry) = &asked.entry else {
        let bytes = files::read(&asked.proof, OPENED_LIMIT)
            .map_err(|e| Failure::usage(format!("could not read {}: {e}", asked.proof.display())))?;
        return super::open::check(&bytes, &log, &witnesses, quorum, asked.format);
    };
    let (proof, entry) = (read(&asked.proof)?, read(entry)?);
    let line = asked.finding.as_ref().map(read).transpose()?;
    let proven = EntryProof::parse(&proof).map_err(|e| e.to_string()).and_then(|proof| {
        let proven = proof.check(&entry, &log, &witnesses, quorum).map_err(|e| e.to_string())?;
        let of = line.as_deref().map(|line| check_finding(&proof, &entry, line)).transpose()?;
        Ok((proof.index, proven, of))
    });
    match proven {
        Ok((index, proven, of)) => {
            let names: Vec<&str> = proven.witnesses.iter().map(|(name, _)| *name).collect();
            out::told(
                asked.format,
                holds(index, &proven, of.as_deref()),
                &json!({
                    "holds": true, "entry": index, "size": proven.checkpoint.size, "witnesses": names, "finding": of,
                }),
            )?;
            Ok(0)
        }
        Err(why) => {
            let why = out::shown(&why);
            match asked.format {
                Format::Text => out::line(format_args!("not proven: {why}"))?,
                Format::Json => out::line(json!({ "holds": false, "why": why }))?,
            }
            Ok(EXIT_FOUND)
        }
    }
}

/// Keys of witnesses, as the call gives them.
///
/// # Errors
/// When one is none.
pub(crate) fn witness_keys(texts: &[String]) -> Result<Vec<WitnessVerifier>, Failure> {
    let key =
        |text: &String| WitnessVerifier::new(text).map_err(|e| Failure::usage(format!("--witness: {e}")));
    texts.iter().map(key).collect()
}

fn holds(index: u64, proven: &Proven<'_>, finding: Option<&str>) -> String {
    let names: Vec<&str> = proven.witnesses.iter().map(|(name, _)| *name).collect();
    let by = if names.is_empty() { "nobody".to_owned() } else { names.join(", ") };
    let also = finding
        .map_or_else(String::new, |name| format!("the finding {} is in its bulletin; ", out::shown(name)));
    format!(
        "{also}entry {index} stands in the record of {} as {} entries of it were signed; cosigned by {by}",
        proven.checkpoint.origin, proven.checkpoint.size
    )
}

/// Whether this line is a finding of the bulletin that the proven entry fixes; its name.
fn check_finding(proof: &EntryProof, entry: &[u8], line: &[u8]) -> Result<String, String> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let bulletin = Bulletin::of(&Entry::from_bytes(entry).map_err(|e| e.to_string())?)?;
    let inner = proof.extra.as_deref().and_then(LineProof::parse);
    let inner = inner.ok_or("the proof speaks of the entry only, not of a finding")?;
    let held = inner.check(line, bulletin.findings, bulletin.root);
    held.map_err(|e| format!("the finding is not one of the bulletin: {e}"))?;
    names(line).ok_or_else(|| "the line is no finding".to_owned())
}
