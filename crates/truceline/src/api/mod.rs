//! The case desk: cases over HTTP for the people of a mission, each with an account. What the command line does with cases, by the same code.
//!
//! It answers nobody before they have shown a token, and shows each what the written policy lets their role see. Loopback only: an encrypted
//! line is a proxy's work. It holds the store open for writing only while something is written, so that other commands can write between.
//! Decides nothing about cases: `casework::case` does.

mod accounts;
mod asked;
mod body;
mod connections;
mod events;
mod gate;
mod limits;
mod party;
mod problem;
mod reads;
mod seen;
mod writer;
mod writes;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Router, middleware};
use serde_json::json;
use tokio::sync::{Semaphore, watch};

pub(crate) use accounts::Accounts;

use crate::cli::Format;
use crate::failure::Failure;
use crate::log_reader::LogReader as _;
use crate::pipeline::Source;
use crate::{log, out};
use limits::Limits;
use problem::Problem;
use writer::Writer;

/// How often the log is looked at for entries of others.
const LOOK: Duration = Duration::from_millis(200);
/// Threads for what takes long.
const WORKERS: usize = 64;
/// Workers of one derivation.
const THREADS: usize = 2;

/// What every request needs.
struct Desk {
    source: Source,
    writer: Writer,
    limits: Limits,
    /// Entries in the log; changes when it grows.
    grown: watch::Receiver<u64>,
    /// Streams of events that are open.
    streams: Arc<Semaphore>,
    /// The name under which a proxy passes requests on.
    proxied_as: Option<String>,
    /// Held while everything is derived: many who ask at once must not hold many records in memory.
    deriving: Mutex<()>,
}

/// Serves until interrupted.
///
/// # Errors
/// When there is no store, or the address is not loopback or cannot be bound.
pub(crate) fn serve(
    store: &Path,
    listen: SocketAddr,
    proxied_as: Option<&str>,
    format: Format,
) -> Result<(), Failure> {
    if !listen.ip().is_loopback() {
        return Err(Failure::usage(format!(
            "{listen} is not a loopback address; tokens would cross the network in clear. Listen on 127.0.0.1, let a TLS proxy on this \
             machine pass requests on, and say its name with --proxied-as"
        )));
    }
    log::open_read_only(store)?;
    Accounts::read(store)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(WORKERS)
        .build()
        .map_err(|e| Failure::operation("start the desk", &e))?;
    let ended = runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(listen)
            .await
            .map_err(|e| Failure::operation(&format!("listen on {listen}"), &e))?;
        let at = listener.local_addr().map_err(|e| Failure::operation("listen", &e))?;
        match format {
            Format::Text => eprintln!("the desk answers at http://{at}/api  (Ctrl-C stops)"),
            Format::Json => out::line(json!({ "address": format!("http://{at}/api") }))?,
        }
        let (tell, grown) = watch::channel(0);
        let watched = store.to_path_buf();
        std::thread::spawn(move || watch_log(&watched, &tell));
        let desk = Arc::new(Desk {
            source: Source::new(store.to_path_buf()),
            writer: Writer::start(store.to_path_buf()),
            limits: Limits::default(),
            grown,
            streams: Arc::new(Semaphore::new(events::STREAMS)),
            proxied_as: proxied_as.map(str::to_owned),
            deriving: Mutex::new(()),
        });
        // What was answered is on disk already, so nothing is lost by stopping at once.
        tokio::select! {
            ended = connections::serve(listener, router(desk)) => ended,
            _ = tokio::signal::ctrl_c() => Ok(()),
        }
    });
    runtime.shutdown_background();
    ended
}

fn router(desk: Arc<Desk>) -> Router {
    Router::new()
        .route("/api/cases", get(reads::cases).post(writes::open))
        .route("/api/cases/{id}", get(reads::case))
        .route("/api/cases/{id}/offered", get(reads::offered))
        .route("/api/cases/{id}/acts", post(writes::act))
        .route("/api/clock-faults", post(writes::clock_fault))
        .route("/api/due", get(reads::due))
        .route("/api/counts", get(reads::counts))
        .route("/api/exclusions", get(reads::exclusions))
        .route("/api/events", get(events::events))
        .fallback(async || Problem::nothing("nothing is here; docs/openapi.json lists what is"))
        .method_not_allowed_fallback(async || {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "not by this method; docs/openapi.json says which")
        })
        .layer(middleware::from_fn_with_state(Arc::clone(&desk), gate::gate))
        .with_state(desk)
}

/// Tells how long the log is, whoever wrote to it. Ends when nobody listens.
fn watch_log(store: &Path, tell: &watch::Sender<u64>) {
    let mut kept = None;
    while !tell.is_closed() {
        let opened = kept.take().map_or_else(|| log::open_read_only(store), Ok);
        if let Ok((store, size)) = opened.and_then(|store| store.size().map(|size| (store, size))) {
            kept = Some(store);
            tell.send_if_modified(|told| std::mem::replace(told, size) != size);
        }
        std::thread::sleep(LOOK);
    }
}

/// Does what takes long beside the connections.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|e| Err(Problem::ours(&Failure::operation("answer", &e))))
}
