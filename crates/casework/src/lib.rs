//! Casework: which reports tell of one incident, what they say side by side, and what follows for areas and tallies.
//!
//! Pure. Observations, decisions of people and a moment come in; incidents, area status and rival tallies go out. Never
//! reads a clock or a file, never draws a random number, never lets the order of its input or a thread count show, never
//! averages, and never undoes what a person decided. How links are weighed is told in `docs/resolving.md`.
#![forbid(unsafe_code)]

mod assemble;
mod block;
pub mod case;
pub mod case_scenario;
mod cluster;
mod contradict;
mod copies;
mod decisions;
mod desk;
pub mod duties;
pub mod instances;
mod known;
mod likely;
mod locate;
mod moved;
mod origins;
mod relate;
mod resolve;
mod rivals;
mod rules;
mod score;
mod silence;
mod slots;
mod status;
mod sums;
mod toll;
mod tried;
mod unit;
mod wording;

pub use assemble::Accusation;
pub use cluster::Refusal;
pub use contradict::{contradict, same_matter};
pub use decisions::{DecideError, Decision, PersonDecision, Side, undone_by};
pub use desk::Desk;
pub use known::{Copy, Dangling};
pub use moved::{Moved, moved};
pub use origins::{Carries, Derivation, Origin, Rests, circles, derivations, origins};
pub use resolve::{Considered, Context, Resolved, compare, incident_id, resolve};
pub use rivals::{Holds, IN_TALLY, RivalInput, compare as compare_counts, rivals, who_lists};
pub use rules::{CasualtyWeights, PlaceWeights, Rules, TimeWeights, WhatWeights, WordingWeights};
pub use score::Exclusion;
pub use silence::{Quiet, SilenceRule, quiet};
pub use slots::{Weighed, weighed};
pub use status::{StatusInput, StatusRule, Worst, last_looks, status, status_at, window as status_window};
pub use sums::{Breakdown, SumFault, sum_faults};
pub use toll::{TollStep, history, toll_history};
pub use tried::{Between, Doubt, Trial, Turn, Weight, doubts, turns};
pub use unit::Revision;
