//! Sealed sources asked for on a screen: who asks and why, who has released, who opened. A request is an entry; so is that somebody was shown the list.
//!
//! The server holds no share and no key, and opens nothing: a holder releases on their own machine with their own key, and whoever asked opens with
//! theirs. What is told here is which command each of them runs.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use truceline_casework::case::Role;
use truceline_model::ReceiptNo;

use super::asked::{Asked, short};
use super::gate::Caller;
use super::problem::{Problem, told};
use super::writer::Noted;
use super::writes::{not_logged, sent};
use super::{Desk, aside};
use crate::commands::sealed_of;
use crate::log::{self, kind};
use crate::unmasking::Request;

/// Who asks that a sealed source be opened, and is shown who asked. Who is named in no line may not.
const ASK: &[Role] = &[Role::LegalOfficer, Role::SourceProtectionOfficer];
/// Hours until a request lapses.
const HOURS: i64 = 72;
/// Longest reason, in bytes.
const WHY: usize = 2_000;
/// Requests of one answer.
const MOST: usize = 200;

/// The routes of this area.
pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new().route("/api/unmaskings", get(listed).post(ask))
}

fn may(caller: &Caller) -> Result<(), Problem> {
    if ASK.contains(&caller.person.role) {
        return Ok(());
    }
    let role = caller.person.role.as_str();
    Err(Problem::not_theirs(format!("a {role} asks for no sealed source (docs/authority.md says who does)")))
}

/// The last requests, with what came of each, and who holds shares.
async fn listed(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    uri: Uri,
) -> Result<Response, Problem> {
    may(&caller)?;
    Asked::of(&uri, &[])?;
    let asking = Arc::clone(&desk);
    let value = aside(move || {
        let loaded = Arc::clone(&asking.live()?.loaded);
        let folder = &loaded.mission.folder;
        let now = Timestamp::now();
        let all = loaded.requests.iter().rev().take(MOST).map(|one| line(one, folder.open_by, now));
        Ok(json!({
            "holders": folder.holders.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), "open_by": folder.open_by,
            "requests": all.collect::<Vec<_>>(),
        }))
    })
    .await?;
    desk.read_log.note(&caller.name, &[("unmaskings", "all".to_owned())]).await?;
    Ok(told(StatusCode::OK, &value))
}

fn line(one: &Request, open_by: Option<u64>, now: Timestamp) -> Value {
    let named = |all: &[(String, u64)], name: &str| -> Vec<Value> {
        all.iter().map(|(who, entry)| json!({ name: who, "entry": entry })).collect()
    };
    let has_lapsed = one.until.parse::<Timestamp>().is_ok_and(|until| until < now);
    let is_enough = open_by.is_some_and(|need| one.released.len() as u64 >= need);
    let stands = match (one.opened.is_empty(), has_lapsed, is_enough) {
        (false, ..) => "opened",
        (_, true, _) => "lapsed",
        (_, _, true) => "released",
        _ => "asked",
    };
    json!({
        "request": one.entry, "of": one.of.to_string(), "at": one.at, "until": one.until, "by": one.by, "why": one.why, "to": one.to,
        "stands": stands, "released": named(&one.released, "holder"), "opened": named(&one.opened, "by"),
    })
}

/// What is asked.
struct Wanted {
    of: ReceiptNo,
    why: String,
    to: String,
}

fn read(body: &Value) -> Result<Wanted, Problem> {
    let wrong = || {
        Problem::wrong(
            "the body is {\"of\": \"r17\", \"why\": \"in a few words\", \"to\": \"age1…\"}, the public key of whoever opens",
        )
    };
    let body = body.as_object().filter(|body| body.len() == 3).ok_or_else(wrong)?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::trim).ok_or_else(wrong);
    let of = text("of")?.strip_prefix(['r', 'a']).and_then(|digits| digits.parse().ok()).ok_or_else(wrong)?;
    let (why, to) = (text("why")?, text("to")?);
    if why.is_empty() || why.len() > WHY || to.parse::<age::x25519::Recipient>().is_err() {
        return Err(wrong());
    }
    Ok(Wanted { of: ReceiptNo(of), why: why.to_owned(), to: to.to_owned() })
}

/// Asks for a sealed source: an entry.
async fn ask(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    may(&caller)?;
    let (key, body) = sent(&headers, body).await?;
    aside(move || {
        let mut wanted = read(&body)?;
        // What a person confirmed of a text has the text's source.
        let quoted = desk.live()?.loaded.quoted.get(&wanted.of).map(|quoted| quoted.words);
        wanted.of = quoted.unwrap_or(wanted.of);
        // Asked of a text or a file that has a sealed name: whoever asks may look at all of them.
        sealed_of(&log::open_read_only(desk.source.store())?, wanted.of.0)?;
        let until = Timestamp::now().saturating_add(SignedDuration::from_hours(HOURS));
        let until =
            until.map_err(|e| Problem::ours(&crate::failure::Failure::operation("read the clock", &e)))?;
        let until = Timestamp::from_second(until.as_second()).unwrap_or(until);
        let noted = Noted {
            kind: kind::SEAL_REQUEST,
            key: Some((caller.name.clone(), key)),
            fields: vec![
                ("receipt", json!(wanted.of.0)),
                ("by", json!(caller.name)),
                ("why", json!(wanted.why)),
                ("to", json!(wanted.to)),
            ],
            open: vec![("until", json!(until.to_string()))],
        };
        let (n, _) = desk.writer.note(noted).map_err(not_logged)?;
        let loaded = Arc::clone(&desk.feed.reached(n.saturating_add(1))?.loaded);
        let is_same = |one: &&Request| {
            one.entry == n && (one.of, &one.why, &one.to) == (wanted.of, &wanted.why, &wanted.to)
        };
        let found = loaded.requests.iter().find(is_same).ok_or_else(|| {
            let say = format!(
                "entry {n} is logged under this key, with another body; take a new key for {}",
                short(&wanted.of.to_string())
            );
            Problem::new(StatusCode::CONFLICT, say)
        })?;
        Ok(told(StatusCode::CREATED, &line(found, loaded.mission.folder.open_by, Timestamp::now())))
    })
    .await
}
