//! What came, the last known first, page by page: reports with the incident that each is about, acts in cases, bulletins, decisions about reports.
//!
//! Ordered by when it became known, not by when the log took it: a backlog that is imported at night is not the news of the night.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use serde_json::{Value, json};
use truceline_casework::Decision;
use truceline_model::{Body, IncidentId, Instant, Interval, Observation, Place, ReceiptNo};
use truceline_publish::Screen;
use truceline_publish::view::{IncidentView, View};

use super::incidents::shown;
use super::state::{Eyes, Moment, When, answer, named, view_of, written};
use super::truce::interval;
use crate::api::Desk;
use crate::api::asked::Asked;
use crate::api::gate::Caller;
use crate::api::problem::Problem;
use crate::api::seen::{Extent, Sight, extent_of_all, view as cases_view};
use crate::failure::Failure;
use crate::pipeline::Derived;

/// Items of one page, where nothing else is asked, and at the most.
const PAGE: u64 = 30;
const MOST: u64 = 200;

/// One thing that came: when it became known, its number in the log, what it is.
struct Item<'a> {
    at: Instant,
    entry: u64,
    what: What<'a>,
}

enum What<'a> {
    Report(&'a Observation),
    Case(Option<String>),
    Bulletin,
    Decision(&'static str, Option<&'a IncidentId>),
}

/// A page of the feed; `next` is what to ask `before`.
pub(in crate::api) async fn feed(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let asked = Asked::of(&uri, &["as_of", "happened_by", "before", "limit"])?;
    let limit = asked.number("limit", 1, MOST)?.unwrap_or(PAGE);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let before = asked.text("before").map(cursor).transpose()?;
    let view = format!("{}/{}", view_of(&caller), cases_view(&caller));
    answer((desk, caller), (uri, headers), (When::of(&asked), view), move |moment, _| {
        Ok(shown(&moment.derived, |view, screen| page(moment, view, screen, before, limit))?)
    })
    .await
}

/// Reads `seconds-entry`.
fn cursor(text: &str) -> Result<(Instant, u64), Problem> {
    let (at, entry) = text.rsplit_once('-').unwrap_or((text, ""));
    match (at.parse::<i64>(), entry.parse::<u64>()) {
        (Ok(at), Ok(entry)) => Ok((Instant::from_seconds(at), entry)),
        _ => Err(Problem::wrong("before: what the page before calls next")),
    }
}

fn page(
    moment: &Moment,
    view: &View<'_>,
    screen: &Screen<'_>,
    before: Option<(Instant, u64)>,
    limit: usize,
) -> Result<Value, Failure> {
    let derived = moment.derived.as_ref();
    let mut all = items(moment);
    all.retain(|one| one.at <= derived.as_of && before.is_none_or(|before| (one.at, one.entry) < before));
    all.sort_by_key(|one| std::cmp::Reverse((one.at, one.entry)));
    let more = all.len() > limit;
    all.truncate(limit);
    let next = all.last().filter(|_| more).map(|last| format!("{}-{}", last.at.seconds(), last.entry));
    let by_receipt = by_receipt(view);
    let lines: Vec<Value> = all.iter().map(|one| item(one, derived, screen, &by_receipt)).collect();
    Ok(json!({ "as_of": written(derived.as_of), "next": next, "items": lines }))
}

fn items(moment: &Moment) -> Vec<Item<'_>> {
    let derived = moment.derived.as_ref();
    let loaded = derived.loaded.as_ref();
    let reports = loaded
        .observations
        .iter()
        .filter(|one| happened(&one.body).is_none_or(|when| when.start() <= moment.happened_by));
    let mut all: Vec<Item<'_>> =
        reports.map(|one| Item { at: one.known, entry: one.receipt.0, what: What::Report(one) }).collect();
    let sight = Sight::of(&moment.live, &moment.caller);
    let acts: BTreeMap<u64, Instant> = loaded.case_entries.iter().map(|one| (one.entry, one.at)).collect();
    // A party is told the day of an act, as its papers tell it.
    let is_party = matches!(extent_of_all(&moment.caller), Extent::Party(_));
    let zone = &loaded.mission.zone;
    let told = |at: Instant| if is_party { zone.day_of(at).start() } else { at };
    let cases = sight.entries().into_iter().filter_map(|(entry, case)| {
        Some(Item { at: told(*acts.get(&entry)?), entry, what: What::Case(case) })
    });
    all.extend(cases);
    if moment.eyes == Eyes::Mission {
        let decided = loaded.decisions.iter().map(|one| {
            let (word, of) = match &one.what {
                Decision::Merge { a, .. } => ("merge", Some(&a.incident)),
                Decision::Split { incident, .. } => ("split", Some(incident)),
                Decision::Undo { .. } => ("undo", None),
            };
            Item { at: one.at, entry: one.entry, what: What::Decision(word, of) }
        });
        all.extend(decided);
        let judged = loaded.judged.iter().map(|one| Item {
            at: one.at,
            entry: one.entry,
            what: What::Decision("judgement", Some(&one.incident)),
        });
        all.extend(judged);
        let bulletins = loaded.bulletins.iter().filter_map(|one| {
            Some(Item { at: Instant::parse(&one.at).ok()?, entry: one.n, what: What::Bulletin })
        });
        all.extend(bulletins);
    }
    all
}

type ByReceipt<'i, 'v> = BTreeMap<ReceiptNo, &'i IncidentView<'v>>;

fn by_receipt<'i, 'v>(view: &'i View<'v>) -> ByReceipt<'i, 'v> {
    view.incidents.iter().flat_map(|one| one.incident.receipts().map(move |receipt| (receipt, one))).collect()
}

fn item(one: &Item<'_>, derived: &Derived, screen: &Screen<'_>, incidents: &ByReceipt<'_, '_>) -> Value {
    let mut out = json!({
        "entry": one.entry, "at": written(one.at), "kind": "", "says": null, "source": null, "origin": null, "happened": null, "place": null,
        "incident": null, "title": null, "summary": null, "case": null,
    });
    let Some(map) = out.as_object_mut() else { return out };
    let mut put = |name: &str, value: Value| drop(map.insert(name.to_owned(), value));
    match &one.what {
        What::Report(report) => {
            put("kind", json!("report"));
            put("says", json!(report.body.kind()));
            put("source", json!(named([&report.source]).first()));
            put("origin", json!(named([&report.origin]).first()));
            put("happened", happened(&report.body).map_or(Value::Null, interval));
            put("place", place(&report.body).map_or(Value::Null, |place| json!(screen.place(place))));
            if let Some(found) = incidents.get(&report.receipt) {
                put("incident", json!(found.incident.id.as_str()));
                put("title", json!(screen.incident(found.incident)));
                put("summary", json!(screen.summary(found).as_str()));
            }
        }
        What::Case(case) => {
            put("kind", json!("case"));
            put("case", json!(case));
        }
        What::Bulletin => put("kind", json!("bulletin")),
        What::Decision(word, of) => {
            put("kind", json!("decision"));
            put("says", json!(word));
            let now = of.map(|id| derived.incident_id(id.as_str()));
            if let Some(found) = now.and_then(|id| derived.resolved.incidents.iter().find(|one| one.id == id))
            {
                put("incident", json!(found.id.as_str()));
                put("title", json!(screen.incident(found)));
            }
        }
    }
    out
}

fn happened(body: &Body) -> Option<Interval> {
    match body {
        Body::Event(event) => event.when,
        Body::Total(total) => total.when,
        Body::Tally(tally) => Some(tally.when),
        Body::Agreement(fact) => fact.when,
        Body::Delivery(delivery) => delivery.when,
        Body::Statement(statement) => statement.when,
        Body::Coverage(coverage) => Some(coverage.when),
    }
}

fn place(body: &Body) -> Option<&Place> {
    match body {
        Body::Event(event) => event.place.as_ref(),
        Body::Total(total) => total.place.as_ref(),
        Body::Delivery(delivery) => delivery.place.as_ref(),
        Body::Statement(statement) => statement.place.as_ref(),
        Body::Tally(_) | Body::Agreement(_) | Body::Coverage(_) => None,
    }
}
