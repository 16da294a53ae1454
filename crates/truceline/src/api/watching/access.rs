//! Access: what was promised by a time or each day, what is recorded of it by each origin, and aid on its way, stage by stage.
//!
//! The ledger of duties as `truceline duties` tells it, with the words of the terms beside it. Silence is no zero and no refusal here either.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use serde_json::{Value, json};
use truceline_publish::Screen;
use truceline_publish::view::View;

use super::incidents::shown;
use super::state::{Eyes, Moment, When, answer, view_of, written};
use crate::api::Desk;
use crate::api::asked::Asked;
use crate::api::gate::Caller;
use crate::api::problem::Problem;
use crate::commands::duties::{aid_json, chance_json, duty_json};
use crate::failure::Failure;
use crate::protected::is_sealed;

/// The ledger of duties.
pub(in crate::api) async fn access(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let asked = Asked::of(&uri, &["as_of"])?;
    let view = view_of(&caller);
    answer((desk, caller), (uri, headers), (When::of(&asked), view), |moment, _| {
        Ok(shown(&moment.derived, |view, screen| told(moment, view, screen))?)
    })
    .await
}

fn told(moment: &Moment, view: &View<'_>, screen: &Screen<'_>) -> Result<Value, Failure> {
    let derived = moment.derived.as_ref();
    let ledger = derived.ledger();
    let title = |id: &truceline_model::ClauseId| {
        view.clauses.iter().find(|clause| clause.id == id).map(|clause| &clause.title)
    };
    let duties = ledger.duties.iter().map(|duty| {
        let mut value = duty_json(duty, derived.as_of);
        let asks: Vec<_> = duty.due.counting.iter().map(|one| screen.counted(&one.to_string())).collect();
        let acts: Vec<_> = duty.due.acts.iter().map(|act| screen.word("act", act.as_str())).collect();
        let passed = duty.due.at.passed();
        for (name, more) in [
            ("title", json!(title(&duty.due.clause))),
            ("asks", json!(asks)),
            ("acts_words", json!(acts)),
            ("passes", written(passed)),
            ("has_passed", json!(passed <= derived.as_of)),
        ] {
            put(&mut value, name, more);
        }
        keep_named(&mut value, "accounts");
        if let Some(Value::Array(all)) = value.get_mut("watched_by") {
            all.retain(|one| one.as_str().is_some_and(|id| !is_sealed(&id.into())));
        }
        value
    });
    let duties: Vec<Value> = duties.collect();
    let aid: Vec<Value> = ledger.aid.iter().map(|passage| stages(aid_json(passage), screen)).collect();
    // Which cases may be opened is for those who open them.
    let chances: Vec<Value> = match moment.eyes {
        Eyes::Mission => ledger.chances.iter().map(|one| chance_json(one, &derived.docket)).collect(),
        Eyes::Published | Eyes::Nothing => Vec::new(),
    };
    let measures: serde_json::Map<String, Value> =
        view.measures.iter().map(|(id, words)| (id.to_string(), json!(words))).collect();
    Ok(json!({
        "as_of": written(derived.as_of), "is_whole": moment.eyes == Eyes::Mission, "duties": duties,
        "days_left_out": ledger.days_left_out, "aid": aid, "may_open": chances, "measures": measures,
    }))
}

fn put(value: &mut Value, name: &str, more: Value) {
    if let Some(map) = value.as_object_mut() {
        map.insert(name.to_owned(), more);
    }
}

/// Origins that may be named alone have an account under their name; the others' are told without it.
fn keep_named(value: &mut Value, name: &str) {
    let Some(Value::Object(accounts)) = value.get_mut(name) else { return };
    let hidden: Vec<String> = accounts.keys().filter(|id| is_sealed(&id.as_str().into())).cloned().collect();
    for (number, id) in (1..).zip(hidden) {
        if let Some(account) = accounts.remove(&id) {
            accounts.insert(format!("protected-{number}"), account);
        }
    }
}

/// Stages of a passage with the words for each; a protected origin without its name.
fn stages(mut passage: Value, screen: &Screen<'_>) -> Value {
    let mut words = serde_json::Map::new();
    if let Some(Value::Object(stages)) = passage.get_mut("stages") {
        for (stage, all) in stages {
            words.insert(stage.clone(), json!(screen.word("reached", stage)));
            for said in all.as_array_mut().into_iter().flatten() {
                let is_hidden =
                    said.get("origin").and_then(Value::as_str).is_some_and(|id| is_sealed(&id.into()));
                if is_hidden {
                    put(said, "origin", json!("protected"));
                }
            }
        }
    }
    put(&mut passage, "stage_words", Value::Object(words));
    passage
}
