//! `incidents.geojson` (RFC 7946): where incidents were, with the precision of the place and what they come to.
//!
//! Coordinates are written from the integers that decided, never through a float. An incident that nobody placed has a null
//! geometry: it is there, and it is nowhere.

use serde_json::{Map, Value};
use truceline_model::{Bounds, IncidentId, Point};
use truceline_record::CanonicalError;

use crate::findings::text;
use crate::lang::Lang;
use crate::links::Links;
use crate::safe::clean;
use crate::view::{IncidentView, View};
use crate::words::Ctx;

/// Every incident of the view as a feature collection, in the order of their ids, one feature a line.
///
/// # Errors
/// When a property has no canonical bytes, which none of ours lacks.
pub fn incidents_geojson(view: &View<'_>) -> Result<String, CanonicalError> {
    let lines: Vec<String> = incident_features(view)?.into_iter().map(|(_, feature)| feature).collect();
    let as_of = text(&Value::String(view.as_of.to_string()))?;
    Ok(format!(
        "{{\"type\":\"FeatureCollection\",\"as_of\":{as_of},\"features\":[\n{}\n]}}\n",
        lines.join(",\n")
    ))
}

/// The feature of every incident of the view, in the order of their ids. It says nothing but what the incident, the findings on it and the names of
/// places make of it.
///
/// # Errors
/// As [`incidents_geojson`].
pub fn incident_features<'v>(view: &View<'v>) -> Result<Vec<(&'v IncidentId, String)>, CanonicalError> {
    let ctx = Ctx::new(view, Lang::En, Links::Static);
    let mut all: Vec<&IncidentView<'v>> = view.incidents.iter().collect();
    all.sort_by(|a, b| a.incident.id.cmp(&b.incident.id));
    all.into_iter().map(|one| Ok((&one.incident.id, feature(&ctx, one)?))).collect()
}

fn feature(ctx: &Ctx<'_>, one: &IncidentView<'_>) -> Result<String, CanonicalError> {
    let incident = one.incident;
    let place = incident.place();
    let geometry = match place.and_then(|p| p.point) {
        None => "null".to_owned(),
        Some(point) => format!(
            "{{\"type\":\"Point\",\"coordinates\":[{},{}]}}",
            Point::degrees_text(point.lon),
            Point::degrees_text(point.lat)
        ),
    };
    let id = text(&Value::String(incident.id.to_string()))?;
    let properties = text(&Value::Object(properties(ctx, one)))?;
    Ok(format!("{{\"type\":\"Feature\",\"id\":{id},\"geometry\":{geometry},\"properties\":{properties}}}"))
}

/// What is told of an incident, by name.
pub(crate) fn properties(ctx: &Ctx<'_>, one: &IncidentView<'_>) -> Map<String, Value> {
    let incident = one.incident;
    let place = incident.place();
    let mut out = Map::new();
    let mut put = |key: &str, value: Value| {
        out.insert(key.to_owned(), value);
    };
    put("version", incident.version.into());
    put("summary", ctx.view.summary(one).as_str().into());
    put("act", incident.acts.iter().map(|(a, _)| a.as_str()).collect());
    put("target", incident.targets.iter().map(|(t, _)| t.as_str()).collect());
    put("actor", incident.actors.iter().map(|(a, _)| a.as_str()).collect());
    put("actor_standing", incident.actors.standing().as_str().into());
    put("place", place.map_or(Value::Null, |p| plain(&ctx.place(p)).into()));
    put("within_m", place.filter(|p| p.point.is_some()).map_or(Value::Null, |p| p.within_m.into()));
    put("governorates", incident.governorates.iter().map(|a| a.as_str()).collect());
    put("from", incident.time().map_or(Value::Null, |t| t.start().to_string().into()));
    put("until", incident.time().map_or(Value::Null, |t| t.end().to_string().into()));
    figures(&mut out, "killed", incident.killed.range());
    figures(&mut out, "wounded", incident.wounded.range());
    out.insert("killed_best".into(), incident.killed.best().map_or(Value::Null, Into::into));
    out.insert("origins".into(), incident.origins.len().into());
    out
}

/// Fewest and most; most is null when nobody sets an upper bound, both when nobody gives a figure.
fn figures(out: &mut Map<String, Value>, name: &str, bounds: Option<Bounds>) {
    out.insert(format!("{name}_min"), bounds.map_or(Value::Null, |b| b.min.into()));
    out.insert(format!("{name}_max"), bounds.and_then(|b| b.max).map_or(Value::Null, Into::into));
}

/// Without isolating signs: files are no pages.
fn plain(sentence: &str) -> String {
    clean(sentence)
}
