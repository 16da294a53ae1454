//! The life of a store whose key is replaced in the middle of it, as a script that can be cut at any point and begun again; and what must hold of
//! whatever a cut leaves. A log whose key is gone signs nothing any more, so that this is the moment at which most could be lost.

use std::path::Path;

use serde_json::json;
use truceline_record::{Digest, KEY_CHANGE, LogSigner, digest_of};
use truceline_store::{NewEntry, OpenError, Store};

use crate::life::ORIGIN;

const AT: &str = "2016-02-27T00:00:00Z";
/// Seeds of the key before and of the one after.
const KEYS: [[u8; 32]; 2] = [[9; 32], [10; 32]];
/// Reports before the change, and in all.
const ROWS: [u64; 2] = [5, 9];

fn words(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn key(of: usize) -> Result<String, String> {
    let seed = KEYS.get(of).ok_or("no such key")?;
    Ok(LogSigner::new(ORIGIN, seed).map_err(words)?.verifier_key())
}

fn raw(row: u64) -> [u8; 32] {
    digest_of(format!("row {row}").as_bytes()).0
}

fn entry(kind: &str, body: serde_json::Value, key: Option<[u8; 32]>) -> NewEntry {
    NewEntry { kind: kind.to_owned(), at: AT.to_owned(), body, key, objects: Vec::new() }
}

/// Lives it in `dir/store`; `say` hears each promise when it is given. What is done already is found done.
///
/// # Errors
/// In words.
pub fn live(dir: &Path, say: &mut dyn FnMut(String)) -> Result<(), String> {
    let dir = dir.join("store");
    let [before, after] = KEYS;
    let opened = match Store::open(&dir) {
        Err(OpenError::NotAStore { .. } | OpenError::Unfinished { .. }) => {
            Store::create(&dir, ORIGIN, before)
        }
        opened => opened,
    };
    let mut store = opened.map_err(words)?;
    let [few, all] = ROWS;
    report(&mut store, 0..few, say)?;
    if store.verifier().verifier_key() != key(1)? {
        let change = entry(KEY_CHANGE, json!({ "from": key(0)?, "to": key(1)? }), None);
        let done = store.replace_key(&after, change, AT).map_err(words)?;
        say(format!("replaced {}", done.to));
    }
    report(&mut store, few..all, say)?;
    say("done".to_owned());
    Ok(())
}

fn report(store: &mut Store, rows: std::ops::Range<u64>, say: &mut dyn FnMut(String)) -> Result<(), String> {
    for row in rows {
        let done = store.append(&[entry("report", json!({ "row": row }), Some(raw(row)))]).map_err(words)?;
        say(format!("receipt {row} {}", done.first().ok_or("no receipt")?.n));
    }
    let signed = store.checkpoint(AT).map_err(words)?;
    say(format!("signed {} {}", signed.size, signed.root));
    Ok(())
}

/// Looks at what is left in `dir` after these promises, then goes on to the end.
///
/// # Errors
/// In words: what was lost, or that it does not go on.
pub fn check(dir: &Path, promised: &[String]) -> Result<(), String> {
    left(dir, promised)?;
    live(dir, &mut |_| {}).map_err(|error| format!("it does not go on: {error}"))?;
    left(dir, promised).map_err(|error| format!("after going on: {error}"))?;
    let store = Store::open_read_only(&dir.join("store")).map_err(words)?;
    let ends = store.verifier().verifier_key() == key(1)?;
    let whole = store.last_checkpoint().map_err(words)?.map(|last| last.size) == store.len().ok();
    if ends && whole { Ok(()) } else { Err("it did not come to its end".to_owned()) }
}

fn left(dir: &Path, promised: &[String]) -> Result<(), String> {
    let dir = dir.join("store");
    if !Store::is_there(&dir) {
        return promised
            .first()
            .map_or(Ok(()), |said| Err(format!("the store is gone, and was promised: {said}")));
    }
    // Opening for writing takes the secret key, and finishes what was begun.
    let store = Store::open(&dir).map_err(|error| format!("it does not open: {error}"))?;
    let report = store.verify().map_err(words)?;
    if let Some(fault) = report.faults.first() {
        return Err(format!("verify: {fault}"));
    }
    let public = std::fs::read_to_string(dir.join("log.pub")).map_err(words)?;
    if public.trim_end() != store.verifier().verifier_key() || dir.join("next.key").exists() {
        return Err("the folder's key is not the record's".to_owned());
    }
    for said in promised {
        let parts: Vec<&str> = said.split(' ').collect();
        let number = |text: &str| text.parse::<u64>().map_err(words);
        let holds = match *parts.as_slice() {
            ["receipt", row, n] => {
                store.number_of(&raw(number(row)?)).map_err(words)? == Some(number(n)?)
                    && number(n)? < report.entries
            }
            ["signed", size, root] => {
                let note = store.checkpoint_note_over(number(size)?).map_err(words)?;
                let opened = note.and_then(|note| store.verifier().open(&note).ok());
                opened.map(|opened| opened.root) == root.parse::<Digest>().ok()
            }
            ["replaced", to] => store.verifier().verifier_key() == to,
            _ => true,
        };
        if !holds {
            return Err(format!("was promised and is lost: {said}"));
        }
    }
    Ok(())
}
