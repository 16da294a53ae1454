//! Commands that hold one thing beside another: reports beside what they rest on, what was due beside what was done, one instance beside another.

use clap::Subcommand;

use super::compare::Compare;
use super::duties::Duties;
use super::origins::Origins;

/// What to hold beside what.
#[derive(Debug, Subcommand)]
pub(crate) enum Beside {
    /// On what each report of an incident rests: who quotes or repeats whom, which origins count, and how each one's figures moved.
    #[command(
        after_help = "Example: truceline origins i-msf-aq-msf-1 --store ops --as-of 2016-05-04 --format json"
    )]
    Origins(Origins),
    /// What was due of whom and when, what is recorded as done by each origin, what is missing, and what cannot be told; aid on its way.
    #[command(after_help = "Example: truceline duties --store ops --as-of 2025-02-10 --clause aid-lorries")]
    Duties(Duties),
    /// Hold two instances against one another: what both find prohibited, what only one does, and what makes the difference.
    #[command(
        after_help = "Example: truceline compare --a geneva --b amman --as-of 2016-05-04T12:00:00Z\n         truceline compare --a ops --a-mission one-map --b-mission other-map"
    )]
    Compare(Compare),
}
