//! The record itself: how long it is, what it was signed and cosigned as, its entries, and the proofs by which a screen checks all of that for
//! itself. A screen is never asked to believe: it is given bytes, hashes and signatures.
//!
//! Shows entries as they stand in the tree: what they commit to stays closed here, to everybody. Writes nothing.

mod state;

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use serde_json::{Value, json};
use truceline_record::{EntryProof, leaf_hash, prove_consistency, prove_inclusion};
use truceline_store::StoredEntry;

use super::asked::Asked;
use super::gate::Caller;
use super::problem::{Problem, told};
use super::{Desk, aside};
use crate::failure::Failure;
use crate::log::kind;
pub(super) use state::{Head, Held, quorum, texts, unread};
use state::{Reach, reach};

/// Entries of one answer, where nothing else is asked, and at the most.
const PAGE: u64 = 50;
const MOST: u64 = 200;
/// An answer with so many bytes of entries ends there: one entry alone may have 64 KiB.
const BYTES: usize = 1 << 20;
/// Cosigned checkpoints that are told of.
const CHECKPOINTS: usize = 50;

type Shared = State<Arc<Desk>>;

/// The routes of this area.
pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new()
        .route("/api/record", get(record))
        .route("/api/record/entries", get(entries))
        .route("/api/record/proof", get(proof))
        .route("/api/record/consistency", get(consistency))
}

/// How long the record is, and what it was signed and cosigned as.
async fn record(
    State(desk): Shared,
    Extension(caller): Extension<Caller>,
    uri: Uri,
) -> Result<Response, Problem> {
    Asked::of(&uri, &[])?;
    let reach = reach(&caller)?;
    let value = aside(move || {
        let held = Held::of(&desk)?;
        let head = held.head(reach)?;
        let note = head.as_ref().map(|head| head.note.as_slice());
        let cosigned = held.cosigned();
        let cosigned: Vec<Value> = cosigned.iter().take(CHECKPOINTS).map(Head::json).collect();
        // Where this machine sends what is its keepers' own matter.
        let asked = if reach == Reach::Whole { desk.asking.json() } else { Vec::new() };
        let entries = match reach {
            Reach::Whole => held.store.len().map_err(|e| unread(&e))?,
            _ => head.as_ref().map_or(0, |head| head.checkpoint.size),
        };
        Ok(json!({
            "origin": held.store.origin(), "key": held.store.verifier().verifier_key(), "entries": entries,
            "view": if reach == Reach::Whole { "whole" } else { "witnessed" },
            "checkpoint": head.as_ref().map(Head::json), "quorum": quorum(held.quorum(), note), "cosigned": cosigned, "asked": asked,
        }))
    })
    .await?;
    Ok(told(StatusCode::OK, &value))
}

/// Entries by number.
async fn entries(
    State(desk): Shared,
    Extension(caller): Extension<Caller>,
    uri: Uri,
) -> Result<Response, Problem> {
    let reach = reach(&caller)?;
    let asked = Asked::of(&uri, &["from", "limit"])?;
    let from = asked.number("from", 0, u64::MAX)?.unwrap_or(0);
    let limit = asked.number("limit", 1, MOST)?.unwrap_or(PAGE);
    let value = aside(move || {
        let held = Held::of(&desk)?;
        // What is not signed yet cannot be proven, so it is not shown as if it could.
        let size = held.head(reach)?.map_or(0, |head| head.checkpoint.size);
        let end = from.saturating_add(limit).min(size);
        let mut page = Vec::new();
        let mut bytes = 0;
        for stored in held.store.entries(from..end) {
            let stored = stored.map_err(|e| unread(&e))?;
            bytes += stored.bytes.len();
            page.push(entry(&stored, reach)?);
            if bytes > BYTES {
                break;
            }
        }
        let next = from.saturating_add(page.len() as u64);
        let next = Some(next).filter(|next| !page.is_empty() && *next < size);
        Ok(json!({ "size": size, "next": next, "entries": page }))
    })
    .await?;
    Ok(told(StatusCode::OK, &value))
}

/// Kinds that are for everybody: what the mission goes by, what it published, and by whom that was passed.
fn is_for_everybody(word: &str) -> bool {
    matches!(word, kind::MISSION | kind::MAPPING | kind::BULLETIN)
}

/// One entry. The text is the entry's bytes: who hashes them gets the leaf.
fn entry(stored: &StoredEntry, reach: Reach) -> Result<Value, Problem> {
    let read = stored.decode().map_err(|e| unread(&e))?;
    let is_shown = reach == Reach::Whole || is_for_everybody(&read.kind);
    let text = is_shown.then(|| String::from_utf8_lossy(&stored.bytes).into_owned());
    Ok(json!({
        "n": stored.n, "leaf": stored.leaf.to_string(), "kind": is_shown.then_some(read.kind),
        "at": is_shown.then_some(read.at), "text": text,
    }))
}

/// Where a checkpoint is asked that the asker does not see: the same words as where there is none.
fn no_checkpoint() -> Problem {
    Problem::nothing("no checkpoint over so many entries is there that you may see; /api/record lists those")
}

/// The checkpoint that is asked for by its size, or else the last that the asker sees.
fn head(held: &Held, reach: Reach, size: Option<u64>) -> Result<Head, Problem> {
    let last = held.head(reach)?.ok_or_else(no_checkpoint)?;
    match size.filter(|size| *size != last.checkpoint.size) {
        None => Ok(last),
        Some(size) if size > last.checkpoint.size => Err(no_checkpoint()),
        Some(size) => held.over(size)?.ok_or_else(no_checkpoint),
    }
}

/// That an entry stands in the record.
async fn proof(
    State(desk): Shared,
    Extension(caller): Extension<Caller>,
    uri: Uri,
) -> Result<Response, Problem> {
    let reach = reach(&caller)?;
    let asked = Asked::of(&uri, &["entry", "size"])?;
    let n = asked.number("entry", 0, u64::MAX)?;
    let n = n.ok_or_else(|| Problem::wrong("entry: the number of the entry to be proven"))?;
    let size = asked.number("size", 1, u64::MAX)?;
    let value = aside(move || {
        let held = Held::of(&desk)?;
        let head = head(&held, reach, size)?;
        let none =
            || Problem::nothing(format!("no entry {n} stands under a checkpoint that you may see yet"));
        if n >= head.checkpoint.size {
            return Err(none());
        }
        let stored = held.store.entries(n..n.saturating_add(1)).next().transpose().map_err(|e| unread(&e))?;
        inclusion(&held, &head, &stored.ok_or_else(none)?)
    })
    .await?;
    Ok(told(StatusCode::OK, &value))
}

/// The proof of one entry under a checkpoint, and the same as a file that `truceline check-proof` reads.
pub(super) fn inclusion(held: &Held, head: &Head, stored: &StoredEntry) -> Result<Value, Problem> {
    let (size, root) = (head.checkpoint.size, head.checkpoint.root);
    let hashes = prove_inclusion(&held.store, size, root, stored.n);
    let hashes = hashes.map_err(|e| Problem::ours(&Failure::operation("prove the entry", &e)))?;
    let told = texts(&hashes);
    let file = EntryProof { extra: None, index: stored.n, hashes, note: head.note.clone() };
    Ok(json!({
        "entry": stored.n, "leaf": leaf_hash(&stored.bytes).to_string(), "checkpoint": head.json(), "hashes": told,
        "file": String::from_utf8_lossy(&file.to_bytes()),
    }))
}

/// That the record under one checkpoint begins with the record under an earlier one.
async fn consistency(
    State(desk): Shared,
    Extension(caller): Extension<Caller>,
    uri: Uri,
) -> Result<Response, Problem> {
    let reach = reach(&caller)?;
    let asked = Asked::of(&uri, &["from", "size"])?;
    let from = asked.number("from", 0, u64::MAX)?;
    let from = from.ok_or_else(|| Problem::wrong("from: how many entries the earlier checkpoint covers"))?;
    let size = asked.number("size", 1, u64::MAX)?;
    let value = aside(move || {
        let held = Held::of(&desk)?;
        let head = head(&held, reach, size)?;
        extends(&held, &head, from)
    })
    .await?;
    Ok(told(StatusCode::OK, &value))
}

/// The proof that a checkpoint extends the first entries of the record.
pub(super) fn extends(held: &Held, head: &Head, from: u64) -> Result<Value, Problem> {
    let (size, root) = (head.checkpoint.size, head.checkpoint.root);
    if from > size {
        return Err(Problem::nothing(format!("the checkpoint covers {size} entries, fewer than {from}")));
    }
    let hashes = prove_consistency(&held.store, size, root, from);
    let hashes = hashes.map_err(|e| Problem::ours(&Failure::operation("prove the record", &e)))?;
    Ok(json!({ "from": from, "checkpoint": head.json(), "hashes": texts(&hashes) }))
}
