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
/// So many pairs of a source's own rows show what two events look like.
const ENOUGH_OWN_ROWS: usize = 2000;
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

/// Pairs weighed alike and judged alike, and how many.
type Kinds = BTreeMap<((bool, u32), Vec<String>, Option<bool>), (Weighed, f64)>;

/// What people said of some pairs, by their positions: whether both tell of one event, and for how many pairs the verdict stands.
pub type Judged = BTreeMap<usize, (bool, f64)>;

struct Model {
    /// Of each weight: how often a matching pair has it, and another pair.
    rates: BTreeMap<String, (f64, f64)>,
    /// The same where fitting started: what is imagined is like that, so that no rate fades to nothing.
    begun: BTreeMap<String, (f64, f64)>,
    /// Share of matching pairs by whether both are one source's rows, and by crowd.
    prior: BTreeMap<(bool, u32), f64>,
    /// Whether a source's own rows are there to show what pairs of two events look like.
    anchored: bool,
}

fn subject(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

const OTHER_NAME: &str = "place.other-name";
/// What stands behind a distance whose two places bear unlike names: a thing of its own while rates are fitted.
const UNLIKE: &str = "+other-name";

/// Distances under one name or none, and those under two, told apart.
fn told_apart(pair: &Weighed) -> Weighed {
    let unlike = pair.weights.iter().any(|name| name == OTHER_NAME);
    let name = |name: &String| {
        if unlike && name.starts_with("place.") { format!("{name}{UNLIKE}") } else { name.clone() }
    };
    // Shares say again what words and names say: a mixture that takes each for news would count it twice.
    let counts = |weight: &&String| *weight != OTHER_NAME && !weight.contains("-share.");
    let weights = pair.weights.iter().filter(counts).map(name).collect();
    Weighed { weights, ..pair.clone() }
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
    let by_hand: BTreeMap<String, i32> =
        rules.weights().into_iter().map(|(name, weight)| (name, *weight)).collect();
    let weight = |name: &str| f64::from(by_hand.get(name).copied().unwrap_or(0));
    for (name, count) in &seen {
        let other = count / of_subject.get(subject(name)).copied().unwrap_or(1.0);
        // The weights set by hand are where fitting starts.
        let by_hand = match name.strip_suffix(UNLIKE) {
            Some(near) => weight(near) + weight(OTHER_NAME),
            None => weight(name),
        };
        rates.insert(name.clone(), (other * (by_hand / 1000.0).exp2(), other));
    }
    normalise(&mut rates);
    let own = pairs.iter().filter(|pair| pair.one_voice).count();
    let prior = pairs.iter().map(|pair| (place_of(pair), if pair.one_voice { 0.02 } else { 0.2 })).collect();
    let anchored = own >= ENOUGH_OWN_ROWS;
    Model { begun: rates.clone(), rates, prior, anchored }
}

fn place_of(pair: &Weighed) -> (bool, u32) {
    (pair.one_voice, pair.crowd)
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
        let prior = self.prior.get(&place_of(pair)).copied().unwrap_or(0.1);
        let ratios = pair.weights.iter().filter_map(|name| self.rates.get(name)).map(|(m, u)| m / u);
        ratios.fold(prior / (1.0 - prior), |odds, ratio| odds * ratio)
    }

    fn fit(&mut self, kinds: &Kinds) {
        let mut counts: BTreeMap<String, (f64, f64)> =
            self.begun.iter().map(|(name, (m, u))| (name.clone(), (m * IMAGINED, u * IMAGINED))).collect();
        let mut crowds: BTreeMap<(bool, u32), (f64, f64)> = BTreeMap::new();
        for ((.., judged), (pair, times)) in kinds {
            let odds = self.odds(pair);
            let matching = match judged {
                Some(one_event) => f64::from(u8::from(*one_event)) * times,
                None => odds / (1.0 + odds) * times,
            };
            for name in &pair.weights {
                if let Some(count) = counts.get_mut(name) {
                    // A source's own rows tell what two events look like, whatever is taken for a match; others would
                    // blur it.
                    let other = if self.anchored && !pair.one_voice { 0.0 } else { times - matching };
                    let one = if pair.one_voice { 0.0 } else { matching };
                    *count = (count.0 + one, count.1 + other);
                }
            }
            let crowd = crowds.entry(place_of(pair)).or_default();
            *crowd = (crowd.0 + matching, crowd.1 + times);
        }
        normalise(&mut counts);
        self.rates = counts;
        self.prior = crowds
            .into_iter()
            .map(|(c, (m, all))| (c, ((m + 0.5) / (all + 1.0)).clamp(0.0005, 0.9995)))
            .collect();
    }

    /// The score from which links are worth making: where pairwise F1 is highest if every pair matches as likely as the model says.
    /// Lower than where a pair is as likely to match as not, for a link left out also costs.
    fn threshold(&self, kinds: &Kinds, (at_one, slope): (f64, f64)) -> f64 {
        let mut scored: Vec<(f64, f64, f64)> = Vec::new();
        for (pair, times) in kinds.values().filter(|(pair, _)| !pair.one_voice) {
            let ratios = pair.weights.iter().filter_map(|name| self.rates.get(name));
            let score =
                ratios.map(|(m, u)| (m / u).log2()).sum::<f64>() + slope * f64::from(pair.crowd.ilog2());
            let odds = (score + at_one).exp2();
            scored.push((score, odds / (1.0 + odds) * times, *times));
        }
        scored.sort_by(|a, b| b.0.total_cmp(&a.0));
        let belong: f64 = scored.iter().map(|(_, matching, _)| matching).sum();
        let (mut right, mut put, mut best) = (0.0, 0.0, (0.0, -at_one));
        for (score, matching, times) in scored {
            (right, put) = (right + matching, put + times);
            let f1 = 2.0 * right / (put + belong);
            if f1 > best.0 {
                best = (f1, score);
            }
        }
        best.1
    }

    /// What unlike names take off, over all distances at which places bore them, each by how often it did.
    fn other_name(&self) -> f64 {
        let (mut sum, mut all) = (0.0, 0.0);
        for (name, (m, u)) in &self.rates {
            let Some((near_m, near_u)) = name.strip_suffix(UNLIKE).and_then(|near| self.rates.get(near))
            else {
                continue;
            };
            sum += u * ((m / u).log2() - (near_m / near_u).log2()) * 1000.0;
            all += u;
        }
        if all > 0.0 { sum / all } else { 0.0 }
    }

    /// The straight line through the priors' doublings by the crowd's, each weighted by its pairs: where it starts, how it falls.
    fn line(&self, sizes: &BTreeMap<(bool, u32), f64>) -> (f64, f64) {
        let (mut n, mut sx, mut sy, mut sxx, mut sxy) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for ((own, crowd), prior) in self.prior.iter().filter(|((own, _), _)| !own) {
            let w = sizes.get(&(*own, *crowd)).copied().unwrap_or(0.0);
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

/// Whether names never say anything else than words do: then both are one, and are learned once.
fn names_repeat_words(pairs: &[Weighed]) -> bool {
    let of = |pair: &Weighed, kind: &str| {
        pair.weights.iter().find_map(|name| name.strip_prefix(kind).map(str::to_owned))
    };
    pairs.iter().all(|pair| of(pair, "words.") == of(pair, "names."))
}

/// Learns a table of weights from pairs.
#[must_use]
pub fn learn(pairs: &[Weighed], rules: &Rules) -> Learned {
    learn_judged(pairs, &Judged::new(), rules, true)
}

/// Learns a table of weights from pairs of which people judged some; `own_rows` says whether a source's own rows are taken to show
/// what two events look like, as they do where all sources write alike.
#[must_use]
pub fn learn_judged(pairs: &[Weighed], judged: &Judged, rules: &Rules, own_rows: bool) -> Learned {
    let mut pairs: Vec<Weighed> = pairs.iter().map(told_apart).collect();
    let names_repeat = names_repeat_words(&pairs);
    if names_repeat {
        pairs.iter_mut().for_each(|pair| pair.weights.retain(|name| !name.starts_with("names.")));
    }
    let mut kinds = Kinds::new();
    let mut sizes: BTreeMap<(bool, u32), f64> = BTreeMap::new();
    for (at, pair) in pairs.iter().enumerate() {
        let (verdict, times) = judged.get(&at).map_or((None, 1.0), |(one, times)| (Some(*one), *times));
        let kind = kinds.entry((place_of(pair), pair.weights.clone(), verdict));
        kind.or_insert_with(|| (pair.clone(), 0.0)).1 += times;
        *sizes.entry(place_of(pair)).or_default() += 1.0;
    }
    let mut model = start(&pairs, rules);
    model.anchored &= own_rows;
    for _ in 0..ROUNDS {
        model.fit(&kinds);
    }
    let matching: f64 =
        kinds.values().map(|(pair, times)| model.odds(pair) / (1.0 + model.odds(pair)) * times).sum();
    let (at_one, slope) = model.line(&sizes);
    // A sum of weights may lie further out than any of them.
    let threshold = tens(model.threshold(&kinds, (at_one, slope)) * 200.0) * 5;
    let mut table = String::from("name,weight\n");
    let weight = |(m, u): &(f64, f64)| (m / u).log2() * 1000.0;
    for (name, rate) in model.rates.iter().filter(|(name, _)| !name.ends_with(UNLIKE)) {
        table.push_str(&format!("{name},{}\n", tens(weight(rate))));
        if let Some(step) = name.strip_prefix("words.").filter(|_| names_repeat) {
            table.push_str(&format!("names.{step},{}\n", tens(weight(rate))));
        }
    }
    table.push_str(&format!("{OTHER_NAME},{}\n", tens(model.other_name())));
    table.push_str(&format!("coincidence,{}\n", tens(-slope * 1000.0).max(0)));
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
    use truceline_model::ReceiptNo;

    /// Of a hundred pairs ten are alike in everything and ninety in nothing: that must come out without being told.
    #[test]
    fn two_kinds_of_pairs_are_told_apart() {
        let pair = |names: &[&str]| Weighed {
            pair: (ReceiptNo(0), ReceiptNo(1)),
            one_voice: false,
            crowd: 1,
            weights: names.iter().map(|n| (*n).to_owned()).collect(),
        };
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
