//! Papers of a case over HTTP: the dossier as a page to print, what was judged before in matters alike, and the procedures by the names that the
//! agreement gives them.
//!
//! Everybody is given the widest papers that the policy lets them have: the mission's own, or their party's. Leaves nothing out itself: `casework`
//! does, and `publish` prints what is left.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use serde_json::{Value, json};
use truceline_casework::case::{CaseId, Phase};
use truceline_model::Release;
use truceline_publish::{Lang, Links};
use truceline_store::Store;

use super::asked::{Asked, case_id, no_case};
use super::gate::Caller;
use super::printing::{Form, Whose, answer};
use super::problem::{Problem, told};
use super::seen::{Extent, extent, extent_of_all};
use super::{Desk, aside};
use crate::cases::Gathered;
use crate::failure::Failure;
use crate::log;
use crate::mission::texts;

type Named = Result<Path<String>, PathRejection>;

/// The routes of this area.
pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new()
        .route("/api/procedures", get(procedures))
        .route("/api/cases/{id}/precedents", get(precedents))
        .route("/api/cases/{id}/dossier/page", get(page))
}

/// The procedures of the agreement, and its scale of gravity: what steps and ends are called.
async fn procedures(State(desk): State<Arc<Desk>>, uri: Uri) -> Result<Response, Problem> {
    Asked::of(&uri, &[])?;
    let value = aside(move || {
        let loaded = Arc::clone(&desk.live()?.loaded);
        // A mission without terms has no procedure.
        let terms = loaded.mission.terms().ok();
        let clauses = terms.into_iter().flat_map(|terms| &terms.clauses);
        let all = clauses.filter_map(|clause| {
            let procedure = clause.procedure.as_ref()?;
            let step = |step: &truceline_model::Step| {
                json!({ "id": step.id, "name": texts(&step.name), "asks": step.asks.as_str() })
            };
            let end = |end: &truceline_model::End| json!({ "id": end.id, "name": texts(&end.name) });
            Some(json!({
                "id": clause.id.as_str(), "title": texts(&clause.name),
                "takes": procedure.takes.iter().map(|id| id.as_str()).collect::<Vec<_>>(),
                "steps": procedure.steps.iter().map(step).collect::<Vec<_>>(),
                "ends": procedure.ends.iter().map(end).collect::<Vec<_>>(),
            }))
        });
        let scale = terms.into_iter().flat_map(|terms| &terms.gravity);
        let scale = scale.map(|one| json!({ "id": one.id, "name": texts(&one.name) }));
        Ok(json!({ "procedures": all.collect::<Vec<_>>(), "gravity": scale.collect::<Vec<_>>() }))
    })
    .await?;
    Ok(told(StatusCode::OK, &value))
}

/// What was judged before in matters alike: shown, never applied.
async fn precedents(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    id: Named,
    uri: Uri,
) -> Result<Response, Problem> {
    let asked = Asked::of(&uri, &["as_of"])?;
    let value = aside(move || {
        let (store, id, gathered) = gathered(&desk, &caller, id, &asked)?;
        let (_, text) = gathered.print(&store, id, &[], Links::Static)?;
        let mut read: Value =
            serde_json::from_str(&text).map_err(|e| Failure::operation("write the precedents", &e))?;
        let lacking =
            || Problem::ours(&Failure::operation("write the precedents", &"a dossier without them"));
        read.get_mut("precedents").map(Value::take).ok_or_else(lacking)
    })
    .await?;
    Ok(told(StatusCode::OK, &value))
}

/// The dossier as a page of its own, to read and to print; that it was shown is an entry of the record first.
async fn page(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    id: Named,
    uri: Uri,
) -> Result<Response, Problem> {
    let asked = Asked::of(&uri, &["as_of", "lang", "form"])?;
    let form = Form::of(&asked)?;
    let wrong = || Problem::wrong("lang: en, ar or ru");
    let lang = asked.text("lang").map_or(Ok(Lang::En), |code| Lang::parse(code).ok_or_else(wrong))?;
    let (asking, name) = (Arc::clone(&desk), caller.name.clone());
    let (page, reads, called) = aside(move || {
        let (store, id, gathered) = gathered(&asking, &caller, id, &asked)?;
        let (pages, _) = gathered.print(&store, id, &[lang], Links::Static)?;
        let page = pages.into_iter().next().map(|(_, page)| page).unwrap_or_default();
        let is_whole = matches!(extent_of_all(&caller), Extent::Whole { .. });
        let reads = if is_whole { vec![("dossier", id.to_string())] } else { Vec::new() };
        let called = format!("case-{id}.{}", lang.code());
        Ok((asking.press.page(page, form, Whose::TheAsker)?, reads, called))
    })
    .await?;
    desk.read_log.note(&name, &reads).await?;
    Ok(answer(page, form, &called))
}

/// Which papers somebody may have.
fn release(caller: &Caller, phase: Phase) -> Option<Release> {
    match extent(caller, phase) {
        Extent::Whole { with_sealed } => Some(Release::Mission { with_sealed }),
        Extent::Party(party) => Some(Release::Party(party)),
        Extent::Own | Extent::Nothing => None,
    }
}

/// What the papers of a case are made from, for who may have them.
fn gathered(
    desk: &Desk,
    caller: &Caller,
    id: Named,
    asked: &Asked,
) -> Result<(Store, CaseId, Gathered), Problem> {
    let role = caller.person.role.as_str();
    let refused =
        |what: &str| Problem::not_theirs(format!("a {role} {what} (docs/authority.md says who does)"));
    if extent_of_all(caller) == Extent::Nothing {
        return Err(refused("sees no cases"));
    }
    let Ok(Path(text)) = id else { return Err(no_case("")) };
    let id = case_id(&text)?;
    let sight = desk.sight(caller, asked.text("as_of"))?;
    let case = sight.docket.cases.get(&id).filter(|case| sight.knows(case)).ok_or_else(|| no_case(&text))?;
    let release = release(caller, case.phase()).ok_or_else(|| refused("has no papers of a case"))?;
    // Now is as everybody reads it: a few seconds old.
    let live = if asked.text("as_of").is_some() { desk.at(sight.docket.as_of)? } else { desk.live()? };
    let shown = match release.is_mission() {
        true => None,
        false => Some(desk.feed.published(&live)?.ok_or_else(Problem::many_moments)?),
    };
    let store = log::open_read_only(desk.source.store())?;
    let gathered =
        Gathered::from(&store, Arc::clone(live.derived()?), shown, Arc::clone(&live.docket), release)?;
    Ok((store, id, gathered))
}
