//! Passkeys: a key pair in an authenticator that signs a challenge of this server, after its holder has shown the authenticator who they are.
//!
//! Which account signs in is known by the key alone, so that nobody learns which names have passkeys. A key belongs to one name of this server: a page
//! under another name, or at another port of this machine, gets nothing signed that is taken here. What is checked of a signature is `webauthn-rs`'s.

mod kept;

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{delete, get, post};
use axum::{Extension, Router};
use serde_json::{Map, Value, json};
use truceline_record::Digest;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, DiscoverableKey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use super::pending::{PATIENCE, Pending};
use super::sessions::{self, How};
use super::{Caller, cookie};
use crate::api::accounts::{Account, Accounts};
use crate::api::asked::Asked;
use crate::api::gate::{self, brings_json};
use crate::api::limits::Kind;
use crate::api::problem::{Problem, told};
use crate::api::{Desk, aside, body};
use crate::failure::Failure;
use crate::{log, secrets, server};
pub(crate) use kept::Kept;
use kept::One;

/// Longest name of a passkey, in bytes.
const LONGEST: usize = 64;

/// Challenges that wait for their answer.
#[derive(Default)]
pub(in crate::api) struct Challenges {
    /// By their own numbers: nobody is known yet.
    signing_in: Pending<[u8; 32], (String, DiscoverableAuthentication)>,
    /// By person: who asks again has one.
    enrolling: Pending<String, (String, PasskeyRegistration)>,
}

/// The routes of this area.
pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new()
        .route("/api/session/challenge", post(challenge))
        .route("/api/passkeys", get(list).post(enrol))
        .route("/api/passkeys/challenge", post(enrolment))
        .route("/api/passkeys/{id}", delete(remove))
}

/// The name of this server under which it is asked, and what checks signatures for it.
fn site(desk: &Desk, headers: &HeaderMap) -> Result<(String, Webauthn), Problem> {
    let name = server::host_name(headers);
    let is_proxied = !server::is_loopback_name(name);
    let origin = if is_proxied {
        format!("https://{name}")
    } else if name == "localhost" {
        format!("http://localhost:{}", desk.port)
    } else {
        let say =
            format!("a passkey belongs to a name, not to an address: open http://localhost:{}/", desk.port);
        return Err(Problem::wrong(say));
    };
    let fail = |e: &dyn std::fmt::Display| Problem::ours(&Failure::operation("prepare passkeys", e));
    let url = Url::parse(&origin).map_err(|e| fail(&e))?;
    let built =
        WebauthnBuilder::new(name, &url).and_then(|one| one.rp_name("Truceline").timeout(PATIENCE).build());
    Ok((name.to_owned(), built.map_err(|e| fail(&e))?))
}

/// A challenge for whoever wants to sign in; which account it will be is not known.
async fn challenge(State(desk): State<Arc<Desk>>, headers: HeaderMap) -> Result<Response, Problem> {
    gate::is_ours(&headers, false)?;
    let busy = |seconds| {
        let say = "too many ask for a challenge; wait, or sign in by another way";
        Problem::later(StatusCode::TOO_MANY_REQUESTS, say, seconds)
    };
    desk.limits.take("", Kind::Challenge).map_err(busy)?;
    let (host, site) = site(&desk, &headers)?;
    let fail = |e: &dyn std::fmt::Display| Problem::ours(&Failure::operation("make a challenge", e));
    let (mut asked, state) = site.start_discoverable_authentication().map_err(|e| fail(&e))?;
    // Asked for by a button, not while somebody types.
    asked.mediation = None;
    let id: [u8; 32] = secrets::draw()?;
    if !desk.challenges.signing_in.put(id, (host, state), Instant::now()) {
        return Err(busy(PATIENCE.as_secs()));
    }
    let options = serde_json::to_value(&asked.public_key).map_err(|e| fail(&e))?;
    Ok(told(StatusCode::CREATED, &json!({ "challenge": Digest(id).to_string(), "options": options })))
}

/// Nothing that was shown opens an account: one answer, whatever was wrong.
fn unknown() -> Problem {
    let say =
        "no account is opened by this passkey here; ask for another challenge, or sign in by another way";
    Problem::new(StatusCode::UNAUTHORIZED, say)
}

/// Whose account it is that a passkey signs for.
pub(super) async fn by_passkey(
    desk: &Arc<Desk>,
    challenge: &str,
    signed: Value,
) -> Result<(Account, How), Problem> {
    let id = challenge.parse::<Digest>().map_err(|_| unknown())?.0;
    let (host, state) = desk.challenges.signing_in.take(&id, Instant::now()).ok_or_else(unknown)?;
    let signed: PublicKeyCredential = serde_json::from_value(signed)
        .map_err(|_| Problem::wrong("passkey: what the browser's authenticator answered, as JSON"))?;
    let asking = Arc::clone(desk);
    aside(move || {
        let site = of_host(&asking, &host)?;
        let (handle, credential) =
            site.identify_discoverable_authentication(&signed).map_err(|_| unknown())?;
        let accounts = Accounts::read(asking.source.store())?;
        let held = |account: &&Account| account.passkeys().is_some_and(|kept| kept.handle == handle);
        let account = accounts.iter().find(held).ok_or_else(unknown)?;
        let one = account.passkeys().and_then(|kept| kept.signing(credential, &host)).ok_or_else(unknown)?;
        let key = DiscoverableKey::from(&one.key);
        let result =
            site.finish_discoverable_authentication_v2(&signed, state, &key).map_err(|_| unknown())?;
        if !result.user_verified() {
            return Err(unknown());
        }
        let now = log::now();
        // Looked at again under the lock: two that come at once with one counter are a copy and its original.
        let account = Accounts::amend(asking.source.store(), &account.person, |account| {
            Ok(account.passkeys_mut()?.note(&result, &now).then(|| account.clone()))
        })?;
        account.map(|account| (account, How::Passkey)).ok_or_else(unknown)
    })
    .await
}

/// What checks signatures for a name under which a challenge was given.
fn of_host(desk: &Desk, host: &str) -> Result<Webauthn, Problem> {
    let mut headers = HeaderMap::new();
    if let Ok(value) = host.parse() {
        headers.insert(header::HOST, value);
    }
    site(desk, &headers).map(|(_, site)| site)
}

/// The passkeys of who asks.
async fn list(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    uri: axum::http::Uri,
) -> Result<Response, Problem> {
    Asked::of(&uri, &[])?;
    let all = aside(move || {
        let accounts = Accounts::read(desk.source.store())?;
        let kept = accounts.of(&caller.name).and_then(Account::passkeys);
        Ok(kept.into_iter().flat_map(|kept| &kept.all).map(One::shown).collect::<Vec<_>>())
    })
    .await?;
    Ok(told(StatusCode::OK, &json!({ "passkeys": all })))
}

/// A challenge for who wants to add a passkey to their account.
async fn enrolment(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (host, site) = site(&desk, &headers)?;
    let options = aside(move || {
        let kept = Accounts::amend(desk.source.store(), &caller.name, |account| {
            Ok(account.passkeys_mut()?.clone())
        })?;
        if !kept.has_room() {
            return Err(full());
        }
        let had = kept.all.iter().map(|one| one.key.cred_id().clone()).collect();
        let fail = |e: &dyn std::fmt::Display| Problem::ours(&Failure::operation("make a challenge", e));
        let (asked, state) = site
            .start_passkey_registration(kept.handle, &caller.name, &caller.name, Some(had))
            .map_err(|e| fail(&e))?;
        if !desk.challenges.enrolling.put(caller.name, (host, state), Instant::now()) {
            return Err(Problem::later(
                StatusCode::TOO_MANY_REQUESTS,
                "too many enrol at once",
                PATIENCE.as_secs(),
            ));
        }
        let mut options = serde_json::to_value(&asked.public_key).map_err(|e| fail(&e))?;
        // Who signs in says no name, so the authenticator has to know it.
        options["authenticatorSelection"]["residentKey"] = json!("required");
        options["authenticatorSelection"]["requireResidentKey"] = json!(true);
        Ok(options)
    })
    .await?;
    Ok(told(StatusCode::CREATED, &json!({ "options": options })))
}

fn full() -> Problem {
    Problem::new(StatusCode::CONFLICT, "this account has as many passkeys as it may; remove one first")
}

/// Adds a passkey to the account of who asks.
async fn enrol(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    sent: Body,
) -> Result<Response, Problem> {
    brings_json(&headers)?;
    let (name, made) = understood(body::read(sent, body::length(&headers), body::LIMIT).await?)?;
    let waiting = desk.challenges.enrolling.take(&caller.name, Instant::now());
    let (host, state) = waiting.ok_or_else(|| {
        Problem::new(
            StatusCode::CONFLICT,
            "no challenge waits for this; ask for one (POST /api/passkeys/challenge)",
        )
    })?;
    let value = aside(move || {
        let key = of_host(&desk, &host)?.finish_passkey_registration(&made, &state).map_err(|_| {
            let say = "what the authenticator answered does not fit the challenge; ask for another one";
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, say)
        })?;
        let store = desk.source.store();
        let is_held = |one: &One| one.key.cred_id() == key.cred_id();
        let others = Accounts::read(store)?;
        if others.iter().filter_map(Account::passkeys).any(|kept| kept.all.iter().any(is_held)) {
            return Err(Problem::new(StatusCode::CONFLICT, "this passkey is one of an account already"));
        }
        let one = One { id: secrets::draw()?, name, since: log::now(), used: None, host, counter: 0, key };
        let shown = one.shown();
        let is_added = Accounts::amend(store, &caller.name, |account| {
            let kept = account.passkeys_mut()?;
            let has_room = kept.has_room();
            if has_room {
                kept.all.push(one);
            }
            Ok(has_room)
        })?;
        if is_added { Ok(shown) } else { Err(full()) }
    })
    .await?;
    Ok(told(StatusCode::CREATED, &value))
}

fn understood(sent: Value) -> Result<(String, RegisterPublicKeyCredential), Problem> {
    let wrong = || {
        let say = format!(
            "a body is {{\"name\": \"…\", \"passkey\": …}}: a name of at most {LONGEST} bytes, and what the browser's authenticator made"
        );
        Problem::wrong(say)
    };
    let Value::Object(mut sent) = sent else { return Err(wrong()) };
    let take = |sent: &mut Map<String, Value>, name: &str| sent.remove(name).ok_or_else(wrong);
    let (name, made) = (take(&mut sent, "name")?, take(&mut sent, "passkey")?);
    let name = name.as_str().map(str::trim).unwrap_or_default().to_owned();
    let is_named = !name.is_empty() && name.len() <= LONGEST && !name.chars().any(char::is_control);
    let made = serde_json::from_value(made).map_err(|_| wrong())?;
    if is_named && sent.is_empty() { Ok((name, made)) } else { Err(wrong()) }
}

/// Takes a passkey away, and signs out whoever is signed in at the account; who asks by a session has another one.
async fn remove(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let none = || Problem::nothing("this account has no such passkey");
    let id = id.ok().and_then(|Path(id)| id.parse::<Digest>().ok()).ok_or_else(none)?.0;
    let token = aside(move || {
        let store = desk.source.store();
        let kept = Accounts::read(store)?.of(&caller.name).and_then(Account::passkeys).cloned();
        if !kept.is_some_and(|mut kept| kept.remove(&id)) {
            return Err(none());
        }
        let mut is_gone = Ok(false);
        Accounts::change(store, &caller.name, |account| {
            is_gone = account.passkeys_mut().map(|kept| kept.remove(&id));
        })?;
        if !is_gone? {
            return Err(none());
        }
        let Some(session) = caller.session else { return Ok(None) };
        let accounts = Accounts::read(store)?;
        let account = accounts.of(&caller.name).ok_or_else(none)?;
        Ok(Some(sessions::begin(store, account, session.how, SystemTime::now())?))
    })
    .await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Some(line) = token.and_then(|token| cookie::given(&headers, &token)) {
        response.headers_mut().insert(header::SET_COOKIE, line);
    }
    Ok(response)
}
