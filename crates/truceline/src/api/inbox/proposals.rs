//! Words to proposals, and what a person makes of them. Reading writes nothing; confirming takes the words in with every step at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};
use truceline_intake::Reading;
use truceline_intake::prose::Becomes;
use truceline_model::{ReceiptNo, Span};

use super::reports::{Brought, answer, fields, into_log, nothing_else, sent};
use super::taking::{self, Step};
use super::{BODY, may, understood};
use crate::api::asked::short;
use crate::api::body;
use crate::api::gate::{Caller, brings_json};
use crate::api::problem::{Problem, told};
use crate::api::{Desk, aside};
use crate::commands::shelf::{Opened, Proposed, opened};
use crate::commands::step::{Own, own, taken};
use crate::load;
use crate::proposals::{ProposalId, Said};
use crate::words::Words;

/// Most steps of one text.
const STEPS: usize = 200;

/// What words seem to say.
pub(super) async fn read(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    brings_json(&headers)?;
    may::reports(&caller)?;
    let body = body::read(body, body::length(&headers), BODY).await?;
    let value = aside(move || {
        let mut body = body::object(body)?;
        let brought = Brought::take(&desk, &caller, &mut body, "pasted")?;
        nothing_else(&body)?;
        let known = desk.tables.of(&brought.mission)?;
        let words = Words::before(&brought.told, brought.known, &brought.words);
        let read = opened(&words, brought.words.clone(), &known, &BTreeMap::new());
        let all = read.proposed.iter().map(|one| shown(&read, one, &read.becomes(&brought.mission, one)));
        Ok(json!({
            "language": read.reading.language, "nothing": read.reading.nothing, "proposals": all.collect::<Vec<_>>(),
        }))
    })
    .await?;
    Ok(told(StatusCode::OK, &value))
}

/// The id of a proposal within its text: its kind, its bytes, which of several.
fn within(id: ProposalId) -> String {
    id.to_string().trim_start_matches("p0-").to_owned()
}

/// One proposal, with the words of each value.
fn shown(read: &Opened<'_>, one: &Proposed<'_>, becomes: &Becomes) -> Value {
    let proposal = one.proposal.as_ref();
    let spans = |field: &str| -> Vec<Value> {
        becomes.spans.get(field).into_iter().flatten().map(|one| span(read, *one)).collect()
    };
    let value = |(field, value): (&&'static str, &String)| json!({ "field": field, "value": value, "spans": spans(field) });
    let is_ours = |field: &&&'static str| !matches!(**field, "kind" | "same_as" | "revises");
    json!({
        "id": within(one.id), "kind": one.id.kind.as_str(), "sub": proposal.map(|one| one.sub.as_str()),
        "granularity": proposal.map(|one| one.granularity.as_str()), "span": span(read, one.id.span),
        "values": becomes.fields.iter().filter(|(field, _)| is_ours(field)).map(value).collect::<Vec<_>>(),
        "open": becomes.open,
        "told_before": proposal.and_then(|one| read.told_before(one)).map(|(id, _)| within(id)),
    })
}

/// A span in letters as a browser counts them (UTF-16), with its words.
fn span(read: &Opened<'_>, span: Span) -> Value {
    let upto = |end: u32| {
        let end = usize::try_from(end).unwrap_or(usize::MAX);
        read.text.get(..end).map_or(0, |head| head.encode_utf16().count())
    };
    let words = crate::proposals::slice(&read.text, span).unwrap_or_default();
    json!({ "from": upto(span.start), "to": upto(span.end), "words": words })
}

/// A step as it is sent.
struct Asked {
    id: ProposalId,
    said: Said,
    values: Vec<String>,
}

impl Asked {
    fn read(value: Value) -> Result<Self, Problem> {
        let mut step = body::object(value)?;
        let text = step.remove("proposal");
        let id = text.as_ref().and_then(Value::as_str).and_then(|id| ProposalId::parse(&format!("p0-{id}")));
        let id = id.ok_or_else(|| Problem::wrong("proposal: an id that the reading of these words gave"))?;
        let said = step.remove("said");
        let said = said.as_ref().and_then(Value::as_str).and_then(Said::parse);
        let said = said.ok_or_else(|| Problem::wrong("said: confirmed, corrected or rejected"))?;
        let values = fields(step.remove("fields"))?;
        nothing_else(&step)?;
        if (said == Said::Corrected) == values.is_empty() {
            return Err(Problem::wrong("fields: what is corrected has values, and nothing else has"));
        }
        let values = values.into_iter().map(|(field, value)| format!("{field}={value}")).collect();
        Ok(Self { id, said, values })
    }
}

/// Takes words in with what somebody made of what they seem to say.
pub(super) async fn confirm(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let (key, body) = sent(&caller, &headers, body).await?;
    aside(move || {
        let digest = taking::sent(&body);
        let mut body = body::object(body)?;
        let asked = steps(body.remove("steps"))?;
        let mut brought = Brought::take(&desk, &caller, &mut body, "pasted")?;
        nothing_else(&body)?;
        brought.told.sent = Some(digest);
        brought.told.source = brought.said_by.for_now().as_str().to_owned();
        let (steps, readings) = held(&desk, &brought, &asked)?;
        let mission = Arc::clone(&brought.mission);
        let taken = into_log(&desk, brought, key, steps, "read out of the words, and confirmed in the ops room")?;
        let reports: Vec<Value> = taken.steps.iter().zip(&asked).zip(&readings).map(|((entry, step), reading)| {
            let read = reading.observations.first().map(|one| understood::report(&mission, one));
            json!({ "receipt": ReceiptNo(*entry).to_string(), "proposal": within(step.id), "understood": read })
        }).collect();
        let doubts: Vec<Value> = readings.iter().flat_map(|one| understood::doubts(&one.warnings)).collect();
        Ok(told(StatusCode::CREATED, &answer(&taken, &reports, &doubts)))
    })
    .await
}

fn steps(value: Option<Value>) -> Result<Vec<Asked>, Problem> {
    let Some(Value::Array(all)) = value.filter(|all| all.as_array().is_some_and(|all| all.len() <= STEPS))
    else {
        return Err(Problem::wrong(format!("steps: a list of at most {STEPS}")));
    };
    let all: Vec<Asked> = all.into_iter().map(Asked::read).collect::<Result<_, _>>()?;
    let ids: BTreeSet<ProposalId> = all.iter().map(|one| one.id).collect();
    if ids.len() < all.len() {
        return Err(Problem::wrong("steps: each proposal once"));
    }
    Ok(all)
}

/// Each step held against the words, as a step on the command line is.
fn held(desk: &Desk, brought: &Brought, asked: &[Asked]) -> Result<(Vec<Step>, Vec<Reading>), Problem> {
    let known = desk.tables.of(&brought.mission)?;
    let words = Words::before(&brought.told, brought.known, &brought.words);
    let read = opened(&words, brought.words.clone(), &known, &BTreeMap::new());
    let (_, mapping) = load::mapping("truceline")?;
    let (mut steps, mut readings) = (Vec::new(), Vec::new());
    for one in asked {
        if !read.proposed.iter().any(|found| found.id == one.id) {
            let say = format!("steps: these words propose nothing under {}", short(&within(one.id)));
            return Err(Problem::wrong(say));
        }
        let values = match one.said {
            Said::Corrected => own(&mapping, &one.values, &[])?,
            _ => Own::default(),
        };
        let with = (&mapping, &known.digests);
        let (body, reading) =
            taken(&brought.mission, &read, (one.id, one.said, &values), with, brought.known)?;
        let ProposalId { span, kind, nth, .. } = one.id;
        steps.push(Step { kind, span, nth, body });
        readings.push(reading);
    }
    Ok((steps, readings))
}
