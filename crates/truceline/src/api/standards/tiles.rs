//! Vector tiles of what is published, and what they hold (TileJSON 3.0).

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use serde_json::json;
use truceline_publish::standards::{DEEPEST, Tile};

use super::{marked, unpublished};
use crate::api::asked::Asked;
use crate::api::problem::Problem;
use crate::api::{Desk, aside, gate};

type Shared = State<Arc<Desk>>;

/// Where tiles are, how deep they go, and what their layers hold.
pub(super) async fn index(State(desk): Shared, headers: HeaderMap, uri: Uri) -> Result<Response, Problem> {
    Asked::of(&uri, &[])?;
    aside(move || {
        let shown = desk.standards.shown(&desk)?.ok_or_else(unpublished)?;
        let home = gate::home(&desk, &headers);
        let value = json!({
            "tilejson": "3.0.0", "name": shown.title, "version": format!("{}.0.0", shown.entry), "scheme": "xyz",
            "tiles": [format!("{home}api/public/tiles/{{z}}/{{x}}/{{y}}.mvt")], "minzoom": 0, "maxzoom": DEEPEST,
            "description": "A point with \"incidents\" stands for so many incidents in a cell; one without, for one incident.",
            "vector_layers": [
                { "id": "incidents", "fields": {
                    "id": "Id of one incident", "summary": "What it comes to; of several, the most pressing", "act": "What was done", "place": "Where, in words",
                    "within_m": "Known to within so many metres", "from": "From", "until": "Until", "killed_min": "Killed, at least", "killed_max": "Killed, at most",
                    "incidents": "How many incidents, of several",
                } },
                { "id": "areas", "fields": { "id": "Id", "name": "Name", "name_ar": "Name", "name_ru": "Name", "status": "Whether the truce holds" } },
                { "id": "lines", "fields": { "id": "Id", "kind": "line or zone", "name": "Name", "asserted_by": "Who says so" } },
            ],
        });
        Ok(marked(&headers, "application/json", value.to_string().into_bytes()))
    })
    .await
}

/// One tile.
pub(super) async fn tile(
    State(desk): Shared,
    at: Result<Path<(String, String, String)>, PathRejection>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    Asked::of(&uri, &[])?;
    let none = || Problem::nothing(format!("no such tile; there are /z/x/y.mvt, z from 0 to {DEEPEST}"));
    let Path((z, x, y)) = at.map_err(|_| none())?;
    let number = |text: &str| {
        let is_plain = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
        text.parse::<u32>().ok().filter(|_| is_plain)
    };
    let y = y.strip_suffix(".mvt").and_then(number);
    let tile = match (number(&z), number(&x), y) {
        (Some(z), Some(x), Some(y)) => Tile::new(z, x, y),
        _ => None,
    };
    let tile = tile.ok_or_else(none)?;
    aside(move || {
        let shown = desk.standards.shown(&desk)?.ok_or_else(unpublished)?;
        Ok(marked(&headers, "application/vnd.mapbox-vector-tile", shown.tiles.cut(tile)))
    })
    .await
}
