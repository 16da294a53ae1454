//! The watch: which mission this is, where it holds and where nobody looked, what is overdue, what came and what moved since somebody last looked;
//! what the agreement says, and what was promised and brought.
//!
//! A view of what the record gives, on both clocks; it decides nothing and counts nothing that `publish` and `casework` do not. Who may see what
//! stands in one table here (`state`), default deny, and in docs/authority.md.

mod access;
mod amendments;
mod changes;
mod due;
mod feed;
mod handover;
mod incidents;
mod map;
mod mission;
mod state;
mod terms;
mod truce;
mod watch;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::Desk;

pub(super) use state::Pace;

/// The routes of this area.
pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new()
        .route("/api/mission", get(mission::mission))
        .route("/api/watch", get(watch::watch))
        .route("/api/watch/changes", get(changes::changes))
        .route("/api/watch/feed", get(feed::feed))
        .route("/api/terms", get(terms::terms))
        .route("/api/terms/amendments", get(amendments::amendments))
        .route("/api/access", get(access::access))
        .route("/api/map", get(map::map))
        .route("/api/map/areas", get(map::areas))
        .merge(handover::routes())
}
