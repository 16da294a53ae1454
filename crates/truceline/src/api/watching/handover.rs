//! Handover notes over HTTP: the watch signs one, somebody else takes it over, earlier ones are listed. Who may is said in `handovers`.

use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use serde_json::{Value, json};
use truceline_casework::case::Role;
use truceline_model::Instant;
use truceline_record::Digest;

use crate::api::asked::{Asked, short};
use crate::api::gate::Caller;
use crate::api::problem::{Problem, told};
use crate::api::writer::Noted;
use crate::api::{Desk, aside, body, writes};
use crate::failure::Failure;
use crate::handovers::{self, HAND, Handover, LONGEST, Note, READ};
use crate::live::now;
use crate::log::{self, kind};

/// Notes of one answer, where nothing else is asked, and at the most.
const PAGE: u64 = 10;
const MOST: u64 = 50;

type Shared = State<Arc<Desk>>;
type Named = Result<Path<String>, PathRejection>;

pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new()
        .route("/api/handovers", get(list).post(sign))
        .route("/api/handovers/{id}", get(one))
        .route("/api/handovers/{id}/takeover", post(take))
}

fn may(caller: &Caller, roles: &[Role], what: &str) -> Result<(), Problem> {
    if roles.contains(&caller.person.role) {
        return Ok(());
    }
    let role = caller.person.role.as_str();
    Err(Problem::not_theirs(format!("a {role} {what} (docs/authority.md says who does)")))
}

fn none(text: &str) -> Problem {
    Problem::nothing(format!("there is no handover note {} that you may see", short(text)))
}

/// As somebody sees it.
fn shown(handover: &Handover, caller: &Caller) -> Value {
    let mut value = handover.json();
    if let Some(map) = value.as_object_mut() {
        map.insert("why_not".into(), json!(handover.why_not(&caller.name, caller.person.role)));
    }
    value
}

fn read(desk: &Desk, text: &str) -> Result<Handover, Problem> {
    let live = desk.live()?;
    let all = &live.loaded.handovers;
    let entry = handovers::numbered(all, text).ok_or_else(|| none(text))?;
    let store = log::open_read_only(desk.source.store())?;
    Ok(Handover::of(&store, entry, all)?)
}

/// Notes, the latest first; as of a moment, those whose shift had ended by then.
async fn list(
    State(desk): Shared,
    Extension(caller): Extension<Caller>,
    uri: Uri,
) -> Result<Response, Problem> {
    may(&caller, READ, "reads no handover notes")?;
    let asked = Asked::of(&uri, &["as_of", "before", "limit"])?;
    let before = asked.number("before", 0, u64::MAX)?;
    let limit = asked.number("limit", 1, MOST)?.unwrap_or(PAGE);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let as_of = asked.text("as_of").map(str::to_owned);
    let value = aside(move || {
        let live = desk.live()?;
        let as_of = as_of.map(|words| live.loaded.mission.moment(&words)).transpose()?;
        let store = log::open_read_only(desk.source.store())?;
        let all = &live.loaded.handovers;
        let (mut page, mut next) = (Vec::new(), None);
        let notes = all.iter().rev().filter(|entry| entry.kind == kind::HANDOVER);
        for entry in notes.filter(|entry| before.is_none_or(|before| entry.n < before)) {
            let handover = Handover::of(&store, entry, all)?;
            let until = handover.note.as_ref().and_then(|note| Instant::parse(&note.until).ok());
            if as_of.zip(until).is_some_and(|(as_of, until)| until > as_of) {
                continue;
            }
            if page.len() == limit {
                next = page.last().and_then(|last: &Value| last.pointer("/signed/entry").cloned());
                break;
            }
            page.push(shown(&handover, &caller));
        }
        let may_sign = HAND.contains(&caller.person.role);
        Ok(json!({ "next": next, "may_sign": may_sign, "handovers": page }))
    })
    .await?;
    Ok(told(StatusCode::OK, &value))
}

/// One note.
async fn one(
    State(desk): Shared,
    Extension(caller): Extension<Caller>,
    id: Named,
    uri: Uri,
) -> Result<Response, Problem> {
    may(&caller, READ, "reads no handover notes")?;
    Asked::of(&uri, &[])?;
    let Ok(Path(text)) = id else { return Err(none("")) };
    let value = aside(move || Ok(shown(&read(&desk, &text)?, &caller))).await?;
    Ok(told(StatusCode::OK, &value))
}

/// Signs a note: who, is who is signed in.
async fn sign(
    State(desk): Shared,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    may(&caller, HAND, "hands no watch over")?;
    let (key, body) = writes::sent(&headers, body).await?;
    let value = aside(move || {
        let note = note(&desk, body)?;
        let fields = note.fields(&caller.name, caller.person.role);
        let handover =
            put(&desk, &caller, &key, (kind::HANDOVER, fields, Vec::new()), |n| read(&desk, &n.to_string()))?;
        if handover.note.as_ref().is_some_and(|kept| *kept != note) {
            return Err(other(handover.signed.entry));
        }
        Ok(shown(&handover, &caller))
    })
    .await?;
    Ok(told(StatusCode::CREATED, &value))
}

fn other(n: u64) -> Problem {
    let say = format!("entry {n} is logged under this key, with another body; take a new key");
    Problem::new(StatusCode::CONFLICT, say)
}

type Entry = (&'static str, Vec<(&'static str, Value)>, Vec<(&'static str, Value)>);

/// Logs an entry once, and gives what `read` makes of its number when it is there to be read.
fn put<T>(
    desk: &Desk,
    caller: &Caller,
    key: &str,
    (kind, fields, open): Entry,
    read: impl FnOnce(u64) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let noted = Noted { kind, key: Some((caller.name.clone(), key.to_owned())), fields, open };
    let (n, _) = desk.writer.note(noted).map_err(writes::not_logged)?;
    desk.feed.reached(n.saturating_add(1))?;
    read(n)
}

fn note(desk: &Desk, body: Value) -> Result<Note, Problem> {
    let mut body = body::object(body)?;
    let mut text = |name: &str, most: usize| match body.remove(name) {
        Some(Value::String(text)) if !text.trim().is_empty() && text.len() <= most => Ok(text),
        _ => Err(Problem::wrong(format!("{name}: a text that is not empty, of at most {most} bytes"))),
    };
    let (words, since, until) = (text("words", LONGEST)?, text("since", 64)?, text("until", 64)?);
    if let Some(name) = body.keys().next() {
        let name = short(name);
        return Err(Problem::wrong(format!("\"{name}\" is not known here; words, since and until are")));
    }
    let loaded = Arc::clone(&desk.live()?.loaded);
    let (since, until) = (loaded.mission.moment(&since)?, loaded.mission.moment(&until)?);
    if since > until || until > now(&loaded)? {
        return Err(Problem::wrong("since and until: from when until when the shift was, which has passed"));
    }
    Ok(Note { words, since: since.to_string(), until: until.to_string() })
}

/// Held while somebody takes one over, so that two do not at once.
static TURN: Mutex<()> = Mutex::new(());

/// Takes a note over, by the digest of the very note that was shown.
async fn take(
    State(desk): Shared,
    Extension(caller): Extension<Caller>,
    id: Named,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    may(&caller, HAND, "takes no watch over")?;
    let Ok(Path(text)) = id else { return Err(none("")) };
    let (key, body) = writes::sent(&headers, body).await?;
    let digest = digest(&body)?;
    let value = aside(move || {
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let handover = read(&desk, &text)?;
        let n = handover.signed.entry;
        if handover.digest != digest {
            let say = "this is not the digest of that note; read it again before you take it over";
            return Err(Problem::new(StatusCode::CONFLICT, say));
        }
        let why = handover.why_not(&caller.name, caller.person.role);
        // Sent again, it was taken over all the same.
        if let Some(why) = why
            && !(why == "taken" && is_logged(&desk, &caller, &key)?)
        {
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, handovers::refused(why, n)));
        }
        let fields = handovers::takeover_fields(&caller.name, caller.person.role);
        let open = handovers::takeover_open(n, &digest);
        let (handover, entry) = put(&desk, &caller, &key, (kind::TAKEOVER, fields, open), |entry| {
            Ok((read(&desk, &text)?, entry))
        })?;
        if handover.taken.as_ref().is_none_or(|taken| taken.entry != entry) {
            return Err(other(entry));
        }
        Ok(shown(&handover, &caller))
    })
    .await?;
    Ok(told(StatusCode::CREATED, &value))
}

fn digest(body: &Value) -> Result<Digest, Problem> {
    let wrong = || Problem::wrong("the body is {\"digest\": \"…\"}, the digest of the note as it was shown");
    let body = body.as_object().filter(|body| body.len() == 1).ok_or_else(wrong)?;
    let text = body.get("digest").and_then(Value::as_str).ok_or_else(wrong)?;
    text.parse().map_err(|_| wrong())
}

fn is_logged(desk: &Desk, caller: &Caller, key: &str) -> Result<bool, Problem> {
    let store = log::open_read_only(desk.source.store())?;
    let key = crate::api::writer::key(&store, &[kind::TAKEOVER, &caller.name, key])?;
    let found = store.number_of(&key);
    Ok(found.map_err(|e| Failure::operation("read the record", &e))?.is_some())
}
