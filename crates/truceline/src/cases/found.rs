//! Incidents that every reading finds prohibited under a clause: what the machine found, for counts that stand apart from determinations.

use std::collections::BTreeSet;

use truceline_casework::case::FoundIn;
use truceline_model::Outcome;

use crate::pipeline::Derived;

/// Incidents that every reading finds prohibited under a clause.
pub(crate) fn found(derived: &Derived) -> Vec<FoundIn> {
    let mut all = Vec::new();
    for (incident, findings) in &derived.findings {
        let Some(one) = derived.resolved.incident(incident) else { continue };
        let clauses: BTreeSet<_> = findings.iter().map(|f| &f.clause).collect();
        for clause in clauses {
            let mut of_clause = findings.iter().filter(|f| f.clause == *clause);
            if of_clause.clone().all(|f| f.outcome == Outcome::Prohibited) {
                let respondents = of_clause.next().map(|f| f.respondents.clone()).unwrap_or_default();
                let earliest = one.when.iter().map(|(when, _)| when.start()).min();
                let earliest = earliest.unwrap_or(derived.as_of);
                all.push(FoundIn {
                    incident: incident.clone(),
                    clause: clause.clone(),
                    respondents,
                    earliest,
                });
            }
        }
    }
    all
}
