//! What people decide about incidents: a link accepted or rejected, two incidents merged, one split, an earlier decision undone. Answers to open words are
//! [`judging`]'s.
//!
//! A body says what the person saw: which reports on either side. What does not stand so any more is not logged, so that nobody undoes unseen what a
//! colleague has just decided. What is logged is what `truceline decide` logs; to accept a link is a merge of what it joins, to reject one a split.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Map, Value, json};
use truceline_casework::{Decision, PersonDecision, Side, undone_by};
use truceline_model::{IncidentId, ReceiptNo};

use super::history::speaks_of;
use super::{judging, sight};
use crate::api::asked::short;
use crate::api::gate::Caller;
use crate::api::problem::{Problem, told};
use crate::api::writer::{Decided, decision_key};
use crate::api::{Desk, aside, writes};
use crate::commands::{holds_from, sides_of};
use crate::failure::Failure;
use crate::loaded::{Loaded, write_decision};
use crate::log;
use crate::pipeline::Derived;

/// Longest reason, and longest id, in bytes.
const WHY: usize = 2_000;
const ID: usize = 256;
/// Most reports on one side.
const REPORTS: usize = 256;

/// What somebody decides, and why.
struct Sent {
    what: Decision,
    /// It speaks of what stands in one incident now (`true`), or in two.
    is_within: Option<bool>,
    why: String,
}

/// Decides.
pub(super) async fn decide(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let (key, sent) = writes::sent(&headers, body).await?;
    aside(move || {
        if sent.get("judgement").is_some() {
            return judging::judge(&desk, &caller, key, sent);
        }
        if !sight::may_decide(&caller) {
            let role = caller.person.role.as_str();
            let say = format!("a {role} decides nothing about incidents (docs/authority.md says who does)");
            return Err(Problem::not_theirs(say));
        }
        write(&desk, &caller, key, read(sent)?)
    })
    .await
}

pub(super) fn wrong(say: &str) -> Problem {
    Problem::wrong(format!("{say}; docs/openapi.json shows the shape of each decision"))
}

/// Reads a body strictly: what is not known in it is named.
fn read(body: Value) -> Result<Sent, Problem> {
    let Value::Object(mut body) = body else { return Err(wrong("the body is one JSON object")) };
    let why = why(&mut body)?;
    let mut all = body.into_iter();
    let (Some((name, said)), None) = (all.next(), all.next()) else {
        return Err(wrong("say why, and one of accept, reject, merge, split, undo, judgement"));
    };
    let (what, is_within) = match name.as_str() {
        "merge" => (merge(said)?, Some(false)),
        "accept" => (merge(said)?, None),
        "split" => (split(said)?, Some(true)),
        "reject" => (split(said)?, None),
        "undo" => {
            let entry = said.as_u64().ok_or_else(|| wrong("undo: the number of an entry"))?;
            (Decision::Undo { entry }, None)
        }
        other => {
            return Err(wrong(&format!(
                "\"{}\" is not known; accept, reject, merge, split, undo, judgement and why are",
                short(other)
            )));
        }
    };
    Ok(Sent { what, is_within, why })
}

/// Why, in a few words.
pub(super) fn why(body: &mut Map<String, Value>) -> Result<String, Problem> {
    match body.remove("why") {
        Some(Value::String(why)) if !why.trim().is_empty() && why.len() <= WHY => Ok(why.trim().to_owned()),
        _ => Err(wrong("why: a few words, at most 2000 bytes")),
    }
}

/// The fields of an object, all of them and no other.
pub(super) fn fields<const N: usize>(value: Value, names: [&str; N]) -> Result<[Value; N], Problem> {
    let Value::Object(mut map) = value else {
        return Err(wrong(&format!("an object with {}", names.join(", "))));
    };
    let found = names.map(|name| map.remove(name).unwrap_or(Value::Null));
    match map.keys().next() {
        Some(name) => Err(wrong(&format!("\"{}\" is not known here; {} are", short(name), names.join(", ")))),
        None => Ok(found),
    }
}

fn merge(value: Value) -> Result<Decision, Problem> {
    let [a, b] = fields(value, ["a", "b"])?;
    let side = |value| {
        let [incident, receipts] = fields(value, ["incident", "receipts"])?;
        Ok::<Side, Problem>(Side { incident: id(&incident)?, receipts: receipts_of(&receipts)? })
    };
    let (a, b) = (side(a)?, side(b)?);
    apart(&a.receipts, &b.receipts)?;
    Ok(Decision::Merge { a, b })
}

fn split(value: Value) -> Result<Decision, Problem> {
    let [incident, left, kept] = fields(value, ["incident", "receipts", "kept"])?;
    let (receipts, kept) = (receipts_of(&left)?, receipts_of(&kept)?);
    apart(&receipts, &kept)?;
    Ok(Decision::Split { incident: id(&incident)?, receipts, kept })
}

fn apart(one: &BTreeSet<ReceiptNo>, other: &BTreeSet<ReceiptNo>) -> Result<(), Problem> {
    if one.is_disjoint(other) { Ok(()) } else { Err(wrong("a report cannot stand on both sides")) }
}

pub(super) fn id(value: &Value) -> Result<IncidentId, Problem> {
    let text = value.as_str().filter(|text| !text.is_empty() && text.len() <= ID);
    text.filter(|text| !text.chars().any(char::is_control))
        .map(IncidentId::new)
        .ok_or_else(|| wrong("incident: its id"))
}

pub(super) fn receipts_of(value: &Value) -> Result<BTreeSet<ReceiptNo>, Problem> {
    let wrong = || wrong("receipts: the numbers of 1 to 256 reports");
    let all = value.as_array().filter(|all| (1..=REPORTS).contains(&all.len())).ok_or_else(wrong)?;
    all.iter().map(|one| one.as_u64().map(ReceiptNo).ok_or_else(wrong)).collect()
}

fn write(desk: &Desk, caller: &Caller, key: String, sent: Sent) -> Result<Response, Problem> {
    let live = desk.live()?;
    let derived = live.derived()?;
    if !is_known(desk, caller, &key)? {
        stands(derived, &sent)?;
    }
    let sides = sides(&derived.loaded, &sent.what);
    let from = holds_from(derived, None, &sides)?;
    let what = write_decision(&sent.what);
    let decided = Decided {
        by: caller.name.clone(),
        key,
        why: sent.why.clone(),
        holds_from: derived.loaded.mission.opens_at.is_some().then(|| from.to_string()),
        what,
    };
    let (entry, is_known) = desk.writer.decide(decided).map_err(writes::not_logged)?;
    let live = desk.feed.reached(entry.saturating_add(1))?;
    let logged = live.loaded.decisions.iter().find(|one| one.entry == entry);
    let is_same =
        |one: &&PersonDecision| one.by == caller.name && one.what == sent.what && one.why == sent.why;
    match logged {
        Some(logged) if !is_known || is_same(&logged) => answer(live.derived()?, logged),
        _ => Err(another(entry)),
    }
}

/// Whether something is logged under a key already: that is answered as it was, whatever has changed since.
pub(super) fn is_known(desk: &Desk, caller: &Caller, key: &str) -> Result<bool, Problem> {
    let store = log::open_read_only(desk.source.store())?;
    let known = decision_key(&store, &caller.name, key)?;
    Ok(store.number_of(&known).map_err(|e| Failure::operation("read the log", &e))?.is_some())
}

/// The key stands for another body.
pub(super) fn another(entry: u64) -> Problem {
    let say = format!(
        "entry {entry} is logged under this key, with another body; take a new key for another decision"
    );
    Problem::new(StatusCode::CONFLICT, say)
}

/// The reports on either side; of an undo, those of what it takes back.
fn sides(loaded: &Loaded, what: &Decision) -> Vec<BTreeSet<ReceiptNo>> {
    match what {
        Decision::Merge { a, b } => vec![a.receipts.clone(), b.receipts.clone()],
        Decision::Split { receipts, kept, .. } => vec![receipts.clone(), kept.clone()],
        Decision::Undo { entry } => {
            let earlier = loaded.decisions.iter().find(|one| one.entry == *entry);
            earlier.map(|one| sides_of(loaded, one)).unwrap_or_default()
        }
    }
}

/// That everything stands as the person saw it.
fn stands(derived: &Derived, sent: &Sent) -> Result<(), Problem> {
    if let Decision::Undo { entry } = sent.what {
        return is_to_undo(derived, entry);
    }
    let named: Vec<&IncidentId> = match &sent.what {
        Decision::Merge { a, b } => vec![&a.incident, &b.incident],
        Decision::Split { incident, .. } => vec![incident],
        Decision::Undo { .. } => Vec::new(),
    };
    if let Some(lacking) = named.into_iter().find(|id| !derived.resolved.answers_to.contains_key(*id)) {
        return Err(Problem::nothing(format!("there is no incident {}", short(lacking.as_str()))));
    }
    let mut homes: Vec<BTreeSet<&IncidentId>> = Vec::new();
    for side in sides(&derived.loaded, &sent.what) {
        let mut home = BTreeSet::new();
        for receipt in &side {
            let lacking = || Problem::nothing(format!("{receipt} is no report of an incident"));
            home.insert(derived.resolved.incident_of.get(receipt).ok_or_else(lacking)?);
        }
        homes.push(home);
    }
    let is_one = homes.iter().flatten().collect::<BTreeSet<_>>().len() == 1;
    let fits =
        homes.iter().all(|home| home.len() == 1) && sent.is_within.is_none_or(|within| within == is_one);
    if fits {
        return Ok(());
    }
    let say = "the reports do not stand so any more: somebody decided, or a report came, since this was shown. Look again; nothing was logged";
    Err(Problem::new(StatusCode::CONFLICT, say))
}

fn is_to_undo(derived: &Derived, entry: u64) -> Result<(), Problem> {
    let decisions = &derived.loaded.decisions;
    if !decisions.iter().any(|one| one.entry == entry) {
        return Err(Problem::nothing(format!("entry {entry} is no merge, split or undo")));
    }
    if undone_by(decisions, derived.as_of).contains(&entry) {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            format!("entry {entry} is undone already; nothing was logged"),
        ));
    }
    Ok(())
}

/// What came of a decision: its entry, from when it holds, and the incidents that its reports stand in now.
fn answer(derived: &Derived, logged: &PersonDecision) -> Result<Response, Problem> {
    let incidents: BTreeSet<&str> = speaks_of(&derived.loaded, logged)
        .iter()
        .filter_map(|receipt| derived.resolved.incident_of.get(receipt))
        .map(IncidentId::as_str)
        .collect();
    let mut out = Map::new();
    out.insert("entry".into(), json!(logged.entry));
    out.insert("holds_from".into(), json!(logged.at.to_string()));
    out.insert("incidents".into(), json!(incidents));
    Ok(told(StatusCode::CREATED, &Value::Object(out)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_read_strictly() {
        let side = |receipts: Value| json!({ "incident": "i-1", "receipts": receipts });
        for (body, is_read) in [
            (json!({ "why": "w", "merge": { "a": side(json!([1])), "b": side(json!([2])) } }), true),
            (json!({ "why": "w", "accept": { "a": side(json!([1])), "b": side(json!([2])) } }), true),
            (json!({ "why": "w", "undo": 7 }), true),
            (json!({ "why": "w", "split": { "incident": "i-1", "receipts": [1], "kept": [2] } }), true),
            (json!({ "why": "w", "reject": { "incident": "i-1", "receipts": [1], "kept": [2] } }), true),
            (json!({ "why": " ", "undo": 7 }), false),
            (json!({ "undo": 7 }), false),
            (json!({ "why": "w" }), false),
            (json!({ "why": "w", "undo": 7, "merge": {} }), false),
            (json!({ "why": "w", "undo": -1 }), false),
            (json!({ "why": "w", "undo": 1.5 }), false),
            (json!({ "why": "w", "judge": 1 }), false),
            (json!({ "why": "w", "split": { "incident": "i-1", "receipts": [1], "kept": [1] } }), false),
            (json!({ "why": "w", "split": { "incident": "i-1", "receipts": [], "kept": [1] } }), false),
            (json!({ "why": "w", "split": { "incident": "i-1", "receipts": ["1"], "kept": [2] } }), false),
            (json!({ "why": "w", "split": { "incident": 1, "receipts": [1], "kept": [2] } }), false),
            (
                json!({ "why": "w", "split": { "incident": "i", "receipts": [1], "kept": [2], "by": "x" } }),
                false,
            ),
            (json!({ "why": "w", "merge": { "a": side(json!([1])) } }), false),
            (json!([]), false),
        ] {
            assert_eq!(read(body.clone()).is_ok(), is_read, "{body}");
        }
    }
}
