//! Lines of the standards' text formats: decimal numbers and base64 hashes, one spelling each.
//!
//! A second spelling of the same number or hash is refused, so that what is read is written again as it came.

use crate::digest::Digest;

/// A decimal number without leading zeroes.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (plain && (text == "0" || !text.starts_with('0'))).then(|| text.parse().ok()).flatten()
}

/// A hash of a line.
pub(crate) fn hash(line: &str) -> Option<Digest> {
    let hash = tlog_tiles::Hash::parse_hash(line).ok().filter(|hash| hash.to_string() == line)?;
    Some(Digest(hash.0))
}

/// Hashes of lines; none when one is none, or there are more than any proof needs.
pub(crate) fn hashes<'l>(lines: impl Iterator<Item = &'l str>) -> Option<Vec<Digest>> {
    let hashes: Vec<Digest> = lines.take(PROOF_LIMIT + 1).map(hash).collect::<Option<_>>()?;
    (hashes.len() <= PROOF_LIMIT).then_some(hashes)
}

/// Hashes, a line each.
pub(crate) fn push_hashes(text: &mut String, hashes: &[Digest]) {
    for hash in hashes {
        text.push_str(&tlog_tiles::Hash(hash.0).to_string());
        text.push('\n');
    }
}

/// Most hashes of a proof: a log of 2^63 entries needs no more.
const PROOF_LIMIT: usize = 63;
