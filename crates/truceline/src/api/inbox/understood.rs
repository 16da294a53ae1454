//! What was understood of a report, to be read back: every value as the record will hold it, and what could be read but not resolved.
//!
//! Says what the reader of every row says; completes nothing.

use serde_json::{Value, json};
use truceline_intake::{Refusal, Warning};
use truceline_model::observation::Body;
use truceline_model::{Area, AreaKind, Bounds, Interval, Observation, Place, Point};

use crate::mission::Mission;

/// One report, as it was understood.
pub(super) fn report(mission: &Mission, observation: &Observation) -> Value {
    let bounds = |bounds: Option<Bounds>| bounds.map(|bounds| bounds.to_string());
    let (kind, event) = match &observation.body {
        Body::Event(event) => ("event", Some(event)),
        Body::Total(_) => ("total", None),
        Body::Tally(_) => ("tally", None),
        Body::Coverage(_) => ("coverage", None),
        Body::Agreement(_) => ("agreement", None),
        Body::Delivery(_) => ("delivery", None),
        Body::Statement(_) => ("statement", None),
    };
    let Some(event) = event else { return json!({ "kind": kind, "event": null }) };
    let figures = &event.casualties;
    json!({
        "kind": kind,
        "event": {
            "act": event.acts.iter().map(|one| one.as_str()).collect::<Vec<_>>(),
            "weapon": event.weapons.iter().map(|one| one.as_str()).collect::<Vec<_>>(),
            "target": event.targets.iter().map(|one| one.as_str()).collect::<Vec<_>>(),
            "when": event.when.map(when),
            "place": event.place.as_ref().map(|one| place(mission, one)),
            "actors": event.actors.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "actor_how": event.attribution.map(|how| how.as_str()),
            "killed": bounds(figures.killed),
            "wounded": bounds(figures.wounded),
            "killed_civilian": bounds(figures.killed_civilian),
            "killed_combatant": bounds(figures.killed_combatant),
        },
    })
}

fn when(when: Interval) -> Value {
    json!({ "from": when.start().to_string(), "to": when.end().to_string() })
}

fn place(mission: &Mission, place: &Place) -> Value {
    let areas = place.areas.iter().filter_map(|id| mission.areas.get(id)).map(area);
    let degrees = |part: fn(Point) -> i32| place.point.map(|point| Point::degrees_text(part(point)));
    json!({
        "areas": areas.collect::<Vec<_>>(), "words": place.unresolved, "lat": degrees(|point| point.lat),
        "lon": degrees(|point| point.lon), "within_m": place.point.map(|_| place.within_m),
    })
}

/// A place of the mission, by its names.
pub(super) fn area(area: &Area) -> Value {
    json!({ "id": area.id.as_str(), "names": area.names, "kind": kind(area.kind) })
}

fn kind(kind: AreaKind) -> &'static str {
    match kind {
        AreaKind::Country => "country",
        AreaKind::Governorate => "governorate",
        AreaKind::Place => "place",
        AreaKind::Zone => "zone",
        AreaKind::Control => "control",
        AreaKind::Line => "line",
    }
}

/// What was read and could not be resolved.
pub(super) fn doubts(warnings: &[Warning]) -> Vec<Value> {
    warnings.iter().map(|one| json!({ "field": one.column, "say": one.say })).collect()
}

/// What cannot be read, and what would be right.
pub(super) fn refusals(refusals: &[Refusal]) -> Vec<Value> {
    let one = |one: &Refusal| json!({ "field": one.column, "found": one.found, "would_be_right": one.would_be_right });
    refusals.iter().map(one).collect()
}
