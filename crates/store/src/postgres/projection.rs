//! What was derived, as tables that others read: incidents with their places, findings, and up to which entry they were derived.
//!
//! All of it is replaced in one transaction, so that no reader sees two derivations at once. It decides nothing and is never read back: the log is
//! what counts, and these tables can be thrown away.

use super::link::Link;
use super::{bounded, get};
use crate::error::Database;
use crate::projection::Projection;

const CLEAR: &str =
    "DELETE FROM truceline.findings; DELETE FROM truceline.incidents; DELETE FROM truceline.derived";

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

pub(super) fn replace(link: &Link, projection: &Projection<'_>) -> Result<(), Database> {
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
