//! Checkpoints: the size and root of the log as a signed note (C2SP `tlog-checkpoint`, `signed-note`).
//!
//! Keys come from the caller as bytes, and this module draws none itself. It adds no extension lines:
//! witnesses cosign the standard three lines and nothing else. A note may carry other signatures (those
//! of witnesses) beside the log's own; they are left alone here.

use core::fmt;

use ed25519_dalek::{SignatureError, Signer as _, SigningKey, VerifyingKey};
use signed_note::{Note, NoteError, Signer, StandardVerifier, Verifier, VerifierList};

use crate::digest::Digest;
use crate::fault::reason_of;

/// What a checkpoint says: so many entries of this log have this root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name, e.g. `truceline.example/syria-2016`.
    pub origin: String,
    /// Entries covered.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Digest,
}

/// Why a key cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyError {
    /// The origin is empty or holds spaces, `+` or control characters.
    Origin {
        /// The origin as given.
        found: String,
    },
    /// The text is not a verifier key.
    VerifierKey {
        /// What is wrong with it.
        reason: String,
    },
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Origin { found } => write!(
                f,
                "origin `{found}`: wanted a name without spaces, `+` or control characters, like truceline.example/syria-2016"
            ),
            Self::VerifierKey { reason } => {
                write!(f, "not a verifier key (wanted `name+8 hex digits+base64`): {reason}")
            }
        }
    }
}

impl core::error::Error for KeyError {}

/// Why a checkpoint was not signed, or a note is not a checkpoint of this log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckpointError {
    /// The note is malformed.
    Malformed {
        /// What is wrong with it.
        reason: String,
    },
    /// The log's own signature is missing or wrong.
    Signature {
        /// What is wrong with it.
        reason: String,
    },
    /// It is a checkpoint of another log.
    OtherLog {
        /// The origin it names.
        found: String,
    },
}

impl fmt::Display for CheckpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { reason } => write!(f, "not a checkpoint: {reason}"),
            Self::Signature { reason } => write!(f, "not signed by the log's key: {reason}"),
            Self::OtherLog { found } => write!(f, "a checkpoint of another log, `{found}`"),
        }
    }
}

impl core::error::Error for CheckpointError {}

/// The log's signing key and name.
pub struct LogSigner {
    origin: String,
    key: SigningKey,
    id: u32,
}

/// Never shows the key.
impl fmt::Debug for LogSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogSigner").field("origin", &self.origin).finish_non_exhaustive()
    }
}

impl Signer for LogSigner {
    fn name(&self) -> &str {
        &self.origin
    }

    fn key_id(&self) -> u32 {
        self.id
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignatureError> {
        Ok(self.key.try_sign(message)?.to_vec())
    }
}

impl LogSigner {
    /// The signer of the log named `origin`, from the 32 secret bytes of an Ed25519 key.
    pub fn new(origin: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        check_name(origin)?;
        let key = SigningKey::from_bytes(seed);
        let id = signed_note::key_id(origin, &typed_key(&key.verifying_key()));
        Ok(Self { origin: origin.to_owned(), key, id })
    }

    /// The log's name.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The public half, as text to hand out: `name+id+base64`.
    pub fn verifier_key(&self) -> String {
        signed_note::new_ed25519_verifier_key(&self.origin, &self.key.verifying_key())
    }

    /// The public half.
    pub fn verifier(&self) -> Result<LogVerifier, KeyError> {
        LogVerifier::new(&self.verifier_key())
    }

    /// A signed note saying that the first `size` entries have this root.
    pub fn sign_checkpoint(&self, size: u64, root: Digest) -> Result<Vec<u8>, CheckpointError> {
        let text = tlog_tiles::Checkpoint::new(&self.origin, size, tlog_tiles::Hash(root.0), "")
            .map_err(|error| CheckpointError::Malformed { reason: reason_of(&error) })?
            .to_bytes();
        let mut note = Note::new(&text, &[])
            .map_err(|error| CheckpointError::Malformed { reason: reason_of(&error) })?;
        note.add_sigs(&[self]).map_err(|error| CheckpointError::Signature { reason: reason_of(&error) })?;
        Ok(note.to_bytes())
    }
}

/// Whether a log or a witness may be named so in a note.
pub(crate) fn check_name(name: &str) -> Result<(), KeyError> {
    if !signed_note::is_key_name_valid(name) || name.chars().any(char::is_control) {
        return Err(KeyError::Origin { found: name.to_owned() });
    }
    Ok(())
}

/// Ed25519 is type 1 of `signed-note`.
fn typed_key(key: &VerifyingKey) -> Vec<u8> {
    [&[1_u8], key.as_bytes().as_slice()].concat()
}

/// A key that counted before, up to a size.
#[derive(Clone)]
struct Former {
    key: StandardVerifier,
    text: String,
    until: u64,
}

/// The log's public key and name; and, where it came in place of others, those, each up to the size at which it was replaced.
#[derive(Clone)]
pub struct LogVerifier {
    key: StandardVerifier,
    text: String,
    /// By size, and so oldest first.
    former: Vec<Former>,
}

impl fmt::Debug for LogVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LogVerifier").field(&self.text).finish()
    }
}

impl LogVerifier {
    /// From the text that [`LogSigner::verifier_key`] gives; spaces around it are ignored.
    pub fn new(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let key = StandardVerifier::new(text)
            .map_err(|error| KeyError::VerifierKey { reason: reason_of(&error) })?;
        Ok(Self { key, text: text.to_owned(), former: Vec::new() })
    }

    /// Believes also what an earlier key of the same log signed over at most `until` entries. A key of another log changes nothing.
    #[must_use]
    pub fn after(mut self, earlier: &Self, until: u64) -> Self {
        if earlier.origin() == self.origin() {
            self.former.push(Former { key: earlier.key.clone(), text: earlier.text.clone(), until });
            self.former.sort_by_key(|former| former.until);
        }
        self
    }

    /// The earlier keys that are believed, oldest first, each with the size up to which it counts.
    pub fn former(&self) -> impl Iterator<Item = (&str, u64)> {
        self.former.iter().map(|former| (former.text.as_str(), former.until))
    }

    /// The key that counts over so many entries, as text.
    #[must_use]
    pub fn key_over(&self, size: u64) -> &str {
        let former = self.former.iter().find(|former| size <= former.until);
        former.map_or(&self.text, |former| &former.text)
    }

    /// Whether an earlier key signed the note, whatever its size.
    #[must_use]
    pub fn signed_before(&self, note: &[u8]) -> bool {
        self.former.iter().any(|former| self.opened_by(&former.key, note).is_ok())
    }

    /// The log's name.
    pub fn origin(&self) -> &str {
        self.key.name()
    }

    /// The key as text: `name+id+base64`.
    pub fn verifier_key(&self) -> &str {
        &self.text
    }

    /// Checks the log's signature on a note and reads the checkpoint in it. Of an earlier key what it signed counts up to its size.
    pub fn open(&self, note: &[u8]) -> Result<Checkpoint, CheckpointError> {
        let error = match self.open_itself(note) {
            Err(error @ CheckpointError::Signature { .. }) => error,
            done => return done,
        };
        let earlier = |former: &Former| {
            self.opened_by(&former.key, note).ok().filter(|opened| opened.size <= former.until)
        };
        self.former.iter().find_map(earlier).ok_or(error)
    }

    /// As [`LogVerifier::open`], by this key alone.
    ///
    /// # Errors
    /// As there.
    pub fn open_itself(&self, note: &[u8]) -> Result<Checkpoint, CheckpointError> {
        self.opened_by(&self.key, note)
    }

    fn opened_by(&self, key: &StandardVerifier, note: &[u8]) -> Result<Checkpoint, CheckpointError> {
        let note = Note::from_bytes(note)
            .map_err(|error| CheckpointError::Malformed { reason: reason_of(&error) })?;
        let known = VerifierList::new(vec![Box::new(key.clone())]);
        note.verify(&known).map_err(|error| match error {
            NoteError::MalformedNote => CheckpointError::Malformed { reason: reason_of(&error) },
            _ => CheckpointError::Signature { reason: reason_of(&error) },
        })?;
        let checkpoint = tlog_tiles::Checkpoint::from_bytes(note.text())
            .map_err(|error| CheckpointError::Malformed { reason: reason_of(&error) })?;
        if checkpoint.origin() != self.origin() {
            return Err(CheckpointError::OtherLog { found: checkpoint.origin().to_owned() });
        }
        Ok(Checkpoint {
            origin: checkpoint.origin().to_owned(),
            size: checkpoint.size(),
            root: Digest(checkpoint.hash().0),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::digest_of;

    #[test]
    fn a_checkpoint_opens_under_its_own_key_only() {
        let signer = LogSigner::new("example.org/log", &[7; 32]).unwrap();
        let note = signer.sign_checkpoint(5, digest_of(b"root")).unwrap();
        let opened = signer.verifier().unwrap().open(&note).unwrap();
        assert_eq!((opened.size, opened.root), (5, digest_of(b"root")));

        let other = LogSigner::new("example.org/log", &[8; 32]).unwrap().verifier().unwrap();
        assert!(matches!(other.open(&note), Err(CheckpointError::Signature { .. })));
    }

    #[test]
    fn any_changed_byte_of_a_note_is_refused() {
        let signer = LogSigner::new("example.org/log", &[7; 32]).unwrap();
        let verifier = signer.verifier().unwrap();
        let note = signer.sign_checkpoint(123_456, digest_of(b"root")).unwrap();
        for place in 0..note.len() {
            let mut changed = note.clone();
            changed[place] ^= 1;
            assert!(verifier.open(&changed).is_err(), "byte {place}");
        }
    }

    #[test]
    fn origins_and_keys_are_checked() {
        for origin in ["", "a b", "a+b", "a\nb", "a\u{7}b"] {
            assert!(LogSigner::new(origin, &[1; 32]).is_err(), "{origin:?}");
        }
        assert!(LogVerifier::new("example.org/log+00000000+AAAA").is_err());
        assert!(!format!("{:?}", LogSigner::new("example.org/log", &[7; 32]).unwrap()).contains("07"));
    }
}
