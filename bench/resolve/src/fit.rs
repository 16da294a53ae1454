//! Weights for texts, from the learning part and its groups: how much oftener two reports of one incident are seen so than others.
//!
//! Counts pairs, nothing else: the weight of a likeness is the doublings between its share among pairs that researchers put together
//! and its share among pairs that they did not; what a crowd takes off is the line through the odds at each doubling of it. The
//! threshold is the one that fits the groups of the learning part best. Never looks at the measured part.
#![allow(clippy::float_arithmetic)]

use std::collections::BTreeMap;

use truceline_casework::{Rules, Weighed, resolve, weighed};
use truceline_model::Instant;

use crate::score::score;
use crate::{Result, Set, groups};

/// Pairs imagined for each weight, so that what was seldom seen is not certain.
const IMAGINED: f64 = 2.0;
/// No weight is heavier.
const HEAVIEST: f64 = 6000.0;

fn subject(name: &str) -> &str {
    if name == "place.other-name" { name } else { name.split('.').next().unwrap_or(name) }
}

/// Counts of pairs that belong together, and of others.
type Counts<K> = BTreeMap<K, (f64, f64)>;

fn count(pairs: &[Weighed], set: &Set) -> (Counts<String>, Counts<u32>) {
    let (mut names, mut crowds): (Counts<String>, Counts<u32>) = Default::default();
    let mut rules = Rules::default();
    for (name, _) in rules.weights() {
        names.insert(name, (0.0, 0.0));
    }
    for pair in pairs {
        let (Some(a), Some(b)) = (set.gold.get(&pair.pair.0.0), set.gold.get(&pair.pair.1.0)) else {
            continue;
        };
        let (one, other) = if a == b { (1.0, 0.0) } else { (0.0, 1.0) };
        for name in &pair.weights {
            let counts = names.entry(name.clone()).or_default();
            *counts = (counts.0 + one, counts.1 + other);
        }
        let crowd = crowds.entry(pair.crowd).or_default();
        *crowd = (crowd.0 + one, crowd.1 + other);
    }
    (names, crowds)
}

/// Where odds start, and how they fall with each doubling of the crowd: the straight line that the pairs bear out best.
fn line(crowds: &Counts<u32>) -> (f64, f64) {
    let (mut n, mut sx, mut sy, mut sxx, mut sxy) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (crowd, (one, other)) in crowds {
        // Where there are few of either the odds are known badly.
        let w = (one * other / (one + other).max(1.0)).max(0.01);
        let (x, y) = (f64::from(crowd.ilog2()), ((one + 0.5) / (other + 0.5)).log2());
        (n, sx, sy, sxx, sxy) = (n + w, sx + w * x, sy + w * y, sxx + w * x * x, sxy + w * x * y);
    }
    let spread = n * sxx - sx * sx;
    let slope = if spread.abs() < 1e-9 { 0.0 } else { (n * sxy - sx * sy) / spread };
    ((sy - slope * sx) / n.max(1e-9), slope)
}

fn tens(value: f64) -> i64 {
    #[allow(clippy::cast_possible_truncation)]
    let tens = (value.clamp(-HEAVIEST * 3.0, HEAVIEST * 3.0) / 10.0).round() as i64;
    tens * 10
}

/// A pair as it is fitted: which weights count, which of the words or the names, how large its crowd is, whether it belongs together.
struct Row {
    weights: Vec<usize>,
    words: Option<(usize, usize)>,
    crowd: f64,
    together: bool,
}

/// Weights in natural logarithms of odds, what each doubling of a crowd adds, and the odds where all are silent.
struct Fitted {
    weights: Vec<f64>,
    crowd: f64,
    even: f64,
}

impl Fitted {
    fn counting<'r>(&self, row: &'r Row) -> impl Iterator<Item = usize> + 'r {
        let weight = |at: usize| self.weights.get(at).copied().unwrap_or(0.0);
        let stronger = row.words.map(|(w, n)| if weight(w) >= weight(n) { w } else { n });
        row.weights.iter().copied().chain(stronger)
    }

    fn odds(&self, row: &Row) -> f64 {
        let weights: f64 = self.counting(row).filter_map(|at| self.weights.get(at)).sum();
        self.even + self.crowd * row.crowd + weights
    }

    /// One step of all weights at once towards where the rows are likeliest, each by its own slope and curve.
    fn step(&mut self, rows: &[Row]) {
        let mut sums = vec![(0.0, DRAWN); self.weights.len()];
        let (mut crowd, mut even) = ((0.0, DRAWN), (0.0, DRAWN));
        for row in rows {
            let p = 1.0 / (1.0 + (-self.odds(row)).exp());
            let (off, curve) = (f64::from(u8::from(row.together)) - p, p * (1.0 - p));
            for at in self.counting(row) {
                if let Some(sum) = sums.get_mut(at) {
                    *sum = (sum.0 + off, sum.1 + curve);
                }
            }
            crowd = (crowd.0 + off * row.crowd, crowd.1 + curve * row.crowd * row.crowd);
            even = (even.0 + off, even.1 + curve);
        }
        for (weight, (off, curve)) in self.weights.iter_mut().zip(sums) {
            *weight += CAREFUL * (off - DRAWN * *weight) / curve;
        }
        self.crowd = (self.crowd + CAREFUL * (crowd.0 - DRAWN * self.crowd) / crowd.1).min(0.0);
        self.even += CAREFUL * even.0 / even.1;
    }
}

/// How strongly a weight is drawn towards nothing, in pairs; how much of each step is taken, since all are taken at once; how many.
const DRAWN: f64 = 2.0;
const CAREFUL: f64 = 0.2;
const STEPS: usize = 200;

/// The table, but for threshold and floor; and the score at which odds are even. Begins with how often each weight is seen among pairs
/// that belong together, and moves all of them until together they make those pairs likeliest: what says the same twice counts once.
fn table(set: &Set) -> (String, i64) {
    let pairs = weighed(&set.observations, &set.context());
    let (names, crowds) = count(&pairs, set);
    let (even, crowd) = line(&crowds);
    let at: BTreeMap<&str, usize> = names.keys().map(String::as_str).zip(0..).collect();
    let rows: Vec<Row> = pairs.iter().filter_map(|pair| row(pair, &at, set)).collect();
    let doubling = std::f64::consts::LN_2;
    let mut fitted =
        Fitted { weights: first(&names), crowd: (crowd * doubling).min(0.0), even: even * doubling };
    for _ in 0..STEPS {
        fitted.step(&rows);
    }
    let mut out = String::from("name,weight\n");
    for ((name, (one, other)), weight) in names.iter().zip(&fitted.weights) {
        if one + other > 0.0 && name != "place.other-name" {
            let weight = (weight / doubling * 1000.0).clamp(-HEAVIEST, HEAVIEST);
            out.push_str(&format!("{name},{}\n", tens(weight)));
        }
    }
    let crowd = tens(-fitted.crowd / doubling * 1000.0).max(0);
    out.push_str(&format!("place.other-name,0\ncoincidence,{crowd}\n"));
    (out, tens(-fitted.even / doubling * 1000.0))
}

fn row(pair: &Weighed, at: &BTreeMap<&str, usize>, set: &Set) -> Option<Row> {
    let group = |receipt: u64| set.gold.get(&receipt);
    let together = group(pair.pair.0.0)? == group(pair.pair.1.0)?;
    let is_words = |name: &&String| name.starts_with("words.") || name.starts_with("names.");
    let index = |name: &String| at.get(name.as_str()).copied();
    let plain = pair.weights.iter().filter(|name| !is_words(name) && *name != "place.other-name");
    let one = |kind: &str| pair.weights.iter().find(|name| name.starts_with(kind)).and_then(index);
    Some(Row {
        weights: plain.filter_map(index).collect(),
        words: one("words.").zip(one("names.")),
        crowd: f64::from(pair.crowd.max(1).ilog2()),
        together,
    })
}

/// Each weight by itself: how much oftener it is seen in pairs that belong together.
fn first(names: &Counts<String>) -> Vec<f64> {
    let mut sums: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for (name, (one, other)) in names {
        let sum = sums.entry(subject(name)).or_default();
        *sum = (sum.0 + one, sum.1 + other);
    }
    let weigh = |(name, (one, other)): (&String, &(f64, f64))| {
        let all = sums.get(subject(name)).copied().unwrap_or_default();
        if one + other == 0.0 || name == "place.other-name" {
            return 0.0;
        }
        // Few pairs are drawn towards what all pairs are like.
        let share = |n: f64, of: f64| (n + IMAGINED * (one + other) / (all.0 + all.1)) / (of + IMAGINED);
        (share(*one, all.0) / share(*other, all.1)).ln()
    };
    names.iter().map(weigh).collect()
}

/// Fits a table to the groups of a set.
///
/// # Errors
/// When the table that it made cannot be read again, which is a fault of this program.
pub fn fit(set: &Set) -> Result<String> {
    let (weights, even) = table(set);
    let mut best: Option<(u64, String)> = None;
    for step in -10..=10 {
        for below in [4000, 6000, 9000] {
            let threshold = even + step * 500;
            let one = format!("{weights}threshold,{threshold}\nfloor,{}\n", threshold - below);
            let mut rules = set.rules.clone().with_weights(&one)?;
            // Near misses are not looked at here.
            rules.near_miss = 0;
            let context = truceline_casework::Context { rules: &rules, ..set.context() };
            let found =
                score(&set.gold, &groups(&resolve(&set.observations, &[], &context, Instant::FAR_FUTURE)));
            let f1 = found.b_cubed.f1;
            println!(
                "threshold {threshold}, floor {below} below: B-cubed {f1}, pairwise {}",
                found.pairwise.f1
            );
            if best.as_ref().is_none_or(|(held, _)| f1 > *held) {
                best = Some((f1, one));
            }
        }
    }
    Ok(best.map(|(_, table)| table).unwrap_or_default())
}
