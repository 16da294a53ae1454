//! Server-sent events: one for each entry that somebody may see something of, by its number, so that a screen that comes back says the last
//! number that it had and misses nothing.
//!
//! An event says that there is something to look at, and of what kind; what it is, is asked for. Each stream leaves out what its person may
//! not know of, and nothing of that shows in when or how it speaks. A stream ends when its account or its session does.

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
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::MissedTickBehavior;

use super::asked::Asked;
use super::gate::{self, Caller};
use super::problem::Problem;
use super::seen::{Extent, extent_of_all};
use super::telling::{Cursor, doors, has_ears};
use super::{Desk, aside};

/// Streams at once: fewer than connections, so that there is always one left to ask by.
pub(super) const STREAMS: usize = 220;
/// How often a stream says that it is there, whatever else it says: a silence that other people's entries broke would tell of them.
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
    if extent_of_all(&caller) == Extent::Nothing && !has_ears(&caller) {
        let role = caller.person.role.as_str();
        return Err(Problem::not_theirs(format!(
            "a {role} is told of nothing (docs/authority.md says who is)"
        )));
    }
    let asked = Asked::of(&uri, &["after"])?;
    // What a screen says that comes back by itself counts before what it was first told to ask.
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
    let after = last.or(asked.number("after", 0, u64::MAX)?);
    let Ok(place) = Arc::clone(&desk.streams).try_acquire_owned() else {
        let say = "as many screens listen as may; ask again meanwhile";
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
    after: Option<u64>,
    tell: mpsc::Sender<Bytes>,
    _place: OwnedSemaphorePermit,
) {
    let mut grown = desk.feed.told();
    let mut pulse = tokio::time::interval(PULSE);
    pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pulse.tick().await;
    if tell.send(Bytes::from_static(b"retry: 1000\n\n")).await.is_err() {
        return;
    }
    let mut cursor = Cursor::after(after);
    let mut is_behind = true;
    let mut looked_at = Vec::new();
    loop {
        if is_behind {
            // Marked as seen before it is read: what comes meanwhile wakes this again.
            grown.mark_unchanged();
            let Some((events, more)) = next(&desk, &caller, &mut cursor).await else { return };
            is_behind = more;
            if events.is_empty() {
                continue;
            }
            // Accounts are looked up where something of theirs has changed, before anything more is told.
            let now = doors(desk.source.store());
            if now != looked_at && !matches!(still(&desk, &caller).await, Ok(true)) {
                return;
            }
            looked_at = now;
            if tell.send(events).await.is_err() {
                return;
            }
            continue;
        }
        tokio::select! {
            changed = grown.changed() => if changed.is_err() { return } else { is_behind = true },
            _ = pulse.tick() => {
                let Ok(true) = still(&desk, &caller).await else { return };
                if tell.send(Bytes::from_static(b": here\n\n")).await.is_err() {
                    return;
                }
            }
            () = tell.closed() => return,
        }
    }
}

async fn still(desk: &Arc<Desk>, caller: &Caller) -> Result<bool, Problem> {
    let (asking, who) = (Arc::clone(desk), caller.clone());
    aside(move || gate::is_still(&asking, &who)).await
}

/// What is next to tell, and whether there is more; `None` when the role is no more.
async fn next(desk: &Arc<Desk>, caller: &Caller, cursor: &mut Cursor) -> Option<(Bytes, bool)> {
    let (asking, who, mut moved) = (Arc::clone(desk), caller.clone(), cursor.clone());
    let told = match desk.telling.at_once(desk.feed.ready().as_deref(), caller, &mut moved) {
        Some(told) => told,
        None => {
            let (told, after) = aside(move || {
                let told = asking.telling.told(&asking.live()?, &who, &mut moved)?;
                Ok((told, moved))
            })
            .await
            .ok()?;
            moved = after;
            told
        }
    };
    *cursor = moved;
    told
}

/// What was told, as the body of an answer.
struct Feed(mpsc::Receiver<Bytes>);

impl Stream for Feed {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context).map(|told| told.map(Ok))
    }
}
