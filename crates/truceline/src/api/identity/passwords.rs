//! Passwords: what is kept of one, and whether a password is the one that was kept.
//!
//! Kept is what Argon2id makes of it under a salt of its own, with what that cost, so that what costs more later opens what was kept before. A name
//! that nobody has costs as much time as a wrong password. Nothing here is in the log, in a copy of it, or shown.

use argon2::{Algorithm, Argon2, Params, Version};
use serde_json::{Value, json};
use subtle::ConstantTimeEq as _;
use truceline_record::Digest;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::secrets;

/// Fewest letters, and most bytes.
const LEAST: usize = 12;
const MOST: usize = 256;
/// What one try costs: memory in KiB, and passes over it (RFC 9106, the second recommendation, with one lane).
const MEMORY: u32 = 64 * 1024;
const PASSES: u32 = 3;
/// Most that a kept password may ask for: a file that somebody changed must not use up the machine.
const LIMITS: (u32, u32) = (256 * 1024, 16);

/// What is kept of a password.
#[derive(Clone)]
pub(crate) struct Kept {
    memory: u32,
    passes: u32,
    salt: [u8; 32],
    hash: [u8; 32],
}

/// A password as it was typed, in the one form that the same letters have however a keyboard composes them; wiped when it is dropped.
pub(crate) fn typed(text: &str) -> Zeroizing<String> {
    let mut form = Zeroizing::new(String::with_capacity(4 * MOST));
    form.extend(text.nfc().take(MOST + 1));
    form
}

fn derived(
    memory: u32,
    passes: u32,
    salt: &[u8; 32],
    password: &str,
) -> Result<Zeroizing<[u8; 32]>, Failure> {
    let fail = |e: argon2::Error| Failure::operation("work on a password", &e);
    let params = Params::new(memory, passes, 1, Some(32)).map_err(fail)?;
    let mut hash = Zeroizing::new([0; 32]);
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon.hash_password_into(password.as_bytes(), salt, &mut *hash).map_err(fail)?;
    Ok(hash)
}

impl Kept {
    /// Makes what is kept of a password.
    ///
    /// # Errors
    /// When it is too short or too long, or the system has no randomness.
    pub(crate) fn of(password: &str) -> Result<Self, Failure> {
        let password = typed(password);
        if password.chars().count() < LEAST || password.len() > MOST || password.chars().any(char::is_control)
        {
            let say = format!(
                "a password has at least {LEAST} letters and at most {MOST} bytes; several words are easiest to keep in mind"
            );
            return Err(Failure::usage(say));
        }
        let salt = secrets::draw()?;
        let hash = *derived(MEMORY, PASSES, &salt, &password)?;
        Ok(Self { memory: MEMORY, passes: PASSES, salt, hash })
    }

    /// Whether a password is the one that was kept; without one that was, as long a time and no.
    ///
    /// # Errors
    /// When it cannot be worked on.
    pub(crate) fn fits(kept: Option<&Self>, password: &str) -> Result<bool, Failure> {
        let nobodys = Self { memory: MEMORY, passes: PASSES, salt: [0; 32], hash: [0; 32] };
        let held = kept.unwrap_or(&nobodys);
        let is_short = password.len() <= MOST;
        let password = typed(if is_short { password } else { "" });
        let hash = derived(held.memory, held.passes, &held.salt, &password)?;
        Ok(bool::from(hash.ct_eq(&held.hash)) && is_short && kept.is_some())
    }

    /// Reads what a file holds.
    pub(crate) fn read(value: &Value) -> Option<Self> {
        let number = |name: &str, most: u32| {
            let number = u32::try_from(value.get(name)?.as_u64()?).ok()?;
            (1..=most).contains(&number).then_some(number)
        };
        let bytes = |name: &str| value.get(name)?.as_str()?.parse::<Digest>().ok().map(|digest| digest.0);
        Some(Self {
            memory: number("memory_kib", LIMITS.0)?,
            passes: number("passes", LIMITS.1)?,
            salt: bytes("salt")?,
            hash: bytes("argon2id")?,
        })
    }

    /// As a file holds it.
    pub(crate) fn write(&self) -> Value {
        let (salt, hash) = (Digest(self.salt).to_string(), Digest(self.hash).to_string());
        json!({ "memory_kib": self.memory, "passes": self.passes, "salt": salt, "argon2id": hash })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_opens_however_its_letters_are_composed() {
        let kept = Kept::of("тихая \u{439} вода ночью").unwrap();
        let kept = Kept::read(&kept.write()).unwrap();
        assert!(Kept::fits(Some(&kept), "тихая \u{438}\u{306} вода ночью").unwrap(), "й in two parts");
        for wrong in ["тихая и вода ночью", "", "Тихая й вода ночью", &"x".repeat(100_000)]
        {
            assert!(!Kept::fits(Some(&kept), wrong).unwrap());
        }
        assert!(!Kept::fits(None, "").unwrap() && !Kept::fits(None, "anything at all").unwrap());
        let again = Kept::of("тихая \u{439} вода ночью").unwrap();
        assert_ne!(again.write(), kept.write(), "a salt of its own");
    }

    #[test]
    fn what_is_too_short_too_long_or_would_cost_too_much_is_refused() {
        for wrong in ["", "short", "elevenletts", &"x".repeat(257), "with a\nnew line in it"] {
            assert!(Kept::of(wrong).err().unwrap().is_usage(), "{wrong}");
        }
        let mut dear = Kept::of("twelve letters").unwrap().write();
        dear["memory_kib"] = json!(4_000_000);
        assert!(Kept::read(&dear).is_none());
    }
}
