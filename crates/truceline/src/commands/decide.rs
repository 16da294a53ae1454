//! `decide`: a person's decision, made of what is on the screen now, logged with who and why.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use truceline_casework::{Decision as Decided, PersonDecision};
use truceline_model::finding::Answer;
use truceline_model::{Incident, Instant, ReceiptNo};

use super::step;
use crate::cli::Decision;
use crate::cli::deciding::Decide;
use crate::failure::Failure;
use crate::loaded::{Loaded, write_decision};
use crate::out;
use crate::pipeline::{Derived, Source, derive};
use crate::proposals::standing_steps;
use crate::{import, log};

/// Logs a decision; prints the number of its entry, by which it can be undone.
pub(crate) fn decide(asked: &Decide) -> Result<u8, Failure> {
    let (store, by, why, known) = (asked.at.store.as_path(), &asked.by, &asked.why, asked.known.as_deref());
    let (what, format) = (&asked.what, asked.format);
    for (name, text) in [("--by", by), ("--why", why)] {
        if text.trim().is_empty() || text.len() > 2000 {
            return Err(Failure::usage(format!(
                "{name} says who and why in a few words; it cannot be empty"
            )));
        }
    }
    let loaded = Source::new(store.to_path_buf()).loaded(None, 2)?;
    may_decide(&loaded.mission.folder.people, by.trim())?;
    if matches!(what, Decision::Confirm { .. } | Decision::Correct { .. } | Decision::Reject { .. }) {
        return step::step(asked);
    }
    let derived = derive(loaded, Instant::FAR_FUTURE, 2)?;
    let (what, sides) = decided(&derived, what)?;
    let holds_from = holds_from(&derived, known, &sides)?;
    let mut store = log::open(store)?;
    let entry = log::decision(&log::now(), &holds_from.to_string(), by.trim(), why.trim(), what)?;
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

/// A mission that names its people knows who may decide.
pub(super) fn may_decide(people: &[String], by: &str) -> Result<(), Failure> {
    if people.is_empty() || people.iter().any(|person| person == by) {
        return Ok(());
    }
    let near = truceline_intake::nearest::did_you_mean(by, people.iter().map(String::as_str));
    Err(Failure::usage(format!(
        "--by: \"{}\" is nobody whom mission.kdl names{near}; it names {}",
        out::shown(by),
        people.join(", ")
    )))
}

/// Reports that a decision speaks of, side by side.
pub(crate) type Sides = Vec<BTreeSet<ReceiptNo>>;

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
            let undo = write_decision(&Decided::Undo { entry: *entry });
            if let Some(step) = derived.loaded.proposed.iter().find(|step| step.entry == *entry) {
                let stands = standing_steps(&derived.loaded, Instant::FAR_FUTURE);
                if stands.get(&step.id).is_none_or(|stands| stands.entry != step.entry) {
                    return Err(Failure::usage(format!("entry {entry} is undone already")));
                }
                return Ok((undo, vec![BTreeSet::from([step.id.words])]));
            }
            let Some(earlier) = derived.loaded.decisions.iter().find(|d| d.entry == *entry) else {
                return Err(Failure::usage(format!(
                    "entry {entry} is no merge, split, undo or step on a proposal; a judgement is changed by a new one"
                )));
            };
            Ok((undo, sides_of(&derived.loaded, earlier)))
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
        Decision::Confirm { .. } | Decision::Correct { .. } | Decision::Reject { .. } => {
            Err(Failure::usage("a step on a proposal goes its own way"))
        }
    }
}

/// The sides that an earlier decision speaks of; of an undo, those of what it takes back.
pub(crate) fn sides_of(loaded: &Loaded, earlier: &PersonDecision) -> Sides {
    let mut at = earlier;
    loop {
        match &at.what {
            Decided::Merge { a, b } => return vec![a.receipts.clone(), b.receipts.clone()],
            Decided::Split { receipts, kept, .. } => return vec![receipts.clone(), kept.clone()],
            Decided::Undo { entry } => {
                if let Some(step) = loaded.proposed.iter().find(|step| step.entry == *entry) {
                    return vec![BTreeSet::from([step.id.words])];
                }
                // An undo comes after what it takes back, so that this ends.
                match loaded.decisions.iter().find(|d| d.entry == *entry && d.entry < at.entry) {
                    Some(before) => at = before,
                    None => return Vec::new(),
                }
            }
        }
    }
}

fn incident<'a>(derived: &'a Derived, id: &str) -> Result<&'a Incident, Failure> {
    let now = derived.incident_id(id);
    derived.resolved.incident(&now).ok_or_else(|| {
        Failure::usage(format!("no incident is called \"{id}\"; truceline incidents lists them"))
    })
}

/// Reads `r12` or `12`.
pub(super) fn receipt(text: &str) -> Result<ReceiptNo, Failure> {
    let digits = text.strip_prefix('r').unwrap_or(text);
    digits
        .parse()
        .map(ReceiptNo)
        .map_err(|_| Failure::usage(format!("\"{text}\" is no receipt number; write r12 or 12")))
}

/// From when on it holds. In a mission that looks back: from when something was known of each side; else it would never see
/// its own decisions.
///
/// # Errors
/// When the words say no moment, or the clock cannot be read.
pub(crate) fn holds_from(
    derived: &Derived,
    words: Option<&str>,
    sides: &[BTreeSet<ReceiptNo>],
) -> Result<Instant, Failure> {
    let mission = &derived.loaded.mission;
    if let Some(words) = words {
        return mission.moment(words);
    }
    let loaded = &derived.loaded;
    let known = |r: &ReceiptNo| {
        derived.observation(*r).map(|o| o.known).or_else(|| loaded.words.get(r).map(|w| w.known))
    };
    let first = |side: &BTreeSet<ReceiptNo>| side.iter().filter_map(known).min();
    match sides.iter().filter_map(first).max() {
        Some(known) if mission.opens_at.is_some() => Ok(known),
        _ => Instant::parse(&log::now()).map_err(|e| Failure::operation("read the clock", &e)),
    }
}
