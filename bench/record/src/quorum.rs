//! The store in PostgreSQL, a primary and two standbys on this machine, a receipt given when a quorum has the entry on disk: beside the embedded store,
//! and beside the same servers given the same rows without us. All three servers share one disk and two cores here, which is not how anybody would
//! run them: the ratio tells what our way costs, the rate tells little.

use std::time::Duration;

use truceline_store::{Pace as Pacing, Postgres, Sequencer, Store};

use crate::figure::{Figures, Pace};
use crate::folder::Folder;
use crate::ingest::{MANY, waiting_on};
use crate::postgres::{self, Cluster, Script};
use crate::rows::{now, seed};
use crate::{Plan, Result, ingest};

/// Measures it.
///
/// # Errors
/// When a server does not run.
pub(crate) fn measure(figures: &Figures, plan: &Plan) -> Result<()> {
    let Some(programs) = postgres::programs() else {
        eprintln!("PostgreSQL is not installed; nothing is measured with a quorum");
        return Ok(());
    };
    if !postgres::has_postgis(&programs) {
        eprintln!("PostGIS is not installed; nothing is measured with a quorum");
        return Ok(());
    }
    let primary = Cluster::start(programs)?;
    let _standbys = [primary.standby("one")?, primary.standby("two")?];
    primary.wait_for_standbys()?;
    let (mut embedded, mut ours, mut ours_one, mut plain, mut plain_one, mut signed) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for round in 0..plan.rounds {
        embedded.push(ingest::waiting(MANY, plan.time)?);
        ours_one.push(on_quorum(&primary, &format!("one{round}"), 1, plan.time)?);
        ours.push(on_quorum(&primary, &format!("many{round}"), MANY, plan.time)?);
        signed.push(to_signed(&primary, &format!("signed{round}"), plan.time)?);
        plain_one.push(primary.bench(&Script::Each, 1, plan.time)?);
        plain.push(primary.bench(&Script::Each, MANY, plan.time)?);
    }
    let tell = |what: &str, runs: &[Pace]| {
        let pace = Pace::median(runs);
        let rates: Vec<String> = runs.iter().map(|run| run.per_second.to_string()).collect();
        figures.say(
            what,
            pace.per_second,
            "entries/s",
            &format!("{}; rounds {}", pace.words(), rates.join(" ")),
        );
        pace.per_second
    };
    let embedded = tell("quorum: 64 writers, the embedded store in the same run", &embedded);
    tell("quorum: 1 writer, our store, ANY 1 of 2 standbys", &ours_one);
    let ours = tell("quorum: 64 writers, our store, ANY 1 of 2 standbys", &ours);
    tell("quorum: 64 writers, our store, each waiting for a signed checkpoint", &signed);
    tell("quorum: 1 connection, PostgreSQL without us, ANY 1 of 2 standbys", &plain_one);
    let plain = tell("quorum: 64 connections, PostgreSQL without us, ANY 1 of 2 standbys", &plain);
    figures.ratio("quorum: 64 writers, ours by the embedded store", ours, embedded, "");
    figures.ratio("quorum: 64 writers, ours by PostgreSQL without us", ours, plain, "");
    Ok(())
}

fn sequencer(
    primary: &Cluster,
    database: &str,
    folder: &Folder,
    sign_every: Option<Duration>,
) -> Result<Sequencer> {
    let place = Postgres {
        address: primary.database(database)?,
        quorum: 1,
        patience_s: 30,
        project_each: false,
        authority: None,
    };
    let store = Store::create_in(&folder.path().join("store"), "truceline.example/quorum", seed()?, &place)?;
    Ok(Sequencer::start(store, Pacing { sign_every, ..Pacing::default() }, now))
}

fn on_quorum(primary: &Cluster, database: &str, writers: u64, time: Duration) -> Result<Pace> {
    let folder = Folder::new("quorum")?;
    waiting_on(sequencer(primary, database, &folder, None)?, writers, time, |ticket| {
        ticket.receipt().map(drop)
    })
}

fn to_signed(primary: &Cluster, database: &str, time: Duration) -> Result<Pace> {
    let folder = Folder::new("quorum")?;
    let sequencer = sequencer(primary, database, &folder, Some(Duration::ZERO))?;
    waiting_on(sequencer, MANY, time, |ticket| ticket.signed().map(drop))
}
