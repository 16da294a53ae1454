//! The loopback server: pages of a store, as of any moment the reader picks. Reads only; writes nothing, asks nothing of the
//! network, and answers only to a loopback name, so that a page elsewhere cannot reach it through the reader's browser.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;
use truceline_publish::Lang;

use crate::cli::Format;
use crate::failure::Failure;
use crate::log;
use crate::out;
use crate::pages::{self, Page};
use crate::pipeline::{Derived, Source};

/// Moments kept ready; a co-chairs' call goes back and forth between a few.
const KEPT: usize = 8;

struct Room {
    source: Source,
    threads: usize,
    ready: Mutex<BTreeMap<String, Arc<Derived>>>,
    /// Held while a moment is derived: a hundred readers who ask at once must not hold a hundred records in memory.
    deriving: Mutex<()>,
}

/// Serves until interrupted.
///
/// # Errors
/// When the address is not loopback or cannot be bound.
pub(crate) fn serve(
    source: Source,
    listen: SocketAddr,
    threads: usize,
    format: Format,
) -> Result<(), Failure> {
    if !listen.ip().is_loopback() {
        return Err(Failure::usage(format!(
            "{listen} is not a loopback address; this server has no login, so it stays on 127.0.0.1 or [::1]"
        )));
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Failure::operation("start the server", &e))?;
    let ended = runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(listen).await.map_err(|e| {
            Failure::operation(
                &format!("listen on {listen} (is another one running? --listen takes another port)"),
                &e,
            )
        })?;
        let at = listener.local_addr().map_err(|e| Failure::operation("listen", &e))?;
        match format {
            Format::Text => eprintln!("Look at http://{at}/  (Ctrl-C stops)"),
            Format::Json => out::line(json!({ "address": format!("http://{at}/") }))?,
        }
        let room = Arc::new(Room { source, threads, ready: Mutex::default(), deriving: Mutex::default() });
        // Nothing is written, so nothing is lost by stopping at once; whoever holds a connection open cannot hold the server.
        tokio::select! {
            ended = axum::serve(listener, router(room)) => ended.map_err(|e| Failure::operation("serve", &e)),
            _ = tokio::signal::ctrl_c() => Ok(()),
        }
    });
    runtime.shutdown_background();
    ended
}

fn router(room: Arc<Room>) -> Router {
    Router::new()
        .route("/", get(bulletin))
        .route("/incident/{id}", get(incident))
        .route("/area/{id}", get(area))
        .route("/clause/{id}", get(clause))
        .route("/explain/{incident}/{clause}", get(explained))
        .route("/bulletin/{entry}/{file}", get(frozen))
        .route("/duties", get(duties))
        .route("/findings.jsonl", get(findings))
        .route("/incidents.geojson", get(geojson))
        .layer(middleware::from_fn(guard))
        .with_state(room)
}

type Asked = Query<BTreeMap<String, String>>;

async fn bulletin(State(room): State<Arc<Room>>, Query(asked): Asked) -> Response {
    answer(room, asked, Page::Bulletin).await
}

async fn frozen(
    State(room): State<Arc<Room>>,
    Path((entry, file)): Path<(String, String)>,
    Query(asked): Asked,
) -> Response {
    answer(room, asked, Page::Frozen(entry, file)).await
}

async fn incident(State(room): State<Arc<Room>>, Path(id): Path<String>, Query(asked): Asked) -> Response {
    answer(room, asked, Page::Incident(id)).await
}

async fn area(State(room): State<Arc<Room>>, Path(id): Path<String>, Query(asked): Asked) -> Response {
    answer(room, asked, Page::Area(id)).await
}

async fn clause(State(room): State<Arc<Room>>, Path(id): Path<String>, Query(asked): Asked) -> Response {
    answer(room, asked, Page::Clause(id)).await
}

async fn explained(
    State(room): State<Arc<Room>>,
    Path((incident, clause)): Path<(String, String)>,
    Query(asked): Asked,
) -> Response {
    answer(room, asked, Page::Explanation(incident, clause)).await
}

async fn duties(State(room): State<Arc<Room>>, Query(asked): Asked) -> Response {
    answer(room, asked, Page::Duties).await
}

async fn findings(State(room): State<Arc<Room>>, Query(asked): Asked) -> Response {
    answer(room, asked, Page::Findings).await
}

async fn geojson(State(room): State<Arc<Room>>, Query(asked): Asked) -> Response {
    answer(room, asked, Page::Geojson).await
}

async fn answer(room: Arc<Room>, asked: BTreeMap<String, String>, page: Page) -> Response {
    // Judging takes a second of one core; it must not hold up the connections of others.
    let made = tokio::task::spawn_blocking(move || room.page(&asked, &page)).await;
    match made {
        Ok(Ok((kind, body))) => ([(header::CONTENT_TYPE, kind)], body).into_response(),
        Ok(Err(failure)) => {
            let status = match (failure.is_not_found(), failure.is_usage()) {
                (true, _) => StatusCode::NOT_FOUND,
                (_, true) => StatusCode::BAD_REQUEST,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            };
            (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], failure.to_string())
                .into_response()
        }
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, "the page could not be made").into_response(),
    }
}

impl Room {
    fn page(&self, asked: &BTreeMap<String, String>, page: &Page) -> Result<(&'static str, String), Failure> {
        let lang = match asked.get("lang").map(String::as_str) {
            None | Some("" | "en") => Lang::En,
            Some("ar") => Lang::Ar,
            Some("ru") => Lang::Ru,
            Some(other) => {
                return Err(Failure::usage(format!(
                    "no language is called \"{}\"; there are en, ar, ru",
                    short(other)
                )));
            }
        };
        if let Page::Frozen(entry, file) = page {
            let store = log::open_read_only(self.source.store())?;
            return pages::frozen(&store, &*self.source.loaded(None, self.threads)?, entry, file);
        }
        let derived = self.derived(asked.get("as_of").map_or("", String::as_str))?;
        pages::render(&derived, page, lang)
    }

    fn derived(&self, as_of: &str) -> Result<Arc<Derived>, Failure> {
        let as_of = as_of.trim();
        if as_of.len() > 40 {
            return Err(Failure::usage(format!(
                "\"{}…\" is no moment; write one like 2016-05-04T12:00:00Z",
                short(as_of)
            )));
        }
        // A page kept from before a new entry would hide it.
        let loaded = self.source.loaded(None, self.threads)?;
        let kept = || {
            let ready = self.ready.lock().ok()?.get(as_of).cloned();
            ready.filter(|ready| ready.loaded.entries == loaded.entries)
        };
        if let Some(ready) = kept() {
            return Ok(ready);
        }
        let _turn = self.deriving.lock();
        if let Some(ready) = kept() {
            return Ok(ready);
        }
        let wanted = (!as_of.is_empty()).then(|| as_of.to_owned());
        let made = Arc::new(self.source.published(wanted.as_deref(), None, self.threads)?);
        if let Ok(mut ready) = self.ready.lock() {
            // The moment that opens ("") is asked for most, so it stays.
            if ready.len() >= KEPT
                && let Some(least) = ready.keys().find(|moment| !moment.is_empty()).cloned()
            {
                ready.remove(&least);
            }
            ready.insert(as_of.to_owned(), Arc::clone(&made));
        }
        Ok(made)
    }
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

/// Refuses names that are not loopback (a rebound DNS name would let any web page read the record), and sets the headers
/// that keep a page to itself.
pub(crate) async fn guard(request: Request, next: Next) -> Response {
    if !is_loopback_name(host_name(request.headers())) {
        return (StatusCode::MISDIRECTED_REQUEST, "this server answers to localhost only").into_response();
    }
    let mut response = next.run(request).await;
    keep_to_itself(response.headers_mut());
    response
}

/// The name that a request asks for, without its port.
pub(crate) fn host_name(headers: &HeaderMap) -> &str {
    let host = headers.get(header::HOST).and_then(|h| h.to_str().ok()).unwrap_or_default();
    host.rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
        .map_or(host, |(name, _)| name)
}

/// Whether a name is this machine's own.
pub(crate) fn is_loopback_name(name: &str) -> bool {
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

/// Sets the headers that keep an answer to itself.
pub(crate) fn keep_to_itself(headers: &mut HeaderMap) {
    let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
