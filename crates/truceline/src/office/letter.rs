//! What an office sends: an extract of its log with what it saw of the centre's, encrypted to the centre (age, X25519).
//!
//! A line or a stick in other hands shows that something was sent and how long it is, never what. The key that opens letters is drawn by the
//! centre, lies in its folder, readable by its owner only, and is never printed.

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use age::secrecy::ExposeSecret as _;
use age::x25519::{Identity, Recipient};
use truceline_record::{EXTRACT_LIMIT, Extract};

use crate::failure::Failure;

/// The file of the key in a centre's folder.
const KEY: &str = "letters.key";

/// Longest letter, in bytes; encryption adds little.
pub(crate) const LETTER_LIMIT: usize = EXTRACT_LIMIT + (1 << 20);

/// What is in a letter.
#[derive(Debug)]
pub(crate) struct Letter {
    /// How many entries of the centre's log the office saw signed.
    pub(crate) seen: u64,
    /// The extract of its own log.
    pub(crate) extract: Extract,
}

impl Letter {
    /// Encrypts it.
    ///
    /// # Errors
    /// When it is too long.
    pub(crate) fn sealed(&self, recipient: &Recipient) -> Result<Vec<u8>, Failure> {
        let fail = |e: &dyn std::fmt::Display| Failure::operation("write the letter", e);
        let mut plain = format!("seen {}\n", self.seen).into_bytes();
        plain.extend(self.extract.to_bytes().map_err(|e| fail(&e))?);
        age::encrypt(recipient, &plain).map_err(|e| fail(&e))
    }

    /// Opens one; in words what is wrong with it.
    pub(crate) fn opened(sealed: &[u8], identity: &Identity) -> Result<Self, String> {
        if sealed.len() > LETTER_LIMIT {
            return Err(format!("a letter holds at most {} MiB", LETTER_LIMIT >> 20));
        }
        let none = || "it is no letter to this centre".to_owned();
        let plain = open_bounded(sealed, identity).ok_or_else(none)?;
        let end = plain.iter().take(32).position(|byte| *byte == b'\n').ok_or_else(none)?;
        let (head, rest) = plain.split_at_checked(end).ok_or_else(none)?;
        let head = std::str::from_utf8(head).ok().and_then(|head| head.strip_prefix("seen "));
        let seen = head.and_then(|number| number.parse().ok()).ok_or_else(none)?;
        let extract = Extract::parse(rest.get(1..).unwrap_or_default()).map_err(|e| e.to_string())?;
        Ok(Self { seen, extract })
    }
}

fn open_bounded(sealed: &[u8], identity: &Identity) -> Option<Vec<u8>> {
    let decryptor = age::Decryptor::new_buffered(sealed).ok()?;
    let mut plain = Vec::new();
    let reader = decryptor.decrypt(std::iter::once(identity as &dyn age::Identity)).ok()?;
    reader.take(LETTER_LIMIT as u64 + 1).read_to_end(&mut plain).ok()?;
    (plain.len() <= LETTER_LIMIT).then_some(plain)
}

/// Reads a recipient as a centre prints it.
///
/// # Errors
/// When it is none.
pub(crate) fn recipient(text: &str) -> Result<Recipient, Failure> {
    text.parse()
        .map_err(|e| Failure::usage(format!("--recipient: {e}; write age1… as the centre printed it")))
}

/// The key that opens letters to this centre; drawn when there is none yet.
///
/// # Errors
/// When the file cannot be read or written, or others may read it.
pub(crate) fn identity(store: &Path) -> Result<Identity, Failure> {
    let path = store.join(KEY);
    let fail = |e: &dyn std::fmt::Display| Failure::operation(&format!("use {}", path.display()), e);
    if !path.exists() {
        let drawn = Identity::generate();
        let beside = store.join("letters.key.unfinished");
        // What a kill left half written is nobody's key yet.
        let _ = fs::remove_file(&beside);
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&beside)
            .map_err(|e| fail(&e))?;
        let text = drawn.to_string();
        let written = file.write_all(text.expose_secret().as_bytes()).and_then(|()| file.sync_all());
        written.and_then(|()| fs::rename(&beside, &path)).map_err(|e| fail(&e))?;
        fs::File::open(store).and_then(|folder| folder.sync_all()).map_err(|e| fail(&e))?;
        return Ok(drawn);
    }
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(&path).map_err(|e| fail(&e))?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(fail(
            &"others may read it; see who has, then chmod 600 it, or remove it to draw a new one",
        ));
    }
    let text = crate::files::text(&path, 1000).map_err(|e| fail(&e))?;
    text.trim().parse().map_err(|e: &str| fail(&e))
}
