//! Connections: how many at once, and how long a slow one is waited for. Knows nothing of what is asked.
//!
//! axum's own server waits for a head without end; whoever opens connections and says nothing would use up all there are.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::failure::Failure;

/// Connections at once; who comes after waits until one ends.
const AT_ONCE: usize = 640;
/// How long the head of a request may take, and how long a connection may stay idle.
const PATIENCE: Duration = Duration::from_secs(10);
/// Longest head, in bytes.
const HEAD: usize = 16 * 1024;
/// Most lines of a head.
const LINES: usize = 64;

/// Answers for as long as it is polled.
///
/// # Errors
/// When no connection can be taken any more.
pub(super) async fn serve(listener: TcpListener, router: Router) -> Result<(), Failure> {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let place = Arc::clone(&places).acquire_owned().await;
        let place = place.map_err(|e| Failure::operation("take a connection", &e))?;
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            // Out of files, or gone before it was taken: a moment later there is room again.
            Err(_) => {
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let service = TowerToHyperService::new(router.clone());
        tokio::spawn(async move {
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new()).header_read_timeout(PATIENCE).max_buf_size(HEAD).max_headers(LINES);
            // Whoever goes away in the middle is no fault of ours.
            let _ = http.serve_connection(TokioIo::new(stream), service).await;
            drop(place);
        });
    }
}
