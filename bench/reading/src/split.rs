//! Which rows are held out: by a hash of their own name, so that no order of a file and no later row changes it.
//!
//! FNV-1a of the name, 64 bits; held out when the hash modulo 5 is 0. A reader may be developed on the rest; the held-out part is
//! scored, never read.

/// Whether a row of that name is held out.
#[must_use]
pub fn held(name: &str) -> bool {
    hash(name).is_multiple_of(5)
}

/// Whether a document of MUC-4's train part is one of the third that weights are only measured on.
#[must_use]
pub fn third(name: &str) -> bool {
    hash(name).is_multiple_of(3)
}

/// FNV-1a, 64 bits.
pub(crate) fn hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
