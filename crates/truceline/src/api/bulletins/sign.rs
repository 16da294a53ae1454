//! A bulletin passed by one more person: who, is who is signed in; what, is the digest that they were shown. Nobody passes one twice.

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::Value;
use truceline_record::Digest;

use super::draft::not_logged;
use super::state::{may_sign, none, numbered, why_not};
use super::{Named, Shared, id, whole};
use crate::api::gate::Caller;
use crate::api::problem::{Problem, told};
use crate::api::writer::Noted;
use crate::api::{Desk, aside, writes};
use crate::editions::{self, SignOff};
use crate::log::kind;

/// Passes a bulletin.
pub(super) async fn sign(
    State(desk): Shared,
    Extension(caller): Extension<Caller>,
    id: Named,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    may_sign(&caller)?;
    let text = self::id(id)?;
    let (key, body) = writes::sent(&headers, body).await?;
    let digest = digest(&body)?;
    let value = aside(move || {
        put(&desk, &caller, (&text, &digest), &key)?;
        whole(&desk, &caller, &text)
    })
    .await?;
    Ok(told(StatusCode::CREATED, &value))
}

fn digest(body: &Value) -> Result<Digest, Problem> {
    let wrong =
        || Problem::wrong("the body is {\"digest\": \"…\"}, the digest of the bulletin as it was shown");
    let body = body.as_object().filter(|body| body.len() == 1).ok_or_else(wrong)?;
    let text = body.get("digest").and_then(Value::as_str).ok_or_else(wrong)?;
    text.parse().map_err(|_| wrong())
}

/// Held while somebody passes one, so that nobody passes it twice at once.
static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());

fn put(desk: &Desk, caller: &Caller, (text, digest): (&str, &Digest), key: &str) -> Result<(), Problem> {
    let _turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let loaded = std::sync::Arc::clone(&desk.live()?.loaded);
    let entry = numbered(&loaded.bulletins, text)?;
    if editions::digest(entry).as_ref() != Some(digest) {
        let say = "this is not the digest of that bulletin; look at it again before you pass it";
        return Err(Problem::new(StatusCode::CONFLICT, say));
    }
    let passing = editions::passing(&loaded, entry);
    match why_not(caller, &passing) {
        None => {}
        // Sent again, it was passed all the same.
        Some("signed-already") if is_same(desk, caller, key)? => return Ok(()),
        Some("passed") if is_same(desk, caller, key)? => return Ok(()),
        Some(why) => return Err(refused(why, entry.n)),
    }
    let noted = Noted {
        kind: kind::SIGN_OFF,
        key: Some((caller.name.clone(), key.to_owned())),
        fields: vec![("by", Value::from(caller.name.as_str()))],
        open: SignOff::open(entry.n, digest, caller.person.role),
    };
    let (n, _) = desk.writer.note(noted).map_err(not_logged)?;
    let loaded = std::sync::Arc::clone(&desk.feed.reached(n.saturating_add(1))?.loaded);
    let is_of_this = loaded.sign_offs.iter().any(|one| one.entry == n && one.digest == *digest);
    if is_of_this { Ok(()) } else { Err(other(n)) }
}

fn other(n: u64) -> Problem {
    let say = format!("entry {n} is logged under this key, with another body; take a new key");
    Problem::new(StatusCode::CONFLICT, say)
}

fn is_same(desk: &Desk, caller: &Caller, key: &str) -> Result<bool, Problem> {
    let store = crate::log::open_read_only(desk.source.store())?;
    let key = crate::api::writer::key(&store, &[kind::SIGN_OFF, &caller.name, key])?;
    let found = store.number_of(&key);
    Ok(found.map_err(|e| crate::failure::Failure::operation("read the record", &e))?.is_some())
}

fn refused(why: &str, n: u64) -> Problem {
    let say = match why {
        "signed-already" => format!("you have passed bulletin {n}; another person has to"),
        "needs-answering-role" => {
            format!("bulletin {n} lacks a legal officer or a co-chair; one of them has to pass it")
        }
        "replaced" => format!("another bulletin stands in the place of {n}; pass that one"),
        "passed" => format!("two people have passed bulletin {n}"),
        "needs-nobody" => format!("bulletin {n} was frozen on the machine and asks for nobody's word"),
        _ => return none(&n.to_string()),
    };
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, say)
}
