//! Digests under a secret (HMAC-SHA-256), for what could be guessed: a plain hash of a short text, of a name or of a row of a public
//! table is confirmed by whoever guesses it.
//!
//! The secret's bytes come from the caller, are wiped when it is dropped, and are never shown, compared or given back.

use core::fmt;

use hmac::{Hmac, Mac};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::digest::Digest;

/// Longest key that SHA-256 takes into one block, in bytes (RFC 2104).
const BLOCK: usize = 64;

/// 32 secret bytes, kept by whoever may link equal things.
pub struct Secret(Zeroizing<[u8; 32]>);

/// Never shows the bytes.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// From 32 bytes of a secure source of randomness, used for nothing else.
    pub fn new(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    /// The digest of words and bytes under this secret. Each part goes in with its length before it, so that no two lists of
    /// parts run together.
    pub fn digest(&self, words: &[&str], bytes: &[&[u8]]) -> Digest {
        let mut block = Zeroizing::new([0_u8; BLOCK]);
        for (at, byte) in block.iter_mut().zip(self.0.iter()) {
            *at = *byte;
        }
        let mut mac = <Hmac<Sha256> as Mac>::new((&*block).into());
        for part in words.iter().map(|word| word.as_bytes()).chain(bytes.iter().copied()) {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part);
        }
        Digest(mac.finalize().into_bytes().into())
    }

    /// Eight hexadecimal digits that name the secret and tell nothing of it.
    pub fn name(&self) -> String {
        let named = Sha256::digest(self.digest(&["truceline name of a secret"], &[]).0);
        named.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(byte: u8) -> Secret {
        Secret::new(Zeroizing::new([byte; 32]))
    }

    /// The HMAC itself, against the definition of RFC 2104 written out.
    #[test]
    fn it_is_the_standards_hmac() {
        let mut inner = vec![0x36_u8; BLOCK];
        let mut outer = vec![0x5c_u8; BLOCK];
        for at in 0..32 {
            inner[at] ^= 9;
            outer[at] ^= 9;
        }
        inner.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 2]);
        inner.extend_from_slice(b"hi");
        outer.extend_from_slice(&Sha256::digest(&inner));
        assert_eq!(secret(9).digest(&["hi"], &[]).0, <[u8; 32]>::from(Sha256::digest(&outer)));
    }

    #[test]
    fn parts_do_not_run_together_and_secrets_do_not_meet() {
        let one = secret(1);
        assert_ne!(one.digest(&["ab", "c"], &[]), one.digest(&["a", "bc"], &[]));
        assert_eq!(one.digest(&["ab"], &[b"c"]), one.digest(&["ab", "c"], &[]));
        assert_ne!(one.digest(&["ab"], &[]), secret(2).digest(&["ab"], &[]));
        assert_ne!(one.name(), secret(2).name());
    }

    #[test]
    fn it_is_not_shown() {
        assert_eq!(format!("{:?}", secret(0xab)), "Secret(…)");
    }
}
