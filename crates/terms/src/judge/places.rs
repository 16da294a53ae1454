//! Where it happened, as far as a clause asks: in or near which areas, for every place that a source gives.
//!
//! A place that says less than another, and nothing against it, does not rival it: a governorate beside a street in it.

use truceline_model::{Alternatives, AreaId, Areas, Place, Truth};

use super::case::{Class, Values};
use super::rows::Row;
use super::shape::Leaf;

/// Questions up to which every way of answering those that are open is offered.
const OFFERED: usize = 3;

/// The truth of one question on a place.
pub(super) fn truth(areas: &Areas, leaf: &Leaf<'_>, place: &Place) -> Truth {
    let any = |each: &mut dyn Iterator<Item = Truth>| each.fold(Truth::False, Truth::or);
    match leaf {
        Leaf::In(of) => any(&mut of.iter().map(|area| areas.contains(area, place).into())),
        Leaf::Near(of, metres) => any(&mut of.iter().map(|area| areas.near(area, *metres, place).into())),
        _ => Truth::Unknown,
    }
}

/// The classes of the place. `open`: those given do not meet the standard of proof.
pub(super) fn rows<'a>(
    areas: &Areas,
    given: &Alternatives<Place>,
    open: bool,
    asked: &[Leaf<'a>],
) -> Vec<Row<'a>> {
    let unknown = vec![Truth::Unknown; asked.len()];
    let mut told: Vec<Vec<Truth>> = Vec::new();
    for (place, _) in given.iter() {
        let row: Vec<Truth> = asked.iter().map(|leaf| truth(areas, leaf, place)).collect();
        if !told.contains(&row) {
            told.push(row);
        }
    }
    let mut kept: Vec<Vec<Truth>> = told
        .iter()
        .filter(|row| !told.iter().any(|other| other != *row && says_more(other, row)))
        .cloned()
        .collect();
    kept.sort();
    if kept.is_empty() || (open && !kept.contains(&unknown)) {
        kept.push(unknown);
    }
    let mut rows: Vec<Row<'a>> = kept.iter().map(|row| (row.clone(), class(row, asked, true))).collect();
    for vague in kept.iter().filter(|row| row.contains(&Truth::Unknown)) {
        for row in completions(vague) {
            if !rows.iter().any(|(other, _)| *other == row) {
                rows.push((row.clone(), class(&row, asked, false)));
            }
        }
    }
    rows
}

/// Whether a row answers all that the other does, alike, and more.
fn says_more(row: &[Truth], other: &[Truth]) -> bool {
    row.iter().zip(other).all(|(more, less)| less == more || *less == Truth::Unknown)
}

/// Every way of answering what a row leaves open; none when that is too many.
fn completions(row: &[Truth]) -> Vec<Vec<Truth>> {
    if row.iter().filter(|truth| **truth == Truth::Unknown).count() > OFFERED {
        return Vec::new();
    }
    let mut all = vec![row.to_vec()];
    for n in 0..row.len() {
        if row.get(n) != Some(&Truth::Unknown) {
            continue;
        }
        let both = all.iter().flat_map(|one| {
            [Truth::True, Truth::False].map(|truth| {
                let mut one = one.clone();
                if let Some(place) = one.get_mut(n) {
                    *place = truth;
                }
                one
            })
        });
        all = both.collect();
    }
    all
}

fn class<'a>(row: &[Truth], asked: &[Leaf<'a>], play: bool) -> Class<'a> {
    let values = match (row, asked) {
        _ if row.contains(&Truth::Unknown) => Values::Open,
        ([Truth::True], [Leaf::In(of)]) => Values::OneOf(of.iter().map(AreaId::as_str).collect()),
        ([Truth::False], [Leaf::In(of)]) => Values::NoneOf(of.iter().map(AreaId::as_str).collect()),
        _ => {
            let each = row.iter().zip(asked).map(|(truth, leaf)| {
                let not = if *truth == Truth::True { "" } else { "not " };
                format!("{not}{}", words(leaf))
            });
            Values::Said(each.collect::<Vec<_>>().join(" and "))
        }
    };
    Class { play, values }
}

/// `in zone-a, zone-b`, `within 15 km of line-a`.
pub(super) fn words(leaf: &Leaf<'_>) -> String {
    let ids = |of: &std::collections::BTreeSet<AreaId>| {
        of.iter().map(AreaId::as_str).collect::<Vec<_>>().join(", ")
    };
    match leaf {
        Leaf::In(of) => format!("in {}", ids(of)),
        Leaf::Near(of, metres) if metres % 1000 == 0 => format!("within {} km of {}", metres / 1000, ids(of)),
        Leaf::Near(of, metres) => format!("within {metres} m of {}", ids(of)),
        _ => String::new(),
    }
}
