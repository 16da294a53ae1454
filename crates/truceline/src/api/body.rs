//! Bodies of writes: bounded in bytes, time and depth, and read strictly. What is not understood is named.
//!
//! Knows no act by itself: [`cases::read_act`] reads it as it reads the log, and what [`cases::write_act`] makes of that must say all that came.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value, json};
use truceline_casework::case::{CaseAct, CaseId};
use truceline_model::Instant;

use super::asked::short;
use super::problem::Problem;
use crate::cases;

/// Longest body, in bytes.
pub(super) const LIMIT: usize = 64 * 1024;
/// How long it may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);
/// Most bytes of words.
const WORDS: usize = 32 * 1024;
/// Most bytes of any other text, most items of a list, and how deep values lie within each other.
const TEXT: usize = 256;
const ITEMS: usize = 256;
const DEPTH: usize = 6;
/// Largest number that every reader of JSON takes alike.
const LARGEST: u64 = (1 << 53) - 1;

/// What was sent, understood.
pub(super) struct Sent {
    pub(super) what: CaseAct,
    /// When it was done, as it was written.
    pub(super) when: Option<String>,
}

/// How long a body is, as the head says it.
pub(super) fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Reads the bytes of a body; `length` as the head says it.
pub(super) async fn bytes(body: Body, length: Option<u64>, most: usize) -> Result<Bytes, Problem> {
    bytes_within(body, length, most, PATIENCE).await
}

/// Reads the bytes of a body that may take longer than others to arrive.
pub(super) async fn bytes_within(
    body: Body,
    length: Option<u64>,
    most: usize,
    patience: Duration,
) -> Result<Bytes, Problem> {
    let long = || Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("a body has at most {most} bytes"));
    if length.is_some_and(|length| length > most as u64) {
        return Err(long());
    }
    match tokio::time::timeout(patience, axum::body::to_bytes(body, most)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(_)) => Err(long()),
        Err(_) => Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "the body did not arrive in time")),
    }
}

/// Reads a body of JSON.
pub(super) async fn read(body: Body, length: Option<u64>, most: usize) -> Result<Value, Problem> {
    let bytes = bytes(body, length, most).await?;
    let text = std::str::from_utf8(&bytes).map_err(|_| Problem::wrong("the body is not UTF-8"))?;
    serde_json::from_str(text)
        .map_err(|e| Problem::wrong(format!("the body is no JSON: line {}, column {}", e.line(), e.column())))
}

impl Sent {
    /// An opening.
    pub(super) fn opening(body: Value) -> Result<Self, Problem> {
        let (mut act, words, when) = parts(body)?;
        if act.contains_key("since") {
            return Err(Problem::wrong("since: only the terms say since when a threshold was passed"));
        }
        for list in ["incidents", "respondents", "rests_on"] {
            act.entry(list).or_insert_with(|| json!([]));
        }
        understood(None, json!({ "open": act }), "open", words, when)
    }

    /// An act in a case.
    pub(super) fn act(case: CaseId, body: Value) -> Result<Self, Problem> {
        let (mut rest, words, when) = parts(body)?;
        let act = rest.remove("act").unwrap_or(Value::Null);
        if let Some(name) = rest.keys().next() {
            return Err(Problem::wrong(format!(
                "\"{}\" is not known here; act, words and when are",
                short(name)
            )));
        }
        understood(Some(case.0), act, "", words, when)
    }

    /// A fault of the clock.
    pub(super) fn clock_fault(body: Value) -> Result<Self, Problem> {
        let (act, words, when) = parts(body)?;
        understood(None, json!({ "clock-fault": act }), "clock-fault", words, when)
    }
}

/// What was sent, as the object that it has to be.
pub(super) fn object(body: Value) -> Result<Map<String, Value>, Problem> {
    match body {
        Value::Object(body) => Ok(body),
        _ => Err(Problem::wrong("the body is one JSON object")),
    }
}

type Parts = (Map<String, Value>, Option<String>, Option<String>);

/// Takes words and moment out of a body.
fn parts(body: Value) -> Result<Parts, Problem> {
    let mut body = object(body)?;
    let mut text = |name: &str, most: usize| match body.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if !text.trim().is_empty() && text.len() <= most => Ok(Some(text)),
        Some(_) => Err(Problem::wrong(format!("{name}: a text that is not empty, of at most {most} bytes"))),
    };
    let (words, when) = (text("words", WORDS)?, text("when", TEXT)?);
    Ok((body, words, when))
}

fn understood(
    case: Option<u64>,
    act: Value,
    within: &str,
    words: Option<String>,
    when: Option<String>,
) -> Result<Sent, Problem> {
    bounded(&act, DEPTH)?;
    let what = cases::read_act(case, &act, words.clone()).ok_or_else(|| {
        Problem::wrong(
            "the act cannot be read: docs/openapi.json shows the shape of each, with what it must hold",
        )
    })?;
    let (_, written, kept) = cases::write_act(&what);
    let path = if within.is_empty() { "act" } else { "" };
    let differs = match within {
        "" => difference(&act, &written, path),
        name => {
            difference(act.get(name).unwrap_or(&Value::Null), written.get(name).unwrap_or(&Value::Null), path)
        }
    };
    if let Some(place) = differs {
        let say =
            format!("{}: not known here, or not of the shape that docs/openapi.json shows", short(&place));
        return Err(Problem::wrong(say));
    }
    if kept != words {
        return Err(Problem::wrong("words: this act takes none"));
    }
    Ok(Sent { what, when })
}

/// That nothing in a value is larger than anybody needs, and no text acts on a terminal.
fn bounded(value: &Value, depth: usize) -> Result<(), Problem> {
    let wrong = |say: &str| Err(Problem::wrong(format!("the act: {say}")));
    let Some(below) = depth.checked_sub(1) else { return wrong("its values lie too deep within each other") };
    match value {
        Value::Null | Value::Bool(_) => Ok(()),
        Value::Number(number) if number.as_u64().is_some_and(|number| number <= LARGEST) => Ok(()),
        Value::Number(_) => wrong("a number is whole, not negative, and at most 2^53 - 1"),
        Value::String(text) if text.len() <= TEXT && !text.chars().any(char::is_control) => Ok(()),
        Value::String(_) => wrong("a text has at most 256 bytes and no control characters"),
        Value::Array(all) if all.len() <= ITEMS => all.iter().try_for_each(|one| bounded(one, below)),
        Value::Object(all) if all.len() <= ITEMS => all.values().try_for_each(|one| bounded(one, below)),
        _ => wrong("a list has at most 256 items"),
    }
}

/// Where what came says something else than what was understood; nothing, when it says the same.
fn difference(came: &Value, understood: &Value, place: &str) -> Option<String> {
    let here = || Some(if place.is_empty() { "the body".to_owned() } else { place.to_owned() });
    match (came, understood) {
        (Value::Object(came), Value::Object(understood)) => {
            let under =
                |name: &str| if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") };
            let unknown = came.iter().find_map(|(name, value)| match understood.get(name) {
                Some(kept) => difference(value, kept, &under(name)),
                None => Some(under(name)),
            });
            let made_up = || {
                understood
                    .iter()
                    .find(|(name, kept)| !kept.is_null() && !came.contains_key(*name))
                    .map(|(name, _)| under(name))
            };
            unknown.or_else(made_up)
        }
        (Value::Array(came), Value::Array(understood)) => {
            let set = |all: &[Value]| all.iter().map(Value::to_string).collect::<BTreeSet<_>>();
            if set(came) == set(understood) { None } else { here() }
        }
        (Value::String(came), Value::String(understood)) if came != understood => {
            match (Instant::parse(came), Instant::parse(understood)) {
                (Ok(came), Ok(understood)) if came == understood => None,
                _ => here(),
            }
        }
        (came, understood) if came == understood => None,
        _ => here(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn act(body: Value) -> Result<CaseAct, String> {
        Sent::act(CaseId(5), body).map(|sent| sent.what).map_err(|problem| format!("{problem:?}"))
    }

    #[test]
    fn what_is_not_understood_is_named_and_nothing_is_dropped() {
        assert!(act(json!({ "act": { "step": { "step": "notice" } }, "words": "so" })).is_ok());
        let due = json!({ "act": { "undertake": { "due": "2016-05-06T13:00:00+03:00" } } });
        assert!(act(due).is_ok(), "the same moment in another zone");
        for (body, named) in [
            (json!({ "act": { "step": { "step": "notice", "by": "ivan" } } }), "act.step.by"),
            (json!({ "act": { "step": { "step": "notice" } }, "by": "ivan" }), "by"),
            (json!({ "act": { "step": { "step": "notice", "then": 7 } } }), "act.step.then"),
            (json!({ "act": { "step": { "step": "notice", "due": "soon" } } }), "act.step.due"),
            (json!({ "act": { "step": { "step": "notice" }, "recuse": {} } }), "act"),
            (json!({ "act": { "name": "ahrar" }, "words": "x" }), "words"),
            (json!({ "act": { "dissent": { "of": -1 } } }), "number"),
            (json!({ "act": { "dissent": { "of": 1.5 } } }), "number"),
            (json!({ "act": { "dissent": { "of": 18_000_000_000_000_000_000_u64 } } }), "number"),
            (json!({ "act": { "open": {} } }), "cannot be read"),
            (json!({ "act": {} }), "cannot be read"),
            (json!({ "act": "step" }), "cannot be read"),
            (json!({}), "cannot be read"),
            (json!({ "act": { "recuse": {} }, "words": " " }), "words"),
            (json!({ "act": { "name": "a\u{1b}[2J" } }), "control"),
            (json!({ "act": { "recuse": [[[[[[[[]]]]]]]] } }), "deep"),
        ] {
            let said = act(body.clone()).unwrap_err();
            assert!(said.contains(named), "{body}: {said}");
        }
    }

    #[test]
    fn answers_of_a_decider_keep_every_name() {
        let stance =
            json!({ "happened": "yes", "who": ["b", "a", "a"], "prohibited": "no", "gravity": null });
        assert!(act(json!({ "act": { "determine": { "step": "judge", "stance": stance } } })).is_ok());
        let stance = json!({ "happened": "yes", "who": ["a", 7], "prohibited": "no" });
        assert!(act(json!({ "act": { "determine": { "step": "judge", "stance": stance } } })).is_err());
    }
}
