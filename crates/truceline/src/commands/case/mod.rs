//! `case`: acts in cases, logged whether they are taken or refused; and looking at cases.
//!
//! Who is not named by the mission is refused before anything is written: a stranger cannot fill the record. Whoever is named and does what
//! the terms do not give is refused in words, and the act stays in the record.

mod acting;
mod centre;
mod look;
mod paper;
mod told;
mod watch;

pub(super) use acting::named;

use crate::cli::case::{Case, CaseCommand};
use crate::failure::Failure;

/// Runs a subcommand.
///
/// # Errors
/// When the call is wrong or the store cannot be used.
pub(crate) fn run(asked: &Case) -> Result<u8, Failure> {
    match &asked.what {
        CaseCommand::Watch { acts, within, every } => watch::watch(acts, *within, *every),
        CaseCommand::Due { at, moment, within, format } => look::due(&at.store, moment, *within, *format),
        CaseCommand::List { at, moment, format } => look::list(&at.store, moment, *format),
        CaseCommand::Show { at, case, person, moment, format } => {
            look::show(&at.store, case, person.as_deref(), moment, *format)
        }
        CaseCommand::Counts { at, moment, format } => look::counts(&at.store, moment, *format),
        CaseCommand::Dossier(asked) => paper::dossier(asked),
        CaseCommand::Referral(asked) => paper::referral(asked),
        acts => acting::act(acts),
    }
}
