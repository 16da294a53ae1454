//! A derivation as rows of the tables that others read; the JSON of a row is what its table is filled from.
//!
//! Rows of incidents that say the same as before are carried over, not written again: what a row says follows from the incident, the findings
//! on it and the mission, and from nothing else. Holds no rule of its own, and names no complainant: who reported is not in these tables.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use truceline_casework::case::{Case, Doer};
use truceline_casework::duties::{AidPassage, Duty, Untold};
use truceline_model::{DueAt, Finding, IncidentId, Instant, Interval};
use truceline_publish::incident_features;
use truceline_store::{Projection, ReaderRow, ReaderTable};

use crate::cases::setting_at;
use crate::failure::Failure;
use crate::pipeline::Derived;
use crate::view::{Owned, about, software};

/// A derivation before, of the same mission, and its rows.
pub(super) type Before<'b> = Option<(&'b Derived, &'b Projection)>;

/// All rows of a derivation.
///
/// # Errors
/// When an incident cannot be written as GeoJSON.
pub(super) fn of(derived: &Derived, before: Before<'_>) -> Result<Projection, Failure> {
    let rows = BTreeMap::from([
        (ReaderTable::Incidents, incidents(derived, before)?),
        (ReaderTable::Cases, cases(derived)),
        (ReaderTable::Duties, duties(derived)),
        (ReaderTable::Deliveries, deliveries(derived)),
    ]);
    Ok(Projection {
        up_to: derived.loaded.entries,
        as_of: derived.as_of.to_string(),
        software: software(),
        rows,
    })
}

/// One row an incident, in the order of their ids.
fn incidents(derived: &Derived, before: Before<'_>) -> Result<Vec<ReaderRow>, Failure> {
    let kept = carried_over(derived, before);
    let owned = Owned::of(&derived.loaded.mission);
    let terms = derived.loaded.mission.terms()?;
    let view = about(derived, terms, &owned, &|incident| !kept.contains_key(&incident.id));
    let features =
        incident_features(&view).map_err(|e| Failure::operation("write an incident for a map", &e))?;
    let mut rows: BTreeMap<&IncidentId, ReaderRow> =
        kept.into_iter().map(|(id, row)| (id, row.clone())).collect();
    for (id, feature) in features {
        let found = derived.findings.get(id).into_iter().flatten().map(finding);
        let findings = Value::Array(found.collect());
        let row = format!("{{\"feature\":{feature},\"findings\":{findings}}}");
        rows.entry(id).or_insert_with(|| ReaderRow::new(id.to_string(), &row));
    }
    Ok(rows.into_values().collect())
}

/// Rows of incidents of which nothing is said anew.
fn carried_over<'r>(derived: &'r Derived, before: Before<'r>) -> BTreeMap<&'r IncidentId, &'r ReaderRow> {
    let Some((earlier, projection)) = before else { return BTreeMap::new() };
    let rows = projection.rows.get(&ReaderTable::Incidents).map_or(&[][..], Vec::as_slice);
    let rows: BTreeMap<&str, &ReaderRow> = rows.iter().map(|row| (row.id(), row)).collect();
    let said: BTreeMap<_, _> = earlier.resolved.incidents.iter().map(|one| (&one.id, one)).collect();
    let same = |id: &IncidentId| derived.findings.get(id) == earlier.findings.get(id);
    let unchanged =
        derived.resolved.incidents.iter().filter(|one| said.get(&one.id) == Some(one) && same(&one.id));
    unchanged.filter_map(|one| Some((&one.id, *rows.get(one.id.as_str())?))).collect()
}

fn finding(finding: &Finding) -> Value {
    json!({
        "clause": finding.clause.as_str(), "reading": finding.reading.as_str(), "outcome": finding.outcome.as_str(),
    })
}

fn cases(derived: &Derived) -> Vec<ReaderRow> {
    let published: BTreeSet<&IncidentId> = derived.resolved.incidents.iter().map(|one| &one.id).collect();
    derived.docket.cases.values().map(|one| case(derived, &published, one)).collect()
}

/// Who must act, as of the moment of the derivation; a clock that runs out later is for who reads to compare with the time.
fn case(derived: &Derived, published: &BTreeSet<&IncidentId>, case: &Case) -> ReaderRow {
    let awaited =
        setting_at(&derived.loaded, case.id.0).and_then(|setting| case.awaited(setting, derived.as_of));
    let last = case.determinations.last();
    let doers = |all: &BTreeSet<Doer>| all.iter().map(ToString::to_string).collect::<Vec<_>>();
    // Incidents by the names under which they may be published; of others nothing is told.
    let incidents: BTreeSet<String> = (case.incidents.iter().map(|id| derived.incident_id(id.as_str())))
        .filter(|id| published.contains(id))
        .map(|id| id.to_string())
        .collect();
    row(
        case.id.to_string(),
        &json!({
            "id": case.id.to_string(), "procedure": case.opening.procedure.as_str(), "clause": case.clause().as_str(),
            "respondents": case.respondents.iter().map(|one| one.as_str()).collect::<Vec<_>>(),
            "is_named": case.respondent().is_some(), "incidents": incidents, "opened": moment(case.opened),
            "phase": case.phase().as_str(), "stands": case.stands(),
            "awaited": awaited.as_ref().map(|one| doers(&one.who)), "due": awaited.as_ref().map(|one| moment(one.due)),
            "silence": awaited.as_ref().map(|one| one.silence.as_str()),
            "determined_at": last.map(|one| moment(one.at)), "kind": last.map(|one| one.kind.as_str()),
            "by": last.map(|one| doers(&one.by)), "happened": last.map(|one| one.stance.happened.as_str()),
            "who": last.map(|one| one.stance.who.iter().map(|who| who.as_str()).collect::<Vec<_>>()),
            "prohibited": last.map(|one| one.stance.prohibited.as_str()),
            "gravity": last.and_then(|one| one.stance.gravity.as_deref()),
        }),
    )
}

fn duties(derived: &Derived) -> Vec<ReaderRow> {
    let mut counted = BTreeMap::new();
    derived.ledger().duties.iter().map(|one| duty(one, &mut counted)).collect()
}

fn duty(duty: &Duty, counted: &mut BTreeMap<String, u32>) -> ReaderRow {
    let due = &duty.due;
    let (by, day) = match due.at {
        DueAt::By(by) => (Some(by), None),
        DueAt::Day(day) => (None, Some(day)),
    };
    let (starts, ends) = span(day);
    let at = by.or(day.map(Interval::start)).map_or_else(String::new, |at| at.to_string());
    let id = numbered(format!("{}/{}/{at}", due.clause, due.respondent), counted);
    let json = json!({
        "id": id, "clause": due.clause.as_str(), "respondent": due.respondent.as_str(), "by": by.map(moment),
        "day_starts": starts, "day_ends": ends,
        "acts": due.acts.iter().map(|act| act.as_str()).collect::<Vec<_>>(),
        "state": duty.state.as_str(), "untold": duty.untold.map(Untold::as_str),
        "said_by": duty.accounts.keys().map(ToString::to_string).collect::<Vec<_>>(),
        "prohibited_by": due.prohibiting().map(ToString::to_string).collect::<Vec<_>>(), "turns_on": due.turns_on,
    });
    row(id, &json)
}

fn deliveries(derived: &Derived) -> Vec<ReaderRow> {
    let mut counted = BTreeMap::new();
    derived.ledger().aid.iter().flat_map(|passage| stages(passage, &mut counted)).collect()
}

fn stages(passage: &AidPassage, counted: &mut BTreeMap<String, u32>) -> Vec<ReaderRow> {
    let mut all = Vec::new();
    for (stage, said) in &passage.stages {
        for one in said {
            let id = numbered(format!("{}/{}", one.receipt, stage.as_str()), counted);
            let (starts, ends) = span(one.when);
            let json = json!({
                "id": id, "convoy": passage.convoy, "stage": stage.as_str(), "is_disputed": passage.disputed(),
                "origin": one.origin.as_str(), "receipt": one.receipt.0, "known": moment(one.known), "starts": starts,
                "ends": ends, "item": one.item, "quantity": one.quantity,
                "actors": one.actors.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "areas": one.place.iter().flat_map(|place| &place.areas).map(ToString::to_string).collect::<Vec<_>>(),
            });
            all.push(row(id, &json));
        }
    }
    all
}

fn row(id: String, json: &Value) -> ReaderRow {
    ReaderRow::new(id, &json.to_string())
}

/// An id that no other row has.
fn numbered(id: String, counted: &mut BTreeMap<String, u32>) -> String {
    let count = counted.entry(id.clone()).or_default();
    *count += 1;
    if *count == 1 { id } else { format!("{id}/{count}") }
}

fn span(when: Option<Interval>) -> (Option<String>, Option<String>) {
    (when.map(|when| moment(when.start())), when.map(|when| moment(when.end())))
}

fn moment(at: Instant) -> String {
    at.to_string()
}
