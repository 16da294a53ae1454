//! Which values of a found claim are right.
//!
//! - Bounds (`killed`, `wounded`, `count`) by `min` and `max`, both equal, at least one given.
//! - Dates (`when`, `effective`) by `norm` where the label has a resolved one: a day, a month, an interval, a length of time.
//! - Everything else, and bounds and dates whose label carries neither, by place (intersection over union of at least one half) or by
//!   an equal registry id or an equal `norm`.
//!
//! Within a field each labelled value takes at most one found value, as many as can be: an exact maximum, so that no order of values
//! matters. Dates of one claim with one resolved norm are one value said twice, on either side.

use crate::claim::Value;

/// Fields of figures.
pub const BOUNDS: [&str; 3] = ["killed", "wounded", "count"];
/// Fields of figures about people hurt.
pub const CASUALTIES: [&str; 2] = ["killed", "wounded"];
/// Fields of times.
pub const DATES: [&str; 2] = ["when", "effective"];

/// What became of one field of one claim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Labelled values.
    pub gold: u64,
    /// Found values.
    pub found: u64,
    /// Those that are right.
    pub right: u64,
}

impl Held {
    /// Adds another's.
    pub fn add(&mut self, other: Self) {
        self.gold = self.gold.saturating_add(other.gold);
        self.found = self.found.saturating_add(other.found);
        self.right = self.right.saturating_add(other.right);
    }
}

/// Holds the values of a field against the labelled ones; an unmatched claim has nothing on one side.
#[must_use]
pub fn hold(field: &str, gold: &[Value], found: &[Value]) -> Held {
    let (gold, found) = (once(field, gold), once(field, found));
    let edges: Vec<Vec<usize>> = gold
        .iter()
        .map(|labelled| {
            let able = found.iter().enumerate().filter(|(_, value)| is_right(field, labelled, value));
            able.map(|(at, _)| at).collect()
        })
        .collect();
    Held { gold: count(gold.len()), found: count(found.len()), right: count(most(&edges, found.len())) }
}

/// Whether a found value is right for a labelled one.
#[must_use]
pub fn is_right(field: &str, gold: &Value, found: &Value) -> bool {
    if BOUNDS.contains(&field) && (gold.min.is_some() || gold.max.is_some()) {
        return gold.same_bounds(found);
    }
    if DATES.contains(&field)
        && let Some(norm) = resolved(gold)
    {
        return resolved(found) == Some(norm);
    }
    gold.span.like(found.span)
        || same(gold.id.as_ref(), found.id.as_ref())
        || same(gold.norm.as_ref(), found.norm.as_ref())
}

/// The most pairs that can be made when each left one may have some right ones and each is taken once.
#[must_use]
pub fn most(edges: &[Vec<usize>], rights: usize) -> usize {
    let mut owner: Vec<Option<usize>> = vec![None; rights];
    (0..edges.len()).filter(|&left| place(left, edges, &mut owner, &mut vec![false; rights])).count()
}

fn place(left: usize, edges: &[Vec<usize>], owner: &mut [Option<usize>], seen: &mut [bool]) -> bool {
    for &right in edges.get(left).map_or(&[][..], Vec::as_slice) {
        let Some(seen_here) = seen.get_mut(right) else { continue };
        if std::mem::replace(seen_here, true) {
            continue;
        }
        let free = match owner.get(right).copied().flatten() {
            None => true,
            Some(other) => place(other, edges, owner, seen),
        };
        if free && let Some(slot) = owner.get_mut(right) {
            *slot = Some(left);
            return true;
        }
    }
    false
}

fn once<'a>(field: &str, values: &'a [Value]) -> Vec<&'a Value> {
    let mut all: Vec<&Value> = Vec::new();
    for value in values {
        let said = DATES.contains(&field)
            && resolved(value).is_some_and(|norm| all.iter().any(|other| resolved(other) == Some(norm)));
        if !said {
            all.push(value);
        }
    }
    all
}

/// A norm that is a time and no word for one.
fn resolved(value: &Value) -> Option<&str> {
    let norm = value.norm.as_deref()?;
    let mut letters = norm.chars();
    match letters.next() {
        Some(first) if first.is_ascii_digit() => Some(norm),
        Some('P') if letters.next().is_some_and(|next| next == 'T' || next.is_ascii_digit()) => Some(norm),
        _ => None,
    }
}

fn same(a: Option<&String>, b: Option<&String>) -> bool {
    a.is_some_and(|a| !a.is_empty() && Some(a) == b)
}

fn count(of: usize) -> u64 {
    u64::try_from(of).unwrap_or(u64::MAX)
}
