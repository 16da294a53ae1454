//! Whether the mission has changed since the record was last derived: who was dismissed is to be let in not a moment longer.
//!
//! Looks at the kinds of entries that are new, each once, and reads nothing else of them.

use std::path::Path;
use std::sync::Mutex;

use truceline_store::Store;

use super::held;
use crate::failure::Failure;
use crate::log;
use crate::log::kind;
use crate::log_reader::LogReader as _;

/// The log, and how far it was looked at.
#[derive(Default)]
pub(super) struct Governing(Mutex<Looked>);

#[derive(Default)]
struct Looked {
    open: Option<Store>,
    entries: u64,
    /// So many entries have to be read for the last mission to be among them.
    since: u64,
}

impl Governing {
    /// How many entries have to be read for the last mission of the log to be among them; `read` were read already.
    pub(super) fn since(&self, folder: &Path, read: u64) -> Result<u64, Failure> {
        let mut looked = held(&self.0);
        let store = looked.open.take().map_or_else(|| log::open_read_only(folder), Ok)?;
        let size = store.size()?;
        // What was read was read with its missions.
        let from = looked.entries.max(read);
        for entry in store.entries_between(from, size) {
            let entry = entry?;
            if entry.kind == kind::MISSION {
                looked.since = entry.n.saturating_add(1);
            }
        }
        looked.entries = from.max(size);
        looked.open = Some(store);
        Ok(looked.since)
    }
}
