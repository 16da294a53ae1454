//! Learns from examples which signs speak for something, and gives whole numbers.
//!
//! Logistic regression by follow-the-regularised-leader (McMahan and others 2013): one pass after another over the examples in the
//! order in which they come, a step of its own for each sign, and no weight for a sign that says little. The same examples give the same
//! weights. Only the learning knows fractions: what comes out is thousandths, rounded.
#![allow(clippy::float_arithmetic, clippy::cast_possible_truncation)]

use std::collections::BTreeMap;

/// Weights by sign, in thousandths.
pub type Weights = BTreeMap<String, i32>;

/// What stands for every example, beside its signs.
pub const ALWAYS: &str = "always";

/// Passes over all examples.
const ROUNDS: usize = 7;
/// First step.
const STEP: f64 = 0.05;
/// How strongly weights are held down.
const HOLD: f64 = 1.0;
/// How much a sign must say to have a weight at all.
const LITTLE: f64 = 1.0;

/// Examples by their signs, each sign a number.
#[derive(Clone, Debug, Default)]
pub struct Table {
    names: Vec<String>,
    rows: Vec<Vec<usize>>,
}

/// A weight for each sign of a table, and one for every example.
#[derive(Clone, Debug)]
pub struct Line(Vec<i32>);

/// What was learned so far of one sign: where it drifts, and the sum of its squared slopes.
#[derive(Clone, Copy, Debug, Default)]
struct State {
    drift: f64,
    slopes: f64,
}

impl State {
    /// The weight that follows; `free` is held down by nothing.
    fn weight(self, free: bool) -> f64 {
        let (little, hold) = if free { (0.0, 0.0) } else { (LITTLE, HOLD) };
        if self.drift.abs() <= little {
            return 0.0;
        }
        (little.copysign(self.drift) - self.drift) / ((1.0 + self.slopes.sqrt()) / STEP + hold)
    }

    fn learn(&mut self, slope: f64, free: bool) {
        let weight = self.weight(free);
        let more = ((self.slopes + slope * slope).sqrt() - self.slopes.sqrt()) / STEP;
        self.drift += slope - more * weight;
        self.slopes += slope * slope;
    }
}

impl Table {
    /// Of examples' signs; a sign that stands in fewer than `seen` of them is left out.
    #[must_use]
    pub fn of(examples: impl IntoIterator<Item = Vec<String>>, seen: usize) -> Self {
        let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
        let mut times: Vec<usize> = Vec::new();
        let mut rows: Vec<Vec<usize>> = Vec::new();
        for signs in examples {
            let mut row = Vec::with_capacity(signs.len());
            for sign in signs {
                let next = times.len();
                let number = *numbers.entry(sign).or_insert(next);
                match times.get_mut(number) {
                    Some(times) => *times += 1,
                    None => times.push(1),
                }
                row.push(number);
            }
            rows.push(row);
        }
        let mut names = Vec::new();
        let mut kept: Vec<Option<usize>> = vec![None; times.len()];
        for (name, number) in numbers {
            if times.get(number).is_some_and(|times| *times >= seen) {
                if let Some(slot) = kept.get_mut(number) {
                    *slot = Some(names.len());
                }
                names.push(name);
            }
        }
        for row in &mut rows {
            *row = row.iter().filter_map(|number| kept.get(*number).copied().flatten()).collect();
        }
        Self { names, rows }
    }

    /// Learns from some rows; `yes` tells of each row of the table whether it is one.
    #[must_use]
    pub fn learn(&self, rows: &[usize], yes: &[bool]) -> Line {
        let always = self.names.len();
        let mut states = vec![State::default(); always + 1];
        for _ in 0..ROUNDS {
            for row in rows {
                let Some((signs, yes)) = self.rows.get(*row).zip(yes.get(*row)) else { continue };
                let own = || signs.iter().copied().chain(std::iter::once(always));
                let of = |at: usize| states.get(at).map_or(0.0, |state| state.weight(at == always));
                let sum: f64 = own().map(of).sum();
                let slope = 1.0 / (1.0 + (-sum).exp()) - f64::from(u8::from(*yes));
                for at in own() {
                    if let Some(state) = states.get_mut(at) {
                        state.learn(slope, at == always);
                    }
                }
            }
        }
        let whole = |(at, state): (usize, &State)| (state.weight(at == always) * 1000.0).round() as i32;
        Line(states.iter().enumerate().map(whole).collect())
    }

    /// What a row weighs.
    #[must_use]
    pub fn weigh(&self, line: &Line, row: usize) -> i32 {
        let signs = self.rows.get(row).into_iter().flatten().copied();
        let all = signs.chain(std::iter::once(self.names.len()));
        all.fold(0, |sum: i32, at| sum.saturating_add(line.0.get(at).copied().unwrap_or(0)))
    }

    /// Weights by their signs' names.
    #[must_use]
    pub fn named(&self, line: &Line) -> Weights {
        let names = self.names.iter().map(String::as_str).chain(std::iter::once(ALWAYS));
        let all = names.zip(&line.0).filter(|(_, weight)| **weight != 0);
        all.map(|(name, weight)| (name.to_owned(), *weight)).collect()
    }
}

/// What signs weigh together, in thousandths.
#[must_use]
pub fn weigh(weights: &Weights, signs: &[String]) -> i32 {
    let of = |sign: &str| weights.get(sign).copied().unwrap_or(0);
    signs.iter().fold(of(ALWAYS), |sum, sign| sum.saturating_add(of(sign)))
}
