//! Which mission this is: its title, zone and moments, whom and what it names. What every screen needs before it shows anything else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde_json::{Value, json};
use truceline_model::{ActorKind, Instant, Source, SourceId};

use super::state::{Eyes, eyes, record};
use crate::api::asked::Asked;
use crate::api::gate::Caller;
use crate::api::problem::{Problem, told};
use crate::api::{Desk, aside};
use crate::loaded::Loaded;
use crate::mission::texts;
use crate::protected::is_sealed;

/// Languages of the screens and of what is published.
const LANGUAGES: [&str; 3] = ["en", "ar", "ru"];

/// The mission, for everybody who has an account in it.
pub(in crate::api) async fn mission(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    uri: Uri,
) -> Result<Response, Problem> {
    Asked::of(&uri, &[])?;
    let eyes = eyes(&caller);
    let value = aside(move || {
        let (loaded, now) = record(&desk)?;
        Ok(mission_json(&loaded, now, eyes))
    })
    .await?;
    Ok(told(StatusCode::OK, &value))
}

fn mission_json(loaded: &Loaded, now: Instant, eyes: Eyes) -> Value {
    let mission = loaded.mission.as_ref();
    let terms = mission.terms().ok();
    let moment = |(words, name): &(String, BTreeMap<String, String>)| {
        let at = mission.zone.instant(words).ok()?;
        Some(json!({ "at": at.to_string(), "name": name }))
    };
    let moments: Vec<Value> = mission.folder.moments.iter().filter_map(moment).collect();
    let sides: BTreeSet<&str> =
        terms.into_iter().flat_map(|terms| &terms.parties).map(|party| party.id.as_str()).collect();
    let actors = mission.actors.iter().map(|actor| {
        let of: BTreeSet<&str> = actor.member_of.iter().map(|one| one.of.as_str()).collect();
        json!({
            "id": actor.id.as_str(), "kind": actor_kind(actor.kind), "names": actor.names,
            "is_party": sides.contains(actor.id.as_str()), "member_of": of,
        })
    });
    let clauses = terms.into_iter().flat_map(|terms| &terms.clauses).map(
        |clause| json!({ "id": clause.id.as_str(), "kind": clause.kind.as_str(), "title": texts(&clause.name) }),
    );
    let readings = terms
        .into_iter()
        .flat_map(|terms| &terms.readings)
        .map(|reading| json!({ "id": reading.id.as_str(), "name": texts(&reading.name) }));
    json!({
        "id": mission.folder.id, "title": mission.title(), "zone": mission.zone.name(), "zone_name": mission.folder.zone_name,
        "now": now.to_string(), "opens_at": mission.opens_at.map(|at| at.to_string()), "moments": moments,
        "actors": actors.collect::<Vec<_>>(), "sources": sources(loaded, now, eyes),
        "clauses": clauses.collect::<Vec<_>>(), "readings": readings.collect::<Vec<_>>(), "languages": LANGUAGES,
    })
}

/// Sources that may be named. Sealed ones never; to who sees what may be published, those of whom something was received.
fn sources(loaded: &Loaded, now: Instant, eyes: Eyes) -> Vec<Value> {
    let mut heard: BTreeSet<&SourceId> = BTreeSet::new();
    if eyes == Eyes::Published {
        let known = loaded.observations.iter().filter(|one| one.known <= now);
        known.for_each(|one| heard.extend([&one.source, &one.origin]));
    }
    let is_shown = |source: &&Source| {
        let may = match eyes {
            Eyes::Mission => true,
            Eyes::Published => heard.contains(&source.id),
            Eyes::Nothing => false,
        };
        may && !is_sealed(&source.id)
    };
    let one = |source: &Source| {
        json!({
            "id": source.id.as_str(), "kind": source.kind.as_str(), "names": source.names,
            "side": source.side.as_ref().map(|side| side.as_str()),
        })
    };
    loaded.mission.sources.iter().filter(is_shown).map(one).collect()
}

fn actor_kind(kind: ActorKind) -> &'static str {
    match kind {
        ActorKind::Party => "party",
        ActorKind::Umbrella => "umbrella",
        ActorKind::Group => "group",
        ActorKind::State => "state",
        ActorKind::Force => "force",
        ActorKind::Unspecified => "unspecified",
    }
}
