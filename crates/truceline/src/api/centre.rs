//! An act at an office in a case of its centre: logged here, under the centre's number, and forwarded with everything else that waits. What
//! `truceline case … centre:c17` does, by the same code.
//!
//! The office does not have the case and knows nothing of it, so nothing is told of it either, whoever asks. Whose role takes no such act in any
//! case is refused before anything is written; whether it is taken says the centre.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::post;
use axum::{Extension, Router};
use serde_json::json;
use truceline_casework::case::{Action, CaseAct, Phase, may};
use truceline_model::Vouched;
use truceline_store::Store;

use super::asked::{case_id, no_case};
use super::body::Sent;
use super::gate::Caller;
use super::problem::{Problem, told};
use super::writes::{moment, not_logged, sent};
use super::{Desk, aside, writer};
use crate::cases;
use crate::committed::Missing;
use crate::failure::Failure;
use crate::log;
use crate::log_reader::LogReader as _;
use crate::office::acts::{NotForCentre, log_for_centre};

/// The route.
pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new().route("/api/centre/cases/{id}/acts", post(act))
}

/// What came of it.
enum Put {
    /// Logged.
    Waits(u64),
    /// Logged under the same key, and something else.
    Another(u64),
    /// Not logged.
    Not(NotForCentre),
}

async fn act(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let Ok(Path(text)) = id else { return Err(no_case("")) };
    let case = case_id(&text)?;
    let (key, sent) = sent(&headers, body).await?;
    aside(move || {
        let Sent { what, when } = Sent::act(case, sent)?;
        let CaseAct::On(_, act) = &what else { return Err(no_case(&text)) };
        let role = caller.person.role;
        let phases = [Phase::Underway, Phase::Deciding, Phase::Ended];
        if !phases.into_iter().any(|phase| may(role, Action::of(act), phase)) {
            let (role, act) = (role.as_str(), act.as_str());
            return Err(Problem::not_theirs(format!(
                "a {role} does no {act} in any case (docs/authority.md says who does)"
            )));
        }
        let when = when.map(|when| moment(&desk, &when)).transpose()?.map(|when| when.to_string());
        let put =
            desk.writer.work(move |store| put(store, &caller.name, &key, &what, when)).map_err(not_logged)?;
        match put {
            Put::Waits(entry) => Ok(told(
                StatusCode::ACCEPTED,
                &json!({ "case": format!("centre:{case}"), "entry": entry, "waits": true }),
            )),
            Put::Another(entry) => {
                let say = format!(
                    "entry {entry} is logged under this key, with another body; take a new key for another act"
                );
                Err(Problem::new(StatusCode::CONFLICT, say))
            }
            Put::Not(NotForCentre::NoCase) => Err(no_case(&text)),
            Put::Not(NotForCentre::NoOffice) => {
                let say = "this record is no office's: it has joined no centre (truceline office join), so that no case of a centre can be meant; act in the cases of this record";
                Err(Problem::new(StatusCode::CONFLICT, say))
            }
        }
    })
    .await
}

fn put(store: &mut Store, by: &str, key: &str, what: &CaseAct, when: Option<String>) -> Result<Put, Failure> {
    let words = writer::key(store, &["act over http for the centre", by, key])?;
    let at = when.clone().unwrap_or_else(log::now);
    match log_for_centre(store, &at, (by, Vouched::Desk), what, Some(words))? {
        Err(not) => Ok(Put::Not(not)),
        Ok((entry, true)) if !says(store, entry, what, when.as_deref())? => Ok(Put::Another(entry)),
        Ok((entry, _)) => Ok(Put::Waits(entry)),
    }
}

/// Whether an entry says what was sent. Words that were destroyed since cannot be held against what came.
fn says(store: &Store, entry: u64, what: &CaseAct, when: Option<&str>) -> Result<bool, Failure> {
    let Some(logged) = store.entries_between(entry, entry.saturating_add(1)).next() else { return Ok(false) };
    let read = cases::read(store, &logged?, &mut Missing::default())?;
    let Some(read) = read.filter(|read| read.is_at_centre) else { return Ok(false) };
    let (case, act, words) = cases::write_act(what);
    let (kept_case, kept_act, kept_words) = cases::write_act(&read.act.what);
    Ok((case, act) == (kept_case, kept_act)
        && (kept_words.is_none() || words == kept_words)
        && when.is_none_or(|when| when == read.act.at.to_string()))
}
