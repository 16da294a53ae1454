//! The HTTP side of a witness: one address, one request at a time, bounded in length and time. It believes nobody; the log's
//! signature on a checkpoint is all the login there is.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::json;
use truceline_record::REQUEST_LIMIT;
use truceline_store::WitnessFolder;

use crate::cli::Format;
use crate::failure::Failure;
use crate::{listening, out};

/// How long a request may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

type Held = Arc<Mutex<WitnessFolder>>;

/// Answers until interrupted.
///
/// # Errors
/// When the address cannot be bound.
pub(crate) fn serve(witness: WitnessFolder, listen: SocketAddr, format: Format) -> Result<(), Failure> {
    let key = witness.verifier_key();
    let held: Held = Arc::new(Mutex::new(witness));
    let router = Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .layer(DefaultBodyLimit::max(REQUEST_LIMIT))
        .with_state(held);
    listening::answer(router, listen, |at| match format {
        Format::Text => {
            eprintln!("{key}\nanswers at http://{at}/add-checkpoint  (Ctrl-C stops)");
            Ok(())
        }
        Format::Json => out::line(json!({ "address": format!("http://{at}"), "key": key })),
    })
}

async fn add_checkpoint(State(held): State<Held>, request: axum::extract::Request) -> Response {
    let body = axum::body::to_bytes(request.into_body(), REQUEST_LIMIT);
    let body: Bytes = match tokio::time::timeout(PATIENCE, body).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return (StatusCode::BAD_REQUEST, "the request is too long\n").into_response(),
        Err(_) => {
            return (StatusCode::REQUEST_TIMEOUT, "the request did not arrive in time\n").into_response();
        }
    };
    let answered = tokio::task::spawn_blocking(move || {
        let now = crate::log::seconds();
        // One at a time: between the look at what was cosigned last and the write of what is now, nobody else may come.
        let mut witness = held.lock().map_err(|_| ())?;
        witness
            .answer(&body, now)
            .map_err(|error| eprintln!("truceline witness: {}", out::shown(&error.to_string())))
    });
    let Ok(Ok(answer)) = answered.await else {
        return (StatusCode::INTERNAL_SERVER_ERROR, "the witness could not write; nothing was cosigned\n")
            .into_response();
    };
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, answer.content)], answer.body).into_response()
}
