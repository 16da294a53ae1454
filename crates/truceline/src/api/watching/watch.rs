//! How things stand, on both clocks: the truce and why, area by area with who looked and since when nobody did, what is overdue, who went quiet, counts.
//!
//! Where nobody looked, no count stands for calm: the area says so, and since when.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use serde_json::{Value, json};
use truceline_casework::{Quiet, SilenceRule, quiet};
use truceline_model::{AreaId, AreaStatus, Holding, Instant, Interval};
use truceline_publish::view::{IncidentView, View};
use truceline_publish::{Screen, Summary};

use super::due::due;
use super::incidents::shown;
use super::state::{Eyes, Moment, When, answer, named, view_of, written};
use super::truce::{interval, truce};
use crate::api::Desk;
use crate::api::asked::Asked;
use crate::api::gate::Caller;
use crate::api::problem::Problem;
use crate::failure::Failure;
use crate::loaded::Loaded;
use crate::protected::is_sealed;

/// Hours ahead that are looked at where nothing else is asked, and at the most.
const AHEAD: u64 = 24;
const FURTHEST: u64 = 8_760;
const DAY_S: i64 = 86_400;

/// How things stand.
pub(in crate::api) async fn watch(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let asked = Asked::of(&uri, &["as_of", "happened_by", "within"])?;
    let hours = asked.number("within", 0, FURTHEST)?.unwrap_or(AHEAD);
    let ahead_s = i64::try_from(hours).unwrap_or(0).saturating_mul(3_600);
    let view = view_of(&caller);
    answer((desk, caller), (uri, headers), (When::of(&asked), view), move |moment, _| {
        Ok(shown(&moment.derived, |view, screen| stands(moment, view, screen, ahead_s))?)
    })
    .await
}

fn stands(moment: &Moment, view: &View<'_>, screen: &Screen<'_>, ahead_s: i64) -> Result<Value, Failure> {
    let derived = moment.derived.as_ref();
    let (statuses, looks) = derived.stood_at(moment.happened_by)?;
    let window = statuses.iter().map(|one| one.window).reduce(Interval::hull);
    let rows: Vec<Value> = statuses.iter().map(|one| area(one, moment, screen, &looks)).collect();
    let due = due(derived, derived.ledger(), screen, derived.as_of.plus_seconds(ahead_s));
    let rule = view.rule;
    Ok(json!({
        "as_of": written(derived.as_of), "happened_by": written(moment.happened_by), "now": written(moment.now),
        "entries": derived.loaded.entries, "is_whole": moment.eyes == Eyes::Mission,
        "truce": truce(derived, screen), "areas": rows, "window": window.map(interval),
        "rule": {
            "window_days": rule.window_days, "fraying_incidents": rule.fraying_incidents, "collapsed_days": rule.collapsed_days,
        },
        "counts": counts(moment, view, window), "due": due, "quiet": quiet_sources(&derived.loaded, derived.as_of),
    }))
}

/// One area: its state, the figures behind it, who looked, and since when nobody did.
fn area(row: &AreaStatus, moment: &Moment, screen: &Screen<'_>, looks: &BTreeMap<AreaId, Instant>) -> Value {
    let mission = &moment.derived.loaded.mission;
    let unseen = row.holding == Holding::NotObserved;
    let last = looks.get(&row.area).copied();
    json!({
        "area": row.area.as_str(), "names": mission.areas.get(&row.area).map(|area| &area.names), "state": screen.holding(row.holding),
        "days": row.days, "prohibited": row.prohibited.len(), "undetermined": row.undetermined.len(), "others": row.others.len(),
        "observers": row.observed_by.len(), "observed_by": named(&row.observed_by), "is_unobserved": unseen,
        "last_look": last.map_or(Value::Null, written),
    })
}

fn counts(moment: &Moment, view: &View<'_>, window: Option<Interval>) -> Value {
    let derived = moment.derived.as_ref();
    let mut by: BTreeMap<&str, usize> = Summary::ALL.into_iter().map(|one| (one.as_str(), 0)).collect();
    let lies = |one: &&IncidentView<'_>| {
        let time = one.incident.time();
        time.is_some_and(|time| window.is_none_or(|window| time.intersect(window).is_some()))
    };
    for one in view.incidents.iter().filter(lies) {
        *by.entry(view.summary(one).as_str()).or_default() += 1;
    }
    let known = derived.loaded.observations.iter().filter(|one| one.known <= derived.as_of);
    let since = derived.as_of.plus_seconds(-DAY_S);
    let (all_reports, last_day) =
        known.fold((0_u64, 0_u64), |(all, last), one| (all + 1, last + u64::from(one.known > since)));
    json!({
        "incidents": view.incidents.len(), "in_window": by.values().sum::<usize>(), "summaries": by, "reports": all_reports,
        "reports_last_day": last_day,
        // That something could not be read says that something came.
        "unreadable": (moment.eyes == Eyes::Mission).then_some(derived.loaded.refused.len()),
    })
}

/// Sources that went quiet, those alone that may be named.
pub(super) fn quiet_of(loaded: &Loaded, as_of: Instant) -> Vec<Quiet> {
    let all = quiet(&loaded.observations, &SilenceRule::default(), &loaded.mission.zone, as_of);
    // What is published of sealed sources bears names that change from day to day.
    all.into_iter()
        .filter(|one| !is_sealed(&one.source) && loaded.mission.sources.get(&one.source).is_some())
        .collect()
}

fn quiet_sources(loaded: &Loaded, as_of: Instant) -> Vec<Value> {
    quiet_of(loaded, as_of).iter().map(quiet_json).collect()
}

/// One of them.
pub(super) fn quiet_json(one: &Quiet) -> Value {
    json!({
        "source": one.source.as_str(), "last": written(one.last), "silent_hours": one.silent_s / 3_600, "usual_hours": one.usual_s / 3_600,
    })
}
