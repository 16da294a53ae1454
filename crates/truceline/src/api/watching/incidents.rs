//! Incidents as lists, maps and changes show them: one line each, made the same way everywhere.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use truceline_model::{Bounds, IncidentId};
use truceline_publish::view::{IncidentView, View};
use truceline_publish::{Screen, Summary};

use super::state::written;
use crate::failure::Failure;
use crate::pipeline::Derived;
use crate::view::{Owned, view};

/// Gives a view of a derivation, and its words, to who needs them.
pub(super) fn shown<T>(
    derived: &Derived,
    work: impl FnOnce(&View<'_>, &Screen<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let terms = derived.loaded.mission.terms()?;
    let owned = Owned::of(&derived.loaded.mission);
    let view = view(derived, terms, &owned);
    work(&view, &Screen::new(&view))
}

/// What incidents come to, by id.
pub(super) fn summaries(view: &View<'_>) -> BTreeMap<IncidentId, Summary> {
    view.incidents.iter().map(|one| (one.incident.id.clone(), view.summary(one))).collect()
}

/// One incident in a line.
pub(super) fn line(view: &View<'_>, screen: &Screen<'_>, one: &IncidentView<'_>) -> Map<String, Value> {
    let incident = one.incident;
    let place = incident.place();
    let time = incident.time();
    let mut out = Map::new();
    let mut put = |key: &str, value: Value| drop(out.insert(key.to_owned(), value));
    put("incident", json!(incident.id.as_str()));
    put("version", json!(incident.version));
    put("title", json!(screen.incident(incident)));
    put("summary", json!(view.summary(one).as_str()));
    put("from", time.map_or(Value::Null, |time| written(time.start())));
    put("until", time.map_or(Value::Null, |time| written(time.end())));
    put(
        "within_m",
        place.filter(|place| place.point.is_some()).map_or(Value::Null, |place| json!(place.within_m)),
    );
    put("governorates", incident.governorates.iter().map(|area| area.as_str()).collect());
    put("actors", incident.actors.iter().map(|(actor, _)| actor.as_str()).collect());
    put("killed", bounds(incident.killed.range()));
    put("wounded", bounds(incident.wounded.range()));
    put("origins", json!(incident.origins.len()));
    put("reports", json!(one.reports.len()));
    out
}

/// Fewest and most; `max` is null when nobody sets an upper bound; null when nobody gives a figure.
pub(super) fn bounds(bounds: Option<Bounds>) -> Value {
    bounds.map_or(Value::Null, |bounds| json!({ "min": bounds.min, "max": bounds.max }))
}
