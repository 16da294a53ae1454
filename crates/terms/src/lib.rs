//! Terms: an agreement as one Markdown file → checked terms → judge → findings with their reasons.
//!
//! Pure: no clock, file, environment or randomness; `as_of` comes from the caller, ordered maps only, no float.
//! It finds; it never determines. A party can run it alone.
//!
//! ```
//! use std::collections::{BTreeMap, BTreeSet};
//! use truceline_model::{Act, Actor, ActorKind, Actors, Areas, Incident, Instant, Interval, Outcome, Target};
//! use truceline_terms::{judge, parse};
//!
//! let text = r#"
//! ## The truce
//! Both stop firing at each other on the first of March.
//! ~~~terms
//! agreement small
//! title "A small truce"
//! zone "UTC"
//! in-force from "2016-03-01T00:00"
//! party north whose-forces-are government-forces
//! party south whose-forces-are armed-opposition-forces
//! reading plain "As written"
//! ~~~
//! ## Fire by the north
//! The north fires no weapon at the south's forces.
//! ~~~terms
//! clause fire "Fire by the north"
//! binds north
//! forbids shelling mortar-fire with any-weapon
//! against forces-of south
//! ~~~
//! "#;
//! let actor = |id: &str| Actor {
//!     id: id.into(),
//!     kind: ActorKind::Party,
//!     member_of: Vec::new(),
//!     names: BTreeMap::new(),
//!     aliases: BTreeSet::new(),
//! };
//! let (actors, areas) = (Actors::new([actor("north"), actor("south")]), Areas::default());
//! let terms = parse(text, &actors, &areas).terms.ok_or("the terms have errors")?;
//!
//! let mut shells = Incident::empty("shells".into());
//! shells.acts.add(Act::Shelling, "observer".into());
//! shells.targets.add(Target::ArmedOppositionForces, "observer".into());
//! shells.actors.add("north".into(), "observer".into());
//! shells.when.add(Interval::second(Instant::parse("2016-03-02T10:00:00Z")?), "observer".into());
//!
//! let findings = judge(&terms, &actors, &areas, &shells, Instant::parse("2016-03-03T00:00:00Z")?);
//! assert_eq!(findings[0].outcome, Outcome::Prohibited);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod cannot;
mod chain;
mod clause;
mod declare;
pub mod diagnostic;
pub mod duties;
pub mod format;
pub mod grammar;
pub mod ir;
mod judge;
mod lexical;
mod markdown;
mod parse;
mod plain;
mod procedure;
mod reader;
pub mod scenario;
mod sentence;
mod state;
pub mod symbols;
mod tokens;
pub mod trial;
mod words;

pub use declare::cosigning;
pub use diagnostic::{Diagnostic, Severity};
pub use ir::{
    AcceptanceEntry, Account, Applies, Asks, CalmEntry, Clause, ClauseKind, Compare, Condition, Cosigning,
    Counted, DeadlineEntry, Effect, End, Exception, Exempt, Extendable, Gravity, Guarantor, InForce,
    Judgement, Matter, Measure, NamedFact, Object, Opener, Outside, Party, Persistence, Phase, Position,
    Procedure, Proof, Reading, Required, Rule, Settles, Since, StatusRule, Step, Terms, Text, Threshold,
    Umbrella, Under, Who, Withdrawal,
};
pub use judge::{
    Brief, Change, Desk, Heard, Hearing, Judge, Outcomes, Roll, Sheet, Sitting, fact_of_test, judge,
    law_cruxes,
};
pub use parse::{Checked, FILE_LIMIT, parse};
pub use plain::plain;
pub use state::truce_state;
