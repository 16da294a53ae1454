//! What people decided about an incident: merges, splits, undos and answers to open words, in the order of the log, with what holds.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use truceline_casework::{Decision, PersonDecision, undone_by};
use truceline_model::{Incident, ReceiptNo};

use crate::commands::sides_of;
use crate::loaded::{Judged, Loaded};
use crate::pipeline::Derived;

/// Every decision by then that speaks of a report of the incident, or answers an open word of it. Who decided and why are closed in the record, since a
/// reason can name a source: `with_why` says whether they are shown.
pub(super) fn of(derived: &Derived, incident: &Incident, with_why: bool) -> Vec<Value> {
    let loaded = &derived.loaded;
    let mine: BTreeSet<ReceiptNo> = incident.receipts().collect();
    let undone = undone_by(&loaded.decisions, derived.as_of);
    let known = loaded.decisions.iter().filter(|one| one.at <= derived.as_of);
    let here = known.filter(|one| speaks_of(loaded, one).iter().any(|receipt| mine.contains(receipt)));
    let mut all: Vec<(u64, Value)> =
        here.map(|one| (one.entry, decided(loaded, one, !undone.contains(&one.entry)))).collect();
    let judged = loaded
        .judged
        .iter()
        .filter(|one| one.at <= derived.as_of && derived.incident_id(one.incident.as_str()) == incident.id);
    let judged: Vec<&Judged> = judged.collect();
    let is_last = |one: &Judged| {
        !judged.iter().any(|other| other.judgement == one.judgement && other.entry > one.entry)
    };
    all.extend(judged.iter().map(|one| (one.entry, answered(one, is_last(one)))));
    all.sort_by_key(|(entry, _)| *entry);
    let mut all: Vec<Value> = all.into_iter().map(|(_, one)| one).collect();
    for one in all.iter_mut().filter_map(Value::as_object_mut).filter(|_| !with_why) {
        one.insert("by".into(), Value::Null);
        one.insert("why".into(), Value::Null);
    }
    all
}

/// Receipts that a decision speaks of; of an undo, those of what it takes back.
pub(super) fn speaks_of(loaded: &Loaded, decision: &PersonDecision) -> BTreeSet<ReceiptNo> {
    sides_of(loaded, decision).into_iter().flatten().collect()
}

fn decided(loaded: &Loaded, one: &PersonDecision, holds: bool) -> Value {
    let receipts = |all: &BTreeSet<ReceiptNo>| all.iter().map(|receipt| receipt.0).collect::<Vec<_>>();
    let (what, sides, undoes) = match &one.what {
        Decision::Merge { a, b } => ("merge", vec![receipts(&a.receipts), receipts(&b.receipts)], None),
        Decision::Split { receipts: left, kept, .. } => ("split", vec![receipts(left), receipts(kept)], None),
        Decision::Undo { entry } => ("undo", vec![receipts(&speaks_of(loaded, one))], Some(*entry)),
    };
    json!({
        "entry": one.entry, "at": one.at.to_string(), "by": one.by, "why": one.why, "what": what, "sides": sides, "undoes": undoes,
        "holds": holds, "judgement": null, "answer": null,
    })
}

fn answered(one: &Judged, holds: bool) -> Value {
    json!({
        "entry": one.entry, "at": one.at.to_string(), "by": one.by, "why": one.why, "what": "judgement", "sides": [], "undoes": null,
        "holds": holds, "judgement": one.judgement.as_str(), "answer": one.answer.as_str(),
    })
}
