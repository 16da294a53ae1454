//! What a form offers: the words of the closed vocabulary in three languages, and places of the mission by a beginning of any of their names.
//!
//! The mission's own registries, which tell of no report.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde_json::{Value, json};
use truceline_model::area::fold;
use truceline_model::{Act, Area, AreaKind, Attribution, Target, Weapon};
use truceline_publish::{Lang, vocabulary};

use super::{may, understood};
use crate::api::asked::Asked;
use crate::api::gate::Caller;
use crate::api::problem::{Problem, told};
use crate::api::{Desk, aside};
use crate::live::now;

/// Places of one answer.
const PLACES: usize = 12;

/// The words of a form.
pub(super) async fn form(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    uri: Uri,
) -> Result<Response, Problem> {
    may::reports(&caller)?;
    Asked::of(&uri, &[])?;
    let value = aside(move || {
        let loaded = Arc::clone(&desk.live()?.loaded);
        let mission = &loaded.mission;
        let by: BTreeMap<&str, BTreeMap<String, String>> =
            [Lang::En, Lang::Ar, Lang::Ru].into_iter().map(|lang| (lang.code(), vocabulary(lang))).collect();
        let words = |family: &str, id: &str| {
            let key = format!("{family}.{id}");
            let names = by.iter().filter_map(|(code, words)| Some((*code, words.get(&key)?)));
            json!({ "id": id, "names": names.collect::<BTreeMap<_, _>>() })
        };
        let actors = mission.actors.iter().map(|one| json!({ "id": one.id.as_str(), "names": one.names }));
        Ok(json!({
            "act": Act::ALL.iter().map(|one| words("act", one.as_str())).collect::<Vec<_>>(),
            "weapon": Weapon::ALL.iter().map(|one| words("weapon", one.as_str())).collect::<Vec<_>>(),
            "target": Target::ALL.iter().map(|one| words("target", one.as_str())).collect::<Vec<_>>(),
            "actor_how": Attribution::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>(),
            "actor": actors.collect::<Vec<_>>(),
            "can_seal": mission.folder.group().is_ok(), "looks_back": mission.opens_at.is_some(),
            "now": now(&loaded)?.to_string(), "zone": mission.zone.name(),
        }))
    })
    .await?;
    Ok(told(StatusCode::OK, &value))
}

/// Places whose name, in any script, begins with or holds what was typed.
pub(super) async fn places(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    uri: Uri,
) -> Result<Response, Problem> {
    may::reports(&caller)?;
    let asked = Asked::of(&uri, &["q"])?;
    let Some(typed) = asked.text("q").map(fold).filter(|typed| !typed.is_empty()) else {
        return Ok(told(StatusCode::OK, &json!({ "places": [] })));
    };
    let value = aside(move || {
        let loaded = Arc::clone(&desk.live()?.loaded);
        let areas = &loaded.mission.areas;
        let usable =
            |area: &&Area| matches!(area.kind, AreaKind::Governorate | AreaKind::Place | AreaKind::Zone);
        let mut found: Vec<(u8, usize, &Area)> = areas
            .iter()
            .filter(usable)
            .filter_map(|area| {
                let names = area.names.values().chain(&area.aliases).map(|name| fold(name));
                let fits = |name: String| fit(&name, &typed).map(|rank| (rank, name.chars().count()));
                names.filter_map(fits).min().map(|(rank, length)| (rank, length, area))
            })
            .collect();
        found.sort_by(|a, b| (a.0, a.1, &a.2.id).cmp(&(b.0, b.1, &b.2.id)));
        let parent = |area: &Area| area.parent.as_ref().and_then(|id| areas.get(id)).map(understood::area);
        let one = |(_, _, area): &(u8, usize, &Area)| {
            let mut shown = understood::area(area);
            shown["parent"] = json!(parent(area));
            shown
        };
        Ok(json!({ "places": found.iter().take(PLACES).map(one).collect::<Vec<Value>>() }))
    })
    .await?;
    Ok(told(StatusCode::OK, &value))
}

/// How well a name fits: the same, a beginning, the beginning of a word, somewhere.
fn fit(name: &str, typed: &str) -> Option<u8> {
    if name == typed {
        return Some(0);
    }
    if name.starts_with(typed) {
        return Some(1);
    }
    if name.split_whitespace().any(|word| word.starts_with(typed)) {
        return Some(2);
    }
    name.contains(typed).then_some(3)
}
