//! Salts, and the store's own secret: drawn here, since the pure crates and the store draw nothing.
//!
//! Never prints a secret, a salt or a value. The secret is drawn once a store; a store that has used one and lost it is not written to, since every
//! report that it knows would be logged a second time.

use serde_json::Value;
use truceline_record::{DISCLOSURE_SALT, RAW_SALT, Secret};
use truceline_store::{Store, keep_store_secret, store_secret};
use zeroize::Zeroizing;

use crate::failure::Failure;

/// Bytes of the system's source of randomness.
///
/// # Errors
/// When it has none.
pub(crate) fn draw<const N: usize>() -> Result<[u8; N], Failure> {
    let mut bytes = [0_u8; N];
    getrandom::fill(&mut bytes).map_err(|e| Failure::operation("draw random bytes", &e))?;
    Ok(bytes)
}

/// A secret of 32 bytes, wiped when it is dropped.
///
/// # Errors
/// When the system has no randomness.
pub(crate) fn draw_secret() -> Result<Zeroizing<[u8; 32]>, Failure> {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    getrandom::fill(&mut *bytes).map_err(|e| Failure::operation("draw a secret", &e))?;
    Ok(bytes)
}

/// A salt for a field.
///
/// # Errors
/// As [`draw`].
pub(crate) fn field_salt() -> Result<[u8; DISCLOSURE_SALT], Failure> {
    draw()
}

/// A salt for bytes as they came.
///
/// # Errors
/// As [`draw`].
pub(crate) fn raw_salt() -> Result<[u8; RAW_SALT], Failure> {
    draw()
}

/// The secret of a store that is open for writing; drawn when the store has never had one.
///
/// # Errors
/// When it cannot be read or kept, or was lost.
pub(crate) fn of(store: &Store) -> Result<Secret, Failure> {
    let fail = |e: truceline_store::OpenError| Failure::operation("read the store's secret", &e);
    if let Some(seed) = store_secret(store.dir(), store.origin()).map_err(fail)? {
        return Ok(Secret::new(seed));
    }
    if let Some(n) = used_in(store)? {
        return Err(Failure::operation(
            "write to the store",
            &format!(
                "store.secret is gone, and entry {n} was logged under it: without it every report that the store knows would be logged \
                 again. Put it back from where the folder was copied, moved or backed up; nothing was written"
            ),
        ));
    }
    let seed = draw_secret()?;
    keep_store_secret(store.dir(), store.origin(), &seed)
        .map_err(|e| Failure::operation("keep the store's secret", &e))?;
    Ok(Secret::new(seed))
}

/// The first entry that was logged under a secret. Read only when the secret is not there.
fn used_in(store: &Store) -> Result<Option<u64>, Failure> {
    let fail = |e: &dyn std::fmt::Display| Failure::operation("read the log", e);
    let length = store.len().map_err(|e| fail(&e))?;
    for stored in store.entries(0..length) {
        let entry = stored.and_then(|s| s.decode()).map_err(|e| fail(&e))?;
        let salted = entry.body.get("raw").and_then(Value::as_str) == Some("salted");
        // What has no key was logged without the secret: a changed key of the log, a note at the command line.
        if entry.key.is_some() && (salted || entry.body.get("fields").is_some()) {
            return Ok(Some(entry.n));
        }
    }
    Ok(None)
}
