//! Arguments of `account` and `serve-desk`: who may use the case desk, and where it answers.

use std::net::SocketAddr;

use clap::{Args, Subcommand};

use super::{Format, StoreAt, case};

/// Cases, and who may work on them over HTTP.
#[derive(Debug, Subcommand)]
pub(crate) enum OnCases {
    /// Cases: open one, act in it, see who must act by when. The agreement's procedure decides what can be done.
    #[command(after_help = "Example: truceline case show --store ops c17 --for petrova")]
    Case(case::Case),
    /// Serve cases to the people of a mission over HTTP, on loopback; each shows the token of an account (docs/api.md).
    #[command(after_help = "Example: truceline serve-desk --store ops --listen 127.0.0.1:8017")]
    ServeDesk(ServeDesk),
    /// Who may use the case desk.
    #[command(subcommand)]
    Account(Account),
}

/// What `serve-desk` is told.
#[derive(Debug, Args)]
pub(crate) struct ServeDesk {
    /// The store.
    #[command(flatten)]
    pub(crate) at: StoreAt,
    /// Where to serve; only loopback addresses are taken.
    #[arg(long, default_value = "127.0.0.1:8017", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// The name under which a TLS proxy on this machine passes requests on.
    #[arg(long, value_name = "HOST")]
    pub(crate) proxied_as: Option<String>,
    /// Words or JSON: how the address is told.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub(crate) enum Account {
    /// Give a person whom mission.kdl names with a role a token. It is shown once.
    #[command(after_help = "Example: truceline account add petrova --store ops")]
    Add {
        /// The person.
        person: String,
        /// The store.
        #[command(flatten)]
        at: StoreAt,
        /// Words or JSON.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// List who has an account, since when, with which role.
    List {
        /// The store.
        #[command(flatten)]
        at: StoreAt,
        /// Words or JSON: one a line.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Remove an account: its token opens nothing from then on.
    Remove {
        /// The person.
        person: String,
        /// The store.
        #[command(flatten)]
        at: StoreAt,
        /// Words or JSON.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
}
