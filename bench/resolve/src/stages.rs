//! Where pairs that belong together are lost: never compared, compared and too weak, strong enough and not joined.
//!
//! Reads the gold and only counts; nothing is learned or chosen by it.

use std::collections::BTreeMap;

use truceline_casework::{Weighed, resolve, weighed};

use crate::{Set, groups, noise};

/// One line of counts.
#[must_use]
pub fn lost(set: &Set) -> String {
    let mut sizes: BTreeMap<u64, u64> = BTreeMap::new();
    for group in set.gold.values() {
        *sizes.entry(*group).or_default() += 1;
    }
    let belong: u64 = sizes.values().map(|n| n * (n - 1) / 2).sum();
    let mut rules = set.rules.clone();
    let weights: BTreeMap<String, i32> = rules.weights().into_iter().map(|(name, w)| (name, *w)).collect();
    let weight = |name: &str| weights.get(name).copied().unwrap_or(0);
    let links = |pair: &Weighed| {
        let crowd = i32::try_from(pair.crowd.max(1).ilog2()).unwrap_or(0);
        let all: i32 = pair.weights.iter().map(|name| weight(name)).sum();
        all - crowd * weight("coincidence") >= weight("threshold")
    };
    let gold = |receipt: u64| set.gold.get(&receipt);
    let of_one = |pair: &&Weighed| gold(pair.pair.0.0).is_some_and(|g| gold(pair.pair.1.0) == Some(g));
    let pairs: Vec<Weighed> =
        weighed(&set.observations, &set.context()).into_iter().filter(|pair| !pair.one_voice).collect();
    let compared = pairs.iter().filter(of_one).count();
    let strong: Vec<&Weighed> = pairs.iter().filter(|pair| links(pair)).collect();
    let right = strong.iter().filter(|pair| of_one(pair)).count();
    let found = groups(&resolve(&set.observations, &[], &set.context(), noise::END));
    let joined = |pair: &&Weighed| {
        let group = |receipt: u64| found.get(&receipt);
        group(pair.pair.0.0).is_some_and(|g| group(pair.pair.1.0) == Some(g))
    };
    let kept = pairs.iter().filter(of_one).filter(joined).count();
    format!(
        "{belong} pairs belong together; {compared} of them are compared (among {}), {right} are strong enough (among {}), \
         {kept} of the compared stand in one incident",
        pairs.len(),
        strong.len(),
    )
}
