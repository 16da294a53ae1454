//! Arguments of `follow` and `hand-out`: a replica at another centre, and the centre whose record it follows.

use std::net::SocketAddr;

use clap::Args;

use super::{Format, StoreAt};

/// What `follow` is told.
#[derive(Debug, Args)]
pub(crate) struct Follow {
    /// The centre: a store's folder, a folder of static files (truceline export-tiles --with-objects), or http://127.0.0.1:PORT, where
    /// `truceline hand-out` answers or the end of a tunnel to it.
    #[arg(long, value_name = "DIR|ADDRESS")]
    pub(crate) from: String,
    /// Folder of the replica; made where there is none. A folder with a copy (truceline backup) becomes a replica.
    #[command(flatten)]
    pub(crate) at: StoreAt,
    /// The log's public key as you know it from elsewhere; needed the first time.
    #[arg(long, value_name = "KEY")]
    pub(crate) key: Option<String>,
    /// The key that the replica has, where `--key` came in its place (truceline replace-key): said once.
    #[arg(long, value_name = "KEY", requires = "key")]
    pub(crate) was: Option<String>,
    /// A witness's public key, given once for each whose cosignature counts; kept with the replica until others are given.
    #[arg(long = "witness", value_name = "KEY")]
    pub(crate) witnesses: Vec<String>,
    /// How many of them must have cosigned before anything is taken in; without it, all.
    #[arg(long, value_name = "N", requires = "witnesses")]
    pub(crate) quorum: Option<usize>,
    /// Go on until interrupted: look so often for what is new.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) every: Option<u64>,
    /// Seconds to wait for one answer.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) patience: u64,
    /// Words or JSON: one round a line.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// What `hand-out` is told.
#[derive(Debug, Args)]
pub(crate) struct HandOut {
    /// The store, or a replica of one.
    #[command(flatten)]
    pub(crate) at: StoreAt,
    /// Where to listen: loopback only, for whoever reaches it reads all reports. Lead a tunnel to it.
    #[arg(long, default_value = "127.0.0.1:8019", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// Words or JSON.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}
