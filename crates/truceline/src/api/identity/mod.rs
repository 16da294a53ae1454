//! Who is at the screen: signing in, what a session says of its person, signing out.
//!
//! A browser holds a cookie that no script reads; programs show a token with every request and have no session. What somebody may do is the policy's
//! ([`truceline_casework::case::POLICY`]); what is told of it here lets a screen leave out what would be refused, and opens nothing.

pub(super) mod basic;
pub(super) mod cookie;
pub(super) mod oidc;
pub(crate) mod passkeys;
pub(crate) mod passwords;
mod pending;
pub(super) mod sessions;

use std::sync::Arc;
use std::time::SystemTime;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Extension, Router};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;
use truceline_casework::case::POLICY;
use truceline_publish::Lang;
use zeroize::Zeroizing;

use super::accounts::{self, Account, Accounts};
use super::gate::{Caller, brings_json};
use super::limits::Kind;
use super::problem::{Problem, told};
use super::{Desk, aside, body, gate};
use sessions::How;

/// Passwords that are worked on at once.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// The routes of this area.
pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new()
        .route("/api/session", post(sign_in).get(session).delete(sign_out))
        .merge(passkeys::routes())
        .merge(oidc::routes())
}

/// Gives a browser a session for the token of an account. Asked without one, so the gate lets it through.
async fn sign_in(State(desk): State<Arc<Desk>>, headers: HeaderMap, sent: Body) -> Result<Response, Problem> {
    gate::is_ours(&headers, false)?;
    brings_json(&headers)?;
    let shown = body::object(body::read(sent, body::length(&headers), body::LIMIT).await?)?;
    let (account, how) = shows(&desk, shown).await?;
    begin(&desk, &headers, account, how).await
}

/// Whose account it is that somebody shows what opens.
async fn shows(desk: &Arc<Desk>, mut shown: Map<String, Value>) -> Result<(Account, How), Problem> {
    if let (2, Some(signed), Some(challenge)) =
        (shown.len(), shown.get("passkey"), shown.get("challenge").and_then(Value::as_str))
    {
        return passkeys::by_passkey(desk, challenge, signed.clone()).await;
    }
    if let Some(returned) = oidc::Returned::read(&shown) {
        return oidc::by_provider(desk, returned).await;
    }
    let mut take = |name: &str| match shown.remove(name) {
        Some(Value::String(text)) => Some(Zeroizing::new(text)),
        _ => None,
    };
    match (take("token"), take("name"), take("password"), shown.is_empty()) {
        (Some(token), None, None, true) => by_token(desk, token).await,
        (None, Some(name), Some(password), true) => by_password(desk, name, password).await,
        _ => {
            let say = "a body holds the token of an account, {\"token\": \"…\"}, or {\"name\": \"…\", \"password\": \"…\"}, or \
                       {\"challenge\": \"…\", \"passkey\": {…}}, or {\"state\": \"…\", \"proof\": \"…\", \"code\": \"…\"}";
            Err(Problem::wrong(say))
        }
    }
}

async fn by_token(desk: &Arc<Desk>, token: Zeroizing<String>) -> Result<(Account, How), Problem> {
    let asking = Arc::clone(desk);
    aside(move || {
        let accounts = Accounts::read(asking.source.store())?;
        let account = accounts::token(&token).and_then(|token| accounts.holder(&token).cloned());
        account.map(|account| (account, How::Token)).ok_or_else(|| gate::unknown(&asking))
    })
    .await
}

/// A name that nobody has, an account without a password and a wrong password are told alike, after as long a time.
async fn by_password(
    desk: &Arc<Desk>,
    name: Zeroizing<String>,
    password: Zeroizing<String>,
) -> Result<(Account, How), Problem> {
    let slow = |seconds| {
        let say = "too many passwords were tried; wait, or sign in by another way";
        Problem::later(StatusCode::TOO_MANY_REQUESTS, say, seconds)
    };
    // Names that nobody has are many: they share as many places as there can be accounts, so that they use up no memory.
    desk.limits.take(&place_of(desk, &name), Kind::Guess).map_err(slow)?;
    desk.limits.take("", Kind::GuessAnywhere).map_err(slow)?;
    // Each try takes 64 MiB; two at once, the others wait.
    let turn = AT_ONCE.acquire().await.map_err(|_| slow(1))?;
    let asking = Arc::clone(desk);
    let found = aside(move || {
        let accounts = Accounts::read(asking.source.store())?;
        let account = accounts.of(&name);
        let fits = passwords::Kept::fits(account.and_then(Account::password), &password)?;
        Ok(account.filter(|_| fits).cloned())
    })
    .await;
    drop(turn);
    let say = "no account is opened by this name and password; the mission gives both (truceline account add --password)";
    let found = found?.ok_or_else(|| Problem::new(StatusCode::UNAUTHORIZED, say))?;
    Ok((found, How::Password))
}

/// Under what the tries at a name are counted. Which names share a place is drawn anew at each start, so that nobody can pick one that shares another's.
fn place_of(desk: &Desk, name: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(desk.drawn);
    hash.update(name);
    let hash: [u8; 32] = hash.finalize().into();
    let [first, second, ..] = hash;
    format!("{first:02x}{second:02x}")
}

/// Begins a session for somebody whom the mission names, and says who they are.
async fn begin(
    desk: &Arc<Desk>,
    headers: &HeaderMap,
    account: Account,
    how: How,
) -> Result<Response, Problem> {
    let asking = Arc::clone(desk);
    let (caller, token) = aside(move || {
        gate::within(&asking, &account.person, Kind::Write)?;
        let caller = gate::named(&asking, account, None)?;
        let now = SystemTime::now();
        let token = sessions::begin(asking.source.store(), &caller.account, how, now)?;
        let session = accounts::token(&token)
            .map(|token| sessions::find(asking.source.store(), &token, now))
            .transpose()?
            .flatten();
        Ok((Caller { session, ..caller }, token))
    })
    .await?;
    let mut response = told(StatusCode::CREATED, &described(&caller));
    if let Some(line) = cookie::given(headers, &token) {
        response.headers_mut().insert(header::SET_COOKIE, line);
    }
    Ok(response)
}

/// Who asks, and what their role may.
async fn session(Extension(caller): Extension<Caller>) -> Response {
    told(StatusCode::OK, &described(&caller))
}

/// Ends the session by which it is asked.
async fn sign_out(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(session) = caller.session else {
        return Err(Problem::nothing(
            "a token has no session; remove the account to end it (truceline account remove)",
        ));
    };
    aside(move || Ok(sessions::end(desk.source.store(), &session)?)).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Some(line) = cookie::taken(&headers) {
        response.headers_mut().insert(header::SET_COOKIE, line);
    }
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    Ok(response)
}

fn described(caller: &Caller) -> Value {
    let role = caller.person.role;
    let mut may: Vec<&str> =
        POLICY.iter().filter(|row| row.roles.contains(&role)).map(|row| row.action.as_str()).collect();
    may.sort_unstable();
    may.dedup();
    let languages: Vec<&str> = Lang::ALL.iter().map(|lang| lang.code()).collect();
    let until = caller.session.as_ref().and_then(|session| Timestamp::try_from(session.until).ok());
    let until = until.and_then(|until| Timestamp::from_second(until.as_second()).ok());
    json!({
        "name": caller.name,
        "role": role.as_str(),
        "acts_for": caller.person.acts_for.as_ref().map(|actor| actor.as_str()),
        "languages": languages,
        "may": may,
        "how": caller.session.as_ref().map_or("token", |session| session.how.as_str()),
        "until": until.map(|until| until.to_string()),
    })
}
