//! Pairs that a person judged: read, held against what was linked, and given to whoever learns.
//!
//! Each pair stands for as many as its band holds for each one drawn, so that what is counted speaks of all pairs compared. Never
//! changes a verdict and never draws one.
#![allow(clippy::float_arithmetic)]

use std::collections::BTreeMap;
use std::path::Path;

use crate::{Result, noise};

/// One pair that was judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The country-year.
    pub country: String,
    /// The two rows, `dataset:id`, in the order of their texts.
    pub rows: (String, String),
    /// Whether both tell of one event.
    pub same: bool,
    /// For how many pairs it stands.
    pub stands_for: f64,
    /// The band from which it was drawn.
    pub band: String,
}

/// Reads a file of verdicts.
///
/// # Errors
/// When it cannot be read.
pub fn read(path: &Path) -> Result<Vec<Verdict>> {
    let rows = noise::table(path)?;
    let cell = |row: &BTreeMap<String, String>, name: &str| row.get(name).cloned().unwrap_or_default();
    let verdict = |row: &BTreeMap<String, String>| cell(row, "same").parse::<u8>().ok();
    // Who was unsure gave no verdict: those that were given stand for the whole band.
    let mut given: BTreeMap<String, f64> = BTreeMap::new();
    for row in rows.iter().filter(|row| verdict(row).is_some()) {
        *given.entry(cell(row, "band")).or_default() += 1.0;
    }
    let make = |row: &BTreeMap<String, String>| {
        let band = cell(row, "band");
        Some(Verdict {
            same: verdict(row)? == 1,
            country: cell(row, "country"),
            rows: in_order(cell(row, "a"), cell(row, "b")),
            stands_for: cell(row, "of").parse::<f64>().unwrap_or(0.0)
                / given.get(&band).copied().unwrap_or(1.0),
            band,
        })
    };
    Ok(rows.iter().filter_map(make).collect())
}

/// Verdicts of several files as one: each file speaks of all pairs, by as much as it holds verdicts.
#[must_use]
pub fn together(files: Vec<Vec<Verdict>>) -> Vec<Verdict> {
    let count = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
    let all = count(files.iter().map(Vec::len).sum()).max(1.0);
    let part = |file: Vec<Verdict>| {
        let share = count(file.len()) / all;
        file.into_iter().map(move |v| Verdict { stands_for: v.stands_for * share, ..v })
    };
    files.into_iter().flat_map(part).collect()
}

/// Two names in the order in which pairs are looked up.
#[must_use]
pub fn in_order(a: String, b: String) -> (String, String) {
    if a <= b { (a, b) } else { (b, a) }
}

/// Precision, recall and F1 of links, by verdicts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figures {
    /// Of what was linked, how much is one event.
    pub precision: f64,
    /// Of what is one event, how much was linked.
    pub recall: f64,
    /// Of both.
    pub f1: f64,
}

/// Holds links against verdicts.
#[must_use]
pub fn figures<'v>(verdicts: impl IntoIterator<Item = (&'v Verdict, bool)>) -> Figures {
    let (mut right, mut put, mut belong) = (0.0, 0.0, 0.0);
    for (verdict, linked) in verdicts {
        let times = verdict.stands_for;
        put += if linked { times } else { 0.0 };
        belong += if verdict.same { times } else { 0.0 };
        right += if linked && verdict.same { times } else { 0.0 };
    }
    let share = |of: f64| if of > 0.0 { right / of } else { 0.0 };
    let (precision, recall) = (share(put), share(belong));
    let f1 = if right > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 };
    Figures { precision, recall, f1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_counts_for_its_band() {
        let of = |same, stands_for| Verdict {
            country: String::new(),
            rows: (String::new(), String::new()),
            same,
            stands_for,
            band: String::new(),
        };
        let (a, b, c) = (of(true, 3.0), of(false, 1.0), of(true, 1.0));
        let found = figures([(&a, true), (&b, true), (&c, false)]);
        assert_eq!((found.precision, found.recall, found.f1), (0.75, 0.75, 0.75));
    }
}
