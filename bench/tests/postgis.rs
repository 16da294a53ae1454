//! A PostgreSQL of the test's own, with PostGIS, finds the same wherever every fact is certain. Skips where it is not installed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

use truceline_bench::judging::agree::against;
use truceline_bench::judging::agreement::{self, DAY, DAYS, START};
use truceline_bench::judging::postgis::{Cluster, programs};
use truceline_bench::judging::{incidents, rival};
use truceline_model::Instant;
use truceline_terms::Judge;

#[test]
fn postgis_finds_the_same_where_every_fact_is_certain() {
    if programs().is_none() {
        // The gate sets this, so that there the comparison cannot be left out.
        assert!(
            std::env::var_os("TRUCELINE_REQUIRE_POSTGIS").is_none(),
            "PostgreSQL with PostGIS is required here"
        );
        eprintln!(
            "skipped: PostgreSQL with PostGIS is not installed (postgresql-15, postgresql-15-postgis-3)"
        );
        return;
    }
    let clauses = 60;
    let made = agreement::agreement(clauses, 8);
    let terms = agreement::terms(&made).unwrap();
    let rows = incidents::rows(6_000, 9);
    let incidents = incidents::incidents(&rows, 10);
    let judge = Judge::new(&terms, &made.actors, &made.areas, Instant::from_seconds(START + DAYS * DAY));
    let cluster = Cluster::start().unwrap();
    rival::load(&cluster, &made.rows, &rows).unwrap();
    let pairs = rival::pairs(&cluster).unwrap();
    let told = against(&judge, &rows, &incidents, &made.rows, &pairs);
    assert_eq!(told.differ, 0, "{told:?}");
    assert!(told.compared > 400_000 && told.prohibited > 50, "too little to compare: {told:?}");
    assert!(told.left_open < told.compared / 100, "too much is left open: {told:?}");
    // The comparison can fail: a database that is told other windows finds otherwise.
    let mut other = made.rows.clone();
    for row in &mut other {
        row.window = (START, START + DAYS * DAY);
    }
    rival::load(&cluster, &other, &rows).unwrap();
    let told = against(&judge, &rows, &incidents, &made.rows, &rival::pairs(&cluster).unwrap());
    assert!(told.differ > 0);
}
