//! What was counted or measured, and how it compares: integers and bounds only.
//!
//! A figure with bounds answers a comparison when all its numbers do. Figures of different sources stand side by side.

use std::collections::BTreeSet;

use truceline_model::{Bounds, Incident, MeasureId, Truth};

use super::case::{Class, Values};
use crate::ir::{Compare, Counted};

/// The least and the most that a figure allows; no most: no bound.
pub(super) type Range = (u64, Option<u64>);

/// A figure, or a stretch of numbers that could be supposed.
#[derive(Clone, Debug)]
pub(super) struct Figure {
    pub(super) range: Range,
    play: bool,
    words: String,
    /// Told to the number that it has to be compared with; else it leaves something open.
    told: bool,
}

/// The measures asked for, with those that they are set against.
pub(super) fn measures<'q>(asked: &[&'q Counted]) -> BTreeSet<&'q MeasureId> {
    asked.iter().flat_map(|counted| [Some(&counted.measure), counted.per.as_ref()]).flatten().collect()
}

fn range(bounds: &Bounds) -> Range {
    (u64::from(bounds.min), bounds.max.map(u64::from))
}

/// The figures that sources give for a measure; where one leaves a comparison open, the stretches between the numbers asked
/// for, as far as the figure allows them.
pub(super) fn figures(measure: &MeasureId, incident: &Incident, asked: &[&Counted]) -> Vec<Figure> {
    let given = |of: &MeasureId| -> Vec<Range> {
        let all = incident.amounts.get(of).into_iter().flat_map(|all| all.iter());
        all.map(|(bounds, _)| range(bounds)).collect()
    };
    let mine = given(measure);
    let silent = incident.amounts.get(measure).is_none_or(|all| all.is_open());
    let cuts = cuts(measure, asked, &given);
    let vague =
        |range: &Range| cuts.iter().any(|cut| range.0 < *cut && range.1.is_none_or(|max| *cut <= max));
    let mut all: Vec<Figure> = mine
        .iter()
        .map(|range| Figure { range: *range, play: true, words: range_words(*range), told: !vague(range) })
        .collect();
    if silent {
        all.push(Figure { range: (0, None), play: true, words: String::new(), told: false });
    }
    let open: Vec<Range> = all.iter().filter(|figure| !figure.told).map(|figure| figure.range).collect();
    if open.is_empty() {
        return all;
    }
    let starts = std::iter::once(0).chain(cuts.iter().copied());
    let ends = cuts.iter().map(|cut| Some(cut - 1)).chain([None]);
    for (start, end) in starts.zip(ends) {
        let allowed =
            |range: &Range| end.is_none_or(|end| range.0 <= end) && range.1.is_none_or(|max| start <= max);
        if !cuts.is_empty() && open.iter().any(allowed) {
            let words = range_words((start, end));
            all.push(Figure { range: (start, end), play: false, words, told: true });
        }
    }
    all
}

/// Numbers from which on an answer changes. A ratio has such a number when the other figure is known exactly.
fn cuts(measure: &MeasureId, asked: &[&Counted], given: &dyn Fn(&MeasureId) -> Vec<Range>) -> BTreeSet<u64> {
    let mut cuts = BTreeSet::new();
    let mut add = |compare: Compare, n: u64| match compare {
        Compare::AtLeast | Compare::FewerThan => cuts.extend([n]),
        Compare::AtMost | Compare::MoreThan => cuts.extend([n + 1]),
        Compare::Exactly => cuts.extend([n, n + 1]),
    };
    for counted in asked {
        let n = u64::from(counted.number);
        match &counted.per {
            None if counted.measure == *measure => add(counted.compare, n),
            None => {}
            Some(per) => {
                let exact = |of: &MeasureId| {
                    given(of).into_iter().filter(|range| range.1 == Some(range.0)).map(|range| range.0)
                };
                if counted.measure == *measure {
                    exact(per).for_each(|other| add(counted.compare, n.saturating_mul(other)));
                }
                if *per == *measure && n > 0 {
                    // a ≥ n·b turns where b passes a / n.
                    exact(&counted.measure).for_each(|other| cuts_of_other(&mut add, other / n));
                }
            }
        }
    }
    cuts.remove(&0);
    cuts
}

fn cuts_of_other(add: &mut dyn FnMut(Compare, u64), whole: u64) {
    add(Compare::Exactly, whole);
}

/// Whether a comparison holds for every number of a range, for none, or for some.
pub(super) fn holds(counted: &Counted, range: Range, per: Option<Range>) -> Truth {
    counted.holds(range, per)
}

/// `540`, `500-600`, `at least 500`, `fewer than 600`.
pub(super) fn range_words(range: Range) -> String {
    match range {
        (min, Some(max)) if min == max => min.to_string(),
        (0, Some(max)) => format!("fewer than {}", max.saturating_add(1)),
        (min, Some(max)) => format!("{min}-{max}"),
        (min, None) => format!("at least {min}"),
    }
}

/// `lorries at-least 600`, `prisoners at-least 30 per hostages`.
pub(super) fn words(counted: &Counted) -> String {
    counted.to_string()
}

pub(super) fn class<'a>(figure: &Figure) -> Class<'a> {
    let values = if figure.told { Values::Said(figure.words.clone()) } else { Values::Open };
    Class { play: figure.play, values }
}
