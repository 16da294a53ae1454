//! Incidents: what sources say of each, side by side, what is found and what it turns on, how its reports were taken for one; and what people decide
//! about that. What the pages and the command line show, by the same code; a decision is logged as `truceline decide` logs it.
//!
//! Decides nothing itself and adds no figure to another. Who may see and who may decide stands in one table (`sight`), default deny, and in
//! docs/authority.md.

mod custody;
mod deciding;
mod history;
mod judging;
mod list;
mod one;
mod sight;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::Desk;

/// The routes of this area.
pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new()
        .route("/api/incidents", get(list::incidents))
        .route("/api/incidents/{id}", get(one::incident))
        .route("/api/incidents/{id}/explanations", get(one::explanations))
        .route("/api/decisions", post(deciding::decide))
}
