//! A draft: derived from what may be published of the record up to its last checkpoint, frozen, counted again, and logged. It rests on the entries
//! under that checkpoint and on nothing later.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant as Counter};

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Map, Value};
use truceline_record::Digest;

use super::checks::{self, Counted, MAP};
use super::state::may_draft;
use super::{Shared, whole};
use crate::api::gate::Caller;
use crate::api::problem::{Problem, told};
use crate::api::public::Lines;
use crate::api::writer::{self, NotLogged, Whole};
use crate::api::{Desk, THREADS, aside, body, writes};
use crate::bulletins::{Bulletin, FINDINGS};
use crate::editions::{self, Edition, Sort};
use crate::failure::Failure;
use crate::live::{Live, now};
use crate::log::{self, kind};
use crate::pipeline::derive_published;

/// How long a record that is being signed is waited for.
const PATIENCE: Duration = Duration::from_secs(3);

/// What is asked for.
struct Wanted {
    edition: Edition,
    as_of: Option<String>,
}

/// Freezes a draft.
pub(super) async fn draft(
    State(desk): Shared,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    may_draft(&caller)?;
    let (key, body) = writes::sent(&headers, body).await?;
    let wanted = wanted(body)?;
    let value = aside(move || {
        let n = freeze(&desk, &caller, &key, &wanted)?;
        whole(&desk, &caller, &n.to_string())
    })
    .await?;
    Ok(told(StatusCode::CREATED, &value))
}

fn wanted(body: Value) -> Result<Wanted, Problem> {
    let mut body = body::object(body)?;
    let sort = body.remove("sort");
    let sort = sort.as_ref().and_then(Value::as_str).and_then(Sort::parse);
    let sort = sort.ok_or_else(|| Problem::wrong("sort: daily or flash"))?;
    let as_of = match body.remove("as_of") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) if text.len() <= 64 => Some(text),
        Some(_) => return Err(Problem::wrong("as_of: a moment as text, like 2016-05-04T12:00:00Z")),
    };
    let mut number = |name: &str| numbered(&mut body, name);
    let (corrects, replaces) = (number("corrects")?, number("replaces")?);
    if let Some(name) = body.keys().next() {
        let name = crate::api::asked::short(name);
        return Err(Problem::wrong(format!(
            "\"{name}\" is not known here; sort, as_of, corrects and replaces are"
        )));
    }
    Ok(Wanted { edition: Edition { sort, corrects, replaces }, as_of })
}

fn numbered(body: &mut Map<String, Value>, name: &str) -> Result<Option<u64>, Problem> {
    match body.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            let wrong = || Problem::wrong(format!("{name}: the number of a bulletin's entry"));
            value.as_u64().ok_or_else(wrong).map(Some)
        }
    }
}

/// The record as it stands under a checkpoint of its own.
fn signed(desk: &Desk) -> Result<Arc<Live>, Problem> {
    let since = Counter::now();
    loop {
        let live = desk.live()?;
        if live.loaded.checkpoint.is_some() {
            return Ok(live);
        }
        if since.elapsed() > PATIENCE {
            let say = "the record is just being signed; ask again in a moment";
            return Err(Problem::later(StatusCode::SERVICE_UNAVAILABLE, say, 2));
        }
        desk.feed.wake();
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// That what is corrected was passed, and what is replaced was not: each is told apart by what it already is.
fn fits(live: &Live, edition: &Edition) -> Result<(), Problem> {
    let at = |n: u64| live.loaded.bulletins.iter().find(|entry| entry.n == n);
    let wrong = |say: String| Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, say));
    if let Some(n) = edition.corrects {
        match at(n) {
            None => return wrong(format!("corrects: entry {n} is no bulletin")),
            Some(entry) if editions::passing(&live.loaded, entry).at.is_none() => {
                return wrong(format!("corrects: bulletin {n} is a draft; say replaces"));
            }
            Some(_) => {}
        }
    }
    if let Some(n) = edition.replaces {
        match at(n).map(|entry| editions::passing(&live.loaded, entry)) {
            None => return wrong(format!("replaces: entry {n} is no bulletin")),
            Some(passing) if passing.at.is_some() => {
                return wrong(format!("replaces: bulletin {n} was passed and stays as it is; say corrects"));
            }
            Some(passing) if passing.replaced_by.is_some() => {
                return wrong(format!("replaces: another stands in the place of bulletin {n} already"));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

type Files = BTreeMap<String, Vec<u8>>;

fn freeze(desk: &Desk, caller: &Caller, key: &str, wanted: &Wanted) -> Result<u64, Problem> {
    // One at a time: each holds all files of a bulletin in memory.
    let turn = desk.deriving.lock().unwrap_or_else(PoisonError::into_inner);
    let live = signed(desk)?;
    if let Some(n) = drafted(desk, caller, key)? {
        return same(&live, n, caller, wanted);
    }
    fits(&live, &wanted.edition)?;
    let latest = now(&live.loaded)?;
    let as_of = match &wanted.as_of {
        Some(words) => live.loaded.mission.moment(words)?,
        None => latest,
    };
    if as_of > latest {
        return Err(Problem::wrong("as_of: a moment that has passed"));
    }
    let derived = derive_published(Arc::clone(&live.loaded), as_of, THREADS)?;
    let mut files = Files::new();
    let mut bulletin = Bulletin::freeze(&derived, &caller.name, &mut |name, bytes| {
        files.insert(name.to_owned(), bytes.to_vec());
        Ok(())
    })?;
    drop(derived);
    bulletin.edition = Some(wanted.edition.clone());
    counted(&bulletin, &files)?;
    let digests = kept(desk, &bulletin, files)?;
    let whole = Whole {
        kind: kind::BULLETIN,
        key: (caller.name.clone(), key.to_owned()),
        body: bulletin.body(),
        objects: digests,
    };
    let (n, _) = desk.writer.put_whole(whole).map_err(not_logged)?;
    drop(turn);
    desk.feed.reached(n.saturating_add(1))?;
    Ok(n)
}

/// The entry that is logged under a key already.
fn drafted(desk: &Desk, caller: &Caller, key: &str) -> Result<Option<u64>, Problem> {
    let store = crate::log::open_read_only(desk.source.store())?;
    let key = writer::key(&store, &[kind::BULLETIN, &caller.name, key])?;
    let found = store.number_of(&key);
    Ok(found.map_err(|e| Failure::operation("read the record", &e))?)
}

/// That what was asked for under a key is what was asked for now.
fn same(live: &Live, n: u64, caller: &Caller, wanted: &Wanted) -> Result<u64, Problem> {
    let entry = live.loaded.bulletins.iter().find(|entry| entry.n == n);
    let is_same = entry.and_then(|entry| Bulletin::of(entry).ok()).is_none_or(|kept| {
        let as_of = wanted.as_of.as_deref().and_then(|words| live.loaded.mission.moment(words).ok());
        kept.by == caller.name
            && kept.edition.as_ref() == Some(&wanted.edition)
            && as_of.is_none_or(|as_of| as_of == kept.as_of)
    });
    if is_same {
        return Ok(n);
    }
    let say =
        format!("entry {n} is logged under this key, with another body; take a new key for another draft");
    Err(Problem::new(StatusCode::CONFLICT, say))
}

/// That the sums hold, before anything is written.
fn counted(bulletin: &Bulletin, files: &Files) -> Result<(), Problem> {
    let mut counted = Counted::new();
    if let Some(file) = files.get(MAP) {
        checks::of_map(file, &mut counted);
    }
    if let Some(file) = files.get(FINDINGS) {
        checks::of_lines(&Lines::of(file), &mut counted);
    }
    let (all, holds) = checks::json(&bulletin.figures, &counted);
    if holds {
        return Ok(());
    }
    let wrong: Vec<&str> = all
        .iter()
        .filter(|one| one.get("holds").and_then(Value::as_bool) == Some(false))
        .filter_map(|one| one.get("figure").and_then(Value::as_str))
        .collect();
    let say = format!("the sums do not hold, so nothing was frozen: {}", wrong.join(", "));
    Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, say))
}

/// Keeps the files in the vault, one at a time, so that others write between.
fn kept(desk: &Desk, bulletin: &Bulletin, files: Files) -> Result<Vec<Digest>, Problem> {
    let mut digests = Vec::new();
    for (name, bytes) in files {
        let mut store = log::open_in_turn(desk.source.store())?.ok_or_else(busy)?;
        let put = store.put_stream(Cursor::new(&bytes), u64::MAX);
        let put = put.map_err(|e| Failure::operation("keep a file of the bulletin", &e))?;
        if bulletin.files.get(&name).is_none_or(|file| file.digest != put.digest) {
            return Err(Problem::ours(&Failure::operation("keep a file of the bulletin", &name)));
        }
        digests.push(put.digest);
    }
    Ok(digests)
}

fn busy() -> Problem {
    let say =
        "another command is writing to the record; nothing was logged. Send it again, with the same key";
    Problem::later(StatusCode::SERVICE_UNAVAILABLE, say, 2)
}

/// What was not logged.
pub(super) fn not_logged(why: NotLogged) -> Problem {
    match why {
        NotLogged::Busy => busy(),
        NotLogged::Failed(failure) => {
            let _ = Problem::ours(&failure);
            let say = "it could not be logged, or nobody can tell; send it again with the same key, and it is logged once";
            Problem::later(StatusCode::SERVICE_UNAVAILABLE, say, 5)
        }
    }
}
