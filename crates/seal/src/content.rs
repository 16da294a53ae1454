//! Bytes that came with a report, encrypted under a key of their own; and that key, encrypted under the mission's.
//!
//! `box` is ChaCha20-Poly1305 (RFC 8439) with nonce 0, since no key encrypts twice, bound to the log's name. The key is wrapped under the mission's key
//! with a nonce that is drawn. Whoever destroys the wrapped key has destroyed the bytes, in every copy of the box. Key and bytes are never shown by an
//! error; keys are wiped.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chacha20poly1305::aead::{AeadInPlace as _, KeyInit as _};
use chacha20poly1305::{ChaCha20Poly1305, Tag};
use zeroize::Zeroizing;

use crate::errors::SealError;

/// Bytes of a key.
pub const CONTENT_KEY: usize = 32;
const NONCE: usize = 12;
const TAG: usize = 16;
const WRAPPED: &[u8] = b"truceline content key 1\n";

/// The key of some bytes, wiped when it is dropped.
pub struct ContentKey(Zeroizing<[u8; CONTENT_KEY]>);

impl ContentKey {
    /// Encrypts bytes in place under a fresh key; what comes back is longer by a tag.
    ///
    /// # Errors
    /// When there is no randomness, or the bytes are more than the cipher takes.
    pub fn lock(mut bytes: Vec<u8>, log: &str) -> Result<(Self, Vec<u8>), SealError> {
        let mut key = Zeroizing::new([0_u8; CONTENT_KEY]);
        getrandom::fill(&mut *key).map_err(|_| SealError::Randomness)?;
        let cipher = ChaCha20Poly1305::new((&*key).into());
        let tag = cipher
            .encrypt_in_place_detached(&[0; NONCE].into(), log.as_bytes(), &mut bytes)
            .map_err(|_| SealError::Malformed { reason: "too many bytes" })?;
        bytes.extend_from_slice(&tag);
        Ok((Self(key), bytes))
    }

    /// The bytes again, decrypted in place.
    ///
    /// # Errors
    /// When they are not those that were encrypted under this key for this log.
    pub fn unlock(&self, mut bytes: Vec<u8>, log: &str) -> Result<Vec<u8>, SealError> {
        let length = bytes.len().checked_sub(TAG).ok_or(SealError::Undecipherable)?;
        let tag = bytes.split_off(length);
        ChaCha20Poly1305::new((&*self.0).into())
            .decrypt_in_place_detached(&[0; NONCE].into(), log.as_bytes(), &mut bytes, Tag::from_slice(&tag))
            .map_err(|_| SealError::Undecipherable)?;
        Ok(bytes)
    }

    /// The key as it may stand in an entry: encrypted under the mission's.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn wrapped(&self, mission: &[u8; CONTENT_KEY], log: &str) -> Result<String, SealError> {
        let mut nonce = [0_u8; NONCE];
        getrandom::fill(&mut nonce).map_err(|_| SealError::Randomness)?;
        let mut key = self.0.to_vec();
        let tag = ChaCha20Poly1305::new(mission.into())
            .encrypt_in_place_detached(&nonce.into(), &bound(log), &mut key)
            .map_err(|_| SealError::Randomness)?;
        Ok(BASE64_STANDARD.encode([&nonce[..], &key, &tag].concat()))
    }

    /// The key out of an entry.
    ///
    /// # Errors
    /// When it was wrapped under another key, or for another log.
    pub fn unwrapped(text: &str, mission: &[u8; CONTENT_KEY], log: &str) -> Result<Self, SealError> {
        let wrong = SealError::Malformed { reason: "its key has another length" };
        let all = BASE64_STANDARD.decode(text).map_err(|_| SealError::Undecipherable)?;
        if all.len() != NONCE + CONTENT_KEY + TAG {
            return Err(wrong);
        }
        let (nonce, rest) = all.split_at(NONCE);
        let (body, tag) = rest.split_at(CONTENT_KEY);
        let mut key = Zeroizing::new([0_u8; CONTENT_KEY]);
        key.copy_from_slice(body);
        let mut drawn = [0_u8; NONCE];
        drawn.copy_from_slice(nonce);
        ChaCha20Poly1305::new(mission.into())
            .decrypt_in_place_detached(&drawn.into(), &bound(log), &mut key[..], Tag::from_slice(tag))
            .map_err(|_| SealError::Undecipherable)?;
        Ok(Self(key))
    }

    /// The key that holders opened: as [`ContentKey::for_holders`] gave it to be sealed.
    ///
    /// # Errors
    /// When it is no key in hexadecimal.
    pub fn of_holders(text: &str) -> Result<Self, SealError> {
        let wrong = SealError::Malformed { reason: "no key in hexadecimal" };
        let digits = text.as_bytes();
        let mut key = Zeroizing::new([0_u8; CONTENT_KEY]);
        if digits.len() != 2 * CONTENT_KEY {
            return Err(wrong);
        }
        for (byte, two) in key.iter_mut().zip(digits.chunks(2)) {
            let mut value = 0;
            for digit in two {
                let digit = char::from(*digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                value =
                    (value << 4) | digit.ok_or(SealError::Malformed { reason: "no key in hexadecimal" })?;
            }
            *byte = value;
        }
        Ok(Self(key))
    }

    /// The key in hexadecimal, to be sealed for the mission's holders as a name is.
    #[must_use]
    pub fn for_holders(&self) -> Zeroizing<String> {
        // Long enough from the start: growing would leave a copy behind.
        let mut text = Zeroizing::new(String::with_capacity(2 * CONTENT_KEY));
        for byte in self.0.iter() {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
            }
        }
        text
    }
}

fn bound(log: &str) -> Vec<u8> {
    [WRAPPED, log.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn bytes_come_back_under_their_own_key_log_and_mission_alone() {
        let plain = b"a photograph with a place in it".repeat(100);
        let (key, locked) = ContentKey::lock(plain.clone(), "log").unwrap();
        assert!(!locked.windows(10).any(|part| part == b"photograph"));
        let wrapped = key.wrapped(&[7; 32], "log").unwrap();
        let again = ContentKey::unwrapped(&wrapped, &[7; 32], "log").unwrap();
        assert_eq!(again.unlock(locked.clone(), "log").unwrap(), plain);
        assert_ne!(wrapped, key.wrapped(&[7; 32], "log").unwrap(), "another nonce each time");
        assert!(ContentKey::unwrapped(&wrapped, &[8; 32], "log").is_err());
        assert!(ContentKey::unwrapped(&wrapped, &[7; 32], "other").is_err());
        assert!(again.unlock(locked.clone(), "other").is_err());
        let other = ContentKey::lock(plain.clone(), "log").unwrap();
        assert!(other.0.unlock(locked.clone(), "log").is_err());
        assert_ne!(other.1, locked, "the same bytes twice are not seen to be the same");
        for at in [0, 40, locked.len() - 1] {
            let mut changed = locked.clone();
            changed[at] ^= 1;
            assert!(again.unlock(changed, "log").is_err(), "{at}");
        }
        assert!(again.unlock(Vec::new(), "log").is_err());
        assert_eq!(key.for_holders().len(), 64);
    }
}
