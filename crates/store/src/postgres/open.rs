//! A database made ready and opened.
//!
//! Opening for writing takes over: the advisory lock says that nobody else writes, and the next number of the writer shuts out whoever thinks that
//! he still does. That number is committed as everything is, with the wait for the standbys: all that stood before it is on them, too,
//! when the store is open, also a commit of which an earlier writer never heard.

use std::path::Path;
use std::time::Duration;

use truceline_record::LogSigner;

use super::address::Reach;
use super::link::Link;
use super::write::durable;
use super::{Postgres, Server, get, projection, readers, schema};
use crate::error::{Database, OpenError};
use crate::tables::CommitError;

/// The advisory lock of the one who writes: "TrLn".
const LOCK: i64 = 0x5472_4c6e;

/// Makes the tables, unless an interrupted creation of the same log made them, and names the database in the folder last.
pub(crate) fn create(dir: &Path, place: &Postgres, signer: &LogSigner) -> Result<Server, OpenError> {
    let link = Link::new(place.reach(true)?, place.patience())?;
    lock(dir, &link)?;
    check_settings(&link, place.quorum)?;
    if !has_tables(&link)? {
        link.in_transaction(unclear, || {
            link.run(schema::STEP_1)?;
            link.run(readers::FOR_READERS)?;
            let given = [
                ("format", schema::FORMAT.to_string()),
                ("origin", signer.origin().to_owned()),
                ("verifier-key", signer.verifier_key()),
            ];
            for (name, value) in &given {
                link.query("INSERT INTO truceline_log.meta (name, value) VALUES ($1, $2)", &[name, value])?;
            }
            Ok::<(), OpenError>(())
        })?;
    }
    let server = take_over(dir, link, place)?;
    if server.word("verifier-key")?.as_deref() != Some(signer.verifier_key().as_str()) {
        return Err(OpenError::AlreadyThere { dir: dir.to_owned() });
    }
    place.write(dir)?;
    Ok(server)
}

/// Opens the database that the folder names, for writing.
pub(crate) fn open(dir: &Path) -> Result<Server, OpenError> {
    let place = Postgres::of(dir)?;
    let link = checked(dir, place.reach(true)?, &place)?;
    lock(dir, &link)?;
    check_settings(&link, place.quorum)?;
    let server = take_over(dir, link, &place)?;
    if place.project_each {
        // Where this fails, so does what is derived in each commit: entries are logged, and readers see how far it is behind.
        projection::with_views(&server.link).unwrap_or_default();
    }
    Ok(server)
}

/// Opens it for reading; a standby will do.
pub(crate) fn open_read_only(dir: &Path) -> Result<Server, OpenError> {
    let place = Postgres::of(dir)?;
    let link = checked(dir, place.reach(false)?, &place)?;
    link.run("SET default_transaction_read_only = on")?;
    Ok(Server { dir: dir.to_owned(), link, quorum: place.quorum, epoch: None, project_each: false })
}

pub(super) fn checked(dir: &Path, reach: Reach, place: &Postgres) -> Result<Link, OpenError> {
    let link = Link::new(reach, place.patience())?;
    if !has_tables(&link)? {
        return Err(OpenError::NotAStore { dir: dir.to_owned() });
    }
    let line = link.row("SELECT value FROM truceline_log.meta WHERE name = 'format'", &[])?;
    let format: Option<String> = line.map(|line| get(&line, 0)).transpose()?;
    match format.and_then(|format| format.parse().ok()) {
        Some(schema::FORMAT) => Ok(link),
        Some(newer) => Err(OpenError::Newer { format: newer }),
        None => Err(OpenError::Inconsistent { reason: "the database does not say its format".to_owned() }),
    }
}

fn has_tables(link: &Link) -> Result<bool, Database> {
    Ok(link
        .row("SELECT 1 FROM pg_tables WHERE schemaname = 'truceline_log' AND tablename = 'meta'", &[])?
        .is_some())
}

fn lock(dir: &Path, link: &Link) -> Result<(), OpenError> {
    // A writer that was killed a moment ago still has it until the server sees that its connection is gone.
    for attempt in 0..30 {
        if attempt > 0 {
            std::thread::sleep(Duration::from_millis(100));
        }
        let line = link.row("SELECT pg_try_advisory_lock($1)", &[&LOCK])?;
        if line.map(|line| get(&line, 0)).transpose()? == Some(true) {
            return Ok(());
        }
    }
    Err(OpenError::InUse { dir: dir.to_owned() })
}

fn check_settings(link: &Link, quorum: u16) -> Result<(), OpenError> {
    let line = link.row(
        "SELECT current_setting('synchronous_standby_names'), current_setting('synchronous_commit'), current_setting('fsync')",
        &[],
    )?;
    let line = line.ok_or(Database::Busy)?;
    Ok(durable(get(&line, 0)?, get(&line, 1)?, get(&line, 2)?, quorum)?)
}

fn take_over(dir: &Path, link: Link, place: &Postgres) -> Result<Server, OpenError> {
    let epoch = link.in_transaction(unclear, || {
        let line = link.row("UPDATE truceline_log.writer SET epoch = epoch + 1 RETURNING epoch", &[])?;
        let line = line.ok_or(Database::Damaged { reason: "truceline_log.writer has no row".to_owned() })?;
        Ok::<i64, OpenError>(get(&line, 0)?)
    })?;
    Ok(Server {
        dir: dir.to_owned(),
        link,
        quorum: place.quorum,
        epoch: Some(epoch),
        project_each: place.project_each,
    })
}

fn unclear(error: CommitError) -> OpenError {
    match error {
        CommitError::Nothing(trouble) => OpenError::Database(trouble),
        CommitError::Unknown(reason) => OpenError::Database(Database::Weak { reason }),
    }
}

impl Server {
    fn word(&self, name: &str) -> Result<Option<String>, Database> {
        crate::tables::Tables::meta(self, name)
    }
}
