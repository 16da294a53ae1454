//! Decisions that cannot both hold: two people, each without knowledge of the other, decided the same matter unlike.
//!
//! Whether they knew of each other is the caller's to say. Nothing is chosen here: who is right is for people.

use std::collections::BTreeSet;

use truceline_model::ReceiptNo;

use crate::decisions::Decision;

/// Pairs of reports that a decision puts together, and those that it puts apart, as two sets of which every pair is meant.
struct Sides<'a> {
    a: &'a BTreeSet<ReceiptNo>,
    b: &'a BTreeSet<ReceiptNo>,
    together: bool,
}

fn sides(decision: &Decision) -> Option<Sides<'_>> {
    match decision {
        Decision::Merge { a, b } => Some(Sides { a: &a.receipts, b: &b.receipts, together: true }),
        Decision::Split { receipts, kept, .. } => Some(Sides { a: receipts, b: kept, together: false }),
        Decision::Undo { .. } => None,
    }
}

/// Whether one puts two reports together that the other puts apart. An undo contradicts nothing by itself: it takes back what its maker
/// saw, and that is the same for everybody.
#[must_use]
pub fn contradict(one: &Decision, other: &Decision) -> bool {
    let unlike = sides(one).zip(sides(other)).is_some_and(|(one, other)| one.together != other.together);
    unlike && same_matter(one, other)
}

/// Whether both say of the same two reports whether they belong together.
#[must_use]
pub fn same_matter(one: &Decision, other: &Decision) -> bool {
    let (Some(one), Some(other)) = (sides(one), sides(other)) else { return false };
    let meets = |x: &BTreeSet<ReceiptNo>, y: &BTreeSet<ReceiptNo>| !x.is_disjoint(y);
    (meets(one.a, other.a) && meets(one.b, other.b)) || (meets(one.a, other.b) && meets(one.b, other.a))
}

#[cfg(test)]
mod tests {
    use truceline_model::IncidentId;

    use super::*;
    use crate::decisions::Side;

    fn set(receipts: &[u64]) -> BTreeSet<ReceiptNo> {
        receipts.iter().copied().map(ReceiptNo).collect()
    }

    fn merge(a: &[u64], b: &[u64]) -> Decision {
        let side = |receipts: &[u64]| Side { incident: IncidentId::new("i-x"), receipts: set(receipts) };
        Decision::Merge { a: side(a), b: side(b) }
    }

    fn split(receipts: &[u64], kept: &[u64]) -> Decision {
        Decision::Split { incident: IncidentId::new("i-x"), receipts: set(receipts), kept: set(kept) }
    }

    #[test]
    fn a_merge_and_a_split_of_the_same_two_reports_contradict_whichever_side_they_stand_on() {
        assert!(contradict(&merge(&[1, 2], &[3]), &split(&[3], &[2, 7])));
        assert!(contradict(&split(&[2, 7], &[3]), &merge(&[1, 2], &[3])));
    }

    #[test]
    fn decisions_on_other_pairs_or_of_one_mind_do_not() {
        // One report in common is no pair in common.
        assert!(!contradict(&merge(&[1], &[2]), &split(&[2], &[3])));
        assert!(!contradict(&merge(&[1], &[2]), &split(&[1, 2], &[3])));
        assert!(!contradict(&merge(&[1], &[2]), &merge(&[1], &[2])));
        assert!(!contradict(&split(&[1], &[2]), &split(&[2], &[1])));
        assert!(!contradict(&Decision::Undo { entry: 1 }, &merge(&[1], &[2])));
    }
}
