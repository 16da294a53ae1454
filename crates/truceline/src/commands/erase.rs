//! `erase`: destroys what a report says by the word of two people, and says what moved by it.
//!
//! The entry and the tree stay. Where the report was, derivation says that it was erased, by which entry. Reports, texts, steps and handover notes can be erased; what
//! a mission rests on (terms, mappings) cannot, nor can an erasure.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use truceline_model::{Incident, IncidentId, Instant};
use truceline_record::{Commitments, Digest, Entry};
use truceline_store::Store;

use super::open::entry_number;
use crate::cli::secrets::Erase;
use crate::committed::{self, Raw};
use crate::failure::Failure;
use crate::loaded::{Loaded, broken};
use crate::log::kind;
use crate::pipeline::{Derived, Source, derive};
use crate::{import, log, out};

/// Kinds that can be erased.
const KINDS: [&str; 5] = [kind::REPORT, kind::WORDS, kind::DECISION, kind::HANDOVER, kind::ATTACHMENT];

/// Logs the erasure, destroys, and prints what moved.
///
/// # Errors
/// When two people of the mission are not named, or what they name cannot be erased; then nothing is.
pub(crate) fn run(asked: &Erase) -> Result<u8, Failure> {
    let n = entry_number(&asked.entry)?;
    let source = Source::new(asked.at.store.clone());
    let loaded = source.loaded(None, 2)?;
    two_people("an erasure", &loaded.mission.folder.people, asked.by.trim(), asked.and.trim())?;
    if asked.why.trim().is_empty() || asked.why.len() > 2000 {
        return Err(Failure::usage("--why says why in a few words; it cannot be empty"));
    }
    let before = derived(&loaded)?;
    let mut store = log::open(&asked.at.store)?;
    let (digests, of) = named(&store, &loaded, n, &asked.fields)?;
    let at = log::now();
    let fields = [
        ("at", json!(at)),
        ("by", json!(asked.by.trim())),
        ("and", json!(asked.and.trim())),
        ("why", json!(asked.why.trim())),
    ];
    let listed: Vec<String> = digests.iter().map(Digest::to_string).collect();
    let open = [("erased", json!(listed)), ("of", json!(of))];
    let entry = committed::entry(kind::ERASURE, &log::day_of(&at), &fields, &open, Raw::None)?;
    let done = store.erase(entry).map_err(|e| Failure::operation("erase", &e))?;
    import::sign(&mut store)?;
    drop(store);
    let after = derived(&Source::new(asked.at.store.clone()).loaded(None, 2)?)?;
    let moved = moved(before.as_ref(), after.as_ref());
    let mut words = format!(
        "entry {}: {} objects of entry {n} erased; the entry itself stands in the record and cannot be read any more",
        done.n,
        digests.len()
    );
    moved.iter().for_each(|line| words.push_str(&format!("\n  {line}")));
    if moved.is_empty() {
        words.push_str("\n  no incident and no finding moved");
    }
    words.push_str(
        "\n  copies are not reached: erase the report in every backup and replica, and tell whoever was given an opened entry of it",
    );
    out::told(
        asked.format,
        words,
        &json!({ "entry": done.n, "of": of, "objects": digests.len(), "moved": moved }),
    )?;
    Ok(0)
}

/// That two different people whom the mission names stand behind something.
///
/// # Errors
/// In words who is missing.
pub(super) fn two_people(what: &str, people: &[String], by: &str, and: &str) -> Result<(), Failure> {
    if by.to_lowercase() == and.to_lowercase() {
        return Err(Failure::usage(format!(
            "--and: {what} needs two people, and this is the same one twice"
        )));
    }
    for (option, name) in [("--by", by), ("--and", and)] {
        if !people.iter().any(|person| person == name) {
            let known = if people.is_empty() { "nobody".to_owned() } else { people.join(", ") };
            return Err(Failure::usage(format!(
                "{option}: \"{}\" is nobody whom mission.kdl names; it names {known}. Two of them are needed for {what}",
                out::shown(name)
            )));
        }
    }
    Ok(())
}

/// What is to be erased, and the entries that it is of.
fn named(
    store: &Store,
    loaded: &Loaded,
    n: u64,
    fields: &[String],
) -> Result<(BTreeSet<Digest>, Vec<u64>), Failure> {
    let fail = |e: &dyn std::fmt::Display| Failure::operation("read the log", e);
    let entry = store.entry(n).map_err(|e| fail(&e))?;
    let entry = entry.ok_or_else(|| Failure::not_found(format!("the record holds no entry {n}")))?;
    let inner = within(store, &entry)?;
    if !KINDS.contains(&inner.kind.as_str()) {
        let kind = &inner.kind;
        return Err(Failure::usage(format!(
            "entry {n} is of kind {kind}; reports, texts, their files, decisions and handover notes can be erased, nothing else"
        )));
    }
    let mut of = vec![n];
    let mut digests: BTreeSet<Digest> = if fields.is_empty() {
        inner.objects.iter().copied().collect()
    } else {
        fields.iter().map(|name| field(&inner, name)).collect::<Result<_, _>>()?
    };
    if fields.is_empty() {
        // A step quotes the text, and says what it says; a file came with it.
        let steps = loaded.proposed.iter().filter(|step| step.id.words.0 == n).map(|step| step.entry);
        let files = loaded.attachments.iter().filter(|file| file.report.0 == n).map(|file| file.entry);
        for step in steps.chain(files) {
            let step = store.entry(step).map_err(|e| fail(&e))?;
            let step = step.ok_or_else(|| fail(&"an entry is missing; run truceline verify"))?;
            let objects = within(store, &step)?.objects;
            if !objects.is_empty() {
                of.push(step.n);
                digests.extend(objects);
            }
        }
    }
    if digests.is_empty() {
        return Err(Failure::usage(format!(
            "entry {n} shows all that it says in the record itself, which nothing can take out of it"
        )));
    }
    shared(store, &digests)?;
    Ok((digests, of))
}

/// What an office's entry holds, where this is one: the office's own bytes only commit to it, and stay. Any other entry, as it is.
fn within(store: &Store, entry: &Entry) -> Result<Entry, Failure> {
    if entry.kind != kind::FORWARDED {
        return Ok(entry.clone());
    }
    let lost = |e: &dyn std::fmt::Display| Failure::operation("read an office's entry", e);
    let bytes = entry.objects.first().map(|digest| store.object(digest)).transpose().map_err(|e| lost(&e))?;
    let bytes = bytes.flatten().ok_or_else(|| lost(&"its bytes are not there; run truceline verify"))?;
    Entry::from_bytes(&bytes).map(|inner| Entry { n: entry.n, ..inner }).map_err(|e| lost(&e))
}

fn field(entry: &Entry, name: &str) -> Result<Digest, Failure> {
    let commitments = Commitments::of(entry).map_err(|e| broken(entry, &e.to_string()))?;
    let raw =
        commitments.raw.or_else(|| (entry.kind != kind::DECISION).then(|| entry.objects.first().copied())?);
    let found = if name == "raw" { raw } else { commitments.fields.get(name).copied() };
    found.ok_or_else(|| {
        let known: Vec<&str> = commitments.fields.keys().map(String::as_str).collect();
        Failure::usage(format!(
            "--field: entry {} has no field \"{}\"; it has {}",
            entry.n,
            out::shown(name),
            known.join(", ")
        ))
    })
}

/// In older stores equal bytes are one object: what a mission's files or headers share is not destroyed with a report.
fn shared(store: &Store, digests: &BTreeSet<Digest>) -> Result<(), Failure> {
    let fail = |e: &dyn std::fmt::Display| Failure::operation("read the log", e);
    for stored in store.entries(0..store.len().map_err(|e| fail(&e))?) {
        let entry = stored.and_then(|s| s.decode()).map_err(|e| fail(&e))?;
        if entry.objects.iter().any(|digest| digests.contains(digest))
            && !KINDS.contains(&within(store, &entry)?.kind.as_str())
        {
            return Err(Failure::usage(format!(
                "entry {} ({}) rests on the same bytes; they cannot be erased",
                entry.n, entry.kind
            )));
        }
    }
    Ok(())
}

/// What follows from the log as everything is known; nothing, without sound terms.
fn derived(loaded: &std::sync::Arc<Loaded>) -> Result<Option<Derived>, Failure> {
    if loaded.mission.terms().is_err() {
        return Ok(None);
    }
    derive(std::sync::Arc::clone(loaded), Instant::FAR_FUTURE, 2).map(Some)
}

/// Incidents that are gone or say something else, and findings that turned.
fn moved(before: Option<&Derived>, after: Option<&Derived>) -> Vec<String> {
    let (Some(before), Some(after)) = (before, after) else { return Vec::new() };
    let by_id = |derived: &'_ Derived| -> BTreeMap<IncidentId, Incident> {
        derived.resolved.incidents.iter().map(|i| (i.id.clone(), i.clone())).collect()
    };
    let (old, new) = (by_id(before), by_id(after));
    let mut lines = Vec::new();
    for (id, incident) in &old {
        match new.get(id) {
            None => lines.push(format!("incident {id}: gone")),
            Some(now) if now != incident => {
                let outcomes = |derived: &Derived| -> Vec<Value> {
                    let all = derived.findings.get(id).into_iter().flatten();
                    all.map(|f| json!([f.clause.as_str(), f.reading.as_str(), f.outcome.as_str()])).collect()
                };
                let (was, is) = (outcomes(before), outcomes(after));
                let turned = was.iter().zip(&is).filter(|(was, is)| was != is).count();
                lines.push(format!(
                    "incident {id}: {} reports where there were {}, {turned} findings turned",
                    now.links.len(),
                    incident.links.len()
                ));
            }
            Some(_) => {}
        }
    }
    lines.extend(
        new.keys().filter(|id| !old.contains_key(id)).map(|id| format!("incident {id}: new under this id")),
    );
    lines
}
