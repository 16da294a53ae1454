//! What changed since a moment: what two moments of the record differ in. For who comes on shift, and for the note that they hand over.
//!
//! Says what moved, never why: reports and their links say that. Compares what the asker may see at both moments and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use serde_json::{Value, json};
use truceline_casework::duties::DutyState;
use truceline_casework::{Moved, moved};
use truceline_model::{Finding, Incident, IncidentId, Instant, Outcome};
use truceline_publish::view::View;
use truceline_publish::{Screen, Summary};

use super::incidents::{line, shown, summaries};
use super::state::{Moment, When, answer, view_of, written};
use super::watch::{quiet_json, quiet_of};
use crate::api::Desk;
use crate::api::asked::Asked;
use crate::api::gate::Caller;
use crate::api::problem::Problem;
use crate::api::seen::{Sight, view as cases_view};
use crate::cases::stage_named;
use crate::failure::Failure;
use crate::pipeline::Derived;

/// Things told of one kind; how many there are in all is told beside them.
const LISTED: usize = 100;

/// What changed from a moment to another.
pub(in crate::api) async fn changes(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let asked = Asked::of(&uri, &["as_of", "since"])?;
    let Some(since) = asked.text("since").map(str::to_owned) else {
        return Err(Problem::wrong(
            "since: the moment from which on changes are told, like 2016-05-03T21:00:00Z",
        ));
    };
    let view = format!("{}/{}", view_of(&caller), cases_view(&caller));
    answer((desk, caller), (uri, headers), (When::of(&asked), view), move |moment, desk| {
        let before = Moment::of(desk, &moment.caller, &When::at(since))?;
        if before.derived.as_of > moment.derived.as_of {
            return Err(Problem::wrong("since: a moment before as_of"));
        }
        changed(&before, moment)
    })
    .await
}

fn changed(before: &Moment, after: &Moment) -> Result<Value, Problem> {
    let (then, now) = (before.derived.as_ref(), after.derived.as_ref());
    let summaries_then = shown(then, |view, _| Ok(summaries(view)))?;
    let incidents = shown(now, |view, screen| Ok(incidents(then, &summaries_then, now, view, screen)))?;
    let (cases, opened) = cases(before, after)?;
    let mut reports: BTreeMap<&str, u64> = BTreeMap::new();
    let came = now.loaded.observations.iter().filter(|one| one.known > then.as_of && one.known <= now.as_of);
    let mut total = 0_u64;
    for report in came {
        total += 1;
        for source in super::state::named([&report.source]) {
            *reports.entry(source).or_default() += 1;
        }
    }
    let quiet_then: BTreeSet<_> =
        quiet_of(&then.loaded, then.as_of).into_iter().map(|one| one.source).collect();
    let quiet_now = quiet_of(&now.loaded, now.as_of);
    let silent: Vec<Value> =
        quiet_now.iter().filter(|one| !quiet_then.contains(&one.source)).map(quiet_json).collect();
    let still: BTreeSet<_> = quiet_now.iter().map(|one| &one.source).collect();
    let again: Vec<&str> =
        quiet_then.iter().filter(|one| !still.contains(one)).map(|one| one.as_str()).collect();
    Ok(json!({
        "since": written(then.as_of), "as_of": written(now.as_of), "reports": total, "reports_by_source": reports,
        "incidents": incidents, "areas": shown(now, |_, screen| Ok(areas(then, now, screen)))?,
        "cases": cases, "cases_opened": opened, "passed": passed(then, now)?, "quiet": silent, "speaks_again": again,
    }))
}

/// Incidents that are new, that come to something else, and that merely say something else.
fn incidents(
    then: &Derived,
    before: &BTreeMap<IncidentId, Summary>,
    now: &Derived,
    view: &View<'_>,
    screen: &Screen<'_>,
) -> Value {
    let mut opened: BTreeSet<IncidentId> = BTreeSet::new();
    let mut renamed: BTreeMap<IncidentId, IncidentId> = BTreeMap::new();
    for one in moved(&then.resolved, &now.resolved) {
        match one {
            Moved::Opened { incident, .. } => drop(opened.insert(incident)),
            Moved::Renamed { from, to } => drop(renamed.insert(to, from)),
            Moved::Joined { .. } | Moved::Went { .. } | Moved::Changed { .. } => {}
        }
    }
    let stood: BTreeMap<&IncidentId, &Incident> =
        then.resolved.incidents.iter().map(|incident| (&incident.id, incident)).collect();
    let (mut new, mut turned, mut otherwise) = (Vec::new(), Vec::new(), 0_u64);
    for one in &view.incidents {
        let id = &one.incident.id;
        let former = renamed.get(id).unwrap_or(id);
        let was = stood.get(former).copied();
        let mut told = line(view, screen, one);
        match (was, before.get(former)) {
            (Some(was), Some(summary)) => {
                let turns = turns(
                    then.findings.get(former).map_or(&[][..], |all| all),
                    now.findings.get(id).map_or(&[][..], |all| all),
                );
                if turns.is_empty() && *summary == view.summary(one) {
                    otherwise += u64::from(*was != *one.incident);
                    continue;
                }
                told.insert("summary_before".into(), json!(summary.as_str()));
                told.insert("turned".into(), Value::Array(turns));
                turned.push(Value::Object(told));
            }
            _ if opened.contains(id) || was.is_none() => new.push(Value::Object(told)),
            _ => {}
        }
    }
    let (new_count, turned_count) = (new.len(), turned.len());
    new.truncate(LISTED);
    turned.truncate(LISTED);
    json!({ "new": new, "new_count": new_count, "turned": turned, "turned_count": turned_count, "otherwise_changed": otherwise })
}

/// Findings that say something else, clause by clause, readings that turned alike together.
fn turns(before: &[Finding], after: &[Finding]) -> Vec<Value> {
    let was: BTreeMap<_, Outcome> =
        before.iter().map(|one| ((&one.clause, &one.reading), one.outcome)).collect();
    let mut all: BTreeMap<_, Vec<&str>> = BTreeMap::new();
    for one in after {
        let Some(outcome) = was.get(&(&one.clause, &one.reading)).filter(|outcome| **outcome != one.outcome)
        else {
            continue;
        };
        all.entry((one.clause.as_str(), outcome.as_str(), one.outcome.as_str()))
            .or_default()
            .push(one.reading.as_str());
    }
    let each = all.into_iter().map(|((clause, before, after), readings)| {
        json!({ "clause": clause, "readings": readings, "before": before, "after": after })
    });
    each.collect()
}

/// Areas of another state than before.
fn areas(then: &Derived, now: &Derived, screen: &Screen<'_>) -> Vec<Value> {
    let was: BTreeMap<_, _> = then.statuses.iter().map(|one| (&one.area, one.holding)).collect();
    let each = now.statuses.iter().filter_map(|one| {
        let before = *was.get(&one.area)?;
        let names = now.loaded.mission.areas.get(&one.area).map(|area| &area.names);
        (before != one.holding).then(|| {
            json!({ "area": one.area.as_str(), "names": names, "before": screen.holding(before), "after": screen.holding(one.holding) })
        })
    });
    each.collect()
}

/// Cases that stand elsewhere than before, as far as the asker may know of them; and how many of them are new.
fn cases(before: &Moment, after: &Moment) -> Result<(Vec<Value>, usize), Problem> {
    let sight = |moment: &Moment| Sight::of(&moment.live, &moment.caller);
    let (then, now) = (sight(before), sight(after));
    let was: BTreeMap<_, _> = then
        .known()
        .map(|case| (case.id, (case.phase().as_str().to_owned(), case.stands().to_owned())))
        .collect();
    let (mut all, mut opened) = (Vec::new(), 0);
    for case in now.known() {
        let had = was.get(&case.id);
        let stands = (case.phase().as_str().to_owned(), case.stands().to_owned());
        if had == Some(&stands) {
            continue;
        }
        opened += usize::from(had.is_none());
        let name = |id: &str| stage_named(&now.loaded.mission, case.opening.procedure.as_str(), id);
        all.push(json!({
            "stood": had.map(|had| had.1.as_str()), "stood_name": had.map_or(Value::Null, |had| name(&had.1)),
            "stands_name": name(case.stands()), "line": now.line(case)?,
        }));
    }
    all.truncate(LISTED);
    Ok((all, opened))
}

/// Deadlines and duties whose time passed meanwhile, and how they stand.
fn passed(then: &Derived, now: &Derived) -> Result<Vec<Value>, Failure> {
    let meanwhile = |at: Instant| then.as_of < at && at <= now.as_of;
    let mut all: Vec<(Instant, Value)> = Vec::new();
    shown(now, |_, screen| {
        for one in now.truce.deadlines.iter().filter(|one| meanwhile(one.due)) {
            let what = screen.phrase(&one.what);
            all.push((one.due, json!({ "kind": "deadline", "at": written(one.due), "what": what, "clause": null, "respondent": null, "state": one.state.as_str() })));
        }
        for duty in now
            .ledger()
            .duties
            .iter()
            .filter(|duty| meanwhile(duty.due.at.passed()) && duty.state != DutyState::NotYetDue)
        {
            let at = duty.due.at.passed();
            let what = duty.due.counting.first().map(|one| screen.counted(&one.to_string()));
            all.push((at, json!({
                "kind": "duty", "at": written(at), "what": what, "clause": duty.due.clause.as_str(), "respondent": duty.due.respondent.as_str(),
                "state": duty.state.as_str(),
            })));
        }
        Ok(())
    })?;
    all.sort_by_key(|(at, _)| *at);
    Ok(all.into_iter().map(|(_, value)| value).take(LISTED).collect())
}
