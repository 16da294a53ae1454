//! Arguments of `account` and `serve`: who may use the ops room, and where it answers.

use std::net::SocketAddr;

use clap::{Args, Subcommand};

use super::{Format, StoreAt, case, handover};

/// Cases, the watch's notes, and who may work on them over HTTP.
#[derive(Debug, Subcommand)]
pub(crate) enum OnCases {
    /// Cases: open one, act in it, see who must act by when. The agreement's procedure decides what can be done.
    #[command(after_help = "Example: truceline case show --store ops c17 --for petrova")]
    Case(case::Case),
    /// What one watch leaves to the next: a note signed by the one, taken over by the other. Both are entries of the record.
    #[command(subcommand)]
    Handover(handover::Handover),
    /// Serve the ops room to the people of a mission, on loopback: the screens, and behind them the API (docs/api.md). Each shows an account.
    #[command(after_help = "Example: truceline serve --store ops --listen 127.0.0.1:8016")]
    Serve(Serve),
    /// Who may use the ops room.
    #[command(subcommand)]
    Account(Account),
    /// Who was shown what in the ops room that could harm somebody: for the source-protection officer.
    #[command(after_help = "Example: truceline reads --store ops --of c17")]
    Reads(Reads),
}

/// Which reads are listed.
#[derive(Debug, Args)]
pub(crate) struct Reads {
    /// The store.
    #[command(flatten)]
    pub(crate) at: StoreAt,
    /// Only by this person.
    #[arg(long, value_name = "NAME")]
    pub(crate) by: Option<String>,
    /// Only of this thing: c17, c17/203, r12.
    #[arg(long, value_name = "WHICH")]
    pub(crate) of: Option<String>,
    /// Words or JSON: one a line.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// What `serve` is told.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The store.
    #[command(flatten)]
    pub(crate) at: StoreAt,
    /// Where to serve; only loopback addresses are taken.
    #[arg(long, default_value = "127.0.0.1:8016", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// The name under which a TLS proxy on this machine passes requests on.
    #[arg(long, value_name = "HOST")]
    pub(crate) proxied_as: Option<String>,
    /// A witness that the server asks by itself to cosign what it has signed: its address, `=`, and its public key. Given once for each; without any, nobody is asked.
    #[arg(long = "ask-witness", value_name = "ADDRESS=KEY")]
    pub(crate) ask_witnesses: Vec<String>,
    /// Seconds between two cosignatures of one witness, at the least.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) ask_every: u64,
    /// Words or JSON: how the address is told.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub(crate) enum Account {
    /// Give a person whom mission.kdl names with a role a token, shown once; or a password.
    #[command(after_help = "Example: truceline account add petrova --store ops")]
    Add {
        /// The person.
        person: String,
        /// Ask for a password, or read it from standard input, and give no token.
        #[arg(long)]
        password: bool,
        /// Who they are at the provider that the store's file `oidc` names: its issuer, and its subject; and give no token.
        #[arg(long, num_args = 2, value_names = ["ISSUER", "SUBJECT"], conflicts_with = "password")]
        oidc: Option<Vec<String>>,
        /// The store.
        #[command(flatten)]
        at: StoreAt,
        /// Words or JSON.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Give an account another password, or take it away; whoever is signed in at it is signed out.
    #[command(after_help = "Example: truceline account password petrova --store ops")]
    Password {
        /// The person.
        person: String,
        /// Take the password away.
        #[arg(long)]
        remove: bool,
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
