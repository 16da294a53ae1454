//! Sums of a bulletin, counted once more from the files that were frozen with it: what the figures say beside what the files give.
//!
//! It does not ask the derivation that made the figures; it reads the bytes that readers get. A bulletin whose sums do not hold is not frozen.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use truceline_store::Store;

use crate::api::problem::Problem;
use crate::api::public::{Lines, Shelf};
use crate::bulletins::{Bulletin, FINDINGS};
use crate::log_reader::LogReader as _;

/// The file with incidents on a map.
pub(super) const MAP: &str = "incidents.geojson";

/// What figures are held against: by figure, what was counted.
pub(super) type Counted = BTreeMap<String, u64>;

/// Counts what a map holds: how many incidents there are, and of each summary.
pub(super) fn of_map(file: &[u8], counted: &mut Counted) {
    let read: Value = serde_json::from_slice(file).unwrap_or_default();
    let features = read.get("features").and_then(Value::as_array);
    for feature in features.into_iter().flatten() {
        *counted.entry("incidents".to_owned()).or_default() += 1;
        let summary = feature.pointer("/properties/summary").and_then(Value::as_str).unwrap_or("?");
        *counted.entry(format!("incidents-{summary}")).or_default() += 1;
    }
}

/// Counts what the lines of findings hold.
pub(super) fn of_lines(lines: &Lines, counted: &mut Counted) {
    for (outcome, count) in &lines.outcomes {
        *counted.entry("findings".to_owned()).or_default() += count;
        *counted.entry(format!("findings-{outcome}")).or_default() += count;
    }
}

/// Each figure that can be counted again, with what was counted; and whether all of them agree.
pub(super) fn json(figures: &BTreeMap<String, u64>, counted: &Counted) -> (Vec<Value>, bool) {
    let is_counted = |name: &str| {
        ["incidents", "findings"]
            .iter()
            .any(|of| name == *of || name.strip_prefix(of).is_some_and(|rest| rest.starts_with('-')))
    };
    let mut names: Vec<&String> = figures.keys().filter(|name| is_counted(name)).collect();
    names.extend(counted.keys().filter(|name| !figures.contains_key(*name)));
    let mut holds = true;
    let mut all: Vec<Value> = Vec::new();
    let mut put = |figure: &str, said: u64, counted: u64| {
        holds &= said == counted;
        all.push(json!({ "figure": figure, "said": said, "counted": counted, "holds": said == counted }));
    };
    for name in names {
        let of = |from: &BTreeMap<String, u64>| from.get(name).copied().unwrap_or_default();
        put(name, of(figures), of(counted));
    }
    // The parts make the whole, by what the figures themselves say.
    for whole in ["incidents", "findings"] {
        let parts = figures
            .iter()
            .filter(|(name, _)| name.strip_prefix(whole).is_some_and(|rest| rest.starts_with('-')));
        let sum: u64 = parts.map(|(_, count)| count).sum();
        put(&format!("sum-of-{whole}"), figures.get(whole).copied().unwrap_or_default(), sum);
    }
    (all, holds)
}

/// The same for a bulletin that is frozen, from the vault.
pub(super) fn of_frozen(
    store: &Store,
    shelf: &Shelf,
    bulletin: &Bulletin,
) -> Result<(Vec<Value>, bool), Problem> {
    let mut counted = Counted::new();
    if let Some(file) = bulletin.files.get(MAP)
        && let Some(bytes) = store.object_bytes(&file.digest)?
    {
        of_map(&bytes, &mut counted);
    }
    if bulletin.files.contains_key(FINDINGS)
        && let Some(lines) = shelf.lines(store, bulletin)?
    {
        of_lines(&lines, &mut counted);
    }
    Ok(json(&bulletin.figures, &counted))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(all: &[(&str, u64)]) -> BTreeMap<String, u64> {
        all.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
    }

    #[test]
    fn a_figure_that_its_files_do_not_give_is_found_and_so_is_a_sum_that_does_not_add_up() {
        let said = figures(&[
            ("incidents", 2),
            ("incidents-disputed", 1),
            ("incidents-prohibited", 1),
            ("areas-holding", 9),
        ]);
        let map = br#"{"features":[{"properties":{"summary":"disputed"}},{"properties":{"summary":"prohibited"}}]}"#;
        let mut counted = Counted::new();
        of_map(map, &mut counted);
        let (all, holds) = json(&said, &counted);
        assert!(holds && all.len() == 5, "{all:?}");
        let more = figures(&[("incidents", 3), ("incidents-disputed", 1), ("incidents-prohibited", 1)]);
        let (all, holds) = json(&more, &counted);
        assert!(!holds && all.iter().filter(|one| one["holds"] == false).count() == 2, "{all:?}");
        // What the files hold and no figure says is no less wrong.
        let lines = Lines::of(b"{\"incident\":\"i\",\"outcome\":\"prohibited\"}\n");
        of_lines(&lines, &mut counted);
        assert!(!json(&said, &counted).1);
    }
}
