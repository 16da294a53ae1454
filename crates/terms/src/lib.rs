//! Terms: an agreement as one Markdown file → checked terms → judge → findings with their reasons.
//!
//! Pure: no clock, file, environment or randomness; `as_of` comes from the caller, ordered maps only, no float.
//! It finds; it never determines. A party can run it alone.
#![forbid(unsafe_code)]

mod clause;
mod declare;
pub mod diagnostic;
pub mod ir;
mod judge;
mod lexical;
mod markdown;
mod parse;
mod reader;
pub mod scenario;
mod sentence;
mod state;

pub use diagnostic::{Diagnostic, Severity};
pub use ir::{
    AcceptanceEntry, Account, CalmEntry, Clause, ClauseKind, Condition, DeadlineEntry, Exception, Exempt,
    Guarantor, InForce, Judgement, Matter, NamedFact, Object, Outside, Party, Position, Reading, Rule, Settles,
    StatusRule, Terms, Text, Umbrella, Under,
};
pub use judge::{Brief, Judge, fact_of_test, judge, law_cruxes};
pub use parse::{Checked, FILE_LIMIT, parse};
pub use state::truce_state;
