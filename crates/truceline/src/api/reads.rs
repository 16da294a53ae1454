//! What is looked at: cases, one case, what somebody can do in it, what is due, counts, exclusions. As of any moment; nothing is stored.

use std::sync::Arc;

use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use serde_json::{Value, json};
use truceline_casework::case::{Case, CaseId};

use super::asked::{Asked, case_id, no_case};
use super::gate::Caller;
use super::problem::{Problem, told};
use super::seen::{Extent, Sight, extent_of_all, view};
use super::{Desk, aside};
use crate::cases;

/// Cases of one answer, where nothing else is asked, and at the most.
const PAGE: u64 = 50;
const MOST: u64 = 200;
/// How many hours ahead can be looked: a year.
const AHEAD: u64 = 8_760;

type Shared = State<Arc<Desk>>;
type Named = Result<Path<String>, PathRejection>;

/// Reads of cases before somebody, beside the connections.
async fn read(
    desk: Arc<Desk>,
    caller: Caller,
    as_of: Option<String>,
    work: impl FnOnce(&Sight) -> Result<Value, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    if extent_of_all(&caller) == Extent::Nothing {
        let role = caller.person.role.as_str();
        return Err(Problem::not_theirs(format!("a {role} sees no cases (docs/authority.md says who does)")));
    }
    let (name, asking) = (caller.name.clone(), Arc::clone(&desk));
    let value = aside(move || work(&asking.sight(&caller, as_of.as_deref())?)).await?;
    desk.read_log.note(&name, &sensitive(&value)).await?;
    Ok(told(StatusCode::OK, &value))
}

/// What in an answer leaves an entry of who read it: a case whole, and sealed evidence in it.
fn sensitive(value: &Value) -> Vec<(&'static str, String)> {
    let case = value.get("case").and_then(Value::as_str);
    let is_whole = value.get("view").and_then(Value::as_str) == Some("whole");
    let Some(case) = case.filter(|_| is_whole) else { return Vec::new() };
    let is = |item: &Value, name: &str| item.get(name).and_then(Value::as_bool) == Some(true);
    let evidence = value.get("evidence").and_then(Value::as_array).into_iter().flatten();
    let sealed = evidence
        .filter(|item| is(item, "is_sealed") && !is(item, "is_withheld"))
        .filter_map(|item| item.get("entry").and_then(Value::as_u64))
        .map(|entry| ("sealed-evidence", format!("{case}/{entry}")));
    std::iter::once(("case", case.to_owned())).chain(sealed).collect()
}

/// The same for what reads alike to everybody of one view: made once for each generation of the record.
async fn read_alike(
    (desk, caller): (Arc<Desk>, Caller),
    (uri, headers): (Uri, HeaderMap),
    as_of: Option<String>,
    work: impl FnOnce(&Sight) -> Result<Value, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    if extent_of_all(&caller) == Extent::Nothing {
        let role = caller.person.role.as_str();
        return Err(Problem::not_theirs(format!("a {role} sees no cases (docs/authority.md says who does)")));
    }
    aside(move || {
        // Taken first: what is made of a newer moment is never kept under an older one's number, where it would only be made again.
        let generation = desk.live()?.generation;
        desk.answers.answer(generation, (&uri, &view(&caller)), &headers, || {
            Ok(work(&desk.sight(&caller, as_of.as_deref())?)?.to_string().into_bytes())
        })
    })
    .await
}

/// The cases that somebody may know of, by the entries that opened them; `next` is what to ask `after`.
pub(super) async fn cases(
    State(desk): Shared,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let asked = Asked::of(&uri, &["as_of", "after", "limit"])?;
    let after = asked.number("after", 0, u64::MAX)?;
    let limit = asked.number("limit", 1, MOST)?.unwrap_or(PAGE);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let as_of = asked.text("as_of").map(str::to_owned);
    read_alike((desk, caller), (uri, headers), as_of, move |sight| {
        let is_after = |case: &&Case| after.is_none_or(|after| case.id.0 > after);
        let mut rest = sight.known().filter(is_after);
        let page: Vec<&Case> = rest.by_ref().take(limit).collect();
        let next = rest.next().and_then(|_| page.last()).map(|last| last.id.0);
        let lines = page.into_iter().map(|case| sight.line(case)).collect::<Result<Vec<_>, _>>()?;
        let cursor = sight.entries().last().map(|(entry, _)| *entry);
        Ok(json!({ "as_of": sight.docket.as_of.to_string(), "cursor": cursor, "next": next, "cases": lines }))
    })
    .await
}

fn named(id: Named) -> Result<(CaseId, String), Problem> {
    let Ok(Path(text)) = id else { return Err(no_case("")) };
    Ok((case_id(&text)?, text))
}

/// The case of that number, if the person may know of it.
fn known<'s>(sight: &'s Sight, (id, text): &(CaseId, String)) -> Result<&'s Case, Problem> {
    let found = sight.docket.cases.get(id).filter(|case| sight.knows(case));
    found.ok_or_else(|| no_case(text))
}

/// One case, as far as the person may see it.
pub(super) async fn case(
    State(desk): Shared,
    Extension(caller): Extension<Caller>,
    id: Named,
    uri: Uri,
) -> Result<Response, Problem> {
    let id = named(id)?;
    let as_of = Asked::of(&uri, &["as_of"])?.text("as_of").map(str::to_owned);
    let from = Arc::clone(&desk);
    read(desk, caller, as_of, move |sight| {
        let case = known(sight, &id)?;
        sight.page(&from, case)?.ok_or_else(|| no_case(&id.1))
    })
    .await
}

/// What the person can do in a case, and whether it waits for them.
pub(super) async fn offered(
    State(desk): Shared,
    Extension(caller): Extension<Caller>,
    id: Named,
    uri: Uri,
) -> Result<Response, Problem> {
    let id = named(id)?;
    let as_of = Asked::of(&uri, &["as_of"])?.text("as_of").map(str::to_owned);
    read(desk, caller, as_of, move |sight| {
        let case = known(sight, &id)?;
        let as_of = sight.docket.as_of;
        let setting = sight.setting(case)?;
        let (waits, acts) = cases::offered(case, &sight.caller.person, setting, as_of);
        let awaited = waits.as_ref().map(|one| cases::awaited_json(one, as_of));
        Ok(json!({
            "case": case.id.to_string(), "as_of": as_of.to_string(), "person": sight.caller.name,
            "role": sight.caller.person.role.as_str(), "is_awaited": waits.is_some(), "awaited": awaited, "acts": acts,
        }))
    })
    .await
}

/// What is overdue, and due within so many hours, in the cases that the person may know of.
pub(super) async fn due(
    State(desk): Shared,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let asked = Asked::of(&uri, &["as_of", "within"])?;
    let within = asked.number("within", 0, AHEAD)?.unwrap_or(24);
    let within = i64::try_from(within).unwrap_or(24);
    let as_of = asked.text("as_of").map(str::to_owned);
    read_alike((desk, caller), (uri, headers), as_of, move |sight| {
        let as_of = sight.docket.as_of.to_string();
        let Some((_, setting)) = sight.loaded.settings.last_key_value() else {
            return Ok(json!({ "as_of": as_of, "due": [] }));
        };
        let mut due = sight.due(setting, within);
        cases::name_stages(&sight.loaded.mission, &mut due);
        Ok(json!({ "as_of": as_of, "due": due }))
    })
    .await
}

/// How often each party did not comply with each clause; for who may see whole cases.
pub(super) async fn counts(
    State(desk): Shared,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let as_of = Asked::of(&uri, &["as_of"])?.text("as_of").map(str::to_owned);
    if !matches!(extent_of_all(&caller), Extent::Whole { .. }) {
        let role = caller.person.role.as_str();
        let say =
            format!("a {role} sees no counts: they hold allegations of cases that are not theirs to see");
        return Err(Problem::not_theirs(say));
    }
    let deriving = Arc::clone(&desk);
    read_alike((desk, caller), (uri, headers), as_of, move |sight| {
        let setting = match sight.loaded.settings.last_key_value() {
            Some((_, setting)) => setting.clone(),
            None => cases::settings_of(&sight.loaded.mission)?,
        };
        let live = deriving.at(sight.docket.as_of)?;
        let derived = live.derived()?;
        let counts = truceline_casework::case::counts(&derived.docket, &cases::found(derived), &setting);
        let counts: Vec<Value> = counts.iter().map(cases::count_json).collect();
        Ok(json!({ "as_of": sight.docket.as_of.to_string(), "counts": counts }))
    })
    .await
}

/// Parties that were put out of the agreement. That binds everybody, so who sees any case sees it; by which case, who may know of that.
pub(super) async fn exclusions(
    State(desk): Shared,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let as_of = Asked::of(&uri, &["as_of"])?.text("as_of").map(str::to_owned);
    read_alike((desk, caller), (uri, headers), as_of, move |sight| {
        let by = |case: CaseId, entry: u64| {
            let known = sight.docket.cases.get(&case).is_some_and(|case| sight.knows(case));
            known.then(|| json!({ "case": case.to_string(), "entry": entry }))
        };
        let all = sight.docket.exclusions().into_iter().map(|one| {
            let until = one.until.map(|(at, case, entry)| json!({ "at": at.to_string(), "by": by(case, entry) }));
            json!({
                "actor": one.actor.as_str(), "from": one.from.to_string(), "by": by(one.by.0, one.by.1), "until": until,
            })
        });
        let all: Vec<Value> = all.collect();
        Ok(json!({ "as_of": sight.docket.as_of.to_string(), "exclusions": all }))
    })
    .await
}
