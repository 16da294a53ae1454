//! What was derived from the log, handed to a database for others to read. The store does not look into it.
//!
//! Two ways, and in neither can a reader take an old derivation for a new one. Where the folder says so, as it does unless somebody chose
//! otherwise, every commit of entries holds what follows from them ([`Store::derive_with`]): then a reader sees both or neither. Or a
//! [`Projector`] does it beside the writer, whenever it is told; how many entries it is behind is part of what readers read, in the same
//! snapshot. Either way only rows that say something else than before are written, in one transaction. A derivation that fails never stops
//! an entry from being logged; it is behind then, and says so.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use truceline_record::{Digest, digest_of};

use crate::error::ProjectError;
use crate::postgres;
use crate::store::Store;
use crate::tables::{Batch, CommitError, Signed};

/// One derivation.
#[derive(Clone, Debug, Default)]
pub struct Projection {
    /// Entries that it follows from: those with a smaller number.
    pub up_to: u64,
    /// As of when: RFC 3339 in UTC.
    pub as_of: String,
    /// Name and version of the software.
    pub software: String,
    /// Rows of each table; one that is not here has none. An id stands once in a table.
    pub rows: BTreeMap<ReaderTable, Vec<ReaderRow>>,
}

/// What others read of a derivation, each of them a table (`docs/postgresql.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReaderTable {
    /// Incidents, each with the findings on it: `{"feature": …, "findings": [{"clause", "reading", "outcome"}]}`, the feature as `incidents.geojson` has it.
    Incidents,
    /// Cases.
    Cases,
    /// What is due of whom.
    Duties,
    /// Aid on its way: one row a stage that somebody told of.
    Deliveries,
}

impl ReaderTable {
    /// All.
    pub const ALL: [Self; 4] = [Self::Incidents, Self::Cases, Self::Duties, Self::Deliveries];

    /// Its name in the schema `truceline`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Incidents => "incidents",
            Self::Cases => "cases",
            Self::Duties => "duties",
            Self::Deliveries => "deliveries",
        }
    }
}

/// One row: JSON whose keys are the table's columns. The same id and JSON is the same row, and stays as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaderRow {
    id: String,
    json: Arc<str>,
    digest: Digest,
}

impl ReaderRow {
    /// A row under an id.
    #[must_use]
    pub fn new(id: String, json: &str) -> Self {
        Self { id, json: json.into(), digest: digest_of(json.as_bytes()) }
    }

    /// What it is known by within its table.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What it says.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }

    pub(crate) fn digest(&self) -> &Digest {
        &self.digest
    }
}

/// Who derives from a store for its commits.
pub trait Deriver: Send + Sync {
    /// Derives from a store as it reads now: as it will be, once the commit is through. `None` when nothing can be derived, which the deriver
    /// itself has told whoever should know.
    fn derive(&self, store: &Store) -> Option<Projection>;

    /// The commit came to nothing, or nobody knows: what was read for it may not be in the log.
    fn forget(&self);
}

impl Store {
    /// Has every commit of entries hold what follows from them, where the folder says that it should ([`crate::Postgres::project_each`]);
    /// elsewhere this changes nothing.
    pub fn derive_with(&mut self, deriver: Arc<dyn Deriver>) {
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
                let derived = deriver.derive(self);
                let done = self.tables.finish(derived.as_ref(), signed);
                done.inspect_err(|_| deriver.forget())
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

    /// Puts a derivation in place of the one before, in one transaction; rows that say the same stay. With `only_newer`, one that was derived from more entries stays.
    ///
    /// # Errors
    /// [`ProjectError::Newer`]; otherwise when the database will not.
    pub fn project(&mut self, projection: &Projection, only_newer: bool) -> Result<(), ProjectError> {
        self.tables.replace(projection, only_newer)
    }
}
