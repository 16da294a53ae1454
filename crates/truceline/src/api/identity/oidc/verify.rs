//! Whether a token that a provider gave says who somebody is: signed by a key of that provider, for us, for this sign-in, and still good.
//!
//! The signature is checked by `jsonwebtoken`; only signatures by a pair of keys are taken, never a shared secret and never none. What a claim must be
//! is looked at again here, since a claim of another type would otherwise be one that is not there.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::Value;
use subtle::ConstantTimeEq as _;

/// Signatures that are taken.
const TAKEN: [Algorithm; 8] = [
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
];
/// How far the provider's clock may be off, in seconds.
const LEEWAY: u64 = 60;
/// Oldest token that is taken, in seconds: it was made for this sign-in.
const OLDEST: u64 = 600;
/// Longest name of somebody at a provider.
const LONGEST: usize = 255;

/// What a token must say.
pub(super) struct Wanted<'a> {
    pub(super) issuer: &'a str,
    pub(super) client: &'a str,
    pub(super) nonce: &'a str,
    /// Now, in seconds.
    pub(super) now: u64,
}

/// Whom a token names at its provider; nothing where anything in it is not as it must be.
pub(super) fn subject(token: &str, keys: &Value, wanted: &Wanted) -> Option<String> {
    let header = decode_header(token).ok()?;
    if !TAKEN.contains(&header.alg) || asks_for_more(token) {
        return None;
    }
    let keys: JwkSet = serde_json::from_value(signing(keys)).ok()?;
    let key = match &header.kid {
        Some(kid) => keys.find(kid)?,
        None => match keys.keys.as_slice() {
            [only] => only,
            _ => return None,
        },
    };
    let mut rules = Validation::new(header.alg);
    rules.leeway = LEEWAY;
    rules.validate_nbf = true;
    rules.set_audience(&[wanted.client]);
    rules.set_issuer(&[wanted.issuer]);
    rules.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
    let claims = decode::<Value>(token, &DecodingKey::from_jwk(key).ok()?, &rules).ok()?.claims;
    holds(&claims, wanted).then_some(())?;
    let subject = claims.get("sub")?.as_str()?;
    (!subject.is_empty() && subject.len() <= LONGEST).then(|| subject.to_owned())
}

/// Whether a token says that who does not know something more must not take it (RFC 7515, `crit`): nothing more is known here.
fn asks_for_more(token: &str) -> bool {
    let first = token.split('.').next().unwrap_or_default();
    let header = URL_SAFE_NO_PAD.decode(first).ok();
    let header = header.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    header.is_none_or(|header| header.get("crit").is_some())
}

/// Keys that are for signing and of a kind that is known; others stand beside them in many sets.
fn signing(keys: &Value) -> Value {
    let all = keys.get("keys").and_then(Value::as_array).cloned().unwrap_or_default();
    let is_signing = |key: &Value| {
        let text = |name: &str| key.get(name).and_then(Value::as_str);
        matches!(text("kty"), Some("RSA" | "EC" | "OKP"))
            && text("use").is_none_or(|one| one == "sig")
            && serde_json::from_value::<jsonwebtoken::jwk::Jwk>(key.clone()).is_ok()
    };
    serde_json::json!({ "keys": all.into_iter().filter(is_signing).collect::<Vec<_>>() })
}

/// The claims, each of its own type.
fn holds(claims: &Value, wanted: &Wanted) -> bool {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let seconds = |name: &str| claims.get(name).and_then(Value::as_u64);
    let is_for_us = match claims.get("aud") {
        Some(Value::String(one)) => one == wanted.client,
        Some(Value::Array(all)) => match all.as_slice() {
            [one] => one == wanted.client,
            // For others, too: then it has to say that it was made for us.
            many => many.iter().any(|one| one == wanted.client) && text("azp") == Some(wanted.client),
        },
        _ => false,
    };
    let is_ours = claims.get("azp").is_none_or(|azp| azp == wanted.client);
    let is_good = seconds("exp").is_some_and(|until| wanted.now < until.saturating_add(LEEWAY));
    let is_new = seconds("iat").is_some_and(|made| {
        made <= wanted.now.saturating_add(LEEWAY) && wanted.now.saturating_sub(made) <= OLDEST
    });
    let is_begun = claims
        .get("nbf")
        .is_none_or(|_| seconds("nbf").is_some_and(|from| from <= wanted.now.saturating_add(LEEWAY)));
    let is_this =
        text("nonce").is_some_and(|nonce| bool::from(nonce.as_bytes().ct_eq(wanted.nonce.as_bytes())));
    text("iss") == Some(wanted.issuer) && is_for_us && is_ours && is_good && is_new && is_begun && is_this
}
