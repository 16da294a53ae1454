//! What an outcome turns on in law: the smallest changes of position, among the readings that the terms name, that change it.

use std::collections::BTreeMap;

use truceline_model::{ClauseId, Crux, Fact, Finding, Hypothesis, MatterId, PositionId, ReadingId};

use crate::ir::{Reading, Terms};

/// For every finding (of one incident), the smallest sets of `matter = position` by which the same clause's outcome
/// differs under another reading of the terms. Sets are smallest among the readings that the terms name; a combination of
/// positions that nobody named as a reading is not tried.
#[must_use]
pub fn law_cruxes(terms: &Terms, findings: &[Finding]) -> BTreeMap<(ClauseId, ReadingId), Vec<Crux>> {
    let mut all = BTreeMap::new();
    for finding in findings {
        let beside: Vec<&Finding> = findings
            .iter()
            .filter(|other| other.clause == finding.clause && other.incident == finding.incident)
            .collect();
        all.insert((finding.clause.clone(), finding.reading.clone()), cruxes_of(terms, finding, &beside));
    }
    all
}

/// Adds the law cruxes to the findings of one clause on one incident.
pub(super) fn attach(terms: &Terms, findings: &mut [Finding]) {
    let beside: Vec<&Finding> = findings.iter().collect();
    let cruxes: Vec<Vec<Crux>> = beside.iter().map(|finding| cruxes_of(terms, finding, &beside)).collect();
    for (finding, more) in findings.iter_mut().zip(cruxes) {
        finding.cruxes.extend(more);
    }
}

fn cruxes_of(terms: &Terms, finding: &Finding, beside: &[&Finding]) -> Vec<Crux> {
    let Some(reading) = terms.reading(&finding.reading) else { return Vec::new() };
    let mut changes: Vec<(Vec<(&MatterId, &PositionId)>, &Finding)> = beside
        .iter()
        .filter_map(|other| Some((changed(reading, terms.reading(&other.reading)?), *other)))
        .collect();
    changes.sort_by(|(a, _), (b, _)| (a.len(), a).cmp(&(b.len(), b)));
    let mut kept: Vec<(Vec<(&MatterId, &PositionId)>, &Finding)> = Vec::new();
    for (change, other) in changes {
        let smaller = kept.iter().any(|(small, _)| small.iter().all(|one| change.contains(one)));
        if other.outcome != finding.outcome && !smaller {
            kept.push((change, other));
        }
    }
    let crux = |(change, other): (Vec<(&MatterId, &PositionId)>, &Finding)| Crux {
        if_: change
            .into_iter()
            .map(|(matter, position)| Hypothesis {
                fact: Fact::Matter(matter.clone()),
                value: position.to_string(),
            })
            .collect(),
        then: other.outcome,
    };
    kept.into_iter().map(crux).collect()
}

/// Positions of the other reading that differ from this one's.
fn changed<'t>(from: &Reading, to: &'t Reading) -> Vec<(&'t MatterId, &'t PositionId)> {
    to.takes.iter().filter(|(matter, position)| from.takes.get(*matter) != Some(*position)).collect()
}
