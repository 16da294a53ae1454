//! Truth of one question in many clauses at once: two bits a clause, *holds* and *may hold*.
//!
//! Kleene's logic on whole words: unknown is *may hold* without *holds*. Arithmetic only; what a bit stands for is the sheet's.

use truceline_model::Truth;

/// Words of a lane: 512 clauses under a reading stand side by side.
const WORDS: usize = 8;

/// One bit for each of 512 clauses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Lane(pub(super) [u64; WORDS]);

/// How many clauses one lane holds.
pub(super) const WIDTH: usize = WORDS * 64;

impl Lane {
    /// No bit.
    pub(super) const NONE: Self = Self([0; WORDS]);
    /// Every bit.
    pub(super) const ALL: Self = Self([u64::MAX; WORDS]);

    fn with(self, other: Self, join: impl Fn(u64, u64) -> u64) -> Self {
        let mut all = self;
        for (word, next) in all.0.iter_mut().zip(other.0) {
            *word = join(*word, next);
        }
        all
    }

    pub(super) fn and(self, other: Self) -> Self {
        self.with(other, |a, b| a & b)
    }

    pub(super) fn or(self, other: Self) -> Self {
        self.with(other, |a, b| a | b)
    }

    /// Without the bits of the other.
    pub(super) fn less(self, other: Self) -> Self {
        self.with(other, |a, b| a & !b)
    }

    pub(super) fn not(self) -> Self {
        Self::ALL.less(self)
    }

    pub(super) fn set(&mut self, bit: usize) {
        if let Some(word) = self.0.get_mut(bit / 64) {
            *word |= 1 << (bit % 64);
        }
    }

    pub(super) fn has(self, bit: usize) -> bool {
        self.0.get(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1)
    }

    pub(super) fn is_empty(self) -> bool {
        self.0.iter().fold(0, |all, word| all | word) == 0
    }
}

/// Truth in 512 clauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pair {
    /// It holds.
    pub(super) t: Lane,
    /// It holds or may.
    pub(super) m: Lane,
}

impl Pair {
    /// False everywhere.
    pub(super) const FALSE: Self = Self { t: Lane::NONE, m: Lane::NONE };
    /// True everywhere.
    pub(super) const TRUE: Self = Self { t: Lane::ALL, m: Lane::ALL };
    /// Unknown everywhere.
    pub(super) const UNKNOWN: Self = Self { t: Lane::NONE, m: Lane::ALL };

    pub(super) fn and(self, other: Self) -> Self {
        Self { t: self.t.and(other.t), m: self.m.and(other.m) }
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self { t: self.t.or(other.t), m: self.m.or(other.m) }
    }

    pub(super) fn not(self) -> Self {
        Self { t: self.m.not(), m: self.t.not() }
    }

    /// Where the lane has a bit this, elsewhere the other.
    pub(super) fn only(self, within: Lane, elsewhere: Self) -> Self {
        Self {
            t: self.t.and(within).or(elsewhere.t.less(within)),
            m: self.m.and(within).or(elsewhere.m.less(within)),
        }
    }

    pub(super) fn put(&mut self, bit: usize, truth: Truth) {
        if truth != Truth::False {
            self.m.set(bit);
        }
        if truth == Truth::True {
            self.t.set(bit);
        }
    }

    /// Takes bits away until the truth stands there; the bit was true.
    pub(super) fn lower(&mut self, bit: usize, truth: Truth) {
        let mut one = Lane::NONE;
        one.set(bit);
        if truth != Truth::True {
            self.t = self.t.less(one);
        }
        if truth == Truth::False {
            self.m = self.m.less(one);
        }
    }
}
