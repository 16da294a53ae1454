//! What others read by SQL: incidents and findings as rows, made from what may be published and from nothing else.
//!
//! Where a store's folder says that each commit is to hold what follows from it, every command that opens the store for writing derives within
//! the commit; what cannot be derived is told and logged all the same. Decides nothing: it carries what was derived.

use std::sync::Arc;

use truceline_store::{FindingRow, Projection, Store};

use crate::failure::Failure;
use crate::log_reader::LogReader;
use crate::pipeline::{self, Derived};
use crate::view::software;
use crate::{loaded, outputs};

/// Workers within a commit.
const THREADS: usize = 2;

/// Rows of a derivation.
///
/// # Errors
/// When the incidents cannot be written as GeoJSON.
pub(crate) fn of(derived: &Derived) -> Result<Projection, Failure> {
    let row = |finding: &truceline_model::Finding| FindingRow {
        incident: finding.incident.to_string(),
        clause: finding.clause.to_string(),
        reading: finding.reading.to_string(),
        outcome: finding.outcome.as_str().to_owned(),
    };
    Ok(Projection {
        up_to: derived.loaded.entries,
        as_of: derived.as_of.to_string(),
        software: software(),
        incidents_geojson: outputs::geojson(derived)?,
        findings: derived.findings.values().flatten().map(row).collect(),
    })
}

/// Has each commit hold what follows from it, where the store's folder says so.
pub(crate) fn with_each_commit(mut store: Store) -> Store {
    store.derive_with(Arc::new(|store: &Store| {
        of_log(store)
            .inspect_err(|failure| {
                eprintln!("logged, and not derived: {failure}; truceline project says more")
            })
            .ok()
    }));
    store
}

fn of_log(log: &dyn LogReader) -> Result<Projection, Failure> {
    let loaded = Arc::new(loaded::load(log, None, THREADS)?);
    let as_of = pipeline::moment(&loaded, None)?;
    of(&pipeline::derive_published(loaded, as_of, THREADS)?)
}
