//! Reports into incidents, measured: against groups that researchers made, and against noise whose truth is known.
//!
//! Reads other people's data by a path given on the command line and keeps nothing of it. Never hands the resolver a word of the
//! grouping that it is measured against: `README.md` says what each observation holds. Floats, clocks and files stay out of the
//! crates that are measured; here only the clock and files are used.
#![forbid(unsafe_code)]

pub mod airwars;
pub mod ceiling;
pub mod clock;
pub mod coder;
pub mod echo;
pub mod export;
pub mod fit;
pub mod four;
pub mod ground;
pub mod judged;
pub mod learn;
pub mod noise;
pub mod oracle;
pub mod pages;
pub mod reader;
pub mod score;
pub mod stages;
pub mod stories;
pub mod times;
pub mod verdicts;

/// Anything that can go wrong, in words.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

use std::collections::{BTreeMap, BTreeSet};

use truceline_casework::{Context, Resolved, Rules};
use truceline_model::{Actors, Areas, Observation, Zone};

/// Reports, what the mission knows beforehand, and which reports belong together.
#[derive(Clone)]
pub struct Set {
    /// The reports.
    pub observations: Vec<Observation>,
    /// Receipt to the number of its incident, of the reports that are scored.
    pub gold: BTreeMap<u64, u64>,
    /// Actors.
    pub actors: Actors,
    /// Areas.
    pub areas: Areas,
    /// The zone.
    pub zone: Zone,
    /// How reports are linked.
    pub rules: Rules,
}

impl Set {
    /// What the resolver is told.
    #[must_use]
    pub fn context(&self) -> Context<'_> {
        Context { actors: &self.actors, areas: &self.areas, zone: &self.zone, rules: &self.rules }
    }

    /// Lets every source have several reports of one event, as posts are.
    pub fn itemwise(&mut self) {
        self.rules.itemwise_sources =
            self.observations.iter().map(|o| o.source.clone()).collect::<BTreeSet<_>>();
    }

    /// Keeps what became known before a day, or from it on. An incident whose reports fall on both sides is cut in two.
    pub fn cut(&mut self, day: &str, from: bool) {
        let Ok(at) = self.zone.instant(day) else { return };
        let keep =
            self.observations.iter().filter(|o| (o.known >= at) == from).map(|o| o.receipt.0).collect();
        self.only(&keep);
    }

    /// Keeps the reports that `keep` names.
    pub fn only(&mut self, keep: &BTreeSet<u64>) {
        self.observations.retain(|o| keep.contains(&o.receipt.0));
        self.gold.retain(|receipt, _| keep.contains(receipt));
    }
}

/// Receipt to the number of the incident that holds it.
#[must_use]
pub fn groups(resolved: &Resolved) -> BTreeMap<u64, u64> {
    let numbered = resolved.incidents.iter().zip(0_u64..);
    numbered
        .flat_map(|(incident, n)| incident.receipts().map(move |r| (r.0, n)).collect::<Vec<_>>())
        .collect()
}
