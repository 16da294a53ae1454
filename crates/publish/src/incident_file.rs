//! The incident file's writer: one incident a line, as `truceline judge --incidents` reads it
//! (`docs/schema/incident.schema.json`; the reader is intake's).
//!
//! Every attribute is an array of `{"value", "origins"}`, in the order of the values; origins that leave an attribute open
//! stand in `<attribute>_open`. Degrees are text, so that no reader passes them through a float. Why reports were taken for
//! one is not part of the file: that is the record's.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use truceline_model::{
    Alternatives, Answer, Casualties, Incident, Interval, Place, Point, ReceiptNo, SourceId,
};
use truceline_record::CanonicalError;

use crate::findings::text;

/// One incident as a line without its end: canonical JSON.
///
/// # Errors
/// When a number lies beyond 2^53, which no receipt of ours does.
pub fn incident_json(incident: &Incident) -> Result<String, CanonicalError> {
    let mut line = Map::new();
    line.insert("incident".into(), incident.id.as_str().into());
    line.insert("version".into(), incident.version.into());
    attribute(&mut line, "act", &incident.acts, |a| a.as_str().into());
    attribute(&mut line, "weapon", &incident.weapons, |w| w.as_str().into());
    rare(&mut line, "system", &incident.systems, |s| s.as_str().into());
    attribute(&mut line, "target", &incident.targets, |t| t.as_str().into());
    rare(&mut line, "struck", &incident.struck, |a| a.as_str().into());
    attribute(&mut line, "when", &incident.when, |w| interval_text(*w).into());
    attribute(&mut line, "place", &incident.places, place);
    attribute(&mut line, "actor", &incident.actors, |a| a.as_str().into());
    rare(&mut line, "commander", &incident.commanders, |a| a.as_str().into());
    attribute(&mut line, "held_by", &incident.held_by, |a| a.as_str().into());
    if incident.throughout {
        line.insert("throughout".into(), true.into());
    }
    amounts(&mut line, incident);
    let mut facts = Map::new();
    for (fact, answers) in &incident.facts {
        facts.insert(fact.as_str().into(), answered(answers));
    }
    line.insert("facts".into(), Value::Object(facts));
    let judgements: Map<String, Value> =
        incident.judgements.iter().map(|(j, a)| (j.to_string(), a.as_str().into())).collect();
    line.insert("judgements".into(), Value::Object(judgements));
    line.insert("killed".into(), casualties(&incident.killed));
    line.insert("wounded".into(), casualties(&incident.wounded));
    line.insert("governorates".into(), incident.governorates.iter().map(|a| a.as_str()).collect());
    line.insert("receipts".into(), receipts(&incident.receipts().collect()));
    line.insert("origins".into(), ids(&incident.origins));
    line.insert("part_of".into(), receipts(&incident.part_of));
    line.insert("statements".into(), receipts(&incident.statements));
    text(&Value::Object(line))
}

fn attribute<T: Ord>(
    line: &mut Map<String, Value>,
    name: &str,
    all: &Alternatives<T>,
    value: impl Fn(&T) -> Value,
) {
    line.insert(name.into(), values(all, value));
    if !all.open_origins().is_empty() {
        line.insert(format!("{name}_open"), ids(all.open_origins()));
    }
}

/// An attribute of which most incidents say nothing: left out when this one does not.
fn rare<T: Ord>(
    line: &mut Map<String, Value>,
    name: &str,
    all: &Alternatives<T>,
    value: impl Fn(&T) -> Value,
) {
    if !all.is_empty() || !all.open_origins().is_empty() {
        attribute(line, name, all, value);
    }
}

/// Counts, as bounds; who leaves a count open stands in `amounts_open`, by measure.
fn amounts(line: &mut Map<String, Value>, incident: &Incident) {
    let (mut all, mut open) = (Map::new(), Map::new());
    for (measure, given) in &incident.amounts {
        all.insert(measure.as_str().into(), values(given, |bounds| bounds.to_string().into()));
        if !given.open_origins().is_empty() {
            open.insert(measure.as_str().into(), ids(given.open_origins()));
        }
    }
    if !all.is_empty() {
        line.insert("amounts".into(), Value::Object(all));
    }
    if !open.is_empty() {
        line.insert("amounts_open".into(), Value::Object(open));
    }
}

fn values<T: Ord>(all: &Alternatives<T>, value: impl Fn(&T) -> Value) -> Value {
    all.iter().map(|(one, origins)| json!({ "value": value(one), "origins": ids(origins) })).collect()
}

/// Answers to a named fact; who leaves it open has called it unclear.
fn answered(all: &Alternatives<Answer>) -> Value {
    let mut answers = all.clone();
    all.open_origins().iter().for_each(|origin| answers.add(Answer::Unclear, origin.clone()));
    values(&answers, |answer| answer.as_str().into())
}

fn ids(origins: &BTreeSet<SourceId>) -> Value {
    origins.iter().map(|origin| origin.as_str()).collect()
}

fn receipts(all: &BTreeSet<ReceiptNo>) -> Value {
    all.iter().map(|receipt| receipt.0).collect()
}

/// `start/end` in RFC 3339, as the reader takes it.
fn interval_text(when: Interval) -> String {
    format!("{}/{}", when.start(), when.end())
}

fn place(place: &Place) -> Value {
    let mut out = Map::new();
    if let Some(point) = place.point {
        out.insert("lat".into(), Point::degrees_text(point.lat).into());
        out.insert("lon".into(), Point::degrees_text(point.lon).into());
        // A point without a precision is none: 0 is never meant.
        out.insert("within_m".into(), place.within_m.max(1).into());
    }
    out.insert("areas".into(), place.areas.iter().map(|a| a.as_str()).collect());
    if let Some(words) = place.unresolved.as_deref() {
        out.insert("name".into(), words.into());
    }
    Value::Object(out)
}

fn casualties(all: &Casualties) -> Value {
    let figure = |f: &truceline_model::Figure| {
        json!({
            "receipt": f.receipt.0,
            "origin": f.origin.as_str(),
            "known": f.known.to_string(),
            "bounds": f.bounds.to_string(),
            "status": f.status.as_str(),
            "superseded": f.superseded,
        })
    };
    all.figures.iter().map(figure).collect()
}
