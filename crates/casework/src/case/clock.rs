//! The clock of a step: by which rule it runs, from when, until when, and what stopped it.
//!
//! Overdue is never stored: a clock knows when it ends, and whoever asks knows what time it is.

use truceline_model::{Instant, Length};

/// What stopped a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stopped {
    /// They acted, by this entry.
    Acted(u64),
    /// They did not agree, as of this entry.
    Deadlocked(u64),
    /// Nobody was left who had not stepped aside.
    SteppedAside,
    /// The allegation was taken back, by this entry.
    Withdrawn(u64),
    /// It ran out.
    Lapsed,
}

impl Stopped {
    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Acted(_) => "acted",
            Self::Deadlocked(_) => "deadlock",
            Self::SteppedAside => "stepped-aside",
            Self::Withdrawn(_) => "withdrawn",
            Self::Lapsed => "lapsed",
        }
    }

    /// The entry that did it, when one did.
    #[must_use]
    pub fn entry(self) -> Option<u64> {
        match self {
            Self::Acted(entry) | Self::Deadlocked(entry) | Self::Withdrawn(entry) => Some(entry),
            Self::SteppedAside | Self::Lapsed => None,
        }
    }
}

/// One clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// The step.
    pub step: String,
    /// How long, as the terms say it.
    pub within: Length,
    /// From what: `opening`, or a step.
    pub of: String,
    /// When it began (UTC); `None` in `started_by`: it began when another clock ran out.
    pub started: Instant,
    /// The entry that began it.
    pub started_by: Option<u64>,
    /// Until when (UTC): whoever acts in that very second is in time.
    pub due: Instant,
    /// When it was lengthened, by which entry, and until when it ran before.
    pub extended: Option<(u64, Instant)>,
    /// When it stopped, and why.
    pub stopped: Option<(Instant, Stopped)>,
    /// The entry that told the record that it had run out.
    pub recorded: Option<u64>,
}
