//! What is published, for everybody: bulletins, their frozen files, the findings in them, and what proves each of these in the record. Nothing else.
//!
//! Nobody is known here and nobody need be. A bulletin that is not published answers as one that there is not, and so does the record beyond the
//! checkpoints by which bulletins were published: how it grows is nobody's outside.

mod bundle;
mod shelf;

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use serde_json::{Value, json};
use truceline_publish::Lang;

use super::asked::{Asked, short};
use super::printing::{Form, Whose, answer};
use super::problem::{Problem, told};
use super::recording::{Held, extends, inclusion, quorum, texts, unread};
use super::{Desk, aside};
use crate::bulletins::FINDINGS;
use crate::failure::Failure;
use crate::log_reader::LogReader as _;
use crate::pages;
pub(super) use shelf::{All, Lines, Published, Shelf};

/// Bulletins of one answer, where nothing else is asked, and at the most.
const PAGE: u64 = 20;
const MOST: u64 = 100;

type Shared = State<Arc<Desk>>;
type Named = Result<Path<String>, PathRejection>;

/// The routes of this area.
pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new()
        .route("/api/public/record", get(record))
        .route("/api/public/consistency", get(consistency))
        .route("/api/public/bulletins", get(bulletins))
        .route("/api/public/bulletins/{id}", get(bulletin))
        .route("/api/public/bulletins/{id}/file", get(file))
        .route("/api/public/bulletins/{id}/page", get(page))
        .route("/api/public/bulletins/{id}/findings", get(findings))
        .route("/api/public/bulletins/{id}/bundle", get(bundle::bundle))
}

fn none() -> Problem {
    Problem::nothing("no bulletin of that number is published")
}

/// Does something with a published bulletin, beside the connections.
async fn with<T: Send + 'static>(
    desk: Arc<Desk>,
    id: Named,
    work: impl FnOnce(&Arc<Desk>, &Published) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let Ok(Path(text)) = id else { return Err(none()) };
    let n: u64 = text.parse().map_err(|_| none())?;
    aside(move || {
        let all = desk.published.all(&desk)?;
        work(&desk, all.iter().find(|one| one.entry.n == n).ok_or_else(none)?)
    })
    .await
}

/// The log's name and key, and the latest checkpoint by which something was published.
async fn record(State(desk): Shared, uri: Uri) -> Result<Response, Problem> {
    Asked::of(&uri, &[])?;
    let value = aside(move || {
        let all = desk.published.all(&desk)?;
        let held = Held::of(&desk)?;
        let head = all.iter().map(|one| &one.head).max_by_key(|head| head.checkpoint.size);
        let title = held.live.loaded.mission.title();
        Ok(json!({
            "origin": held.store.origin(), "key": held.store.verifier().verifier_key(), "title": title,
            "zone": held.live.loaded.mission.zone.name(), "checkpoint": head.map(super::recording::Head::json),
            "quorum": quorum(held.quorum(), head.map(|head| head.note.as_slice())),
        }))
    })
    .await?;
    Ok(told(StatusCode::OK, &value))
}

/// That the record under the latest of these checkpoints, or one of them, begins with the record as it once was.
async fn consistency(State(desk): Shared, uri: Uri) -> Result<Response, Problem> {
    let asked = Asked::of(&uri, &["from", "size"])?;
    let from = asked.number("from", 0, u64::MAX)?;
    let from = from.ok_or_else(|| Problem::wrong("from: how many entries the earlier checkpoint covers"))?;
    let size = asked.number("size", 1, u64::MAX)?;
    let value = aside(move || {
        let all = desk.published.all(&desk)?;
        let heads = all.iter().map(|one| &one.head);
        let head = heads
            .filter(|head| size.is_none_or(|size| size == head.checkpoint.size))
            .max_by_key(|head| head.checkpoint.size);
        let head = head.ok_or_else(|| Problem::nothing("nothing was published under such a checkpoint"))?;
        extends(&Held::of(&desk)?, head, from)
    })
    .await?;
    Ok(told(StatusCode::OK, &value))
}

/// The published bulletins, the latest first.
async fn bulletins(State(desk): Shared, uri: Uri) -> Result<Response, Problem> {
    let asked = Asked::of(&uri, &["before", "limit"])?;
    let before = asked.number("before", 0, u64::MAX)?;
    let limit = asked.number("limit", 1, MOST)?.unwrap_or(PAGE);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let value = aside(move || {
        let all = desk.published.all(&desk)?;
        let is_asked = |one: &&Published| before.is_none_or(|before| one.entry.n < before);
        let mut rest = all.iter().rev().filter(is_asked);
        let page: Vec<&Published> = rest.by_ref().take(limit).collect();
        let next = rest.next().and(page.last()).map(|last| last.entry.n);
        Ok(json!({ "next": next, "bulletins": page.into_iter().map(line).collect::<Vec<_>>() }))
    })
    .await?;
    Ok(told(StatusCode::OK, &value))
}

/// One line of the list.
fn line(one: &Published) -> Value {
    json!({
        "entry": one.entry.n, "at": one.entry.at, "as_of": one.bulletin.as_of.to_string(), "size": one.head.checkpoint.size,
        "figures": one.bulletin.figures,
    })
}

/// One bulletin: what its entry fixes, and the proof that the entry stands in the record that the quorum cosigned.
async fn bulletin(State(desk): Shared, id: Named, uri: Uri) -> Result<Response, Problem> {
    Asked::of(&uri, &[])?;
    let value = with(desk, id, |desk, one| {
        let held = Held::of(desk)?;
        let n = one.entry.n;
        let stored = held.store.entries(n..n.saturating_add(1)).next().transpose().map_err(|e| unread(&e))?;
        let stored = stored.ok_or_else(none)?;
        let sets = &held.live.loaded.key_sets;
        let set = sets.iter().find(|set| Some(set.entry) == one.stands.set).map(|set| &set.quorum);
        let files = one.bulletin.files.iter().map(|(name, file)| {
            json!({ "name": name, "bytes": file.bytes, "sha256": file.digest.to_string() })
        });
        Ok(json!({
            "line": line(one), "text": String::from_utf8_lossy(&stored.bytes), "files": files.collect::<Vec<_>>(),
            "software": one.bulletin.software, "by": one.bulletin.by, "entries": one.bulletin.entries,
            "findings": { "lines": one.bulletin.findings, "root": one.bulletin.root.to_string() },
            "quorum": quorum(set, Some(&one.head.note)), "proof": inclusion(&held, &one.head, &stored)?,
        }))
    })
    .await?;
    Ok(told(StatusCode::OK, &value))
}

/// A frozen file, byte for byte: its SHA-256 is the one in the bulletin's entry.
async fn file(State(desk): Shared, id: Named, uri: Uri) -> Result<Response, Problem> {
    let asked = Asked::of(&uri, &["name"])?;
    let name = asked.text("name").unwrap_or_default().to_owned();
    let is_named = name.clone();
    let bytes = with(desk, id, move |desk, one| {
        let no_file = || Problem::nothing(format!("the bulletin has no file {}", short(&name)));
        let file = one.bulletin.files.get(&name).ok_or_else(no_file)?;
        let store = crate::log::open_read_only(desk.source.store())?;
        store.object_bytes(&file.digest)?.ok_or_else(no_file)
    })
    .await?;
    Ok(sent(bytes, kind_of(&is_named), None))
}

fn kind_of(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "geojson" => "application/geo+json",
        _ => "application/jsonl; charset=utf-8",
    }
}

/// Bytes as an answer; under a name they are kept as a file.
fn sent(bytes: Vec<u8>, kind: &'static str, name: Option<&str>) -> Response {
    let mut response = (StatusCode::OK, bytes).into_response();
    let set = response.headers_mut();
    set.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let named = name.and_then(|name| HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")).ok());
    if let Some(named) = named {
        set.insert(header::CONTENT_DISPOSITION, named);
    }
    response
}

/// A frozen page as people read it: what is said of how it stands is set above it.
async fn page(State(desk): Shared, id: Named, uri: Uri) -> Result<Response, Problem> {
    let asked = Asked::of(&uri, &["lang", "form"])?;
    let form = Form::of(&asked)?;
    let lang = match asked.text("lang") {
        None | Some("en") => Lang::En,
        Some("ar") => Lang::Ar,
        Some("ru") => Lang::Ru,
        Some(_) => return Err(Problem::wrong("lang: en, ar or ru")),
    };
    let page = with(desk, id, move |desk, one| {
        let store = crate::log::open_read_only(desk.source.store())?;
        let loaded = &desk.live()?.loaded;
        let name = truceline_publish::file_name(lang);
        let page = pages::frozen(&store, loaded, &one.entry.n.to_string(), &name)?.1;
        Ok((desk.press.page(page, form, Whose::Everybody)?, one.entry.n))
    })
    .await?;
    Ok(answer(page.0, form, &format!("bulletin-{}.{}", page.1, lang.code())))
}

/// What a bulletin found on one incident: each line as it was frozen, with the proof that it is among the lines that the bulletin's entry fixes.
async fn findings(State(desk): Shared, id: Named, uri: Uri) -> Result<Response, Problem> {
    let asked = Asked::of(&uri, &["incident"])?;
    let incident = asked.text("incident").unwrap_or_default().to_owned();
    let value = with(desk, id, move |desk, one| {
        let nothing =
            || Problem::nothing(format!("the bulletin found nothing on an incident {}", short(&incident)));
        let store = crate::log::open_read_only(desk.source.store())?;
        let lines = desk.published.lines(&store, &one.bulletin)?.ok_or_else(nothing)?;
        let file = one.bulletin.files.get(FINDINGS).ok_or_else(nothing)?;
        let found = lines.on(&store, &file.digest, &incident)?;
        if found.is_empty() {
            return Err(nothing());
        }
        let numbers: Vec<u64> = found.iter().map(|(n, _)| *n).collect();
        let proofs = lines.leaves.prove_all(&numbers);
        let proofs = proofs.map_err(|e| Problem::ours(&Failure::operation("prove a finding", &e)))?;
        let findings = found.iter().zip(proofs).map(|((n, line), proof)| {
            json!({ "line": n, "text": String::from_utf8_lossy(line), "hashes": texts(&proof.hashes) })
        });
        Ok(json!({ "incident": incident, "findings": findings.collect::<Vec<_>>() }))
    })
    .await?;
    Ok(told(StatusCode::OK, &value))
}
