//! A report typed into a form: its words as they were said, and beside them what, where, when, who, as the person who took it down understood it.
//!
//! What cannot be read is refused with every such value at once, and nothing is written; what is written has a receipt, and is read back.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Map, Value, json};
use truceline_casework::case::Role;
use truceline_intake::Reading;
use truceline_intake::prose::{Day, Kind};
use truceline_model::{Instant, ReceiptNo, SourceId, Span};

use super::said_by::SaidBy;
use super::taking::{self, Step, Taken, Taking};
use super::{BODY, WORDS, may, understood};
use crate::api::asked::short;
use crate::api::body;
use crate::api::gate::{Caller, brings_json};
use crate::api::problem::{Problem, told};
use crate::api::writes::{idempotency_key, moment, not_logged};
use crate::api::{Desk, aside};
use crate::commands::step::row_read;
use crate::live::now;
use crate::log::Told;
use crate::mission::Mission;
use crate::proposals::ProposalId;
use crate::{load, words};

/// What can be said in the form: columns of the native report file.
pub(super) const FIELDS: [&str; 15] = [
    "act",
    "weapon",
    "target",
    "when",
    "place",
    "area",
    "lat",
    "lon",
    "within_m",
    "actor",
    "actor_how",
    "killed",
    "wounded",
    "killed_civilian",
    "killed_combatant",
];

/// Most bytes of one value.
const VALUE: usize = 300;

/// What somebody who may take reports down sends: a body with its key, read as JSON within the bounds of this area.
pub(super) async fn sent(
    caller: &Caller,
    headers: &HeaderMap,
    sent: Body,
) -> Result<(String, Value), Problem> {
    brings_json(headers)?;
    may::reports(caller)?;
    let key = idempotency_key(headers)?;
    Ok((key, body::read(sent, body::length(headers), BODY).await?))
}

/// What every text brings, however it is read.
pub(super) struct Brought {
    pub(super) words: String,
    pub(super) said_by: SaidBy,
    pub(super) told: Told,
    pub(super) known: Instant,
    /// The mission, with what stands for the source registered in it.
    pub(super) mission: Arc<Mission>,
}

impl Brought {
    /// Takes its own members out of a body; `name` says how it came.
    pub(super) fn take(
        desk: &Desk,
        caller: &Caller,
        body: &mut Map<String, Value>,
        name: &str,
    ) -> Result<Self, Problem> {
        let loaded = Arc::clone(&desk.live()?.loaded);
        let mission = &loaded.mission;
        let mut text = |name: &str, most: usize| match body.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if !text.trim().is_empty() && text.len() <= most => Ok(Some(text)),
            Some(_) => {
                Err(Problem::wrong(format!("{name}: a text that is not empty, of at most {most} bytes")))
            }
        };
        let words = text("words", WORDS)?;
        let words = words.ok_or_else(|| {
            Problem::wrong("words: the report in the words in which it came, in any language")
        })?;
        let language = text("language", 2)?.map(|code| code.to_ascii_lowercase());
        if language.as_ref().is_some_and(|code| !code.bytes().all(|byte| byte.is_ascii_lowercase())) {
            return Err(Problem::wrong("language: a code of two letters"));
        }
        let date = text("date", 10)?;
        if date.as_deref().is_some_and(|day| Day::parse(day).is_none()) {
            return Err(Problem::wrong("date: the day on which it was written, like 2016-02-21"));
        }
        let known = text("known", 64)?.map(|when| moment(desk, &when)).transpose()?;
        let known = known.map_or_else(|| now(&loaded), Ok)?;
        if let Some(fault) = words::fault(words.as_bytes()) {
            return Err(Problem::wrong(format!("words: {}; {}", fault.found, fault.would_be_right)));
        }
        let said_by = match body.remove("said_by") {
            Some(said_by) => SaidBy::read(&said_by, mission)?,
            None if caller.person.role == Role::HotlineOperator => SaidBy::Caller(None),
            None => SaidBy::Myself,
        };
        let date = date.unwrap_or_else(|| mission.zone.local_date(known));
        let told = Told {
            name: name.to_owned(),
            known: Some(known.to_string()),
            date: Some(date),
            language,
            by: Some(caller.name.clone()),
            ..Told::default()
        };
        let mission = registered(mission, &said_by.for_now());
        Ok(Self { words, said_by, told, known, mission })
    }
}

/// The mission in which the source of a report is registered.
fn registered(mission: &Arc<Mission>, source: &SourceId) -> Arc<Mission> {
    if mission.sources.is_empty() || mission.sources.get(source).is_some() {
        return Arc::clone(mission);
    }
    let mut with = Mission::clone(mission);
    with.register_sealed(std::iter::once(source));
    Arc::new(with)
}

/// Takes a typed report in.
pub(super) async fn report(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let (key, body) = sent(&caller, &headers, body).await?;
    aside(move || {
        let digest = taking::sent(&body);
        let mut body = body::object(body)?;
        let fields = fields(body.remove("fields"))?;
        let mut brought = Brought::take(&desk, &caller, &mut body, "typed")?;
        nothing_else(&body)?;
        brought.told.sent = Some(digest);
        let (steps, reading) = match fields.is_empty() {
            true => (Vec::new(), None),
            false => match typed(&brought, &fields)? {
                Ok((step, reading)) => (vec![step], Some(reading)),
                Err(refusals) => return Err(said_wrong(&refusals)),
            },
        };
        let mission = Arc::clone(&brought.mission);
        let taken = into_log(&desk, brought, key, steps, "typed in the ops room, and read back")?;
        let doubts = reading.iter().flat_map(|one| understood::doubts(&one.warnings)).collect::<Vec<_>>();
        let read = reading.iter().flat_map(|one| one.observations.first());
        let read: Vec<Value> = taken.steps.iter().zip(read).map(|(entry, one)| {
            json!({ "receipt": ReceiptNo(*entry).to_string(), "proposal": null, "understood": understood::report(&mission, one) })
        }).collect();
        Ok(told(StatusCode::CREATED, &answer(&taken, &read, &doubts)))
    })
    .await
}

/// What is told of what was taken in.
pub(super) fn answer(taken: &Taken, reports: &[Value], doubts: &[Value]) -> Value {
    json!({ "receipt": taken.receipt.to_string(), "known": taken.known, "reports": reports, "doubts": doubts })
}

/// That a body holds nothing more.
pub(super) fn nothing_else(body: &Map<String, Value>) -> Result<(), Problem> {
    match body.keys().next() {
        None => Ok(()),
        Some(name) => Err(Problem::wrong(format!("\"{}\" is not known here", short(name)))),
    }
}

/// The values of the form; an empty one says nothing.
pub(super) fn fields(value: Option<Value>) -> Result<BTreeMap<String, String>, Problem> {
    let wrong = || Problem::wrong("fields: an object of texts, by the columns of the report file");
    let object = match value {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(object)) => object,
        Some(_) => return Err(wrong()),
    };
    let mut fields = BTreeMap::new();
    for (name, value) in object {
        if !FIELDS.contains(&name.as_str()) {
            let say = format!("fields: \"{}\" is not known; {} are", short(&name), FIELDS.join(", "));
            return Err(Problem::wrong(say));
        }
        match value {
            Value::Null => {}
            Value::String(text) if text.len() <= VALUE && !text.chars().any(char::is_control) => {
                if !text.trim().is_empty() {
                    fields.insert(name, text.trim().to_owned());
                }
            }
            Value::String(_) => {
                return Err(Problem::wrong(format!("fields: {name} has one line of at most {VALUE} bytes")));
            }
            _ => return Err(wrong()),
        }
    }
    Ok(fields)
}

type Typed = Result<(Step, Reading), Vec<truceline_intake::Refusal>>;

/// The step that a typed report is: all its words, and every value the person's own.
pub(super) fn typed(brought: &Brought, fields: &BTreeMap<String, String>) -> Result<Typed, Problem> {
    let end = u32::try_from(brought.words.len()).map_err(|_| Problem::wrong("words: too long"))?;
    let (kind, span, nth) = (Kind::Incident, Span { start: 0, end }, 1);
    let id = ProposalId { words: ReceiptNo(0), span, kind, nth };
    let mut row = Map::new();
    let mut put = |name: &str, value: &str| drop(row.insert(name.to_owned(), json!(value)));
    put("id", &id.to_string());
    put("kind", "event");
    put("source", brought.said_by.for_now().as_str());
    put("known", &brought.known.to_string());
    fields.iter().for_each(|(name, value)| put(name, value));
    let (_, mapping) = load::mapping("truceline")?;
    let reading = match row_read(&brought.mission, &mapping, &row) {
        Ok(reading) => reading,
        Err(refusals) => return Ok(Err(refusals)),
    };
    let own: Map<String, Value> = fields.keys().map(|name| (name.clone(), Value::Null)).collect();
    let body = json!({ "said": "corrected", "reader": "typed", "row": row, "spans": {}, "own": own });
    Ok(Ok((Step { kind, span, nth, body }, reading)))
}

/// Every value that cannot be read.
pub(super) fn said_wrong(refusals: &[truceline_intake::Refusal]) -> Problem {
    let first = refusals.iter().map(|one| {
        format!(
            "{}: found {}; {}",
            one.column.as_deref().unwrap_or("the report"),
            one.found,
            one.would_be_right
        )
    });
    let say = format!("nothing was written: {}", first.collect::<Vec<_>>().join("; "));
    let mut more = Map::new();
    more.insert("refusals".to_owned(), Value::Array(understood::refusals(refusals)));
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, say).with(more)
}

/// Logs it, once.
pub(super) fn into_log(
    desk: &Desk,
    brought: Brought,
    key: String,
    steps: Vec<Step>,
    why: &'static str,
) -> Result<Taken, Problem> {
    let Brought { words, said_by, told, known, .. } = brought;
    let taking = Taking { key, told, said_by, known, words, steps, why };
    let taken = desk.writer.work(move |store| taking.into_log(store)).map_err(not_logged)?;
    if taken.is_other {
        let say = format!(
            "{} is logged under this key, with another body; take a new key for another report",
            taken.receipt
        );
        return Err(Problem::new(StatusCode::CONFLICT, say));
    }
    // Who has just written finds it; in a record that has to be read anew, a little later.
    let last = taken.steps.last().copied().unwrap_or(taken.receipt.0);
    desk.feed.reached(last.saturating_add(1))?;
    Ok(taken)
}
