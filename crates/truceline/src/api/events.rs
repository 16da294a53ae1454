//! Server-sent events: one for each entry on a case that the person's own view names, by its number, so that a screen that comes back says the
//! last number that it had and misses nothing.
//!
//! An event says that there is something to look at; what it is, is asked for. A stream ends when its account does.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use futures_core::Stream;
use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use super::accounts::Accounts;
use super::asked::Asked;
use super::gate::Caller;
use super::problem::Problem;
use super::seen::{Extent, extent_of_all};
use super::{Desk, aside};

/// Streams at once: fewer than connections, so that there is always one left to ask by.
pub(super) const STREAMS: usize = 200;
/// How often a stream that has nothing to tell says that it is there.
const PULSE: Duration = Duration::from_secs(10);
/// Events that wait for a slow reader.
const ROOM: usize = 16;

/// Tells of entries after one, and of each that comes.
pub(super) async fn events(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    if extent_of_all(&caller) == Extent::Nothing {
        let role = caller.person.role.as_str();
        return Err(Problem::not_theirs(format!("a {role} sees no cases (docs/authority.md says who does)")));
    }
    let asked = Asked::of(&uri, &["after"])?;
    // What a screen says that comes back by itself counts before what it was first told to ask.
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
    let after = last.or(asked.number("after", 0, u64::MAX)?);
    let Ok(place) = Arc::clone(&desk.streams).try_acquire_owned() else {
        let say = "as many screens listen as may; ask for cases meanwhile";
        return Err(Problem::later(StatusCode::SERVICE_UNAVAILABLE, say, 10));
    };
    let (tell, told) = mpsc::channel(ROOM);
    tokio::spawn(feed(desk, caller, after, tell, place));
    let mut response = Body::from_stream(Feed(told)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    Ok(response)
}

async fn feed(
    desk: Arc<Desk>,
    caller: Caller,
    mut after: Option<u64>,
    tell: mpsc::Sender<Bytes>,
    _place: OwnedSemaphorePermit,
) {
    let mut grown = desk.grown.clone();
    if tell.send(Bytes::from_static(b"retry: 1000\n\n")).await.is_err() {
        return;
    }
    loop {
        // Marked as seen before it is read: what comes meanwhile wakes this again.
        grown.mark_unchanged();
        let (asking, who, since) = (Arc::clone(&desk), caller.clone(), after);
        let Ok(Some((mut events, last))) = aside(move || entries(&asking, &who, since)).await else { return };
        after = Some(last);
        while let Some(event) = events.pop_front() {
            if tell.send(event).await.is_err() {
                return;
            }
        }
        tokio::select! {
            changed = grown.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(PULSE) => {
                if tell.send(Bytes::from_static(b": here\n\n")).await.is_err() {
                    return;
                }
            }
            () = tell.closed() => return,
        }
    }
}

type Told = Option<(VecDeque<Bytes>, u64)>;

/// Events after an entry, and the last one told; without one, none yet. `None` when the account is no more.
fn entries(desk: &Desk, caller: &Caller, after: Option<u64>) -> Result<Told, Problem> {
    if !Accounts::read(desk.source.store())?.has(&caller.account) {
        return Ok(None);
    }
    let sight = desk.sight(caller, None)?;
    // A role can be taken away while a screen is open.
    if sight.loaded.mission.folder.roles.get(&caller.name) != Some(&caller.person) {
        return Ok(None);
    }
    let all = sight.entries();
    let newest = all.last().map_or(0, |(entry, _)| *entry);
    let Some(after) = after else { return Ok(Some((VecDeque::new(), newest))) };
    let event = |(entry, case): &(u64, Option<String>)| {
        let data = json!({ "entry": entry, "case": case });
        Bytes::from(format!("id: {entry}\nevent: entry\ndata: {data}\n\n"))
    };
    let events = all.iter().filter(|(entry, _)| *entry > after).map(event).collect();
    Ok(Some((events, newest.max(after))))
}

/// What was told, as the body of an answer.
struct Feed(mpsc::Receiver<Bytes>);

impl Stream for Feed {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context).map(|told| told.map(Ok))
    }
}
