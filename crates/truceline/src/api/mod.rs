//! The ops room's server: the screens, and behind them the API for the people of a mission, each with an account. What the command line does, by
//! the same code.
//!
//! It answers nobody before they have shown a token, and shows each what the written policy lets their role see. Loopback only: an encrypted
//! line is a proxy's work. It holds the store open for writing only while something is written, so that other commands can write between.
//! Decides nothing about cases: `casework::case` does.

mod accounts;
mod answers;
mod app;
mod asked;
mod asking;
mod body;
mod bulletins;
mod centre;
mod connections;
mod events;
mod gate;
mod identity;
mod inbox;
mod incidents;
mod limits;
mod papers;
mod party;
mod printing;
mod problem;
mod public;
mod read_log;
mod reads;
mod recording;
mod seen;
mod standards;
mod telling;
mod unbidden;
mod unmasking;
mod watching;
mod writer;
mod writes;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Router, middleware};
use serde_json::json;
use tokio::sync::Semaphore;
use truceline_model::Instant;

pub(crate) use accounts::Accounts;
pub(crate) use asking::Asked as WhomToAsk;
pub(crate) use identity::passwords;
use identity::{oidc, passkeys};

use crate::cli::Format;
use crate::failure::Failure;
use crate::live::{Feed, Live};
use crate::pipeline::Source;
use crate::{log, out, secrets};
use answers::Answers;
use limits::Limits;
use problem::Problem;
use read_log::ReadLog;
use telling::Telling;
use writer::Writer;

/// Threads for what takes long.
const WORKERS: usize = 64;

/// Workers of one derivation.
const THREADS: usize = 2;

/// What every request needs.
struct Desk {
    source: Source,
    /// The record as it stands, kept by a thread of its own.
    feed: Feed,
    writer: Arc<Writer>,
    /// Notes who was shown what.
    read_log: ReadLog,
    limits: Limits,
    /// Streams of events that are open.
    streams: Arc<Semaphore>,
    /// Files that are being taken in: each is held in memory.
    taking: Semaphore,
    telling: Telling,
    /// Answers that many ask for alike.
    answers: Answers,
    /// What passkeys are to sign.
    challenges: passkeys::Challenges,
    /// Who was sent to a provider of identities and has not come back.
    begun: oidc::Begun,
    /// On which port it listens.
    port: u16,
    /// What is published.
    published: public::Shelf,
    press: printing::Press,
    /// The same in other people's formats.
    standards: standards::Shelf,
    /// Passwords that phones showed lately.
    lately: identity::basic::Lately,
    /// What texts are read with.
    tables: inbox::ReadBy,
    /// The present of the watch.
    pace: watching::Pace,
    /// Asks witnesses to cosign, where it was told of any.
    asking: asking::Asking,
    /// The name under which a proxy passes requests on.
    proxied_as: Option<String>,
    /// Held while everything is derived beside the shared moment.
    deriving: Mutex<()>,
    /// Drawn at the start, told to nobody.
    drawn: [u8; 32],
}

impl Desk {
    /// The record as it stands: one shared moment for everybody who asks.
    fn live(&self) -> Result<Arc<Live>, Problem> {
        Ok(self.feed.now()?)
    }

    /// The record under the mission that governs now: for who decides whom to let in.
    fn governed(&self) -> Result<Arc<Live>, Problem> {
        self.feed.governed()?.ok_or_else(|| {
            let say = "the mission has just changed and is being read; ask again in a moment";
            Problem::later(StatusCode::SERVICE_UNAVAILABLE, say, 2)
        })
    }

    /// The record as of a moment in words, or else as it stands.
    fn moment(&self, as_of: Option<&str>) -> Result<Arc<Live>, Problem> {
        let live = self.feed.now()?;
        match as_of {
            None => Ok(live),
            Some(words) => self.at(live.loaded.mission.moment(words)?),
        }
    }

    /// The record as of a moment.
    fn at(&self, as_of: Instant) -> Result<Arc<Live>, Problem> {
        self.feed.at(as_of)?.ok_or_else(Problem::many_moments)
    }
}

/// Serves until interrupted.
///
/// # Errors
/// When there is no store, or the address is not loopback or cannot be bound.
pub(crate) fn serve(
    store: &Path,
    listen: SocketAddr,
    proxied_as: Option<&str>,
    ask: WhomToAsk,
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
    let drawn = secrets::draw()?;
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
            Format::Text => eprintln!("The ops room is at http://{at}/  (Ctrl-C stops)"),
            Format::Json => out::line(json!({ "address": format!("http://{at}/api") }))?,
        }
        let writer = Arc::new(Writer::start(store.to_path_buf()));
        let desk = Arc::new(Desk {
            source: Source::new(store.to_path_buf()),
            feed: Feed::start(store),
            read_log: ReadLog::start(Arc::clone(&writer)),
            writer,
            limits: Limits::default(),
            streams: Arc::new(Semaphore::new(events::STREAMS)),
            taking: Semaphore::new(inbox::FILES_AT_ONCE),
            telling: Telling::default(),
            answers: Answers::default(),
            challenges: passkeys::Challenges::default(),
            begun: oidc::Begun::default(),
            port: at.port(),
            published: public::Shelf::default(),
            press: printing::Press::default(),
            standards: standards::Shelf::default(),
            lately: identity::basic::Lately::default(),
            tables: inbox::ReadBy::default(),
            pace: watching::Pace::default(),
            asking: asking::Asking::start(store, ask),
            proxied_as: proxied_as.map(str::to_owned),
            deriving: Mutex::new(()),
            drawn,
        });
        unbidden::start(&desk);
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
        .merge(centre::routes())
        .merge(identity::routes())
        .merge(watching::routes())
        .merge(inbox::routes())
        .merge(incidents::routes())
        .merge(papers::routes())
        .merge(read_log::routes())
        .merge(recording::routes())
        .merge(bulletins::routes())
        .merge(public::routes())
        .merge(standards::routes())
        .merge(unmasking::routes())
        .fallback(async || Problem::nothing("nothing is here; docs/openapi.json lists what is"))
        .method_not_allowed_fallback(async || {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "not by this method; docs/openapi.json says which")
        })
        .layer(middleware::from_fn_with_state(Arc::clone(&desk), gate::gate))
        .with_state(desk)
        .merge(app::routes())
}

/// Does what takes long beside the connections.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|e| Err(Problem::ours(&Failure::operation("answer", &e))))
}
