//! Cosignatures: a witness's word that a checkpoint extends whatever it cosigned before (C2SP `tlog-cosignature`, Ed25519).
//!
//! A cosignature is one more signature on the checkpoint's note, over the note's text and the second in which it was made. Keys and the
//! time come from the caller. Whether a checkpoint deserves one is decided in `witness`; here it is only made and checked.

use ed25519_dalek::{Signature as Ed25519, SignatureError, Signer as _, SigningKey, VerifyingKey};
use signed_note::{Note, NoteError, Signature, Signer, Verifier, VerifierList};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::checkpoint::{CheckpointError, KeyError, check_name};
use crate::fault::reason_of;

/// Timestamped Ed25519 cosignatures are type 4 of `signed-note`.
const KIND: u8 = 4;

/// Bytes of a time and a signature.
const LENGTH: usize = 8 + 64;

/// A witness's signing key and name.
pub struct WitnessSigner {
    name: String,
    key: SigningKey,
    id: u32,
}

/// Never shows the key.
impl core::fmt::Debug for WitnessSigner {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("WitnessSigner").field("name", &self.name).finish_non_exhaustive()
    }
}

impl WitnessSigner {
    /// The witness named `name`, from the 32 secret bytes of an Ed25519 key that it uses for nothing else: what is signed does not
    /// hold its name.
    ///
    /// # Errors
    /// When the name is empty or holds spaces, `+` or control characters.
    pub fn new(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        check_name(name)?;
        let key = SigningKey::from_bytes(seed);
        let id = signed_note::key_id(name, &typed(&key.verifying_key()));
        Ok(Self { name: name.to_owned(), key, id })
    }

    /// The witness's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The public half, as text to hand out: `name+id+base64`.
    #[must_use]
    pub fn verifier_key(&self) -> String {
        let typed = typed(&self.key.verifying_key());
        format!("{}+{:08x}+{}", self.name, self.id, BASE64_STANDARD.encode(typed))
    }

    /// The public half.
    ///
    /// # Errors
    /// None that the name of a signer leaves possible.
    pub fn verifier(&self) -> Result<WitnessVerifier, KeyError> {
        WitnessVerifier::new(&self.verifier_key())
    }

    /// A signature line over a note's text, made at `time` (seconds since 1970-01-01, UTC).
    ///
    /// # Errors
    /// When the bytes are no note, or the time lies beyond 2^63 - 1.
    pub fn cosign(&self, note: &[u8], time: u64) -> Result<Vec<u8>, CheckpointError> {
        let malformed = |reason: String| CheckpointError::Malformed { reason };
        if i64::try_from(time).is_err() {
            return Err(malformed(format!("{time} is no time")));
        }
        let note = Note::from_bytes(note).map_err(|error| malformed(reason_of(&error)))?;
        let at = At { signer: self, time };
        let signature = at.sign(note.text()).map_err(|error| malformed(reason_of(&error)))?;
        let line = Signature::new(self.name.clone(), self.id, signature);
        Ok(line.map_err(|error| malformed(reason_of(&error)))?.to_bytes())
    }
}

/// A signer at a moment, as `signed_note` wants one.
struct At<'s> {
    signer: &'s WitnessSigner,
    time: u64,
}

impl Signer for At<'_> {
    fn name(&self) -> &str {
        &self.signer.name
    }

    fn key_id(&self) -> u32 {
        self.signer.id
    }

    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, SignatureError> {
        let signature = self.signer.key.try_sign(&message(self.time, text))?;
        Ok([self.time.to_be_bytes().as_slice(), signature.to_bytes().as_slice()].concat())
    }
}

/// What is signed: a header, the time, the checkpoint's text.
fn message(time: u64, text: &[u8]) -> Vec<u8> {
    let head = format!("cosignature/v1\ntime {time}\n");
    [head.as_bytes(), text].concat()
}

fn typed(key: &VerifyingKey) -> Vec<u8> {
    [&[KIND], key.as_bytes().as_slice()].concat()
}

/// A witness's public key and name.
#[derive(Clone, PartialEq, Eq)]
pub struct WitnessVerifier {
    name: String,
    id: u32,
    key: VerifyingKey,
}

impl core::fmt::Debug for WitnessVerifier {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("WitnessVerifier").field(&self.verifier_key()).finish()
    }
}

impl WitnessVerifier {
    /// From the text that [`WitnessSigner::verifier_key`] gives; spaces around it are ignored.
    ///
    /// # Errors
    /// When it is no key of a witness; a log's key is none.
    pub fn new(text: &str) -> Result<Self, KeyError> {
        let wrong = |reason: &str| KeyError::VerifierKey { reason: reason.to_owned() };
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(wrong("it has not three parts"));
        };
        check_name(name)?;
        let typed = BASE64_STANDARD.decode(key).map_err(|_| wrong("its last part is no base64"))?;
        let Some((&KIND, key)) = typed.split_first() else {
            return Err(wrong("it is no key for timestamped cosignatures (type 4)"));
        };
        let key: &[u8; 32] = key.try_into().map_err(|_| wrong("the key is not of 32 bytes"))?;
        let key = VerifyingKey::from_bytes(key).map_err(|_| wrong("the key is no point of the curve"))?;
        let computed = signed_note::key_id(name, &typed);
        if id.len() != 8 || u32::from_str_radix(id, 16) != Ok(computed) {
            return Err(wrong("its id is not that of its name and key"));
        }
        Ok(Self { name: name.to_owned(), id: computed, key })
    }

    /// The witness's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key as text: `name+id+base64`.
    #[must_use]
    pub fn verifier_key(&self) -> String {
        format!("{}+{:08x}+{}", self.name, self.id, BASE64_STANDARD.encode(typed(&self.key)))
    }

    /// Whether the other holds the same key, under whatever name.
    #[must_use]
    pub fn same_key(&self, other: &Self) -> bool {
        self.key == other.key
    }

    /// When this witness cosigned the note, in seconds since 1970-01-01 (UTC); `None` when it did not.
    ///
    /// # Errors
    /// When the bytes are no note, or a cosignature under this witness's name and key does not hold.
    pub fn cosigned(&self, note: &[u8]) -> Result<Option<u64>, CheckpointError> {
        let parsed = Note::from_bytes(note)
            .map_err(|error| CheckpointError::Malformed { reason: reason_of(&error) })?;
        match parsed.verify(&VerifierList::new(vec![Box::new(self.clone())])) {
            Err(NoteError::UnverifiedNote) => Ok(None),
            Err(error) => Err(CheckpointError::Signature { reason: reason_of(&error) }),
            Ok((held, _)) => {
                Ok(held.first().and_then(|signature| parts(signature.signature())).map(|(time, _)| time))
            }
        }
    }
}

impl Verifier for WitnessVerifier {
    fn name(&self) -> &str {
        &self.name
    }

    fn key_id(&self) -> u32 {
        self.id
    }

    fn verify(&self, text: &[u8], signature: &[u8]) -> bool {
        parts(signature).is_some_and(|(time, signature)| {
            i64::try_from(time).is_ok() && self.key.verify_strict(&message(time, text), &signature).is_ok()
        })
    }
}

/// The time and the signature in a cosignature's bytes.
fn parts(signature: &[u8]) -> Option<(u64, Ed25519)> {
    if signature.len() != LENGTH {
        return None;
    }
    let (time, signature) = signature.split_at_checked(8)?;
    Some((u64::from_be_bytes(time.try_into().ok()?), Ed25519::from_slice(signature).ok()?))
}

/// How many of these witnesses cosigned a note. A witness that is listed twice counts once.
///
/// # Errors
/// When the bytes are no note, or a cosignature under one of these names and keys does not hold.
pub fn cosigners<'w>(
    note: &[u8],
    witnesses: &'w [WitnessVerifier],
) -> Result<Vec<(&'w str, u64)>, CheckpointError> {
    let mut found: Vec<(&str, u64)> = Vec::new();
    for (index, witness) in witnesses.iter().enumerate() {
        let again = witnesses.iter().take(index).any(|other| other.same_key(witness));
        if let Some(time) = witness.cosigned(note)?
            && !again
        {
            found.push((witness.name(), time));
        }
    }
    Ok(found)
}

/// A note with further signature lines under it, as a witness answered them.
///
/// # Errors
/// When the two together are no note.
pub fn with_signatures(note: &[u8], lines: &[u8]) -> Result<Vec<u8>, CheckpointError> {
    let both = [note, lines].concat();
    let parsed =
        Note::from_bytes(&both).map_err(|error| CheckpointError::Malformed { reason: reason_of(&error) })?;
    let alone =
        Note::from_bytes(note).map_err(|error| CheckpointError::Malformed { reason: reason_of(&error) })?;
    if parsed.text() != alone.text() {
        return Err(CheckpointError::Malformed { reason: "the lines are no signatures".to_owned() });
    }
    Ok(parsed.to_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkpoint::LogSigner;
    use crate::digest::digest_of;

    fn note() -> Vec<u8> {
        let log = LogSigner::new("example.org/log", &[7; 32]).unwrap();
        log.sign_checkpoint(5, digest_of(b"root")).unwrap()
    }

    #[test]
    fn a_cosignature_holds_for_its_note_time_and_key_only() {
        let witness = WitnessSigner::new("witness.example/geneva", &[1; 32]).unwrap();
        let line = witness.cosign(&note(), 1_456_000_000).unwrap();
        let both = with_signatures(&note(), &line).unwrap();
        let geneva = witness.verifier().unwrap();
        assert_eq!(geneva.cosigned(&both), Ok(Some(1_456_000_000)));
        assert_eq!(geneva.cosigned(&note()), Ok(None));
        // The same key under another name, another key under the same name: strangers.
        for (name, seed) in [("witness.example/amman", [1; 32]), ("witness.example/geneva", [2; 32])] {
            let other = WitnessSigner::new(name, &seed).unwrap().verifier().unwrap();
            assert_eq!(other.cosigned(&both), Ok(None));
        }
        // The text and the witness's own line; the log's line between them is the log's to answer for.
        let text = note().windows(2).position(|pair| pair == b"\n\n").unwrap();
        for place in (0..text).chain(note().len()..both.len()) {
            let mut changed = both.clone();
            changed[place] ^= 1;
            assert_ne!(geneva.cosigned(&changed), Ok(Some(1_456_000_000)), "byte {place}");
        }
    }

    #[test]
    fn the_log_still_opens_a_cosigned_checkpoint() {
        let witness = WitnessSigner::new("w", &[1; 32]).unwrap();
        let both = with_signatures(&note(), &witness.cosign(&note(), 1).unwrap()).unwrap();
        let log = LogSigner::new("example.org/log", &[7; 32]).unwrap().verifier().unwrap();
        assert_eq!(log.open(&both), log.open(&note()));
    }

    #[test]
    fn a_witness_listed_twice_counts_once() {
        let [one, two] = [1, 2].map(|seed| WitnessSigner::new(&format!("w{seed}"), &[seed; 32]).unwrap());
        let note = with_signatures(&note(), &one.cosign(&note(), 3).unwrap()).unwrap();
        let keys = [one.verifier().unwrap(), one.verifier().unwrap(), two.verifier().unwrap()];
        assert_eq!(cosigners(&note, &keys), Ok(vec![("w1", 3)]));
    }

    #[test]
    fn keys_are_read_back_and_checked() {
        let witness = WitnessSigner::new("witness.example/geneva", &[1; 32]).unwrap();
        let text = witness.verifier_key();
        assert_eq!(WitnessVerifier::new(&format!(" {text}\n")).unwrap().verifier_key(), text);
        let log = LogSigner::new("witness.example/geneva", &[1; 32]).unwrap().verifier_key();
        for wrong in ["", "a", "a+b", "a+00000000+AAAA", &text[1..], &log, &format!("{text}AAAA")] {
            assert!(WitnessVerifier::new(wrong).is_err(), "{wrong}");
        }
        assert!(witness.cosign(b"no note", 1).is_err() && witness.cosign(&note(), u64::MAX).is_err());
        assert!(!format!("{witness:?}").contains("key"));
    }
}
