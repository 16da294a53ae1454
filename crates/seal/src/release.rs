//! Releasing a share for one request, and opening with enough of them.
//!
//! A release is an age file to the opener whose plaintext names the request (by the digest of its entry), the holder and the share. Taken
//! over into another request it is refused: the digest of that entry is another.

use std::collections::BTreeMap;

use age::x25519::Recipient;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use truceline_record::{Digest, digest_of};
use zeroize::Zeroizing;

use crate::errors::SealError;
use crate::group::identity;
use crate::sealed::{Part, encrypt, parts, unlock};
use crate::shamir::{self, SECRET, Share};

const HEADER: &[u8; 20] = b"truceline release 1\n";
const SHARE: usize = SECRET + 1;
/// Longest release, in base64: several times what one takes.
const RELEASE_LIMIT: usize = 4096;
const AGE_HEADER: &[u8] = b"age-encryption.org/v1\n";

/// A share released for one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Who released it.
    pub holder: String,
    /// An age file to the opener, in base64.
    pub release: String,
}

/// A name, opened.
pub struct Opened {
    /// The name; wiped when dropped.
    pub name: Zeroizing<String>,
    /// Whose shares opened it, in the order of the sealed name.
    pub holders: Vec<String>,
}

/// Releases the share of the holder of `secret` for one request to `opener` (`age1…`).
///
/// # Errors
/// When the key holds no share of it, or something is malformed.
pub fn release(sealed: &Value, request: &Digest, secret: &str, opener: &str) -> Result<Release, SealError> {
    let identity = identity(secret)?;
    let own = identity.to_public().to_string();
    let opener: Recipient =
        opener.parse().map_err(|_| SealError::Key { reason: "the opener's recipient looks like age1…" })?;
    let (parts, _, _) = parts(sealed)?;
    let part = parts.iter().find(|part| part.recipient == own).ok_or(SealError::NotAHolder)?;
    let share = decrypt(&identity, part.share)?;
    if share.len() != SHARE || digest_of(&share).to_string() != part.check {
        return Err(SealError::Undecipherable);
    }
    let mut plain = Zeroizing::new(Vec::with_capacity(HEADER.len() + 32 + SHARE));
    plain.extend_from_slice(HEADER);
    plain.extend_from_slice(request.as_bytes());
    plain.extend_from_slice(&share);
    Ok(Release { holder: part.holder.to_owned(), release: encrypt(&opener, &plain)? })
}

fn decrypt(identity: &age::x25519::Identity, text: &str) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let bytes = BASE64_STANDARD.decode(text).map_err(|_| SealError::Undecipherable)?;
    age::decrypt(identity, &bytes).map(Zeroizing::new).map_err(|_| SealError::Undecipherable)
}

impl Release {
    /// Whether it could be a release of this sealed name: given by one of its holders, in the form of an age file. Whether it holds
    /// a true share only the opener can see.
    ///
    /// # Errors
    /// When it could not.
    pub fn check(&self, sealed: &Value) -> Result<(), SealError> {
        let (parts, _, _) = parts(sealed)?;
        if !parts.iter().any(|part| part.holder == self.holder) {
            return Err(SealError::NotAHolder);
        }
        let bytes = Some(&self.release).filter(|text| text.len() <= RELEASE_LIMIT);
        let bytes = bytes.and_then(|text| BASE64_STANDARD.decode(text).ok());
        let is_age = bytes.is_some_and(|bytes| bytes.starts_with(AGE_HEADER));
        if is_age { Ok(()) } else { Err(SealError::Malformed { reason: "the release is no age file" }) }
    }
}

/// The share that a release holds, and whose it is.
fn share_of(
    identity: &age::x25519::Identity,
    parts: &[Part<'_>],
    request: &Digest,
    release: &Release,
) -> Result<(usize, Share), SealError> {
    let plain = decrypt(identity, &release.release)?;
    let rest = plain.strip_prefix(HEADER).ok_or(SealError::Undecipherable)?;
    let (asked, share) = rest.split_at_checked(32).ok_or(SealError::Undecipherable)?;
    if asked != request.as_bytes() {
        return Err(SealError::OtherRequest);
    }
    let check = digest_of(share).to_string();
    let place = parts.iter().position(|part| part.check == check).ok_or(SealError::OtherRequest)?;
    let mut kept = Zeroizing::new([0_u8; SHARE]);
    if share.len() != SHARE {
        return Err(SealError::Undecipherable);
    }
    kept.copy_from_slice(share);
    Ok((place, kept))
}

/// Opens a sealed name with the releases given for one request. `secret` is the opener's key, `log` the log's name. A release that is false
/// is not counted: whoever could put one into the log must not be able to keep the true ones from opening.
///
/// # Errors
/// When too few distinct holders have released: then what is wrong with the first false one is said, where there is one.
pub fn open(
    sealed: &Value,
    request: &Digest,
    releases: &[Release],
    secret: &str,
    log: &str,
) -> Result<Opened, SealError> {
    let identity = identity(secret)?;
    let (parts, need, boxed) = parts(sealed)?;
    // By part: one holder twice is one.
    let mut shares: BTreeMap<usize, Share> = BTreeMap::new();
    let mut wrong = None;
    for release in releases {
        match share_of(&identity, &parts, request, release) {
            Ok((place, share)) => drop(shares.insert(place, share)),
            Err(error) => wrong = wrong.or(Some(error)),
        }
    }
    if shares.len() < need {
        return Err(wrong.unwrap_or(SealError::TooFew { have: shares.len(), need }));
    }
    let used: BTreeMap<usize, Share> = shares.into_iter().take(need).collect();
    let holders = used.keys().filter_map(|at| parts.get(*at)).map(|part| part.holder.to_owned()).collect();
    let key = shamir::combine(&used.into_values().collect::<Vec<_>>());
    Ok(Opened { name: unlock(&boxed, &key, log)?, holders })
}
