//! The HTTP side of a centre: one address for letters, bounded in length and time. What is believed is what a letter's own
//! signature and encryption say; who sends it is nobody's business.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::json;

use crate::cli::Format;
use crate::commands::office::tell_taken;
use crate::failure::Failure;
use crate::office::letter::{self, LETTER_LIMIT, Letter};
use crate::office::take::{self, Refused};
use crate::{listening, log, out};

/// How long a letter may take to arrive: links are bad.
const PATIENCE: Duration = Duration::from_secs(600);
/// How many may arrive at once; each may take [`LETTER_LIMIT`] of memory.
const AT_ONCE: usize = 4;

struct Held {
    store: PathBuf,
    format: Format,
    /// One letter is taken in at a time.
    turn: Mutex<()>,
    arriving: tokio::sync::Semaphore,
}

/// Answers until interrupted. The store is open only while a letter is taken in, so that other commands can write between.
///
/// # Errors
/// When there is no store, the key cannot be used, or the address cannot be bound.
pub(crate) fn serve(store: &Path, listen: SocketAddr, format: Format) -> Result<(), Failure> {
    log::open_read_only(store)?;
    letter::identity(store)?;
    let arriving = tokio::sync::Semaphore::new(AT_ONCE);
    let held = Arc::new(Held { store: store.to_owned(), format, turn: Mutex::new(()), arriving });
    let router = Router::new()
        .route("/letters", post(letters))
        .layer(DefaultBodyLimit::max(LETTER_LIMIT))
        .with_state(held);
    listening::answer(router, listen, |at| match format {
        Format::Text => {
            eprintln!("letters are taken at http://{at}/letters  (Ctrl-C stops)");
            Ok(())
        }
        Format::Json => out::line(json!({ "address": format!("http://{at}") })),
    })
}

async fn letters(State(held): State<Arc<Held>>, request: Request) -> Response {
    let Ok(_place) = held.arriving.acquire().await else {
        return (StatusCode::SERVICE_UNAVAILABLE, "later\n").into_response();
    };
    let body = axum::body::to_bytes(request.into_body(), LETTER_LIMIT);
    let sealed = match tokio::time::timeout(PATIENCE, body).await {
        Ok(Ok(sealed)) => sealed,
        Ok(Err(_)) => {
            return (StatusCode::PAYLOAD_TOO_LARGE, "the letter is too long, or broke off\n").into_response();
        }
        Err(_) => {
            return (StatusCode::REQUEST_TIMEOUT, "the letter did not arrive in time\n").into_response();
        }
    };
    let taking = Arc::clone(&held);
    let done = tokio::task::spawn_blocking(move || take_in(&taking, &sealed)).await;
    match done {
        Ok(Ok(answer)) => (StatusCode::OK, answer).into_response(),
        Ok(Err(refused)) => {
            let status = StatusCode::from_u16(refused.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, format!("{}\n", refused.say())).into_response()
        }
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, "the centre could not take it in\n").into_response(),
    }
}

fn take_in(held: &Held, sealed: &[u8]) -> Result<Vec<u8>, Refused> {
    let stopped =
        |_| Refused::Operation(Failure::operation("take the letter in", &"an earlier one stopped half-way"));
    let _turn = held.turn.lock().map_err(stopped)?;
    let letter = Letter::opened(sealed, &letter::identity(&held.store)?).map_err(Refused::Wrong)?;
    let mut store = log::open(&held.store)?;
    let done = take::take(&mut store, &letter)?;
    tell_taken(held.format, &done)?;
    Ok(done.answer)
}
