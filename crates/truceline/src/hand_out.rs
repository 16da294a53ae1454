//! The HTTP side of a centre that replicas follow: its checkpoint, its tiles, its objects, each under the path that a static server would have.
//! Reads only, on loopback only, and only what is signed.
//!
//! Whoever reaches it reads what reports say, so it refuses names that are not loopback's, as the pages do. A long object is given in parts.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path as Named, Query, State};
use axum::http::StatusCode;
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;
use truceline_record::{Digest, TilePath};
use truceline_store::{Centre, Store};

use crate::cli::Format;
use crate::failure::Failure;
use crate::{listening, log, out, server};

/// Bytes of an object that are given in one answer.
pub(crate) const PART: u64 = 16 << 20;

struct Held {
    dir: PathBuf,
    /// Kept open from one answer to the next; opened again when it failed.
    store: Mutex<Option<Store>>,
}

type Shared = Arc<Held>;

/// Answers until interrupted.
///
/// # Errors
/// When there is no store, or the address is not loopback or cannot be bound.
pub(crate) fn serve(dir: &Path, listen: SocketAddr, format: Format) -> Result<(), Failure> {
    if !listen.ip().is_loopback() {
        return Err(Failure::usage(format!(
            "{listen} is not a loopback address; whoever reaches it would read all reports. Lead a tunnel (stunnel, ssh, WireGuard) to 127.0.0.1"
        )));
    }
    let store = log::open_read_only(dir)?;
    let held = Arc::new(Held { dir: dir.to_owned(), store: Mutex::new(Some(store)) });
    let router = Router::new()
        .route("/checkpoint", get(|State(held): State<Shared>| given(held, |store| store.shown().map(Some))))
        .route("/cosigned", get(|State(held): State<Shared>| given(held, Centre::shown_cosigned)))
        .route("/tile/{*path}", get(tile))
        .route("/object/{digest}", get(object))
        .layer(middleware::from_fn(server::guard))
        .with_state(held);
    listening::answer(router, listen, |at| match format {
        Format::Text => {
            eprintln!("the record is handed out at http://{at}  (Ctrl-C stops)");
            Ok(())
        }
        Format::Json => out::line(json!({ "address": format!("http://{at}") })),
    })
}

/// Asks the store, and answers with what it gives.
async fn given<F>(held: Shared, ask: F) -> Response
where
    F: FnOnce(&Store) -> Result<Option<Vec<u8>>, String> + Send + 'static,
{
    let asked = tokio::task::spawn_blocking(move || {
        let mut kept = held.store.lock().map_err(|_| "an earlier answer stopped half-way".to_owned())?;
        // Opened under a key that was replaced since, it would pass over what is signed under the new one.
        let store = match kept.take().filter(|store| store.has_its_key().unwrap_or(true)) {
            Some(store) => store,
            None => log::open_read_only(&held.dir).map_err(|failure| failure.to_string())?,
        };
        let answer = ask(&store);
        if answer.is_ok() {
            *kept = Some(store);
        }
        answer
    });
    match asked.await {
        Ok(Ok(Some(bytes))) => (StatusCode::OK, bytes).into_response(),
        Ok(Ok(None)) => (StatusCode::NOT_FOUND, "not there\n").into_response(),
        Ok(Err(say)) => (StatusCode::SERVICE_UNAVAILABLE, format!("{say}\n")).into_response(),
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, "the record could not be read\n").into_response(),
    }
}

async fn tile(State(held): State<Shared>, Named(path): Named<String>) -> Response {
    match format!("tile/{path}").parse::<TilePath>() {
        Ok(path) => given(held, move |store| Centre::tile(store, path).map(Some)).await,
        Err(_) => (StatusCode::NOT_FOUND, "no such tile\n").into_response(),
    }
}

async fn object(
    State(held): State<Shared>,
    Named(digest): Named<String>,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Response {
    let from = asked.get("from").and_then(|from| from.parse().ok()).unwrap_or(0);
    let Ok(digest) = digest.parse::<Digest>() else {
        return (StatusCode::NOT_FOUND, "no such object\n").into_response();
    };
    let part = move |store: &Store| {
        let Some(mut object) = Centre::object(store, &digest)? else { return Ok(None) };
        let words = |error: std::io::Error| error.to_string();
        std::io::copy(&mut (&mut object).take(from), &mut std::io::sink()).map_err(words)?;
        let mut bytes = Vec::new();
        object.take(PART).read_to_end(&mut bytes).map_err(words)?;
        Ok(Some(bytes))
    };
    given(held, part).await
}
