//! Why something could not be sealed, released or opened. No reason shows a name, a key or a share.

use core::fmt;

/// Why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SealError {
    /// The group of holders cannot seal.
    Group {
        /// What is wrong with it.
        reason: String,
    },
    /// No name, or one that is too long.
    Name,
    /// The sealed name is malformed.
    Malformed {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The key is not of this form.
    Key {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The key is none of the holders' of this sealed name.
    NotAHolder,
    /// The release was given for another request, or another sealed name.
    OtherRequest,
    /// Too few holders have released.
    TooFew {
        /// How many have.
        have: usize,
        /// How many must.
        need: usize,
    },
    /// Decryption failed: a wrong key, or changed bytes.
    Undecipherable,
    /// The system has no randomness.
    Randomness,
}

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Group { reason } => write!(f, "holders: {reason}"),
            Self::Name => f.write_str("the name of a source has 1 to 400 bytes"),
            Self::Malformed { reason } => write!(f, "no sealed name: {reason}"),
            Self::Key { reason } => write!(f, "no key: {reason}"),
            Self::NotAHolder => f.write_str("this key holds no share of this source; ask who does"),
            Self::OtherRequest => f.write_str("it was released for another request"),
            Self::TooFew { have, need } => write!(f, "{have} of {need} holders have released their share"),
            Self::Undecipherable => f.write_str("it cannot be decrypted: a wrong key, or changed bytes"),
            Self::Randomness => f.write_str("the system gives no randomness"),
        }
    }
}

impl core::error::Error for SealError {}
