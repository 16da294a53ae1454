//! Vector tiles at speed: `truceline-bench-tiles [--incidents 84000] [--tiles 400] [--rounds 3]`, beside PostGIS (`ST_AsMVT`) in the same run.
//!
//! Incidents are made from a seed and are nobody's. One line a figure. What is measured and why it is fair: README.md.

mod made;
/// The same server as the judge is compared with.
#[allow(unreachable_pub)]
#[path = "../../src/judging/postgis.rs"]
mod postgis;

use std::error::Error;
use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::Instant;

use postgis::{Cluster, programs};
use truceline_publish::standards::{Collection, CollectionId, Tile, Tiles};

/// The program's own, so that its figures are these.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Trouble = Box<dyn Error>;

/// The deepest zoom that is asked for.
const ZOOMS: u32 = 15;

/// The same rule as ours: up to 1,000 incidents one by one, more of them as cells of a thirty-second of the tile's side, with the count of each finding.
const STATEMENT: &str = "PREPARE tile(int, int, int) AS
WITH b AS (SELECT ST_TileEnvelope($1, $2, $3) AS g),
e AS (SELECT g, ST_XMin(g) AS west, ST_XMax(g) AS east, ST_YMin(g) AS south, ST_YMax(g) AS north FROM b),
hit AS MATERIALIZED (SELECT i.*, ST_X(i.geom) AS x, ST_Y(i.geom) AS y FROM incidents i, e WHERE i.geom && e.g
  AND ST_X(i.geom) >= e.west AND ST_X(i.geom) < e.east AND ST_Y(i.geom) > e.south AND ST_Y(i.geom) <= e.north),
n AS (SELECT count(*) AS c FROM hit),
one AS (SELECT id, summary, act, place, within_m, since, until, killed_min, NULL::bigint AS incidents, NULL::bigint AS disputed, NULL::bigint AS prohibited,
  NULL::bigint AS undetermined, NULL::bigint AS not_prohibited, NULL::bigint AS not_covered, ST_AsMVTGeom(geom, g, 4096, 0, true) AS geom FROM hit, e, n WHERE c <= 1000),
cell AS (SELECT count(*) AS incidents, min(rank) AS most, count(*) FILTER (WHERE rank = 0) AS disputed, count(*) FILTER (WHERE rank = 1) AS prohibited,
  count(*) FILTER (WHERE rank = 2) AS undetermined, count(*) FILTER (WHERE rank = 3) AS not_prohibited, count(*) FILTER (WHERE rank = 4) AS not_covered,
  floor((x - west) / (east - west) * 32) AS cx, floor((north - y) / (north - south) * 32) AS cy FROM hit, e, n WHERE c > 1000 GROUP BY cx, cy),
many AS (SELECT NULL::text, (ARRAY['disputed','prohibited','undetermined','not-prohibited','not-covered'])[most + 1], NULL::text, NULL::text, NULL::int, NULL::text, NULL::text,
  NULL::int, incidents, disputed, prohibited, undetermined, not_prohibited, not_covered,
  ST_AsMVTGeom(ST_SetSRID(ST_MakePoint(west + (cx + 0.5) / 32 * (east - west), north - (cy + 0.5) / 32 * (north - south)), 3857), g, 4096, 0, true) FROM cell, e)
SELECT coalesce(length(ST_AsMVT(t, 'incidents', 4096, 'geom')), 0), coalesce(sum(coalesce(t.incidents, 1)), 0) FROM (SELECT * FROM one UNION ALL SELECT * FROM many) AS t";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

struct Plan {
    incidents: usize,
    tiles: usize,
    rounds: usize,
}

fn plan(words: &[String]) -> Result<Plan, Trouble> {
    let mut plan = Plan { incidents: 84_000, tiles: 400, rounds: 3 };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let value = words.next().ok_or_else(|| format!("{word} wants a value"))?.parse()?;
        match word.as_str() {
            "--incidents" => plan.incidents = value,
            "--tiles" => plan.tiles = value,
            "--rounds" => plan.rounds = value,
            other => return Err(format!("no option is called \"{other}\"").into()),
        }
    }
    Ok(plan)
}

fn run(words: &[String]) -> Result<(), Trouble> {
    let plan = plan(words)?;
    let all = made::incidents(plan.incidents);
    let collections =
        [Collection::new(CollectionId::Incidents, all.iter().map(made::Made::feature).collect())];
    let begun = Instant::now();
    let tiles = Tiles::new(&collections);
    say("index of all incidents, made once a bulletin", us(begun), "us", "");
    // Where people look: round an incident, at every zoom alike.
    let asked: Vec<(u32, u32, u32)> = (0..plan.tiles)
        .filter_map(|n| {
            let zoom = u32::try_from(n).ok()? % ZOOMS;
            let one = all.get(made::drawn(n, all.len()))?;
            Some((zoom, one.tile(zoom).0, one.tile(zoom).1))
        })
        .collect();
    let mut ours = Vec::new();
    let (mut bytes, mut counts) = (Vec::new(), Vec::new());
    for round in 0..plan.rounds {
        for (z, x, y) in &asked {
            let tile = Tile::new(*z, *x, *y).ok_or("no such tile")?;
            let begun = Instant::now();
            let cut = tiles.cut(tile);
            ours.push((*z, us(begun)));
            if round == 0 {
                bytes.push(cut.len() as u64);
                counts.push(tiles.count(tile) as u64);
            }
        }
    }
    told("ours", &ours);
    say("ours, largest tile", bytes.iter().copied().max().unwrap_or(0), "bytes", "");
    if programs().is_none() {
        println!("PostgreSQL with PostGIS is not installed: nothing to compare with");
        return Ok(());
    }
    let cluster = Cluster::start()?;
    load(&cluster, &all)?;
    let each: String = asked.iter().fold(String::new(), |mut out, (z, x, y)| {
        let _ = writeln!(out, "EXECUTE tile({z}, {x}, {y});");
        out
    });
    let found = cluster.ask(&format!("{STATEMENT};\n{each}"))?;
    let found: Vec<u64> =
        found.lines().filter_map(|line| line.split_once('|')?.1.trim().parse().ok()).collect();
    let differ = found.iter().zip(&counts).filter(|(theirs, ours)| theirs.abs_diff(**ours) > 0).count();
    say(
        "tiles in which both find as many incidents",
        (found.len() - differ) as u64,
        "tiles",
        &format!("of {}", asked.len()),
    );
    let mut theirs = Vec::new();
    for _ in 0..plan.rounds {
        let times = cluster.timed(&format!("{STATEMENT};"), each.trim_end().trim_end_matches(';'), 1)?;
        // The last lines are those of the tiles; before them stands that of preparing.
        let skip = times.len().saturating_sub(asked.len());
        theirs.extend(asked.iter().map(|(z, ..)| *z).zip(times.into_iter().skip(skip)));
    }
    told("ST_AsMVT", &theirs);
    let (a, b) = (
        middle(theirs.iter().map(|(_, us)| *us).collect()),
        middle(ours.iter().map(|(_, us)| *us).collect()),
    );
    say("ST_AsMVT by ours, p50", a * 100 / b.max(1), "hundredths", "");
    Ok(())
}

fn load(cluster: &Cluster, all: &[made::Made]) -> Result<(), Trouble> {
    let mut script = String::from(
        "CREATE EXTENSION IF NOT EXISTS postgis;\nCREATE TABLE incidents (id text, summary text, rank int, act text, place text, within_m int, since text, until text, \
         killed_min int, geom geometry(Point, 3857));\nCREATE TEMP TABLE raw (id text, summary text, rank int, act text, place text, within_m int, since text, until text, \
         killed_min int, lon text, lat text);\nCOPY raw FROM STDIN WITH (DELIMITER '|');\n",
    );
    for one in all {
        script.push_str(&one.row());
        script.push('\n');
    }
    script.push_str(
        "\\.\nINSERT INTO incidents SELECT id, summary, rank, act, place, within_m, since, until, killed_min, \
         ST_Transform(ST_SetSRID(ST_MakePoint(lon::float8, lat::float8), 4326), 3857) FROM raw;\n\
         CREATE INDEX incidents_geom ON incidents USING gist (geom);\nCLUSTER incidents USING incidents_geom;\nVACUUM ANALYZE incidents;\n",
    );
    cluster.ask(&script).map(drop)
}

/// The middle and the hundredth worst, over all and by bands of zooms.
fn told(who: &str, all: &[(u32, u64)]) {
    for (name, from, until) in
        [("all zooms", 0, ZOOMS), ("zoom 0 to 4", 0, 5), ("zoom 5 to 9", 5, 10), ("zoom 10 to 14", 10, 15)]
    {
        let mut some: Vec<u64> =
            all.iter().filter(|(z, _)| (from..until).contains(z)).map(|(_, us)| *us).collect();
        some.sort_unstable();
        let p99 = some.get(some.len() * 99 / 100).copied().unwrap_or(0);
        say(&format!("{who}, a tile, {name}, p50"), middle(some), "us", &format!("p99 {p99} us"));
    }
}

fn middle(mut all: Vec<u64>) -> u64 {
    all.sort_unstable();
    all.get(all.len() / 2).copied().unwrap_or(0)
}

fn us(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX)
}

fn say(what: &str, value: u64, unit: &str, note: &str) {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split_ascii_whitespace().next().unwrap_or("?");
    let note = if note.is_empty() { String::new() } else { format!(" ({note})") };
    println!("{what}: {value} {unit}{note} [load {load}]");
}
