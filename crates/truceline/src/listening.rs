//! Answers HTTP at one address until interrupted: what the witness and the centre of offices have in common.
//!
//! Decides nothing about requests: routes and their bounds are the caller's.

use std::net::SocketAddr;

use axum::Router;

use crate::failure::Failure;

/// Answers until interrupted; `told` is called once with the address that was bound. What was answered is on disk already, so nothing is
/// lost by stopping at once.
///
/// # Errors
/// When the address cannot be bound.
pub(crate) fn answer(
    router: Router,
    listen: SocketAddr,
    told: impl FnOnce(SocketAddr) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Failure::operation("start answering", &e))?;
    let ended = runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(listen)
            .await
            .map_err(|e| Failure::operation(&format!("listen on {listen}"), &e))?;
        told(listener.local_addr().map_err(|e| Failure::operation("listen", &e))?)?;
        tokio::select! {
            ended = axum::serve(listener, router) => ended.map_err(|e| Failure::operation("serve", &e)),
            _ = tokio::signal::ctrl_c() => Ok(()),
        }
    });
    runtime.shutdown_background();
    ended
}
