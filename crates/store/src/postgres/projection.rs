//! What was derived, as tables that others read: incidents with their places and findings, cases, duties, deliveries, and up to which entry all
//! that was derived.
//!
//! One derivation takes the place of another in one transaction, so that no reader sees two at once. A list of what stands there, by id and digest,
//! says which rows differ; the others are not touched, so that a commit costs what it changes. It decides nothing and is never read back:
//! the log is what counts, and these tables can be thrown away. One projects at a time, by an advisory lock that ends with the transaction;
//! whoever writes the log never waits for it.

use std::collections::BTreeMap;
use std::path::Path;

use super::link::Link;
use super::readers::{self, Filled};
use super::{Postgres, bounded, get, open};
use crate::error::{Database, ProjectError};
use crate::projection::{Projection, ReaderRow, ReaderTable};
use crate::tables::CommitError;

/// The advisory lock of whoever projects: "TrPr".
const LOCK: i64 = 0x5472_5072;

/// Bytes of rows that go to the server in one statement; what a JSON value may hold is limited to 256 MiB.
const TOGETHER: usize = 16 << 20;

/// A connection for what was derived, which writes nothing else.
pub(crate) struct ForReaders {
    link: Link,
}

impl ForReaders {
    pub(crate) fn open(dir: &Path) -> Result<Self, ProjectError> {
        let place = Postgres::of(dir).map_err(ProjectError::Open)?;
        let reach = place.reach(true).map_err(ProjectError::Open)?;
        let link = open::checked(dir, reach, &place).map_err(ProjectError::Open)?;
        // Nothing here is anybody's receipt: it need not wait for standbys.
        link.run("SET synchronous_commit = local").map_err(ProjectError::Database)?;
        with_views(&link)?;
        Ok(Self { link })
    }

    pub(crate) fn up_to(&self) -> Result<Option<u64>, Database> {
        let line = self.link.row("SELECT up_to FROM truceline.derived", &[])?;
        line.map(|line| super::size(&line, 0)).transpose()
    }

    pub(crate) fn replace(&mut self, projection: &Projection, only_newer: bool) -> Result<(), ProjectError> {
        self.link.in_transaction(unsettled, || {
            one_at_a_time(&self.link)?;
            match self.up_to()? {
                Some(up_to) if only_newer && up_to > projection.up_to => Err(ProjectError::Newer(up_to)),
                _ => Ok(replace(&self.link, projection)?),
            }
        })
    }
}

/// Makes what this version has for readers where the database has it from another, or not at all.
pub(super) fn with_views(link: &Link) -> Result<(), ProjectError> {
    let found = link
        .row("SELECT obj_description(to_regnamespace('truceline')::oid, 'pg_namespace')", &[])
        .and_then(|line| line.map_or(Ok(None), |line| get::<Option<String>>(&line, 0)))
        .map_err(ProjectError::Database)?;
    if found.as_deref() == Some(readers::READERS) {
        return Ok(());
    }
    link.in_transaction(unsettled, || {
        one_at_a_time(link)?;
        Ok(link.run(readers::FOR_READERS)?)
    })
}

fn one_at_a_time(link: &Link) -> Result<(), Database> {
    link.query("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).map(drop)
}

fn unsettled(error: CommitError) -> ProjectError {
    match error {
        CommitError::Nothing(trouble) => ProjectError::Database(trouble),
        CommitError::Unknown(reason) => ProjectError::Unknown { reason },
    }
}

/// Within a transaction of the log's writer, who waits for nobody.
pub(super) fn beside(link: &Link, projection: &Projection) -> Result<(), Database> {
    let line = link.row("SELECT pg_try_advisory_xact_lock($1)", &[&LOCK])?;
    if line.map_or(Ok(false), |line| get(&line, 0))? {
        replace(link, projection)
    } else {
        Err(Database::Busy)
    }
}

/// Takes away what was derived: for when something that it may rest on is destroyed.
pub(super) fn clear(link: &Link) -> Result<(), Database> {
    one_at_a_time(link)?;
    link.run(readers::CLEAR)
}

fn replace(link: &Link, projection: &Projection) -> Result<(), Database> {
    let count = link.row("SELECT coalesce(max(n) + 1, 0) FROM truceline_log.entries", &[])?;
    let count: i64 = count.map_or(Ok(0), |line| get(&line, 0))?;
    let up_to = bounded(projection.up_to);
    if up_to > count {
        let reason = format!("derived up to entry {up_to}, and the log has {count} entries");
        return Err(Database::Other { reason });
    }
    for table in ReaderTable::ALL {
        let rows = projection.rows.get(&table).map_or(&[][..], Vec::as_slice);
        bring_up(link, table, rows, up_to)?;
    }
    link.query(
        "INSERT INTO truceline.derived (up_to, as_of, software) VALUES ($1, $2::text::timestamptz, $3)
         ON CONFLICT (one) DO UPDATE SET up_to = excluded.up_to, as_of = excluded.as_of, software = excluded.software",
        &[&up_to, &projection.as_of, &projection.software],
    )
    .map(drop)
}

/// Takes out of a table what is gone or says something else, and puts in what is new or says something else.
fn bring_up(link: &Link, table: ReaderTable, rows: &[ReaderRow], up_to: i64) -> Result<(), Database> {
    let name = table.as_str();
    let stands = link.query("SELECT id, digest FROM truceline.derived_rows WHERE of = $1", &[&name])?;
    let mut stands: BTreeMap<&str, &[u8]> =
        stands.iter().map(|line| Ok((get(line, 0)?, get(line, 1)?))).collect::<Result<_, Database>>()?;
    let mut other: Vec<&ReaderRow> = Vec::new();
    for row in rows {
        if stands.get(row.id()).is_some_and(|digest| *digest == row.digest().0) {
            stands.remove(row.id());
        } else {
            other.push(row);
        }
    }
    let Filled { clear, fill } = readers::filled(table);
    let gone: Vec<&str> = stands.into_keys().collect();
    if !gone.is_empty() {
        clear.iter().try_for_each(|sql| link.query(sql, &[&gone]).map(drop))?;
        link.query(
            "DELETE FROM truceline.derived_rows WHERE of = $1 AND id = ANY($2::text[])",
            &[&name, &gone],
        )?;
    }
    let mut left = other.as_slice();
    while !left.is_empty() {
        let mut bytes = 0;
        let fits = left.iter().take_while(|row| {
            bytes += row.json().len();
            bytes <= TOGETHER
        });
        let (now, later) = left.split_at(fits.count().clamp(1, left.len()));
        let all: Vec<&str> = now.iter().map(|row| row.json()).collect();
        let all = format!("[{}]", all.join(","));
        fill.iter().try_for_each(|sql| link.query(sql, &[&all, &up_to]).map(drop))?;
        let ids: Vec<&str> = now.iter().map(|row| row.id()).collect();
        let digests: Vec<&[u8]> = now.iter().map(|row| row.digest().0.as_slice()).collect();
        link.query(
            "INSERT INTO truceline.derived_rows (of, id, digest) SELECT $1, f.* FROM unnest($2::text[], $3::bytea[]) AS f",
            &[&name, &ids, &digests],
        )?;
        left = later;
    }
    Ok(())
}
