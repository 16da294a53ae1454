//! What it costs that every commit holds what follows from it: a store in PostgreSQL without standbys, one entry a commit, beside so many incidents
//! in the tables that others read, of which each entry changes one, in the same transaction.
//!
//! It leaves the derivation itself out: the rows are made beforehand. What deriving takes is measured in `bench/README.md`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use truceline_store::{Deriver, Postgres, Projection, ReaderRow, ReaderTable, Store};

use crate::figure::{Figures, Pace, us};
use crate::folder::Folder;
use crate::postgres::{self, Cluster};
use crate::rows::{now, row, seed};
use crate::{Plan, Result};

/// Incidents in the tables; 0 is a store that projects nothing.
const INCIDENTS: [u64; 4] = [0, 100, 1_000, 10_000];

/// Findings on each.
const FINDINGS: u64 = 8;

/// Measures it.
///
/// # Errors
/// When the server does not run.
pub(crate) fn measure(figures: &Figures, plan: &Plan) -> Result<()> {
    let Some(programs) = postgres::programs().filter(|programs| postgres::has_postgis(programs)) else {
        eprintln!("PostgreSQL with PostGIS is not installed; nothing is projected");
        return Ok(());
    };
    let cluster = Cluster::start(programs)?;
    let mut rounds = vec![Vec::new(); INCIDENTS.len()];
    for round in 0..plan.rounds {
        for (incidents, runs) in INCIDENTS.into_iter().zip(&mut rounds) {
            runs.push(each(&cluster, &format!("projected{incidents}_{round}"), incidents, plan.time)?);
        }
    }
    for (incidents, runs) in INCIDENTS.into_iter().zip(&rounds) {
        let what = format!("projecting: 1 writer, {incidents} incidents in each commit");
        let pace = Pace::median(runs);
        let middles: Vec<String> = runs.iter().map(|run| run.p50.to_string()).collect();
        figures.say(
            &what,
            pace.p50,
            "us an entry",
            &format!("{}; rounds {}", pace.words(), middles.join(" ")),
        );
    }
    Ok(())
}

fn each(cluster: &Cluster, database: &str, incidents: u64, time: Duration) -> Result<Pace> {
    let folder = Folder::new("projecting")?;
    let address = cluster.database(database)?;
    let project_each = incidents > 0;
    let place = Postgres { address, quorum: 0, patience_s: 60, project_each, authority: None };
    let mut store =
        Store::create_in(&folder.path().join("store"), "truceline.example/projecting", seed()?, &place)?;
    store.derive_with(Arc::new(OneChanges((0..incidents).map(|n| incident(n, 1)).collect())));
    let (start, mut each) = (Instant::now(), Vec::new());
    while start.elapsed() < time {
        let entry = row(each.len() as u64);
        let begun = Instant::now();
        store.append(&[entry])?;
        each.push(us(begun.elapsed()));
    }
    Ok(Pace::of(each, start.elapsed()))
}

/// Gives the same rows each time, but for one.
struct OneChanges(Vec<ReaderRow>);

impl Deriver for OneChanges {
    fn derive(&self, store: &Store) -> Option<Projection> {
        let up_to = store.len().ok()?;
        let mut rows = self.0.clone();
        let n = up_to % (rows.len() as u64).max(1);
        let changed = usize::try_from(n).ok().and_then(|n| rows.get_mut(n));
        changed.into_iter().for_each(|row| *row = incident(n, up_to + 1));
        Some(Projection {
            up_to,
            as_of: now(),
            software: "bench".to_owned(),
            rows: [(ReaderTable::Incidents, rows)].into(),
        })
    }

    fn forget(&self) {}
}

fn incident(n: u64, version: u64) -> ReaderRow {
    let finding = |n: u64| json!({ "clause": format!("clause-{}", n / 2), "reading": format!("reading-{}", n % 2), "outcome": "undetermined" });
    let id = format!("incident-{n}");
    let json = json!({
        "feature": {"type": "Feature", "id": id, "geometry": {"type": "Point", "coordinates": [37, 36]}, "properties": {
            "version": version, "summary": "An air strike on a hospital in Aleppo, said by three sources", "act": ["air-strike"],
            "target": ["hospital"], "actor": ["syria", "russia"], "actor_standing": "disputed", "from": "2016-04-27T18:00:00Z",
            "until": "2016-04-27T21:00:00Z", "within_m": 500, "killed_min": 14, "killed_max": 55, "origins": 3,
        }},
        "findings": (0..FINDINGS).map(finding).collect::<Vec<_>>(),
    });
    ReaderRow::new(id, &json.to_string())
}
