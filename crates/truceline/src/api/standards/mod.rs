//! What is published, in the formats of other people's tools: OGC API – Features, vector tiles, GeoJSON and CSV to download, alerts (CAP), a feed
//! (Atom). For everybody, as what lies under `/api/public` is; docs/standards.md.
//!
//! Everything here is the latest published bulletin, derived again from the very entries that it rests on; nothing later is looked at. Where nothing
//! is published there is nothing, which an empty map would say wrongly.

mod alerts;
mod downloads;
mod ogc;
mod shelf;
mod tiles;

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use truceline_record::digest_of;

use super::Desk;
use super::answers::small_or_plain;
use super::problem::Problem;
use crate::failure::Failure;
pub(super) use shelf::Shelf;

/// Longest value of a query: a box of four numbers with twenty places each, or two moments with their offsets.
const LONGEST: usize = 128;

/// The routes of this area.
pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new()
        .route("/api/public/ogc", get(ogc::landing))
        .route("/api/public/ogc/api", get(ogc::api))
        .route("/api/public/ogc/conformance", get(ogc::conformance))
        .route("/api/public/ogc/collections", get(ogc::collections))
        .route("/api/public/ogc/collections/{id}", get(ogc::collection))
        .route("/api/public/ogc/collections/{id}/items", get(ogc::items))
        .route("/api/public/ogc/collections/{id}/items/{feature}", get(ogc::item))
        .route("/api/public/tiles", get(tiles::index))
        .route("/api/public/tiles/{z}/{x}/{y}", get(tiles::tile))
        .route("/api/public/downloads/{name}", get(downloads::download))
        .route("/api/public/alerts", get(alerts::list))
        .route("/api/public/alerts/{id}", get(alerts::alert))
        .route("/api/public/feed", get(alerts::feed))
}

/// Nothing has been published.
fn unpublished() -> Problem {
    Problem::nothing("nothing is published yet; that says nothing about what has happened")
}

/// What cannot be written.
fn unwritten(error: &truceline_record::CanonicalError) -> Problem {
    Problem::ours(&Failure::operation("write a feature", error))
}

/// Bytes under a mark, by which whoever has them already is told no more than that.
fn marked(headers: &HeaderMap, kind: &'static str, bytes: Vec<u8>) -> Response {
    let digest = digest_of(&bytes).to_string();
    // Weak: the same mark stands for the bytes made small.
    let mark = format!("W/\"{}\"", digest.get(..32).unwrap_or(&digest));
    let has = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_had = has.split(',').any(|one| one.trim() == mark);
    let mut response =
        if is_had { StatusCode::NOT_MODIFIED.into_response() } else { small_or_plain(kind, bytes, headers) };
    if let Ok(mark) = HeaderValue::from_str(&mark) {
        response.headers_mut().insert(header::ETAG, mark);
    }
    // Published for everybody: a map on another site may draw it. No cookie opens anything here.
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}
