//! The inbox: reports typed or read out of words, each taken in with a receipt once it is on disk, and read back to who took it down.
//!
//! What a text seems to say is proposed and never written: a report follows from what a person types or confirms. Who says it is never told to
//! anybody who may not know it, and of a caller nobody is told. Who may stands in one table here, default deny, and in docs/authority.md.

mod attachments;
mod choices;
mod may;
mod openrosa;
mod proposals;
mod reports;
mod said_by;
mod shown;
mod taking;
mod understood;

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::routing::{get, head, post};

pub(super) use attachments::shown_to;

use super::Desk;
use crate::cli::words::Tables;
use crate::commands::reading::Known;
use crate::failure::Failure;
use crate::mission::Mission;

/// Most bytes of a text that is sent, and of the body that brings it.
const WORDS: usize = 256 * 1024;
const BODY: usize = 1024 * 1024;
/// Files that are taken in at once: each is held in memory until it is logged.
pub(super) const FILES_AT_ONCE: usize = 4;

/// The routes of this area.
pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new()
        .route("/api/reports", get(shown::own).post(reports::report))
        .route("/api/reports/{id}", get(shown::one))
        .route("/api/reports/{id}/attachments", post(attachments::add))
        .route("/api/attachments/{id}", get(attachments::content))
        .route("/api/attachments/{id}/copy", get(attachments::copy))
        .route("/api/proposals", post(proposals::read))
        .route("/api/proposals/confirmed", post(proposals::confirm))
        .route("/api/report-form", get(choices::form))
        .route("/api/places", get(choices::places))
        .route("/openrosa/formList", get(openrosa::list))
        .route("/openrosa/report.xml", get(openrosa::form))
        .route("/openrosa/manifest", get(openrosa::manifest))
        .route("/openrosa/submission", head(openrosa::before).post(openrosa::submission))
}

/// What texts are read with: the shipped tables and the mission's own names, made once for each mission.
#[derive(Default)]
pub(super) struct ReadBy {
    kept: Mutex<Option<(Arc<Mission>, Arc<Known>)>>,
}

impl ReadBy {
    fn of(&self, mission: &Arc<Mission>) -> Result<Arc<Known>, Failure> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, known)) = &*kept
            && (Arc::ptr_eq(of, mission) || of.digests == mission.digests)
        {
            return Ok(Arc::clone(known));
        }
        let known = Arc::new(Known::within(&Tables::default(), mission)?);
        *kept = Some((Arc::clone(mission), Arc::clone(&known)));
        Ok(known)
    }
}
