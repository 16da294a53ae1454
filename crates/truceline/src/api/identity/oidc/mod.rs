//! Signing in at a provider of identities (OIDC): the code flow with PKCE, a state and a nonce of one use each.
//!
//! Who somebody is there says nothing by itself: `account add NAME --oidc ISSUER SUBJECT` ties one subject of one issuer to one person, and nothing else of
//! what a provider tells (no address, no name) is looked at. The page that began is the one that ends: it alone was told the proof that goes with the
//! state, so that nobody signs another's browser in. The code comes back to the page, which sends it as it would a password.

mod provider;
mod verify;

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use truceline_record::Digest;
use zeroize::Zeroizing;

use super::pending::{PATIENCE, Pending};
use super::sessions::How;
use crate::api::accounts::{Account, Accounts};
use crate::api::asked::Asked;
use crate::api::gate;
use crate::api::limits::Kind;
use crate::api::problem::{Problem, told};
use crate::api::{Desk, aside};
use crate::failure::Failure;
use crate::secrets;
use provider::{Endpoints, Named};
use verify::Wanted;

/// Longest code of a provider, in bytes.
const LONGEST: usize = 4096;

/// What was begun and not yet ended.
pub(in crate::api) type Begun = Pending<[u8; 32], Waiting>;

/// One sign-in that waits for its code.
pub(in crate::api) struct Waiting {
    proof: [u8; 32],
    nonce: String,
    verifier: Zeroizing<String>,
    redirect: String,
    at: Endpoints,
}

/// The routes of this area.
pub(super) fn routes() -> Router<Arc<Desk>> {
    Router::new().route("/api/session/provider", post(begin).get(named))
}

/// Bytes as a URL takes them: RFC 7636 wants its own alphabet, and hexadecimal digits are in it.
fn drawn() -> Result<Zeroizing<String>, Problem> {
    Ok(Zeroizing::new(Digest(*secrets::draw_secret()?).to_string()))
}

/// What PKCE calls S256.
fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

fn none() -> Problem {
    Problem::nothing("this mission has no provider of identities; sign in by another way")
}

/// Which provider there is, for a page that offers it.
async fn named(State(desk): State<Arc<Desk>>, uri: Uri) -> Result<Response, Problem> {
    Asked::of(&uri, &[])?;
    desk.limits.take("", Kind::Public).map_err(|seconds| {
        Problem::later(StatusCode::TOO_MANY_REQUESTS, "too many ask; wait a moment", seconds)
    })?;
    let name = aside(move || Ok(Named::of(desk.source.store())?.and_then(|one| one.host()))).await?;
    Ok(told(StatusCode::OK, &json!({ "provider": name })))
}

/// Where to send somebody who wants to sign in at the provider.
async fn begin(State(desk): State<Arc<Desk>>, headers: HeaderMap) -> Result<Response, Problem> {
    gate::is_ours(&headers, false)?;
    let busy = |seconds| {
        let say = "too many sign in there at once; wait, or sign in by another way";
        Problem::later(StatusCode::TOO_MANY_REQUESTS, say, seconds)
    };
    desk.limits.take("", Kind::Challenge).map_err(busy)?;
    let redirect = gate::home(&desk, &headers);
    let value = aside(move || {
        let provider = Named::of(desk.source.store())?.ok_or_else(none)?.ready()?;
        let at = provider.discovered()?;
        let (state, proof) = (secrets::draw::<32>()?, secrets::draw::<32>()?);
        let (nonce, verifier) = (drawn()?.to_string(), drawn()?);
        let mut to = at.authorization.clone();
        to.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &provider.client)
            .append_pair("redirect_uri", &redirect)
            .append_pair("scope", "openid")
            .append_pair("state", &Digest(state).to_string())
            .append_pair("nonce", &nonce)
            .append_pair("code_challenge", &challenge(&verifier))
            .append_pair("code_challenge_method", "S256");
        let waiting = Waiting { proof, nonce, verifier, redirect, at };
        if !desk.begun.put(state, waiting, Instant::now()) {
            return Err(busy(PATIENCE.as_secs()));
        }
        Ok(json!({
            "to": to.as_str(), "state": Digest(state).to_string(), "proof": Digest(proof).to_string(),
        }))
    })
    .await?;
    Ok(told(StatusCode::CREATED, &value))
}

/// What a page sends that came back from the provider.
pub(super) struct Returned {
    state: [u8; 32],
    proof: [u8; 32],
    code: Zeroizing<String>,
}

impl Returned {
    /// Reads it; nothing where a body is something else.
    pub(super) fn read(shown: &Map<String, Value>) -> Option<Self> {
        let text = |name: &str| shown.get(name).and_then(Value::as_str);
        let bytes = |name: &str| text(name)?.parse::<Digest>().ok().map(|digest| digest.0);
        let code = text("code").filter(|code| !code.is_empty() && code.len() <= LONGEST)?;
        let code = Zeroizing::new(code.to_owned());
        (shown.len() == 3).then_some(())?;
        Some(Self { state: bytes("state")?, proof: bytes("proof")?, code })
    }
}

/// One answer, whatever was wrong.
fn unknown() -> Problem {
    let say = "no account is opened by what the provider says, or it took too long; begin again, or sign in by another way";
    Problem::new(StatusCode::UNAUTHORIZED, say)
}

/// Whose account it is that somebody has shown themselves for at the provider.
pub(super) async fn by_provider(desk: &Arc<Desk>, sent: Returned) -> Result<(Account, How), Problem> {
    let waiting = desk.begun.take(&sent.state, Instant::now()).ok_or_else(unknown)?;
    if !bool::from(waiting.proof.ct_eq(&sent.proof)) {
        return Err(unknown());
    }
    let asking = Arc::clone(desk);
    aside(move || {
        let provider = Named::of(asking.source.store())?.ok_or_else(none)?.ready()?;
        // A code that was taken already, or is somebody else's, is refused there; why is the provider's to say, in our own log.
        let refused = |failure: Failure| {
            let _ = Problem::ours(&failure);
            unknown()
        };
        let token = Zeroizing::new(
            provider
                .exchanged(&waiting.at, &sent.code, &waiting.verifier, &waiting.redirect)
                .map_err(refused)?,
        );
        let keys = provider.keys(&waiting.at).map_err(refused)?;
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let wanted =
            Wanted { issuer: &provider.issuer, client: &provider.client, nonce: &waiting.nonce, now };
        let subject = verify::subject(&token, &keys, &wanted).ok_or_else(unknown)?;
        let accounts = Accounts::read(asking.source.store())?;
        let is_theirs = |account: &&Account| {
            account.subject().is_some_and(|(issuer, one)| *issuer == provider.issuer && *one == subject)
        };
        accounts.iter().find(is_theirs).map(|account| (account.clone(), How::Provider)).ok_or_else(unknown)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_pkce_sends_ahead_is_the_hash_of_what_it_sends_later() {
        // RFC 7636, appendix B.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(challenge(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn what_a_page_sends_is_read_strictly() {
        let digits = "0".repeat(64);
        let read = |value: Value| Returned::read(value.as_object().unwrap()).is_some();
        assert!(read(json!({ "state": digits, "proof": digits, "code": "c" })));
        for wrong in [
            json!({ "state": digits, "proof": digits }),
            json!({ "state": digits, "proof": digits, "code": "" }),
            json!({ "state": digits, "proof": digits, "code": "x".repeat(5000) }),
            json!({ "state": "1", "proof": digits, "code": "c" }),
            json!({ "state": digits, "proof": digits, "code": "c", "token": "x" }),
        ] {
            assert!(!read(wrong));
        }
    }
}
