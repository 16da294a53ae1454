//! What is written: a case opened, an act in it, a fault of the clock. Who acts is who holds the token, never what a body says.
//!
//! A body is read by the code that reads the log, and what that would write has to be what came: a field that is not known, a value of another
//! shape, words where an act takes none are refused by name, and nothing is written. What the procedure refuses is written, and told as refused.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value, json};
use truceline_casework::case::{Act, CaseAct, CaseEntry, CaseId, Complainant, Docket, Refused};
use truceline_model::{Instant, ReceiptNo};

use super::asked::{case_id, no_case};
use super::body::{self, Sent};
use super::gate::{Caller, brings_json};
use super::problem::{Problem, told};
use super::seen::{Extent, Sight, extent_of_all};
use super::writer::{NotLogged, Posted};
use super::{Desk, aside};
use crate::cases;
use crate::live::now;
use crate::loaded::Loaded;

type Shared = State<Arc<Desk>>;

/// Opens a case.
pub(super) async fn open(
    State(desk): Shared,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let (key, sent) = sent(&headers, body).await?;
    aside(move || {
        let sent = Sent::opening(sent)?;
        write(&desk, &caller, None, &key, sent)
    })
    .await
}

/// Acts in a case.
pub(super) async fn act(
    State(desk): Shared,
    Extension(caller): Extension<Caller>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let Ok(Path(text)) = id else { return Err(no_case("")) };
    let case = case_id(&text)?;
    let (key, sent) = sent(&headers, body).await?;
    aside(move || {
        let sent = Sent::act(case, sent)?;
        write(&desk, &caller, Some(case), &key, sent)
    })
    .await
}

/// Says that the record's clock ran wrong.
pub(super) async fn clock_fault(
    State(desk): Shared,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let (key, sent) = sent(&headers, body).await?;
    aside(move || {
        let sent = Sent::clock_fault(sent)?;
        write(&desk, &caller, None, &key, sent)
    })
    .await
}

/// The key under which something is written once, and the body.
pub(super) async fn sent(headers: &HeaderMap, body: Body) -> Result<(String, Value), Problem> {
    brings_json(headers)?;
    let key = idempotency_key(headers)?;
    Ok((key, body::read(body, body::length(headers), body::LIMIT).await?))
}

/// The key under which something is written once.
pub(super) fn idempotency_key(headers: &HeaderMap) -> Result<String, Problem> {
    let mut keys = headers.get_all("idempotency-key").iter();
    let key = keys.next().filter(|_| keys.next().is_none()).and_then(|key| key.to_str().ok());
    let is_key =
        |key: &&str| (8..=128).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    let key = key.filter(is_key).ok_or_else(|| {
        Problem::wrong("give an Idempotency-Key of 8 to 128 visible letters, a new one for each act and the same when it is sent again")
    })?;
    Ok(key.to_owned())
}

/// What is told where something was not logged.
pub(super) fn not_logged(why: NotLogged) -> Problem {
    match why {
        NotLogged::Busy => {
            let say = "another command is writing to the record, or too many wait; nothing was logged. Send it again, with the same key";
            Problem::later(StatusCode::SERVICE_UNAVAILABLE, say, 2)
        }
        NotLogged::Failed(failure) => {
            let _ = Problem::ours(&failure);
            let say = "it could not be logged, or nobody can tell; send it again with the same key, and it is logged once";
            Problem::later(StatusCode::SERVICE_UNAVAILABLE, say, 5)
        }
    }
}

fn write(
    desk: &Desk,
    caller: &Caller,
    case: Option<CaseId>,
    key: &str,
    sent: Sent,
) -> Result<Response, Problem> {
    if extent_of_all(caller) == Extent::Nothing {
        let role = caller.person.role.as_str();
        return Err(Problem::not_theirs(format!(
            "a {role} acts in no case (docs/authority.md says who does)"
        )));
    }
    let Sent { what, when } = sent;
    let when = when.map(|when| moment(desk, &when)).transpose()?;
    let before = desk.sight(caller, None)?;
    known(&before, case, &what)?;
    if let CaseAct::Open(opening) = &what {
        let loaded = Arc::clone(&desk.live()?.loaded);
        let at = when.map_or_else(|| now(&loaded), Ok)?;
        cases::reached(&loaded, opening, at)
            .map_err(|why| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, why.to_string()))?;
    }
    let (in_case, act, words) = cases::write_act(&what);
    let when = when.map(|when| when.to_string());
    let posted = Posted {
        by: caller.name.clone(),
        key: key.to_owned(),
        case: in_case,
        act,
        words,
        when: when.clone(),
    };
    let (entry, is_known) = desk.writer.put(posted).map_err(not_logged)?;
    let loaded = Arc::clone(&desk.feed.reached(entry.saturating_add(1))?.loaded);
    if is_known && !is_same(&loaded, entry, caller, &what, when.as_deref()) {
        let say = format!(
            "entry {entry} is logged under this key, with another body; take a new key for another act"
        );
        return Err(Problem::new(StatusCode::CONFLICT, say));
    }
    answer(desk, caller, &loaded, entry)
}

/// A moment that a body says: only in a mission that looks back.
pub(super) fn moment(desk: &Desk, when: &str) -> Result<Instant, Problem> {
    let loaded = Arc::clone(&desk.live()?.loaded);
    if loaded.mission.opens_at.is_none() {
        let say = "when: is for a mission that looks back (opens-at in mission.kdl); in this one the record's own clock counts";
        return Err(Problem::wrong(say));
    }
    Ok(loaded.mission.moment(when)?)
}

/// That everything an act names is there, and the person may know of it. Who is of the mission may act in every case: it is theirs to log a call
/// or go and see, also where they see little of the rest.
fn known(sight: &Sight, case: Option<CaseId>, what: &CaseAct) -> Result<(), Problem> {
    let is_mission = sight.caller.person.acts_for.is_none();
    let there = |id: &CaseId| sight.docket.cases.get(id).is_some_and(|case| is_mission || sight.knows(case));
    let mut named: Vec<CaseId> = case.into_iter().collect();
    let mut receipts: Vec<ReceiptNo> = Vec::new();
    let mut complains = |who: &Complainant| {
        if let Complainant::Public(Some(receipt)) = who {
            receipts.push(*receipt);
        }
    };
    match what {
        CaseAct::Open(opening) => {
            named.extend(&opening.rests_on);
            complains(&opening.complainant);
        }
        CaseAct::On(_, Act::Join(complainant)) => complains(complainant),
        CaseAct::On(_, Act::Evidence { receipt, .. }) => receipts.extend(receipt),
        CaseAct::On(..) | CaseAct::ClockFault(_) => {}
    }
    if let Some(lacking) = named.iter().find(|id| !there(id)) {
        return Err(no_case(&lacking.to_string()));
    }
    match receipts.iter().find(|receipt| receipt.0 >= sight.loaded.entries) {
        Some(receipt) => Err(Problem::wrong(format!("{receipt} is not in the record"))),
        None => Ok(()),
    }
}

/// Whether an entry says what was sent. Words that were destroyed since cannot be held against what came.
fn is_same(loaded: &Loaded, entry: u64, caller: &Caller, what: &CaseAct, when: Option<&str>) -> bool {
    let Some(kept) = loaded.case_entries.iter().find(|one| one.entry == entry) else { return false };
    let (case, act, words) = cases::write_act(what);
    let (kept_case, kept_act, kept_words) = cases::write_act(&kept.what);
    kept.by == caller.name
        && (case, act) == (kept_case, kept_act)
        && (kept_words.is_none() || words == kept_words)
        && when.is_none_or(|when| Instant::parse(when).is_ok_and(|when| when == kept.at))
}

/// What came of an entry, as the record stood right after it: the same whenever it is asked.
fn answer(desk: &Desk, caller: &Caller, loaded: &Arc<Loaded>, n: u64) -> Result<Response, Problem> {
    let entries: Vec<CaseEntry> = loaded.case_entries.iter().filter(|one| one.entry <= n).cloned().collect();
    let at = entries.iter().map(|one| one.at).max().map_or_else(|| now(loaded), Ok)?;
    let settings = loaded.settings.range(..=n).map(|(entry, setting)| (*entry, setting.clone())).collect();
    let docket = Docket::of(&settings, &entries, at);
    let case = match entries.iter().find(|one| one.entry == n).map(|one| &one.what) {
        Some(CaseAct::Open(_)) => Some(CaseId(n)),
        Some(CaseAct::On(id, _)) => Some(*id),
        _ => None,
    };
    let mut refused = docket.cases.values().flat_map(|case| &case.refused).chain(&docket.refused);
    let why = refused.find(|one| one.entry == n).map(|one| one.why.clone());
    let case = case.and_then(|id| docket.cases.get(&id));
    let stands = case.map(|case| case.stands().to_owned());
    let mut out = Map::new();
    out.insert("case".into(), json!(case.map(|case| case.id.to_string())));
    out.insert("entry".into(), json!(n));
    out.insert("is_taken".into(), json!(why.is_none()));
    out.insert("stands".into(), json!(stands));
    let Some(why) = why else {
        out.insert("why".into(), Value::Null);
        return Ok(told(StatusCode::CREATED, &Value::Object(out)));
    };
    let why = words_of(desk, caller, &why)?;
    out.insert("why".into(), json!(why));
    let say = format!("refused, and kept as entry {n}: {why}");
    Ok(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, say).with(out).into_response())
}

/// The words of a refusal; a case that the person may not know of is not named in them.
fn words_of(desk: &Desk, caller: &Caller, why: &Refused) -> Result<String, Problem> {
    if let Refused::AlreadyOpen(other) = why {
        let sight = desk.sight(caller, None)?;
        if !sight.docket.cases.get(other).is_some_and(|case| sight.knows(case)) {
            return Ok("it is before the mission already; the mission will say where it stands".to_owned());
        }
    }
    Ok(why.to_string())
}
