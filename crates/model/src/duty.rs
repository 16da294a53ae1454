//! Duties that are met rather than broken: what is due of whom and when, and the counts by which it is met.
//!
//! A due item says what the terms ask; never whether it was done, which is casework's to read out of the record.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::{Act, ActorId, Bounds, ClauseId, Instant, Interval, MeasureId, Outcome, ReadingId, Truth};

/// How a count compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Compare {
    /// `at-least`
    AtLeast,
    /// `at-most`
    AtMost,
    /// `more-than`
    MoreThan,
    /// `fewer-than`
    FewerThan,
    /// `exactly`
    Exactly,
}

impl Compare {
    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AtLeast => "at-least",
            Self::AtMost => "at-most",
            Self::MoreThan => "more-than",
            Self::FewerThan => "fewer-than",
            Self::Exactly => "exactly",
        }
    }

    /// Whether more can only help: what a part of the time has reached already holds for all of it.
    #[must_use]
    pub fn grows(self) -> bool {
        matches!(self, Self::AtLeast | Self::MoreThan)
    }
}

/// A count and what it is compared with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Counted {
    /// What is counted.
    pub measure: MeasureId,
    /// How it compares.
    pub compare: Compare,
    /// With this many.
    pub number: u32,
    /// For each of these: a ratio.
    pub per: Option<MeasureId>,
}

impl fmt::Display for Counted {
    /// `lorries at-least 600`, `prisoners at-least 30 per hostages`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.measure, self.compare.as_str(), self.number)?;
        self.per.as_ref().map_or(Ok(()), |per| write!(f, " per {per}"))
    }
}

impl Counted {
    /// Whether a comparison holds for every number of a range, for none, or for some.
    #[must_use]
    pub fn holds(&self, range: (u64, Option<u64>), per: Option<(u64, Option<u64>)>) -> Truth {
        let n = u64::from(self.number);
        let (low, high) = match per {
            None => (n, Some(n)),
            // None for each is none, however many there are.
            Some(_) if n == 0 => (0, Some(0)),
            Some((low, high)) => (n.saturating_mul(low), high.map(|high| n.saturating_mul(high))),
        };
        let (min, max) = range;
        // Whether every number of the one is below (or not above) every number of the other.
        let below = |a: Option<u64>, b: u64| a.is_some_and(|a| a < b);
        let up_to = |a: Option<u64>, b: u64| a.is_some_and(|a| a <= b);
        let three = |yes: bool, no: bool| {
            if yes {
                Truth::True
            } else if no {
                Truth::False
            } else {
                Truth::Unknown
            }
        };
        match self.compare {
            Compare::AtLeast => three(up_to(high, min), below(max, low)),
            Compare::FewerThan => three(below(max, low), up_to(high, min)),
            Compare::MoreThan => three(below(high, min), up_to(max, low)),
            Compare::AtMost => three(up_to(max, low), below(high, min)),
            Compare::Exactly => {
                let one = max == Some(min) && high == Some(low) && min == low;
                // Of n for each only multiples can be: the first from both starts on must not lie beyond an end.
                let step = if per.is_some() { n.max(1) } else { 1 };
                let first = min.max(low).div_ceil(step).saturating_mul(step);
                three(one, below(max, first) || below(high, first))
            }
        }
    }
}

/// When something is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DueAt {
    /// By this moment; what is done at it is late.
    By(Instant),
    /// In this local day, anew each day.
    Day(Interval),
}

impl DueAt {
    /// From when on it can be told that it was not met.
    #[must_use]
    pub fn passed(self) -> Instant {
        match self {
            Self::By(by) => by,
            Self::Day(day) => day.end(),
        }
    }
}

/// What the terms say, under one reading, of leaving undone what is due, nothing else being known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undone {
    /// Left undone when it was due.
    pub at_due: Outcome,
    /// Left undone still, at the moment asked for; the same when that has not come.
    pub now: Outcome,
}

/// One thing that the terms ask of one party at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The clause that asks.
    pub clause: ClauseId,
    /// Of whom: a side that the clause binds.
    pub respondent: ActorId,
    /// The acts that fulfil it.
    pub acts: BTreeSet<Act>,
    /// The words for leaving it undone.
    pub failures: BTreeSet<Act>,
    /// When.
    pub at: DueAt,
    /// How many; all of these. Empty: the terms give no number.
    pub counting: Vec<Counted>,
    /// What the terms say of leaving it undone, by reading.
    pub undone: BTreeMap<ReadingId, Undone>,
    /// What that turns on, as keys of facts; empty when it turns on nothing open.
    pub turns_on: BTreeSet<String>,
}

impl Due {
    /// Readings under which leaving it undone is prohibited, at its time or by now.
    pub fn prohibiting(&self) -> impl Iterator<Item = &ReadingId> {
        let prohibits = |undone: &Undone| [undone.at_due, undone.now].contains(&Outcome::Prohibited);
        self.undone.iter().filter(move |(_, undone)| prohibits(undone)).map(|(reading, _)| reading)
    }
}

/// Bounds as a range of whole numbers, as counts compare them.
#[must_use]
pub fn range(bounds: Bounds) -> (u64, Option<u64>) {
    (u64::from(bounds.min), bounds.max.map(u64::from))
}
