//! How what is given of one matter compares with what is given of another, kind of fact by kind of fact: alike, unlike, or open.
//!
//! The one rule by which precedents are compared, in the papers of a case and in the explanation of a finding. Alike: the same, and nothing open;
//! unlike: nothing in common, and nothing open; where either says nothing, it cannot be told. There is no score.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::Alternatives;

/// The values that are given of one kind of fact, and whether it may be something else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// The values, in words or as files write them.
    pub values: BTreeSet<String>,
    /// It may be something else.
    pub is_open: bool,
}

impl Given {
    /// What the alternatives of one incident give.
    pub fn of<T: Ord>(alternatives: &Alternatives<T>, word: impl Fn(&T) -> String) -> Self {
        let values = alternatives.iter().map(|(value, _)| word(value)).collect();
        Self { values, is_open: alternatives.is_open() }
    }

    /// What several incidents give together.
    pub fn join(&mut self, other: Self) {
        self.values.extend(other.values);
        self.is_open |= other.is_open;
    }

    /// `alike`, `unlike`, or `open`: cannot be compared for certain. `None`: neither says anything.
    #[must_use]
    pub fn against(&self, there: &Self) -> Option<&'static str> {
        let silent = (self.values.is_empty(), there.values.is_empty());
        if silent == (true, true) {
            return None;
        }
        let is_open = self.is_open || there.is_open || silent.0 || silent.1;
        Some(match () {
            () if is_open => "open",
            () if self.values == there.values => "alike",
            () if self.values.is_disjoint(&there.values) => "unlike",
            () => "open",
        })
    }
}

/// The order of precedents: by how many kinds of fact are alike, then by how few are unlike.
pub fn likest<'h>(all: impl IntoIterator<Item = &'h str>) -> (Reverse<usize>, usize) {
    let (mut alike, mut unlike) = (0, 0);
    for how in all {
        alike += usize::from(how == "alike");
        unlike += usize::from(how == "unlike");
    }
    (Reverse(alike), unlike)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(values: &[&str], is_open: bool) -> Given {
        Given { values: values.iter().map(|one| (*one).to_owned()).collect(), is_open }
    }

    #[test]
    fn what_is_open_on_either_side_is_open_and_silence_is_no_unlikeness() {
        for (here, there, how) in [
            (given(&["a"], false), given(&["a"], false), Some("alike")),
            (given(&["a"], false), given(&["b"], false), Some("unlike")),
            (given(&["a"], true), given(&["b"], false), Some("open")),
            (given(&["a", "b"], false), given(&["b"], false), Some("open")),
            (given(&["a"], false), given(&[], false), Some("open")),
            (given(&[], false), given(&[], true), None),
        ] {
            assert_eq!(here.against(&there), how, "{here:?} {there:?}");
            assert_eq!(there.against(&here), how, "the other way round");
        }
        assert!(
            likest(["alike", "unlike"]) < likest(["unlike"])
                && likest(["alike"]) < likest(["alike", "unlike"])
        );
    }
}
