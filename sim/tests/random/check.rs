//! What is checked of a finding against the oracle: outcome, respondents, cruxes for sufficiency, minimality and
//! completeness, and changes of position.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use truceline_model::{Actors, Areas, Fact, Finding, Incident, Instant, Outcome, Sources};
use truceline_sim::oracle::{Oracle, Supposed};
use truceline_terms::{Desk, Judge, Roll, Terms};

/// The mission that the terms are about.
pub struct Mission {
    pub actors: Actors,
    pub areas: Areas,
    pub sources: Sources,
}

impl Mission {
    pub fn judge<'m>(&'m self, terms: &'m Terms, as_of: Instant) -> Judge<'m> {
        Judge::new(terms, &self.actors, &self.areas, as_of).with_sources(&self.sources)
    }

    /// One for every clause and reading, in the judge's order.
    pub fn oracles<'m>(&'m self, terms: &'m Terms, as_of: Instant) -> Vec<Oracle<'m>> {
        let (actors, areas, sources) = (&self.actors, &self.areas, &self.sources);
        let of = |clause| {
            let each = terms.readings.iter();
            each.map(move |reading| Oracle { terms, actors, areas, sources, as_of, clause, reading })
        };
        terms.finding_clauses().flat_map(of).collect()
    }
}

/// Cruxes of fact, as suppositions.
fn fact_cruxes(finding: &Finding) -> Vec<(Supposed, Outcome)> {
    let factual = finding.cruxes.iter().filter(|c| !c.facts().iter().any(|f| matches!(f, Fact::Matter(_))));
    factual.map(|c| (c.if_.iter().map(|h| (h.fact.clone(), h.value.clone())).collect(), c.then)).collect()
}

/// The outcome alone. How many were compared: a judge that gave up, or too many worlds, is no comparison.
pub fn outcomes(
    mission: &Mission,
    terms: &Terms,
    incident: &Incident,
    as_of: Instant,
) -> Result<u32, TestCaseError> {
    let judge = mission.judge(terms, as_of);
    let mut compared = 0;
    // The sheet takes all clauses at once, by ways of its own; it must come to the same.
    let (sheet, roll) = (judge.sheet(), Roll::of(&mission.actors, std::slice::from_ref(incident)));
    let (sitting, mut desk) = (sheet.sit(&roll), Desk::default());
    let at_once: Vec<Outcome> = sitting.outcomes(0, incident, &mut desk).iter().collect();
    let one_by_one: Vec<Outcome> = judge.outcomes(incident).iter().map(|brief| brief.outcome).collect();
    prop_assert_eq!(at_once, one_by_one, "the sheet");
    for (brief, oracle) in judge.outcomes(incident).into_iter().zip(mission.oracles(terms, as_of)) {
        let Some(expected) = oracle.outcome(incident, &Supposed::new()) else { continue };
        if brief.outcome != expected && brief.outcome == Outcome::Undetermined {
            // A fault gives *undetermined*; only the whole finding says whether it is one.
            let all = judge.judge(incident);
            let whole =
                all.iter().find(|f| f.clause == *brief.clause && f.reading == *brief.reading).unwrap();
            if whole.fault.is_some() {
                continue;
            }
        }
        prop_assert_eq!(brief.outcome, expected, "{} {}", brief.clause, brief.reading);
        compared += 1;
    }
    Ok(compared)
}

/// Everything that a finding says.
pub fn findings(
    mission: &Mission,
    terms: &Terms,
    incident: &Incident,
    as_of: Instant,
    complete: bool,
) -> Result<(), TestCaseError> {
    let judge = mission.judge(terms, as_of);
    let briefs = judge.outcomes(incident);
    let findings = judge.judge(incident);
    law(terms, &findings)?;
    for ((finding, brief), oracle) in findings.into_iter().zip(briefs).zip(mission.oracles(terms, as_of)) {
        prop_assert_eq!(finding.outcome, brief.outcome);
        if finding.fault.is_some() {
            prop_assert_eq!(finding.outcome, Outcome::Undetermined);
            continue;
        }
        let Some(expected) = oracle.joined(incident, &Supposed::new()) else { continue };
        prop_assert_eq!(finding.outcome, expected.outcome, "{} {}", finding.clause, finding.reading);
        prop_assert_eq!(
            &finding.respondents,
            &expected.respondents,
            "respondents of {} {}",
            finding.clause,
            finding.reading
        );
        cruxes(&oracle, incident, &finding, complete)?;
    }
    Ok(())
}

fn cruxes(
    oracle: &Oracle<'_>,
    incident: &Incident,
    finding: &Finding,
    complete: bool,
) -> Result<(), TestCaseError> {
    let cruxes = fact_cruxes(finding);
    if finding.outcome != Outcome::Undetermined {
        prop_assert!(cruxes.is_empty());
        return Ok(());
    }
    for (supposed, then) in &cruxes {
        prop_assert_eq!(oracle.outcome(incident, supposed), Some(*then), "not sufficient: {:?}", supposed);
        for left_out in supposed.keys() {
            let mut fewer = supposed.clone();
            fewer.remove(left_out);
            let still = oracle.outcome(incident, &fewer);
            prop_assert_eq!(still, Some(Outcome::Undetermined), "not minimal: {:?}", supposed);
        }
    }
    if complete && cruxes.len() < 24 {
        completeness(oracle, incident, &cruxes)?;
    }
    Ok(())
}

/// Changes of position: each leads to a reading with that other outcome, no smaller one does, and none is missed.
pub fn law(terms: &Terms, findings: &[Finding]) -> Result<(), TestCaseError> {
    for finding in findings {
        let here = terms.reading(&finding.reading).unwrap();
        let mut said: BTreeSet<(BTreeMap<String, String>, Outcome)> = BTreeSet::new();
        for crux in &finding.cruxes {
            let matters = crux.if_.iter().filter(|h| matches!(h.fact, Fact::Matter(_)));
            let changes: BTreeMap<String, String> =
                matters.map(|h| (h.fact.key(), h.value.clone())).collect();
            if !changes.is_empty() {
                said.insert((changes, crux.then));
            }
        }
        let mut expected = BTreeSet::new();
        let beside: Vec<(BTreeMap<String, String>, Outcome)> = findings
            .iter()
            .filter(|other| other.clause == finding.clause)
            .map(|other| {
                let there = terms.reading(&other.reading).unwrap();
                let changed = there.takes.iter().filter(|(m, p)| here.takes.get(*m) != Some(*p));
                (changed.map(|(m, p)| (format!("matter:{m}"), p.to_string())).collect(), other.outcome)
            })
            .collect();
        for (changes, outcome) in &beside {
            let smaller = beside.iter().any(|(fewer, other)| {
                *other != finding.outcome
                    && fewer.len() < changes.len()
                    && fewer.iter().all(|(matter, position)| changes.get(matter) == Some(position))
            });
            if *outcome != finding.outcome && !smaller {
                expected.insert((changes.clone(), *outcome));
            }
        }
        prop_assert_eq!(said, expected, "{} {}", finding.clause, finding.reading);
    }
    Ok(())
}

/// Every minimal set of up to three suppositions that settles it has a crux over the same facts with the same outcome; and
/// where all its values are named by sources, that very set.
fn completeness(
    oracle: &Oracle<'_>,
    incident: &Incident,
    cruxes: &[(Supposed, Outcome)],
) -> Result<(), TestCaseError> {
    let known: BTreeSet<(BTreeSet<Fact>, Outcome)> =
        cruxes.iter().map(|(supposed, then)| (supposed.keys().cloned().collect(), *then)).collect();
    let hypotheses = oracle.hypotheses(incident);
    let mut minimal: Vec<Supposed> = Vec::new();
    let mut last: Vec<Supposed> = vec![Supposed::new()];
    for _ in 0..3 {
        let mut next: BTreeSet<Supposed> = BTreeSet::new();
        for smaller in &last {
            for (fact, value) in &hypotheses {
                if smaller.last_key_value().is_none_or(|(last, _)| last < fact) {
                    let mut longer = smaller.clone();
                    longer.insert(fact.clone(), value.clone());
                    next.insert(longer);
                }
            }
        }
        last.clear();
        for supposed in next {
            if minimal.iter().any(|small| small.iter().all(|(f, v)| supposed.get(f) == Some(v))) {
                continue;
            }
            match oracle.outcome(incident, &supposed) {
                Some(Outcome::Undetermined) => last.push(supposed),
                Some(then) => {
                    let facts: BTreeSet<Fact> = supposed.keys().cloned().collect();
                    prop_assert!(
                        known.contains(&(facts, then)),
                        "missed: {:?} -> {} among {:#?}",
                        supposed,
                        then,
                        cruxes
                    );
                    minimal.push(supposed);
                }
                None => {}
            }
        }
    }
    Ok(())
}
