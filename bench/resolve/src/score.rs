//! How well groups fit those that people made: pairwise F1 and B-cubed, in whole ten-thousandths.
//!
//! Knows nothing of reports. An item that people put under several incidents, or under none, is not scored: the caller leaves it out
//! of `gold`, and it counts neither for nor against the group in which it stands. Integers only, so that a figure is the same anywhere.

use std::collections::BTreeMap;

/// Precision, recall and F1, in ten-thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prf {
    /// Of what was put together, how much belongs together.
    pub precision: u64,
    /// Of what belongs together, how much was put together.
    pub recall: u64,
    /// Their harmonic mean.
    pub f1: u64,
}

/// Both measures over the same items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scores {
    /// Items scored.
    pub items: usize,
    /// Groups that people made of them.
    pub gold: usize,
    /// Groups that were found.
    pub found: usize,
    /// Over pairs of items.
    pub pairwise: Prf,
    /// Over items.
    pub b_cubed: Prf,
}

const WHOLE: u64 = 10_000;
/// Shares of one item are summed this fine.
const FINE: u128 = 1_000_000_000;

fn share(part: u128, whole: u128) -> u64 {
    // Nothing put together is nothing put together wrongly.
    if whole == 0 {
        return WHOLE;
    }
    u64::try_from((part * u128::from(WHOLE) + whole / 2) / whole).unwrap_or(WHOLE)
}

fn prf(precision: u64, recall: u64) -> Prf {
    let sum = precision + recall;
    let f1 = (2 * precision * recall + sum / 2).checked_div(sum).unwrap_or(0);
    Prf { precision, recall, f1 }
}

fn pairs(n: u128) -> u128 {
    n * n.saturating_sub(1) / 2
}

/// Scores `found` against `gold`: items to the number of their group. An item that was not found anywhere stands alone.
#[must_use]
pub fn score(gold: &BTreeMap<u64, u64>, found: &BTreeMap<u64, u64>) -> Scores {
    let alone = |item: u64| found.get(&item).copied().map_or((true, item), |group| (false, group));
    let mut of_gold: BTreeMap<u64, u128> = BTreeMap::new();
    let mut of_found: BTreeMap<(bool, u64), u128> = BTreeMap::new();
    let mut of_both: BTreeMap<((bool, u64), u64), u128> = BTreeMap::new();
    for (item, group) in gold {
        let at = alone(*item);
        *of_gold.entry(*group).or_default() += 1;
        *of_found.entry(at).or_default() += 1;
        *of_both.entry((at, *group)).or_default() += 1;
    }
    let right: u128 = of_both.values().copied().map(pairs).sum();
    let put: u128 = of_found.values().copied().map(pairs).sum();
    let belong: u128 = of_gold.values().copied().map(pairs).sum();
    let (mut precision, mut recall) = (0_u128, 0_u128);
    for ((at, group), both) in &of_both {
        let all_found = of_found.get(at).copied().unwrap_or(1);
        let all_gold = of_gold.get(group).copied().unwrap_or(1);
        // Each of the `both` items has the share `both / all`.
        precision += both * both * FINE / all_found;
        recall += both * both * FINE / all_gold;
    }
    let items = u128::try_from(gold.len()).unwrap_or(0) * FINE;
    Scores {
        items: gold.len(),
        gold: of_gold.len(),
        found: of_found.len(),
        pairwise: prf(share(right, put), share(right, belong)),
        b_cubed: prf(share(precision, items), share(recall, items)),
    }
}

/// A share in four digits, for people: `0.8312`.
#[must_use]
pub fn digits(share: u64) -> String {
    format!("{}.{:04}", share / WHOLE, share % WHOLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(groups: &[&[u64]]) -> BTreeMap<u64, u64> {
        let each = groups.iter().zip(0_u64..);
        each.flat_map(|(items, group)| items.iter().map(move |item| (*item, group))).collect()
    }

    #[test]
    fn the_same_groups_are_whole() {
        let gold = map(&[&[1, 2, 3], &[4], &[5, 6]]);
        let s = score(&gold, &gold);
        assert_eq!((s.pairwise.f1, s.b_cubed.f1, s.items, s.gold, s.found), (10_000, 10_000, 6, 3, 3));
    }

    /// By hand. Gold {1 2 3}{4 5}; found {1 2}{3 4 5}. Pairs found 1+3, belonging 3+1, right {1 2}{4 5}: 2/4 and 2/4.
    /// B-cubed precision: 1, 1, 1/3, 2/3, 2/3 = 11/15; recall: 2/3, 2/3, 1/3, 1, 1 = 11/15.
    #[test]
    fn a_case_by_hand() {
        let s = score(&map(&[&[1, 2, 3], &[4, 5]]), &map(&[&[1, 2], &[3, 4, 5]]));
        assert_eq!(s.pairwise, Prf { precision: 5000, recall: 5000, f1: 5000 });
        assert_eq!(s.b_cubed, Prf { precision: 7333, recall: 7333, f1: 7333 });
    }

    /// All in one: precision of pairs 4/10, recall whole; B-cubed precision (3·3 + 2·2)/5/5 = 13/25.
    #[test]
    fn all_in_one_and_each_alone() {
        let gold = map(&[&[1, 2, 3], &[4, 5]]);
        let one = score(&gold, &map(&[&[1, 2, 3, 4, 5]]));
        assert_eq!((one.pairwise.precision, one.pairwise.recall), (4000, 10_000));
        assert_eq!((one.b_cubed.precision, one.b_cubed.recall), (5200, 10_000));
        // Alone: recall (3 · 1/3 + 2 · 1/2)/5 = 2/5; nothing was put together wrongly.
        let alone = score(&gold, &BTreeMap::new());
        assert_eq!((alone.b_cubed.precision, alone.b_cubed.recall), (10_000, 4000));
        assert_eq!((alone.pairwise.precision, alone.pairwise.recall, alone.pairwise.f1), (10_000, 0, 0));
    }

    #[test]
    fn what_is_not_scored_does_not_count() {
        let gold = map(&[&[1, 2]]);
        assert_eq!(score(&gold, &map(&[&[1, 2, 7, 8, 9]])).b_cubed.f1, 10_000);
    }
}
