//! Cases: from an allegation to a determination, by the procedure that the agreement gives, with clocks that nobody stops quietly.
//!
//! A [`Docket`] is a pure function of the entries of the record, of what the terms and the mission say ([`Setting`]) and of a moment. What an
//! act asks is checked twice by the same code: before it is written ([`Docket::would`]) and whenever the docket is made. An act that is refused
//! stays in the record with the words of the refusal. No step, clock, decider or consequence stands in code: all come from the
//! procedure. Never decides whether something is prohibited; never reads a clock; a time that has passed takes effect by itself.

mod act;
mod advance;
mod aside;
mod clock;
mod docket;
mod fold;
mod opening;
mod papers;
mod people;
mod persistence;
mod policy;
mod precedent;
mod refusal;
mod setting;
mod state;
mod stepping;
mod time;
mod unbidden;

pub use act::{Act, CaseAct, CaseEntry, CaseId, ClockFault, Complainant, Opening, Stance, Tried};
pub use clock::{Clock, Stopped};
pub use docket::{Docket, Exclusion, Lapse};
pub use papers::Papers;
pub use people::{Doer, Person, Role};
pub use persistence::{Count, Counted, FoundIn, counts};
pub use policy::{Action, POLICY, Phase, Row, may};
pub use precedent::{Answered, Asked, Before, precedents};
pub use refusal::Refused;
pub use setting::Setting;
pub use state::{
    Awaited, Case, Determination, Dissent, Done, Evidence, Kind, Passage, RefusedAct, Turn, Undertaking, Way,
};
pub use unbidden::{BY_THE_TERMS, Passed, UnmetDuty};
