//! The tables in PostgreSQL, as numbered steps: step N makes format N + 1, all of it in one transaction with the number itself.
//!
//! Two plain schemas: `truceline_log` holds what the store keeps, `truceline` what others read (`docs/postgresql.md`). The guards refuse
//! our own mistakes; against everybody else's stands the audit. No tool for migrations: there is one step, run when a store is made, and a
//! store is never brought to a newer format unasked.

/// The format that this program reads and writes: how many steps there are.
pub(super) const FORMAT: i64 = 1;

/// Guards that must stand: triggers of `truceline_log`.
pub(super) const GUARDS: i64 = 10;

/// What format 1 is.
pub(super) const STEP_1: &str = r#"
CREATE EXTENSION IF NOT EXISTS postgis SCHEMA public;
CREATE SCHEMA truceline_log;
CREATE SCHEMA truceline;

CREATE TABLE truceline_log.meta (name text PRIMARY KEY, value text NOT NULL);
-- One row: who writes. A writer that finds another number than its own was replaced.
CREATE TABLE truceline_log.writer (one boolean PRIMARY KEY DEFAULT true CHECK (one), epoch bigint NOT NULL);
INSERT INTO truceline_log.writer (epoch) VALUES (0);
-- The number before must be there, so n is the next number or the row is refused.
CREATE TABLE truceline_log.entries (
    n bigint PRIMARY KEY CHECK (n >= 0),
    bytes bytea NOT NULL,
    leaf_hash bytea NOT NULL,
    before bigint GENERATED ALWAYS AS (nullif(n, 0) - 1) STORED REFERENCES truceline_log.entries (n)
);
CREATE TABLE truceline_log.vault (digest bytea PRIMARY KEY, bytes bytea NOT NULL);
CREATE TABLE truceline_log.large (
    digest bytea PRIMARY KEY,
    object bigint NOT NULL UNIQUE,
    length bigint NOT NULL
);
CREATE TABLE truceline_log.large_parts (
    object bigint NOT NULL,
    part bigint NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (object, part)
);
CREATE SEQUENCE truceline_log.objects;
CREATE TABLE truceline_log.receipts (key bytea PRIMARY KEY, n bigint NOT NULL);
CREATE TABLE truceline_log.tiles (path text COLLATE pg_catalog."C" PRIMARY KEY, bytes bytea NOT NULL);
CREATE TABLE truceline_log.checkpoints (size bigint PRIMARY KEY, at text NOT NULL, note bytea NOT NULL);

CREATE FUNCTION truceline_log.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the log is append-only: % of % is refused', TG_OP, TG_TABLE_NAME; END $$;
CREATE FUNCTION truceline_log.refuse_full() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND strpos(OLD.path, '.p/') > 0 THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'the log is append-only: % of a full tile is refused', TG_OP;
END $$;
CREATE TRIGGER entries_guard BEFORE UPDATE OR DELETE ON truceline_log.entries
    FOR EACH ROW EXECUTE FUNCTION truceline_log.refuse();
CREATE TRIGGER vault_guard BEFORE UPDATE OR DELETE ON truceline_log.vault
    FOR EACH ROW EXECUTE FUNCTION truceline_log.refuse();
CREATE TRIGGER large_guard BEFORE UPDATE OR DELETE ON truceline_log.large
    FOR EACH ROW EXECUTE FUNCTION truceline_log.refuse();
CREATE TRIGGER checkpoints_guard BEFORE UPDATE OR DELETE ON truceline_log.checkpoints
    FOR EACH ROW EXECUTE FUNCTION truceline_log.refuse();
CREATE TRIGGER tiles_guard BEFORE UPDATE OR DELETE ON truceline_log.tiles
    FOR EACH ROW EXECUTE FUNCTION truceline_log.refuse_full();
CREATE TRIGGER entries_whole BEFORE TRUNCATE ON truceline_log.entries
    FOR EACH STATEMENT EXECUTE FUNCTION truceline_log.refuse();
CREATE TRIGGER vault_whole BEFORE TRUNCATE ON truceline_log.vault
    FOR EACH STATEMENT EXECUTE FUNCTION truceline_log.refuse();
CREATE TRIGGER large_whole BEFORE TRUNCATE ON truceline_log.large
    FOR EACH STATEMENT EXECUTE FUNCTION truceline_log.refuse();
CREATE TRIGGER checkpoints_whole BEFORE TRUNCATE ON truceline_log.checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION truceline_log.refuse();
CREATE TRIGGER tiles_whole BEFORE TRUNCATE ON truceline_log.tiles
    FOR EACH STATEMENT EXECUTE FUNCTION truceline_log.refuse();

-- An entry's bytes as JSON; null where they are none, so that one damaged entry hides no other.
CREATE FUNCTION truceline_log.readable(bytes bytea) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN RETURN convert_from(bytes, 'UTF8')::jsonb; EXCEPTION WHEN OTHERS THEN RETURN NULL; END $$;
-- A time as the log writes it; null where it is none.
CREATE FUNCTION truceline_log.moment(words text) RETURNS timestamptz LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN RETURN words::timestamptz; EXCEPTION WHEN OTHERS THEN RETURN NULL; END $$;

CREATE VIEW truceline.entries AS
SELECT e.n, j.entry ->> 'kind' AS kind, truceline_log.moment(j.entry ->> 'at') AS logged_at,
       j.entry ->> 'key' AS key, j.entry -> 'objects' AS objects, j.entry -> 'body' AS body,
       encode(e.leaf_hash, 'hex') AS leaf_hash
FROM truceline_log.entries e CROSS JOIN LATERAL (SELECT truceline_log.readable(e.bytes) AS entry) j;

CREATE VIEW truceline.reports AS
SELECT e.n, e.logged_at, f.body ->> 'name' AS file, (e.body ->> 'file')::bigint AS file_entry,
       (e.body ->> 'row')::bigint AS row, (e.body ->> 'start')::bigint AS start_byte, e.body ->> 'shape' AS shape,
       e.objects ->> 0 AS object
FROM truceline.entries e
LEFT JOIN LATERAL (
    SELECT truceline_log.readable(one.bytes) -> 'body' AS body
    FROM truceline_log.entries one WHERE one.n = (e.body ->> 'file')::bigint
) f ON true
WHERE e.kind = 'report';

CREATE VIEW truceline.decisions AS
SELECT e.n, e.logged_at, truceline_log.moment(e.body ->> 'known') AS known_at, e.body ->> 'by' AS decided_by,
       e.body ->> 'why' AS why, e.body -> 'what' AS what
FROM truceline.entries e WHERE e.kind = 'decision';

-- The words of a list, parted by commas.
CREATE FUNCTION truceline.words(list jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT coalesce(string_agg(word, ', ' ORDER BY place), '')
FROM jsonb_array_elements_text(list) WITH ORDINALITY AS one (word, place) $$;

CREATE TABLE truceline.derived (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    up_to bigint NOT NULL,
    as_of timestamptz NOT NULL,
    software text NOT NULL
);
CREATE TABLE truceline.incidents (
    id text PRIMARY KEY,
    up_to bigint NOT NULL,
    version bigint NOT NULL,
    summary text NOT NULL,
    acts text NOT NULL,
    targets text NOT NULL,
    actors text NOT NULL,
    actor_standing text NOT NULL,
    starts timestamptz,
    ends timestamptz,
    within_m bigint,
    killed_min bigint,
    killed_max bigint,
    wounded_min bigint,
    wounded_max bigint,
    origins bigint NOT NULL,
    geom public.geometry(Point, 4326)
);
CREATE INDEX incidents_place ON truceline.incidents USING gist (geom);
CREATE TABLE truceline.findings (
    incident text NOT NULL REFERENCES truceline.incidents (id),
    clause text NOT NULL,
    reading text NOT NULL,
    outcome text NOT NULL,
    up_to bigint NOT NULL,
    PRIMARY KEY (incident, clause, reading)
);
"#;
