//! Who holds shares, and how many of them open: checked before anything is sealed, since afterwards it is too late.

use std::collections::BTreeSet;

use age::secrecy::ExposeSecret as _;
use age::x25519::{Identity, Recipient};
use zeroize::Zeroizing;

use crate::errors::SealError;

/// Most holders of a group.
pub const HOLDERS_MOST: usize = 32;

/// One holder of shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// A role or pseudonym, as the mission names it.
    pub name: String,
    /// The public half of its key: `age1…`.
    pub recipient: String,
}

/// Holders of whom so many open together.
#[derive(Clone, Debug)]
pub struct Group {
    pub(crate) holders: Vec<(Holder, Recipient)>,
    pub(crate) open_by: usize,
}

impl Group {
    /// A group that can seal: two must open at least, nobody holds two shares, and there are as many holders as must open.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn new(holders: &[Holder], open_by: u64) -> Result<Self, SealError> {
        let wrong = |reason: String| SealError::Group { reason };
        let wanted = usize::try_from(open_by).unwrap_or(usize::MAX);
        if wanted < 2 {
            return Err(wrong("open-by is at least 2: one person alone never opens a source".to_owned()));
        }
        if holders.len() < wanted || holders.len() > HOLDERS_MOST {
            return Err(wrong(format!(
                "{} are named and {open_by} must open; name {open_by} to {HOLDERS_MOST} of them",
                holders.len()
            )));
        }
        let (mut names, mut keys) = (BTreeSet::new(), BTreeSet::new());
        let mut all = Vec::with_capacity(holders.len());
        for holder in holders {
            let recipient: Recipient = holder.recipient.parse().map_err(|_| {
                wrong(format!(
                    "\"{}\": the recipient looks like age1…, as truceline seal init-holder prints it",
                    holder.name
                ))
            })?;
            if holder.name.trim().is_empty() || !names.insert(holder.name.trim()) {
                return Err(wrong(format!("\"{}\" is named twice, or is no name", holder.name)));
            }
            if !keys.insert(recipient.to_string()) {
                return Err(wrong(format!(
                    "\"{}\" has the key of another holder: that would be one person twice",
                    holder.name
                )));
            }
            all.push((holder.clone(), recipient));
        }
        Ok(Self { holders: all, open_by: wanted })
    }
}

/// Draws a key: its secret half as text (`AGE-SECRET-KEY-1…`), and the public half.
pub fn new_holder() -> (Zeroizing<String>, String) {
    let identity = Identity::generate();
    let public = identity.to_public().to_string();
    (Zeroizing::new(identity.to_string().expose_secret().to_owned()), public)
}

/// The public half of a secret key.
///
/// # Errors
/// When the text is none.
pub fn recipient_of(secret: &str) -> Result<String, SealError> {
    Ok(identity(secret)?.to_public().to_string())
}

pub(crate) fn identity(secret: &str) -> Result<Identity, SealError> {
    let line = secret.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    line.and_then(|line| line.parse().ok())
        .ok_or(SealError::Key { reason: "a holder's key is a line AGE-SECRET-KEY-1…" })
}
