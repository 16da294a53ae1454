//! Whether the truce holds in an area. Silence is not calm: where nobody looked, the word is *not observed*.

use std::collections::BTreeSet;

use crate::{AreaId, IncidentId, Interval, SourceId};

/// The state of an area over a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holding {
    /// Watched, and nothing that may have been prohibited.
    Holding,
    /// Some.
    Fraying,
    /// On most days.
    Collapsed,
    /// Nobody reported from there: nothing can be said.
    NotObserved,
}

impl Holding {
    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Holding => "holding",
            Self::Fraying => "fraying",
            Self::Collapsed => "collapsed",
            Self::NotObserved => "not-observed",
        }
    }
}

/// The state of one area, with the figures behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AreaStatus {
    /// The area.
    pub area: AreaId,
    /// Its state.
    pub holding: Holding,
    /// Over which time.
    pub window: Interval,
    /// Incidents of the window found prohibited under at least one reading.
    pub prohibited: BTreeSet<IncidentId>,
    /// Incidents of the window undetermined under at least one reading and prohibited under none.
    pub undetermined: BTreeSet<IncidentId>,
    /// Incidents of the window that no clause reaches under any reading, or none forbids.
    pub others: BTreeSet<IncidentId>,
    /// Local days of the window with an incident prohibited or undetermined.
    pub days: u32,
    /// Sources that reported from there, or are recorded as watching it.
    pub observed_by: BTreeSet<SourceId>,
}
