//! Why a command could not do what it was asked: whose fault, and what to do. The four kinds of error meet here and stay
//! apart: bad input is data (diagnostics), not known is a finding; only wrong calls and an unwilling machine end a command.

use std::fmt;

use crate::cli::{EXIT_FOUND, EXIT_OPERATION, EXIT_USAGE};

/// A command that ended early.
#[derive(Debug)]
pub(crate) struct Failure {
    say: String,
    code: u8,
}

impl Failure {
    /// The call was wrong: it says what would be right.
    pub(crate) fn usage(say: impl Into<String>) -> Self {
        Self { say: say.into(), code: EXIT_USAGE }
    }

    /// Nothing has that name.
    pub(crate) fn not_found(say: impl Into<String>) -> Self {
        Self { say: say.into(), code: EXIT_FOUND }
    }

    /// The machine would not: what was tried, and what it said.
    pub(crate) fn operation(tried: &str, error: &dyn fmt::Display) -> Self {
        Self { say: format!("could not {tried}: {error}"), code: EXIT_OPERATION }
    }

    /// Nobody reads the output any more: an end, and no fault.
    pub(crate) fn unread() -> Self {
        Self { say: String::new(), code: 0 }
    }

    /// Exit code for it.
    pub(crate) fn code(&self) -> u8 {
        self.code
    }

    /// Whether the caller can mend it.
    pub(crate) fn is_usage(&self) -> bool {
        self.code == EXIT_USAGE
    }

    /// Whether nothing has that name.
    pub(crate) fn is_not_found(&self) -> bool {
        self.code == EXIT_FOUND
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say)
    }
}
