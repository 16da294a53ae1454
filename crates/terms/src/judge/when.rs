//! When it happened, as far as a clause can tell moments apart: stretches of time within which it treats the event alike.
//!
//! An event happened at one moment of its interval, and each stretch that the interval touches is possible; an act that went
//! on throughout happened in all of them.

use truceline_model::{Fact, Incident, Interval, Truth};

use super::Judge;
use super::case::{Class, Slot, Values};
use super::compile::Law;
use super::proof;
use super::shape::{Leaf, Shape};

/// A stretch of time: the law's cell, and the truth of each question on time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) cell: usize,
    pub(super) told: Vec<Truth>,
}

/// The event's time before the clause.
pub(super) struct Times<'a> {
    pub(super) slot: Slot<'a>,
    pub(super) pieces: Vec<Piece>,
    /// Per class of the slot, its pieces.
    pub(super) spans: Vec<Vec<usize>>,
    /// The questions on time, in the order of [`Piece::told`].
    pub(super) leaves: Vec<usize>,
}

/// Hours of the day repeat after a day; two of them show every combination, whatever the clocks do.
const LOOKED_AT_S: i64 = 2 * 86_400;
/// Clocks change at quarters of an hour of UTC.
const QUARTER_S: i64 = 900;

/// The intervals within which it happened. Accounts that agree on a part are taken together; accounts that exclude one another
/// stand side by side. With no time at all, every time is possible.
pub(super) fn spans(incident: &Incident) -> Vec<Interval> {
    let mut given = incident.when.iter().map(|(when, _)| *when);
    let Some(first) = given.next() else { return vec![Interval::ALWAYS] };
    let shared = given.try_fold(first, |all, next| all.intersect(next));
    shared.map_or_else(|| incident.when.iter().map(|(when, _)| *when).collect(), |shared| vec![shared])
}

pub(super) fn times<'a>(
    judge: &Judge<'_>,
    law: &Law<'_>,
    shape: &Shape<'_>,
    incident: &Incident,
) -> Times<'a> {
    let is_time = |leaf: &Leaf<'_>| matches!(leaf, Leaf::From(_) | Leaf::Daily(..) | Leaf::WholeDay);
    let leaves: Vec<usize> =
        shape.leaves.iter().enumerate().filter(|(_, leaf)| is_time(leaf)).map(|(n, _)| n).collect();
    let asked: Vec<Leaf<'_>> = leaves.iter().filter_map(|n| shape.leaves.get(*n)).copied().collect();
    let mut spans_of_event = spans(incident);
    // Below the standard of proof it may have been at any time as well.
    let given = spans_of_event.len();
    if proof::below(judge, &Fact::Time, &incident.when) {
        spans_of_event.push(Interval::ALWAYS);
    }
    let mut pieces: Vec<Piece> = Vec::new();
    let mut of_span: Vec<Vec<usize>> = Vec::new();
    for span in &spans_of_event {
        let mut mine = Vec::new();
        for piece in pieces_of(judge, law, &asked, *span) {
            let place = pieces.iter().position(|other| *other == piece).unwrap_or_else(|| {
                pieces.push(piece);
                pieces.len() - 1
            });
            if !mine.contains(&place) {
                mine.push(place);
            }
        }
        of_span.push(mine);
    }
    let throughout = incident.throughout && !incident.when.is_empty();
    let (spans, values) = if throughout {
        let told = spans_of_event.get(..given).unwrap_or_default();
        let mut values: Vec<Values<'a>> =
            told.iter().map(|span| named_span(*span, &spans_of_event)).collect();
        // Of a time that is not known nothing is known to have gone on throughout: each stretch for itself.
        let open = of_span.split_off(given.min(of_span.len())).into_iter().flatten();
        of_span.extend(open.map(|piece| vec![piece]));
        values.resize(of_span.len(), Values::Open);
        (of_span, values)
    } else {
        // By hours, and within them in the order of time, so that neighbours can be joined when they are supposed.
        let mut order: Vec<usize> = (0..pieces.len()).collect();
        order.sort_by_key(|n| pieces.get(*n).map(|piece| (hours(&asked, &piece.told, true), piece.cell)));
        let values = named_pieces(law, &asked, &pieces, &order);
        (order.into_iter().map(|n| vec![n]).collect(), values)
    };
    let classes = values.into_iter().map(|values| Class { play: true, values }).collect();
    Times { slot: Slot { fact: Fact::Time, classes }, pieces, spans, leaves }
}

/// The pieces of one interval.
fn pieces_of(judge: &Judge<'_>, law: &Law<'_>, asked: &[Leaf<'_>], span: Interval) -> Vec<Piece> {
    let daily = asked.iter().any(|leaf| matches!(leaf, Leaf::Daily(..)));
    let whole = asked.contains(&Leaf::WholeDay) && judge.terms.zone.is_whole_day(span);
    let mut all = Vec::new();
    for (cell, law_cell) in law.cells.iter().enumerate() {
        let Some(part) = span.intersect(law_cell.during) else { continue };
        let told = |second: u32| -> Vec<Truth> {
            let one = |leaf: &Leaf<'_>| match leaf {
                Leaf::From(at) => Truth::from(part.start() >= *at),
                Leaf::Daily(from, until) => Truth::from(within(second, *from, *until)),
                Leaf::WholeDay if whole => Truth::True,
                _ => Truth::Unknown,
            };
            asked.iter().map(one).collect()
        };
        if !daily {
            all.push(Piece { cell, told: told(0) });
            continue;
        }
        for second in seconds_of_day(judge, asked, part) {
            let piece = Piece { cell, told: told(second) };
            if !all.contains(&piece) {
                all.push(piece);
            }
        }
    }
    all
}

/// Whether a second of the local day lies in the hours; they may cross midnight.
fn within(second: u32, from: u32, until: u32) -> bool {
    if from < until { from <= second && second < until } else { second >= from || second < until }
}

/// A second of the local day out of every stretch of the interval between the hours that are asked for.
fn seconds_of_day(judge: &Judge<'_>, asked: &[Leaf<'_>], part: Interval) -> Vec<u32> {
    let bounds: Vec<i64> = asked
        .iter()
        .filter_map(|leaf| match leaf {
            Leaf::Daily(from, until) => Some([i64::from(*from), i64::from(*until)]),
            _ => None,
        })
        .flatten()
        .collect();
    let mut at = part.start();
    let end = part.end().min(part.start().plus_seconds(LOOKED_AT_S));
    let mut all = Vec::new();
    while at < end {
        let second = judge.terms.zone.second_of_day(at);
        all.push(second);
        let ahead = |bound: &i64| match (bound - i64::from(second)).rem_euclid(86_400) {
            0 => 86_400,
            ahead => ahead,
        };
        let next_bound = bounds.iter().map(ahead).min().unwrap_or(86_400);
        let next_quarter = QUARTER_S - at.seconds().rem_euclid(QUARTER_S);
        at = at.plus_seconds(next_bound.min(next_quarter));
    }
    all
}

/// A whole interval of an act that went on throughout, beside rival ones.
fn named_span<'a>(span: Interval, all: &[Interval]) -> Values<'a> {
    let first = all.iter().all(|other| span.start() <= other.start());
    let last = all.iter().all(|other| other.end() <= span.end());
    let from = (!first).then(|| span.start());
    let until = (!last).then(|| span.end());
    Values::Time(from, until, String::new())
}

fn named_pieces<'a>(law: &Law<'_>, asked: &[Leaf<'_>], pieces: &[Piece], order: &[usize]) -> Vec<Values<'a>> {
    let cells: Vec<usize> = order.iter().filter_map(|n| pieces.get(*n)).map(|piece| piece.cell).collect();
    let (first, last) = (cells.iter().min().copied(), cells.iter().max().copied());
    // Whether it is one whole day tells rival accounts apart only where they differ in it.
    let day = |piece: &Piece| {
        let told = asked.iter().zip(&piece.told).find(|(leaf, _)| **leaf == Leaf::WholeDay);
        told.map(|(_, truth)| *truth)
    };
    let whole = pieces.iter().any(|piece| pieces.first().map(day) != Some(day(piece)));
    let name = |n: &usize| {
        let Some(piece) = pieces.get(*n) else { return Values::Open };
        let during = law.cells.get(piece.cell).map_or(Interval::ALWAYS, |cell| cell.during);
        let from = (Some(piece.cell) != first).then(|| during.start());
        let until = (Some(piece.cell) != last).then(|| during.end());
        Values::Time(from, until, hours(asked, &piece.told, whole))
    };
    order.iter().map(name).collect()
}

/// The hours of the day by which a piece differs: `daily 22:00-06:00`, `not daily 22:00-06:00`; and, when `whole` is asked,
/// whether it is a tally of `one whole day`.
fn hours(asked: &[Leaf<'_>], told: &[Truth], whole: bool) -> String {
    let one = |(leaf, truth): (&Leaf<'_>, &Truth)| match leaf {
        Leaf::Daily(from, until) => {
            let not = if *truth == Truth::True { "" } else { "not " };
            Some(format!("{not}daily {}", hours_words(*from, *until)))
        }
        Leaf::WholeDay if whole => {
            let not = if *truth == Truth::True { "" } else { "not " };
            Some(format!("{not}one whole day"))
        }
        _ => None,
    };
    asked.iter().zip(told).filter_map(one).collect::<Vec<_>>().join(" and ")
}

/// `22:00-06:00`.
pub(super) fn hours_words(from: u32, until: u32) -> String {
    let clock = |second: u32| format!("{:02}:{:02}", second / 3600, second % 3600 / 60);
    format!("{}-{}", clock(from), clock(until))
}

/// Whether an event at one moment of an interval fell between hours of the local day.
pub(super) fn daily(judge: &Judge<'_>, from: u32, until: u32, when: Interval) -> Truth {
    let seconds = seconds_of_day(judge, &[Leaf::Daily(from, until)], when);
    let mut told = seconds.into_iter().map(|second| within(second, from, until));
    let first = told.next().unwrap_or(false);
    if told.all(|one| one == first) { first.into() } else { Truth::Unknown }
}
