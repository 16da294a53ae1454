//! A request carried as a file to a holder who has no store, and the release carried back.
//!
//! The request file is two opened entries: the request, with who asks and why, and of the report nothing but its sealed name. Both stand in
//! the log by a proof under a key that the holder has from elsewhere, so that nobody is asked off the record: a share is released for the
//! digest of an entry that the witnesses' signatures cover. Nothing in either file says what was reported or by whom, and the
//! release is encrypted to the opener.

use std::path::Path;

use serde_json::{Value, json};
use truceline_model::ReceiptNo;
use truceline_record::{
    Digest, LogVerifier, Opened, OpenedEntry, WitnessVerifier, canonical_bytes, check_canonical,
};
use truceline_seal::{Release, release};

use super::{Request, append, read_secret, releases, request, sealed_of};
use crate::cli::StoreAt;
use crate::cli::secrets::ReleaseOffline;
use crate::commands::decide;
use crate::commands::open::{opened, write};
use crate::commands::prove::witness_keys;
use crate::failure::Failure;
use crate::log::kind;
use crate::pipeline::Source;
use crate::{files, log, out};

/// Longest file that is read: two entries with their proofs and one sealed name for thirty-two holders.
const LIMIT: u64 = 1 << 20;
/// What opens in a request.
const ASKED: [&str; 4] = ["receipt", "by", "why", "to"];

/// Writes the request file.
///
/// # Errors
/// When there is no such request, it has lapsed, something was erased, or the file cannot be written.
pub(super) fn pack(n: u64, at: &StoreAt, path: &Path) -> Result<u8, Failure> {
    let store = log::open_read_only(&at.store)?;
    let asked = request(&store, n)?;
    sealed_of(&store, asked.receipt)?;
    let part = |n, fields: &[&str]| -> Result<String, Failure> {
        let bytes = opened(&store, n, fields)?.0.to_bytes();
        let bytes = bytes.map_err(|e| Failure::operation("open the entry", &e))?;
        String::from_utf8(bytes).map_err(|e| Failure::operation("open the entry", &e))
    };
    let file = json!({ "request": part(n, &ASKED)?, "text": part(asked.receipt, &["seal"])?, "v": 1 });
    write(path, &canonical(&file)?)?;
    out::line(format_args!("request {n}, for a holder elsewhere: {}", path.display()))?;
    Ok(0)
}

fn canonical(file: &Value) -> Result<Vec<u8>, Failure> {
    canonical_bytes(file).map_err(|e| Failure::operation("write the file", &e))
}

/// Reads a file of this form; what it says is still to be proven.
fn read(path: &Path) -> Result<Value, Failure> {
    let bytes = files::read(path, LIMIT)
        .map_err(|e| Failure::usage(format!("could not read {}: {e}", path.display())))?;
    let file = check_canonical(&bytes).ok().filter(|file| file.get("v") == Some(&json!(1)));
    file.ok_or_else(|| Failure::usage(format!("{}: not as it was written", path.display())))
}

/// Shows what a request file asks, and with a key releases that holder's share for it.
///
/// # Errors
/// When something in it is not proven, it has lapsed, the key holds no share, or the release cannot be written.
pub(super) fn release_offline(asked: &ReleaseOffline) -> Result<u8, Failure> {
    let refused = |why: &dyn std::fmt::Display| {
        Failure::usage(format!("nothing was released: {}", out::shown(&why.to_string())))
    };
    let verifier = LogVerifier::new(&asked.log).map_err(|e| Failure::usage(format!("--log: {e}")))?;
    let witnesses = witness_keys(&asked.witnesses)?;
    let quorum = asked.quorum.unwrap_or(witnesses.len());
    let file = read(&asked.request)?;
    let part = |name: &str, wanted: &str| {
        proven(&file, name, wanted, (&verifier, &witnesses, quorum)).map_err(|why| refused(&why))
    };
    let (request, text) = (part("request", kind::SEAL_REQUEST)?, part("text", kind::WORDS)?);
    let n = request.entry.n;
    let read = Request::of(&request.entry, &said(&request))?;
    if read.receipt != text.entry.n {
        return Err(refused(&format!("the request asks for {}, not for this text", ReceiptNo(read.receipt))));
    }
    let sealed = text.fields.get("seal").filter(|seal| !seal.is_null());
    let sealed = sealed.ok_or_else(|| refused(&"the text has no sealed source"))?;
    let names: Vec<&str> = request.proven.witnesses.iter().map(|(name, _)| *name).collect();
    out::line(format_args!(
        "request {n} stands in the record of {} as {} entries of it were signed; cosigned by {}\n  \
         {} asks for the source of {}: {}\n  until {}; it will be opened with {}",
        request.proven.checkpoint.origin,
        request.proven.checkpoint.size,
        if names.is_empty() { "nobody whose key was given".to_owned() } else { names.join(", ") },
        in_one_line(&read.by),
        ReceiptNo(read.receipt),
        in_one_line(&read.why),
        read.until,
        read.to,
    ))?;
    let (Some(key), Some(path)) = (&asked.key, &asked.out) else {
        out::line("nothing was released: --key and --out release your share")?;
        return Ok(0);
    };
    let secret = read_secret(key)?;
    let given = release(sealed, &read.digest, &secret, &read.to).map_err(|e| refused(&e))?;
    let file = json!({
        "digest": read.digest.to_string(), "holder": given.holder, "log": request.proven.checkpoint.origin,
        "release": given.release, "request": n, "v": 1,
    });
    write(path, &canonical(&file)?)?;
    out::line(format_args!(
        "\"{}\" has released its share for request {n}: {}; truceline seal take logs it where the store is",
        given.holder,
        path.display()
    ))?;
    Ok(0)
}

/// Words of whoever asks, which must not pass for lines of this program.
fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An opened entry of the file, proven to stand in the log.
fn proven<'w>(
    file: &Value,
    name: &str,
    wanted: &str,
    (log, witnesses, quorum): (&LogVerifier, &'w [WitnessVerifier], usize),
) -> Result<Opened<'w>, String> {
    let part = file.get(name).and_then(Value::as_str).ok_or_else(|| format!("the file lacks its {name}"))?;
    let checked = OpenedEntry::parse(part.as_bytes()).and_then(|part| part.check(log, witnesses, quorum));
    let opened = checked.map_err(|why| format!("its {name} is not proven: {why}"))?;
    if opened.entry.kind != wanted {
        return Err(format!("its {name} is an entry of another kind"));
    }
    Ok(opened)
}

/// What an opened entry says: what stands in it, and its fields.
fn said(opened: &Opened<'_>) -> Value {
    let mut all = opened.entry.body.as_object().cloned().unwrap_or_default();
    all.extend(opened.fields.clone());
    Value::Object(all)
}

/// Logs a release that was carried here.
///
/// # Errors
/// When it is for another request or log, could be no release, is logged already, or cannot be logged.
pub(super) fn take(path: &Path, at: &StoreAt, by: &str) -> Result<u8, Failure> {
    let file = read(path)?;
    let wrong = |why: &str| Failure::usage(format!("{}: {why}", path.display()));
    let text = |name: &str| {
        let found = file.get(name).and_then(Value::as_str);
        found.map(str::to_owned).ok_or_else(|| wrong(&format!("it lacks its {name}")))
    };
    let n = file.get("request").and_then(Value::as_u64).ok_or_else(|| wrong("it lacks its request"))?;
    let given = Release { holder: text("holder")?, release: text("release")? };
    let digest: Option<Digest> = text("digest")?.parse().ok();
    let loaded = Source::new(at.store.clone()).loaded(None, 2)?;
    decide::may_decide(&loaded.mission.folder.people, by)?;
    drop(loaded);
    let mut store = log::open(&at.store)?;
    if text("log")? != store.origin() {
        return Err(wrong("it is for another record"));
    }
    let asked = request(&store, n)?;
    if digest != Some(asked.digest) {
        return Err(wrong(&format!("it is for another request than {n}")));
    }
    given.check(&sealed_of(&store, asked.receipt)?).map_err(|e| wrong(&e.to_string()))?;
    if releases(&store, n)?.contains(&given) {
        return Err(wrong("it is in the record already"));
    }
    let (holder, release) = (json!(given.holder), json!(given.release));
    let entry = append(
        &mut store,
        kind::SEAL_RELEASE,
        &[("holder", holder), ("release", release), ("taken-by", json!(by))],
        &[("request", json!(n))],
    )?;
    out::line(format_args!(
        "entry {entry}: \"{}\" has released its share for request {n} ({} by {}: {}), taken in by {by}",
        given.holder,
        ReceiptNo(asked.receipt),
        asked.by,
        asked.why
    ))?;
    Ok(0)
}
