//! What was derived from the log, handed to a database for others to read. The store does not look into it.

use crate::error::ProjectError;
use crate::store::Store;
use crate::tables::CommitError;

/// One derivation.
#[derive(Clone, Debug)]
pub struct Projection<'a> {
    /// Entries that it follows from: those with a smaller number.
    pub up_to: u64,
    /// As of when: RFC 3339 in UTC.
    pub as_of: &'a str,
    /// Name and version of the software.
    pub software: &'a str,
    /// Incidents as the file `incidents.geojson` has them.
    pub incidents_geojson: &'a str,
    /// Findings on them.
    pub findings: &'a [FindingRow],
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingRow {
    /// Id of the incident.
    pub incident: String,
    /// Id of the clause.
    pub clause: String,
    /// Id of the reading.
    pub reading: String,
    /// `prohibited`, `not-prohibited`, `not-covered` or `undetermined`.
    pub outcome: String,
}

impl Store {
    /// Puts a derivation in place of the one before, in one transaction. Only a database that others read takes one.
    pub fn project(&mut self, projection: &Projection<'_>) -> Result<(), ProjectError> {
        let writer = self.writer.as_ref().ok_or(ProjectError::ReadOnly)?;
        if let Some(reason) = &writer.failed {
            return Err(ProjectError::Unknown { reason: reason.clone() });
        }
        self.tables.project(projection).map_err(|error| match error {
            CommitError::Nothing(trouble) => ProjectError::Database(trouble),
            CommitError::Unknown(reason) => ProjectError::Unknown { reason },
        })
    }
}
