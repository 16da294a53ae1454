//! Before anything is answered: the name that was asked for, the token, how often. What passes carries who it is; nothing else tells who acts.
//!
//! A token comes in the `Authorization` line and nowhere else. No cookie is set or read, so that no page of another site can make a browser
//! act for somebody; a write has to be `application/json`, which a browser does not send elsewhere unasked, and no other site is let in.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use truceline_casework::case::Person;
use zeroize::Zeroizing;

use super::accounts::{self, Account, Accounts, Token};
use super::limits::Kind;
use super::problem::Problem;
use super::{Desk, THREADS, aside};
use crate::server;

/// Who asks: somebody whom the mission names with a role, by a token that their account has now.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) name: String,
    pub(super) person: Person,
    pub(super) account: Account,
}

/// Lets through who has an account, and closes every answer to others than the asker.
pub(super) async fn gate(State(desk): State<Arc<Desk>>, mut request: Request, next: Next) -> Response {
    let mut response = match admitted(&desk, &mut request).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    };
    server::keep_to_itself(response.headers_mut());
    response
}

async fn admitted(desk: &Arc<Desk>, request: &mut Request) -> Result<Caller, Problem> {
    let asked_for = server::host_name(request.headers());
    if !server::is_loopback_name(asked_for) && desk.proxied_as.as_deref() != Some(asked_for) {
        let say = "the desk answers to localhost only, or to the name that --proxied-as says";
        return Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, say));
    }
    let token = token_of(request.headers_mut());
    let asking = Arc::clone(desk);
    let caller = aside(move || who(&asking, token)).await?;
    let kind = if matches!(*request.method(), Method::GET | Method::HEAD) { Kind::Read } else { Kind::Write };
    desk.limits.take(&caller.name, kind).map_err(|seconds| {
        Problem::later(
            StatusCode::TOO_MANY_REQUESTS,
            "too many requests of this account; wait a moment",
            seconds,
        )
    })?;
    Ok(caller)
}

/// Takes the token out of the head. One that has not the shape of a token is looked for all the same, as one that nobody holds: how long the
/// answer takes says nothing.
fn token_of(headers: &mut HeaderMap) -> Token {
    let nobodys = || Zeroizing::new([0; 32]);
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(line), None) = (lines.next(), lines.next()) else { return nobodys() };
    let token = line.to_str().ok().and_then(|line| line.strip_prefix("Bearer ")).and_then(accounts::token);
    headers.remove(header::AUTHORIZATION);
    token.unwrap_or_else(nobodys)
}

fn who(desk: &Desk, token: Token) -> Result<Caller, Problem> {
    let accounts = Accounts::read(desk.source.store()).map_err(|failure| Problem::ours(&failure))?;
    let Some(account) = accounts.holder(&token).cloned() else {
        return Err(desk.limits.take("", Kind::Stranger).map_or_else(
            |seconds| Problem::later(StatusCode::TOO_MANY_REQUESTS, "too many unknown tokens; wait a moment", seconds),
            |()| {
                let say = "show the token of an account: Authorization: Bearer TOKEN. The mission gives one (truceline account add)";
                Problem::new(StatusCode::UNAUTHORIZED, say)
            },
        ));
    };
    let loaded = desk.source.loaded(None, THREADS).map_err(|failure| Problem::ours(&failure))?;
    let person = loaded.mission.folder.roles.get(&account.person).cloned();
    let person = person.ok_or_else(|| {
        Problem::not_theirs(
            "the mission no longer names this account's person with a role; nothing is shown to it",
        )
    })?;
    Ok(Caller { name: account.person.clone(), person, account })
}

/// That a request brings JSON, and no more than so many bytes of it.
pub(super) fn brings_json(headers: &HeaderMap) -> Result<(), Problem> {
    let kind = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let kind = kind.split(|byte| *byte == b';').next().unwrap_or_default();
    if kind.trim_ascii().eq_ignore_ascii_case(b"application/json") {
        return Ok(());
    }
    Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "send application/json"))
}
