//! A sealed name: the name under a key of its own, the key's shares each encrypted to one holder.
//!
//! It is a JSON value, `{"v":1,"open_by":K,"box":…,"shares":[{"holder":…,"recipient":…,"share":…,"check":…}]}`: `box` is ChaCha20-Poly1305
//! (RFC 8439) with nonce 0, since no key seals twice, bound to the log's name; `share` is an age file; `check` is
//! SHA-256 of the share, by which a false one is told from a true one. A share has 256 random bits: its digest gives nothing away.

use age::x25519::Recipient;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chacha20poly1305::aead::{AeadInPlace as _, KeyInit as _};
use chacha20poly1305::{ChaCha20Poly1305, Tag};
use serde_json::{Value, json};
use truceline_record::digest_of;
use zeroize::Zeroizing;

use crate::errors::SealError;
use crate::group::Group;
use crate::shamir::{self, SECRET};

/// Longest name, in bytes.
pub const NAME_LIMIT: usize = 400;
/// A name with its length before it and zeros after it.
const PADDED: usize = 512;
const TAG: usize = 16;

/// Seals a name for a group. `log` is the log's name: a sealed name put into another log does not open there.
///
/// # Errors
/// When the name is empty or too long, or there is no randomness.
pub fn seal(name: &str, group: &Group, log: &str) -> Result<Value, SealError> {
    let key = random()?;
    let coefficients = (1..group.open_by).map(|_| random()).collect::<Result<Vec<_>, _>>()?;
    let n =
        u8::try_from(group.holders.len()).map_err(|_| SealError::Malformed { reason: "too many holders" })?;
    let mut shares = Vec::with_capacity(group.holders.len());
    for ((holder, recipient), share) in group.holders.iter().zip(shamir::split(&key, &coefficients, n)) {
        shares.push(json!({
            "holder": holder.name, "recipient": holder.recipient.trim(), "share": encrypt(recipient, &share[..])?,
            "check": digest_of(&share[..]).to_string(),
        }));
    }
    let sealed = lock(name, &key, log)?;
    Ok(json!({ "v": 1, "open_by": group.open_by, "box": BASE64_STANDARD.encode(sealed), "shares": shares }))
}

fn random() -> Result<Zeroizing<[u8; SECRET]>, SealError> {
    let mut bytes = Zeroizing::new([0_u8; SECRET]);
    getrandom::fill(&mut *bytes).map_err(|_| SealError::Randomness)?;
    Ok(bytes)
}

/// Encrypts to one recipient, in base64.
pub(crate) fn encrypt(recipient: &Recipient, plain: &[u8]) -> Result<String, SealError> {
    let bytes = age::encrypt(recipient, plain).map_err(|_| SealError::Randomness)?;
    Ok(BASE64_STANDARD.encode(bytes))
}

fn lock(name: &str, key: &Zeroizing<[u8; SECRET]>, log: &str) -> Result<Vec<u8>, SealError> {
    let length = u16::try_from(name.len()).map_err(|_| SealError::Name)?;
    if name.is_empty() || name.len() > NAME_LIMIT {
        return Err(SealError::Name);
    }
    // Encrypted in place: no copy of the name is left behind.
    let mut padded = Zeroizing::new([0_u8; PADDED]);
    for (at, byte) in padded.iter_mut().zip(length.to_be_bytes().into_iter().chain(name.bytes())) {
        *at = byte;
    }
    let cipher = ChaCha20Poly1305::new((&**key).into());
    let tag = cipher
        .encrypt_in_place_detached(&[0; 12].into(), log.as_bytes(), &mut padded[..])
        .map_err(|_| SealError::Name)?;
    Ok([&padded[..], &tag[..]].concat())
}

/// The name under a key.
pub(crate) fn unlock(
    sealed: &[u8],
    key: &Zeroizing<[u8; SECRET]>,
    log: &str,
) -> Result<Zeroizing<String>, SealError> {
    let wrong = SealError::Malformed { reason: "its box has another length" };
    if sealed.len() != PADDED + TAG {
        return Err(wrong);
    }
    let (body, tag) = sealed.split_at(PADDED);
    let mut padded = Zeroizing::new([0_u8; PADDED]);
    padded.copy_from_slice(body);
    ChaCha20Poly1305::new((&**key).into())
        .decrypt_in_place_detached(&[0; 12].into(), log.as_bytes(), &mut padded[..], Tag::from_slice(tag))
        .map_err(|_| SealError::Undecipherable)?;
    let [high, low, rest @ ..] = &*padded;
    let name = rest.get(..usize::from(u16::from_be_bytes([*high, *low]))).ok_or(SealError::Undecipherable)?;
    let name = core::str::from_utf8(name).map_err(|_| SealError::Undecipherable)?;
    Ok(Zeroizing::new(name.to_owned()))
}

/// One holder's part of a sealed name.
pub(crate) struct Part<'s> {
    pub(crate) holder: &'s str,
    pub(crate) recipient: &'s str,
    pub(crate) share: &'s str,
    pub(crate) check: &'s str,
}

/// The parts of a sealed name, how many open it, and the box.
pub(crate) fn parts(sealed: &Value) -> Result<(Vec<Part<'_>>, usize, Vec<u8>), SealError> {
    let wrong = |reason| SealError::Malformed { reason };
    if sealed.get("v") != Some(&json!(1)) {
        return Err(wrong("of a version that this program does not read"));
    }
    let open_by = sealed.get("open_by").and_then(Value::as_u64).and_then(|k| usize::try_from(k).ok());
    let open_by = open_by.filter(|k| *k >= 2).ok_or_else(|| wrong("two must open at least"))?;
    let listed = sealed.get("shares").and_then(Value::as_array).ok_or_else(|| wrong("no shares"))?;
    if listed.len() > crate::HOLDERS_MOST {
        return Err(wrong("too many shares"));
    }
    let part = |one| {
        let text = |name: &str| Value::get(one, name).and_then(Value::as_str);
        Some(Part {
            holder: text("holder")?,
            recipient: text("recipient")?,
            share: text("share")?,
            check: text("check")?,
        })
    };
    let parts =
        listed.iter().map(part).collect::<Option<Vec<_>>>().ok_or_else(|| wrong("a share that is none"))?;
    let boxed = sealed.get("box").and_then(Value::as_str).and_then(|text| BASE64_STANDARD.decode(text).ok());
    Ok((parts, open_by, boxed.ok_or_else(|| wrong("no box"))?))
}
