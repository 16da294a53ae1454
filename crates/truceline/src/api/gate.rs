//! Before anything is answered: the name that was asked for, who asks, how often. What passes carries who it is; nothing else tells who acts.
//!
//! Programs show a token in the `Authorization` line. Browsers hold a session in a cookie, which opens nothing to a page of another site: what such a
//! page asks is answered as if there were no cookie, and a write has to come from a page of ours, say so in a line of its own (`X-Truceline: 1`),
//! and be of a kind that no other page sends unasked.

use std::sync::Arc;
use std::time::SystemTime;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use truceline_casework::case::Person;
use zeroize::Zeroizing;

use super::accounts::{self, Account, Accounts, Token};
use super::identity::sessions::{self, Session};
use super::identity::{basic, cookie};
use super::limits::Kind;
use super::problem::Problem;
use super::{Desk, aside};
use crate::server;

/// Who asks: somebody whom the mission names with a role, by a token that their account has now, or a session at it.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) name: String,
    pub(super) person: Person,
    pub(super) account: Account,
    /// The session by which they ask; none where they show a token.
    pub(super) session: Option<Session>,
}

/// What a request shows.
enum Shown {
    Nothing,
    Token(Token),
    Session(Token),
}

/// How a route is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    /// To whoever has an account.
    Closed,
    /// To everybody; who shows an account is known by it.
    Ajar,
    /// To everybody, and nobody is known.
    Open,
}

/// Which doors are not closed. What stands here holds nothing but what is published, or takes what opens an account.
fn door(method: &Method, path: &str) -> Door {
    let under = |folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    let is_posted = *method == Method::POST;
    if (is_posted && ["/api/session", "/api/session/challenge"].contains(&path))
        || (path == "/api/session/provider" && (is_posted || *method == Method::GET))
    {
        return Door::Open;
    }
    if under("/api/public")
        || ["/ogc", "/tiles", "/feeds"].into_iter().any(|room| path == room || under(room))
    {
        return Door::Ajar;
    }
    Door::Closed
}

/// Lets through who has an account, and closes every answer to others than the asker.
pub(super) async fn gate(State(desk): State<Arc<Desk>>, mut request: Request, next: Next) -> Response {
    let is_for_phones = basic::is_for_phones(request.uri().path());
    let is_published = door(request.method(), request.uri().path()) == Door::Ajar;
    let mut response = match admitted(&desk, &mut request).await {
        Ok(caller) => {
            if let Some(caller) = caller {
                request.extensions_mut().insert(caller);
            }
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    };
    if is_for_phones && response.status() == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(basic::CHALLENGE));
    }
    // What is published may be kept, if it is asked for anew whether it still stands.
    let is_marked = response.headers().contains_key(header::ETAG) && is_published;
    server::keep_to_itself(response.headers_mut());
    if is_marked {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    }
    response
}

async fn admitted(desk: &Arc<Desk>, request: &mut Request) -> Result<Option<Caller>, Problem> {
    let asked_for = server::host_name(request.headers());
    if !server::is_loopback_name(asked_for) && desk.proxied_as.as_deref() != Some(asked_for) {
        let say = "this server answers to localhost only, or to the name that --proxied-as says";
        return Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, say));
    }
    let door = door(request.method(), request.uri().path());
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let kind = if is_read { Kind::Read } else { Kind::Write };
    if basic::is_for_phones(request.uri().path())
        && let Some(shown) = basic::shown(request.headers_mut())?
    {
        let account = basic::account(desk, shown).await?;
        let asking = Arc::clone(desk);
        let caller = aside(move || named(&asking, account, None)).await?;
        within(desk, &caller.name, kind)?;
        return Ok(Some(caller));
    }
    let shown = shown(request.headers_mut(), is_read)?;
    match (door, shown) {
        (Door::Open, _) => Ok(None),
        (Door::Ajar, Shown::Nothing) => within(desk, "", Kind::Public).map(|()| None),
        (Door::Closed, Shown::Nothing) => Err(nobody()),
        (Door::Ajar | Door::Closed, shown) => {
            let asking = Arc::clone(desk);
            let caller = aside(move || who(&asking, shown)).await?;
            within(desk, &caller.name, kind)?;
            Ok(Some(caller))
        }
    }
}

/// Takes what opens an account out of the head. A token that has not the shape of one is looked for all the same, as one that nobody holds:
/// how long the answer takes says nothing.
fn shown(headers: &mut HeaderMap, is_read: bool) -> Result<Shown, Problem> {
    let nobodys = || Zeroizing::new([0; 32]);
    if headers.contains_key(header::AUTHORIZATION) {
        let mut lines = headers.get_all(header::AUTHORIZATION).iter();
        let line = lines.next().filter(|_| lines.next().is_none());
        let token = line
            .and_then(|line| line.to_str().ok())
            .and_then(|line| line.strip_prefix("Bearer "))
            .and_then(accounts::token);
        headers.remove(header::AUTHORIZATION);
        return Ok(Shown::Token(token.unwrap_or_else(nobodys)));
    }
    let held = cookie::held(headers);
    headers.remove(header::COOKIE);
    let Some(held) = held else { return Ok(Shown::Nothing) };
    if is_read {
        let is_elsewhere = cookie::is_from_our_page(headers, false) == Some(false);
        return Ok(if is_elsewhere { Shown::Nothing } else { Shown::Session(held) });
    }
    is_ours(headers, true)?;
    Ok(Shown::Session(held))
}

/// The address under which this server was asked, up to its first `/` and with it.
pub(super) fn home(desk: &Desk, headers: &HeaderMap) -> String {
    let name = server::host_name(headers);
    if server::is_loopback_name(name) {
        format!("http://{name}:{}/", desk.port)
    } else {
        format!("https://{name}/")
    }
}

/// That a write comes from a page of ours and says so; a program that says nothing of pages only where it need not be one.
pub(super) fn is_ours(headers: &HeaderMap, must_be_page: bool) -> Result<(), Problem> {
    let mut said = headers.get_all(cookie::OUR_PAGE).iter();
    let is_said = said.next().is_some_and(|value| value == "1") && said.next().is_none();
    let is_from_ours = cookie::is_from_our_page(headers, true).unwrap_or(!must_be_page);
    if is_said && is_from_ours {
        return Ok(());
    }
    let say = "with a cookie, only a page of this server writes, and says so: X-Truceline: 1. Programs show a token instead";
    Err(Problem::not_theirs(say))
}

/// Nothing was shown.
fn nobody() -> Problem {
    let say = "sign in (POST /api/session), or show the token of an account: Authorization: Bearer TOKEN. The mission gives one \
               (truceline account add)";
    Problem::new(StatusCode::UNAUTHORIZED, say)
}

/// What was shown opens nothing: the same words, and slower the more of it there is.
pub(super) fn unknown(desk: &Desk) -> Problem {
    desk.limits.take("", Kind::Stranger).map_or_else(
        |seconds| {
            let say = "too many unknown tokens; wait a moment";
            Problem::later(StatusCode::TOO_MANY_REQUESTS, say, seconds)
        },
        |()| nobody(),
    )
}

/// That an account asks no more often than it may.
pub(super) fn within(desk: &Desk, name: &str, kind: Kind) -> Result<(), Problem> {
    desk.limits.take(name, kind).map_err(|seconds| {
        let say = "too many requests of this account; wait a moment";
        Problem::later(StatusCode::TOO_MANY_REQUESTS, say, seconds)
    })
}

fn who(desk: &Desk, shown: Shown) -> Result<Caller, Problem> {
    let store = desk.source.store();
    let accounts = Accounts::read(store)?;
    let found = match &shown {
        Shown::Nothing => None,
        Shown::Token(token) => accounts.holder(token).map(|account| (account.clone(), None)),
        Shown::Session(token) => sessions::find(store, token, SystemTime::now())?.and_then(|session| {
            let account = accounts.of_stamp(&session.person, &session.stamp)?.clone();
            Some((account, Some(session)))
        }),
    };
    let (account, session) = found.ok_or_else(|| unknown(desk))?;
    named(desk, account, session)
}

/// The person of an account, if the mission names them.
pub(super) fn named(desk: &Desk, account: Account, session: Option<Session>) -> Result<Caller, Problem> {
    let person = desk.governed()?.loaded.mission.folder.roles.get(&account.person).cloned();
    let person = person.ok_or_else(|| {
        Problem::not_theirs(
            "the mission no longer names this account's person with a role; nothing is shown to it",
        )
    })?;
    Ok(Caller { name: account.person.clone(), person, account, session })
}

/// Whether somebody may still ask, who asked before: their account is unchanged and their session has not ended.
pub(super) fn is_still(desk: &Desk, caller: &Caller) -> Result<bool, Problem> {
    let store = desk.source.store();
    let is_on = |session: &Session| sessions::is_kept(store, session, SystemTime::now());
    Ok(Accounts::read(store)?.has(&caller.account) && caller.session.as_ref().is_none_or(is_on))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doors_are_closed_but_for_those_that_are_named() {
        for (method, path, wanted) in [
            (Method::POST, "/api/session", Door::Open),
            (Method::POST, "/api/session/challenge", Door::Open),
            (Method::POST, "/api/session/provider", Door::Open),
            (Method::GET, "/api/session/provider", Door::Open),
            (Method::DELETE, "/api/session/provider", Door::Closed),
            (Method::GET, "/api/session/challenge", Door::Closed),
            (Method::POST, "/api/passkeys/challenge", Door::Closed),
            (Method::GET, "/api/session", Door::Closed),
            (Method::DELETE, "/api/session", Door::Closed),
            (Method::POST, "/api/session/", Door::Closed),
            (Method::GET, "/api/public/bulletins", Door::Ajar),
            (Method::GET, "/api/public", Door::Closed),
            (Method::GET, "/api/publicity", Door::Closed),
            (Method::GET, "/ogc", Door::Ajar),
            (Method::GET, "/ogc/collections", Door::Ajar),
            (Method::GET, "/ogcx", Door::Closed),
            (Method::GET, "/openrosa/formList", Door::Closed),
            (Method::GET, "/api/cases", Door::Closed),
            (Method::GET, "/api/cases/../public/x", Door::Closed),
            (Method::GET, "/", Door::Closed),
            (Method::GET, "", Door::Closed),
        ] {
            assert_eq!(door(&method, path), wanted, "{method} {path}");
        }
    }
}
