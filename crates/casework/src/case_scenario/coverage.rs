//! What case scenarios cover of the procedures: ways on that no case ever took.
//!
//! Counted from what the machine did with the acts, whether or not a scenario expects it. Covered is not the same as right.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{Asks, ClauseId, Procedure};

use super::CaseScenario;
use crate::case::{CaseEntry, Docket, Setting, Way};

/// Ways that cases took, by procedure: from where, how, to where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    taken: BTreeMap<ClauseId, BTreeSet<(String, Way, String)>>,
    cases: BTreeMap<ClauseId, usize>,
}

impl Coverage {
    /// Adds what the cases of one scenario did, up to the last moment that it speaks of.
    pub fn add(&mut self, scenario: &CaseScenario, setting: &Setting) {
        let mut setting = setting.clone();
        setting.people.clone_from(&scenario.people);
        let entries: Vec<CaseEntry> = scenario.acts.iter().map(|told| told.entry.clone()).collect();
        let moments = scenario.expect.iter().map(|expected| expected.at);
        let Some(last) = moments.chain(entries.iter().map(|entry| entry.at)).max() else { return };
        let docket = Docket::of(&BTreeMap::from([(0, setting)]), &entries, last);
        let mut seen = BTreeSet::new();
        for case in docket.cases.values() {
            seen.insert(&case.opening.procedure);
            let taken = self.taken.entry(case.opening.procedure.clone()).or_default();
            for passage in &case.trail {
                let from = passage.from.clone().unwrap_or_default();
                taken.insert((from, passage.way, passage.to.clone()));
            }
        }
        for procedure in seen {
            *self.cases.entry(procedure.clone()).or_default() += 1;
        }
    }

    /// How many scenarios run a procedure.
    #[must_use]
    pub fn scenarios(&self, procedure: &ClauseId) -> usize {
        self.cases.get(procedure).copied().unwrap_or(0)
    }

    /// What no case did of a procedure, in words: a choice that nobody made, a time that never ran out, a deadlock that never was, an end
    /// that nobody reopened, a withdrawal.
    #[must_use]
    pub fn gaps(&self, id: &ClauseId, procedure: &Procedure) -> Vec<String> {
        let none = BTreeSet::new();
        let taken = self.taken.get(id).unwrap_or(&none);
        let took = |from: &str, ways: &[Way], to: &str| {
            taken.iter().any(|(f, way, t)| (from.is_empty() || f == from) && ways.contains(way) && t == to)
        };
        let mut gaps = Vec::new();
        for step in &procedure.steps {
            for then in step.then.iter().filter(|then| !took(&step.id, &[Way::Acted, Way::Heard], then)) {
                gaps.push(format!("{}: nobody chose {then}", step.id));
            }
            if !took(&step.id, &[Way::Silence], &step.silence) {
                gaps.push(format!("{}: its time never ran out", step.id));
            }
            let aside = [Way::Deadlock, Way::SteppedAside];
            // Where there is one way on and nothing to determine, those who act can't disagree.
            let can = step.then.len() > 1 || step.asks == Asks::Determination;
            if can && step.deadlock.as_ref().is_some_and(|to| !took(&step.id, &aside, to)) {
                gaps.push(format!("{}: they never disagreed", step.id));
            }
        }
        for end in &procedure.ends {
            if end.reopens.as_ref().is_some_and(|to| !took(&end.id, &[Way::Reopened], to)) {
                gaps.push(format!("{}: never reopened", end.id));
            }
        }
        if procedure.withdrawn.as_ref().is_some_and(|one| !took("", &[Way::Withdrawn], &one.then)) {
            gaps.push("never withdrawn".into());
        }
        gaps
    }
}
