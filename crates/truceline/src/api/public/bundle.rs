//! A published bulletin as one file that `truceline verify` checks without us: the record, its proofs, the frozen files; no report, no text.
//!
//! It is made while it is sent, and never lies whole in memory. Only so many are made at once.

use std::io::{self, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use futures_core::Stream;
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use super::{Named, Shared, with};
use crate::api::asked::Asked;
use crate::api::problem::Problem;
use crate::{bundle, log};

/// Bytes of one piece, and pieces that wait for a slow reader.
const PIECE: usize = 64 << 10;
const ROOM: usize = 8;

/// The bundle as a tape archive.
pub(super) async fn bundle(State(desk): Shared, id: Named, uri: Uri) -> Result<Response, Problem> {
    Asked::of(&uri, &[])?;
    let bundles = Arc::clone(&desk.published.bundles);
    let permit = bundles.try_acquire_owned().map_err(|_| {
        let say = "others are fetching bundles; ask again in a moment";
        Problem::later(StatusCode::SERVICE_UNAVAILABLE, say, 5)
    })?;
    let asking = Arc::clone(&desk);
    let n = with(desk, id, |_, one| Ok(one.entry.n)).await?;
    let loaded = Arc::clone(&asking.live()?.loaded);
    let (line, pieces) = mpsc::channel(ROOM);
    tokio::task::spawn_blocking(move || {
        let mut pipe = Pipe { line, piece: Vec::with_capacity(PIECE) };
        let store = log::open_read_only(asking.source.store());
        let made = store.and_then(|store| bundle::make::archive(&store, &loaded, n, &mut pipe));
        // Who hung up has no bundle, and who did not sees that it ends too early.
        if let Err(failure) = made {
            eprintln!("truceline: {}", crate::out::shown(&failure.to_string()));
            let _ = pipe.line.blocking_send(Err(io::Error::other("the bundle could not be made")));
        }
    });
    let mut response = Body::from_stream(Pieces { pieces, _permit: permit }).into_response();
    let set = response.headers_mut();
    set.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-tar"));
    let named = HeaderValue::from_str(&format!("attachment; filename=\"bulletin-{n}.tar\""));
    if let Ok(named) = named {
        set.insert(header::CONTENT_DISPOSITION, named);
    }
    Ok(response)
}

type Piece = Result<Bytes, io::Error>;

/// Takes what is written, a piece at a time.
struct Pipe {
    line: mpsc::Sender<Piece>,
    piece: Vec<u8>,
}

impl Write for Pipe {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(part);
        if self.piece.len() >= PIECE {
            self.flush()?;
        }
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let piece = Bytes::from(std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE)));
        self.line.blocking_send(Ok(piece)).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }
}

/// The pieces, as they come.
struct Pieces {
    pieces: mpsc::Receiver<Piece>,
    _permit: OwnedSemaphorePermit,
}

impl Stream for Pieces {
    type Item = Piece;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Piece>> {
        self.pieces.poll_recv(context)
    }
}
