//! Files that come with a report: taken in by what their bytes are, kept encrypted, and handed out to be kept, never to be shown as a page.
//!
//! Who may look at a report may open its files, and that is an entry of who read what before they are handed out; who may not is told of none. To look at a
//! picture there is a copy without what the camera wrote into it; as it came, with all of that, it is handed out to who asks for that.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use tokio::sync::SemaphorePermit;
use truceline_intake::{Copying, FileType, clean_copy};
use truceline_model::ReceiptNo;

use super::may::{May, may as is_theirs};
use super::shown::{no_report, number, sees};
use crate::api::asked::{Asked, short};
use crate::api::gate::Caller;
use crate::api::problem::{Problem, told};
use crate::api::writes::{idempotency_key, not_logged};
use crate::api::{Desk, aside, body};
use crate::attachments::{Attachment, Brought, MOST_BYTES, MOST_FILES, shown_name};
use crate::failure::Failure;
use crate::live::{Live, now};
use crate::log;
use crate::pipeline::Derived;
use crate::protected::is_sealed;
use crate::words::Words;

/// How long a file may take to arrive.
pub(super) const PATIENCE: Duration = Duration::from_secs(180);
/// The line of the head that says what a file was called, percent-encoded: an address would stand in the logs of proxies.
const NAME: &str = "x-file-name";

/// Files of a report, as they are told to who may look at it.
pub(super) fn of(live: &Live, report: ReceiptNo) -> Vec<Value> {
    let all = live.loaded.attachments.iter();
    all.filter(|one| one.report == report && one.known <= live.as_of).map(|one| line(one, true)).collect()
}

/// Files of the report behind an observation, where somebody may look at it. Whose it is and what it was called is left out where only the words'
/// readers are to learn who took a protected source's report down.
pub(in crate::api) fn shown_to(
    caller: &Caller,
    derived: &Derived,
    receipt: ReceiptNo,
    with_names: bool,
) -> Vec<Value> {
    let loaded = &derived.loaded;
    let receipt = loaded.quoted.get(&receipt).map_or(receipt, |quoted| quoted.words);
    let Some(words) = loaded.words.get(&receipt).filter(|words| sees(caller, words)) else {
        return Vec::new();
    };
    let with_names = with_names || !is_sealed(&words.source);
    let all = loaded.attachments.iter();
    let all = all.filter(|one| one.report == receipt && one.known <= derived.as_of);
    all.map(|one| line(one, with_names)).collect()
}

fn line(one: &Attachment, with_names: bool) -> Value {
    json!({
        "attachment": one.id(), "type": one.kind.as_str(), "bytes": one.bytes, "digest": one.digest.to_string(), "logged": one.at,
        "copy": Copying::of(one.kind).as_str(), "by": with_names.then_some(&one.by), "name": one.name.as_ref().filter(|_| with_names),
    })
}

/// A place among those whose file is taken in.
pub(super) fn place(desk: &Desk) -> Result<SemaphorePermit<'_>, Problem> {
    desk.taking.try_acquire().map_err(|_| {
        let say = "other files are being taken in; send it again in a moment, with the same key";
        Problem::later(StatusCode::SERVICE_UNAVAILABLE, say, 3)
    })
}

fn not_understood(say: &str) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, format!("nothing was written: {say}"))
}

/// Adds a file to a report.
pub(super) async fn add(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<String>, PathRejection>,
    uri: Uri,
    headers: HeaderMap,
    sent: Body,
) -> Result<Response, Problem> {
    if !is_theirs(&caller, May::Attach) {
        let role = caller.person.role.as_str();
        let say = format!("a {role} adds no files to reports (docs/authority.md says who does)");
        return Err(Problem::not_theirs(say));
    }
    Asked::of(&uri, &[])?;
    let Ok(Path(text)) = id else { return Err(no_report("")) };
    let report = number(&text).map(ReceiptNo).ok_or_else(|| no_report(&text))?;
    let (asking, who) = (Arc::clone(&desk), caller.clone());
    aside(move || theirs(&asking, &who, report).map(drop)).await?;
    let kind = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    if !kind.eq_ignore_ascii_case(b"application/octet-stream") {
        let say = "send the file's bytes as application/octet-stream; what it is, they tell themselves";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, say));
    }
    let key = idempotency_key(&headers)?;
    let name = name(&headers)?;
    let place = place(&desk)?;
    let bytes = body::bytes_within(sent, body::length(&headers), MOST_BYTES, PATIENCE).await?;
    let asking = Arc::clone(&desk);
    let value = aside(move || {
        let one = attached(&asking, &caller, report, key, name, &bytes)?;
        Ok(line(&one, true))
    })
    .await?;
    drop(place);
    Ok(told(StatusCode::CREATED, &value))
}

/// What a file was called, out of the head.
fn name(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let wrong = || {
        Problem::wrong("X-File-Name: at most 1,000 letters, those that are no ASCII percent-encoded UTF-8")
    };
    let Some(sent) = headers.get(NAME) else { return Ok(None) };
    let sent = sent.to_str().ok().filter(|text| text.len() <= 1_000).ok_or_else(wrong)?;
    let mut bytes = Vec::with_capacity(sent.len());
    let mut rest = sent.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
        let (Some(high), Some(low)) = (digit(), digit()) else { return Err(wrong()) };
        bytes.push(u8::try_from(high * 16 + low).map_err(|_| wrong())?);
    }
    let text = String::from_utf8(bytes).map_err(|_| wrong())?;
    Ok(shown_name(&text))
}

/// A report that somebody may look at, in the record as it stands.
fn theirs(desk: &Desk, caller: &Caller, report: ReceiptNo) -> Result<Arc<Live>, Problem> {
    let live = desk.live()?;
    let found = |live: &Live| live.loaded.words.get(&report).is_some_and(|words| sees(caller, words));
    if found(&live) {
        return Ok(live);
    }
    // It may have been written a moment ago.
    let length = log::open_read_only(desk.source.store())?.len();
    let length = length.map_err(|e| Failure::operation("read the log", &e))?;
    if live.loaded.entries < length {
        let live = desk.feed.reached(length)?;
        if found(&live) {
            return Ok(live);
        }
    }
    Err(no_report(&report.to_string()))
}

/// Takes a file in with a report, once.
pub(super) fn attached(
    desk: &Desk,
    caller: &Caller,
    report: ReceiptNo,
    key: String,
    name: Option<String>,
    bytes: &[u8],
) -> Result<Attachment, Problem> {
    let live = theirs(desk, caller, report)?;
    let loaded = &live.loaded;
    let words = loaded.words.get(&report).ok_or_else(|| no_report(&report.to_string()))?;
    let kind = FileType::of(bytes).map_err(|why| not_understood(&why.to_string()))?;
    let digest = truceline_record::digest_of(bytes);
    let all = loaded.attachments.iter().filter(|one| one.report == report);
    let known = all.clone().find(|one| one.digest == digest).cloned();
    if known.is_none() && all.count() >= MOST_FILES {
        let say = format!("a report has at most {MOST_FILES} files; nothing was written");
        return Err(Problem::new(StatusCode::CONFLICT, say));
    }
    if words.erased {
        return Err(Problem::new(StatusCode::CONFLICT, "the report was destroyed; nothing was written"));
    }
    if let Some(known) = known {
        return Ok(known);
    }
    let (by, known) = (caller.name.clone(), now(loaded)?.max(words.known));
    let brought = Brought { report, by, known, name, kind, bytes: bytes.to_vec() };
    let group = loaded.mission.folder.group().ok();
    let logged = desk.writer.work(move |store| brought.into_log(store, &key, group.as_ref()));
    let (n, is_other) = logged.map_err(not_logged)?;
    let live = desk.feed.reached(n.saturating_add(1))?;
    let found = live.loaded.attachments.iter().find(|one| one.entry == n).cloned();
    match found {
        Some(found) if !is_other => Ok(found),
        _ if is_other => {
            let say = format!(
                "entry {n} is logged under this key, with another file; take a new key for another one"
            );
            Err(Problem::new(StatusCode::CONFLICT, say))
        }
        _ => {
            let say = "it is in the record, which is being read anew; send it again with the same key, and it is logged once";
            Err(Problem::later(StatusCode::SERVICE_UNAVAILABLE, say, 2))
        }
    }
}

/// A file as it came, to be kept by who asks.
pub(super) async fn content(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<String>, PathRejection>,
    uri: Uri,
) -> Result<Response, Problem> {
    let (found, bytes) = opened(&desk, caller, id, &uri, ["attachment", "sealed-attachment"]).await?;
    Ok(handed_out(&found.id(), found.kind, bytes))
}

/// A copy to look at, without what the camera wrote.
pub(super) async fn copy(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<String>, PathRejection>,
    uri: Uri,
) -> Result<Response, Problem> {
    let (found, bytes) =
        opened(&desk, caller, id, &uri, ["attachment-copy", "sealed-attachment-copy"]).await?;
    let copied = aside(move || {
        let copy = clean_copy(found.kind, &bytes).map(std::borrow::Cow::into_owned);
        copy.map(|copy| (found, copy)).ok_or_else(|| {
            let say = "no copy can be made of it: nobody here can tell what lies in it beside what it shows; it can be opened as it came";
            Problem::new(StatusCode::CONFLICT, say)
        })
    });
    let (found, copy) = copied.await?;
    Ok(handed_out(&format!("{}-copy", found.id()), found.kind, copy))
}

/// A file that somebody may open, once it is noted that they did: by the first word, of a sealed source's report by the second.
async fn opened(
    desk: &Arc<Desk>,
    caller: Caller,
    id: Result<Path<String>, PathRejection>,
    uri: &Uri,
    [of_any, of_sealed]: [&'static str; 2],
) -> Result<(Attachment, Vec<u8>), Problem> {
    if !is_theirs(&caller, May::Report) && !is_theirs(&caller, May::SeeAll) {
        super::may::reports(&caller)?;
    }
    Asked::of(uri, &[])?;
    let Ok(Path(text)) = id else { return Err(no_file("")) };
    let (asking, name) = (Arc::clone(desk), caller.name.clone());
    let place = place(desk)?;
    let (found, bytes, what) = aside(move || {
        let live = asking.live()?;
        let entry = text.strip_prefix('a').and_then(|digits| number(&format!("r{digits}")));
        let mut all = live.loaded.attachments.iter();
        let found = entry.and_then(|entry| all.find(|one| one.entry == entry));
        let words = found.and_then(|one| live.loaded.words.get(&one.report));
        let (Some(found), Some(words)) = (found, words.filter(|words| sees(&caller, words))) else {
            return Err(no_file(&text));
        };
        let what = if is_sealed(&words.source) { of_sealed } else { of_any };
        let bytes = content_of(&asking, found, words)?;
        Ok((found.clone(), bytes, what))
    })
    .await?;
    desk.read_log.note(&name, &[(what, found.id())]).await?;
    drop(place);
    Ok((found, bytes))
}

fn content_of(desk: &Desk, found: &Attachment, words: &Words) -> Result<Vec<u8>, Problem> {
    if words.erased {
        return Err(no_file(&found.id()));
    }
    Ok(found.content(&log::open_read_only(desk.source.store())?)?)
}

fn no_file(text: &str) -> Problem {
    Problem::nothing(format!("there is no attachment {} that you may open", short(text)))
}

/// Bytes that nobody's browser takes for anything: of no type, to be kept under a name of ours.
fn handed_out(name: &str, kind: FileType, bytes: Vec<u8>) -> Response {
    let name = format!("attachment; filename=\"{name}.{}\"", kind.as_str());
    let mut response = (StatusCode::OK, bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}
