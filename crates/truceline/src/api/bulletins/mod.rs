//! Bulletins: drafted from frozen data, their sums counted again, passed by two people, published once the quorum has cosigned.
//!
//! Nothing is ever changed: a draft that is put right is a new one that says in whose place it stands, and a published one is corrected by another
//! that says what it corrects. Who passes one says by its digest what they pass.

mod checks;
mod draft;
mod sign;
mod state;

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use serde_json::{Value, json};
use truceline_model::{Comparison, Count, RivalDay};
use truceline_publish::Lang;
use truceline_record::Entry as Logged;

use super::asked::Asked;
use super::gate::Caller;
use super::printing::{Form, Whose, answer};
use super::problem::{Problem, told};
use super::recording::{Held, quorum};
use super::{Desk, aside};
use crate::bulletins::Bulletin;
use crate::editions::{self, Passing};
use crate::{log, pages};
use state::{none, numbered, sees_drafts};

/// Bulletins of one answer, where nothing else is asked, and at the most.
const PAGE: u64 = 20;
const MOST: u64 = 100;
/// Days of rival tallies in one answer, where nothing else is asked, and at the most.
const DAYS: u64 = 7;
const MOST_DAYS: u64 = 60;

type Shared = State<Arc<Desk>>;
type Named = Result<Path<String>, PathRejection>;

/// The routes of this area.
pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new()
        .route("/api/bulletins", get(list).post(draft::draft))
        .route("/api/bulletins/{id}", get(bulletin))
        .route("/api/bulletins/{id}/sign-offs", post(sign::sign))
        .route("/api/bulletins/{id}/page", get(page))
        .route("/api/rivals", get(rivals))
}

fn id(id: Named) -> Result<String, Problem> {
    id.map(|Path(text)| text).map_err(|_| none(""))
}

/// Bulletins that somebody may see, the latest first.
async fn list(
    State(desk): Shared,
    Extension(caller): Extension<Caller>,
    uri: Uri,
) -> Result<Response, Problem> {
    let is_all = sees_drafts(&caller)?;
    let asked = Asked::of(&uri, &["before", "limit"])?;
    let before = asked.number("before", 0, u64::MAX)?;
    let limit = asked.number("limit", 1, MOST)?.unwrap_or(PAGE);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let value = aside(move || {
        let held = Held::of(&desk)?;
        let all = held.live.loaded.bulletins.iter().rev();
        let mut rest = all
            .filter(|entry| before.is_none_or(|before| entry.n < before))
            .filter_map(|entry| line(&held, entry))
            .filter(|line| is_all || is_published(line));
        let page: Vec<Value> = rest.by_ref().take(limit).collect();
        let next = rest.next().and(page.last()).and_then(|last| last.get("entry").cloned());
        let may_draft = state::may_draft(&caller).is_ok();
        Ok(json!({ "next": next, "may_draft": may_draft, "bulletins": page }))
    })
    .await?;
    Ok(told(StatusCode::OK, &value))
}

fn is_published(line: &Value) -> bool {
    line.get("state").and_then(Value::as_str) == Some("published")
}

/// One line of the list; `None` where the entry cannot be read.
fn line(held: &Held, entry: &Logged) -> Option<Value> {
    let bulletin = Bulletin::of(entry).ok()?;
    let loaded = &held.live.loaded;
    let passing = editions::passing(loaded, entry);
    let stands = editions::stands(loaded, entry, &held.signed);
    let edition = bulletin.edition.as_ref();
    Some(json!({
        "entry": entry.n, "at": entry.at, "as_of": bulletin.as_of.to_string(), "by": bulletin.by,
        "sort": edition.map(|one| one.sort.as_str()), "corrects": edition.and_then(|one| one.corrects),
        "replaces": edition.and_then(|one| one.replaces), "replaced_by": passing.replaced_by,
        "corrected_by": corrected_by(held, entry.n), "state": state::state(&passing, &stands),
        "signed": passing.signed.len(), "needed": passing.needed,
    }))
}

/// The passed bulletin that corrects one.
fn corrected_by(held: &Held, n: u64) -> Option<u64> {
    let loaded = &held.live.loaded;
    let corrects = |entry: &&Logged| {
        let edition = Bulletin::of(entry).ok().and_then(|bulletin| bulletin.edition);
        edition.and_then(|one| one.corrects) == Some(n) && editions::passing(loaded, entry).at.is_some()
    };
    loaded.bulletins.iter().find(corrects).map(|entry| entry.n)
}

/// One bulletin: what is in it, whether its sums hold, who passed it, who has cosigned.
async fn bulletin(
    State(desk): Shared,
    Extension(caller): Extension<Caller>,
    id: Named,
    uri: Uri,
) -> Result<Response, Problem> {
    Asked::of(&uri, &[])?;
    let text = self::id(id)?;
    let value = aside(move || whole(&desk, &caller, &text)).await?;
    Ok(told(StatusCode::OK, &value))
}

fn whole(desk: &Desk, caller: &Caller, text: &str) -> Result<Value, Problem> {
    let is_all = sees_drafts(caller)?;
    let held = Held::of(desk)?;
    let loaded = Arc::clone(&held.live.loaded);
    let entry = numbered(&loaded.bulletins, text)?;
    let line = line(&held, entry).filter(|line| is_all || is_published(line)).ok_or_else(|| none(text))?;
    let bulletin = Bulletin::of(entry).map_err(|_| none(text))?;
    let passing = editions::passing(&loaded, entry);
    let stands = editions::stands(&loaded, entry, &held.signed);
    let set = loaded.key_sets.iter().find(|set| Some(set.entry) == stands.set).map(|set| &set.quorum);
    let head = match stands.size {
        Some(size) => held.over(size)?,
        None => None,
    };
    let (sums, holds) = checks::of_frozen(&held.store, &desk.published, &bulletin)?;
    let files = bulletin
        .files
        .iter()
        .map(|(name, file)| json!({ "name": name, "bytes": file.bytes, "sha256": file.digest.to_string() }));
    Ok(json!({
        "line": line, "digest": editions::digest(entry).map(|digest| digest.to_string()), "software": bulletin.software,
        "entries": bulletin.entries, "figures": bulletin.figures, "files": files.collect::<Vec<_>>(),
        "sums": sums, "sums_hold": holds, "signed": signed(&passing, is_all), "is_answered_for": passing.is_answered_for,
        "why_not": state::why_not(caller, &passing), "checkpoint": stands.size,
        "quorum": quorum(set, head.as_ref().map(|head| head.note.as_slice())),
    }))
}

/// Who passed it: by name for who works on bulletins, by role for who reads them.
fn signed(passing: &Passing, is_all: bool) -> Vec<Value> {
    let one = |one: &editions::SignOff| {
        json!({
            "entry": one.entry, "role": one.role.as_str(), "by": one.by.as_ref().filter(|_| is_all),
            "at": one.at.as_ref().filter(|_| is_all),
        })
    };
    passing.signed.iter().map(one).collect()
}

/// A frozen page as people read it, with how it stands said above it.
async fn page(
    State(desk): Shared,
    Extension(caller): Extension<Caller>,
    id: Named,
    uri: Uri,
) -> Result<Response, Problem> {
    let asked = Asked::of(&uri, &["lang", "form"])?;
    let form = Form::of(&asked)?;
    let lang = match asked.text("lang") {
        None | Some("en") => Lang::En,
        Some("ar") => Lang::Ar,
        Some("ru") => Lang::Ru,
        Some(_) => return Err(Problem::wrong("lang: en, ar or ru")),
    };
    let is_all = sees_drafts(&caller)?;
    let text = self::id(id)?;
    let page = aside(move || {
        let held = Held::of(&desk)?;
        let loaded = &held.live.loaded;
        let entry = numbered(&loaded.bulletins, &text)?;
        if !is_all && !editions::stands(loaded, entry, &held.signed).published {
            return Err(none(&text));
        }
        let store = log::open_read_only(desk.source.store())?;
        let name = truceline_publish::file_name(lang);
        let page = pages::frozen(&store, loaded, &entry.n.to_string(), &name)?.1;
        Ok((desk.press.page(page, form, Whose::Everybody)?, entry.n))
    })
    .await?;
    Ok(answer(page.0, form, &format!("bulletin-{}.{}", page.1, lang.code())))
}

/// What each source counted for a day, by which definition, side by side; nothing is reconciled.
async fn rivals(
    State(desk): Shared,
    Extension(caller): Extension<Caller>,
    uri: Uri,
) -> Result<Response, Problem> {
    if !sees_drafts(&caller)? {
        let role = caller.person.role.as_str();
        let say = format!("a {role} reads rival tallies in the published bulletin");
        return Err(Problem::not_theirs(say));
    }
    let asked = Asked::of(&uri, &["as_of", "days"])?;
    let days = asked.number("days", 1, MOST_DAYS)?.unwrap_or(DAYS);
    let days = usize::try_from(days).unwrap_or(usize::MAX);
    let as_of = asked.text("as_of").map(str::to_owned);
    let value = aside(move || {
        let live = desk.moment(as_of.as_deref())?;
        let derived = live.derived()?;
        let mut all: Vec<&RivalDay> = derived.rivals.iter().collect();
        all.sort_by_key(|day| core::cmp::Reverse(day.day.start()));
        let total = all.len();
        let shown: Vec<Value> = all.into_iter().take(days).map(day).collect();
        Ok(json!({ "as_of": live.as_of.to_string(), "total": total, "days": shown }))
    })
    .await?;
    Ok(told(StatusCode::OK, &value))
}

fn day(day: &RivalDay) -> Value {
    let count = |one: &Count| {
        json!({
            "source": one.source.as_str(), "count": one.count, "unit": one.unit,
            "definition": one.definition.as_ref().map(|id| id.as_str()),
            "is_listed": one.listed.is_some(), "receipt": one.receipt.map(|receipt| receipt.to_string()),
        })
    };
    let compared = |one: &Comparison| {
        json!({
            "one": one.one.as_str(), "other": one.other.as_str(), "agreed": [one.agreed.0, one.agreed.1],
            "only_one": [one.only_one.0, one.only_one.1], "only_other": [one.only_other.0, one.only_other.1],
            "is_exact": one.exact,
        })
    };
    json!({
        "from": day.day.start().to_string(), "until": day.day.end().to_string(),
        "counts": day.counts.iter().map(count).collect::<Vec<_>>(),
        "comparisons": day.comparisons.iter().map(compared).collect::<Vec<_>>(),
    })
}
