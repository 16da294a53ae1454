//! Arguments of the commands on where a store's tables are: made in PostgreSQL, moved, and what was derived put there for others to read.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Format, Moment, StoreAt};

/// Commands on the database of a store.
#[derive(Debug, Subcommand)]
pub(crate) enum DatabaseCommand {
    /// Make a store whose tables are in PostgreSQL; without one named, in SQLite. The other commands then name the folder as ever.
    #[command(
        after_help = "Example: truceline store-init ops --origin truceline.example/syria-2016 --postgres 'host=/run/postgresql dbname=truceline'"
    )]
    StoreInit(StoreInit),
    /// Move a store to another folder, into PostgreSQL or back to SQLite. The old one stays as it is and is closed for writing.
    #[command(
        after_help = "Example: truceline move --from ops --to ops-hq --postgres 'host=/run/postgresql dbname=truceline'\n         truceline move --from ops-hq --to ops-home"
    )]
    Move(Move),
    /// Derive incidents, findings, cases, duties and deliveries, and put them into the PostgreSQL tables that others read, in place of those before.
    #[command(
        after_help = "Example: truceline project --store ops --as-of 2016-05-04T12:00:00Z\n         truceline project --store ops --every 5"
    )]
    Project(Project),
}

/// Which database.
#[derive(Clone, Debug, Args)]
pub(crate) struct InPostgres {
    /// Address of a PostgreSQL database, on this machine or, with --authority, on another; `-` reads it from standard input, so that a password in it is not seen by others.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) postgres: Option<String>,
    /// Certificates (PEM) of the authority under whose certificate the server must prove the name that the address gives it, over TLS.
    #[arg(long, value_name = "FILE", requires = "postgres")]
    pub(crate) authority: Option<PathBuf>,
    /// How many of its standbys must have a commit on disk before a receipt is given; 0 for a server without standbys.
    #[arg(long, value_name = "N", default_value_t = 1, requires = "postgres", value_parser = clap::value_parser!(u16).range(0..=7))]
    pub(crate) quorum: u16,
    /// How long a commit may wait for them, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, requires = "postgres", value_parser = clap::value_parser!(u16).range(1..=3600))]
    pub(crate) patience: u16,
    /// Derive what others read beside the writer, when `truceline project` does it, and not in each commit of entries: commits are shorter, and
    /// the tables say how far they are behind.
    #[arg(long, requires = "postgres")]
    pub(crate) project_beside: bool,
}

/// What `store-init` is told.
#[derive(Debug, Args)]
pub(crate) struct StoreInit {
    /// Folder of the store: it holds the log's key and names the database.
    pub(crate) dir: PathBuf,
    /// Name of the log, like an address without https://.
    #[arg(long, value_name = "NAME")]
    pub(crate) origin: String,
    /// The database.
    #[command(flatten)]
    pub(crate) database: InPostgres,
    /// Words or JSON.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// What `move` is told.
#[derive(Debug, Args)]
pub(crate) struct Move {
    /// Folder of the store as it is.
    #[arg(long, value_name = "DIR")]
    pub(crate) from: PathBuf,
    /// Folder that it goes to.
    #[arg(long, value_name = "DIR")]
    pub(crate) to: PathBuf,
    /// The database that it goes to.
    #[command(flatten)]
    pub(crate) database: InPostgres,
    /// Words or JSON.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// What `project` is told.
#[derive(Debug, Args)]
pub(crate) struct Project {
    /// The store.
    #[command(flatten)]
    pub(crate) at: StoreAt,
    /// As of when.
    #[command(flatten)]
    pub(crate) moment: Moment,
    /// Go on until interrupted: look so often whether the log has grown, and derive again when it has.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400), conflicts_with = "up_to")]
    pub(crate) every: Option<u64>,
    /// Words or JSON.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}
