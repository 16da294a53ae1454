//! Arguments of `decide`: who decides what, and why.

use clap::{Args, Subcommand};

use super::{Format, StoreAt};

/// What `decide` is told.
#[derive(Debug, Args)]
pub(crate) struct Decide {
    /// The store.
    #[command(flatten)]
    pub(crate) at: StoreAt,
    /// Who decides.
    #[arg(long)]
    pub(crate) by: String,
    /// Why.
    #[arg(long)]
    pub(crate) why: String,
    /// From when on it holds: a moment. Without it: now, or, in a mission that looks back, from when the reports that it
    /// speaks of were known.
    #[arg(long, value_name = "TIME")]
    pub(crate) known: Option<String>,
    /// What proposals are read with.
    #[command(flatten)]
    pub(crate) tables: super::words::Tables,
    /// Words or JSON.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
    /// What is decided.
    #[command(subcommand)]
    pub(crate) what: Decision,
}

/// A person's decision.
#[derive(Debug, Subcommand)]
pub(crate) enum Decision {
    /// Two incidents are one.
    Merge {
        /// One incident.
        a: String,
        /// The other.
        b: String,
    },
    /// These reports of an incident are another incident.
    Split {
        /// The incident.
        incident: String,
        /// Receipt numbers (r12 or 12) of the reports that leave it.
        #[arg(required = true)]
        receipts: Vec<String>,
    },
    /// An earlier decision no longer holds.
    Undo {
        /// The entry of that decision.
        entry: u64,
    },
    /// The answer to an open-textured word, for one incident.
    Judgement {
        /// The incident.
        incident: String,
        /// The judgement, e.g. proportionate.
        judgement: String,
        /// yes or no.
        answer: String,
    },
    /// Proposals are right as they are: each becomes an observation.
    Confirm {
        /// Ids as `truceline proposals` lists them.
        #[arg(required = true)]
        proposals: Vec<String>,
    },
    /// A proposal is right but for some values, or the reader missed what these words say.
    Correct {
        /// Its id; any words of a text can be named so: p12-incident-0-84 is bytes 0 to 84 of the text r12.
        proposal: String,
        /// FIELD=VALUE, in the columns of the native report file; `FIELD=` takes a value away.
        values: Vec<String>,
        /// FIELD=START-END: the bytes of the text that say a value; may be given again.
        #[arg(long, value_name = "FIELD=START-END")]
        said: Vec<String>,
    },
    /// Proposals are wrong, or no matter of this mission.
    Reject {
        /// Ids as `truceline proposals` lists them.
        #[arg(required = true)]
        proposals: Vec<String>,
    },
}
