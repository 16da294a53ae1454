//! The watch: which mission this is, where it holds and where nobody looked, what is overdue, what came and what moved since somebody last looked.
//!
//! A view of what the record gives, as of a moment; it decides nothing and counts nothing that `publish` and `casework` do not. Who may see what
//! stands in one table here (`state`), default deny, and in docs/authority.md.

mod mission;
mod state;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::Desk;

/// The routes of this area.
pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new().route("/api/mission", get(mission::mission))
}
