//! One case: an agreement, an incident, a moment; printed so that a person can read a failure.

use std::fmt;

use proptest::prelude::*;
use truceline_model::{Alternatives, Incident, Instant};
use truceline_terms::{ClauseKind, Rule, Terms};

use super::agreement::agreement;
use super::incident::{as_of, incident};

/// What was drawn.
#[derive(Clone)]
pub struct Case {
    pub terms: Terms,
    pub incident: Incident,
    pub as_of: Instant,
    /// Everything that a finding says is checked, not its outcome alone.
    pub whole: bool,
}

pub fn case() -> impl Strategy<Value = Case> {
    (agreement(), incident(), as_of(), proptest::bool::weighted(0.1)).prop_map(
        |(terms, incident, as_of, whole)| {
            let incident = incident.in_zone(&terms.zone);
            Case { terms, incident, as_of, whole }
        },
    )
}

/// Lines of what is there; nothing of what is not.
struct Lines<'f, 'g>(&'f mut fmt::Formatter<'g>);

impl Lines<'_, '_> {
    fn line(&mut self, name: &str, there: bool, what: &dyn fmt::Debug) -> fmt::Result {
        if there { writeln!(self.0, "  {name}: {what:?}") } else { Ok(()) }
    }

    fn given<T: Ord + fmt::Debug>(&mut self, name: &str, all: &Alternatives<T>) -> fmt::Result {
        let open = !all.open_origins().is_empty();
        for (value, origins) in all.iter() {
            let origins: Vec<&str> = origins.iter().map(|origin| origin.as_str()).collect();
            writeln!(self.0, "  {name} {value:?} by {}", origins.join(" "))?;
        }
        self.line(name, open, &"open")
    }

    fn rule(&mut self, rule: &Rule) -> fmt::Result {
        let scalars = (&rule.binds, rule.accepted, rule.affiliates, &rule.provided);
        self.line("binds, accepted, affiliates, provided", true, &scalars)?;
        self.line("acts", true, &rule.acts)?;
        self.line("weapons", rule.weapons.is_some(), &rule.weapons)?;
        self.line("systems", rule.systems.is_some(), &rule.systems)?;
        for one in &rule.applies {
            self.line("applies", true, &(&one.under, &one.at))?;
        }
        for one in &rule.outside {
            self.line("outside", true, &(&one.under, &one.all_of))?;
        }
        for one in &rule.objects {
            self.line("object", true, &(&one.under, &one.by, &one.any_of))?;
        }
        self.line("when", !rule.when.is_empty(), &rule.when)?;
        for one in &rule.exceptions {
            self.line("except", true, &(&one.under, &one.all_of, one.gives))?;
        }
        Ok(())
    }

    fn terms(&mut self, terms: &Terms) -> fmt::Result {
        self.line("zone", true, &terms.zone.name())?;
        let windows = terms.in_force.iter().map(|f| (f.window.start(), f.window.end(), f.known));
        let windows: Vec<String> = windows.map(|(a, b, k)| format!("{a}/{b} {k:?}")).collect();
        self.line("in force", !windows.is_empty(), &windows)?;
        let calms = terms.calms.iter().filter(|_| terms.clauses[0].kind == ClauseKind::Calm);
        for step in terms.chain.iter().chain(calms.flat_map(|calm| &calm.steps)) {
            let each = step.iter().map(|a| {
                let (start, end) = (a.step.window.start(), a.step.window.end());
                format!("{:?} {start}/{end} known {} = {}", a.effect, a.step.known, a.value())
            });
            self.line("step", true, &each.collect::<Vec<_>>())?;
        }
        for phase in &terms.phases {
            let window = phase.window.map(|w| format!("{}/{}", w.start(), w.end()));
            self.line("phase", true, &(&phase.id, window, phase.known))?;
        }
        for one in terms.exempt.iter().skip(1) {
            self.line("exempt", true, &(&one.who, one.from, one.until, one.known))?;
        }
        for one in terms.acceptances.iter().skip(5) {
            let given = &one.acceptance;
            self.line("acceptance", true, &(&given.by, given.recorded, given.on, one.known))?;
        }
        for one in &terms.proof {
            self.line("proof", true, &(&one.facts, one.origins, &one.or_from, one.graded))?;
        }
        let clause = &terms.clauses[0];
        let own =
            clause.window.as_ref().map(|f| format!("{}/{} {:?}", f.window.start(), f.window.end(), f.known));
        self.line("clause's window", own.is_some(), &own)?;
        self.line("in phases", !clause.phases.is_empty(), &clause.phases)?;
        self.rule(clause.rule.as_ref().unwrap())
    }

    fn incident(&mut self, one: &Incident) -> fmt::Result {
        self.given("act", &one.acts)?;
        self.given("weapon", &one.weapons)?;
        self.given("system", &one.systems)?;
        self.given("target", &one.targets)?;
        self.given("struck", &one.struck)?;
        for (when, origins) in one.when.iter() {
            writeln!(self.0, "  when {}/{} by {origins:?}", when.start(), when.end())?;
        }
        self.line("throughout", one.throughout, &true)?;
        self.given("place", &one.places)?;
        self.given("actor", &one.actors)?;
        self.given("commander", &one.commanders)?;
        self.given("held by", &one.held_by)?;
        for (measure, figures) in &one.amounts {
            self.given(measure.as_str(), figures)?;
        }
        for (fact, answers) in &one.facts {
            self.given(fact.as_str(), answers)?;
        }
        self.line("judgements", !one.judgements.is_empty(), &one.judgements)
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "as of {}", self.as_of)?;
        Lines(f).terms(&self.terms)?;
        writeln!(f, "incident")?;
        Lines(f).incident(&self.incident)
    }
}
