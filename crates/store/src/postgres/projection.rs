//! What was derived, as tables that others read: incidents with their places, findings, and up to which entry they were derived.
//!
//! All of it is replaced in one transaction, so that no reader sees two derivations at once. It decides nothing and is never read back: the log is
//! what counts, and these tables can be thrown away. One projects at a time, by an advisory lock that ends with the transaction; whoever
//! writes the log never waits for it.

use std::path::Path;

use super::link::Link;
use super::{Postgres, bounded, get, open, schema};
use crate::error::{Database, ProjectError};
use crate::projection::Projection;
use crate::tables::CommitError;

const CLEAR: &str =
    "DELETE FROM truceline.findings; DELETE FROM truceline.incidents; DELETE FROM truceline.derived";

/// The advisory lock of whoever projects: "TrPr".
const LOCK: i64 = 0x5472_5072;

/// Each feature as it stands in the GeoJSON: no number goes through this program.
const INCIDENTS: &str = "
INSERT INTO truceline.incidents (id, up_to, version, summary, acts, targets, actors, actor_standing, starts, ends,
                                 within_m, killed_min, killed_max, wounded_min, wounded_max, origins, geom)
SELECT f ->> 'id', $2, (p ->> 'version')::bigint, p ->> 'summary', truceline.words(p -> 'act'),
       truceline.words(p -> 'target'), truceline.words(p -> 'actor'), p ->> 'actor_standing',
       (p ->> 'from')::timestamptz, (p ->> 'until')::timestamptz, (p ->> 'within_m')::bigint,
       (p ->> 'killed_min')::bigint, (p ->> 'killed_max')::bigint, (p ->> 'wounded_min')::bigint,
       (p ->> 'wounded_max')::bigint, (p ->> 'origins')::bigint,
       public.ST_SetSRID(public.ST_GeomFromGeoJSON(nullif(f -> 'geometry', 'null'::jsonb)), 4326)
FROM jsonb_array_elements($1::text::jsonb -> 'features') AS f CROSS JOIN LATERAL (SELECT f -> 'properties' AS p) q";

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
        let found = link
            .row("SELECT obj_description(to_regnamespace('truceline')::oid, 'pg_namespace')", &[])
            .and_then(|line| line.map_or(Ok(None), |line| get::<Option<String>>(&line, 0)))
            .map_err(ProjectError::Database)?;
        if found.as_deref() != Some(schema::READERS) {
            link.in_transaction(unsettled, || {
                one_at_a_time(&link)?;
                Ok(link.run(schema::FOR_READERS)?)
            })?;
        }
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
    link.run(CLEAR)
}

fn replace(link: &Link, projection: &Projection) -> Result<(), Database> {
    let count = link.row("SELECT coalesce(max(n) + 1, 0) FROM truceline_log.entries", &[])?;
    let count: i64 = count.map_or(Ok(0), |line| get(&line, 0))?;
    let up_to = bounded(projection.up_to);
    if up_to > count {
        let reason = format!("derived up to entry {up_to}, and the log has {count} entries");
        return Err(Database::Other { reason });
    }
    link.run(CLEAR)?;
    link.query(
        "INSERT INTO truceline.derived (up_to, as_of, software) VALUES ($1, $2::text::timestamptz, $3)",
        &[&up_to, &projection.as_of, &projection.software],
    )?;
    link.query(INCIDENTS, &[&projection.incidents_geojson, &up_to])?;
    let all = &projection.findings;
    let column =
        |of: fn(&crate::projection::FindingRow) -> &str| -> Vec<&str> { all.iter().map(of).collect() };
    link.query(
        "INSERT INTO truceline.findings (incident, clause, reading, outcome, up_to)
         SELECT f.*, $5 FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS f",
        &[
            &column(|f| &f.incident),
            &column(|f| &f.clause),
            &column(|f| &f.reading),
            &column(|f| &f.outcome),
            &up_to,
        ],
    )
    .map(drop)
}
