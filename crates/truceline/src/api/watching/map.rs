//! The map: outlines once, and what lies on them as of a moment on both clocks. GeoJSON; coordinates are written from the integers that decided,
//! seven places after the point at the most, so that a number read back is the same.
//!
//! Whoever asserts a line or a holding is named beside it, and two who differ stand side by side; nothing is drawn between them.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use truceline_model::{Area, AreaKind, Point, Shape};
use truceline_publish::Screen;
use truceline_publish::view::{IncidentView, View};
use truceline_record::digest_of;

use super::incidents::{line, shown};
use super::state::{Eyes, Moment, When, answer, eyes, record, view_of, written};
use super::truce::interval;
use crate::api::asked::Asked;
use crate::api::gate::Caller;
use crate::api::problem::Problem;
use crate::api::{Desk, aside};
use crate::failure::Failure;
use crate::protected::is_sealed;

/// Days before the moment that are shown where nothing else is asked, and at the most.
const MOST_DAYS: u64 = 3_660;

/// Outlines of the mission's areas: they change with the mission alone, so that a screen keeps them under their mark.
pub(in crate::api) async fn areas(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    Asked::of(&uri, &[])?;
    if eyes(&caller) == Eyes::Nothing {
        let role = caller.person.role.as_str();
        return Err(Problem::not_theirs(format!(
            "a {role} sees nothing of the watch (docs/authority.md says who does)"
        )));
    }
    aside(move || {
        let (loaded, _) = record(&desk)?;
        let drawn = |area: &&Area| !matches!(area.kind, AreaKind::Place | AreaKind::Control | AreaKind::Line);
        let features = loaded.mission.areas.iter().filter(drawn).filter_map(outline);
        let text = collection(features).to_string();
        let mark = format!("\"{}\"", digest_of(text.as_bytes()));
        if headers.get(header::IF_NONE_MATCH).is_some_and(|had| had.as_bytes() == mark.as_bytes()) {
            return Ok(StatusCode::NOT_MODIFIED.into_response());
        }
        let generation = desk.live()?.generation;
        let mut response =
            desk.answers.answer(generation, (&uri, "everybody"), &headers, || Ok(text.into_bytes()))?;
        if let Ok(mark) = HeaderValue::from_str(&mark) {
            response.headers_mut().insert(header::ETAG, mark);
        }
        Ok(response)
    })
    .await
}

/// What lies on the map as of a moment.
pub(in crate::api) async fn map(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let asked = Asked::of(&uri, &["as_of", "happened_by", "days"])?;
    let days = asked.number("days", 1, MOST_DAYS)?;
    let view = view_of(&caller);
    answer((desk, caller), (uri, headers), (When::of(&asked), view), move |moment, _| {
        Ok(shown(&moment.derived, |view, screen| lies(moment, view, screen, days))?)
    })
    .await
}

fn lies(moment: &Moment, view: &View<'_>, screen: &Screen<'_>, days: Option<u64>) -> Result<Value, Failure> {
    let derived = moment.derived.as_ref();
    let zone = &derived.loaded.mission.zone;
    let days = days.and_then(|days| u32::try_from(days).ok()).unwrap_or(view.rule.window_days);
    let mut rule = crate::pipeline::status_rule(derived.loaded.mission.terms()?);
    rule.window_days = days;
    let window = truceline_casework::status_window(&rule, zone, moment.happened_by);
    let in_window =
        |one: &&IncidentView<'_>| one.incident.time().is_some_and(|time| time.intersect(window).is_some());
    let incidents = view.incidents.iter().filter(in_window).map(|one| {
        let at = one.incident.place().and_then(|place| place.point);
        let geometry = at.map_or(Value::Null, |at| json!({ "type": "Point", "coordinates": position(at) }));
        json!({ "type": "Feature", "geometry": geometry, "properties": line(view, screen, one) })
    });
    let holds = |area: &&Area| {
        matches!(area.kind, AreaKind::Control | AreaKind::Line)
            && area.valid.start() <= moment.happened_by
            && moment.happened_by < area.valid.end()
            && area.asserted_by.as_ref().is_none_or(|source| !is_sealed(source))
    };
    let nowhere = |one: &&IncidentView<'_>| one.incident.place().is_none_or(|place| place.point.is_none());
    Ok(json!({
        "as_of": written(derived.as_of), "happened_by": written(moment.happened_by), "window": interval(window),
        "nowhere": view.incidents.iter().filter(in_window).filter(nowhere).count(),
        "incidents": collection(incidents),
        "lines": collection(derived.loaded.mission.areas.iter().filter(holds).filter_map(outline)),
    }))
}

fn collection(features: impl Iterator<Item = Value>) -> Value {
    json!({ "type": "FeatureCollection", "features": features.collect::<Vec<_>>() })
}

/// Longitude and latitude.
fn position(at: Point) -> Value {
    let text = format!("[{},{}]", Point::degrees_text(at.lon), Point::degrees_text(at.lat));
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

/// An area as a feature; nothing where it is known by name only. A place known to within a radius is its middle, with the radius beside it.
fn outline(area: &Area) -> Option<Value> {
    let chain = |points: &Vec<Point>| points.iter().copied().map(position).collect::<Vec<_>>();
    let closed = |ring: &Vec<Point>| {
        chain(ring).into_iter().chain(ring.first().copied().map(position)).collect::<Vec<_>>()
    };
    let (geometry, within_m) = match &area.shape {
        // Rings are even-odd, which no GeoJSON polygon is: each is drawn as a part of its own.
        Shape::Polygon(rings) => {
            let parts: Vec<_> = rings.iter().map(|ring| [closed(ring)]).collect();
            (json!({ "type": "MultiPolygon", "coordinates": parts }), None)
        }
        Shape::Disc(middle, radius) => {
            (json!({ "type": "Point", "coordinates": position(*middle) }), Some(*radius))
        }
        Shape::Line(chains) => (
            json!({ "type": "MultiLineString", "coordinates": chains.iter().map(chain).collect::<Vec<_>>() }),
            None,
        ),
        Shape::Nowhere => return None,
    };
    let kind = match area.kind {
        AreaKind::Country => "country",
        AreaKind::Governorate => "governorate",
        AreaKind::Place => "place",
        AreaKind::Zone => "zone",
        AreaKind::Control => "control",
        AreaKind::Line => "line",
    };
    Some(json!({
        "type": "Feature", "geometry": geometry,
        "properties": {
            "area": area.id.as_str(), "kind": kind, "names": area.names, "within_m": within_m,
            "held_by": area.held_by.as_ref().map(|actor| actor.as_str()),
            "asserted_by": area.asserted_by.as_ref().map(|source| source.as_str()), "valid": interval(area.valid),
        },
    }))
}
