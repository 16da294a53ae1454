//! Weights learned without labels: what pairs of reports look like, taken as a mixture of pairs that tell of one event and pairs
//! that do not (Fellegi and Sunter's model, fitted by expectation and maximisation).
//!
//! Reads no gold. How likely a pair is to match before anything is looked at is learned for each doubling of the crowd apart, and a
//! straight line through these gives what a doubling takes off. Floats are used here and nowhere behind: what comes out is a table
//! of whole thousandths, rounded to tens so that the last bit of a machine's logarithm does not show.
#![allow(clippy::float_arithmetic)]

use std::collections::BTreeMap;

use truceline_casework::{Rules, Weighed};

/// Rounds of fitting; it stands still long before.
const ROUNDS: usize = 200;
/// Pairs imagined at each weight, so that what was never seen is not impossible.
const IMAGINED: f64 = 2.0;
/// No weight is heavier.
const HEAVIEST: f64 = 6000.0;

/// What was learned.
pub struct Learned {
    /// `name,weight` lines.
    pub table: String,
    /// Pairs that it was learned from.
    pub pairs: usize,
    /// Pairs that are taken to match, in thousandths of all.
    pub matching: u64,
}

struct Model {
    /// Of each weight: how often a matching pair has it, and another pair.
    rates: BTreeMap<String, (f64, f64)>,
    /// The same where fitting started: what is imagined is like that, so that no rate fades to nothing.
    begun: BTreeMap<String, (f64, f64)>,
    /// Share of matching pairs by crowd.
    prior: BTreeMap<u32, f64>,
}

fn subject(name: &str) -> &str {
    // Two names for near places are a question of their own.
    if name == "place.other-name" { name } else { name.split('.').next().unwrap_or(name) }
}

fn start(pairs: &[Weighed], rules: &Rules) -> Model {
    let mut rules = rules.clone();
    let mut seen: BTreeMap<String, f64> = BTreeMap::new();
    let mut of_subject: BTreeMap<String, f64> = BTreeMap::new();
    for name in pairs.iter().flat_map(|pair| &pair.weights) {
        *seen.entry(name.clone()).or_default() += 1.0;
        *of_subject.entry(subject(name).to_owned()).or_default() += 1.0;
    }
    let mut rates = BTreeMap::new();
    for (name, weight) in rules.weights() {
        let (Some(count), Some(all)) = (seen.get(&name), of_subject.get(subject(&name))) else { continue };
        let other = count / all;
        // The weights set by hand are where fitting starts.
        rates.insert(name, (other * (f64::from(*weight) / 1000.0).exp2(), other));
    }
    normalise(&mut rates);
    Model { begun: rates.clone(), rates, prior: pairs.iter().map(|pair| (pair.crowd, 0.2)).collect() }
}

fn normalise(rates: &mut BTreeMap<String, (f64, f64)>) {
    let mut sums: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    for (name, (m, u)) in rates.iter() {
        let sum = sums.entry(subject(name).to_owned()).or_default();
        (sum.0, sum.1) = (sum.0 + m, sum.1 + u);
    }
    for (name, (m, u)) in rates.iter_mut() {
        if let Some((all_m, all_u)) = sums.get(subject(name)) {
            (*m, *u) = (*m / all_m.max(1e-9), *u / all_u.max(1e-9));
        }
    }
}

impl Model {
    fn odds(&self, pair: &Weighed) -> f64 {
        let prior = self.prior.get(&pair.crowd).copied().unwrap_or(0.1);
        let known = pair.weights.iter().filter(|name| *name != "place.other-name");
        let ratios = known.filter_map(|name| self.rates.get(name)).map(|(m, u)| m / u);
        ratios.fold(prior / (1.0 - prior), |odds, ratio| odds * ratio)
    }

    fn fit(&mut self, kinds: &BTreeMap<(u32, Vec<String>), (Weighed, f64)>) {
        let mut counts: BTreeMap<String, (f64, f64)> =
            self.begun.iter().map(|(name, (m, u))| (name.clone(), (m * IMAGINED, u * IMAGINED))).collect();
        let mut crowds: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
        for (pair, times) in kinds.values() {
            let odds = self.odds(pair);
            let matching = odds / (1.0 + odds) * times;
            for name in &pair.weights {
                if let Some(count) = counts.get_mut(name) {
                    *count = (count.0 + matching, count.1 + times - matching);
                }
            }
            let crowd = crowds.entry(pair.crowd).or_default();
            *crowd = (crowd.0 + matching, crowd.1 + times);
        }
        normalise(&mut counts);
        self.rates = counts;
        self.prior = crowds
            .into_iter()
            .map(|(c, (m, all))| (c, ((m + 0.5) / (all + 1.0)).clamp(0.0005, 0.9995)))
            .collect();
    }

    /// The straight line through the priors' doublings by the crowd's, each weighted by its pairs: where it starts, how it falls.
    fn line(&self, sizes: &BTreeMap<u32, f64>) -> (f64, f64) {
        let (mut n, mut sx, mut sy, mut sxx, mut sxy) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (crowd, prior) in &self.prior {
            let w = sizes.get(crowd).copied().unwrap_or(0.0);
            let (x, y) = (f64::from(crowd.ilog2()), (prior / (1.0 - prior)).log2());
            (n, sx, sy, sxx, sxy) = (n + w, sx + w * x, sy + w * y, sxx + w * x * x, sxy + w * x * y);
        }
        let spread = n * sxx - sx * sx;
        let slope = if spread.abs() < 1e-9 { 0.0 } else { (n * sxy - sx * sy) / spread };
        ((sy - slope * sx) / n.max(1e-9), slope)
    }
}

fn tens(value: f64) -> i64 {
    #[allow(clippy::cast_possible_truncation)]
    let tens = (value.clamp(-HEAVIEST, HEAVIEST) / 10.0).round() as i64;
    tens * 10
}

/// Learns a table of weights from pairs. The threshold is where a pair is as likely to match as not.
#[must_use]
pub fn learn(pairs: &[Weighed], rules: &Rules) -> Learned {
    let mut kinds: BTreeMap<(u32, Vec<String>), (Weighed, f64)> = BTreeMap::new();
    let mut sizes: BTreeMap<u32, f64> = BTreeMap::new();
    for pair in pairs {
        kinds.entry((pair.crowd, pair.weights.clone())).or_insert_with(|| (pair.clone(), 0.0)).1 += 1.0;
        *sizes.entry(pair.crowd).or_default() += 1.0;
    }
    let mut model = start(pairs, rules);
    for _ in 0..ROUNDS {
        model.fit(&kinds);
    }
    let matching: f64 =
        kinds.values().map(|(pair, times)| model.odds(pair) / (1.0 + model.odds(pair)) * times).sum();
    let (at_one, slope) = model.line(&sizes);
    let threshold = tens(-at_one * 1000.0);
    let mut table = String::from("name,weight\n");
    for (name, (m, u)) in model.rates.iter().filter(|(name, _)| *name != "place.other-name") {
        table.push_str(&format!("{name},{}\n", tens((m / u).log2() * 1000.0)));
    }
    // What places under two names are worth is in neither: the pairs were counted at their distance.
    table.push_str(&format!("place.other-name,0\ncoincidence,{}\n", tens(-slope * 1000.0).max(0)));
    // As far below the threshold as by hand.
    let floor = threshold - i64::from(rules.threshold) + i64::from(rules.floor);
    table.push_str(&format!("threshold,{threshold}\nfloor,{floor}\n"));
    let share = matching * 1000.0 / f64::from(u32::try_from(pairs.len().max(1)).unwrap_or(u32::MAX));
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let matching = share.round().max(0.0) as u64;
    Learned { table, pairs: pairs.len(), matching }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of a hundred pairs ten are alike in everything and ninety in nothing: that must come out without being told.
    #[test]
    fn two_kinds_of_pairs_are_told_apart() {
        let pair =
            |names: &[&str]| Weighed { crowd: 1, weights: names.iter().map(|n| (*n).to_owned()).collect() };
        let mut pairs = vec![pair(&["place.near.1200", "act.same", "killed.same-large"]); 10];
        pairs.extend(vec![pair(&["place.near.wider", "act.other", "killed.far-apart"]); 90]);
        let learned = learn(&pairs, &Rules::default());
        assert_eq!(learned.matching, 100);
        let rules = Rules::default().with_weights(&learned.table);
        assert!(
            rules.is_ok_and(|r| r.what.same_act > 2000 && r.what.other_act < -2000 && r.threshold > 2000)
        );
    }
}
