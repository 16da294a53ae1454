//! `decide`: a person's decision, made of what is on the screen now, logged with who and why.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};
use truceline_casework::Decision as Decided;
use truceline_model::finding::Answer;
use truceline_model::{Incident, Instant, ReceiptNo};

use crate::cli::{Decision, Format};
use crate::failure::Failure;
use crate::loaded::write_decision;
use crate::out;
use crate::pipeline::{Derived, Source, derive};
use crate::{import, log};

/// Logs a decision; prints the number of its entry, by which it can be undone.
pub(crate) fn decide(
    store: &Path,
    by: &str,
    why: &str,
    known: Option<&str>,
    what: &Decision,
    format: Format,
) -> Result<u8, Failure> {
    for (name, text) in [("--by", by), ("--why", why)] {
        if text.trim().is_empty() || text.len() > 2000 {
            return Err(Failure::usage(format!(
                "{name} says who and why in a few words; it cannot be empty"
            )));
        }
    }
    let loaded = Source::new(store.to_path_buf()).loaded(None, 2)?;
    let derived = derive(loaded, Instant::FAR_FUTURE, 2)?;
    let (what, sides) = decided(&derived, what)?;
    let holds_from = holds_from(&derived, known, &sides)?;
    let mut store = log::open(store)?;
    let entry = log::decision(&log::now(), &holds_from.to_string(), by.trim(), why.trim(), what);
    let done = store.append(&[entry]).map_err(|e| Failure::operation("log the decision", &e))?;
    import::sign(&mut store)?;
    let entry = done.first().map_or(0, |d| d.n);
    out::told(
        format,
        format_args!("entry {entry}: holds from {holds_from}"),
        &json!({ "entry": entry, "holds_from": holds_from.to_string() }),
    )?;
    Ok(0)
}

/// Reports that a decision speaks of, side by side.
type Sides = Vec<BTreeSet<ReceiptNo>>;

/// What is logged, and the sides that it speaks of.
fn decided(derived: &Derived, what: &Decision) -> Result<(Value, Sides), Failure> {
    let refuse = |e: truceline_casework::DecideError| Failure::usage(e.to_string());
    let receipts_of = |i: &Incident| i.receipts().collect::<BTreeSet<_>>();
    match what {
        Decision::Merge { a, b } => {
            let (a, b) = (incident(derived, a)?, incident(derived, b)?);
            let sides = vec![receipts_of(a), receipts_of(b)];
            Ok((write_decision(&Decided::merge(a, b).map_err(refuse)?), sides))
        }
        Decision::Split { incident: id, receipts } => {
            let whole = incident(derived, id)?;
            let leaving = receipts.iter().map(|text| receipt(text)).collect::<Result<BTreeSet<_>, _>>()?;
            let kept = receipts_of(whole).difference(&leaving).copied().collect();
            Ok((write_decision(&Decided::split(whole, &leaving).map_err(refuse)?), vec![leaving, kept]))
        }
        Decision::Undo { entry } => {
            let Some(earlier) = derived.loaded.decisions.iter().find(|d| d.entry == *entry) else {
                return Err(Failure::usage(format!(
                    "entry {entry} is no merge, split or undo; a judgement is changed by a new one"
                )));
            };
            let sides = match &earlier.what {
                Decided::Merge { a, b } => vec![a.receipts.clone(), b.receipts.clone()],
                Decided::Split { receipts, kept, .. } => vec![receipts.clone(), kept.clone()],
                Decided::Undo { .. } => Vec::new(),
            };
            Ok((write_decision(&Decided::Undo { entry: *entry }), sides))
        }
        Decision::Judgement { incident: id, judgement, answer } => {
            let whole = incident(derived, id)?;
            let terms = derived.loaded.mission.terms()?;
            let known: Vec<&str> = terms.judgements.iter().map(|j| j.id.as_str()).collect();
            if !known.contains(&judgement.as_str()) {
                return Err(Failure::usage(format!(
                    "the terms ask no judgement called \"{judgement}\"; they ask {}",
                    known.join(", ")
                )));
            }
            let answer = Answer::parse(answer)
                .filter(|a| *a != Answer::Unclear)
                .ok_or_else(|| Failure::usage("answer yes or no"))?;
            let what = json!({ "judgement": { "incident": whole.id.as_str(), "judgement": judgement, "answer": answer.as_str() } });
            Ok((what, vec![receipts_of(whole)]))
        }
    }
}

fn incident<'a>(derived: &'a Derived, id: &str) -> Result<&'a Incident, Failure> {
    let now = derived.incident_id(id);
    derived.resolved.incident(&now).ok_or_else(|| {
        Failure::usage(format!("no incident is called \"{id}\"; truceline incidents lists them"))
    })
}

fn receipt(text: &str) -> Result<ReceiptNo, Failure> {
    let digits = text.strip_prefix('r').unwrap_or(text);
    digits
        .parse()
        .map(ReceiptNo)
        .map_err(|_| Failure::usage(format!("\"{text}\" is no receipt number; write r12 or 12")))
}

/// From when on it holds. In a mission that looks back: from when something was known of each side; else it would never see
/// its own decisions.
fn holds_from(derived: &Derived, words: Option<&str>, sides: &Sides) -> Result<Instant, Failure> {
    let mission = &derived.loaded.mission;
    if let Some(words) = words {
        return mission.moment(words);
    }
    let first = |side: &BTreeSet<ReceiptNo>| {
        side.iter().filter_map(|r| derived.observation(*r)).map(|o| o.known).min()
    };
    match sides.iter().filter_map(first).max() {
        Some(known) if mission.opens_at.is_some() => Ok(known),
        _ => Instant::parse(&log::now()).map_err(|e| Failure::operation("read the clock", &e)),
    }
}
