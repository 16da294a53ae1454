//! Weights for rows of several datasets from pairs that were judged: those under which the verdicts are likeliest, drawn towards the weights
//! set by hand where verdicts are few.
//!
//! Every weight at once (a logistic fit), so that what says the same twice counts once; steps of one likeness lean on one another. Threshold
//! and floor are those that agree best with the same verdicts, links made by the resolver itself. What carries over to pairs that were
//! not learned from is measured by holding out a part at a time. Never sees a pair that was kept for measuring: the caller names the files.
#![allow(clippy::float_arithmetic)]

use std::collections::BTreeMap;

use truceline_casework::{Context, Rules, Weighed, resolve, weighed};
use truceline_model::Instant;

use crate::four;
use crate::judged::{Figures, Verdict, figures, in_order};
use crate::{Result, Set, groups};

/// One pair that was judged, as it stands among the rows.
#[derive(Clone, Debug)]
pub struct Known {
    /// What was said of it.
    pub verdict: Verdict,
    /// Its set.
    set: usize,
    /// Its rows, by receipt.
    rows: (u64, u64),
    /// How it is weighed; none where it is not compared.
    pair: Option<Weighed>,
}

/// Finds judged pairs among the rows of each country.
#[must_use]
pub fn known(sets: &[Set], verdicts: &[Verdict]) -> Vec<Known> {
    let mut all = Vec::new();
    for (n, (set, country)) in sets.iter().zip(four::COUNTRIES).enumerate() {
        let receipt: BTreeMap<String, u64> =
            set.observations.iter().map(|o| (format!("{}:{}", o.source, o.sender_id), o.receipt.0)).collect();
        let pairs: BTreeMap<(u64, u64), Weighed> = weighed(&set.observations, &set.context())
            .into_iter()
            .map(|pair| ((pair.pair.0.0.min(pair.pair.1.0), pair.pair.0.0.max(pair.pair.1.0)), pair))
            .collect();
        for verdict in verdicts.iter().filter(|v| v.country == country) {
            let rows = in_order(verdict.rows.0.clone(), verdict.rows.1.clone());
            let (Some(a), Some(b)) = (receipt.get(&rows.0), receipt.get(&rows.1)) else { continue };
            let rows = (*a.min(b), *a.max(b));
            all.push(Known { verdict: verdict.clone(), set: n, rows, pair: pairs.get(&rows).cloned() });
        }
    }
    all
}

/// Likenesses that come in steps: what a step adds to the one before is what is fitted.
const STEPPED: [&str; 3] = ["words.", "words-share.", "names-share."];
/// What is no likeness, or counts only when it is stronger than another that says the same.
const APART: [&str; 6] = ["coincidence", "threshold", "floor", "margin", "again", "near-miss"];

/// Which weights a pair moves, and where fitting begins.
struct Shape {
    names: Vec<String>,
    moves: BTreeMap<String, Vec<usize>>,
    begin: Vec<f64>,
}

const DOUBLING: f64 = std::f64::consts::LN_2;

impl Shape {
    fn of(rules: &Rules) -> Self {
        let mut rules = rules.clone();
        let mut shape = Self { names: Vec::new(), moves: BTreeMap::new(), begin: Vec::new() };
        let mut below: Option<(&str, Vec<usize>, i32)> = None;
        for (name, weight) in rules.weights() {
            if name.starts_with("names.") || APART.contains(&name.as_str()) {
                continue;
            }
            let at = shape.names.len();
            let mut begin = *weight;
            let mut moves = vec![at];
            if let Some(kind) = STEPPED.into_iter().find(|kind| name.starts_with(kind)) {
                if let Some((of, steps, reached)) = below.take().filter(|(of, ..)| *of == kind) {
                    debug_assert_eq!(of, kind);
                    moves = steps.into_iter().chain([at]).collect();
                    begin -= reached;
                }
                below = Some((kind, moves.clone(), *weight));
            }
            shape.names.push(name.clone());
            shape.moves.insert(name, moves);
            shape.begin.push(f64::from(begin) / 1000.0 * DOUBLING);
        }
        shape
    }
}

/// A judged pair as it is fitted.
struct Row {
    moves: Vec<usize>,
    crowd: f64,
    same: bool,
    times: f64,
}

/// How strongly weights are drawn to where they begin, in pairs; how a verdict that stands for many counts: by the root of it.
const DRAWN: f64 = 3.0;
const SWEEPS: usize = 150;

struct Fitted {
    weights: Vec<f64>,
    crowd: f64,
    even: f64,
}

fn fit(rows: &[Row], shape: &Shape) -> Fitted {
    let mut fitted = Fitted { weights: shape.begin.clone(), crowd: -0.25 * DOUBLING, even: 0.0 };
    let mut of: Vec<Vec<usize>> = vec![Vec::new(); shape.names.len()];
    for (n, row) in rows.iter().enumerate() {
        for at in &row.moves {
            if let Some(rows) = of.get_mut(*at) {
                rows.push(n);
            }
        }
    }
    let sum = |row: &Row| row.moves.iter().filter_map(|at| shape.begin.get(*at)).sum::<f64>();
    let mut odds: Vec<f64> = rows.iter().map(|row| sum(row) + fitted.crowd * row.crowd).collect();
    let everyone: Vec<usize> = (0..rows.len()).collect();
    let slope = |odds: &[f64], which: &[usize], by: &dyn Fn(&Row) -> f64| {
        let (mut off, mut curve) = (0.0, 1e-9);
        for (row, odds) in which.iter().filter_map(|n| rows.get(*n).zip(odds.get(*n))) {
            let (p, x) = (1.0 / (1.0 + (-odds).exp()), by(row));
            off += row.times * x * (f64::from(u8::from(row.same)) - p);
            curve += row.times * x * x * p * (1.0 - p);
        }
        (off, curve)
    };
    let shift = |odds: &mut [f64], which: &[usize], by: &dyn Fn(&Row) -> f64, step: f64| {
        for n in which {
            if let Some((row, odds)) = rows.get(*n).zip(odds.get_mut(*n)) {
                *odds += step * by(row);
            }
        }
    };
    let one = |_: &Row| 1.0;
    let crowd = |row: &Row| row.crowd;
    for _ in 0..SWEEPS {
        for ((weight, begin), which) in fitted.weights.iter_mut().zip(&shape.begin).zip(&of) {
            let (off, curve) = slope(&odds, which, &one);
            let step = ((off - DRAWN * (*weight - begin)) / (curve + DRAWN)).clamp(-1.0, 1.0);
            *weight += step;
            shift(&mut odds, which, &one, step);
        }
        let (off, curve) = slope(&odds, &everyone, &crowd);
        let step = (off / curve).clamp(-0.5, 0.5).min(-fitted.crowd);
        fitted.crowd += step;
        shift(&mut odds, &everyone, &crowd, step);
        let (off, curve) = slope(&odds, &everyone, &one);
        let step = (off / curve).clamp(-1.0, 1.0);
        fitted.even += step;
        shift(&mut odds, &everyone, &one, step);
    }
    fitted
}

fn thousandths(value: f64) -> i64 {
    #[allow(clippy::cast_possible_truncation)]
    let tens = (value / DOUBLING * 100.0).round().clamp(-2000.0, 2000.0) as i64;
    tens * 10
}

/// The table of weights but for threshold and floor, and the score at which odds are even.
fn table(known: &[&Known], rules: &Rules) -> (String, i64) {
    let shape = Shape::of(rules);
    let row = |one: &&Known| {
        let pair = one.pair.as_ref()?;
        let moves = pair.weights.iter().filter_map(|name| shape.moves.get(name)).flatten().copied().collect();
        let times = one.verdict.stands_for.max(0.0).sqrt();
        Some(Row { moves, crowd: f64::from(pair.crowd.max(1).ilog2()), same: one.verdict.same, times })
    };
    let mut rows: Vec<Row> = known.iter().filter_map(row).collect();
    let count = f64::from(u32::try_from(rows.len()).unwrap_or(u32::MAX));
    let mean = rows.iter().map(|row| row.times).sum::<f64>() / count.max(1.0);
    rows.iter_mut().for_each(|row| row.times /= mean.max(1e-9));
    let fitted = fit(&rows, &shape);
    let mut out = String::from("name,weight\n");
    for name in &shape.names {
        let moves = shape.moves.get(name).into_iter().flatten();
        let weight: f64 = moves.filter_map(|at| fitted.weights.get(*at)).sum();
        out.push_str(&format!("{name},{}\n", thousandths(weight)));
        if let Some(step) = name.strip_prefix("words.") {
            // Names are among the words; what they share by themselves is their share.
            out.push_str(&format!("names.{step},-20000\n"));
        }
    }
    out.push_str(&format!("coincidence,{}\n", thousandths(-fitted.crowd).max(0)));
    (out, thousandths(-fitted.even))
}

/// Which of the judged pairs stand in one incident under a table.
fn linked(sets: &[Set], rules: &Rules, known: &[&Known]) -> Vec<bool> {
    let found: Vec<BTreeMap<u64, u64>> = sets
        .iter()
        .map(|set| {
            let context = Context { rules, ..set.context() };
            groups(&resolve(&set.observations, &[], &context, Instant::FAR_FUTURE))
        })
        .collect();
    let together = |one: &&Known| {
        let of = found.get(one.set)?;
        Some(of.get(&one.rows.0)? == of.get(&one.rows.1)?)
    };
    known.iter().map(|one| together(one).unwrap_or(false)).collect()
}

fn held(known: &[&Known], linked: &[bool]) -> Figures {
    figures(known.iter().zip(linked).map(|(one, linked)| (&one.verdict, *linked)))
}

/// Fits a table to verdicts, with the threshold and floor that agree with them best.
///
/// # Errors
/// When the table that it made cannot be read again, which is a fault of this program.
pub fn fitted(sets: &[Set], known: &[&Known]) -> Result<(Figures, String)> {
    let Some(rules) = sets.first().map(|set| &set.rules) else { return Err("no rows".into()) };
    let (weights, even) = table(known, rules);
    let mut best: Option<(Figures, String)> = None;
    for (step, again) in (-5..=3).flat_map(|step| [1000, 2000, 3000, 4000].map(|again| (step, again))) {
        for below in [5000, 8000] {
            let threshold = even + step * 400;
            let floor = threshold - below;
            let one = format!("{weights}threshold,{threshold}\nfloor,{floor}\nagain,{again}\n");
            let mut rules = rules.clone().with_weights(&one)?;
            rules.near_miss = 0;
            let found = held(known, &linked(sets, &rules, known));
            if best.as_ref().is_none_or(|(held, _)| found.f1 > held.f1) {
                best = Some((found, one));
            }
        }
    }
    best.ok_or_else(|| "no threshold".into())
}

/// How many parts the verdicts are cut into.
const PARTS: usize = 4;

/// A judged pair that was held out: whether it was linked, and how far it stands above the threshold.
pub type HeldOut<'k> = (&'k Known, bool, i32);

/// Fits to all parts but one, and holds the links against that one; of all parts together. With each verdict whether it was linked.
///
/// # Errors
/// As [`fitted`].
pub fn held_out<'k>(sets: &[Set], known: &'k [Known]) -> Result<(Figures, Vec<HeldOut<'k>>)> {
    let mut all = Vec::new();
    for part in 0..PARTS {
        let of = |out: bool| {
            let which = move |(n, _): &(usize, &Known)| (n % PARTS == part) == out;
            known.iter().enumerate().filter(which).map(|(_, one)| one).collect::<Vec<&Known>>()
        };
        let (learned, held) = (of(false), of(true));
        let (_, table) = fitted(sets, &learned)?;
        let rules = sets.first().map(|set| set.rules.clone()).unwrap_or_default().with_weights(&table)?;
        let links = linked(sets, &rules, &held);
        let over = |one: &Known| {
            one.pair.as_ref().map_or(i32::MIN, |pair| four::score(&rules, pair) - rules.threshold)
        };
        all.extend(held.into_iter().zip(links).map(|(one, linked)| (one, linked, over(one))));
    }
    Ok((figures(all.iter().map(|(one, linked, _)| (&one.verdict, *linked))), all))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What goes with sameness weighs for it, what does not weighs against, and a further step of one likeness adds to the nearer.
    #[test]
    fn weights_follow_the_verdicts() {
        let rules = Rules::default();
        let of = |names: &[&str], same| Known {
            verdict: Verdict {
                country: String::new(),
                rows: (String::new(), String::new()),
                same,
                stands_for: 1.0,
                band: String::new(),
            },
            set: 0,
            rows: (0, 1),
            pair: Some(Weighed {
                pair: (truceline_model::ReceiptNo(0), truceline_model::ReceiptNo(1)),
                one_voice: false,
                crowd: 1,
                weights: names.iter().map(|n| (*n).to_owned()).collect(),
            }),
        };
        let mut all = vec![of(&["time.same-day", "words-share.32"], true); 40];
        all.extend(vec![of(&["time.next-day", "words-share.2"], false); 40]);
        let (table, _) = table(&all.iter().collect::<Vec<_>>(), &rules);
        let learned = Rules::default().with_weights(&table).unwrap_or_default();
        assert!(learned.time.same_day > 1000 && learned.time.next_day < -2000);
        let share = |at: usize| learned.wording.words_share.get(at).map_or(0, |(_, weight)| *weight);
        assert!(share(0) < share(3) && share(3) < share(6), "{:?}", learned.wording.words_share);
    }
}
