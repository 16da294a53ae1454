//! Arguments of the commands on what is closed: opened entries, erasures, sealed sources.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Format, StoreAt};

/// Commands on what entries commit to and do not show.
#[derive(Debug, Subcommand)]
pub(crate) enum Closed {
    /// Open chosen fields of one entry, with its proof, in one file for somebody else; check-proof checks it.
    #[command(after_help = "Example: truceline open 17 --store ops --fields source,known --out view.json")]
    Open(Open),
    /// Destroy what a report says, by the word of two people; its entry, and who and why, stay.
    #[command(after_help = "Example: truceline erase 17 --store ops --by A --and B --why \"…\"")]
    Erase(Erase),
    /// Sealed sources: ask, release, open.
    #[command(subcommand)]
    Seal(Seal),
}

/// What `open` is told.
#[derive(Debug, Args)]
pub(crate) struct Open {
    /// The entry's number, or its receipt.
    pub(crate) entry: String,
    /// The store.
    #[command(flatten)]
    pub(crate) at: StoreAt,
    /// Which fields to open, parted by commas; `raw` for the bytes as they came. Without it, none: the entry and its proof.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) fields: Vec<String>,
    /// Where it goes.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Words or JSON.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// What `erase` is told.
#[derive(Debug, Args)]
pub(crate) struct Erase {
    /// The entry's number, or its receipt.
    pub(crate) entry: String,
    /// The store.
    #[command(flatten)]
    pub(crate) at: StoreAt,
    /// Only this field; given once for each. `raw` is the bytes as they came. Without it: everything, and the steps taken on a text.
    #[arg(long = "field", value_name = "NAME")]
    pub(crate) fields: Vec<String>,
    /// Who decided it: one of the people in mission.kdl.
    #[arg(long, value_name = "WHO")]
    pub(crate) by: String,
    /// Who else decided it: another one of them.
    #[arg(long, value_name = "WHO")]
    pub(crate) and: String,
    /// Why.
    #[arg(long, value_name = "WORDS")]
    pub(crate) why: String,
    /// Words or JSON.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// Sealed sources: who reported, opened by several holders together or not at all.
#[derive(Debug, Subcommand)]
pub(crate) enum Seal {
    /// Draw the key of a holder, or of somebody who opens: the secret half into a file, the public half printed for mission.kdl.
    #[command(after_help = "Example: truceline seal init-holder --key registrar.age")]
    InitHolder {
        /// The file for the secret half; must not be there yet.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
    },
    /// Ask that the source of a report be opened: an entry, which holders then answer.
    #[command(after_help = "Example: truceline seal ask 17 --store ops --by A --why \"…\" --to age1…")]
    Ask {
        /// The receipt of the report.
        receipt: String,
        /// The store.
        #[command(flatten)]
        at: StoreAt,
        /// Who asks: one of the people in mission.kdl, where it names any.
        #[arg(long, value_name = "WHO")]
        by: String,
        /// Why.
        #[arg(long, value_name = "WORDS")]
        why: String,
        /// The public key (age1…) of whoever will open: releases are encrypted to it alone.
        #[arg(long, value_name = "KEY")]
        to: String,
        /// After how many hours the request lapses.
        #[arg(long, value_name = "N", default_value_t = 72, value_parser = clap::value_parser!(u32).range(1..=720))]
        hours: u32,
    },
    /// Release one's share for one request.
    #[command(after_help = "Example: truceline seal release 18 --store ops --key registrar.age")]
    Release {
        /// The entry of the request.
        request: u64,
        /// The store.
        #[command(flatten)]
        at: StoreAt,
        /// The holder's secret key.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
    },
    /// Write a request into a file, for a holder who has no store: with its proof, and nothing of the report but the sealed name.
    #[command(after_help = "Example: truceline seal pack 18 --store ops --out request-18.json")]
    Pack {
        /// The entry of the request.
        request: u64,
        /// The store.
        #[command(flatten)]
        at: StoreAt,
        /// Where it goes.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Show who asks for what and why, proven to stand in the record; with --key, release one's share into a file to be carried back.
    #[command(
        after_help = "Example: truceline seal release-offline request-18.json --log \"$LOG\" --witness \"$GENEVA\" --key registrar.age --out release-18.json"
    )]
    ReleaseOffline(ReleaseOffline),
    /// Log a release that was carried back: an entry.
    #[command(after_help = "Example: truceline seal take release-18.json --store ops --by A")]
    Take {
        /// The file that the holder made.
        release: PathBuf,
        /// The store.
        #[command(flatten)]
        at: StoreAt,
        /// Who takes it in: one of the people in mission.kdl, where it names any.
        #[arg(long, value_name = "WHO")]
        by: String,
    },
    /// Open, once enough holders have released: first the entry with who and why, then the name on standard output; of a file that came with a report
    /// its key, or with --out the file itself.
    #[command(
        after_help = "Example: truceline seal open 18 --store ops --key opener.age --by A\n         truceline seal open 25 --store ops --key opener.age --by A --out yard.jpg"
    )]
    Open {
        /// The entry of the request.
        request: u64,
        /// The store.
        #[command(flatten)]
        at: StoreAt,
        /// The opener's secret key.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// Who opens.
        #[arg(long, value_name = "WHO")]
        by: String,
        /// Of a file that came with a report: where it goes, decrypted; a new file, its owner's only.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Draw another key for files that come with reports, where attachments.key is lost: earlier files are then opened by the holders alone.
    #[command(after_help = "Example: truceline seal new-attachments-key --store ops")]
    NewAttachmentsKey {
        /// The store.
        #[command(flatten)]
        at: StoreAt,
    },
}

/// What `release-offline` is told.
#[derive(Debug, Args)]
pub(crate) struct ReleaseOffline {
    /// The request file.
    pub(crate) request: PathBuf,
    /// The log's public key, known from elsewhere than from whoever brought the file.
    #[arg(long, value_name = "KEY")]
    pub(crate) log: String,
    /// A witness's public key. Given once for each.
    #[arg(long = "witness", value_name = "KEY")]
    pub(crate) witnesses: Vec<String>,
    /// How many of them must have cosigned; without it, all.
    #[arg(long, value_name = "N")]
    pub(crate) quorum: Option<usize>,
    /// The holder's secret key. Without it nothing is released.
    #[arg(long, value_name = "FILE", requires = "out")]
    pub(crate) key: Option<PathBuf>,
    /// Where the release goes.
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(crate) out: Option<PathBuf>,
}
