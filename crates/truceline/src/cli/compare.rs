//! Arguments of `compare`: two instances, each with its own mission and reading where it has one.

use std::path::PathBuf;

use clap::Args;

use super::Format;

/// What `compare` is told.
#[derive(Debug, Args)]
pub(crate) struct Compare {
    /// Store of the first.
    #[arg(long, value_name = "DIR")]
    pub(crate) a: PathBuf,
    /// Store of the second; without it both read the first's.
    #[arg(long, value_name = "DIR")]
    pub(crate) b: Option<PathBuf>,
    /// A mission folder in place of the one in the first's store.
    #[arg(long, value_name = "DIR")]
    pub(crate) a_mission: Option<PathBuf>,
    /// A mission folder in place of the one in the second's store.
    #[arg(long, value_name = "DIR")]
    pub(crate) b_mission: Option<PathBuf>,
    /// The one reading that the first goes by; without it, what all its readings say.
    #[arg(long, value_name = "READING")]
    pub(crate) a_reading: Option<String>,
    /// The one reading that the second goes by.
    #[arg(long, value_name = "READING")]
    pub(crate) b_reading: Option<String>,
    /// What was known at this moment; without it the later of the moments at which the two missions open.
    #[arg(long, value_name = "TIME")]
    pub(crate) as_of: Option<String>,
    /// Workers; the output is the same with any number.
    #[arg(long, default_value_t = 2, value_name = "N")]
    pub(crate) threads: usize,
    /// Words or JSON: one row, difference or change a line.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}
