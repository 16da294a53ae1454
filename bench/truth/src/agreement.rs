//! An agreement folder, read as the program reads it, and what its judge finds on lines of an incident file.
//!
//! Lines go through the very reader of `truceline judge --incidents`; nothing is handed to the judge past it.

use std::collections::BTreeSet;
use std::path::Path;

use truceline_intake::incident_file::{IncidentContext, read_incident};
use truceline_intake::mission;
use truceline_model::{Actors, Areas, FactId, Finding, Instant, Interval, JudgementId, Zone};
use truceline_terms::scenario::{compare, parse_scenario};
use truceline_terms::{Judge, Terms};

use crate::Result;

/// A folder's terms and registries.
pub struct Agreement {
    /// Its id, as `agreement.md` says it.
    pub id: String,
    /// The terms.
    pub terms: Terms,
    /// The registry.
    pub actors: Actors,
    areas: Areas,
}

impl Agreement {
    /// Reads a folder.
    ///
    /// # Errors
    /// What cannot be read, and terms that are not sound.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = |name: &str| folder.join(name);
        let bytes = |name: &str| {
            std::fs::read(path(name)).map_err(|e| format!("could not read {}: {e}", path(name).display()))
        };
        let agreement = String::from_utf8(bytes("agreement.md")?)?;
        let zone = zone(&agreement)?;
        let faults = |name: &'static str| move |_| format!("{name} of {} has faults", folder.display());
        let actors = mission::actors(&bytes("actors.csv")?, &zone).map_err(faults("actors.csv"))?;
        let areas = if path("areas.geojson").exists() {
            mission::areas(&bytes("areas.geojson")?, &zone).map_err(faults("areas.geojson"))?
        } else {
            Areas::default()
        };
        let checked = truceline_terms::parse(&agreement, &actors, &areas);
        let fault = checked.diagnostics.iter().find(|d| d.severity == truceline_terms::Severity::Error);
        let terms = match (checked.terms, fault) {
            (Some(terms), None) => terms,
            (_, fault) => {
                let say =
                    fault.map_or_else(String::new, |fault| fault.render_text("agreement.md", &agreement));
                return Err(format!("{} is not sound: {say}", folder.display()).into());
            }
        };
        Ok(Self { id: terms.id.clone(), terms, actors, areas })
    }

    /// Whether it is in force at some moment of a time; of an unknown time that is possible.
    #[must_use]
    pub fn may_reach(&self, when: Option<Interval>) -> bool {
        let Some(when) = when else { return true };
        self.terms
            .in_force
            .iter()
            .any(|own| own.window.start() < when.end() && when.start() < own.window.end())
    }

    /// What its clauses find on each line.
    ///
    /// # Errors
    /// A line that the reader refuses.
    pub fn judge(&self, lines: &[String]) -> Result<Vec<Vec<Finding>>> {
        let facts: BTreeSet<FactId> = self.terms.facts.iter().map(|fact| fact.id.clone()).collect();
        let judgements: BTreeSet<JudgementId> = self.terms.judgements.iter().map(|j| j.id.clone()).collect();
        let context = IncidentContext {
            zone: &self.terms.zone,
            areas: &self.areas,
            actors: &self.actors,
            facts: Some(&facts),
            judgements: Some(&judgements),
            measures: None,
        };
        let judge = Judge::new(&self.terms, &self.actors, &self.areas, Instant::FAR_FUTURE);
        let mut all = Vec::new();
        for (row, line) in (1_u64..).zip(lines) {
            let incident = read_incident(line.as_bytes(), row, &context).map_err(|refusals| {
                refusals.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
            })?;
            all.push(judge.judge(&incident));
        }
        Ok(all)
    }
}

impl Agreement {
    /// Where a scenario and the judge differ, in words.
    #[must_use]
    pub fn scenario(&self, text: &str) -> Vec<String> {
        match parse_scenario(text, &self.terms.zone, &self.areas) {
            Ok(scenario) => {
                let judge = Judge::new(&self.terms, &self.actors, &self.areas, scenario.as_of);
                compare(&scenario, &judge.judge(&scenario.incident))
            }
            Err(faults) => faults,
        }
    }
}

/// The zone that `agreement.md` states, before anything else of it can be read: registries have days.
fn zone(agreement: &str) -> Result<Zone> {
    let stated = agreement.lines().find_map(|line| line.strip_prefix("zone \""));
    let name = stated.and_then(|rest| rest.split('"').next()).unwrap_or("UTC");
    Zone::named(name).map_err(|e| e.say.into())
}
