//! Counts of people as bounds, and plain whole numbers.

use std::collections::BTreeMap;

use truceline_model::{Bounds, CasualtyFigures, MeasureId, Qualifier};

use super::row::{Found, Row};
use crate::mapping::Field;
use crate::refusal::{Fault, quote};

/// More than this is a number in the wrong column.
const PEOPLE_LIMIT: u32 = 5_000_000;

/// The figures of a row.
pub(super) fn casualties(row: &mut Row<'_>) -> CasualtyFigures {
    CasualtyFigures {
        killed: bounds(row, Field::Killed, Field::KilledMin, Field::KilledMax),
        wounded: bounds(row, Field::Wounded, Field::WoundedMin, Field::WoundedMax),
        killed_civilian: bounds(
            row,
            Field::KilledCivilian,
            Field::KilledCivilianMin,
            Field::KilledCivilianMax,
        ),
        killed_combatant: bounds(
            row,
            Field::KilledCombatant,
            Field::KilledCombatantMin,
            Field::KilledCombatantMax,
        ),
    }
}

fn bounds(row: &mut Row<'_>, whole: Field, min: Field, max: Field) -> Option<Bounds> {
    let added: Vec<Found<'_>> =
        row.find_all(whole).into_iter().filter(|found| found.rule.is_some_and(|rule| rule.add)).collect();
    if !added.is_empty() {
        let parts: Vec<Bounds> = added.iter().filter_map(|found| one(row, found)).collect();
        return parts.into_iter().reduce(sum);
    }
    if let Some(found) = row.find(whole) {
        return one(row, &found);
    }
    let (low, high) = (row.find(min), row.find(max));
    let least = low.as_ref().and_then(|found| number(row, found));
    let most = high.as_ref().and_then(|found| number(row, found));
    match (least, most) {
        (Some(least), Some(most)) => {
            let range = Bounds::range(least, most);
            if let (None, Some(found)) = (range, high) {
                row.refuse(
                    Fault::Count,
                    &found,
                    format!("the most is below the least, {least}; swap or mend them"),
                );
            }
            range
        }
        (Some(0), None) => None,
        (Some(least), None) => Some(Bounds { min: least, max: None, qualifier: Qualifier::AtLeast }),
        (None, Some(most)) => Some(Bounds { min: 0, max: Some(most), qualifier: Qualifier::AtMost }),
        (None, None) => None,
    }
}

/// Parts of one whole in one row: those killed of either status are all that were killed.
fn sum(a: Bounds, b: Bounds) -> Bounds {
    let min = a.min.saturating_add(b.min);
    match (a.max, b.max) {
        (Some(x), Some(y)) => Bounds::range(min, x.saturating_add(y)).unwrap_or(a),
        _ => Bounds { min, max: None, qualifier: Qualifier::AtLeast },
    }
}

fn one(row: &mut Row<'_>, found: &Found<'_>) -> Option<Bounds> {
    let text = clean(row, &found.one());
    let bounds = match Bounds::parse(&text) {
        Ok(bounds) => bounds,
        Err(error) => {
            row.refuse(Fault::Count, found, error.say);
            return None;
        }
    };
    if bounds.min > PEOPLE_LIMIT || bounds.max.is_some_and(|max| max > PEOPLE_LIMIT) {
        row.refuse(Fault::Count, found, "so many people are not meant; is this number in the right column?");
        return None;
    }
    match found.rule {
        // "At least none" states nothing.
        Some(rule) if rule.at_least && bounds.min == 0 => None,
        Some(rule) if rule.at_least => {
            Some(Bounds { min: bounds.min, max: None, qualifier: Qualifier::AtLeast })
        }
        _ => Some(bounds),
    }
}

fn number(row: &mut Row<'_>, found: &Found<'_>) -> Option<u32> {
    let text = clean(row, &found.one());
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let number = text.parse::<u32>().ok().filter(|n| plain && *n <= PEOPLE_LIMIT);
    if number.is_none() {
        row.refuse(Fault::Count, found, "write a whole number of people, like 14");
    }
    number
}

/// A whole number of a field that has one; refused when it is none.
pub(super) fn whole_number(row: &mut Row<'_>, field: Field) -> Option<u32> {
    let found = row.find(field)?;
    number(row, &found)
}

/// `SY02=5;SY01=3`: numbers by key; a key that `resolve` does not know stays out, with a warning.
pub(super) fn breakdown<K: Ord>(
    row: &mut Row<'_>,
    field: Field,
    resolve: impl Fn(&Row<'_>, &str) -> Option<K>,
) -> BTreeMap<K, u32> {
    let mut out = BTreeMap::new();
    let Some(found) = row.find(field) else { return out };
    for part in &found.parts {
        let pair =
            part.split_once('=').and_then(|(key, n)| Some((key.trim(), n.trim().parse::<u32>().ok()?)));
        let Some((key, n)) = pair else {
            row.refuse(
                Fault::Count,
                &found,
                format!("{} is no part of a count; write SY02=5;SY01=3", quote(part)),
            );
            continue;
        };
        match resolve(row, key) {
            Some(key) => {
                out.insert(key, n);
            }
            None => {
                row.warn(field, format!("{} is not known to this mission; its part was left out", quote(key)))
            }
        }
    }
    out
}

/// `lorries=610;fuel-lorries=>=50`: what was counted, by measure, as bounds. Which measures there are the terms say.
pub(super) fn amounts(row: &mut Row<'_>) -> BTreeMap<MeasureId, Bounds> {
    let mut out = BTreeMap::new();
    let Some(found) = row.find(Field::Amounts) else { return out };
    for part in &found.parts {
        let pair = part.split_once('=').and_then(|(name, bounds)| {
            let name = name.trim();
            let kebab = !name.is_empty()
                && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            Some((MeasureId::new(name), Bounds::parse(bounds).ok()?)).filter(|_| kebab)
        });
        match pair {
            Some((measure, bounds)) => {
                if out.insert(measure, bounds).is_some_and(|before| before != bounds) {
                    let say =
                        format!("{} is the second count of one measure; give one, or bounds", quote(part));
                    row.refuse(Fault::Count, &found, say);
                }
            }
            None => {
                let say =
                    format!("{} is no count of a measure; write lorries=610;people=1200-1500", quote(part));
                row.refuse(Fault::Count, &found, say);
            }
        }
    }
    out
}

fn clean(row: &Row<'_>, text: &str) -> String {
    let text = text.trim();
    match text.split_once('.') {
        Some((whole, zeros)) if row.mapping.counts_with_zeros && zeros.bytes().all(|b| b == b'0') => {
            whole.to_owned()
        }
        _ => text.to_owned(),
    }
}
