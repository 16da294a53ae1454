//! Arguments of `handover`: what one watch leaves to the next.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Format, StoreAt};

/// What to do with handover notes.
#[derive(Debug, Subcommand)]
pub(crate) enum Handover {
    /// Sign a note: who goes off shift leaves it to who comes on.
    #[command(
        after_help = "Example: truceline handover write note.txt --store ops --by watch --since 2016-05-03T22:00 --until 2016-05-04T06:00"
    )]
    Write(Write),
    /// Take a note over, as it was read with `handover show`. Nobody takes over their own.
    #[command(after_help = "Example: truceline handover take 2041 --store ops --by 'duty officer'")]
    Take {
        /// The note's entry.
        entry: u64,
        /// Who takes over.
        #[arg(long)]
        by: String,
        /// The store.
        #[command(flatten)]
        at: StoreAt,
        /// Words or JSON.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// List notes, the latest first: who signed each, and who took it over.
    List {
        /// The store.
        #[command(flatten)]
        at: StoreAt,
        /// Words or JSON: one note a line.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Show one note whole.
    Show {
        /// The note's entry.
        entry: u64,
        /// The store.
        #[command(flatten)]
        at: StoreAt,
        /// Words or JSON.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
}

/// A note to be signed.
#[derive(Debug, Args)]
pub(crate) struct Write {
    /// A text file in UTF-8; `-` reads standard input.
    pub(crate) file: PathBuf,
    /// Who signs it.
    #[arg(long)]
    pub(crate) by: String,
    /// When the shift began.
    #[arg(long, value_name = "TIME")]
    pub(crate) since: String,
    /// When it ended; without it: now, or, in a mission that looks back, the moment at which it opens.
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    /// The store.
    #[command(flatten)]
    pub(crate) at: StoreAt,
    /// Words or JSON.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}
