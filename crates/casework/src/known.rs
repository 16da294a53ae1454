//! What was known by a moment, in one order whatever order it came in; and who refers to whom.
//!
//! Drops reports that became known later and exact copies (the same file twice); a changed row under the same sender's id
//! stays, as a revision. Never guesses a reference: one that names nothing known yet stays dangling.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use truceline_model::{Instant, Observation, ReceiptNo};

/// A report that repeats another word for word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Copy {
    /// The report that repeats.
    pub receipt: ReceiptNo,
    /// The one that it repeats.
    pub of: ReceiptNo,
}

/// A reference to a sender's id that is not known, or not of a kind that can be meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dangling {
    /// The report that refers.
    pub receipt: ReceiptNo,
    /// `revises`, `same_as` or `part_of`.
    pub field: &'static str,
    /// The id that it names.
    pub id: String,
}

/// Reports known by a moment, in canonical order: known, source, sender's id, receipt.
pub(crate) struct Known<'a> {
    pub(crate) reports: Vec<&'a Observation>,
    pub(crate) copies: Vec<Copy>,
    /// Sender's id to positions in `reports`.
    by_sender: BTreeMap<&'a str, Vec<usize>>,
}

impl<'a> Known<'a> {
    pub(crate) fn by(observations: &'a [Observation], as_of: Instant) -> Self {
        Self::of(observations.iter().filter(|o| o.known <= as_of).collect())
    }

    /// The same, of the reports given.
    pub(crate) fn of(mut sorted: Vec<&'a Observation>) -> Self {
        sorted.sort_by(|a, b| order(a, b));
        let mut known = Self { reports: Vec::new(), copies: Vec::new(), by_sender: BTreeMap::new() };
        for observation in sorted {
            let earlier = known.by_sender.get(observation.sender_id.as_str()).into_iter().flatten();
            let twin = earlier
                .filter_map(|at| known.reports.get(*at))
                .find(|other| says_the_same(other, observation))
                .map(|other| other.receipt);
            if let Some(of) = twin {
                known.copies.push(Copy { receipt: observation.receipt, of });
            } else {
                let at = known.reports.len();
                known.by_sender.entry(&observation.sender_id).or_default().push(at);
                known.reports.push(observation);
            }
        }
        known
    }

    pub(crate) fn get(&self, at: usize) -> Option<&'a Observation> {
        self.reports.get(at).copied()
    }

    /// The report that `from` means by a sender's id: of its own source if there is one, else of its own origin, else the
    /// only one that bears it.
    pub(crate) fn meant(&self, from: usize, id: &str) -> Option<usize> {
        let all: Vec<usize> =
            self.by_sender.get(id).into_iter().flatten().copied().filter(|at| *at != from).collect();
        let by = self.get(from)?;
        let first = |test: &dyn Fn(&Observation) -> bool| {
            all.iter().copied().find(|at| self.get(*at).is_some_and(test))
        };
        first(&|o| o.source == by.source)
            .or_else(|| first(&|o| o.origin == by.origin))
            .or(if let [only] = all.as_slice() { Some(*only) } else { None })
    }

    /// An earlier row of the same source under the same sender's id, which this one replaces.
    pub(crate) fn amends(&self, at: usize) -> Option<usize> {
        let by = self.get(at)?;
        let same = self.by_sender.get(by.sender_id.as_str())?;
        same.iter().copied().rfind(|other| {
            *other < at && self.get(*other).is_some_and(|o| o.source == by.source && o.origin == by.origin)
        })
    }
}

/// The order in which reports stand: when known, source, sender's id, receipt.
pub(crate) fn order(a: &Observation, b: &Observation) -> Ordering {
    (a.known, &a.source, &a.sender_id, a.receipt).cmp(&(b.known, &b.source, &b.sender_id, b.receipt))
}

fn says_the_same(a: &Observation, b: &Observation) -> bool {
    a.source == b.source
        && a.origin == b.origin
        && a.body == b.body
        && a.through == b.through
        && a.part_of == b.part_of
        && a.revises == b.revises
        && a.same_as == b.same_as
        && a.grade == b.grade
        && a.credibility == b.credibility
}
