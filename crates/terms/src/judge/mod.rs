//! The judge: terms and an incident, as of a moment, give one outcome per clause and reading, with its reasons and what it
//! turns on.
//!
//! Three-valued over alternatives. An exception whose facts are missing gives *undetermined*, never *prohibited*. It sees
//! facts, alternatives and unknowns; no probability comes this far. What it means is written out in `docs/terms/findings.md`.

mod amounts;
mod case;
mod change;
mod compile;
mod crux;
mod explain;
mod grid;
mod hearing;
mod held;
mod lanes;
mod law;
mod moments;
mod people;
mod places;
mod proof;
mod roll;
mod rows;
mod seen;
mod shape;
mod sheet;
mod sitting;
mod when;
mod world;

use std::collections::BTreeSet;

use truceline_model::{
    ActorId, ActorKind, Actors, Areas, ClauseId, Finding, Incident, Instant, Outcome, ReadingId, Sources,
};

use crate::ir::Terms;
use case::{ACTOR, Case};
use compile::{Known, Law, laws};
use shape::Shape;

pub use change::Change;
pub(crate) use compile::known_by;
pub use explain::fact_of_test;
pub use hearing::{Heard, Hearing};
pub use law::law_cruxes;
pub use roll::Roll;
pub use sheet::Sheet;
pub use sitting::{Desk, Outcomes, Sitting};

/// Terms prepared for judging many incidents as of one moment. Holds no state; judging one incident never affects another.
pub struct Judge<'t> {
    terms: &'t Terms,
    areas: &'t Areas,
    /// Who grades the origins, where the terms set a standard of proof by grade.
    sources: Option<&'t Sources>,
    known: Known<'t>,
    laws: Vec<Law<'t>>,
    /// Actors that could be supposed where nobody is named: groups, states and forces.
    offered: Vec<&'t ActorId>,
}

/// An outcome without its reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brief<'t> {
    /// The clause.
    pub clause: &'t ClauseId,
    /// The reading.
    pub reading: &'t ReadingId,
    /// The outcome.
    pub outcome: Outcome,
}

impl<'t> Judge<'t> {
    /// Prepares the terms. `as_of`: nothing that became known later is used (acceptances, calms, extensions, exemptions).
    #[must_use]
    pub fn new(terms: &'t Terms, actors: &'t Actors, areas: &'t Areas, as_of: Instant) -> Self {
        let known = Known::new(terms, actors, as_of);
        let laws = laws(terms, &known);
        let named = |kind| matches!(kind, ActorKind::Group | ActorKind::State | ActorKind::Force);
        let offered = actors.iter().filter(|actor| named(actor.kind)).map(|actor| &actor.id).collect();
        Self { terms, areas, sources: None, known, laws, offered }
    }

    /// The mission's sources: a standard of proof that asks for a grade looks it up there. Without them no origin has one.
    #[must_use]
    pub fn with_sources(mut self, sources: &'t Sources) -> Self {
        self.sources = Some(sources);
        self
    }

    /// The registry of actors that it knows.
    #[must_use]
    pub fn actors(&self) -> &'t Actors {
        self.known.actors
    }

    /// All findings on an incident: every clause that yields findings, in order, under every reading, in order.
    #[must_use]
    pub fn judge(&self, incident: &Incident) -> Vec<Finding> {
        self.laws.iter().flat_map(|law| self.under_every_reading(law, incident)).collect()
    }

    /// The findings of one clause, one per reading.
    #[must_use]
    pub fn judge_clause(&self, clause: &ClauseId, incident: &Incident) -> Vec<Finding> {
        let law = self.laws.iter().find(|law| law.clause.id == *clause);
        law.map(|law| self.under_every_reading(law, incident)).unwrap_or_default()
    }

    /// The outcomes alone, in the same order as [`Judge::judge`]: cheaper, and enough for counting.
    #[must_use]
    pub fn outcomes(&self, incident: &Incident) -> Vec<Brief<'t>> {
        let mut all = Vec::with_capacity(self.laws.len() * self.terms.readings.len());
        for law in &self.laws {
            let per: Vec<Outcome> = law
                .shapes
                .iter()
                .map(|shape| Case::new(self, law, shape, incident).verdict().outcome)
                .collect();
            for (reading, shape) in self.terms.readings.iter().zip(&law.shape_of) {
                let outcome = per.get(*shape).copied().unwrap_or(Outcome::Undetermined);
                all.push(Brief { clause: &law.clause.id, reading: &reading.id, outcome });
            }
        }
        all
    }

    fn under_every_reading(&self, law: &Law<'t>, incident: &Incident) -> Vec<Finding> {
        let per: Vec<Finding> = law.shapes.iter().map(|shape| self.finding(law, shape, incident)).collect();
        let readings = self.terms.readings.iter().zip(&law.shape_of);
        let mut findings: Vec<Finding> = readings
            .filter_map(|(reading, shape)| {
                let mut finding = per.get(*shape)?.clone();
                finding.reading = reading.id.clone();
                Some(finding)
            })
            .collect();
        if law.shapes.len() > 1 {
            law::attach(self.terms, &mut findings);
        }
        findings
    }

    fn finding(&self, law: &Law<'t>, shape: &Shape<'t>, incident: &Incident) -> Finding {
        let case = Case::new(self, law, shape, incident);
        let verdict = case.verdict();
        let mut fault = verdict.fault;
        let mut cruxes = Vec::new();
        if verdict.outcome == Outcome::Undetermined && fault.is_none() {
            (cruxes, fault) = case.cruxes();
        }
        let respondents = match verdict.outcome {
            Outcome::Prohibited | Outcome::Undetermined => {
                respondents(self, &case, &verdict.answers, &verdict.through)
            }
            Outcome::NotProhibited | Outcome::NotCovered => BTreeSet::new(),
        };
        Finding {
            incident: incident.id.clone(),
            version: incident.version,
            clause: law.clause.id.clone(),
            reading: ReadingId::new(""),
            outcome: verdict.outcome,
            respondents,
            reasons: explain::reasons(self, &case, incident).into(),
            cruxes,
            fault,
        }
    }
}

/// Actors named by sources with whom *prohibited* remains possible: bound, or bound if their acceptance was given, whether they
/// did it or commanded it.
fn respondents(judge: &Judge<'_>, case: &Case<'_>, answers: &[bool], through: &[bool]) -> BTreeSet<ActorId> {
    let commander = case.commander.as_ref().map(|(slot, _)| *slot);
    let of = |slot: Option<usize>, answers: &[bool]| -> Vec<ActorId> {
        let slot = slot.and_then(|slot| case.slots.get(slot));
        let classes = slot.map(|slot| slot.classes.as_slice()).unwrap_or_default();
        let may = classes.iter().zip(answers).filter(|(class, answers)| class.play && **answers);
        let named = may.filter_map(|(class, _)| match &class.values {
            case::Values::Listed(words) => Some(words.iter().map(|word| ActorId::new(word))),
            _ => None,
        });
        named.flatten().collect()
    };
    let named = of(Some(ACTOR), answers).into_iter().chain(of(commander, through));
    named.filter(|actor| !judge.known.unspecified(actor)).collect()
}

/// Judges one incident; for many, prepare a [`Judge`] once.
#[must_use]
pub fn judge(
    terms: &Terms,
    actors: &Actors,
    areas: &Areas,
    incident: &Incident,
    as_of: Instant,
) -> Vec<Finding> {
    Judge::new(terms, actors, areas, as_of).judge(incident)
}
