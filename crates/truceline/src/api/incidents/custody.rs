//! Where each report of an incident stands in the record: its entry, of which kind, when it was logged, from which file and row, the digest of its bytes.
//!
//! Shows nothing of what the bytes say.

use serde_json::{Value, json};
use truceline_store::Store;

use crate::failure::Failure;

/// Adds to each report of an incident that is told where it stands. What is coarsened stands nowhere under its number, and has none.
pub(super) fn add(store: &Store, told: &mut Value) -> Result<(), Failure> {
    let length = store.len().map_err(|e| Failure::operation("read the log", &e))?;
    for report in told.get_mut("reports").and_then(Value::as_array_mut).into_iter().flatten() {
        let receipt = report.get("receipt").and_then(Value::as_u64);
        let custody = match receipt.filter(|receipt| *receipt < length) {
            Some(receipt) => of(store, receipt)?,
            None => Value::Null,
        };
        if let Some(report) = report.as_object_mut() {
            report.insert("custody".into(), custody);
        }
    }
    Ok(())
}

fn of(store: &Store, n: u64) -> Result<Value, Failure> {
    let entry = store.entry(n).map_err(|e| Failure::operation("read the log", &e))?;
    let Some(entry) = entry else { return Ok(Value::Null) };
    let number = |name: &str| entry.body.get(name).and_then(Value::as_u64);
    Ok(json!({
        "entry": n, "kind": entry.kind, "logged": entry.at, "file": number("file"), "row": number("row"),
        "digest": entry.objects.first().map(ToString::to_string),
    }))
}
