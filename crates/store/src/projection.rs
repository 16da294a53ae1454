//! What was derived from the log, handed to a database for others to read. The store does not look into it.
//!
//! Two ways, and in neither can a reader take an old derivation for a new one. Beside the writer, a [`Projector`] replaces all of it in one
//! transaction, whenever it is told; how many entries it is behind is part of what readers read, in the same snapshot. Or, where the
//! folder says so, every commit of entries holds what follows from them ([`Store::derive_with`]): then a reader sees both or neither.
//! A derivation that fails, or that takes too long, never stops an entry from being logged; it is behind then, and says so.

use std::path::Path;
use std::sync::Arc;

use crate::error::ProjectError;
use crate::postgres;
use crate::store::Store;
use crate::tables::{Batch, CommitError, Signed};

/// One derivation.
#[derive(Clone, Debug)]
pub struct Projection {
    /// Entries that it follows from: those with a smaller number.
    pub up_to: u64,
    /// As of when: RFC 3339 in UTC.
    pub as_of: String,
    /// Name and version of the software.
    pub software: String,
    /// Incidents as the file `incidents.geojson` has them.
    pub incidents_geojson: String,
    /// Findings on them.
    pub findings: Vec<FindingRow>,
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

/// Derives from a store as it reads now; `None` when nothing can be derived, which the deriver itself has told whoever should know.
pub type Deriver = Arc<dyn Fn(&Store) -> Option<Projection> + Send + Sync>;

impl Store {
    /// Has every commit of entries hold what follows from them, where the folder says that it should ([`crate::Postgres::project_each`]);
    /// elsewhere this changes nothing. The deriver is given the store as it will be.
    pub fn derive_with(&mut self, deriver: Deriver) {
        self.deriver = self.tables.projects_each().then_some(deriver);
    }

    /// Commits a batch, with a checkpoint over it, and with what follows from it where that is wanted.
    pub(crate) fn commit_batch(
        &mut self,
        batch: &Batch<'_>,
        signed: Option<&Signed<'_>>,
    ) -> Result<(), CommitError> {
        match (self.deriver.clone(), signed) {
            (Some(deriver), _) => {
                self.tables.begin(batch, signed)?;
                let derived = deriver(self);
                self.tables.finish(derived.as_ref(), signed)
            }
            (None, Some(signed)) => self.tables.commit_signed(batch, signed),
            (None, None) => self.tables.commit(batch),
        }
    }
}

/// A connection of its own to a store's database, for what was derived and for nothing else: it works beside the process that writes the log.
pub struct Projector {
    tables: postgres::ForReaders,
}

impl core::fmt::Debug for Projector {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Projector")
    }
}

impl Projector {
    /// Opens the database of a folder's store; the views that this version has for readers are made where they are missing.
    ///
    /// # Errors
    /// [`ProjectError::NoTables`] for a store in SQLite; otherwise when the database cannot be opened.
    pub fn open(dir: &Path) -> Result<Self, ProjectError> {
        if !postgres::is_there(dir) {
            return Err(ProjectError::NoTables);
        }
        Ok(Self { tables: postgres::ForReaders::open(dir)? })
    }

    /// How many entries what stands there was derived from; `None` when nothing does.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn up_to(&self) -> Result<Option<u64>, ProjectError> {
        self.tables.up_to().map_err(ProjectError::Database)
    }

    /// Puts a derivation in place of the one before, in one transaction. With `only_newer`, one that was derived from more entries stays.
    ///
    /// # Errors
    /// [`ProjectError::Newer`]; otherwise when the database will not.
    pub fn project(&mut self, projection: &Projection, only_newer: bool) -> Result<(), ProjectError> {
        self.tables.replace(projection, only_newer)
    }
}
