//! The texts that the mission had, one after another: each amendment with what it changed, clause by clause, in words.
//!
//! What is compared is what each clause says to the machine, put into sentences, as `truceline terms diff` does. An entry that changed people or
//! registries alone changed no clause, and says so.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use serde_json::{Value, json};
use truceline_model::{ClauseId, Instant};
use truceline_publish::Lang;

use super::state::{When, answer, view_of};
use crate::api::Desk;
use crate::api::asked::Asked;
use crate::api::gate::Caller;
use crate::api::problem::Problem;
use crate::commands::{Bench, clause_changes};
use crate::failure::Failure;
use crate::loaded::{self, Loaded, Subject};
use crate::log;
use crate::mission::{Mission, texts};

/// Texts of one answer, the latest; how many there are in all is told beside them.
const MOST: usize = 20;

/// The texts, the latest first, each held against the one before it.
pub(super) async fn amendments(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let asked = Asked::of(&uri, &["as_of"])?;
    let view = view_of(&caller);
    answer((desk, caller), (uri, headers), (When::of(&asked), view), |moment, desk| {
        let loaded = &moment.live.loaded;
        // The record's own clock says when a text came; a mission that looks back has it all from its opening.
        let until = loaded.mission.opens_at.is_none().then_some(moment.derived.as_of);
        Ok(all(desk, loaded, until)?)
    })
    .await
}

fn all(desk: &Desk, loaded: &Loaded, until: Option<Instant>) -> Result<Value, Failure> {
    let store = log::open_read_only(desk.source.store())?;
    let missions = (0_u64..).zip(&loaded.subjects).filter(|(_, subject)| **subject == Subject::Mission);
    let (mut told, mut before): (Vec<Value>, Option<Bench>) = (Vec::new(), None);
    for (n, _) in missions {
        let entry = store.entry(n).map_err(|e| Failure::operation("read the log", &e))?;
        let Some(entry) = entry else { continue };
        let is_later = Instant::parse(&entry.at).ok().zip(until).is_some_and(|(at, until)| at > until);
        if is_later {
            break;
        }
        let files = loaded::files_of(&store, &entry)?;
        let bench = Bench::of(Arc::new(Mission::read(&files)?))?;
        let changes = before.as_ref().map(|before| changes(before, &bench)).transpose()?;
        told.push(json!({ "entry": n, "at": entry.at, "title": bench.mission.title(), "changes": changes }));
        before = Some(bench);
    }
    let total = told.len();
    let texts: Vec<Value> = told.into_iter().rev().take(MOST).collect();
    Ok(json!({ "total": total, "texts": texts }))
}

/// Each clause that says something else: sentences that went and that came, by language.
fn changes(before: &Bench, after: &Bench) -> Result<Vec<Value>, Failure> {
    type Said = (&'static str, BTreeMap<&'static str, Vec<String>>, BTreeMap<&'static str, Vec<String>>);
    let mut all: BTreeMap<ClauseId, Said> = BTreeMap::new();
    for lang in Lang::ALL {
        for one in clause_changes(before, after, lang)? {
            let slot = all.entry(one.clause).or_insert_with(|| (one.what, BTreeMap::new(), BTreeMap::new()));
            slot.1.insert(lang.code(), one.removed);
            slot.2.insert(lang.code(), one.added);
        }
    }
    let name = |id: &ClauseId| -> Result<Value, Failure> {
        let found = after.terms()?.clause(id).or(before.terms()?.clause(id));
        Ok(found.map_or(Value::Null, |clause| json!(texts(&clause.name))))
    };
    let each = all.iter().map(|(id, (what, removed, added))| {
        Ok(json!({ "clause": id.as_str(), "title": name(id)?, "what": what, "removed": removed, "added": added }))
    });
    each.collect()
}
