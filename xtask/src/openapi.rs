//! `docs/openapi.json` from the pieces in `docs/openapi/`, one an area of the API: `frame.json` holds what is common, each other file its `paths`
//! and `schemas`. The check says when the whole does not fit the pieces; `cargo xtask join-openapi` writes it anew.

use std::collections::BTreeMap;
use std::io;

use serde_json::{Map, Value};

use crate::source::{files, root, shown};

const WHOLE: &str = "docs/openapi.json";

/// Every fault found.
///
/// # Errors
/// When a file cannot be read.
pub(crate) fn check() -> io::Result<Vec<String>> {
    let (whole, mut faults) = joined()?;
    if faults.is_empty() && std::fs::read_to_string(root().join(WHOLE))? != whole {
        faults.push(format!("{WHOLE} does not fit docs/openapi/: run cargo xtask join-openapi"));
    }
    Ok(faults)
}

/// Writes the whole.
///
/// # Errors
/// When a file cannot be read or written.
pub(crate) fn write() -> io::Result<Vec<String>> {
    let (whole, faults) = joined()?;
    if faults.is_empty() {
        std::fs::write(root().join(WHOLE), whole)?;
    }
    Ok(faults)
}

fn joined() -> io::Result<(String, Vec<String>)> {
    let mut faults = Vec::new();
    let mut frame = Value::Null;
    let mut all: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    let mut pieces = files(&root().join("docs/openapi"), "json")?;
    pieces.sort();
    for path in pieces {
        let name = shown(&path);
        let value: Value = match serde_json::from_str(&std::fs::read_to_string(&path)?) {
            Ok(value) => value,
            Err(error) => {
                faults.push(format!("{name}: {error}"));
                continue;
            }
        };
        if path.file_stem().is_some_and(|stem| stem == "frame") {
            frame = value;
            continue;
        }
        for part in ["paths", "schemas"] {
            for (key, one) in value.get(part).and_then(Value::as_object).into_iter().flatten() {
                if all.entry(part).or_default().insert(key.clone(), one.clone()).is_some() {
                    faults.push(format!("{name}: {key} stands in another piece, too"));
                }
            }
        }
    }
    let schemas = all.remove("schemas").unwrap_or_default();
    let paths = all.remove("paths").unwrap_or_default();
    let components = frame.get_mut("components").and_then(Value::as_object_mut);
    match components {
        Some(components) => drop(components.insert("schemas".into(), Value::Object(schemas))),
        None => faults.push("docs/openapi/frame.json: no \"components\" in it".to_owned()),
    }
    if let Some(frame) = frame.as_object_mut() {
        frame.insert("paths".into(), Value::Object(paths));
    }
    let text = serde_json::to_string_pretty(&frame)? + "\n";
    Ok((text, faults))
}
