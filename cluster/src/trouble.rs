//! What went wrong, in words for whoever called the program: what was tried, what was found, what would be right.
//!
//! Never holds the text of a report or an incident: these words end up in terminals and logs.

use std::fmt;

/// Words that begin every error that comes from the judge inside an executor: trying again would give the same.
pub const FROM_THE_JUDGE: &str = "truceline judge: ";
/// Words that begin every refusal by a scheduler of a program that is not the same as its own.
pub const REFUSED: &str = "truceline refuses: ";

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    words: String,
    lasting: bool,
}

impl Trouble {
    /// Words that say what was found and what would be right.
    #[must_use]
    pub fn new(words: impl Into<String>) -> Self {
        let words = words.into();
        let lasting = words.contains(FROM_THE_JUDGE) || words.contains(REFUSED);
        Self { words, lasting }
    }

    /// An operation of the machine that failed.
    #[must_use]
    pub fn doing(what: impl fmt::Display, error: &dyn fmt::Display) -> Self {
        Self::new(format!("could not {what}: {error}"))
    }

    /// Whether trying again would give the same: the judge or the scheduler has refused, and nothing broke.
    #[must_use]
    pub fn is_lasting(&self) -> bool {
        self.lasting
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl std::error::Error for Trouble {}

/// A value, or trouble.
pub type Fallible<T> = Result<T, Trouble>;
