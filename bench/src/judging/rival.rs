//! The same question put to PostgreSQL with PostGIS: for each clause and reading, how many incidents are covered and how many
//! prohibited, each fact taken at its first value. Every way of asking that might be the fastest is tried; what is compared
//! with is the fastest of them.
//!
//! The database is asked for less than we answer: one value a fact, a point without its precision, and no *undetermined*.

use std::fmt::Write as _;

use truceline_model::{Act, Point, Target, Weapon};

use super::agreement::{ClauseRow, DOERS, forces};
use super::incidents::Row;
use super::postgis::{Cluster, Trouble};

fn bit<T: PartialEq + Copy>(all: &[T], one: T) -> u64 {
    all.iter().position(|other| *other == one).map_or(0, |n| 1 << n)
}

fn bits<T: PartialEq + Copy>(all: &[T], some: &[T]) -> u64 {
    some.iter().map(|one| bit(all, *one)).sum()
}

fn degrees(point: Point) -> String {
    format!("{} {}", Point::degrees_text(point.lon), Point::degrees_text(point.lat))
}

fn polygon(corners: Option<&[Point]>) -> String {
    let Some(corners) = corners else { return "\\N".to_owned() };
    let all: Vec<String> = corners.iter().chain(corners.first()).map(|corner| degrees(*corner)).collect();
    format!("SRID=4326;POLYGON(({}))", all.join(","))
}

fn side_bits(side: char) -> u64 {
    DOERS.iter().enumerate().filter(|(_, (_, of))| *of == side).map(|(n, _)| 1_u64 << n).sum()
}

/// Loads clauses and incidents, indexes them, and has the planner look at them.
///
/// # Errors
/// In the server's words.
pub fn load(cluster: &Cluster, clauses: &[ClauseRow], incidents: &[Row]) -> Result<(), Trouble> {
    let mut script = "create extension if not exists postgis; create extension if not exists btree_gist;
        drop table if exists raw, inc, cl, part;
        create unlogged table raw(id int, at bigint, doer int, act int, weapon int, target int, holder int,
            claimed bool, g geometry(Point,4326));
        create unlogged table cl(id int primary key, t0 bigint, t1 bigint, doers int, acts int, weapons int, letter int,
            purpose int, holders int, defence bool, zone geometry(Polygon,4326), ex geometry(Polygon,4326));
        copy cl from stdin;\n"
        .to_owned();
    for (n, row) in clauses.iter().enumerate() {
        let doers: u64 = row.bound.iter().enumerate().filter(|(_, bound)| **bound).map(|(n, _)| 1 << n).sum();
        let weapons = if row.weapons.is_empty() {
            (1 << Weapon::ALL.len()) - 1
        } else {
            bits(Weapon::ALL, &row.weapons)
        };
        let letter = bit(Target::ALL, forces(row.protects));
        writeln!(
            script,
            "{n}\t{}\t{}\t{doers}\t{}\t{weapons}\t{letter}\t{}\t{}\t{}\t{}\t{}",
            row.window.0,
            row.window.1,
            bits(&super::agreement::ACTS, &row.acts),
            letter | bit(Target::ALL, Target::Hospital),
            side_bits(row.protects),
            row.defence,
            polygon(Some(&row.zone)),
            polygon(row.exempt.as_deref()),
        )?;
    }
    script.push_str("\\.\ncopy raw from stdin;\n");
    for (n, row) in incidents.iter().enumerate() {
        writeln!(
            script,
            "{n}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\tSRID=4326;POINT({})",
            row.when.0,
            1_u64 << row.doer,
            bit::<Act>(&super::agreement::ACTS, row.act),
            bit(Weapon::ALL, row.weapon),
            bit(Target::ALL, row.target),
            1_u64 << row.holder,
            row.claimed,
            degrees(row.point),
        )?;
    }
    // Neighbours in space lie together on disk; every index that could serve is there.
    script.push_str(
        "\\.\ncreate unlogged table inc as select * from raw order by g; drop table raw;
        create unlogged table part as select id, st_subdivide(zone, 16) as zone from cl;
        create index inc_g on inc using gist(g); create index inc_g_at on inc using gist(g, at);
        create index inc_at on inc(at); create index cl_zone on cl using gist(zone);
        create index part_zone on part using gist(zone); vacuum analyze;\n",
    );
    cluster.ask(&script)?;
    Ok(())
}

const COVERED: &str = "inc.at >= cl.t0 and inc.at < cl.t1 and (cl.doers & inc.doer) <> 0
    and (cl.ex is null or not st_intersects(cl.ex, inc.g))";
const FORBIDDEN: &str =
    "(cl.acts & inc.act) <> 0 and (cl.weapons & inc.weapon) <> 0 and not (cl.defence and inc.claimed)";
const LETTER: &str = "(cl.letter & inc.target) <> 0";
const PURPOSE: &str = "((cl.purpose & inc.target) <> 0 or (cl.holders & inc.holder) <> 0)";

/// One way of asking.
pub struct Way {
    /// Its name in the results.
    pub name: &'static str,
    /// Whether it gives all three outcomes, or the prohibited ones only.
    pub whole: bool,
    /// The statement.
    pub statement: String,
}

/// Every way that is tried.
#[must_use]
pub fn ways() -> Vec<Way> {
    let counts = |from: &str, hits: &str| {
        format!(
            "select cl.id, count(*), count(*) filter (where {FORBIDDEN} and {LETTER}),
             count(*) filter (where {FORBIDDEN} and {PURPOSE}) from {from} where {hits} and {COVERED} group by cl.id"
        )
    };
    let prohibited = |from: &str, hits: &str| {
        format!(
            "select cl.id, count(*) filter (where {LETTER}), count(*) from {from}
             where {hits} and {COVERED} and {FORBIDDEN} and {PURPOSE} group by cl.id"
        )
    };
    let plain = "cl join inc on true";
    let parts = "cl join part on part.id = cl.id join inc on true";
    let (intersects, covers) = ("st_intersects(cl.zone, inc.g)", "st_covers(cl.zone, inc.g)");
    let way = |name, whole, statement| Way { name, whole, statement };
    vec![
        way("counts, ST_Intersects", true, counts(plain, intersects)),
        way("counts, ST_Covers", true, counts(plain, covers)),
        // A point on a seam between parts would count twice; the made points do not lie on one.
        way("counts, subdivided zones", true, counts(parts, "st_intersects(part.zone, inc.g)")),
        way("prohibited only, ST_Intersects", false, prohibited(plain, intersects)),
        way("prohibited only, subdivided zones", false, prohibited(parts, "st_intersects(part.zone, inc.g)")),
        way(
            "written to a table, ST_Intersects",
            true,
            format!(
                "drop table if exists found; create unlogged table found as select cl.id as clause, inc.id as incident,
                 {FORBIDDEN} and {LETTER} as letter, {FORBIDDEN} and {PURPOSE} as purpose
                 from {plain} where {intersects} and {COVERED}"
            ),
        ),
    ]
}

/// Settings under which each way is tried: name, statements. `workers` processes beside the first.
#[must_use]
pub fn settings(workers: u32) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for jit in ["off", "on"] {
        for index in ["g", "g_at"] {
            let hide = if index == "g" { "inc_g_at" } else { "inc_g" };
            all.push((
                format!("jit {jit}, index {index}"),
                format!(
                    "set jit={jit}; set max_parallel_workers_per_gather={workers}; set parallel_setup_cost=0;
                     set parallel_tuple_cost=0; update pg_index set indisvalid = indexrelid <> '{hide}'::regclass
                     where indexrelid in ('inc_g'::regclass, 'inc_g_at'::regclass);"
                ),
            ));
        }
    }
    all
}

/// Every pair that is covered, with what each reading gives: clause, incident, letter, purpose.
///
/// # Errors
/// In the server's words.
pub fn pairs(cluster: &Cluster) -> Result<Vec<(usize, usize, bool, bool)>, Trouble> {
    let printed = cluster.ask(&format!(
        "select cl.id, inc.id, ({FORBIDDEN} and {LETTER})::int, ({FORBIDDEN} and {PURPOSE})::int
         from cl join inc on st_intersects(cl.zone, inc.g) and {COVERED} order by 1, 2;"
    ))?;
    let pair = |line: &str| {
        let mut fields = line.split('|');
        let clause = fields.next()?.parse().ok()?;
        let incident = fields.next()?.parse().ok()?;
        Some((clause, incident, fields.next()? == "1", fields.next()? == "1"))
    };
    Ok(printed.lines().filter_map(pair).collect())
}
