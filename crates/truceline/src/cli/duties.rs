//! Arguments of `duties`: whose ledger, as of when.

use std::path::PathBuf;

use clap::Args;

use super::{Format, Moment};

/// What `duties` is told.
#[derive(Debug, Args)]
pub(crate) struct Duties {
    /// Folder of the store.
    #[arg(long, value_name = "DIR", required_unless_present = "mission")]
    pub(crate) store: Option<PathBuf>,
    /// A mission folder in place of a store: what is due by its terms, with no report.
    #[arg(long, value_name = "DIR", conflicts_with = "store")]
    pub(crate) mission: Option<PathBuf>,
    /// Only this clause.
    #[arg(long)]
    pub(crate) clause: Option<String>,
    /// Writes the ledger as it may be published into this folder, as pages in three languages, and prints nothing else.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["mission", "clause"])]
    pub(crate) out: Option<PathBuf>,
    /// As of when.
    #[command(flatten)]
    pub(crate) moment: Moment,
    /// Words or JSON: one duty, delivery or chance a line.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}
