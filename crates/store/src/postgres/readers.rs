//! What others read, as SQL: tables and views that came after format 1, and how rows get into each table.
//!
//! They hold nothing that does not follow from the log, so they are made in older databases, too, when somebody projects into one or
//! opens one whose commits hold what follows from them. `behind` is read with the rows that it is said of, in one snapshot: an entry that is
//! there and not derived from shows. Numbers and times stand in the JSON as the program wrote them; none goes through a float.

use crate::projection::ReaderTable;

/// Which of the views below a database has: it stands as the comment on the schema.
pub(super) const READERS: &str = "truceline readers 4";

/// Empties all of them.
pub(super) const CLEAR: &str = "DELETE FROM truceline.findings; DELETE FROM truceline.incidents; DELETE FROM truceline.cases;
    DELETE FROM truceline.duties; DELETE FROM truceline.deliveries; DELETE FROM truceline.derived_rows; DELETE FROM truceline.derived";

/// Tables whose deleted rows are to be gone from the disk, too, after an erasure.
pub(super) const SHRINK: [&str; 6] = [
    "VACUUM (FULL) truceline.incidents",
    "VACUUM (FULL) truceline.findings",
    "VACUUM (FULL) truceline.cases",
    "VACUUM (FULL) truceline.duties",
    "VACUUM (FULL) truceline.deliveries",
    "VACUUM (FULL) truceline.derived_rows",
];

/// How rows of a table go out, given their ids ($1), and in, given a JSON list of them ($1) and the entries that they follow from ($2).
pub(super) struct Filled {
    pub(super) clear: &'static [&'static str],
    pub(super) fill: &'static [&'static str],
}

/// The statements of a table.
pub(super) fn filled(table: ReaderTable) -> Filled {
    match table {
        ReaderTable::Incidents => Filled {
            clear: &[
                "DELETE FROM truceline.findings WHERE incident = ANY($1::text[])",
                "DELETE FROM truceline.incidents WHERE id = ANY($1::text[])",
            ],
            fill: &[INCIDENTS, FINDINGS],
        },
        ReaderTable::Cases => {
            Filled { clear: &["DELETE FROM truceline.cases WHERE id = ANY($1::text[])"], fill: &[CASES] }
        }
        ReaderTable::Duties => {
            Filled { clear: &["DELETE FROM truceline.duties WHERE id = ANY($1::text[])"], fill: &[DUTIES] }
        }
        ReaderTable::Deliveries => Filled {
            clear: &["DELETE FROM truceline.deliveries WHERE id = ANY($1::text[])"],
            fill: &[DELIVERIES],
        },
    }
}

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
FROM jsonb_array_elements($1::text::jsonb) AS r CROSS JOIN LATERAL (SELECT r -> 'feature' AS f) o
CROSS JOIN LATERAL (SELECT f -> 'properties' AS p) q";

const FINDINGS: &str = "
INSERT INTO truceline.findings (incident, clause, reading, outcome, up_to)
SELECT r -> 'feature' ->> 'id', f ->> 'clause', f ->> 'reading', f ->> 'outcome', $2
FROM jsonb_array_elements($1::text::jsonb) AS r CROSS JOIN LATERAL jsonb_array_elements(r -> 'findings') AS f";

const CASES: &str = "
INSERT INTO truceline.cases
SELECT c.id, c.procedure, c.clause, truceline.words(c.respondents), c.is_named, truceline.words(c.incidents), c.opened, c.phase,
       c.stands, truceline.words(c.awaited), c.due, c.silence, c.determined_at, c.kind, truceline.words(c.by), c.happened,
       truceline.words(c.who), c.prohibited, c.gravity, $2
FROM jsonb_to_recordset($1::text::jsonb) AS c (id text, procedure text, clause text, respondents jsonb, is_named boolean,
     incidents jsonb, opened timestamptz, phase text, stands text, awaited jsonb, due timestamptz, silence text,
     determined_at timestamptz, kind text, by jsonb, happened text, who jsonb, prohibited text, gravity text)";

const DUTIES: &str = "
INSERT INTO truceline.duties
SELECT d.id, d.clause, d.respondent, d.by, d.day_starts, d.day_ends, truceline.words(d.acts), d.state, d.untold,
       truceline.words(d.said_by), truceline.words(d.prohibited_by), truceline.words(d.turns_on), $2
FROM jsonb_to_recordset($1::text::jsonb) AS d (id text, clause text, respondent text, by timestamptz, day_starts timestamptz,
     day_ends timestamptz, acts jsonb, state text, untold text, said_by jsonb, prohibited_by jsonb, turns_on jsonb)";

const DELIVERIES: &str = "
INSERT INTO truceline.deliveries
SELECT d.id, d.convoy, d.stage, d.is_disputed, d.origin, d.receipt, d.known, d.starts, d.ends, d.item, d.quantity,
       truceline.words(d.actors), truceline.words(d.areas), $2
FROM jsonb_to_recordset($1::text::jsonb) AS d (id text, convoy text, stage text, is_disputed boolean, origin text, receipt bigint,
     known timestamptz, starts timestamptz, ends timestamptz, item text, quantity text, actors jsonb, areas jsonb)";

/// Tables and views for readers, made in a database that lacks some of them.
pub(super) const FOR_READERS: &str = r"
-- What stands in the tables that were derived, so that only what differs is written. Where it is new, what stands there is of an older
-- version, which kept no list: it goes, and is derived anew.
DO $$ BEGIN
    IF to_regclass('truceline.derived_rows') IS NULL THEN
        CREATE TABLE truceline.derived_rows (of text NOT NULL, id text NOT NULL, digest bytea NOT NULL, PRIMARY KEY (of, id));
        DELETE FROM truceline.findings;
        DELETE FROM truceline.incidents;
        DELETE FROM truceline.derived;
    END IF;
END $$;

CREATE TABLE IF NOT EXISTS truceline.cases (
    id text PRIMARY KEY,
    procedure text NOT NULL,
    clause text NOT NULL,
    respondents text NOT NULL,
    is_named boolean NOT NULL,
    incidents text NOT NULL,
    opened timestamptz NOT NULL,
    phase text NOT NULL,
    stands text NOT NULL,
    awaited text,
    due timestamptz,
    silence text,
    determined_at timestamptz,
    kind text,
    determined_by text,
    happened text,
    who text,
    prohibited text,
    gravity text,
    up_to bigint NOT NULL
);
CREATE TABLE IF NOT EXISTS truceline.duties (
    id text PRIMARY KEY,
    clause text NOT NULL,
    respondent text NOT NULL,
    by timestamptz,
    day_starts timestamptz,
    day_ends timestamptz,
    acts text NOT NULL,
    state text NOT NULL,
    untold text,
    said_by text NOT NULL,
    prohibited_by text NOT NULL,
    turns_on text NOT NULL,
    up_to bigint NOT NULL
);
CREATE TABLE IF NOT EXISTS truceline.deliveries (
    id text PRIMARY KEY,
    convoy text,
    stage text NOT NULL,
    is_disputed boolean NOT NULL,
    origin text NOT NULL,
    receipt bigint NOT NULL,
    known timestamptz NOT NULL,
    starts timestamptz,
    ends timestamptz,
    item text NOT NULL,
    quantity text,
    actors text NOT NULL,
    areas text NOT NULL,
    up_to bigint NOT NULL
);

-- What a decision closes in the tree is opened with what the vault holds; erased, it is null.
CREATE OR REPLACE VIEW truceline.decisions AS
SELECT e.n, e.logged_at, truceline_log.moment(coalesce(e.body ->> 'known', f.said ->> 'known')) AS known_at,
       coalesce(e.body ->> 'by', f.said ->> 'by') AS decided_by, coalesce(e.body ->> 'why', f.said ->> 'why') AS why,
       coalesce(e.body -> 'what', f.said -> 'what') AS what
FROM truceline.entries e LEFT JOIN LATERAL (
    SELECT jsonb_object_agg(c.name, truceline_log.readable(v.bytes) -> 2) AS said
    FROM jsonb_each_text(CASE jsonb_typeof(e.body -> 'fields') WHEN 'object' THEN e.body -> 'fields' END) AS c (name, digest)
    JOIN truceline_log.vault v ON v.digest = CASE WHEN c.digest ~ '^[0-9a-f]{64}$' THEN decode(c.digest, 'hex') END
) f ON true
WHERE e.kind = 'decision';

CREATE OR REPLACE VIEW truceline.texts AS
SELECT e.n, e.logged_at, e.body ->> 'shape' AS shape, e.objects ->> 0 AS object
FROM truceline.entries e WHERE e.kind = 'words';

CREATE OR REPLACE VIEW truceline.bulletins AS
SELECT e.n, e.logged_at, truceline_log.moment(e.body ->> 'as_of') AS as_of, (e.body ->> 'entries')::bigint AS entries,
       e.body ->> 'by' AS frozen_by, e.body ->> 'software' AS software, e.body -> 'figures' AS figures
FROM truceline.entries e WHERE e.kind = 'bulletin';

DROP VIEW IF EXISTS truceline.erasures;
CREATE VIEW truceline.erasures AS
SELECT e.n, e.logged_at, e.body -> 'of' AS of_entries, e.body -> 'erased' AS erased
FROM truceline.entries e WHERE e.kind = 'erasure';

CREATE OR REPLACE VIEW truceline.derived_now AS
SELECT log.entries, coalesce(d.up_to, 0) AS up_to, log.entries - coalesce(d.up_to, 0) AS behind,
       (SELECT truceline_log.moment(truceline_log.readable(e.bytes) ->> 'at')
        FROM truceline_log.entries e WHERE e.n = coalesce(d.up_to, 0)) AS behind_since,
       d.as_of, d.software
FROM (SELECT coalesce(max(n) + 1, 0) AS entries FROM truceline_log.entries) log LEFT JOIN truceline.derived d ON true;

CREATE OR REPLACE VIEW truceline.incidents_now AS
SELECT i.*, d.behind, d.behind_since FROM truceline.incidents i CROSS JOIN truceline.derived_now d;

CREATE OR REPLACE VIEW truceline.findings_now AS
SELECT f.*, d.behind, d.behind_since FROM truceline.findings f CROSS JOIN truceline.derived_now d;

CREATE OR REPLACE VIEW truceline.cases_now AS
SELECT c.*, d.behind, d.behind_since FROM truceline.cases c CROSS JOIN truceline.derived_now d;

CREATE OR REPLACE VIEW truceline.duties_now AS
SELECT u.*, d.behind, d.behind_since FROM truceline.duties u CROSS JOIN truceline.derived_now d;

CREATE OR REPLACE VIEW truceline.deliveries_now AS
SELECT v.*, d.behind, d.behind_since FROM truceline.deliveries v CROSS JOIN truceline.derived_now d;

COMMENT ON SCHEMA truceline IS 'truceline readers 4';

";
