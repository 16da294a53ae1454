//! Looks at a store that a killed process left: it must open, verify, and hold every entry that somebody
//! was promised. What the entries must say is the caller's to check.
//!
//! It opens the store for writing, as the process that goes on will: recovery happens here.

use std::path::Path;

use truceline_store::Store;

/// The store that was left at `path`; `None` if the process was killed before there was one, which is
/// right only while nothing was promised.
///
/// # Errors
/// In words: what was lost or damaged.
pub fn whole_store(path: &Path, promised: impl IntoIterator<Item = u64>) -> Result<Option<Store>, String> {
    let last = promised.into_iter().max();
    if !Store::is_there(path) {
        return match last {
            None => Ok(None),
            Some(n) => Err(format!("the store is gone, and entry {n} was promised")),
        };
    }
    let store = Store::open(path).map_err(|error| error.to_string())?;
    let report = store.verify().map_err(|error| error.to_string())?;
    if let Some(fault) = report.faults.first() {
        return Err(fault.to_string());
    }
    match last {
        Some(n) if n >= report.entries => {
            Err(format!("entry {n} was promised, and the log has {} entries", report.entries))
        }
        _ => Ok(Some(store)),
    }
}
