//! Tables as CSV with HXL hashtags (Humanitarian Exchange Language 1.1): a row of names, a row of hashtags, then one row each.
//!
//! A cell that a spreadsheet would take for a formula is written with an apostrophe before it: names in reports are foreign text.

use serde_json::Value;
use truceline_model::Point;

use super::feature::{Feature, Geometry};

/// A column: its name, its hashtag, and what stands in it.
type Column = (&'static str, &'static str, fn(&Feature) -> String);

const INCIDENTS: &[Column] = &[
    ("id", "#event+id", |one| text(&one.id)),
    ("from", "#date+start", |one| property(one, "from")),
    ("until", "#date+end", |one| property(one, "until")),
    ("act", "#event+type", |one| property(one, "act")),
    ("target", "#event+target", |one| property(one, "target")),
    ("accused", "#org+accused+code", |one| property(one, "actor")),
    ("accused_standing", "#status+accused", |one| property(one, "actor_standing")),
    ("governorate_code", "#adm1+code", |one| property(one, "governorates")),
    ("place", "#loc+name", |one| property(one, "place")),
    ("lat", "#geo+lat", |one| degrees(one, |at| at.lat)),
    ("lon", "#geo+lon", |one| degrees(one, |at| at.lon)),
    ("within_m", "#geo+precision+m", |one| property(one, "within_m")),
    ("killed_min", "#affected+killed+min", |one| property(one, "killed_min")),
    ("killed_max", "#affected+killed+max", |one| property(one, "killed_max")),
    ("wounded_min", "#affected+injured+min", |one| property(one, "wounded_min")),
    ("wounded_max", "#affected+injured+max", |one| property(one, "wounded_max")),
    ("origins", "#meta+origins+num", |one| property(one, "origins")),
    ("comes_to", "#status+finding", |one| property(one, "summary")),
];

const DELIVERIES: &[Column] = &[
    ("id", "#activity+id", |one| text(&one.id)),
    ("convoy", "#activity+convoy+name", |one| property(one, "convoy")),
    ("stage", "#status+delivery", |one| property(one, "stage")),
    ("item", "#item+name", |one| property(one, "item")),
    ("quantity", "#output+description", |one| property(one, "quantity")),
    ("from", "#date+start", |one| property(one, "from")),
    ("until", "#date+end", |one| property(one, "until")),
    ("known", "#date+reported", |one| property(one, "known")),
    ("actor", "#org+code", |one| property(one, "actor")),
    ("place", "#loc+name", |one| property(one, "place")),
    ("lat", "#geo+lat", |one| degrees(one, |at| at.lat)),
    ("lon", "#geo+lon", |one| degrees(one, |at| at.lon)),
    ("within_m", "#geo+precision+m", |one| property(one, "within_m")),
    ("source", "#meta+source+code", |one| property(one, "source")),
];

/// Incidents, one a row.
#[must_use]
pub fn incidents_csv<'f>(features: impl Iterator<Item = &'f Feature>) -> String {
    csv(INCIDENTS, features)
}

/// Accounts of deliveries, one a row.
#[must_use]
pub fn deliveries_csv<'f>(features: impl Iterator<Item = &'f Feature>) -> String {
    csv(DELIVERIES, features)
}

fn csv<'f>(columns: &[Column], features: impl Iterator<Item = &'f Feature>) -> String {
    let mut out = String::new();
    let mut row = |cells: Vec<String>| {
        let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    };
    row(columns.iter().map(|(name, ..)| (*name).to_owned()).collect());
    row(columns.iter().map(|(_, tag, _)| (*tag).to_owned()).collect());
    for one in features {
        row(columns.iter().map(|(.., cell)| cell(one)).collect());
    }
    out
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\r', '\n', ';']) || cell.starts_with(' ') || cell.ends_with(' ') {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

/// Text, so that no spreadsheet computes it.
fn text(text: &str) -> String {
    if text.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r', '|', '%']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn property(one: &Feature, name: &str) -> String {
    match one.properties.get(name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(said)) => text(said),
        Some(Value::Array(all)) => {
            let all: Vec<&str> = all.iter().filter_map(Value::as_str).collect();
            text(&all.join(" | "))
        }
        Some(other) => other.to_string(),
    }
}

fn degrees(one: &Feature, which: fn(Point) -> i32) -> String {
    match one.geometry {
        Geometry::Point(point) => Point::degrees_text(which(point)),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_cell_is_no_formula_and_a_number_stays_one() {
        let properties = json!({ "place": "=HYPERLINK(\"x\")", "act": ["shelling", "strike"], "killed_min": 3, "killed_max": null });
        let point = Point { lon: -366_000_000, lat: 10 };
        let one = Feature {
            id: "i-1".into(),
            geometry: Geometry::Point(point),
            when: None,
            properties: properties.as_object().cloned().unwrap_or_default(),
        };
        let file = incidents_csv(std::iter::once(&one));
        let rows: Vec<&str> = file.lines().collect();
        assert!(rows[1].starts_with("#event+id,#date+start,#date+end,#event+type"));
        assert!(rows[1].split(',').all(|tag| tag.starts_with('#')));
        assert_eq!(rows[2], "i-1,,,shelling | strike,,,,,\"'=HYPERLINK(\"\"x\"\")\",0.000001,-36.6,,3,,,,,");
    }
}
