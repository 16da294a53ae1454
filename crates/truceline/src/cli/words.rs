//! Arguments of the commands on texts: receiving them, their proposals, and the queue of what a person should look at first.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Format, StoreAt};

/// The tables that proposals are read with.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Tables {
    /// A folder of tables in place of those in the binary: LANGUAGE/TABLE.csv.
    #[arg(long, value_name = "DIR")]
    pub(crate) lexicons: Option<PathBuf>,
    /// A gazetteer in the form of GeoNames in JSON; without one, places outside the mission stay words.
    #[arg(long, value_name = "FILE")]
    pub(crate) gazetteer: Option<PathBuf>,
}

/// What `receive` is told.
#[derive(Debug, Args)]
pub(crate) struct Receive {
    /// Files, one text each; `-` reads standard input.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Who sent or published it, by the id in sources.csv.
    #[arg(long, value_name = "ID", required_unless_present = "from_sealed", conflicts_with = "from_sealed")]
    pub(crate) source: Option<String>,
    /// The source is a person to be protected: their name is read from standard input (`-`), sealed for the holders in mission.kdl, and kept nowhere
    /// else. Each text then needs a file.
    #[arg(long, value_name = "-", requires = "desk_key", value_parser = ["-"])]
    pub(crate) from_sealed: Option<String>,
    /// The key of the desk that receives, made when it is not there; outside the store's folder. Who has it can tell whether two reports come from
    /// one sealed source, and try names out.
    #[arg(long, value_name = "FILE", requires = "from_sealed")]
    pub(crate) desk_key: Option<PathBuf>,
    /// When it became known; without it, now.
    #[arg(long, value_name = "TIME")]
    pub(crate) known: Option<String>,
    /// The day on which it was written: what "today" means in it. Without it, its dateline says, or nothing does.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) date: Option<String>,
    /// The country that it speaks of where nothing else says, by its two letters.
    #[arg(long, value_name = "CODE")]
    pub(crate) country: Option<String>,
    /// The language that the sender says it is in; kept as said. The reader goes by the text.
    #[arg(long, value_name = "CODE")]
    pub(crate) language: Option<String>,
    /// Its public address.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) address: Option<String>,
    /// A channel that it came through, by id; may be given again.
    #[arg(long, value_name = "ID")]
    pub(crate) through: Vec<String>,
    /// The store; made if it is not there.
    #[command(flatten)]
    pub(crate) at: StoreAt,
    /// What proposals are read with.
    #[command(flatten)]
    pub(crate) tables: Tables,
    /// Words or JSON: one text a line.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// How a proposal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Stands {
    /// Nobody has decided.
    Open,
    /// Confirmed as proposed.
    Confirmed,
    /// Confirmed with values of a person's own.
    Corrected,
    /// Rejected.
    Rejected,
}

/// What `proposals` is told.
#[derive(Debug, Args)]
pub(crate) struct Proposals {
    /// The store.
    #[command(flatten)]
    pub(crate) at: StoreAt,
    /// Only of the text with this receipt (r12 or 12).
    #[arg(long, value_name = "RECEIPT")]
    pub(crate) receipt: Option<String>,
    /// Only those that stand so.
    #[arg(long, value_enum)]
    pub(crate) state: Option<Stands>,
    /// What they are read with.
    #[command(flatten)]
    pub(crate) tables: Tables,
    /// Words or JSON: one proposal a line.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// What `queue` is told.
#[derive(Debug, Args)]
pub(crate) struct Queue {
    /// The store.
    #[command(flatten)]
    pub(crate) at: StoreAt,
    /// As of when, and with how many workers.
    #[command(flatten)]
    pub(crate) moment: super::Moment,
    /// Show at most so many.
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub(crate) limit: usize,
    /// Judge at most so many both ways; the others stand after them, by their score.
    #[arg(long, default_value_t = 200, value_name = "N")]
    pub(crate) judged: usize,
    /// What proposals are read with.
    #[command(flatten)]
    pub(crate) tables: Tables,
    /// Words or JSON: one a line.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}
