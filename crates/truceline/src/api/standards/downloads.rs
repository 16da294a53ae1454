//! Whole collections as one file: GeoJSON, and CSV with HXL hashtags.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::Response;
use serde_json::Value;
use truceline_publish::standards::{CollectionId, deliveries_csv, features_geojson, incidents_csv};

use super::{marked, unpublished, unwritten};
use crate::api::asked::Asked;
use crate::api::problem::Problem;
use crate::api::{Desk, aside};

/// A file by its name.
pub(super) async fn download(
    State(desk): State<Arc<Desk>>,
    name: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    Asked::of(&uri, &[])?;
    let none = || {
        Problem::nothing(
            "no such file; there are incidents.geojson, incidents.csv, deliveries.geojson and deliveries.csv",
        )
    };
    let Path(name) = name.map_err(|_| none())?;
    let (id, is_table) = match name.as_str() {
        "incidents.geojson" => (CollectionId::Incidents, false),
        "incidents.csv" => (CollectionId::Incidents, true),
        "deliveries.geojson" => (CollectionId::Deliveries, false),
        "deliveries.csv" => (CollectionId::Deliveries, true),
        _ => return Err(none()),
    };
    aside(move || {
        let shown = desk.standards.shown(&desk)?.ok_or_else(unpublished)?;
        let all = shown.collections.iter().filter(|one| one.id == id).flat_map(|one| &one.features);
        let (kind, text) = if is_table {
            let text = if id == CollectionId::Incidents { incidents_csv(all) } else { deliveries_csv(all) };
            ("text/csv; charset=utf-8", text)
        } else {
            let as_of = Value::String(shown.as_of.to_string());
            let more = format!(",\"as_of\":{as_of},\"bulletin\":{}", shown.entry);
            ("application/geo+json", features_geojson(all, &more).map_err(|e| unwritten(&e))?)
        };
        let mut response = marked(&headers, kind, text.into_bytes());
        let kept = format!("attachment; filename=\"bulletin-{}-{name}\"", shown.entry);
        if let Ok(kept) = HeaderValue::from_str(&kept) {
            response.headers_mut().insert(header::CONTENT_DISPOSITION, kept);
        }
        Ok(response)
    })
    .await
}
