//! One incident, whole: what sources say side by side, how each point stands, figures as ranges, links and what was not linked, findings and what they
//! turn on, its cases, what people decided. And, apart, why the findings under one clause are so.

use std::sync::Arc;

use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde_json::{Map, Value, json};
use truceline_casework::case::Case;
use truceline_model::{ClauseId, Incident, ReadingId, ReceiptNo};
use truceline_publish::view::{IncidentView, View};
use truceline_publish::{Lang, Teller};

use super::sight::{self, Eyes, Moment};
use super::{custody, history, judging};
use crate::api::asked::{Asked, short};
use crate::api::gate::Caller;
use crate::api::problem::{Problem, told};
use crate::api::{Desk, aside, inbox};
use crate::failure::Failure;
use crate::log;
use crate::view::{Owned, about};

type Named = Result<Path<String>, PathRejection>;

/// An answer, and what in it leaves an entry of who read it.
type Shown = (Value, Vec<(&'static str, String)>);

/// There is no such incident, or none that the asker may know of: the same words.
fn no_incident(text: &str) -> Problem {
    Problem::nothing(format!("there is no incident {} that you may see", short(text)))
}

/// One incident, as far as the person may see it.
pub(super) async fn incident(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    id: Named,
    uri: Uri,
) -> Result<Response, Problem> {
    let asked = Asked::of(&uri, &["as_of", "lang"])?;
    let lang = sight::lang(&asked)?;
    let (asking, name) = (Arc::clone(&desk), caller.name.clone());
    let shown = aside(move || {
        with(&asking, &caller, id, asked.text("as_of"), |moment, view, one| {
            whole(&asking, moment, view, one, lang)
        })
    })
    .await?;
    answer(&desk, &name, shown).await
}

/// Why the findings under a clause are so, reading by reading; those that say the same are told once.
pub(super) async fn explanations(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    id: Named,
    uri: Uri,
) -> Result<Response, Problem> {
    let asked = Asked::of(&uri, &["as_of", "lang", "clause", "reading"])?;
    let lang = sight::lang(&asked)?;
    let clause = asked.text("clause").map(ClauseId::new);
    let reading = asked.text("reading").map(ReadingId::new);
    let (asking, name) = (Arc::clone(&desk), caller.name.clone());
    let shown = aside(move || {
        with(&asking, &caller, id, asked.text("as_of"), |moment, view, one| {
            let none = || Problem::wrong("clause: say which; the incident lists its clauses");
            let clause = clause.as_ref().ok_or_else(none)?;
            let all = truceline_publish::explanations(view, one, Some(clause), reading.as_ref(), lang);
            let all = all.iter().map(|explained| {
                let line = explained.json().map_err(|e| Failure::operation("write an explanation", &e))?;
                serde_json::from_str(&line).map_err(|e| Failure::operation("write an explanation", &e))
            });
            let all = all.collect::<Result<Vec<Value>, Failure>>()?;
            Ok(json!({
                "incident": one.incident.id.as_str(), "as_of": moment.derived.as_of.to_string(), "explanations": all,
            }))
        })
    })
    .await?;
    answer(&desk, &name, shown).await
}

/// Answers, once it is noted who is shown it.
async fn answer(desk: &Desk, name: &str, (value, reads): Shown) -> Result<Response, Problem> {
    desk.read_log.note(name, &reads).await?;
    Ok(told(StatusCode::OK, &value))
}

/// Finds an incident before somebody, and lets it be told.
fn with(
    desk: &Desk,
    caller: &Caller,
    id: Named,
    as_of: Option<&str>,
    tell: impl FnOnce(&Moment, &View<'_>, &IncidentView<'_>) -> Result<Value, Problem>,
) -> Result<Shown, Problem> {
    let Ok(Path(text)) = id else { return Err(no_incident("")) };
    let moment = Moment::of(desk, caller, as_of)?;
    let derived = &moment.derived;
    let now = derived.incident_id(&text);
    let incident = derived.resolved.incident(&now).ok_or_else(|| no_incident(&text))?;
    let terms = derived.loaded.mission.terms()?;
    let owned = Owned::of(&derived.loaded.mission);
    let wanted = linked(&moment, incident);
    let kept_back = sight::kept_back(&moment);
    let mut view = about(derived, terms, &owned, &|one| {
        one.id == incident.id || one.receipts().any(|receipt| wanted.contains(&receipt))
    });
    for one in &mut view.incidents {
        for report in one.reports.iter_mut().chain(&mut one.statements).chain(&mut one.totals) {
            if let Some(without) = kept_back.iter().find(|kept| kept.receipt == report.receipt) {
                *report = without;
            }
        }
    }
    let one = view.incidents.iter().find(|one| one.incident.id == incident.id);
    let one = one.ok_or_else(|| no_incident(&text))?;
    let value = tell(&moment, &view, one)?;
    Ok((value, reads(&moment, one)))
}

/// Reports elsewhere that were held against reports of this incident.
fn linked(moment: &Moment, incident: &Incident) -> Vec<ReceiptNo> {
    let mine: Vec<ReceiptNo> = incident.receipts().collect();
    let all = moment.derived.resolved.considered.iter();
    all.filter_map(|one| match (mine.contains(&one.receipt), mine.contains(&one.to)) {
        (true, false) => Some(one.to),
        (false, true) => Some(one.receipt),
        _ => None,
    })
    .collect()
}

/// What is noted before it is shown: an incident that sealed sources tell of, and each of their reports where its words are shown.
fn reads(moment: &Moment, one: &IncidentView<'_>) -> Vec<(&'static str, String)> {
    let sealed = moment.sealed();
    let all = one.reports.iter().chain(&one.statements).chain(&one.totals);
    let of: Vec<ReceiptNo> =
        all.map(|report| report.receipt).filter(|receipt| sealed.contains(receipt)).collect();
    if of.is_empty() {
        return Vec::new();
    }
    let words =
        of.iter().filter(|_| moment.eyes == Eyes::Sealed).map(|one| ("sealed-report", one.to_string()));
    std::iter::once(("incident", one.incident.id.as_str().to_owned())).chain(words).collect()
}

fn whole(
    desk: &Desk,
    moment: &Moment,
    view: &View<'_>,
    one: &IncidentView<'_>,
    lang: Lang,
) -> Result<Value, Problem> {
    let teller = Teller::new(view, lang);
    let mut value = teller.whole(one);
    sight::mark_sealed(&mut value, moment);
    custody::add(&log::open_read_only(desk.source.store())?, &mut value)?;
    files(moment, &mut value);
    let open_words = judging::open_words(moment, one.incident, &teller, &value, lang, with_why(moment))?;
    let more = json!({
        "as_of": moment.derived.as_of.to_string(),
        "considered": if moment.is_mission() { considered(moment, &teller, one.incident) } else { Vec::new() },
        "decisions": if moment.is_mission() { history::of(&moment.derived, one.incident, with_why(moment)) } else { Vec::new() },
        "cases": cases(desk, moment, one.incident)?,
        "may_decide": sight::may_decide(&moment.caller),
        "may_judge": sight::may_judge(&moment.caller),
        "open_words": open_words,
    });
    if let (Some(value), Value::Object(more)) = (value.as_object_mut(), more) {
        value.extend(more);
    }
    Ok(value)
}

/// Whether who decided and why are shown: a reason can name a source.
fn with_why(moment: &Moment) -> bool {
    moment.eyes == Eyes::Sealed || sight::may_decide(&moment.caller)
}

/// Adds the files that came with each report, as far as the person may open them.
fn files(moment: &Moment, told: &mut Value) {
    for report in told.get_mut("reports").and_then(Value::as_array_mut).into_iter().flatten() {
        let receipt = report.get("receipt").and_then(Value::as_u64).map(ReceiptNo);
        let with_names = moment.eyes == Eyes::Sealed;
        let shown =
            receipt.map(|receipt| inbox::shown_to(&moment.caller, &moment.derived, receipt, with_names));
        if let Some(report) = report.as_object_mut() {
            report.insert("attachments".into(), json!(shown.unwrap_or_default()));
        }
    }
}

/// Likely links to reports elsewhere that were not made, and why not.
fn considered(moment: &Moment, teller: &Teller<'_>, incident: &Incident) -> Vec<Value> {
    let resolved = &moment.derived.resolved;
    let mine: Vec<ReceiptNo> = incident.receipts().collect();
    let one = |considered: &truceline_casework::Considered| {
        let (here, there) = match (mine.contains(&considered.receipt), mine.contains(&considered.to)) {
            (true, false) => (considered.receipt, considered.to),
            (false, true) => (considered.to, considered.receipt),
            _ => return None,
        };
        let other = resolved.incident_of.get(&there).and_then(|id| resolved.incident(id))?;
        let entry = match considered.refusal {
            truceline_casework::Refusal::Person(entry) => Some(entry),
            _ => None,
        };
        let mut out = Map::new();
        out.insert("receipt".into(), json!(here.0));
        out.insert("to".into(), json!(there.0));
        out.insert("other".into(), json!({
            "incident": other.id.as_str(), "title": teller.title(other), "receipts": other.receipts().map(|one| one.0).collect::<Vec<_>>(),
        }));
        out.insert("score".into(), json!(considered.score));
        out.insert("refusal".into(), json!(considered.refusal.as_str()));
        out.insert("entry".into(), json!(entry));
        out.insert("reasons".into(), teller.reasons(&considered.reasons));
        Some(Value::Object(out))
    };
    resolved.considered.iter().filter_map(one).collect()
}

/// Cases of the incident that the person may know of.
fn cases(desk: &Desk, moment: &Moment, incident: &Incident) -> Result<Vec<Value>, Problem> {
    let as_of = moment.derived.as_of.to_string();
    let sight = desk.sight(&moment.caller, Some(&as_of))?;
    let answers =
        |case: &&Case| case.incidents.iter().any(|id| moment.derived.incident_id(id.as_str()) == incident.id);
    sight.known().filter(answers).map(|case| sight.line(case)).collect()
}
