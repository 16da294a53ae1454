//! Truth of one question in many clauses at once: two bits a clause, *holds* and *may hold*.
//!
//! Kleene's logic on whole words: unknown is *may hold* without *holds*. Arithmetic only; what a bit stands for is the sheet's.

use truceline_model::Truth;

/// How many clauses stand side by side in one lane.
pub(super) const WIDTH: usize = 64;

/// One bit for each of 64 clauses.
pub(super) type Lane = u64;

/// The lane with only that bit.
pub(super) fn bit(place: usize) -> Lane {
    1 << (place % WIDTH)
}

/// Truth in 64 clauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pair {
    /// It holds.
    pub(super) t: Lane,
    /// It holds or may.
    pub(super) m: Lane,
}

impl Pair {
    /// False everywhere.
    pub(super) const FALSE: Self = Self { t: 0, m: 0 };
    /// True everywhere.
    pub(super) const TRUE: Self = Self { t: Lane::MAX, m: Lane::MAX };
    /// Unknown everywhere.
    pub(super) const UNKNOWN: Self = Self { t: 0, m: Lane::MAX };

    pub(super) fn and(self, other: Self) -> Self {
        Self { t: self.t & other.t, m: self.m & other.m }
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self { t: self.t | other.t, m: self.m | other.m }
    }

    pub(super) fn not(self) -> Self {
        Self { t: !self.m, m: !self.t }
    }

    /// Where the lane has a bit this, elsewhere the other.
    pub(super) fn only(self, within: Lane, elsewhere: Self) -> Self {
        Self { t: self.t & within | elsewhere.t & !within, m: self.m & within | elsewhere.m & !within }
    }

    /// Raises the truth of all these bits to at least this.
    pub(super) fn put_all(&mut self, bits: Lane, truth: Truth) {
        self.m |= bits & Lane::from(truth != Truth::False).wrapping_neg();
        self.t |= bits & Lane::from(truth == Truth::True).wrapping_neg();
    }

    /// Raises the truth at a place to at least this.
    pub(super) fn put(&mut self, place: usize, truth: Truth) {
        self.put_all(bit(place), truth);
    }

    /// Lowers the truth at a place to at most this.
    pub(super) fn lower(&mut self, place: usize, truth: Truth) {
        self.t &= if truth == Truth::True { Lane::MAX } else { !bit(place) };
        self.m &= if truth == Truth::False { !bit(place) } else { Lane::MAX };
    }
}
