//! Flash bulletins as alerts (CAP 1.2), and all bulletins as a feed (Atom).

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use serde_json::{Value, json};
use truceline_publish::Lang;
use truceline_publish::standards::{Alert, Feed, FeedEntry};

use super::marked;
use super::shelf::{corrected, frozen};
use crate::api::asked::Asked;
use crate::api::problem::Problem;
use crate::api::public::{All, Published};
use crate::api::recording::Held;
use crate::api::{Desk, aside, gate};
use crate::editions::Sort;

/// Bulletins in the feed and alerts in the list, at the most: the latest.
const MOST: usize = 100;

type Shared = State<Arc<Desk>>;

fn sort(one: &Published) -> Option<Sort> {
    one.bulletin.edition.as_ref().map(|edition| edition.sort)
}

fn corrects(one: &Published) -> Option<u64> {
    one.bulletin.edition.as_ref().and_then(|edition| edition.corrects)
}

fn flashes(all: &All) -> impl Iterator<Item = &Published> {
    all.iter().rev().filter(|one| sort(one) == Some(Sort::Flash))
}

fn page(home: &str, entry: u64, lang: Lang) -> String {
    format!("{home}api/public/bulletins/{entry}/page?lang={}", lang.code())
}

fn address(home: &str, entry: u64) -> String {
    format!("{home}api/public/alerts/{entry}")
}

/// The alerts, the latest first.
pub(super) async fn list(State(desk): Shared, headers: HeaderMap, uri: Uri) -> Result<Response, Problem> {
    Asked::of(&uri, &[])?;
    aside(move || {
        let all = desk.published.all(&desk)?;
        let home = gate::home(&desk, &headers);
        let one = |one: &Published| {
            let entry = one.entry.n;
            json!({
                "entry": entry, "sent": frozen(one).to_string(), "as_of": one.bulletin.as_of.to_string(), "corrects": corrects(one),
                "href": address(&home, entry),
            })
        };
        let told: Vec<Value> = flashes(&all).take(MOST).map(one).collect();
        Ok(marked(&headers, "application/json", json!({ "alerts": told }).to_string().into_bytes()))
    })
    .await
}

/// One alert.
pub(super) async fn alert(
    State(desk): Shared,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    Asked::of(&uri, &[])?;
    let none = || Problem::nothing("no flash bulletin of that number is published");
    let n: u64 = id.ok().and_then(|Path(id)| id.parse().ok()).ok_or_else(none)?;
    aside(move || {
        let all = desk.published.all(&desk)?;
        let one = flashes(&all).find(|one| one.entry.n == n).ok_or_else(none)?;
        let held = Held::of(&desk)?;
        let home = gate::home(&desk, &headers);
        let mission = &held.live.loaded.mission;
        // Of a bulletin that was no alert there is no alert to correct.
        let earlier = corrects(one).and_then(|n| flashes(&all).find(|one| one.entry.n == n));
        let xml = truceline_publish::standards::alert(&Alert {
            origin: held.store.origin(),
            entry: n,
            sent: frozen(one),
            corrects: earlier.map(|one| (one.entry.n, frozen(one))),
            is_replay: mission.opens_at.is_some(),
            title: &mission.title(),
            zone: &mission.zone,
            as_of: one.bulletin.as_of,
            figures: &one.bulletin.figures,
            pages: &|lang| page(&home, n, lang),
        });
        Ok(marked(&headers, "application/cap+xml", xml.into_bytes()))
    })
    .await
}

/// The feed.
pub(super) async fn feed(State(desk): Shared, headers: HeaderMap, uri: Uri) -> Result<Response, Problem> {
    let asked = Asked::of(&uri, &["lang"])?;
    let lang = asked.raw("lang").map_or(Some(Lang::En), Lang::parse);
    let lang = lang.ok_or_else(|| Problem::wrong("lang: en, ar or ru"))?;
    aside(move || {
        let all = desk.published.all(&desk)?;
        let held = Held::of(&desk)?;
        let home = gate::home(&desk, &headers);
        let mission = &held.live.loaded.mission;
        let entries = all.iter().rev().take(MOST).map(|one| FeedEntry {
            entry: one.entry.n,
            at: frozen(one),
            as_of: one.bulletin.as_of,
            by: &one.bulletin.by,
            sort: sort(one).map(Sort::as_str),
            corrects: corrects(one),
            corrected: corrected(&all, one).map(|other| (other.entry.n, frozen(other))),
            figures: &one.bulletin.figures,
            page: page(&home, one.entry.n, lang),
            alert: (sort(one) == Some(Sort::Flash)).then(|| address(&home, one.entry.n)),
        });
        let xml = truceline_publish::standards::feed(
            &Feed {
                key: held.store.verifier().verifier_key(),
                title: &mission.title(),
                zone: &mission.zone,
                here: &format!("{home}api/public/feed?lang={}", lang.code()),
                home: &format!("{home}#/public"),
                entries: entries.collect(),
            },
            lang,
        );
        Ok(marked(&headers, "application/atom+xml", xml.into_bytes()))
    })
    .await
}
