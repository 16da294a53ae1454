//! Arguments of `origins`: which incidents, as of when.

use clap::Args;

use super::{Format, Moment, StoreAt};

/// What `origins` is told.
#[derive(Debug, Args)]
pub(crate) struct Origins {
    /// Only this incident; without one, every incident of two reports or more.
    pub(crate) incident: Option<String>,
    /// The store.
    #[command(flatten)]
    pub(crate) at: StoreAt,
    /// As of when.
    #[command(flatten)]
    pub(crate) moment: Moment,
    /// Words or JSON: one incident a line.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}
