//! `prove` and `check-proof`: one entry with its proof in two files, and the check of them by somebody who has neither store nor network.

use std::path::Path;

use serde_json::json;
use truceline_record::{EntryProof, LogVerifier, WitnessVerifier};

use crate::cli::record::{CheckProof, Prove};
use crate::cli::{EXIT_FOUND, Format};
use crate::failure::Failure;
use crate::{files, log, out};

/// Largest file that is read.
const LIMIT: u64 = 1 << 20;

/// Writes the proof and the entry's bytes, under the checkpoint with most cosignatures that covers it.
///
/// # Errors
/// When the entry is not there or not signed yet, or the files cannot be written.
pub(crate) fn make(asked: &Prove) -> Result<u8, Failure> {
    let store = log::open_read_only(&asked.at.store)?;
    let entry = store.entries(asked.entry..asked.entry.saturating_add(1)).next();
    let entry = entry.transpose().map_err(|e| Failure::operation("read the entry", &e))?;
    let entry =
        entry.ok_or_else(|| Failure::not_found(format!("the record holds no entry {}", asked.entry)))?;
    let (last, hashes) =
        store.prove_inclusion(asked.entry).map_err(|e| Failure::operation("prove the entry", &e))?;
    let note = store.checkpoint_note().map_err(|e| Failure::operation("read the checkpoint", &e))?;
    let kept = store.cosigned().map_err(|e| Failure::operation("read what was cosigned", &e))?;
    let cosigned = kept.into_iter().find(|kept| kept.checkpoint == last).map(|kept| kept.note);
    let note = cosigned.or(note).unwrap_or_default();
    let proof = EntryProof { extra: None, index: asked.entry, hashes, note };
    let beside = |ending: &str| asked.out.with_extension(ending);
    let (proof_at, entry_at) = (beside("tlog-proof"), beside("json"));
    let write = |path: &Path, bytes: &[u8]| {
        std::fs::write(path, bytes).map_err(|e| Failure::operation(&format!("write {}", path.display()), &e))
    };
    write(&proof_at, &proof.to_bytes())?;
    write(&entry_at, &entry.bytes)?;
    let (proof_at, entry_at) = (proof_at.display().to_string(), entry_at.display().to_string());
    out::told(
        asked.format,
        format_args!("entry {} of {}: {proof_at}, {entry_at}", asked.entry, last.size),
        &json!({ "entry": asked.entry, "size": last.size, "proof": proof_at, "bytes": entry_at }),
    )?;
    Ok(0)
}

/// Checks a proof; 1 when it does not hold.
///
/// # Errors
/// When the call is wrong or a file cannot be read.
pub(crate) fn check(asked: &CheckProof) -> Result<u8, Failure> {
    let read = |path: &Path| {
        files::read(path, LIMIT)
            .map_err(|e| Failure::usage(format!("could not read {}: {e}", path.display())))
    };
    let log = LogVerifier::new(&asked.key).map_err(|e| Failure::usage(format!("--key: {e}")))?;
    let key =
        |text: &String| WitnessVerifier::new(text).map_err(|e| Failure::usage(format!("--witness: {e}")));
    let witnesses = asked.witnesses.iter().map(key).collect::<Result<Vec<_>, _>>()?;
    let quorum = asked.quorum.unwrap_or(witnesses.len());
    let (proof, entry) = (read(&asked.proof)?, read(&asked.entry)?);
    let proven = EntryProof::parse(&proof)
        .and_then(|proof| proof.check(&entry, &log, &witnesses, quorum).map(|proven| (proof.index, proven)));
    match proven {
        Ok((index, proven)) => {
            let names: Vec<&str> = proven.witnesses.iter().map(|(name, _)| *name).collect();
            let by = if names.is_empty() { "nobody".to_owned() } else { names.join(", ") };
            out::told(
                asked.format,
                format_args!(
                    "entry {index} stands in the record of {} as {} entries of it were signed; cosigned by {by}",
                    proven.checkpoint.origin, proven.checkpoint.size
                ),
                &json!({ "holds": true, "entry": index, "size": proven.checkpoint.size, "witnesses": names }),
            )?;
            Ok(0)
        }
        Err(why) => {
            let why = out::shown(&why.to_string());
            match asked.format {
                Format::Text => out::line(format_args!("not proven: {why}"))?,
                Format::Json => out::line(json!({ "holds": false, "why": why.to_string() }))?,
            }
            Ok(EXIT_FOUND)
        }
    }
}
