//! `store-init`, `move`, `project`: where a store's tables are. Never prints an address, for a password may stand in it.

use std::io::Read as _;
use std::time::Duration;

use serde_json::json;
use truceline_store::{Postgres, ProjectError, Projection, Projector, Store};

use crate::cli::database::{DatabaseCommand, InPostgres, Move, Project, StoreInit};
use crate::failure::Failure;
use crate::pipeline::Source;
use crate::pipeline::derive_published;
use crate::{files, live, log, out, projecting};

/// Longest address read from standard input, in bytes.
const ADDRESS: u64 = 4_096;
/// Longest file of certificates, in bytes.
const CERTIFICATES: u64 = 1 << 20;

/// Does what is asked.
///
/// # Errors
/// When the store or the database will not; the words say what to do.
pub(crate) fn run(asked: &DatabaseCommand) -> Result<u8, Failure> {
    match asked {
        DatabaseCommand::StoreInit(asked) => init(asked),
        DatabaseCommand::Move(asked) => relocate(asked),
        DatabaseCommand::Project(asked) => project(asked),
    }
}

fn database(asked: &InPostgres) -> Result<Option<Postgres>, Failure> {
    let Some(address) = &asked.postgres else { return Ok(None) };
    let mut address = address.clone();
    if address == "-" {
        address.clear();
        std::io::stdin()
            .take(ADDRESS)
            .read_to_string(&mut address)
            .map_err(|e| Failure::operation("read the address from standard input", &e))?;
    }
    let address = address.trim().to_owned();
    let authority = asked.authority.as_ref().map(|path| {
        files::text(path, CERTIFICATES)
            .map_err(|e| Failure::usage(format!("could not read {}: {e}", path.display())))
    });
    Ok(Some(Postgres {
        address,
        quorum: asked.quorum,
        patience_s: asked.patience,
        project_each: !asked.project_beside,
        authority: authority.transpose()?,
    }))
}

fn init(asked: &StoreInit) -> Result<u8, Failure> {
    let seed = log::seed()?;
    let made = match database(&asked.database)? {
        Some(database) => Store::create_in(&asked.dir, &asked.origin, *seed, &database),
        None => Store::create(&asked.dir, &asked.origin, *seed),
    };
    let store = made.map_err(|e| Failure::operation("make the store", &e))?;
    let key = store.verifier().verifier_key();
    out::told(asked.format, format_args!("the log's public key: {key}"), &json!({ "key": key }))?;
    Ok(0)
}

fn relocate(asked: &Move) -> Result<u8, Failure> {
    let database = database(&asked.database)?;
    let found = Store::relocate(&asked.from, &asked.to, database.as_ref())
        .map_err(|e| Failure::operation("move the store", &e))?;
    let (entries, objects, root) = (found.entries, found.objects, found.root.to_string());
    out::told(
        asked.format,
        format_args!(
            "{entries} entries and {objects} objects moved to {}; root {root}; {} is closed for writing",
            asked.to.display(),
            asked.from.display()
        ),
        &json!({ "entries": entries, "objects": objects, "root": root, "to": asked.to.display().to_string() }),
    )?;
    Ok(0)
}

fn project(asked: &Project) -> Result<u8, Failure> {
    let dir = &asked.at.store;
    let source = Source::new(dir.clone());
    let Some(every) = asked.every else {
        log::open_read_only(dir)?;
        let mut projector = Projector::open(dir).map_err(|e| refused(&e))?;
        put(asked, &source, &mut projector, false)?;
        return Ok(0);
    };
    let mut first = true;
    loop {
        match follow(asked, &source) {
            // A server that is away for a while is no reason to stop; one that was never there is.
            Err(failure) if first => return Err(failure),
            Err(failure) => eprintln!("{failure}; tried again in {every} s"),
            Ok(()) => first = false,
        }
        std::thread::sleep(Duration::from_secs(every));
    }
}

/// Derives where the log has grown beyond what stands there.
fn follow(asked: &Project, source: &Source) -> Result<(), Failure> {
    let dir = &asked.at.store;
    let mut projector = Projector::open(dir).map_err(|e| refused(&e))?;
    let length = log::open_read_only(dir)?.len().map_err(|e| Failure::operation("read the log", &e))?;
    let up_to = projector.up_to().map_err(|e| refused(&e))?;
    if up_to.is_some_and(|up_to| up_to >= length) {
        return Ok(());
    }
    put(asked, source, &mut projector, true)
}

fn put(asked: &Project, source: &Source, projector: &mut Projector, only_newer: bool) -> Result<(), Failure> {
    let moment = &asked.moment;
    // Whoever reads the tables is a reader like any other.
    let loaded = source.loaded(moment.up_to, moment.threads)?;
    let as_of = match &moment.as_of {
        Some(words) => loaded.mission.moment(words)?,
        None => live::now(&loaded)?,
    };
    let derived = derive_published(loaded, as_of, moment.threads)?;
    let projection = projecting::of(&derived)?;
    match projector.project(&projection, only_newer) {
        Err(ProjectError::Newer(_)) if only_newer => return Ok(()),
        done => done.map_err(|e| refused(&e))?,
    }
    let Projection { up_to, as_of, .. } = &projection;
    let incidents = derived.resolved.incidents.len();
    let findings: usize = derived.findings.values().map(|found| found.len()).sum();
    out::told(
        asked.format,
        format_args!(
            "{incidents} incidents and {findings} findings, derived up to entry {up_to} as of {as_of}"
        ),
        &json!({ "incidents": incidents, "findings": findings, "up_to": up_to, "as_of": as_of }),
    )
}

fn refused(error: &ProjectError) -> Failure {
    Failure::operation("put what was derived into the database", error)
}
